// The same questions to Shuke (through its worker), to JavaScript written by hand and to DuckDB-WASM, in one Chromium
// run on the same data (design/performance.md, Q1 to Q7 and Q9). No time is printed whose answer differs from the others'.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "../browser/harness.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const TYPES = { ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm" };

/** Lifetime spend decides the tier, so that SQL without recursion can say it too. */
const PROGRAM = {
  name: "Bench", currency: "CNY", time_zone: "Asia/Shanghai",
  earn: [{ id: "base", on: "purchase", points: 1, per: "1.00", basis: "net_of_discount", rounding: "floor", round_each: "order" },
    { id: "double", on: "purchase", multiply: "2", where: [{ attr: "category", op: "in", value: ["类目1", "类目2"] }] }],
  stacking: "multiply", pending_days: 0, expiry: { kind: "days", n: 365 },
  redeem: { points: 100, worth: "1.00", step: 100, min_points: 100 }, refund: "unlimited",
  tiers: { measure: "spend", window: { kind: "lifetime" }, upgrade: "at_once", downgrade: "never", keep_months: 0,
    levels: [{ id: "silver", from: "0" }, { id: "gold", from: "2000.00", multiply: "1.25" }, { id: "platinum", from: "10000.00", multiply: "1.5" }] },
};

const REDEMPTIONS = 500;
const ROUNDS = 7;

/** A page of the peers: these files, and the packages they are of. */
async function serve() {
  const map = {
    imports: {
      "@duckdb/duckdb-wasm": "/npm/@duckdb/duckdb-wasm/dist/duckdb-browser.mjs", "apache-arrow": "/npm/apache-arrow/Arrow.dom.mjs",
      tslib: "/npm/tslib/tslib.es6.mjs", flatbuffers: "/npm/flatbuffers/mjs/flatbuffers.js",
    },
  };
  const html = `<!doctype html><title>peers</title><script type="importmap">${JSON.stringify(map)}</script>
    <script type="module">globalThis.peers = await import("/bench/peers.mjs"); document.title = "ready";</script>`;
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    if (pathname === "/") return response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(html);
    const file = pathname.startsWith("/npm/") ? path.join(root, "node_modules", pathname.slice(5)) : path.join(here, path.basename(pathname));
    try {
      const body = await readFile(file);
      return response.writeHead(200, { "content-type": TYPES[path.extname(file)] ?? "application/octet-stream" }).end(body);
    } catch {
      return response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }) };
}

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const show = (ms) => (ms < 10 ? ms.toFixed(2) : ms.toFixed(0));
const iso = (day) => new Date(day * 86_400_000).toISOString().slice(0, 10);

/** Redeems for members of all sizes through the worker, one after the other; who took how much, by number. */
async function redeem(page) {
  return page.evaluate(async (wanted) => {
    const some = async (offset, limit) => (await bench.ask({ query: { members: { search: "", offset, limit } } })).reply.members;
    const { total } = await some(0, 1);
    const members = [];
    for (let k = 0; k < 10; k++) members.push(...(await some(Math.floor((total * k) / 10), wanted / 10)).items);
    const taken = [];
    for (const member of members) {
      const points = Math.floor(Number(member.balance) / 200) * 100;
      if (points < 100) continue;
      await bench.ask({ command: { redeem: { customer: member.customer, points, reward: undefined, order_amount: undefined, order: undefined, key: `bench-${member.customer}` } } });
      taken.push([Number(member.phone.replace(/\D/g, "").slice(-8)), points]);
    }
    return taken;
  }, REDEMPTIONS);
}

/**
 * From now on the worker says with each answer how long it took from the arrival of the question: reading it, working it
 * out and writing the answer. What is left of the time that the page sees is the way there and back.
 */
async function watch(page) {
  const [worker] = page.workers();
  await worker.evaluate(() => {
    const { onmessage } = self;
    const post = self.postMessage.bind(self);
    let arrived = 0;
    self.onmessage = (event) => {
      arrived = performance.now();
      onmessage.call(self, event);
    };
    self.postMessage = (data, ...rest) => post({ ...data, inside: performance.now() - arrived }, ...rest);
  });
}

/** Runs in the page of the peers: each call with its time and answer. */
async function timed(calls) {
  const answers = [];
  for (const call of calls) {
    const run = new Function("byHand", "duck", "all", "redemptions", `return ${call}`);
    const begin = performance.now();
    const answer = await run(globalThis.peers.byHand, globalThis.duck, globalThis.all, globalThis.redemptions);
    answers.push({ ms: performance.now() - begin, answer });
  }
  return answers;
}

/** The first days of the 36 months that end with a day, oldest first. */
function months(day) {
  const date = new Date(day * 86_400_000);
  return Array.from({ length: 36 }, (_, k) => Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - 35 + k, 1) / 86_400_000);
}

/** Name, the days asked for, how Shuke is asked, its answer as the peers give it, and how they are asked. */
function questions(today, redeemedOn) {
  // Days that differ, so that nothing is answered from memory; on the later ones lots have ended that stood behind
  // those the redemptions took, which only first in, first out gets right.
  const later = Array.from({ length: ROUNDS + 1 }, (_, k) => redeemedOn + 1 + 20 * k);
  const recent = Array.from({ length: ROUNDS + 1 }, (_, k) => redeemedOn - 1 - k);
  const same = Array.from({ length: ROUNDS + 1 }, () => redeemedOn);
  // Each round asks with other values, as somebody does who turns a knob of the builder: nobody answers from memory, and
  // nobody is asked more than the question.
  const provinces = (k) => ({ attr: "province", op: "in", value: [k + 1, k + 2, k + 3].map((n) => `省${n}`) });
  const young = (k) => ({ attr: "age", op: "between", value: [25 + k, 34 + k] });
  const agreed = { attr: "consent.email", op: "is", value: true };
  const quiet = (k) => ({ attr: "last_order_on", op: "more_than_ago", value: { n: 60 + k, unit: "day" } });
  const last = (n) => ({ last: { n, unit: "day" } });
  const bought = (category) => ({ orders: { where: [{ attr: "category", op: "eq", value: `类目${category}` }], measure: "count", op: "gte", value: 1 } });
  const count = (name, rule, peer) => [name, same, (day, k) => ({ count: { rule: JSON.stringify(rule(k)), as_of: undefined } }),
    ({ count: it }) => ({ found: Number(it.count) }), (day, k) => [`byHand.${peer}(all, ${day}, ${k})`, `duck.${peer}(${day}, ${k})`]];
  return [
    count("Q1 three provinces, ten years of age, agreed", (k) => ({ all: [provinces(k), young(k), agreed] }), "wanted"),
    count("Q2 three orders in 90 days, 2,000.00 in 365", (k) => ({ all: [
      { orders: { within: last(90 + k), measure: "count", op: "gte", value: 3 } },
      { orders: { within: last(365 + k), measure: "sum", op: "gte", value: "2000.00" } }] }), "frequent"),
    count("Q3 bought A, never B, quiet for 60 days", (k) => ({ all: [bought(k + 1), { not: bought(k + 2) }, quiet(k)] }), "lapsed"),
    count("Q4 six conditions, nested", (k) => ({ any: [
      { all: [provinces(k), { orders: { within: last(180 + k), measure: "count", op: "gte", value: 2 } }] },
      { all: [young(k), { not: bought(k + 1) }] }, { not: { any: [agreed, quiet(k)] } }] }), "mixed"),
    ["Q5 RFM of everybody, 125 cells", recent, (day) => ({ insight: { rfm: { as_of: iso(day), options: undefined } } }),
      ({ insight: { rfm: it } }) => ({ counts: it.cells.map((cell) => Number(cell.count)) }),
      (day) => [`byHand.cells(all, ${day})`, `duck.cells(${day})`]],
    ["Q7 points of everybody", later, (day) => ({ points_overview: { as_of: iso(day) } }),
      ({ points_overview: it }) => ({ sum: Number(it.outstanding), members: Number(it.members), soon: Number(it.expiring30Days) }),
      (day) => [`byHand.points(all, ${day}, redemptions, ${redeemedOn})`, `duck.points(${day}, ${redeemedOn})`]],
    ["Q6 stage of life of everybody", recent, (day) => ({ lifecycle: { as_of: iso(day) } }),
      ({ lifecycle: it }) => ({ counts: [it.new, it.active, it.dormant, it.churned].map(Number) }),
      (day) => [`byHand.stages(all, ${day})`, `duck.stages(${day})`]],
    ["Q9 who came back, 36 x 36 months", recent, (day) => ({ insight: { cohorts: { as_of: iso(day), months: 36 } } }),
      ({ insight: { cohorts: it } }) => ({ bought: it.bought.map((row) => row.map(Number)), earlier: Number(it.earlier) }),
      (day) => [`byHand.cohorts(all, ${JSON.stringify(months(day))}, ${day})`, `duck.cohorts(${JSON.stringify(months(day))}, ${day})`]],
  ];
}

/** Compares at `n` customers; `page` has the worker with the data, `line` prints. `put` set the programme there is. */
export async function compare(browser, page, n, line, put) {
  const site = await serve();
  const peers = await browser.context.newPage();
  try {
    // The only programme there is, as the peers know only this one.
    await page.evaluate((batch) => bench.ask({ command: { undo: { batch } } }), put);
    await page.evaluate((program) => bench.ask({ command: { set_program: { program: JSON.stringify(program), from: undefined } } }), PROGRAM);
    const today = await page.evaluate(async () => (await bench.ask({ query: "status" })).reply.status.today);
    await watch(page);
    const redeemedOn = Date.parse(today) / 86_400_000;
    const taken = await redeem(page);
    assert.ok(taken.length > REDEMPTIONS / 2, `only ${taken.length} redemptions`);
    await peers.goto(site.url);
    await peers.waitForFunction(() => document.title === "ready", undefined, { timeout: 60_000 });
    const version = await peers.evaluate(async ([n, taken]) => {
      globalThis.all = globalThis.peers.columns(n);
      globalThis.redemptions = new Int32Array(n);
      for (const [customer, points] of taken) globalThis.redemptions[customer] = points;
      globalThis.duck = await globalThis.peers.Duck.open(all, redemptions);
      return duck.version;
    }, [n, taken]);
    line(`peers: DuckDB-WASM ${version}, JavaScript over typed arrays; redemptions`, n, taken.length, "");

    // Redemptions are writes: the worker saves its snapshot when idle, and that shall be over.
    await page.bringToFront();
    await page.waitForTimeout(8_000);
    for (const [name, days, query, answer, calls] of questions(today, redeemedOn)) {
      // One engine at a time, in the tab that is in front: a browser slows the others down.
      await page.bringToFront();
      const ours = await page.evaluate(async (queries) => {
        const answers = [];
        for (const query of queries) answers.push(await bench.ask({ query }));
        return answers;
      }, days.map(query));
      await peers.bringToFront();
      const hand = await peers.evaluate(timed, days.map((day, k) => calls(day, k)[0]));
      const duck = await peers.evaluate(timed, days.map((day, k) => calls(day, k)[1]));
      for (const [k, day] of days.entries()) {
        const said = answer(ours[k].reply);
        assert.deepEqual(said, hand[k].answer, `${name}, ${iso(day)}: Shuke and the loop differ`);
        assert.deepEqual(said, duck[k].answer, `${name}, ${iso(day)}: Shuke and DuckDB differ`);
      }
      // The first round warms everybody up.
      const [us, loop, sql] = [ours, hand, duck].map((all) => median(all.slice(1).map((it) => it.ms)));
      const inside = median(ours.slice(1).map((it) => it.inside));
      // Like beside like: the loop has no messages, DuckDB answers from a worker as Shuke does.
      line(`${name}: Shuke, in its worker`, n, show(inside), "ms");
      line(`${name}: Shuke, messages included`, n, show(us), "ms");
      line(`${name}: JavaScript by hand`, n, show(loop), `ms (Shuke in its worker takes ${(inside / loop).toFixed(2)}x)`);
      line(`${name}: DuckDB-WASM, messages included`, n, show(sql), `ms (Shuke is ${(sql / us).toFixed(1)}x as fast)`);
    }
  } finally {
    await peers.close();
    await site.close();
  }
}
