//! Cleaning: one cell's text to a value. Pure functions; what loses information says so.

pub mod choice;
pub mod date;
pub mod list;
pub mod money;
pub mod name;
pub mod phone;
pub mod place;
pub mod total;

mod email;
pub(crate) mod text;

pub use email::email;
pub(crate) use text::is_rounded;
pub use text::{cut, fold, is_empty_like, text, unprotect, unwrap_formula};

use model::Issue;

/// What a cell gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read<T> {
    /// The value; `None` where there is none that could be used.
    pub value: Option<T>,
    /// What was lost or is wrong. Row and column are added by the caller.
    pub issue: Option<Issue>,
}

impl<T> Read<T> {
    pub(crate) fn good(value: T) -> Self {
        Self {
            value: Some(value),
            issue: None,
        }
    }

    pub(crate) fn bad(issue: Issue) -> Self {
        Self {
            value: None,
            issue: Some(issue),
        }
    }

    pub(crate) fn doubtful(value: T, issue: Issue) -> Self {
        Self {
            value: Some(value),
            issue: Some(issue),
        }
    }
}

#[cfg(test)]
mod tests;
