//! Coupons: what the owner promises, to whom, and how long it holds. Rules and order of operations: `docs/coupons.md`.
//!
//! A [`Coupon`] is the promise; how a person comes by it is its [`Way`]: one code that everybody types, codes for one
//! use, or a code that an order issues for the next one. What was handed out and used is recorded elsewhere; nothing
//! here counts anything. Days are local and both ends are included.

use crate::{Currency, CustomerId, Day, Money, SegmentId};
use serde::{Deserialize, Serialize};

mod check;
mod refusal;

pub use check::{Field, locked};
pub use refusal::Refusal;

/// Hundredths of a percent in a whole: `10_000` takes everything off.
pub const WHOLE: u32 = 10_000;

/// Most codes that one basket takes.
pub const CODES_PER_BASKET: usize = 8;

/// Most codes made at once.
pub const CODES_AT_ONCE: u32 = 10_000;

crate::id::id!(/// A coupon as the owner defined it.
    CouponId);
crate::id::id!(/// One code of a coupon.
    CodeId);
crate::id::id!(/// A recorded use of a coupon, or its release.
    UseId);

/// Which lines of a basket something is about. Texts compare without regard to case, width and outer blanks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Goods {
    /// Every line; also an order of which only the total is known.
    #[default]
    All,
    /// Lines of these products.
    Products(Vec<String>),
    /// Lines of these categories.
    Categories(Vec<String>),
}

/// What it takes off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Benefit {
    /// A share of what the goods cost, in hundredths of a percent, 1 to [`WHOLE`]. 8 折 is 2,000.
    Percent(u32),
    /// An amount off, in the workspace's currency.
    Amount(Money),
    /// So many of a product free of charge, where it lies in the basket.
    Free {
        /// The product.
        product: String,
        /// Thousandths of a piece.
        quantity_milli: i64,
    },
    /// For each so many bought, so many more for less.
    BuyGet {
        /// Whole pieces to be bought of the coupon's goods.
        buy: u32,
        /// Whole pieces that cost less for them.
        get: u32,
        /// Of which goods those are; `None`: of the same.
        of: Option<Goods>,
        /// How much less they cost, in hundredths of a percent; [`WHOLE`]: free.
        off: u32,
        /// At most so many times in one basket; `None`: as often as it fits.
        times: Option<u32>,
    },
    /// A balance that is used up; each code has its own, this at first.
    Voucher(Money),
}

impl Benefit {
    /// Where in the order of application it stands: see `docs/coupons.md`.
    pub fn stage(&self) -> u8 {
        match self {
            Benefit::Free { .. } => 0,
            Benefit::BuyGet { .. } => 1,
            Benefit::Percent(_) => 2,
            Benefit::Amount(_) => 3,
            Benefit::Voucher(_) => 4,
        }
    }
}

/// How a person comes by it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// One code that everybody types, as the owner wrote it.
    Shared(String),
    /// Codes made for one use each (a voucher's: until its balance is gone).
    Single,
    /// An order of at least this amount issues a code to its customer, for another order within so many days.
    NextOrder {
        /// The least that is paid for the order.
        from: Money,
        /// The code's last day is so many days after the order's; at least 1.
        days: u32,
    },
}

/// For whom it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Everybody, also who is no customer yet.
    #[default]
    Everybody,
    /// Customers of a saved segment on the day of use.
    Segment(SegmentId),
    /// Members of this tier (by its id in the programme) or a higher one on the day of use.
    Tier(String),
    /// One customer.
    Customer(CustomerId),
}

/// What it goes together with on one order. Two coupons go together when each admits the other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Combine {
    /// Nothing: it stands alone.
    #[default]
    Alone,
    /// Whatever admits it.
    Any,
    /// These only.
    With(Vec<CouponId>),
}

impl Combine {
    /// Whether it admits another coupon.
    pub fn admits(&self, other: CouponId) -> bool {
        match self {
            Combine::Alone => false,
            Combine::Any => true,
            Combine::With(ids) => ids.contains(&other),
        }
    }
}

/// What the owner defined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Coupon {
    /// What it is called.
    pub name: String,
    /// What it takes off.
    pub benefit: Benefit,
    /// How a person comes by it.
    pub way: Way,
    /// Which goods it is about.
    #[serde(default)]
    pub goods: Goods,
    /// The least that those goods cost together, before any coupon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<Money>,
    /// The most it takes off one order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum: Option<Money>,
    /// First local day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Day>,
    /// Last local day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Day>,
    /// At most so many orders of one customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_customer: Option<u32>,
    /// At most so many orders in all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u32>,
    /// For whom.
    #[serde(default)]
    pub audience: Audience,
    /// With what.
    #[serde(default)]
    pub combine: Combine,
    /// A note of the owner's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The currency of every amount in it.
    pub currency: Currency,
}

/// Whether the owner lets it work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CouponState {
    /// It works within its dates and limits.
    #[default]
    Active,
    /// Stopped for a while.
    Paused,
    /// Over for good. Codes that are out say so.
    Ended,
}
