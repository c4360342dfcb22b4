//! Groups, records side by side, what was made one, and what was kept apart, as pages want them.

use super::suggest;
use crate::fault::{self, OrFault};
use crate::{Context, Engine, Unanswered, scores};
use model::twin::TwinLevel;
use model::{Customer, CustomerId};
use protocol::{
    DistinctView, Fault, MergingView, Page, Reply, TwinGroup, TwinGroups, TwinLink, TwinMember,
    TwinReply, TwinsCompared,
};
use std::collections::BTreeSet;
use twins::Pair;

impl Engine {
    /// A stretch of the groups.
    pub(super) fn twin_groups_view(
        &mut self,
        level: Option<TwinLevel>,
        offset: u64,
        limit: u32,
        context: &Context,
    ) -> Result<Reply, Unanswered> {
        let read = self.store.read();
        let distinct = read.distinct_pairs().or_fault()?.len() as u64;
        let mergings = read.mergings_in_force().or_fault()?;
        let found = self.twins_found()?;
        let mut view = TwinGroups {
            found,
            stale: self.twins.is_stale(),
            total: 0,
            offset,
            items: Vec::new(),
            distinct,
            mergings,
        };
        let Some((pairs, groups)) = self.twin_groups()? else {
            return Ok(Reply::Twins(TwinReply::Groups(view)));
        };
        let skip = usize::try_from(offset).unwrap_or(usize::MAX);
        let fits = |group: &&twins::Group| level.is_none_or(|level| group.level == level);
        view.total = groups.iter().filter(fits).count() as u64;
        let chosen: Vec<(twins::Group, Vec<TwinLink>)> = groups
            .iter()
            .filter(fits)
            .skip(skip)
            .take(limit as usize)
            .map(|group| (group.clone(), links(pairs, &group.members)))
            .collect();
        for (group, links) in chosen {
            let members = self.twin_members(&group.members, context)?;
            if members.len() > 1 {
                view.items.push(TwinGroup {
                    score: group.score,
                    level: group.level,
                    members,
                    links,
                });
            }
        }
        Ok(Reply::Twins(TwinReply::Groups(view)))
    }

    /// Records with what tells a person which to keep.
    fn twin_members(
        &mut self,
        ids: &[CustomerId],
        context: &Context,
    ) -> Result<Vec<TwinMember>, Fault> {
        let today = self.today(context);
        let zone = self.settings.zone;
        let customers = self.store.read().customers(ids).or_fault()?;
        let mut members = Vec::with_capacity(customers.len());
        for customer in customers {
            let orders = self
                .store
                .read()
                .order_ids_of(customer.id)
                .or_fault()?
                .len() as u64;
            members.push(TwinMember {
                created_on: zone.day(customer.created_at),
                orders,
                spend: None,
                last_order_on: None,
                balance: None,
                tier: None,
                customer,
            });
        }
        if let Some(view) = self.view_if_ready(today)? {
            for member in &mut members {
                if let Some(slot) = view.columns.slot(member.customer.id) {
                    let facts = scores::customer_facts(&view, slot);
                    member.spend = Some(facts.spend);
                    member.last_order_on = facts.last_order_on;
                    member.balance = facts.balance;
                    member.tier = facts.tier_name;
                }
            }
        }
        Ok(members)
    }

    /// Records side by side, with what is suggested.
    pub(super) fn compare_twins(
        &mut self,
        ids: &[CustomerId],
        context: &Context,
    ) -> Result<Reply, Unanswered> {
        let mut settled = BTreeSet::new();
        for id in ids.iter().take(super::merge::RECORDS_MAX) {
            settled.insert(self.store.read().settled(*id).or_fault()?);
        }
        let ids: Vec<CustomerId> = settled.into_iter().collect();
        let members = self.twin_members(&ids, context)?;
        let mut links = Vec::new();
        let mut distinct = false;
        for (at, a) in members.iter().enumerate() {
            for b in members.get(at + 1..).unwrap_or_default() {
                links.extend(self.link(&a.customer, &b.customer)?);
                let read = self.store.read();
                distinct |= read.is_distinct(a.customer.id, b.customer.id).or_fault()?;
            }
        }
        let candidates: Vec<suggest::Candidate<'_>> = members
            .iter()
            .map(|it| suggest::Candidate {
                customer: &it.customer,
                orders: it.orders,
            })
            .collect();
        let survivor = suggest::survivor(&candidates)
            .ok_or_else(|| fault::not_found(ids.first().copied().unwrap_or(CustomerId(0))))?;
        let customers: Vec<&Customer> = members.iter().map(|it| &it.customer).collect();
        let fields = suggest::fields(survivor, &customers);
        Ok(Reply::Twins(TwinReply::Compared(Box::new(TwinsCompared {
            members,
            links,
            survivor,
            fields,
            distinct,
        }))))
    }

    /// How two records compare.
    fn link(&self, a: &Customer, b: &Customer) -> Result<Option<TwinLink>, Fault> {
        let found = self.alike(&a.fields, Some(a.id))?;
        let verdict = match found.into_iter().find(|(id, _)| *id == b.id) {
            Some((_, verdict)) => verdict,
            None => {
                let country = &self.settings.phone_country;
                let of = |it: &Customer| twins::Record::of(it.id, &it.fields, country);
                let known = twins::Frequencies {
                    customers: 2,
                    name: 2,
                    phone: 2,
                    email: 2,
                };
                twins::compare(&of(a), &of(b), known)
            }
        };
        Ok(Some(TwinLink {
            a: a.id,
            b: b.id,
            score: verdict.score,
            reasons: verdict.reasons,
        }))
    }

    /// What was made one.
    pub(super) fn mergings_view(
        &mut self,
        survivor: Option<CustomerId>,
        offset: u64,
        limit: u32,
    ) -> Result<Reply, Unanswered> {
        let read = self.store.read();
        let zone = self.settings.zone;
        let page = read.mergings(survivor, offset, limit).or_fault()?;
        let mut items = Vec::with_capacity(page.items.len());
        for it in page.items {
            let name_of = |id| -> Result<Option<String>, Fault> {
                let live = read.customer(id).or_fault()?;
                Ok(live.map(|it| it.fields.name))
            };
            let mut gone = Vec::with_capacity(it.gone.len());
            for id in &it.gone {
                let then = read.removed_by(it.batch, *id).or_fault()?;
                let name = match then {
                    Some(then) => crate::customers::subject(&then.fields),
                    None => name_of(*id)?.unwrap_or_default(),
                };
                gone.push(name);
            }
            let stands = read.settled(it.survivor).or_fault()?;
            items.push(MergingView {
                batch: it.batch,
                local_at: zone.write_local(it.at),
                who: it.who,
                survivor: stands,
                name: name_of(stands)?.unwrap_or_default(),
                gone,
                groups: read.survivors_of(it.batch).or_fault()?.len() as u64,
                undone: it.undone,
                first: if it.undone {
                    None
                } else {
                    read.merged_again(it.batch).or_fault()?
                },
            });
        }
        Ok(Reply::Twins(TwinReply::Mergings(Page {
            total: page.total,
            offset,
            items,
        })))
    }

    /// What was kept apart.
    pub(super) fn distinct_view(&mut self, offset: u64, limit: u32) -> Result<Reply, Unanswered> {
        let read = self.store.read();
        let zone = self.settings.zone;
        let all = read.distinct_pairs().or_fault()?;
        let skip = usize::try_from(offset).unwrap_or(usize::MAX);
        let mut items = Vec::new();
        for pair in all.iter().skip(skip).take(limit as usize) {
            let name = |id| -> Result<String, Fault> {
                let id = read.settled(id).or_fault()?;
                let customer = read.customer(id).or_fault()?;
                Ok(customer
                    .map(|it| crate::customers::subject(&it.fields))
                    .unwrap_or_default())
            };
            items.push(DistinctView {
                a: pair.low,
                a_name: name(pair.low)?,
                b: pair.high,
                b_name: name(pair.high)?,
                local_at: zone.write_local(pair.at),
            });
        }
        Ok(Reply::Twins(TwinReply::Distinct(Page {
            total: all.len() as u64,
            offset,
            items,
        })))
    }
}

/// The pairs within a group.
fn links(pairs: &[Pair], members: &[CustomerId]) -> Vec<TwinLink> {
    pairs
        .iter()
        .filter(|pair| members.contains(&pair.a) && members.contains(&pair.b))
        .map(|pair| TwinLink {
            a: pair.a,
            b: pair.b,
            score: pair.verdict.score,
            reasons: pair.verdict.reasons.clone(),
        })
        .collect()
}
