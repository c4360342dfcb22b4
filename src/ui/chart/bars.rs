//! Bars: one value for each of a few things or months.

use super::{attribute, percent, round_above};
use crate::prelude::*;

/// One bar.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// Below the bar.
    pub label: String,
    /// Its height.
    pub value: f64,
    /// The value as a person reads it, on hover and in the name.
    pub text: String,
    /// Where its rows are.
    pub href: Option<String>,
    /// Stands out (this month).
    pub strong: bool,
    /// Not complete yet: hatched.
    pub partial: bool,
}

/// Upright bars.
#[component]
pub fn Bars(
    /// What it shows, for readers.
    #[prop(into)]
    label: String,
    /// The bars.
    bars: Vec<Bar>,
    /// Height of the drawing in pixels, labels included.
    #[prop(default = 180)]
    height: u32,
    /// A value on the axis as a person reads it.
    #[prop(into)]
    axis: Callback<f64, String>,
) -> impl IntoView {
    let top = round_above(bars.iter().map(|bar| bar.value).fold(0.0, f64::max));
    let floor = f64::from(height) - 22.0;
    let room = floor - 20.0;
    let slot = 100.0 / bars.len().max(1) as f64;
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
    let count = bars.len();
    let drawn: Vec<AnyView> = bars
        .into_iter()
        .enumerate()
        .map(|(i, bar)| {
            let size = room * bar.value.max(0.0) / top;
            let x = percent(slot * (i as f64 + 0.18));
            let middle = percent(slot * (i as f64 + 0.5));
            let class = if bar.strong { "bar strong" } else { "bar" };
            // What is seen is read: the name has the same texts in the same order, with the space between them.
            let label = [bar.label.as_str(), " "].concat();
            let name = [label.as_str(), &bar.text].concat();
            // With many bars every other label would touch the next one; the last is always there.
            let odd = count > 8 && (count - 1 - i) % 2 == 1;
            let shape = view! {
                <rect class="hit" x=percent(slot * i as f64) y="0" width=percent(slot) height=attribute(floor)></rect>
                <rect
                    class=class
                    class:partial=bar.partial
                    x=x
                    y=attribute(floor - size)
                    width=percent(slot * 0.64)
                    height=attribute(size)
                ></rect>
                <text class="axis middle" class:odd=odd x=middle.clone() y=attribute(floor + 16.0)>{label}</text>
                <text class="value" x=middle y=attribute(floor - size - 5.0)>{bar.text}</text>
            };
            match bar.href {
                // Inside `<g>`, so that the macro makes it a link of SVG.
                Some(href) => {
                    view! { <g><a class="mark" href=href aria-label=name>{shape}</a></g> }.into_any()
                }
                None => view! { <g class="mark" role="img" aria-label=name>{shape}</g> }.into_any(),
            }
        })
        .collect();
    view! {
        <svg class="chart bars" width="100%" height=height.to_string() role="group" aria-label=label>
            {lines}
            <line class="baseline" x1="0" x2="100%" y1=attribute(floor) y2=attribute(floor)></line>
            {drawn}
        </svg>
    }
    .into_any()
}
