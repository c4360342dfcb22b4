//! What the form holds, and how it is saved.

use super::super::draft;
use crate::state::{State, use_currency};
use leptos::task::spawn_local;
use model::{Currency, CustomField, CustomerDraft, CustomerId, CustomerKind, Issue};
use protocol::{Command, Fault, FaultCode, Outcome};
use std::collections::BTreeMap;
use text::Words;
use ui::prelude::*;

/// The state of the form.
#[derive(Clone, Copy)]
pub struct Form {
    /// The state of the whole page.
    pub state: State,
    /// The language.
    pub words: Words,
    /// The currency of amounts.
    pub currency: Currency,
    /// Who, if known.
    pub id: Option<CustomerId>,
    /// What it began with.
    pub before: StoredValue<CustomerDraft>,
    /// Fields by key.
    pub values: StoredValue<BTreeMap<&'static str, RwSignal<String>>>,
    /// Person or company.
    pub kind: RwSignal<String>,
    /// Tags.
    pub tags: RwSignal<Vec<String>>,
    /// A tag that is being typed.
    pub tag: RwSignal<String>,
    /// Name and value of the owner's own fields.
    pub custom: RwSignal<Vec<(RwSignal<String>, RwSignal<String>)>>,
    /// What is wrong, by field.
    pub wrong: RwSignal<BTreeMap<String, String>>,
    /// What is wrong with the whole.
    pub failed: RwSignal<Option<String>>,
    /// It is being saved.
    pub busy: RwSignal<bool>,
    /// The person wants to leave with unsaved changes.
    pub leaving: RwSignal<bool>,
    /// It is open.
    pub open: RwSignal<bool>,
}

impl Form {
    /// A form that begins with `draft`.
    pub fn new(state: State, words: Words, id: Option<CustomerId>, draft: CustomerDraft) -> Self {
        let currency = use_currency();
        let fields = draft::TABLES.iter().flat_map(|table| table.iter());
        let values = fields
            .map(|field| {
                let text = draft::read(&draft, field.key, currency);
                (field.key, RwSignal::new(text))
            })
            .collect();
        let custom = draft
            .custom
            .iter()
            .map(|(name, value)| {
                (
                    RwSignal::new(name.clone()),
                    RwSignal::new(custom_text(value)),
                )
            })
            .collect();
        let kind = match draft.kind {
            CustomerKind::Person => "person",
            CustomerKind::Company => "company",
        };
        Self {
            state,
            words,
            currency,
            id,
            values: StoredValue::new(values),
            kind: RwSignal::new(kind.to_owned()),
            tags: RwSignal::new(draft.tags.clone()),
            tag: RwSignal::new(String::new()),
            custom: RwSignal::new(custom),
            wrong: RwSignal::new(BTreeMap::new()),
            failed: RwSignal::new(None),
            busy: RwSignal::new(false),
            leaving: RwSignal::new(false),
            open: RwSignal::new(true),
            before: StoredValue::new(draft),
        }
    }

    /// The value of a field.
    pub fn value(&self, key: &str) -> RwSignal<String> {
        let known = self.values.with_value(|values| values.get(key).copied());
        known.unwrap_or_else(|| RwSignal::new(String::new()))
    }

    /// What is wrong with a field.
    pub fn error(&self, key: &str) -> Signal<Option<String>> {
        let (wrong, key) = (self.wrong, key.to_owned());
        Signal::derive(move || wrong.with(|wrong| wrong.get(&key).cloned()))
    }

    /// What the form says now, and what of it cannot be read.
    fn draft(&self) -> (CustomerDraft, BTreeMap<String, String>) {
        let words = self.words;
        let mut draft = CustomerDraft {
            kind: if self.kind.get_untracked() == "company" {
                CustomerKind::Company
            } else {
                CustomerKind::Person
            },
            tags: self.tags.get_untracked(),
            ..CustomerDraft::default()
        };
        // A tag that was typed and not confirmed is meant.
        draft.tags.extend(draft::words(&self.tag.get_untracked()));
        draft.tags.sort();
        draft.tags.dedup();
        let mut wrong = BTreeMap::new();
        self.values.with_value(|values| {
            for (key, value) in values {
                if !draft::write(&mut draft, key, &value.get_untracked(), self.currency) {
                    let why = match *key {
                        "birthday" => words.customers_form_birthday_bad(),
                        "signupOn" => words.customers_form_signup_bad(),
                        _ => words.customers_form_cost_bad(),
                    };
                    wrong.insert((*key).to_owned(), why.to_owned());
                }
            }
        });
        let before = self.before.get_value();
        for (at, (name, value)) in self.custom.get_untracked().into_iter().enumerate() {
            let (name, value) = (name.get_untracked(), value.get_untracked());
            let (name, value) = (name.trim().to_owned(), value.trim().to_owned());
            if name.is_empty() || value.is_empty() {
                continue;
            }
            if draft.custom.contains_key(&name) {
                let why = words.customers_form_custom_double();
                wrong.insert(["custom#", &at.to_string()].concat(), why.to_owned());
            }
            let known = before.custom.get(&name);
            draft.custom.insert(name, custom_value(value, known));
        }
        let nobody = draft.name.is_empty() && draft.phone.is_none() && draft.email.is_none();
        if nobody && draft.external_id.is_none() {
            wrong.insert(
                "name".to_owned(),
                words.customers_form_identity().to_owned(),
            );
        }
        (draft, wrong)
    }

    /// Whether anything would be lost.
    pub fn changed(&self) -> bool {
        let (draft, wrong) = self.draft();
        let blank = |wrong: &BTreeMap<String, String>| wrong.keys().all(|key| key == "name");
        draft != self.before.get_value() || !blank(&wrong)
    }

    /// Closes, unless something would be lost.
    pub fn leave(&self) {
        if self.changed() {
            self.leaving.set(true);
        } else {
            self.open.set(false);
        }
    }

    fn refused(&self, fault: &Fault) {
        let words = self.words;
        if fault.code != FaultCode::Invalid || fault.issues.is_empty() {
            let why = [&words.fault(fault), " ", words.customers_form_kept()].concat();
            self.failed.set(Some(why));
            return;
        }
        let field_of = |issue: &Issue| issue.field.clone().unwrap_or_else(|| "name".to_owned());
        let wrong = fault
            .issues
            .iter()
            .map(|issue| (field_of(issue), words.issue(issue)))
            .collect();
        self.mark(wrong);
    }

    fn mark(&self, wrong: BTreeMap<String, String>) {
        let count = wrong.len() as u64;
        self.failed
            .set(Some(self.words.customers_form_errors(count)));
        self.wrong.set(wrong);
        // The first wrong field gets the focus, once its mark is drawn.
        request_animation_frame(|| {
            use wasm_bindgen::JsCast;
            let first = document().query_selector("dialog[open] [aria-invalid=true]");
            if let Ok(Some(first)) = first {
                let _ = first.unchecked_into::<web_sys::HtmlElement>().focus();
            }
        });
    }

    /// Saves it; what is refused stays in the form.
    pub fn save(self, on_saved: Callback<CustomerId>) {
        let (draft, wrong) = self.draft();
        if !wrong.is_empty() {
            return self.mark(wrong);
        }
        self.wrong.set(BTreeMap::new());
        self.failed.set(None);
        let words = self.words;
        if draft == self.before.get_value() && self.id.is_some() {
            self.state
                .toasts
                .done(words.customers_form_unchanged(), None);
            self.open.set(false);
            return;
        }
        let name = if draft.name.is_empty() {
            words.customers_unnamed().to_owned()
        } else {
            draft.name.clone()
        };
        let (command, text) = match self.id {
            Some(id) => (
                Command::UpdateCustomer { id, fields: draft },
                words.customers_form_saved(&name),
            ),
            None => (
                Command::CreateCustomer { fields: draft },
                words.customers_form_created(&name),
            ),
        };
        self.busy.set(true);
        let answer = self.state.client.apply(command);
        spawn_local(async move {
            let result = answer.await;
            let _ = self.busy.try_set(false);
            match result {
                Ok(done) => {
                    self.state.toasts.done(text, done.batch);
                    if let Outcome::Customer { id } = done.outcome {
                        on_saved.run(id);
                    }
                    let _ = self.open.try_set(false);
                }
                Err(fault) => self.refused(&fault),
            }
        });
    }
}

fn custom_text(value: &CustomField) -> String {
    match value {
        CustomField::Flag(true) => "true".to_owned(),
        CustomField::Flag(false) => "false".to_owned(),
        CustomField::Number(number) => number.to_string(),
        CustomField::Text(text) => text.clone(),
    }
}

/// A field of the owner's own keeps its type where the new text allows it.
fn custom_value(text: String, known: Option<&CustomField>) -> CustomField {
    match known {
        Some(CustomField::Flag(_)) if text == "true" || text == "false" => {
            CustomField::Flag(text == "true")
        }
        Some(CustomField::Number(_)) => match text.parse::<f64>() {
            Ok(number) if number.is_finite() => CustomField::Number(number),
            _ => CustomField::Text(text),
        },
        _ => CustomField::Text(text),
    }
}
