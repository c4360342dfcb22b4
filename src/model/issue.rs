//! What is wrong with a piece of input: where it is, what was found, what would be right.
//!
//! Bad input is a value, not a failure: a file with a bad row gives its good rows and a list of these. The words
//! a person reads are made in `text` from the code and the values.

use serde::{Deserialize, Serialize};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The value was changed or left out; the row still counts.
    Warning,
    /// The row (or the request) is not taken.
    Error,
}

/// What is wrong. The snake-case name is the `code` of the JavaScript API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IssueCode {
    /// A required value is missing.
    Missing,
    /// A customer row has no name, phone, e-mail or key: nothing to know them by.
    NoIdentity,
    /// A number that a spreadsheet has rounded (`2.0251E+18`): its last digits are lost, so it names nothing.
    DigitsLost,
    /// Not an e-mail address.
    BadEmail,
    /// Not a telephone number.
    BadPhone,
    /// The number has masked digits (`138****0000`): kept as text, not used to find the customer.
    MaskedPhone,
    /// Not a date, or one that does not exist.
    BadDate,
    /// Day and month could be either way round; read as the expected form says.
    AmbiguousDate,
    /// A date in the future where only the past makes sense.
    FutureDate,
    /// Not an amount of money.
    BadMoney,
    /// More decimals than the currency has.
    TooPrecise,
    /// A negative amount where none can be.
    Negative,
    /// Not a number.
    BadNumber,
    /// Not yes or no.
    BadFlag,
    /// Not one of the known choices.
    UnknownChoice,
    /// Not a currency code.
    BadCurrency,
    /// Longer than can be kept.
    TooLong,
    /// The row has fewer cells than the header.
    TooFewCells,
    /// The row has more cells than the header.
    TooManyCells,
    /// The bytes are not text in the file's encoding.
    BadEncoding,
    /// The row is not what the format allows (a quote never closed, a broken JSON value).
    Malformed,
    /// The same key twice in one file with different content; the first is kept.
    DuplicateKey,
    /// The key belongs to another record already.
    KeyTaken,
    /// A line under the table that adds it up (`合计`, `Total`): no customer.
    TotalRow,
    /// An order that is not (yet) a purchase: it waits for payment.
    NotAPurchase,
    /// No customer fits the order.
    NoCustomer,
    /// More than one customer fits; the record went to the one with the strongest key.
    AmbiguousCustomer,
    /// The customer was recognised by the name alone.
    NameOnly,
    /// The sum of the lines differs from the order's amount.
    LinesDiffer,
    /// An unknown or unusable column was left out.
    UnmappedColumn,
    /// Refers to something that does not exist (any more).
    NotFound,
    /// More than there is.
    TooMuch,
    /// A limit (depth, size, count) is passed.
    LimitPassed,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Issue {
    /// How bad.
    pub severity: Severity,
    /// Row of the file as a spreadsheet counts it (the first line is 1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u32>,
    /// Header of the column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// Our field, or the path inside a value (`all[2].value`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What is wrong.
    pub code: IssueCode,
    /// What was found, shortened to 100 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// What would be right, as data (`"2026-01-31"`, `"eq, ne, in"`), not as a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
}

impl Issue {
    /// An error with nothing but its code.
    pub fn error(code: IssueCode) -> Self {
        Self {
            severity: Severity::Error,
            row: None,
            column: None,
            field: None,
            code,
            value: None,
            expected: None,
        }
    }

    /// A warning with nothing but its code.
    pub fn warning(code: IssueCode) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code)
        }
    }

    /// Adds the row.
    pub fn at_row(mut self, row: u32) -> Self {
        self.row = Some(row);
        self
    }

    /// Adds the column's header.
    pub fn in_column(mut self, column: &str) -> Self {
        self.column = Some(column.to_owned());
        self
    }

    /// Adds our field or a path.
    pub fn in_field(mut self, field: &str) -> Self {
        self.field = Some(field.to_owned());
        self
    }

    /// Adds what was found, cut to 100 characters.
    pub fn found(mut self, value: &str) -> Self {
        self.value = Some(value.chars().take(100).collect());
        self
    }

    /// Adds what would be right.
    pub fn expected(mut self, expected: &str) -> Self {
        self.expected = Some(expected.to_owned());
        self
    }
}
