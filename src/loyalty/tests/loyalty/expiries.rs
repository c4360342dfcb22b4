//! `timezone_expiry` of `loyalty-cases.json`: computed there with CPython 3.11 zoneinfo, tzdata 2026.6. Points earned at an
//! instant get the local date in the programme's zone; they are usable to the end of the last local day.

use crate::story::{Story, day, program};
use loyalty::{AsOf, Evaluator, Member, NO_CODE, Programs, Purchase, Span, Version};
use model::{Money, OrderId, OrderStatus, Timestamp, Zone};
use serde_json::{Value, json};

/// name, earned at (UTC), zone, expiry, local day earned, last usable day, first instant it is gone (UTC)
pub fn table() -> Vec<(
    &'static str,
    &'static str,
    &'static str,
    Value,
    [&'static str; 3],
)> {
    let months = |n: u32| json!({"kind": "months", "n": n});
    let up = |n: u32, to: &str| json!({"kind": "months", "n": n, "round_up": to});
    let days = |n: u32| json!({"kind": "days", "n": n});
    let years = |n: u32| json!({"kind": "year_end", "years": n});
    vec![
        (
            "voucherify 25 Jan +1 month",
            "2023-01-25T12:00:00Z",
            "UTC",
            months(1),
            ["2023-01-25", "2023-02-25", "2023-02-26T00:00:00Z"],
        ),
        (
            "voucherify 31 Jan +1 month (clamp)",
            "2023-01-31T12:00:00Z",
            "UTC",
            months(1),
            ["2023-01-31", "2023-02-28", "2023-03-01T00:00:00Z"],
        ),
        (
            "31 Jan leap year +1 month",
            "2024-01-31T12:00:00Z",
            "UTC",
            months(1),
            ["2024-01-31", "2024-02-29", "2024-03-01T00:00:00Z"],
        ),
        (
            "29 Feb +12 months",
            "2024-02-29T12:00:00Z",
            "UTC",
            months(12),
            ["2024-02-29", "2025-02-28", "2025-03-01T00:00:00Z"],
        ),
        (
            "voucherify 0 months",
            "2023-01-01T12:00:00Z",
            "UTC",
            months(0),
            ["2023-01-01", "2023-01-01", "2023-01-02T00:00:00Z"],
        ),
        (
            "round up to quarter",
            "2023-01-25T12:00:00Z",
            "UTC",
            up(1, "quarter"),
            ["2023-01-25", "2023-03-31", "2023-04-01T00:00:00Z"],
        ),
        (
            "round up to half-year",
            "2023-07-10T12:00:00Z",
            "UTC",
            up(1, "half_year"),
            ["2023-07-10", "2023-12-31", "2024-01-01T00:00:00Z"],
        ),
        (
            "JD legacy: end of next calendar year",
            "2014-03-05T02:00:00Z",
            "Asia/Shanghai",
            years(1),
            ["2014-03-05", "2015-12-31", "2015-12-31T16:00:00Z"],
        ),
        (
            "JD 2026: 180 days",
            "2026-01-01T00:00:00Z",
            "Asia/Shanghai",
            days(180),
            ["2026-01-01", "2026-06-30", "2026-06-30T16:00:00Z"],
        ),
        (
            "Shanghai date line: 23:30Z Dec 31 is Jan 1 local",
            "2025-12-31T23:30:00Z",
            "Asia/Shanghai",
            years(1),
            ["2026-01-01", "2027-12-31", "2027-12-31T16:00:00Z"],
        ),
        (
            "Shanghai date line: 15:30Z Dec 31 is still Dec 31 local",
            "2025-12-31T15:30:00Z",
            "Asia/Shanghai",
            years(1),
            ["2025-12-31", "2026-12-31", "2026-12-31T16:00:00Z"],
        ),
        (
            "New York spring-forward (23 h day)",
            "2025-02-07T17:00:00Z",
            "America/New_York",
            days(30),
            ["2025-02-07", "2025-03-09", "2025-03-10T04:00:00Z"],
        ),
        (
            "New York fall-back (25 h day)",
            "2025-10-03T16:00:00Z",
            "America/New_York",
            days(30),
            ["2025-10-03", "2025-11-02", "2025-11-03T05:00:00Z"],
        ),
        (
            "Starbucks: 6 months after calendar month",
            "2020-12-15T20:00:00Z",
            "America/Los_Angeles",
            up(6, "month"),
            ["2020-12-15", "2021-06-30", "2021-07-01T07:00:00Z"],
        ),
        (
            "midnight-less day in Santiago",
            "2025-08-08T15:00:00Z",
            "America/Santiago",
            days(29),
            ["2025-08-08", "2025-09-06", "2025-09-07T04:00:00Z"],
        ),
        (
            "Odoo: 90 days, cron expires when expiration_date < today",
            "2025-01-01T10:00:00Z",
            "UTC",
            days(90),
            ["2025-01-01", "2025-04-01", "2025-04-02T00:00:00Z"],
        ),
    ]
}

#[test]
fn points_end_with_the_last_local_day() {
    for (name, earned, zone, expiry, [local, last, gone]) in table() {
        let program = program(json!({ "expiry": expiry, "time_zone": zone }));
        let programs = Programs::new(
            &[Version {
                number: 1,
                from: None,
                program,
            }],
            &(),
        )
        .unwrap();
        let zone = Zone::parse(zone).unwrap();
        let at: Timestamp = earned.parse().unwrap();
        let (day_earned, minute) = zone.day_and_minute(at);
        assert_eq!(day_earned, day(local), "{name}");
        let purchase = Purchase {
            id: OrderId(1),
            at,
            day: day_earned,
            minute,
            status: OrderStatus::Paid,
            amount: Money(10_000),
            gross: Money(10_000),
            tax: Money::ZERO,
            paid_with_points: Money::ZERO,
            channel: NO_CODE,
            coupon: NO_CODE,
            lines: Span::default(),
            refunds: Span::default(),
        };
        let member = Member {
            purchases: &[purchase],
            ..Member::default()
        };
        let mut evaluator = Evaluator::new(&programs);
        let gone: Timestamp = gone.parse().unwrap();
        for (instant, balance) in [(at.0, 100), (gone.0 - 1, 100), (gone.0, 0)] {
            let as_of = AsOf::instant(Timestamp(instant), &zone);
            let account = evaluator.account(&member, as_of).unwrap();
            assert_eq!(
                account.standing.balance.0,
                balance,
                "{name} at {}",
                Timestamp(instant)
            );
            if balance > 0 {
                assert_eq!(account.lots[0].expires_on, Some(day(last)), "{name}");
            }
        }
    }
}

/// `expiry.calendar`, `expiry.inactivity` and `expiry.rolling` of the published cases: expiry, earned, last usable day.
#[test]
fn published_expiries() {
    for (source, expiry, earned, last) in [
        (
            "tastingtable.com: Starbucks Terms of Use",
            json!({"kind": "months", "n": 6, "round_up": "month"}),
            "2020-12-15",
            "2021-06-30",
        ),
        (
            "help.engage.voyado.com: x calendar years, x = 2",
            json!({"kind": "year_end", "years": 2}),
            "2023-05-05",
            "2025-12-31",
        ),
        (
            "m.zoftsoft.com: JD legacy",
            json!({"kind": "year_end", "years": 1}),
            "2014-05-01",
            "2015-12-31",
        ),
        (
            "doc.crmeb.com/pro_s/crmebpro/140: at 2021-12-31 what was earned up to 2020-12-31",
            json!({"kind": "year_end", "years": 1}),
            "2020-12-31",
            "2021-12-31",
        ),
        (
            "m.xajtlv.com: JD 2026",
            json!({"kind": "days", "n": 180}),
            "2026-01-01",
            "2026-06-30",
        ),
        (
            "docs.voucherify.io",
            json!({"kind": "months", "n": 1}),
            "2023-01-25",
            "2023-02-25",
        ),
        (
            "docs.voucherify.io",
            json!({"kind": "months", "n": 1}),
            "2023-01-31",
            "2023-02-28",
        ),
        (
            "docs.voucherify.io",
            json!({"kind": "months", "n": 0}),
            "2023-01-01",
            "2023-01-01",
        ),
        (
            "the contract: round up to the year",
            json!({"kind": "months", "n": 1, "round_up": "year"}),
            "2023-12-15",
            "2024-12-31",
        ),
        (
            "the contract: inactivity",
            json!({"kind": "inactivity", "months": 12}),
            "2024-02-29",
            "2025-02-28",
        ),
    ] {
        let story = Story::new(json!({ "expiry": expiry })).order(1, earned, "100");
        let lots = story.ledger(earned).0.lots;
        assert_eq!(lots[0].expires_on, Some(day(last)), "{source}");
    }
    let story = Story::new(json!({})).order(1, "2020-01-01", "100");
    assert_eq!(story.balance("2120-01-01"), 100, "never");
}

#[test]
fn any_purchase_moves_every_lot_under_inactivity() {
    // docs.capillarytech.com/docs/points-rolling-expiry: the event moves all lots to 12 months from it.
    let quiet = Story::new(json!({ "expiry": {"kind": "inactivity", "months": 12} })).order(
        1,
        "2025-01-01",
        "100",
    );
    assert_eq!(quiet.balance("2026-01-01"), 100);
    assert_eq!(quiet.balance("2026-01-02"), 0);
    let active = quiet.clone().order(2, "2025-06-01", "50");
    assert_eq!(active.balance("2026-06-01"), 150);
    assert_eq!(active.balance("2026-06-02"), 0);
    // A purchase that earns nothing is a purchase (the source's "flag_on").
    let nothing = quiet.order(2, "2025-12-01", "0");
    assert_eq!(nothing.balance("2026-12-01"), 100);
    assert_eq!(nothing.balance("2026-12-02"), 0);
}

#[test]
fn a_lot_keeps_the_expiry_of_the_version_it_was_earned_under() {
    let story = Story::new(json!({ "expiry": {"kind": "days", "n": 10} }))
        .then("2025-02-01", json!({ "expiry": {"kind": "never"} }))
        .order(1, "2025-01-31", "10")
        .order(2, "2025-02-01", "5");
    assert_eq!(story.balance("2025-02-10"), 15);
    assert_eq!(story.balance("2025-02-11"), 5);
}
