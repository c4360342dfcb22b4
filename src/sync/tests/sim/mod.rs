//! The simulator: browsers ("tills") and a model endpoint under one seed, with every fault of delivery, clock and HTTP.
//!
//! A schedule is a list of moves that follows from a seed; playing it gives the same again, bit by bit. Afterwards faults
//! stop, everybody syncs until nothing moves any more, and the invariants are checked. A schedule that breaks one is made
//! smaller move by move while it still does, and printed.

pub mod chance;
pub mod check;
pub mod couch;
pub mod endpoint;
pub mod profiles;
pub mod till;
pub mod world;

pub use world::{Planted, play, shrink};
