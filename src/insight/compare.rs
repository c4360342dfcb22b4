//! Members of a group against everybody else: is a difference more than chance?
//!
//! **Shares** are compared by Pearson's chi-squared without correction (the square of the two-proportion z), and by
//! Fisher's exact test (two-sided: all tables no more probable than the one seen) where an expected count is below 5.
//! **Amounts** are compared by the rank sum of Mann and Whitney (1947) with correction for ties and continuity, since
//! what people spend is far from normal. Where many values are looked at at once, [`false_discovery`] (Benjamini and
//! Hochberg 1995) turns probabilities into the share of findings that may be chance.
//!
//! Worked example: 120 of 1,000 against 150 of 1,000: chi-squared 3.854, p 0.0496, lift 0.8.

use crate::distribution::{chi_squared_one, ln_choose, normal_two_sided};

/// How often something is found in two groups: of the members, and of everybody else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shares {
    /// Members who have it.
    pub inside: u64,
    /// Members of whom it is known.
    pub inside_of: u64,
    /// Others who have it.
    pub outside: u64,
    /// Others of whom it is known.
    pub outside_of: u64,
}

impl Shares {
    /// The share among the members over the share among the others; `None` where either group is empty or no other
    /// has it.
    pub fn lift(&self) -> Option<f64> {
        if self.inside_of == 0 || self.outside == 0 {
            return None;
        }
        let inside = self.inside as f64 / self.inside_of as f64;
        Some(inside / (self.outside as f64 / self.outside_of as f64))
    }

    /// `true` where the share among the members is the larger one.
    pub fn is_more(&self) -> bool {
        u128::from(self.inside) * u128::from(self.outside_of)
            > u128::from(self.outside) * u128::from(self.inside_of)
    }

    /// The two-proportion z with pooled variance; 0 where nothing can differ.
    pub fn z(&self) -> f64 {
        let (a, m) = (self.inside as f64, self.inside_of as f64);
        let (b, n) = (self.outside as f64, self.outside_of as f64);
        let pooled = (a + b) / (m + n);
        let variance = pooled * (1.0 - pooled) * (1.0 / m + 1.0 / n);
        if variance > 0.0 {
            (a / m - b / n) / variance.sqrt()
        } else {
            0.0
        }
    }

    /// How probable a difference at least as large is, if the groups were alike.
    pub fn p(&self) -> f64 {
        let all = self.inside_of + self.outside_of;
        if self.inside_of == 0 || self.outside_of == 0 {
            return 1.0;
        }
        let have = self.inside + self.outside;
        let least = |group: u64, with: u64| group as f64 * with as f64 / all as f64;
        let smallest = [self.inside_of, self.outside_of]
            .into_iter()
            .flat_map(|group| [least(group, have), least(group, all - have)])
            .fold(f64::INFINITY, f64::min);
        if have == 0 || have == all {
            1.0
        } else if smallest < 5.0 {
            self.fisher()
        } else {
            let z = self.z();
            chi_squared_one(z * z)
        }
    }

    /// Fisher's exact test, two-sided.
    fn fisher(&self) -> f64 {
        let (members, others) = (self.inside_of, self.outside_of);
        let have = self.inside + self.outside;
        let whole = ln_choose(members + others, have);
        let ln_p =
            |inside: u64| ln_choose(members, inside) + ln_choose(others, have - inside) - whole;
        let seen = ln_p(self.inside);
        // As probable as the one seen, but for rounding.
        let limit = seen + 1e-7;
        let sum: f64 = (have.saturating_sub(others)..=have.min(members))
            .map(ln_p)
            .filter(|&p| p <= limit)
            .map(f64::exp)
            .sum();
        sum.min(1.0)
    }
}

/// What ranks say of two groups of amounts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RankSum {
    /// Of all pairs of a member and another, how many the member wins (ties count half): the U of Mann and Whitney.
    pub u: f64,
    /// How probable a difference at least as large is, if the groups were alike.
    pub p: f64,
    /// How probable it is that a member has more than another: `u` over all pairs.
    pub superiority: f64,
}

/// Compares amounts by ranks; both are sorted in place. `None` where a group is empty.
pub fn rank_sum(members: &mut [i64], others: &mut [i64]) -> Option<RankSum> {
    members.sort_unstable();
    others.sort_unstable();
    let (m, n) = (members.len() as f64, others.len() as f64);
    if members.is_empty() || others.is_empty() {
        return None;
    }
    let mut members = members.iter().copied().peekable();
    let mut others = others.iter().copied().peekable();
    // Ranks of ties are their mean: walk over the distinct values of both.
    let (mut before, mut ranks, mut ties) = (0.0, 0.0, 0.0);
    loop {
        let value = match (members.peek(), others.peek()) {
            (Some(a), Some(b)) => *a.min(b),
            (Some(a), None) => *a,
            (None, Some(b)) => *b,
            (None, None) => break,
        };
        let (mut here, mut there) = (0.0, 0.0);
        while members.next_if_eq(&value).is_some() {
            here += 1.0;
        }
        while others.next_if_eq(&value).is_some() {
            there += 1.0;
        }
        let same = here + there;
        ranks += here * (before + (same + 1.0) / 2.0);
        ties += same * same * same - same;
        before += same;
    }
    let u = ranks - m * (m + 1.0) / 2.0;
    let all = m + n;
    let variance = m * n / 12.0 * (all + 1.0 - ties / (all * (all - 1.0)).max(1.0));
    let far = (u - m * n / 2.0).abs() - 0.5;
    let p = if variance > 0.0 {
        normal_two_sided(far.max(0.0) / variance.sqrt())
    } else {
        1.0
    };
    Some(RankSum {
        u,
        p,
        superiority: u / (m * n),
    })
}

/// Benjamini and Hochberg: for each probability the smallest share of chance findings at which it would be called a
/// finding, in the order given.
pub fn false_discovery(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    let of = |at: usize| p.get(at).copied().unwrap_or(1.0);
    order.sort_by(|&a, &b| of(b).total_cmp(&of(a)).then(a.cmp(&b)));
    let mut adjusted = vec![1.0; p.len()];
    let mut least = 1.0f64;
    for (rank, &at) in order.iter().enumerate() {
        let place = (p.len() - rank) as f64;
        least = least.min(of(at) * p.len() as f64 / place);
        if let Some(value) = adjusted.get_mut(at) {
            *value = least;
        }
    }
    adjusted
}

/// The quantile at `numerator / denominator` of sorted values: type 7 of Hyndman and Fan (1996), linear between
/// neighbours, rounded half up to a whole.
pub fn quantile(sorted: &[i64], numerator: u64, denominator: u64) -> Option<i64> {
    let last = sorted.len().checked_sub(1)? as u64;
    let scaled = u128::from(last) * u128::from(numerator);
    let denominator = u128::from(denominator.max(1));
    let at = usize::try_from(scaled / denominator).ok()?;
    let part = (scaled % denominator) as i128;
    let low = i128::from(*sorted.get(at)?);
    let high = i128::from(*sorted.get(at + 1).unwrap_or(sorted.get(at)?));
    let step = model::money::divide(
        (high - low) * part,
        denominator as i128,
        model::Rounding::HalfUp,
    )?;
    i64::try_from(low + step).ok()
}

/// How unevenly amounts are spread, 0 (all alike) to 1 (one has all): the coefficient of Gini over sorted amounts that
/// are not negative. `None` where there is nothing to spread.
pub fn gini(sorted: &[i64]) -> Option<f64> {
    let whole: f64 = sorted.iter().map(|&value| value as f64).sum();
    if whole <= 0.0 {
        return None;
    }
    let n = sorted.len() as f64;
    let weighted: f64 = (1..)
        .zip(sorted)
        .map(|(rank, &value)| f64::from(rank) * value as f64)
        .sum();
    Some(2.0 * weighted / (n * whole) - (n + 1.0) / n)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Figures of `statistics.json` agree to nine digits (its `tolerances.statistics_rel`).
    fn near(found: f64, expected: f64) {
        let far = (found - expected).abs();
        assert!(far <= expected.abs() * 1e-9, "{found} {expected}");
    }

    fn shares(inside: u64, inside_of: u64, outside: u64, outside_of: u64) -> Shares {
        Shares {
            inside,
            inside_of,
            outside,
            outside_of,
        }
    }

    #[test]
    fn shares_compare_as_in_the_reference() {
        // statistics.json (SciPy 1.17.1, statsmodels 0.15.0): two_proportion_z and chi2_2x2.
        let seen = shares(120, 1_000, 150, 1_000);
        near(seen.z(), -1.963_049_807_622_355);
        near(seen.z() * seen.z(), 3.853_564_547_206_165_7);
        near(seen.p(), 0.049_640_386_865_368_834);
        near(seen.lift().unwrap(), 0.8);
        assert!(!seen.is_more());
    }

    #[test]
    fn few_are_compared_exactly() {
        // Fisher's lady tasting tea (1935): 17/35; and 8 of 10 against 1 of 6: 0.034965.
        near(shares(3, 4, 1, 4).p(), 17.0 / 35.0);
        near(shares(8, 10, 1, 6).p(), 0.034_965_034_965_034_96);
        for (case, p) in [
            (shares(0, 0, 5, 10), 1.0),
            (shares(0, 5, 0, 10), 1.0),
            (shares(5, 5, 10, 10), 1.0),
        ] {
            near(case.p(), p);
        }
        assert_eq!(shares(5, 5, 0, 10).lift(), None);
    }

    #[test]
    fn ranks_compare_as_published() {
        // The example in SciPy's documentation of mannwhitneyu (after Kohler 1993): U 17, p 0.11134688653314041.
        let found = rank_sum(&mut [19, 22, 16, 29, 24], &mut [20, 11, 17, 12]).unwrap();
        near(found.u, 17.0);
        near(found.p, 0.111_346_886_533_140_41);
        near(found.superiority, 0.85);
        let alike = rank_sum(&mut [3, 3], &mut [3, 3, 3]).unwrap();
        near(alike.p, 1.0);
        near(alike.superiority, 0.5);
        assert_eq!(rank_sum(&mut [], &mut [1]), None);
    }

    #[test]
    fn quantiles_and_spread_agree_with_the_reference() {
        // statistics.json: quantiles_type7 and gini.
        let x = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 100];
        let found = [1, 2, 3, 4].map(|fifth| quantile(&x, fifth, 5));
        assert_eq!(found, [3, 5, 7, 9].map(Some));
        assert_eq!(quantile(&x, 95, 100), Some(55));
        assert_eq!(quantile(&[], 1, 2), None);
        assert_eq!(quantile(&[4, 7], 1, 2), Some(6));
        let mut spends = [100, 80, 60, 40, 20, 10, 5, 3, 2, 0];
        spends.sort_unstable();
        near(gini(&spends).unwrap(), 0.576_874_999_999_999_8);
        assert_eq!(gini(&[0, 0]), None);
    }

    #[test]
    fn many_findings_are_held_to_more() {
        // Benjamini and Hochberg (1995), section 4: of the fifteen, the first four stay below 5 %.
        let p = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
            0.5719, 0.6528, 0.7590, 1.0,
        ];
        let adjusted = false_discovery(&p);
        assert_eq!(adjusted.iter().filter(|&&q| q <= 0.05).count(), 4);
        near(adjusted[0], 0.0015);
        near(adjusted[3], 0.0095 * 15.0 / 4.0);
        assert!(false_discovery(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn ranks_count_pairs(
            members in proptest::collection::vec(0i64..12, 1..25),
            others in proptest::collection::vec(0i64..12, 1..25),
        ) {
            let wins: f64 = members
                .iter()
                .flat_map(|a| others.iter().map(move |b| match a.cmp(b) {
                    std::cmp::Ordering::Greater => 1.0,
                    std::cmp::Ordering::Equal => 0.5,
                    std::cmp::Ordering::Less => 0.0,
                }))
                .sum();
            let found = rank_sum(&mut members.clone(), &mut others.clone()).unwrap();
            prop_assert!((found.u - wins).abs() < 1e-6);
            prop_assert!((0.0..=1.0).contains(&found.p));
            let turned = rank_sum(&mut others.clone(), &mut members.clone()).unwrap();
            prop_assert!((found.p - turned.p).abs() < 1e-9);
        }

        #[test]
        fn a_share_is_judged_the_same_from_both_sides(
            a in 0u64..30, m in 1u64..30, b in 0u64..30, n in 1u64..30,
        ) {
            let seen = shares(a.min(m), m, b.min(n), n);
            let turned = shares(seen.outside, n, seen.inside, m);
            prop_assert!((seen.p() - turned.p()).abs() < 1e-9);
            prop_assert!((0.0..=1.0).contains(&seen.p()));
        }
    }
}
