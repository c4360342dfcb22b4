//! Fields that two sides changed: both values beside each other, one click takes the other one.

use super::question::{record_link, record_title};
use super::{answer, focus, use_count};
use crate::state::{State, apply_in, use_ask, use_state, use_words};
use protocol::{
    Command, Page, Query, SyncCommand, SyncConflict, SyncQuery, SyncReply, SyncSide, SyncValue,
};
use serde_json::Value;
use text::Words;
use ui::prelude::*;
use ui::{Badge, Button, Checkbox, Look, Pager};

/// Rows of a stretch.
const SIZE: u64 = 20;

/// The heading, which gets the focus when a row has gone.
const HEADING: &str = "sync-conflicts";

/// The list, where there is something to look at or somebody wants to see what there was.
#[component]
pub fn Conflicts() -> impl IntoView {
    let words = use_words();
    let state = use_state();
    let offset = RwSignal::new(0u64);
    let total = RwSignal::new(0u64);
    let settled = RwSignal::new(false);
    let open = use_count(|light| light.conflicts);
    let asking = use_ask(move || {
        let _ = open.get();
        Query::Sync(SyncQuery::Conflicts {
            settled: settled.get(),
            offset: offset.get(),
            limit: SIZE as u32,
        })
    });
    let page = answer(asking, |reply| match reply {
        SyncReply::Conflicts(page) => Some(page),
        _ => None,
    });
    Effect::new(move |_| {
        let all = page.with(|page| page.as_ref().map_or(0, |page| page.total));
        total.set(all);
        // The last row of the last stretch has gone.
        let last = all.saturating_sub(1) / SIZE * SIZE;
        if offset.get_untracked() > last {
            offset.set(last);
        }
    });
    let list = move || page.with(|page| page.as_ref().map(|page| rows(words, state, page)));
    let all = move |()| {
        let said = words.sync_conflict_all_done().to_owned();
        apply_in(state, Command::Sync(SyncCommand::SettleAll), said, |_| {
            focus(HEADING);
        });
    };
    view! {
        <section class="section sync-part" aria-labelledby=HEADING>
            <div class="section-head">
                <h2 id=HEADING tabindex="-1">{words.sync_conflicts()}</h2>
                <div class="actions">
                    <Checkbox label=words.sync_conflict_settled() value=settled/>
                    <span hidden=move || open.get() == 0>
                        <Button label=words.sync_conflict_stays_all() look=Look::Quiet on_press=all/>
                    </span>
                </div>
            </div>
            {list}
            <Pager
                offset
                size=SIZE
                total
                earlier=words.act_later()
                later=words.act_earlier()
                place=move |(from, to, all): (u64, u64, u64)| {
                    words.sync_conflict_place(&words.count(from), &words.count(to), &words.count(all))
                }
            />
        </section>
    }
    .into_any()
}

fn rows(words: Words, state: State, page: &Page<SyncConflict>) -> AnyView {
    if page.items.is_empty() {
        return view! { <p class="note">{words.sync_conflicts_none()}</p> }.into_any();
    }
    let rows: Vec<AnyView> = page
        .items
        .iter()
        .map(|conflict| row(words, state, conflict))
        .collect();
    view! {
        <p class="note">{words.sync_conflicts_text()}</p>
        <ul class="sync-conflicts">{rows}</ul>
    }
    .into_any()
}

fn row(words: Words, state: State, it: &SyncConflict) -> AnyView {
    let whole = it.field.is_empty();
    let field = if whole {
        words.sync_conflict_whole().to_owned()
    } else {
        words.field(&it.field)
    };
    let shown = |json: &str| value(words, &it.field, json);
    let (kept, other) = (shown(&it.kept.json), shown(&it.other.json));
    let before = (!whole && !it.before.is_empty()).then(|| {
        let text = shown(&it.before);
        view! { <p class="note">{words.sync_conflict_before()} " " <del>{text}</del></p> }
    });
    let state_of = if it.settled {
        view! { <Badge label=words.sync_conflict_settled_badge()/> }.into_any()
    } else {
        ().into_any()
    };
    let acts = acts(words, state, it, &field, (&kept, &other));
    // Two edits of one minute: which was the later one is in the seconds.
    let minute = "2026-01-31T18:30".len();
    let alike = it.kept.local_at.get(..minute) == it.other.local_at.get(..minute);
    let when = |value: &SyncValue| match alike {
        true => words.exact_moment(&value.local_at),
        false => words.moment(&value.local_at),
    };
    let (kept_when, other_when) = (when(&it.kept), when(&it.other));
    view! {
        <li class="sync-conflict">
            <div class="sync-conflict-head">
                {record_link(words, &it.record)}
                <span class="note">{field}</span>
                {state_of}
            </div>
            <div class="sync-values">
                {side(words, words.sync_conflict_kept(), (&it.kept, &kept_when), kept, acts.0)}
                {side(words, words.sync_conflict_other(), (&it.other, &other_when), other, acts.1)}
            </div>
            {before}
        </li>
    }
    .into_any()
}

/// The buttons below the value that stayed, and below the other.
fn acts(
    words: Words,
    state: State,
    it: &SyncConflict,
    field: &str,
    (kept, other): (&str, &str),
) -> (AnyView, AnyView) {
    if it.settled {
        return (().into_any(), ().into_any());
    }
    let title = record_title(words, &it.record);
    let whole = it.field.is_empty();
    let leave = view! {
        <button
            type="button"
            class="button quiet sync-keep"
            aria-label=words.sync_conflict_keep_of(&title, field, kept)
            on:click={
                let conflict = it.id;
                move |_| settle(words, state, conflict, false)
            }
        >
            {words.sync_conflict_keep()}
        </button>
    }
    .into_any();
    if it.changed_since {
        let note = view! { <p class="note">{words.sync_conflict_since()}</p> }.into_any();
        return (leave, note);
    }
    let (label, name) = if whole && it.kept.json.is_empty() {
        (
            words.sync_conflict_restore(),
            words.sync_conflict_restore_of(&title),
        )
    } else {
        (
            words.sync_conflict_use(),
            words.sync_conflict_use_of(&title, field, other),
        )
    };
    let take = view! {
        <button
            type="button"
            class="button"
            aria-label=name
            on:click={
                let conflict = it.id;
                move |_| settle(words, state, conflict, true)
            }
        >
            {label}
        </button>
    }
    .into_any();
    (leave, take)
}

fn settle(words: Words, state: State, conflict: u64, other: bool) {
    let text = if other {
        words.sync_conflict_taken()
    } else {
        words.sync_conflict_stays()
    };
    let command = SyncCommand::Settle { conflict, other };
    apply_in(state, Command::Sync(command), text.to_owned(), |_| {
        focus(HEADING);
    });
}

fn side(
    words: Words,
    name: &'static str,
    (it, when): (&SyncValue, &str),
    text: String,
    act: AnyView,
) -> AnyView {
    let from = match it.side {
        SyncSide::Here => words.sync_conflict_here(when),
        SyncSide::There | SyncSide::Both => words.sync_conflict_there(when),
    };
    view! {
        <div class="sync-value">
            <p class="sync-value-name">{name}</p>
            <p class="sync-value-text">{text}</p>
            <p class="note">{from}</p>
            {act}
        </div>
    }
    .into_any()
}

/// A value as a person reads it: no quotes, no brackets.
fn value(words: Words, field: &str, json: &str) -> String {
    if json.is_empty() {
        return words.sync_conflict_removed().to_owned();
    }
    match serde_json::from_str(json) {
        Ok(value) => plain(words, field, &value),
        Err(_) => json.to_owned(),
    }
}

fn plain(words: Words, field: &str, value: &Value) -> String {
    match value {
        Value::Null => words.sync_conflict_empty().to_owned(),
        Value::Bool(true) => words.sync_conflict_yes().to_owned(),
        Value::Bool(false) => words.sync_conflict_no().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) if text.is_empty() => words.sync_conflict_empty().to_owned(),
        Value::String(text) => words.choice(field, text),
        Value::Array(items) if items.is_empty() => words.sync_conflict_empty().to_owned(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|it| plain(words, field, it)).collect();
            words.sync_list(&items)
        }
        Value::Object(members) => {
            let members: Vec<String> = members
                .iter()
                .map(|(key, it)| [&words.field(key), " ", &plain(words, key, it)].concat())
                .collect();
            words.sync_list(&members)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use text::Locale;

    #[test]
    fn values_read_as_words() {
        let words = Words::new(Locale::En);
        for (field, json, text) in [
            ("name", "\"Ann \\\"A\\\"\"", "Ann \"A\""),
            ("note", "\"\"", "(empty)"),
            ("birthday", "null", "(empty)"),
            ("gender", "\"female\"", "Female"),
            ("tags", "[\"vip\",\"tea\"]", "vip, tea"),
            ("tags", "[]", "(empty)"),
            ("consent", "{\"email\":true}", "E-mail Yes"),
            ("acquisitionCost", "12.5", "12.5"),
            ("", "", "Deleted"),
            ("x", "{broken", "{broken"),
        ] {
            assert_eq!(value(words, field, json), text, "{json}");
        }
    }
}
