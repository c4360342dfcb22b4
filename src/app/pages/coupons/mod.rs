//! Coupons: the list, one coupon with codes and uses, the form, and the panel that checks codes wherever something is sold.

mod codes;
mod describe;
mod detail;
mod draft;
mod example;
mod fields;
mod form;
mod held;
mod list;
mod panel;
mod uses;

pub use held::CustomerCoupons;
pub use panel::{Basket, CouponPanel};

use crate::router::Route;
use crate::state::{use_place, use_title, use_words};
use model::coupon::CouponId;
use ui::prelude::*;
use ui::{EmptyState, LinkButton, icon};

/// What part of the section is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    List,
    New,
    One(CouponId),
    Edit(CouponId),
    Nothing,
}

/// The coupons page.
#[component]
pub fn CouponsPage() -> impl IntoView {
    let words = use_words();
    use_title(words.coupons_title());
    let place = use_place();
    let shown = Memo::new(move |_| {
        place.with(|place| match &place.route {
            Route::Coupons(view) if view.is_empty() => Shown::List,
            Route::Coupons(view) if view == "new" => Shown::New,
            Route::Coupons(view) => match view.parse() {
                Ok(id) if place.params.get("edit").is_some() => Shown::Edit(id),
                Ok(id) => Shown::One(id),
                Err(_) => Shown::Nothing,
            },
            _ => Shown::List,
        })
    });
    view! {
        <div class="page coupons">
            {move || match shown.get() {
                Shown::List => view! { <list::CouponList/> }.into_any(),
                Shown::New => view! { <form::CouponForm id=None/> }.into_any(),
                Shown::Edit(id) => view! { <form::CouponForm id=Some(id)/> }.into_any(),
                Shown::One(id) => view! { <detail::CouponDetail id/> }.into_any(),
                Shown::Nothing => view! {
                    <EmptyState title=words.coupons_gone_title() text=words.coupons_gone_text() icon=icon::TAG>
                        <LinkButton label=words.coupons_back() href=Route::Coupons(String::new()).href()/>
                    </EmptyState>
                }
                .into_any(),
            }}
        </div>
    }
    .into_any()
}

/// The link to a coupon, or to a tab of it.
fn href(id: CouponId, tab: &str) -> String {
    Route::Coupons(id.to_string()).with(&[("tab", tab)])
}

/// 32 hexadecimal digits of the browser's randomness.
fn seed() -> String {
    let mut bytes = [0u8; 16];
    let crypto = window().crypto();
    // Every browser we run in has it; without it the codes would be guessable, and the worker refuses an empty seed.
    if crypto
        .and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes))
        .is_err()
    {
        return String::new();
    }
    let mut text = String::with_capacity(32);
    for byte in bytes {
        for digit in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(u32::from(digit), 16));
        }
    }
    text
}
