// A file of a hundred thousand order lines (SHUKE_LINES for another number) goes in while the page stays at hand: it
// shows how far it is, answers clicks and keys, can be stopped and taken back, and the totals are right to the cent.

import assert from "node:assert/strict";
import { createWriteStream, mkdtempSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { browser } from "./harness.mjs";
import { choose, customerCount, eventually, expectTotal, go, search } from "./steps.mjs";

const LINES = Number(process.env.SHUKE_LINES ?? 100_000);
/** Lines of the orders, in turn: 2.5 each. */
const PER_ORDER = [1, 2, 3, 4];
const patient = { timeout: Math.max(120_000, LINES) };

/** Writes the file and gives what is in it. */
async function ordersFile() {
  const name = path.join(mkdtempSync(path.join(tmpdir(), "shuke-large-")), "large.csv");
  const out = createWriteStream(name);
  const facts = { name, orders: 0, cents: 0, customers: 0, first: 0, early: "" };
  const buyers = Math.max(10, Math.floor(LINES / 25));
  // Who buys second is in soon after the beginning.
  facts.early = String(7_919 % buyers);
  out.write("Order number,Order time,Name,Phone,Product,Category,Quantity,Line amount\n");
  let line = 0;
  while (line < LINES) {
    const order = facts.orders;
    const buyer = (order * 7_919) % buyers;
    const day = String(1 + (order % 28)).padStart(2, "0");
    const at = `2026-0${1 + (order % 9)}-${day} ${String(8 + (order % 12)).padStart(2, "0")}:15:00`;
    for (let i = 0; i < PER_ORDER[order % 4] && line < LINES; i += 1, line += 1) {
      const cents = 500 + ((order * 31 + i * 17) % 9_500);
      facts.cents += cents;
      if (buyer === 0) facts.first += cents;
      const row = `L${order},${at},Buyer ${buyer},139${String(buyer).padStart(8, "0")},Item ${order % 40},Kind ${order % 7},1,${(cents / 100).toFixed(2)}\n`;
      if (!out.write(row)) await new Promise((resolve) => { out.once("drain", resolve); });
    }
    facts.orders += 1;
  }
  await new Promise((resolve) => { out.end(resolve); });
  facts.customers = Math.min(buyers, facts.orders);
  return facts;
}

/** Watches the main thread and what the page tells of its progress, from now on. */
const watch = (page) => page.evaluate(() => {
  const seen = { task: 0, gap: 0, told: new Set() };
  globalThis.__seen = seen;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) seen.task = Math.max(seen.task, entry.duration);
  }).observe({ entryTypes: ["longtask"] });
  let before = performance.now();
  const frame = (now) => { seen.gap = Math.max(seen.gap, now - before); before = now; requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
  new MutationObserver(() => {
    const told = document.querySelector(".import-facts")?.textContent;
    if (told) seen.told.add(told);
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
});

const seen = (page) => page.evaluate(() => ({ task: Math.round(globalThis.__seen.task), gap: Math.round(globalThis.__seen.gap), told: globalThis.__seen.told.size }));

/** The rows that the page says are in. */
const rowsDone = (page) => page.evaluate(() => {
  const told = /([\d,]+) rows? done/.exec(document.querySelector(".import-facts")?.textContent ?? "");
  return told ? Number(told[1].replaceAll(",", "")) : 0;
});

/** From the file to the button that starts. */
async function toPreview(page, name) {
  await go(page, "#/data", "Data");
  await choose(page, [name]);
  const check = page.getByRole("button", { name: "See what will happen" });
  const reading = page.getByRole("heading", { name: "Reading through; nothing is changed" });
  const done = page.getByRole("heading", { name: "What will happen" });
  // A layout that was read before is known, and is read through at once.
  await check.or(reading).or(done).first().waitFor();
  if (await check.isVisible()) {
    await check.click();
    await reading.waitFor();
  }
  await done.waitFor(patient);
}

const start = (page) => page.getByRole("button", { name: /^Import [\d,]+ rows$/ });

test(`${LINES.toLocaleString("en")} order lines`, { timeout: 600_000 + LINES * 2 }, async (t) => {
  const facts = await ordersFile();
  const b = await browser();
  const page = await b.open();
  const began = Date.now();
  const took = {};
  await watch(page);

  await t.test("the preview reads all of it and counts it", async () => {
    await toPreview(page, facts.name);
    took.preview = Date.now() - began;
    const text = await page.locator("main").innerText();
    assert.match(text, new RegExp(`${LINES.toLocaleString("en")} rows read`));
    assert.match(text, new RegExp(`\\b${facts.orders.toLocaleString("en")}\\b`));
  });

  await t.test("stopped on the way: what is in is said, shown, and taken back at once", async () => {
    await start(page).click();
    await eventually(() => rowsDone(page), (rows) => rows > LINES / 20, { seconds: patient.timeout / 1000 });
    await page.getByRole("button", { name: "Cancel", exact: true }).click();
    await page.getByRole("heading", { name: "Stopped; what was read so far is in" }).waitFor(patient);
    const created = Number((await page.locator(".import-tally").filter({ hasText: "Orders" }).locator("[data-action=create] dd").innerText()).replaceAll(",", ""));
    assert.ok(created > 0 && created < facts.orders, `${created} orders`);
    await page.getByRole("button", { name: "Undo the whole import" }).or(page.getByRole("button", { name: /^Undo/ })).first().click();
    await page.getByRole("heading", { name: /is undone$/ }).waitFor(patient);
    await page.getByRole("button", { name: "Import another file" }).click();
    await go(page, "#/orders", "Orders");
    await page.locator("main .empty").waitFor();
  });

  await t.test("while it goes in the page shows how far it is and answers whatever one does", async () => {
    await toPreview(page, facts.name);
    const from = Date.now();
    await start(page).click();
    await eventually(() => rowsDone(page), (rows) => rows > LINES / 50, { seconds: patient.timeout / 1000 });
    const answers = [];
    const timed = async (what, act) => { const at = Date.now(); await act(); answers.push([what, Date.now() - at]); };
    await timed("settings", () => go(page, "#/settings", "Settings"));
    await timed("the import", () => go(page, "#/data", "Data"));
    // Small files may be through before the walk is.
    if (LINES >= 100_000) {
      await page.getByRole("heading", { name: "Writing" }).waitFor();
      assert.ok(await rowsDone(page) < LINES);
    }
    await timed("customers", () => go(page, "#/customers", "Customers"));
    const name = `Buyer ${facts.early}`;
    const link = page.getByRole("grid", { name: "List of customers" }).getByRole("link", { name, exact: true });
    await timed("a search", async () => {
      await search(page, `139${facts.early.padStart(8, "0")}`);
      await link.waitFor(patient);
    });
    await timed("a record", async () => {
      await link.click();
      await page.locator("main article").getByRole("heading", { level: 1, name }).waitFor(patient);
    });
    await timed("a new customer", async () => {
      await go(page, "#/customers/new");
      const form = page.getByRole("dialog", { name: "New customer" });
      await form.getByLabel("Name", { exact: true }).first().fill("Meanwhile Mia");
      await form.getByRole("button", { name: "Save", exact: true }).click();
      await form.waitFor({ state: "hidden", ...patient });
    });
    await go(page, "#/data", "Data");
    // What is over was put away when the page was left; past imports name it.
    await page.getByRole("heading", { name: "Imported" }).or(page.locator(".import-past li").filter({ hasText: "large.csv" }).first()).first().waitFor(patient);
    await eventually(() => page.getByRole("heading", { name: "Writing" }).count(), 0, { seconds: patient.timeout / 1000 });
    took.import = Date.now() - from;
    took.answers = Object.fromEntries(answers);
    const { told } = await seen(page);
    assert.ok(told >= 5, `told ${told} times how far it is`);
  });

  await t.test("the totals are those of the file", async () => {
    await go(page, "#/orders", "Orders");
    await expectTotal(page, facts.orders, "order");
    assert.equal(await customerCount(page), facts.customers + 1);
    await go(page, "#/customers?q=13900000000");
    await page.getByRole("grid", { name: "List of customers" }).getByRole("link", { name: "Buyer 0", exact: true }).click();
    await page.locator("main article").getByRole("heading", { level: 1, name: "Buyer 0" }).waitFor();
    const spend = page.locator("main article .stat").filter({ hasText: "Spend" }).first().locator(".stat-value");
    await eventually(async () => Math.round(100 * Number((await spend.innerText()).replace(/[^\d.]/g, ""))), facts.first, { seconds: 60 });
  });

  const { task, gap } = await seen(page);
  const size = Math.round(statSync(facts.name).size / 1e6);
  t.diagnostic(`${LINES} lines, ${facts.orders} orders, ${size} MB: preview ${took.preview} ms, import ${took.import} ms; longest task of the main thread ${task} ms, longest time without a frame ${gap} ms; answers meanwhile ${JSON.stringify(took.answers)}`);
  // Not a measure of speed: a page that is frozen is silent for seconds.
  assert.ok(task < 2_000, `the main thread was busy for ${task} ms`);
  await b.clean(page);
});
