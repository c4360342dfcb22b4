//! Life cycle stages. (API first; bodies follow.)
use crate::Columns;
use model::{Day, LifecycleThresholds};

/// Where a customer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// No order yet.
    Prospect,
    /// First order not long ago.
    New,
    /// Buys.
    Active,
    /// Quiet.
    Dormant,
    /// Gone.
    Churned,
}

/// Stages of everybody as of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lifecycle {
    /// Stage of each slot; `None` for removed customers.
    pub stages: Vec<Option<Stage>>,
    /// Customers in each stage, in the order of [`Stage`].
    pub counts: [u64; 5],
}

/// The stage of one customer by their first and last order.
pub fn stage(
    _first: Option<Day>,
    _last: Option<Day>,
    _as_of: Day,
    _thresholds: &LifecycleThresholds,
) -> Stage {
    Stage::Prospect
}

/// The stages of everybody.
pub fn stages(_columns: &Columns, _as_of: Day, _thresholds: &LifecycleThresholds) -> Lifecycle {
    Lifecycle {
        stages: Vec::new(),
        counts: [0; 5],
    }
}
