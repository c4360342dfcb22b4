//! Orders with a coupon.

use crate::many::{SetFilter, rule_of_key, use_sets};
use crate::pages::customers::save_file;
use crate::router::Route;
use crate::state::{use_ask, use_currency, use_place, use_words};
use model::coupon::CouponId;
use protocol::{
    CouponExport, CouponQuery, CouponReply, ExportFormat, ExportWhat, Page, Query, Reply, UseRow,
};
use text::Words;
use ui::prelude::*;
use ui::{Button, Checkbox, Look, Pager, icon};

/// Rows of a stretch.
const ROWS: u64 = 50;

/// The list of uses.
#[component]
pub fn Uses(
    /// Of which coupon.
    id: CouponId,
) -> impl IntoView {
    let words = use_words();
    let place = use_place();
    let new_only = RwSignal::new(place.with_untracked(|place| place.params.get("new").is_some()));
    let offset = RwSignal::new(0u64);
    let total = RwSignal::new(0u64);
    let of = RwSignal::new(String::new());
    let sets = use_sets();
    Effect::watch(
        move || (new_only.get(), of.get()),
        move |_, _, _| offset.set(0),
        false,
    );
    let asking = use_ask(move || {
        Query::Coupons(CouponQuery::Uses {
            id,
            new_only: new_only.get(),
            rule: rule_of_key(Some(sets), &of.get()),
            offset: offset.get(),
            limit: ROWS as u32,
        })
    });
    let save = save_file();
    let export = Callback::new(move |()| {
        save.run((
            ExportWhat::Coupons(CouponExport::Uses {
                id,
                rule: rule_of_key(Some(sets), &of.get_untracked()),
            }),
            ExportFormat::Csv,
        ));
    });
    view! {
        <div class="toolbar">
            <Checkbox label=words.coupons_new_only() value=new_only/>
            <SetFilter value=of sets/>
            <Button label=words.coupons_export() icon=icon::SAVE look=Look::Quiet on_press=export/>
        </div>
        {asking
            .view(
                "rows",
                move |reply| match reply {
                    Reply::Coupons(CouponReply::Uses(page)) => {
                        total.set(page.total);
                        table(words, page)
                    }
                    _ => ().into_any(),
                },
            )}
        <Pager
            offset
            size=ROWS
            total
            earlier=words.coupons_earlier()
            later=words.coupons_later()
            place=Callback::new(move |(first, last, all): (u64, u64, u64)| words.coupons_place(first, last, all))
        />
    }
    .into_any()
}

fn table(words: Words, page: &Page<UseRow>) -> AnyView {
    if page.items.is_empty() {
        return view! { <p class="note">{words.coupons_uses_none()}</p> }.into_any();
    }
    let rows: Vec<AnyView> = page.items.iter().map(|row| line(words, row)).collect();
    view! {
        <table class="table">
            <caption class="visually-hidden">{words.coupons_uses()}</caption>
            <thead>
                <tr>
                    <th scope="col">{words.coupons_col_customer()}</th>
                    <th scope="col" class="wide-only">{words.coupons_col_when()}</th>
                    <th scope="col" class="wide-only">{words.coupons_col_code()}</th>
                    <th scope="col" class="end">{words.coupons_discount()}</th>
                    <th scope="col" class="end">{words.coupons_revenue()}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

/// One use.
fn line(words: Words, row: &UseRow) -> AnyView {
    let currency = use_currency();
    let when = words.moment(&row.local_at);
    let name = if row.customer_name.is_empty() {
        words.coupons_nobody().to_owned()
    } else {
        row.customer_name.clone()
    };
    let who = match row.customer {
        Some(id) => view! { <a href=Route::Customer(id).href()>{name}</a> }.into_any(),
        None => view! { <span class="quiet">{name}</span> }.into_any(),
    };
    let revenue = words.money(row.revenue, currency);
    let revenue = match row.order {
        Some(id) => view! { <a href=Route::Order(id).href()>{revenue}</a> }.into_any(),
        None => revenue.into_any(),
    };
    let notes = [
        row.first.then(|| words.coupons_first()),
        row.imported.then(|| words.coupons_imported()),
    ];
    let notes: Vec<AnyView> = notes
        .into_iter()
        .flatten()
        .map(|note| view! { <small class="quiet">{note}</small> }.into_any())
        .collect();
    view! {
        <tr>
            <th scope="row">
                {who}
                {notes}
                <small class="narrow-only quiet">{when.clone()}</small>
            </th>
            <td class="wide-only quiet">{when}</td>
            <td class="wide-only code">{row.code.clone()}</td>
            <td class="end">{words.money(row.discount, currency)}</td>
            <td class="end">{revenue}</td>
        </tr>
    }
    .into_any()
}
