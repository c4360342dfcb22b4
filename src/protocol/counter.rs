//! What the counter asks for and does: finding a member, one card with all that staff need, what a bill gives and how
//! much of it points can pay, and the acts, each one transaction with a receipt.
//!
//! Every act carries the idempotency key of the person's intention, not of the tap: the same key again gives the same
//! receipt and writes nothing; the same key with other content is [`crate::FaultCode::KeyReused`].

use crate::{LedgerEntryView, MemberView, OrderRow, RewardView};
use model::{Birthday, Currency, CustomerId, Day, Money, OrderId, Points};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// What stands before the id in the QR code of a member card: `shuke:member:0000100000001`.
pub const MEMBER_CODE: &str = "shuke:member:";

/// Reads for the counter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CounterQuery {
    /// Members by the content of a card's code, an external id, a phone tail, a name, pinyin or its initials.
    Find {
        /// What was typed or scanned.
        search: String,
        /// At most this many.
        limit: u32,
    },
    /// A member as staff see them.
    Card {
        /// Who.
        customer: CustomerId,
    },
    /// What a bill would give and cost.
    Quote(Bill),
    /// The QR code of a member's card.
    Code {
        /// Whose.
        customer: CustomerId,
    },
    /// Looks for a QR code in a picture.
    Read(Frame),
}

/// Answers to [`CounterQuery`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CounterReply {
    /// To [`CounterQuery::Find`], best first.
    Found(FoundMembers),
    /// To [`CounterQuery::Card`].
    Card(CounterCard),
    /// To [`CounterQuery::Quote`].
    Quote(Quote),
    /// To [`CounterQuery::Code`].
    Code(CodeView),
    /// To [`CounterQuery::Read`]: the text of the code, if there is one in the picture.
    Read(Option<String>),
}

/// A small grey picture from a camera.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// `width * height` bytes, row by row, 0 is black.
    pub grey: Bytes,
}

/// Bytes that travel as one buffer; a plain vector would become an array of numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

struct BytesVisitor;

impl Visitor<'_> for BytesVisitor {
    type Value = Bytes;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes")
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Bytes, E> {
        Ok(Bytes(bytes.to_vec()))
    }

    fn visit_byte_buf<E: Error>(self, bytes: Vec<u8>) -> Result<Bytes, E> {
        Ok(Bytes(bytes))
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_byte_buf(BytesVisitor)
    }
}

/// Members that were found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundMembers {
    /// The search was the content of a card, an id or an external id, and this is whose: it can be opened at once.
    pub exact: Option<CustomerId>,
    /// Best first.
    pub members: Vec<FoundMember>,
    /// Orders with this number (of a receipt that the customer has in hand): their customer, order and number.
    pub receipts: Vec<FoundReceipt>,
}

/// A member that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FoundMember {
    /// Who.
    pub customer: CustomerId,
    /// Name; may be empty.
    pub name: String,
    /// Telephone.
    pub phone: Option<String>,
    /// Redeemable points; `None` without a programme.
    pub balance: Option<Points>,
    /// Tier's name.
    pub tier_name: Option<String>,
}

/// An order that was found by its number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FoundReceipt {
    /// Whose.
    pub customer: CustomerId,
    /// Their name.
    pub name: String,
    /// Which.
    pub order: OrderId,
    /// Its number.
    pub number: String,
    /// Its amount.
    pub amount: Money,
    /// The currency of the amount.
    pub currency: Currency,
}

/// A member as staff see them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CounterCard {
    /// Who.
    pub customer: CustomerId,
    /// Name; may be empty.
    pub name: String,
    /// Telephone.
    pub phone: Option<String>,
    /// The number on the card: the external id, else the id.
    pub number: String,
    /// Birthday.
    pub birthday: Option<Birthday>,
    /// The next birthday, today included.
    pub next_birthday: Option<Day>,
    /// The day they became a member.
    pub since: Option<Day>,
    /// Points and tier; `None` without a programme.
    pub member: Option<MemberView>,
    /// Version of the programme in force.
    pub version: Option<u32>,
    /// What points buy.
    pub rewards: Vec<RewardView>,
    /// How often they came: orders that count.
    pub visits: u64,
    /// Day of the last order that counts.
    pub last_visit: Option<Day>,
    /// The last orders, newest first: what can be taken back.
    pub orders: Vec<OrderRow>,
    /// The last redemptions that can be reversed, newest first, but for those that paid an order.
    pub redemptions: Vec<LedgerEntryView>,
}

/// A bill at the counter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Bill {
    /// Whose.
    pub customer: CustomerId,
    /// What it comes to before points, in the programme's currency; zero: points are only used.
    pub amount: Money,
    /// Points that pay a part of it; zero: none.
    pub points: Points,
    /// Category of what was bought, for rules that look at it.
    pub category: Option<String>,
    /// Where it was bought.
    pub channel: Option<String>,
    /// Codes of coupons.
    pub codes: Vec<String>,
}

/// What a bill would give and cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Quote {
    /// The bill's amount that it is for.
    pub amount: Money,
    /// The bill's points that it is for.
    pub points: Points,
    /// The bill's codes that it is for.
    pub codes: Vec<String>,
    /// Version of the programme it is calculated by.
    pub version: u32,
    /// Points it would give.
    pub earned: Points,
    /// They become usable on this day; `None`: at once.
    pub posts_on: Option<Day>,
    /// The most points that can pay for this bill.
    pub most: Points,
    /// What those are worth.
    pub most_worth: Money,
    /// Why not more.
    pub limit: RedeemLimit,
    /// The least that can be used, and the step.
    pub step: Points,
    /// The bill's `points` can be used.
    pub usable: bool,
    /// What the bill's `points` are worth.
    pub worth: Money,
    /// What the coupons take off.
    pub discount: Money,
    /// What remains to be paid in money.
    pub to_pay: Money,
    /// The balance afterwards.
    pub balance: Points,
    /// The name of the tier that this bill lifts the member to.
    pub rises_to: Option<String>,
}

/// Why not more points can be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RedeemLimit {
    /// There are no more.
    Balance,
    /// Below the least number at once, which is this.
    Least(Points),
    /// At most so many per order.
    Most(Points),
    /// At most this share of the bill, as a decimal (`0.5`).
    Share(String),
    /// The bill is no larger.
    Bill,
    /// Points are not money in this programme.
    NotMoney,
}

/// A QR code as a path of squares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CodeView {
    /// Its content.
    pub text: String,
    /// Modules on a side, without the quiet zone around it.
    pub size: u32,
    /// SVG path data of the dark modules, one unit each.
    pub path: String,
}

/// Acts at the counter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CounterCommand {
    /// A purchase: creates the order, and redeems the points that pay a part of it. Without an amount only redeems.
    Sell {
        /// What.
        bill: Bill,
        /// Version of the programme that the person saw: with another one in force it is a conflict.
        version: u32,
        /// Idempotency key; also the order's number.
        key: String,
    },
    /// Points against a reward.
    Reward {
        /// Whose.
        customer: CustomerId,
        /// The reward's id.
        reward: String,
        /// What it cost when the person saw it: another price is a conflict.
        points: Points,
        /// Idempotency key.
        key: String,
    },
    /// Takes an order back, whole or in part.
    TakeBack {
        /// Which.
        order: OrderId,
        /// How much; `None`: all that remains.
        amount: Option<Money>,
        /// Idempotency key.
        key: String,
    },
    /// Reverses a redemption.
    Reverse {
        /// Id of the ledger entry.
        entry: String,
        /// Idempotency key.
        key: String,
    },
    /// Books an order that went to the wrong member for another one, with the points that paid for it.
    Move {
        /// Which.
        order: OrderId,
        /// For whom.
        to: CustomerId,
        /// Idempotency key; also the new order's number.
        key: String,
    },
}

/// What was done at the counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActKind {
    /// Bought; perhaps points paid a part.
    Sold,
    /// Points were used without a purchase of ours.
    Used,
    /// Got a reward.
    Rewarded,
    /// Gave something back.
    TookBack,
    /// A redemption was reversed.
    Reversed,
    /// A purchase was booked for the right member.
    Moved,
}

/// The receipt of an act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    /// What was done.
    pub kind: ActKind,
    /// For whom.
    pub customer: CustomerId,
    /// Their name.
    pub name: String,
    /// When, in the business's zone.
    pub local_at: String,
    /// What finds it again: the order's number, or the key of the entry.
    pub number: String,
    /// The order it is about.
    pub order: Option<OrderId>,
    /// The bill before points and coupons, or what was given back.
    pub amount: Money,
    /// What coupons took off.
    pub discount: Money,
    /// Codes that this purchase gives for the next one, with their last day.
    pub issued: Vec<(String, Option<Day>)>,
    /// The currency of all amounts.
    pub currency: Currency,
    /// Points used (above zero), or given back (below zero).
    pub used: Points,
    /// What those are worth.
    pub worth: Money,
    /// Points earned (above zero), or taken back (below zero).
    pub earned: Points,
    /// The points earned become usable on this day; `None`: at once.
    pub posts_on: Option<Day>,
    /// The reward's name.
    pub reward: Option<String>,
    /// The balance afterwards.
    pub balance: Points,
    /// What the balance is worth.
    pub balance_worth: Money,
    /// Whose it was before, for [`ActKind::Moved`].
    pub moved_from: Option<String>,
    /// The tier they rose to by it.
    pub rises_to: Option<String>,
}
