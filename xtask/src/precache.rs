//! What the page's service worker keeps on the device: every file of the build, by name and content.

use crate::assets::{attribute_value, integrity, read_text, short_hash, write};
use std::fs;
use std::path::Path;

/// The service worker's file. Its name stays, because that is what browsers ask for again.
const SCRIPT: &str = "service-worker.js";
/// Written by the site's owner, so it is not what was built, and is asked for anew.
const OWNERS: &str = "frame-hosts.json";

/// Writes the list of all files of `staging` and their version into the service worker. Comes last: every name and
/// content is final.
///
/// # Errors
/// What could not be read or written, or is not as expected.
pub fn list(staging: &Path) -> Result<(), String> {
    let mut files = Vec::new();
    let entries = fs::read_dir(staging).map_err(|e| format!("{}: {e}", staging.display()))?;
    for entry in entries {
        let entry = entry.map_err(|e| e.to_string())?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name == SCRIPT || name == OWNERS || entry.path().is_dir() {
            continue;
        }
        let bytes = fs::read(entry.path()).map_err(|e| format!("{name}: {e}"))?;
        files.push((name, integrity(&bytes)));
    }
    // A folder has no order, and the same files must give the same bytes.
    files.sort();
    let script = read_text(&staging.join(SCRIPT))?;
    write(&staging.join(SCRIPT), filled(&script, &files)?.as_bytes())
}

/// The script with the list and the version in place of their marks.
fn filled(script: &str, files: &[(String, String)]) -> Result<String, String> {
    let list: Vec<String> = files
        .iter()
        .map(|(name, integrity)| format!("[{name:?}, {integrity:?}]"))
        .collect();
    let list = format!("[{}]", list.join(", "));
    let version = short_hash(&[list.as_bytes(), script.as_bytes()]);
    let mut filled = script.to_owned();
    for (mark, value) in [
        ("PRECACHE-VERSION", &version),
        ("/* PRECACHE-FILES */", &list),
    ] {
        if filled.matches(mark).count() != 1 {
            return Err(format!("{SCRIPT} must have {mark} once"));
        }
        filled = filled.replace(mark, value);
    }
    Ok(filled)
}

/// The page that registers the service worker; development builds have none, because they are built anew all day.
///
/// # Errors
/// When the page has no start script.
pub fn announce(page: &str) -> Result<String, String> {
    attribute_value(page, "data-worker")?;
    Ok(page.replacen(
        " data-worker=",
        &format!(" data-offline=\"./{SCRIPT}\" data-worker="),
        1,
    ))
}

/// Takes the service worker out of a build that does not announce it.
///
/// # Errors
/// When it is not there.
pub fn leave_out(staging: &Path) -> Result<(), String> {
    fs::remove_file(staging.join(SCRIPT)).map_err(|e| format!("{SCRIPT}: {e}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "const VERSION = \"PRECACHE-VERSION\"; new Map(/* PRECACHE-FILES */)";

    #[test]
    fn the_version_follows_from_the_files() {
        let one = filled(SOURCE, &[("a.js".into(), "sha384-x".into())]).unwrap();
        let other = filled(SOURCE, &[("a.js".into(), "sha384-y".into())]).unwrap();
        assert!(one.contains(r#"new Map([["a.js", "sha384-x"]])"#), "{one}");
        let version = |script: &str| script.split('"').nth(1).unwrap().to_owned();
        assert_ne!(version(&one), version(&other));
        assert_eq!(version(&one).len(), 16);
        assert!(filled("no marks", &[]).is_err());
    }

    #[test]
    fn the_page_names_it_beside_the_worker() {
        let page = "<script data-wasm=a data-worker=./w.js></script>";
        let announced = announce(page).unwrap();
        assert_eq!(
            attribute_value(&announced, "data-offline").unwrap(),
            "./service-worker.js"
        );
        assert_eq!(
            attribute_value(&announced, "data-worker").unwrap(),
            "./w.js"
        );
        assert!(announce("<p>").is_err());
    }
}
