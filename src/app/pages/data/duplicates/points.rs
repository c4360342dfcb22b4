//! What goes to the survivor, and what becomes of points.

use protocol::{MemberPoints, MergePreview, MergedPoints};
use text::Words;
use ui::prelude::*;

/// What a merging would do.
pub fn preview(words: Words, it: &MergePreview, names: &[(model::CustomerId, String)]) -> AnyView {
    let mut moves = Vec::new();
    for (count, text) in [
        (it.orders, words.twins_moves_orders(it.orders)),
        (
            it.interactions,
            words.twins_moves_interactions(it.interactions),
        ),
        (it.entries, words.twins_moves_entries(it.entries)),
        (it.codes, words.twins_moves_codes(it.codes)),
    ] {
        if count > 0 {
            moves.push(text);
        }
    }
    if moves.is_empty() {
        moves.push(words.twins_moves_nothing().to_owned());
    }
    let points = it.points.as_ref().map(|points| sums(words, points, names));
    view! {
        <section class="twins-preview" aria-live="polite">
            <h2>{words.twins_what_moves()}</h2>
            <p>{moves.join(" · ")}</p>
            {points}
            <p class="quiet-text">{words.twins_undo_rule()}</p>
        </section>
    }
    .into_any()
}

fn sums(words: Words, it: &MergedPoints, names: &[(model::CustomerId, String)]) -> AnyView {
    let of = |points: &MemberPoints| {
        let balance = words.points(points.balance);
        match &points.tier {
            Some(tier) => [&balance, " · ", tier].concat(),
            None => balance,
        }
    };
    let before: Vec<AnyView> = it
        .before
        .iter()
        .map(|points| {
            let name = names.iter().find(|(id, _)| *id == points.customer);
            let name = name.map(|(_, name)| name.clone()).unwrap_or_default();
            view! {
                <div>
                    <dt>{name}</dt>
                    <dd>{of(points)}</dd>
                </div>
            }
            .into_any()
        })
        .collect();
    view! {
        <h2>{words.twins_points_title()}</h2>
        <dl class="twins-points">
            {before}
            <div class="sum">
                <dt>{words.twins_points_after()}</dt>
                <dd>{of(&it.after)}</dd>
            </div>
        </dl>
        <p class="quiet-text">{words.twins_points_rule()}</p>
    }
    .into_any()
}
