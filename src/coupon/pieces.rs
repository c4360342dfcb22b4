//! Pieces: the cheapest of some lines, for free products and "buy and get".

use crate::Line;
use crate::goods::{folded, holds};
use model::coupon::{Goods, WHOLE};
use model::money::{Rounding, divide};
use std::cmp::Ordering;

/// A line with what it still costs.
#[derive(Clone, Copy)]
struct Stock {
    index: usize,
    /// What the line costs now, in minor units.
    rest: i64,
    /// Thousandths of a piece in it, above 0.
    milli: i64,
}

/// By price of a piece, cheapest first; of equal ones the earlier line.
fn by_price(a: &Stock, b: &Stock) -> Ordering {
    let left = i128::from(a.rest) * i128::from(b.milli);
    let right = i128::from(b.rest) * i128::from(a.milli);
    left.cmp(&right).then(a.index.cmp(&b.index))
}

fn stocks(lines: &[Line<'_>], rest: &[i64], among: impl Fn(&Line<'_>) -> bool) -> Vec<Stock> {
    let mut stocks: Vec<Stock> = lines
        .iter()
        .zip(rest)
        .enumerate()
        .filter(|(_, (line, _))| line.quantity_milli > 0 && among(line))
        .map(|(index, (line, &rest))| Stock {
            index,
            rest,
            milli: line.quantity_milli,
        })
        .collect();
    stocks.sort_by(by_price);
    stocks
}

/// What `milli` thousandths of a line's pieces cost less, rounded half up; all of them: all of it.
fn worth(stock: Stock, milli: i64, off: u32) -> i64 {
    let numerator = i128::from(stock.rest) * i128::from(milli) * i128::from(off);
    let denominator = i128::from(stock.milli) * i128::from(WHOLE);
    divide(numerator, denominator, Rounding::HalfUp)
        .and_then(|worth| i64::try_from(worth).ok())
        .unwrap_or(0)
        .clamp(0, stock.rest)
}

fn put(discounts: &mut [i64], index: usize, worth: i64) {
    if let Some(place) = discounts.get_mut(index) {
        *place = worth;
    }
}

/// What a free product takes off each line: the cheapest of its pieces, as many as are free and there.
pub(crate) fn free(
    lines: &[Line<'_>],
    rest: &[i64],
    product: &str,
    quantity_milli: i64,
) -> Vec<i64> {
    let mut discounts = vec![0; lines.len()];
    let wanted = folded(product);
    let mut left = quantity_milli;
    for stock in stocks(lines, rest, |line| folded(line.product) == wanted) {
        let milli = left.min(stock.milli);
        put(&mut discounts, stock.index, worth(stock, milli, WHOLE));
        left -= milli;
        if left <= 0 {
            break;
        }
    }
    discounts
}

/// "For each `buy` bought, `get` more cost `off` less": whole pieces only.
pub(crate) struct Rounds<'a> {
    pub(crate) bought: &'a Goods,
    pub(crate) buy: u32,
    pub(crate) get: u32,
    /// Of which goods `get` is; `None`: of the same.
    pub(crate) of: Option<&'a Goods>,
    pub(crate) off: u32,
    pub(crate) times: Option<u32>,
}

impl Rounds<'_> {
    /// Pieces among the goods to be bought.
    pub(crate) fn counted(&self, lines: &[Line<'_>]) -> u64 {
        pieces(lines, |line| holds(self.bought, line))
    }

    /// Pieces for one round.
    pub(crate) fn needed(&self) -> u64 {
        let more = if self.of.is_none() { self.get } else { 0 };
        u64::from(self.buy) + u64::from(more)
    }

    /// How often it fits: the most rounds so that the cheapest pieces that can be had for less leave enough bought.
    pub(crate) fn fit(&self, lines: &[Line<'_>], rest: &[i64]) -> u64 {
        let given = self.of.unwrap_or(self.bought);
        let all = pieces(lines, |line| holds(given, line));
        let most = (all / u64::from(self.get.max(1))).min(self.times.map_or(u64::MAX, u64::from));
        // If so many rounds fit, fewer do: halving finds the most.
        let (mut fits, mut too_many) = (0, most + 1);
        while too_many - fits > 1 {
            let middle = fits + (too_many - fits) / 2;
            if self.leaves_enough(lines, rest, middle) {
                fits = middle;
            } else {
                too_many = middle;
            }
        }
        fits
    }

    fn leaves_enough(&self, lines: &[Line<'_>], rest: &[i64], rounds: u64) -> bool {
        let mut bought = self.counted(lines);
        for (stock, count) in self.cheapest(lines, rest, rounds) {
            if lines
                .get(stock.index)
                .is_some_and(|line| holds(self.bought, line))
            {
                bought = bought.saturating_sub(count);
            }
        }
        bought >= rounds.saturating_mul(u64::from(self.buy))
    }

    /// The cheapest pieces that cost less in so many rounds.
    fn cheapest(&self, lines: &[Line<'_>], rest: &[i64], rounds: u64) -> Vec<(Stock, u64)> {
        let given = self.of.unwrap_or(self.bought);
        let mut left = rounds.saturating_mul(u64::from(self.get));
        let mut taken = Vec::new();
        for stock in stocks(lines, rest, |line| holds(given, line)) {
            let count = left.min((stock.milli / 1_000).unsigned_abs());
            if count > 0 {
                taken.push((stock, count));
                left -= count;
            }
        }
        taken
    }

    /// What it takes off each line.
    pub(crate) fn discounts(&self, lines: &[Line<'_>], rest: &[i64]) -> Vec<i64> {
        let mut discounts = vec![0; lines.len()];
        let rounds = self.fit(lines, rest);
        for (stock, count) in self.cheapest(lines, rest, rounds) {
            let milli = i64::try_from(count)
                .unwrap_or(i64::MAX)
                .saturating_mul(1_000);
            put(
                &mut discounts,
                stock.index,
                worth(stock, milli.min(stock.milli), self.off),
            );
        }
        discounts
    }
}

fn pieces(lines: &[Line<'_>], among: impl Fn(&Line<'_>) -> bool) -> u64 {
    lines
        .iter()
        .filter(|line| among(line))
        .map(|line| (line.quantity_milli.max(0) / 1_000).unsigned_abs())
        .sum()
}
