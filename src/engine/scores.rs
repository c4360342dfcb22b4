//! RFM and life cycle of everybody, and the calculated facts of one customer.

use crate::derive::View;
use crate::{Context, Engine, Unanswered};
use model::{Day, Money};
use protocol::{
    CustomerFacts, LifecycleStage, Reply, RfmCell, RfmGroupCount, RfmView, StageCounts,
};
use segment::lifecycle::Stage;
use segment::rfm::{self, Group};

impl Engine {
    /// RFM of everybody.
    pub(crate) fn rfm_view(
        &mut self,
        as_of: Option<Day>,
        context: &Context,
    ) -> Result<Reply, Unanswered> {
        let today = self.today(context);
        let view = self.view_scores(as_of.unwrap_or(today), today)?;
        Ok(Reply::Rfm(Box::new(rfm_of(&view))))
    }

    /// Life cycle of everybody.
    pub(crate) fn lifecycle_view(
        &mut self,
        as_of: Option<Day>,
        context: &Context,
    ) -> Result<Reply, Unanswered> {
        let today = self.today(context);
        let day = as_of.unwrap_or(today);
        if day != today {
            // Of another day only the stages are asked for: nobody's points and scores are needed.
            let columns = self.columns.as_ref().ok_or(Unanswered::NotReady)?;
            let thresholds = &self.settings.lifecycle;
            let stages = segment::lifecycle::stages(columns, day, thresholds);
            return Ok(Reply::Lifecycle(counts(stages.counts)));
        }
        let view = self.view(today, today)?;
        Ok(Reply::Lifecycle(stage_counts(&view)))
    }
}

fn rfm_of(view: &View<'_>) -> RfmView {
    const CELLS: usize = 125;
    let mut counts = [(0u64, 0i64); CELLS];
    let mut prospects = 0u64;
    let no_scores = Vec::new();
    let cells = view.rfm().map_or(&no_scores, |rfm| &rfm.cells);
    for slot in view.columns.live().iter() {
        let cell = cells.get(slot as usize).copied().unwrap_or(rfm::NO_CELL);
        match counts.get_mut(usize::from(cell)) {
            Some((count, spend)) => {
                *count += 1;
                *spend = spend.saturating_add(view.columns.facts(slot, view.day).spend);
            }
            None => prospects += 1,
        }
    }
    let cells: Vec<RfmCell> = (0u8..)
        .zip(counts)
        .filter_map(|(cell, (count, spend))| {
            let [r, f, m] = rfm::scores(cell)?;
            Some(RfmCell {
                r,
                f,
                m,
                count,
                spend: Money(spend),
                group: rfm::group(cell).name().to_owned(),
            })
        })
        .collect();
    let groups = Group::ALL
        .iter()
        .map(|group| {
            let members = cells.iter().filter(|cell| cell.group == group.name());
            let (count, spend) = members.fold((0, 0i64), |(count, spend), cell| {
                (count + cell.count, spend.saturating_add(cell.spend.0))
            });
            let outside = if *group == Group::Prospects {
                prospects
            } else {
                0
            };
            RfmGroupCount {
                group: group.name().to_owned(),
                count: count + outside,
                spend: Money(spend),
            }
        })
        .collect();
    RfmView {
        as_of: view.day,
        cells,
        groups,
        limits: view.rfm().map(|rfm| rfm.limits.clone()).unwrap_or_default(),
    }
}

/// Customers by life cycle stage.
pub(crate) fn stage_counts(view: &View<'_>) -> StageCounts {
    counts(view.lifecycle().counts)
}

fn counts([prospect, new, active, dormant, churned]: [u64; 5]) -> StageCounts {
    StageCounts {
        prospect,
        new,
        active,
        dormant,
        churned,
    }
}

fn stage_of(stage: Stage) -> LifecycleStage {
    match stage {
        Stage::Prospect => LifecycleStage::Prospect,
        Stage::New => LifecycleStage::New,
        Stage::Active => LifecycleStage::Active,
        Stage::Dormant => LifecycleStage::Dormant,
        Stage::Churned => LifecycleStage::Churned,
    }
}

/// What is calculated about the customer in a slot.
pub(crate) fn customer_facts(view: &View<'_>, slot: u32) -> CustomerFacts {
    let facts = view.columns.facts(slot, view.day);
    let stage = view
        .lifecycle()
        .stages
        .get(slot as usize)
        .copied()
        .flatten();
    let cell = view
        .rfm()
        .and_then(|rfm| rfm.cells.get(slot as usize).copied())
        .unwrap_or(rfm::NO_CELL);
    let mut days = Vec::new();
    view.columns.order_days(slot, view.day, &mut days);
    let points = crate::points::of_slot(view, slot);
    CustomerFacts {
        stage: stage_of(stage.unwrap_or(Stage::Prospect)),
        rfm: rfm::scores(cell),
        rfm_group: rfm::group(cell).name().to_owned(),
        order_count: u64::from(facts.order_count),
        spend: Money(facts.spend),
        average_order_value: facts.average_order_value().map(Money),
        first_order_on: facts.first_order_on,
        last_order_on: facts.last_order_on,
        days_since_last_order: facts.last_order_on.map(|last| view.day.0.abs_diff(last.0)),
        usual_gap_days: insight::usual_gap_days(&days),
        balance: points.as_ref().map(|points| points.balance),
        tier: points.as_ref().and_then(|points| points.tier.clone()),
        tier_name: points.and_then(|points| points.tier_name),
    }
}
