//! Acts between two members: moving points to another, merging another one away, noting who brought whom.

use super::acts::{Act, fresh_key, send, whole};
use super::member::Panel;
use crate::pages::customers::phone_shown;
use crate::state::{use_ask_when, use_words};
use model::{CustomerId, Points};
use protocol::{Command, CounterQuery, CounterReply, Done, Fault, PointsCommand, Query, Reply};
use text::Words;
use ui::prelude::*;
use ui::{Button, Input, Look, SearchField};

/// Members offered for a search.
const OFFERED: u32 = 6;

/// Who was chosen.
type Chosen = RwSignal<Option<(CustomerId, String)>>;

/// The content of the dialog.
pub fn dialog(panel: Panel, act: Act, open: RwSignal<bool>) -> AnyView {
    let words = use_words();
    let chosen: Chosen = RwSignal::new(None);
    let points = RwSignal::new(String::new());
    let tried = RwSignal::new(false);
    let wrong = RwSignal::new(None::<Fault>);
    let key = StoredValue::new(fresh_key());
    let moves = act == Act::Transfer;
    let number = move || points.with(|text| whole(text)).filter(|number| *number > 0);
    let points_error = Signal::derive(move || {
        (tried.get() && moves && number().is_none()).then(|| words.points_redeem_wrong().to_owned())
    });
    let missing =
        move || (tried.get() && chosen.with(Option::is_none)).then(|| words.member_choose());
    let go = move |()| {
        tried.set(true);
        let Some((other, name)) = chosen.get_untracked() else {
            return;
        };
        let number = untrack(number).unwrap_or_default();
        if moves && number == 0 {
            return;
        }
        let command = command(panel.customer, other, act, Points(number), key.get_value());
        let said = move |_: &Done| match act {
            Act::Merge => words.member_merge_done(&name),
            Act::Referral => words.member_referral_done(&name),
            _ => words.member_transfer_done(&words.points(Points(number)), &name),
        };
        send(
            panel.state,
            Command::Points(command),
            open,
            wrong,
            Box::new(said),
        );
    };
    let [hint, label, do_it] = said_of(words, act);
    view! {
        <p class="note">{hint}</p>
        {choose(words, panel.customer, chosen, label)}
        <p class="field-error" role="alert">{missing}</p>
        {moves
            .then(|| {
                view! {
                    <Input
                        label=words.member_transfer_points()
                        value=points
                        error=points_error
                        mode="numeric"
                        hint=words.points_redeem_have(&words.points(Points(panel.balance.get_untracked())))
                    />
                }
            })}
        {move || wrong.get().map(|fault| view! { <p class="field-error" role="alert">{words.fault(&fault)}</p> })}
        <div class="dialog-foot">
            <Button label=words.act_cancel() look=Look::Quiet on_press=move |()| open.set(false)/>
            <Button label=do_it look=Look::Primary on_press=go/>
        </div>
    }
    .into_any()
}

/// What the act is for, whom it asks for, and what its button says.
fn said_of(words: Words, act: Act) -> [&'static str; 3] {
    match act {
        Act::Merge => [
            words.member_merge_hint(),
            words.member_merge_from(),
            words.member_merge_do(),
        ],
        Act::Referral => [
            words.member_referral_hint(),
            words.member_referral_friend(),
            words.member_referral_do(),
        ],
        _ => [
            words.member_transfer_hint(),
            words.member_transfer_to(),
            words.member_transfer(),
        ],
    }
}

fn command(
    own: CustomerId,
    other: CustomerId,
    act: Act,
    points: Points,
    key: String,
) -> PointsCommand {
    match act {
        Act::Merge => PointsCommand::Merge {
            from: other,
            into: own,
            reason: None,
            key,
        },
        Act::Referral => PointsCommand::Referral {
            referrer: own,
            friend: other,
            amount: None,
            key,
        },
        Act::Transfer | Act::Redeem | Act::Adjust => PointsCommand::Transfer {
            from: own,
            to: other,
            points,
            reason: None,
            key,
        },
    }
}

/// The field with the search for the other member, and the one who was chosen.
fn choose(words: Words, own: CustomerId, chosen: Chosen, label: &'static str) -> AnyView {
    let search = RwSignal::new(String::new());
    let asking = use_ask_when(move || {
        let text = search.get();
        (!text.trim().is_empty()).then_some(Query::Counter(CounterQuery::Find {
            search: text,
            limit: OFFERED,
        }))
    });
    let found = move || {
        if search.with(|text| text.trim().is_empty()) {
            return Vec::new();
        }
        match asking.reply().as_deref() {
            Some(Reply::Counter(reply)) => match &**reply {
                CounterReply::Found(found) => found.members.clone(),
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    };
    let offers = move || {
        found()
            .into_iter()
            .filter(|member| member.customer != own)
            .map(|member| {
                let phone = member.phone.as_deref().map(phone_shown).unwrap_or_default();
                let name = if member.name.is_empty() {
                    words.points_unnamed().to_owned()
                } else {
                    member.name
                };
                let (id, shown) = (member.customer, name.clone());
                view! {
                    <li>
                        <button
                            type="button"
                            class="till-row"
                            on:click=move |_| chosen.set(Some((id, name.clone())))
                        >
                            <span class="two-lines"><strong>{shown}</strong><small>{phone}</small></span>
                        </button>
                    </li>
                }
                .into_any()
            })
            .collect_view()
    };
    let field = move || match chosen.get() {
        Some((_, name)) => view! {
            <p class="chosen-member">
                <strong>{name}</strong>
                <Button
                    label=words.member_change()
                    look=Look::Quiet
                    on_press=move |()| chosen.set(None)
                />
            </p>
        }
        .into_any(),
        None => view! {
            <SearchField label=words.counter_find() value=search clear_label=words.act_clear()/>
            <ul class="till-list" role="status">{offers}</ul>
        }
        .into_any(),
    };
    view! {
        <div class="field"><span class="field-label">{label}</span>{field}</div>
    }
    .into_any()
}
