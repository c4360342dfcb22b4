//! How good the data is: what is filled in, what looks wrong, the rows behind each finding, and a fix.

mod fill;
mod note;
mod rows;

pub use note::quality_note;

use crate::pages::data::work::Work;
use crate::router::Route;
use crate::state::{Asking, use_ask, use_currency, use_place, use_status, use_words};
use protocol::{
    Finding, FindingCount, QualityJob, QualityOverview, QualityQuery, QualityReply, Query, Reply,
    Request,
};
use text::Words;
use ui::prelude::*;
use ui::{Banner, Button, Chip, EmptyState, LinkButton, Tone, icon};

/// How many looks came to their end: what is shown of one is asked for again after the next.
#[derive(Clone, Copy)]
pub struct Looks(RwSignal<u64>);

/// The address of a finding's rows.
pub fn finding_href(finding: Finding) -> String {
    Route::Data("quality".to_owned()).with(&[("finding", finding.code())])
}

/// How good the data is.
#[component]
pub fn Quality() -> impl IntoView {
    let words = use_words();
    let place = use_place();
    let finding =
        Memo::new(move |_| place.with(|place| place.params.get("finding").and_then(Finding::of)));
    let asking = use_ask(|| Query::Quality(QualityQuery::Overview));
    let work = Work::new();
    let looks = Looks(RwSignal::new(0));
    look_when_needed(asking, work, looks);
    let looking = work.view(
        words.quality_looking(),
        words.quality_stop(),
        move |count| words.quality_looking_rows(count),
    );
    let content = move || match finding.get() {
        Some(finding) => rows::rows(finding, looks),
        None => asking.view("rows", move |reply| match reply {
            Reply::Quality(QualityReply::Overview(Some(it))) if it.customers > 0 => {
                overview(words, it)
            }
            Reply::Quality(QualityReply::Overview(it)) => empty(words, it.is_some()),
            _ => ().into_any(),
        }),
    };
    view! {
        <div class="quality">
            {head(words, asking, work, looks)}
            {looking}
            {content}
        </div>
    }
    .into_any()
}

/// Looks at once where nobody has looked yet, or where data changed since.
fn look_when_needed(asking: Asking, work: Work, looks: Looks) {
    let looked_at = StoredValue::new(None::<u64>);
    let version = crate::state::use_client().data_version();
    Effect::new(move |_| {
        let Some(reply) = asking.reply() else { return };
        let Reply::Quality(QualityReply::Overview(overview)) = &*reply else {
            return;
        };
        let now = version.get_untracked();
        let needed = overview.as_ref().is_none_or(|it| it.stale);
        // Once for each state of the data: an import in full swing changes it many times a second.
        if needed && looked_at.get_value() != Some(now) {
            looked_at.set_value(Some(now));
            look(asking, work, looks);
        }
    });
}

fn look(asking: Asking, work: Work, looks: Looks) {
    work.run(Request::Quality(QualityJob::Look), move |_| {
        asking.again();
        let _ = looks.0.try_update(|looks| *looks += 1);
    });
}

fn head(words: Words, asking: Asking, work: Work, looks: Looks) -> AnyView {
    let looked = move || {
        let reply = asking.reply()?;
        match &*reply {
            Reply::Quality(QualityReply::Overview(Some(it))) => Some(words.quality_looked(
                &words.quality_customers(it.customers),
                &words.quality_orders(it.orders),
            )),
            _ => None,
        }
    };
    let press = Callback::new(move |()| look(asking, work, looks));
    view! {
        <div class="quality-head">
            <div>
                <p class="quiet-text">{words.quality_lead()}</p>
                <p class="quiet-text" role="status">{looked}</p>
            </div>
            <div class="actions">
                <Button label=words.quality_look() icon=icon::REFRESH busy=work.busy() on_press=press/>
            </div>
        </div>
    }
    .into_any()
}

fn empty(words: Words, looked: bool) -> AnyView {
    let status = use_status();
    let nobody = move || status.with(|it| it.as_ref().is_some_and(|it| it.customers == 0));
    let content = move || {
        (looked || nobody()).then(|| {
            let href = Route::Data(String::new()).href();
            view! {
                <EmptyState title=words.quality_empty_title() text=words.quality_empty_text() icon=icon::SHIELD>
                    <LinkButton label=words.data_tab_import() href/>
                </EmptyState>
            }
        })
    };
    content.into_any()
}

fn overview(words: Words, it: &QualityOverview) -> AnyView {
    let findings: Vec<AnyView> = it
        .findings
        .iter()
        .map(|count| line(words, *count))
        .collect();
    let found = if findings.is_empty() {
        view! {
            <EmptyState
                title=words.quality_findings_none_title()
                text=words.quality_findings_none_text()
                icon=icon::CIRCLE_CHECK
            />
        }
        .into_any()
    } else {
        view! { <ul class="quality-findings">{findings}</ul> }.into_any()
    };
    let currency = use_currency();
    let mixed = (it.currencies.len() > 1).then(|| {
        let count = it.currencies.len() as u64;
        let text = words.quality_currencies_mixed(count, currency.code());
        let chips: Vec<AnyView> = it
            .currencies
            .iter()
            .map(|(code, count)| {
                let label = [code, " · ", &words.count(*count)].concat();
                view! { <Chip label/> }.into_any()
            })
            .collect();
        view! {
            <section class="quality-currencies">
                <h2>{words.quality_currencies_title()}</h2>
                <p>{text}</p>
                <p class="quality-chips">{chips}</p>
            </section>
        }
    });
    view! {
        <section>
            <h2>{words.quality_findings_title()}</h2>
            {found}
        </section>
        {mixed}
        {fill::fill(words, it)}
    }
    .into_any()
}

fn line(words: Words, it: FindingCount) -> AnyView {
    let href = match it.finding {
        Finding::Duplicates => Route::Data("duplicates".to_owned()).href(),
        Finding::WaitingOrders => Route::Data(String::new()).href(),
        finding => finding_href(finding),
    };
    let affects: Vec<&str> = it
        .finding
        .affects()
        .iter()
        .map(|analysis| words.analysis(*analysis))
        .collect();
    let affects = words.quality_affects(&affects.join(words.list_mark()));
    let mendable = (it.mendable > 0).then(|| words.quality_mendable(it.mendable));
    view! {
        <li>
            <a href=href>
                <b>{words.finding(it.finding)}</b>
                <span class="quality-count">{words.count(it.count)}</span>
            </a>
            <p>{words.finding_why(it.finding)}</p>
            <p class="quiet-text">
                {affects}
                {mendable.map(|text| [" · ", &text].concat())}
            </p>
        </li>
    }
    .into_any()
}

/// A line about an analysis that this data affects.
pub(super) fn banner(text: String, href: String, action: &'static str) -> AnyView {
    view! {
        <Banner text tone=Tone::Notice icon=icon::INFO>
            <LinkButton label=action href/>
        </Banner>
    }
    .into_any()
}
