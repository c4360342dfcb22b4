// The contract of the JavaScript API member by member: what each takes, and what it says of everything else. Answers are
// plain values, frozen to the bottom; refusals are ShukeErrors with code, path and a sentence. And S32: frames of other sites.

import assert from "node:assert/strict";
import { test } from "node:test";
import { browser } from "./harness.mjs";
import { host } from "./hosts.mjs";

const ORDER = { externalId: "O-1", customer: "C-1", at: "2026-06-01T10:00", amount: "500.00", lines: [{ product: "茶", quantity: 2, amount: "500.00" }] };
const order = (more) => ({ customer: "C-1", at: "2026-06-01T10:00", amount: "1.00", ...more });
const event = (more) => ({ customer: "C-1", kind: "page_view", at: "2026-06-02T10:00", ...more });
const PROGRAM = {
  name: "Star", currency: "CNY", time_zone: "Asia/Shanghai", earn: [{ id: "base", on: "purchase", points: 1, per: "1.00" }],
  expiry: { kind: "months", n: 12 }, redeem: { points: 100, worth: "1.00", step: 100, min_points: 100 },
};
const LIST = "name,phone\n张三,13900000001\n";
const vip = { attr: "tags", op: "any_of", value: ["vip"] };
const everybody = { all: [] };
const typo = { all: [{ attr: "agee", op: "eq", value: 1 }] };

/** One after another on one workspace: method, arguments, and "ok" or the code and path of the refusal. */
const CASES = [
  ["info", [], "ok"], ["loyalty.program", [], "no_program"], ["loyalty.liability", [], "no_program"],

  ["customers.put", [{ externalId: "C-1", name: "王小明", phone: "13800000001", tags: ["vip"], consent: { sms: true }, custom: { level: 3 } }], "ok"],
  ["customers.put", [], "invalid records"], ["customers.put", [7], "invalid records"], ["customers.put", [null], "invalid records"], ["customers.put", ["x"], "invalid records"],
  ["customers.put", [{}], "invalid name"], ["customers.put", [{ name: 7 }], "invalid name"], ["customers.put", [{ birthday: "1990-02-30" }], "invalid birthday"],
  ["customers.put", [{ consent: { sms: "yes" } }], "invalid consent.sms"], ["customers.put", [{ tags: "vip" }], "invalid tags"], ["customers.put", [{ custom: { a: { b: 1 } } }], "invalid custom.a"],
  ["customers.put", [{ acquisitionCost: 1.5 }], "invalid acquisitionCost"], ["customers.put", [{ id: "nobody", name: "X" }], "invalid id"], ["customers.put", [{ kind: "robot", name: "X" }], "invalid kind"],
  ["customers.put", [{ gender: "x", name: "X" }], "invalid gender"], ["customers.put", [{ phone: "12", name: "A" }], "invalid phone"], ["customers.put", [{ email: "no", name: "A" }], "invalid email"], ["customers.put", [{ signupOn: "2026-13-01", name: "A" }], "invalid signupOn"],
  ["customers.get", [{ externalId: "C-1" }], "ok"], ["customers.get", ["nobody"], "ok"], ["customers.get", [{ phone: "138 0000 0001" }], "ok"], ["customers.get", [{ email: "x@example.com" }], "ok"],
  ["customers.get", [], "invalid key"], ["customers.get", [5], "invalid key"], ["customers.get", [{}], "invalid key"], ["customers.get", [{ phone: 5 }], "invalid phone"], ["customers.get", [{ name: "王小明" }], "invalid name"], ["customers.get", [{ phone: "1", email: "2" }], "invalid key"],
  ["customers.list", [], "ok"], ["customers.list", [{ rule: vip, search: "小明", sort: "-spend", limit: 1, fields: ["name"] }], "ok"],
  ["customers.list", [{ limit: 0 }], "invalid limit"], ["customers.list", [{ limit: 501 }], "invalid limit"], ["customers.list", [{ limit: "5" }], "invalid limit"], ["customers.list", [{ cursor: "x" }], "invalid cursor"], ["customers.list", [{ sort: "age" }], "invalid sort"],
  ["customers.list", [{ fields: ["x"] }], "invalid fields"], ["customers.list", [{ fields: "name" }], "invalid fields"], ["customers.list", [{ rule: typo }], "bad_rule all[0].attr"], ["customers.list", [{ rule: "x" }], "invalid rule"], ["customers.list", [{ limits: 1 }], "invalid limits"], ["customers.list", ["x"], "invalid options"], ["customers.list", [{ search: 5 }], "invalid search"],
  ["customers.count", [], "ok"], ["customers.count", [1], "invalid"],

  ["orders.put", [ORDER], "ok"], ["orders.put", [], "invalid records"], ["orders.put", [order({ amount: 5 })], "invalid amount"], ["orders.put", [order({ amount: "1.001" })], "invalid amount"], ["orders.put", [order({ at: undefined })], "invalid at"],
  ["orders.put", [order({ customer: undefined })], "invalid customer"], ["orders.put", [order({ customer: "nobody" })], "invalid customer"], ["orders.put", [order({ at: "yesterday" })], "invalid at"], ["orders.put", [order({ lines: {} })], "invalid lines"],
  ["orders.put", [order({ lines: [{ product: "茶", quantity: "2", amount: "1.00" }] })], "invalid lines[0].quantity"], ["orders.put", [order({ lines: [{ product: "茶", quantity: -1, amount: "1.00" }] })], "invalid lines[0].quantity"],
  ["orders.put", [order({ currency: "XX" })], "invalid currency"], ["orders.put", [order({ status: "lost" })], "invalid status"],
  ["orders.refund", [{ order: "O-1", amount: "100.00", key: "r-1" }], "ok"], ["orders.refund", [{ order: "O-1", amount: "100.00", key: "r-1" }], "ok"],
  ["orders.refund", [], "invalid refund"], ["orders.refund", [{ order: "O-9", key: "x" }], "not_found order"], ["orders.refund", [{ order: "O-1" }], "invalid key"], ["orders.refund", [{ order: "O-1", amount: "400.01", key: "r-2" }], "refund_too_large amount"],
  ["orders.refund", [{ order: "O-1", amount: "5.00", key: "r-1" }], "key_reused key"], ["orders.refund", [{ order: "O-1", lines: [{ line: 9, quantity: 1 }], key: "r-3" }], "invalid lines[0]"], ["orders.refund", [{ order: "O-1", amount: "-1", key: "r-4" }], "invalid amount"], ["orders.refund", [{ order: "O-1", why: "x", key: "r-5" }], "invalid why"],
  ["orders.list", [{}], "ok"], ["orders.list", [{ customer: "C-1", sort: "-amount", limit: 1 }], "ok"], ["orders.list", [{ sort: "amount", rule: vip, search: "O-1", fields: ["amount"] }], "ok"],
  ["orders.list", [{ customer: "nobody" }], "not_found customer"], ["orders.list", [{ sort: "total" }], "invalid sort"], ["orders.list", [{ fields: ["x"] }], "invalid fields"], ["orders.list", [{ cursor: "x" }], "invalid cursor"], ["orders.list", [{ rule: typo }], "bad_rule all[0].attr"],

  ["events.put", [event({ key: "e-1", data: { page: "/menu", seconds: 12, first: true } })], "ok"], ["events.put", [[event({ key: "e-2" })]], "ok"],
  ["events.put", [], "invalid records"], ["events.put", [event({ customer: undefined })], "invalid customer"], ["events.put", [event({ kind: undefined })], "invalid kind"], ["events.put", [event({ at: "no" })], "invalid at"], ["events.put", [event({ data: { a: [] } })], "invalid data.a"],
  ["events.put", [event({ at: "2026-06-02T11:00", key: "e-1" })], "invalid key"], ["events.put", [event({ at: "2999-01-01T00:00" })], "invalid at"],

  ["segments.count", [everybody], "ok"], ["segments.count", [vip, { asOf: "2026-06-15" }], "ok"], ["segments.count", [], "invalid rule"], ["segments.count", ["x"], "invalid rule"], ["segments.count", [typo], "bad_rule all[0].attr"],
  ["segments.count", [everybody, { asOf: "2026-02-30" }], "invalid asOf"], ["segments.count", [everybody, { asof: "2026-02-01" }], "invalid asof"], ["segments.count", [{ segment: "nothing" }], "bad_rule segment"],
  ["segments.members", [everybody, { limit: 1 }], "ok"], ["segments.members", [], "invalid rule"], ["segments.members", [everybody, { limit: 10_001 }], "invalid limit"], ["segments.members", [everybody, { cursor: 5 }], "invalid cursor"],
  ["segments.explain", [{ all: [{ attr: "spend", op: "gte", value: "1.00" }] }, "C-1"], "ok"], ["segments.explain", [everybody, "nobody"], "not_found customer"], ["segments.explain", [everybody], "invalid customer"], ["segments.explain", [{ any: [{ x: 1 }] }, "C-1"], "bad_rule any[0].x"],
  ["segments.save", [{ name: "VIP", rule: vip }], "ok"], ["segments.save", [], "invalid segment"], ["segments.save", [{ rule: vip }], "invalid name"], ["segments.save", [{ name: "X".repeat(300), rule: vip }], "invalid name"], ["segments.save", [{ name: "X" }], "invalid rule"],
  ["segments.save", [{ name: "X", rule: { all: [{}] } }], "bad_rule all[0]"], ["segments.save", [{ id: "nobody", name: "X", rule: vip }], "invalid id"], ["segments.save", [{ name: "X", rule: { segment: "nobody" } }], "bad_rule segment"],
  ["segments.list", [], "ok"], ["segments.list", [1], "invalid"], ["segments.rfm", [], "ok"], ["segments.rfm", [{ scoring: "thresholds", thresholds: { recency: [7, 30, 90, 180], orders: [2, 3, 5, 10], money: ["1.00", "2.00", "3.00", "4.00"] } }], "ok"],
  ["segments.rfm", [{ scoring: "best" }], "invalid scoring"], ["segments.rfm", [{ scoring: "thresholds", thresholds: { recency: [30, 7], orders: [2, 3, 5, 10], money: ["1", "2", "3", "4"] } }], "invalid thresholds.recency"], ["segments.rfm", [{ asOf: "today" }], "invalid asOf"],
  ["segments.lifecycle", [{ asOf: "2026-06-15" }], "ok"], ["segments.lifecycle", [{ asOf: 5 }], "invalid asOf"],

  ["loyalty.setProgram", [], "invalid program"], ["loyalty.setProgram", [{}], "bad_program name"], ["loyalty.setProgram", [{ ...PROGRAM, earn: [{ id: "base", on: "purchase", points: "x", per: "1.00" }] }], "bad_program earn[0].points"],
  ["loyalty.setProgram", [PROGRAM], "ok"], ["loyalty.program", [], "ok"], ["loyalty.program", [1], "invalid"], ["loyalty.member", ["C-1", { asOf: "2026-06-15" }], "ok"], ["loyalty.member", ["nobody"], "not_found customer"], ["loyalty.member", [], "invalid customer"], ["loyalty.member", ["C-1", { asOf: "x" }], "invalid asOf"],
  ["loyalty.accrue", [{ customer: "C-1", points: 50, key: "a-1", reason: "welcome" }], "ok"], ["loyalty.accrue", [{ customer: "C-1", order: "O-1", key: "a-2" }], "ok"], ["loyalty.accrue", [], "invalid options"], ["loyalty.accrue", [{ customer: "C-1", points: 50 }], "invalid key"], ["loyalty.accrue", [{ customer: "C-1", points: 1.5, key: "b" }], "invalid points"],
  ["loyalty.accrue", [{ customer: "C-1", points: -5, key: "b" }], "invalid points"], ["loyalty.accrue", [{ customer: "nobody", points: 5, key: "b" }], "not_found customer"], ["loyalty.accrue", [{ customer: "C-1", points: 60, key: "a-1" }], "key_reused key"], ["loyalty.accrue", [{ customer: "C-1", key: "b" }], "invalid points"],
  ["loyalty.accrue", [{ customer: "C-1", points: 5, key: "b", at: "2999-01-01T00:00" }], "invalid at"], ["loyalty.accrue", [{ customer: "C-1", order: "O-9", key: "b" }], "not_found order"],
  ["loyalty.redeem", [{ customer: "C-1", points: 400, orderAmount: "100.00", key: "s-1" }], "ok"], ["loyalty.redeem", [{ customer: "C-1", points: 400, key: "c" }], "insufficient_points"], ["loyalty.redeem", [{ customer: "C-1", key: "c" }], "invalid points"], ["loyalty.redeem", [{ customer: "C-1", points: 0, key: "c" }], "invalid points"],
  ["loyalty.redeem", [{ points: 100, key: "c" }], "invalid customer"], ["loyalty.redeem", [{ customer: "C-1", reward: "nothing", key: "c" }], "not_found reward"], ["loyalty.redeem", [{ customer: "C-1", points: 100, orderAmount: 5, key: "c" }], "invalid orderAmount"],
  ["loyalty.ledger", ["C-1", { limit: 1 }], "ok"], ["loyalty.ledger", ["nobody"], "not_found customer"], ["loyalty.ledger", ["C-1", { limit: 0 }], "invalid limit"], ["loyalty.ledger", ["C-1", { cursor: "zz" }], "invalid cursor"],
  ["loyalty.reverse", [{ entry: "$entry", key: "v-1" }], "ok"], ["loyalty.reverse", [{ entry: "nothing", key: "v-2" }], "cannot_undo"], ["loyalty.reverse", [{ key: "v-2" }], "invalid entry"], ["loyalty.reverse", [], "invalid options"],
  ["loyalty.adjust", [{ customer: "C-1", points: -50, reason: "mistake", key: "j-1" }], "ok"], ["loyalty.adjust", [{ customer: "C-1", points: 5, key: "j" }], "invalid reason"], ["loyalty.adjust", [{ customer: "C-1", points: 0, reason: "x", key: "j" }], "invalid points"], ["loyalty.adjust", [{ customer: "C-1", points: "5", reason: "x", key: "j" }], "invalid points"], ["loyalty.adjust", [{ customer: "C-1", points: 5, reason: "x" }], "invalid key"],
  ["loyalty.liability", [{ asOf: "2026-06-15" }], "ok"], ["loyalty.liability", [{ day: "2026-06-15" }], "invalid day"],

  ["sync.profile", [], "ok"], ["sync.profile", [1], "invalid"], ["sync.status", [], "ok"], ["sync.status", [1], "invalid"], ["sync.setProfile", [null], "ok"], ["sync.setProfile", [{}], "invalid profile"], ["sync.setProfile", ["x"], "invalid profile"], ["sync.run", [], "not_found sync"],

  ["import", [LIST, { dryRun: true }], "ok"], ["import", [LIST, { what: "customers", encoding: "utf-8", mapping: { name: "name" } }], "ok"], ["import", [], "invalid file"], ["import", [5], "invalid file"], ["import", [""], "unreadable_file"], ["import", [LIST, { preset: "nothing" }], "invalid preset"],
  ["import", [LIST, { mapping: { nothing: "name" } }], "invalid mapping.nothing"], ["import", [LIST, { mapping: "x" }], "invalid mapping"], ["import", [LIST, { what: "robots" }], "invalid what"], ["import", [LIST, { dry: true }], "invalid dry"],
  ["undoImport", ["$batch"], "ok"], ["undoImport", ["nobody"], "invalid batch"], ["undoImport", [], "invalid batch"],
  ["export", [{ what: "customers", format: "csv" }], "ok"], ["export", [{ what: "customers", format: "xlsx" }], "ok"], ["export", [{ what: "customers", format: "vcard" }], "ok"], ["export", [{ what: "orders", format: "json" }], "ok"], ["export", [{ what: "segment", format: "csv", rule: vip }], "ok"], ["export", [{ what: "ledger", format: "csv" }], "ok"], ["export", [{ what: "everything", format: "json" }], "ok"], ["export", [{ what: "everything", format: "sqlite" }], "ok"],
  ["export", [], "invalid what"], ["export", [{ what: "x", format: "csv" }], "invalid what"], ["export", [{ what: "orders", format: "vcard" }], "invalid format"], ["export", [{ what: "customers" }], "invalid format"], ["export", [{ what: "segment", format: "csv" }], "invalid rule"], ["export", [{ what: "segment", format: "csv", rule: { x: 1 } }], "bad_rule x"], ["export", [{ what: "customers", format: "csv", sheet: 1 }], "invalid sheet"],

  ["on", ["nothing", "f"], "invalid event"], ["on", ["change", "f"], "invalid handler"],
  ["customers.erase", ["nobody"], "not_found id"], ["customers.erase", [], "invalid id"], ["customers.erase", ["$customer"], "ok"], ["customers.remove", ["nobody"], "not_found id"], ["customers.remove", [5], "invalid id"], ["customers.remove", ["$other"], "ok"],
];

/** What Playwright turns off of Chromium, but for the keeping apart of frames' storage, which browsers have on. */
const OFF = "AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,MediaRouter,PaintHolding,AvoidCorsURLLoaderRestartOnRedirect,OptimizationHints";

/** Runs in the page: each case, and what is wrong with its outcome. */
async function walk([cases, only]) {
  const { open, ShukeError } = await import("./shuke.js");
  const shuke = await open({ storage: "memory", timeZone: "Asia/Shanghai" });
  const methods = [];
  for (const [group, it] of Object.entries(shuke)) {
    if (typeof it === "function") methods.push(group);
    else for (const name of Object.keys(it)) methods.push(`${group}.${name}`);
  }
  const plain = (value) => {
    if (value === null || typeof value !== "object") return true;
    if (value instanceof Blob) return value.size > 0;
    return Object.isFrozen(value) && (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype) && Object.values(value).every(plain);
  };
  const known = {};
  const out = [];
  for (const [method, given] of cases) {
    const call = method.split(".").reduce((at, name) => at[name], shuke);
    const args = JSON.parse(JSON.stringify(given), (_, value) => (typeof value === "string" && value[0] === "$" ? known[value.slice(1)] : value));
    let said;
    try {
      const value = await call(...args);
      said = plain(value) ? "ok" : "not plain, not frozen or empty";
      if (method === "loyalty.ledger") known.entry = value.items.find((it) => it.kind === "redemption")?.id;
      if (method === "import" && value.batch) known.batch = value.batch;
      if (method === "customers.get" && value) known.customer = value.id;
      if (method === "customers.erase") known.other = (await shuke.customers.put({ name: "Other" })).ids[0];
    } catch (error) {
      const typed = error instanceof ShukeError && error instanceof Error && error.message.length > 10 && !/undefined|\[object/.test(error.message);
      const named = !["invalid", "bad_rule"].includes(error.code) || error.expected;
      said = typed && named && Array.isArray(error.issues) ? [error.code, error.path].filter(Boolean).join(" ") : `no typed error: ${error?.stack ?? error} ${JSON.stringify(error)}`;
    }
    out.push(said);
  }
  await shuke.close();
  const closed = [];
  for (const method of methods.filter((it) => !only.includes(it))) {
    const call = method.split(".").reduce((at, name) => at[name], shuke);
    closed.push(await Promise.resolve().then(() => call({})).then(() => `${method} answers`, (error) => error.code));
  }
  return { out, methods, closed: [...new Set(closed)] };
}

test("every member takes what the contract says, and says what is wrong with everything else", async () => {
  const b = await browser();
  const page = await b.context.newPage();
  await page.route("**/host.html", (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html><title>host</title>" }));
  await page.goto(`${b.server.url}host.html`);
  const { out, methods, closed } = await page.evaluate(walk, [CASES, ["on", "close"]]);
  const wrong = CASES.flatMap(([method, args, wanted], i) => (out[i] === wanted ? [] : [`${method}(${JSON.stringify(args)}): ${out[i]}, expected ${wanted}`]));
  assert.deepEqual(wrong, []);
  // Nothing of the API is left out, neither what goes well nor what does not.
  const covered = (good) => new Set(CASES.filter(([, , wanted]) => (wanted === "ok") === good).map(([method]) => method));
  const [good, bad] = [covered(true), covered(false)];
  assert.deepEqual(methods.filter((it) => !good.has(it) && !["on", "close", "sync.run"].includes(it)), []);
  assert.deepEqual(methods.filter((it) => !bad.has(it) && !["info", "close"].includes(it)), []);
  assert.deepEqual(closed, ["closed"]);
});

test("what is opened wrongly is refused; long work of every kind is told and stopped", async () => {
  const b = await browser();
  const page = await b.context.newPage();
  await page.route("**/host.html", (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html><title>host</title>" }));
  await page.goto(`${b.server.url}host.html`);
  const said = await page.evaluate(async () => {
    const { open } = await import("./shuke.js");
    const refused = [];
    for (const options of [null, 5, { workspace: "a b" }, { workspace: 7 }, { storage: "disk" }, { timeZone: "Mars/Olympus" }, { currency: "yuan" }, { base: "http://[" }, { demo: "cafe" }, { who: 7 }, { workspaces: "x" }]) {
      refused.push(await open(options).then(() => "opened", (error) => `${error.code} ${error.path}`));
    }
    // A folder without the worker: said, and not waited for.
    const nowhere = await open({ base: "./nowhere/", storage: "memory" }).catch((error) => error.code);
    const shuke = await open({ storage: "memory", demo: "cafe" });
    const told = {};
    const stopped = {};
    const work = {
      import: (options) => shuke.import("name,phone\n张三,13900000001\n", options),
      export: (options) => shuke.export({ what: "orders", format: "csv", ...options }),
      everything: (options) => shuke.export({ what: "everything", format: "json", ...options }),
    };
    const on = shuke.on("progress", (far) => { if (Object.isFrozen(far)) (told.event ??= new Set()).add(far.method); });
    for (const [name, run] of Object.entries(work)) {
      const away = new AbortController();
      away.abort(new Error("before"));
      const before = await run({ signal: away.signal }).catch((error) => `${error.name} ${error.code} ${error.cause.message}`);
      let far = 0;
      let right = true;
      await run({ onProgress: ({ done, total, stage }) => { far += 1; right &&= done <= total && typeof stage === "string"; } });
      const during = new AbortController();
      const late = await run({ signal: during.signal, onProgress: () => during.abort(new Error("during")) }).then(() => "done", (error) => `${error.name} ${error.code} ${error.cause.message}`);
      stopped[name] = [before, late];
      told[name] = far > 0 && right;
    }
    on();
    const { batch } = await shuke.import("name,phone\n李四,13900000002\n");
    const away = new AbortController();
    away.abort();
    stopped.undo = await shuke.undoImport(batch, { signal: away.signal }).catch((error) => error.code);
    const there = await shuke.customers.get({ phone: "13900000002" });
    const undone = await shuke.undoImport(batch);
    await shuke.close();
    return { refused, nowhere, told: { ...told, event: [...told.event].sort() }, stopped, kept: there?.name, undone };
  });
  assert.deepEqual(said.refused, ["invalid options", "invalid options", "invalid workspace", "invalid workspace", "invalid storage", "invalid timeZone", "invalid currency", "invalid base", "invalid demo", "invalid who", "invalid workspaces"]);
  assert.equal(said.nowhere, "load_failed");
  assert.deepEqual(said.told, { import: true, export: true, everything: true, event: ["export", "import"] });
  for (const name of ["import", "export", "everything"]) {
    assert.equal(said.stopped[name][0], "AbortError cancelled before", name);
    assert.match(said.stopped[name][1], /^(AbortError cancelled during|done)$/, name);
  }
  assert.deepEqual([said.stopped.undo, said.kept, said.undone], ["cancelled", "李四", { removed: 1, restored: 0, kept: 0 }]);
});

test("in a frame of another site the workspace is that site's own; without storage it is said", async () => {
  const crm = await host({ cors: true });
  crm.pages["/inside"] = '<!doctype html><meta charset="utf-8"><title>inside</title><link rel="icon" href="data:,">';
  const inside = async (frame, options) => frame.evaluate(async (options) => {
    const { open } = await import("/crm/shuke.js");
    const shuke = await open(options).catch((error) => error);
    if (shuke instanceof Error) return `${shuke.code}: ${shuke.found}`;
    const before = await shuke.customers.count();
    await shuke.customers.put({ name: "One more" });
    await shuke.close();
    return before;
  }, options);
  // Browsers see 127.0.0.1 and localhost as two sites.
  const shop = await host({ files: false });
  shop.pages["/around"] = `<!doctype html><html lang="en"><title>Around</title><link rel="icon" href="data:,"><iframe title="CRM" src="${crm.origin}/inside"></iframe><iframe title="Bare" sandbox="allow-scripts" src="${crm.origin}/inside"></iframe>`;
  const b = await browser({ server: crm, args: [`--disable-features=${OFF}`], endpoints: [shop.origin, shop.origin.replace("127.0.0.1", "localhost")] });
  const alone = await b.context.newPage();
  await alone.goto(`${crm.origin}/inside`);
  assert.equal(await inside(alone), 0);
  assert.equal(await inside(alone), 1, "the page's own");
  const around = await b.context.newPage();
  await around.goto(`${shop.origin.replace("127.0.0.1", "localhost")}/around`);
  const framed = await (await around.locator("iframe[title=CRM]").elementHandle()).contentFrame();
  assert.equal(await inside(framed), 0, "another workspace than the page's own");
  assert.equal(await inside(framed), 1, "and it is kept");
  assert.equal(await inside(alone), 2, "each has its own");
  // A frame without an origin has neither storage nor workers of another: that is said at once, and not waited for.
  const bare = await (await around.locator("iframe[title=Bare]").elementHandle()).contentFrame();
  const said = await bare.evaluate(async (from) => {
    const { open } = await import(from);
    return open().then(() => ["opened"], (error) => [error.code, error.message]);
  }, `${crm.origin}/crm/shuke.js`);
  assert.ok(["storage", "load_failed"].includes(said[0]) && said[1].length > 20, said.join(": "));
  await around.close();
  await shop.close();
  await crm.close();
});
