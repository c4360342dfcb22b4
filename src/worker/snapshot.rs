//! The column snapshot: a plain file beside the database, so that the next opening need not read every order.
//!
//! Of an encrypted workspace it is encrypted, too: piece by piece, so that others have their turn between two of them.
//!
//! It is derived data. The engine checks content and version; here only a file that was cut off in the middle of
//! writing is recognised: the header with the length is written last.

use crate::vault::Unlocked;
use crate::{failure, opfs, random, time};
use ::vault::{Keys, SNAPSHOT_OVERHEAD};
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

/// Random bytes before the pieces of an encrypted one.
const NONCE: usize = 20;

/// Bytes of a piece before it is encrypted.
const PIECE: usize = 1 << 20;

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
pub async fn load(workspace: &str, unlocked: Option<&Unlocked>) -> Option<Vec<u8>> {
    let bytes = read(workspace).await?;
    match unlocked {
        None => Some(bytes),
        Some(unlocked) => open_sealed(&unlocked.keys, &bytes).await,
    }
}

/// What was sealed; `None` if anything of it is another than it was.
async fn open_sealed(keys: &Keys, bytes: &[u8]) -> Option<Vec<u8>> {
    let (nonce, rest) = bytes.split_first_chunk::<NONCE>()?;
    let mut plain = Vec::with_capacity(rest.len());
    let mut pieces = rest
        .chunks(PIECE + SNAPSHOT_OVERHEAD)
        .enumerate()
        .peekable();
    while let Some((number, piece)) = pieces.next() {
        let mut piece = piece.to_vec();
        let last = pieces.peek().is_none();
        keys.open_piece(nonce, u32::try_from(number).ok()?, last, &mut piece)
            .ok()?;
        plain.append(&mut piece);
        time::let_others().await;
    }
    Some(plain)
}

async fn seal(keys: &Keys, bytes: &[u8]) -> Vec<u8> {
    let nonce = random::bytes::<NONCE>();
    let pieces = bytes.len().div_ceil(PIECE);
    let mut sealed = Vec::with_capacity(NONCE + bytes.len() + pieces * SNAPSHOT_OVERHEAD);
    sealed.extend(nonce);
    for (number, piece) in bytes.chunks(PIECE).enumerate() {
        let mut piece = piece.to_vec();
        let place = u32::try_from(number).unwrap_or(u32::MAX);
        keys.seal_piece(&nonce, place, number + 1 == pieces, &mut piece);
        sealed.append(&mut piece);
        time::let_others().await;
    }
    sealed
}

async fn read(workspace: &str) -> Option<Vec<u8>> {
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
pub async fn save(
    workspace: &str,
    unlocked: Option<&Unlocked>,
    bytes: Vec<u8>,
) -> Result<(), Fault> {
    let bytes = match unlocked {
        None => bytes,
        Some(unlocked) => seal(&unlocked.keys, &bytes).await,
    };
    let folder = opfs::folder(workspace).await?;
    let written = match Open::file(&folder, true).await {
        Err(error) => Err(error),
        Ok(file) => write_all(&file, &bytes),
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
