//! A stacked bar: how a whole falls into parts, each with its name, number and way to its rows.

use super::percent;
use crate::prelude::*;

/// One part.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Its key: `data-part` picks its colour in `style/`.
    pub key: &'static str,
    /// Its name.
    pub label: String,
    /// Its size.
    pub value: f64,
    /// Its number as a person reads it.
    pub text: String,
    /// Its share, or another quieter note.
    pub note: String,
    /// Where its rows are.
    pub href: Option<String>,
}

/// A bar of parts and, below it, the parts with their numbers.
#[component]
pub fn StackedBar(
    /// What it shows, for readers.
    #[prop(into)]
    label: String,
    /// The parts.
    parts: Vec<Part>,
) -> impl IntoView {
    let whole: f64 = parts.iter().map(|part| part.value.max(0.0)).sum();
    let mut x = 0.0;
    let slices: Vec<AnyView> = parts
        .iter()
        .map(|part| {
            let width = if whole > 0.0 { part.value.max(0.0) / whole * 100.0 } else { 0.0 };
            let from = x;
            x += width;
            view! {
                <rect class="slice" data-part=part.key x=percent(from) y="0" width=percent(width) height="100%"></rect>
            }
            .into_any()
        })
        .collect();
    let legend: Vec<AnyView> = parts
        .into_iter()
        .map(|part| {
            let inner = view! {
                <span class="part-label"><i data-part=part.key></i>{part.label}</span>
                <span class="part-value">{part.text}</span>
                <span class="part-note">{part.note}</span>
            };
            match part.href {
                Some(href) => view! { <li><a href=href>{inner}</a></li> }.into_any(),
                None => view! { <li><div>{inner}</div></li> }.into_any(),
            }
        })
        .collect();
    view! {
        <div class="stacked">
            <svg class="chart" width="100%" height="12" role="img" aria-label=label>{slices}</svg>
            <ul class="parts">{legend}</ul>
        </div>
    }
    .into_any()
}
