//! Cuts the page's program into what is loaded first and the parts that are fetched on demand (`src/app/parts.rs`).
//!
//! Trunk has no place between cargo and wasm-bindgen, so the hook after it does this part of its work again: it takes
//! the program as cargo linked it, with relocations, cuts it, has wasm-bindgen make the script of the first piece
//! anew and puts all into the staging folder. Trunk's own run on the uncut program only gives the names. Programs
//! without cuts (development builds) are left as Trunk made them.

use crate::assets::{File, attribute_value, integrity, read_text, short_hash, write};
use crate::classes;
use crate::imports;
use crate::shell::{output, program, run};
use crate::tools;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use wasm_split_cli_support::{Options, transform};

/// What an uncut program asks its script for; the cutter turns it into `LINK`.
const UNCUT: &str = "__wasm_split_placeholder__";
/// The script that the first piece asks for the others, before it has its final name.
const LINK: &str = "./parts.js";

/// Whether the program that `page` loads has cuts.
///
/// # Errors
/// When its script cannot be read.
pub fn is_cut(staging: &Path, page: &str) -> Result<bool, String> {
    Ok(read_text(&script_of(staging, page)?)?.contains(UNCUT))
}

fn script_of(staging: &Path, page: &str) -> Result<PathBuf, String> {
    let name = attribute_value(page, "data-js")?;
    Ok(staging.join(name.trim_start_matches("./")))
}

/// Cuts the program that `page` loads, and gives the page with what it now has to load. `style` is that of the pages
/// that are fetched on demand.
///
/// # Errors
/// What could not be read, cut, bound or written.
pub fn split(staging: &Path, page: &str, style: Option<File>) -> Result<String, String> {
    let script_name = attribute_value(page, "data-js")?;
    let script_path = script_of(staging, page)?;
    let stem = script_path
        .file_stem()
        .map(|stem| stem.to_string_lossy().into_owned())
        .ok_or("the page's script has no name")?;
    let target = target_folder()?;
    let work = target.join("parts");
    // What an earlier run left there must not be taken for this one's.
    let _ = fs::remove_dir_all(&work);
    fs::create_dir_all(&work).map_err(|e| format!("{}: {e}", work.display()))?;
    let linked = target.join("wasm32-unknown-unknown/release/app.wasm");
    let needs = cut(&linked, &work, &script_name)?;
    let script = bind(&work, &stem)?;
    optimise(
        &work.join(format!("{stem}_bg.wasm")),
        &staging.join(format!("{stem}_bg.wasm")),
    )?;
    let files = parts(&work, staging, &needs)?;
    let link = link_script(&script_name, &files, &needs, style.as_ref());
    let link_name = format!("./parts-{}.js", short_hash(&[link.as_bytes()]));
    write(&staging.join(&link_name), link.as_bytes())?;
    // Only where the script is fetched from: the program itself knows it by the old name.
    let asks = format!("from \"{LINK}\"");
    if !script.contains(&asks) {
        return Err(format!("{script_name} does not ask for {LINK}"));
    }
    let script = script.replace(&asks, &format!("from \"{link_name}\""));
    write(&script_path, script.as_bytes())?;
    preload(page, &link_name, &integrity(link.as_bytes()))
}

fn target_folder() -> Result<PathBuf, String> {
    let arguments = [
        "metadata",
        "--no-deps",
        "--offline",
        "--format-version",
        "1",
    ];
    let printed = output(&mut program("cargo", &arguments))?;
    let metadata: serde_json::Value =
        serde_json::from_str(&printed).map_err(|e| format!("cargo metadata: {e}"))?;
    metadata["target_directory"]
        .as_str()
        .map(PathBuf::from)
        .ok_or_else(|| "cargo metadata names no target folder".to_owned())
}

/// The files, without ending, that each part needs.
fn cut(
    linked: &Path,
    work: &Path,
    script_name: &str,
) -> Result<BTreeMap<String, Vec<String>>, String> {
    let bytes = fs::read(linked).map_err(|e| format!("{}: {e}", linked.display()))?;
    let first = work.join("first.wasm");
    let mut options = Options::new(&bytes);
    options.output_dir = work;
    options.main_out_path = &first;
    options.link_name = LINK;
    options.main_module = script_name;
    let cut = transform(options).map_err(|e| format!("{} was not cut: {e:?}", linked.display()))?;
    Ok(cut.prefetch_map.into_iter().collect())
}

/// Has wasm-bindgen make the script of the first piece, and gives it with short names.
fn bind(work: &Path, stem: &str) -> Result<String, String> {
    let (input, into) = (work.join("first.wasm"), work.to_string_lossy().into_owned());
    run(&mut tools::found(
        "wasm-bindgen",
        &[
            "--target=web",
            "--no-typescript",
            // The parts find the first piece's functions in its table.
            "--keep-lld-exports",
            "--out-name",
            stem,
            "--out-dir",
            &into,
            &input.to_string_lossy(),
        ],
    ))?;
    let script = read_text(&work.join(format!("{stem}.js")))?;
    let path = work.join(format!("{stem}_bg.wasm"));
    let program = fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let (script, program) = classes::drop_unused(&script, &program)?;
    let (script, program) = imports::shorten(&script, &program)?;
    write(&path, &program)?;
    Ok(script)
}

fn optimise(from: &Path, to: &Path) -> Result<(), String> {
    run(&mut tools::found(
        "wasm-opt",
        &[
            // Measured on the compressed page: 1.1 % smaller than -Oz in the order of the linker. The first kilobyte
            // is the far end of the stack.
            "--reorder-functions-by-name",
            "-Os",
            "--low-memory-unused",
            "--strip-debug",
            "--strip-producers",
            "--output",
            &to.to_string_lossy(),
            &from.to_string_lossy(),
        ],
    ))
}

/// Optimises every part and puts it into the staging folder under a name that follows from its content.
fn parts(
    work: &Path,
    staging: &Path,
    needs: &BTreeMap<String, Vec<String>>,
) -> Result<BTreeMap<String, File>, String> {
    let mut files = BTreeMap::new();
    for stem in needs.values().flatten() {
        if files.contains_key(stem) {
            continue;
        }
        let small = work.join(format!("{stem}.small.wasm"));
        optimise(&work.join(format!("{stem}.wasm")), &small)?;
        let bytes = fs::read(&small).map_err(|e| format!("{}: {e}", small.display()))?;
        // `split_points` holds what only points need, `chunk_7` what several parts share.
        let what = stem.strip_prefix("split_").unwrap_or("shared");
        let name = format!("part-{what}-{}.wasm", short_hash(&[&bytes]));
        write(&staging.join(&name), &bytes)?;
        let integrity = integrity(&bytes);
        files.insert(stem.clone(), File { name, integrity });
    }
    Ok(files)
}

/// The script that fetches parts. The program calls `__wasm_split_load_<part>` with a function of its table that is
/// to be called when the part is there, or is not. A part is made of files and the style of pages; each is fetched once, unless that fails.
fn link_script(
    script_name: &str,
    files: &BTreeMap<String, File>,
    needs: &BTreeMap<String, Vec<String>>,
    style: Option<&File>,
) -> String {
    let style = style.map_or_else(
        || "null".to_owned(),
        |file| format!("[\"./{}\", \"{}\"]", file.name, file.integrity),
    );
    let list: String = files
        .values()
        .map(|file| format!("  [\"./{}\", \"{}\"],\n", file.name, file.integrity))
        .collect();
    let loads = loads(files, needs);
    format!(
        r#"import {{ initSync }} from "{script_name}";
const files = [
{list}];
const style = {style};
const under = new Map();
// In somebody else's page the style belongs where the page is drawn, and `fetch` may be another.
const stage = globalThis[Symbol.for("shuke.stage")];
function dress([name, integrity]) {{
  if (stage) return stage.dress([name, integrity], import.meta.url);
  const link = document.createElement("link");
  const dressed = new Promise((resolve, reject) => {{
    Object.assign(link, {{ rel: "stylesheet", href: new URL(name, import.meta.url), integrity }});
    link.onload = resolve;
    link.onerror = () => reject(new Error(name));
  }});
  document.head.append(link);
  dressed.catch(() => link.remove());
  return dressed;
}}
async function bytesOf(name, integrity) {{
  const url = new URL(name, import.meta.url);
  if (stage) return stage.bytes(url, integrity);
  const response = await fetch(url, {{ integrity, credentials: "same-origin" }});
  if (!response.ok) throw new Error(`${{name}}: ${{response.status}}`);
  return response.arrayBuffer();
}}
async function start([name, integrity]) {{
  await WebAssembly.instantiate(await bytesOf(name, integrity), {{ __wasm_split: initSync() }});
}}
function once(file) {{
  if (!under.has(file)) {{
    const started = file === style ? dress(file) : start(file);
    started.catch(() => under.delete(file));
    under.set(file, started);
  }}
  return under.get(file);
}}
const dressed = () => style && once(style);
const load = (...numbers) => async (then, data) => {{
  let came = false;
  try {{
    await Promise.all([dressed(), ...numbers.map((number) => once(files[number]))]);
    came = true;
  }} catch (error) {{
    console.warn(error);
  }}
  initSync().__indirect_function_table.get(then)(data, came);
}};
{loads}"#
    )
}

/// A line for each part: what calls it, and the numbers of its files.
fn loads(files: &BTreeMap<String, File>, needs: &BTreeMap<String, Vec<String>>) -> String {
    let number = |stem: &String| files.keys().position(|known| known == stem);
    needs
        .iter()
        .map(|(part, stems)| {
            let numbers: Vec<String> = stems
                .iter()
                .filter_map(number)
                .map(|number| number.to_string())
                .collect();
            format!(
                "export const __wasm_split_load_{part} = load({});\n",
                numbers.join(", ")
            )
        })
        .collect()
}

/// The page's script loads the link script before anything else runs: the browser fetches both at once and checks it.
fn preload(page: &str, name: &str, integrity: &str) -> Result<String, String> {
    let at = page
        .find("modulepreload")
        .and_then(|found| page.get(..found))
        .and_then(|before| before.rfind("<link"))
        .ok_or("index.html preloads no script")?;
    let (before, after) = page.split_at(at);
    let tag = format!(r#"<link rel="modulepreload" href="{name}" integrity="{integrity}">"#);
    Ok([before, &tag, after].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_link_script_names_every_file_once_and_every_part() {
        let file = |name: &str| File {
            name: name.to_owned(),
            integrity: "sha384-x".to_owned(),
        };
        let files = BTreeMap::from([
            ("chunk_3".to_owned(), file("part-shared-1.wasm")),
            ("split_a".to_owned(), file("part-a-1.wasm")),
            ("split_b".to_owned(), file("part-b-1.wasm")),
        ]);
        let list = |stems: [&str; 2]| stems.map(str::to_owned).to_vec();
        let needs = BTreeMap::from([
            ("a".to_owned(), list(["chunk_3", "split_a"])),
            ("b".to_owned(), list(["chunk_3", "split_b"])),
        ]);
        let script = link_script(
            "./app-1.js",
            &files,
            &needs,
            Some(&file("part-style-1.css")),
        );
        assert!(script.contains("const style = [\"./part-style-1.css\", \"sha384-x\"];"));
        assert!(script.starts_with("import { initSync } from \"./app-1.js\";\n"));
        assert_eq!(script.matches("part-shared-1.wasm").count(), 1);
        assert!(script.contains("export const __wasm_split_load_a = load(0, 1);"));
        assert!(script.contains("export const __wasm_split_load_b = load(0, 2);"));
    }

    #[test]
    fn the_link_script_is_preloaded_before_the_script_that_asks_for_it() {
        let page =
            "<link rel=icon href=a><link href=./app.js rel=modulepreload><script src=b></script>";
        assert_eq!(
            preload(page, "./parts.js", "sha384-x").unwrap(),
            "<link rel=icon href=a><link rel=\"modulepreload\" href=\"./parts.js\" integrity=\"sha384-x\"><link href=./app.js rel=modulepreload><script src=b></script>"
        );
        assert!(preload("<p>", "a", "b").is_err());
    }
}
