//! Every combination of the sets that somebody is in, the largest first, with the sets it lies in as dots (after Lex's
//! UpSet plot).

use super::super::sheet::{self, Sheet};
use super::{Compared, Shared, node, save};
use protocol::{REGION_SETS_MAX, Region};
use std::sync::Arc;
use ui::prelude::*;

/// Combinations that are shown before one asks for more.
const FIRST: usize = 16;

/// The combinations.
#[component]
pub fn Regions(
    /// What the page shares.
    shared: Shared,
    /// The comparison.
    compared: Arc<Compared>,
) -> impl IntoView {
    let words = shared.words;
    if compared.view.regions.is_empty() {
        let text = words.overlap_regions_many(REGION_SETS_MAX as u64);
        return view! {
            <section class="section rule-top">
                <h2>{words.overlap_regions()}</h2>
                <p class="note">{text}</p>
            </section>
        }
        .into_any();
    }
    let several: u64 = compared
        .view
        .regions
        .iter()
        .filter(|region| region.inside.count_ones() > 1)
        .map(|region| region.count)
        .sum();
    let most = compared
        .view
        .regions
        .iter()
        .map(|it| it.count)
        .max()
        .unwrap_or(1);
    let heads: Vec<AnyView> = compared
        .items
        .iter()
        .map(|item| {
            view! { <th scope="col" class="dot-head"><span>{item.name.clone()}</span></th> }
                .into_any()
        })
        .collect();
    let rows: Vec<AnyView> = compared
        .view
        .regions
        .iter()
        .take(FIRST)
        .map(|region| row(shared, &compared, *region, most))
        .collect();
    view! {
        <section class="section rule-top">
            <h2>{words.overlap_regions()}</h2>
            <p class="lead">{words.overlap_regions_finding(several)}</p>
            <p class="quiet">{words.overlap_regions_caption()}</p>
            <div class="overlap-scroll">
                <table class="overlap-regions" aria-label=words.overlap_regions()>
                    <thead>
                        <tr>
                            {heads}
                            <th scope="col">{words.overlap_region_count()}</th>
                            <th scope="col" class="end">{words.overlap_region_spend()}</th>
                            <th scope="col"><span class="visually-hidden">{words.act_more()}</span></th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            {file(shared, compared)}
        </section>
    }
    .into_any()
}

/// All combinations as a file: a column for each set, 1 where the customers lie in it.
fn file(shared: Shared, compared: Arc<Compared>) -> AnyView {
    let words = shared.words;
    sheet::save("overlap-sets", words.overlap_regions(), move || {
        let mut head: Vec<&str> = compared.items.iter().map(|it| it.name.as_str()).collect();
        head.extend([words.overlap_region_count(), words.overlap_region_spend()]);
        let mut sheet = Sheet::new(&head);
        for region in &compared.view.regions {
            let sets = 0..compared.items.len();
            let mut cells: Vec<String> = sets
                .map(|at| (region.inside >> at & 1).to_string())
                .collect();
            cells.push(sheet::count(region.count));
            cells.push(sheet::amount(region.spend, shared.currency));
            sheet.row(&cells.iter().map(String::as_str).collect::<Vec<&str>>());
        }
        sheet
    })
}

fn row(shared: Shared, compared: &Compared, region: Region, most: u64) -> AnyView {
    let words = shared.words;
    let rules: Vec<String> = compared
        .items
        .iter()
        .map(|item| item.rule.clone())
        .collect();
    let rule = node::region(&rules, region.inside);
    let inside = |at: usize| region.inside >> at & 1 == 1;
    let names: Vec<&str> = compared
        .items
        .iter()
        .enumerate()
        .filter(|(at, _)| inside(*at))
        .map(|(_, item)| item.name.as_str())
        .collect();
    let name = match names.as_slice() {
        [] => words.overlap_region_none().to_owned(),
        names => names.join(" + "),
    };
    let dots: Vec<AnyView> = (0..compared.items.len())
        .map(|at| {
            let text = if inside(at) { words.overlap_region_in() } else { "" };
            let state = if inside(at) { "in" } else { "out" };
            view! { <td class="dot" data-state=state><span class="visually-hidden">{text}</span></td> }
                .into_any()
        })
        .collect();
    let width = [&(region.count * 100 / most.max(1)).max(1).to_string(), "%"].concat();
    let spend = words.money(region.spend, shared.currency);
    let href = save::members_href(shared, &rule);
    let label = [name.as_str(), ": ", &words.count(region.count)].concat();
    view! {
        <tr>
            {dots}
            <td class="region-bar">
                <a href=href aria-label=label>
                    <svg class="bar" aria-hidden="true" height="14"><rect width=width height="14"></rect></svg>
                    <span>{words.count(region.count)}</span>
                </a>
            </td>
            <td class="end quiet">{spend}</td>
            <td class="end">{save::menu(shared, &name, &rule)}</td>
        </tr>
    }
    .into_any()
}
