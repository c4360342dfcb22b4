//! Codes and uses of a coupon as a file.

use super::find::Imported;
use super::views::{CodesAsked, is_among, orders_of};
use crate::fault::{self, OrFault};
use crate::segments::bulk::busy;
use crate::{Context, Engine};
use intake::{FileForm, TableCell, TableWriter};
use model::{Currency, CustomerId, Money};
use protocol::{CouponExport, Fault};
use store::StoredCoupon;

const CODES: &[&str] = &[
    "code", "coupon", "customer", "state", "value", "balance", "last_day", "made_at",
];
const USES: &[&str] = &[
    "at",
    "order",
    "customer",
    "coupon",
    "code",
    "discount",
    "revenue",
    "currency",
    "first_order",
    "imported",
];

/// Writes the file; gives the word its name begins with, and how many rows it has.
pub(crate) fn export(
    engine: &mut Engine,
    what: &CouponExport,
    form: FileForm,
    context: &Context,
    out: &mut Vec<u8>,
) -> Result<(&'static str, u64), Fault> {
    let (CouponExport::Codes { id, rule, .. } | CouponExport::Uses { id, rule }) = what;
    let id = *id;
    let among = engine.among_of(rule.as_deref(), context).map_err(busy)?;
    let among = among.as_deref();
    let stored = engine.store.read().coupon(id).or_fault()?;
    let stored = stored.ok_or_else(|| fault::not_found(id))?;
    let (name, columns, rows) = match what {
        CouponExport::Codes { which, .. } => {
            let asked = CodesAsked {
                which: *which,
                search: "",
                among,
            };
            let rows = codes(engine, &stored, asked, context)?;
            ("coupon-codes", CODES, rows)
        }
        CouponExport::Uses { .. } => ("coupon-uses", USES, uses(engine, &stored, among)?),
    };
    let mut writer = TableWriter::new(form, columns);
    writer.start(out);
    for row in &rows {
        writer.write(row, out);
    }
    writer.end(out);
    Ok((name, rows.len() as u64))
}

fn money(amount: Option<Money>, currency: Currency) -> TableCell {
    amount.map_or(TableCell::Empty, |amount| {
        TableCell::Plain(amount.to_decimal(currency))
    })
}

fn word(value: impl serde::Serialize) -> TableCell {
    let text = serde_json::to_value(value)
        .ok()
        .and_then(|it| it.as_str().map(str::to_owned));
    TableCell::Plain(text.unwrap_or_default())
}

fn codes(
    engine: &Engine,
    stored: &StoredCoupon,
    asked: CodesAsked<'_>,
    context: &Context,
) -> Result<Vec<Vec<TableCell>>, Fault> {
    let today = engine.today(context);
    let page = engine.codes(stored.id, asked, (0, u32::MAX))?;
    let currency = stored.coupon.currency;
    Ok(page
        .items
        .into_iter()
        .map(|it| {
            let row = engine.code_row(it, stored, today);
            vec![
                TableCell::Key(row.code),
                TableCell::Text(stored.coupon.name.clone()),
                TableCell::Text(row.customer_name.unwrap_or_default()),
                word(row.standing),
                money(row.value, currency),
                money(row.balance, currency),
                row.to
                    .map_or(TableCell::Empty, |to| TableCell::Plain(to.to_string())),
                TableCell::Plain(row.local_at),
            ]
        })
        .collect())
}

fn uses(
    engine: &Engine,
    stored: &StoredCoupon,
    among: Option<&[CustomerId]>,
) -> Result<Vec<Vec<TableCell>>, Fault> {
    let read = engine.store.read();
    let imported = Imported::read(read)?;
    let currency = stored.coupon.currency;
    let yes = |it: bool| TableCell::Plain(if it { "yes" } else { "no" }.to_owned());
    Ok(orders_of(read, stored, &imported)?
        .into_iter()
        .filter(|it| among.is_none_or(|among| is_among(it.customer, among)))
        .map(|it| {
            let row = engine.use_row(it, stored);
            let order = row.number.or(row.order.map(|id| id.to_string()));
            vec![
                TableCell::Plain(row.local_at),
                TableCell::Key(order.unwrap_or_default()),
                TableCell::Text(row.customer_name),
                TableCell::Text(stored.coupon.name.clone()),
                TableCell::Key(row.code),
                money(Some(row.discount), currency),
                money(Some(row.revenue), currency),
                TableCell::Plain(currency.code().to_owned()),
                yes(row.first),
                yes(row.imported),
            ]
        })
        .collect())
}
