//! The owner's view: what is owed in points, what it means for the books, how points move, what the programme costs.
//!
//! Each part asks for its own answer, so that the first is there before the others are calculated.

mod assumptions;
mod books;
mod breakage;
mod effect;
mod flows;
mod links;
mod moves;
mod owed;
mod rows;

pub use links::ROWS;
pub use rows::Rows;

use crate::as_of::{AsOf, use_as_of};
use crate::client;
use crate::state::{use_place, use_state, use_today, use_words};
use leptos::task::spawn_local;
use model::program::Program;
use model::{Currency, Day, Money};
use protocol::{
    ExportFormat, ExportWhat, FaultCode, FlowKind, PointsExport, PointsRowsOf, Reply, Request,
    TierPlace,
};
use text::Words;
use ui::prelude::*;
use ui::{IconButton, StatNumber, icon};

/// What every part of the view needs to draw; small and `Copy`.
#[derive(Clone, Copy)]
struct Part {
    words: Words,
    currency: Currency,
    /// The day of the figures; `None`: today.
    day: Option<Day>,
    /// The earlier day that was asked for; `None`: twelve months before.
    since: Option<Day>,
    save: Callback<PointsExport>,
}

impl Part {
    /// The link to the rows behind a number.
    fn rows(&self, of: &PointsRowsOf) -> String {
        links::rows_href(of, self.day, None)
    }

    /// The link to rows that compare two days.
    fn compared(&self, of: &PointsRowsOf) -> String {
        links::rows_href(of, self.day, self.since)
    }

    fn money(&self, money: Money) -> String {
        self.words.money(money, self.currency)
    }

    /// A share of parts per million.
    fn share(&self, ppm: u32) -> String {
        self.words.share(u64::from(ppm), 1_000_000)
    }

    /// The head of a section: its title, a sentence, and its file.
    fn head(&self, title: String, lead: String, export: PointsExport) -> AnyView {
        let save = self.save;
        let label = self.words.liability_export_of(&title);
        let press = move |()| save.run(export.clone());
        view! {
            <div class="section-head">
                <div>
                    <h2>{title}</h2>
                    {(!lead.is_empty()).then(|| view! { <p class="note">{lead}</p> })}
                </div>
                <IconButton label icon=icon::DOWNLOAD on_press=press/>
            </div>
        }
        .into_any()
    }
}

/// A number with its definition, and its rows where it has any.
struct Stat<'s> {
    label: &'s str,
    unit: String,
    value: String,
    note: String,
    means: &'s str,
    href: Option<String>,
}

fn stat(words: Words, it: Stat<'_>) -> AnyView {
    let Stat {
        label,
        unit,
        value,
        note,
        means,
        href,
    } = it;
    let define = words.act_definition();
    match href {
        Some(href) => view! {
            <StatNumber label=label unit value note href definition=means definition_label=define/>
        }
        .into_any(),
        None => view! {
            <StatNumber label=label unit value note definition=means definition_label=define/>
        }
        .into_any(),
    }
}

/// The name of a tier, or of standing outside of them.
fn place_name(words: Words, place: &TierPlace, name: &str) -> String {
    match place {
        TierPlace::Outside => words.liability_moves_outside().to_owned(),
        TierPlace::Below => words.liability_moves_none().to_owned(),
        TierPlace::In(id) if name.is_empty() => id.clone(),
        TierPlace::In(_) => name.to_owned(),
    }
}

fn flow_name(words: Words, kind: FlowKind) -> &'static str {
    match kind {
        FlowKind::Issued => words.liability_flow_issued(),
        FlowKind::Redeemed => words.liability_flow_redeemed(),
        FlowKind::Returned => words.liability_flow_returned(),
        FlowKind::Expired => words.liability_flow_expired(),
        FlowKind::ClawedBack => words.liability_flow_clawed_back(),
        FlowKind::Adjusted => words.liability_flow_adjusted(),
        FlowKind::Transferred => words.liability_flow_transferred(),
    }
}

/// Makes a file of a part of the view and lets the person save it.
fn use_save() -> Callback<PointsExport> {
    let state = use_state();
    Callback::new(move |what| {
        let request = Request::Export {
            what: ExportWhat::Points(what),
            format: ExportFormat::Csv,
        };
        let (_, answer) = state.client.run(request, Vec::new(), |_| {});
        spawn_local(async move {
            let words = Words::new(state.locale.get_untracked());
            match answer.await {
                Ok((Reply::File(file), Some(blob))) => {
                    if client::download(&blob, &file.name) {
                        let said = words.liability_exported(file.records);
                        state.toasts.done(said, None);
                    } else {
                        let fault = protocol::Fault::new(FaultCode::Storage);
                        state.toasts.wrong(words.fault(&fault));
                    }
                }
                Ok(_) => state.toasts.fault(&client::mismatch()),
                Err(fault) => state.toasts.fault(&fault),
            }
        });
    })
}

/// The overview of the points page.
#[component]
pub fn Owner(
    /// The programme in force.
    program: Program,
) -> impl IntoView {
    let (words, place, today) = (use_words(), use_place(), use_today());
    let (day, save) = (use_as_of(), use_save());
    let currency = program.currency;
    let since = Memo::new(move |_| {
        let latest = day.get().unwrap_or(today);
        place
            .with(|place| links::since_of(&place.params))
            .filter(|since| *since < latest)
    });
    let part = Signal::derive(move || Part {
        words,
        currency,
        day: day.get(),
        since: since.get(),
        save,
    });
    view! {
        <div class="page owner">
            <AsOf/>
            {crate::pages::data::quality_note(protocol::Analysis::Points)}
            <owed::Owed part/>
            <books::Books part/>
            <assumptions::Assumptions program/>
            <flows::Flows part/>
            <moves::Moves part/>
            <effect::Effect part/>
        </div>
    }
    .into_any()
}
