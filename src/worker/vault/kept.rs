//! Small files beside the database: the two copies of the key file, and the count of wrong passphrases.

use crate::{failure, files, opfs, time, wire};
use js_sys::Uint8Array;
use protocol::Fault;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, FileSystemDirectoryHandle, FileSystemFileHandle, FileSystemGetFileOptions,
    FileSystemReadWriteOptions, FileSystemSyncAccessHandle,
};

/// Another tab may be writing the same file for a moment.
const TRIES: u32 = 40;

/// Between two tries.
const PAUSE_MS: i32 = 50;

/// Closes the file however a function ends: an open handle would lock it for good.
struct Open(FileSystemSyncAccessHandle);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.close();
    }
}

fn is(error: &JsValue, name: &str) -> bool {
    wire::field(error, "name").as_string().as_deref() == Some(name)
}

async fn handle(
    folder: &FileSystemDirectoryHandle,
    name: &str,
    create: bool,
) -> Result<FileSystemFileHandle, JsValue> {
    let options = FileSystemGetFileOptions::new();
    options.set_create(create);
    JsFuture::from(folder.get_file_handle_with_options(name, &options))
        .await
        .map(JsCast::unchecked_into)
}

/// What is in a file; `None` when there is none.
///
/// # Errors
/// `Storage`.
pub async fn read(workspace: &str, name: &str) -> Result<Option<Vec<u8>>, Fault> {
    let folder = opfs::folder(workspace).await?;
    let handle = match handle(&folder, name, false).await {
        Ok(handle) => handle,
        Err(error) if is(&error, "NotFoundError") => return Ok(None),
        Err(error) => return Err(failure::storage(name, &error)),
    };
    let mut left = TRIES;
    loop {
        let file: Blob = JsFuture::from(handle.get_file())
            .await
            .map_err(|error| failure::storage(name, &error))?
            .unchecked_into();
        // A file that is written while it is read gives an error instead of half of it.
        match files::slice(&file, 0, files::size(&file)).await {
            Ok(bytes) => return Ok(Some(bytes)),
            Err(_) if left > 0 => time::sleep(PAUSE_MS).await,
            Err(fault) => return Err(fault),
        }
        left -= 1;
    }
}

/// Puts `bytes` into a file, in place of what was there. It is on the disk when this is done; when it is interrupted the
/// file is neither the one nor the other.
///
/// # Errors
/// `Storage`, `QuotaExceeded`.
pub async fn write(workspace: &str, name: &str, bytes: &[u8]) -> Result<(), Fault> {
    let folder = opfs::folder(workspace).await?;
    let told = |error: JsValue| failure::storage(name, &error);
    let handle = handle(&folder, name, true).await.map_err(told)?;
    let mut left = TRIES;
    let open = loop {
        match JsFuture::from(handle.create_sync_access_handle()).await {
            Ok(access) => break Open(access.unchecked_into()),
            Err(error) if left > 0 && is(&error, "NoModificationAllowedError") => {
                time::sleep(PAUSE_MS).await;
            }
            Err(error) => return Err(told(error)),
        }
        left -= 1;
    };
    let options = FileSystemReadWriteOptions::new();
    options.set_at(0.0);
    let written = open
        .0
        .write_with_u8_array_and_options(bytes, &options)
        .map_err(told)?;
    if written != bytes.len() as f64 {
        return Err(told(JsValue::from_str("QuotaExceededError: short write")));
    }
    open.0.truncate_with_f64(written).map_err(told)?;
    open.0.flush().map_err(told)
}

/// Removes a file, if there is one.
///
/// # Errors
/// `Storage`.
pub async fn remove(workspace: &str, name: &str) -> Result<(), Fault> {
    let folder = opfs::folder(workspace).await?;
    match JsFuture::from(folder.remove_entry(name)).await {
        Err(error) if !is(&error, "NotFoundError") => Err(failure::storage(name, &error)),
        _ => Ok(()),
    }
}

/// Random bytes of the browser.
///
/// # Errors
/// `Storage` where it gives none: a key of zeros would be worse than none.
pub fn random(bytes: &mut [u8]) -> Result<(), Fault> {
    let given = Uint8Array::new_with_length(u32::try_from(bytes.len()).unwrap_or(0));
    time::scope()
        .crypto()
        .and_then(|crypto| crypto.get_random_values_with_js_u8_array(&given))
        .map_err(|error| failure::storage("random", &error))?;
    given.copy_to(bytes);
    Ok(())
}
