//! Erasing a person for good, with a receipt (S38 of security.md).

use crate::fault::{self, OrFault};
use crate::{Applied, Context, Engine};
use model::CustomerId;
use protocol::{Done, Fault, FaultCode, FileOut, Outcome, Traces};
use std::collections::BTreeMap;
use store::BatchMeta;

/// What a person types before it is done.
const ERASE: &str = "ERASE";

/// Kinds of file that leave without anybody's data.
const HARMLESS: [&str; 1] = ["programme-replay"];

impl Engine {
    /// What there is about a person, and which files may hold them.
    pub(crate) fn traces(&self, id: CustomerId) -> Result<Traces, Fault> {
        let read = self.store.read();
        let mut rows: BTreeMap<String, u64> = read
            .count_of_person(id)
            .or_fault()?
            .into_iter()
            .filter(|(table, _)| *table != "erasure")
            .map(|(table, count)| (table.to_owned(), count))
            .collect();
        for (table, mentions) in read.mentions_of_person(id).or_fault()? {
            if mentions > 0 {
                rows.insert(table.to_owned(), mentions);
            }
        }
        Ok(Traces {
            rows: rows.into_iter().collect(),
            present: read.customer(id).or_fault()?.is_some(),
            files: self.files_with(id)?,
        })
    }

    /// Files that left since the person was first recorded.
    fn files_with(&self, id: CustomerId) -> Result<Vec<FileOut>, Fault> {
        let since = self.store.read().first_recorded(id).or_fault()?;
        let mut files = self.files_since(since)?;
        files.retain(|file| !HARMLESS.contains(&file.kind.as_str()));
        Ok(files)
    }

    /// Erases a person for good. All that is derived is made again: names stand in the columns' dictionaries, too.
    ///
    /// # Errors
    /// `Invalid`, `NotFound`, `Storage`; nothing was changed then.
    pub(crate) fn erase_person(
        &mut self,
        (customer, keep_books): (CustomerId, bool),
        confirm: &str,
        request_id: &str,
        context: &Context,
    ) -> Result<Applied, Fault> {
        if confirm != ERASE {
            return Err(Fault::new(FaultCode::Invalid)
                .at("confirm")
                .found(confirm)
                .expected(ERASE));
        }
        if let Some(done) = self.answered(request_id)? {
            return Ok(Applied {
                done,
                changed: None,
            });
        }
        let files = self.files_with(customer)?;
        let meta = BatchMeta {
            name: "erase_person",
            subject: "",
            who: &context.who,
            at: context.now,
            request: Some(request_id),
            continues: None,
            bulk: false,
        };
        let zone = self.settings.zone;
        let answer = |it: &store::Erasure| Done {
            batch: None,
            outcome: Outcome::Erased(Box::new(crate::export::receipt(zone, it, files.clone()))),
        };
        let reply = |it: &store::Erasure| serde_json::to_string(&answer(it)).ok();
        let written = match self.store.erase_person(meta, customer, keep_books, reply) {
            Err(store::StoreError::NotFound { .. }) => return Err(fault::not_found(customer)),
            written => written.or_fault()?,
        };
        let done = answer(&written.value);
        self.start_over()?;
        Ok(Applied {
            done,
            changed: Some(self.everything_changed()),
        })
    }
}
