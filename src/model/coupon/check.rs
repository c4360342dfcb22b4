//! What a definition must be, and which of its fields may still change once people hold it.

use super::{Audience, Benefit, Combine, Coupon, Goods, WHOLE, Way};
use crate::{Issue, IssueCode, Money};

/// Longest name and code, in characters.
const NAME: usize = 100;
/// Longest shared code, in characters.
const CODE: usize = 32;
/// Most products or categories.
const GOODS: usize = 500;
/// Most pieces of a round.
const PIECES: u32 = 1_000;
/// Longest validity of a next-order code.
const DAYS: u32 = 3_650;

/// A field of the definition, by its name in forms and faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// What it takes off.
    Benefit,
    /// How a person comes by it.
    Way,
    /// Which goods.
    Goods,
    /// The least order.
    Minimum,
    /// The most off.
    Maximum,
    /// First day.
    From,
    /// Last day.
    To,
    /// Uses of one customer.
    PerCustomer,
    /// Uses in all.
    Total,
    /// For whom.
    Audience,
    /// With what.
    Combine,
}

impl Field {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Field::Benefit => "benefit",
            Field::Way => "way",
            Field::Goods => "goods",
            Field::Minimum => "minimum",
            Field::Maximum => "maximum",
            Field::From => "from",
            Field::To => "to",
            Field::PerCustomer => "perCustomer",
            Field::Total => "total",
            Field::Audience => "audience",
            Field::Combine => "combine",
        }
    }
}

impl Coupon {
    /// The definition with tidied texts, or everything that is wrong with it.
    ///
    /// # Errors
    /// One issue for each wrong field, named as in the form.
    pub fn checked(&self) -> Result<Coupon, Vec<Issue>> {
        let mut it = self.clone();
        let mut issues = Vec::new();
        it.name = it.name.trim().to_owned();
        text("name", &it.name, NAME, &mut issues);
        it.note = it
            .note
            .map(|note| note.trim().to_owned())
            .filter(|note| !note.is_empty());
        if let Some(note) = &it.note {
            text("note", note, 1_000, &mut issues);
        }
        goods("goods", &mut it.goods, &mut issues);
        benefit(&mut it.benefit, &mut issues);
        way(&mut it, &mut issues);
        for (field, amount) in [("minimum", it.minimum), ("maximum", it.maximum)] {
            if amount.is_some_and(|amount| amount.0 <= 0) {
                issues.push(Issue::error(IssueCode::Negative).in_field(field));
            }
        }
        for (field, limit) in [("perCustomer", it.per_customer), ("total", it.total)] {
            if limit == Some(0) {
                issues.push(
                    Issue::error(IssueCode::BadNumber)
                        .in_field(field)
                        .expected("1"),
                );
            }
        }
        if let (Some(from), Some(to)) = (it.from, it.to)
            && from > to
        {
            issues.push(
                Issue::error(IssueCode::BadDate)
                    .in_field("to")
                    .found(&to.to_string())
                    .expected(&from.to_string()),
            );
        }
        if let Audience::Tier(tier) = &it.audience {
            text("audience", tier, NAME, &mut issues);
        }
        if let Combine::With(ids) = &mut it.combine {
            ids.sort_unstable();
            ids.dedup();
            if ids.is_empty() {
                it.combine = Combine::Alone;
            }
        }
        if issues.is_empty() {
            Ok(it)
        } else {
            Err(issues)
        }
    }
}

fn text(field: &str, value: &str, most: usize, issues: &mut Vec<Issue>) {
    let code = match value.chars().count() {
        0 => IssueCode::Missing,
        count if count > most => IssueCode::TooLong,
        _ => return,
    };
    issues.push(
        Issue::error(code)
            .in_field(field)
            .expected(&most.to_string()),
    );
}

fn goods(field: &str, goods: &mut Goods, issues: &mut Vec<Issue>) {
    let (Goods::Products(names) | Goods::Categories(names)) = goods else {
        return;
    };
    for name in names.iter_mut() {
        *name = name.trim().to_owned();
    }
    names.retain(|name| !name.is_empty());
    names.sort_unstable();
    names.dedup();
    let code = match names.len() {
        0 => IssueCode::Missing,
        count if count > GOODS => IssueCode::LimitPassed,
        _ => return,
    };
    issues.push(Issue::error(code).in_field(field));
}

fn share(field: &str, share: u32, issues: &mut Vec<Issue>) {
    if !(1..=WHOLE).contains(&share) {
        issues.push(
            Issue::error(IssueCode::BadNumber)
                .in_field(field)
                .expected("0.01-100"),
        );
    }
}

fn positive(field: &str, amount: Money, issues: &mut Vec<Issue>) {
    if amount.0 <= 0 || amount.0 > 1_000_000_000_000 {
        issues.push(Issue::error(IssueCode::BadMoney).in_field(field));
    }
}

fn benefit(benefit: &mut Benefit, issues: &mut Vec<Issue>) {
    match benefit {
        Benefit::Percent(off) => share("percent", *off, issues),
        Benefit::Amount(amount) | Benefit::Voucher(amount) => positive("amount", *amount, issues),
        Benefit::Free {
            product,
            quantity_milli,
        } => {
            *product = product.trim().to_owned();
            text("product", product, NAME, issues);
            if !(1..=1_000_000_000).contains(quantity_milli) {
                issues.push(Issue::error(IssueCode::BadNumber).in_field("quantity"));
            }
        }
        Benefit::BuyGet {
            buy,
            get,
            of,
            off,
            times,
        } => {
            for (field, count) in [("buy", *buy), ("get", *get), ("times", times.unwrap_or(1))] {
                if !(1..=PIECES).contains(&count) {
                    issues.push(
                        Issue::error(IssueCode::BadNumber)
                            .in_field(field)
                            .expected("1"),
                    );
                }
            }
            if let Some(of) = of {
                goods("of", of, issues);
            }
            share("percent", *off, issues);
        }
    }
}

fn way(it: &mut Coupon, issues: &mut Vec<Issue>) {
    let voucher = matches!(it.benefit, Benefit::Voucher(_));
    match &mut it.way {
        Way::Shared(code) => {
            *code = code.trim().to_owned();
            text("code", code, CODE, issues);
            let fits = code.chars().all(|c| c.is_alphanumeric() || c == '-');
            if !code.is_empty() && (!fits || code.chars().filter(|c| *c != '-').count() < 3) {
                issues.push(
                    Issue::error(IssueCode::Malformed)
                        .in_field("code")
                        .found(code)
                        .expected("WELCOME10"),
                );
            }
            // A balance belongs to one holder; a code that all know has none.
            if voucher {
                issues.push(Issue::error(IssueCode::UnknownChoice).in_field("way"));
            }
        }
        Way::Single => {}
        Way::NextOrder { from, days } => {
            if from.0 < 0 {
                issues.push(Issue::error(IssueCode::Negative).in_field("issueFrom"));
            }
            if !(1..=DAYS).contains(days) {
                issues.push(
                    Issue::error(IssueCode::BadNumber)
                        .in_field("issueDays")
                        .expected("1"),
                );
            }
        }
    }
}

/// The first field that may not change any more once codes are out or used: whoever holds a coupon holds a promise.
/// Name and note may always change, the last day may move later, limits may be raised.
pub fn locked(old: &Coupon, new: &Coupon) -> Option<Field> {
    let later = match (old.to, new.to) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(old), Some(new)) => new >= old,
    };
    let raised = |old: Option<u32>, new: Option<u32>| match (old, new) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(old), Some(new)) => new >= old,
    };
    let checks = [
        (Field::Benefit, old.benefit == new.benefit),
        (Field::Way, old.way == new.way),
        (Field::Goods, old.goods == new.goods),
        (Field::Minimum, old.minimum == new.minimum),
        (Field::Maximum, old.maximum == new.maximum),
        (Field::From, old.from == new.from),
        (Field::To, later),
        (
            Field::PerCustomer,
            raised(old.per_customer, new.per_customer),
        ),
        (Field::Total, raised(old.total, new.total)),
        (Field::Audience, old.audience == new.audience),
        (Field::Combine, old.combine == new.combine),
    ];
    checks
        .into_iter()
        .find(|(_, kept)| !kept)
        .map(|(field, _)| field)
}
