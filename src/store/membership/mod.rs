//! Who belongs to what: static lists, and what was seen of segments over time.

mod lists;
mod watch;

pub use lists::{ListMember, StaticList};
pub(crate) use lists::{list_record, member_record};
pub use watch::{Cause, DayMoves, SegmentEvent, SegmentVersion, SegmentWatch, WatchNotes};
