//! Workbooks to tables: what only a person with a spreadsheet needs, loaded when they bring one.
//!
//! Invariant: knows nothing of ours, no storage, no clock and no randomness. Files are hostile until read: everything
//! is counted while it is inflated (see `limits`), nothing here panics, and no formula is ever evaluated.
//!
//! [`read`] gives each sheet as *sheet text*, which crate `intake` reads (`FileFormat::Sheet`): UTF-8; [`MARK`], then
//! every row of the sheet, empty ones too, so that row numbers stay those of the spreadsheet. A row ends with U+001E,
//! a cell with U+001F; a cell that is not empty begins with `t` (text, which nothing shall be read into) or `v` (a
//! number, `true` or `false`, a date such as `2026-01-31 10:00:00`, a time such as `18:30:00`).
//!
//! Worked example: the rows `Name | Visits` and `Ann | 3` are `MARK tName US tVisits US RS tAnn US v3 US RS`.

mod book;
mod limits;
mod markup;
mod number;
mod ods;
mod table;
mod xls;
mod xlsx;
mod xml;
mod zip;

#[cfg(test)]
mod tests;

pub use limits::Refused;

use zip::Archive;

/// What is in a file that holds tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A sheet, as sheet text.
    Sheet {
        /// Whoever made the workbook has hidden it.
        hidden: bool,
    },
    /// A file out of an archive, as it is.
    File,
}

/// Takes the tables of a file, one after the other.
pub trait Sink {
    /// A table of this name begins.
    fn begin(&mut self, name: &str, part: Part);
    /// More of its bytes.
    fn bytes(&mut self, bytes: &[u8]);
    /// It ends; so many rows (of which the last is not empty) and columns.
    fn end(&mut self, rows: u32, columns: u32);
}

/// How sheet text begins. No file of anybody else does.
pub const MARK: &[u8] = b"\x01sheet 1\x1e";

/// Reads every table of a workbook (`.xlsx`, `.xlsm`, `.xls`, `.ods`), of a web page or an XML workbook that goes by
/// such a name, or of an archive of text files.
///
/// # Errors
/// [`Refused`]; what `sink` was given until then is to be thrown away.
pub fn read(file: &[u8], sink: &mut dyn Sink) -> Result<(), Refused> {
    if file.starts_with(xls::MARK) {
        return xls::read(file, sink);
    }
    if !file.starts_with(b"PK") {
        return markup::read(file, sink);
    }
    let archive = Archive::open(file)?;
    if archive.has("xl/workbook.xml") {
        xlsx::read(&archive, sink)
    } else if archive.has("content.xml") {
        ods::read(&archive, sink)
    } else if archive.has("xl/workbook.bin") {
        Err(Refused::Binary)
    } else {
        zip::read_files(&archive, sink)
    }
}
