//! The age pyramid.

use super::{Part, ratio};
use protocol::{AgeBand, PortraitView};
use ui::chart::{Band, Figure, Pyramid, Wing};
use ui::prelude::*;

pub(super) fn ages(part: &Part, view: &PortraitView) -> AnyView {
    let words = part.words;
    let sum = |of: &dyn Fn(&AgeBand) -> u64| view.ages.iter().map(of).sum::<u64>();
    let inside: u64 = sum(&|band| band.inside.iter().sum());
    let outside: u64 = sum(&|band| band.outside.iter().sum());
    if inside == 0 {
        return view! { <p class="note">{words.portrait_ages_none()}</p> }.into_any();
    }
    let bands = view
        .ages
        .iter()
        .rev()
        .map(|band| Band {
            label: words.age_band(band),
            left: wing(part, band, 0, (inside, outside)),
            right: wing(part, band, 1, (inside, outside)),
        })
        .collect();
    let other = sum(&|band| band.inside.get(2).copied().unwrap_or(0));
    let note = (other > 0).then(|| {
        view! { <p class="note">{words.portrait_ages_other(other)}</p> }
    });
    view! {
        <Figure title=title(part, view) caption=words.portrait_ages_caption()>
            <Pyramid
                label=words.portrait_ages_caption()
                left=words.portrait_ages_women()
                right=words.portrait_ages_men()
                bands
            />
        </Figure>
        {note}
    }
    .into_any()
}

fn who(part: &Part, gender: usize) -> &'static str {
    if gender == 0 {
        part.words.portrait_value_women()
    } else {
        part.words.portrait_value_men()
    }
}

fn title(part: &Part, view: &PortraitView) -> String {
    let each = view.ages.iter().flat_map(|band| {
        let both = band.inside.iter().take(2).enumerate();
        both.map(move |(gender, count)| (*count, gender, band))
    });
    // Of equals the younger, and women first: as they are listed.
    let most = each.fold(
        None,
        |most: Option<(u64, usize, &AgeBand)>, it| match most {
            Some(most) if most.0 >= it.0 => Some(most),
            _ => Some(it),
        },
    );
    match most {
        Some((count, gender, band)) if count > 0 => part
            .words
            .portrait_ages_title(who(part, gender), &part.words.age_band(band)),
        _ => String::new(),
    }
}

fn wing(part: &Part, band: &AgeBand, gender: usize, (inside_of, outside_of): (u64, u64)) -> Wing {
    let words = part.words;
    let count = |counts: [u64; 3]| counts.get(gender).copied().unwrap_or(0);
    let (inside, outside) = (count(band.inside), count(band.outside));
    let name = if gender == 0 { "female" } else { "male" };
    let age = match band.to {
        Some(to) => [
            "\"op\":\"between\",\"value\":[",
            &band.from.to_string(),
            ",",
            &to.to_string(),
            "]",
        ]
        .concat(),
        None => ["\"op\":\"gte\",\"value\":", &band.from.to_string()].concat(),
    };
    let rule = [
        "{\"all\":[{\"attr\":\"gender\",\"op\":\"eq\",\"value\":\"",
        name,
        "\"},{\"attr\":\"age\",",
        &age,
        "}]}",
    ]
    .concat();
    let title = words.portrait_ages_wing(
        who(part, gender),
        &words.age_band(band),
        &part.share(inside, inside_of),
        &words.count(inside),
        &part.share(outside, outside_of),
    );
    Wing {
        share: ratio(inside, inside_of),
        mark: ratio(outside, outside_of),
        text: part.share(inside, inside_of),
        title,
        href: (inside > 0).then(|| part.members(&rule)),
    }
}
