//! Replay before the switch: the draft is run over real orders by the worker, with progress and a way to stop.

use super::editing::Editing;
use super::replay_view;
use crate::client::{CancelHandle, mismatch};
use crate::state::{use_client, use_state, use_today};
use leptos::task::spawn_local;
use protocol::{
    Fault, FaultCode, ProgramReply, Progress, ReplayRequest, ReplayView, Reply, Request,
};
use std::sync::Arc;
use ui::prelude::*;
use ui::{Button, Look, ProgressBar};

/// Months that are summed up.
const MONTHS: u32 = 12;

/// A replay that is done, and the draft it was made of.
#[derive(Clone, PartialEq)]
pub struct Done {
    /// The numbers.
    pub view: Arc<ReplayView>,
    program: String,
}

/// How it stands.
#[derive(Clone, Copy)]
struct Run {
    progress: RwSignal<Option<Progress>>,
    running: RwSignal<bool>,
    cancelled: RwSignal<bool>,
    fault: RwSignal<Option<Fault>>,
    done: RwSignal<Option<Done>>,
    cancel: StoredValue<Option<CancelHandle>, LocalStorage>,
}

/// The block.
pub fn replay(editing: Editing) -> AnyView {
    let words = editing.words;
    let run = Run {
        progress: RwSignal::new(None),
        running: RwSignal::new(false),
        cancelled: RwSignal::new(false),
        fault: RwSignal::new(None),
        done: RwSignal::new(None),
        cancel: StoredValue::new_local(None),
    };
    // The page is left: nobody waits for the answer.
    on_cleanup(move || {
        if let Some(Some(handle)) = run.cancel.try_get_value() {
            handle.cancel();
        }
    });
    let start = start(editing, run);
    let first = move || {
        let label = if run.done.with(Option::is_some) {
            words.program_replay_again()
        } else {
            words.program_replay_run()
        };
        let disabled = Signal::derive(move || editing.checked.with(Result::is_err));
        view! { <Button label=label busy=run.running disabled on_press=start/> }.into_any()
    };
    let stale = move || {
        let program = editing.checked.get().ok()?.to_json();
        let old = run
            .done
            .with(|done| done.as_ref().is_some_and(|done| done.program != program));
        (old && !run.running.get()).then(|| words.program_replay_stale())
    };
    let note = move || {
        let text = if editing.checked.with(Result::is_err) {
            Some(words.program_replay_wrong().to_owned())
        } else if let Some(fault) = run.fault.get() {
            Some(words.fault(&fault))
        } else if run.cancelled.get() {
            Some(words.program_replay_cancelled().to_owned())
        } else {
            stale().map(str::to_owned)
        };
        text.map(|text| view! { <p class="note">{text}</p> })
    };
    let result = move || {
        run.done
            .get()
            .map(|done| replay_view::result(editing, done.view))
    };
    view! {
        <section class="block replay">
            <h2>{words.program_replay()}</h2>
            <p class="note">{words.program_replay_hint()}</p>
            <div class="actions">{first}</div>
            <Show when=move || run.running.get()>{progress(editing, run)}</Show>
            <div role="status">{note}</div>
            {result}
        </section>
    }
    .into_any()
}

fn progress(editing: Editing, run: Run) -> AnyView {
    let words = editing.words;
    let share = Signal::derive(move || {
        let progress = run.progress.get()?;
        (progress.total > 0).then(|| progress.done as f64 / progress.total as f64)
    });
    let orders = move || {
        let orders = run.progress.with(|it| it.as_ref().map_or(0, |it| it.rows));
        words.program_replay_running(&words.count(orders))
    };
    let stop = move |()| {
        if let Some(handle) = run.cancel.get_value() {
            handle.cancel();
        }
    };
    view! {
        <div class="replay-progress">
            <ProgressBar label=words.program_replay() done=share/>
            <p aria-live="polite">{orders}</p>
            <Button label=words.act_cancel() look=Look::Quiet on_press=stop/>
        </div>
    }
    .into_any()
}

fn start(editing: Editing, run: Run) -> Callback<()> {
    let client = use_client();
    let today = use_today();
    let state = use_state();
    Callback::new(move |()| {
        let Ok(program) = editing.checked.get_untracked() else {
            return;
        };
        let program = program.to_json();
        // A first programme would hold for all of history; a new version has been in force for the time looked at.
        let first = editing.present.with_value(Option::is_none);
        let begins = today.plus_months(-(MONTHS as i32)).plus_days(1);
        let request = ReplayRequest {
            program: program.clone(),
            from: (!first).then_some(begins),
            months: MONTHS,
        };
        run.running.set(true);
        run.cancelled.set(false);
        run.fault.set(None);
        run.progress.set(None);
        let (handle, answer) = client.run(Request::Replay(request), Vec::new(), move |now| {
            run.progress.try_set(Some(now));
        });
        run.cancel.set_value(Some(handle));
        spawn_local(async move {
            let answer = answer.await;
            // The page may be gone by now.
            if run.running.try_set(false).is_some() {
                return;
            }
            run.cancel.try_set_value(None);
            match answer {
                Ok((Reply::Programs(reply), _)) => match *reply {
                    ProgramReply::Replay(view) => {
                        let view = Arc::new(view);
                        run.done.try_set(Some(Done { view, program }));
                    }
                    _ => state.toasts.fault(&mismatch()),
                },
                Ok(_) => state.toasts.fault(&mismatch()),
                Err(fault) if fault.code == FaultCode::Cancelled => {
                    run.cancelled.try_set(true);
                }
                Err(fault) => {
                    run.fault.try_set(Some(fault));
                }
            }
        });
    })
}
