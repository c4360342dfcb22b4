//! The rows of a finding, what would be right, and mending them.

use super::Looks;
use crate::pages::data::work::Work;
use crate::router::Route;
use crate::state::{State, use_ask, use_state, use_words};
use protocol::{
    Finding, Fix, Outcome, Page, QualityJob, QualityQuery, QualityReply, QualityRow, Query, Reply,
    Request,
};
use std::collections::BTreeSet;
use text::Words;
use ui::prelude::*;
use ui::{Button, EmptyState, LinkButton, Look, Pager, icon};

/// Rows on a page.
const ROWS: u64 = 50;

/// What is chosen, and the work.
#[derive(Clone, Copy)]
struct Mending {
    state: State,
    words: Words,
    finding: Finding,
    chosen: RwSignal<BTreeSet<String>>,
    work: Work,
}

impl Mending {
    /// Mends what is chosen; all of it where nothing is.
    fn mend(self, fix: Fix) {
        let rows: Vec<String> = self.chosen.get_untracked().into_iter().collect();
        let request = Request::Quality(QualityJob::Fix {
            finding: self.finding,
            fix,
            rows,
        });
        let (state, words) = (self.state, self.words);
        self.work.run(request, move |reply| {
            let _ = self.chosen.try_set(BTreeSet::new());
            if let Reply::Done(done) = reply
                && let Outcome::Customers { count } = done.outcome
            {
                state.toasts.done(words.fixed(fix, count), done.batch);
            }
        });
    }
}

/// The page of a finding.
pub fn rows(finding: Finding, looks: Looks) -> AnyView {
    let words = use_words();
    let offset = RwSignal::new(0u64);
    let mending = Mending {
        state: use_state(),
        words,
        finding,
        chosen: RwSignal::new(BTreeSet::new()),
        work: Work::new(),
    };
    let asking = use_ask(move || {
        looks.0.track();
        Query::Quality(QualityQuery::Rows {
            finding,
            offset: offset.get(),
            limit: ROWS as u32,
        })
    });
    let working = mending
        .work
        .view(words.quality_fixing(), words.quality_stop(), move |count| {
            words.quality_rows(count)
        });
    let back = Route::Data("quality".to_owned()).href();
    let affects: Vec<&str> = finding
        .affects()
        .iter()
        .map(|analysis| words.analysis(*analysis))
        .collect();
    view! {
        <p class="twins-back"><a href=back>{words.quality_back()}</a></p>
        <header class="quality-finding">
            <h2>{words.finding(finding)}</h2>
            <p>{words.finding_why(finding)}</p>
            <p class="quiet-text">{words.quality_affects(&affects.join(words.list_mark()))}</p>
        </header>
        {working}
        {asking
            .view(
                "rows",
                move |reply| match reply {
                    Reply::Quality(QualityReply::Rows(page)) => list(mending, page, offset),
                    _ => ().into_any(),
                },
            )}
    }
    .into_any()
}

fn list(mending: Mending, page: &Page<QualityRow>, offset: RwSignal<u64>) -> AnyView {
    let words = mending.words;
    if page.items.is_empty() {
        return view! {
            <EmptyState title=words.quality_findings_none_title() text=words.quality_gone() icon=icon::CIRCLE_CHECK>
                <LinkButton label=words.quality_back() href=Route::Data("quality".to_owned()).href()/>
            </EmptyState>
        }
        .into_any();
    }
    let total = page.total;
    let here: Vec<String> = page.items.iter().map(|row| row.record.clone()).collect();
    let orders = page.items.iter().any(|row| row.order.is_some());
    let suggested = page.items.iter().any(|row| row.suggestion.is_some());
    let body: Vec<AnyView> = page
        .items
        .iter()
        .map(|it| row(mending, it, orders, suggested))
        .collect();
    let place = Callback::new(move |(first, last, all): (u64, u64, u64)| {
        words.quality_place(&words.count(first), &words.count(last), &words.count(all))
    });
    view! {
        {actions(mending, total, suggested)}
        <div class="twins-scroll" tabindex="0" role="group" aria-label=words.finding(mending.finding)>
            <table class="table quality-rows">
                <caption class="visually-hidden">{words.finding(mending.finding)}</caption>
                <thead>
                    <tr>
                        <th scope="col">{choose_all(mending, here)}</th>
                        {orders.then(|| view! { <th scope="col">{words.quality_col_order()}</th> })}
                        <th scope="col">{words.quality_col_who()}</th>
                        <th scope="col">{words.quality_col_value()}</th>
                        {suggested
                            .then(|| view! { <th scope="col">{words.quality_col_suggestion()}</th> })}
                    </tr>
                </thead>
                <tbody>{body}</tbody>
            </table>
        </div>
        <Pager
            offset
            size=ROWS
            total=Signal::derive(move || total)
            earlier=words.quality_earlier()
            later=words.quality_later()
            place
        />
    }
    .into_any()
}

fn choose_all(mending: Mending, here: Vec<String>) -> AnyView {
    let here = StoredValue::new(here);
    let all = move || {
        let chosen = mending.chosen.get();
        here.with_value(|here| here.iter().all(|row| chosen.contains(row)))
    };
    view! {
        <label class="twins-pick">
            <input
                type="checkbox"
                aria-label=mending.words.quality_choose_all()
                prop:checked=all
                on:change=move |event| {
                    let on = event_target_checked(&event);
                    mending
                        .chosen
                        .update(|chosen| {
                            here.with_value(|here| {
                                for row in here {
                                    if on {
                                        chosen.insert(row.clone());
                                    } else {
                                        chosen.remove(row);
                                    }
                                }
                            });
                        });
                }
            />
        </label>
    }
    .into_any()
}

/// What can be done with the chosen rows, or with all.
fn actions(mending: Mending, total: u64, suggested: bool) -> AnyView {
    let words = mending.words;
    let about = move || {
        let count = mending.chosen.with(|chosen| chosen.len() as u64);
        if count == 0 {
            words.quality_fix_all(&words.quality_rows(total))
        } else {
            words.quality_chosen(count)
        }
    };
    let buttons: Vec<AnyView> = mending
        .finding
        .fixes()
        .iter()
        .filter(|fix| suggested || **fix != Fix::Replace)
        .map(|&fix| {
            let look = match fix {
                Fix::Replace => Look::Primary,
                Fix::Remove => Look::Danger,
                Fix::Clear => Look::Plain,
                Fix::Accept => Look::Quiet,
            };
            let press = Callback::new(move |()| mending.mend(fix));
            // Orders go only by choice: all of them at once is never meant.
            let disabled = Signal::derive(move || {
                fix == Fix::Remove && mending.chosen.with(BTreeSet::is_empty)
            });
            view! {
                <Button label=words.fix(fix) look disabled busy=mending.work.busy() on_press=press/>
            }
            .into_any()
        })
        .collect();
    let rates = (mending.finding == Finding::ForeignCurrency).then(|| {
        let href = Route::Settings("rates".to_owned()).href();
        view! { <LinkButton label=words.quality_open_rates() href look=Look::Primary/> }
    });
    view! {
        <div class="quality-actions">
            <p role="status">{about}</p>
            <div class="actions">{rates} {buttons}</div>
        </div>
    }
    .into_any()
}

fn row(mending: Mending, it: &QualityRow, orders: bool, suggested: bool) -> AnyView {
    let words = mending.words;
    let record = StoredValue::new(it.record.clone());
    let chosen = move || {
        mending
            .chosen
            .with(|chosen| record.with_value(|record| chosen.contains(record)))
    };
    let name = if it.name.is_empty() {
        words.twins_empty().to_owned()
    } else {
        it.name.clone()
    };
    let title = it.order_title.clone().unwrap_or_default();
    let choose_name = if orders { title.clone() } else { name.clone() };
    let order = orders.then(|| {
        let link = it.order.map(|id| {
            let href = Route::Order(id).href();
            view! { <a href=href>{title}</a> }
        });
        view! { <td>{link}</td> }
    });
    let who = Route::Customer(it.customer).href();
    let field = words.field(&it.field);
    view! {
        <tr>
            <td>
                <label class="twins-pick">
                    <input
                        type="checkbox"
                        aria-label=words.quality_choose_row(&choose_name)
                        prop:checked=chosen
                        on:change=move |event| {
                            let on = event_target_checked(&event);
                            mending
                                .chosen
                                .update(|chosen| {
                                    if on {
                                        chosen.insert(record.get_value());
                                    } else {
                                        record.with_value(|record| chosen.remove(record));
                                    }
                                });
                        }
                    />
                </label>
            </td>
            {order}
            <td><a href=who>{name}</a></td>
            <td>
                <span class="quality-value">{it.value.clone()}</span>
                <small class="quiet-text">{field}</small>
            </td>
            {suggested.then(|| view! { <td class="quality-right">{it.suggestion.clone()}</td> })}
        </tr>
    }
    .into_any()
}
