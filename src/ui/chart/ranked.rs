//! A ranked list: bars side by side with a mark where everybody else stands.

use super::percent;
use crate::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub struct RankedRow {
    /// What it is.
    pub label: String,
    /// A quieter word before or after it: its kind.
    pub kind: String,
    /// Length of the bar, 0 to 1.
    pub share: f64,
    /// Where the mark of everybody else stands, 0 to 1; `None` draws none.
    pub mark: Option<f64>,
    /// The bar's number as a person reads it.
    pub text: String,
    /// A second number: how many times as often.
    pub note: String,
    /// All of it in one sentence, for hover and readers.
    pub title: String,
    /// The row is less sure or says nothing new: drawn quieter.
    pub quiet: bool,
    /// Where its rows are.
    pub href: Option<String>,
}

/// A ranked list.
#[component]
pub fn Ranked(
    /// What it shows, for readers.
    #[prop(into)]
    label: String,
    /// The rows, first one first.
    rows: Vec<RankedRow>,
) -> impl IntoView {
    let longest = rows
        .iter()
        .map(|row| row.share.max(row.mark.unwrap_or(0.0)))
        .fold(0.0, f64::max)
        .max(f64::MIN_POSITIVE);
    let drawn: Vec<AnyView> = rows
        .into_iter()
        .map(|row| {
            let place = |share: f64| percent(share.clamp(0.0, 1.0) / longest * 100.0);
            let mark = row.mark.map(|mark| {
                view! { <i class="ranked-mark" style:left=place(mark)></i> }
            });
            let name = match row.href {
                Some(href) => view! { <a href=href>{row.label}</a> }.into_any(),
                None => view! { <span>{row.label}</span> }.into_any(),
            };
            view! {
                <li class:quiet-row=row.quiet title=row.title.clone()>
                    <span class="ranked-name">{name}<small>{row.kind}</small></span>
                    <span class="ranked-track" aria-hidden="true">
                        <i class="ranked-bar" style:width=place(row.share)></i>
                        {mark}
                    </span>
                    <span class="ranked-text">{row.text}</span>
                    <span class="ranked-note">{row.note}</span>
                    <span class="visually-hidden">{row.title}</span>
                </li>
            }
            .into_any()
        })
        .collect();
    view! { <ol class="ranked" aria-label=label>{drawn}</ol> }.into_any()
}
