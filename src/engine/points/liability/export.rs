//! The owner's view as files.

use super::rows::place_name;
use crate::{Context, Engine, Unanswered};
use intake::{FileForm, TableCell, TableWriter};
use model::{Currency, Day, Money, Points};
use protocol::{
    BooksView, EffectView, Fault, FaultCode, FlowKind, FlowsView, LiabilityQuery, LiabilityReply,
    MoveKind, MovesView, OwedView, PointsExport, PointsOf, PointsRow, PointsRowsOf,
    PointsRowsRequest, Reply, SpendingGroup, TierPlace,
};

/// Rows asked for at once.
const STRETCH: u32 = 500;

/// A table under way.
struct Table<'o> {
    writer: TableWriter,
    out: &'o mut Vec<u8>,
    currency: Currency,
    records: u64,
}

impl Table<'_> {
    fn row(&mut self, cells: &[TableCell]) {
        self.writer.write(cells, self.out);
        self.records += 1;
    }

    fn money(&self, money: Money) -> TableCell {
        TableCell::Plain(money.to_decimal(self.currency))
    }

    fn maybe(&self, money: Option<Money>) -> TableCell {
        money.map_or(TableCell::Empty, |money| self.money(money))
    }
}

fn points(points: Points) -> TableCell {
    TableCell::Number(points.0)
}

fn count(count: u64) -> TableCell {
    TableCell::Number(i64::try_from(count).unwrap_or(i64::MAX))
}

fn word(word: &str) -> TableCell {
    TableCell::Plain(word.to_owned())
}

fn day(day: Day) -> TableCell {
    TableCell::Plain(day.to_string())
}

/// Writes a part of the owner's view: the kind of file, and how many records it has.
///
/// # Errors
/// `NoProgram`, `Storage`; `Busy` while columns are being read.
pub(crate) fn write(
    engine: &mut Engine,
    what: &PointsExport,
    form: FileForm,
    context: &Context,
    out: &mut Vec<u8>,
) -> Result<(&'static str, u64), Fault> {
    let (name, columns) = columns_of(what);
    let mut writer = TableWriter::new(form, columns);
    writer.start(out);
    let mut table = Table {
        writer,
        out,
        currency: engine.settings.currency,
        records: 0,
    };
    match what {
        PointsExport::Rows(request) => rows(engine, request, context, &mut table)?,
        PointsExport::Expiring { as_of } => {
            let query = LiabilityQuery::Owed { as_of: *as_of };
            if let LiabilityReply::Owed(owed) = ask(engine, &query, context)? {
                expiring(&owed, &mut table);
            }
        }
        PointsExport::Flows { as_of } => {
            let query = LiabilityQuery::Flows { as_of: *as_of };
            if let LiabilityReply::Flows(view) = ask(engine, &query, context)? {
                flows(&view, &mut table);
            }
        }
        PointsExport::Books { as_of } => {
            let query = LiabilityQuery::Books { as_of: *as_of };
            if let LiabilityReply::Books(view) = ask(engine, &query, context)? {
                books(&view, &mut table);
            }
        }
        PointsExport::Moves { as_of, since } => {
            let (as_of, since) = (*as_of, *since);
            let query = LiabilityQuery::Moves { as_of, since };
            if let LiabilityReply::Moves(view) = ask(engine, &query, context)? {
                moves(&view, &mut table);
            }
        }
        PointsExport::Effect { as_of, since } => {
            let (as_of, since) = (*as_of, *since);
            let query = LiabilityQuery::Effect { as_of, since };
            if let LiabilityReply::Effect(view) = ask(engine, &query, context)? {
                effect(&view, &mut table);
            }
        }
    }
    let records = table.records;
    table.writer.end(table.out);
    Ok((name, records))
}

fn ask(
    engine: &mut Engine,
    query: &LiabilityQuery,
    context: &Context,
) -> Result<LiabilityReply, Fault> {
    match engine.liability(query, context) {
        Ok(Reply::Liability(reply)) => Ok(*reply),
        Ok(_) => Err(Fault::new(FaultCode::Internal)),
        Err(Unanswered::NotReady) => Err(Fault::new(FaultCode::Busy)),
        Err(Unanswered::Fault(fault)) => Err(fault),
    }
}

fn columns_of(what: &PointsExport) -> (&'static str, &'static [&'static str]) {
    match what {
        PointsExport::Rows(request) => match request.of {
            PointsRowsOf::Flow { .. } => ("points-entries", &ROWS),
            _ => ("points-members", &ROWS),
        },
        PointsExport::Expiring { .. } => ("points-expiring", &["ends", "points", "members"]),
        PointsExport::Flows { .. } => ("points-by-month", &FLOWS),
        PointsExport::Books { .. } => ("points-books", &BOOKS),
        PointsExport::Moves { .. } => (
            "points-tiers",
            &["since", "asOf", "from", "to", "move", "members"],
        ),
        PointsExport::Effect { .. } => (
            "points-cost",
            &[
                "since", "asOf", "what", "people", "buyers", "orders", "points", "money",
            ],
        ),
    }
}

const ROWS: [&str; 11] = [
    "customer",
    "name",
    "phone",
    "day",
    "kind",
    "points",
    "money",
    "moneyBefore",
    "order",
    "tierBefore",
    "tier",
];

const FLOWS: [&str; 9] = [
    "month",
    "issued",
    "redeemed",
    "returned",
    "expired",
    "clawedBack",
    "adjusted",
    "transferred",
    "closing",
];

const BOOKS: [&str; 12] = [
    "asOf",
    "month",
    "paid",
    "issued",
    "redeemed",
    "lost",
    "open",
    "expected",
    "standAlone",
    "allocated",
    "recognised",
    "liability",
];

/// A kind of movement as files name it.
fn kind_name(kind: FlowKind) -> &'static str {
    match kind {
        FlowKind::Issued => "issued",
        FlowKind::Redeemed => "redeemed",
        FlowKind::Returned => "returned",
        FlowKind::Expired => "expired",
        FlowKind::ClawedBack => "clawedBack",
        FlowKind::Adjusted => "adjusted",
        FlowKind::Transferred => "transferred",
    }
}

fn rows(
    engine: &mut Engine,
    request: &PointsRowsRequest,
    context: &Context,
    table: &mut Table<'_>,
) -> Result<(), Fault> {
    let mut offset = 0;
    loop {
        let query = LiabilityQuery::Rows(PointsRowsRequest {
            offset,
            limit: STRETCH,
            ..request.clone()
        });
        let LiabilityReply::Rows(rows) = ask(engine, &query, context)? else {
            return Ok(());
        };
        for row in &rows.page.items {
            write_row(row, table);
        }
        offset += u64::from(STRETCH);
        if offset >= rows.page.total {
            return Ok(());
        }
    }
}

fn write_row(row: &PointsRow, table: &mut Table<'_>) {
    let text = |text: &Option<String>| text.clone().map_or(TableCell::Empty, TableCell::Text);
    let phone = row.phone.clone().map_or(TableCell::Empty, TableCell::Key);
    let order = row.order.map(|order| TableCell::Key(order.to_string()));
    let cells = [
        TableCell::Key(row.customer.to_string()),
        TableCell::Text(row.name.clone()),
        phone,
        row.day.map_or(TableCell::Empty, day),
        row.kind
            .map_or(TableCell::Empty, |kind| word(kind_name(kind))),
        row.points.map_or(TableCell::Empty, points),
        table.maybe(row.money),
        table.maybe(row.before),
        order.unwrap_or(TableCell::Empty),
        text(&row.tier_before),
        text(&row.tier),
    ];
    table.row(&cells);
}

fn expiring(owed: &OwedView, table: &mut Table<'_>) {
    let mut put = |ends: TableCell, has: PointsOf| {
        table.row(&[ends, points(has.points), count(has.members)]);
    };
    for (month, has) in &owed.expiring {
        put(day(month.end_of_month()), *has);
    }
    put(word("later"), owed.later);
    put(word("never"), owed.never);
}

fn flows(view: &FlowsView, table: &mut Table<'_>) {
    for month in &view.months {
        let mut cells = vec![day(month.month)];
        cells.extend(month.flows.iter().copied().map(points));
        cells.push(points(month.closing));
        table.row(&cells);
    }
}

fn books(view: &BooksView, table: &mut Table<'_>) {
    for month in &view.months {
        let cells = [
            day(view.as_of),
            day(month.month),
            table.money(month.paid),
            points(month.issued),
            points(month.redeemed),
            points(month.lost),
            points(month.open),
            points(month.expected),
            table.money(month.stand_alone),
            table.money(month.allocated),
            table.money(month.recognised),
            table.money(month.liability),
        ];
        table.row(&cells);
    }
    let gifts = &view.gifts;
    let lost = gifts.issued.0 - gifts.redeemed.0 - gifts.open.0;
    let cells = [
        day(view.as_of),
        word("gifts"),
        TableCell::Empty,
        points(gifts.issued),
        points(gifts.redeemed),
        TableCell::Number(lost),
        points(gifts.open),
        points(gifts.expected),
        TableCell::Empty,
        TableCell::Empty,
        TableCell::Empty,
        table.money(gifts.provision),
    ];
    table.row(&cells);
}

fn moves(view: &MovesView, table: &mut Table<'_>) {
    let place = |place: &TierPlace| TableCell::Text(place_name(place).to_owned());
    for it in &view.moves {
        let kind = match it.kind {
            MoveKind::Up => "up",
            MoveKind::Down => "down",
            MoveKind::Stayed => "stayed",
            MoveKind::Joined => "joined",
        };
        let cells = [
            day(view.since),
            day(view.as_of),
            place(&it.from),
            place(&it.to),
            word(kind),
            count(it.members),
        ];
        table.row(&cells);
    }
}

fn effect(view: &EffectView, table: &mut Table<'_>) {
    let mut lines: Vec<(&str, [TableCell; 3], TableCell, TableCell)> = Vec::new();
    let nobody = || [TableCell::Empty, TableCell::Empty, TableCell::Empty];
    for (what, of, money) in [
        ("issued", view.issued, None),
        ("redeemed", view.redeemed, view.cost),
        ("expired", view.expired, None),
    ] {
        lines.push((what, nobody(), points(of), table.maybe(money)));
    }
    for group in &view.groups {
        let what = match group.group {
            SpendingGroup::Redeemers => "membersWhoRedeemed",
            SpendingGroup::Collectors => "membersWhoNeverRedeemed",
            SpendingGroup::Others => "others",
        };
        let people = [
            count(group.people),
            count(group.buyers),
            count(group.orders),
        ];
        lines.push((what, people, TableCell::Empty, table.money(group.spend)));
    }
    if let Some(sides) = &view.before_after {
        for (what, money) in [
            ("beforeJoining", sides.before),
            ("afterJoining", sides.after),
        ] {
            let people = [count(sides.members), TableCell::Empty, TableCell::Empty];
            lines.push((what, people, TableCell::Empty, table.money(money)));
        }
    }
    for (what, [people, buyers, orders], of, money) in lines {
        let cells = [
            day(view.since),
            day(view.as_of),
            word(what),
            people,
            buyers,
            orders,
            of,
            money,
        ];
        table.row(&cells);
    }
}
