//! What this browser remembers of a person's taste: language, theme, folded navigation, columns of lists.
//!
//! Kept in `localStorage` through gloo-storage; where that is refused (private windows, site data blocked), the
//! choice holds until the page is closed.

use gloo_storage::{LocalStorage, Storage};
use text::Locale;
use ui::prelude::*;

/// Light, dark, or as the system has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// All of them, in the order a person chooses from.
    pub const ALL: [Theme; 3] = [Theme::System, Theme::Light, Theme::Dark];

    /// Its name in storage and in `data-theme`.
    pub fn key(self) -> &'static str {
        match self {
            Theme::System => "system",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    /// The theme of this name, or the system's.
    pub fn of_key(key: &str) -> Self {
        Theme::ALL
            .into_iter()
            .find(|theme| theme.key() == key)
            .unwrap_or_default()
    }
}

fn storage_key(key: &str) -> String {
    ["shuke.", key].concat()
}

/// What was kept under a key. Values are JSON strings; `JSON` itself reads them, so that no reader is loaded for it.
pub fn read(key: &str) -> Option<String> {
    let kept = LocalStorage::raw().get_item(&storage_key(key)).ok()??;
    js_sys::JSON::parse(&kept).ok()?.as_string()
}

/// Keeps a value; an empty one forgets it.
pub fn write(key: &str, value: &str) {
    if value.is_empty() {
        LocalStorage::delete(storage_key(key));
    } else {
        // Refused storage: the choice still holds in memory.
        if let Ok(json) = js_sys::JSON::stringify(&value.into()) {
            let json = String::from(json);
            let _ = LocalStorage::raw().set_item(&storage_key(key), &json);
        }
    }
}

/// The language of the host page, the one chosen, or the browser's.
pub fn locale() -> Locale {
    let wanted = host_choice("lang")
        .or_else(|| read("language"))
        .or_else(|| window().navigator().language());
    Locale::of_tag(&wanted.unwrap_or_default())
}

/// The theme of the host page, or the one chosen.
pub fn theme() -> Theme {
    let wanted = host_choice("theme").or_else(|| read("theme"));
    Theme::of_key(&wanted.unwrap_or_default())
}

/// A preference as a signal that is kept whenever it is set.
pub fn preference(key: &'static str) -> RwSignal<String> {
    let signal = RwSignal::new(read(key).unwrap_or_default());
    Effect::watch(
        move || signal.get(),
        move |value, _, _| write(key, value),
        false,
    );
    signal
}
