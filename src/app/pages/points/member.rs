//! A member's points: balance, tier, lots, ledger, and what can be done with them.

use super::acts::{Act, ActDialog};
use super::ledger::Ledger;
use crate::state::{use_ask, use_today, use_words};
use model::program::{Measure, Program};
use model::{CustomerId, Day, Money};
use protocol::{MemberView, Query, Reply};
use std::sync::Arc;
use text::Words;
use ui::prelude::*;
use ui::{Button, Look, icon};

/// What the parts of the panel share.
#[derive(Clone, Copy)]
pub struct Panel {
    /// Whose points.
    pub customer: CustomerId,
    /// The act whose dialog is open.
    pub act: RwSignal<Option<Act>>,
    /// The programme in force.
    pub program: Memo<Option<Arc<Program>>>,
    /// The balance as it stands.
    pub balance: RwSignal<i64>,
}

/// A customer's points: balance, tier, lots, ledger, redeem, adjust, reverse. For the customer's page.
#[component]
pub fn MemberPanel(
    /// Whose.
    customer: CustomerId,
) -> impl IntoView {
    let words = use_words();
    let today = use_today();
    let programs = use_ask(|| Query::Program);
    let known = Memo::new(move |_| programs.reply().is_some());
    let panel = Panel {
        customer,
        act: RwSignal::new(None),
        program: Memo::new(move |_| {
            programs
                .reply()
                .and_then(|reply| super::in_force(&reply))
                .map(Arc::new)
        }),
        balance: RwSignal::new(0),
    };
    let content = move || match (known.get(), panel.program.get()) {
        (true, None) => view! {
            <p class="note">
                {words.points_no_program()} " "
                <a href="#/points/program">{words.points_none_action()}</a>
            </p>
        }
        .into_any(),
        (_, Some(program)) => {
            let member = use_ask(move || Query::Member {
                customer,
                as_of: None,
            });
            let top = member.view("tiles", move |reply| match reply {
                Reply::Member(member) => {
                    panel.balance.set(member.balance.0);
                    standing(words, today, panel, &program, member)
                }
                _ => ().into_any(),
            });
            view! {
                {top}
                <Ledger panel/>
                <ActDialog panel/>
            }
            .into_any()
        }
        (false, None) => programs.view("tiles", |_| ().into_any()),
    };
    view! { <div class="member">{content}</div> }.into_any()
}

fn standing(
    words: Words,
    today: Day,
    panel: Panel,
    program: &Program,
    member: &MemberView,
) -> AnyView {
    let worth = (member.worth.0 > 0)
        .then(|| words.points_balance_worth(&words.money(member.worth, program.currency)));
    let debt = (member.debt.0 > 0).then(|| {
        view! { <p class="field-error">{words.points_debt(&words.number(member.debt.0))}</p> }
    });
    let act = panel.act;
    view! {
        <div class="member-top">
            <div class="stat">
                <span class="stat-label">{words.points_balance()}</span>
                <span class="stat-value">{words.number(member.balance.0)}</span>
                <span class="stat-note">{worth}</span>
            </div>
            {tier(words, program, member)}
            <div class="stat">
                <span class="stat-label">{words.points_member_pending()}</span>
                <span class="stat-value small">{words.number(member.pending.0)}</span>
            </div>
            <div class="actions">
                <Button label=words.points_adjust() icon=icon::EDIT on_press=move |()| act.set(Some(Act::Adjust))/>
                <Button
                    label=words.points_redeem()
                    look=Look::Primary
                    icon=icon::GIFT
                    disabled=member.balance.0 <= 0
                    on_press=move |()| act.set(Some(Act::Redeem))
                />
            </div>
        </div>
        {debt}
        {lots(words, today, member)}
    }
    .into_any()
}

fn tier(words: Words, program: &Program, member: &MemberView) -> Option<AnyView> {
    let tiers = program.tiers.as_ref()?;
    let name = member
        .tier_name
        .clone()
        .unwrap_or_else(|| words.points_tier_none().to_owned());
    let until = member
        .tier_until
        .map(|day| words.points_tier_until(&words.day(day)));
    let next = member.next_tier.as_ref().map(|next| {
        let missing = match tiers.measure {
            Measure::Spend => words.money(Money(next.missing), program.currency),
            Measure::QualifyingPoints | Measure::Visits => words.number(next.missing),
        };
        words.points_next_tier(&missing, &next.name)
    });
    let note: Vec<String> = until.into_iter().chain(next).collect();
    Some(
        view! {
            <div class="stat">
                <span class="stat-label">{words.points_tier_now()}</span>
                <span class="stat-value small">{name}</span>
                <span class="stat-note">{note.join(" · ")}</span>
            </div>
        }
        .into_any(),
    )
}

fn lots(words: Words, today: Day, member: &MemberView) -> AnyView {
    if member.lots.is_empty() {
        return ().into_any();
    }
    let rows: Vec<AnyView> = member
        .lots
        .iter()
        .map(|lot| {
            let expires = match lot.expires_on {
                Some(day) => view! { {words.day(day)} " " <span class="quiet">{words.relative(day, today)}</span> }.into_any(),
                None => words.points_lot_never().into_any(),
            };
            view! {
                <tr>
                    <td>{words.day(lot.earned_on)}</td>
                    <td>{expires}</td>
                    <td class="end">{words.number(lot.points.0)}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    view! {
        <details class="lots">
            <summary>{words.points_lots()}</summary>
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">{words.points_lot_earned()}</th>
                        <th scope="col">{words.points_lot_expires()}</th>
                        <th scope="col" class="end">{words.points_lot_points()}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </details>
    }
    .into_any()
}
