//! How long customers stay in each stage.

use super::Part;
use protocol::{LifecyclePicture, LifecycleStage, StageDwell};
use ui::prelude::*;

pub(super) fn dwell(part: Part, picture: &LifecyclePicture) -> AnyView {
    let words = part.words;
    let active = picture
        .stages
        .iter()
        .find(|it| it.stage == LifecycleStage::Active);
    let title = match active.and_then(|it| it.half_life) {
        Some(days) => words.lifetime_dwell_title(u64::from(days)),
        None => words.lifetime_dwell_title_none().to_owned(),
    };
    let rows: Vec<AnyView> = picture.stages.iter().map(|it| row(part, it)).collect();
    view! {
        <h2>{title}</h2>
        <p class="note">{words.lifetime_dwell_lead()}</p>
        <div class="table-scroll" tabindex="0" role="region" aria-label=words.lifetime_dwell_lead()>
            <table class="table dwell-table">
                <thead>
                    <tr>
                        <th scope="col">{words.lifetime_dwell_stage()}</th>
                        <th scope="col" class="end">{words.lifetime_dwell_now()}</th>
                        <th scope="col" class="end">{words.lifetime_dwell_now_days()}</th>
                        <th scope="col" class="end">{words.lifetime_dwell_half()}</th>
                        <th scope="col" class="end">{words.lifetime_dwell_over()}</th>
                        <th scope="col" class="end">{words.lifetime_dwell_quartiles()}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(part: Part, it: &StageDwell) -> AnyView {
    let words = part.words;
    let days = |days: Option<u32>| {
        days.map(|days| words.lifetime_dwell_days(&words.count(u64::from(days))))
    };
    let dash = || "–".to_owned();
    let half = match (it.half_life, it.over) {
        (Some(half), _) => days(Some(half)),
        (None, 0) => None,
        (None, _) => Some(words.lifetime_dwell_never().to_owned()),
    };
    let quartiles = it.quartiles.map(|[from, middle, to]| {
        let text = |days: u32| words.count(u64::from(days));
        words.lifetime_dwell_range(&text(from), &text(middle), &text(to))
    });
    view! {
        <tr>
            <th scope="row">{words.stage(it.stage)}</th>
            <td class="end strong">{words.count(it.count)}</td>
            <td class="end">{days(it.now_days).unwrap_or_else(dash)}</td>
            <td class="end">{half.unwrap_or_else(dash)}</td>
            <td class="end">{words.count(it.over)}</td>
            <td class="end">{quartiles.unwrap_or_else(dash)}</td>
        </tr>
    }
    .into_any()
}
