//! Cohorts: of those who first bought in a month, how many came back in each month after it.

use super::super::sheet::{self, Sheet};
use super::super::stepped::stepped;
use crate::as_of::with_day;
use crate::router;
use crate::state::use_words;
use model::Day;
use protocol::{CohortsView, InsightQuery, InsightReply};
use text::Words;
use ui::chart::{Figure, HeatCell, HeatMap};
use ui::prelude::*;

/// Months that are shown, the one of the day the last.
const MONTHS: u32 = 12;

/// The section; drawn when it is asked for.
pub(super) fn cohorts(day: Memo<Option<Day>>) -> AnyView {
    let words = use_words();
    let content = stepped(
        move || {
            Some(InsightQuery::Cohorts {
                as_of: day.get(),
                months: MONTHS,
            })
        },
        "chart",
        move |reply| match reply {
            InsightReply::Cohorts(view) => picture(words, view, day.get_untracked()),
            _ => ().into_any(),
        },
    );
    view! { <section class="section rule-top cohorts">{content}</section> }.into_any()
}

fn picture(words: Words, view: &CohortsView, day: Option<Day>) -> AnyView {
    if view.bought.iter().all(|row| row.first() == Some(&0)) {
        return ().into_any();
    }
    let cells = view.bought.iter().enumerate().map(|(first, row)| {
        let size = row.first().copied().unwrap_or(0);
        let cell =
            |(after, count): (usize, &u64)| cell(words, view, day, (first, after), (*count, size));
        row.iter().enumerate().map(cell).collect()
    });
    let cells: Vec<Vec<HeatCell>> = cells.collect();
    let rows: Vec<String> = view
        .months
        .iter()
        .map(|month| words.month(*month))
        .collect();
    let columns: Vec<String> = (0..view.months.len())
        .map(|after| after.to_string())
        .collect();
    view! {
        <h2>{finding(words, view)}</h2>
        <p class="note">{words.lifetime_cohorts_lead()}</p>
        <div class="table-scroll" tabindex="0" role="region" aria-label=words.lifetime_cohorts_label()>
            <Figure title="" caption=words.lifetime_cohorts_caption()>
                <HeatMap
                    label=words.lifetime_cohorts_label()
                    columns
                    column_axis=words.lifetime_cohorts_after()
                    rows
                    row_axis=words.lifetime_cohorts_first()
                    cells
                />
            </Figure>
        </div>
        {file(words, view)}
    }
    .into_any()
}

/// How many come back in the next month, of the months whose next one is over.
fn finding(words: Words, view: &CohortsView) -> String {
    let whole = view.bought.iter().rev().skip(2);
    let sums = whole.fold((0u64, 0u64), |(all, back), row| {
        let at = |after: usize| row.get(after).copied().unwrap_or(0);
        (all + at(0), back + at(1))
    });
    match sums {
        (0, _) => words.lifetime_cohorts_title_none().to_owned(),
        (all, back) => words.lifetime_cohorts_title(&words.share(back, all)),
    }
}

fn cell(
    words: Words,
    view: &CohortsView,
    day: Option<Day>,
    (first, after): (usize, usize),
    (count, size): (u64, u64),
) -> HeatCell {
    let month = |at: usize| view.months.get(at).copied().unwrap_or(view.as_of);
    let (from, then) = (month(first), month(first + after));
    let share = words.share(count, size);
    let text = match (size, after) {
        (0, _) => "–".to_owned(),
        (_, 0) => words.count(count),
        _ => share.clone(),
    };
    HeatCell {
        text,
        title: words.lifetime_cohorts_cell(&words.month(from), &words.month(then), count, &share),
        // The first column is everybody and would drown the others.
        heat: if after == 0 || size == 0 {
            0.0
        } else {
            (count as f64 / size as f64).sqrt()
        },
        href: (count > 0).then(|| with_day(router::customers_by_rule(&rule(from, then)), day)),
    }
}

/// Those who first bought in one month and bought in another.
fn rule(from: Day, then: Day) -> String {
    let span = |month: Day| {
        [
            r#"[""#,
            &month.to_string(),
            r#"",""#,
            &month.end_of_month().to_string(),
            r#""]"#,
        ]
        .concat()
    };
    [
        r#"{"all":[{"attr":"first_order_on","op":"between","value":"#,
        &span(from),
        r#"},{"orders":{"within":{"between":"#,
        &span(then),
        r#"},"measure":"count","op":"gte","value":1}}]}"#,
    ]
    .concat()
}

fn file(words: Words, view: &CohortsView) -> AnyView {
    let view = view.clone();
    sheet::save("cohorts", words.lifetime_cohorts_label(), move || {
        let mut sheet = Sheet::new(&[
            words.lifetime_cohorts_first(),
            words.lifetime_cohorts_after(),
            words.scoring_members(),
        ]);
        for (month, row) in view.months.iter().zip(&view.bought) {
            for (after, count) in row.iter().enumerate() {
                sheet.row(&[
                    &month.to_string(),
                    &after.to_string(),
                    &sheet::count(*count),
                ]);
            }
        }
        sheet
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::rule::Rule;

    #[test]
    fn a_cell_opens_by_a_rule_of_the_language() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        let rule = rule(day("2026-01-01"), day("2026-02-01"));
        assert_eq!(Rule::parse(&rule).unwrap().to_json(), rule);
        assert!(rule.contains(r#"["2026-02-01","2026-02-28"]"#));
    }
}
