//! What cleaning did to the values of a file, column by column, with what was written and what is kept.

use model::import::Cleaning;
use protocol::{Cleaned, CleanedValue};
use text::Words;
use ui::Badge;
use ui::prelude::*;

/// Kinds of cleaning shown before "show all".
const SHOWN: usize = 6;

fn how(words: Words, how: Cleaning) -> &'static str {
    match how {
        Cleaning::Emptied => words.import_cleaned_emptied(),
        Cleaning::Trimmed => words.import_cleaned_trimmed(),
        Cleaning::Phone => words.import_cleaned_phone(),
        Cleaning::Email => words.import_cleaned_email(),
        Cleaning::Date => words.import_cleaned_date(),
        Cleaning::Money => words.import_cleaned_money(),
        Cleaning::Number => words.import_cleaned_number(),
        Cleaning::Choice => words.import_cleaned_choice(),
        Cleaning::List => words.import_cleaned_list(),
        Cleaning::Name => words.import_cleaned_name(),
        Cleaning::Place => words.import_cleaned_place(),
        Cleaning::Text => words.import_cleaned_text(),
    }
}

/// What cleaning did.
pub fn cleaned(words: Words, cleaned: &[Cleaned]) -> Option<AnyView> {
    let mut lines: Vec<AnyView> = cleaned.iter().filter_map(|it| line(words, it)).collect();
    if lines.is_empty() {
        return None;
    }
    let all = lines.len() as u64;
    let rest = lines.split_off(lines.len().min(SHOWN));
    let more = (!rest.is_empty()).then(|| {
        view! {
            <details>
                <summary>{words.import_issues_more(all)}</summary>
                <ul>{rest}</ul>
            </details>
        }
    });
    Some(
        view! {
            <section class="import-cleaned">
                <h3>{words.import_cleaned_title()}</h3>
                <p class="quiet-text">{words.import_cleaned_lead()}</p>
                <ul>{lines}</ul>
                {more}
            </section>
        }
        .into_any(),
    )
}

/// One kind of cleaning in one column; nothing where the words on the page are those of the file (男 is 男).
fn line(words: Words, it: &Cleaned) -> Option<AnyView> {
    let mut values: Vec<AnyView> = it
        .examples
        .iter()
        .filter_map(|value| example(words, &it.field, value))
        .collect();
    if values.is_empty() {
        return None;
    }
    let rest = values.split_off(values.len().min(2));
    let shown = (values.len() + rest.len()) as u64;
    let more = (!rest.is_empty()).then(|| {
        let label = if shown < it.count {
            words.import_cleaned_first(shown, it.count)
        } else {
            words.import_issues_more(shown)
        };
        view! {
            <details>
                <summary>{label}</summary>
                <ul class="import-values">{rest}</ul>
            </details>
        }
    });
    let view = view! {
        <li>
            <p>
                <b>{words.import_issues_column(&it.column)}</b>
                <Badge label=how(words, it.how)/>
                <span class="import-issue-count">{words.import_issues_rows(it.count)}</span>
            </p>
            <ul class="import-values">{values}</ul>
            {more}
        </li>
    };
    Some(view.into_any())
}

fn example(words: Words, field: &str, value: &CleanedValue) -> Option<AnyView> {
    let after = match field {
        "gender" | "kind" => words.choice(field, &value.after),
        "order.status" => words.choice("status", &value.after),
        _ if field.starts_with("consent.") && value.after == "true" => {
            words.customers_form_consent_yes().to_owned()
        }
        _ if field.starts_with("consent.") && value.after == "false" => {
            words.customers_form_consent_no().to_owned()
        }
        _ => value.after.clone(),
    };
    if after == value.before.trim() && value.after != after {
        return None;
    }
    let nothing = after.is_empty().then(|| words.import_cleaned_nothing());
    let view = view! {
        <li class="diff">
            <span class="sample-row">{words.import_sample_row(u64::from(value.row))}</span>
            <del>{value.before.clone()}</del>
            <ins>{after} {nothing}</ins>
        </li>
    };
    Some(view.into_any())
}
