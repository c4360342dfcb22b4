//! How a purchase comes to its points, step by step, for a person who designs a programme.
//!
//! The points are those of [`earn`]; the steps are made with its own parts and never decide anything. The purchase is
//! seen alone: it has at most one line, nothing came back, and the member has used nothing of any cap.

use super::{Common, MOST_MARKS, Part, Scratch, earn, holds, steps, weigh};
use crate::programs::{Compiled, Gate, RateRule};
use crate::ratio::Ratio;
use crate::{Line, Overflow, Programs, Purchase, expiry};
use model::program::CapPeriod;
use model::{Day, Money, Points};

/// What a purchase gives, and how that comes about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Points in all.
    pub points: Points,
    /// How they come about, in the order of the calculation.
    pub steps: Vec<EarnStep>,
    /// The day they post, where that is later.
    pub posts_on: Option<Day>,
    /// Their last usable day.
    pub expires_on: Option<Day>,
}

/// One step. `rule` is an index into the programme's `earn`; exact numbers are decimals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EarnStep {
    /// A rule about purchases does not apply.
    Skipped {
        /// Which.
        rule: usize,
        /// Why.
        why: EarnSkip,
    },
    /// Nothing is earned because of this rule.
    Excluded {
        /// Which.
        rule: usize,
    },
    /// A rate counts full steps of the basis.
    Rate {
        /// Which.
        rule: usize,
        /// What it looks at.
        basis: Money,
        /// How many steps.
        steps: i64,
        /// Steps times points, before multipliers.
        gives: String,
    },
    /// A multiplier holds.
    Multiplied {
        /// The rule; `None` is the tier.
        rule: Option<usize>,
        /// By how much.
        by: String,
    },
    /// What several multipliers come to.
    Together {
        /// By how much.
        by: String,
    },
    /// What a rate gives is made whole.
    Rounded {
        /// Which rate.
        rule: usize,
        /// Before.
        exact: String,
        /// After.
        points: Points,
    },
    /// Fixed points are added.
    Fixed {
        /// Which rule.
        rule: usize,
        /// How many.
        points: Points,
    },
    /// A cap cuts what a rule gives.
    Capped {
        /// Which rule.
        rule: usize,
        /// Per what.
        per: CapPeriod,
        /// What it would have given.
        from: Points,
        /// What it gives.
        to: Points,
    },
}

/// Why a rule does not apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EarnSkip {
    /// Out of season.
    Season,
    /// The amount is too small.
    MinAmount,
    /// Its conditions do not hold.
    Conditions,
}

/// Explains what a purchase of a single line (or none) earns for a member of `level`: 0 is below the first tier.
///
/// # Errors
/// [`Overflow`].
pub fn explain(
    programs: &Programs,
    purchase: &Purchase,
    line: Option<Line>,
    level: u16,
) -> Result<Explanation, Overflow> {
    let version = programs
        .index_on(purchase.day.0)
        .and_then(|index| programs.versions().get(index));
    let Some(version) = version else {
        return Ok(Explanation {
            points: Points::ZERO,
            steps: Vec::new(),
            posts_on: None,
            expires_on: None,
        });
    };
    let mut scratch = Scratch::default();
    let lines: Vec<Line> = line.into_iter().collect();
    let rest = weigh(purchase, &lines, 0, |_| 0, &mut scratch.weights)?;
    let left = super::Left {
        amount: purchase.amount.0,
        rest,
    };
    earn(version, level, purchase, &lines, left, &mut scratch)?;
    let trial = Trial {
        version,
        purchase,
        line: lines.first(),
        level,
    };
    let mut steps = trial.steps(&scratch.parts)?;
    let points = trial.cap(&scratch.parts, &mut steps)?;
    let program = version.program();
    let waits = program.pending_days > 0 && points > 0;
    let days = i32::try_from(program.pending_days).unwrap_or(i32::MAX);
    let last = expiry::last_usable(program.expiry, purchase.day);
    Ok(Explanation {
        points: Points(points),
        steps,
        posts_on: waits.then(|| purchase.day.plus_days(days)),
        expires_on: (points > 0 && last != expiry::NEVER).then_some(Day(last)),
    })
}

/// A purchase on trial.
struct Trial<'a> {
    version: &'a Compiled,
    purchase: &'a Purchase,
    line: Option<&'a Line>,
    level: u16,
}

impl Trial<'_> {
    /// Why a gate is shut; `None` where it is open.
    fn shut(&self, gate: &Gate) -> Option<EarnSkip> {
        if !gate.open_on(self.purchase.day.0) {
            return Some(EarnSkip::Season);
        }
        if self.purchase.amount.0 < gate.min_amount {
            return Some(EarnSkip::MinAmount);
        }
        let here = gate.conditions.hold_for_order(self.purchase)
            && holds(gate, self.line, self.purchase, self.line.is_none());
        (!here).then_some(EarnSkip::Conditions)
    }

    /// Notes why a rule does not apply; whether it does.
    fn applies(&self, gate: &Gate, steps: &mut Vec<EarnStep>) -> bool {
        let why = self.shut(gate);
        if let Some(why) = why {
            let rule = usize::from(gate.rule);
            steps.push(EarnStep::Skipped { rule, why });
        }
        why.is_none()
    }

    fn steps(&self, parts: &[Part]) -> Result<Vec<EarnStep>, Overflow> {
        let mut steps = Vec::new();
        let mut excludes = self.version.excludes.iter();
        if let Some(gate) = excludes.find(|gate| self.shut(gate).is_none()) {
            let rule = usize::from(gate.rule);
            return Ok(vec![EarnStep::Excluded { rule }]);
        }
        let rates: Vec<&RateRule> = self
            .version
            .rates
            .iter()
            .filter(|rate| self.applies(&rate.gate, &mut steps))
            .collect();
        let mut exact = Vec::new();
        for rate in rates {
            exact.push((rate, self.rate(rate, &mut steps)?));
        }
        let factor = self.factor(!exact.is_empty(), &mut steps)?;
        for (rate, gives) in exact {
            self.rounded(rate, gives.times(factor)?, parts, &mut steps);
        }
        for fixed in &self.version.fixed {
            if !self.applies(&fixed.gate, &mut steps) {
                continue;
            }
            if let Some(part) = parts.iter().find(|part| part.rule == fixed.gate.rule) {
                steps.push(EarnStep::Fixed {
                    rule: usize::from(part.rule),
                    points: Points(part.points),
                });
            }
        }
        Ok(steps)
    }

    /// What a rate gives before multipliers.
    fn rate(&self, rate: &RateRule, out: &mut Vec<EarnStep>) -> Result<Ratio, Overflow> {
        let left = super::Left {
            amount: self.purchase.amount.0,
            rest: 1,
        };
        let basis = super::basis_minor(rate.basis, self.purchase, left).unwrap_or(0);
        let count = steps(rate, Ratio::whole(basis))?;
        let gives = Ratio::whole(count).times(rate.points)?;
        out.push(EarnStep::Rate {
            rule: usize::from(rate.gate.rule),
            basis: Money(basis),
            steps: count,
            gives: gives.to_decimal(),
        });
        Ok(gives)
    }

    /// All multipliers together; listed where there is something to multiply.
    fn factor(&self, lists: bool, out: &mut Vec<EarnStep>) -> Result<Ratio, Overflow> {
        let tier = self.version.tier_multiplier(self.level);
        let mut all = Common::new(self.version.stacking, tier);
        let mut found = Vec::new();
        if !tier.is_one() {
            found.push(EarnStep::Multiplied {
                rule: None,
                by: tier.to_decimal(),
            });
        }
        for (place, rule) in self.version.multipliers.iter().enumerate() {
            let beyond = place >= MOST_MARKS && rule.gate.conditions.looks_at_lines();
            if beyond || !self.applies(&rule.gate, out) {
                continue;
            }
            all.add(rule.factor)?;
            found.push(EarnStep::Multiplied {
                rule: Some(usize::from(rule.gate.rule)),
                by: rule.factor.to_decimal(),
            });
        }
        let factor = all.factor();
        if lists {
            let several = found.len() > 1;
            out.append(&mut found);
            if several {
                let by = factor.to_decimal();
                out.push(EarnStep::Together { by });
            }
        }
        Ok(factor)
    }

    fn rounded(&self, rate: &RateRule, exact: Ratio, parts: &[Part], out: &mut Vec<EarnStep>) {
        let part = parts.iter().find(|part| part.rule == rate.gate.rule);
        let points = Points(part.map_or(0, |part| part.points));
        let exact = exact.to_decimal();
        if exact != points.0.to_string() {
            out.push(EarnStep::Rounded {
                rule: usize::from(rate.gate.rule),
                exact,
                points,
            });
        }
    }

    /// What is left of the parts after their caps.
    fn cap(&self, parts: &[Part], out: &mut Vec<EarnStep>) -> Result<i64, Overflow> {
        let mut sum: i64 = 0;
        for part in parts {
            let capped = self.version.cap(part.rule).map(|it| it.cap);
            let points = capped.map_or(part.points, |cap| part.points.min(cap.points.0));
            if let Some(cap) = capped.filter(|_| points < part.points) {
                out.push(EarnStep::Capped {
                    rule: usize::from(part.rule),
                    per: cap.per,
                    from: Points(part.points),
                    to: Points(points),
                });
            }
            sum = sum.checked_add(points).ok_or(Overflow)?;
        }
        Ok(sum.max(0))
    }
}
