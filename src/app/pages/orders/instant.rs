//! Local times that a person types, as instants.
//!
//! The page carries no time zone data (it would cost more code than all the pages); the browser has it. An instant is
//! found by asking what the clock in the zone shows at a guess, and moving the guess by the difference.

use crate::state::State;
use js_sys::{Array, Date, Function, Object, Reflect};
use model::{Day, Timestamp, Zone};
use ui::prelude::*;
use wasm_bindgen::{JsCast, JsValue};

/// Right now.
pub fn now() -> Timestamp {
    Timestamp(Date::now() as i64)
}

/// Milliseconds since 1970 of a date-time such as `2026-01-31T18:30` read as if it were UTC.
fn read_as_utc(local: &str) -> Option<f64> {
    let text = local.trim().replace(' ', "T");
    let ms = Date::parse(&format!("{text}Z"));
    ms.is_finite().then_some(ms)
}

/// What the clocks of `zone` show at an instant, read as if it were UTC.
fn shown(zone: &str, at_ms: f64) -> Option<f64> {
    let options = Object::new();
    Reflect::set(&options, &"timeZone".into(), &zone.into()).ok()?;
    // The Swedish form is that of ISO 8601: 2026-01-31 18:30:05.
    let date = Date::new(&JsValue::from_f64(at_ms));
    let text: String = date.to_locale_string("sv-SE", &options).into();
    read_as_utc(&text)
}

/// The instant at which the clocks of `zone` show `local` (`2026-01-31T18:30`). Around a clock change the nearest.
pub fn instant(zone: &str, local: &str) -> Option<Timestamp> {
    let wanted = read_as_utc(local)?;
    let mut guess = wanted;
    for _ in 0..2 {
        guess += wanted - shown(zone, guess)?;
    }
    Some(Timestamp(guess as i64))
}

/// What the clocks of `zone` show at an instant, to the minute: `2026-01-31T18:30`.
pub fn local(zone: &str, at: Timestamp) -> String {
    let ms = at.0 as f64;
    let shown = shown(zone, ms).unwrap_or(ms);
    let iso = String::from(Date::new(&JsValue::from_f64(shown)).to_iso_string());
    iso.chars().take(16).collect()
}

/// The local day of an instant in `zone`; `None` for a zone the browser does not know.
pub fn day(zone: &str, at: Timestamp) -> Option<Day> {
    local(zone, at).get(..10)?.parse().ok()
}

/// The zone of this name, if the browser knows it. The browser reads names in any case, the worker only as they are
/// written; so a name that differs in more than case from what the browser makes of it has to look like one.
pub fn known_zone(text: &str) -> Option<Zone> {
    let text = text.trim();
    let options = Object::new();
    Reflect::set(&options, &"timeZone".into(), &text.into()).ok()?;
    let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
    let format: Function = Reflect::get(&intl, &"DateTimeFormat".into())
        .ok()?
        .dyn_into()
        .ok()?;
    // Throws what `construct` hands over as an error when the zone is in no list.
    let made = Reflect::construct(&format, &Array::of2(&"en".into(), &options)).ok()?;
    let made: js_sys::Intl::DateTimeFormat = made.dyn_into().ok()?;
    let name = Reflect::get(&made.resolved_options(), &"timeZone".into())
        .ok()?
        .as_string()?;
    if name.eq_ignore_ascii_case(text) {
        return Zone::parse(&name).ok();
    }
    let looks_right = text
        .split('/')
        .all(|part| part.starts_with(|c: char| c.is_ascii_uppercase()));
    if looks_right {
        Zone::parse(text).ok()
    } else {
        None
    }
}

/// The name of the business's time zone.
pub fn zone(state: State) -> String {
    let status = state.client.status().get_untracked();
    status
        .map_or("UTC", |status| status.settings.zone.name())
        .to_owned()
}
