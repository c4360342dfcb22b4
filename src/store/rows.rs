//! Records as a whole, whatever their kind: taking a copy, removing, putting back. Removal and undo are made of these.

use crate::changes::created_by_sql;
use crate::coupons::code_record;
use crate::merges::QualityPass;
use crate::{
    Action, CouponCode, CouponUse, DistinctPair, Entry, ListMember, ProgramVersion, Reader,
    RecordKind, RecordRef, Segment, StaticList, StoreError, StoredCoupon, Tx, customers,
    interactions, ledger,
};
use model::coupon::{CodeId, CouponId, UseId};
use model::{
    Customer, CustomerId, EntryId, Interaction, InteractionId, ListId, ListMemberId, Order,
    OrderId, Refund, SegmentId,
};
use rusqlite::OptionalExtension;
use serde::{Deserialize, Serialize};

/// A record as the log keeps it.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Copied<T> {
    record: T,
    created_by: i64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    source_keys: Vec<String>,
}

/// A refund as the log keeps it.
#[derive(Serialize, Deserialize)]
struct RefundCopy {
    order: OrderId,
    #[serde(flatten)]
    refund: Refund,
}

/// What went along with a removed customer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RemovedCustomer {
    /// Their orders.
    pub orders: Vec<OrderId>,
    /// How many interactions.
    pub interactions: u64,
    /// How many ledger entries.
    pub entries: u64,
}

impl Tx<'_> {
    /// Removes a customer with orders, refunds, interactions and ledger entries. Undo brings all of it back.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn remove_customer(&mut self, id: CustomerId) -> Result<RemovedCustomer, StoreError> {
        self.must_have_customer(id)?;
        let reader = self.read();
        let orders = reader.order_ids_of(id)?;
        let interactions = reader.interaction_ids(id)?;
        let entries = reader.entries(id)?;
        self.settle_codes_of(id)?;
        let lists = reader.lists_of(id)?;
        // The log has the customer last, so that undo, which goes backwards, brings them back first.
        for order in &orders {
            self.remove_order(*order)?;
        }
        for interaction in &interactions {
            self.remove_row(interactions::record(InteractionId(*interaction)))?;
        }
        for entry in &entries {
            self.log_removal(ledger::record(entry.id))?;
        }
        for code in self.read().codes_of(id)? {
            self.remove_row(code_record(code.id))?;
        }
        if !lists.is_empty() {
            self.leave_lists(id)?;
        }
        self.log_removal(customers::record(id))?;
        // The ledger lets an entry go only when its customer is gone.
        self.delete_source_keys(customers::record(id))?;
        self.delete_customer(id)?;
        for entry in &entries {
            self.delete_row(ledger::record(entry.id))?;
        }
        Ok(RemovedCustomer {
            orders,
            interactions: interactions.len() as u64,
            entries: entries.len() as u64,
        })
    }

    /// Removes one record and keeps a copy in the log.
    pub(crate) fn remove_row(&mut self, record: RecordRef) -> Result<(), StoreError> {
        self.log_removal(record)?;
        self.delete_row(record)
    }

    pub(crate) fn log_removal(&mut self, record: RecordRef) -> Result<(), StoreError> {
        self.begin_batch()?;
        // Whoever shares must be able to tell the other side what went.
        if self.keeps_copies || self.state.sync.is_some() {
            let copy = self.read().copy(record)?.ok_or(StoreError::NotFound {
                kind: record.kind,
                id: record.id,
            })?;
            self.log(record, Action::Removed, Some(&copy), None)?;
        }
        self.touch(record, Action::Removed);
        Ok(())
    }

    /// Deletes a record's row and what hangs on nothing else; without a note in the log.
    pub(crate) fn delete_row(&mut self, record: RecordRef) -> Result<(), StoreError> {
        let id = record.id;
        let sql = match record.kind {
            RecordKind::Customer => {
                self.delete_source_keys(record)?;
                return self.delete_customer(CustomerId(id));
            }
            RecordKind::Order => {
                self.delete_source_keys(record)?;
                return self.delete_order(OrderId(id));
            }
            RecordKind::Refund => {
                let Some((order, _, _)) = self.read().refund_row(id)? else {
                    return Ok(());
                };
                return self.delete_refund(id, order);
            }
            RecordKind::Interaction => "DELETE FROM interaction WHERE id = ?1",
            RecordKind::LedgerEntry => "DELETE FROM ledger_entry WHERE id = ?1",
            RecordKind::Segment => "DELETE FROM segment WHERE id = ?1",
            RecordKind::Program => "DELETE FROM program_version WHERE version = ?1",
            RecordKind::Coupon => "DELETE FROM coupon WHERE id = ?1",
            RecordKind::CouponCode => "DELETE FROM coupon_code WHERE id = ?1",
            RecordKind::CouponUse => "DELETE FROM coupon_use WHERE id = ?1",
            RecordKind::Distinct => "DELETE FROM distinct_pair WHERE id = ?1",
            RecordKind::QualityPass => "DELETE FROM quality_pass WHERE id = ?1",
            RecordKind::List => "DELETE FROM list WHERE id = ?1",
            RecordKind::ListMember => "DELETE FROM list_member WHERE id = ?1",
            RecordKind::Settings => return Ok(()),
        };
        self.conn.prepare_cached(sql)?.execute([id])?;
        Ok(())
    }

    fn delete_source_keys(&mut self, record: RecordRef) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("DELETE FROM source_key WHERE record = ?1 AND kind = ?2")?
            .execute((record.id, record.kind.code()))?;
        Ok(())
    }

    /// Puts a removed record back from its copy, and records that.
    ///
    /// # Errors
    /// [`StoreError::KeyTaken`] or [`StoreError::Constraint`] when something has taken its place since.
    pub(crate) fn restore_row(&mut self, record: RecordRef, copy: &str) -> Result<(), StoreError> {
        match record.kind {
            RecordKind::Customer => {
                let it: Copied<Customer> = serde_json::from_str(copy)?;
                self.insert_customer(&it.record, it.created_by)?;
                self.restore_source_keys(record, &it.source_keys)?;
            }
            RecordKind::Order => {
                let it: Copied<Order> = serde_json::from_str(copy)?;
                let order = it.record;
                self.insert_order(order.id, order.customer, &order.fields, it.created_by)?;
                self.restore_source_keys(record, &it.source_keys)?;
            }
            RecordKind::Refund => {
                let it: Copied<RefundCopy> = serde_json::from_str(copy)?;
                self.insert_refund(record.id, it.record.order, &it.record.refund, it.created_by)?;
            }
            RecordKind::Interaction => {
                let it: Copied<Interaction> = serde_json::from_str(copy)?;
                self.insert_interaction(&it.record, it.created_by)?;
            }
            RecordKind::LedgerEntry => {
                let it: Copied<Entry> = serde_json::from_str(copy)?;
                self.insert_entry(&it.record, it.created_by)?;
            }
            RecordKind::Segment => {
                let it: Copied<Segment> = serde_json::from_str(copy)?;
                self.insert_segment(&it.record, it.created_by)?;
            }
            RecordKind::Program => {
                let it: Copied<ProgramVersion> = serde_json::from_str(copy)?;
                self.insert_program(&it.record, it.created_by)?;
            }
            RecordKind::Coupon => {
                let it: Copied<StoredCoupon> = serde_json::from_str(copy)?;
                self.insert_coupon(&it.record, it.created_by)?;
            }
            RecordKind::CouponCode => {
                let it: Copied<CouponCode> = serde_json::from_str(copy)?;
                self.insert_code(&it.record, it.created_by)?;
            }
            RecordKind::CouponUse => {
                let it: Copied<CouponUse> = serde_json::from_str(copy)?;
                self.insert_use(&it.record, it.created_by)?;
            }
            RecordKind::Distinct => {
                let it: Copied<DistinctPair> = serde_json::from_str(copy)?;
                self.insert_distinct(&it.record, it.created_by)?;
            }
            RecordKind::QualityPass => {
                let it: Copied<QualityPass> = serde_json::from_str(copy)?;
                self.insert_pass(&it.record, it.created_by)?;
            }
            RecordKind::List => {
                let it: Copied<StaticList> = serde_json::from_str(copy)?;
                self.insert_list(&it.record, it.created_by)?;
            }
            RecordKind::ListMember => {
                let it: Copied<ListMember> = serde_json::from_str(copy)?;
                self.insert_list_member(&it.record, it.created_by)?;
            }
            RecordKind::Settings => return Ok(()),
        }
        self.log(record, Action::Restored, None, None)?;
        self.touch(record, Action::Restored);
        Ok(())
    }

    fn restore_source_keys(
        &mut self,
        record: RecordRef,
        keys: &[String],
    ) -> Result<(), StoreError> {
        for key in keys {
            match self.set_source_key(record, key) {
                // Another record is known by it now, and stays so.
                Ok(()) | Err(StoreError::KeyTaken { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

impl Reader<'_> {
    /// Whether a record is there.
    pub(crate) fn has(self, record: RecordRef) -> Result<bool, StoreError> {
        match created_by_sql(record.kind) {
            Some(sql) => Ok(self.conn.prepare_cached(sql)?.exists([record.id])?),
            None => Ok(true),
        }
    }

    /// The batch that made a record.
    pub(crate) fn created_by(self, record: RecordRef) -> Result<Option<i64>, StoreError> {
        match created_by_sql(record.kind) {
            Some(sql) => Ok(self
                .conn
                .prepare_cached(sql)?
                .query_row([record.id], |row| row.get(0))
                .optional()?),
            None => Ok(None),
        }
    }

    /// A copy of a record for the log; `None` when it is not there.
    pub(crate) fn copy(self, record: RecordRef) -> Result<Option<String>, StoreError> {
        let Some(created_by) = self.created_by(record)? else {
            return Ok(None);
        };
        let id = record.id;
        Ok(match record.kind {
            RecordKind::Customer => {
                let customer = self.customer(CustomerId(id))?;
                copied(customer, created_by, self.source_keys(record)?)?
            }
            RecordKind::Order => {
                let order = self.order(OrderId(id))?.map(|order| Order {
                    refunds: Vec::new(),
                    ..order
                });
                copied(order, created_by, self.source_keys(record)?)?
            }
            RecordKind::Refund => {
                let refund = self
                    .refund_row(id)?
                    .map(|(order, refund, _)| RefundCopy { order, refund });
                copied(refund, created_by, Vec::new())?
            }
            RecordKind::Interaction => {
                copied(self.interaction(InteractionId(id))?, created_by, Vec::new())?
            }
            RecordKind::LedgerEntry => copied(self.entry(EntryId(id))?, created_by, Vec::new())?,
            RecordKind::Segment => copied(self.segment(SegmentId(id))?, created_by, Vec::new())?,
            RecordKind::Program => {
                let version = self
                    .programs()?
                    .into_iter()
                    .find(|it| i64::from(it.version) == id);
                copied(version, created_by, Vec::new())?
            }
            RecordKind::Coupon => copied(self.coupon(CouponId(id))?, created_by, Vec::new())?,
            RecordKind::CouponCode => copied(self.code(CodeId(id))?, created_by, Vec::new())?,
            RecordKind::CouponUse => copied(self.coupon_use(UseId(id))?, created_by, Vec::new())?,
            RecordKind::Distinct => copied(self.distinct_pair(id)?, created_by, Vec::new())?,
            RecordKind::QualityPass => copied(self.quality_pass(id)?, created_by, Vec::new())?,
            RecordKind::List => copied(self.list(ListId(id))?, created_by, Vec::new())?,
            RecordKind::ListMember => copied(
                self.list_member_row(ListMemberId(id))?,
                created_by,
                Vec::new(),
            )?,
            RecordKind::Settings => None,
        })
    }

    pub(crate) fn source_keys(self, record: RecordRef) -> Result<Vec<String>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT key FROM source_key WHERE record = ?1 AND kind = ?2 ORDER BY key",
        )?;
        let rows = statement.query_map((record.id, record.kind.code()), |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whose record it is, for kinds that belong to a customer.
    pub(crate) fn customer_of(self, record: RecordRef) -> Result<Option<CustomerId>, StoreError> {
        let sql = match record.kind {
            RecordKind::Customer => return Ok(Some(CustomerId(record.id))),
            RecordKind::Order => r#"SELECT customer FROM "order" WHERE id = ?1"#,
            RecordKind::Refund => {
                r#"SELECT customer FROM refund JOIN "order" ON "order".id = order_id WHERE refund.id = ?1"#
            }
            RecordKind::Interaction => "SELECT customer FROM interaction WHERE id = ?1",
            RecordKind::LedgerEntry => "SELECT customer FROM ledger_entry WHERE id = ?1",
            RecordKind::CouponCode => {
                "SELECT customer FROM coupon_code WHERE id = ?1 AND customer IS NOT NULL"
            }
            RecordKind::CouponUse => {
                "SELECT customer FROM coupon_use WHERE id = ?1 AND customer IS NOT NULL"
            }
            RecordKind::ListMember => "SELECT customer FROM list_member WHERE id = ?1",
            RecordKind::Segment
            | RecordKind::Program
            | RecordKind::Settings
            | RecordKind::List
            | RecordKind::Distinct
            | RecordKind::QualityPass
            | RecordKind::Coupon => {
                return Ok(None);
            }
        };
        Ok(self
            .conn
            .prepare_cached(sql)?
            .query_row([record.id], |row| row.get(0).map(CustomerId))
            .optional()?)
    }
}

fn copied<T: Serialize>(
    record: Option<T>,
    created_by: i64,
    source_keys: Vec<String>,
) -> Result<Option<String>, StoreError> {
    record
        .map(|record| {
            serde_json::to_string(&Copied {
                record,
                created_by,
                source_keys,
            })
            .map_err(StoreError::from)
        })
        .transpose()
}
