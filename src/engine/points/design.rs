//! What helps to design a programme: worked examples of a draft, and values for its conditions.

use super::overflow;
use crate::{Context, Engine, Unanswered};
use loyalty::{
    Dictionary, EarnSkip, EarnStep, Explanation, Line, NO_CODE, Purchase, Span, Texts, Version,
    explain,
};
use model::program::{EarnRule, Effect, Program};
use model::{Day, Money, OrderId, OrderStatus};
use protocol::{
    ExampleRequest, ExampleStep, ExampleView, Fault, FaultCode, LineValues, ProgramQuery,
    ProgramReply, Reply, SkipReason, ValueCount,
};
use std::collections::BTreeMap;

/// Most values given at once.
const VALUES_MAX: u32 = 500;

/// Most examples worked out at once.
const EXAMPLES_MAX: usize = 50;

impl Engine {
    /// What helps to design a programme.
    pub(crate) fn design(
        &mut self,
        query: &ProgramQuery,
        context: &Context,
    ) -> Result<Reply, Unanswered> {
        let reply = match query {
            ProgramQuery::Examples(requests) => {
                let some = requests.iter().take(EXAMPLES_MAX);
                ProgramReply::Examples(some.map(|it| example(it).ok()).collect())
            }
            ProgramQuery::Movers {
                replay,
                cell,
                offset,
                limit,
            } => ProgramReply::Movers(self.movers(*replay, *cell, *offset, *limit)?),
            ProgramQuery::Values { of, limit } => {
                let today = self.today(context);
                let view = self.view(today, today)?;
                let limit = (*limit).min(VALUES_MAX) as usize;
                ProgramReply::Values(values(view.columns, *of, limit))
            }
        };
        Ok(Reply::Programs(Box::new(reply)))
    }
}

/// The one category, product and channel of an example: each has code 0.
struct Only<'a>(&'a ExampleRequest);

impl<'a> Only<'a> {
    fn text(&self, of: Texts) -> Option<&'a str> {
        let text = match of {
            Texts::Categories => &self.0.category,
            Texts::Products => &self.0.product,
            Texts::Channels => &self.0.channel,
            Texts::Coupons => return None,
        };
        text.as_deref().filter(|text| !text.is_empty())
    }

    fn code(&self, of: Texts) -> u32 {
        self.text(of).map_or(NO_CODE, |_| 0)
    }
}

impl Dictionary for Only<'_> {
    fn each(&self, of: Texts, see: &mut dyn FnMut(u32, &str)) {
        if let Some(text) = self.text(of) {
            see(0, text);
        }
    }
}

fn example(request: &ExampleRequest) -> Result<ExampleView, Fault> {
    let program = Program::parse(&request.program).map_err(super::bad_program)?;
    let level = match &request.tier {
        None => 0,
        Some(id) => program
            .tiers
            .as_ref()
            .and_then(|tiers| tiers.levels.iter().position(|level| level.id == *id))
            .and_then(|place| u16::try_from(place + 1).ok())
            .ok_or_else(|| Fault::new(FaultCode::NotFound).at("tier").found(id))?,
    };
    if request.amount < Money::ZERO {
        return Err(Fault::new(FaultCode::Invalid).at("amount"));
    }
    let only = Only(request);
    let version = Version {
        number: 1,
        from: None,
        program,
    };
    let compiled =
        loyalty::Programs::new(std::slice::from_ref(&version), &only).map_err(overflow)?;
    let line = Line {
        product: only.code(Texts::Products),
        category: only.code(Texts::Categories),
        quantity_milli: 1_000,
        amount: request.amount,
    };
    let purchase = purchase(request, &version.program, only.code(Texts::Channels));
    let told = explain(&compiled, &purchase, Some(line), level).map_err(overflow)?;
    Ok(view(&version.program, request, told))
}

fn purchase(request: &ExampleRequest, program: &Program, channel: u32) -> Purchase {
    let minute = u16::from(request.hour.min(23)) * 60;
    let start = program.time_zone.start_of(request.day);
    Purchase {
        id: OrderId(1),
        at: model::Timestamp(start.0.saturating_add(i64::from(minute) * 60_000)),
        day: request.day,
        minute,
        status: OrderStatus::Paid,
        amount: request.amount,
        gross: request.amount,
        tax: Money::ZERO,
        paid_with_points: Money::ZERO,
        channel,
        coupon: NO_CODE,
        lines: Span { start: 0, len: 1 },
        refunds: Span::default(),
    }
}

fn view(program: &Program, request: &ExampleRequest, told: Explanation) -> ExampleView {
    let steps = told.steps.into_iter();
    let steps = steps.filter_map(|step| step_view(program, request, step));
    let money = program.redeem.is_some();
    ExampleView {
        points: told.points,
        steps: steps.collect(),
        posts_on: told.posts_on,
        expires_on: told.expires_on,
        worth: money.then(|| loyalty::worth(program, told.points)),
    }
}

fn step_view(program: &Program, request: &ExampleRequest, step: EarnStep) -> Option<ExampleStep> {
    let id = |rule: usize| program.earn.get(rule).map(|rule| rule.id.clone());
    let rate = |rule: usize| match program.earn.get(rule)?.effect {
        Effect::Rate(rate) => Some(rate),
        Effect::Fixed(_) | Effect::Multiply(_) | Effect::Exclude => None,
    };
    Some(match step {
        EarnStep::Skipped { rule, why } => ExampleStep::Skipped {
            why: skip_reason(program.earn.get(rule)?, request.day, why),
            rule: id(rule)?,
        },
        EarnStep::Excluded { rule } => ExampleStep::Excluded { rule: id(rule)? },
        EarnStep::Rate {
            rule,
            basis,
            steps,
            gives,
        } => ExampleStep::Rate {
            rule: id(rule)?,
            basis,
            per: rate(rule)?.per,
            steps,
            points: rate(rule)?.points.to_string(),
            gives,
        },
        EarnStep::Multiplied { rule, by } => ExampleStep::Multiplied {
            rule: match rule {
                None => None,
                Some(rule) => Some(id(rule)?),
            },
            by,
        },
        EarnStep::Together { by } => ExampleStep::Together {
            stacking: program.stacking,
            by,
        },
        EarnStep::Rounded {
            rule,
            exact,
            points,
        } => ExampleStep::Rounded {
            rule: id(rule)?,
            exact,
            rounding: rate(rule)?.rounding,
            points,
        },
        EarnStep::Fixed { rule, points } => ExampleStep::Fixed {
            rule: id(rule)?,
            points,
        },
        EarnStep::Capped {
            rule,
            per,
            from,
            to,
        } => ExampleStep::Capped {
            rule: id(rule)?,
            per,
            from,
            to,
        },
    })
}

/// Why a rule does not apply, with the side of its season.
fn skip_reason(rule: &EarnRule, day: Day, why: EarnSkip) -> SkipReason {
    let early = rule.from.is_some_and(|from| day < from);
    match why {
        EarnSkip::Season if early => SkipReason::NotYet,
        EarnSkip::Season => SkipReason::Over,
        EarnSkip::MinAmount => SkipReason::MinAmount,
        EarnSkip::Conditions => SkipReason::Conditions,
    }
}

fn values(columns: &segment::Columns, of: LineValues, limit: usize) -> Vec<ValueCount> {
    let slots = || columns.live().iter();
    let found = match of {
        LineValues::Category => columns.line_values(true, "", limit),
        LineValues::Product => columns.line_values(false, "", limit),
        LineValues::Channel => {
            let orders = slots().flat_map(|slot| columns.orders(slot));
            frequent(orders.filter_map(|order| order.channel()), limit)
        }
        LineValues::Coupon => {
            let orders = slots().flat_map(|slot| columns.orders(slot));
            frequent(orders.filter_map(|order| order.coupon()), limit)
        }
        LineValues::Event => {
            let events = slots().flat_map(|slot| columns.events(slot));
            frequent(events.map(|event| event.kind()), limit)
        }
    };
    found
        .into_iter()
        .map(|(value, count)| ValueCount { value, count })
        .collect()
}

/// The most frequent texts, ties by the text.
fn frequent<'a>(texts: impl Iterator<Item = &'a str>, limit: usize) -> Vec<(String, u64)> {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for text in texts.filter(|text| !text.is_empty()) {
        *counts.entry(text).or_default() += 1;
    }
    let mut found: Vec<(&str, u64)> = counts.into_iter().collect();
    found.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    found.truncate(limit);
    let owned = found
        .into_iter()
        .map(|(text, count)| (text.to_owned(), count));
    owned.collect()
}
