//! Tags, chips and badges: short texts in a frame.

use crate::icon::{self, Icon};
use crate::prelude::*;

/// What a badge or banner is about. The words say it too; colour alone never does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Nothing special.
    #[default]
    Neutral,
    /// Good.
    Good,
    /// Worth a look.
    Notice,
    /// Needs a person now.
    Urgent,
}

impl Tone {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Tone::Neutral => "neutral",
            Tone::Good => "good",
            Tone::Notice => "notice",
            Tone::Urgent => "urgent",
        }
    }
}

/// A word about a record: a stage, a status, a tier.
#[component]
pub fn Badge(
    /// The word.
    #[prop(into)]
    label: String,
    /// Its tone.
    #[prop(optional)]
    tone: Tone,
) -> impl IntoView {
    view! { <span class="badge" data-tone=tone.name()>{label}</span> }.into_any()
}

/// A tag, or a condition of a filter; can be taken away when `on_remove` is given, opened when `href` is.
#[component]
pub fn Chip(
    /// Its text.
    #[prop(into)]
    label: String,
    /// Where it leads.
    #[prop(optional, into)]
    href: Option<String>,
    /// Name of the button that takes it away.
    #[prop(optional, into)]
    remove_label: String,
    /// Takes it away.
    #[prop(optional, into)]
    on_remove: Option<Callback<()>>,
) -> impl IntoView {
    let text = match href {
        Some(href) => view! { <a href=href>{label}</a> }.into_any(),
        None => view! { <span>{label}</span> }.into_any(),
    };
    view! {
        <span class="chip">
            {text}
            {on_remove
                .map(|remove| {
                    view! {
                        <button type="button" aria-label=remove_label on:click=move |_| remove.run(())>
                            <Icon glyph=icon::CLOSE/>
                        </button>
                    }
                })}
        </span>
    }
    .into_any()
}
