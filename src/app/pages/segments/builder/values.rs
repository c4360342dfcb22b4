//! Texts of a condition: what was chosen as chips, and a field that offers what the data has, most frequent first, with
//! how many have it.

use super::combo::{Acts, Combo, Offer};
use super::draft::NodeId;
use super::state::Desk;
use crate::state::{use_ask_when, use_client};
use protocol::{Query, Reply, SegmentQuery, SegmentReply, ValueCount, ValuesOf};
use std::sync::Arc;
use text::Words;
use ui::prelude::*;
use ui::{Icon, icon};

/// Values offered at most; typing finds the others.
const OFFERED: u32 = 50;

/// What the values are of.
#[derive(Clone, Debug, PartialEq)]
pub struct About {
    /// The name of the attribute or field in rules.
    pub name: String,
    /// What a person reads.
    pub label: String,
    /// Where its values are counted.
    pub of: ValuesOf,
    /// The values that it can have, where they are fixed.
    pub choices: &'static [&'static str],
}

impl About {
    /// What a value reads as.
    pub fn shown(&self, words: Words, value: &str) -> String {
        words.choice(&self.name, value)
    }
}

/// The control.
#[component]
pub fn Values(
    /// The builder.
    desk: Desk,
    /// The condition.
    id: NodeId,
    /// What is asked.
    about: About,
) -> impl IntoView {
    let words = desk.words;
    let about = StoredValue::new(about);
    let typed = RwSignal::new(String::new());
    let texts = Memo::new(move |_| {
        desk.with(|draft| draft.form(id).map(|form| form.texts.clone()))
            .unwrap_or_default()
    });
    let found = ask(about, typed);
    let offers = Memo::new(move |_| {
        let typed = typed.get();
        about.with_value(|about| Arc::new(offers(words, about, &found.get(), &texts.get(), &typed)))
    });
    let choose = Callback::new(move |value: String| {
        desk.edit(|draft| {
            if let Some(form) = draft.form_mut(id) {
                for value in split(&value) {
                    if !form.texts.contains(&value) {
                        form.texts.push(value);
                    }
                }
            }
        });
    });
    let back = Callback::new(move |()| {
        desk.edit(|draft| {
            if let Some(form) = draft.form_mut(id) {
                form.texts.pop();
            }
        });
    });
    let chips = move || {
        let all = texts.get();
        all.into_iter()
            .map(|value| {
                chip(
                    desk,
                    id,
                    about.with_value(|about| about.shown(words, &value)),
                    value,
                )
            })
            .collect_view()
    };
    let label = about.with_value(|about| words.builder_values(&about.label));
    view! {
        <div class="value-set">
            {chips}
            <Combo
                label
                text=typed
                offers
                acts=Acts { choose, back: Some(back) }
                placeholder=words.builder_values_hint()
                nothing=words.builder_values_none()
            />
        </div>
    }
    .into_any()
}

/// Several values that were pasted at once: one a line, or the cells of a spreadsheet.
fn split(text: &str) -> Vec<String> {
    text.split(['\n', '\r', '\t'])
        .map(str::trim)
        .filter(|value| !value.is_empty())
        .map(str::to_owned)
        .collect()
}

fn chip(desk: Desk, id: NodeId, label: String, value: String) -> AnyView {
    let name = desk.words.builder_value_remove(&label);
    view! {
        <span class="chip">
            <span>{label}</span>
            <button
                type="button"
                aria-label=name
                on:click=move |_| {
                    desk.edit(|draft| {
                        if let Some(form) = draft.form_mut(id) {
                            form.texts.retain(|known| *known != value);
                        }
                    });
                }
            >
                <Icon glyph=icon::CLOSE/>
            </button>
        </span>
    }
    .into_any()
}

type Found = RwSignal<Arc<Vec<ValueCount>>>;

/// Keeps the values that the data has for what is typed.
fn ask(about: StoredValue<About>, typed: RwSignal<String>) -> Found {
    let found: Found = RwSignal::new(Arc::default());
    // Values are read once the columns are there.
    let ready = use_client().columns_ready();
    let asking = use_ask_when(move || {
        if !ready.get() {
            return None;
        }
        let (of, fixed) = about.with_value(|about| (about.of.clone(), !about.choices.is_empty()));
        // The fixed ones are few, and the data has their codes, which nobody types.
        let search = if fixed {
            String::new()
        } else {
            typed.get().trim().to_owned()
        };
        Some(Query::Segment(SegmentQuery::Values {
            of,
            search,
            limit: OFFERED,
        }))
    });
    Effect::new(move |_| {
        if let Some(Reply::Segment(reply)) = asking.reply().as_deref()
            && let SegmentReply::Values(values) = &**reply
        {
            found.set(Arc::new(values.clone()));
        }
    });
    found
}

fn offers(
    words: Words,
    about: &About,
    found: &[ValueCount],
    chosen: &[String],
    typed: &str,
) -> Vec<Offer> {
    let typed = typed.trim();
    let offer = |value: &str, count: Option<u64>| Offer {
        value: value.to_owned(),
        label: about.shown(words, value),
        note: count.map(|count| words.count(count)).unwrap_or_default(),
        group: String::new(),
    };
    let free = |value: &&str| !chosen.iter().any(|known| known == value);
    if !about.choices.is_empty() {
        let count = |value: &str| {
            let known = found.iter().find(|it| it.value.eq_ignore_ascii_case(value));
            known.map_or(0, |it| it.count)
        };
        let search = typed.to_lowercase();
        return about
            .choices
            .iter()
            .copied()
            .filter(free)
            .map(|value| offer(value, Some(count(value))))
            .filter(|offer| offer.label.to_lowercase().contains(&search))
            .collect();
    }
    let mut all: Vec<Offer> = found
        .iter()
        .filter(|it| free(&it.value.as_str()))
        .map(|it| offer(&it.value, Some(it.count)))
        .collect();
    // What nobody has yet can be asked for too.
    let known = |offer: &Offer| offer.value.to_lowercase() == typed.to_lowercase();
    if !typed.is_empty() && !all.iter().any(known) && free(&typed) {
        all.push(Offer {
            label: words.builder_value_add(typed),
            ..offer(typed, None)
        });
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use text::Locale;

    #[test]
    fn offers_are_what_the_data_has_and_what_was_typed() {
        let words = Words::new(Locale::En);
        let about = About {
            name: "city".to_owned(),
            label: "City".to_owned(),
            of: ValuesOf::Attribute("city".to_owned()),
            choices: &[],
        };
        let found = [("杭州市", 1200), ("杭锦旗", 3)].map(|(value, count)| ValueCount {
            value: value.to_owned(),
            count,
        });
        let shown = |chosen: &[&str], typed: &str| -> Vec<String> {
            let chosen: Vec<String> = chosen.iter().map(|it| (*it).to_owned()).collect();
            offers(words, &about, &found, &chosen, typed)
                .into_iter()
                .map(|offer| [offer.label, offer.note].join("|"))
                .collect()
        };
        assert_eq!(shown(&[], ""), ["杭州市|1,200", "杭锦旗|3"]);
        assert_eq!(shown(&["杭州市"], ""), ["杭锦旗|3"]);
        assert_eq!(
            shown(&[], " 杭 "),
            ["杭州市|1,200", "杭锦旗|3", "Add “杭”|"]
        );
        assert_eq!(shown(&[], "杭州市"), ["杭州市|1,200", "杭锦旗|3"]);
        let fixed = About {
            name: "gender".to_owned(),
            choices: &["female", "male", "other"],
            ..about
        };
        let fixed: Vec<String> = offers(words, &fixed, &[], &["male".to_owned()], "e")
            .into_iter()
            .map(|offer| offer.label)
            .collect();
        assert_eq!(fixed, ["Female", "Other"]);
    }

    #[test]
    fn a_column_of_a_spreadsheet_is_several_values() {
        assert_eq!(split("a\r\nb\n\n c\td"), ["a", "b", "c", "d"]);
    }
}
