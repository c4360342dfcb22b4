//! Form fields: a label, a control, a hint and an error that belong together for eyes and readers alike.

use crate::fresh_id;
use crate::icon::{self, Icon};
use crate::prelude::*;
use leptos::ev;

/// One choice of a select or a segmented control.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What the value becomes.
    pub value: String,
    /// What a person reads.
    pub label: String,
}

impl Choice {
    /// A choice.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            label: label.into(),
        }
    }
}

/// What stands around a control.
struct Frame {
    id: String,
    label: String,
    hidden: bool,
    hint: String,
    error: Signal<Option<String>>,
    required: bool,
}

impl Frame {
    fn note_id(&self) -> String {
        [&self.id, "-note"].concat()
    }

    fn around(self, control: AnyView) -> AnyView {
        let note_id = self.note_id();
        let (error, hint) = (self.error, self.hint);
        let label_class = if self.hidden {
            "visually-hidden"
        } else {
            "field-label"
        };
        view! {
            <div class="field" class:wrong=move || error.get().is_some()>
                <label class=label_class for=self.id>
                    {self.label}
                    {self.required.then(|| view! { <span class="required" aria-hidden="true">" *"</span> })}
                </label>
                {control}
                <p class="field-note" id=note_id>
                    {move || match error.get() {
                        Some(error) => view! { <span class="field-error">{error}</span> }.into_any(),
                        None => hint.clone().into_any(),
                    }}
                </p>
            </div>
        }
        .into_any()
    }
}

fn invalid(error: Signal<Option<String>>) -> impl Fn() -> Option<&'static str> + Clone {
    move || error.get().is_some().then_some("true")
}

/// One line of text.
#[component]
pub fn Input(
    /// Its label.
    #[prop(into)]
    label: String,
    /// Its value.
    #[prop(into)]
    value: RwSignal<String>,
    /// The label is for readers only.
    #[prop(optional)]
    label_hidden: bool,
    /// What helps to fill it in.
    #[prop(optional, into)]
    hint: String,
    /// What is wrong with it.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Must be filled in.
    #[prop(optional)]
    required: bool,
    /// `type` of the control: `text`, `email`, `tel`, `number`, `date` ...
    #[prop(default = "text")]
    kind: &'static str,
    /// `inputmode`, for the keyboard of a phone: `decimal`, `numeric` ...
    #[prop(optional)]
    mode: &'static str,
    /// An example.
    #[prop(optional, into)]
    placeholder: String,
    /// `autocomplete` of the control.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// Id of a datalist.
    #[prop(optional, into)]
    list: Option<String>,
    /// Has the focus when it appears.
    #[prop(optional)]
    autofocus: bool,
    /// The person has finished changing it (`change`).
    #[prop(optional, into)]
    on_change: Option<Callback<String>>,
) -> impl IntoView {
    let frame = Frame {
        id: fresh_id("field"),
        label,
        hidden: label_hidden,
        hint,
        error,
        required,
    };
    let control = view! {
        <input
            class="input"
            id=frame.id.clone()
            type=kind
            inputmode=(!mode.is_empty()).then_some(mode)
            placeholder=placeholder
            autocomplete=autocomplete
            list=list
            autofocus=autofocus
            required=required
            aria-invalid=invalid(error)
            aria-describedby=frame.note_id()
            prop:value=move || value.get()
            on:input=move |event| value.set(event_target_value(&event))
            on:change=move |event| {
                if let Some(change) = on_change {
                    change.run(event_target_value(&event));
                }
            }
        />
    }
    .into_any();
    frame.around(control)
}

/// A day, `2026-01-31`, with the browser's own calendar; empty is no day.
#[component]
pub fn DateField(
    /// Its label.
    #[prop(into)]
    label: String,
    /// Its value.
    #[prop(into)]
    value: RwSignal<String>,
    /// The label is for readers only.
    #[prop(optional)]
    label_hidden: bool,
    /// What helps to fill it in.
    #[prop(optional, into)]
    hint: String,
    /// What is wrong with it.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// The person has finished changing it.
    #[prop(optional, into)]
    on_change: Option<Callback<String>>,
) -> impl IntoView {
    let change = on_change.unwrap_or_else(|| Callback::new(|_: String| {}));
    view! { <Input label value label_hidden hint error kind="date" on_change=change/> }
}

/// Several lines of text.
#[component]
pub fn Textarea(
    /// Its label.
    #[prop(into)]
    label: String,
    /// Its value.
    #[prop(into)]
    value: RwSignal<String>,
    /// The label is for readers only.
    #[prop(optional)]
    label_hidden: bool,
    /// What helps to fill it in.
    #[prop(optional, into)]
    hint: String,
    /// What is wrong with it.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Lines shown.
    #[prop(default = 4)]
    rows: u32,
    /// Set in a typewriter face (JSON).
    #[prop(optional)]
    code: bool,
) -> impl IntoView {
    let frame = Frame {
        id: fresh_id("field"),
        label,
        hidden: label_hidden,
        hint,
        error,
        required: false,
    };
    let control = view! {
        <textarea
            class=if code { "input code" } else { "input" }
            id=frame.id.clone()
            rows=rows.to_string()
            spellcheck=if code { "false" } else { "true" }
            aria-invalid=invalid(error)
            aria-describedby=frame.note_id()
            prop:value=move || value.get()
            on:input=move |event| value.set(event_target_value(&event))
        ></textarea>
    }
    .into_any();
    frame.around(control)
}

/// A choice of a few.
#[component]
pub fn Select(
    /// Its label.
    #[prop(into)]
    label: String,
    /// Its value: the `value` of a choice.
    #[prop(into)]
    value: RwSignal<String>,
    /// The choices.
    choices: Vec<Choice>,
    /// The label is for readers only.
    #[prop(optional)]
    label_hidden: bool,
    /// What helps to choose.
    #[prop(optional, into)]
    hint: String,
    /// What is wrong with it.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// The person chose.
    #[prop(optional, into)]
    on_change: Option<Callback<String>>,
) -> impl IntoView {
    let frame = Frame {
        id: fresh_id("field"),
        label,
        hidden: label_hidden,
        hint,
        error,
        required: false,
    };
    let options: Vec<AnyView> = choices
        .into_iter()
        .map(|choice| {
            let own = choice.value.clone();
            view! {
                <option value=choice.value prop:selected=move || value.get() == own>
                    {choice.label}
                </option>
            }
            .into_any()
        })
        .collect();
    let control = view! {
        <span class="select">
            <select
                class="input"
                id=frame.id.clone()
                aria-invalid=invalid(error)
                aria-describedby=frame.note_id()
                on:change=move |event| {
                    let chosen = event_target_value(&event);
                    value.set(chosen.clone());
                    if let Some(change) = on_change {
                        change.run(chosen);
                    }
                }
            >
                {options}
            </select>
            <Icon glyph=icon::CHEVRON_DOWN/>
        </span>
    }
    .into_any();
    frame.around(control)
}

/// Yes or no.
#[component]
pub fn Checkbox(
    /// What is said yes to.
    #[prop(into)]
    label: String,
    /// Its value.
    #[prop(into)]
    value: RwSignal<bool>,
    /// What it means.
    #[prop(optional, into)]
    hint: String,
    /// The person changed it.
    #[prop(optional, into)]
    on_change: Option<Callback<bool>>,
) -> impl IntoView {
    view! {
        <label class="check">
            <input
                type="checkbox"
                prop:checked=move || value.get()
                on:change=move |event| {
                    let checked = event_target_checked(&event);
                    value.set(checked);
                    if let Some(change) = on_change {
                        change.run(checked);
                    }
                }
            />
            <span class="check-text">
                <span>{label}</span>
                {(!hint.is_empty()).then(|| view! { <small>{hint}</small> })}
            </span>
        </label>
    }
    .into_any()
}

/// A choice of two to four, all in sight: radio buttons in a frame.
#[component]
pub fn Segmented(
    /// What is chosen.
    #[prop(into)]
    label: String,
    /// Its value: the `value` of a choice.
    #[prop(into)]
    value: RwSignal<String>,
    /// The choices.
    choices: Vec<Choice>,
    /// The label is for readers only.
    #[prop(optional)]
    label_hidden: bool,
    /// The person chose.
    #[prop(optional, into)]
    on_change: Option<Callback<String>>,
) -> impl IntoView {
    let group = fresh_id("choice");
    let options: Vec<AnyView> = choices
        .into_iter()
        .map(|choice| {
            let (own, chosen) = (choice.value.clone(), choice.value.clone());
            view! {
                <label>
                    <input
                        type="radio"
                        name=group.clone()
                        value=choice.value
                        prop:checked=move || value.get() == own
                        on:change=move |_| {
                            value.set(chosen.clone());
                            if let Some(change) = on_change {
                                change.run(chosen.clone());
                            }
                        }
                    />
                    <span>{choice.label}</span>
                </label>
            }
            .into_any()
        })
        .collect();
    view! {
        <fieldset class="segmented">
            <legend class=if label_hidden { "visually-hidden" } else { "field-label" }>{label}</legend>
            <div>{options}</div>
        </fieldset>
    }
    .into_any()
}

/// A field for words to find, with a button that empties it; `/` puts the focus here.
#[component]
pub fn SearchField(
    /// Its name, also shown as placeholder.
    #[prop(into)]
    label: String,
    /// Its value, at each key.
    #[prop(into)]
    value: RwSignal<String>,
    /// Name of the button that empties it.
    #[prop(into)]
    clear_label: String,
    /// Keys that are not text (arrows, Enter, Escape).
    #[prop(optional, into)]
    on_key: Option<Callback<ev::KeyboardEvent>>,
) -> impl IntoView {
    view! {
        <div class="search" role="search">
            <Icon glyph=icon::SEARCH/>
            <input
                class="input"
                type="search"
                data-search=""
                autocomplete="off"
                spellcheck="false"
                aria-label=label.clone()
                placeholder=label
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
                on:keydown=move |event| {
                    if let Some(key) = on_key {
                        key.run(event);
                    }
                }
            />
            <button
                type="button"
                class="icon-button"
                aria-label=clear_label
                hidden=move || value.with(String::is_empty)
                on:click=move |_| value.set(String::new())
            >
                <Icon glyph=icon::CLOSE/>
            </button>
        </div>
    }
    .into_any()
}
