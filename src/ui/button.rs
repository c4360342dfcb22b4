//! Buttons and links that look like buttons.

use crate::icon::{Glyph, Icon};
use crate::prelude::*;

/// How much a button calls for attention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// The one primary action of a page or dialog.
    Primary,
    /// An ordinary action, with a hairline.
    #[default]
    Plain,
    /// Without a frame until it is pointed at.
    Quiet,
    /// Takes something away.
    Danger,
}

impl Look {
    pub(crate) fn class(self) -> &'static str {
        match self {
            Look::Primary => "button primary",
            Look::Plain => "button",
            Look::Quiet => "button quiet",
            Look::Danger => "button danger",
        }
    }
}

/// A button with a text.
#[component]
pub fn Button(
    /// What it says; also its name.
    #[prop(into)]
    label: String,
    /// How it looks.
    #[prop(optional)]
    look: Look,
    /// An icon before the text.
    #[prop(optional, into)]
    icon: Option<Glyph>,
    /// Cannot be pressed now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Its action is under way: cannot be pressed, shows so.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// Submits the form it stands in, instead of `on_press`.
    #[prop(optional)]
    submit: bool,
    /// The key that does the same, shown beside the text (`N`).
    #[prop(optional)]
    key: &'static str,
    /// What it does.
    #[prop(optional, into)]
    on_press: Option<Callback<()>>,
) -> impl IntoView {
    view! {
        <button
            type=if submit { "submit" } else { "button" }
            class=look.class()
            disabled=move || disabled.get() || busy.get()
            aria-busy=move || busy.get().then_some("true")
            on:click=move |_| {
                if let Some(press) = on_press {
                    press.run(());
                }
            }
        >
            {icon.map(|glyph| view! { <Icon glyph/> })}
            <span>{label}</span>
            {(!key.is_empty()).then(|| view! { <kbd aria-hidden="true">{key}</kbd> })}
        </button>
    }
    .into_any()
}

/// A button that is only an icon.
#[component]
pub fn IconButton(
    /// Its name, for readers and as a tip.
    #[prop(into)]
    label: String,
    /// The icon.
    icon: Glyph,
    /// Cannot be pressed now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Switched on, for buttons that stay pressed.
    #[prop(optional, into)]
    pressed: Option<Signal<bool>>,
    /// What it does.
    #[prop(into)]
    on_press: Callback<()>,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="icon-button"
            aria-label=label.clone()
            title=label
            disabled=move || disabled.get()
            aria-pressed=move || pressed.map(|on| if on.get() { "true" } else { "false" })
            on:click=move |_| on_press.run(())
        >
            <Icon glyph=icon/>
        </button>
    }
    .into_any()
}

/// A link that looks like a button.
#[component]
pub fn LinkButton(
    /// What it says.
    #[prop(into)]
    label: String,
    /// Where it goes.
    #[prop(into)]
    href: String,
    /// How it looks.
    #[prop(optional)]
    look: Look,
    /// An icon before the text.
    #[prop(optional, into)]
    icon: Option<Glyph>,
) -> impl IntoView {
    view! {
        <a class=look.class() href=href>
            {icon.map(|glyph| view! { <Icon glyph/> })}
            <span>{label}</span>
        </a>
    }
    .into_any()
}
