//! Search: customers by name, pinyin, initials, phone tail, e-mail or key, as they are typed.
//!
//! Each customer has one folded text (`fold.rs`), kept in `customer_search` and in the trigram index `customer_fts`
//! (`index.rs`). A query is split into words, folded the same way; a customer matches when every word occurs in the
//! text (`query.rs`). So the answer is that of a plain scan, and the index only makes it fast.

pub(crate) mod fold;
pub(crate) mod index;
mod query;
