//! When members order: hours, weekdays, and both together.

use super::{Part, legend, ratio};
use protocol::PortraitView;
use ui::chart::{Beside, BesideColumn, Figure, HeatCell, HeatMap};
use ui::prelude::*;

/// Hours of one column of the week's map.
const HOURS: usize = 3;

fn most(counts: &[[u64; 2]]) -> usize {
    let each = counts.iter().enumerate();
    each.fold((0, 0), |(best, most), (at, [count, _])| {
        if *count > most {
            (at, *count)
        } else {
            (best, most)
        }
    })
    .0
}

fn bought(part: &Part, condition: &str) -> String {
    let rule = [
        "{\"orders\":{\"where\":[",
        condition,
        "],\"measure\":\"count\",\"op\":\"gte\",\"value\":1}}",
    ]
    .concat();
    part.members(&rule)
}

fn is(attribute: &str, value: usize) -> String {
    [
        "{\"attr\":\"",
        attribute,
        "\",\"op\":\"eq\",\"value\":",
        &value.to_string(),
        "}",
    ]
    .concat()
}

pub(super) fn times(part: &Part, view: &PortraitView) -> AnyView {
    let words = part.words;
    let sum = |side: usize| -> u64 {
        let counts = view.weekdays.iter().filter_map(|counts| counts.get(side));
        counts.sum()
    };
    let (inside_of, outside_of) = (sum(0), sum(1));
    if inside_of == 0 {
        return ().into_any();
    }
    let shares = |[inside, outside]: [u64; 2]| {
        let texts = (
            part.share(inside, inside_of),
            part.share(outside, outside_of),
        );
        (ratio(inside, inside_of), ratio(outside, outside_of), texts)
    };
    let hours = view
        .hours
        .iter()
        .enumerate()
        .map(|(hour, counts)| {
            let (value, mark, (inside, outside)) = shares(*counts);
            let name = hour.to_string();
            BesideColumn {
                text: words.portrait_hours_column(&name, &inside, &outside),
                label: if hour % 6 == 0 { name } else { String::new() },
                value,
                mark,
                href: (value > 0.0).then(|| bought(part, &is("hour", hour))),
            }
        })
        .collect();
    let weekdays = (1u32..)
        .zip(&view.weekdays)
        .map(|(day, counts)| {
            let (value, mark, (inside, outside)) = shares(*counts);
            BesideColumn {
                text: words.portrait_weekdays_column(words.weekday(day), &inside, &outside),
                label: words.weekday_short(day).to_owned(),
                value,
                mark,
                href: (value > 0.0).then(|| bought(part, &is("day_of_week", day as usize))),
            }
        })
        .collect();
    let busiest = most(&view.weekdays) as u32 + 1;
    let axis = move |share: f64| words.share((share * 1000.0) as u64, 1000);
    let week = week(part, view);
    view! {
        {legend(words)}
        <div class="portrait-columns">
            <Figure
                title=words.portrait_weekdays_title(words.weekday(busiest))
                caption=words.portrait_weekdays_caption()
            >
                <Beside label=words.portrait_weekdays_caption() columns=weekdays axis/>
            </Figure>
            <Figure
                title=words.portrait_hours_title(&most(&view.hours).to_string())
                caption=words.portrait_hours_caption()
            >
                <Beside label=words.portrait_hours_caption() columns=hours axis/>
            </Figure>
        </div>
        <Figure title="" caption=words.portrait_week_caption()>{week}</Figure>
    }
    .into_any()
}

fn week(part: &Part, view: &PortraitView) -> AnyView {
    let words = part.words;
    let count = |day: usize, from: usize| -> u64 {
        let start = day * 24 + from;
        let hours = view.week.get(start..start + HOURS);
        hours.unwrap_or(&[]).iter().sum()
    };
    let starts = || (0..24).step_by(HOURS);
    let top = (0..7)
        .flat_map(|day| starts().map(move |from| (day, from)))
        .map(|(day, from)| count(day, from))
        .max()
        .unwrap_or(0);
    let cell = |day: usize, from: usize| {
        let orders = count(day, from);
        let weekday = words.weekday(day as u32 + 1);
        let until = from + HOURS;
        let hours = [
            is("day_of_week", day + 1),
            [
                "{\"attr\":\"hour\",\"op\":\"between\",\"value\":[",
                &from.to_string(),
                ",",
                &(until - 1).to_string(),
                "]}",
            ]
            .concat(),
        ]
        .join(",");
        let title =
            words.portrait_week_cell(weekday, &from.to_string(), &until.to_string(), orders);
        HeatCell {
            text: words.count(orders),
            title,
            heat: if top == 0 {
                0.0
            } else {
                (orders as f64 / top as f64).sqrt()
            },
            href: (orders > 0).then(|| bought(part, &hours)),
        }
    };
    let cells = (0..7)
        .map(|day| starts().map(|from| cell(day, from)).collect())
        .collect();
    let rows = (1..=7)
        .map(|day| words.weekday_short(day).to_owned())
        .collect();
    let columns = starts()
        .map(|from| [from.to_string(), (from + HOURS).to_string()].join("–"))
        .collect();
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label=words.portrait_week_caption()>
            <HeatMap
                label=words.portrait_week_caption()
                columns
                column_axis=words.portrait_week_hours()
                rows
                row_axis=words.portrait_week_days()
                cells
            />
        </div>
    }
    .into_any()
}
