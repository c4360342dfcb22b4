//! A segment whose rule cannot be counted: why, which condition it is, and the ways to put it right. Nothing is lost: the
//! rule stays as it was saved, and counts again as soon as what it names is back.

use super::Subject;
use crate::named::SetNames;
use crate::pages::segments::missing::Missing;
use crate::router::Route;
use crate::state::{use_currency, use_words};
use model::SegmentId;
use model::rule::Rule;
use protocol::Fault;
use text::RulePart;
use ui::prelude::*;
use ui::{Banner, ErrorState, LinkButton, Tone, icon};

/// In place of a tab, or (`brief`) above one that shows what was known before.
#[component]
pub fn Broken(
    /// The segment.
    subject: Subject,
    /// Why it cannot be counted.
    fault: Fault,
    /// The names of what its rule names.
    names: SetNames,
    /// A line above the tab.
    #[prop(optional)]
    brief: bool,
) -> impl IntoView {
    // Whether what the rule names is gone or leads to what is gone shows in the names.
    move || (!names.coming()).then(|| said(&subject, &fault, names, brief))
}

fn said(subject: &Subject, fault: &Fault, names: SetNames, brief: bool) -> AnyView {
    let words = use_words();
    let rule = Rule::parse(&subject.rule).ok();
    let missing = rule.as_ref().and_then(|rule| Missing::of(rule, fault));
    // What the rule names itself is still there: the gap lies behind it.
    let through = missing.as_ref().and_then(|it| names.there(&it.id));
    let direct = missing.as_ref().filter(|_| through.is_none());
    let text = match direct {
        Some(missing) => words.segment_broken_gone(&missing.name),
        None => words.fault(fault),
    };
    let path = missing.as_ref().map(|it| it.path.clone());
    let path = path.or_else(|| fault.path.clone()).unwrap_or_default();
    let here = subject.condition_href(&path);
    let condition = rule.and_then(|rule| {
        let parts = words.rule_parts(&rule, use_currency(), &|id| names.name(id));
        // "Not in the segment" is one part, of the node around it.
        let around = path.strip_suffix("not").map(|it| it.trim_end_matches('.'));
        let says = |it: &RulePart| {
            let there = it.path.as_deref();
            there.is_some() && (there == Some(path.as_str()) || there == around)
        };
        Some(parts.into_iter().find(says)?.text)
    });
    let label = words.segment_broken_show();
    if brief {
        return view! {
            <Banner text tone=Tone::Notice icon=icon::ALERT><LinkButton label href=here/></Banner>
        }
        .into_any();
    }
    let behind = missing.filter(|_| through.is_some()).and_then(|it| {
        let place = it.id.parse::<SegmentId>().ok()?.to_string();
        let label = words.segment_broken_behind(&through?);
        Some(view! { <LinkButton label href=Route::Segments(place).href()/> })
    });
    let condition = condition
        .map(|text| view! { <p class="broken-condition"><a href=here.clone()>{text}</a></p> });
    view! {
        <ErrorState title=words.segment_broken() text>
            {condition}
            <p>{words.segment_broken_safe()}</p>
            <div class="actions">
                <LinkButton label href=here/>
                {behind}
                <LinkButton label=words.segment_broken_log() href=Route::Settings("log".to_owned()).href()/>
            </div>
        </ErrorState>
    }
    .into_any()
}
