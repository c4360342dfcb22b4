//! Erasing everything: the one act that cannot be undone, so the person types a word.

use crate::state::{apply_in, use_state, use_words};
use protocol::Command;
use ui::prelude::*;
use ui::{Button, Dialog, Input, Look, icon};

/// What has to be typed; the worker checks it too.
const WORD: &str = "ERASE";

/// The control.
#[component]
pub fn Erase() -> impl IntoView {
    let words = use_words();
    let open = RwSignal::new(false);
    view! {
        <Button
            label=words.settings_erase_open()
            look=Look::Danger
            icon=icon::TRASH
            on_press=move |()| open.set(true)
        />
        <Dialog open title=words.settings_erase_title().to_owned() close_label=words.act_close()>
            <Confirm open/>
        </Dialog>
    }
    .into_any()
}

#[component]
fn Confirm(
    /// Closes the dialog.
    open: RwSignal<bool>,
) -> impl IntoView {
    let words = use_words();
    let state = use_state();
    let typed = RwSignal::new(String::new());
    let (customers, orders) = state
        .client
        .status()
        .with_untracked(|s| s.as_ref().map(|s| (s.customers, s.orders)))
        .unwrap_or_default();
    let wrong = Signal::derive(move || typed.with(|typed| typed.trim() != WORD));
    let go = move |()| {
        let command = Command::EraseEverything {
            confirm: typed.get_untracked().trim().to_owned(),
        };
        apply_in(
            state,
            command,
            words.settings_erase_done().to_owned(),
            move |_| open.set(false),
        );
    };
    view! {
        <p>{words.settings_erase_what(&words.settings_count_customers(customers), &words.settings_count_orders(orders))}</p>
        <p class="note">{words.settings_erase_text()}</p>
        <Input label=words.settings_erase_type(WORD) value=typed autofocus=true/>
        <div class="dialog-foot">
            <Button label=words.act_cancel() look=Look::Quiet on_press=move |()| open.set(false)/>
            <Button label=words.settings_erase_go() look=Look::Danger disabled=wrong on_press=go/>
        </div>
    }
    .into_any()
}
