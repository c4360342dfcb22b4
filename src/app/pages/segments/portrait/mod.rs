//! Portrait: what a segment's members have in common against everybody else, in three sentences and in pictures.

mod ages;
mod file;
mod measures;
mod times;
mod traits;

use super::segment::Subject;
use super::stepped::stepped;
use crate::as_of::with_day;
use crate::router::customers_by_rule;
use crate::state::{use_currency, use_words};
use model::{Currency, Day};
use protocol::{InsightQuery, InsightReply, PortraitView};
use text::Words;
use ui::prelude::*;
use ui::{EmptyState, icon};

/// Fewer members than this are few.
const FEW: u64 = 20;

/// What drawing a part needs.
#[derive(Clone)]
struct Part {
    words: Words,
    currency: Currency,
    day: Option<Day>,
    /// The segment's rule as it stands in links: by its id where it has one, so that links stay short.
    rule: String,
}

impl Part {
    /// The members that pass another rule, too.
    fn members(&self, rule: &str) -> String {
        let both = ["{\"all\":[", &self.rule, ",", rule, "]}"].concat();
        with_day(customers_by_rule(&both), self.day)
    }

    fn share(&self, part: u64, whole: u64) -> String {
        self.words.share(part, whole)
    }
}

/// A part of a whole, 0 to 1.
fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}

/// The part of a segment's page.
#[component]
pub fn Portrait(
    /// The segment.
    subject: Subject,
) -> impl IntoView {
    let (words, currency) = (use_words(), use_currency());
    let link = match subject.id {
        Some(id) => ["{\"segment\":\"", &id.to_string(), "\"}"].concat(),
        None => subject.rule.clone(),
    };
    let (rule, day) = (subject.rule, subject.as_of);
    let picture = stepped(
        move || {
            Some(InsightQuery::Portrait {
                rule: rule.clone(),
                as_of: day,
            })
        },
        "chart",
        move |reply| match reply {
            InsightReply::Portrait(view) => {
                let part = Part {
                    words,
                    currency,
                    day,
                    rule: link.clone(),
                };
                content(&part, view)
            }
            _ => ().into_any(),
        },
    );
    view! { <div class="page portrait">{picture}</div> }.into_any()
}

fn content(part: &Part, view: &PortraitView) -> AnyView {
    let words = part.words;
    if view.members == 0 {
        return view! {
            <EmptyState title=words.portrait_empty_title() text=words.portrait_empty_text() icon=icon::PEOPLE/>
        }
        .into_any();
    }
    let sentences: Vec<AnyView> = words
        .portrait_sentences(view, part.currency)
        .into_iter()
        .map(|sentence| view! { <p>{sentence}</p> }.into_any())
        .collect();
    let note = if view.others == 0 {
        Some(words.portrait_all_text())
    } else if view.members < FEW {
        Some(words.portrait_few())
    } else {
        None
    };
    view! {
        <section class="section">
            <p class="note">{words.portrait_lead()}</p>
            {crate::pages::data::quality_note(protocol::Analysis::Products)}
            <div class="portrait-says">{sentences}</div>
            {note.map(|note| view! { <p class="note">{note}</p> })}
        </section>
        <section class="section rule-top">{traits::clear(part, view)}</section>
        <section class="section rule-top">{measures::measures(part, view)}</section>
        <div class="portrait-columns rule-top">
            <section class="section">{ages::ages(part, view)}</section>
            <section class="section">{traits::regions(part, view)}</section>
        </div>
        <div class="portrait-columns rule-top">
            <section class="section">{traits::categories(part, view)}</section>
            <section class="section">{traits::channels(part, view)}</section>
        </div>
        <section class="section rule-top">{times::times(part, view)}</section>
        {file::file(part, view)}
    }
    .into_any()
}

/// What bar and mark stand for.
fn legend(words: Words) -> AnyView {
    view! {
        <p class="portrait-legend">
            <span><i class="legend-bar"></i>{words.portrait_legend_members()}</span>
            <span><i class="legend-mark"></i>{words.portrait_legend_others()}</span>
        </p>
    }
    .into_any()
}
