//! Why one customer has their scores and stage: for their own page.

use crate::as_of::use_as_of;
use crate::state::{use_ask, use_currency, use_words};
use model::CustomerId;
use protocol::{InsightQuery, InsightReply, Query, Reply};
use ui::prelude::*;

/// The reasons, in two sentences.
#[component]
pub fn Why(
    /// Who.
    customer: CustomerId,
) -> impl IntoView {
    let (words, currency) = (use_words(), use_currency());
    let day = use_as_of();
    let asking = use_ask(move || {
        Query::Insight(InsightQuery::Reason {
            customer,
            as_of: day.get(),
        })
    });
    let text = move || {
        let reply = asking.reply()?;
        let Reply::Insight(reply) = &*reply else {
            return None;
        };
        let InsightReply::Reason(reason) = &**reply else {
            return None;
        };
        let scores = words.rfm_reason(&reason.scale, &reason.standing, currency);
        let stage = words.stage_reason(&reason.standing);
        Some(view! {
            <div class="why-scores">
                <h2>{words.scoring_why_title()}</h2>
                <p>{scores}</p>
                <p>{stage}</p>
            </div>
        })
    };
    text.into_any()
}
