//! The tools a build needs, at pinned versions: found, or installed, or named with the exact command to type.
//!
//! Cargo-installed tools are kept in `~/.cache/shuke/tools` so that a fresh clone does not build them again, and in
//! `target/tools` where there is no such place.

use crate::shell::{output, program, root, run, say, succeeds};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const TRUNK: &str = "0.21.14";

/// Where things are.
pub struct Tools {
    /// Folder with trunk and wasm-bindgen.
    pub bin: PathBuf,
    /// A clang that knows wasm32; compiles SQLite.
    pub clang: String,
    /// The archiver that goes with it.
    pub archiver: String,
}

impl Tools {
    /// A command that finds the tools: PATH, and the C compiler for wasm.
    pub fn command(&self, name: &str, arguments: &[&str]) -> Command {
        let mut command = program(name, arguments);
        let mut path = vec![self.bin.clone(), root().join("node_modules/.bin")];
        path.extend(std::env::split_paths(
            &std::env::var_os("PATH").unwrap_or_default(),
        ));
        if let Ok(joined) = std::env::join_paths(path) {
            command.env("PATH", joined);
        }
        command.env("CC_wasm32_unknown_unknown", &self.clang);
        command.env("AR_wasm32_unknown_unknown", &self.archiver);
        // Trunk reads this as one of its own switches and stumbles over the value 1.
        command.env_remove("NO_COLOR");
        command
    }
}

/// A tool as Trunk's hook finds it: in the folders of [`for_build`], or wherever whoever called Trunk has it.
pub fn found(name: &str, arguments: &[&str]) -> Command {
    let tools = Tools {
        bin: tools_folder().join("bin"),
        clang: String::new(),
        archiver: String::new(),
    };
    let mut command = tools.command(name, arguments);
    // No C is compiled from there.
    command.env_remove("CC_wasm32_unknown_unknown");
    command.env_remove("AR_wasm32_unknown_unknown");
    command
}

/// Everything a release build needs.
///
/// # Errors
/// The command to type when something cannot be installed from here.
pub fn for_build() -> Result<Tools, String> {
    wasm_target()?;
    let (clang, archiver) = clang()?;
    let bin = cargo_tools()?;
    npm_packages()?;
    Ok(Tools {
        bin,
        clang,
        archiver,
    })
}

/// What linting for wasm32 needs: no Trunk, no npm.
///
/// # Errors
/// The command to type when something cannot be installed from here.
pub fn for_lint() -> Result<Tools, String> {
    wasm_target()?;
    let (clang, archiver) = clang()?;
    Ok(Tools {
        bin: PathBuf::new(),
        clang,
        archiver,
    })
}

fn wasm_target() -> Result<(), String> {
    let target = "wasm32-unknown-unknown";
    let folder = output(&mut program(
        "rustc",
        &["--print", "target-libdir", "--target", target],
    ))?;
    if Path::new(folder.trim()).is_dir() {
        return Ok(());
    }
    say("installing the Rust target wasm32-unknown-unknown (10 MB, by rustup)");
    run(&mut program("rustup", &["target", "add", target]))
        .map_err(|error| format!("{error}\n  type: rustup target add {target}"))
}

fn clang() -> Result<(String, String), String> {
    if let Some(found) = find_clang() {
        return Ok(found);
    }
    apt(
        &["clang-16", "llvm-16"],
        "clang with the wasm target, to compile SQLite",
    )?;
    find_clang().ok_or_else(|| {
        "no clang with the wasm32 target was found; on Debian type: apt-get install clang-16 llvm-16".to_owned()
    })
}

fn find_clang() -> Option<(String, String)> {
    let versions = ["-16", "", "-17", "-18", "-19", "-20", "-15", "-14"];
    let clang = versions.iter().map(|v| format!("clang{v}")).find(|name| {
        output(&mut program(name, &["--print-targets"])).is_ok_and(|list| list.contains("wasm32"))
    })?;
    let archiver = versions
        .iter()
        .map(|v| format!("llvm-ar{v}"))
        .find(|name| succeeds(&mut program(name, &["--version"])))?;
    Some((clang, archiver))
}

/// Chromium for the browser tests.
///
/// # Errors
/// The command to type when it cannot be installed from here.
pub fn chromium() -> Result<String, String> {
    let find = || {
        let named = std::env::var("CHROMIUM").ok();
        let known = ["chromium", "chromium-browser", "google-chrome"];
        named
            .into_iter()
            .chain(known.map(str::to_owned))
            .find(|name| succeeds(&mut program(name, &["--version"])))
    };
    if find().is_none() {
        apt(
            &["chromium", "fonts-noto-cjk"],
            "Chromium and a Chinese font, for the browser tests",
        )?;
    }
    let name = find().ok_or(
        "no Chromium was found; on Debian type: apt-get install chromium fonts-noto-cjk\n  elsewhere set CHROMIUM to its path",
    )?;
    let path = output(&mut program("sh", &["-c", "command -v \"$0\"", &name]))?;
    Ok(path.trim().to_owned())
}

/// Firefox for the tests of the JavaScript API.
///
/// # Errors
/// The command to type when it cannot be installed from here.
pub fn firefox() -> Result<String, String> {
    let find = || {
        let named = std::env::var("FIREFOX").ok();
        let known = ["firefox-esr", "firefox"];
        named
            .into_iter()
            .chain(known.map(str::to_owned))
            .find(|name| succeeds(&mut program(name, &["--version"])))
    };
    if find().is_none() {
        apt(
            &["firefox-esr"],
            "Firefox, for the tests of the JavaScript API",
        )?;
    }
    let name = find().ok_or(
        "no Firefox was found; on Debian type: apt-get install firefox-esr\n  elsewhere set FIREFOX to its path",
    )?;
    let path = output(&mut program("sh", &["-c", "command -v \"$0\"", &name]))?;
    Ok(path.trim().to_owned())
}

/// Installs packages of the system where that can be done from here: on Debian, as root.
///
/// # Errors
/// The command to type where it cannot.
pub fn apt(packages: &[&str], what: &str) -> Result<(), String> {
    let by_hand = format!("apt-get install {}", packages.join(" "));
    let root = output(&mut program("id", &["-u"])).is_ok_and(|id| id.trim() == "0");
    if !root || !succeeds(&mut program("apt-get", &["--version"])) {
        return Err(format!("{what} is missing; type (as root): {by_hand}"));
    }
    say(&format!(
        "installing {} ({what}, by apt)",
        packages.join(", ")
    ));
    run(&mut program("apt-get", &["update", "-qq"]))?;
    let mut install = program(
        "apt-get",
        &["install", "-y", "-qq", "--no-install-recommends"],
    );
    install
        .args(packages)
        .env("DEBIAN_FRONTEND", "noninteractive");
    run(&mut install).map_err(|error| format!("{error}\n  type: {by_hand}"))
}

fn tools_folder() -> PathBuf {
    cache_folder("tools")
}

/// A folder that outlives the clone, or one in `target` where there is no such place.
pub fn cache_folder(name: &str) -> PathBuf {
    let cache = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")));
    match cache.map(|cache| cache.join("shuke").join(name)) {
        Some(folder) if fs::create_dir_all(&folder).is_ok() => folder,
        _ => root().join("target").join(name),
    }
}

fn cargo_tools() -> Result<PathBuf, String> {
    let folder = tools_folder();
    // wasm-bindgen's tool and crate must be the same version, or neither works.
    let bindgen = locked_version("wasm-bindgen")?;
    install(&folder, "trunk", "trunk", TRUNK, "about 8 minutes, once")?;
    install(
        &folder,
        "wasm-bindgen-cli",
        "wasm-bindgen",
        &bindgen,
        "about 4 minutes, once",
    )?;
    Ok(folder.join("bin"))
}

/// cargo-fuzz, for the long tests; gives the folder it is in.
///
/// # Errors
/// What cargo says when it cannot be built.
pub fn cargo_fuzz() -> Result<PathBuf, String> {
    let folder = tools_folder();
    install(
        &folder,
        "cargo-fuzz",
        "cargo-fuzz",
        "0.13.2",
        "about 2 minutes, once",
    )?;
    Ok(folder.join("bin"))
}

fn install(
    folder: &Path,
    name: &str,
    binary: &str,
    version: &str,
    time: &str,
) -> Result<(), String> {
    let path = folder.join("bin").join(binary);
    let current = output(Command::new(&path).arg("--version"));
    if current.is_ok_and(|text| text.split_whitespace().any(|word| word == version)) {
        return Ok(());
    }
    say(&format!(
        "building {name} {version} into {} ({time})",
        folder.display()
    ));
    let into = folder.to_string_lossy();
    let mut arguments = vec![
        "install",
        name,
        "--version",
        version,
        "--root",
        &into,
        "--force",
    ];
    // Trunk builds from its own lock file; that of wasm-bindgen-cli names a crate the registry may lack.
    if name == "trunk" {
        arguments.push("--locked");
    }
    let mut command = program("cargo", &arguments);
    // A target folder of its own: the tools are built for speed of building, not shared with the project.
    command
        .env("CARGO_TARGET_DIR", folder.join("build"))
        .current_dir(folder);
    run(&mut command)?;
    // The build tree is many times the size of the tools and of no further use.
    fs::remove_dir_all(folder.join("build")).map_err(|error| error.to_string())
}

fn locked_version(name: &str) -> Result<String, String> {
    let lock = fs::read_to_string(root().join("Cargo.lock"))
        .map_err(|error| format!("cannot read Cargo.lock: {error}"))?;
    let entry = format!("name = \"{name}\"\nversion = \"");
    lock.split_once(&entry)
        .and_then(|(_, rest)| rest.split_once('"'))
        .map(|(version, _)| version.to_owned())
        .ok_or_else(|| format!("Cargo.lock does not name {name}"))
}

/// The npm packages of package-lock.json (wasm-opt, Playwright, axe).
///
/// # Errors
/// The command to type when npm fails.
pub fn npm_packages() -> Result<(), String> {
    let modified = |path: &str| fs::metadata(root().join(path)).and_then(|meta| meta.modified());
    let fresh = match (
        modified("node_modules/.package-lock.json"),
        modified("package-lock.json"),
    ) {
        (Ok(installed), Ok(wanted)) => installed >= wanted,
        _ => false,
    };
    if fresh {
        return Ok(());
    }
    say("installing the npm packages of package-lock.json");
    // Nothing of these needs an install script, and scripts may want downloads.
    let quiet = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
    run(&mut program("npm", &quiet))
        .map_err(|error| format!("{error}\n  type: npm {}", quiet.join(" ")))
}
