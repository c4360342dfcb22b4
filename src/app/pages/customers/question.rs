//! What the customer list is asked: search words, conditions, group and order, and how that reads in a link.
//!
//! Invariant: everything a list shows follows from its address, so that every state of it can be sent as a link.

use crate::as_of;
use crate::many::past;
use model::{Day, SegmentId};
use protocol::{CustomerSort, FromImport, ImportPart, ListRequest, Past, SegmentView};
use serde_json::{Value, json};

/// A ready or saved segment to start from.
#[derive(Clone, Debug, PartialEq)]
pub enum Group {
    /// One the owner saved.
    Saved(SegmentId),
    /// One that is always there, by its key.
    Ready(String),
}

/// What is asked of the list. Each condition is a node of the segment rule; all of them hold together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Question {
    /// Words to find.
    pub search: String,
    /// Conditions, each shown as a chip.
    pub conditions: Vec<Value>,
    /// The group to start from.
    pub group: Option<Group>,
    /// The past day that everything is asked for; `None` is today.
    pub on: Option<Day>,
    /// Only those of an import.
    pub import: Option<FromImport>,
    /// What held or happened in the past.
    pub past: Vec<Past>,
    /// Order of the list.
    pub sort: CustomerSort,
    /// Largest, newest or Z first; `None` is the usual direction of `sort`.
    pub descending: Option<bool>,
}

const SORTS: &[(&str, CustomerSort)] = &[
    ("updated", CustomerSort::UpdatedAt),
    ("created", CustomerSort::CreatedAt),
    ("name", CustomerSort::Name),
    ("spend", CustomerSort::Spend),
    ("orders", CustomerSort::OrderCount),
    ("last_order", CustomerSort::LastOrderOn),
    ("points", CustomerSort::Balance),
];

impl Question {
    /// Reads a link's parameters. What cannot be read is left out, so that an old link still opens.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        let group = get("segment")
            .and_then(|id| id.parse().ok())
            .map(Group::Saved)
            .or_else(|| get("ready").map(Group::Ready));
        let sort = get("sort").unwrap_or_default();
        Self {
            search: get("q").unwrap_or_default(),
            conditions: get("rule").map(|rule| split(&rule)).unwrap_or_default(),
            group,
            on: get(as_of::PARAM).and_then(|day| day.parse().ok()),
            import: get("import").and_then(|text| read_import(&text)),
            past: get(past::PARAM)
                .map(|text| past::read(&text))
                .unwrap_or_default(),
            sort: SORTS
                .iter()
                .find(|(name, _)| *name == sort)
                .map(|(_, sort)| *sort)
                .unwrap_or_default(),
            descending: match get("dir").as_deref() {
                Some("down") => Some(true),
                Some("up") => Some(false),
                _ => None,
            },
        }
    }

    /// The link's parameters; what is as usual is left out.
    pub fn write(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        if !self.search.is_empty() {
            pairs.push(("q", self.search.clone()));
        }
        match &self.group {
            Some(Group::Saved(id)) => pairs.push(("segment", id.to_string())),
            Some(Group::Ready(key)) => pairs.push(("ready", key.clone())),
            None => {}
        }
        if !self.conditions.is_empty() {
            pairs.push(("rule", join(&self.conditions)));
        }
        if let Some(on) = self.on {
            pairs.push((as_of::PARAM, on.to_string()));
        }
        if let Some(import) = self.import {
            pairs.push(("import", write_import(import)));
        }
        if !self.past.is_empty() {
            pairs.push((past::PARAM, past::write(&self.past)));
        }
        if self.sort != CustomerSort::default() {
            let name = SORTS.iter().find(|(_, sort)| *sort == self.sort);
            pairs.push(("sort", name.map_or("", |(name, _)| name).to_owned()));
        }
        if let Some(descending) = self.descending {
            pairs.push(("dir", if descending { "down" } else { "up" }.to_owned()));
        }
        pairs
    }

    /// Whether anything narrows the list down.
    pub fn narrows(&self) -> bool {
        !self.search.is_empty()
            || !self.conditions.is_empty()
            || self.group.is_some()
            || self.import.is_some()
            || !self.past.is_empty()
    }

    /// The direction that holds: names go from A to Z, everything else from the largest or newest.
    pub fn is_descending(&self) -> bool {
        self.descending.unwrap_or(self.sort != CustomerSort::Name)
    }

    /// Sorts by `sort`; a second time turns the direction round.
    pub fn sorted_by(mut self, sort: CustomerSort) -> Self {
        if self.sort == sort {
            self.descending = Some(!self.is_descending());
        } else {
            self.sort = sort;
            self.descending = None;
        }
        self
    }

    /// The request for a stretch of the list. `None` while the group's rule is not known yet.
    pub fn request(
        &self,
        segments: &[SegmentView],
        offset: u64,
        limit: u32,
    ) -> Option<ListRequest> {
        let mut conditions = self.conditions.clone();
        let mut segment = None;
        match &self.group {
            Some(Group::Saved(id)) => segment = Some(*id),
            Some(Group::Ready(key)) => {
                let ready = segments.iter().find(|s| s.key.as_ref() == Some(key))?;
                conditions.extend(split(&ready.rule));
            }
            None => {}
        }
        Some(ListRequest {
            search: self.search.trim().to_owned(),
            rule: (!conditions.is_empty()).then(|| join(&conditions)),
            segment,
            as_of: self.on,
            import: self.import,
            past: self.past.clone(),
            sort: self.sort,
            descending: self.is_descending(),
            offset,
            limit,
        })
    }
}

/// An import and which of its records, as a link's parameter: `created:0000100000001`.
pub fn write_import(import: FromImport) -> String {
    let part = match import.part {
        ImportPart::Created => "created:",
        ImportPart::Updated => "updated:",
    };
    [part, &import.batch.to_string()].concat()
}

/// Reads such a parameter.
pub fn read_import(text: &str) -> Option<FromImport> {
    let (part, batch) = text.split_once(':')?;
    let part = match part {
        "created" => ImportPart::Created,
        "updated" => ImportPart::Updated,
        _ => return None,
    };
    Some(FromImport {
        batch: batch.parse().ok()?,
        part,
    })
}

/// The parts of a rule that hold together: the nodes of an outer `all`, or the rule itself, also where it is none.
pub fn split(rule: &str) -> Vec<Value> {
    match serde_json::from_str::<Value>(rule) {
        Ok(Value::Object(mut node)) => match node.remove("all") {
            Some(Value::Array(nodes)) if node.is_empty() => nodes,
            Some(other) => {
                node.insert("all".to_owned(), other);
                vec![Value::Object(node)]
            }
            None => vec![Value::Object(node)],
        },
        // Kept as it is, so that the list says what is wrong with it. Without it everybody would be shown.
        Ok(other) => vec![other],
        Err(_) => vec![Value::String(rule.to_owned())],
    }
}

/// One rule of parts that hold together.
pub fn join(conditions: &[Value]) -> String {
    match conditions {
        [only] => only.to_string(),
        all => json!({ "all": all }).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&'static str, String)]) -> Question {
        Question::read(|name| {
            let pair = pairs.iter().find(|(key, _)| *key == name);
            pair.map(|(_, value)| value.clone())
        })
    }

    #[test]
    fn links_round_trip() {
        let tag = json!({"attr":"tags","op":"any_of","value":["VIP"]});
        let city = json!({"attr":"city","op":"in","value":["杭州"]});
        for question in [
            Question::default(),
            Question {
                search: "王 138".to_owned(),
                conditions: vec![tag.clone()],
                group: Some(Group::Ready("birthday".to_owned())),
                on: Day::from_ymd(2026, 3, 31),
                import: read_import("created:0000100000001"),
                past: past::read(r#"[{"absent":{"on":"2026-03-31"}}]"#),
                sort: CustomerSort::Spend,
                descending: Some(false),
            },
            Question {
                conditions: vec![tag, city],
                sort: CustomerSort::Name,
                ..Question::default()
            },
        ] {
            assert_eq!(read(&question.write()), question);
        }
    }

    #[test]
    fn a_rule_falls_into_its_parts() {
        assert_eq!(split(r#"{"all":[]}"#).len(), 0);
        assert_eq!(split(r#"{"all":[{"all":[]},{"not":{"all":[]}}]}"#).len(), 2);
        assert_eq!(split(r#"{"any":[{"all":[]}]}"#).len(), 1);
        for nonsense in ["nonsense", "{", "7", "null", "\"nonsense\""] {
            let kept = split(nonsense);
            assert_eq!(kept.len(), 1, "{nonsense} is not everybody");
            assert_eq!(split(&join(&kept)), kept);
            assert!(model::rule::Rule::parse(&join(&kept)).is_err());
        }
    }

    #[test]
    fn a_second_click_turns_the_order_round() {
        let by_name = Question::default().sorted_by(CustomerSort::Name);
        assert!(!by_name.is_descending());
        assert!(
            by_name
                .clone()
                .sorted_by(CustomerSort::Name)
                .is_descending()
        );
        assert!(by_name.sorted_by(CustomerSort::Spend).is_descending());
    }

    #[test]
    fn a_ready_group_waits_for_its_rule() {
        let question = Question {
            group: Some(Group::Ready("big".to_owned())),
            ..Question::default()
        };
        assert_eq!(question.request(&[], 0, 10), None);
    }
}
