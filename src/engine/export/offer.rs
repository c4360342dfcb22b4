//! What there is to take away: columns, numbers, files that left, persons who were erased.

use super::table_layout;
use crate::fault::OrFault;
use crate::{Context, Engine, Unanswered};
use intake::lacking;
use model::{Timestamp, Zone};
use protocol::{
    ColumnGroup, ColumnOffer, Erasure, Fault, FileOut, FileView, Layout, Offer, OutQuery, OutReply,
    Page, Reply,
};

/// Files that a receipt names.
const NAMED: u32 = 50;

/// Layouts of customers.
const PEOPLE: [Layout; 7] = [
    Layout::Shuke,
    Layout::Words,
    Layout::Zoho,
    Layout::Shopify,
    Layout::Hubspot,
    Layout::Fxiaoke,
    Layout::Google,
];

/// Layouts of orders.
const ORDERS: [Layout; 4] = [Layout::Shuke, Layout::Words, Layout::Zoho, Layout::Shopify];

impl Engine {
    /// Answers a question about data that goes out.
    pub(crate) fn out(&mut self, query: &OutQuery, context: &Context) -> Result<Reply, Unanswered> {
        let reply = match query {
            OutQuery::Customers(list) => {
                let records = self.list_ids(list, context)?.len() as u64;
                OutReply::Offer(Offer {
                    records,
                    columns: self.customer_offer()?,
                    layouts: layouts(&PEOPLE, false),
                })
            }
            OutQuery::Orders(list) => {
                let records = self.order_ids(list, context)?.len() as u64;
                OutReply::Offer(Offer {
                    records,
                    columns: columns(intake::ORDER_COLUMNS, ColumnGroup::Record).collect(),
                    layouts: layouts(&ORDERS, true),
                })
            }
            OutQuery::Calendar { rule } => {
                let (birthdays, tasks) = self.calendar_counts(rule.as_deref(), context)?;
                OutReply::Calendar { birthdays, tasks }
            }
            OutQuery::Files { offset, limit } => {
                let read = self.store.read();
                let page = read.handed_out(None, *offset, *limit).or_fault()?;
                OutReply::Files(Page {
                    total: page.total,
                    offset: *offset,
                    items: self.files(page.items),
                })
            }
            OutQuery::Erased { offset, limit } => {
                let page = self.store.read().erasures(*offset, *limit).or_fault()?;
                let zone = self.settings.zone;
                let items = page.items.iter();
                OutReply::Erased(Page {
                    total: page.total,
                    offset: *offset,
                    items: items.map(|it| receipt(zone, it, Vec::new())).collect(),
                })
            }
            OutQuery::Traces { customer } => OutReply::Traces(self.traces(*customer)?),
        };
        Ok(Reply::Out(Box::new(reply)))
    }

    fn customer_offer(&self) -> Result<Vec<ColumnOffer>, Fault> {
        let keys = self.store.read().custom_keys().or_fault()?;
        let (before, behind) =
            intake::CUSTOMER_COLUMNS.split_at(intake::CUSTOMER_COLUMNS.len().saturating_sub(2));
        let own = keys.into_iter().map(|key| ColumnOffer {
            key: format!("custom.{key}"),
            group: ColumnGroup::Custom,
        });
        Ok(columns(before, ColumnGroup::Record)
            .chain(own)
            .chain(columns(behind, ColumnGroup::Record))
            .chain(columns(intake::CALCULATED, ColumnGroup::Calculated))
            .collect())
    }

    /// Notes a file that left.
    ///
    /// # Errors
    /// `Storage`.
    pub fn note_file(
        &mut self,
        kind: &str,
        file: &FileView,
        context: &Context,
    ) -> Result<(), Fault> {
        let file = store::HandedOut {
            at: context.now,
            who: context.who.clone(),
            kind: kind.to_owned(),
            name: file.name.clone(),
            records: file.records,
        };
        self.store.note_handed_out(&file).or_fault()
    }

    /// Files that left since an instant, as pages see them.
    pub(crate) fn files_since(&self, since: Option<Timestamp>) -> Result<Vec<FileOut>, Fault> {
        let read = self.store.read();
        let page = read.handed_out(since, 0, NAMED).or_fault()?;
        Ok(self.files(page.items))
    }

    fn files(&self, files: Vec<store::HandedOut>) -> Vec<FileOut> {
        let zone: Zone = self.settings.zone;
        files
            .into_iter()
            .map(|file| FileOut {
                local_at: zone.write_local(file.at),
                who: file.who,
                kind: file.kind,
                name: file.name,
                records: file.records,
            })
            .collect()
    }
}

/// A receipt as pages see it, with the files that may hold the person.
pub(crate) fn receipt(zone: Zone, it: &store::Erasure, files: Vec<FileOut>) -> Erasure {
    Erasure {
        id: model::id::encode(it.id),
        customer: it.customer,
        local_at: zone.write_local(it.at),
        who: it.who.clone(),
        books_kept: it.books_kept,
        rows: it.rows.clone().into_iter().collect(),
        rewritten: it.rewritten,
        files,
    }
}

fn columns(keys: &'static [&'static str], group: ColumnGroup) -> impl Iterator<Item = ColumnOffer> {
    keys.iter().map(move |key| ColumnOffer {
        key: (*key).to_owned(),
        group,
    })
}

fn layouts(which: &[Layout], orders: bool) -> Vec<(Layout, Vec<String>)> {
    which
        .iter()
        .map(|layout| {
            let lacking = lacking(table_layout(*layout), orders);
            (*layout, lacking.into_iter().map(str::to_owned).collect())
        })
        .collect()
}
