//! Tables of figures: columns with names, rows of cells.

use super::csv::{BYTE_ORDER_MARK, CsvRow};
use super::{FileForm, JsonList};
use serde_json::{Map, Value};

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TableCell {
    /// Nothing to say.
    Empty,
    /// Words: what a spreadsheet would execute gets an apostrophe.
    Text(String),
    /// A key or a telephone number: what a spreadsheet would turn into a number gets an apostrophe.
    Key(String),
    /// A whole number.
    Number(i64),
    /// A decimal or a date, written by us.
    Plain(String),
}

/// Writes a table. Use as [`super::CustomerWriter`].
#[derive(Debug)]
pub struct TableWriter {
    form: FileForm,
    columns: &'static [&'static str],
    list: JsonList,
}

impl TableWriter {
    /// A writer of this form with these columns; their names are the keys of the JSON objects.
    pub fn new(form: FileForm, columns: &'static [&'static str]) -> Self {
        Self {
            form,
            columns,
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
        for column in self.columns {
            row.plain(column);
        }
        row.end();
    }

    /// One row; cells in the order of the columns.
    pub fn write(&mut self, cells: &[TableCell], out: &mut Vec<u8>) {
        if self.form == FileForm::Json {
            let mut object = Map::new();
            for (column, cell) in self.columns.iter().zip(cells) {
                let value = match cell {
                    TableCell::Empty => continue,
                    TableCell::Text(text) | TableCell::Key(text) | TableCell::Plain(text) => {
                        Value::String(text.clone())
                    }
                    TableCell::Number(number) => Value::from(*number),
                };
                object.insert((*column).to_owned(), value);
            }
            self.list.add(&Value::Object(object), out);
            return;
        }
        let mut row = CsvRow::new(out);
        for cell in cells {
            match cell {
                TableCell::Empty => row.plain(""),
                TableCell::Text(text) => row.text(text),
                TableCell::Key(text) => row.key(text),
                TableCell::Number(number) => row.plain(&number.to_string()),
                TableCell::Plain(text) => row.plain(text),
            }
        }
        row.end();
    }

    /// The end of the file.
    pub fn end(&mut self, out: &mut Vec<u8>) {
        if self.form == FileForm::Json {
            self.list.end(out);
        }
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
