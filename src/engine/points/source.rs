//! Members' facts straight from the columns, one slot after the other into buffers that are kept.

use loyalty::{
    Dictionary, KnownBirthday, Line, Member, NO_CODE, Purchase, Recorded, Refund, ReturnedLine,
    Span, Texts, TrackedEvent, Version,
};
use model::{Currency, Money, Zone};
use segment::{Columns, EventRef, OrderRef};

/// The dictionaries of columns. Products, categories and channels share one.
pub(crate) struct Words<'a>(pub(crate) &'a Columns);

impl Dictionary for Words<'_> {
    fn each(&self, of: Texts, see: &mut dyn FnMut(u32, &str)) {
        match of {
            Texts::Categories | Texts::Products | Texts::Channels => {
                self.0.terms().for_each(|(code, text)| see(code, text));
            }
            Texts::Coupons => self.0.coupons().for_each(|(code, text)| see(code, text)),
        }
    }
}

/// A code as the fold knows it: the columns' 0 is no text.
fn code(of_columns: u32) -> u32 {
    if of_columns == 0 { NO_CODE } else { of_columns }
}

/// Fills a member's slices from the columns.
pub(crate) struct Source<'a> {
    columns: &'a Columns,
    needs_lines: bool,
    currency: Option<Currency>,
    /// The programme's zone where it is not that of the columns.
    other_zone: Option<Zone>,
    purchases: Vec<Purchase>,
    lines: Vec<Line>,
    refunds: Vec<Refund<'a>>,
    refund_lines: Vec<ReturnedLine>,
    events: Vec<TrackedEvent<'a>>,
    event_names: Vec<String>,
}

impl<'a> Source<'a> {
    /// `version` is the one in force on the day asked for; its currency and `zone` are the programme's.
    pub(crate) fn new(
        columns: &'a Columns,
        compiled: &loyalty::Programs,
        version: Option<&Version>,
        zone: Zone,
    ) -> Self {
        Self {
            columns,
            needs_lines: compiled.needs_lines(),
            currency: version.map(|version| version.program.currency),
            other_zone: (zone != columns.zone()).then_some(zone),
            purchases: Vec::new(),
            lines: Vec::new(),
            refunds: Vec::new(),
            refund_lines: Vec::new(),
            events: Vec::new(),
            event_names: compiled.event_names().to_vec(),
        }
    }

    /// Reads the orders of a slot.
    pub(crate) fn fill(&mut self, slot: u32) {
        self.purchases.clear();
        self.lines.clear();
        self.refunds.clear();
        self.refund_lines.clear();
        for order in self.columns.orders(slot) {
            // Other currencies earn by what they are worth in the workspace's, where the programme is in that.
            let native = Some(order.currency()) == self.currency;
            let worth = self.currency == Some(self.columns.currency());
            if native || worth && order.converted(Money::ZERO).is_some() {
                self.order(order, native);
            }
        }
        self.events.clear();
        if !self.event_names.is_empty() {
            for event in self.columns.events(slot) {
                self.event(event);
            }
        }
    }

    fn event(&mut self, event: EventRef<'a>) {
        if !self.event_names.iter().any(|name| name == event.kind()) {
            return;
        }
        self.events.push(TrackedEvent {
            id: event.id(),
            at: event.at(),
            day: self
                .other_zone
                .map_or(event.day(), |zone| zone.day(event.at())),
            kind: event.kind(),
            amount: self.currency.and_then(|currency| {
                let number = event.number("amount").map(|number| number.to_string());
                let text = event.text("amount").or(number.as_deref());
                Money::parse(text?, currency).ok()
            }),
        });
    }

    /// Adds an order; one that is not `native` with amounts converted by the rate of its day.
    fn order(&mut self, order: OrderRef<'a>, native: bool) {
        let home = |amount: Money| {
            if native {
                amount
            } else {
                order.converted(amount).unwrap_or(amount)
            }
        };
        let lines_from = self.lines.len() as u32;
        if self.needs_lines {
            self.lines.extend(order.lines().map(|line| Line {
                product: code(line.product_code),
                category: code(line.category_code),
                quantity_milli: line.quantity_milli,
                amount: home(line.amount),
            }));
        }
        let refunds_from = self.refunds.len() as u32;
        for refund in order.refunds() {
            let from = self.refund_lines.len() as u32;
            self.refund_lines
                .extend(refund.lines.iter().map(|line| ReturnedLine {
                    line: line.line,
                    quantity_milli: line.quantity_milli,
                }));
            self.refunds.push(Refund {
                key: &refund.key,
                at: refund.at,
                day: self
                    .other_zone
                    .map_or(refund.day, |zone| zone.day(refund.at)),
                amount: home(refund.amount),
                lines: Span {
                    start: from,
                    len: refund.lines.len() as u32,
                },
            });
        }
        let (day, minute) = match self.other_zone {
            Some(zone) => zone.day_and_minute(order.at()),
            None => (order.day(), order.minute()),
        };
        self.purchases.push(Purchase {
            id: order.id(),
            at: order.at(),
            day,
            minute,
            status: order.status(),
            amount: home(order.amount()),
            gross: home(order.gross().unwrap_or(order.amount())),
            tax: home(order.tax().unwrap_or_default()),
            paid_with_points: home(order.paid_with_points().unwrap_or_default()),
            channel: code(order.channel_code()),
            coupon: code(order.coupon_code()),
            lines: Span {
                start: lines_from,
                len: self.lines.len() as u32 - lines_from,
            },
            refunds: Span {
                start: refunds_from,
                len: self.refunds.len() as u32 - refunds_from,
            },
        });
    }

    /// The member last filled.
    pub(crate) fn member<'m>(&'m self, slot: u32, recorded: &'m [Recorded<'m>]) -> Member<'m> {
        Member {
            purchases: &self.purchases,
            lines: &self.lines,
            refunds: &self.refunds,
            refund_lines: &self.refund_lines,
            events: &self.events,
            recorded,
            signup_on: self.columns.signup_on(slot),
            birthday: self
                .columns
                .birthday(slot)
                .zip(self.columns.created_on(slot))
                .map(|(birthday, known_on)| KnownBirthday { birthday, known_on }),
        }
    }
}
