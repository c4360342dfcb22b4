//! What the points mean for the books.

use super::Sight;
use super::pass::Issued;
use loyalty::breakage::{Estimate, Sureness, WHOLE_PPM, month_number, month_start};
use loyalty::liability::{Expected, Issue, PointValue, deferred};
use model::{Money, Points};
use protocol::{BooksGifts, BooksMonth, BooksView, BreakageView, Whence};
use std::collections::BTreeMap;

/// Calculates everything.
pub(super) fn books(sight: &Sight<'_>) -> BooksView {
    let (value, value_whence) = sight.value();
    let life = sight.pass.life_months;
    let estimate = sight.pass.history.estimate(sight.view.day, life);
    let breakage = breakage(
        estimate.as_ref(),
        life,
        sight.view.settings.points.breakage_ppm,
    );
    let expected = match (&estimate, breakage.whence) {
        (Some(estimate), Whence::Known) => Expected::ByAge(estimate),
        _ => Expected::AllBut(breakage.used_ppm),
    };
    let priced = value.unwrap_or(PointValue {
        points: Points(1),
        worth: Money::ZERO,
    });
    let now = month_number(sight.view.day);
    let months: Vec<BooksMonth> = sight
        .pass
        .purchases
        .iter()
        .map(|(number, issued)| month(*number, issued, now, &priced, &expected))
        .collect();
    let nothing = month(now, &Issued::default(), now, &priced, &expected);
    let total = match months.split_first() {
        Some((first, rest)) => rest.iter().fold(*first, add),
        None => nothing,
    };
    let gifts = gifts(&sight.pass.gifts, now, &priced, &expected);
    let open = Points(total.open.0.saturating_add(gifts.open.0));
    BooksView {
        as_of: sight.view.day,
        value: value.map(|value| (value.points, value.worth)),
        value_whence,
        breakage,
        face: priced.of(open),
        owed: Money(total.liability.0.saturating_add(gifts.provision.0)),
        months,
        total,
        gifts,
    }
}

/// What is calculated with: the owner's word, then history where it is sure enough, then that every point will be
/// redeemed, so that nothing owed is left out.
fn breakage(estimate: Option<&Estimate>, life: Option<u32>, owner: Option<u32>) -> BreakageView {
    let sureness = estimate.map_or(Sureness::Nothing, |it| it.sureness);
    let known = estimate
        .and_then(|it| it.share_ppm)
        .filter(|_| sureness >= Sureness::Fair);
    let (used_ppm, whence) = match (owner, known) {
        (Some(share), _) => (share.min(WHOLE_PPM), Whence::Owner),
        (None, Some(share)) => (share, Whence::Known),
        (None, None) => (0, Whence::Careful),
    };
    BreakageView {
        estimate_ppm: estimate.and_then(|it| it.share_ppm),
        low_ppm: estimate.map_or(0, |it| it.low_ppm),
        high_ppm: estimate.map_or(WHOLE_PPM, |it| it.high_ppm),
        sureness: match sureness {
            Sureness::Nothing => protocol::Sureness::Nothing,
            Sureness::Weak => protocol::Sureness::Weak,
            Sureness::Fair => protocol::Sureness::Fair,
            Sureness::Good => protocol::Sureness::Good,
        },
        owner_ppm: owner,
        used_ppm,
        whence,
        from: estimate.map(|it| it.from),
        to: estimate.map(|it| it.to),
        issued: estimate.map_or(Points::ZERO, |it| it.issued),
        redeemed: estimate.map_or(Points::ZERO, |it| it.redeemed),
        members: estimate.map_or(0, |it| it.members),
        seen_months: estimate.map_or(0, |it| it.seen_months),
        life_months: life,
        unused_ppm: estimate.map_or_else(Vec::new, |it| it.unused_ppm.clone()),
    }
}

fn issue(number: i32, issued: &Issued, now: i32) -> Issue {
    Issue {
        age: u32::try_from(now - number).unwrap_or(0),
        paid: Money(issued.paid),
        issued: Points(issued.issued),
        redeemed: Points(issued.redeemed),
        open: Points(issued.open),
    }
}

fn month(
    number: i32,
    issued: &Issued,
    now: i32,
    value: &PointValue,
    expected: &Expected<'_>,
) -> BooksMonth {
    let issue = issue(number, issued, now);
    let deferred = deferred(&issue, value, expected);
    let kept = issue.redeemed.0.saturating_add(issue.open.0);
    BooksMonth {
        month: month_start(number),
        paid: issue.paid,
        issued: issue.issued,
        redeemed: issue.redeemed,
        open: issue.open,
        lost: Points(issue.issued.0.saturating_sub(kept)),
        expected: deferred.expected,
        stand_alone: deferred.stand_alone,
        allocated: deferred.allocated,
        recognised: deferred.recognised,
        liability: deferred.liability,
    }
}

fn add(sum: BooksMonth, it: &BooksMonth) -> BooksMonth {
    let points = |a: Points, b: Points| Points(a.0.saturating_add(b.0));
    let money = |a: Money, b: Money| Money(a.0.saturating_add(b.0));
    BooksMonth {
        month: sum.month,
        paid: money(sum.paid, it.paid),
        issued: points(sum.issued, it.issued),
        redeemed: points(sum.redeemed, it.redeemed),
        open: points(sum.open, it.open),
        lost: points(sum.lost, it.lost),
        expected: points(sum.expected, it.expected),
        stand_alone: money(sum.stand_alone, it.stand_alone),
        allocated: money(sum.allocated, it.allocated),
        recognised: money(sum.recognised, it.recognised),
        liability: money(sum.liability, it.liability),
    }
}

/// Points for no purchase: nothing was paid for them, so what they will cost is a provision.
fn gifts(
    months: &BTreeMap<i32, Issued>,
    now: i32,
    value: &PointValue,
    expected: &Expected<'_>,
) -> BooksGifts {
    let mut gifts = BooksGifts::default();
    for (number, issued) in months {
        let issue = issue(*number, issued, now);
        let still = expected.of_open(&issue);
        for (sum, points) in [
            (&mut gifts.issued, issue.issued),
            (&mut gifts.redeemed, issue.redeemed),
            (&mut gifts.open, issue.open),
            (&mut gifts.expected, still),
        ] {
            sum.0 = sum.0.saturating_add(points.0);
        }
    }
    gifts.provision = value.of(gifts.expected);
    gifts
}
