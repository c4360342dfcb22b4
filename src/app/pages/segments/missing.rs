//! What a rule names that is not there any more: which segment, under which name it was known, and in which condition.
//!
//! The worker says it in a fault: the path of the condition and the way to what is missing, by names (`VIPs → Regulars`).

use model::rule::{Rule, SEGMENT_THERE};
use protocol::{Fault, FaultCode};

/// What stands between the names of a way.
const LEADS_TO: &str = " → ";

/// A segment or a list that a rule names, itself or by way of another segment, and that is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// What the rule itself names: what is gone, or the segment that leads there.
    pub id: String,
    /// The name it had; its id where nobody remembers one.
    pub name: String,
    /// The path of the condition that names it: `all[1].not`.
    pub path: String,
}

impl Missing {
    /// What this fault says to be missing from this rule.
    pub fn of(rule: &Rule, fault: &Fault) -> Option<Self> {
        let expected = fault.expected.as_deref()?;
        if fault.code != FaultCode::BadRule || expected != SEGMENT_THERE {
            return None;
        }
        let (way, place) = (fault.found.as_deref()?, fault.path.as_deref()?);
        // The last step names the member, and not a node: `all[1].not.segment`.
        let path = place.strip_suffix("segment")?;
        let path = path.strip_suffix('.').unwrap_or(path);
        let Rule::Segment(id) = node_at(rule, path)? else {
            return None;
        };
        Some(Self {
            id: id.clone(),
            name: way.rsplit(LEADS_TO).next()?.to_owned(),
            path: path.to_owned(),
        })
    }
}

/// The node that stands at a path: `any[2].not.all[0]`.
fn node_at<'r>(rule: &'r Rule, path: &str) -> Option<&'r Rule> {
    if path.is_empty() {
        return Some(rule);
    }
    let (name, rest) = match path.find(['[', '.']) {
        Some(end) => path.split_at(end),
        None => (path, ""),
    };
    match (rule, name) {
        (Rule::All(nodes), "all") | (Rule::Any(nodes), "any") => {
            let (at, rest) = rest.strip_prefix('[')?.split_once(']')?;
            let node = nodes.get(at.parse::<usize>().ok()?)?;
            node_at(node, rest.strip_prefix('.').unwrap_or(rest))
        }
        (Rule::Not(inner), "not") => node_at(inner, rest.strip_prefix('.').unwrap_or(rest)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(path: &str, way: &str) -> Fault {
        Fault {
            path: Some(path.to_owned()),
            found: Some(way.to_owned()),
            expected: Some(SEGMENT_THERE.to_owned()),
            ..Fault::new(FaultCode::BadRule)
        }
    }

    #[test]
    fn what_is_missing_is_found_by_the_path_of_the_fault() {
        let rule = r#"{"all":[{"attr":"age","op":"gte","value":20},{"not":{"segment":"a"}},{"any":[{"all":[]},{"segment":"b"}]}]}"#;
        let rule = Rule::parse(rule).unwrap();
        for (path, way, wanted) in [
            (
                "all[1].not.segment",
                "VIPs → Regulars",
                Some(("a", "Regulars", "all[1].not")),
            ),
            (
                "all[2].any[1].segment",
                "Regulars",
                Some(("b", "Regulars", "all[2].any[1]")),
            ),
            ("all[2].any[0].segment", "Regulars", None),
            ("all[0].segment", "Regulars", None),
            ("all[7].segment", "Regulars", None),
            ("all[0].value", "Regulars", None),
            ("segment", "Regulars", None),
        ] {
            let found = Missing::of(&rule, &fault(path, way));
            let found = found
                .as_ref()
                .map(|it| (it.id.as_str(), it.name.as_str(), it.path.as_str()));
            assert_eq!(found, wanted, "{path}");
        }
        let alone = Rule::parse(r#"{"segment":"a"}"#).unwrap();
        let found = Missing::of(&alone, &fault("segment", "A → B")).unwrap();
        assert_eq!((found.path.as_str(), found.name.as_str()), ("", "B"));
        let other = Fault {
            expected: Some("a number".to_owned()),
            ..fault("segment", "A")
        };
        assert_eq!(Missing::of(&alone, &other), None);
    }
}
