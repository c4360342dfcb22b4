//! The life cycle: customers by stage, and the days between the stages, which the owner sets.

use crate::as_of::{AsOf, use_as_of};
use crate::pages::home::{stage_finding, stage_parts};
use crate::state::{apply_in, use_ask, use_state, use_status, use_today, use_words};
use model::{Day, LifecycleThresholds};
use protocol::{Command, LifecycleStage, Query, Reply, StageCounts};
use text::Words;
use ui::chart::{Figure, StackedBar};
use ui::prelude::*;
use ui::{Button, Input, Look};

/// The page.
#[component]
pub fn Lifecycle() -> impl IntoView {
    let words = use_words();
    let thresholds = use_status()
        .with_untracked(|s| s.as_ref().map(|s| s.settings.lifecycle))
        .unwrap_or_default();
    let day = use_as_of();
    let figure =
        use_ask(move || Query::Lifecycle { as_of: day.get() }).view("tiles", move |reply| {
            match reply {
                Reply::Lifecycle(counts) => stages(words, *counts, day.get_untracked()),
                _ => ().into_any(),
            }
        });
    view! {
        <div class="page">
            <section class="section">
                <p class="lead">{words.segments_lifecycle_lead()}</p>
                <AsOf/>
                {figure}
            </section>
            <section class="section rule-top">
                <h2>{words.segments_lifecycle_thresholds()}</h2>
                <Thresholds start=thresholds/>
            </section>
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

/// Whole days in a sensible range.
fn days(text: &str) -> Option<u32> {
    text.trim()
        .parse()
        .ok()
        .filter(|days| (1..=3650).contains(days))
}

/// The three numbers with an example that follows them.
#[component]
pub fn Thresholds(
    /// As they are.
    start: LifecycleThresholds,
) -> impl IntoView {
    let words = use_words();
    let state = use_state();
    let today = use_today();
    let new = RwSignal::new(start.new_days.to_string());
    let dormant = RwSignal::new(start.dormant_days.to_string());
    let churned = RwSignal::new(start.churned_days.to_string());
    let read = move || {
        Some(LifecycleThresholds {
            new_days: new.with(|text| days(text))?,
            dormant_days: dormant.with(|text| days(text))?,
            churned_days: churned.with(|text| days(text))?,
        })
    };
    let number_error = move |value: RwSignal<String>| {
        Signal::derive(move || {
            value
                .with(|text| days(text))
                .is_none()
                .then(|| words.segments_lifecycle_wrong_number().to_owned())
        })
    };
    let churned_error = Signal::derive(move || match read() {
        None => churned
            .with(|text| days(text))
            .is_none()
            .then(|| words.segments_lifecycle_wrong_number().to_owned()),
        Some(all) if all.churned_days <= all.dormant_days || all.churned_days <= all.new_days => {
            Some(words.segments_lifecycle_wrong_order().to_owned())
        }
        Some(_) => None,
    });
    let example = move || {
        let all = read()?;
        let before = |days: u32| words.day(Day(today.0.saturating_sub(days.min(10_000) as i32)));
        Some(words.segments_lifecycle_example(
            &words.day(today),
            &before(all.dormant_days),
            &before(all.churned_days),
        ))
    };
    let means = move || meanings(words, read().unwrap_or(start));
    let save = move |()| {
        if churned_error.get_untracked().is_some() {
            return;
        }
        let Some(thresholds) = untrack(read) else {
            return;
        };
        let said = words.segments_lifecycle_saved().to_owned();
        apply_in(state, Command::SetLifecycle { thresholds }, said, |_| {});
    };
    view! {
        <div class="form-columns">
            <Input label=words.segments_lifecycle_new() value=new error=number_error(new) mode="numeric"/>
            <Input label=words.segments_lifecycle_dormant() value=dormant error=number_error(dormant) mode="numeric"/>
            <Input label=words.segments_lifecycle_churned() value=churned error=churned_error mode="numeric"/>
        </div>
        {means}
        <p class="note">{example}</p>
        <div class="actions">
            <Button label=words.segments_lifecycle_save() look=Look::Primary on_press=save/>
        </div>
    }
    .into_any()
}

/// What each stage means with these days.
fn meanings(words: Words, all: LifecycleThresholds) -> AnyView {
    let stages = [
        LifecycleStage::Prospect,
        LifecycleStage::New,
        LifecycleStage::Active,
        LifecycleStage::Dormant,
        LifecycleStage::Churned,
    ];
    let rows: Vec<AnyView> = stages
        .into_iter()
        .map(|stage| {
            view! { <div><dt>{words.stage(stage)}</dt><dd>{words.stage_means(stage, all)}</dd></div> }.into_any()
        })
        .collect();
    view! { <dl class="facts">{rows}</dl> }
}
