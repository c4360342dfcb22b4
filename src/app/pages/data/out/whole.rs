//! The whole workspace as one file: a database, or an archive in JSON.

use super::save::{Making, hand_out};
use crate::state::{use_state, use_words};
use protocol::{Command, ExportFormat, ExportWhat, OutExport, Request};
use ui::prelude::*;
use ui::{Button, LinkButton, Look, ProgressBar, icon};

/// Both, and the way back.
#[component]
pub fn Whole() -> impl IntoView {
    let words = use_words();
    let state = use_state();
    let sqlite = Making::new();
    let archive = Making::new();
    // Whatever of the two is saved counts as a backup.
    let noted = move || {
        leptos::task::spawn_local(async move {
            // Only a reminder of its age is lost if this fails.
            let _ = state.client.apply(Command::BackupSaved).await;
        });
    };
    let save_sqlite = Callback::new(move |()| {
        sqlite.ask(state, Request::Backup, move |file, blob| {
            if hand_out(state, &blob, &file.name) {
                state
                    .toasts
                    .done(words.settings_backup_done(&file.name), None);
                noted();
            }
        });
    });
    let save_archive = Callback::new(move |()| {
        let what = (ExportWhat::Out(OutExport::Archive), ExportFormat::Json);
        archive.run(state, what, move |file, blob| {
            if hand_out(state, &blob, &file.name) {
                state.toasts.done(words.out_archive_done(&file.name), None);
                noted();
            }
        });
    });
    let busy = archive.busy;
    let progress = Signal::derive(move || archive.share());
    view! {
        <div class="outlet-choices">
            <div>
                <Button label=words.out_sqlite() icon=icon::SAVE busy=sqlite.busy on_press=save_sqlite/>
                <p class="note">{words.out_sqlite_text()}</p>
            </div>
            <div>
                <Button label=words.out_archive() icon=icon::SAVE busy=archive.busy on_press=save_archive/>
                <p class="note">{words.out_archive_text()}</p>
                <Show when=move || busy.get()>
                    <ProgressBar label=words.out_saving() done=progress/>
                </Show>
            </div>
        </div>
        <LinkButton label=words.out_back_in() look=Look::Quiet icon=icon::UPLOAD href="#/settings/data"/>
    }
    .into_any()
}
