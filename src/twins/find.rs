//! Finding: blocks, comparing within them, and groups of what is likely one customer; a step at a time.
//!
//! A block holds the records that share a key. Those of one pass are found by sorting the keys, which for 100,000
//! records takes some milliseconds; a block that is larger than its pass allows is no reason to compare (a placeholder
//! telephone, a common name), and its records meet in narrower passes if they are one.

use crate::contact::mailbox;
use crate::record::Record;
use crate::score::{Frequencies, LIKELY, POSSIBLE, Verdict, compare};
use model::CustomerId;
use model::twin::TwinLevel;
use std::collections::{BTreeMap, BTreeSet};
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// Records whose keys are made in one step.
const KEYS_A_STEP: usize = 10_000;
/// Parts in which the keys of a pass are sorted.
const SHARDS: usize = 8;
/// Pairs compared in one step.
const PAIRS_A_STEP: usize = 1_500;
/// Records a group may have: more than that are a mistake in the data, not one customer.
const GROUP_MAX: usize = 30;

/// A pair that may be one customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The one with the lower id.
    pub a: CustomerId,
    /// The other.
    pub b: CustomerId,
    /// How likely and why.
    pub verdict: Verdict,
}

/// Records that may all be one customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Who, by id.
    pub members: Vec<CustomerId>,
    /// The weakest of the links that hold it together.
    pub score: u8,
    /// How sure its weakest link is.
    pub level: TwinLevel,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// All pairs, by ids.
    pub pairs: Vec<Pair>,
    /// Records looked at.
    pub records: u64,
    /// Pairs compared.
    pub compared: u64,
}

/// What brings records together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pass {
    Email,
    Phone,
    Sound,
    SoundAndBirthday,
    SoundAndCity,
    SoundAndPhoneTail,
    Mailbox,
    Address,
    BirthdayAndFamily,
}

const PASSES: [(Pass, usize); 9] = [
    (Pass::Email, 50),
    (Pass::Phone, 50),
    (Pass::Sound, 8),
    (Pass::SoundAndBirthday, 50),
    (Pass::SoundAndCity, 12),
    (Pass::SoundAndPhoneTail, 50),
    (Pass::Mailbox, 20),
    (Pass::Address, 20),
    (Pass::BirthdayAndFamily, 30),
];

/// Where the search is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Keys(usize, usize),
    Blocks(usize, usize),
    Compare,
    Done,
}

/// A search over all records.
#[derive(Debug)]
pub struct Finder {
    records: Vec<Record>,
    place: Place,
    /// Keys of this pass with their slots, in shards that are sorted in a step each.
    keys: Vec<Vec<(u64, u32)>>,
    /// Pairs of slots of this pass.
    run: Vec<u64>,
    /// Customers who share the sound, the telephone, the address of each record.
    shared: Vec<[u32; 3]>,
    /// Pairs of slots that share a block, those of each pass sorted: they are merged while they are compared, so that
    /// no step sorts all of them.
    runs: Vec<Vec<u64>>,
    /// The next of each run.
    heads: Vec<usize>,
    candidates: u64,
    looked_at: u64,
    pairs: Vec<Pair>,
    compared: u64,
}

impl Default for Finder {
    fn default() -> Self {
        Self {
            records: Vec::new(),
            place: Place::Keys(0, 0),
            keys: vec![Vec::new(); SHARDS],
            run: Vec::new(),
            shared: Vec::new(),
            runs: Vec::new(),
            heads: Vec::new(),
            candidates: 0,
            looked_at: 0,
            pairs: Vec::new(),
            compared: 0,
        }
    }
}

impl Finder {
    /// Takes in a record; all of them before the first step.
    pub fn add(&mut self, record: Record) {
        if record.says_something() {
            self.records.push(record);
        }
    }

    /// Goes on; `true` when all is done. A step takes some milliseconds.
    pub fn step(&mut self) -> bool {
        if self.shared.len() < self.records.len() {
            self.shared.resize(self.records.len(), [1; 3]);
        }
        match self.place {
            Place::Keys(pass, from) => self.make_keys(pass, from),
            Place::Blocks(pass, shard) => self.make_candidates(pass, shard),
            Place::Compare => self.compare_some(),
            Place::Done => return true,
        }
        self.place == Place::Done
    }

    /// Of how many parts (the second) so many (the first) are done, for a bar.
    pub fn progress(&self) -> (u64, u64) {
        let passes = PASSES.len() as u64 * 2;
        let done = match self.place {
            Place::Keys(pass, _) => pass as u64 * 2,
            Place::Blocks(pass, _) => pass as u64 * 2 + 1,
            Place::Compare => passes + passes * self.looked_at / self.candidates.max(1),
            Place::Done => passes * 2,
        };
        (done, passes * 2)
    }

    /// What was found.
    pub fn finish(mut self) -> Found {
        self.pairs.sort_by_key(|pair| (pair.a, pair.b));
        Found {
            pairs: self.pairs,
            records: self.records.len() as u64,
            compared: self.compared,
        }
    }

    fn make_keys(&mut self, pass: usize, from: usize) {
        let Some(&(kind, _)) = PASSES.get(pass) else {
            self.keys = Vec::new();
            self.heads = vec![0; self.runs.len()];
            self.place = Place::Compare;
            return;
        };
        if from == 0 {
            self.keys.iter_mut().for_each(Vec::clear);
        }
        let to = from.saturating_add(KEYS_A_STEP).min(self.records.len());
        for (slot, record) in (from..to).zip(self.records.get(from..to).unwrap_or_default()) {
            if let (Some(key), Ok(slot)) = (key(kind, record), u32::try_from(slot)) {
                let shard = (xxh3_64(&key.to_le_bytes()) % SHARDS as u64) as usize;
                if let Some(shard) = self.keys.get_mut(shard) {
                    shard.push((key, slot));
                }
            }
        }
        self.place = if to < self.records.len() {
            Place::Keys(pass, to)
        } else {
            Place::Blocks(pass, 0)
        };
    }

    fn make_candidates(&mut self, pass: usize, shard: usize) {
        let Some(&(kind, largest)) = PASSES.get(pass) else {
            return;
        };
        let Some(keys) = self.keys.get_mut(shard) else {
            self.run.sort_unstable();
            self.candidates += self.run.len() as u64;
            self.runs.push(std::mem::take(&mut self.run));
            self.place = Place::Keys(pass + 1, 0);
            return;
        };
        keys.sort_unstable();
        for block in keys.chunk_by(|a, b| a.0 == b.0) {
            if block.len() < 2 {
                continue;
            }
            let place = match kind {
                Pass::Sound => Some(0),
                Pass::Phone => Some(1),
                Pass::Email => Some(2),
                _ => None,
            };
            if let Some(place) = place {
                let count = u32::try_from(block.len()).unwrap_or(u32::MAX);
                for (_, slot) in block {
                    if let Some(of) = self.shared.get_mut(*slot as usize)
                        && let Some(of) = of.get_mut(place)
                    {
                        *of = count;
                    }
                }
            }
            if block.len() > largest {
                continue;
            }
            for (at, (_, a)) in block.iter().enumerate() {
                for (_, b) in block.get(at + 1..).unwrap_or_default() {
                    self.run.push((u64::from(*a) << 32) | u64::from(*b));
                }
            }
        }
        self.place = Place::Blocks(pass, shard + 1);
    }

    /// The next pair of slots, each once however many blocks it shares.
    fn next_candidate(&mut self) -> Option<u64> {
        let heads = self.heads.iter().zip(&self.runs);
        let next = heads
            .filter_map(|(head, run)| run.get(*head))
            .min()
            .copied()?;
        for (head, run) in self.heads.iter_mut().zip(&self.runs) {
            if run.get(*head) == Some(&next) {
                *head += 1;
                self.looked_at += 1;
            }
        }
        Some(next)
    }

    fn compare_some(&mut self) {
        let customers = u32::try_from(self.records.len()).unwrap_or(u32::MAX);
        for _ in 0..PAIRS_A_STEP {
            let Some(candidate) = self.next_candidate() else {
                self.place = Place::Done;
                return;
            };
            let (one, other) = (
                (candidate >> 32) as usize,
                (candidate & 0xffff_ffff) as usize,
            );
            let (Some(a), Some(b)) = (self.records.get(one), self.records.get(other)) else {
                continue;
            };
            let of = |slot: usize| self.shared.get(slot).copied().unwrap_or([1; 3]);
            let ([name, phone, email], [other_name, ..]) = (of(one), of(other));
            let known = Frequencies {
                customers,
                name: name.max(other_name),
                phone,
                email,
            };
            self.compared += 1;
            let verdict = compare(a, b, known);
            if verdict.score >= POSSIBLE {
                let (a, b) = if a.id < b.id {
                    (a.id, b.id)
                } else {
                    (b.id, a.id)
                };
                self.pairs.push(Pair { a, b, verdict });
            }
        }
    }
}

/// The key of a record in a pass, if it has one.
fn key(pass: Pass, it: &Record) -> Option<u64> {
    let sound = (it.name.sound != 0 && !it.name.partial).then_some(it.name.sound);
    let mixed = |seed: u64, with: u64| xxh3_64_with_seed(&with.to_le_bytes(), seed);
    match pass {
        Pass::Email => (!it.email.is_empty()).then(|| xxh3_64(it.email.as_bytes())),
        Pass::Phone => (it.phone.number > 0).then_some(it.phone.number),
        Pass::Sound => sound,
        Pass::SoundAndBirthday => {
            let day = it.birthday.map(|it| u64::from(it.month * 100 + it.day))?;
            Some(mixed(sound?, day))
        }
        Pass::SoundAndCity => Some(mixed(sound?, (it.city != 0).then_some(it.city)?)),
        Pass::SoundAndPhoneTail => {
            let sound = (it.name.sound != 0).then_some(it.name.sound)?;
            Some(mixed(sound, u64::from(it.phone_tail()?)))
        }
        Pass::Mailbox => mailbox(&it.email).map(|mailbox| xxh3_64(mailbox.as_bytes())),
        Pass::Address => (it.address.chars().count() >= 8).then(|| xxh3_64(it.address.as_bytes())),
        Pass::BirthdayAndFamily => {
            let day = it.birthday.filter(|it| (it.month, it.day) != (1, 1))?;
            let first = u64::from(u32::from(it.name.words.chars().next()?));
            let year = u64::from(day.year?.unsigned_abs());
            Some(mixed(
                first,
                year * 10_000 + u64::from(day.month * 100 + day.day),
            ))
        }
    }
}

/// Groups of what is likely one customer, and of two what is possible; the surest first, then the largest, then by id.
/// `distinct` says which two a person knows to be two.
pub fn groups(pairs: &[Pair], distinct: impl Fn(CustomerId, CustomerId) -> bool) -> Vec<Group> {
    let mut sorted: Vec<&Pair> = pairs
        .iter()
        .filter(|pair| !distinct(pair.a, pair.b))
        .collect();
    sorted.sort_by_key(|pair| (std::cmp::Reverse(pair.verdict.score), pair.a, pair.b));
    let mut group_of: BTreeMap<CustomerId, usize> = BTreeMap::new();
    let mut all: Vec<(BTreeSet<CustomerId>, u8, TwinLevel)> = Vec::new();
    let mut weak: Vec<&Pair> = Vec::new();
    for pair in sorted {
        let Some(level) = pair.verdict.level() else {
            continue;
        };
        if pair.verdict.score < LIKELY {
            weak.push(pair);
            continue;
        }
        let place_of = |id: CustomerId, all: &mut Vec<_>, group_of: &mut BTreeMap<_, _>| {
            *group_of.entry(id).or_insert_with(|| {
                all.push((BTreeSet::from([id]), u8::MAX, TwinLevel::Certain));
                all.len() - 1
            })
        };
        let one = place_of(pair.a, &mut all, &mut group_of);
        let other = place_of(pair.b, &mut all, &mut group_of);
        join(
            &mut all,
            &mut group_of,
            (one, other),
            (pair.verdict.score, level),
            &distinct,
        );
    }
    let mut groups: Vec<Group> = all
        .into_iter()
        .filter(|(members, ..)| members.len() > 1)
        .map(|(members, score, level)| Group {
            members: members.into_iter().collect(),
            score,
            level,
        })
        .collect();
    for pair in weak {
        let together = |id| group_of.get(&id);
        if together(pair.a).is_some() && together(pair.a) == together(pair.b) {
            continue;
        }
        groups.push(Group {
            members: vec![pair.a, pair.b],
            score: pair.verdict.score,
            level: TwinLevel::Possible,
        });
    }
    groups.sort_by(|a, b| {
        let by_level = b.level.cmp(&a.level);
        by_level
            .then_with(|| b.score.cmp(&a.score))
            .then_with(|| b.members.len().cmp(&a.members.len()))
            .then_with(|| a.members.cmp(&b.members))
    });
    groups
}

fn join(
    all: &mut [(BTreeSet<CustomerId>, u8, TwinLevel)],
    group_of: &mut BTreeMap<CustomerId, usize>,
    (one, other): (usize, usize),
    (score, level): (u8, TwinLevel),
    distinct: &impl Fn(CustomerId, CustomerId) -> bool,
) {
    if one == other {
        return;
    }
    let members = |place: usize, all: &[(BTreeSet<CustomerId>, u8, TwinLevel)]| {
        all.get(place)
            .map(|(it, ..)| it.clone())
            .unwrap_or_default()
    };
    let (left, right) = (members(one, all), members(other, all));
    let fits = left.len() + right.len() <= GROUP_MAX
        && left.iter().all(|a| right.iter().all(|b| !distinct(*a, *b)));
    if !fits {
        return;
    }
    let weakest = all
        .get(other)
        .map_or((score, level), |it| (it.1.min(score), it.2.min(level)));
    if let Some(gone) = all.get_mut(other) {
        gone.0.clear();
    }
    if let Some(kept) = all.get_mut(one) {
        kept.1 = kept.1.min(weakest.0);
        kept.2 = kept.2.min(weakest.1);
        for id in right {
            kept.0.insert(id);
            group_of.insert(id, one);
        }
    }
}
