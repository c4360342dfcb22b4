//! The column snapshot: a plain file beside the database, so that the next opening need not read every order.
//!
//! It is derived data. The engine checks content and version; here only a file that was cut off in the middle of
//! writing is recognised: the header with the length is written last.

use crate::{failure, opfs};
use protocol::Fault;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    FileSystemDirectoryHandle, FileSystemFileHandle, FileSystemGetFileOptions,
    FileSystemReadWriteOptions, FileSystemSyncAccessHandle,
};

const FILE: &str = "columns";

/// Length of the content, eight bytes, little end first.
const HEADER: u64 = 8;

/// Closes the file however a function ends: an open handle would lock it for good.
struct Open(FileSystemSyncAccessHandle);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl Open {
    async fn file(folder: &FileSystemDirectoryHandle, create: bool) -> Result<Self, JsValue> {
        let options = FileSystemGetFileOptions::new();
        options.set_create(create);
        let handle: FileSystemFileHandle =
            JsFuture::from(folder.get_file_handle_with_options(FILE, &options))
                .await?
                .unchecked_into();
        let access = JsFuture::from(handle.create_sync_access_handle()).await?;
        Ok(Self(access.unchecked_into()))
    }

    fn read(&self, bytes: &mut [u8], at: u64) -> Result<bool, JsValue> {
        let options = FileSystemReadWriteOptions::new();
        options.set_at(at as f64);
        let read = self.0.read_with_u8_array_and_options(bytes, &options)?;
        Ok(read == bytes.len() as f64)
    }

    fn write(&self, bytes: &[u8], at: u64) -> Result<(), JsValue> {
        let options = FileSystemReadWriteOptions::new();
        options.set_at(at as f64);
        let written = self.0.write_with_u8_array_and_options(bytes, &options)?;
        if written == bytes.len() as f64 {
            Ok(())
        } else {
            Err(JsValue::from_str("QuotaExceededError: short write"))
        }
    }
}

/// The last snapshot; `None` when there is none that is whole.
pub async fn load(workspace: &str) -> Option<Vec<u8>> {
    let folder = opfs::folder(workspace).await.ok()?;
    let file = Open::file(&folder, false).await.ok()?;
    let mut header = [0_u8; HEADER as usize];
    if !file.read(&mut header, 0).ok()? {
        return None;
    }
    let length = u64::from_le_bytes(header);
    let size = file.0.get_size().ok()?;
    if length == 0 || (length + HEADER) as f64 != size {
        return None;
    }
    let mut bytes = vec![0; usize::try_from(length).ok()?];
    file.read(&mut bytes, HEADER).ok()?.then_some(bytes)
}

/// Writes a snapshot over the last one.
///
/// # Errors
/// `Storage` or `QuotaExceeded`; there is no snapshot then, which frees its room for the database.
pub async fn save(workspace: &str, bytes: &[u8]) -> Result<(), Fault> {
    let folder = opfs::folder(workspace).await?;
    let written = match Open::file(&folder, true).await {
        Err(error) => Err(error),
        Ok(file) => write_all(&file, bytes),
    };
    if let Err(error) = written {
        remove(workspace).await;
        return Err(failure::storage("snapshot", &error));
    }
    Ok(())
}

fn write_all(file: &Open, bytes: &[u8]) -> Result<(), JsValue> {
    file.0.truncate_with_f64(0.0)?;
    file.write(bytes, HEADER)?;
    file.0.flush()?;
    file.write(&(bytes.len() as u64).to_le_bytes(), 0)?;
    file.0.flush()
}

/// Removes the snapshot. True if there was one.
pub async fn remove(workspace: &str) -> bool {
    let Ok(folder) = opfs::folder(workspace).await else {
        return false;
    };
    JsFuture::from(folder.remove_entry(FILE)).await.is_ok()
}
