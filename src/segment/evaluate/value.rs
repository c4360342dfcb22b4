//! What a customer has of an attribute, as one value.

use super::{Evaluation, LoyaltyColumns};
use crate::columns::{ListColumn, Missing};
use crate::lifecycle;
use crate::rfm;
use model::rule::Attribute;
use model::{Birthday, CustomField, Day};

/// A value of a customer's.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// None.
    Missing,
    /// As it was written.
    Text(String),
    /// Words of a list.
    List(Vec<String>),
    /// Yes or no.
    Flag(bool),
    /// `10^-scale` of a number.
    Exact(i64, u32),
    /// A number of an event or of the owner's own.
    Float(f64),
    /// Minor units of the workspace's currency.
    Money(i64),
    /// A day.
    Day(Day),
    /// A birthday.
    Birthday(Birthday),
}

pub(super) fn some<T>(value: Option<T>, make: impl FnOnce(T) -> Value) -> Value {
    value.map_or(Value::Missing, make)
}

impl Evaluation<'_> {
    /// What the customer has of an attribute: what a test of it is compared with.
    pub(super) fn value(&self, attribute: &Attribute, of: u32) -> Value {
        let slot = of as usize;
        let customers = &self.columns.customers;
        let name = |column: &[u8], names: &[&str]| {
            let code = column.get(slot).copied().unwrap_or(0);
            let name = usize::from(code)
                .checked_sub(1)
                .and_then(|at| names.get(at));
            some(name, |name| Value::Text((*name).to_owned()))
        };
        let consent = |shift: u8| {
            let given = customers.consent.get(slot).copied().unwrap_or(0) >> shift & 3;
            if given == 0 {
                Value::Missing
            } else {
                Value::Flag(given == 2)
            }
        };
        match attribute {
            Attribute::Gender => name(&customers.gender, &["female", "male", "other"]),
            Attribute::Kind => name(&customers.kind, &["person", "company"]),
            Attribute::ConsentEmail => consent(crate::columns::CONSENT_EMAIL),
            Attribute::ConsentSms => consent(crate::columns::CONSENT_SMS),
            Attribute::ConsentPhone => consent(crate::columns::CONSENT_PHONE),
            Attribute::Tags => words(&customers.tags, slot),
            Attribute::Interests => words(&customers.interests, slot),
            Attribute::Birthday => some(customers.birthday(slot), Value::Birthday),
            Attribute::Age => self.age(slot),
            Attribute::SignupOn => some(self.columns.signup_on(of), Value::Day),
            Attribute::Custom(key) => {
                let value = customers.custom.get(key).and_then(|it| it.get(slot));
                some(value, |value| match value {
                    CustomField::Text(text) => Value::Text(text),
                    CustomField::Number(number) => Value::Float(number),
                    CustomField::Flag(flag) => Value::Flag(flag),
                })
            }
            Attribute::Nps => some(
                super::attributes::nps_of(self.columns, slot, self.context.as_of),
                Value::Float,
            ),
            Attribute::ChurnRisk => {
                let mut days = Vec::new();
                let risk = super::attributes::churn_risk_of(
                    self.columns,
                    slot,
                    self.context.as_of,
                    &mut days,
                );
                some(risk, |risk| Value::Exact(risk, 6))
            }
            other if crate::columns::TEXTS.contains(other) => {
                some(self.columns.text(of, other), |text| {
                    Value::Text(text.to_owned())
                })
            }
            other => self.calculated(other, of),
        }
    }

    fn age(&self, slot: usize) -> Value {
        let birthday = self.columns.customers.birthday(slot);
        let as_of = self.context.as_of;
        let age = birthday.and_then(|it| {
            let to_come = it.in_year(as_of.year()) > as_of;
            let age = i64::from(as_of.year()) - i64::from(it.year?) - i64::from(to_come);
            (age >= 0).then_some(age)
        });
        some(age, |age| Value::Exact(age, 0))
    }

    /// What follows from orders, scores and points.
    fn calculated(&self, attribute: &Attribute, of: u32) -> Value {
        let as_of = self.context.as_of;
        let facts = self.columns.facts(of, as_of);
        let whole = |value: i64| Value::Exact(value, 0);
        match attribute {
            Attribute::CustomerSince => {
                let signup = self.columns.signup_on(of);
                let since = signup.or(facts.first_order_on);
                some(since.or_else(|| self.columns.created_on(of)), Value::Day)
            }
            Attribute::FirstOrderOn => some(facts.first_order_on, Value::Day),
            Attribute::LastOrderOn => some(facts.last_order_on, Value::Day),
            Attribute::DaysSinceLastOrder => some(facts.last_order_on, |last| {
                whole(i64::from(as_of.0) - i64::from(last.0))
            }),
            Attribute::OrderCount => whole(i64::from(facts.order_count)),
            Attribute::Spend => Value::Money(facts.spend),
            Attribute::AverageOrderValue => some(facts.average_order_value(), Value::Money),
            Attribute::Clv => {
                let cost = self.columns.acquisition_cost(of).map_or(0, |cost| cost.0);
                let value = (facts.order_count > 0).then(|| facts.spend.saturating_sub(cost));
                some(value, Value::Money)
            }
            Attribute::Lifecycle => {
                let thresholds = self.context.derived.lifecycle;
                let stages = lifecycle::Stages::new(self.columns, as_of, thresholds);
                let stage = stages.of(of as usize);
                Value::Text(stage.name().to_owned())
            }
            Attribute::RfmRecency | Attribute::RfmFrequency | Attribute::RfmMonetary => {
                let at = match attribute {
                    Attribute::RfmRecency => 0,
                    Attribute::RfmFrequency => 1,
                    _ => 2,
                };
                let score = rfm::scores(self.cell(of)).and_then(|it| it.get(at).copied());
                some(score, |score| whole(i64::from(score)))
            }
            Attribute::RfmGroup => Value::Text(rfm::group(self.cell(of)).name().to_owned()),
            Attribute::PointsBalance => self.points(of, |points| &points.balance),
            Attribute::PointsExpiring => self.points(of, |points| &points.expiring_30),
            Attribute::Tier => {
                let points = self.context.derived.points.as_ref();
                let tier = points.and_then(|points| {
                    let tier = points.tier.get(of as usize).copied()?;
                    points.tier_ids.get(usize::from(tier))
                });
                some(tier, |tier| Value::Text(tier.clone()))
            }
            _ => Value::Missing,
        }
    }

    fn cell(&self, of: u32) -> u8 {
        let scores = self.scores();
        let cell = scores.cells.get(of as usize).copied();
        cell.unwrap_or(rfm::NO_CELL)
    }

    fn points(&self, of: u32, column: impl Fn(&LoyaltyColumns) -> &Vec<i64>) -> Value {
        let points = self.context.derived.points.as_ref();
        let value = points.and_then(|points| column(points).get(of as usize).copied());
        some(value.filter(|&value| value != i64::NONE), |value| {
            Value::Exact(value, 0)
        })
    }
}

fn words(column: &ListColumn, slot: usize) -> Value {
    let words: Vec<String> = column
        .of(slot)
        .iter()
        .map(|&code| column.dict.text(code).to_owned())
        .collect();
    if words.is_empty() {
        Value::Missing
    } else {
        Value::List(words)
    }
}
