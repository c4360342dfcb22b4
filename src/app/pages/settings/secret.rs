//! A field for a passphrase or a key, which can be shown.

use crate::state::use_words;
use ui::fresh_id;
use ui::prelude::*;

/// The field.
#[component]
pub fn SecretField(
    /// Its label.
    label: &'static str,
    /// What is typed.
    value: RwSignal<String>,
    /// What helps to fill it in.
    #[prop(optional)]
    hint: &'static str,
    /// What is wrong with it.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// `autocomplete`, so that password managers know what it is.
    #[prop(default = "current-password")]
    autocomplete: &'static str,
    /// Has the focus when it appears.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    let words = use_words();
    let shown = RwSignal::new(false);
    let id = fresh_id("secret");
    let note = [&id, "-note"].concat();
    let kind = move || if shown.get() { "text" } else { "password" };
    let label_of = move || {
        if shown.get() {
            words.lock_hide()
        } else {
            words.lock_show()
        }
    };
    view! {
        <div class="field secret-field" class:wrong=move || error.get().is_some()>
            <label class="field-label" for=id.clone()>{label}</label>
            <div class="secret-line">
                <input
                    class="input"
                    id=id
                    type=kind
                    autocomplete=autocomplete
                    autocapitalize="off"
                    spellcheck="false"
                    autofocus=autofocus
                    aria-describedby=note.clone()
                    aria-invalid=move || error.get().is_some().then_some("true")
                    prop:value=move || value.get()
                    on:input=move |event| value.set(event_target_value(&event))
                />
                // One button that stays, so that it keeps the focus.
                <button type="button" class="button quiet" on:click=move |_| shown.update(|shown| *shown = !*shown)>
                    {label_of}
                </button>
            </div>
            <p class="field-note" id=note>
                {move || match error.get() {
                    Some(error) => view! { <span class="field-error">{error}</span> }.into_any(),
                    None => hint.into_any(),
                }}
            </p>
        </div>
    }
    .into_any()
}
