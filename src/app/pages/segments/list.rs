//! Ready and saved segments with their counts; each opens its members.

use super::dialog::Draft;
use crate::pages::customers::save_file;
use crate::router::Route;
use crate::state::{apply_in, use_ask, use_currency, use_state, use_words};
use model::Currency;
use protocol::{Command, ExportFormat, ExportWhat, ListRequest, Query, Reply, SegmentView};
use text::Words;
use ui::prelude::*;
use ui::{Amount, Menu, MenuItem, icon};

/// What the rows do, made once for all of them.
#[derive(Clone, Copy)]
struct Acts {
    words: Words,
    currency: Currency,
    draft: RwSignal<Option<Draft>>,
    export: Callback<(ExportWhat, ExportFormat)>,
    delete: Callback<SegmentView>,
}

/// The list.
#[component]
pub fn List(
    /// The segment that is being edited.
    draft: RwSignal<Option<Draft>>,
) -> impl IntoView {
    let words = use_words();
    let state = use_state();
    let acts = Acts {
        words,
        currency: use_currency(),
        draft,
        export: save_file(),
        delete: Callback::new(move |segment: SegmentView| {
            if let Some(id) = segment.id {
                let said = words.segments_deleted(&segment.name);
                apply_in(state, Command::RemoveSegment { id }, said, |_| {});
            }
        }),
    };
    use_ask(|| Query::Segments).view("rows", move |reply| match reply {
        Reply::Segments(segments) => tables(acts, segments),
        _ => ().into_any(),
    })
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
    let rows: Vec<AnyView> = segments.iter().map(|segment| row(acts, segment)).collect();
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
        Some(key) => words.ready_segment(key),
        None => segment.name.clone(),
    }
}

/// Where its members are.
fn members_href(segment: &SegmentView) -> String {
    match (segment.id, &segment.key) {
        (Some(id), _) => Route::Customers.with(&[("segment", &id.to_string())]),
        (None, Some(key)) => Route::Customers.with(&[("ready", key)]),
        (None, None) => crate::router::customers_by_rule(&segment.rule),
    }
}

fn row(acts: Acts, segment: &SegmentView) -> AnyView {
    let words = acts.words;
    let name = segment_name(words, segment);
    let count = &segment.count;
    let numbers = match &segment.fault {
        Some(fault) => view! { <td colspan="3" class="end"><span class="field-error" title=words.fault(fault)>{words.segments_broken()}</span></td> }
            .into_any(),
        None => {
            let parts = words.money_parts(count.spend, acts.currency);
            view! {
                <td class="end strong">{words.count(count.count)}</td>
                <td class="end quiet">{words.share(count.count, count.of)}</td>
                <td class="end wide-only"><Amount unit=[parts.sign, &parts.unit].concat() digits=parts.digits/></td>
            }
            .into_any()
        }
    };
    view! {
        <tr>
            <th scope="row"><a href=members_href(segment)>{name.clone()}</a></th>
            <td class="wide-only rule-text">{words.rule_in(&segment.rule, acts.currency)}</td>
            {numbers}
            <td class="end">
                <Menu label=words.segments_actions(&name) icon=icon::MORE icon_only=true items=items(acts, segment, name)/>
            </td>
        </tr>
    }
    .into_any()
}

fn items(acts: Acts, segment: &SegmentView, name: String) -> Vec<MenuItem> {
    let words = acts.words;
    let request = ListRequest {
        segment: segment.id,
        rule: segment.id.is_none().then(|| segment.rule.clone()),
        ..ListRequest::default()
    };
    let edit = Draft {
        id: segment.id,
        name: if segment.id.is_some() {
            name
        } else {
            String::new()
        },
        rule: segment.rule.clone(),
    };
    let mut items = vec![
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
            move || acts.draft.set(Some(edit.clone())),
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
