//! The portrait's numbers as a file: members and others for each value, fifth, age, hour and weekday, and the medians.

use super::super::sheet::{self, Sheet};
use super::Part;
use super::measures::fifth_name;
use protocol::{PortraitView, Trait};
use text::Words;
use ui::prelude::*;

pub(super) fn file(part: &Part, view: &PortraitView) -> AnyView {
    let (part, view) = (part.clone(), view.clone());
    sheet::save("portrait", part.words.segment_tab_portrait(), move || {
        written(&part, &view)
    })
}

fn written(part: &Part, view: &PortraitView) -> Sheet {
    let words = part.words;
    let [median_in, median_out] = [
        words.portrait_legend_members(),
        words.portrait_legend_others(),
    ]
    .map(|who| [words.figure_middle(), " · ", who].concat());
    let mut sheet = Sheet::new(&[
        words.figure_part(),
        words.figure_value(),
        words.figure_inside(),
        words.figure_inside_of(),
        words.figure_outside(),
        words.figure_outside_of(),
        &median_in,
        &median_out,
    ]);
    sheet.row(&[
        words.segment_tab_portrait(),
        "",
        &sheet::count(view.members),
        "",
        &sheet::count(view.others),
        "",
        "",
        "",
    ]);
    traits(&mut sheet, part, words.portrait_more_title(), &view.more);
    traits(&mut sheet, part, words.portrait_less_title(), &view.less);
    for all in [&view.regions, &view.categories, &view.channels] {
        for it in all {
            one(&mut sheet, part, words.trait_kind(it.kind), it);
        }
    }
    for it in &view.measures {
        let value = |of: [i64; 3]| {
            let [_, middle, _] = of;
            words.measure_value(it.kind, middle, part.currency)
        };
        let (inside, outside) = (value(it.inside), it.outside.map(value).unwrap_or_default());
        let (inside_of, outside_of) = (sheet::count(it.inside_of), sheet::count(it.outside_of));
        let kind = words.measure_kind(it.kind);
        sheet.row(&[
            words.portrait_spending(),
            kind,
            "",
            &inside_of,
            "",
            &outside_of,
            &inside,
            &outside,
        ]);
    }
    shares(&mut sheet, words, view);
    sheet
}

/// How members and others spread over fifths of spending, ages, hours and weekdays.
fn shares(sheet: &mut Sheet, words: Words, view: &PortraitView) {
    for (at, counts) in view.fifths.iter().enumerate() {
        pair(
            sheet,
            words.figure_fifths(),
            &fifth_name(words, at),
            *counts,
        );
    }
    for band in &view.ages {
        let genders = [words.portrait_ages_women(), words.portrait_ages_men(), "–"];
        let both = band.inside.into_iter().zip(band.outside);
        for (gender, (inside, outside)) in genders.into_iter().zip(both) {
            let name = [&words.age_band(band), " ", gender].concat();
            pair(sheet, words.figure_ages(), &name, [inside, outside]);
        }
    }
    for (hour, counts) in view.hours.iter().enumerate() {
        pair(sheet, words.figure_hours(), &hour.to_string(), *counts);
    }
    for (day, counts) in (1u32..).zip(&view.weekdays) {
        pair(sheet, words.figure_weekdays(), words.weekday(day), *counts);
    }
}

fn traits(sheet: &mut Sheet, part: &Part, title: &str, traits: &[Trait]) {
    for it in traits {
        one(sheet, part, title, it);
    }
}

fn one(sheet: &mut Sheet, part: &Part, title: &str, it: &Trait) {
    let value = part.words.trait_value(it);
    let counts = [it.inside, it.inside_of, it.outside, it.outside_of].map(sheet::count);
    let [inside, inside_of, outside, outside_of] = counts.each_ref().map(String::as_str);
    sheet.row(&[
        title, &value, inside, inside_of, outside, outside_of, "", "",
    ]);
}

fn pair(sheet: &mut Sheet, title: &str, name: &str, [inside, outside]: [u64; 2]) {
    let (inside, outside) = (sheet::count(inside), sheet::count(outside));
    sheet.row(&[title, name, &inside, "", &outside, "", "", ""]);
}
