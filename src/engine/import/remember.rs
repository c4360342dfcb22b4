//! What is remembered of how files are read: a file with the same columns is read alike, a column of the same name goes
//! where it went.

use crate::fault::{Failure, OrFault};
use crate::{Context, Engine, FileIdentity};
use model::import::{GuessReason, ImportPlan, Inspection, Reading, Remembered};
use protocol::Fault;
use std::collections::{BTreeMap, BTreeSet};
use store::{BatchMeta, ImportMapping};
use xxhash_rust::xxh3::xxh3_128;

/// What [`intake::RejectedWriter`] adds to rows that are given back: mended, they are read as the file they came from.
const ADDED: [&str; 3] = ["shuke_row", "shuke_code", "shuke_reason"];

/// Fields that several columns may fill together.
const SEVERAL: [&str; 6] = ["tags", "interests", "note", "address", "phone", "email"];

/// The names of columns as they are compared: in order, without case and blanks, without what we added ourselves.
fn names<'c>(columns: impl IntoIterator<Item = &'c str>) -> BTreeSet<String> {
    columns
        .into_iter()
        .filter(|column| !ADDED.contains(column))
        .map(intake::clean::fold)
        .collect()
}

/// Follows from the names of the columns, in whatever order.
fn signature<'c>(columns: impl IntoIterator<Item = &'c str>) -> String {
    let names: Vec<String> = names(columns).into_iter().collect();
    format!("{:032x}", xxh3_128(names.join("\u{1f}").as_bytes()))
}

/// Beginning of an import's fingerprint: the file without its plan.
pub(crate) fn of_file(identity: &FileIdentity) -> String {
    format!("{}-", identity.fingerprint)
}

impl Engine {
    /// Adds to an inspection what is known from before: the plan of a cut-off import of this very file, else the
    /// mapping of a file with the same columns, else where columns of the same names went.
    ///
    /// # Errors
    /// `Storage`.
    pub fn recall(
        &self,
        inspection: &mut Inspection,
        identity: &FileIdentity,
        reading: &Reading,
    ) -> Result<(), Fault> {
        let wanted = |plan: &ImportPlan| reading.kind.is_none_or(|kind| kind == plan.kind);
        if let Some(run) = self.store.read().unfinished_import().or_fault()?
            && run.fingerprint.starts_with(&of_file(identity))
            && let Ok(plan) = serde_json::from_str::<ImportPlan>(&run.plan)
            && wanted(&plan)
        {
            inspection.remembered = Some(Box::new(Remembered {
                mapping: None,
                plan,
                at: run.started_at,
                resumes: Some(run.rows_done),
            }));
            return Ok(());
        }
        if reading.fresh {
            return Ok(());
        }
        let headers = inspection.columns.iter().map(|it| it.header.as_str());
        let known = self.store.read().mapping(&signature(headers)).or_fault()?;
        if let Some(mapping) = known
            && let Ok(plan) = serde_json::from_str::<ImportPlan>(&mapping.plan)
            && wanted(&plan)
        {
            inspection.remembered = Some(Box::new(Remembered {
                mapping: Some(mapping.id),
                plan,
                at: mapping.at,
                resumes: None,
            }));
            return Ok(());
        }
        if inspection.preset.is_none() {
            self.recall_columns(inspection)?;
        }
        Ok(())
    }

    /// Puts columns we know nothing better of where columns of the same names went before.
    fn recall_columns(&self, inspection: &mut Inspection) -> Result<(), Fault> {
        let mut went: BTreeMap<String, String> = BTreeMap::new();
        for mapping in self.store.read().mappings().or_fault()? {
            let Ok(plan) = serde_json::from_str::<ImportPlan>(&mapping.plan) else {
                continue;
            };
            if plan.kind != inspection.kind {
                continue;
            }
            // The last used comes first and holds.
            for (header, field) in plan.mapping {
                went.entry(intake::clean::fold(&header)).or_insert(field);
            }
        }
        let mut taken: BTreeSet<String> = inspection
            .columns
            .iter()
            .filter(|it| matches!(it.reason, GuessReason::Preset | GuessReason::Header))
            .filter_map(|it| it.field.clone())
            .collect();
        for column in &mut inspection.columns {
            if matches!(column.reason, GuessReason::Preset | GuessReason::Header) {
                continue;
            }
            let Some(field) = went.get(&intake::clean::fold(&column.header)) else {
                continue;
            };
            if column.field.as_ref() != Some(field) {
                if taken.contains(field) && !SEVERAL.contains(&field.as_str()) {
                    continue;
                }
                column.field = Some(field.clone());
                column.reason = GuessReason::Remembered;
            }
            taken.insert(field.clone());
        }
        Ok(())
    }

    /// Remembers how a file is read.
    pub(crate) fn remember(
        &mut self,
        plan: &ImportPlan,
        plan_json: &str,
        columns: &[String],
        context: &Context,
    ) -> Result<(), Fault> {
        let own: Vec<&str> = columns
            .iter()
            .map(String::as_str)
            .filter(|column| !ADDED.contains(column))
            .collect();
        if own.is_empty() {
            return Ok(());
        }
        let mapping = ImportMapping {
            id: 0,
            signature: signature(own.iter().copied()),
            columns: serde_json::to_string(&own).unwrap_or_default(),
            plan: plan_json.to_owned(),
            who: context.who.clone(),
            at: context.now,
            uses: 0,
        };
        let meta = BatchMeta {
            name: "import",
            subject: &plan.file_name,
            who: &context.who,
            at: context.now,
            request: None,
            continues: None,
            bulk: true,
        };
        self.store.write(meta, |tx| -> Result<(), Failure> {
            tx.remember_mapping(&mapping)?;
            Ok(())
        })?;
        Ok(())
    }
}
