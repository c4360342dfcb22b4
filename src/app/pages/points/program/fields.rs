//! The form's fields as text, and the programme they make. What the form does not show (multipliers, rewards,
//! birthdays ...) is kept from the programme it began with.

use model::program::{
    Downgrade, EarnRule, Effect, Expiry, Measure, Period, Program, Rate, Redeem, RefundPolicy,
    Tier, Tiers, Upgrade, Window,
};
use model::{Currency, Decimal, Money, Points};
use std::sync::Arc;
use text::Words;
use ui::prelude::*;

/// A level's fields.
#[derive(Clone, Copy, PartialEq)]
pub struct Level {
    /// Its id; new levels get one on saving.
    pub id: StoredValue<String>,
    /// Its name.
    pub name: RwSignal<String>,
    /// From how much on.
    pub from: RwSignal<String>,
    /// Its multiplier; empty is 1.
    pub multiply: RwSignal<String>,
}

impl Level {
    /// An empty one.
    pub fn blank() -> Self {
        Self::of(String::new(), String::new(), String::new(), String::new())
    }

    fn of(id: String, name: String, from: String, multiply: String) -> Self {
        Self {
            id: StoredValue::new(id),
            name: RwSignal::new(name),
            from: RwSignal::new(from),
            multiply: RwSignal::new(multiply),
        }
    }
}

/// All fields.
#[derive(Clone, PartialEq)]
pub struct Fields {
    base: Arc<Program>,
    /// Position of the rate among the earn rules.
    rate_at: Option<usize>,
    /// Name of the programme.
    pub name: RwSignal<String>,
    /// Points for each `per`.
    pub points: RwSignal<String>,
    /// The step.
    pub per: RwSignal<String>,
    /// Waiting days.
    pub pending: RwSignal<String>,
    /// `never`, `months`, `days`, `year_end`, `inactivity`.
    pub expiry: RwSignal<String>,
    /// How many.
    pub expiry_n: RwSignal<String>,
    /// To the end of the month.
    pub round_up: RwSignal<bool>,
    /// Points are worth money.
    pub redeem: RwSignal<bool>,
    /// So many points
    pub redeem_points: RwSignal<String>,
    /// are worth this.
    pub redeem_worth: RwSignal<String>,
    /// Multiples.
    pub redeem_step: RwSignal<String>,
    /// The least.
    pub redeem_min: RwSignal<String>,
    /// The largest share in per cent; empty is none.
    pub redeem_share: RwSignal<String>,
    /// `unlimited`, `within_balance`, `only_pending`.
    pub refund: RwSignal<String>,
    /// There are tiers.
    pub tiers: RwSignal<bool>,
    /// `qualifying_points`, `spend`, `visits`.
    pub measure: RwSignal<String>,
    /// Months of the window.
    pub window: RwSignal<String>,
    /// The levels.
    pub levels: RwSignal<Vec<Level>>,
}

/// Thousands separators of either language are no mistake.
fn clean(text: &str) -> String {
    text.trim().replace([',', '，', '¥', '￥'], "")
}

/// An exact decimal.
pub fn decimal(text: &str) -> Option<Decimal> {
    clean(text).parse().ok()
}

/// A whole number from zero on.
pub fn whole(text: &str) -> Option<u32> {
    clean(text).parse().ok()
}

/// An amount above zero.
pub fn amount(text: &str, currency: Currency) -> Option<Money> {
    Money::parse(&clean(text), currency)
        .ok()
        .filter(|money| money.0 > 0)
}

/// `50` per cent as `0.5`.
fn percent(text: &str) -> Option<Decimal> {
    let Decimal { units, scale } = decimal(text)?;
    let shifted = Decimal {
        units,
        scale: scale + 2,
    };
    // Written and read again, so that needless zeros go.
    shifted.to_string().parse().ok()
}

fn as_percent(share: Decimal) -> String {
    let Decimal { units, scale } = share;
    let times = if scale >= 2 {
        Decimal {
            units,
            scale: scale - 2,
        }
    } else {
        Decimal {
            units: units.saturating_mul(10i64.pow(2 - scale)),
            scale: 0,
        }
    };
    times.to_string()
}

fn expiry_fields(expiry: Expiry) -> (&'static str, u32, bool) {
    match expiry {
        Expiry::Never => ("never", 12, false),
        Expiry::Days(n) => ("days", n, false),
        Expiry::Months { n, round_up } => ("months", n, round_up == Some(Period::Month)),
        Expiry::YearEnd { years } => ("year_end", years, false),
        Expiry::Inactivity { months } => ("inactivity", months, false),
    }
}

impl Fields {
    /// The fields of a programme.
    pub fn new(program: &Program) -> Self {
        let text = |text: String| RwSignal::new(text);
        let currency = program.currency;
        let rate_at = program
            .earn
            .iter()
            .position(|rule| matches!(rule.effect, Effect::Rate(_)));
        let rate = rate_at
            .and_then(|at| program.earn.get(at))
            .and_then(|rule| match rule.effect {
                Effect::Rate(rate) => Some(rate),
                _ => None,
            });
        let (expiry, n, round_up) = expiry_fields(program.expiry);
        let redeem = program.redeem;
        let share = redeem.and_then(|r| r.max_share).map(as_percent);
        let number =
            |points: Option<Points>| points.map_or_else(|| "100".to_owned(), |p| p.0.to_string());
        let one = Money(10i64.pow(currency.decimals()));
        let (measure, months) = match &program.tiers {
            Some(tiers) => (
                tiers.measure,
                match tiers.window {
                    Window::RollingMonths(n) => n.to_string(),
                    _ => String::new(),
                },
            ),
            None => (Measure::QualifyingPoints, "12".to_owned()),
        };
        Self {
            rate_at,
            name: text(program.name.clone()),
            points: text(rate.map_or_else(|| "1".to_owned(), |rate| rate.points.to_string())),
            per: text(rate.map_or(one, |rate| rate.per).to_decimal(currency)),
            pending: text(program.pending_days.to_string()),
            expiry: text(expiry.to_owned()),
            expiry_n: text(n.to_string()),
            round_up: RwSignal::new(round_up),
            redeem: RwSignal::new(redeem.is_some()),
            redeem_points: text(number(redeem.map(|r| r.points))),
            redeem_worth: text(redeem.map_or(one, |r| r.worth).to_decimal(currency)),
            redeem_step: text(number(redeem.map(|r| r.step))),
            redeem_min: text(number(redeem.map(|r| r.min_points))),
            redeem_share: text(share.unwrap_or_default()),
            refund: text(refund_key(program.refund).to_owned()),
            tiers: RwSignal::new(program.tiers.is_some()),
            measure: text(measure_key(measure).to_owned()),
            window: text(months),
            levels: RwSignal::new(levels(program)),
            base: Arc::new(program.clone()),
        }
    }

    /// The programme the form began with.
    pub fn base_json(&self) -> String {
        self.base.to_json()
    }

    /// Currency of its amounts.
    pub fn currency(&self) -> Currency {
        self.base.currency
    }

    /// Earn rules that the form does not show.
    pub fn other_rules(&self) -> u64 {
        (self.base.earn.len() - usize::from(self.rate_at.is_some())) as u64
    }

    /// The programme that the fields make.
    pub fn program(&self, words: Words) -> Result<Program, String> {
        let bad = |field: &str, what: &str| [field, ": ", what].concat();
        let number = words.points_program_wrong_number();
        let mut program = (*self.base).clone();
        program.name = self.name.get().trim().to_owned();
        let points = self
            .points
            .with(|text| decimal(text))
            .ok_or_else(|| bad(words.points_program_points(), number))?;
        let per = self
            .per
            .with(|text| amount(text, self.currency()))
            .ok_or_else(|| {
                bad(
                    words.points_program_per(),
                    words.points_program_wrong_positive(),
                )
            })?;
        self.set_rate(&mut program, points, per);
        let whole_of = |field: RwSignal<String>, name: &str| {
            field
                .with(|text| whole(text))
                .ok_or_else(|| bad(name, words.points_program_wrong_whole()))
        };
        program.pending_days = whole_of(self.pending, words.points_program_pending())?;
        program.expiry =
            self.expiry(|| whole_of(self.expiry_n, words.points_program_expiry_n()))?;
        program.redeem = self.redeem_part(words, &program)?;
        program.refund = match self.refund.get().as_str() {
            "within_balance" => RefundPolicy::WithinBalance,
            "only_pending" => RefundPolicy::OnlyPending,
            _ => RefundPolicy::Unlimited,
        };
        program.tiers = self.tiers_part(words)?;
        // One judge for what fits together: the reader of programmes itself.
        Program::parse(&program.to_json()).map_err(|error| super::wrong(words, &error))
    }

    fn set_rate(&self, program: &mut Program, points: Decimal, per: Money) {
        let at = self.rate_at.and_then(|at| program.earn.get_mut(at));
        match at.map(|rule| &mut rule.effect) {
            Some(Effect::Rate(rate)) => {
                rate.points = points;
                rate.per = per;
            }
            _ => program.earn.insert(0, base_rule(points, per)),
        }
    }

    fn expiry(&self, n: impl Fn() -> Result<u32, String>) -> Result<Expiry, String> {
        Ok(match self.expiry.get().as_str() {
            "months" => Expiry::Months {
                n: n()?,
                round_up: self.rounding(),
            },
            "days" => Expiry::Days(n()?),
            "year_end" => Expiry::YearEnd { years: n()? },
            "inactivity" => Expiry::Inactivity { months: n()? },
            _ => Expiry::Never,
        })
    }

    /// A longer period that only the JSON can set is kept while the box stays as it was.
    fn rounding(&self) -> Option<Period> {
        match (self.round_up.get(), self.base.expiry) {
            (true, _) => Some(Period::Month),
            (
                false,
                Expiry::Months {
                    round_up: Some(period),
                    ..
                },
            ) if period != Period::Month => Some(period),
            (false, _) => None,
        }
    }

    fn redeem_part(&self, words: Words, program: &Program) -> Result<Option<Redeem>, String> {
        if !self.redeem.get() {
            return Ok(None);
        }
        let bad = |field: &str| [field, ": ", words.points_program_wrong_whole()].concat();
        let points_of = |field: RwSignal<String>, name: &str| {
            field
                .with(|text| whole(text))
                .map(|n| Points(i64::from(n)))
                .ok_or_else(|| bad(name))
        };
        let share = self.redeem_share.get();
        let max_share = if share.trim().is_empty() {
            None
        } else {
            Some(percent(&share).ok_or_else(|| bad(words.points_program_redeem_share()))?)
        };
        Ok(Some(Redeem {
            points: points_of(self.redeem_points, words.points_program_redeem_points())?,
            worth: self
                .redeem_worth
                .with(|text| amount(text, self.currency()))
                .ok_or_else(|| bad(words.points_program_redeem_worth()))?,
            step: points_of(self.redeem_step, words.points_program_redeem_step())?,
            min_points: points_of(self.redeem_min, words.points_program_redeem_min())?,
            max_share,
            max_points: program.redeem.and_then(|redeem| redeem.max_points),
        }))
    }

    fn tiers_part(&self, words: Words) -> Result<Option<Tiers>, String> {
        if !self.tiers.get() {
            return Ok(None);
        }
        let measure = match self.measure.get().as_str() {
            "spend" => Measure::Spend,
            "visits" => Measure::Visits,
            _ => Measure::QualifyingPoints,
        };
        let mut levels = Vec::new();
        for (index, level) in self.levels.get().into_iter().enumerate() {
            levels.push(self.level(words, measure, index, level)?);
        }
        let window = self
            .window
            .with(|text| whole(text))
            .map(Window::RollingMonths);
        let base = self.base.tiers.as_ref();
        Ok(Some(Tiers {
            measure,
            window: window
                .or(base.map(|t| t.window))
                .unwrap_or(Window::RollingMonths(12)),
            upgrade: base.map_or(Upgrade::AtOnce, |t| t.upgrade),
            downgrade: base.map_or(Downgrade::OneDown, |t| t.downgrade),
            keep_months: base.map_or(12, |t| t.keep_months),
            levels,
        }))
    }

    fn level(
        &self,
        words: Words,
        measure: Measure,
        index: usize,
        level: Level,
    ) -> Result<Tier, String> {
        let bad = |field: &str| [field, ": ", words.points_program_wrong_number()].concat();
        let from = level.from.with(|text| match measure {
            Measure::Spend => Money::parse(&clean(text), self.currency())
                .ok()
                .map(|money| money.0),
            Measure::QualifyingPoints | Measure::Visits => whole(text).map(i64::from),
        });
        let multiply = level.multiply.get();
        let name = level.name.get().trim().to_owned();
        let id = level.id.get_value();
        Ok(Tier {
            id: if id.is_empty() {
                ["tier-", &(index + 1).to_string()].concat()
            } else {
                id
            },
            name,
            from: from.ok_or_else(|| bad(words.points_program_level_from()))?,
            multiply: if multiply.trim().is_empty() {
                None
            } else {
                Some(decimal(&multiply).ok_or_else(|| bad(words.points_program_level_multiply()))?)
            },
        })
    }
}

fn base_rule(points: Decimal, per: Money) -> EarnRule {
    EarnRule {
        id: "base".to_owned(),
        on: model::program::Occasion::Purchase,
        effect: Effect::Rate(Rate {
            points,
            per,
            basis: model::program::Basis::NetOfDiscount,
            rounding: model::Rounding::Floor,
            round_each: model::program::RoundEach::Order,
        }),
        conditions: Vec::new(),
        from: None,
        to: None,
        min_amount: None,
        cap: None,
    }
}

fn refund_key(policy: RefundPolicy) -> &'static str {
    match policy {
        RefundPolicy::Unlimited => "unlimited",
        RefundPolicy::WithinBalance => "within_balance",
        RefundPolicy::OnlyPending => "only_pending",
    }
}

fn measure_key(measure: Measure) -> &'static str {
    match measure {
        Measure::QualifyingPoints => "qualifying_points",
        Measure::Spend => "spend",
        Measure::Visits => "visits",
    }
}

fn levels(program: &Program) -> Vec<Level> {
    let Some(tiers) = &program.tiers else {
        return vec![Level::blank()];
    };
    let level = |tier: &Tier| {
        let from = match tiers.measure {
            Measure::Spend => Money(tier.from).to_decimal(program.currency),
            Measure::QualifyingPoints | Measure::Visits => tier.from.to_string(),
        };
        let multiply = tier.multiply.map(|m| m.to_string()).unwrap_or_default();
        Level::of(tier.id.clone(), tier.name.clone(), from, multiply)
    };
    tiers.levels.iter().map(level).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages() {
        for (text, share) in [
            ("50", "0.5"),
            ("33.3", "0.333"),
            ("100", "1"),
            ("5", "0.05"),
        ] {
            let share: Decimal = share.parse().unwrap();
            assert_eq!(percent(text), Some(share));
            assert_eq!(as_percent(share), text);
        }
        assert_eq!(percent("half"), None);
    }

    #[test]
    fn amounts_are_read_as_people_write_them() {
        assert_eq!(amount("¥1,000.50", Currency::CNY), Some(Money(100_050)));
        assert_eq!(amount("0", Currency::CNY), None);
        assert_eq!(whole(" 1，200 "), Some(1200));
    }
}
