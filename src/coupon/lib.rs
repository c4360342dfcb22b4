//! Coupons: codes that can be checked offline, and what they take off a basket.
//!
//! Invariant: knows no storage, no clock, no randomness, no customers and no words. Basket, coupons, day and uses so far
//! are arguments, and the same arguments give the same answer, whatever order the coupons were typed in.
//!
//! [`price`] judges coupons and takes them off in a fixed order; [`split`] shares an amount over lines, exact to the minor
//! unit; [`returned`] gives back shares so that many parts equal the whole; [`code`] makes and reads codes.
//! Rules with their sources: `docs/coupons.md`.

pub mod code;
mod goods;
mod pieces;
mod price;
mod split;

#[cfg(test)]
mod proofs;

pub use goods::{folded, holds};
pub use price::{Applied, CodeFacts, Facts, Fit, Line, Offer, Priced, price};
pub use split::{returned, split};
