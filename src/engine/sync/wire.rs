//! Records as they travel: the public JSON without the id, references by the ids that travel, unknown fields kept.
//!
//! An id that travels is ours (13 characters), but for settings (`settings`), versions of the programme (their number
//! counts within one browser, so the command that made one names it) and records that another program made.

use crate::public::{Fields, Public};
use crate::public::{
    Terms, read_customer, read_entry, read_event, read_order, read_refund_lines, restore,
    write_customer, write_entry, write_event, write_order,
};
use model::{
    Customer, CustomerId, EntryId, Interaction, InteractionId, Issue, Order, OrderId, Refund,
    Timestamp,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use store::{Entry, Reader, RecordKind, RecordRef, StoreError, SyncRecord};
use sync::Kind;

/// The id of the only record of settings.
pub(super) const SETTINGS_ID: &str = "settings";

/// The store's kind of a kind that travels.
pub(super) fn stored_kind(kind: Kind) -> RecordKind {
    match kind {
        Kind::Settings => RecordKind::Settings,
        Kind::Programs => RecordKind::Program,
        Kind::Segments => RecordKind::Segment,
        Kind::Lists => RecordKind::List,
        Kind::Coupons => RecordKind::Coupon,
        Kind::Customers => RecordKind::Customer,
        Kind::CouponCodes => RecordKind::CouponCode,
        Kind::Orders => RecordKind::Order,
        Kind::Refunds => RecordKind::Refund,
        Kind::Events => RecordKind::Interaction,
        Kind::Ledger => RecordKind::LedgerEntry,
        Kind::CouponUses => RecordKind::CouponUse,
        Kind::ListMembers => RecordKind::ListMember,
        Kind::Distinct => RecordKind::Distinct,
    }
}

/// The kind as it travels; `None` for what stays here.
pub(super) fn travelling_kind(kind: RecordKind) -> Option<Kind> {
    Kind::ALL
        .iter()
        .copied()
        .find(|it| stored_kind(*it) == kind)
}

/// Why a record that came cannot be read.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Unread {
    /// Its values are wrong: where, what was found, what would be right.
    Wrong(Vec<Issue>),
    /// It names a record that is not here.
    Lacks(String),
    /// The database failed.
    Store(StoreError),
}

impl From<StoreError> for Unread {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Ids on both sides.
#[derive(Clone, Copy)]
pub(super) struct Ids<'r> {
    read: Reader<'r>,
}

impl<'r> Ids<'r> {
    /// By what the database knows.
    pub(super) fn new(read: Reader<'r>) -> Self {
        Self { read }
    }

    /// The id that a record travels under.
    pub(super) fn out(self, record: RecordRef) -> Result<String, StoreError> {
        if record.kind == RecordKind::Settings {
            return Ok(SETTINGS_ID.to_owned());
        }
        if let Some(wire) = self.read.sync_known(record)?.and_then(|known| known.wire) {
            return Ok(wire);
        }
        if record.kind == RecordKind::Program {
            let made = self.read.sync_made(record)?;
            return Ok(made.map_or_else(|| record.id.to_string(), |(_, batch)| batch.to_string()));
        }
        Ok(model::id::encode(record.id))
    }

    /// The record that an id names, whether it is there or not; `None` for ids of others that were never seen.
    pub(super) fn named(self, kind: RecordKind, id: &str) -> Result<Option<RecordRef>, StoreError> {
        if kind == RecordKind::Settings {
            return Ok(Some(store::SETTINGS));
        }
        if let Some(known) = self.read.sync_by_wire(kind, id)? {
            return Ok(Some(known));
        }
        if kind == RecordKind::Program {
            for program in self.read.programs()? {
                let record = RecordRef {
                    kind,
                    id: i64::from(program.version),
                };
                if self.out(record)? == id {
                    return Ok(Some(record));
                }
            }
            return Ok(None);
        }
        // Only what we write in this very form is ours: another program's text may look like it in capitals.
        let ours = model::id::decode(id).ok();
        let ours = ours.filter(|raw| model::id::encode(*raw) == id);
        Ok(ours.map(|id| RecordRef { kind, id }))
    }

    /// A customer that others refer to: the record itself, or the one it went into.
    fn customer(self, id: &str) -> Result<CustomerId, Unread> {
        let lacks = || Unread::Lacks(id.to_owned());
        let named = self.named(RecordKind::Customer, id)?.ok_or_else(lacks)?;
        let settled = self.read.settled(CustomerId(named.id))?;
        match self.read.customer(settled)? {
            Some(_) => Ok(settled),
            None => Err(lacks()),
        }
    }

    /// Another record that others refer to; it need not be there.
    fn other(self, kind: RecordKind, id: &str) -> Result<i64, Unread> {
        let named = self.named(kind, id)?;
        named
            .map(|it| it.id)
            .ok_or_else(|| Unread::Lacks(id.to_owned()))
    }
}

fn object<T: Serialize>(record: &T) -> Result<Map<String, Value>, StoreError> {
    match serde_json::to_value(record)? {
        Value::Object(mut map) => {
            map.remove("id");
            map.retain(|_, value| !value.is_null());
            Ok(map)
        }
        _ => Err(StoreError::BadValue("a record is no object".to_owned())),
    }
}

/// A text that holds JSON, as JSON.
fn unfold(map: &mut Map<String, Value>, name: &str) {
    if let Some(Value::String(text)) = map.get(name)
        && let Ok(value) = serde_json::from_str(text)
    {
        map.insert(name.to_owned(), value);
    }
}

/// JSON as a text that holds it.
fn fold(map: &mut Map<String, Value>, name: &str) {
    if let Some(value) = map.get(name)
        && !value.is_null()
    {
        let text = Value::from(value.to_string());
        map.insert(name.to_owned(), text);
    }
}

/// Which fields of a kind refer to other records.
pub(super) fn references(kind: Kind) -> &'static [(&'static str, RecordKind)] {
    match kind {
        Kind::Orders | Kind::Events => &[("customer", RecordKind::Customer)],
        Kind::CouponCodes => &[
            ("customer", RecordKind::Customer),
            ("coupon", RecordKind::Coupon),
            ("source", RecordKind::Order),
        ],
        Kind::Refunds => &[("order", RecordKind::Order)],
        Kind::Ledger => &[
            ("customer", RecordKind::Customer),
            ("order", RecordKind::Order),
            ("reverses", RecordKind::LedgerEntry),
        ],
        Kind::CouponUses => &[
            ("customer", RecordKind::Customer),
            ("coupon", RecordKind::Coupon),
            ("code", RecordKind::CouponCode),
            ("order", RecordKind::Order),
            ("reverses", RecordKind::CouponUse),
        ],
        Kind::ListMembers => &[
            ("list", RecordKind::List),
            ("customer", RecordKind::Customer),
        ],
        Kind::Distinct => &[
            ("low", RecordKind::Customer),
            ("high", RecordKind::Customer),
        ],
        Kind::Settings
        | Kind::Programs
        | Kind::Segments
        | Kind::Lists
        | Kind::Coupons
        | Kind::Customers => &[],
    }
}

/// A record's fields as they travel, `extra` (what others wrote) put back.
pub(super) fn encode(
    read: Reader<'_>,
    terms: &Terms,
    record: &SyncRecord,
    extra: &Map<String, Value>,
) -> Result<Map<String, Value>, StoreError> {
    let mut out = match record {
        SyncRecord::Settings(it) => object(it.as_ref())?,
        SyncRecord::Program(it) => {
            let mut map = object(it)?;
            map.remove("version");
            unfold(&mut map, "program");
            map
        }
        SyncRecord::Segment(it) => {
            let mut map = object(it)?;
            unfold(&mut map, "rule");
            map
        }
        SyncRecord::List(it) => {
            let mut map = object(it)?;
            unfold(&mut map, "origin");
            map
        }
        SyncRecord::Coupon(it) => {
            let mut map = object(it.as_ref())?;
            // Numbers count within one browser; what another one gave it is in `extra`.
            if extra.contains_key("number") {
                map.remove("number");
            }
            map
        }
        SyncRecord::Customer(it) => write_customer(it, terms.currency),
        SyncRecord::Code(it) => object(it)?,
        SyncRecord::Order(it) => write_order(it),
        SyncRecord::Refund { order, refund, .. } => {
            let order_of = read.order(*order)?;
            let currency = order_of.map_or(terms.currency, |it| it.fields.currency);
            write_refund(*order, refund, currency)
        }
        SyncRecord::Interaction(it) => write_event(it),
        SyncRecord::Entry(it) => {
            let mut map = write_entry(it);
            if let Some(version) = it.fields.program_version {
                let program = RecordRef {
                    kind: RecordKind::Program,
                    id: i64::from(version),
                };
                map.insert(
                    "programVersion".to_owned(),
                    json!(Ids::new(read).out(program)?),
                );
            }
            map
        }
        SyncRecord::Use(it) => {
            let mut map = object(it)?;
            unfold(&mut map, "data");
            map
        }
        SyncRecord::Member(it) => object(it)?,
        SyncRecord::Distinct(it) => object(it)?,
    };
    out.remove("id");
    if let Some(kind) = travelling_kind(record.record().kind) {
        for (name, of) in references(kind) {
            let raw = out.get(*name).and_then(Value::as_str);
            if let Some(raw) = raw.and_then(|text| model::id::decode(text).ok()) {
                let known = Ids::new(read).out(RecordRef { kind: *of, id: raw })?;
                out.insert((*name).to_owned(), json!(known));
            }
        }
    }
    restore(&mut out, extra);
    Ok(out)
}

fn write_refund(order: OrderId, refund: &Refund, currency: model::Currency) -> Map<String, Value> {
    let mut out = Map::new();
    out.insert("order".to_owned(), json!(order));
    out.insert("key".to_owned(), json!(refund.key));
    out.insert("at".to_owned(), json!(refund.at));
    out.insert(
        "amount".to_owned(),
        json!(refund.amount.to_decimal(currency)),
    );
    if !refund.lines.is_empty() {
        let lines = refund.lines.iter().map(|it| {
            let quantity = if it.quantity_milli % 1000 == 0 {
                json!(it.quantity_milli / 1000)
            } else {
                json!(it.quantity_milli as f64 / 1000.0)
            };
            json!({ "line": it.line, "quantity": quantity })
        });
        out.insert("lines".to_owned(), lines.collect());
    }
    out
}

/// A record that came: what is known of it, and what is not.
pub(super) type Decoded = (SyncRecord, Map<String, Value>);

/// Reads a record's fields; `record` names it here.
pub(super) fn decode(
    read: Reader<'_>,
    terms: &Terms,
    kind: Kind,
    record: RecordRef,
    fields: &Map<String, Value>,
) -> Result<Decoded, Unread> {
    let ids = Ids::new(read);
    let mut fields = fields.clone();
    for (name, of) in references(kind) {
        let Some(Value::String(text)) = fields.get(*name) else {
            continue;
        };
        let raw = match of {
            RecordKind::Customer if kind != Kind::Distinct => ids.customer(text)?.0,
            _ => ids.other(*of, text)?,
        };
        fields.insert((*name).to_owned(), json!(model::id::encode(raw)));
    }
    if !matches!(kind, Kind::Settings | Kind::Programs) {
        fields.insert("id".to_owned(), json!(model::id::encode(record.id)));
    }
    match kind {
        Kind::Customers => customer(&fields, terms, record),
        Kind::Orders => order(&fields, terms, record),
        Kind::Refunds => refund(read, &fields, terms, record),
        Kind::Events => event(&fields, terms, record),
        Kind::Ledger => entry(ids, &mut fields, terms, record),
        Kind::Settings => settings(read, fields),
        Kind::Programs => {
            fold(&mut fields, "program");
            fields.insert("version".to_owned(), json!(record.id));
            typed(fields, SyncRecord::Program, |it: &store::ProgramVersion| {
                object(it)
            })
        }
        Kind::Segments => {
            fold(&mut fields, "rule");
            typed(fields, SyncRecord::Segment, object)
        }
        Kind::Lists => {
            fold(&mut fields, "origin");
            typed(fields, SyncRecord::List, object)
        }
        Kind::Coupons => typed(fields, |it| SyncRecord::Coupon(Box::new(it)), object),
        Kind::CouponCodes => typed(fields, SyncRecord::Code, object),
        Kind::CouponUses => {
            fold(&mut fields, "data");
            typed(fields, SyncRecord::Use, object)
        }
        Kind::ListMembers => typed(fields, SyncRecord::Member, object),
        Kind::Distinct => distinct(fields, record),
    }
}

/// A record of the store's own form; what it does not write back itself is unknown.
fn typed<T: DeserializeOwned>(
    fields: Map<String, Value>,
    wrap: impl FnOnce(T) -> SyncRecord,
    known: impl FnOnce(&T) -> Result<Map<String, Value>, StoreError>,
) -> Result<Decoded, Unread> {
    let record: T = serde_json::from_value(Value::Object(fields.clone())).map_err(|error| {
        Unread::Wrong(vec![
            Issue::error(model::IssueCode::Malformed).found(&error.to_string()),
        ])
    })?;
    let known = known(&record)?;
    let mut unknown = fields;
    unknown.retain(|name, value| {
        !known.contains_key(name) && name != "id" && name != "version" && !value.is_null()
    });
    Ok((wrap(record), unknown))
}

fn settings(read: Reader<'_>, fields: Map<String, Value>) -> Result<Decoded, Unread> {
    // What it does not say stays.
    let mut whole = object(&read.settings()?)?;
    whole.extend(fields);
    let known = |it: &model::WorkspaceSettings| object(it);
    typed(whole, |it| SyncRecord::Settings(Box::new(it)), known)
}

fn distinct(mut fields: Map<String, Value>, record: RecordRef) -> Result<Decoded, Unread> {
    fields.insert("id".to_owned(), json!(record.id));
    // Ids that look the other way round after a merging are the same pair.
    let (low, high) = (fields.get("low").cloned(), fields.get("high").cloned());
    if let (Some(low), Some(high)) = (low, high)
        && low.as_str() > high.as_str()
    {
        fields.insert("low".to_owned(), high);
        fields.insert("high".to_owned(), low);
    }
    typed(fields, SyncRecord::Distinct, object)
}

fn customer(
    fields: &Map<String, Value>,
    terms: &Terms,
    record: RecordRef,
) -> Result<Decoded, Unread> {
    let Public {
        record: it,
        unknown,
    } = read_customer(fields, None, terms).map_err(Unread::Wrong)?;
    let created_at = it.created_at.unwrap_or(Timestamp(0));
    let mut fields = it.fields;
    sort(&mut fields.tags);
    sort(&mut fields.interests);
    let customer = Customer {
        id: CustomerId(record.id),
        fields,
        created_at,
        updated_at: it.updated_at.unwrap_or(created_at),
    };
    Ok((SyncRecord::Customer(Box::new(customer)), unknown))
}

fn sort(words: &mut Vec<String>) {
    words.sort();
    words.dedup();
}

fn order(fields: &Map<String, Value>, terms: &Terms, record: RecordRef) -> Result<Decoded, Unread> {
    let Public {
        record: it,
        mut unknown,
    } = read_order(fields, None, terms).map_err(Unread::Wrong)?;
    let customer = it.customer_id().ok_or_else(|| missing("customer"))?;
    // Refunds travel on their own; another program's list of them is kept as it is.
    for name in ["refunds", "refunded"] {
        if let Some(value) = fields.get(name) {
            unknown.insert(name.to_owned(), value.clone());
        }
    }
    let order = Order {
        id: OrderId(record.id),
        customer,
        fields: it.fields,
        refunds: Vec::new(),
    };
    Ok((SyncRecord::Order(Box::new(order)), unknown))
}

fn refund(
    read: Reader<'_>,
    fields: &Map<String, Value>,
    terms: &Terms,
    record: RecordRef,
) -> Result<Decoded, Unread> {
    let mut from = Fields::new(fields, "");
    for (name, expected) in [
        ("order", "0000100000001"),
        ("key", "1 to 128 characters"),
        ("at", "2026-01-31T18:30:00+08:00"),
        ("amount", "\"19.99\""),
    ] {
        if from.value(name).is_none() {
            from.missing(name, expected);
        }
    }
    let order = from.id::<OrderId>("order").unwrap_or(OrderId(0));
    let currency = read
        .order(order)?
        .map_or(terms.currency, |it| it.fields.currency);
    let it = Refund {
        key: from.text("key").unwrap_or_default(),
        at: from.instant("at", terms).unwrap_or_default(),
        amount: from.money("amount", currency).unwrap_or_default(),
        lines: read_refund_lines(&mut from),
    };
    let _ = from.value("id");
    let unknown = from.finish().map_err(Unread::Wrong)?;
    let id = record.id;
    Ok((
        SyncRecord::Refund {
            id,
            order,
            refund: it,
        },
        unknown,
    ))
}

fn event(fields: &Map<String, Value>, terms: &Terms, record: RecordRef) -> Result<Decoded, Unread> {
    let Public {
        record: it,
        unknown,
    } = read_event(fields, terms).map_err(Unread::Wrong)?;
    let customer = it.customer_id().ok_or_else(|| missing("customer"))?;
    let event = Interaction {
        id: InteractionId(record.id),
        customer,
        fields: it.fields,
    };
    Ok((SyncRecord::Interaction(event), unknown))
}

fn entry(
    ids: Ids<'_>,
    fields: &mut Map<String, Value>,
    terms: &Terms,
    record: RecordRef,
) -> Result<Decoded, Unread> {
    if let Some(Value::String(program)) = fields.get("programVersion") {
        let number = ids.other(RecordKind::Program, program)?;
        fields.insert("programVersion".to_owned(), json!(number));
    }
    let Public {
        record: it,
        unknown,
    } = read_entry(fields, terms).map_err(Unread::Wrong)?;
    let customer = it.customer_id().ok_or_else(|| missing("customer"))?;
    let entry = Entry {
        id: EntryId(record.id),
        customer,
        fields: it.fields,
    };
    Ok((SyncRecord::Entry(entry), unknown))
}

fn missing(field: &str) -> Unread {
    Unread::Wrong(vec![
        Issue::error(model::IssueCode::Missing).in_field(field),
    ])
}
