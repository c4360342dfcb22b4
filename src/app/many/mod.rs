//! Many customers at once: choosing a set of them, and doing something to all of a set after a look at what it does.

mod filter;
pub mod past;
mod preview;
mod sets;
mod wish;
mod work;

pub use filter::{SetFilter, rule_of_key};
pub use past::past_href;
pub use sets::{SetChoice, SetItem, Sets, rule_naming, use_sets};
pub use wish::{Kind, ManyDialog, Wish, act, acts, acts_of};
pub use work::said as bulk_said;
