//! The modules of the elements that other people's pages load (`public/elements.js` and what it imports).
//!
//! Pages name a few of them, so those keep their names. The others get the hash of their content into their name, and
//! whoever imports them the new name: a browser never puts modules of two builds together.

use crate::assets::{read_text, short_hash, write};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Modules that pages and programs import by name.
const NAMED: &[&str] = &[
    "shuke.js",
    "elements.js",
    "track.js",
    "inbox.js",
    "frame.js",
    "embed.js",
];

/// What the names of the others begin with.
const START: &str = "element-";

/// Renames the modules in `staging` by their content. Does nothing where there are none.
///
/// # Errors
/// What could not be read or written, and modules that import each other in a circle.
pub fn hash(staging: &Path) -> Result<(), String> {
    let mut modules = BTreeMap::new();
    let entries = fs::read_dir(staging).map_err(|e| format!("{}: {e}", staging.display()))?;
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(START) && name.ends_with(".js") {
            modules.insert(name, bare(&read_text(&entry.path())?));
        }
    }
    let renamed = renamed(modules)?;
    for (old, (new, text)) in &renamed {
        write(&staging.join(new), text.as_bytes())?;
        fs::remove_file(staging.join(old)).map_err(|e| format!("{old}: {e}"))?;
    }
    for name in NAMED {
        let path = staging.join(name);
        if path.exists() {
            let text = with_names(&bare(&read_text(&path)?), &renamed);
            write(&path, text.as_bytes())?;
        }
    }
    Ok(())
}

/// A module without comments on lines of their own and without indentation, which are a sixth of what would be loaded.
/// Lines stay lines, and no module has a text that spans lines and in which these count.
fn bare(text: &str) -> String {
    let mut inside = false;
    let mut kept = String::with_capacity(text.len());
    for line in text.lines().map(str::trim) {
        inside |= line.starts_with("/*");
        if !inside && !line.is_empty() && !line.starts_with("//") {
            kept.push_str(line);
            kept.push('\n');
        }
        inside &= !line.ends_with("*/");
    }
    kept
}

/// New name and text of each module, by its old name.
type Renamed = BTreeMap<String, (String, String)>;

/// Those that import nothing unnamed first: a name follows from a content that has its final names.
fn renamed(mut left: BTreeMap<String, String>) -> Result<Renamed, String> {
    let mut done = Renamed::new();
    while !left.is_empty() {
        let ready: Vec<String> = left
            .iter()
            .filter(|(_, text)| !left.keys().any(|other| text.contains(&quoted(other))))
            .map(|(name, _)| name.clone())
            .collect();
        if ready.is_empty() {
            let names: Vec<&String> = left.keys().collect();
            return Err(format!("modules import each other in a circle: {names:?}"));
        }
        for name in ready {
            let Some(text) = left.remove(&name) else {
                continue;
            };
            let stem = name.trim_end_matches(".js");
            let new = format!("{stem}-{}.js", short_hash(&[text.as_bytes()]));
            done.insert(name, (new, text));
        }
        for text in left.values_mut() {
            *text = with_names(text, &done);
        }
    }
    Ok(done)
}

fn quoted(name: &str) -> String {
    format!("\"./{name}\"")
}

fn with_names(text: &str, renamed: &Renamed) -> String {
    renamed
        .iter()
        .fold(text.to_owned(), |text, (old, (new, _))| {
            text.replace(&quoted(old), &quoted(new))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn modules(list: &[(&str, &str)]) -> BTreeMap<String, String> {
        list.iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect()
    }

    #[test]
    fn a_name_follows_from_the_content_and_from_what_is_imported() {
        let of = |kit: &str| {
            renamed(modules(&[
                ("element-kit.js", kit),
                ("element-card.js", "import { h } from \"./element-kit.js\";"),
            ]))
            .unwrap()
        };
        let (one, other) = (of("export const h = 1;"), of("export const h = 2;"));
        let (card, text) = &one["element-card.js"];
        let (kit, _) = &one["element-kit.js"];
        assert!(text.contains(&format!("from \"./{kit}\"")), "{text}");
        assert!(card.starts_with("element-card-") && card.len() == "element-card-.js".len() + 16);
        assert_ne!(card, &other["element-card.js"].0);
    }

    #[test]
    fn our_own_modules_find_each_other_under_their_new_names() {
        let staging = std::env::temp_dir().join(format!("shuke-modules-{}", std::process::id()));
        let _ = fs::remove_dir_all(&staging);
        fs::create_dir_all(&staging).unwrap();
        for entry in fs::read_dir(crate::shell::root().join("public")).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                fs::copy(&path, staging.join(path.file_name().unwrap())).unwrap();
            }
        }
        hash(&staging).unwrap();
        let mut found = 0;
        for entry in fs::read_dir(&staging).unwrap() {
            let path = entry.unwrap().path();
            let text = fs::read_to_string(&path).unwrap_or_default();
            for part in text.split("\"./element").skip(1) {
                let name = format!("element{}", part.split('"').next().unwrap());
                assert!(
                    staging.join(&name).exists(),
                    "{} imports {name}",
                    path.display()
                );
                found += 1;
            }
        }
        fs::remove_dir_all(&staging).unwrap();
        assert!(found > 15, "{found} imports");
    }

    #[test]
    fn comments_of_their_own_are_left_out() {
        let text = "// what\n/** why\n * more */\nexport const a = 1; // stays\n\n  /* one line */\n  b(\"//\");\n";
        assert_eq!(bare(text), "export const a = 1; // stays\nb(\"//\");\n");
    }

    #[test]
    fn a_circle_is_an_error() {
        let circle = modules(&[
            ("element-a.js", "import \"./element-b.js\";"),
            ("element-b.js", "import \"./element-a.js\";"),
        ]);
        assert!(renamed(circle).unwrap_err().contains("circle"));
    }
}
