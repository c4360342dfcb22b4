//! Sizes are budgets: what the first visit loads, and what loads beside it.

use crate::shell::{output, program, root};
use std::fs;

/// The page: HTML, scripts, style, icons and its WebAssembly, brotli.
const PAGE: Budget = Budget {
    goal: 200_000,
    // Not reached yet: the limit holds what has been reached, and may only fall.
    limit: 500_000,
};
/// The worker: loads beside the page, brotli. README states it.
const WORKER: Budget = Budget {
    goal: 1_000_000,
    limit: 1_700_000,
};

/// What we want, and what must not be passed. Bytes.
struct Budget {
    goal: u64,
    limit: u64,
}

/// Measures `dist/` and holds it to the budgets.
///
/// # Errors
/// When `dist/` is missing or a budget is passed.
pub fn run() -> Result<(), String> {
    let mut page = Vec::new();
    let mut worker = Vec::new();
    let folder = root().join("dist");
    let entries =
        fs::read_dir(&folder).map_err(|_| "there is no dist/; type: cargo xtask build")?;
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() {
            continue;
        }
        let size = brotli(&entry.path().to_string_lossy())?;
        if name.starts_with("worker") {
            worker.push((name, size))
        } else {
            page.push((name, size))
        }
    }
    let page = report("page", &mut page, &PAGE);
    let worker = report("worker", &mut worker, &WORKER);
    if page && worker {
        Ok(())
    } else {
        Err("a size budget is passed".into())
    }
}

fn report(what: &str, files: &mut [(String, u64)], budget: &Budget) -> bool {
    files.sort();
    let sum: u64 = files.iter().map(|(_, size)| size).sum();
    println!(
        "{what}: {sum} bytes brotli (goal {}, limit {})",
        budget.goal, budget.limit
    );
    for (name, size) in files.iter() {
        println!("  {size:>9}  {name}");
    }
    sum <= budget.limit && sum > 0
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
