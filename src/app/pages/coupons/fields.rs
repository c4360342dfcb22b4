//! The fields of the form, in plain words.

use super::draft::Draft;
use super::form::Errors;
use crate::pages::orders::choose_customer;
use crate::state::{use_ask, use_words};
use model::coupon::CouponId;
use protocol::{CouponQuery, CouponReply, ProgramView, Query, Reply};
use text::Words;
use ui::prelude::*;
use ui::{Checkbox, Choice, DateField, Input, Segmented, Select, Textarea};

const KINDS: [&str; 6] = ["percent", "amount", "free", "buyget", "voucher", "next"];

fn kind_words(words: Words, kind: &str) -> (&'static str, &'static str) {
    match kind {
        "percent" => (
            words.coupons_kind_percent(),
            words.coupons_kind_percent_text(),
        ),
        "amount" => (
            words.coupons_kind_amount(),
            words.coupons_kind_amount_text(),
        ),
        "free" => (words.coupons_kind_free(), words.coupons_kind_free_text()),
        "buyget" => (
            words.coupons_kind_buyget(),
            words.coupons_kind_buyget_text(),
        ),
        "voucher" => (
            words.coupons_kind_voucher(),
            words.coupons_kind_voucher_text(),
        ),
        _ => (words.coupons_kind_next(), words.coupons_kind_next_text()),
    }
}

/// The six kinds as cards to choose from.
pub(super) fn kinds(draft: Draft) -> AnyView {
    let words = use_words();
    let kind = draft.kind;
    let group = ui::fresh_id("kind");
    let cards: Vec<AnyView> = KINDS
        .into_iter()
        .map(|key| {
            let (title, text) = kind_words(words, key);
            view! {
                <label class="coupon-kind">
                    <input
                        type="radio"
                        name=group.clone()
                        value=key
                        prop:checked=move || kind.with(|now| now == key)
                        on:change=move |_| kind.set(key.to_owned())
                    />
                    <span>
                        <b>{title}</b>
                        <small>{text}</small>
                    </span>
                </label>
            }
            .into_any()
        })
        .collect();
    view! {
        <fieldset class="coupon-kinds">
            <legend class="field-label">{words.coupons_kind()}</legend>
            <div>{cards}</div>
        </fieldset>
    }
    .into_any()
}

/// What it takes off.
pub(super) fn benefit(draft: Draft, errors: Errors) -> AnyView {
    let words = use_words();
    let unit = words.currency_unit(draft.currency);
    let with_unit = move |label: &str| [label, " ", &unit].concat();
    let content = move || {
        let kind = draft.kind.get();
        let amount = |label: &str| {
            let label = with_unit(label);
            view! { <Input label value=draft.amount mode="decimal" error=errors.at("amount")/> }
                .into_any()
        };
        let percent = || {
            view! {
                <Input
                    label=words.coupons_percent()
                    hint=words.coupons_percent_hint()
                    value=draft.percent
                    mode="decimal"
                    error=errors.at("percent")
                />
            }
            .into_any()
        };
        match kind.as_str() {
            "percent" => percent(),
            "amount" => amount(words.coupons_amount()),
            "voucher" => amount(words.coupons_value()),
            "free" => view! {
                <Input label=words.coupons_product() value=draft.product error=errors.at("product")/>
                <Input label=words.coupons_quantity() value=draft.quantity mode="decimal" error=errors.at("quantity")/>
            }
            .into_any(),
            "buyget" => buy_get(words, draft, errors),
            _ => {
                let choices = vec![
                    Choice::new("amount", words.coupons_kind_amount()),
                    Choice::new("percent", words.coupons_kind_percent()),
                ];
                let reward = move || match draft.next_kind.get().as_str() {
                    "percent" => view! {
                        <Input label=words.coupons_percent() value=draft.percent mode="decimal" error=errors.at("percent")/>
                    }
                    .into_any(),
                    _ => view! {
                        <Input label=words.coupons_amount() value=draft.amount mode="decimal" error=errors.at("amount")/>
                    }
                    .into_any(),
                };
                view! {
                    <Input label=with_unit(words.coupons_next_from()) value=draft.next_from mode="decimal" error=errors.at("issueFrom")/>
                    <Input label=words.coupons_next_days() value=draft.next_days mode="numeric" error=errors.at("issueDays")/>
                    <Select label=words.coupons_next_kind() value=draft.next_kind choices/>
                    <div>{reward}</div>
                }
                .into_any()
            }
        }
    };
    view! { <div class="fields">{content}</div> }.into_any()
}

fn buy_get(words: Words, draft: Draft, errors: Errors) -> AnyView {
    view! {
        <Input label=words.coupons_buy() value=draft.buy mode="numeric" error=errors.at("buy")/>
        <Input label=words.coupons_get() value=draft.get mode="numeric" error=errors.at("get")/>
        <Input
            label=words.coupons_off()
            hint=words.coupons_off_hint()
            value=draft.off
            mode="decimal"
            error=errors.at("off")
        />
        <Input
            label=words.coupons_times()
            hint=words.coupons_times_hint()
            value=draft.times
            mode="numeric"
            error=errors.at("times")
        />
        <Textarea label=words.coupons_of() hint=words.coupons_of_hint() value=draft.of rows=2 error=errors.at("of")/>
    }
    .into_any()
}

/// How people come by it.
pub(super) fn way(draft: Draft, errors: Errors) -> AnyView {
    let words = use_words();
    let choices = vec![
        Choice::new("shared", words.coupons_way_shared()),
        Choice::new("single", words.coupons_way_single()),
    ];
    let asked = Memo::new(move |_| {
        draft
            .kind
            .with(|kind| !matches!(kind.as_str(), "next" | "voucher"))
    });
    let shared = Memo::new(move |_| draft.way.with(|way| way == "shared"));
    let content = move || {
        if !asked.get() {
            return draft
                .kind
                .with(|kind| match kind.as_str() {
                    "next" => view! { <p class="quiet">{words.coupons_way_next()}</p> },
                    _ => view! { <p class="quiet">{words.coupons_way_single_text()}</p> },
                })
                .into_any();
        }
        let code = move || {
            if shared.get() {
                view! {
                    <Input
                        label=words.coupons_code()
                        hint=words.coupons_code_hint()
                        value=draft.code
                        error=errors.at("code")
                    />
                }
                .into_any()
            } else {
                view! { <p class="quiet">{words.coupons_way_single_text()}</p> }.into_any()
            }
        };
        view! {
            <Segmented label=words.coupons_way() value=draft.way choices=choices.clone()/>
            <div>{code}</div>
        }
        .into_any()
    };
    view! { <div class="coupon-stack">{content}</div> }.into_any()
}

/// For which goods, from which amount, how long and how often.
pub(super) fn limits(draft: Draft, errors: Errors) -> AnyView {
    let words = use_words();
    let choices = vec![
        Choice::new("all", words.coupons_goods_all()),
        Choice::new("products", words.coupons_goods_products()),
        Choice::new("categories", words.coupons_goods_categories()),
    ];
    let some = Memo::new(move |_| draft.goods.with(|goods| goods != "all"));
    let names = move || {
        some.get().then(|| {
            view! {
                <Textarea
                    label=words.coupons_goods_names()
                    hint=words.coupons_goods_hint()
                    value=draft.names
                    rows=2
                    error=errors.at("goods")
                />
            }
        })
    };
    let unit = words.currency_unit(draft.currency);
    let with_unit = |label: &str| [label, " ", &unit].concat();
    view! {
        <Segmented label=words.coupons_goods() value=draft.goods choices/>
        <div>{names}</div>
        <div class="fields">
            <Input
                label=with_unit(words.coupons_minimum())
                hint=words.coupons_minimum_hint()
                value=draft.minimum
                mode="decimal"
                error=errors.at("minimum")
            />
            <Input
                label=with_unit(words.coupons_maximum())
                hint=words.coupons_empty_hint()
                value=draft.maximum
                mode="decimal"
                error=errors.at("maximum")
            />
            <DateField label=words.coupons_from() hint=words.coupons_days_hint() value=draft.from error=errors.at("from")/>
            <DateField label=words.coupons_to() hint=words.coupons_days_hint() value=draft.to error=errors.at("to")/>
            <Input
                label=words.coupons_per_customer()
                hint=words.coupons_empty_hint()
                value=draft.per_customer
                mode="numeric"
                error=errors.at("perCustomer")
            />
            <Input
                label=words.coupons_total()
                hint=words.coupons_empty_hint()
                value=draft.total
                mode="numeric"
                error=errors.at("total")
            />
        </div>
    }
    .into_any()
}

/// For whom.
pub(super) fn audience(draft: Draft, errors: Errors) -> AnyView {
    let words = use_words();
    let choices = vec![
        Choice::new("all", words.coupons_for_all()),
        Choice::new("segment", words.coupons_for_segment()),
        Choice::new("tier", words.coupons_for_tier()),
        Choice::new("customer", words.coupons_for_customer()),
    ];
    let which = Memo::new(move |_| draft.audience.get());
    let content = move || match which.get().as_str() {
        "segment" => segments(words, draft, errors),
        "tier" => tiers(words, draft, errors),
        "customer" => choose_customer(draft.customer, errors.at("customer")),
        _ => ().into_any(),
    };
    view! {
        <Segmented label=words.coupons_audience() value=draft.audience choices/>
        <div>{content}</div>
    }
    .into_any()
}

fn segments(words: Words, draft: Draft, errors: Errors) -> AnyView {
    let asking = use_ask(|| Query::Segments);
    asking.view("text", move |reply| {
        let Reply::Segments(all) = reply else {
            return ().into_any();
        };
        let saved = all
            .iter()
            .filter_map(|it| Some(Choice::new(it.id?.to_string(), it.name.clone())));
        let mut choices = vec![Choice::new("", words.coupons_choose())];
        choices.extend(saved);
        if choices.len() == 1 {
            return view! { <p class="quiet">{words.coupons_no_segments()}</p> }.into_any();
        }
        view! { <Select label=words.coupons_for_segment() value=draft.segment choices error=errors.at("audience")/> }
            .into_any()
    })
}

fn tiers(words: Words, draft: Draft, errors: Errors) -> AnyView {
    let asking = use_ask(|| Query::Program);
    asking.view("text", move |reply| {
        let program = match reply {
            Reply::Program(Some(ProgramView { program, .. })) => {
                model::program::Program::parse(program).ok()
            }
            _ => None,
        };
        let levels = program
            .and_then(|program| program.tiers)
            .map(|tiers| tiers.levels)
            .unwrap_or_default();
        if levels.is_empty() {
            return view! { <p class="quiet">{words.coupons_no_tiers()}</p> }.into_any();
        }
        let mut choices = vec![Choice::new("", words.coupons_choose())];
        choices.extend(
            levels
                .into_iter()
                .map(|tier| Choice::new(tier.id, tier.name)),
        );
        view! {
            <Select
                label=words.coupons_for_tier()
                hint=words.coupons_tier_hint()
                value=draft.tier
                choices
                error=errors.at("audience")
            />
        }
        .into_any()
    })
}

/// What it goes together with.
pub(super) fn combine(draft: Draft, own: Option<CouponId>) -> AnyView {
    let words = use_words();
    let choices = vec![
        Choice::new("alone", words.coupons_combine_alone()),
        Choice::new("any", words.coupons_combine_any()),
        Choice::new("with", words.coupons_combine_with()),
    ];
    let asking = use_ask(|| Query::Coupons(CouponQuery::List));
    let some = Memo::new(move |_| draft.combine.with(|it| it == "with"));
    let others = move || {
        some.get().then(|| {
            asking.view("text", move |reply| match reply {
                Reply::Coupons(CouponReply::List(rows)) => rows
                    .iter()
                    .filter(|row| Some(row.id) != own)
                    .map(|row| tick(draft, row.id, row.coupon.name.clone()))
                    .collect_view()
                    .into_any(),
                _ => ().into_any(),
            })
        })
    };
    view! {
        <Segmented label=words.coupons_combine() value=draft.combine choices/>
        <p class="quiet">{words.coupons_combine_hint()}</p>
        <div class="coupon-ticks">{others}</div>
    }
    .into_any()
}

fn tick(draft: Draft, id: CouponId, name: String) -> AnyView {
    let value = RwSignal::new(draft.with.with_untracked(|with| with.contains(&id)));
    let change = Callback::new(move |on: bool| {
        draft.with.update(|with| {
            if on {
                with.insert(id);
            } else {
                with.remove(&id);
            }
        });
    });
    view! { <Checkbox label=name value on_change=change/> }.into_any()
}
