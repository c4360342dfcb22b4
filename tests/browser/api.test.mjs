// Programs in a page: the JavaScript API beside an open tab, several times, on pages that are hostile or strict, with
// long work that is watched and stopped, and two versions of it side by side.

import assert from "node:assert/strict";
import { test } from "node:test";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { endpoint } from "./endpoint.mjs";
import { browser, root, serve } from "./harness.mjs";
import { customerCount } from "./steps.mjs";
import { createCustomer, showsCustomers } from "./trouble.mjs";

const HOST = "<!doctype html><meta charset=utf-8><title>host</title>";

/** A page of somebody else's on the same site, with nothing of ours in it. */
async function host(b, { name = "host.html", body = HOST, headers = {} } = {}) {
  const page = await b.context.newPage();
  page.on("pageerror", (error) => b.watched.push(`page error: ${error.message}`));
  await page.route(`**/${name}`, (route) => route.fulfill({ contentType: "text/html", body, headers }));
  await page.goto(b.server.url + name);
  return page;
}

test("a program beside the page", async (t) => {
  const b = await browser();
  const app = await b.open("#/customers");
  const page = await host(b);

  await t.test("sees what a person does, and a person sees what it does", async () => {
    await page.evaluate(async () => {
      const { open } = await import("./shuke.js");
      globalThis.shuke = await open();
      globalThis.told = [];
      shuke.on("change", (detail) => told.push(detail));
      await shuke.customers.put([{ externalId: "P-1", name: "Program One" }, { externalId: "P-2", name: "Program Two" }]);
    });
    await showsCustomers(app, 2);
    await app.getByRole("link", { name: "Program Two" }).waitFor();
    await createCustomer(app, "Person Three");
    await page.waitForFunction(async () => (await shuke.customers.count()) === 3);
    const kinds = await page.evaluate(() => told.map((it) => it.kinds.join()));
    assert.ok(kinds.includes("customers"), kinds.join(" "));
  });

  await t.test("goes on when the tab that holds the data is closed in the middle", async () => {
    const count = await page.evaluate(() => {
      const all = [];
      for (let i = 0; i < 12; i++) all[i] = shuke.customers.put({ externalId: `L-${i}`, name: `Late ${i}` });
      globalThis.late = Promise.all(all);
      return all.length;
    });
    await app.close();
    const created = await page.evaluate(async () => (await late).reduce((sum, it) => sum + it.created + it.unchanged, 0));
    assert.equal(created, count);
    assert.equal(await page.evaluate(() => shuke.customers.count()), 3 + count);
  });

  await t.test("opens the same workspace several times, and each end is its own", async () => {
    const said = await page.evaluate(async () => {
      const { open } = await import("./shuke.js");
      const [second, third] = await Promise.all([open(), open({ workspace: "default" })]);
      const before = performance.getEntriesByType("resource").length;
      const counts = await Promise.all([shuke, second, third].map((it) => it.customers.count()));
      await second.close();
      await second.close();
      const closed = await second.customers.count().catch((error) => error.code);
      return { counts, closed, still: await third.customers.count(), before };
    });
    assert.deepEqual([said.counts, said.closed, said.still], [[15, 15, 15], "closed", 15]);
    assert.equal(page.workers().length, 1, "one worker for all of them");
  });

  await t.test("keeps workspaces apart, and forgets what was only in memory", async () => {
    const said = await page.evaluate(async () => {
      const { open } = await import("./shuke.js");
      const other = await open({ workspace: "second-shop", currency: "EUR", timeZone: "Europe/Berlin" });
      await other.customers.put({ name: "Elsewhere" });
      const info = await other.info();
      const memory = await open({ storage: "memory" });
      await memory.customers.put({ name: "Nobody" });
      const inMemory = await memory.customers.count();
      await memory.close();
      const again = await open({ storage: "memory" });
      const demo = await open({ storage: "memory", demo: "cafe" });
      return { main: await shuke.customers.count(), info, inMemory, again: await again.customers.count(), demo: (await demo.customers.count()) > 100 };
    });
    assert.deepEqual([said.main, said.inMemory, said.again, said.demo], [15, 1, 0, true]);
    assert.deepEqual([said.info.currency, said.info.timeZone, said.info.customers], ["EUR", "Europe/Berlin", 1]);
  });

  await t.test("what it is given is its own: frozen, exact, and no key is special", async () => {
    const said = await page.evaluate(async () => {
      const odd = JSON.parse('{"externalId":"__proto__","name":"Odd","custom":{"__proto__":"polluted","constructor":"x","toString":"y"},"tags":["__proto__"]}');
      await shuke.customers.put(odd);
      const back = await shuke.customers.get({ externalId: "__proto__" });
      const change = () => {
        "use strict";
        back.name = "changed";
      };
      let error = null;
      try {
        change();
      } catch (it) {
        error = it.name;
      }
      await shuke.orders.put({ externalId: "X", customer: "__proto__", at: "2026-06-01T10:00", amount: "9007199254.99" });
      const [order] = (await shuke.orders.list({ customer: back.id })).items;
      const self = {};
      self.self = self;
      const codes = [];
      for (const bad of [() => 1, self, 5n, { name: () => 1 }, { custom: { big: 5n } }]) {
        codes.push(await shuke.customers.put(bad).then(() => "taken", (it) => it.code));
      }
      return { names: Object.keys(back.custom), polluted: {}.polluted, own: back.custom.constructor, error, frozen: Object.isFrozen(back.custom), amount: order.amount, codes };
    });
    assert.deepEqual(said.names.sort(), ["__proto__", "constructor", "toString"]);
    assert.deepEqual([said.polluted, said.own, said.error, said.frozen], [undefined, "x", "TypeError", true]);
    assert.equal(said.amount, "9007199254.99");
    assert.deepEqual(said.codes, ["invalid", "invalid", "invalid", "invalid", "invalid"]);
  });

  await t.test("long work says how far it is, and stops when it is told to", async () => {
    const said = await page.evaluate(async () => {
      const line = (i) => `Import ${i},1391${String(i).padStart(7, "0")}\n`;
      let text = "name,phone\n";
      for (let i = 0; i < 30_000; i++) text += line(i);
      const file = new File([text], "many.csv");
      const stop = new AbortController();
      const far = [];
      const all = [];
      const end = shuke.on("progress", (it) => all.push(it.method));
      const error = await shuke.import(file, { signal: stop.signal, onProgress: (it) => { far.push(it); if (it.done > 0) stop.abort(new Error("enough")); } }).catch((it) => it);
      const part = await shuke.customers.count();
      // What was in when it was stopped is one import, which can be taken back.
      if (error.report?.batch) await shuke.undoImport(error.report.batch);
      const rest = await shuke.customers.count();
      const whole = await shuke.import(file);
      const total = await shuke.customers.count();
      const undone = await shuke.undoImport(whole.batch, { onProgress: () => far.push({ undo: true }) });
      end();
      return { name: error.name, code: error.code, cause: error.cause?.message, far: far.length, part, rest, total, undone, left: await shuke.customers.count(), all: new Set(all).size };
    });
    assert.deepEqual([said.name, said.code, said.cause], ["AbortError", "cancelled", "enough"]);
    assert.ok(said.far > 1 && said.part < 30_016, JSON.stringify(said));
    assert.deepEqual([said.rest, said.total, said.undone.removed, said.left], [16, 30_016, 30_000, 16]);
  });

  await t.test("many records go over in turns, with the places of those that are wrong", async () => {
    const said = await page.evaluate(async () => {
      const many = [];
      for (let i = 0; i < 700; i++) many[i] = { customer: "P-1", kind: "page_view", at: "2026-06-01T10:00", key: `v-${i}` };
      many[650] = { kind: "x" };
      let turns = 0;
      const end = shuke.on("progress", () => (turns += 1));
      const report = await shuke.events.put(many);
      end();
      return { created: report.created, rows: [...new Set(report.issues.map((it) => it.row))], ids: new Set(report.ids).size, turns };
    });
    assert.deepEqual(said, { created: 699, rows: [650], ids: 699, turns: 3 });
  });
  await b.clean(page);
});

test("a program in a page that has changed the language", async () => {
  const b = await browser();
  const page = await b.context.newPage();
  // Nothing is evaluated in this page from outside: that would need what it has broken.
  const said = new Promise((resolve) => page.on("console", (message) => message.text().startsWith("said ") && resolve(message.text().slice(5))));
  const body = `${HOST}<script type="module">
    const work = async () => {
      const { open } = await import("./shuke.js");
      const shuke = await open({ workspace: "hostile" });
      const report = await shuke.customers.put([{ name: "A", tags: ["x", "y"] }, { name: "" }]);
      const one = await shuke.customers.get(report.ids[0]);
      const list = await shuke.customers.list({ fields: ["name"] });
      const file = await shuke.export({ what: "customers", format: "json" });
      await shuke.close();
      return report.created + " " + report.issues[0].code + " " + one.tags[0] + one.tags[1] + " " + list.items[0].name + " " + (file.size > 10);
    };
    work().then((it) => console.log("said " + it), (error) => console.log("said " + error + error.stack));
  </script>`;
  const hostile = `<script>(${() => {
      Array.prototype.toJSON = () => "patched";
      Array.prototype.last = function () { return this[this.length - 1]; };
      Object.prototype.extra = "polluted";
      for (const name of ["map", "forEach", "push", "slice", "filter", Symbol.iterator]) {
        Object.defineProperty(Array.prototype, name, { configurable: true, value() { throw new Error(`patched ${String(name)}`); } });
      }
      JSON.parse = () => { throw new Error("patched parse"); };
      JSON.stringify = () => { throw new Error("patched stringify"); };
      globalThis.fetch = () => { throw new Error("patched fetch"); };
  }})()</script>`;
  await page.route("**/hostile.html", (route) => route.fulfill({ contentType: "text/html", body: hostile + body }));
  await page.goto(`${b.server.url}hostile.html`);
  assert.equal(await said, "1 no_identity xy A true");
});

test("a program on a page with a strict policy, and on one that forbids workers", async () => {
  const b = await browser();
  const strict = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types shuke";
  const work = () => import("./shuke.js").then(async ({ open }) => {
    const shuke = await open({ workspace: "strict" });
    const { created } = await shuke.customers.put({ name: "A" });
    await shuke.close();
    return `${created}`;
  }).catch((error) => `${error.code}: ${error.message}`);
  // Playwright's own evaluation is not held to the policy; the module and the worker are.
  const page = await host(b, { headers: { "content-security-policy": strict } });
  assert.equal(await page.evaluate(work), "1");
  assert.deepEqual(await page.evaluate(() => globalThis.__violations), []);
  const closed = await host(b, { name: "closed.html", headers: { "content-security-policy": strict.replace("worker-src 'self'", "worker-src 'none'") } });
  assert.match(await closed.evaluate(work), /^load_failed: The worker could not be loaded/);
});

test("two versions side by side", async () => {
  const b = await browser();
  const page = await host(b);
  // The other version lies in a folder of its own, says another number and speaks another protocol.
  await b.context.route("**/other/**", async (route) => {
    const url = route.request().url().replace("/other/", "/");
    const response = await route.fetch({ url });
    if (!url.endsWith("shuke.js")) return route.fulfill({ response });
    const text = (await response.text()).replace(/version = "[^"]+"/, 'version = "9.9.9"').replace(/PROTOCOL = \d+/, "PROTOCOL = 999");
    return route.fulfill({ response, body: text });
  });
  const said = await page.evaluate(async () => {
    const ours = await import("./shuke.js");
    const other = await import("./other/shuke.js");
    const first = await ours.open({ workspace: "shared" });
    await first.customers.put({ name: "A" });
    const refused = await other.open({ workspace: "shared" }).catch((error) => error);
    // A copy of the same version from another folder joins in.
    const copy = await import("./shuke.js?copy");
    const second = await copy.open({ workspace: "shared" });
    const out = { versions: [ours.version === other.version, other.version], code: refused.code, kind: refused instanceof other.ShukeError, alive: await first.customers.count(), joined: await second.customers.count() };
    await second.close();
    await first.close();
    return out;
  });
  assert.deepEqual(said, { versions: [false, "9.9.9"], code: "other_version", kind: true, alive: 1, joined: 1 });
});

test("what the page shows of a program's changes can be undone there", async () => {
  const b = await browser();
  const page = await host(b);
  await page.evaluate(async () => {
    const { open } = await import("./shuke.js");
    const shuke = await open({ who: "till 2" });
    await shuke.customers.put([{ name: "A" }, { name: "B" }]);
    await shuke.close();
  });
  const app = await b.open("#/customers");
  assert.equal(await customerCount(app), 2);
  await b.clean(app);
});

test("a program sets up sync, runs it and is told", async () => {
  const server = await endpoint();
  server.authorization = "Bearer t0ken";
  const b = await browser({ endpoints: [server.origin] });
  const page = await host(b);
  const preset = JSON.parse(await readFile(path.join(root, "src/sync/presets/json-server.json"), "utf8"));
  const profile = { ...preset, base: server.origin, auth: { kind: "bearer" } };
  const said = await page.evaluate(async (given) => {
    const { open } = await import("./shuke.js");
    const [here, there] = [await open({ workspace: "here" }), await open({ workspace: "there" })];
    const told = [];
    here.on("sync", (status) => told.push(status.state));
    await here.customers.put({ externalId: "S-1", name: "Synced" });
    await here.sync.setProfile(given, { secret: "t0ken" });
    const pushed = await here.sync.run();
    await there.sync.setProfile(given, { secret: "t0ken" });
    const pulled = await there.sync.run();
    const came = await there.customers.get({ externalId: "S-1" });
    const shown = JSON.stringify([await here.sync.profile(), await here.sync.status()]);
    const before = await here.sync.status();
    await here.sync.setProfile(null);
    const wrong = await here.sync.setProfile({ profile: 1, base: "http://example.com", mode: "collection" }).catch((error) => [error.code, error.path]);
    return { pushed, pulled, name: came?.name, secret: shown.includes("t0ken"), state: before.state, pending: before.pending, ran: before.lastRunAt !== null, off: (await here.sync.status()).state, told: told.length > 0, wrong };
  }, profile);
  assert.deepEqual([said.pushed.errors, said.pulled.errors, said.name], [[], [], "Synced"]);
  assert.ok(said.pulled.pulled > 0, JSON.stringify(said));
  assert.deepEqual([said.secret, said.state, said.pending, said.ran, said.off, said.told], [false, "idle", 0, true, "off", true]);
  assert.equal(said.wrong[0], "invalid");
});

test("where the browser keeps no files for a page it is said, and memory works", async () => {
  const server = await serve({ host: "shop.test" });
  server.change = (name, body) => (name === "frame.html" ? Buffer.from(HOST) : body);
  const b = await browser({ server, args: ["--host-resolver-rules=MAP shop.test 127.0.0.1"] });
  const page = await b.context.newPage();
  await page.goto(`${server.url}frame.html`);
  const said = await page.evaluate(async () => {
    const { open } = await import("./shuke.js");
    const refused = await open().catch((error) => error);
    const shuke = await open({ storage: "memory" });
    await shuke.customers.put({ name: "A" });
    return { secure: isSecureContext, code: refused.code, why: refused.found, count: await shuke.customers.count(), kept: (await shuke.info()).storage };
  });
  assert.deepEqual([said.secure, said.code, said.count, said.kept], [false, "storage", 1, "memory"]);
  assert.ok(said.why, "the browser's word why");
  await server.close();
});

test("a page may load it from another origin that lets it", async () => {
  const elsewhere = await serve();
  const b = await browser({ endpoints: [elsewhere.origin] });
  await b.context.route(`${elsewhere.url}**`, async (route) => {
    const response = await route.fetch();
    return route.fulfill({ response, headers: { ...response.headers(), "access-control-allow-origin": "*" } });
  });
  const page = await host(b);
  const said = await page.evaluate(async (address) => {
    const { open } = await import(address);
    const shuke = await open({ workspace: "from-elsewhere" });
    await shuke.customers.put({ name: "A" });
    const count = await shuke.customers.count();
    await shuke.close();
    // What was kept belongs to this page's origin, wherever the program came from.
    const own = await (await import("./shuke.js")).open({ workspace: "from-elsewhere" });
    return [count, await own.customers.count()];
  }, `${elsewhere.url}shuke.js`);
  assert.deepEqual(said, [1, 1]);
  await elsewhere.close();
});
