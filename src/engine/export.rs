//! Exporting customers, orders, rejected rows and ledgers.

use crate::{Context, Engine, Step, later};
use protocol::{ExportFormat, ExportWhat, Fault, FileView};

/// One export.
pub struct ExportSession {}

impl ExportSession {
    /// Starts.
    ///
    /// # Errors
    /// `BadRule`, `NotFound`, `Storage`.
    pub fn new(
        engine: &mut Engine,
        what: ExportWhat,
        format: ExportFormat,
        context: &Context,
    ) -> Result<Self, Fault> {
        later()
    }

    /// Goes on. Whenever it returns, [`ExportSession::take_bytes`] has what was written since.
    ///
    /// # Errors
    /// `Storage`.
    pub fn step(
        &mut self,
        engine: &mut Engine,
        context: &Context,
    ) -> Result<Step<FileView>, Fault> {
        later()
    }

    /// The bytes since the last call: append them to the file.
    pub fn take_bytes(&mut self) -> Vec<u8> {
        Vec::new()
    }
}
