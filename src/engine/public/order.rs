//! Orders with their lines and refunds.

use super::customer::word;
use super::{Fields, Public, Terms, Writer};
use model::{
    Currency, CustomerId, Issue, Money, Order, OrderDraft, OrderId, OrderLine, OrderStatus, Refund,
    RefundLine,
};
use serde_json::{Map, Value};

const STATES: [(&str, OrderStatus); 3] = [
    ("paid", OrderStatus::Paid),
    ("refunded", OrderStatus::Refunded),
    ("cancelled", OrderStatus::Cancelled),
];

/// An order as it was read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct OrderRecord {
    /// Its id, if it says one.
    pub(crate) id: Option<OrderId>,
    /// Who bought: an id of ours or an external id, as it was written.
    pub(crate) customer: Option<String>,
    /// Its fields: those of the base, and over them what was read.
    pub(crate) fields: OrderDraft,
    /// Its refunds, in order of time, then key; `None` when it says nothing about them.
    pub(crate) refunds: Option<Vec<Refund>>,
}

impl OrderRecord {
    /// The buyer as an id of ours, if it is one.
    pub(crate) fn customer_id(&self) -> Option<CustomerId> {
        self.customer.as_deref()?.parse().ok()
    }
}

/// An order as JSON. `refunded` is the sum of its refunds, for whoever does not care about each.
pub(crate) fn write_order(order: &Order) -> Map<String, Value> {
    let it = &order.fields;
    let money = |amount: Money| amount.to_decimal(it.currency);
    let mut out = Writer::default();
    out.put("id", order.id.to_string());
    out.some("externalId", it.external_id.as_deref());
    out.put("customer", order.customer.to_string());
    out.put("at", it.at.to_string());
    out.put("currency", it.currency.code());
    out.put("amount", money(it.amount));
    out.some("gross", it.gross.map(money));
    out.some("tax", it.tax.map(money));
    out.some("paidWithPoints", it.paid_with_points.map(money));
    out.put("status", word(&STATES, &it.status));
    out.some("channel", it.channel.as_deref());
    out.some("coupon", it.coupon.as_deref());
    let lines = it.lines.iter();
    out.list("lines", lines.map(|one| line(one, it.currency)).collect());
    if !order.refunds.is_empty() {
        out.put("refunded", money(order.refunded()));
        let refunds = order.refunds.iter();
        let refunds = refunds.map(|one| refund(one, it.currency)).collect();
        out.list("refunds", refunds);
    }
    out.0
}

fn line(line: &OrderLine, currency: Currency) -> Value {
    let mut out = Writer::default();
    out.put("product", line.product.as_str());
    out.some("category", line.category.as_deref());
    out.put("quantity", quantity(line.quantity_milli));
    out.put("amount", line.amount.to_decimal(currency));
    Value::Object(out.0)
}

fn refund(refund: &Refund, currency: Currency) -> Value {
    let mut out = Writer::default();
    out.put("key", refund.key.as_str());
    out.put("at", refund.at.to_string());
    out.put("amount", refund.amount.to_decimal(currency));
    let lines = refund.lines.iter().map(|part| {
        let mut line = Writer::default();
        line.put("line", part.line);
        line.put("quantity", quantity(part.quantity_milli));
        Value::Object(line.0)
    });
    out.list("lines", lines.collect());
    Value::Object(out.0)
}

/// Thousandths as a number of pieces. A binary fraction, but one that reads as the same thousandths.
fn quantity(milli: i64) -> Value {
    if milli % 1000 == 0 {
        Value::from(milli / 1000)
    } else {
        Value::from(milli as f64 / 1000.0)
    }
}

/// Reads an order. Fields that are not there are those of `base`; without a base `at` and `amount` must be there.
/// Lines are replaced as a whole.
///
/// # Errors
/// Everything whose form is wrong. Whether the values are right, `validate::order` says.
pub(crate) fn read_order(
    object: &Map<String, Value>,
    base: Option<&OrderDraft>,
    terms: &Terms,
) -> Result<Public<OrderRecord>, Vec<Issue>> {
    let mut from = Fields::new(object, "");
    let mut it = base.cloned().unwrap_or_else(|| OrderDraft {
        external_id: None,
        at: model::Timestamp(0),
        currency: terms.currency,
        amount: Money::ZERO,
        gross: None,
        tax: None,
        paid_with_points: None,
        status: OrderStatus::Paid,
        channel: None,
        coupon: None,
        lines: Vec::new(),
    });
    let currency = from.currency("currency").unwrap_or(it.currency);
    // Amounts are minor units: in another currency the old ones mean something else.
    let is_new = base.is_none() || currency != it.currency;
    if is_new {
        it = OrderDraft {
            gross: None,
            tax: None,
            paid_with_points: None,
            lines: Vec::new(),
            ..it
        };
    }
    it.currency = currency;
    if let Some(at) = from.instant("at", terms) {
        it.at = at;
    } else if base.is_none() && from.value("at").is_none() {
        from.missing("at", "2026-01-31T18:30:00+08:00");
    }
    if let Some(amount) = from.money("amount", currency) {
        it.amount = amount;
    } else if is_new && from.value("amount").is_none() {
        from.missing("amount", "\"19.99\"");
    }
    macro_rules! set {
        ($($field:ident $name:literal $read:expr);*) => { $(
            if from.has($name) {
                it.$field = $read;
            }
        )* };
    }
    set!(
        external_id "externalId" from.text("externalId");
        gross "gross" from.money("gross", currency);
        tax "tax" from.money("tax", currency);
        paid_with_points "paidWithPoints" from.money("paidWithPoints", currency);
        status "status" from.choice("status", &STATES).unwrap_or_default();
        channel "channel" from.text("channel");
        coupon "coupon" from.text("coupon");
        lines "lines" from.list("lines", |line| read_line(line, currency)).unwrap_or_default()
    );
    let refunds = read_refunds(&mut from, currency, terms);
    // Derived from the refunds.
    let _ = from.value("refunded");
    let record = OrderRecord {
        id: from.id("id"),
        customer: from.text("customer"),
        fields: it,
        refunds,
    };
    let unknown = from.finish()?;
    Ok(Public { record, unknown })
}

fn read_line(from: &mut Fields<'_>, currency: Currency) -> Option<OrderLine> {
    if from.value("product").is_none() {
        from.missing("product", "a name");
    }
    if from.value("amount").is_none() {
        from.missing("amount", "\"19.99\"");
    }
    let category = from.text("category");
    let quantity = if from.value("quantity").is_some() {
        from.quantity("quantity")
    } else {
        Some(1000)
    };
    Some(OrderLine {
        product: from.text("product")?,
        category,
        quantity_milli: quantity?,
        amount: from.money("amount", currency)?,
    })
}

fn read_refunds(from: &mut Fields<'_>, currency: Currency, terms: &Terms) -> Option<Vec<Refund>> {
    let mut refunds = from.list("refunds", |refund| {
        for (name, expected) in [
            ("key", "a key of its own"),
            ("at", "2026-01-31T18:30:00Z"),
            ("amount", "\"19.99\""),
        ] {
            if refund.value(name).is_none() {
                refund.missing(name, expected);
            }
        }
        let lines = read_refund_lines(refund);
        Some(Refund {
            key: refund.text("key")?,
            at: refund.instant("at", terms)?,
            amount: refund.money("amount", currency)?,
            lines,
        })
    })?;
    refunds.sort_by(|a, b| (a.at, &a.key).cmp(&(b.at, &b.key)));
    Some(refunds)
}

/// Which lines come back, in the field `lines`.
pub(crate) fn read_refund_lines(from: &mut Fields<'_>) -> Vec<RefundLine> {
    let lines = from.list("lines", |line| {
        for (name, expected) in [("line", "0"), ("quantity", "1, 0.35")] {
            if line.value(name).is_none() {
                line.missing(name, expected);
            }
        }
        let place = line.whole("line")?;
        let quantity_milli = line.quantity("quantity")?;
        let Ok(place) = u32::try_from(place) else {
            let found = place.to_string();
            line.wrong("line", model::IssueCode::Negative, &found, "0");
            return None;
        };
        Some(RefundLine {
            line: place,
            quantity_milli,
        })
    });
    lines.unwrap_or_default()
}
