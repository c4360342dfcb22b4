//! RFM: how to score, the heat map, the treemap, groups or classes, limits, and who moved. Everything opens its
//! members, each with the reason of their scores.

mod groups;
mod heat;
pub mod link;
mod members;
mod migration;
mod options;
mod why;

pub use members::{Members, turn_name};
pub(super) use members::{band_name, band_rule};
pub use why::Why;

pub(super) use migration::{Since, use_since};

use super::stepped::stepped;
use crate::as_of::{AsOf, use_as_of};
use crate::state::{use_currency, use_place, use_status, use_words};
use model::{Currency, Day, RfmOptions, RfmScoring};
use protocol::{InsightQuery, InsightReply, RfmPicture};
use text::Words;
use ui::prelude::*;

/// What drawing a part needs; small but for the options.
#[derive(Clone)]
struct Part {
    words: Words,
    currency: Currency,
    /// The past day that was asked for; `None`: today.
    day: Option<Day>,
    /// The options that the address asks for; `None`: the saved ones.
    options: Option<RfmOptions>,
}

impl Part {
    fn members(&self, of: &protocol::MembersOf) -> String {
        link::members_href("rfm", of, self.day, self.options.as_ref())
    }
}

/// The options of the address; `None`: the saved ones.
fn use_options() -> Memo<Option<RfmOptions>> {
    let place = use_place();
    Memo::new(move |_| place.with(|place| link::options_of(&place.params)))
}

/// The owner's options, now.
fn saved_options() -> RfmOptions {
    use_status()
        .with_untracked(|status| status.as_ref().map(|status| status.settings.rfm.clone()))
        .unwrap_or_default()
}

/// What the owner's scoring sorts customers into: the classes where averages decide, else the groups. Best first; those
/// without scores last.
pub fn saved_bands() -> &'static [&'static str] {
    migration::bands_of(saved_options().scoring == RfmScoring::Average)
}

/// The page.
#[component]
pub fn Rfm() -> impl IntoView {
    let place = use_place();
    let shows = Memo::new(move |_| place.with(|place| link::show_of(&place.params).is_some()));
    move || {
        if shows.get() {
            view! { <Members view="rfm"/> }.into_any()
        } else {
            view! { <Figures/> }.into_any()
        }
    }
}

#[component]
fn Figures() -> impl IntoView {
    let (words, currency) = (use_words(), use_currency());
    let (day, options) = (use_as_of(), use_options());
    let picture = stepped(
        move || {
            Some(InsightQuery::Rfm {
                as_of: day.get(),
                options: options.get(),
            })
        },
        "chart",
        move |reply| match reply {
            InsightReply::Rfm(picture) => {
                let part = Part {
                    words,
                    currency,
                    day: day.get_untracked(),
                    options: options.get_untracked(),
                };
                content(part, picture)
            }
            _ => ().into_any(),
        },
    );
    view! {
        <div class="page rfm">
            <p class="lead">{words.scoring_lead()}</p>
            <AsOf/>
            {crate::pages::data::quality_note(protocol::Analysis::Rfm)}
            <options::Options/>
            {picture}
            <migration::Moved/>
        </div>
    }
    .into_any()
}

fn content(part: Part, picture: &RfmPicture) -> AnyView {
    let words = part.words;
    let unscored = picture.groups.iter().map(|group| group.count).sum::<u64>() - picture.scored;
    let notes = [
        (unscored > 0).then(|| words.scoring_unscored(unscored)),
        (picture.unconverted > 0).then(|| words.scoring_unconverted(picture.unconverted)),
    ];
    let notes: Vec<AnyView> = notes
        .into_iter()
        .flatten()
        .map(|note| view! { <p class="note">{note}</p> }.into_any())
        .collect();
    view! {
        <div class="page">
            <div class="rfm-columns">
                <section class="section">{heat::heat(&part, picture)}</section>
                <section class="section">{groups::limits(&part, picture)} {notes}</section>
            </div>
            <section class="section rule-top">{groups::tree(&part, picture)}</section>
            <section class="section rule-top">{groups::table(&part, picture)}</section>
        </div>
    }
    .into_any()
}
