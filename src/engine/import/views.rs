//! What is asked about imports, and done about them beside importing: waiting orders, remembered mappings, what undo
//! kept.

use super::book::{Book, Dry, KeyKind, Live, Overlay};
use super::record::WrittenRecords;
use super::waiting;
use crate::apply::Known;
use crate::fault::{self, Failure, OrFault};
use crate::follow::Touched;
use crate::{Context, Engine, Unanswered, customers};
use model::import::{ImportKind, MatchBy};
use model::{BatchId, Customer, CustomerId, OrderId};
use protocol::{
    Fault, ImportCommand, ImportOutcome, ImportQuery, ImportReply, KeptRecord, MappingView,
    Outcome, Page, PlaceTo, RecordKind, Reply, WaitingRow, WaitingView,
};
use std::collections::BTreeSet;
use store::{RecordRef, Tx, WaitingOrder};

/// Rows that one answer may have.
const ROWS_MAX: u32 = 200;

/// Orders that one command may place.
const PLACED_MAX: u32 = 1_000;

impl Engine {
    /// Answers a question about imports.
    ///
    /// # Errors
    /// `Storage`.
    pub(crate) fn imports(
        &mut self,
        query: &ImportQuery,
        _context: &Context,
    ) -> Result<Reply, Unanswered> {
        let reply = match query {
            ImportQuery::Mappings => ImportReply::Mappings(self.mappings()?),
            ImportQuery::Waiting { offset, limit } => {
                ImportReply::Waiting(self.waiting(*offset, (*limit).min(ROWS_MAX))?)
            }
            ImportQuery::Kept {
                batch,
                offset,
                limit,
            } => ImportReply::Kept(self.kept(*batch, *offset, (*limit).min(ROWS_MAX))?),
        };
        Ok(Reply::Imports(reply))
    }

    fn mappings(&self) -> Result<Vec<MappingView>, Fault> {
        let known = self.store.read().mappings().or_fault()?;
        Ok(known
            .into_iter()
            .filter_map(|it| {
                Some(MappingView {
                    id: it.id,
                    columns: serde_json::from_str(&it.columns).ok()?,
                    plan: serde_json::from_str(&it.plan).ok()?,
                    at: it.at,
                    uses: it.uses,
                })
            })
            .collect())
    }

    fn waiting(&mut self, offset: u64, limit: u32) -> Result<WaitingView, Fault> {
        let page = self.store.read().waiting(offset, limit).or_fault()?;
        let mut items = Vec::with_capacity(page.items.len());
        for stored in &page.items {
            items.extend(self.waiting_row(stored)?);
        }
        let fitting = items.iter().filter(|row| row.fits.is_some()).count() as u64;
        Ok(WaitingView {
            page: Page {
                total: page.total,
                offset,
                items,
            },
            fitting,
        })
    }

    fn waiting_row(&mut self, stored: &WaitingOrder) -> Result<Option<WaitingRow>, Fault> {
        let Some((buyer, order)) = waiting::read(stored) else {
            return Ok(None);
        };
        let read = self.store.read();
        let book = Dry {
            read,
            overlay: &mut Overlay::default(),
        };
        let found = waiting::who_fits(&book, &buyer, MatchBy::of(ImportKind::Orders))?;
        let run = read.import(stored.batch).or_fault()?;
        let draft = &buyer.draft;
        let said = [
            (!draft.name.is_empty()).then(|| draft.name.clone()),
            draft.phone.clone(),
            draft.email.clone(),
            draft.external_id.clone(),
        ];
        Ok(Some(WaitingRow {
            id: stored.id,
            batch: stored.batch,
            file_name: run.map(|run| run.file_name).unwrap_or_default(),
            row: stored.row,
            number: order.draft.external_id.clone(),
            local_at: self.settings.zone.write_local(order.draft.at),
            amount: order.draft.amount,
            currency: order.draft.currency,
            buyer: said.into_iter().flatten().collect(),
            fits: found
                .customer
                .map(|it| (it.id, customers::subject(&it.fields))),
            ambiguous: found.ambiguous || !buyer.says_something(),
        }))
    }

    fn kept(&self, batch: BatchId, offset: u64, limit: u32) -> Result<Page<KeptRecord>, Fault> {
        let read = self.store.read();
        let page = read.kept_by_undo(batch, offset, limit).or_fault()?;
        let mut items = Vec::with_capacity(page.items.len());
        for record in page.items {
            items.push(self.kept_record(record, batch)?);
        }
        Ok(Page {
            total: page.total,
            offset,
            items,
        })
    }

    fn kept_record(&self, record: RecordRef, batch: BatchId) -> Result<KeptRecord, Fault> {
        let read = self.store.read();
        let (kind, id, title) = match record.kind {
            store::RecordKind::Customer => {
                let customer = read.customer(CustomerId(record.id)).or_fault()?;
                let title = customer.as_ref().map(|it| customers::subject(&it.fields));
                let id = customer.map(|it| it.id.to_string());
                (RecordKind::Customer, id, title)
            }
            store::RecordKind::Order => {
                let order = read.order(OrderId(record.id)).or_fault()?;
                let id = order.as_ref().map(|it| it.id.to_string());
                let title = order.map(|it| it.fields.external_id.unwrap_or_default());
                (RecordKind::Order, id, title)
            }
            other => {
                let kinds = crate::context::kinds_of(&[other]);
                let kind = kinds.first().copied().unwrap_or(RecordKind::Customer);
                (kind, None, None)
            }
        };
        let edited = read.edited_since(record, batch).or_fault()?;
        let by = match edited {
            Some(by) => read.batch(by).or_fault()?,
            None => None,
        };
        Ok(KeptRecord {
            kind,
            id,
            title: title.unwrap_or_default(),
            local_at: by.as_ref().map(|it| self.settings.zone.write_local(it.at)),
            who: by.as_ref().map(|it| it.who.clone()).unwrap_or_default(),
            command: by.map(|it| it.name),
        })
    }
}

/// The command's name in the log.
pub(crate) fn name(command: &ImportCommand) -> &'static str {
    match command {
        ImportCommand::Forget { .. } => "forget_mapping",
        ImportCommand::Place { .. } => "place_orders",
        ImportCommand::Drop { .. } => "drop_orders",
    }
}

/// Carries one out.
pub(crate) fn carry_out(
    command: &ImportCommand,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<(Outcome, Touched), Failure> {
    match command {
        ImportCommand::Forget { mapping } => {
            tx.forget_mapping(*mapping)?;
            let outcome = ImportOutcome::Forgotten;
            Ok((Outcome::Imports(outcome), Touched::default()))
        }
        ImportCommand::Place { ids, to } => place(ids, *to, known, tx),
        ImportCommand::Drop { ids } => {
            let mut count = 0;
            for id in ids {
                if tx.read().waiting_order(*id)?.is_some() {
                    tx.drop_waiting(*id)?;
                    count += 1;
                }
            }
            let outcome = ImportOutcome::Dropped { count };
            Ok((Outcome::Imports(outcome), Touched::default()))
        }
    }
}

fn place(
    ids: &[i64],
    to: PlaceTo,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<(Outcome, Touched), Failure> {
    let chosen = if ids.is_empty() {
        tx.read().waiting_after(0, PLACED_MAX)?
    } else {
        let mut chosen = Vec::new();
        for id in ids.iter().take(PLACED_MAX as usize) {
            chosen.extend(tx.read().waiting_order(*id)?);
        }
        chosen
    };
    if let PlaceTo::Customer(id) = to
        && tx.read().customer(id)?.is_none()
    {
        return Err(fault::not_found(id).into());
    }
    let mut written = WrittenRecords::default();
    let (mut orders, mut made) = (0, 0);
    for stored in &chosen {
        let Some((buyer, order)) = waiting::read(stored) else {
            continue;
        };
        let mut book = Live(&mut *tx);
        let owner = owner_of(&buyer, to, known, &mut book, &mut made)?;
        if let Some(customer) = owner {
            waiting::place(&mut book, &order, &customer, &mut written)?;
            book.placed(stored)?;
            orders += 1;
        }
    }
    let touched: BTreeSet<CustomerId> = written.orders.iter().map(|it| it.customer).collect();
    let outcome = ImportOutcome::Placed {
        orders,
        customers: made,
        left: tx.read().waiting_count()?,
    };
    Ok((
        Outcome::Imports(outcome),
        Touched {
            customers: touched,
            ..Touched::default()
        },
    ))
}

/// Whose a waiting order becomes.
fn owner_of(
    buyer: &waiting::Buyer,
    to: PlaceTo,
    known: &Known<'_>,
    book: &mut Live<'_, '_>,
    made: &mut u64,
) -> Result<Option<Customer>, Failure> {
    if let PlaceTo::Customer(id) = to {
        return book.customer(id);
    }
    let found = waiting::who_fits(book, buyer, MatchBy::of(ImportKind::Orders))?;
    if found.customer.is_some() || to == PlaceTo::WhoFits || !buyer.says_something() {
        return Ok(found.customer);
    }
    let mut draft = buyer.draft.clone();
    if let Some(key) = &draft.external_id
        && !book.find(KeyKind::ExternalId, key)?.is_empty()
    {
        draft.external_id = None;
    }
    *made += 1;
    let key = buyer.source_key.as_deref();
    book.create_customer(&draft, key, known.context.now)
        .map(Some)
}
