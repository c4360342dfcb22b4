//! Cohorts: customers by the month of their first order that counts, and in how many of the months after they bought.

use crate::Columns;
use model::Day;

/// At most so many months: a customer's are kept in the bits of one number.
pub const MONTHS_MAX: u32 = 60;

/// How many of those who first bought in each month bought again in each month since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cohorts {
    /// The first day of each month, oldest first; the last is the month of the day asked for.
    pub months: Vec<Day>,
    /// By month of the first order: customers who bought in that month (all of them), in the next, and so on to the last.
    pub bought: Vec<Vec<u64>>,
    /// Customers whose first order lies before these months.
    pub earlier: u64,
}

/// The cohorts of the last `months` months (1 to [`MONTHS_MAX`]) up to `as_of`, by orders that count on that day.
pub fn cohorts(columns: &Columns, as_of: Day, months: u32) -> Cohorts {
    let months = months.clamp(1, MONTHS_MAX);
    let last = as_of.plus_days(1 - i32::try_from(as_of.day_of_month()).unwrap_or(1));
    let back = i32::try_from(months).unwrap_or(1);
    let starts: Vec<Day> = (1..=back).map(|n| last.plus_months(n - back)).collect();
    let from = starts.first().map_or(as_of.0, |day| day.0);
    let number = month_numbers(&starts, as_of);
    let mut found = Cohorts {
        bought: (0..starts.len())
            .map(|k| vec![0; starts.len() - k])
            .collect(),
        months: starts,
        earlier: 0,
    };
    let orders = &columns.orders;
    for slot in columns.live().iter() {
        let (mut seen, mut earlier) = (0u64, false);
        for row in orders.blocks.rows(slot as usize) {
            let day = orders.day(row);
            // Without flags an order counts from its day on.
            if day > as_of.0 || orders.flags(row) != 0 && orders.counted(row, as_of.0).is_none() {
                continue;
            }
            match usize::try_from(day - from)
                .ok()
                .and_then(|at| number.get(at))
            {
                Some(month) => seen |= 1 << month,
                None => earlier = true,
            }
        }
        if earlier {
            found.earlier += 1;
        } else {
            found.add(seen);
        }
    }
    found
}

/// Which month each day from the first on is in.
fn month_numbers(starts: &[Day], as_of: Day) -> Vec<u8> {
    let mut numbers = Vec::new();
    for (number, start) in (0u8..).zip(starts) {
        let next = starts.get(usize::from(number) + 1);
        let end = next.map_or(as_of.0, |next| next.0 - 1);
        let days = usize::try_from(end - start.0 + 1).unwrap_or(0);
        numbers.resize(numbers.len() + days, number);
    }
    numbers
}

impl Cohorts {
    /// Adds a customer who bought in these months, one bit each.
    fn add(&mut self, mut seen: u64) {
        if seen == 0 {
            return;
        }
        let first = seen.trailing_zeros();
        let Some(row) = self.bought.get_mut(first as usize) else {
            return;
        };
        while seen != 0 {
            let month = seen.trailing_zeros();
            seen &= seen - 1;
            if let Some(count) = row.get_mut((month - first) as usize) {
                *count += 1;
            }
        }
    }
}
