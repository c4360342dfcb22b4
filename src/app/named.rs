//! How the segments and static lists that rules name are called, wherever a rule stands as a sentence: those that are
//! there, and those that are gone by the name they had.

use crate::state::{Asking, use_ask_when};
use model::rule::Rule;
use protocol::{CalledSet, Query, Reply, SegmentQuery, SegmentReply};
use std::collections::BTreeSet;
use ui::prelude::*;

/// Stands for a name that is on its way: an id would say nothing.
const COMING: &str = "…";

/// Names of segments and lists, kept up to date.
#[derive(Clone, Copy)]
pub struct SetNames {
    ids: Memo<BTreeSet<String>>,
    asking: Asking,
}

/// The names of the segments and lists of these ids. Call in a page.
pub fn use_set_names(ids: impl Fn() -> BTreeSet<String> + Send + Sync + 'static) -> SetNames {
    let ids = Memo::new(move |_| ids());
    let asking = use_ask_when(move || {
        let ids: Vec<String> = ids.get().into_iter().collect();
        (!ids.is_empty()).then_some(Query::Segment(SegmentQuery::Called { ids }))
    });
    SetNames { ids, asking }
}

/// What a rule (JSON) names; nothing where it cannot be read.
pub fn named_in(rule: &str) -> BTreeSet<String> {
    let Ok(rule) = Rule::parse(rule) else {
        return BTreeSet::new();
    };
    rule.named_sets().into_iter().map(str::to_owned).collect()
}

impl SetNames {
    /// What a segment or list is called, also one that is gone. Listens.
    pub fn name(&self, id: &str) -> Option<String> {
        let found = self.find(id).map(|it| it.name);
        found.or_else(|| Some(COMING.to_owned()))
    }

    /// The same of one that is still there.
    pub fn there(&self, id: &str) -> Option<String> {
        self.find(id).filter(|it| it.there).map(|it| it.name)
    }

    /// Whether names are still on their way. Listens.
    pub fn coming(&self) -> bool {
        self.ids
            .with(|ids| ids.iter().any(|id| self.find(id).is_none()))
    }

    fn find(&self, id: &str) -> Option<CalledSet> {
        let reply = self.asking.reply()?;
        let Reply::Segment(reply) = &*reply else {
            return None;
        };
        let SegmentReply::Called(all) = &**reply else {
            return None;
        };
        all.iter().find(|it| it.id == id).cloned()
    }
}
