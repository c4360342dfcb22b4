//! `cargo xtask package`: what is published as the npm package `shuke`, made of `dist/`.
//!
//! The module, its types, the worker and its WebAssembly, the custom elements, and nothing of the page. In the package the module names its
//! workers in the form that bundlers understand, and their loaders are ones that bundlers can follow to the WebAssembly;
//! the integrity of the files is then the lock file's business.

use crate::assets::{read_text, write};
use crate::shell::{output, program, root, run as execute, say};
use std::collections::{BTreeSet, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};

/// Files of the package that are not found by following imports.
const BESIDE: [(&str, &str); 8] = [
    ("docs/npm.md", "README.md"),
    ("LICENSE", "LICENSE"),
    ("LICENSE-MIT", "LICENSE-MIT"),
    ("public/shuke.d.ts", "shuke.d.ts"),
    ("public/elements.d.ts", "elements.d.ts"),
    ("public/track.d.ts", "track.d.ts"),
    ("public/inbox.d.ts", "inbox.d.ts"),
    ("public/elements.css", "elements.css"),
];

/// The module of the API.
const MODULE: &str = "shuke.js";

/// What programs import besides it: the custom elements, visits, the inbox.
const OTHERS: [&str; 3] = ["elements.js", "track.js", "inbox.js"];

/// Makes the folder and the archive, and says where they are.
///
/// # Errors
/// What could not be read or written, or is not as expected; what npm says.
pub fn run() -> Result<(), String> {
    let archive = make()?;
    println!("made {}", archive.display());
    Ok(())
}

/// Makes `target/npm/package` and packs it; gives the archive.
///
/// # Errors
/// As [`run`].
pub fn make() -> Result<PathBuf, String> {
    let dist = std::env::var_os("SHUKE_DIST").map_or_else(|| root().join("dist"), PathBuf::from);
    let target = root().join("target/npm");
    let folder = target.join("package");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    }
    fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    say("making the npm package of dist/");
    follow(&dist, &folder)?;
    for (from, to) in BESIDE {
        copy(&root().join(from), &folder.join(to))?;
    }
    let version = version(&read_text(&folder.join(MODULE))?)?;
    write(
        &folder.join("package.json"),
        description(&version).as_bytes(),
    )?;
    let place = target.to_string_lossy().into_owned();
    let arguments = [
        "pack",
        "--silent",
        "--ignore-scripts",
        "--pack-destination",
        &place,
    ];
    let name = output(program("npm", &arguments).current_dir(&folder))
        .map_err(|error| format!("{error}\n  type: cd {} && npm pack", folder.display()))?;
    Ok(target.join(name.trim()))
}

/// The module and what it loads, as bundlers can follow it.
fn follow(dist: &Path, folder: &Path) -> Result<(), String> {
    let mut done = BTreeSet::new();
    let others = OTHERS.iter().map(|it| (*it).to_owned());
    let mut left: VecDeque<String> = std::iter::once(MODULE.to_owned()).chain(others).collect();
    while let Some(name) = left.pop_front() {
        if !done.insert(name.clone()) {
            continue;
        }
        let text = read_text(&dist.join(&name))?;
        let text = if name == MODULE {
            bundled(&text)?
        } else if let Some(script) = loaded(&text, &name) {
            let (text, wasm) = loader(dist, &script)?;
            copy(&dist.join(&wasm), &folder.join(&wasm))?;
            text
        } else {
            text
        };
        left.extend(named(&text));
        write(&folder.join(&name), text.as_bytes())?;
    }
    Ok(())
}

/// The module for bundlers.
fn bundled(module: &str) -> Result<String, String> {
    let mark = "const BUNDLED = false;";
    match module.matches(mark).count() {
        1 => Ok(module.replace(mark, "const BUNDLED = true;")),
        n => Err(format!("{MODULE} has `{mark}` {n} times, expected once")),
    }
}

/// The script that a worker's loader starts, if this is one.
fn loaded(text: &str, name: &str) -> Option<String> {
    let is_loader = name.ends_with(".loader.js") || name.ends_with("_loader.js");
    let scripts = named(text);
    is_loader.then(|| scripts.into_iter().next()).flatten()
}

/// A loader without integrity and without awaiting at its top, which not every bundler's workers may do.
fn loader(dist: &Path, script: &str) -> Result<(String, String), String> {
    let text = read_text(&dist.join(script))?;
    let (_, rest) = text
        .split_once("new URL('")
        .ok_or_else(|| format!("{script} names no WebAssembly"))?;
    let wasm = rest.split('\'').next().unwrap_or_default().to_owned();
    let loader = format!(
        "import init from \"./{script}\";\ninit().catch((error) => setTimeout(() => {{ throw error; }}));\n"
    );
    Ok((loader, wasm))
}

/// Scripts beside a script that it names: `"./name.js"`, in either kind of quotes. `wasm-bindgen` calls what it hands to
/// WebAssembly by a name like that (`./worker_bg.js`), which is no file.
fn named(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for quote in ['"', '\''] {
        for piece in text.split(&format!("{quote}./")).skip(1) {
            let name = piece.split(quote).next().unwrap_or_default();
            let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
            let is_script = name.ends_with(".js") && !name.ends_with("_bg.js");
            if is_script && name.chars().all(plain) {
                names.push(name.to_owned());
            }
        }
    }
    names
}

fn version(module: &str) -> Result<String, String> {
    let (_, rest) = module
        .split_once("export const version = \"")
        .ok_or_else(|| format!("{MODULE} says no version"))?;
    Ok(rest.split('"').next().unwrap_or_default().to_owned())
}

/// `package.json`, written by hand: of the conditions of an export the first that fits counts, so `types` stand first.
fn description(version: &str) -> String {
    format!(
        r#"{{
  "name": "shuke",
  "version": "{version}",
  "description": "Customers, segments and loyalty points in the browser: a typed API over SQLite in WebAssembly, without a server.",
  "license": "MIT OR Apache-2.0",
  "type": "module",
  "main": "./shuke.js",
  "module": "./shuke.js",
  "types": "./shuke.d.ts",
  "exports": {{
    ".": {{ "types": "./shuke.d.ts", "default": "./shuke.js" }},
    "./elements": {{ "types": "./elements.d.ts", "default": "./elements.js" }},
    "./track": {{ "types": "./track.d.ts", "default": "./track.js" }},
    "./inbox": {{ "types": "./inbox.d.ts", "default": "./inbox.js" }},
    "./elements.css": "./elements.css",
    "./package.json": "./package.json"
  }},
  "sideEffects": ["./elements.js", "./element-*.js"],
  "keywords": ["crm", "customers", "loyalty", "points", "segments", "rfm", "sqlite", "opfs", "wasm", "offline"]
}}
"#
    )
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    fs::copy(from, to)
        .map(|_| ())
        .map_err(|e| format!("{}: {e}", from.display()))
}

/// Makes the package and runs the tests in `tests/embed` with it: types, bundler, Chromium and Firefox.
///
/// # Errors
/// The command to type when something cannot be installed from here, or the first test that fails.
pub fn test() -> Result<(), String> {
    use crate::tools;
    tools::npm_packages()?;
    let chromium = tools::chromium()?;
    let firefox = tools::firefox()?;
    let packages = install()?;
    let artefacts = root().join("tests/artifacts");
    fs::create_dir_all(&artefacts).map_err(|error| error.to_string())?;
    let arguments = [
        "--test",
        "--test-concurrency=1",
        "--test-reporter=spec",
        "tests/embed/program.test.mjs",
        "tests/embed/elements.test.mjs",
        "tests/embed/package.test.mjs",
    ];
    execute(
        program("node", &arguments)
            .env("CHROMIUM", chromium)
            .env("FIREFOX", firefox)
            .env("SHUKE_ARTEFACTS", artefacts)
            .env("SHUKE_EMBED", packages)
            .env("SHUKE_PACKAGE", make()?),
    )
}

/// `TypeScript`, Vite, React, Vue and a `WebSocket` for node, by tests/embed/package-lock.json, in a folder that outlives the clone.
fn install() -> Result<PathBuf, String> {
    let folder = crate::tools::cache_folder("embed");
    let wanted = root().join("tests/embed/package-lock.json");
    let installed = folder.join("installed.json");
    let text = fs::read(&wanted).map_err(|e| format!("{}: {e}", wanted.display()))?;
    if fs::read(&installed).is_ok_and(|it| it == text) {
        return Ok(folder);
    }
    say(
        "installing TypeScript, Vite, React and Vue (95 MB, by npm), for the tests of the JavaScript API",
    );
    for name in ["package.json", "package-lock.json"] {
        copy(&root().join("tests/embed").join(name), &folder.join(name))?;
    }
    let quiet = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
    execute(program("npm", &quiet).current_dir(&folder)).map_err(|e| {
        format!(
            "{e}\n  type: cd {} && npm {}",
            folder.display(),
            quiet.join(" ")
        )
    })?;
    // Last of all, so that half of it does not count.
    copy(&wanted, &installed)?;
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_found_by_their_names() {
        let text = "import a from \"./a-1.js\"; new URL('./b_2.js', x); fetch(\"./c.wasm\"); import('./d.js') \"./w_bg.js\"";
        assert_eq!(named(text), ["a-1.js", "b_2.js", "d.js"]);
        assert_eq!(loaded(text, "w-1.loader.js").as_deref(), Some("a-1.js"));
        assert_eq!(loaded(text, "w.js"), None);
    }

    #[test]
    fn the_module_says_its_version_and_is_marked_once() {
        let module = read_text(&root().join("public/shuke.js")).unwrap();
        assert_eq!(version(&module).unwrap(), env!("CARGO_PKG_VERSION"));
        assert!(bundled(&module).unwrap().contains("BUNDLED = true"));
        assert!(bundled("").is_err());
    }

    #[test]
    fn types_come_first_in_every_export() {
        let text = description("1.2.3");
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read["version"], "1.2.3");
        let exports = read["exports"].as_object().unwrap();
        for (name, it) in exports.iter().filter(|(_, it)| it.is_object()) {
            let file = it["default"].as_str().unwrap();
            let line = format!(
                r#""{name}": {{ "types": "{}", "default": "{file}" }}"#,
                it["types"].as_str().unwrap()
            );
            assert!(text.contains(&line), "{line}");
            assert_eq!(it["types"], file.replace(".js", ".d.ts"));
        }
    }
}
