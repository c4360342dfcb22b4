//! Turns `locales/*/*.txt` into the typed methods of `Words`; stops the build at whatever a language lacks.

#![allow(
    clippy::disallowed_methods,
    reason = "a build script reads and writes files"
)]

#[path = "catalogue.rs"]
mod catalogue;

use std::path::Path;
use std::{env, fs, process};

fn main() {
    println!("cargo::rerun-if-changed=locales");
    println!("cargo::rerun-if-changed=catalogue.rs");
    match generate() {
        Ok(()) => {}
        Err(wrong) => {
            for line in wrong {
                println!("cargo::error={line}");
            }
            process::exit(1);
        }
    }
}

fn generate() -> Result<(), Vec<String>> {
    let fail = |why: &dyn std::fmt::Display| vec![why.to_string()];
    let mut names: Vec<String> = Vec::new();
    for folder in ["zh-CN", "en"] {
        let path = Path::new("locales").join(folder);
        for entry in fs::read_dir(&path).map_err(|e| fail(&e))? {
            let file = entry.map_err(|e| fail(&e))?.file_name();
            if let Some(name) = file.to_string_lossy().strip_suffix(".txt")
                && !names.iter().any(|known| known == name)
            {
                names.push(name.to_owned());
            }
        }
    }
    names.sort();
    let mut wrong = Vec::new();
    let mut methods = String::new();
    for name in &names {
        let mut one = |folder: &str| {
            let path = Path::new("locales")
                .join(folder)
                .join(format!("{name}.txt"));
            let content = fs::read_to_string(&path).unwrap_or_default();
            let find = content.starts_with("#! find");
            let area = catalogue::read(&content).unwrap_or_else(|errors| {
                wrong.extend(errors.iter().map(|e| format!("{}: {e}", path.display())));
                catalogue::Area::new()
            });
            (area, find)
        };
        let (zh, find_zh) = one("zh-CN");
        let (en, find_en) = one("en");
        wrong.extend(catalogue::differences(name, &zh, &en));
        methods.push_str(&catalogue::source(name, &zh, &en, find_zh || find_en));
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let target = env::var("OUT_DIR").map_err(|e| fail(&e))?;
    let source = format!("impl Words {{\n{methods}}}\n");
    fs::write(Path::new(&target).join("words.rs"), source).map_err(|e| fail(&e))
}
