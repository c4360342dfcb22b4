-- Schema 1. What is written here lives forever: a change is a new file, never an edit of this one.
-- Instants are milliseconds since 1970-01-01T00:00Z, days are days since then, money is in minor units of its
-- currency. The views at the end say the same in dates and words, for reading the file with other tools.

-- Single values: settings, replica, counter, data_version, customers, orders, last_backup_at, backup_seq, programs,
-- folding, created_at.
CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value ANY NOT NULL
) STRICT, WITHOUT ROWID;

-- Products, categories, channels and kinds of interaction, each text once.
CREATE TABLE term (
  id   INTEGER PRIMARY KEY,
  text TEXT NOT NULL UNIQUE
) STRICT;

-- The log of commands. `first_id` to `last_id` is the range of ids handed out while the batch was written: undo
-- looks for what the batch made only there, so that no table needs an index on `created_by`.
CREATE TABLE batch (
  seq       INTEGER PRIMARY KEY,
  id        INTEGER NOT NULL UNIQUE,
  at        INTEGER NOT NULL,
  who       TEXT NOT NULL,
  name      TEXT NOT NULL,
  subject   TEXT NOT NULL,
  bulk      INTEGER NOT NULL CHECK (bulk BETWEEN 0 AND 1),
  undoes    INTEGER,
  undone_by INTEGER,
  first_id  INTEGER,
  last_id   INTEGER
) STRICT;

CREATE TABLE customer (
  id               INTEGER PRIMARY KEY,
  external_id      TEXT,
  kind             INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 1),          -- person, company
  name             TEXT NOT NULL,
  email            TEXT,
  phone            TEXT,
  gender           INTEGER CHECK (gender BETWEEN 0 AND 2),              -- female, male, other
  birthday         TEXT,                                             -- 1990-05-14 or --05-14
  country          TEXT,
  province         TEXT,
  city             TEXT,
  district         TEXT,
  postal_code      TEXT,
  address          TEXT,
  occupation       TEXT,
  education        TEXT,
  income_band      TEXT,
  industry         TEXT,
  company_size     TEXT,
  interests        TEXT,                                             -- JSON array
  tags             TEXT,                                             -- JSON array
  source_channel   TEXT,
  signup_on        INTEGER,
  owner            TEXT,
  consent_email    INTEGER,
  consent_sms      INTEGER,
  consent_phone    INTEGER,
  acquisition_cost INTEGER,
  note             TEXT,
  custom           TEXT,                                             -- JSON object
  created_at       INTEGER NOT NULL,
  updated_at       INTEGER NOT NULL,
  created_by       INTEGER NOT NULL,
  email_key        TEXT,                                             -- lower case, to find the same person
  phone_key        TEXT,                                             -- digits only
  sort_name        TEXT NOT NULL                                     -- pinyin of the name
) STRICT;
CREATE UNIQUE INDEX customer_external_id ON customer (external_id) WHERE external_id IS NOT NULL;
CREATE INDEX customer_email ON customer (email_key) WHERE email_key IS NOT NULL;
CREATE INDEX customer_phone ON customer (phone_key) WHERE phone_key IS NOT NULL;
CREATE INDEX customer_name ON customer (sort_name);
CREATE INDEX customer_updated ON customer (updated_at);
CREATE INDEX customer_created ON customer (created_at);

-- What search looks through, folded (see search/fold.rs): one line each for the name, its initials, its pinyin, the
-- digits of the phone, the e-mail address, the key in the source.
CREATE TABLE customer_search (
  id   INTEGER PRIMARY KEY,
  text TEXT NOT NULL
) STRICT;
CREATE VIRTUAL TABLE customer_fts USING fts5(
  text, content='customer_search', content_rowid='id',
  tokenize='trigram case_sensitive 1', detail='none', columnsize=0
);

-- Lines are kept inside their order, as a JSON array of [product, category or null, thousandths, amount] whose first
-- two are numbers of terms: orders are read and written whole, and a million of them stay one table. The view
-- `order_lines` spells them out.
CREATE TABLE "order" (
  id               INTEGER PRIMARY KEY,
  customer         INTEGER NOT NULL REFERENCES customer (id) DEFERRABLE INITIALLY DEFERRED,
  at               INTEGER NOT NULL,
  amount           INTEGER NOT NULL,
  currency         TEXT NOT NULL,
  status           INTEGER NOT NULL CHECK (status BETWEEN 0 AND 2),     -- paid, refunded, cancelled
  returned         INTEGER NOT NULL CHECK (returned BETWEEN 0 AND 1),      -- has refunds, or a status other than paid
  external_id      TEXT,
  channel          INTEGER REFERENCES term (id),
  coupon           TEXT,
  gross            INTEGER,
  tax              INTEGER,
  paid_with_points INTEGER,
  lines            TEXT,
  created_by       INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX order_external_id ON "order" (external_id) WHERE external_id IS NOT NULL;
CREATE INDEX order_returned ON "order" (at) WHERE returned = 1;
-- order_customer (customer, at) and order_at (at) are made by the program, which drops them during large imports.

CREATE TABLE refund (
  id         INTEGER PRIMARY KEY,
  order_id   INTEGER NOT NULL REFERENCES "order" (id) DEFERRABLE INITIALLY DEFERRED,
  at         INTEGER NOT NULL,
  amount     INTEGER NOT NULL,
  key        TEXT NOT NULL UNIQUE,
  lines      TEXT,                                                   -- JSON array of [line, thousandths]
  created_by INTEGER NOT NULL
) STRICT;
CREATE INDEX refund_order ON refund (order_id, at, key);

CREATE TABLE interaction (
  id         INTEGER PRIMARY KEY,
  customer   INTEGER NOT NULL REFERENCES customer (id) DEFERRABLE INITIALLY DEFERRED,
  kind       INTEGER NOT NULL REFERENCES term (id),
  at         INTEGER NOT NULL,
  key        TEXT,
  data       TEXT,                                                   -- JSON object
  created_by INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX interaction_key ON interaction (key) WHERE key IS NOT NULL;
CREATE INDEX interaction_customer ON interaction (customer, at);

-- What people did with points. Append-only: entries go only along with their customer.
CREATE TABLE ledger_entry (
  id              INTEGER PRIMARY KEY,
  customer        INTEGER NOT NULL REFERENCES customer (id) DEFERRABLE INITIALLY DEFERRED,
  kind            INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 4),     -- redemption, adjustment, reversal, bonus, transfer
  points          INTEGER NOT NULL,
  at              INTEGER NOT NULL,
  key             TEXT NOT NULL UNIQUE,
  program_version INTEGER,
  reward          TEXT,
  reason          TEXT,
  reverses        INTEGER,
  order_id        INTEGER,
  data            TEXT,                                              -- JSON
  created_by      INTEGER NOT NULL
) STRICT;
CREATE INDEX ledger_customer ON ledger_entry (customer, at, key);
CREATE TRIGGER ledger_entry_stays BEFORE UPDATE ON ledger_entry
BEGIN
  SELECT RAISE(ABORT, 'the points ledger is append-only: add a reversal');
END;
CREATE TRIGGER ledger_entry_goes_with_its_customer BEFORE DELETE ON ledger_entry
WHEN EXISTS (SELECT 1 FROM customer WHERE id = old.customer)
BEGIN
  SELECT RAISE(ABORT, 'the points ledger is append-only: an entry goes only with its customer');
END;

CREATE TABLE program_version (
  version    INTEGER PRIMARY KEY,
  from_day   INTEGER,                                                -- null: for all time before the next
  program    TEXT NOT NULL,                                          -- JSON
  at         INTEGER NOT NULL,
  created_by INTEGER NOT NULL
) STRICT;

CREATE TABLE segment (
  id         INTEGER PRIMARY KEY,
  name       TEXT NOT NULL,
  rule       TEXT NOT NULL,                                          -- JSON
  created_by INTEGER NOT NULL
) STRICT;

-- Which record a row of a file without ids became, so that the same file brings no twins.
CREATE TABLE source_key (
  kind   INTEGER NOT NULL,
  key    TEXT NOT NULL,
  record INTEGER NOT NULL,
  PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX source_key_record ON source_key (record);

CREATE TABLE import_run (
  batch       INTEGER PRIMARY KEY,
  fingerprint TEXT NOT NULL,
  file_name   TEXT NOT NULL,
  started_at  INTEGER NOT NULL,
  rows_done   INTEGER NOT NULL,
  finished    INTEGER NOT NULL CHECK (finished BETWEEN 0 AND 1),
  plan        TEXT NOT NULL,                                         -- JSON
  state       TEXT NOT NULL                                          -- JSON
) STRICT;

CREATE TABLE rejected_row (
  seq   INTEGER PRIMARY KEY,
  batch INTEGER NOT NULL,
  row   INTEGER NOT NULL,
  cells TEXT NOT NULL,                                               -- JSON array
  issue TEXT NOT NULL                                                -- JSON
) STRICT;
CREATE INDEX rejected_batch ON rejected_row (batch, row);

-- The last requests that were applied, with their replies: a request that comes again is answered, not applied.
CREATE TABLE request (
  seq   INTEGER PRIMARY KEY,
  id    TEXT NOT NULL UNIQUE,
  reply TEXT NOT NULL
) STRICT;

-- Every change but creations, which the record's `created_by` tells. `before` and `after` hold the fields that
-- changed; for a removal `before` is the whole record.
CREATE TABLE change (
  seq    INTEGER PRIMARY KEY,
  batch  INTEGER NOT NULL,
  kind   INTEGER NOT NULL,       -- 0 customer, 1 order, 2 refund, 3 interaction, 4 ledger entry, 5 segment, 6 programme, 7 settings
  record INTEGER NOT NULL,
  action INTEGER NOT NULL,       -- 1 updated, 2 removed, 3 restored
  before TEXT,
  after  TEXT
) STRICT;
CREATE INDEX change_record ON change (kind, record);
CREATE INDEX change_batch ON change (batch);

CREATE VIEW customers AS
SELECT id, external_id, CASE kind WHEN 0 THEN 'person' ELSE 'company' END AS kind, name, email, phone,
       CASE gender WHEN 0 THEN 'female' WHEN 1 THEN 'male' WHEN 2 THEN 'other' END AS gender, birthday,
       country, province, city, district, postal_code, address, occupation, education, income_band, industry,
       company_size, interests, tags, source_channel, date(signup_on * 86400, 'unixepoch') AS signup_on, owner,
       consent_email, consent_sms, consent_phone, acquisition_cost AS acquisition_cost_minor, note, custom,
       datetime(created_at / 1000, 'unixepoch') AS created_at_utc,
       datetime(updated_at / 1000, 'unixepoch') AS updated_at_utc
FROM customer;

CREATE VIEW orders AS
SELECT o.id, o.external_id, o.customer, c.name AS customer_name, datetime(o.at / 1000, 'unixepoch') AS at_utc,
       o.amount AS amount_minor, o.currency,
       CASE o.status WHEN 0 THEN 'paid' WHEN 1 THEN 'refunded' ELSE 'cancelled' END AS status,
       (SELECT sum(amount) FROM refund WHERE order_id = o.id) AS refunded_minor,
       t.text AS channel, o.coupon, o.gross AS gross_minor, o.tax AS tax_minor,
       o.paid_with_points AS paid_with_points_minor
FROM "order" o JOIN customer c ON c.id = o.customer LEFT JOIN term t ON t.id = o.channel;

CREATE VIEW order_lines AS
SELECT o.id AS order_id, l.key AS line, p.text AS product, g.text AS category,
       (l.value ->> 2) / 1000.0 AS quantity, l.value ->> 3 AS amount_minor, o.currency
FROM "order" o JOIN json_each(o.lines) l
  LEFT JOIN term p ON p.id = l.value ->> 0
  LEFT JOIN term g ON g.id = l.value ->> 1;

CREATE VIEW refunds AS
SELECT r.id, r.order_id, o.external_id AS order_number, datetime(r.at / 1000, 'unixepoch') AS at_utc,
       r.amount AS amount_minor, o.currency, r.key
FROM refund r JOIN "order" o ON o.id = r.order_id;

CREATE VIEW interactions AS
SELECT i.id, i.customer, c.name AS customer_name, t.text AS kind, datetime(i.at / 1000, 'unixepoch') AS at_utc, i.data
FROM interaction i JOIN customer c ON c.id = i.customer JOIN term t ON t.id = i.kind;

CREATE VIEW ledger_entries AS
SELECT e.id, e.customer, c.name AS customer_name,
       CASE e.kind WHEN 0 THEN 'redemption' WHEN 1 THEN 'adjustment' WHEN 2 THEN 'reversal' WHEN 3 THEN 'bonus'
                   ELSE 'transfer' END AS kind,
       e.points, datetime(e.at / 1000, 'unixepoch') AS at_utc, e.reason, e.reward, e.reverses, e.key
FROM ledger_entry e JOIN customer c ON c.id = e.customer;
