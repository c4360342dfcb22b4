//! Why a coupon does not apply: a code and data; words are made in `text`.

use super::CouponId;
use crate::{Day, Money};
use serde::{Deserialize, Serialize};

/// Why a coupon does not apply to a basket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// No coupon has this code, and it is none that this workspace could have made.
    UnknownCode,
    /// Made like a code, but the check character is wrong: mistyped.
    Mistyped,
    /// Made like a code with a right check character, but not with this workspace's key: of another shop, or forged.
    Forged,
    /// Made with this workspace's key, but its coupon or its record is not here, so it cannot be judged.
    NotOnRecord,
    /// The owner stopped it for a while.
    Paused,
    /// The owner ended it.
    Ended,
    /// Its first day is still to come.
    NotYet {
        /// That day.
        from: Day,
    },
    /// Its last day has passed.
    Expired {
        /// That day.
        to: Day,
    },
    /// The code was used.
    CodeUsed,
    /// The owner took the code back.
    Withdrawn,
    /// The voucher's balance is used up.
    Empty,
    /// It was used as often as it may be.
    UsedUp {
        /// How often that is.
        limit: u32,
    },
    /// The customer has used it as often as one may.
    CustomerUsedUp {
        /// How often that is.
        limit: u32,
    },
    /// It depends on who the customer is, and nobody is named.
    NeedsCustomer,
    /// The code was issued to somebody else, or the customer is not among those it is for.
    NotForCustomer,
    /// Nothing in the basket is among its goods.
    NoGoods,
    /// Its goods cost too little together.
    BelowMinimum {
        /// What they must cost.
        minimum: Money,
        /// What they cost.
        counted: Money,
    },
    /// The free product does not lie in the basket.
    NeedsProduct {
        /// Which.
        product: String,
    },
    /// Too few pieces for one round of "buy and get".
    NeedsPieces {
        /// Pieces that count.
        counted: u64,
        /// Pieces for one round.
        needed: u64,
    },
    /// It does not go together with another one, which takes off more.
    NotTogether {
        /// That one.
        with: CouponId,
    },
    /// The coupon stands in the basket already.
    Twice,
    /// Other coupons have taken off all there was.
    NothingLeft,
    /// Its amounts are in another currency than the order.
    OtherCurrency,
}

impl Refusal {
    /// Its stable name, as in the locale files.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::UnknownCode => "unknown_code",
            Refusal::Mistyped => "mistyped",
            Refusal::Forged => "forged",
            Refusal::NotOnRecord => "not_on_record",
            Refusal::Paused => "paused",
            Refusal::Ended => "ended",
            Refusal::NotYet { .. } => "not_yet",
            Refusal::Expired { .. } => "expired",
            Refusal::CodeUsed => "code_used",
            Refusal::Withdrawn => "withdrawn",
            Refusal::Empty => "empty",
            Refusal::UsedUp { .. } => "used_up",
            Refusal::CustomerUsedUp { .. } => "customer_used_up",
            Refusal::NeedsCustomer => "needs_customer",
            Refusal::NotForCustomer => "not_for_customer",
            Refusal::NoGoods => "no_goods",
            Refusal::BelowMinimum { .. } => "below_minimum",
            Refusal::NeedsProduct { .. } => "needs_product",
            Refusal::NeedsPieces { .. } => "needs_pieces",
            Refusal::NotTogether { .. } => "not_together",
            Refusal::Twice => "twice",
            Refusal::NothingLeft => "nothing_left",
            Refusal::OtherCurrency => "other_currency",
        }
    }
}
