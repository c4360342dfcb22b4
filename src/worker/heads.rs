//! Whether the database is still known by its name.
//!
//! Each file of the pool below SQLite has a head with the name of what is in it. A file whose head was damaged is
//! one without a name or with another, and SQLite would create a new, empty database beside it, as if nothing had
//! ever been here. So the heads are looked at before the pool is opened.

use crate::{files, opfs};
use js_sys::{AsyncIterator, IteratorNext};
use protocol::{Fault, FaultCode};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, FileSystemDirectoryHandle, FileSystemFileHandle};

/// Length of a head; what is longer has content.
const HEAD_BYTES: u64 = 4096;

/// Where the pool keeps its files inside its folder.
const FOLDER: &str = ".opaque";

/// Nothing if the database called `name` has its name or there is none yet.
///
/// # Errors
/// `Damaged`: there is content, and none of it is called the database.
pub async fn check(workspace: &str, name: &str) -> Result<(), Fault> {
    // What cannot be looked at is for the pool to complain about.
    match content_without_a_name(workspace, name).await {
        Ok(true) => Err(Fault::new(FaultCode::Damaged).detail("the database has lost its name")),
        Ok(false) | Err(_) => Ok(()),
    }
}

/// Whether there is any content yet.
pub async fn any(workspace: &str) -> bool {
    // No content is called nothing.
    matches!(content_without_a_name(workspace, "").await, Ok(true))
}

async fn content_without_a_name(workspace: &str, wanted: &str) -> Result<bool, JsValue> {
    let root = opfs::root().await?;
    let pool = folder(&root, &opfs::pool_folder(workspace)).await?;
    let files = folder(&pool, FOLDER).await?;
    let mut content = false;
    let entries: AsyncIterator = files.values();
    loop {
        let next: IteratorNext = JsFuture::from(entries.next()?).await?.unchecked_into();
        if next.done() {
            return Ok(content);
        }
        let Ok(handle) = next.value().dyn_into::<FileSystemFileHandle>() else {
            continue;
        };
        let file: Blob = JsFuture::from(handle.get_file()).await?.unchecked_into();
        let size = files::size(&file);
        if size <= HEAD_BYTES {
            continue;
        }
        content = true;
        let name = format!("{wanted}\0");
        let head = files::slice(&file, 0, name.len() as u64).await;
        if !wanted.is_empty() && head.map_err(|_| JsValue::NULL)? == name.as_bytes() {
            return Ok(false);
        }
    }
}

async fn folder(
    parent: &FileSystemDirectoryHandle,
    name: &str,
) -> Result<FileSystemDirectoryHandle, JsValue> {
    JsFuture::from(parent.get_directory_handle(name))
        .await
        .map(JsCast::unchecked_into)
}
