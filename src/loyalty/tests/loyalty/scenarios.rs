//! The ledger scenarios of `loyalty-cases.json` ("ledger_scenarios"), step by step. Where a scenario states an
//! exclusive expiry ("expires 2025-06-01", gone on that day), the last usable day here is the day before.

use crate::story::{OwnedDeed, Story, day};
use loyalty::{Limit, RedemptionRequest, check_redemption};
use model::Points;
use serde_json::json;

fn plain(refund: &str) -> Story {
    Story::new(json!({ "refund": refund, "redeem": {"points": 1, "worth": "0.01"} }))
}

/// What counter staff would be told.
fn refused(story: &Story, on: &str, points: i64) -> Limit {
    let request = RedemptionRequest {
        points: Some(Points(points)),
        reward: None,
        order_amount: None,
        order_redeemed: Points(0),
        reward_taken: 0,
    };
    let program = &story.versions[0].program;
    check_redemption(program, story.on(on).balance, &request)
        .unwrap_err()
        .limit
}

#[test]
fn first_in_first_out_by_earliest_expiry_not_by_day_earned() {
    let story = Story::new(json!({}))
        .bonus(1, "2025-01-10", 100, Some("2026-01-10"))
        .bonus(2, "2025-02-01", 50, Some("2025-05-31"))
        .bonus(3, "2025-03-01", 30, None);
    assert_eq!(story.balance("2025-01-10"), 100);
    assert_eq!(story.balance("2025-02-01"), 150);
    assert_eq!(story.balance("2025-03-01"), 180);
    let story = story.redeem(4, "2025-03-02", 120);
    assert_eq!(story.balance("2025-03-02"), 60);
    let lots: Vec<(String, i64)> = story
        .ledger("2025-03-02")
        .0
        .lots
        .iter()
        .map(|lot| (lot.earned_on.to_string(), lot.points.0))
        .collect();
    // 50 came from the lot of February, 70 from that of January.
    assert_eq!(
        lots,
        [("2025-01-10".to_owned(), 30), ("2025-03-01".to_owned(), 30)]
    );
    let story = story.entry(5, "2025-07-01", OwnedDeed::Reverse(4));
    let (account, entries) = story.ledger("2025-07-01");
    assert_eq!(account.standing.balance, Points(130));
    let reversal = entries.last().unwrap();
    assert_eq!(
        (reversal.points, reversal.forfeited),
        (Points(70), Points(50))
    );
    assert_eq!(story.balance("2026-01-11"), 30);
    let expired: i64 = story
        .ledger("2026-01-11")
        .1
        .iter()
        .filter(|entry| entry.kind == loyalty::EntryKind::Expiry)
        .map(|entry| -entry.points.0)
        .sum();
    assert_eq!(expired, 100);
}

#[test]
fn the_same_key_counts_once() {
    let once = Story::new(json!({})).bonus(1, "2025-01-10", 100, None);
    let mut twice = once.clone().bonus(2, "2025-01-10", 100, None);
    twice.entries[1].key = twice.entries[0].key.clone();
    assert_eq!(twice.ledger("2025-01-11"), once.ledger("2025-01-11"));
    let order = Story::new(json!({})).order(1, "2025-01-10", "100");
    let again = order.clone().order(1, "2025-01-10", "100");
    assert_eq!(again.ledger("2025-01-11"), order.ledger("2025-01-11"));
}

#[test]
fn pending_points_are_voided_by_a_return_inside_the_window() {
    let story = Story::new(json!({ "pending_days": 7, "redeem": {"points": 1, "worth": "0.01"} }))
        .order(1, "2025-01-01", "20");
    assert_eq!(
        (story.balance("2025-01-01"), story.pending("2025-01-01")),
        (0, 20)
    );
    assert_eq!(refused(&story, "2025-01-03", 10), Limit::Insufficient);
    // Without the return they post on the seventh day.
    assert_eq!(
        (story.balance("2025-01-07"), story.pending("2025-01-07")),
        (0, 20)
    );
    assert_eq!(
        (story.balance("2025-01-08"), story.pending("2025-01-08")),
        (20, 0)
    );
    let story = story.refund(1, "2025-01-05", "20");
    assert_eq!(
        (story.balance("2025-01-05"), story.pending("2025-01-05")),
        (0, 0)
    );
    assert_eq!(
        (story.balance("2025-01-08"), story.pending("2025-01-08")),
        (0, 0)
    );
}

#[test]
fn a_refund_after_spending_makes_a_debt_that_the_next_accrual_repays() {
    let story = plain("unlimited")
        .order(1, "2025-01-01", "100")
        .redeem(2, "2025-01-02", 80)
        .refund(1, "2025-01-03", "100");
    assert_eq!(story.balance("2025-01-02"), 20);
    let owed = story.on("2025-01-03");
    assert_eq!((owed.balance, owed.debt), (Points(-80), Points(80)));
    assert_eq!(refused(&story, "2025-01-04", 1), Limit::Insufficient);
    let story = story.order(5, "2025-01-05", "200");
    let (account, _) = story.ledger("2025-01-05");
    assert_eq!(account.standing.balance, Points(120));
    assert_eq!(account.lots.len(), 1);
    assert_eq!(account.lots[0].earned_on, day("2025-01-05"));
}

#[test]
fn within_balance_stops_at_zero() {
    let story = plain("within_balance")
        .order(1, "2025-01-01", "100")
        .redeem(2, "2025-01-02", 80)
        .refund(1, "2025-01-03", "100")
        .order(5, "2025-01-05", "200");
    let (account, entries) = story.ledger("2025-01-03");
    assert_eq!(
        (account.standing.balance, account.standing.debt),
        (Points(0), Points(0))
    );
    let last = entries.last().unwrap();
    assert_eq!((last.points, last.waived), (Points(-20), Points(80)));
    assert_eq!(story.balance("2025-01-05"), 200);
}

#[test]
fn only_pending_leaves_posted_points_alone() {
    let story = plain("only_pending")
        .order(1, "2025-01-01", "100")
        .refund(1, "2025-01-03", "100");
    let (account, entries) = story.ledger("2025-01-03");
    assert_eq!(account.standing.balance, Points(100));
    assert_eq!(
        (entries[1].points, entries[1].waived),
        (Points(0), Points(100))
    );
}

#[test]
fn expired_points_do_not_return() {
    // The scenario has 30 days of grace, which the contract does not know: what has expired since is forfeited.
    let story = Story::new(json!({}))
        .bonus(1, "2025-01-01", 100, Some("2025-01-31"))
        .redeem(2, "2025-01-20", 60)
        .entry(3, "2025-02-10", OwnedDeed::Reverse(2));
    assert_eq!(story.balance("2025-01-20"), 40);
    let (account, entries) = story.ledger("2025-02-10");
    assert_eq!(account.standing.balance, Points(0));
    assert_eq!(entries.last().unwrap().forfeited, Points(60));
}
