//! Chosen rows, and what can be done with them at once.

use super::Shared;
use super::list::{List, spend_of};
use crate::state::{apply_in, use_currency, use_words};
use model::CustomerId;
use protocol::Command;
use std::collections::BTreeSet;
use ui::prelude::*;
use ui::{Button, Dialog, IconButton, Input, Look, icon};

/// Customers who are chosen, in sight or not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chosen(BTreeSet<CustomerId>);

impl Chosen {
    /// Whether this one is chosen.
    pub fn has(&self, id: CustomerId) -> bool {
        self.0.contains(&id)
    }

    /// Chooses, or lets go.
    pub fn turn(&mut self, id: CustomerId) {
        if !self.0.remove(&id) {
            self.0.insert(id);
        }
    }
}

/// The bar that appears while customers are chosen.
#[component]
pub fn ChosenBar() -> impl IntoView {
    let words = use_words();
    let list = expect_context::<List>();
    let shared = expect_context::<Shared>();
    let currency = use_currency();
    let count = Memo::new(move |_| list.chosen.with(|chosen| chosen.0.len() as u64));
    // Adding or removing a tag; `None` is neither.
    let tagging = RwSignal::new(None::<bool>);
    let any = Memo::new(move |_| count.get() > 0);
    let clear = Callback::new(move |()| list.chosen.set(Chosen::default()));
    let remove = Callback::new(move |()| {
        let ids = ids(list);
        let text = words.customers_removed(ids.len() as u64);
        apply_in(
            shared.state,
            Command::RemoveCustomers { ids },
            text,
            move |_| {
                let _ = list.chosen.try_set(Chosen::default());
            },
        );
    });
    view! {
        <Show when=move || any.get()>
            <div class="chosen-bar" role="region" aria-label=move || words.customers_selected(count.get())>
                <p role="status">
                    <b>{move || words.customers_selected(count.get())}</b>
                    <span class="quiet-text">{move || words.money(spend_of(list), currency)}</span>
                </p>
                <div class="actions">
                    <Button
                        label=words.customers_tag_add()
                        icon=icon::TAG
                        on_press=Callback::new(move |()| tagging.set(Some(true)))
                    />
                    <Button
                        label=words.customers_tag_remove()
                        on_press=Callback::new(move |()| tagging.set(Some(false)))
                    />
                    <Button
                        label=words.customers_remove()
                        look=Look::Danger
                        icon=icon::TRASH
                        on_press=remove
                    />
                    <IconButton label=words.customers_select_none() icon=icon::CLOSE on_press=clear/>
                </div>
            </div>
        </Show>
        <TagDialog tagging/>
    }
    .into_any()
}

fn ids(list: List) -> Vec<CustomerId> {
    list.chosen
        .with_untracked(|chosen| chosen.0.iter().copied().collect())
}

#[component]
fn TagDialog(tagging: RwSignal<Option<bool>>) -> impl IntoView {
    let words = use_words();
    let list = expect_context::<List>();
    let shared = expect_context::<Shared>();
    let open = RwSignal::new(false);
    let tag = RwSignal::new(String::new());
    let adding = StoredValue::new(true);
    Effect::new(move |_| {
        if let Some(add) = tagging.get() {
            adding.set_value(add);
            tag.set(String::new());
            open.set(true);
        }
    });
    let title = Signal::derive(move || {
        open.track();
        if adding.get_value() {
            words.customers_tag_add().to_owned()
        } else {
            words.customers_tag_remove().to_owned()
        }
    });
    let submit = move || {
        let name = tag.get_untracked().trim().to_owned();
        if name.is_empty() {
            return;
        }
        let (ids, add) = (ids(list), adding.get_value());
        let count = ids.len() as u64;
        let text = if add {
            words.customers_tag_added(count, &name)
        } else {
            words.customers_tag_removed(&name, count)
        };
        open.set(false);
        let command = Command::TagCustomers {
            ids,
            tag: name,
            add,
        };
        apply_in(shared.state, command, text, |_| {});
    };
    let values = super::form::suggestions("tags");
    view! {
        <Dialog
            open
            title
            close_label=words.customers_form_cancel()
            on_close=Callback::new(move |()| tagging.set(None))
        >
            <form
                on:submit=move |event| {
                    event.prevent_default();
                    submit();
                }
            >
                {values.datalist()}
                <Input label=words.customers_tag_name() value=tag list=values.id() autofocus=true/>
                <div class="dialog-foot">
                    <Button
                        label=words.customers_form_cancel()
                        on_press=Callback::new(move |()| open.set(false))
                    />
                    <Button label=words.customers_form_save() look=Look::Primary submit=true/>
                </div>
            </form>
        </Dialog>
    }
    .into_any()
}
