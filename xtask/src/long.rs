//! `cargo xtask long`: what takes an hour and need not run with every change: a million schedules of sync, every parser
//! of foreign bytes for a minute, LibreOffice over the files we write.

use crate::shell::{program, run as execute, say};
use crate::{fuzz, office};

/// Schedules that are played, when nobody says how many.
const SCHEDULES: &str = "1000000";

/// Runs all of it, or with `--schedules N` that many schedules.
///
/// # Errors
/// The first thing that fails. A schedule that breaks is printed in its smallest form; `SHUKE_SEED=<seed> cargo test -p
/// sync --test schedules` plays it again.
pub fn run(arguments: &[&str]) -> Result<(), String> {
    let count = match arguments {
        [] => SCHEDULES,
        ["--schedules", count] => count,
        other => return Err(format!("long takes --schedules N, not {}", other.join(" "))),
    };
    say(&format!("playing {count} schedules of sync"));
    let mut command = program(
        "cargo",
        &[
            "test",
            "--profile",
            "bench",
            "-p",
            "sync",
            "--test",
            "schedules",
            "schedules",
        ],
    );
    execute(command.env("SHUKE_SCHEDULES", count))?;
    fuzz::run(&[])?;
    office::run()
}
