//! Records of one customer: which ones may be, how sure that is, and why.
//!
//! Invariant: knows no storage, no clock, no browser and no languages; the same records give the same answer, in any
//! order.
//!
//! Comparing everybody with everybody would be five thousand million comparisons for 100,000 customers. So records are
//! put into *blocks* first (the same telephone, the same name in the same city ...; see [`find`]), and only those of a
//! block are compared. A comparison adds up evidence (see [`score`]), after I. Fellegi and A. Sunter, "A Theory for
//! Record Linkage" (1969): each field that agrees or differs is worth some doublings of the odds, rare names more than
//! common ones (W. Winkler's frequency-based weights).
//!
//! Worked example: 李娜 +8613800000000 and LI NA 138****0000 share the name (by pinyin) and fit in the telephone:
//! both reasons together make them likely.

mod company;
mod contact;
pub mod find;
mod name;
pub mod record;
pub mod score;

pub use find::{Finder, Found, Group, Pair};
pub use name::is_nobody;
pub use record::{Record, fold};
pub use score::{Frequencies, Verdict, compare};

#[cfg(test)]
mod tests;
