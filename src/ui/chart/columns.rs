//! Columns of parts: what came stands above the line, what went below it.

use super::{attribute, percent, round_above};
use crate::prelude::*;

/// One column.
#[derive(Clone, Debug, PartialEq)]
pub struct StackColumn {
    /// Below the column.
    pub label: String,
    /// Its parts in order, from the line outwards: key (`data-part` picks the colour) and size; below zero it hangs.
    pub parts: Vec<(&'static str, f64)>,
    /// What it says as a whole, in its name and on hover.
    pub text: String,
    /// Where its rows are.
    pub href: Option<String>,
}

/// What a colour stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Legend {
    /// Key of the part.
    pub key: &'static str,
    /// Its name.
    pub label: String,
}

/// Where a part stands: how far from the top of the drawing, and how tall.
fn stack(parts: &[(&'static str, f64)], zero: f64, scale: f64) -> Vec<(&'static str, f64, f64)> {
    let (mut up, mut down) = (zero, zero);
    let mut placed = Vec::new();
    for &(key, value) in parts {
        let size = value.abs() * scale;
        if value > 0.0 {
            up -= size;
            placed.push((key, up, size));
        } else if value < 0.0 {
            placed.push((key, down, size));
            down += size;
        }
    }
    placed
}

/// The largest sums above and below the line.
fn reach(columns: &[StackColumn]) -> (f64, f64) {
    let mut reach = (0.0f64, 0.0f64);
    for column in columns {
        let values = column.parts.iter().map(|(_, value)| *value);
        let above: f64 = values.clone().filter(|it| *it > 0.0).sum();
        let below: f64 = values.filter(|it| *it < 0.0).sum();
        reach = (reach.0.max(above), reach.1.max(-below));
    }
    reach
}

/// Columns over time.
#[component]
pub fn StackedColumns(
    /// What it shows, for readers.
    #[prop(into)]
    label: String,
    /// The columns.
    columns: Vec<StackColumn>,
    /// What the colours stand for.
    legend: Vec<Legend>,
    /// Height of the drawing in pixels, labels included.
    #[prop(default = 220)]
    height: u32,
    /// A value on the axis as a person reads it.
    #[prop(into)]
    axis: Callback<f64, String>,
) -> impl IntoView {
    let (above, below) = reach(&columns);
    let room = f64::from(height) - 42.0;
    let whole = (above + below).max(f64::MIN_POSITIVE);
    let scale = room / whole;
    let zero = 18.0 + above * scale;
    let slot = 100.0 / columns.len().max(1) as f64;
    // One round number on each side that fits.
    let marks: Vec<AnyView> = [(above, -1.0), (below, 1.0)]
        .into_iter()
        .filter(|(size, _)| *size * scale > 24.0)
        .map(|(size, side)| {
            let round = round_above(size / 2.0);
            let value = if round > size { size } else { round };
            let y = zero + side * value * scale;
            view! {
                <line class="gridline" x1="0" x2="100%" y1=attribute(y) y2=attribute(y)></line>
                <text class="axis scale" x="0" y=attribute(y - 4.0)>{axis.run(-side * value)}</text>
            }
            .into_any()
        })
        .collect();
    let count = columns.len();
    let drawn: Vec<AnyView> = columns
        .into_iter()
        .enumerate()
        .map(|(i, column)| draw(i, count, column, slot, (zero, scale, f64::from(height))))
        .collect();
    let legend: Vec<AnyView> = legend
        .into_iter()
        .map(|it| {
            view! { <li class="part-label"><i data-part=it.key></i>{it.label}</li> }.into_any()
        })
        .collect();
    view! {
        <ul class="legend">{legend}</ul>
        <svg class="chart columns" width="100%" height=height.to_string() role="group" aria-label=label>
            {marks}
            {drawn}
            <line class="baseline" x1="0" x2="100%" y1=attribute(zero) y2=attribute(zero)></line>
        </svg>
    }
    .into_any()
}

fn draw(
    i: usize,
    count: usize,
    column: StackColumn,
    slot: f64,
    (zero, scale, height): (f64, f64, f64),
) -> AnyView {
    let x = percent(slot * (i as f64 + 0.14));
    let parts: Vec<AnyView> = stack(&column.parts, zero, scale)
        .into_iter()
        .map(|(key, y, size)| {
            view! {
                <rect class="part" data-part=key x=x.clone() y=attribute(y) width=percent(slot * 0.72) height=attribute(size)></rect>
            }
            .into_any()
        })
        .collect();
    // So many labels fit; the last is always there.
    let every = count.div_ceil(12).max(1);
    let odd = count > 8 && (count - 1 - i) % 2 == 1;
    let label = (count - 1 - i).is_multiple_of(every).then(|| {
        let middle = percent(slot * (i as f64 + 0.5));
        view! {
            <text class="axis middle" class:odd=odd x=middle y=attribute(height - 5.0)>{column.label}</text>
        }
    });
    let shape = view! {
        <g>
            <title>{column.text.clone()}</title>
            <rect class="hit" x=percent(slot * i as f64) y="0" width=percent(slot) height=attribute(height - 20.0)></rect>
            {parts}
            {label}
        </g>
    };
    match column.href {
        // Inside `<g>`, so that the macro makes it a link of SVG.
        Some(href) => {
            view! { <g><a class="mark" href=href aria-label=column.text>{shape}</a></g> }.into_any()
        }
        None => view! { <g class="mark" role="img" aria-label=column.text>{shape}</g> }.into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_stands_and_what_went_hangs() {
        let parts = [("a", 3.0), ("b", -2.0), ("c", 1.0), ("d", -1.0), ("e", 0.0)];
        assert_eq!(
            stack(&parts, 100.0, 10.0),
            [
                ("a", 70.0, 30.0),
                ("b", 100.0, 20.0),
                ("c", 60.0, 10.0),
                ("d", 120.0, 10.0)
            ]
        );
        let column = StackColumn {
            label: String::new(),
            parts: parts.to_vec(),
            text: String::new(),
            href: None,
        };
        assert_eq!(reach(&[column]), (4.0, 3.0));
    }
}
