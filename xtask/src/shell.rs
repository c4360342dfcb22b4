//! Running programs: what is run is printed, and a failure names the command.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

static SCRATCH: OnceLock<PathBuf> = OnceLock::new();

/// A folder for everything that the programs of this run leave behind (profiles of browsers, databases of servers),
/// removed with what is in it when the value is dropped: a test that fails or is killed fills nobody's disk.
pub struct Scratch(PathBuf);

impl Scratch {
    /// Makes the folder; every later [`program`] takes it for the place of temporary files.
    ///
    /// # Errors
    /// A sentence when it cannot be made.
    pub fn new() -> Result<Self, String> {
        let path = std::env::temp_dir().join(format!("shuke-test-{}", std::process::id()));
        std::fs::create_dir_all(&path)
            .map_err(|error| format!("cannot make {}: {error}", path.display()))?;
        Ok(Self(SCRATCH.get_or_init(|| path).clone()))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The root of the repository.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map_or_else(PathBuf::new, PathBuf::from)
}

/// Says what is going on, so that a long silence is never a riddle.
pub fn say(what: &str) {
    println!("\n== {what}");
}

/// A program at the repository's root.
pub fn program(name: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(name);
    command.args(arguments).current_dir(root());
    if let Some(scratch) = SCRATCH.get() {
        command.env("TMPDIR", scratch);
    }
    // A fresh clone is built once: what cargo would keep for the next build is a third of its disk.
    if std::env::var_os("CI").is_some() {
        command.env("CARGO_INCREMENTAL", "0");
    }
    command
}

fn line(command: &Command) -> String {
    let mut line = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args() {
        line.push(' ');
        line.push_str(&argument.to_string_lossy());
    }
    line
}

/// Runs it with its output shown.
///
/// # Errors
/// A sentence with the command when it cannot start or does not end well.
pub fn run(command: &mut Command) -> Result<(), String> {
    println!("$ {}", line(command));
    let status = command
        .status()
        .map_err(|error| format!("cannot start `{}`: {error}", line(command)))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("`{}` failed ({status})", line(command)))
    }
}

/// Runs it and gives what it prints.
///
/// # Errors
/// A sentence with the command and its error output when it cannot start or does not end well.
pub fn output(command: &mut Command) -> Result<String, String> {
    let output = command
        .output()
        .map_err(|error| format!("cannot start `{}`: {error}", line(command)))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        let errors = String::from_utf8_lossy(&output.stderr);
        Err(format!(
            "`{}` failed ({}): {}",
            line(command),
            output.status,
            errors.trim()
        ))
    }
}

/// Runs it silently: whether it ended well.
pub fn succeeds(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}
