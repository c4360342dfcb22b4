//! What a file seems to be.

use model::import::{ImportPlan, Inspection, OnMatch, Reading};
use model::{Currency, Issue};

/// How much of a file [`inspect`] wants to see.
pub const SAMPLE_BYTES: usize = 256 * 1024;

/// What an unreadable file seems to be. The names (snake case) are what `text` words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// No bytes, or only blanks.
    Empty,
    /// A header and no rows.
    HeaderOnly,
    /// An Excel workbook (`.xlsx`).
    Xlsx,
    /// An old Excel workbook (`.xls`) or other OLE file.
    Xls,
    /// A zip or other archive.
    Archive,
    /// A PDF document.
    Pdf,
    /// A picture, sound or film.
    Media,
    /// A web page (some shops name it `.xls`).
    Html,
    /// XML.
    Xml,
    /// A contact card file.
    VCard,
    /// A SQLite database: perhaps a backup of ours, which is restored, not imported.
    Sqlite,
    /// JSON without any list of records.
    JsonWithoutRecords,
    /// Bytes that are no text.
    Binary,
    /// Text in which no table was found.
    NoTable,
}

impl Found {
    /// The snake-case name.
    pub fn name(self) -> &'static str {
        match self {
            Found::Empty => "empty",
            Found::HeaderOnly => "header_only",
            Found::Xlsx => "xlsx",
            Found::Xls => "xls",
            Found::Archive => "archive",
            Found::Pdf => "pdf",
            Found::Media => "media",
            Found::Html => "html",
            Found::Xml => "xml",
            Found::VCard => "vcard",
            Found::Sqlite => "sqlite",
            Found::JsonWithoutRecords => "json_without_records",
            Found::Binary => "binary",
            Found::NoTable => "no_table",
        }
    }
}

/// A file that cannot be imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// What it seems to be.
    pub found: Found,
    /// What would be right, as data: `csv, tsv, json` or `rows below the header`.
    pub expected: &'static str,
}

/// Looks at the first bytes of a file (at most [`SAMPLE_BYTES`] are needed) and says what it seems to be.
///
/// # Errors
/// [`Unreadable`] for what can never be imported as it is.
pub fn inspect(
    sample: &[u8],
    _size: u64,
    _file_name: &str,
    _reading: &Reading,
) -> Result<Inspection, Unreadable> {
    if sample.is_empty() {
        return Err(Unreadable {
            found: Found::Empty,
            expected: "csv, tsv, json",
        });
    }
    Err(Unreadable {
        found: Found::NoTable,
        expected: "csv, tsv, json",
    })
}

/// The plan that takes an inspection as it is.
pub fn plan(inspection: &Inspection, currency: Currency) -> ImportPlan {
    ImportPlan {
        file_name: inspection.file_name.clone(),
        kind: inspection.kind,
        format: inspection.format,
        encoding: inspection.encoding,
        delimiter: inspection.delimiter,
        header_row: inspection.header_row,
        preset: inspection.preset.clone(),
        mapping: inspection
            .columns
            .iter()
            .filter_map(|c| Some((c.header.clone(), c.field.clone()?)))
            .collect(),
        date_order: inspection.date_order,
        currency,
        on_match: OnMatch::Update,
        create_customers: true,
    }
}

#[expect(dead_code, reason = "used when inspection is filled in")]
fn nothing(_: Issue) {}
