//! Files that hold several tables: the sheets of a workbook, the tables of an archive. Each becomes a file of its own;
//! hidden sheets are left out with a word.

use protocol::{Fault, FaultCode};
use web_sys::File;

/// A table of a file: what to read, what it is called, and why it cannot be read, if so.
pub type Table = (File, String, Option<Fault>);

/// The tables of a file; a file that is no workbook is its own table.
pub async fn open(file: &File) -> Vec<Table> {
    match crate::sheets::open(file).await {
        Ok(None) => vec![(file.clone(), file.name(), None)],
        Ok(Some(sheets)) => sheets
            .into_iter()
            .map(|sheet| {
                let hidden = sheet
                    .hidden
                    .then(|| Fault::new(FaultCode::UnreadableFile).found("hidden"));
                let name = sheet.file.name();
                (sheet.file, name, hidden)
            })
            .collect(),
        // A page without a table is no empty workbook: looking at it says what it is.
        Err(fault) if fault.found.as_deref() == Some("empty_workbook") && is_page(file) => {
            vec![(file.clone(), file.name(), None)]
        }
        Err(fault) => vec![(file.clone(), file.name(), Some(fault))],
    }
}

fn is_page(file: &File) -> bool {
    let name = file.name().to_lowercase();
    name.ends_with(".html") || name.ends_with(".htm")
}
