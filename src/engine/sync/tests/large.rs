//! A first sync of more records than one batch takes.

use super::*;

/// Customers; each has ten orders.
const CUSTOMERS: i64 = 300;

#[test]
fn a_first_sync_goes_in_many_steps_and_leaves_nothing_out() {
    let mut endpoint = Endpoint::default();
    let mut a = shop(11);
    let mut file = String::from("订单号,客户编号,姓名,下单时间,实付金额\n");
    for number in 0..CUSTOMERS * 10 {
        let customer = number % CUSTOMERS;
        file.push_str(&format!(
            "O{number},C{customer},Customer {customer},2026-05-{:02} 10:00,{}.50\n",
            1 + number % 28,
            10 + number % 90
        ));
    }
    a.import("orders.csv", &file);
    share_all(&mut a);
    let mut b = connected(12);
    for shop in [&mut a, &mut b] {
        let mut steps = 0;
        while steps == 0 || overview(shop).light.pending > 0 {
            shop.now = Timestamp(shop.now.0 + 1_000);
            let context = shop.context();
            let mut session = SyncSession::new(&mut shop.engine, 7, &context)
                .unwrap()
                .unwrap();
            loop {
                steps += 1;
                assert!(steps < 100_000, "it comes to no end");
                match session.step(&mut shop.engine, &context).unwrap().0 {
                    SyncStep::More => {}
                    SyncStep::Request(request) => session.answer(Ok(endpoint.answer(&request))),
                    SyncStep::Done { .. } => break,
                }
            }
        }
        assert!(steps > 30, "{steps} steps are no steps");
    }
    assert_eq!(
        b.engine.store.read().counts().unwrap(),
        a.engine.store.read().counts().unwrap()
    );
}
