//! A treemap: the parts of a whole as tiles, each as large as its part, with its name and number in it.
//!
//! Tiles are laid out squarified (Bruls, Huizing and van Wijk 2000): rows are filled along the shorter side as long as
//! that makes the tiles squarer. The drawing is made of boxes rather than of SVG, so that names wrap and a tile that
//! is too small hides its text by itself; the table behind the figure has all of it.

use super::percent;
use crate::prelude::*;

/// One part.
#[derive(Clone, Debug, PartialEq)]
pub struct Tile {
    /// Key of its colour (`data-part`).
    pub key: &'static str,
    /// Its name.
    pub label: String,
    /// Its number as a person reads it.
    pub text: String,
    /// Its size.
    pub value: f64,
    /// What it says in full, for hover and readers: begins with the name and the number.
    pub title: String,
    /// Where its rows are.
    pub href: Option<String>,
}

/// Where a tile lies: from the left, from the top, width, height.
type Place = [f64; 4];

/// Width of the drawing for each unit of its height.
const WIDE: f64 = 2.2;

/// Lays out values, largest first, in a box; those of nothing have no place.
fn squarified(values: &[f64], width: f64, height: f64) -> Vec<Place> {
    let whole: f64 = values.iter().map(|value| value.max(0.0)).sum();
    let mut places = Vec::with_capacity(values.len());
    let [mut x, mut y, mut w, mut h] = [0.0, 0.0, width, height];
    let scale = if whole > 0.0 {
        width * height / whole
    } else {
        0.0
    };
    let areas: Vec<f64> = values.iter().map(|value| value.max(0.0) * scale).collect();
    let mut rest = areas.as_slice();
    while !rest.is_empty() {
        let side = f64::min(w, h);
        let mut taken = 1;
        while taken < rest.len() {
            let (now, more) = (rest.get(..taken), rest.get(..=taken));
            if worst(more.unwrap_or(&[]), side) > worst(now.unwrap_or(&[]), side) {
                break;
            }
            taken += 1;
        }
        let (row, after) = rest.split_at(taken);
        let sum: f64 = row.iter().sum();
        let depth = if side > 0.0 { sum / side } else { 0.0 };
        let mut at = 0.0;
        for area in row {
            let length = if depth > 0.0 { area / depth } else { 0.0 };
            places.push(if w >= h {
                [x, y + at, depth, length]
            } else {
                [x + at, y, length, depth]
            });
            at += length;
        }
        if w >= h {
            x += depth;
            w = (w - depth).max(0.0);
        } else {
            y += depth;
            h = (h - depth).max(0.0);
        }
        rest = after;
    }
    places
}

/// The worst proportion of the tiles of a row along a side.
fn worst(row: &[f64], side: f64) -> f64 {
    let sum: f64 = row.iter().sum();
    let most = row.iter().copied().fold(0.0, f64::max);
    let least = row.iter().copied().fold(f64::INFINITY, f64::min);
    let square = side * side;
    f64::max(square * most / (sum * sum), sum * sum / (square * least))
}

/// A treemap.
#[component]
pub fn Treemap(
    /// What it shows, for readers.
    #[prop(into)]
    label: String,
    /// The parts in any order.
    mut tiles: Vec<Tile>,
) -> impl IntoView {
    tiles.retain(|tile| tile.value > 0.0);
    tiles.sort_by(|a, b| b.value.total_cmp(&a.value));
    let values: Vec<f64> = tiles.iter().map(|tile| tile.value).collect();
    let places = squarified(&values, WIDE, 1.0);
    let drawn: Vec<AnyView> = tiles
        .into_iter()
        .zip(places)
        .map(|(it, [x, y, w, h])| {
            let inner = view! {
                <span class="tile-label">{it.label}</span>
                <span class="tile-text">{it.text}</span>
            };
            let inner = match it.href {
                Some(href) => {
                    view! { <a class="tile" href=href title=it.title.clone() aria-label=it.title>{inner}</a> }
                        .into_any()
                }
                None => view! { <span class="tile" title=it.title>{inner}</span> }.into_any(),
            };
            view! {
                <li
                    data-part=it.key
                    style:left=percent(x / WIDE * 100.0)
                    style:top=percent(y * 100.0)
                    style:width=percent(w / WIDE * 100.0)
                    style:height=percent(h * 100.0)
                >
                    {inner}
                </li>
            }
            .into_any()
        })
        .collect();
    view! { <ul class="treemap" aria-label=label>{drawn}</ul> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_example_holds() {
        // Bruls, Huizing and van Wijk: 6, 6, 4, 3, 2, 2, 1 in a box of 6 by 4.
        let places = squarified(&[6.0, 6.0, 4.0, 3.0, 2.0, 2.0, 1.0], 6.0, 4.0);
        let first = [0.0, 0.0, 3.0, 2.0];
        let second = [0.0, 2.0, 3.0, 2.0];
        for (found, expected) in [(places[0], first), (places[1], second)] {
            for (a, b) in found.into_iter().zip(expected) {
                assert!((a - b).abs() < 1e-9, "{places:?}");
            }
        }
        for ([_, _, w, h], value) in places.iter().zip([6.0, 6.0, 4.0, 3.0, 2.0, 2.0, 1.0]) {
            assert!((w * h - value).abs() < 1e-9, "{places:?}");
        }
    }

    #[test]
    fn tiles_stay_inside() {
        for values in [&[][..], &[5.0], &[1000.0, 1.0, 0.5], &[1.0; 11]] {
            let places = squarified(values, WIDE, 1.0);
            assert_eq!(places.len(), values.len());
            for [x, y, w, h] in places {
                assert!(x >= 0.0 && y >= 0.0 && x + w <= WIDE + 1e-9 && y + h <= 1.0 + 1e-9);
            }
        }
    }
}
