//! Home: what an owner wants to see on opening. Each number has its definition and opens its rows.

mod attention;
mod welcome;

use crate::as_of::with_day;
use crate::router::{Route, customers_by_rule};
use crate::state::{use_ask, use_currency, use_status, use_title, use_words};
use model::{Currency, Day, Money};
use protocol::{HomeView, LifecycleStage, MonthTotal, PointsOverview, Query, Reply, StageCounts};
use text::Words;
use ui::chart::{Bar, Bars, Figure, Part, StackedBar};
use ui::prelude::*;
use ui::{Defined, EmptyState, Look, PageHead, StatNumber, icon};

/// The home page.
#[component]
pub fn HomePage() -> impl IntoView {
    let words = use_words();
    use_title(words.shell_home());
    let status = use_status();
    // Drawn again only when the first record comes or the last one goes.
    let empty = Memo::new(move |_| {
        status.with(|s| {
            s.as_ref()
                .is_some_and(|s| s.customers == 0 && s.orders == 0)
        })
    });
    move || {
        if empty.get() {
            view! { <welcome::Welcome/> }.into_any()
        } else {
            view! { <Overview/> }.into_any()
        }
    }
}

#[component]
fn Overview() -> impl IntoView {
    let words = use_words();
    let currency = use_currency();
    let status = use_status();
    let asking = use_ask(|| Query::Home);
    let name = status
        .with_untracked(|s| s.as_ref().map(|s| s.settings.name.clone()))
        .unwrap_or_default();
    let title = if name.is_empty() {
        words.home_title().to_owned()
    } else {
        name
    };
    let today = crate::state::use_today();
    let content = asking.view("tiles", move |reply| match reply {
        Reply::Home(home) => overview(words, currency, home),
        _ => ().into_any(),
    });
    view! {
        <div class="page home">
            <PageHead title text=words.home_lead(weekday(words, today), &words.day(today))>
                <ui::LinkButton label=words.shell_action_import() href=Route::Data(String::new()).href() icon=icon::IMPORT/>
                <ui::LinkButton
                    label=words.shell_action_new_customer()
                    href=Route::NewCustomer.href()
                    look=Look::Primary
                    icon=icon::PLUS
                />
            </PageHead>
            {content}
        </div>
    }
    .into_any()
}

fn weekday(words: Words, day: Day) -> &'static str {
    match day.weekday() {
        1 => words.home_weekday_1(),
        2 => words.home_weekday_2(),
        3 => words.home_weekday_3(),
        4 => words.home_weekday_4(),
        5 => words.home_weekday_5(),
        6 => words.home_weekday_6(),
        _ => words.home_weekday_7(),
    }
}

fn overview(words: Words, currency: Currency, home: &HomeView) -> AnyView {
    view! {
        <div class="page">
            {stats(words, currency, home)}
            <div class="home-columns">
                {attention::list(words, home)}
                <div class="home-side">
                    {stages(words, home.stages)}
                    {best_third(words, currency, home)}
                </div>
            </div>
            {revenue(words, currency, home)}
            {(home.unconverted > 0).then(|| view! {
                <p class="note">
                    {words.home_unconverted(home.unconverted)}" "
                    <a href=Route::Settings("rates".to_owned()).href()>{words.rates_enter()}</a>
                </p>
            })}
        </div>
    }
    .into_any()
}

/// This month against last month up to the same day: more (`true`) or less, and by what share.
fn change(now: Money, before: Money) -> Option<(bool, u64, u64)> {
    let (now, before) = (now.0, u64::try_from(before.0).ok().filter(|b| *b > 0)?);
    let difference = now.saturating_sub_unsigned(before);
    Some((difference >= 0, difference.unsigned_abs(), before))
}

fn this_month(home: &HomeView) -> Option<&MonthTotal> {
    home.months.last()
}

fn stats(words: Words, currency: Currency, home: &HomeView) -> AnyView {
    let month = this_month(home).map_or(Money::ZERO, |m| m.amount);
    let orders = this_month(home).map_or(0, |m| m.orders);
    let month_note = match change(month, home.last_month_to_date.amount) {
        None => words.home_month_note_none().to_owned(),
        Some((_, 0, _)) => words.home_month_note_same().to_owned(),
        Some((true, by, of)) => words.home_month_note_more(&words.share(by, of)),
        Some((false, by, of)) => words.home_month_note_less(&words.share(by, of)),
    };
    let parts = words.money_parts(month, currency);
    let month_href =
        this_month(home).map_or_else(|| Route::Orders.href(), |month| month_href(home, month));
    let before_href = period_href(home.last_month_to_date.month, home.today.plus_months(-1));
    let define = |name: &str| words.home_define(name);
    view! {
        <section class="stats" aria-label=words.home_title()>
            <StatNumber
                label=words.home_customers()
                value=words.count(home.customers)
                note=words.home_customers_note(home.new_this_month)
                note_href=customers_by_rule(&home.new_rule)
                href=Route::Customers.href()
                definition=words.home_customers_means()
                definition_label=define(words.home_customers())
            />
            <StatNumber
                label=words.home_month()
                unit=[parts.sign, &parts.unit].concat()
                value=short_digits(words, month, currency)
                exact=words.money(month, currency)
                note=words.home_month_orders(orders)
                note_href=month_href.clone()
                more=view! { <a href=before_href>{month_note}</a> }.into_any()
                href=month_href
                definition=words.home_month_means()
                definition_label=define(words.home_month())
            />
            <StatNumber
                label=words.stage(LifecycleStage::Active)
                value=words.count(home.stages.active)
                note=words.home_active_note(&words.share(home.stages.active, home.customers))
                href=customers_by_rule(&stage_rule("active"))
                definition=words.home_active_means(&dormant_days())
                definition_label=define(&words.stage(LifecycleStage::Active))
            />
            {home.points.as_ref().map(|points| owed(words, points))}
        </section>
    }
    .into_any()
}

fn dormant_days() -> String {
    use_status()
        .with_untracked(|s| s.as_ref().map_or(90, |s| s.settings.lifecycle.dormant_days))
        .to_string()
}

fn owed(words: Words, points: &PointsOverview) -> AnyView {
    // The programme's currency is the workspace's unless the owner chose otherwise in its JSON.
    let worth = words.money(points.worth, use_currency());
    view! {
        <StatNumber
            label=words.home_points()
            value=words.headline(points.outstanding.0)
            exact=words.points(points.outstanding)
            note=words.home_points_note(&worth)
            href=Route::Points(String::new()).href()
            definition=words.home_points_means()
            definition_label=words.home_define(words.home_points())
        />
    }
    .into_any()
}

/// The digits of a headline amount: short from a million minor units on.
fn short_digits(words: Words, money: Money, currency: Currency) -> String {
    if money.0.unsigned_abs() >= 10_000_000 {
        let unit = words.currency_unit(currency);
        let short = words.money_short(Money(money.0.saturating_abs()), currency);
        short
            .strip_prefix(unit.as_str())
            .map_or(short.clone(), str::to_owned)
    } else {
        words.money_parts(money, currency).digits
    }
}

/// The orders of a month that its sum counts.
fn month_href(home: &HomeView, month: &MonthTotal) -> String {
    period_href(month.month, month.month.end_of_month().min(home.today))
}

fn period_href(from: Day, to: Day) -> String {
    let (from, to) = (from.to_string(), to.to_string());
    Route::Orders.with(&[("from", &from), ("to", &to), ("counting", "1")])
}

fn stage_rule(stage: &str) -> String {
    [
        "{\"attr\":\"lifecycle\",\"op\":\"eq\",\"value\":\"",
        stage,
        "\"}",
    ]
    .concat()
}

/// The stages as parts of a bar, each with its rule; the segments page shows them too, of a past day if asked.
pub fn stage_parts(words: Words, counts: StageCounts, day: Option<Day>) -> Vec<Part> {
    let all = counts.prospect + counts.new + counts.active + counts.dormant + counts.churned;
    [
        ("prospect", LifecycleStage::Prospect, counts.prospect),
        ("new", LifecycleStage::New, counts.new),
        ("active", LifecycleStage::Active, counts.active),
        ("dormant", LifecycleStage::Dormant, counts.dormant),
        ("churned", LifecycleStage::Churned, counts.churned),
    ]
    .into_iter()
    .map(|(key, stage, count)| Part {
        key,
        label: words.stage(stage),
        value: count as f64,
        text: words.count(count),
        note: words.share(count, all),
        href: Some(with_day(customers_by_rule(&stage_rule(key)), day)),
    })
    .collect()
}

/// What the counts say in one sentence.
pub fn stage_finding(words: Words, counts: StageCounts) -> String {
    let all = counts.prospect + counts.new + counts.active + counts.dormant + counts.churned;
    let lost = counts.dormant + counts.churned;
    let here = counts.new + counts.active;
    if all == 0 {
        words.home_stages_finding_none().to_owned()
    } else if lost > here {
        words.home_stages_finding_lost(&words.share(lost, all))
    } else {
        words.home_stages_finding_active(&words.share(here, all))
    }
}

/// What each stage means with the days the owner set, one a line.
fn stages_mean(words: Words) -> String {
    let days = use_status()
        .with_untracked(|s| s.as_ref().map(|s| s.settings.lifecycle))
        .unwrap_or_default();
    let stages = [
        LifecycleStage::Prospect,
        LifecycleStage::New,
        LifecycleStage::Active,
        LifecycleStage::Dormant,
        LifecycleStage::Churned,
    ];
    let lines = stages
        .map(|stage| words.home_stage_means(&words.stage(stage), &words.stage_means(stage, days)));
    lines.join("\n")
}

fn stages(words: Words, counts: StageCounts) -> AnyView {
    let all = counts.prospect + counts.new + counts.active + counts.dormant + counts.churned;
    view! {
        <section class="section">
            <div class="defined-head">
                <h2>{words.home_stages()}</h2>
                <Defined
                    label=""
                    definition=stages_mean(words)
                    definition_label=words.home_define(words.home_stages())
                />
            </div>
            <Figure title=stage_finding(words, counts) caption=words.home_stages_caption(all)>
                <StackedBar label=words.home_stages() parts=stage_parts(words, counts, None)/>
            </Figure>
        </section>
    }
    .into_any()
}

/// Before the first order there is nothing to draw: what to do instead.
fn no_orders(words: Words) -> AnyView {
    view! {
        <section class="section rule-top">
            <EmptyState title=words.home_no_orders() text=words.home_no_orders_text() icon=icon::ORDERS>
                <ui::LinkButton label=words.home_no_orders_import() href=Route::Data(String::new()).href() icon=icon::IMPORT/>
            </EmptyState>
        </section>
    }
    .into_any()
}

fn revenue(words: Words, currency: Currency, home: &HomeView) -> AnyView {
    if home.months.iter().all(|month| month.orders == 0) {
        return no_orders(words);
    }
    let month = this_month(home).map_or(Money::ZERO, |m| m.amount);
    let amount = words.money_short(month, currency);
    let title = match change(month, home.last_month_to_date.amount) {
        Some((true, by, of)) if by > 0 => words.home_revenue_up(&amount, &words.share(by, of)),
        Some((false, by, of)) => words.home_revenue_down(&amount, &words.share(by, of)),
        _ => words.home_revenue_flat(&amount),
    };
    let last = home.months.len().saturating_sub(1);
    let bars: Vec<Bar> = home
        .months
        .iter()
        .enumerate()
        .map(|(i, month)| Bar {
            label: words.month_short(month.month),
            value: month.amount.0 as f64,
            text: words.money_short(month.amount, currency),
            href: Some(month_href(home, month)),
            strong: i == last,
            partial: i == last,
        })
        .collect();
    let rows: Vec<Vec<String>> = home
        .months
        .iter()
        .map(|m| {
            vec![
                words.month(m.month),
                words.money(m.amount, currency),
                words.count(m.orders),
            ]
        })
        .collect();
    let head = vec![
        words.home_revenue_month().to_owned(),
        words.home_revenue_amount().to_owned(),
        words.home_revenue_orders().to_owned(),
    ];
    let axis = Callback::new(move |value: f64| words.money_short(Money(value as i64), currency));
    view! {
        <section class="section rule-top">
            <Figure title caption=words.home_revenue_caption() table_label=words.act_table() head rows>
                <Bars label=words.home_revenue_caption() bars axis height=220/>
            </Figure>
        </section>
    }
    .into_any()
}

fn best_third(words: Words, currency: Currency, home: &HomeView) -> Option<AnyView> {
    let best = &home.best_third;
    // With a handful of customers the sentence says nothing.
    if best.total.0 <= 0 || home.customers < 20 || best.customers == 0 {
        return None;
    }
    let text = words.home_best_text(
        best.customers,
        &words.money_short(best.amount, currency),
        &words.share(best.amount.0.unsigned_abs(), best.total.0.unsigned_abs()),
        &words.money_short(best.total, currency),
    );
    Some(
        view! {
            <section class="section rule-top">
                <div class="finding">
                    <div class="defined-head">
                        <h2>{words.home_best(&words.share(best.customers, home.customers))}</h2>
                        <Defined
                            label=""
                            definition=words.home_best_means()
                            definition_label=words.home_define(words.home_best_name())
                        />
                    </div>
                    <p>{text}</p>
                    <a href=customers_by_rule(&best.rule)>{words.home_best_open(best.customers)}</a>
                </div>
            </section>
        }
        .into_any(),
    )
}
