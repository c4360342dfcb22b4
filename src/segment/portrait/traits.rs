//! What customers state and do, counted value by value.

use super::tally::{Marks, Of, Sides, Tally};
use super::{AGE_BANDS, DAY_PARTS};
use crate::columns::{CONSENT_EMAIL, CONSENT_PHONE, CONSENT_SMS, CustomColumn, Dict, custom_kind};
use crate::{Columns, LoyaltyColumns};
use insight::Shares;
use model::portrait::TraitKind;
use model::rule::Attribute;
use std::collections::BTreeMap;

/// A value with its counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What it is.
    pub kind: TraitKind,
    /// The value as it is stored; of own fields `key=text`.
    pub value: String,
    /// How often.
    pub shares: Shares,
}

/// Attributes that are text, with their kind.
const TEXTS: [(TraitKind, Attribute); 11] = [
    (TraitKind::Country, Attribute::Country),
    (TraitKind::Province, Attribute::Province),
    (TraitKind::City, Attribute::City),
    (TraitKind::District, Attribute::District),
    (TraitKind::IncomeBand, Attribute::IncomeBand),
    (TraitKind::Occupation, Attribute::Occupation),
    (TraitKind::Education, Attribute::Education),
    (TraitKind::Industry, Attribute::Industry),
    (TraitKind::CompanySize, Attribute::CompanySize),
    (TraitKind::SourceChannel, Attribute::SourceChannel),
    (TraitKind::Owner, Attribute::Owner),
];

const GENDERS: [&str; 3] = ["female", "male", "other"];
const KINDS: [&str; 2] = ["person", "company"];
const CONSENTS: [(&str, u8); 3] = [
    ("email", CONSENT_EMAIL),
    ("sms", CONSENT_SMS),
    ("phone", CONSENT_PHONE),
];

/// Of an own field with more values than this nothing is said: it is a number or a name.
const MOST_CUSTOM_VALUES: usize = 200;

/// Of products (and the like) at most so many are looked at, those that most customers have.
const MOST_VALUES: usize = 500;

/// All counts.
#[derive(Clone, Debug)]
pub(super) struct Traits {
    texts: Vec<Tally>,
    tags: Tally,
    interests: Tally,
    gender: Tally,
    kind: Tally,
    consent: [Tally; 3],
    ages: Tally,
    tiers: Tally,
    custom: BTreeMap<String, Tally>,
    /// Customers with an order.
    buyers: Sides,
    /// Categories, products, channels, coupons, and when: in the order of [`Of`].
    bought: [Tally; 5],
}

impl Traits {
    pub(super) fn new(columns: &Columns) -> Self {
        let customers = &columns.customers;
        let of_text = |(_, attribute): &(TraitKind, Attribute)| {
            let codes = customers
                .text_column(attribute)
                .map_or(0, |it| it.dict.len());
            Tally::new(codes + 1)
        };
        let custom = customers.custom.iter();
        let terms = columns.terms.len() + 1;
        let coupons = columns.coupons.len() + 1;
        Self {
            texts: TEXTS.iter().map(of_text).collect(),
            tags: Tally::new(customers.tags.dict.len() + 1),
            interests: Tally::new(customers.interests.dict.len() + 1),
            gender: Tally::new(GENDERS.len() + 1),
            kind: Tally::new(KINDS.len() + 1),
            consent: std::array::from_fn(|_| Tally::new(1)),
            ages: Tally::new(AGE_BANDS.len()),
            tiers: Tally::new(64),
            custom: custom
                .map(|(key, column)| (key.clone(), Tally::new(column.dict.len() + 3)))
                .collect(),
            buyers: Sides::default(),
            bought: [terms, terms, terms, coupons, 16].map(Tally::new),
        }
    }

    /// Counts what is stated about the customer in a slot.
    pub(super) fn stated(&mut self, columns: &Columns, slot: usize, side: usize) {
        let customers = &columns.customers;
        for ((_, attribute), tally) in TEXTS.iter().zip(&mut self.texts) {
            let column = customers.text_column(attribute);
            let code = column.map_or(0, |column| column.codes.get(slot));
            count_code(tally, code as usize, side);
        }
        for (column, tally) in [
            (&customers.tags, &mut self.tags),
            (&customers.interests, &mut self.interests),
        ] {
            let words = column.of(slot);
            if !words.is_empty() {
                tally.known.add(side);
            }
            for &word in words {
                tally.add(word as usize, side);
            }
        }
        let code = |column: &[u8]| usize::from(column.get(slot).copied().unwrap_or(0));
        count_code(&mut self.gender, code(&customers.gender), side);
        count_code(&mut self.kind, code(&customers.kind), side);
        let given = customers.consent.get(slot).copied().unwrap_or(0);
        for ((_, shift), tally) in CONSENTS.iter().zip(&mut self.consent) {
            // Never asked, no, yes.
            match given >> shift & 3 {
                0 => {}
                answer => {
                    tally.known.add(side);
                    if answer == 2 {
                        tally.add(0, side);
                    }
                }
            }
        }
        for (key, tally) in &mut self.custom {
            if let Some(column) = customers.custom.get(key) {
                count_custom(column, slot, side, tally);
            }
        }
    }

    pub(super) fn age(&mut self, band: usize, side: usize) {
        self.ages.known.add(side);
        self.ages.add(band, side);
    }

    /// Counts a tier; members without one count as known.
    pub(super) fn tier(&mut self, tier: u16, side: usize) {
        self.tiers.known.add(side);
        if tier != u16::MAX {
            self.tiers.add(usize::from(tier), side);
        }
    }

    pub(super) fn buyer(&mut self, side: usize) {
        self.buyers.add(side);
    }

    fn bought(&mut self, of: Of, code: usize, side: usize, marks: &mut Marks) {
        if marks.is_new(of, code)
            && let Some(tally) = self.bought.get_mut(of as usize)
        {
            tally.add(code, side);
        }
    }

    /// Counts the channel and the coupon of an order.
    pub(super) fn order(&mut self, columns: &Columns, row: usize, side: usize, marks: &mut Marks) {
        let rows = &columns.orders.rows;
        let channel = rows.channel.get(row).copied().unwrap_or(0);
        self.bought(Of::Channel, channel as usize, side, marks);
        self.bought(Of::Coupon, rows.coupon.get(row) as usize, side, marks);
    }

    /// Counts the product and the category of a line.
    pub(super) fn line(&mut self, columns: &Columns, line: usize, side: usize, marks: &mut Marks) {
        let lines = &columns.orders.lines;
        let category = lines.category.get(line).copied().unwrap_or(0);
        let product = lines.product.get(line).copied().unwrap_or(0);
        self.bought(Of::Category, category as usize, side, marks);
        self.bought(Of::Product, product as usize, side, marks);
    }

    /// Counts a weekday (from 0, Monday) and a part of the day.
    pub(super) fn when(&mut self, weekday: usize, part: usize, side: usize, marks: &mut Marks) {
        self.bought(Of::When, weekday, side, marks);
        self.bought(Of::When, 7 + part, side, marks);
    }

    /// Every value that somebody has: by kind, then most frequent first, then by the value.
    pub(super) fn found(
        self,
        columns: &Columns,
        points: Option<&LoyaltyColumns>,
        everybody: Sides,
    ) -> Vec<Found> {
        let mut all = Vec::new();
        let customers = &columns.customers;
        for ((kind, attribute), tally) in TEXTS.iter().zip(&self.texts) {
            if let Some(column) = customers.text_column(attribute) {
                all.extend(of_dict(*kind, &column.dict, tally, tally.known));
            }
        }
        all.extend(of_dict(
            TraitKind::Tag,
            &customers.tags.dict,
            &self.tags,
            everybody,
        ));
        all.extend(of_dict(
            TraitKind::Interest,
            &customers.interests.dict,
            &self.interests,
            self.interests.known,
        ));
        let fixed = |kind: TraitKind, tally: &Tally, first: usize, names: &[&str]| {
            let name = |code: usize| Some((*names.get(code.checked_sub(first)?)?).to_owned());
            of_codes(kind, tally, tally.known, name)
        };
        all.extend(fixed(TraitKind::Gender, &self.gender, 1, &GENDERS));
        all.extend(fixed(TraitKind::Kind, &self.kind, 1, &KINDS));
        for ((name, _), tally) in CONSENTS.iter().zip(&self.consent) {
            all.extend(fixed(TraitKind::Consent, tally, 0, &[name]));
        }
        all.extend(of_codes(
            TraitKind::Age,
            &self.ages,
            self.ages.known,
            |code| {
                let (from, to) = AGE_BANDS.get(code)?;
                let to = to.map(|to| to.to_string()).unwrap_or_default();
                Some(format!("{from}-{to}"))
            },
        ));
        let tier_ids = points.map_or(&[][..], |points| &points.tier_ids);
        all.extend(of_codes(
            TraitKind::Tier,
            &self.tiers,
            self.tiers.known,
            |code| tier_ids.get(code).cloned(),
        ));
        for (key, tally) in &self.custom {
            if let Some(column) = customers.custom.get(key) {
                all.extend(of_custom(key, column, tally));
            }
        }
        self.behaviour(columns, &mut all);
        all
    }

    fn behaviour(&self, columns: &Columns, all: &mut Vec<Found>) {
        let [categories, products, channels, coupons, when] = &self.bought;
        for (kind, dict, tally) in [
            (TraitKind::Category, &columns.terms, categories),
            (TraitKind::Product, &columns.terms, products),
            (TraitKind::Channel, &columns.terms, channels),
            (TraitKind::Coupon, &columns.coupons, coupons),
        ] {
            all.extend(of_dict(kind, dict, tally, self.buyers));
        }
        all.extend(of_codes(TraitKind::Weekday, when, self.buyers, |code| {
            (code < 7).then(|| (code + 1).to_string())
        }));
        all.extend(of_codes(TraitKind::DayPart, when, self.buyers, |code| {
            let part = DAY_PARTS.get(code.checked_sub(7)?)?;
            Some(part.to_string())
        }));
    }
}

/// Counts a code, of which 0 is none.
fn count_code(tally: &mut Tally, code: usize, side: usize) {
    if code != 0 {
        tally.known.add(side);
        tally.add(code, side);
    }
}

/// Counts an own field: texts by their code, no and yes behind them.
fn count_custom(column: &CustomColumn, slot: usize, side: usize, tally: &mut Tally) {
    let value = column.values.get(slot) as usize;
    let texts = column.dict.len() + 1;
    let code = match column.kinds.get(slot) {
        custom_kind::TEXT => value,
        custom_kind::FLAG => texts + value,
        _ => return,
    };
    tally.known.add(side);
    tally.add(code, side);
}

fn of_custom(key: &str, column: &CustomColumn, tally: &Tally) -> Vec<Found> {
    let texts = column.dict.len() + 1;
    if texts > MOST_CUSTOM_VALUES {
        return Vec::new();
    }
    of_codes(TraitKind::Custom, tally, tally.known, |code| {
        let value = match code.checked_sub(texts) {
            None => column.dict.get(u32::try_from(code).ok()?)?,
            Some(0) => return None,
            Some(_) => "true",
        };
        Some(format!("{key}={value}"))
    })
}

/// Values of a dictionary; those that differ only in case and width are one.
fn of_dict(kind: TraitKind, dict: &Dict, tally: &Tally, known: Sides) -> Vec<Found> {
    let mut same: BTreeMap<&str, (u32, [u64; 2])> = BTreeMap::new();
    for (code, Sides(counts)) in tally.met() {
        let Ok(code) = u32::try_from(code) else {
            continue;
        };
        if dict.get(code).is_none() {
            continue;
        }
        let (_, sum) = same.entry(dict.folded(code)).or_insert((code, [0; 2]));
        for (sum, count) in sum.iter_mut().zip(counts) {
            *sum += count;
        }
    }
    let found = same.into_values();
    sorted(
        found
            .map(|(code, counts)| found_of(kind, dict.text(code).to_owned(), counts, known))
            .collect(),
    )
}

fn of_codes(
    kind: TraitKind,
    tally: &Tally,
    known: Sides,
    name: impl Fn(usize) -> Option<String>,
) -> Vec<Found> {
    let met = tally.met();
    met.filter_map(|(code, Sides(counts))| Some(found_of(kind, name(code)?, counts, known)))
        .collect()
}

fn found_of(kind: TraitKind, value: String, [inside, outside]: [u64; 2], known: Sides) -> Found {
    let [inside_of, outside_of] = known.0;
    Found {
        kind,
        value,
        shares: Shares {
            // Someone may have bought under two spellings.
            inside: inside.min(inside_of),
            inside_of,
            outside: outside.min(outside_of),
            outside_of,
        },
    }
}

/// Most frequent first, at most [`MOST_VALUES`].
fn sorted(mut found: Vec<Found>) -> Vec<Found> {
    found.sort_by(|a, b| {
        let often = |it: &Found| it.shares.inside + it.shares.outside;
        often(b).cmp(&often(a)).then_with(|| a.value.cmp(&b.value))
    });
    found.truncate(MOST_VALUES);
    found
}
