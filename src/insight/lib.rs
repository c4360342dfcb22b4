//! What the numbers say: rhythm, totals, the best third, favourites. Pure functions over slices.
//!
//! Invariant: knows no storage, no browser and no clock.

mod rhythm;
mod totals;

pub use rhythm::{MIN_QUIET_DAYS, churn_risk_millionths, is_slipping_away, usual_gap_days};
pub use totals::{MonthSum, best_share, monthly, top};
