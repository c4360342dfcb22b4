//! Ready segments with what the data has most of, and which segments a customer is in.

use crate::derive::View;
use crate::{Context, Engine, Unanswered, fault};
use model::{CustomerId, Day};
use protocol::{MembershipView, SegmentReply};
use segment::ready::{Facts, Ready};
use std::rc::Rc;

impl View<'_> {
    /// The ready segments of the day.
    pub(crate) fn ready(&self) -> Vec<Ready> {
        segment::ready::all(self.day, &self.settings.lifecycle, &self.facts())
    }

    /// What is most frequent in the data; counted once for each version of it.
    fn facts(&self) -> Rc<Facts> {
        let version = self.columns.data_version();
        let mut kept = self.ready_facts.borrow_mut();
        if let Some((known, facts)) = &*kept
            && *known == version
        {
            return Rc::clone(facts);
        }
        let facts = Rc::new(Facts::of(self.columns));
        *kept = Some((version, Rc::clone(&facts)));
        facts
    }
}

impl Engine {
    /// Every ready and saved segment, and whether a customer is in it. Segments that cannot be evaluated are left out.
    pub(super) fn memberships(
        &mut self,
        customer: CustomerId,
        as_of: Option<Day>,
        context: &Context,
    ) -> Result<SegmentReply, Unanswered> {
        let today = self.today(context);
        let view = self.view(as_of.unwrap_or(today), today)?;
        let slot = view.columns.slot(customer);
        let slot = slot.ok_or_else(|| fault::not_found(customer))?;
        let saved = view.saved.iter().filter_map(|saved| {
            Some(MembershipView {
                id: Some(saved.segment.id),
                key: None,
                name: saved.segment.name.clone(),
                member: view
                    .evaluate(saved.rule.as_ref().ok()?)
                    .ok()?
                    .contains(slot),
            })
        });
        let ready = view.ready().into_iter().filter_map(|ready| {
            Some(MembershipView {
                id: None,
                key: Some(ready.key.to_owned()),
                name: ready.about,
                member: view.evaluate(&ready.rule).ok()?.contains(slot),
            })
        });
        Ok(SegmentReply::Memberships(saved.chain(ready).collect()))
    }
}
