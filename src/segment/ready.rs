//! Ready-made segments. (API first; bodies follow.)
use model::{Day, LifecycleThresholds, rule::Rule};

/// A segment every business starts with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ready {
    /// Stable name, worded in `text`.
    pub key: &'static str,
    /// Its rule.
    pub rule: Rule,
}

/// All of them, in the order they are shown.
pub fn all(_as_of: Day, _thresholds: &LifecycleThresholds) -> Vec<Ready> {
    Vec::new()
}
