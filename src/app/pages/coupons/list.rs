//! The list of coupons: state, uses, cost and business.

use super::describe::headline;
use super::href;
use crate::router::Route;
use crate::state::{use_ask, use_currency, use_words};
use model::Money;
use protocol::{CouponQuery, CouponReply, CouponRow, CouponStanding, Query, Reply};
use text::Words;
use ui::prelude::*;
use ui::{
    Badge, Choice, EmptyState, LinkButton, Look, PageHead, Segmented, StatNumber, Tone, icon,
};

/// The list.
#[component]
pub fn CouponList() -> impl IntoView {
    let words = use_words();
    let which = RwSignal::new(String::new());
    let asking = use_ask(|| Query::Coupons(CouponQuery::List));
    let new = Route::Coupons("new".to_owned()).href();
    view! {
        <PageHead title=words.coupons_title() text=words.coupons_lead()>
            <LinkButton label=words.coupons_new() href=new look=Look::Primary icon=icon::PLUS/>
        </PageHead>
        {asking
            .view(
                "rows",
                move |reply| match reply {
                    Reply::Coupons(CouponReply::List(rows)) if rows.is_empty() => view! {
                        <EmptyState title=words.coupons_none_title() text=words.coupons_none_text() icon=icon::TAG>
                            <LinkButton label=words.coupons_new() href=Route::Coupons("new".to_owned()).href() look=Look::Primary/>
                        </EmptyState>
                    }
                    .into_any(),
                    Reply::Coupons(CouponReply::List(rows)) => whole(words, rows, which),
                    _ => ().into_any(),
                },
            )}
    }
    .into_any()
}

fn is_live(row: &CouponRow) -> bool {
    match row.standing {
        CouponStanding::Running | CouponStanding::Scheduled | CouponStanding::Paused => true,
        CouponStanding::UsedUp | CouponStanding::Expired | CouponStanding::Ended => false,
    }
}

fn whole(words: Words, rows: &[CouponRow], which: RwSignal<String>) -> AnyView {
    let currency = use_currency();
    let rows = StoredValue::new(rows.to_vec());
    let money = |of: fn(&CouponRow) -> Money| {
        let sum = rows.with_value(|rows| {
            rows.iter()
                .fold(0i64, |sum, row| sum.saturating_add(of(row).0))
        });
        words.money_parts(Money(sum), currency)
    };
    let (off, revenue) = (money(|row| row.discount), money(|row| row.revenue));
    let uses = rows.with_value(|rows| rows.iter().map(|row| row.uses).sum::<u64>());
    let choices = vec![
        Choice::new("", words.coupons_filter_all()),
        Choice::new("live", words.coupons_filter_live()),
        Choice::new("over", words.coupons_filter_over()),
    ];
    let body = move || {
        let which = which.get();
        rows.with_value(|rows| {
            rows.iter()
                .filter(|row| match which.as_str() {
                    "live" => is_live(row),
                    "over" => !is_live(row),
                    _ => true,
                })
                .map(|row| line(words, row))
                .collect_view()
        })
    };
    view! {
        <div class="stats">
            <StatNumber
                label=words.coupons_uses()
                value=words.count(uses)
                definition=words.coupons_uses_means()
                definition_label=words.coupons_means(words.coupons_uses())
            />
            <StatNumber
                label=words.coupons_discount()
                unit=off.unit
                value=off.digits
                definition=words.coupons_discount_means()
                definition_label=words.coupons_means(words.coupons_discount())
            />
            <StatNumber
                label=words.coupons_revenue()
                unit=revenue.unit
                value=revenue.digits
                definition=words.coupons_revenue_means()
                definition_label=words.coupons_means(words.coupons_revenue())
            />
        </div>
        <Segmented label=words.coupons_filter() label_hidden=true value=which choices/>
        <table class="table coupons-table">
            <caption class="visually-hidden">{words.coupons_list()}</caption>
            <thead>
                <tr>
                    <th scope="col">{words.coupons_col_name()}</th>
                    <th scope="col">{words.coupons_col_state()}</th>
                    <th scope="col" class="end">{words.coupons_uses()}</th>
                    <th scope="col" class="end wide-only">{words.coupons_discount()}</th>
                    <th scope="col" class="end wide-only">{words.coupons_revenue()}</th>
                    <th scope="col" class="end wide-only">{words.coupons_new_customers()}</th>
                </tr>
            </thead>
            <tbody>{body}</tbody>
        </table>
    }
    .into_any()
}

/// The tone of a standing's badge.
pub(super) fn tone(standing: CouponStanding) -> Tone {
    match standing {
        CouponStanding::Running => Tone::Good,
        CouponStanding::Scheduled | CouponStanding::Paused => Tone::Notice,
        CouponStanding::UsedUp | CouponStanding::Expired | CouponStanding::Ended => Tone::Neutral,
    }
}

fn line(words: Words, row: &CouponRow) -> AnyView {
    let currency = row.coupon.currency;
    let open = href(row.id, "");
    let uses = href(row.id, "uses");
    let news = Route::Coupons(row.id.to_string()).with(&[("tab", "uses"), ("new", "1")]);
    let name = row.coupon.name.clone();
    let says = headline(words, &row.coupon);
    let below = words.money(row.discount, currency);
    view! {
        <tr>
            <th scope="row">
                <a href=open>{name}</a>
                <small class="quiet">{says}</small>
            </th>
            <td><Badge label=words.coupon_standing(row.standing) tone=tone(row.standing)/></td>
            <td class="end">
                <a href=uses.clone()>{words.count(row.uses)}</a>
                <small class="narrow-only quiet">"−"{below.clone()}</small>
            </td>
            <td class="end wide-only"><a href=uses.clone()>{below}</a></td>
            <td class="end wide-only"><a href=uses>{words.money(row.revenue, currency)}</a></td>
            <td class="end wide-only"><a href=news>{words.count(row.new_customers)}</a></td>
        </tr>
    }
    .into_any()
}
