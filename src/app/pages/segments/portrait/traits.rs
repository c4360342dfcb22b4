//! Values with their lift: what is clear, and the most frequent regions, categories and channels.

use super::{Part, legend, ratio};
use model::portrait::TraitKind;
use protocol::{PortraitView, Trait};
use ui::chart::{Figure, Ranked, RankedRow};
use ui::prelude::*;

/// So many rows are shown before the fold.
const SHOWN: usize = 10;

fn row(part: &Part, it: &Trait, named: bool) -> RankedRow {
    let words = part.words;
    let value = words.trait_value(it);
    let inside = part.share(it.inside, it.inside_of);
    let outside = part.share(it.outside, it.outside_of);
    let lift = words.lift(it);
    let of = |share: &str, part: u64, whole: u64| {
        words.portrait_share_of(share, &words.count(part), &words.count(whole))
    };
    let title = words.portrait_row(
        &value,
        &of(&inside, it.inside, it.inside_of),
        &of(&outside, it.outside, it.outside_of),
        &lift,
        &words.probability(it.p),
    );
    let kind = match (named, it.of_rule) {
        (true, true) => words.portrait_of_rule(),
        (true, false) => words.trait_kind(it.kind),
        (false, _) => "",
    };
    RankedRow {
        label: value,
        kind: kind.to_owned(),
        share: ratio(it.inside, it.inside_of),
        mark: (it.outside_of > 0).then(|| ratio(it.outside, it.outside_of)),
        text: inside,
        note: if it.outside_of > 0 {
            lift
        } else {
            String::new()
        },
        title,
        quiet: named && it.of_rule,
        href: it.rule.as_ref().map(|rule| part.members(rule)),
    }
}

fn list(part: &Part, label: &str, traits: &[Trait]) -> AnyView {
    let rows = |traits: &[Trait]| {
        let rows = traits.iter().map(|it| row(part, it, true));
        rows.collect::<Vec<RankedRow>>()
    };
    let (first, rest) = traits.split_at(SHOWN.min(traits.len()));
    let more = (!rest.is_empty()).then(|| {
        view! {
            <details class="figure-table">
                <summary>{part.words.portrait_show_all(rest.len() as u64)}</summary>
                <Ranked label=label.to_owned() rows=rows(rest)/>
            </details>
        }
    });
    view! { <Ranked label=label.to_owned() rows=rows(first)/> {more} }.into_any()
}

/// What members have clearly more and less often.
pub(super) fn clear(part: &Part, view: &PortraitView) -> AnyView {
    let words = part.words;
    if view.others == 0 {
        return view! {
            <h2>{words.portrait_all_title()}</h2>
            <p class="note">{words.portrait_all_text()}</p>
        }
        .into_any();
    }
    let more = if view.more.is_empty() {
        view! { <p class="note">{words.portrait_none_clear()}</p> }.into_any()
    } else {
        list(part, words.portrait_more_title(), &view.more)
    };
    let less = (!view.less.is_empty()).then(|| {
        view! {
            <h2>{words.portrait_less_title()}</h2>
            {list(part, words.portrait_less_title(), &view.less)}
        }
    });
    view! {
        <h2>{words.portrait_more_title()}</h2>
        <p class="note">{words.portrait_more_lead(&words.count(view.looked_at))}</p>
        {legend(words)}
        {more}
        {less}
    }
    .into_any()
}

fn figure(part: &Part, title: String, caption: &str, traits: &[Trait]) -> AnyView {
    let rows: Vec<RankedRow> = traits.iter().map(|it| row(part, it, false)).collect();
    let (caption, label) = (caption.to_owned(), caption.to_owned());
    view! {
        <Figure title caption>
            <Ranked label rows/>
        </Figure>
    }
    .into_any()
}

fn first(part: &Part, traits: &[Trait]) -> Option<(String, String)> {
    let it = traits.first()?;
    let share = part.share(it.inside, it.inside_of);
    Some((part.words.trait_value(it), share))
}

/// Where members live.
pub(super) fn regions(part: &Part, view: &PortraitView) -> AnyView {
    let words = part.words;
    let Some((value, share)) = first(part, &view.regions) else {
        return ().into_any();
    };
    let title = words.portrait_regions_title(&value, &share);
    figure(part, title, words.portrait_regions_caption(), &view.regions)
}

/// What members buy.
pub(super) fn categories(part: &Part, view: &PortraitView) -> AnyView {
    let words = part.words;
    let Some((value, share)) = first(part, &view.categories) else {
        return ().into_any();
    };
    let title = words.portrait_categories_title(&share, &value);
    figure(
        part,
        title,
        words.portrait_categories_caption(),
        &view.categories,
    )
}

/// Where members buy.
pub(super) fn channels(part: &Part, view: &PortraitView) -> AnyView {
    let words = part.words;
    let Some((value, share)) = first(part, &view.channels) else {
        return ().into_any();
    };
    let came = view
        .channels
        .first()
        .is_some_and(|it| it.kind == TraitKind::SourceChannel);
    let title = if came {
        words.portrait_regions_title(&value, &share)
    } else {
        words.portrait_channels_title(&share, &value)
    };
    figure(
        part,
        title,
        words.portrait_channels_caption(),
        &view.channels,
    )
}
