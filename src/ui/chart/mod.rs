//! Charts in SVG: titles say the finding, values are readable without hover, a table stands behind each.
//!
//! Horizontal positions are percentages and heights are pixels, so that a chart fills its place at any width without
//! measuring and nothing jumps. Each chart is an image for readers, named by its title, with its table below it.

mod bars;
mod beside;
mod columns;
mod flow;
mod heat;
mod line;
mod pyramid;
mod ranked;
mod sankey;
mod stacked;
mod treemap;

pub use bars::{Bar, Bars};
pub use beside::{Beside, BesideColumn};
pub use columns::{Legend, StackColumn, StackedColumns};
pub use flow::{Flow, FlowLink, FlowNode};
pub use heat::{HeatCell, HeatMap};
pub use line::{Line, Sparkline};
pub use pyramid::{Band, Pyramid, Wing};
pub use ranked::{Ranked, RankedRow};
pub use sankey::{Sankey, SankeyLink, SankeyNode};
pub use stacked::{Part, StackedBar};
pub use treemap::{Tile, Treemap};

use crate::prelude::*;

/// Around every chart: its title (the finding), the drawing, and the table behind a fold.
#[component]
pub fn Figure(
    /// The finding.
    #[prop(into)]
    title: String,
    /// What is measured: unit and period.
    #[prop(optional, into)]
    caption: String,
    /// Name of the fold with the table; empty for none.
    #[prop(optional, into)]
    table_label: String,
    /// Head of the table.
    #[prop(optional)]
    head: Vec<String>,
    /// Rows of the table.
    #[prop(optional)]
    rows: Vec<Vec<String>>,
    /// The drawing.
    children: Children,
) -> impl IntoView {
    let table = (!rows.is_empty()).then(|| {
        let head: Vec<_> = head
            .into_iter()
            .map(|text| view! { <th scope="col">{text}</th> })
            .collect();
        let rows: Vec<_> = rows
            .into_iter()
            .map(|row| {
                let cells: Vec<_> = row
                    .into_iter()
                    .map(|text| view! { <td>{text}</td> })
                    .collect();
                view! { <tr>{cells}</tr> }
            })
            .collect();
        view! {
            <details class="figure-table">
                <summary>{table_label}</summary>
                <table>
                    <thead><tr>{head}</tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </details>
        }
    });
    view! {
        <figure class="figure">
            {(!title.is_empty() || !caption.is_empty()).then(|| view! {
                <figcaption>
                    <strong>{title}</strong>
                    <span>{caption}</span>
                </figcaption>
            })}
            {children()}
            {table}
        </figure>
    }
    .into_any()
}

/// A round number at or above `value`: 1, 2, 2.5 or 5 times a power of ten.
pub(crate) fn round_above(value: f64) -> f64 {
    if value <= 0.0 {
        return 1.0;
    }
    let power = 10f64.powf(value.log10().floor());
    for step in [1.0, 2.0, 2.5, 5.0, 10.0] {
        if step * power >= value * 0.999_999 {
            return step * power;
        }
    }
    10.0 * power
}

/// A number as an SVG attribute or a style wants it, two decimals. By whole numbers, because the code that writes
/// fractions exactly is larger than all charts together.
pub(crate) fn attribute(value: f64) -> String {
    let hundredths = (value * 100.0).round() as i64;
    let (whole, rest) = (
        hundredths.unsigned_abs() / 100,
        hundredths.unsigned_abs() % 100,
    );
    let sign = if hundredths < 0 { "-" } else { "" };
    let mut text = [sign, &whole.to_string()].concat();
    if rest > 0 {
        text.push('.');
        if rest < 10 {
            text.push('0');
        }
        text.push_str(rest.to_string().trim_end_matches('0'));
    }
    text
}

/// A percentage.
pub(crate) fn percent(value: f64) -> String {
    [&attribute(value), "%"].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_for_attributes() {
        for (value, text) in [
            (0.0, "0"),
            (1.5, "1.5"),
            (-0.06, "-0.06"),
            (33.333, "33.33"),
            (99.999, "100"),
            (7.0, "7"),
        ] {
            assert_eq!(attribute(value), text);
        }
    }

    #[test]
    fn axes_end_at_round_numbers() {
        for (value, above) in [
            (0.0, 1.0),
            (1.0, 1.0),
            (1.1, 2.0),
            (2.2, 2.5),
            (26.0, 50.0),
            (99.0, 100.0),
            (100.0, 100.0),
            (123_456.0, 200_000.0),
            (0.03, 0.05),
        ] {
            let found = round_above(value);
            assert!((found - above).abs() < above * 1e-9, "{value}: {found}");
        }
    }
}
