//! Language and theme of this browser; name, currency, zone and life cycle of the business.

use super::Block;
use crate::pages::orders::instant;
use crate::pages::segments::Thresholds;
use crate::prefs::{self, Theme};
use crate::state::{apply_in, use_state, use_status, use_words};
use model::{Currency, WorkspaceSettings};
use protocol::Command;
use text::Locale;
use ui::prelude::*;
use ui::{Button, Choice, Input, Look, Segmented};

/// Everything that is not about the data's safety.
#[component]
pub fn General() -> impl IntoView {
    let words = use_words();
    let settings = use_status().with_untracked(|s| s.as_ref().map(|s| s.settings.clone()));
    view! {
        <div>
            <Block title=words.settings_device() text=words.settings_device_text()>
                <Device/>
            </Block>
            {settings
                .map(|settings| {
                    let lifecycle = settings.lifecycle;
                    view! {
                        <Block title=words.settings_business() text=words.settings_business_text()>
                            <Business settings/>
                        </Block>
                        <Block title=words.settings_lifecycle() text=words.settings_lifecycle_text()>
                            <Thresholds start=lifecycle/>
                        </Block>
                    }
                })}
        </div>
    }
    .into_any()
}

#[component]
fn Device() -> impl IntoView {
    let words = use_words();
    let state = use_state();
    let language = RwSignal::new(state.locale.get_untracked().tag().to_owned());
    let languages = Locale::ALL
        .into_iter()
        .map(|locale| Choice::new(locale.tag(), locale.own_name()))
        .collect();
    let who = prefs::preference("who");
    let theme = RwSignal::new(state.theme.get_untracked().key().to_owned());
    let themes = vec![
        Choice::new(Theme::System.key(), words.settings_theme_system()),
        Choice::new(Theme::Light.key(), words.settings_theme_light()),
        Choice::new(Theme::Dark.key(), words.settings_theme_dark()),
    ];
    view! {
        <Segmented
            label=words.settings_language()
            value=language
            choices=languages
            on_change=move |tag: String| state.locale.set(Locale::of_tag(&tag))
        />
        <Segmented
            label=words.settings_theme()
            value=theme
            choices=themes
            on_change=move |key: String| state.theme.set(Theme::of_key(&key))
        />
        <Input label=words.settings_who() value=who hint=words.settings_who_text() placeholder=words.settings_who_hint()/>
    }
    .into_any()
}

#[component]
fn Business(
    /// As they are.
    settings: WorkspaceSettings,
) -> impl IntoView {
    let words = use_words();
    let state = use_state();
    let name = RwSignal::new(settings.name.clone());
    let currency = RwSignal::new(settings.currency.code().to_owned());
    let zone = RwSignal::new(settings.zone.name().to_owned());
    let phone_country = RwSignal::new(settings.phone_country.clone());
    let error = |bad: bool, what: &'static str| bad.then(|| what.to_owned());
    let currency_error = Signal::derive(move || {
        error(
            currency.with(|c| Currency::parse(c).is_err()),
            words.settings_currency_wrong(),
        )
    });
    let zone_error = Signal::derive(move || {
        error(
            zone.with(|z| instant::known_zone(z).is_none()),
            words.settings_zone_wrong(),
        )
    });
    let good_country = |text: &str| {
        let text = text.trim();
        (1..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
    };
    let phone_error = Signal::derive(move || {
        error(
            !phone_country.with(|text| good_country(text)),
            words.settings_phone_country_wrong(),
        )
    });
    let save = move |()| {
        let read = (
            Currency::parse(&currency.get_untracked()),
            instant::known_zone(&zone.get_untracked()),
        );
        let (Ok(currency), Some(zone)) = read else {
            return;
        };
        if phone_error.get_untracked().is_some() {
            return;
        }
        // Thresholds and assumptions may have been saved since this form was drawn.
        let kept = state
            .client
            .status()
            .with_untracked(|s| s.as_ref().map(|s| s.settings.clone()));
        let Some(kept) = kept else { return };
        let settings = WorkspaceSettings {
            name: name.get_untracked().trim().to_owned(),
            currency,
            zone,
            phone_country: phone_country.get_untracked().trim().to_owned(),
            ..kept
        };
        apply_in(
            state,
            Command::SetSettings { settings },
            words.settings_saved().to_owned(),
            |_| {},
        );
    };
    view! {
        <Input label=words.settings_name() value=name hint=words.settings_name_hint() autocomplete="organization"/>
        <Input label=words.settings_currency() value=currency error=currency_error hint=words.settings_currency_hint()/>
        <Input label=words.settings_zone() value=zone error=zone_error hint=words.settings_zone_hint()/>
        <Input
            label=words.settings_phone_country()
            value=phone_country
            error=phone_error
            hint=words.settings_phone_country_hint()
            mode="numeric"
        />
        <Button label=words.settings_save() look=Look::Primary on_press=save/>
    }
    .into_any()
}
