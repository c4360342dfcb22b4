-- Schema 2: coupons. A change of what is written here is a new file, once it has shipped.

-- What the owner defined. `number` is part of the codes made for it and never comes twice. `code_key` is a shared code
-- as it is compared (capitals, without blanks and hyphens, O as 0, I and L as 1).
CREATE TABLE coupon (
  id         INTEGER PRIMARY KEY,
  number     INTEGER NOT NULL UNIQUE,
  state      INTEGER NOT NULL CHECK (state BETWEEN 0 AND 2),         -- active, paused, ended
  code_key   TEXT,
  definition TEXT NOT NULL,                                          -- JSON
  at         INTEGER NOT NULL,
  created_by INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX coupon_code_key ON coupon (code_key) WHERE code_key IS NOT NULL AND state < 2;

-- Codes made for one holder. `value` is a voucher's balance at first. `source` is the order that issued it.
CREATE TABLE coupon_code (
  id         INTEGER PRIMARY KEY,
  coupon     INTEGER NOT NULL REFERENCES coupon (id) DEFERRABLE INITIALLY DEFERRED,
  serial     INTEGER NOT NULL,
  code       TEXT NOT NULL UNIQUE,
  customer   INTEGER REFERENCES customer (id) DEFERRABLE INITIALLY DEFERRED,
  value      INTEGER,
  from_day   INTEGER,
  to_day     INTEGER,
  source     INTEGER,
  withdrawn  INTEGER NOT NULL CHECK (withdrawn BETWEEN 0 AND 1),
  at         INTEGER NOT NULL,
  created_by INTEGER NOT NULL
) STRICT;
CREATE INDEX coupon_code_coupon ON coupon_code (coupon, serial);
CREATE INDEX coupon_code_customer ON coupon_code (customer) WHERE customer IS NOT NULL;
CREATE INDEX coupon_code_source ON coupon_code (source) WHERE source IS NOT NULL;

-- Uses and their releases. Append-only, as the points ledger: a use goes only along with its order.
CREATE TABLE coupon_use (
  id         INTEGER PRIMARY KEY,
  coupon     INTEGER NOT NULL REFERENCES coupon (id) DEFERRABLE INITIALLY DEFERRED,
  code       INTEGER REFERENCES coupon_code (id) DEFERRABLE INITIALLY DEFERRED,
  customer   INTEGER,
  order_id   INTEGER,
  kind       INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 1),          -- use, release
  discount   INTEGER NOT NULL,                                       -- what it took off; of a release, what went back
  at         INTEGER NOT NULL,
  key        TEXT NOT NULL UNIQUE,
  reverses   INTEGER,
  data       TEXT,                                                   -- JSON: what it took off each line
  created_by INTEGER NOT NULL
) STRICT;
CREATE INDEX coupon_use_coupon ON coupon_use (coupon, at);
CREATE INDEX coupon_use_code ON coupon_use (code) WHERE code IS NOT NULL;
CREATE INDEX coupon_use_order ON coupon_use (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX coupon_use_reverses ON coupon_use (reverses) WHERE reverses IS NOT NULL;
CREATE INDEX coupon_use_customer ON coupon_use (customer, coupon) WHERE customer IS NOT NULL;
CREATE TRIGGER coupon_use_stays BEFORE UPDATE ON coupon_use
BEGIN
  SELECT RAISE(ABORT, 'uses of coupons are append-only: add a release');
END;
CREATE TRIGGER coupon_use_goes_with_its_order BEFORE DELETE ON coupon_use
WHEN old.order_id IS NULL OR EXISTS (SELECT 1 FROM "order" WHERE id = old.order_id)
BEGIN
  SELECT RAISE(ABORT, 'uses of coupons are append-only: a use goes only with its order');
END;

-- Orders that name a coupon, for uses that came with an import.
CREATE INDEX order_coupon ON "order" (coupon) WHERE coupon IS NOT NULL;

CREATE VIEW coupons AS
SELECT c.id, c.number, c.definition ->> 'name' AS name,
       CASE c.state WHEN 0 THEN 'active' WHEN 1 THEN 'paused' ELSE 'ended' END AS state,
       datetime(c.at / 1000, 'unixepoch') AS at_utc, c.definition
FROM coupon c;

CREATE VIEW coupon_codes AS
SELECT k.id, k.coupon, c.definition ->> 'name' AS coupon_name, k.code, k.customer, k.value AS value_minor,
       date(k.from_day * 86400, 'unixepoch') AS from_day, date(k.to_day * 86400, 'unixepoch') AS to_day, k.withdrawn
FROM coupon_code k JOIN coupon c ON c.id = k.coupon;

CREATE VIEW coupon_uses AS
SELECT u.id, u.coupon, c.definition ->> 'name' AS coupon_name, k.code, u.customer, u.order_id,
       CASE u.kind WHEN 0 THEN 'use' ELSE 'release' END AS kind, u.discount AS discount_minor,
       datetime(u.at / 1000, 'unixepoch') AS at_utc, u.key, u.reverses
FROM coupon_use u JOIN coupon c ON c.id = u.coupon LEFT JOIN coupon_code k ON k.id = u.code;

-- How many of a reward are taken is counted over all members, whenever one is chosen.
CREATE INDEX ledger_reward ON ledger_entry (reward) WHERE reward IS NOT NULL;
