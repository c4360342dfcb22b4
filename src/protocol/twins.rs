//! Duplicates: who may be one customer, making records one, and what was made one.

use crate::Page;
use model::twin::{TwinLevel, TwinReason};
use model::{BatchId, Customer, CustomerDraft, CustomerId, Day, Money, Points};
use serde::{Deserialize, Serialize};

/// Reads about duplicates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TwinQuery {
    /// What the last search found: [`TwinReply::Groups`].
    Groups {
        /// Only groups as sure as this.
        level: Option<TwinLevel>,
        /// First group, from 0.
        offset: u64,
        /// At most this many; 100 at most.
        limit: u32,
    },
    /// Records side by side, with what making them one would come to: [`TwinReply::Compared`].
    Compare {
        /// Which; 2 to 50.
        ids: Vec<CustomerId>,
    },
    /// What making records one would do, without doing it: [`TwinReply::Preview`].
    Preview(MergeRequest),
    /// Who is like a customer that is being typed in: [`TwinReply::Alike`].
    Like {
        /// What was typed so far.
        fields: CustomerDraft,
        /// The record itself, if it is one already.
        own: Option<CustomerId>,
    },
    /// What was made one, the newest first: [`TwinReply::Mergings`].
    Mergings {
        /// Only what became this customer.
        survivor: Option<CustomerId>,
        /// First, from 0.
        offset: u64,
        /// At most this many; 100 at most.
        limit: u32,
    },
    /// Pairs of which a person said that they are two: [`TwinReply::Distinct`].
    Distinct {
        /// First, from 0.
        offset: u64,
        /// At most this many; 100 at most.
        limit: u32,
    },
}

/// Changes about duplicates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TwinCommand {
    /// Makes records one. Undo gives every record back as it was.
    Merge(MergeRequest),
    /// They are not one customer, each two of them.
    Distinct {
        /// Who; 2 to 50.
        ids: Vec<CustomerId>,
    },
    /// They may be one after all.
    NotDistinct {
        /// The one.
        a: CustomerId,
        /// The other.
        b: CustomerId,
    },
}

/// Long work on duplicates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TwinJob {
    /// Looks at everybody: [`TwinReply::Found`].
    Find,
    /// Makes each group one, as [`TwinReply::Compared`] suggests, all in one batch: answers
    /// [`crate::Reply::Done`].
    MergeGroups {
        /// The groups.
        groups: Vec<Vec<CustomerId>>,
    },
}

/// Records that shall be one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MergeRequest {
    /// Who stays.
    pub survivor: CustomerId,
    /// Who goes.
    pub gone: Vec<CustomerId>,
    /// All fields as they shall be.
    pub fields: CustomerDraft,
}

/// The answer to a [`TwinQuery`] or [`TwinJob`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TwinReply {
    /// To [`TwinJob::Find`].
    Found(TwinsFound),
    /// To [`TwinQuery::Groups`].
    Groups(TwinGroups),
    /// To [`TwinQuery::Compare`].
    Compared(Box<TwinsCompared>),
    /// To [`TwinQuery::Preview`].
    Preview(Box<MergePreview>),
    /// To [`TwinQuery::Like`], the likeliest first.
    Alike(Vec<Alike>),
    /// To [`TwinQuery::Mergings`].
    Mergings(Page<MergingView>),
    /// To [`TwinQuery::Distinct`].
    Distinct(Page<DistinctView>),
}

/// What a search came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TwinsFound {
    /// Customers looked at.
    pub customers: u64,
    /// Pairs compared.
    pub compared: u64,
    /// Groups that are certain, likely, possible.
    pub groups: [u64; 3],
    /// Records too many: those that would go if all certain groups were made one.
    pub surplus: u64,
}

/// A stretch of what was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TwinGroups {
    /// What the search came to; `None` before the first.
    pub found: Option<TwinsFound>,
    /// So much changed since that everybody should be looked at anew.
    pub stale: bool,
    /// Groups of the level asked for.
    pub total: u64,
    /// First group's position.
    pub offset: u64,
    /// The groups.
    pub items: Vec<TwinGroup>,
    /// Pairs that a person said to be two.
    pub distinct: u64,
    /// Mergings that are in force.
    pub mergings: u64,
}

/// Records that may be one customer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TwinGroup {
    /// How sure, in percent: of the weakest link.
    pub score: u8,
    /// How sure.
    pub level: TwinLevel,
    /// The records.
    pub members: Vec<TwinMember>,
    /// Which are alike and why.
    pub links: Vec<TwinLink>,
}

/// Two records that are alike.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TwinLink {
    /// The one.
    pub a: CustomerId,
    /// The other.
    pub b: CustomerId,
    /// How sure, in percent.
    pub score: u8,
    /// Why, what speaks for it first.
    pub reasons: Vec<TwinReason>,
}

/// A record among others that may be the same customer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TwinMember {
    /// The record.
    pub customer: Customer,
    /// The day it was made.
    pub created_on: Day,
    /// Orders on record.
    pub orders: u64,
    /// What remains of those that count; `None` while columns are still being read.
    pub spend: Option<Money>,
    /// The day of the last that counts.
    pub last_order_on: Option<Day>,
    /// Redeemable points; `None` without a programme.
    pub balance: Option<Points>,
    /// The tier's name.
    pub tier: Option<String>,
}

/// Records side by side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TwinsCompared {
    /// The records.
    pub members: Vec<TwinMember>,
    /// Which are alike and why.
    pub links: Vec<TwinLink>,
    /// Who should stay: who has most orders, then most fields, then is oldest.
    pub survivor: CustomerId,
    /// The fields as they should be.
    pub fields: CustomerDraft,
    /// A person said of two of them that they are two.
    pub distinct: bool,
}

/// What making records one would do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MergePreview {
    /// Orders that go to the survivor.
    pub orders: u64,
    /// Calls, visits, events that do.
    pub interactions: u64,
    /// Entries of the points ledger that do.
    pub entries: u64,
    /// Codes of coupons that do.
    pub codes: u64,
    /// The points; `None` without a programme.
    pub points: Option<MergedPoints>,
}

/// What becomes of points.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MergedPoints {
    /// Each record's balance and tier before.
    pub before: Vec<MemberPoints>,
    /// The survivor's after.
    pub after: MemberPoints,
}

/// A balance and a tier.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MemberPoints {
    /// Whose.
    pub customer: CustomerId,
    /// Redeemable points; below zero it is a debt.
    pub balance: Points,
    /// Earned, not yet posted.
    pub pending: Points,
    /// The tier's name.
    pub tier: Option<String>,
}

/// Somebody who is like whoever is being typed in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Alike {
    /// Who.
    pub id: CustomerId,
    /// Their name.
    pub name: String,
    /// Their telephone.
    pub phone: Option<String>,
    /// Their e-mail address.
    pub email: Option<String>,
    /// Their city.
    pub city: Option<String>,
    /// How sure, in percent.
    pub score: u8,
    /// How sure.
    pub level: TwinLevel,
    /// Why.
    pub reasons: Vec<TwinReason>,
}

/// Something that was made one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MergingView {
    /// What to undo.
    pub batch: BatchId,
    /// When, in the business's zone.
    pub local_at: String,
    /// Who did it.
    pub who: String,
    /// Who it became, if they are there.
    pub survivor: CustomerId,
    /// Their name.
    pub name: String,
    /// The names of the records that went.
    pub gone: Vec<String>,
    /// How many groups the same batch made one.
    pub groups: u64,
    /// It was taken back.
    pub undone: bool,
    /// A later merging of the same customer that must be undone first.
    pub first: Option<BatchId>,
}

/// Two customers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DistinctView {
    /// The one.
    pub a: CustomerId,
    /// Their name.
    pub a_name: String,
    /// The other.
    pub b: CustomerId,
    /// Their name.
    pub b_name: String,
    /// When it was said, in the business's zone.
    pub local_at: String,
}
