//! A flow: how many went from each thing on the left to each on the right (after Captain Sankey).

use super::{attribute, percent};
use crate::prelude::*;

/// One thing on either side.
#[derive(Clone, Debug, PartialEq)]
pub struct FlowNode {
    /// Its name.
    pub label: String,
    /// Its number as a person reads it.
    pub text: String,
    /// Its size.
    pub value: f64,
    /// Where its rows are.
    pub href: Option<String>,
}

/// What went from one to another.
#[derive(Clone, Debug, PartialEq)]
pub struct FlowLink {
    /// Index on the left.
    pub from: usize,
    /// Index on the right.
    pub to: usize,
    /// How much.
    pub value: f64,
    /// What it says: who went where, and how many.
    pub text: String,
    /// Key of its colour (`data-flow`).
    pub key: &'static str,
    /// Where its rows are.
    pub href: Option<String>,
}

/// Space between things, and the least height of their names.
const GAP: f64 = 12.0;
const LINE: f64 = 30.0;

/// From where to where nodes and ribbons stand, in per cent of the width.
const LEFT: f64 = 27.0;
const RIGHT: f64 = 73.0;

/// Tops and heights of the things of one side. Each has at least the room of its name.
fn places(values: &[f64], scale: f64) -> Vec<(f64, f64)> {
    let mut y = 0.0;
    values
        .iter()
        .map(|value| {
            let size = value.max(0.0) * scale;
            let place = (y, size);
            y += size.max(LINE) + GAP;
            place
        })
        .collect()
}

fn bottom(places: &[(f64, f64)]) -> f64 {
    places.last().map_or(0.0, |(y, size)| y + size.max(LINE))
}

/// The outline of a ribbon between two heights, in a box 100 wide.
fn ribbon(from: f64, to: f64, size: f64) -> String {
    let [a, b] = [from, to].map(attribute);
    let [c, d] = [to + size, from + size].map(attribute);
    [
        "M0,", &a, " C50,", &a, " 50,", &b, " 100,", &b, " L100,", &c, " C50,", &c, " 50,", &d,
        " 0,", &d, " Z",
    ]
    .concat()
}

/// A flow from left to right.
#[component]
pub fn Flow(
    /// What it shows, for readers.
    #[prop(into)]
    label: String,
    /// The left side, from the top.
    left: Vec<FlowNode>,
    /// The right side.
    right: Vec<FlowNode>,
    /// What went where.
    links: Vec<FlowLink>,
    /// Height that all sizes together take, in pixels.
    #[prop(default = 200)]
    room: u32,
) -> impl IntoView {
    let sum = |nodes: &[FlowNode]| nodes.iter().map(|it| it.value.max(0.0)).sum::<f64>();
    let whole = sum(&left).max(sum(&right)).max(f64::MIN_POSITIVE);
    let scale = f64::from(room) / whole;
    let values = |nodes: &[FlowNode]| nodes.iter().map(|it| it.value).collect::<Vec<f64>>();
    let from = places(&values(&left), scale);
    let to = places(&values(&right), scale);
    let height = bottom(&from).max(bottom(&to)).max(1.0);
    let ribbons = ribbons(links, &from, &to, scale);
    let tall = attribute(height);
    let view_box = ["0 0 100 ", &tall].concat();
    view! {
        <svg class="chart flow" width="100%" height=tall.clone() role="group" aria-label=label>
            <svg
                x=percent(LEFT + 1.5)
                width=percent(RIGHT - LEFT - 3.0)
                height=tall
                viewBox=view_box
                preserveAspectRatio="none"
            >
                {ribbons}
            </svg>
            {nodes(left, &from, LEFT, "flow-name end")}
            {nodes(right, &to, RIGHT - 1.0, "flow-name")}
        </svg>
    }
    .into_any()
}

fn ribbons(
    mut links: Vec<FlowLink>,
    from: &[(f64, f64)],
    to: &[(f64, f64)],
    scale: f64,
) -> Vec<AnyView> {
    links.sort_by_key(|link| (link.from, link.to));
    let mut used_from = vec![0.0; from.len()];
    let mut used_to = vec![0.0; to.len()];
    let mut drawn = Vec::new();
    for link in links {
        let (Some((top_from, _)), Some((top_to, _)), Some(taken_from), Some(taken_to)) = (
            from.get(link.from),
            to.get(link.to),
            used_from.get_mut(link.from),
            used_to.get_mut(link.to),
        ) else {
            continue;
        };
        let size = link.value.max(0.0) * scale;
        let path = ribbon(top_from + *taken_from, top_to + *taken_to, size.max(1.0));
        *taken_from += size;
        *taken_to += size;
        let shape = view! {
            <g>
                <title>{link.text.clone()}</title>
                <path class="ribbon" data-flow=link.key d=path></path>
            </g>
        };
        drawn.push(match link.href {
            Some(href) => {
                view! { <g><a class="mark" href=href aria-label=link.text>{shape}</a></g> }
                    .into_any()
            }
            None => view! { <g role="img" aria-label=link.text>{shape}</g> }.into_any(),
        });
    }
    drawn
}

fn nodes(nodes: Vec<FlowNode>, places: &[(f64, f64)], x: f64, class: &'static str) -> Vec<AnyView> {
    let text_at = percent(if x < 50.0 { x - 1.5 } else { x + 2.5 });
    nodes
        .into_iter()
        .zip(places)
        .map(|(node, (y, size))| {
            let name = [node.label.as_str(), " ", &node.text].concat();
            let middle = y + size.max(LINE) / 2.0;
            let shape = view! {
                <rect class="node" x=percent(x) y=attribute(*y) width="1%" height=attribute(size.max(1.0))></rect>
                <text class=class x=text_at.clone() y=attribute(middle - 2.0)>{node.label}</text>
                <text class=[class, " count"].concat() x=text_at.clone() y=attribute(middle + 13.0)>{node.text}</text>
            };
            match node.href {
                Some(href) => {
                    view! { <g><a class="mark" href=href aria-label=name>{shape}</a></g> }.into_any()
                }
                None => view! { <g role="img" aria-label=name>{shape}</g> }.into_any(),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_keep_room_for_their_names() {
        let places = places(&[50.0, 0.0, 10.0], 2.0);
        assert_eq!(places, [(0.0, 100.0), (112.0, 0.0), (154.0, 20.0)]);
        assert!((bottom(&places) - 184.0).abs() < 1e-9);
    }

    #[test]
    fn a_ribbon_is_closed() {
        assert_eq!(
            ribbon(0.0, 10.0, 5.0),
            "M0,0 C50,0 50,10 100,10 L100,15 C50,15 50,5 0,5 Z"
        );
    }
}
