//! `cargo xtask test servers`: the page against foreign servers, from their own packages at pinned versions.
//!
//! The packages lie in `~/.cache/shuke/servers` (in `target/servers` where there is no such place), so that a fresh clone
//! does not fetch them again: npm's by `tests/servers/package-lock.json`, Python's by `tests/servers/requirements.txt`
//! with the hash of every file. Nothing of them is shipped. `PostgreSQL` comes from the system.

use crate::shell::{program, root, run as execute, say, succeeds};
use crate::tools;
use std::fs;
use std::path::{Path, PathBuf};

/// Installs what is missing and runs the tests in `tests/servers`.
///
/// # Errors
/// The command to type when something cannot be installed from here, or the first test that fails.
pub fn run() -> Result<(), String> {
    tools::npm_packages()?;
    let chromium = tools::chromium()?;
    let folder = install()?;
    let postgres = postgres()?;
    let artefacts = root().join("tests/artifacts");
    fs::create_dir_all(&artefacts).map_err(|error| error.to_string())?;
    // One file at a time: they share two cores.
    let mut command = program(
        "node",
        &["--test", "--test-concurrency=1", "--test-reporter=spec"],
    );
    command
        .args(files()?)
        .env("CHROMIUM", chromium)
        .env("SHUKE_ARTEFACTS", artefacts)
        .env("SHUKE_SERVERS", folder)
        .env("SHUKE_POSTGRES", postgres);
    execute(&mut command)
}

/// The test files of this step, in order.
fn files() -> Result<Vec<String>, String> {
    let folder = fs::read_dir(root().join("tests/servers")).map_err(|error| error.to_string())?;
    let mut files: Vec<String> = folder
        .filter_map(Result::ok)
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".test.mjs"))
        .map(|name| format!("tests/servers/{name}"))
        .collect();
    files.sort_unstable();
    Ok(files)
}

fn install() -> Result<PathBuf, String> {
    let folder = tools::cache_folder("servers");
    npm(&folder.join("npm"))?;
    python(&folder.join("python"))?;
    Ok(folder)
}

/// Whether `wanted` is what was installed into `folder` last.
fn fresh(folder: &Path, wanted: &str) -> Result<bool, String> {
    let wanted = root().join("tests/servers").join(wanted);
    let text = fs::read(&wanted).map_err(|error| format!("{}: {error}", wanted.display()))?;
    Ok(fs::read(folder.join("installed")).is_ok_and(|installed| installed == text))
}

/// Notes what was installed into `folder`, last of all, so that half of it does not count.
fn note(folder: &Path, wanted: &str) -> Result<(), String> {
    let wanted = root().join("tests/servers").join(wanted);
    fs::copy(&wanted, folder.join("installed"))
        .map(|_| ())
        .map_err(|error| format!("{}: {error}", folder.display()))
}

fn npm(folder: &Path) -> Result<(), String> {
    let lock = "package-lock.json";
    if fresh(folder, lock)? {
        return Ok(());
    }
    say("installing json-server and pouchdb-server (75 MB, by npm), for the tests of sync");
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for name in ["package.json", lock] {
        let from = root().join("tests/servers").join(name);
        fs::copy(&from, folder.join(name))
            .map_err(|error| format!("{}: {error}", from.display()))?;
    }
    // Nothing of these needs an install script: leveldown brings its binaries with it.
    let quiet = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
    execute(program("npm", &quiet).current_dir(folder)).map_err(|error| {
        format!(
            "{error}\n  type: cd {} && npm {}",
            folder.display(),
            quiet.join(" ")
        )
    })?;
    note(folder, lock)
}

fn python(folder: &Path) -> Result<(), String> {
    let list = "requirements.txt";
    if fresh(folder, list)? {
        return Ok(());
    }
    say("installing Kinto and WsgiDAV (80 MB, by pip with hashes), for the tests of sync");
    let place = folder.to_string_lossy().into_owned();
    if !succeeds(&mut program("python3", &["-c", "import ensurepip, venv"])) {
        tools::apt(
            &["python3-venv"],
            "Python's environments, for the tests of sync",
        )?;
    }
    execute(&mut program("python3", &["-m", "venv", "--clear", &place])).map_err(|error| {
        format!("{error}\n  on Debian type (as root): apt-get install python3-venv")
    })?;
    let pip = folder.join("bin/pip").to_string_lossy().into_owned();
    let mut command = program(
        &pip,
        &[
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--require-hashes",
            "--no-deps",
            "--requirement",
        ],
    );
    execute(command.arg(root().join("tests/servers").join(list)))?;
    note(folder, list)
}

/// The folder of `initdb` and `postgres`.
fn postgres() -> Result<PathBuf, String> {
    if find_postgres().is_none() {
        tools::apt(&["postgresql-15"], "PostgreSQL, for the tests of sync")?;
    }
    find_postgres().ok_or_else(|| {
        "no PostgreSQL was found; on Debian type: apt-get install postgresql-15\n  elsewhere put initdb and postgres on the PATH".to_owned()
    })
}

fn find_postgres() -> Option<PathBuf> {
    let debian = ["15", "16", "17", "14"]
        .iter()
        .map(|version| PathBuf::from(format!("/usr/lib/postgresql/{version}/bin")));
    debian
        .chain(std::env::split_paths(&std::env::var_os("PATH")?))
        .find(|folder| {
            succeeds(&mut program(
                &folder.join("initdb").to_string_lossy(),
                &["--version"],
            ))
        })
}
