//! What is owed in points, and when it ends.

use super::{Part, Stat, stat};
use crate::state::use_ask;
use model::{Day, Points};
use protocol::{
    LiabilityQuery, LiabilityReply, OwedView, PointsExport, PointsOf, PointsRowsOf, Query, Reply,
};
use ui::chart::{Bar, Bars, Figure};
use ui::prelude::*;
use ui::{EmptyState, StatNumber, icon};

/// The part.
#[component]
pub fn Owed(
    /// What drawing needs.
    part: Signal<Part>,
) -> impl IntoView {
    let asking = use_ask(move || {
        let as_of = part.get().day;
        Query::Liability(LiabilityQuery::Owed { as_of })
    });
    asking.view("tiles", move |reply| match reply {
        Reply::Liability(reply) => match &**reply {
            LiabilityReply::Owed(owed) => content(part.get_untracked(), owed),
            _ => ().into_any(),
        },
        _ => ().into_any(),
    })
}

fn content(part: Part, owed: &OwedView) -> AnyView {
    let words = part.words;
    let none = [owed.outstanding, owed.pending, owed.debt];
    if owed.members == 0 && none.iter().all(|it| it.members == 0) {
        return view! {
            <EmptyState title=words.liability_nobody_title() text=words.liability_nobody_text() icon=icon::POINTS/>
        }
        .into_any();
    }
    view! {
        <section class="section">
            {part.head(
                words.liability_owed_title().to_owned(),
                words.liability_owed_lead().to_owned(),
                PointsExport::Rows(protocol::PointsRowsRequest {
                    of: PointsRowsOf::Members,
                    as_of: part.day,
                    since: None,
                    offset: 0,
                    limit: 0,
                }),
            )}
            {stats(part, owed)}
        </section>
        <section class="section rule-top">{expiring(part, owed)}</section>
    }
    .into_any()
}

fn stats(part: Part, owed: &OwedView) -> AnyView {
    let words = part.words;
    let define = words.act_definition();
    let number = |label: &str, has: PointsOf, of: PointsRowsOf, means: &str| {
        stat(
            words,
            Stat {
                label,
                unit: String::new(),
                value: words.headline(has.points.0),
                note: if has.members > 0 {
                    words.liability_outstanding_note(has.members)
                } else {
                    String::new()
                },
                means,
                href: (has.members > 0).then(|| part.rows(&of)),
            },
        )
    };
    view! {
        <div class="stats">
            {number(
                words.liability_outstanding(),
                owed.outstanding,
                PointsRowsOf::Outstanding,
                words.liability_outstanding_means(),
            )}
            {worth(part, owed)}
            {number(words.liability_pending(), owed.pending, PointsRowsOf::Pending, words.liability_pending_means())}
            {number(words.liability_debt(), owed.debt, PointsRowsOf::Debt, words.liability_debt_means())}
            <StatNumber
                label=words.liability_members()
                value=words.count(owed.members)
                href=part.rows(&PointsRowsOf::Members)
                definition=words.liability_members_means()
                definition_label=define
            />
        </div>
    }
    .into_any()
}

fn worth(part: Part, owed: &OwedView) -> AnyView {
    let words = part.words;
    let define = words.act_definition();
    let Some(worth) = owed.worth else {
        return view! {
            <StatNumber
                label=words.liability_worth()
                value=words.liability_worth_unknown()
                note=words.liability_worth_unknown_note()
                definition=words.liability_worth_means()
                definition_label=define
            />
        }
        .into_any();
    };
    let money = words.money_parts(worth, part.currency);
    view! {
        <StatNumber
            label=words.liability_worth()
            unit=[money.sign, &money.unit].concat()
            value=money.digits
            href=part.rows(&PointsRowsOf::Outstanding)
            definition=words.liability_worth_means()
            definition_label=define
        />
    }
    .into_any()
}

/// The span of a month's days.
fn month(first: Day) -> PointsRowsOf {
    PointsRowsOf::Expiring {
        from: first,
        to: Some(first.end_of_month()),
    }
}

/// What ends after the months that are listed, and what never does.
fn rest(part: Part, owed: &OwedView, last: Day) -> [(String, PointsOf, PointsRowsOf); 2] {
    let words = part.words;
    [
        (
            words.liability_expiry_later(&words.month(last)),
            owed.later,
            PointsRowsOf::Expiring {
                from: last.end_of_month().plus_days(1),
                to: None,
            },
        ),
        (
            words.liability_expiry_never().to_owned(),
            owed.never,
            PointsRowsOf::NeverExpiring,
        ),
    ]
}

/// The months as bars: a year at least; what follows only as far as anything ends.
fn bars(part: Part, owed: &OwedView, some: Option<usize>) -> Vec<Bar> {
    let words = part.words;
    owed.expiring
        .iter()
        .take(some.map_or(0, |at| at + 1).max(12))
        .enumerate()
        .map(|(i, (first, has))| Bar {
            label: words.month_short(*first),
            value: has.points.0 as f64,
            text: words.short(has.points.0),
            href: (has.points.0 > 0).then(|| part.rows(&month(*first))),
            strong: i == 0,
            partial: false,
        })
        .collect()
}

fn expiring(part: Part, owed: &OwedView) -> AnyView {
    let words = part.words;
    let sum: i64 = owed.expiring.iter().map(|(_, has)| has.points.0).sum();
    let last = owed.expiring.last().map_or(owed.as_of, |(month, _)| *month);
    let some = owed.expiring.iter().rposition(|(_, has)| has.members > 0);
    let rest = rest(part, owed, last);
    let cells = |label: String, has: PointsOf| {
        vec![label, words.number(has.points.0), words.count(has.members)]
    };
    let months = owed.expiring.iter();
    let mut rows: Vec<Vec<String>> = months
        .map(|(month, has)| cells(words.month(*month), *has))
        .collect();
    rows.extend(
        rest.iter()
            .map(|(label, has, _)| cells(label.clone(), *has)),
    );
    let head = [
        words.liability_expiry_month(),
        words.liability_expiry_points(),
        words.liability_expiry_members(),
    ];
    let title = if sum == 0 {
        words.liability_expiry_title_none().to_owned()
    } else {
        let ended = some.and_then(|at| owed.expiring.get(at));
        let ended = ended.map_or(last, |(month, _)| *month);
        words.liability_expiry_title(&words.number(sum), &words.month(ended))
    };
    let links: Vec<AnyView> = rest
        .into_iter()
        .filter(|(_, has, _)| has.points > Points::ZERO)
        .map(|(label, has, of)| {
            let points = words.points(has.points);
            view! { <a href=part.rows(&of)>{label} " " <strong>{points}</strong></a> }.into_any()
        })
        .collect();
    let caption = words.liability_expiry_caption();
    let drawing = (sum > 0).then(|| {
        let axis = Callback::new(move |value: f64| words.short(value as i64));
        view! { <Bars label=caption bars=bars(part, owed, some) axis height=180/> }
    });
    let export = PointsExport::Expiring { as_of: part.day };
    view! {
        {part.head(title, caption.to_owned(), export)}
        <Figure title="" table_label=words.act_table() head=head.map(str::to_owned).to_vec() rows>
            {drawing}
            <p class="chart-rest">{links}</p>
        </Figure>
    }
    .into_any()
}
