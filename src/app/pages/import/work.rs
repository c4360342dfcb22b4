//! A file being read: how far, how many rows, how long still, and a way to stop.

use super::pace::{self, Left};
use super::{Desk, heading};
use crate::state::use_words;
use protocol::{Progress, Stage};
use text::Words;
use ui::prelude::*;
use ui::{Button, ProgressBar, Skeleton};

/// The first look at a file; so short that only its shape is shown.
pub fn looking(words: Words) -> AnyView {
    view! {
        <section class="import-card" role="status">
            <p>{words.import_inspecting()}</p>
            <Skeleton lines=5 shape="rows"/>
        </section>
    }
    .into_any()
}

fn stage_name(words: Words, stage: Stage) -> &'static str {
    match stage {
        Stage::Opening => words.import_progress_opening(),
        Stage::Reading => words.import_progress_reading(),
        Stage::Writing => words.import_progress_writing(),
        Stage::Undoing => words.import_progress_undoing(),
        Stage::Exporting | Stage::Replaying | Stage::Calculating | Stage::Looking => {
            words.import_progress_exporting()
        }
    }
}

/// How many of how many rows, where somebody has counted them.
fn rows(progress: Progress, all: Option<u64>) -> Option<(u64, u64)> {
    let all = all.filter(|all| *all > 0)?;
    Some((progress.rows.min(all), all))
}

fn facts(words: Words, progress: Progress, all: Option<u64>, elapsed_ms: f64) -> String {
    let count = match rows(progress, all) {
        Some((done, all)) => words.import_progress_rows_of(done, all),
        None => words.import_progress_rows(progress.rows),
    };
    let mut parts = vec![count];
    let time = match pace::left(elapsed_ms, progress.done, progress.total) {
        Some(Left::Seconds(seconds)) => Some(words.import_progress_seconds(seconds)),
        Some(Left::Minutes(minutes)) => Some(words.import_progress_minutes(minutes)),
        None => None,
    };
    parts.extend(time.map(|time| words.import_progress_left(&time)));
    parts.join(" · ")
}

/// Work under way.
#[component]
pub fn Work(
    /// An import; otherwise a dry run.
    for_good: bool,
    /// Take the focus.
    focus: bool,
) -> impl IntoView {
    let words = use_words();
    let desk = expect_context::<Desk>();
    let title = if for_good {
        words.import_progress_writing()
    } else {
        words.import_checking()
    };
    let name = move || {
        desk.going().map(|(at, of, name)| {
            if of > 1 && for_good {
                words.import_progress_file(at as u64, of as u64, &name)
            } else {
                name
            }
        })
    };
    let done = Signal::derive(move || {
        let (progress, _) = desk.progress()?;
        let (done, total) = match rows(progress, desk.rows_in_all()) {
            // Bytes are read far ahead of the rows that are in: the bar says what the count says.
            Some(counted) => counted,
            None => (progress.done, progress.total),
        };
        (total > 0).then(|| done as f64 / total as f64)
    });
    let stage = move || {
        desk.progress()
            .map(|(progress, _)| stage_name(words, progress.stage))
    };
    let how_far = move || {
        desk.progress()
            .map(|(progress, elapsed)| facts(words, progress, desk.rows_in_all(), elapsed))
    };
    view! {
        <section class="import-card import-work" aria-busy="true">
            {heading(title.to_owned(), focus)}
            <p class="import-file">{name}</p>
            <ProgressBar label=title done/>
            <p class="import-facts">
                <span>{stage}</span>
                <span>{how_far}</span>
            </p>
            {for_good.then(|| view! { <p class="quiet-text">{words.import_progress_safe()}</p> })}
            <div class="actions">
                <Button
                    label=words.import_cancel()
                    busy=Signal::derive(move || desk.is_stopping())
                    on_press=Callback::new(move |()| if for_good { desk.stop() } else { desk.check() })
                />
            </div>
        </section>
    }
    .into_any()
}
