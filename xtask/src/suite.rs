//! `cargo xtask test`: everything CI runs, in the order in which a mistake shows soonest.

use crate::shell::{Scratch, output, program, root, run as execute, say};
use crate::{bundle, layers, licences, package, servers, sizes, tidy, tools};
use std::fs;
use std::time::Instant;

type Step = (&'static str, fn() -> Result<(), String>);

const STEPS: &[Step] = &[
    ("fmt", fmt),
    ("tidy", tidy::run),
    ("layers", || layers::run(&[])),
    ("licences", licences::run),
    ("clippy", clippy),
    ("clippy-wasm", clippy_wasm),
    ("unit", unit),
    ("build", || bundle::build(false)),
    ("sizes", sizes::run),
    ("browser", browser),
    ("embed", package::test),
    ("servers", servers::run),
];

/// Runs all steps, or the named ones.
///
/// # Errors
/// The first step that fails.
pub fn run(names: &[&str]) -> Result<(), String> {
    if let Some(unknown) = names
        .iter()
        .find(|n| STEPS.iter().all(|(name, _)| name != *n))
    {
        let known: Vec<&str> = STEPS.iter().map(|(name, _)| *name).collect();
        return Err(format!(
            "there is no step {unknown}; the steps are {}",
            known.join(" ")
        ));
    }
    let _scratch = Scratch::new()?;
    let start = Instant::now();
    let mut times = Vec::new();
    for (name, step) in STEPS
        .iter()
        .filter(|(n, _)| names.is_empty() || names.contains(n))
    {
        say(&format!("step {name}"));
        let from = Instant::now();
        step().map_err(|error| format!("step {name}: {error}"))?;
        times.push(format!("{name} {} s", from.elapsed().as_secs()));
    }
    say(&format!(
        "all steps passed in {} s ({})",
        start.elapsed().as_secs(),
        times.join(", ")
    ));
    Ok(())
}

fn fmt() -> Result<(), String> {
    execute(&mut program("cargo", &["fmt", "--all", "--check"]))
        .map_err(|error| format!("{error}\n  type: cargo fmt --all"))
}

fn clippy() -> Result<(), String> {
    let arguments = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--",
        "-D",
        "warnings",
    ];
    execute(&mut program("cargo", &arguments))
}

fn clippy_wasm() -> Result<(), String> {
    let tools = tools::for_lint()?;
    let arguments = [
        "clippy",
        "--target",
        "wasm32-unknown-unknown",
        "--workspace",
        "--exclude",
        "xtask",
        "--locked",
        "--",
        "-D",
        "warnings",
    ];
    execute(&mut tools.command("cargo", &arguments))
}

fn unit() -> Result<(), String> {
    execute(&mut program("cargo", &["test", "--workspace", "--locked"]))
}

/// The browser tests: Node's test runner, Playwright, Debian's Chromium, `dist/` served from a sub-path.
fn browser() -> Result<(), String> {
    tools::npm_packages()?;
    let chromium = tools::chromium()?;
    let artefacts = root().join("tests/artifacts");
    fs::create_dir_all(&artefacts).map_err(|error| error.to_string())?;
    let list = output(&mut program(
        "git",
        &[
            "ls-files",
            "--cached",
            "--others",
            "--exclude-standard",
            "tests",
        ],
    ))?;
    let mut files: Vec<&str> = list
        .lines()
        .filter(|path| path.ends_with(".test.mjs"))
        .filter(|path| !path.starts_with("tests/servers/") && !path.starts_with("tests/embed/"))
        .collect();
    files.sort_unstable();
    // One file at a time: they share two cores, and a kill test must not disturb its neighbour.
    let mut command = program(
        "node",
        &["--test", "--test-concurrency=1", "--test-reporter=spec"],
    );
    command
        .args(files)
        .env("CHROMIUM", chromium)
        .env("SHUKE_ARTEFACTS", artefacts);
    execute(&mut command)
}
