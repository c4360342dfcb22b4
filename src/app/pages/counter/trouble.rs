//! Why something was not done at the counter, in the words of the counter.

use model::Points;
use protocol::{Fault, FaultCode};
use text::Words;

/// The sentence for a fault; `name` is the member's.
pub fn say(words: Words, fault: &Fault, name: &str) -> String {
    let path = fault.path.as_deref().unwrap_or_default();
    let detail = fault.detail.as_deref().unwrap_or_default();
    match (fault.code, path, detail) {
        (FaultCode::InsufficientPoints, ..) => {
            let left = fault.found.as_deref().and_then(|found| found.parse().ok());
            words.counter_short(name, &words.points(Points(left.unwrap_or_default())))
        }
        (FaultCode::Conflict, "program", _) => words.counter_program_changed().to_owned(),
        (FaultCode::Conflict, "reward", _) => words.counter_reward_changed().to_owned(),
        (FaultCode::Conflict, "customer", _) => words.counter_move_same(name),
        (FaultCode::ProgramLimit, "rewards.stock", _) => words.counter_reward_out().to_owned(),
        (FaultCode::RefundTooLarge, ..) => match fault.expected.as_deref() {
            Some(left) if left.bytes().any(|b| (b'1'..=b'9').contains(&b)) => {
                words.counter_return_left(left)
            }
            _ => words.counter_returned_already().to_owned(),
        },
        (FaultCode::CannotUndo, _, "already reversed") => {
            words.counter_reversed_already().to_owned()
        }
        (FaultCode::CannotUndo, _, "an order with refunds") => {
            words.counter_move_refunded().to_owned()
        }
        (FaultCode::NotFound, ..) => words.counter_gone().to_owned(),
        _ => words.fault(fault),
    }
}
