//! Everything that happened to a member, in the order in which it counts: by local day, within the day by instant
//! (what has only a day comes first), at the same instant by key. So the order of arrival does not matter.

use crate::{AsOf, Member, Programs};
use model::{EntryId, OrderStatus};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// What happens; the index is that of the member's slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Happening {
    Signup,
    Birthday(i32),
    Purchase(u32),
    /// A refund (index in `Member::refunds`) of a purchase.
    Refund {
        refund: u32,
        purchase: u32,
    },
    Event(u32),
    Recorded(u32),
}

/// A happening and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) day: i32,
    pub(crate) at: i64,
    pub(crate) what: Happening,
}

/// The instant of what has only a day.
pub(crate) const START_OF_DAY: i64 = i64::MIN;

/// Lists what happened up to `as_of`, sorted, nothing twice.
pub(crate) fn fill(
    member: &Member<'_>,
    programs: &Programs,
    as_of: AsOf,
    items: &mut Vec<Item>,
    aliases: &mut Vec<(EntryId, EntryId)>,
) {
    items.clear();
    let until = as_of.at.0;
    for (purchase, index) in member.purchases.iter().zip(0u32..) {
        if purchase.at.0 > until || purchase.status == OrderStatus::Cancelled {
            continue;
        }
        let what = Happening::Purchase(index);
        items.push(Item {
            day: purchase.day.0,
            at: purchase.at.0,
            what,
        });
        if purchase.refunds.len > 0 {
            add_refunds(member, index, until, items);
        }
    }
    for (event, index) in member.events.iter().zip(0u32..) {
        let earns = || {
            programs
                .event_names()
                .binary_search_by(|it| it.as_str().cmp(event.kind))
        };
        if event.at.0 <= until && earns().is_ok() {
            let what = Happening::Event(index);
            items.push(Item {
                day: event.day.0,
                at: event.at.0,
                what,
            });
        }
    }
    for (entry, index) in member.recorded.iter().zip(0u32..) {
        if entry.at.0 <= until {
            let what = Happening::Recorded(index);
            items.push(Item {
                day: entry.day.0,
                at: entry.at.0,
                what,
            });
        }
    }
    add_days(member, programs, as_of.day.0, items);
    items.sort_unstable_by(|a, b| {
        (a.day, a.at)
            .cmp(&(b.day, b.at))
            .then_with(|| by_key(member, a.what, b.what))
    });
    remove_doubles(member, items, aliases);
}

/// Refunds of a purchase; one that is dated before it counts at its instant.
fn add_refunds(member: &Member<'_>, index: u32, until: i64, items: &mut Vec<Item>) {
    let Some(purchase) = member.purchases.get(index as usize) else {
        return;
    };
    let refunds = purchase.refunds.of(member.refunds);
    for (place, (refund, number)) in refunds.iter().zip(purchase.refunds.start..).enumerate() {
        let again = refunds
            .iter()
            .take(place)
            .any(|other| is_same(other.key, refund.key));
        if refund.at.0 > until || again {
            continue;
        }
        items.push(Item {
            day: refund.day.0.max(purchase.day.0),
            at: refund.at.0.max(purchase.at.0),
            what: Happening::Refund {
                refund: number,
                purchase: index,
            },
        });
    }
}

fn is_same(one: &str, other: &str) -> bool {
    !one.is_empty() && one == other
}

/// Signup and birthdays, if a version rewards them.
fn add_days(member: &Member<'_>, programs: &Programs, until: i32, items: &mut Vec<Item>) {
    let versions = programs.versions();
    if let Some(day) = member.signup_on
        && day.0 <= until
        && versions.iter().any(|version| !version.signup.is_empty())
    {
        let what = Happening::Signup;
        items.push(Item {
            day: day.0,
            at: START_OF_DAY,
            what,
        });
    }
    let Some(known) = member.birthday else {
        return;
    };
    if versions.iter().all(|version| version.birthday.is_empty()) {
        return;
    }
    // A member's birthdays count from the day the date was known, and from joining.
    let first = member
        .signup_on
        .map_or(known.known_on, |day| day.max(known.known_on));
    for year in first.year()..=model::Day(until).year() {
        let day = known.birthday.in_year(year);
        if day >= first && day.0 <= until {
            let what = Happening::Birthday(year);
            items.push(Item {
                day: day.0,
                at: START_OF_DAY,
                what,
            });
        }
    }
}

/// The key that decides between happenings of one instant.
fn key(member: &Member<'_>, what: Happening) -> String {
    let order = |index: u32| {
        let purchase = member.purchases.get(index as usize);
        purchase
            .map(|it| format!("order:{}", it.id))
            .unwrap_or_default()
    };
    match what {
        Happening::Signup => "signup".to_owned(),
        Happening::Birthday(year) => format!("birthday:{year}"),
        Happening::Purchase(index) => order(index),
        Happening::Refund { refund, purchase } => {
            let refund = member.refunds.get(refund as usize);
            format!(
                "{}:refund:{}",
                order(purchase),
                refund.map_or("", |it| it.key)
            )
        }
        Happening::Event(index) => {
            let event = member.events.get(index as usize);
            event
                .map(|it| format!("event:{}", it.id))
                .unwrap_or_default()
        }
        Happening::Recorded(index) => member
            .recorded
            .get(index as usize)
            .map_or("", |it| it.key)
            .to_owned(),
    }
}

fn by_key(member: &Member<'_>, a: Happening, b: Happening) -> Ordering {
    if let (Happening::Purchase(a), Happening::Purchase(b)) = (a, b) {
        let id = |index: u32| member.purchases.get(index as usize).map(|it| it.id);
        // The text form of ids has the order of the numbers.
        return id(a).cmp(&id(b));
    }
    key(member, a)
        .cmp(&key(member, b))
        // The same key of two devices: the lower id counts on both.
        .then_with(|| entry_id(member, a).cmp(&entry_id(member, b)))
}

fn entry_id(member: &Member<'_>, what: Happening) -> Option<EntryId> {
    match what {
        Happening::Recorded(index) => member.recorded.get(index as usize).map(|it| it.id),
        _ => None,
    }
}

/// Keeps the first of what is there twice: purchases and events by id, recorded entries by key or id. Which of two
/// entries with one key is left out is noted in `aliases`, with the one that counts.
fn remove_doubles(
    member: &Member<'_>,
    items: &mut Vec<Item>,
    aliases: &mut Vec<(EntryId, EntryId)>,
) {
    items.dedup_by(|later, earlier| match (later.what, earlier.what) {
        (Happening::Purchase(a), Happening::Purchase(b)) => {
            let id = |index: u32| member.purchases.get(index as usize).map(|it| it.id);
            id(a) == id(b)
        }
        (Happening::Event(a), Happening::Event(b)) => {
            let id = |index: u32| member.events.get(index as usize).map(|it| it.id);
            id(a) == id(b)
        }
        _ => false,
    });
    if member.recorded.len() < 2 {
        return;
    }
    let mut keys: BTreeMap<&str, EntryId> = BTreeMap::new();
    let mut ids: BTreeSet<EntryId> = BTreeSet::new();
    items.retain(|item| {
        let Happening::Recorded(index) = item.what else {
            return true;
        };
        let Some(entry) = member.recorded.get(index as usize) else {
            return false;
        };
        if !ids.insert(entry.id) {
            return false;
        }
        if entry.key.is_empty() {
            return true;
        }
        match keys.get(entry.key) {
            Some(&kept) => {
                aliases.push((entry.id, kept));
                false
            }
            None => {
                keys.insert(entry.key, entry.id);
                true
            }
        }
    });
}
