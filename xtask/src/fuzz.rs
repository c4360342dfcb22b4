//! `cargo xtask fuzz`: every parser of foreign bytes for a minute, with cargo-fuzz on the nightly compiler.

use crate::shell::{output, program, root, run as execute, say};
use crate::tools;
use std::fs;
use std::path::Path;
use std::process::Command;

/// A target, the committed files that show its fuzzer what good ones look like, and how long inputs may get: of text, what
/// is wrong is wrong in a few kilobytes, and short inputs are many.
const TARGETS: &[(&str, &[&str], u32)] = &[
    ("delimited", &["src/intake/samples", "tests/files"], 4_096),
    ("json", &["src/intake/samples"], 4_096),
    ("cards", &["fuzz/seeds/cards"], 4_096),
    ("sheet", &[], 4_096),
    ("workbook", &["tests/files"], 65_536),
    ("xlsx", &["fuzz/seeds/xlsx"], 65_536),
];

/// Runs all targets, or the named ones, each for `--seconds N` (60).
///
/// # Errors
/// The first input that panics, takes more than ten seconds or a gigabyte; libFuzzer prints where it is kept.
pub fn run(arguments: &[&str]) -> Result<(), String> {
    let (seconds, names) = match arguments {
        ["--seconds", seconds, names @ ..] => (*seconds, names),
        names => ("60", names),
    };
    if let Some(unknown) = names
        .iter()
        .find(|n| TARGETS.iter().all(|(name, ..)| name != *n))
    {
        let known: Vec<&str> = TARGETS.iter().map(|(name, ..)| *name).collect();
        return Err(format!(
            "there is no target {unknown}; the targets are {}",
            known.join(" ")
        ));
    }
    let nightly = output(&mut program("rustup", &["toolchain", "list"]))?;
    if !nightly.contains("nightly") {
        say("installing the nightly compiler, which fuzzing needs (200 MB, by rustup)");
        execute(&mut program(
            "rustup",
            &["toolchain", "install", "nightly", "--profile", "minimal"],
        ))?;
    }
    let bin = tools::cargo_fuzz()?;
    let wanted: Vec<_> = TARGETS
        .iter()
        .filter(|(name, ..)| names.is_empty() || names.contains(name))
        .collect();
    // All at once, so that the minutes are spent on reading.
    say("building the targets (a minute or two)");
    let mut build = program(
        "cargo",
        &["+nightly", "fuzz", "build", "--sanitizer", "none"],
    );
    if let [(only, ..)] = wanted.as_slice() {
        build.arg(only);
    }
    execute(with_path(&mut build, &bin)?)?;
    for (name, seeds, longest) in wanted {
        say(&format!("fuzzing {name} for {seconds} s"));
        target(&bin, name, seeds, *longest, seconds)?;
    }
    Ok(())
}

/// The command with our tools before those of the system.
fn with_path<'c>(command: &'c mut Command, bin: &Path) -> Result<&'c mut Command, String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(bin.to_owned()).chain(std::env::split_paths(&path));
    let path = std::env::join_paths(folders).map_err(|error| error.to_string())?;
    Ok(command.env("PATH", path))
}

fn target(
    bin: &Path,
    name: &str,
    seeds: &[&str],
    longest: u32,
    seconds: &str,
) -> Result<(), String> {
    // The first folder is where the fuzzer puts what it finds interesting, the others are only read.
    let corpus = root().join("fuzz/corpus").join(name);
    fs::create_dir_all(&corpus).map_err(|error| format!("{}: {error}", corpus.display()))?;
    let mut command = program(
        "cargo",
        &["+nightly", "fuzz", "run", "--sanitizer", "none", name],
    );
    command.arg(&corpus);
    for seed in seeds {
        command.arg(root().join(seed));
    }
    let most = format!("-max_total_time={seconds}");
    let longest = format!("-max_len={longest}");
    command.args(["--", &most, "-timeout=10", "-rss_limit_mb=1024", &longest]);
    execute(with_path(&mut command, bin)?)
}
