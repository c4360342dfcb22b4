//! What stands above the first page where the browser threw the data away. It is a part of the settings to the program,
//! so that the page's first load does not grow by what hardly anybody ever sees.

use crate::held;
use crate::router::Route;
use crate::state::use_words;
use model::Day;
use ui::prelude::*;
use ui::{Banner, Button, LinkButton, Look, Tone, icon};

/// How much there was, when it was last seen, and the ways back to it.
#[component]
pub fn ThrownAway() -> impl IntoView {
    let words = use_words();
    let told = RwSignal::new(true);
    let last = held::last().unwrap_or_default();
    let mut parts = last.split(' ');
    let day = parts.next().and_then(|day| day.parse().ok());
    let day = words.day(Day(day.unwrap_or_default()));
    let mut count = || {
        words.count(
            parts
                .next()
                .and_then(|it| it.parse().ok())
                .unwrap_or_default(),
        )
    };
    let (customers, orders) = (count(), count());
    let text = words.home_held(&customers, &orders, &day);
    let forget = move |()| {
        held::forget();
        told.set(false);
    };
    move || {
        told.get().then(|| {
            view! {
                <Banner text=text.clone() tone=Tone::Urgent icon=icon::ALERT>
                    <LinkButton
                        label=words.home_held_restore()
                        href=Route::Settings("data".to_owned()).href()
                        look=Look::Primary
                    />
                    <LinkButton
                        label=words.home_held_fetch()
                        href=Route::Settings("sync".to_owned()).href()
                    />
                    <Button label=words.home_held_right() look=Look::Quiet on_press=forget/>
                </Banner>
            }
            .into_any()
        })
    }
}
