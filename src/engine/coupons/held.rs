//! Checking a basket, trying a definition, and what a customer holds.

use super::basket::{Judged, judge, lines_of, name_of};
use super::find::{Circle, Ground, Imported, facts_of};
use super::views::{orders_of, standing_of};
use crate::fault::{self, OrFault};
use crate::{Context, Engine, Unanswered};
use ::coupon::{Applied, CodeFacts, Facts, Fit, Offer, code};
use model::coupon::{Benefit, Coupon, CouponId, CouponState, Refusal, Way};
use model::{CustomerId, Money, OrderLine};
use protocol::{CheckView, CodeCheck, Fault, HeldCode, HeldView, UseRow};

impl Engine {
    /// What codes would do to a basket today.
    pub(crate) fn coupon_check(
        &mut self,
        codes: &[String],
        lines: &[OrderLine],
        amount: Option<Money>,
        customer: Option<CustomerId>,
        context: &Context,
    ) -> Result<CheckView, Unanswered> {
        let circle = match customer {
            Some(customer) => self.circle_of(customer, context)?,
            None => Circle::default(),
        };
        let programs = self.programs()?;
        let ground = Ground {
            read: self.store.read(),
            circle: &circle,
            programs: &programs,
            zone: self.settings.zone,
            today: self.today(context),
            customer,
        };
        let basket = lines_of(lines, amount.unwrap_or_default());
        let judged = judge(
            codes,
            &basket,
            ground.today,
            self.settings.currency,
            &ground,
        );
        let judged = judged.map_err(Fault::from)?;
        Ok(check_view(judged, &ground)?)
    }

    /// What a definition would do to a basket, as if it were in force and its holder the right one.
    pub(crate) fn coupon_try(
        &self,
        fields: &Coupon,
        lines: &[OrderLine],
        context: &Context,
    ) -> CheckView {
        let mut coupon = fields.clone();
        coupon.from = None;
        coupon.to = None;
        coupon.total = None;
        coupon.per_customer = None;
        let offer = Offer {
            id: CouponId(1),
            code: "",
            coupon: &coupon,
            state: CouponState::Active,
            facts: Some(CodeFacts {
                balance: match coupon.benefit {
                    Benefit::Voucher(value) => Some(value),
                    _ => None,
                },
                ..CodeFacts::default()
            }),
            uses: 0,
            uses_by_customer: 0,
            fit: Fit::Yes,
        };
        let facts = Facts {
            day: self.today(context),
            customer: None,
            currency: coupon.currency,
        };
        let mut priced = ::coupon::price(&lines_of(lines, Money::ZERO), &[offer], &facts);
        let verdict = priced.verdicts.pop();
        let (applied, refused) = split_verdict(verdict.unwrap_or(Err(Vec::new())), lines.len());
        CheckView {
            gross: priced.gross,
            amount: priced.amount,
            lines: priced.lines,
            codes: vec![CodeCheck {
                code: String::new(),
                coupon: None,
                name: coupon.name.clone(),
                discount: applied.discount,
                lines: applied.lines,
                refused,
                with_name: None,
                left: None,
                unrecorded: false,
            }],
        }
    }

    /// What a customer holds, could use and used.
    pub(crate) fn coupons_of(
        &mut self,
        customer: CustomerId,
        context: &Context,
    ) -> Result<HeldView, Unanswered> {
        let today = self.today(context);
        let circle = self.circle_of(customer, context)?;
        let programs = self.programs()?;
        let read = self.store.read();
        if read.customer(customer).or_fault()?.is_none() {
            return Err(fault::not_found(customer).into());
        }
        let ground = Ground {
            read,
            circle: &circle,
            programs: &programs,
            zone: self.settings.zone,
            today,
            customer: Some(customer),
        };
        let imported = Imported::read(read).map_err(Fault::from)?;
        let all = read.coupons().or_fault()?;
        let mut view = HeldView {
            codes: held(&ground, &imported)?,
            open: Vec::new(),
            uses: Vec::new(),
            issuable: Vec::new(),
        };
        let mut uses: Vec<(model::Timestamp, UseRow)> = Vec::new();
        for stored in all {
            let live = stored.state == CouponState::Active
                && stored.coupon.to.is_none_or(|to| to >= today);
            let mut mine = orders_of(read, &stored, &imported)?;
            let used = mine.len();
            mine.retain(|it| it.customer == Some(customer));
            match &stored.coupon.way {
                Way::Shared(text) if live && open(&stored.coupon, used, mine.len(), &ground)? => {
                    view.open.push(HeldCode {
                        coupon: stored.id,
                        fields: stored.coupon.clone(),
                        id: None,
                        code: text.clone(),
                        standing: protocol::CodeStanding::Unused,
                        balance: None,
                        to: stored.coupon.to,
                    });
                }
                Way::Single | Way::NextOrder { .. } if live => {
                    view.issuable.push((stored.id, stored.coupon.name.clone()));
                }
                _ => {}
            }
            for it in mine {
                uses.push((it.at, self.use_row(it, &stored)));
            }
        }
        uses.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        view.uses = uses.into_iter().map(|(_, row)| row).collect();
        Ok(view)
    }
}

/// Whether a shared coupon that is in force is open to the customer.
fn open(it: &Coupon, used: usize, own: usize, ground: &Ground<'_>) -> Result<bool, Fault> {
    let free = |limit: Option<u32>, used: usize| limit.is_none_or(|limit| used < limit as usize);
    let begun = it.from.is_none_or(|from| from <= ground.today);
    Ok(begun
        && free(it.total, used)
        && free(it.per_customer, own)
        && ground.fit(&it.audience)? == Fit::Yes)
}

fn held(ground: &Ground<'_>, imported: &Imported) -> Result<Vec<HeldCode>, Fault> {
    let read = ground.read;
    let mut held = Vec::new();
    let Some(customer) = ground.customer else {
        return Ok(held);
    };
    for one in read.codes_of(customer).or_fault()? {
        let Some(stored) = read.coupon(one.fields.coupon).or_fault()? else {
            continue;
        };
        let facts = facts_of(&one, &stored, imported, read)?;
        let to = [one.fields.to, stored.coupon.to]
            .into_iter()
            .flatten()
            .min();
        let gone = facts.used || facts.balance == Some(Money::ZERO);
        let over = one.withdrawn || stored.state == CouponState::Ended;
        held.push(HeldCode {
            coupon: stored.id,
            id: Some(one.id),
            code: code::shown(&one.fields.code),
            standing: standing_of(gone, over, to, ground.today),
            balance: facts.balance,
            to,
            fields: stored.coupon,
        });
    }
    Ok(held)
}

fn check_view(judged: Judged, ground: &Ground<'_>) -> Result<CheckView, Fault> {
    let Judged { found, priced } = judged;
    let mut codes = Vec::new();
    for (found, verdict) in found.into_iter().zip(priced.verdicts) {
        let (applied, refused) = split_verdict(verdict, priced.lines.len());
        let with = refused.iter().find_map(|why| match why {
            Refusal::NotTogether { with } => Some(*with),
            _ => None,
        });
        let with_name = match with {
            Some(id) => name_of(ground.read, id)?,
            None => None,
        };
        let balance = found.facts.and_then(|facts| facts.balance);
        codes.push(CodeCheck {
            code: found.shown,
            name: found
                .coupon
                .as_ref()
                .map(|stored| stored.coupon.name.clone())
                .unwrap_or_default(),
            coupon: found.coupon.map(|stored| stored.id),
            left: balance.map(|balance| Money(balance.0 - applied.discount.0)),
            discount: applied.discount,
            lines: applied.lines,
            refused,
            with_name,
            unrecorded: found.unrecorded.is_some(),
        });
    }
    Ok(CheckView {
        gross: priced.gross,
        amount: priced.amount,
        lines: priced.lines,
        codes,
    })
}

fn split_verdict(verdict: Result<Applied, Vec<Refusal>>, lines: usize) -> (Applied, Vec<Refusal>) {
    match verdict {
        Ok(applied) => (applied, Vec::new()),
        Err(why) => {
            let nothing = Applied {
                discount: Money::ZERO,
                lines: vec![Money::ZERO; lines],
            };
            (nothing, why)
        }
    }
}
