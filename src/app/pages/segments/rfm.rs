//! RFM: the 5 by 5 heat map, the eleven groups, the limits between the scores. Everything opens its members.

use crate::as_of::{AsOf, use_as_of, with_day};
use crate::router::customers_by_rule;
use crate::state::{use_ask, use_currency, use_words};
use model::{Currency, Day, Money};
use protocol::{Query, Reply, RfmGroupCount, RfmView};
use text::Words;
use ui::Amount;
use ui::chart::{Figure, HeatCell, HeatMap};
use ui::prelude::*;

/// The page.
#[component]
pub fn Rfm() -> impl IntoView {
    let words = use_words();
    let currency = use_currency();
    let day = use_as_of();
    let answer =
        use_ask(move || Query::Rfm { as_of: day.get() }).view("chart", move |reply| match reply {
            Reply::Rfm(rfm) => content(words, currency, rfm, day.get_untracked()),
            _ => ().into_any(),
        });
    view! {
        <div class="page">
            <p class="lead">{words.segments_rfm_lead()}</p>
            <AsOf/>
            {answer}
        </div>
    }
    .into_any()
}

fn content(words: Words, currency: Currency, rfm: &RfmView, day: Option<Day>) -> AnyView {
    let heat = heat(words, currency, rfm, day);
    view! {
        <div class="page">
            <div class="rfm-columns">
                <section class="section">
                    <Figure title=finding(words, rfm) caption=words.segments_rfm_heat()>
                        {heat}
                    </Figure>
                </section>
                <section class="section">
                    <h2>{words.segments_rfm_limits()}</h2>
                    <p class="note">{words.segments_rfm_limits_text()}</p>
                    {limits(words, currency, rfm)}
                </section>
            </div>
            <section class="section rule-top">
                <h2>{words.segments_rfm_groups()}</h2>
                {groups(words, currency, rfm, day)}
            </section>
        </div>
    }
    .into_any()
}

fn finding(words: Words, rfm: &RfmView) -> String {
    let whole: i64 = rfm.groups.iter().map(|group| group.spend.0).sum();
    let best = rfm.groups.iter().find(|group| group.group == "champions");
    match best {
        Some(best) if best.count > 0 && whole > 0 => {
            let share = words.share(best.spend.0.max(0).unsigned_abs(), whole.unsigned_abs());
            words.segments_rfm_finding(best.count, &share)
        }
        _ => words.segments_rfm_finding_none().to_owned(),
    }
}

fn score_rule(attribute: &str, score: u8) -> String {
    [
        "{\"attr\":\"rfm.",
        attribute,
        "\",\"op\":\"eq\",\"value\":",
        &score.to_string(),
        "}",
    ]
    .concat()
}

fn heat(words: Words, currency: Currency, rfm: &RfmView, day: Option<Day>) -> AnyView {
    let sum = |r: u8, f: u8| {
        rfm.cells
            .iter()
            .filter(|cell| cell.r == r && cell.f == f)
            .fold((0u64, 0i64), |(count, spend), cell| {
                (count + cell.count, spend.saturating_add(cell.spend.0))
            })
    };
    let scores = 1..=5u8;
    let most = scores
        .clone()
        .flat_map(|r| (1..=5u8).map(move |f| (r, f)))
        .map(|(r, f)| sum(r, f).0)
        .max()
        .unwrap_or(0);
    let cell = |r: u8, f: u8| {
        let (count, spend) = sum(r, f);
        let rule = [
            "{\"all\":[",
            &score_rule("recency", r),
            ",",
            &score_rule("frequency", f),
            "]}",
        ]
        .concat();
        HeatCell {
            text: words.count(count),
            title: words.segments_rfm_cell(
                &r.to_string(),
                &f.to_string(),
                count,
                &words.money(Money(spend), currency),
            ),
            // The square root, so that small cells differ too.
            heat: if most == 0 {
                0.0
            } else {
                (count as f64 / most as f64).sqrt()
            },
            href: (count > 0).then(|| with_day(customers_by_rule(&rule), day)),
        }
    };
    let rows: Vec<u8> = scores.clone().rev().collect();
    let cells = rows
        .iter()
        .map(|r| scores.clone().map(|f| cell(*r, f)).collect())
        .collect();
    view! {
        <HeatMap
            label=words.segments_rfm_heat()
            columns=scores.clone().map(|f| ["F", &f.to_string()].concat()).collect()
            column_axis=words.segments_rfm_frequency()
            rows=rows.iter().map(|r| ["R", &r.to_string()].concat()).collect()
            row_axis=words.segments_rfm_recency()
            cells
        />
    }
    .into_any()
}

/// What a score from 1 to 5 covers, from the four limits; for recency the fewest days score 5. `step` is the
/// smallest difference there is.
fn band(
    words: Words,
    limits: &[i64],
    score: usize,
    step: i64,
    show: &dyn Fn(i64) -> String,
) -> String {
    let below = score.checked_sub(2).and_then(|i| limits.get(i));
    let upper = limits.get(score - 1);
    match (below, upper) {
        (None, Some(upper)) => words.segments_rfm_up_to(&show(*upper)),
        (Some(below), Some(upper)) if below >= upper => "–".to_owned(),
        (Some(below), Some(upper)) => {
            words.segments_rfm_from_to(&show(below + step), &show(*upper))
        }
        (Some(below), None) => words.segments_rfm_above(&show(*below)),
        (None, None) => "–".to_owned(),
    }
}

fn limits(words: Words, currency: Currency, rfm: &RfmView) -> AnyView {
    let [days, orders, money] = &rfm.limits;
    let number = |value: i64| words.number(value);
    let amount = |value: i64| words.money_short(Money(value), currency);
    let rows: Vec<AnyView> = (1..=5usize)
        .rev()
        .map(|score| {
            view! {
                <tr>
                    <th scope="row">{score}</th>
                    <td class="end">{band(words, days, 6 - score, 1, &number)}</td>
                    <td class="end">{band(words, orders, score, 1, &number)}</td>
                    <td class="end">{band(words, money, score, 0, &amount)}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    view! {
        <table class="table">
            <thead>
                <tr>
                    <th scope="col">{words.segments_rfm_score()}</th>
                    <th scope="col" class="end">{words.segments_rfm_days()}</th>
                    <th scope="col" class="end">{words.segments_rfm_orders()}</th>
                    <th scope="col" class="end">{words.segments_rfm_money()}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn groups(words: Words, currency: Currency, rfm: &RfmView, day: Option<Day>) -> AnyView {
    let all: u64 = rfm.groups.iter().map(|group| group.count).sum();
    let rows: Vec<AnyView> = rfm
        .groups
        .iter()
        .map(|group| group_row(words, currency, group, (all, day)))
        .collect();
    view! {
        <table class="table">
            <thead>
                <tr>
                    <th scope="col">{words.segments_rfm_group()}</th>
                    <th scope="col" class="wide-only">{words.segments_lifecycle_means()}</th>
                    <th scope="col" class="end">{words.segments_members()}</th>
                    <th scope="col" class="end">{words.segments_share()}</th>
                    <th scope="col" class="end">{words.segments_spend()}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn group_row(
    words: Words,
    currency: Currency,
    group: &RfmGroupCount,
    (all, day): (u64, Option<Day>),
) -> AnyView {
    let rule = [
        "{\"attr\":\"rfm.group\",\"op\":\"eq\",\"value\":\"",
        &group.group,
        "\"}",
    ]
    .concat();
    let parts = words.money_parts(group.spend, currency);
    view! {
        <tr>
            <th scope="row"><a href=with_day(customers_by_rule(&rule), day)>{words.rfm_group(&group.group)}</a></th>
            <td class="wide-only rule-text">{words.rfm_group_means(&group.group)}</td>
            <td class="end strong">{words.count(group.count)}</td>
            <td class="end quiet">{words.share(group.count, all)}</td>
            <td class="end"><Amount unit=[parts.sign, &parts.unit].concat() digits=parts.digits/></td>
        </tr>
    }
    .into_any()
}
