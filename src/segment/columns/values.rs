//! Texts and lists as a person wrote them: single values, and all values with how often they occur.

use super::uses::{count_codes, most_frequent};
use super::{Columns, CustomColumn, ListColumn, TextColumn, custom_kind};
use model::rule::Attribute;

impl Columns {
    /// A text attribute's value as it was written (`name`, `province` ...). `None` where there is none, and for
    /// attributes that are not text of the record.
    pub fn text(&self, slot: u32, attribute: &Attribute) -> Option<&str> {
        let column = self.customers.text_column(attribute)?;
        column.dict.get(column.codes.get(slot as usize))
    }

    /// The values of an attribute that is text or a list (the owner's own fields too, where they hold text) that
    /// contain `search`, most frequent first, ties by the text, at most `limit`; with the number of customers that
    /// have each. Case and width do not matter for the search.
    pub fn values(&self, attribute: &Attribute, search: &str, limit: usize) -> Vec<(String, u64)> {
        let customers = &self.customers;
        let (dict, counts) = match attribute {
            Attribute::Tags => list_counts(&customers.tags, self.slots()),
            Attribute::Interests => list_counts(&customers.interests, self.slots()),
            Attribute::Custom(key) => match customers.custom.get(key) {
                Some(column) => custom_counts(column),
                None => return Vec::new(),
            },
            _ => match customers.text_column(attribute) {
                Some(column) => text_counts(column),
                None => return Vec::new(),
            },
        };
        most_frequent(dict, &counts, search, limit)
    }

    /// The keys of the owner's own fields that somebody has a value for.
    pub fn custom_keys(&self) -> Vec<&str> {
        let used = |column: &CustomColumn| column.kinds.values().iter().any(|&kind| kind != 0);
        let columns = self.customers.custom.iter();
        columns
            .filter(|(_, column)| used(column))
            .map(|(key, _)| key.as_str())
            .collect()
    }

    /// The products or categories that occur in lines, most frequent first, at most `limit`: for the values a
    /// condition on orders can be given.
    pub fn line_values(&self, categories: bool, search: &str, limit: usize) -> Vec<(String, u64)> {
        let lines = &self.orders.lines;
        let codes = if categories {
            &lines.category
        } else {
            &lines.product
        };
        let counts = count_codes(codes.iter().copied(), self.terms.len());
        most_frequent(&self.terms, &counts, search, limit)
    }
}

fn text_counts(column: &TextColumn) -> (&super::Dict, Vec<u64>) {
    let codes = column.codes.values().iter().copied();
    (&column.dict, count_codes(codes, column.dict.len()))
}

fn list_counts(column: &ListColumn, slots: usize) -> (&super::Dict, Vec<u64>) {
    let codes = (0..slots).flat_map(|slot| column.of(slot).iter().copied());
    (&column.dict, count_codes(codes, column.dict.len()))
}

fn custom_counts(column: &CustomColumn) -> (&super::Dict, Vec<u64>) {
    let kinds = column.kinds.values().iter();
    let texts = kinds.zip(column.values.values());
    let codes = texts
        .filter(|&(&kind, _)| kind == custom_kind::TEXT)
        .map(|(_, &value)| value as u32);
    (&column.dict, count_codes(codes, column.dict.len()))
}
