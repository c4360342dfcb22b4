//! Orders to CSV and JSON.
//!
//! In CSV an order takes one row for each line. Keys, time and customer stand in every row, so that rows can be
//! filtered; amounts of the order only in its first, so that a column can be summed up.

use super::csv::{BYTE_ORDER_MARK, CsvRow};
use super::{FileForm, JsonList, OrderOut, local_time};
use model::{Decimal, Money, Order, OrderLine, OrderStatus, Zone};
use serde_json::{Map, Value};

const COLUMNS: [&str; 22] = [
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

/// Writes orders, one row a line. Use as [`crate::CustomerWriter`].
#[derive(Debug)]
pub struct OrderWriter {
    form: FileForm,
    zone: Zone,
    list: JsonList,
}

impl OrderWriter {
    /// Times are written as they are in `zone`, with offset.
    pub fn new(form: FileForm, zone: Zone) -> Self {
        Self {
            form,
            zone,
            list: JsonList::default(),
        }
    }

    /// Byte order mark and header.
    pub fn start(&mut self, out: &mut Vec<u8>) {
        if self.form == FileForm::Json {
            self.list.start(out);
            return;
        }
        out.extend_from_slice(BYTE_ORDER_MARK);
        let mut row = CsvRow::new(out);
        for column in COLUMNS {
            row.plain(column);
        }
        row.end();
    }

    /// One order.
    pub fn write(&mut self, record: OrderOut<'_>, out: &mut Vec<u8>) {
        match self.form {
            FileForm::Json => self.list.add(&self.object(record), out),
            FileForm::Csv if record.order.fields.lines.is_empty() => {
                self.row(record, None, true, out);
            }
            FileForm::Csv => {
                for (idx, line) in record.order.fields.lines.iter().enumerate() {
                    self.row(record, Some(line), idx == 0, out);
                }
            }
        }
    }

    /// The end of the file.
    pub fn end(&mut self, out: &mut Vec<u8>) {
        if self.form == FileForm::Json {
            self.list.end(out);
        }
    }

    fn row(&self, record: OrderOut<'_>, line: Option<&OrderLine>, first: bool, out: &mut Vec<u8>) {
        let order = record.order;
        let it = &order.fields;
        let money = |amount: Option<Money>| {
            let amount = amount.filter(|_| first);
            amount
                .map(|m| m.to_decimal(it.currency))
                .unwrap_or_default()
        };
        let mut row = CsvRow::new(out);
        row.key(&order.id.to_string());
        row.key(it.external_id.as_deref().unwrap_or_default());
        row.plain(&local_time(self.zone, it.at, ' '));
        row.plain(it.currency.code());
        row.plain(&money(Some(it.amount)));
        row.plain(&money(it.gross));
        row.plain(&money(it.tax));
        row.plain(&money(it.paid_with_points));
        row.plain(if first { status(it.status) } else { "" });
        row.plain(&money(Some(order.refunded()).filter(|m| m.0 > 0)));
        let refunded_at = order.refunds.last().filter(|_| first);
        row.plain(
            &refunded_at
                .map(|r| local_time(self.zone, r.at, ' '))
                .unwrap_or_default(),
        );
        row.optional(it.channel.as_deref());
        row.optional(it.coupon.as_deref().filter(|_| first));
        row.optional(line.map(|l| l.product.as_str()));
        row.optional(line.and_then(|l| l.category.as_deref()));
        row.plain(&line.map(quantity).unwrap_or_default());
        row.plain(
            &line
                .map(|l| l.amount.to_decimal(it.currency))
                .unwrap_or_default(),
        );
        row.key(&order.customer.to_string());
        let customer = record.customer.map(|c| &c.fields);
        row.key(
            customer
                .and_then(|c| c.external_id.as_deref())
                .unwrap_or_default(),
        );
        row.text(customer.map_or("", |c| &c.name));
        row.key(
            customer
                .and_then(|c| c.phone.as_deref())
                .unwrap_or_default(),
        );
        row.key(
            customer
                .and_then(|c| c.email.as_deref())
                .unwrap_or_default(),
        );
        row.end();
    }

    fn object(&self, record: OrderOut<'_>) -> Value {
        let order = record.order;
        let it = &order.fields;
        let mut object = Map::new();
        let mut put = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                object.insert(name.to_owned(), Value::String(value));
            }
        };
        let money = |amount: Money| amount.to_decimal(it.currency);
        put("id", Some(order.id.to_string()));
        put("externalId", it.external_id.clone());
        put("customer", Some(order.customer.to_string()));
        put("at", Some(local_time(self.zone, it.at, 'T')));
        put("currency", Some(it.currency.to_string()));
        put("amount", Some(money(it.amount)));
        put("gross", it.gross.map(money));
        put("tax", it.tax.map(money));
        put("paidWithPoints", it.paid_with_points.map(money));
        put("status", Some(status(it.status).to_owned()));
        put("channel", it.channel.clone());
        put("coupon", it.coupon.clone());
        if let Some(last) = order.refunds.last() {
            put("refunded", Some(money(order.refunded())));
            put("refundedAt", Some(local_time(self.zone, last.at, 'T')));
        }
        if let Some(customer) = record.customer.map(|c| &c.fields) {
            put("customerExternalId", customer.external_id.clone());
            put(
                "customerName",
                Some(customer.name.clone()).filter(|n| !n.is_empty()),
            );
            put("customerPhone", customer.phone.clone());
            put("customerEmail", customer.email.clone());
        }
        if !it.lines.is_empty() {
            let lines = it
                .lines
                .iter()
                .map(|line| self::line(line, order))
                .collect();
            object.insert("lines".to_owned(), Value::Array(lines));
        }
        Value::Object(object)
    }
}

fn line(line: &OrderLine, order: &Order) -> Value {
    let mut object = Map::new();
    object.insert("product".to_owned(), line.product.clone().into());
    if let Some(category) = &line.category {
        object.insert("category".to_owned(), category.clone().into());
    }
    let quantity = if line.quantity_milli % 1000 == 0 {
        Value::from(line.quantity_milli / 1000)
    } else {
        Value::from(line.quantity_milli as f64 / 1000.0)
    };
    object.insert("quantity".to_owned(), quantity);
    let amount = line.amount.to_decimal(order.fields.currency);
    object.insert("amount".to_owned(), amount.into());
    Value::Object(object)
}

/// Pieces: `2`, `0.35`.
fn quantity(line: &OrderLine) -> String {
    let text = Decimal {
        units: line.quantity_milli,
        scale: 3,
    }
    .to_string();
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn status(status: OrderStatus) -> &'static str {
    match status {
        OrderStatus::Paid => "paid",
        OrderStatus::Refunded => "refunded",
        OrderStatus::Cancelled => "cancelled",
    }
}
