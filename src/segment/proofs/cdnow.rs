//! RFM of the CDNOW sample agrees with the figures that numpy gives for it.
//!
//! Figures: `statistics.json`, `rfm_cdnow_sample`, variant `quantile_edges_type7_le` (numpy 2.4.6, quantiles of type 7 at
//! 20, 40, 60 and 80 %, score = 1 + number of limits below the value, recency the other way round).

use crate::rfm::{self, NO_CELL};
use crate::{Builder, Columns, OrderInput};
use model::*;

const AS_OF: &str = "1998-07-01";

/// Days since the last purchase, purchases, cents of each customer.
fn customers() -> Vec<[i64; 3]> {
    let lines = include_str!("cdnow.txt").lines();
    let lines = lines.filter(|line| !line.starts_with('#'));
    let mut all = Vec::new();
    for line in lines {
        let (days, rest) = line.split_once(": ").unwrap();
        for customer in rest.split(", ") {
            let (orders, cents) = customer.split_once(' ').unwrap();
            all.push([days, orders, cents].map(|number| number.parse().unwrap()));
        }
    }
    all
}

/// The sample as columns. What is scored are sums, so that all money may lie on one purchase and all on one day.
fn columns(customers: &[[i64; 3]]) -> Columns {
    let as_of: Day = AS_OF.parse().unwrap();
    let mut builder = Builder::new(Zone::UTC, Currency::CNY);
    for (id, _) in (1..).zip(customers) {
        builder.customer(&Customer {
            id: CustomerId(id),
            created_at: Timestamp(0),
            updated_at: Timestamp(0),
            fields: CustomerDraft::default(),
        });
    }
    let mut order = 0;
    for (id, [days, orders, cents]) in (1..).zip(customers) {
        let day = as_of.plus_days(-i32::try_from(*days).unwrap());
        for at in 0..*orders {
            order += 1;
            let input = OrderInput {
                id: OrderId(order),
                customer: CustomerId(id),
                at: Timestamp(i64::from(day.0) * 86_400_000 + at),
                currency: Currency::CNY,
                amount: Money(if at == 0 { *cents } else { 0 }),
                gross: None,
                tax: None,
                paid_with_points: None,
                status: OrderStatus::Paid,
                channel: 0,
                coupon: None,
            };
            builder.order(&input, []);
        }
    }
    builder.finish(1)
}

#[test]
fn the_sample_is_whole() {
    let customers = customers();
    let sum = |at: usize| customers.iter().map(|it| it[at]).sum::<i64>();
    assert_eq!(
        (customers.len(), sum(1), sum(2)),
        (2_357, 6_919, 24_409_194)
    );
    assert_eq!(customers.iter().map(|it| it[1]).max(), Some(56));
    let mut days: Vec<i64> = customers.iter().map(|it| it[0]).collect();
    days.sort_unstable();
    assert_eq!(days[days.len() / 2], 474);
}

#[test]
fn scores_agree_with_the_reference() {
    let columns = columns(&customers());
    assert_eq!(columns.order_count(), 6_919);
    let rfm = rfm::score(&columns, AS_OF.parse().unwrap(), &RfmOptions::default());
    // Recency: edges_R. Frequency: edges_F. Money: edges_M 15.36, 31.958, 59.25 and 130.436, whole cents.
    assert_eq!(
        rfm.limits,
        [
            vec![153, 443, 487, 513],
            vec![1, 1, 2, 4],
            vec![1_536, 3_195, 5_925, 13_043]
        ]
    );
    let mut counts = [[0u64; 5]; 3];
    for &cell in &rfm.cells {
        assert_ne!(cell, NO_CELL);
        for (of, score) in counts.iter_mut().zip(rfm::scores(cell).unwrap()) {
            of[usize::from(score) - 1] += 1;
        }
    }
    assert_eq!(
        counts,
        [
            [459, 478, 475, 471, 474],
            [1_205, 0, 406, 358, 388],
            [481, 462, 472, 470, 472]
        ]
    );
    let in_cell = |scores| {
        rfm.cells
            .iter()
            .filter(|&&it| it == rfm::cell(scores))
            .count()
    };
    assert_eq!((in_cell([5, 5, 5]), in_cell([1, 1, 1])), (234, 167));
}
