//! Foreign files to records, and records to files.
//!
//! Invariant: knows no storage, no browser, no clock and no randomness. Bad input is a value: a file gives its good
//! rows and a list of [`model::Issue`]s; nothing here panics, whatever the bytes are.
//!
//! The way in: [`inspect`] looks at the first [`SAMPLE_BYTES`] of a file and says what it seems to be. A person
//! looks at that and makes an [`model::import::ImportPlan`] of it ([`plan`] makes the default one). [`Intake`] then
//! takes the whole file in chunks of any size and gives [`Incoming`] records:
//!
//! ```text
//! bytes --decode--> text --split--> rows --assemble--> Incoming { customer, order, keys, issues }
//!          Reader (feed, finish)           Assembler (push, finish)
//! ```
//!
//! The way out: [`CustomerWriter`], [`OrderWriter`], [`LedgerWriter`] and [`RejectedWriter`] append to a byte
//! buffer; what they write is read back to equal drafts.

pub mod clean;

mod assemble;
mod cells;
mod decode;
mod delimited;
mod field;
mod inspect;
mod json;
mod json_value;
mod reader;
mod run;
mod sheet_text;
mod vcard;
mod write;

#[cfg(test)]
mod book_tests;
#[cfg(test)]
mod layout_tests;
#[cfg(test)]
mod tests;

pub use assemble::{
    Assembler, Circumstances, CleanedCell, Incoming, IncomingCustomer, IncomingOrder, RawRow,
};
pub use field::{Field, FieldKind, fields};
pub use inspect::{Found, SAMPLE_BYTES, Unreadable, inspect, plan};
pub use reader::{CellType, Reader, Row};
pub use run::Intake;
pub use write::{
    CALCULATED, CUSTOMER_COLUMNS, CardVersion, CustomerOut, CustomerWriter, Event, FactsOut,
    FileForm, LedgerOut, LedgerWriter, ORDER_COLUMNS, OrderOut, OrderWriter, Planned,
    RejectedWriter, TableAround, TableCell, TableLayout, TableShape, TableWriter, Task, lacking,
    write_calendar, write_card,
};

/// An e-mail address as it is stored and compared (trimmed, lower case); `None` when it is none. For forms; files go
/// through [`clean::email`].
pub fn email(text: &str) -> Option<String> {
    clean::email(text).value
}

/// A telephone number as it is stored: E.164 where that can be derived with the country code `country` (such as
/// `86`), else as written; `None` when it is no number. For forms; files go through [`clean::phone::phone`].
pub fn phone(text: &str, country: &str) -> Option<String> {
    clean::phone::phone(text, country).text
}
