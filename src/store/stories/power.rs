//! Power cuts: the disk as it lies at any moment is a state before or after a command.
#![expect(clippy::disallowed_methods, reason = "tests write files")]

use super::*;
use rusqlite::Connection;
use std::path::{Path, PathBuf};

const GOLDEN_3: &[u8] = include_bytes!("../golden/v3.sqlite");

/// A folder of its own, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("shuke-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The database and its journal as they lie on the disk now, opened as after a power cut.
fn cut(folder: &Folder, live: &Path, moment: usize) -> Store {
    let copy = folder.file(&format!("cut-{moment}.sqlite"));
    std::fs::copy(live, &copy).unwrap();
    let journal = live.with_extension("sqlite-journal");
    if journal.exists() {
        std::fs::copy(journal, copy.with_extension("sqlite-journal")).unwrap();
    }
    let store = Store::open(Connection::open(copy).unwrap(), new()).unwrap();
    store.quick_check().unwrap();
    store
}

/// F01, F03: customer and orders of one command are there together or not at all, and what came first is never missing.
#[test]
fn a_power_cut_at_any_moment_leaves_a_prefix() {
    let folder = Folder::new("power");
    let live = folder.file("live.sqlite");
    let mut store = Store::open(Connection::open(&live).unwrap(), new()).unwrap();
    // So small a cache that pages reach the disk before the transaction ends.
    store.conn.execute_batch("PRAGMA cache_size = 4").unwrap();
    let mut moment = 0;
    for done in 0..6_u64 {
        let version = store.read().data_version().unwrap();
        let _ = write(&mut store, "import", |tx| {
            let id = tx.create_customer(&named(&format!("C{done}"), ""), NOW)?;
            for n in 0..40_i64 {
                tx.create_order(id, &order(&format!("{done}-{n}"), 1_000 + n))?;
                if n % 10 == 0 {
                    moment += 1;
                    let before = cut(&folder, &live, moment);
                    let counts = before.read().counts()?;
                    assert_eq!((counts.customers, counts.orders), (done, done * 40));
                    assert_eq!(before.read().data_version()?, version);
                }
            }
            Ok(())
        });
        moment += 1;
        let after = cut(&folder, &live, moment);
        let counts = after.read().counts().unwrap();
        assert_eq!(
            (counts.customers, counts.orders),
            (done + 1, (done + 1) * 40)
        );
    }
}

/// F05: without room for an upgrade the older version stays as it is and opens as soon as there is some.
#[test]
fn an_upgrade_without_room_changes_nothing() {
    let folder = Folder::new("upgrade");
    let path = folder.file("old.sqlite");
    std::fs::write(&path, GOLDEN_3).unwrap();
    let number = |sql: &str| -> i64 {
        let conn = Connection::open(&path).unwrap();
        conn.query_row(sql, [], |row| row.get(0)).unwrap()
    };
    let (version, pages) = (number("PRAGMA user_version"), number("PRAGMA page_count"));
    assert!(version < SCHEMA_VERSION, "{version}");
    let conn = Connection::open(&path).unwrap();
    conn.execute_batch(&format!("PRAGMA max_page_count = {pages}"))
        .unwrap();
    assert_eq!(Store::open(conn, new()).err(), Some(StoreError::Full));
    assert_eq!(number("PRAGMA user_version"), version);
    let sql = "SELECT count(*) FROM customer";
    let customers = number(sql);
    assert!(customers > 0);
    let store = Store::open(Connection::open(&path).unwrap(), new()).unwrap();
    store.quick_check().unwrap();
    assert_eq!(
        store.read().counts().unwrap().customers,
        u64::try_from(customers).unwrap()
    );
}
