//! Properties: whatever is done, columns and balances agree with the store; a dry run tells what the real run does.

use super::*;
use proptest::prelude::*;
use protocol::{BonusEnds, PointsCommand};

/// Something a person does.
#[derive(Clone, Debug)]
enum Act {
    Create(u8),
    Update(u8, u8),
    Remove(u8),
    Tag(u8, bool),
    Order(u8, u16, u16),
    RemoveOrder(u8),
    Refund(u8, Option<u16>),
    Note(u8),
    Redeem(u8),
    Adjust(u8, i16),
    Reverse(u8),
    Pay(u8),
    Transfer(u8, u8, u8),
    Merge(u8, u8),
    Bonus(u8, u8),
    Undo(u8),
    /// Rates of the dollar: none, or one or two.
    Rates(u8),
    Import(String),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => any::<u8>().prop_map(Act::Create),
        2 => any::<(u8, u8)>().prop_map(|(a, b)| Act::Update(a, b)),
        1 => any::<u8>().prop_map(Act::Remove),
        1 => any::<(u8, bool)>().prop_map(|(a, b)| Act::Tag(a, b)),
        5 => any::<(u8, u16, u16)>().prop_map(|(a, b, c)| Act::Order(a, b, c)),
        1 => any::<u8>().prop_map(Act::RemoveOrder),
        2 => any::<(u8, Option<u16>)>().prop_map(|(a, b)| Act::Refund(a, b)),
        1 => any::<u8>().prop_map(Act::Note),
        1 => any::<u8>().prop_map(Act::Redeem),
        2 => any::<(u8, i16)>().prop_map(|(a, b)| Act::Adjust(a, b)),
        1 => any::<u8>().prop_map(Act::Reverse),
        1 => any::<u8>().prop_map(Act::Pay),
        1 => any::<(u8, u8, u8)>().prop_map(|(a, b, c)| Act::Transfer(a, b, c)),
        1 => any::<(u8, u8)>().prop_map(|(a, b)| Act::Merge(a, b)),
        1 => any::<(u8, u8)>().prop_map(|(a, b)| Act::Bonus(a, b)),
        4 => any::<u8>().prop_map(Act::Undo),
        1 => any::<u8>().prop_map(Act::Rates),
        1 => file().prop_map(Act::Import),
    ]
}

/// A file whose few keys, names, mails and phones meet again and again.
fn file() -> impl Strategy<Value = String> {
    let key = prop_oneof![Just(String::new()), (0..4u8).prop_map(|n| format!("K{n}"))];
    let name = prop_oneof![
        Just(String::new()),
        (0..3u8).prop_map(|n| format!("Name{n}"))
    ];
    let mail = prop_oneof![
        2 => Just(String::new()),
        1 => (0..3u8).prop_map(|n| format!("m{n}@example.com")),
        1 => Just("no mail".to_owned()),
    ];
    let phone = prop_oneof![
        2 => Just(String::new()),
        1 => (0..4u8).prop_map(|n| format!("1380000000{n}")),
        1 => Just("138****0001".to_owned()),
    ];
    let tag = prop_oneof![Just(String::new()), (0..3u8).prop_map(|n| format!("t{n}"))];
    prop::collection::vec((key, name, mail, phone, tag), 1..12).prop_map(|rows| {
        let mut file = String::from("id,name,email,phone,tags\n");
        for (key, name, mail, phone, tag) in rows {
            file.push_str(&format!("{key},{name},{mail},{phone},{tag}\n"));
        }
        // A file of blank rows only would be refused as one without rows.
        file.push_str("K9,Last,,,\n");
        file
    })
}

fn order_file() -> impl Strategy<Value = String> {
    let row = (0..5u8, 0..4u8, 0..3u8, 0..4u16, 0..3u16, 0..3u8);
    prop::collection::vec(row, 1..12).prop_map(|rows| {
        let mut file = String::from("订单编号,下单时间,实付金额,手机号,姓名,退款金额\n");
        for (number, phone, name, amount, refund, day) in rows {
            let phone = match phone {
                0 => String::new(),
                n => format!("1380000000{n}"),
            };
            let name = match name {
                0 => String::new(),
                n => format!("Name{n}"),
            };
            let number = match number {
                0 => String::new(),
                n => format!("O{n}"),
            };
            file.push_str(&format!(
                "{number},2026-05-0{} 10:00:00,{}.50,{phone},{name},{refund}\n",
                day + 1,
                amount * 10 + 1,
            ));
        }
        file
    })
}

/// What has been made so far.
#[derive(Default)]
struct Made {
    customers: Vec<CustomerId>,
    orders: Vec<OrderId>,
    batches: Vec<BatchId>,
}

fn pick<T: Copy>(of: &[T], n: u8) -> Option<T> {
    (!of.is_empty()).then(|| of[usize::from(n) % of.len()])
}

#[expect(clippy::too_many_lines, reason = "one arm for each kind of act")]
fn command(act: &Act, made: &Made, shop: &mut Shop, step: usize) -> Option<Command> {
    let person = |n: u8| CustomerDraft {
        name: format!("Person {}", n % 5),
        phone: n.is_multiple_of(3).then(|| format!("1380000000{}", n % 10)),
        external_id: n.is_multiple_of(4).then(|| format!("K{}", n % 7)),
        birthday: Birthday::new(None, u32::from(n % 12) + 1, 3).ok(),
        ..CustomerDraft::default()
    };
    let key = format!("key-{step}");
    Some(match *act {
        Act::Rates(n) => Command::SetRates {
            rates: (1..=n % 3)
                .map(|at| Rate {
                    currency: Currency::parse("USD").unwrap(),
                    from: Day(20_500 + i32::from(at) * 30 - i32::from(n) / 2),
                    rate: Decimal {
                        units: i64::from(n) + 650,
                        scale: 2,
                    },
                })
                .collect(),
        },
        Act::Create(n) => Command::CreateCustomer { fields: person(n) },
        Act::Update(of, n) => Command::UpdateCustomer {
            id: pick(&made.customers, of)?,
            fields: person(n),
        },
        Act::Remove(of) => Command::RemoveCustomers {
            ids: vec![pick(&made.customers, of)?],
        },
        Act::Tag(of, add) => Command::TagCustomers {
            ids: vec![pick(&made.customers, of)?],
            tag: "vip".into(),
            add,
        },
        Act::Order(of, days, amount) => {
            let at = Timestamp(shop.now.0 - i64::from(days % 900) * 86_400_000);
            Command::CreateOrder {
                customer: pick(&made.customers, of)?,
                fields: OrderDraft {
                    at,
                    currency: if amount.is_multiple_of(13) {
                        Currency::parse("USD").unwrap()
                    } else {
                        Currency::CNY
                    },
                    ..order("2026-06-01", i64::from(amount) * 10)
                },
            }
        }
        Act::RemoveOrder(of) => Command::RemoveOrder {
            id: pick(&made.orders, of)?,
        },
        Act::Refund(of, amount) => {
            let amount = amount.map(i64::from);
            Command::RefundOrder(super::commands::refund(
                pick(&made.orders, of)?,
                amount,
                &key,
            ))
        }
        Act::Note(of) => Command::AddInteraction {
            customer: pick(&made.customers, of)?,
            fields: InteractionDraft {
                kind: "note".into(),
                at: shop.now,
                key: None,
                data: Default::default(),
            },
        },
        Act::Undo(of) => Command::Undo {
            batch: pick(&made.batches, of)?,
        },
        Act::Import(_) => return None,
        _ => return on_points(act, made, shop, key),
    })
}

fn on_points(act: &Act, made: &Made, shop: &mut Shop, key: String) -> Option<Command> {
    Some(match *act {
        Act::Redeem(of) => Command::Redeem {
            customer: pick(&made.customers, of)?,
            points: Some(Points(100)),
            reward: None,
            order_amount: None,
            order: None,
            key,
        },
        Act::Pay(of) => {
            let order = pick(&made.orders, of)?;
            Command::Redeem {
                customer: shop.engine.store.read().order(order).ok()??.customer,
                points: Some(Points(100)),
                reward: None,
                order_amount: None,
                order: Some(order),
                key,
            }
        }
        Act::Transfer(from, to, points) => Command::Points(PointsCommand::Transfer {
            from: pick(&made.customers, from)?,
            to: pick(&made.customers, to)?,
            points: Points(points.into()),
            reason: None,
            key,
        }),
        Act::Merge(from, into) => Command::Points(PointsCommand::Merge {
            from: pick(&made.customers, from)?,
            into: pick(&made.customers, into)?,
            reason: None,
            key,
        }),
        Act::Bonus(of, points) => Command::Points(PointsCommand::Bonus {
            customer: pick(&made.customers, of)?,
            points: Points(points.into()),
            qualifies: points % 2 == 0,
            ends: BonusEnds::ByProgram,
            reason: "campaign".into(),
            key,
        }),
        Act::Adjust(of, points) => Command::AdjustPoints {
            customer: pick(&made.customers, of)?,
            points: Points(points.into()),
            reason: "because".into(),
            key,
        },
        Act::Reverse(of) => {
            let customer = pick(&made.customers, of)?;
            let entries = shop.engine.store.read().entries(customer).ok()?;
            Command::ReverseEntry {
                entry: entries.last()?.id.to_string(),
                reason: None,
                key,
            }
        }
        _ => return None,
    })
}

fn perform(shop: &mut Shop, acts: &[Act]) {
    let mut made = Made::default();
    for (step, act) in acts.iter().enumerate() {
        shop.now.0 += 1_000;
        if let Act::Import(file) = act {
            let report = shop.import("some.csv", file);
            made.batches.extend(report.batch);
            continue;
        }
        let Some(command) = command(act, &made, shop, step) else {
            continue;
        };
        let Ok(done) = shop.try_apply(&command) else {
            continue;
        };
        made.batches.extend(done.batch);
        match done.outcome {
            Outcome::Customer { id } if !made.customers.contains(&id) => made.customers.push(id),
            Outcome::Order { id } if !made.orders.contains(&id) => made.orders.push(id),
            _ => {}
        }
        // Somebody looks now and then, so that caches exist and have to follow.
        if step % 3 == 0 {
            shop.ask(Query::Home);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, max_shrink_iters: 60, ..ProptestConfig::default() })]

    #[test]
    fn columns_and_balances_stay_in_step(acts in prop::collection::vec(act(), 1..40)) {
        let mut shop = Shop::new();
        shop.program();
        perform(&mut shop, &acts);
        shop.assert_in_step();
    }

    #[test]
    fn points_from_columns_are_those_from_the_store(acts in prop::collection::vec(act(), 1..40)) {
        let mut shop = Shop::new();
        shop.program();
        perform(&mut shop, &acts);
        let Reply::Customers(page) = shop.ask(Query::Customers(ListRequest { limit: 500, ..ListRequest::default() }))
        else { panic!() };
        for row in page.items {
            let balance = shop.balance(row.customer.id);
            prop_assert_eq!(row.facts.unwrap().balance, Some(Points(balance)));
        }
    }

    #[test]
    fn the_same_file_twice_changes_nothing_whatever_was_chosen(
        before in file(), then in file(), orders in order_file(), on_match in 0..4usize, unknown in 0..3usize,
        by in any::<[bool; 4]>(),
    ) {
        use model::import::{MatchBy, OnMatch, OnUnknown};
        let [external_id, email, phone, name] = by;
        let mut shop = Shop::new();
        shop.import("before.csv", &before);
        for (file_name, file) in [("then.csv", &then), ("orders.csv", &orders)] {
            let plan = ImportPlan {
                on_match: [OnMatch::Update, OnMatch::Skip, OnMatch::Overwrite, OnMatch::KeepBoth][on_match],
                on_unknown: [OnUnknown::Create, OnUnknown::Wait, OnUnknown::Skip][unknown],
                match_by: MatchBy { external_id, email, phone, name },
                ..shop.plan(file_name, file)
            };
            let dry = shop.run(plan.clone(), file, true);
            let real = shop.run(plan.clone(), file, false);
            prop_assert_eq!((dry.customers, dry.orders), (real.customers, real.orders), "{}", file);
            let again = shop.run(plan, file, false);
            prop_assert_eq!((again.customers.created, again.customers.updated), (0, 0), "{}", file);
            prop_assert_eq!((again.orders.created, again.orders.updated, again.orders.waiting), (0, 0, 0), "{}", file);
        }
        shop.assert_in_step();
    }

    #[test]
    fn a_dry_run_tells_what_the_real_run_does(before in file(), then in file(), orders in order_file()) {
        let mut shop = Shop::new();
        shop.import("before.csv", &before);
        for (name, file) in [("then.csv", &then), ("orders.csv", &orders)] {
            let dry = shop.dry_run(name, file);
            let real = shop.import(name, file);
            prop_assert_eq!(
                (dry.rows, dry.customers, dry.orders, dry.duplicates, &dry.issue_counts, dry.samples.len()),
                (real.rows, real.customers, real.orders, real.duplicates, &real.issue_counts, real.samples.len())
            );
            // Once more changes nothing.
            let again = shop.import(name, file);
            prop_assert_eq!((again.customers.created, again.customers.updated), (0, 0), "{}", file);
            prop_assert_eq!((again.orders.created, again.orders.updated), (0, 0), "{}", file);
        }
        shop.assert_in_step();
    }

    #[test]
    fn undoing_an_import_leaves_no_trace(before in file(), then in file(), orders in order_file()) {
        let mut shop = Shop::new();
        shop.program();
        shop.import("before.csv", &before);
        let was: Vec<_> = shop.list(ListRequest { limit: 500, ..ListRequest::default() }).items
            .into_iter().map(|row| (row.customer.id, row.customer.fields)).collect();
        let reports = [shop.import("then.csv", &then), shop.import("orders.csv", &orders)];
        for report in reports.iter().rev() {
            if let Some(batch) = report.batch {
                shop.apply(&Command::Undo { batch });
            }
        }
        let is: Vec<_> = shop.list(ListRequest { limit: 500, ..ListRequest::default() }).items
            .into_iter().map(|row| (row.customer.id, row.customer.fields)).collect();
        prop_assert_eq!(was, is);
        shop.assert_in_step();
    }
}
