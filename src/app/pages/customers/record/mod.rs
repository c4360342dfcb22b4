//! One customer: who they are, what they bought, what was said, what was changed.

mod history;
mod memberships;
mod overview;
mod profile;
mod stays;
mod timeline;

pub use profile::field_shown;

use super::cells::{stage_tone, tags};
use super::names::{email_href, phone_href};
use super::{Editing, Shared, customer_name, phone_shown};
use crate::pages::{orders, points};
use crate::state::{apply_in, use_ask, use_words};
use model::CustomerId;
use protocol::{Command, CustomerView, FaultCode, Query, Reply};
use std::sync::Arc;
use text::Words;
use ui::prelude::*;
use ui::{
    Badge, Button, EmptyState, ErrorState, Icon, LinkButton, Look, Menu, MenuItem, Skeleton,
    TabItem, Tabs, icon,
};

/// A customer's page.
#[component]
pub fn Record(
    /// Who.
    id: CustomerId,
) -> impl IntoView {
    let words = use_words();
    let shared = expect_context::<Shared>();
    let asked = use_ask(move || Query::Customer { id });
    let view = Memo::new(move |_| {
        let asked = asked.get();
        match asked.reply.as_deref() {
            Some(Reply::Customer(found)) => Some(Arc::new(CustomerView::clone(found))),
            _ => None,
        }
    });
    let fault = Memo::new(move |_| asked.get().fault);
    let gone = move || {
        fault.with(|fault| {
            fault
                .as_ref()
                .is_some_and(|f| f.code == FaultCode::NotFound)
        })
    };
    let tab = Memo::new(move |_| {
        shared
            .state
            .place
            .with(|place| place.params.get("tab").unwrap_or("overview").to_owned())
    });
    let state = Memo::new(move |_| {
        match (
            gone(),
            view.with(Option::is_some),
            fault.with(Option::is_some),
        ) {
            (true, _, _) => "gone",
            (_, true, _) => "here",
            (_, _, true) => "error",
            _ => "loading",
        }
    });
    let content = move || match state.get() {
        "gone" => gone_state(id, shared),
        "error" => {
            let text = fault
                .get_untracked()
                .map(|f| words.fault(&f))
                .unwrap_or_default();
            view! {
                <ErrorState
                    title=words.customers_error_title()
                    text
                    action=words.customers_retry()
                    on_action=Callback::new(move |()| asked.again())
                />
            }
            .into_any()
        }
        "loading" => view! { <Skeleton lines=10 shape="rows"/> }.into_any(),
        _ => view! {
            {move || view.get().map(|view| head(words, shared, &view))}
            <Tabs label=words.customers_tabs() items=tab_items(words, shared, id) current=tab/>
            <div class="record-body">{move || tab_content(id, &tab.get(), view)}</div>
        }
        .into_any(),
    };
    follow_merging(id, view, shared);
    focus_title_once();
    view! { <article class="record">{content}</article> }.into_any()
}

/// An old link to a record that was merged into this one: the address becomes that of who it is now.
fn follow_merging(id: CustomerId, view: Memo<Option<Arc<CustomerView>>>, shared: Shared) {
    Effect::new(move |_| {
        let now = view.with(|view| view.as_ref().map(|view| view.customer.id));
        let Some(now) = now.filter(|now| *now != id) else {
            return;
        };
        let moved = crate::router::Place {
            route: crate::router::Route::Customer(now),
            ..shared.state.place.get_untracked()
        };
        let words = Words::new(shared.state.locale.get_untracked());
        let toasts = shared.state.toasts;
        toasts.done(words.twins_record_merged().to_owned(), None);
        crate::router::replace(&moved.href());
    });
}

/// Nobody is here: the way back, and the way to erase what may be left of somebody removed.
fn gone_state(id: CustomerId, shared: Shared) -> AnyView {
    let words = use_words();
    let erase = Callback::new(move |()| {
        let title = words.out_erase_gone_title().to_owned();
        shared.erasing.set(Some((id, title)));
    });
    view! {
        <EmptyState title=words.customers_gone_title() text=words.customers_gone_text() icon=icon::PERSON whole=true>
            <LinkButton label=words.customers_back() href=shared.list_href()/>
            <Button label=words.out_erase_gone_action() look=Look::Quiet on_press=erase/>
        </EmptyState>
    }
    .into_any()
}

/// The title of the record that was opened takes the focus, so that readers start there and not at the list beside it.
pub(crate) fn focus_title_once() {
    use wasm_bindgen::JsCast;
    // After the answer, which comes within a frame or two, and after the page's own focus.
    set_timeout(
        || {
            let title = document().query_selector(".split-record h1").ok().flatten();
            let busy = document()
                .query_selector("dialog[open]")
                .ok()
                .flatten()
                .is_some();
            if let (Some(title), false) = (title, busy) {
                let options = web_sys::FocusOptions::new();
                options.set_prevent_scroll(true);
                // A title that has left the page needs no focus.
                let _ = title
                    .unchecked_into::<web_sys::HtmlElement>()
                    .focus_with_options(&options);
            }
        },
        std::time::Duration::from_millis(120),
    );
}

fn tab_items(words: Words, shared: Shared, id: CustomerId) -> Vec<TabItem> {
    let tabs = [
        ("overview", words.customers_tab_overview()),
        ("orders", words.customers_tab_orders()),
        ("points", words.customers_tab_points()),
        ("coupons", words.coupons_title()),
        ("segments", words.explain_title()),
        ("timeline", words.customers_tab_timeline()),
        ("history", words.customers_tab_history()),
    ];
    tabs.into_iter()
        .map(|(key, label)| TabItem {
            key: key.to_owned(),
            label: label.to_owned(),
            href: shared.tab_href(id, if key == "overview" { "" } else { key }),
            count: None,
        })
        .collect()
}

fn tab_content(id: CustomerId, tab: &str, view: Memo<Option<Arc<CustomerView>>>) -> AnyView {
    match tab {
        "orders" => view! { <orders::CustomerOrders customer=id/> }.into_any(),
        "points" => view! { <points::MemberPanel customer=id/> }.into_any(),
        "coupons" => view! { <crate::pages::coupons::CustomerCoupons customer=id/> }.into_any(),
        "segments" => view! { <memberships::Memberships customer=id/> }.into_any(),
        "timeline" => view! { <timeline::Timeline customer=id/> }.into_any(),
        "history" => view! { <history::History customer=id/> }.into_any(),
        _ => (move || view.get().map(|view| overview::overview(&view))).into_any(),
    }
}

fn head(words: Words, shared: Shared, view: &CustomerView) -> AnyView {
    let customer = &view.customer;
    let id = customer.id;
    let name = customer_name(words, customer);
    let facts = view.facts.as_ref().map(|facts| {
        // Stage, RFM group and tier share words ("Active", "New"): each says which it is.
        let tier = facts.tier_name.as_ref().map(|tier| {
            view! { <Badge label=words.customers_badge_tier(tier)/> }
        });
        let group = (facts.order_count > 0).then(|| {
            let group = words.customers_badge_rfm(&words.rfm_group(&facts.rfm_group));
            view! { <Badge label=group/> }
        });
        let stage = words.customers_badge_stage(&words.stage(facts.stage));
        view! { <Badge label=stage tone=stage_tone(facts.stage)/> {group} {tier} }
    });
    let fields = &customer.fields;
    let phone = fields.phone.as_ref().map(|phone| {
        let shown = phone_shown(phone);
        reach(
            shown.clone(),
            phone_href(phone),
            words.customers_call(&shown),
            icon::PHONE,
        )
    });
    let email = fields.email.as_ref().map(|email| {
        reach(
            email.clone(),
            email_href(email),
            words.customers_write(email),
            icon::MAIL,
        )
    });
    let has_tags = !fields.tags.is_empty();
    view! {
        <header class="record-head">
            <div class="record-bar">
                <a class="icon-button" href=shared.list_href() aria-label=words.customers_back()>
                    <Icon glyph=icon::ARROW_LEFT/>
                </a>
                <div class="actions">{actions(words, shared, id, &name)}</div>
            </div>
            <h1 tabindex="-1">{name}</h1>
            <p class="record-badges">{facts} {has_tags.then(|| tags(&fields.tags))}</p>
            <p class="record-reach">{phone} {email}</p>
        </header>
    }
    .into_any()
}

fn reach(shown: String, href: Option<String>, name: String, glyph: ui::Glyph) -> AnyView {
    match href {
        Some(href) => view! {
            <a href=href rel="noopener noreferrer" aria-label=name>
                <Icon glyph/>
                {shown}
            </a>
        }
        .into_any(),
        None => view! { <span><Icon glyph/> {shown}</span> }.into_any(),
    }
}

fn actions(words: Words, shared: Shared, id: CustomerId, name: &str) -> AnyView {
    let edit = Callback::new(move |()| shared.editing.set(Some(Editing::Known(id))));
    let name = name.to_owned();
    let (told, erased) = (name.clone(), name.clone());
    let remove = move || {
        let (text, list) = (words.customers_removed_one(&name), shared.list_href());
        let command = Command::RemoveCustomers { ids: vec![id] };
        apply_in(shared.state, command, text, move |_| {
            crate::router::navigate(&list)
        });
    };
    let items = vec![
        MenuItem::new(words.customers_timeline_add(), icon::NOTE, move || {
            crate::router::navigate(&shared.tab_href(id, "timeline"));
        }),
        MenuItem::new(words.orders_new(), icon::PLUS, move || {
            crate::router::navigate(&shared.tab_href(id, "orders"));
        }),
        MenuItem::new(words.out_person_menu(), icon::DOWNLOAD, move || {
            shared.telling.set(Some((id, told.clone())));
        }),
        MenuItem::new(words.customers_remove(), icon::TRASH, remove).danger(),
        MenuItem::new(words.out_erase_menu(), icon::SHIELD, move || {
            shared.erasing.set(Some((id, erased.clone())));
        })
        .danger(),
    ];
    view! {
        <Button label=words.customers_edit() icon=icon::EDIT look=Look::Plain key="E" on_press=edit/>
        <Menu label=words.customers_more() icon=icon::MORE icon_only=true items=items/>
        <a class="icon-button record-close" href=shared.list_href() aria-label=words.customers_close_record()>
            <Icon glyph=icon::CLOSE/>
        </a>
    }
    .into_any()
}
