//! `cargo xtask bench`: times in Chromium through the page's own worker, printed as one table.

use crate::shell::{program, root, run as execute};
use crate::{bundle, tools};

/// Builds the release and runs `tests/bench/run.mjs`; `--quick` leaves out the larger size.
///
/// # Errors
/// What failed, with the command.
pub fn run(arguments: &[&str]) -> Result<(), String> {
    bundle::build(false)?;
    tools::npm_packages()?;
    let chromium = tools::chromium()?;
    let script = root().join("tests/bench/run.mjs");
    let mut command = program("node", &[&script.to_string_lossy()]);
    execute(command.args(arguments).env("CHROMIUM", chromium))
}
