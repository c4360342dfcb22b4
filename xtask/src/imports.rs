//! Short names between the page's script and its program.
//!
//! wasm-bindgen names every function that the program imports after its place in the browser's interface and a hash,
//! which no compression shortens: 300 names, once in the script and once in the program, are 6 kB. Here they become
//! `a0`, `a1` ..., and the script loses its indentation and comments.

use crate::wasm::{IMPORTS, number, text, with_section, write_number, write_text};
use std::collections::BTreeMap;

/// Renames the imports that the script gives to the program, in both.
///
/// # Errors
/// When the program is no WebAssembly as wasm-bindgen writes it.
pub fn shorten(script: &str, program: &[u8]) -> Result<(String, Vec<u8>), String> {
    let mut names = BTreeMap::new();
    let mut out = String::new();
    for line in compact(script) {
        match line.strip_suffix('{').and_then(given) {
            Some((name, rest)) => {
                let short = format!("a{}", names.len());
                out.push_str(&short);
                out.push_str(rest);
                out.push('{');
                names.insert(name.to_owned(), short);
            }
            None => out.push_str(line),
        }
        out.push('\n');
    }
    let program = rename(program, &names).ok_or("the program's imports cannot be read")?;
    Ok((out, program))
}

/// The name and the rest of a line such as `__wbg_now_463ac581d2fc7ea3: function() `.
fn given(line: &str) -> Option<(&str, &str)> {
    let at = line.find(": function(")?;
    let (name, rest) = line.split_at(at);
    let plain = name
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'$');
    (name.starts_with("__wb") && plain).then_some((name, rest))
}

/// The lines without indentation and comments of their own. Where a text goes over several lines, all stays.
fn compact(script: &str) -> Vec<&str> {
    if script
        .lines()
        .any(|line| line.matches('`').count() % 2 != 0)
    {
        return script.lines().collect();
    }
    let mut comment = false;
    script
        .lines()
        .map(str::trim)
        .filter(|line| {
            let starts = line.starts_with("/*");
            let within = comment || starts;
            comment = within && !line.ends_with("*/");
            !within && !line.is_empty() && !line.starts_with("//")
        })
        .collect()
}

/// The program with other names of imports.
fn rename(program: &[u8], names: &BTreeMap<String, String>) -> Option<Vec<u8>> {
    with_section(program, IMPORTS, |content| imports(content, names))
}

fn imports(content: &[u8], names: &BTreeMap<String, String>) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let (count, mut rest) = number(content)?;
    write_number(&mut out, count);
    for _ in 0..count {
        let (module, tail) = text(rest)?;
        let (name, tail) = text(tail)?;
        // What wasm-bindgen imports are functions; anything else is of an unknown length.
        let (&kind, tail) = tail.split_first()?;
        if kind != 0 {
            return None;
        }
        let (signature, tail) = number(tail)?;
        write_text(&mut out, module);
        write_text(&mut out, names.get(name).map_or(name, String::as_str));
        out.push(kind);
        write_number(&mut out, signature);
        rest = tail;
    }
    rest.is_empty().then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &str = "
        /**
         * The time.
         */
        // Now.
        __wbg_now_463ac581d2fc7ea3: function() {
            return `a ${1} b`;
        },
        __wbg_load: function(arg0) {
            return __wbg_load(arg0);
        },
";

    #[test]
    fn names_agree_in_script_and_program() {
        // A header, an import of a function of type 1 that the script gives, one that it does not, and a type section.
        let mut program = b"\0asm\x01\0\0\0".to_vec();
        let mut section = vec![2];
        for name in ["__wbg_now_463ac581d2fc7ea3", "__wasm_split_load_a"] {
            write_text(&mut section, "./app_bg.js");
            write_text(&mut section, name);
            section.extend([0, 1]);
        }
        program.push(IMPORTS);
        write_number(&mut program, section.len());
        program.extend(section);
        program.extend([1, 1, 0]);
        let (script, program) = shorten(SCRIPT, &program).unwrap();
        assert_eq!(
            script,
            "a0: function() {\nreturn `a ${1} b`;\n},\na1: function(arg0) {\nreturn __wbg_load(arg0);\n},\n"
        );
        let text = String::from_utf8_lossy(&program);
        assert!(text.contains("./app_bg.js\x02a0\0\x01"), "{text:?}");
        assert!(text.contains("__wasm_split_load_a") && program.ends_with(&[1, 1, 0]));
    }

    #[test]
    fn texts_over_several_lines_stay_as_they_are() {
        assert_eq!(compact("  a = `\n  b`;"), vec!["  a = `", "  b`;"]);
        assert!(shorten("", b"no program").is_err());
        assert!(shorten("", b"\0asm\x01\0\0\0\x02\x7f").is_err());
    }
}
