//! Programme versions, compiled: amounts are integers, rates exact fractions, conditions sets of codes.

use crate::Overflow;
use crate::condition::Conditions;
use crate::ratio::Ratio;
use model::Day;
use model::program::{Basis, Cap, EarnRule, Effect, Occasion, Program, RoundEach, Stacking, Tiers};
use model::{Points, Rounding};

/// A version of the programme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// From 1.
    pub number: u32,
    /// First local day it holds; `None` is from the beginning of time.
    pub from: Option<Day>,
    /// What holds.
    pub program: Program,
}

/// Texts that lines and orders have codes for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Texts {
    /// Of [`crate::Line::category`].
    Categories,
    /// Of [`crate::Line::product`].
    Products,
    /// Of [`crate::Purchase::channel`].
    Channels,
    /// Of [`crate::Purchase::coupon`].
    Coupons,
}

/// The dictionaries behind the codes.
pub trait Dictionary {
    /// Calls `see` with every code and its text. A code of an empty text counts as no value.
    fn each(&self, of: Texts, see: &mut dyn FnMut(u32, &str));
}

/// No texts at all: for programmes without text conditions.
impl Dictionary for () {
    fn each(&self, _of: Texts, _see: &mut dyn FnMut(u32, &str)) {}
}

/// All versions of a programme, compiled against the dictionaries. Make a new one when either changes
/// (a new product or category; cheap).
#[derive(Clone, Debug)]
pub struct Programs {
    versions: Vec<Compiled>,
    event_names: Vec<String>,
}

/// One version, compiled.
#[derive(Clone, Debug)]
pub(crate) struct Compiled {
    pub(crate) version: Version,
    /// First day; `i32::MIN` without one.
    pub(crate) from: i32,
    pub(crate) rates: Vec<RateRule>,
    pub(crate) multipliers: Vec<MultiplyRule>,
    pub(crate) excludes: Vec<Gate>,
    /// Fixed points per purchase.
    pub(crate) fixed: Vec<FixedRule>,
    pub(crate) signup: Vec<FixedRule>,
    pub(crate) birthday: Vec<BirthdayRule>,
    pub(crate) events: Vec<EventRule>,
    /// Cap of each rule of the programme's `earn`.
    caps: Vec<Option<CapRule>>,
    /// Multiplier of each level; the first is for members below every level.
    pub(crate) tier_multipliers: Vec<Ratio>,
    pub(crate) stacking: Stacking,
    /// No rule looks at lines.
    pub(crate) plain: bool,
}

/// When a rule applies.
#[derive(Clone, Debug)]
pub(crate) struct Gate {
    /// Index of the rule in the programme's `earn`.
    pub(crate) rule: u16,
    from: i32,
    to: i32,
    pub(crate) min_amount: i64,
    pub(crate) conditions: Conditions,
}

/// A cap, and whose points count against it: those of rules with the same id in any version.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CapRule {
    pub(crate) cap: Cap,
    pub(crate) counter: u16,
}

#[derive(Clone, Debug)]
pub(crate) struct RateRule {
    pub(crate) gate: Gate,
    pub(crate) points: Ratio,
    pub(crate) per: i64,
    pub(crate) basis: Basis,
    pub(crate) rounding: Rounding,
    pub(crate) round_each: RoundEach,
}

#[derive(Clone, Debug)]
pub(crate) struct MultiplyRule {
    pub(crate) gate: Gate,
    pub(crate) factor: Ratio,
}

#[derive(Clone, Debug)]
pub(crate) struct FixedRule {
    pub(crate) gate: Gate,
    pub(crate) points: i64,
}

#[derive(Clone, Debug)]
pub(crate) struct BirthdayRule {
    pub(crate) rule: FixedRule,
    pub(crate) known_for_days: i32,
}

#[derive(Clone, Debug)]
pub(crate) struct EventRule {
    pub(crate) name: String,
    pub(crate) gate: Gate,
    pub(crate) gives: EventGives,
}

#[derive(Clone, Debug)]
pub(crate) enum EventGives {
    Fixed(i64),
    Rate {
        points: Ratio,
        per: i64,
        rounding: Rounding,
    },
}

impl Gate {
    /// First and last day of the rule.
    pub(crate) fn days(&self) -> (i32, i32) {
        (self.from, self.to)
    }

    /// Whether the rule is in season.
    pub(crate) fn open_on(&self, day: i32) -> bool {
        self.from <= day && day <= self.to
    }
}

/// Gives every rule id a number, the same in all versions.
#[derive(Default)]
struct Counters {
    ids: Vec<String>,
}

impl Counters {
    fn number(&mut self, id: &str) -> u16 {
        let known = self.ids.iter().position(|it| it == id);
        let place = known.unwrap_or_else(|| {
            self.ids.push(id.to_owned());
            self.ids.len() - 1
        });
        u16::try_from(place).unwrap_or(u16::MAX)
    }
}

impl Programs {
    /// Compiles `versions`, in any order; of two with the same first day the higher number holds.
    ///
    /// # Errors
    /// [`Overflow`] for rates beyond all bounds; what [`Program::parse`] accepts never is.
    pub fn new(versions: &[Version], dictionary: &impl Dictionary) -> Result<Self, Overflow> {
        let first_day = |version: &Version| version.from.map_or(i32::MIN, |day| day.0);
        let mut sorted: Vec<&Version> = versions.iter().collect();
        sorted.sort_by_key(|version| (first_day(version), version.number));
        let mut counters = Counters::default();
        let mut compiled: Vec<Compiled> = Vec::new();
        for version in sorted {
            let next = compile(version, first_day(version), dictionary, &mut counters)?;
            match compiled.last_mut() {
                Some(last) if last.from == next.from => *last = next,
                _ => compiled.push(next),
            }
        }
        let mut event_names: Vec<String> = compiled
            .iter()
            .flat_map(|version| version.events.iter().map(|rule| rule.name.clone()))
            .collect();
        event_names.sort_unstable();
        event_names.dedup();
        Ok(Self {
            versions: compiled,
            event_names,
        })
    }

    /// The version in force on a day.
    pub fn in_force(&self, day: Day) -> Option<&Version> {
        let index = self.index_on(day.0)?;
        self.versions.get(index).map(|compiled| &compiled.version)
    }

    /// Whether any rule looks at lines; if not, [`crate::Member::lines`] may be empty.
    pub fn needs_lines(&self) -> bool {
        self.versions.iter().any(|version| !version.plain)
    }

    /// Kinds of tracked events that earn, sorted. Other events need not be passed.
    pub fn event_names(&self) -> &[String] {
        &self.event_names
    }

    pub(crate) fn versions(&self) -> &[Compiled] {
        &self.versions
    }

    pub(crate) fn index_on(&self, day: i32) -> Option<usize> {
        self.versions
            .partition_point(|version| version.from <= day)
            .checked_sub(1)
    }
}

impl Compiled {
    pub(crate) fn program(&self) -> &Program {
        &self.version.program
    }

    pub(crate) fn tiers(&self) -> Option<&Tiers> {
        self.version.program.tiers.as_ref()
    }

    pub(crate) fn has_caps(&self) -> bool {
        self.caps.iter().any(Option::is_some)
    }

    pub(crate) fn cap(&self, rule: u16) -> Option<CapRule> {
        self.caps.get(usize::from(rule)).copied().flatten()
    }

    /// The id of a rule.
    pub(crate) fn rule_id(&self, rule: u16) -> &str {
        self.version
            .program
            .earn
            .get(usize::from(rule))
            .map_or("", |rule| rule.id.as_str())
    }

    /// Indexes of the rules that give points for purchases.
    pub(crate) fn purchase_rules(&self) -> impl Iterator<Item = u16> {
        let rates = self.rates.iter().map(|rate| rate.gate.rule);
        rates.chain(self.fixed.iter().map(|rule| rule.gate.rule))
    }

    pub(crate) fn tier_multiplier(&self, level: u16) -> Ratio {
        self.tier_multipliers
            .get(usize::from(level))
            .copied()
            .unwrap_or(Ratio::ONE)
    }
}

fn compile(
    version: &Version,
    from: i32,
    dictionary: &impl Dictionary,
    counters: &mut Counters,
) -> Result<Compiled, Overflow> {
    let program = &version.program;
    let mut tier_multipliers = vec![Ratio::ONE];
    for level in program.tiers.iter().flat_map(|tiers| &tiers.levels) {
        tier_multipliers.push(level.multiply.map_or(Ok(Ratio::ONE), Ratio::of)?);
    }
    let mut compiled = Compiled {
        version: version.clone(),
        from,
        rates: Vec::new(),
        multipliers: Vec::new(),
        excludes: Vec::new(),
        fixed: Vec::new(),
        signup: Vec::new(),
        birthday: Vec::new(),
        events: Vec::new(),
        caps: Vec::new(),
        tier_multipliers,
        stacking: program.stacking,
        plain: true,
    };
    for (index, rule) in program.earn.iter().enumerate() {
        let gate = gate(index, rule, dictionary);
        let counted = |cap| CapRule {
            cap,
            counter: counters.number(&rule.id),
        };
        compiled.caps.push(rule.cap.map(counted));
        compiled.plain &= !gate.conditions.looks_at_lines();
        add_rule(&mut compiled, rule, gate)?;
    }
    Ok(compiled)
}

fn gate(index: usize, rule: &EarnRule, dictionary: &impl Dictionary) -> Gate {
    Gate {
        rule: u16::try_from(index).unwrap_or(u16::MAX),
        from: rule.from.map_or(i32::MIN, |day| day.0),
        to: rule.to.map_or(i32::MAX, |day| day.0),
        min_amount: rule.min_amount.map_or(i64::MIN, |money| money.0),
        conditions: Conditions::new(&rule.conditions, dictionary),
    }
}

fn add_rule(compiled: &mut Compiled, rule: &EarnRule, gate: Gate) -> Result<(), Overflow> {
    match (&rule.on, &rule.effect) {
        (_, Effect::Exclude) => compiled.excludes.push(gate),
        (_, Effect::Multiply(factor)) => {
            let factor = Ratio::of(*factor)?;
            compiled.multipliers.push(MultiplyRule { gate, factor });
        }
        (Occasion::Purchase, Effect::Rate(rate)) => {
            compiled.plain &= rate.round_each == RoundEach::Order;
            compiled.rates.push(RateRule {
                gate,
                points: Ratio::of(rate.points)?,
                per: rate.per.0,
                basis: rate.basis,
                rounding: rate.rounding,
                round_each: rate.round_each,
            });
        }
        (Occasion::Purchase, Effect::Fixed(Points(points))) => {
            let points = *points;
            compiled.fixed.push(FixedRule { gate, points });
        }
        (Occasion::Signup, Effect::Fixed(Points(points))) => {
            let points = *points;
            compiled.signup.push(FixedRule { gate, points });
        }
        (Occasion::Birthday { known_for_days }, Effect::Fixed(Points(points))) => {
            let points = *points;
            compiled.birthday.push(BirthdayRule {
                rule: FixedRule { gate, points },
                known_for_days: i32::try_from(*known_for_days).unwrap_or(i32::MAX),
            });
        }
        (Occasion::Referral | Occasion::Event(_), effect) => {
            let gives = match effect {
                Effect::Rate(rate) => EventGives::Rate {
                    points: Ratio::of(rate.points)?,
                    per: rate.per.0,
                    rounding: rate.rounding,
                },
                Effect::Fixed(Points(points)) => EventGives::Fixed(*points),
                Effect::Multiply(_) | Effect::Exclude => return Ok(()),
            };
            let name = match &rule.on {
                Occasion::Event(name) => name.clone(),
                _ => "referral".to_owned(),
            };
            compiled.events.push(EventRule { name, gate, gives });
        }
        // A rate has nothing to look at on a birthday; the parser refuses it.
        (Occasion::Signup | Occasion::Birthday { .. }, Effect::Rate(_)) => {}
    }
    Ok(())
}
