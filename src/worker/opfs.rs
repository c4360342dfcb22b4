//! The origin-private file system: whether there is one, and opening the database in it.
//!
//! A plain database and an encrypted one have different names in the pool; the key file says which of them counts
//! (`vault`). SQLite encrypts page by page in a layer of its own above the pool (SQLite3 Multiple Ciphers), which a
//! plain database does not pass through.

use crate::vault::Unlocked;
use crate::{failure, heads, time, wire};
use ::vault::Keys;
use engine::Connection;
use js_sys::Reflect;
use protocol::{Fault, FaultCode};
use sqlite_wasm_rs::vfs::VfsFilesManager;
use sqlite_wasm_vfs::sahpool::{OpfsSAHError, OpfsSAHPoolCfgBuilder, OpfsSAHPoolUtil, install};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{FileSystemDirectoryHandle, FileSystemGetDirectoryOptions, StorageManager};
use zeroize::Zeroizing;

/// Name of the database inside the pool.
pub const DATABASE: &str = "shuke.db";

/// Name of an encrypted one.
pub const SEALED: &str = "shuke.sealed";

/// Name of the encrypted database by way of which a backup is restored; there is none in between.
const BETWEEN: &str = "shuke.between";

/// SQLite's way into the pool for a plain database. Without a key of its own it would be encrypted as the one is that it
/// is copied from.
pub const PLAIN_ADDRESS: &str = "file:shuke.db?vfs=opfs-sahpool&key=&reserve=0";

/// Bytes at the end of each page for what encrypting it needs: nonce and tag.
const RESERVED: &str = "20";

/// The pool of files below SQLite.
pub type Pool = OpfsSAHPoolUtil;

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

/// The name of the database that counts.
pub fn name_of_database(unlocked: Option<&Unlocked>) -> &'static str {
    match unlocked {
        Some(_) => SEALED,
        None => DATABASE,
    }
}

/// Opens the workspace's database, and removes what an interrupted turning on or off left of the other. Waits for the
/// files while a dying tab still holds them.
///
/// # Errors
/// `Damaged` when what is there is not called a database any more, or is encrypted and has lost its key file;
/// `Storage` or `QuotaExceeded`.
pub async fn open(workspace: &str, unlocked: Option<&Unlocked>) -> Result<Connection, Fault> {
    let name = name_of_database(unlocked);
    heads::check(workspace, name).await?;
    let pool = pool(workspace).await?;
    let there = |name: &str| pool.contains(name).map_err(|error| failure::pool(&error));
    remove(&pool, BETWEEN)?;
    match unlocked {
        Some(_) if there(DATABASE)? && there(SEALED)? => remove(&pool, DATABASE)?,
        None if there(SEALED)? && there(DATABASE)? => remove(&pool, SEALED)?,
        Some(_) if there(DATABASE)? => {
            return Err(Fault::new(FaultCode::Damaged).detail("the encrypted database is gone"));
        }
        None if there(SEALED)? => {
            return Err(Fault::new(FaultCode::Damaged).detail("the key file is gone"));
        }
        _ => {}
    }
    connect(unlocked.map(|unlocked| &unlocked.keys))
}

/// Opens the database in the pool, which is there already.
///
/// # Errors
/// `Storage`; `Damaged` for an encrypted one whose pages are not.
pub fn connect(keys: Option<&Keys>) -> Result<Connection, Fault> {
    let opened = match keys {
        None => Connection::open(DATABASE),
        Some(keys) => Connection::open(sealed_address(keys, SEALED).as_str()),
    };
    let connection =
        opened.map_err(|error| Fault::new(FaultCode::Storage).detail(format!("open: {error}")))?;
    if keys.is_some() {
        check_pages(&connection)?;
    }
    Ok(connection)
}

/// SQLite's way to an encrypted database. The key is 256 random bits: SQLite derives nothing from it.
pub fn sealed_address(keys: &Keys, name: &str) -> Zeroizing<String> {
    layer_above_the_pool();
    let key = keys.database_hex();
    let key = key.as_str();
    Zeroizing::new(format!(
        "file:{name}?vfs=multipleciphers-opfs-sahpool&cipher=chacha20&key=raw%3A{key}"
    ))
}

/// SQLite's way to the database by way of which an encrypted one takes over a backup.
pub fn address_between(keys: &Keys) -> Zeroizing<String> {
    sealed_address(keys, BETWEEN)
}

/// Removes what restoring a backup went by way of.
pub async fn remove_between(workspace: &str) -> Result<(), Fault> {
    remove(&pool(workspace).await?, BETWEEN)
}

/// Puts the layer that encrypts above the pool, if it is not there yet.
#[expect(
    unsafe_code,
    reason = "SQLite is called in C; the names end with a zero"
)]
fn layer_above_the_pool() {
    // SAFETY: both names are static and end with a zero; SQLite copies what it keeps of them.
    unsafe {
        if sqlite_wasm_rs::sqlite3_vfs_find(c"multipleciphers-opfs-sahpool".as_ptr()).is_null() {
            // Where it fails opening an encrypted database fails, which is told.
            let _ = sqlite_wasm_rs::sqlite3mc_vfs_create(c"opfs-sahpool".as_ptr(), 0);
        }
    }
}

/// An encrypted database whose pages have no room for nonce and tag would be encrypted without being protected
/// against changes. None is ever written here; if there is one it is not ours.
fn check_pages(connection: &Connection) -> Result<(), Fault> {
    let damaged =
        |detail: String| Fault::new(FaultCode::Damaged).detail(format!("pages: {detail}"));
    let pages: i64 = connection
        .query_row("PRAGMA page_count", [], |row| row.get(0))
        .map_err(|error| damaged(error.to_string()))?;
    if pages == 0 {
        return Ok(());
    }
    let sql = "SELECT hex(substr(data, 21, 1)) FROM sqlite_dbpage WHERE pgno = 1";
    let reserved: String = connection
        .query_row(sql, [], |row| row.get(0))
        .map_err(|error| damaged(error.to_string()))?;
    if reserved == RESERVED {
        Ok(())
    } else {
        Err(damaged(format!("reserved {reserved}")))
    }
}

/// Whether a copy that was just written is whole, before it takes the other's place.
///
/// # Errors
/// `Damaged`, `Storage`.
pub fn check_copy(keys: Option<&Keys>) -> Result<(), Fault> {
    let connection = connect(keys)?;
    let told: Result<String, _> =
        connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0));
    match told {
        Ok(answer) if answer == "ok" => Ok(()),
        Ok(answer) => Err(Fault::new(FaultCode::Damaged).detail(answer)),
        Err(error) => Err(Fault::new(FaultCode::Damaged).detail(error.to_string())),
    }
}

/// Removes a database and its journal from the pool: their files are cut to nothing.
///
/// # Errors
/// `Storage`.
pub fn remove(pool: &Pool, name: &str) -> Result<(), Fault> {
    for name in [name.to_owned(), format!("{name}-journal")] {
        if pool
            .contains(&name)
            .map_err(|error| failure::pool(&error))?
        {
            pool.remove(&name).map_err(|error| failure::pool(&error))?;
        }
    }
    Ok(())
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
