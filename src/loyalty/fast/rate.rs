//! What an order earns, in whole numbers.
//!
//! One rate, multipliers that stack by multiplying, conditions about categories and products only. Then
//! `points = round((all + sum of parts x (multiplier - 1)) x common multipliers x tier x points)`, where `all` and the
//! parts are full steps of the basis. Everything but the tier is known before the member is: [`Rate::parts`] is the
//! bracket, times the denominators of the line multipliers; [`Rate::points`] does the rest with one division.

use super::LineColumns;
use super::tier::MOST_LEVELS;
use crate::programs::{Compiled, Gate, RateRule, Texts};
use crate::ratio::Ratio;
use model::Rounding;
use model::program::{Basis, RoundEach, Stacking};

/// Bits of a mark that are multipliers; the others are exclusions.
const MULTIPLIERS: u8 = 0b0000_1111;
/// Most rules of either kind.
const MOST_RULES: usize = 4;
/// The first bit of exclusions.
const FIRST_EXCLUDE: usize = 4;
/// Larger amounts take the general way, so that nothing here can overflow (2^36 x 2^12 x 2^14 < 2^63).
const MOST_AMOUNT: i64 = 1 << 36;
const MOST_PARTS: i64 = 1 << 12;
const MOST_FACTOR: i64 = 1 << 14;

/// A numerator and a denominator above zero.
type Fraction = (i64, i64);

/// A numerator and a divisor.
type Factor = (i64, Divisor);

/// When a rule applies.
#[derive(Clone, Copy, Debug)]
struct Window {
    bit: u8,
    from: i32,
    to: i32,
    min_amount: i64,
}

impl Window {
    fn new(bit: usize, gate: &Gate) -> Self {
        let (from, to) = gate.days();
        Self {
            bit: 1 << bit,
            from,
            to,
            min_amount: gate.min_amount,
        }
    }

    fn is_open(&self, day: i32, amount: i64) -> bool {
        self.from <= day && day <= self.to && self.min_amount <= amount
    }

    fn is_always_open(&self) -> bool {
        (self.from, self.to) == (i32::MIN, i32::MAX) && self.min_amount == i64::MIN
    }
}

/// Which rules of several apply: all of them always, or it depends.
#[derive(Clone, Debug)]
struct Windows {
    all: u8,
    some: Vec<Window>,
}

impl Windows {
    fn new(windows: &[Window]) -> Self {
        let (always, some): (Vec<Window>, Vec<Window>) =
            windows.iter().partition(|window| window.is_always_open());
        Self {
            all: always.iter().fold(0, |bits, window| bits | window.bit),
            some,
        }
    }

    #[inline]
    fn open(&self, day: i32, amount: i64) -> u8 {
        self.some.iter().fold(self.all, |bits, window| {
            if window.is_open(day, amount) {
                bits | window.bit
            } else {
                bits
            }
        })
    }
}

/// Bits of the rules whose tests of one kind of text hold for each code.
#[derive(Clone, Debug)]
struct Codes {
    known: Vec<u8>,
    /// Of what has no text.
    without: u8,
    /// Of codes that no test knows: the rules that do not look.
    beyond: u8,
}

impl Codes {
    fn new(gates: &[(usize, &Gate)], of: Texts, none: u32) -> Self {
        let most = gates
            .iter()
            .map(|(_, gate)| gate.conditions.codes(of))
            .max();
        let codes = 0..u32::try_from(most.unwrap_or(0)).unwrap_or(0);
        Self {
            known: codes.map(|code| bits_of(gates, of, code, none)).collect(),
            without: bits_of(gates, of, none, none),
            beyond: gates.iter().fold(0, |bits, (bit, gate)| {
                let looks = gate.conditions.codes(of) > 0;
                if looks { bits } else { bits | 1 << bit }
            }),
        }
    }

    #[inline]
    fn bits(&self, code: u32, none: u32) -> u8 {
        match self.known.get(code as usize) {
            Some(bits) => *bits,
            None if code == none => self.without,
            None => self.beyond,
        }
    }
}

/// A common rate.
#[derive(Clone, Debug)]
pub(super) struct Rate {
    per: Divisor,
    rounding: Rounding,
    window: Window,
    /// Rules about lines, by bit.
    by_line: Windows,
    /// Multipliers of whole orders, by bit.
    common: Windows,
    categories: Codes,
    products: Codes,
    /// The denominators of the line multipliers, multiplied.
    scale: i64,
    /// How many sets of line multipliers there are.
    sets: usize,
    /// For each set of line multipliers: what it adds, times `scale`.
    more: [i64; 16],
    /// For each set of common multipliers, for each level: what a part comes to.
    factors: Vec<[Factor; MOST_LEVELS + 1]>,
}

impl Rate {
    pub(super) fn new(version: &Compiled, none: u32) -> Option<Self> {
        let [rate] = version.rates.as_slice() else {
            return None;
        };
        if !is_common(rate) {
            return None;
        }
        let (by_line, common): (Vec<_>, Vec<_>) = version
            .multipliers
            .iter()
            .partition(|rule| rule.gate.conditions.looks_at_lines());
        let stacks = version.stacking == Stacking::Multiply || version.multipliers.is_empty();
        let few = by_line.len() <= MOST_RULES
            && common.len() <= MOST_RULES
            && version.excludes.len() <= MOST_RULES;
        let excludes_lines = |gate: &Gate| gate.conditions.looks_at_lines();
        if !stacks || !few || !version.excludes.iter().all(excludes_lines) {
            return None;
        }
        let gates: Vec<(usize, &Gate)> = by_line
            .iter()
            .map(|rule| &rule.gate)
            .enumerate()
            .chain((FIRST_EXCLUDE..).zip(&version.excludes))
            .collect();
        let known = |gate: &Gate| gate.conditions.is_about_codes();
        let simple = |gate: &Gate| gate.conditions.is_empty();
        if !gates.iter().all(|(_, gate)| known(gate))
            || !common.iter().all(|rule| simple(&rule.gate))
        {
            return None;
        }
        let fractions = |rules: &[&crate::programs::MultiplyRule]| -> Option<Vec<Fraction>> {
            rules.iter().map(|rule| rule.factor.small()).collect()
        };
        let (scale, more) = more(&fractions(&by_line)?)?;
        let windows = |gates: &[(usize, &Gate)]| -> Windows {
            let all: Vec<Window> = gates
                .iter()
                .map(|(bit, it)| Window::new(*bit, it))
                .collect();
            Windows::new(&all)
        };
        let common_gates: Vec<(usize, &Gate)> =
            common.iter().map(|rule| &rule.gate).enumerate().collect();
        Some(Self {
            per: Divisor::new(rate.per),
            rounding: rate.rounding,
            window: Window::new(0, &rate.gate),
            by_line: windows(&gates),
            common: windows(&common_gates),
            categories: Codes::new(&gates, Texts::Categories, none),
            products: Codes::new(&gates, Texts::Products, none),
            scale,
            sets: 1 << by_line.len(),
            more,
            factors: factors(version, rate, scale, &fractions(&common)?)?,
        })
    }

    /// Full steps of an amount above zero.
    #[inline]
    fn steps(&self, amount: i64) -> i64 {
        self.per.divide(amount, self.rounding)
    }

    /// What an order earns before its tier, times the scale; `None` where that takes the general way.
    #[inline]
    pub(super) fn parts(
        &self,
        day: i32,
        amount: i64,
        start: u32,
        len: u32,
        lines: &LineColumns<'_>,
    ) -> Option<i64> {
        if amount <= 0 || !self.window.is_open(day, amount) {
            return Some(0);
        }
        if amount > MOST_AMOUNT {
            return None;
        }
        let open = self.by_line.open(day, amount);
        if open == 0 {
            return Some(self.steps(amount) * self.scale);
        }
        let parts = match len {
            0 => self.alone(
                amount,
                0,
                self.categories.without & self.products.without & open,
            ),
            1 => {
                let at = start as usize;
                let paid = *lines.amount.get(at)?;
                if paid <= 0 || paid > amount {
                    return None;
                }
                self.alone(paid, amount - paid, self.mark(lines, at) & open)
            }
            _ => self.several(amount, start, len, open, lines)?,
        };
        (parts >= 0).then_some(parts)
    }

    #[inline]
    fn mark(&self, lines: &LineColumns<'_>, at: usize) -> u8 {
        let code = |codes: &[u32]| codes.get(at).copied().unwrap_or(lines.none);
        self.categories.bits(code(lines.category), lines.none)
            & self.products.bits(code(lines.product), lines.none)
    }

    /// One place of an order, and what is on no line.
    #[inline]
    fn alone(&self, paid: i64, rest: i64, mark: u8) -> i64 {
        if mark & !MULTIPLIERS != 0 {
            return self.steps(rest) * self.scale;
        }
        let all = self.steps(paid + rest) * self.scale;
        match mark {
            0 => all,
            _ => all + self.steps(paid) * self.more_of(mark),
        }
    }

    #[inline]
    fn more_of(&self, mark: u8) -> i64 {
        self.more
            .get(usize::from(mark & MULTIPLIERS))
            .copied()
            .unwrap_or(0)
    }

    fn several(
        &self,
        amount: i64,
        start: u32,
        len: u32,
        open: u8,
        lines: &LineColumns<'_>,
    ) -> Option<i64> {
        let mut groups = [0i64; 16];
        let (mut sum, mut excluded): (i64, i64) = (0, 0);
        for at in start as usize..(start as usize).checked_add(len as usize)? {
            let paid = (*lines.amount.get(at)?).max(0);
            sum = sum.checked_add(paid)?;
            let mark = self.mark(lines, at) & open;
            if mark & !MULTIPLIERS != 0 {
                excluded += paid;
            } else if let Some(group) = groups.get_mut(usize::from(mark & MULTIPLIERS)) {
                *group += paid;
            }
        }
        if sum <= 0 || sum > amount {
            return None;
        }
        let mut parts = self.steps(amount - excluded) * self.scale;
        for (group, more) in groups.iter().zip(&self.more).take(self.sets).skip(1) {
            if *group > 0 {
                parts += self.steps(*group) * more;
            }
        }
        Some(parts)
    }

    /// The points of an order of so many parts at a level.
    #[inline]
    pub(super) fn points(&self, day: i32, amount: i64, parts: i64, level: u16) -> Option<i64> {
        if parts == 0 {
            return Some(0);
        }
        let common = usize::from(self.common.open(day, amount));
        let (numerator, denominator) = *self.factors.get(common)?.get(usize::from(level))?;
        let product = parts.checked_mul(numerator)?;
        Some(denominator.divide(product, self.rounding))
    }
}

/// Whether a rate looks at whole orders, at what was paid.
fn is_common(rate: &RateRule) -> bool {
    rate.gate.conditions.is_empty()
        && rate.basis == Basis::NetOfDiscount
        && rate.round_each == RoundEach::Order
}

/// Bits of the rules whose tests of one kind of text hold for a code.
fn bits_of(gates: &[(usize, &Gate)], of: Texts, code: u32, none: u32) -> u8 {
    let code = if code == none { crate::NO_CODE } else { code };
    gates.iter().fold(0, |bits, (bit, gate)| {
        if gate.conditions.allow(of, code) {
            bits | 1 << bit
        } else {
            bits
        }
    })
}

/// For each set of multipliers what it adds to one, over a common denominator.
fn more(multipliers: &[Fraction]) -> Option<(i64, [i64; 16])> {
    let mut scale: i64 = 1;
    for (_, denominator) in multipliers {
        scale = scale
            .checked_mul(*denominator)
            .filter(|it| *it <= MOST_PARTS)?;
    }
    let mut more = [0i64; 16];
    for (set, place) in more.iter_mut().enumerate() {
        let mut product = scale;
        for (bit, (numerator, denominator)) in multipliers.iter().enumerate() {
            if set & (1 << bit) != 0 {
                // The scale holds each denominator, so that the division is exact.
                product = (product / denominator)
                    .checked_mul(*numerator)
                    .filter(|it| *it <= MOST_PARTS)?;
            }
        }
        *place = product - scale;
    }
    // Every set at once is the most an order can come to.
    let most = more.iter().try_fold(scale, |sum, it| sum.checked_add(*it));
    most.filter(|most| *most <= MOST_PARTS)?;
    Some((scale, more))
}

/// For each set of common multipliers and each level what a part comes to.
fn factors(
    version: &Compiled,
    rate: &RateRule,
    scale: i64,
    common: &[Fraction],
) -> Option<Vec<[Factor; MOST_LEVELS + 1]>> {
    let levels = version.tier_multipliers.len();
    if levels > MOST_LEVELS + 1 {
        return None;
    }
    let scale = Ratio::new(1, i128::from(scale)).ok()?;
    let mut all = Vec::new();
    for set in 0..1usize << common.len() {
        let mut factor = rate.points.times(scale).ok()?;
        for (bit, &(numerator, denominator)) in common.iter().enumerate() {
            if set & (1 << bit) != 0 {
                let by = Ratio::new(i128::from(numerator), i128::from(denominator)).ok()?;
                factor = factor.times(by).ok()?;
            }
        }
        let mut of_levels = [(0, Divisor::ONE); MOST_LEVELS + 1];
        for (place, tier) in of_levels.iter_mut().zip(&version.tier_multipliers) {
            let whole = factor.times(*tier).ok()?.small()?;
            if whole.0 < 0 || whole.0 > MOST_FACTOR || whole.1 > MOST_AMOUNT {
                return None;
            }
            *place = (whole.0, Divisor::new(whole.1));
        }
        all.push(of_levels);
    }
    Some(all)
}

/// A divisor that is used often: dividing by it is a multiplication and a shift.
///
/// Source: T. Granlund, P. L. Montgomery, "Division by Invariant Integers using Multiplication" (1994): for numbers of N
/// bits and `2^(l-1) < d <= 2^l`, the quotient is `n x (2^(N+l) / d + 1) >> (N + l)`.
#[derive(Clone, Copy, Debug)]
struct Divisor {
    by: i64,
    magic: u64,
    shift: u32,
}

/// Bits of the numbers for which the multiplication is exact and fits 64 bits.
const BITS: u32 = 31;

impl Divisor {
    const ONE: Self = Self {
        by: 1,
        magic: 1,
        shift: 0,
    };

    fn new(by: i64) -> Self {
        let by = by.max(1);
        let log = i64::BITS - (by - 1).leading_zeros();
        if by == 1 || log >= BITS {
            // Larger ones divide as they are: see `divide`.
            return Self { by, ..Self::ONE };
        }
        let shift = BITS + log;
        Self {
            by,
            magic: (1u64 << shift) / by.unsigned_abs() + 1,
            shift,
        }
    }

    /// The quotient of a number that is not below zero, rounded.
    #[inline]
    fn divide(self, number: i64, rounding: Rounding) -> i64 {
        if self.by == 1 {
            return number;
        }
        let whole = if number >> BITS == 0 && self.shift > 0 {
            // Both factors are below 2^32.
            ((number.unsigned_abs() * self.magic) >> self.shift).cast_signed()
        } else {
            number / self.by
        };
        if rounding == Rounding::Floor {
            return whole;
        }
        let rest = number - whole * self.by;
        let up = match rounding {
            Rounding::Floor => false,
            Rounding::Ceil => rest > 0,
            Rounding::HalfUp => rest >= self.by - rest,
        };
        whole + i64::from(up)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::money;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn a_multiplication_divides(number in 0i64..1 << 33, by in prop_oneof![1i64..1_000, 1i64..1 << 34]) {
            for number in [number, number / by * by, (number / by * by - 1).max(0)] {
                for rounding in [Rounding::Floor, Rounding::HalfUp, Rounding::Ceil] {
                    let exact = money::divide(i128::from(number), i128::from(by), rounding).unwrap();
                    prop_assert_eq!(i128::from(Divisor::new(by).divide(number, rounding)), exact);
                }
            }
        }
    }
}
