//! Birthdays and things to do, for a calendar.

use super::save::{Making, hand_out};
use crate::state::{use_ask, use_state, use_words};
use protocol::{
    CalendarExport, ExportFormat, ExportWhat, OutExport, OutQuery, OutReply, Query, Reply,
};
use ui::prelude::*;
use ui::{Button, Checkbox, icon};

/// What goes in, and the button.
#[component]
pub fn Calendar() -> impl IntoView {
    let words = use_words();
    let asking = use_ask(|| Query::Out(OutQuery::Calendar { rule: None }));
    let birthdays = RwSignal::new(true);
    let tasks = RwSignal::new(true);
    let counts = Memo::new(move |_| match asking.reply().as_deref() {
        Some(Reply::Out(reply)) => match **reply {
            OutReply::Calendar { birthdays, tasks } => Some((birthdays, tasks)),
            _ => None,
        },
        _ => None,
    });
    let content = move || match counts.get() {
        None => asking.view("text", |_| ().into_any()),
        Some((0, 0)) => view! { <p class="note">{words.out_calendar_none()}</p> }.into_any(),
        Some((days, todo)) => view! {
            <Checkbox label=words.out_calendar_birthdays(days) value=birthdays/>
            <Checkbox label=words.out_calendar_tasks(todo) value=tasks/>
            <Save birthdays tasks/>
        }
        .into_any(),
    };
    content.into_any()
}

#[component]
fn Save(birthdays: RwSignal<bool>, tasks: RwSignal<bool>) -> impl IntoView {
    let words = use_words();
    let state = use_state();
    let making = Making::new();
    let none = Signal::derive(move || !birthdays.get() && !tasks.get());
    let go = Callback::new(move |()| {
        // The worker has no words: it is told what to write, with places for names and numbers.
        let wish = CalendarExport {
            rule: None,
            birthdays: birthdays.get_untracked(),
            tasks: tasks.get_untracked(),
            title: words.out_calendar_title().to_owned(),
            birthday: words.out_calendar_birthday("{name}"),
            slipping: words.out_calendar_slipping("{name}", "{days}"),
            expiring: words.out_calendar_expiring("{name}", "{points}"),
            planned: words.out_calendar_planned("{name}", "{what}"),
        };
        let what = (
            ExportWhat::Out(OutExport::Calendar(wish)),
            ExportFormat::Csv,
        );
        making.run(state, what, move |file, blob| {
            if hand_out(state, &blob, &file.name) {
                let said = words.out_saved(&file.name, file.records);
                state.toasts.done(said, None);
            }
        });
    });
    view! { <Button label=words.out_calendar_save() icon=icon::DOWNLOAD busy=making.busy disabled=none on_press=go/> }
        .into_any()
}
