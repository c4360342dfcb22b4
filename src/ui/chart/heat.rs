//! A heat map: a table whose cells are tinted by their number. The number stands in each cell, so that the tint only
//! helps the eye.

use crate::prelude::*;

/// One cell.
#[derive(Clone, Debug, PartialEq)]
pub struct HeatCell {
    /// Its number as a person reads it.
    pub text: String,
    /// What it is, in full, for hover and readers.
    pub title: String,
    /// 0 to 1: how strong its tint is.
    pub heat: f64,
    /// Where its rows are; `None` for an empty cell.
    pub href: Option<String>,
}

/// A heat map of rows and columns.
#[component]
pub fn HeatMap(
    /// What it shows.
    #[prop(into)]
    label: String,
    /// Names of the columns, left to right.
    columns: Vec<String>,
    /// Name of the columns' axis.
    #[prop(into)]
    column_axis: String,
    /// Names of the rows, top to bottom.
    rows: Vec<String>,
    /// Name of the rows' axis.
    #[prop(into)]
    row_axis: String,
    /// Cells, row by row.
    cells: Vec<Vec<HeatCell>>,
) -> impl IntoView {
    let head: Vec<_> = columns
        .into_iter()
        .map(|name| view! { <th scope="col">{name}</th> })
        .collect();
    let body: Vec<_> = rows
        .into_iter()
        .zip(cells)
        .map(|(name, cells)| {
            let cells: Vec<_> = cells.into_iter().map(cell).collect();
            view! { <tr><th scope="row">{name}</th>{cells}</tr> }
        })
        .collect();
    view! {
        <table class="heat">
            <caption class="visually-hidden">{label}</caption>
            <thead>
                <tr><th class="corner"><span>{row_axis}" ↓"</span><span>{column_axis}" →"</span></th>{head}</tr>
            </thead>
            <tbody>{body}</tbody>
        </table>
    }
    .into_any()
}

fn cell(cell: HeatCell) -> AnyView {
    // Ten steps, so that the colours live in `style/` and not here.
    let step = ((cell.heat.clamp(0.0, 1.0) * 9.0).ceil() as u32).to_string();
    let inner = match cell.href {
        Some(href) => {
            view! { <a href=href title=cell.title.clone() aria-label=cell.title>{cell.text}</a> }
                .into_any()
        }
        None => view! { <span title=cell.title>{cell.text}</span> }.into_any(),
    };
    view! { <td data-heat=step>{inner}</td> }.into_any()
}
