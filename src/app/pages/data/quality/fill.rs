//! How many customers have each field filled in, and who has not.

use crate::router::customers_by_rule;
use protocol::{FieldFill, QualityOverview};
use text::Words;
use ui::prelude::*;

/// The table.
pub fn fill(words: Words, it: &QualityOverview) -> AnyView {
    let rows: Vec<AnyView> = it.fields.iter().map(|field| row(words, field)).collect();
    view! {
        <section class="quality-fill">
            <h2>{words.quality_fill_title()}</h2>
            <table class="table">
                <caption class="visually-hidden">{words.quality_fill_title()}</caption>
                <thead>
                    <tr>
                        <th scope="col">{words.quality_fill_field()}</th>
                        <th scope="col" colspan="2">{words.quality_fill_filled()}</th>
                        <th scope="col" class="end">
                            <span class="visually-hidden">{words.quality_fill_without()}</span>
                        </th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
    .into_any()
}

fn row(words: Words, it: &FieldFill) -> AnyView {
    let label = match it.field.strip_prefix("custom.") {
        Some(own) => own.to_owned(),
        None => words.field(&it.field),
    };
    let share = it.filled as f64 / (it.of.max(1)) as f64;
    let missing = it.of.saturating_sub(it.filled);
    let text = words.quality_fill_missing(missing);
    let without = match &it.attribute {
        Some(attribute) if missing > 0 => {
            let rule = ["{\"attr\":\"", attribute, "\",\"op\":\"is_not_set\"}"].concat();
            let name = [&words.quality_fill_show(&label), ": ", &text].concat();
            view! { <a href=customers_by_rule(&rule) aria-label=name>{text}</a> }.into_any()
        }
        _ if missing > 0 => view! { <span class="quiet-text">{text}</span> }.into_any(),
        _ => ().into_any(),
    };
    let percent = words.share(it.filled, it.of);
    let name = [&label, " ", &percent].concat();
    view! {
        <tr>
            <th scope="row">{label}</th>
            <td class="quality-bar">
                <meter min="0" max="1" value=share.to_string() aria-label=name></meter>
            </td>
            <td class="end">{percent}</td>
            <td class="end">{without}</td>
        </tr>
    }
    .into_any()
}
