// What goes wrong outside of the program: power cuts, full disks, damaged files, no network, a crashed worker, a
// meddling host. Each time the page says so in words, and what was committed is there.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Browser, browser, partsHere, picture, serve } from "./harness.mjs";
import { choose, customerCount, go, goThrough, importFile, search } from "./steps.mjs";
import {
  createCustomer, customersFile, damage, figures, importUntil, importWhole, showsCustomers, snapshotWritten,
} from "./trouble.mjs";

/** Records in one transaction of an import of customers: RECORDS of src/engine/import. */
const BATCH = 2_000;

test("the browser is killed in the middle of an import", async (t) => {
  const b = await browser();
  const all = 12_000;
  const file = customersFile(all);
  let page = await b.open();
  await importUntil(page, file, 3 * BATCH);
  await b.kill();

  await b.launch();
  page = await b.open();
  let rows;

  await t.test("whole batches are in, and the page says that the import was cut off", async () => {
    const banner = page.getByText(/The import of .regulars\.csv. was cut off after [\d,]+ rows/);
    await banner.waitFor();
    rows = Number((await banner.innerText()).match(/after ([\d,]+) rows/)[1].replaceAll(",", ""));
    assert.ok(rows > 0 && rows < all, `${rows} rows`);
    assert.equal(rows % BATCH, 0, `${rows} rows are whole batches`);
    assert.equal(await customerCount(page), rows, "as many customers as the page says");
    await picture(page, "fault-unfinished-import");
  });

  await t.test("the same file again brings the rest, once", async () => {
    await importWhole(page, file);
    assert.equal(await customerCount(page), all);
    for (const at of [0, rows - 1, rows, all - 1]) {
      const number = String(at).padStart(6, "0");
      await search(page, `guest${number}@example.com`);
      await page.getByRole("link", { name: `Guest ${number}` }).waitFor();
      await showsCustomers(page, 1);
    }
    assert.equal(await page.getByText("was cut off").count(), 0);
  });

  await t.test("its undo takes away all of it", async () => {
    await go(page, "#/data", "Data");
    await page.getByRole("heading", { name: "Past imports" }).waitFor();
    const past = page.locator(".import-past li");
    assert.equal(await past.count(), 1, "both runs are one import");
    await past.getByRole("button", { name: "Undo", exact: true }).click();
    await past.getByText("Undone", { exact: true }).waitFor({ timeout: 60_000 });
    await go(page, "#/customers", "Customers");
    await page.getByText("No customers yet").waitFor();
  });

  await b.clean(page);
});

test("the quota of the browser is exceeded", async () => {
  const b = await browser();
  const beside = await b.context.newPage();
  const cdp = await b.context.newCDPSession(beside);
  const quota = (bytes) => cdp.send("Storage.overrideQuotaForOrigin", { origin: b.server.origin, quotaSize: bytes });
  await quota(12_000_000);
  const page = await b.open("#/customers");
  await createCustomer(page, "Ann Early");
  const file = customersFile(12_000);
  await go(page, "#/data", "Data");
  await choose(page, [file]);
  await goThrough(page, { untilStart: true });
  await page.getByRole("button", { name: /^Import [\d,]+ rows$/ }).click();
  await page.getByText("the browser has no room left").first().waitFor({ timeout: 60_000 });
  await picture(page, "fault-quota");

  const after = await customerCount(page);
  assert.equal(after % BATCH, 1, `Ann and whole batches: ${after}`);
  assert.ok(after < 12_000);
  await search(page, "Ann Early");
  await page.getByRole("link", { name: "Ann Early" }).click();
  await page.getByRole("heading", { name: "Ann Early" }).first().waitFor();

  // With room again the same page goes on, and ends with each customer once.
  await quota(500_000_000);
  await createCustomer(page, "Bo Later");
  await importWhole(page, file);
  assert.equal(await customerCount(page), 12_002);
  await b.clean(page);
});

test("private files are damaged", async (t) => {
  const b = await browser();
  let page = await b.open();
  await importFile(page, "shopify-customers.csv");
  const began = Date.now();
  await importFile(page, "shopify-orders.csv");
  await snapshotWritten(page, began);
  const right = await figures(page);
  assert.match(right.join("\n"), /\b60\b/);

  const snapshots = [
    ["a stretch in the middle", { at: 0.5, bytes: 64 }],
    ["one byte near the end", { at: 0.97, bytes: 1 }],
    ["its beginning", { from: 8, bytes: 64 }],
    ["its second half is missing", { keep: 0.5 }],
  ];
  for (const [name, what] of snapshots) {
    await t.test(`the column snapshot, ${name}: the figures are the same`, async () => {
      await page.close();
      await damage(b, "snapshot", what);
      const since = Date.now();
      page = await b.open();
      assert.deepEqual(await figures(page), right);
      await b.clean(page);
      // The next case damages a whole one.
      await snapshotWritten(page, since);
    });
  }
  await page.close();

  const databases = [
    ["the beginning of the database", { from: 4096, bytes: 64 }],
    ["its table of contents", { from: 4096 + 100, bytes: 400 }],
    ["its name in the pool", { from: 0, bytes: 8, value: 0x41 }],
    ["the whole head of its file", { from: 0, bytes: 600, value: 0 }],
    ["everything behind the first pages", { keep: 0.05 }],
  ];
  for (const [name, what] of databases) {
    await t.test(`the database, ${name}: never an empty page as if nothing had been there`, async () => {
      const broken = await Browser.start();
      try {
        const first = await broken.open();
        await importFile(first, "shopify-customers.csv");
        await first.close();
        await damage(broken, "database", what);
        const after = await broken.open("#/customers", { ready: false });
        const failed = after.getByText("The data cannot be opened");
        const empty = after.getByText(/No customers yet|Know every regular/);
        await failed.or(empty).first().waitFor();
        await picture(after, "fault-damaged-database");
        assert.equal(await empty.count(), 0, "an empty page");
        await after.getByText("The stored data is damaged").waitFor();
      } finally {
        await broken.stop();
      }
    });
  }
});

test("without a network everything works as before", async () => {
  const b = await browser();
  const page = await b.open();
  await partsHere(page);
  await b.context.setOffline(true);
  await page.getByText("There is no network").waitFor();
  const outcome = await importFile(page, "shopify-customers.csv");
  assert.match(outcome, /\b60\b/);
  await importFile(page, "shopify-orders.csv");
  await createCustomer(page, "Offline Olga");
  assert.equal(await customerCount(page), 61);
  for (const [hash, heading] of [["#/orders", "Orders"], ["#/segments", "Segments"], ["#/points", "Points"], ["#/settings/data", "Settings"], ["#/", /./]]) {
    await go(page, hash, heading);
  }
  await page.getByRole("main").getByText("Where customers stand").waitFor();
  await b.clean(page);
  await b.context.setOffline(false);
  await page.getByText("There is no network").waitFor({ state: "hidden" });
});

test("where the browser gives no private files the page says so and works in memory", async () => {
  const server = await serve({ host: "shop.test" });
  // Not localhost and not encrypted: an insecure context, which has no private files.
  const b = await Browser.start({ server, args: ["--host-resolver-rules=MAP shop.test 127.0.0.1"] });
  try {
    const page = await b.open("#/customers");
    assert.equal(await page.evaluate(() => isSecureContext), false);
    await page.getByText("Everything is in memory only").waitFor();
    await createCustomer(page, "Memory Mia");
    await showsCustomers(page, 1);
    await go(page, "#/settings/data", "Settings");
    await page.getByText("In memory only, gone when the page closes.").waitFor();
    await picture(page, "fault-memory-only");
    await b.clean(page);
  } finally {
    await b.stop();
    await server.close();
  }
});

test("the worker crashes", async (t) => {
  const b = await browser();
  const page = await b.open("#/customers");
  await createCustomer(page, "Before Crash");
  const crash = async () => {
    const [worker] = page.workers();
    const gone = new Promise((resolve) => worker.once("close", resolve));
    await worker.evaluate(() => { setTimeout(() => { throw new Error("planted crash"); }); });
    await gone;
  };

  await t.test("the page says so, starts another, and has all that was committed", async () => {
    await crash();
    await page.getByText("The calculating part failed and was started anew.").waitFor();
    await page.locator("summary").filter({ hasText: "More" }).click();
    await page.getByText("planted crash").waitFor();
    await picture(page, "fault-worker-crash");
    // The list may show the count from before the crash until the new worker has answered.
    await showsCustomers(page, 1);
    await createCustomer(page, "After Crash");
    await showsCustomers(page, 2);
    await page.getByRole("button", { name: "Dismiss" }).click();
    await page.getByText("The calculating part failed").waitFor({ state: "hidden" });
  });

  await t.test("what was asked of the worker that died is asked of the next one, and done once", async () => {
    await page.getByRole("button", { name: "New customer" }).first().click();
    const form = page.getByRole("dialog", { name: "New customer" });
    await form.getByLabel("Name", { exact: true }).first().fill("During Crash");
    const [worker] = page.workers();
    const gone = new Promise((resolve) => worker.once("close", resolve));
    // It does what it is asked, and ends before the answer is out.
    await worker.evaluate(() => {
      const send = globalThis.postMessage;
      globalThis.postMessage = (said) => {
        if (said.message?.answer?.result?.Ok?.done) setTimeout(() => { throw new Error("planted crash"); });
        else send.call(globalThis, said);
      };
    });
    await form.getByRole("button", { name: "Save", exact: true }).click();
    const saved = form.waitFor({ state: "hidden" }).then(() => "saved");
    assert.notEqual(await Promise.race([gone, saved]), "saved", "the first answer is lost");
    await saved;
    await showsCustomers(page, 3);
  });

  await t.test("a worker that crashes again and again is given up, in words", async () => {
    const stopped = page.getByText("failed again and again and was stopped");
    for (let i = 0; i < 3; i += 1) {
      assert.equal(await stopped.count(), 0);
      const next = i < 2 ? page.waitForEvent("worker") : stopped.waitFor();
      await crash();
      await next;
      // The next one can be crashed when it answers.
      if (i < 2) await page.waitForFunction(() => !document.body.innerText.includes("is being started anew"));
    }
    await page.getByRole("button", { name: "Reload" }).click();
    await showsCustomers(page, 3);
  });
});

test("a host that serves something else than was built", async (t) => {
  const server = await serve();
  const b = await Browser.start({ server });
  t.after(async () => { await b.stop(); await server.close(); });
  const flip = (body, at = body.length >> 1) => {
    const other = Buffer.from(body);
    other[at] ^= 1;
    return other;
  };
  const cases = [
    ["a policy that forbids WebAssembly", (name, body) => name === "index.html" && body.toString().replace("'wasm-unsafe-eval'", "")],
    ["one changed bit in the program", (name, body) => /^app-.*\.wasm$/.test(name) && flip(body)],
    ["one changed letter in its script", (name, body) => /^app-.*\.js$/.test(name) && Buffer.concat([body, Buffer.from("\n")])],
    ["a program that is not there", (name, body) => (/^app-.*\.wasm$/.test(name) ? Buffer.alloc(0) : body)],
  ];
  for (const [name, change] of cases) {
    await t.test(`${name}: the page says that it could not start`, async () => {
      server.change = (file, body) => change(file, body) || body;
      const page = await b.open("", { ready: false });
      await page.getByText("Shuke could not start. Your data was not touched.").waitFor();
      await page.getByText("熟客没能启动").waitFor();
      assert.equal(await page.locator("main").count(), 0, "nothing of the application");
      await picture(page, "fault-start");
      await page.close();
    });
  }
  for (const [name, pattern] of [["the worker's program", /^worker-.*\.wasm$/], ["the worker's script", /^worker-[^.]*\.js$/]]) {
    await t.test(`one changed bit in ${name}: the page says that the data cannot be opened`, async () => {
      server.change = (file, body) => (pattern.test(file) ? flip(body, body.length - 1) : body);
      const page = await b.open("", { ready: false });
      await page.getByText("The data cannot be opened").waitFor();
      await page.close();
    });
  }
  server.change = undefined;
  const page = await b.open();
  await page.getByRole("heading", { name: "Know every regular by name" }).waitFor();
});
