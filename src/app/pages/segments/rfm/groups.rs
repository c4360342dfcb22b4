//! Groups or classes: the treemap, the table, and the limits between the scores.

use super::super::sheet::{self, Sheet};
use super::{Part, link};
use crate::router::{self, Place};
use crate::state::{use_place, use_state};
use model::RfmScoring;
use protocol::{MembersOf, RfmGroupCount, RfmPicture};
use ui::chart::{Figure, Tile, Treemap};
use ui::prelude::*;
use ui::{Amount, Choice, Segmented};

/// How warm a group is: which of the colours of the life cycle it has.
fn tone(code: &str) -> &'static str {
    match code {
        "champions" | "loyal" | "key_value" | "general_value" => "active",
        "active" | "new" | "promising" | "key_develop" | "general_develop" => "new",
        "needs_attention" | "at_risk" | "key_keep" | "general_keep" => "dormant",
        "prospects" => "prospect",
        _ => "churned",
    }
}

/// One group or class as both pictures show it.
struct Shown<'a> {
    name: String,
    means: String,
    of: MembersOf,
    it: &'a RfmGroupCount,
}

/// The classes where averages decide, else the groups.
fn shown<'a>(part: &Part, picture: &'a RfmPicture) -> Vec<Shown<'a>> {
    let words = part.words;
    let class = |it: &'a RfmGroupCount| Shown {
        name: words.rfm_class(&it.group),
        means: words.rfm_class_means(&it.group),
        of: MembersOf::Class(it.group.clone()),
        it,
    };
    let group = |it: &'a RfmGroupCount| Shown {
        name: words.rfm_group(&it.group),
        means: words.rfm_group_means(&it.group),
        of: MembersOf::Group(it.group.clone()),
        it,
    };
    let classes = picture.classes.iter().map(class);
    let groups = picture.groups.iter().map(group);
    if picture.classes.is_empty() {
        groups.collect()
    } else {
        // Whoever has no scores is in no class.
        classes
            .chain(groups.filter(|it| it.it.group == "prospects"))
            .collect()
    }
}

/// The treemap, with the choice of what its area is.
pub(super) fn tree(part: &Part, picture: &RfmPicture) -> AnyView {
    let words = part.words;
    let (state, place) = (use_state(), use_place());
    let size = RwSignal::new(place.with_untracked(|place| {
        place
            .params
            .get(link::SIZE)
            .unwrap_or("customers")
            .to_owned()
    }));
    let choices = vec![
        Choice::new("customers", words.scoring_tree_customers()),
        Choice::new("spend", words.scoring_tree_spend()),
    ];
    let keep = move |size: String| {
        let place = state.place.get_untracked();
        let size = if size == "customers" { "" } else { &size };
        let params = place.params.set(link::SIZE, size);
        router::replace(
            &Place {
                params,
                route: place.route,
            }
            .href(),
        );
    };
    let title = if picture.classes.is_empty() {
        words.scoring_groups()
    } else {
        words.scoring_classes()
    };
    let file = file(part, picture, title);
    let (part, picture) = (part.clone(), picture.clone());
    let figure = move || {
        let by_spend = size.get() == "spend";
        let what = if by_spend {
            words.scoring_tree_spend()
        } else {
            words.scoring_tree_customers()
        };
        let tiles = tiles(&part, &picture, by_spend);
        view! {
            <Figure title="" caption=words.scoring_tree_caption(what)>
                <Treemap label=title tiles/>
            </Figure>
        }
    };
    view! {
        <div class="section-head">
            <h2>{title}</h2>
            <Segmented label=words.scoring_tree_size() value=size choices on_change=keep label_hidden=true/>
        </div>
        {figure}
        {file}
    }
    .into_any()
}

fn file(part: &Part, picture: &RfmPicture, title: &'static str) -> AnyView {
    let (part, picture) = (part.clone(), picture.clone());
    sheet::save("rfm-groups", title, move || {
        let words = part.words;
        let head = if picture.classes.is_empty() {
            words.scoring_group()
        } else {
            words.scoring_class()
        };
        let mut sheet = Sheet::new(&[head, words.scoring_members(), words.scoring_spend()]);
        for shown in shown(&part, &picture) {
            let (people, spend) = (
                sheet::count(shown.it.count),
                sheet::amount(shown.it.spend, part.currency),
            );
            sheet.row(&[&shown.name, &people, &spend]);
        }
        sheet
    })
}

fn tiles(part: &Part, picture: &RfmPicture, by_spend: bool) -> Vec<Tile> {
    let words = part.words;
    let people: u64 = picture.groups.iter().map(|it| it.count).sum();
    let spent: i64 = picture.groups.iter().map(|it| it.spend.0.max(0)).sum();
    let tile = |shown: Shown<'_>| {
        let it = shown.it;
        let money = it.spend.0.max(0);
        let spend_share = words.share(money.unsigned_abs(), spent.unsigned_abs());
        let share = words.share(it.count, people);
        Tile {
            key: tone(&it.group),
            text: if by_spend {
                spend_share.clone()
            } else {
                words.count(it.count)
            },
            value: if by_spend {
                money as f64
            } else {
                it.count as f64
            },
            title: words.scoring_tree_tile(
                &shown.name,
                &words.count(it.count),
                &share,
                &words.money(it.spend, part.currency),
                &spend_share,
            ),
            label: shown.name,
            href: Some(part.members(&shown.of)),
        }
    };
    shown(part, picture).into_iter().map(tile).collect()
}

/// The table of groups or classes.
pub(super) fn table(part: &Part, picture: &RfmPicture) -> AnyView {
    let words = part.words;
    let people: u64 = picture.groups.iter().map(|it| it.count).sum();
    let spent: i64 = picture.groups.iter().map(|it| it.spend.0.max(0)).sum();
    let head = if picture.classes.is_empty() {
        words.scoring_group()
    } else {
        words.scoring_class()
    };
    let row = |shown: Shown<'_>| {
        let it = shown.it;
        let parts = words.money_parts(it.spend, part.currency);
        let share = words.share(it.spend.0.max(0).unsigned_abs(), spent.unsigned_abs());
        view! {
            <tr>
                <th scope="row"><a href=part.members(&shown.of)>{shown.name}</a></th>
                <td class="wide-only rule-text">{shown.means}</td>
                <td class="end strong">{words.count(it.count)}</td>
                <td class="end quiet">{words.share(it.count, people)}</td>
                <td class="end"><Amount unit=[parts.sign, &parts.unit].concat() digits=parts.digits/></td>
                <td class="end quiet wide-only">{share}</td>
            </tr>
        }
        .into_any()
    };
    let rows: Vec<AnyView> = shown(part, picture).into_iter().map(row).collect();
    view! {
        <table class="table">
            <thead>
                <tr>
                    <th scope="col">{head}</th>
                    <th scope="col" class="wide-only">{words.scoring_means()}</th>
                    <th scope="col" class="end">{words.scoring_members()}</th>
                    <th scope="col" class="end">{words.scoring_share()}</th>
                    <th scope="col" class="end">{words.scoring_spend()}</th>
                    <th scope="col" class="end wide-only">{words.scoring_spend_share()}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

/// What each score covers.
pub(super) fn limits(part: &Part, picture: &RfmPicture) -> AnyView {
    let words = part.words;
    let scale = &picture.scale;
    let scores: &[u8] = match scale.options.scoring {
        RfmScoring::Average => &[5, 1],
        RfmScoring::Quintile | RfmScoring::Fixed => &[5, 4, 3, 2, 1],
    };
    let text = match scale.options.scoring {
        RfmScoring::Quintile => words.scoring_limits_text().to_owned(),
        RfmScoring::Fixed => words.scoring_limits_text_fixed().to_owned(),
        RfmScoring::Average => {
            let [days, orders, money] =
                [0, 1, 2].map(|measure| words.rfm_average(scale, measure, part.currency));
            words.scoring_limits_text_average(&days, &orders, &money)
        }
    };
    let rows: Vec<AnyView> = scores
        .iter()
        .map(|&score| {
            let cells: Vec<AnyView> = (0..3)
                .map(|measure| {
                    let band = words.rfm_band(scale, measure, score, part.currency);
                    view! { <td class="end">{band.unwrap_or_else(|| "–".to_owned())}</td> }
                        .into_any()
                })
                .collect();
            view! { <tr><th scope="row">{score}</th>{cells}</tr> }.into_any()
        })
        .collect();
    view! {
        <h2>{words.scoring_limits()}</h2>
        <p class="note">{text}</p>
        <table class="table">
            <thead>
                <tr>
                    <th scope="col">{words.scoring_score()}</th>
                    <th scope="col" class="end">{words.scoring_recency()}</th>
                    <th scope="col" class="end">{words.scoring_frequency()}</th>
                    <th scope="col" class="end">{words.scoring_money()}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}
