//! When the database cannot be opened: saving the file as it is, and replacing it by a backup.
//!
//! Nothing here runs unless a person asks for it. A backup takes the damaged file's place only after it was opened
//! and checked in memory, and never the place of a database that a newer version has written.

use crate::tab::context;
use crate::vault::{self, Unlocked};
use crate::{failure, files, heads, opfs};
use engine::{Connection, Engine, NewWorkspace};
use protocol::{Fault, FaultCode, FileView, Reply};
use sqlite_wasm_rs::vfs::VfsFilesManager;
use sqlite_wasm_rs::vfs::transfer::DbTransfer;
use web_sys::Blob;

/// The database's bytes as they are, damaged or not; encrypted if they are.
///
/// # Errors
/// `NotFound` when there is no database, `Damaged` when nobody can tell which file it is, `Storage`.
pub async fn save(workspace: &str, unlocked: Option<&Unlocked>) -> Result<(Reply, Blob), Fault> {
    let name = opfs::name_of_database(unlocked);
    // Opening the pool would empty a file that has lost its name.
    heads::check(workspace, name).await?;
    let pool = opfs::pool(workspace).await?;
    if !pool.contains(name).map_err(|e| failure::pool(&e))? {
        return Err(Fault::new(FaultCode::NotFound));
    }
    let mut source = pool.begin_export(name).map_err(|e| failure::pool(&e))?;
    let growing = files::Growing::new();
    let mut piece = vec![0; files::PIECE as usize];
    loop {
        let read = source.read(&mut piece).map_err(|e| failure::pool(&e))?;
        match piece.get(..read) {
            Some(bytes) if read > 0 => growing.append(bytes),
            _ => break,
        }
    }
    let view = FileView {
        name: "shuke-damaged.sqlite".into(),
        media_type: "application/vnd.sqlite3".into(),
        records: 0,
    };
    let blob = growing.finish(&view.media_type)?;
    Ok((Reply::File(view), blob))
}

/// Puts a backup in the place of the database that gave `fault`. Where the keys are known it is encrypted as that one
/// was; where the key file itself is damaged the workspace is a plain one from then on.
///
/// # Errors
/// `BadBackup`, `NewerSchema`: nothing was changed. `Storage`, `QuotaExceeded`.
pub async fn replace(
    workspace: &str,
    unlocked: Option<&Unlocked>,
    fault: &Fault,
    backup: &Blob,
    new: NewWorkspace,
) -> Result<Engine, Fault> {
    if fault.code == FaultCode::NewerSchema {
        return Err(fault.clone());
    }
    let bytes = files::slice(backup, 0, files::size(backup)).await?;
    let memory = Connection::open_in_memory()
        .map_err(|error| Fault::new(FaultCode::Storage).detail(error.to_string()))?;
    Engine::open(memory, new.clone(), &context())?
        .restore(&bytes, &context())
        .map_err(failure::of_backup)?;
    let pool = opfs::pool(workspace).await?;
    for name in pool.names().map_err(|e| failure::pool(&e))? {
        pool.remove(&name).map_err(|e| failure::pool(&e))?;
    }
    if unlocked.is_none() {
        vault::forget(workspace).await?;
    }
    let keys = unlocked.map(|unlocked| &unlocked.keys);
    let mut engine = Engine::open(opfs::connect(keys)?, new, &context())?;
    if let Some(keys) = keys {
        engine.restore_by_way_of(opfs::address_between(keys).to_string());
    }
    engine.restore(&bytes, &context())?;
    opfs::remove_between(workspace).await?;
    Ok(engine)
}
