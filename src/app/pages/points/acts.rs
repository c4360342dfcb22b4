//! Redeeming and adjusting: one dialog each, made for one hand at the counter.

use super::between;
use super::member::Panel;
use super::worth::worth_of;
use crate::state::{State, use_state, use_words};
use leptos::task::spawn_local;
use model::program::Program;
use model::{Money, Points};
use protocol::{Command, Done, Fault, Outcome};
use std::collections::BTreeMap;
use std::sync::Arc;
use ui::prelude::*;
use ui::{Button, Choice, Dialog, Input, Look, Select};

/// What can be done by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Points against money or a reward.
    Redeem,
    /// Points given or taken with a reason.
    Adjust,
    /// Points to another member.
    Transfer,
    /// Another member's points to this one, for good.
    Merge,
    /// This member brought a friend.
    Referral,
}

/// A key that no other request has: a second press, or a second try after a failure, is another act, but the same
/// request sent twice is not.
pub fn fresh_key() -> String {
    let random = || ((js_sys::Math::random() * 4_294_967_296.0) as u32).to_string();
    [
        "page-",
        &(js_sys::Date::now() as u64).to_string(),
        "-",
        &random(),
        "-",
        &random(),
    ]
    .concat()
}

/// The dialog of the act that is set.
#[component]
pub fn ActDialog(
    /// Whose.
    panel: Panel,
) -> impl IntoView {
    let words = use_words();
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(panel.act.with(Option::is_some)));
    let title = Signal::derive(move || {
        let text = match panel.act.get() {
            Some(Act::Redeem) | None => words.points_redeem_title(),
            Some(Act::Adjust) => words.points_adjust_title(),
            Some(Act::Transfer) => words.member_transfer(),
            Some(Act::Merge) => words.member_merge(),
            Some(Act::Referral) => words.member_referral(),
        };
        text.to_owned()
    });
    view! {
        <Dialog open title close_label=words.act_close() on_close=move |()| panel.act.set(None)>
            {move || match panel.act.get_untracked() {
                Some(Act::Redeem) => panel
                    .program
                    .get_untracked()
                    .map(|programme| {
                        let program = Arc::new(programme.now.clone());
                        view! { <Redeem panel program open/> }
                    })
                    .into_any(),
                Some(Act::Adjust) => view! { <Adjust panel open/> }.into_any(),
                Some(act @ (Act::Transfer | Act::Merge | Act::Referral)) => {
                    between::dialog(panel, act, open)
                }
                None => ().into_any(),
            }}
        </Dialog>
    }
    .into_any()
}

/// Sends the command; closes the dialog and says what is left, or shows why not in the dialog.
pub(super) fn send(
    state: State,
    command: Command,
    open: RwSignal<bool>,
    wrong: RwSignal<Option<Fault>>,
    said: Box<dyn FnOnce(&Done) -> String>,
) {
    let answer = state.client.apply(command);
    spawn_local(async move {
        match answer.await {
            Ok(done) => {
                state.toasts.done(said(&done), done.batch);
                open.try_set(false);
            }
            Err(fault) => {
                wrong.try_set(Some(fault));
            }
        }
    });
}

fn left(done: &Done) -> (Points, Option<Money>) {
    match done.outcome {
        Outcome::Points { balance, worth } => (balance, worth),
        _ => (Points::ZERO, None),
    }
}

pub(super) fn whole(text: &str) -> Option<i64> {
    text.trim().replace([',', '，'], "").parse().ok()
}

#[component]
fn Redeem(
    /// Whose.
    panel: Panel,
    /// The programme in force.
    program: Arc<Program>,
    /// Closes the dialog.
    open: RwSignal<bool>,
) -> impl IntoView {
    let words = use_words();
    let state = use_state();
    let currency = program.currency;
    let start = program
        .redeem
        .map(|redeem| redeem.min_points.0.max(redeem.step.0));
    let points = RwSignal::new(start.map(|start| start.to_string()).unwrap_or_default());
    let amount = RwSignal::new(String::new());
    let wrong = RwSignal::new(None::<Fault>);
    // Empty is money off; otherwise a reward's id.
    let how = RwSignal::new(match (program.redeem, program.rewards.first()) {
        (None, Some(reward)) => reward.id.clone(),
        _ => String::new(),
    });
    let mut choices = Vec::new();
    if program.redeem.is_some() {
        choices.push(Choice::new("", words.points_redeem_money()));
    }
    for reward in &program.rewards {
        let label = words.points_redeem_reward(&reward.name, &words.number(reward.points.0));
        choices.push(Choice::new(reward.id.clone(), label));
    }
    let many = choices.len() > 1 || program.redeem.is_none();
    let for_money = Memo::new(move |_| how.with(String::is_empty));
    let points_error = Signal::derive(move || {
        let good = points
            .with(|text| whole(text))
            .is_some_and(|points| points > 0);
        (for_money.get() && !good).then(|| words.points_redeem_wrong().to_owned())
    });
    let preview = program.clone();
    let worth = move || {
        let points = points
            .with(|text| whole(text))
            .filter(|points| *points > 0)?;
        let worth = worth_of(Points(points), &preview)?;
        Some(words.points_redeem_worth(&words.money(worth, currency)))
    };
    let costs: BTreeMap<String, i64> = program
        .rewards
        .iter()
        .map(|reward| (reward.id.clone(), reward.points.0))
        .collect();
    let key = StoredValue::new(fresh_key());
    let go = move |()| {
        if points_error.get_untracked().is_some() {
            return;
        }
        let reward = how.get_untracked();
        let money = Money::parse(amount.get_untracked().trim(), currency).ok();
        let typed = points
            .with_untracked(|text| whole(text))
            .unwrap_or_default();
        let taken = costs.get(&reward).copied().unwrap_or(typed);
        let command = Command::Redeem {
            customer: panel.customer,
            points: reward.is_empty().then_some(Points(typed)),
            reward: (!reward.is_empty()).then_some(reward),
            order_amount: money,
            order: None,
            key: key.get_value(),
        };
        let said = move |done: &Done| {
            let (balance, worth) = left(done);
            let (taken, balance) = (words.points(Points(taken)), words.points(balance));
            match worth {
                Some(worth) if worth.0 > 0 => {
                    words.points_redeem_done_worth(&taken, &words.money(worth, currency), &balance)
                }
                _ => words.points_redeem_done(&taken, &balance),
            }
        };
        send(state, command, open, wrong, Box::new(said));
    };
    let have = move || words.points_redeem_have(&words.points(Points(panel.balance.get())));
    view! {
        <p class="note">{have}</p>
        {many.then(|| view! { <Select label=words.points_redeem_how() value=how choices/> })}
        <Show when=move || for_money.get()>
            <Input label=words.points_redeem_points() value=points error=points_error mode="numeric" autofocus=true/>
            <Input
                label=words.points_redeem_amount()
                value=amount
                hint=words.points_redeem_amount_hint()
                mode="decimal"
            />
        </Show>
        <p class="note">{move || if for_money.get() { worth() } else { None }}</p>
        {move || wrong.get().map(|fault| view! { <p class="field-error" role="alert">{words.fault(&fault)}</p> })}
        <div class="dialog-foot">
            <Button label=words.act_cancel() look=Look::Quiet on_press=move |()| open.set(false)/>
            <Button label=words.points_redeem() look=Look::Primary on_press=go/>
        </div>
    }
    .into_any()
}

#[component]
fn Adjust(
    /// Whose.
    panel: Panel,
    /// Closes the dialog.
    open: RwSignal<bool>,
) -> impl IntoView {
    let words = use_words();
    let state = use_state();
    let points = RwSignal::new(String::new());
    let reason = RwSignal::new(String::new());
    let tried = RwSignal::new(false);
    let wrong = RwSignal::new(None::<Fault>);
    let amount = move || {
        points
            .with(|text| whole(text))
            .filter(|points| *points != 0)
    };
    let points_error = Signal::derive(move || {
        (tried.get() && amount().is_none()).then(|| words.points_adjust_wrong().to_owned())
    });
    let reason_error = Signal::derive(move || {
        let missing = tried.get() && reason.with(|reason| reason.trim().is_empty());
        missing.then(|| words.points_adjust_reason_missing().to_owned())
    });
    let key = StoredValue::new(fresh_key());
    let go = move |()| {
        tried.set(true);
        let why = reason.get_untracked().trim().to_owned();
        let Some(points) = untrack(amount) else {
            return;
        };
        if why.is_empty() {
            return;
        }
        let command = Command::AdjustPoints {
            customer: panel.customer,
            points: Points(points),
            reason: why,
            key: key.get_value(),
        };
        let said = move |done: &Done| {
            words.points_adjust_done(&words.points(Points(points)), &words.points(left(done).0))
        };
        send(state, command, open, wrong, Box::new(said));
    };
    view! {
        <Input
            label=words.points_adjust_points()
            value=points
            error=points_error
            hint=words.points_adjust_points_hint()
            autofocus=true
            required=true
        />
        <Input label=words.points_adjust_reason() value=reason error=reason_error required=true/>
        {move || wrong.get().map(|fault| view! { <p class="field-error" role="alert">{words.fault(&fault)}</p> })}
        <div class="dialog-foot">
            <Button label=words.act_cancel() look=Look::Quiet on_press=move |()| open.set(false)/>
            <Button label=words.points_adjust() look=Look::Primary on_press=go/>
        </div>
    }
    .into_any()
}
