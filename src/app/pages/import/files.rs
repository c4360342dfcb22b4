//! The files at hand as a list: which columns are shown, what each is, which are left out and why.

use super::Desk;
use super::desk::Shown;
use crate::state::use_words;
use model::import::ImportKind;
use text::Words;
use ui::prelude::*;
use ui::{Badge, IconButton, Tone, icon};

/// The list; each name shows its columns, each can be taken out.
pub fn list(words: Words, desk: Desk) -> AnyView {
    let rows = move || {
        let now = desk.at();
        let files = desk.shown();
        let rows: Vec<AnyView> = files
            .into_iter()
            .enumerate()
            .map(|(at, it)| row(words, desk, at, at == now, it))
            .collect();
        rows
    };
    view! {
        <section class="import-files" aria-label=words.import_files_title()>
            <h2>{words.import_files_title()}</h2>
            <p class="quiet-text">{words.import_files_lead()}</p>
            <ul>{rows}</ul>
        </section>
    }
    .into_any()
}

fn row(words: Words, desk: Desk, at: usize, now: bool, it: Shown) -> AnyView {
    let (label, tone) = match &it.seen {
        Ok(_) if it.missing => (words.import_files_missing(), Tone::Urgent),
        Ok(ImportKind::Customers) => (words.import_kind_customers_short(), Tone::Neutral),
        Ok(ImportKind::Orders) => (words.import_kind_orders_short(), Tone::Neutral),
        Err(_) => (words.import_files_left_out(), Tone::Notice),
    };
    let why = it
        .seen
        .as_ref()
        .err()
        .map(|fault| super::why_unreadable(words, fault));
    let name = it.name.clone();
    view! {
        <li data-now=now.then_some("")>
            <button
                type="button"
                class="import-file-name"
                aria-current=now.then_some("true")
                on:click=move |_| desk.go_to(at)
            >
                {it.name}
            </button>
            <Badge label tone/>
            {why.map(|why| view! { <span class="quiet-text">{why}</span> })}
            <IconButton
                label=words.import_files_take_out(&name)
                icon=icon::CLOSE
                on_press=Callback::new(move |()| desk.leave_out(at))
            />
        </li>
    }
    .into_any()
}

/// Files that were left out of what is shown, each with its reason.
#[component]
pub fn LeftOut() -> impl IntoView {
    let words = use_words();
    let desk = expect_context::<Desk>();
    let lines: Vec<AnyView> = desk
        .shown_now()
        .into_iter()
        .filter_map(|it| {
            let why = super::why_unreadable(words, &it.seen.err()?);
            let line = view! { <li><b>{it.name}</b> " " {why}</li> };
            Some(line.into_any())
        })
        .collect();
    (!lines.is_empty()).then(|| {
        view! {
            <section class="import-left-out" role="status">
                <h3>{words.import_files_left_out()}</h3>
                <ul>{lines}</ul>
            </section>
        }
    })
}
