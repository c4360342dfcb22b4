//! The home page: each number with the rule whose members it counts, so that opening it shows exactly those.

use crate::{MonthTotal, PointsOverview, StageCounts};
use model::{CustomerId, Day, Money};
use serde::{Deserialize, Serialize};

/// The home page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HomeView {
    /// Today in the business's zone.
    pub today: Day,
    /// All customers.
    pub customers: u64,
    /// Of them first recorded this month.
    pub new_this_month: u64,
    /// The rule (JSON) whose members those are.
    pub new_rule: String,
    /// Customers by life cycle stage.
    pub stages: StageCounts,
    /// The last 13 months, oldest first, this month last.
    pub months: Vec<MonthTotal>,
    /// Last month up to the same day of the month: what this month compares with.
    pub last_month_to_date: MonthTotal,
    /// The customers who together make a third of the spend of the last 12 months.
    pub best_third: BestThird,
    /// What needs attention today.
    pub attention: Vec<AttentionView>,
    /// What is owed in points; `None` without a programme.
    pub points: Option<PointsOverview>,
    /// Orders left out of sums because their currency has no rate.
    pub unconverted: u64,
}

/// The customers who together make a third of the spend of the last 12 months.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BestThird {
    /// How many they are.
    pub customers: u64,
    /// What they spent.
    pub amount: Money,
    /// What everybody spent.
    pub total: Money,
    /// The rule (JSON) whose members they are.
    pub rule: String,
}

/// Something that needs a person's attention.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AttentionView {
    /// What.
    pub kind: AttentionKind,
    /// How many customers.
    pub count: u64,
    /// The rule whose members they are, as JSON: opens the list.
    pub rule: String,
    /// The most pressing, at most five.
    pub people: Vec<AttentionPerson>,
}

/// Why a customer needs attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttentionKind {
    /// A birthday today or within seven days.
    Birthday,
    /// Points that expire within 30 days.
    PointsExpiring,
    /// Quiet for longer than their own rhythm would have it.
    SlippingAway,
}

/// A customer who needs attention.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AttentionPerson {
    /// Who.
    pub id: CustomerId,
    /// Name.
    pub name: String,
    /// The day it is about: the birthday, the day points expire, the last order.
    pub on: Day,
    /// Points that expire; days of the usual gap.
    pub number: Option<i64>,
}
