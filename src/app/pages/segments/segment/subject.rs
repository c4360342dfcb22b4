//! The segment whose page is open: a saved one, a ready one, or a rule nobody has saved yet.

use crate::pages::segments::builder::AT;
use crate::router::{self, Route};
use model::{Day, SegmentId};
use protocol::SegmentView;
use text::Words;

/// What the parts of a segment's page are about.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Subject {
    /// Which saved one; `None` for a ready one and for a rule nobody has saved.
    pub id: Option<SegmentId>,
    /// Which ready one.
    pub key: Option<String>,
    /// Its name as a person reads it; empty for a rule nobody has saved.
    pub name: String,
    /// Its rule as JSON.
    pub rule: String,
    /// The past day that everything is asked for; `None` is today.
    pub as_of: Option<Day>,
}

impl Subject {
    /// The segment of a list as a subject.
    pub fn of(words: Words, segment: &SegmentView, as_of: Option<Day>) -> Self {
        Self {
            id: segment.id,
            key: segment.key.clone(),
            name: super::super::list::segment_name(words, segment),
            rule: segment.rule.clone(),
            as_of,
        }
    }

    /// Its place in the address: `#/segments/<this>`.
    pub fn place(&self) -> String {
        match (self.id, &self.key) {
            (Some(id), _) => id.to_string(),
            (None, Some(key)) => [READY, key].concat(),
            (None, None) => NEW.to_owned(),
        }
    }

    /// The link to its page with this tab open.
    pub fn href(&self, tab: &str) -> String {
        let day = self.as_of.map(|day| day.to_string()).unwrap_or_default();
        let rule = match (self.id, &self.key) {
            (None, None) => self.rule.as_str(),
            _ => "",
        };
        let params = [("tab", tab), ("rule", rule), (crate::as_of::PARAM, &day)];
        Route::Segments(self.place()).with(&params)
    }

    /// The link to the condition at this path, in the builder.
    pub fn condition_href(&self, path: &str) -> String {
        let at = router::encode(path);
        [&self.href("rule"), "&", AT, "=", &at].concat()
    }

    /// The list of its members.
    pub fn members_href(&self) -> String {
        let href = match (self.id, &self.key) {
            (Some(id), _) => Route::Customers.with(&[("segment", &id.to_string())]),
            (None, Some(key)) => Route::Customers.with(&[("ready", key)]),
            (None, None) => router::customers_by_rule(&self.rule),
        };
        crate::as_of::with_day(href, self.as_of)
    }
}

/// What a ready segment's place begins with.
pub const READY: &str = "ready:";

/// The place of a segment that is being made.
pub const NEW: &str = "new";

/// Whether a place below `#/segments` is one segment's page.
pub fn is_subject(view: &str) -> bool {
    view == NEW || view.starts_with(READY) || view.parse::<SegmentId>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_segments_are_told_from_those_of_other_views() {
        for (view, wanted) in [
            ("", false),
            ("rfm", false),
            ("lifecycle", false),
            ("overlap", false),
            ("lists", false),
            ("flow", false),
            ("new", true),
            ("ready:frequent", true),
            ("0000100000001", true),
        ] {
            assert_eq!(is_subject(view), wanted, "{view}");
        }
    }

    #[test]
    fn links_keep_the_rule_of_what_nobody_saved() {
        let subject = Subject {
            rule: r#"{"all":[]}"#.to_owned(),
            as_of: Day::from_ymd(2026, 3, 31),
            ..Subject::default()
        };
        assert_eq!(
            subject.href("portrait"),
            "#/segments/new?tab=portrait&rule=%7B%22all%22:%5B%5D%7D&on=2026-03-31"
        );
        let ready = Subject {
            key: Some("frequent".to_owned()),
            ..subject
        };
        assert_eq!(ready.href(""), "#/segments/ready:frequent?on=2026-03-31");
        assert_eq!(
            ready.members_href(),
            "#/customers?ready=frequent&on=2026-03-31"
        );
    }
}
