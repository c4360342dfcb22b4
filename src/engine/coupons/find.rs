//! From a typed code to everything that decides about it.

use crate::apply::Known;
use crate::derive::View;
use crate::fault::{Failure, OrFault};
use crate::points::{MemberFacts, Programs};
use crate::{Context, Engine, Unanswered};
use coupon::code::{self, Key, Read};
use coupon::{CodeFacts, Fit};
use model::coupon::{Audience, Benefit, CodeId, CouponId, CouponState, Refusal};
use model::{CustomerId, Day, Money, SegmentId, Zone};
use protocol::{Command, CounterCommand, CouponCommand, Fault, FaultCode};
use std::collections::BTreeMap;
use store::{CouponCode, Reader, StoredCoupon};

/// Which of the segments that coupons are for a customer is in. Calculated before a command's transaction, because only
/// the columns know.
#[derive(Clone, Debug, Default)]
pub(crate) struct Circle {
    /// By segment; a segment that is gone is not here.
    pub(crate) segments: BTreeMap<SegmentId, bool>,
    /// Columns are still being read.
    pub(crate) unknown: bool,
}

impl Engine {
    /// The circle of the customer whose order a command adds.
    pub(crate) fn circle(&mut self, command: &Command, context: &Context) -> Result<Circle, Fault> {
        let customer = match command {
            Command::CreateOrder { customer, .. } => Some(*customer),
            Command::Coupons(CouponCommand::Use { customer, .. }) => *customer,
            Command::Counter(CounterCommand::Sell { bill, .. }) => Some(bill.customer),
            _ => None,
        };
        match customer {
            Some(customer) => match self.circle_of(customer, context) {
                Ok(circle) => Ok(circle),
                Err(Unanswered::NotReady) => Ok(Circle {
                    unknown: true,
                    ..Circle::default()
                }),
                Err(Unanswered::Fault(fault)) => Err(fault),
            },
            None => Ok(Circle::default()),
        }
    }

    /// Which of the segments that coupons are for a customer is in today.
    pub(crate) fn circle_of(
        &mut self,
        customer: CustomerId,
        context: &Context,
    ) -> Result<Circle, Unanswered> {
        let mut circle = Circle::default();
        let mut wanted: Vec<SegmentId> = Vec::new();
        for stored in self.store.read().coupons().or_fault()? {
            match stored.coupon.audience {
                Audience::Segment(id) if stored.state == CouponState::Active => wanted.push(id),
                _ => {}
            }
        }
        wanted.sort_unstable();
        wanted.dedup();
        if wanted.is_empty() {
            return Ok(circle);
        }
        let today = self.today(context);
        let view = self.view(today, today)?;
        for id in wanted {
            circle.segments.extend(is_in(&view, id, customer));
        }
        Ok(circle)
    }
}

/// Whether a customer is in a segment; `None` for one that is gone or cannot be evaluated.
fn is_in(view: &View<'_>, id: SegmentId, customer: CustomerId) -> Option<(SegmentId, bool)> {
    let saved = view.saved.iter().find(|saved| saved.segment.id == id)?;
    let rule = saved.rule.as_ref().ok()?;
    let members = view.evaluate(rule).ok()?;
    let slot = view.columns.slot(customer);
    Some((id, slot.is_some_and(|slot| members.contains(slot))))
}

/// What judging needs beside the database.
#[derive(Clone, Copy)]
pub(crate) struct Ground<'a> {
    pub(crate) read: Reader<'a>,
    pub(crate) circle: &'a Circle,
    pub(crate) programs: &'a Programs,
    pub(crate) zone: Zone,
    pub(crate) today: Day,
    pub(crate) customer: Option<CustomerId>,
}

impl<'a> Ground<'a> {
    /// In a command.
    pub(crate) fn of(read: Reader<'a>, known: &'a Known<'_>, customer: Option<CustomerId>) -> Self {
        Self {
            read,
            circle: &known.circle,
            programs: &known.programs,
            zone: known.settings.zone,
            today: known.today,
            customer,
        }
    }

    /// Whether the customer is among those a coupon is for.
    pub(crate) fn fit(&self, audience: &Audience) -> Result<Fit, Failure> {
        let Some(customer) = self.customer else {
            return Ok(match audience {
                Audience::Everybody => Fit::Yes,
                Audience::Segment(_) | Audience::Tier(_) | Audience::Customer(_) => Fit::Unknown,
            });
        };
        let fits = match audience {
            Audience::Everybody => true,
            Audience::Customer(id) => *id == customer,
            Audience::Segment(_) if self.circle.unknown => {
                return Err(Fault::new(FaultCode::Busy).into());
            }
            Audience::Segment(id) => self.circle.segments.get(id).copied().unwrap_or(false),
            Audience::Tier(tier) => self.has_tier(customer, tier)?,
        };
        Ok(if fits { Fit::Yes } else { Fit::No })
    }

    /// Whether a member has a tier or a higher one today.
    fn has_tier(&self, customer: CustomerId, wanted: &str) -> Result<bool, Failure> {
        let Some(version) = self.programs.in_force(self.today) else {
            return Ok(false);
        };
        let levels = version.program.tiers.iter().flat_map(|tiers| &tiers.levels);
        let place = levels.clone().position(|level| level.id == wanted);
        let facts = MemberFacts::read(self.read, customer)?;
        let account = facts.account(self.programs, &self.zone, self.today)?;
        let now = account.standing.tier.map(usize::from);
        Ok(place.is_some_and(|place| now.is_some_and(|now| now >= place)))
    }
}

/// The texts of orders that name a code of ours without a recorded use: they came with an import or were typed in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Imported {
    by_coupon: BTreeMap<CouponId, Vec<String>>,
    by_code: BTreeMap<CodeId, Vec<String>>,
}

impl Imported {
    /// Reads them. A text is a code, or several with commas between them, of which the first that is ours counts.
    pub(crate) fn read(read: Reader<'_>) -> Result<Self, Failure> {
        let mut found = Self::default();
        for text in read.coupon_texts()? {
            let parts = text.split([',', '，', ';', '；', '、']);
            for part in std::iter::once(text.as_str()).chain(parts) {
                let key = code::key_of(part);
                if key.is_empty() {
                    continue;
                }
                if let Some(coupon) = read.coupon_by_key(&key)? {
                    found
                        .by_coupon
                        .entry(coupon.id)
                        .or_default()
                        .push(text.clone());
                    break;
                }
                if let Some(one) = read.code_by_text(&key)? {
                    let coupon = one.fields.coupon;
                    found
                        .by_coupon
                        .entry(coupon)
                        .or_default()
                        .push(text.clone());
                    found.by_code.entry(one.id).or_default().push(text.clone());
                    break;
                }
            }
        }
        Ok(found)
    }

    /// The texts that name a coupon.
    pub(crate) fn texts(&self, coupon: CouponId) -> &[String] {
        self.by_coupon.get(&coupon).map_or(&[], Vec::as_slice)
    }

    /// Orders that name a coupon: in all, and a customer's.
    fn counts(
        &self,
        read: Reader<'_>,
        coupon: CouponId,
        customer: Option<CustomerId>,
    ) -> Result<(u32, u32), Failure> {
        let (mut all, mut own) = (0, 0);
        for text in self.texts(coupon) {
            for order in read.orders_with_coupon(text)? {
                all += 1;
                own += u32::from(Some(order.customer) == customer);
            }
        }
        Ok((all, own))
    }

    /// Whether an order names a code.
    pub(crate) fn names(&self, read: Reader<'_>, code: CodeId) -> Result<bool, Failure> {
        for text in self.by_code.get(&code).into_iter().flatten() {
            if !read.orders_with_coupon(text)?.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// A code with everything known of it.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    /// As it compares.
    pub(crate) key: String,
    /// As it is printed, or as it was typed.
    pub(crate) shown: String,
    pub(crate) coupon: Option<StoredCoupon>,
    pub(crate) code: Option<CouponCode>,
    pub(crate) facts: Option<CodeFacts>,
    /// Made here, but its record is not: the serial.
    pub(crate) unrecorded: Option<u32>,
    pub(crate) uses: u32,
    pub(crate) own: u32,
    pub(crate) fit: Fit,
    /// Why it is no code at all.
    pub(crate) wrong: Option<Refusal>,
}

impl Found {
    fn nothing(typed: &str, key: String, wrong: Refusal) -> Self {
        Self {
            key,
            shown: typed.trim().to_owned(),
            coupon: None,
            code: None,
            facts: None,
            unrecorded: None,
            uses: 0,
            own: 0,
            fit: Fit::Yes,
            wrong: Some(wrong),
        }
    }
}

/// Looks a typed code up: a shared one, a made one, or one that only its form tells about.
pub(crate) fn find(
    typed: &str,
    imported: &Imported,
    ground: &Ground<'_>,
) -> Result<Found, Failure> {
    let read = ground.read;
    let key = code::key_of(typed);
    if let Some(one) = read.code_by_text(&key)? {
        return made(one, key, imported, ground);
    }
    if let Some(stored) = read.coupon_by_key(&key)? {
        let shown = match &stored.coupon.way {
            model::coupon::Way::Shared(code) => code.clone(),
            _ => typed.trim().to_owned(),
        };
        return with_counts(key, shown, stored, imported, ground);
    }
    let secret = read.coupon_secret()?.and_then(|hex| Key::from_hex(&hex));
    let wrong = match code::read(secret, typed) {
        Read::Other => Refusal::UnknownCode,
        Read::Mistyped => Refusal::Mistyped,
        Read::Forged => Refusal::Forged,
        Read::Real { number, serial } => return unrecorded(key, number, serial, imported, ground),
    };
    Ok(Found::nothing(typed, key, wrong))
}

fn with_counts(
    key: String,
    shown: String,
    stored: StoredCoupon,
    imported: &Imported,
    ground: &Ground<'_>,
) -> Result<Found, Failure> {
    let (uses, own, _) = ground.read.use_counts(stored.id, ground.customer)?;
    let (more, more_own) = imported.counts(ground.read, stored.id, ground.customer)?;
    Ok(Found {
        key,
        shown,
        code: None,
        facts: None,
        unrecorded: None,
        uses: uses.saturating_add(more),
        own: own.saturating_add(more_own),
        fit: ground.fit(&stored.coupon.audience)?,
        coupon: Some(stored),
        wrong: None,
    })
}

fn made(
    one: CouponCode,
    key: String,
    imported: &Imported,
    ground: &Ground<'_>,
) -> Result<Found, Failure> {
    let read = ground.read;
    let shown = code::shown(&one.fields.code);
    let Some(stored) = read.coupon(one.fields.coupon)? else {
        return Ok(Found::nothing(&shown, key, Refusal::NotOnRecord));
    };
    let facts = facts_of(&one, &stored, imported, read)?;
    let found = with_counts(key, shown, stored, imported, ground)?;
    Ok(Found {
        code: Some(one),
        facts: Some(facts),
        ..found
    })
}

/// What decides about a stored code.
pub(crate) fn facts_of(
    one: &CouponCode,
    stored: &StoredCoupon,
    imported: &Imported,
    read: Reader<'_>,
) -> Result<CodeFacts, Failure> {
    let (uses, spent) = read.spent(one.id)?;
    let named = imported.names(read, one.id)?;
    let balance = match stored.coupon.benefit {
        Benefit::Voucher(value) => {
            let value = one.fields.value.unwrap_or(value);
            // An imported order names it but does not tell how much of it was spent: all of it counts as spent.
            Some(if named {
                Money::ZERO
            } else {
                Money((value.0 - spent.0).max(0))
            })
        }
        _ => None,
    };
    Ok(CodeFacts {
        used: balance.is_none() && (uses > 0 || named),
        withdrawn: one.withdrawn,
        balance,
        from: one.fields.from,
        to: one.fields.to,
        customer: one.fields.customer,
    })
}

/// A code that was made with our key on another till. What it promises follows from its coupon where that is known and
/// nothing of it is in the record (whose it is, until when, a balance).
fn unrecorded(
    key: String,
    number: u32,
    serial: u32,
    imported: &Imported,
    ground: &Ground<'_>,
) -> Result<Found, Failure> {
    let shown = code::shown(&key);
    let stored = ground.read.coupon_by_number(number)?;
    let tells_all = stored.as_ref().is_some_and(|stored| {
        let plain = !matches!(stored.coupon.benefit, Benefit::Voucher(_));
        plain && stored.coupon.way == model::coupon::Way::Single
    });
    match stored {
        Some(stored) if tells_all => {
            let found = with_counts(key, shown, stored, imported, ground)?;
            Ok(Found {
                facts: Some(CodeFacts::default()),
                unrecorded: Some(serial),
                ..found
            })
        }
        _ => Ok(Found::nothing(&shown, key, Refusal::NotOnRecord)),
    }
}
