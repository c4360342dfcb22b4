// A first sync of many records from the screen: 1,000 customers with 10,000 orders (SHUKE_CUSTOMERS for another number,
// 100000 for the whole) come from a quick endpoint in memory, in batches, over a reload; the page stays at hand, and the
// worker answers between its steps. Then the endpoint loses all of it, and everything is sent again.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, test } from "node:test";
import { eventually, go } from "./steps.mjs";
import { standing, till } from "./sync-steps.mjs";
import { ask } from "./till.mjs";

const CUSTOMERS = Number(process.env.SHUKE_CUSTOMERS ?? 1_000);
const ORDERS = CUSTOMERS * 10;
const patient = { seconds: Math.max(180, CUSTOMERS / 15) };

const id = (number) => `00009${String(number).padStart(8, "0")}`;
const STAMP = "01m80000zz-0000-00009";
const shuke = { v: 1, born: STAMP, at: STAMP };
const day = (number) => String(1 + (number % 28)).padStart(2, "0");
const MADE = {
  customers: (n) => ({ id: id(n), kind: "person", name: `Person ${n}`, phone: `139${String(n).padStart(8, "0")}`, createdAt: "2026-01-01T08:00:00Z", updatedAt: "2026-01-01T08:00:00Z", shuke }),
  orders: (n) => ({
    id: id(CUSTOMERS + n), customer: id(n % CUSTOMERS), at: `2026-0${1 + (n % 9)}-${day(n)}T10:00:00Z`, currency: "CNY",
    amount: `${10 + (n % 90)}.50`, gross: `${10 + (n % 90)}.50`, status: "paid", shuke,
  }),
};

/** As the functions of public/postgres.sql answer by PostgREST, from lists in memory that are made when they are read. */
async function quick() {
  const it = { epoch: "first", made: { customers: CUSTOMERS, orders: ORDERS }, stored: {}, numbers: {}, requests: 0, sent: 0 };
  it.wipe = () => { Object.assign(it, { epoch: "second", made: {}, stored: {}, numbers: {}, sent: 0 }); };
  it.count = (kind) => (it.made[kind] ?? 0) + (it.stored[kind]?.length ?? 0);
  const push = ({ kind, records }) => {
    const list = (it.stored[kind] ??= []);
    const numbers = (it.numbers[kind] ??= new Map());
    return records.map((record) => {
      const known = numbers.get(record.id);
      const made = record.id.startsWith("00009") && it.made[kind] !== undefined;
      if (known === undefined && !made) numbers.set(record.id, list.push(record) - 1);
      else if (known !== undefined) list[known] = record;
      it.sent += 1;
      return { id: record.id, status: "stored" };
    });
  };
  const pull = (kind, after, size) => {
    const made = it.made[kind] ?? 0;
    const end = Math.min(after + size, it.count(kind));
    const page = [];
    for (let at = after; at < end; at += 1) {
      const record = at < made ? MADE[kind](at) : it.stored[kind][at - made];
      page.push({ ...record, seq: at + 1 });
    }
    return page;
  };
  const server = createServer(async (request, response) => {
    response.setHeader("access-control-allow-origin", request.headers.origin ?? "*");
    response.setHeader("access-control-allow-methods", "GET, POST, OPTIONS");
    response.setHeader("access-control-allow-headers", "authorization, content-type");
    response.setHeader("access-control-max-age", "600");
    if (request.method === "OPTIONS") return response.writeHead(204).end();
    it.requests += 1;
    let body = "";
    try { for await (const chunk of request) body += chunk; } catch { return; }
    const { pathname, searchParams: query } = new URL(request.url, "http://here");
    const answer = pathname === "/rpc/shuke_push" ? push(JSON.parse(body))
      : pathname === "/rpc/shuke_pull" ? pull(query.get("kind"), Number(query.get("after") || 0), Number(query.get("size") || 1000))
        : pathname === "/rpc/shuke_about" ? { epoch: it.epoch, format: 1, team: "shop", seq: Math.max(0, ...["customers", "orders"].map(it.count)) }
          : null;
    response.writeHead(answer ? 200 : 404, { "content-type": "application/json" }).end(JSON.stringify(answer));
  });
  await new Promise((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  it.origin = `http://127.0.0.1:${server.address().port}`;
  after(() => { server.closeAllConnections(); server.close(); });
  return it;
}

/** The longest task of the page's thread, and how long the worker let a question wait, from now on. */
const watch = (page) => page.evaluate(() => {
  const seen = { task: 0, told: new Set() };
  globalThis.__seen = seen;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) seen.task = Math.max(seen.task, entry.duration);
  }).observe({ entryTypes: ["longtask"] });
  new MutationObserver(() => {
    // How much there is to receive nobody says: what has come is counted in words.
    const told = document.querySelector(".sync-standing .sync-progress .sync-sub")?.textContent.match(/[\d,]{2,}/)?.[0];
    if (told) seen.told.add(told);
  }).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
});
const seen = (page) => page.evaluate(() => ({ task: Math.round(globalThis.__seen.task), told: globalThis.__seen.told.size }));

/** Asks small questions until told to stop; how many milliseconds they waited: the longest, of a twentieth longer, half. */
function asking(page) {
  const waits = [];
  let going = true;
  const done = (async () => {
    while (going) {
      const began = Date.now();
      await ask(page, { query: { customer: { id: id(1) } } }, { seconds: 60 }).catch(() => {});
      waits.push(Date.now() - began);
      await page.waitForTimeout(50);
    }
  })();
  return async () => {
    going = false;
    await done;
    waits.sort((a, b) => b - a);
    return { asked: waits.length, most: waits[0], p95: waits[Math.floor(waits.length / 20)], median: waits[Math.floor(waits.length / 2)] };
  };
}

const counts = async (page) => {
  const { status } = await ask(page, { query: "status" }, { seconds: 60 });
  return [Number(status.customers), Number(status.orders)];
};

test(`${CUSTOMERS.toLocaleString("en")} customers with ${ORDERS.toLocaleString("en")} orders`, { timeout: patient.seconds * 4000 }, async (t) => {
  const server = await quick();
  const { page } = await till(server);
  const took = {};
  let began = 0;

  await t.test("they come while the page stays at hand, and go on after a reload", async () => {
    await go(page, "#/settings/sync");
    await page.getByRole("button", { name: "Connect an address" }).click();
    await page.getByLabel("Kind of server").selectOption({ label: "PostgREST" });
    await page.getByLabel("Address", { exact: true }).fill(server.origin);
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByRole("textbox", { name: "Token" }).fill("token-of-this-test");
    await page.getByRole("radio", { name: "On this device, encrypted" }).check();
    await page.getByRole("button", { name: "Check this address" }).click();
    await page.getByRole("heading", { name: /^(Good to use|Can be used)$/ }).waitFor({ timeout: 60_000 });
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByRole("checkbox", { name: /^Customers/ }).waitFor();
    began = Date.now();
    await watch(page);
    await page.getByRole("button", { name: "Start syncing" }).click();
    await page.locator("#sync-standing").waitFor();
    const stop = asking(page);
    await eventually(async () => (await counts(page))[1], (orders) => orders > ORDERS / 20, patient);
    took.first = { ...(await seen(page)), waits: await stop() };
    await page.reload();
    await page.locator("main h1").first().waitFor();
    const before = server.requests;
    await go(page, "#/settings/sync");
    await watch(page);
    const again = asking(page);
    await eventually(() => standing(page), "instep", patient);
    took.second = { ...(await seen(page)), waits: await again() };
    took.came = Date.now() - began;
    assert.deepEqual(await counts(page), [CUSTOMERS, ORDERS]);
    // What had come was not asked for again: the list goes on where it stood.
    assert.ok(server.requests - before < ORDERS / 1000 + CUSTOMERS / 1000 + 200, `${server.requests - before} requests after the reload`);
  });

  await t.test("the endpoint lost all of it: asked once, then everything is sent in batches", async () => {
    server.wipe();
    const [before, at] = [server.requests, Date.now()];
    await page.getByRole("button", { name: "Sync now" }).click();
    await page.getByRole("alert").getByRole("button", { name: "Fill the server from here" }).click({ timeout: 60_000 });
    await watch(page);
    const stop = asking(page);
    await eventually(() => [server.count("customers"), server.count("orders")].join(), `${CUSTOMERS},${ORDERS}`, patient);
    await eventually(() => standing(page), "instep", patient);
    took.third = { ...(await seen(page)), waits: await stop() };
    took.went = Date.now() - at;
    assert.ok(server.requests - before < (ORDERS + CUSTOMERS) / 100 + 300, `${server.requests - before} requests`);
  });

  t.diagnostic(JSON.stringify(took));
  for (const part of [took.first, took.second, took.third]) {
    // Measured here, and held to a limit only where somebody asks for one: machines of tests are slow and shared.
    assert.ok(part.task < Number(process.env.SHUKE_TASK_MS ?? Infinity), `a task of ${part.task} ms: ${JSON.stringify(took)}`);
  }
  assert.ok(took.first.told + took.second.told > 1, "it shows how far it is");
});
