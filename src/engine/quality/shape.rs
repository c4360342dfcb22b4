//! What is usual in this workspace: how things are mostly written, what many share, what amounts are common.

use model::CustomerDraft;
use std::collections::{BTreeMap, BTreeSet};
use xxhash_rust::xxh3::xxh3_64;

/// So many customers with one telephone or address are more than a family.
const SHARED: u32 = 5;

/// A birthday that so many have, and one in a hundred of all, is the default of a form.
const DEFAULT_BIRTHDAY: u32 = 10;

/// Fewer amounts than these say nothing of what is usual.
const AMOUNTS_MIN: u64 = 20;

/// Amounts by size: sixteen steps for each doubling, so that quartiles of a million amounts cost no sorting.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sizes {
    counts: BTreeMap<u32, u64>,
    total: u64,
}

impl Sizes {
    pub(crate) fn add(&mut self, amount: i64) {
        if amount > 0 {
            *self.counts.entry(step(amount)).or_default() += 1;
            self.total += 1;
        }
    }

    fn quantile(&self, quarter: u64) -> u32 {
        let wanted = (self.total * quarter).div_ceil(4);
        let mut seen = 0;
        for (step, count) in &self.counts {
            seen += count;
            if seen >= wanted {
                return *step;
            }
        }
        0
    }

    /// Above this an amount is far out: three times the distance of the quartiles above the upper one, on a scale of
    /// doublings (J. Tukey, "Exploratory Data Analysis", 1977), and eight times the upper quartile at least.
    pub(crate) fn fence(&self) -> Option<i64> {
        if self.total < AMOUNTS_MIN {
            return None;
        }
        let (lower, upper) = (self.quantile(1), self.quantile(3));
        let fence = upper + (3 * (upper - lower)).max(48);
        Some(size(fence + 1))
    }
}

/// The step of an amount: `16 * log2(amount)`, rounded down.
fn step(amount: i64) -> u32 {
    let doublings = amount.max(1).ilog2();
    let rest = if doublings >= 4 {
        amount >> (doublings - 4)
    } else {
        amount << (4 - doublings)
    };
    doublings * 16 + u32::try_from(rest & 15).unwrap_or(0)
}

/// The smallest amount of a step.
fn size(step: u32) -> i64 {
    let (doublings, rest) = ((step / 16).min(62), i64::from(step % 16));
    let base = (16 + rest) as i128;
    let size = if doublings >= 4 {
        base << (doublings - 4)
    } else {
        base >> (4 - doublings)
    };
    i64::try_from(size).unwrap_or(i64::MAX)
}

/// Fields whose values are chosen from few, in which other spellings of the same are looked for.
pub(crate) const PLACES: [&str; 4] = ["country", "province", "city", "district"];
pub(crate) const LABELS: [&str; 7] = [
    "tags",
    "interests",
    "sourceChannel",
    "owner",
    "occupation",
    "education",
    "industry",
];

/// The values of such a field.
pub(crate) fn values<'f>(fields: &'f CustomerDraft, field: &str) -> Vec<&'f str> {
    let one = |text: &'f Option<String>| text.as_deref().into_iter().collect();
    match field {
        "country" => one(&fields.country),
        "province" => one(&fields.province),
        "city" => one(&fields.city),
        "district" => one(&fields.district),
        "sourceChannel" => one(&fields.source_channel),
        "owner" => one(&fields.owner),
        "occupation" => one(&fields.occupation),
        "education" => one(&fields.education),
        "industry" => one(&fields.industry),
        "tags" => fields.tags.iter().map(String::as_str).collect(),
        "interests" => fields.interests.iter().map(String::as_str).collect(),
        _ => Vec::new(),
    }
}

/// What spellings of the same have in common: case, width, blanks and script do not matter, nor the word for what
/// kind of place it is.
pub(crate) fn spelling_key(field: &str, value: &str) -> String {
    let folded = twins::fold(value);
    if !PLACES.contains(&field) {
        return folded;
    }
    let kinds = [
        "维吾尔自治区",
        "壮族自治区",
        "回族自治区",
        "特别行政区",
        "自治区",
        "自治州",
        "province",
        "city",
        "省",
        "市",
    ];
    for kind in kinds {
        if let Some(rest) = folded.strip_suffix(kind)
            && rest.chars().count() >= 2
        {
            return rest.to_owned();
        }
    }
    folded
}

/// What is usual.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shape {
    phones: BTreeMap<u64, u32>,
    emails: BTreeMap<u64, u32>,
    birthdays: BTreeMap<(i32, u32, u32), u32>,
    birthdays_known: u32,
    costs: Sizes,
    cost_fence: Option<i64>,
    spellings: BTreeMap<(&'static str, String), BTreeMap<String, u32>>,
    /// The usual spelling, for those written otherwise too.
    usual: BTreeMap<(&'static str, String), String>,
    shared: BTreeSet<u64>,
    defaults: BTreeSet<(i32, u32, u32)>,
}

impl Shape {
    /// Takes a customer into account.
    pub(crate) fn add(&mut self, it: &CustomerDraft) {
        if let Some(phone) = &it.phone {
            *self.phones.entry(contact_key(phone)).or_default() += 1;
        }
        if let Some(email) = &it.email {
            *self.emails.entry(contact_key(email)).or_default() += 1;
        }
        if let Some(birthday) = it.birthday
            && let Some(year) = birthday.year
        {
            self.birthdays_known += 1;
            *self
                .birthdays
                .entry((year, birthday.month, birthday.day))
                .or_default() += 1;
        }
        if let Some(cost) = it.acquisition_cost {
            self.costs.add(cost.0);
        }
        for field in PLACES.into_iter().chain(LABELS) {
            for value in values(it, field) {
                let key = (field, spelling_key(field, value));
                let spellings = self.spellings.entry(key).or_default();
                *spellings.entry(value.to_owned()).or_default() += 1;
            }
        }
    }

    /// Draws the conclusions, once everybody was taken into account.
    pub(crate) fn settle(&mut self) {
        let many = |counts: &mut BTreeMap<u64, u32>| -> BTreeSet<u64> {
            std::mem::take(counts)
                .into_iter()
                .filter(|(_, count)| *count >= SHARED)
                .map(|(key, _)| key)
                .collect()
        };
        self.shared = many(&mut self.phones);
        self.shared.append(&mut many(&mut self.emails));
        let least = DEFAULT_BIRTHDAY.max(self.birthdays_known / 100);
        self.defaults = std::mem::take(&mut self.birthdays)
            .into_iter()
            .filter(|(_, count)| *count >= least)
            .map(|(day, _)| day)
            .collect();
        self.cost_fence = self.costs.fence();
        for (key, spellings) in std::mem::take(&mut self.spellings) {
            if key.1.is_empty() || spellings.len() < 2 {
                continue;
            }
            // The most frequent; of those the longest, which says most.
            let usual = spellings.iter().max_by_key(|(text, count)| {
                (**count, text.chars().count(), std::cmp::Reverse(*text))
            });
            if let Some((usual, _)) = usual {
                self.usual.insert(key, usual.clone());
            }
        }
    }

    /// Many customers have this telephone or e-mail address.
    pub(crate) fn is_shared(&self, contact: &str) -> bool {
        self.shared.contains(&contact_key(contact))
    }

    /// Far too many were born that day.
    pub(crate) fn is_default(&self, birthday: model::Birthday) -> bool {
        birthday.year.is_some_and(|year| {
            self.defaults
                .contains(&(year, birthday.month, birthday.day))
        })
    }

    /// The usual spelling of a value, where it is another.
    pub(crate) fn usual(&self, field: &'static str, value: &str) -> Option<&str> {
        let usual = self.usual.get(&(field, spelling_key(field, value)))?;
        (usual != value).then_some(usual)
    }

    /// Above this a cost is far out.
    pub(crate) fn cost_fence(&self) -> Option<i64> {
        self.cost_fence
    }
}

fn contact_key(text: &str) -> u64 {
    xxh3_64(text.trim().to_lowercase().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_grow_with_amounts_and_the_fence_lies_far_out() {
        let mut last = 0;
        for amount in [1, 2, 3, 15, 16, 17, 1_000, 12_345, 999_999_999] {
            let at = step(amount);
            assert!(at >= last, "{amount}");
            assert!(size(at) <= amount && amount <= size(at + 1), "{amount}");
            last = at;
        }
        let mut sizes = Sizes::default();
        assert_eq!(sizes.fence(), None);
        (0..1_000).for_each(|n| sizes.add(2_000 + n * 5));
        let fence = sizes.fence().unwrap();
        assert!((30_000..400_000).contains(&fence), "{fence}");
    }

    #[test]
    fn the_usual_spelling_is_the_most_frequent() {
        let of = |province: &str, tag: &str| CustomerDraft {
            province: Some(province.into()),
            tags: vec![tag.into()],
            ..CustomerDraft::default()
        };
        let mut shape = Shape::default();
        for (province, tag) in [
            ("广东", "VIP"),
            ("广东省", "VIP"),
            ("广东", "vip "),
            ("廣東省", "tea"),
        ] {
            shape.add(&of(province, tag));
        }
        shape.settle();
        assert_eq!(shape.usual("province", "廣東省"), Some("广东"));
        assert_eq!(shape.usual("province", "广东"), None);
        assert_eq!(shape.usual("tags", "vip "), Some("VIP"));
        assert_eq!(shape.usual("tags", "tea"), None);
    }
}
