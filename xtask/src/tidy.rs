//! The house rules that no compiler knows: file lengths, names, marks left behind, inner HTML.

use crate::shell::{output, program, root};
use std::fs;

const MOST_LINES: usize = 800;
const NAMES_SAYING_NOTHING: &[&str] = &[
    "utils", "util", "common", "helpers", "helper", "misc", "shared", "types",
];

/// Checks every file git tracks or would track.
///
/// # Errors
/// Every finding with its file and line.
pub fn run() -> Result<(), String> {
    let list = output(&mut program(
        "git",
        &["ls-files", "--cached", "--others", "--exclude-standard"],
    ))?;
    let mut wrong = Vec::new();
    let mut count = 0;
    for path in list.lines().filter(|p| is_source(p)) {
        // A file that is deleted but still in the index has nothing to check.
        let Ok(text) = fs::read_to_string(root().join(path)) else {
            continue;
        };
        count += 1;
        check(path, &text, &mut wrong);
    }
    if wrong.is_empty() {
        println!("tidy: {count} files");
        return Ok(());
    }
    Err(format!("tidy:\n  {}", wrong.join("\n  ")))
}

fn is_source(path: &str) -> bool {
    [".rs", ".css", ".js", ".mjs", ".ts", ".html"]
        .iter()
        .any(|end| path.ends_with(end))
}

fn check(path: &str, text: &str, wrong: &mut Vec<String>) {
    let lines = text.lines().count();
    if lines > MOST_LINES {
        wrong.push(format!(
            "{path}: {lines} lines, the most is {MOST_LINES}: split it by noun"
        ));
    }
    for part in path.split('/') {
        let name = part.split('.').next().unwrap_or(part);
        if NAMES_SAYING_NOTHING.contains(&name) {
            wrong.push(format!(
                "{path}: the name `{name}` says nothing of what is in it"
            ));
        }
    }
    // This file has to spell the marks it looks for.
    if path == "xtask/src/tidy.rs" {
        return;
    }
    for (number, line) in text.lines().enumerate() {
        // `.skip(` is an iterator's method in Rust, but a test left out in JavaScript.
        let marks: &[&str] = if path.ends_with(".rs") {
            &[
                "todo!(",
                "unimplemented!(",
                "FIXME",
                "inner_html",
                "#[ignore",
            ]
        } else {
            &["FIXME", "innerHTML", ".only(", ".skip("]
        };
        let mark = marks.iter().find(|mark| line.contains(**mark));
        if let Some(mark) = mark {
            wrong.push(format!(
                "{path}:{}: `{mark}` is not left in the tree",
                number + 1
            ));
        }
        if line.contains("TODO") && !line.contains("TODO(") {
            wrong.push(format!(
                "{path}:{}: a TODO names who and why: TODO(name): reason",
                number + 1
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_name_file_and_line() {
        let mut wrong = Vec::new();
        check("src/x/utils.rs", "fine\n// FIXME later\n", &mut wrong);
        check("src/x/long.rs", &"x\n".repeat(801), &mut wrong);
        check(
            "src/x/good.rs",
            "// TODO(mei): waits for the schema\n",
            &mut wrong,
        );
        assert_eq!(wrong.len(), 3, "{wrong:?}");
        assert!(wrong[1].starts_with("src/x/utils.rs:2"));
    }
}
