//! Chosen rows, and what can be done with them at once.

use super::Shared;
use super::list::{List, spend_of};
use crate::many::{Kind, ManyDialog, Wish, act, bulk_said};
use crate::state::{State, apply_in, use_currency, use_words};
use model::{CustomerId, ListId};
use protocol::{Bulk, BulkAct, Command, MembershipCommand};
use std::collections::BTreeSet;
use text::Words;
use ui::prelude::*;
use ui::{Button, Dialog, IconButton, Input, LinkButton, Look, Menu, icon, spawn_local};

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
    let on_list = Memo::new(move |_| shared.static_list().map(|(id, _)| id));
    let wish = RwSignal::new(None::<Wish>);
    // Made anew with the choice, so that its items act on who is chosen now.
    let many = move || {
        let who = protocol::Chosen::Ids(
            list.chosen
                .with(|chosen| chosen.0.iter().copied().collect()),
        );
        let name = words.customers_selected(count.get());
        let items = [Kind::Assign, Kind::Award, Kind::AddToList, Kind::Freeze]
            .into_iter()
            .map(|kind| act(words, wish, &who, &name, kind))
            .collect();
        view! { <Menu label=words.many_menu() icon=icon::MORE items/> }
    };
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
                    {move || on_list.get().map(|of| off_list(words, shared.state, list, of))}
                    {move || merging(words, list)}
                    {many}
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
        <ManyDialog wish/>
    }
    .into_any()
}

/// The button that takes the chosen off the static list that is shown.
fn off_list(words: Words, state: State, list: List, of: ListId) -> AnyView {
    let press = Callback::new(move |()| {
        take_off(state, of, ids(list), move || {
            let _ = list.chosen.try_set(Chosen::default());
        });
    });
    view! { <Button label=words.many_list_take() icon=icon::MINUS on_press=press/> }.into_any()
}

/// Takes customers off a static list, and tells so with a way back.
pub fn take_off(state: State, list: ListId, ids: Vec<CustomerId>, then: impl FnOnce() + 'static) {
    let act = BulkAct::TakeOffList { list };
    let bulk = Bulk {
        who: protocol::Chosen::Ids(ids),
        act: act.clone(),
    };
    let answer = state
        .client
        .apply(Command::Membership(MembershipCommand::Bulk(bulk)));
    spawn_local(async move {
        let words = text::Words::new(state.locale.get_untracked());
        match answer.await {
            Ok(done) => {
                state.toasts.done(bulk_said(words, &act, &done), done.batch);
                then();
            }
            Err(fault) => state.toasts.fault(&fault),
        }
    });
}

/// Two to fifty records may be one customer; the page says what would become of them.
fn merging(words: text::Words, list: List) -> Option<AnyView> {
    let ids: Vec<CustomerId> = list
        .chosen
        .with(|chosen| chosen.0.iter().copied().collect());
    (2..=50).contains(&ids.len()).then(|| {
        let href = crate::pages::data::merge_href(&ids);
        view! { <LinkButton label=words.twins_from_list() icon=icon::PEOPLE href/> }.into_any()
    })
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
