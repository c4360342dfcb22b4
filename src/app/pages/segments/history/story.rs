//! The numbers and the line of a segment over time, and the rules it had.

use super::super::segment::Subject;
use crate::many::past_href;
use crate::state::{use_ask, use_currency, use_today, use_words};
use model::{Currency, Day, SegmentId};
use protocol::{MembershipQuery, MembershipReply, MoveCounts, Past, Query, Reply, StoryView};
use text::Words;
use ui::chart::{Figure, Line};
use ui::prelude::*;
use ui::{EmptyState, StatNumber, icon};

/// Days of the table behind the line.
const ROWS: usize = 400;

/// The story.
#[component]
pub fn Story(segment: SegmentId, from: Memo<Day>, subject: Subject) -> impl IntoView {
    let words = use_words();
    let (currency, today) = (use_currency(), use_today());
    let href = subject.members_href();
    use_ask(move || {
        Query::Membership(MembershipQuery::Story {
            segment,
            from: Some(from.get().plus_days(1)),
            to: None,
        })
    })
    .view("tiles", move |reply| match reply {
        Reply::Membership(reply) => match &**reply {
            MembershipReply::Story(story) => shown(words, currency, today, story, &href),
            _ => ().into_any(),
        },
        _ => ().into_any(),
    })
}

fn shown(words: Words, currency: Currency, today: Day, story: &StoryView, href: &str) -> AnyView {
    let behind = story
        .behind
        .then(|| view! { <p class="note" role="status">{words.story_behind()}</p> });
    let Some(since) = story.since else {
        return view! {
            {behind}
            <EmptyState title=words.story_nothing() text=words.story_nothing_text() icon=icon::HISTORY/>
        }
        .into_any();
    };
    let watched = words.day(story.watched);
    let known = if since < story.watched {
        words.story_worked_out(&watched)
    } else {
        words.story_watched(&watched)
    };
    view! {
        {behind}
        {numbers(words, story, href)}
        {line(words, story)}
        <p class="note">{known}</p>
        {versions(words, currency, today, story)}
    }
    .into_any()
}

fn numbers(words: Words, story: &StoryView, href: &str) -> AnyView {
    let (first, last) = (words.day(story.from), words.day(story.to));
    let (segment, from, to) = (story.segment, story.from, story.to);
    let before = past_href(&[Past::Member {
        segment,
        on: from.plus_days(-1),
    }]);
    let entered = past_href(&[Past::Entered { segment, from, to }]);
    let left = past_href(&[Past::Left { segment, from, to }]);
    let note = |counts: &MoveCounts| words.story_customers(counts.customers);
    view! {
        <div class="stats story-stats">
            <StatNumber label=words.story_before() value=words.count(story.before) href=before/>
            <StatNumber
                label=words.story_entered()
                value=signed("+", &words.count(story.entered.total()))
                note=note(&story.entered)
                note_href=entered
                definition=words.story_entered_define(&first, &last)
                definition_label=words.story_entered()
            />
            <StatNumber
                label=words.story_left()
                value=signed("−", &words.count(story.left.total()))
                note=note(&story.left)
                note_href=left
                definition=words.story_left_define(&first, &last)
                definition_label=words.story_left()
            />
            <StatNumber label=words.story_after() value=words.count(story.after) href=href.to_owned()/>
        </div>
    }
    .into_any()
}

fn signed(sign: &str, number: &str) -> String {
    if number == "0" {
        return number.to_owned();
    }
    [sign, number].concat()
}

fn line(words: Words, story: &StoryView) -> AnyView {
    // What is compared with is the end of the day before.
    let (first, last) = (words.day(story.from.plus_days(-1)), words.day(story.to));
    let title = match story.after.cmp(&story.before) {
        std::cmp::Ordering::Greater => words.story_finding_up(story.after - story.before, &first),
        std::cmp::Ordering::Less => words.story_finding_down(story.before - story.after, &first),
        std::cmp::Ordering::Equal => words.story_finding_same(&first),
    };
    let values: Vec<(String, f64)> = story
        .days
        .iter()
        .map(|day| (words.day_of_year(day.day), day.members as f64))
        .collect();
    let head = vec![
        words.story_day().to_owned(),
        words.story_after().to_owned(),
        words.story_entered().to_owned(),
        words.story_left().to_owned(),
    ];
    let rows = story
        .days
        .iter()
        .rev()
        .take(ROWS)
        .map(|day| {
            vec![
                words.day(day.day),
                words.count(day.members),
                words.count(day.entered),
                words.count(day.left),
            ]
        })
        .collect();
    let axis = Callback::new(move |value: f64| words.count(value.round() as u64));
    view! {
        <Figure title=title.clone() caption=words.story_caption(&first, &last) table_label=words.story_days_table() head rows>
            <Line label=title values area=true axis/>
        </Figure>
    }
    .into_any()
}

/// The rules it had, the newest first.
fn versions(words: Words, currency: Currency, today: Day, story: &StoryView) -> AnyView {
    if story.versions.len() < 2 {
        return ().into_any();
    }
    let newest = story.versions.last().map(|version| version.version);
    let rows: Vec<AnyView> = story
        .versions
        .iter()
        .rev()
        .map(|version| {
            let now = (Some(version.version) == newest).then(|| words.story_now());
            let from = words.story_versions_from(&words.relative(version.from, today));
            view! {
                <li>
                    <strong>{words.story_version_number(u64::from(version.version))}</strong>
                    <span class="quiet">{from} " " {now}</span>
                    <span>{words.rule_in(&version.rule, currency)}</span>
                </li>
            }
            .into_any()
        })
        .collect();
    view! {
        <section class="section rule-top">
            <h2>{words.story_versions()}</h2>
            <ul class="story-versions">{rows}</ul>
        </section>
    }
    .into_any()
}
