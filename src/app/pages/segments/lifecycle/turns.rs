//! Who came back and who fell quiet, month by month.

use super::super::rfm::turn_name;
use super::Part;
use protocol::{LifecyclePicture, MembersOf, Turn, TurnMonth};
use ui::chart::{Figure, Legend, StackColumn, StackedColumns};
use ui::prelude::*;

/// The colour of what happened, by those of the stages.
fn key(turn: Turn) -> &'static str {
    match turn {
        Turn::BackFromDormant => "active",
        Turn::BackFromChurned => "new",
        Turn::FellDormant => "dormant",
        Turn::FellChurned => "churned",
    }
}

pub(super) fn turns(part: Part, picture: &LifecyclePicture) -> AnyView {
    let words = part.words;
    let since = words.day(picture.since);
    let title = if picture.returned > 0 {
        let share = words.share(picture.returned, picture.quiet_before);
        words.lifetime_back_title(&since, picture.returned, &share)
    } else {
        words.lifetime_back_title_none(&since)
    };
    let spend = (picture.returned > 0).then(|| {
        let spend = words.money(picture.returned_spend, part.currency);
        view! { <p class="note">{words.lifetime_back_spend(&spend)}</p> }
    });
    let columns = picture.months.iter().map(|it| column(part, it)).collect();
    let legend = Turn::ALL
        .map(|turn| Legend {
            key: key(turn),
            label: turn_name(words, turn).to_owned(),
        })
        .to_vec();
    view! {
        <h2>{title}</h2>
        {spend}
        <Figure title="" caption=words.lifetime_back_caption()>
            <StackedColumns
                label=words.lifetime_back_caption()
                columns
                legend
                axis=move |value: f64| words.short(value as i64)
            />
        </Figure>
        {table(part, picture)}
    }
    .into_any()
}

fn column(part: Part, month: &TurnMonth) -> StackColumn {
    let words = part.words;
    let [a, b, c, d] = month.counts;
    let counts = month.counts.map(|count| words.count(count));
    let [a_text, b_text, c_text, d_text] = &counts;
    let back = if a >= b {
        Turn::BackFromDormant
    } else {
        Turn::BackFromChurned
    };
    StackColumn {
        label: words.month_short(month.from),
        parts: vec![
            (key(Turn::BackFromDormant), a as f64),
            (key(Turn::BackFromChurned), b as f64),
            (key(Turn::FellDormant), -(c as f64)),
            (key(Turn::FellChurned), -(d as f64)),
        ],
        text: words.lifetime_back_column(&words.month(month.from), a_text, b_text, c_text, d_text),
        href: (a + b > 0).then(|| members(part, month, back)),
    }
}

fn members(part: Part, month: &TurnMonth, turn: Turn) -> String {
    part.members(&MembersOf::Turned {
        turn,
        from: month.from,
        to: month.to,
    })
}

/// The same as a table; every number opens its customers.
fn table(part: Part, picture: &LifecyclePicture) -> AnyView {
    let words = part.words;
    let head: Vec<AnyView> = Turn::ALL
        .iter()
        .map(|turn| view! { <th scope="col" class="end">{turn_name(words, *turn)}</th> }.into_any())
        .collect();
    let row = |month: &TurnMonth| {
        let cells: Vec<AnyView> = Turn::ALL
            .iter()
            .zip(month.counts)
            .map(|(turn, count)| {
                let text = words.count(count);
                if count == 0 {
                    return view! { <td class="end quiet">{text}</td> }.into_any();
                }
                view! { <td class="end"><a href=members(part, month, *turn)>{text}</a></td> }
                    .into_any()
            })
            .collect();
        view! { <tr><th scope="row">{words.month(month.from)}</th>{cells}</tr> }.into_any()
    };
    let rows: Vec<AnyView> = picture.months.iter().rev().map(row).collect();
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label=words.lifetime_back_caption()>
            <table class="table turns-table">
                <thead><tr><th scope="col">{words.lifetime_back_month()}</th>{head}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}
