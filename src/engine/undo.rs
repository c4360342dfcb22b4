//! Undoing a command or a whole import.

use crate::{Applied, Context, Engine, Step, later};
use model::BatchId;
use protocol::Fault;

/// One undo. [`Engine::apply`] with `Command::Undo` does the same in one go; use the session, because an import can
/// have a million records.
pub struct UndoSession {}

impl UndoSession {
    /// Starts; `request_id` as for [`Engine::apply`].
    ///
    /// # Errors
    /// `CannotUndo`, `NotFound`, `Storage`.
    pub fn new(
        engine: &mut Engine,
        batch: BatchId,
        request_id: &str,
        context: &Context,
    ) -> Result<Self, Fault> {
        later()
    }

    /// Goes on.
    ///
    /// # Errors
    /// `Storage`, `QuotaExceeded`.
    pub fn step(&mut self, engine: &mut Engine, context: &Context) -> Result<Step<Applied>, Fault> {
        later()
    }
}
