//! Leaves out the classes that a library gives to scripts and that our page's script never makes.
//!
//! Leptos brings streams for functions on a server (wasm-streams). wasm-bindgen exports their classes whether or not
//! anybody makes one, and an export keeps all that it reaches in the program.

use crate::wasm::{EXPORTS, number, text, with_section, write_number};
use std::collections::BTreeSet;

/// The script without its classes, and the program without what only they called.
///
/// # Errors
/// When something else uses one of the classes, or the program's exports cannot be read.
pub fn drop_unused(script: &str, program: &[u8]) -> Result<(String, Vec<u8>), String> {
    let classes: Vec<&str> = script.lines().filter_map(class).collect();
    let (mut kept, mut left) = (String::new(), String::new());
    let mut until: Option<fn(&str) -> bool> = None;
    for line in script.lines() {
        if until.is_none() {
            until = over_at(line, &classes);
        }
        let into = if until.is_some() {
            &mut left
        } else {
            &mut kept
        };
        into.push_str(line);
        into.push('\n');
        if until.is_some_and(|over| over(line)) {
            until = None;
        }
    }
    if let Some(class) = classes.iter().find(|class| kept.contains(**class)) {
        return Err(format!(
            "the page's script uses the class {class}: it cannot be left out"
        ));
    }
    let used = called(&kept);
    let unused: BTreeSet<&str> = called(&left).difference(&used).copied().collect();
    let program = with_section(program, EXPORTS, |content| exports(content, &unused))
        .ok_or("the program's exports cannot be read")?;
    Ok((kept, program))
}

/// The name in `export class Name {`.
fn class(line: &str) -> Option<&str> {
    line.strip_prefix("export class ")?.strip_suffix(" {")
}

/// How the last line of the statement that begins with this one is known, if it belongs to one of the classes.
fn over_at(line: &str, classes: &[&str]) -> Option<fn(&str) -> bool> {
    if class(line).is_some() {
        return Some(|line| line == "}");
    }
    let belongs = |start: &str, end: &str| {
        let name = line.strip_prefix(start);
        let name = name.and_then(|rest| rest.split_once(end));
        name.is_some_and(|(name, _)| classes.contains(&name))
    };
    if belongs("if (Symbol.dispose) ", ".") || belongs("const ", "Finalization = ") {
        return Some(|line| line.ends_with(';'));
    }
    None
}

/// The functions of the program that a script calls by name.
fn called(script: &str) -> BTreeSet<&str> {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    script
        .split("wasm.")
        .skip(1)
        .map(|rest| rest.split(|c| !word(c)).next().unwrap_or_default())
        .collect()
}

fn exports(content: &[u8], unused: &BTreeSet<&str>) -> Option<Vec<u8>> {
    let (count, mut rest) = number(content)?;
    let (mut kept, mut body) = (0, Vec::<u8>::new());
    for _ in 0..count {
        let (name, tail) = text(rest)?;
        let (_, tail) = tail.split_first()?;
        let (_, tail) = number(tail)?;
        if !unused.contains(name) {
            kept += 1;
            body.extend(rest.get(..rest.len() - tail.len())?);
        }
        rest = tail;
    }
    let mut out = Vec::new();
    write_number(&mut out, kept);
    out.extend(body);
    rest.is_empty().then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wasm::write_text;

    const SCRIPT: &str = "export class Stream {
    free() {
        wasm.__wbg_stream_free(1);
        wasm.both(1);
    }
}
if (Symbol.dispose) Stream.prototype[Symbol.dispose] = Stream.prototype.free;
export function start() {
    wasm.both(2);
}
const StreamFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {} }
    : new FinalizationRegistry(ptr => wasm.__wbg_stream_free(ptr, 1));
const other = 1;
";

    fn program() -> Vec<u8> {
        let mut section = vec![2];
        for name in ["__wbg_stream_free", "both"] {
            write_text(&mut section, name);
            section.extend([0, 200, 1]);
        }
        let mut program = b"\0asm\x01\0\0\0\x07".to_vec();
        write_number(&mut program, section.len());
        program.extend(section);
        program
    }

    #[test]
    fn classes_go_with_what_only_they_call() {
        let (script, program) = drop_unused(SCRIPT, &program()).unwrap();
        assert_eq!(
            script,
            "export function start() {\n    wasm.both(2);\n}\nconst other = 1;\n"
        );
        assert_eq!(program, b"\0asm\x01\0\0\0\x07\x09\x01\x04both\0\xc8\x01");
    }

    #[test]
    fn a_class_that_is_used_is_an_error() {
        let script = format!("{SCRIPT}new Stream();\n");
        assert!(
            drop_unused(&script, &program())
                .unwrap_err()
                .contains("Stream")
        );
        assert!(drop_unused(SCRIPT, b"no program").is_err());
    }
}
