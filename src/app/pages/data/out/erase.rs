//! Erasing a person for good: what goes, what stays, who may hold a copy, a typed word, and the receipt.

use super::erased::{Receipt, row_names};
use crate::state::{use_ask, use_state, use_words};
use leptos::task::spawn_local;
use model::CustomerId;
use protocol::{Command, Erasure, OutCommand, OutQuery, OutReply, Outcome, Query, Reply, Traces};
use text::Words;
use ui::prelude::*;
use ui::{Button, Choice, Dialog, Input, Look, Segmented};

/// What has to be typed; the worker checks it too.
const WORD: &str = "ERASE";

/// The dialog; open while a person is named.
#[component]
pub fn EraseDialog(
    /// Who, and what they are called; `None` while closed.
    person: RwSignal<Option<(CustomerId, String)>>,
    /// Runs when the dialog closes after somebody was erased: their page is gone.
    on_erased: Callback<()>,
) -> impl IntoView {
    let words = use_words();
    let open = RwSignal::new(false);
    let receipt = RwSignal::new(None::<Erasure>);
    Effect::new(move |_| open.set(person.with(Option::is_some)));
    let title = Signal::derive(move || {
        if receipt.with(Option::is_some) {
            return words.out_receipt_title().to_owned();
        }
        let name = person.with(|it| it.as_ref().map(|(_, name)| name.clone()));
        words.out_erase_title(&name.unwrap_or_default())
    });
    let closed = Callback::new(move |()| {
        let erased = receipt.with_untracked(Option::is_some);
        receipt.set(None);
        person.set(None);
        if erased {
            on_erased.run(());
        }
    });
    let content = move || {
        match (receipt.get(), person.get()) {
        (Some(erasure), _) => view! {
            <p>{words.out_receipt_text()}</p>
            <Receipt erasure/>
            <div class="dialog-foot">
                <Button label=words.act_close() look=Look::Primary on_press=Callback::new(move |()| open.set(false))/>
            </div>
        }
        .into_any(),
        (None, Some((id, _))) => view! { <Ask id receipt open/> }.into_any(),
        (None, None) => ().into_any(),
    }
    };
    view! {
        <Dialog open title size="wide" close_label=words.act_close() on_close=closed>
            {content}
        </Dialog>
    }
    .into_any()
}

#[component]
fn Ask(
    /// Who.
    id: CustomerId,
    /// Where the receipt goes.
    receipt: RwSignal<Option<Erasure>>,
    /// Closes the dialog.
    open: RwSignal<bool>,
) -> impl IntoView {
    let words = use_words();
    let state = use_state();
    let typed = RwSignal::new(String::new());
    let books = RwSignal::new("keep".to_owned());
    let busy = RwSignal::new(false);
    let traces = use_ask(move || Query::Out(OutQuery::Traces { customer: id }));
    let said = traces.view("text", move |reply| match reply {
        Reply::Out(reply) => match &**reply {
            OutReply::Traces(it) => told(words, it),
            _ => ().into_any(),
        },
        _ => ().into_any(),
    });
    let present = Memo::new(move |_| match traces.reply().as_deref() {
        Some(Reply::Out(reply)) => matches!(&**reply, OutReply::Traces(it) if it.present),
        _ => false,
    });
    let wrong = Signal::derive(move || typed.with(|typed| typed.trim() != WORD));
    let choices = vec![
        Choice::new("keep", words.out_erase_books_keep()),
        Choice::new("drop", words.out_erase_books_drop()),
    ];
    let hint = move || {
        if books.get() == "keep" {
            words.out_erase_books_keep_hint()
        } else {
            words.out_erase_books_drop_hint()
        }
    };
    let go = Callback::new(move |()| {
        busy.set(true);
        let command = Command::Out(OutCommand::ErasePerson {
            customer: id,
            keep_books: books.get_untracked() == "keep",
            confirm: typed.get_untracked().trim().to_owned(),
        });
        let answer = state.client.apply(command);
        spawn_local(async move {
            match answer.await {
                Ok(done) => {
                    if let Outcome::Erased(erasure) = done.outcome {
                        receipt.try_set(Some(*erasure));
                    }
                }
                Err(fault) => state.toasts.fault(&fault),
            }
            busy.try_set(false);
        });
    });
    view! {
        <div class="erase-person">
            <p>{words.out_erase_text()}</p>
            {said}
            <Show when=move || present.get()>
                <Segmented label=words.out_erase_books() value=books choices=choices.clone()/>
                <p class="note">{hint}</p>
            </Show>
            <Input label=words.out_erase_type(WORD) value=typed/>
            <div class="dialog-foot">
                <Button label=words.act_cancel() look=Look::Quiet on_press=Callback::new(move |()| open.set(false))/>
                <Button label=words.out_erase_go() look=Look::Danger disabled=wrong busy on_press=go/>
            </div>
        </div>
    }
    .into_any()
}

fn told(words: Words, it: &Traces) -> AnyView {
    let pair = |(name, value): (String, String)| view! { <dt>{name}</dt> <dd>{value}</dd> };
    let rows: Vec<_> = row_names(words, &it.rows).into_iter().map(pair).collect();
    let files = if it.files.is_empty() {
        view! { <p class="note">{words.out_erase_files_none()}</p> }.into_any()
    } else {
        view! {
            <p class="note">{words.out_erase_files_text()}</p>
            {super::files::table(words, &it.files)}
        }
        .into_any()
    };
    view! {
        <h3>{words.out_erase_rows()}</h3>
        <dl class="receipt-lines">{rows}</dl>
        <h3>{words.out_erase_files()}</h3>
        {files}
    }
    .into_any()
}
