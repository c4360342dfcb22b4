//! What is left of rewards. The stock is counted over all members; what is given back is there again. Two devices may
//! both sell the last one before they exchange their entries: then more were sold than there are, and the answer says so.

use crate::fault::{Failure, OrFault};
use crate::{Context, Engine, Unanswered};
use model::{CustomerId, Points};
use protocol::{FaultCode, PointsQuery, PointsReply, Reply, RewardView};

/// How many of a reward were bought and not given back.
pub(crate) fn taken(read: store::Reader<'_>, reward: &str) -> Result<u32, Failure> {
    Ok(u32::try_from(read.rewards_taken(reward)?).unwrap_or(u32::MAX))
}

impl Engine {
    /// Answers about points beyond one member's account.
    pub(crate) fn points_query(
        &mut self,
        query: &PointsQuery,
        context: &Context,
    ) -> Result<Reply, Unanswered> {
        match query {
            PointsQuery::Rewards { customer } => self.rewards(*customer, context),
        }
    }

    fn rewards(
        &mut self,
        customer: Option<CustomerId>,
        context: &Context,
    ) -> Result<Reply, Unanswered> {
        let day = self.today(context);
        let programs = self.programs()?;
        let version = programs
            .in_force(day)
            .ok_or_else(|| protocol::Fault::new(FaultCode::NoProgram))?;
        let balance = match customer {
            Some(customer) => {
                let facts = super::MemberFacts::read(self.store.read(), customer)?;
                let account = facts.account(&programs, &self.settings.zone, day)?;
                account.standing.balance
            }
            None => Points::ZERO,
        };
        let mut views = Vec::new();
        for reward in &version.program.rewards {
            let taken = self.store.read().rewards_taken(&reward.id).or_fault()?;
            let stock = reward.stock.map(u64::from);
            let left = stock.map(|stock| stock.saturating_sub(taken));
            views.push(RewardView {
                id: reward.id.clone(),
                name: reward.name.clone(),
                points: reward.points,
                stock: reward.stock,
                taken,
                left: left.map(|left| u32::try_from(left).unwrap_or(u32::MAX)),
                oversold: stock.map_or(0, |stock| taken.saturating_sub(stock)),
                missing: Points(reward.points.0.saturating_sub(balance.0).max(0)),
            });
        }
        Ok(Reply::Points(PointsReply::Rewards(views)))
    }
}
