//! A new member in seconds: phone, name, birthday if they like; then straight to the bill.

use super::{Act, Till, name_or};
use crate::state::use_today;
use leptos::task::spawn_local;
use model::{Birthday, CustomerDraft, CustomerId};
use protocol::{Command, CounterQuery, CounterReply, Outcome, Query, Reply};
use std::time::Duration;
use ui::prelude::*;
use ui::{Button, DateField, Dialog, Input, Look};

/// Digits from which on a number is looked up.
const DIGITS: usize = 7;

/// The dialog; what was searched for is taken over.
pub fn dialog(till: Till, open: RwSignal<bool>, search: RwSignal<String>) -> AnyView {
    let words = till.words;
    view! {
        <Dialog open title=words.counter_register_title().to_owned() close_label=words.act_close()>
            {move || form(till, &search.get_untracked())}
        </Dialog>
    }
    .into_any()
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// Whether what was searched for is a phone number, not a name.
fn is_phone(text: &str) -> bool {
    let signs = |c: char| c.is_ascii_digit() || " +-()".contains(c);
    !text.is_empty() && text.chars().all(signs)
}

fn form(till: Till, searched: &str) -> AnyView {
    let words = till.words;
    let searched = searched.trim();
    let (name, phone) = if is_phone(searched) {
        ("", searched)
    } else {
        (searched, "")
    };
    let name = RwSignal::new(name.to_owned());
    let phone = RwSignal::new(phone.to_owned());
    let birthday = RwSignal::new(String::new());
    let act = Act::new();
    let today = use_today();
    let save = move || {
        let draft = CustomerDraft {
            name: name.get_untracked().trim().to_owned(),
            phone: Some(phone.get_untracked().trim().to_owned()).filter(|it| !it.is_empty()),
            birthday: birthday.get_untracked().parse::<Birthday>().ok(),
            signup_on: Some(today),
            ..CustomerDraft::default()
        };
        if draft.name.is_empty() && draft.phone.is_none() {
            act.wrong
                .set(Some(words.counter_register_need().to_owned()));
            return;
        }
        create(till, act, draft);
    };
    view! {
        <form
            class="till-form"
            novalidate=true
            on:submit=move |event| {
                event.prevent_default();
                save();
            }
        >
            <Input
                label=words.counter_register_phone()
                value=phone
                kind="tel"
                mode="tel"
                autofocus=true
            />
            {twin(till, phone)}
            <Input label=words.counter_register_name() value=name/>
            <DateField label=words.counter_register_birthday() value=birthday/>
            {act.notice()}
            <div class="dialog-foot">
                <Button label=words.counter_register_do() look=Look::Primary submit=true busy=act.busy/>
            </div>
        </form>
    }
    .into_any()
}

fn create(till: Till, act: Act, fields: CustomerDraft) {
    if act.busy.get_untracked() {
        return;
    }
    act.busy.set(true);
    act.wrong.set(None);
    let words = till.words;
    let name = name_or(words, &fields.name);
    // The same wish sent twice makes one member: the key is the request's id, which the worker does once.
    let key = act
        .intention
        .key(&[&fields.name, "\n", fields.phone.as_deref().unwrap_or("")].concat());
    let answer = till
        .state
        .client
        .apply_once(key, Command::CreateCustomer { fields });
    spawn_local(async move {
        match answer.await {
            // The act stays busy and keeps its key: a second tap that comes before the member's page is there must not
            // make another member.
            Ok(done) => {
                if let Outcome::Customer { id } = done.outcome {
                    let text = words.counter_register_done(&name);
                    till.state.toasts.done(text, done.batch);
                    till.open(id);
                }
            }
            Err(fault) => {
                let _ = act.busy.try_set(false);
                let _ = act.wrong.try_set(Some(words.fault(&fault)));
            }
        }
    });
}

/// Says while a number is typed whose it is already, and opens them.
fn twin(till: Till, phone: RwSignal<String>) -> AnyView {
    let words = till.words;
    let known = RwSignal::new(None::<(CustomerId, String)>);
    let mut look = debounce(Duration::from_millis(150), move |typed: String| {
        let wanted = digits(&typed);
        if wanted.len() < DIGITS {
            let _ = known.try_set(None);
            return;
        }
        let query = Query::Counter(CounterQuery::Find {
            search: wanted.clone(),
            limit: 4,
        });
        let answer = till.state.client.query(query);
        spawn_local(async move {
            let Ok(Reply::Counter(reply)) = answer.await else {
                return;
            };
            let CounterReply::Found(found) = *reply else {
                return;
            };
            let same = found.members.into_iter().find(|it| {
                let phone = digits(it.phone.as_deref().unwrap_or_default());
                phone.ends_with(&wanted)
            });
            let _ = known.try_set(same.map(|it| (it.customer, it.name)));
        });
    });
    Effect::watch(
        move || phone.get(),
        move |typed, _, _| look(typed.clone()),
        true,
    );
    let content = move || {
        known.get().map(|(customer, name)| {
            let text = words.counter_register_taken(&name_or(words, &name));
            view! {
                <p class="twin">
                    {text}
                    <Button
                        label=words.counter_register_open()
                        on_press=move |()| till.open(customer)
                    />
                </p>
            }
        })
    };
    view! { <div role="status">{content}</div> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_searched_for_is_a_phone_or_a_name() {
        for (text, phone) in [
            ("138 0000 0000", true),
            ("+86-138", true),
            ("1234", true),
            ("王芳", false),
            ("wf", false),
            ("", false),
        ] {
            assert_eq!(is_phone(text), phone, "{text}");
        }
        assert_eq!(digits("+86 138-0000"), "861380000");
    }
}
