//! The command palette: records, actions and pages by any word, also by pinyin.

use crate::actions::{self, Action};
use crate::router::navigate;
use crate::state::{State, use_state, use_words};
use leptos::{ev, html};
use protocol::{FoundRecord, Query, RecordKind, Reply};
use text::Words;
use ui::prelude::*;
use ui::spawn_local;
use ui::{Dialog, Glyph, Icon, icon};

/// One line of it.
#[derive(Clone)]
struct Line {
    icon: Glyph,
    title: String,
    detail: String,
    what: What,
}

#[derive(Clone)]
enum What {
    Do(Action),
    Go(String),
}

fn matches(action: Action, words: Words, wanted: &str) -> bool {
    let wanted = wanted.to_ascii_lowercase();
    let label = action.label(words).to_ascii_lowercase();
    label.contains(&wanted)
        || action
            .aliases()
            .split(' ')
            .any(|alias| alias.starts_with(&wanted))
}

fn action_lines(state: State, words: Words, wanted: &str) -> Vec<Line> {
    Action::ALL
        .iter()
        .filter(|action| {
            action.is_offered(state) && (wanted.is_empty() || matches(**action, words, wanted))
        })
        .map(|action| {
            let detail = match (action.key(), action.go_key()) {
                (Some(key), _) => key.to_ascii_uppercase(),
                (None, Some(key)) => ["G ", &key.to_ascii_uppercase()].concat(),
                (None, None) => String::new(),
            };
            Line {
                icon: action.icon(),
                title: action.label(words).to_owned(),
                detail,
                what: What::Do(*action),
            }
        })
        .collect()
}

fn record_line(found: &FoundRecord) -> Line {
    let (icon, page) = match found.kind {
        RecordKind::Order => (icon::ORDERS, "#/orders/"),
        _ => (icon::PERSON, "#/customers/"),
    };
    Line {
        icon,
        title: found.title.clone(),
        detail: found.detail.clone(),
        what: What::Go([page, &found.id].concat()),
    }
}

/// The palette.
#[component]
pub fn Palette() -> impl IntoView {
    let state = use_state();
    let words = use_words();
    view! {
        <Dialog
            open=state.palette
            title=words.shell_palette().to_owned()
            close_label=words.act_close()
            size="palette"
            bare=true
        >
            <Inside/>
        </Dialog>
    }
}

#[component]
fn Inside() -> impl IntoView {
    let state = use_state();
    let words = use_words();
    let wanted = RwSignal::new(String::new());
    let found = RwSignal::new(Vec::<FoundRecord>::new());
    let at = RwSignal::new(0usize);
    let field = NodeRef::<html::Input>::new();
    let id = StoredValue::new(ui::fresh_id("palette"));
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            let _ = field.focus();
        }
    });
    Effect::new(move |_| {
        let search = wanted.get().trim().to_owned();
        at.set(0);
        if search.is_empty() {
            found.set(Vec::new());
            return;
        }
        let answer = state.client.query(Query::Find {
            search: search.clone(),
            limit: 8,
        });
        spawn_local(async move {
            // Only the newest question's answer is shown.
            if let Ok(Reply::Found(records)) = answer.await
                && wanted.try_with_untracked(|now| now.trim() == search) == Some(true)
            {
                found.set(records);
            }
        });
    });
    let lines = Memo::new_with_compare(
        move |_| {
            let records = found.with(|found| found.iter().map(record_line).collect::<Vec<_>>());
            let actions = wanted.with(|wanted| action_lines(state, words, wanted.trim()));
            let mut all = records;
            all.extend(actions);
            all
        },
        |_, _| true,
    );
    let run = move |index: usize| {
        let line = lines.with_untracked(|lines| lines.get(index).cloned());
        if let Some(line) = line {
            state.palette.set(false);
            match line.what {
                What::Do(action) => actions::run(state, action),
                What::Go(href) => navigate(&href),
            }
        }
    };
    let keys = move |event: ev::KeyboardEvent| {
        // While a Chinese word is being composed, Enter and arrows belong to the input method.
        if event.is_composing() {
            return;
        }
        let count = lines.with_untracked(Vec::len);
        match event.key().as_str() {
            "ArrowDown" => at.update(|at| *at = (*at + 1).min(count.saturating_sub(1))),
            "ArrowUp" => at.update(|at| *at = at.saturating_sub(1)),
            "Enter" => run(at.get_untracked()),
            _ => return,
        }
        event.prevent_default();
    };
    let option_id = move |index: usize| id.with_value(|id| [id, "-", &index.to_string()].concat());
    let list = move || {
        let records = found.with(Vec::len);
        lines.with(|lines| {
            if lines.is_empty() {
                return view! { <p class="palette-none">{words.shell_palette_none(&wanted.get_untracked())}</p> }
                    .into_any();
            }
            let views: Vec<AnyView> = lines
                .iter()
                .enumerate()
                .map(|(index, line)| {
                    let group = (index == 0 && records > 0).then(|| words.shell_palette_records()).or_else(|| {
                        (index == records).then(|| words.shell_palette_actions())
                    });
                    let line = line.clone();
                    view! {
                        {group.map(|name| view! { <p class="palette-group" role="presentation">{name}</p> })}
                        <div
                            class="palette-line"
                            role="option"
                            id=option_id(index)
                            aria-selected=move || if at.get() == index { "true" } else { "false" }
                            on:click=move |_| run(index)
                            on:mousemove=move |_| at.set(index)
                        >
                            <Icon glyph=line.icon/>
                            <span class="palette-title">{line.title}</span>
                            <span class="palette-detail">{line.detail}</span>
                        </div>
                    }
                    .into_any()
                })
                .collect();
            views.into_any()
        })
    };
    Effect::new(move |_| {
        if let Some(line) = document().get_element_by_id(&option_id(at.get())) {
            let options = web_sys::ScrollIntoViewOptions::new();
            options.set_block(web_sys::ScrollLogicalPosition::Nearest);
            line.scroll_into_view_with_scroll_into_view_options(&options);
        }
    });
    view! {
        <div class="palette">
            <div class="palette-field">
                <Icon glyph=icon::SEARCH/>
                <input
                    type="text"
                    role="combobox"
                    aria-expanded="true"
                    aria-controls=id.get_value()
                    aria-activedescendant=move || option_id(at.get())
                    aria-label=words.shell_palette_label()
                    placeholder=words.shell_palette_label()
                    autocomplete="off"
                    spellcheck="false"
                    node_ref=field
                    prop:value=move || wanted.get()
                    on:input=move |event| wanted.set(event_target_value(&event))
                    on:keydown=keys
                />
            </div>
            <div class="palette-list" role="listbox" id=id.get_value() aria-label=words.shell_palette()>{list}</div>
            <p class="palette-hint">{words.shell_palette_hint()}</p>
        </div>
    }
    .into_any()
}
