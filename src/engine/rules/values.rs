//! The values there are, offered while a person types.

use super::explain;
use crate::{Context, Engine, Unanswered};
use model::rule::{Attribute, Field, ValueKind, choices_of_attribute};
use model::{Currency, Money};
use protocol::{
    EventName, Fault, FaultCode, FieldKind, NamedField, RuleNames, SegmentReply, Spread,
    ValueCount, ValuesOf,
};
use segment::{FieldUse, Value};

/// Most values given at once.
const VALUES_MAX: u32 = 500;

impl Engine {
    /// The values an attribute, a field of orders or of events has, most frequent first.
    pub(super) fn values_of(
        &mut self,
        of: &ValuesOf,
        search: &str,
        limit: u32,
        context: &Context,
    ) -> Result<SegmentReply, Unanswered> {
        let today = self.today(context);
        let limit = limit.min(VALUES_MAX) as usize;
        let search = search.trim();
        let values = match of {
            ValuesOf::Attribute(name) => {
                let attribute = attribute_of(name)?;
                let view = self.view_attribute(&attribute, today)?;
                match attribute.kind() {
                    _ if is_choice(&attribute) => chosen(view.tally(&attribute), search, limit),
                    ValueKind::Text | ValueKind::List | ValueKind::Custom => {
                        view.columns.values(&attribute, search, limit)
                    }
                    ValueKind::Number | ValueKind::Money | ValueKind::Flag | ValueKind::Date => {
                        Vec::new()
                    }
                }
            }
            ValuesOf::Orders(name) => {
                let field = field_of(name)?;
                let columns = self.columns.as_ref().ok_or(Unanswered::NotReady)?;
                columns.values_of_orders(&field, search, limit)
            }
            ValuesOf::EventKinds => {
                let columns = self.columns.as_ref().ok_or(Unanswered::NotReady)?;
                columns.event_kinds(search, limit)
            }
            ValuesOf::Events { kind, field } => {
                let field = field_of(field)?;
                let columns = self.columns.as_ref().ok_or(Unanswered::NotReady)?;
                columns.event_values(kind, &field, search, limit)
            }
        };
        let named = |(value, count)| ValueCount { value, count };
        Ok(SegmentReply::Values(
            values.into_iter().map(named).collect(),
        ))
    }

    /// How the numbers or days of an attribute lie.
    pub(super) fn spread(
        &mut self,
        attribute: &str,
        context: &Context,
    ) -> Result<SegmentReply, Unanswered> {
        let today = self.today(context);
        let attribute = attribute_of(attribute)?;
        let currency = self.settings.currency;
        let view = self.view_attribute(&attribute, today)?;
        let spread = view.spread(&attribute).map(|spread| {
            let [least, quarter, half, three_quarters, most] =
                spread.values.map(|value| written(value, currency));
            Spread {
                count: spread.count,
                least,
                quarter,
                half,
                three_quarters,
                most,
            }
        });
        Ok(SegmentReply::Spread(spread))
    }

    /// The names that only this workspace has.
    pub(super) fn rule_names(&mut self, _context: &Context) -> Result<SegmentReply, Unanswered> {
        let columns = self.columns.as_ref().ok_or(Unanswered::NotReady)?;
        let events = columns.event_uses().into_iter().map(|event| EventName {
            kind: event.kind,
            count: event.count,
            data: event.data.into_iter().map(named_field).collect(),
        });
        Ok(SegmentReply::Names(RuleNames {
            custom: columns.custom_uses().into_iter().map(named_field).collect(),
            events: events.collect(),
        }))
    }
}

/// Whether it has a few values that are not in a dictionary.
fn is_choice(attribute: &Attribute) -> bool {
    let scores = matches!(
        attribute,
        Attribute::RfmRecency | Attribute::RfmFrequency | Attribute::RfmMonetary | Attribute::Tier
    );
    let choices = !choices_of_attribute(attribute).is_empty();
    scores || choices || attribute.kind() == ValueKind::Flag
}

fn chosen(mut values: Vec<(String, u64)>, search: &str, limit: usize) -> Vec<(String, u64)> {
    let search = search.to_lowercase();
    values.retain(|(value, _)| value.to_lowercase().contains(&search));
    values.truncate(limit);
    values
}

fn attribute_of(name: &str) -> Result<Attribute, Fault> {
    Attribute::of(name).ok_or_else(|| Fault::new(FaultCode::BadRule).at("attr").found(name))
}

fn field_of(name: &str) -> Result<Field, Fault> {
    Field::of(name).ok_or_else(|| Fault::new(FaultCode::BadRule).at("where").found(name))
}

fn named_field(it: FieldUse) -> NamedField {
    let most = it.flags.max(it.numbers).max(it.dates).max(it.texts);
    let kind = if it.texts == most {
        FieldKind::Text
    } else if it.dates == most {
        FieldKind::Date
    } else if it.numbers == most {
        FieldKind::Number
    } else {
        FieldKind::Flag
    };
    NamedField {
        key: it.key,
        kind,
        count: it.flags + it.numbers + it.dates + it.texts,
    }
}

/// A value as it is written in a rule.
fn written(value: Value, currency: Currency) -> String {
    match value {
        Value::Exact(units, scale) => explain::exact(units, scale),
        Value::Float(number) => number.to_string(),
        Value::Money(minor) => Money(minor).to_decimal(currency).to_string(),
        Value::Day(day) => day.to_string(),
        Value::Text(text) => text,
        Value::Birthday(birthday) => birthday.to_string(),
        Value::Flag(flag) => flag.to_string(),
        Value::Missing | Value::List(_) => String::new(),
    }
}
