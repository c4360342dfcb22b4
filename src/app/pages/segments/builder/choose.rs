//! What can be asked, by what it is about: the entries of the list that a new condition is chosen from.

use super::draft::{Measured, What};
use super::edit::asking;
use model::rule::{Attribute, Field, ValueKind};
use protocol::{FieldKind, RuleNames};
use text::Words;

/// Something that can be asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// What a person reads.
    pub label: String,
    /// Which group of the list it stands in.
    pub group: &'static str,
    /// More words that find it.
    pub also: String,
    /// What it puts into the draft.
    pub what: What,
}

/// What a condition on an order, a line or an event can look at.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldEntry {
    /// What a person reads.
    pub label: String,
    /// The field.
    pub field: Field,
    /// What kind of value it has.
    pub kind: ValueKind,
}

use Attribute::{
    Age, AverageOrderValue, Birthday, ChurnRisk, City, Clv, CompanySize, ConsentEmail,
    ConsentPhone, ConsentSms, Country, CustomerSince, DaysSinceLastOrder, District, Education,
    Email, FirstOrderOn, Gender, IncomeBand, Industry, Interests, Kind, LastOrderOn, Lifecycle,
    Name, Nps, Occupation, OrderCount, Owner, Phone, PointsBalance, PointsExpiring, PostalCode,
    Province, RfmFrequency, RfmGroup, RfmMonetary, RfmRecency, SignupOn, SourceChannel, Spend,
    Tags, Tier,
};

/// Attributes by what they are about.
const GROUPS: &[(&str, &[Attribute])] = &[
    (
        "state",
        &[
            Lifecycle,
            RfmGroup,
            RfmRecency,
            RfmFrequency,
            RfmMonetary,
            ChurnRisk,
            Clv,
            Nps,
        ],
    ),
    (
        "bought",
        &[
            Spend,
            OrderCount,
            AverageOrderValue,
            LastOrderOn,
            DaysSinceLastOrder,
            FirstOrderOn,
        ],
    ),
    ("points", &[PointsBalance, PointsExpiring, Tier]),
    (
        "who",
        &[
            Gender,
            Age,
            Birthday,
            Tags,
            Interests,
            Occupation,
            Education,
            IncomeBand,
            Kind,
            Industry,
            CompanySize,
            Name,
        ],
    ),
    ("where", &[Country, Province, City, District, PostalCode]),
    (
        "reach",
        &[Email, Phone, ConsentEmail, ConsentSms, ConsentPhone],
    ),
    ("since", &[SourceChannel, Owner, CustomerSince, SignupOn]),
];

/// What kind of value an own field has, in terms of forms.
pub fn kind_of(kind: FieldKind) -> ValueKind {
    match kind {
        FieldKind::Text => ValueKind::Text,
        FieldKind::Number => ValueKind::Number,
        FieldKind::Flag => ValueKind::Flag,
        FieldKind::Date => ValueKind::Date,
    }
}

/// The name of a group of the list.
pub fn group_name(words: Words, group: &str) -> String {
    let key = ["group.", group].concat();
    words.builder_find(&key).unwrap_or(group).to_owned()
}

/// Everything that can be asked, in the order of the list.
pub fn entries(words: Words, names: &RuleNames) -> Vec<Entry> {
    let mut all = vec![Entry {
        label: words.builder_orders().to_owned(),
        group: "behaviour",
        also: words.builder_orders_also().to_owned(),
        what: What::Orders(Measured::usual()),
    }];
    for event in &names.events {
        all.push(Entry {
            label: words.interaction(&event.kind),
            group: "behaviour",
            also: event.kind.clone(),
            what: What::Events {
                kind: event.kind.clone(),
                measured: Measured::usual(),
            },
        });
    }
    for (group, attributes) in GROUPS {
        for attribute in *attributes {
            let name = attribute.name();
            all.push(Entry {
                label: words.field(&name),
                group,
                also: name.into_owned(),
                what: asking(attribute.clone(), attribute.kind()),
            });
        }
    }
    for field in &names.custom {
        all.push(Entry {
            label: field.key.clone(),
            group: "own",
            also: String::new(),
            what: asking(Attribute::Custom(field.key.clone()), kind_of(field.kind)),
        });
    }
    all.push(Entry {
        label: words.builder_segment().to_owned(),
        group: "other",
        also: "segment".to_owned(),
        what: What::Segment(String::new()),
    });
    all.push(Entry {
        label: words.builder_sample().to_owned(),
        group: "other",
        also: "sample random".to_owned(),
        what: What::Sample {
            percent: "10".to_owned(),
            seed: "A".to_owned(),
        },
    });
    all
}

/// The entries that contain all words of a search; case does not matter. Who types a name wants that: what is called so
/// comes first, then what has words that begin so, then the rest (*page view* for `age`), each in the order of the list.
pub fn matching(entries: &[Entry], search: &str) -> Vec<usize> {
    let search = search.trim().to_lowercase();
    let wanted: Vec<&str> = search.split_whitespace().collect();
    let mut found: Vec<(u8, usize)> = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        let (label, also) = (entry.label.to_lowercase(), entry.also.to_lowercase());
        if !wanted
            .iter()
            .all(|word| label.contains(word) || also.contains(word))
        {
            continue;
        }
        let begins = |word: &&str| {
            let words = label.split(' ').chain(also.split([' ', '_', '.']));
            words.into_iter().any(|it| it.starts_with(*word))
        };
        let rank = match () {
            () if label == search || also == search => 0,
            () if wanted.iter().all(begins) => 1,
            () => 2,
        };
        found.push((rank, at));
    }
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, at)| at).collect()
}

/// What conditions on orders (or events of a kind) can look at.
pub fn fields(words: Words, names: &RuleNames, events: Option<&str>) -> Vec<FieldEntry> {
    let mut all: Vec<FieldEntry> = Vec::new();
    if let Some(kind) = events {
        let event = names.events.iter().find(|it| it.kind == kind);
        for datum in event.map(|it| it.data.as_slice()).unwrap_or_default() {
            // What people wrote cannot be asked for, and what has a name of its own comes below.
            if datum.key == "text" || Field::of(&datum.key).is_some() {
                continue;
            }
            all.push(FieldEntry {
                label: datum.key.clone(),
                field: Field::Data(datum.key.clone()),
                kind: kind_of(datum.kind),
            });
        }
    }
    for field in Field::ALL {
        all.push(FieldEntry {
            label: words.field(&field.name()),
            field: field.clone(),
            kind: field.kind(),
        });
    }
    all
}

/// What a node asks, in short: the name of its attribute.
pub fn title(words: Words, what: &What) -> String {
    match what {
        What::Attribute {
            attribute: Attribute::Custom(key),
            ..
        } => key.clone(),
        What::Attribute { attribute, .. } => words.field(&attribute.name()),
        What::Orders(_) => words.builder_orders().to_owned(),
        What::Events { kind, .. } => words.interaction(kind),
        What::Segment(_) => words.builder_segment().to_owned(),
        What::Sample { .. } => words.builder_sample().to_owned(),
        What::Constant(true) => words.rules_everyone().to_owned(),
        What::Constant(false) => words.rules_no_one().to_owned(),
        What::Group { any: true, .. } => words.builder_any().to_owned(),
        What::Group { any: false, .. } => words.builder_all().to_owned(),
    }
}

/// An empty group that can be filled.
pub fn new_group(any: bool) -> What {
    What::Group {
        any,
        nodes: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use text::Locale;

    #[test]
    fn every_attribute_of_the_language_can_be_chosen_once() {
        let names = RuleNames::default();
        let all = entries(Words::new(Locale::En), &names);
        let chosen: Vec<_> = all
            .iter()
            .filter_map(|entry| match &entry.what {
                What::Attribute { attribute, .. } => Some(attribute.clone()),
                _ => None,
            })
            .collect();
        let wanted: BTreeSet<_> = Attribute::ALL.iter().cloned().collect();
        assert_eq!(chosen.iter().cloned().collect::<BTreeSet<_>>(), wanted);
        assert_eq!(chosen.len(), wanted.len());
        let groups: BTreeSet<_> = all.iter().map(|entry| entry.group).collect();
        for group in groups {
            for locale in Locale::ALL {
                assert_ne!(group_name(Words::new(locale), group), group);
            }
        }
    }

    #[test]
    fn a_search_finds_names_in_the_language_and_of_rules() {
        let all = entries(Words::new(Locale::ZhCn), &RuleNames::default());
        let found = |search: &str| -> Vec<String> {
            matching(&all, search)
                .into_iter()
                .map(|at| all[at].label.clone())
                .collect()
        };
        assert_eq!(found("年龄"), ["年龄"]);
        // What is called so comes before what only has it somewhere inside (`average_order_value`).
        assert_eq!(found("AGE"), ["年龄", "客单价"]);
        assert_eq!(found("order")[0], "订单数");
        assert_eq!(found("nothing such"), Vec::<String>::new());
        assert_eq!(found("").len(), all.len());
    }
}
