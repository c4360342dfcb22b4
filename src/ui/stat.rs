//! Numbers that can be opened, the head of a page, and a pager.

use crate::icon::{self, Icon};
use crate::prelude::*;

/// An amount in two tones: the unit stands quieter than the digits.
#[component]
pub fn Amount(
    /// `-`, `¥`: what stands before the digits.
    #[prop(into)]
    unit: String,
    /// The digits.
    #[prop(into)]
    digits: String,
    /// What stands after them (`积分`).
    #[prop(optional, into)]
    after: String,
) -> impl IntoView {
    view! {
        <span class="amount">
            <span class="unit">{unit}</span>
            {digits}
            {(!after.is_empty()).then(|| view! { <span class="unit after">{after}</span> })}
        </span>
    }
    .into_any()
}

/// A number with its name; opens its rows where `href` is given and its definition where `definition` is.
#[component]
pub fn StatNumber(
    /// What is counted.
    #[prop(into)]
    label: String,
    /// The number as a person reads it.
    #[prop(into)]
    value: String,
    /// What stands before the digits, quieter.
    #[prop(optional, into)]
    unit: String,
    /// The exact number, on hover.
    #[prop(optional, into)]
    exact: Option<String>,
    /// A line below: a comparison, a share.
    #[prop(optional, into)]
    note: String,
    /// Where the rows of the note's number are.
    #[prop(optional, into)]
    note_href: Option<String>,
    /// Another number beside the note, with its rows.
    #[prop(optional)]
    more: Option<AnyView>,
    /// Where its rows are.
    #[prop(optional, into)]
    href: Option<String>,
    /// How it is counted and for which period.
    #[prop(optional, into)]
    definition: String,
    /// Name of the button that shows the definition.
    #[prop(optional, into)]
    definition_label: String,
) -> impl IntoView {
    let number = view! {
        <span class="stat-value" title=exact>
            {(!unit.is_empty()).then(|| view! { <span class="unit">{unit}</span> })}
            {value}
        </span>
    };
    let number = match href {
        Some(href) => view! { <a class="stat-link" href=href>{number}</a> }.into_any(),
        None => number.into_any(),
    };
    let head = if definition.is_empty() {
        view! { <span class="stat-label">{label}</span> }.into_any()
    } else {
        view! { <Defined label definition definition_label/> }.into_any()
    };
    view! {
        <div class="stat">
            {head}
            {number}
            <span class="stat-note">
                {match note_href {
                    Some(href) => view! { <a href=href>{note}</a> }.into_any(),
                    None => note.into_any(),
                }}
                {more.map(|more| view! { " · " {more} })}
            </span>
        </div>
    }
    .into_any()
}

/// A name with a small button that shows what it means.
#[component]
pub fn Defined(
    /// The name.
    #[prop(into)]
    label: String,
    /// What it means.
    #[prop(into)]
    definition: String,
    /// Name of the button.
    #[prop(into)]
    definition_label: String,
) -> impl IntoView {
    let id = crate::fresh_id("definition");
    view! {
        <span class="stat-label">
            {label}
            <button type="button" class="define" aria-label=definition_label popovertarget=id.clone()>
                <Icon glyph=icon::INFO/>
            </button>
            <span class="definition" popover="auto" id=id role="note">{definition}</span>
        </span>
    }
    .into_any()
}

/// The head of a page: title, one sentence, the primary action in one place.
#[component]
pub fn PageHead(
    /// The title; the focus goes here after navigation.
    #[prop(into)]
    title: String,
    /// One sentence of what the page shows.
    #[prop(optional, into)]
    text: String,
    /// The actions, the primary one last.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <header class="page-head">
            <div>
                <h1 tabindex="-1">{title}</h1>
                <p class="lead">{text}</p>
            </div>
            {children.map(|children| view! { <div class="actions">{children()}</div> })}
        </header>
    }
    .into_any()
}

/// Earlier and later stretches of a list.
#[component]
pub fn Pager(
    /// First row, from 0.
    #[prop(into)]
    offset: RwSignal<u64>,
    /// Rows of a stretch.
    size: u64,
    /// All rows.
    #[prop(into)]
    total: Signal<u64>,
    /// Name of the button to earlier rows.
    #[prop(into)]
    earlier: String,
    /// Name of the button to later rows.
    #[prop(into)]
    later: String,
    /// Where one is, in words, from first row (from 1), last row and total.
    #[prop(into)]
    place: Callback<(u64, u64, u64), String>,
) -> impl IntoView {
    let text = move || {
        let (offset, total) = (offset.get(), total.get());
        place.run(((offset + 1).min(total), (offset + size).min(total), total))
    };
    // Not in the markup: there a `>` ends the tag.
    let at_end = move || offset.get() + size >= total.get();
    view! {
        <div class="pager" hidden=move || total.get() <= size>
            <button
                type="button"
                class="icon-button"
                aria-label=earlier
                disabled=move || offset.get() == 0
                on:click=move |_| offset.update(|now| *now = now.saturating_sub(size))
            >
                <Icon glyph=icon::CHEVRON_LEFT/>
            </button>
            <span>{text}</span>
            <button
                type="button"
                class="icon-button"
                aria-label=later
                disabled=at_end
                on:click=move |_| offset.update(|now| *now += size)
            >
                <Icon glyph=icon::CHEVRON_RIGHT/>
            </button>
        </div>
    }
    .into_any()
}
