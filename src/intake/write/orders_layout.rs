//! Orders in the layouts of Shopify and Zoho CRM.

use super::columns::{TableAround, money};
use super::orders::quantity;
use super::{OrderOut, TableCell, local_time};
use model::{Money, OrderStatus};

/// Headers of Shopify's orders, those that we have anything for.
pub(super) const SHOPIFY: &[&str] = &[
    "Name",
    "Email",
    "Financial Status",
    "Paid at",
    "Accepts Marketing",
    "Currency",
    "Subtotal",
    "Shipping",
    "Taxes",
    "Total",
    "Discount Code",
    "Discount Amount",
    "Created at",
    "Lineitem quantity",
    "Lineitem name",
    "Lineitem price",
    "Lineitem discount",
    "Billing Name",
    "Billing Address1",
    "Billing City",
    "Billing Zip",
    "Billing Province Name",
    "Billing Country",
    "Billing Phone",
    "Notes",
    "Refunded Amount",
    "Id",
    "Source",
    "Phone",
];

/// Headers of Zoho's deals.
pub(super) const ZOHO: &[&str] = &[
    "Record Id",
    "Deal Owner.id",
    "Deal Owner",
    "Amount",
    "Deal Name",
    "Closing Date",
    "Account Name.id",
    "Account Name",
    "Stage",
    "Type",
    "Lead Source",
    "Contact Name.id",
    "Contact Name",
    "Created Time",
    "Currency",
    "Description",
];

fn text(text: Option<&str>) -> TableCell {
    text.map_or(TableCell::Empty, |text| TableCell::Text(text.to_owned()))
}

fn key(text: Option<&str>) -> TableCell {
    text.map_or(TableCell::Empty, |text| TableCell::Key(text.to_owned()))
}

/// The number by which the order is known: its own, else ours.
fn number(record: OrderOut<'_>) -> String {
    let order = record.order;
    let known = order.fields.external_id.clone();
    known.unwrap_or_else(|| order.id.to_string())
}

/// A row of Shopify's: line `at` of the order. What is said of the order stands in its first row only.
pub(super) fn shopify(record: OrderOut<'_>, at: usize, around: &TableAround) -> Vec<TableCell> {
    let order = record.order;
    let it = &order.fields;
    let first = at == 0;
    let buyer = record.customer.map(|c| &c.fields);
    let when = TableCell::Plain(local_time(around.zone, it.at, ' '));
    let once = |cell: TableCell| if first { cell } else { TableCell::Empty };
    let amount = |amount: Option<Money>| once(money(amount, it.currency));
    let refunded = order.refunded();
    let status = match it.status {
        OrderStatus::Cancelled => "voided",
        OrderStatus::Refunded => "refunded",
        OrderStatus::Paid if refunded.0 > 0 => "partially_refunded",
        OrderStatus::Paid => "paid",
    };
    let discount = it
        .gross
        .map(|gross| Money(gross.0.saturating_sub(it.amount.0).max(0)));
    let line = it.lines.get(at);
    let (price, off) = line.map_or((None, None), |line| {
        let (price, off) = unit_price(line.amount, line.quantity_milli);
        (Some(price), Some(off))
    });
    let of_buyer = |get: fn(&model::CustomerDraft) -> Option<&String>| {
        once(text(buyer.and_then(get).map(String::as_str)))
    };
    vec![
        TableCell::Text(number(record)),
        key(buyer.and_then(|c| c.email.as_deref())),
        once(TableCell::Plain(status.to_owned())),
        once(when.clone()),
        once(match buyer.and_then(|c| c.consent.email) {
            Some(true) => TableCell::Plain("yes".to_owned()),
            Some(false) => TableCell::Plain("no".to_owned()),
            None => TableCell::Empty,
        }),
        once(TableCell::Plain(it.currency.code().to_owned())),
        amount(it.gross.or(Some(it.amount))),
        amount(Some(Money::ZERO)),
        amount(it.tax),
        amount(Some(it.amount)),
        once(text(it.coupon.as_deref())),
        amount(discount),
        when,
        line.map_or(TableCell::Empty, |l| TableCell::Plain(quantity(l))),
        text(line.map(|l| l.product.as_str())),
        money(price, it.currency),
        money(off, it.currency),
        once(text(buyer.map(|c| c.name.as_str()))),
        of_buyer(|c| c.address.as_ref()),
        of_buyer(|c| c.city.as_ref()),
        once(key(buyer.and_then(|c| c.postal_code.as_deref()))),
        of_buyer(|c| c.province.as_ref()),
        of_buyer(|c| c.country.as_ref()),
        once(key(buyer.and_then(|c| c.phone.as_deref()))),
        TableCell::Empty,
        amount(Some(refunded)),
        once(TableCell::Key(order.id.to_string())),
        once(text(it.channel.as_deref())),
        once(key(buyer.and_then(|c| c.phone.as_deref()))),
    ]
}

/// The price of a piece, rounded up, and what is off the whole line so that it comes to its amount.
fn unit_price(amount: Money, quantity_milli: i64) -> (Money, Money) {
    let pieces = i128::from(quantity_milli.max(1));
    let price = (i128::from(amount.0) * 1000 + pieces - 1).div_euclid(pieces);
    let whole = (price * pieces).div_euclid(1000);
    let off = (whole - i128::from(amount.0)).max(0);
    let money = |number: i128| Money(i64::try_from(number).unwrap_or(i64::MAX));
    (money(price), money(off))
}

/// A row of Zoho's: the order as a deal that was won, or lost.
pub(super) fn zoho(record: OrderOut<'_>, around: &TableAround) -> Vec<TableCell> {
    let order = record.order;
    let it = &order.fields;
    let buyer = record.customer.map(|c| &c.fields);
    let company = buyer.filter(|c| c.kind == model::CustomerKind::Company);
    let person = buyer.filter(|c| c.kind != model::CustomerKind::Company);
    let stage = match it.status {
        OrderStatus::Paid => "Closed Won",
        OrderStatus::Refunded | OrderStatus::Cancelled => "Closed Lost",
    };
    let products: Vec<&str> = it.lines.iter().map(|line| line.product.as_str()).collect();
    let name = if products.is_empty() {
        number(record)
    } else {
        products.join(", ")
    };
    vec![
        key(it.external_id.as_deref()),
        TableCell::Empty,
        text(buyer.and_then(|c| c.owner.as_deref())),
        money(
            Some(order.remaining())
                .filter(|_| it.status == OrderStatus::Paid)
                .or(Some(it.amount)),
            it.currency,
        ),
        TableCell::Text(name),
        TableCell::Day(around.zone.day(it.at)),
        TableCell::Empty,
        text(company.map(|c| c.name.as_str())),
        TableCell::Plain(stage.to_owned()),
        TableCell::Empty,
        text(it.channel.as_deref()),
        key(person.and_then(|c| c.external_id.as_deref())),
        text(person.map(|c| c.name.as_str())),
        TableCell::Plain(local_time(around.zone, it.at, ' ')),
        TableCell::Plain(it.currency.code().to_owned()),
        TableCell::Empty,
    ]
}
