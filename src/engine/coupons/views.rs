//! Lists and reports of coupons.

use super::find::{Imported, facts_of};
use crate::customers::ROWS_MAX;
use crate::fault::{self, OrFault};
use crate::{Context, Engine};
use ::coupon::code;
use model::coupon::{Audience, Benefit, Combine, CouponId, CouponState};
use model::{CustomerId, Day, Money};
use protocol::{
    CodeRow, CodeStanding, CodesWhich, CouponRow, CouponStanding, CouponView, Fault, Page, UseRow,
};
use std::collections::BTreeMap;
use store::{CodeFilter, CouponOrder, Reader, StoredCoupon};

/// Which codes of a coupon are wanted.
#[derive(Clone, Copy)]
pub(crate) struct CodesAsked<'a> {
    /// By how they stand.
    pub(crate) which: CodesWhich,
    /// A part of the code.
    pub(crate) search: &'a str,
    /// Only codes of these customers, who are sorted by id.
    pub(crate) among: Option<&'a [CustomerId]>,
}

impl Engine {
    /// All coupons, the newest first.
    pub(crate) fn coupon_list(&mut self, context: &Context) -> Result<Vec<CouponRow>, Fault> {
        let today = self.today(context);
        let read = self.store.read();
        let imported = Imported::read(read)?;
        let mut rows = Vec::new();
        for stored in read.coupons().or_fault()? {
            let orders = orders_of(read, &stored, &imported)?;
            rows.push(row(read, stored, &orders, today)?);
        }
        Ok(rows)
    }

    /// One coupon with its report.
    pub(crate) fn coupon_view(
        &mut self,
        id: CouponId,
        context: &Context,
    ) -> Result<CouponView, Fault> {
        let today = self.today(context);
        let audience_name = self.audience_name(id, today)?;
        let read = self.store.read();
        let stored = read.coupon(id).or_fault()?;
        let stored = stored.ok_or_else(|| fault::not_found(id))?;
        let imported = Imported::read(read)?;
        let orders = orders_of(read, &stored, &imported)?;
        let mut with_names = Vec::new();
        if let Combine::With(ids) = &stored.coupon.combine {
            for other in read.coupons().or_fault()? {
                if ids.contains(&other.id) {
                    with_names.push(other.coupon.name);
                }
            }
        }
        let (_, codes_used, codes_withdrawn) = read.code_counts(id).or_fault()?;
        let mut months: BTreeMap<Day, (u64, Money)> = BTreeMap::new();
        for order in &orders {
            let day = self.settings.zone.day(order.at);
            let month = Day::from_ymd(day.year(), day.month(), 1).unwrap_or(day);
            let (uses, discount) = months.entry(month).or_default();
            *uses += 1;
            discount.0 = discount.0.saturating_add(order.discount.0);
        }
        let balance = match stored.coupon.benefit {
            Benefit::Voucher(_) => Some(balance_left(read, &stored, &imported)?),
            _ => None,
        };
        Ok(CouponView {
            locked: read.coupon_is_out(id).or_fault()?,
            audience_name,
            with_names,
            codes_used,
            codes_withdrawn,
            balance,
            months: months
                .into_iter()
                .map(|(month, (uses, discount))| (month, uses, discount))
                .collect(),
            row: row(read, stored, &orders, today)?,
        })
    }

    fn audience_name(&mut self, id: CouponId, today: Day) -> Result<Option<String>, Fault> {
        let programs = self.programs()?;
        let read = self.store.read();
        let Some(stored) = read.coupon(id).or_fault()? else {
            return Ok(None);
        };
        Ok(match &stored.coupon.audience {
            Audience::Everybody => None,
            Audience::Segment(id) => read.segment(*id).or_fault()?.map(|it| it.name),
            Audience::Customer(id) => read.customer(*id).or_fault()?.map(|it| it.fields.name),
            Audience::Tier(tier) => programs
                .in_force(today)
                .and_then(|version| version.program.tier(tier))
                .map(|tier| tier.name.clone()),
        })
    }

    /// Codes of a coupon.
    pub(crate) fn coupon_codes(
        &mut self,
        id: CouponId,
        asked: CodesAsked<'_>,
        (offset, limit): (u64, u32),
        context: &Context,
    ) -> Result<Page<CodeRow>, Fault> {
        let today = self.today(context);
        let stored = self.store.read().coupon(id).or_fault()?;
        let stored = stored.ok_or_else(|| fault::not_found(id))?;
        let page = self.codes(id, asked, (offset, limit.min(ROWS_MAX)))?;
        let items = page
            .items
            .into_iter()
            .map(|it| self.code_row(it, &stored, today))
            .collect();
        Ok(Page {
            total: page.total,
            offset,
            items,
        })
    }

    /// A stretch of the codes. Who is in a segment only columns know: then all codes are read, and the others left out.
    pub(crate) fn codes(
        &self,
        id: CouponId,
        asked: CodesAsked<'_>,
        (offset, limit): (u64, u32),
    ) -> Result<store::Page<store::CodeRow>, Fault> {
        let search = code::key_of(asked.search);
        let which = filter(asked.which);
        let read = self.store.read();
        let Some(among) = asked.among else {
            return read
                .codes_page(id, which, &search, offset, limit)
                .or_fault();
        };
        let mut all = read
            .codes_page(id, which, &search, 0, u32::MAX)
            .or_fault()?
            .items;
        all.retain(|it| is_among(it.code.fields.customer, among));
        let skip = usize::try_from(offset).unwrap_or(usize::MAX);
        Ok(store::Page {
            total: all.len() as u64,
            items: all.into_iter().skip(skip).take(limit as usize).collect(),
        })
    }

    pub(crate) fn code_row(
        &self,
        it: store::CodeRow,
        stored: &StoredCoupon,
        today: Day,
    ) -> CodeRow {
        let fields = it.code.fields;
        let value = match stored.coupon.benefit {
            Benefit::Voucher(usual) => Some(fields.value.unwrap_or(usual)),
            _ => None,
        };
        let balance = value.map(|value| Money((value.0 - it.spent.0).max(0)));
        let to = [fields.to, stored.coupon.to].into_iter().flatten().min();
        let gone = balance.map_or(it.uses > 0, |balance| balance.0 == 0);
        CodeRow {
            id: it.code.id,
            code: code::shown(&fields.code),
            customer: fields.customer,
            customer_name: it.customer_name,
            standing: standing_of(gone, it.code.withdrawn, to, today),
            balance,
            value,
            to,
            order: it.order,
            local_at: self.settings.zone.write_local(it.code.at),
        }
    }

    /// Uses of a coupon.
    pub(crate) fn coupon_uses(
        &mut self,
        id: CouponId,
        new_only: bool,
        among: Option<&[CustomerId]>,
        (offset, limit): (u64, u32),
    ) -> Result<Page<UseRow>, Fault> {
        let read = self.store.read();
        let stored = read.coupon(id).or_fault()?;
        let stored = stored.ok_or_else(|| fault::not_found(id))?;
        let imported = Imported::read(read)?;
        let mut orders = orders_of(read, &stored, &imported)?;
        orders.retain(|it| it.first || !new_only);
        orders.retain(|it| among.is_none_or(|among| is_among(it.customer, among)));
        let total = orders.len() as u64;
        let skip = usize::try_from(offset).unwrap_or(usize::MAX);
        let items = orders
            .into_iter()
            .skip(skip)
            .take(limit.min(ROWS_MAX) as usize)
            .map(|it| self.use_row(it, &stored))
            .collect();
        Ok(Page {
            total,
            offset,
            items,
        })
    }

    pub(crate) fn use_row(&self, it: CouponOrder, stored: &StoredCoupon) -> UseRow {
        let code = match (&it.code, &stored.coupon.way) {
            (Some(text), _) if it.imported => text.clone(),
            (Some(made), _) => code::shown(made),
            (None, model::coupon::Way::Shared(text)) => text.clone(),
            (None, _) => String::new(),
        };
        UseRow {
            order: it.order,
            number: it.number,
            customer: it.customer,
            customer_name: it.customer_name,
            local_at: self.settings.zone.write_local(it.at),
            code,
            discount: it.discount,
            revenue: it.revenue,
            imported: it.imported,
            first: it.first,
        }
    }
}

/// Whether somebody is one of these, who are sorted by id; nobody is none of them.
pub(crate) fn is_among(customer: Option<CustomerId>, among: &[CustomerId]) -> bool {
    customer.is_some_and(|id| among.binary_search(&id).is_ok())
}

/// Orders with a coupon, imported ones too.
pub(crate) fn orders_of(
    read: Reader<'_>,
    stored: &StoredCoupon,
    imported: &Imported,
) -> Result<Vec<CouponOrder>, Fault> {
    read.coupon_orders(stored.id, imported.texts(stored.id))
        .or_fault()
}

pub(crate) fn filter(which: CodesWhich) -> CodeFilter {
    match which {
        CodesWhich::All => CodeFilter::All,
        CodesWhich::Unused => CodeFilter::Unused,
        CodesWhich::Used => CodeFilter::Used,
        CodesWhich::Withdrawn => CodeFilter::Withdrawn,
    }
}

pub(crate) fn standing_of(
    used: bool,
    withdrawn: bool,
    to: Option<Day>,
    today: Day,
) -> CodeStanding {
    if used {
        CodeStanding::Used
    } else if withdrawn {
        CodeStanding::Withdrawn
    } else if to.is_some_and(|to| to < today) {
        CodeStanding::Expired
    } else {
        CodeStanding::Unused
    }
}

fn balance_left(
    read: Reader<'_>,
    stored: &StoredCoupon,
    imported: &Imported,
) -> Result<Money, Fault> {
    let mut left = 0i64;
    let mut offset = 0;
    loop {
        let page = read
            .codes_page(stored.id, CodeFilter::All, "", offset, ROWS_MAX)
            .or_fault()?;
        for it in &page.items {
            let facts = facts_of(&it.code, stored, imported, read)?;
            if !facts.withdrawn {
                left = left.saturating_add(facts.balance.unwrap_or_default().0);
            }
        }
        offset += page.items.len() as u64;
        if page.items.is_empty() || offset >= page.total {
            return Ok(Money(left));
        }
    }
}

fn row(
    read: Reader<'_>,
    stored: StoredCoupon,
    orders: &[CouponOrder],
    today: Day,
) -> Result<CouponRow, Fault> {
    let sum = |of: fn(&CouponOrder) -> Money| {
        Money(
            orders
                .iter()
                .fold(0i64, |sum, it| sum.saturating_add(of(it).0)),
        )
    };
    let uses = orders.len() as u64;
    let (codes, ..) = read.code_counts(stored.id).or_fault()?;
    let it = &stored.coupon;
    let standing = match stored.state {
        CouponState::Ended => CouponStanding::Ended,
        _ if it.to.is_some_and(|to| to < today) => CouponStanding::Expired,
        _ if it.total.is_some_and(|total| uses >= u64::from(total)) => CouponStanding::UsedUp,
        CouponState::Paused => CouponStanding::Paused,
        CouponState::Active if it.from.is_some_and(|from| from > today) => {
            CouponStanding::Scheduled
        }
        CouponState::Active => CouponStanding::Running,
    };
    Ok(CouponRow {
        id: stored.id,
        state: stored.state,
        standing,
        uses,
        discount: sum(|it| it.discount),
        revenue: sum(|it| it.revenue),
        new_customers: orders.iter().filter(|it| it.first).count() as u64,
        codes,
        coupon: stored.coupon,
    })
}
