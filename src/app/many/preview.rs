//! What a bulk action would do, worked out while the fields are filled in.

use super::wish::Kind;
use crate::client::CancelHandle;
use crate::state::{use_client, use_words};
use protocol::{
    Bulk, BulkPreview, BulkValue, Fault, FaultCode, MembershipJob, MembershipReply, Reply, Request,
};
use std::sync::Arc;
use std::time::Duration;
use text::Words;
use ui::prelude::*;
use ui::spawn_local;

/// A pause in typing that is long enough to look.
const PAUSE: Duration = Duration::from_millis(160);

/// How a look stands.
#[derive(Clone, Copy)]
pub(super) struct Look {
    told: RwSignal<Option<Arc<BulkPreview>>>,
    fault: RwSignal<Option<Fault>>,
    /// Which look is the newest; earlier answers are dropped.
    round: StoredValue<u64>,
    running: StoredValue<Option<CancelHandle>>,
}

impl Look {
    /// How many customers would change; 0 while that is not known.
    pub fn changed(&self) -> u64 {
        self.told
            .with(|told| told.as_ref().map_or(0, |told| told.changed))
    }
}

/// Looks again whenever what is wanted changes.
pub(super) fn use_preview(bulk: Memo<Option<Bulk>>) -> Look {
    let client = use_client();
    let look = Look {
        told: RwSignal::new(None),
        fault: RwSignal::new(None),
        round: StoredValue::new(0),
        running: StoredValue::new(None),
    };
    let mut ask = debounce(PAUSE, move |bulk: Bulk| {
        if look.round.try_get_value().is_none() {
            return;
        }
        let round = look.round.get_value() + 1;
        look.round.set_value(round);
        let request = Request::Membership(MembershipJob::Preview(bulk));
        let (handle, answer) = client.run(request, Vec::new(), |_| {});
        look.running.set_value(Some(handle));
        spawn_local(async move {
            let answer = answer.await;
            if look.round.try_get_value() != Some(round) {
                return;
            }
            look.running.set_value(None);
            match answer {
                Ok((Reply::Membership(reply), _)) => {
                    if let MembershipReply::Preview(told) = *reply {
                        look.fault.set(None);
                        look.told.set(Some(Arc::new(told)));
                    }
                }
                Err(fault) if fault.code != FaultCode::Cancelled => look.fault.set(Some(fault)),
                _ => {}
            }
        });
    });
    Effect::new(move |_| {
        client.data_version().track();
        if let Some(handle) = look.running.try_update_value(Option::take).flatten() {
            handle.cancel();
        }
        look.round.update_value(|round| *round += 1);
        look.told.set(None);
        look.fault.set(None);
        if let Some(bulk) = bulk.get() {
            ask(bulk);
        }
    });
    on_cleanup(move || {
        if let Some(handle) = look.running.try_update_value(Option::take).flatten() {
            handle.cancel();
        }
    });
    look
}

/// What would be done, with examples.
#[component]
pub(super) fn Preview(look: Look, kind: Kind) -> impl IntoView {
    let words = use_words();
    let content = move || match (look.told.get(), look.fault.get()) {
        (Some(told), _) => shown(words, kind, &told),
        (None, Some(fault)) => {
            view! { <p class="field-error">{words.fault(&fault)}</p> }.into_any()
        }
        (None, None) => view! { <p class="quiet">{words.many_looking()}</p> }.into_any(),
    };
    view! { <div class="many-preview" aria-live="polite">{content}</div> }.into_any()
}

fn shown(words: Words, kind: Kind, told: &BulkPreview) -> AnyView {
    let head = match told.changed {
        0 => words.many_changes_none().to_owned(),
        some => words.many_changes(some),
    };
    let same = (told.unchanged > 0).then(|| view! { <li>{words.many_same(told.unchanged)}</li> });
    let refused: Vec<AnyView> = told
        .refused
        .iter()
        .map(|it| {
            let text = words.many_refused(it.count, &words.fault(&it.fault), &it.name);
            view! { <li class="field-error">{text}</li> }.into_any()
        })
        .collect();
    let total = match (kind, told.examples.first()) {
        (Kind::Award, Some(first)) => each(&first.before, &first.after)
            .map(|each| each.saturating_mul(i64::try_from(told.changed).unwrap_or(i64::MAX)))
            .map(|all| view! { <li>{words.many_total_points(&words.number(all))}</li> }),
        _ => None,
    };
    let rows: Vec<AnyView> = told
        .examples
        .iter()
        .map(|example| {
            view! {
                <tr>
                    <th scope="row">{example.name.clone()}</th>
                    <td class="quiet">{value(words, &example.before)}</td>
                    <td>{value(words, &example.after)}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let examples = (!rows.is_empty()).then(|| {
        view! {
            <table class="table many-examples">
                <caption>{words.many_examples()}</caption>
                <thead>
                    <tr>
                        <th scope="col">{words.many_customer()}</th>
                        <th scope="col">{words.many_before()}</th>
                        <th scope="col">{words.many_after()}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        }
    });
    view! {
        <p><strong>{head}</strong></p>
        <ul class="many-notes">{same} {total} {refused}</ul>
        {examples}
    }
    .into_any()
}

fn each(before: &BulkValue, after: &BulkValue) -> Option<i64> {
    match (before, after) {
        (BulkValue::Balance(before), BulkValue::Balance(after)) => {
            Some(after.0.saturating_sub(before.0))
        }
        _ => None,
    }
}

fn value(words: Words, value: &BulkValue) -> String {
    match value {
        BulkValue::Tags(tags) if tags.is_empty() => words.many_no_tags().to_owned(),
        BulkValue::Tags(tags) => tags.join(" · "),
        BulkValue::Owner(None) => words.many_nobody().to_owned(),
        BulkValue::Owner(Some(owner)) => owner.clone(),
        BulkValue::Balance(points) => words.points(*points),
        BulkValue::OnList(true) => words.many_on().to_owned(),
        BulkValue::OnList(false) => words.many_off().to_owned(),
    }
}
