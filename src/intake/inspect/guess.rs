//! Which field each column goes to.
//!
//! By the header: the known word itself scores 3, a known word inside the header 2, the header inside a known word 1;
//! of equals the longer word wins. By the values: telephone numbers, e-mail addresses and gender words speak for
//! themselves, and values that are none of what the header's part promises take the guess away again.

use super::preset::{self, PRESETS};
use super::words::{OTHER_MEANING, SENDER, SURNAMES, aliases};
use crate::clean::{
    choice, date, email, fold, is_empty_like, money, phone, unprotect, unwrap_formula,
};
use crate::field::{FieldKind, fields};
use model::Currency;
use model::import::{DateOrder, GuessReason, ImportKind};
use std::collections::BTreeSet;

/// The words of all fields, folded.
pub(crate) struct HeaderWords {
    words: Vec<Word>,
    /// All words folded, and the columns of known programs as they are compared.
    known: BTreeSet<String>,
    columns: BTreeSet<String>,
    /// Words that turn the meaning of a header they stand in.
    others: Vec<Other>,
}

struct Other {
    word: &'static str,
    folded: String,
    tokens: Vec<String>,
    han: bool,
}

struct Word {
    field: &'static str,
    folded: String,
    tokens: Vec<String>,
    han: bool,
}

/// How well a word fits a header: score, then length.
type Fit = (u8, usize);

impl HeaderWords {
    pub(crate) fn new() -> Self {
        let words: Vec<Word> = aliases()
            .map(|(field, name)| Word {
                field,
                folded: fold(name),
                tokens: tokens(name),
                han: is_han(name),
            })
            .collect();
        let known = words.iter().map(|word| word.folded.clone()).collect();
        let columns = PRESETS
            .iter()
            .flat_map(|preset| preset.columns)
            .map(|(name, _)| preset::key(name))
            .collect();
        let others = OTHER_MEANING
            .iter()
            .map(|&word| Other {
                word,
                folded: fold(word),
                tokens: tokens(word),
                han: is_han(word),
            })
            .collect();
        Self {
            words,
            known,
            columns,
            others,
        }
    }

    /// Whether a cell is a known header word or a column of a known program.
    pub(crate) fn is_known(&self, cell: &str) -> bool {
        let cell = unprotect(cell.trim());
        !cell.is_empty()
            && cell.len() <= 100
            && (self.known.contains(&fold(cell)) || self.columns.contains(&preset::key(cell)))
    }

    /// The fields a header may mean, each with its best fit.
    fn fits(&self, header: &str) -> Vec<(&'static str, Fit)> {
        let folded = fold(header);
        if folded.is_empty() || header.starts_with('#') {
            return Vec::new();
        }
        let ours = is_ours(header);
        let lower = header.to_lowercase();
        let sender = SENDER.iter().any(|word| lower.contains(word));
        let own = tokens(header);
        // Looked for once a header: a file may have two thousand.
        let others: Vec<&str> = self
            .others
            .iter()
            .filter(|other| other.stands_in(&lower, &own))
            .map(|other| other.folded.as_str())
            .collect();
        let mut fits: Vec<(&'static str, Fit)> = Vec::new();
        for word in &self.words {
            let exact = word.folded == folded;
            // A word in the header that the known word lacks.
            let other = !exact && others.iter().any(|other| !word.folded.contains(other));
            let score = if exact {
                3
            } else if sender || other || ours {
                0
            } else if contains(&folded, &own, word) {
                2
            } else if inside(&folded, &own, word) {
                1
            } else {
                0
            };
            if score == 0 || (sender && is_contact(word.field)) {
                continue;
            }
            let fit = (score, word.folded.chars().count());
            match fits.iter_mut().find(|(field, _)| *field == word.field) {
                Some((_, known)) => *known = (*known).max(fit),
                None => fits.push((word.field, fit)),
            }
        }
        fits
    }
}

fn is_contact(field: &str) -> bool {
    matches!(
        field,
        "name"
            | "first_name"
            | "last_name"
            | "nickname"
            | "phone"
            | "email"
            | "address"
            | "province"
            | "city"
            | "district"
            | "country"
            | "postal_code"
    )
}

fn is_han(text: &str) -> bool {
    text.chars().any(|c| c as u32 >= 0x2e80)
}

fn is_han_char(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}')
}

/// The words of a header: `billingAddress_city` is billing, address, city.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut token = String::new();
    let mut after_lower = false;
    for c in text.chars() {
        let new = !c.is_alphanumeric() || (c.is_uppercase() && after_lower);
        if new && !token.is_empty() {
            tokens.push(std::mem::take(&mut token));
        }
        after_lower = c.is_lowercase();
        if c.is_alphanumeric() {
            token.extend(c.to_lowercase());
        }
    }
    if !token.is_empty() {
        tokens.push(token);
    }
    tokens
}

impl Other {
    fn stands_in(&self, lower: &str, own: &[String]) -> bool {
        if self.han {
            return lower.contains(self.word);
        }
        own.windows(self.tokens.len().max(1))
            .any(|window| window == self.tokens)
    }
}

fn contains(folded: &str, own: &[String], word: &Word) -> bool {
    if word.han {
        return word.folded.chars().count() >= 2 && folded.contains(&word.folded);
    }
    word.folded.len() >= 3
        && !word.tokens.is_empty()
        && own
            .windows(word.tokens.len())
            .any(|window| window == word.tokens)
}

fn inside(folded: &str, own: &[String], word: &Word) -> bool {
    if word.han {
        return folded.chars().count() >= 2 && word.folded.contains(folded);
    }
    folded.len() >= 4
        && !own.is_empty()
        && word.tokens.windows(own.len()).any(|window| window == own)
}

/// What the values of a column look like.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shape {
    pub(crate) filled: usize,
    phones: usize,
    /// Whole numbers of digits, five or more: perhaps keys.
    codes: usize,
    emails: usize,
    dates: usize,
    /// Times of day alone: `18:30`.
    clocks: usize,
    numbers: usize,
    genders: usize,
    flags: usize,
    /// Two to four Chinese characters that begin with a family name.
    han_names: usize,
    pub(crate) samples: Vec<String>,
}

/// So many values of a column are looked at.
const LOOKED_AT: usize = 200;

impl Shape {
    /// Looks at one more value.
    pub(crate) fn add(&mut self, raw: &str) {
        let cell = crate::clean::text(raw);
        let cell = unwrap_formula(&cell);
        if is_empty_like(cell) {
            return;
        }
        if self.samples.len() < 5 {
            let sample: String = cell
                .chars()
                .map(|c| {
                    if c == crate::json_value::LIST_END {
                        ' '
                    } else {
                        c
                    }
                })
                .take(100)
                .collect();
            let sample = sample.trim().to_owned();
            if !self.samples.contains(&sample) {
                self.samples.push(sample);
            }
        }
        if self.filled >= LOOKED_AT {
            return;
        }
        self.filled += 1;
        let plain = cell.strip_prefix('\'').unwrap_or(cell);
        let digits = plain.bytes().filter(u8::is_ascii_digit).count();
        let code = digits >= 5 && digits == plain.len();
        self.codes += usize::from(code);
        // A number without any mark is a telephone number only if it is one of a mobile.
        let number = phone::phone(plain, "86");
        let marked = plain.contains(['+', '-', ' ', '(', '*']) && digits >= 7;
        let mobile = code && (plain.len() == 11 || plain.len() == 13) && number.whole;
        let dated = date::moment(plain, DateOrder::MonthFirst).is_some();
        self.phones += usize::from((mobile || (marked && !dated)) && number.text.is_some());
        self.emails += usize::from(plain.contains('@') && email(plain).value.is_some());
        let short_date = date::birthday(plain, DateOrder::MonthFirst, model::Day(50_000))
            .value
            .is_some();
        self.dates += usize::from(dated || short_date);
        self.clocks += usize::from(date::clock(plain).is_some());
        self.numbers += usize::from(money::amount(plain, Currency::CNY, false).value.is_some());
        self.genders +=
            usize::from(choice::gender(plain).value.is_some() && plain != "x" && plain != "X");
        self.flags += usize::from(choice::flag(plain).issue.is_none());
        let short = (2..=4).contains(&plain.chars().count()) && plain.chars().all(is_han_char);
        self.han_names += usize::from(short && plain.starts_with(|c| SURNAMES.contains(c)));
    }

    /// Times of day, and no dates.
    fn is_clock(&self) -> bool {
        self.filled > 0 && self.share(self.clocks) >= 80
    }

    fn share(&self, count: usize) -> usize {
        count * 100 / self.filled.max(1)
    }

    /// Percent of the values that a field of this kind can take; `None` when every text can be one.
    fn fitting(&self, field: &str, kind: FieldKind) -> Option<usize> {
        let count = match kind {
            FieldKind::Phone => self.phones.max(self.codes),
            FieldKind::Email => self.emails,
            FieldKind::Date | FieldKind::Instant | FieldKind::Birthday => self.dates,
            FieldKind::Clock => self.clocks,
            FieldKind::Money => self.numbers,
            FieldKind::Flag => self.flags,
            FieldKind::Choice if field == "gender" => self.genders,
            FieldKind::Quantity => self.numbers,
            _ => return None,
        };
        Some(self.share(count))
    }
}

/// A cell that is data rather than a header: a telephone number, an address, a date, a number.
pub(crate) fn looks_like_data(cell: &str) -> bool {
    let cell = cell.trim();
    if cell.is_empty() || cell.len() > 200 {
        return false;
    }
    let digits = cell.bytes().filter(u8::is_ascii_digit).count();
    email(cell).value.is_some()
        || (digits >= 3 && date::moment(cell, DateOrder::MonthFirst).is_some())
        || (digits >= 1 && money::amount(cell, Currency::CNY, false).value.is_some())
        || (digits >= 7 && phone::phone(cell, "86").text.is_some())
}

/// Fields that several columns may fill together.
fn takes_several(field: &str) -> bool {
    matches!(
        field,
        "phone" | "email" | "tags" | "interests" | "address" | "note"
    )
}

/// Fields that in a file of orders rather mean the order or the goods.
fn not_in_orders(field: &str) -> bool {
    matches!(
        field,
        "signup_on"
            | "note"
            | "tags"
            | "kind"
            | "source_channel"
            | "acquisition_cost"
            | "owner"
            | "occupation"
            | "company_size"
            | "industry"
            | "interests"
            | "income_band"
            | "education"
    )
}

/// A guess for one column.
pub(crate) type Guess = (Option<String>, GuessReason);

/// Guesses for all columns by header and values.
pub(crate) fn guess(
    headers: &[String],
    shapes: &[Shape],
    kind: ImportKind,
    words: &HeaderWords,
) -> Vec<Guess> {
    let mut guesses: Vec<Guess> = vec![(None, GuessReason::None); headers.len()];
    let mut candidates = Vec::new();
    for (column, header) in headers.iter().enumerate() {
        if header.len() > "custom.".len() && header.starts_with("custom.") {
            set(&mut guesses, column, header, GuessReason::Header);
            continue;
        }
        if let Some(own) = own_field(header) {
            let field = ["custom.", own].concat();
            set(&mut guesses, column, &field, GuessReason::Header);
            continue;
        }
        for (field, fit) in words.fits(header) {
            let of_order = field.starts_with("order.") || field.starts_with("line.");
            let allowed = match kind {
                ImportKind::Customers => !of_order,
                ImportKind::Orders => !not_in_orders(field),
            };
            // "Time" beside "Date" holds times of day; it is joined to the date below.
            let clock = field == "order.at" && shapes.get(column).is_some_and(Shape::is_clock);
            if allowed && !clock && fits_values(field, fit, shapes.get(column)) {
                candidates.push((fit, column, field));
            }
        }
    }
    candidates.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    for (fit, column, field) in candidates {
        let free = guesses
            .get(column)
            .is_some_and(|(known, _)| known.is_none());
        let taken = guesses
            .iter()
            .any(|(known, _)| known.as_deref() == Some(field));
        if free && (!taken || (takes_several(field) && fit.0 == 3)) {
            let reason = if fit.0 == 3 {
                GuessReason::Header
            } else {
                GuessReason::HeaderPart
            };
            set(&mut guesses, column, field, reason);
        }
    }
    by_values(&mut guesses, shapes, kind);
    for (guess, header) in guesses.iter_mut().zip(headers) {
        if is_ours(header) && guess.1 == GuessReason::Values {
            *guess = (None, GuessReason::None);
        }
    }
    guesses
}

/// Columns that we wrote in words and that say so: ids, and what is calculated, which no import takes.
fn is_ours(header: &str) -> bool {
    let header = header.trim();
    header.ends_with("(Shuke)") || header.ends_with("（熟客）")
}

/// The owner's own field that a column of ours in words holds.
fn own_field(header: &str) -> Option<&str> {
    let header = header.trim();
    let own = header
        .strip_suffix("（自定义）")
        .or_else(|| header.strip_suffix("(custom)"))?;
    Some(own.trim_end()).filter(|own| !own.is_empty())
}

fn set(guesses: &mut [Guess], column: usize, field: &str, reason: GuessReason) {
    if let Some(guess) = guesses.get_mut(column) {
        *guess = (Some(field.to_owned()), reason);
    }
}

/// Values may take a guess away: all of them must be wrong for a known word, most for a part of one.
fn fits_values(field: &str, fit: Fit, shape: Option<&Shape>) -> bool {
    let kind = fields().iter().find(|f| f.name == field).map(|f| f.kind);
    let (Some(kind), Some(shape)) = (kind, shape) else {
        return true;
    };
    match shape.fitting(field, kind) {
        Some(percent) if shape.filled > 0 => {
            if fit.0 == 3 {
                percent > 0 || shape.filled < 5
            } else {
                percent >= 50
            }
        }
        _ => true,
    }
}

/// Columns that no header explained, by what their values are.
fn by_values(guesses: &mut [Guess], shapes: &[Shape], kind: ImportKind) {
    let has = |guesses: &[Guess], field: &str| {
        guesses
            .iter()
            .any(|(known, _)| known.as_deref() == Some(field))
    };
    for (column, shape) in shapes.iter().enumerate() {
        if shape.filled == 0 || guesses.get(column).is_none_or(|(known, _)| known.is_some()) {
            continue;
        }
        let found = if shape.share(shape.emails) >= 80 {
            Some("email")
        } else if shape.share(shape.phones) >= 80 {
            Some("phone")
        } else if shape.share(shape.genders) >= 90 && shape.filled >= 3 {
            Some("gender")
        } else if kind == ImportKind::Orders
            && shape.share(shape.dates) >= 90
            && shape.share(shape.codes) < 50
        {
            Some("order.at")
        } else {
            None
        };
        if let Some(field) = found.filter(|field| !has(guesses, field)) {
            set(guesses, column, field, GuessReason::Values);
        }
    }
    let clock = guesses
        .iter()
        .zip(shapes)
        .position(|((field, _), shape)| field.is_none() && shape.is_clock());
    if let Some(column) = clock
        && kind == ImportKind::Orders
        && has(guesses, "order.at")
        && !has(guesses, "order.time")
    {
        set(guesses, column, "order.time", GuessReason::Values);
    }
    let named = ["name", "first_name", "last_name", "company"]
        .iter()
        .any(|field| has(guesses, field));
    let names = guesses.iter().zip(shapes).position(|((field, _), shape)| {
        field.is_none() && shape.filled > 0 && shape.share(shape.han_names) >= 80
    });
    if let Some(column) = names.filter(|_| !named) {
        set(guesses, column, "name", GuessReason::Values);
    }
    // A column `客户` of numbers holds keys, not names.
    let keys = guesses.iter().zip(shapes).position(|((field, _), shape)| {
        field.as_deref() == Some("name") && shape.share(shape.codes) >= 80
    });
    if let Some(column) = keys
        && shapes.get(column).is_some_and(|shape| shape.filled > 0)
        && !has(guesses, "customer.external_id")
    {
        set(guesses, column, "customer.external_id", GuessReason::Values);
    }
}

/// What the rows are, from what the columns would be if they were orders.
pub(crate) fn kind(headers: &[String], shapes: &[Shape], words: &HeaderWords) -> ImportKind {
    let guesses = guess(headers, shapes, ImportKind::Orders, words);
    let mut evidence = 0;
    let (mut at, mut amount) = (false, false);
    for (header, (field, reason)) in headers.iter().zip(&guesses) {
        let exact = *reason == GuessReason::Header;
        let signup = words
            .fits(header)
            .iter()
            .any(|(f, fit)| *f == "signup_on" && fit.0 == 3);
        match field.as_deref() {
            Some("order.at") => {
                at = true;
                evidence += i32::from(exact && !signup);
            }
            Some("order.amount" | "line.amount") => {
                amount = true;
                evidence += if exact { 2 } else { 1 };
            }
            Some("line.price") => {
                amount = true;
                evidence += 1;
            }
            Some("order.external_id" | "line.product") => evidence += if exact { 2 } else { 1 },
            Some("line.quantity" | "order.status" | "order.coupon" | "order.refunded") => {
                evidence += 1
            }
            _ => {}
        }
    }
    if at && amount && evidence >= 3 {
        ImportKind::Orders
    } else {
        ImportKind::Customers
    }
}
