//! Interactions and tracked events with the data that rules can ask about.

use super::arrays::{Blocks, Table};
use super::dict::Dict;
use model::CustomField;
use std::collections::BTreeMap;

/// A person's own words are not kept in columns: they may be long, and no rule asks for them.
const OWN_WORDS: &str = "text";

/// Events as arrays. One row's data are `data_start .. + data_len`.
#[derive(Clone, Debug, Default)]
pub(crate) struct EventRows {
    pub(crate) id: Vec<i64>,
    pub(crate) at: Vec<i64>,
    pub(crate) day: Vec<i32>,
    pub(crate) minute: Vec<u16>,
    pub(crate) kind: Vec<u32>,
    pub(crate) data_start: Vec<u32>,
    pub(crate) data_len: Vec<u32>,
}

/// One event's values, to write a row with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EventValues {
    pub(crate) id: i64,
    pub(crate) at: i64,
    pub(crate) day: i32,
    pub(crate) minute: u16,
    pub(crate) kind: u32,
    pub(crate) data_start: u32,
    pub(crate) data_len: u32,
}

impl Table for EventRows {
    fn rows(&self) -> usize {
        self.id.len()
    }

    fn push_blank(&mut self) {
        self.id.push(0);
        self.at.push(0);
        self.day.push(0);
        self.minute.push(0);
        self.kind.push(0);
        self.data_start.push(0);
        self.data_len.push(0);
    }

    fn copy_row(&mut self, from: usize, to: usize) {
        let values = self.get(from);
        self.write(to, &values);
    }
}

impl EventRows {
    pub(crate) fn get(&self, row: usize) -> EventValues {
        EventValues {
            id: self.id.get(row).copied().unwrap_or(0),
            at: self.at.get(row).copied().unwrap_or(0),
            day: self.day.get(row).copied().unwrap_or(i32::MAX),
            minute: self.minute.get(row).copied().unwrap_or(0),
            kind: self.kind.get(row).copied().unwrap_or(0),
            data_start: self.data_start.get(row).copied().unwrap_or(0),
            data_len: self.data_len.get(row).copied().unwrap_or(0),
        }
    }

    pub(crate) fn write(&mut self, row: usize, it: &EventValues) {
        fn put<T: Copy>(column: &mut [T], row: usize, value: T) {
            if let Some(place) = column.get_mut(row) {
                *place = value;
            }
        }
        put(&mut self.id, row, it.id);
        put(&mut self.at, row, it.at);
        put(&mut self.day, row, it.day);
        put(&mut self.minute, row, it.minute);
        put(&mut self.kind, row, it.kind);
        put(&mut self.data_start, row, it.data_start);
        put(&mut self.data_len, row, it.data_len);
    }

    pub(crate) fn gather(&self, rows: &[u32]) -> Self {
        let mut gathered = Self::default();
        for (to, &from) in rows.iter().enumerate() {
            gathered.push_blank();
            gathered.write(to, &self.get(from as usize));
        }
        gathered
    }
}

/// A datum of an event.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Datum {
    Flag(bool),
    Number(f64),
    /// Code in the dictionary of texts.
    Text(u32),
}

/// Data of all events.
#[derive(Clone, Debug, Default)]
pub(crate) struct DataRows {
    pub(crate) key: Vec<u32>,
    pub(crate) kind: Vec<u8>,
    pub(crate) value: Vec<u64>,
}

impl DataRows {
    pub(crate) fn len(&self) -> usize {
        self.key.len()
    }

    fn push(&mut self, key: u32, datum: Datum) {
        let (kind, value) = match datum {
            Datum::Flag(flag) => (0, u64::from(flag)),
            Datum::Number(number) => (1, number.to_bits()),
            Datum::Text(code) => (2, u64::from(code)),
        };
        self.key.push(key);
        self.kind.push(kind);
        self.value.push(value);
    }

    pub(crate) fn get(&self, at: usize) -> Option<(u32, Datum)> {
        let value = self.value.get(at).copied()?;
        let datum = match self.kind.get(at).copied()? {
            0 => Datum::Flag(value == 1),
            1 => Datum::Number(f64::from_bits(value)),
            _ => Datum::Text(value as u32),
        };
        Some((self.key.get(at).copied()?, datum))
    }
}

/// All events of all customers, by time, then id.
#[derive(Clone, Debug, Default)]
pub(crate) struct Events {
    pub(crate) rows: EventRows,
    pub(crate) blocks: Blocks,
    pub(crate) data: DataRows,
    pub(crate) data_holes: usize,
    pub(crate) keys: Dict,
    pub(crate) texts: Dict,
}

impl Events {
    /// Adds data and says where they lie.
    pub(crate) fn add_data(&mut self, data: &BTreeMap<String, CustomField>) -> (u32, u32) {
        let start = self.data.len() as u32;
        for (key, value) in data {
            if key == OWN_WORDS {
                continue;
            }
            let datum = match value {
                CustomField::Flag(flag) => Datum::Flag(*flag),
                CustomField::Number(number) => Datum::Number(*number),
                CustomField::Text(text) if text.is_empty() => continue,
                CustomField::Text(text) => Datum::Text(self.texts.intern(text)),
            };
            let key = self.keys.intern(key);
            self.data.push(key, datum);
        }
        (start, self.data.len() as u32 - start)
    }

    pub(crate) fn data_range(&self, row: usize) -> std::ops::Range<usize> {
        let it = self.rows.get(row);
        let start = it.data_start as usize;
        start..start + it.data_len as usize
    }

    /// The datum of that key.
    pub(crate) fn datum(&self, row: usize, key: u32) -> Option<Datum> {
        self.data_range(row)
            .filter_map(|at| self.data.get(at))
            .find(|(known, _)| *known == key)
            .map(|(_, datum)| datum)
    }

    pub(crate) fn tidy(&mut self) {
        let many_data_holes = self.data_holes > 4096 && self.data_holes > self.data.len() / 2;
        if self.blocks.is_sparse(self.rows.rows()) || many_data_holes {
            self.close_holes();
        }
    }

    pub(crate) fn close_holes(&mut self) {
        self.rows = self.rows.gather(&self.blocks.all_rows());
        self.blocks = Blocks::dense(self.blocks.lens().to_vec());
        let mut data = DataRows::default();
        for row in 0..self.rows.rows() {
            let mut values = self.rows.get(row);
            let range = self.data_range(row);
            values.data_start = data.len() as u32;
            for (key, datum) in range.filter_map(|at| self.data.get(at)) {
                data.push(key, datum);
            }
            self.rows.write(row, &values);
        }
        self.data = data;
        self.data_holes = 0;
    }
}
