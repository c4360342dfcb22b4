//! What a purchase earns.
//!
//! 1. Lines that an `exclude` rule matches earn nothing.
//! 2. Each rate looks at its basis: the order's, less what was paid with points, shared over the lines by what was
//!    paid for them. Full `per`s of the basis of the matching lines, times `points`.
//! 3. Multipliers: those that hold for the whole order (the tier's is one) multiply all of it; what a multiplier adds
//!    for some lines only is counted on the full `per`s of those lines. So no multiplier makes an order earn less
//!    than it would without.
//! 4. The rate's rounding makes it whole, once per order or per line.
//! 5. Fixed points are added, then each rule's cap is applied (by the fold, which knows what was given before).
//!
//! Worked example: 1 point per 10.00, 99.00 spent, gold multiplies by 1.2: 9 full tens, 10.8, floor 10.
//! Worked example: 1 point per 1.00, coffee doubles; coffee for 30.00 and a cup for 20.00: 50 + 30 = 80.

mod explain;

pub use explain::{EarnSkip, EarnStep, Explanation, explain};

use crate::programs::{Compiled, Gate, RateRule};
use crate::ratio::Ratio;
use crate::{Line, Overflow, Purchase};
use model::program::{Basis, RoundEach, Stacking};
use model::{Rounding, money};

/// What one rule gives for one purchase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// Index of the rule in the programme's `earn`.
    pub(crate) rule: u16,
    pub(crate) points: i64,
}

/// What is left of an order after its refunds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Left {
    /// Of the amount; zero after a full return.
    pub(crate) amount: i64,
    /// Of what is on no line (delivery), in the unit of the line weights.
    pub(crate) rest: i128,
}

/// Buffers of the calculation.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scratch {
    /// What is left of each line, in proportion.
    pub(crate) weights: Vec<i128>,
    /// Which multipliers hold for each place: the lines, then what is on no line.
    marks: Vec<Mark>,
    /// Weight of the places that share a set of multipliers.
    groups: Vec<(u64, i128)>,
    /// What each rule gives.
    pub(crate) parts: Vec<Part>,
}

/// Multipliers that hold for a line besides the common ones: a bit each. `None`: the line is excluded.
type Mark = Option<u64>;

/// More conditional multipliers than bits are not looked at; the programme has at most 200 rules.
const MOST_MARKS: usize = 64;

/// Weighs the lines of an order of which `refunded` came back, `returned` thousandths of each line. Depends only on
/// the totals, so that many part refunds equal one. Returns the weight of what is on no line.
pub(crate) fn weigh(
    purchase: &Purchase,
    lines: &[Line],
    refunded: i64,
    returned: impl Fn(u32) -> i64,
    weights: &mut Vec<i128>,
) -> Result<i128, Overflow> {
    weights.clear();
    if lines.is_empty() {
        return Ok(1);
    }
    let paid = |line: &Line| i128::from(line.amount.0.max(0));
    let sum: i128 = lines.iter().map(paid).sum();
    if sum == 0 {
        // Only the products are known: they share alike.
        weights.extend(lines.iter().map(|_| 1));
        return Ok(0);
    }
    let rest = (i128::from(purchase.amount.0) - sum).max(0);
    if refunded == 0 {
        // Goods that came back without money (an exchange) change nothing.
        weights.extend(lines.iter().map(paid));
        return Ok(rest);
    }
    let mut back_sum: i128 = 0;
    for (line, index) in lines.iter().zip(0u32..) {
        let quantity = line.quantity_milli.max(1);
        let count = returned(index).clamp(0, quantity);
        let back = paid(line).checked_mul(i128::from(count)).ok_or(Overflow)?;
        let back = money::divide(back, i128::from(quantity), Rounding::HalfUp).ok_or(Overflow)?;
        back_sum += back;
        weights.push(back);
    }
    let refunded = i128::from(refunded);
    let product = |a: i128, b: i128| a.checked_mul(b).ok_or(Overflow);
    if refunded >= back_sum {
        // What came back beyond the named lines is shared by all that is left, so it leaves the proportions alone.
        for (weight, line) in weights.iter_mut().zip(lines) {
            *weight = paid(line) - *weight;
        }
        return Ok(rest);
    }
    for (weight, line) in weights.iter_mut().zip(lines) {
        let whole = product(paid(line), back_sum)?;
        *weight = (whole - product(*weight, refunded)?).max(0);
    }
    product(rest, back_sum)
}

/// Calculates what each rule gives, into `scratch.parts`, before caps. `lines` and `scratch.weights` are looked at
/// only if the version is not plain. Returns the sum.
pub(crate) fn earn(
    version: &Compiled,
    level: u16,
    purchase: &Purchase,
    lines: &[Line],
    left: Left,
    scratch: &mut Scratch,
) -> Result<i64, Overflow> {
    scratch.parts.clear();
    let day = purchase.day.0;
    let open = |gate: &Gate| {
        gate.open_on(day)
            && left.amount >= gate.min_amount
            && gate.conditions.hold_for_order(purchase)
    };
    if purchase.amount.0 < 0 || (left.amount <= 0 && purchase.amount.0 > 0) {
        return Ok(0);
    }
    let mut common = Common::new(version.stacking, version.tier_multiplier(level));
    // Multipliers that look at lines and hold for this order: a bit each.
    let mut by_line: u64 = 0;
    for (rule, bit) in version.multipliers.iter().zip(0u32..) {
        if !open(&rule.gate) {
            continue;
        }
        if !rule.gate.conditions.looks_at_lines() {
            common.add(rule.factor)?;
        } else if (bit as usize) < MOST_MARKS {
            by_line |= 1 << bit;
        }
    }
    if version.plain {
        if version.excludes.iter().any(open) {
            return Ok(0);
        }
        return plain(version, purchase, left, common.factor(), open, scratch);
    }
    judge_lines(version, purchase, lines, by_line, open, scratch);
    let (weights, marks) = (
        std::mem::take(&mut scratch.weights),
        std::mem::take(&mut scratch.marks),
    );
    let all = weights.iter().sum::<i128>() + left.rest;
    let order = Order {
        version,
        purchase,
        lines,
        left,
        weights: &weights,
        all,
        marks: &marks,
        common,
    };
    let sum = order.earn(open, scratch);
    (scratch.weights, scratch.marks) = (weights, marks);
    sum
}

/// How multipliers combine.
#[derive(Clone, Copy, Debug)]
struct Common {
    stacking: Stacking,
    factor: Option<Ratio>,
}

impl Common {
    fn new(stacking: Stacking, tier: Ratio) -> Self {
        let factor = (!tier.is_one()).then_some(tier);
        Self { stacking, factor }
    }

    fn add(&mut self, other: Ratio) -> Result<(), Overflow> {
        let Some(factor) = self.factor else {
            self.factor = Some(other);
            return Ok(());
        };
        self.factor = Some(match self.stacking {
            Stacking::Multiply => factor.times(other)?,
            Stacking::Add => factor.plus(other)?.minus(Ratio::ONE)?,
            Stacking::Best if other.is_above(factor)? => other,
            Stacking::Best => factor,
        });
        Ok(())
    }

    fn factor(self) -> Ratio {
        // Adding several small multipliers may come to less than nothing.
        self.factor.map_or(Ratio::ONE, Ratio::at_least_zero)
    }
}

fn plain(
    version: &Compiled,
    purchase: &Purchase,
    left: Left,
    factor: Ratio,
    open: impl Fn(&Gate) -> bool,
    scratch: &mut Scratch,
) -> Result<i64, Overflow> {
    let mut sum: i64 = 0;
    for rate in &version.rates {
        if !open(&rate.gate) {
            continue;
        }
        let steps = match basis_minor(rate.basis, purchase, left) {
            Some(basis) if rate.rounding == Rounding::Floor => basis / rate.per.max(1),
            _ => steps(rate, basis(rate.basis, purchase, left)?)?,
        };
        let points = rate.points.scale(steps, factor, rate.rounding)?;
        sum = put(scratch, rate.gate.rule, points, sum)?;
    }
    if !version.fixed.is_empty() && basis(Basis::NetOfDiscount, purchase, left)?.is_positive() {
        for rule in version.fixed.iter().filter(|rule| open(&rule.gate)) {
            sum = put(scratch, rule.gate.rule, rule.points, sum)?;
        }
    }
    Ok(sum)
}

fn put(scratch: &mut Scratch, rule: u16, points: i64, sum: i64) -> Result<i64, Overflow> {
    if points != 0 {
        scratch.parts.push(Part { rule, points });
    }
    sum.checked_add(points).ok_or(Overflow)
}

/// The basis where it is a whole number of minor units: nothing came back and nothing is in proportion.
fn basis_minor(basis: Basis, purchase: &Purchase, left: Left) -> Option<i64> {
    let whole = match basis {
        Basis::NetOfDiscount => left.amount,
        Basis::Gross if left.amount == purchase.amount.0 => purchase.gross.0,
        Basis::NetOfTaxAndDiscount if left.amount == purchase.amount.0 => {
            purchase.amount.0.checked_sub(purchase.tax.0)?
        }
        Basis::Gross | Basis::NetOfTaxAndDiscount => return None,
    };
    Some(whole.checked_sub(purchase.paid_with_points.0)?.max(0))
}

/// The basis as an exact number of minor units: in proportion to what is left, less what was paid with points.
fn basis(basis: Basis, purchase: &Purchase, left: Left) -> Result<Ratio, Overflow> {
    if let Some(minor) = basis_minor(basis, purchase, left) {
        return Ok(Ratio::whole(minor));
    }
    let whole = match basis {
        Basis::NetOfDiscount => purchase.amount.0,
        Basis::Gross => purchase.gross.0,
        Basis::NetOfTaxAndDiscount => purchase
            .amount
            .0
            .checked_sub(purchase.tax.0)
            .ok_or(Overflow)?,
    };
    let share = Ratio::new(i128::from(left.amount), i128::from(purchase.amount.0))?;
    let proportion = Ratio::whole(whole).times(share)?;
    Ok(proportion
        .minus(Ratio::whole(purchase.paid_with_points.0))?
        .at_least_zero())
}

/// How many `per`s there are in the basis, by the rate's rounding.
fn steps(rate: &RateRule, basis: Ratio) -> Result<i64, Overflow> {
    basis.steps(rate.per, rate.rounding)
}

/// Finds for each line whether it is excluded, and the multipliers among `by_line` that hold for it.
fn judge_lines(
    version: &Compiled,
    purchase: &Purchase,
    lines: &[Line],
    by_line: u64,
    open: impl Fn(&Gate) -> bool,
    scratch: &mut Scratch,
) {
    scratch.marks.clear();
    let no_lines = lines.is_empty();
    // The last place is what is on no line: of an order without lines that is all of it.
    for line in lines.iter().map(Some).chain([None]) {
        let mut excludes = version.excludes.iter();
        if excludes.any(|gate| holds(gate, line, purchase, no_lines) && open(gate)) {
            scratch.marks.push(None);
            continue;
        }
        let mut mark: u64 = 0;
        for (rule, bit) in version.multipliers.iter().zip(0u32..).take(MOST_MARKS) {
            let bit = 1 << bit;
            if by_line & bit != 0 && holds(&rule.gate, line, purchase, no_lines) {
                mark |= bit;
            }
        }
        scratch.marks.push(Some(mark));
    }
}

/// Whether a rule's conditions about lines hold for a line, or (`None`) for what is on no line.
fn holds(gate: &Gate, line: Option<&Line>, purchase: &Purchase, no_lines: bool) -> bool {
    match line {
        Some(line) => gate.conditions.hold_for_line(line),
        None if no_lines => gate.conditions.hold_without_lines(purchase.amount.0),
        None => !gate.conditions.looks_at_lines(),
    }
}

/// An order with its lines judged.
struct Order<'a> {
    version: &'a Compiled,
    purchase: &'a Purchase,
    lines: &'a [Line],
    left: Left,
    weights: &'a [i128],
    /// All weights, with what is on no line.
    all: i128,
    marks: &'a [Mark],
    common: Common,
}

impl Order<'_> {
    fn earn(&self, open: impl Fn(&Gate) -> bool, scratch: &mut Scratch) -> Result<i64, Overflow> {
        let mut sum: i64 = 0;
        for rate in self.version.rates.iter().filter(|rate| open(&rate.gate)) {
            let points = match rate.round_each {
                RoundEach::Order => self.points(rate, &mut scratch.groups)?,
                RoundEach::Line => self.points_line_by_line(rate)?,
            };
            sum = put(scratch, rate.gate.rule, points, sum)?;
        }
        for rule in self.version.fixed.iter().filter(|rule| open(&rule.gate)) {
            let matching = self.places(&rule.gate).map(|(weight, _)| weight).sum();
            if self.basis_of(Basis::NetOfDiscount, matching)?.is_positive() {
                sum = put(scratch, rule.gate.rule, rule.points, sum)?;
            }
        }
        Ok(sum)
    }

    /// Every place (lines, then what is on no line) that `gate` matches and nothing excludes: weight and multipliers.
    fn places<'s>(&'s self, gate: &'s Gate) -> impl Iterator<Item = (i128, u64)> + 's {
        let weights = self.weights.iter().copied().chain([self.left.rest]);
        let lines = self.lines.iter().map(Some).chain([None]);
        let no_lines = self.lines.is_empty();
        weights
            .zip(lines)
            .zip(self.marks)
            .filter_map(move |((weight, line), mark)| {
                let mark = (*mark)?;
                let matching = weight > 0 && holds(gate, line, self.purchase, no_lines);
                matching.then_some((weight, mark))
            })
    }

    /// The part of a basis that falls to places of this weight.
    fn basis_of(&self, basis: Basis, weight: i128) -> Result<Ratio, Overflow> {
        if self.all <= 0 || weight <= 0 {
            return Ok(Ratio::ZERO);
        }
        if let Some(minor) = basis_minor(basis, self.purchase, self.left) {
            // Where the weights are the amounts themselves, the share is the weight.
            if i128::from(minor) == self.all {
                return Ratio::new(weight, 1);
            }
        }
        let whole = self::basis(basis, self.purchase, self.left)?;
        if weight == self.all {
            Ok(whole)
        } else {
            whole.times(Ratio::new(weight, self.all)?)
        }
    }

    /// The multiplier of a line with these multipliers besides the common ones.
    fn factor(&self, mark: u64) -> Result<Ratio, Overflow> {
        let mut factor = self.common;
        for (rule, bit) in self.version.multipliers.iter().zip(0u32..).take(MOST_MARKS) {
            if mark & (1 << bit) != 0 {
                factor.add(rule.factor)?;
            }
        }
        Ok(factor.factor())
    }

    fn points(&self, rate: &RateRule, groups: &mut Vec<(u64, i128)>) -> Result<i64, Overflow> {
        groups.clear();
        let mut matching: i128 = 0;
        for (weight, mark) in self.places(&rate.gate) {
            matching += weight;
            match groups.iter_mut().find(|(known, _)| *known == mark) {
                Some((_, sum)) => *sum += weight,
                None => groups.push((mark, weight)),
            }
        }
        let common = self.common.factor();
        let all = steps(rate, self.basis_of(rate.basis, matching)?)?;
        let mut points = Ratio::whole(all).times(common)?;
        for &(mark, weight) in groups.iter().filter(|(mark, _)| *mark != 0) {
            let more = self.factor(mark)?.minus(common)?;
            let part = steps(rate, self.basis_of(rate.basis, weight)?)?;
            points = points.plus(Ratio::whole(part).times(more)?)?;
        }
        points.scale(1, rate.points, rate.rounding)
    }

    fn points_line_by_line(&self, rate: &RateRule) -> Result<i64, Overflow> {
        let mut sum: i64 = 0;
        for (weight, mark) in self.places(&rate.gate) {
            let steps = steps(rate, self.basis_of(rate.basis, weight)?)?;
            let points = rate
                .points
                .scale(steps, self.factor(mark)?, rate.rounding)?;
            sum = sum.checked_add(points).ok_or(Overflow)?;
        }
        Ok(sum)
    }
}
