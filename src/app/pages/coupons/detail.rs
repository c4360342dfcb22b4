//! One coupon: what it promises, what it came to, its codes and uses.

use super::codes::Codes;
use super::describe::{headline, terms};
use super::href;
use super::list::tone;
use super::uses::Uses;
use crate::router::Route;
use crate::state::{State, apply_in, use_ask, use_place, use_state, use_words};
use model::coupon::{CouponId, CouponState, Way};
use protocol::{Command, CouponCommand, CouponQuery, CouponReply, CouponView, Query, Reply};
use text::Words;
use ui::chart::{Bar, Bars};
use ui::prelude::*;
use ui::{Badge, Button, Icon, LinkButton, Look, StatNumber, TabItem, Tabs, icon};

/// The page of a coupon.
#[component]
pub fn CouponDetail(
    /// Which.
    id: CouponId,
) -> impl IntoView {
    let words = use_words();
    let state = use_state();
    let place = use_place();
    let tab = Memo::new(move |_| {
        place.with(|place| place.params.get("tab").unwrap_or_default().to_owned())
    });
    let asking = use_ask(move || Query::Coupons(CouponQuery::One { id }));
    asking.view("rows", move |reply| match reply {
        Reply::Coupons(CouponReply::One(found)) => whole(words, state, found, tab),
        _ => ().into_any(),
    })
}

fn whole(words: Words, state: State, found: &CouponView, tab: Memo<String>) -> AnyView {
    let row = &found.row;
    let id = row.id;
    let item = |key: &str, label: &str, count: Option<u64>| TabItem {
        key: key.to_owned(),
        label: label.to_owned(),
        href: href(id, key),
        count: count.map(|count| words.count(count)),
    };
    let mut items = vec![item("", words.coupons_tab_report(), None)];
    let has_codes = !matches!(row.coupon.way, Way::Shared(_));
    if has_codes {
        items.push(item("codes", words.coupons_tab_codes(), Some(row.codes)));
    }
    items.push(item("uses", words.coupons_tab_uses(), Some(row.uses)));
    let open = row.state != CouponState::Ended;
    let view = StoredValue::new(found.clone());
    let body = move || match tab.get().as_str() {
        "codes" => view! { <Codes id open/> }.into_any(),
        "uses" => view! { <Uses id/> }.into_any(),
        _ => view.with_value(|view| report(words, view)),
    };
    view! {
        {head(words, state, found)}
        <Tabs label=words.coupons_tabs() items current=tab/>
        {body}
    }
    .into_any()
}

fn head(words: Words, state: State, found: &CouponView) -> AnyView {
    let row = &found.row;
    let (id, name) = (row.id, row.coupon.name.clone());
    let set = move |to: CouponState, said: String| {
        let command = Command::Coupons(CouponCommand::SetState { id, state: to });
        apply_in(state, command, said, |_| ());
    };
    let (paused, resumed, ended) = (
        words.coupons_paused_done(&name),
        words.coupons_resumed_done(&name),
        words.coupons_ended_done(&name),
    );
    let change = match row.state {
        CouponState::Active => Some((words.coupons_pause(), CouponState::Paused, paused)),
        CouponState::Paused => Some((words.coupons_resume(), CouponState::Active, resumed)),
        CouponState::Ended => None,
    };
    let change = change.map(|(label, to, said)| {
        let press = Callback::new(move |()| set(to, said.clone()));
        view! { <Button label=label.to_owned() on_press=press/> }
    });
    let edit = Route::Coupons(id.to_string()).with(&[("edit", "1")]);
    let rest = (row.state != CouponState::Ended).then(|| {
        let end = Callback::new(move |()| set(CouponState::Ended, ended.clone()));
        view! {
            <Button label=words.coupons_end() look=Look::Quiet on_press=end/>
            <LinkButton label=words.coupons_edit() href=edit icon=icon::EDIT/>
        }
    });
    view! {
        <header class="page-head">
            <div>
                <a class="back" href=Route::Coupons(String::new()).href()>
                    <Icon glyph=icon::ARROW_LEFT/>
                    {words.coupons_title()}
                </a>
                <h1 tabindex="-1">{name}</h1>
                <p class="lead">
                    {headline(words, &row.coupon)}
                    " "
                    <Badge label=words.coupon_standing(row.standing) tone=tone(row.standing)/>
                </p>
            </div>
            <div class="actions">{change} {rest}</div>
        </header>
    }
    .into_any()
}

fn report(words: Words, found: &CouponView) -> AnyView {
    let row = &found.row;
    let currency = row.coupon.currency;
    let uses = href(row.id, "uses");
    let news = Route::Coupons(row.id.to_string()).with(&[("tab", "uses"), ("new", "1")]);
    let stat = |label: &'static str, value: String, means: &'static str, href: String| {
        view! {
            <StatNumber
                label
                value
                href
                definition=means
                definition_label=words.coupons_means(label)
            />
        }
        .into_any()
    };
    let money = |amount| words.money(amount, currency);
    let codes = (row.codes > 0).then(|| {
        stat(
            words.coupons_codes_used(),
            [
                &words.count(found.codes_used),
                " / ",
                &words.count(row.codes),
            ]
            .concat(),
            words.coupons_codes_used_means(),
            href(row.id, "codes"),
        )
    });
    let balance = found.balance.map(|left| {
        stat(
            words.coupons_balance(),
            money(left),
            words.coupons_balance_means(),
            href(row.id, "codes"),
        )
    });
    view! {
        <div class="stats">
            {stat(words.coupons_uses(), words.count(row.uses), words.coupons_uses_means(), uses.clone())}
            {stat(words.coupons_discount(), money(row.discount), words.coupons_discount_means(), uses.clone())}
            {stat(words.coupons_revenue(), money(row.revenue), words.coupons_revenue_means(), uses)}
            {stat(
                words.coupons_new_customers(),
                words.count(row.new_customers),
                words.coupons_new_customers_means(),
                news,
            )}
            {codes}
            {balance}
        </div>
        {months(words, found)}
        {agreed(words, found)}
    }
    .into_any()
}

/// What the coupon says, as sentences.
fn agreed(words: Words, found: &CouponView) -> AnyView {
    let coupon = &found.row.coupon;
    let lines: Vec<AnyView> = terms(
        words,
        coupon,
        found.audience_name.as_deref(),
        &found.with_names,
    )
    .into_iter()
    .map(|term| view! { <li>{term}</li> }.into_any())
    .collect();
    let note = coupon.note.clone();
    view! {
        <section class="block">
            <h2>{words.coupons_terms()}</h2>
            <ul class="coupon-terms">{lines}</ul>
            {note.map(|note| view! { <p class="note">{note}</p> })}
            {found.locked.then(|| view! { <p class="quiet">{words.coupons_locked_note()}</p> })}
        </section>
    }
    .into_any()
}

/// Uses by month, once there is more than one month to compare.
fn months(words: Words, found: &CouponView) -> Option<AnyView> {
    if found.months.len() < 2 {
        return None;
    }
    let last = found.months.len().saturating_sub(12);
    let uses = href(found.row.id, "uses");
    let bars: Vec<Bar> = found
        .months
        .iter()
        .skip(last)
        .map(|(month, count, discount)| Bar {
            label: words.month_short(*month),
            value: *count as f64,
            text: words.coupons_month_text(
                &words.month(*month),
                *count,
                &words.money(*discount, found.row.coupon.currency),
            ),
            href: Some(uses.clone()),
            strong: false,
            partial: false,
        })
        .collect();
    let axis = Callback::new(move |value: f64| words.number(value as i64));
    Some(
        view! {
            <section class="block">
                <h2>{words.coupons_months()}</h2>
                <Bars label=words.coupons_months() bars axis/>
            </section>
        }
        .into_any(),
    )
}
