//! What is owed in points: how many, worth how much, when they end, in which tiers.

use crate::state::{use_ask, use_today, use_words};
use model::program::Program;
use model::{Currency, Day, Points};
use protocol::{PointsOverview, Query, Reply};
use text::Words;
use ui::StatNumber;
use ui::chart::{Bar, Bars, Figure};
use ui::prelude::*;

/// The overview.
#[component]
pub fn Overview(
    /// The programme in force.
    program: Program,
) -> impl IntoView {
    let words = use_words();
    let today = use_today();
    let currency = program.currency;
    use_ask(|| Query::PointsOverview { as_of: None }).view("tiles", move |reply| match reply {
        Reply::PointsOverview(overview) => content(words, currency, today, overview),
        _ => ().into_any(),
    })
}

fn content(words: Words, currency: Currency, today: Day, overview: &PointsOverview) -> AnyView {
    view! {
        <div class="page">
            {stats(words, currency, overview)}
            <section class="section rule-top">{expiring(words, today, overview)}</section>
            {(!overview.tiers.is_empty()).then(|| tiers(words, overview))}
        </div>
    }
    .into_any()
}

fn stats(words: Words, currency: Currency, overview: &PointsOverview) -> AnyView {
    let define = words.act_definition();
    let worth = words.money_parts(overview.worth, currency);
    view! {
        <section class="stats">
            <StatNumber
                label=words.points_outstanding()
                value=words.headline(overview.outstanding.0)
                exact=words.points(overview.outstanding)
                href="#/points/members"
                definition=words.points_outstanding_means()
                definition_label=define
            />
            <StatNumber
                label=words.points_worth()
                unit=[worth.sign, &worth.unit].concat()
                value=worth.digits
                definition=words.points_worth_means()
                definition_label=define
            />
            <StatNumber
                label=words.points_expiring()
                value=words.headline(overview.expiring_30_days.0)
                exact=words.points(overview.expiring_30_days)
                href=crate::router::Route::Customers.with(&[("ready", "points_expiring")])
                definition=words.points_expiring_means()
                definition_label=define
            />
            <StatNumber
                label=words.points_pending()
                value=words.headline(overview.pending.0)
                exact=words.points(overview.pending)
                definition=words.points_pending_means()
                definition_label=define
            />
            <StatNumber
                label=words.points_members()
                value=words.count(overview.members)
                href="#/points/members"
                definition=words.points_members_means()
                definition_label=define
            />
        </section>
    }
    .into_any()
}

fn expiring(words: Words, today: Day, overview: &PointsOverview) -> AnyView {
    let sum: i64 = overview.expiring.iter().map(|(_, points)| points.0).sum();
    if sum == 0 {
        return view! { <h2>{words.points_expiring_title_none()}</h2> }.into_any();
    }
    let this_month = (today.year(), today.month());
    let bars: Vec<Bar> = overview
        .expiring
        .iter()
        .map(|(month, points)| {
            let now = (month.year(), month.month()) == this_month;
            Bar {
                label: words.month_short(*month),
                value: points.0 as f64,
                text: words.short(points.0),
                href: None,
                strong: now,
                partial: false,
            }
        })
        .collect();
    let rows = overview
        .expiring
        .iter()
        .map(|(month, points)| vec![words.month(*month), words.number(points.0)])
        .collect();
    let head = vec![
        words.points_expiring_month().to_owned(),
        words.points_expiring_points().to_owned(),
    ];
    let axis = Callback::new(move |value: f64| words.short(value as i64));
    let title = words.points_expiring_title(&words.number(sum));
    view! {
        <Figure title caption=words.points_expiring_caption() table_label=words.act_table() head rows>
            <Bars label=words.points_expiring_caption() bars axis height=180/>
        </Figure>
    }
    .into_any()
}

fn tiers(words: Words, overview: &PointsOverview) -> AnyView {
    let all: u64 = overview.tiers.iter().map(|(.., members)| members).sum();
    let rows: Vec<AnyView> = overview
        .tiers
        .iter()
        .map(|(id, name, members)| {
            let rule = ["{\"attr\":\"tier\",\"op\":\"eq\",\"value\":\"", id, "\"}"].concat();
            view! {
                <tr>
                    <th scope="row"><a href=crate::router::customers_by_rule(&rule)>{name.clone()}</a></th>
                    <td class="end strong">{words.count(*members)}</td>
                    <td class="end quiet">{words.share(*members, all)}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    view! {
        <section class="section rule-top">
            <h2>{words.points_tiers()}</h2>
            <table class="table narrow">
                <thead>
                    <tr>
                        <th scope="col">{words.points_tier()}</th>
                        <th scope="col" class="end">{words.points_tier_members()}</th>
                        <th scope="col" class="end">{words.points_tier_share()}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
    .into_any()
}

/// Points with their worth, for a quiet note.
pub fn worth_of(points: Points, program: &Program) -> Option<model::Money> {
    let redeem = program.redeem?;
    let worth = i128::from(points.0.max(0)) * i128::from(redeem.worth.0)
        / i128::from(redeem.points.0.max(1));
    i64::try_from(worth).ok().map(model::Money)
}
