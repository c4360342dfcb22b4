//! LibreOffice opens what we write: the committed files of `tests/files/out`, of which no cell may become a formula (S4
//! of security.md) and every text must be as it was.

use crate::shell::{program, root, run as execute, say, succeeds};
use crate::tools;
use std::fs;
use std::path::{Path, PathBuf};

/// The files.
const FILES: &[&str] = &[
    "customers.csv",
    "customers.xlsx",
    "orders.csv",
    "orders.xlsx",
];

/// Texts that would calculate, call or fetch something if a spreadsheet took them for formulas. Each stands in many
/// cells of every file.
const HOSTILE: &[&str] = &["=1+1", "+1+1", "-2+3", "@SUM(1+1)", "＝1+1", "＠SUM(1,1)"];

/// Converts each file to flat XML, in which a formula would show as `table:formula`.
///
/// # Errors
/// The first file with a formula, without its texts, or that LibreOffice does not open.
pub fn run() -> Result<(), String> {
    let office = find()?;
    let out = root().join("target/office");
    fs::create_dir_all(&out).map_err(|error| format!("{}: {error}", out.display()))?;
    // What is looked for can be found: unprotected, the same text is a formula.
    let planted = out.join("planted.csv");
    fs::write(&planted, "a,b\n=1+1,2\n").map_err(|error| error.to_string())?;
    if !convert(&office, &planted, &out)?.contains("table:formula") {
        return Err("LibreOffice did not show a planted formula: the check is blind".to_owned());
    }
    for name in FILES {
        let xml = convert(&office, &root().join("tests/files/out").join(name), &out)?;
        // LibreOffice keeps the truth values of a workbook as these two; nothing else may calculate.
        let truths = ["TRUE", "FALSE"].map(|it| {
            xml.matches(&format!("table:formula=\"of:={it}()\""))
                .count()
        });
        let formulas = xml.matches("table:formula").count() - truths.iter().sum::<usize>();
        if formulas > 0 {
            return Err(format!("{name}: LibreOffice finds {formulas} formulas"));
        }
        let cells = xml.matches("<text:p>").count();
        for text in HOSTILE {
            let found = xml.matches(&text.replace('\'', "&apos;")).count();
            if found == 0 {
                return Err(format!("{name}: LibreOffice does not show {text}"));
            }
        }
        say(&format!(
            "{name}: 0 formulas in {cells} cells, by LibreOffice"
        ));
    }
    Ok(())
}

/// LibreOffice's table program; installed by apt where that can be done.
fn find() -> Result<String, String> {
    let known = || {
        ["soffice", "libreoffice"]
            .into_iter()
            .find(|name| succeeds(&mut program("which", &[name])))
    };
    if known().is_none() {
        tools::apt(
            &["libreoffice-calc"],
            "LibreOffice, which opens what we write",
        )?;
    }
    known().map(str::to_owned).ok_or_else(|| {
        "no LibreOffice was found; on Debian type: apt-get install libreoffice-calc".to_owned()
    })
}

fn convert(office: &str, source: &Path, out: &Path) -> Result<String, String> {
    let name = source.file_name().unwrap_or_default().to_string_lossy();
    // Both kinds become `customers.fods`: each has a folder of its own. So has the program's profile.
    let folder = out.join(name.replace('.', "-"));
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let profile = format!(
        "-env:UserInstallation=file://{}",
        out.join("profile").display()
    );
    let mut command = program(office, &[&profile, "--headless", "--convert-to", "fods"]);
    if name.ends_with(".csv") {
        // Commas, double quotes, UTF-8, from the first line; numbers are recognised, as a person's click would have it.
        command.arg("--infilter=CSV:44,34,76,1,,0,false,true");
    }
    command.arg("--outdir").arg(&folder).arg(source);
    execute(&mut command)?;
    let made: PathBuf = folder.join(&*name).with_extension("fods");
    fs::read_to_string(&made).map_err(|error| format!("{}: {error}", made.display()))
}
