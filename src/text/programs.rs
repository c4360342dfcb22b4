//! Loyalty programmes in plain words: rules, terms, what is wrong, how an example comes about, what a version changes.

use crate::{Locale, Words, join};
use model::program::{
    Basis, Cap, CapPeriod, EarnRule, Effect, Expiry, LineCondition, LineNumber, LineText, Measure,
    NumberTest, Occasion, Period, Program, ProgramError, Rate, Redeem, RefundPolicy, Reward, Right,
    RoundEach, Stacking, TextTest, Tier, Tiers, Window,
};
use model::{Currency, Day, Money, Rounding};
use protocol::{ExampleStep, SkipReason};

/// From here on a bound is one of the machine, not of people.
const FAR: i64 = 1_000_000_000;

/// One line of a programme in words; the key tells which line of another version it compares with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgramLine {
    /// `earn:base`, `expiry`, `tier:gold` ...
    pub key: String,
    /// What it says.
    pub text: String,
}

/// What differs between two programmes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgramChange {
    /// What it said; `None` where it is new.
    pub before: Option<String>,
    /// What it says; `None` where it is gone.
    pub after: Option<String>,
}

impl Words {
    /// A name of the programme's vocabulary: `attr.category`, `op.eq`, `expiry.months` ...; empty for unknown ones.
    pub fn program_name_of(self, kind: &str, code: &str) -> &'static str {
        let key = join(&[kind, ".", code]);
        self.program_find(&key).unwrap_or_default()
    }

    fn comma(self) -> &'static str {
        match self.locale {
            Locale::ZhCn => "，",
            Locale::En => ", ",
        }
    }

    fn listed(self, parts: &[String]) -> String {
        let between = match self.locale {
            Locale::ZhCn => "、",
            Locale::En => ", ",
        };
        parts.join(between)
    }

    /// A number of points with its unit, from a decimal number: `1 point`, `2.5 points`, `10 分`.
    pub fn some_points(self, number: &str) -> String {
        match (self.locale, number) {
            (Locale::ZhCn, _) => join(&[number, " 分"]),
            (Locale::En, "1") => "1 point".to_owned(),
            (Locale::En, _) => join(&[number, " points"]),
        }
    }

    fn whole_points(self, points: model::Points) -> String {
        self.some_points(&self.number(points.0))
    }

    /// Begins a sentence with a capital, where the language has them.
    fn sentence(self, text: &str) -> String {
        let mut chars = text.chars();
        match (self.locale, chars.next()) {
            (Locale::En, Some(first)) => join(&[&first.to_uppercase().to_string(), chars.as_str()]),
            _ => text.to_owned(),
        }
    }

    /// A name of the vocabulary inside a sentence: without its capital.
    fn inside(self, text: &str) -> String {
        let mut chars = text.chars();
        match (self.locale, chars.next()) {
            (Locale::En, Some(first)) => join(&[&first.to_lowercase().to_string(), chars.as_str()]),
            _ => text.to_owned(),
        }
    }

    /// An earn rule in one sentence.
    pub fn earn_rule(self, rule: &EarnRule, currency: Currency) -> String {
        self.sentence(&self.rule_inside(rule, currency))
    }

    fn rule_inside(self, rule: &EarnRule, currency: Currency) -> String {
        let mut parts = vec![self.rule_effect(rule, currency)];
        if let Effect::Rate(rate) = &rule.effect {
            self.rate_notes(rate, &mut parts);
        }
        if let Occasion::Birthday { known_for_days } = rule.on
            && known_for_days > 0
        {
            parts.push(self.program_say_known(&known_for_days.to_string()));
        }
        if let Some(least) = rule.min_amount {
            parts.push(self.program_say_min(&self.money(least, currency)));
        }
        match (rule.from, rule.to) {
            (Some(from), Some(to)) => {
                parts.push(self.program_say_span(&self.day(from), &self.day(to)));
            }
            (Some(from), None) => parts.push(self.program_say_from(&self.day(from))),
            (None, Some(to)) => parts.push(self.program_say_to(&self.day(to))),
            (None, None) => {}
        }
        parts.extend(rule.cap.map(|cap| self.cap(cap)));
        let text = parts.join(self.comma());
        if rule.conditions.is_empty() {
            return text;
        }
        let conditions: Vec<String> = rule
            .conditions
            .iter()
            .map(|it| self.line_condition(it, currency))
            .collect();
        self.program_say_where(&text, &self.both(&conditions))
    }

    /// Conditions that hold together.
    fn both(self, conditions: &[String]) -> String {
        conditions.join(match self.locale {
            Locale::ZhCn => "并且",
            Locale::En => " and ",
        })
    }

    fn rule_effect(self, rule: &EarnRule, currency: Currency) -> String {
        match (&rule.effect, &rule.on) {
            (Effect::Exclude, _) => self.program_say_exclude().to_owned(),
            (Effect::Multiply(by), _) => self.program_say_multiply(&by.to_string()),
            (Effect::Rate(rate), on) => {
                let per = self.money(rate.per, currency);
                let points = self.some_points(&rate.points.to_string());
                match on {
                    Occasion::Event(event) => self.program_say_event_rate(&points, &per, event),
                    Occasion::Referral => self.program_say_referral_rate(&points, &per),
                    Occasion::Purchase | Occasion::Signup | Occasion::Birthday { .. } => {
                        self.program_say_rate(&points, &per)
                    }
                }
            }
            (Effect::Fixed(points), on) => {
                let points = self.whole_points(*points);
                match on {
                    Occasion::Purchase => self.program_say_fixed(&points),
                    Occasion::Signup => self.program_say_signup(&points),
                    Occasion::Birthday { .. } => self.program_say_birthday(&points),
                    Occasion::Referral => self.program_say_referral(&points),
                    Occasion::Event(event) => self.program_say_event(&points, event),
                }
            }
        }
    }

    /// What of a rate is not as usual.
    fn rate_notes(self, rate: &Rate, parts: &mut Vec<String>) {
        if rate.basis != Basis::default() {
            parts.push(self.inside(self.basis(rate.basis)));
        }
        if rate.rounding != Rounding::Floor {
            parts.push(self.rounding(rate.rounding).to_owned());
        }
        if rate.round_each != RoundEach::default() {
            parts.push(self.program_each_line().to_owned());
        }
    }

    fn basis(self, basis: Basis) -> &'static str {
        match basis {
            Basis::Gross => self.program_basis_gross(),
            Basis::NetOfDiscount => self.program_basis_net_of_discount(),
            Basis::NetOfTaxAndDiscount => self.program_basis_net_of_tax_and_discount(),
        }
    }

    fn rounding(self, rounding: Rounding) -> &'static str {
        match rounding {
            Rounding::Floor => self.program_rounding_floor(),
            Rounding::HalfUp => self.program_rounding_half_up(),
            Rounding::Ceil => self.program_rounding_ceil(),
        }
    }

    fn cap(self, cap: Cap) -> String {
        self.cap_of(cap.per, &self.whole_points(cap.points))
    }

    fn cap_of(self, per: CapPeriod, points: &str) -> String {
        match per {
            CapPeriod::Order => self.program_say_cap_order(points),
            CapPeriod::Day => self.program_say_cap_day(points),
            CapPeriod::Month => self.program_say_cap_month(points),
            CapPeriod::Year => self.program_say_cap_year(points),
            CapPeriod::Ever => self.program_say_cap_ever(points),
        }
    }

    /// A condition on lines in words.
    pub fn line_condition(self, condition: &LineCondition, currency: Currency) -> String {
        match condition {
            LineCondition::Text(attribute, test) => self.text_condition(*attribute, test),
            LineCondition::Number(attribute, test) => {
                self.number_condition(*attribute, *test, currency)
            }
        }
    }

    fn text_condition(self, attribute: LineText, test: &TextTest) -> String {
        let attr = match attribute {
            LineText::Category => self.program_attr_category(),
            LineText::Product => self.program_attr_product(),
            LineText::Channel => self.program_attr_channel(),
            LineText::Coupon => self.program_attr_coupon(),
            LineText::Status => self.program_attr_status(),
        };
        let quoted = |text: &String| {
            let known = match attribute {
                LineText::Status => self.program_name_of("status", text),
                LineText::Category | LineText::Product | LineText::Channel | LineText::Coupon => "",
            };
            let text = if known.is_empty() { text } else { known };
            join(&["“", text, "”"])
        };
        let many = |texts: &[String]| {
            let texts: Vec<String> = texts.iter().map(quoted).collect();
            self.listed(&texts)
        };
        let (op, value) = match test {
            TextTest::IsSet => return self.program_say_set(attr),
            TextTest::IsNotSet => return self.program_say_not_set(attr),
            TextTest::Is(text) => ("eq", quoted(text)),
            TextTest::IsNot(text) => ("ne", quoted(text)),
            TextTest::In(texts) if texts.len() == 1 => ("eq", many(texts)),
            TextTest::In(texts) => ("in", many(texts)),
            TextTest::NotIn(texts) => ("not_in", many(texts)),
            TextTest::Contains(text) => ("contains", quoted(text)),
            TextTest::ContainsNot(text) => ("not_contains", quoted(text)),
            TextTest::StartsWith(text) => ("starts_with", quoted(text)),
            TextTest::EndsWith(text) => ("ends_with", quoted(text)),
        };
        self.program_say_condition(attr, self.program_name_of("op", op), &value)
    }

    fn number_condition(
        self,
        attribute: LineNumber,
        test: NumberTest,
        currency: Currency,
    ) -> String {
        let attr = match attribute {
            LineNumber::Amount => self.program_attr_amount(),
            LineNumber::Quantity => self.program_attr_quantity(),
            LineNumber::DayOfWeek => self.program_attr_day_of_week(),
            LineNumber::Hour => self.program_attr_hour(),
        };
        let shown = |number: i64| match attribute {
            LineNumber::Amount => self.money(Money(number), currency),
            LineNumber::Quantity => model::Decimal {
                units: number,
                scale: 3,
            }
            .to_string()
            .trim_end_matches('0')
            .trim_end_matches('.')
            .to_owned(),
            LineNumber::DayOfWeek => self
                .program_name_of("weekday", &number.to_string())
                .to_owned(),
            LineNumber::Hour => self.program_say_hour(&number.to_string()),
        };
        let (op, number) = match test {
            NumberTest::Between(low, high) => {
                return self.program_say_between(attr, &shown(low), &shown(high));
            }
            NumberTest::NotBetween(low, high) => {
                return self.program_say_not_between(attr, &shown(low), &shown(high));
            }
            NumberTest::Is(number) => ("eq", number),
            NumberTest::IsNot(number) => ("ne", number),
            NumberTest::Below(number) => ("lt", number),
            NumberTest::AtMost(number) => ("lte", number),
            NumberTest::Above(number) => ("gt", number),
            NumberTest::AtLeast(number) => ("gte", number),
        };
        self.program_say_condition(attr, self.program_name_of("op", op), &shown(number))
    }

    /// When points end, in a sentence.
    pub fn expiry_rule(self, expiry: Expiry) -> String {
        match expiry {
            Expiry::Never => self.program_say_never().to_owned(),
            Expiry::Days(n) => self.program_say_days(&n.to_string()),
            Expiry::Months { n, round_up } => match round_up {
                None => self.program_say_months(&n.to_string()),
                Some(period) => {
                    let period = match period {
                        Period::Month => self.program_round_up_month(),
                        Period::Quarter => self.program_round_up_quarter(),
                        Period::HalfYear => self.program_round_up_half_year(),
                        Period::Year => self.program_round_up_year(),
                    };
                    self.program_say_months_up(&n.to_string(), period)
                }
            },
            Expiry::YearEnd { years: 0 } => self.program_say_year_end_0().to_owned(),
            Expiry::YearEnd { years: 1 } => self.program_say_year_end_1().to_owned(),
            Expiry::YearEnd { years } => self.program_say_year_end(&years.to_string()),
            Expiry::Inactivity { months } => self.program_say_inactivity(&months.to_string()),
        }
    }

    /// What points are worth, in a sentence.
    pub fn redeem_rule(self, redeem: Option<&Redeem>, currency: Currency) -> String {
        let Some(redeem) = redeem else {
            return self.program_say_redeem_none().to_owned();
        };
        let worth = self.money(redeem.worth, currency);
        let mut parts = vec![self.program_say_redeem(&self.whole_points(redeem.points), &worth)];
        if redeem.step.0 > 1 {
            parts.push(self.program_say_step(&self.whole_points(redeem.step)));
        }
        if redeem.min_points > redeem.step {
            parts.push(self.program_say_at_least(&self.whole_points(redeem.min_points)));
        }
        if let Some(share) = redeem.max_share {
            parts.push(self.program_say_share(&percent(share)));
        }
        if let Some(most) = redeem.max_points {
            parts.push(self.program_say_most(&self.whole_points(most)));
        }
        parts.join(self.comma())
    }

    fn reward_rule(self, reward: &Reward) -> String {
        let points = self.whole_points(reward.points);
        let text = self.program_say_reward(&reward.name, &points);
        match reward.stock {
            None => text,
            Some(stock) => {
                let stock = self.program_say_stock(u64::from(stock));
                [text, stock].join(self.comma())
            }
        }
    }

    fn refund_rule(self, policy: RefundPolicy) -> String {
        let code = match policy {
            RefundPolicy::OnlyPending => self.program_refund_only_pending(),
            RefundPolicy::WithinBalance => self.program_refund_within_balance(),
            RefundPolicy::Unlimited => self.program_refund_unlimited(),
        };
        join(&[self.program_refund(), self.blank(), code])
    }

    fn blank(self) -> &'static str {
        match self.locale {
            Locale::ZhCn => "：",
            Locale::En => " ",
        }
    }

    /// How tiers work, in a sentence, without the levels.
    pub fn tiers_rule(self, tiers: Option<&Tiers>) -> String {
        let Some(tiers) = tiers else {
            return self.program_say_tiers_none().to_owned();
        };
        let measure = match tiers.measure {
            Measure::QualifyingPoints => self.program_measure_qualifying_points(),
            Measure::Spend => self.program_measure_spend(),
            Measure::Visits => self.program_measure_visits(),
        };
        let window = match tiers.window {
            Window::RollingMonths(n) => self.program_say_window_months(&n.to_string()),
            Window::CalendarYear => self.program_window_calendar_year().to_owned(),
            Window::Anniversary => self.program_window_anniversary().to_owned(),
            Window::Lifetime => self.program_window_lifetime().to_owned(),
        };
        let upgrade = match tiers.upgrade {
            model::program::Upgrade::AtOnce => self.program_upgrade_at_once(),
            model::program::Upgrade::PeriodEnd => self.program_upgrade_period_end(),
        };
        let downgrade = match tiers.downgrade {
            model::program::Downgrade::OneDown => self.program_downgrade_one_down(),
            model::program::Downgrade::ToMeasure => self.program_downgrade_to_measure(),
            model::program::Downgrade::Never => self.program_downgrade_never(),
        };
        let keep = match tiers.keep_months {
            0 => self.program_say_keep_none().to_owned(),
            n => self.program_say_keep(&n.to_string()),
        };
        let rise = join(&[&self.inside(self.program_upgrade()), self.blank(), upgrade]);
        let fall = join(&[
            &self.inside(self.program_downgrade()),
            self.blank(),
            downgrade,
        ]);
        let first = self.program_say_tiers(measure, &window);
        [first, rise, keep, fall].join(self.comma())
    }

    /// A tier in words.
    pub fn tier_rule(self, tier: &Tier, measure: Measure, currency: Currency) -> String {
        let from = match measure {
            Measure::Spend => self.money(Money(tier.from), currency),
            Measure::QualifyingPoints => self.some_points(&self.number(tier.from)),
            Measure::Visits => self.program_say_visits(&self.number(tier.from)),
        };
        match tier.multiply {
            None => self.program_say_level(&tier.name, &from),
            Some(by) => self.program_say_level_times(&tier.name, &from, &by.to_string()),
        }
    }

    /// A whole programme, one line for each thing it says.
    pub fn program_lines(self, program: &Program) -> Vec<ProgramLine> {
        let currency = program.currency;
        let line = |key: &str, text: String| ProgramLine {
            key: key.to_owned(),
            text: self.sentence(&text),
        };
        let mut lines = vec![line("name", self.program_say_name(&program.name))];
        for rule in &program.earn {
            let key = join(&["earn:", &rule.id]);
            lines.push(line(&key, self.earn_rule(rule, currency)));
        }
        if program.stacking != Stacking::default() {
            let code = match program.stacking {
                Stacking::Multiply => self.program_stacking_multiply(),
                Stacking::Add => self.program_stacking_add(),
                Stacking::Best => self.program_stacking_best(),
            };
            let text = join(&[self.program_stacking(), self.blank(), code]);
            lines.push(line("stacking", text));
        }
        let pending = match program.pending_days {
            0 => self.program_say_pending_none().to_owned(),
            days => self.program_say_pending(&days.to_string()),
        };
        lines.push(line("pending", pending));
        lines.push(line("expiry", self.expiry_rule(program.expiry)));
        let redeem = self.redeem_rule(program.redeem.as_ref(), currency);
        lines.push(line("redeem", redeem));
        for reward in &program.rewards {
            let key = join(&["reward:", &reward.id]);
            lines.push(line(&key, self.reward_rule(reward)));
        }
        lines.push(line("refund", self.refund_rule(program.refund)));
        lines.push(line("tiers", self.tiers_rule(program.tiers.as_ref())));
        if let Some(tiers) = &program.tiers {
            for tier in &tiers.levels {
                let key = join(&["tier:", &tier.id]);
                let text = self.tier_rule(tier, tiers.measure, currency);
                lines.push(line(&key, text));
            }
        }
        lines
    }

    /// What `new` says otherwise than `old`, in the order of the programme; what is gone comes last.
    pub fn changes_between(self, old: &Program, new: &Program) -> Vec<ProgramChange> {
        let (before, after) = (self.program_lines(old), self.program_lines(new));
        let of = |lines: &[ProgramLine], key: &str| {
            let line = lines.iter().find(|line| line.key == key);
            line.map(|line| line.text.clone())
        };
        // What is usual is not said, so it has no line: then there is a line on one side only.
        let mut changes: Vec<ProgramChange> = after
            .iter()
            .map(|line| ProgramChange {
                before: of(&before, &line.key),
                after: Some(line.text.clone()),
            })
            .filter(|change| change.before != change.after)
            .collect();
        let gone = before.iter().filter(|line| of(&after, &line.key).is_none());
        changes.extend(gone.map(|line| ProgramChange {
            before: Some(line.text.clone()),
            after: None,
        }));
        changes
    }

    /// What is wrong with a value: what was found and what would be right.
    pub fn program_error(self, error: &ProgramError) -> String {
        let right = self.program_right(&error.right);
        let found = error.found.trim_matches('"');
        if found.is_empty() || error.found == "nothing" {
            return self.program_wrong_empty(&right);
        }
        self.program_wrong(found, &right)
    }

    /// The same with where it stands.
    pub fn program_error_at(self, error: &ProgramError) -> String {
        if error.path.is_empty() {
            return self.program_error(error);
        }
        let right = self.program_right(&error.right);
        self.program_wrong_at(&error.path, error.found.trim_matches('"'), &right)
    }

    /// What would be right.
    pub fn program_right(self, right: &Right) -> String {
        let names = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            self.program_right_keys(&self.listed(&names))
        };
        match right {
            Right::Object(_) => self.program_right_object().to_owned(),
            Right::Key(keys) | Right::OneOf(keys) => names(keys),
            Right::List(most) => self.program_right_list(&most.to_string()),
            Right::AtLeastOne => self.program_right_one().to_owned(),
            Right::Text(most) => self.program_right_text(&most.to_string()),
            // A bound that nobody reaches would only be noise.
            Right::Whole(least, most) if *most >= FAR => {
                self.program_right_whole_from(&self.number(*least))
            }
            Right::Whole(least, most) => {
                self.program_right_whole(&self.number(*least), &self.number(*most))
            }
            Right::Rate(most) if *most >= FAR => self.program_right_above().to_owned(),
            Right::Rate(most) => self.program_right_rate(&self.number(*most)),
            Right::Amount(currency, least) => {
                let least = least.to_decimal(*currency);
                match currency.decimals() {
                    0 => self.program_right_amount_whole(&least),
                    decimals => self.program_right_amount(&least, &decimals.to_string()),
                }
            }
            Right::Date => self.program_right_date().to_owned(),
            Right::Own => self.program_right_own().to_owned(),
            Right::NotBefore(day) => self.program_right_not_before(&self.day(*day)),
            Right::MoreThan(than, _) => self.program_right_more_than(than),
            Right::Currency => self.program_right_currency().to_owned(),
            Right::Zone => self.program_right_zone().to_owned(),
            Right::Needed(_) => self.program_right_needed().to_owned(),
            Right::Nothing(_) => self.program_right_nothing().to_owned(),
            Right::OneEffect => self.program_right_one_effect().to_owned(),
            Right::True => self.program_right_true().to_owned(),
            Right::Pair => self.program_right_pair().to_owned(),
            Right::AnyAmount => self.program_right_any_amount().to_owned(),
            Right::Quantity => self.program_right_quantity().to_owned(),
            Right::Weekday => self.program_right_weekday().to_owned(),
            Right::Hour => self.program_right_hour().to_owned(),
        }
    }

    /// A step of a worked example in words.
    pub fn example_step(self, step: &ExampleStep, program: &Program) -> String {
        let currency = program.currency;
        let rule = |id: &str| {
            let rule = program.earn.iter().find(|rule| rule.id == id);
            rule.map_or_else(|| id.to_owned(), |rule| self.earn_rule(rule, currency))
        };
        match step {
            ExampleStep::Skipped { rule: id, why } => {
                let why = match why {
                    SkipReason::NotYet => self.program_why_not_yet(),
                    SkipReason::Over => self.program_why_over(),
                    SkipReason::MinAmount => self.program_why_min_amount(),
                    SkipReason::Conditions => self.program_why_conditions(),
                };
                self.program_step_skipped(&rule(id), why)
            }
            ExampleStep::Excluded { rule: id } => self.program_step_excluded(&rule(id)),
            ExampleStep::Rate {
                basis,
                per,
                steps,
                points,
                gives,
                ..
            } => self.program_step_rate(
                &self.money(*basis, currency),
                u64::try_from(*steps).unwrap_or(0),
                &self.money(*per, currency),
                &self.some_points(points),
                &self.some_points(gives),
            ),
            ExampleStep::Multiplied { rule: None, by } => self.program_step_tier(by),
            ExampleStep::Multiplied { rule: Some(id), by } => {
                self.program_step_multiply(&rule(id), by)
            }
            ExampleStep::Together { stacking, by } => match stacking {
                Stacking::Multiply => self.program_step_together_multiply(by),
                Stacking::Add => self.program_step_together_add(by),
                Stacking::Best => self.program_step_together_best(by),
            },
            ExampleStep::Rounded {
                exact,
                rounding,
                points,
                ..
            } => self.program_step_rounded(
                &self.some_points(exact),
                self.rounding(*rounding),
                &self.whole_points(*points),
            ),
            ExampleStep::Fixed { rule: id, points } => {
                self.program_step_fixed(&rule(id), &self.whole_points(*points))
            }
            ExampleStep::Capped { per, from, to, .. } => self.program_step_capped(
                &self.cap_of(*per, &self.whole_points(*to)),
                &self.whole_points(*from),
                &self.whole_points(*to),
            ),
        }
    }

    /// The day a version begins, for people.
    pub fn version_from(self, from: Option<Day>) -> String {
        match from {
            Some(day) => self.program_version_from(&self.day(day)),
            None => self.program_version_first().to_owned(),
        }
    }
}

/// `0.5` as `50`.
fn percent(share: model::Decimal) -> String {
    let (numerator, denominator) = share.ratio();
    let (whole, rest) = (
        numerator * 100 / denominator.max(1),
        numerator * 100 % denominator.max(1),
    );
    if rest == 0 {
        return whole.to_string();
    }
    // Shares have few decimals: two places away the text is exact enough to recognise them.
    let hundredths = rest * 100 / denominator.max(1);
    let text = join(&[
        &whole.to_string(),
        ".",
        if hundredths < 10 { "0" } else { "" },
        &hundredths.to_string(),
    ]);
    text.trim_end_matches('0').to_owned()
}
