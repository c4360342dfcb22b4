//! `cargo xtask build`: the page by Trunk, into `dist/`.

use crate::shell::{self, root, say};
use crate::tools;

/// Builds; `--dev` leaves out the slow optimisations.
///
/// # Errors
/// What failed, with the command.
pub fn run(arguments: &[&str]) -> Result<(), String> {
    match arguments {
        [] => build(false),
        ["--dev"] => build(true),
        _ => Err(format!("`build` knows --dev only, not {arguments:?}")),
    }
}

/// Builds `dist/` (release) or `dist/` without optimisation (`dev`).
///
/// # Errors
/// What failed, with the command.
pub fn build(dev: bool) -> Result<(), String> {
    let tools = tools::for_build()?;
    say(if dev {
        "building the app (development profile)"
    } else {
        "building the app (release: a few minutes the first time)"
    });
    let arguments: &[&str] = if dev {
        &["build", "--offline"]
    } else {
        &["build", "--release", "--offline"]
    };
    // Trunk downloads nothing (`--offline`), so the crates have to be there before it starts.
    shell::run(&mut tools.command("cargo", &["fetch", "--locked"]))?;
    // The hook calls this very program; a nested `cargo run` would wait for its own lock.
    let mut command = tools.command("trunk", arguments);
    if let Ok(this) = std::env::current_exe() {
        command.env("SHUKE_XTASK", this);
    }
    shell::run(&mut command)?;
    println!("built {}", root().join("dist").display());
    Ok(())
}
