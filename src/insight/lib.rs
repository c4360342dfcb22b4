//! What the numbers say: rhythm, totals, the best third, favourites. Pure functions over slices.
//!
//! Invariant: knows no storage, no browser and no clock.

mod compare;
mod distribution;
mod rhythm;
mod stays;
mod totals;

pub use compare::{RankSum, Shares, false_discovery, gini, quantile, rank_sum};
pub use distribution::{chi_squared_one, erfc, normal_two_sided};
pub use rhythm::{
    MIN_QUIET_DAYS, churn_risk_millionths, is_slipping_away, median_gap, usual_gap_days,
};
pub use stays::{Stay, half_life};
pub use totals::{MonthSum, best_share, monthly, top};
