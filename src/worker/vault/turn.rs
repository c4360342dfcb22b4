//! Turning encryption on and off, and changing its secrets; done by the tab that leads.
//!
//! On and off both write the whole database anew beside the old one, check it, and only then say by the key file which
//! of the two counts. Interrupted before that, everything is as it was; after it, everything is as it shall be, and what
//! is left of the old one is removed by the next opening.

use super::{Unlocked, keep, look, prepare, unlock, wait, with_random};
use crate::desk::{Desk, Finished};
use crate::workspace::in_memory;
use crate::{failure, opfs, snapshot};
use ::vault::{KeyFile, New, Options};
use protocol::{Fault, FaultCode, LOCK_AFTER, Reply, VaultJob, VaultReply, VaultSecret, VaultView};
use std::cell::RefCell;
use std::rc::Rc;

/// Does what was asked of the lock.
///
/// # Errors
/// What the parts say; nothing was changed then, unless they say otherwise.
pub async fn run(desk: &Desk, job: &VaultJob) -> Result<Finished, Fault> {
    let reply = match job {
        VaultJob::Prepare { passphrase } => begin(desk, passphrase).await?,
        VaultJob::TurnOn => on(desk).await?,
        VaultJob::TurnOff { passphrase } => off(desk, passphrase).await?,
        VaultJob::Change { secret, passphrase } => change(desk, secret, passphrase).await?,
        VaultJob::NewRecovery { passphrase } => new_recovery(desk, passphrase).await?,
        VaultJob::LockAfter { minutes } => lock_after(desk, *minutes).await?,
        VaultJob::Check => check()?,
        VaultJob::Look => VaultReply::State(state(desk).await),
        VaultJob::Unlock { .. } | VaultJob::Used | VaultJob::Lock => VaultReply::Done,
    };
    Ok(Finished {
        reply: Reply::Vault(reply),
        file: None,
        changed: None,
    })
}

/// How it stands.
async fn state(desk: &Desk) -> VaultView {
    let possible = desk.workspace().is_some();
    let Some(unlocked) = desk.unlocked() else {
        return VaultView {
            possible,
            ..VaultView::default()
        };
    };
    let options = options(&unlocked);
    let kdf = unlocked.file.borrow().kdf();
    VaultView {
        possible,
        on: true,
        wait: match desk.workspace() {
            Some(workspace) => wait(workspace).await,
            None => 0,
        },
        lock_after: options.lock_after,
        recovery: options.recovery,
        cost: (kdf.memory_kib / 1024, kdf.passes),
    }
}

fn check() -> Result<VaultReply, Fault> {
    let held = ::vault::vectors::check().map_err(failure::internal)?;
    Ok(VaultReply::Checked(u32::try_from(held).unwrap_or(0)))
}

/// What the owner chose.
pub fn options(unlocked: &Unlocked) -> Options {
    let file = unlocked.file.borrow();
    file.options(&unlocked.keys).unwrap_or_default()
}

fn kept_on_this_device(desk: &Desk) -> Result<&str, Fault> {
    desk.workspace()
        .ok_or_else(|| Fault::new(FaultCode::Storage).detail("nothing is kept"))
}

fn encrypted(desk: &Desk) -> Result<Rc<Unlocked>, Fault> {
    desk.unlocked()
        .ok_or_else(|| Fault::new(FaultCode::Conflict).detail("encryption is off"))
}

async fn begin(desk: &Desk, passphrase: &str) -> Result<VaultReply, Fault> {
    let workspace = kept_on_this_device(desk)?;
    if desk.unlocked().is_some() {
        return Err(Fault::new(FaultCode::Conflict).detail("encryption is on"));
    }
    if passphrase.is_empty() {
        return Err(Fault::new(FaultCode::Invalid).at("passphrase"));
    }
    let new = prepare(workspace, passphrase)?;
    let text = new.recovery.text().to_string();
    desk.prepared().replace(Some(new));
    Ok(VaultReply::Recovery(text))
}

async fn on(desk: &Desk) -> Result<VaultReply, Fault> {
    let workspace = kept_on_this_device(desk)?;
    let New { file, keys, .. } = desk
        .prepared()
        .take()
        .ok_or_else(|| Fault::new(FaultCode::Conflict).detail("nothing was prepared"))?;
    let options = Options {
        recovery: true,
        ..Options::default()
    };
    let file = with_random(|random| file.with_options(&keys, options, random))?;
    let unlocked = Rc::new(Unlocked {
        keys,
        file: RefCell::new(file.clone()),
    });
    let pool = opfs::pool(workspace).await?;
    opfs::remove(&pool, opfs::SEALED)?;
    let address = opfs::sealed_address(&unlocked.keys, opfs::SEALED);
    desk.with_engine(|engine| engine.copy_into(&address))?;
    let copied = match opfs::check_copy(Some(&unlocked.keys)) {
        Ok(()) => keep(workspace, &file).await,
        Err(fault) => Err(fault),
    };
    if let Err(fault) = copied {
        // Not even one copy of the key file may stay: it would say that the encrypted one counts.
        super::forget(workspace).await?;
        let _ = opfs::remove(&pool, opfs::SEALED);
        desk.with_engine(|engine| engine.write_again())?;
        return Err(fault);
    }
    swap(desk, &pool, workspace, opfs::DATABASE).await;
    Ok(VaultReply::Done)
}

async fn off(desk: &Desk, passphrase: &str) -> Result<VaultReply, Fault> {
    let workspace = kept_on_this_device(desk)?;
    encrypted(desk)?;
    let secret = VaultSecret::Passphrase(passphrase.to_owned());
    unlock(workspace, &look(workspace).await?, &secret).await?;
    let pool = opfs::pool(workspace).await?;
    opfs::remove(&pool, opfs::DATABASE)?;
    desk.with_engine(|engine| engine.copy_into(opfs::PLAIN_ADDRESS))?;
    let copied = match opfs::check_copy(None) {
        Ok(()) => super::forget(workspace).await,
        Err(fault) => Err(fault),
    };
    if let Err(fault) = copied {
        // As long as one copy of the key file is there the encrypted one counts.
        if !look(workspace).await?.is_empty() {
            let _ = opfs::remove(&pool, opfs::DATABASE);
            desk.with_engine(|engine| engine.write_again())?;
            return Err(fault);
        }
    }
    swap(desk, &pool, workspace, opfs::SEALED).await;
    Ok(VaultReply::Done)
}

/// The other database counts now: takes leave of the one that was open. Whatever of this fails is done by the next
/// opening.
async fn swap(desk: &Desk, pool: &opfs::Pool, workspace: &str, old: &str) {
    snapshot::remove(workspace).await;
    if let Ok(empty) = in_memory() {
        desk.with_engine(|engine| *engine = empty);
        let _ = opfs::remove(pool, old);
    }
    // Every tab opens anew, and asks for the passphrase where there is one now.
    desk.lock_all();
}

async fn change(desk: &Desk, secret: &VaultSecret, passphrase: &str) -> Result<VaultReply, Fault> {
    let workspace = kept_on_this_device(desk)?;
    let unlocked = encrypted(desk)?;
    if passphrase.is_empty() {
        return Err(Fault::new(FaultCode::Invalid).at("passphrase"));
    }
    unlock(workspace, &look(workspace).await?, secret).await?;
    let kdf = super::calibrated();
    let file = unlocked.file.borrow().clone();
    let file = with_random(|random| file.with_passphrase(&unlocked.keys, passphrase, kdf, random))?;
    replace(workspace, &unlocked, file).await
}

async fn new_recovery(desk: &Desk, passphrase: &str) -> Result<VaultReply, Fault> {
    let workspace = kept_on_this_device(desk)?;
    let unlocked = encrypted(desk)?;
    let secret = VaultSecret::Passphrase(passphrase.to_owned());
    unlock(workspace, &look(workspace).await?, &secret).await?;
    let options = Options {
        recovery: true,
        ..options(&unlocked)
    };
    let file = unlocked.file.borrow().clone();
    let (file, recovery) = with_random(|random| {
        let changed = file.with_recovery(&unlocked.keys, random)?;
        let file = changed.file.with_options(&unlocked.keys, options, random)?;
        Ok((file, changed.recovery))
    })?;
    replace(workspace, &unlocked, file).await?;
    Ok(VaultReply::Recovery(recovery.text().to_string()))
}

async fn lock_after(desk: &Desk, minutes: u32) -> Result<VaultReply, Fault> {
    let workspace = kept_on_this_device(desk)?;
    let unlocked = encrypted(desk)?;
    if !LOCK_AFTER.contains(&minutes) {
        return Err(Fault::new(FaultCode::Invalid).at("minutes"));
    }
    let options = Options {
        lock_after: minutes,
        ..options(&unlocked)
    };
    let file = unlocked.file.borrow().clone();
    let file = with_random(|random| file.with_options(&unlocked.keys, options, random))?;
    let reply = replace(workspace, &unlocked, file).await?;
    desk.lock_when_idle();
    Ok(reply)
}

async fn replace(workspace: &str, unlocked: &Unlocked, file: KeyFile) -> Result<VaultReply, Fault> {
    keep(workspace, &file).await?;
    unlocked.file.replace(file);
    Ok(VaultReply::Done)
}
