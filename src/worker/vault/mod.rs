//! Encryption at rest, as far as the browser is in it: the key file's copies, unlocking, and how dear a passphrase key
//! is on this machine. Turning it on and off is in [`turn`], the locked tab in `door`.
//!
//! The key file says whether a workspace is encrypted. It is written when the encrypted database is whole, and removed
//! when the plain one is: what else lies in the pool then is left from before and is removed by the next opening.

mod kept;
pub mod turn;

use crate::time;
use ::vault::{Attempts, Kdf, KeyFile, Keys, New, RecoveryKey, Secret, Trouble, newest};
use protocol::{Fault, FaultCode, VaultSecret};
use std::cell::RefCell;

/// The copies of the key file.
const COPIES: [&str; 2] = ["keys-1", "keys-2"];

/// Wrong passphrases since the last right one.
const ATTEMPTS: &str = "attempts";

/// How long a passphrase key should take, in milliseconds: within half a second and one and a half even when the
/// machine is busier or less busy than when it was measured.
const WANTED_MS: f64 = 800.0;

/// An encrypted workspace that this tab may read.
pub struct Unlocked {
    /// Its keys.
    pub keys: Keys,
    /// The key file that gave them, or that took its place since.
    pub file: RefCell<KeyFile>,
}

/// The key files of a workspace, the newest first; none where it is not encrypted.
///
/// # Errors
/// `Damaged` when there were some and none is whole, `NewerSchema`, `Storage`.
pub async fn look(workspace: &str) -> Result<Vec<KeyFile>, Fault> {
    let copies = copies(workspace).await?;
    if copies.iter().all(Option::is_none) {
        return Ok(Vec::new());
    }
    newest(&copies).map_err(trouble)
}

async fn copies(workspace: &str) -> Result<Vec<Option<Vec<u8>>>, Fault> {
    let mut copies = Vec::new();
    for name in COPIES {
        copies.push(kept::read(workspace, name).await?);
    }
    Ok(copies)
}

fn trouble(trouble: Trouble) -> Fault {
    match trouble {
        Trouble::Wrong => Fault::new(FaultCode::WrongPassphrase),
        Trouble::Damaged => Fault::new(FaultCode::Damaged).detail("the key file is damaged"),
        Trouble::Newer => Fault::new(FaultCode::NewerSchema).detail("key file"),
        Trouble::Weak => Fault::new(FaultCode::Damaged).detail("the key file was weakened"),
    }
}

/// Keeps a key file: one copy after the other, so that there is a whole one at any moment.
///
/// # Errors
/// `Storage`, `QuotaExceeded`.
pub async fn keep(workspace: &str, file: &KeyFile) -> Result<(), Fault> {
    for name in COPIES {
        kept::write(workspace, name, &file.bytes()).await?;
    }
    Ok(())
}

/// Removes the key file: from then on the workspace is a plain one.
///
/// # Errors
/// `Storage`.
pub async fn forget(workspace: &str) -> Result<(), Fault> {
    for name in COPIES {
        kept::remove(workspace, name).await?;
    }
    kept::remove(workspace, ATTEMPTS).await
}

/// Brings both copies to the same after an interrupted change: to the one that `opened` was opened with. To be called
/// by whoever leads.
///
/// # Errors
/// `Storage`, `QuotaExceeded`.
pub async fn heal(workspace: &str, opened: &KeyFile) -> Result<(), Fault> {
    let copies = copies(workspace).await?;
    let whole = newest(&copies).map_err(trouble)?;
    let good = match whole.as_slice() {
        [only] => only,
        several => match several.iter().find(|file| *file == opened) {
            Some(mine) => mine,
            // Changed by another tab since this one was opened, and interrupted there: whoever opens it next knows.
            None => return Ok(()),
        },
    };
    let bytes = good.bytes();
    if copies.iter().all(|copy| copy.as_ref() == Some(&bytes)) {
        return Ok(());
    }
    keep(workspace, good).await
}

/// Seconds until another passphrase may be tried.
pub async fn wait(workspace: &str) -> u32 {
    let attempts = attempts(workspace).await;
    let wait = attempts.wait(time::now().0);
    u32::try_from((wait + 999) / 1000).unwrap_or(u32::MAX)
}

async fn attempts(workspace: &str) -> Attempts {
    let kept = kept::read(workspace, ATTEMPTS).await.ok().flatten();
    kept.map(|bytes| Attempts::parse(&bytes))
        .unwrap_or_default()
}

/// Opens an encrypted workspace, once the wait for wrong attempts is over.
///
/// # Errors
/// `TooManyAttempts`; `WrongPassphrase`; `Invalid` at `recovery` for what cannot be a recovery key, which is no
/// attempt; `Storage`.
pub async fn unlock(
    workspace: &str,
    files: &[KeyFile],
    secret: &VaultSecret,
) -> Result<Unlocked, Fault> {
    let secret = match secret {
        VaultSecret::Passphrase(passphrase) => Secret::Passphrase(passphrase),
        VaultSecret::Recovery(typed) if RecoveryKey::parse(typed).is_err() => {
            return Err(Fault::new(FaultCode::Invalid).at("recovery"));
        }
        VaultSecret::Recovery(typed) => Secret::Recovery(typed),
    };
    let left = wait(workspace).await;
    if left > 0 {
        return Err(Fault::new(FaultCode::TooManyAttempts).found(left.to_string()));
    }
    // Counted before it is tried: whoever reloads the page in the middle of it has tried all the same.
    let before = attempts(workspace).await;
    let failed = before.failed(time::now().0);
    kept::write(workspace, ATTEMPTS, &failed.bytes()).await?;
    for file in files {
        match file.open(workspace, secret) {
            Ok(keys) => {
                kept::remove(workspace, ATTEMPTS).await?;
                let file = RefCell::new(file.clone());
                return Ok(Unlocked { keys, file });
            }
            Err(Trouble::Wrong) => {}
            Err(other) => return Err(trouble(other)),
        }
    }
    Err(Fault::new(FaultCode::WrongPassphrase))
}

/// What a passphrase key should cost on this machine; measured, which takes as long as one.
pub fn calibrated() -> Kdf {
    let before = time::now_ms();
    Kdf::RECOMMENDED.rehearse();
    Kdf::calibrated(time::now_ms() - before, WANTED_MS)
}

/// Does something with random bytes.
///
/// # Errors
/// `Storage` where the browser gives none; what `work` says.
pub fn with_random<T>(
    work: impl FnOnce(::vault::Random<'_>) -> Result<T, Trouble>,
) -> Result<T, Fault> {
    let mut missing = None;
    let made = work(&mut |bytes: &mut [u8]| {
        if let Err(fault) = kept::random(bytes) {
            missing = Some(fault);
        }
    });
    match missing {
        Some(fault) => Err(fault),
        None => made.map_err(trouble),
    }
}

/// Keys for a workspace that is not encrypted yet. Nothing is kept.
///
/// # Errors
/// `Storage`; `Internal` when the ciphers of this build are not what they must be.
pub fn prepare(workspace: &str, passphrase: &str) -> Result<New, Fault> {
    ::vault::vectors::check().map_err(|from| {
        Fault::new(FaultCode::Internal).detail(format!("a cipher does not give {from}"))
    })?;
    let kdf = calibrated();
    with_random(|random| KeyFile::create(workspace, passphrase, kdf, random))
}

/// For a program that opens a workspace which does not exist yet with a passphrase: makes it an encrypted one. There is
/// no recovery key until somebody asks for one in the settings.
///
/// # Errors
/// As [`prepare`] and [`keep`].
pub async fn found(workspace: &str, passphrase: &str) -> Result<Unlocked, Fault> {
    let New { file, keys, .. } = prepare(workspace, passphrase)?;
    keep(workspace, &file).await?;
    let file = RefCell::new(file);
    Ok(Unlocked { keys, file })
}
