//! The form: each block is one question an owner can answer.

use super::fields::{Fields, Level, amount, decimal, whole};
use text::Words;
use ui::prelude::*;
use ui::{Button, Checkbox, Choice, IconButton, Input, Look, Select, icon};

/// Says what a field must be, while it is not.
fn check(
    text: RwSignal<String>,
    good: impl Fn(&str) -> bool + Send + Sync + 'static,
    what: &'static str,
) -> Signal<Option<String>> {
    Signal::derive(move || (!text.with(|text| good(text))).then(|| what.to_owned()))
}

fn check_whole(words: Words, text: RwSignal<String>) -> Signal<Option<String>> {
    check(
        text,
        |text| whole(text).is_some(),
        words.points_program_wrong_whole(),
    )
}

/// The whole form.
pub fn form(words: Words, fields: Fields) -> AnyView {
    view! {
        <div class="program-form">
            {earn(words, &fields)}
            {expiry(words, &fields)}
            {redeem(words, &fields)}
            {tiers(words, &fields)}
        </div>
    }
    .into_any()
}

fn earn(words: Words, fields: &Fields) -> AnyView {
    let currency = fields.currency();
    let per_error = check(
        fields.per,
        move |text| amount(text, currency).is_some(),
        words.points_program_wrong_positive(),
    );
    let points_error = check(
        fields.points,
        |text| decimal(text).is_some(),
        words.points_program_wrong_number(),
    );
    let per_label = [
        words.points_program_per(),
        " (",
        &words.currency_unit(currency),
        ")",
    ]
    .concat();
    let others = fields.other_rules();
    view! {
        <section class="block">
            <h2>{words.points_program_earn()}</h2>
            <div class="form-columns">
                <Input label=words.points_program_name() value=fields.name/>
                <Input label=per_label value=fields.per error=per_error mode="decimal"/>
                <Input label=words.points_program_points() value=fields.points error=points_error mode="decimal"/>
                <Input
                    label=words.points_program_pending()
                    value=fields.pending
                    error=check_whole(words, fields.pending)
                    hint=words.points_program_pending_hint()
                    mode="numeric"
                />
            </div>
            {(others > 0).then(|| view! { <p class="note">{words.points_program_earn_others(others)}</p> })}
        </section>
    }
    .into_any()
}

fn expiry(words: Words, fields: &Fields) -> AnyView {
    let kind = fields.expiry;
    let (n, round_up) = (fields.expiry_n, fields.round_up);
    let kinds = vec![
        Choice::new("months", words.points_program_expiry_months()),
        Choice::new("days", words.points_program_expiry_days()),
        Choice::new("year_end", words.points_program_expiry_year_end()),
        Choice::new("inactivity", words.points_program_expiry_inactivity()),
        Choice::new("never", words.points_program_expiry_never()),
    ];
    let refunds = vec![
        Choice::new("unlimited", words.points_program_refund_unlimited()),
        Choice::new("within_balance", words.points_program_refund_within()),
        Choice::new("only_pending", words.points_program_refund_pending()),
    ];
    view! {
        <section class="block">
            <h2>{words.points_program_expiry()}</h2>
            <div class="form-columns">
                <Select label=words.points_program_expiry_kind() value=kind choices=kinds/>
                <Show when=move || kind.with(|kind| kind != "never")>
                    <Input
                        label=words.points_program_expiry_n()
                        value=n
                        error=check_whole(words, n)
                        mode="numeric"
                    />
                </Show>
                <Select label=words.points_program_refund() value=fields.refund choices=refunds/>
            </div>
            <Show when=move || kind.with(|kind| kind == "months")>
                <Checkbox label=words.points_program_round_up() value=round_up/>
            </Show>
        </section>
    }
    .into_any()
}

fn redeem(words: Words, fields: &Fields) -> AnyView {
    let (on, currency) = (fields.redeem, fields.currency());
    let (points, worth) = (fields.redeem_points, fields.redeem_worth);
    let (step, min, share) = (fields.redeem_step, fields.redeem_min, fields.redeem_share);
    let worth_label = [
        words.points_program_redeem_worth(),
        " (",
        &words.currency_unit(currency),
        ")",
    ]
    .concat();
    let worth_label = StoredValue::new(worth_label);
    view! {
        <section class="block">
            <h2>{words.points_program_redeem()}</h2>
            <Checkbox label=words.points_program_redeem_on() value=on/>
            <Show when=move || on.get()>
                <div class="form-columns">
                    <Input
                        label=words.points_program_redeem_points()
                        value=points
                        error=check_whole(words, points)
                        mode="numeric"
                    />
                    <Input
                        label=worth_label.get_value()
                        value=worth
                        error=check(
                            worth,
                            move |text| amount(text, currency).is_some(),
                            words.points_program_wrong_positive(),
                        )
                        mode="decimal"
                    />
                    <Input
                        label=words.points_program_redeem_step()
                        value=step
                        error=check_whole(words, step)
                        mode="numeric"
                    />
                    <Input
                        label=words.points_program_redeem_min()
                        value=min
                        error=check_whole(words, min)
                        mode="numeric"
                    />
                    <Input
                        label=words.points_program_redeem_share()
                        value=share
                        hint=words.points_program_redeem_share_hint()
                        mode="decimal"
                    />
                </div>
            </Show>
        </section>
    }
    .into_any()
}

fn tiers(words: Words, fields: &Fields) -> AnyView {
    let (on, levels) = (fields.tiers, fields.levels);
    let (measure, window) = (fields.measure, fields.window);
    let measures = StoredValue::new(vec![
        Choice::new("qualifying_points", words.points_program_measure_points()),
        Choice::new("spend", words.points_program_measure_spend()),
        Choice::new("visits", words.points_program_measure_visits()),
    ]);
    let rows = move || {
        levels
            .get()
            .into_iter()
            .enumerate()
            .map(|(i, level)| level_row(words, levels, i, level))
            .collect_view()
    };
    view! {
        <section class="block">
            <h2>{words.points_program_tiers()}</h2>
            <Checkbox label=words.points_program_tiers_on() value=on/>
            <Show when=move || on.get()>
                <div class="form-columns">
                    <Select label=words.points_program_measure() value=measure choices=measures.get_value()/>
                    <Input label=words.points_program_window() value=window mode="numeric"/>
                </div>
                <div class="levels">{rows}</div>
                <div class="actions">
                    <Button
                        label=words.points_program_level_add()
                        look=Look::Quiet
                        icon=icon::PLUS
                        on_press=move |()| levels.update(|all| all.push(Level::blank()))
                    />
                </div>
            </Show>
        </section>
    }
    .into_any()
}

fn level_row(words: Words, levels: RwSignal<Vec<Level>>, index: usize, level: Level) -> AnyView {
    let name = level.name.get_untracked();
    // Only the first row's labels are seen; readers hear all.
    let hidden = index > 0;
    view! {
        <div class="level">
            <Input label=words.points_program_level() value=level.name label_hidden=hidden/>
            <Input label=words.points_program_level_from() value=level.from label_hidden=hidden mode="decimal"/>
            <Input label=words.points_program_level_multiply() value=level.multiply label_hidden=hidden mode="decimal" placeholder="1"/>
            <IconButton
                label=words.points_program_level_remove(&name)
                icon=icon::TRASH
                on_press=move |()| {
                    levels
                        .update(|all| {
                            if all.len() > 1 {
                                all.remove(index);
                            }
                        });
                }
            />
        </div>
    }
    .into_any()
}
