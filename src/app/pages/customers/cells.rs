//! The columns of the list: which there are, which are shown, and what stands in them.

use super::names::{customer_name, phone_shown};
use crate::pages::orders::instant;
use model::{Currency, Day, Money, Timestamp};
use protocol::{CustomerRow, CustomerSort, LifecycleStage};
use text::Words;
use ui::prelude::*;
use ui::{Align, Amount, Badge, Tone};

/// A column a person can show.
pub struct Kind {
    /// Its key, kept in the preferences.
    pub key: &'static str,
    /// What it is sorted by.
    pub sort: Option<CustomerSort>,
    /// How its cells stand.
    pub align: Align,
    /// Its width as a grid track.
    pub track: &'static str,
}

const fn text(key: &'static str, track: &'static str) -> Kind {
    Kind {
        key,
        sort: None,
        align: Align::Start,
        track,
    }
}

const fn number(key: &'static str, track: &'static str, sort: Option<CustomerSort>) -> Kind {
    Kind {
        key,
        sort,
        align: Align::End,
        track,
    }
}

/// Every column, in the order of the list.
pub const KINDS: &[Kind] = &[
    Kind {
        key: "name",
        sort: Some(CustomerSort::Name),
        align: Align::Start,
        track: "minmax(140px, 1.6fr)",
    },
    text("phone", "136px"),
    text("email", "minmax(160px, 1.4fr)"),
    text("stage", "88px"),
    text("rfm", "112px"),
    number("spend", "120px", Some(CustomerSort::Spend)),
    number("orders", "84px", Some(CustomerSort::OrderCount)),
    number("average", "104px", None),
    Kind {
        key: "last_order",
        sort: Some(CustomerSort::LastOrderOn),
        align: Align::End,
        track: "112px",
    },
    number("balance", "92px", Some(CustomerSort::Balance)),
    text("tier", "88px"),
    text("tags", "minmax(120px, 1.2fr)"),
    text("city", "96px"),
    text("province", "96px"),
    text("gender", "64px"),
    text("birthday", "120px"),
    text("source", "96px"),
    text("owner", "96px"),
    text("signup", "120px"),
    number("created", "120px", Some(CustomerSort::CreatedAt)),
    number("updated", "120px", Some(CustomerSort::UpdatedAt)),
];

/// What is shown until a person chooses.
pub const USUAL: &str = "name,phone,stage,spend,orders,last_order,balance,tags";

/// The chosen columns in the order of the list; the name is always one of them.
pub fn shown(preference: &str) -> Vec<&'static Kind> {
    let chosen = if preference.is_empty() {
        USUAL
    } else {
        preference
    };
    KINDS
        .iter()
        .filter(|kind| kind.key == "name" || chosen.split(',').any(|key| key == kind.key))
        .collect()
}

/// Columns that find room in the second line of a row on a phone.
const IN_SECOND_LINE: usize = 4;

/// The columns a person picked; none where they are as usual.
pub fn picked(preference: &str) -> Vec<&'static Kind> {
    if preference.is_empty() {
        return Vec::new();
    }
    shown(preference)
}

/// A column's title.
pub fn title(words: Words, key: &str) -> &'static str {
    match key {
        "name" => words.customers_col_name(),
        "phone" => words.customers_col_phone(),
        "email" => words.customers_col_email(),
        "stage" => words.customers_col_stage(),
        "rfm" => words.customers_col_rfm(),
        "spend" => words.customers_col_spend(),
        "orders" => words.customers_col_orders(),
        "average" => words.customers_col_average(),
        "last_order" => words.customers_col_last_order(),
        "balance" => words.customers_col_balance(),
        "tier" => words.customers_col_tier(),
        "tags" => words.customers_col_tags(),
        "city" => words.customers_col_city(),
        "province" => words.customers_col_province(),
        "gender" => words.customers_col_gender(),
        "birthday" => words.customers_col_birthday(),
        "source" => words.customers_col_source(),
        "owner" => words.customers_col_owner(),
        "signup" => words.customers_col_signup(),
        "created" => words.customers_col_created(),
        _ => words.customers_col_updated(),
    }
}

/// What cells need to know beside the row.
#[derive(Clone, Copy)]
pub struct Setting {
    /// The language.
    pub words: Words,
    /// The currency of totals.
    pub currency: Currency,
    /// Today in the business's zone.
    pub today: Day,
    /// The name of that zone.
    pub zone: StoredValue<String>,
}

/// The name of a stage with its tone.
pub fn stage_badge(words: Words, stage: LifecycleStage) -> AnyView {
    view! { <Badge label=words.stage(stage) tone=stage_tone(stage)/> }.into_any()
}

/// How much a stage calls for attention.
pub fn stage_tone(stage: LifecycleStage) -> Tone {
    match stage {
        LifecycleStage::Prospect => Tone::Neutral,
        LifecycleStage::New | LifecycleStage::Active => Tone::Good,
        LifecycleStage::Dormant => Tone::Notice,
        LifecycleStage::Churned => Tone::Urgent,
    }
}

/// An amount in two tones.
pub fn amount(words: Words, money: Money, currency: Currency) -> AnyView {
    let parts = words.money_parts(money, currency);
    let unit = [parts.sign, &parts.unit].concat();
    view! { <Amount unit digits=parts.digits/> }.into_any()
}

fn quiet() -> AnyView {
    view! { <span class="none" aria-hidden="true">"–"</span> }.into_any()
}

fn plain(text: Option<String>) -> AnyView {
    match text {
        Some(text) if !text.is_empty() => view! { <span class="cut">{text}</span> }.into_any(),
        _ => quiet(),
    }
}

/// The tags, the first few in sight.
pub fn tags(tags: &[String]) -> AnyView {
    if tags.is_empty() {
        return quiet();
    }
    let chips: Vec<AnyView> = tags
        .iter()
        .take(4)
        .map(|tag| view! { <span class="tag">{tag.clone()}</span> }.into_any())
        .collect();
    let rest = tags.len().saturating_sub(4);
    let rest = (rest > 0).then(|| ["+", &rest.to_string()].concat());
    view! { <span class="tags">{chips} {rest}</span> }.into_any()
}

/// The content of a cell.
pub fn cell(key: &str, row: &CustomerRow, href: String, setting: Setting) -> AnyView {
    let Setting { words, today, .. } = setting;
    let fields = &row.customer.fields;
    match key {
        "name" => {
            let name = customer_name(words, &row.customer);
            view! { <a class="row-link cut" href=href>{name}</a> }.into_any()
        }
        "phone" => plain(fields.phone.as_deref().map(phone_shown)),
        "email" => plain(fields.email.clone()),
        "tags" => tags(&fields.tags),
        "city" => plain(fields.city.clone()),
        "province" => plain(fields.province.clone()),
        "gender" => plain(
            Some(super::draft::read(fields, key, setting.currency))
                .filter(|g| !g.is_empty())
                .map(|g| words.choice(key, &g)),
        ),
        "birthday" => plain(fields.birthday.map(|birthday| words.birthday(birthday))),
        "source" => plain(fields.source_channel.clone()),
        "owner" => plain(fields.owner.clone()),
        "signup" => plain(fields.signup_on.map(|day| words.day(day))),
        "created" => plain(
            setting
                .day(row.customer.created_at)
                .map(|day| words.relative(day, today)),
        ),
        "updated" => plain(
            setting
                .day(row.customer.updated_at)
                .map(|day| words.relative(day, today)),
        ),
        _ => fact_cell(key, row, setting),
    }
}

impl Setting {
    /// The local day of an instant.
    fn day(&self, at: Timestamp) -> Option<Day> {
        self.zone.with_value(|zone| instant::day(zone, at))
    }
}

fn fact_cell(key: &str, row: &CustomerRow, setting: Setting) -> AnyView {
    let Setting {
        words,
        currency,
        today,
        ..
    } = setting;
    let Some(facts) = &row.facts else {
        return view! { <i class="bone"></i> }.into_any();
    };
    match key {
        "stage" => stage_badge(words, facts.stage),
        "rfm" => plain(Some(words.rfm_group(&facts.rfm_group))),
        "spend" if facts.order_count == 0 => quiet(),
        "spend" => amount(words, facts.spend, currency),
        "orders" if facts.order_count == 0 => quiet(),
        "orders" => words.count(facts.order_count).into_any(),
        "average" => match facts.average_order_value {
            Some(money) => amount(words, money, currency),
            None => quiet(),
        },
        "last_order" => match facts.last_order_on {
            Some(day) => {
                view! { <time title=words.day(day)>{words.relative(day, today)}</time> }.into_any()
            }
            None => quiet(),
        },
        "balance" => match facts.balance {
            Some(points) if points.0 != 0 => words.number(points.0).into_any(),
            _ => quiet(),
        },
        _ => plain(facts.tier_name.clone()),
    }
}

/// The whole row in two lines, for narrow places.
///
/// `chosen` are the columns a person picked: they stand in the second line in place of the usual.
pub fn two_lines(
    row: &CustomerRow,
    href: String,
    setting: Setting,
    chosen: &[&'static Kind],
) -> AnyView {
    let Setting {
        words,
        currency,
        today,
        ..
    } = setting;
    let fields = &row.customer.fields;
    let name = customer_name(words, &row.customer);
    let reach = fields
        .phone
        .as_deref()
        .map(phone_shown)
        .or_else(|| fields.email.clone())
        .unwrap_or_default();
    let (stage, spend, last) = match &row.facts {
        Some(facts) => (
            Some(stage_badge(words, facts.stage)),
            (facts.order_count > 0).then(|| amount(words, facts.spend, currency)),
            facts.last_order_on.map(|day| words.relative(day, today)),
        ),
        None => (None, None, None),
    };
    if !chosen.is_empty() {
        let has = |key: &str| chosen.iter().any(|kind| kind.key == key);
        let others = chosen
            .iter()
            .filter(|kind| !matches!(kind.key, "name" | "spend" | "stage"))
            .take(IN_SECOND_LINE);
        let others: Vec<AnyView> = others
            .map(|kind| cell(kind.key, row, href.clone(), setting))
            .collect();
        return view! {
            <span class="two-lines">
                <span class="line-one">
                    <a class="row-link cut" href=href>{name}</a>
                    {has("stage").then_some(stage)}
                    <span class="line-end">{has("spend").then_some(spend)}</span>
                </span>
                <span class="line-two chosen-columns">{others}</span>
            </span>
        }
        .into_any();
    }
    view! {
        <span class="two-lines">
            <span class="line-one">
                <a class="row-link cut" href=href>{name}</a>
                {stage}
                <span class="line-end">{spend}</span>
            </span>
            <span class="line-two">
                <span class="cut">{reach}</span>
                <span class="line-end">{last}</span>
            </span>
        </span>
    }
    .into_any()
}
