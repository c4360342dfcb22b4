//! RFM. (API first; bodies follow.)
use crate::Columns;
use model::Day;

/// Scores of everybody as of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rfm {
    /// The day.
    pub as_of: Day,
    /// Cell of each slot: `(r - 1) * 25 + (f - 1) * 5 + (m - 1)`; [`NO_CELL`] without orders or for removed customers.
    pub cells: Vec<u8>,
    /// The four values between the five scores: recency in days, orders, minor units. Empty without orders.
    pub limits: [Vec<i64>; 3],
}

/// No order, so no scores.
pub const NO_CELL: u8 = u8::MAX;

/// A named group of cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// no orders
    Prospects,
}

impl Group {
    /// All, best first, prospects last.
    pub const ALL: &[Group] = &[Group::Prospects];
    /// As `champions`.
    pub fn name(self) -> &'static str {
        "prospects"
    }
}

/// Scores everybody.
pub fn score(_columns: &Columns, _as_of: Day) -> Rfm {
    Rfm {
        as_of: _as_of,
        cells: Vec::new(),
        limits: Default::default(),
    }
}

/// The scores in a cell, each 1 to 5.
pub fn scores(_cell: u8) -> Option<[u8; 3]> {
    None
}

/// The group a cell belongs to; [`NO_CELL`] gives prospects.
pub fn group(_cell: u8) -> Group {
    Group::Prospects
}
