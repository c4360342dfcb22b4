//! Everything that happened with a customer, newest first, and a line to add what just did.

use crate::pages::orders::instant;
use crate::state::{apply_in, use_ask, use_state, use_words};
use model::{CustomField, CustomerId, InteractionDraft};
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

fn told(words: Words, what: &TimelineWhat) -> Told {
    let order_title = |number: &Option<String>, plain: &str| match number {
        Some(number) => [plain, " · ", &words.customers_event_order_number(number)].concat(),
        None => plain.to_owned(),
    };
    match what {
        TimelineWhat::Created => Told {
            glyph: icon::PERSON_ADD,
            title: words.customers_event_created().to_owned(),
            detail: String::new(),
            href: None,
        },
        TimelineWhat::SignedUp => Told {
            glyph: icon::PERSON,
            title: words.customers_event_signed_up().to_owned(),
            detail: String::new(),
            href: None,
        },
        TimelineWhat::Order {
            id,
            number,
            amount,
            currency,
            products,
            lines,
        } => {
            let rest = u64::from(*lines).saturating_sub(products.len() as u64);
            let mut detail = products.join(match words.locale {
                Locale::ZhCn => "、",
                Locale::En => ", ",
            });
            if rest > 0 && !detail.is_empty() {
                let count = match words.locale {
                    Locale::ZhCn => u64::from(*lines),
                    Locale::En => rest,
                };
                detail = [&detail, " ", &words.customers_event_more_lines(count)].concat();
            }
            let bought = [
                words.customers_event_order(),
                " ",
                &words.money(*amount, *currency),
            ];
            Told {
                glyph: icon::ORDERS,
                title: order_title(number, &bought.concat()),
                detail,
                href: Some(["#/orders/", &id.to_string()].concat()),
            }
        }
        TimelineWhat::Refund {
            id,
            number,
            amount,
            currency,
        } => {
            let plain = [
                words.customers_event_refund(),
                " ",
                &words.money(*amount, *currency),
            ];
            Told {
                glyph: icon::UNDO,
                title: order_title(number, &plain.concat()),
                detail: String::new(),
                href: Some(["#/orders/", &id.to_string()].concat()),
            }
        }
        TimelineWhat::Interaction { kind, text } => Told {
            glyph: match kind.as_str() {
                "call" => icon::PHONE,
                "visit" => icon::STORE,
                "email" | "message" => icon::MAIL,
                _ => icon::NOTE,
            },
            title: words.interaction(kind),
            detail: text.clone().unwrap_or_default(),
            href: None,
        },
        TimelineWhat::Points(entry) => Told {
            glyph: icon::POINTS,
            title: [
                words.entry_kind(entry.kind),
                " ",
                &words.points(entry.points),
            ]
            .concat(),
            detail: entry.reason.clone().unwrap_or_default(),
            href: None,
        },
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
