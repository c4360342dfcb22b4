//! The matrix: how many customers every two sets share. Each cell opens what stands behind it.

use super::super::sheet::{self, Sheet};
use super::{Compared, Shared, pair};
use crate::many::SetItem;
use std::sync::Arc;
use text::Words;
use ui::chart::Figure;
use ui::prelude::*;
use ui::{Choice, Segmented};

/// The matrix and the cell that is open.
#[component]
pub fn Matrix(
    /// What the page shares.
    shared: Shared,
    /// The comparison.
    compared: Arc<Compared>,
) -> impl IntoView {
    let words = shared.words;
    let open = RwSignal::new(largest(&compared));
    let how = RwSignal::new("count".to_owned());
    let percent = Memo::new(move |_| how.with(|how| how == "share"));
    let choices = vec![
        Choice::new("count", words.overlap_as_count()),
        Choice::new("share", words.overlap_as_percent()),
    ];
    let title = match largest(&compared) {
        Some((a, b)) => {
            let (name_a, name_b) = (name(&compared, a), name(&compared, b));
            words.overlap_matrix_finding(name_a, name_b, count(&compared, a, b))
        }
        None => words.overlap_matrix_none().to_owned(),
    };
    let caption = words.overlap_matrix_caption(compared.view.of);
    let file = file(words, Arc::clone(&compared));
    let shown = Arc::clone(&compared);
    let table = move || table(words, &shown, open, percent.get());
    let panel = move || {
        open.get()
            .map(|(a, b)| pair::panel(shared, &compared, a, b))
    };
    view! {
        <section class="section">
            <h2>{words.overlap_matrix()}</h2>
            <Figure title caption>
                <Segmented label=words.overlap_as_share() label_hidden=true value=how choices/>
                <div class="overlap-scroll">{table}</div>
            </Figure>
            {file}
            <div aria-live="polite">{panel}</div>
        </section>
    }
    .into_any()
}

/// Every pair as a file.
fn file(words: Words, compared: Arc<Compared>) -> AnyView {
    sheet::save("overlap", words.overlap_matrix(), move || {
        let mut sheet = Sheet::new(&[
            words.figure_set(),
            words.figure_both(),
            words.overlap_region_count(),
        ]);
        for a in 0..compared.items.len() {
            for b in 0..compared.items.len() {
                let people = sheet::count(count(&compared, a, b));
                sheet.row(&[name(&compared, a), name(&compared, b), &people]);
            }
        }
        sheet
    })
}

/// The pair that shares the most, if one shares any.
fn largest(compared: &Compared) -> Option<(usize, usize)> {
    let size = compared.items.len();
    let mut best: Option<(u64, usize, usize)> = None;
    for a in 0..size {
        for b in a + 1..size {
            let count = count(compared, a, b);
            if count > 0 && best.is_none_or(|(most, _, _)| count > most) {
                best = Some((count, a, b));
            }
        }
    }
    best.map(|(_, a, b)| (a, b))
}

/// Customers in both.
pub fn count(compared: &Compared, a: usize, b: usize) -> u64 {
    let at = a * compared.items.len() + b;
    compared.view.pairs.get(at).copied().unwrap_or(0)
}

/// The name of a set.
pub fn name(compared: &Compared, at: usize) -> &str {
    compared
        .items
        .get(at)
        .map_or("", |item: &SetItem| item.name.as_str())
}

fn table(
    words: Words,
    compared: &Arc<Compared>,
    open: RwSignal<Option<(usize, usize)>>,
    percent: bool,
) -> AnyView {
    let size = compared.items.len();
    let heads: Vec<AnyView> = (0..size)
        .map(|at| {
            let name = name(compared, at).to_owned();
            view! { <th scope="col"><span>{name}</span></th> }.into_any()
        })
        .collect();
    let rows: Vec<AnyView> = (0..size)
        .map(|a| {
            let cells: Vec<AnyView> = (0..size)
                .map(|b| cell(words, compared, open, percent, (a, b)))
                .collect();
            let name = name(compared, a).to_owned();
            view! { <tr><th scope="row">{name}</th>{cells}</tr> }.into_any()
        })
        .collect();
    view! {
        <table class="overlap-matrix" aria-label=words.overlap_matrix()>
            <thead><tr><td></td>{heads}</tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn cell(
    words: Words,
    compared: &Arc<Compared>,
    open: RwSignal<Option<(usize, usize)>>,
    percent: bool,
    (a, b): (usize, usize),
) -> AnyView {
    let (both, row) = (count(compared, a, b), count(compared, a, a));
    let text = if percent {
        words.share(both, row)
    } else {
        words.count(both)
    };
    let label = if a == b {
        words.overlap_cell_self(name(compared, a), both)
    } else {
        words.overlap_cell(name(compared, a), name(compared, b), both)
    };
    if a == b {
        let href = compared.items.get(a).map(SetItem::href).unwrap_or_default();
        return view! { <td class="self"><a href=href aria-label=label>{text}</a></td> }.into_any();
    }
    // The shade is the share of the smaller of both: two sets of one size that are the same are full.
    let smaller = row.min(count(compared, b, b)).max(1);
    let level = (both * 5).div_ceil(smaller).min(5).to_string();
    let is_open = move || open.get() == Some((a, b)) || open.get() == Some((b, a));
    view! {
        <td data-level=level>
            <button
                type="button"
                aria-label=label
                aria-pressed=move || if is_open() { "true" } else { "false" }
                on:click=move |_| open.set(Some((a, b)))
            >
                {text}
            </button>
        </td>
    }
    .into_any()
}
