//! Comparing two records: evidence added up.
//!
//! Each field that agrees adds, each that differs takes away doublings of the odds that both are one customer; before
//! anything is compared the odds are 1 to 256. The score is the probability in percent. A telephone or address that
//! many share, and a name that many have, count for less: `weight = log2(customers / customers with it)`, within bounds.
//!
//! Worked example: the same telephone (+10) and the same name, which 3 of 100,000 have (+7.5), less 8: odds of 700 to
//! 1, a score of 99. The same telephone under other names of the same script (+10 - 5 - 8): 11, which is a family.

use crate::contact::{near_emails, near_numbers};
use crate::name::{self, Likeness};
use crate::record::Record;
use model::Birthday;
use model::twin::{TwinLevel, TwinReason};

/// How many customers share what two records agree in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frequencies {
    /// Customers in all.
    pub customers: u32,
    /// Customers with the sound of the name; the rarer of the two.
    pub name: u32,
    /// Customers with the telephone.
    pub phone: u32,
    /// Customers with the e-mail address.
    pub email: u32,
}

/// What a comparison came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// 0 to 100: how likely they are one, in percent.
    pub score: u8,
    /// Why, what speaks for it first.
    pub reasons: Vec<TwinReason>,
}

/// Below this nobody need look.
pub const POSSIBLE: u8 = 40;
/// From here on records are put into one group.
pub const LIKELY: u8 = 75;
/// From here on it is certain, if two things agree that have nothing to do with each other.
pub const CERTAIN: u8 = 95;

impl Verdict {
    /// How sure it is; `None` below [`POSSIBLE`].
    pub fn level(&self) -> Option<TwinLevel> {
        match self.score {
            CERTAIN.. if self.is_founded_twice() => Some(TwinLevel::Certain),
            LIKELY.. => Some(TwinLevel::Likely),
            POSSIBLE.. => Some(TwinLevel::Possible),
            _ => None,
        }
    }

    /// At least two of contact, name, birthday and address agree, and nothing speaks strongly against it.
    fn is_founded_twice(&self) -> bool {
        let has = |of: &[TwinReason]| self.reasons.iter().any(|reason| of.contains(reason));
        let founded = [
            has(&[TwinReason::SameEmail]),
            has(&[TwinReason::SamePhone]),
            has(&[
                TwinReason::SameName,
                TwinReason::SameNameOtherScript,
                TwinReason::SameNamePinyin,
                TwinReason::SameNameOrder,
                TwinReason::SameCompany,
            ]),
            has(&[TwinReason::SameBirthday]),
            has(&[TwinReason::SameAddress]),
        ];
        let against = has(&[
            TwinReason::OtherName,
            TwinReason::OtherBirthday,
            TwinReason::OtherGender,
            TwinReason::OtherKind,
            TwinReason::SharedContact,
        ]);
        founded.into_iter().filter(|it| *it).count() >= 2 && !against
    }
}

/// Evidence so far.
struct Evidence {
    doublings: f32,
    reasons: Vec<TwinReason>,
}

impl Evidence {
    fn add(&mut self, doublings: f32, reason: TwinReason) {
        self.doublings += doublings;
        self.reasons.push(reason);
    }
}

/// Compares two records.
pub fn compare(a: &Record, b: &Record, known: Frequencies) -> Verdict {
    let mut evidence = Evidence {
        doublings: -8.0,
        reasons: Vec::new(),
    };
    compare_contact(a, b, known, &mut evidence);
    compare_names(a, b, known, &mut evidence);
    compare_birthdays(a.birthday, b.birthday, &mut evidence);
    compare_places(a, b, &mut evidence);
    if let (Some(one), Some(other)) = (a.gender, b.gender)
        && one != other
    {
        evidence.add(-2.5, TwinReason::OtherGender);
    }
    if a.company != b.company {
        evidence.add(-4.0, TwinReason::OtherKind);
    }
    let odds = evidence.doublings.clamp(-20.0, 20.0).exp2();
    let percent = 100.0 * odds / (1.0 + odds);
    evidence
        .reasons
        .sort_by_key(|reason| (!reason.speaks_for(), *reason));
    evidence.reasons.dedup();
    Verdict {
        // Nothing is ever quite sure.
        score: (percent.round() as u8).min(if is_whole(&evidence.reasons) { 100 } else { 99 }),
        reasons: evidence.reasons,
    }
}

/// Everything that can be the same is.
fn is_whole(reasons: &[TwinReason]) -> bool {
    [
        TwinReason::SameEmail,
        TwinReason::SamePhone,
        TwinReason::SameName,
    ]
    .iter()
    .all(|reason| reasons.contains(reason))
        && reasons.iter().all(|reason| reason.speaks_for())
}

/// What sharing something among `count` customers is worth, if alone it is worth `whole`.
fn shared(whole: f32, count: u32) -> f32 {
    // Two is what a pair of twins is.
    (whole - 2.0 * (f32::max(count as f32, 2.0) / 2.0).log2()).max(1.0)
}

fn compare_contact(a: &Record, b: &Record, known: Frequencies, evidence: &mut Evidence) {
    /// So many customers with one telephone or address are a family or a shop.
    const MANY: u32 = 5;
    let mut is_shared = false;
    if !a.email.is_empty() && !b.email.is_empty() {
        if a.email == b.email {
            evidence.add(shared(11.5, known.email), TwinReason::SameEmail);
            is_shared |= known.email >= MANY;
        } else if near_emails(&a.email, &b.email) {
            evidence.add(4.0, TwinReason::NearEmail);
        } else {
            evidence.add(-1.0, TwinReason::OtherEmail);
        }
    }
    let (one, other) = (a.phone.number, b.phone.number);
    match (one, other, a.phone.masked, b.phone.masked) {
        (1.., 1.., _, _) if one == other => {
            evidence.add(shared(10.0, known.phone), TwinReason::SamePhone);
            is_shared |= known.phone >= MANY;
        }
        (1.., 1.., _, _) if near_numbers(one, other) => evidence.add(3.0, TwinReason::NearPhone),
        (1.., 1.., _, _) => evidence.add(-1.5, TwinReason::OtherPhone),
        (0, 1.., Some(mask), _) if mask.fits(other) => {
            evidence.add(4.5, TwinReason::MaskedPhone);
        }
        (1.., 0, _, Some(mask)) if mask.fits(one) => evidence.add(4.5, TwinReason::MaskedPhone),
        (0, 0, Some(one), Some(other)) if one.agrees(other) => {
            evidence.add(4.0, TwinReason::MaskedPhone);
        }
        (0, 1.., Some(_), _) | (1.., 0, _, Some(_)) | (0, 0, Some(_), Some(_)) => {
            evidence.add(-2.0, TwinReason::OtherPhone);
        }
        _ => {}
    }
    if is_shared {
        evidence.add(0.0, TwinReason::SharedContact);
    }
}

fn compare_names(a: &Record, b: &Record, known: Frequencies, evidence: &mut Evidence) {
    let Likeness { weight, reason } = name::compare(&a.name, &b.name, a.company && b.company);
    let Some(reason) = reason else { return };
    if weight < 0.0 {
        evidence.add(5.0 * weight, reason);
        return;
    }
    // In a small shop a name is as rare as in a town: it is the name that is rare, not the shop.
    let customers = f32::max(known.customers as f32, 2_000.0);
    let rarity = (customers / f32::max(known.name as f32, 1.0)).log2() * 0.5;
    let short = |it: &Record| it.name.chinese && it.name.plain.chars().count() <= 2;
    let bounds = if short(a) || short(b) {
        (2.5, 5.5)
    } else {
        (3.0, 8.0)
    };
    evidence.add(weight * rarity.clamp(bounds.0, bounds.1), reason);
}

fn compare_birthdays(a: Option<Birthday>, b: Option<Birthday>, evidence: &mut Evidence) {
    let (Some(a), Some(b)) = (a, b) else { return };
    let same_day = (a.month, a.day) == (b.month, b.day);
    // The first of January is what stands for unknown.
    let vague = (a.month, a.day) == (1, 1);
    match (a.year, b.year) {
        (Some(one), Some(other)) if one == other && same_day => {
            evidence.add(if vague { 2.0 } else { 6.0 }, TwinReason::SameBirthday);
        }
        (Some(one), Some(other)) => {
            let swapped = one == other && (a.month, a.day) == (b.day, b.month);
            let slip = one == other
                && (a.month == b.month || a.day == b.day)
                && one_digit(a.month * 100 + a.day, b.month * 100 + b.day);
            let year_slip = same_day && one_digit(one.unsigned_abs(), other.unsigned_abs());
            if swapped || slip || year_slip {
                evidence.add(2.0, TwinReason::NearBirthday);
            } else {
                evidence.add(-4.0, TwinReason::OtherBirthday);
            }
        }
        _ if same_day => evidence.add(4.0, TwinReason::NearBirthday),
        _ => evidence.add(-4.0, TwinReason::OtherBirthday),
    }
}

fn one_digit(a: u32, b: u32) -> bool {
    strsim::osa_distance(&format!("{a:04}"), &format!("{b:04}")) == 1
}

fn compare_places(a: &Record, b: &Record, evidence: &mut Evidence) {
    if a.address.chars().count() >= 6 && b.address.chars().count() >= 6 && same_address(a, b) {
        evidence.add(4.5, TwinReason::SameAddress);
    } else if a.city != 0 && b.city != 0 {
        if a.city == b.city {
            evidence.add(1.0, TwinReason::SameCity);
        } else {
            evidence.doublings -= 1.0;
        }
    }
}

/// One is the other with more around it (province, city), or nearly the same; numbers of houses must be.
fn same_address(a: &Record, b: &Record) -> bool {
    let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
    if a.address == b.address {
        return true;
    }
    if digits(&a.address) != digits(&b.address) {
        return false;
    }
    a.address.ends_with(&*b.address)
        || b.address.ends_with(&*a.address)
        || strsim::normalized_levenshtein(&a.address, &b.address) >= 0.85
}
