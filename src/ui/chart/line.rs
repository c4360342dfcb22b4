//! Lines: a value over time, with or without the area below it.

use super::{attribute, percent, round_above};
use crate::prelude::*;

/// The points of a polyline in a box of 100 by 100, top down.
fn points(values: &[f64], top: f64) -> String {
    let last = values.len().saturating_sub(1).max(1) as f64;
    let mut out = String::new();
    for (i, value) in values.iter().enumerate() {
        if i > 0 {
            out.push(' ');
        }
        out.push_str(&attribute(i as f64 / last * 100.0));
        out.push(',');
        out.push_str(&attribute(100.0 - value / top * 100.0));
    }
    out
}

/// A line over time.
#[component]
pub fn Line(
    /// What it shows, for readers.
    #[prop(into)]
    label: String,
    /// Label and value of each point in order.
    values: Vec<(String, f64)>,
    /// Tints the area below the line.
    #[prop(optional)]
    area: bool,
    /// Height of the drawing in pixels.
    #[prop(default = 160)]
    height: u32,
    /// A value on the axis as a person reads it.
    #[prop(into)]
    axis: Callback<f64, String>,
) -> impl IntoView {
    let numbers: Vec<f64> = values.iter().map(|(_, value)| *value).collect();
    let top = round_above(numbers.iter().copied().fold(0.0, f64::max));
    let floor = f64::from(height) - 22.0;
    let path = points(&numbers, top);
    let filled = area.then(
        || view! { <polygon class="area" points=["0,100 ", &path, " 100,100"].concat()></polygon> },
    );
    let ends: Vec<AnyView> = [values.first(), values.last()]
        .into_iter()
        .flatten()
        .enumerate()
        .map(|(i, (name, _))| {
            let (x, class) = if i == 0 {
                ("0%", "axis")
            } else {
                ("100%", "axis end")
            };
            view! { <text class=class x=x y=attribute(floor + 16.0)>{name.clone()}</text> }
                .into_any()
        })
        .collect();
    view! {
        <svg class="chart line" width="100%" height=height.to_string() role="img" aria-label=label>
            <line class="gridline" x1="0" x2="100%" y1="16" y2="16"></line>
            <text class="axis" x="0" y="12">{axis.run(top)}</text>
            <svg x="0" y="16" width="100%" height=attribute(floor - 16.0) viewBox="0 0 100 100" preserveAspectRatio="none">
                {filled}
                <polyline class="stroke" points=path></polyline>
            </svg>
            <line class="baseline" x1="0" x2="100%" y1=attribute(floor) y2=attribute(floor)></line>
            {ends}
        </svg>
    }
    .into_any()
}

/// A line as small as a word.
#[component]
pub fn Sparkline(
    /// What it shows, for readers.
    #[prop(into)]
    label: String,
    /// Its values in order.
    values: Vec<f64>,
) -> impl IntoView {
    let top = values
        .iter()
        .copied()
        .fold(0.0, f64::max)
        .max(f64::MIN_POSITIVE);
    let dot = values
        .last()
        .map(|last| percent(100.0 - last / top * 100.0));
    view! {
        <svg class="chart sparkline" role="img" aria-label=label>
            <svg width="100%" height="100%" viewBox="0 0 100 100" preserveAspectRatio="none" overflow="visible">
                <polyline class="stroke" points=points(&values, top)></polyline>
            </svg>
            {dot.map(|y| view! { <circle class="dot" cx="100%" cy=y r="2"></circle> })}
        </svg>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_fill_the_box() {
        assert_eq!(points(&[0.0, 5.0, 10.0], 10.0), "0,100 50,50 100,0");
        assert_eq!(points(&[3.0], 3.0), "0,0");
        assert_eq!(points(&[], 1.0), "");
    }
}
