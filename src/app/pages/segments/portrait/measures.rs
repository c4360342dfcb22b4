//! How much and how often: medians beside those of others, and the fifths of spend.

use super::{Part, legend, ratio};
use model::Money;
use model::portrait::MeasureKind;
use protocol::{MeasureView, PortraitView};
use text::Words;
use ui::chart::{Beside, BesideColumn, Figure};
use ui::prelude::*;

pub(super) fn measures(part: &Part, view: &PortraitView) -> AnyView {
    let words = part.words;
    if view.measures.is_empty() {
        return ().into_any();
    }
    let rows: Vec<AnyView> = view.measures.iter().map(|it| row(part, it)).collect();
    let gini = view.gini_milli.map(|milli| {
        let digits = milli.min(1000).to_string();
        let text = match digits.len() {
            4 => "1".to_owned(),
            length => ["0.", "000".get(length..).unwrap_or_default(), &digits].concat(),
        };
        view! { <p class="note">{words.portrait_gini(&text)}</p> }
    });
    let head = [
        words.portrait_median_in(),
        words.portrait_median_out(),
        words.portrait_middle_half(),
        words.portrait_mean_in(),
        words.portrait_superiority(),
        words.portrait_significance(),
    ];
    let head: Vec<AnyView> = head
        .into_iter()
        .map(|text| view! { <th scope="col" class="end">{text}</th> }.into_any())
        .collect();
    view! {
        <h2>{words.portrait_spending()}</h2>
        <p class="note">{words.portrait_spending_lead()}</p>
        <div class="table-scroll" tabindex="0" role="region" aria-label=words.portrait_spending()>
            <table class="table measures-table">
                <thead><tr><th scope="col">{words.portrait_measure()}</th>{head}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {fifths(part, view)}
        {gini}
    }
    .into_any()
}

fn row(part: &Part, it: &MeasureView) -> AnyView {
    let words = part.words;
    let value = |value: i64| words.measure_value(it.kind, value, part.currency);
    let dash = || "–".to_owned();
    let [from, middle, to] = it.inside;
    let outside = it.outside.map_or_else(dash, |[_, middle, _]| value(middle));
    let more = it
        .superiority_milli
        .map_or_else(dash, |milli| words.share(u64::from(milli), 1000));
    let p = it.p.map_or_else(dash, |p| words.probability(p));
    let half = [value(from).as_str(), " – ", &value(to)].concat();
    view! {
        <tr>
            <th scope="row">{words.measure_kind(it.kind)}</th>
            <td class="end strong">{value(middle)}</td>
            <td class="end">{outside}</td>
            <td class="end quiet">{half}</td>
            <td class="end quiet">{value(it.inside_mean)}</td>
            <td class="end">{more}</td>
            <td class="end quiet">{p}</td>
        </tr>
    }
    .into_any()
}

/// How a fifth of all buyers is called, from the least.
pub(super) fn fifth_name(words: Words, at: usize) -> String {
    match at {
        0 => words.portrait_fifth_low().to_owned(),
        4 => words.portrait_fifth_high().to_owned(),
        at => words.portrait_fifth(&(at + 1).to_string()),
    }
}

/// The rule of a fifth of all buyers by spend: more than the limit below it, and up to its own.
fn fifth_rule(part: &Part, limits: &[Money], at: usize) -> Option<String> {
    if limits.is_empty() {
        return None;
    }
    let spend = |op: &str, limit: &Money| {
        let amount = limit.to_decimal(part.currency);
        [
            "{\"attr\":\"spend\",\"op\":\"",
            op,
            "\",\"value\":\"",
            &amount,
            "\"}",
        ]
        .concat()
    };
    let bought = "{\"attr\":\"order_count\",\"op\":\"gte\",\"value\":1}".to_owned();
    let above = at.checked_sub(1).and_then(|at| limits.get(at));
    let parts = [
        Some(bought),
        above.map(|limit| spend("gt", limit)),
        limits.get(at).map(|limit| spend("lte", limit)),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    Some(["{\"all\":[", &parts.join(","), "]}"].concat())
}

fn fifths(part: &Part, view: &PortraitView) -> AnyView {
    let words = part.words;
    let spends = view.measures.iter().any(|it| it.kind == MeasureKind::Spend);
    if !spends {
        return ().into_any();
    }
    let all = |side: usize| -> u64 {
        let counts = view.fifths.iter().filter_map(|fifth| fifth.get(side));
        counts.sum()
    };
    let (inside_of, outside_of) = (all(0), all(1));
    let columns = view
        .fifths
        .iter()
        .enumerate()
        .map(|(at, [inside, outside])| {
            let name = fifth_name(words, at);
            let (in_share, out_share) = (
                part.share(*inside, inside_of),
                part.share(*outside, outside_of),
            );
            BesideColumn {
                text: words.portrait_weekdays_column(&name, &in_share, &out_share),
                label: name,
                value: ratio(*inside, inside_of),
                mark: ratio(*outside, outside_of),
                href: (*inside > 0)
                    .then(|| fifth_rule(part, &view.fifth_limits, at))
                    .flatten()
                    .map(|rule| part.members(&rule)),
            }
        })
        .collect();
    let top = view.fifths.last().map_or(0, |[inside, _]| *inside);
    let title = words.portrait_fifths_title(&part.share(top, inside_of));
    view! {
        <Figure title caption=words.portrait_fifths_caption()>
            {legend(words)}
            <Beside
                label=words.portrait_fifths_caption()
                columns
                axis=move |share: f64| words.share((share * 1000.0) as u64, 1000)
            />
        </Figure>
    }
    .into_any()
}
