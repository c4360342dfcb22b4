//! Measures the points of everybody: `cargo run --profile bench -p loyalty --example everybody`.
//! 100,000 members, 1,000,000 orders over three years, one in fifty refunded in part, a redemption for one in four.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "a measurement on a desk, not shipped"
)]

use loyalty::{
    AsOf, Block, Deed, Evaluator, Fast, Line, LineColumns, Member, NO_CODE, Overview, Programs,
    Purchase, Recorded, Refund, Span, Spent, Texts, Version,
};
use model::program::Program;
use model::{Currency, Day, EntryId, Money, OrderId, OrderStatus, Points, Timestamp, Zone};
use shops::Words;
use std::time::{Duration, Instant};

#[path = "../tests/loyalty/shops.rs"]
#[expect(dead_code, reason = "one of the two programmes is measured")]
mod shops;

const MEMBERS: usize = 100_000;
const ORDERS_EACH: usize = 10;

/// Multiplies category `coffee`, as the reference query of the performance goals does.
const BY_CATEGORY: &str = r#"{"name":"P","currency":"CNY","time_zone":"Asia/Shanghai","earn":[
  {"id":"base","on":"purchase","points":1,"per":"1.00"},
  {"id":"coffee","on":"purchase","multiply":"2","where":[{"attr":"category","op":"eq","value":"coffee"}]}],
  "expiry":{"kind":"days","n":365},
  "tiers":{"window":{"kind":"rolling_months","n":12},"keep_months":12,"levels":[
    {"id":"silver","from":0},{"id":"gold","from":1000,"multiply":"1.25"},{"id":"platinum","from":5000,"multiply":"1.5"}]}}"#;

struct Categories;

impl loyalty::Dictionary for Categories {
    fn each(&self, of: Texts, see: &mut dyn FnMut(u32, &str)) {
        if of == Texts::Categories {
            for (code, text) in ["coffee", "tea", "cake", "beans"].iter().enumerate() {
                see(code as u32, text);
            }
        }
    }
}

fn main() {
    let zone = Zone::parse("Asia/Shanghai").unwrap();
    let words = Words {
        name: "P",
        tiers: ["a", "b", "c"],
        reward: "r",
    };
    let shop = shops::shop(words, Currency::CNY, zone);
    let by_category = Program::parse(BY_CATEGORY).unwrap();
    measure_fast("shop", &shop);
    measure_fast("by category", &by_category);
    measure("shop", &shop);
    measure("by category", &by_category);
}

fn measure(name: &str, program: &Program) {
    let first = Day::from_ymd(2023, 1, 1).unwrap();
    let zone = program.time_zone;
    let programs = only_version(program);
    let (purchases, lines, refunds) = facts(first);
    let recorded: Vec<Recorded<'_>> = (0..MEMBERS)
        .map(|member| {
            let day = first.plus_days(900 + (member % 100) as i32);
            Recorded {
                id: EntryId(member as i64 + 1),
                key: "k",
                at: Timestamp(i64::from(day.0) * 86_400_000),
                day,
                what: Deed::Redemption {
                    points: Points(100),
                    order: None,
                    reward: None,
                },
                reason: None,
            }
        })
        .collect();
    let as_of = AsOf::end_of(first.plus_days(1_095), &zone);
    let mut evaluator = Evaluator::new(&programs);
    for round in 0..3 {
        let start = (Instant::now(), cpu());
        let mut overview = Overview::new(as_of.day);
        let mut sum = 0i64;
        for member in 0..MEMBERS {
            let orders = member * ORDERS_EACH;
            let facts = Member {
                purchases: &purchases[orders..orders + ORDERS_EACH],
                lines: &lines,
                refunds: &refunds,
                recorded: if member % 4 == 0 {
                    &recorded[member..=member]
                } else {
                    &[]
                },
                ..Member::default()
            };
            let standing = evaluator.standing(&facts, as_of).unwrap();
            sum += standing.balance.0;
            overview.add(&standing, evaluator.open_lots()).unwrap();
        }
        println!(
            "{name}, round {round}: {:?}, of the processor {:?}, balances {sum}, tiers {:?}, expiring within 30 days {}",
            start.0.elapsed(),
            cpu() - start.1,
            overview.tiers,
            overview.expiring_30_days
        );
    }
}

/// The same by the fast way, from columns; whom it does not know is folded by the general way. The same sums.
fn measure_fast(name: &str, program: &Program) {
    let first = Day::from_ymd(2023, 1, 1).unwrap();
    let zone = program.time_zone;
    let programs = only_version(program);
    let (purchases, lines, refunds) = facts(first);
    let column = |of: fn(&Purchase) -> i64| purchases.iter().map(of).collect::<Vec<i64>>();
    let (at, amount) = (column(|it| it.at.0), column(|it| it.amount.0));
    let day: Vec<i32> = purchases.iter().map(|it| it.day.0).collect();
    let line_start: Vec<u32> = purchases.iter().map(|it| it.lines.start).collect();
    let line_len: Vec<u32> = purchases.iter().map(|it| it.lines.len).collect();
    let refunded: Vec<bool> = purchases.iter().map(|it| it.refunds.len > 0).collect();
    let product: Vec<u32> = lines.iter().map(|it| it.product).collect();
    let category: Vec<u32> = lines.iter().map(|it| it.category).collect();
    let paid: Vec<i64> = lines.iter().map(|it| it.amount.0).collect();
    let columns = LineColumns {
        product: &product,
        category: &category,
        amount: &paid,
        none: NO_CODE,
    };
    let as_of = AsOf::end_of(first.plus_days(1_095), &zone);
    let mut evaluator = Evaluator::new(&programs);
    for round in 0..3 {
        let start = (Instant::now(), cpu());
        let mut fast = Fast::new(&programs, &columns, first, as_of.day).unwrap();
        let mut overview = Overview::new(as_of.day);
        let (mut sum, mut slow) = (0i64, 0);
        for member in 0..MEMBERS {
            let orders = member * ORDERS_EACH..(member + 1) * ORDERS_EACH;
            let spent = [spent_by(member, first)];
            let spent = if member % 4 == 0 { &spent[..] } else { &[] };
            let block = Block {
                at: &at[orders.clone()],
                day: &day[orders.clone()],
                amount: &amount[orders.clone()],
                line_start: &line_start[orders.clone()],
                line_len: &line_len[orders.clone()],
            };
            let is_common = !refunded[orders.clone()].contains(&true);
            let standing = is_common
                .then(|| fast.standing(&block, &columns, spent))
                .flatten();
            if let Some(standing) = standing {
                sum += standing.balance.0;
                overview.add(&standing, fast.open_lots()).unwrap();
                continue;
            }
            slow += 1;
            let recorded: Vec<Recorded<'_>> = spent.iter().map(redemption).collect();
            let facts = Member {
                purchases: &purchases[orders],
                lines: &lines,
                refunds: &refunds,
                recorded: &recorded,
                ..Member::default()
            };
            let standing = evaluator.standing(&facts, as_of).unwrap();
            sum += standing.balance.0;
            overview.add(&standing, evaluator.open_lots()).unwrap();
        }
        println!(
            "{name}, fast, round {round}: {:?}, of the processor {:?}, balances {sum}, tiers {:?}, expiring within 30 days {}, {slow} members by the general way",
            start.0.elapsed(),
            cpu() - start.1,
            overview.tiers,
            overview.expiring_30_days
        );
    }
}

/// The programme, in force for all time.
fn only_version(program: &Program) -> Programs {
    let version = Version {
        number: 1,
        from: None,
        program: program.clone(),
    };
    Programs::new(&[version], &Categories).unwrap()
}

/// What the member redeemed.
fn spent_by(member: usize, first: Day) -> Spent {
    let day = first.plus_days(900 + (member % 100) as i32).0;
    Spent {
        at: i64::from(day) * 86_400_000,
        day,
        points: 100,
    }
}

fn redemption(it: &Spent) -> Recorded<'static> {
    Recorded {
        id: EntryId(1),
        key: "k",
        at: Timestamp(it.at),
        day: Day(it.day),
        what: Deed::Redemption {
            points: Points(it.points),
            order: None,
            reward: None,
        },
        reason: None,
    }
}

/// Time on the processor, which a busy machine does not change.
fn cpu() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = text
        .split(' ')
        .next()
        .and_then(|number| number.parse().ok());
    Duration::from_nanos(nanos.unwrap_or(0))
}

fn facts(first: Day) -> (Vec<Purchase>, Vec<Line>, Vec<Refund<'static>>) {
    let (mut purchases, mut lines, mut refunds) = (Vec::new(), Vec::new(), Vec::new());
    let mut seed: u64 = 1;
    let mut next = |below: u64| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    for order in 0..MEMBERS * ORDERS_EACH {
        let place = (order % ORDERS_EACH) as i32;
        let day = first.plus_days(place * 105 + next(100) as i32);
        let minute = 600 + next(600) as u16;
        let at = Timestamp(i64::from(day.0) * 86_400_000 + i64::from(minute) * 60_000);
        let span = |start: usize, len| Span {
            start: start as u32,
            len,
        };
        let first_line = lines.len();
        let mut amount = 0;
        for _ in 0..2 {
            let paid = next(20_000) as i64;
            amount += paid;
            lines.push(Line {
                product: NO_CODE,
                category: next(4) as u32,
                quantity_milli: 1_000,
                amount: Money(paid),
            });
        }
        let is_refunded = next(50) == 0;
        let first_refund = refunds.len();
        if is_refunded {
            refunds.push(Refund {
                key: "r",
                at: Timestamp(at.0 + 86_400_000),
                day: day.plus_days(1),
                amount: Money(amount / 2),
                lines: Span::default(),
            });
        }
        purchases.push(Purchase {
            id: OrderId(order as i64 + 1),
            at,
            day,
            minute,
            status: OrderStatus::Paid,
            amount: Money(amount),
            gross: Money(amount),
            tax: Money::ZERO,
            paid_with_points: Money::ZERO,
            channel: NO_CODE,
            coupon: NO_CODE,
            lines: span(first_line, 2),
            refunds: span(first_refund, u32::from(is_refunded)),
        });
    }
    (purchases, lines, refunds)
}
