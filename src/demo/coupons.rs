//! The café's coupons. The first is the one that its orders name, so that its report is full from the first look.

use model::coupon::{Audience, Benefit, Combine, Coupon, Goods, WHOLE, Way};
use model::{Currency, Day, Money};

fn coupon(name: &str, benefit: Benefit, way: Way) -> Coupon {
    Coupon {
        name: name.to_owned(),
        benefit,
        way,
        goods: Goods::All,
        minimum: None,
        maximum: None,
        from: None,
        to: None,
        per_customer: None,
        total: None,
        audience: Audience::Everybody,
        combine: Combine::Alone,
        note: None,
        currency: Currency::CNY,
    }
}

fn shared(code: &str) -> Way {
    Way::Shared(code.to_owned())
}

/// Five coupons: one that runs and was used, one that is over, one on pieces, vouchers, thanks for the next order.
pub(crate) fn coupons(today: Day) -> Vec<Coupon> {
    vec![
        Coupon {
            per_customer: Some(1),
            note: Some("第一次来的顾客，收银时报口令。".to_owned()),
            ..coupon("新客立减", Benefit::Amount(Money(500)), shared("新客立减"))
        },
        Coupon {
            maximum: Some(Money(3_000)),
            from: Some(today.plus_days(-60)),
            to: Some(today.plus_days(-30)),
            ..coupon("秋日八折", Benefit::Percent(2_000), shared("AUTUMN"))
        },
        Coupon {
            goods: Goods::Categories(vec!["咖啡".to_owned()]),
            combine: Combine::Any,
            ..coupon(
                "第二杯半价",
                Benefit::BuyGet {
                    buy: 1,
                    get: 1,
                    of: None,
                    off: WHOLE / 2,
                    times: Some(2),
                },
                shared("第二杯"),
            )
        },
        Coupon {
            combine: Combine::Any,
            ..coupon("五十元代金券", Benefit::Voucher(Money(5_000)), Way::Single)
        },
        Coupon {
            minimum: Some(Money(3_000)),
            ..coupon(
                "满百送十元",
                Benefit::Amount(Money(1_000)),
                Way::NextOrder {
                    from: Money(10_000),
                    days: 30,
                },
            )
        },
    ]
}
