//! The import desk: the files at hand, those that wait, and how far it is.
//!
//! It lives as long as the page, not as long as the import screen, so that a person can look at customers while files
//! go in. Files that are offered together are one set: checked together, rehearsed one after another as if each had
//! gone in before the next, and imported with one press; customers before orders, because orders look for their
//! customer.

use super::mapping::Mapping;
use super::sheets;
use crate::client::{self, CancelHandle, Client};
use js_sys::Date;
use leptos::ev;
use leptos::task::spawn_local;
use model::import::{ImportKind, Reading};
use model::{BatchId, Currency};
use protocol::{
    Command, Fault, FaultCode, ImportReport, Outcome, Progress, Rehearsal, Reply, Request,
};
use std::cell::Cell;
use std::collections::VecDeque;
use std::rc::Rc;
use ui::prelude::*;
use web_sys::{Blob, File};

/// What came of one file.
#[derive(Clone, Debug, PartialEq)]
pub struct FileReport {
    /// Its name.
    pub name: String,
    /// What its rows are.
    pub kind: ImportKind,
    /// What would happen, or did.
    pub report: ImportReport,
}

/// Reports of a set, in the order in which the files went in.
pub type Reports = Rc<Vec<FileReport>>;

/// How far the files at hand are.
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
    /// Reading through without changing anything.
    DryRun,
    /// What would happen.
    Preview(Reports),
    /// Going in.
    Importing,
    /// In.
    Done(Reports),
    /// In and taken back.
    Undone {
        /// Records taken away.
        removed: u64,
        /// Records put back.
        restored: u64,
        /// Records left alone.
        kept: u64,
        /// The imports that were taken back.
        batches: Vec<BatchId>,
    },
    /// Not done; nothing is half-written.
    Failed(Fault),
}

/// A file at hand.
#[derive(Clone)]
struct Entry {
    file: File,
    /// What it is called: a sheet is called after its book.
    name: String,
    seen: Result<Mapping, Fault>,
}

/// A file at hand, as shown in the list of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// Its name.
    pub name: String,
    /// What its rows are, or why it is left out.
    pub seen: Result<ImportKind, Fault>,
    /// Something is missing before it can be read.
    pub missing: bool,
    /// Its dates can be read either way.
    pub ambiguous: bool,
}

/// The desk. Copies are the same desk.
#[derive(Clone, Copy)]
pub struct Desk {
    client: Client,
    waiting: RwSignal<VecDeque<File>, LocalStorage>,
    files: RwSignal<Vec<Entry>, LocalStorage>,
    /// Whose columns are shown.
    pub(super) at: RwSignal<usize>,
    phase: RwSignal<Phase, LocalStorage>,
    progress: RwSignal<Option<Progress>>,
    /// Which of the files is going in.
    going: RwSignal<usize>,
    /// How many rows each file has, as its rehearsal counted them.
    rows: StoredValue<Vec<u64>>,
    started_ms: RwSignal<f64>,
    stopping: RwSignal<bool>,
    /// A file is being made of what the preview shows.
    saving: RwSignal<bool>,
    /// The choices about known records are open: they stay so while a change is rehearsed.
    pub(super) rules_open: StoredValue<bool>,
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
        files: RwSignal::new_local(Vec::new()),
        at: RwSignal::new(0),
        phase: RwSignal::new_local(Phase::Choose),
        progress: RwSignal::new(None),
        going: RwSignal::new(0),
        rows: StoredValue::new(Vec::new()),
        started_ms: RwSignal::new(0.0),
        stopping: RwSignal::new(false),
        saving: RwSignal::new(false),
        rules_open: StoredValue::new(false),
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
    /// How far the files at hand are.
    pub fn phase(&self) -> Phase {
        self.phase.get()
    }

    /// Name and size of the file whose columns are shown, without following later changes.
    pub fn file_name_now(&self) -> Option<(String, u64)> {
        let at = self.at.get_untracked();
        self.files.with_untracked(|files| {
            let entry = files.get(at)?;
            Some((entry.name.clone(), entry.file.size() as u64))
        })
    }

    /// The files at hand.
    pub fn shown(&self) -> Vec<Shown> {
        self.files.with(|files| files.iter().map(shown).collect())
    }

    /// The same, without following later changes.
    pub fn shown_now(&self) -> Vec<Shown> {
        self.files
            .with_untracked(|files| files.iter().map(shown).collect())
    }

    /// Which file's columns are shown.
    pub fn at(&self) -> usize {
        self.at.get()
    }

    /// Shows the columns of another file.
    pub fn go_to(&self, at: usize) {
        self.at.set(at);
    }

    /// How the file whose columns are shown will be read.
    pub fn mapping(&self) -> Option<Mapping> {
        let at = self.at.get();
        self.files.with(|files| files.get(at)?.seen.clone().ok())
    }

    /// The same, without following later changes.
    pub fn mapping_now(&self) -> Option<Mapping> {
        let at = self.at.get_untracked();
        self.mapping_of(at)
    }

    /// How a file of the reports will be read: reports leave out what cannot be read.
    pub fn mapping_of_report(&self, place: usize) -> Option<Mapping> {
        self.files.with_untracked(|files| {
            let mut good = files.iter().filter_map(|it| it.seen.as_ref().ok());
            good.nth(place).cloned()
        })
    }

    fn mapping_of(&self, at: usize) -> Option<Mapping> {
        self.files
            .with_untracked(|files| files.get(at)?.seen.clone().ok())
    }

    /// Changes how the file whose columns are shown will be read.
    pub fn change(&self, change: impl FnOnce(&mut Mapping)) {
        let at = self.at.get_untracked();
        self.files.update(|files| {
            if let Some(Entry {
                seen: Ok(mapping), ..
            }) = files.get_mut(at)
            {
                change(mapping);
            }
        });
    }

    /// Changes how every file will be read.
    pub fn change_all(&self, change: impl Fn(&mut Mapping)) {
        self.files.update(|files| {
            for entry in files {
                if let Ok(mapping) = &mut entry.seen {
                    change(mapping);
                }
            }
        });
    }

    /// Names of the files that wait.
    pub fn waiting(&self) -> Vec<String> {
        self.waiting
            .with(|waiting| waiting.iter().map(File::name).collect())
    }

    /// How far the work at hand is, and since how many milliseconds it runs.
    pub fn progress(&self) -> Option<(Progress, f64)> {
        let progress = self.progress.get()?;
        Some((progress, Date::now() - self.started_ms.get()))
    }

    /// Which of how many files is going in, and its name.
    pub fn going(&self) -> Option<(usize, usize, String)> {
        let going = self.going.get();
        self.files.with(|files| {
            let good: Vec<&Entry> = files.iter().filter(|it| it.seen.is_ok()).collect();
            let entry = good.get(going)?;
            Some((going + 1, good.len(), entry.name.clone()))
        })
    }

    /// How many rows the file that is going in has; `None` before anybody has counted them.
    pub fn rows_in_all(&self) -> Option<u64> {
        let going = self.going.get();
        self.rows.with_value(|rows| rows.get(going).copied())
    }

    /// Whether it was asked to stop and has not yet.
    pub fn is_stopping(&self) -> bool {
        self.stopping.get()
    }

    /// Whether a file is being made.
    pub fn is_saving(&self) -> bool {
        self.saving.get()
    }

    /// Nothing is missing: the dry run can begin.
    pub fn is_ready(&self) -> bool {
        self.files.with(|files| {
            let good = |it: &Entry| match &it.seen {
                Ok(mapping) => mapping.missing().is_empty(),
                Err(_) => true,
            };
            files.iter().any(|it| it.seen.is_ok()) && files.iter().all(good)
        })
    }

    /// Takes files: they join those at hand, or wait while those are being read.
    pub fn offer(&self, files: Vec<File>) {
        if files.is_empty() {
            return;
        }
        self.waiting.update(|waiting| waiting.extend(files));
        let (joins, idle) = self.phase.with_untracked(|phase| {
            let joins = matches!(phase, Phase::Check | Phase::Preview(_));
            let busy = matches!(phase, Phase::Importing | Phase::DryRun | Phase::Inspecting);
            (joins, !busy)
        });
        if joins {
            self.look_at_waiting(true);
        } else if idle {
            self.next();
        }
    }

    /// Puts the files at hand away and takes those that wait, if any do.
    pub fn next(&self) {
        self.drop_work();
        self.files.set(Vec::new());
        self.rules_open.set_value(false);
        self.at.set(0);
        if self.waiting.with_untracked(VecDeque::is_empty) {
            self.phase.set(Phase::Choose);
            return;
        }
        self.look_at_waiting(false);
    }

    /// Turns to the file of a report: reports leave out what cannot be read.
    pub fn show_report(&self, place: usize) {
        let at = self.files.with_untracked(|files| {
            let mut good = files.iter().enumerate().filter(|(_, it)| it.seen.is_ok());
            good.nth(place).map(|(at, _)| at)
        });
        if let Some(at) = at {
            self.at.set(at);
        }
    }

    /// Takes one file out of those at hand.
    pub fn leave_out(&self, at: usize) {
        self.files.update(|files| {
            if at < files.len() {
                files.remove(at);
            }
        });
        let left = self.files.with_untracked(Vec::len);
        if left == 0 {
            self.next();
            return;
        }
        let now = self.at.get_untracked();
        if now >= at && now > 0 {
            self.at.set(now - 1);
        }
        // Drawn anew even where the number stays the same.
        self.phase.set(Phase::Check);
    }

    fn look_at_waiting(&self, join: bool) {
        self.phase.set(Phase::Inspecting);
        let desk = *self;
        spawn_local(async move { desk.take_waiting(join).await });
    }

    async fn take_waiting(self, join: bool) {
        while let Some(Some(file)) = self.waiting.try_update(VecDeque::pop_front) {
            let opened = sheets::open(&file).await;
            for (file, name, fault) in opened {
                let seen = match fault {
                    Some(fault) => Err(fault),
                    None => self.look_at(&file, &name, Reading::default()).await,
                };
                self.files
                    .update(|files| files.push(Entry { file, name, seen }));
            }
        }
        self.files.update(|files| {
            let rank = |it: &Entry| match &it.seen {
                Ok(mapping) if mapping.kind == ImportKind::Customers => 0,
                Ok(_) => 1,
                Err(_) => 2,
            };
            files.sort_by_key(rank);
        });
        self.begin(join);
    }

    /// Shows what must be looked at, or goes on at once.
    fn begin(&self, join: bool) {
        let (good, unsure, fault) = self.files.with_untracked(|files| {
            let good = files.iter().filter(|it| it.seen.is_ok()).count();
            let unsure = files
                .iter()
                .position(|it| it.seen.as_ref().is_ok_and(|mapping| !mapping.is_sure()));
            let fault = files.iter().find_map(|it| it.seen.clone().err());
            (good, unsure, fault)
        });
        match (good, fault) {
            (0, Some(fault)) => {
                self.at.set(0);
                self.phase.set(Phase::Unreadable(fault));
            }
            (0, None) => self.phase.set(Phase::Choose),
            _ => {
                self.at.set(unsure.unwrap_or_default());
                self.phase.set(Phase::Check);
                if unsure.is_none() && !join {
                    self.dry_run();
                }
            }
        }
    }

    async fn look_at(self, file: &File, name: &str, reading: Reading) -> Result<Mapping, Fault> {
        let request = Request::Inspect {
            file_name: name.to_owned(),
            reading,
        };
        let (_, answer) = self.client.run(request, vec![file.clone().into()], |_| {});
        match answer.await?.0 {
            Reply::Inspection(inspection) => {
                let settings = self.client.status().get_untracked().map(|s| s.settings);
                let currency = settings.map_or(Currency::CNY, |s| s.currency);
                Ok(Mapping::new(inspection, currency))
            }
            _ => Err(client::mismatch()),
        }
    }

    /// Looks at the file again as a person says.
    pub fn look_again(&self, reading: Reading) {
        let at = self.at.get_untracked();
        let entry = self.files.with_untracked(|files| files.get(at).cloned());
        let Some(entry) = entry else {
            return;
        };
        let desk = *self;
        spawn_local(async move {
            let seen = desk.look_at(&entry.file, &entry.name, reading).await;
            if let (Err(fault), 1) = (&seen, desk.files.with_untracked(Vec::len)) {
                desk.phase.set(Phase::Unreadable(fault.clone()));
                return;
            }
            desk.files.update(|files| {
                if let Some(entry) = files.get_mut(at) {
                    entry.seen = seen;
                }
            });
            desk.phase.set(Phase::Check);
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

    /// The files that can be read, in their order.
    fn good(&self) -> Vec<(File, Mapping)> {
        self.files.with_untracked(|files| {
            let good = files.iter().filter_map(|it| {
                let mapping = it.seen.clone().ok()?;
                Some((it.file.clone(), mapping))
            });
            good.collect()
        })
    }

    /// Says what an import would do.
    pub fn dry_run(&self) {
        self.rows.set_value(Vec::new());
        self.phase.set(Phase::DryRun);
        let good = self.good();
        let request = Request::DryRun {
            plans: good.iter().map(|(_, mapping)| mapping.plan()).collect(),
            give: Rehearsal::Report,
        };
        let run = self.start_work(0);
        let blobs = good.iter().map(|(file, _)| file.clone().into()).collect();
        let answer = self.send(request, blobs);
        let desk = *self;
        spawn_local(async move {
            let answer = answer.await.map(|(reply, _)| reply);
            if desk.run.try_get_value() != run {
                return;
            }
            desk.end_work();
            let named = |reports: Vec<ImportReport>| {
                let reports = good.iter().zip(reports);
                let reports = reports.map(|((_, mapping), report)| report_of(mapping, report));
                Rc::new(reports.collect())
            };
            desk.phase.set(match answer {
                Ok(Reply::Rehearsed(reports)) => Phase::Preview(named(reports)),
                Ok(_) => Phase::Failed(client::mismatch()),
                Err(fault) => stopped(fault),
            });
        });
    }

    /// Saves what a dry run can give beside its report.
    pub fn save(&self, give: Rehearsal, fail: impl Fn(Fault) + 'static) {
        let good = self.good();
        let request = Request::DryRun {
            plans: good.iter().map(|(_, mapping)| mapping.plan()).collect(),
            give,
        };
        let files = good.iter().map(|(file, _)| file.clone().into()).collect();
        let (_, answer) = self.client.run(request, files, |_| {});
        let saving = self.saving;
        saving.set(true);
        spawn_local(async move {
            let answer = answer.await;
            let _ = saving.try_set(false);
            match answer {
                Ok((Reply::File(file), Some(blob))) => {
                    if !client::download(&blob, &file.name) {
                        fail(Fault::new(FaultCode::Storage));
                    }
                }
                Ok(_) => fail(client::mismatch()),
                Err(fault) => fail(fault),
            }
        });
    }

    /// Imports, one file after the other.
    pub fn import(&self) {
        if let Phase::Preview(reports) = self.phase.get_untracked() {
            let rows = reports.iter().map(|it| it.report.rows).collect();
            self.rows.set_value(rows);
        }
        self.phase.set(Phase::Importing);
        let run = self.start_work(0);
        let desk = *self;
        spawn_local(async move {
            let phase = desk.import_each(run).await;
            if desk.run.try_get_value() == run
                && let Some(phase) = phase
            {
                desk.end_work();
                desk.phase.set(phase);
            }
        });
    }

    async fn import_each(self, run: Option<u64>) -> Option<Phase> {
        let mut reports: Vec<FileReport> = Vec::new();
        for (place, (file, mapping)) in self.good().into_iter().enumerate() {
            self.going.set(place);
            self.progress.set(None);
            self.started_ms.set(Date::now());
            let request = Request::Import {
                plan: mapping.plan(),
            };
            let answer = self.send(request, vec![file.into()]).await;
            if self.run.try_get_value() != run {
                return None;
            }
            match answer {
                Ok((Reply::Import(report), _)) => {
                    let stop = report.cancelled;
                    reports.push(report_of(&mapping, *report));
                    if stop {
                        break;
                    }
                }
                Ok(_) => return Some(Phase::Failed(client::mismatch())),
                Err(fault) if reports.is_empty() => return Some(stopped(fault)),
                Err(fault) => return Some(Phase::Failed(fault)),
            }
        }
        Some(Phase::Done(Rc::new(reports)))
    }

    fn send(
        &self,
        request: Request,
        files: Vec<Blob>,
    ) -> impl Future<Output = Result<(Reply, Option<Blob>), Fault>> + use<> {
        let progress = self.progress;
        let (cancel, answer) = self.client.run(request, files, move |now| {
            let _ = progress.try_set(Some(now));
        });
        self.cancel.set_value(Some(cancel));
        answer
    }

    fn start_work(&self, going: usize) -> Option<u64> {
        self.progress.set(None);
        self.stopping.set(false);
        self.going.set(going);
        self.started_ms.set(Date::now());
        self.run.try_update_value(|run| {
            *run += 1;
            *run
        })
    }

    fn end_work(&self) {
        self.cancel.set_value(None);
        self.stopping.set(false);
    }

    /// Stops the work at hand and forgets it.
    fn drop_work(&self) {
        self.stop();
        self.end_work();
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

    /// Takes back what the files at hand brought, the last first.
    pub fn undo(&self, batches: Vec<BatchId>) {
        let desk = *self;
        spawn_local(async move {
            let (mut counts, mut done) = ([0, 0, 0], Vec::new());
            for batch in batches.into_iter().rev() {
                match desk.client.apply(Command::Undo { batch }).await {
                    Ok(answer) => {
                        if let Outcome::Undone {
                            removed,
                            restored,
                            kept,
                        } = answer.outcome
                        {
                            let [all_removed, all_restored, all_kept] = counts;
                            counts = [
                                all_removed + removed,
                                all_restored + restored,
                                all_kept + kept,
                            ];
                        }
                        done.push(batch);
                    }
                    Err(fault) => {
                        desk.phase.set(Phase::Failed(fault));
                        return;
                    }
                }
            }
            let [removed, restored, kept] = counts;
            desk.phase.set(Phase::Undone {
                removed,
                restored,
                kept,
                batches: done,
            });
        });
    }
}

fn shown(entry: &Entry) -> Shown {
    let mapping = entry.seen.as_ref();
    Shown {
        name: entry.name.clone(),
        seen: mapping.map(|it| it.kind).map_err(Fault::clone),
        missing: mapping.is_ok_and(|it| !it.missing().is_empty()),
        ambiguous: mapping.is_ok_and(Mapping::asks_for_dates),
    }
}

fn report_of(mapping: &Mapping, report: ImportReport) -> FileReport {
    FileReport {
        name: mapping.inspection.file_name.clone(),
        kind: mapping.kind,
        report,
    }
}

/// Where one is after a failure.
fn stopped(fault: Fault) -> Phase {
    match fault.code {
        FaultCode::Cancelled => Phase::Check,
        FaultCode::UnreadableFile => Phase::Unreadable(fault),
        _ => Phase::Failed(fault),
    }
}
