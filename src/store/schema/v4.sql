-- Schema 4: sync. A change of what is written here is a new file, once it has shipped.
-- `kind` in these tables is the order in which kinds travel, parents first: 0 settings, 1 programme versions, 2 segments,
-- 3 lists, 4 coupons, 5 customers, 6 codes, 7 orders, 8 refunds, 9 interactions, 10 ledger entries, 11 uses of coupons,
-- 12 members of lists, 13 pairs that are two customers. `record` is the raw id, as in `change`.
-- What a record was when both sides last had the same is not stored: while it is not in `sync_outbox` it is the record
-- itself, and otherwise follows from the log (`change.seq` above `sync_outbox.since`).

-- The connection; no row while nothing is shared. Credentials are not here.
CREATE TABLE sync_link (
  id     INTEGER PRIMARY KEY CHECK (id = 1),
  link   TEXT NOT NULL,                                              -- JSON: address, profile, what is shared
  state  TEXT NOT NULL,                                              -- JSON: cursors and what else a run goes on with
  kinds  INTEGER NOT NULL,                                           -- one bit a kind: shared
  way    INTEGER NOT NULL CHECK (way BETWEEN 0 AND 1),               -- what was there before goes 0 there, 1 by what is there
  filled INTEGER NOT NULL,                                           -- kinds below it were looked through for that
  last   INTEGER NOT NULL,                                           -- the last record of the kind at hand
  ms     INTEGER NOT NULL,                                           -- the hybrid clock
  count  INTEGER NOT NULL
) STRICT;

-- What both sides know of a record. Also of removed ones, so that nothing brings them back.
CREATE TABLE sync_record (
  kind    INTEGER NOT NULL,
  record  INTEGER NOT NULL,
  wire    TEXT,                                                      -- the id it travels under, where that is not ours
  remote  TEXT,                                                      -- what the endpoint calls it, where that is another
  version TEXT,                                                      -- what the endpoint calls its version
  meta    TEXT,                                                      -- stamps of the fields: one, or JSON
  extra   TEXT,                                                      -- JSON: fields of others, given back untouched
  body    TEXT,                                                      -- JSON: all of it, where the record cannot tell
  gone    INTEGER NOT NULL CHECK (gone BETWEEN 0 AND 1),             -- both sides removed it
  scan    INTEGER NOT NULL,                                          -- the last comparison of everything that saw it
  PRIMARY KEY (kind, record)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX sync_record_wire ON sync_record (kind, wire) WHERE wire IS NOT NULL;
CREATE INDEX sync_record_scan ON sync_record (kind, scan) WHERE gone = 0;

-- Records that the other side does not have as they are here.
CREATE TABLE sync_outbox (
  kind   INTEGER NOT NULL,
  record INTEGER NOT NULL,
  since  INTEGER NOT NULL,                                           -- change.seq up to which both sides had the same
  ms     INTEGER NOT NULL,                                           -- stamp of the last edit
  count  INTEGER NOT NULL,
  tries  INTEGER NOT NULL,
  aside  TEXT,                                                       -- JSON: why it is set aside
  common TEXT,                                                       -- JSON: what both had at `since`, where the log cannot tell
  here   TEXT,                                                       -- JSON: what we had at `since`, likewise
  PRIMARY KEY (kind, record)
) STRICT, WITHOUT ROWID;
CREATE INDEX sync_outbox_aside ON sync_outbox (kind) WHERE aside IS NOT NULL;

-- The stamp of a command; those without are stamped with their instant.
CREATE TABLE sync_stamp (
  batch INTEGER PRIMARY KEY,
  ms    INTEGER NOT NULL,
  count INTEGER NOT NULL
) STRICT;

-- What came and cannot be placed yet: its customer is not here, or its kind is of a newer version.
CREATE TABLE sync_waiting (
  id   INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  wire TEXT NOT NULL,
  body TEXT NOT NULL,                                                -- JSON, as it came
  why  TEXT NOT NULL,
  lack TEXT,                                                         -- the id that it waits for
  at   INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX sync_waiting_once ON sync_waiting (kind, wire);
CREATE INDEX sync_waiting_lack ON sync_waiting (lack) WHERE lack IS NOT NULL;

-- Two sides said different things of one field: what stayed and what did not, so that a person can have the other.
CREATE TABLE sync_conflict (
  id      INTEGER PRIMARY KEY,
  kind    INTEGER NOT NULL,
  record  INTEGER NOT NULL,
  field   TEXT NOT NULL,
  kept    TEXT NOT NULL,                                             -- JSON
  lost    TEXT NOT NULL,                                             -- JSON
  whose   INTEGER NOT NULL CHECK (whose BETWEEN 0 AND 1),            -- what was lost was 0 ours, 1 theirs
  at      INTEGER NOT NULL,
  settled INTEGER                                                    -- when a person chose
) STRICT;
CREATE INDEX sync_conflict_open ON sync_conflict (id) WHERE settled IS NULL;
CREATE INDEX sync_conflict_record ON sync_conflict (kind, record);

-- The last runs.
CREATE TABLE sync_run (
  seq    INTEGER PRIMARY KEY,
  at     INTEGER NOT NULL,
  ended  INTEGER NOT NULL,
  report TEXT NOT NULL                                               -- JSON
) STRICT;
