//! What is measured of members and others.

use insight::quantile;
use model::portrait::MeasureKind;

/// Members and others by the fifth of all buyers their spend falls in, least first.
pub type Fifths = [[u64; 2]; 5];

/// A measure of both sides.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// What.
    pub kind: MeasureKind,
    /// Members and others it is known of.
    pub of: [u64; 2],
    /// Quartiles of members and others.
    pub quartiles: [Option<[i64; 3]>; 2],
    /// Means, rounded half up.
    pub means: [Option<i64>; 2],
    /// How the ranks compare; `None` where others have none.
    pub ranks: Option<insight::RankSum>,
    /// How unevenly the members' values are spread.
    pub gini: Option<f64>,
}

/// All values, by measure and side.
#[derive(Clone, Debug, Default)]
pub(super) struct Measures {
    values: [[Vec<i64>; 2]; MeasureKind::ALL.len()],
}

impl Measures {
    pub(super) fn add(&mut self, kind: MeasureKind, side: usize, value: i64) {
        let values = self.values.get_mut(kind as usize);
        if let Some(values) = values.and_then(|it| it.get_mut(side)) {
            values.push(value);
        }
    }

    pub(super) fn sums(&self, kind: MeasureKind) -> [i64; 2] {
        let sum = |values: &Vec<i64>| values.iter().fold(0i64, |sum, it| sum.saturating_add(*it));
        match self.values.get(kind as usize) {
            Some([members, others]) => [sum(members), sum(others)],
            None => [0; 2],
        }
    }

    /// Compares both sides; `None` where no member has a value.
    pub(super) fn compare(&mut self, kind: MeasureKind) -> Option<Measured> {
        let [members, others] = self.values.get_mut(kind as usize)?;
        if members.is_empty() {
            return None;
        }
        let ranks = insight::rank_sum(members, others);
        let quartiles = |values: &[i64]| {
            Some([
                quantile(values, 1, 4)?,
                quantile(values, 1, 2)?,
                quantile(values, 3, 4)?,
            ])
        };
        let mean = |values: &[i64]| {
            let sum = values.iter().map(|&value| i128::from(value)).sum();
            let count = values.len() as i128;
            let mean = model::money::divide(sum, count, model::Rounding::HalfUp)?;
            i64::try_from(mean).ok()
        };
        Some(Measured {
            kind,
            of: [members.len() as u64, others.len() as u64],
            quartiles: [quartiles(members), quartiles(others)],
            means: [mean(members), mean(others)],
            ranks,
            gini: insight::gini(members),
        })
    }

    /// Both sides by fifths of everybody's spend, and the spend up to which each fifth but the last goes. The limits are
    /// those of [`crate::rfm`], so that equal spend is never split.
    pub(super) fn fifths(&self) -> (Fifths, Vec<i64>) {
        let mut fifths = Fifths::default();
        let Some([members, others]) = self.values.get(MeasureKind::Spend as usize) else {
            return (fifths, Vec::new());
        };
        let limits =
            crate::rfm::limits(&members.iter().chain(others).copied().collect::<Vec<i64>>());
        for (side, values) in [members, others].into_iter().enumerate() {
            for value in values {
                let below = limits.iter().filter(|&limit| limit < value).count();
                let place = fifths.get_mut(below).and_then(|it| it.get_mut(side));
                if let Some(count) = place {
                    *count += 1;
                }
            }
        }
        (fifths, limits)
    }
}
