//! Checking and using codes wherever something is sold: a field, what each code does, and what is left to pay.

use crate::state::{Asking, use_ask_when, use_currency, use_words};
use model::coupon::{CODES_PER_BASKET, Refusal};
use model::{CustomerId, Money, OrderLine};
use protocol::{CheckView, CodeCheck, CouponQuery, CouponReply, Query, Reply};
use text::Words;
use ui::prelude::*;
use ui::{Button, Icon, IconButton, Input, icon};

/// What is sold, before coupons.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Basket {
    /// The lines.
    pub lines: Vec<OrderLine>,
    /// The total, where there are no lines.
    pub amount: Money,
}

/// The panel. Whoever embeds it sends `codes` with the sale when every one of `result` applies.
#[component]
pub fn CouponPanel(
    /// What is sold, before coupons.
    #[prop(into)]
    basket: Signal<Basket>,
    /// Who buys, if somebody is named.
    #[prop(into)]
    customer: Signal<Option<CustomerId>>,
    /// The codes, as typed.
    codes: RwSignal<Vec<String>>,
    /// What they do to this basket; `None` while that is being worked out, and without codes.
    result: RwSignal<Option<CheckView>>,
) -> impl IntoView {
    let words = use_words();
    let typed = RwSignal::new(String::new());
    let question = Memo::new(move |_| {
        let codes = codes.get();
        (!codes.is_empty()).then(|| {
            let basket = basket.get();
            CouponQuery::Check {
                codes,
                lines: basket.lines,
                amount: Some(basket.amount),
                customer: customer.get(),
            }
        })
    });
    let asking = use_ask_when(move || question.get().map(Query::Coupons));
    keep_result(question, asking, codes, result);
    let add = Callback::new(move |()| {
        let code = typed.get_untracked().trim().to_owned();
        if !code.is_empty() && codes.with_untracked(|codes| codes.len() < CODES_PER_BASKET) {
            codes.update(|codes| codes.push(code));
            typed.set(String::new());
        }
    });
    // Enter adds the code; the form around it is not sent.
    let keys = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Enter" && !event.is_composing() {
            event.prevent_default();
            add.run(());
        }
    };
    let rows = move || {
        let view = result.get();
        codes
            .get()
            .into_iter()
            .enumerate()
            .map(|(at, code)| {
                let check = view.as_ref().and_then(|view| view.codes.get(at)).cloned();
                row(words, at, code, check, codes)
            })
            .collect_view()
    };
    let fault = move || {
        let fault = asking.get().fault?;
        codes
            .with(|codes| !codes.is_empty())
            .then(|| view! { <p class="form-failed" role="alert">{words.fault(&fault)}</p> })
    };
    view! {
        <section class="coupon-panel" aria-label=words.coupons_panel()>
            <div class="coupon-entry" on:keydown=keys>
                <Input label=words.coupons_panel_code() value=typed placeholder=words.coupons_panel_placeholder()/>
                <Button label=words.coupons_panel_add() icon=icon::TAG on_press=add/>
            </div>
            <div role="status">
                <ul class="coupon-checks">{rows}</ul>
            </div>
            {fault}
            {move || result.get().map(|view| sums(words, &view))}
        </section>
    }
    .into_any()
}

/// Keeps `result` to the answer to exactly these codes and this basket.
fn keep_result(
    question: Memo<Option<CouponQuery>>,
    asking: Asking,
    codes: RwSignal<Vec<String>>,
    result: RwSignal<Option<CheckView>>,
) {
    // Nothing is to be paid by an answer to an older question.
    Effect::watch(
        move || question.get(),
        move |_, _, _| {
            result.try_set(None);
        },
        false,
    );
    Effect::new(move |_| {
        let reply = asking.reply();
        let none = codes.with_untracked(Vec::is_empty);
        let count = codes.with_untracked(Vec::len);
        let view = match reply.as_deref() {
            Some(Reply::Coupons(CouponReply::Check(view)))
                if !none && view.codes.len() == count =>
            {
                Some(view.clone())
            }
            _ => None,
        };
        result.set(view);
    });
}

fn row(
    words: Words,
    at: usize,
    code: String,
    check: Option<CodeCheck>,
    codes: RwSignal<Vec<String>>,
) -> AnyView {
    let currency = use_currency();
    let remove = Callback::new(move |()| {
        codes.update(|codes| {
            if at < codes.len() {
                codes.remove(at);
            }
        });
    });
    let Some(check) = check else {
        return view! {
            <li class="coupon-check" aria-busy="true">
                <span><b>{code.clone()}</b></span>
                <IconButton label=words.coupons_panel_remove(&code) icon=icon::CLOSE on_press=remove/>
            </li>
        }
        .into_any();
    };
    let good = check.refused.is_empty();
    let said: Vec<AnyView> = if good {
        let mut said = vec![words.coupons_panel_takes(&words.money(check.discount, currency))];
        said.extend(
            check
                .left
                .map(|left| words.coupons_panel_left(&words.money(left, currency))),
        );
        if check.unrecorded {
            said.push(words.coupons_panel_unrecorded().to_owned());
        }
        said.into_iter()
            .map(|text| view! { <small>{text}</small> }.into_any())
            .collect()
    } else {
        let with = check.with_name.as_deref();
        let say = |why: &Refusal| words.coupon_refusal(why, currency, with);
        check
            .refused
            .iter()
            .map(|why| view! { <small class="refused">{say(why)}</small> }.into_any())
            .collect()
    };
    let glyph = if good { icon::CHECK } else { icon::ALERT };
    let class = if good {
        "coupon-check good"
    } else {
        "coupon-check bad"
    };
    let remove_label = words.coupons_panel_remove(&check.code);
    view! {
        <li class=class>
            <Icon glyph/>
            <span>
                <b>{check.code}</b>
                " "
                {check.name}
                {said}
            </span>
            <IconButton label=remove_label icon=icon::CLOSE on_press=remove/>
        </li>
    }
    .into_any()
}

fn sums(words: Words, view: &CheckView) -> AnyView {
    let currency = use_currency();
    let money = |amount| words.money(amount, currency);
    let off = Money(view.gross.0 - view.amount.0);
    view! {
        <dl class="coupon-sums">
            <div><dt>{words.coupons_panel_before()}</dt><dd>{money(view.gross)}</dd></div>
            <div><dt>{words.coupons_panel_off()}</dt><dd>{money(off)}</dd></div>
            <div class="total"><dt>{words.coupons_panel_pay()}</dt><dd>{money(view.amount)}</dd></div>
        </dl>
    }
    .into_any()
}
