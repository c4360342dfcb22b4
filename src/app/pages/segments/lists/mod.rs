//! Static lists: frozen members.

mod forms;

use crate::many::{ManyDialog, Wish, acts, rule_naming, use_sets};
use crate::pages::data::out::{ExportDialog, Exported};
use crate::router::customers_by_rule;
use crate::state::{apply_in, use_ask, use_currency, use_state, use_words};
use forms::{FreezeDialog, ListDialog, Naming};
use model::Currency;
use protocol::{
    Chosen, Command, ListRequest, MembershipCommand, MembershipQuery, MembershipReply, Query,
    Reply, StaticListView,
};
use text::Words;
use ui::prelude::*;
use ui::{Amount, Button, EmptyState, Look, Menu, MenuItem, icon};

/// What the rows do.
#[derive(Clone, Copy)]
struct Acts {
    words: Words,
    currency: Currency,
    wish: RwSignal<Option<Wish>>,
    naming: RwSignal<Option<Naming>>,
    delete: Callback<StaticListView>,
    choosing: RwSignal<Option<Exported>>,
}

/// The page.
#[component]
pub fn Lists() -> impl IntoView {
    let words = use_words();
    let state = use_state();
    let wish = RwSignal::new(None);
    let naming = RwSignal::new(None);
    let freezing = RwSignal::new(false);
    let acts = Acts {
        words,
        currency: use_currency(),
        wish,
        naming,
        delete: Callback::new(move |list: StaticListView| {
            let said = words.lists_deleted(&list.name);
            let command = MembershipCommand::RemoveList { id: list.id };
            apply_in(state, Command::Membership(command), said, |_| {});
        }),
        choosing: RwSignal::new(None),
    };
    let sets = use_sets();
    let new = move |()| naming.set(Some(Naming::default()));
    let of = |reply: &Reply| match reply {
        Reply::Membership(reply) => match &**reply {
            MembershipReply::Lists(lists) => Some(lists.clone()),
            _ => None,
        },
        _ => None,
    };
    let table =
        use_ask(|| Query::Membership(MembershipQuery::Lists))
            .steady("rows", of, move |lists| shown(acts, lists, freezing));
    view! {
        <div class="page">
            <div class="lists-head">
                <p class="lead">{words.lists_lead()}</p>
                <div class="actions">
                    <Button label=words.lists_new() icon=icon::PLUS on_press=new/>
                    <Button label=words.lists_freeze() look=Look::Primary icon=icon::SEGMENTS on_press=move |()| freezing.set(true)/>
                </div>
            </div>
            {table}
        </div>
        <ListDialog naming/>
        <FreezeDialog open=freezing sets/>
        <ManyDialog wish/>
        <ExportDialog what=acts.choosing/>
    }
    .into_any()
}

fn shown(acts: Acts, lists: &[StaticListView], freezing: RwSignal<bool>) -> AnyView {
    let words = acts.words;
    if lists.is_empty() {
        return view! {
            <EmptyState title=words.lists_empty() text=words.lists_empty_text() icon=icon::PEOPLE>
                <Button label=words.lists_freeze() look=Look::Primary on_press=move |()| freezing.set(true)/>
            </EmptyState>
        }
        .into_any();
    }
    let rows: Vec<AnyView> = lists.iter().map(|list| row(acts, list)).collect();
    view! {
        <table class="table static-lists" aria-label=words.lists_label()>
            <thead>
                <tr>
                    <th scope="col">{words.lists_name()}</th>
                    <th scope="col" class="wide-only">{words.lists_origin()}</th>
                    <th scope="col" class="wide-only">{words.lists_made()}</th>
                    <th scope="col" class="end">{words.lists_members()}</th>
                    <th scope="col" class="end">{words.lists_spend()}</th>
                    <th scope="col"><span class="visually-hidden">{words.act_more()}</span></th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn row(acts: Acts, list: &StaticListView) -> AnyView {
    let words = acts.words;
    let parts = words.money_parts(list.count.spend, acts.currency);
    let href = customers_by_rule(&rule_naming(&list.id.to_string()));
    let note = list
        .note
        .clone()
        .map(|note| view! { <span class="list-note">{note}</span> });
    view! {
        <tr>
            <th scope="row"><a href=href>{list.name.clone()}</a>{note}</th>
            <td class="wide-only">{origin(words, list)}</td>
            <td class="wide-only quiet">{words.day(list.made_on)}</td>
            <td class="end strong">{words.count(list.count.count)}</td>
            <td class="end"><Amount unit=[parts.sign, &parts.unit].concat() digits=parts.digits/></td>
            <td class="end">
                <Menu
                    label=words.lists_actions(&list.name)
                    icon=icon::MORE
                    icon_only=true
                    items=items(acts, list)
                />
            </td>
        </tr>
    }
    .into_any()
}

/// What it was made from; with a link to the comparison with the segment as it is now.
fn origin(words: Words, list: &StaticListView) -> AnyView {
    let Some(origin) = &list.origin else {
        return view! { <span class="quiet">{words.lists_origin_hand()}</span> }.into_any();
    };
    let day = origin.as_of.map(|day| words.day(day)).unwrap_or_default();
    match (&origin.segment, &origin.name) {
        (Some(segment), Some(name)) => {
            let saved = ["saved:", &segment.to_string()].concat();
            let own = ["list:", &list.id.to_string()].concat();
            let href = super::overlap::href(&[own, saved]);
            view! {
                {words.lists_origin_segment(name, &day)}
                " "
                <a class="quiet" href=href>{words.lists_against()}</a>
            }
            .into_any()
        }
        _ if origin.rule.is_some() => words.lists_origin_rule(&day).into_any(),
        _ => view! { <span class="quiet">{words.lists_origin_hand()}</span> }.into_any(),
    }
}

fn items(a: Acts, list: &StaticListView) -> Vec<MenuItem> {
    let words = a.words;
    let request = ListRequest {
        rule: Some(rule_naming(&list.id.to_string())),
        ..ListRequest::default()
    };
    let who = Chosen::List(request.clone());
    let mut items: Vec<MenuItem> = acts(words, a.wish, &who, &list.name);
    let naming = Naming {
        id: Some(list.id),
        name: list.name.clone(),
        note: list.note.clone().unwrap_or_default(),
    };
    items.push(MenuItem::new(words.out_more(), icon::DOWNLOAD, move || {
        a.choosing.set(Some(Exported::Customers(request.clone())));
    }));
    items.push(MenuItem::new(words.lists_rename(), icon::EDIT, move || {
        a.naming.set(Some(naming.clone()));
    }));
    let list = list.clone();
    items.push(
        MenuItem::new(words.lists_delete(), icon::TRASH, move || {
            a.delete.run(list.clone());
        })
        .danger(),
    );
    items
}
