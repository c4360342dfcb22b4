//! How long people stay somewhere, those who are still there included.
//!
//! Counting only finished stays would favour short ones, so the half-life is that of the estimator of Kaplan and Meier
//! (1958): the first length by which at least half have left.
//!
//! Worked example: stays of 3 and 5 days that ended, and one of 4 days so far: after 3 days 2/3 are left, after 5
//! none of the one still watched: the half-life is 5.

/// One stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stay {
    /// How long, in days.
    pub days: u32,
    /// It is over; otherwise it lasted so long up to now.
    pub over: bool,
}

/// The first length by which at least half have left; `None` where fewer ever do. Sorts the stays.
pub fn half_life(stays: &mut [Stay]) -> Option<u32> {
    // At the same length those who leave are counted before those who were only watched so long.
    stays.sort_unstable_by_key(|stay| (stay.days, !stay.over));
    let mut watched = stays.len() as f64;
    let mut left = 1.0;
    for stay in stays.iter() {
        if stay.over {
            left *= 1.0 - 1.0 / watched;
            // Half, but for rounding.
            if left <= 0.5 + 1e-9 {
                return Some(stay.days);
            }
        }
        watched -= 1.0;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_have_left() {
        let over = |days| Stay { days, over: true };
        let so_far = |days| Stay { days, over: false };
        for (stays, half) in [
            (vec![], None),
            (vec![so_far(9)], None),
            (vec![over(3), over(5), so_far(4)], Some(5)),
            (vec![over(2), over(4), over(6), over(8)], Some(4)),
            (vec![over(2), so_far(2), so_far(2), so_far(2)], None),
            (vec![over(7)], Some(7)),
            // Klein and Moeschberger, 6-MP in leukemia (remission in weeks): the median is 23.
            (
                [6, 6, 6, 7, 10, 13, 16, 22, 23]
                    .map(over)
                    .into_iter()
                    .chain([6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35].map(so_far))
                    .collect(),
                Some(23),
            ),
        ] {
            assert_eq!(half_life(&mut stays.clone()), half, "{stays:?}");
        }
    }
}
