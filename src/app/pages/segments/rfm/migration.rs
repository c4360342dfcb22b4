//! Who moved between groups since a day: in a sentence, as a flow, and as a table.

use super::super::sheet::{self, Sheet};
use super::super::stepped::stepped;
use super::members::band_name;
use super::{Part, link, use_options};
use crate::as_of::use_as_of;
use crate::router::{self, Place};
use crate::state::{use_currency, use_place, use_state, use_today, use_words};
use model::Day;
use protocol::{InsightQuery, InsightReply, MembersOf, Migration, Move};
use std::collections::BTreeMap;
use ui::DateField;
use ui::chart::{Figure, Flow, FlowLink, FlowNode};
use ui::prelude::*;

/// The groups in their order, best first.
const GROUPS: [&str; 11] = [
    "champions",
    "loyal",
    "active",
    "new",
    "promising",
    "needs_attention",
    "at_risk",
    "previously_loyal",
    "almost_lost",
    "dormant",
    "prospects",
];

/// The classes in their order, and those without scores.
const CLASSES: [&str; 9] = [
    "key_value",
    "key_develop",
    "key_keep",
    "key_win_back",
    "general_value",
    "general_develop",
    "general_keep",
    "general_win_back",
    "prospects",
];

/// What the figures compare.
fn bands(migration: &Migration) -> &'static [&'static str] {
    bands_of(migration.classes)
}

/// The classes or the groups.
pub(super) fn bands_of(classes: bool) -> &'static [&'static str] {
    if classes { &CLASSES } else { &GROUPS }
}

/// The earlier day of the address, if it is before the figures' day; else three months before.
pub(in super::super) fn use_since() -> Memo<Day> {
    let (place, today) = (use_place(), use_today());
    let day = use_as_of();
    Memo::new(move |_| {
        let now = day.get().unwrap_or(today);
        let asked = place.with(|place| place.params.get(link::SINCE)?.parse::<Day>().ok());
        asked
            .filter(|since| *since < now && since.year() >= 1970)
            .unwrap_or_else(|| now.plus_months(-3))
    })
}

/// The field for the earlier day.
#[component]
pub(in super::super) fn Since(
    /// Its label.
    #[prop(into)]
    label: String,
    /// The day it shows.
    since: Memo<Day>,
) -> impl IntoView {
    let state = use_state();
    let value = RwSignal::new(since.get_untracked().to_string());
    Effect::new(move |_| value.set(since.get().to_string()));
    let changed = move |text: String| {
        if text.parse::<Day>().is_ok_and(|day| day.year() >= 1970) {
            let place = state.place.get_untracked();
            let there = Place {
                params: place.params.set(link::SINCE, &text),
                route: place.route,
            };
            router::replace(&there.href());
        }
    };
    view! { <div class="since"><DateField label=label value on_change=changed/></div> }.into_any()
}

/// The section.
#[component]
pub(super) fn Moved() -> impl IntoView {
    let (words, currency) = (use_words(), use_currency());
    let (day, options, since) = (use_as_of(), use_options(), use_since());
    let figures = stepped(
        move || {
            Some(InsightQuery::Migration {
                as_of: day.get(),
                since: since.get(),
                options: options.get(),
            })
        },
        "chart",
        move |reply| match reply {
            InsightReply::Migration(migration) => {
                let part = Part {
                    words,
                    currency,
                    day: day.get_untracked(),
                    options: options.get_untracked(),
                };
                content(&part, migration)
            }
            _ => ().into_any(),
        },
    );
    view! {
        <section class="section rule-top" id="moved">
            <Since label=words.scoring_moved_since() since/>
            {figures}
        </section>
    }
    .into_any()
}

fn place_of(bands: &[&str], band: &str) -> usize {
    let found = bands.iter().position(|it| *it == band);
    found.unwrap_or(bands.len())
}

fn of_move(migration: &Migration, it: &Move) -> MembersOf {
    MembersOf::Moved {
        from: it.from.clone(),
        to: it.to.clone(),
        since: migration.since,
    }
}

fn content(part: &Part, migration: &Migration) -> AnyView {
    let words = part.words;
    let title = words.scoring_moved_title(
        &words.day(migration.since),
        migration.better,
        &words.count(migration.worse),
    );
    let counts = [
        (words.scoring_moved_better(), migration.better),
        (words.scoring_moved_worse(), migration.worse),
        (words.scoring_moved_same(), migration.same),
        (words.scoring_moved_joined(), migration.joined),
    ];
    let counts: Vec<AnyView> = counts
        .into_iter()
        .map(|(name, count)| {
            view! { <div><dt>{name}</dt><dd>{words.count(count)}</dd></div> }.into_any()
        })
        .collect();
    let moved = migration.better + migration.worse;
    let lead = if migration.classes {
        words.scoring_moved_lead_classes()
    } else {
        words.scoring_moved_lead()
    };
    let picture = if moved == 0 {
        view! { <p class="note">{words.scoring_moved_none()}</p> }.into_any()
    } else {
        flow(part, migration)
    };
    view! {
        <h2>{title}</h2>
        <p class="note">{lead}</p>
        <dl class="moved-facts">{counts}</dl>
        {picture}
        {table(part, migration)}
        {file(part, migration)}
    }
    .into_any()
}

/// All moves as a file, those who stayed too.
fn file(part: &Part, migration: &Migration) -> AnyView {
    let words = part.words;
    let migration = migration.clone();
    sheet::save("rfm-moves", words.scoring_moved_table(), move || {
        let mut sheet = Sheet::new(&[
            words.scoring_moved_from(),
            words.scoring_moved_to(),
            words.scoring_moved_count(),
        ]);
        for it in &migration.moves {
            let from = match &it.from {
                Some(from) => band_name(words, from),
                None => words.scoring_moved_not_yet().to_owned(),
            };
            let people = sheet::count(it.count);
            sheet.row(&[&from, &band_name(words, &it.to), &people]);
        }
        sheet
    })
}

fn flow(part: &Part, migration: &Migration) -> AnyView {
    let words = part.words;
    let bands = bands(migration);
    let moves: Vec<&Move> = migration
        .moves
        .iter()
        .filter(|it| it.from.as_ref().is_some_and(|from| *from != it.to))
        .collect();
    let mut left: BTreeMap<usize, u64> = BTreeMap::new();
    let mut right: BTreeMap<usize, u64> = BTreeMap::new();
    for it in &moves {
        let from = it
            .from
            .as_deref()
            .map_or(bands.len(), |from| place_of(bands, from));
        *left.entry(from).or_default() += it.count;
        *right.entry(place_of(bands, &it.to)).or_default() += it.count;
    }
    let node = |(place, count): (&usize, &u64)| FlowNode {
        label: bands
            .get(*place)
            .map(|it| band_name(words, it))
            .unwrap_or_default(),
        text: words.count(*count),
        value: *count as f64,
        href: None,
    };
    let links: Vec<FlowLink> = moves
        .iter()
        .filter_map(|it| {
            let from = it.from.as_deref()?;
            let (before, now) = (place_of(bands, from), place_of(bands, &it.to));
            Some(FlowLink {
                from: left.keys().position(|at| *at == before)?,
                to: right.keys().position(|at| *at == now)?,
                value: it.count as f64,
                text: words.scoring_moved_link(
                    &band_name(words, from),
                    &band_name(words, &it.to),
                    &words.count(it.count),
                ),
                key: if now < before { "up" } else { "down" },
                href: Some(part.members(&of_move(migration, it))),
            })
        })
        .collect();
    let caption =
        words.scoring_moved_caption(&words.day(migration.since), &words.day(migration.as_of));
    let (left, right) = (
        left.iter().map(node).collect::<Vec<FlowNode>>(),
        right.iter().map(node).collect::<Vec<FlowNode>>(),
    );
    view! {
        <Figure title="" caption=caption.clone()>
            <Flow label=caption left right links room=260/>
        </Figure>
    }
    .into_any()
}

/// All moves: a row for each group before, a column for each group now.
fn table(part: &Part, migration: &Migration) -> AnyView {
    let words = part.words;
    let bands = bands(migration);
    let count = |from: Option<&str>, to: &str| {
        let found = migration
            .moves
            .iter()
            .find(|it| it.from.as_deref() == from && it.to == to);
        found.map(|it| {
            let from = match &it.from {
                Some(from) => band_name(words, from),
                None => words.scoring_moved_not_yet().to_owned(),
            };
            let name =
                words.scoring_moved_link(&from, &band_name(words, to), &words.count(it.count));
            let href = part.members(&of_move(migration, it));
            view! { <a href=href title=name.clone() aria-label=name>{words.count(it.count)}</a> }
                .into_any()
        })
    };
    let head: Vec<AnyView> = bands
        .iter()
        .map(|to| view! { <th scope="col" class="end">{band_name(words, to)}</th> }.into_any())
        .collect();
    let rows: Vec<AnyView> = bands
        .iter()
        .map(|from| Some(*from))
        .chain([None])
        .map(|from| {
            let name = match from {
                Some(from) => band_name(words, from),
                None => words.scoring_moved_not_yet().to_owned(),
            };
            let cells: Vec<AnyView> = bands
                .iter()
                .map(|to| {
                    let here = from == Some(*to);
                    let cell = count(from, to).unwrap_or_else(|| "".into_any());
                    view! { <td class="end" class:stayed=here>{cell}</td> }.into_any()
                })
                .collect();
            view! { <tr><th scope="row">{name}</th>{cells}</tr> }.into_any()
        })
        .collect();
    view! {
        <details class="figure-table">
            <summary>{words.scoring_moved_table()}</summary>
            <div class="table-scroll" tabindex="0" role="region" aria-label=words.scoring_moved_table()>
                <table class="table moves-table">
                    <thead><tr><th scope="col">{words.scoring_moved_from()}" ↓ "{words.scoring_moved_to()}" →"</th>{head}</tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </details>
    }
    .into_any()
}
