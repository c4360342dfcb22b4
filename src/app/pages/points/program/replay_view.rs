//! What a replay found: both programmes side by side, month by month, who moves between tiers, and the files.

use super::editing::Editing;
use crate::pages::customers::save_file;
use crate::router::Route;
use crate::state::use_ask_when;
use model::{Currency, Money, Points};
use protocol::{
    ExportFormat, ExportWhat, MoveDirection, MoverRow, ProgramQuery, ProgramReply, Query,
    ReplayPart, ReplaySide, ReplayView, Reply, TierMove,
};
use std::sync::Arc;
use text::Words;
use ui::chart::Figure;
use ui::prelude::*;
use ui::{Button, Defined, Look, icon};

/// Members shown at first, and added by each press.
const MEMBERS: u32 = 50;

/// All of it.
pub fn result(editing: Editing, view: Arc<ReplayView>) -> AnyView {
    let words = editing.words;
    let currency = editing.draft.currency;
    let scope = words.program_replay_scope(
        &words.day(view.from),
        &words.day(view.to),
        view.orders,
        &words.money(view.spend, currency),
    );
    let none = (view.orders == 0)
        .then(|| view! { <p class="note">{words.program_replay_no_orders()}</p> });
    let open: Open = RwSignal::new(None);
    let save = save_file();
    let replay = view.replay;
    let file = move |part| {
        Callback::new(move |()| save.run((ExportWhat::Replay { replay, part }, ExportFormat::Csv)))
    };
    view! {
        <div class="replay-result">
            <div>
                <h3 class="replay-finding">{finding(words, &view)}</h3>
                <p class="note">{scope}</p>
            </div>
            {none}
            {table(words, currency, &view)}
            {months(words, &view)}
            {moves(editing, &view, open)}
            {people(words, &view, open)}
            <div class="actions">
                <Button
                    label=words.program_replay_export_months()
                    look=Look::Quiet
                    icon=icon::DOWNLOAD
                    on_press=file(ReplayPart::Months)
                />
                <Button
                    label=words.program_replay_export_members()
                    look=Look::Quiet
                    icon=icon::DOWNLOAD
                    on_press=file(ReplayPart::Customers)
                />
            </div>
        </div>
    }
    .into_any()
}

/// The finding in a sentence.
fn finding(words: Words, view: &ReplayView) -> String {
    let draft = view.draft.issued.0;
    let Some(present) = view.present.as_ref().map(|side| side.issued.0) else {
        return words.program_replay_title_new(&words.some_points(&words.number(draft)));
    };
    let more = draft.saturating_sub(present);
    let share = words.share(more.unsigned_abs(), present.max(0).unsigned_abs());
    match more.signum() {
        1 if present > 0 => words.program_replay_title_more(&share),
        1 => words.program_replay_title_new(&words.some_points(&words.number(draft))),
        -1 => words.program_replay_title_less(&share),
        _ => words.program_replay_title_same().to_owned(),
    }
}

/// One line of the comparison.
struct Line {
    label: &'static str,
    means: &'static str,
    present: Option<String>,
    draft: String,
    difference: Option<String>,
    href: Option<&'static str>,
}

fn table(words: Words, currency: Currency, view: &ReplayView) -> AnyView {
    let compared = view.present.is_some();
    let rows: Vec<AnyView> = lines(words, currency, view)
        .into_iter()
        .map(|line| {
            let present = line.present.unwrap_or_else(|| "–".to_owned());
            let present = match line.href {
                Some(href) if compared => view! { <a href=href>{present}</a> }.into_any(),
                _ => present.into_any(),
            };
            view! {
                <tr>
                    <th scope="row">
                        <Defined label=line.label definition=line.means definition_label=words.act_definition()/>
                    </th>
                    {compared.then(|| view! { <td class="end">{present}</td> })}
                    <td class="end strong">{line.draft}</td>
                    {compared.then(|| view! { <td class="end quiet">{line.difference}</td> })}
                </tr>
            }
            .into_any()
        })
        .collect();
    view! {
        <table class="table compare" aria-label=words.program_replay()>
            <thead>
                <tr>
                    <th scope="col">{words.program_replay_row()}</th>
                    {compared.then(|| view! { <th scope="col" class="end">{words.program_replay_present()}</th> })}
                    <th scope="col" class="end">{words.program_replay_draft()}</th>
                    {compared.then(|| view! { <th scope="col" class="end">{words.program_replay_difference()}</th> })}
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn signed(words: Words, number: i64) -> String {
    let plus = if number > 0 { "+" } else { "" };
    [plus, &words.number(number)].concat()
}

/// Makes the lines of the comparison.
#[derive(Clone, Copy)]
struct Compared<'a> {
    words: Words,
    currency: Currency,
    view: &'a ReplayView,
}

impl Compared<'_> {
    fn count(self, label: &'static str, means: &'static str, of: fn(&ReplaySide) -> i64) -> Line {
        let words = self.words;
        let then = of(&self.view.draft);
        let now = self.view.present.as_ref().map(of);
        Line {
            label,
            means,
            present: now.map(|it| words.number(it)),
            draft: words.number(then),
            difference: now.map(|it| signed(words, then.saturating_sub(it))),
            href: None,
        }
    }

    fn money(
        self,
        label: &'static str,
        means: &'static str,
        of: fn(&ReplaySide) -> Option<Money>,
    ) -> Line {
        let (words, currency) = (self.words, self.currency);
        let present = self.view.present.as_ref();
        let (now, then) = (present.and_then(of), of(&self.view.draft));
        let shown =
            |it: Option<Money>| it.map_or_else(|| "–".to_owned(), |it| words.money(it, currency));
        let difference = now.zip(then).map(|(now, then)| {
            let more = Money(then.0.saturating_sub(now.0));
            let plus = if more.0 > 0 { "+" } else { "" };
            [plus, &words.money(more, currency)].concat()
        });
        Line {
            label,
            means,
            present: present.map(|_| shown(now)),
            draft: shown(then),
            difference,
            href: None,
        }
    }

    /// The cost as a share of sales.
    fn rate(self) -> Line {
        let words = self.words;
        let spend = self.view.spend.0;
        let rate = |side: &ReplaySide| match side.issued_worth {
            Some(worth) if spend > 0 => {
                words.share(worth.0.max(0).unsigned_abs(), spend.unsigned_abs())
            }
            _ => "–".to_owned(),
        };
        Line {
            label: words.program_replay_rate(),
            means: words.program_replay_rate_means(),
            present: self.view.present.as_ref().map(rate),
            draft: rate(&self.view.draft),
            difference: None,
            href: None,
        }
    }

    /// What happens in the time looked at.
    fn flows(self) -> Vec<Line> {
        let w = self.words;
        vec![
            self.count(
                w.program_replay_issued(),
                w.program_replay_issued_means(),
                |side| side.issued.0,
            ),
            self.money(
                w.program_replay_cost(),
                w.program_replay_cost_means(),
                |side| side.issued_worth,
            ),
            self.rate(),
            self.count(
                w.program_replay_earners(),
                w.program_replay_earners_means(),
                |side| i64::try_from(side.earners).unwrap_or(i64::MAX),
            ),
            self.count(
                w.program_replay_redeemed(),
                w.program_replay_redeemed_means(),
                |side| side.redeemed.0,
            ),
            self.count(
                w.program_replay_expired(),
                w.program_replay_expired_means(),
                |side| side.expired.0,
            ),
        ]
    }

    /// How it stands today.
    fn today(self) -> Vec<Line> {
        let w = self.words;
        let mut lines = vec![
            Line {
                href: Some("#/points/members"),
                ..self.count(
                    w.program_replay_outstanding(),
                    w.program_replay_outstanding_means(),
                    |side| side.outstanding.0,
                )
            },
            self.count(
                w.program_replay_pending(),
                w.program_replay_pending_means(),
                |side| side.pending.0,
            ),
            self.money(
                w.program_replay_liability(),
                w.program_replay_liability_means(),
                |side| side.worth,
            ),
        ];
        let owes = |side: &ReplaySide| side.debt > Points::ZERO;
        if owes(&self.view.draft) || self.view.present.as_ref().is_some_and(owes) {
            lines.push(self.count(
                w.program_replay_debt(),
                w.program_replay_debt_means(),
                |side| side.debt.0,
            ));
        }
        lines
    }
}

fn lines(words: Words, currency: Currency, view: &ReplayView) -> Vec<Line> {
    let compared = Compared {
        words,
        currency,
        view,
    };
    let mut lines = compared.flows();
    lines.extend(compared.today());
    lines
}

/// Two bars for each month, both from the same floor.
fn months(words: Words, view: &ReplayView) -> AnyView {
    let compared = view.present.is_some();
    let top = view
        .months
        .iter()
        .map(|it| it.present.0.max(it.draft.0))
        .max()
        .unwrap_or(0)
        .max(1);
    let bar = |points: Points, class: &'static str| {
        let share = points.0.max(0) as f64 / top as f64 * 100.0;
        let height = [&(share.round() as i64).to_string(), "%"].concat();
        view! { <i class=class style:height=height></i> }.into_any()
    };
    let columns: Vec<AnyView> = view
        .months
        .iter()
        .map(|it| {
            let mut name = vec![words.month(it.month)];
            if compared {
                name.push(said(words, words.program_replay_present(), it.present));
            }
            name.push(said(words, words.program_replay_draft(), it.draft));
            let now = compared.then(|| bar(it.present, "present"));
            view! {
                <li>
                    <b aria-hidden="true">{words.short(it.draft.0)}</b>
                    <span class="pair" role="img" aria-label=name.join(", ") title=name.join("\n")>
                        {now}
                        {bar(it.draft, "draft")}
                    </span>
                    <small>{words.month_short(it.month)}</small>
                </li>
            }
            .into_any()
        })
        .collect();
    let mut head = vec![words.program_replay_month().to_owned()];
    if compared {
        head.push(words.program_replay_present().to_owned());
    }
    head.push(words.program_replay_draft().to_owned());
    let rows = view.months.iter().map(|it| {
        let mut row = vec![words.month(it.month)];
        if compared {
            row.push(words.number(it.present.0));
        }
        row.push(words.number(it.draft.0));
        row
    });
    let rows: Vec<Vec<String>> = rows.collect();
    let legend = compared.then(|| {
        view! {
            <p class="pair-legend">
                <span><i class="present"></i>{words.program_replay_present()}</span>
                <span><i class="draft"></i>{words.program_replay_draft()}</span>
            </p>
        }
    });
    view! {
        <Figure title=words.program_replay_months() table_label=words.act_table() head rows>
            {legend}
            <ul class="month-pairs">{columns}</ul>
        </Figure>
    }
    .into_any()
}

fn said(words: Words, name: &str, points: Points) -> String {
    [name, " ", &words.number(points.0)].concat()
}

/// Whose rows are open: those of a row of the moves, or (the inner `None`) everybody's.
type Open = RwSignal<Option<Option<u32>>>;

/// The members that are open, and a button for all of them.
fn people(words: Words, view: &ReplayView, open: Open) -> AnyView {
    let (replay, all) = (view.replay, view.moves.clone());
    let list = move || {
        let cell = open.get()?;
        let title = match cell.and_then(|cell| all.get(cell as usize)) {
            Some(it) => words.program_replay_people(&name(words, &it.from), &name(words, &it.to)),
            None => words.program_replay_everybody().to_owned(),
        };
        Some(members(words, replay, cell, title))
    };
    let press = move |()| {
        let same = open.get_untracked() == Some(None);
        open.set((!same).then_some(None));
    };
    view! {
        <div class="actions">
            <Button label=words.program_replay_everybody() look=Look::Quiet on_press=press/>
        </div>
        {list}
    }
    .into_any()
}

/// Who goes from which tier to which; each row opens its members.
fn moves(editing: Editing, view: &ReplayView, open: Open) -> Option<AnyView> {
    if view.moves.is_empty() {
        return None;
    }
    let words = editing.words;
    let sum = |direction| {
        let same = view.moves.iter().filter(|it| it.direction == direction);
        same.map(|it| it.members).sum::<u64>()
    };
    let facts = [
        words.program_replay_moves_up(sum(MoveDirection::Up)),
        words.program_replay_moves_down(sum(MoveDirection::Down)),
        words.program_replay_moves_same(sum(MoveDirection::Same)),
    ];
    let comma = match words.locale {
        text::Locale::ZhCn => "，",
        text::Locale::En => ", ",
    };
    let rows: Vec<AnyView> = view
        .moves
        .iter()
        .zip(0u32..)
        .map(|(it, cell)| move_row(words, it, cell, open))
        .collect();
    let section = view! {
        <section class="section">
            <h3>{words.program_replay_moves()}</h3>
            <p class="note">{facts.join(comma)}</p>
            <table class="table narrow">
                <thead>
                    <tr>
                        <th scope="col">{words.program_replay_move_from()}</th>
                        <th scope="col">{words.program_replay_move_to()}</th>
                        <th scope="col">{words.program_replay_move_way()}</th>
                        <th scope="col" class="end">{words.program_replay_members()}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    };
    Some(section.into_any())
}

fn name(words: Words, tier: &Option<String>) -> String {
    tier.clone()
        .unwrap_or_else(|| words.program_replay_move_none().to_owned())
}

fn move_row(words: Words, it: &TierMove, cell: u32, open: Open) -> AnyView {
    let (way, class) = match it.direction {
        MoveDirection::Up => (words.program_replay_way_up(), "gain"),
        MoveDirection::Same => (words.program_replay_way_same(), "quiet"),
        MoveDirection::Down => (words.program_replay_way_down(), "loss"),
    };
    let (from, to) = (name(words, &it.from), name(words, &it.to));
    let label = words.program_replay_open(it.members, &from, &to);
    let press = move |_| {
        let same = open.get_untracked() == Some(Some(cell));
        open.set((!same).then_some(Some(cell)));
    };
    view! {
        <tr>
            <td>{from}</td>
            <td>{to}</td>
            <td class=class>{way}</td>
            <td class="end">
                <button
                    type="button"
                    class="number-link"
                    aria-label=label
                    aria-expanded=move || if open.get() == Some(Some(cell)) { "true" } else { "false" }
                    on:click=press
                >
                    {words.count(it.members)}
                </button>
            </td>
        </tr>
    }
    .into_any()
}

/// The members of one row.
fn members(words: Words, replay: u32, cell: Option<u32>, title: String) -> AnyView {
    let limit = RwSignal::new(MEMBERS);
    let asking = use_ask_when(move || {
        Some(Query::Programs(ProgramQuery::Movers {
            replay,
            cell,
            offset: 0,
            limit: limit.get(),
        }))
    });
    let content = move || {
        let asked = asking.get();
        if asked.fault.is_some() {
            return view! { <p class="note">{words.program_replay_gone()}</p> }.into_any();
        }
        let Some(reply) = asked.reply else {
            return view! { <ui::Skeleton lines=4 shape="rows"/> }.into_any();
        };
        let Reply::Programs(reply) = &*reply else {
            return ().into_any();
        };
        let ProgramReply::Movers(page) = &**reply else {
            return ().into_any();
        };
        let rows = page
            .items
            .iter()
            .map(|row| member_row(words, row))
            .collect_view();
        let left = page.total.saturating_sub(page.items.len() as u64);
        let more = (left > 0 && limit.get() < 500).then(|| {
            let label = words.program_replay_more(left.min(u64::from(MEMBERS)));
            let press = move |()| limit.update(|limit| *limit = (*limit + MEMBERS).min(500));
            view! { <Button label=label look=Look::Quiet on_press=press/> }
        });
        view! {
            <table class="table" aria-label=title.clone()>
                <thead>
                    <tr>
                        <th scope="col">{words.points_col_name()}</th>
                        <th scope="col" class="end">{words.program_replay_balance()}</th>
                        <th scope="col" class="end">{words.program_replay_balance_draft()}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
            {more}
        }
        .into_any()
    };
    view! { <div class="movers">{content}</div> }.into_any()
}

fn member_row(words: Words, row: &MoverRow) -> AnyView {
    let href = Route::Customer(row.customer).with(&[("tab", "points")]);
    let name = if row.name.is_empty() {
        words.points_unnamed().to_owned()
    } else {
        row.name.clone()
    };
    view! {
        <tr>
            <th scope="row"><a href=href>{name}</a></th>
            <td class="end">{words.number(row.balance.0)}</td>
            <td class="end strong">{words.number(row.draft_balance.0)}</td>
        </tr>
    }
    .into_any()
}
