//! Orders, their lines and refunds, and what follows from them for each customer.
//!
//! **What counts.** As of a day an order exists when its local day is not later. It is *cancelled* when its status
//! says so. It is *refunded* when the refunds up to that day make up its whole amount, or when its status says
//! refunded and no refund lies after that day. Otherwise it is *paid* and counts, with what remains of its amount.
//! An order in another currency counts as an order; its amount is what remains of it, converted by the rate of its
//! own day (half up), whenever it is asked for. Without a rate it has no amount that could be summed.

use super::arrays::{Blocks, Lazy, Missing, Table};
use model::{Currency, Day, OrderStatus, Rate, RefundLine, Timestamp};

/// The lowest two bits of an order's flags: its recorded status.
pub(crate) const STATUS: u8 = 0b11;
pub(crate) const REFUNDED: u8 = 1;
pub(crate) const CANCELLED: u8 = 2;
/// Its currency is not the workspace's.
pub(crate) const FOREIGN: u8 = 4;
/// It has refunds.
pub(crate) const HAS_REFUNDS: u8 = 8;

/// A refund in the columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundRow {
    /// Idempotency key.
    pub key: String,
    /// When.
    pub at: Timestamp,
    /// Local day.
    pub day: Day,
    /// How much.
    pub amount: model::Money,
    /// Which lines.
    pub lines: Vec<RefundLine>,
}

/// Orders as arrays. One row's lines are `line_start .. + line_len`.
#[derive(Clone, Debug, Default)]
pub(crate) struct OrderRows {
    pub(crate) id: Vec<i64>,
    pub(crate) at: Vec<i64>,
    pub(crate) day: Vec<i32>,
    pub(crate) minute: Vec<u16>,
    pub(crate) amount: Vec<i64>,
    pub(crate) flags: Vec<u8>,
    pub(crate) channel: Vec<u32>,
    pub(crate) line_start: Vec<u32>,
    pub(crate) line_len: Vec<u32>,
    pub(crate) coupon: Lazy<u32>,
    /// Index into the list of currencies; 0 is the workspace's.
    pub(crate) currency: Lazy<u32>,
    /// Index into the list of refunds, plus one.
    pub(crate) refunds: Lazy<u32>,
    pub(crate) gross: Lazy<i64>,
    pub(crate) tax: Lazy<i64>,
    pub(crate) paid_with_points: Lazy<i64>,
}

/// One order's values, to write a row with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OrderValues {
    pub(crate) id: i64,
    pub(crate) at: i64,
    pub(crate) day: i32,
    pub(crate) minute: u16,
    pub(crate) amount: i64,
    pub(crate) flags: u8,
    pub(crate) channel: u32,
    pub(crate) line_start: u32,
    pub(crate) line_len: u32,
    pub(crate) coupon: u32,
    pub(crate) currency: u32,
    pub(crate) gross: i64,
    pub(crate) tax: i64,
    pub(crate) paid_with_points: i64,
}

/// Runs a piece of code for each column that has a value in every row.
macro_rules! each_dense {
    ($rows:ident, $column:ident => $body:expr) => {{
        {
            let $column = &mut $rows.id;
            $body
        }
        {
            let $column = &mut $rows.at;
            $body
        }
        {
            let $column = &mut $rows.day;
            $body
        }
        {
            let $column = &mut $rows.minute;
            $body
        }
        {
            let $column = &mut $rows.amount;
            $body
        }
        {
            let $column = &mut $rows.flags;
            $body
        }
        {
            let $column = &mut $rows.channel;
            $body
        }
        {
            let $column = &mut $rows.line_start;
            $body
        }
        {
            let $column = &mut $rows.line_len;
            $body
        }
    }};
}

fn copy_within<T: Copy>(column: &mut [T], from: usize, to: usize) {
    let value = column.get(from).copied();
    if let (Some(value), Some(place)) = (value, column.get_mut(to)) {
        *place = value;
    }
}

fn copy_lazy<T: Missing>(column: &mut Lazy<T>, from: usize, to: usize) {
    column.set(to, column.get(from));
}

fn gather<T: Copy + Default>(column: &[T], rows: &[u32]) -> Vec<T> {
    let mut gathered = Vec::with_capacity(with_room(rows.len()));
    let values = rows.iter().map(|&row| column.get(row as usize).copied());
    gathered.extend(values.map(Option::unwrap_or_default));
    gathered
}

/// Room for some more, so that the next order does not make all columns move.
pub(crate) fn with_room(len: usize) -> usize {
    len + len / 32 + 64
}

impl Table for OrderRows {
    fn rows(&self) -> usize {
        self.id.len()
    }

    fn push_blank(&mut self) {
        each_dense!(self, column => column.push(Default::default()));
    }

    fn copy_row(&mut self, from: usize, to: usize) {
        each_dense!(self, column => copy_within(column, from, to));
        copy_lazy(&mut self.coupon, from, to);
        copy_lazy(&mut self.currency, from, to);
        copy_lazy(&mut self.refunds, from, to);
        copy_lazy(&mut self.gross, from, to);
        copy_lazy(&mut self.tax, from, to);
        copy_lazy(&mut self.paid_with_points, from, to);
    }
}

impl OrderRows {
    pub(crate) fn reserve(&mut self, orders: usize) {
        each_dense!(self, column => column.reserve(orders));
    }

    /// Writes everything but the refunds, which the row shall not have.
    pub(crate) fn write(&mut self, row: usize, it: &OrderValues) {
        fn put<T: Copy>(column: &mut [T], row: usize, value: T) {
            if let Some(place) = column.get_mut(row) {
                *place = value;
            }
        }
        put(&mut self.id, row, it.id);
        put(&mut self.at, row, it.at);
        put(&mut self.day, row, it.day);
        put(&mut self.minute, row, it.minute);
        put(&mut self.amount, row, it.amount);
        put(&mut self.flags, row, it.flags);
        put(&mut self.channel, row, it.channel);
        put(&mut self.line_start, row, it.line_start);
        put(&mut self.line_len, row, it.line_len);
        self.coupon.set(row, it.coupon);
        self.currency.set(row, it.currency);
        self.refunds.set(row, 0);
        self.gross.set(row, it.gross);
        self.tax.set(row, it.tax);
        self.paid_with_points.set(row, it.paid_with_points);
    }

    /// These rows in this order. The lines stay where they are.
    pub(crate) fn gather(&self, rows: &[u32]) -> Self {
        Self {
            id: gather(&self.id, rows),
            at: gather(&self.at, rows),
            day: gather(&self.day, rows),
            minute: gather(&self.minute, rows),
            amount: gather(&self.amount, rows),
            flags: gather(&self.flags, rows),
            channel: gather(&self.channel, rows),
            line_start: gather(&self.line_start, rows),
            line_len: gather(&self.line_len, rows),
            coupon: self.coupon.gather(rows),
            currency: self.currency.gather(rows),
            refunds: self.refunds.gather(rows),
            gross: self.gross.gather(rows),
            tax: self.tax.gather(rows),
            paid_with_points: self.paid_with_points.gather(rows),
        }
    }
}

/// Lines as arrays, in the order of their orders.
#[derive(Clone, Debug, Default)]
pub(crate) struct LineRows {
    pub(crate) product: Vec<u32>,
    pub(crate) category: Vec<u32>,
    pub(crate) quantity_milli: Vec<i64>,
    pub(crate) amount: Vec<i64>,
}

impl LineRows {
    pub(crate) fn len(&self) -> usize {
        self.product.len()
    }

    pub(crate) fn push(&mut self, product: u32, category: u32, quantity_milli: i64, amount: i64) {
        self.product.push(product);
        self.category.push(category);
        self.quantity_milli.push(quantity_milli);
        self.amount.push(amount);
    }

    /// The lines of these orders in this order, and the orders' new places.
    pub(crate) fn gather(&self, orders: &mut OrderRows) -> Self {
        let mut lines = Self::default();
        let wanted = orders.line_len.iter().map(|&len| len as usize).sum();
        let mut rows: Vec<u32> = Vec::with_capacity(wanted);
        for (start, &len) in orders.line_start.iter_mut().zip(&orders.line_len) {
            let next = rows.len() as u32;
            rows.extend(*start..start.saturating_add(len));
            *start = next;
        }
        lines.product = gather(&self.product, &rows);
        lines.category = gather(&self.category, &rows);
        lines.quantity_milli = gather(&self.quantity_milli, &rows);
        lines.amount = gather(&self.amount, &rows);
        lines
    }
}

/// What follows from the orders of each slot, whatever the day: exact for every day from `horizon` on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Totals {
    /// Orders that count.
    pub(crate) count: Vec<u32>,
    /// Of them those with an amount in the workspace's currency, its own or by a rate.
    pub(crate) converted: Vec<u32>,
    pub(crate) spend: Vec<i64>,
    pub(crate) first: Vec<i32>,
    pub(crate) last: Vec<i32>,
    /// The last day on which an order was made or refunded.
    pub(crate) horizon: Vec<i32>,
    /// A bit for each category bought, by [`Categories::bit`]; may have more bits than needed, never fewer.
    pub(crate) categories: Vec<u64>,
    /// 1 where every order is paid whole in the workspace's currency and no day steps back: then their days alone
    /// say which of them a window holds. Not in a snapshot, because it follows from the orders at once.
    pub(crate) plain: Vec<u8>,
    /// No horizon lies later; may be later than all of them.
    pub(crate) latest: i32,
}

/// Numbers categories in the order they are met, so that each of the first 64 has a bit of its own.
#[derive(Clone, Debug, Default)]
pub(crate) struct Categories {
    /// By code: number from 1.
    pub(crate) numbers: Lazy<u32>,
    pub(crate) count: u32,
}

impl Categories {
    /// The bit of a category: who does not have it has surely not bought it. None for what nobody bought.
    pub(crate) fn bit(&self, code: u32) -> u64 {
        match self.numbers.get(code as usize) {
            0 => 0,
            number => 1 << ((number - 1) % 64),
        }
    }

    /// Whether each category has a bit of its own.
    pub(crate) fn are_exact(&self) -> bool {
        self.count <= 64
    }

    fn bit_of_bought(&mut self, code: u32) -> u64 {
        if code != 0 && self.numbers.get(code as usize) == 0 {
            self.count += 1;
            self.numbers.set(code as usize, self.count);
        }
        self.bit(code)
    }
}

/// One customer's totals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Total {
    pub(crate) count: u32,
    pub(crate) converted: u32,
    pub(crate) spend: i64,
    pub(crate) first: i32,
    pub(crate) last: i32,
    pub(crate) horizon: i32,
}

impl Total {
    pub(crate) const NONE: Total = Total {
        count: 0,
        converted: 0,
        spend: 0,
        first: i32::NONE,
        last: i32::NONE,
        horizon: i32::NONE,
    };

    /// Adds an order that counts.
    pub(crate) fn add(&mut self, day: i32, amount: Option<i64>) {
        self.count += 1;
        if let Some(amount) = amount {
            self.converted += 1;
            self.spend = self.spend.saturating_add(amount);
        }
        if self.first == i32::NONE || day < self.first {
            self.first = day;
        }
        self.last = self.last.max(day);
    }
}

impl Totals {
    pub(crate) fn push_slot(&mut self) {
        self.count.push(0);
        self.converted.push(0);
        self.spend.push(0);
        self.first.push(i32::NONE);
        self.last.push(i32::NONE);
        self.horizon.push(i32::NONE);
        self.categories.push(0);
        self.plain.push(0);
    }

    /// Whether no order was made or refunded after a day.
    pub(crate) fn all_by(&self, day: i32) -> bool {
        self.latest <= day || self.horizon.iter().all(|&horizon| horizon <= day)
    }

    pub(crate) fn get(&self, slot: usize) -> Total {
        let day = |column: &[i32]| column.get(slot).copied().unwrap_or(i32::NONE);
        Total {
            count: self.count.get(slot).copied().unwrap_or(0),
            converted: self.converted.get(slot).copied().unwrap_or(0),
            spend: self.spend.get(slot).copied().unwrap_or(0),
            first: day(&self.first),
            last: day(&self.last),
            horizon: day(&self.horizon),
        }
    }

    pub(crate) fn set(&mut self, slot: usize, total: Total) {
        fn put<T: Copy>(column: &mut [T], slot: usize, value: T) {
            if let Some(place) = column.get_mut(slot) {
                *place = value;
            }
        }
        put(&mut self.count, slot, total.count);
        put(&mut self.converted, slot, total.converted);
        put(&mut self.spend, slot, total.spend);
        put(&mut self.first, slot, total.first);
        put(&mut self.last, slot, total.last);
        put(&mut self.horizon, slot, total.horizon);
        self.latest = self.latest.max(total.horizon);
    }
}

/// All orders of all customers: the rows, who they belong to (by time, then id), lines, refunds.
#[derive(Clone, Debug)]
pub(crate) struct Orders {
    pub(crate) rows: OrderRows,
    pub(crate) blocks: Blocks,
    pub(crate) lines: LineRows,
    /// Lines that belong to no order any more.
    pub(crate) line_holes: usize,
    pub(crate) refunds: Vec<Vec<RefundRow>>,
    pub(crate) totals: Totals,
    pub(crate) categories: Categories,
    /// Rates of each currency other than the workspace's, by day; in the order of the columns' currencies.
    pub(crate) rates: Vec<Vec<Rate>>,
    /// The workspace's currency, that rates lead to.
    pub(crate) home: Currency,
}

impl Orders {
    pub(crate) fn new(home: Currency) -> Self {
        Self {
            rows: OrderRows::default(),
            blocks: Blocks::default(),
            lines: LineRows::default(),
            line_holes: 0,
            refunds: Vec::new(),
            totals: Totals::default(),
            categories: Categories::default(),
            rates: Vec::new(),
            home,
        }
    }

    /// An amount of an order, which is in the order's currency, in the workspace's, by the rate of the order's day;
    /// `None` without a rate.
    #[inline]
    pub(crate) fn converted(&self, row: usize, flags: u8, amount: i64) -> Option<i64> {
        if flags & FOREIGN == 0 {
            return Some(amount);
        }
        self.rate_of(row)?.convert(amount, self.home)
    }

    /// The rate of an order in another currency.
    #[cold]
    pub(crate) fn rate_of(&self, row: usize) -> Option<&Rate> {
        let currency = (self.rows.currency.get(row) as usize).checked_sub(1)?;
        let rates = self.rates.get(currency)?;
        let day = self.day(row);
        let began = rates.partition_point(|rate| rate.from.0 <= day);
        rates.get(began.checked_sub(1)?)
    }

    pub(crate) fn refunds_of(&self, row: usize) -> &[RefundRow] {
        let index = self.rows.refunds.get(row) as usize;
        index
            .checked_sub(1)
            .and_then(|at| self.refunds.get(at))
            .map_or(&[], Vec::as_slice)
    }

    pub(crate) fn flags(&self, row: usize) -> u8 {
        self.rows.flags.get(row).copied().unwrap_or(CANCELLED)
    }

    pub(crate) fn day(&self, row: usize) -> i32 {
        self.rows.day.get(row).copied().unwrap_or(i32::MAX)
    }

    /// Status and what remains of the amount (in the order's own currency) as of a day that is not before its own.
    pub(crate) fn state(&self, row: usize, as_of: i32) -> (OrderStatus, i64) {
        let flags = self.flags(row);
        let amount = self.rows.amount.get(row).copied().unwrap_or(0);
        if flags & STATUS == CANCELLED {
            return (OrderStatus::Cancelled, 0);
        }
        let recorded_refunded = flags & STATUS == REFUNDED;
        if flags & HAS_REFUNDS == 0 {
            return if recorded_refunded {
                (OrderStatus::Refunded, 0)
            } else {
                (OrderStatus::Paid, amount)
            };
        }
        let refunds = self.refunds_of(row);
        let (mut back, mut any, mut later) = (0i64, false, false);
        for refund in refunds {
            if refund.day.0 <= as_of {
                back = back.saturating_add(refund.amount.0);
                any = true;
            } else {
                later = true;
            }
        }
        if (any && back >= amount) || (recorded_refunded && !later) {
            (OrderStatus::Refunded, 0)
        } else {
            (OrderStatus::Paid, amount.saturating_sub(back))
        }
    }

    /// What counts of a row as of a day: `None` where it does not count, `Some(None)` where it counts without an
    /// amount.
    pub(crate) fn counted(&self, row: usize, as_of: i32) -> Option<Option<i64>> {
        if self.day(row) > as_of {
            return None;
        }
        match self.state(row, as_of) {
            (OrderStatus::Paid, left) => Some(self.converted(row, self.flags(row), left)),
            (OrderStatus::Refunded | OrderStatus::Cancelled, _) => None,
        }
    }

    /// The totals of a slot as of a day.
    pub(crate) fn total(&self, slot: usize, as_of: i32) -> Total {
        let known = self.totals.get(slot);
        if known.horizon <= as_of {
            return known;
        }
        self.count_up(slot, as_of)
    }

    /// The days of the first and the last order of a slot that count as of a day; `None` where none does.
    pub(crate) fn span(&self, slot: usize, as_of: i32) -> Option<(i32, i32)> {
        if self.totals.plain.get(slot) == Some(&1) {
            let days = self.rows.day.get(self.blocks.rows(slot)).unwrap_or(&[]);
            let until = days.partition_point(|&day| day <= as_of);
            return Some((*days.first()?, *days.get(until.checked_sub(1)?)?));
        }
        let total = self.total(slot, as_of);
        (total.count > 0).then_some((total.first, total.last))
    }

    /// The totals of all slots as of a day, in their order: read column by column.
    pub(crate) fn all_totals(&self, as_of: i32) -> impl Iterator<Item = Total> + '_ {
        let known = &self.totals;
        let sums = known.count.iter().zip(&known.converted).zip(&known.spend);
        let days = known.first.iter().zip(&known.last).zip(&known.horizon);
        let rows = sums.zip(days).enumerate();
        rows.map(
            move |(slot, (((&count, &converted), &spend), ((&first, &last), &horizon)))| {
                if horizon > as_of {
                    return self.count_up(slot, as_of);
                }
                Total {
                    count,
                    converted,
                    spend,
                    first,
                    last,
                    horizon,
                }
            },
        )
    }

    fn count_up(&self, slot: usize, as_of: i32) -> Total {
        let mut total = Total::NONE;
        for row in self.blocks.rows(slot) {
            let day = self.day(row);
            // A clock set back at midnight repeats the end of a day, so days may step back by one.
            if day > as_of.saturating_add(1) {
                break;
            }
            total.horizon = total.horizon.max(day);
            for refund in self.refunds_of(row) {
                total.horizon = total.horizon.max(refund.day.0);
            }
            if let Some(amount) = self.counted(row, as_of) {
                total.add(day, amount);
            }
        }
        total
    }

    /// Makes the totals of a slot anew after a change of its orders.
    pub(crate) fn refresh(&mut self, slot: usize) {
        let total = self.count_up(slot, i32::MAX);
        self.totals.set(slot, total);
        let mut categories = 0;
        for row in self.blocks.rows(slot) {
            let codes = self.lines.category.get(self.line_range(row));
            for &code in codes.unwrap_or(&[]) {
                categories |= self.categories.bit_of_bought(code);
            }
        }
        if let Some(place) = self.totals.categories.get_mut(slot) {
            *place = categories;
        }
        self.mark_plain(slot);
    }

    /// Works out what a snapshot does not hold.
    pub(crate) fn mark_all(&mut self, slots: usize) {
        let latest = self.totals.horizon.iter().copied().max();
        self.totals.latest = latest.unwrap_or(0);
        self.totals.plain = vec![0; slots];
        for slot in 0..slots {
            self.mark_plain(slot);
        }
    }

    /// Notes whether the days of a slot's orders alone say which of them a window holds.
    pub(crate) fn mark_plain(&mut self, slot: usize) {
        let block = self.blocks.rows(slot);
        let flags = self.rows.flags.get(block.clone()).unwrap_or(&[]);
        let days = self.rows.day.get(block).unwrap_or(&[]);
        let plain = flags.iter().all(|&flags| flags == 0) && days.is_sorted();
        if let Some(place) = self.totals.plain.get_mut(slot) {
            *place = u8::from(plain);
        }
    }

    pub(crate) fn line_range(&self, row: usize) -> std::ops::Range<usize> {
        let start = self.rows.line_start.get(row).copied().unwrap_or(0) as usize;
        start..start + self.rows.line_len.get(row).copied().unwrap_or(0) as usize
    }

    /// Closes the holes that moved and removed orders left, where they have become many.
    pub(crate) fn tidy(&mut self) {
        let lines = self.lines.len();
        let many_line_holes = self.line_holes > 4096 && self.line_holes > lines / 2;
        if self.blocks.is_sparse(self.rows.rows()) || many_line_holes {
            self.close_holes();
        }
    }

    pub(crate) fn close_holes(&mut self) {
        self.rows = self.rows.gather(&self.blocks.all_rows());
        self.blocks = Blocks::dense(self.blocks.lens().to_vec());
        self.lines = self.lines.gather(&mut self.rows);
        self.line_holes = 0;
        let mut refunds = Vec::new();
        for row in 0..self.rows.rows() {
            let index = self.rows.refunds.get(row) as usize;
            let Some(list) = index.checked_sub(1).and_then(|at| self.refunds.get_mut(at)) else {
                continue;
            };
            refunds.push(std::mem::take(list));
            self.rows.refunds.set(row, refunds.len() as u32);
        }
        self.refunds = refunds;
    }
}

/// How much of each line of an order came back.
///
/// A refund that names lines lowers those, each in proportion to the worth of what came back of it; a refund that
/// names none lowers all lines in proportion to their amounts. Each share is rounded half up, so that the lines may
/// differ from the order by a minor unit. A line of which every piece came back no longer exists.
pub(crate) struct LinesLeft {
    /// Amount and thousandths of a piece that remain; `None` for a line that came back whole.
    pub(crate) lines: Vec<Option<(i64, i64)>>,
}

impl Orders {
    /// What remains of the lines of an order as of a day, into `left` (so that a scan allocates once).
    pub(crate) fn lines_left(&self, row: usize, as_of: i32, left: &mut LinesLeft) {
        let range = self.line_range(row);
        let amounts = self.lines.amount.get(range.clone()).unwrap_or(&[]);
        let quantities = self.lines.quantity_milli.get(range).unwrap_or(&[]);
        left.lines.clear();
        left.lines
            .extend(amounts.iter().zip(quantities).map(|(&a, &q)| Some((a, q))));
        let mut back = vec![0i64; amounts.len()];
        for refund in self.refunds_of(row).iter().filter(|it| it.day.0 <= as_of) {
            let weights = weights(refund, amounts, quantities, &mut back);
            let all: i128 = weights.iter().sum();
            for (line, weight) in left.lines.iter_mut().zip(&weights) {
                let share = i128::from(refund.amount.0) * weight;
                let share = model::money::divide(share, all, model::Rounding::HalfUp).unwrap_or(0);
                if let Some((amount, _)) = line {
                    *amount = (i128::from(*amount) - share).max(0) as i64;
                }
            }
        }
        for ((line, &ordered), &back) in left.lines.iter_mut().zip(quantities).zip(&back) {
            if ordered > 0 && back >= ordered {
                *line = None;
            } else if let Some((_, quantity)) = line {
                *quantity = ordered.saturating_sub(back);
            }
        }
    }
}

/// How a refund is shared among the lines; also notes the pieces that came back.
fn weights(refund: &RefundRow, amounts: &[i64], quantities: &[i64], back: &mut [i64]) -> Vec<i128> {
    let mut named = vec![0i128; amounts.len()];
    for part in &refund.lines {
        let at = part.line as usize;
        let (Some(&amount), Some(&quantity)) = (amounts.get(at), quantities.get(at)) else {
            continue;
        };
        if let Some(place) = back.get_mut(at) {
            *place = place.saturating_add(part.quantity_milli);
        }
        // Scaled, because the worth of a part of a line may be a fraction of a minor unit.
        let worth = i128::from(amount.max(0)) * i128::from(part.quantity_milli.max(0)) * 1000;
        if let Some(place) = named.get_mut(at) {
            *place += worth / i128::from(quantity.max(1));
        }
    }
    if named.iter().any(|&weight| weight > 0) {
        return named;
    }
    amounts
        .iter()
        .map(|&amount| i128::from(amount.max(0)))
        .collect()
}
