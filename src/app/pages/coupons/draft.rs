//! The form's state, and the definition it says.

use super::describe::{percent, pieces};
use crate::pages::customers::plain_number;
use model::coupon::{Audience, Benefit, Combine, Coupon, CouponId, Goods, WHOLE, Way};
use model::{Currency, CustomerId, Day, Decimal, Money};
use std::collections::{BTreeMap, BTreeSet};
use ui::prelude::*;

/// The fields as they are typed; small handles.
#[derive(Clone, Copy)]
pub(super) struct Draft {
    pub(super) currency: Currency,
    /// `percent`, `amount`, `free`, `buyget`, `voucher`, `next`.
    pub(super) kind: RwSignal<String>,
    pub(super) name: RwSignal<String>,
    pub(super) percent: RwSignal<String>,
    pub(super) amount: RwSignal<String>,
    pub(super) product: RwSignal<String>,
    pub(super) quantity: RwSignal<String>,
    pub(super) buy: RwSignal<String>,
    pub(super) get: RwSignal<String>,
    pub(super) off: RwSignal<String>,
    pub(super) of: RwSignal<String>,
    pub(super) times: RwSignal<String>,
    /// Of a next-order coupon: `amount` or `percent`.
    pub(super) next_kind: RwSignal<String>,
    pub(super) next_from: RwSignal<String>,
    pub(super) next_days: RwSignal<String>,
    /// `shared` or `single`.
    pub(super) way: RwSignal<String>,
    pub(super) code: RwSignal<String>,
    /// `all`, `products`, `categories`.
    pub(super) goods: RwSignal<String>,
    pub(super) names: RwSignal<String>,
    pub(super) minimum: RwSignal<String>,
    pub(super) maximum: RwSignal<String>,
    pub(super) from: RwSignal<String>,
    pub(super) to: RwSignal<String>,
    pub(super) per_customer: RwSignal<String>,
    pub(super) total: RwSignal<String>,
    /// `all`, `segment`, `tier`, `customer`.
    pub(super) audience: RwSignal<String>,
    pub(super) segment: RwSignal<String>,
    pub(super) tier: RwSignal<String>,
    pub(super) customer: RwSignal<Option<(CustomerId, String)>>,
    /// `alone`, `any`, `with`.
    pub(super) combine: RwSignal<String>,
    pub(super) with: RwSignal<BTreeSet<CouponId>>,
    pub(super) note: RwSignal<String>,
}

/// Fields that cannot be read, by name.
pub(super) type Wrong = BTreeMap<&'static str, ()>;

fn typed(text: &str) -> RwSignal<String> {
    RwSignal::new(text.to_owned())
}

impl Draft {
    /// What a new coupon starts with: a fifth off, one code for all.
    pub(super) fn new(currency: Currency) -> Self {
        Self {
            currency,
            kind: typed("percent"),
            name: typed(""),
            percent: typed("20"),
            amount: typed("20"),
            product: typed(""),
            quantity: typed("1"),
            buy: typed("2"),
            get: typed("1"),
            off: typed("100"),
            of: typed(""),
            times: typed(""),
            next_kind: typed("amount"),
            next_from: typed("100"),
            next_days: typed("30"),
            way: typed("shared"),
            code: typed(""),
            goods: typed("all"),
            names: typed(""),
            minimum: typed(""),
            maximum: typed(""),
            from: typed(""),
            to: typed(""),
            per_customer: typed("1"),
            total: typed(""),
            audience: typed("all"),
            segment: typed(""),
            tier: typed(""),
            customer: RwSignal::new(None),
            combine: typed("alone"),
            with: RwSignal::new(BTreeSet::new()),
            note: typed(""),
        }
    }

    /// Fills the form from a definition. `customer` is the name of the one customer it is for.
    pub(super) fn fill(&self, it: &Coupon, customer: Option<&str>) {
        let money = |amount: Money| trimmed(&amount.to_decimal(it.currency));
        let next = matches!(it.way, Way::NextOrder { .. });
        self.name.set(it.name.clone());
        let kind = match &it.benefit {
            Benefit::Percent(off) => {
                self.percent.set(percent(*off));
                self.next_kind.set("percent".to_owned());
                "percent"
            }
            Benefit::Amount(off) => {
                self.amount.set(money(*off));
                "amount"
            }
            Benefit::Voucher(value) => {
                self.amount.set(money(*value));
                "voucher"
            }
            Benefit::Free {
                product,
                quantity_milli,
            } => {
                self.product.set(product.clone());
                self.quantity.set(pieces(*quantity_milli));
                "free"
            }
            Benefit::BuyGet {
                buy,
                get,
                of,
                off,
                times,
            } => {
                self.buy.set(buy.to_string());
                self.get.set(get.to_string());
                self.off.set(percent(*off));
                if let Some(Goods::Products(names)) = of {
                    self.of.set(names.join("\n"));
                }
                self.times.set(optional(*times));
                "buyget"
            }
        };
        self.kind.set(if next { "next" } else { kind }.to_owned());
        match &it.way {
            Way::Shared(code) => self.code.set(code.clone()),
            Way::Single => self.way.set("single".to_owned()),
            Way::NextOrder { from, days } => {
                self.next_from.set(money(*from));
                self.next_days.set(days.to_string());
            }
        }
        let (goods, names) = match &it.goods {
            Goods::All => ("all", String::new()),
            Goods::Products(names) => ("products", names.join("\n")),
            Goods::Categories(names) => ("categories", names.join("\n")),
        };
        self.goods.set(goods.to_owned());
        self.names.set(names);
        self.minimum.set(it.minimum.map(money).unwrap_or_default());
        self.maximum.set(it.maximum.map(money).unwrap_or_default());
        let day = |day: Option<Day>| day.map(|day| day.to_string()).unwrap_or_default();
        self.from.set(day(it.from));
        self.to.set(day(it.to));
        self.per_customer.set(optional(it.per_customer));
        self.total.set(optional(it.total));
        self.fill_people(it, customer);
        self.note.set(it.note.clone().unwrap_or_default());
    }

    fn fill_people(&self, it: &Coupon, customer: Option<&str>) {
        let audience = match &it.audience {
            Audience::Everybody => "all",
            Audience::Segment(id) => {
                self.segment.set(id.to_string());
                "segment"
            }
            Audience::Tier(tier) => {
                self.tier.set(tier.clone());
                "tier"
            }
            Audience::Customer(id) => {
                let name = customer.unwrap_or_default().to_owned();
                self.customer.set(Some((*id, name)));
                "customer"
            }
        };
        self.audience.set(audience.to_owned());
        let combine = match &it.combine {
            Combine::Alone => "alone",
            Combine::Any => "any",
            Combine::With(ids) => {
                self.with.set(ids.iter().copied().collect());
                "with"
            }
        };
        self.combine.set(combine.to_owned());
    }

    /// What the form says; tracked. What cannot be read is named in the second part and stands as zero in the first.
    pub(super) fn read(&self) -> (Coupon, Wrong) {
        let mut wrong = Wrong::new();
        let kind = self.kind.get();
        let benefit = self.benefit(&kind, &mut wrong);
        let way = match (kind.as_str(), self.way.get().as_str()) {
            ("next", _) => Way::NextOrder {
                from: self.money("issueFrom", self.next_from, &mut wrong),
                days: self.number("issueDays", self.next_days, &mut wrong),
            },
            ("voucher", _) | (_, "single") => Way::Single,
            _ => Way::Shared(self.code.get().trim().to_owned()),
        };
        let goods = match self.goods.get().as_str() {
            "products" => Goods::Products(list(&self.names.get())),
            "categories" => Goods::Categories(list(&self.names.get())),
            _ => Goods::All,
        };
        let some = |key, field: RwSignal<String>, wrong: &mut Wrong| {
            (!field.get().trim().is_empty()).then(|| self.money(key, field, wrong))
        };
        let count = |key, field: RwSignal<String>, wrong: &mut Wrong| {
            (!field.get().trim().is_empty()).then(|| self.number(key, field, wrong))
        };
        let coupon = Coupon {
            name: self.name.get(),
            benefit,
            way,
            goods,
            minimum: some("minimum", self.minimum, &mut wrong),
            maximum: some("maximum", self.maximum, &mut wrong),
            from: self.day("from", self.from, &mut wrong),
            to: self.day("to", self.to, &mut wrong),
            per_customer: count("perCustomer", self.per_customer, &mut wrong),
            total: count("total", self.total, &mut wrong),
            audience: self.audience(&mut wrong),
            combine: match self.combine.get().as_str() {
                "any" => Combine::Any,
                "with" => Combine::With(self.with.get().into_iter().collect()),
                _ => Combine::Alone,
            },
            note: Some(self.note.get()).filter(|note| !note.trim().is_empty()),
            currency: self.currency,
        };
        (coupon, wrong)
    }

    fn benefit(&self, kind: &str, wrong: &mut Wrong) -> Benefit {
        let next_percent = kind == "next" && self.next_kind.get() == "percent";
        match kind {
            "free" => Benefit::Free {
                product: self.product.get(),
                quantity_milli: self.thousandths("quantity", self.quantity, wrong),
            },
            "buyget" => Benefit::BuyGet {
                buy: self.number("buy", self.buy, wrong),
                get: self.number("get", self.get, wrong),
                of: Some(list(&self.of.get()))
                    .filter(|names| !names.is_empty())
                    .map(Goods::Products),
                off: self.share("off", self.off, wrong),
                times: (!self.times.get().trim().is_empty())
                    .then(|| self.number("times", self.times, wrong)),
            },
            "voucher" => Benefit::Voucher(self.money("amount", self.amount, wrong)),
            "amount" => Benefit::Amount(self.money("amount", self.amount, wrong)),
            "next" if !next_percent => Benefit::Amount(self.money("amount", self.amount, wrong)),
            _ => Benefit::Percent(self.share("percent", self.percent, wrong)),
        }
    }

    fn audience(&self, wrong: &mut Wrong) -> Audience {
        match self.audience.get().as_str() {
            "segment" => match self.segment.get().parse() {
                Ok(id) => Audience::Segment(id),
                Err(_) => {
                    wrong.insert("audience", ());
                    Audience::Everybody
                }
            },
            "tier" => {
                let tier = self.tier.get();
                if tier.is_empty() {
                    wrong.insert("audience", ());
                }
                Audience::Tier(tier)
            }
            "customer" => match self.customer.get() {
                Some((id, _)) => Audience::Customer(id),
                None => {
                    wrong.insert("customer", ());
                    Audience::Everybody
                }
            },
            _ => Audience::Everybody,
        }
    }

    fn money(&self, key: &'static str, field: RwSignal<String>, wrong: &mut Wrong) -> Money {
        match Money::parse(&plain_number(&field.get()), self.currency) {
            Ok(money) if money.0 >= 0 => money,
            _ => {
                wrong.insert(key, ());
                Money::ZERO
            }
        }
    }

    fn number(&self, key: &'static str, field: RwSignal<String>, wrong: &mut Wrong) -> u32 {
        match plain_number(&field.get()).parse::<u32>() {
            Ok(number) if number > 0 => number,
            _ => {
                wrong.insert(key, ());
                1
            }
        }
    }

    fn scaled(&self, field: RwSignal<String>, scale: u32) -> Option<i64> {
        let decimal: Decimal = plain_number(&field.get()).parse().ok()?;
        decimal.to_scale(scale).ok().filter(|number| *number > 0)
    }

    fn thousandths(&self, key: &'static str, field: RwSignal<String>, wrong: &mut Wrong) -> i64 {
        self.scaled(field, 3).unwrap_or_else(|| {
            wrong.insert(key, ());
            1_000
        })
    }

    fn share(&self, key: &'static str, field: RwSignal<String>, wrong: &mut Wrong) -> u32 {
        let share = self
            .scaled(field, 2)
            .and_then(|share| u32::try_from(share).ok())
            .filter(|share| *share <= WHOLE);
        share.unwrap_or_else(|| {
            wrong.insert(key, ());
            0
        })
    }

    fn day(&self, key: &'static str, field: RwSignal<String>, wrong: &mut Wrong) -> Option<Day> {
        let text = field.get();
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let day = text.parse().ok();
        if day.is_none() {
            wrong.insert(key, ());
        }
        day
    }
}

fn optional(number: Option<u32>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}

/// `20.00` as one types it.
fn trimmed(decimal: &str) -> String {
    match decimal.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|b| b == b'0') => whole.to_owned(),
        _ => decimal.to_owned(),
    }
}

/// Names, one a line or with commas between them.
fn list(text: &str) -> Vec<String> {
    text.split(['\n', ',', '，', '、', ';', '；'])
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .collect()
}
