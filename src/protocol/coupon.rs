//! Coupons: what pages ask of them and what they are told.

use crate::Page;
use model::coupon::{CodeId, Coupon, CouponId, CouponState, Refusal};
use model::{CustomerId, Day, Money, OrderDraft, OrderId, OrderLine};
use serde::{Deserialize, Serialize};

/// Changes coupons. `seed` is 32 hexadecimal digits of the page's randomness: the workspace's key for codes is made of
/// the first one that comes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CouponCommand {
    /// Defines a coupon, new or changed. Once codes are out or used only what keeps the promise may change:
    /// [`crate::FaultCode::CouponLocked`].
    Save {
        /// Which; `None` defines one.
        id: Option<CouponId>,
        /// What it shall be.
        fields: Coupon,
        /// Randomness.
        seed: String,
    },
    /// Pauses, goes on, or ends for good.
    SetState {
        /// Which.
        id: CouponId,
        /// What it shall be.
        state: CouponState,
    },
    /// Makes codes for one use each.
    Generate {
        /// Of which coupon.
        id: CouponId,
        /// How many, 1 to [`model::coupon::CODES_AT_ONCE`].
        count: u32,
        /// Randomness.
        seed: String,
    },
    /// Makes a code for one customer.
    Issue {
        /// Of which coupon.
        id: CouponId,
        /// For whom.
        customer: CustomerId,
        /// A voucher's balance; `None`: the coupon's.
        value: Option<Money>,
        /// Randomness.
        seed: String,
    },
    /// Takes a code back.
    Withdraw {
        /// Which.
        code: CodeId,
    },
    /// Adds an order with coupons: what they take off goes off its lines and amount, and the uses are recorded.
    /// Refused with [`crate::FaultCode::CouponRefused`] when one of them does not apply.
    Use {
        /// Who buys; `None` records the use without an order.
        customer: Option<CustomerId>,
        /// The order before coupons: `amount` is the sum of its lines, or the total where it has none.
        order: OrderDraft,
        /// The codes as typed.
        codes: Vec<String>,
        /// What the page said has to be paid; another sum is refused with [`crate::FaultCode::Conflict`].
        expected: Option<Money>,
        /// Idempotency key, 1 to 120 characters.
        key: String,
    },
    /// Gives the coupons of an order free again without returning it.
    Release {
        /// Which order.
        order: OrderId,
        /// Idempotency key, 1 to 120 characters.
        key: String,
    },
}

/// Asks about coupons.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CouponQuery {
    /// All coupons, the newest first.
    List,
    /// One coupon with its report.
    One {
        /// Which.
        id: CouponId,
    },
    /// Codes of a coupon.
    Codes {
        /// Of which coupon.
        id: CouponId,
        /// Which codes.
        which: CodesWhich,
        /// Words to find: a part of the code.
        search: String,
        /// Only codes of customers a rule holds for today, as JSON.
        #[serde(default)]
        rule: Option<String>,
        /// First row, from 0.
        offset: u64,
        /// At most this many rows.
        limit: u32,
    },
    /// Uses of a coupon, the newest first.
    Uses {
        /// Of which coupon.
        id: CouponId,
        /// Only orders that were their customer's first.
        new_only: bool,
        /// Only uses of customers a rule holds for today, as JSON.
        #[serde(default)]
        rule: Option<String>,
        /// First row, from 0.
        offset: u64,
        /// At most this many rows.
        limit: u32,
    },
    /// What codes would do to a basket.
    Check {
        /// The codes as typed.
        codes: Vec<String>,
        /// The basket before coupons.
        lines: Vec<OrderLine>,
        /// Where only the total is known.
        amount: Option<Money>,
        /// Who buys, if somebody is named.
        customer: Option<CustomerId>,
    },
    /// What a definition would do to a basket, for the worked example of the form.
    Try {
        /// The definition, perhaps not finished.
        fields: Coupon,
        /// The basket.
        lines: Vec<OrderLine>,
    },
    /// What a customer holds and used.
    OfCustomer {
        /// Who.
        customer: CustomerId,
    },
}

/// Which codes of a coupon.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodesWhich {
    /// All.
    #[default]
    All,
    /// Neither used nor taken back.
    Unused,
    /// Used.
    Used,
    /// Taken back.
    Withdrawn,
}

/// What is told of coupons.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CouponReply {
    /// To [`CouponQuery::List`].
    List(Vec<CouponRow>),
    /// To [`CouponQuery::One`].
    One(Box<CouponView>),
    /// To [`CouponQuery::Codes`].
    Codes(Page<CodeRow>),
    /// To [`CouponQuery::Uses`].
    Uses(Page<UseRow>),
    /// To [`CouponQuery::Check`] and [`CouponQuery::Try`].
    Check(CheckView),
    /// To [`CouponQuery::OfCustomer`].
    OfCustomer(HeldView),
}

/// What came of a command on coupons.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CouponOutcome {
    /// A coupon was saved.
    Saved {
        /// Which.
        id: CouponId,
    },
    /// Codes were made.
    Codes {
        /// How many.
        count: u32,
        /// The first of them, as it is printed.
        first: String,
    },
    /// Coupons were used.
    Used {
        /// On which order.
        order: Option<OrderId>,
        /// What remains to be paid.
        amount: Money,
        /// What they took off.
        discount: Money,
        /// Codes that the order issued for the next one, as printed.
        issued: Vec<String>,
    },
    /// Coupons were given free.
    Released {
        /// How many.
        count: u32,
    },
}

/// How it stands with a coupon today.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CouponStanding {
    /// It works.
    Running,
    /// Its first day is still to come.
    Scheduled,
    /// Stopped for a while.
    Paused,
    /// Used as often as it may be.
    UsedUp,
    /// Its last day has passed.
    Expired,
    /// The owner ended it.
    Ended,
}

/// A coupon in the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CouponRow {
    /// Its id.
    pub id: CouponId,
    /// What was defined.
    pub coupon: Coupon,
    /// Whether the owner lets it work.
    pub state: CouponState,
    /// How it stands today.
    pub standing: CouponStanding,
    /// Orders with it, imported ones too.
    pub uses: u64,
    /// What it took off.
    pub discount: Money,
    /// What remains of those orders, in the workspace's currency.
    pub revenue: Money,
    /// Orders that were their customer's first.
    pub new_customers: u64,
    /// Codes made.
    pub codes: u64,
}

/// One coupon.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CouponView {
    /// As in the list.
    pub row: CouponRow,
    /// Codes are out or it was used: only what keeps the promise may change.
    pub locked: bool,
    /// Name of the segment, the tier or the customer it is for.
    pub audience_name: Option<String>,
    /// Names of the coupons it goes together with.
    pub with_names: Vec<String>,
    /// Codes that were used.
    pub codes_used: u64,
    /// Codes taken back.
    pub codes_withdrawn: u64,
    /// What is left on all vouchers of it.
    pub balance: Option<Money>,
    /// Uses by month, oldest first: first day of the month, uses, discount.
    pub months: Vec<(Day, u64, Money)>,
}

/// A code in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CodeRow {
    /// Its id.
    pub id: CodeId,
    /// As it is printed.
    pub code: String,
    /// Its holder.
    pub customer: Option<CustomerId>,
    /// The holder's name.
    pub customer_name: Option<String>,
    /// How it stands.
    pub standing: CodeStanding,
    /// What is left of a voucher.
    pub balance: Option<Money>,
    /// A voucher's balance at first.
    pub value: Option<Money>,
    /// Last day.
    pub to: Option<Day>,
    /// The order of its last use.
    pub order: Option<OrderId>,
    /// When it was made, in the business's zone.
    pub local_at: String,
}

/// How it stands with a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeStanding {
    /// It can be used.
    Unused,
    /// It was used; of a voucher: in part.
    Used,
    /// Taken back.
    Withdrawn,
    /// Its last day has passed.
    Expired,
}

/// An order with a coupon.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UseRow {
    /// The order; `None`: used without one.
    pub order: Option<OrderId>,
    /// The order's number in the source.
    pub number: Option<String>,
    /// Who.
    pub customer: Option<CustomerId>,
    /// Their name.
    pub customer_name: String,
    /// When, in the business's zone.
    pub local_at: String,
    /// The code as printed or named.
    pub code: String,
    /// What it took off.
    pub discount: Money,
    /// What remains of the order.
    pub revenue: Money,
    /// It came with an import or was typed into the order; no use was recorded here.
    pub imported: bool,
    /// It was the customer's first order.
    pub first: bool,
}

/// What codes do to a basket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckView {
    /// Before coupons.
    pub gross: Money,
    /// After them.
    pub amount: Money,
    /// What each line costs after them.
    pub lines: Vec<Money>,
    /// Each code, in the order typed.
    pub codes: Vec<CodeCheck>,
}

/// What a code does to a basket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CodeCheck {
    /// As typed, or as it is printed where it is one of ours.
    pub code: String,
    /// The coupon's id.
    pub coupon: Option<CouponId>,
    /// Its name; empty for an unknown one.
    pub name: String,
    /// What it takes off.
    pub discount: Money,
    /// What it takes off each line.
    pub lines: Vec<Money>,
    /// Why it does not apply; empty: it does.
    pub refused: Vec<Refusal>,
    /// Name of the coupon it does not go together with.
    pub with_name: Option<String>,
    /// What would be left of a voucher afterwards.
    pub left: Option<Money>,
    /// The code is real, but its record is not on this till: it may have been used elsewhere.
    pub unrecorded: bool,
}

/// What a customer holds and used.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HeldView {
    /// Codes issued to them, the newest first.
    pub codes: Vec<HeldCode>,
    /// Shared codes they could use today: name, code, coupon.
    pub open: Vec<HeldCode>,
    /// What they used, the newest first.
    pub uses: Vec<UseRow>,
    /// Coupons with codes to be issued: id and name.
    pub issuable: Vec<(CouponId, String)>,
}

/// A code that a customer holds or could use.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HeldCode {
    /// The coupon.
    pub coupon: CouponId,
    /// What was defined.
    pub fields: Coupon,
    /// The code's id; `None`: a shared one.
    pub id: Option<CodeId>,
    /// As it is printed.
    pub code: String,
    /// How it stands.
    pub standing: CodeStanding,
    /// What is left of a voucher.
    pub balance: Option<Money>,
    /// Last day.
    pub to: Option<Day>,
}

/// What of coupons to export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CouponExport {
    /// The codes of a coupon.
    Codes {
        /// Of which.
        id: CouponId,
        /// Which codes.
        which: CodesWhich,
        /// Only codes of customers a rule holds for today, as JSON.
        #[serde(default)]
        rule: Option<String>,
    },
    /// The uses of a coupon.
    Uses {
        /// Of which.
        id: CouponId,
        /// Only uses of customers a rule holds for today, as JSON.
        #[serde(default)]
        rule: Option<String>,
    },
}
