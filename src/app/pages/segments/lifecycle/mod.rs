//! The life cycle: customers by stage, how long they stay, who moved, who came back, and the days between the stages.

mod cohorts;
mod dwell;
mod moves;
mod thresholds;
mod turns;

pub use thresholds::Thresholds;

use super::rfm::link;
use super::rfm::{Members, Since, use_since};
use super::stepped::stepped;
use crate::as_of::{AsOf, use_as_of};
use crate::pages::home::{stage_finding, stage_parts};
use crate::state::{use_ask, use_currency, use_place, use_status, use_words};
use model::{Currency, Day};
use protocol::{
    InsightQuery, InsightReply, LifecyclePicture, LifecycleStage, MembersOf, Query, Reply,
    StageCounts,
};
use text::Words;
use ui::chart::{Figure, StackedBar};
use ui::prelude::*;
use ui::{EmptyState, icon};

/// What drawing a part needs.
#[derive(Clone, Copy)]
struct Part {
    words: Words,
    currency: Currency,
    /// The past day that was asked for; `None`: today.
    day: Option<Day>,
}

impl Part {
    fn members(&self, of: &MembersOf) -> String {
        link::members_href("lifecycle", of, self.day, None)
    }

    /// The name of a stage; of no stage: not known yet.
    fn stage(&self, stage: Option<LifecycleStage>) -> String {
        match stage {
            Some(stage) => self.words.stage(stage),
            None => self.words.lifetime_moves_not_yet().to_owned(),
        }
    }
}

/// The page.
#[component]
pub fn Lifecycle() -> impl IntoView {
    let place = use_place();
    let shows = Memo::new(move |_| place.with(|place| link::show_of(&place.params).is_some()));
    move || {
        if shows.get() {
            view! { <Members view="lifecycle"/> }.into_any()
        } else {
            view! { <Figures/> }.into_any()
        }
    }
}

#[component]
fn Figures() -> impl IntoView {
    let (words, currency) = (use_words(), use_currency());
    let thresholds = use_status()
        .with_untracked(|s| s.as_ref().map(|s| s.settings.lifecycle))
        .unwrap_or_default();
    let (day, since) = (use_as_of(), use_since());
    let figure =
        use_ask(move || Query::Lifecycle { as_of: day.get() }).view("tiles", move |reply| {
            match reply {
                Reply::Lifecycle(counts) => stages(words, *counts, day.get_untracked()),
                _ => ().into_any(),
            }
        });
    let over_time = stepped(
        move || {
            Some(InsightQuery::Lifecycle {
                as_of: day.get(),
                since: since.get(),
                thresholds: None,
            })
        },
        "chart",
        move |reply| match reply {
            InsightReply::Lifecycle(picture) => {
                let part = Part {
                    words,
                    currency,
                    day: day.get_untracked(),
                };
                content(part, picture)
            }
            _ => ().into_any(),
        },
    );
    view! {
        <div class="page lifetime">
            <section class="section">
                <p class="lead">{words.segments_lifecycle_lead()}</p>
                <AsOf/>
                {crate::pages::data::quality_note(protocol::Analysis::Lifecycle)}
                {figure}
            </section>
            <section class="section rule-top">
                <h2>{words.segments_lifecycle_thresholds()}</h2>
                <Thresholds start=thresholds/>
            </section>
            <section class="section rule-top">
                <Since label=words.lifetime_since() since/>
                {over_time}
            </section>
            {cohorts::cohorts(day)}
        </div>
    }
    .into_any()
}

fn stages(words: Words, counts: StageCounts, day: Option<Day>) -> AnyView {
    let all = counts.prospect + counts.new + counts.active + counts.dormant + counts.churned;
    view! {
        <Figure title=stage_finding(words, counts) caption=words.home_stages_caption(all)>
            <StackedBar label=words.segments_lifecycle_title() parts=stage_parts(words, counts, day)/>
        </Figure>
    }
    .into_any()
}

fn content(part: Part, picture: &LifecyclePicture) -> AnyView {
    let words = part.words;
    if picture.stages.iter().all(|stage| stage.count == 0) {
        return view! {
            <EmptyState title=words.lifetime_none_title() text=words.lifetime_none_text() icon=icon::PEOPLE/>
        }
        .into_any();
    }
    let rhythm = (picture.with_rhythm > 0).then(|| {
        view! { <p class="note">{words.lifetime_with_rhythm(picture.with_rhythm)}</p> }
    });
    view! {
        <div class="page">
            <section class="section">{moves::moves(part, picture)}</section>
            <section class="section rule-top">{turns::turns(part, picture)}</section>
            <section class="section rule-top">{dwell::dwell(part, picture)} {rhythm}</section>
        </div>
    }
    .into_any()
}
