//! Reading a person's file in pieces, and making one.

use crate::failure;
use js_sys::{Array, ArrayBuffer, Uint8Array};
use protocol::Fault;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag};

/// Bytes read at a time.
pub const PIECE: u64 = 1 << 20;

/// The bytes of `blob` from `from` up to `to` (or its end).
///
/// # Errors
/// `UnreadableFile` when the file is gone or was changed since it was dropped.
pub async fn slice(blob: &Blob, from: u64, to: u64) -> Result<Vec<u8>, Fault> {
    let piece = blob
        .slice_with_f64_and_f64(from as f64, to as f64)
        .map_err(|error| failure::unreadable_file(&error))?;
    let buffer = JsFuture::from(piece.array_buffer())
        .await
        .map_err(|error| failure::unreadable_file(&error))?;
    let buffer: ArrayBuffer = buffer.unchecked_into();
    Ok(Uint8Array::new(&buffer).to_vec())
}

/// A file that is read from its beginning to its end.
pub struct Reading<'f> {
    file: &'f Blob,
    position: u64,
}

impl<'f> Reading<'f> {
    /// At its beginning.
    pub fn new(file: &'f Blob) -> Self {
        Self { file, position: 0 }
    }

    /// The next bytes; `None` at its end.
    ///
    /// # Errors
    /// As [`slice`].
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, Fault> {
        let size = size(self.file);
        if self.position >= size {
            return Ok(None);
        }
        let to = size.min(self.position + PIECE);
        let bytes = slice(self.file, self.position, to).await?;
        self.position = to;
        Ok(Some(bytes))
    }
}

/// The size of a file in bytes.
pub fn size(blob: &Blob) -> u64 {
    blob.size() as u64
}

/// A file that grows piece by piece; the browser holds the bytes, on disk if they are many.
pub struct Growing {
    pieces: Array,
}

impl Growing {
    /// An empty one.
    pub fn new() -> Self {
        Self {
            pieces: Array::new(),
        }
    }

    /// Appends.
    pub fn append(&self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let copy = Uint8Array::new_from_slice(bytes);
        self.pieces.push(&copy);
    }

    /// The whole.
    ///
    /// # Errors
    /// `Storage` when the browser has no room for it.
    pub fn finish(self, media_type: &str) -> Result<Blob, Fault> {
        let options = BlobPropertyBag::new();
        options.set_type(media_type);
        Blob::new_with_u8_array_sequence_and_options(&self.pieces, &options)
            .map_err(|error| failure::storage("file", &error))
    }
}
