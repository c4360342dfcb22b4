//! The rows behind a replay's numbers: a page of customers, and files of months and of customers.

use super::replay::{Kept, KeptRow};
use crate::Engine;
use crate::fault::OrFault;
use intake::{FileForm, TableCell, TableWriter};
use model::{Customer, CustomerId};
use protocol::{Fault, MoverRow, Page, ReplayPart};
use std::collections::BTreeMap;

/// Customers read at once.
const CUSTOMERS: usize = 500;

impl Engine {
    /// Customers of the last replay.
    pub(crate) fn movers(
        &self,
        replay: u32,
        cell: Option<u32>,
        offset: u64,
        limit: u32,
    ) -> Result<Page<MoverRow>, Fault> {
        let kept = self.kept_replay(replay)?;
        let found: Vec<&KeptRow> = kept
            .rows
            .iter()
            .filter(|row| cell.is_none() || row.cell == cell)
            .collect();
        let page = super::stretch(found, offset, limit);
        let customers = read(self, page.items.iter().map(|row| row.customer))?;
        let items = page
            .items
            .iter()
            .filter_map(|row| Some(mover(kept, row, customers.get(&row.customer)?)))
            .collect();
        Ok(Page {
            total: page.total,
            offset,
            items,
        })
    }

    /// A replay as a file.
    pub(crate) fn replay_file(
        &self,
        replay: u32,
        part: ReplayPart,
        form: FileForm,
        out: &mut Vec<u8>,
    ) -> Result<u64, Fault> {
        let kept = self.kept_replay(replay)?;
        match part {
            ReplayPart::Months => Ok(write_months(kept, form, out)),
            ReplayPart::Customers => self.write_customers_of(kept, form, out),
        }
    }

    fn write_customers_of(
        &self,
        kept: &Kept,
        form: FileForm,
        out: &mut Vec<u8>,
    ) -> Result<u64, Fault> {
        const COLUMNS: [&str; 10] = [
            "id",
            "externalId",
            "name",
            "phone",
            "issuedPresent",
            "issuedDraft",
            "balancePresent",
            "balanceDraft",
            "tierPresent",
            "tierDraft",
        ];
        let mut writer = TableWriter::new(form, &COLUMNS);
        writer.start(out);
        let text = |text: Option<String>| text.map_or(TableCell::Empty, TableCell::Text);
        let key =
            |text: Option<&String>| text.map_or(TableCell::Empty, |it| TableCell::Key(it.clone()));
        let mut written = 0;
        for rows in kept.rows.chunks(CUSTOMERS) {
            let customers = read(self, rows.iter().map(|row| row.customer))?;
            for row in rows {
                let Some(customer) = customers.get(&row.customer) else {
                    continue;
                };
                let fields = &customer.fields;
                let (from, to) = tiers(kept, row);
                let cells = [
                    TableCell::Key(row.customer.to_string()),
                    key(fields.external_id.as_ref()),
                    TableCell::Text(fields.name.clone()),
                    key(fields.phone.as_ref()),
                    TableCell::Number(row.present.issued),
                    TableCell::Number(row.draft.issued),
                    TableCell::Number(row.present.balance),
                    TableCell::Number(row.draft.balance),
                    text(from),
                    text(to),
                ];
                writer.write(&cells, out);
                written += 1;
            }
        }
        writer.end(out);
        Ok(written)
    }
}

fn write_months(kept: &Kept, form: FileForm, out: &mut Vec<u8>) -> u64 {
    let mut writer = TableWriter::new(form, &["month", "issuedPresent", "issuedDraft"]);
    writer.start(out);
    for month in &kept.view.months {
        let name = month.month.to_string();
        let name = name.get(..7).unwrap_or(&name);
        let cells = [
            TableCell::Text(name.to_owned()),
            TableCell::Number(month.present.0),
            TableCell::Number(month.draft.0),
        ];
        writer.write(&cells, out);
    }
    writer.end(out);
    kept.view.months.len() as u64
}

fn read(
    engine: &Engine,
    ids: impl Iterator<Item = CustomerId>,
) -> Result<BTreeMap<CustomerId, Customer>, Fault> {
    let ids: Vec<CustomerId> = ids.collect();
    let customers = engine.store.read().customers(&ids).or_fault()?;
    Ok(customers.into_iter().map(|it| (it.id, it)).collect())
}

/// Names of the tiers a customer has by both programmes.
fn tiers(kept: &Kept, row: &KeptRow) -> (Option<String>, Option<String>) {
    let name = |levels: &[(String, String, u64)], tier: Option<u16>| {
        let (_, name, _) = levels.get(usize::from(tier?))?;
        Some(name.clone())
    };
    let present = kept.view.present.as_ref();
    let present = present.map_or(&[][..], |side| &side.tiers);
    (
        name(present, row.present.tier),
        name(&kept.view.draft.tiers, row.draft.tier),
    )
}

fn mover(kept: &Kept, row: &KeptRow, customer: &Customer) -> MoverRow {
    let (from, to) = tiers(kept, row);
    MoverRow {
        customer: row.customer,
        name: customer.fields.name.clone(),
        phone: customer.fields.phone.clone(),
        from,
        to,
        balance: model::Points(row.present.balance),
        draft_balance: model::Points(row.draft.balance),
    }
}
