//! The groups that a search found, the surest first.

use super::many::{Many, many_dialog};
use super::{apart, merge_href, page, past};
use crate::pages::customers::{customer_name, phone_shown};
use crate::pages::data::work::Work;
use crate::router::Route;
use crate::state::{Asking, apply_in, use_ask, use_currency, use_state, use_status, use_words};
use model::twin::{TwinLevel, TwinReason};
use model::{Currency, CustomerId};
use protocol::{
    Command, Query, Reply, Request, TwinCommand, TwinGroup, TwinGroups, TwinJob, TwinMember,
    TwinQuery, TwinReply, TwinsFound,
};
use std::collections::BTreeSet;
use text::Words;
use ui::prelude::*;
use ui::{Badge, Button, EmptyState, LinkButton, Look, Pager, TabItem, Tabs, Tone, icon};

/// Groups on a page.
const GROUPS: u64 = 20;

/// The level that a part of the page shows; `None` for all.
fn level(show: &str) -> Option<TwinLevel> {
    match show {
        "certain" => Some(TwinLevel::Certain),
        "likely" => Some(TwinLevel::Likely),
        "possible" => Some(TwinLevel::Possible),
        _ => None,
    }
}

/// The page without records side by side.
pub fn groups(show: Memo<String>) -> AnyView {
    let words = use_words();
    let offset = RwSignal::new(0u64);
    Effect::watch(move || show.get(), move |_, _, _| offset.set(0), false);
    let asking = use_ask(move || {
        Query::Twins(TwinQuery::Groups {
            level: show.with(|show| level(show)),
            offset: offset.get(),
            limit: GROUPS as u32,
        })
    });
    let work = Work::new();
    let many = Many::new();
    look_at_first(asking, work);
    let searching = work.view(words.twins_looking(), words.twins_stop(), move |count| {
        words.twins_looking_rows(count)
    });
    let merging = many
        .work
        .view(words.twins_merging(), words.twins_stop(), move |count| {
            words.twins_merged_many(count)
        });
    let body = move || match show.get().as_str() {
        "merged" => past::past(),
        "apart" => apart::apart(),
        _ => asking.view("rows", move |reply| match reply {
            Reply::Twins(TwinReply::Groups(groups)) => list(words, groups, offset, many, work),
            _ => ().into_any(),
        }),
    };
    view! {
        <p class="quiet-text twins-lead">{words.twins_lead()}</p>
        {head(words, asking, show, work, many)}
        {searching}
        {merging}
        {body}
        {many_dialog(many)}
    }
    .into_any()
}

/// Looks at once where nobody has looked yet: it takes seconds.
fn look_at_first(asking: Asking, work: Work) {
    Effect::new(move |_| {
        let Some(reply) = asking.reply() else { return };
        if let Reply::Twins(TwinReply::Groups(groups)) = &*reply
            && groups.found.is_none()
        {
            look(asking, work);
        }
    });
}

fn look(asking: Asking, work: Work) {
    work.run(Request::Twins(TwinJob::Find), move |_| asking.again());
}

/// What there is to look at, each with how many.
fn head_tabs(words: Words, groups: Option<&TwinGroups>, show: Memo<String>) -> AnyView {
    let found = groups.and_then(|it| it.found);
    let count = |of: fn(&TwinsFound) -> u64| found.map(|it| words.count(of(&it)));
    let tab = |key: &str, label: &str, count: Option<String>| TabItem {
        key: key.to_owned(),
        label: label.to_owned(),
        href: if key.is_empty() {
            page(&[])
        } else {
            page(&[("show", key)])
        },
        count,
    };
    let of = |of: fn(&TwinGroups) -> u64| {
        groups
            .map(of)
            .filter(|count| *count > 0)
            .map(|count| words.count(count))
    };
    let items = vec![
        tab("", words.twins_all(), count(|it| it.groups.iter().sum())),
        tab("certain", words.twins_certain(), count(|it| it.groups[0])),
        tab("likely", words.twins_likely(), count(|it| it.groups[1])),
        tab("possible", words.twins_possible(), count(|it| it.groups[2])),
        tab("merged", words.twins_merged(), of(|it| it.mergings)),
        tab("apart", words.twins_apart(), of(|it| it.distinct)),
    ];
    view! { <Tabs label=words.twins_show() items current=show/> }.into_any()
}

fn head(words: Words, asking: Asking, show: Memo<String>, work: Work, many: Many) -> AnyView {
    let now = move || {
        asking.reply().and_then(|reply| match &*reply {
            Reply::Twins(TwinReply::Groups(groups)) => Some(TwinGroups {
                items: Vec::new(),
                ..groups.clone()
            }),
            _ => None,
        })
    };
    let tabs = move || head_tabs(words, now().as_ref(), show);
    let looked = move || {
        let groups = now()?;
        let mut text = words.twins_looked(groups.found?.customers);
        if groups.stale {
            text = [&text, " · ", words.twins_stale()].concat();
        }
        Some(text)
    };
    let again = Callback::new(move |()| look(asking, work));
    let certain = move || {
        let sure = now()?.found?.groups[0];
        (sure > 0).then(|| {
            let press = Callback::new(move |()| many.ask_for_certain(sure));
            view! {
                <Button
                    label=words.twins_merge_certain(sure)
                    look=Look::Primary
                    busy=many.work.busy()
                    on_press=press
                />
            }
        })
    };
    view! {
        <div class="twins-head">
            <div class="twins-tabs">{tabs}</div>
            <p class="quiet-text" role="status">{looked}</p>
            <div class="actions">
                <Button
                    label=words.twins_again()
                    icon=icon::REFRESH
                    busy=work.busy()
                    on_press=again
                />
                {certain}
            </div>
        </div>
    }
    .into_any()
}

fn list(
    words: Words,
    groups: &TwinGroups,
    offset: RwSignal<u64>,
    many: Many,
    work: Work,
) -> AnyView {
    let Some(found) = groups.found else {
        return nothing(words, work);
    };
    if groups.total == 0 {
        if found.customers < 2 {
            return nothing(words, work);
        }
        if found.groups.iter().sum::<u64>() > 0 {
            return view! { <p class="quiet-text">{words.twins_none_level()}</p> }.into_any();
        }
        return view! {
            <EmptyState title=words.twins_none_title() text=words.twins_none_text() icon=icon::CIRCLE_CHECK/>
        }
        .into_any();
    }
    let total = groups.total;
    let keys: Vec<Vec<CustomerId>> = groups.items.iter().map(ids).collect();
    let currency = use_currency();
    let cards: Vec<AnyView> = groups
        .items
        .iter()
        .map(|group| card(words, group, many, currency))
        .collect();
    let place = Callback::new(move |(first, last, all): (u64, u64, u64)| {
        words.twins_place(&words.count(first), &words.count(last), &words.count(all))
    });
    view! {
        {chosen_bar(words, many, keys)}
        <ul class="twins-groups" aria-label=words.twins_groups()>{cards}</ul>
        <Pager
            offset
            size=GROUPS
            total=Signal::derive(move || total)
            earlier=words.twins_earlier()
            later=words.twins_later()
            place
        />
        <p class="quiet-text">{words.twins_level_means()} " " {words.twins_score_means()}</p>
    }
    .into_any()
}

fn nothing(words: Words, work: Work) -> AnyView {
    let status = use_status();
    let few = move || status.with(|it| it.as_ref().is_some_and(|it| it.customers < 2));
    let content = move || {
        (few() && !work.is_running()).then(|| {
            let href = Route::Data(String::new()).href();
            view! {
                <EmptyState title=words.twins_empty_title() text=words.twins_empty_text() icon=icon::PEOPLE>
                    <LinkButton label=words.data_tab_import() href/>
                </EmptyState>
            }
        })
    };
    content.into_any()
}

fn ids(group: &TwinGroup) -> Vec<CustomerId> {
    group.members.iter().map(|it| it.customer.id).collect()
}

/// What can be done with the groups that are chosen.
fn chosen_bar(words: Words, many: Many, page: Vec<Vec<CustomerId>>) -> AnyView {
    let count = Memo::new(move |_| many.chosen.with(|chosen| chosen.len() as u64));
    let page = StoredValue::new(page);
    let all = Callback::new(move |()| {
        many.chosen
            .update(|chosen| chosen.extend(page.with_value(Clone::clone)));
    });
    let none = Callback::new(move |()| many.chosen.set(BTreeSet::new()));
    let press = Callback::new(move |()| many.ask_for_chosen());
    view! {
        <div class="twins-chosen" data-any=move || (count.get() != 0).then_some("")>
            <Button label=words.twins_choose_page() look=Look::Quiet on_press=all/>
            {move || {
                (count.get() != 0)
                    .then(|| {
                        view! {
                            <p role="status">{words.twins_chosen(count.get())}</p>
                            <Button label=words.twins_choose_none() look=Look::Quiet on_press=none/>
                            <Button label=words.twins_merge_chosen() look=Look::Primary on_press=press/>
                        }
                    })
            }}
        </div>
    }
    .into_any()
}

/// The tone of a level.
pub fn tone(level: TwinLevel) -> Tone {
    match level {
        TwinLevel::Certain => Tone::Good,
        TwinLevel::Likely => Tone::Notice,
        TwinLevel::Possible => Tone::Neutral,
    }
}

/// The columns of a group's records.
fn card_head(words: Words) -> AnyView {
    view! {
        <thead>
            <tr>
                <th scope="col">{words.twins_col_name()}</th>
                <th scope="col">{words.twins_col_contact()}</th>
                <th scope="col">{words.twins_col_place()}</th>
                <th scope="col" class="end">{words.twins_col_orders()}</th>
                <th scope="col" class="end">{words.twins_col_spend()}</th>
                <th scope="col" class="end">{words.twins_col_points()}</th>
                <th scope="col" class="end">{words.twins_col_since()}</th>
            </tr>
        </thead>
    }
    .into_any()
}

fn card(words: Words, group: &TwinGroup, many: Many, currency: Currency) -> AnyView {
    let state = use_state();
    let members = ids(group);
    let key = StoredValue::new(members.clone());
    let name = group
        .members
        .first()
        .map(|it| customer_name(words, &it.customer))
        .unwrap_or_default();
    let is_chosen = move || {
        many.chosen
            .with(|chosen| key.with_value(|key| chosen.contains(key)))
    };
    let choose = move |on: bool| {
        many.chosen.update(|chosen| {
            key.with_value(|key| {
                if on {
                    chosen.insert(key.clone());
                } else {
                    chosen.remove(key);
                }
            });
        });
    };
    let apart = Callback::new(move |()| {
        let ids = key.get_value();
        let command = Command::Twins(TwinCommand::Distinct { ids });
        let done = words.twins_not_same_done().to_owned();
        apply_in(state, command, done, move |_| choose(false));
    });
    let rows: Vec<AnyView> = group
        .members
        .iter()
        .map(|member| row(words, member, currency))
        .collect();
    let score = words.twins_score(&group.score.to_string());
    let count = words.twins_group(group.members.len() as u64);
    view! {
        <li class="twins-group">
            <header>
                <label class="twins-pick">
                    <input
                        type="checkbox"
                        aria-label=words.twins_choose(&name)
                        prop:checked=is_chosen
                        on:change=move |event| choose(event_target_checked(&event))
                    />
                </label>
                <Badge label=words.twin_level(group.level) tone=tone(group.level)/>
                <span class="twins-score">{score}</span>
                <span class="quiet-text">{count}</span>
                <div class="actions">
                    <Button label=words.twins_not_same() look=Look::Quiet on_press=apart/>
                    <LinkButton label=words.twins_compare() href=merge_href(&members)/>
                </div>
            </header>
            {reasons(words, group.links.iter().flat_map(|link| link.reasons.iter().copied()))}
            <div class="twins-scroll" tabindex="0" role="group" aria-label=name>
                <table class="table">
                    {card_head(words)}
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </li>
    }
    .into_any()
}

/// What speaks for and against it, each once.
pub fn reasons(words: Words, all: impl Iterator<Item = TwinReason>) -> AnyView {
    let all: BTreeSet<TwinReason> = all.collect();
    let told: Vec<AnyView> = all
        .into_iter()
        .map(|reason| {
            let class = if reason.speaks_for() {
                "for"
            } else {
                "against"
            };
            view! { <li data-speaks=class>{words.twin_reason(reason)}</li> }.into_any()
        })
        .collect();
    view! { <ul class="twins-reasons">{told}</ul> }.into_any()
}

fn row(words: Words, member: &TwinMember, currency: Currency) -> AnyView {
    let it = &member.customer.fields;
    let href = Route::Customer(member.customer.id).href();
    let phone = it.phone.as_deref().map(phone_shown);
    let dash = || words.twins_empty().to_owned();
    let spend = member
        .spend
        .map_or_else(dash, |spend| words.money(spend, currency));
    let balance = member
        .balance
        .map_or_else(dash, |points| words.number(points.0));
    view! {
        <tr>
            <th scope="row"><a href=href>{customer_name(words, &member.customer)}</a></th>
            <td>
                {phone}
                {it.email.clone().map(|email| view! { <small>{email}</small> })}
            </td>
            <td>{it.city.clone()}</td>
            <td class="end">{words.count(member.orders)}</td>
            <td class="end">{spend}</td>
            <td class="end">{balance}</td>
            <td class="end">{words.day(member.created_on)}</td>
        </tr>
    }
    .into_any()
}
