//! What no workbook of a shop passes, and every bomb does (S10 of security.md).

/// Entries of an archive.
pub(crate) const ENTRIES: usize = 10_000;

/// Bytes that one entry may inflate to.
pub(crate) const ENTRY_BYTES: u64 = 128 << 20;

/// Bytes that everything read of an archive may inflate to.
pub(crate) const TOTAL_BYTES: u64 = 256 << 20;

/// How many times its packed size an entry may inflate to, once it is larger than [`RATIO_FROM`].
pub(crate) const RATIO: u64 = 200;

/// Small entries may be as regular as they like.
pub(crate) const RATIO_FROM: u64 = 4 << 20;

/// Bytes of delimited text that a file may become.
pub(crate) const TABLE_BYTES: u64 = 512 << 20;

/// Sheets of a workbook, and files of an archive that are looked at.
pub(crate) const SHEETS: usize = 256;

/// Columns beyond this one are not told apart: the reader of delimited text refuses rows of more than 2,000 cells, and
/// must see that there were more.
pub(crate) const COLUMNS: u32 = 2_000;

/// Rows that a sheet can have.
pub(crate) const ROWS: u32 = 1_048_576;

/// Characters that a cell can have in a spreadsheet; longer ones are cut.
pub(crate) const CELL_CHARS: usize = 32_767;

/// Why a file is not read. Its name is what the page words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It can be opened with a password only.
    Password,
    /// It is cut off or not what it seems to be.
    Damaged,
    /// It is small and would be huge: a limit is passed.
    Bomb,
    /// No sheet has anything in it.
    Empty,
    /// An archive without any table.
    Archive,
    /// Excel's binary workbook (`.xlsb`), or something older than Excel 5: to be saved in another form first.
    Binary,
}

impl Refused {
    /// The name in the protocol with the page.
    pub fn name(self) -> &'static str {
        match self {
            Refused::Password => "password",
            Refused::Damaged => "damaged",
            Refused::Bomb => "bomb",
            Refused::Empty => "empty_workbook",
            Refused::Archive => "archive",
            Refused::Binary => "xlsb",
        }
    }
}
