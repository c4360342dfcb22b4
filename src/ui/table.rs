//! A table of any length: only the rows in sight exist.
//!
//! The table asks for a row by its index and gets its cells, or `None` while they are on their way (a skeleton row
//! stands in). The page learns the range in sight and fetches it. An ARIA grid: one stop for Tab, then arrows or
//! `j`/`k`, Page Up/Down, Home/End, Enter to open and `x` or space to choose; `aria-activedescendant` follows.
//!
//! Browsers stop laying out at about 17 million pixels, so beyond [`TALLEST`] the scroll bar stands for a
//! proportion instead of pixels.

#![expect(
    clippy::too_many_lines,
    reason = "the component is one element with its signals; parts of it make no sense alone"
)]

use crate::chart::attribute as pixels_of;
use crate::fresh_id;
use crate::icon::{self, Icon};
use crate::prelude::*;
use leptos::{ev, html};

/// The tallest body in pixels that every browser lays out.
const TALLEST: f64 = 12_000_000.0;

/// Rows kept above and below those in sight.
const SPARE: usize = 8;

/// How a column's cells stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Align {
    /// Words.
    #[default]
    Start,
    /// Numbers: right aligned, tabular figures.
    End,
}

/// How the table is sorted by a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sorted {
    /// It can be, and is not.
    Can,
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

/// One column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its key, for `on_sort`.
    pub key: &'static str,
    /// Its title; empty for a column of buttons.
    pub title: String,
    /// How its cells stand.
    pub align: Align,
    /// Its width as a CSS grid track: `minmax(160px, 2fr)`, `96px`.
    pub track: &'static str,
    /// Whether and how the table is sorted by it.
    pub sorted: Option<Sorted>,
}

/// The content of one row.
pub struct RowContent {
    /// One view for each column.
    pub cells: Vec<AnyView>,
    /// It is the record that is open beside the list.
    pub current: bool,
    /// It is chosen (`x`).
    pub chosen: bool,
}

/// What part of the rows is in sight.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Sight {
    /// First row that exists.
    first: usize,
    /// One past the last.
    end: usize,
    /// Where the first one stands in the body, in pixels.
    top: f64,
}

/// Finds what is in sight.
fn sight(scroll: f64, view: f64, total: usize, row: f64) -> Sight {
    let full = total as f64 * row;
    let body = full.min(TALLEST);
    // Where the view would stand if the body had its full height.
    let at = if full > body && body > view {
        scroll / (body - view) * (full - view)
    } else {
        scroll
    };
    let first = ((at / row).max(0.0) as usize)
        .min(total)
        .saturating_sub(SPARE);
    let shown = (view / row).ceil() as usize + 1;
    let end = (first + SPARE + shown + SPARE).min(total);
    Sight {
        first,
        end,
        top: scroll - (at - first as f64 * row),
    }
}

/// The scroll position that brings a row into sight, or `None` when it is there already.
fn scroll_for(index: usize, scroll: f64, view: f64, total: usize, row: f64) -> Option<f64> {
    let full = total as f64 * row;
    let body = full.min(TALLEST);
    let ratio = if full > body && body > view {
        (full - view) / (body - view)
    } else {
        1.0
    };
    let at = scroll * ratio;
    let (top, bottom) = (index as f64 * row, (index + 1) as f64 * row);
    let wanted = if top < at {
        top
    } else if bottom > at + view {
        bottom - view
    } else {
        return None;
    };
    Some(wanted / ratio)
}

/// A table of any length.
#[component]
pub fn VirtualTable(
    /// What it lists.
    #[prop(into)]
    label: String,
    /// Its columns.
    #[prop(into)]
    columns: Signal<Vec<Column>>,
    /// Rows in all.
    #[prop(into)]
    total: Signal<usize>,
    /// A row's content; `None` while it is on its way. Signals read inside draw the row again.
    #[prop(into)]
    row: Callback<usize, Option<RowContent>>,
    /// The rows that exist now: first and one past the last. Called when they change.
    #[prop(into)]
    on_range: Callback<(usize, usize)>,
    /// Opens a row (click, Enter).
    #[prop(optional, into)]
    on_open: Option<Callback<usize>>,
    /// Chooses a row (`x`, space).
    #[prop(optional, into)]
    on_choose: Option<Callback<usize>>,
    /// Sorts by a column's key.
    #[prop(optional, into)]
    on_sort: Option<Callback<&'static str>>,
    /// Height of a row in pixels; the same for all.
    #[prop(default = Signal::stored(36.0), into)]
    row_height: Signal<f64>,
    /// The row the keys are at.
    #[prop(default = RwSignal::new(None), into)]
    active: RwSignal<Option<usize>>,
    /// Set to a row to bring it into sight.
    #[prop(default = RwSignal::new(None), into)]
    scroll_to: RwSignal<Option<usize>>,
) -> impl IntoView {
    let element = NodeRef::<html::Div>::new();
    let scroll = RwSignal::new(0.0f64);
    let view = RwSignal::new(600.0f64);
    let id = StoredValue::new(fresh_id("grid"));
    let in_sight =
        Memo::new(move |_| sight(scroll.get(), view.get(), total.get(), row_height.get()));
    let range = Memo::new(move |_| in_sight.with(|s| (s.first, s.end)));

    let measure = move || {
        // It runs on the next frame; by then the page may have been left.
        if let Some(grid) = element.try_get_untracked().flatten() {
            // The head stands inside the scrolling box and covers one row of it.
            view.try_set((f64::from(grid.client_height()) - 36.0).max(36.0));
            scroll.try_set(f64::from(grid.scroll_top()));
        }
    };
    Effect::new(move |_| {
        if element.get().is_some() {
            request_animation_frame(measure);
        }
    });
    let resized = window_event_listener(ev::resize, move |_| measure());
    on_cleanup(move || resized.remove());
    Effect::new(move |_| on_range.run(range.get()));
    let reveal = move |index: usize| {
        let Some(grid) = element.get_untracked() else {
            return;
        };
        let (scroll, view) = (scroll.get_untracked(), view.get_untracked());
        let (total, height) = (total.get_untracked(), row_height.get_untracked());
        if let Some(wanted) = scroll_for(index, scroll, view, total, height) {
            grid.set_scroll_top(wanted as i32);
        }
    };
    Effect::new(move |_| {
        if let Some(index) = scroll_to.get() {
            reveal(index);
            scroll_to.set(None);
        }
    });
    let keys = move |event: ev::KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let total = total.get_untracked();
        if total == 0 || is_control(&event) {
            return;
        }
        let now = active.get_untracked();
        let shown = (view.get_untracked() / row_height.get_untracked()) as usize;
        let at = now.unwrap_or(0);
        let next = match event.key().as_str() {
            "ArrowDown" | "j" => now.map_or(0, |now| now + 1),
            "ArrowUp" | "k" => at.saturating_sub(1),
            "PageDown" => at + shown,
            "PageUp" => at.saturating_sub(shown),
            "Home" => 0,
            "End" => total - 1,
            "Enter" => {
                if let (Some(open), Some(now)) = (on_open, now) {
                    event.prevent_default();
                    open.run(now);
                }
                return;
            }
            "x" | " " => {
                if let (Some(choose), Some(now)) = (on_choose, now) {
                    event.prevent_default();
                    choose.run(now);
                }
                return;
            }
            _ => return,
        };
        event.prevent_default();
        let next = next.min(total - 1);
        active.set(Some(next));
        reveal(next);
    };
    let row_id =
        move |index: usize| id.with_value(|id| [id.as_str(), "-", &index.to_string()].concat());
    let head = move || {
        columns
            .get()
            .into_iter()
            .map(|column| head_cell(column, on_sort))
            .collect_view()
    };
    let tracks =
        move || columns.with(|all| all.iter().map(|c| c.track).collect::<Vec<_>>().join(" "));
    let height = move || {
        let pixels = (total.get() as f64 * row_height.get()).min(TALLEST);
        [&pixels_of(pixels), "px"].concat()
    };
    let draw = move |index: usize| {
        let (current, chosen) = (RwSignal::new(false), RwSignal::new(false));
        let content = move || {
            let columns = columns.get();
            match row.run(index) {
                Some(content) => {
                    current.set(content.current);
                    chosen.set(content.chosen);
                    cells(&columns, content.cells)
                }
                None => waiting(columns.len()),
            }
        };
        view! {
            <div
                role="row"
                class="grid-row"
                id=row_id(index)
                aria-rowindex=(index + 2).to_string()
                aria-selected=move || on_choose.map(|_| if chosen.get() { "true" } else { "false" })
                class:active=move || active.get() == Some(index)
                class:current=move || current.get()
                class:chosen=move || chosen.get()
                on:click=move |event| {
                    if !is_control(&event) {
                        active.set(Some(index));
                        if let Some(open) = on_open {
                            open.run(index);
                        }
                    }
                }
            >
                {content}
            </div>
        }
        .into_any()
    };
    view! {
        <div
            class="grid"
            role="grid"
            tabindex="0"
            data-rows=""
            node_ref=element
            aria-label=label
            aria-rowcount=move || (total.get() + 1).to_string()
            aria-colcount=move || columns.with(Vec::len).to_string()
            aria-activedescendant=move || {
                let (first, end) = range.get();
                active.get().filter(|row| (first..end).contains(row)).map(row_id)
            }
            style=("--tracks", tracks)
            style=("--row", move || [&pixels_of(row_height.get()), "px"].concat())
            on:scroll=move |_| measure()
            on:keydown=keys
        >
            <div class="grid-head" role="rowgroup">
                <div class="grid-row" role="row" aria-rowindex="1">{head}</div>
            </div>
            <div class="grid-body" role="rowgroup" style:height=height>
                <div
                    class="grid-window"
                    role="presentation"
                    style:transform=move || {
                        ["translateY(", &pixels_of(in_sight.with(|s| s.top)), "px)"].concat()
                    }
                >
                    <For each=move || { let (first, end) = range.get(); first..end } key=|index| *index children=draw/>
                </div>
            </div>
        </div>
    }
    .into_any()
}

/// Whether an event comes from a control inside a row, which then acts itself.
fn is_control(event: &web_sys::Event) -> bool {
    use wasm_bindgen::JsCast;
    event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
        .and_then(|element| {
            element
                .closest("a, button, input, select, label")
                .ok()
                .flatten()
        })
        .is_some()
}

fn head_cell(column: Column, on_sort: Option<Callback<&'static str>>) -> AnyView {
    let end = column.align == Align::End;
    let sort = match column.sorted {
        Some(Sorted::Ascending) => Some("ascending"),
        Some(Sorted::Descending) => Some("descending"),
        Some(Sorted::Can) => Some("none"),
        None => None,
    };
    let key = column.key;
    // A column of boxes to tick heads nothing.
    let role = if column.title.is_empty() {
        "gridcell"
    } else {
        "columnheader"
    };
    let content = match (column.sorted, on_sort) {
        (Some(sorted), Some(on_sort)) => {
            let arrow = match sorted {
                Sorted::Ascending => Some(icon::ARROW_UP),
                Sorted::Descending => Some(icon::ARROW_DOWN),
                Sorted::Can => None,
            };
            view! {
                <button type="button" on:click=move |_| on_sort.run(key)>
                    {column.title}
                    {arrow.map(|glyph| view! { <Icon glyph/> })}
                </button>
            }
            .into_any()
        }
        _ => column.title.into_any(),
    };
    view! { <div role=role class="cell" class:end=end aria-sort=sort>{content}</div> }.into_any()
}

fn cells(columns: &[Column], views: Vec<AnyView>) -> AnyView {
    views
        .into_iter()
        .enumerate()
        .map(|(i, view)| {
            let end = columns
                .get(i)
                .is_some_and(|column| column.align == Align::End);
            view! { <div role="gridcell" class="cell" class:end=end>{view}</div> }.into_any()
        })
        .collect_view()
        .into_any()
}

fn waiting(columns: usize) -> AnyView {
    (0..columns)
        .map(|_| view! { <div role="gridcell" class="cell"><i class="bone"></i></div> }.into_any())
        .collect_view()
        .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_in_sight() {
        // scroll, view, total, row height -> first, end
        for (scroll, view, total, row, first, end) in [
            (0.0, 360.0, 100, 36.0, 0, 27),
            (3600.0, 360.0, 1000, 36.0, 92, 119),
            (0.0, 360.0, 3, 36.0, 0, 3),
            (0.0, 360.0, 0, 36.0, 0, 0),
            (3600.0 - 360.0, 360.0, 100, 36.0, 82, 100),
        ] {
            let s = sight(scroll, view, total, row);
            assert_eq!((s.first, s.end), (first, end), "{scroll} {view} {total}");
            if total > 0 {
                assert!((s.top - first as f64 * row).abs() < 0.001);
            }
        }
    }

    #[test]
    fn a_million_rows_end_at_the_last() {
        let (total, row, view) = (1_000_000, 36.0, 360.0);
        let s = sight(TALLEST - view, view, total, row);
        assert_eq!(s.end, total);
        let scroll = scroll_for(total - 1, 0.0, view, total, row).unwrap();
        let s = sight(scroll, view, total, row);
        assert!(s.first < total - 1 && s.end == total, "{s:?}");
        assert_eq!(scroll_for(0, 0.0, view, total, row), None);
    }
}
