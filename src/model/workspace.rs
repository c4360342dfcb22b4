//! What the owner sets for the whole workspace.

use crate::{Currency, Money, Points, Rate, RfmOptions, Zone};
use serde::{Deserialize, Serialize};

/// When a customer counts as new, dormant and churned, in days. `new_days`, `dormant_days` < `churned_days`.
///
/// Worked example with the defaults: first order 10 days ago: new. Last order 45 days ago: active.
/// 90 days ago: still active; 91: dormant. 181: churned. No order at all: prospect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LifecycleThresholds {
    /// New: the first order lies at most this many days back (today counts as 0).
    pub new_days: u32,
    /// Dormant: the last order lies more than this many days back.
    pub dormant_days: u32,
    /// Churned: the last order lies more than this many days back.
    pub churned_days: u32,
    /// Dormant and churned by each customer's own rhythm, where they have one. Missing in workspaces of before.
    #[serde(default)]
    pub rhythm: Option<OwnRhythm>,
}

/// Silence against a customer's usual gap, the median number of days between their order days (from three order days
/// on). `dormant_tenths` < `churned_tenths`.
///
/// Worked example with the defaults: a usual gap of 10 days: dormant from the 21st day of silence on, churned from
/// the 41st. Who buys every second day is not dormant before the 15th day: silence up to 14 days never counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OwnRhythm {
    /// Dormant: quiet for more than so many tenths of the usual gap; 20 is twice the gap.
    pub dormant_tenths: u32,
    /// Churned: quiet for more than so many tenths of the usual gap.
    pub churned_tenths: u32,
}

impl Default for OwnRhythm {
    fn default() -> Self {
        Self {
            dormant_tenths: 20,
            churned_tenths: 40,
        }
    }
}

impl Default for LifecycleThresholds {
    fn default() -> Self {
        Self {
            new_days: 30,
            dormant_days: 90,
            churned_days: 180,
            rhythm: None,
        }
    }
}

/// What the owner says of points where the programme and its history do not, or instead of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PointsAssumptions {
    /// Share of issued points that are never redeemed, in parts per million (0 to 1,000,000).
    #[serde(default)]
    pub breakage_ppm: Option<u32>,
    /// What 100 points are worth, in minor units of the workspace's currency.
    #[serde(default)]
    pub worth_of_100: Option<Money>,
}

impl PointsAssumptions {
    /// The number of points that `worth_of_100` is about.
    pub const HUNDRED: Points = Points(100);
}

/// Settings that travel with the data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkspaceSettings {
    /// The business's name; may be empty.
    pub name: String,
    /// The currency that totals are in.
    pub currency: Currency,
    /// The business's time zone: what "today" and "local day" mean.
    pub zone: Zone,
    /// Telephone country code that numbers without one get, such as `86`.
    pub phone_country: String,
    /// Life cycle thresholds.
    pub lifecycle: LifecycleThresholds,
    /// What the owner says of points. Missing in workspaces of before.
    #[serde(default)]
    pub points: PointsAssumptions,
    /// How customers are scored. Missing in workspaces of before.
    #[serde(default)]
    pub rfm: RfmOptions,
    /// What other currencies are worth, by currency, then day. Missing in workspaces of before.
    #[serde(default)]
    pub rates: Vec<Rate>,
}
