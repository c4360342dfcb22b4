//! Tables of figures: columns with names, rows of cells.

use super::sink::{FileForm, Sink};
use model::{CustomField, Day};
use serde_json::{Map, Value};

/// One cell.
#[derive(Clone, Debug, PartialEq)]
pub enum TableCell {
    /// Nothing to say.
    Empty,
    /// Words: what a spreadsheet would execute gets an apostrophe.
    Text(String),
    /// A key or a telephone number: what a spreadsheet would turn into a number gets an apostrophe.
    Key(String),
    /// A whole number.
    Number(i64),
    /// A decimal, a date or a word of ours.
    Plain(String),
    /// A day.
    Day(Day),
    /// An instant as text (`2026-01-31 18:30:05+08:00`), and the local day and second of it where those say the same.
    Moment {
        /// With offset.
        text: String,
        /// Without, where nothing is lost by that.
        local: Option<(Day, u32)>,
    },
    /// Yes or no.
    Flag(bool),
    /// The value of a field of the owner's own: text that looks like something else stays text.
    Custom(CustomField),
    /// A cell of a foreign file, given back as it was.
    Foreign(String),
}

/// Writes a table. Use as [`super::CustomerWriter`].
#[derive(Debug)]
pub struct TableWriter {
    columns: &'static [&'static str],
    sink: Sink,
}

impl TableWriter {
    /// A writer of this form with these columns; their names are the keys of the JSON objects.
    pub fn new(form: FileForm, columns: &'static [&'static str]) -> Self {
        Self {
            columns,
            sink: Sink::new(form, "Shuke", false),
        }
    }

    /// Byte order mark and header.
    pub fn start(&mut self, out: &mut Vec<u8>) {
        self.sink.start(self.columns, out);
    }

    /// One row; cells in the order of the columns.
    pub fn write(&mut self, cells: &[TableCell], out: &mut Vec<u8>) {
        if !self.sink.wants_objects() {
            self.sink.row(cells, out);
            return;
        }
        let mut object = Map::new();
        for (column, cell) in self.columns.iter().zip(cells) {
            if let Some(value) = cell.json() {
                object.insert((*column).to_owned(), value);
            }
        }
        self.sink.object(&Value::Object(object), out);
    }

    /// The end of the file.
    pub fn end(&mut self, out: &mut Vec<u8>) {
        self.sink.end(out);
    }
}

impl TableCell {
    /// As a value of JSON; `None` when there is nothing to say.
    pub(super) fn json(&self) -> Option<Value> {
        Some(match self {
            Self::Empty => return None,
            Self::Text(text) | Self::Key(text) | Self::Plain(text) | Self::Foreign(text) => {
                Value::String(text.clone())
            }
            Self::Number(number) => Value::from(*number),
            Self::Day(day) => Value::String(day.to_string()),
            Self::Moment { text, .. } => Value::String(text.clone()),
            Self::Flag(flag) => Value::Bool(*flag),
            Self::Custom(value) => serde_json::to_value(value).unwrap_or_default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(form: FileForm) -> String {
        let mut writer = TableWriter::new(form, &["name", "phone", "points", "worth"]);
        let mut out = Vec::new();
        writer.start(&mut out);
        for (name, phone, points) in [
            ("=HYPERLINK(\"x\")", "+8613800000000", -5),
            ("李, 明", "", 7),
        ] {
            let cells = [
                TableCell::Text(name.to_owned()),
                TableCell::Key(phone.to_owned()),
                TableCell::Number(points),
                if points > 0 {
                    TableCell::Plain("0.07".to_owned())
                } else {
                    TableCell::Empty
                },
            ];
            writer.write(&cells, &mut out);
        }
        writer.end(&mut out);
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn formulas_are_words_and_minus_five_is_a_number() {
        assert_eq!(
            written(FileForm::Csv),
            "\u{feff}name,phone,points,worth\r\n\"'=HYPERLINK(\"\"x\"\")\",'+8613800000000,-5,\r\n\"李, 明\",,7,0.07\r\n"
        );
        assert_eq!(
            written(FileForm::Json),
            "[\n{\"name\":\"=HYPERLINK(\\\"x\\\")\",\"phone\":\"+8613800000000\",\"points\":-5},\n{\"name\":\"李, 明\",\"phone\":\"\",\"points\":7,\"worth\":\"0.07\"}\n]\n"
        );
    }
}
