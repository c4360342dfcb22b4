//! Files to take away: lists in every format, the whole workspace, calendars, what left, who was erased.

mod calendar;
mod dialog;
mod erase;
mod erased;
mod files;
mod leave;
mod page_file;
mod person;
mod save;
mod whole;

pub use dialog::{ExportDialog, Exported};
pub use erase::EraseDialog;
pub use person::PersonDialog;
pub use save::{hand_out, text_file};

use crate::state::use_words;
use dialog::Start;
use protocol::{ListRequest, OrderList};
use ui::prelude::*;
use ui::{Button, icon};

/// Files to take away.
#[component]
pub fn Out() -> impl IntoView {
    let words = use_words();
    let exported = RwSignal::new(None::<Start>);
    let customers = move |()| {
        exported.set(Some(Start::of(Exported::Customers(ListRequest::default()))));
    };
    let orders = move |()| {
        exported.set(Some(Start::of(Exported::Orders(OrderList::default()))));
    };
    view! {
        <div class="outlet">
            <p class="outlet-lead">{words.out_lead()}</p>
            <Block title=words.out_lists() text=words.out_lists_text()>
                <div class="actions">
                    <Button label=words.out_customers() icon=icon::PEOPLE on_press=customers/>
                    <Button label=words.out_orders() icon=icon::ORDERS on_press=orders/>
                </div>
            </Block>
            <Block title=words.out_leave() text=words.out_leave_text()>
                <leave::Leave exported/>
            </Block>
            <Block title=words.out_workspace() text=words.out_workspace_text()>
                <whole::Whole/>
            </Block>
            <Block title=words.out_calendar() text=words.out_calendar_text()>
                <calendar::Calendar/>
            </Block>
            <Block title=words.out_files() text=words.out_files_text()>
                <files::Files/>
            </Block>
            <Block title=words.out_erased() text=words.out_erased_text()>
                <erased::Erased/>
            </Block>
        </div>
        <dialog::StartedDialog start=exported/>
    }
    .into_any()
}

/// One block: what it is at the left, the controls at the right.
#[component]
fn Block(
    /// Its title.
    title: &'static str,
    /// What it is about.
    text: &'static str,
    /// Its controls.
    children: Children,
) -> impl IntoView {
    view! {
        <section class="outlet-block" aria-label=title>
            <header>
                <h2>{title}</h2>
                <p class="note">{text}</p>
            </header>
            <div>{children()}</div>
        </section>
    }
    .into_any()
}
