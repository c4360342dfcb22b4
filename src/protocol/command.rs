//! Commands: everything that changes data.

use crate::{CounterCommand, Receipt};
use model::{
    BatchId, CustomerDraft, CustomerId, Day, InteractionDraft, LifecycleThresholds, Money,
    OrderDraft, OrderId, Points, RefundRequest, RfmOptions, SegmentId, WorkspaceSettings,
};
use serde::{Deserialize, Serialize};

/// Changes data. Each is one transaction, one entry of the change log and one step of undo.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Creates a customer.
    CreateCustomer {
        /// Its fields, validated by the worker.
        fields: CustomerDraft,
    },
    /// Replaces the fields of a customer.
    UpdateCustomer {
        /// Which.
        id: CustomerId,
        /// All fields as they shall be.
        fields: CustomerDraft,
    },
    /// Removes customers with their orders and points. Undo brings them back.
    RemoveCustomers {
        /// Which.
        ids: Vec<CustomerId>,
    },
    /// Adds or removes a tag.
    TagCustomers {
        /// Which.
        ids: Vec<CustomerId>,
        /// The tag.
        tag: String,
        /// Add it; otherwise remove it.
        add: bool,
    },
    /// Adds an order by hand.
    CreateOrder {
        /// Whose.
        customer: CustomerId,
        /// Its fields.
        fields: OrderDraft,
    },
    /// Removes an order that was entered by mistake. Undo brings it back.
    RemoveOrder {
        /// Which.
        id: OrderId,
    },
    /// Refunds an order whole or in part.
    RefundOrder(RefundRequest),
    /// Records a call, a visit, a note ...
    AddInteraction {
        /// With whom.
        customer: CustomerId,
        /// What.
        fields: InteractionDraft,
    },
    /// Saves a segment, new or changed.
    SaveSegment {
        /// Which; `None` creates one.
        id: Option<SegmentId>,
        /// Its name.
        name: String,
        /// Its rule as JSON.
        rule: String,
    },
    /// Removes a saved segment.
    RemoveSegment {
        /// Which.
        id: SegmentId,
    },
    /// Puts a loyalty programme in force from a day on. Earlier purchases keep the version they were made under.
    SetProgram {
        /// The programme as JSON (loyalty-program.md).
        program: String,
        /// First day it holds; `None` puts it in force for all time where no purchase has earned yet, else today.
        from: Option<Day>,
    },
    /// Redeems points for money or a reward.
    Redeem {
        /// Whose.
        customer: CustomerId,
        /// How many; `None` for what `reward` costs.
        points: Option<Points>,
        /// The reward's id.
        reward: Option<String>,
        /// The order's amount, for the programme's `max_share`. Where `order` is given it is not looked at.
        order_amount: Option<Money>,
        /// The order it pays for, whole or in part: limits look at that order, what the points pay earns nothing, and
        /// they return to their lots when it is returned whole.
        order: Option<OrderId>,
        /// Idempotency key, 1 to 128 characters.
        key: String,
    },
    /// Coupons: defining, codes, uses.
    Coupons(crate::CouponCommand),
    /// Duplicates: making records one, keeping them apart.
    Twins(crate::TwinCommand),
    /// Connecting an endpoint, pausing, deciding.
    Sync(crate::SyncCommand),
    /// Erasing a person for good.
    Out(crate::OutCommand),
    /// Imports: orders that wait, mappings that are remembered.
    Imports(crate::ImportCommand),
    /// Static lists, and what is done to many customers at once.
    Membership(crate::MembershipCommand),
    /// Points between members and by hand: transfers, merging, bonuses, events.
    Points(crate::PointsCommand),
    /// Gives or takes points by hand, with a reason.
    AdjustPoints {
        /// Whose.
        customer: CustomerId,
        /// How many; negative takes.
        points: Points,
        /// Why; required.
        reason: String,
        /// Idempotency key, 1 to 128 characters.
        key: String,
    },
    /// Reverses a recorded entry (a redemption, an adjustment).
    ReverseEntry {
        /// Id of the ledger entry.
        entry: String,
        /// Why.
        reason: Option<String>,
        /// Idempotency key, 1 to 128 characters.
        key: String,
    },
    /// An act at the counter: answered with [`Outcome::Receipt`].
    Counter(CounterCommand),
    /// Changes the workspace's settings.
    SetSettings {
        /// All of them.
        settings: WorkspaceSettings,
    },
    /// Changes only the life cycle thresholds.
    SetLifecycle {
        /// All three.
        thresholds: LifecycleThresholds,
    },
    /// Changes only how customers are scored by recency, frequency and money.
    SetRfm {
        /// All options.
        options: RfmOptions,
    },
    /// Replaces what other currencies are worth. Orders in them follow at once.
    SetRates {
        /// All of them, in any order.
        rates: Vec<model::Rate>,
    },
    /// Undoes a command or a whole import. What was edited since is kept and counted.
    Undo {
        /// Which.
        batch: BatchId,
    },
    /// What the JavaScript API changes: answered with [`Outcome::Api`].
    Api(crate::ApiCommand),
    /// Notes that the person saved a backup file just now.
    BackupSaved,
    /// Removes every record and every setting for good. The word is typed by the person.
    EraseEverything {
        /// Must be `ERASE`.
        confirm: String,
    },
}

/// What came of a command.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A customer was created or changed.
    Customer {
        /// Which.
        id: CustomerId,
    },
    /// This many customers were changed or removed.
    Customers {
        /// How many.
        count: u64,
    },
    /// An order was created, changed or removed.
    Order {
        /// Which.
        id: OrderId,
    },
    /// A segment was saved.
    Segment {
        /// Which.
        id: SegmentId,
    },
    /// Points changed.
    Points {
        /// The balance afterwards.
        balance: Points,
        /// What was redeemed is worth, in the programme's currency.
        worth: Option<Money>,
    },
    /// What was done at the counter.
    Receipt(Box<Receipt>),
    /// Coupons changed, or were used.
    Coupons(crate::CouponOutcome),
    /// A person was erased for good: the receipt.
    Erased(Box<crate::Erasure>),
    /// Something about imports was done.
    Imports(crate::ImportOutcome),
    /// Lists changed, or many customers at once.
    Membership(crate::MembershipOutcome),
    /// Something was undone.
    Undone {
        /// Records taken away.
        removed: u64,
        /// Records put back as they were.
        restored: u64,
        /// Records left alone because they were edited since.
        kept: u64,
    },
    /// What the JavaScript API is answered.
    Api(crate::ApiJson),
    /// Nothing to tell (settings saved, note added).
    Saved,
}
