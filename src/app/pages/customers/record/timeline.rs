//! Everything that happened with a customer, newest first, and a line to add what just did.

use crate::pages::orders::instant;
use crate::state::{apply_in, use_ask, use_state, use_words};
use model::{CustomField, CustomerId, InteractionDraft, OrderId};
use protocol::{Command, Query, Reply, TimelineItem, TimelineWhat};
use std::collections::BTreeMap;
use text::{Locale, Words};
use ui::prelude::*;
use ui::{Button, Choice, EmptyState, Glyph, Icon, Look, Segmented, Skeleton, Textarea, icon};

/// Items shown at first, and more each time.
const STRETCH: u32 = 50;

/// The timeline of a customer.
#[component]
pub fn Timeline(
    /// Whose.
    customer: CustomerId,
) -> impl IntoView {
    let words = use_words();
    let limit = RwSignal::new(STRETCH);
    let asked = use_ask(move || Query::Timeline {
        customer,
        offset: 0,
        limit: limit.get(),
    });
    let list = move || {
        let asked = asked.get();
        let Some(Reply::Timeline(page)) = asked.reply.as_deref() else {
            return view! { <Skeleton lines=6 shape="rows"/> }.into_any();
        };
        if page.items.is_empty() {
            return view! {
                <EmptyState
                    title=words.customers_timeline_none()
                    text=words.customers_timeline_none_text()
                    icon=icon::HISTORY
                />
            }
            .into_any();
        }
        let more = page.total > page.items.len() as u64;
        let items: Vec<AnyView> = page.items.iter().map(|it| item(words, it)).collect();
        let press = Callback::new(move |()| limit.update(|limit| *limit += STRETCH));
        view! {
            <ol class="timeline">{items}</ol>
            {more
                .then(|| {
                    view! {
                        <Button label=words.customers_timeline_more() look=Look::Quiet on_press=press/>
                    }
                })}
        }
        .into_any()
    };
    view! {
        <AddNote customer/>
        {list}
    }
    .into_any()
}

/// What a person may note, by hand.
const KINDS: &[&str] = &["note", "call", "visit", "message"];

#[component]
fn AddNote(customer: CustomerId) -> impl IntoView {
    let words = use_words();
    let state = use_state();
    let kind = RwSignal::new("note".to_owned());
    let text = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let choices = KINDS
        .iter()
        .map(|kind| Choice::new(*kind, words.interaction(kind)))
        .collect();
    let save = move || {
        let written = text.get_untracked().trim().to_owned();
        let noted = kind.get_untracked();
        // A bare note without words says nothing; a call or a visit does.
        if written.is_empty() && noted == "note" {
            return;
        }
        let mut data = BTreeMap::new();
        if !written.is_empty() {
            data.insert("text".to_owned(), CustomField::Text(written));
        }
        let fields = InteractionDraft {
            kind: noted,
            at: instant::now(),
            key: None,
            data,
        };
        busy.set(true);
        let said = words.customers_timeline_saved().to_owned();
        apply_in(
            state,
            Command::AddInteraction { customer, fields },
            said,
            move |_| {
                let _ = text.try_set(String::new());
            },
        );
        busy.set(false);
    };
    view! {
        <form
            class="add-note"
            on:submit=move |event| {
                event.prevent_default();
                save();
            }
        >
            <Segmented label=words.customers_timeline_kind() label_hidden=true value=kind choices/>
            <Textarea
                label=words.customers_timeline_text()
                label_hidden=true
                hint=words.customers_timeline_text_hint()
                value=text
                rows=2
            />
            <Button label=words.customers_timeline_save() submit=true look=Look::Primary busy/>
        </form>
    }
    .into_any()
}

/// Icon, title, details and link of an item.
struct Told {
    glyph: Glyph,
    title: String,
    detail: String,
    href: Option<String>,
}

impl Told {
    fn plain(glyph: Glyph, title: &str) -> Self {
        Self {
            glyph,
            title: title.to_owned(),
            detail: String::new(),
            href: None,
        }
    }

    /// Something about an order: what, how much, its number; a link to it.
    fn of_order(
        words: Words,
        glyph: Glyph,
        what: [&str; 2],
        id: OrderId,
        number: Option<&String>,
    ) -> Self {
        let plain = what.join(" ");
        let title = match number {
            Some(number) => [
                plain.as_str(),
                " · ",
                &words.customers_event_order_number(number),
            ]
            .concat(),
            None => plain,
        };
        Self {
            href: Some(["#/orders/", &id.to_string()].concat()),
            ..Self::plain(glyph, &title)
        }
    }
}

/// The products of an order in one line.
fn bought(words: Words, products: &[String], lines: u32) -> String {
    let rest = u64::from(lines).saturating_sub(products.len() as u64);
    // Chinese counts all of them, English the others.
    let (comma, count) = match words.locale {
        Locale::ZhCn => ("、", u64::from(lines)),
        Locale::En => (", ", rest),
    };
    let listed = products.join(comma);
    if rest == 0 || listed.is_empty() {
        return listed;
    }
    [&listed, " ", &words.customers_event_more_lines(count)].concat()
}

fn told(words: Words, what: &TimelineWhat) -> Told {
    match what {
        TimelineWhat::Created => Told::plain(icon::PERSON_ADD, words.customers_event_created()),
        TimelineWhat::SignedUp => Told::plain(icon::PERSON, words.customers_event_signed_up()),
        TimelineWhat::Order {
            id,
            number,
            amount,
            currency,
            products,
            lines,
        } => {
            let amount = words.money(*amount, *currency);
            let what = [words.customers_event_order(), &amount];
            Told {
                detail: bought(words, products, *lines),
                ..Told::of_order(words, icon::ORDERS, what, *id, number.as_ref())
            }
        }
        TimelineWhat::Refund {
            id,
            number,
            amount,
            currency,
        } => {
            let amount = words.money(*amount, *currency);
            let what = [words.customers_event_refund(), &amount];
            Told::of_order(words, icon::UNDO, what, *id, number.as_ref())
        }
        TimelineWhat::Interaction { kind, text } => {
            let glyph = match kind.as_str() {
                "call" => icon::PHONE,
                "visit" => icon::STORE,
                "email" | "message" => icon::MAIL,
                _ => icon::NOTE,
            };
            Told {
                detail: text.clone().unwrap_or_default(),
                ..Told::plain(glyph, &words.interaction(kind))
            }
        }
        TimelineWhat::Points(entry) => {
            let title = [
                words.entry_kind(entry.kind),
                " ",
                &words.points(entry.points),
            ]
            .concat();
            Told {
                detail: entry.reason.clone().unwrap_or_default(),
                ..Told::plain(icon::POINTS, &title)
            }
        }
    }
}

fn item(words: Words, item: &TimelineItem) -> AnyView {
    let told = told(words, &item.what);
    let title = match told.href {
        Some(href) => view! { <a href=href>{told.title}</a> }.into_any(),
        None => told.title.into_any(),
    };
    let detail =
        (!told.detail.is_empty()).then(|| view! { <p class="timeline-detail">{told.detail}</p> });
    view! {
        <li>
            <Icon glyph=told.glyph/>
            <div>
                <p class="timeline-title">{title}</p>
                {detail}
            </div>
            <time>{words.moment(&item.local_at)}</time>
        </li>
    }
    .into_any()
}
