//! Sizes are budgets: what the first visit loads, each part that is fetched on demand, and the worker.

use crate::shell::{output, program, root};
use std::fs;

/// What must not be passed, in bytes of brotli, by what a file's name starts with. The page is the owner's budget:
/// HTML, scripts, style, icons and the first piece of the program. The others may only fall, or rise with a reason;
/// README states them.
const BUDGETS: &[Budget] = &[
    Budget::of("page", "", 200_000),
    // The published form of rules, for whoever writes them elsewhere; no page loads it.
    Budget::of("rule schema", "segment-rule", 5_000),
    Budget::of("profile schema", "sync-profile", 8_000),
    // What an owner runs on PostgreSQL; no page loads it.
    Budget::of("postgres", "postgres", 6_000),
    // The JavaScript API, before it starts a worker, and its types, which only tools read.
    Budget::of("shuke.js", "shuke.js", 10_000),
    Budget::of("types", "shuke.d.ts", 6_000),
    // Custom elements for other people's pages, with track, inbox and the frame; the page itself loads none of them.
    Budget::of("elements", "element", 30_000),
    Budget::of("elements beside", "track", 2_500),
    Budget::of("elements beside", "inbox", 1_500),
    Budget::of("frame", "frame", 3_500),
    // Shows the elements to whoever embeds them.
    Budget::of("embed page", "embed", 7_000),
    // Import, duplicates, quality, export.
    Budget::of("data", "part-data-", 115_000),
    Budget::of("points", "part-points-", 170_000),
    Budget::of("records", "part-records-", 155_000),
    Budget::of("segments", "part-segments-", 195_000),
    // Sync's screen is most of it.
    Budget::of("settings", "part-settings-", 98_000),
    // Icons and the word of what can be installed, and what keeps the page on the device: after the first page.
    Budget::of("install", "install", 40_000),
    Budget::of("install", "service-worker", 8_000),
    // The style of all pages but home.
    Budget::of("style of parts", "part-style-", 15_000),
    // What several parts need.
    Budget::of("shared", "part-shared-", 410_000),
    // With SQLite, the calculators, the readers of files, sync and what programs ask. It loads beside the page. A
    // fifteenth of it is loops that go for several values at a time: without it rules take two to three times as long.
    Budget::of("worker", "worker-", 3_130_000),
    // Reads workbooks; loaded when a person brings one. Half of it is the tables of encodings.
    Budget::of("sheets", "sheets-", 230_000),
];

struct Budget {
    what: &'static str,
    start: &'static str,
    limit: u64,
}

impl Budget {
    const fn of(what: &'static str, start: &'static str, limit: u64) -> Self {
        Self { what, start, limit }
    }
}

/// The budget that a file counts for: of those that its name starts with, the one that says most.
fn budget_of(name: &str) -> Option<usize> {
    // A part that nobody named here must not hide in the page.
    if name.starts_with("part-")
        && !BUDGETS
            .iter()
            .any(|b| !b.start.is_empty() && name.starts_with(b.start))
    {
        return None;
    }
    BUDGETS
        .iter()
        .enumerate()
        .filter(|(_, budget)| name.starts_with(budget.start))
        .max_by_key(|(_, budget)| budget.start.len())
        .map(|(index, _)| index)
}

/// Measures `dist/` (or the folder named in SHUKE_DIST) and holds it to the budgets.
///
/// # Errors
/// When there is nothing to measure or a budget is passed.
pub fn run() -> Result<(), String> {
    let folder = std::env::var_os("SHUKE_DIST").map_or_else(|| root().join("dist"), Into::into);
    let entries = fs::read_dir(&folder)
        .map_err(|_| format!("there is no {}; type: cargo xtask build", folder.display()))?;
    let mut files: Vec<Vec<(String, u64)>> = BUDGETS.iter().map(|_| Vec::new()).collect();
    for entry in entries.flatten().filter(|entry| entry.path().is_file()) {
        let name = entry.file_name().to_string_lossy().into_owned();
        let size = brotli(&entry.path().to_string_lossy())?;
        let list = budget_of(&name).and_then(|index| files.get_mut(index));
        list.ok_or_else(|| format!("{name} has no budget: give it one in xtask/src/sizes.rs"))?
            .push((name, size));
    }
    let mut passed = Vec::new();
    for (budget, files) in BUDGETS.iter().zip(&mut files) {
        files.sort();
        let sum: u64 = files.iter().map(|(_, size)| size).sum();
        println!(
            "{}: {sum} bytes brotli (limit {})",
            budget.what, budget.limit
        );
        for (name, size) in files {
            println!("  {size:>9}  {name}");
        }
        if sum > budget.limit || sum == 0 {
            passed.push(budget.what);
        }
    }
    if passed.is_empty() {
        Ok(())
    } else {
        Err(format!(
            "budgets passed (or nothing there): {}",
            passed.join(", ")
        ))
    }
}

/// Compressed by Node's brotli at its default quality, 11: what a static host stores.
fn brotli(path: &str) -> Result<u64, String> {
    let script = "console.log(require('zlib').brotliCompressSync(require('fs').readFileSync(process.argv[1])).length)";
    let printed = output(&mut program("node", &["-e", script, path]))?;
    printed
        .trim()
        .parse()
        .map_err(|_| format!("cannot measure {path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_counts_for_one_budget() {
        let what = |name: &str| budget_of(name).map(|index| BUDGETS[index].what);
        for (name, budget) in [
            ("app-1_bg.wasm", Some("page")),
            ("parts-1.js", Some("page")),
            ("index.html", Some("page")),
            ("part-records-1.wasm", Some("records")),
            ("part-shared-1.wasm", Some("shared")),
            ("part-unheard-of-1.wasm", None),
            ("worker-1.wasm", Some("worker")),
            ("sheets-1.loader.js", Some("sheets")),
        ] {
            assert_eq!(what(name), budget, "{name}");
        }
    }
}
