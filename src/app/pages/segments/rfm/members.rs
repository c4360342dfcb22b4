//! The customers behind a number, each with the reason of their scores or stage.

use super::super::stepped::stepped;
use super::{link, use_options};
use crate::as_of::{AsOf, use_as_of, with_day};
use crate::many::past;
use crate::pages::customers::phone_shown;
use crate::router::{Place, Route, customers_by_rule};
use crate::state::{use_currency, use_place, use_words};
use model::{Currency, Day};
use protocol::{
    InsightMember, InsightMembers, InsightQuery, InsightReply, LifecycleStage, MembersOf,
    MembersPage, Past, Turn,
};
use text::Words;
use ui::prelude::*;
use ui::{Amount, EmptyState, LinkButton, Look, Pager, icon};

/// Members on one page.
const ROWS: u64 = 50;

/// The view of the address's members.
#[component]
pub fn Members(
    /// The view they belong to: `rfm` or `lifecycle`.
    view: &'static str,
) -> impl IntoView {
    let (words, currency, place) = (use_words(), use_currency(), use_place());
    let (day, options) = (use_as_of(), use_options());
    let asked = Memo::new(move |_| place.with(|place| link::show_of(&place.params)));
    let offset = RwSignal::new(0u64);
    let total = RwSignal::new(0u64);
    let page = stepped(
        move || {
            Some(InsightQuery::Members(InsightMembers {
                of: asked.get()?,
                as_of: day.get(),
                options: options.get(),
                thresholds: None,
                offset: offset.get(),
                limit: ROWS as u32,
            }))
        },
        "rows",
        move |reply| match reply {
            InsightReply::Members(page) => {
                total.set(page.page.total);
                let of = asked.get_untracked();
                let day = day.get_untracked();
                of.map(|of| rows(words, currency, &of, page, day))
                    .into_any()
            }
            _ => ().into_any(),
        },
    );
    let head = move || {
        let of = asked.get()?;
        // A rule means the saved options only.
        let list = list_of(&of, day.get()).filter(|_| options.get().is_none());
        Some(head(words, view, &of, list, total))
    };
    let place_text = move |(from, to, all): (u64, u64, u64)| {
        words.scoring_rows_place(&words.count(from), &words.count(to), &words.count(all))
    };
    view! {
        <div class="page">
            <AsOf/>
            {head}
            {page}
            <Pager
                offset
                size=ROWS
                total
                earlier=words.act_earlier()
                later=words.act_later()
                place=place_text
            />
        </div>
    }
    .into_any()
}

/// The list of the same customers, where rules can say who they are.
fn list_of(of: &MembersOf, day: Option<Day>) -> Option<String> {
    let moved = |from: Option<String>, to: String, since: Day| {
        let past = match from {
            Some(rule) => Past::Held { rule, on: since },
            None => Past::Absent { on: since },
        };
        let params = [("rule", to.as_str()), (past::PARAM, &past::write(&[past]))];
        Route::Customers.with(&params)
    };
    let href = match of {
        MembersOf::Moved { from, to, since } => {
            let from = from.as_deref().map(band_rule);
            // What cannot be said must not become "was not there".
            if matches!(from, Some(None)) {
                return None;
            }
            moved(from.flatten(), band_rule(to)?, *since)
        }
        MembersOf::StageMoved { from, to, since } => {
            moved(from.map(stage_rule), stage_rule(*to), *since)
        }
        other => customers_by_rule(&rule_of(other)?),
    };
    Some(with_day(href, day))
}

/// The rule of a group or a class by its code.
pub(in super::super) fn band_rule(code: &str) -> Option<String> {
    rule_of(&if is_class(code) {
        MembersOf::Class(code.to_owned())
    } else {
        MembersOf::Group(code.to_owned())
    })
}

fn stage_rule(stage: LifecycleStage) -> String {
    [
        "{\"attr\":\"lifecycle\",\"op\":\"eq\",\"value\":\"",
        link::stage_name(stage),
        "\"}",
    ]
    .concat()
}

fn is_class(code: &str) -> bool {
    class_scores(code).is_some()
}

/// The name of a group or a class by its code.
pub(in super::super) fn band_name(words: Words, code: &str) -> String {
    if is_class(code) {
        words.rfm_class(code)
    } else {
        words.rfm_group(code)
    }
}

/// The rule that says the same, where there is one.
fn rule_of(of: &MembersOf) -> Option<String> {
    let is = |attribute: &str, value: &str| {
        [
            "{\"attr\":\"rfm.",
            attribute,
            "\",\"op\":\"eq\",\"value\":",
            value,
            "}",
        ]
        .concat()
    };
    match of {
        MembersOf::Scores { r, f, m } => {
            let parts = [("recency", r), ("frequency", f), ("monetary", m)];
            let parts: Vec<String> = parts
                .into_iter()
                .filter_map(|(name, score)| score.map(|it| is(name, &it.to_string())))
                .collect();
            Some(["{\"all\":[", &parts.join(","), "]}"].concat())
        }
        MembersOf::Group(group) => Some(is("group", &["\"", group, "\""].concat())),
        MembersOf::Class(class) => {
            let [r, f, m] = class_scores(class)?;
            rule_of(&MembersOf::Scores {
                r: Some(r),
                f: Some(f),
                m: Some(m),
            })
        }
        MembersOf::Moved { .. } | MembersOf::StageMoved { .. } | MembersOf::Turned { .. } => None,
    }
}

/// The classes with their scores, 5 for the better side.
const CLASSES: [(&str, [u8; 3]); 8] = [
    ("key_value", [5, 5, 5]),
    ("key_develop", [5, 1, 5]),
    ("key_keep", [1, 5, 5]),
    ("key_win_back", [1, 1, 5]),
    ("general_value", [5, 5, 1]),
    ("general_develop", [5, 1, 1]),
    ("general_keep", [1, 5, 1]),
    ("general_win_back", [1, 1, 1]),
];

fn class_scores(class: &str) -> Option<[u8; 3]> {
    let found = CLASSES.iter().find(|(code, _)| *code == class)?;
    Some(found.1)
}

/// The name of the class of these scores.
pub(super) fn class_name(words: Words, scores: [u8; 3]) -> String {
    let found = CLASSES.iter().find(|(_, of)| *of == scores);
    found
        .map(|(code, _)| words.rfm_class(code))
        .unwrap_or_default()
}

/// The name of something that happened.
pub fn turn_name(words: Words, turn: Turn) -> &'static str {
    match turn {
        Turn::BackFromDormant => words.lifetime_turn_back_from_dormant(),
        Turn::BackFromChurned => words.lifetime_turn_back_from_churned(),
        Turn::FellDormant => words.lifetime_turn_fell_dormant(),
        Turn::FellChurned => words.lifetime_turn_fell_churned(),
    }
}

fn title(words: Words, of: &MembersOf) -> String {
    match of {
        MembersOf::Scores { r, f, m } => {
            let letters = text::LETTERS.iter().zip([r, f, m]);
            let scores: Vec<String> = letters
                .filter_map(|(letter, score)| {
                    score.map(|score| [*letter, &score.to_string()].concat())
                })
                .collect();
            words.scoring_rows_title_scores(&scores.join(" "))
        }
        MembersOf::Group(group) => words.rfm_group(group),
        MembersOf::Class(class) => words.rfm_class(class),
        MembersOf::Moved { from, to, .. } => match from {
            Some(from) => {
                words.scoring_rows_title_moved(&band_name(words, from), &band_name(words, to))
            }
            None => words.scoring_rows_title_joined(&band_name(words, to)),
        },
        MembersOf::StageMoved { from, to, .. } => match from {
            Some(from) => words.scoring_rows_title_moved(&words.stage(*from), &words.stage(*to)),
            None => words.scoring_rows_title_joined(&words.stage(*to)),
        },
        MembersOf::Turned { turn, from, to } => words.scoring_rows_title_turn(
            turn_name(words, *turn),
            &words.day(*from),
            &words.day(*to),
        ),
    }
}

fn head(
    words: Words,
    view: &str,
    of: &MembersOf,
    list: Option<String>,
    total: RwSignal<u64>,
) -> AnyView {
    let place = use_place().get_untracked();
    let back = Place {
        route: Route::Segments(view.to_owned()),
        params: place.params.set(link::SHOW, ""),
    };
    let back_label = if view == "rfm" {
        words.scoring_rows_back_rfm()
    } else {
        words.scoring_rows_back_life()
    };
    let list = list.map(|href| {
        view! { <LinkButton label=words.scoring_rows_list() href icon=icon::PEOPLE/> }
    });
    view! {
        <div class="section-head">
            <div>
                <h2>{title(words, of)}</h2>
                <p class="note" role="status">{move || words.scoring_rows_count(total.get())}</p>
            </div>
            <div class="actions">
                <LinkButton label=back_label href=back.href() look=Look::Quiet icon=icon::ARROW_LEFT/>
                {list}
            </div>
        </div>
    }
    .into_any()
}

fn rows(
    words: Words,
    currency: Currency,
    of: &MembersOf,
    page: &MembersPage,
    day: Option<Day>,
) -> AnyView {
    if page.page.total == 0 {
        return view! {
            <EmptyState title=words.scoring_rows_none() text=words.scoring_rows_none_text() icon=icon::PEOPLE/>
        }
        .into_any();
    }
    let rows: Vec<AnyView> = page
        .page
        .items
        .iter()
        .map(|it| row(words, currency, of, page, it, day))
        .collect();
    view! { <ol class="standings" aria-label=words.scoring_rows_label()>{rows}</ol> }.into_any()
}

fn row(
    words: Words,
    currency: Currency,
    of: &MembersOf,
    page: &MembersPage,
    it: &InsightMember,
    day: Option<Day>,
) -> AnyView {
    let name = match (it.name.is_empty(), &it.phone) {
        (false, _) => it.name.clone(),
        (true, Some(phone)) => phone_shown(phone),
        (true, None) => words.scoring_rows_unnamed().to_owned(),
    };
    let of_life = matches!(of, MembersOf::StageMoved { .. } | MembersOf::Turned { .. });
    let reason = if of_life {
        words.stage_reason(&it.standing)
    } else {
        words.rfm_reason(&page.scale, &it.standing, currency)
    };
    let scores = it.standing.scores.filter(|_| !of_life).map(|scores| {
        let letters = text::LETTERS.iter().zip(scores);
        let text: Vec<String> = letters
            .map(|(letter, score)| [*letter, &score.to_string()].concat())
            .collect();
        view! { <span class="scores">{text.join(" ")}</span> }
    });
    let turned = it.on.map(|on| {
        let quiet = it
            .quiet_days
            .map(|days| words.lifetime_turn_quiet(u64::from(days)));
        view! { <span class="note">{words.day(on)}" "{quiet}</span> }
    });
    let spend = words.money_parts(it.spend, currency);
    let href = with_day(Route::Customer(it.id).href(), day);
    view! {
        <li>
            <div class="standing-head">
                <a href=href>{name}</a>
                {scores}
                {turned}
                <span class="standing-spend"><Amount unit=[spend.sign, &spend.unit].concat() digits=spend.digits/></span>
            </div>
            <p>{reason}</p>
        </li>
    }
    .into_any()
}
