//! Times the rule questions of the workload natively, over a made business of so many customers:
//! `cargo run --profile bench -p segment --example questions -- 100000`.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a tool for the developer"
)]

use model::rule::Rule;
use model::{
    Consent, Currency, Customer, CustomerDraft, CustomerId, CustomerKind, Day, Money, OrderId,
    OrderStatus, Timestamp, Zone,
};
use segment::{Builder, Columns, Derived, EvalContext, LineInput, OrderInput, evaluate};
use std::time::Instant;

struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (self.0 >> 33) % n
    }
}

fn business(customers: i64, today: Day) -> Columns {
    let mut random = Random(1);
    let mut builder = Builder::new(Zone::parse("Asia/Shanghai").unwrap(), Currency::CNY);
    let categories: Vec<u32> = (0..50).map(|n| builder.term(&format!("类目{n}"))).collect();
    let products: Vec<u32> = (0..2000)
        .map(|n| builder.term(&format!("商品{n}")))
        .collect();
    for id in 1..=customers {
        let city = random.below(300);
        let born = Day(-5000 + random.below(18_000) as i32);
        builder.customer(&Customer {
            id: CustomerId(id),
            created_at: Timestamp(0),
            updated_at: Timestamp(0),
            fields: CustomerDraft {
                name: format!("客户{id}"),
                kind: CustomerKind::Person,
                province: Some(format!("省{}", city % 34)),
                city: Some(format!("市{city}")),
                birthday: born.to_string().parse().ok(),
                consent: Consent {
                    email: Some(random.below(100) < 55),
                    ..Consent::default()
                },
                ..CustomerDraft::default()
            },
        });
    }
    let mut order = 0;
    for id in 1..=customers {
        let share = (random.below(1_000_000) as f64 + 1.0) / 1_000_001.0;
        for _ in 0..((-share.ln() * 10.5) as u64).min(120) {
            order += 1;
            let product = (random.below(2000) * random.below(2000) / 2000) as usize;
            let day = today.plus_days(-(random.below(1095) as i32) - 1);
            let amount = Money(500 + random.below(90_000) as i64);
            let input = OrderInput {
                id: OrderId(order),
                customer: CustomerId(id),
                at: Timestamp(i64::from(day.0) * 86_400_000 + random.below(50_000_000) as i64),
                currency: Currency::CNY,
                amount,
                gross: None,
                tax: None,
                paid_with_points: None,
                status: OrderStatus::Paid,
                channel: 0,
                coupon: None,
            };
            let line = LineInput {
                product: *products.get(product).unwrap(),
                category: *categories.get(product % 50).unwrap(),
                quantity_milli: 1000,
                amount,
            };
            builder.order(&input, [line]);
        }
    }
    builder.finish(1)
}

const QUESTIONS: [(&str, &str); 5] = [
    (
        "Q1",
        r#"{"all":[{"attr":"province","op":"in","value":["省1","省2","省3"]},{"attr":"age","op":"between","value":[25,34]},{"attr":"consent.email","op":"is","value":true},{"not":{"attr":"name","op":"eq","value":"nobody"}}]}"#,
    ),
    (
        "Q2",
        r#"{"all":[{"orders":{"within":{"last":{"n":90,"unit":"day"}},"measure":"count","op":"gte","value":3}},{"orders":{"within":{"last":{"n":365,"unit":"day"}},"measure":"sum","op":"gte","value":"2000.00"}}]}"#,
    ),
    (
        "Q3",
        r#"{"all":[{"orders":{"where":[{"attr":"category","op":"eq","value":"类目1"}],"measure":"count","op":"gte","value":1}},{"orders":{"where":[{"attr":"category","op":"eq","value":"类目2"}],"measure":"count","op":"eq","value":0}},{"attr":"days_since_last_order","op":"gt","value":60}]}"#,
    ),
    (
        "Q4",
        r#"{"any":[{"all":[{"attr":"province","op":"in","value":["省1","省2","省3"]},{"orders":{"within":{"last":{"n":90,"unit":"day"}},"measure":"count","op":"gte","value":2}}]},{"all":[{"not":{"orders":{"where":[{"attr":"category","op":"eq","value":"类目2"}],"measure":"count","op":"gte","value":1}}},{"attr":"spend","op":"gte","value":"5000.00"},{"attr":"consent.email","op":"is","value":true}]}]}"#,
    ),
    (
        "Q2 quantity",
        r#"{"orders":{"within":{"last":{"n":365,"unit":"day"}},"measure":"quantity","op":"gte","value":3}}"#,
    ),
];

fn main() {
    let customers = std::env::args()
        .nth(1)
        .map_or(100_000, |n| n.parse().unwrap());
    let today: Day = "2026-11-20".parse().unwrap();
    let columns = business(customers, today);
    println!(
        "{} customers, {} orders",
        columns.customer_count(),
        columns.order_count()
    );
    let derived = Derived::default();
    let context = EvalContext {
        as_of: today,
        derived: &derived,
        segments: &|_| None,
    };
    for (name, rule) in QUESTIONS {
        let rule = Rule::parse(rule).unwrap();
        let mut times = Vec::new();
        let mut count = 0;
        for _ in 0..21 {
            let start = Instant::now();
            count = evaluate(&rule, &columns, &context).unwrap().count();
            times.push(start.elapsed().as_micros());
        }
        times.sort_unstable();
        println!("{name}: {count} in {} us", times.get(10).unwrap());
    }
}
