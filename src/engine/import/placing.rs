//! When a file is through: orders of earlier files that waited are given to the customers who came with it.

use super::book::{Book, Dry, Live as LiveBook};
use super::record::WrittenRecords;
use super::report::Findings;
use super::{ImportSession, ImportStep, Target, waiting};
use crate::fault::{Failure, OrFault};
use crate::{Context, Engine};
use model::import::MatchBy;
use protocol::Fault;
use store::{BatchMeta, WaitingOrder};

/// Waiting orders looked at in one transaction.
const AT_ONCE: u32 = 500;

impl ImportSession {
    /// Looks at a stretch of the waiting orders; complete when all were looked at.
    pub(super) fn place_some(
        &mut self,
        engine: &mut Engine,
        context: &Context,
    ) -> Result<ImportStep, Fault> {
        let changes = self.findings.customers.created + self.findings.customers.updated;
        let Some(after) = self.placing.filter(|_| changes > 0) else {
            return Ok(ImportStep::Complete);
        };
        let stretch = engine
            .store
            .read()
            .waiting_after(after, AT_ONCE)
            .or_fault()?;
        self.placing = stretch.last().map(|it| it.id);
        if stretch.is_empty() {
            return Ok(ImportStep::Complete);
        }
        match &mut self.target {
            Target::Dry(overlay) => {
                let mut book = Dry {
                    read: engine.store.read(),
                    overlay,
                };
                let mut written = WrittenRecords::default();
                place_each(&stretch, &mut book, &mut self.findings, &mut written)?;
            }
            Target::Live(live) => {
                let meta = BatchMeta {
                    name: "import",
                    subject: &self.plan.file_name,
                    who: &context.who,
                    at: context.now,
                    request: None,
                    continues: live.batch,
                    bulk: true,
                };
                let mut written = WrittenRecords::default();
                let findings = &mut self.findings;
                let run = engine.store.write(meta, |tx| -> Result<(), Failure> {
                    place_each(&stretch, &mut LiveBook(tx), findings, &mut written)
                })?;
                if run.batch.is_some() {
                    let kinds = run.kinds();
                    let changed = engine.follow_import(&written, run.data_version, &kinds)?;
                    live.note(changed);
                }
            }
        }
        Ok(ImportStep::More(self.progress()))
    }
}

fn place_each(
    stretch: &[WaitingOrder],
    book: &mut impl Book,
    findings: &mut Findings,
    written: &mut WrittenRecords,
) -> Result<(), Failure> {
    for stored in stretch {
        // Something else of this file may have placed it already.
        if book.waiting(&stored.key)?.is_none() {
            continue;
        }
        let Some((buyer, order)) = waiting::read(stored) else {
            continue;
        };
        let found = waiting::who_fits(book, &buyer, MatchBy::default())?;
        if let Some(customer) = found.customer.filter(|_| waiting::is_sure(found.by)) {
            waiting::place(book, &order, &customer, written)?;
            book.placed(stored)?;
            findings.placed += 1;
        }
    }
    Ok(())
}
