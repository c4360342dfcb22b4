//! What stands behind a cell: the sets that two make, each with its members and what can be done with them.

use super::matrix::{count, name};
use super::{Compared, Shared, node, save};
use std::sync::Arc;
use ui::prelude::*;

/// One set of the panel.
struct Row {
    label: String,
    name: String,
    rule: String,
    count: u64,
}

/// The panel of a cell.
pub fn panel(shared: Shared, compared: &Arc<Compared>, a: usize, b: usize) -> AnyView {
    let words = shared.words;
    let (name_a, name_b) = (name(compared, a), name(compared, b));
    let (size_a, size_b) = (count(compared, a, a), count(compared, b, b));
    let (both, of) = (count(compared, a, b), compared.view.of);
    let rows: Vec<AnyView> = rows(shared, compared, a, b)
        .into_iter()
        .map(|row| {
            let href = save::members_href(shared, &row.rule);
            view! {
                <tr>
                    <th scope="row">{row.label}</th>
                    <td class="end"><a href=href>{words.count(row.count)}</a></td>
                    <td class="end quiet">{words.share(row.count, of)}</td>
                    <td class="end">{save::menu(shared, &row.name, &row.rule)}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    // Of two sets that have nothing to do with each other, `size_a * size_b / of` customers are in both.
    let times = both as f64 * of as f64 / (size_a as f64 * size_b as f64).max(1.0);
    let lift = if (0.95..1.05).contains(&times) {
        words.overlap_lift_none().to_owned()
    } else {
        words.overlap_lift(&tenths(times))
    };
    let shares = [
        words.overlap_of_a(&words.share(both, size_a), name_a),
        words.overlap_of_a(&words.share(both, size_b), name_b),
        lift,
    ]
    .join(" · ");
    view! {
        <div class="overlap-pair">
            <h3>{words.overlap_pair(name_a, name_b)}</h3>
            <p class="quiet">{shares}</p>
            <table class="table overlap-sets-of-pair" aria-label=words.overlap_pair(name_a, name_b)>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// One decimal, without the code that writes fractions exactly.
fn tenths(value: f64) -> String {
    let tenths = (value * 10.0).round() as u64;
    [(tenths / 10).to_string(), (tenths % 10).to_string()].join(".")
}

fn rows(shared: Shared, compared: &Compared, a: usize, b: usize) -> Vec<Row> {
    let words = shared.words;
    let rule = |at: usize| {
        compared
            .items
            .get(at)
            .map(|item| item.rule.clone())
            .unwrap_or_default()
    };
    let (rule_a, rule_b) = (rule(a), rule(b));
    let (name_a, name_b) = (name(compared, a), name(compared, b));
    let (size_a, size_b) = (count(compared, a, a), count(compared, b, b));
    let both = count(compared, a, b);
    let either = size_a + size_b - both;
    let row = |label: String, name: String, rule: String, count: u64| Row {
        label,
        name,
        rule,
        count,
    };
    let (not_a, not_b) = (node::not(&rule_a), node::not(&rule_b));
    vec![
        row(
            words.overlap_both().to_owned(),
            words.overlap_name_and(name_a, name_b),
            node::all(&[rule_a.clone(), rule_b.clone()]),
            both,
        ),
        row(
            words.overlap_only_a(name_a),
            words.overlap_name_without(name_a, name_b),
            node::all(&[rule_a.clone(), not_b.clone()]),
            size_a - both,
        ),
        row(
            words.overlap_only_b(name_b),
            words.overlap_name_without(name_b, name_a),
            node::all(&[rule_b.clone(), not_a.clone()]),
            size_b - both,
        ),
        row(
            words.overlap_either().to_owned(),
            words.overlap_name_or(name_a, name_b),
            node::any(&[rule_a.clone(), rule_b.clone()]),
            either,
        ),
        row(
            words.overlap_one().to_owned(),
            words.overlap_name_one(name_a, name_b),
            node::one(&rule_a, &rule_b),
            either - both,
        ),
        row(
            words.overlap_neither().to_owned(),
            words.overlap_neither().to_owned(),
            node::all(&[not_a, not_b]),
            compared.view.of.saturating_sub(either),
        ),
    ]
}
