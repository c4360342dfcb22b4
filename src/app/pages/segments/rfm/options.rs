//! How to score: the way, the spans, the money, the orders, the owner's own limits.
//!
//! The fields show what the address asks for (else what is saved) and write each change into the address; saving makes
//! it what the scores of rules mean.

use super::{link, saved_options};
use crate::router::{self, Place};
use crate::state::{apply_in, use_client, use_currency, use_place, use_state, use_words};
use leptos::task::spawn_local;
use model::rfm::{span_of, span_text};
use model::{Currency, Money, MoneyBasis, RfmLimits, RfmOptions, RfmScoring};
use protocol::{Command, Query, Reply, SegmentQuery, SegmentReply, ValuesOf};
use serde::Deserialize;
use text::Words;
use ui::prelude::*;
use ui::{Button, Choice, IconButton, Input, Look, Segmented, Select, icon};

/// One condition on orders, as a person edits it.
#[derive(Clone, Copy)]
struct Row {
    id: u64,
    field: RwSignal<String>,
    op: RwSignal<String>,
    value: RwSignal<String>,
}

/// A condition as the filter's JSON has it.
#[derive(Deserialize)]
struct Stored {
    attr: String,
    op: String,
    value: String,
}

const FIELDS: [&str; 4] = ["category", "product", "channel", "coupon"];
const OPS: [&str; 3] = ["eq", "ne", "contains"];

/// All fields as signals.
#[derive(Clone, Copy)]
struct Draft {
    scoring: RwSignal<String>,
    orders: RwSignal<String>,
    money: RwSignal<String>,
    basis: RwSignal<String>,
    rows: RwSignal<Vec<Row>>,
    /// A filter that these rows cannot say (from a link); kept as it is while there are no rows.
    other: RwSignal<String>,
    limits: [[RwSignal<String>; 4]; 3],
    currency: Currency,
    next: RwSignal<u64>,
}

fn number(text: &str) -> Option<u32> {
    text.trim().parse().ok()
}

impl Draft {
    fn new(options: &RfmOptions, currency: Currency) -> Self {
        let text = || RwSignal::new(String::new());
        let draft = Self {
            scoring: text(),
            orders: text(),
            money: text(),
            basis: text(),
            rows: RwSignal::new(Vec::new()),
            other: text(),
            limits: std::array::from_fn(|_| std::array::from_fn(|_| text())),
            currency,
            next: RwSignal::new(0),
        };
        draft.take(options);
        draft
    }

    /// Shows these options.
    fn take(&self, options: &RfmOptions) {
        let span = |span: Option<model::rule::Span>| span.map(span_text).unwrap_or_default();
        self.scoring.set(options.scoring.name().to_owned());
        self.orders.set(span(options.frequency_within));
        self.money.set(span(options.money_within));
        self.basis.set(options.basis.name().to_owned());
        let stored = serde_json::from_str::<Vec<Stored>>(&options.filter).unwrap_or_default();
        let plain =
            |it: &Stored| FIELDS.contains(&it.attr.as_str()) && OPS.contains(&it.op.as_str());
        let simple = !stored.is_empty() && stored.iter().all(plain);
        self.other.set(if simple {
            String::new()
        } else {
            options.filter.clone()
        });
        let rows = if simple { stored } else { Vec::new() };
        let rows = rows
            .into_iter()
            .map(|it| self.row(it.attr, it.op, it.value));
        self.rows.set(rows.collect());
        let limits = &options.limits;
        let money = limits.money.map(|money| money.to_decimal(self.currency));
        let texts = [
            limits.recency_days.map(|days| days.to_string()),
            limits.orders.map(|orders| orders.to_string()),
            money,
        ];
        for (signals, texts) in self.limits.iter().zip(texts) {
            for (signal, text) in signals.iter().zip(texts) {
                signal.set(text);
            }
        }
    }

    fn row(&self, field: String, op: String, value: String) -> Row {
        let id = self.next.get_untracked();
        self.next.set(id + 1);
        Row {
            id,
            field: RwSignal::new(field),
            op: RwSignal::new(op),
            value: RwSignal::new(value),
        }
    }

    fn limits(&self) -> Option<RfmLimits> {
        let [days, orders, money] = self.limits;
        let whole = |signals: [RwSignal<String>; 4]| {
            let [a, b, c, d] = signals.map(|signal| signal.with(|text| number(text)));
            Some([a?, b?, c?, d?])
        };
        let [a, b, c, d] =
            money.map(|signal| signal.with(|text| Money::parse(text.trim(), self.currency).ok()));
        Some(RfmLimits {
            recency_days: whole(days)?,
            orders: whole(orders)?,
            money: [a?, b?, c?, d?],
        })
    }

    fn filter(&self) -> String {
        let rows = self.rows.get();
        let said: Vec<String> = rows
            .iter()
            .filter(|row| row.value.with(|value| !value.trim().is_empty()))
            .filter_map(|row| {
                let value = row
                    .value
                    .with(|value| serde_json::to_string(value.trim()).ok())?;
                Some(
                    [
                        "{\"attr\":\"",
                        &row.field.get(),
                        "\",\"op\":\"",
                        &row.op.get(),
                        "\",\"value\":",
                        &value,
                        "}",
                    ]
                    .concat(),
                )
            })
            .collect();
        if said.is_empty() {
            return self.other.get();
        }
        ["[", &said.join(","), "]"].concat()
    }

    /// What the fields say; `None` while the owner's limits are no numbers.
    fn options(&self) -> Option<RfmOptions> {
        let scoring = RfmScoring::of(&self.scoring.get()).unwrap_or_default();
        let limits = match (scoring, self.limits()) {
            (RfmScoring::Fixed, limits) => limits?,
            (_, limits) => limits.unwrap_or_default(),
        };
        Some(RfmOptions {
            scoring,
            frequency_within: span_of(&self.orders.get()),
            money_within: span_of(&self.money.get()),
            basis: MoneyBasis::of(&self.basis.get()).unwrap_or_default(),
            filter: self.filter(),
            limits,
        })
    }

    /// What is wrong with the owner's limits.
    fn wrong(&self, words: Words) -> Option<String> {
        if self.scoring.get() != RfmScoring::Fixed.name() {
            return None;
        }
        let measure = match self.limits() {
            None => Some("recency"),
            Some(limits) => limits.wrong(),
        };
        measure.map(|measure| {
            words.scoring_limits_wrong(match measure {
                "recency" => words.scoring_measure_recency(),
                "orders" => words.scoring_measure_orders(),
                _ => words.scoring_measure_money(),
            })
        })
    }
}

/// Spans as choices, with one that is chosen already.
fn spans(words: Words, chosen: &str) -> Vec<Choice> {
    let mut choices = vec![Choice::new("", words.scoring_within_all())];
    for span in [
        "30 day", "90 day", "6 month", "12 month", "24 month", "36 month",
    ] {
        choices.push(Choice::new(span, span_words(words, span)));
    }
    if !chosen.is_empty() && choices.iter().all(|choice| choice.value != chosen) {
        choices.push(Choice::new(chosen, span_words(words, chosen)));
    }
    choices
}

fn span_words(words: Words, text: &str) -> String {
    span_of(text).map_or_else(|| text.to_owned(), |span| words.last_span(span))
}

/// The panel.
#[component]
pub(super) fn Options() -> impl IntoView {
    let (words, currency) = (use_words(), use_currency());
    let (state, place) = (use_state(), use_place());
    let asked = Memo::new(move |_| place.with(|place| link::options_of(&place.params)));
    let status = crate::state::use_status();
    let saved = Memo::new(move |_| {
        status.with(|status| status.as_ref().map(|status| status.settings.rfm.clone()))
    });
    let shown = asked.get_untracked().unwrap_or_else(saved_options);
    let draft = Draft::new(&shown, currency);
    // The address decides; the fields follow when it changes by itself (back, a link).
    Effect::new(move |_| {
        let options = asked.get().or_else(|| saved.get()).unwrap_or_default();
        if untrack(|| draft.options()).as_ref() != Some(&options) {
            draft.take(&options);
        }
    });
    let write = Callback::new(move |()| {
        let Some(options) = untrack(|| draft.options()) else {
            return;
        };
        if options.limits.wrong().is_some() && options.scoring == RfmScoring::Fixed {
            return;
        }
        let place = state.place.get_untracked();
        let keep = saved.get_untracked().as_ref() != Some(&options);
        let params = link::with_options(&place.params, keep.then_some(&options));
        router::replace(
            &Place {
                params,
                route: place.route,
            }
            .href(),
        );
    });
    let head = move || match asked.get() {
        None => words.scoring_is_saved(),
        Some(_) => words.scoring_is_not_saved(),
    };
    let fields = fields(words, draft, write);
    view! {
        <details class="rfm-options" open=asked.get_untracked().is_some()>
            <summary><strong>{words.scoring_options()}</strong><span class="note">{head}</span></summary>
            <p class="note">{words.scoring_options_lead()}</p>
            {fields}
            {acts(words, draft, asked)}
        </details>
    }
    .into_any()
}

fn fields(words: Words, draft: Draft, write: Callback<()>) -> AnyView {
    let ways = vec![
        Choice::new("quintile", words.scoring_scoring_quintile()),
        Choice::new("fixed", words.scoring_scoring_fixed()),
        Choice::new("average", words.scoring_scoring_average()),
    ];
    let bases = vec![
        Choice::new("total", words.scoring_basis_total()),
        Choice::new("average", words.scoring_basis_average()),
        Choice::new("largest", words.scoring_basis_largest()),
        Choice::new("without_tax", words.scoring_basis_without_tax()),
    ];
    let changed = move |_: String| write.run(());
    let means = move || match RfmScoring::of(&draft.scoring.get()) {
        Some(RfmScoring::Fixed) => words.scoring_scoring_fixed_means(),
        Some(RfmScoring::Average) => words.scoring_scoring_average_means(),
        _ => words.scoring_scoring_quintile_means(),
    };
    let orders = spans(words, &draft.orders.get_untracked());
    let money = spans(words, &draft.money.get_untracked());
    let fixed = Memo::new(move |_| draft.scoring.get() == RfmScoring::Fixed.name());
    let limits = move || fixed.get().then(|| limits(words, draft, write));
    view! {
        <Segmented label=words.scoring_scoring() value=draft.scoring choices=ways on_change=changed/>
        <p class="note">{means}</p>
        {limits}
        <div class="form-columns">
            <Select label=words.scoring_within_f() value=draft.orders choices=orders on_change=changed/>
            <Select label=words.scoring_within_m() value=draft.money choices=money on_change=changed/>
            <Select label=words.scoring_basis() value=draft.basis choices=bases on_change=changed/>
        </div>
        {filter(words, draft, write)}
    }
    .into_any()
}

/// The owner's own limits: four for each measure.
fn limits(words: Words, draft: Draft, write: Callback<()>) -> AnyView {
    let label = |measure: usize, at: usize| match measure {
        0 => words.scoring_limits_days(&(5 - at).to_string()),
        1 => words.scoring_limits_orders(&(2 + at).to_string()),
        _ => words.scoring_limits_money(&(2 + at).to_string()),
    };
    let columns: Vec<AnyView> = draft
        .limits
        .into_iter()
        .enumerate()
        .map(|(measure, signals)| {
            let inputs: Vec<AnyView> = signals
                .into_iter()
                .enumerate()
                .map(|(at, value)| {
                    let mode = if measure == 2 { "decimal" } else { "numeric" };
                    let changed = move |_: String| write.run(());
                    view! { <Input label=label(measure, at) value mode on_change=changed/> }
                        .into_any()
                })
                .collect();
            view! { <div class="rfm-limits">{inputs}</div> }.into_any()
        })
        .collect();
    let wrong = move || {
        draft
            .wrong(words)
            .map(|wrong| view! { <p class="field-error" role="alert">{wrong}</p> })
    };
    view! {
        <div class="form-columns">{columns}</div>
        {wrong}
    }
    .into_any()
}

/// The values there are of a field of orders, as suggestions.
fn values(field: RwSignal<String>) -> (String, AnyView) {
    let id = ui::fresh_id("values");
    let known = RwSignal::new(Vec::<String>::new());
    let client = use_client();
    Effect::new(move |_| {
        let query = Query::Segment(SegmentQuery::Values {
            of: ValuesOf::Orders(field.get()),
            search: String::new(),
            limit: 50,
        });
        let answer = client.query(query);
        spawn_local(async move {
            if let Ok(Reply::Segment(reply)) = answer.await
                && let SegmentReply::Values(found) = *reply
            {
                known.try_set(found.into_iter().map(|it| it.value).collect());
            }
        });
    });
    let options = move || {
        let known = known.get();
        known
            .into_iter()
            .map(|value| view! { <option value=value></option> })
            .collect_view()
    };
    let list = view! { <datalist id=id.clone()>{options}</datalist> }.into_any();
    (id, list)
}

fn filter(words: Words, draft: Draft, write: Callback<()>) -> AnyView {
    let add = move |()| {
        let row = draft.row("category".to_owned(), "eq".to_owned(), String::new());
        draft.rows.update(|rows| rows.push(row));
    };
    let none = move || {
        let empty = draft.rows.with(Vec::is_empty);
        let other = draft.other.get();
        match (empty, other.is_empty()) {
            (true, true) => view! { <p class="note">{words.scoring_filter_none()}</p> }.into_any(),
            (true, false) => view! { <code class="rfm-filter">{other}</code> }.into_any(),
            (false, _) => ().into_any(),
        }
    };
    view! {
        <fieldset class="rfm-filters">
            <legend class="field-label">{words.scoring_filter()}</legend>
            {none}
            <For
                each=move || draft.rows.get()
                key=|row: &Row| row.id
                children=move |row: Row| filter_row(words, draft, row, write)
            />
            <Button label=words.scoring_filter_add() look=Look::Quiet icon=icon::PLUS on_press=add/>
        </fieldset>
    }
    .into_any()
}

fn filter_row(words: Words, draft: Draft, row: Row, write: Callback<()>) -> AnyView {
    let fields = vec![
        Choice::new("category", words.scoring_filter_category()),
        Choice::new("product", words.scoring_filter_product()),
        Choice::new("channel", words.scoring_filter_channel()),
        Choice::new("coupon", words.scoring_filter_coupon()),
    ];
    let ops = vec![
        Choice::new("eq", words.scoring_filter_is()),
        Choice::new("ne", words.scoring_filter_is_not()),
        Choice::new("contains", words.scoring_filter_contains()),
    ];
    let changed = move |_: String| write.run(());
    let remove = move |()| {
        draft.rows.update(|rows| rows.retain(|it| it.id != row.id));
        draft.other.set(String::new());
        write.run(());
    };
    let (list, values) = values(row.field);
    let name = words.scoring_filter_remove(&(row.id + 1).to_string());
    view! {
        <div class="rfm-filter-row">
            <Select label=words.scoring_filter_field() value=row.field choices=fields label_hidden=true on_change=changed/>
            <Select label=words.scoring_filter_op() value=row.op choices=ops label_hidden=true on_change=changed/>
            <Input label=words.scoring_filter_value() value=row.value label_hidden=true list=list on_change=changed/>
            {values}
            <IconButton label=name icon=icon::CLOSE on_press=remove/>
        </div>
    }
    .into_any()
}

/// Saving, and the way back to what is saved.
fn acts(words: Words, draft: Draft, asked: Memo<Option<RfmOptions>>) -> AnyView {
    let state = use_state();
    let clear = move || {
        let place = state.place.get_untracked();
        let params = link::with_options(&place.params, None);
        router::replace(
            &Place {
                params,
                route: place.route,
            }
            .href(),
        );
    };
    let save = move |()| {
        let Some(options) = untrack(|| draft.options()) else {
            return;
        };
        let said = words.scoring_saved().to_owned();
        apply_in(state, Command::SetRfm { options }, said, move |_| clear());
    };
    let buttons = move || {
        asked.get().is_some().then(|| {
            view! {
                <div class="actions">
                    <Button label=words.scoring_save() look=Look::Primary on_press=save/>
                    <Button label=words.scoring_back() look=Look::Quiet on_press=move |()| clear()/>
                </div>
            }
        })
    };
    buttons.into_any()
}
