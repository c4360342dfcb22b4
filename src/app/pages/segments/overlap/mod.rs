//! Overlap of segments: the matrix, the sets behind each cell, every combination, and set algebra.
//!
//! What is compared follows from the address (`?sets=saved:<id>,ready:vip`), so that a comparison is a link.

mod algebra;
mod matrix;
mod node;
mod pair;
mod regions;
mod save;

use crate::as_of::{AsOf, use_as_of};
use crate::many::{ManyDialog, SetChoice, SetItem, Sets, Wish, use_sets};
use crate::router::{self, Route};
use crate::state::{use_ask_when, use_currency, use_place, use_words};
use model::{Currency, Day};
use protocol::{MembershipQuery, MembershipReply, OverlapView, Query, Reply, SETS_MAX};
use save::{SaveDialog, Saving};
use std::sync::Arc;
use text::Words;
use ui::prelude::*;
use ui::{Button, Chip, EmptyState, Look, icon};

/// The parameter of the address that holds the keys.
const PARAM: &str = "sets";

/// The link to a comparison of these sets.
pub fn href(keys: &[String]) -> String {
    Route::Segments("overlap".to_owned()).with(&[(PARAM, &keys.join(","))])
}

/// What the parts of the page share.
#[derive(Clone, Copy)]
struct Shared {
    words: Words,
    currency: Currency,
    /// What is to be done with a set.
    wish: RwSignal<Option<Wish>>,
    /// A rule that is to be saved.
    saving: RwSignal<Option<Saving>>,
    /// The day it is asked for.
    as_of: Memo<Option<Day>>,
}

/// A comparison that is there: the sets in the order of their columns, and the counts.
#[derive(Clone, PartialEq)]
struct Compared {
    items: Vec<SetItem>,
    view: OverlapView,
}

/// The answer, if it is the one to these sets.
fn compare(reply: &Reply, items: Vec<SetItem>) -> Option<Compared> {
    let Reply::Membership(reply) = reply else {
        return None;
    };
    match &**reply {
        MembershipReply::Overlap(view) if view.sets.len() == items.len() => Some(Compared {
            items,
            view: view.clone(),
        }),
        _ => None,
    }
}

/// The page.
#[component]
pub fn Overlap() -> impl IntoView {
    let words = use_words();
    let place = use_place();
    let as_of = use_as_of();
    let sets = use_sets();
    let shared = Shared {
        words,
        currency: use_currency(),
        wish: RwSignal::new(None),
        saving: RwSignal::new(None),
        as_of,
    };
    let keys =
        Memo::new(move |_| place.with(|place| read(place.params.get(PARAM).unwrap_or_default())));
    // Sets that are gone are left out.
    let items = Memo::new(move |_| {
        keys.with(|keys| {
            keys.iter()
                .filter_map(|key| sets.find(key))
                .collect::<Vec<_>>()
        })
    });
    let asked = use_ask_when(move || {
        let rules = items.with(|items| {
            items
                .iter()
                .map(|item| item.rule.clone())
                .collect::<Vec<_>>()
        });
        (rules.len() > 1).then(|| {
            Query::Membership(MembershipQuery::Overlap {
                rules,
                as_of: as_of.get(),
            })
        })
    });
    let compared = Memo::new(move |_| {
        let reply = asked.reply()?;
        compare(&reply, items.get()).map(Arc::new)
    });
    let enough = Memo::new(move |_| items.with(|items| items.len() > 1));
    let content = move || {
        if !enough.get() {
            return empty(words, sets);
        }
        view! {
            <div class="overlap-parts">
                {asked.view("tiles", move |_| match compared.get() {
                    Some(compared) => view! {
                        <matrix::Matrix shared compared=Arc::clone(&compared)/>
                        <regions::Regions shared compared/>
                    }.into_any(),
                    None => ().into_any(),
                })}
            </div>
        }
        .into_any()
    };
    view! {
        <div class="page">
            <p class="lead">{words.overlap_lead()}</p>
            <AsOf/>
            <Chosen keys sets/>
            {content}
            <algebra::Algebra shared sets/>
        </div>
        <SaveDialog saving=shared.saving/>
        <ManyDialog wish=shared.wish/>
    }
    .into_any()
}

fn read(text: &str) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    for key in text.split(',').filter(|key| key.contains(':')) {
        if keys.len() < SETS_MAX && !keys.iter().any(|known| known == key) {
            keys.push(key.to_owned());
        }
    }
    keys
}

/// Puts other sets into the address.
fn choose(keys: &[String]) {
    router::replace(&href(keys));
}

fn empty(words: Words, sets: Sets) -> AnyView {
    let start = move |()| {
        let keys: Vec<String> = sets.items.with_untracked(|items| {
            let some = items.iter().filter(|item| item.count > 0).take(3);
            some.map(|item| item.key.clone()).collect()
        });
        choose(&keys);
    };
    view! {
        <EmptyState title=words.overlap_none() text=words.overlap_none_text() icon=icon::SEGMENTS>
            <Button label=words.overlap_start() look=Look::Primary on_press=start/>
        </EmptyState>
    }
    .into_any()
}

/// The chosen sets as chips, and one more.
#[component]
fn Chosen(keys: Memo<Vec<String>>, sets: Sets) -> impl IntoView {
    let words = use_words();
    let adding = RwSignal::new(String::new());
    let add = Callback::new(move |key: String| {
        let mut all = keys.get_untracked();
        if !key.is_empty() && !all.contains(&key) {
            all.push(key);
            choose(&all);
        }
        adding.set(String::new());
    });
    let chips = move || {
        let all = keys.get();
        all.iter()
            .filter_map(|key| {
                let item = sets.find(key)?;
                let rest: Vec<String> = all.iter().filter(|other| *other != key).cloned().collect();
                let label = [&item.name, " · ", &words.count(item.count)].concat();
                let remove = move |()| choose(&rest);
                Some(
                    view! { <Chip label remove_label=words.overlap_remove(&item.name) on_remove=remove/> }
                        .into_any(),
                )
            })
            .collect_view()
    };
    let full = move || keys.with(|keys| keys.len() >= SETS_MAX);
    view! {
        <div class="overlap-sets" role="group" aria-label=words.overlap_sets()>
            {chips}
            <Show when=move || !full()>
                <SetChoice
                    label=words.overlap_add()
                    label_hidden=true
                    value=adding
                    sets
                    empty=words.overlap_add()
                    on_change=add
                />
            </Show>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_a_link_are_read_once_each() {
        assert_eq!(
            read("saved:1,ready:vip,,saved:1,nonsense"),
            ["saved:1", "ready:vip"]
        );
        let many: Vec<String> = (0..40).map(|i| format!("ready:{i}")).collect();
        assert_eq!(read(&many.join(",")).len(), SETS_MAX);
        assert_eq!(href(&["a:b".to_owned()]), "#/segments/overlap?sets=a:b");
    }
}
