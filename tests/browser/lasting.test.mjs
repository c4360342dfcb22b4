// What stays whole when two tabs write the same record, when a tab was away, and when the browser threw everything away.

import assert from "node:assert/strict";
import { test } from "node:test";
import { browser } from "./harness.mjs";
import { eventually, go } from "./steps.mjs";
import { ask, command, init, member, setProgram, standing } from "./till.mjs";

/** A customer's fields as a tab has them. */
const fields = async (page, id) => {
  const { customer: { customer: { id: _, createdAt: __, updatedAt: ___, ...it } } } = await ask(page, { query: { customer: { id } } });
  return it;
};

test("two tabs and one customer", async (t) => {
  const b = await browser({ init });
  const [one, two] = [await b.open(), await b.open()];
  await setProgram(one);
  const id = await member(one, "王芳", "13800001234", 300);

  await t.test("F17: different fields changed at once: both stay", async () => {
    const before = await fields(one, id);
    await Promise.all([
      command(one, { tag_customers: { ids: [id], tag: "vip", add: true } }),
      command(two, { tag_customers: { ids: [id], tag: "tea", add: true } }),
      command(one, { adjust_points: { customer: id, points: 7, reason: "found", key: "F17" } }),
    ]);
    const after = await fields(two, id);
    assert.deepEqual([after.tags.toSorted(), after.name], [["tea", "vip"], before.name]);
    assert.equal((await standing(two, id)).balance, 307);
  });

  await t.test("F18: the same field: the later stays in both tabs, the other is in the history", async () => {
    const before = await fields(one, id);
    await go(one, `#/customers/${id}`);
    await go(two, `#/customers/${id}`);
    await command(one, { update_customer: { id, fields: { ...before, note: "from one" } } });
    await command(two, { update_customer: { id, fields: { ...before, note: "from two" } } });
    for (const page of [one, two]) {
      assert.equal((await fields(page, id)).note, "from two");
      await page.locator("main article").getByText("from two").first().waitFor({ timeout: 1000 });
    }
    const { history } = await ask(one, { query: { history: { kind: "customer", id, offset: 0, limit: 20 } } });
    const text = JSON.stringify(history);
    assert.match(text, /from one/);
    assert.match(text, /from two/);
  });

  await t.test("F19: points given in both at once: both are in the ledger, the balance is the sum", async () => {
    const { balance } = await standing(one, id);
    await Promise.all([one, two].flatMap((page, n) => [1, 2, 3, 4, 5].map((points) =>
      command(page, { adjust_points: { customer: id, points, reason: "at once", key: `F19-${n}-${points}` } }))));
    for (const page of [one, two]) assert.equal((await standing(page, id)).balance, balance + 30);
    // The same once more: each is known by its key.
    await Promise.all([one, two].map((page, n) => ask(page, { command: { adjust_points: { customer: id, points: 1, reason: "at once", key: `F19-${n}-1` } } })));
    assert.equal((await standing(one, id)).balance, balance + 30);
  });

  await t.test("F21: a tab that comes back from somewhere else shows what happened meanwhile, before it writes", async () => {
    const address = one.url();
    await one.goto("about:blank");
    const now = await fields(two, id);
    await command(two, { update_customer: { id, fields: { ...now, note: "meanwhile", city: "Suzhou" } } });
    await one.goBack();
    assert.equal(one.url(), address);
    await one.locator("main article").getByText("meanwhile").first().waitFor();
    assert.equal((await fields(one, id)).city, "Suzhou");
    await command(one, { tag_customers: { ids: [id], tag: "back", add: true } });
    assert.deepEqual([(await fields(two, id)).note, (await fields(two, id)).tags.includes("back")], ["meanwhile", true]);
  });
});

/** The browser throws away what it kept of the page's origin, once the worker of the page that was closed lets go of it. */
async function thrownAway(b, storageTypes) {
  const blank = await b.context.newPage();
  await blank.goto(new URL("segment-rule.schema.json", b.server.url).href);
  const session = await b.context.newCDPSession(blank);
  await eventually(async () => {
    await session.send("Storage.clearDataForOrigin", { origin: b.server.origin, storageTypes });
    return blank.evaluate(async () => {
      const left = [];
      for await (const name of (await navigator.storage.getDirectory()).keys()) left.push(name);
      return left.length;
    });
  }, 0);
  await blank.close();
}

test("F09: the browser threw everything away: a first run that offers the way back, and writes nothing", async () => {
  const b = await browser({ init });
  let page = await b.open();
  await member(page, "王芳", "13800001234");
  await page.close();
  await thrownAway(b, "all");
  page = await b.open();
  await page.getByRole("link", { name: /Restore a backup/ }).or(page.getByRole("button", { name: /Restore a backup/ })).first().waitFor();
  const { customers } = await ask(page, { query: { customers: { search: "", past: [], sort: "name", descending: false, offset: 0, limit: 10 } } });
  assert.equal(customers.total, 0);
});

test("F08: the browser threw the database away and left the rest: told, with the ways back, and nothing shows as if new", async () => {
  const b = await browser({ init });
  let page = await b.open();
  await member(page, "王芳", "13800001234");
  await eventually(() => page.evaluate(() => localStorage.getItem("shuke.held")), (it) => / 1 0"$/.test(it ?? ""));
  await page.close();
  await thrownAway(b, "file_systems,indexeddb");
  page = await b.open();
  const told = page.getByRole("alert").filter({ hasText: /1 customers and 0 orders were here, last seen on/ });
  await told.getByRole("link", { name: "Restore a backup" }).waitFor();
  assert.equal(await told.getByRole("link", { name: "Fetch it from my server" }).getAttribute("href"), "#/settings/sync");
  // What is remembered outlasts another look; a person who says that it is right is not told again.
  await page.reload();
  await told.getByRole("button", { name: "It is right that nothing is here" }).click();
  await told.waitFor({ state: "detached" });
  await page.reload();
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  assert.equal(await told.count(), 0);
  // Whoever empties it is not told either.
  await member(page, "王芳", "13800001234");
  await eventually(() => page.evaluate(() => localStorage.getItem("shuke.held")), (it) => / 1 0"$/.test(it ?? ""));
  await command(page, { erase_everything: { confirm: "ERASE" } });
  await eventually(() => page.evaluate(() => localStorage.getItem("shuke.held")), null);
});

test("F28: birthdays and days of orders are those of the shop, whatever the zone of the device", async () => {
  const days = [];
  for (const timezoneId of ["America/Los_Angeles", "Pacific/Kiritimati"]) {
    const b = await browser({ init, timezoneId });
    const page = await b.open();
    const { status: { settings } } = await ask(page, { query: "status" });
    await command(page, { set_settings: { settings: { ...settings, zone: "Asia/Shanghai" } } });
    const { outcome } = await command(page, { create_customer: { fields: { name: "B", phone: "13800001234", birthday: "1990-03-29" } } });
    const { id } = outcome.customer;
    await command(page, { create_order: { customer: id, fields: { at: "2026-03-28T16:30:00Z", currency: "CNY", amount: 10_000, status: "paid" } } });
    const { timeline } = await ask(page, { query: { timeline: { customer: id, offset: 0, limit: 10 } } });
    days.push([(await fields(page, id)).birthday, timeline.items.find((it) => it.what.order).localAt]);
    await b.stop();
  }
  assert.deepEqual(new Set(days.map((it) => JSON.stringify(it))), new Set([JSON.stringify(["1990-03-29", "2026-03-29T00:30:00"])]));
});
