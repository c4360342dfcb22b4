//! What the address says of RFM: how to score, the earlier day, whose members are shown.

use crate::as_of;
use crate::router::{Params, Place, Route};
use model::rfm::{span_of, span_text};
use model::{Day, Money, MoneyBasis, RfmLimits, RfmOptions, RfmScoring};
use protocol::{LifecycleStage, MembersOf, Turn};

/// The earlier day.
pub const SINCE: &str = "since";
/// Whose members are shown.
pub const SHOW: &str = "show";
/// The two measures of the heat map: `rf`, `rm`, `fm`.
pub const AXES: &str = "axes";
/// What the area of a tile is: `customers`, `spend`.
pub const SIZE: &str = "size";

const SCORING: &str = "scoring";
const ORDERS: &str = "orders";
const MONEY: &str = "money";
const BASIS: &str = "basis";
const ONLY: &str = "only";
const LIMITS: &str = "limits";

/// The options that the address asks for; `None`: the saved ones.
pub fn options_of(params: &Params) -> Option<RfmOptions> {
    let scoring = RfmScoring::of(params.get(SCORING)?)?;
    let span = |key| params.get(key).and_then(span_of);
    Some(RfmOptions {
        scoring,
        frequency_within: span(ORDERS),
        money_within: span(MONEY),
        basis: params
            .get(BASIS)
            .and_then(MoneyBasis::of)
            .unwrap_or_default(),
        filter: params.get(ONLY).unwrap_or_default().to_owned(),
        limits: params.get(LIMITS).and_then(limits_of).unwrap_or_default(),
    })
}

/// The address with options; `None` takes them out: the saved ones hold.
pub fn with_options(params: &Params, options: Option<&RfmOptions>) -> Params {
    let text = |of: &dyn Fn(&RfmOptions) -> String| options.map(of).unwrap_or_default();
    let span = |span: Option<model::rule::Span>| span.map(span_text).unwrap_or_default();
    params
        .set(SCORING, &text(&|it| it.scoring.name().to_owned()))
        .set(ORDERS, &text(&|it| span(it.frequency_within)))
        .set(MONEY, &text(&|it| span(it.money_within)))
        .set(BASIS, &text(&|it| it.basis.name().to_owned()))
        .set(ONLY, &text(&|it| it.filter.clone()))
        .set(
            LIMITS,
            &text(&|it| match it.scoring {
                RfmScoring::Fixed => limits_text(&it.limits),
                RfmScoring::Quintile | RfmScoring::Average => String::new(),
            }),
        )
}

fn limits_text(limits: &RfmLimits) -> String {
    let numbers = limits.recency_days.map(i64::from).into_iter();
    let numbers = numbers.chain(limits.orders.map(i64::from));
    let numbers = numbers.chain(limits.money.map(|money| money.0));
    numbers
        .map(|number| number.to_string())
        .collect::<Vec<_>>()
        .join(",")
}

fn limits_of(text: &str) -> Option<RfmLimits> {
    let numbers: Vec<i64> = text.split(',').map_while(|it| it.parse().ok()).collect();
    let [a, b, c, d, e, f, g, h, i, j, k, l] = <[i64; 12]>::try_from(numbers).ok()?;
    let whole = |numbers: [i64; 4]| {
        let [a, b, c, d] = numbers.map(|it| u32::try_from(it).ok());
        Some([a?, b?, c?, d?])
    };
    Some(RfmLimits {
        recency_days: whole([a, b, c, d])?,
        orders: whole([e, f, g, h])?,
        money: [i, j, k, l].map(Money),
    })
}

pub(super) fn stage_name(stage: LifecycleStage) -> &'static str {
    match stage {
        LifecycleStage::Prospect => "prospect",
        LifecycleStage::New => "new",
        LifecycleStage::Active => "active",
        LifecycleStage::Dormant => "dormant",
        LifecycleStage::Churned => "churned",
    }
}

/// All stages in their order.
pub const STAGES: [LifecycleStage; 5] = [
    LifecycleStage::Prospect,
    LifecycleStage::New,
    LifecycleStage::Active,
    LifecycleStage::Dormant,
    LifecycleStage::Churned,
];

fn stage_of(name: &str) -> Option<LifecycleStage> {
    STAGES.into_iter().find(|stage| stage_name(*stage) == name)
}

/// Members as a parameter: `r5f4`, `group:champions`, `moved:loyal>at_risk` ...
pub fn show_text(of: &MembersOf) -> String {
    let score =
        |letter: &str, score: Option<u8>| score.map(|score| [letter, &score.to_string()].concat());
    match of {
        MembersOf::Scores { r, f, m } => {
            let scores = [score("r", *r), score("f", *f), score("m", *m)];
            ["scores:", &scores.into_iter().flatten().collect::<String>()].concat()
        }
        MembersOf::Group(group) => ["group:", group].concat(),
        MembersOf::Class(class) => ["class:", class].concat(),
        MembersOf::Moved { from, to, .. } => {
            ["moved:", from.as_deref().unwrap_or_default(), ">", to].concat()
        }
        MembersOf::StageMoved { from, to, .. } => {
            let from = from.map(stage_name).unwrap_or_default();
            ["stage:", from, ">", stage_name(*to)].concat()
        }
        MembersOf::Turned { turn, from, to } => [
            "turn:",
            turn.name(),
            ":",
            &from.to_string(),
            ":",
            &to.to_string(),
        ]
        .concat(),
    }
}

/// The members that an address asks for; `None`: none, or none there are.
pub fn show_of(params: &Params) -> Option<MembersOf> {
    let (kind, rest) = params.get(SHOW)?.split_once(':')?;
    let since = || params.get(SINCE)?.parse::<Day>().ok();
    match kind {
        "scores" => {
            let score = |letter: char| {
                let (_, after) = rest.split_once(letter)?;
                let digit = after.chars().next()?.to_digit(10)?;
                u8::try_from(digit).ok().filter(|it| (1..=5).contains(it))
            };
            Some(MembersOf::Scores {
                r: score('r'),
                f: score('f'),
                m: score('m'),
            })
        }
        "group" => Some(MembersOf::Group(rest.to_owned())),
        "class" => Some(MembersOf::Class(rest.to_owned())),
        "moved" => {
            let (from, to) = rest.split_once('>')?;
            Some(MembersOf::Moved {
                from: (!from.is_empty()).then(|| from.to_owned()),
                to: to.to_owned(),
                since: since()?,
            })
        }
        "stage" => {
            let (from, to) = rest.split_once('>')?;
            let from = match from {
                "" => None,
                name => Some(stage_of(name)?),
            };
            Some(MembersOf::StageMoved {
                from,
                to: stage_of(to)?,
                since: since()?,
            })
        }
        "turn" => {
            let mut parts = rest.split(':');
            let name = parts.next()?;
            let turn = Turn::ALL.into_iter().find(|turn| turn.name() == name)?;
            Some(MembersOf::Turned {
                turn,
                from: parts.next()?.parse().ok()?,
                to: parts.next()?.parse().ok()?,
            })
        }
        _ => None,
    }
}

/// The link to members, in a view (`rfm` or `lifecycle`), as of a day (`None`: today), scored so (`None`: as saved).
pub fn members_href(
    view: &str,
    of: &MembersOf,
    day: Option<Day>,
    options: Option<&RfmOptions>,
) -> String {
    let since = match of {
        MembersOf::Moved { since, .. } | MembersOf::StageMoved { since, .. } => since.to_string(),
        _ => String::new(),
    };
    let day = day.map(|day| day.to_string()).unwrap_or_default();
    let params = Params::default()
        .set(SHOW, &show_text(of))
        .set(SINCE, &since)
        .set(as_of::PARAM, &day);
    Place {
        route: Route::Segments(view.to_owned()),
        params: with_options(&params, options),
    }
    .href()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_go_into_the_address_and_back() {
        let fixed = RfmOptions {
            scoring: RfmScoring::Fixed,
            frequency_within: span_of("12 month"),
            money_within: span_of("90 day"),
            basis: MoneyBasis::Average,
            filter: r#"[{"attr":"channel","op":"eq","value":"门店"}]"#.to_owned(),
            limits: RfmLimits {
                recency_days: [1, 2, 3, 4],
                orders: [5, 6, 7, 8],
                money: [9, 10, 11, 12].map(Money),
            },
        };
        for options in [None, Some(RfmOptions::default()), Some(fixed)] {
            let before = Params::default().set("on", "2026-01-31");
            let params = with_options(&before, options.as_ref());
            assert_eq!(options_of(&params), options);
            assert_eq!(with_options(&params, None), before);
        }
    }

    #[test]
    fn members_go_into_the_address_and_back() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        for of in [
            MembersOf::Scores {
                r: Some(5),
                f: None,
                m: Some(1),
            },
            MembersOf::Group("champions".to_owned()),
            MembersOf::Class("key_value".to_owned()),
            MembersOf::Moved {
                from: None,
                to: "new".to_owned(),
                since: day("2026-01-01"),
            },
            MembersOf::Moved {
                from: Some("loyal".to_owned()),
                to: "at_risk".to_owned(),
                since: day("2026-01-01"),
            },
            MembersOf::StageMoved {
                from: Some(LifecycleStage::Dormant),
                to: LifecycleStage::Active,
                since: day("2026-01-01"),
            },
            MembersOf::Turned {
                turn: Turn::BackFromChurned,
                from: day("2026-01-01"),
                to: day("2026-01-31"),
            },
        ] {
            let href = members_href("rfm", &of, Some(day("2026-03-31")), None);
            assert_eq!(show_of(&Place::parse(&href).params), Some(of), "{href}");
        }
        let odd = Params::default().set(SHOW, "turn:never:2026-01-01:x");
        assert_eq!(show_of(&odd), None);
    }
}
