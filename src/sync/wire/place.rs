//! Where a list goes on, and how cursors compare and go back.

use crate::exchange::Answer;
use crate::instant;
use crate::json;
use crate::profile::{CursorKind, Paging, Profile};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Where in a list a page begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Place {
    /// At its start.
    Start,
    /// At a numbered page.
    Page(u32),
    /// At a row.
    Offset(u64),
    /// At an address that the endpoint gave.
    Url(String),
    /// At a token that the endpoint gave.
    Token(String),
}

impl Paging {
    /// The parameter with the page size and the size; none when everything comes at once.
    pub(crate) fn size(&self) -> Option<(&str, u32)> {
        match self {
            Self::None => None,
            Self::Page { size, max, .. }
            | Self::Offset { size, max, .. }
            | Self::Link { size, max }
            | Self::Header { size, max, .. }
            | Self::Token { size, max, .. }
            | Self::Next { size, max, .. } => Some((size, *max)),
        }
    }

    /// Whether the endpoint itself says where it goes on.
    pub(crate) fn is_led(&self) -> bool {
        matches!(
            self,
            Self::Link { .. } | Self::Header { .. } | Self::Token { .. } | Self::Next { .. }
        )
    }

    /// The parameter that says where the page begins.
    pub(crate) fn parameter(&self, place: &Place) -> Option<(String, String)> {
        match (self, place) {
            (Self::Page { page, first, .. }, Place::Start) => {
                Some((page.clone(), first.to_string()))
            }
            (Self::Page { page, .. }, Place::Page(number)) => {
                Some((page.clone(), number.to_string()))
            }
            (Self::Offset { offset, .. }, Place::Offset(row)) => {
                Some((offset.clone(), row.to_string()))
            }
            (Self::Token { token, .. }, Place::Token(value)) => {
                Some((token.clone(), value.clone()))
            }
            _ => None,
        }
    }
}

/// Where the list goes on after a page with `count` records; `None` at its end.
pub(crate) fn advance(
    profile: &Profile,
    answer: &Answer,
    body: &Value,
    place: &Place,
    count: usize,
) -> Option<Place> {
    let text = |path: &str| json::at(body, path).and_then(json::scalar);
    let full = |max: u32| count >= max as usize;
    match &profile.paging {
        Paging::None => None,
        Paging::Page { first, max, .. } => {
            let number = match place {
                Place::Page(number) => *number,
                _ => *first,
            };
            full(*max).then_some(Place::Page(number + 1))
        }
        Paging::Offset { max, .. } => {
            let row = match place {
                Place::Offset(row) => *row,
                _ => 0,
            };
            full(*max).then_some(Place::Offset(row + count as u64))
        }
        Paging::Link { .. } => answer.header("link").and_then(next_link).map(Place::Url),
        Paging::Header { header, .. } => {
            let next = answer.header(header).filter(|next| !next.is_empty());
            next.map(|next| Place::Url(next.to_owned()))
        }
        Paging::Token { path, .. } => text(path).filter(|t| !t.is_empty()).map(Place::Token),
        Paging::Next { path, .. } => text(path).filter(|t| !t.is_empty()).map(Place::Url),
    }
}

/// The address with `rel="next"` of a `Link` header (RFC 8288).
fn next_link(header: &str) -> Option<String> {
    header.split(',').find_map(|link| {
        let (address, parameters) = link.split_once('>')?;
        let next = parameters.split(';').any(|p| {
            let p = p.trim();
            p == "rel=next" || p == "rel=\"next\""
        });
        let address = address.trim().strip_prefix('<')?;
        next.then(|| address.to_owned())
    })
}

/// The cursor `overlap` before this one: seconds for times, places for numbers. An opaque one cannot go back.
pub(crate) fn back(kind: CursorKind, cursor: &str, overlap: u32) -> Option<String> {
    let seconds = u64::from(overlap);
    match kind {
        CursorKind::Ms => {
            let quoted = cursor.starts_with('"');
            let ms: u64 = cursor.trim_matches('"').parse().ok()?;
            let ms = ms.saturating_sub(seconds * 1000);
            Some(if quoted {
                format!("\"{ms}\"")
            } else {
                ms.to_string()
            })
        }
        CursorKind::Number => {
            let number: u64 = cursor.parse().ok()?;
            Some(number.saturating_sub(seconds).to_string())
        }
        CursorKind::Iso => {
            let ms = instant::parse_iso(cursor)?;
            Some(instant::iso(ms - i64::from(overlap) * 1000, cursor))
        }
        CursorKind::Opaque => None,
    }
}

/// Whether `a` is a later cursor than `b`; for opaque ones the one that came later.
pub(crate) fn later(kind: CursorKind, a: &str, b: &str) -> bool {
    let number = |text: &str| text.trim_matches('"').parse::<u64>().ok();
    match kind {
        CursorKind::Ms | CursorKind::Number => number(a) > number(b),
        CursorKind::Iso => {
            let (x, y) = (instant::parse_iso(a), instant::parse_iso(b));
            x.cmp(&y).then_with(|| a.cmp(b)).is_gt()
        }
        CursorKind::Opaque => a != b,
    }
}
