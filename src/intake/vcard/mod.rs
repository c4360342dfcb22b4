//! Cards of address books to rows: vCard 2.1, 3.0 (RFC 2426) and 4.0 (RFC 6350), and what telephones make of them.
//!
//! One card is one row, numbered from 1. Its columns are fixed ([`COLUMNS`]) so that every file of cards maps alike;
//! properties that nobody knows (`X-…`) become columns of their own as they come. A card is read line by line: a
//! photograph of megabytes costs nothing, because lines of properties that are left out are not kept.
//!
//! Telephones and mails are put in the order in which a person would use them: preferred first, then mobile.

mod card;
mod line;

#[cfg(test)]
mod tests;

use crate::CellType;
use crate::cells::{Cells, MAX_COLUMNS};
use card::Card;
use line::Line;
use model::{Issue, IssueCode};
use std::collections::BTreeMap;

/// The columns of every file of cards.
pub(crate) const COLUMNS: &[&str] = &[
    "UID",
    "Shuke id",
    "KIND",
    "FN",
    "N family",
    "N given",
    "N additional",
    "N prefix",
    "N suffix",
    "NICKNAME",
    "ORG",
    "ORG unit",
    "TITLE",
    "ROLE",
    "TEL",
    "TEL 2",
    "TEL 3",
    "TEL fax",
    "EMAIL",
    "EMAIL 2",
    "EMAIL 3",
    "ADR country",
    "ADR region",
    "ADR city",
    "ADR extended",
    "ADR street",
    "ADR code",
    "ADR 2",
    "BDAY",
    "ANNIVERSARY",
    "GENDER",
    "CATEGORIES",
    "NOTE",
    "URL",
    "LANG",
    "REV",
];

/// A card may have so many lines; more are left out.
const MAX_LINES: usize = 2_000;

/// A line (with those that continue it) may have so many bytes.
const MAX_LINE_BYTES: usize = 64 << 10;

/// Where in the file a [`Cards`] is.
#[derive(Debug)]
pub(crate) struct Cards {
    row: u32,
    columns: Vec<String>,
    index: BTreeMap<String, usize>,
    /// The card at hand.
    card: Option<Card>,
    /// Cards inside cards (`AGENT` of 2.1) are left out.
    nested: u32,
    /// The line at hand, as far as it came.
    line: String,
    /// Only the beginning of the last line of the file has come.
    open: bool,
    /// The line at hand is not kept.
    skipping: bool,
    cells: Cells,
}

impl Cards {
    pub(crate) fn new() -> Self {
        let columns: Vec<String> = COLUMNS.iter().map(|&name| name.to_owned()).collect();
        Self {
            row: 0,
            index: (0..)
                .zip(&columns)
                .map(|(at, name)| (name.clone(), at))
                .collect(),
            columns,
            card: None,
            nested: 0,
            line: String::new(),
            open: false,
            skipping: false,
            cells: Cells::default(),
        }
    }

    /// The columns so far.
    pub(crate) fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Gives `sink` every card that is whole in `text`, and says how many bytes are done with.
    pub(crate) fn consume(
        &mut self,
        text: &str,
        at_end: bool,
        issues: &mut Vec<Issue>,
        sink: &mut dyn FnMut(u32, &[String], &Cells),
    ) -> usize {
        let mut rest = text;
        while let Some(end) = rest.find(['\n', '\r']) {
            let (physical, behind) = rest.split_at(end);
            // The LF of a CR LF may not have come yet.
            if behind == "\r" && !at_end {
                break;
            }
            rest = behind
                .strip_prefix("\r\n")
                .or_else(|| behind.get(1..))
                .unwrap_or_default();
            self.physical(physical, issues, sink);
        }
        if at_end {
            let last = std::mem::take(&mut rest);
            self.physical(last, issues, sink);
            self.logical(issues, sink);
            self.cut_off(issues);
        } else if rest.len() > MAX_LINE_BYTES && !rest.ends_with('\r') {
            // A line without end: what is too much of it need not wait.
            let piece = std::mem::take(&mut rest);
            self.physical(piece, issues, sink);
            self.open = true;
        }
        text.len() - rest.len()
    }

    /// Takes a line of the file. It continues the one before when it begins with a blank, or when that one is
    /// quoted-printable and ends with `=`.
    fn physical(
        &mut self,
        text: &str,
        issues: &mut Vec<Issue>,
        sink: &mut dyn FnMut(u32, &[String], &Cells),
    ) {
        if std::mem::take(&mut self.open) {
            return self.append(text);
        }
        if let Some(folded) = text.strip_prefix([' ', '\t']) {
            if !self.line.is_empty() || self.skipping {
                return self.append(folded);
            }
        } else if line::is_soft(&self.line) {
            self.line.pop();
            return self.append(text);
        }
        self.logical(issues, sink);
        self.append(text);
    }

    fn append(&mut self, text: &str) {
        if !self.skipping && self.line.len() + text.len() <= MAX_LINE_BYTES {
            self.line.push_str(text);
        } else {
            self.skipping = true;
        }
    }

    /// The line at hand is complete.
    fn logical(&mut self, issues: &mut Vec<Issue>, sink: &mut dyn FnMut(u32, &[String], &Cells)) {
        let text = std::mem::take(&mut self.line);
        let skipped = std::mem::take(&mut self.skipping);
        let Some(line) = Line::read(&text).filter(|_| !skipped) else {
            return;
        };
        let is_card = line.value.trim().eq_ignore_ascii_case("vcard");
        match (line.name.as_str(), &mut self.card) {
            ("BEGIN", Some(_)) if is_card => self.nested += 1,
            ("BEGIN", None) if is_card => {
                self.row = self.row.saturating_add(1);
                self.card = Some(Card::default());
            }
            ("END", Some(_)) if is_card && self.nested > 0 => self.nested -= 1,
            ("END", Some(_)) if is_card => self.close(issues, sink),
            (_, Some(card)) if self.nested == 0 && card.lines < MAX_LINES => {
                card.lines += 1;
                card.take(line);
            }
            _ => {}
        }
    }

    fn cut_off(&mut self, issues: &mut Vec<Issue>) {
        if self.card.take().is_some() {
            let issue = Issue::error(IssueCode::Malformed).at_row(self.row);
            issues.push(issue.expected("END:VCARD"));
        }
        self.nested = 0;
    }

    fn close(&mut self, issues: &mut Vec<Issue>, sink: &mut dyn FnMut(u32, &[String], &Cells)) {
        let Some(card) = self.card.take() else { return };
        if let Some(kind) = card.no_person() {
            let issue = Issue::error(IssueCode::UnknownChoice).at_row(self.row);
            issues.push(
                issue
                    .in_column("KIND")
                    .found(kind)
                    .expected("individual, org"),
            );
            return;
        }
        let values = card.finish();
        for (name, ..) in &values {
            if !self.index.contains_key(name) && self.columns.len() < MAX_COLUMNS {
                self.index.insert(name.clone(), self.columns.len());
                self.columns.push(name.clone());
            }
        }
        let mut slots = vec![None; self.columns.len()];
        for (name, text, kind) in &values {
            let slot = self.index.get(name).and_then(|&at| slots.get_mut(at));
            if let Some(slot) = slot.filter(|slot| slot.is_none()) {
                *slot = Some((text, *kind));
            }
        }
        self.cells.clear();
        for slot in slots {
            if let Some((text, _)) = slot {
                self.cells.text.push_str(text);
            }
            self.cells
                .types
                .push(slot.map_or(CellType::Text, |(_, kind)| kind));
            self.cells.end_cell();
        }
        if self.cells.is_blank() {
            let issue = Issue::error(IssueCode::NoIdentity).at_row(self.row);
            issues.push(issue.expected("FN, TEL, EMAIL"));
        } else {
            sink(self.row, &self.columns, &self.cells);
        }
    }
}
