//! Phone and e-mail: while they are typed, the form says whose they are already.

use super::state::Form;
use leptos::task::spawn_local;
use protocol::{FoundRecord, Query, RecordKind, Reply};
use std::time::Duration;
use ui::Input;
use ui::prelude::*;

/// Phone or e-mail, with a warning while typing when somebody has it already.
pub fn contact(form: Form, key: &'static str) -> AnyView {
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
        let typed = typed.trim().to_ascii_lowercase();
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
        words.any(|word| word.to_ascii_lowercase() == search)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_number_or_address_is_a_twin() {
        assert_eq!(wanted("phone", "138 00"), None);
        assert_eq!(
            wanted("phone", "138 0000 0000").as_deref(),
            Some("13800000000")
        );
        assert_eq!(
            wanted("email", " A@Example.com").as_deref(),
            Some("a@example.com")
        );
        for (key, detail, search, same) in [
            (
                "phone",
                "+86 138 0000 0000 · a@b.example",
                "13800000000",
                true,
            ),
            ("phone", "+8613900000000", "13800000000", false),
            ("email", "+86138 · a@b.example", "a@b.example", true),
            ("email", "aa@b.example", "a@b.example", false),
        ] {
            assert_eq!(has(key, detail, search), same, "{detail}");
        }
    }
}
