//! What happened with a customer, what was changed in a record, and which commands there were.

use crate::fault::{self, OrFault};
use crate::import::ImportState;
use crate::points::{MemberFacts, entry_views, stretch};
use crate::{Context, Engine, Unanswered, fields};
use model::{
    Currency, CustomField, CustomerId, Interaction, InteractionId, Order, OrderId, SegmentId,
};
use protocol::{
    ChangeAction, ChangeView, CommandView, Fault, FaultCode, FieldChange, Page, RecordKind, Reply,
    TimelineItem, TimelineWhat,
};
use store::RecordRef;

/// Products that an order on the timeline names.
const PRODUCTS: usize = 3;

impl Engine {
    /// Everything recorded about a customer, newest first.
    pub(crate) fn timeline(
        &mut self,
        customer: CustomerId,
        offset: u64,
        limit: u32,
        context: &Context,
    ) -> Result<Reply, Unanswered> {
        let zone = self.settings.zone;
        let today = self.today(context);
        let programs = self.programs()?;
        let facts = MemberFacts::read(self.store.read(), customer)?;
        let created = TimelineItem {
            local_at: zone.write_local(facts.customer.created_at),
            what: TimelineWhat::Created,
        };
        let mut items = vec![created];
        if let Some(day) = facts.customer.fields.signup_on {
            items.push(TimelineItem {
                local_at: format!("{day}T00:00:00"),
                what: TimelineWhat::SignedUp,
            });
        }
        for order in &facts.orders {
            let item = |at, what| TimelineItem {
                local_at: zone.write_local(at),
                what,
            };
            items.push(item(order.fields.at, of_order(order)));
            for refund in &order.refunds {
                let what = TimelineWhat::Refund {
                    id: order.id,
                    number: order.fields.external_id.clone(),
                    amount: refund.amount,
                    currency: order.fields.currency,
                };
                items.push(item(refund.at, what));
            }
        }
        items.extend(facts.interactions.iter().map(|interaction| TimelineItem {
            local_at: zone.write_local(interaction.fields.at),
            what: of_interaction(interaction),
        }));
        for entry in entry_views(&facts, &programs, &zone, today)? {
            // What an order earned stands with the order.
            let of_order = entry.order.is_some() && entry.kind == protocol::EntryKind::Accrual;
            if !of_order {
                items.push(TimelineItem {
                    local_at: entry.local_at.clone(),
                    what: TimelineWhat::Points(entry),
                });
            }
        }
        // Stable: of two things at the same time the one recorded later comes first.
        items.sort_by(|a, b| a.local_at.cmp(&b.local_at));
        items.reverse();
        Ok(Reply::Timeline(stretch(items, offset, limit)))
    }

    /// Every change of one record, newest first.
    pub(crate) fn history(
        &mut self,
        kind: RecordKind,
        id: &str,
        offset: u64,
        limit: u32,
    ) -> Result<Reply, Unanswered> {
        let record = record_ref(kind, id)?;
        let read = self.store.read();
        let currency = match kind {
            RecordKind::Order => read
                .order(OrderId(record.id))
                .or_fault()?
                .map_or(self.settings.currency, |order| order.fields.currency),
            _ => self.settings.currency,
        };
        let page = read.history(record, offset, limit).or_fault()?;
        let zone = self.settings.zone;
        let items = page
            .items
            .into_iter()
            .map(|change| ChangeView {
                batch: change.batch,
                local_at: zone.write_local(change.at),
                who: change.who,
                command: change.name,
                action: match change.action {
                    store::Action::Created => ChangeAction::Created,
                    store::Action::Updated => ChangeAction::Updated,
                    store::Action::Removed => ChangeAction::Removed,
                    store::Action::Restored => ChangeAction::Restored,
                },
                fields: change
                    .fields
                    .iter()
                    .flat_map(|diff| field_changes(diff, currency))
                    .collect(),
            })
            .collect();
        Ok(Reply::History(Page {
            total: page.total,
            offset,
            items,
        }))
    }

    /// The last commands, newest first.
    pub(crate) fn commands(
        &mut self,
        offset: u64,
        limit: u32,
        imports_only: bool,
    ) -> Result<Reply, Unanswered> {
        let zone = self.settings.zone;
        let page = self
            .store
            .read()
            .batches(imports_only, offset, limit)
            .or_fault()?;
        let mut kept = std::collections::BTreeMap::new();
        for batch in page
            .items
            .iter()
            .filter(|it| it.undone && it.import.is_some())
        {
            let records = self.store.read().kept_by_undo(batch.id, 0, 0).or_fault()?;
            kept.insert(batch.id, records.total);
        }
        let kept = |batch| kept.get(&batch).copied().unwrap_or_default();
        let items = page
            .items
            .into_iter()
            .map(|batch| CommandView {
                batch: batch.id,
                local_at: zone.write_local(batch.at),
                who: batch.who,
                command: batch.name,
                subject: batch.subject,
                import: batch
                    .import
                    .map(|run| ImportState::summary(&run, kept(batch.id))),
                undone: batch.undone,
                undoable: batch.undoable,
            })
            .collect();
        Ok(Reply::Commands(Page {
            total: page.total,
            offset,
            items,
        }))
    }
}

fn of_order(order: &Order) -> TimelineWhat {
    let lines = &order.fields.lines;
    TimelineWhat::Order {
        id: order.id,
        number: order.fields.external_id.clone(),
        amount: order.fields.amount,
        currency: order.fields.currency,
        products: lines
            .iter()
            .take(PRODUCTS)
            .map(|line| line.product.clone())
            .collect(),
        lines: lines.len() as u32,
    }
}

fn of_interaction(interaction: &Interaction) -> TimelineWhat {
    let text = match interaction.fields.data.get("text") {
        Some(CustomField::Text(text)) => Some(text.clone()),
        _ => None,
    };
    TimelineWhat::Interaction {
        kind: interaction.fields.kind.clone(),
        text,
    }
}

/// A field of the log as text, or, for fields with something inside, each of its parts.
fn field_changes(diff: &store::FieldDiff, currency: Currency) -> Vec<FieldChange> {
    let flat = |value: &Option<serde_json::Value>| match value {
        Some(value) => {
            let record = serde_json::json!({ diff.field.as_str(): value });
            fields::flatten(&record, currency)
        }
        None => fields::Flat::new(),
    };
    fields::changes(&flat(&diff.before), &flat(&diff.after))
}

fn record_ref(kind: RecordKind, id: &str) -> Result<RecordRef, Fault> {
    let wrong = || fault::not_found(id);
    let (kind, id) = match kind {
        RecordKind::Customer => (
            store::RecordKind::Customer,
            id.parse::<CustomerId>().map_err(|_| wrong())?.0,
        ),
        RecordKind::Order => (
            store::RecordKind::Order,
            id.parse::<OrderId>().map_err(|_| wrong())?.0,
        ),
        RecordKind::Interaction => (
            store::RecordKind::Interaction,
            id.parse::<InteractionId>().map_err(|_| wrong())?.0,
        ),
        RecordKind::LedgerEntry => (
            store::RecordKind::LedgerEntry,
            id.parse::<model::EntryId>().map_err(|_| wrong())?.0,
        ),
        RecordKind::Segment => (
            store::RecordKind::Segment,
            id.parse::<SegmentId>().map_err(|_| wrong())?.0,
        ),
        RecordKind::Program => (
            store::RecordKind::Program,
            id.parse::<u32>().map(i64::from).map_err(|_| wrong())?,
        ),
        RecordKind::Coupon => (
            store::RecordKind::Coupon,
            id.parse::<model::coupon::CouponId>()
                .map_err(|_| wrong())?
                .0,
        ),
        RecordKind::List => (
            store::RecordKind::List,
            id.parse::<model::ListId>().map_err(|_| wrong())?.0,
        ),
        RecordKind::Settings if id.is_empty() || id == "0" => (store::RecordKind::Settings, 0),
        RecordKind::Settings | RecordKind::Watch => {
            return Err(Fault::new(FaultCode::NotFound).found(id));
        }
    };
    Ok(RecordRef { kind, id })
}
