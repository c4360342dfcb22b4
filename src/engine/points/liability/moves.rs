//! Who moved between the tiers of two days.

use super::pass::NO_MEMBER;
use super::{Sight, a_year_before, number_of, owed, place_of};
use crate::points::everybody;
use crate::{Engine, Unanswered};
use model::Day;
use protocol::{MoveKind, MovesView, PointsOf, TierCount, TierFlow, TierPlace};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Tiers on an earlier day.
pub(crate) struct Then {
    day: Day,
    /// Lowest first: id and name.
    pub(super) tiers: Vec<(String, String)>,
    /// By slot: the number of the tier, from 1; 0 is none.
    number: Vec<u16>,
    /// By slot: redeemable points.
    balance: Vec<i64>,
}

/// Where a member was; `None`: not yet a member.
pub(super) type Was = Option<u16>;

impl Then {
    /// Where a slot was.
    pub(super) fn was(&self, sight: &Sight<'_>, slot: u32) -> Was {
        let since = sight.since(slot);
        let number = self.number.get(slot as usize).copied().unwrap_or(0);
        (since != NO_MEMBER && since <= self.day.0).then_some(number)
    }

    /// The place of where somebody was.
    pub(super) fn place(&self, was: Was) -> TierPlace {
        was.map_or(TierPlace::Outside, |number| place_of(&self.tiers, number))
    }

    /// The name of where somebody was; empty for no tier.
    pub(super) fn name(&self, was: Was) -> Option<String> {
        let tier = was.and_then(|number| usize::from(number).checked_sub(1));
        tier.and_then(|tier| self.tiers.get(tier))
            .map(|(_, name)| name.clone())
    }
}

/// Which way a member went. Tiers are compared as they stand on the later day; where the programme has changed and
/// the earlier tier is no longer there, by their number from the lowest.
pub(super) fn kind_of(then: &Then, was: Was, tiers: &[(String, String)], is: u16) -> MoveKind {
    let Some(number) = was else {
        return MoveKind::Joined;
    };
    let before = number_of(tiers, &then.place(was)).unwrap_or(number);
    match before.cmp(&is) {
        std::cmp::Ordering::Less => MoveKind::Up,
        std::cmp::Ordering::Greater => MoveKind::Down,
        std::cmp::Ordering::Equal => MoveKind::Stayed,
    }
}

/// The movements.
pub(super) fn moves(sight: &Sight<'_>, then: &Then) -> MovesView {
    let tiers = &sight.table.tiers;
    let mut moved: BTreeMap<(Was, u16), u64> = BTreeMap::new();
    let mut before: BTreeMap<Was, PointsOf> = BTreeMap::new();
    for slot in sight.members(sight.view.day) {
        let (was, is) = (then.was(sight, slot), sight.tier(slot));
        *moved.entry((was, is)).or_default() += 1;
        let has = before.entry(was).or_default();
        has.members += 1;
        let balance = then.balance.get(slot as usize).copied().unwrap_or(0);
        has.points.0 = has.points.0.saturating_add(balance.max(0));
    }
    let all = (0..=then.tiers.len()).rev();
    let mut places: Vec<Was> = all
        .filter_map(|it| u16::try_from(it).ok())
        .map(Some)
        .collect();
    places.push(None);
    let earlier = places.into_iter().map(|was| TierCount {
        place: then.place(was),
        name: then.name(was).unwrap_or_default(),
        has: before.get(&was).copied().unwrap_or_default(),
    });
    let mut now = owed::tiers(sight);
    now.reverse();
    let moves = moved.iter().rev().map(|(&(was, is), &members)| TierFlow {
        from: then.place(was),
        to: place_of(tiers, is),
        kind: kind_of(then, was, tiers, is),
        members,
    });
    MovesView {
        since: then.day,
        as_of: sight.view.day,
        then: if tiers.is_empty() && then.tiers.is_empty() {
            Vec::new()
        } else {
            earlier.collect()
        },
        now,
        moves: moves.collect(),
    }
}

impl Engine {
    /// Tiers of the earlier of two days, made once for each data version.
    pub(super) fn then(
        &mut self,
        as_of: Option<Day>,
        since: Option<Day>,
        today: Day,
    ) -> Result<Rc<Then>, Unanswered> {
        let day = as_of.unwrap_or(today);
        let since = since.unwrap_or_else(|| a_year_before(day));
        // Empties the cache where the data has changed.
        self.pass(day, today)?;
        if let Some(then) = &self.liability.then
            && then.day == since
        {
            return Ok(Rc::clone(then));
        }
        let view = self.view_points(day, today)?;
        let found = everybody(view.columns, view.read, &view.programs, since)?;
        let (table, _) = found.unwrap_or_default();
        let then = Rc::new(Then {
            day: since,
            number: table
                .standing
                .iter()
                .map(|standing| standing.tier.map_or(0, |tier| tier + 1))
                .collect(),
            balance: table
                .standing
                .iter()
                .map(|standing| standing.balance.0)
                .collect(),
            tiers: table.tiers,
        });
        self.liability.then = Some(Rc::clone(&then));
        Ok(then)
    }
}
