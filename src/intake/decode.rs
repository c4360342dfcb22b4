//! Bytes to text, chunk by chunk.

use encoding_rs::{Decoder, GB18030, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use model::import::TextEncoding;

/// Decodes a stream; bytes that are no text in the encoding become U+FFFD.
pub(crate) struct TextDecoder {
    decoder: Decoder,
}

impl std::fmt::Debug for TextDecoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.decoder.encoding().name())
    }
}

impl TextDecoder {
    /// A byte order mark is taken off.
    pub(crate) fn new(encoding: TextEncoding) -> Self {
        let encoding = match encoding {
            TextEncoding::Utf8 => UTF_8,
            TextEncoding::Utf16Le => UTF_16LE,
            TextEncoding::Utf16Be => UTF_16BE,
            TextEncoding::Gb18030 => GB18030,
            TextEncoding::Windows1252 => WINDOWS_1252,
        };
        Self {
            decoder: encoding.new_decoder_with_bom_removal(),
        }
    }

    /// Appends the text of `bytes` to `out`; characters cut in two wait for the next call. True when something had
    /// to be replaced.
    pub(crate) fn decode(&mut self, bytes: &[u8], last: bool, out: &mut String) -> bool {
        // A chunk is at most a few 10 kB, so the worst case of three bytes each is affordable and the output
        // never runs full.
        let room = self
            .decoder
            .max_utf8_buffer_length(bytes.len())
            .unwrap_or(bytes.len().saturating_mul(3).saturating_add(16));
        out.reserve(room);
        let (_, _, replaced) = self.decoder.decode_to_string(bytes, out, last);
        replaced
    }
}
