//! Links from a number of the owner's view to its rows, and back from an address to what it asks for.

use crate::router::{Params, Place, Route};
use model::Day;
use protocol::{FlowKind, MoveKind, PointsRowsOf, SpendingGroup, TierPlace};

/// The view of the rows: `#/points/rows`.
pub const ROWS: &str = "rows";
/// The parameter of the earlier day.
pub const SINCE: &str = "since";

const FLOWS: [(&str, FlowKind); 7] = [
    ("issued", FlowKind::Issued),
    ("redeemed", FlowKind::Redeemed),
    ("returned", FlowKind::Returned),
    ("expired", FlowKind::Expired),
    ("clawed_back", FlowKind::ClawedBack),
    ("adjusted", FlowKind::Adjusted),
    ("transferred", FlowKind::Transferred),
];

const MOVES: [(&str, MoveKind); 4] = [
    ("up", MoveKind::Up),
    ("down", MoveKind::Down),
    ("stayed", MoveKind::Stayed),
    ("joined", MoveKind::Joined),
];

const GROUPS: [(&str, SpendingGroup); 3] = [
    ("redeemers", SpendingGroup::Redeemers),
    ("collectors", SpendingGroup::Collectors),
    ("others", SpendingGroup::Others),
];

fn name<T: PartialEq>(table: &[(&'static str, T)], of: &T) -> &'static str {
    let found = table.iter().find(|(_, known)| known == of);
    found.map_or("", |(name, _)| name)
}

fn find<T: Copy>(table: &[(&str, T)], text: Option<&str>) -> Option<T> {
    let found = table.iter().find(|(name, _)| Some(*name) == text);
    found.map(|(_, of)| *of)
}

/// A tier's id begins with `=`, so that none of them is taken for a word of ours.
fn tier_text(place: &TierPlace) -> String {
    match place {
        TierPlace::Outside => "outside".to_owned(),
        TierPlace::Below => "below".to_owned(),
        TierPlace::In(id) => ["=", id].concat(),
    }
}

fn tier_place(text: &str) -> Option<TierPlace> {
    match text {
        "outside" => Some(TierPlace::Outside),
        "below" => Some(TierPlace::Below),
        _ => text
            .strip_prefix('=')
            .map(|id| TierPlace::In(id.to_owned())),
    }
}

/// The parameters that ask for these rows.
fn params(of: &PointsRowsOf) -> Vec<(&'static str, String)> {
    let day = |day: &Day| day.to_string();
    let kind = |kind: &str| vec![("of", kind.to_owned())];
    let with = |mut all: Vec<(&'static str, String)>, more: &[(&'static str, String)]| {
        all.extend_from_slice(more);
        all
    };
    match of {
        PointsRowsOf::Outstanding => kind("outstanding"),
        PointsRowsOf::Pending => kind("pending"),
        PointsRowsOf::Debt => kind("debt"),
        PointsRowsOf::Members => kind("members"),
        PointsRowsOf::Expiring { from, to } => with(
            kind("expiring"),
            &[
                ("from", day(from)),
                ("to", to.as_ref().map(day).unwrap_or_default()),
            ],
        ),
        PointsRowsOf::NeverExpiring => kind("never"),
        PointsRowsOf::Tier(place) => with(kind("tier"), &[("tier", tier_text(place))]),
        PointsRowsOf::Moved { from, to } => with(
            kind("moved"),
            &[("was", tier_text(from)), ("is", tier_text(to))],
        ),
        PointsRowsOf::MovedBy(way) => with(kind("moved"), &[("way", name(&MOVES, way).to_owned())]),
        PointsRowsOf::Flow { kind: of, from, to } => with(
            kind("flow"),
            &[
                (
                    "kind",
                    of.map(|of| name(&FLOWS, &of).to_owned())
                        .unwrap_or_default(),
                ),
                ("from", day(from)),
                ("to", day(to)),
            ],
        ),
        PointsRowsOf::Issued { month } => with(kind("issued"), &[("from", day(month))]),
        PointsRowsOf::Gifts => kind("gifts"),
        PointsRowsOf::Spending(group) => with(
            kind("spending"),
            &[("group", name(&GROUPS, group).to_owned())],
        ),
        PointsRowsOf::BeforeAfter => kind("before_after"),
    }
}

/// The link to the rows behind a number of a day (`None`: today), compared with an earlier day where there is one.
pub fn rows_href(of: &PointsRowsOf, as_of: Option<Day>, since: Option<Day>) -> String {
    let text = |day: Option<Day>| day.map(|day| day.to_string()).unwrap_or_default();
    let mut all = params(of);
    all.push((crate::as_of::PARAM, text(as_of)));
    all.push((SINCE, text(since)));
    Place {
        route: Route::Points(ROWS.to_owned()),
        params: Params(
            all.into_iter()
                .map(|(key, value)| (key.to_owned(), value))
                .collect(),
        ),
    }
    .href()
}

/// The earlier day of an address.
pub fn since_of(params: &Params) -> Option<Day> {
    params.get(SINCE)?.parse().ok()
}

/// What an address asks for; `None` where it asks for nothing there is.
pub fn rows_of(params: &Params) -> Option<PointsRowsOf> {
    let day = |key| params.get(key).and_then(|text| text.parse::<Day>().ok());
    let tier = |key| params.get(key).and_then(tier_place);
    Some(match params.get("of")? {
        "outstanding" => PointsRowsOf::Outstanding,
        "pending" => PointsRowsOf::Pending,
        "debt" => PointsRowsOf::Debt,
        "members" => PointsRowsOf::Members,
        "expiring" => PointsRowsOf::Expiring {
            from: day("from")?,
            to: day("to"),
        },
        "never" => PointsRowsOf::NeverExpiring,
        "tier" => PointsRowsOf::Tier(tier("tier")?),
        "moved" => match find(&MOVES, params.get("way")) {
            Some(way) => PointsRowsOf::MovedBy(way),
            None => PointsRowsOf::Moved {
                from: tier("was")?,
                to: tier("is")?,
            },
        },
        "flow" => PointsRowsOf::Flow {
            kind: find(&FLOWS, params.get("kind")),
            from: day("from")?,
            to: day("to")?,
        },
        "issued" => PointsRowsOf::Issued {
            month: day("from")?,
        },
        "gifts" => PointsRowsOf::Gifts,
        "spending" => PointsRowsOf::Spending(find(&GROUPS, params.get("group"))?),
        "before_after" => PointsRowsOf::BeforeAfter,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_back_to_what_they_ask_for() {
        let day = |text: &str| text.parse::<Day>().expect("a day");
        let gold = TierPlace::In("outside".to_owned());
        let mut all = vec![
            PointsRowsOf::Outstanding,
            PointsRowsOf::Pending,
            PointsRowsOf::Debt,
            PointsRowsOf::Members,
            PointsRowsOf::Expiring {
                from: day("2026-02-01"),
                to: Some(day("2026-02-28")),
            },
            PointsRowsOf::Expiring {
                from: day("2026-02-01"),
                to: None,
            },
            PointsRowsOf::NeverExpiring,
            PointsRowsOf::Tier(gold.clone()),
            PointsRowsOf::Tier(TierPlace::Below),
            PointsRowsOf::Moved {
                from: TierPlace::Outside,
                to: gold,
            },
            PointsRowsOf::Flow {
                kind: None,
                from: day("2026-02-01"),
                to: day("2026-02-28"),
            },
            PointsRowsOf::Issued {
                month: day("2026-02-01"),
            },
            PointsRowsOf::Gifts,
            PointsRowsOf::BeforeAfter,
        ];
        all.extend(MOVES.map(|(_, way)| PointsRowsOf::MovedBy(way)));
        all.extend(GROUPS.map(|(_, group)| PointsRowsOf::Spending(group)));
        all.extend(FLOWS.map(|(_, kind)| PointsRowsOf::Flow {
            kind: Some(kind),
            from: day("2026-01-01"),
            to: day("2026-01-31"),
        }));
        for of in all {
            let href = rows_href(&of, Some(day("2026-03-31")), Some(day("2025-03-31")));
            let place = Place::parse(&href);
            assert_eq!(place.route, Route::Points(ROWS.to_owned()));
            assert_eq!(rows_of(&place.params), Some(of), "{href}");
            assert_eq!(since_of(&place.params), Some(day("2025-03-31")));
        }
        assert_eq!(rows_of(&Place::parse("#/points/rows?of=tier").params), None);
    }
}
