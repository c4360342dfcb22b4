//! Life cycle of everybody, and the calculated facts of one customer.

use crate::derive::View;
use crate::{Context, Engine, Unanswered};
use model::{Day, Money};
use protocol::{CustomerFacts, LifecycleStage, Reply, StageCounts};
use segment::lifecycle::Stage;
use segment::rfm;

impl Engine {
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
            let found = segment::lifecycle::counts(columns, day, thresholds);
            return Ok(Reply::Lifecycle(counts(found)));
        }
        let view = self.view(today, today)?;
        Ok(Reply::Lifecycle(stage_counts(&view)))
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

pub(crate) fn stage_of(stage: Stage) -> LifecycleStage {
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
