//! What the fold looks at: plain slices that the engine fills from its columns, one member after the other, into
//! buffers it keeps. Nothing here owns anything.

use model::{
    Birthday, Day, EntryId, InteractionId, Money, OrderId, OrderStatus, Points, Timestamp,
};

/// The code of a text that is not there.
pub const NO_CODE: u32 = u32::MAX;

/// A part of one of the member's slices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// Index of the first.
    pub start: u32,
    /// How many.
    pub len: u32,
}

impl Span {
    /// The part itself; empty where it lies outside.
    pub fn of<T>(self, all: &[T]) -> &[T] {
        let start = self.start as usize;
        all.get(start..start.saturating_add(self.len as usize))
            .unwrap_or(&[])
    }
}

/// Everything known of one member, up to any instant: what lies after `AsOf` is not looked at.
///
/// The slices may be in any order and may hold the same fact (by id or key) twice; the answer is the same.
/// It is fastest with purchases in order of time. Leave out orders in a currency without a rate.
#[derive(Clone, Copy, Debug, Default)]
pub struct Member<'a> {
    /// Orders of any status.
    pub purchases: &'a [Purchase],
    /// Lines; each purchase names its own. May be empty if [`crate::Programs::needs_lines`] says no.
    pub lines: &'a [Line],
    /// Refunds; each purchase names its own.
    pub refunds: &'a [Refund<'a>],
    /// Returned lines; each refund names its own.
    pub refund_lines: &'a [ReturnedLine],
    /// Tracked events; only those of [`crate::Programs::event_names`] matter.
    pub events: &'a [TrackedEvent<'a>],
    /// What people did with points, as recorded.
    pub recorded: &'a [Recorded<'a>],
    /// The day they became a member.
    pub signup_on: Option<Day>,
    /// Their birthday, if known.
    pub birthday: Option<KnownBirthday>,
}

/// An order, in minor units of the programme's currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Purchase {
    /// Its id; its accrual has the key `order:<id>`.
    pub id: OrderId,
    /// When.
    pub at: Timestamp,
    /// The local day of `at`.
    pub day: Day,
    /// The local minute of the day, 0 to 1439.
    pub minute: u16,
    /// Cancelled orders never were; refunded ones without refunds that cover them neither.
    pub status: OrderStatus,
    /// What was paid, discounts taken off, tax included.
    pub amount: Money,
    /// Before discounts; `amount` where not known.
    pub gross: Money,
    /// The part of `amount` that is tax; zero where not known.
    pub tax: Money,
    /// The part of `amount` that was paid in points elsewhere; zero where not known. Redemptions that are recorded for
    /// the order come on top of it by themselves.
    pub paid_with_points: Money,
    /// Code of the channel, or [`NO_CODE`].
    pub channel: u32,
    /// Code of the coupon, or [`NO_CODE`].
    pub coupon: u32,
    /// Its part of [`Member::lines`].
    pub lines: Span,
    /// Its part of [`Member::refunds`].
    pub refunds: Span,
}

/// A line of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Code of the product, or [`NO_CODE`].
    pub product: u32,
    /// Code of the category, or [`NO_CODE`].
    pub category: u32,
    /// How many, in thousandths.
    pub quantity_milli: i64,
    /// What was paid for the line.
    pub amount: Money,
}

/// A refund of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refund<'a> {
    /// Its idempotency key; the same key on the same order counts once. Empty: a refund of its own.
    pub key: &'a str,
    /// When; one before its order counts as at the order's instant.
    pub at: Timestamp,
    /// The local day of `at`.
    pub day: Day,
    /// How much came back.
    pub amount: Money,
    /// Its part of [`Member::refund_lines`].
    pub lines: Span,
}

/// How much of a line came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReturnedLine {
    /// Index of the line within its order.
    pub line: u32,
    /// Thousandths of a piece.
    pub quantity_milli: i64,
}

/// A tracked event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrackedEvent<'a> {
    /// Its id; its accrual has the key `event:<id>`.
    pub id: InteractionId,
    /// When.
    pub at: Timestamp,
    /// The local day of `at`.
    pub day: Day,
    /// Its kind (`review`, `referral` ...).
    pub kind: &'a str,
    /// The amount a rate looks at (what the referred friend spent), if it has one.
    pub amount: Option<Money>,
}

/// A birthday and since when it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownBirthday {
    /// The birthday.
    pub birthday: Birthday,
    /// The local day it was entered.
    pub known_on: Day,
}

/// A recorded ledger entry: append-only, from the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recorded<'a> {
    /// Its id.
    pub id: EntryId,
    /// Its idempotency key; the same key counts once.
    pub key: &'a str,
    /// When.
    pub at: Timestamp,
    /// The local day of `at`.
    pub day: Day,
    /// What was done.
    pub what: Deed<'a>,
    /// Why, in a person's words.
    pub reason: Option<&'a str>,
}

/// What a recorded entry does. Numbers of points are above zero unless said otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed<'a> {
    /// Points were spent.
    Redemption {
        /// How many.
        points: Points,
        /// The order they paid for: what they are worth earns nothing there, and they come back when it is returned
        /// whole.
        order: Option<OrderId>,
        /// Id of the reward they bought.
        reward: Option<&'a str>,
    },
    /// Points were given (above zero) or taken by hand.
    Adjustment {
        /// How many.
        points: Points,
    },
    /// Points were given by a campaign or through the API.
    Bonus {
        /// How many.
        points: Points,
        /// They count towards the tier.
        qualifies: bool,
        /// When they end.
        ends: Ends,
    },
    /// A recorded entry is reversed: points go back where they came from. A second time it does nothing.
    Reversal {
        /// Which.
        of: EntryId,
    },
    /// Points went to another member.
    TransferOut {
        /// How many.
        points: Points,
    },
    /// Points came from another member; they keep their expiry and do not qualify.
    TransferIn {
        /// The lots as they were with the other member.
        lots: &'a [MovedLot],
    },
    /// Another member was merged into this one: balances add, the higher tier is kept.
    MergeIn {
        /// The other's open and pending lots.
        lots: &'a [MovedLot],
        /// The other's debt.
        debt: Points,
        /// The other's tier id.
        tier: Option<&'a str>,
        /// The last day of the other's tier.
        tier_until: Option<Day>,
    },
    /// This member was merged into another: what they had then goes to the other. What facts that arrive later add to
    /// it stays, until it is passed on by another such pair of entries.
    MergeOut {
        /// The lots that left, as the other's [`Deed::MergeIn`] has them.
        lots: &'a [MovedLot],
        /// The debt that left.
        debt: Points,
    },
}

/// When points that a person gives end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// As the programme in force says.
    ByProgram,
    /// Never.
    Never,
    /// This is the last usable day.
    On(Day),
}

/// A lot that moves from one member to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MovedLot {
    /// How many points.
    pub points: Points,
    /// The day they were earned.
    pub earned_on: Day,
    /// Their last usable day.
    pub expires_on: Option<Day>,
    /// Still pending: the day they post. They come in pending and post on that day.
    pub posts_on: Option<Day>,
}

/// The moment a question is about: facts later than `at` do not exist, and the local day is `day`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AsOf {
    /// The last instant that counts.
    pub at: Timestamp,
    /// The local day of `at` in the programme's time zone.
    pub day: Day,
}

impl AsOf {
    /// An instant.
    pub fn instant(at: Timestamp, zone: &model::Zone) -> Self {
        Self {
            at,
            day: zone.day(at),
        }
    }

    /// The end of a local day, all of which counts.
    pub fn end_of(day: Day, zone: &model::Zone) -> Self {
        let next = zone.start_of(day.plus_days(1));
        Self {
            at: Timestamp(next.0.saturating_sub(1)),
            day,
        }
    }
}
