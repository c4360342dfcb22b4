//! A flow through many stops: at each stop a bar for everything, between two stops a ribbon for each move (after
//! Captain Sankey).

use super::{attribute, percent};
use crate::prelude::*;

/// A bar at a stop.
#[derive(Clone, Debug, PartialEq)]
pub struct SankeyNode {
    /// What it says: name, stop and number.
    pub text: String,
    /// Its size.
    pub value: f64,
    /// Where its rows are.
    pub href: Option<String>,
    /// Key of its colour (`data-flow`).
    pub key: &'static str,
}

/// A ribbon from a stop to the next.
#[derive(Clone, Debug, PartialEq)]
pub struct SankeyLink {
    /// Index of the stop it begins at.
    pub at: usize,
    /// Index of its bar there.
    pub from: usize,
    /// Index of its bar at the next stop.
    pub to: usize,
    /// How much.
    pub value: f64,
    /// What it says.
    pub text: String,
    /// Where its rows are.
    pub href: Option<String>,
}

/// Space between bars of a stop.
const GAP: f64 = 6.0;

/// Room above for the names of the stops.
const HEAD: f64 = 22.0;

/// Width of a bar, in per cent.
const BAR: f64 = 1.2;

/// Tops of the bars of a stop, from 0.
fn tops(values: &[f64], scale: f64) -> Vec<f64> {
    let mut y = 0.0;
    values
        .iter()
        .map(|value| {
            let top = y;
            let size = value.max(0.0) * scale;
            if size > 0.0 {
                y += size + GAP;
            }
            top
        })
        .collect()
}

/// The outline of a ribbon in a box 100 wide.
fn ribbon(from: f64, to: f64, size: f64) -> String {
    let [a, b] = [from, to].map(attribute);
    let [c, d] = [to + size, from + size].map(attribute);
    [
        "M0,", &a, " C50,", &a, " 50,", &b, " 100,", &b, " L100,", &c, " C50,", &c, " 50,", &d,
        " 0,", &d, " Z",
    ]
    .concat()
}

/// The flow.
#[component]
pub fn Sankey(
    /// What it shows, for readers.
    #[prop(into)]
    label: String,
    /// Names of the stops, from the left.
    stops: Vec<String>,
    /// The bars of each stop, from the top.
    nodes: Vec<Vec<SankeyNode>>,
    /// What went where.
    links: Vec<SankeyLink>,
    /// Height that the bars of a stop together take, in pixels.
    #[prop(default = 300)]
    room: u32,
) -> impl IntoView {
    let sum = |nodes: &Vec<SankeyNode>| nodes.iter().map(|it| it.value.max(0.0)).sum::<f64>();
    let whole = nodes.iter().map(sum).fold(f64::MIN_POSITIVE, f64::max);
    let scale = f64::from(room) / whole;
    let places: Vec<Vec<f64>> = nodes
        .iter()
        .map(|nodes| {
            tops(
                &nodes.iter().map(|it| it.value).collect::<Vec<f64>>(),
                scale,
            )
        })
        .collect();
    let bands = nodes.iter().map(Vec::len).max().unwrap_or(0);
    let height = HEAD + f64::from(room) + GAP * bands as f64;
    let step = (100.0 - BAR) / (stops.len().max(2) - 1) as f64;
    let names = names(stops, step);
    let ribbons = ribbons(links, &nodes, &places, scale, step, height);
    let bars: Vec<AnyView> = nodes
        .into_iter()
        .zip(&places)
        .enumerate()
        .flat_map(|(at, (nodes, tops))| bars(nodes, tops, scale, at as f64 * step))
        .collect();
    view! {
        <svg class="chart sankey" width="100%" height=attribute(height) role="group" aria-label=label>
            {names}
            {ribbons}
            {bars}
        </svg>
    }
    .into_any()
}

/// Names of the stops; where there are many, every other one.
fn names(stops: Vec<String>, step: f64) -> Vec<AnyView> {
    let last = stops.len().saturating_sub(1);
    let every = stops.len().div_ceil(7).max(1);
    stops
        .into_iter()
        .enumerate()
        .filter(|(at, _)| at % every == 0 || *at == last)
        .map(|(at, name)| {
            let (x, anchor) = match at {
                0 => (0.0, "start"),
                at if at == last => (100.0, "end"),
                at => (at as f64 * step + BAR / 2.0, "middle"),
            };
            view! { <text class="stop" x=percent(x) y="14" text-anchor=anchor>{name}</text> }
                .into_any()
        })
        .collect()
}

fn ribbons(
    mut links: Vec<SankeyLink>,
    nodes: &[Vec<SankeyNode>],
    places: &[Vec<f64>],
    scale: f64,
    step: f64,
    height: f64,
) -> Vec<AnyView> {
    links.sort_by_key(|link| (link.at, link.from, link.to));
    let mut used_from: Vec<Vec<f64>> = nodes.iter().map(|it| vec![0.0; it.len()]).collect();
    let mut used_to = used_from.clone();
    let view_box = ["0 0 100 ", &attribute(height)].concat();
    let mut drawn = Vec::new();
    for link in links {
        let top = |stop: usize, bar: usize| places.get(stop)?.get(bar).copied();
        let (Some(from), Some(to)) = (top(link.at, link.from), top(link.at + 1, link.to)) else {
            continue;
        };
        let taken = |used: &mut Vec<Vec<f64>>, stop: usize, bar: usize, size: f64| {
            let place = used.get_mut(stop).and_then(|bars| bars.get_mut(bar));
            place.map_or(0.0, |place| {
                let before = *place;
                *place += size;
                before
            })
        };
        let size = link.value.max(0.0) * scale;
        let y_from = HEAD + from + taken(&mut used_from, link.at, link.from, size);
        let y_to = HEAD + to + taken(&mut used_to, link.at + 1, link.to, size);
        let key = nodes
            .get(link.at)
            .and_then(|nodes| nodes.get(link.from))
            .map_or("", |node| node.key);
        let path = ribbon(y_from, y_to, size.max(1.0));
        let stays = if link.from == link.to {
            "stays"
        } else {
            "moves"
        };
        let shape = view! {
            <g>
                <title>{link.text.clone()}</title>
                <svg
                    x=percent(link.at as f64 * step + BAR)
                    width=percent(step - BAR)
                    height=attribute(height)
                    viewBox=view_box.clone()
                    preserveAspectRatio="none"
                >
                    <path class="ribbon" data-flow=key data-move=stays d=path></path>
                </svg>
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

fn bars(nodes: Vec<SankeyNode>, tops: &[f64], scale: f64, x: f64) -> Vec<AnyView> {
    nodes
        .into_iter()
        .zip(tops)
        .filter(|(node, _)| node.value > 0.0)
        .map(|(node, top)| {
            let size = (node.value * scale).max(1.5);
            let shape = view! {
                <g>
                    <title>{node.text.clone()}</title>
                    <rect
                        class="node"
                        data-flow=node.key
                        x=percent(x)
                        y=attribute(HEAD + top)
                        width=percent(BAR)
                        height=attribute(size)
                    ></rect>
                </g>
            };
            match node.href {
                Some(href) => {
                    view! { <g><a class="mark" href=href aria-label=node.text>{shape}</a></g> }
                        .into_any()
                }
                None => view! { <g role="img" aria-label=node.text>{shape}</g> }.into_any(),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_bars_take_no_room() {
        assert_eq!(tops(&[10.0, 0.0, 5.0], 2.0), [0.0, 26.0, 26.0]);
    }

    #[test]
    fn a_ribbon_is_closed() {
        assert!(ribbon(0.0, 10.0, 5.0).ends_with(" Z"));
    }
}
