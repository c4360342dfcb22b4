//! Lists of words in one cell: tags and interests.

use super::text::{is_empty_like, trim};
use crate::json_value::LIST_END;

/// Reads the words between `,`, `;`, `|` and their Chinese forms, or ` ::: ` (Google, which also marks with `* `).
/// A word in double quotes may contain them. Sorted, no doubles.
///
/// Worked example: `VIP, 复购；"a, b"` gives `VIP`, `a, b`, `复购`.
pub fn list(cell: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = cell;
    loop {
        rest = rest.trim_start();
        if let Some((word, behind)) = quoted(rest) {
            words.push(word);
            match next_part(behind) {
                Some((_, behind)) => rest = behind,
                None => break,
            }
            continue;
        }
        match next_part(rest) {
            Some((word, behind)) => {
                push(&mut words, word);
                rest = behind;
            }
            None => {
                push(&mut words, rest);
                break;
            }
        }
    }
    tidy(words)
}

/// Reads a JSON list, whose words each end with U+001F.
pub fn json_list(cell: &str) -> Vec<String> {
    tidy(
        cell.split(LIST_END)
            .map(|word| trim(word).to_owned())
            .collect(),
    )
}

fn tidy(mut words: Vec<String>) -> Vec<String> {
    words.retain(|word| !word.is_empty());
    words.sort();
    words.dedup();
    words
}

fn push(words: &mut Vec<String>, word: &str) {
    let word = trim(word);
    words.push(word.strip_prefix("* ").unwrap_or(word).to_owned());
}

const BETWEEN: [char; 8] = [',', ';', '|', '、', '，', '；', '｜', '\n'];

fn next_part(text: &str) -> Option<(&str, &str)> {
    let single = text.find(BETWEEN);
    let triple = text.find(":::");
    match (single, triple) {
        (s, Some(t)) if s.is_none_or(|s| t < s) => Some((text.get(..t)?, text.get(t + 3..)?)),
        (Some(s), _) => {
            let len = text.get(s..)?.chars().next()?.len_utf8();
            Some((text.get(..s)?, text.get(s + len..)?))
        }
        (None, _) => None,
    }
}

/// A word in double quotes at the start, `""` inside being one quote.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut rest = text.strip_prefix('"')?;
    let mut word = String::new();
    loop {
        let (part, behind) = rest.split_once('"')?;
        word.push_str(part);
        match behind.strip_prefix('"') {
            Some(more) => {
                word.push('"');
                rest = more;
            }
            None => {
                let next = behind.trim_start();
                let ends = next.is_empty() || next.starts_with(BETWEEN) || next.starts_with(":::");
                return ends.then_some((word, behind));
            }
        }
    }
}

/// The opposite of [`list`].
pub(crate) fn join(words: &[String]) -> String {
    let mut out = String::new();
    for word in words {
        if !out.is_empty() {
            out.push_str(", ");
        }
        let special = word.contains(BETWEEN) || word.contains(":::") || is_empty_like(word);
        if special || word.starts_with(['"', '*']) {
            out.push('"');
            out.push_str(&word.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(word);
        }
    }
    out
}
