//! What holds for every history. That lots, debts, entries and balance agree, and the fast way with the ledger, is
//! checked by the story itself, whenever it is asked.

use crate::histories::{moment, programs, story};
use crate::story::{OwnedRefund, Story, zone};
use loyalty::{AsOf, EntryKind, ReturnedLine};
use model::{Money, OrderStatus, Timestamp};
use proptest::prelude::*;

fn at(moment: Timestamp) -> AsOf {
    AsOf::instant(moment, &zone())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(crate::CASES))]

    #[test]
    fn accounts_and_ledgers_agree(story in story(), moment in moment()) {
        let (_, entries) = story.ledger_at(at(moment));
        // Conservation: what was given is where it went.
        let mut expired = 0;
        for entry in &entries {
            if entry.kind == EntryKind::Expiry {
                prop_assert!(entry.points.0 < 0);
                expired -= entry.points.0;
            }
        }
        let given: i64 = entries.iter().filter(|entry| entry.points.0 > 0).map(|entry| entry.points.0).sum();
        prop_assert!(expired <= given);
    }

    #[test]
    fn the_order_of_arrival_does_not_matter(story in story(), moment in moment(), turn in 0usize..9) {
        let told = story.ledger_at(at(moment));
        let mut other = story;
        other.purchases.reverse();
        let places = other.purchases.len().max(1);
        other.purchases.rotate_left(turn % places);
        for purchase in &mut other.purchases {
            purchase.refunds.reverse();
        }
        other.entries.reverse();
        other.versions.reverse();
        prop_assert_eq!(other.ledger_at(at(moment)), told);
    }

    #[test]
    fn what_arrives_twice_counts_once(story in story(), moment in moment()) {
        let told = story.ledger_at(at(moment));
        let mut twice = story;
        let again = twice.purchases.clone();
        twice.purchases.extend(again);
        for purchase in &mut twice.purchases {
            let again = purchase.refunds.clone();
            purchase.refunds.extend(again);
        }
        let again = twice.entries.clone();
        twice.entries.extend(again);
        prop_assert_eq!(twice.ledger_at(at(moment)), told);
    }

    #[test]
    fn later_facts_change_nothing(story in story(), moment in moment()) {
        let told = story.ledger_at(at(moment));
        let mut then = story;
        // An order's status has no instant: one that is marked as returned later is told by its refunds.
        then.purchases.retain(|it| it.head.at <= moment);
        for purchase in &mut then.purchases {
            if purchase.head.status == OrderStatus::Paid {
                purchase.refunds.retain(|it| it.at <= moment);
            }
        }
        then.entries.retain(|it| it.at <= moment);
        then.signup_on = then.signup_on.filter(|day| *day <= zone().day(moment));
        prop_assert_eq!(then.ledger_at(at(moment)), told);
    }

    #[test]
    fn many_part_refunds_equal_one(
        story in story(),
        parts in prop::collection::vec((0i64..1_500, prop::option::of((0u32..3, 1i64..1_500))), 1..6),
        unlimited in prop::sample::select(programs()),
    ) {
        // One order, refunded in parts or at once; nothing else happens, so that only the order's points are seen.
        let Some(first) = story.purchases.first() else { return Ok(()); };
        let mut plain = Story::new(unlimited);
        plain.words = story.words.clone();
        plain.purchases.push(first.clone());
        plain.purchases[0].head.status = OrderStatus::Paid;
        plain.purchases[0].refunds.clear();
        let after = |hours: usize| Timestamp(first.head.at.0 + 1_000 * (hours as i64 + 1));
        let mut one = plain.clone();
        let line = |&(line, quantity_milli): &(u32, i64)| ReturnedLine { line, quantity_milli };
        one.purchases[0].refunds.push(OwnedRefund {
            key: "all".into(),
            at: after(9),
            amount: Money(parts.iter().map(|(amount, _)| amount).sum()),
            lines: parts.iter().flat_map(|(_, lines)| lines.iter().map(line)).collect(),
        });
        let mut many = plain;
        for (number, (amount, lines)) in parts.iter().enumerate() {
            many.purchases[0].refunds.push(OwnedRefund {
                key: format!("p{number}"),
                at: after(number),
                amount: Money(*amount),
                lines: lines.iter().map(line).collect(),
            });
        }
        let end = at(after(10));
        // A tier that a first refund took, because it did not say which lines came back, is reached anew by the next
        // that does: its last day may be another.
        let seen = |story: &Story| {
            let account = story.ledger_at(end).0;
            let it = account.standing;
            (it.balance, it.pending, it.debt, it.qualifying, it.measure, account.lots)
        };
        prop_assert_eq!(seen(&many), seen(&one));
    }

    #[test]
    fn numbers_at_the_edge_are_an_error_not_a_wrong_answer(
        amounts in prop::collection::vec(prop_oneof![Just(i64::MAX), Just(i64::MIN), any::<i64>(), 0i64..1_000], 1..6),
        bonus in prop_oneof![Just(i64::MAX), any::<i64>()],
        parts in prop::sample::select(programs()),
    ) {
        let mut story = Story::new(parts).bonus(101, "2025-01-01", bonus, None).bonus(102, "2025-01-02", bonus, None);
        for (number, amount) in amounts.iter().enumerate() {
            story = story.order(number as i64 + 1, "2025-01-03", "1").with(|it| {
                it.amount = Money(*amount);
                it.gross = Money(*amount);
                it.tax = Money(bonus);
            });
            story = story.refund(number as i64 + 1, "2025-01-04", "1");
        }
        let programs = story.programs();
        let answer = story.tell(|member| {
            loyalty::Evaluator::new(&programs).ledger(member, crate::story::end_of("2025-02-01"))
        });
        if let Ok((account, entries)) = answer {
            crate::story::check(&account, &entries);
        }
    }
}
