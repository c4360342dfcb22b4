//! The nouns: ids, money, points, days, customers, orders, interactions, rules and programmes.
//!
//! Invariant: knows no clock, no randomness, no storage and no browser. Everything here is a value.

pub mod coupon;
pub mod customer;
pub mod day;
pub mod id;
pub mod import;
pub mod interaction;
pub mod issue;
pub mod money;
pub mod order;
pub mod points;
pub mod portrait;
pub mod program;
pub mod rate;
pub mod rfm;
pub mod rule;
pub mod twin;
pub mod workspace;
pub mod zone;

pub use customer::{Consent, CustomField, Customer, CustomerDraft, CustomerKind, Gender};
pub use day::{Birthday, Day};
pub use id::{
    BatchId, CustomerId, EntryId, InteractionId, ListId, ListMemberId, OrderId, Replica, SegmentId,
};
pub use interaction::{Interaction, InteractionDraft};
pub use issue::{Issue, IssueCode, Severity};
pub use money::{Currency, Decimal, Money, Rounding};
pub use order::{Order, OrderDraft, OrderLine, OrderStatus, Refund, RefundLine, RefundRequest};
pub use points::Points;
pub use rate::Rate;
pub use rfm::{MoneyBasis, RfmLimits, RfmOptions, RfmScoring};
pub use workspace::{LifecycleThresholds, OwnRhythm, PointsAssumptions, WorkspaceSettings};
pub use zone::{Timestamp, Zone};
