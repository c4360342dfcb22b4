//! Looking for duplicates among everybody, a step at a time; keeping what was found in step with later changes; and
//! looking for the twins of one.

use crate::fault::OrFault;
use crate::follow::Touched;
use crate::{Context, Engine, Step};
use model::{CustomerDraft, CustomerId};
use protocol::{Fault, Progress, Reply, Stage, TwinReply, TwinsFound};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use twins::{Finder, Frequencies, Group, Pair, Record, Verdict};

/// Customers read in one step.
const CUSTOMERS: usize = 1_000;

/// So many changed customers are looked at one by one; after more, everybody is looked at anew.
const FOLLOWED: usize = 200;

/// Customers that share a name or a contact and are compared with one that is typed in.
const CANDIDATES: usize = 60;

/// All pairs, and the groups that they make.
type Groups<'a> = (&'a [Pair], Rc<Vec<Group>>);

/// What the last search found, and what changed since.
#[derive(Default)]
pub(crate) struct Kept {
    found: Option<Found>,
    touched: BTreeSet<CustomerId>,
    groups: Option<Rc<Vec<Group>>>,
}

struct Found {
    pairs: Vec<Pair>,
    customers: u64,
    compared: u64,
}

impl Kept {
    /// Takes note of a write.
    pub(crate) fn follow(&mut self, touched: &Touched) {
        self.touch(&touched.customers);
        self.touch(&touched.records);
    }

    /// Takes note of customers that changed.
    pub(crate) fn touch(&mut self, customers: &BTreeSet<CustomerId>) {
        if self.touched.len() <= FOLLOWED {
            self.touched.extend(customers.iter().take(FOLLOWED + 1));
        }
        self.groups = None;
    }

    /// Forgets everything: the data is another.
    pub(crate) fn forget(&mut self) {
        *self = Self::default();
    }

    /// Nobody looked yet, or so much changed since that everybody should be looked at.
    pub(crate) fn is_due(&self) -> bool {
        self.found.is_none() || self.is_stale()
    }

    /// So much changed that everybody should be looked at anew.
    pub(crate) fn is_stale(&self) -> bool {
        self.touched.len() > FOLLOWED
    }
}

/// A search under way.
pub struct TwinSession {
    finder: Finder,
    place: Place,
    read: u64,
    total: u64,
}

enum Place {
    Reading(Option<CustomerId>),
    Comparing,
}

impl TwinSession {
    /// Starts.
    ///
    /// # Errors
    /// `Storage`.
    pub fn new(engine: &mut Engine) -> Result<Self, Fault> {
        let total = engine.store.read().counts().or_fault()?.customers;
        // What changes from now on is looked at again at the end.
        engine.twins.touched.clear();
        Ok(Self {
            finder: Finder::default(),
            place: Place::Reading(None),
            read: 0,
            total,
        })
    }

    /// Goes on.
    ///
    /// # Errors
    /// `Storage`, `Damaged`.
    pub fn step(&mut self, engine: &mut Engine, _context: &Context) -> Result<Step<Reply>, Fault> {
        match self.place {
            Place::Reading(after) => {
                let country = engine.settings.phone_country.clone();
                let (finder, read) = (&mut self.finder, &mut self.read);
                let last = engine
                    .store
                    .read()
                    .scan_customers(after, CUSTOMERS, |customer| {
                        *read += 1;
                        finder.add(Record::of(customer.id, &customer.fields, &country));
                    })
                    .or_fault()?;
                self.place = match last {
                    Some(last) => Place::Reading(Some(last)),
                    None => Place::Comparing,
                };
            }
            Place::Comparing => {
                if self.finder.step() {
                    let found = std::mem::take(&mut self.finder).finish();
                    engine.twins.found = Some(Found {
                        pairs: found.pairs,
                        customers: self.read,
                        compared: found.compared,
                    });
                    engine.twins.groups = None;
                    let found = engine.twins_found()?;
                    return match found {
                        Some(found) => Ok(Step::Done(Reply::Twins(TwinReply::Found(found)))),
                        None => Err(crate::fault::internal("nothing was looked for")),
                    };
                }
            }
        }
        Ok(Step::More(self.progress()))
    }

    /// Reading and comparing are a half each.
    fn progress(&self) -> Progress {
        let total = self.total.max(1);
        let done = match self.place {
            Place::Reading(_) => self.read,
            Place::Comparing => {
                let (done, of) = self.finder.progress();
                total + total * done / of.max(1)
            }
        };
        Progress {
            stage: Stage::Looking,
            done: done.min(total * 2),
            total: total * 2,
            rows: self.read,
        }
    }
}

impl Engine {
    /// What the last search came to, with what changed since; `None` before the first.
    pub(crate) fn twins_found(&mut self) -> Result<Option<TwinsFound>, Fault> {
        let Some((_, groups)) = self.twin_groups()? else {
            return Ok(None);
        };
        let Some(found) = &self.twins.found else {
            return Ok(None);
        };
        let (customers, compared) = (found.customers, found.compared);
        let count = |level| groups.iter().filter(|group| group.level == level).count() as u64;
        let certain = groups
            .iter()
            .filter(|group| group.level == model::twin::TwinLevel::Certain);
        Ok(Some(TwinsFound {
            customers,
            compared,
            groups: [
                count(model::twin::TwinLevel::Certain),
                count(model::twin::TwinLevel::Likely),
                count(model::twin::TwinLevel::Possible),
            ],
            surplus: certain.map(|group| group.members.len() as u64 - 1).sum(),
        }))
    }

    /// All groups and the pairs they are made of, in step with the data; `None` before the first search.
    pub(crate) fn twin_groups(&mut self) -> Result<Option<Groups<'_>>, Fault> {
        self.follow_twins()?;
        let read = self.store.read();
        let Some(found) = &self.twins.found else {
            return Ok(None);
        };
        if self.twins.groups.is_none() {
            let mut distinct = BTreeSet::new();
            for pair in read.distinct_pairs().or_fault()? {
                let (a, b) = (
                    read.settled(pair.low).or_fault()?,
                    read.settled(pair.high).or_fault()?,
                );
                distinct.insert((a.min(b), a.max(b)));
            }
            let groups = twins::find::groups(&found.pairs, |a, b| {
                distinct.contains(&(a.min(b), a.max(b)))
            });
            self.twins.groups = Some(Rc::new(groups));
        }
        let groups = self.twins.groups.clone().unwrap_or_default();
        Ok(Some((&found.pairs, groups)))
    }

    /// Looks anew at the few who changed since the search.
    fn follow_twins(&mut self) -> Result<(), Fault> {
        if self.twins.found.is_none() || self.twins.touched.is_empty() || self.twins.is_stale() {
            return Ok(());
        }
        let touched = std::mem::take(&mut self.twins.touched);
        let mut fresh: BTreeMap<(CustomerId, CustomerId), Verdict> = BTreeMap::new();
        for &id in &touched {
            let Some(customer) = self.store.read().customer(id).or_fault()? else {
                continue;
            };
            for (other, verdict) in self.alike(&customer.fields, Some(id))? {
                fresh.insert((id.min(other), id.max(other)), verdict);
            }
        }
        if let Some(found) = &mut self.twins.found {
            found
                .pairs
                .retain(|pair| !touched.contains(&pair.a) && !touched.contains(&pair.b));
            let pairs = fresh
                .into_iter()
                .map(|((a, b), verdict)| Pair { a, b, verdict });
            found.pairs.extend(pairs);
        }
        self.twins.groups = None;
        Ok(())
    }

    /// Who is like this customer, the likeliest first: found by contact and name, straight from the indexes.
    pub(crate) fn alike(
        &self,
        fields: &CustomerDraft,
        own: Option<CustomerId>,
    ) -> Result<Vec<(CustomerId, Verdict)>, Fault> {
        let read = self.store.read();
        let country = &self.settings.phone_country;
        let mut ids = BTreeSet::new();
        let mut emails = 0;
        if let Some(email) = &fields.email {
            let found = read.customers_by_email(email).or_fault()?;
            emails = found.len();
            ids.extend(found.into_iter().take(CANDIDATES));
        }
        let mut phones = 0;
        if let Some(phone) = &fields.phone {
            for written in writings(phone, country) {
                let found = read.customers_by_phone(&written).or_fault()?;
                phones += found.len();
                ids.extend(found.into_iter().take(CANDIDATES));
            }
        }
        let mut names = 0;
        if !fields.name.trim().is_empty() {
            let found = read
                .customers_sounding(&fields.name, CANDIDATES)
                .or_fault()?;
            names = found.len();
            ids.extend(found);
            ids.extend(read.search(&fields.name, CANDIDATES / 2).or_fault()?);
        }
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let customers = read.counts().or_fault()?.customers;
        let known = Frequencies {
            customers: count(usize::try_from(customers).unwrap_or(usize::MAX)),
            name: count(names),
            phone: count(phones),
            email: count(emails),
        };
        let it = Record::of(own.unwrap_or(CustomerId(0)), fields, country);
        let ids: Vec<CustomerId> = ids.into_iter().filter(|id| Some(*id) != own).collect();
        let mut found: Vec<(CustomerId, Verdict)> = Vec::new();
        for customer in read.customers(&ids).or_fault()? {
            let other = Record::of(customer.id, &customer.fields, country);
            let verdict = twins::compare(&it, &other, known);
            if verdict.level().is_some() {
                found.push((customer.id, verdict));
            }
        }
        found.sort_by_key(|(id, verdict)| (std::cmp::Reverse(verdict.score), *id));
        Ok(found)
    }
}

/// The ways in which a telephone may be stored: with and without the country's code.
fn writings(phone: &str, country: &str) -> Vec<String> {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    let bare = digits.strip_prefix("00").unwrap_or(&digits);
    let national = bare.strip_prefix(country).unwrap_or(bare);
    let mut all = vec![
        bare.to_owned(),
        national.to_owned(),
        [country, national.trim_start_matches('0')].concat(),
        ["0", national].concat(),
    ];
    all.sort();
    all.dedup();
    if phone.contains('*') {
        all.clear();
    }
    all
}
