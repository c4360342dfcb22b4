//! What stands where content is missing, late, wrong or under way.

use crate::icon::{self, Glyph, Icon};
use crate::prelude::*;
use crate::{Button, Tone};

/// The title: the page's own, or one below it.
fn heading(title: String, whole: bool) -> AnyView {
    if whole {
        view! { <h1 class="empty-title" tabindex="-1">{title}</h1> }.into_any()
    } else {
        view! { <h2 class="empty-title">{title}</h2> }.into_any()
    }
}

/// Nothing here yet: what this is for, one action, an example.
#[component]
pub fn EmptyState(
    /// What is (not) here.
    #[prop(into)]
    title: String,
    /// What it is for.
    #[prop(into)]
    text: String,
    /// A picture of it.
    #[prop(optional, into)]
    icon: Option<Glyph>,
    /// It stands in place of the whole page, whose title it then is.
    #[prop(optional)]
    whole: bool,
    /// The action, an example.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            {icon.map(|glyph| view! { <Icon glyph/> })}
            {heading(title, whole)}
            <p>{text}</p>
            {children.map(|children| view! { <div class="actions">{children()}</div> })}
        </div>
    }
    .into_any()
}

/// The shape of what is coming; shown after 150 ms so that quick answers do not flicker.
#[component]
pub fn Skeleton(
    /// Lines of it.
    #[prop(default = 3)]
    lines: usize,
    /// `text`, `rows` (36 px), `tiles` or `chart`.
    #[prop(default = "text")]
    shape: &'static str,
) -> impl IntoView {
    let bones: Vec<_> = (0..lines).map(|_| view! { <i></i> }).collect();
    view! { <div class="skeleton" data-shape=shape aria-hidden="true">{bones}</div> }.into_any()
}

/// Something went wrong: what happened, what is safe, what to do.
#[component]
pub fn ErrorState(
    /// What happened.
    #[prop(into)]
    title: String,
    /// What is safe and what to do.
    #[prop(into)]
    text: String,
    /// It stands in place of the whole page, whose title it then is.
    #[prop(optional)]
    whole: bool,
    /// The button's text.
    #[prop(optional, into)]
    action: String,
    /// What the button does.
    #[prop(optional, into)]
    on_action: Option<Callback<()>>,
    /// Other ways out.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty" role="alert">
            <Icon glyph=icon::ALERT/>
            {heading(title, whole)}
            <p>{text}</p>
            {on_action
                .map(|act| {
                    view! {
                        <div class="actions">
                            <Button label=action on_press=act/>
                        </div>
                    }
                })}
            {children.map(|children| children())}
        </div>
    }
    .into_any()
}

/// A line above the page about the state of the whole.
#[component]
pub fn Banner(
    /// What it says.
    #[prop(into)]
    text: String,
    /// Its tone.
    #[prop(optional)]
    tone: Tone,
    /// Its icon.
    #[prop(optional, into)]
    icon: Option<Glyph>,
    /// A button or a link.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let role = if tone == Tone::Urgent {
        "alert"
    } else {
        "status"
    };
    view! {
        <div class="banner" data-tone=tone.name() role=role>
            {icon.map(|glyph| view! { <Icon glyph/> })}
            <p>{text}</p>
            {children.map(|children| view! { <div class="actions">{children()}</div> })}
        </div>
    }
    .into_any()
}

/// How far long work is.
#[component]
pub fn ProgressBar(
    /// What is under way, for readers.
    #[prop(into)]
    label: String,
    /// 0 to 1; `None` when nobody knows.
    #[prop(into)]
    done: Signal<Option<f64>>,
) -> impl IntoView {
    view! {
        <progress
            class="progress"
            aria-label=label
            max="1"
            value=move || done.get().map(|done| crate::chart::attribute(done.clamp(0.0, 1.0)))
        ></progress>
    }
    .into_any()
}
