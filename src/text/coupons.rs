//! Coupons in words: why one does not apply, and what may not change any more.

use crate::Words;
use model::Currency;
use model::coupon::Refusal;
use protocol::{CodeStanding, CouponStanding, Fault};

impl Words {
    /// Why a coupon does not apply, as a sentence. `with` is the name of the coupon it does not go together with.
    pub fn coupon_refusal(self, why: &Refusal, currency: Currency, with: Option<&str>) -> String {
        let plain = match why {
            Refusal::NotYet { from } => return self.coupons_not_yet(&self.day(*from)),
            Refusal::Expired { to } => return self.coupons_expired(&self.day(*to)),
            Refusal::UsedUp { limit } => return self.coupons_used_up(u64::from(*limit)),
            Refusal::CustomerUsedUp { limit } => {
                return self.coupons_customer_used_up(u64::from(*limit));
            }
            Refusal::BelowMinimum { minimum, counted } => {
                let missing = model::Money(minimum.0.saturating_sub(counted.0));
                let minimum = self.money(*minimum, currency);
                return self.coupons_below_minimum(&minimum, &self.money(missing, currency));
            }
            Refusal::NeedsProduct { product } => return self.coupons_needs_product(product),
            Refusal::NeedsPieces { counted, needed } => {
                return self.coupons_needs_pieces(*needed, *counted);
            }
            Refusal::NotTogether { .. } => {
                return match with {
                    Some(name) => self.coupons_not_together(name),
                    None => self.coupons_not_together_plain().to_owned(),
                };
            }
            Refusal::UnknownCode => self.coupons_unknown_code(),
            Refusal::Mistyped => self.coupons_mistyped(),
            Refusal::Forged => self.coupons_forged(),
            Refusal::NotOnRecord => self.coupons_not_on_record(),
            Refusal::Paused => self.coupons_is_paused(),
            Refusal::Ended => self.coupons_is_ended(),
            Refusal::CodeUsed => self.coupons_code_used(),
            Refusal::Withdrawn => self.coupons_is_withdrawn(),
            Refusal::Empty => self.coupons_empty(),
            Refusal::NeedsCustomer => self.coupons_needs_customer(),
            Refusal::NotForCustomer => self.coupons_not_for_customer(),
            Refusal::NoGoods => self.coupons_no_goods(),
            Refusal::Twice => self.coupons_twice(),
            Refusal::NothingLeft => self.coupons_nothing_left(),
            Refusal::OtherCurrency => self.coupons_other_currency(),
        };
        plain.to_owned()
    }

    /// A refused code, from a fault: the code and why.
    pub(crate) fn coupon_refused_fault(self, fault: &Fault) -> String {
        let key = crate::join(&["coupon_refused.", fault.path.as_deref().unwrap_or_default()]);
        let why = self
            .names_find(&key)
            .unwrap_or_else(|| self.coupons_refused_plain());
        self.coupons_refused(fault.found.as_deref().unwrap_or_default(), why)
    }

    /// What may not change any more, and what to do instead.
    pub(crate) fn coupon_locked(self, fault: &Fault) -> String {
        match fault.path.as_deref() {
            Some("state") | None => self.coupons_locked_ended().to_owned(),
            Some(field) => {
                let key = crate::join(&["coupon_field.", field]);
                self.coupons_locked(self.names_find(&key).unwrap_or(field))
            }
        }
    }

    /// How it stands with a coupon.
    pub fn coupon_standing(self, standing: CouponStanding) -> &'static str {
        match standing {
            CouponStanding::Running => self.coupons_state_running(),
            CouponStanding::Scheduled => self.coupons_state_scheduled(),
            CouponStanding::Paused => self.coupons_state_paused(),
            CouponStanding::UsedUp => self.coupons_state_used_up(),
            CouponStanding::Expired => self.coupons_state_expired(),
            CouponStanding::Ended => self.coupons_state_ended(),
        }
    }

    /// How it stands with a code.
    pub fn code_standing(self, standing: CodeStanding) -> &'static str {
        match standing {
            CodeStanding::Unused => self.coupons_code_state_unused(),
            CodeStanding::Used => self.coupons_code_state_used(),
            CodeStanding::Withdrawn => self.coupons_code_state_withdrawn(),
            CodeStanding::Expired => self.coupons_code_state_expired(),
        }
    }
}
