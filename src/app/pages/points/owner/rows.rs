//! The rows behind a number of the owner's view: `#/points/rows?of=...`.

use super::{flow_name, links, use_save};
use crate::as_of::{AsOf, use_as_of, with_day};
use crate::expect_reply;
use crate::pages::customers::phone_shown;
use crate::pages::customers::stretches::Stretches;
use crate::router::{self, Route};
use crate::state::{use_client, use_currency, use_place, use_state, use_words};
use model::{Currency, Day, Money, Points};
use protocol::{
    Fault, FaultCode, LiabilityQuery, LiabilityReply, MoveKind, PointsExport, PointsRow,
    PointsRows, PointsRowsOf, PointsRowsRequest, Query, Reply, SpendingGroup, TierPlace,
};
use text::Words;
use ui::prelude::*;
use ui::{
    Align, Button, Column, EmptyState, ErrorState, LinkButton, Look, RowContent, VirtualTable, icon,
};

/// What the rows add up to.
type Sums = Option<(Option<Points>, Option<Money>)>;

/// The view.
#[component]
pub fn Rows() -> impl IntoView {
    let (words, client, place) = (use_words(), use_client(), use_place());
    let day = use_as_of();
    let asked = Memo::new(move |_| {
        place.with(|place| {
            let of = links::rows_of(&place.params)?;
            Some(PointsRowsRequest {
                of,
                as_of: day.get(),
                since: links::since_of(&place.params),
                offset: 0,
                limit: 0,
            })
        })
    });
    let sums: RwSignal<Sums> = RwSignal::new(None);
    let rows = Stretches::<PointsRow>::new(move |offset, limit| {
        let request = PointsRowsRequest {
            offset,
            limit,
            ..asked.get_untracked()?
        };
        let answer = client.query(Query::Liability(LiabilityQuery::Rows(request)));
        Some(Box::pin(async move {
            let reply = expect_reply!(answer.await, Reply::Liability)?;
            let LiabilityReply::Rows(PointsRows {
                points,
                money,
                page,
            }) = *reply
            else {
                return Err(Fault::new(FaultCode::Internal));
            };
            let _ = sums.try_set(Some((points, money)));
            Ok(page)
        }))
    });
    Effect::new(move |_| {
        asked.track();
        rows.restart();
    });
    Effect::watch(
        move || client.data_version().get(),
        move |_, _, _| rows.refresh(),
        false,
    );
    let head = move || asked.with(|asked| asked.as_ref().map(|it| head(words, it, rows, sums)));
    view! {
        <AsOf/>
        {head}
        <Table rows asked/>
    }
    .into_any()
}

/// What these rows are, their sum, their file, and the way back.
fn head(
    words: Words,
    request: &PointsRowsRequest,
    rows: Stretches<PointsRow>,
    sums: RwSignal<Sums>,
) -> AnyView {
    let (save, currency) = (use_save(), use_currency());
    let title = title(words, &request.of);
    let wish = request.clone();
    let press = move |()| save.run(PointsExport::Rows(wish.clone()));
    let back = with_day(Route::Points(String::new()).href(), request.as_of);
    let sum = move || {
        let total = rows.total()?;
        let (points, money) = sums.get()?;
        let sum = match (points, money) {
            (Some(points), _) => words.points(points),
            (None, Some(money)) => words.money(money, currency),
            (None, None) => return Some(words.liability_rows_count(total)),
        };
        Some(words.liability_rows_sum(total, &sum))
    };
    view! {
        <div class="section-head">
            <div>
                <h2>{title}</h2>
                <p class="note" role="status">{sum}</p>
            </div>
            <div class="actions">
                <LinkButton label=words.liability_rows_back() href=back look=Look::Quiet icon=icon::ARROW_LEFT/>
                <Button label=words.liability_export() icon=icon::DOWNLOAD on_press=press/>
            </div>
        </div>
    }
    .into_any()
}

fn tier_text(words: Words, place: &TierPlace) -> String {
    super::place_name(words, place, "")
}

fn title(words: Words, of: &PointsRowsOf) -> String {
    match of {
        PointsRowsOf::Outstanding => words.liability_outstanding().to_owned(),
        PointsRowsOf::Pending => words.liability_pending().to_owned(),
        PointsRowsOf::Debt => words.liability_debt().to_owned(),
        PointsRowsOf::Members => words.liability_members().to_owned(),
        PointsRowsOf::Expiring {
            from, to: Some(_), ..
        } => words.liability_rows_expiring(&words.month(*from)),
        PointsRowsOf::Expiring { from, to: None } => {
            words.liability_rows_expiring_after(&words.month(from.plus_days(-1)))
        }
        PointsRowsOf::NeverExpiring => words.liability_expiry_never().to_owned(),
        PointsRowsOf::Tier(place) => words.liability_rows_tier_of(&tier_text(words, place)),
        PointsRowsOf::Moved { from, to } => {
            words.liability_rows_moved(&tier_text(words, from), &tier_text(words, to))
        }
        PointsRowsOf::MovedBy(kind) => match kind {
            MoveKind::Up => words.liability_moves_up(),
            MoveKind::Down => words.liability_moves_down(),
            MoveKind::Stayed => words.liability_moves_stayed(),
            MoveKind::Joined => words.liability_moves_joined(),
        }
        .to_owned(),
        PointsRowsOf::Flow { kind, from, to } => {
            let kind = kind.map_or(words.liability_flow_all(), |kind| flow_name(words, kind));
            words.liability_rows_flow(kind, &words.day(*from), &words.day(*to))
        }
        PointsRowsOf::Issued { month } => words.liability_rows_issued(&words.month(*month)),
        PointsRowsOf::Gifts => words.liability_rows_gifts().to_owned(),
        PointsRowsOf::Spending(group) => match group {
            SpendingGroup::Redeemers => words.liability_effect_redeemers(),
            SpendingGroup::Collectors => words.liability_effect_collectors(),
            SpendingGroup::Others => words.liability_effect_others(),
        }
        .to_owned(),
        PointsRowsOf::BeforeAfter => words.liability_rows_before_after().to_owned(),
    }
}

/// Which columns a question's rows have.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cell {
    Name,
    Phone,
    Day,
    Kind,
    Points,
    Money,
    Before,
    Was,
    Tier,
    Order,
}

fn shape(of: &PointsRowsOf, narrow: bool) -> Vec<Cell> {
    use Cell::{Before, Day, Kind, Money, Name, Order, Phone, Points, Tier, Was};
    let all: &[Cell] = match of {
        PointsRowsOf::Outstanding | PointsRowsOf::Pending | PointsRowsOf::Debt => {
            &[Name, Phone, Tier, Points]
        }
        PointsRowsOf::Members | PointsRowsOf::Tier(_) => &[Name, Phone, Tier, Day, Points],
        PointsRowsOf::Expiring { .. } | PointsRowsOf::Issued { .. } | PointsRowsOf::Gifts => {
            &[Name, Phone, Day, Points]
        }
        PointsRowsOf::NeverExpiring => &[Name, Phone, Tier, Points],
        PointsRowsOf::Moved { .. } | PointsRowsOf::MovedBy(_) => {
            &[Name, Phone, Was, Tier, Day, Points]
        }
        PointsRowsOf::Flow { .. } => &[Day, Name, Kind, Order, Points],
        PointsRowsOf::Spending(_) => &[Name, Phone, Tier, Money],
        PointsRowsOf::BeforeAfter => &[Name, Phone, Day, Before, Money],
    };
    let kept = |cell: &Cell| !narrow || !matches!(cell, Phone | Order | Tier | Was);
    all.iter().copied().filter(kept).collect()
}

impl Cell {
    /// Its key and its track.
    fn form(self) -> (&'static str, &'static str) {
        match self {
            Self::Name => ("name", "minmax(110px, 2fr)"),
            Self::Phone => ("phone", "minmax(120px, 1fr)"),
            Self::Day => ("day", "minmax(104px, 1fr)"),
            Self::Kind => ("kind", "minmax(72px, 1fr)"),
            Self::Points => ("points", "minmax(72px, 1fr)"),
            Self::Money => ("money", "minmax(90px, 1fr)"),
            Self::Before => ("before", "minmax(90px, 1fr)"),
            Self::Was => ("was", "minmax(72px, 1fr)"),
            Self::Tier => ("tier", "minmax(72px, 1fr)"),
            Self::Order => ("order", "minmax(72px, 1fr)"),
        }
    }

    fn title(self, words: Words, of: &PointsRowsOf) -> &'static str {
        match (self, of) {
            (Self::Name, _) => words.liability_rows_name(),
            (Self::Phone, _) => words.liability_rows_phone(),
            (Self::Day, PointsRowsOf::Flow { .. }) => words.liability_rows_day(),
            (Self::Day, PointsRowsOf::Expiring { .. }) => words.liability_rows_first(),
            (Self::Day, PointsRowsOf::Issued { .. } | PointsRowsOf::Gifts) => {
                words.liability_rows_earned()
            }
            (Self::Day, _) => words.liability_rows_joined(),
            (Self::Kind, _) => words.liability_rows_kind(),
            (Self::Points, _) => words.liability_rows_points(),
            (Self::Money, PointsRowsOf::BeforeAfter) => words.liability_rows_after(),
            (Self::Money, _) => words.liability_rows_spent(),
            (Self::Before, _) => words.liability_rows_before(),
            (Self::Was, _) => words.liability_rows_was(),
            (Self::Tier, _) => words.liability_rows_tier(),
            (Self::Order, _) => words.liability_rows_order(),
        }
    }
}

fn columns(words: Words, of: &PointsRowsOf, narrow: bool) -> Vec<Column> {
    let column = |cell: Cell| {
        let (key, track) = cell.form();
        Column {
            key,
            title: cell.title(words, of).to_owned(),
            align: match cell {
                Cell::Points | Cell::Money | Cell::Before => Align::End,
                _ => Align::Start,
            },
            track,
            sorted: None,
        }
    };
    shape(of, narrow).into_iter().map(column).collect()
}

fn member_href(row: &PointsRow, day: Option<Day>) -> String {
    with_day(
        Route::Customer(row.customer).with(&[("tab", "points")]),
        day,
    )
}

fn cells(
    words: Words,
    currency: Currency,
    request: &PointsRowsRequest,
    narrow: bool,
    row: &PointsRow,
) -> Vec<AnyView> {
    let money = |money: Option<Money>| {
        money
            .map(|money| words.money(money, currency))
            .unwrap_or_default()
    };
    shape(&request.of, narrow)
        .into_iter()
        .map(|cell| match cell {
            Cell::Name => {
                let name = if row.name.is_empty() {
                    words.points_unnamed().to_owned()
                } else {
                    row.name.clone()
                };
                view! { <a tabindex="-1" href=member_href(row, request.as_of)>{name}</a> }.into_any()
            }
            Cell::Phone => {
                let phone = row.phone.as_deref().map(phone_shown);
                phone.unwrap_or_default().into_any()
            }
            Cell::Day => row.day.map(|day| words.day(day)).unwrap_or_default().into_any(),
            Cell::Kind => row.kind.map_or("", |kind| flow_name(words, kind)).into_any(),
            Cell::Points => {
                let points = row.points.map(|it| words.number(it.0)).unwrap_or_default();
                view! { <span class="strong">{points}</span> }.into_any()
            }
            Cell::Money => money(row.money).into_any(),
            Cell::Before => money(row.before).into_any(),
            Cell::Was => row
                .tier_before
                .clone()
                .unwrap_or_else(|| words.liability_moves_outside().to_owned())
                .into_any(),
            Cell::Tier => row.tier.clone().unwrap_or_default().into_any(),
            Cell::Order => row
                .order
                .map(|order| {
                    view! { <a tabindex="-1" href=Route::Order(order).href()>{words.liability_rows_order()}</a> }
                        .into_any()
                })
                .unwrap_or_else(|| ().into_any()),
        })
        .collect()
}

#[component]
fn Table(
    /// The rows.
    rows: Stretches<PointsRow>,
    /// What they are; `None`: the address asks for nothing there is.
    asked: Memo<Option<PointsRowsRequest>>,
) -> impl IntoView {
    let (words, currency) = (use_words(), use_currency());
    let narrow = use_state().narrow;
    let total = Signal::derive(move || rows.total().unwrap_or(0) as usize);
    let row = Callback::new(move |index: usize| {
        let it = rows.row(index as u64)?;
        let request = asked.get()?;
        Some(RowContent {
            cells: cells(words, currency, &request, narrow.get(), &it),
            current: false,
            chosen: false,
        })
    });
    let open = Callback::new(move |index: usize| {
        if let (Some(row), Some(request)) =
            (rows.row_untracked(index as u64), asked.get_untracked())
        {
            router::navigate(&member_href(&row, request.as_of));
        }
    });
    move || {
        if let Some(fault) = rows.fault() {
            let again = Callback::new(move |()| rows.restart());
            return view! {
                <ErrorState
                    title=words.faults_title_page()
                    text=words.fault(&fault)
                    action=words.act_retry()
                    on_action=again
                />
            }
            .into_any();
        }
        if rows.total() == Some(0) || asked.with(Option::is_none) {
            return view! {
                <EmptyState title=words.liability_rows_none() text=words.liability_rows_none_text() icon=icon::POINTS/>
            }
            .into_any();
        }
        let columns = Signal::derive(move || {
            let of = asked.with(|asked| asked.as_ref().map(|it| it.of.clone()));
            of.map(|of| columns(words, &of, narrow.get()))
                .unwrap_or_default()
        });
        view! {
            <VirtualTable
                label=words.liability_rows_label()
                columns
                total
                row
                on_range=move |(first, end): (usize, usize)| rows.show(first as u64..end as u64)
                on_open=open
                row_height=Signal::derive(move || if narrow.get() { 44.0 } else { 36.0 })
            />
        }
        .into_any()
    }
}
