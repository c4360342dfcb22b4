//! The numbers behind a picture as a file of comma separated values: the page has them all, so it writes the file itself.

use crate::pages::data::out::{hand_out, text_file};
use crate::state::{use_state, use_today, use_words};
use model::{Currency, Money};
use ui::prelude::*;
use ui::{Icon, icon};

/// What a picture shows, as rows of cells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    text: String,
}

impl Sheet {
    /// With the names of its columns.
    pub fn new(head: &[&str]) -> Self {
        // So that spreadsheets take it for UTF-8.
        let mut sheet = Self {
            text: "\u{feff}".to_owned(),
        };
        sheet.row(head);
        sheet
    }

    /// Adds a row.
    pub fn row(&mut self, cells: &[&str]) {
        for (at, cell) in cells.iter().enumerate() {
            if at > 0 {
                self.text.push(',');
            }
            self.text.push_str(&written(cell));
        }
        self.text.push_str("\r\n");
    }
}

/// A cell: in quotes where it must be, and with an apostrophe where a spreadsheet would take a text for a formula. A
/// number may begin with its sign.
fn written(cell: &str) -> String {
    let number = cell.parse::<f64>().is_ok();
    let formula =
        !number && cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    let cell = if formula {
        ["'", cell].concat()
    } else {
        cell.to_owned()
    };
    if cell.contains([',', '"', '\r', '\n']) {
        ["\"", &cell.replace('"', "\"\""), "\""].concat()
    } else {
        cell
    }
}

/// A number of people or orders as a cell.
pub fn count(number: u64) -> String {
    number.to_string()
}

/// An amount as a cell: a plain number, without the sign of its currency.
pub fn amount(money: Money, currency: Currency) -> String {
    money.to_decimal(currency)
}

/// The button that saves a picture's numbers. `name` begins the file's name, `of` says of which picture, for readers.
pub fn save(
    name: &'static str,
    of: &str,
    sheet: impl Fn() -> Sheet + Send + Sync + 'static,
) -> AnyView {
    let (words, state, today) = (use_words(), use_state(), use_today());
    let label = words.figure_csv_of(of);
    let press = move |_| {
        let file = [name, "-", &today.to_string(), ".csv"].concat();
        if let Some(blob) = text_file(&sheet().text, "text/csv;charset=utf-8") {
            hand_out(state, &blob, &file);
        }
    };
    view! {
        <div class="figure-save">
            <button type="button" class="button quiet" aria-label=label on:click=press>
                <Icon glyph=icon::DOWNLOAD/>
                <span>{words.figure_csv()}</span>
            </button>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_no_formulas() {
        let mut sheet = Sheet::new(&["名称", "人数"]);
        sheet.row(&["=1+1", "12"]);
        sheet.row(&["a, \"b\"", "-3.50"]);
        sheet.row(&["-x", "+86"]);
        assert_eq!(
            sheet.text,
            "\u{feff}名称,人数\r\n'=1+1,12\r\n\"a, \"\"b\"\"\",-3.50\r\n'-x,+86\r\n"
        );
    }
}
