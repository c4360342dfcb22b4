//! How long a long request will still take, said only when it can be said honestly.
//!
//! Rule: after two seconds and 3 % of the work, what is left takes as long for each unit as what is done, rounded up
//! to five seconds, or to a minute from 90 seconds on.

/// How much is left, in words' numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// Seconds, a multiple of five.
    Seconds(u64),
    /// Minutes.
    Minutes(u64),
}

/// What is left after `elapsed_ms` with `done` of `total` units; `None` where it would be a guess.
pub fn left(elapsed_ms: f64, done: u64, total: u64) -> Option<Left> {
    if elapsed_ms < 2_000.0 || done == 0 || total == 0 || done.saturating_mul(33) < total {
        return None;
    }
    let rest_ms = elapsed_ms * total.saturating_sub(done) as f64 / done as f64;
    let seconds = (rest_ms / 1_000.0).ceil() as u64;
    Some(if seconds >= 90 {
        Left::Minutes(seconds.div_ceil(60))
    } else {
        Left::Seconds(seconds.div_ceil(5).max(1) * 5)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_left_is_said_when_it_is_honest() {
        for (elapsed, done, total, wanted) in [
            (1_000.0, 50, 100, None),
            (3_000.0, 1, 100, None),
            (3_000.0, 0, 0, None),
            (10_000.0, 50, 100, Some(Left::Seconds(10))),
            (10_000.0, 90, 100, Some(Left::Seconds(5))),
            (10_000.0, 100, 100, Some(Left::Seconds(5))),
            (60_000.0, 25, 100, Some(Left::Minutes(3))),
        ] {
            assert_eq!(
                left(elapsed, done, total),
                wanted,
                "{elapsed} {done} {total}"
            );
        }
    }
}
