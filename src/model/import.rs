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
    /// A sheet of a workbook, as the reader of workbooks gives it.
    Sheet,
    /// Cards of an address book: vCard 2.1, 3.0 or 4.0.
    #[serde(rename = "vcard")]
    VCard,
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
    /// As [`OnMatch::Update`], and empty the fields whose columns the file leaves empty.
    Overwrite,
    /// Leave the known record as it is and make another of the row. The same row of the same file makes one only once.
    KeepBoth,
}

/// What becomes of an order whose customer nobody knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnUnknown {
    /// A customer is made of what it says of them, if it says anything.
    #[default]
    Create,
    /// It waits until somebody fits.
    Wait,
    /// It is left out, with a reason.
    Skip,
}

/// By what a known customer is recognised. Our own id always counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MatchBy {
    /// The source's own key.
    pub external_id: bool,
    /// The e-mail address.
    pub email: bool,
    /// The whole telephone.
    pub phone: bool,
    /// The name alone, if exactly one customer has it. Weak: said of every record that is recognised so.
    pub name: bool,
}

impl MatchBy {
    /// Unless a person says otherwise: a list tells namesakes apart by their rows, an order knows its buyer's name
    /// at best.
    pub fn of(kind: ImportKind) -> Self {
        Self {
            name: kind == ImportKind::Orders,
            ..Self::default()
        }
    }
}

impl Default for MatchBy {
    fn default() -> Self {
        Self {
            external_id: true,
            email: true,
            phone: true,
            name: false,
        }
    }
}

/// What a known customer was recognised by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KnownBy {
    /// Our own id, or the source's key.
    Key,
    /// The e-mail address.
    Email,
    /// The whole telephone.
    Phone,
    /// An earlier record of the same source.
    Source,
    /// The name alone.
    Name,
}

/// What is done with known customers, where it depends on what they were recognised by; `None`: as
/// [`ImportPlan::on_match`] says. An order never changes what is known of its customer, only fills it in: there
/// [`OnMatch::Skip`] leaves that out too, and the others do not differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OnMatchBy {
    /// By the source's own key, or our id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<OnMatch>,
    /// By the e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<OnMatch>,
    /// By the whole telephone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<OnMatch>,
    /// By the name alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<OnMatch>,
}

impl OnMatchBy {
    /// Nothing depends on the key.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn of(&self, by: KnownBy) -> Option<OnMatch> {
        match by {
            KnownBy::Key => self.external_id,
            KnownBy::Email => self.email,
            KnownBy::Phone => self.phone,
            KnownBy::Name => self.name,
            KnownBy::Source => None,
        }
    }
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
    /// A person put a column of this name there before.
    Remembered,
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
    /// Guess anew, whatever is remembered of such files.
    pub fresh: bool,
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
    /// How a person read a file with the same columns before.
    #[serde(default)]
    pub remembered: Option<Box<Remembered>>,
}

/// How a file with the same columns was read before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Remembered {
    /// Names the mapping, to forget it; `None` when only a cut-off import remembers.
    pub mapping: Option<i64>,
    /// The plan of that time; its name is that file's.
    pub plan: ImportPlan,
    /// When it was used last.
    pub at: crate::Timestamp,
    /// This very file was cut off half-way, after so many rows: it goes on there.
    pub resumes: Option<u64>,
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
    /// What to do with known customers who were recognised by this or that.
    #[serde(default, skip_serializing_if = "OnMatchBy::is_empty")]
    pub on_match_by: OnMatchBy,
    /// By what known customers are recognised.
    #[serde(default)]
    pub match_by: MatchBy,
    /// What becomes of orders of unknown customers.
    #[serde(default)]
    pub on_unknown: OnUnknown,
}

impl ImportPlan {
    /// What to do with a customer who was recognised by this.
    pub fn on_customer(&self, by: Option<KnownBy>) -> OnMatch {
        by.and_then(|by| self.on_match_by.of(by))
            .unwrap_or(self.on_match)
    }

    /// Some customers may be kept beside those whom they were recognised as.
    pub fn may_keep_both(&self) -> bool {
        let by = &self.on_match_by;
        [
            by.external_id,
            by.email,
            by.phone,
            by.name,
            Some(self.on_match),
        ]
        .contains(&Some(OnMatch::KeepBoth))
    }
}

/// What cleaning did to a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cleaning {
    /// Something that means nothing (`N/A`, `——`) is left out.
    Emptied,
    /// Blanks, widths, quotes and protection put right.
    Trimmed,
    /// A telephone in the international form.
    Phone,
    /// An e-mail address in small letters.
    Email,
    /// A date or time in one form.
    Date,
    /// An amount without signs and separators.
    Money,
    /// A number in one form.
    Number,
    /// A word as the choice it means (`女` as female).
    Choice,
    /// Several words as a list.
    List,
    /// A name put together or in order.
    Name,
    /// One spelling of a place.
    Place,
    /// Anything else.
    Text,
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
    /// Orders that wait for their customer.
    #[serde(default)]
    pub waiting: u64,
}
