//! Orders to tables and JSON.
//!
//! In a table an order takes one row for each line. Keys, time and customer stand in every row, so that rows can be
//! filtered; amounts of the order only in its first, so that a column can be summed up.

use super::columns::{TableAround, TableLayout, TableShape, moment, money, status_code};
use super::orders_layout;
use super::sink::{FileForm, Sink};
use super::{OrderOut, TableCell, local_time};
use model::{Decimal, Money, Order, OrderLine};
use serde_json::{Map, Value};

/// Writes orders. Use as [`crate::CustomerWriter`].
#[derive(Debug)]
pub struct OrderWriter {
    sink: Sink,
    shape: TableShape,
    around: TableAround,
    columns: Vec<String>,
}

impl OrderWriter {
    /// A table of this form and shape; times are written as they are in the zone, with offset.
    pub fn new(form: FileForm, shape: TableShape, around: TableAround) -> Self {
        Self {
            sink: Sink::new(form, "orders", shape.raw),
            columns: shape.order_columns(),
            shape,
            around,
        }
    }

    /// Byte order mark and header.
    pub fn start(&mut self, out: &mut Vec<u8>) {
        let header: Vec<String> = match self.shape.layout {
            TableLayout::Shopify => orders_layout::SHOPIFY
                .iter()
                .map(|h| (*h).to_owned())
                .collect(),
            TableLayout::Zoho => orders_layout::ZOHO
                .iter()
                .map(|h| (*h).to_owned())
                .collect(),
            TableLayout::Own
            | TableLayout::Hubspot
            | TableLayout::Fxiaoke
            | TableLayout::Google => {
                let columns = self.columns.iter();
                columns.map(|key| self.shape.heading(key)).collect()
            }
        };
        self.sink.start(&header, out);
    }

    /// One order.
    pub fn write(&mut self, record: OrderOut<'_>, out: &mut Vec<u8>) {
        if self.sink.wants_objects() {
            let value = self.object(record);
            self.sink.object(&value, out);
            return;
        }
        let lines = &record.order.fields.lines;
        match self.shape.layout {
            TableLayout::Zoho => {
                let cells = orders_layout::zoho(record, &self.around);
                self.sink.row(&cells, out);
            }
            TableLayout::Shopify => {
                for at in 0..lines.len().max(1) {
                    let cells = orders_layout::shopify(record, at, &self.around);
                    self.sink.row(&cells, out);
                }
            }
            TableLayout::Own
            | TableLayout::Hubspot
            | TableLayout::Fxiaoke
            | TableLayout::Google => {
                for at in 0..lines.len().max(1) {
                    let cells = self.row(record, lines.get(at), at == 0);
                    self.sink.row(&cells, out);
                }
            }
        }
    }

    /// The end of the file.
    pub fn end(&mut self, out: &mut Vec<u8>) {
        self.sink.end(out);
    }

    fn row(&self, record: OrderOut<'_>, line: Option<&OrderLine>, first: bool) -> Vec<TableCell> {
        let columns = self.columns.iter();
        columns
            .map(|column| match column.strip_prefix("customer") {
                Some(field) => buyer_cell(field, record),
                None => self.order_cell(column, record.order, line, first),
            })
            .collect()
    }

    fn order_cell(
        &self,
        column: &str,
        order: &Order,
        line: Option<&OrderLine>,
        first: bool,
    ) -> TableCell {
        let it = &order.fields;
        let amount = |amount: Option<Money>| money(amount.filter(|_| first), it.currency);
        let text = |text: Option<&str>| {
            text.map_or(TableCell::Empty, |text| TableCell::Text(text.to_owned()))
        };
        match column {
            "orderId" => TableCell::Key(order.id.to_string()),
            "orderExternalId" => key(it.external_id.as_deref()),
            "at" => moment(self.around.zone, it.at),
            "currency" => TableCell::Plain(it.currency.code().to_owned()),
            "amount" => amount(Some(it.amount)),
            "gross" => amount(it.gross),
            "tax" => amount(it.tax),
            "paidWithPoints" => amount(it.paid_with_points),
            "status" if first => self.shape.word("status", status_code(it.status)),
            "refunded" => amount(Some(order.refunded()).filter(|m| m.0 > 0)),
            "refundedAt" => match order.refunds.last().filter(|_| first) {
                Some(last) => moment(self.around.zone, last.at),
                None => TableCell::Empty,
            },
            "channel" => text(it.channel.as_deref()),
            "coupon" => text(it.coupon.as_deref().filter(|_| first)),
            "lineProduct" => text(line.map(|l| l.product.as_str())),
            "lineCategory" => text(line.and_then(|l| l.category.as_deref())),
            "lineQuantity" => line.map_or(TableCell::Empty, |l| TableCell::Plain(quantity(l))),
            "lineAmount" => money(line.map(|l| l.amount), it.currency),
            _ => TableCell::Empty,
        }
    }

    fn object(&self, record: OrderOut<'_>) -> Value {
        let order = record.order;
        let it = &order.fields;
        let zone = self.around.zone;
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
        put("at", Some(local_time(zone, it.at, 'T')));
        put("currency", Some(it.currency.to_string()));
        put("amount", Some(money(it.amount)));
        put("gross", it.gross.map(money));
        put("tax", it.tax.map(money));
        put("paidWithPoints", it.paid_with_points.map(money));
        put("status", Some(status_code(it.status).to_owned()));
        put("channel", it.channel.clone());
        put("coupon", it.coupon.clone());
        if let Some(last) = order.refunds.last() {
            put("refunded", Some(money(order.refunded())));
            put("refundedAt", Some(local_time(zone, last.at, 'T')));
        }
        if let Some(customer) = record.customer.map(|c| &c.fields) {
            put("customerExternalId", customer.external_id.clone());
            let name = Some(customer.name.clone()).filter(|n| !n.is_empty());
            put("customerName", name);
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
        object.retain(|name, _| self.has(name));
        Value::Object(object)
    }

    /// Whether a name of the JSON form is among the chosen columns.
    fn has(&self, name: &str) -> bool {
        if self.shape.columns.is_empty() {
            return true;
        }
        let is = |column: &str| self.columns.iter().any(|known| known == column);
        match name {
            "id" => is("orderId"),
            "externalId" => is("orderExternalId"),
            "customer" => is("customerId"),
            "lines" => self.columns.iter().any(|column| column.starts_with("line")),
            other => is(other),
        }
    }
}

fn key(text: Option<&str>) -> TableCell {
    text.map_or(TableCell::Empty, |text| TableCell::Key(text.to_owned()))
}

/// What an order says of who bought.
fn buyer_cell(field: &str, record: OrderOut<'_>) -> TableCell {
    let customer = record.customer.map(|c| &c.fields);
    match field {
        "Id" => TableCell::Key(record.order.customer.to_string()),
        "ExternalId" => key(customer.and_then(|c| c.external_id.as_deref())),
        "Name" => TableCell::Text(customer.map_or(String::new(), |c| c.name.clone())),
        "Phone" => key(customer.and_then(|c| c.phone.as_deref())),
        _ => key(customer.and_then(|c| c.email.as_deref())),
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
pub(super) fn quantity(line: &OrderLine) -> String {
    let text = Decimal {
        units: line.quantity_milli,
        scale: 3,
    }
    .to_string();
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
