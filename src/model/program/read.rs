//! From JSON to a [`Program`]: every part is read with its path and checked against the others.

use super::condition;
use super::json::{At, Fields, Parsed, Wrongs, refusal};
use super::{
    Basis, Cap, CapPeriod, Downgrade, EarnRule, Effect, Expiry, Measure, Occasion, Period, Program,
    ProgramError, Rate, Redeem, RefundPolicy, Reward, Right, RoundEach, Stacking, Tier, Tiers,
    Upgrade, Window,
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
    let value: Value = match serde_json::from_str(json) {
        Ok(value) => value,
        Err(fault) => return refusal(String::new(), fault.to_string(), Right::Object(Vec::new())),
    };
    let root = At {
        path: String::new(),
        value: &value,
    };
    let fields = root.object(&KEYS)?;
    let mut wrongs = Wrongs::default();
    let name = wrongs.take(fields.needed("name", "the programme's name", |at| {
        at.text(LONGEST_NAME).map(str::to_owned)
    }));
    // Without a currency no amount can be read: only what has none is looked at then.
    let currency = wrongs.take(fields.needed("currency", "a currency such as \"CNY\"", currency));
    let time_zone =
        wrongs.take(fields.needed("time_zone", "a time zone such as \"Asia/Shanghai\"", zone));
    let earn = currency.and_then(|currency| {
        wrongs.take(fields.needed("earn", "a list of earn rules", |at| earn(at, currency)))
    });
    let stacking = wrongs.take(fields.choice_or("stacking", Stacking::default(), &STACKINGS));
    let pending_days = wrongs.take(fields.read("pending_days", |at| at.count(MOST_PENDING_DAYS)));
    let expiry = wrongs.take(fields.read("expiry", expiry));
    let redeem =
        currency.and_then(|currency| wrongs.take(fields.read("redeem", |at| redeem(at, currency))));
    let rewards = wrongs.take(fields.read("rewards", rewards));
    let policy = RefundPolicy::default();
    let refund = wrongs.take(fields.choice_or("refund", policy, &REFUND_POLICIES));
    let tiers =
        currency.and_then(|currency| wrongs.take(fields.read("tiers", |at| tiers(at, currency))));
    let whole = || {
        Some(Program {
            name: name?,
            currency: currency?,
            time_zone: time_zone?,
            earn: earn?,
            stacking: stacking?,
            pending_days: pending_days?.unwrap_or(0),
            expiry: expiry?.unwrap_or_default(),
            redeem: redeem?,
            rewards: rewards?.unwrap_or_default(),
            refund: refund?,
            tiers: tiers?,
        })
    };
    wrongs.whole(whole())
}

/// Stands for a refusal without a reason, which there is none of.
pub(super) fn unknown() -> ProgramError {
    let right = Right::Object(Vec::new());
    ProgramError {
        path: String::new(),
        found: String::new(),
        expected: right.to_string(),
        right,
    }
}

fn currency(at: &At<'_>) -> Parsed<Currency> {
    let known = at
        .value
        .as_str()
        .and_then(|code| Currency::parse(code).ok());
    known.map_or_else(|| at.wrong(Right::Currency), Ok)
}

fn zone(at: &At<'_>) -> Parsed<Zone> {
    let known = at.value.as_str().and_then(|name| Zone::parse(name).ok());
    known.map_or_else(|| at.wrong(Right::Zone), Ok)
}

fn earn(at: &At<'_>, currency: Currency) -> Parsed<Vec<EarnRule>> {
    let rules = at.list(MOST_RULES)?;
    let mut wrongs = Wrongs::default();
    let earn = wrongs.all(rules.iter().map(|at| earn_rule(at, currency)));
    if let Some(earn) = &earn {
        wrongs.take(unique(&rules, earn.iter().map(|rule| rule.id.as_str())));
    }
    wrongs.whole(earn)
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
            let found = format!("{id:?}, which another has already");
            return refusal(format!("{}.id", at.path), found, Right::Own);
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
    let mut wrongs = Wrongs::default();
    let id = wrongs.take(id(&fields));
    let on = wrongs.take(occasion(&fields));
    let effect = on
        .as_ref()
        .and_then(|on| wrongs.take(effect(&fields, on, currency)));
    let conditions = wrongs.take(fields.read("where", |at| conditions(at, currency)));
    let from = wrongs.take(fields.read("from", At::day));
    let to = wrongs.take(fields.read("to", At::day));
    let min_amount = wrongs.take(fields.read("min_amount", |at| at.money(currency, 0)));
    let cap = wrongs.take(fields.read("cap", cap));
    if on.as_ref().is_some_and(|on| *on != Occasion::Purchase) {
        wrongs.take(fields.refuse(
            &["where", "min_amount"],
            "only a purchase has lines and an amount",
        ));
    }
    if let (Some(Some(from)), Some(Some(to)), Some(at)) = (from, to, fields.get("to"))
        && to < from
    {
        wrongs.take(at.wrong::<()>(Right::NotBefore(from)));
    }
    let whole = || {
        Some(EarnRule {
            id: id?,
            on: on?,
            effect: effect?,
            conditions: conditions?.unwrap_or_default(),
            from: from?,
            to: to?,
            min_amount: min_amount?,
            cap: cap?,
        })
    };
    wrongs.whole(whole())
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
            let names = ["purchase", "signup", "birthday", "referral", "event"];
            return on.wrong(Right::OneOf(names.to_vec()));
        }
    };
    if !matches!(occasion, Occasion::Birthday { .. }) {
        fields.refuse(&["known_for_days"], "only birthdays are known for days")?;
    }
    if !matches!(occasion, Occasion::Event(_)) {
        fields.refuse(&["event"], "only \"on\": \"event\" names one")?;
    }
    Ok(occasion)
}

fn effect(fields: &Fields<'_>, on: &Occasion, currency: Currency) -> Parsed<Effect> {
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
        return fields.wrong(given.join(" and "), Right::OneEffect);
    }
    if let Some(points) = points {
        return points_effect(fields, &points, on, currency);
    }
    fields.refuse(
        &["per", "basis", "rounding", "round_each", "cap"],
        "it belongs to a rule that gives \"points\"",
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
        (None, Some(exclude)) => exclude.wrong(Right::True),
        (None, None) => fields.wrong("none of them", Right::OneEffect),
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
            "it belongs to a rate, which has \"per\"",
        )?;
        return Ok(Effect::Fixed(Points(points.whole(1, MOST_POINTS)?)));
    };
    match on {
        Occasion::Purchase => {}
        Occasion::Referral | Occasion::Event(_) => fields.refuse(
            &["basis", "round_each"],
            "an event has one amount and no lines",
        )?,
        Occasion::Signup | Occasion::Birthday { .. } => {
            return per.wrong(Right::Nothing(
                "there is no amount that a rate could look at",
            ));
        }
    }
    let mut wrongs = Wrongs::default();
    let points = wrongs.take(points.rate(MOST_POINTS));
    let per = wrongs.take(per.money(currency, 1));
    let basis = wrongs.take(fields.choice_or("basis", Basis::default(), &BASES));
    let rounding = wrongs.take(fields.choice_or("rounding", Rounding::Floor, &ROUNDINGS));
    let each = RoundEach::default();
    let round_each = wrongs.take(fields.choice_or("round_each", each, &ROUND_EACH));
    let whole = || {
        Some(Effect::Rate(Rate {
            points: points?,
            per: per?,
            basis: basis?,
            rounding: rounding?,
            round_each: round_each?,
        }))
    };
    wrongs.whole(whole())
}

fn conditions(at: &At<'_>, currency: Currency) -> Parsed<Vec<condition::LineCondition>> {
    let list = at.list(MOST_CONDITIONS)?;
    let mut wrongs = Wrongs::default();
    let all = wrongs.all(list.iter().map(|at| condition::read(at, currency)));
    wrongs.whole(all)
}

fn cap(at: &At<'_>) -> Parsed<Cap> {
    let fields = at.object(&["points", "per"])?;
    let mut wrongs = Wrongs::default();
    let points = wrongs.take(fields.needed("points", "a number of points", points));
    let per = wrongs.take(fields.needed("per", "a period such as \"month\"", |at| {
        at.choice(&CAP_PERIODS)
    }));
    let whole = || {
        Some(Cap {
            points: points?,
            per: per?,
        })
    };
    wrongs.whole(whole())
}

/// A number of points above zero.
fn points(at: &At<'_>) -> Parsed<Points> {
    at.whole(1, MOST_POINTS).map(Points)
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
    let no = "this kind of expiry has no such number";
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
                return months.wrong(Right::Whole(1, i64::from(MOST_MONTHS)));
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
    let mut wrongs = Wrongs::default();
    let each = wrongs.take(fields.needed("points", "a number of points", points));
    let worth = wrongs.take(fields.needed("worth", "an amount", |at| at.money(currency, 1)));
    let step = wrongs.take(fields.read("step", points));
    let min_points = wrongs.take(fields.read("min_points", |at| at.whole(0, MOST_POINTS)));
    let max_share = wrongs.take(fields.read("max_share", |at| at.rate(1)));
    let max_points = wrongs.take(fields.read("max_points", points));
    let whole = || {
        Some(Redeem {
            points: each?,
            worth: worth?,
            step: step?.unwrap_or(Points(1)),
            min_points: Points(min_points?.unwrap_or(0)),
            max_share: max_share?,
            max_points: max_points?,
        })
    };
    wrongs.whole(whole())
}

fn rewards(at: &At<'_>) -> Parsed<Vec<Reward>> {
    let elements = at.list(MOST_RULES)?;
    let reward = |at: &At<'_>| {
        let fields = at.object(&["id", "name", "points", "stock"])?;
        let mut wrongs = Wrongs::default();
        let id = wrongs.take(id(&fields));
        let name = wrongs.take(name(&fields));
        let points = wrongs.take(fields.needed("points", "what it costs", points));
        let stock = wrongs.take(fields.read("stock", |at| at.count(u32::MAX)));
        let whole = || {
            let id = id?;
            Some(Reward {
                name: name?.unwrap_or_else(|| id.clone()),
                points: points?,
                stock: stock?,
                id,
            })
        };
        wrongs.whole(whole())
    };
    let mut wrongs = Wrongs::default();
    let rewards = wrongs.all(elements.iter().map(reward));
    if let Some(rewards) = &rewards {
        wrongs.take(unique(&elements, rewards.iter().map(|it| it.id.as_str())));
    }
    wrongs.whole(rewards)
}

/// What members read; the id where none is given.
fn name(fields: &Fields<'_>) -> Parsed<Option<String>> {
    fields.read("name", |at| at.text(LONGEST_NAME).map(str::to_owned))
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
    let mut wrongs = Wrongs::default();
    let measure = wrongs.take(fields.choice_or("measure", Measure::default(), &MEASURES));
    let window = wrongs.take(fields.needed(
        "window",
        "a window such as {\"kind\":\"rolling_months\",\"n\":12}",
        window,
    ));
    let upgrade = wrongs.take(fields.choice_or("upgrade", Upgrade::default(), &UPGRADES));
    let fall = Downgrade::default();
    let downgrade = wrongs.take(fields.choice_or("downgrade", fall, &DOWNGRADES));
    let keep_months = wrongs.take(fields.read("keep_months", |at| at.count(MOST_MONTHS)));
    let levels = measure.and_then(|measure| {
        wrongs.take(fields.needed("levels", "a list of levels", |at| {
            levels(at, measure, currency)
        }))
    });
    let whole = || {
        Some(Tiers {
            measure: measure?,
            window: window?,
            upgrade: upgrade?,
            downgrade: downgrade?,
            keep_months: keep_months?.unwrap_or(0),
            levels: levels?,
        })
    };
    wrongs.whole(whole())
}

fn levels(list: &At<'_>, measure: Measure, currency: Currency) -> Parsed<Vec<Tier>> {
    let elements = list.list(MOST_LEVELS)?;
    if elements.is_empty() {
        return list.wrong(Right::AtLeastOne);
    }
    let mut wrongs = Wrongs::default();
    let levels = wrongs.all(elements.iter().map(|at| tier(at, measure, currency)));
    for (pair, at) in levels
        .iter()
        .flat_map(|levels| levels.windows(2))
        .zip(elements.iter().skip(1))
    {
        let [lower, upper] = pair else { continue };
        if upper.from <= lower.from {
            let shown = |from: i64| match measure {
                Measure::Spend => Money(from).to_decimal(currency),
                Measure::QualifyingPoints | Measure::Visits => from.to_string(),
            };
            let right = Right::MoreThan(shown(lower.from), lower.id.clone());
            let path = format!("{}.from", at.path);
            wrongs.take(refusal::<()>(path, shown(upper.from), right));
        }
    }
    if let Some(levels) = &levels {
        wrongs.take(unique(&elements, levels.iter().map(|it| it.id.as_str())));
    }
    wrongs.whole(levels)
}

fn tier(at: &At<'_>, measure: Measure, currency: Currency) -> Parsed<Tier> {
    let fields = at.object(&["id", "name", "from", "multiply"])?;
    let mut wrongs = Wrongs::default();
    let id = wrongs.take(id(&fields));
    let name = wrongs.take(name(&fields));
    let from = wrongs.take(
        fields.needed("from", "from how much on", |at| match measure {
            Measure::Spend => at.money(currency, 0).map(|money| money.0),
            Measure::QualifyingPoints | Measure::Visits => at.whole(0, MOST_POINTS),
        }),
    );
    let multiply = wrongs.take(fields.read("multiply", |at| at.rate(MOST_MULTIPLIER)));
    let whole = || {
        let id = id?;
        Some(Tier {
            name: name?.unwrap_or_else(|| id.clone()),
            from: from?,
            multiply: multiply?,
            id,
        })
    };
    wrongs.whole(whole())
}

fn window(at: &At<'_>) -> Parsed<Window> {
    let fields = at.object(&["kind", "n"])?;
    let kind = fields.need("kind", "a kind of window such as \"rolling_months\"")?;
    if kind.value.as_str() == Some("rolling_months") {
        let n = fields.need("n", "a number of months")?;
        return match n.count(MOST_MONTHS)? {
            0 => n.wrong(Right::Whole(1, i64::from(MOST_MONTHS))),
            months => Ok(Window::RollingMonths(months)),
        };
    }
    let window = kind.choice(&[
        ("rolling_months", Window::Lifetime),
        ("calendar_year", Window::CalendarYear),
        ("anniversary", Window::Anniversary),
        ("lifetime", Window::Lifetime),
    ])?;
    fields.refuse(&["n"], "only \"rolling_months\" has a number")?;
    Ok(window)
}
