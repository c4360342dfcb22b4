//! Carrying out a bulk action: progress, a way to stop, and what came of it with undo.

use crate::client::CancelHandle;
use crate::state::{State, use_state, use_words};
use protocol::{
    Bulk, BulkAct, Command, Done, MembershipCommand, MembershipOutcome, Outcome, Progress, Reply,
    Request,
};
use text::Words;
use ui::prelude::*;
use ui::{Button, Look, ProgressBar, spawn_local};

/// One bulk action at work.
#[derive(Clone, Copy)]
pub(super) struct Work {
    state: State,
    words: Words,
    open: RwSignal<bool>,
    busy: RwSignal<bool>,
    progress: RwSignal<Option<Progress>>,
    cancel: StoredValue<Option<CancelHandle>>,
}

impl Work {
    /// Nothing yet; `open` is the dialog, which closes at the end.
    pub fn new(open: RwSignal<bool>) -> Self {
        Self {
            state: use_state(),
            words: use_words(),
            open,
            busy: RwSignal::new(false),
            progress: RwSignal::new(None),
            cancel: StoredValue::new(None),
        }
    }

    /// Whether it is at work.
    pub fn busy(&self) -> Signal<bool> {
        self.busy.into()
    }

    /// Starts. It goes on when the dialog is closed.
    pub fn start(self, bulk: Bulk) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        let act = bulk.act.clone();
        let command = Command::Membership(MembershipCommand::Bulk(bulk));
        let (handle, answer) =
            self.state
                .client
                .run(Request::Command(command), Vec::new(), move |now| {
                    self.progress.try_set(Some(now));
                });
        self.cancel.set_value(Some(handle));
        let (state, words) = (self.state, self.words);
        spawn_local(async move {
            match answer.await {
                Ok((Reply::Done(done), _)) => {
                    state.toasts.done(said(words, &act, &done), done.batch);
                    self.open.try_set(false);
                }
                Ok(_) => {}
                Err(fault) => state.toasts.fault(&fault),
            }
            self.busy.try_set(false);
        });
    }
}

/// What came of it, in words.
pub fn said(words: Words, act: &BulkAct, done: &Done) -> String {
    let count = match &done.outcome {
        Outcome::Membership(MembershipOutcome::Bulk { changed, .. }) => *changed,
        _ => 0,
    };
    match act {
        BulkAct::Tag { tag, add: true } => words.many_done_tag_add(count, tag),
        BulkAct::Tag { tag, add: false } => words.many_done_tag_remove(tag, count),
        BulkAct::Assign { owner: Some(owner) } => words.many_done_assign(count, owner),
        BulkAct::Assign { owner: None } => words.many_done_assign_nobody(count),
        BulkAct::Award { points, .. } => words.many_done_award(count, &words.number(points.0)),
        BulkAct::Freeze { name, .. } => words.many_done_list(count, name),
        BulkAct::AddToList { .. } => words.many_done_added(count),
        BulkAct::TakeOffList { .. } => words.many_done_take(count),
    }
}

/// How far it is, with a way to stop.
pub(super) fn progress(words: Words, work: Work) -> AnyView {
    let share = Signal::derive(move || {
        let progress = work.progress.get()?;
        (progress.total > 0).then(|| progress.done as f64 / progress.total as f64)
    });
    let text = move || {
        work.progress.with(|it| {
            it.as_ref()
                .map(|it| words.many_working(&words.count(it.done), &words.count(it.total)))
        })
    };
    let stop = move |()| {
        if let Some(handle) = work.cancel.get_value() {
            handle.cancel();
        }
    };
    view! {
        <div class="many-progress">
            <ProgressBar label=words.many_menu() done=share/>
            <p aria-live="polite">{text}</p>
            <Button label=words.many_stop() look=Look::Quiet on_press=stop/>
        </div>
    }
    .into_any()
}
