//! What a file seems to be.
//!
//! One look at its beginning: bytes (a picture, a workbook, which encoding), layout (delimiter, header row), the
//! program it comes from, and a guess for every column with the reason for it.

mod guess;
mod layout;
pub(crate) mod preset;
mod sniff;
mod words;

use self::guess::{Guess, HeaderWords, Shape};
use self::preset::Preset;
use crate::clean::date::{Certainty, moment};
use crate::decode::TextDecoder;
use crate::field::{FieldKind, fields};
use crate::reader::Reader;
use crate::sheet_text;
use model::import::{
    ColumnGuess, DateOrder, FileFormat, GuessReason, ImportPlan, Inspection, OnMatch, Reading,
    TextEncoding,
};
use model::{Currency, Issue, IssueCode};

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

const TABLES: &str = "csv, tsv, xlsx, json, vcf";

fn unreadable(found: Found) -> Unreadable {
    Unreadable {
        found,
        expected: match found {
            Found::HeaderOnly => "rows below the header",
            Found::JsonWithoutRecords => "[{...}, ...]",
            _ => TABLES,
        },
    }
}

/// Looks at the first bytes of a file (at most [`SAMPLE_BYTES`] are needed) and says what it seems to be; `size` is
/// that of the whole file. `reading` is what a person corrected after a first look; its default leaves all to us.
///
/// # Errors
/// [`Unreadable`] for what can never be imported as it is.
pub fn inspect(
    sample: &[u8],
    size: u64,
    file_name: &str,
    reading: &Reading,
) -> Result<Inspection, Unreadable> {
    let sample = sample.get(..SAMPLE_BYTES).unwrap_or(sample);
    let cut = (sample.len() as u64) < size;
    if let Some(found) = sniff::magic(sample, file_name) {
        return Err(unreadable(found));
    }
    let is_sheet = sample.starts_with(sheet_text::MARK.as_bytes());
    let encoding = match reading.encoding {
        _ if is_sheet => TextEncoding::Utf8,
        Some(encoding) => encoding,
        None => sniff::encoding(sample, cut).ok_or(unreadable(Found::Binary))?,
    };
    let mut text = String::new();
    let replaced = TextDecoder::new(encoding).decode(sample, !cut, &mut text);
    if text.chars().all(|c| c.is_whitespace() || c == '\0') {
        return Err(unreadable(Found::Empty));
    }
    if sniff::looks_binary(&text) {
        return Err(unreadable(Found::Binary));
    }
    if let Some(found) = sniff::foreign_text(&text) {
        return Err(unreadable(found));
    }
    let look = Look {
        sample,
        size,
        cut,
        encoding,
        text: &text,
        words: HeaderWords::new(),
    };
    let table = look.table(file_name, reading)?;
    let mut inspection = look.describe(table, file_name, reading);
    if replaced {
        inspection
            .issues
            .push(Issue::warning(IssueCode::BadEncoding));
    }
    Ok(inspection)
}

/// The beginning of a file.
struct Look<'a> {
    sample: &'a [u8],
    size: u64,
    cut: bool,
    encoding: TextEncoding,
    text: &'a str,
    words: HeaderWords,
}

/// The beginning of a file as a table.
struct Table {
    format: FileFormat,
    delimiter: Option<char>,
    header_row: u32,
    headers: Vec<String>,
    rows: Vec<Vec<String>>,
    issues: Vec<Issue>,
}

impl Look<'_> {
    fn table(&self, file_name: &str, reading: &Reading) -> Result<Table, Unreadable> {
        if self.text.starts_with(sheet_text::MARK) {
            return self.sheet(reading);
        }
        let start = self.text.trim_start();
        if sniff::is_cards(start) {
            let table = self.read(FileFormat::VCard, None, 0);
            if table.rows.is_empty() && !self.cut {
                return Err(unreadable(Found::Empty));
            }
            return Ok(table);
        }
        if reading.delimiter.is_none() && start.starts_with(['[', '{']) {
            let table = self.read(FileFormat::Json, None, 0);
            if !table.rows.is_empty() {
                return Ok(table);
            }
            let inner = start.get(1..).unwrap_or_default().trim_start();
            let json = file_name.to_ascii_lowercase().ends_with(".json")
                || inner.is_empty()
                || inner.starts_with(['"', '{', '[', ']', '}']);
            if json {
                return Err(unreadable(Found::JsonWithoutRecords));
            }
        }
        let delimiter = reading
            .delimiter
            .unwrap_or_else(|| layout::delimiter(self.text, !self.cut));
        let first = layout::rows(self.text, delimiter, !self.cut);
        let header_row = reading.header_row.unwrap_or_else(|| {
            let named = layout::named_delimiter(self.text).is_some();
            let below = first.get(usize::from(named)..).unwrap_or_default();
            layout::header_row(below, &self.words)
        });
        let table = self.read(FileFormat::Delimited, Some(delimiter), header_row);
        let width = layout::common_width(&first);
        let known = table.headers.iter().any(|h| self.words.is_known(h));
        let data = first
            .iter()
            .any(|(_, cells)| cells.iter().any(|cell| guess::looks_like_data(cell)));
        if width < 2 && !known && !data && reading.delimiter.is_none() {
            return Err(unreadable(Found::NoTable));
        }
        if table.rows.is_empty() && !self.cut {
            return Err(unreadable(Found::HeaderOnly));
        }
        Ok(table)
    }

    /// A sheet of a workbook, whose cells are told apart already.
    fn sheet(&self, reading: &Reading) -> Result<Table, Unreadable> {
        let first = layout::sheet_rows(self.text, !self.cut);
        let header_row = reading
            .header_row
            .unwrap_or_else(|| layout::header_row(&first, &self.words));
        let table = self.read(FileFormat::Sheet, None, header_row);
        let known = table.headers.iter().any(|h| self.words.is_known(h));
        if layout::common_width(&first) < 2 && !known && reading.header_row.is_none() {
            return Err(unreadable(Found::NoTable));
        }
        if table.rows.is_empty() && !self.cut {
            return Err(unreadable(Found::HeaderOnly));
        }
        Ok(table)
    }

    fn read(&self, format: FileFormat, delimiter: Option<char>, header_row: u32) -> Table {
        let mut reader = Reader::with(format, self.encoding, delimiter, header_row);
        let mut rows = Vec::new();
        let mut sink = |row: crate::Row<'_>| {
            rows.push(
                (0..row.len())
                    .map(|column| row.get(column).to_owned())
                    .collect(),
            );
        };
        reader.feed(self.sample, &mut sink);
        if !self.cut {
            reader.finish(&mut sink);
        }
        Table {
            format,
            delimiter,
            header_row,
            headers: reader.columns().to_vec(),
            rows,
            issues: reader.take_issues(),
        }
    }

    fn describe(&self, table: Table, file_name: &str, reading: &Reading) -> Inspection {
        let mut shapes = vec![Shape::default(); table.headers.len()];
        for row in &table.rows {
            for (shape, cell) in shapes.iter_mut().zip(row) {
                shape.add(cell);
            }
        }
        let keys: Vec<String> = table.headers.iter().map(|h| preset::key(h)).collect();
        let preset =
            preset::recognise(&keys).filter(|p| reading.kind.is_none_or(|kind| kind == p.kind));
        let kind = match (reading.kind, preset) {
            (Some(kind), _) => kind,
            (None, Some(preset)) => preset.kind,
            (None, None) => guess::kind(&table.headers, &shapes, &self.words),
        };
        let mut guesses = match preset {
            Some(preset) => self.by_preset(preset, &table.headers, &keys, &shapes),
            None => guess::guess(&table.headers, &shapes, kind, &self.words),
        };
        if preset.is_none() {
            lines_have_amounts(&mut guesses, &table.rows);
        }
        let (date_order, ambiguous_dates) = date_order(&guesses, &table, preset);
        let share = self.sample.len().max(1) as u64;
        let rows = table.rows.len() as u64;
        // Rows that stand complete in the sample, scaled up; both numbers are far below 2^32.
        let rows_estimate = if self.cut {
            rows.max(1).saturating_mul(self.size) / share
        } else {
            rows
        };
        let all_cards = table.format == FileFormat::VCard && !self.cut;
        Inspection {
            file_name: file_name.to_owned(),
            size: self.size,
            format: table.format,
            encoding: self.encoding,
            delimiter: table.delimiter,
            header_row: table.header_row,
            preset: preset.map(|p| p.name.to_owned()),
            kind,
            columns: table
                .headers
                .into_iter()
                .zip(shapes)
                .zip(guesses)
                // Cards have the same columns in every file; those that this one has nothing in need not be shown.
                .filter(|((header, shape), _)| {
                    let usual = crate::vcard::COLUMNS.contains(&header.as_str());
                    !(all_cards && usual) || shape.filled > 0
                })
                .map(|((header, shape), (field, reason))| ColumnGuess {
                    header,
                    samples: shape.samples,
                    field,
                    reason,
                })
                .collect(),
            rows_estimate,
            ambiguous_dates,
            remembered: None,
            date_order,
            issues: table.issues.into_iter().take(100).collect(),
        }
    }

    fn by_preset(
        &self,
        preset: &Preset,
        headers: &[String],
        keys: &[String],
        shapes: &[Shape],
    ) -> Vec<Guess> {
        let own = |column: usize| -> Option<String> {
            let header = headers.get(column)?;
            if header.starts_with("custom.") && header.len() > "custom.".len() {
                return Some(header.clone());
            }
            preset.field(keys.get(column)?).map(str::to_owned)
        };
        let mut guesses: Vec<Guess> = (0..headers.len())
            .map(|column| match own(column) {
                Some(field) => (Some(field), GuessReason::Preset),
                None => (None, GuessReason::None),
            })
            .collect();
        if preset.open {
            let others = guess::guess(headers, shapes, preset.kind, &self.words);
            for (column, (field, reason)) in others.into_iter().enumerate() {
                let taken = guesses.iter().any(|(known, _)| *known == field);
                if let Some(guess) = guesses.get_mut(column)
                    && guess.0.is_none()
                    && !taken
                    && reason == GuessReason::Header
                {
                    *guess = (field, reason);
                }
            }
        }
        guesses
    }
}

/// Tills often write one row a line with the line's amount under a word such as 金额. Where rows of one order state
/// different amounts, that is what it is.
fn lines_have_amounts(guesses: &mut [Guess], rows: &[Vec<String>]) {
    let find = |guesses: &[Guess], wanted: &str| {
        guesses
            .iter()
            .position(|(field, _)| field.as_deref() == Some(wanted))
    };
    let (Some(key), Some(amount), Some(_), None) = (
        find(guesses, "order.external_id"),
        find(guesses, "order.amount"),
        find(guesses, "line.product"),
        find(guesses, "line.amount"),
    ) else {
        return;
    };
    let (mut same, mut different) = (0, 0);
    for pair in rows.windows(2) {
        if let [a, b] = pair
            && let (Some(key_a), Some(key_b)) = (a.get(key), b.get(key))
            && key_a == key_b
            && !key_a.is_empty()
            && let (Some(x), Some(y)) = (a.get(amount), b.get(amount))
            && !y.trim().is_empty()
        {
            if x == y { same += 1 } else { different += 1 }
        }
    }
    if different > same
        && let Some(guess) = guesses.get_mut(amount)
    {
        guess.0 = Some("line.amount".to_owned());
    }
}

/// Which of day and month comes first, and whether a person has to say it.
fn date_order(guesses: &[Guess], table: &Table, preset: Option<&Preset>) -> (DateOrder, bool) {
    let is_date = |field: &Option<String>| {
        let found = fields().iter().find(|f| Some(f.name) == field.as_deref());
        found.is_some_and(|f| {
            matches!(
                f.kind,
                FieldKind::Date | FieldKind::Instant | FieldKind::Birthday
            )
        })
    };
    let columns: Vec<usize> = guesses
        .iter()
        .enumerate()
        .filter(|(_, (field, _))| is_date(field))
        .map(|(column, _)| column)
        .collect();
    let (mut day_first, mut month_first, mut either) = (0, 0, 0);
    let cells = table
        .rows
        .iter()
        .flat_map(|row| columns.iter().filter_map(|&column| row.get(column)));
    for cell in cells {
        let cell = crate::clean::unprotect(cell.trim());
        match moment(cell, DateOrder::MonthFirst) {
            Some((_, Certainty::EitherWay)) => either += 1,
            Some((_, Certainty::AgainstOrder)) => day_first += 1,
            Some((_, Certainty::Sure)) => {
                let other = moment(cell, DateOrder::DayFirst);
                month_first += usize::from(matches!(other, Some((_, Certainty::AgainstOrder))));
            }
            _ => {}
        }
    }
    let fixed = preset.and_then(|p| p.dates);
    let usual = match table.delimiter {
        // Spreadsheets of places with a decimal comma write the day first.
        Some(';') => DateOrder::DayFirst,
        _ => DateOrder::MonthFirst,
    };
    match (fixed, day_first > 0, month_first > 0) {
        (Some(order), ..) => (order, false),
        (None, true, false) => (DateOrder::DayFirst, false),
        (None, false, true) => (DateOrder::MonthFirst, false),
        (None, true, true) => {
            let order = if day_first > month_first {
                DateOrder::DayFirst
            } else {
                DateOrder::MonthFirst
            };
            (order, either > 0)
        }
        (None, false, false) => (usual, either > 0),
    }
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
        on_match_by: model::import::OnMatchBy::default(),
        match_by: model::import::MatchBy::of(inspection.kind),
        on_unknown: model::import::OnUnknown::Create,
    }
}

#[cfg(test)]
mod tests;
