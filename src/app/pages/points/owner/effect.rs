//! What the programme costs, beside what members and others spend.

use super::Part;
use crate::state::use_ask;
use model::{Money, Points};
use protocol::{
    EffectView, FlowKind, GroupSpending, LiabilityQuery, LiabilityReply, PointsExport,
    PointsRowsOf, Query, Reply, SpendingGroup,
};
use ui::StatNumber;
use ui::prelude::*;

/// The part.
#[component]
pub fn Effect(
    /// What drawing needs.
    part: Signal<Part>,
) -> impl IntoView {
    let asking = use_ask(move || {
        let part = part.get();
        let (as_of, since) = (part.day, part.since);
        Query::Liability(LiabilityQuery::Effect { as_of, since })
    });
    asking.view("tiles", move |reply| match reply {
        Reply::Liability(reply) => match &**reply {
            LiabilityReply::Effect(effect) => content(part.get_untracked(), effect),
            _ => ().into_any(),
        },
        _ => ().into_any(),
    })
}

fn content(part: Part, view: &EffectView) -> AnyView {
    if view.groups.iter().all(|group| group.orders == 0) {
        return ().into_any();
    }
    let words = part.words;
    let since = words.day(view.since);
    let title = match view.cost {
        Some(cost) => words.liability_effect_title(&part.money(cost), &since),
        None => words.liability_effect_title_unknown(&words.number(view.redeemed.0), &since),
    };
    let (as_of, earlier) = (part.day, Some(view.since));
    let left_out = (view.unconverted > 0).then(|| {
        view! { <p class="note">{words.liability_effect_unconverted(view.unconverted)}</p> }
    });
    view! {
        <section class="section rule-top" id="effect">
            {part.head(
                title,
                words.liability_effect_lead(&since, &words.day(view.as_of)),
                PointsExport::Effect { as_of, since: earlier },
            )}
            {stats(part, view)}
            {groups(part, view)}
            <p class="sentence">{words.liability_effect_honest()}</p>
            {left_out}
            <h3>{words.liability_effect_before_title()}</h3>
            {before_after(part, view)}
        </section>
    }
    .into_any()
}

fn flow(view: &EffectView, kind: FlowKind) -> PointsRowsOf {
    PointsRowsOf::Flow {
        kind: Some(kind),
        from: view.since.plus_days(1),
        to: view.as_of,
    }
}

fn stats(part: Part, view: &EffectView) -> AnyView {
    let words = part.words;
    let define = words.act_definition();
    let cost = view.cost.map(|cost| {
        let money = words.money_parts(cost, part.currency);
        let spent = members_spent(view);
        let share = words.share(cost.0.max(0).unsigned_abs(), spent.0.max(0).unsigned_abs());
        view! {
            <StatNumber
                label=words.liability_effect_cost()
                unit=[money.sign, &money.unit].concat()
                value=money.digits
                note=words.points(view.redeemed)
                href=part.rows(&flow(view, FlowKind::Redeemed))
                definition=words.liability_effect_cost_means()
                definition_label=define
            />
            <StatNumber
                label=words.liability_effect_share()
                value=share
                note=part.money(spent)
                definition=words.liability_effect_share_means()
                definition_label=define
            />
        }
    });
    let points = |label: &str, points: Points, kind: FlowKind, means: &str| {
        view! {
            <StatNumber
                label=label
                value=words.headline(points.0)
                exact=words.points(points)
                href=part.rows(&flow(view, kind))
                definition=means
                definition_label=define
            />
        }
        .into_any()
    };
    view! {
        <div class="stats">
            {cost}
            {points(
                words.liability_effect_issued(),
                view.issued,
                FlowKind::Issued,
                words.liability_effect_issued_means(),
            )}
            {points(
                words.liability_effect_expired(),
                view.expired,
                FlowKind::Expired,
                words.liability_effect_expired_means(),
            )}
        </div>
    }
    .into_any()
}

fn members_spent(view: &EffectView) -> Money {
    let members = view
        .groups
        .iter()
        .filter(|it| it.group != SpendingGroup::Others);
    Money(members.fold(0i64, |sum, it| sum.saturating_add(it.spend.0)))
}

/// An amount for each, rounded half up; a dash where there is nobody.
fn each(part: Part, spend: Money, number: u64) -> String {
    let per = model::money::divide(
        i128::from(spend.0),
        i128::from(number),
        model::Rounding::HalfUp,
    );
    match per.and_then(|per| i64::try_from(per).ok()) {
        Some(per) => part.money(Money(per)),
        None => "–".to_owned(),
    }
}

fn groups(part: Part, view: &EffectView) -> AnyView {
    let words = part.words;
    let head: Vec<AnyView> = [
        words.liability_effect_people(),
        words.liability_effect_buyers(),
        words.liability_effect_orders(),
        words.liability_effect_spend(),
        words.liability_effect_each(),
        words.liability_effect_average(),
    ]
    .into_iter()
    .map(|text| view! { <th scope="col" class="end">{text}</th> }.into_any())
    .collect();
    let rows: Vec<AnyView> = view.groups.iter().map(|it| group(part, view, it)).collect();
    let others = view
        .groups
        .iter()
        .find(|it| it.group == SpendingGroup::Others);
    let nobody = others.is_none_or(|it| it.orders == 0).then(|| {
        view! { <p class="note">{words.liability_effect_nobody()}</p> }
    });
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label=words.liability_effect_group()>
            <table class="table groups-table">
                <thead><tr><th scope="col">{words.liability_effect_group()}</th>{head}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {nobody}
    }
    .into_any()
}

fn group(part: Part, view: &EffectView, it: &GroupSpending) -> AnyView {
    let words = part.words;
    let label = match it.group {
        SpendingGroup::Redeemers => words.liability_effect_redeemers(),
        SpendingGroup::Collectors => words.liability_effect_collectors(),
        SpendingGroup::Others => words.liability_effect_others(),
    };
    let rows = PointsRowsOf::Spending(it.group);
    let href = super::links::rows_href(&rows, part.day, Some(view.since));
    let spend = part.money(it.spend);
    let spend = if it.buyers > 0 {
        view! { <a href=href>{spend}</a> }.into_any()
    } else {
        spend.into_any()
    };
    view! {
        <tr>
            <th scope="row">{label}</th>
            <td class="end">{words.count(it.people)}</td>
            <td class="end">{words.count(it.buyers)}</td>
            <td class="end">{words.count(it.orders)}</td>
            <td class="end strong">{spend}</td>
            <td class="end">{each(part, it.spend, it.buyers)}</td>
            <td class="end">{each(part, it.spend, it.orders)}</td>
        </tr>
    }
    .into_any()
}

fn before_after(part: Part, view: &EffectView) -> AnyView {
    let words = part.words;
    let Some(it) = &view.before_after else {
        return view! { <p class="note">{words.liability_effect_before_few(view.comparable)}</p> }
            .into_any();
    };
    let text = words.liability_effect_before(
        it.members,
        &part.money(it.before),
        u64::from(it.days),
        &part.money(it.after),
    );
    let href = part.compared(&PointsRowsOf::BeforeAfter);
    view! {
        <p class="sentence"><a href=href>{text}</a></p>
        <p class="note">{words.liability_effect_before_honest()}</p>
    }
    .into_any()
}
