//! Children of components, views under a condition, and lists by key.

use super::view::{Place, remove};
use super::{AnyView, IntoView, alive};
use leptos::prelude::{Get, Memo, Owner, component, untrack};
use std::pin::Pin;
use std::sync::Arc;
use web_sys::Node;

/// Children that are drawn once.
pub type Children = Box<dyn FnOnce() -> AnyView>;

/// Children that may be drawn again.
pub type ChildrenFn = Arc<dyn Fn() -> AnyView + Send + Sync>;

/// Makes children of a function; the component's property says which kind.
pub trait ToChildren<F> {
    /// The children.
    fn to_children(f: F) -> Self;
}

impl<F: FnOnce() -> AnyView + 'static> ToChildren<F> for Children {
    fn to_children(f: F) -> Self {
        Box::new(f)
    }
}

impl<F: Fn() -> AnyView + Send + Sync + 'static> ToChildren<F> for ChildrenFn {
    fn to_children(f: F) -> Self {
        Arc::new(f)
    }
}

/// Shows its children while a condition holds.
#[component]
pub fn Show<W: Fn() -> bool + Send + Sync + 'static>(
    /// The condition.
    when: W,
    /// What is shown.
    children: ChildrenFn,
) -> impl IntoView {
    let shown = Memo::new(move |_| when());
    (move || {
        if shown.get() {
            children()
        } else {
            AnyView::empty()
        }
    })
    .into_any()
}

/// What runs after the page is drawn and whenever a signal that it read changes. Unlike leptos' own it is one piece
/// of code however many there are.
pub struct Effect;

impl Effect {
    /// Runs `f` soon, and again after changes.
    #[expect(
        clippy::new_ret_no_self,
        reason = "it reads like the one of leptos, which belongs to its owner too"
    )]
    pub fn new(mut f: impl FnMut(()) + 'static) {
        later(Box::new(move || f(())));
    }

    /// Runs `then` with what `read` gives after each change of the signals that `read` read; at first only if `now`.
    pub fn watch<T: 'static>(
        mut read: impl FnMut() -> T + 'static,
        mut then: impl FnMut(&T, Option<&T>, Option<()>) + 'static,
        now: bool,
    ) {
        let mut before: Option<T> = None;
        later(Box::new(move || {
            let value = read();
            if now || before.is_some() {
                untrack(|| then(&value, before.as_ref(), None));
            }
            before = Some(value);
        }));
    }
}

fn later(mut f: Box<dyn FnMut()>) {
    leptos::prelude::Effect::new(move |_: Option<()>| f());
}

/// Runs a future on this thread. Unlike leptos' own it is one piece of code however many kinds of futures there are.
pub fn spawn_local(future: impl Future<Output = ()> + 'static) {
    let boxed: Pin<Box<dyn Future<Output = ()>>> = Box::pin(future);
    leptos::task::spawn_local(boxed);
}

/// What names a row of a list.
pub trait Key {
    /// As a number.
    fn number(self) -> u64;
}

macro_rules! keys {
    ($($key:ty),*) => {$(
        impl Key for $key {
            fn number(self) -> u64 {
                self as u64
            }
        }
    )*};
}

keys!(u32, u64, usize, i64);

/// A row that is drawn: its key, what it owns, its element.
struct Row {
    key: u64,
    owner: Owner,
    node: Node,
}

type Make = Box<dyn FnOnce() -> AnyView>;

/// A list that keeps the elements of rows whose key stays. Each row is one element.
#[component]
pub fn For<I, T, K>(
    /// The rows.
    each: impl Fn() -> I + 'static,
    /// What names a row.
    key: impl Fn(&T) -> K + 'static,
    /// Draws a row.
    children: impl Fn(T) -> AnyView + Clone + 'static,
) -> impl IntoView
where
    I: IntoIterator<Item = T> + 'static,
    T: 'static,
    K: Key + 'static,
{
    keyed(Box::new(move || {
        each()
            .into_iter()
            .map(|item| {
                let (key, draw) = (key(&item).number(), children.clone());
                (key, Box::new(move || draw(item)) as Make)
            })
            .collect()
    }))
}

fn keyed(mut list: Box<dyn FnMut() -> Vec<(u64, Make)>>) -> AnyView {
    let (place, view) = Place::new();
    // Rows outlive a run of the effect, so they do not belong to it.
    let outer = Owner::current().unwrap_or_default();
    let mut rows: Vec<Row> = Vec::new();
    alive(Box::new(move || {
        let wanted = list();
        let mut old: Vec<Row> = std::mem::take(&mut rows);
        let stays = |row: &Row| wanted.iter().any(|(key, _)| *key == row.key);
        for row in old.extract_if(.., |row| !stays(row)) {
            remove(&row.node);
            row.owner.cleanup();
        }
        let mut next = place.first();
        for (key, make) in wanted {
            let known = old
                .iter()
                .position(|row| row.key == key)
                .map(|at| old.swap_remove(at));
            let row = known.unwrap_or_else(|| draw(&outer, key, make));
            if next.as_ref() == Some(&row.node) {
                next = row.node.next_sibling();
            } else {
                place.put(&row.node, next.as_ref());
            }
            rows.push(row);
        }
    }));
    view
}

fn draw(outer: &Owner, key: u64, make: Make) -> Row {
    let owner = outer.child();
    let node = owner.with(|| untrack(make)).node();
    Row { key, owner, node }
}
