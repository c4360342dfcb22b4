//! What pages see of points.

use super::{MemberFacts, PointsTable, Programs};
use crate::derive::View;
use crate::fault::{self, OrFault};
use crate::{Context, Engine, Unanswered};
use loyalty::{Entry, OpenLot};
use model::rule::Rule;
use model::{CustomerId, Day, OrderId, Points, Zone};
use protocol::{
    EntryKind, Fault, LedgerEntryView, LotView, MemberRow, MemberView, NextTier, Page,
    PointsOverview, ProgramVersionView, ProgramView, Reply,
};
use std::collections::BTreeMap;

impl Engine {
    /// The programme in force and its versions.
    pub(crate) fn program_view(&mut self, context: &Context) -> Result<Reply, Unanswered> {
        let programs = self.programs()?;
        let in_force = programs.in_force(self.today(context));
        let text_of = |number: u32| {
            let mut both = programs.versions.iter().zip(&programs.texts);
            both.find(|(version, _)| version.number == number)
                .map(|(_, text)| text.clone())
        };
        let program = in_force.and_then(|version| text_of(version.number));
        let versions = programs.versions.iter().zip(&programs.texts);
        Ok(Reply::Program(program.map(|program| {
            ProgramView {
                program,
                versions: versions
                    .map(|(version, text)| ProgramVersionView {
                        version: version.number,
                        from: version.from,
                        program: text.clone(),
                    })
                    .collect(),
            }
        })))
    }

    /// A member's points.
    pub(crate) fn member_view(
        &mut self,
        customer: CustomerId,
        as_of: Option<Day>,
        context: &Context,
    ) -> Result<Reply, Unanswered> {
        let day = as_of.unwrap_or_else(|| self.today(context));
        let programs = self.programs()?;
        let facts = MemberFacts::read(self.store.read(), customer)?;
        let version = programs
            .in_force(day)
            .ok_or_else(|| Fault::new(protocol::FaultCode::NoProgram))?;
        let account = facts.account(&programs, &self.settings.zone, day)?;
        let standing = account.standing;
        let levels = version
            .program
            .tiers
            .as_ref()
            .map_or(&[][..], |tiers| &tiers.levels);
        let tier = standing.tier.and_then(|tier| levels.get(usize::from(tier)));
        let next_tier = standing.next_tier.and_then(|(next, missing)| {
            let next = levels.get(usize::from(next))?;
            Some(NextTier {
                id: next.id.clone(),
                name: next.name.clone(),
                missing,
            })
        });
        Ok(Reply::Member(MemberView {
            customer,
            balance: standing.balance,
            pending: standing.pending,
            debt: standing.debt,
            qualifying: standing.qualifying,
            tier: tier.map(|tier| tier.id.clone()),
            tier_name: tier.map(|tier| tier.name.clone()),
            tier_until: standing.tier_until,
            next_tier,
            worth: loyalty::worth(&version.program, Points(standing.balance.0.max(0))),
            lots: account.lots.iter().map(lot_view).collect(),
        }))
    }

    /// A member's ledger, newest first.
    pub(crate) fn ledger_view(
        &mut self,
        customer: CustomerId,
        as_of: Option<Day>,
        offset: u64,
        limit: u32,
        context: &Context,
    ) -> Result<Reply, Unanswered> {
        let day = as_of.unwrap_or_else(|| self.today(context));
        let programs = self.programs()?;
        let facts = MemberFacts::read(self.store.read(), customer)?;
        let mut entries = entry_views(&facts, &programs, &self.settings.zone, day)?;
        entries.reverse();
        Ok(Reply::Ledger(stretch(entries, offset, limit)))
    }

    /// Members by balance.
    pub(crate) fn members_view(
        &mut self,
        search: &str,
        rule: Option<&str>,
        (offset, limit): (u64, u32),
        context: &Context,
    ) -> Result<Reply, Unanswered> {
        let today = self.today(context);
        let rule = rule.map(Rule::parse).transpose().map_err(fault::of_rule)?;
        let found = match search.trim() {
            "" => None,
            words => {
                let mut ids = self.store.read().search_all(words).or_fault()?;
                ids.sort_unstable();
                Some(ids)
            }
        };
        let view = self.view(today, today)?;
        let Some((table, _)) = view.points() else {
            return Ok(Reply::Members(stretch(Vec::new(), offset, limit)));
        };
        let among = match &rule {
            Some(rule) => view.evaluate(rule)?,
            None => view.columns.live().clone(),
        };
        let mut members: Vec<(Points, CustomerId, u32)> = among
            .iter()
            .filter_map(|slot| {
                let standing = table.standing.get(slot as usize)?;
                let some = standing.balance != Points::ZERO || standing.pending != Points::ZERO;
                some.then_some((standing.balance, view.columns.id(slot)?, slot))
            })
            .filter(|(_, id, _)| {
                found
                    .as_ref()
                    .is_none_or(|found| found.binary_search(id).is_ok())
            })
            .collect();
        members.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        let page = stretch(members, offset, limit);
        let ids: Vec<CustomerId> = page.items.iter().map(|(_, id, _)| *id).collect();
        let customers = view.read.customers(&ids).or_fault()?;
        let slots: BTreeMap<CustomerId, u32> = page
            .items
            .iter()
            .map(|(_, id, slot)| (*id, *slot))
            .collect();
        let items = customers
            .into_iter()
            .filter_map(|customer| {
                let slot = *slots.get(&customer.id)?;
                Some(member_row(table, slot, customer))
            })
            .collect();
        Ok(Reply::Members(Page {
            total: page.total,
            offset,
            items,
        }))
    }

    /// What is owed in points.
    pub(crate) fn points_overview(
        &mut self,
        as_of: Option<Day>,
        context: &Context,
    ) -> Result<Reply, Unanswered> {
        let today = self.today(context);
        let view = self.view_points(as_of.unwrap_or(today), today)?;
        match overview_of(&view)? {
            Some(overview) => Ok(Reply::PointsOverview(overview)),
            None => Err(Fault::new(protocol::FaultCode::NoProgram).into()),
        }
    }
}

/// A stretch of a whole list.
pub(crate) fn stretch<T>(all: Vec<T>, offset: u64, limit: u32) -> Page<T> {
    let limit = limit.min(crate::customers::ROWS_MAX);
    let from = usize::try_from(offset).unwrap_or(usize::MAX);
    Page {
        total: all.len() as u64,
        offset,
        items: all.into_iter().skip(from).take(limit as usize).collect(),
    }
}

fn lot_view(lot: &OpenLot) -> LotView {
    LotView {
        id: lot.id.clone(),
        points: lot.points,
        earned_on: lot.earned_on,
        expires_on: lot.expires_on,
    }
}

fn member_row(table: &PointsTable, slot: u32, customer: model::Customer) -> MemberRow {
    let standing = table
        .standing
        .get(slot as usize)
        .copied()
        .unwrap_or_default();
    let tier = standing
        .tier
        .and_then(|tier| table.tiers.get(usize::from(tier)));
    MemberRow {
        customer: customer.id,
        name: customer.fields.name,
        phone: customer.fields.phone,
        balance: standing.balance,
        pending: standing.pending,
        tier_name: tier.map(|(_, name)| name.clone()),
        expiring: standing.expires_first.map(|(ends, points)| LotView {
            // The row shows when and how many; which lot it is, the member's own page says.
            id: String::new(),
            points,
            earned_on: ends,
            expires_on: Some(ends),
        }),
    }
}

/// What is owed in points; `None` without a programme.
pub(crate) fn overview_of(view: &View<'_>) -> Result<Option<PointsOverview>, Fault> {
    let (Some((table, _)), Some(version)) = (view.points(), view.programs.in_force(view.day))
    else {
        return Ok(None);
    };
    let overview = &table.totals;
    let count = |tier: usize| overview.tiers.get(tier).copied().unwrap_or(0);
    let tiers = table
        .tiers
        .iter()
        .enumerate()
        .map(|(tier, (id, name))| (id.clone(), name.clone(), count(tier)))
        .collect();
    Ok(Some(PointsOverview {
        as_of: view.day,
        outstanding: overview.outstanding,
        pending: overview.pending,
        worth: overview.worth(&version.program),
        members: overview.members,
        expiring_30_days: overview.expiring_30_days,
        tiers,
        expiring: overview.expiring.clone(),
    }))
}

/// A member's ledger as pages see it, oldest first. Empty without a programme.
pub(crate) fn entry_views(
    facts: &MemberFacts,
    programs: &Programs,
    business: &Zone,
    day: Day,
) -> Result<Vec<LedgerEntryView>, Fault> {
    if programs.is_empty() {
        return Ok(Vec::new());
    }
    let numbers: BTreeMap<OrderId, &String> = facts
        .orders
        .iter()
        .filter_map(|order| Some((order.id, order.fields.external_id.as_ref()?)))
        .collect();
    let (_, entries) = facts.ledger(programs, business, day)?;
    Ok(entries
        .into_iter()
        .map(|entry| {
            let number = entry.order.and_then(|order| numbers.get(&order));
            entry_view(entry, number.map(|number| (*number).clone()), business)
        })
        .collect())
}

fn entry_view(entry: Entry, order_number: Option<String>, zone: &Zone) -> LedgerEntryView {
    LedgerEntryView {
        id: entry.id,
        key: entry.key,
        kind: match entry.kind {
            loyalty::EntryKind::Accrual => EntryKind::Accrual,
            loyalty::EntryKind::Redemption => EntryKind::Redemption,
            loyalty::EntryKind::Expiry => EntryKind::Expiry,
            loyalty::EntryKind::Reversal => EntryKind::Reversal,
            loyalty::EntryKind::Adjustment => EntryKind::Adjustment,
            loyalty::EntryKind::Transfer => EntryKind::Transfer,
        },
        local_at: match entry.at {
            Some(at) => zone.write_local(at),
            None => format!("{}T00:00:00", entry.day),
        },
        points: entry.points,
        posts_on: entry.posts_on,
        expires_on: entry.expires_on,
        balance: entry.balance,
        order: entry.order,
        order_number,
        rule: (!entry.rules.is_empty()).then(|| entry.rules.join(", ")),
        reward: entry.reward,
        reason: entry.reason,
        reverses: entry.reverses,
        reversible: entry.reversible,
        version: entry.version,
        waived: entry.waived,
        forfeited: entry.forfeited,
    }
}
