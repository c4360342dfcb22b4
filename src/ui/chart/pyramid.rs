//! An age pyramid: bars to the left and to the right of their bands, with a mark where everybody else stands.

use super::percent;
use crate::prelude::*;

/// One side of a band.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wing {
    /// Length of the bar, 0 to 1.
    pub share: f64,
    /// Where everybody else stands, 0 to 1.
    pub mark: f64,
    /// The number as a person reads it.
    pub text: String,
    /// All of it, for readers and hover.
    pub title: String,
    /// Where its rows are.
    pub href: Option<String>,
}

/// One band.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    /// Its name.
    pub label: String,
    /// The left side.
    pub left: Wing,
    /// The right side.
    pub right: Wing,
}

/// An age pyramid.
#[component]
pub fn Pyramid(
    /// What it shows, for readers.
    #[prop(into)]
    label: String,
    /// Name of the left side.
    #[prop(into)]
    left: String,
    /// Name of the right side.
    #[prop(into)]
    right: String,
    /// The bands from the top.
    bands: Vec<Band>,
) -> impl IntoView {
    let longest = bands
        .iter()
        .flat_map(|band| [&band.left, &band.right])
        .map(|wing| wing.share.max(wing.mark))
        .fold(0.0, f64::max)
        .max(f64::MIN_POSITIVE);
    let drawn: Vec<AnyView> = bands
        .into_iter()
        .map(|band| {
            view! {
                <tr>
                    <td class="wing-left">{wing(band.left, longest, true)}</td>
                    <th scope="row">{band.label}</th>
                    <td class="wing-right">{wing(band.right, longest, false)}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    view! {
        <table class="pyramid">
            <caption class="visually-hidden">{label}</caption>
            <thead>
                <tr><th scope="col" class="wing-left">{left}</th><td></td><th scope="col" class="wing-right">{right}</th></tr>
            </thead>
            <tbody>{drawn}</tbody>
        </table>
    }
    .into_any()
}

fn wing(wing: Wing, longest: f64, left: bool) -> AnyView {
    let place = |share: f64| percent((share.clamp(0.0, 1.0) / longest * 100.0).min(100.0));
    let mark = if left {
        view! { <i class="wing-mark" style:right=place(wing.mark)></i> }.into_any()
    } else {
        view! { <i class="wing-mark" style:left=place(wing.mark)></i> }.into_any()
    };
    let text = match wing.href {
        Some(href) => {
            view! { <a class="wing-text" href=href title=wing.title.clone() aria-label=wing.title>{wing.text}</a> }
                .into_any()
        }
        None => view! { <span class="wing-text" title=wing.title>{wing.text}</span> }.into_any(),
    };
    view! {
        <span class="wing">
            {text}
            <span class="wing-track" aria-hidden="true">
                <i class="wing-bar" style:width=place(wing.share)></i>
                {mark}
            </span>
        </span>
    }
    .into_any()
}
