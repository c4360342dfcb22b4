//! Columns in memory: loading them, and keeping them in step with the store.

use crate::{Context, Engine, Step, later};
use protocol::Fault;

/// Brings the columns into memory, a step at a time: from a snapshot if it is whole and current, else from the store.
pub struct ColumnsLoad {}

impl ColumnsLoad {
    /// `snapshot` is what [`Engine::snapshot_bytes`] once gave, if the host has it. A damaged or stale one is ignored.
    pub fn new(engine: &Engine, snapshot: Option<&[u8]>) -> Self {
        Self {}
    }

    /// Goes on. When done the columns are in the engine; the step says how many customers and orders.
    ///
    /// # Errors
    /// `Damaged` or `Storage`.
    pub fn step(
        &mut self,
        engine: &mut Engine,
        context: &Context,
    ) -> Result<Step<(u64, u64)>, Fault> {
        later()
    }
}
