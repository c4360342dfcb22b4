//! A member's points: balance, tier and the way to the next, what ends when, rewards within reach, ledger, card, and
//! what can be done with them; as of any day.

use super::acts::{Act, ActDialog};
use super::card::card_dialog;
use super::ledger::Ledger;
use crate::as_of::{AsOf, use_as_of};
use crate::router::Route;
use crate::state::{State, use_ask, use_state, use_today, use_words};
use model::program::{Measure, Program};
use model::{CustomerId, Day, Money};
use protocol::{MemberView, PointsQuery, PointsReply, ProgramView, Query, Reply, RewardView};
use std::collections::BTreeMap;
use std::sync::Arc;
use text::Words;
use ui::prelude::*;
use ui::{Button, LinkButton, Look, Menu, MenuItem, icon};

/// The programme in force and every version of it, so that each entry is explained by its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Programme {
    /// In force today.
    pub now: Program,
    /// By number.
    pub versions: BTreeMap<u32, Program>,
}

impl Programme {
    fn of(view: &ProgramView) -> Option<Self> {
        let versions = view.versions.iter().filter_map(|version| {
            let program = Program::parse(&version.program).ok()?;
            Some((version.version, program))
        });
        Some(Self {
            now: Program::parse(&view.program).ok()?,
            versions: versions.collect(),
        })
    }
}

/// What the parts of the panel share.
#[derive(Clone, Copy)]
pub struct Panel {
    /// Whose points.
    pub customer: CustomerId,
    /// The state of the whole page.
    pub state: State,
    /// The act whose dialog is open.
    pub act: RwSignal<Option<Act>>,
    /// The programme.
    pub program: Memo<Option<Arc<Programme>>>,
    /// The balance as it stands.
    pub balance: RwSignal<i64>,
    /// The day all of it is of; `None` is today.
    pub day: Memo<Option<Day>>,
    /// The card is open.
    pub card: RwSignal<bool>,
}

/// A customer's points: balance, tier, lots, ledger, redeem, adjust, reverse. For the customer's page.
#[component]
pub fn MemberPanel(
    /// Whose.
    customer: CustomerId,
) -> impl IntoView {
    let words = use_words();
    let programs = use_ask(|| Query::Program);
    let known = Memo::new(move |_| programs.reply().is_some());
    let panel = Panel {
        customer,
        state: use_state(),
        act: RwSignal::new(None),
        program: Memo::new(move |_| match programs.reply().as_deref() {
            Some(Reply::Program(Some(view))) => Programme::of(view).map(Arc::new),
            _ => None,
        }),
        balance: RwSignal::new(0),
        day: use_as_of(),
        card: RwSignal::new(false),
    };
    let content = move || match (known.get(), panel.program.get()) {
        (true, None) => view! {
            <p class="note">
                {words.points_no_program()} " "
                <a href="#/points/program">{words.points_none_action()}</a>
            </p>
        }
        .into_any(),
        (_, Some(programme)) => inside(words, panel, programme),
        (false, None) => programs.view("tiles", |_| ().into_any()),
    };
    view! { <div class="member">{content}</div> }.into_any()
}

fn inside(words: Words, panel: Panel, programme: Arc<Programme>) -> AnyView {
    let (customer, today) = (panel.customer, use_today());
    let member = use_ask(move || Query::Member {
        customer,
        as_of: panel.day.get(),
    });
    let of = |reply: &Reply| match reply {
        Reply::Member(member) => Some(member.clone()),
        _ => None,
    };
    let top = member.steady("tiles", of, move |member| {
        panel.balance.set(member.balance.0);
        standing(words, today, panel, &programme.now, member)
    });
    view! {
        <AsOf/>
        {top}
        {move || panel.day.get().is_none().then(|| rewards(words, panel))}
        <Ledger panel/>
        <ActDialog panel/>
        {card_dialog(panel)}
    }
    .into_any()
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
    let spendable = member.balance.0 > 0;
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
            {move || panel.day.get().is_none().then(|| actions(words, panel, spendable))}
        </div>
        {debt}
        {progress(words, program, member)}
        {ends(words, today, member)}
        {lots(words, today, member)}
    }
    .into_any()
}

/// What can be done, today only: the past cannot be changed.
fn actions(words: Words, panel: Panel, spendable: bool) -> AnyView {
    let act = panel.act;
    let item = move |label: &'static str, glyph: ui::Glyph, which: Act| {
        MenuItem::new(label, glyph, move || act.set(Some(which)))
    };
    let more = vec![
        item(words.member_transfer(), icon::ARROW_RIGHT, Act::Transfer),
        item(words.member_merge(), icon::PEOPLE, Act::Merge),
        item(words.member_referral(), icon::PERSON_ADD, Act::Referral),
    ];
    view! {
        <div class="actions">
            <Button
                label=words.member_card()
                icon=icon::CARD
                on_press=move |()| panel.card.set(true)
            />
            <LinkButton
                label=words.member_counter()
                icon=icon::STORE
                href=Route::Counter(Some(panel.customer)).href()
            />
            <Menu label=words.member_more() items=more/>
            <Button label=words.points_adjust() icon=icon::EDIT on_press=move |()| act.set(Some(Act::Adjust))/>
            <Button
                label=words.points_redeem()
                look=Look::Primary
                icon=icon::GIFT
                disabled=!spendable
                on_press=move |()| act.set(Some(Act::Redeem))
            />
        </div>
    }
    .into_any()
}

/// A number of what decides the tier, with its unit where it has one.
fn measured(words: Words, program: &Program, number: i64) -> String {
    let measure = program.tiers.as_ref().map(|tiers| tiers.measure);
    match measure {
        Some(Measure::Spend) => words.money(Money(number), program.currency),
        Some(Measure::QualifyingPoints | Measure::Visits) | None => words.number(number),
    }
}

fn tier(words: Words, program: &Program, member: &MemberView) -> Option<AnyView> {
    program.tiers.as_ref()?;
    let name = member
        .tier_name
        .clone()
        .unwrap_or_else(|| words.points_tier_none().to_owned());
    let until = member
        .tier_until
        .map(|day| words.points_tier_until(&words.day(day)));
    let next = member
        .next_tier
        .as_ref()
        .map(|next| words.points_next_tier(&measured(words, program, next.missing), &next.name));
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

/// The way from this tier to the next.
fn progress(words: Words, program: &Program, member: &MemberView) -> Option<AnyView> {
    let tiers = program.tiers.as_ref()?;
    let Some(next) = &member.next_tier else {
        let top = tiers.levels.last().map(|level| &level.id) == member.tier.as_ref();
        return top.then(|| view! { <p class="note">{words.member_progress_top()}</p> }.into_any());
    };
    let goal = program.tier(&next.id)?.from;
    let done = goal.saturating_sub(next.missing).max(0);
    let share = if goal > 0 {
        done as f64 / goal as f64
    } else {
        1.0
    };
    let text = words.member_progress(
        &measured(words, program, done),
        &measured(words, program, goal),
        &next.name,
    );
    Some(
        view! {
            <div class="member-progress">
                <ui::ProgressBar label=text.clone() done=Signal::stored(Some(share))/>
                <span class="note">{text}</span>
            </div>
        }
        .into_any(),
    )
}

/// Points by the month they end in; those that never end come last.
fn by_month(member: &MemberView) -> Vec<(Option<Day>, i64)> {
    let mut months: BTreeMap<(bool, Day), i64> = BTreeMap::new();
    for lot in &member.lots {
        // The first of the month stands for the month.
        let month = lot
            .expires_on
            .and_then(|on| Day::from_ymd(on.year(), on.month(), 1));
        let sum = months
            .entry((month.is_none(), month.unwrap_or(Day(0))))
            .or_default();
        *sum = sum.saturating_add(lot.points.0);
    }
    months
        .into_iter()
        .map(|((never, month), points)| ((!never).then_some(month), points))
        .collect()
}

fn ends(words: Words, today: Day, member: &MemberView) -> Option<AnyView> {
    if member.lots.is_empty() {
        return None;
    }
    let months = by_month(member);
    let most = months
        .iter()
        .map(|(_, points)| *points)
        .max()
        .unwrap_or(1)
        .max(1);
    let rows: Vec<AnyView> = months
        .iter()
        .map(|(month, points)| {
            let soon = month.is_some_and(|month| {
                (month.year(), month.month()) == (today.year(), today.month())
            });
            let name = match month {
                Some(month) => words.month(*month),
                None => words.member_ends_never().to_owned(),
            };
            let width = [&(*points * 100 / most).to_string(), "%"].concat();
            view! {
                <li class:soon=soon>
                    <span>{name}</span>
                    <span class="ends-bar"><i style:width=width></i></span>
                    <span class="end strong">{words.number(*points)}</span>
                </li>
            }
            .into_any()
        })
        .collect();
    Some(
        view! {
            <section class="section">
                <h2>{words.member_ends()}</h2>
                <ul class="ends">{rows}</ul>
            </section>
        }
        .into_any(),
    )
}

/// What the points can buy, and what is missing for the rest.
fn rewards(words: Words, panel: Panel) -> AnyView {
    let customer = Some(panel.customer);
    let asking = use_ask(move || Query::Points(PointsQuery::Rewards { customer }));
    let content = move || match asking.reply().as_deref() {
        Some(Reply::Points(PointsReply::Rewards(rewards))) if !rewards.is_empty() => {
            let rows: Vec<AnyView> = rewards.iter().map(|it| reward(words, it)).collect();
            view! {
                <section class="section">
                    <h2>{words.member_reach()}</h2>
                    <ul class="reach">{rows}</ul>
                </section>
            }
            .into_any()
        }
        _ => ().into_any(),
    };
    content.into_any()
}

fn reward(words: Words, it: &RewardView) -> AnyView {
    let within = it.missing.0 <= 0 && it.left != Some(0);
    let note = if it.left == Some(0) {
        words.member_reach_gone().to_owned()
    } else if it.missing.0 > 0 {
        words.member_reach_missing(&words.points(it.missing))
    } else {
        words.member_reach_now().to_owned()
    };
    let left = it
        .left
        .filter(|left| *left > 0)
        .map(|left| words.member_reach_left(u64::from(left)));
    let cost: Vec<String> = [words.points(it.points)].into_iter().chain(left).collect();
    view! {
        <li class:within=within>
            <span class="two-lines"><strong>{it.name.clone()}</strong><small>{cost.join(" · ")}</small></span>
            <span class="reach-note">{note}</span>
        </li>
    }
    .into_any()
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

#[cfg(test)]
mod tests {
    use super::*;
    use model::Points;
    use protocol::LotView;

    #[test]
    fn points_are_added_by_the_month_they_end_in() {
        let lot = |points: i64, on: Option<&str>| LotView {
            id: String::new(),
            points: Points(points),
            earned_on: Day(0),
            expires_on: on.map(|on| on.parse().unwrap()),
        };
        let member = MemberView {
            customer: CustomerId(1),
            balance: Points(60),
            pending: Points::ZERO,
            debt: Points::ZERO,
            qualifying: Points::ZERO,
            tier: None,
            tier_name: None,
            tier_until: None,
            next_tier: None,
            worth: Money::ZERO,
            lots: vec![
                lot(10, Some("2026-12-31")),
                lot(5, None),
                lot(20, Some("2026-12-01")),
                lot(25, Some("2027-01-15")),
            ],
        };
        let first = |text: &str| Some(text.parse::<Day>().unwrap());
        assert_eq!(
            by_month(&member),
            [
                (first("2026-12-01"), 30),
                (first("2027-01-01"), 25),
                (None, 5)
            ]
        );
    }
}
