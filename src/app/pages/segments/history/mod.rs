//! History: who entered and left a segment, and when, why and by which version of its rule.

mod moves;
mod story;

use super::segment::Subject;
use crate::router::{self, Place};
use crate::state::{use_place, use_today, use_words};
use model::Day;
use moves::Moves;
use story::Story;
use ui::prelude::*;
use ui::{Choice, DateField, Select};

/// Days back that are ready to choose.
const SPANS: [i32; 4] = [7, 30, 90, 180];

/// The part of a segment's page.
#[component]
pub fn History(
    /// The segment.
    subject: Subject,
) -> impl IntoView {
    let Some(segment) = subject.id else {
        return ().into_any();
    };
    let (place, today) = (use_place(), use_today());
    let from = Memo::new(move |_| {
        let day = place.with(|place| place.params.get("since").and_then(|day| day.parse().ok()));
        day.filter(|day: &Day| *day < today)
            .unwrap_or(today.plus_days(-30))
    });
    view! {
        <div class="page story">
            <Since from today/>
            <Story segment from subject/>
            <Moves segment from/>
        </div>
    }
    .into_any()
}

fn ask(day: Day) {
    let hash = window().location().hash().unwrap_or_default();
    let place = Place::parse(&hash);
    let there = Place {
        params: place.params.set("since", &day.to_string()),
        route: place.route,
    };
    router::replace(&there.href());
}

/// Since when.
#[component]
fn Since(from: Memo<Day>, today: Day) -> impl IntoView {
    let words = use_words();
    let span = move |from: Day| {
        SPANS
            .iter()
            .find(|days| today.plus_days(-**days) == from)
            .map_or("day".to_owned(), |days| days.to_string())
    };
    let value = RwSignal::new(span(from.get_untracked()));
    let day = RwSignal::new(from.get_untracked().to_string());
    Effect::new(move |_| {
        let from = from.get();
        value.set(span(from));
        day.set(from.to_string());
    });
    let choices = vec![
        Choice::new("7", words.story_since_week()),
        Choice::new("30", words.story_since_month()),
        Choice::new("90", words.story_since_quarter()),
        Choice::new("180", words.story_since_half()),
        Choice::new("day", words.story_since_day()),
    ];
    let chosen = Callback::new(move |text: String| {
        if let Ok(days) = text.parse::<i32>() {
            ask(today.plus_days(-days));
        }
    });
    let typed = Callback::new(move |text: String| {
        if let Ok(day) = text.parse::<Day>()
            && day.year() >= 1970
            && day < today
        {
            ask(day);
        }
    });
    view! {
        <div class="story-since">
            <Select label=words.story_since() value choices on_change=chosen/>
            <DateField label=words.story_since_day_field() value=day on_change=typed/>
        </div>
    }
    .into_any()
}
