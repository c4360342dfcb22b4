//! A field that offers what it knows while one types: the pattern of a combobox with a list, for keyboard, mouse and
//! touch, and for input methods (Enter that ends a composition chooses nothing).

use leptos::ev::KeyboardEvent;
use leptos::html;
use std::sync::Arc;
use ui::fresh_id;
use ui::prelude::*;
use wasm_bindgen::JsCast;

/// One offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// What is chosen.
    pub value: String,
    /// What a person reads.
    pub label: String,
    /// What stands beside it: how many have it.
    pub note: String,
    /// The heading it stands under; empty for none.
    pub group: String,
}

/// What the field does; made once for each.
#[derive(Clone, Copy)]
pub struct Acts {
    /// An offer was chosen.
    pub choose: Callback<String>,
    /// Backspace in the empty field.
    pub back: Option<Callback<()>>,
}

#[derive(Clone, Copy)]
struct Parts {
    text: RwSignal<String>,
    offers: Signal<Arc<Vec<Offer>>>,
    acts: Acts,
    open: RwSignal<bool>,
    active: RwSignal<Option<usize>>,
    always: bool,
    list: StoredValue<String>,
}

/// The field.
#[component]
pub fn Combo(
    /// Its name.
    #[prop(into)]
    label: String,
    /// What is typed; emptied when something is chosen.
    text: RwSignal<String>,
    /// What is offered for it.
    #[prop(into)]
    offers: Signal<Arc<Vec<Offer>>>,
    /// What it does.
    acts: Acts,
    /// The list is there all the time, in the flow of the page.
    #[prop(optional)]
    always: bool,
    /// Has the focus when it appears.
    #[prop(optional)]
    autofocus: bool,
    /// Shown while nothing is typed.
    #[prop(optional, into)]
    placeholder: String,
    /// What stands where nothing is offered.
    #[prop(optional, into)]
    nothing: String,
) -> impl IntoView {
    let parts = Parts {
        text,
        offers,
        acts,
        open: RwSignal::new(always),
        active: RwSignal::new(always.then_some(0)),
        always,
        list: StoredValue::new(fresh_id("offers")),
    };
    let input = NodeRef::<html::Input>::new();
    if autofocus {
        request_animation_frame(move || {
            if let Some(input) = input.try_get_untracked().flatten() {
                let _ = input.focus();
            }
        });
    }
    let typed = move |event: ev::Event| {
        text.set(event_target_value(&event));
        parts.open.set(true);
        // The first offer is at hand as soon as something is typed.
        let some = always || text.with_untracked(|text| !text.trim().is_empty());
        parts.active.set(some.then_some(0));
    };
    let left = move |_: ev::FocusEvent| {
        if !always {
            parts.open.set(false);
            parts.active.set(None);
        }
    };
    view! {
        <div class="combo" class:always=always>
            <input
                class="input"
                type="text"
                role="combobox"
                autocomplete="off"
                spellcheck="false"
                aria-label=label.clone()
                aria-autocomplete="list"
                aria-expanded=move || if parts.open.get() { "true" } else { "false" }
                aria-controls=parts.list.get_value()
                aria-activedescendant=move || active_id(parts)
                placeholder=placeholder
                node_ref=input
                prop:value=move || text.get()
                on:input=typed
                on:focus=move |_| parts.open.set(true)
                on:click=move |_| parts.open.set(true)
                on:blur=left
                on:keydown=move |event| key(parts, &event)
            />
            {list(parts, label, nothing)}
        </div>
    }
    .into_any()
}

use leptos::ev;

fn active_id(parts: Parts) -> Option<String> {
    let at = parts.active.get()?;
    let there = parts.open.get() && at < parts.offers.with(|offers| offers.len());
    there.then(|| option_id(parts, at))
}

fn option_id(parts: Parts, at: usize) -> String {
    [&parts.list.get_value(), "-", &at.to_string()].concat()
}

fn choose(parts: Parts, at: usize) {
    let value = parts
        .offers
        .with_untracked(|offers| offers.get(at).map(|offer| offer.value.clone()));
    let Some(value) = value else { return };
    parts.text.set(String::new());
    parts.active.set(parts.always.then_some(0));
    if !parts.always {
        parts.open.set(false);
    }
    parts.acts.choose.run(value);
}

fn key(parts: Parts, event: &KeyboardEvent) {
    // 229: the key belongs to the input method.
    if event.is_composing() || event.key_code() == 229 || event.alt_key() || event.meta_key() {
        return;
    }
    let count = parts.offers.with_untracked(|offers| offers.len());
    let now = parts.active.get_untracked();
    match event.key().as_str() {
        "ArrowDown" if count > 0 => {
            let next = now.filter(|_| parts.open.get_untracked());
            parts.open.set(true);
            move_to(parts, next.map_or(0, |now| (now + 1) % count));
        }
        "ArrowUp" if count > 0 => {
            parts.open.set(true);
            move_to(
                parts,
                now.map_or(count - 1, |now| (now + count - 1) % count),
            );
        }
        "Enter" => match now {
            Some(at) if parts.open.get_untracked() && at < count => choose(parts, at),
            _ => return,
        },
        "Escape" if !parts.always && parts.open.get_untracked() => parts.open.set(false),
        "Backspace" if parts.text.with_untracked(String::is_empty) => {
            if let Some(back) = parts.acts.back {
                back.run(());
            }
            return;
        }
        _ => return,
    }
    event.prevent_default();
    event.stop_propagation();
}

/// Makes an offer the active one and brings it into sight.
fn move_to(parts: Parts, at: usize) {
    parts.active.set(Some(at));
    let id = option_id(parts, at);
    request_animation_frame(move || {
        if let Some(option) = document().get_element_by_id(&id) {
            let options = web_sys::ScrollIntoViewOptions::new();
            options.set_block(web_sys::ScrollLogicalPosition::Nearest);
            option.scroll_into_view_with_scroll_into_view_options(&options);
        }
    });
}

fn list(parts: Parts, label: String, nothing: String) -> AnyView {
    let content = move || {
        let offers = parts.offers.get();
        if offers.is_empty() {
            let text = nothing.clone();
            return (!text.is_empty())
                .then(|| view! { <p class="combo-nothing">{text}</p> })
                .into_any();
        }
        groups(parts, &offers)
    };
    view! {
        <div
            class="combo-list"
            role="listbox"
            id=parts.list.get_value()
            aria-label=label
            hidden=move || !parts.open.get()
            // The field keeps the focus, and the phone its keyboard.
            on:mousedown=move |event| event.prevent_default()
        >
            {content}
        </div>
    }
    .into_any()
}

fn groups(parts: Parts, offers: &[Offer]) -> AnyView {
    let mut views: Vec<AnyView> = Vec::new();
    let mut from = 0;
    for stretch in offers.chunk_by(|a, b| a.group == b.group) {
        let options: Vec<AnyView> = stretch
            .iter()
            .enumerate()
            .map(|(at, offer)| option(parts, from + at, offer))
            .collect();
        from += stretch.len();
        let name = stretch
            .first()
            .map(|it| it.group.clone())
            .unwrap_or_default();
        views.push(if name.is_empty() {
            options.into_any()
        } else {
            view! {
                <div role="group" aria-label=name.clone()>
                    <span class="combo-group" aria-hidden="true">{name}</span>
                    {options}
                </div>
            }
            .into_any()
        });
    }
    views.into_any()
}

fn option(parts: Parts, at: usize, offer: &Offer) -> AnyView {
    let chosen = move || {
        if parts.active.get() == Some(at) {
            "true"
        } else {
            "false"
        }
    };
    view! {
        <div
            class="combo-option"
            role="option"
            id=option_id(parts, at)
            aria-selected=chosen
            on:click=move |event| {
                event.unchecked_ref::<web_sys::Event>().stop_propagation();
                choose(parts, at);
            }
            on:mousemove=move |_| {
                if parts.active.get_untracked() != Some(at) {
                    parts.active.set(Some(at));
                }
            }
        >
            <span>{offer.label.clone()}</span>
            {(!offer.note.is_empty()).then(|| view! { <span class="combo-note">{offer.note.clone()}</span> })}
        </div>
    }
    .into_any()
}
