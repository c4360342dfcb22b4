//! Records to files.

use model::{Currency, Customer, Order, Zone};

/// The form of a file that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileForm {
    /// CSV in UTF-8 with byte order mark, formula-safe.
    Csv,
    /// A JSON array of objects with the names of `shuke.d.ts`.
    Json,
}

/// A customer to be written, with what the system knows of it.
#[derive(Clone, Copy, Debug)]
pub struct CustomerOut<'a> {
    /// The record.
    pub customer: &'a Customer,
}

/// Writes customers. Call `start` once, `write` for each, `end` once; all append to `out`.
#[derive(Debug)]
pub struct CustomerWriter {
    _form: FileForm,
}

impl CustomerWriter {
    /// `custom_keys` are the owner's own fields, each a column; `currency` is the workspace's.
    pub fn new(
        form: FileForm,
        _currency: Currency,
        _zone: Zone,
        _custom_keys: Vec<String>,
    ) -> Self {
        Self { _form: form }
    }

    /// Byte order mark and header.
    pub fn start(&mut self, _out: &mut Vec<u8>) {}

    /// One customer.
    pub fn write(&mut self, _record: CustomerOut<'_>, _out: &mut Vec<u8>) {}

    /// The end of the file.
    pub fn end(&mut self, _out: &mut Vec<u8>) {}
}

/// An order to be written, with what a person wants to see of its customer.
#[derive(Clone, Copy, Debug)]
pub struct OrderOut<'a> {
    /// The record.
    pub order: &'a Order,
    /// Who bought; `None` when gone.
    pub customer: Option<&'a Customer>,
}

/// Writes orders, one row a line. Use as [`CustomerWriter`].
#[derive(Debug)]
pub struct OrderWriter {
    _form: FileForm,
}

impl OrderWriter {
    /// Local times are written in `zone`, with offset.
    pub fn new(form: FileForm, _zone: Zone) -> Self {
        Self { _form: form }
    }

    /// Byte order mark and header.
    pub fn start(&mut self, _out: &mut Vec<u8>) {}

    /// One order.
    pub fn write(&mut self, _record: OrderOut<'_>, _out: &mut Vec<u8>) {}

    /// The end of the file.
    pub fn end(&mut self, _out: &mut Vec<u8>) {}
}

/// One entry of a points ledger to be written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LedgerOut {
    /// Entry id.
    pub id: String,
    /// Idempotency key.
    pub key: String,
    /// `accrual`, `redemption`, `expiry`, `reversal`, `adjustment`, `transfer`.
    pub kind: String,
    /// When, local with offset.
    pub at: String,
    /// Points, signed.
    pub points: i64,
    /// Balance after it.
    pub balance: i64,
    /// The order it follows from.
    pub order: Option<String>,
    /// The earn rule.
    pub rule: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// The entry it undoes.
    pub reverses: Option<String>,
}

/// Writes ledger entries. Use as [`CustomerWriter`].
#[derive(Debug)]
pub struct LedgerWriter {
    _form: FileForm,
}

impl LedgerWriter {
    /// A writer of this form.
    pub fn new(form: FileForm) -> Self {
        Self { _form: form }
    }

    /// Byte order mark and header.
    pub fn start(&mut self, _out: &mut Vec<u8>) {}

    /// One entry.
    pub fn write(&mut self, _entry: &LedgerOut, _out: &mut Vec<u8>) {}

    /// The end of the file.
    pub fn end(&mut self, _out: &mut Vec<u8>) {}
}

/// Writes rows that an import left out, as they were, with the reason in two more columns. Use as
/// [`CustomerWriter`].
#[derive(Debug)]
pub struct RejectedWriter {
    _form: FileForm,
}

impl RejectedWriter {
    /// `columns` as the file had them.
    pub fn new(form: FileForm, _columns: Vec<String>) -> Self {
        Self { _form: form }
    }

    /// Byte order mark and header.
    pub fn start(&mut self, _out: &mut Vec<u8>) {}

    /// One row: its number in the file, its cells ([`crate::RawRow::cells`]), the finding's code (`bad_money`) and
    /// the reason as the caller words it.
    pub fn write(
        &mut self,
        _row: u32,
        _cells: &[String],
        _code: &str,
        _reason: &str,
        _out: &mut Vec<u8>,
    ) {
    }

    /// The end of the file.
    pub fn end(&mut self, _out: &mut Vec<u8>) {}
}
