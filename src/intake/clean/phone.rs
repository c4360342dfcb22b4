//! Telephone numbers to E.164.
//!
//! What has a `+` (or `00`) is taken as it is; what has none gets the workspace's country code. Numbers with masked
//! digits (`138****0000`) and numbers that are not whole (a landline without area code) are kept as they are
//! written, but nobody is recognised by them.
//!
//! Worked example with country 86: `189 2913 2348`, `86-18929132348` and `+86 189-2913-2348` are all
//! `+8618929132348`; `021-55550100` is `+862155550100`.

use super::text::half_width;
use model::{Issue, IssueCode};

/// A telephone number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phone {
    /// E.164, or as written where that could not be derived; `None` where it is no number at all.
    pub text: Option<String>,
    /// A whole number in E.164: somebody can be recognised by it.
    pub whole: bool,
    /// What is wrong.
    pub issue: Option<Issue>,
}

/// Reads a telephone number; `country` is the code of numbers that have none, such as `86`.
pub fn phone(cell: &str, country: &str) -> Phone {
    // What till and shop systems mostly write, without any detour.
    let bytes = cell.as_bytes();
    if country == "86" && bytes.len() == 11 && is_mobile(bytes) {
        return whole(format!("+86{cell}"), None);
    }
    let first = first_number(cell);
    let several = first.len() < cell.trim().len();
    let plain: String = first.chars().map(half_width).collect();
    let mut rest = plain.trim().trim_start_matches('\'').trim();
    // `Tel: …`, `电话：…`
    if let Some((label, number)) = rest.split_once(':')
        && !label.chars().any(|c| c.is_ascii_digit())
    {
        rest = number.trim_start();
    }
    let rest = rest.strip_suffix(".0").unwrap_or(rest);
    let rest = without_trunk_hint(rest);
    let mut digits = String::with_capacity(rest.len());
    let mut masked = false;
    for (at, c) in rest.char_indices() {
        match c {
            '0'..='9' => digits.push(c),
            '*' | '•' | '●' | '×' => masked = true,
            'x' | 'X'
                if digits.len() >= 3 && (masked || rest.get(at + 1..).is_some_and(is_mask)) =>
            {
                masked = true
            }
            '+' if digits.is_empty() => digits.insert(0, '+'),
            ' ' | '-' | '(' | ')' | '.' | '/' | '_' => {}
            _ => return bad(cell),
        }
    }
    let count = digits.trim_start_matches('+').len();
    if masked && count >= 2 {
        return Phone {
            text: Some(plain.trim().to_owned()),
            whole: false,
            issue: Some(Issue::warning(IssueCode::MaskedPhone).found(cell)),
        };
    }
    if !(3..=20).contains(&count) || is_placeholder(&digits) {
        return bad(cell);
    }
    match international(&digits, country) {
        Some(number) => {
            let issue = several.then(|| {
                Issue::warning(IssueCode::BadPhone)
                    .found(cell)
                    .expected(&number)
            });
            whole(number, issue)
        }
        None => Phone {
            text: Some(plain.trim().to_owned()),
            whole: false,
            issue: Some(
                Issue::warning(IssueCode::BadPhone)
                    .found(cell)
                    .expected("+8613800000000"),
            ),
        },
    }
}

fn whole(number: String, issue: Option<Issue>) -> Phone {
    Phone {
        text: Some(number),
        whole: true,
        issue,
    }
}

fn bad(cell: &str) -> Phone {
    Phone {
        text: None,
        whole: false,
        issue: Some(
            Issue::warning(IssueCode::BadPhone)
                .found(cell)
                .expected("+8613800000000"),
        ),
    }
}

/// `x` stands for a hidden digit when more of them follow.
fn is_mask(rest: &str) -> bool {
    rest.starts_with(['x', 'X'])
}

fn is_mobile(bytes: &[u8]) -> bool {
    matches!(bytes, [b'1', b'3'..=b'9', rest @ ..] if rest.len() == 9 && rest.iter().all(u8::is_ascii_digit))
}

/// All the same digit: typed to get past a form.
fn is_placeholder(digits: &str) -> bool {
    let mut bytes = digits.bytes().filter(|&b| b != b'+');
    let first = bytes.next();
    digits.len() >= 6 && bytes.all(|b| Some(b) == first)
}

/// The first of several numbers in a cell, without an extension.
fn first_number(cell: &str) -> &str {
    let mut rest = cell;
    for between in [
        ":::", ";", "；", "、", ",", "，", "\n", "转", "ext", "Ext", "分机",
    ] {
        if let Some((first, _)) = rest.split_once(between)
            && first.bytes().filter(u8::is_ascii_digit).count() >= 5
        {
            rest = first;
        }
    }
    if let Some((first, extension)) = rest.split_once(['x', 'X', '#']) {
        let digits = |part: &str| part.bytes().filter(u8::is_ascii_digit).count();
        if digits(first) >= 10 && extension.trim().bytes().all(|b| b.is_ascii_digit()) {
            rest = first;
        }
    }
    if let Some((first, second)) = rest.split_once(['/', '|']) {
        let long = |part: &str| part.bytes().filter(u8::is_ascii_digit).count() >= 7;
        if long(first) && long(second) {
            rest = first;
        }
    }
    rest.trim()
}

/// `+44 (0)20 …`: the zero in brackets is only dialled inside the country.
fn without_trunk_hint(text: &str) -> String {
    if text.starts_with('+') || text.starts_with("00") {
        text.replace("(0)", "")
    } else {
        text.to_owned()
    }
}

/// The number in E.164, where that is certain.
fn international(digits: &str, country: &str) -> Option<String> {
    let (explicit, number) = match digits.strip_prefix('+') {
        Some(rest) => (true, rest),
        None => match digits.strip_prefix("00") {
            Some(rest) if rest.len() >= 8 && !rest.starts_with('0') => (true, rest),
            _ => (false, digits),
        },
    };
    if explicit {
        if let Some(rest) = number.strip_prefix("86") {
            let rest = rest.strip_prefix('0').unwrap_or(rest);
            return (8..=12).contains(&rest.len()).then(|| format!("+86{rest}"));
        }
        let fits = (7..=15).contains(&number.len()) && !number.starts_with('0');
        return fits.then(|| format!("+{number}"));
    }
    match country {
        "86" => chinese(number),
        "1" => american(number),
        "" => None,
        other => foreign(number, other),
    }
}

fn chinese(number: &str) -> Option<String> {
    let bare = match number.strip_prefix("86") {
        Some(rest) if rest.len() == 11 || rest.starts_with('0') => rest,
        _ => number,
    };
    let landline = |rest: &str| (9..=11).contains(&rest.len()) && !rest.starts_with('0');
    if is_mobile(bare.as_bytes()) {
        return Some(format!("+86{bare}"));
    }
    if let Some(rest) = bare.strip_prefix('0') {
        if is_mobile(rest.as_bytes()) || landline(rest) {
            return Some(format!("+86{rest}"));
        }
        return None;
    }
    let service = bare.len() == 10 && (bare.starts_with("400") || bare.starts_with("800"));
    service.then(|| format!("+86{bare}"))
}

fn american(number: &str) -> Option<String> {
    let bare = match number.strip_prefix('1') {
        Some(rest) if rest.len() == 10 => rest,
        _ => number,
    };
    let fits = bare.len() == 10 && !bare.starts_with(['0', '1']);
    fits.then(|| format!("+1{bare}"))
}

/// Elsewhere a leading zero is what is dialled inside the country, but for Italy, where it belongs to the number.
fn foreign(number: &str, country: &str) -> Option<String> {
    let known = country.len() <= 3 && country.bytes().all(|b| b.is_ascii_digit());
    if !known {
        return None;
    }
    let bare = match number.strip_prefix('0') {
        Some(rest) if country != "39" => rest,
        _ => number,
    };
    let fits = (6..=12).contains(&bare.len()) && (country == "39" || !bare.starts_with('0'));
    fits.then(|| format!("+{country}{bare}"))
}
