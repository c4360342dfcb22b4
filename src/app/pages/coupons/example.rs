//! A worked example of the coupon in the form: a basket that just fits it, what it takes off each line, what is paid.

use super::describe::{headline, terms};
use crate::state::{use_ask_when, use_words};
use model::coupon::{Benefit, Coupon, Goods};
use model::{Money, OrderLine};
use protocol::{CheckView, CouponQuery, CouponReply, Query, Reply};
use text::{Locale, Words};
use ui::prelude::*;

/// The example. `coupon` is `None` while the form cannot be read.
#[component]
pub fn Example(
    /// What the form says.
    coupon: Memo<Option<Coupon>>,
) -> impl IntoView {
    let words = use_words();
    let asking = use_ask_when(move || {
        let fields = coupon.get()?;
        let lines = basket(words, &fields);
        Some(Query::Coupons(CouponQuery::Try { fields, lines }))
    });
    let content = move || {
        let Some(coupon) = coupon.get() else {
            return view! { <p class="quiet">{words.coupons_example_wait()}</p> }.into_any();
        };
        let reply = asking.reply();
        let worked = match reply.as_deref() {
            Some(Reply::Coupons(CouponReply::Check(view))) => sentences(words, &coupon, view),
            _ => Vec::new(),
        };
        let worked: Vec<AnyView> = worked
            .into_iter()
            .map(|text| view! { <p>{text}</p> }.into_any())
            .collect();
        let terms: Vec<AnyView> = terms(words, &coupon, None, &[])
            .into_iter()
            .map(|term| view! { <li>{term}</li> }.into_any())
            .collect();
        view! {
            <p class="strong">{headline(words, &coupon)}</p>
            {worked}
            <ul class="coupon-terms">{terms}</ul>
        }
        .into_any()
    };
    view! {
        <aside class="example" aria-live="polite">
            <h2>{words.coupons_example()}</h2>
            {content}
        </aside>
    }
    .into_any()
}

fn line(product: String, category: Option<String>, pieces: i64, amount: i64) -> OrderLine {
    OrderLine {
        product,
        category,
        quantity_milli: pieces * 1_000,
        amount: Money(amount),
    }
}

/// A basket that just fits: what the coupon is about, and something beside it.
fn basket(words: Words, it: &Coupon) -> Vec<OrderLine> {
    let unit = 10i64.pow(it.currency.decimals());
    let (first, second) = match &it.goods {
        Goods::Products(names) => (
            names.first().cloned(),
            names.get(1).or(names.first()).cloned(),
        ),
        Goods::All | Goods::Categories(_) => (None, None),
    };
    let first = first.unwrap_or_else(|| words.coupons_example_a().to_owned());
    let second = second.unwrap_or_else(|| words.coupons_example_b().to_owned());
    let category = match &it.goods {
        Goods::Categories(names) => names.first().cloned(),
        Goods::All | Goods::Products(_) => None,
    };
    let floor = it.minimum.map_or(100 * unit, |minimum| minimum.0.max(unit));
    let (large, small) = (floor - floor * 2 / 5, floor * 2 / 5);
    match &it.benefit {
        Benefit::BuyGet { buy, get, of, .. } => {
            let given = match of {
                Some(Goods::Products(names)) => names.first().cloned(),
                _ => None,
            };
            let price = (floor / i64::from((*buy).max(1))).max(10 * unit);
            match given {
                Some(given) => vec![
                    line(first, category, i64::from(*buy), price * i64::from(*buy)),
                    line(given, None, i64::from(*get), price / 2 * i64::from(*get)),
                ],
                None => vec![
                    line(
                        first,
                        category.clone(),
                        i64::from(*buy),
                        price * i64::from(*buy),
                    ),
                    line(
                        second,
                        category,
                        i64::from(*get),
                        price / 2 * i64::from(*get),
                    ),
                ],
            }
        }
        Benefit::Free {
            product,
            quantity_milli,
        } => {
            let pieces = (quantity_milli / 1_000).max(1);
            vec![
                line(first, category, 1, floor),
                line(product.clone(), None, pieces + 1, (pieces + 1) * 15 * unit),
            ]
        }
        Benefit::Percent(_) | Benefit::Amount(_) | Benefit::Voucher(_) => {
            vec![
                line(first, category.clone(), 1, large),
                line(second, category, 1, small),
            ]
        }
    }
}

fn sentences(words: Words, it: &Coupon, view: &CheckView) -> Vec<String> {
    let money = |amount: Money| words.money(amount, it.currency);
    let comma = match words.locale {
        Locale::ZhCn => "、",
        Locale::En => ", ",
    };
    let lines = basket(words, it);
    let named = |amounts: &[Money]| -> String {
        let parts: Vec<String> = lines
            .iter()
            .zip(amounts)
            .filter(|(_, amount)| amount.0 != 0)
            .map(|(line, amount)| {
                let pieces = line.quantity_milli / 1_000;
                let times = if pieces > 1 {
                    [" × ", &pieces.to_string()].concat()
                } else {
                    String::new()
                };
                [&line.product, &times, " ", &money(*amount)].concat()
            })
            .collect();
        parts.join(comma)
    };
    let before: Vec<Money> = lines.iter().map(|line| line.amount).collect();
    let mut said = vec![words.coupons_example_basket(&named(&before), &money(view.gross))];
    let Some(code) = view.codes.first() else {
        return said;
    };
    if code.refused.is_empty() {
        said.push(words.coupons_example_off(&money(code.discount), &named(&code.lines)));
        said.push(words.coupons_example_pay(&money(view.amount)));
    } else {
        said.extend(
            code.refused
                .iter()
                .map(|why| words.coupon_refusal(why, it.currency, None)),
        );
    }
    said
}
