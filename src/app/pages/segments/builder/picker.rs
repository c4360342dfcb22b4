//! Choosing what to ask: a button with a list that is searched while one types.

use super::choose::{self, Entry};
use super::combo::{Acts, Combo, Offer};
use super::draft::{NodeId, What};
use super::rows::RowKind;
use super::state::{Desk, focus_row};
use model::rule::{Field, ValueKind};
use std::sync::Arc;
use text::Words;
use ui::prelude::*;
use ui::{Look, Popover, icon};

/// A button that lets a person choose what a condition asks.
#[component]
pub fn ChooseWhat(
    /// The builder.
    desk: Desk,
    /// What the button says.
    #[prop(into)]
    label: String,
    /// It adds: with a plus, and quiet.
    #[prop(optional)]
    adds: bool,
    /// Something was chosen.
    on_choose: Callback<What>,
) -> impl IntoView {
    let words = desk.words;
    let open = RwSignal::new(false);
    let typed = RwSignal::new(String::new());
    let entries = Memo::new(move |_| {
        desk.names
            .with(|names| Arc::new(choose::entries(words, names)))
    });
    let offers = Memo::new(move |_| {
        let all = entries.get();
        let found = choose::matching(&all, &typed.get());
        Arc::new(
            found
                .into_iter()
                .filter_map(|at| offer(desk, &all, at))
                .collect::<Vec<_>>(),
        )
    });
    let chosen = Callback::new(move |at: String| {
        let what = at.parse().ok().and_then(|at: usize| {
            entries.with_untracked(|all| all.get(at).map(|entry| entry.what.clone()))
        });
        open.set(false);
        if let Some(what) = what {
            on_choose.run(what);
        }
    });
    let (look, glyph) = if adds {
        (Look::Quiet, icon::PLUS)
    } else {
        (Look::Plain, icon::CHEVRON_DOWN)
    };
    let list = List {
        name: words.builder_what(),
        typed,
        offers,
        chosen,
    };
    view! { <Popover label icon=glyph look open>{list.draw(words)}</Popover> }.into_any()
}

/// A list in a popover that is searched while one types.
#[derive(Clone, Copy)]
struct List {
    /// What it is a list of.
    name: &'static str,
    typed: RwSignal<String>,
    offers: Memo<Arc<Vec<Offer>>>,
    chosen: Callback<String>,
}

impl List {
    fn draw(self, words: Words) -> AnyView {
        let acts = Acts {
            choose: self.chosen,
            back: None,
        };
        view! {
            <div class="what-list">
                <Combo
                    label=self.name
                    text=self.typed
                    offers=self.offers
                    acts
                    always=true
                    autofocus=true
                    placeholder=words.builder_what_search()
                    nothing=words.builder_what_none()
                />
            </div>
        }
        .into_any()
    }
}

fn offer(desk: Desk, entries: &[Entry], at: usize) -> Option<Offer> {
    let entry = entries.get(at)?;
    Some(Offer {
        value: at.to_string(),
        label: entry.label.clone(),
        note: String::new(),
        group: choose::group_name(desk.words, entry.group),
    })
}

/// A button that adds a condition on the orders or events that a node measures.
#[component]
pub fn AddWhere(
    /// The builder.
    desk: Desk,
    /// The node.
    of: NodeId,
) -> impl IntoView {
    let words = desk.words;
    let open = RwSignal::new(false);
    let typed = RwSignal::new(String::new());
    let fields = Memo::new(move |_| {
        let kind = desk.with(|draft| match &draft.find(of)?.what {
            What::Events { kind, .. } => Some(kind.clone()),
            _ => None,
        });
        let names = desk.names.get();
        choose::fields(words, &names, kind.as_deref())
            .into_iter()
            .map(|it| (it.label, it.field, Kind(it.kind)))
            .collect::<Vec<_>>()
    });
    let offers = Memo::new(move |_| {
        let search = typed.get().trim().to_lowercase();
        let all = fields.get();
        let found = all.iter().enumerate().filter(|(_, (label, field, _))| {
            label.to_lowercase().contains(&search) || field.name().contains(&search)
        });
        let offers = found.map(|(at, (label, ..))| Offer {
            value: at.to_string(),
            label: label.clone(),
            note: String::new(),
            group: String::new(),
        });
        Arc::new(offers.collect::<Vec<_>>())
    });
    let chosen = Callback::new(move |at: String| {
        open.set(false);
        let found = at
            .parse()
            .ok()
            .and_then(|at: usize| fields.with_untracked(|all| all.get(at).cloned()));
        let Some((_, field, kind)) = found else {
            return;
        };
        add(desk, of, field, kind.0);
    });
    let list = List {
        name: words.builder_where_what(),
        typed,
        offers,
        chosen,
    };
    view! {
        <Popover label=words.builder_where_add() icon=icon::PLUS look=Look::Quiet open>
            {list.draw(words)}
        </Popover>
    }
    .into_any()
}

/// A kind of value that can be compared, as memos need it.
#[derive(Clone, Copy, PartialEq)]
struct Kind(ValueKind);

fn add(desk: Desk, of: NodeId, field: Field, kind: ValueKind) {
    let kind = if kind == ValueKind::Custom {
        ValueKind::Text
    } else {
        kind
    };
    if let Some(id) = desk.attempt(|draft| draft.add_where(of, field, kind)) {
        focus_row(id, RowKind::Where, VALUE);
    }
}

/// Where the focus goes in a new row: its value, else its first control.
pub const VALUE: &str = ".combo > input, [data-first], .brick-body select";
