//! What was noted of segments, as pages show it.

use crate::fault::{self, OrFault};
use crate::{Context, Engine, Unanswered};
use model::{CustomerId, Day, SegmentId};
use protocol::{
    ListPlace, MembershipReply, MoveCause, MoveCounts, MoveRow, Page, Reply, Stay, StaysView,
    StoryDay, StoryView, VersionView,
};
use std::collections::{BTreeMap, BTreeSet};
use store::{Cause, DayMoves, SegmentEvent};

/// Days of a story that is asked for without a first day.
const DAYS: i32 = super::watch::BACK_DAYS;

/// Rows that one answer may have.
const ROWS_MAX: u32 = 500;

fn cause(cause: Cause) -> MoveCause {
    match cause {
        Cause::Records => MoveCause::Records,
        Cause::Calendar => MoveCause::Calendar,
        Cause::Rule => MoveCause::Rule,
    }
}

fn reply(reply: MembershipReply) -> Reply {
    Reply::Membership(Box::new(reply))
}

impl Engine {
    /// A segment day by day.
    pub(crate) fn story(
        &mut self,
        segment: SegmentId,
        from: Option<Day>,
        to: Option<Day>,
        context: &Context,
    ) -> Result<Reply, Unanswered> {
        let today = self.today(context);
        let behind = self.columns.is_none() || self.watch_is_due(context);
        let read = self.store.read();
        if read.segment(segment).or_fault()?.is_none() {
            return Err(fault::not_found(segment).into());
        }
        let to = to.unwrap_or(today).min(today);
        let from = from.unwrap_or(to.plus_days(-DAYS)).min(to);
        let mut story = StoryView {
            segment,
            since: None,
            watched: today,
            behind,
            from,
            to,
            before: 0,
            after: 0,
            entered: MoveCounts::default(),
            left: MoveCounts::default(),
            days: Vec::new(),
            versions: Vec::new(),
        };
        if let Some(watch) = read.watch(segment).or_fault()? {
            story.since = Some(watch.since);
            story.watched = watch.watched;
            story.from = from.max(watch.since).min(to);
            let moves = read
                .segment_moves(segment, story.from, watch.day)
                .or_fault()?;
            tell_days(&mut story, &moves, watch.members.len() as u64);
            let events = read.segment_events(segment, story.from, to).or_fault()?;
            story.entered = counts(&events, true);
            story.left = counts(&events, false);
        }
        let versions = read.segment_versions(segment).or_fault()?;
        story.versions = versions
            .into_iter()
            .map(|version| VersionView {
                version: version.version,
                rule: version.rule,
                from: version.day,
            })
            .collect();
        Ok(reply(MembershipReply::Story(story)))
    }

    /// Who came in and went, newest first.
    pub(crate) fn moves(
        &mut self,
        segment: SegmentId,
        entered: Option<bool>,
        (from, to): (Day, Day),
        (offset, limit): (u64, u32),
    ) -> Result<Reply, Unanswered> {
        let read = self.store.read();
        let mut events = read.segment_events(segment, from, to).or_fault()?;
        events.retain(|event| entered.is_none_or(|entered| event.entered == entered));
        events.reverse();
        let total = events.len() as u64;
        let skip = usize::try_from(offset).unwrap_or(usize::MAX);
        let stretch: Vec<SegmentEvent> = events
            .into_iter()
            .skip(skip)
            .take(limit.min(ROWS_MAX) as usize)
            .collect();
        let ids: BTreeSet<CustomerId> = stretch.iter().map(|event| event.customer).collect();
        let ids: Vec<CustomerId> = ids.into_iter().collect();
        let names: BTreeMap<CustomerId, String> = read
            .customers(&ids)
            .or_fault()?
            .into_iter()
            .map(|customer| (customer.id, crate::customers::subject(&customer.fields)))
            .collect();
        let items = stretch
            .into_iter()
            .map(|event| MoveRow {
                customer: event.customer,
                name: names.get(&event.customer).cloned().unwrap_or_default(),
                exists: names.contains_key(&event.customer),
                day: event.day,
                entered: event.entered,
                cause: cause(event.cause),
                version: event.version,
            })
            .collect();
        Ok(reply(MembershipReply::Moves(Page {
            total,
            offset,
            items,
        })))
    }

    /// The stays of one customer, and their lists.
    pub(crate) fn stays(&mut self, customer: CustomerId) -> Result<Reply, Unanswered> {
        let read = self.store.read();
        let mut shown = StaysView::default();
        let events = read.segment_events_of(customer).or_fault()?;
        for segment in read.segments().or_fault()? {
            let Some(watch) = read.watch(segment.id).or_fault()? else {
                continue;
            };
            let stay = Stay {
                segment: segment.id,
                name: segment.name,
                from: None,
                until: None,
                cause: None,
                end_cause: None,
                version: 1,
            };
            let was_in = watch.first.binary_search(&customer).is_ok();
            let own = events.iter().filter(|event| event.segment == segment.id);
            shown.stays.extend(stays(&stay, was_in, own));
        }
        let ended = |stay: &Stay| stay.until.map_or(i32::MAX, |day| day.0);
        shown
            .stays
            .sort_by_key(|stay| (std::cmp::Reverse(ended(stay)), stay.segment));
        for list in read.lists_of(customer).or_fault()? {
            if let Some(known) = read.list(list).or_fault()? {
                shown.lists.push(ListPlace {
                    list,
                    name: known.name,
                });
            }
        }
        Ok(reply(MembershipReply::Stays(shown)))
    }
}

/// Sizes of every day, worked out backwards from the newest, of which the members are known.
fn tell_days(story: &mut StoryView, moves: &[DayMoves], newest: u64) {
    let mut by_day: BTreeMap<Day, (u64, u64)> = BTreeMap::new();
    for one in moves {
        let (entered, left) = by_day.entry(one.day).or_default();
        *entered += one.entered;
        *left += one.left;
    }
    let back = |members: u64, (entered, left): (u64, u64)| (members + left).saturating_sub(entered);
    let mut members = newest;
    for (day, change) in by_day.iter().rev() {
        if *day > story.to {
            members = back(members, *change);
        }
    }
    story.after = members;
    let mut day = story.to;
    while day >= story.from {
        let change = by_day.get(&day).copied().unwrap_or_default();
        story.days.push(StoryDay {
            day,
            members,
            entered: change.0,
            left: change.1,
        });
        members = back(members, change);
        day = day.plus_days(-1);
    }
    story.days.reverse();
    story.before = members;
}

fn counts(events: &[SegmentEvent], entered: bool) -> MoveCounts {
    let mut counts = MoveCounts::default();
    let mut customers = BTreeSet::new();
    for event in events.iter().filter(|event| event.entered == entered) {
        match event.cause {
            Cause::Records => counts.records += 1,
            Cause::Calendar => counts.calendar += 1,
            Cause::Rule => counts.rule += 1,
        }
        customers.insert(event.customer);
    }
    counts.customers = customers.len() as u64;
    counts
}

/// Stays from comings and goings in the order of days.
fn stays<'e>(
    blank: &Stay,
    was_in: bool,
    events: impl Iterator<Item = &'e SegmentEvent>,
) -> Vec<Stay> {
    let mut all = Vec::new();
    let mut open = was_in.then(|| blank.clone());
    for event in events {
        match (event.entered, open.take()) {
            (true, before) => {
                all.extend(before);
                open = Some(Stay {
                    from: Some(event.day),
                    cause: Some(cause(event.cause)),
                    version: event.version,
                    ..blank.clone()
                });
            }
            (false, Some(stay)) => all.push(Stay {
                until: Some(event.day),
                end_cause: Some(cause(event.cause)),
                ..stay
            }),
            (false, None) => {}
        }
    }
    all.extend(open);
    all
}

/// Answers a query about membership.
pub(crate) fn answer(
    engine: &mut Engine,
    query: &protocol::MembershipQuery,
    context: &Context,
) -> Result<Reply, Unanswered> {
    use protocol::MembershipQuery as Query;
    match query {
        Query::Lists => engine.static_lists(context),
        Query::Story { segment, from, to } => engine.story(*segment, *from, *to, context),
        Query::Moves {
            segment,
            entered,
            from,
            to,
            offset,
            limit,
        } => engine.moves(*segment, *entered, (*from, *to), (*offset, *limit)),
        Query::Stays { customer } => engine.stays(*customer),
        Query::Overlap { rules, as_of } => engine.overlap(rules, *as_of, context),
    }
}

/// Whether a query about membership waits for columns.
pub(crate) fn needs_columns(query: &protocol::MembershipQuery) -> bool {
    use protocol::MembershipQuery as Query;
    match query {
        Query::Lists | Query::Overlap { .. } => true,
        Query::Story { .. } | Query::Moves { .. } | Query::Stays { .. } => false,
    }
}
