//! What a row can do, by its menu or by keys on its handle; and the keys of the builder as a whole.

use super::draft::NodeId;
use super::edit::Step;
use super::rows::RowKind;
use super::state::{Desk, focus_row};
use leptos::ev::KeyboardEvent;
use ui::prelude::*;

/// What a row can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// A copy of it behind it.
    Duplicate,
    /// Its opposite.
    Negate,
    /// A group around it.
    Wrap,
    /// Its group away.
    Unwrap,
    /// Elsewhere.
    Move(Step),
    /// Away with it.
    Remove,
}

/// The handle takes the focus again: rows that move lose it.
const HANDLE: &str = ".brick-handle";

/// Does it, tells what came of it, and puts the focus where one goes on.
pub fn run(desk: Desk, id: NodeId, act: Act) {
    let words = desk.words;
    let (next, said) = match act {
        Act::Duplicate => (
            desk.attempt(|draft| draft.duplicate(id)),
            words.builder_told_duplicated(),
        ),
        Act::Negate => (
            desk.attempt(|draft| draft.negate(id)),
            words.builder_told_negated(),
        ),
        Act::Wrap => (
            desk.attempt(|draft| draft.wrap(id)),
            words.builder_told_grouped(),
        ),
        Act::Unwrap => (
            desk.attempt(|draft| draft.unwrap(id)),
            words.builder_told_ungrouped(),
        ),
        Act::Move(step) => {
            let moved = desk.attempt(|draft| draft.step(id, step).map(|()| id));
            (moved, words.builder_told_moved())
        }
        Act::Remove => (
            desk.attempt(|draft| draft.remove(id)),
            words.builder_told_removed(),
        ),
    };
    let Some(next) = next else { return };
    desk.tell(said);
    focus_row(next, RowKind::Node, HANDLE);
}

/// Keys on a handle: Alt and arrows move, arrows go from row to row, Delete removes.
pub fn on_handle(desk: Desk, id: NodeId, event: &KeyboardEvent) {
    let plain = !event.alt_key() && !event.ctrl_key() && !event.meta_key();
    let act = match (event.key().as_str(), event.alt_key()) {
        ("ArrowUp", true) => Act::Move(Step::Up),
        ("ArrowDown", true) => Act::Move(Step::Down),
        ("ArrowLeft", true) => Act::Move(Step::Out),
        ("ArrowRight", true) => Act::Move(Step::In),
        ("ArrowUp", false) if plain => return neighbour(desk, id, false, event),
        ("ArrowDown", false) if plain => return neighbour(desk, id, true, event),
        ("Delete" | "Backspace", false) if plain => Act::Remove,
        ("d" | "D", false) if plain => Act::Duplicate,
        ("n" | "N", false) if plain => Act::Negate,
        ("g" | "G", false) if plain => Act::Wrap,
        ("u" | "U", false) if plain => Act::Unwrap,
        _ => return,
    };
    event.prevent_default();
    event.stop_propagation();
    let root = desk.with_untracked(|draft| draft.root.id == id);
    if !root || matches!(act, Act::Negate | Act::Wrap) {
        run(desk, id, act);
    }
}

fn neighbour(desk: Desk, id: NodeId, down: bool, event: &KeyboardEvent) {
    event.prevent_default();
    let next = desk.rows.with_untracked(|rows| {
        let nodes: Vec<NodeId> = rows
            .iter()
            .filter(|row| row.kind == RowKind::Node)
            .map(|row| row.id)
            .collect();
        let at = nodes.iter().position(|known| *known == id)?;
        let at = if down { at + 1 } else { at.checked_sub(1)? };
        nodes.get(at).copied()
    });
    if let Some(next) = next {
        focus_row(next, RowKind::Node, HANDLE);
    }
}

/// Undo and redo anywhere in the builder. Fields have no undo of their own here: what was typed is a step like any
/// other.
pub fn on_builder(desk: Desk, event: &KeyboardEvent) {
    let control = event.ctrl_key() || event.meta_key();
    match (event.key().as_str(), control, event.shift_key()) {
        ("z" | "Z", true, false) => desk.undo(),
        ("z" | "Z", true, true) | ("y" | "Y", true, false) => desk.redo(),
        _ => return,
    }
    event.prevent_default();
    event.stop_propagation();
}
