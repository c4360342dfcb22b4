//! A coupon in plain words: a headline, and its terms one by one.

use model::coupon::{Benefit, Coupon, Goods, WHOLE, Way};
use model::{Currency, Decimal, Money};
use text::{Locale, Words};

/// `20 %` of hundredths of a percent.
pub(super) fn percent(share: u32) -> String {
    let share = Decimal {
        units: i64::from(share),
        scale: 2,
    };
    let text = share.to_string();
    match text.split_once('.') {
        Some((whole, fraction)) => {
            let fraction = fraction.trim_end_matches('0');
            if fraction.is_empty() {
                whole.to_owned()
            } else {
                [whole, ".", fraction].concat()
            }
        }
        None => text,
    }
}

/// 折, as Chinese shops say it: 2,000 off is 8 折, 1,500 is 8.5 折.
fn zhe(off: u32) -> String {
    // Tenths of what is left to pay: 8,500 hundredths of a percent are 8.5.
    percent((WHOLE - off.min(WHOLE)) / 10)
}

/// Pieces in thousandths.
pub(super) fn pieces(milli: i64) -> String {
    let text = Decimal {
        units: milli,
        scale: 3,
    }
    .to_string();
    let text = text.trim_end_matches('0').trim_end_matches('.');
    text.to_owned()
}

/// What it takes off, in a few words: `20 % off`, `¥20.00 off from ¥200.00`.
pub(super) fn headline(words: Words, it: &Coupon) -> String {
    let money = |amount: Money| words.money(amount, it.currency);
    let plain = match &it.benefit {
        Benefit::Percent(off) => match words.locale {
            Locale::ZhCn if *off < WHOLE => words.coupons_says_zhe(&percent(*off), &zhe(*off)),
            Locale::ZhCn | Locale::En => words.coupons_says_percent(&percent(*off)),
        },
        Benefit::Amount(off) => words.coupons_says_amount(&money(*off)),
        Benefit::Voucher(value) => words.coupons_says_voucher(&money(*value)),
        Benefit::Free {
            product,
            quantity_milli,
        } => words.coupons_says_free(&pieces(*quantity_milli), product),
        Benefit::BuyGet {
            buy, get, of, off, ..
        } => {
            let (buy, get) = (buy.to_string(), get.to_string());
            let of = of.as_ref().map(|of| goods(words, of)).unwrap_or_default();
            match (*off, of.is_empty()) {
                (WHOLE, true) => words.coupons_says_buy_get(&buy, &get),
                (WHOLE, false) => words.coupons_says_buy_get_of(&buy, &get, &of),
                (off, true) => words.coupons_says_buy_get_off(&buy, &get, &percent(off)),
                (off, false) => words.coupons_says_buy_get_off_of(&buy, &get, &of, &percent(off)),
            }
        }
    };
    let plain = match it.minimum {
        Some(minimum) => words.coupons_says_from(&money(minimum), &plain),
        None => plain,
    };
    match it.way {
        Way::NextOrder { .. } => words.coupons_says_next(&plain),
        Way::Shared(_) | Way::Single => plain,
    }
}

fn goods(words: Words, it: &Goods) -> String {
    let comma = match words.locale {
        Locale::ZhCn => "、",
        Locale::En => ", ",
    };
    match it {
        Goods::All => String::new(),
        Goods::Products(names) | Goods::Categories(names) => names.join(comma),
    }
}

/// Everything that holds besides the headline, one sentence each. `audience` and `with` are names.
pub(super) fn terms(
    words: Words,
    it: &Coupon,
    audience: Option<&str>,
    with: &[String],
) -> Vec<String> {
    let money = |amount: Money, currency: Currency| words.money(amount, currency);
    let mut terms = Vec::new();
    match &it.way {
        // Nothing is promised by a code that is not typed yet.
        Way::Shared(code) if code.is_empty() => {}
        Way::Shared(code) => terms.push(words.coupons_term_shared(code)),
        Way::Single => terms.push(words.coupons_term_single().to_owned()),
        Way::NextOrder { from, days } => {
            terms.push(words.coupons_term_next(&money(*from, it.currency), u64::from(*days)));
        }
    }
    match &it.goods {
        Goods::All => {}
        Goods::Products(_) => terms.push(words.coupons_term_products(&goods(words, &it.goods))),
        Goods::Categories(_) => terms.push(words.coupons_term_categories(&goods(words, &it.goods))),
    }
    if let Benefit::BuyGet {
        times: Some(times), ..
    } = it.benefit
    {
        terms.push(words.coupons_term_times(u64::from(times)));
    }
    if let Some(most) = it.maximum {
        terms.push(words.coupons_term_maximum(&money(most, it.currency)));
    }
    terms.push(match (it.from, it.to) {
        (Some(from), Some(to)) => words.coupons_term_between(&words.day(from), &words.day(to)),
        (Some(from), None) => words.coupons_term_since(&words.day(from)),
        (None, Some(to)) => words.coupons_term_until(&words.day(to)),
        (None, None) => words.coupons_term_always().to_owned(),
    });
    if let Some(limit) = it.per_customer {
        terms.push(words.coupons_term_per_customer(u64::from(limit)));
    }
    if let Some(limit) = it.total {
        terms.push(words.coupons_term_total(u64::from(limit)));
    }
    use model::coupon::{Audience, Combine};
    let name = audience.unwrap_or("?");
    match &it.audience {
        Audience::Everybody => {}
        Audience::Segment(_) => terms.push(words.coupons_term_segment(name)),
        Audience::Tier(_) => terms.push(words.coupons_term_tier(name)),
        Audience::Customer(_) => terms.push(words.coupons_term_customer(name)),
    }
    terms.push(match &it.combine {
        Combine::Alone => words.coupons_term_alone().to_owned(),
        Combine::Any => words.coupons_term_any().to_owned(),
        Combine::With(_) => words.coupons_term_with(&with.join(" · ")),
    });
    terms
}
