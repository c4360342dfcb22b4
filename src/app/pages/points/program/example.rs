//! The worked example beside the form: what a purchase of today gives under what is typed now.
//!
//! It shows the base rate, the highest tier's multiplier, the waiting days and the expiry. The worker's ledger
//! decides what members really get.

use crate::pages::points::overview::worth_of;
use crate::state::{use_today, use_words};
use model::money::divide;
use model::program::{Effect, Expiry, Period, Program, Tier};
use model::{Day, Money, Points, Rounding};
use text::Words;
use ui::prelude::*;

/// The example.
#[component]
pub fn Example(
    /// What the form says now.
    program: Memo<Result<Program, String>>,
) -> impl IntoView {
    let words = use_words();
    let today = use_today();
    let lines = move || {
        let program = program.get().ok()?;
        let levels = program
            .tiers
            .as_ref()
            .map(|tiers| tiers.levels.clone())
            .unwrap_or_default();
        let mut lines = vec![line(words, today, &program, levels.first())];
        if levels.len() > 1 {
            lines.push(line(words, today, &program, levels.last()));
        }
        let lines: Vec<_> = lines
            .into_iter()
            .flatten()
            .map(|text| view! { <p>{text}</p> })
            .collect();
        Some(
            view! { <aside class="example"><h3>{words.points_program_example()}</h3>{lines}</aside> },
        )
    };
    view! { <div aria-live="polite">{lines}</div> }.into_any()
}

/// Points for an amount at the base rate, times the tier's multiplier, rounded as the rate says.
fn earned(program: &Program, spent: Money, tier: Option<&Tier>) -> Option<Points> {
    let rate = program.earn.iter().find_map(|rule| match rule.effect {
        Effect::Rate(rate) => Some(rate),
        _ => None,
    })?;
    let steps = divide(i128::from(spent.0), i128::from(rate.per.0), Rounding::Floor)?;
    let (points, points_scale) = rate.points.ratio();
    let (times, times_scale) = tier
        .and_then(|tier| tier.multiply)
        .map_or((1, 1), |multiply| multiply.ratio());
    let numerator = steps.checked_mul(points)?.checked_mul(times)?;
    let whole = divide(
        numerator,
        points_scale.checked_mul(times_scale)?,
        rate.rounding,
    )?;
    i64::try_from(whole).ok().map(Points)
}

fn last_day(expiry: Expiry, today: Day) -> Option<Day> {
    Some(match expiry {
        Expiry::Never | Expiry::Inactivity { .. } => return None,
        Expiry::Days(n) => today.plus_days(i32::try_from(n).ok()?),
        Expiry::Months { n, round_up } => {
            let day = today.plus_months(i32::try_from(n).ok()?);
            match round_up {
                None => day,
                Some(period) => end_of(period, day)?,
            }
        }
        Expiry::YearEnd { years } => {
            Day::from_ymd(today.year() + i32::try_from(years).ok()?, 12, 31)?
        }
    })
}

fn end_of(period: Period, day: Day) -> Option<Day> {
    let month = day.month();
    let last = match period {
        Period::Month => month,
        Period::Quarter => month.div_ceil(3) * 3,
        Period::HalfYear => month.div_ceil(6) * 6,
        Period::Year => 12,
    };
    Day::from_ymd(day.year(), last, 1).map(Day::end_of_month)
}

fn line(words: Words, today: Day, program: &Program, tier: Option<&Tier>) -> Option<String> {
    // An amount that is no multiple of anything, so that rounding shows.
    let one = 10i64.pow(program.currency.decimals());
    let spent = Money(one * 268 + if one > 1 { one / 2 } else { 0 });
    let points = earned(program, spent, tier)?;
    let (amount, text) = (words.money(spent, program.currency), words.points(points));
    let first = match tier {
        Some(tier) if !tier.name.is_empty() => {
            words.points_program_example_earn(&tier.name, &amount, &text)
        }
        _ => words.points_program_example_earn_plain(&amount, &text),
    };
    let mut parts = vec![first];
    if let Some(worth) = worth_of(points, program) {
        parts.push(words.points_program_example_worth(&words.money(worth, program.currency)));
    }
    if program.pending_days > 0 {
        let day = today.plus_days(i32::try_from(program.pending_days).unwrap_or(i32::MAX));
        parts.push(words.points_program_example_pending(&words.day(day)));
    }
    parts.push(match (program.expiry, last_day(program.expiry, today)) {
        (_, Some(day)) => words.points_program_example_expiry(&words.day(day)),
        (Expiry::Inactivity { months }, None) => {
            words.points_program_example_inactivity(&months.to_string())
        }
        (_, None) => words.points_program_example_never().to_owned(),
    });
    let (comma, stop) = match words.locale {
        text::Locale::ZhCn => ("，", "。"),
        text::Locale::En => (", ", "."),
    };
    Some([&parts.join(comma), stop].concat())
}
