//! The matrix of stages on two days.

use super::super::rfm::link::STAGES;
use super::Part;
use protocol::{LifecyclePicture, LifecycleStage, MembersOf};
use ui::prelude::*;

pub(super) fn moves(part: Part, picture: &LifecyclePicture) -> AnyView {
    let words = part.words;
    let (since, day) = (words.day(picture.since), words.day(picture.as_of));
    let changed = picture.moves.iter().filter(|it| it.from != Some(it.to));
    let changed: u64 = changed
        .filter(|it| it.from.is_some())
        .map(|it| it.count)
        .sum();
    let head: Vec<AnyView> = STAGES
        .iter()
        .map(|to| view! { <th scope="col" class="end">{words.stage(*to)}</th> }.into_any())
        .collect();
    let from = STAGES.iter().map(|stage| Some(*stage)).chain([None]);
    let rows: Vec<AnyView> = from.map(|from| row(part, picture, from)).collect();
    view! {
        <h2>{words.lifetime_moves_title(&since, changed)}</h2>
        <p class="note">{words.lifetime_moves_lead(&day)}</p>
        <div class="table-scroll" tabindex="0" role="region" aria-label=words.lifetime_moves_lead(&day)>
            <table class="table moves-table">
                <thead>
                    <tr>
                        <th scope="col">
                            {words.lifetime_moves_from(&since)}" "{words.lifetime_moves_to(&day)}
                        </th>
                        {head}
                        <th scope="col" class="end">{words.lifetime_moves_all()}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(part: Part, picture: &LifecyclePicture, from: Option<LifecycleStage>) -> AnyView {
    let words = part.words;
    let moves = picture.moves.iter().filter(|it| it.from == from);
    let all: u64 = moves.clone().map(|it| it.count).sum();
    let cells: Vec<AnyView> = STAGES
        .iter()
        .map(|to| {
            let count = moves
                .clone()
                .filter(|it| it.to == *to)
                .map(|it| it.count)
                .sum();
            cell(part, picture, (from, *to), count, all)
        })
        .collect();
    view! {
        <tr>
            <th scope="row">{part.stage(from)}</th>
            {cells}
            <td class="end quiet">{words.count(all)}</td>
        </tr>
    }
    .into_any()
}

fn cell(
    part: Part,
    picture: &LifecyclePicture,
    (from, to): (Option<LifecycleStage>, LifecycleStage),
    count: u64,
    all: u64,
) -> AnyView {
    let words = part.words;
    let stayed = from == Some(to);
    if count == 0 {
        return view! { <td class="end quiet" class:stayed=stayed>"–"</td> }.into_any();
    }
    let of = MembersOf::StageMoved {
        from,
        to,
        since: picture.since,
    };
    let share = words.share(count, all);
    let name = words.lifetime_moves_cell(
        &part.stage(from),
        &part.stage(Some(to)),
        &words.count(count),
        &share,
    );
    view! {
        <td class="end" class:stayed=stayed>
            <a href=part.members(&of) title=name.clone() aria-label=name>{words.count(count)}</a>
            <small>{share}</small>
        </td>
    }
    .into_any()
}
