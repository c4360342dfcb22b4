//! Five programmes to start from; the owner changes what does not fit.
//!
//! Amounts are multiples of a [`step`]: the round sum of a currency that small purchases are counted in (1 yuan, 1
//! dollar, 100 yen, 1,000 won), so that a template makes sense in every currency.

use super::{
    Basis, Cap, CapPeriod, Downgrade, EarnRule, Effect, Expiry, LineCondition, LineNumber,
    LineText, Measure, NumberTest, Occasion, Period, Program, Rate, Redeem, RefundPolicy, Reward,
    RoundEach, Stacking, TextTest, Tier, Tiers, Upgrade, Window,
};
use crate::{Currency, Decimal, Money, Points, Rounding, Zone};

/// A kind of business with the programme that suits it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Template {
    /// A café: a stamp for each visit, the tenth drink is free.
    CafeStamps,
    /// A shop: a point for each unit of money, points are money, three tiers.
    ShopPoints,
    /// A beauty salon: tiers by what was spent in a year.
    SalonTiers,
    /// A paid membership: who joins has paid for it, and earns twice as fast.
    PaidMembership,
    /// An online shop: points wait until goods can no longer be sent back.
    OnlineReturns,
}

/// What the templates say to members, in their language; whoever shows them has the words.
#[derive(Clone, Copy, Debug)]
pub struct Words<'a> {
    /// Name of the programme.
    pub name: &'a str,
    /// Names of three tiers, lowest first.
    pub tiers: [&'a str; 3],
    /// What points buy.
    pub reward: &'a str,
    /// What earns nothing: the category of gift cards, the product that is the membership's fee.
    pub excluded: &'a str,
}

impl Template {
    /// All of them, in the order they are offered.
    pub const ALL: [Template; 5] = [
        Self::CafeStamps,
        Self::ShopPoints,
        Self::SalonTiers,
        Self::PaidMembership,
        Self::OnlineReturns,
    ];

    /// Its name in code: `cafe_stamps` ...
    pub fn key(self) -> &'static str {
        match self {
            Self::CafeStamps => "cafe_stamps",
            Self::ShopPoints => "shop_points",
            Self::SalonTiers => "salon_tiers",
            Self::PaidMembership => "paid_membership",
            Self::OnlineReturns => "online_returns",
        }
    }

    /// A purchase that shows what the programme gives: no round sum, so that rounding shows.
    pub fn example_amount(self, currency: Currency) -> Money {
        let steps = match self {
            Self::CafeStamps => 32,
            Self::ShopPoints | Self::SalonTiers => 109,
            Self::PaidMembership => 199,
            Self::OnlineReturns => 268,
        };
        steps_of(steps, currency)
    }

    /// The programme.
    pub fn program(self, words: Words<'_>, currency: Currency, zone: Zone) -> Program {
        let blank = Program {
            name: words.name.to_owned(),
            currency,
            time_zone: zone,
            earn: Vec::new(),
            stacking: Stacking::Multiply,
            pending_days: 0,
            expiry: Expiry::Never,
            redeem: None,
            rewards: Vec::new(),
            refund: RefundPolicy::Unlimited,
            tiers: None,
        };
        match self {
            Self::CafeStamps => cafe_stamps(words, blank),
            Self::ShopPoints => shop_points(words, blank),
            Self::SalonTiers => salon_tiers(words, blank),
            Self::PaidMembership => paid_membership(words, blank),
            Self::OnlineReturns => online_returns(words, blank),
        }
    }
}

/// The round sum that small purchases are counted in, in minor units. A rough order of size, not a rate of exchange.
pub fn step(currency: Currency) -> Money {
    let major = match currency.code() {
        "JPY" | "ISK" | "HUF" | "RUB" | "XPF" | "DJF" | "KMF" | "LKR" | "PKR" | "NPR" => 100,
        "INR" | "THB" | "PHP" | "TWD" | "CZK" | "MXN" | "TRY" | "NOK" | "SEK" | "DKK" | "ZAR" => 10,
        "KRW" | "CLP" | "COP" | "RWF" | "BIF" | "XAF" | "XOF" | "NGN" => 1_000,
        "VND" | "IDR" | "UGX" | "PYG" | "GNF" | "LAK" | "KHR" | "IRR" | "UZS" => 10_000,
        _ if currency.decimals() == 0 => 100,
        _ => 1,
    };
    Money(
        10i64
            .saturating_pow(currency.decimals())
            .saturating_mul(major),
    )
}

fn steps_of(count: i64, currency: Currency) -> Money {
    Money(step(currency).0.saturating_mul(count))
}

fn rule(id: &str, on: Occasion, effect: Effect) -> EarnRule {
    EarnRule {
        id: id.to_owned(),
        on,
        effect,
        conditions: Vec::new(),
        from: None,
        to: None,
        min_amount: None,
        cap: None,
    }
}

fn fixed(id: &str, on: Occasion, points: i64) -> EarnRule {
    rule(id, on, Effect::Fixed(Points(points)))
}

fn rate(points: i64, per: Money) -> EarnRule {
    let points = Decimal {
        units: points,
        scale: 0,
    };
    let rate = Rate {
        points,
        per,
        basis: Basis::NetOfDiscount,
        rounding: Rounding::Floor,
        round_each: RoundEach::Order,
    };
    rule("base", Occasion::Purchase, Effect::Rate(rate))
}

fn redeem(points: i64, worth: Money, min: i64, share: i64) -> Redeem {
    Redeem {
        points: Points(points),
        worth,
        step: Points(points),
        min_points: Points(min),
        max_share: Some(Decimal {
            units: share,
            scale: 1,
        }),
        max_points: None,
    }
}

fn reward(id: &str, words: Words<'_>, points: i64) -> Reward {
    Reward {
        id: id.to_owned(),
        name: words.reward.to_owned(),
        points: Points(points),
        stock: None,
    }
}

/// Tiers over the last twelve months, kept for twelve; the upper two multiply by these tenths (and hundredths).
fn tiers(words: Words<'_>, measure: Measure, from: [i64; 3], multiply: [(i64, u32); 2]) -> Tiers {
    let [gold, platinum] = multiply.map(|(units, scale)| Some(Decimal { units, scale }));
    let levels = ["silver", "gold", "platinum"]
        .into_iter()
        .zip(words.tiers)
        .zip(from)
        .zip([None, gold, platinum])
        .map(|(((id, name), from), multiply)| Tier {
            id: id.to_owned(),
            name: name.to_owned(),
            from,
            multiply,
        });
    Tiers {
        measure,
        window: Window::RollingMonths(12),
        upgrade: Upgrade::AtOnce,
        downgrade: Downgrade::OneDown,
        keep_months: 12,
        levels: levels.collect(),
    }
}

/// A stamp for each order of 15 or more, two a day at most; one on joining, two on the birthday; ten are a drink.
/// A year without a visit ends them.
fn cafe_stamps(words: Words<'_>, blank: Program) -> Program {
    let mut stamp = fixed("stamp", Occasion::Purchase, 1);
    stamp.min_amount = Some(steps_of(15, blank.currency));
    stamp.cap = Some(Cap {
        points: Points(2),
        per: CapPeriod::Day,
    });
    Program {
        earn: vec![
            stamp,
            fixed("welcome", Occasion::Signup, 1),
            fixed("birthday", Occasion::Birthday { known_for_days: 7 }, 2),
        ],
        expiry: Expiry::Inactivity { months: 12 },
        rewards: vec![reward("free-drink", words, 10)],
        refund: RefundPolicy::WithinBalance,
        ..blank
    }
}

/// A point per 1, usable for twelve months; 100 are worth 1, up to half of an order; three tiers by the points of the
/// last twelve months.
fn shop_points(words: Words<'_>, blank: Program) -> Program {
    let one = step(blank.currency);
    let from = [0, 1_000, 5_000];
    Program {
        earn: vec![rate(1, one)],
        expiry: Expiry::Months {
            n: 12,
            round_up: None,
        },
        redeem: Some(redeem(100, one, 100, 5)),
        tiers: Some(tiers(
            words,
            Measure::QualifyingPoints,
            from,
            [(125, 2), (15, 1)],
        )),
        ..blank
    }
}

/// A point per 10; tiers by spend (3,000 and 10,000 in twelve months); birthdays and friends; 10 points are worth 1, up
/// to three tenths of an order; 500 are a treatment. Usable to the end of the 24th month.
fn salon_tiers(words: Words<'_>, blank: Program) -> Program {
    let currency = blank.currency;
    let from = [0, 3_000, 10_000].map(|count| steps_of(count, currency).0);
    Program {
        earn: vec![
            rate(1, steps_of(10, currency)),
            fixed("birthday", Occasion::Birthday { known_for_days: 30 }, 100),
            fixed("friend", Occasion::Referral, 100),
        ],
        expiry: Expiry::Months {
            n: 24,
            round_up: Some(Period::Month),
        },
        redeem: Some(redeem(10, step(currency), 10, 3)),
        rewards: vec![reward("treatment", words, 500)],
        tiers: Some(tiers(words, Measure::Spend, from, [(12, 1), (15, 1)])),
        ..blank
    }
}

/// Two points per 1, twice as many on Tuesdays; 500 on joining and for each renewal; the fee itself earns nothing.
/// 100 are worth 1. Usable to the end of the next year.
fn paid_membership(words: Words<'_>, blank: Program) -> Program {
    let one = step(blank.currency);
    let mut fee = rule("fee", Occasion::Purchase, Effect::Exclude);
    let is_fee = TextTest::Is(words.excluded.to_owned());
    fee.conditions = vec![LineCondition::Text(LineText::Product, is_fee)];
    let twice = Decimal { units: 2, scale: 0 };
    let mut day = rule("member-day", Occasion::Purchase, Effect::Multiply(twice));
    day.conditions = vec![LineCondition::Number(
        LineNumber::DayOfWeek,
        NumberTest::Is(2),
    )];
    Program {
        earn: vec![
            rate(2, one),
            day,
            fee,
            fixed("welcome", Occasion::Signup, 500),
            fixed("renewal", Occasion::Event("renewal".to_owned()), 500),
        ],
        expiry: Expiry::YearEnd { years: 1 },
        redeem: Some(Redeem {
            max_share: None,
            ..redeem(100, one, 100, 1)
        }),
        rewards: vec![reward("gift", words, 2_000)],
        ..blank
    }
}

/// A point per 1 that waits for 15 days; gift cards earn nothing; 20 for a review, 100 a month at most; 100 are worth 1
/// from 500 on, up to three tenths of an order; three tiers. Usable to the end of the twelfth month.
fn online_returns(words: Words<'_>, blank: Program) -> Program {
    let one = step(blank.currency);
    let mut cards = rule("gift-cards", Occasion::Purchase, Effect::Exclude);
    let is_card = TextTest::Is(words.excluded.to_owned());
    cards.conditions = vec![LineCondition::Text(LineText::Category, is_card)];
    let mut review = fixed("review", Occasion::Event("review".to_owned()), 20);
    review.cap = Some(Cap {
        points: Points(100),
        per: CapPeriod::Month,
    });
    let from = [0, 2_000, 8_000];
    Program {
        earn: vec![
            rate(1, one),
            cards,
            fixed("welcome", Occasion::Signup, 100),
            review,
        ],
        pending_days: 15,
        expiry: Expiry::Months {
            n: 12,
            round_up: Some(Period::Month),
        },
        redeem: Some(redeem(100, one, 500, 3)),
        tiers: Some(tiers(
            words,
            Measure::QualifyingPoints,
            from,
            [(12, 1), (15, 1)],
        )),
        ..blank
    }
}
