//! The list of members by balance.

use crate::expect_reply;
use crate::many::{SetFilter, rule_of_key, use_sets};
use crate::pages::customers::phone_shown;
use crate::pages::customers::stretches::Stretches;
use crate::router::{self, Place, Route};
use crate::state::{use_client, use_place, use_state, use_today, use_words};
use model::Day;
use protocol::{MemberRow, Query, Reply};
use text::Words;
use ui::prelude::*;
use ui::{Align, Column, EmptyState, ErrorState, RowContent, SearchField, VirtualTable, icon};

/// The list.
#[component]
pub fn Members() -> impl IntoView {
    let words = use_words();
    let client = use_client();
    let place = use_place();
    let search =
        RwSignal::new(place.with_untracked(|p| p.params.get("q").unwrap_or_default().to_owned()));
    let of =
        RwSignal::new(place.with_untracked(|p| p.params.get("of").unwrap_or_default().to_owned()));
    let sets = use_sets();
    let rows = Stretches::<MemberRow>::new(move |offset, limit| {
        let search = search.get_untracked().trim().to_owned();
        let key = of.get_untracked();
        let rule = rule_of_key(Some(sets), &key);
        if rule.is_none() && !key.is_empty() {
            // A ready segment's rule is on its way.
            return None;
        }
        let answer = client.query(Query::Members {
            search,
            rule,
            offset,
            limit,
        });
        Some(Box::pin(async move {
            expect_reply!(answer.await, Reply::Members)
        }))
    });
    Effect::new(move |_| {
        let search = search.get();
        let of = of.get();
        // Rules of ready segments come with the sets.
        if of.starts_with("ready:") {
            sets.items.track();
        }
        rows.restart();
        let now = Place {
            route: Route::Points("members".to_owned()),
            params: place.with_untracked(|p| p.params.set("q", search.trim()).set("of", &of)),
        };
        if place.with_untracked(|p| *p != now) {
            router::replace(&now.href());
        }
    });
    Effect::watch(
        move || client.data_version().get(),
        move |_, _, _| rows.refresh(),
        false,
    );
    view! {
        <div class="toolbar">
            <SearchField label=words.points_search() value=search clear_label=words.act_clear()/>
            <SetFilter value=of sets/>
        </div>
        <Table rows/>
    }
    .into_any()
}

fn columns(words: Words, narrow: bool) -> Vec<Column> {
    let column = |key, title: &str, align, track| Column {
        key,
        title: title.to_owned(),
        align,
        track,
        sorted: None,
    };
    let mut all = vec![column(
        "name",
        words.points_col_name(),
        Align::Start,
        "minmax(140px, 2fr)",
    )];
    if !narrow {
        all.push(column(
            "phone",
            words.points_col_phone(),
            Align::Start,
            "minmax(120px, 1fr)",
        ));
        all.push(column(
            "tier",
            words.points_col_tier(),
            Align::Start,
            "minmax(80px, 1fr)",
        ));
    }
    all.push(column(
        "balance",
        words.points_col_balance(),
        Align::End,
        "minmax(90px, 1fr)",
    ));
    if !narrow {
        all.push(column(
            "pending",
            words.points_col_pending(),
            Align::End,
            "minmax(80px, 1fr)",
        ));
        all.push(column(
            "expiring",
            words.points_col_expiring(),
            Align::End,
            "minmax(160px, 1.4fr)",
        ));
    }
    all
}

#[component]
fn Table(
    /// The rows.
    rows: Stretches<MemberRow>,
) -> impl IntoView {
    let words = use_words();
    let today = use_today();
    let narrow = use_state().narrow;
    let total = Signal::derive(move || rows.total().unwrap_or(0) as usize);
    let row = Callback::new(move |index: usize| {
        let member = rows.row(index as u64)?;
        Some(RowContent {
            cells: cells(words, today, narrow.get(), &member),
            current: false,
            chosen: false,
        })
    });
    let open = Callback::new(move |index: usize| {
        if let Some(member) = rows.row_untracked(index as u64) {
            router::navigate(&member_href(&member));
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
        if rows.total() == Some(0) {
            return view! {
                <EmptyState title=words.points_list_none() text=words.points_list_none_text() icon=icon::POINTS/>
            }
            .into_any();
        }
        view! {
            <VirtualTable
                label=words.points_list_label()
                columns=Signal::derive(move || columns(words, narrow.get()))
                total
                row
                on_range=move |(first, end): (usize, usize)| rows.show(first as u64..end as u64)
                on_open=open
                row_height=Signal::derive(move || if narrow.get() { 56.0 } else { 36.0 })
            />
        }
        .into_any()
    }
}

fn member_href(member: &MemberRow) -> String {
    Route::Customer(member.customer).with(&[("tab", "points")])
}

fn cells(words: Words, today: Day, narrow: bool, member: &MemberRow) -> Vec<AnyView> {
    let name = if member.name.is_empty() {
        words.points_unnamed().to_owned()
    } else {
        member.name.clone()
    };
    let phone = member.phone.as_deref().map(phone_shown).unwrap_or_default();
    let tier = member.tier_name.clone().unwrap_or_default();
    let balance = view! { <span class="strong">{words.number(member.balance.0)}</span> }.into_any();
    let link = view! { <a tabindex="-1" href=member_href(member)>{name}</a> }.into_any();
    if narrow {
        let below = [
            phone.as_str(),
            if phone.is_empty() || tier.is_empty() {
                ""
            } else {
                " · "
            },
            &tier,
        ]
        .concat();
        let two = view! { <span class="two-lines">{link}<small>{below}</small></span> }.into_any();
        return vec![two, balance];
    }
    let expiring = member.expiring.as_ref().and_then(|lot| {
        let day = lot.expires_on?;
        Some(words.points_expires_on(&words.number(lot.points.0), &words.relative(day, today)))
    });
    let pending = if member.pending.0 == 0 {
        String::new()
    } else {
        words.number(member.pending.0)
    };
    vec![
        link,
        phone.into_any(),
        tier.into_any(),
        balance,
        pending.into_any(),
        expiring.unwrap_or_default().into_any(),
    ]
}
