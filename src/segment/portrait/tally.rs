//! Counting on two sides: members (0) and everybody else (1).

use crate::Columns;

/// A count of members and others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sides(pub(super) [u64; 2]);

impl Sides {
    pub(super) fn add(&mut self, side: usize) {
        if let Some(count) = self.0.get_mut(side) {
            *count += 1;
        }
    }

    pub(super) fn sum(self) -> u64 {
        self.0.iter().sum()
    }
}

/// Counts by code.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    counts: Vec<Sides>,
    /// Of whom it is known.
    pub(super) known: Sides,
}

impl Tally {
    /// For codes below `codes`.
    pub(super) fn new(codes: usize) -> Self {
        Self {
            counts: vec![Sides::default(); codes],
            known: Sides::default(),
        }
    }

    pub(super) fn add(&mut self, code: usize, side: usize) {
        if let Some(count) = self.counts.get_mut(code) {
            count.add(side);
        }
    }

    /// The codes that somebody has.
    pub(super) fn met(&self) -> impl Iterator<Item = (usize, Sides)> + '_ {
        let counts = self.counts.iter().copied().enumerate();
        counts.filter(|(_, count)| count.sum() > 0)
    }
}

/// What was met already with the customer at hand, by code.
#[derive(Clone, Debug)]
pub(super) struct Marks {
    customer: u32,
    seen: [Vec<u32>; 5],
}

/// Whose codes they are.
#[derive(Clone, Copy, Debug)]
pub(super) enum Of {
    Category,
    Product,
    Channel,
    Coupon,
    /// Weekdays from 0, parts of the day from 7.
    When,
}

impl Marks {
    pub(super) fn new(columns: &Columns) -> Self {
        let terms = columns.terms.len() + 1;
        let coupons = columns.coupons.len() + 1;
        Self {
            customer: 0,
            seen: [terms, terms, terms, coupons, 16].map(|codes| vec![0; codes]),
        }
    }

    /// Begins with another customer.
    pub(super) fn start(&mut self) {
        self.customer += 1;
    }

    /// Whether the code is met for the first time with this customer.
    pub(super) fn is_new(&mut self, of: Of, code: usize) -> bool {
        let seen = self.seen.get_mut(of as usize);
        match seen.and_then(|seen| seen.get_mut(code)) {
            Some(seen) if *seen != self.customer => {
                *seen = self.customer;
                true
            }
            _ => false,
        }
    }
}
