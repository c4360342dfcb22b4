//! The form: each block is one question an owner can answer.

use super::editing::Editing;
use super::rows::{KINDS, Level, Prize, Rule};
use super::rule;
use text::Words;
use ui::prelude::*;
use ui::{Button, Checkbox, Choice, IconButton, Input, Look, Menu, MenuItem, Select, icon};

/// Choices of a vocabulary in words.
pub fn choices(words: Words, kind: &str, codes: &[&'static str]) -> Vec<Choice> {
    let choice = |code: &&'static str| Choice::new(*code, words.program_name_of(kind, code));
    codes.iter().map(choice).collect()
}

/// A label with the currency's unit.
pub fn labelled_unit(editing: Editing, label: &str) -> String {
    let words = editing.words;
    let unit = words.currency_unit(editing.draft.currency);
    let unit = words.program_currency_unit(unit.trim());
    match words.locale {
        text::Locale::ZhCn => [label, &unit].concat(),
        text::Locale::En => [label, " ", &unit].concat(),
    }
}

/// The whole form.
pub fn form(editing: Editing) -> AnyView {
    view! {
        <div class="program-form">
            {general(editing)}
            {earn(editing)}
            {expiry(editing)}
            {redeem(editing)}
            {rewards(editing)}
            {tiers(editing)}
        </div>
    }
    .into_any()
}

fn general(editing: Editing) -> AnyView {
    let words = editing.words;
    view! {
        <section class="block">
            <h2>{words.program_general()}</h2>
            <div class="form-columns">
                <Input
                    label=words.program_name()
                    value=editing.draft.name
                    hint=words.program_name_hint()
                    error=editing.error_at("name")
                />
            </div>
        </section>
    }
    .into_any()
}

fn earn(editing: Editing) -> AnyView {
    let (words, draft) = (editing.words, editing.draft);
    let rules = draft.rules;
    let fresh = StoredValue::new(0u32);
    let items = KINDS
        .into_iter()
        .map(|kind| {
            let name = words.program_name_of("add", kind);
            MenuItem::new(name, icon::PLUS, move || {
                let rule = draft.own(|| Rule::fresh(&draft, kind));
                fresh.set_value(rule.key);
                rules.update(|all| all.push(rule));
            })
        })
        .collect();
    let several = move || {
        rules.with(|all| all.iter().filter(|it| it.kind == "multiply").count()) > 1
            || draft.tiers.get() && rules.with(|all| all.iter().any(|it| it.kind == "multiply"))
            || draft.stacking.with(|it| it != "multiply")
    };
    view! {
        <section class="block">
            <h2>{words.program_earn()}</h2>
            <p class="note">{words.program_earn_hint()}</p>
            <div class="rules">
                <For
                    each=move || rules.get()
                    key=|it: &Rule| it.key
                    children=move |it: Rule| rule::card(editing, it, fresh.get_value() == it.key || is_main(editing, it))
                />
            </div>
            <Show when=move || rules.with(Vec::is_empty)>
                <p class="note">{words.program_earn_none()}</p>
            </Show>
            <div class="actions">
                <Menu label=words.program_add() icon=icon::PLUS items/>
            </div>
            <div class="form-columns">
                <Input
                    label=words.program_pending()
                    value=draft.pending
                    hint=words.program_pending_hint()
                    error=editing.error_at("pending_days")
                    mode="numeric"
                />
                <Show when=several>
                    <Select
                        label=words.program_stacking()
                        value=draft.stacking
                        choices=choices(words, "stacking", &["multiply", "add", "best"])
                    />
                </Show>
            </div>
        </section>
    }
    .into_any()
}

/// The rule that most programmes live by is open from the start.
fn is_main(editing: Editing, rule: Rule) -> bool {
    let rules = editing.draft.rules;
    let first =
        rules.with_untracked(|all| all.iter().find(|it| it.kind == "rate").map(|it| it.key));
    first == Some(rule.key)
}

fn expiry(editing: Editing) -> AnyView {
    let (words, draft) = (editing.words, editing.draft);
    let kind = draft.expiry;
    let kinds = choices(
        words,
        "expiry",
        &["months", "days", "year_end", "inactivity", "never"],
    );
    let number = move || {
        let (label, path, hint) = match kind.get().as_str() {
            "days" => (words.program_expiry_days_n(), "expiry.n", ""),
            "months" => (words.program_expiry_months_n(), "expiry.n", ""),
            "year_end" => (
                words.program_expiry_years(),
                "expiry.years",
                words.program_expiry_years_hint(),
            ),
            "inactivity" => (words.program_expiry_months_n(), "expiry.months", ""),
            _ => return ().into_any(),
        };
        let error = editing.error_at(path);
        view! { <Input label=label value=draft.expiry_n hint=hint error mode="numeric"/> }
            .into_any()
    };
    let periods = StoredValue::new(choices(
        words,
        "round_up",
        &["none", "month", "quarter", "half_year", "year"],
    ));
    let refunds = choices(
        words,
        "refund",
        &["unlimited", "within_balance", "only_pending"],
    );
    view! {
        <section class="block">
            <h2>{words.program_expiry()}</h2>
            <div class="form-columns">
                <Select label=words.program_expiry_kind() value=kind choices=kinds/>
                {number}
                <Show when=move || kind.with(|kind| kind == "months")>
                    <Select label=words.program_round_up() value=draft.round_up choices=periods.get_value()/>
                </Show>
                <Select label=words.program_refund() value=draft.refund choices=refunds/>
            </div>
        </section>
    }
    .into_any()
}

fn redeem(editing: Editing) -> AnyView {
    let (words, draft) = (editing.words, editing.draft);
    let on = draft.redeem;
    let fields = move || {
        if !on.get() {
            return ().into_any();
        }
        let whole = |label: &'static str, value, path, hint: &'static str| {
            let error = editing.error_at(path);
            view! { <Input label=label value=value hint=hint error mode="numeric"/> }.into_any()
        };
        let share_wrong = editing.error_at("redeem.max_share");
        let share_error = Signal::derive(move || {
            share_wrong
                .get()
                .map(|_| words.program_redeem_share_wrong().to_owned())
        });
        view! {
            <div class="form-columns">
                {whole(words.program_redeem_points(), draft.redeem_points, "redeem.points", "")}
                <Input
                    label=labelled_unit(editing, words.program_redeem_worth())
                    value=draft.redeem_worth
                    error=editing.error_at("redeem.worth")
                    mode="decimal"
                />
                {whole(words.program_redeem_step(), draft.redeem_step, "redeem.step", "")}
                {whole(words.program_redeem_min(), draft.redeem_min, "redeem.min_points", "")}
                <Input
                    label=words.program_redeem_share()
                    value=draft.redeem_share
                    hint=words.program_redeem_share_hint()
                    error=share_error
                    mode="decimal"
                />
                {whole(
                    words.program_redeem_most(),
                    draft.redeem_most,
                    "redeem.max_points",
                    words.program_redeem_most_hint(),
                )}
            </div>
        }
        .into_any()
    };
    view! {
        <section class="block">
            <h2>{words.program_redeem()}</h2>
            <Checkbox label=words.program_redeem_on() value=on/>
            {fields}
        </section>
    }
    .into_any()
}

/// What is wrong with a row of a list, by its key.
fn row_error(
    editing: Editing,
    list: &'static str,
    index: Signal<usize>,
    part: &'static str,
) -> Signal<Option<String>> {
    editing.error(move || [list, "[", &index.get().to_string(), "].", part].concat())
}

fn rewards(editing: Editing) -> AnyView {
    let (words, draft) = (editing.words, editing.draft);
    let prizes = draft.prizes;
    let add = move |()| {
        let prize = draft.own(|| Prize::fresh(&draft));
        prizes.update(|all| all.push(prize));
    };
    view! {
        <section class="block">
            <h2>{words.program_rewards()}</h2>
            <Show when=move || prizes.with(Vec::is_empty)>
                <p class="note">{words.program_rewards_none()}</p>
            </Show>
            <div class="prizes">
                <For each=move || prizes.get() key=|it: &Prize| it.key children=move |it| prize_row(editing, it)/>
            </div>
            <div class="actions">
                <Button label=words.program_reward_add() look=Look::Quiet icon=icon::PLUS on_press=add/>
            </div>
        </section>
    }
    .into_any()
}

fn prize_row(editing: Editing, prize: Prize) -> AnyView {
    let words = editing.words;
    let prizes = editing.draft.prizes;
    let index = Signal::derive(move || {
        prizes.with(|all| all.iter().position(|it| it.key == prize.key).unwrap_or(0))
    });
    let error = move |part| row_error(editing, "rewards", index, part);
    let remove = move |()| {
        editing.replaced.set(Some(editing.kept()));
        prizes.update(|all| all.retain(|it| it.key != prize.key));
    };
    view! {
        <div class="prize">
            <Input label=words.program_reward_name() value=prize.name error=error("name")/>
            <Input label=words.program_reward_points() value=prize.points error=error("points") mode="numeric"/>
            <Input
                label=words.program_reward_stock()
                value=prize.stock
                hint=words.program_reward_stock_hint()
                error=error("stock")
                mode="numeric"
            />
            {move || {
                let label = words.program_reward_remove(&prize.name.get());
                view! { <IconButton label icon=icon::TRASH on_press=remove/> }.into_any()
            }}
        </div>
    }
    .into_any()
}

fn tiers(editing: Editing) -> AnyView {
    let (words, draft) = (editing.words, editing.draft);
    let on = draft.tiers;
    let switched = Callback::new(move |on: bool| {
        if on && draft.levels.with_untracked(Vec::is_empty) {
            let level = draft.own(|| Level::fresh(&draft));
            level.name.set(words.program_tier_1().to_owned());
            draft.levels.set(vec![level]);
        }
    });
    let fields = move || {
        if on.get() {
            tier_fields(editing)
        } else {
            ().into_any()
        }
    };
    view! {
        <section class="block">
            <h2>{words.program_tiers()}</h2>
            <Checkbox label=words.program_tiers_on() value=on on_change=switched/>
            {fields}
        </section>
    }
    .into_any()
}

fn tier_fields(editing: Editing) -> AnyView {
    let (words, draft) = (editing.words, editing.draft);
    let levels = draft.levels;
    let named = |kind, codes: &[&'static str]| choices(words, kind, codes);
    let windows = ["rolling_months", "calendar_year", "anniversary", "lifetime"];
    let add = move |()| {
        let level = draft.own(|| Level::fresh(&draft));
        levels.update(|all| all.push(level));
    };
    let list_error = editing.error(|| "tiers.levels".to_owned());
    let list_error = move || {
        let none = levels.with(Vec::is_empty);
        list_error
            .get()
            .filter(|_| none)
            .map(|text| view! { <p class="field-error">{text}</p> })
    };
    view! {
        <div class="form-columns">
            <Select
                label=words.program_measure()
                value=draft.measure
                choices=named("measure", &["qualifying_points", "spend", "visits"])
            />
            <Select label=words.program_window() value=draft.window choices=named("window", &windows)/>
            <Show when=move || draft.window.with(|kind| kind == "rolling_months")>
                <Input
                    label=words.program_window_n()
                    value=draft.window_n
                    error=editing.error_at("tiers.window.n")
                    mode="numeric"
                />
            </Show>
            <Select
                label=words.program_upgrade()
                value=draft.upgrade
                choices=named("upgrade", &["at_once", "period_end"])
            />
            <Select
                label=words.program_downgrade()
                value=draft.downgrade
                choices=named("downgrade", &["one_down", "to_measure", "never"])
            />
            <Input
                label=words.program_keep()
                value=draft.keep
                hint=words.program_keep_hint()
                error=editing.error_at("tiers.keep_months")
                mode="numeric"
            />
        </div>
        <div class="levels">
            <For each=move || levels.get() key=|it: &Level| it.key children=move |it| level_row(editing, it)/>
        </div>
        {list_error}
        <div class="actions">
            <Button label=words.program_level_add() look=Look::Quiet icon=icon::PLUS on_press=add/>
        </div>
    }
    .into_any()
}

fn level_row(editing: Editing, level: Level) -> AnyView {
    let (words, draft) = (editing.words, editing.draft);
    let levels = draft.levels;
    let index = Signal::derive(move || {
        levels.with(|all| all.iter().position(|it| it.key == level.key).unwrap_or(0))
    });
    let error = move |part| row_error(editing, "tiers.levels", index, part);
    let remove = move |()| {
        editing.replaced.set(Some(editing.kept()));
        levels.update(|all| all.retain(|it| it.key != level.key));
    };
    view! {
        <div class="level">
            <Input label=words.program_level() value=level.name error=error("name")/>
            <Input label=words.program_level_from() value=level.from error=error("from") mode="decimal"/>
            <Input
                label=words.program_level_multiply()
                value=level.multiply
                error=error("multiply")
                mode="decimal"
                placeholder="1"
            />
            {move || {
                let label = words.program_level_remove(&level.name.get());
                view! { <IconButton label icon=icon::TRASH on_press=remove/> }.into_any()
            }}
        </div>
    }
    .into_any()
}
