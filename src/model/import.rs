//! What page, worker and readers say about a foreign file: what it seems to be, and how to read it.

use crate::{Currency, Issue};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the rows of a file are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportKind {
    /// One customer a row.
    Customers,
    /// One order, or one line of an order, a row; with whatever it says of the customer.
    Orders,
}

/// The format of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileFormat {
    /// Delimited text: CSV, TSV and their kin.
    Delimited,
    /// A JSON array of objects, an object that holds one, or one object a line.
    Json,
}

/// How the bytes spell text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextEncoding {
    /// UTF-8, with or without byte order mark.
    Utf8,
    /// UTF-16, little end first.
    Utf16Le,
    /// UTF-16, big end first.
    Utf16Be,
    /// GB18030, which contains GBK and GB2312.
    Gb18030,
    /// Windows-1252, which contains Latin-1: how spreadsheets of Western Europe and America save without being asked.
    Windows1252,
}

/// Which of day and month comes first in dates such as `03/04/2026`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// 3 April.
    DayFirst,
    /// 4 March.
    MonthFirst,
}

/// What to do with a row whose customer or order is known already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnMatch {
    /// Fill and change the fields the file has a value for (the default).
    #[default]
    Update,
    /// Leave the known record as it is.
    Skip,
}

/// Why a column was matched to a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GuessReason {
    /// The file is of a known program.
    Preset,
    /// The header is a known word for the field.
    Header,
    /// The header contains a known word.
    HeaderPart,
    /// The values look like it.
    Values,
    /// Nothing fits; the column becomes a custom field or is left out.
    None,
}

/// One column of a file with a guess of what it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ColumnGuess {
    /// Header as the file has it.
    pub header: String,
    /// Up to five values that are not empty.
    pub samples: Vec<String>,
    /// The field it goes to: a name of `intake`'s field list (`name`, `phone`, `order.at`, `line.product`,
    /// `custom.<key>`); `None` leaves the column out.
    pub field: Option<String>,
    /// Why.
    pub reason: GuessReason,
}

/// How a person wants the file looked at again, where the first look was wrong. `None` leaves it to us.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Reading {
    /// The line of the header, from 1.
    pub header_row: Option<u32>,
    /// The encoding.
    pub encoding: Option<TextEncoding>,
    /// Between cells.
    pub delimiter: Option<char>,
    /// What the rows are.
    pub kind: Option<ImportKind>,
}

/// What a file seems to be, before anything is read for good.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Inspection {
    /// Its name.
    pub file_name: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its format.
    pub format: FileFormat,
    /// Its encoding.
    pub encoding: TextEncoding,
    /// Between cells, for delimited text.
    pub delimiter: Option<char>,
    /// The line of the header, from 1; lines above it are titles.
    pub header_row: u32,
    /// The known program it comes from (`shopify_orders`, `youzan_orders` ...).
    pub preset: Option<String>,
    /// What its rows are.
    pub kind: ImportKind,
    /// Its columns in order.
    pub columns: Vec<ColumnGuess>,
    /// Rows in the part that was looked at, scaled up to the size of the file.
    pub rows_estimate: u64,
    /// Some dates can be read either way round: the person has to say which.
    pub ambiguous_dates: bool,
    /// How dates such as `03/04/2026` are read unless the person says otherwise: what the file's other dates speak
    /// for, or the likelier.
    pub date_order: DateOrder,
    /// What is wrong with it so far.
    pub issues: Vec<Issue>,
}

/// How to read a file: an [`Inspection`] that a person has looked at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportPlan {
    /// Name of the file.
    pub file_name: String,
    /// What its rows are.
    pub kind: ImportKind,
    /// Its format.
    pub format: FileFormat,
    /// Its encoding.
    pub encoding: TextEncoding,
    /// Between cells, for delimited text.
    pub delimiter: Option<char>,
    /// The line of the header, from 1.
    pub header_row: u32,
    /// The known program it comes from; its quirks are read accordingly.
    pub preset: Option<String>,
    /// Header to field. A header that is not in it is left out.
    pub mapping: BTreeMap<String, String>,
    /// How ambiguous dates are read.
    pub date_order: DateOrder,
    /// The currency of amounts that name none.
    pub currency: Currency,
    /// What to do with known records.
    pub on_match: OnMatch,
    /// Orders of unknown customers create one (else such orders are skipped with a reason).
    pub create_customers: bool,
}

/// How many records went which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tally {
    /// New records.
    pub created: u64,
    /// Known records with a changed field.
    pub updated: u64,
    /// Known records that are already as the file says.
    pub unchanged: u64,
    /// Left out, each with an issue that says why.
    pub skipped: u64,
}
