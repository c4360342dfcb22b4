//! A cell made ready for its field, and the place where findings about it go.

use super::bind::Binding;
use crate::clean::date::{self, Moment};
use crate::clean::money::{Amount, amount};
use crate::clean::place::Gazetteer;
use crate::clean::{Read, cut, is_empty_like, unprotect, unwrap_formula};
use crate::field::FieldKind;
use crate::json_value::LIST_END;
use crate::{CellType, Circumstances, Row, clean};
use model::import::{DateOrder, ImportPlan};
use model::{Currency, CustomField, Issue, IssueCode, Money};
use std::borrow::Cow;

/// What reading a cell depends on.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) around: Circumstances,
    pub(crate) today: model::Day,
    pub(crate) date_order: DateOrder,
    pub(crate) currency: Currency,
    pub(crate) decimal_comma: bool,
    pub(crate) preset: Option<String>,
    /// The file is one that we wrote: what it says is taken as it is.
    pub(crate) ours: bool,
    pub(crate) gazetteer: Gazetteer,
}

impl Context {
    pub(crate) fn new(plan: &ImportPlan, around: Circumstances) -> Self {
        let gazetteer = Gazetteer::new(&around.phone_country);
        Self {
            today: around.zone.day(around.now),
            around,
            date_order: plan.date_order,
            currency: plan.currency,
            // Spreadsheets put semicolons between cells where the comma is the decimal point.
            decimal_comma: plan.delimiter == Some(';'),
            preset: plan.preset.clone(),
            ours: plan
                .preset
                .as_deref()
                .is_some_and(|name| name.starts_with("shuke_")),
            gazetteer,
        }
    }

    /// A key without the `zcrm_` that Zoho sometimes puts before it.
    pub(crate) fn bare_key<'a>(&self, key: &'a str) -> &'a str {
        let preset = self.preset.as_deref().unwrap_or_default();
        let zoho = preset.starts_with("zoho") || preset.starts_with("bigin");
        key.strip_prefix("zcrm_").filter(|_| zoho).unwrap_or(key)
    }

    pub(crate) fn is_preset(&self, name: &str) -> bool {
        self.preset.as_deref() == Some(name)
    }
}

/// Text of a cell with what is known of its type. Never empty.
#[derive(Clone, Debug)]
pub(crate) struct Cell<'a> {
    pub(crate) text: Cow<'a, str>,
    pub(crate) kind: CellType,
}

/// The cell of a binding without blanks and protection; `None` when it says nothing.
pub(crate) fn cell<'a>(row: &Row<'a>, binding: &Binding) -> Option<Cell<'a>> {
    let raw = row.get(binding.column);
    if raw.is_empty() {
        return None;
    }
    let kind = row.cell_type(binding.column);
    let text = clean::text(raw);
    let text = match (kind, text) {
        (CellType::Untyped, Cow::Borrowed(text)) => Cow::Borrowed(bare(text, binding)),
        (CellType::Untyped, Cow::Owned(text)) => Cow::Owned(bare(&text, binding).to_owned()),
        (CellType::List, text) if binding.kind != FieldKind::List => {
            let words: Vec<&str> = text.split(LIST_END).filter(|w| !w.is_empty()).collect();
            Cow::Owned(words.join(", "))
        }
        (_, Cow::Borrowed(text)) if binding.strip => Cow::Borrowed(bare_key(text, binding)),
        (_, Cow::Owned(text)) if binding.strip => Cow::Owned(bare_key(&text, binding).to_owned()),
        (_, text) => text,
    };
    let custom = matches!(binding.target, super::bind::Target::Custom(_));
    // A field of the owner's own keeps an apostrophe for now: it says that the value is text.
    let nothing = if custom {
        text.is_empty()
    } else {
        is_empty_like(&text)
    };
    (!nothing).then_some(Cell { text, kind })
}

fn bare<'a>(text: &'a str, binding: &Binding) -> &'a str {
    let inner = unwrap_formula(text);
    if matches!(binding.target, super::bind::Target::Custom(_)) {
        return inner;
    }
    match binding.kind {
        FieldKind::Text | FieldKind::Name | FieldKind::List => unprotect(inner),
        // An apostrophe never belongs to a number, a date or a key.
        _ => inner.strip_prefix('\'').unwrap_or(inner),
    }
}

/// As [`bare`], for texts that are what they say: only what can be no text is freed from its protection.
fn bare_key<'a>(text: &'a str, binding: &Binding) -> &'a str {
    let words = matches!(
        binding.kind,
        FieldKind::Text | FieldKind::Name | FieldKind::List
    );
    if words { text } else { bare(text, binding) }
}

/// Collects what is wrong with one cell.
pub(crate) struct Notes<'a> {
    pub(crate) row: u32,
    pub(crate) binding: &'a Binding,
    pub(crate) issues: &'a mut Vec<Issue>,
}

impl Notes<'_> {
    pub(crate) fn add(&mut self, issue: Issue) {
        self.issues.push(
            issue
                .at_row(self.row)
                .in_column(&self.binding.header)
                .in_field(&self.binding.field),
        );
    }

    /// The value, its finding noted.
    pub(crate) fn take<T>(&mut self, read: Read<T>) -> Option<T> {
        if let Some(issue) = read.issue {
            self.add(issue);
        }
        read.value
    }

    /// The text, cut where it is longer than can be kept.
    pub(crate) fn short(&mut self, text: &str, limit: usize) -> String {
        let mut text = text.to_owned();
        if cut(&mut text, limit) {
            self.add(
                Issue::warning(IssueCode::TooLong)
                    .found(&text)
                    .expected(&limit.to_string()),
            );
        }
        text
    }

    /// An amount that cannot be negative.
    pub(crate) fn amount(
        &mut self,
        cell: &Cell<'_>,
        context: &Context,
        currency: Currency,
    ) -> Option<Amount> {
        let read = amount(&cell.text, currency, context.decimal_comma);
        let amount = self.take(read)?;
        if amount.money.0 < 0 {
            self.add(
                Issue::warning(IssueCode::Negative)
                    .found(&cell.text)
                    .expected("0"),
            );
            return None;
        }
        if amount.money > LARGEST {
            self.add(
                Issue::warning(IssueCode::TooMuch)
                    .found(&cell.text)
                    .expected(&LARGEST.to_decimal(currency)),
            );
            return None;
        }
        Some(amount)
    }

    /// A date or date-time.
    pub(crate) fn moment(&mut self, cell: &Cell<'_>, context: &Context) -> Option<Moment> {
        let found = date::moment(&cell.text, context.date_order);
        match found {
            Some((moment, certainty)) => {
                if let Some(issue) = date::finding(&cell.text, certainty, moment.day) {
                    self.add(issue);
                }
                Some(moment)
            }
            None => {
                self.add(date::bad(&cell.text));
                None
            }
        }
    }
}

/// The largest amount that is taken: sums of a million of them still fit.
pub(crate) const LARGEST: Money = Money(1_000_000_000_000);

/// Longest name, key or other short text in characters.
pub(crate) const SHORT: usize = 200;

/// Longest note or address in characters.
pub(crate) const LONG: usize = 10_000;

/// The value of a field of the owner's own. Without types in the file, `true`, `false` and what a number would be
/// written as again are not text, unless an apostrophe says so.
pub(crate) fn custom_value(cell: &Cell<'_>, notes: &mut Notes<'_>) -> Option<CustomField> {
    let text = cell.text.as_ref();
    match cell.kind {
        CellType::Untyped => {
            if let Some(rest) = text.strip_prefix('\'') {
                return (!rest.is_empty()).then(|| CustomField::Text(notes.short(rest, LONG)));
            }
            if is_empty_like(text) {
                return None;
            }
            Some(untyped(text).unwrap_or_else(|| CustomField::Text(notes.short(text, LONG))))
        }
        CellType::Text | CellType::List => Some(CustomField::Text(notes.short(text, LONG))),
        CellType::Literal => match text {
            "true" => Some(CustomField::Flag(true)),
            "false" => Some(CustomField::Flag(false)),
            number => match number.parse::<f64>() {
                // An id of more digits than a number holds stays exact as text.
                Ok(value) if value.is_finite() && number.len() <= 17 => {
                    Some(CustomField::Number(value))
                }
                _ => Some(CustomField::Text(notes.short(text, LONG))),
            },
        },
    }
}

/// A flag or number, if the text is exactly how one is written.
pub(crate) fn untyped(text: &str) -> Option<CustomField> {
    match text {
        "true" => return Some(CustomField::Flag(true)),
        "false" => return Some(CustomField::Flag(false)),
        _ => {}
    }
    let numeric = text
        .bytes()
        .all(|b| b.is_ascii_digit() || b == b'-' || b == b'.');
    if !numeric || text.len() > 17 {
        return None;
    }
    let value: f64 = text.parse().ok()?;
    (value.to_string() == text).then_some(CustomField::Number(value))
}
