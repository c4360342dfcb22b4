//! What cargo alone cannot express: building the page, serving it, testing it, and holding the layout to its rules.
//!
//! `cargo xtask <command>`; without one it prints the list. Every command installs what it misses at pinned versions
//! (see `tools`), says so, and can be run twice in a row.

#![expect(
    clippy::disallowed_methods,
    reason = "xtask runs on a developer's machine: it has files, threads and a clock"
)]
#![expect(
    clippy::indexing_slicing,
    reason = "only serde_json values are indexed: a missing key is null, not a panic"
)]

mod assets;
mod bench;
mod bundle;
mod classes;
mod fuzz;
mod imports;
mod layers;
mod licences;
mod long;
mod modules;
mod office;
mod package;
mod precache;
mod serve;
mod servers;
mod shell;
mod sizes;
mod split;
mod suite;
mod tidy;
mod tools;
mod wasm;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask <command>

  serve [--port N] [--dev]   builds the app and serves it on 127.0.0.1
  build [--dev]              builds the app into dist/ (works from any sub-path of any static host)
  test [STEP ...]            everything CI runs, or only the named steps:
                             fmt tidy layers licences clippy clippy-wasm unit build sizes browser embed servers
  bench [--quick]            measures import, opening, search and calculations in Chromium and prints the table
  fuzz [--seconds N] [TARGET ...]
                             the long test: every parser of foreign bytes for a minute, with cargo-fuzz
  long [--schedules N]       a million schedules of sync, then fuzz and office
  office                     opens the files we write with LibreOffice (Debian's, by apt) and finds no formula
  package                    makes the npm package of dist/, in target/npm
  layers [--write]           checks the crates' dependencies against ARCHITECTURE.md (--write: updates its table)
  tidy                       checks file lengths, names and left-over marks
  sizes                      checks the sizes of dist/ against their budgets
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["serve", rest @ ..] => serve::run(rest),
        ["build", rest @ ..] => bundle::run(rest),
        ["test", rest @ ..] => suite::run(rest),
        ["bench", rest @ ..] => bench::run(rest),
        ["fuzz", rest @ ..] => fuzz::run(rest),
        ["long", rest @ ..] => long::run(rest),
        ["layers", rest @ ..] => layers::run(rest),
        ["office"] => office::run(),
        ["package"] => package::run(),
        ["tidy"] => tidy::run(),
        ["sizes"] => sizes::run(),
        // Called by Trunk while it builds, see Trunk.toml.
        ["hash-assets"] => assets::run(),
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("\nxtask: {message}");
            ExitCode::FAILURE
        }
    }
}
