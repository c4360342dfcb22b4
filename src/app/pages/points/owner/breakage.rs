//! How many points are never used: the estimate, what it rests on, and how sure it is.

use super::Part;
use protocol::{BreakageView, Sureness, Whence};
use ui::chart::{Figure, Line};
use ui::prelude::*;

/// Where the share that is calculated with comes from.
pub(super) fn whence(part: Part, breakage: &BreakageView) -> &'static str {
    match breakage.whence {
        Whence::Owner => part.words.liability_breakage_from_owner(),
        Whence::Known => part.words.liability_breakage_from_history(),
        Whence::Careful => part.words.liability_breakage_from_care(),
    }
}

/// The estimate with its basis.
pub(super) fn breakage(part: Part, it: &BreakageView) -> AnyView {
    let words = part.words;
    let sure = match it.sureness {
        Sureness::Good => words.liability_breakage_sure_good(),
        Sureness::Fair => words.liability_breakage_sure_fair(),
        Sureness::Weak => words.liability_breakage_sure_weak(),
        Sureness::Nothing => words.liability_breakage_sure_nothing(),
    };
    let range = it.estimate_ppm.map(|estimate| {
        let [estimate, low, high] = [estimate, it.low_ppm, it.high_ppm].map(|ppm| part.share(ppm));
        words.liability_breakage_range(&estimate, &low, &high)
    });
    let basis = it.from.zip(it.to).filter(|_| it.issued.0 > 0);
    let basis = basis.map(|(from, to)| {
        words.liability_breakage_basis(
            &words.number(it.issued.0),
            it.members,
            &words.month(from),
            &words.month(to),
            &words.number(it.redeemed.0),
            u64::from(it.seen_months),
        )
    });
    let life = match it.life_months {
        Some(months) => words.liability_breakage_life(u64::from(months)),
        None => words.liability_breakage_endless().to_owned(),
    };
    let careful = (it.whence == Whence::Careful).then(|| words.liability_breakage_careful());
    let title = words.liability_breakage_title(&part.share(it.used_ppm));
    let text = [title.as_str(), " · ", whence(part, it)].concat();
    view! {
        <div class="columns-2 breakage">
            <div class="stack">
                <h3>{text}</h3>
                {range.map(|range| view! { <p>{range}</p> })}
                <p>{sure}</p>
                {careful.map(|careful| view! { <p>{careful}</p> })}
                <p class="note">{basis}" "{life}</p>
            </div>
            {curve(part, it)}
        </div>
    }
    .into_any()
}

fn curve(part: Part, it: &BreakageView) -> AnyView {
    let words = part.words;
    if it.unused_ppm.len() < 2 {
        return ().into_any();
    }
    // Everything is unused before the first month of age is over.
    let values: Vec<(String, f64)> = std::iter::once(1_000_000)
        .chain(it.unused_ppm.iter().copied())
        .zip(0u64..)
        .map(|(ppm, month)| (words.count(month), f64::from(ppm)))
        .collect();
    let rows = it
        .unused_ppm
        .iter()
        .zip(1u64..)
        .map(|(ppm, month)| vec![words.count(month), part.share(*ppm)])
        .collect();
    let head = vec![
        words.liability_breakage_months().to_owned(),
        words.liability_breakage_unused().to_owned(),
    ];
    let axis = Callback::new(move |value: f64| part.share(value as u32));
    let caption = words.liability_breakage_caption();
    view! {
        <Figure title="" caption table_label=words.act_table() head rows>
            <Line label=caption values axis area=true height=140/>
        </Figure>
    }
    .into_any()
}
