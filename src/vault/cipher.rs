//! XChaCha20-Poly1305 and bytes as text: the one cipher of all that is ours. (SQLite's pages have their own, below
//! SQLite; see `docs/encryption.md`.)

use crate::Trouble;
use chacha20poly1305::aead::{Aead, AeadInOut, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use serde::{Deserialize, Serialize};

/// Bytes of a key.
pub const KEY: usize = 32;

/// Bytes of a nonce: enough to be drawn at random for ever.
pub const NONCE: usize = 24;

/// Bytes by which sealing makes something longer.
pub const TAG: usize = 16;

/// Something sealed, as the key file holds it: in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sealed {
    nonce: String,
    sealed: String,
}

impl Sealed {
    /// Seals `plain` under `key`, bound to `about`.
    pub fn new(key: &[u8; KEY], nonce: [u8; NONCE], plain: &[u8], about: &[u8]) -> Self {
        let payload = Payload {
            msg: plain,
            aad: about,
        };
        // Fails only for more than 256 GB.
        let sealed = XChaCha20Poly1305::new(&(*key).into())
            .encrypt(&XNonce::from(nonce), payload)
            .unwrap_or_default();
        Self {
            nonce: hex(&nonce),
            sealed: hex(&sealed),
        }
    }

    /// What was sealed.
    ///
    /// # Errors
    /// [`Trouble::Wrong`] for another key, another `about` or a changed byte.
    pub fn open(&self, key: &[u8; KEY], about: &[u8]) -> Result<Vec<u8>, Trouble> {
        let nonce: [u8; NONCE] = bytes(&self.nonce).ok_or(Trouble::Wrong)?;
        let sealed = any_bytes(&self.sealed).ok_or(Trouble::Wrong)?;
        let payload = Payload {
            msg: &sealed,
            aad: about,
        };
        XChaCha20Poly1305::new(&(*key).into())
            .decrypt(&XNonce::from(nonce), payload)
            .map_err(|_| Trouble::Wrong)
    }
}

/// Seals bytes where they are; they grow by [`TAG`].
pub fn seal(key: &[u8; KEY], nonce: [u8; NONCE], about: &[u8], bytes: &mut Vec<u8>) {
    // Fails only for more than 256 GB.
    let _ =
        XChaCha20Poly1305::new(&(*key).into()).encrypt_in_place(&XNonce::from(nonce), about, bytes);
}

/// Opens bytes where they are.
///
/// # Errors
/// [`Trouble::Wrong`]; then nothing of them is plain.
pub fn open(
    key: &[u8; KEY],
    nonce: [u8; NONCE],
    about: &[u8],
    bytes: &mut Vec<u8>,
) -> Result<(), Trouble> {
    XChaCha20Poly1305::new(&(*key).into())
        .decrypt_in_place(&XNonce::from(nonce), about, bytes)
        .map_err(|_| Trouble::Wrong)
}

/// In hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| DIGITS.get(usize::from(value & 15)).copied().unwrap_or(b'0');
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(*byte)])
        .map(char::from)
        .collect()
}

/// Bytes of hexadecimal text, in small letters only: a text is one thing written one way.
pub fn any_bytes(text: &str) -> Option<Vec<u8>> {
    let value = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let mut digits = text.bytes();
    let mut all = Vec::with_capacity(text.len() / 2);
    while let Some(high) = digits.next() {
        all.push(value(high)? << 4 | value(digits.next()?)?);
    }
    Some(all)
}

/// So many bytes of hexadecimal text.
pub fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    any_bytes(text)?.try_into().ok()
}
