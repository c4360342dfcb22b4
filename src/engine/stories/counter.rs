//! The counter: found by whatever is at hand, quoted as it is booked, booked once, taken back, moved, undone.

use super::*;
use protocol::{
    ActKind, Bill, Bytes, CounterCard, CounterCommand, CounterQuery, CounterReply, FoundMembers,
    Frame, Quote, Receipt, RedeemLimit,
};

fn bill(customer: CustomerId, amount: i64, points: i64) -> Bill {
    Bill {
        customer,
        amount: Money(amount),
        points: Points(points),
        category: None,
        channel: None,
        codes: Vec::new(),
    }
}

fn sell(customer: CustomerId, amount: i64, points: i64, key: &str) -> Command {
    Command::Counter(CounterCommand::Sell {
        bill: bill(customer, amount, points),
        version: 1,
        key: key.into(),
    })
}

fn take_back(order: OrderId, amount: Option<i64>, key: &str) -> Command {
    Command::Counter(CounterCommand::TakeBack {
        order,
        amount: amount.map(Money),
        key: key.into(),
    })
}

#[track_caller]
fn receipt(done: &Done) -> Receipt {
    match &done.outcome {
        Outcome::Receipt(receipt) => Receipt::clone(receipt),
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn counter(shop: &mut Shop, query: CounterQuery) -> CounterReply {
    match shop.ask(Query::Counter(query)) {
        Reply::Counter(reply) => *reply,
        other => panic!("{other:?}"),
    }
}

fn quote(shop: &mut Shop, bill: Bill) -> Quote {
    match counter(shop, CounterQuery::Quote(bill)) {
        CounterReply::Quote(quote) => quote,
        other => panic!("{other:?}"),
    }
}

fn found(shop: &mut Shop, search: &str) -> FoundMembers {
    let query = CounterQuery::Find {
        search: search.into(),
        limit: 8,
    };
    match counter(shop, query) {
        CounterReply::Found(found) => found,
        other => panic!("{other:?}"),
    }
}

fn card(shop: &mut Shop, customer: CustomerId) -> CounterCard {
    match counter(shop, CounterQuery::Card { customer }) {
        CounterReply::Card(card) => card,
        other => panic!("{other:?}"),
    }
}

/// A shop with a programme (a point per yuan, 100 points worth 1.00) and two members.
fn open_shop() -> (Shop, CustomerId, CustomerId) {
    let mut shop = Shop::new();
    shop.program();
    let fang = shop.customer("王芳", "13800001234");
    let na = shop.customer("李娜", "13900005678");
    (shop, fang, na)
}

#[test]
fn a_member_is_found_by_whatever_is_at_hand() {
    let (mut shop, fang, na) = open_shop();
    shop.apply(&sell(fang, 50_000, 0, "R-260615-AAAA0000"));
    for (search, who) in [
        ("1234", fang),
        ("王芳", fang),
        ("wf", fang),
        ("wangfang", fang),
        ("5678", na),
        ("ln", na),
    ] {
        let found = found(&mut shop, search);
        assert_eq!(found.exact, None, "{search}");
        assert_eq!(found.members[0].customer, who, "{search}");
    }
    for code in [
        format!("shuke:member:{fang}"),
        format!(" shuke:member：{fang} "),
        fang.to_string(),
    ] {
        let found = found(&mut shop, &code);
        assert_eq!(found.exact, Some(fang), "{code}");
        assert_eq!(found.members[0].balance, Some(Points(500)), "{code}");
        assert_eq!(found.members[0].tier_name.as_deref(), Some("silver"));
    }
    assert_eq!(
        found(&mut shop, "shuke:member:0000100zzzzzz"),
        FoundMembers::default()
    );
    assert_eq!(found(&mut shop, ""), FoundMembers::default());
    let receipts = found(&mut shop, "R-260615-AAAA0000").receipts;
    assert_eq!(receipts.len(), 1);
    assert_eq!(receipts[0].customer, fang);
}

#[test]
fn a_card_that_is_made_is_read_again() {
    let (mut shop, fang, _) = open_shop();
    let CounterReply::Code(code) = counter(&mut shop, CounterQuery::Code { customer: fang }) else {
        panic!()
    };
    assert_eq!(code.text, format!("shuke:member:{fang}"));
    // The path drawn as a picture of five pixels a module with a quiet zone of four modules.
    let side = (code.size + 8) * 5;
    let mut grey = vec![255u8; (side * side) as usize];
    for run in code.path.split('M').skip(1) {
        let (place, rest) = run.split_once('h').unwrap();
        let (x, y) = place.split_once(' ').unwrap();
        let (x, y): (u32, u32) = (x.parse().unwrap(), y.parse().unwrap());
        let length: u32 = rest.split('v').next().unwrap().parse().unwrap();
        for row in (y + 4) * 5..(y + 5) * 5 {
            for column in (x + 4) * 5..(x + 4 + length) * 5 {
                grey[(row * side + column) as usize] = 0;
            }
        }
    }
    let frame = Frame {
        width: side,
        height: side,
        grey: Bytes(grey),
    };
    let CounterReply::Read(text) = counter(&mut shop, CounterQuery::Read(frame)) else {
        panic!()
    };
    assert_eq!(text.as_deref(), Some(code.text.as_str()));
    let blank = Frame {
        width: 4,
        height: 4,
        grey: Bytes(vec![0; 3]),
    };
    assert_eq!(
        counter(&mut shop, CounterQuery::Read(blank)),
        CounterReply::Read(None)
    );
}

#[test]
fn what_is_quoted_is_what_is_booked() {
    let (mut shop, fang, _) = open_shop();
    let first = quote(&mut shop, bill(fang, 3_550, 0));
    assert_eq!((first.earned, first.most), (Points(35), Points(0)));
    assert_eq!(first.limit, RedeemLimit::Balance);
    let done = receipt(&shop.apply(&sell(fang, 3_550, 0, "k1")));
    assert_eq!((done.kind, done.earned), (ActKind::Sold, Points(35)));
    assert_eq!(done.balance, first.balance);
    assert_eq!(done.number, "k1");
    // 35 points are fewer than can be used at once.
    assert_eq!(
        quote(&mut shop, bill(fang, 1_000, 0)).limit,
        RedeemLimit::Least(Points(100))
    );
    shop.apply(&sell(fang, 96_500, 0, "k2"));
    assert_eq!(shop.balance(fang), 1_000);
    // A bill of 4.99 takes at most 400 of the 1,000 points; what they pay earns nothing.
    let second = quote(&mut shop, bill(fang, 499, 400));
    assert_eq!(second.most, Points(400));
    assert_eq!(second.limit, RedeemLimit::Bill);
    assert!(second.usable);
    assert_eq!((second.worth, second.to_pay), (Money(400), Money(99)));
    assert_eq!(second.earned, Points(0));
    let done = receipt(&shop.apply(&sell(fang, 499, 400, "k3")));
    assert_eq!((done.used, done.worth), (Points(400), Money(400)));
    assert_eq!((done.earned, done.balance), (second.earned, second.balance));
    assert_eq!(shop.balance(fang), 600);
    // Without an amount points are only used; there is no order.
    let orders = card(&mut shop, fang).orders.len();
    let done = receipt(&shop.apply(&sell(fang, 0, 100, "k4")));
    assert_eq!((done.kind, done.order), (ActKind::Used, None));
    assert_eq!(done.worth, Money(100));
    assert_eq!(card(&mut shop, fang).orders.len(), orders);
    assert_eq!(shop.balance(fang), 500);
    shop.assert_in_step();
}

#[test]
fn a_tap_too_many_books_nothing_and_answers_the_same() {
    let (mut shop, fang, na) = open_shop();
    shop.order(fang, "2026-06-01T10:00", 100_000);
    let first = shop.apply(&sell(fang, 5_000, 300, "k1"));
    let version = shop.engine.data_version();
    let again = shop.apply(&sell(fang, 5_000, 300, "k1"));
    assert_eq!(again.batch, None);
    assert_eq!(receipt(&again), receipt(&first));
    assert_eq!(shop.engine.data_version(), version);
    for other in [
        sell(fang, 5_001, 300, "k1"),
        sell(fang, 5_000, 0, "k1"),
        sell(na, 5_000, 0, "k1"),
    ] {
        assert_eq!(shop.refuse(&other).code, FaultCode::KeyReused);
    }
    let order = receipt(&first).order.unwrap();
    let back = shop.apply(&take_back(order, Some(1_000), "b1"));
    assert_eq!(receipt(&back).earned, Points(-10));
    let again = shop.apply(&take_back(order, Some(1_000), "b1"));
    assert_eq!((again.batch, receipt(&again)), (None, receipt(&back)));
    shop.assert_in_step();
}

#[test]
fn more_than_there_is_is_refused_and_nothing_is_half_done() {
    let (mut shop, fang, _) = open_shop();
    shop.order(fang, "2026-06-01T10:00", 30_000);
    // This purchase itself would give 10,000 points, but it cannot be paid with them.
    let fault = shop.refuse(&sell(fang, 1_000_000, 400, "k1"));
    assert_eq!(fault.code, FaultCode::InsufficientPoints);
    assert_eq!(fault.found.as_deref(), Some("300"));
    let fault = shop.refuse(&sell(fang, 150, 200, "k1"));
    assert_eq!(fault.code, FaultCode::ProgramLimit);
    assert_eq!(shop.balance(fang), 300);
    assert_eq!(card(&mut shop, fang).orders.len(), 1);
    let nothing = shop.refuse(&sell(fang, 0, 0, "k1"));
    assert_eq!(nothing.code, FaultCode::Invalid);
    // Two tills: the second comes too late and hears of the new balance.
    shop.apply(&sell(fang, 0, 200, "till one"));
    let fault = shop.refuse(&sell(fang, 0, 200, "till two"));
    assert_eq!(fault.found.as_deref(), Some("100"));
}

#[test]
fn a_programme_that_changed_meanwhile_is_a_conflict() {
    let (mut shop, fang, _) = open_shop();
    shop.apply(&sell(fang, 30_000, 0, "k1"));
    let dearer = PROGRAM.replace("\"points\":300,\"stock\":1", "\"points\":250,\"stock\":1");
    shop.apply(&Command::SetProgram {
        program: dearer,
        from: None,
    });
    let fault = shop.refuse(&sell(fang, 1_000, 0, "k2"));
    assert_eq!(
        (fault.code, fault.path.as_deref()),
        (FaultCode::Conflict, Some("program"))
    );
    // What was booked before stays booked: the same key again is no conflict.
    assert_eq!(shop.apply(&sell(fang, 30_000, 0, "k1")).batch, None);
    let reward = |points: i64, key: &str| {
        Command::Counter(CounterCommand::Reward {
            customer: fang,
            reward: "mug".into(),
            points: Points(points),
            key: key.into(),
        })
    };
    assert_eq!(
        shop.refuse(&reward(300, "m")).path.as_deref(),
        Some("reward")
    );
    let done = receipt(&shop.apply(&reward(250, "m")));
    assert_eq!(done.reward.as_deref(), Some("Mug"));
    assert_eq!(done.balance, Points(50));
    // There was one.
    assert_eq!(
        shop.refuse(&reward(250, "m2")).code,
        FaultCode::ProgramLimit
    );
    let entry = card(&mut shop, fang).redemptions[0].id.clone();
    let reverse = |key: &str| {
        Command::Counter(CounterCommand::Reverse {
            entry: entry.clone(),
            key: key.into(),
        })
    };
    let done = receipt(&shop.apply(&reverse("v")));
    assert_eq!((done.kind, done.balance), (ActKind::Reversed, Points(300)));
    assert_eq!(shop.refuse(&reverse("v2")).code, FaultCode::CannotUndo);
    shop.assert_in_step();
}

#[test]
fn a_purchase_is_taken_back_once() {
    let (mut shop, fang, _) = open_shop();
    shop.order(fang, "2026-06-01T10:00", 100_000);
    let sold = receipt(&shop.apply(&sell(fang, 10_000, 500, "k1")));
    assert_eq!((sold.earned, sold.balance), (Points(95), Points(595)));
    let order = sold.order.unwrap();
    let done = shop.apply(&take_back(order, None, "b1"));
    let back = receipt(&done);
    assert_eq!((back.amount, back.earned), (Money(10_000), Points(-95)));
    assert_eq!((back.used, back.balance), (Points(-500), Points(1_000)));
    let fault = shop.refuse(&take_back(order, None, "b2"));
    assert_eq!(fault.code, FaultCode::RefundTooLarge);
    assert_eq!(fault.expected.as_deref(), Some("0.00"));
    shop.apply(&Command::Undo {
        batch: done.batch.unwrap(),
    });
    assert_eq!(shop.balance(fang), 595);
    shop.assert_in_step();
}

#[test]
fn a_purchase_of_the_wrong_member_is_moved_whole() {
    let (mut shop, fang, na) = open_shop();
    shop.order(fang, "2026-06-01T10:00", 100_000);
    shop.order(na, "2026-06-01T10:00", 40_000);
    let sold = receipt(&shop.apply(&sell(fang, 20_000, 300, "k1")));
    assert_eq!((shop.balance(fang), shop.balance(na)), (897, 400));
    let order = sold.order.unwrap();
    let to = |order: OrderId, to: CustomerId, key: &str| {
        Command::Counter(CounterCommand::Move {
            order,
            to,
            key: key.into(),
        })
    };
    let same = shop.refuse(&to(order, fang, "m1"));
    assert_eq!(same.path.as_deref(), Some("customer"));
    let done = shop.apply(&to(order, na, "m1"));
    let moved = receipt(&done);
    assert_eq!((moved.kind, moved.customer), (ActKind::Moved, na));
    assert_eq!(moved.moved_from.as_deref(), Some("王芳"));
    assert_eq!((moved.earned, moved.used), (Points(197), Points(300)));
    assert_eq!((shop.balance(fang), shop.balance(na)), (1_000, 297));
    shop.assert_in_step();
    assert_eq!(receipt(&shop.apply(&to(order, na, "m1"))), {
        let mut again = moved.clone();
        again.moved_from = None;
        again.rises_to = None;
        again
    });
    // Back again, as if nothing had been.
    shop.apply(&Command::Undo {
        batch: done.batch.unwrap(),
    });
    assert_eq!((shop.balance(fang), shop.balance(na)), (897, 400));
    shop.assert_in_step();
    // Whoever has too few points cannot be the one who paid with them; nothing changes.
    let poor = shop.customer("Poor", "");
    let fault = shop.refuse(&to(order, poor, "m2"));
    assert_eq!(fault.code, FaultCode::InsufficientPoints);
    shop.apply(&take_back(order, Some(100), "b1"));
    assert_eq!(
        shop.refuse(&to(order, na, "m3")).code,
        FaultCode::CannotUndo
    );
    shop.assert_in_step();
}

#[test]
fn a_sale_is_undone_with_its_points() {
    let (mut shop, fang, _) = open_shop();
    shop.order(fang, "2026-06-01T10:00", 100_000);
    let done = shop.apply(&sell(fang, 20_000, 300, "k1"));
    assert_eq!(shop.balance(fang), 897);
    shop.apply(&Command::Undo {
        batch: done.batch.unwrap(),
    });
    assert_eq!(shop.balance(fang), 1_000);
    assert_eq!(card(&mut shop, fang).orders.len(), 1);
    shop.assert_in_step();
}

#[test]
fn a_category_reaches_the_rules_that_look_at_it() {
    let mut shop = Shop::new();
    let doubled = PROGRAM.replace(
        "\"per\":\"1.00\"}],",
        "\"per\":\"1.00\"},{\"id\":\"coffee\",\"on\":\"purchase\",\"multiply\":\"2\",
          \"where\":[{\"attr\":\"category\",\"op\":\"eq\",\"value\":\"coffee\"}]}],",
    );
    shop.apply(&Command::SetProgram {
        program: doubled,
        from: None,
    });
    let ann = shop.customer("Ann", "");
    let mut of_coffee = bill(ann, 1_000, 0);
    assert_eq!(quote(&mut shop, of_coffee.clone()).earned, Points(10));
    of_coffee.category = Some(" coffee ".into());
    assert_eq!(quote(&mut shop, of_coffee.clone()).earned, Points(20));
    let done = shop.apply(&Command::Counter(CounterCommand::Sell {
        bill: of_coffee,
        version: 1,
        key: "k".into(),
    }));
    assert_eq!(receipt(&done).earned, Points(20));
}
