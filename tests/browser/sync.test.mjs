// Sync from the screen to an endpoint and back: two browsers come to the same, conflicts are taken back, no secret is left
// anywhere, and without a network changes wait.

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { axe, Browser } from "./harness.mjs";
import { endpoint } from "./endpoint.mjs";
import { customerCount, eventually, go, importMade, made, notice } from "./steps.mjs";
import { connect, edit, inStep, named, PEOPLE, standing, till, TOKEN } from "./sync-steps.mjs";
import { ask, command, init } from "./till.mjs";

test("two browsers come to the same; conflicts are shown, and taken back by one press", async (t) => {
  const server = await endpoint();
  const [a, b] = [await till(server), await till(server)];
  await importMade(a.page, made("people.csv", PEOPLE));

  await t.test("what one has, the other gets; what is withheld stays", async () => {
    await connect(a.page, server, { withhold: [["Customers", "Note"]] });
    await eventually(() => standing(a.page), "instep", { seconds: 60 });
    assert.equal(server.count("customers"), 3);
    await connect(b.page, server, {});
    await eventually(() => standing(b.page), "instep", { seconds: 60 });
    assert.equal(await customerCount(b.page), 3);
    assert.equal((await named(b.page, "Ann")).city, "Portland");
    assert.equal(server.received().includes("private remark"), false, "a withheld field was sent");
  });

  await t.test("different fields of one record: both changes stay", async () => {
    await edit(a.page, "Ann", { city: "Salem" });
    await edit(b.page, "Ann", { occupation: "Teacher" });
    for (const one of [a, b, a]) await inStep(one.page);
    for (const { page } of [a, b]) {
      const ann = await named(page, "Ann");
      assert.deepEqual([ann.city, ann.occupation], ["Salem", "Teacher"]);
    }
  });

  await t.test("the same field: the later stays, the other can be taken, and that undone", async () => {
    for (const { page } of [a, b]) {
      await go(page, "#/settings/sync");
      await page.getByRole("button", { name: "Pause" }).click();
      await page.getByRole("button", { name: "Resume" }).waitFor();
    }
    await edit(a.page, "欧阳", { city: "苏州市" });
    await edit(b.page, "欧阳", { city: "无锡市" });
    await a.page.getByText("1 change waits to be sent").first().waitFor();
    for (const one of [a, b]) {
      await one.page.getByRole("button", { name: "Resume" }).click();
      await inStep(one.page);
    }
    await inStep(a.page);
    for (const { page } of [a, b]) assert.equal((await named(page, "欧阳")).city, "无锡市");
    const seen = async ({ page }) => ((await page.getByRole("button", { name: "Use this: 欧阳娜娜, City, 苏州市" }).count()) ? page : null);
    const page = await eventually(async () => (await seen(b)) ?? (await seen(a)), (it) => it !== null);
    assert.deepEqual(await axe(page), []);
    await page.getByRole("button", { name: "Use this: 欧阳娜娜, City, 苏州市" }).click();
    await eventually(async () => (await named(page, "欧阳")).city, "苏州市");
    await notice(page, "The other value is used now", { undo: true });
    await eventually(async () => (await named(page, "欧阳")).city, "无锡市");
  });

  await t.test("what one removes, the other loses, and undo gives it back to both", async () => {
    const { id } = await named(a.page, "Zebulon");
    const { batch } = await command(a.page, { remove_customers: { ids: [id] } });
    for (const one of [a, b]) await inStep(one.page);
    assert.equal(await named(b.page, "Zebulon"), undefined);
    await command(a.page, { undo: { batch } });
    for (const one of [a, b]) await inStep(one.page);
    assert.equal((await named(b.page, "Zebulon")).city, "上海市");
  });
  await a.b.clean(a.page);
  await b.b.clean(b.page);
});

test("a secret is in the header that needs it and nowhere else", async () => {
  const server = await endpoint();
  server.authorization = `Bearer ${TOKEN}`;
  const b = await Browser.start({ init, endpoints: [server.origin] });
  let page = await b.open();
  const said = [];
  page.on("console", (message) => said.push(message.text()));
  await importMade(page, made("people.csv", PEOPLE));
  await connect(page, server, { token: TOKEN });
  await eventually(() => standing(page), "instep", { seconds: 60 });
  await page.getByText("Kept on this device, encrypted").waitFor();
  // It is enough for the next start.
  await page.reload();
  await page.locator("main h1").first().waitFor();
  await edit(page, "Ann", { city: "Salem" });
  await inStep(page);

  // Sent in one header of every request, in no address and no body.
  assert.ok(server.log.every((one) => one.headers.authorization === `Bearer ${TOKEN}`));
  assert.equal(server.log.some((one) => one.url.includes(TOKEN) || one.body.includes(TOKEN)), false);
  assert.equal(server.log.some((one) => one.headers.cookie || one.headers.referer), false);

  // Not in what a person can take away.
  const [saved] = await Promise.all([page.waitForEvent("download"), (async () => {
    await go(page, "#/settings/data", "Settings");
    await page.getByRole("button", { name: "Save backup" }).click();
  })()]);
  const [archive] = await Promise.all([page.waitForEvent("download"), (async () => {
    await go(page, "#/data/out", "Data");
    await page.getByRole("button", { name: /Archive/ }).first().click();
  })()]);
  for (const taken of [saved, archive]) {
    const bytes = await readFile(await taken.path());
    assert.equal(bytes.includes(TOKEN), false, taken.suggestedFilename());
  }
  // Not in what the page keeps, says or shows.
  const inside = await page.evaluate(async () => {
    const found = [JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie, location.href, document.documentElement.outerHTML];
    for (const { name } of await indexedDB.databases()) {
      const db = await new Promise((resolve, reject) => {
        const open = indexedDB.open(name);
        open.onsuccess = () => resolve(open.result);
        open.onerror = () => reject(open.error);
      });
      for (const store of db.objectStoreNames) {
        const all = await new Promise((resolve, reject) => {
          const ask = db.transaction(store).objectStore(store).getAll();
          ask.onsuccess = () => resolve(ask.result);
          ask.onerror = () => reject(ask.error);
        });
        found.push(JSON.stringify(all, (_, it) => (it instanceof CryptoKey ? `key, extractable: ${it.extractable}`
          : it instanceof ArrayBuffer || ArrayBuffer.isView(it) ? new TextDecoder("latin1").decode(it) : it)));
      }
      db.close();
    }
    for (const name of await caches.keys()) found.push(name);
    return found.join("\n");
  });
  assert.match(inside, /key, extractable: false/);
  assert.equal(inside.includes(TOKEN), false);
  assert.equal(said.join("\n").includes(TOKEN), false);
  const logged = await ask(page, { query: { commands: { offset: 0, limit: 50, imports_only: false } } });
  const shown = await ask(page, { query: { sync: "overview" } });
  assert.equal(JSON.stringify([logged, shown]).includes(TOKEN), false);

  // Not in any file of the browser's profile, database and storage included.
  await b.context.close();
  const hits = [];
  for (const entry of await readdir(b.profile, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const where = path.join(entry.parentPath ?? entry.path, entry.name);
    const bytes = await readFile(where).catch(() => Buffer.alloc(0));
    for (const form of [Buffer.from(TOKEN), Buffer.from(TOKEN, "utf16le"), Buffer.from(Buffer.from(TOKEN).toString("base64").slice(0, 30))]) {
      if (bytes.includes(form)) hits.push(where);
    }
  }
  assert.deepEqual(hits, []);
  await b.stop();
});

test("without a network changes wait; with it they go by themselves", async () => {
  const server = await endpoint();
  const { b, page } = await till(server);
  await importMade(page, made("people.csv", PEOPLE));
  await connect(page, server);
  await eventually(() => standing(page), "instep", { seconds: 60 });
  await b.context.setOffline(true);
  await edit(page, "Ann", { city: "Bergen" });
  await page.getByRole("heading", { name: "There is no network" }).waitFor({ timeout: 30_000 });
  await page.getByRole("link", { name: "Offline, 1 to sync" }).first().waitFor();
  await b.context.setOffline(false);
  await eventually(() => standing(page), "instep", { seconds: 60 });
  assert.ok(JSON.stringify([...server.records.customers.values()]).includes("Bergen"));
  // Disconnected: the data stays on both sides, and nothing is sent any more.
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Disconnect…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Disconnect" }).click();
  await page.getByRole("button", { name: "Connect an address" }).waitFor();
  const before = server.log.length;
  await edit(page, "Ann", { city: "Oslo" });
  await page.waitForTimeout(1500);
  assert.equal(server.log.length, before);
  assert.equal(server.count("customers"), 3);
  assert.equal(await customerCount(page), 3);
});
