//! The rows behind each number of the owner's view.

use super::moves::{Then, kind_of};
use super::pass::{Ground, flow_of};
use super::{Sight, a_year_before, number_of};
use crate::fault::OrFault;
use crate::{Engine, Unanswered};
use loyalty::Step;
use loyalty::breakage::month_number;
use model::{Customer, CustomerId, Day, Money, OrderId, Points};
use protocol::{
    Fault, FlowKind, Page, PointsRow, PointsRows, PointsRowsOf, PointsRowsRequest, TierPlace,
};
use std::collections::BTreeMap;
use std::rc::Rc;

/// A row before names are looked up.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Row {
    slot: u32,
    points: Option<i64>,
    money: Option<i64>,
    before: Option<i64>,
    day: Option<Day>,
    kind: Option<FlowKind>,
    order: Option<OrderId>,
    was: Option<u16>,
    is: Option<u16>,
}

/// All rows of one question, in the order in which they are shown.
pub(crate) struct Kept {
    of: PointsRowsOf,
    as_of: Day,
    since: Day,
    rows: Vec<Row>,
}

fn of_slot(slot: u32, points: i64) -> Row {
    Row {
        slot,
        points: Some(points),
        ..Row::default()
    }
}

impl Sight<'_> {
    /// Rows of members that `row` gives one for, with the tier they are in.
    fn collect(&self, row: impl Fn(u32) -> Option<Row>) -> Vec<Row> {
        let live = self.view.columns.live().iter();
        let rows = live.filter_map(|slot| {
            let tier = self.tier(slot);
            Some(Row {
                is: Some(tier),
                ..row(slot)?
            })
        });
        rows.collect()
    }

    /// Members with points of their standing.
    fn with(&self, points: impl Fn(&loyalty::Standing) -> i64) -> Vec<Row> {
        self.collect(|slot| {
            let points = points(self.table.standing.get(slot as usize)?);
            (points > 0).then(|| of_slot(slot, points))
        })
    }

    fn member(&self, slot: u32) -> Option<Row> {
        let since = self.since(slot);
        let standing = self.table.standing.get(slot as usize);
        let balance = standing.map_or(0, |standing| standing.balance.0);
        (since <= self.view.day.0).then(|| Row {
            day: Some(Day(since)),
            ..of_slot(slot, balance)
        })
    }

    /// Members with lots that end within a span, and the first day on which some do.
    fn ending(&self, within: impl Fn(Option<Day>) -> bool) -> Vec<Row> {
        self.collect(|slot| {
            let mut sum = 0i64;
            let mut first: Option<Day> = None;
            for (last, points) in self.lots(slot).iter().filter(|(last, _)| within(*last)) {
                sum = sum.saturating_add(points.0);
                first = match (first, *last) {
                    (Some(first), Some(last)) => Some(first.min(last)),
                    (first, last) => first.or(last),
                };
            }
            (sum > 0).then(|| Row {
                day: first,
                ..of_slot(slot, sum)
            })
        })
    }

    fn moved(&self, then: &Then, which: impl Fn(Option<u16>, u16) -> bool) -> Vec<Row> {
        self.collect(|slot| {
            let row = self.member(slot)?;
            let was = then.was(self, slot);
            which(was, self.tier(slot)).then_some(Row { was, ..row })
        })
    }

    fn ground(&self) -> Ground<'_> {
        Ground {
            columns: self.view.columns,
            read: self.view.read,
            programs: &self.view.programs,
            day: self.view.day,
        }
    }

    /// Entries of a kind between two days, newest first.
    fn entries(&self, kind: Option<FlowKind>, from: Day, to: Day) -> Result<Vec<Row>, Fault> {
        let mut rows = Vec::new();
        let mut steps: Vec<Step> = Vec::new();
        self.ground().each(|slot, member, fold, as_of| {
            steps.clear();
            if fold
                .tally(member, as_of, &mut |step| steps.push(step))
                .is_err()
            {
                return;
            }
            for step in &steps {
                let its = flow_of(step);
                if step.day >= from && step.day <= to && kind.is_none_or(|kind| kind == its) {
                    rows.push(Row {
                        day: Some(step.day),
                        kind: Some(its),
                        order: step.order,
                        ..of_slot(slot, step.points.0)
                    });
                }
            }
        })?;
        Ok(rows)
    }

    /// Members with open lots, pending ones too, of purchases of a month or (`None`) of no purchase.
    fn open_lots(&self, month: Option<i32>) -> Result<Vec<Row>, Fault> {
        let mut rows = Vec::new();
        self.ground().each(|slot, member, fold, as_of| {
            if fold.standing(member, as_of).is_err() {
                return;
            }
            let lots = fold.lots().filter(|lot| match month {
                Some(month) => lot.order.is_some() && month_number(lot.earned_on) == month,
                None => lot.order.is_none(),
            });
            let (mut open, mut first) = (0i64, None);
            for lot in lots.filter(|lot| lot.left.0 > 0) {
                open = open.saturating_add(lot.left.0);
                first = first.or(Some(lot.earned_on));
            }
            if open > 0 {
                rows.push(Row {
                    day: first,
                    ..of_slot(slot, open)
                });
            }
        })?;
        Ok(rows)
    }

    /// All rows of a question, sorted.
    fn rows(&self, of: &PointsRowsOf, since: Day, then: Option<&Then>) -> Result<Vec<Row>, Fault> {
        let mut rows = match of {
            PointsRowsOf::Outstanding => self.with(|it| it.balance.0),
            PointsRowsOf::Pending => self.with(|it| it.pending.0),
            PointsRowsOf::Debt => self.with(|it| it.debt.0),
            PointsRowsOf::Members => self.collect(|slot| self.member(slot)),
            PointsRowsOf::Expiring { from, to } => self.ending(|last| {
                last.is_some_and(|last| last >= *from && to.is_none_or(|to| last <= to))
            }),
            PointsRowsOf::NeverExpiring => self.ending(|last| last.is_none()),
            PointsRowsOf::Tier(place) => {
                let number = number_of(&self.table.tiers, place);
                self.collect(|slot| {
                    let row = self.member(slot)?;
                    (Some(self.tier(slot)) == number).then_some(row)
                })
            }
            PointsRowsOf::Moved { from, to } => match then {
                Some(then) => {
                    let to = number_of(&self.table.tiers, to);
                    self.moved(then, |was, is| then.place(was) == *from && Some(is) == to)
                }
                None => Vec::new(),
            },
            PointsRowsOf::MovedBy(kind) => match then {
                Some(then) => self.moved(then, |was, is| {
                    kind_of(then, was, &self.table.tiers, is) == *kind
                }),
                None => Vec::new(),
            },
            PointsRowsOf::Flow { kind, from, to } => self.entries(*kind, *from, *to)?,
            PointsRowsOf::Issued { month } => self.open_lots(Some(month_number(*month)))?,
            PointsRowsOf::Gifts => self.open_lots(None)?,
            PointsRowsOf::Spending(group) => self.collect(|slot| {
                let spent = self.spent(slot, since);
                (self.group(slot) == *group && spent.orders > 0).then(|| Row {
                    slot,
                    money: Some(spent.money),
                    ..Row::default()
                })
            }),
            PointsRowsOf::BeforeAfter => {
                let first_day = self.first_day().unwrap_or(self.view.day);
                self.collect(|slot| {
                    let sides = self.sides(slot, first_day)?;
                    Some(Row {
                        slot,
                        before: Some(sides.before),
                        money: Some(sides.after),
                        day: Some(sides.joined),
                        ..Row::default()
                    })
                })
            }
        };
        let id = |row: &Row| self.view.columns.id(row.slot);
        match of {
            // Newest first; of one day as they happened, by customer.
            PointsRowsOf::Flow { .. } => {
                rows.sort_by(|a, b| b.day.cmp(&a.day).then_with(|| id(a).cmp(&id(b))));
            }
            _ => rows.sort_by(|a, b| {
                (b.points, b.money)
                    .cmp(&(a.points, a.money))
                    .then_with(|| id(a).cmp(&id(b)))
            }),
        }
        Ok(rows)
    }
}

/// Whether rows compare two days.
fn compares(of: &PointsRowsOf) -> bool {
    matches!(of, PointsRowsOf::Moved { .. } | PointsRowsOf::MovedBy(_))
}

impl Engine {
    /// A stretch of rows.
    pub(super) fn points_rows(
        &mut self,
        request: &PointsRowsRequest,
        today: Day,
    ) -> Result<PointsRows, Unanswered> {
        let as_of = request.as_of.unwrap_or(today);
        let since = request.since.unwrap_or_else(|| a_year_before(as_of));
        let then = if compares(&request.of) {
            Some(self.then(request.as_of, Some(since), today)?)
        } else {
            None
        };
        // Empties what is kept where the data has changed.
        self.pass(as_of, today)?;
        let kept = match &self.liability.rows {
            Some(kept) if (&kept.of, kept.as_of, kept.since) == (&request.of, as_of, since) => {
                Rc::clone(kept)
            }
            _ => {
                let rows = self.sight(request.as_of, today, |sight| {
                    sight.rows(&request.of, since, then.as_deref())
                })?;
                Rc::new(Kept {
                    of: request.of.clone(),
                    as_of,
                    since,
                    rows,
                })
            }
        };
        self.liability.rows = Some(Rc::clone(&kept));
        self.sight(request.as_of, today, |sight| {
            stretch(sight, &kept, request, then.as_deref())
        })
    }
}

fn sum(rows: &[Row], of: impl Fn(&Row) -> Option<i64>) -> Option<i64> {
    let mut values = rows.iter().filter_map(of).peekable();
    values.peek()?;
    Some(values.fold(0i64, i64::saturating_add))
}

/// The rows that are asked for, with names.
fn stretch(
    sight: &Sight<'_>,
    kept: &Kept,
    request: &PointsRowsRequest,
    then: Option<&Then>,
) -> Result<PointsRows, Fault> {
    let from = usize::try_from(request.offset).unwrap_or(usize::MAX);
    let limit = request.limit.min(crate::customers::ROWS_MAX) as usize;
    let rows = kept.rows.iter().skip(from).take(limit);
    let mut ids: Vec<CustomerId> = rows
        .clone()
        .filter_map(|row| sight.view.columns.id(row.slot))
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let customers: BTreeMap<CustomerId, Customer> = sight
        .view
        .read
        .customers(&ids)
        .or_fault()?
        .into_iter()
        .map(|customer| (customer.id, customer))
        .collect();
    let items = rows
        .filter_map(|row| {
            let customer = customers.get(&sight.view.columns.id(row.slot)?)?;
            Some(with_name(sight, row, customer, then))
        })
        .collect();
    Ok(PointsRows {
        points: sum(&kept.rows, |row| row.points).map(Points),
        money: sum(&kept.rows, |row| row.money).map(Money),
        page: Page {
            total: kept.rows.len() as u64,
            offset: request.offset,
            items,
        },
    })
}

fn with_name(sight: &Sight<'_>, row: &Row, customer: &Customer, then: Option<&Then>) -> PointsRow {
    let tier = row.is.and_then(|is| usize::from(is).checked_sub(1));
    PointsRow {
        customer: customer.id,
        name: customer.fields.name.clone(),
        phone: customer.fields.phone.clone(),
        points: row.points.map(Points),
        money: row.money.map(Money),
        before: row.before.map(Money),
        day: row.day,
        kind: row.kind,
        order: row.order,
        tier_before: then.and_then(|then| then.name(row.was)),
        tier: tier
            .and_then(|tier| sight.table.tiers.get(tier))
            .map(|(_, name)| name.clone()),
    }
}

/// The name of a place in files: an id, or a word for none.
pub(super) fn place_name(place: &TierPlace) -> &str {
    match place {
        TierPlace::Outside => "(not a member)",
        TierPlace::Below => "(no tier)",
        TierPlace::In(id) => id,
    }
}
