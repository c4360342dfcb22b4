//! Worked cases with their sources, and what must hold of every basket.

use crate::*;
use model::coupon::*;
use model::{Currency, CustomerId, Day, Money};
use proptest::prelude::*;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn coupon(benefit: Benefit) -> Coupon {
    Coupon {
        name: "Test".into(),
        benefit,
        way: Way::Shared("TEST".into()),
        goods: Goods::All,
        minimum: None,
        maximum: None,
        from: None,
        to: None,
        per_customer: None,
        total: None,
        audience: Audience::Everybody,
        combine: Combine::Any,
        note: None,
        currency: Currency::CNY,
    }
}

fn offer(id: i64, coupon: &Coupon) -> Offer<'_> {
    Offer {
        id: CouponId(id),
        code: "TEST",
        coupon,
        state: CouponState::Active,
        facts: None,
        uses: 0,
        uses_by_customer: 0,
        fit: Fit::Yes,
    }
}

fn facts() -> Facts {
    Facts {
        day: day("2026-06-15"),
        customer: None,
        currency: Currency::CNY,
    }
}

/// `tea 2 60.00` is two of tea for 60.00 together; `tea/drinks 1 5` has a category.
fn basket(text: &str) -> Vec<(String, Option<String>, i64, i64)> {
    text.split(", ")
        .map(|line| {
            let mut words = line.split(' ');
            let name = words.next().unwrap();
            let (product, category) = name
                .split_once('/')
                .map_or((name, None), |(p, c)| (p, Some(c.to_owned())));
            let pieces =
                model::Decimal::to_scale(words.next().unwrap().parse().unwrap(), 3).unwrap();
            let amount = Money::parse(words.next().unwrap(), Currency::CNY)
                .unwrap()
                .0;
            (product.to_owned(), category, pieces, amount)
        })
        .collect()
}

fn lines(basket: &[(String, Option<String>, i64, i64)]) -> Vec<Line<'_>> {
    basket
        .iter()
        .map(|(product, category, quantity_milli, amount)| Line {
            product,
            category: category.as_deref(),
            quantity_milli: *quantity_milli,
            amount: Money(*amount),
        })
        .collect()
}

/// Prices a basket and tells each coupon's shares, or why not.
#[track_caller]
fn check(text: &str, coupons: &[&Coupon], expected: &str) {
    let basket = basket(text);
    let offers: Vec<Offer<'_>> = coupons
        .iter()
        .enumerate()
        .map(|(i, it)| offer(i as i64 + 1, it))
        .collect();
    let priced = price(&lines(&basket), &offers, &facts());
    let verdicts: Vec<String> = priced
        .verdicts
        .iter()
        .map(|verdict| match verdict {
            Ok(applied) => applied
                .lines
                .iter()
                .map(|it| it.to_decimal(Currency::CNY))
                .collect::<Vec<_>>()
                .join("+"),
            Err(why) => why.iter().map(Refusal::code).collect::<Vec<_>>().join("+"),
        })
        .collect();
    let told = format!(
        "{} = {}",
        verdicts.join(" | "),
        priced.amount.to_decimal(Currency::CNY)
    );
    assert_eq!(told, expected, "{text}");
}

#[test]
fn shares_by_largest_remainder() {
    // Hamilton's method; the second row is the example of the public description of the method (100 seats).
    for (total, weights, expected) in [
        (100, vec![1, 1, 1], vec![34, 33, 33]),
        (
            100,
            vec![47_000, 16_000, 15_900, 12_000, 6_000, 3_100],
            vec![47, 16, 16, 12, 6, 3],
        ),
        (1, vec![5, 5], vec![1, 0]),
        (10, vec![0, 7, 0], vec![0, 10, 0]),
        (5, vec![0, 0], vec![0, 0]),
        (0, vec![3, 4], vec![0, 0]),
    ] {
        let weights: Vec<Money> = weights.into_iter().map(Money).collect();
        let shares: Vec<i64> = split(Money(total), &weights)
            .into_iter()
            .map(|it| it.0)
            .collect();
        assert_eq!(shares, expected);
    }
}

#[test]
fn parts_come_to_the_whole() {
    assert_eq!(
        [0, 1000, 2000].map(|before| returned(Money(100), 3000, before, 1000).0),
        [33, 34, 33]
    );
    assert_eq!(returned(Money(915), 1, 0, 1), Money(915));
    assert_eq!(returned(Money(915), 0, 0, 1), Money::ZERO);
}

#[test]
fn worked_cases() {
    let percent = |off| coupon(Benefit::Percent(off));
    let amount = |off| coupon(Benefit::Amount(Money(off)));
    // 满200减20 (T-mall's own example of shop coupons): shared over the goods in proportion.
    let mut over_200 = amount(2_000);
    over_200.minimum = Some(Money(20_000));
    check("a 1 150, b 1 50", &[&over_200], "15.00+5.00 = 180.00");
    check("a 1 150, b 1 49.99", &[&over_200], "below_minimum = 199.99");
    // 8 折; a half is rounded up once, on the sum: 20 % of 0.03 + 0.03 + 0.03 is 0.018.
    check("a 1 60, b 1 40", &[&percent(2_000)], "12.00+8.00 = 80.00");
    check(
        "a 1 0.03, b 1 0.03, c 1 0.03",
        &[&percent(2_000)],
        "0.01+0.01+0.00 = 0.07",
    );
    // Never below zero.
    check("a 1 7", &[&amount(1_000)], "7.00 = 0.00");
    // At most 10.00 off.
    let mut capped = percent(5_000);
    capped.maximum = Some(Money(1_000));
    check("a 1 30, b 1 60", &[&capped], "3.33+6.67 = 80.00");
    // The example of the module: the percentage first, whatever was typed first.
    check(
        "tea 1 60, cake 1 40",
        &[&percent(2_000), &amount(1_000)],
        "12.00+8.00 | 6.00+4.00 = 70.00",
    );
    check(
        "tea 1 60, cake 1 40",
        &[&amount(1_000), &percent(2_000)],
        "6.00+4.00 | 12.00+8.00 = 70.00",
    );
    // Only its category.
    let mut drinks = percent(1_000);
    drinks.goods = Goods::Categories(vec!["Drinks".into()]);
    check("tea/drinks 1 30, mug 1 50", &[&drinks], "3.00+0.00 = 77.00");
    check("mug 1 50", &[&drinks], "no_goods = 50.00");
}

#[test]
fn pieces_for_less() {
    let free = coupon(Benefit::Free {
        product: "Tea".into(),
        quantity_milli: 1_000,
    });
    check("tea 3 30, cake 1 20", &[&free], "10.00+0.00 = 40.00");
    check("tea 0.5 5, cake 1 20", &[&free], "5.00+0.00 = 20.00");
    check("cake 1 20", &[&free], "needs_product = 20.00");
    // Buy two, get one: the cheapest piece of three (Shopify's and WooCommerce's rule for the same goods).
    let two_one = |times| {
        coupon(Benefit::BuyGet {
            buy: 2,
            get: 1,
            of: None,
            off: WHOLE,
            times,
        })
    };
    check(
        "a 1 30, b 1 20, c 1 10",
        &[&two_one(None)],
        "0.00+0.00+10.00 = 50.00",
    );
    check("a 2 60, b 4 40", &[&two_one(None)], "0.00+20.00 = 80.00");
    check("a 2 60, b 4 40", &[&two_one(Some(1))], "0.00+10.00 = 90.00");
    check("a 2 60", &[&two_one(None)], "needs_pieces = 60.00");
    // 第二件半价.
    let half = coupon(Benefit::BuyGet {
        buy: 1,
        get: 1,
        of: None,
        off: 5_000,
        times: None,
    });
    check("a 2 50", &[&half], "12.50 = 37.50");
    check("a 3 75", &[&half], "12.50 = 62.50");
    // Buy two teas, get a mug: a mug must lie in the basket.
    let mut mug = coupon(Benefit::BuyGet {
        buy: 2,
        get: 1,
        of: Some(Goods::Products(vec!["Mug".into()])),
        off: WHOLE,
        times: None,
    });
    mug.goods = Goods::Products(vec!["Tea".into()]);
    check("tea 5 50, mug 3 60", &[&mug], "0.00+40.00 = 70.00");
    check("tea 5 50", &[&mug], "needs_pieces = 50.00");
    // Weighed goods are no pieces.
    check("a 0.9 9, b 0.9 9", &[&half], "needs_pieces = 18.00");
}

#[test]
fn coupons_that_do_not_go_together() {
    let mut alone = coupon(Benefit::Percent(3_000));
    alone.combine = Combine::Alone;
    let ten = coupon(Benefit::Amount(Money(1_000)));
    let five = coupon(Benefit::Amount(Money(500)));
    // 30 % of 100 against 10 + 5: the better set, and the reason for the rest.
    check(
        "a 1 100",
        &[&alone, &ten, &five],
        "30.00 | not_together | not_together = 70.00",
    );
    check(
        "a 1 40",
        &[&alone, &ten, &five],
        "not_together | 10.00 | 5.00 = 25.00",
    );
    let mut only_second = coupon(Benefit::Amount(Money(500)));
    only_second.combine = Combine::With(vec![CouponId(2)]);
    check(
        "a 1 100",
        &[&only_second, &ten, &five],
        "5.00 | 10.00 | not_together = 85.00",
    );
    // A voucher comes last and takes what is left.
    let voucher = coupon(Benefit::Voucher(Money(10_000)));
    check("a 1 100", &[&voucher, &ten], "90.00 | 10.00 = 0.00");
    let zero = coupon(Benefit::Amount(Money(10_000)));
    check(
        "a 1 100",
        &[&zero, &voucher],
        "100.00 | nothing_left = 0.00",
    );
}

/// Why a coupon does not apply to one line of 5.00 on a day, bought by customer 1.
fn refused(offer: Offer<'_>, on: &str, change: impl FnOnce(&mut Facts)) -> String {
    let line = Line {
        product: "a",
        category: None,
        quantity_milli: 1000,
        amount: Money(500),
    };
    let mut facts = Facts {
        day: day(on),
        customer: Some(CustomerId(1)),
        ..facts()
    };
    change(&mut facts);
    match price(&[line], &[offer], &facts).verdicts.pop().unwrap() {
        Ok(_) => String::new(),
        Err(why) => why.iter().map(Refusal::code).collect::<Vec<_>>().join(" "),
    }
}

#[test]
fn everything_that_speaks_against() {
    let mut it = coupon(Benefit::Amount(Money(100)));
    it.from = Some(day("2026-06-16"));
    it.to = Some(day("2026-06-17"));
    it.per_customer = Some(1);
    it.total = Some(5);
    let base = Offer {
        uses: 4,
        ..offer(1, &it)
    };
    type Change = fn(&mut Offer<'_>);
    let cases: [(&str, Change, &str); 9] = [
        ("2026-06-15", |_| (), "not_yet"),
        // Both ends are included.
        ("2026-06-16", |_| (), ""),
        ("2026-06-17", |_| (), ""),
        ("2026-06-18", |_| (), "expired"),
        ("2026-06-17", |it| it.uses = 5, "used_up"),
        (
            "2026-06-17",
            |it| it.uses_by_customer = 1,
            "customer_used_up",
        ),
        ("2026-06-17", |it| it.fit = Fit::No, "not_for_customer"),
        ("2026-06-17", |it| it.fit = Fit::Unknown, "needs_customer"),
        // Everything is told, not only the first thing.
        (
            "2026-06-18",
            |it| it.state = CouponState::Ended,
            "ended expired",
        ),
    ];
    for (on, change, expected) in cases {
        let mut offer = base;
        change(&mut offer);
        assert_eq!(refused(offer, on, |_| ()), expected, "{on}");
    }
    let nobody = |facts: &mut Facts| facts.customer = None;
    assert_eq!(refused(base, "2026-06-17", nobody), "needs_customer");
    let yen = |facts: &mut Facts| facts.currency = Currency::parse("JPY").unwrap();
    assert_eq!(refused(base, "2026-06-17", yen), "other_currency");
}

#[test]
fn a_code_has_a_life_of_its_own() {
    let it = coupon(Benefit::Amount(Money(100)));
    let with = |facts: CodeFacts| {
        let offer = Offer {
            facts: Some(facts),
            ..offer(1, &it)
        };
        refused(offer, "2026-06-17", |_| ())
    };
    let none = CodeFacts::default();
    let on = |text: &str| Some(day(text));
    for (facts, expected) in [
        (none, ""),
        (CodeFacts { used: true, ..none }, "code_used"),
        (
            CodeFacts {
                withdrawn: true,
                ..none
            },
            "withdrawn",
        ),
        (
            CodeFacts {
                to: on("2026-06-16"),
                ..none
            },
            "expired",
        ),
        (
            CodeFacts {
                to: on("2026-06-17"),
                ..none
            },
            "",
        ),
        (
            CodeFacts {
                from: on("2026-06-18"),
                ..none
            },
            "not_yet",
        ),
        (
            CodeFacts {
                balance: Some(Money::ZERO),
                ..none
            },
            "empty",
        ),
        (
            CodeFacts {
                customer: Some(CustomerId(1)),
                ..none
            },
            "",
        ),
        (
            CodeFacts {
                customer: Some(CustomerId(2)),
                ..none
            },
            "not_for_customer",
        ),
    ] {
        assert_eq!(with(facts), expected, "{facts:?}");
    }
}

#[test]
fn any_minor_unit() {
    // 915 yen, 10 % off: 91.5 is 92; 1.005 dinars, 10 %: 0.1005 is 0.101 (three decimals).
    for (minor, off) in [(915, 92), (1_005, 101)] {
        let it = coupon(Benefit::Percent(1_000));
        let line = Line {
            product: "a",
            category: None,
            quantity_milli: 1000,
            amount: Money(minor),
        };
        assert_eq!(
            price(&[line], &[offer(1, &it)], &facts()).amount,
            Money(minor - off)
        );
    }
}

fn any_goods() -> impl Strategy<Value = Goods> {
    prop_oneof![
        Just(Goods::All),
        Just(Goods::Products(vec!["p1".into(), "p2".into()])),
        Just(Goods::Categories(vec!["c1".into()])),
    ]
}

fn any_benefit() -> impl Strategy<Value = Benefit> {
    prop_oneof![
        (1..=WHOLE).prop_map(Benefit::Percent),
        (1..20_000i64).prop_map(|off| Benefit::Amount(Money(off))),
        (1..20_000i64).prop_map(|off| Benefit::Voucher(Money(off))),
        (0..4u8, 1..5_000i64).prop_map(|(p, quantity_milli)| Benefit::Free {
            product: format!("p{p}"),
            quantity_milli
        }),
        (
            1..4u32,
            1..3u32,
            prop::option::of(any_goods()),
            1..=WHOLE,
            prop::option::of(1..3u32)
        )
            .prop_map(|(buy, get, of, off, times)| Benefit::BuyGet {
                buy,
                get,
                of,
                off,
                times
            }),
    ]
}

fn any_coupon() -> impl Strategy<Value = Coupon> {
    (
        any_benefit(),
        any_goods(),
        prop::option::of(1..10_000i64),
        prop::option::of(1..5_000i64),
        prop_oneof![
            Just(Combine::Alone),
            Just(Combine::Any),
            Just(Combine::With(vec![CouponId(1), CouponId(3)]))
        ],
        prop::option::of(1..4u32),
        prop::option::of(1..4u32),
    )
        .prop_map(
            |(benefit, goods, minimum, maximum, combine, total, per_customer)| Coupon {
                goods,
                minimum: minimum.map(Money),
                maximum: maximum.map(Money),
                combine,
                total,
                per_customer,
                ..coupon(benefit)
            },
        )
}

type Bought = (String, Option<String>, i64, i64);

fn any_basket() -> impl Strategy<Value = Vec<Bought>> {
    let line = (0..4u8, prop::option::of(0..3u8), 0..6_000i64, 0..20_000i64).prop_map(
        |(p, c, quantity, amount)| {
            (
                format!("p{p}"),
                c.map(|c| format!("c{c}")),
                quantity,
                amount,
            )
        },
    );
    prop::collection::vec(line, 0..7)
}

/// A coupon with the uses so far.
type Wanted = (Coupon, u32, u32);

fn any_wanted() -> impl Strategy<Value = Vec<Wanted>> {
    prop::collection::vec((any_coupon(), 0..4u32, 0..3u32), 0..5)
}

fn offers(wanted: &[Wanted]) -> Vec<Offer<'_>> {
    wanted
        .iter()
        .enumerate()
        .map(|(i, (coupon, uses, own))| Offer {
            uses: *uses,
            uses_by_customer: *own,
            ..offer(i as i64 + 1, coupon)
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Lines' discounts are the discounts, nothing costs less than nothing, and gross less discounts is the amount.
    #[test]
    fn sums_are_exact(basket in any_basket(), wanted in any_wanted()) {
        let facts = Facts { customer: Some(CustomerId(1)), ..facts() };
        let priced = price(&lines(&basket), &offers(&wanted), &facts);
        let mut rest: Vec<i64> = basket.iter().map(|line| line.3).collect();
        let mut off = 0;
        for applied in priced.verdicts.iter().flatten() {
            prop_assert!(applied.discount.0 > 0);
            prop_assert_eq!(applied.lines.iter().map(|it| it.0).sum::<i64>(), applied.discount.0);
            for (rest, taken) in rest.iter_mut().zip(&applied.lines) {
                prop_assert!(taken.0 >= 0);
                *rest -= taken.0;
            }
            off += applied.discount.0;
        }
        prop_assert!(rest.iter().all(|it| *it >= 0));
        prop_assert_eq!(rest.iter().map(|it| Money(*it)).collect::<Vec<_>>(), priced.lines.clone());
        prop_assert_eq!(priced.gross.0 - off, priced.amount.0);
        prop_assert!(priced.verdicts.iter().all(|it| !matches!(it, Err(why) if why.is_empty())));
    }

    /// Minimum, maximum, limits and combinations hold whatever else is in the basket.
    #[test]
    fn limits_hold(basket in any_basket(), wanted in any_wanted()) {
        let facts = Facts { customer: Some(CustomerId(1)), ..facts() };
        let bought = lines(&basket);
        let priced = price(&bought, &offers(&wanted), &facts);
        let mut applied = Vec::new();
        for (i, ((coupon, uses, own), verdict)) in wanted.iter().zip(&priced.verdicts).enumerate() {
            let Ok(verdict) = verdict else { continue };
            applied.push((CouponId(i as i64 + 1), coupon));
            let counted: i64 = bought.iter().filter(|it| holds(&coupon.goods, it)).map(|it| it.amount.0).sum();
            prop_assert!(coupon.minimum.is_none_or(|minimum| counted >= minimum.0));
            prop_assert!(coupon.maximum.is_none_or(|maximum| verdict.discount <= maximum));
            prop_assert!(coupon.total.is_none_or(|total| *uses < total));
            prop_assert!(coupon.per_customer.is_none_or(|limit| *own < limit));
            match coupon.benefit {
                Benefit::Amount(most) | Benefit::Voucher(most) => prop_assert!(verdict.discount <= most),
                _ => {}
            }
        }
        for (a, one) in &applied {
            for (b, other) in &applied {
                prop_assert!(a == b || (one.combine.admits(*b) && other.combine.admits(*a)));
            }
        }
    }

    /// Whatever order coupons are typed in, each comes to the same.
    #[test]
    fn the_order_of_typing_does_not_matter(
        basket in any_basket(),
        (wanted, shuffled) in any_wanted().prop_flat_map(|wanted| {
            let indexes: Vec<usize> = (0..wanted.len()).collect();
            (Just(wanted), Just(indexes).prop_shuffle())
        }),
    ) {
        let facts = Facts { customer: Some(CustomerId(1)), ..facts() };
        let bought = lines(&basket);
        let all = offers(&wanted);
        let one = price(&bought, &all, &facts);
        let moved: Vec<Offer<'_>> = shuffled.iter().map(|&i| all[i]).collect();
        let other = price(&bought, &moved, &facts);
        prop_assert_eq!(&one.lines, &other.lines);
        for (at, &i) in shuffled.iter().enumerate() {
            prop_assert_eq!(&one.verdicts[i], &other.verdicts[at]);
        }
    }

    /// No single coupon that could be used alone would have been better than the set that was taken.
    #[test]
    fn the_best_set_is_taken(basket in any_basket(), wanted in any_wanted()) {
        let facts = Facts { customer: Some(CustomerId(1)), ..facts() };
        let bought = lines(&basket);
        let all = offers(&wanted);
        let together = price(&bought, &all, &facts).amount;
        for offer in &all {
            prop_assert!(together <= price(&bought, &[*offer], &facts).amount);
        }
    }

    #[test]
    fn shares_are_exact(total in 0..1_000_000i64, weights in prop::collection::vec(0..1_000_000i64, 1..20)) {
        let weights: Vec<Money> = weights.into_iter().map(Money).collect();
        let sum: i64 = weights.iter().map(|it| it.0).sum();
        let total = total.min(sum);
        let shares = split(Money(total), &weights);
        prop_assert_eq!(shares.iter().map(|it| it.0).sum::<i64>(), total);
        for (share, weight) in shares.iter().zip(&weights) {
            prop_assert!(share.0 >= 0 && share <= weight);
            // Within one minor unit of the exact share.
            let exact = i128::from(total) * i128::from(weight.0);
            prop_assert!((i128::from(share.0) * i128::from(sum) - exact).abs() < i128::from(sum).max(1));
        }
    }

    /// Many parts equal the whole, in whatever portions and order.
    #[test]
    fn parts_equal_the_whole(whole in 0..10_000_000i64, parts in prop::collection::vec(1..5_000i64, 1..12)) {
        let all: i64 = parts.iter().sum();
        let mut before = 0;
        let mut sum = 0;
        for part in parts {
            let share = returned(Money(whole), all, before, part).0;
            prop_assert!(share >= 0);
            sum += share;
            before += part;
        }
        prop_assert_eq!(sum, whole);
    }
}
