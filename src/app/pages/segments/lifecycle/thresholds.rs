//! The days between the stages, which the owner sets: the same for all, or by each customer's own rhythm.

use crate::state::{apply_in, use_state, use_today, use_words};
use model::{Day, LifecycleThresholds, OwnRhythm};
use protocol::{Command, LifecycleStage};
use text::Words;
use ui::prelude::*;
use ui::{Button, Choice, Input, Look, Segmented};

/// Whole days in a sensible range.
fn days(text: &str) -> Option<u32> {
    text.trim()
        .parse()
        .ok()
        .filter(|days| (1..=3650).contains(days))
}

/// Multiples with one decimal, in tenths, from 1 to 100.
fn tenths(text: &str) -> Option<u32> {
    let (whole, rest) = text.trim().split_once('.').unwrap_or((text.trim(), "0"));
    let whole: u32 = whole.parse().ok()?;
    let rest: u32 = rest.parse().ok().filter(|_| rest.len() == 1)?;
    Some(whole.checked_mul(10)? + rest).filter(|tenths| (10..=1000).contains(tenths))
}

fn tenths_text(tenths: u32) -> String {
    let (whole, rest) = (tenths / 10, tenths % 10);
    if rest == 0 {
        whole.to_string()
    } else {
        [whole.to_string(), rest.to_string()].join(".")
    }
}

/// The multiples of the own rhythm, as a person edits them.
#[derive(Clone, Copy)]
struct Rhythm {
    by: RwSignal<String>,
    dormant: RwSignal<String>,
    churned: RwSignal<String>,
}

impl Rhythm {
    fn new(start: Option<OwnRhythm>) -> Self {
        let shown = start.unwrap_or_default();
        let by = if start.is_some() { "rhythm" } else { "days" };
        Self {
            by: RwSignal::new(by.to_owned()),
            dormant: RwSignal::new(tenths_text(shown.dormant_tenths)),
            churned: RwSignal::new(tenths_text(shown.churned_tenths)),
        }
    }

    /// What is said: `Some(None)` is the same days for all; `None` is what cannot be.
    fn read(&self) -> Option<Option<OwnRhythm>> {
        if self.by.get() != "rhythm" {
            return Some(None);
        }
        let rhythm = OwnRhythm {
            dormant_tenths: self.dormant.with(|text| tenths(text))?,
            churned_tenths: self.churned.with(|text| tenths(text))?,
        };
        (rhythm.dormant_tenths < rhythm.churned_tenths).then_some(Some(rhythm))
    }

    fn view(self, words: Words) -> AnyView {
        let choices = vec![
            Choice::new("days", words.lifetime_by_days()),
            Choice::new("rhythm", words.lifetime_by_rhythm()),
        ];
        let error = Signal::derive(move || {
            self.read()
                .is_none()
                .then(|| words.lifetime_wrong_times().to_owned())
        });
        let own = Memo::new(move |_| self.by.get() == "rhythm");
        let fields = move || {
            own.get().then(|| {
                let example = move || {
                    let rhythm = self.read()??;
                    // The first day of silence that is too long, for a gap of ten days.
                    let first = |tenths: u32| (tenths.max(14) + 1).to_string();
                    Some(words.lifetime_rhythm_example(
                        &first(rhythm.dormant_tenths),
                        &first(rhythm.churned_tenths),
                    ))
                };
                view! {
                    <p class="note">{words.lifetime_by_rhythm_means()}</p>
                    <div class="form-columns">
                        <Input label=words.lifetime_dormant_times() value=self.dormant mode="decimal"/>
                        <Input label=words.lifetime_churned_times() value=self.churned error mode="decimal"/>
                    </div>
                    <p class="note">{example}</p>
                }
            })
        };
        view! {
            <Segmented label=words.lifetime_by() value=self.by choices/>
            {fields}
        }
        .into_any()
    }
}

/// The three numbers with an example that follows them, and the own rhythm.
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
    let rhythm = Rhythm::new(start.rhythm);
    let read = move || {
        Some(LifecycleThresholds {
            new_days: new.with(|text| days(text))?,
            dormant_days: dormant.with(|text| days(text))?,
            churned_days: churned.with(|text| days(text))?,
            rhythm: rhythm.read()?,
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
        {rhythm.view(words)}
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn multiples_have_one_decimal() {
        for (text, found) in [
            ("2", Some(20)),
            (" 2.5 ", Some(25)),
            ("1", Some(10)),
            ("0.9", None),
            ("2.55", None),
            ("100", Some(1000)),
            ("100.1", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(tenths(text), found, "{text}");
        }
        assert_eq!(tenths_text(20), "2");
        assert_eq!(tenths_text(25), "2.5");
    }
}
