// The page of sync in every state, without an endpoint: the page's own line to its worker is tapped, and questions and
// commands of sync are answered by the test. What is behind the answers has tests of its own (sync.test.mjs).

/** Runs in the page before anything else. `__sync(request)` answers; what was asked is kept in `__asked`. */
export function pretend() {
  const Real = globalThis.Worker;
  globalThis.__asked = [];
  const plain = (value) => JSON.parse(JSON.stringify(value, (_, it) => (typeof it === "bigint" ? Number(it)
    : it instanceof Map ? Object.fromEntries(it) : it)));
  globalThis.Worker = class extends Real {
    constructor(...all) {
      super(...all);
      globalThis.__worker = this;
      // What the worker itself says of its state carries how sync stands, too, and may come late: the pretended follows it.
      this.addEventListener("message", (event) => {
        if (event.isTrusted && globalThis.__answers) setTimeout(() => this.light(), 0);
      });
    }

    light() {
      this.hear({ event: { sync: globalThis.__answers.overview?.light ?? null } });
    }

    hear(message) {
      this.dispatchEvent(new MessageEvent("message", { data: { message, files: [] } }));
    }

    postMessage(data, ...rest) {
      const ask = data?.message?.ask;
      const request = ask?.request;
      const what = request?.query?.sync ?? request?.command?.sync ?? request?.sync;
      if (what === undefined || !globalThis.__answers) return super.postMessage(data, ...rest);
      const asked = plain(what);
      globalThis.__asked.push(asked);
      const name = typeof asked === "string" ? asked : Object.keys(asked)[0];
      const answer = (Ok) => setTimeout(() => this.hear({ answer: { id: ask.id, result: { Ok } } }), 0);
      if (request.command) return answer({ done: { batch: null, outcome: "saved" } });
      const replies = { overview: "overview", presets: "presets", check: "profile", preview: "preview", conflicts: "conflicts",
        pending: "pending", aside: "aside", runs: "runs", probe: "probed" };
      const empty = { overview: null, presets: [], conflicts: { total: 0, offset: 0, items: [] }, pending: { total: 0, offset: 0, items: [] },
        aside: { total: 0, offset: 0, items: [] }, runs: { total: 0, offset: 0, items: [] }, check: { wrong: [] } };
      const own = globalThis.__answers[name];
      // A question that is never answered shows what is under way.
      if (own === "never") return undefined;
      return answer({ sync: { [replies[name]]: own ?? empty[name] } });
    }
  };
}

/** From now on this is so, and the page hears that something changed. */
export async function show(page, answers) {
  await page.evaluate((answers) => {
    globalThis.__answers = answers;
    globalThis.__worker.light();
  }, answers);
}

/** What the page asked and ordered so far. */
export const asked = (page) => page.evaluate(() => globalThis.__asked);

export const light = (standing, more = {}) => ({ standing, pending: 0, conflicts: 0, aside: 0, done: 0, total: 0, ...more });

const customers = { kind: "customers", here: 1204, there: 1201, pending: 3 };
const orders = { kind: "orders", here: 8420, there: 8420, pending: 0 };
const ledger = { kind: "ledger", here: 3011, there: 3011, pending: 0 };

export const PROFILE = JSON.stringify({ profile: 1, name: "Shop", base: "https://sync.example.com/crm", mode: "collection", precondition: { with: "if-match" } }, null, 2);

/** An overview of a connection in good order; `more` changes what a state is about. */
export const overview = (standing, more = {}, counts = {}) => ({
  light: light(standing, counts),
  address: "https://sync.example.com/crm",
  preset: "postgrest", mode: "collection", profile: PROFILE,
  auth: "bearer", user: "", secret: "device",
  share: { kinds: ["customers", "orders", "refunds", "ledger"], withheld: ["customers.note"] },
  findings: FINDINGS,
  since: "2026-11-02T09:14:00", lastRun: "2026-11-22T14:32:05", lastWhole: "2026-11-22T03:00:10", nextAt: "2026-11-22T14:47:00",
  trouble: null, question: null, running: null,
  counts: [customers, orders, ledger], unknown: 0, orphans: 0,
  ...more,
});

const finding = (check, verdict, more = {}) => ({ check, verdict, switch: "", value: "", fault: null, ...more });

export const FINDINGS = [
  finding("reachable", "good"),
  finding("read-back", "good"),
  finding("keeps-id", "good", { switch: "id.kind", value: "client" }),
  finding("duplicate", "good", { switch: "create.duplicate", value: "409" }),
  finding("stale-version", "careful", { switch: "precondition.with", value: "none" }),
  finding("false-version", "skipped"),
  finding("unknown-id", "adapted", { switch: "update.unknown", value: "404" }),
  finding("two-versions", "careful", { switch: "quality", value: "seconds-and-size" }),
  finding("paging", "adapted", { switch: "paging.with", value: "offset+limit" }),
  finding("nonsense-parameter", "good"),
  finding("changes-since", "good"),
  finding("bulk", "good", { value: "100" }),
  finding("delete", "good"),
  finding("clean-up", "good"),
];

export const trouble = (code, more = {}) => ({
  code, localAt: "2026-11-22T14:35:20", method: "GET", url: "https://sync.example.com/crm/customers?limit=200", status: 0,
  found: null, expected: null, cors: null, retryAt: null, ...more,
});

// Before anything is connected the worker knows neither where the page comes from nor what the check will ask.
export const CORS = {
  origin: "", methods: ["GET", "PATCH"],
  headers: ["authorization", "content-type", "if-match"], expose: ["ETag", "Retry-After"],
};

const record = (id, title, kind = "customers", customer = "") => ({ kind, id, title, customer });

export const page = (items) => ({ total: items.length, offset: 0, items });

export const CONFLICTS = page([
  { id: 1, record: record("0000100000001", "欧阳娜娜"), field: "phone", before: '"13800000000"',
    kept: { json: '"13812345678"', side: "there", localAt: "2026-11-22T14:30:00" },
    other: { json: '"13887654321"', side: "here", localAt: "2026-11-22T11:02:00" },
    localAt: "2026-11-22T14:32:05", settled: false, changedSince: false },
  { id: 2, record: record("0000100000002", "Ann Example"), field: "address", before: "null",
    kept: { json: '"12 Harbour Street, flat 4, Portland"', side: "here", localAt: "2026-11-22T10:11:00" },
    other: { json: '"12 Harbor St"', side: "there", localAt: "2026-11-21T18:40:00" },
    localAt: "2026-11-22T14:32:05", settled: false, changedSince: true },
  { id: 3, record: record("0000100000003", "李雷"), field: "", before: "",
    kept: { json: "", side: "there", localAt: "2026-11-22T09:00:00" },
    other: { json: '{"name":"李雷","city":"杭州市"}', side: "here", localAt: "2026-11-22T08:58:00" },
    localAt: "2026-11-22T14:32:05", settled: false, changedSince: false },
]);

export const ASIDE = page([
  { id: 1, record: record("0000100000009", "Zoë Quartz"), incoming: false, bytes: 1_240_000, trouble: trouble("record-too-large", { status: 413, method: "PUT", url: "https://sync.example.com/crm/customers/0000100000009", expected: "1 MB" }) },
  { id: 2, record: record("", "", "customers"), incoming: true, bytes: 86, trouble: trouble("bad-record", { found: "birthday: 31.02.1990", expected: "1990-02-28" }) },
]);

export const PENDING = page([
  { record: record("0000100000001", "欧阳娜娜"), removed: false, localAt: "2026-11-22T14:34:00", tries: 0 },
  { record: record("0000100000021", "Q-1001", "orders", "0000100000001"), removed: false, localAt: "2026-11-22T14:34:10", tries: 2 },
  { record: record("0000100000033", "王小明"), removed: true, localAt: "2026-11-22T14:34:30", tries: 0 },
]);

const run = (id, more = {}) => ({ id, localAt: "2026-11-22T14:32:05", ms: 840, whole: false, sent: 3, received: 12, removed: 0, conflicts: 0,
  requests: 5, bytes: 18_400, trouble: null, asked: null, ...more });

export const RUNS = page([
  run(9, { conflicts: 2 }),
  run(8, { localAt: "2026-11-22T14:17:00", trouble: trouble("not-json", { status: 200, found: "text/html: Sign in to Harbour Wi-Fi", expected: "application/json" }), sent: 0, received: 0, ms: 120, requests: 1 }),
  run(7, { localAt: "2026-11-22T14:02:00", asked: "empty_list", sent: 0, received: 0 }),
  run(6, { localAt: "2026-11-22T03:00:10", whole: true, sent: 0, received: 0, ms: 74_000, requests: 61, bytes: 4_200_000 }),
]);

export const question = (kind, choices, more = {}) => ({
  id: 7, kind, of: ["empty_list", "many_deletions"].includes(kind) ? "customers" : null, here: 1204, missing: 311, limit: 120,
  some: [record("0000100000001", "欧阳娜娜"), record("0000100000002", "Ann Example"), record("0000100000003", "李雷")], choices, ...more,
});

const offer = (kind, records, fields) => ({ kind, records, fields: fields.map((key) => ({ key, needed: ["id", "name"].includes(key), filled: null })) });

export const PREVIEW = {
  kinds: [
    { kind: "customers", records: 1204, example: JSON.stringify({ id: "0000100000001", kind: "person", name: "欧阳娜娜", phone: "+8613812345678", city: "扬州市", tags: ["VIP"], updatedAt: "2026-11-20T10:11:12Z" }, null, 2) },
    { kind: "orders", records: 8420, example: JSON.stringify({ id: "0000100000021", customerId: "0000100000001", at: "2026-06-01T10:00:00+08:00", amount: "35.00", currency: "CNY", lines: [{ product: "拿铁", quantity: 1, amount: "35.00" }] }, null, 2) },
    { kind: "ledger", records: 3011, example: JSON.stringify({ id: "0000100000044", customerId: "0000100000001", points: -100, at: "2026-06-02T09:00:00+08:00" }, null, 2) },
  ],
  offers: [
    offer("settings", 1, []), offer("programs", 1, []), offer("segments", 4, []), offer("lists", 1, []),
    offer("customers", 1204, ["id", "name", "phone", "email", "gender", "birthday", "province", "city", "address", "tags", "consent", "note", "custom.鞋码"]),
    offer("orders", 8420, ["id", "at", "amount", "channel", "coupon"]), offer("refunds", 12, ["id", "at", "amount"]),
    offer("events", 640, ["id", "at", "kind", "note"]), offer("ledger", 3011, ["id", "at", "points", "reason"]), offer("surveys", 3, ["id"]),
  ],
  bytes: 5_400_000,
};

export const PRESETS = ["json-server", "couchdb", "kinto", "postgrest", "supabase", "pocketbase", "directus", "parse", "odata", "webdav", "remotestorage", "s3", "zoho-crm", "document"]
  .map((key, at) => ({ key, mode: "collection", auth: at === 0 ? "none" : "bearer", example: `https://${key}.example.com/crm`, verified: ["json-server", "couchdb", "kinto", "webdav"].includes(key), profile: "{}" }));

export const PROBED = (verdict, more = {}) => ({ verdict, findings: FINDINGS, profile: PROFILE, mode: "collection", trouble: null,
  there: [{ kind: "customers", here: 0, there: 311, pending: 0 }, { kind: "orders", here: 0, there: 920, pending: 0 }], ...more });
