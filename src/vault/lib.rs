//! Encryption at rest: the key file of an encrypted workspace, and the keys that follow from it.
//!
//! Invariants: no clock, no network, no browser, nothing of ours; randomness is an argument. A workspace's data key is
//! 256 random bits that never change and are never stored but wrapped: once by a key from the passphrase (Argon2id),
//! once by a key from the recovery key. What is wrong with a key file or a passphrase is one of the few words of
//! [`Trouble`], and a wrong passphrase, a wrong recovery key and a file somebody has changed on purpose are the same one.
//!
//! `docs/encryption.md` says what all this protects against and what not.

mod attempts;
mod cipher;
mod file;
mod keys;
mod recovery;
#[cfg(test)]
mod tests;
pub mod vectors;

pub use attempts::Attempts;
pub use file::{
    Changed, FLOOR, Kdf, KeyFile, New, Options, RECOMMENDED_KIB, RECOMMENDED_PASSES, Random,
    Secret, newest,
};
pub use keys::{DataKey, Keys, SNAPSHOT_OVERHEAD};
pub use recovery::RecoveryKey;

/// Why a key file does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The secret does not open this file. Nothing says whether the secret or the file is another than it was.
    Wrong,
    /// The file is cut off or its checksum does not hold: damage, found without any secret.
    Damaged,
    /// Written by a newer version, with a form of file this one does not know.
    Newer,
    /// The file asks for a passphrase key that is easier to guess than the floor allows.
    Weak,
}
