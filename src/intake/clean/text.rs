//! Plain text: blanks, protection against formulas, words that mean "nothing".

use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization;

/// Blanks of every script, and characters that print nothing.
fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\0')
}

/// Trims; nothing inside is changed but line ends (CR LF and CR become LF).
pub fn text(cell: &str) -> Cow<'_, str> {
    let trimmed = trim(cell);
    if trimmed.contains('\r') {
        Cow::Owned(trimmed.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(trimmed)
    }
}

/// Without blanks and invisible characters at both ends.
pub(crate) fn trim(cell: &str) -> &str {
    let bytes = cell.as_bytes();
    match (bytes.first(), bytes.last()) {
        (Some(first), Some(last)) if first.is_ascii_graphic() && last.is_ascii_graphic() => cell,
        (None, _) => cell,
        _ => cell.trim_matches(is_blank),
    }
}

/// What begins a formula in a spreadsheet (S4 of security.md).
pub(crate) fn begins_formula(c: char) -> bool {
    matches!(
        c,
        '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠'
    )
}

/// Takes off the apostrophe that was put before a cell to keep a spreadsheet from changing it: ours before
/// formulas, others' before numbers. An apostrophe that belongs to a word (`'t Hart`) stays.
///
/// Worked example: `'=1+1` gives `=1+1`, `''=x` gives `'=x`, `'0123` gives `0123`, `'t Hart` stays.
pub fn unprotect(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if needs_apostrophe(rest) => rest,
        _ => cell,
    }
}

/// Behind any apostrophes stands a formula or a digit.
fn needs_apostrophe(rest: &str) -> bool {
    let first = rest.trim_start_matches('\'').chars().next();
    first.is_some_and(|c| begins_formula(c) || c.is_ascii_digit())
}

/// The opposite of [`unprotect`]: puts an apostrophe before what a spreadsheet would take for a formula, and before
/// what [`unprotect`] would otherwise shorten.
pub(crate) fn protect(cell: &str) -> Cow<'_, str> {
    let formula = cell.chars().next().is_some_and(begins_formula);
    if formula || (cell.starts_with('\'') && needs_apostrophe(cell)) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

/// Takes `="00123"` apart, the form in which programs hide long numbers from spreadsheets.
pub fn unwrap_formula(cell: &str) -> &str {
    cell.strip_prefix("=\"")
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(cell)
}

/// Words that programs write where there is nothing.
pub fn is_empty_like(cell: &str) -> bool {
    if cell.len() > 12 {
        return false;
    }
    matches!(
        cell,
        "" | "?"
            | "？"
            | "-"
            | "--"
            | "---"
            | "—"
            | "——"
            | "–"
            | "－"
            | "/"
            | "\\"
            | "N/A"
            | "n/a"
            | "#N/A"
            | "NA"
            | "NaN"
            | "nan"
            | "null"
            | "NULL"
            | "(null)"
            | "<null>"
            | "#REF!"
            | "#DIV/0!"
            | "#VALUE!"
            | "#NAME?"
            | "#NUM!"
            | "#NULL!"
            | "nil"
            | "None"
            | "none"
            | "undefined"
            | "\\N"
            | "暂无"
            | "未填写"
            | "未设置"
    )
}

/// Whether a spreadsheet has rounded a long number (`2.02510E+18`): its last digits are lost.
pub(crate) fn is_rounded(cell: &str) -> bool {
    let Some((mantissa, exponent)) = cell.split_once(['E', 'e']) else {
        return false;
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let power = exponent.strip_prefix('+').unwrap_or(exponent);
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    // `5E12` may well be an identifier; with a sign or a point it is a number.
    let number = exponent.starts_with('+') || mantissa.contains('.');
    number
        && whole.len() == 1
        && digits(whole)
        && (part.is_empty() || digits(part))
        && digits(power)
}

/// Cuts to at most `limit` characters; true when something was lost.
pub fn cut(text: &mut String, limit: usize) -> bool {
    if text.len() <= limit {
        return false;
    }
    match text.char_indices().nth(limit) {
        Some((at, _)) => {
            text.truncate(at);
            true
        }
        None => false,
    }
}

/// The form in which headers and choices are compared: full-width forms made ordinary, lower case, and without
/// blanks, underscores, hyphens and the marks of required columns.
pub fn fold(text: &str) -> String {
    text.nfkc()
        .filter(|c| !is_blank(*c) && !matches!(c, '_' | '-' | '*' | ':' | '.' | '\'' | '"' | '#'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// Digits, signs and letters typed in full width (`１３８`) as ordinary ones.
pub(crate) fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' | '\u{a0}' | '\u{2009}' | '\u{202f}' | '\u{2007}' => ' ',
        '\u{2212}' | '\u{2013}' | '\u{2012}' | '\u{2010}' | '\u{2011}' => '-',
        other => other,
    }
}
