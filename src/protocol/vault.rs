//! Encryption at rest: how it stands, unlocking, locking, turning it on and off.

use serde::{Deserialize, Serialize};

/// A passphrase of a person must have so many characters. Programs may use what they like.
pub const PASSPHRASE_MIN: usize = 8;

/// Minutes without use after which a workspace may lock itself; 0 is never.
pub const LOCK_AFTER: [u32; 4] = [0, 5, 15, 60];

/// What is asked of the lock. Answers [`VaultReply`].
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VaultJob {
    /// How it stands.
    Look,
    /// Unlocks for this tab.
    Unlock {
        /// Passphrase or recovery key.
        secret: VaultSecret,
    },
    /// Somebody uses a page: it does not lock by itself for a while.
    Used,
    /// Locks at once, in all tabs.
    Lock,
    /// Makes keys and gives the recovery key. Nothing is encrypted yet, and nothing is kept.
    Prepare {
        /// The passphrase that there will be.
        passphrase: String,
    },
    /// Encrypts the workspace with what was prepared, and locks it.
    TurnOn,
    /// Writes everything as it was without encryption, and opens it anew.
    TurnOff {
        /// The passphrase, so that nobody else does it at a page left open.
        passphrase: String,
    },
    /// Another passphrase; nothing else is encrypted anew.
    Change {
        /// Passphrase or recovery key until now.
        secret: VaultSecret,
        /// The new one.
        passphrase: String,
    },
    /// Another recovery key; the one before opens nothing any more.
    NewRecovery {
        /// The passphrase.
        passphrase: String,
    },
    /// Lock after so many minutes without use.
    LockAfter {
        /// One of [`LOCK_AFTER`].
        minutes: u32,
    },
    /// Whether the ciphers give what published vectors say.
    Check,
}

/// What a person unlocks with.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VaultSecret {
    /// The passphrase.
    Passphrase(String),
    /// The recovery key, as typed.
    Recovery(String),
}

// Passphrases are in no log and no message of a failure.
impl std::fmt::Debug for VaultJob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("VaultJob")
    }
}

impl std::fmt::Debug for VaultSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("VaultSecret")
    }
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VaultReply {
    /// It was done.
    Done,
    /// How it stands.
    State(VaultView),
    /// The recovery key, to be shown once.
    Recovery(String),
    /// So many published vectors hold.
    Checked(u32),
}

/// How encryption stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VaultView {
    /// It can be turned on: the data is kept on this device.
    pub possible: bool,
    /// It is on.
    pub on: bool,
    /// Seconds to wait before another passphrase may be tried.
    pub wait: u32,
    /// Locks after so many minutes without use; 0 is never.
    pub lock_after: u32,
    /// A recovery key was shown.
    pub recovery: bool,
    /// What the passphrase's key costs: memory in MiB and passes over it.
    pub cost: (u32, u32),
}
