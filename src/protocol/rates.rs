//! What other currencies are worth, and which orders wait for that.

use model::{Currency, Day, Money, Rate};
use serde::{Deserialize, Serialize};

/// The rates with what they are needed for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RatesView {
    /// The workspace's currency.
    pub home: Currency,
    /// Every rate, by currency, then day.
    pub rates: Vec<Rate>,
    /// Currencies other than the workspace's that orders are in, by code.
    pub used: Vec<CurrencyUse>,
}

/// A currency that orders are in. Orders that do not count (cancelled, returned whole) are not looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CurrencyUse {
    /// Which.
    pub currency: Currency,
    /// Orders in it.
    pub orders: u64,
    /// Of them those on whose day no rate holds: they are in no sum.
    pub without: u64,
    /// Days of the first and the last of those without.
    pub waiting: Option<(Day, Day)>,
    /// What remains of all of them, in their own currency.
    pub amount: Money,
    /// What those with a rate come to in the workspace's currency.
    pub converted: Money,
}
