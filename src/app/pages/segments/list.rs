//! Ready and saved segments with their counts; each opens its members.

use super::segment::Subject;
use crate::named::{SetNames, named_in, use_set_names};
use crate::pages::customers::save_file;
use crate::pages::data::out::{ExportDialog, Exported};
use crate::state::{Asking, apply_in, use_ask, use_currency, use_state, use_words};
use model::Currency;
use protocol::{Command, ExportFormat, ExportWhat, ListRequest, Query, Reply, SegmentView};
use std::collections::BTreeSet;
use text::Words;
use ui::prelude::*;
use ui::{Amount, Menu, MenuItem, icon};

/// Characters of a rule's sentence that a row shows; a rule may have a thousand nodes.
const SENTENCE: usize = 240;

/// What the rows do, made once for all of them.
#[derive(Clone, Copy)]
struct Acts {
    words: Words,
    currency: Currency,
    export: Callback<(ExportWhat, ExportFormat)>,
    choosing: RwSignal<Option<Exported>>,
    delete: Callback<SegmentView>,
    /// The names of what the rules name.
    names: SetNames,
}

/// The list.
#[component]
pub fn List() -> impl IntoView {
    let words = use_words();
    let state = use_state();
    let asked = use_ask(|| Query::Segments);
    let acts = Acts {
        words,
        currency: use_currency(),
        export: save_file(),
        choosing: RwSignal::new(None),
        names: use_set_names(move || named(&asked)),
        delete: Callback::new(move |segment: SegmentView| {
            if let Some(id) = segment.id {
                let said = words.segments_deleted(&segment.name);
                apply_in(state, Command::RemoveSegment { id }, said, |_| {});
            }
        }),
    };
    let of = |reply: &Reply| match reply {
        Reply::Segments(segments) => Some(segments.clone()),
        _ => None,
    };
    let list = asked.steady("rows", of, move |segments| tables(acts, segments));
    view! { {list} <ExportDialog what=acts.choosing/> }.into_any()
}

/// What all of their rules name.
fn named(asked: &Asking) -> BTreeSet<String> {
    match asked.reply().as_deref() {
        Some(Reply::Segments(all)) => all.iter().flat_map(|it| named_in(&it.rule)).collect(),
        _ => BTreeSet::new(),
    }
}

fn tables(acts: Acts, segments: &[SegmentView]) -> AnyView {
    let words = acts.words;
    let (own, ready): (Vec<&SegmentView>, Vec<&SegmentView>) =
        segments.iter().partition(|s| s.id.is_some());
    let own_view = if own.is_empty() {
        view! { <p class="note">{words.segments_own_none()}</p> }.into_any()
    } else {
        table(acts, words.segments_own(), &own)
    };
    view! {
        <div class="page">
            <section class="section">
                <h2>{words.segments_own()}</h2>
                {own_view}
            </section>
            <section class="section">
                <h2>{words.segments_ready()}</h2>
                {table(acts, words.segments_ready(), &ready)}
            </section>
        </div>
    }
    .into_any()
}

fn table(acts: Acts, label: &'static str, segments: &[&SegmentView]) -> AnyView {
    let words = acts.words;
    let rows = segments.iter().map(|segment| row(acts, segment));
    let rows: Vec<AnyView> = rows.collect();
    view! {
        <table class="table segments" aria-label=label>
            <thead>
                <tr>
                    <th scope="col">{words.segments_name()}</th>
                    <th scope="col" class="wide-only">{words.segments_rule()}</th>
                    <th scope="col" class="end">{words.segments_members()}</th>
                    <th scope="col" class="end">{words.segments_share()}</th>
                    <th scope="col" class="end wide-only">{words.segments_spend()}</th>
                    <th scope="col"><span class="visually-hidden">{words.act_more()}</span></th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

/// The segment's name: the owner's, or the words for a ready one.
pub fn segment_name(words: Words, segment: &SegmentView) -> String {
    match &segment.key {
        Some(key) => words.ready_segment_of(key, &segment.name),
        None => segment.name.clone(),
    }
}

fn row(acts: Acts, segment: &SegmentView) -> AnyView {
    let words = acts.words;
    let name = segment_name(words, segment);
    let count = &segment.count;
    let subject = Subject::of(words, segment, None);
    let href = subject.href("");
    let numbers = match &segment.fault {
        Some(fault) => {
            view! { <td colspan="3"><span class="field-error">{words.fault(fault)}</span></td> }
                .into_any()
        }
        None => {
            let parts = words.money_parts(count.spend, acts.currency);
            view! {
                <td class="end strong"><a href=subject.members_href()>{words.count(count.count)}</a></td>
                <td class="end quiet">{words.share(count.count, count.of)}</td>
                <td class="end wide-only"><Amount unit=[parts.sign, &parts.unit].concat() digits=parts.digits/></td>
            }
            .into_any()
        }
    };
    // Names come a moment later; the row must stay, for its menu may be open.
    let saved = segment.rule.clone();
    let rule = move || {
        let sentence = words.rule_named(&saved, acts.currency, &|id| acts.names.name(id));
        text::shortened(sentence, SENTENCE)
    };
    view! {
        <tr>
            <th scope="row"><a href=href>{name.clone()}</a></th>
            <td class="wide-only rule-text">{rule}</td>
            {numbers}
            <td class="end">
                <Menu label=words.segments_actions(&name) icon=icon::MORE icon_only=true items=items(acts, segment)/>
            </td>
        </tr>
    }
    .into_any()
}

fn items(acts: Acts, segment: &SegmentView) -> Vec<MenuItem> {
    let words = acts.words;
    let request = ListRequest {
        segment: segment.id,
        rule: segment.id.is_none().then(|| segment.rule.clone()),
        ..ListRequest::default()
    };
    let subject = Subject::of(words, segment, None);
    // A ready segment is a beginning: it is changed under another name.
    let edit = match segment.id {
        Some(_) => subject.href("rule"),
        None => Subject {
            key: None,
            ..subject
        }
        .href(""),
    };
    let chosen = Exported::Customers(request.clone());
    let mut items = vec![
        MenuItem::new(words.out_more(), icon::DOWNLOAD, move || {
            acts.choosing.set(Some(chosen.clone()));
        }),
        MenuItem::new(words.act_export_csv(), icon::DOWNLOAD, move || {
            acts.export
                .run((ExportWhat::Customers(request.clone()), ExportFormat::Csv));
        }),
        MenuItem::new(
            if segment.id.is_some() {
                words.segments_edit()
            } else {
                words.segments_new()
            },
            if segment.id.is_some() {
                icon::EDIT
            } else {
                icon::COPY
            },
            move || crate::router::navigate(&edit),
        ),
    ];
    if segment.id.is_some() {
        let segment = segment.clone();
        items.push(
            MenuItem::new(words.segments_delete(), icon::TRASH, move || {
                acts.delete.run(segment.clone())
            })
            .danger(),
        );
    }
    items
}
