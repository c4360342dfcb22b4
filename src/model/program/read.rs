//! From JSON to a [`Program`]: every part is read with its path and checked against the others.

use super::condition;
use super::json::{At, Fields, Parsed};
use super::{
    Basis, Cap, CapPeriod, Downgrade, EarnRule, Effect, Expiry, Measure, Occasion, Period, Program,
    ProgramError, Rate, Redeem, RefundPolicy, Reward, RoundEach, Stacking, Tier, Tiers, Upgrade,
    Window,
};
use crate::{Currency, Money, Points, Rounding, Zone};
use serde_json::Value;

/// The most points that one number of a programme names: far beyond any programme, far below overflow.
const MOST_POINTS: i64 = 1_000_000_000_000;
/// Bounds of lists and periods; they keep a programme readable and a fold from running for ever.
const MOST_RULES: usize = 200;
const MOST_CONDITIONS: usize = 20;
const MOST_LEVELS: usize = 50;
const MOST_DAYS: u32 = 36_500;
const MOST_MONTHS: u32 = 1_200;
const MOST_YEARS: u32 = 100;
const MOST_PENDING_DAYS: u32 = 3_650;
const MOST_MULTIPLIER: i64 = 1_000;
const LONGEST_ID: usize = 64;
const LONGEST_NAME: usize = 200;

const KEYS: [&str; 11] = [
    "name",
    "currency",
    "time_zone",
    "earn",
    "stacking",
    "pending_days",
    "expiry",
    "redeem",
    "rewards",
    "refund",
    "tiers",
];

/// Reads a whole programme.
pub(super) fn program(json: &str) -> Parsed<Program> {
    let value: Value = serde_json::from_str(json).map_err(|fault| ProgramError {
        path: String::new(),
        found: fault.to_string(),
        expected: "a JSON object".to_owned(),
    })?;
    let root = At {
        path: String::new(),
        value: &value,
    };
    let fields = root.object(&KEYS)?;
    let currency = fields.need("currency", "a currency such as \"CNY\"")?;
    let currency = currency
        .value
        .as_str()
        .and_then(|code| Currency::parse(code).ok())
        .ok_or_else(|| currency.wrong("a currency of three letters such as \"CNY\""))?;
    let zone = fields.need("time_zone", "a time zone such as \"Asia/Shanghai\"")?;
    let time_zone = zone
        .value
        .as_str()
        .and_then(|name| Zone::parse(name).ok())
        .ok_or_else(|| zone.wrong("an IANA time zone such as \"Asia/Shanghai\""))?;
    let rules = fields
        .need("earn", "a list of earn rules")?
        .list(MOST_RULES)?;
    let earn: Vec<EarnRule> = rules
        .iter()
        .map(|at| earn_rule(at, currency))
        .collect::<Parsed<_>>()?;
    unique(&rules, earn.iter().map(|rule| rule.id.as_str()))?;
    let program = Program {
        name: fields
            .need("name", "the programme's name")?
            .text(LONGEST_NAME)?
            .to_owned(),
        currency,
        time_zone,
        earn,
        stacking: fields.choice_or("stacking", Stacking::default(), &STACKINGS)?,
        pending_days: fields
            .read("pending_days", |at| at.count(MOST_PENDING_DAYS))?
            .unwrap_or(0),
        expiry: fields.read("expiry", expiry)?.unwrap_or_default(),
        redeem: fields.read("redeem", |at| redeem(at, currency))?,
        rewards: fields.read("rewards", rewards)?.unwrap_or_default(),
        refund: fields.choice_or("refund", RefundPolicy::default(), &REFUND_POLICIES)?,
        tiers: fields.read("tiers", |at| tiers(at, currency))?,
    };
    Ok(program)
}

pub(super) const STACKINGS: [(&str, Stacking); 3] = [
    ("multiply", Stacking::Multiply),
    ("add", Stacking::Add),
    ("best", Stacking::Best),
];
pub(super) const REFUND_POLICIES: [(&str, RefundPolicy); 3] = [
    ("only_pending", RefundPolicy::OnlyPending),
    ("within_balance", RefundPolicy::WithinBalance),
    ("unlimited", RefundPolicy::Unlimited),
];
pub(super) const BASES: [(&str, Basis); 3] = [
    ("gross", Basis::Gross),
    ("net_of_discount", Basis::NetOfDiscount),
    ("net_of_tax_and_discount", Basis::NetOfTaxAndDiscount),
];
pub(super) const ROUNDINGS: [(&str, Rounding); 3] = [
    ("floor", Rounding::Floor),
    ("half_up", Rounding::HalfUp),
    ("ceil", Rounding::Ceil),
];
pub(super) const ROUND_EACH: [(&str, RoundEach); 2] =
    [("order", RoundEach::Order), ("line", RoundEach::Line)];
pub(super) const CAP_PERIODS: [(&str, CapPeriod); 5] = [
    ("order", CapPeriod::Order),
    ("day", CapPeriod::Day),
    ("month", CapPeriod::Month),
    ("year", CapPeriod::Year),
    ("ever", CapPeriod::Ever),
];
pub(super) const PERIODS: [(&str, Period); 4] = [
    ("month", Period::Month),
    ("quarter", Period::Quarter),
    ("half_year", Period::HalfYear),
    ("year", Period::Year),
];
pub(super) const MEASURES: [(&str, Measure); 3] = [
    ("qualifying_points", Measure::QualifyingPoints),
    ("spend", Measure::Spend),
    ("visits", Measure::Visits),
];
pub(super) const UPGRADES: [(&str, Upgrade); 2] = [
    ("at_once", Upgrade::AtOnce),
    ("period_end", Upgrade::PeriodEnd),
];
pub(super) const DOWNGRADES: [(&str, Downgrade); 3] = [
    ("one_down", Downgrade::OneDown),
    ("to_measure", Downgrade::ToMeasure),
    ("never", Downgrade::Never),
];

/// Refuses the second of two elements with the same id.
fn unique<'a>(elements: &[At<'_>], ids: impl Iterator<Item = &'a str>) -> Parsed<()> {
    let mut seen: Vec<&str> = Vec::new();
    for (at, id) in elements.iter().zip(ids) {
        if seen.contains(&id) {
            return Err(ProgramError {
                path: format!("{}.id", at.path),
                found: format!("{id:?}, which another has already"),
                expected: "an id of its own".to_owned(),
            });
        }
        seen.push(id);
    }
    Ok(())
}

fn id(fields: &Fields<'_>) -> Parsed<String> {
    Ok(fields.need("id", "an id")?.text(LONGEST_ID)?.to_owned())
}

fn earn_rule(at: &At<'_>, currency: Currency) -> Parsed<EarnRule> {
    let fields = at.object(&[
        "id",
        "on",
        "points",
        "per",
        "basis",
        "rounding",
        "round_each",
        "multiply",
        "exclude",
        "where",
        "from",
        "to",
        "min_amount",
        "cap",
        "event",
        "known_for_days",
    ])?;
    let on = occasion(&fields)?;
    let rule = EarnRule {
        id: id(&fields)?,
        effect: effect(&fields, &on, currency)?,
        conditions: fields
            .read("where", |at| conditions(at, currency))?
            .unwrap_or_default(),
        from: fields.read("from", At::day)?,
        to: fields.read("to", At::day)?,
        min_amount: fields.read("min_amount", |at| at.money(currency, 0))?,
        cap: fields.read("cap", cap)?,
        on,
    };
    if rule.on != Occasion::Purchase {
        fields.refuse(
            &["where", "min_amount"],
            "nothing: only a purchase has lines and an amount",
        )?;
    }
    if let (Some(from), Some(to), Some(at)) = (rule.from, rule.to, fields.get("to"))
        && to < from
    {
        return Err(at.wrong(format!("{from} or later, the day of \"from\"")));
    }
    Ok(rule)
}

fn occasion(fields: &Fields<'_>) -> Parsed<Occasion> {
    let on = fields.need(
        "on",
        "one of \"purchase\", \"signup\", \"birthday\", \"referral\", \"event\"",
    )?;
    let occasion = match on.value.as_str() {
        Some("purchase") => Occasion::Purchase,
        Some("signup") => Occasion::Signup,
        Some("birthday") => Occasion::Birthday {
            known_for_days: fields
                .read("known_for_days", |at| at.count(MOST_DAYS))?
                .unwrap_or(0),
        },
        Some("referral") => Occasion::Referral,
        Some("event") => Occasion::Event(
            fields
                .need("event", "the name of the event")?
                .text(LONGEST_NAME)?
                .to_owned(),
        ),
        _ => {
            return Err(
                on.wrong("one of \"purchase\", \"signup\", \"birthday\", \"referral\", \"event\"")
            );
        }
    };
    if !matches!(occasion, Occasion::Birthday { .. }) {
        fields.refuse(
            &["known_for_days"],
            "nothing: only birthdays are known for days",
        )?;
    }
    if !matches!(occasion, Occasion::Event(_)) {
        fields.refuse(&["event"], "nothing: only \"on\": \"event\" names one")?;
    }
    Ok(occasion)
}

fn effect(fields: &Fields<'_>, on: &Occasion, currency: Currency) -> Parsed<Effect> {
    const ONE: &str = "exactly one of \"points\", \"multiply\" and \"exclude\": true";
    let (points, multiply, exclude) = (
        fields.get("points"),
        fields.get("multiply"),
        fields.get("exclude"),
    );
    let given: Vec<&str> = [
        points.as_ref().map(|_| "points"),
        multiply.as_ref().map(|_| "multiply"),
        exclude.as_ref().map(|_| "exclude"),
    ]
    .into_iter()
    .flatten()
    .collect();
    if given.len() > 1 {
        return Err(fields.wrong(given.join(" and "), ONE));
    }
    if let Some(points) = points {
        return points_effect(fields, &points, on, currency);
    }
    fields.refuse(
        &["per", "basis", "rounding", "round_each", "cap"],
        "nothing: it belongs to a rule that gives \"points\"",
    )?;
    let only_purchase = || fields.need("on", "")?.choice(&[("purchase", ())]);
    match (multiply, exclude) {
        (Some(factor), _) => {
            only_purchase()?;
            Ok(Effect::Multiply(factor.rate(MOST_MULTIPLIER)?))
        }
        (None, Some(exclude)) if exclude.value.as_bool() == Some(true) => {
            only_purchase()?;
            Ok(Effect::Exclude)
        }
        (None, Some(exclude)) => Err(exclude.wrong("true")),
        (None, None) => Err(fields.wrong("none of them", ONE)),
    }
}

fn points_effect(
    fields: &Fields<'_>,
    points: &At<'_>,
    on: &Occasion,
    currency: Currency,
) -> Parsed<Effect> {
    let Some(per) = fields.get("per") else {
        fields.refuse(
            &["basis", "rounding", "round_each"],
            "nothing: it belongs to a rate, which has \"per\"",
        )?;
        return Ok(Effect::Fixed(Points(points.whole(1, MOST_POINTS)?)));
    };
    match on {
        Occasion::Purchase => {}
        Occasion::Referral | Occasion::Event(_) => fields.refuse(
            &["basis", "round_each"],
            "nothing: an event has one amount and no lines",
        )?,
        Occasion::Signup | Occasion::Birthday { .. } => {
            return Err(per.wrong("nothing: there is no amount that a rate could look at"));
        }
    }
    Ok(Effect::Rate(Rate {
        points: points.rate(MOST_POINTS)?,
        per: per.money(currency, 1)?,
        basis: fields.choice_or("basis", Basis::default(), &BASES)?,
        rounding: fields.choice_or("rounding", Rounding::Floor, &ROUNDINGS)?,
        round_each: fields.choice_or("round_each", RoundEach::default(), &ROUND_EACH)?,
    }))
}

fn conditions(at: &At<'_>, currency: Currency) -> Parsed<Vec<condition::LineCondition>> {
    let list = at.list(MOST_CONDITIONS)?;
    list.iter()
        .map(|at| condition::read(at, currency))
        .collect()
}

fn cap(at: &At<'_>) -> Parsed<Cap> {
    let fields = at.object(&["points", "per"])?;
    Ok(Cap {
        points: Points(
            fields
                .need("points", "a number of points")?
                .whole(1, MOST_POINTS)?,
        ),
        per: fields
            .need("per", "a period such as \"month\"")?
            .choice(&CAP_PERIODS)?,
    })
}

fn expiry(at: &At<'_>) -> Parsed<Expiry> {
    #[derive(Clone, Copy)]
    enum Kind {
        Never,
        Days,
        Months,
        YearEnd,
        Inactivity,
    }
    let fields = at.object(&["kind", "n", "round_up", "years", "months"])?;
    let kind = fields
        .need("kind", "a kind of expiry such as \"months\"")?
        .choice(&[
            ("never", Kind::Never),
            ("days", Kind::Days),
            ("months", Kind::Months),
            ("year_end", Kind::YearEnd),
            ("inactivity", Kind::Inactivity),
        ])?;
    let no = "nothing: this kind of expiry has no such number";
    Ok(match kind {
        Kind::Never => {
            fields.refuse(&["n", "round_up", "years", "months"], no)?;
            Expiry::Never
        }
        Kind::Days => {
            fields.refuse(&["round_up", "years", "months"], no)?;
            Expiry::Days(fields.need("n", "a number of days")?.count(MOST_DAYS)?)
        }
        Kind::Months => {
            fields.refuse(&["years", "months"], no)?;
            Expiry::Months {
                n: fields.need("n", "a number of months")?.count(MOST_MONTHS)?,
                round_up: fields.read("round_up", |at| at.choice(&PERIODS))?,
            }
        }
        Kind::YearEnd => {
            fields.refuse(&["n", "round_up", "months"], no)?;
            Expiry::YearEnd {
                years: fields
                    .need("years", "a number of years")?
                    .count(MOST_YEARS)?,
            }
        }
        Kind::Inactivity => {
            fields.refuse(&["n", "round_up", "years"], no)?;
            let months = fields.need("months", "a number of months")?;
            let number = months.count(MOST_MONTHS)?;
            if number == 0 {
                return Err(months.wrong(format!("a whole number from 1 to {MOST_MONTHS}")));
            }
            Expiry::Inactivity { months: number }
        }
    })
}

fn redeem(at: &At<'_>, currency: Currency) -> Parsed<Redeem> {
    let fields = at.object(&[
        "points",
        "worth",
        "step",
        "min_points",
        "max_share",
        "max_points",
    ])?;
    let max_share = fields.get("max_share").map(|at| at.rate(1)).transpose()?;
    let count = |at: &At<'_>| Ok(Points(at.whole(1, MOST_POINTS)?));
    Ok(Redeem {
        points: count(&fields.need("points", "a number of points")?)?,
        worth: fields.need("worth", "an amount")?.money(currency, 1)?,
        step: fields.read("step", count)?.unwrap_or(Points(1)),
        min_points: fields
            .read("min_points", |at| Ok(Points(at.whole(0, MOST_POINTS)?)))?
            .unwrap_or_default(),
        max_share,
        max_points: fields.read("max_points", count)?,
    })
}

fn rewards(at: &At<'_>) -> Parsed<Vec<Reward>> {
    let elements = at.list(MOST_RULES)?;
    let reward = |at: &At<'_>| {
        let fields = at.object(&["id", "name", "points", "stock"])?;
        let id = id(&fields)?;
        Ok(Reward {
            name: name(&fields, &id)?,
            points: Points(
                fields
                    .need("points", "what it costs")?
                    .whole(1, MOST_POINTS)?,
            ),
            stock: fields.read("stock", |at| at.count(u32::MAX))?,
            id,
        })
    };
    let rewards: Vec<Reward> = elements.iter().map(reward).collect::<Parsed<_>>()?;
    unique(&elements, rewards.iter().map(|reward| reward.id.as_str()))?;
    Ok(rewards)
}

fn name(fields: &Fields<'_>, id: &str) -> Parsed<String> {
    let name = fields.read("name", |at| at.text(LONGEST_NAME))?;
    Ok(name.unwrap_or(id).to_owned())
}

fn tiers(at: &At<'_>, currency: Currency) -> Parsed<Tiers> {
    let fields = at.object(&[
        "measure",
        "window",
        "upgrade",
        "downgrade",
        "keep_months",
        "levels",
    ])?;
    let measure = fields.choice_or("measure", Measure::default(), &MEASURES)?;
    let list = fields.need("levels", "a list of levels")?;
    let elements = list.list(MOST_LEVELS)?;
    if elements.is_empty() {
        return Err(list.wrong("at least one level"));
    }
    let levels: Vec<Tier> = elements
        .iter()
        .map(|at| tier(at, measure, currency))
        .collect::<Parsed<_>>()?;
    unique(&elements, levels.iter().map(|level| level.id.as_str()))?;
    for ((lower, upper), at) in levels
        .iter()
        .zip(levels.iter().skip(1))
        .zip(elements.iter().skip(1))
    {
        if upper.from <= lower.from {
            return Err(ProgramError {
                path: format!("{}.from", at.path),
                found: upper.from.to_string(),
                expected: format!("more than {}, which {:?} starts from", lower.from, lower.id),
            });
        }
    }
    Ok(Tiers {
        measure,
        window: window(&fields.need(
            "window",
            "a window such as {\"kind\":\"rolling_months\",\"n\":12}",
        )?)?,
        upgrade: fields.choice_or("upgrade", Upgrade::default(), &UPGRADES)?,
        downgrade: fields.choice_or("downgrade", Downgrade::default(), &DOWNGRADES)?,
        keep_months: fields
            .read("keep_months", |at| at.count(MOST_MONTHS))?
            .unwrap_or(0),
        levels,
    })
}

fn tier(at: &At<'_>, measure: Measure, currency: Currency) -> Parsed<Tier> {
    let fields = at.object(&["id", "name", "from", "multiply"])?;
    let id = id(&fields)?;
    let from = fields.need("from", "from how much on")?;
    Ok(Tier {
        name: name(&fields, &id)?,
        from: match measure {
            Measure::Spend => {
                let Money(minor) = from.money(currency, 0)?;
                minor
            }
            Measure::QualifyingPoints | Measure::Visits => from.whole(0, MOST_POINTS)?,
        },
        multiply: fields.read("multiply", |at| at.rate(MOST_MULTIPLIER))?,
        id,
    })
}

fn window(at: &At<'_>) -> Parsed<Window> {
    let fields = at.object(&["kind", "n"])?;
    let kind = fields.need("kind", "a kind of window such as \"rolling_months\"")?;
    if kind.value.as_str() == Some("rolling_months") {
        let n = fields.need("n", "a number of months")?;
        return match n.count(MOST_MONTHS)? {
            0 => Err(n.wrong(format!("a whole number from 1 to {MOST_MONTHS}"))),
            months => Ok(Window::RollingMonths(months)),
        };
    }
    let window = kind.choice(&[
        ("rolling_months", Window::Lifetime),
        ("calendar_year", Window::CalendarYear),
        ("anniversary", Window::Anniversary),
        ("lifetime", Window::Lifetime),
    ])?;
    fields.refuse(&["n"], "nothing: only \"rolling_months\" has a number")?;
    Ok(window)
}
