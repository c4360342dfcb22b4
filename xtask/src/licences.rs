//! The licence check: every crate that is shipped or used to build is under a licence on this list.

use crate::shell::{output, program};
use serde_json::Value;

/// Permissive licences, and MPL-2.0, whose duties end at its own files. None of them binds the page's owner.
const FINE: &[&str] = &[
    "MIT",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "Unlicense",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "CC0-1.0",
    "0BSD",
    "MPL-2.0",
    "BSL-1.0",
    "MIT-0",
];

/// Reads every package of the lock file.
///
/// # Errors
/// Each package whose licence is missing or not on the list.
pub fn run() -> Result<(), String> {
    let json = output(&mut program(
        "cargo",
        &["metadata", "--format-version=1", "--locked"],
    ))?;
    let value: Value = serde_json::from_str(&json).map_err(|e| e.to_string())?;
    let mut count = 0;
    let mut wrong = Vec::new();
    for package in value["packages"].as_array().into_iter().flatten() {
        count += 1;
        let licence = package["license"].as_str().unwrap_or("none stated");
        if !acceptable(licence) {
            let (name, version) = (&package["name"], &package["version"]);
            wrong.push(format!("{name} {version}: {licence}"));
        }
    }
    if wrong.is_empty() {
        println!("licences: {count} packages, all on the list");
        return Ok(());
    }
    Err(format!(
        "licences that are not on the list in xtask/src/licences.rs:\n  {}",
        wrong.join("\n  ")
    ))
}

/// An SPDX expression without nesting beyond one level: any alternative of `OR` whose every part of `AND` is fine.
fn acceptable(expression: &str) -> bool {
    let plain = expression.replace('/', " OR ").replace(['(', ')'], "");
    // With brackets dropped, `A AND (B OR C)` reads as `A AND B OR C`: check every name then, the strict way.
    if expression.contains('(') {
        return plain
            .replace(" AND ", " OR ")
            .split(" OR ")
            .all(|one| FINE.contains(&one.trim()));
    }
    plain
        .split(" OR ")
        .any(|one| one.split(" AND ").all(|part| FINE.contains(&part.trim())))
}

#[cfg(test)]
mod tests {
    use super::acceptable;

    #[test]
    fn expressions_are_judged() {
        for good in [
            "MIT",
            "MIT/Apache-2.0",
            "GPL-3.0 OR MIT",
            "MIT AND Zlib",
            "(MIT OR Apache-2.0) AND Unicode-3.0",
        ] {
            assert!(acceptable(good), "{good}");
        }
        for bad in [
            "GPL-3.0",
            "none stated",
            "MIT AND GPL-3.0",
            "(MIT OR GPL-3.0) AND ISC",
        ] {
            assert!(!acceptable(bad), "{bad}");
        }
    }
}
