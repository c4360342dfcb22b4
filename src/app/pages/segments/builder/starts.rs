//! Segments to start from, by what they are about; and conditions that wait for a value of one's own.

use super::draft::{Measured, What};
use super::edit::asking;
use super::state::Desk;
use crate::pages::segments::list::segment_name;
use crate::state::use_ask;
use model::rule::{Attribute, Field, Rule, ValueKind};
use protocol::{Query, Reply, SegmentView};
use ui::prelude::*;

/// Ready segments by what they are about; the last group takes what is in none.
const GROUPS: &[(&str, &[&str])] = &[
    (
        "geographic",
        &["in_top_province", "in_top_city", "elsewhere"],
    ),
    (
        "demographic",
        &[
            "women_25_34",
            "aged_under_25",
            "aged_35_49",
            "birthday_this_month",
            "birthday_next_7_days",
        ],
    ),
    (
        "psychographic",
        &[
            "top_interest",
            "explorers",
            "habitual",
            "recommends",
            "critics",
        ],
    ),
    (
        "behavioural",
        &[
            "weekend_buyers",
            "evening_buyers",
            "top_channel",
            "coupon_users",
            "slipping_away",
            "no_order_yet",
        ],
    ),
    ("frequency", &["frequent", "occasional", "one_time"]),
    ("value", &["high_value", "middle_value", "low_value"]),
    ("product", &["top_category", "top_product"]),
    (
        "loyalty",
        &[
            "loyal",
            "potentially_loyal",
            "lost",
            "champions",
            "at_risk",
            "points_expiring",
        ],
    ),
    (
        "company",
        &["companies", "top_company_size", "top_industry"],
    ),
    ("stage", &["new_customers", "active", "dormant", "churned"]),
    ("reach", &["with_email_consent", "no_contact"]),
];

/// Conditions that wait for a value, for what the data has none of yet.
fn templates(group: &str) -> Vec<What> {
    let ask = |attribute: Attribute| {
        let kind = attribute.kind();
        asking(attribute, kind)
    };
    let of_line = |_: Field| What::Orders(Measured::usual());
    match group {
        "geographic" => vec![ask(Attribute::City), ask(Attribute::District)],
        "demographic" => vec![ask(Attribute::Age), ask(Attribute::Occupation)],
        "psychographic" => vec![ask(Attribute::Interests), ask(Attribute::Tags)],
        "product" => vec![of_line(Field::Product)],
        "company" => vec![ask(Attribute::CompanySize), ask(Attribute::Industry)],
        _ => Vec::new(),
    }
}

/// The gallery; shown while nothing is asked yet.
#[component]
pub fn Starts(
    /// The builder.
    desk: Desk,
    /// The name of what was chosen.
    on_name: Callback<String>,
) -> impl IntoView {
    let words = desk.words;
    let asking = use_ask(|| Query::Segments);
    let content = move || {
        let reply = asking.reply();
        let Some(Reply::Segments(all)) = reply.as_deref() else {
            return ().into_any();
        };
        let ready: Vec<&SegmentView> = all.iter().filter(|it| it.key.is_some()).collect();
        let known: Vec<&str> = GROUPS
            .iter()
            .flat_map(|(_, keys)| keys.iter().copied())
            .collect();
        let mut views: Vec<AnyView> = Vec::new();
        for (group, keys) in GROUPS {
            let of_group = ready
                .iter()
                .filter(|it| it.key.as_deref().is_some_and(|key| keys.contains(&key)));
            let cards: Vec<AnyView> = of_group.map(|it| card(desk, it, on_name)).collect();
            let waiting: Vec<AnyView> = templates(group)
                .into_iter()
                .map(|what| template(desk, group, what))
                .collect();
            views.push(section(desk, group, [cards, waiting].concat_views()));
        }
        let rest = ready
            .iter()
            .filter(|it| it.key.as_deref().is_some_and(|key| !known.contains(&key)));
        let rest: Vec<AnyView> = rest.map(|it| card(desk, it, on_name)).collect();
        if !rest.is_empty() {
            views.push(section(desk, "more", rest));
        }
        views.into_any()
    };
    view! {
        <section class="starts" aria-label=words.builder_starts()>
            <h2>{words.builder_starts()}</h2>
            <p class="quiet-text">{words.builder_starts_text()}</p>
            <div class="starts-groups">{content}</div>
        </section>
    }
    .into_any()
}

/// One list of two.
trait Both {
    fn concat_views(self) -> Vec<AnyView>;
}

impl Both for [Vec<AnyView>; 2] {
    fn concat_views(self) -> Vec<AnyView> {
        self.into_iter().flatten().collect()
    }
}

fn section(desk: Desk, group: &str, cards: Vec<AnyView>) -> AnyView {
    let key = ["start.", group].concat();
    let title = desk.words.builder_find(&key).unwrap_or_default();
    view! {
        <div class="starts-group">
            <h3>{title}</h3>
            {cards}
        </div>
    }
    .into_any()
}

fn card(desk: Desk, segment: &SegmentView, on_name: Callback<String>) -> AnyView {
    let words = desk.words;
    let name = segment_name(words, segment);
    let count = words.count(segment.count.count);
    let sentence = words.rule_in(&segment.rule, desk.currency);
    let (rule, own) = (segment.rule.clone(), name.clone());
    let start = move |_| {
        if let Ok(rule) = Rule::parse(&rule) {
            desk.edit(|draft| {
                draft.become_rule(&rule);
            });
            on_name.run(own.clone());
        }
    };
    view! {
        <button type="button" class="start" title=sentence on:click=start>
            <span>{name}</span>
            <small>{count}</small>
        </button>
    }
    .into_any()
}

fn template(desk: Desk, group: &str, what: What) -> AnyView {
    let words = desk.words;
    let title = match group {
        "product" => words.builder_template_product().to_owned(),
        _ => words.builder_template_by(&super::choose::title(words, &what)),
    };
    let product = group == "product";
    let start = move |_| {
        let what = what.clone();
        let root = desk.with_untracked(|draft| draft.root.id);
        let mut focus = None;
        desk.edit(|draft| {
            if let Ok(id) = draft.add(root, what) {
                focus = Some((id, super::rows::RowKind::Node));
                if product && let Ok(of_line) = draft.add_where(id, Field::Product, ValueKind::Text)
                {
                    focus = Some((of_line, super::rows::RowKind::Where));
                }
            }
        });
        if let Some((id, kind)) = focus {
            super::state::focus_row(id, kind, super::picker::VALUE);
        }
    };
    view! {
        <button type="button" class="start waiting" on:click=start>
            <span>{title}</span>
        </button>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use text::{Locale, Words};

    #[test]
    fn every_start_has_a_name_and_a_heading_in_both_languages() {
        let mut seen = BTreeSet::new();
        for (group, keys) in GROUPS {
            for locale in Locale::ALL {
                let words = Words::new(locale);
                assert!(
                    words.builder_find(&["start.", group].concat()).is_some(),
                    "{group}"
                );
                for key in *keys {
                    assert_ne!(words.ready_segment(key), *key);
                }
            }
            for key in *keys {
                assert!(seen.insert(*key), "{key} twice");
            }
        }
    }
}
