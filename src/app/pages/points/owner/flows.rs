//! How points were issued and used, by month.

use super::{Part, flow_name};
use crate::state::use_ask;
use model::{Day, Points};
use protocol::{
    FlowKind, FlowMonth, FlowsView, LiabilityQuery, LiabilityReply, PointsExport, PointsRowsOf,
    Query, Reply,
};
use ui::chart::{Legend, StackColumn, StackedColumns};
use ui::prelude::*;

/// Months that are drawn; the table has all.
const DRAWN: usize = 24;
/// Months that the title adds up.
const YEAR: usize = 12;

/// The part.
#[component]
pub fn Flows(
    /// What drawing needs.
    part: Signal<Part>,
) -> impl IntoView {
    let asking = use_ask(move || {
        let as_of = part.get().day;
        Query::Liability(LiabilityQuery::Flows { as_of })
    });
    asking.view("chart", move |reply| match reply {
        Reply::Liability(reply) => match &**reply {
            LiabilityReply::Flows(flows) => content(part.get_untracked(), flows),
            _ => ().into_any(),
        },
        _ => ().into_any(),
    })
}

/// Key of a colour.
fn key(kind: FlowKind) -> &'static str {
    match kind {
        FlowKind::Issued => "issued",
        FlowKind::Redeemed => "redeemed",
        FlowKind::Returned => "returned",
        FlowKind::Expired => "expired",
        FlowKind::ClawedBack => "clawed-back",
        FlowKind::Adjusted => "adjusted",
        FlowKind::Transferred => "transferred",
    }
}

fn flow(month: &FlowMonth, kind: FlowKind) -> i64 {
    month.flows.get(kind as usize).map_or(0, |points| points.0)
}

fn content(part: Part, view: &FlowsView) -> AnyView {
    let words = part.words;
    let moved = |month: &FlowMonth| month.flows.iter().any(|it| it.0 != 0);
    if !view.months.iter().any(moved) {
        return ().into_any();
    }
    let year = view.months.iter().rev().take(YEAR);
    let sum = |kind: FlowKind| {
        let year = year.clone();
        year.map(|month| flow(month, kind))
            .fold(0, i64::saturating_add)
    };
    let title = words.liability_flows_title(
        &words.number(sum(FlowKind::Issued)),
        &words.number(sum(FlowKind::Redeemed).saturating_neg()),
    );
    // What never happened needs no colour and no column.
    let kinds: Vec<FlowKind> = FlowKind::ALL
        .into_iter()
        .filter(|kind| view.months.iter().any(|month| flow(month, *kind) != 0))
        .collect();
    view! {
        <section class="section rule-top" id="flows">
            {part.head(
                title,
                words.liability_flows_caption().to_owned(),
                PointsExport::Flows { as_of: part.day },
            )}
            {chart(part, view, &kinds)}
            {table(part, view, &kinds)}
        </section>
    }
    .into_any()
}

/// The days of a month up to the day of the figures.
fn span(view: &FlowsView, month: Day) -> (Day, Day) {
    (month, month.end_of_month().min(view.as_of))
}

fn chart(part: Part, view: &FlowsView, kinds: &[FlowKind]) -> AnyView {
    let words = part.words;
    let from = view.months.len().saturating_sub(DRAWN);
    let columns = view
        .months
        .iter()
        .skip(from)
        .map(|month| {
            let parts: Vec<(&'static str, f64)> = kinds
                .iter()
                .map(|kind| (key(*kind), flow(month, *kind) as f64))
                .collect();
            let mut text = words.month(month.month);
            for kind in kinds.iter().filter(|kind| flow(month, **kind) != 0) {
                text.push_str(", ");
                text.push_str(flow_name(words, *kind));
                text.push(' ');
                text.push_str(&words.number(flow(month, *kind)));
            }
            let (from, to) = span(view, month.month);
            StackColumn {
                label: words.month_short(month.month),
                parts,
                text,
                href: Some(part.rows(&PointsRowsOf::Flow {
                    kind: None,
                    from,
                    to,
                })),
            }
        })
        .collect();
    let legend = kinds
        .iter()
        .map(|kind| Legend {
            key: key(*kind),
            label: flow_name(words, *kind).to_owned(),
        })
        .collect();
    let axis = Callback::new(move |value: f64| words.short(value as i64));
    view! { <StackedColumns label=words.liability_flows_caption() columns legend axis/> }.into_any()
}

fn table(part: Part, view: &FlowsView, kinds: &[FlowKind]) -> AnyView {
    let words = part.words;
    let head: Vec<AnyView> = kinds
        .iter()
        .map(|kind| view! { <th scope="col" class="end">{flow_name(words, *kind)}</th> }.into_any())
        .collect();
    let rows: Vec<AnyView> = view
        .months
        .iter()
        .rev()
        .map(|month| {
            let (from, to) = span(view, month.month);
            let cell = |points: Points, kind: FlowKind| {
                let of = PointsRowsOf::Flow {
                    kind: Some(kind),
                    from,
                    to,
                };
                let text = words.number(points.0);
                if points.0 == 0 {
                    view! { <td class="end quiet">{text}</td> }.into_any()
                } else {
                    view! { <td class="end"><a href=part.rows(&of)>{text}</a></td> }.into_any()
                }
            };
            let cells: Vec<AnyView> = kinds
                .iter()
                .map(|kind| cell(Points(flow(month, *kind)), *kind))
                .collect();
            view! {
                <tr>
                    <th scope="row">{words.month(month.month)}</th>
                    {cells}
                    <td class="end strong">{words.number(month.closing.0)}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    view! {
        <details class="disclosure">
            <summary>{words.act_table()}</summary>
            <p class="note">{words.liability_flows_means()}</p>
            <div class="table-scroll" tabindex="0" role="region" aria-label=words.liability_flows_caption()>
                <table class="table">
                    <thead>
                        <tr>
                            <th scope="col">{words.liability_flows_month()}</th>
                            {head}
                            <th scope="col" class="end">{words.liability_flow_closing()}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </details>
    }
    .into_any()
}
