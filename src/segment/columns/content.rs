//! Comparing columns by what they say, not by how it is laid out.

use super::{Columns, Datum};
use model::{CustomerId, Day};
use std::fmt::Write;

impl Columns {
    /// The first customer of whom two columns say something different, with both descriptions; `None` where the
    /// content is the same. Slots, codes and holes do not matter.
    pub fn first_difference(&self, other: &Columns) -> Option<String> {
        if (self.zone, self.currency) != (other.zone, other.currency) {
            return Some("zone or currency".to_owned());
        }
        let mut ids: Vec<i64> = [self, other]
            .iter()
            .flat_map(|columns| columns.index.iter().map(|&(id, _)| id))
            .collect();
        ids.sort_unstable();
        ids.dedup();
        ids.into_iter().find_map(|id| {
            let mine = self.describe(CustomerId(id));
            let theirs = other.describe(CustomerId(id));
            (mine != theirs).then(|| format!("{mine}\n-- and --\n{theirs}"))
        })
    }

    /// Whether both say the same.
    pub fn same_content(&self, other: &Columns) -> bool {
        self.first_difference(other).is_none()
    }

    /// Everything the columns hold about a customer, as text for comparison.
    fn describe(&self, id: CustomerId) -> String {
        let mut out = String::new();
        let Some(slot) = self.slot(id) else {
            return out;
        };
        let _ = writeln!(out, "{id}");
        self.describe_customer(slot as usize, &mut out);
        for order in self.orders(slot) {
            let _ = writeln!(
                out,
                "order {} {} {} {} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?}",
                order.id(),
                order.at(),
                order.day(),
                order.minute(),
                order.currency(),
                order.amount(),
                (order.gross(), order.tax(), order.paid_with_points()),
                order.status(),
                order.channel(),
                order.coupon(),
                order.refunds(),
                self.orders.flags(order.row),
            );
            for line in order.lines() {
                let _ = writeln!(
                    out,
                    "  {} {:?} {} {:?}",
                    line.product, line.category, line.quantity_milli, line.amount
                );
            }
        }
        let _ = writeln!(out, "{:?}", self.orders.totals.get(slot as usize));
        let _ = writeln!(out, "{:?}", self.facts(slot, Day(i32::MAX)));
        for row in self.events.blocks.rows(slot as usize) {
            let it = self.events.rows.get(row);
            let kind = self.terms.text(it.kind);
            let _ = write!(
                out,
                "event {} {} {} {} {kind}",
                it.id, it.at, it.day, it.minute
            );
            let data = self.events.data_range(row);
            for (key, datum) in data.filter_map(|at| self.events.data.get(at)) {
                let key = self.events.keys.text(key);
                let _ = match datum {
                    Datum::Text(code) => write!(out, " {key}={}", self.events.texts.text(code)),
                    other => write!(out, " {key}={other:?}"),
                };
            }
            out.push('\n');
        }
        out
    }

    fn describe_customer(&self, slot: usize, out: &mut String) {
        let it = &self.customers;
        for column in &it.texts {
            let _ = write!(out, "{:?} ", column.dict.get(column.codes.get(slot)));
        }
        for list in [&it.tags, &it.interests] {
            let words: Vec<&str> = list.of(slot).iter().map(|&c| list.dict.text(c)).collect();
            let _ = write!(out, "{words:?} ");
        }
        let _ = write!(
            out,
            "{:?} {:?} {:?} {:?} {:?} {:?} {:?} ",
            it.gender.get(slot),
            it.kind.get(slot),
            it.consent.get(slot),
            it.birthday(slot),
            it.signup_on.get(slot),
            it.created_on.get(slot),
            it.acquisition_cost.get(slot),
        );
        for (key, column) in &it.custom {
            if let Some(value) = column.get(slot) {
                let _ = write!(out, "{key}={value:?} ");
            }
        }
        out.push('\n');
    }
}
