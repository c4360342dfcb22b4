//! The snapshot: all columns as one piece of bytes, so that opening need not read the database through.
//!
//! Layout, everything little end first: magic `SHUKECOL`, format version, xxh3 checksum (64 bits) of all that
//! follows, then data version, zone, currency and the columns one behind the other, each with its length. A snapshot
//! is derived data: whatever is wrong with it, the answer is [`SnapshotError`] and the columns are built anew.
//! Dictionaries are written without the texts that nobody has any more, so that an erased person is in no snapshot.

use super::arrays::{Blocks, Lazy, Missing};
use super::customers::{Codes, CustomColumn, Customers, ListColumn, TextColumn};
use super::dict::Dict;
use super::events::{DataRows, EventRows, Events};
use super::orders::{Categories, LineRows, OrderRows, Orders, RefundRow, Totals, with_room};
use super::{Columns, custom_kind};
use crate::Bitmap;
use model::{Currency, Day, Money, RefundLine, Timestamp, Zone};
use std::collections::BTreeMap;
use xxhash_rust::xxh3::xxh3_64;

const MAGIC: &[u8; 8] = b"SHUKECOL";
/// Raised whenever the layout changes; older snapshots are then built anew.
const FORMAT: u32 = 1;
const HEADER: usize = 20;

/// Why a snapshot cannot be used: damaged, or of another format. The columns are then built from the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the snapshot is damaged or of another format")]
pub struct SnapshotError;

type Read<T> = Result<T, SnapshotError>;

/// A plain number in a column.
trait Plain: Sized + Copy {
    fn write_all(values: &[Self], out: &mut Vec<u8>);
    fn read_all(bytes: &[u8]) -> Vec<Self>;
    const SIZE: usize;
}

macro_rules! plain {
    ($($kind:ty),*) => {$(
        impl Plain for $kind {
            const SIZE: usize = size_of::<$kind>();

            fn write_all(values: &[Self], out: &mut Vec<u8>) {
                out.extend(values.iter().flat_map(|value| value.to_le_bytes()));
            }

            fn read_all(bytes: &[u8]) -> Vec<Self> {
                let chunks = bytes.as_chunks::<{ size_of::<$kind>() }>().0;
                let mut values = Vec::with_capacity(with_room(chunks.len()));
                values.extend(chunks.iter().map(|chunk| Self::from_le_bytes(*chunk)));
                values
            }
        }
    )*};
}

plain!(u8, u16, u32, u64, i32, i64);

struct Writer {
    out: Vec<u8>,
}

impl Writer {
    fn number(&mut self, number: u64) {
        self.out.extend(number.to_le_bytes());
    }

    fn column<T: Plain>(&mut self, values: &[T]) {
        self.number(values.len() as u64);
        self.out.reserve(values.len() * T::SIZE);
        T::write_all(values, &mut self.out);
    }

    fn text(&mut self, text: &str) {
        self.column(text.as_bytes());
    }

    fn lazy<T: Plain + Missing>(&mut self, column: &Lazy<T>) {
        self.column(column.values());
    }

    fn dict(&mut self, dict: &Dict) {
        let (arena, ends) = dict.parts();
        self.text(arena);
        self.column(ends);
    }
}

struct Reader<'b> {
    rest: &'b [u8],
}

impl<'b> Reader<'b> {
    fn take(&mut self, len: usize) -> Read<&'b [u8]> {
        let (taken, rest) = self.rest.split_at_checked(len).ok_or(SnapshotError)?;
        self.rest = rest;
        Ok(taken)
    }

    fn number(&mut self) -> Read<u64> {
        let bytes = self.take(8)?;
        Ok(u64::from_le_bytes(
            bytes.try_into().map_err(|_| SnapshotError)?,
        ))
    }

    fn size(&mut self) -> Read<usize> {
        usize::try_from(self.number()?).map_err(|_| SnapshotError)
    }

    fn column<T: Plain>(&mut self) -> Read<Vec<T>> {
        let len = self.size()?.checked_mul(T::SIZE).ok_or(SnapshotError)?;
        Ok(T::read_all(self.take(len)?))
    }

    /// A column of exactly so many values.
    fn column_of<T: Plain>(&mut self, len: usize) -> Read<Vec<T>> {
        let column = self.column()?;
        if column.len() == len {
            Ok(column)
        } else {
            Err(SnapshotError)
        }
    }

    /// A column that may be shorter.
    fn lazy<T: Plain + Missing>(&mut self, most: usize) -> Read<Lazy<T>> {
        let column: Vec<T> = self.column()?;
        if column.len() <= most {
            Ok(column.into())
        } else {
            Err(SnapshotError)
        }
    }

    fn text(&mut self) -> Read<String> {
        String::from_utf8(self.column()?).map_err(|_| SnapshotError)
    }

    fn dict(&mut self) -> Read<Dict> {
        let arena = self.text()?;
        let ends = self.column()?;
        Dict::from_parts(arena, ends).ok_or(SnapshotError)
    }

    /// Codes that all are in the dictionary.
    fn codes_of(&self, codes: &[u32], dict: &Dict) -> Read<()> {
        let most = codes.iter().copied().max().unwrap_or(0);
        if most as usize <= dict.len() {
            Ok(())
        } else {
            Err(SnapshotError)
        }
    }

    /// Blocks written as the number of rows of each owner; together they have all rows.
    fn blocks(&mut self, owners: usize, rows: usize) -> Read<Blocks> {
        let lens: Vec<u32> = self.column_of(owners)?;
        let all: u64 = lens.iter().map(|&len| u64::from(len)).sum();
        if all == rows as u64 {
            Ok(Blocks::dense(lens))
        } else {
            Err(SnapshotError)
        }
    }
}

/// A dictionary with only those texts that are used, and the new code of each old one.
fn used_texts(dict: &Dict, codes: impl Iterator<Item = u32>) -> (Dict, Vec<u32>) {
    let mut new_codes = vec![0u32; dict.len() + 1];
    for code in codes {
        if let Some(place) = new_codes.get_mut(code as usize) {
            *place = 1;
        }
    }
    let mut kept = Dict::default();
    for (code, text) in dict.iter() {
        if let Some(place) = new_codes.get_mut(code as usize)
            && *place == 1
        {
            *place = kept.push(text);
        }
    }
    if let Some(none) = new_codes.first_mut() {
        *none = 0;
    }
    (kept, new_codes)
}

fn renumber(codes: &[u32], new_codes: &[u32]) -> Vec<u32> {
    codes
        .iter()
        .map(|&code| new_codes.get(code as usize).copied().unwrap_or(0))
        .collect()
}

impl Columns {
    /// Everything as bytes. Closes holes first where there are any.
    pub fn to_bytes(&mut self) -> Vec<u8> {
        self.orders.close_holes();
        self.events.close_holes();
        self.customers.tags.close_holes();
        self.customers.interests.close_holes();
        let mut writer = Writer {
            out: Vec::with_capacity(self.slots() * 160 + self.orders.rows.id.len() * 96),
        };
        writer.out.extend(MAGIC);
        writer.out.extend(FORMAT.to_le_bytes());
        writer.out.extend([0; 8]);
        writer.number(self.data_version());
        writer.text(self.zone.name());
        writer.text(self.currency.code());
        writer.column(self.live.words());
        write_customers(&self.customers, &mut writer);
        self.write_orders(&mut writer);
        self.write_events(&mut writer);
        let mut out = writer.out;
        let checksum = xxh3_64(out.get(HEADER..).unwrap_or(&[]));
        if let Some(place) = out.get_mut(12..HEADER) {
            place.copy_from_slice(&checksum.to_le_bytes());
        }
        out
    }

    /// The data version of a snapshot, without reading it through: whether it is worth reading.
    pub fn version_of(bytes: &[u8]) -> Option<u64> {
        let known = bytes.get(..8)? == MAGIC && bytes.get(8..12)? == FORMAT.to_le_bytes();
        let version = bytes.get(HEADER..HEADER + 8)?;
        known.then_some(u64::from_le_bytes(version.try_into().ok()?))
    }

    /// Reads a snapshot back.
    ///
    /// # Errors
    /// [`SnapshotError`] for anything that is not a whole snapshot of this format; never a panic.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SnapshotError> {
        Self::version_of(bytes).ok_or(SnapshotError)?;
        let checksum = bytes.get(12..HEADER).ok_or(SnapshotError)?;
        let rest = bytes.get(HEADER..).ok_or(SnapshotError)?;
        if xxh3_64(rest).to_le_bytes() != checksum {
            return Err(SnapshotError);
        }
        let mut reader = Reader { rest };
        let data_version = reader.number()?;
        let zone = Zone::parse(&reader.text()?).map_err(|_| SnapshotError)?;
        let currency = Currency::parse(&reader.text()?).map_err(|_| SnapshotError)?;
        let live: Vec<u64> = reader.column()?;
        let customers = read_customers(&mut reader)?;
        let slots = customers.slots();
        if live.len() != slots.div_ceil(64) {
            return Err(SnapshotError);
        }
        let mut columns = Columns::new(zone, currency);
        columns.set_data_version(data_version);
        columns.live = Bitmap::from_words(live, slots);
        columns.customers = customers;
        columns.read_orders(&mut reader, slots)?;
        columns.read_events(&mut reader, slots)?;
        if !reader.rest.is_empty() {
            return Err(SnapshotError);
        }
        columns.index = (0..)
            .zip(&columns.customers.ids)
            .map(|(slot, &id)| (id, slot))
            .collect();
        columns.index.sort_unstable();
        let double = |pair: &[(i64, u32)]| matches!(pair, [a, b] if a.0 == b.0);
        if columns.index.windows(2).any(double) {
            return Err(SnapshotError);
        }
        Ok(columns)
    }

    fn write_orders(&self, writer: &mut Writer) {
        let orders = &self.orders;
        let rows = &orders.rows;
        writer.dict(&self.terms);
        let (coupons, new_codes) = used_texts(&self.coupons, rows.coupon.values().iter().copied());
        writer.dict(&coupons);
        let codes: Vec<&str> = self.currencies.iter().map(Currency::code).collect();
        writer.text(&codes.join(" "));
        writer.column(&rows.id);
        writer.column(&rows.at);
        writer.column(&rows.day);
        writer.column(&rows.minute);
        writer.column(&rows.amount);
        writer.column(&rows.flags);
        writer.column(&rows.channel);
        writer.column(&rows.line_len);
        writer.column(&renumber(rows.coupon.values(), &new_codes));
        writer.lazy(&rows.currency);
        writer.lazy(&rows.refunds);
        writer.lazy(&rows.gross);
        writer.lazy(&rows.tax);
        writer.lazy(&rows.paid_with_points);
        writer.column(orders.blocks.lens());
        writer.column(&orders.lines.product);
        writer.column(&orders.lines.category);
        writer.column(&orders.lines.quantity_milli);
        writer.column(&orders.lines.amount);
        writer.number(orders.refunds.len() as u64);
        for list in &orders.refunds {
            writer.number(list.len() as u64);
            for refund in list {
                writer.text(&refund.key);
                writer.column(&[refund.at.0, i64::from(refund.day.0), refund.amount.0]);
                let flat = refund.lines.iter();
                let flat: Vec<i64> = flat
                    .flat_map(|part| [i64::from(part.line), part.quantity_milli])
                    .collect();
                writer.column(&flat);
            }
        }
        let totals = &orders.totals;
        writer.column(&totals.count);
        writer.column(&totals.converted);
        writer.column(&totals.spend);
        writer.column(&totals.first);
        writer.column(&totals.last);
        writer.column(&totals.horizon);
        writer.column(&totals.categories);
        writer.lazy(&orders.categories.numbers);
    }

    fn read_orders(&mut self, reader: &mut Reader, slots: usize) -> Read<()> {
        self.terms = reader.dict()?;
        self.coupons = reader.dict()?;
        for code in reader.text()?.split_whitespace() {
            self.currencies
                .push(Currency::parse(code).map_err(|_| SnapshotError)?);
        }
        let id: Vec<i64> = reader.column()?;
        let len = id.len();
        let rows = OrderRows {
            id,
            at: reader.column_of(len)?,
            day: reader.column_of(len)?,
            minute: reader.column_of(len)?,
            amount: reader.column_of(len)?,
            flags: reader.column_of(len)?,
            channel: reader.column_of(len)?,
            line_start: Vec::new(),
            line_len: reader.column_of(len)?,
            coupon: reader.lazy(len)?,
            currency: reader.lazy(len)?,
            refunds: reader.lazy(len)?,
            gross: reader.lazy(len)?,
            tax: reader.lazy(len)?,
            paid_with_points: reader.lazy(len)?,
        };
        reader.codes_of(&rows.channel, &self.terms)?;
        reader.codes_of(rows.coupon.values(), &self.coupons)?;
        let blocks = reader.blocks(slots, len)?;
        let product: Vec<u32> = reader.column()?;
        let line_count = product.len();
        let lines = LineRows {
            product,
            category: reader.column_of(line_count)?,
            quantity_milli: reader.column_of(line_count)?,
            amount: reader.column_of(line_count)?,
        };
        reader.codes_of(&lines.product, &self.terms)?;
        reader.codes_of(&lines.category, &self.terms)?;
        // Lines lie behind one another, so that their starts follow from their numbers.
        let line_blocks = Blocks::dense(rows.line_len.clone());
        let all: u64 = rows.line_len.iter().map(|&len| u64::from(len)).sum();
        if all != line_count as u64 {
            return Err(SnapshotError);
        }
        let refunds = read_refunds(reader)?;
        let most = rows.refunds.values().iter().copied().max().unwrap_or(0);
        if most as usize > refunds.len() {
            return Err(SnapshotError);
        }
        self.orders = Orders {
            rows: OrderRows {
                line_start: line_blocks.starts().to_vec(),
                ..rows
            },
            blocks,
            lines,
            line_holes: 0,
            refunds,
            totals: read_totals(reader, slots)?,
            categories: Categories::default(),
            // Rates are no part of a snapshot: whoever reads it brings them.
            rates: vec![Vec::new(); self.currencies.len()],
            home: self.currency,
        };
        let numbers: Lazy<u32> = reader.lazy(self.terms.len() + 1)?;
        let count = numbers.values().iter().copied().max().unwrap_or(0);
        self.orders.categories = Categories { numbers, count };
        self.orders.mark_all(slots);
        Ok(())
    }

    fn write_events(&self, writer: &mut Writer) {
        let events = &self.events;
        let texts = events.data.kind.iter().zip(&events.data.value);
        let used = texts
            .filter(|&(&kind, _)| kind == 2)
            .map(|(_, &value)| value as u32);
        let (dict, new_codes) = used_texts(&events.texts, used);
        writer.dict(&events.keys);
        writer.dict(&dict);
        writer.column(&events.rows.id);
        writer.column(&events.rows.at);
        writer.column(&events.rows.day);
        writer.column(&events.rows.minute);
        writer.column(&events.rows.kind);
        writer.column(&events.rows.data_len);
        writer.column(events.blocks.lens());
        writer.column(&events.data.key);
        writer.column(&events.data.kind);
        let values = events.data.kind.iter().zip(&events.data.value);
        let values: Vec<u64> = values
            .map(|(&kind, &value)| match kind {
                2 => u64::from(new_codes.get(value as usize).copied().unwrap_or(0)),
                _ => value,
            })
            .collect();
        writer.column(&values);
    }

    fn read_events(&mut self, reader: &mut Reader, slots: usize) -> Read<()> {
        let keys = reader.dict()?;
        let texts = reader.dict()?;
        let id: Vec<i64> = reader.column()?;
        let len = id.len();
        let rows = EventRows {
            id,
            at: reader.column_of(len)?,
            day: reader.column_of(len)?,
            minute: reader.column_of(len)?,
            kind: reader.column_of(len)?,
            data_start: Vec::new(),
            data_len: reader.column_of(len)?,
        };
        let blocks = reader.blocks(slots, len)?;
        let key: Vec<u32> = reader.column()?;
        let data = DataRows {
            kind: reader.column_of(key.len())?,
            value: reader.column_of(key.len())?,
            key,
        };
        reader.codes_of(&rows.kind, &self.terms)?;
        reader.codes_of(&data.key, &keys)?;
        let all: u64 = rows.data_len.iter().map(|&len| u64::from(len)).sum();
        if all != data.len() as u64 {
            return Err(SnapshotError);
        }
        let starts = Blocks::dense(rows.data_len.clone());
        self.events = Events {
            rows: EventRows {
                data_start: starts.starts().to_vec(),
                ..rows
            },
            blocks,
            data,
            data_holes: 0,
            keys,
            texts,
        };
        Ok(())
    }
}

fn read_totals(reader: &mut Reader, slots: usize) -> Read<Totals> {
    Ok(Totals {
        count: reader.column_of(slots)?,
        converted: reader.column_of(slots)?,
        spend: reader.column_of(slots)?,
        first: reader.column_of(slots)?,
        last: reader.column_of(slots)?,
        horizon: reader.column_of(slots)?,
        categories: reader.column_of(slots)?,
        plain: Vec::new(),
        latest: 0,
    })
}

fn read_refunds(reader: &mut Reader) -> Read<Vec<Vec<RefundRow>>> {
    let lists = reader.size()?;
    let mut refunds = Vec::new();
    for _ in 0..lists {
        let mut list = Vec::new();
        for _ in 0..reader.size()? {
            let key = reader.text()?;
            let numbers: Vec<i64> = reader.column_of(3)?;
            let flat: Vec<i64> = reader.column()?;
            let &[at, day, amount] = numbers.as_slice() else {
                return Err(SnapshotError);
            };
            let lines = flat
                .as_chunks::<2>()
                .0
                .iter()
                .map(|&[line, quantity]| RefundLine {
                    line: line as u32,
                    quantity_milli: quantity,
                });
            list.push(RefundRow {
                key,
                at: Timestamp(at),
                day: Day(day as i32),
                amount: Money(amount),
                lines: lines.collect(),
            });
        }
        refunds.push(list);
    }
    Ok(refunds)
}

fn write_customers(customers: &Customers, writer: &mut Writer) {
    writer.column(&customers.ids);
    for column in &customers.texts {
        let (dict, new_codes) = used_texts(&column.dict, column.codes.values().iter().copied());
        writer.dict(&dict);
        writer.column(&renumber(column.codes.values(), &new_codes));
    }
    for list in [&customers.tags, &customers.interests] {
        let (dict, new_codes) = used_texts(&list.dict, list.codes.0.iter().copied());
        writer.dict(&dict);
        writer.column(&renumber(&list.codes.0, &new_codes));
        writer.column(list.blocks.lens());
    }
    writer.column(&customers.gender);
    writer.column(&customers.kind);
    writer.column(&customers.consent);
    writer.column(&customers.birth_year);
    writer.column(&customers.birth_month_day);
    writer.column(&customers.signup_on);
    writer.column(&customers.created_on);
    writer.lazy(&customers.acquisition_cost);
    writer.number(customers.custom.len() as u64);
    for (key, column) in &customers.custom {
        writer.text(key);
        let kinds = column.kinds.values();
        let texts = kinds.iter().zip(column.values.values());
        let used = texts
            .filter(|&(&kind, _)| kind == custom_kind::TEXT)
            .map(|(_, &value)| value as u32);
        let (dict, new_codes) = used_texts(&column.dict, used);
        writer.dict(&dict);
        writer.column(kinds);
        let values = column.values.values().iter().enumerate();
        let values: Vec<u64> = values
            .map(|(at, &value)| match column.kinds.get(at) {
                custom_kind::TEXT => u64::from(new_codes.get(value as usize).copied().unwrap_or(0)),
                _ => value,
            })
            .collect();
        writer.column(&values);
    }
}

fn read_customers(reader: &mut Reader) -> Read<Customers> {
    let ids: Vec<i64> = reader.column()?;
    let slots = ids.len();
    let mut customers = Customers {
        ids,
        ..Customers::default()
    };
    for column in &mut customers.texts {
        let dict = reader.dict()?;
        let codes = reader.lazy(slots)?;
        reader.codes_of(codes.values(), &dict)?;
        *column = TextColumn { dict, codes };
    }
    for list in [&mut customers.tags, &mut customers.interests] {
        let dict = reader.dict()?;
        let codes: Vec<u32> = reader.column()?;
        reader.codes_of(&codes, &dict)?;
        let blocks = reader.blocks(slots, codes.len())?;
        *list = ListColumn {
            dict,
            blocks,
            codes: Codes(codes),
        };
    }
    customers.gender = reader.column_of(slots)?;
    customers.kind = reader.column_of(slots)?;
    customers.consent = reader.column_of(slots)?;
    customers.birth_year = reader.column_of(slots)?;
    customers.birth_month_day = reader.column_of(slots)?;
    customers.signup_on = reader.column_of(slots)?;
    customers.created_on = reader.column_of(slots)?;
    customers.acquisition_cost = reader.lazy(slots)?;
    let mut custom = BTreeMap::new();
    for _ in 0..reader.size()? {
        let key = reader.text()?;
        let column = CustomColumn {
            dict: reader.dict()?,
            kinds: reader.lazy(slots)?,
            values: reader.lazy(slots)?,
        };
        custom.insert(key, column);
    }
    customers.custom = custom;
    Ok(customers)
}
