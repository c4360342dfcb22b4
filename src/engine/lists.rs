//! Which customers a list shows, in which order.
//!
//! The sorted ids of the last few lists are kept, so that scrolling through 100,000 rows is a slice. A list is known by
//! its request (without the stretch), the data version and the day.

use crate::derive::View;
use crate::fault::{self, OrFault};
use crate::{Context, Engine, Unanswered};
use model::rule::Rule;
use model::{CustomerId, Day};
use protocol::{CustomerSort, Fault, ListRequest};
use segment::Bitmap;
use std::rc::Rc;

/// Lists that are kept: those a person goes back and forth between.
const KEPT: usize = 6;

/// What tells a list from others.
#[derive(Clone, Debug, PartialEq)]
struct ListKey {
    request: ListRequest,
    data_version: u64,
    day: Day,
}

/// The last lists, and the orders that the store sorts by.
#[derive(Default)]
pub(crate) struct ListCache {
    lists: Vec<(ListKey, Rc<Vec<CustomerId>>)>,
    orders: Vec<(store::CustomerSort, u64, Rc<Vec<CustomerId>>)>,
}

/// The order of the store that a sort stands for; `None` for those that columns decide.
pub(crate) fn store_sort(sort: CustomerSort) -> Option<store::CustomerSort> {
    match sort {
        CustomerSort::UpdatedAt => Some(store::CustomerSort::UpdatedAt),
        CustomerSort::CreatedAt => Some(store::CustomerSort::CreatedAt),
        CustomerSort::Name => Some(store::CustomerSort::Name),
        CustomerSort::Spend
        | CustomerSort::OrderCount
        | CustomerSort::LastOrderOn
        | CustomerSort::Balance => None,
    }
}

impl Engine {
    /// The ids of the whole list in order.
    pub(crate) fn list_ids(
        &mut self,
        request: &ListRequest,
        context: &Context,
    ) -> Result<Rc<Vec<CustomerId>>, Unanswered> {
        let today = self.today(context);
        let day = request.as_of.unwrap_or(today);
        let key = ListKey {
            request: ListRequest {
                offset: 0,
                limit: 0,
                search: request.search.trim().to_owned(),
                ..request.clone()
            },
            data_version: self.data_version,
            day,
        };
        if let Some((_, ids)) = self.lists.lists.iter().find(|(known, _)| *known == key) {
            return Ok(Rc::clone(ids));
        }
        let mut found = self.found_ids(&key.request)?;
        if !request.past.is_empty() {
            found = Some(self.found_in_past(&request.past, found, today)?);
        }
        let ids = match store_sort(request.sort) {
            Some(sort) => self.list_by_store(request, sort, found.as_deref(), (day, today))?,
            None => self.list_by_columns(request, found.as_deref(), (day, today))?,
        };
        let ids = Rc::new(ids);
        let lists = &mut self.lists.lists;
        lists.retain(|(known, _)| known.data_version == key.data_version);
        if lists.len() >= KEPT {
            lists.remove(0);
        }
        lists.push((key, Rc::clone(&ids)));
        Ok(ids)
    }

    /// Those of `found` (or of everybody) for whom the past is so, by id.
    fn found_in_past(
        &mut self,
        past: &[protocol::Past],
        found: Option<Vec<CustomerId>>,
        today: Day,
    ) -> Result<Vec<CustomerId>, Unanswered> {
        let members = self.past_members(past, today)?;
        let columns = self.columns.as_ref().ok_or(Unanswered::NotReady)?;
        let mut ids: Vec<CustomerId> = members.iter().filter_map(|slot| columns.id(slot)).collect();
        ids.sort_unstable();
        if let Some(found) = found {
            ids.retain(|id| found.binary_search(id).is_ok());
        }
        Ok(ids)
    }

    /// The customers that match all words and came with the import, by id; `None` where neither is asked for.
    fn found_ids(&self, request: &ListRequest) -> Result<Option<Vec<CustomerId>>, Fault> {
        let read = self.store.read();
        let mut found = match request.import {
            Some(import) => {
                let import = crate::orders::store_import(import);
                Some(read.customers_of_import(import).or_fault()?)
            }
            None => None,
        };
        if !request.search.is_empty() {
            let mut matching = read.search_all(&request.search).or_fault()?;
            matching.sort_unstable();
            if let Some(imported) = &found {
                matching.retain(|id| imported.binary_search(id).is_ok());
            }
            found = Some(matching);
        }
        Ok(found)
    }

    fn list_by_store(
        &mut self,
        request: &ListRequest,
        sort: store::CustomerSort,
        found: Option<&[CustomerId]>,
        (day, today): (Day, Day),
    ) -> Result<Vec<CustomerId>, Unanswered> {
        let order = self.store_order(sort)?;
        let in_search = |id: &CustomerId| found.is_none_or(|found| found.binary_search(id).is_ok());
        let mut ids: Vec<CustomerId> = if request.rule.is_none() && request.segment.is_none() {
            order.iter().copied().filter(in_search).collect()
        } else {
            let view = self.view(day, today)?;
            let members = members(&view, request)?;
            let is_member = |id: &CustomerId| {
                view.columns
                    .slot(*id)
                    .is_some_and(|slot| members.contains(slot))
            };
            order
                .iter()
                .copied()
                .filter(|id| in_search(id) && is_member(id))
                .collect()
        };
        if request.descending {
            ids.reverse();
        }
        Ok(ids)
    }

    /// Every customer in the order of an index of the store, kept while the data does not change.
    fn store_order(&mut self, sort: store::CustomerSort) -> Result<Rc<Vec<CustomerId>>, Fault> {
        let version = self.data_version;
        let orders = &mut self.lists.orders;
        orders.retain(|(_, of, _)| *of == version);
        if let Some((_, _, order)) = orders.iter().find(|(of, _, _)| *of == sort) {
            return Ok(Rc::clone(order));
        }
        let order = Rc::new(self.store.read().customer_order(sort).or_fault()?);
        orders.push((sort, version, Rc::clone(&order)));
        Ok(order)
    }

    fn list_by_columns(
        &mut self,
        request: &ListRequest,
        found: Option<&[CustomerId]>,
        (day, today): (Day, Day),
    ) -> Result<Vec<CustomerId>, Unanswered> {
        let view = self.view(day, today)?;
        let members = members(&view, request)?;
        let mut keyed: Vec<(i64, CustomerId)> = members
            .iter()
            .filter_map(|slot| Some((slot, view.columns.id(slot)?)))
            .filter(|(_, id)| found.is_none_or(|found| found.binary_search(id).is_ok()))
            .map(|(slot, id)| (sort_key(&view, request.sort, slot), id))
            .collect();
        keyed.sort_unstable();
        if request.descending {
            keyed.reverse();
        }
        Ok(keyed.into_iter().map(|(_, id)| id).collect())
    }
}

fn sort_key(view: &View<'_>, sort: CustomerSort, slot: u32) -> i64 {
    match sort {
        CustomerSort::Spend => view.columns.facts(slot, view.day).spend,
        CustomerSort::OrderCount => i64::from(view.columns.facts(slot, view.day).order_count),
        CustomerSort::LastOrderOn => view
            .columns
            .facts(slot, view.day)
            .last_order_on
            .map_or(i64::MIN, |day| i64::from(day.0)),
        CustomerSort::Balance => view.points().map_or(0, |(_, columns)| {
            columns.balance.get(slot as usize).copied().unwrap_or(0)
        }),
        CustomerSort::UpdatedAt | CustomerSort::CreatedAt | CustomerSort::Name => 0,
    }
}

/// The members of a list's rule and segment together.
pub(crate) fn members(view: &View<'_>, request: &ListRequest) -> Result<Bitmap, Fault> {
    let mut members = view.columns.live().clone();
    if let Some(rule) = &request.rule {
        let rule = Rule::parse(rule).map_err(fault::of_rule)?;
        members.and(&view.evaluate(&rule)?);
    }
    if let Some(segment) = request.segment {
        members.and(&view.evaluate(&Rule::Segment(segment.to_string()))?);
    }
    Ok(members)
}
