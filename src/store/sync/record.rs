//! A record of any kind that travels: as it is, and as it was at a number of the log.

use crate::changes::{action, patch};
use crate::{
    Action, CouponCode, CouponUse, DistinctPair, Entry, ListMember, ProgramVersion, Reader,
    RecordKind, RecordRef, SETTINGS, Segment, StaticList, StoreError, StoredCoupon,
};
use model::coupon::{CodeId, CouponId, UseId};
use model::{
    BatchId, Customer, CustomerId, EntryId, Interaction, InteractionId, ListId, ListMemberId,
    Order, OrderId, Refund, SegmentId, Timestamp, WorkspaceSettings,
};
use rusqlite::OptionalExtension;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeMap;

/// A record that travels.
#[derive(Clone, Debug, PartialEq)]
pub enum SyncRecord {
    /// Settings of the workspace.
    Settings(Box<WorkspaceSettings>),
    /// A version of the loyalty programme.
    Program(ProgramVersion),
    /// A saved segment.
    Segment(Segment),
    /// A static list.
    List(StaticList),
    /// A coupon.
    Coupon(Box<StoredCoupon>),
    /// A customer.
    Customer(Box<Customer>),
    /// A code of a coupon.
    Code(CouponCode),
    /// An order; its refunds are records of their own.
    Order(Box<Order>),
    /// A refund.
    Refund {
        /// Its raw id.
        id: i64,
        /// Of which order.
        order: OrderId,
        /// What came back.
        refund: Refund,
    },
    /// An interaction.
    Interaction(Interaction),
    /// A recorded entry of the ledger.
    Entry(Entry),
    /// A use of a coupon.
    Use(CouponUse),
    /// A customer on a list.
    Member(ListMember),
    /// Two records that are two customers.
    Distinct(DistinctPair),
}

/// Why a record is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It was removed.
    Removed,
    /// It went into another.
    MergedInto(CustomerId),
    /// The person was erased; with books kept the record is there without a name.
    Erased {
        /// Orders and points stayed.
        books_kept: bool,
    },
}

impl SyncRecord {
    /// Names it.
    pub fn record(&self) -> RecordRef {
        let (kind, id) = match self {
            Self::Settings(_) => return SETTINGS,
            Self::Program(it) => (RecordKind::Program, i64::from(it.version)),
            Self::Segment(it) => (RecordKind::Segment, it.id.0),
            Self::List(it) => (RecordKind::List, it.id.0),
            Self::Coupon(it) => (RecordKind::Coupon, it.id.0),
            Self::Customer(it) => (RecordKind::Customer, it.id.0),
            Self::Code(it) => (RecordKind::CouponCode, it.id.0),
            Self::Order(it) => (RecordKind::Order, it.id.0),
            Self::Refund { id, .. } => (RecordKind::Refund, *id),
            Self::Interaction(it) => (RecordKind::Interaction, it.id.0),
            Self::Entry(it) => (RecordKind::LedgerEntry, it.id.0),
            Self::Use(it) => (RecordKind::CouponUse, it.id.0),
            Self::Member(it) => (RecordKind::ListMember, it.id.0),
            Self::Distinct(it) => (RecordKind::Distinct, it.id),
        };
        RecordRef { kind, id }
    }

    fn patched(&self, before: &str) -> Result<Self, StoreError> {
        Ok(match self {
            Self::Settings(it) => Self::Settings(Box::new(patch(it.as_ref(), before)?)),
            Self::Program(it) => Self::Program(it.clone()),
            Self::Segment(it) => Self::Segment(patch(it, before)?),
            Self::List(it) => Self::List(patch(it, before)?),
            Self::Coupon(it) => Self::Coupon(Box::new(patch(it.as_ref(), before)?)),
            Self::Customer(it) => Self::Customer(Box::new(patch(it.as_ref(), before)?)),
            Self::Code(it) => Self::Code(patch(it, before)?),
            Self::Order(it) => Self::Order(Box::new(patch(it.as_ref(), before)?)),
            Self::Refund { .. } => self.clone(),
            Self::Interaction(it) => Self::Interaction(patch(it, before)?),
            Self::Entry(it) => Self::Entry(patch(it, before)?),
            Self::Use(it) => Self::Use(patch(it, before)?),
            Self::Member(it) => Self::Member(patch(it, before)?),
            Self::Distinct(it) => Self::Distinct(*it),
        })
    }

    /// From the copy that the log keeps of a removed record.
    fn from_copy(record: RecordRef, copy: &str) -> Result<Self, StoreError> {
        fn read<T: DeserializeOwned>(value: Value) -> Result<T, StoreError> {
            Ok(serde_json::from_value(value)?)
        }
        let mut copy: Value = serde_json::from_str(copy)?;
        let it = copy.get_mut("record").map(Value::take).unwrap_or_default();
        Ok(match record.kind {
            RecordKind::Settings => Self::Settings(read(it)?),
            RecordKind::Program => Self::Program(read(it)?),
            RecordKind::Segment => Self::Segment(read(it)?),
            RecordKind::List => Self::List(read(it)?),
            RecordKind::Coupon => Self::Coupon(read(it)?),
            RecordKind::Customer => Self::Customer(read(it)?),
            RecordKind::CouponCode => Self::Code(read(it)?),
            RecordKind::Order => Self::Order(read(it)?),
            RecordKind::Refund => Self::Refund {
                id: record.id,
                order: read(it.get("order").cloned().unwrap_or_default())?,
                refund: read(it)?,
            },
            RecordKind::Interaction => Self::Interaction(read(it)?),
            RecordKind::LedgerEntry => Self::Entry(read(it)?),
            RecordKind::CouponUse => Self::Use(read(it)?),
            RecordKind::ListMember => Self::Member(read(it)?),
            RecordKind::Distinct => Self::Distinct(read(it)?),
            RecordKind::QualityPass => {
                return Err(StoreError::BadValue("does not travel".to_owned()));
            }
        })
    }
}

/// The top fields by which two records of one kind differ.
pub(super) fn same<T: Serialize>(a: &T, b: &T) -> Result<bool, StoreError> {
    Ok(serde_json::to_value(a)? == serde_json::to_value(b)?)
}

impl Reader<'_> {
    /// A record as it is; `None` when it is not there.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_record(self, record: RecordRef) -> Result<Option<SyncRecord>, StoreError> {
        use SyncRecord as S;
        let id = record.id;
        Ok(match record.kind {
            RecordKind::Settings => Some(S::Settings(Box::new(self.settings()?))),
            RecordKind::Program => {
                let mut all = self.programs()?.into_iter();
                all.find(|it| i64::from(it.version) == id).map(S::Program)
            }
            RecordKind::Segment => self.segment(SegmentId(id))?.map(S::Segment),
            RecordKind::List => self.list(ListId(id))?.map(S::List),
            RecordKind::Coupon => self.coupon(CouponId(id))?.map(Box::new).map(S::Coupon),
            RecordKind::Customer => self
                .customer(CustomerId(id))?
                .map(Box::new)
                .map(S::Customer),
            RecordKind::CouponCode => self.code(CodeId(id))?.map(S::Code),
            RecordKind::Order => self.order(OrderId(id))?.map(|order| {
                S::Order(Box::new(Order {
                    refunds: Vec::new(),
                    ..order
                }))
            }),
            RecordKind::Refund => {
                self.refund_row(id)?
                    .map(|(order, refund, _)| S::Refund { id, order, refund })
            }
            RecordKind::Interaction => self.interaction(InteractionId(id))?.map(S::Interaction),
            RecordKind::LedgerEntry => self.entry(EntryId(id))?.map(S::Entry),
            RecordKind::CouponUse => self.coupon_use(UseId(id))?.map(S::Use),
            RecordKind::ListMember => self.list_member_row(ListMemberId(id))?.map(S::Member),
            RecordKind::Distinct => self.distinct_pair(id)?.map(S::Distinct),
            RecordKind::QualityPass => None,
        })
    }

    /// A record as it was when the log had come to `since`.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_record_at(
        self,
        record: RecordRef,
        since: i64,
    ) -> Result<Option<SyncRecord>, StoreError> {
        let mut was = self.sync_record(record)?;
        let mut statement = self.conn.prepare_cached(
            "SELECT action, before FROM change WHERE kind = ?1 AND record = ?2 AND seq > ?3 ORDER BY seq DESC",
        )?;
        let mut rows = statement.query((record.kind.code(), record.id, since))?;
        while let Some(row) = rows.next()? {
            let before: Option<String> = row.get(1)?;
            match (action(row.get(0)?), before) {
                (Action::Updated, Some(before)) => {
                    was = was.map(|it| it.patched(&before)).transpose()?;
                }
                (Action::Removed, Some(copy)) => {
                    was = Some(SyncRecord::from_copy(record, &copy)?);
                }
                (Action::Restored, _) => was = None,
                _ => {}
            }
        }
        Ok(was)
    }

    /// Fields that were edited after `since` of the log, each with the stamp of the last edit (milliseconds, counter).
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_edits(
        self,
        record: RecordRef,
        since: i64,
    ) -> Result<BTreeMap<String, crate::SyncClock>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT c.after, coalesce(s.ms, b.at), coalesce(s.count, 0)
             FROM change c JOIN batch b ON b.id = c.batch LEFT JOIN sync_stamp s ON s.batch = c.batch
             WHERE c.kind = ?1 AND c.record = ?2 AND c.seq > ?3 AND c.action = 1 ORDER BY c.seq",
        )?;
        let mut rows = statement.query((record.kind.code(), record.id, since))?;
        let mut found = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let after: Option<String> = row.get(0)?;
            let clock = crate::SyncClock {
                ms: row.get(1)?,
                count: row.get(2)?,
            };
            let Some(after) = after else { continue };
            let fields: serde_json::Map<String, Value> = serde_json::from_str(&after)?;
            for field in fields.into_iter().map(|(field, _)| field) {
                found.insert(field, clock);
            }
        }
        Ok(found)
    }

    /// A record as it was when it was last removed.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_removed(self, record: RecordRef) -> Result<Option<SyncRecord>, StoreError> {
        let copy: Option<Option<String>> = self
            .conn
            .prepare_cached(
                "SELECT before FROM change WHERE kind = ?1 AND record = ?2 AND action = 2 ORDER BY seq DESC LIMIT 1",
            )?
            .query_row((record.kind.code(), record.id), |row| row.get(0))
            .optional()?;
        let copy = copy.flatten();
        copy.map(|copy| SyncRecord::from_copy(record, &copy))
            .transpose()
    }

    /// The stamp of the last removing or bringing back after `since` of the log.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_turned(
        self,
        record: RecordRef,
        since: i64,
    ) -> Result<Option<crate::SyncClock>, StoreError> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT coalesce(s.ms, b.at), coalesce(s.count, 0)
                 FROM change c JOIN batch b ON b.id = c.batch LEFT JOIN sync_stamp s ON s.batch = c.batch
                 WHERE c.kind = ?1 AND c.record = ?2 AND c.seq > ?3 AND c.action IN (2, 3)
                 ORDER BY c.seq DESC LIMIT 1",
            )?
            .query_row((record.kind.code(), record.id, since), |row| {
                Ok(crate::SyncClock {
                    ms: row.get(0)?,
                    count: row.get(1)?,
                })
            })
            .optional()?)
    }

    /// Whether a record is there.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_has(self, record: RecordRef) -> Result<bool, StoreError> {
        self.has(record)
    }

    /// The stamp of a record's making: of its batch, or the instant of that; and its batch.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_made(
        self,
        record: RecordRef,
    ) -> Result<Option<(crate::SyncClock, BatchId)>, StoreError> {
        let Some(batch) = self.created_by(record)? else {
            return Ok(None);
        };
        Ok(self
            .conn
            .prepare_cached(
                "SELECT coalesce(s.ms, b.at), coalesce(s.count, 0) FROM batch b
                 LEFT JOIN sync_stamp s ON s.batch = b.id WHERE b.id = ?1",
            )?
            .query_row([batch], |row| {
                let clock = crate::SyncClock {
                    ms: row.get(0)?,
                    count: row.get(1)?,
                };
                Ok((clock, BatchId(batch)))
            })
            .optional()?)
    }

    /// What became of a record that is not there, or of a customer without a name.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_fate(self, record: RecordRef) -> Result<Fate, StoreError> {
        if record.kind != RecordKind::Customer {
            return Ok(Fate::Removed);
        }
        let erased: Option<bool> = self
            .conn
            .prepare_cached(
                "SELECT books_kept FROM erasure WHERE customer = ?1 ORDER BY id DESC LIMIT 1",
            )?
            .query_row([record.id], |row| row.get(0))
            .optional()?;
        if let Some(books_kept) = erased {
            return Ok(Fate::Erased { books_kept });
        }
        let survivor: Option<i64> = self
            .conn
            .prepare_cached(
                "SELECT m.survivor FROM merged m JOIN batch b ON b.id = m.batch AND b.undone_by IS NULL
                 WHERE m.customer = ?1 ORDER BY b.seq DESC LIMIT 1",
            )?
            .query_row([record.id], |row| row.get(0))
            .optional()?;
        Ok(survivor.map_or(Fate::Removed, |id| Fate::MergedInto(CustomerId(id))))
    }

    /// What a record refers to and is not there.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_lacks(self, it: &SyncRecord) -> Result<Option<RecordRef>, StoreError> {
        let customer = |id: CustomerId| crate::customers::record(id);
        let of = |kind, id| RecordRef { kind, id };
        let needs: Vec<RecordRef> = match it {
            SyncRecord::Code(it) => {
                let mut needs = vec![of(RecordKind::Coupon, it.fields.coupon.0)];
                needs.extend(it.fields.customer.map(customer));
                needs
            }
            SyncRecord::Order(it) => vec![customer(it.customer)],
            SyncRecord::Refund { order, .. } => vec![crate::orders::record(*order)],
            SyncRecord::Interaction(it) => vec![customer(it.customer)],
            SyncRecord::Entry(it) => vec![customer(it.customer)],
            SyncRecord::Use(it) => {
                let mut needs = vec![of(RecordKind::Coupon, it.fields.coupon.0)];
                needs.extend(it.fields.code.map(crate::coupons::code_record));
                needs.extend(it.fields.order.map(crate::orders::record));
                needs
            }
            SyncRecord::Member(it) => {
                vec![of(RecordKind::List, it.list.0), customer(it.customer)]
            }
            SyncRecord::Settings(_)
            | SyncRecord::Program(_)
            | SyncRecord::Segment(_)
            | SyncRecord::List(_)
            | SyncRecord::Coupon(_)
            | SyncRecord::Customer(_)
            | SyncRecord::Distinct(_) => Vec::new(),
        };
        for record in needs {
            if !self.has(record)? {
                return Ok(Some(record));
            }
        }
        Ok(None)
    }

    /// When a batch was written and by whom, for what the log tells of a conflict.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn batch_at(self, batch: BatchId) -> Result<Option<Timestamp>, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT at FROM batch WHERE id = ?1")?
            .query_row([batch.0], |row| row.get(0).map(Timestamp))
            .optional()?)
    }
}

impl Reader<'_> {
    /// Whose record it is, for kinds that belong to a customer.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_owner(self, record: RecordRef) -> Result<Option<CustomerId>, StoreError> {
        self.customer_of(record)
    }

    /// Everything that goes to the survivor when a customer goes into another, but for places on lists.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_belongings(self, customer: CustomerId) -> Result<Vec<RecordRef>, StoreError> {
        let mut found = Vec::new();
        for (kind, sql) in [
            (
                RecordKind::Order,
                r#"SELECT id FROM "order" WHERE customer = ?1"#,
            ),
            (
                RecordKind::Interaction,
                "SELECT id FROM interaction WHERE customer = ?1",
            ),
            (
                RecordKind::LedgerEntry,
                "SELECT id FROM ledger_entry WHERE customer = ?1",
            ),
            (
                RecordKind::CouponCode,
                "SELECT id FROM coupon_code WHERE customer = ?1",
            ),
            (
                RecordKind::CouponUse,
                "SELECT id FROM coupon_use WHERE customer = ?1",
            ),
        ] {
            let mut statement = self.conn.prepare_cached(sql)?;
            for id in statement.query_map([customer.0], |row| row.get(0))? {
                found.push(RecordRef { kind, id: id? });
            }
        }
        Ok(found)
    }
}
