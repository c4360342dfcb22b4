//! Programmes as shops have them, to test and measure with.

use model::program::{
    Basis, Downgrade, EarnRule, Effect, Expiry, Measure, Occasion, Program, Rate, Redeem,
    RefundPolicy, Reward, RoundEach, Stacking, Tier, Tiers, Upgrade, Window,
};
use model::{Currency, Decimal, Money, Points, Rounding, Zone};

/// What the programmes say to members.
#[derive(Clone, Copy, Debug)]
pub struct Words<'a> {
    /// Name of the programme.
    pub name: &'a str,
    /// Names of three tiers, lowest first.
    pub tiers: [&'a str; 3],
    /// Name of the reward (the coffee shop's free drink).
    pub reward: &'a str,
}

/// A shop: 1 point per 1.00, usable for twelve months; 100 points are worth 1.00; three tiers by the points of the
/// last twelve months (from 0, 1,000 and 5,000) that multiply by 1, 1.25 and 1.5.
pub fn shop(words: Words<'_>, currency: Currency, zone: Zone) -> Program {
    let one = major(1, currency);
    let levels = levels(words, [0, 1_000, 5_000]);
    Program {
        redeem: Some(Redeem {
            points: Points(100),
            worth: one,
            step: Points(100),
            min_points: Points(100),
            max_share: Some(Decimal { units: 5, scale: 1 }),
            max_points: None,
        }),
        expiry: Expiry::Months {
            n: 12,
            round_up: None,
        },
        tiers: Some(tiers(Measure::QualifyingPoints, levels)),
        ..plain(words, base_rate(1, one), currency, zone)
    }
}

/// A coffee shop: 1 point per 1.00 (stars), usable to the end of the sixth month; 150 points are a free drink;
/// 50 points on the birthday; tiers by visits of the last twelve months (from 0, 12 and 52).
pub fn coffee_shop(words: Words<'_>, currency: Currency, zone: Zone) -> Program {
    let one = major(1, currency);
    let levels = levels(words, [0, 12, 52]);
    let mut program = Program {
        rewards: vec![Reward {
            id: "free-drink".to_owned(),
            name: words.reward.to_owned(),
            points: Points(150),
            stock: None,
        }],
        expiry: Expiry::Months {
            n: 6,
            round_up: Some(model::program::Period::Month),
        },
        tiers: Some(tiers(Measure::Visits, levels)),
        refund: RefundPolicy::WithinBalance,
        ..plain(words, base_rate(1, one), currency, zone)
    };
    program.earn.push(EarnRule {
        id: "birthday".to_owned(),
        on: Occasion::Birthday { known_for_days: 30 },
        effect: Effect::Fixed(Points(50)),
        conditions: Vec::new(),
        from: None,
        to: None,
        min_amount: None,
        cap: None,
    });
    program
}

/// So many of the currency's major unit.
fn major(count: i64, currency: Currency) -> Money {
    Money(
        10i64
            .saturating_pow(currency.decimals())
            .saturating_mul(count),
    )
}

fn base_rate(points: i64, per: Money) -> EarnRule {
    EarnRule {
        id: "base".to_owned(),
        on: Occasion::Purchase,
        effect: Effect::Rate(Rate {
            points: Decimal {
                units: points,
                scale: 0,
            },
            per,
            basis: Basis::NetOfDiscount,
            rounding: Rounding::Floor,
            round_each: RoundEach::Order,
        }),
        conditions: Vec::new(),
        from: None,
        to: None,
        min_amount: None,
        cap: None,
    }
}

fn plain(words: Words<'_>, base: EarnRule, currency: Currency, zone: Zone) -> Program {
    Program {
        name: words.name.to_owned(),
        currency,
        time_zone: zone,
        earn: vec![base],
        stacking: Stacking::Multiply,
        pending_days: 0,
        expiry: Expiry::Never,
        redeem: None,
        rewards: Vec::new(),
        refund: RefundPolicy::Unlimited,
        tiers: None,
    }
}

fn levels(words: Words<'_>, from: [i64; 3]) -> Vec<Tier> {
    ["silver", "gold", "platinum"]
        .into_iter()
        .zip(words.tiers)
        .zip(from)
        // The decimals are written without trailing zeros, as the parser reads them.
        .zip([
            None,
            Some(Decimal {
                units: 125,
                scale: 2,
            }),
            Some(Decimal {
                units: 15,
                scale: 1,
            }),
        ])
        .map(|(((id, name), from), multiply)| Tier {
            id: id.to_owned(),
            name: name.to_owned(),
            from,
            multiply,
        })
        .collect()
}

fn tiers(measure: Measure, levels: Vec<Tier>) -> Tiers {
    Tiers {
        measure,
        window: Window::RollingMonths(12),
        upgrade: Upgrade::AtOnce,
        downgrade: Downgrade::OneDown,
        keep_months: 12,
        levels,
    }
}
