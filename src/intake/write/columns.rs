//! The columns of our own layout, and what a person may choose of them.

use super::layout;
use super::{TableCell, local_time};
use model::{Currency, Customer, CustomerKind, Day, Gender, Money, OrderStatus, Timestamp, Zone};
use std::collections::BTreeMap;

/// Columns of customers in their order, the names of `shuke.d.ts`. The owner's own fields (`custom.<key>`) come before
/// the last two.
pub const CUSTOMER_COLUMNS: &[&str] = &[
    "id",
    "externalId",
    "kind",
    "name",
    "phone",
    "email",
    "gender",
    "birthday",
    "country",
    "province",
    "city",
    "district",
    "postalCode",
    "address",
    "occupation",
    "education",
    "incomeBand",
    "industry",
    "companySize",
    "interests",
    "tags",
    "sourceChannel",
    "signupOn",
    "owner",
    "consent.email",
    "consent.sms",
    "consent.phone",
    "acquisitionCost",
    "note",
    "createdAt",
    "updatedAt",
];

/// What is calculated about a customer and can stand beside the record. An import leaves these columns out.
pub const CALCULATED: &[&str] = &[
    "stage",
    "rfm",
    "rfmGroup",
    "orderCount",
    "spend",
    "averageOrderValue",
    "firstOrderOn",
    "lastOrderOn",
    "daysSinceLastOrder",
    "usualGapDays",
    "balance",
    "tier",
];

/// Columns of orders in their order; an order takes one row for each line.
pub const ORDER_COLUMNS: &[&str] = &[
    "orderId",
    "orderExternalId",
    "at",
    "currency",
    "amount",
    "gross",
    "tax",
    "paidWithPoints",
    "status",
    "refunded",
    "refundedAt",
    "channel",
    "coupon",
    "lineProduct",
    "lineCategory",
    "lineQuantity",
    "lineAmount",
    "customerId",
    "customerExternalId",
    "customerName",
    "customerPhone",
    "customerEmail",
];

/// How many of [`CUSTOMER_COLUMNS`] stand behind the owner's own fields.
const BEHIND: usize = 2;

/// Whose layout a table has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TableLayout {
    /// Our own.
    #[default]
    Own,
    /// Zoho CRM: contacts, deals.
    Zoho,
    /// Shopify: customers, orders.
    Shopify,
    /// HubSpot: contacts.
    Hubspot,
    /// 纷享销客: 客户.
    Fxiaoke,
    /// Google Contacts.
    Google,
}

/// What a table of customers or orders looks like.
#[derive(Clone, Debug, Default)]
pub struct TableShape {
    /// Whose layout.
    pub layout: TableLayout,
    /// The columns by key; empty is all but the calculated ones. Only for our own layout.
    pub columns: Vec<String>,
    /// What columns and values are called instead (`name`, `gender.female`, `flag.true`); empty keeps the names of
    /// `shuke.d.ts`. Only for our own layout, and not in JSON.
    pub words: BTreeMap<String, String>,
    /// Without protection against formulas.
    pub raw: bool,
}

/// What a table depends on beside its records.
#[derive(Clone, Debug)]
pub struct TableAround {
    /// Of the workspace.
    pub currency: Currency,
    /// Times are written as they are here, with offset.
    pub zone: Zone,
    /// The owner's own fields, each a column.
    pub custom_keys: Vec<String>,
}

/// What is calculated about a customer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FactsOut {
    /// Life cycle stage, as `dormant`.
    pub stage: String,
    /// Scores, as `545`; empty without orders.
    pub rfm: String,
    /// Group, as `champions`.
    pub rfm_group: String,
    /// Orders that count.
    pub order_count: u64,
    /// What remains of them.
    pub spend: Money,
    /// A purchase on average.
    pub average_order_value: Option<Money>,
    /// Day of the first order.
    pub first_order_on: Option<Day>,
    /// Day of the last order.
    pub last_order_on: Option<Day>,
    /// Days since then.
    pub days_since_last_order: Option<u32>,
    /// The customer's own rhythm.
    pub usual_gap_days: Option<u32>,
    /// Redeemable points.
    pub balance: Option<i64>,
    /// Tier's name.
    pub tier: Option<String>,
}

/// The columns of ours that a layout has no place for, so that nobody leaves them behind unawares. `orders` asks for
/// the layout of orders.
pub fn lacking(layout: TableLayout, orders: bool) -> Vec<&'static str> {
    let (all, kept) = if orders {
        (ORDER_COLUMNS, layout::kept_of_orders(layout))
    } else {
        (CUSTOMER_COLUMNS, layout::kept(layout))
    };
    let Some(kept) = kept else {
        return Vec::new();
    };
    all.iter()
        .copied()
        .filter(|key| !kept.contains(key))
        // What only we have a use for is no loss.
        .filter(|key| {
            !matches!(
                *key,
                "id" | "createdAt" | "updatedAt" | "orderId" | "customerId"
            )
        })
        .collect()
}

impl TableShape {
    /// The columns of a table of customers.
    pub(super) fn customer_columns(&self, custom_keys: &[String]) -> Vec<String> {
        let known = |key: &String| {
            CUSTOMER_COLUMNS.contains(&key.as_str())
                || CALCULATED.contains(&key.as_str())
                || key
                    .strip_prefix("custom.")
                    .is_some_and(|own| custom_keys.iter().any(|k| k == own))
        };
        if !self.columns.is_empty() {
            return self
                .columns
                .iter()
                .filter(|key| known(key))
                .cloned()
                .collect();
        }
        let (before, behind) = CUSTOMER_COLUMNS.split_at(CUSTOMER_COLUMNS.len() - BEHIND);
        let own = custom_keys.iter().map(|key| format!("custom.{key}"));
        let before = before.iter().map(|key| (*key).to_owned());
        before
            .chain(own)
            .chain(behind.iter().map(|key| (*key).to_owned()))
            .collect()
    }

    /// The columns of a table of orders.
    pub(super) fn order_columns(&self) -> Vec<String> {
        let known = |key: &&String| ORDER_COLUMNS.contains(&key.as_str());
        if self.columns.is_empty() {
            return ORDER_COLUMNS.iter().map(|key| (*key).to_owned()).collect();
        }
        self.columns.iter().filter(known).cloned().collect()
    }

    /// What a column is called.
    pub(super) fn heading(&self, key: &str) -> String {
        match self.words.get(key) {
            Some(word) => word.clone(),
            None => match (key.strip_prefix("custom."), self.words.is_empty()) {
                // In words a field of the owner's own has the name they gave it.
                (Some(own), false) => own.to_owned(),
                _ => key.to_owned(),
            },
        }
    }

    /// A word of ours, as it is called.
    pub(super) fn word(&self, group: &str, code: &str) -> TableCell {
        match self.words.get(&[group, ".", code].concat()) {
            Some(word) => TableCell::Text(word.clone()),
            None => TableCell::Plain(code.to_owned()),
        }
    }

    fn flag(&self, flag: Option<bool>) -> TableCell {
        match flag {
            None => TableCell::Empty,
            Some(flag) if self.words.is_empty() => TableCell::Flag(flag),
            Some(flag) => self.word("flag", if flag { "true" } else { "false" }),
        }
    }
}

/// An amount in major units.
pub(super) fn money(amount: Option<Money>, currency: Currency) -> TableCell {
    amount.map_or(TableCell::Empty, |amount| {
        TableCell::Plain(amount.to_decimal(currency))
    })
}

/// An instant.
pub(super) fn moment(zone: Zone, at: Timestamp) -> TableCell {
    let local = zone.local(at);
    // Where clocks are set back an hour comes twice: without offset nobody could tell which.
    let exact = at.0 % 1000 == 0 && zone.instant(local) == at;
    let (day, _) = zone.day_and_minute(at);
    let second = local.and_utc().timestamp().rem_euclid(86_400);
    TableCell::Moment {
        text: local_time(zone, at, ' '),
        local: exact.then_some((day, second as u32)),
    }
}

fn key(text: Option<&str>) -> TableCell {
    text.map_or(TableCell::Empty, |text| TableCell::Key(text.to_owned()))
}

fn text(text: Option<&str>) -> TableCell {
    text.map_or(TableCell::Empty, |text| TableCell::Text(text.to_owned()))
}

fn day(day: Option<Day>) -> TableCell {
    day.map_or(TableCell::Empty, TableCell::Day)
}

/// A birthday: a day, or without a year `--05-14`.
pub(super) fn birthday(birthday: model::Birthday) -> TableCell {
    match birthday.year {
        Some(year) => TableCell::Day(birthday.in_year(year)),
        None => TableCell::Key(birthday.to_string()),
    }
}

/// A gender's code.
pub(super) fn gender_code(gender: Gender) -> &'static str {
    match gender {
        Gender::Female => "female",
        Gender::Male => "male",
        Gender::Other => "other",
    }
}

/// The cell of a customer in a column of ours.
pub(super) fn customer_cell(
    column: &str,
    customer: &Customer,
    shape: &TableShape,
    around: &TableAround,
) -> TableCell {
    let it = &customer.fields;
    match column {
        "id" => TableCell::Key(customer.id.to_string()),
        "externalId" => key(it.external_id.as_deref()),
        "kind" => match it.kind {
            CustomerKind::Person => shape.word("kind", "person"),
            CustomerKind::Company => shape.word("kind", "company"),
        },
        "name" => TableCell::Text(it.name.clone()),
        "phone" => key(it.phone.as_deref()),
        "email" => key(it.email.as_deref()),
        "gender" => it.gender.map_or(TableCell::Empty, |gender| {
            shape.word("gender", gender_code(gender))
        }),
        "birthday" => it.birthday.map_or(TableCell::Empty, birthday),
        "country" => text(it.country.as_deref()),
        "province" => text(it.province.as_deref()),
        "city" => text(it.city.as_deref()),
        "district" => text(it.district.as_deref()),
        "postalCode" => key(it.postal_code.as_deref()),
        "address" => text(it.address.as_deref()),
        "occupation" => text(it.occupation.as_deref()),
        "education" => text(it.education.as_deref()),
        "incomeBand" => text(it.income_band.as_deref()),
        "industry" => text(it.industry.as_deref()),
        "companySize" => text(it.company_size.as_deref()),
        "interests" => TableCell::Text(crate::clean::list::join(&it.interests)),
        "tags" => TableCell::Text(crate::clean::list::join(&it.tags)),
        "sourceChannel" => text(it.source_channel.as_deref()),
        "signupOn" => day(it.signup_on),
        "owner" => text(it.owner.as_deref()),
        "consent.email" => shape.flag(it.consent.email),
        "consent.sms" => shape.flag(it.consent.sms),
        "consent.phone" => shape.flag(it.consent.phone),
        "acquisitionCost" => money(it.acquisition_cost, around.currency),
        "note" => text(it.note.as_deref()),
        "createdAt" => moment(around.zone, customer.created_at),
        "updatedAt" => moment(around.zone, customer.updated_at),
        _ => match column.strip_prefix("custom.") {
            Some(own) => match it.custom.get(own) {
                Some(value) => TableCell::Custom(value.clone()),
                None => TableCell::Empty,
            },
            None => TableCell::Empty,
        },
    }
}

/// The cell of what is calculated; `None` for a column of the record.
pub(super) fn facts_cell(
    column: &str,
    facts: Option<&FactsOut>,
    shape: &TableShape,
    currency: Currency,
) -> Option<TableCell> {
    if !CALCULATED.contains(&column) {
        return None;
    }
    let Some(it) = facts else {
        return Some(TableCell::Empty);
    };
    let number = |n: Option<u32>| n.map_or(TableCell::Empty, |n| TableCell::Number(n.into()));
    Some(match column {
        "stage" => shape.word("stage", &it.stage),
        "rfm" => TableCell::Plain(it.rfm.clone()),
        "rfmGroup" => shape.word("group", &it.rfm_group),
        "orderCount" => TableCell::Number(i64::try_from(it.order_count).unwrap_or(i64::MAX)),
        "spend" => money(Some(it.spend), currency),
        "averageOrderValue" => money(it.average_order_value, currency),
        "firstOrderOn" => day(it.first_order_on),
        "lastOrderOn" => day(it.last_order_on),
        "daysSinceLastOrder" => number(it.days_since_last_order),
        "usualGapDays" => number(it.usual_gap_days),
        "balance" => it.balance.map_or(TableCell::Empty, TableCell::Number),
        _ => text(it.tier.as_deref()),
    })
}

/// A status' code.
pub(super) fn status_code(status: OrderStatus) -> &'static str {
    match status {
        OrderStatus::Paid => "paid",
        OrderStatus::Refunded => "refunded",
        OrderStatus::Cancelled => "cancelled",
    }
}
