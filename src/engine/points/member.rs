//! One member's facts from the store, as the fold wants them.

use super::data::Data;
use super::{Programs, overflow};
use crate::fault::{self, OrFault};
use loyalty::{
    Account, Deed, Dictionary, Ends, Entry, Evaluator, KnownBirthday, Line, Member, MovedLot,
    NO_CODE, Purchase, Recorded, Refund, ReturnedLine, Span, Texts, TrackedEvent,
};
use model::rate::rate_on;
use model::{
    Currency, CustomField, Customer, CustomerId, Day, Interaction, Money, Order, OrderId, Points,
    Rate, Zone,
};
use protocol::Fault;
use std::collections::BTreeMap;
use store::EntryKind;

/// Everything about one member.
pub(crate) struct MemberFacts {
    pub(crate) customer: Customer,
    pub(crate) orders: Vec<Order>,
    pub(crate) interactions: Vec<Interaction>,
    pub(crate) entries: Vec<store::Entry>,
    /// The workspace's currency, and what others are worth in it.
    home: Currency,
    rates: Vec<Rate>,
}

impl MemberFacts {
    /// Reads them; of a record that was merged away, those of who it became.
    pub(crate) fn read(read: store::Reader<'_>, id: CustomerId) -> Result<Self, Fault> {
        let id = read.settled(id).or_fault()?;
        let customer = read.customer(id).or_fault()?;
        let customer = customer.ok_or_else(|| fault::not_found(id))?;
        let mut interactions = Vec::new();
        loop {
            let page = read
                .interactions(id, interactions.len() as u64, 1000)
                .or_fault()?;
            let end = page.items.is_empty();
            interactions.extend(page.items);
            if end || interactions.len() as u64 >= page.total {
                break;
            }
        }
        let settings = read.settings().or_fault()?;
        Ok(Self {
            home: settings.currency,
            rates: settings.rates,
            customer,
            orders: read.orders_of(id).or_fault()?,
            interactions,
            entries: read.entries(id).or_fault()?,
        })
    }

    /// The account at the end of a day.
    pub(crate) fn account(
        &self,
        programs: &Programs,
        business: &Zone,
        day: Day,
    ) -> Result<Account, Fault> {
        self.fold(programs, business, day, |fold, member, as_of| {
            fold.account(member, as_of)
        })
    }

    /// The account and the entries that led to it, oldest first.
    pub(crate) fn ledger(
        &self,
        programs: &Programs,
        business: &Zone,
        day: Day,
    ) -> Result<(Account, Vec<Entry>), Fault> {
        self.fold(programs, business, day, |fold, member, as_of| {
            fold.ledger(member, as_of)
        })
    }

    fn fold<T>(
        &self,
        programs: &Programs,
        business: &Zone,
        day: Day,
        ask: impl FnOnce(&mut Evaluator<'_>, &Member<'_>, loyalty::AsOf) -> Result<T, loyalty::Overflow>,
    ) -> Result<T, Fault> {
        let zone = programs.zone(day);
        let currency = programs
            .in_force(day)
            .map(|version| version.program.currency);
        let mut facts = Slices::default();
        for order in &self.orders {
            if Some(order.fields.currency) == currency {
                facts.order(order, &zone, None);
                continue;
            }
            let day = business.day(order.fields.at);
            let rate = rate_on(&self.rates, order.fields.currency, day);
            if let Some(rate) = rate.filter(|_| currency == Some(self.home)) {
                // Other currencies earn by what they are worth.
                facts.order(order, &zone, Some((rate, self.home)));
            }
        }
        let compiled =
            loyalty::Programs::new(&programs.versions, &facts.words).map_err(overflow)?;
        let names = compiled.event_names();
        let tracked: Vec<TrackedEvent<'_>> = self
            .interactions
            .iter()
            .filter(|event| names.contains(&event.fields.kind))
            .map(|event| TrackedEvent {
                id: event.id,
                at: event.fields.at,
                day: zone.day(event.fields.at),
                kind: &event.fields.kind,
                amount: currency.and_then(|currency| event_amount(&event.fields.data, currency)),
            })
            .collect();
        let extras = Extras::read(&self.entries);
        let recorded = extras.recorded(&self.entries, &zone);
        let member = Member {
            purchases: &facts.purchases,
            lines: &facts.lines,
            refunds: &facts.refunds,
            refund_lines: &facts.refund_lines,
            events: &tracked,
            recorded: &recorded,
            signup_on: self.customer.fields.signup_on,
            birthday: self.customer.fields.birthday.map(|birthday| KnownBirthday {
                birthday,
                known_on: business.day(self.customer.created_at),
            }),
        };
        ask(&mut Evaluator::new(&compiled), &member, programs.as_of(day)).map_err(overflow)
    }
}

/// The amount an event carries: its datum `amount`, in major units.
fn event_amount(data: &BTreeMap<String, CustomField>, currency: Currency) -> Option<Money> {
    let text = match data.get("amount")? {
        CustomField::Text(text) => text.clone(),
        CustomField::Number(number) => number.to_string(),
        CustomField::Flag(_) => return None,
    };
    Money::parse(&text, currency).ok()
}

/// What entries hold beyond their columns, as the fold wants it: beside the entries, one for one.
pub(crate) struct Extras(Vec<Option<Extra>>);

struct Extra {
    data: Data,
    lots: Vec<MovedLot>,
}

impl Extras {
    /// Reads the data of those entries for which the fold looks at it.
    pub(crate) fn read(entries: &[store::Entry]) -> Self {
        let extra = |entry: &store::Entry| {
            let has = matches!(entry.fields.kind, EntryKind::Transfer | EntryKind::Bonus);
            (has && entry.fields.data.is_some()).then(|| {
                let data = Data::read(&entry.fields);
                let lots = data.moved();
                Extra { data, lots }
            })
        };
        Self(entries.iter().map(extra).collect())
    }

    /// The recorded entries as the fold wants them; `entries` are those that were read.
    pub(crate) fn recorded<'a>(
        &'a self,
        entries: &'a [store::Entry],
        zone: &Zone,
    ) -> Vec<Recorded<'a>> {
        entries
            .iter()
            .zip(&self.0)
            .map(|(entry, extra)| recorded(entry, extra.as_ref(), zone))
            .collect()
    }
}

fn recorded<'a>(entry: &'a store::Entry, extra: Option<&'a Extra>, zone: &Zone) -> Recorded<'a> {
    let fields = &entry.fields;
    let size = Points(fields.points.0.saturating_abs());
    let what = match (fields.kind, fields.reverses) {
        (EntryKind::Redemption, _) => Deed::Redemption {
            points: size,
            order: fields.order,
            reward: fields.reward.as_deref(),
        },
        (EntryKind::Reversal, Some(of)) => Deed::Reversal { of },
        (EntryKind::Bonus, _) => Deed::Bonus {
            points: size,
            qualifies: extra.is_some_and(|extra| extra.data.qualifies),
            ends: extra.map_or(Ends::ByProgram, |extra| extra.data.bonus_ends()),
        },
        (EntryKind::Transfer, _) => moved(fields.points, extra),
        (EntryKind::Adjustment | EntryKind::Reversal, _) => Deed::Adjustment {
            points: fields.points,
        },
    };
    Recorded {
        id: entry.id,
        key: &fields.key,
        at: fields.at,
        day: zone.day(fields.at),
        what,
        reason: fields.reason.as_deref(),
    }
}

fn moved(points: Points, extra: Option<&Extra>) -> Deed<'_> {
    let size = Points(points.0.saturating_abs());
    match extra {
        Some(Extra { data, lots }) if data.merge && data.out => Deed::MergeOut {
            lots,
            debt: data.debt,
        },
        Some(Extra { data, lots }) if data.merge => Deed::MergeIn {
            lots,
            debt: data.debt,
            tier: data.tier.as_deref(),
            tier_until: data.tier_until,
        },
        Some(Extra { data, lots }) if !data.out => Deed::TransferIn { lots },
        _ if points.0 < 0 => Deed::TransferOut { points: size },
        _ => Deed::Adjustment { points },
    }
}

/// The slices of a member, filled from orders.
#[derive(Default)]
struct Slices<'a> {
    purchases: Vec<Purchase>,
    lines: Vec<Line>,
    refunds: Vec<Refund<'a>>,
    refund_lines: Vec<ReturnedLine>,
    words: Words<'a>,
}

impl<'a> Slices<'a> {
    /// Adds an order, its amounts converted by a rate where one is given.
    fn order(&mut self, order: &'a Order, zone: &Zone, rate: Option<(&Rate, Currency)>) {
        let fields = &order.fields;
        let worth = |amount: Money| match rate {
            None => amount,
            Some((rate, home)) => rate.convert(amount.0, home).map_or(amount, Money),
        };
        let lines = Span {
            start: self.lines.len() as u32,
            len: fields.lines.len() as u32,
        };
        for line in &fields.lines {
            self.lines.push(Line {
                product: self.words.code(Texts::Products, Some(&line.product)),
                category: self.words.code(Texts::Categories, line.category.as_deref()),
                quantity_milli: line.quantity_milli,
                amount: worth(line.amount),
            });
        }
        let refunds = Span {
            start: self.refunds.len() as u32,
            len: order.refunds.len() as u32,
        };
        for refund in &order.refunds {
            let start = self.refund_lines.len() as u32;
            self.refund_lines
                .extend(refund.lines.iter().map(|line| ReturnedLine {
                    line: line.line,
                    quantity_milli: line.quantity_milli,
                }));
            self.refunds.push(Refund {
                key: &refund.key,
                at: refund.at,
                day: zone.day(refund.at),
                amount: worth(refund.amount),
                lines: Span {
                    start,
                    len: refund.lines.len() as u32,
                },
            });
        }
        let (day, minute) = zone.day_and_minute(fields.at);
        self.purchases.push(Purchase {
            id: order.id,
            at: fields.at,
            day,
            minute,
            status: fields.status,
            amount: worth(fields.amount),
            gross: worth(fields.gross.unwrap_or(fields.amount)),
            tax: worth(fields.tax.unwrap_or_default()),
            paid_with_points: worth(fields.paid_with_points.unwrap_or_default()),
            channel: self.words.code(Texts::Channels, fields.channel.as_deref()),
            coupon: self.words.code(Texts::Coupons, fields.coupon.as_deref()),
            lines,
            refunds,
        });
    }
}

/// The texts of one member's orders, numbered as they come.
#[derive(Default)]
struct Words<'a> {
    codes: [BTreeMap<&'a str, u32>; 4],
}

fn place(of: Texts) -> usize {
    match of {
        Texts::Categories => 0,
        Texts::Products => 1,
        Texts::Channels => 2,
        Texts::Coupons => 3,
    }
}

impl<'a> Words<'a> {
    fn code(&mut self, of: Texts, text: Option<&'a str>) -> u32 {
        match (text, self.codes.get_mut(place(of))) {
            (Some(text), Some(codes)) => {
                let next = codes.len() as u32;
                *codes.entry(text).or_insert(next)
            }
            _ => NO_CODE,
        }
    }
}

impl Dictionary for Words<'_> {
    fn each(&self, of: Texts, see: &mut dyn FnMut(u32, &str)) {
        for (text, code) in self.codes.get(place(of)).into_iter().flatten() {
            see(*code, text);
        }
    }
}

/// What each order has earned, net of what its refunds took back.
pub(crate) fn points_by_order(entries: &[Entry]) -> BTreeMap<OrderId, Points> {
    let mut sums: BTreeMap<OrderId, Points> = BTreeMap::new();
    for entry in entries {
        let derived = matches!(
            entry.kind,
            loyalty::EntryKind::Accrual | loyalty::EntryKind::Reversal
        ) && !entry.recorded;
        if let (true, Some(order)) = (derived, entry.order) {
            let sum = sums.entry(order).or_default();
            sum.0 = sum.0.saturating_add(entry.points.0);
        }
    }
    sums
}
