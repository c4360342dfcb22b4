//! Defining a coupon, or changing what may still change.

use super::draft::Draft;
use super::example::Example;
use super::{fields, href, seed};
use crate::expect_reply;
use crate::router::{Route, navigate};
use crate::state::{State, use_currency, use_state, use_words};
use leptos::task::spawn_local;
use model::coupon::CouponId;
use protocol::{
    Command, CouponCommand, CouponOutcome, CouponQuery, CouponReply, Fault, FaultCode, Outcome,
    Query, Reply,
};
use std::collections::BTreeMap;
use text::Words;
use ui::prelude::*;
use ui::{Button, Input, LinkButton, Look, PageHead, Textarea};

/// What is wrong, by field.
#[derive(Clone, Copy)]
pub(super) struct Errors(RwSignal<BTreeMap<String, String>>);

impl Errors {
    /// What is wrong with one field.
    pub(super) fn at(self, key: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || self.0.with(|wrong| wrong.get(key).cloned()))
    }

    /// Says the same of these fields, and nothing of all others.
    fn say(self, keys: impl Iterator<Item = &'static str>, said: &str) {
        let wrong = keys.map(|key| (key.to_owned(), said.to_owned()));
        self.0.set(wrong.collect());
    }
}

/// The form.
#[component]
pub fn CouponForm(
    /// Which; `None` defines one.
    id: Option<CouponId>,
) -> impl IntoView {
    let words = use_words();
    let state = use_state();
    let draft = Draft::new(use_currency());
    let errors = Errors(RwSignal::new(BTreeMap::new()));
    let (busy, failed) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let locked = RwSignal::new(false);
    if let Some(id) = id {
        fill(state, id, draft, locked);
    }
    let coupon = Memo::new(move |_| {
        let (coupon, wrong) = draft.read();
        wrong.is_empty().then_some(coupon)
    });
    let save = move || {
        failed.set(None);
        let (fields, wrong) = untrack(|| draft.read());
        errors.say(wrong.into_keys(), words.coupons_field_wrong());
        if errors.0.with_untracked(|wrong| !wrong.is_empty()) {
            failed.set(Some(words.coupons_form_wrong().to_owned()));
            return;
        }
        busy.set(true);
        let name = fields.name.clone();
        let command = Command::Coupons(CouponCommand::Save {
            id,
            fields,
            seed: seed(),
        });
        send(state, command, name, (busy, failed), errors);
    };
    let (title, back) = match id {
        Some(id) => (words.coupons_edit_title(), href(id, "")),
        None => (
            words.coupons_new_title(),
            Route::Coupons(String::new()).href(),
        ),
    };
    view! {
        <PageHead title text=words.coupons_form_lead()/>
        <p class="note" hidden=move || !locked.get()>{words.coupons_locked_note()}</p>
        <div class="coupon-form">
            <form
                novalidate=true
                on:submit=move |event| {
                    event.prevent_default();
                    save();
                }
            >
                {fields::kinds(draft)}
                <Input label=words.coupons_name() hint=words.coupons_name_hint() value=draft.name required=true error=errors.at("name")/>
                {fields::benefit(draft, errors)}
                {section(words.coupons_section_way(), fields::way(draft, errors))}
                {section(words.coupons_section_limits(), fields::limits(draft, errors))}
                {section(words.coupons_section_who(), fields::audience(draft, errors))}
                {section(words.coupons_section_combine(), fields::combine(draft, id))}
                <Textarea label=words.coupons_note() value=draft.note rows=2 error=errors.at("note")/>
                <div class="coupon-foot">
                    <p class="form-failed" role="alert">{move || failed.get()}</p>
                    <LinkButton label=words.act_cancel() href=back/>
                    <Button label=words.coupons_save() look=Look::Primary submit=true busy/>
                </div>
            </form>
            <Example coupon/>
        </div>
    }
    .into_any()
}

/// Fills the draft with the coupon as it is.
fn fill(state: State, id: CouponId, draft: Draft, locked: RwSignal<bool>) {
    let answer = state.client.query(Query::Coupons(CouponQuery::One { id }));
    spawn_local(async move {
        if let Ok(CouponReply::One(found)) = expect_reply!(answer.await, Reply::Coupons) {
            draft.fill(&found.row.coupon, found.audience_name.as_deref());
            locked.try_set(found.locked);
        }
    });
}

fn section(title: &'static str, content: AnyView) -> AnyView {
    view! {
        <section class="block">
            <h2>{title}</h2>
            {content}
        </section>
    }
    .into_any()
}

fn send(
    state: State,
    command: Command,
    name: String,
    (busy, failed): (RwSignal<bool>, RwSignal<Option<String>>),
    errors: Errors,
) {
    let answer = state.client.apply(command);
    spawn_local(async move {
        let words = Words::new(state.locale.get_untracked());
        let result = answer.await;
        busy.try_set(false);
        match result {
            Ok(done) => {
                state.toasts.done(words.coupons_saved(&name), done.batch);
                if let Outcome::Coupons(CouponOutcome::Saved { id }) = done.outcome {
                    navigate(&href(id, ""));
                }
            }
            Err(fault) => {
                errors.0.try_set(by_field(words, &fault));
                let text = match fault.code {
                    FaultCode::Invalid => words.coupons_form_wrong().to_owned(),
                    FaultCode::KeyTaken => words.coupons_code_taken().to_owned(),
                    _ => words.fault(&fault),
                };
                failed.try_set(Some(text));
            }
        }
    });
}

fn by_field(words: Words, fault: &Fault) -> BTreeMap<String, String> {
    if fault.code == FaultCode::KeyTaken {
        return BTreeMap::from([("code".to_owned(), words.coupons_code_taken().to_owned())]);
    }
    fault
        .issues
        .iter()
        .filter_map(|issue| Some((issue.field.clone()?, words.issue(issue))))
        .collect()
}
