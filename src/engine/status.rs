//! How things stand.

use crate::fault::OrFault;
use crate::import::ImportState;
use crate::{Context, Engine};
use protocol::{Fault, Status};

impl Engine {
    /// How things stand; works at once after opening.
    ///
    /// # Errors
    /// `Storage`.
    pub fn status(&mut self, context: &Context) -> Result<Status, Fault> {
        let light = self.sync_light(context)?;
        let read = self.store.read();
        let counts = read.counts().or_fault()?;
        let backup = read.backup_state().or_fault()?;
        let unfinished = read.unfinished_import().or_fault()?;
        Ok(Status {
            settings: self.settings.clone(),
            storage: self.host.storage,
            storage_refused: self.host.storage_refused.clone(),
            demo: self.host.demo.clone(),
            today: self.today(context),
            customers: counts.customers,
            orders: counts.orders,
            data_version: self.data_version,
            columns_ready: self.columns.is_some(),
            last_backup_at: backup.last_at,
            changes_since_backup: backup.batches_since,
            database_bytes: read.database_bytes().or_fault()?,
            unfinished_import: unfinished.as_ref().map(ImportState::unfinished),
            leader: self.host.leader,
            encrypted: self.host.encrypted,
            sync: light,
        })
    }
}
