//! Members by tier, and who moved between two days.

use super::{Part, links, place_name};
use crate::router::{self, Place};
use crate::state::{use_ask, use_state, use_today, use_words};
use model::Day;
use protocol::{
    LiabilityQuery, LiabilityReply, MoveKind, MovesView, PointsExport, PointsRowsOf, Query, Reply,
    TierCount, TierFlow, TierPlace,
};
use ui::DateField;
use ui::chart::{Flow, FlowLink, FlowNode};
use ui::prelude::*;

/// The part.
#[component]
pub fn Moves(
    /// What drawing needs.
    part: Signal<Part>,
) -> impl IntoView {
    let asking = use_ask(move || {
        let part = part.get();
        let (as_of, since) = (part.day, part.since);
        Query::Liability(LiabilityQuery::Moves { as_of, since })
    });
    let answer = asking.view("chart", move |reply| match reply {
        Reply::Liability(reply) => match &**reply {
            LiabilityReply::Moves(moves) => content(part.get_untracked(), moves),
            _ => ().into_any(),
        },
        _ => ().into_any(),
    });
    view! {
        <section class="section rule-top" id="moves">
            <Since part/>
            {answer}
        </section>
    }
    .into_any()
}

/// The earlier of the two days, kept in the address.
#[component]
fn Since(
    /// What drawing needs.
    part: Signal<Part>,
) -> impl IntoView {
    let (words, state, today) = (use_words(), use_state(), use_today());
    let latest = Memo::new(move |_| part.get().day.unwrap_or(today));
    let shown = Memo::new(move |_| part.get().since.unwrap_or(latest.get().plus_months(-12)));
    let value = RwSignal::new(String::new());
    // The address decides; the field follows it.
    Effect::new(move |_| value.set(shown.get().to_string()));
    let read = move |text: &str| text.parse::<Day>().ok().filter(|day| day.year() >= 1970);
    let error = Signal::derive(move || {
        let late = value
            .with(|text| read(text))
            .is_some_and(|day| day >= latest.get());
        late.then(|| words.liability_moves_since_wrong().to_owned())
    });
    let changed = move |text: String| {
        let Some(day) = read(&text).filter(|day| *day < latest.get_untracked()) else {
            return;
        };
        let place = state.place.get_untracked();
        let there = Place {
            params: place.params.set(links::SINCE, &day.to_string()),
            route: place.route,
        };
        router::replace(&there.href());
    };
    view! {
        <div class="as-of">
            <DateField label=words.liability_moves_since() value error on_change=changed/>
        </div>
    }
    .into_any()
}

fn content(part: Part, view: &MovesView) -> AnyView {
    let words = part.words;
    if view.now.is_empty() {
        return view! { <p class="note">{words.liability_moves_no_tiers()}</p> }.into_any();
    }
    let count = |kind: MoveKind| -> u64 {
        let moved = view.moves.iter().filter(|it| it.kind == kind);
        moved.map(|it| it.members).sum()
    };
    let (up, down) = (count(MoveKind::Up), count(MoveKind::Down));
    let since = words.day(view.since);
    let title = if up + down == 0 {
        words.liability_moves_title_none(&since)
    } else {
        words.liability_moves_title(up, down, &since)
    };
    let (as_of, earlier) = (part.day, Some(view.since));
    view! {
        {part.head(
            title,
            words.liability_moves_caption(&since, &words.day(view.as_of)),
            PointsExport::Moves { as_of, since: earlier },
        )}
        {ways(part, view)}
        <div class="columns-2 moves">
            {picture(part, view)}
            {tiers(part, view)}
        </div>
        {table(part, view)}
    }
    .into_any()
}

/// How many went which way, each with its members.
fn ways(part: Part, view: &MovesView) -> AnyView {
    let words = part.words;
    let ways: Vec<AnyView> = [
        (MoveKind::Up, words.liability_moves_up()),
        (MoveKind::Down, words.liability_moves_down()),
        (MoveKind::Stayed, words.liability_moves_stayed()),
        (MoveKind::Joined, words.liability_moves_joined()),
    ]
    .into_iter()
    .map(|(kind, label)| {
        let moved = view.moves.iter().filter(|it| it.kind == kind);
        let members: u64 = moved.map(|it| it.members).sum();
        let number = words.count(members);
        let number = if members > 0 {
            let since = Some(view.since);
            let href = links::rows_href(&PointsRowsOf::MovedBy(kind), part.day, since);
            view! { <a href=href>{number}</a> }.into_any()
        } else {
            number.into_any()
        };
        view! { <li>{label}" "<strong>{number}</strong></li> }.into_any()
    })
    .collect();
    view! { <ul class="move-ways">{ways}</ul> }.into_any()
}

fn name_of(part: Part, side: &[TierCount], place: &TierPlace) -> String {
    let known = side.iter().find(|it| it.place == *place);
    place_name(part.words, place, known.map_or("", |it| it.name.as_str()))
}

fn key(kind: MoveKind) -> &'static str {
    match kind {
        MoveKind::Up => "up",
        MoveKind::Down => "down",
        MoveKind::Stayed => "stayed",
        MoveKind::Joined => "joined",
    }
}

fn moved_href(part: Part, view: &MovesView, it: &TierFlow) -> String {
    let of = PointsRowsOf::Moved {
        from: it.from.clone(),
        to: it.to.clone(),
    };
    links::rows_href(&of, part.day, Some(view.since))
}

fn picture(part: Part, view: &MovesView) -> AnyView {
    let words = part.words;
    // Nobody in a place on the earlier day, and it needs no room.
    let then: Vec<&TierCount> = view.then.iter().filter(|it| it.has.members > 0).collect();
    let now: Vec<&TierCount> = view.now.iter().filter(|it| it.has.members > 0).collect();
    let node = |it: &TierCount, href: Option<String>| FlowNode {
        label: place_name(words, &it.place, &it.name),
        text: words.count(it.has.members),
        value: it.has.members as f64,
        href,
    };
    let left = then
        .iter()
        .map(|it| {
            let inside = it.place != TierPlace::Outside;
            let of = PointsRowsOf::Tier(it.place.clone());
            let href = inside.then(|| links::rows_href(&of, Some(view.since), None));
            node(it, href)
        })
        .collect();
    let right = now
        .iter()
        .map(|it| node(it, Some(part.rows(&PointsRowsOf::Tier(it.place.clone())))))
        .collect();
    let links = view
        .moves
        .iter()
        .filter_map(|it| {
            let from = then.iter().position(|at| at.place == it.from)?;
            let to = now.iter().position(|at| at.place == it.to)?;
            let text = words.liability_moves_way(
                &name_of(part, &view.then, &it.from),
                &name_of(part, &view.now, &it.to),
                &words.liability_moves_has(it.members),
            );
            Some(FlowLink {
                from,
                to,
                value: it.members as f64,
                text,
                key: key(it.kind),
                href: Some(moved_href(part, view, it)),
            })
        })
        .collect();
    let label = words.liability_moves_caption(&words.day(view.since), &words.day(view.as_of));
    view! { <Flow label left right links/> }.into_any()
}

/// Members by tier on the later day.
fn tiers(part: Part, view: &MovesView) -> AnyView {
    let words = part.words;
    let all: u64 = view.now.iter().map(|it| it.has.members).sum();
    let rows: Vec<AnyView> = view
        .now
        .iter()
        .filter(|it| it.place != TierPlace::Below || it.has.members > 0)
        .map(|it| {
            let href = part.rows(&PointsRowsOf::Tier(it.place.clone()));
            view! {
                <tr>
                    <th scope="row">{place_name(words, &it.place, &it.name)}</th>
                    <td class="end strong"><a href=href>{words.count(it.has.members)}</a></td>
                    <td class="end quiet">{words.share(it.has.members, all)}</td>
                    <td class="end">{words.number(it.has.points.0)}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    view! {
        <div class="stack">
            <h3>
                <ui::Defined
                    label=words.liability_tiers()
                    definition=words.liability_tiers_means()
                    definition_label=words.act_definition()
                />
            </h3>
            <table class="table tiers-table">
                <thead>
                    <tr>
                        <th scope="col">{words.liability_tier()}</th>
                        <th scope="col" class="end">{words.liability_moves_members()}</th>
                        <th scope="col" class="end">{words.liability_tier_share()}</th>
                        <th scope="col" class="end">{words.liability_tier_points()}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// The movements as a table, for reading.
fn table(part: Part, view: &MovesView) -> AnyView {
    let words = part.words;
    let rows: Vec<AnyView> = view
        .moves
        .iter()
        .map(|it| {
            let kind = match it.kind {
                MoveKind::Up => words.liability_moves_up(),
                MoveKind::Down => words.liability_moves_down(),
                MoveKind::Stayed => words.liability_moves_stayed(),
                MoveKind::Joined => words.liability_moves_joined(),
            };
            view! {
                <tr>
                    <td>{name_of(part, &view.then, &it.from)}</td>
                    <td>{name_of(part, &view.now, &it.to)}</td>
                    <td>{kind}</td>
                    <td class="end"><a href=moved_href(part, view, it)>{words.count(it.members)}</a></td>
                </tr>
            }
            .into_any()
        })
        .collect();
    view! {
        <details class="disclosure">
            <summary>{words.act_table()}</summary>
            <table class="table narrow moves-table">
                <thead>
                    <tr>
                        <th scope="col">{words.liability_moves_from()}</th>
                        <th scope="col">{words.liability_moves_to()}</th>
                        <th scope="col">{words.liability_moves_kind()}</th>
                        <th scope="col" class="end">{words.liability_moves_members()}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </details>
    }
    .into_any()
}
