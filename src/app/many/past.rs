//! Links to customers by what held or happened in the past, and how a list names it.

use crate::router::Route;
use model::Currency;
use protocol::Past;
use text::Words;

/// The parameter's name.
pub const PARAM: &str = "past";

/// The link to the customers for whom all of it is so.
pub fn past_href(past: &[Past]) -> String {
    Route::Customers.with(&[(PARAM, &write(past))])
}

/// As a parameter of a link.
pub fn write(past: &[Past]) -> String {
    serde_json::to_string(past).unwrap_or_default()
}

/// Reads such a parameter; what cannot be read is left out.
pub fn read(text: &str) -> Vec<Past> {
    serde_json::from_str(text).unwrap_or_default()
}

/// One part in words. `name` says how a saved segment is called.
pub fn say(
    words: Words,
    past: &Past,
    currency: Currency,
    name: &dyn Fn(&str) -> Option<String>,
) -> String {
    let named = |id: &model::SegmentId| {
        name(&id.to_string()).unwrap_or_else(|| words.story_segment().to_owned())
    };
    match past {
        Past::Held { rule, on } => {
            let rule = words.rule_named(rule, currency, name);
            words.story_chip_held(&words.day(*on), &rule)
        }
        Past::Absent { on } => words.story_chip_absent(&words.day(*on)),
        Past::Entered { segment, from, to } => {
            words.story_chip_entered(&named(segment), &words.day(*from), &words.day(*to))
        }
        Past::Left { segment, from, to } => {
            words.story_chip_left(&named(segment), &words.day(*from), &words.day(*to))
        }
        Past::Member { segment, on } => words.story_chip_member(&named(segment), &words.day(*on)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Day;

    #[test]
    fn the_past_round_trips_through_a_link() {
        let past = vec![
            Past::Absent { on: Day(20_000) },
            Past::Held {
                rule: r#"{"all":[]}"#.to_owned(),
                on: Day(20_100),
            },
        ];
        assert_eq!(read(&write(&past)), past);
        assert_eq!(read("nonsense"), []);
    }
}
