//! What holds for every history. That lots, debts, entries and balance agree, and the fast way with the ledger, is
//! checked by the story itself, whenever it is asked.

use crate::histories::{moment, programs, story};
use crate::story::{OwnedEntry, OwnedRefund, Story, zone};
use loyalty::{AsOf, Entry, EntryKind, Evaluator, LotState, ReturnedLine};
use model::{Money, OrderStatus, Timestamp};
use proptest::prelude::*;

fn at(moment: Timestamp) -> AsOf {
    AsOf::instant(moment, &zone())
}

/// What was known at a moment.
fn until(story: &Story, moment: Timestamp) -> Story {
    let mut then = story.clone();
    // An order's status has no instant: one that is marked as returned later is told by its refunds.
    then.purchases.retain(|it| it.head.at <= moment);
    for purchase in &mut then.purchases {
        if purchase.head.status == OrderStatus::Paid {
            purchase.refunds.retain(|it| it.at <= moment);
        }
    }
    then.entries.retain(|it| it.at <= moment);
    then.events.retain(|it| it.at <= moment);
    then
}

/// Puts things in the order of numbers drawn for their places.
fn mix<T>(all: &mut Vec<T>, place: impl Fn(usize) -> u32) {
    let mut drawn: Vec<(u32, T)> = all
        .drain(..)
        .enumerate()
        .map(|(n, it)| (place(n), it))
        .collect();
    drawn.sort_by_key(|(place, _)| *place);
    all.extend(drawn.into_iter().map(|(_, it)| it));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(crate::CASES))]

    #[test]
    fn accounts_and_ledgers_agree(story in story(), moment in moment()) {
        // That they agree, conservation included, is checked by the story whenever it is asked.
        let (_, entries) = story.ledger_at(at(moment));
        prop_assert!(entries.iter().all(|entry| entry.kind != EntryKind::Expiry || entry.points.0 < 0));
    }

    #[test]
    fn no_lot_is_below_zero_or_gives_more_than_it_got(story in story(), moment in moment()) {
        let programs = story.programs();
        let mut evaluator = Evaluator::new(&programs);
        story.tell(|member| {
            evaluator.standing(member, at(moment)).unwrap();
            // What each lot got: its accrual and what raised it again, from the ledger.
            let mut ledger = Evaluator::new(&programs);
            let (_, entries) = ledger.ledger(member, at(moment)).unwrap();
            let lots: Vec<LotState> = evaluator.lots().collect();
            let mut used = vec![0; lots.len()];
            for it in evaluator.lot_uses() {
                prop_assert!(it.points.0 > 0);
                used[it.lot as usize] += it.points.0;
            }
            for (lot, used) in lots.iter().zip(used) {
                prop_assert!(lot.left.0 >= 0 && lot.points.0 >= 0, "{lot:?}");
                if let Some(order) = lot.order {
                    let of_order = |entry: &&Entry| entry.order == Some(order) && !entry.recorded && entry.points.0 > 0
                        && matches!(entry.kind, EntryKind::Accrual | EntryKind::Reversal) && !entry.id.contains(":return:");
                    let got: i64 = entries.iter().filter(of_order).map(|entry| entry.points.0).sum();
                    prop_assert!(lot.left.0 + used <= got, "{lot:?} {used} of {got}");
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn replay_equals_incremental(story in story()) {
        // Fact by fact as they happened, with one evaluator that is used again and again, against each moment told from
        // all that is known in the end.
        let programs = story.programs();
        let mut moments: Vec<Timestamp> = story.purchases.iter().map(|it| it.head.at)
            .chain(story.purchases.iter().flat_map(|it| it.refunds.iter().map(|refund| refund.at)))
            .chain(story.entries.iter().map(|it| it.at))
            .chain(story.events.iter().map(|it| it.at))
            .collect();
        moments.sort_unstable();
        moments.dedup();
        let mut evaluator = Evaluator::new(&programs);
        for moment in moments {
            let so_far = until(&story, moment);
            let incremental = so_far.tell(|member| evaluator.account(member, at(moment)).unwrap());
            let replayed = story.tell(|member| Evaluator::new(&programs).account(member, at(moment)).unwrap());
            prop_assert_eq!(incremental, replayed);
        }
    }

    #[test]
    fn two_devices_agree_after_exchanging_in_any_order(
        story in story(),
        moment in moment(),
        sides in prop::collection::vec(0u8..4, 40),
        shuffle in prop::collection::vec(any::<u32>(), 40),
        twins in prop::collection::vec((0usize..7, 200i64..210), 0..3),
    ) {
        let mut story = story;
        // Both recorded something under the same key, each with an id and a moment of its own.
        for (of, id) in twins {
            if let Some(entry) = story.entries.get(of).cloned() && story.entries.iter().all(|it| it.id != id) {
                story.entries.push(OwnedEntry { id, ..entry });
            }
        }
        let pick = |device: u8| {
            let mut one = Story { purchases: Vec::new(), entries: Vec::new(), events: Vec::new(), ..story.clone() };
            let mut side = sides.iter().cycle();
            // 0: only the first has it, 1: only the second, 2 and 3: both.
            let mut has = || { let side = *side.next().unwrap(); side > 1 || side == device };
            one.purchases.extend(story.purchases.iter().filter(|_| has()).cloned());
            one.entries.extend(story.entries.iter().filter(|_| has()).cloned());
            one.events.extend(story.events.iter().filter(|_| has()).cloned());
            one
        };
        let (first, second) = (pick(0), pick(1));
        // Each takes over what the other sends, what it knows already included, in whatever order it comes.
        let take = |own: &Story, other: &Story, salt: u32| {
            let mut all = own.clone();
            all.purchases.extend(other.purchases.iter().cloned());
            all.entries.extend(other.entries.iter().cloned());
            all.events.extend(other.events.iter().cloned());
            let place = |n: usize| shuffle[n % shuffle.len()].wrapping_mul(salt).rotate_left(n as u32);
            mix(&mut all.purchases, place);
            mix(&mut all.entries, place);
            mix(&mut all.events, place);
            all
        };
        let one = take(&first, &second, 2_654_435_761).ledger_at(at(moment));
        let other = take(&second, &first, 40_503).ledger_at(at(moment));
        prop_assert_eq!(&one, &other);
        prop_assert_eq!(one, story.ledger_at(at(moment)));
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
        other.events.reverse();
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
        let again = twice.events.clone();
        twice.events.extend(again);
        prop_assert_eq!(twice.ledger_at(at(moment)), told);
    }

    #[test]
    fn later_facts_change_nothing(story in story(), moment in moment()) {
        let told = story.ledger_at(at(moment));
        let then = until(&story, moment);
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
