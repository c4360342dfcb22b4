//! The form of a customer: new or known, in a dialog (a sheet on a phone).
//!
//! What was typed is never lost: a refused save keeps the form open with the wrong fields marked, and closing with
//! unsaved changes asks first. While a phone number or an e-mail is typed, the form says whose it is already.

mod alike;
mod fields;
mod state;
mod suggestions;
mod twin;

pub use suggestions::suggestions;

use crate::expect_reply;
use crate::state::{use_state, use_words};
use leptos::task::spawn_local;
use model::{CustomerDraft, CustomerId};
use protocol::{Query, Reply};
use state::Form;
use ui::prelude::*;
use ui::{Button, Dialog, Look};

/// What the form is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Editing {
    /// A new customer, with what was searched for as a start.
    New(String),
    /// A known one.
    Known(CustomerId),
}

/// The form in its dialog.
#[component]
pub fn CustomerForm(
    /// What it is for.
    editing: Editing,
    /// It was closed, saved or not.
    #[prop(into)]
    on_close: Callback<()>,
    /// It was saved.
    #[prop(into)]
    on_saved: Callback<CustomerId>,
) -> impl IntoView {
    let words = use_words();
    let state = use_state();
    match editing {
        Editing::New(searched) => {
            let form = Form::new(state, words, None, started(&searched));
            dialog(form, on_close, on_saved)
        }
        Editing::Known(id) => {
            let answer = state.client.query(Query::Customer { id });
            let form = RwSignal::new(None::<Form>);
            let owner = Owner::current();
            spawn_local(async move {
                match expect_reply!(answer.await, Reply::Customer) {
                    Ok(found) => {
                        let make = || Form::new(state, words, Some(id), found.customer.fields);
                        let made = owner.map(|owner| owner.with(make));
                        let _ = form.try_set(made);
                    }
                    Err(fault) => {
                        state.toasts.fault(&fault);
                        on_close.run(());
                    }
                }
            });
            (move || form.get().map(|form| dialog(form, on_close, on_saved))).into_any()
        }
    }
}

/// What was searched for as the start of a new customer: a number is a phone, an `@` an e-mail, else a name.
fn started(searched: &str) -> CustomerDraft {
    let text = Some(searched.trim().to_owned()).filter(|text| !text.is_empty());
    let digits = searched.chars().filter(char::is_ascii_digit).count();
    let mut draft = CustomerDraft::default();
    if searched.contains('@') {
        draft.email = text;
    } else if digits >= 5 && digits * 2 > searched.chars().count() {
        draft.phone = text;
    } else {
        draft.name = text.unwrap_or_default();
    }
    draft
}

fn dialog(form: Form, on_close: Callback<()>, on_saved: Callback<CustomerId>) -> AnyView {
    let words = form.words;
    let title = match form.id {
        Some(_) => {
            let name = form.before.with_value(|draft| draft.name.clone());
            words.customers_form_edit(&name)
        }
        None => words.customers_form_new().to_owned(),
    };
    // Escape, the backdrop and the close button end here too: what was typed is kept until the person decides.
    let shown = RwSignal::new(true);
    Effect::new(move |_| {
        if !form.open.get() {
            shown.set(false);
        }
    });
    let closed = Callback::new(move |()| {
        if form.open.get_untracked() && form.changed() {
            shown.set(true);
            form.leaving.set(true);
        } else {
            // Only now: the browser gives the focus back when it closes the dialog, not when it vanishes.
            on_close.run(());
        }
    });
    view! {
        <Dialog
            open=shown
            title=Signal::stored(title)
            close_label=words.customers_form_cancel()
            size="wide"
            on_close=closed
        >
            <form
                class="customer-form"
                novalidate=true
                on:submit=move |event| {
                    event.prevent_default();
                    form.save(on_saved);
                }
            >
                {fields::fields(form)}
                {foot(form)}
            </form>
        </Dialog>
    }
    .into_any()
}

fn foot(form: Form) -> AnyView {
    let words = form.words;
    let asks = move || {
        if form.leaving.get() {
            view! {
                <p class="leaving" role="alert">{words.customers_form_leave()}</p>
                <Button
                    label=words.customers_form_leave_discard()
                    look=Look::Danger
                    on_press=Callback::new(move |()| form.open.set(false))
                />
                <Button
                    label=words.customers_form_leave_stay()
                    look=Look::Primary
                    on_press=Callback::new(move |()| form.leaving.set(false))
                />
            }
            .into_any()
        } else {
            view! {
                <Button
                    label=words.customers_form_cancel()
                    on_press=Callback::new(move |()| form.leave())
                />
                <Button
                    label=words.customers_form_save()
                    look=Look::Primary
                    submit=true
                    busy=form.busy
                />
            }
            .into_any()
        }
    };
    view! {
        <div class="dialog-foot">
            <p class="form-failed" role="alert">{move || form.failed.get()}</p>
            {asks}
        </div>
    }
    .into_any()
}
