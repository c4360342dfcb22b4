//! The import desk: the files that wait, the one at hand and how far it is.
//!
//! It lives as long as the page, not as long as the import screen, so that a person can look at customers while a
//! file goes in. Files are taken one after another, customers before orders, because orders look for their customer.

use super::mapping::Mapping;
use crate::client::{CancelHandle, Client};
use js_sys::Date;
use leptos::ev;
use leptos::task::spawn_local;
use model::BatchId;
use model::import::{ImportKind, Reading};
use protocol::{Command, Fault, FaultCode, ImportReport, Outcome, Progress, Reply, Request};
use std::cell::Cell;
use std::collections::VecDeque;
use std::rc::Rc;
use ui::prelude::*;
use web_sys::File;

/// How far the file at hand is.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// No file at hand.
    Choose,
    /// Looking at the first bytes.
    Inspecting,
    /// Nothing that can be imported.
    Unreadable(Fault),
    /// A person looks at the columns.
    Check,
    /// Reading it through without changing anything.
    DryRun,
    /// What would happen.
    Preview(Rc<ImportReport>),
    /// Going in.
    Importing,
    /// In.
    Done(Rc<ImportReport>),
    /// In and taken back.
    Undone {
        /// Records taken away.
        removed: u64,
        /// Records put back.
        restored: u64,
        /// Records left alone.
        kept: u64,
    },
    /// Not done; nothing is half-written.
    Failed(Fault),
}

/// A file that waits.
#[derive(Clone)]
struct Waiting {
    file: File,
    looked_at: Option<Result<Mapping, Fault>>,
}

/// The desk. Copies are the same desk.
#[derive(Clone, Copy)]
pub struct Desk {
    client: Client,
    waiting: RwSignal<VecDeque<Waiting>, LocalStorage>,
    file: RwSignal<Option<File>, LocalStorage>,
    phase: RwSignal<Phase, LocalStorage>,
    mapping: RwSignal<Option<Mapping>>,
    progress: RwSignal<Option<Progress>>,
    started_ms: RwSignal<f64>,
    stopping: RwSignal<bool>,
    cancel: StoredValue<Option<CancelHandle>, LocalStorage>,
    /// Counts what was started: a late answer to what was stopped is not taken.
    run: StoredValue<u64>,
}

thread_local! {
    /// The one desk of the page, for code that runs outside of components (a drop on the window).
    static DESK: Cell<Option<Desk>> = const { Cell::new(None) };
}

/// The desk, if the application has one.
pub(super) fn the_desk() -> Option<Desk> {
    DESK.get()
}

/// The desk; made when it is first needed, and kept as long as the page.
pub(super) fn desk(client: Client) -> Desk {
    DESK.get()
        .unwrap_or_else(|| crate::root::for_good(|| set_up(client)))
}

fn set_up(client: Client) -> Desk {
    let desk = Desk {
        client,
        waiting: RwSignal::new_local(VecDeque::new()),
        file: RwSignal::new_local(None),
        phase: RwSignal::new_local(Phase::Choose),
        mapping: RwSignal::new(None),
        progress: RwSignal::new(None),
        started_ms: RwSignal::new(0.0),
        stopping: RwSignal::new(false),
        cancel: StoredValue::new_local(None),
        run: StoredValue::new(0),
    };
    DESK.set(Some(desk));
    // What is in stays in and can be gone on with; still, nobody should stop an import by accident.
    let _ = window_event_listener(ev::beforeunload, move |event| {
        if desk
            .phase
            .with_untracked(|phase| *phase == Phase::Importing)
        {
            event.prevent_default();
        }
    });
    desk
}

impl Desk {
    /// How far the file at hand is.
    pub fn phase(&self) -> Phase {
        self.phase.get()
    }

    /// Name and size of the file at hand, without following later changes.
    pub fn file_name_now(&self) -> Option<(String, u64)> {
        let of = |file: &File| (file.name(), file.size() as u64);
        self.file.with_untracked(|file| file.as_ref().map(of))
    }

    /// How it will be read.
    pub fn mapping(&self) -> Option<Mapping> {
        self.mapping.get()
    }

    /// How it will be read, without following later changes.
    pub fn mapping_now(&self) -> Option<Mapping> {
        self.mapping.get_untracked()
    }

    /// Changes how it will be read.
    pub fn change(&self, change: impl FnOnce(&mut Mapping)) {
        self.mapping.update(|mapping| {
            if let Some(mapping) = mapping {
                change(mapping);
            }
        });
    }

    /// Names of the files that wait.
    pub fn waiting(&self) -> Vec<String> {
        self.waiting
            .with(|waiting| waiting.iter().map(|it| it.file.name()).collect())
    }

    /// How far the work at hand is, and since how many milliseconds it runs.
    pub fn progress(&self) -> Option<(Progress, f64)> {
        let progress = self.progress.get()?;
        Some((progress, Date::now() - self.started_ms.get()))
    }

    /// Whether it was asked to stop and has not yet.
    pub fn is_stopping(&self) -> bool {
        self.stopping.get()
    }

    /// Takes files: they wait until the one at hand is done.
    pub fn offer(&self, files: Vec<File>) {
        if files.is_empty() {
            return;
        }
        self.waiting.update(|waiting| {
            waiting.extend(files.into_iter().map(|file| Waiting {
                file,
                looked_at: None,
            }));
        });
        let idle = self.phase.with_untracked(|phase| {
            !matches!(
                phase,
                Phase::Importing | Phase::DryRun | Phase::Inspecting | Phase::Check
            )
        });
        if idle {
            self.next();
        }
    }

    /// Puts the file at hand away and takes the next one, if one waits.
    pub fn next(&self) {
        self.drop_work();
        self.file.set(None);
        self.mapping.set(None);
        if self.waiting.with_untracked(VecDeque::is_empty) {
            self.phase.set(Phase::Choose);
            return;
        }
        self.phase.set(Phase::Inspecting);
        let desk = *self;
        spawn_local(async move { desk.look_at_waiting().await });
    }

    async fn look_at_waiting(self) {
        loop {
            let unseen = self.waiting.with_untracked(|waiting| {
                let mut unseen = waiting.iter().enumerate();
                unseen
                    .find(|(_, it)| it.looked_at.is_none())
                    .map(|(at, it)| (at, it.file.clone()))
            });
            let Some((at, file)) = unseen else { break };
            let seen = self.look_at(&file, Reading::default()).await;
            self.waiting.update(|waiting| {
                if let Some(it) = waiting.get_mut(at) {
                    it.looked_at = Some(seen);
                }
            });
        }
        self.waiting.update(|waiting| {
            let rank = |it: &Waiting| match &it.looked_at {
                Some(Ok(mapping)) if mapping.kind == ImportKind::Customers => 0,
                Some(Ok(_)) => 1,
                _ => 2,
            };
            waiting.make_contiguous().sort_by_key(rank);
        });
        let Some(Some(it)) = self.waiting.try_update(VecDeque::pop_front) else {
            return;
        };
        self.file.set(Some(it.file));
        match it.looked_at {
            Some(Ok(mapping)) => {
                let sure = mapping.is_sure();
                self.mapping.set(Some(mapping));
                self.phase.set(Phase::Check);
                if sure {
                    self.dry_run();
                }
            }
            Some(Err(fault)) => self.phase.set(Phase::Unreadable(fault)),
            None => self.phase.set(Phase::Choose),
        }
    }

    async fn look_at(self, file: &File, reading: Reading) -> Result<Mapping, Fault> {
        let request = Request::Inspect {
            file_name: file.name(),
            reading,
        };
        let (_, answer) = self.client.run(request, vec![file.clone().into()], |_| {});
        match answer.await?.0 {
            Reply::Inspection(inspection) => {
                let settings = self.client.status().get_untracked().map(|s| s.settings);
                let currency = settings.map_or(model::Currency::CNY, |s| s.currency);
                Ok(Mapping::new(inspection, currency))
            }
            _ => Err(crate::client::mismatch()),
        }
    }

    /// Looks at the file again as a person says.
    pub fn look_again(&self, reading: Reading) {
        let Some(file) = self.file.get_untracked() else {
            return;
        };
        let desk = *self;
        spawn_local(async move {
            match desk.look_at(&file, reading).await {
                Ok(mapping) => {
                    desk.mapping.set(Some(mapping));
                    desk.phase.set(Phase::Check);
                }
                Err(fault) => desk.phase.set(Phase::Unreadable(fault)),
            }
        });
    }

    /// The person left the page: what is over is put away, so that they find a fresh start when they come back.
    pub fn leave(&self) {
        let over = self.phase.with_untracked(|phase| {
            matches!(
                phase,
                Phase::Done(_) | Phase::Undone { .. } | Phase::Unreadable(_) | Phase::Failed(_)
            )
        });
        if over {
            self.next();
        }
    }

    /// Back to the columns.
    pub fn check(&self) {
        self.drop_work();
        self.phase.set(Phase::Check);
    }

    /// Says what an import would do.
    pub fn dry_run(&self) {
        self.phase.set(Phase::DryRun);
        self.read_through(false);
    }

    /// Imports.
    pub fn import(&self) {
        self.phase.set(Phase::Importing);
        self.read_through(true);
    }

    fn read_through(&self, for_good: bool) {
        let (Some(file), Some(mapping)) = (self.file.get_untracked(), self.mapping.get_untracked())
        else {
            return;
        };
        let plan = mapping.plan();
        let request = if for_good {
            Request::Import { plan }
        } else {
            Request::DryRun { plan }
        };
        self.progress.set(None);
        self.stopping.set(false);
        self.started_ms.set(Date::now());
        let progress = self.progress;
        let (cancel, answer) = self.client.run(request, vec![file.into()], move |now| {
            let _ = progress.try_set(Some(now));
        });
        self.cancel.set_value(Some(cancel));
        let desk = *self;
        let run = self.run.try_update_value(|run| {
            *run += 1;
            *run
        });
        spawn_local(async move {
            let answer = answer.await.map(|(reply, _)| reply);
            if desk.run.try_get_value() == run {
                desk.read(for_good, answer);
            }
        });
    }

    fn read(self, for_good: bool, answer: Result<Reply, Fault>) {
        self.cancel.set_value(None);
        self.stopping.set(false);
        self.phase.set(match answer {
            Ok(Reply::Import(report)) if for_good => Phase::Done(Rc::from(report)),
            Ok(Reply::Import(report)) => Phase::Preview(Rc::from(report)),
            Ok(_) => Phase::Failed(crate::client::mismatch()),
            Err(fault) if fault.code == FaultCode::Cancelled => Phase::Check,
            Err(fault) if fault.code == FaultCode::UnreadableFile => Phase::Unreadable(fault),
            Err(fault) => Phase::Failed(fault),
        });
    }

    /// Stops the work at hand and forgets it.
    fn drop_work(&self) {
        self.stop();
        self.cancel.set_value(None);
        self.stopping.set(false);
        self.run.update_value(|run| *run += 1);
    }

    /// Asks the work at hand to stop; its answer says what was done.
    pub fn stop(&self) {
        self.cancel.with_value(|cancel| {
            if let Some(cancel) = cancel {
                self.stopping.set(true);
                cancel.cancel();
            }
        });
    }

    /// Takes back what the file at hand brought.
    pub fn undo(&self, batch: BatchId) {
        let desk = *self;
        spawn_local(async move {
            match desk.client.apply(Command::Undo { batch }).await {
                Ok(done) => {
                    if let Outcome::Undone {
                        removed,
                        restored,
                        kept,
                    } = done.outcome
                    {
                        desk.phase.set(Phase::Undone {
                            removed,
                            restored,
                            kept,
                        });
                    }
                }
                Err(fault) => desk.phase.set(Phase::Failed(fault)),
            }
        });
    }
}
