//! What points are worth, for quiet notes beside them.

use model::Points;
use model::program::Program;

/// Points as money, rounded down; `None` where they are not money.
pub fn worth_of(points: Points, program: &Program) -> Option<model::Money> {
    let redeem = program.redeem?;
    let worth = i128::from(points.0.max(0)) * i128::from(redeem.worth.0)
        / i128::from(redeem.points.0.max(1));
    i64::try_from(worth).ok().map(model::Money)
}
