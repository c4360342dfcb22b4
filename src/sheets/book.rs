//! What every kind of workbook has: sheets.

/// A sheet of a workbook's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sheet {
    /// What the person sees on its tab.
    pub(crate) name: String,
    /// It does not show.
    pub(crate) hidden: bool,
    /// The file of the archive that it is in.
    pub(crate) at: String,
}
