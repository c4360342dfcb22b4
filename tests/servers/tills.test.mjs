// Two tills of a shop in step through each of the servers, by what is in the profiles alone: nothing in the program knows
// which server it speaks to. What is edited on either till is on both; what met is told; what was removed stays removed.

import { test } from "node:test";
import assert from "node:assert/strict";
import { utimesSync } from "node:fs";
import { jsonServer, kinto, missing, pouchServer, webdav } from "./servers.mjs";
import { missing as noPostgres, postgres, postgrest } from "./postgres.mjs";
import { eventually } from "../browser/steps.mjs";
import { KINDS, ask, command, conflicts, connect, content, converge, edit, inStep, member, overview, probe, runs, setProgram, till } from "./shop.mjs";

const byName = (held, name) => held.find((it) => it.name === name);
const TOKEN = "correct-horse-battery-staple";

/** What each server is and how an owner names it. */
const SERVERS = [
  {
    what: "json-server", skip: missing,
    start: async () => jsonServer(Object.fromEntries(KINDS.map((kind) => [kind, []]))),
    options: (it) => ({ address: it.origin, preset: "json-server" }),
    wipe: (it) => it.replace(Object.fromEntries(KINDS.map((kind) => [kind, []]))),
  },
  {
    what: "pouchdb-server", skip: missing,
    start: async () => pouchServer({ databases: ["shop"], admin: { name: "till", password: TOKEN } }),
    options: (it) => ({ address: `${it.origin}/shop`, preset: "couchdb", user: "till", password: TOKEN }),
    wipe: (it) => it.wipe(),
  },
  {
    what: "Kinto", skip: missing,
    start: async () => kinto({ name: "till", password: TOKEN }),
    options: (it) => ({ address: `${it.origin}/v1`, preset: "kinto", user: "till", password: TOKEN }),
    wipe: (it) => it.wipe(),
  },
  {
    what: "WsgiDAV", skip: missing,
    start: async () => webdav({ name: "till", password: TOKEN }),
    options: (it) => ({ address: it.origin, preset: "webdav", user: "till", password: TOKEN }),
    wipe: (it) => it.wipe(),
    also: async (t, { server, one, two, fang, na }) => {
      await t.test("F41: two tills write within one second, under one ETag: both edits are there in the end", async () => {
        // However slow this machine is: the file is always of the same second, and edits of one length leave its size.
        const file = server.path("shuke.json");
        const freeze = () => utimesSync(file, 1_795_000_000, 1_795_000_000);
        for (let n = 0; n < 4; n += 1) {
          freeze();
          await edit(one, fang, { note: `one ${n}` });
          await inStep(one);
          freeze();
          await edit(two, na, { note: `two ${n}` });
          await inStep(two);
        }
        freeze();
        const held = await converge([one, two]);
        assert.deepEqual([fang, na].map((id) => held.find((it) => it.id === id).note), ["one 3", "two 3"]);
      });
    },
  },
  {
    what: "PostgreSQL", skip: noPostgres,
    start: async () => postgrest(await postgres()),
    options: (it) => ({ address: it.origin, preset: "postgrest", token: it.token("north") }),
  },
];

for (const { what, skip, start, options, wipe, also } of SERVERS) {
  test(`two tills through ${what}`, { skip, timeout: 300_000 }, async (t) => {
    const server = await start();
    const how = options(server);
    const [one, two] = [await till(), await till()];
    let fang;
    let na;

    await t.test("the probe finds it good, says what it found, and leaves nothing behind", async () => {
      const found = await probe(one, how);
      assert.notEqual(found.verdict, "unsafe", JSON.stringify(found.findings, null, 1));
      assert.equal(found.findings.length > 3, true);
      assert.deepEqual(found.there.filter((it) => it.there > 0), []);
    });

    await t.test("the second till has what the first had", async () => {
      const { status: { settings } } = await ask(one.page, { query: "status" });
      await command(one.page, { set_settings: { settings: { ...settings, name: "Tea house" } } });
      await setProgram(one.page);
      fang = await member(one.page, "王芳", "13800001234", 300);
      na = await member(one.page, "Na Li", "13900005678", 1000);
      await connect(one, how);
      await inStep(one);
      await connect(two, how);
      const held = await converge([one, two]);
      assert.deepEqual(held.map((it) => [it.name, it.balance]), [["Na Li", 1000], ["王芳", 300]]);
    });

    await t.test("different fields edited on both at once: both stay", async () => {
      await edit(one, fang, { note: "likes jasmine" });
      await edit(two, fang, { email: "fang@example.com", tags: ["vip"] });
      const held = byName(await converge([one, two]), "王芳");
      assert.deepEqual([held.note, held.email, held.tags], ["likes jasmine", "fang@example.com", ["vip"]]);
      assert.deepEqual([await conflicts(one), await conflicts(two)], [[], []]);
    });

    await t.test("the same field: the later stays on both, the other is in the list, and one click takes it", async () => {
      await edit(one, na, { name: "Li Na" });
      await edit(two, na, { name: "Lina" });
      const held = await converge([one, two]);
      assert.deepEqual(held.map((it) => it.name), ["Lina", "王芳"]);
      const told = [...await conflicts(one), ...await conflicts(two)].filter((it) => it.field === "name");
      assert.equal(told.length >= 1, true);
      assert.deepEqual([told[0].kept.json, told[0].other.json], ['"Lina"', '"Li Na"']);
      const where = (await conflicts(one)).length > 0 ? one : two;
      await command(where.page, { sync: { settle: { conflict: told[0].id, other: true } } });
      assert.deepEqual((await converge([one, two])).map((it) => it.name), ["Li Na", "王芳"]);
    });

    await t.test("orders, refunds and points of both tills add up", async () => {
      const order = (amount) => ({ at: new Date().toISOString(), currency: "CNY", amount, status: "paid" });
      await command(one.page, { create_order: { customer: fang, fields: order(5000) } });
      await command(two.page, { create_order: { customer: fang, fields: order(7000) } });
      await command(one.page, { adjust_points: { customer: fang, points: 11, reason: "found", key: "one-11" } });
      await command(two.page, { adjust_points: { customer: fang, points: 13, reason: "found", key: "two-13" } });
      const held = byName(await converge([one, two]), "王芳");
      assert.deepEqual([held.balance, held.happened.length], [300 + 50 + 70 + 11 + 13, byName(await content(one), "王芳").happened.length]);
    });

    await t.test("what one removes goes on the other, comes back by undo, and stays away when erased", async () => {
      const wu = await member(two.page, "Wu Jie", "13700001111");
      await converge([one, two]);
      const { batch } = await command(one.page, { remove_customers: { ids: [wu] } });
      assert.equal(byName(await converge([one, two]), "Wu Jie"), undefined);
      await command(one.page, { undo: { batch } });
      assert.equal(byName(await converge([one, two]), "Wu Jie").phone, "+8613700001111");
    });

    await t.test("work goes on without the network and arrives afterwards", async () => {
      await two.browser.context.setOffline(true);
      await member(two.page, "Offline Ou", "13600002222");
      await edit(one, fang, { city: "Shanghai" });
      await inStep(one);
      await two.browser.context.setOffline(false);
      const held = await converge([one, two]);
      assert.equal(byName(held, "王芳").city, "Shanghai");
      assert.equal(byName(held, "Offline Ou").phone, "+8613600002222");
    });

    await also?.(t, { server, one, two, fang, na });

    await t.test("F09: a browser that lost everything connects again, has all of it and sends nothing", async () => {
      const three = await till();
      await connect(three, how);
      assert.deepEqual(await converge([three, one]), await content(two));
      assert.equal((await ask(three.page, { query: "status" })).status.settings.name, "Tea house");
      assert.equal((await runs(three)).reduce((sum, run) => sum + run.sent, 0), 0);
    });

    if (wipe) {
      await t.test("F63: the server comes back empty: it stops, asks, and sends everything again when told to", async () => {
        const before = await content(one);
        await wipe(server);
        await command(one.page, { sync: { now: { whole: true } } });
        const until = Date.now() + 30_000;
        let question;
        while (!question && Date.now() < until) {
          question = (await overview(one)).question;
          if (!question) await new Promise((resolve) => { setTimeout(resolve, 50); });
        }
        assert.ok(["empty_list", "wiped"].includes(question?.kind), JSON.stringify(await overview(one)));
        assert.deepEqual(await content(one), before);
        // A server of many lists may ask for more than one of them, not for ever.
        for (let n = 0; question && n < 3; n += 1) {
          await command(one.page, { sync: { answer: { question: question.id, choice: "send_again" } } });
          await eventually(async () => {
            const it = await overview(one);
            return Boolean(it.question && it.question.id !== question.id) || (it.light.standing === "in_step" && it.light.pending === 0);
          }, true, { seconds: 60 });
          question = (await overview(one)).question;
        }
        assert.equal(question ?? null, null);
        await inStep(one, { whole: true });
        assert.deepEqual(await content(one), before);
        const four = await till();
        await connect(four, how);
        assert.deepEqual(await converge([four]), before);
      });
    }

    await t.test("the secret is nowhere in clear: storage, files of the browser, addresses", async () => {
      assert.deepEqual(await found(one, TOKEN), []);
      await command(one.page, { sync: "disconnect" });
      assert.equal(await ask(one.page, { query: { sync: "overview" } }).then((it) => it.sync.overview ?? null), null);
    });
  });
}

/** Where a text stands in what the browser keeps for the page. */
async function found(till, text) {
  return till.page.evaluate(async (text) => {
    const places = [];
    const look = (where, value) => { if (typeof value === "string" && value.includes(text)) places.push(where); };
    for (const [name, storage] of [["localStorage", localStorage], ["sessionStorage", sessionStorage]]) {
      for (let n = 0; n < storage.length; n += 1) look(`${name} ${storage.key(n)}`, storage.getItem(storage.key(n)));
    }
    look("address", location.href);
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
        for (const value of all) {
          look(`indexedDB ${name}`, JSON.stringify(value, (_, it) => (it instanceof ArrayBuffer || ArrayBuffer.isView(it)
            ? new TextDecoder("latin1").decode(it) : it)));
        }
      }
      db.close();
    }
    const bytes = new TextEncoder().encode(text);
    const walk = async (folder, path) => {
      for await (const [name, handle] of folder.entries()) {
        if (handle.kind === "directory") { await walk(handle, `${path}/${name}`); continue; }
        const data = new Uint8Array(await (await handle.getFile()).arrayBuffer());
        for (let at = data.indexOf(bytes[0]); at >= 0; at = data.indexOf(bytes[0], at + 1)) {
          if (bytes.every((byte, n) => data[at + n] === byte)) { places.push(`file ${path}/${name}`); break; }
        }
      }
    };
    await walk(await navigator.storage.getDirectory(), "");
    return places;
  }, text);
}
