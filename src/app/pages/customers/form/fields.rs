//! The fields of the form, by what they are about.

use super::super::draft::{self, Control, Field};
use super::alike::alike;
use super::state::Form;
use super::suggestions;
use super::twin::contact;
use ui::prelude::*;
use ui::{Button, Choice, DateField, IconButton, Input, Look, Segmented, Select, Textarea, icon};

/// All fields.
pub fn fields(form: Form) -> AnyView {
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
        {alike(form)}
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
