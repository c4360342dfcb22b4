//! Records side by side: who stays, which value of each field, what it would come to, and doing it.

use super::groups::{reasons, tone};
use super::{merge_href, page, points};
use crate::pages::customers::{customer_name, draft, field_shown};
use crate::router::{self, Route};
use crate::state::{State, apply_in, use_currency, use_state, use_today, use_words};
use model::twin::TwinLevel;
use model::{Currency, CustomerDraft, CustomerId};
use protocol::{
    Command, Fault, MergePreview, MergeRequest, Query, Reply, TwinCommand, TwinQuery, TwinReply,
    TwinsCompared,
};
use std::collections::BTreeSet;
use std::sync::Arc;
use text::Words;
use ui::prelude::*;
use ui::spawn_local;
use ui::{Badge, Banner, Button, EmptyState, IconButton, LinkButton, Look, Skeleton, Tone, icon};

/// The choices of a person so far.
#[derive(Clone, Copy)]
struct Choices {
    state: State,
    words: Words,
    currency: Currency,
    compared: StoredValue<Arc<TwinsCompared>>,
    survivor: RwSignal<CustomerId>,
    fields: RwSignal<CustomerDraft>,
    /// Fields that a person chose: they stay when another record stays.
    picked: StoredValue<BTreeSet<&'static str>>,
    preview: RwSignal<Option<Result<MergePreview, Fault>>>,
    busy: RwSignal<bool>,
}

/// The page of these records.
pub fn merge(ids: Vec<CustomerId>) -> AnyView {
    let words = use_words();
    let state = use_state();
    let compared = RwSignal::new(None::<Result<Arc<TwinsCompared>, Fault>>);
    let answer = state.client.query(Query::Twins(TwinQuery::Compare { ids }));
    spawn_local(async move {
        let result = match answer.await {
            Ok(Reply::Twins(TwinReply::Compared(it))) => Ok(Arc::new(*it)),
            Ok(_) => Err(crate::client::mismatch()),
            Err(fault) => Err(fault),
        };
        let _ = compared.try_set(Some(result));
    });
    let content = move || {
        match compared.get() {
        None => view! { <Skeleton lines=8 shape="rows"/> }.into_any(),
        Some(Ok(it)) if it.members.len() > 1 => side_by_side(it),
        Some(_) => view! {
            <EmptyState title=words.twins_gone_title() text=words.twins_gone_text() icon=icon::PEOPLE>
                <LinkButton label=words.twins_back() href=page(&[])/>
            </EmptyState>
        }
        .into_any(),
    }
    };
    view! {
        <p class="twins-back"><a href=page(&[])>{words.twins_back()}</a></p>
        {content}
    }
    .into_any()
}

fn side_by_side(it: Arc<TwinsCompared>) -> AnyView {
    let words = use_words();
    let choices = Choices {
        state: use_state(),
        words,
        currency: use_currency(),
        survivor: RwSignal::new(it.survivor),
        fields: RwSignal::new(it.fields.clone()),
        compared: StoredValue::new(it.clone()),
        picked: StoredValue::new(BTreeSet::new()),
        preview: RwSignal::new(None),
        busy: RwSignal::new(false),
    };
    Effect::new(move |_| choices.ask_preview());
    let names: Vec<(CustomerId, String)> = it
        .members
        .iter()
        .map(|member| {
            let id = member.customer.id;
            (id, customer_name(words, &member.customer))
        })
        .collect();
    let (same, differing) = sorted_fields(choices);
    let same_count = same.len() as u64;
    let differing: Vec<AnyView> = differing
        .into_iter()
        .map(|key| field_row(choices, key))
        .collect();
    let same: Vec<AnyView> = same
        .into_iter()
        .map(|key| same_field(choices, key))
        .collect();
    let preview = move || match choices.preview.get() {
        None => view! { <Skeleton lines=3/> }.into_any(),
        Some(Ok(preview)) => points::preview(words, &preview, &names),
        Some(Err(fault)) => view! {
            <Banner text=words.fault(&fault) tone=Tone::Urgent icon=icon::ALERT/>
        }
        .into_any(),
    };
    let count = it.members.len() as u64;
    view! {
        {head(words, &it)}
        {it.distinct
            .then(|| view! { <Banner text=words.twins_distinct_warning() tone=Tone::Notice icon=icon::INFO/> })}
        <div class="twins-scroll" tabindex="0" role="group" aria-label=words.twins_merge_title()>
            <table class="table twins-side">
                <caption class="visually-hidden">{words.twins_merge_title()}</caption>
                <thead>{columns(choices)}</thead>
                <tbody>{differing}</tbody>
            </table>
        </div>
        {preview}
        <details class="twins-same">
            <summary>{words.twins_same_fields(same_count)}</summary>
            <dl>{same}</dl>
        </details>
        {buttons(choices, count)}
    }
    .into_any()
}

/// What is to be done, how sure it is, and why.
fn head(words: Words, it: &TwinsCompared) -> AnyView {
    let best = it.links.iter().map(|link| link.score).max().unwrap_or(0);
    let level = match best {
        95.. => TwinLevel::Certain,
        75.. => TwinLevel::Likely,
        _ => TwinLevel::Possible,
    };
    view! {
        <header class="twins-merge-head">
            <h2>{words.twins_merge_title()}</h2>
            <p class="quiet-text">{words.twins_merge_lead()}</p>
            <div class="twins-why">
                <Badge label=words.twin_level(level) tone=tone(level)/>
                <span class="twins-score">{words.twins_score(&best.to_string())}</span>
                {reasons(words, it.links.iter().flat_map(|link| link.reasons.iter().copied()))}
            </div>
        </header>
    }
    .into_any()
}

/// The keys of fields that any record has: first those that are the same in all, then those that differ.
fn sorted_fields(choices: Choices) -> (Vec<&'static str>, Vec<&'static str>) {
    let keys = draft::TABLES
        .iter()
        .flat_map(|table| table.iter().map(|field| field.key));
    let (mut same, mut differing) = (Vec::new(), Vec::new());
    for key in keys {
        let values: Vec<String> = choices.compared.with_value(|it| {
            let of = |member: &protocol::TwinMember| {
                draft::read(&member.customer.fields, key, choices.currency)
            };
            it.members.iter().map(of).collect()
        });
        if values.iter().all(String::is_empty) {
            continue;
        }
        if values.iter().all(|value| Some(value) == values.first()) {
            same.push(key);
        } else {
            differing.push(key);
        }
    }
    (same, differing)
}

/// The head of the table: each record, whether it stays, and a way to leave it out.
fn columns(choices: Choices) -> AnyView {
    let words = choices.words;
    let all: Vec<CustomerId> = choices
        .compared
        .with_value(|it| it.members.iter().map(|member| member.customer.id).collect());
    let heads: Vec<AnyView> = choices.compared.with_value(|it| {
        it.members
            .iter()
            .map(|member| {
                let id = member.customer.id;
                let name = customer_name(words, &member.customer);
                let rest: Vec<CustomerId> = all.iter().copied().filter(|it| *it != id).collect();
                let leave = (all.len() > 2).then(|| {
                    let href = merge_href(&rest);
                    let press = Callback::new(move |()| router::navigate(&href));
                    view! {
                        <IconButton label=words.twins_take_out(&name) icon=icon::CLOSE on_press=press/>
                    }
                });
                let facts = [
                    words.quality_orders(member.orders),
                    words.day(member.created_on),
                ];
                let href = Route::Customer(id).href();
                view! {
                    <th scope="col">
                        <div class="twins-record">
                            <a href=href>{name}</a>
                            {leave}
                        </div>
                        <small class="quiet-text">{facts.join(" · ")}</small>
                        <label class="twins-stays">
                            <input
                                type="radio"
                                name="twins-survivor"
                                prop:checked=move || choices.survivor.get() == id
                                on:change=move |_| choices.stay(id)
                            />
                            <span>{words.twins_stays()}</span>
                        </label>
                    </th>
                }
                .into_any()
            })
            .collect()
    });
    view! {
        <tr>
            <th scope="col">{words.twins_field()}</th>
            {heads}
            <th scope="col">{words.twins_result()}</th>
        </tr>
    }
    .into_any()
}

/// One field: the value of each record, and what it will be.
fn field_row(choices: Choices, key: &'static str) -> AnyView {
    let words = choices.words;
    let today = use_today();
    let currency = choices.currency;
    let label = words.field(key);
    let shown = move |fields: &CustomerDraft| field_shown(words, fields, key, currency, today);
    let cells: Vec<AnyView> = choices.compared.with_value(|it| {
        it.members
            .iter()
            .map(|member| {
                let Some(text) = shown(&member.customer.fields) else {
                    return view! { <td class="quiet-text">{words.twins_empty()}</td> }.into_any();
                };
                let value = StoredValue::new(draft::read(&member.customer.fields, key, currency));
                let is_chosen = move || {
                    let now = choices
                        .fields
                        .with(|fields| draft::read(fields, key, currency));
                    value.with_value(|value| *value == now)
                };
                view! {
                    <td>
                        <label class="twins-value">
                            <input
                                type="radio"
                                name=["twins-", key].concat()
                                aria-label=words.twins_use_value(&text, &words.field(key))
                                prop:checked=is_chosen
                                on:change=move |_| choices.pick(key, &value.get_value())
                            />
                            <span>{text}</span>
                        </label>
                    </td>
                }
                .into_any()
            })
            .collect()
    });
    let result = move || {
        let text = choices.fields.with(|fields| shown(fields));
        text.unwrap_or_else(|| words.twins_empty().to_owned())
    };
    view! {
        <tr>
            <th scope="row">{label}</th>
            {cells}
            <td class="twins-result">{result}</td>
        </tr>
    }
    .into_any()
}

/// A field that is the same in all.
fn same_field(choices: Choices, key: &'static str) -> AnyView {
    let (words, today) = (choices.words, use_today());
    let text = choices
        .fields
        .with_untracked(|fields| field_shown(words, fields, key, choices.currency, today));
    view! {
        <div>
            <dt>{words.field(key)}</dt>
            <dd>{text}</dd>
        </div>
    }
    .into_any()
}

fn buttons(choices: Choices, count: u64) -> AnyView {
    let words = choices.words;
    let ids: Vec<CustomerId> = choices
        .compared
        .with_value(|it| it.members.iter().map(|member| member.customer.id).collect());
    let apart = Callback::new(move |()| {
        let command = Command::Twins(TwinCommand::Distinct { ids: ids.clone() });
        apply_in(
            choices.state,
            command,
            words.twins_not_same_done().to_owned(),
            |_| {
                router::navigate(&page(&[]));
            },
        );
    });
    let disabled = Signal::derive(move || !matches!(choices.preview.get(), Some(Ok(_))));
    let press = Callback::new(move |()| choices.merge());
    view! {
        <div class="twins-foot actions">
            <LinkButton label=words.customers_form_cancel() href=page(&[])/>
            <Button label=words.twins_not_same() on_press=apart/>
            <Button
                label=words.twins_do_merge(count)
                look=Look::Primary
                disabled
                busy=choices.busy
                on_press=press
            />
        </div>
    }
    .into_any()
}

impl Choices {
    fn request(self) -> MergeRequest {
        let survivor = self.survivor.get();
        MergeRequest {
            survivor,
            gone: self.compared.with_value(|it| {
                let ids = it.members.iter().map(|member| member.customer.id);
                ids.filter(|id| *id != survivor).collect()
            }),
            fields: self.fields.get(),
        }
    }

    /// Takes a value for a field.
    fn pick(self, key: &'static str, value: &str) {
        self.picked.update_value(|picked| {
            picked.insert(key);
        });
        self.fields.update(|fields| {
            draft::write(fields, key, value, self.currency);
        });
    }

    /// Another record stays: where nobody chose a value, theirs comes first.
    fn stay(self, id: CustomerId) {
        self.survivor.set(id);
        let own = self.compared.with_value(|it| {
            let member = it.members.iter().find(|member| member.customer.id == id);
            member.map(|member| member.customer.fields.clone())
        });
        let Some(own) = own else { return };
        /// What comes together from all is not theirs alone.
        const TOGETHER: [&str; 4] = ["tags", "interests", "note", "acquisitionCost"];
        self.fields.update(|fields| {
            for field in draft::TABLES.iter().flat_map(|table| table.iter()) {
                let key = field.key;
                let value = draft::read(&own, key, self.currency);
                let chosen = self.picked.with_value(|picked| picked.contains(key));
                let together = TOGETHER.contains(&key) || key.starts_with("consent");
                if !value.is_empty() && !chosen && !together {
                    draft::write(fields, key, &value, self.currency);
                }
            }
        });
    }

    fn ask_preview(self) {
        let request = self.request();
        let asked = request.clone();
        let answer = self
            .state
            .client
            .query(Query::Twins(TwinQuery::Preview(request)));
        spawn_local(async move {
            let result = match answer.await {
                Ok(Reply::Twins(TwinReply::Preview(it))) => Ok(*it),
                Ok(_) => Err(crate::client::mismatch()),
                Err(fault) => Err(fault),
            };
            // Only the answer to the last question counts.
            let still = self.survivor.try_get_untracked() == Some(asked.survivor)
                && self.fields.try_get_untracked().as_ref() == Some(&asked.fields);
            if still {
                let _ = self.preview.try_set(Some(result));
            }
        });
    }

    fn merge(self) {
        let (state, words, busy) = (self.state, self.words, self.busy);
        busy.set(true);
        let request = self.request();
        let known_by = [Some(&request.fields.name), request.fields.phone.as_ref()];
        let name = known_by
            .into_iter()
            .flatten()
            .find(|text| !text.is_empty())
            .cloned()
            .unwrap_or_default();
        let answer = state
            .client
            .apply(Command::Twins(TwinCommand::Merge(request)));
        spawn_local(async move {
            let result = answer.await;
            let _ = busy.try_set(false);
            match result {
                Ok(done) => {
                    state.toasts.done(words.twins_done(&name), done.batch);
                    router::navigate(&page(&[]));
                }
                Err(fault) => state.toasts.fault(&fault),
            }
        });
    }
}
