//! The fast way over columns, for members who only bought and redeemed.

use loyalty::{Block, Fast, LineColumns, Spent, Standing, Version};
use model::{Day, Points, Zone};
use segment::Columns;
use store::EntryKind;

/// For fewer members laying out the calendar takes longer than folding them.
const MANY: usize = 500;

/// [`Fast`] with the columns it reads.
pub(super) struct FastWay<'a> {
    fast: Fast<'a>,
    columns: &'a Columns,
    lines: LineColumns<'a>,
    zone: Zone,
    spent: Vec<Spent>,
}

impl<'a> FastWay<'a> {
    /// `None` where the programme, or how it fits the columns, is not common.
    pub(super) fn new(
        columns: &'a Columns,
        compiled: &'a loyalty::Programs,
        version: Option<&Version>,
        slots: &[u32],
        day: Day,
    ) -> Option<Self> {
        let program = &version?.program;
        let zone = program.time_zone;
        if slots.len() < MANY || zone != columns.zone() || program.currency != columns.currency() {
            return None;
        }
        let all = columns.line_slices();
        let lines = LineColumns {
            product: all.product,
            category: all.category,
            amount: all.amount,
            none: 0,
        };
        let days = slots
            .iter()
            .filter_map(|&slot| columns.order_slices(slot)?.day.first().copied());
        let first = Day(days.min().unwrap_or(day.0));
        Some(Self {
            fast: Fast::new(compiled, &lines, first, day)?,
            columns,
            lines,
            zone,
            spent: Vec::new(),
        })
    }

    /// What the member in a slot has; `None` where that takes the general way.
    pub(super) fn standing(&mut self, slot: u32, entries: &[store::Entry]) -> Option<Standing> {
        let gifts = self.fast.gifts();
        if (gifts.signup && self.columns.signup_on(slot).is_some())
            || (gifts.birthday && self.columns.birthday(slot).is_some())
            || (gifts.events && self.columns.events(slot).len() > 0)
        {
            return None;
        }
        self.spent.clear();
        for entry in entries {
            let fields = &entry.fields;
            if fields.kind != EntryKind::Redemption || fields.order.is_some() {
                return None;
            }
            self.spent.push(Spent {
                at: fields.at.0,
                day: self.zone.day(fields.at).0,
                points: fields.points.0.saturating_abs(),
            });
        }
        // The store gives them by time; of two at one instant the keys decide.
        let orders = self.columns.order_slices(slot).filter(|it| it.plain)?;
        let block = Block {
            at: orders.at,
            day: orders.day,
            amount: orders.amount,
            line_start: orders.line_start,
            line_len: orders.line_len,
        };
        self.fast.standing(&block, &self.lines, &self.spent)
    }

    /// The last member's open lots.
    pub(super) fn open_lots(&self) -> impl Iterator<Item = (Option<Day>, Points)> + '_ {
        self.fast.open_lots()
    }
}
