//! Who belongs to what: static lists, segments over time, overlaps, flows, and what is done to many at once.

use crate::{CountView, ListRequest, Page};
use model::{CustomerId, Day, ListId, Money, Points, SegmentId};
use serde::{Deserialize, Serialize};

/// Something that held, or happened, in the past. Of several, all must.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Past {
    /// The rule holds for the customer as of that day, by the records as they are known now; and the customer was there
    /// by then.
    Held {
        /// The rule as JSON.
        rule: String,
        /// The day.
        on: Day,
    },
    /// The customer was not there yet: signed up, recorded and first bought later.
    Absent {
        /// The day.
        on: Day,
    },
    /// Came into a saved segment on one of these days, as it was noted.
    Entered {
        /// Which.
        segment: SegmentId,
        /// First day.
        from: Day,
        /// Last day.
        to: Day,
    },
    /// Went out of a saved segment on one of these days, as it was noted.
    Left {
        /// Which.
        segment: SegmentId,
        /// First day.
        from: Day,
        /// Last day.
        to: Day,
    },
    /// Was in a saved segment at the end of that day, as it was noted.
    Member {
        /// Which.
        segment: SegmentId,
        /// The day.
        on: Day,
    },
}

/// Reads about membership.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MembershipQuery {
    /// All static lists: [`MembershipReply::Lists`].
    Lists,
    /// What became of a saved segment day by day: [`MembershipReply::Story`].
    Story {
        /// Which.
        segment: SegmentId,
        /// First day whose comings and goings count; `None` for all that is known.
        from: Option<Day>,
        /// Last day; `None` is today.
        to: Option<Day>,
    },
    /// Who came in and went, newest first: [`MembershipReply::Moves`].
    Moves {
        /// Of which segment.
        segment: SegmentId,
        /// Only those who came in, or only those who went.
        entered: Option<bool>,
        /// First day.
        from: Day,
        /// Last day.
        to: Day,
        /// First row, from 0.
        offset: u64,
        /// At most this many rows; 500 at most.
        limit: u32,
    },
    /// The stays of one customer in saved segments, and the lists they are on: [`MembershipReply::Stays`].
    Stays {
        /// Who.
        customer: CustomerId,
    },
    /// How sets of customers overlap: [`MembershipReply::Overlap`].
    Overlap {
        /// Their rules as JSON, two to [`SETS_MAX`].
        rules: Vec<String>,
        /// The day they are asked for.
        as_of: Option<Day>,
    },
}

/// Most sets that an overlap compares at once.
pub const SETS_MAX: usize = 12;

/// Most sets whose every combination is told apart; above that only pairs are counted.
pub const REGION_SETS_MAX: usize = 8;

/// Most days that a flow goes through.
pub const FLOW_DAYS_MAX: usize = 25;

/// Most bands of a flow.
pub const BANDS_MAX: usize = 12;

/// Long reading about membership.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MembershipJob {
    /// How customers went between bands from day to day: [`MembershipReply::Flow`].
    Flow {
        /// The bands as rules in JSON. A customer is in the first that holds.
        bands: Vec<String>,
        /// The days, growing; two to [`FLOW_DAYS_MAX`].
        days: Vec<Day>,
    },
    /// What [`MembershipCommand::Bulk`] would do: [`MembershipReply::Preview`].
    Preview(Bulk),
}

/// The answer to a [`MembershipQuery`] or a [`MembershipJob`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MembershipReply {
    /// To [`MembershipQuery::Lists`].
    Lists(Vec<StaticListView>),
    /// To [`MembershipQuery::Story`].
    Story(StoryView),
    /// To [`MembershipQuery::Moves`].
    Moves(Page<MoveRow>),
    /// To [`MembershipQuery::Stays`].
    Stays(StaysView),
    /// To [`MembershipQuery::Overlap`].
    Overlap(OverlapView),
    /// To [`MembershipJob::Flow`].
    Flow(FlowView),
    /// To [`MembershipJob::Preview`].
    Preview(BulkPreview),
}

/// A static list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StaticListView {
    /// Its id; a rule names it as it names a segment.
    pub id: ListId,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub note: Option<String>,
    /// What it was frozen from.
    pub origin: Option<ListOrigin>,
    /// Local day it was made.
    pub made_on: Day,
    /// Members, share and spend today.
    pub count: CountView,
}

/// What a list was frozen from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ListOrigin {
    /// The saved segment.
    pub segment: Option<SegmentId>,
    /// The segment's name at that time.
    pub name: Option<String>,
    /// The rule as JSON.
    pub rule: Option<String>,
    /// The day it held for.
    pub as_of: Option<Day>,
}

/// Why somebody came in or went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MoveCause {
    /// Records changed.
    Records,
    /// Only the calendar moved.
    Calendar,
    /// The segment has another rule.
    Rule,
}

/// A segment over time. For every day: `members` of the day before + `entered` - `left` = `members`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoryView {
    /// Which.
    pub segment: SegmentId,
    /// First day of the story; `None` where nothing is noted yet.
    pub since: Option<Day>,
    /// From this day on the segment was watched; the days before were worked out afterwards from today's records.
    pub watched: Day,
    /// The days up to today, or the records as they are now, are not all looked at yet: ask again when segments change.
    pub behind: bool,
    /// First day that counts.
    pub from: Day,
    /// Last day that counts.
    pub to: Day,
    /// Members at the end of the day before `from`; of the first day of the story where it begins later.
    pub before: u64,
    /// Members at the end of `to`.
    pub after: u64,
    /// Comings, from `from` to `to`.
    pub entered: MoveCounts,
    /// Goings.
    pub left: MoveCounts,
    /// Every day from `from` to `to`, oldest first.
    pub days: Vec<StoryDay>,
    /// The rules it had, oldest first.
    pub versions: Vec<VersionView>,
}

/// Comings, or goings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MoveCounts {
    /// Because records changed.
    pub records: u64,
    /// Because the calendar moved.
    pub calendar: u64,
    /// Because the rule changed.
    pub rule: u64,
    /// Customers, each once however often they came (or went).
    pub customers: u64,
}

impl MoveCounts {
    /// All of them.
    pub fn total(&self) -> u64 {
        self.records
            .saturating_add(self.calendar)
            .saturating_add(self.rule)
    }
}

/// One day of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoryDay {
    /// The day.
    pub day: Day,
    /// Members at its end.
    pub members: u64,
    /// Who came in.
    pub entered: u64,
    /// Who went.
    pub left: u64,
}

/// A rule that a segment had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VersionView {
    /// From 1.
    pub version: u32,
    /// The rule as JSON.
    pub rule: String,
    /// First local day it was looked at.
    pub from: Day,
}

/// Somebody who came in or went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MoveRow {
    /// Who.
    pub customer: CustomerId,
    /// Name; empty for customers that are gone.
    pub name: String,
    /// The customer is still recorded.
    pub exists: bool,
    /// On which day.
    pub day: Day,
    /// They came in; otherwise they went.
    pub entered: bool,
    /// Why.
    pub cause: MoveCause,
    /// The version of the rule that says so.
    pub version: u32,
}

/// The stays of one customer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StaysView {
    /// In saved segments: those that go on first, then by the day they ended, newest first.
    pub stays: Vec<Stay>,
    /// Static lists they are on.
    pub lists: Vec<ListPlace>,
}

/// A stay in a segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stay {
    /// Which.
    pub segment: SegmentId,
    /// Its name.
    pub name: String,
    /// First day; `None`: from before the first day that is known.
    pub from: Option<Day>,
    /// The first day they were out again; `None`: they are in.
    pub until: Option<Day>,
    /// Why they came in.
    pub cause: Option<MoveCause>,
    /// Why they went.
    pub end_cause: Option<MoveCause>,
    /// The version of the rule they came in by.
    pub version: u32,
}

/// A place on a static list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListPlace {
    /// Which list.
    pub list: ListId,
    /// Its name.
    pub name: String,
}

/// How sets overlap.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OverlapView {
    /// The day it holds for.
    pub as_of: Day,
    /// All customers.
    pub of: u64,
    /// Customers in none of the sets.
    pub none: u64,
    /// Customers in at least one.
    pub any: u64,
    /// Size and spend of each set.
    pub sets: Vec<CountView>,
    /// Customers in both: row by row, `sets.len()` squared; the diagonal holds the sizes.
    pub pairs: Vec<u64>,
    /// Every combination that somebody is in, the largest first, ties by `inside`; empty above [`REGION_SETS_MAX`] sets.
    /// Those in none of the sets are the combination 0.
    pub regions: Vec<Region>,
}

/// Customers who are in exactly these sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Region {
    /// Bit `i` stands for set `i`.
    pub inside: u32,
    /// How many.
    pub count: u64,
    /// What they spent.
    pub spend: Money,
}

/// How customers went between bands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FlowView {
    /// The days.
    pub days: Vec<Day>,
    /// The rule of each band as it is counted: the given one without those before it. Behind them two more: those in no
    /// band (`rules.len() - 2`), and those who were not there yet (the last, with an empty rule).
    pub rules: Vec<String>,
    /// Customers in each band on each day: day by day, `rules.len()` each.
    pub counts: Vec<u64>,
    /// Who went where between one day and the next; only where somebody did, in order.
    pub links: Vec<FlowLink>,
}

/// Customers who were in one band on a day and in this one on the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FlowLink {
    /// Index of the day it begins at.
    pub at: u32,
    /// Band on that day.
    pub from: u32,
    /// Band on the next.
    pub to: u32,
    /// How many.
    pub count: u64,
}

/// Customers that somebody chose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Chosen {
    /// All that a list shows (offset and limit do not matter).
    List(ListRequest),
    /// These.
    Ids(Vec<CustomerId>),
}

/// Something done to many customers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Bulk {
    /// To whom.
    pub who: Chosen,
    /// What.
    pub act: BulkAct,
}

/// What is done to each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BulkAct {
    /// Adds or removes a tag.
    Tag {
        /// The tag.
        tag: String,
        /// Add it; otherwise remove it.
        add: bool,
    },
    /// Gives them to an owner, or to nobody.
    Assign {
        /// Whose they shall be.
        owner: Option<String>,
    },
    /// Gives each of them points as a bonus.
    Award {
        /// How many each; above 0.
        points: Points,
        /// Why; required.
        reason: String,
    },
    /// Puts them on a static list that there is.
    AddToList {
        /// Which.
        list: ListId,
    },
    /// Makes a static list of them.
    Freeze {
        /// Its name.
        name: String,
        /// What it is for.
        note: Option<String>,
    },
    /// Takes them off a static list.
    TakeOffList {
        /// Which.
        list: ListId,
    },
}

/// What a bulk action would do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BulkPreview {
    /// Customers chosen.
    pub chosen: u64,
    /// Who would be changed.
    pub changed: u64,
    /// Who is so already.
    pub unchanged: u64,
    /// Who cannot be changed, by reason.
    pub refused: Vec<BulkRefusal>,
    /// The first of those who would be changed.
    pub examples: Vec<BulkExample>,
}

/// Customers who cannot be changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BulkRefusal {
    /// Why, of the first of them.
    pub fault: crate::Fault,
    /// How many for this reason.
    pub count: u64,
    /// The first of them.
    pub customer: CustomerId,
    /// Their name.
    pub name: String,
}

/// One customer before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BulkExample {
    /// Who.
    pub id: CustomerId,
    /// Name.
    pub name: String,
    /// As it is.
    pub before: BulkValue,
    /// As it would be.
    pub after: BulkValue,
}

/// What a bulk action looks at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BulkValue {
    /// Tags.
    Tags(Vec<String>),
    /// The owner; `None` is nobody.
    Owner(Option<String>),
    /// The balance.
    Balance(Points),
    /// On the list or not.
    OnList(bool),
}

/// Changes lists, and many customers at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MembershipCommand {
    /// Makes an empty static list, or renames one.
    SaveList {
        /// Which; `None` makes one.
        id: Option<ListId>,
        /// Its name.
        name: String,
        /// What it is for.
        note: Option<String>,
    },
    /// Removes a static list; the customers stay. Undo brings it back.
    RemoveList {
        /// Which.
        id: ListId,
    },
    /// Does something to many customers; long, one step of undo.
    Bulk(Bulk),
}

/// What came of a [`MembershipCommand`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MembershipOutcome {
    /// A static list was saved or removed.
    List {
        /// Which.
        id: ListId,
    },
    /// Many were changed.
    Bulk {
        /// Who was changed.
        changed: u64,
        /// Who was so already.
        unchanged: u64,
        /// Who could not be changed.
        refused: u64,
        /// The list that was made.
        list: Option<ListId>,
    },
}
