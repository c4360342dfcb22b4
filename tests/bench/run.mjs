// `cargo xtask bench`: times in Chromium, through the worker of the release build, as the page would ask it. Prints one
// table; quote ratios from one run, machines differ. Every answer is checked against the others before its time counts.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { stat, readdir } from "node:fs/promises";
import path from "node:path";
import { Browser, dist } from "../browser/harness.mjs";
import { compare } from "./compare.mjs";
import { customers, orders } from "./data.mjs";
import { reading } from "./reading.mjs";
import { twins } from "./twins.mjs";

const sizes = process.argv.includes("--quick") ? [10_000] : [10_000, 100_000];
const PROGRAM = {
  name: "Bench", currency: "CNY", time_zone: "Asia/Shanghai",
  earn: [{ id: "base", on: "purchase", points: 1, per: "1.00", basis: "net_of_discount", rounding: "floor", round_each: "order" },
    { id: "double", on: "purchase", multiply: "2", where: [{ attr: "category", op: "in", value: ["类目1", "类目2"] }] }],
  stacking: "multiply", pending_days: 0, expiry: { kind: "days", n: 365 },
  redeem: { points: 100, worth: "1.00", step: 100, min_points: 100, max_share: "0.5" }, refund: "unlimited",
  tiers: { measure: "qualifying_points", window: { kind: "rolling_months", n: 12 }, upgrade: "at_once", downgrade: "one_down", keep_months: 12,
    levels: [{ id: "silver", from: 0 }, { id: "gold", from: 1000, multiply: "1.25" }, { id: "platinum", from: 5000, multiply: "1.5" }] },
};

/** Runs in the page: a bare client of the worker, so that no drawing is in the times. */
function client(version) {
  globalThis.bench = {
    async connect() {
      // The page's own start script, which would make this policy, is kept from running.
      if (!globalThis.trustedTypes?.defaultPolicy) globalThis.trustedTypes?.createPolicy("default", { createScriptURL: (url) => url });
      const script = document.querySelector("script[data-worker]").dataset.worker;
      this.worker = new Worker(new URL(script, document.baseURI), { type: "module" });
      this.waiting = new Map();
      this.columns = new Promise((resolve) => { this.columnsReady = resolve; });
      const opened = performance.now();
      await new Promise((resolve, reject) => {
        this.worker.onmessage = ({ data }) => {
          // Before it says that it listens, the worker has no ears.
          if (data === "listening" || data?.message === "listening") {
            this.post({ hello: { version, workspace: "bench", storage: "opfs", demo: undefined, zone: "Asia/Shanghai", currency: "CNY" } });
            return;
          }
          const [kind, body] = this.plain(data.message);
          if (kind === "ready") resolve();
          else if (kind === "answer") this.waiting.get(body.id)?.({ ...body.result, inside: data.inside });
          else if (kind === "event" && body.columns_ready) this.columnsReady(performance.now() - opened);
          else if (kind === "failed" || kind === "panicked" || kind === "refused") reject(new Error(`${kind}: ${JSON.stringify(body)}`));
        };
        this.worker.onerror = (event) => reject(new Error(event.message));
      });
      return performance.now() - opened;
    },
    plain(message) {
      const whole = this.object(message);
      return Object.entries(whole)[0];
    },
    object(value) {
      if (value instanceof Map) return Object.fromEntries([...value].map(([k, v]) => [k, this.object(v)]));
      if (Array.isArray(value)) return value.map((v) => this.object(v));
      if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, this.object(v)]));
      return typeof value === "bigint" ? Number(value) : value;
    },
    post(message, files = []) { this.worker.postMessage({ message, files }); },
    async ask(request, files) {
      const id = crypto.randomUUID();
      const begin = performance.now();
      const result = await new Promise((resolve) => { this.waiting.set(id, resolve); this.post({ ask: { id, request } }, files); });
      this.waiting.delete(id);
      if (result.Err) throw new Error(JSON.stringify(result.Err));
      return { ms: performance.now() - begin, inside: result.inside, reply: result.Ok };
    },
    async import(text, name) {
      const file = new Blob([text]);
      const { reply } = await this.ask({ inspect: { file_name: name, reading: {} } }, [file]);
      const seen = reply.inspection;
      const mapping = Object.fromEntries(seen.columns.filter((c) => c.field).map((c) => [c.header, c.field]));
      const plan = {
        fileName: name, kind: seen.kind, format: seen.format, encoding: seen.encoding, delimiter: seen.delimiter, headerRow: seen.headerRow,
        preset: seen.preset, mapping, dateOrder: "day_first", currency: "CNY", onMatch: "update", createCustomers: true,
      };
      const { ms, reply: done } = await this.ask({ import: { plan } }, [file]);
      return { ms, report: done.import };
    },
    stop() { this.worker.terminate(); },
  };
}

/** Peak resident memory of the largest of the browser's tab processes so far, in MB (Linux). */
function peak(browser) {
  const list = execFileSync("ps", ["-eo", "pid,ppid,args"], { encoding: "utf8" }).split("\n").map((it) => it.trim().split(/\s+/));
  const ours = new Set(list.filter((it) => it.some((word) => word === `--user-data-dir=${browser.profile}`)).map((it) => it[0]));
  for (let grown = -1; grown !== ours.size;) {
    grown = ours.size;
    for (const [pid, parent] of list) if (ours.has(parent)) ours.add(pid);
  }
  const peaks = list.filter((it) => ours.has(it[0]) && it.includes("--type=renderer")).map(([pid]) => {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0);
  });
  return Math.round(Math.max(0, ...peaks) / 1000);
}

const rows = [];
const line = (what, n, value, unit) => { rows.push({ what, n, value, unit }); console.log(`${String(n).padStart(8)}  ${what.padEnd(56)} ${value} ${unit}`); };
const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const show = (ms) => (ms < 10 ? ms.toFixed(2) : ms.toFixed(0));

/** What page and worker of this build speak; its module says it. */
const protocol = Number(/\bPROTOCOL = (\d+)/.exec(readFileSync(path.join(dist, "shuke.js"), "utf8"))[1]);

async function fresh(browser) {
  const page = await browser.context.newPage();
  // The page itself is kept from starting: only its worker is measured.
  await page.route("**/boot*.js", (route) => route.fulfill({ contentType: "text/javascript", body: "" }));
  await page.goto(browser.server.url);
  await page.evaluate(client, protocol);
  return page;
}

for (const n of sizes) {
  const browser = await Browser.start();
  browser.context.setDefaultTimeout(600_000);
  try {
    let page = await fresh(browser);
    const people = customers(n);
    const bought = orders(n);
    await page.evaluate(() => bench.connect());
    const first = await page.evaluate(([text]) => bench.import(text, "customers.csv"), [people]);
    assert.equal(first.report.customers.created, n);
    line("import customers", n, Math.round(n / (first.ms / 1000)).toLocaleString("en"), "rows/s");
    const second = await page.evaluate(([text]) => bench.import(text, "orders.csv"), [bought.text]);
    assert.equal(second.report.orders.created, bought.rows);
    line(`import ${bought.rows.toLocaleString("en")} orders`, n, Math.round(bought.rows / (second.ms / 1000)).toLocaleString("en"), "rows/s");
    const { reply: put } = await page.evaluate((program) => bench.ask({ command: { set_program: { program: JSON.stringify(program), from: undefined } } }), PROGRAM);
    const timed = async (what, queries) => {
      const times = await page.evaluate(async (queries) => {
        const times = [];
        for (const query of queries) times.push((await bench.ask({ query })).ms);
        return times;
      }, queries);
      line(what, n, show(median(times)), "ms");
    };
    const dates = [0, 1, 2, 3, 4].map((k) => `2026-11-${String(10 + k)}`);
    await timed("RFM of everybody, 125 cells", dates.map((as_of) => ({ insight: { rfm: { as_of, options: undefined } } })));
    await timed("life cycle of everybody", dates.map((as_of) => ({ lifecycle: { as_of } })));
    await timed("points and tiers of everybody", dates.map((as_of) => ({ points_overview: { as_of } })));
    await timed("points for the books, of a past day", dates.map((as_of) => ({ liability: { books: { as_of } } })));
    const list = (search) => ({ customers: { search, rule: undefined, segment: undefined, sort: "updated_at", descending: true, offset: 0, limit: 50 } });
    await timed("search: name", ["王伟", "李娜", "陈静", "赵强", "周敏"].map(list));
    await timed("search: pinyin initials", ["wfw", "lnm", "cjq", "zql", "zmx"].map(list));
    await timed("search: phone tail", ["5123", "0471", "9980", "3321", "7654"].map(list));
    await timed("search: infix of an e-mail", ["c4321", "c77@", "1234@ex", "99@exam", "c555"].map(list));
    await compare(browser, page, n, line, put.done.batch);
    await reading(browser, page, n, line);
    await twins(page, people, n, line);
    // Long enough for the worker to have written its snapshot when idle.
    await page.waitForTimeout(8_000);
    line("peak memory of the tab's process", n, peak(browser), "MB");
    await page.evaluate(() => bench.stop());
    await page.close();
    page = await fresh(browser);
    const cold = await page.evaluate(async (list) => {
      const begin = performance.now();
      await bench.connect();
      const open = performance.now() - begin;
      const { reply } = await bench.ask({ query: list });
      const first = performance.now() - begin;
      const { reply: count } = await bench.ask({ query: { count: { rule: '{"attr":"order_count","op":"gte","value":3}', as_of: undefined } } });
      return { open, first, counted: performance.now() - begin, rows: reply.customers.items.length, count: count.count.count };
    }, list(""));
    assert.equal(cold.rows, 50);
    assert.ok(cold.count > 0);
    line("cold open: database open", n, show(cold.open), "ms");
    line("cold open: first list", n, show(cold.first), "ms");
    line("cold open: first segment count", n, show(cold.counted), "ms");
    await page.close();
  } finally {
    await browser.stop();
  }
}
let total = 0;
for (const name of await readdir(dist)) total += (await stat(path.join(dist, name))).size;
line("dist/ on disk", "", Math.round(total / 1000).toLocaleString("en"), "kB");
