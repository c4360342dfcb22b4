//! The form of a customer: new or known, in a dialog (a sheet on a phone).
//!
//! What was typed is never lost: a refused save keeps the form open with the wrong fields marked, and closing with
//! unsaved changes asks first. While a phone number or an e-mail is typed, the form says whose it is already.

use super::draft::{self, Control, Field};
use super::{customer_name, phone_shown};
use crate::expect_reply;
use crate::state::{State, use_client, use_currency, use_state, use_words};
use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{Currency, CustomField, CustomerDraft, CustomerId, CustomerKind, Issue};
use protocol::{Command, Fault, FaultCode, FoundRecord, Outcome, Query, RecordKind, Reply};
use std::collections::BTreeMap;
use std::time::Duration;
use text::Words;
use ui::{
    Button, Choice, DateField, Dialog, IconButton, Input, Look, Segmented, Select, Textarea, icon,
};

/// What the form is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Editing {
    /// A new customer, with what was searched for as a start.
    New(String),
    /// A known one.
    Known(CustomerId),
}

/// The values customers have for an attribute, as suggestions of a field.
#[derive(Clone)]
pub struct Suggestions {
    id: String,
    values: RwSignal<Vec<String>>,
}

/// Fetches the most frequent values of an attribute.
pub fn suggestions(attribute: &str) -> Suggestions {
    let values = RwSignal::new(Vec::new());
    let answer = use_client().query(Query::Values {
        attribute: attribute.to_owned(),
        search: String::new(),
        limit: 30,
    });
    spawn_local(async move {
        if let Ok(Reply::Values(found)) = answer.await {
            let _ = values.try_set(found.into_iter().map(|it| it.value).collect());
        }
    });
    Suggestions {
        id: ui::fresh_id("values"),
        values,
    }
}

impl Suggestions {
    /// The id a field's `list` names.
    pub fn id(&self) -> String {
        self.id.clone()
    }

    /// The element that holds them.
    pub fn datalist(&self) -> AnyView {
        let values = self.values;
        let options = move || {
            let values = values.get();
            values
                .into_iter()
                .map(|value| view! { <option value=value></option> })
                .collect_view()
        };
        view! { <datalist id=self.id()>{options}</datalist> }.into_any()
    }
}

/// The state of the form.
#[derive(Clone, Copy)]
struct Form {
    state: State,
    words: Words,
    currency: Currency,
    id: Option<CustomerId>,
    /// What it began with.
    before: StoredValue<CustomerDraft>,
    /// Fields by key.
    values: StoredValue<BTreeMap<&'static str, RwSignal<String>>>,
    kind: RwSignal<String>,
    tags: RwSignal<Vec<String>>,
    tag: RwSignal<String>,
    /// Name and value of the owner's own fields.
    custom: RwSignal<Vec<(RwSignal<String>, RwSignal<String>)>>,
    /// What is wrong, by field.
    wrong: RwSignal<BTreeMap<String, String>>,
    /// What is wrong with the whole.
    failed: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
    leaving: RwSignal<bool>,
    open: RwSignal<bool>,
}

impl Form {
    fn new(state: State, words: Words, id: Option<CustomerId>, draft: CustomerDraft) -> Self {
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

    fn value(&self, key: &str) -> RwSignal<String> {
        let known = self.values.with_value(|values| values.get(key).copied());
        known.unwrap_or_else(|| RwSignal::new(String::new()))
    }

    fn error(&self, key: &str) -> Signal<Option<String>> {
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

    fn changed(&self) -> bool {
        let (draft, wrong) = self.draft();
        let blank = |wrong: &BTreeMap<String, String>| wrong.keys().all(|key| key == "name");
        draft != self.before.get_value() || !blank(&wrong)
    }

    /// Closes, unless something would be lost.
    fn leave(&self) {
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

    fn save(self, on_saved: Callback<CustomerId>) {
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
                {fields(form)}
                <p class="form-failed" role="alert">{move || form.failed.get()}</p>
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
    view! { <div class="dialog-foot">{asks}</div> }.into_any()
}

fn fields(form: Form) -> AnyView {
    let words = form.words;
    let kind = vec![
        Choice::new("person", words.customers_form_person()),
        Choice::new("company", words.customers_form_company()),
    ];
    let about = move || {
        if form.kind.get() == "company" {
            group(form, words.customers_profile_company(), draft::COMPANY)
        } else {
            group(form, words.customers_profile_person(), draft::PERSON)
        }
    };
    view! {
        <Segmented
            label=words.customers_form_kind()
            label_hidden=true
            value=form.kind
            choices=kind
        />
        <div class="fields">
            <Input
                label=words.field("name")
                value=form.value("name")
                error=form.error("name")
                autofocus=true
            />
            {contact(form, "phone")}
            {contact(form, "email")}
        </div>
        {tags(form)}
        {about}
        {group(form, words.customers_profile_place(), draft::PLACE)}
        {group(form, words.customers_profile_relation(), draft::RELATION)}
        {group(form, words.customers_profile_consent(), draft::CONSENT)}
        {custom(form)}
        <Textarea label=words.field("note") value=form.value("note") error=form.error("note") rows=3/>
    }
    .into_any()
}

/// A group of fields behind a fold; open when something in it is filled in.
fn group(form: Form, title: &'static str, table: &'static [Field]) -> AnyView {
    let filled = table.iter().any(|field| {
        form.value(field.key)
            .with_untracked(|text| !text.is_empty())
    });
    let wrong = move || {
        form.wrong
            .with(|wrong| table.iter().any(|field| wrong.contains_key(field.key)))
    };
    let controls: Vec<AnyView> = table.iter().map(|field| control(form, *field)).collect();
    view! {
        <details class="form-group" open=move || filled || wrong()>
            <summary>{title}</summary>
            <div class="fields">{controls}</div>
        </details>
    }
    .into_any()
}

fn control(form: Form, field: Field) -> AnyView {
    let words = form.words;
    let (label, value, error) = (
        words.field(field.key),
        form.value(field.key),
        form.error(field.key),
    );
    let unset = || Choice::new("", words.customers_form_unset());
    match field.control {
        Control::Choice(names) => {
            let named = |name: &&str| Choice::new(*name, words.choice(field.key, name));
            let choices = std::iter::once(unset())
                .chain(names.iter().map(named))
                .collect();
            view! { <Select label value choices error/> }.into_any()
        }
        Control::Consent => {
            let choices = vec![
                Choice::new("", words.customers_form_consent_unknown()),
                Choice::new("yes", words.customers_form_consent_yes()),
                Choice::new("no", words.customers_form_consent_no()),
            ];
            view! { <Select label value choices error/> }.into_any()
        }
        Control::Date => view! { <DateField label value error/> }.into_any(),
        Control::Long => view! { <Textarea label value error/> }.into_any(),
        Control::Suggest(attribute) => {
            let known = suggestions(attribute);
            view! {
                {known.datalist()}
                <Input label value error list=known.id()/>
            }
            .into_any()
        }
        Control::Text
        | Control::Phone
        | Control::Email
        | Control::List
        | Control::Birthday
        | Control::Money => {
            let hint = match field.control {
                Control::Birthday => words.customers_form_birthday_hint(),
                Control::List => words.customers_form_list_hint(),
                _ => "",
            };
            let mode = if field.control == Control::Money {
                "decimal"
            } else {
                ""
            };
            view! { <Input label value error hint mode/> }.into_any()
        }
    }
}

/// Phone or e-mail, with a warning while typing when somebody has it already.
fn contact(form: Form, key: &'static str) -> AnyView {
    let words = form.words;
    let value = form.value(key);
    let twin = RwSignal::new(None::<FoundRecord>);
    let client = form.state.client;
    let mut look = debounce(Duration::from_millis(250), move |typed: String| {
        let Some(search) = wanted(key, &typed) else {
            let _ = twin.try_set(None);
            return;
        };
        let answer = client.query(Query::Find {
            search: search.clone(),
            limit: 8,
        });
        spawn_local(async move {
            if let Ok(Reply::Found(found)) = answer.await {
                let own = form.id.map(|id| id.to_string());
                let same = found.into_iter().find(|it| {
                    it.kind == RecordKind::Customer
                        && Some(&it.id) != own.as_ref()
                        && has(key, &it.detail, &search)
                });
                let _ = twin.try_set(same);
            }
        });
    });
    let began = value.get_untracked();
    Effect::watch(
        move || value.get(),
        move |typed, _, _| {
            look(if *typed == began {
                String::new()
            } else {
                typed.clone()
            })
        },
        false,
    );
    let warning = move || {
        twin.get().map(|twin| {
            let text = if key == "phone" {
                words.customers_form_phone_taken(&twin.title)
            } else {
                words.customers_form_email_taken(&twin.title)
            };
            let href = ["#/customers/", &twin.id].concat();
            view! {
                <p class="twin">
                    {text} " "
                    <a href=href target="_blank" rel="noopener">
                        {words.customers_form_open_other()}
                    </a>
                </p>
            }
        })
    };
    let (kind, mode) = if key == "phone" {
        ("tel", "tel")
    } else {
        ("email", "email")
    };
    view! {
        <div>
            <Input label=words.field(key) value error=form.error(key) kind mode/>
            <div role="status">{warning}</div>
        </div>
    }
    .into_any()
}

/// What to look for; nothing while too little was typed.
fn wanted(key: &str, typed: &str) -> Option<String> {
    if key == "phone" {
        let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
        (digits.len() >= 7).then_some(digits)
    } else {
        let typed = typed.trim().to_lowercase();
        (typed.contains('@') && typed.len() > 5).then_some(typed)
    }
}

/// Whether what tells a record apart has exactly this phone or e-mail.
fn has(key: &str, detail: &str, search: &str) -> bool {
    if key == "phone" {
        let digits: String = detail.chars().filter(char::is_ascii_digit).collect();
        digits.contains(search)
    } else {
        let mut words = detail.split(|c: char| c.is_whitespace() || c == '·' || c == ',');
        words.any(|word| word.to_lowercase() == search)
    }
}

fn tags(form: Form) -> AnyView {
    let words = form.words;
    let known = suggestions("tags");
    let chips = move || {
        let tags = form.tags.get();
        tags.into_iter()
            .map(|tag| {
                let own = tag.clone();
                let remove =
                    Callback::new(move |()| form.tags.update(|tags| tags.retain(|it| *it != own)));
                let remove_label = words.customers_form_tag_remove(&tag);
                view! { <ui::Chip label=tag remove_label on_remove=remove/> }.into_any()
            })
            .collect_view()
    };
    let add = move |event: leptos::ev::KeyboardEvent| {
        // Enter that ends the spelling of a Chinese word is not an Enter.
        if event.key() == "Enter" && !event.is_composing() {
            let typed = form.tag.get_untracked();
            if !typed.trim().is_empty() {
                event.prevent_default();
                form.tags.update(|tags| {
                    tags.extend(draft::words(&typed));
                    tags.sort();
                    tags.dedup();
                });
                form.tag.set(String::new());
            }
        }
    };
    view! {
        <div class="tag-field" on:keydown=add>
            {known.datalist()}
            <Input
                label=words.field("tags")
                hint=words.customers_form_tags_add()
                value=form.tag
                error=form.error("tags")
                list=known.id()
            />
            <div class="chips">{chips}</div>
        </div>
    }
    .into_any()
}

fn custom(form: Form) -> AnyView {
    let words = form.words;
    let any = form.custom.with_untracked(|custom| !custom.is_empty());
    let rows = move || {
        let rows = form.custom.get();
        rows.into_iter()
            .enumerate()
            .map(|(at, (name, value))| {
                let error = form.error(&["custom#", &at.to_string()].concat());
                let remove = Callback::new(move |()| {
                    form.custom.update(|rows| {
                        if at < rows.len() {
                            rows.remove(at);
                        }
                    });
                });
                view! {
                    <div class="custom-row">
                        <Input label=words.customers_form_custom_name() value=name error/>
                        <Input label=words.customers_form_custom_value() value/>
                        <IconButton
                            label=words.customers_form_custom_remove()
                            icon=icon::TRASH
                            on_press=remove
                        />
                    </div>
                }
                .into_any()
            })
            .collect_view()
    };
    let add = Callback::new(move |()| {
        let row = (RwSignal::new(String::new()), RwSignal::new(String::new()));
        form.custom.update(|rows| rows.push(row));
    });
    view! {
        <details class="form-group" open=any>
            <summary>{words.customers_profile_custom()}</summary>
            {rows}
            <Button
                label=words.customers_form_custom_add()
                icon=icon::PLUS
                look=Look::Quiet
                on_press=add
            />
        </details>
    }
    .into_any()
}

/// What another page shows of a customer in one line.
pub fn one_line(words: Words, customer: &model::Customer) -> String {
    let reach = customer.fields.phone.as_deref().map(phone_shown);
    let name = customer_name(words, customer);
    match reach {
        Some(phone) if phone != name => [&name, " · ", &phone].concat(),
        _ => name,
    }
}
