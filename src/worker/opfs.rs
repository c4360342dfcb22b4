//! The origin-private file system: whether there is one, and opening the database in it.

use crate::{failure, heads, time, wire};
use engine::Connection;
use js_sys::Reflect;
use protocol::{Fault, FaultCode};
use sqlite_wasm_vfs::sahpool::{OpfsSAHError, OpfsSAHPoolCfgBuilder, OpfsSAHPoolUtil, install};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{FileSystemDirectoryHandle, FileSystemGetDirectoryOptions, StorageManager};

/// Name of the database inside the pool.
pub const DATABASE: &str = "shuke.db";

/// Files the pool keeps open: database, journal, and what SQLite needs beside them for a moment.
const POOL_FILES: usize = 8;

/// A tab that was just closed may hold its files for some seconds more.
const OPEN_TRIES_MS: f64 = 15_000.0;

/// Between two tries.
const OPEN_PAUSE_MS: i32 = 150;

/// The folder of all files of this origin.
///
/// # Errors
/// Why there is none, in a word: `insecure_context`, `no_opfs`, or the browser's name for the error (private windows
/// of some browsers say `SecurityError`).
pub async fn root() -> Result<FileSystemDirectoryHandle, String> {
    let scope = time::scope();
    if !scope.is_secure_context() {
        return Err("insecure_context".into());
    }
    let manager: StorageManager = wire::field(&scope.navigator(), "storage")
        .dyn_into()
        .map_err(|_| "no_opfs".to_owned())?;
    let offered = Reflect::has(&manager, &"getDirectory".into()).unwrap_or(false);
    if !offered || !has_sync_access() || !has_locks() {
        return Err("no_opfs".into());
    }
    let handle = JsFuture::from(manager.get_directory())
        .await
        .map_err(|error| name_of(&error))?;
    Ok(handle.unchecked_into())
}

/// Older browsers have the file system without the synchronous access that SQLite needs.
fn has_sync_access() -> bool {
    let class = wire::field(&js_sys::global(), "FileSystemFileHandle");
    let prototype = wire::field(&class, "prototype");
    Reflect::has(&prototype, &"createSyncAccessHandle".into()).unwrap_or(false)
}

/// Without locks two tabs could not agree on who holds the database.
fn has_locks() -> bool {
    wire::field(&time::scope().navigator(), "locks").is_object()
}

fn name_of(error: &JsValue) -> String {
    wire::field(error, "name")
        .as_string()
        .unwrap_or_else(|| "unknown".into())
}

/// The workspace's own folder for files beside the database.
///
/// # Errors
/// `Storage` or `QuotaExceeded`.
pub async fn folder(workspace: &str) -> Result<FileSystemDirectoryHandle, Fault> {
    let root = root()
        .await
        .map_err(|word| Fault::new(FaultCode::Storage).detail(word))?;
    let options = FileSystemGetDirectoryOptions::new();
    options.set_create(true);
    let name = format!("shuke-{workspace}");
    let handle = JsFuture::from(root.get_directory_handle_with_options(&name, &options))
        .await
        .map_err(|error| failure::storage("folder", &error))?;
    Ok(handle.unchecked_into())
}

/// Opens the workspace's database. Waits for the files while a dying tab still holds them.
///
/// # Errors
/// `Damaged` when what is there is not called a database any more, `Storage` or `QuotaExceeded`.
pub async fn open(workspace: &str) -> Result<Connection, Fault> {
    heads::check(workspace).await?;
    pool(workspace).await?;
    connect()
}

/// Opens the database in the pool, which is there already.
///
/// # Errors
/// `Storage`.
pub fn connect() -> Result<Connection, Fault> {
    Connection::open(DATABASE)
        .map_err(|error| Fault::new(FaultCode::Storage).detail(format!("open: {error}")))
}

/// The folder of the pool's files.
pub fn pool_folder(workspace: &str) -> String {
    format!("shuke-{workspace}-database")
}

/// The pool of files below SQLite, which is SQLite's way to storage from here on.
///
/// # Errors
/// `Storage` or `QuotaExceeded`.
pub async fn pool(workspace: &str) -> Result<OpfsSAHPoolUtil, Fault> {
    let config = OpfsSAHPoolCfgBuilder::new()
        .directory(&pool_folder(workspace))
        .initial_capacity(POOL_FILES)
        .build();
    let give_up_at = time::now_ms() + OPEN_TRIES_MS;
    loop {
        match install::<sqlite_wasm_rs::WasmOsCallback>(&config, true).await {
            Ok(pool) => return Ok(pool),
            Err(error) if held_by_another(&error) && time::now_ms() < give_up_at => {
                time::sleep(OPEN_PAUSE_MS).await;
            }
            Err(error) => return Err(failure::pool(&error)),
        }
    }
}

fn held_by_another(error: &OpfsSAHError) -> bool {
    error.to_string().contains("NoModificationAllowedError")
}
