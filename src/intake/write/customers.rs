//! Customers to tables and JSON.

use super::columns::{TableAround, TableLayout, TableShape, customer_cell, facts_cell};
use super::layout;
use super::sink::{FileForm, Sink};
use super::{CustomerOut, TableCell};
use model::Customer;
use serde_json::{Map, Value};

/// Writes customers. Call `start` once, `write` for each, `end` once; all append to `out`.
#[derive(Debug)]
pub struct CustomerWriter {
    sink: Sink,
    shape: TableShape,
    around: TableAround,
    columns: Vec<String>,
}

impl CustomerWriter {
    /// A table of this form and shape.
    pub fn new(form: FileForm, shape: TableShape, around: TableAround) -> Self {
        Self {
            sink: Sink::new(form, "customers", shape.raw),
            columns: shape.customer_columns(&around.custom_keys),
            shape,
            around,
        }
    }

    /// Byte order mark and header.
    pub fn start(&mut self, out: &mut Vec<u8>) {
        let header: Vec<String> = match self.shape.layout {
            TableLayout::Own => {
                let columns = self.columns.iter();
                columns.map(|key| self.shape.heading(key)).collect()
            }
            other => layout::header(other, &self.around),
        };
        self.sink.start(&header, out);
    }

    /// One customer.
    pub fn write(&mut self, record: CustomerOut<'_>, out: &mut Vec<u8>) {
        let foreign = self.shape.layout != TableLayout::Own;
        if self.sink.wants_objects() {
            let value = if foreign {
                self.foreign_object(record)
            } else {
                self.object(record)
            };
            self.sink.object(&value, out);
            return;
        }
        let cells = if foreign {
            layout::row(self.shape.layout, record, &self.around)
        } else {
            self.row(record)
        };
        self.sink.row(&cells, out);
    }

    /// The end of the file.
    pub fn end(&mut self, out: &mut Vec<u8>) {
        self.sink.end(out);
    }

    fn row(&self, record: CustomerOut<'_>) -> Vec<TableCell> {
        let facts =
            |column: &str| facts_cell(column, record.facts, &self.shape, self.around.currency);
        let columns = self.columns.iter();
        columns
            .map(|column| {
                facts(column).unwrap_or_else(|| {
                    customer_cell(column, record.customer, &self.shape, &self.around)
                })
            })
            .collect()
    }

    fn object(&self, record: CustomerOut<'_>) -> Value {
        let whole = self.whole(record.customer);
        if self.shape.columns.is_empty() {
            return whole;
        }
        let plain = TableShape::default();
        let mut object = Map::new();
        for column in &self.columns {
            if let Some(cell) = facts_cell(column, record.facts, &plain, self.around.currency) {
                if let Some(value) = cell.json() {
                    object.insert(column.clone(), value);
                }
                continue;
            }
            // What lies inside a field is reached with a dot; the owner may have dots in names.
            let (outer, inner) = match column.split_once('.') {
                Some((outer, inner)) => (outer, Some(inner)),
                None => (column.as_str(), None),
            };
            let Some(value) = whole.get(outer) else {
                continue;
            };
            match inner {
                None => {
                    object.insert(outer.to_owned(), value.clone());
                }
                Some(inner) => {
                    let inside = object
                        .entry(outer)
                        .or_insert_with(|| Value::Object(Map::new()));
                    if let (Value::Object(inside), Some(value)) = (inside, value.get(inner)) {
                        inside.insert(inner.to_owned(), value.clone());
                    }
                }
            }
        }
        Value::Object(object)
    }

    fn whole(&self, customer: &Customer) -> Value {
        let mut value = serde_json::to_value(customer).unwrap_or_default();
        if let Some(object) = value.as_object_mut()
            && let Some(cost) = customer.fields.acquisition_cost
        {
            // Amounts travel as decimal strings in major units.
            object.insert(
                "acquisitionCost".to_owned(),
                cost.to_decimal(self.around.currency).into(),
            );
        }
        value
    }

    /// The columns of another program as an object, for what takes JSON and knows their names.
    fn foreign_object(&self, record: CustomerOut<'_>) -> Value {
        let header = layout::header(self.shape.layout, &self.around);
        let cells = layout::row(self.shape.layout, record, &self.around);
        let pairs = header.into_iter().zip(cells);
        let filled = pairs.filter_map(|(name, cell)| Some((name, cell.json()?)));
        Value::Object(filled.collect())
    }
}
