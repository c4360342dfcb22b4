//! Dragging a row by its handle with the mouse or a finger. A line shows where it would go; Escape lets it be.

use super::draft::NodeId;
use super::edit::Spot;
use super::rows::{Row, RowKind};
use super::state::{Desk, focus_row, row_id};
use leptos::ev;
use ui::prelude::*;
use wasm_bindgen::JsCast;

/// So far the pointer moves before a press is a drag, in pixels.
const SLACK: f64 = 5.0;

/// A place to drop: the row before whose upper edge the line is drawn, and the spot.
fn places(desk: Desk, dragged: NodeId) -> Vec<(u64, Spot)> {
    desk.with_untracked(|draft| {
        let inside = |id: NodeId| {
            draft
                .find(dragged)
                .is_some_and(|node| node.find(id).is_some())
        };
        desk.rows.with_untracked(|rows| {
            let spot = |row: &Row| match row.kind {
                RowKind::Node if !inside(row.id) || row.id == dragged => {
                    let (group, at) = draft.parent(row.id)?;
                    Some((row.key(), Spot { group, at }))
                }
                RowKind::Add if !inside(row.id) => Some((
                    row.key(),
                    Spot {
                        group: row.id,
                        at: draft.find(row.id)?.nodes().len(),
                    },
                )),
                _ => None,
            };
            rows.iter().filter_map(spot).collect()
        })
    })
}

/// The place that the pointer means: the first whose row's middle lies below it, else the last.
fn place_at(places: &[(u64, Spot)], y: f64) -> Option<(u64, Spot)> {
    let below = places.iter().find(|(key, _)| {
        let row = document().get_element_by_id(&row_id(*key));
        row.is_some_and(|row| {
            let edges = row.get_bounding_client_rect();
            y < edges.top() + edges.height() / 2.0
        })
    });
    below.or(places.last()).copied()
}

/// Begins with a press on the handle.
pub fn start(desk: Desk, id: NodeId, event: &ev::PointerEvent) {
    if event.button() != 0 {
        return;
    }
    let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
    let pointer = event.pointer_id();
    let target = event
        .current_target()
        .and_then(|it| it.dyn_into::<web_sys::Element>().ok());
    if let Some(target) = &target {
        // The handle hears of the pointer wherever it goes. Refused only when the pointer is gone already.
        let _ = target.set_pointer_capture(pointer);
    }
    let moving = StoredValue::new(None::<(u64, Spot)>);
    let places = StoredValue::new(Vec::new());
    let ends = StoredValue::new(Vec::<ui::dom::Listening>::new());
    let end = move || {
        let all = ends.try_update_value(std::mem::take).unwrap_or_default();
        for listener in all {
            listener.remove();
        }
        desk.dragged.try_set(None);
        desk.drop.try_set(None);
    };
    let on_move = window_event_listener(ev::pointermove, move |event| {
        if event.pointer_id() != pointer {
            return;
        }
        let (dx, dy) = (
            f64::from(event.client_x()) - x,
            f64::from(event.client_y()) - y,
        );
        if desk.dragged.get_untracked().is_none() {
            if dx.hypot(dy) < SLACK {
                return;
            }
            places.try_set_value(self::places(desk, id));
            desk.dragged.set(Some(id));
        }
        let found = places
            .try_with_value(|all| place_at(all, f64::from(event.client_y())))
            .flatten();
        moving.try_set_value(found);
        desk.drop.set(found.map(|(key, _)| key));
    });
    let on_up = window_event_listener(ev::pointerup, move |event| {
        if event.pointer_id() != pointer {
            return;
        }
        let spot = moving
            .try_get_value()
            .flatten()
            .filter(|_| desk.dragged.get_untracked().is_some());
        end();
        if let Some((_, spot)) = spot {
            drop_at(desk, id, spot);
        }
    });
    let on_cancel = window_event_listener(ev::pointercancel, move |_| end());
    let on_key = window_event_listener(ev::keydown, move |event| {
        if event.key() == "Escape" {
            event.prevent_default();
            end();
        }
    });
    ends.set_value(vec![on_move, on_up, on_cancel, on_key]);
}

fn drop_at(desk: Desk, id: NodeId, spot: Spot) {
    let stays = desk.with_untracked(|draft| {
        draft
            .parent(id)
            .is_some_and(|(group, at)| group == spot.group && (spot.at == at || spot.at == at + 1))
    });
    if stays {
        return;
    }
    if desk.attempt(|draft| draft.move_to(id, spot)).is_some() {
        desk.tell(desk.words.builder_told_moved());
        focus_row(id, RowKind::Node, ".brick-handle");
    }
}
