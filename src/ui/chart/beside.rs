//! Columns with a mark beside which everybody else stands: two shares over the same few things (hours, weekdays).

use super::{attribute, percent, round_above};
use crate::prelude::*;

/// One column.
#[derive(Clone, Debug, PartialEq)]
pub struct BesideColumn {
    /// Below the column; empty draws none.
    pub label: String,
    /// Its height.
    pub value: f64,
    /// Where everybody else stands.
    pub mark: f64,
    /// All of it, on hover and in the name.
    pub text: String,
    /// Where its rows are.
    pub href: Option<String>,
}

/// Columns with marks.
#[component]
pub fn Beside(
    /// What it shows, for readers.
    #[prop(into)]
    label: String,
    /// The columns.
    columns: Vec<BesideColumn>,
    /// Height of the drawing in pixels, labels included.
    #[prop(default = 150)]
    height: u32,
    /// A value on the axis as a person reads it.
    #[prop(into)]
    axis: Callback<f64, String>,
) -> impl IntoView {
    let most = columns.iter().flat_map(|it| [it.value, it.mark]);
    let top = round_above(most.fold(0.0, f64::max));
    let floor = f64::from(height) - 22.0;
    let room = floor - 16.0;
    let slot = 100.0 / columns.len().max(1) as f64;
    let lines: Vec<AnyView> = [0.5, 1.0]
        .into_iter()
        .map(|share| {
            let y = attribute(floor - room * share);
            let text = attribute(floor - room * share - 4.0);
            view! {
                <line class="gridline" x1="0" x2="100%" y1=y.clone() y2=y></line>
                <text class="axis scale" x="0" y=text>{axis.run(top * share)}</text>
            }
            .into_any()
        })
        .collect();
    let drawn: Vec<AnyView> = columns
        .into_iter()
        .enumerate()
        .map(|(i, column)| {
            let height_of = |value: f64| room * value.max(0.0) / top;
            let (size, mark) = (height_of(column.value), floor - height_of(column.mark));
            let shape = view! {
                <title>{column.text.clone()}</title>
                <rect class="hit" x=percent(slot * i as f64) y="0" width=percent(slot) height=attribute(floor)></rect>
                <rect
                    class="bar"
                    x=percent(slot * (i as f64 + 0.2))
                    y=attribute(floor - size)
                    width=percent(slot * 0.6)
                    height=attribute(size)
                ></rect>
                <line
                    class="beside-mark"
                    x1=percent(slot * (i as f64 + 0.08))
                    x2=percent(slot * (i as f64 + 0.92))
                    y1=attribute(mark)
                    y2=attribute(mark)
                ></line>
                <text class="axis middle" x=percent(slot * (i as f64 + 0.5)) y=attribute(floor + 16.0)>{column.label}</text>
            };
            match column.href {
                // Inside `<g>`, so that the macro makes it a link of SVG.
                Some(href) => {
                    view! { <g><a class="mark" href=href aria-label=column.text>{shape}</a></g> }.into_any()
                }
                None => view! { <g class="mark" role="img" aria-label=column.text>{shape}</g> }.into_any(),
            }
        })
        .collect();
    view! {
        <svg class="chart beside" width="100%" height=height.to_string() role="group" aria-label=label>
            {lines}
            <line class="baseline" x1="0" x2="100%" y1=attribute(floor) y2=attribute(floor)></line>
            {drawn}
        </svg>
    }
    .into_any()
}
