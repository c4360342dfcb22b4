//! The values and names that conditions on orders and events can be given, with how often they occur.

use super::{Columns, Datum, Dict, custom_kind};
use crate::columns::fold;
use model::OrderStatus;
use model::rule::Field;
use std::collections::BTreeMap;

/// A field of the owner's or a datum of events: how many values of each kind it has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldUse {
    /// Its key.
    pub key: String,
    /// Yes or no.
    pub flags: u64,
    /// Numbers.
    pub numbers: u64,
    /// Texts that read as a day.
    pub dates: u64,
    /// Other texts.
    pub texts: u64,
}

/// A kind of event with its data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventUse {
    /// The kind as it was first written.
    pub kind: String,
    /// How many there are.
    pub count: u64,
    /// Its data, by key.
    pub data: Vec<FieldUse>,
}

/// Texts counted by code, most frequent first, ties by the text, at most `limit` of those that contain `search`.
pub(super) fn most_frequent(
    dict: &Dict,
    counts: &[u64],
    search: &str,
    limit: usize,
) -> Vec<(String, u64)> {
    let search = fold(search);
    let used = (0u32..)
        .zip(counts)
        .skip(1)
        .filter(|&(_, &count)| count > 0);
    let mut found: Vec<(u32, u64)> = used
        .map(|(code, &count)| (code, count))
        .filter(|&(code, _)| search.is_empty() || dict.folded(code).contains(search.as_ref()))
        .collect();
    let order = |a: &(u32, u64), b: &(u32, u64)| {
        let texts = || dict.text(a.0).cmp(dict.text(b.0));
        b.1.cmp(&a.1).then_with(texts)
    };
    if limit > 0 && found.len() > limit {
        // Of many different texts only the first few are sorted.
        found.select_nth_unstable_by(limit - 1, order);
    }
    found.truncate(limit);
    found.sort_unstable_by(order);
    found
        .into_iter()
        .map(|(code, count)| (dict.text(code).to_owned(), count))
        .collect()
}

pub(super) fn count_codes(codes: impl Iterator<Item = u32>, largest: usize) -> Vec<u64> {
    let mut counts = vec![0u64; largest + 1];
    for code in codes {
        if let Some(count) = counts.get_mut(code as usize) {
            *count += 1;
        }
    }
    counts
}

fn named(
    counts: impl IntoIterator<Item = (String, u64)>,
    search: &str,
    limit: usize,
) -> Vec<(String, u64)> {
    let search = fold(search);
    let mut found: Vec<(String, u64)> = counts
        .into_iter()
        .filter(|(name, count)| *count > 0 && fold(name).contains(search.as_ref()))
        .collect();
    found.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    found.truncate(limit);
    found
}

impl Columns {
    fn order_rows(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.slots()).flat_map(|slot| self.orders.blocks.rows(slot))
    }

    /// The values that a field of orders has, most frequent first, ties by the text: how many lines have a product or
    /// category, how many orders a channel, coupon, status, weekday or hour. Nothing for amounts and quantities.
    pub fn values_of_orders(
        &self,
        field: &Field,
        search: &str,
        limit: usize,
    ) -> Vec<(String, u64)> {
        let rows = &self.orders.rows;
        match field {
            Field::Category => self.line_values(true, search, limit),
            Field::Product => self.line_values(false, search, limit),
            Field::Channel => {
                let codes = self.order_rows().map(|row| rows.channel.get(row).copied());
                let counts = count_codes(codes.map(Option::unwrap_or_default), self.terms.len());
                most_frequent(&self.terms, &counts, search, limit)
            }
            Field::Coupon => {
                let codes = self.order_rows().map(|row| rows.coupon.get(row));
                let counts = count_codes(codes, self.coupons.len());
                most_frequent(&self.coupons, &counts, search, limit)
            }
            Field::Status => {
                let mut counts = [0u64; 3];
                for row in self.order_rows() {
                    let at = match self.orders.state(row, i32::MAX).0 {
                        OrderStatus::Paid => 0,
                        OrderStatus::Refunded => 1,
                        OrderStatus::Cancelled => 2,
                    };
                    if let Some(count) = counts.get_mut(at) {
                        *count += 1;
                    }
                }
                let names = ["paid", "refunded", "cancelled"].map(str::to_owned);
                named(names.into_iter().zip(counts), search, limit)
            }
            Field::DayOfWeek => {
                let days = self.order_rows().map(|row| self.orders.day(row));
                let codes = days.map(|day| day.wrapping_add(3).rem_euclid(7) as u32 + 1);
                let counts = count_codes(codes, 7).into_iter().enumerate();
                named(
                    counts.map(|(day, count)| (day.to_string(), count)),
                    search,
                    limit,
                )
            }
            Field::Hour => {
                let minutes = self.order_rows().map(|row| rows.minute.get(row).copied());
                let hours = minutes.map(|minute| u32::from(minute.unwrap_or(0)) / 60);
                let counts = count_codes(hours, 23).into_iter().enumerate();
                named(
                    counts.map(|(hour, count)| (hour.to_string(), count)),
                    search,
                    limit,
                )
            }
            Field::Amount | Field::Quantity | Field::Data(_) => Vec::new(),
        }
    }

    fn event_rows(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.slots()).flat_map(|slot| self.events.blocks.rows(slot))
    }

    /// Kinds of interaction and event, most frequent first.
    pub fn event_kinds(&self, search: &str, limit: usize) -> Vec<(String, u64)> {
        let kinds = self.event_rows().map(|row| self.events.rows.get(row).kind);
        let counts = count_codes(kinds, self.terms.len());
        most_frequent(&self.terms, &counts, search, limit)
    }

    /// The texts that a datum of events of a kind has (of all kinds where it is empty), most frequent first.
    pub fn event_values(
        &self,
        kind: &str,
        field: &Field,
        search: &str,
        limit: usize,
    ) -> Vec<(String, u64)> {
        let events = &self.events;
        let name = match field {
            Field::Data(key) => key.clone().into(),
            other => other.name(),
        };
        let Some(key) = events.keys.code(&name) else {
            return Vec::new();
        };
        let kind = fold(kind);
        let wanted = self.terms.matching(|folded| folded == kind);
        let of_kind = |row: &usize| {
            let code = events.rows.get(*row).kind as usize;
            kind.is_empty() || wanted.get(code).copied().unwrap_or(false)
        };
        let rows = self.event_rows().filter(of_kind);
        let codes = rows.filter_map(|row| match events.datum(row, key) {
            Some(Datum::Text(code)) => Some(code),
            _ => None,
        });
        let counts = count_codes(codes, events.texts.len());
        most_frequent(&events.texts, &counts, search, limit)
    }

    /// Every kind of event with its data, most frequent first. Kinds that differ in case or width only are one.
    pub fn event_uses(&self) -> Vec<EventUse> {
        let events = &self.events;
        let dates = events
            .texts
            .matching(|text| text.parse::<model::Day>().is_ok());
        let mut kinds: BTreeMap<String, (EventUse, BTreeMap<u32, FieldUse>)> = BTreeMap::new();
        let mut by_code: BTreeMap<u32, String> = BTreeMap::new();
        for row in self.event_rows() {
            let code = events.rows.get(row).kind;
            let folded = by_code
                .entry(code)
                .or_insert_with(|| self.terms.folded(code).to_owned());
            if !kinds.contains_key(folded) {
                let kind = EventUse {
                    kind: self.terms.text(code).to_owned(),
                    count: 0,
                    data: Vec::new(),
                };
                kinds.insert(folded.clone(), (kind, BTreeMap::new()));
            }
            let Some((kind, data)) = kinds.get_mut(folded) else {
                continue;
            };
            kind.count += 1;
            for (key, datum) in events.data_range(row).filter_map(|at| events.data.get(at)) {
                let field = data.entry(key).or_default();
                match datum {
                    Datum::Flag(_) => field.flags += 1,
                    Datum::Number(_) => field.numbers += 1,
                    Datum::Text(code) if dates.get(code as usize) == Some(&true) => {
                        field.dates += 1
                    }
                    Datum::Text(_) => field.texts += 1,
                }
            }
        }
        let mut found: Vec<EventUse> = kinds
            .into_values()
            .map(|(mut kind, data)| {
                kind.data = data
                    .into_iter()
                    .map(|(key, field)| FieldUse {
                        key: events.keys.text(key).to_owned(),
                        ..field
                    })
                    .collect();
                kind.data.sort_by(|a, b| a.key.cmp(&b.key));
                kind
            })
            .collect();
        found.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.kind.cmp(&b.kind)));
        found
    }

    /// The owner's own fields that somebody has a value for, by key.
    pub fn custom_uses(&self) -> Vec<FieldUse> {
        let columns = self.customers.custom.iter();
        columns
            .map(|(key, column)| {
                let dates = column
                    .dict
                    .matching(|text| text.parse::<model::Day>().is_ok());
                let mut field = FieldUse {
                    key: key.clone(),
                    ..FieldUse::default()
                };
                for (slot, kind) in column.kinds.values().iter().enumerate() {
                    let value = column.values.get(slot) as usize;
                    match *kind {
                        custom_kind::FLAG => field.flags += 1,
                        custom_kind::NUMBER => field.numbers += 1,
                        custom_kind::TEXT if dates.get(value) == Some(&true) => {
                            field.dates += 1;
                        }
                        custom_kind::TEXT => field.texts += 1,
                        _ => {}
                    }
                }
                field
            })
            .filter(|field| field.flags + field.numbers + field.dates + field.texts > 0)
            .collect()
    }
}
