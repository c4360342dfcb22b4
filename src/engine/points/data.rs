//! What is kept with a recorded entry beyond the store's columns, as JSON: the first answer, so that the same key again
//! gives the same; what was asked, so that the same key with other content is found; the lots that moved.
//!
//! What is stored lives forever: fields are only ever added.

use loyalty::{Ends, MovedLot};
use model::{CustomerId, Day, Money, Points};
use protocol::{BonusEnds, Outcome};
use serde::{Deserialize, Serialize};

/// The data of an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Data {
    /// The balance that the first answer told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) balance: Option<Points>,
    /// What the first answer said the points are worth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) worth: Option<Money>,
    /// What was asked, in one line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) request: Option<String>,
    /// The other member of a transfer or merging.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) other: Option<CustomerId>,
    /// What the two entries of a transfer or merging (and those that follow a merging) have in common.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pair: Option<String>,
    /// A merging, not a transfer.
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) merge: bool,
    /// The points left; otherwise they came.
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) out: bool,
    /// What came up with a member after they were merged away, going on to the other.
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) follows: bool,
    /// The lots that came.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) lots: Vec<LotData>,
    /// The debt that came with a merging.
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) debt: Points,
    /// The tier that came with a merging, and its last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tier: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tier_until: Option<Day>,
    /// A bonus counts towards the tier.
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) qualifies: bool,
    /// When a bonus ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ends: Option<BonusEnds>,
}

/// A lot that moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LotData {
    points: Points,
    earned_on: Day,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_on: Option<Day>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    posts_on: Option<Day>,
}

fn is_false(flag: &bool) -> bool {
    !*flag
}

fn is_zero(points: &Points) -> bool {
    *points == Points::ZERO
}

impl Data {
    /// What an entry holds; nothing where that cannot be read.
    pub(crate) fn read(fields: &store::EntryDraft) -> Self {
        fields
            .data
            .as_deref()
            .and_then(|json| serde_json::from_str(json).ok())
            .unwrap_or_default()
    }

    /// As it is stored; nothing where there is nothing.
    pub(crate) fn write(&self) -> Option<String> {
        if *self == Self::default() {
            return None;
        }
        serde_json::to_string(self).ok()
    }

    /// The first answer, if it was kept.
    pub(crate) fn answer(&self) -> Option<Outcome> {
        Some(Outcome::Points {
            balance: self.balance?,
            worth: self.worth,
        })
    }

    /// The lots as the fold wants them.
    pub(crate) fn moved(&self) -> Vec<MovedLot> {
        let lot = |it: &LotData| MovedLot {
            points: it.points,
            earned_on: it.earned_on,
            expires_on: it.expires_on,
            posts_on: it.posts_on,
        };
        self.lots.iter().map(lot).collect()
    }

    /// When a bonus ends, as the fold wants it.
    pub(crate) fn bonus_ends(&self) -> Ends {
        match self.ends.unwrap_or_default() {
            BonusEnds::ByProgram => Ends::ByProgram,
            BonusEnds::Never => Ends::Never,
            BonusEnds::On(day) => Ends::On(day),
        }
    }
}

impl From<MovedLot> for LotData {
    fn from(it: MovedLot) -> Self {
        Self {
            points: it.points,
            earned_on: it.earned_on,
            expires_on: it.expires_on,
            posts_on: it.posts_on,
        }
    }
}
