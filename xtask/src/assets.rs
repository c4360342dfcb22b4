//! Called by Trunk after it has built: names that follow from the content, and integrity for every program file.
//!
//! Trunk hashes neither the workers' files nor `boot.js`, so a browser could keep an old one beside new neighbours.
//! Here each gets the hash of its content into its name, and whoever loads a file gets its SHA-384: `index.html` of
//! `boot.js`, `boot.js` of the page's program, the workers' loaders of the workers' programs. The style sheets, which
//! are many files to whoever writes them, become one to whoever loads them.

use crate::shell::root;
use crate::{modules, precache, split};
use base64::Engine as _;
use sha2::{Digest, Sha256, Sha384};
use std::fs;
use std::path::Path;

/// Works on Trunk's staging folder, which Trunk names in the environment.
///
/// # Errors
/// What could not be read or written, or is not as expected.
pub fn run() -> Result<(), String> {
    let staging = std::env::var_os("TRUNK_STAGING_DIR")
        .ok_or("TRUNK_STAGING_DIR is not set: Trunk calls this command, see Trunk.toml")?;
    hash_assets(Path::new(&staging))
}

/// Renames the files in `staging` by their content and writes names and integrity where they are loaded.
///
/// # Errors
/// What could not be read or written, or is not as expected.
pub fn hash_assets(staging: &Path) -> Result<(), String> {
    let mut page = read_text(&staging.join("index.html"))?;
    let cut = split::is_cut(staging, &page)?;
    let sources = style_sources(&read_text(&root().join("index.html"))?);
    let (styled, late_style) = join_styles(staging, &page, &sources, cut)?;
    page = styled;
    for name in WORKERS {
        let loader = hash_worker(staging, name)?;
        let linked = format!("{name}_loader.js");
        page = replace_once(&page, &linked, &loader)?;
        name_for_programs(staging, &linked, &loader)?;
    }

    modules::hash(staging)?;
    if cut {
        page = split::split(staging, &page, late_style)?;
        page = precache::announce(&page)?;
    }

    let boot = without_comments(&read_text(&staging.join("boot.js"))?);
    let boot_name = format!("boot-{}.js", short_hash(&[boot.as_bytes()]));
    rename(staging, "boot.js", &boot_name)?;
    write(&staging.join(&boot_name), boot.as_bytes())?;
    page = replace_once(&page, "boot.js", &boot_name)?;
    page = set_attribute(&page, "BOOT-INTEGRITY", &integrity(boot.as_bytes()))?;

    for (attribute, mark) in [("data-js", "JS-INTEGRITY"), ("data-wasm", "WASM-INTEGRITY")] {
        let name = attribute_value(&page, attribute)?;
        let path = staging.join(name.trim_start_matches("./"));
        let bytes = fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        page = set_attribute(&page, mark, &integrity(&bytes))?;
    }
    write(&staging.join("index.html"), page.as_bytes())?;
    match cut {
        true => precache::list(staging),
        false => precache::leave_out(staging),
    }
}

/// A script without the lines that are nothing but a comment: the first visit need not load what only readers of the
/// source want. For scripts without strings of several lines.
fn without_comments(script: &str) -> String {
    let lines = script.lines().map(str::trim);
    let kept = lines.filter(|line| !line.is_empty() && !line.starts_with("//"));
    kept.flat_map(|line| [line, "\n"]).collect()
}

/// A file and what its content must be.
pub struct File {
    /// Its name in the folder.
    pub name: String,
    /// The value of the `integrity` that whoever fetches it asks for.
    pub integrity: String,
}

/// The style sheets that the source of the page names, in order.
fn style_sources(page: &str) -> Vec<String> {
    page.lines()
        .filter(|line| line.contains("rel=\"css\""))
        .filter_map(|line| attribute_value(line, "href").ok())
        .collect()
}

/// The style of a page that is fetched on demand comes with the parts; home's is needed at once.
fn is_late(source: &str) -> bool {
    source.starts_with("style/pages/") && source != "style/pages/home.css"
}

/// One style sheet in the place of the first, made of all in their order. Where the program is cut, one more with the
/// style of pages that are fetched on demand, which the page does not name.
fn join_styles(
    staging: &Path,
    page: &str,
    sources: &[String],
    cut: bool,
) -> Result<(String, Option<File>), String> {
    let (mut first, mut late) = (Vec::new(), Vec::new());
    let mut sources = sources.iter();
    let mut rest = page;
    let mut before = String::new();
    let mut after = String::new();
    while let Some((head, tag, tail)) = next_style_tag(rest) {
        let kept = if first.is_empty() {
            &mut before
        } else {
            &mut after
        };
        kept.push_str(head);
        let name = attribute_value(tag, "href")?;
        let source = sources
            .next()
            .ok_or_else(|| format!("index.html has no source of {name}"))?;
        let path = staging.join(name.trim_start_matches("./"));
        let joined = if cut && is_late(source) {
            &mut late
        } else {
            &mut first
        };
        joined.extend(fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))?);
        joined.push(b'\n');
        fs::remove_file(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        rest = tail;
    }
    if first.is_empty() {
        return Err("index.html has no style sheet".into());
    }
    let File { name, integrity } = write_style(staging, "style", &first)?;
    let tag = format!(r#"<link rel="stylesheet" href="./{name}" integrity="{integrity}">"#);
    let late = match late.is_empty() {
        true => None,
        false => Some(write_style(staging, "part-style", &late)?),
    };
    Ok(([&before, &tag, &after, rest].concat(), late))
}

fn write_style(staging: &Path, what: &str, content: &[u8]) -> Result<File, String> {
    let name = format!("{what}-{}.css", short_hash(&[content]));
    write(&staging.join(&name), content)?;
    let integrity = integrity(content);
    Ok(File { name, integrity })
}

/// What stands before the next `<link rel=stylesheet ...>`, the tag, and what stands after it.
fn next_style_tag(page: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let start = from + page.get(from..)?.find("<link")?;
        let length = page.get(start..)?.find('>')? + 1;
        let (head, tail) = page.split_at(start);
        let (tag, tail) = tail.split_at(length);
        if tag.contains("rel=\"stylesheet\"") || tag.contains("rel=stylesheet") {
            return Some((head, tag, tail));
        }
        from = start + length;
    }
}

/// The programs beside the page's: the worker that holds the data, and the one that reads workbooks.
const WORKERS: [&str; 2] = ["worker", "sheets"];

/// The script of a worker, its WebAssembly and the loader that checks both. Gives the loader's name.
fn hash_worker(staging: &Path, worker: &str) -> Result<String, String> {
    let script = read_text(&staging.join(format!("{worker}.js")))?;
    let linked = format!("{worker}_bg.wasm");
    let wasm = fs::read(staging.join(&linked)).map_err(|e| format!("{linked}: {e}"))?;
    let hash = short_hash(&[script.as_bytes(), &wasm]);
    let wasm_name = format!("{worker}-{hash}.wasm");
    let script_name = format!("{worker}-{hash}.js");
    let loader_name = format!("{worker}-{hash}.loader.js");
    let script = script.replace(&linked, &wasm_name);
    write(&staging.join(&script_name), script.as_bytes())?;
    rename(staging, &linked, &wasm_name)?;
    for old in [format!("{worker}.js"), format!("{worker}_loader.js")] {
        fs::remove_file(staging.join(&old)).map_err(|e| format!("{old}: {e}"))?;
    }
    let loader = loader(
        &script_name,
        &integrity(script.as_bytes()),
        &wasm_name,
        &integrity(&wasm),
    );
    write(&staging.join(&loader_name), loader.as_bytes())?;
    Ok(loader_name)
}

/// The module that programs import keeps its name and starts the worker of its own build.
const MODULE: &str = "shuke.js";

fn name_for_programs(staging: &Path, linked: &str, loader: &str) -> Result<(), String> {
    let module = read_text(&staging.join(MODULE))?;
    if !module.contains(linked) {
        return Err(format!("{MODULE} does not name {linked}"));
    }
    let named = module.replace(linked, loader);
    write(&staging.join(MODULE), named.as_bytes())
}

/// The file a worker is started with. An error is thrown outside the promise, because only then does the page hear
/// of it (a worker's unhandled rejections stay inside it).
fn loader(script: &str, script_integrity: &str, wasm: &str, wasm_integrity: &str) -> String {
    format!(
        r#"const checked = async (name, integrity) => {{
  const response = await fetch(new URL(name, import.meta.url), {{ integrity, credentials: "same-origin" }});
  if (!response.ok) throw new Error(`${{name}}: ${{response.status}}`);
  return response;
}};
try {{
  const wasm = checked("./{wasm}", "{wasm_integrity}");
  wasm.catch(() => {{}});
  await (await checked("./{script}", "{script_integrity}")).arrayBuffer();
  const {{ default: init }} = await import("./{script}");
  await init({{ module_or_path: wasm }});
}} catch (error) {{
  setTimeout(() => {{ throw error; }});
}}
"#
    )
}

/// The value of an `integrity` attribute for these bytes.
pub fn integrity(bytes: &[u8]) -> String {
    let digest = Sha384::digest(bytes);
    let text = base64::engine::general_purpose::STANDARD.encode(digest);
    format!("sha384-{text}")
}

/// 16 hexadecimal characters of the SHA-256 of all parts.
pub fn short_hash(parts: &[&[u8]]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    let digest = hasher.finalize();
    digest
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Replaces the only occurrence of `from`.
fn replace_once(page: &str, from: &str, to: &str) -> Result<String, String> {
    match page.matches(from).count() {
        1 => Ok(page.replace(from, to)),
        n => Err(format!("index.html has {from} {n} times, expected once")),
    }
}

/// Sets the attribute whose value is `mark`. The HTML minifier drops quotes, which a Base64 value needs again.
fn set_attribute(page: &str, mark: &str, value: &str) -> Result<String, String> {
    let quoted = format!("=\"{mark}\"");
    let value = format!("=\"{value}\"");
    if page.contains(&quoted) {
        replace_once(page, &quoted, &value)
    } else {
        replace_once(page, &format!("={mark}"), &value)
    }
}

/// The value of the only attribute of this name, quoted or not.
///
/// # Errors
/// When there is none.
pub fn attribute_value(page: &str, name: &str) -> Result<String, String> {
    let missing = || format!("index.html has no {name}");
    let (_, rest) = page.split_once(&format!(" {name}=")).ok_or_else(missing)?;
    let value = match rest.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => rest.split([' ', '>']).next(),
    };
    value.map(str::to_owned).ok_or_else(missing)
}

/// A text file.
///
/// # Errors
/// Its name and why it could not be read.
pub fn read_text(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))
}

/// Writes a file.
///
/// # Errors
/// Its name and why it could not be written.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    fs::write(path, bytes).map_err(|e| format!("{}: {e}", path.display()))
}

fn rename(folder: &Path, from: &str, to: &str) -> Result<(), String> {
    fs::rename(folder.join(from), folder.join(to)).map_err(|e| format!("{from}: {e}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_found_and_set_with_and_without_quotes() {
        for page in [
            "<script src=\"./boot.js\" integrity=\"MARK\" data-js=\"./a.js\" data-wasm=\"./a.wasm\"></script>",
            "<script data-js=./a.js integrity=MARK data-wasm=./a.wasm></script>",
            "<script integrity=MARK data-wasm=./a.wasm data-js=./a.js></script>",
        ] {
            assert_eq!(attribute_value(page, "data-js").unwrap(), "./a.js");
            assert_eq!(attribute_value(page, "data-wasm").unwrap(), "./a.wasm");
            let set = set_attribute(page, "MARK", "sha384-a+b=").unwrap();
            assert!(set.contains("integrity=\"sha384-a+b=\""), "{set}");
        }
        assert!(set_attribute("<p>", "MARK", "x").is_err());
        assert!(replace_once("a a", "a", "b").is_err());
    }

    #[test]
    fn lines_that_are_comments_are_left_out_and_no_others() {
        let script = "// Why.\n\nconst a = \"https://x\"; // stays\n  // Why not.\n  f(a);\n";
        assert_eq!(
            without_comments(script),
            "const a = \"https://x\"; // stays\nf(a);\n"
        );
    }

    #[test]
    fn style_tags_are_found_among_other_links() {
        let page = "<link rel=icon href=a><link rel=stylesheet href=./b.css integrity=\"x\"><link rel=\"stylesheet\" href=\"./c.css\"/>end";
        let (head, tag, tail) = next_style_tag(page).unwrap();
        assert_eq!(head, "<link rel=icon href=a>");
        assert_eq!(attribute_value(tag, "href").unwrap(), "./b.css");
        let (head, tag, tail) = next_style_tag(tail).unwrap();
        assert_eq!((head, tail), ("", "end"));
        assert_eq!(attribute_value(tag, "href").unwrap(), "./c.css");
        assert!(next_style_tag(tail).is_none());
    }

    #[test]
    fn style_of_late_pages_is_told_by_its_source() {
        let page = "<link data-trunk rel=\"css\" href=\"style/base.css\"/>\n<link rel=\"icon\" href=\"i\"/>\n<link data-trunk rel=\"css\" href=\"style/pages/points.css\"/>\n";
        let sources = style_sources(page);
        assert_eq!(sources, ["style/base.css", "style/pages/points.css"]);
        let late: Vec<bool> = sources.iter().map(|source| is_late(source)).collect();
        assert_eq!(late, [false, true]);
        assert!(!is_late("style/pages/home.css"));
    }

    #[test]
    fn integrity_is_the_known_one() {
        // The empty file's, from the Subresource Integrity specification's test suite.
        assert_eq!(
            integrity(b""),
            "sha384-OLBgp1GsljhM2TJ+sbHjaiH9txEUvgdDTAzHv2P24donTt6/529l+9Ua0vFImLlb"
        );
        assert_eq!(short_hash(&[b""]), "e3b0c44298fc1c14");
    }
}
