//! The heat map: customers by two of the three scores.

use super::super::sheet::{self, Sheet};
use super::members::class_name;
use super::{Part, link};
use crate::router::{self, Place};
use crate::state::{use_place, use_state};
use model::Money;
use protocol::{MembersOf, RfmCell, RfmPicture};
use ui::chart::{Figure, HeatCell, HeatMap};
use ui::prelude::*;
use ui::{Choice, Segmented};

/// Which measures stand on the two axes: rows, columns; 0 is recency.
fn axes(name: &str) -> (usize, usize) {
    match name {
        "rm" => (0, 2),
        "fm" => (1, 2),
        _ => (0, 1),
    }
}

fn scores(cell: &RfmCell) -> [u8; 3] {
    [cell.r, cell.f, cell.m]
}

/// The map, with the choice of its axes.
pub(super) fn heat(part: &Part, picture: &RfmPicture) -> AnyView {
    let words = part.words;
    let (state, place) = (use_state(), use_place());
    let chosen = RwSignal::new(
        place.with_untracked(|place| place.params.get(link::AXES).unwrap_or("rf").to_owned()),
    );
    let choices = vec![
        Choice::new("rf", words.scoring_axis_rf()),
        Choice::new("rm", words.scoring_axis_rm()),
        Choice::new("fm", words.scoring_axis_fm()),
    ];
    let keep = move |axes: String| {
        let place = state.place.get_untracked();
        let params = place
            .params
            .set(link::AXES, if axes == "rf" { "" } else { &axes });
        router::replace(
            &Place {
                params,
                route: place.route,
            }
            .href(),
        );
    };
    let title = title(part, picture);
    let file = file(part, picture);
    let (part, cells) = (part.clone(), picture.cells.clone());
    // Where averages decide there are two sides only.
    let scores: &'static [u8] = if picture.classes.is_empty() {
        &[1, 2, 3, 4, 5]
    } else {
        &[1, 5]
    };
    let map = move || map(&part, &cells, axes(&chosen.get()), scores);
    view! {
        <Segmented label=words.scoring_heat_axes() value=chosen choices on_change=keep/>
        <Figure title caption=words.scoring_heat_caption()>{map}</Figure>
        {file}
    }
    .into_any()
}

/// All cells as a file: whichever two scores the map shows, they are sums of these.
fn file(part: &Part, picture: &RfmPicture) -> AnyView {
    let (words, currency) = (part.words, part.currency);
    let (cells, by_class) = (picture.cells.clone(), !picture.classes.is_empty());
    sheet::save("rfm-cells", words.scoring_heat_caption(), move || {
        let group = if by_class {
            words.scoring_class()
        } else {
            words.scoring_group()
        };
        let [r, f, m] = text::LETTERS;
        let mut sheet = Sheet::new(&[
            r,
            f,
            m,
            group,
            words.scoring_members(),
            words.scoring_spend(),
        ]);
        for cell in &cells {
            let [r, f, m] = scores(cell).map(|score| score.to_string());
            // Where averages decide, only the corners are anything.
            let name = match by_class {
                true if cell.count == 0 => continue,
                true => class_name(words, scores(cell)),
                false => words.rfm_group(&cell.group),
            };
            let (count, spend) = (
                sheet::count(cell.count),
                sheet::amount(cell.spend, currency),
            );
            sheet.row(&[&r, &f, &m, &name, &count, &spend]);
        }
        sheet
    })
}

fn title(part: &Part, picture: &RfmPicture) -> String {
    let words = part.words;
    let whole: i64 = picture.groups.iter().map(|group| group.spend.0).sum();
    let share =
        |money: Money| words.share(money.0.max(0).unsigned_abs(), whole.max(0).unsigned_abs());
    let best = match picture.classes.first() {
        Some(class) => return words.scoring_finding_class(class.count, &share(class.spend)),
        None => picture.groups.first(),
    };
    match best {
        Some(best) if best.count > 0 && whole > 0 => {
            words.scoring_finding(best.count, &share(best.spend))
        }
        _ => words.scoring_finding_none().to_owned(),
    }
}

fn map(
    part: &Part,
    cells: &[RfmCell],
    (down, across): (usize, usize),
    scores_there: &'static [u8],
) -> AnyView {
    let words = part.words;
    let names = [
        words.scoring_recency(),
        words.scoring_frequency(),
        words.scoring_money(),
    ];
    let name = |axis: usize| names.get(axis).copied().unwrap_or_default();
    let letter = |axis: usize| text::LETTERS.get(axis).copied().unwrap_or_default();
    let sum = |row: u8, column: u8| {
        let here = cells.iter().filter(|cell| {
            let scores = scores(cell);
            scores.get(down) == Some(&row) && scores.get(across) == Some(&column)
        });
        here.fold((0u64, 0i64), |(count, spend), cell| {
            (count + cell.count, spend.saturating_add(cell.spend.0))
        })
    };
    let all = || scores_there.iter().copied();
    let most = all()
        .flat_map(|row| all().map(move |column| (row, column)))
        .map(|(row, column)| sum(row, column).0)
        .max()
        .unwrap_or(0);
    let cell = |row: u8, column: u8| {
        let (count, spend) = sum(row, column);
        let mut wanted = [None; 3];
        for (axis, score) in [(down, row), (across, column)] {
            if let Some(place) = wanted.get_mut(axis) {
                *place = Some(score);
            }
        }
        let [r, f, m] = wanted;
        HeatCell {
            text: words.count(count),
            title: words.scoring_cell(
                &[letter(down), &row.to_string()].concat(),
                &[letter(across), &column.to_string()].concat(),
                &words.count(count),
                &words.money(Money(spend), part.currency),
            ),
            // The square root, so that small cells differ too.
            heat: if most == 0 {
                0.0
            } else {
                (count as f64 / most as f64).sqrt()
            },
            href: (count > 0).then(|| part.members(&MembersOf::Scores { r, f, m })),
        }
    };
    let cells = all()
        .rev()
        .map(|row| all().map(|column| cell(row, column)).collect())
        .collect();
    let heads = |axis: usize| all().map(move |score| [letter(axis), &score.to_string()].concat());
    view! {
        <HeatMap
            label=words.scoring_heat_caption()
            columns=heads(across).collect()
            column_axis=name(across)
            rows=heads(down).rev().collect()
            row_axis=name(down)
            cells
        />
    }
    .into_any()
}
