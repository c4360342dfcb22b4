//! The page's connection to its worker: ask, and hear of changes.
//!
//! [`Client`] is a small copyable handle, put into the context by the application's root. Pages ask with
//! [`Client::query`], change data with [`Client::apply`], and do long work (files) with [`Client::run`]:
//!
//! ```ignore
//! let client = expect_context::<Client>();
//! let home = LocalResource::new(move || {
//!     client.data_version().track();                       // ask again after every change
//!     async move { expect_reply!(client.query(Query::Home).await, Reply::Home) }
//! });
//! ```
//!
//! Nothing is lost when the worker fails: it is started anew, and what was unanswered is asked once more. A command
//! carries its request's id, so that it is applied once even when it had been committed before the failure.
//!
//! Invariant: the page holds no data but the last answers; the worker is never waited for on the main thread.

mod files;
mod line;
mod wire;

pub use files::{StorageEstimate, download, estimate, persist, persisted};
pub use wire::{ALL as ALL_SPEECH, Speech, learn};

use futures_channel::oneshot;
use line::{Answer, Line, Waiting};
use protocol::{
    Command, Done, Fault, FaultCode, Progress, Query, Reply, Request, RequestId, Status, Storage,
    SyncLight,
};
use std::future::Future;
use std::rc::Rc;
use ui::prelude::*;
use web_sys::Blob;

/// What to open.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Address of the worker's script; `None` takes the one that the page's start script names.
    pub worker_url: Option<String>,
    /// Workspace: one database each. Letters, digits and `-`.
    pub workspace: String,
    /// Where to keep it.
    pub storage: Storage,
    /// Fill an empty memory workspace with this sample business (`cafe`).
    pub demo: Option<String>,
    /// Time zone for a new workspace (IANA).
    pub zone: String,
    /// Currency for a new workspace.
    pub currency: String,
}

/// How the connection stands.
#[derive(Clone, Debug, PartialEq)]
pub enum Connection {
    /// The worker starts or opens the workspace; requests wait.
    Opening,
    /// Requests are answered.
    Ready,
    /// Worker (or another tab) and page are of different versions: the page must be reloaded.
    OtherVersion,
    /// The workspace could not be opened, or the worker does not start. Nothing was changed. When it is damaged,
    /// [`Request::Backup`] gives the file as it is, and [`Request::Restore`] puts a backup in its place.
    Failed(Fault),
    /// The worker failed with this message and is being started anew; requests wait.
    Restarting(String),
}

/// What the page shows of the connection.
#[derive(Clone, Copy)]
struct Signals {
    connection: RwSignal<Connection>,
    status: RwSignal<Option<Status>>,
    sync: RwSignal<Option<SyncLight>>,
    data_version: RwSignal<u64>,
    columns_ready: RwSignal<bool>,
    failure: RwSignal<Option<String>>,
    leader_silent: RwSignal<bool>,
}

/// The page's connection to its worker. Copies are the same connection.
#[derive(Clone, Copy)]
pub struct Client {
    line: StoredValue<Rc<Line>, LocalStorage>,
    signals: Signals,
}

/// Stops a long request.
#[derive(Clone)]
pub struct CancelHandle {
    client: Client,
    id: RequestId,
}

impl CancelHandle {
    /// Asks the worker to stop; the request's answer is then [`FaultCode::Cancelled`] or what was done so far.
    pub fn cancel(&self) {
        let _ = self
            .client
            .line
            .try_with_value(|line| line.cancel(&self.id));
    }
}

/// Tells the worker that nobody waits for a query any more (the page was left, the search word changed).
struct CancelOnDrop(Option<CancelHandle>);

impl CancelOnDrop {
    fn answered(mut self) {
        self.0 = None;
    }
}

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        if let Some(handle) = self.0.take() {
            handle.cancel();
        }
    }
}

impl Client {
    /// Starts a worker and opens the workspace. Call it once, inside the application's root component, so that the
    /// handle lives as long as the page.
    pub fn connect(options: Options) -> Self {
        let signals = Signals {
            connection: RwSignal::new(Connection::Opening),
            status: RwSignal::new(None),
            sync: RwSignal::new(None),
            data_version: RwSignal::new(0),
            columns_ready: RwSignal::new(false),
            failure: RwSignal::new(None),
            leader_silent: RwSignal::new(false),
        };
        let line = Line::start(options, signals);
        Self {
            line: StoredValue::new_local(line),
            signals,
        }
    }

    /// Reads data. Dropping the future tells the worker not to bother.
    pub fn query(&self, query: Query) -> impl Future<Output = Result<Reply, Fault>> + use<> {
        let (handle, receiver) = self.ask(Request::Query(query));
        let guard = CancelOnDrop(Some(handle));
        async move {
            let result = settle(receiver.await);
            guard.answered();
            result
        }
    }

    /// Changes data. The command is carried out even when the future is dropped.
    pub fn apply(&self, command: Command) -> impl Future<Output = Result<Done, Fault>> + use<> {
        let (_, receiver) = self.ask(Request::Command(command));
        async move {
            match settle(receiver.await)? {
                Reply::Done(done) => Ok(done),
                _ => Err(mismatch()),
            }
        }
    }

    /// Changes data under an id of the caller's: the same id again is not carried out again, and is answered as the
    /// first time. For acts that a person may send twice and that have no idempotency key of their own.
    pub fn apply_once(
        &self,
        id: RequestId,
        command: Command,
    ) -> impl Future<Output = Result<Done, Fault>> + use<> {
        let (sender, receiver) = oneshot::channel();
        let waiting = Waiting {
            answer: Answer::Plain(sender),
            on_progress: None,
        };
        let _ = self
            .line
            .try_with_value(|line| line.send(id, Request::Command(command), &[], waiting));
        async move {
            match settle(receiver.await)? {
                Reply::Done(done) => Ok(done),
                _ => Err(mismatch()),
            }
        }
    }

    /// Does long work on files: import, dry run, export, backup, restore. The answer comes with the bytes of a file
    /// where the request makes one.
    pub fn run<P: Fn(Progress) + 'static>(
        &self,
        request: Request,
        files: Vec<Blob>,
        on_progress: P,
    ) -> (
        CancelHandle,
        impl Future<Output = Result<(Reply, Option<Blob>), Fault>> + use<P>,
    ) {
        let (sender, receiver) = oneshot::channel();
        let waiting = Waiting {
            answer: Answer::WithFile(sender),
            on_progress: Some(Rc::new(on_progress)),
        };
        let handle = self.send(request, &files, waiting);
        let future = async move { receiver.await.unwrap_or_else(|_| Err(closed())) };
        (handle, future)
    }

    /// What is open and how it stands with storage and backup; kept up to date.
    pub fn status(&self) -> Signal<Option<Status>> {
        self.signals.status.into()
    }

    /// How sync stands; `None` where no endpoint is connected.
    pub fn sync(&self) -> RwSignal<Option<SyncLight>> {
        self.signals.sync
    }

    /// How the connection stands.
    pub fn connection(&self) -> Signal<Connection> {
        self.signals.connection.into()
    }

    /// Grows when data changed, by this tab or another. Resources that track it ask again.
    pub fn data_version(&self) -> Signal<u64> {
        self.signals.data_version.into()
    }

    /// Whether counts, segments and points answer at once; before, they wait until the columns are in memory.
    pub fn columns_ready(&self) -> Signal<bool> {
        self.signals.columns_ready.into()
    }

    /// The worker failed with this message and was started anew. The page shows it until
    /// [`Client::dismiss_failure`].
    pub fn failure(&self) -> Signal<Option<String>> {
        self.signals.failure.into()
    }

    /// The person has read the message of [`Client::failure`].
    pub fn dismiss_failure(&self) {
        self.signals.failure.set(None);
    }

    /// Another tab holds the data and has not answered for some seconds.
    pub fn leader_silent(&self) -> Signal<bool> {
        self.signals.leader_silent.into()
    }

    /// Asks the page of the silent tab to end its worker if that is stuck; this tab or another then opens the data.
    pub fn take_over(&self) {
        // Other pages hear of a changed value only.
        crate::prefs::write(line::LET_GO, &line::random_id());
    }

    fn ask(&self, request: Request) -> (CancelHandle, oneshot::Receiver<Result<Reply, Fault>>) {
        let (sender, receiver) = oneshot::channel();
        let waiting = Waiting {
            answer: Answer::Plain(sender),
            on_progress: None,
        };
        (self.send(request, &[], waiting), receiver)
    }

    fn send(&self, request: Request, files: &[Blob], waiting: Waiting) -> CancelHandle {
        let id = line::random_id();
        let client = *self;
        // A page that outlives the root owner drops `waiting`, which answers as closed.
        let _ = self
            .line
            .try_with_value(|line| line.send(id.clone(), request, files, waiting));
        CancelHandle { client, id }
    }
}

/// The answer was given up: the connection is closed.
fn closed() -> Fault {
    Fault::new(FaultCode::Cancelled).detail("the connection to the worker is closed")
}

fn settle(received: Result<Result<Reply, Fault>, oneshot::Canceled>) -> Result<Reply, Fault> {
    received.unwrap_or_else(|_| Err(closed()))
}

/// The worker answered with another reply than the request has. It is not printed: the code that could would be
/// larger than the rest of the client.
pub fn mismatch() -> Fault {
    Fault::new(FaultCode::Internal).detail("the answer is not of the kind that was asked for")
}

/// Unwraps the variant a request is answered with: `expect_reply!(result, Reply::Home)` gives
/// `Result<Box<HomeView>, Fault>`; any other variant is an internal fault.
#[macro_export]
macro_rules! expect_reply {
    ($result:expr, $variant:path) => {
        match $result {
            Ok($variant(value)) => Ok(value),
            Ok(_) => Err($crate::client::mismatch()),
            Err(fault) => Err(fault),
        }
    };
}
