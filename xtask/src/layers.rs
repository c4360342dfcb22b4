//! `cargo xtask layers`: which crate may know which. The table in ARCHITECTURE.md is written from the one here.

use crate::shell::{output, program, root};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// Crate, and the crates of ours it may depend on (for tests it may know more, see [`FOR_TESTS`]).
const ALLOWED: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("segment", &["model", "insight"]),
    ("loyalty", &["model"]),
    ("coupon", &["model"]),
    ("insight", &["model"]),
    ("intake", &["model"]),
    ("protocol", &["model"]),
    ("demo", &["model"]),
    ("qr", &[]),
    ("sheets", &[]),
    ("store", &["model"]),
    ("twins", &["model"]),
    ("sync", &[]),
    ("vault", &[]),
    (
        "engine",
        &[
            "model", "segment", "loyalty", "insight", "intake", "store", "protocol", "qr",
            "coupon", "twins", "sync",
        ],
    ),
    (
        "worker",
        &["engine", "protocol", "model", "demo", "sync", "vault"],
    ),
    ("text", &["model", "protocol"]),
    ("view", &[]),
    ("ui", &["view"]),
    ("app", &["model", "protocol", "text", "ui"]),
    ("xtask", &[]),
];

/// Crates that tests may also know.
const FOR_TESTS: &[&str] = &["demo", "sheets"];

/// Outside crates that reach the browser, and who may use them.
const BROWSER: &[&str] = &[
    "web-sys",
    "js-sys",
    "wasm-bindgen",
    "wasm-bindgen-futures",
    "gloo-storage",
    "leptos",
];
const MAY_USE_BROWSER: &[&str] = &["worker", "sheets", "ui", "app", "embed"];

const BEGIN: &str = "<!-- layers: written by `cargo xtask layers --write` -->\n";
const END: &str = "<!-- /layers -->";

/// Checks; `--write` first brings the table in ARCHITECTURE.md up to date.
///
/// # Errors
/// Every dependency that is not allowed, with the rule it breaks.
pub fn run(arguments: &[&str]) -> Result<(), String> {
    let wrong = violations(&dependencies()?);
    if !wrong.is_empty() {
        return Err(wrong.join("\n       "));
    }
    let path = root().join("ARCHITECTURE.md");
    let text =
        fs::read_to_string(&path).map_err(|e| format!("cannot read ARCHITECTURE.md: {e}"))?;
    let (before, rest) = text
        .split_once(BEGIN)
        .ok_or("ARCHITECTURE.md has no table of layers")?;
    let (_, after) = rest
        .split_once(END)
        .ok_or("the table of layers in ARCHITECTURE.md has no end")?;
    let wanted = format!("{before}{BEGIN}{}{END}{after}", table());
    if wanted == text {
        println!("layers: {} crates keep to the table", ALLOWED.len());
        return Ok(());
    }
    if arguments != ["--write"] {
        return Err(
            "ARCHITECTURE.md tells the layers differently; type: cargo xtask layers --write".into(),
        );
    }
    fs::write(&path, wanted).map_err(|e| e.to_string())
}

type Dependencies = BTreeMap<String, Vec<(String, bool)>>;

/// Per crate of the workspace its direct dependencies, and whether only tests use them.
fn dependencies() -> Result<Dependencies, String> {
    let json = output(&mut program(
        "cargo",
        &["metadata", "--format-version=1", "--no-deps", "--locked"],
    ))?;
    let value: Value = serde_json::from_str(&json).map_err(|e| e.to_string())?;
    let mut all = Dependencies::new();
    for package in value["packages"].as_array().into_iter().flatten() {
        let name = package["name"].as_str().unwrap_or_default().to_owned();
        let list = package["dependencies"].as_array().into_iter().flatten();
        let list = list.map(|d| {
            (
                d["name"].as_str().unwrap_or_default().to_owned(),
                d["kind"].as_str() == Some("dev"),
            )
        });
        all.insert(name, list.collect());
    }
    Ok(all)
}

fn violations(all: &Dependencies) -> Vec<String> {
    let ours: BTreeSet<&str> = all.keys().map(String::as_str).collect();
    let mut wrong = Vec::new();
    for (name, list) in all {
        let Some((_, allowed)) = ALLOWED.iter().find(|(n, _)| n == name) else {
            wrong.push(format!("crate {name} stands in no layer: add it to xtask/src/layers.rs with what it may know"));
            continue;
        };
        for (dependency, for_tests) in list {
            let dependency = dependency.as_str();
            let fine =
                allowed.contains(&dependency) || (*for_tests && FOR_TESTS.contains(&dependency));
            if ours.contains(dependency) && !fine {
                wrong.push(format!(
                    "{name} may not know {dependency} (it may know: {})",
                    allowed.join(", ")
                ));
            }
            if BROWSER.contains(&dependency) && !MAY_USE_BROWSER.contains(&name.as_str()) {
                wrong.push(format!(
                    "{name} may not use {dependency}: only {} reach the browser",
                    MAY_USE_BROWSER.join(", ")
                ));
            }
        }
    }
    wrong
}

fn table() -> String {
    let mut text = String::from("| crate | may know |\n| --- | --- |\n");
    for (name, allowed) in ALLOWED {
        let list = if allowed.is_empty() {
            "nothing of ours".to_owned()
        } else {
            allowed.join(", ")
        };
        text.push_str(&format!("| `{name}` | {list} |\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forbidden_edge_is_named() {
        let edge = |from: &str, to: &str, dev| (from.to_owned(), vec![(to.to_owned(), dev)]);
        let all = Dependencies::from([
            edge("app", "engine", false),
            edge("engine", "demo", true),
            edge("model", "web-sys", false),
            edge("stray", "model", false),
            edge("demo", "model", false),
        ]);
        let wrong = violations(&all);
        assert_eq!(wrong.len(), 3, "{wrong:?}");
        assert!(wrong[0].starts_with("app may not know engine"));
        assert!(wrong[1].starts_with("model may not use web-sys"));
        assert!(wrong[2].starts_with("crate stray stands in no layer"));
    }
}
