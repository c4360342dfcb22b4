//! Codes of a coupon: making, finding, exporting, taking back.

use super::seed;
use crate::many::{SetFilter, rule_of_key, use_sets};
use crate::pages::customers::{plain_number, save_file};
use crate::router::Route;
use crate::state::{State, apply_in, use_ask, use_currency, use_state, use_words};
use model::coupon::{CODES_AT_ONCE, CouponId};
use protocol::{
    CodeRow, CodeStanding, CodesWhich, Command, CouponCommand, CouponExport, CouponOutcome,
    CouponQuery, CouponReply, ExportFormat, ExportWhat, Outcome, Page, Query, Reply,
};
use text::Words;
use ui::prelude::*;
use ui::{Badge, Button, Choice, IconButton, Input, Look, Pager, SearchField, Select, Tone, icon};

/// Rows of a stretch.
const ROWS: u64 = 50;

fn which(key: &str) -> CodesWhich {
    match key {
        "unused" => CodesWhich::Unused,
        "used" => CodesWhich::Used,
        "withdrawn" => CodesWhich::Withdrawn,
        _ => CodesWhich::All,
    }
}

/// The list of codes. Without `open` none can be made any more.
#[component]
pub fn Codes(
    /// Of which coupon.
    id: CouponId,
    /// More codes can be made.
    open: bool,
) -> impl IntoView {
    let words = use_words();
    let search = RwSignal::new(String::new());
    let filter = RwSignal::new(String::new());
    let offset = RwSignal::new(0u64);
    let total = RwSignal::new(0u64);
    let of = RwSignal::new(String::new());
    let sets = use_sets();
    Effect::watch(
        move || (search.get(), filter.get(), of.get()),
        move |_, _, _| offset.set(0),
        false,
    );
    let asking = use_ask(move || {
        Query::Coupons(CouponQuery::Codes {
            id,
            which: which(&filter.get()),
            search: search.get(),
            rule: rule_of_key(Some(sets), &of.get()),
            offset: offset.get(),
            limit: ROWS as u32,
        })
    });
    let save = save_file();
    let export = Callback::new(move |()| {
        let which = which(&filter.get_untracked());
        let rule = rule_of_key(Some(sets), &of.get_untracked());
        save.run((
            ExportWhat::Coupons(CouponExport::Codes { id, which, rule }),
            ExportFormat::Csv,
        ));
    });
    let choices = vec![
        Choice::new("", words.coupons_codes_all()),
        Choice::new("unused", words.coupons_code_state_unused()),
        Choice::new("used", words.coupons_code_state_used()),
        Choice::new("withdrawn", words.coupons_code_state_withdrawn()),
    ];
    view! {
        {open.then(|| make(id))}
        <div class="toolbar">
            <SearchField label=words.coupons_codes_search() value=search clear_label=words.act_clear()/>
            <Select label=words.coupons_codes_which() label_hidden=true value=filter choices/>
            <SetFilter value=of sets/>
            <Button label=words.coupons_export() icon=icon::SAVE look=Look::Quiet on_press=export/>
        </div>
        {asking
            .view(
                "rows",
                move |reply| match reply {
                    Reply::Coupons(CouponReply::Codes(page)) => {
                        total.set(page.total);
                        table(words, page)
                    }
                    _ => ().into_any(),
                },
            )}
        <Pager
            offset
            size=ROWS
            total
            earlier=words.coupons_earlier()
            later=words.coupons_later()
            place=Callback::new(move |(first, last, all): (u64, u64, u64)| words.coupons_place(first, last, all))
        />
    }
    .into_any()
}

/// How many codes to make, and the button.
fn make(id: CouponId) -> AnyView {
    let words = use_words();
    let state = use_state();
    let count = RwSignal::new("10".to_owned());
    let busy = RwSignal::new(false);
    let number = move || {
        plain_number(&count.get())
            .parse::<u32>()
            .ok()
            .filter(|count| (1..=CODES_AT_ONCE).contains(count))
    };
    let error = Signal::derive(move || {
        number()
            .is_none()
            .then(|| words.coupons_generate_wrong().to_owned())
    });
    let go = Callback::new(move |()| {
        let Some(count) = untrack(number) else { return };
        busy.set(true);
        let command = Command::Coupons(CouponCommand::Generate {
            id,
            count,
            seed: seed(),
        });
        generate(state, command, busy);
    });
    view! {
        <div class="coupon-make">
            <Input label=words.coupons_generate_count() value=count mode="numeric" error/>
            <Button label=words.coupons_generate() icon=icon::PLUS look=Look::Primary busy on_press=go/>
        </div>
    }
    .into_any()
}

fn generate(state: State, command: Command, busy: RwSignal<bool>) {
    let words = Words::new(state.locale.get_untracked());
    let answer = state.client.apply(command);
    leptos::task::spawn_local(async move {
        let result = answer.await;
        busy.try_set(false);
        match result {
            Ok(done) => {
                if let Outcome::Coupons(CouponOutcome::Codes { count, .. }) = &done.outcome {
                    state
                        .toasts
                        .done(words.coupons_generated(u64::from(*count)), done.batch);
                }
            }
            Err(fault) => state.toasts.fault(&fault),
        }
    });
}

fn table(words: Words, page: &Page<CodeRow>) -> AnyView {
    if page.items.is_empty() {
        return view! { <p class="note">{words.coupons_codes_none()}</p> }.into_any();
    }
    let state = use_state();
    let voucher = page.items.iter().any(|row| row.balance.is_some());
    let rows: Vec<AnyView> = page
        .items
        .iter()
        .map(|row| line(words, state, row, voucher))
        .collect();
    view! {
        <table class="table">
            <caption class="visually-hidden">{words.coupons_tab_codes()}</caption>
            <thead>
                <tr>
                    <th scope="col">{words.coupons_col_code()}</th>
                    <th scope="col">{words.coupons_col_state()}</th>
                    <th scope="col" class="wide-only">{words.coupons_col_holder()}</th>
                    {voucher
                        .then(|| view! { <th scope="col" class="end">{words.coupons_col_balance()}</th> })}
                    <th scope="col" class="wide-only">{words.coupons_col_last_day()}</th>
                    <th scope="col"><span class="visually-hidden">{words.act_more()}</span></th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

/// The badge of a code's standing.
pub(super) fn badge(words: Words, standing: CodeStanding) -> AnyView {
    let tone = match standing {
        CodeStanding::Unused => Tone::Good,
        CodeStanding::Used | CodeStanding::Withdrawn | CodeStanding::Expired => Tone::Neutral,
    };
    view! { <Badge label=words.code_standing(standing) tone/> }.into_any()
}

fn line(words: Words, state: State, row: &CodeRow, voucher: bool) -> AnyView {
    let currency = use_currency();
    let holder = row.customer.map(|id| {
        let name = row.customer_name.clone().unwrap_or_default();
        view! { <a href=Route::Customer(id).href()>{name}</a> }
    });
    let badge = badge(words, row.standing);
    let badge = match row.order {
        Some(order) => view! { <a href=Route::Order(order).href()>{badge}</a> }.into_any(),
        None => badge,
    };
    let id = row.id;
    let said = words.coupons_withdrawn_done(&row.code);
    let withdraw = Callback::new(move |()| {
        let command = Command::Coupons(CouponCommand::Withdraw { code: id });
        apply_in(state, command, said.clone(), |_| ());
    });
    let can = row.standing == CodeStanding::Unused;
    let remove_label = words.coupons_withdraw(&row.code);
    view! {
        <tr>
            <th scope="row" class="code">{row.code.clone()}</th>
            <td>{badge}</td>
            <td class="wide-only">{holder}</td>
            {voucher
                .then(|| {
                    let balance = row.balance.map(|balance| words.money(balance, currency));
                    view! { <td class="end">{balance}</td> }
                })}
            <td class="wide-only quiet">{row.to.map(|to| words.day(to))}</td>
            <td class="end">
                {can
                    .then(|| view! { <IconButton label=remove_label icon=icon::TRASH on_press=withdraw/> })}
            </td>
        </tr>
    }
    .into_any()
}
