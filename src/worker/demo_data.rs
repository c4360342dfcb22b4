//! Fills a fresh workspace in memory with a sample business.

use engine::Engine;
use protocol::{Fault, FaultCode};

/// Puts the sample business called `name` in.
///
/// # Errors
/// `NotFound` for a name that is none.
pub fn fill(_engine: &mut Engine, name: &str) -> Result<(), Fault> {
    Err(Fault::new(FaultCode::NotFound).found(name))
}
