//! The day that figures are of: kept in the address (`?on=2026-03-31`), so that a past state is a link.
//!
//! A page puts [`AsOf`] above its figures and asks with the day of [`use_as_of`]; links from a figure to its rows
//! carry the same parameter ([`with_day`]), so that a number of a past day opens the rows of that day.

use crate::router::{self, Place};
use crate::state::{use_place, use_state, use_status, use_words};
use model::Day;
use ui::prelude::*;
use ui::{Banner, Button, DateField, Tone, icon};

/// The parameter's name.
pub const PARAM: &str = "on";

/// Years before it are half-typed ones: a calendar field reports `0202` on the way to `2026`.
const FIRST_YEAR: i32 = 1970;

/// The past day that a text names. Today and days ahead are none: figures of today are the usual ones, and of
/// tomorrow nothing is known yet.
pub fn past_day(text: &str, today: Day) -> Option<Day> {
    let day: Day = text.parse().ok()?;
    (day.year() >= FIRST_YEAR && day < today).then_some(day)
}

/// The past day that the address asks for; `None` is today.
pub fn use_as_of() -> Memo<Option<Day>> {
    let (place, status) = (use_place(), use_status());
    Memo::new(move |_| {
        let today = status.with(|status| status.as_ref().map(|s| s.today))?;
        place.with(|place| past_day(place.params.get(PARAM)?, today))
    })
}

/// A link with the day as a parameter, where there is one.
pub fn with_day(href: String, day: Option<Day>) -> String {
    let Some(day) = day else { return href };
    let place = Place::parse(&href);
    Place {
        params: place.params.set(PARAM, &day.to_string()),
        route: place.route,
    }
    .href()
}

/// The field for the day, the way back to today, and the notice that the figures are of that day.
#[component]
pub fn AsOf() -> impl IntoView {
    let words = use_words();
    let (state, status) = (use_state(), use_status());
    let day = use_as_of();
    let today = Memo::new(move |_| status.with(|status| status.as_ref().map(|s| s.today)));
    let value = RwSignal::new(String::new());
    // The address decides; the field follows it, also when the browser goes back.
    Effect::new(move |_| {
        if let Some(day) = day.get().or(today.get()) {
            value.set(day.to_string());
        }
    });
    let error = Signal::derive(move || {
        let chosen = value.with(|text| text.parse::<Day>().ok());
        let ahead = chosen.is_some() && chosen > today.get();
        ahead.then(|| words.asof_ahead().to_owned())
    });
    let ask = move |day: Option<Day>| {
        let text = day.map(|day| day.to_string()).unwrap_or_default();
        let place = state.place.get_untracked();
        let there = Place {
            params: place.params.set(PARAM, &text),
            route: place.route,
        };
        router::replace(&there.href());
    };
    let changed = move |text: String| {
        let Some(today) = today.get_untracked() else {
            return;
        };
        let chosen = past_day(&text, today);
        // A half-typed year and a day ahead leave the figures as they are; today is the way back.
        if chosen.is_some() || text.parse() == Ok(today) {
            ask(chosen);
        }
    };
    let notice = move || {
        day.get().map(|day| {
            view! {
                <Banner text=words.asof_notice(&words.day(day)) tone=Tone::Notice icon=icon::CALENDAR>
                    <Button label=words.asof_today() on_press=move |()| ask(None)/>
                </Banner>
            }
        })
    };
    view! {
        <div class="as-of">
            <DateField label=words.asof_label() value error on_change=changed/>
            {notice}
        </div>
    }
    .into_any()
}
