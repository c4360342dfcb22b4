//! The proofs of this crate: random businesses, random rules, and an evaluator that is slow and obviously right.

mod cdnow;
mod columns;
mod reference;
mod remembered;
mod rules;
mod schema;
mod scoring;
mod semantics;
mod world;

/// So many cases. Failures are not kept in files: a row in a table is, after the bug is understood.
fn cases(cases: u32) -> proptest::prelude::ProptestConfig {
    proptest::prelude::ProptestConfig {
        cases,
        failure_persistence: None,
        ..Default::default()
    }
}
