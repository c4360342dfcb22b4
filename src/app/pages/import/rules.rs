//! What happens to records that are known already, by what they are recognised, and what becomes of orders that nobody
//! fits. Shown with the columns, and again beside the outcome, where a change is seen at once.

use super::Desk;
use super::mapping::Mapping;
use model::import::{ImportKind, MatchBy, OnMatch, OnMatchBy, OnUnknown};
use text::Words;
use ui::prelude::*;
use ui::{Checkbox, Choice, Select};

const MATCHES: [(&str, OnMatch); 4] = [
    ("update", OnMatch::Update),
    ("skip", OnMatch::Skip),
    ("overwrite", OnMatch::Overwrite),
    ("keep_both", OnMatch::KeepBoth),
];

const UNKNOWN: [(&str, OnUnknown); 3] = [
    ("create", OnUnknown::Create),
    ("wait", OnUnknown::Wait),
    ("skip", OnUnknown::Skip),
];

fn match_name(words: Words, on_match: OnMatch) -> &'static str {
    match on_match {
        OnMatch::Update => words.import_on_match_update(),
        OnMatch::Skip => words.import_on_match_skip(),
        OnMatch::Overwrite => words.import_on_match_overwrite(),
        OnMatch::KeepBoth => words.import_on_match_keep_both(),
    }
}

fn unknown_name(words: Words, unknown: OnUnknown) -> &'static str {
    match unknown {
        OnUnknown::Create => words.import_unknown_create(),
        OnUnknown::Wait => words.import_unknown_wait(),
        OnUnknown::Skip => words.import_unknown_skip(),
    }
}

/// What happens to the customer of an order.
fn buyer_name(words: Words, on_match: OnMatch) -> &'static str {
    match on_match {
        OnMatch::Skip => words.import_on_buyer_skip(),
        OnMatch::Update | OnMatch::Overwrite | OnMatch::KeepBoth => words.import_on_buyer_fill(),
    }
}

/// A way to recognise customers: its name, a word of warning, whether it counts, what happens then.
struct Key {
    name: &'static str,
    hint: &'static str,
    used: fn(&mut MatchBy) -> &mut bool,
    then: fn(&mut OnMatchBy) -> &mut Option<OnMatch>,
}

fn all_keys(words: Words) -> [Key; 4] {
    [
        Key {
            name: words.import_match_external_id(),
            hint: "",
            used: |by| &mut by.external_id,
            then: |by| &mut by.external_id,
        },
        Key {
            name: words.import_match_email(),
            hint: "",
            used: |by| &mut by.email,
            then: |by| &mut by.email,
        },
        Key {
            name: words.import_match_phone(),
            hint: "",
            used: |by| &mut by.phone,
            then: |by| &mut by.phone,
        },
        Key {
            name: words.import_match_name(),
            hint: words.import_match_name_hint(),
            used: |by| &mut by.name,
            then: |by| &mut by.name,
        },
    ]
}

/// What happens to known records, in a few words.
fn outline(words: Words, mapping: &Mapping) -> String {
    let (mut used, mut then) = (mapping.match_by, mapping.on_match_by);
    let mut parts = vec![match_name(words, mapping.on_match).to_owned()];
    for key in all_keys(words) {
        if let (true, Some(action)) = (*(key.used)(&mut used), *(key.then)(&mut then)) {
            let action = action_name(words, mapping.kind, action);
            parts.push(words.import_rules_key(key.name, action));
        }
    }
    parts.join(" · ")
}

fn action_name(words: Words, kind: ImportKind, action: OnMatch) -> &'static str {
    match kind {
        ImportKind::Customers => match_name(words, action),
        ImportKind::Orders => buyer_name(words, action),
    }
}

fn named<T: Copy + PartialEq>(choices: &[(&'static str, T)], value: T) -> String {
    let found = choices.iter().find(|(_, it)| *it == value);
    found
        .map(|(name, _)| (*name).to_owned())
        .unwrap_or_default()
}

fn valued<T: Copy>(choices: &[(&'static str, T)], name: &str) -> Option<T> {
    choices
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, it)| *it)
}

/// The choices of a file. With a `place` among the reports, a change rehearses anew.
pub fn rules(words: Words, desk: Desk, mapping: &Mapping, place: Option<usize>) -> AnyView {
    let change = move |change: Box<dyn FnOnce(&mut Mapping)>| match place {
        None => desk.change(change),
        Some(place) => {
            desk.show_report(place);
            // Who changes a choice has them open, whether or not the browser has told of it yet.
            desk.rules_open.set_value(true);
            desk.change(change);
            desk.dry_run();
        }
    };
    let on_match = RwSignal::new(named(&MATCHES, mapping.on_match));
    let matches = MATCHES.map(|(name, it)| Choice::new(name, match_name(words, it)));
    let set_match = Callback::new(move |chosen: String| {
        if let Some(chosen) = valued(&MATCHES, &chosen) {
            change(Box::new(move |mapping| mapping.on_match = chosen));
        }
    });
    let orders = (mapping.kind == ImportKind::Orders).then(|| {
        let unknown = RwSignal::new(named(&UNKNOWN, mapping.on_unknown));
        let choices = UNKNOWN.map(|(name, it)| Choice::new(name, unknown_name(words, it)));
        let set = Callback::new(move |chosen: String| {
            if let Some(chosen) = valued(&UNKNOWN, &chosen) {
                change(Box::new(move |mapping| mapping.on_unknown = chosen));
            }
        });
        view! {
            <Select
                label=words.import_unknown()
                value=unknown
                choices=choices.into()
                on_change=set
            />
        }
        .into_any()
    });
    view! {
        <details
            class="import-details import-rules"
            open=desk.rules_open.get_value()
            on:toggle=move |event| {
                let now: web_sys::Element = event_target(&event);
                desk.rules_open.set_value(now.has_attribute("open"));
            }
        >
            <summary>{words.import_rules(&outline(words, mapping))}</summary>
            <div class="fields">
                <Select
                    label=words.import_on_match()
                    value=on_match
                    choices=matches.into()
                    on_change=set_match
                />
                {orders}
                {keys(words, mapping, change)}
            </div>
        </details>
    }
    .into_any()
}

/// By what known customers are recognised, and what happens to those who were recognised by it.
fn keys(
    words: Words,
    mapping: &Mapping,
    change: impl Fn(Box<dyn FnOnce(&mut Mapping)>) + Copy + Send + Sync + 'static,
) -> AnyView {
    let kind = mapping.kind;
    let actions: &[(&str, OnMatch)] = match kind {
        ImportKind::Customers => &MATCHES,
        ImportKind::Orders => MATCHES.split_at(2).0,
    };
    let (by, then) = (mapping.match_by, mapping.on_match_by);
    let rows: Vec<AnyView> = all_keys(words)
        .into_iter()
        .map(|key| {
            let (mut by, mut then) = (by, then);
            let used = RwSignal::new(*(key.used)(&mut by));
            let action = RwSignal::new(
                (key.then)(&mut then).map_or(String::new(), |it| named(&MATCHES, it)),
            );
            let set_used = Callback::new(move |on: bool| {
                change(Box::new(move |mapping| {
                    *(key.used)(&mut mapping.match_by) = on
                }));
            });
            let set_action = Callback::new(move |chosen: String| {
                let chosen = valued(&MATCHES, &chosen);
                change(Box::new(move |mapping| {
                    *(key.then)(&mut mapping.on_match_by) = chosen
                }));
            });
            let mut choices = vec![Choice::new("", words.import_on_match_above())];
            choices.extend(
                actions
                    .iter()
                    .map(|(name, it)| Choice::new(*name, action_name(words, kind, *it))),
            );
            view! {
                <div class="import-key">
                    <Checkbox label=key.name hint=key.hint value=used on_change=set_used/>
                    <div class="import-key-then" hidden=move || !used.get()>
                        <Select
                            label=words.import_on_match_for(key.name)
                            label_hidden=true
                            value=action
                            choices
                            on_change=set_action
                        />
                    </div>
                </div>
            }
            .into_any()
        })
        .collect();
    view! {
        <fieldset class="import-keys">
            <legend>{words.import_match_by()}</legend>
            {rows}
        </fieldset>
    }
    .into_any()
}
