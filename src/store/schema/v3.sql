-- Schema 3: lists, membership of segments over time, and what cleaning, importing and erasing remember. A change of
-- what is written here is a new file, once it has shipped. Every area has a section of its own.
-- Numbers of `change.kind` beyond those of schema 2: 11 list, 12 member of a list; 13 and 14 imports; 15 to 17
-- duplicates; 18 and 19 rules (currency rates); 20 and 21 RFM; 22 and 23 files that go out.

-- == Lists and membership ==

-- A static list: its members stay whatever changes about them. `origin` says what it was frozen from.
CREATE TABLE list (
  id         INTEGER PRIMARY KEY,
  name       TEXT NOT NULL,
  note       TEXT,
  origin     TEXT,                                                   -- JSON
  at         INTEGER NOT NULL,
  created_by INTEGER NOT NULL
) STRICT;

CREATE TABLE list_member (
  id         INTEGER PRIMARY KEY,
  list       INTEGER NOT NULL REFERENCES list (id) DEFERRABLE INITIALLY DEFERRED,
  customer   INTEGER NOT NULL REFERENCES customer (id) DEFERRABLE INITIALLY DEFERRED,
  at         INTEGER NOT NULL,
  created_by INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX list_member_once ON list_member (list, customer);
CREATE INDEX list_member_customer ON list_member (customer);

-- What was seen of segments, written beside the log: nobody did it, and nobody takes it back. A version is a rule that
-- a segment had; the first is 1.
CREATE TABLE segment_version (
  segment INTEGER NOT NULL,
  version INTEGER NOT NULL,
  rule    TEXT NOT NULL,                                             -- JSON
  day     INTEGER NOT NULL,                                          -- the first local day it was looked at
  at      INTEGER NOT NULL,
  PRIMARY KEY (segment, version)
) STRICT, WITHOUT ROWID;

-- Where watching a segment stands. `members` are the ids of who was in at the end of `day`, `first` of who was in on
-- `since`, the first day of its story: sorted, each as the distance to the one before, in groups of seven bits.
-- Days before `watched` were worked out afterwards, from the records as they were then known.
CREATE TABLE segment_watch (
  segment      INTEGER PRIMARY KEY,
  version      INTEGER NOT NULL,
  since        INTEGER NOT NULL,
  watched      INTEGER NOT NULL,
  day          INTEGER NOT NULL,
  data_version INTEGER NOT NULL,
  at           INTEGER NOT NULL,                                     -- when it was last looked at
  first        BLOB NOT NULL,
  members      BLOB NOT NULL
) STRICT;

-- Who came in and who went, one row a customer and day: what holds at the end of a day against the end of the day
-- before. An interval runs from a row that enters (or from `since`) to the next that leaves.
CREATE TABLE segment_event (
  segment  INTEGER NOT NULL,
  day      INTEGER NOT NULL,
  customer INTEGER NOT NULL,
  entered  INTEGER NOT NULL CHECK (entered BETWEEN 0 AND 1),
  cause    INTEGER NOT NULL CHECK (cause BETWEEN 0 AND 2),           -- records changed, the calendar moved, the rule changed
  version  INTEGER NOT NULL,
  PRIMARY KEY (segment, day, customer)
) STRICT, WITHOUT ROWID;
CREATE INDEX segment_event_customer ON segment_event (customer, segment, day);

CREATE VIEW lists AS
SELECT l.id, l.name, l.note, datetime(l.at / 1000, 'unixepoch') AS at_utc, l.origin,
       (SELECT count(*) FROM list_member WHERE list = l.id) AS members
FROM list l;

CREATE VIEW list_members AS
SELECT m.list, l.name AS list_name, m.customer, c.name AS customer_name,
       datetime(m.at / 1000, 'unixepoch') AS at_utc
FROM list_member m JOIN list l ON l.id = m.list JOIN customer c ON c.id = m.customer;

CREATE VIEW segment_events AS
SELECT e.segment, s.name AS segment_name, date(e.day * 86400, 'unixepoch') AS day, e.customer,
       c.name AS customer_name, CASE e.entered WHEN 1 THEN 'entered' ELSE 'left' END AS what,
       CASE e.cause WHEN 0 THEN 'records' WHEN 1 THEN 'calendar' ELSE 'rule' END AS cause, e.version
FROM segment_event e LEFT JOIN segment s ON s.id = e.segment LEFT JOIN customer c ON c.id = e.customer;

-- == Rules: currency rates ==

-- == RFM ==

-- == Imports ==

-- How a person mapped the columns of a file: a file with the same columns is read alike from then on. Beside the log,
-- as the page's other habits are; `signature` follows from the names of the columns.
CREATE TABLE import_mapping (
  id        INTEGER PRIMARY KEY,
  signature TEXT NOT NULL UNIQUE,
  columns   TEXT NOT NULL,                                           -- JSON array
  plan      TEXT NOT NULL,                                           -- JSON
  who       TEXT NOT NULL,
  at        INTEGER NOT NULL,
  uses      INTEGER NOT NULL
) STRICT;

-- Orders of imports whose customer is not known yet. One waits while the import that brought it (`batch`) is in force
-- and the batches that placed or dropped it are not: undoing either brings it back, undoing the import takes it away.
CREATE TABLE waiting_order (
  id         INTEGER PRIMARY KEY,
  batch      INTEGER NOT NULL,
  row        INTEGER NOT NULL,
  key        TEXT NOT NULL,                                          -- what tells the order from others
  buyer      TEXT NOT NULL,                                          -- JSON: what it says of the customer
  fields     TEXT NOT NULL,                                          -- JSON: the order
  placed_by  INTEGER,
  dropped_by INTEGER
) STRICT;
CREATE INDEX waiting_order_batch ON waiting_order (batch);
CREATE INDEX waiting_order_key ON waiting_order (key);

-- What an undo left alone because it was edited since, by the batch that was undone.
CREATE TABLE undo_kept (
  batch  INTEGER NOT NULL,
  kind   INTEGER NOT NULL,
  record INTEGER NOT NULL,
  PRIMARY KEY (batch, kind, record)
) STRICT, WITHOUT ROWID;

-- == Duplicates and quality ==

-- Records that were made one: `customer` went, `survivor` stayed. A row holds while its batch is not undone; old ids
-- lead on by it.
CREATE TABLE merged (
  batch    INTEGER NOT NULL,
  customer INTEGER NOT NULL,
  survivor INTEGER NOT NULL,
  PRIMARY KEY (batch, customer)
) STRICT, WITHOUT ROWID;
CREATE INDEX merged_customer ON merged (customer);
CREATE INDEX merged_survivor ON merged (survivor);

-- What the records that went were known by and the survivor is not: files that still say so find the survivor.
CREATE TABLE merged_key (
  kind     INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 3),            -- key in the source, e-mail, phone, row of a file
  key      TEXT NOT NULL,
  batch    INTEGER NOT NULL,
  survivor INTEGER NOT NULL,
  PRIMARY KEY (kind, key, batch, survivor)
) STRICT, WITHOUT ROWID;
CREATE INDEX merged_key_batch ON merged_key (batch);

-- Two records of which a person said that they are not one customer.
CREATE TABLE distinct_pair (
  id         INTEGER PRIMARY KEY,
  low        INTEGER NOT NULL,
  high       INTEGER NOT NULL,
  at         INTEGER NOT NULL,
  created_by INTEGER NOT NULL,
  CHECK (low < high)
) STRICT;
CREATE UNIQUE INDEX distinct_pair_once ON distinct_pair (low, high);

-- Values of which a person said that they are right, however odd they look.
CREATE TABLE quality_pass (
  id         INTEGER PRIMARY KEY,
  finding    TEXT NOT NULL,                                          -- a kind of finding
  record     INTEGER NOT NULL,                                       -- a customer or an order
  at         INTEGER NOT NULL,
  created_by INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX quality_pass_once ON quality_pass (finding, record);

-- The ledgers stay append-only; but when two records are one customer, all that belonged to either belongs to the
-- survivor, and goes back when that is undone. Nothing else about an entry or a use can change.
DROP TRIGGER ledger_entry_stays;
CREATE TRIGGER ledger_entry_stays BEFORE UPDATE ON ledger_entry
WHEN NOT (new.id = old.id AND new.kind = old.kind AND new.points = old.points AND new.at = old.at AND new.key = old.key
  AND new.program_version IS old.program_version AND new.reward IS old.reward AND new.reason IS old.reason
  AND new.reverses IS old.reverses AND new.order_id IS old.order_id AND new.data IS old.data
  AND new.created_by = old.created_by
  AND EXISTS (SELECT 1 FROM merged WHERE (customer = old.customer AND survivor = new.customer)
                                      OR (customer = new.customer AND survivor = old.customer)))
BEGIN
  SELECT RAISE(ABORT, 'the points ledger is append-only: add a reversal');
END;
DROP TRIGGER coupon_use_stays;
CREATE TRIGGER coupon_use_stays BEFORE UPDATE ON coupon_use
WHEN NOT (new.id = old.id AND new.coupon = old.coupon AND new.code IS old.code AND new.order_id IS old.order_id
  AND new.kind = old.kind AND new.discount = old.discount AND new.at = old.at AND new.key = old.key
  AND new.reverses IS old.reverses AND new.data IS old.data AND new.created_by = old.created_by
  AND EXISTS (SELECT 1 FROM merged WHERE (customer = old.customer AND survivor = new.customer)
                                      OR (customer = new.customer AND survivor = old.customer)))
BEGIN
  SELECT RAISE(ABORT, 'uses of coupons are append-only: add a release');
END;

-- == Files that go out, persons, erasing ==

-- Files that left this browser: what a person who is erased later may still be in. Written beside the log.
CREATE TABLE handed_out (
  seq     INTEGER PRIMARY KEY,
  at      INTEGER NOT NULL,
  who     TEXT NOT NULL,
  kind    TEXT NOT NULL,                                             -- customers, orders, backup, archive ...
  name    TEXT NOT NULL,                                             -- of the file; never a customer's
  records INTEGER NOT NULL
) STRICT;

-- Who was erased for good: the id they had and nothing else of them, so that nobody brings them back by mistake.
CREATE TABLE erasure (
  id         INTEGER PRIMARY KEY,
  customer   INTEGER NOT NULL,
  at         INTEGER NOT NULL,
  who        TEXT NOT NULL,
  books_kept INTEGER NOT NULL CHECK (books_kept BETWEEN 0 AND 1),    -- orders and points stayed, without a name
  rewritten  INTEGER NOT NULL CHECK (rewritten BETWEEN 0 AND 1),     -- the file was written anew afterwards
  rows       TEXT NOT NULL                                           -- JSON object: table and number of rows
) STRICT;
CREATE INDEX erasure_customer ON erasure (customer);

CREATE VIEW erasures AS
SELECT id, customer, datetime(at / 1000, 'unixepoch') AS at_utc, who, books_kept, rewritten, rows FROM erasure;
