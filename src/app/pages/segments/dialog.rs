//! A new or changed segment: name and rule, with a live count and what is wrong by its path.

use crate::state::{apply_in, use_ask_when, use_currency, use_state, use_words};
use model::SegmentId;
use model::rule::Rule;
use protocol::{Command, Query, Reply, SegmentView};
use std::sync::Arc;
use ui::prelude::*;
use ui::{Button, Choice, Dialog, Input, Look, Select, Textarea};

/// The rule everyone passes.
const EVERYONE: &str = r#"{"all":[]}"#;

/// A segment that is being edited.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// Which; `None` for a new one.
    pub id: Option<SegmentId>,
    /// Its name.
    pub name: String,
    /// Its rule as JSON; empty for everyone.
    pub rule: String,
}

/// The dialog; open while there is a draft.
#[component]
pub fn SegmentDialog(
    /// What is edited.
    draft: RwSignal<Option<Draft>>,
) -> impl IntoView {
    let words = use_words();
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(draft.with(Option::is_some)));
    let title = Signal::derive(move || {
        let known = draft.with(|draft| draft.as_ref().is_some_and(|draft| draft.id.is_some()));
        let text = if known {
            words.segments_dialog_edit()
        } else {
            words.segments_dialog_new()
        };
        text.to_owned()
    });
    view! {
        <Dialog open title close_label=words.act_close() size="wide" on_close=move |()| draft.set(None)>
            {move || draft.get_untracked().map(|draft| view! { <Form start=draft open/> })}
        </Dialog>
    }
    .into_any()
}

/// One line for each level, so that a person can change numbers without losing the place.
pub fn spread(json: &str) -> String {
    let parsed = js_sys::JSON::parse(json).ok();
    let text = parsed.and_then(|value| {
        js_sys::JSON::stringify_with_replacer_and_space(
            &value,
            &wasm_bindgen::JsValue::NULL,
            &2.into(),
        )
        .ok()
    });
    text.map_or_else(|| json.to_owned(), String::from)
}

#[component]
fn Form(
    /// What is edited.
    start: Draft,
    /// Closes the dialog.
    open: RwSignal<bool>,
) -> impl IntoView {
    let words = use_words();
    let state = use_state();
    let currency = use_currency();
    let id = start.id;
    let name = RwSignal::new(start.name);
    let rule = RwSignal::new(spread(if start.rule.is_empty() {
        EVERYONE
    } else {
        &start.rule
    }));
    let tried = RwSignal::new(false);
    let parsed = Memo::new(move |_| rule.with(|rule| Rule::parse(rule)));
    let rule_error = Signal::derive(move || {
        parsed.get().err().map(|wrong| {
            if wrong.path.is_empty() {
                words.segments_rule_wrong_root(&wrong.found, &wrong.expected)
            } else {
                words.segments_rule_wrong(&wrong.path, &wrong.found, &wrong.expected)
            }
        })
    });
    let name_error = Signal::derive(move || {
        let missing = tried.get() && name.with(|name| name.trim().is_empty());
        missing.then(|| words.segments_field_name_missing().to_owned())
    });
    let counting = use_ask_when(move || {
        let rule = parsed.get().ok()?;
        Some(Query::Count {
            rule: rule.to_json(),
            as_of: None,
        })
    });
    let count = move || {
        let asked = counting.get();
        if let Some(fault) = asked.fault {
            return words.fault(&fault);
        }
        match asked.reply.as_deref() {
            Some(Reply::Count(view)) => {
                let spend = words.money(view.spend, currency);
                words.segments_count(view.count, &words.share(view.count, view.of), &spend)
            }
            _ => words.segments_counting().to_owned(),
        }
    };
    let sentence = move || {
        parsed
            .get()
            .map(|rule| words.rule_in(&rule.to_json(), currency))
            .unwrap_or_default()
    };
    let save = move |()| {
        tried.set(true);
        let (Ok(rule), name) = (
            parsed.get_untracked(),
            name.get_untracked().trim().to_owned(),
        ) else {
            return;
        };
        if name.is_empty() {
            return;
        }
        let said = words.segments_saved(&name);
        let command = Command::SaveSegment {
            id,
            name,
            rule: rule.to_json(),
        };
        apply_in(state, command, said, move |_| open.set(false));
    };
    view! {
        <Input label=words.segments_field_name() value=name error=name_error required=true autofocus=true/>
        {id.is_none().then(|| view! { <StartFrom rule/> })}
        <Textarea
            label=words.segments_field_rule()
            value=rule
            error=rule_error
            hint=words.segments_field_rule_hint()
            rows=10
            code=true
        />
        <div class="count-line" aria-live="polite">
            <p>{sentence}</p>
            <p class="quiet">{count}</p>
        </div>
        <div class="dialog-foot">
            <Button label=words.act_cancel() look=Look::Quiet on_press=move |()| open.set(false)/>
            <Button label=words.act_save() look=Look::Primary on_press=save/>
        </div>
    }
    .into_any()
}

/// Ready segments to start from.
#[component]
fn StartFrom(
    /// Set to the chosen segment's rule.
    rule: RwSignal<String>,
) -> impl IntoView {
    let words = use_words();
    let asking = use_ask_when(|| Some(Query::Segments));
    let chosen = RwSignal::new(String::new());
    let segments = Memo::new_with_compare(
        move |_| match asking.reply() {
            Some(reply) => match &*reply {
                Reply::Segments(segments) => Arc::new(segments.clone()),
                _ => Arc::new(Vec::<SegmentView>::new()),
            },
            None => Arc::new(Vec::new()),
        },
        |old, new| old.map(|s| s.len()) != new.map(|s| s.len()),
    );
    let change = Callback::new(move |key: String| {
        let found = segments.with_untracked(|all| {
            let index: Option<usize> = key.parse().ok();
            index
                .and_then(|index| all.get(index))
                .map(|segment| segment.rule.clone())
        });
        rule.set(spread(&found.unwrap_or_else(|| EVERYONE.to_owned())));
    });
    move || {
        let mut choices = vec![Choice::new("", words.segments_field_start_blank())];
        segments.with(|all| {
            for (index, segment) in all.iter().enumerate() {
                choices.push(Choice::new(
                    index.to_string(),
                    super::list::segment_name(words, segment),
                ));
            }
        });
        view! { <Select label=words.segments_field_start() value=chosen choices on_change=change/> }
    }
}
