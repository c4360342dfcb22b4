// Encryption at rest, as a person uses it: turning it on, unlocking, locking, recovery, another passphrase, damage,
// turning it off. What lies on the disk is read from the browser's own profile, after the browser has ended.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { axe, browser, picture, settled } from "./harness.mjs";
import { choose, customerCount, eventually, go, goThrough, made, notice, search } from "./steps.mjs";
import { createCustomer, showsCustomers, snapshotWritten } from "./trouble.mjs";

const PASSPHRASE = "纸船 correct horse 42";
const locked = (page) => page.getByRole("heading", { level: 1, name: "Locked" });
const plant = (n) => `Qxplant${String(n).padStart(3, "0")}zw`;
const COUNT = 100;

/** A hundred customers; every name, note and city has a planted string. */
function plants() {
  const rows = ["Name,Phone,Email,City,Note"];
  for (let n = 0; n < COUNT; n += 1) rows.push(`${plant(n)},+8613900${String(n).padStart(6, "0")},p${n}@example.com,Hangzhou,"Remembers ${plant(n)}"`);
  return made("planted.csv", rows.join("\r\n"));
}

function* files(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* files(name);
    else if (entry.isFile()) yield name;
  }
}

/** Which planted strings are in which files of the profile, in UTF-8 or UTF-16, in any case. */
function scan(profile) {
  const strings = new Set();
  const where = new Set();
  for (const name of files(profile)) {
    const text = readFileSync(name).toString("latin1").toLowerCase();
    for (const between of ["", "\0"]) {
      const spread = (word) => [...word.toLowerCase()].join(between);
      if (!text.includes(spread("qxplant"))) continue;
      for (let n = 0; n < COUNT; n += 1) {
        if (!text.includes(spread(plant(n)))) continue;
        strings.add(n);
        where.add(path.relative(profile, name));
      }
    }
  }
  return { found: strings.size, where: [...where] };
}

/** The file of the pool in which the database of this name lies, while no browser is open. */
function databaseFile(profile, name) {
  for (const file of files(path.join(profile, "Default", "File System"))) {
    if (statSync(file).size > 4096 && readFileSync(file).subarray(0, name.length + 1).equals(Buffer.from(`${name}\0`))) return file;
  }
  return null;
}

/** Turns encryption on; the page is locked afterwards. Gives the recovery key. */
async function turnOn(page, passphrase = PASSPHRASE) {
  await go(page, "#/settings/lock", "Settings");
  await page.getByRole("button", { name: "Turn encryption on" }).click();
  await page.getByLabel("Passphrase", { exact: true }).fill(passphrase);
  await page.getByLabel("Passphrase once more").fill(passphrase);
  await page.getByLabel(/I understand that the data is lost/).check();
  await page.getByRole("button", { name: "Next" }).click();
  const key = await page.locator("main output").innerText();
  await page.getByLabel("I have kept it somewhere safe").check();
  await page.getByRole("button", { name: "Encrypt and lock" }).click();
  await locked(page).waitFor();
  return key;
}

async function knock(page, secret, field = "Passphrase") {
  await page.getByLabel(field, { exact: true }).fill(secret);
  await page.getByRole("button", { name: "Unlock" }).click();
}

async function unlock(page, secret = PASSPHRASE, field) {
  await knock(page, secret, field);
  await locked(page).waitFor({ state: "detached" });
  await page.locator("main h1").first().waitFor();
}

const refused = (page) => page.getByText("That does not open it. Nothing was changed.").waitFor();

/** Everything of the database and the key file, to see whether anything was changed. */
function kept(profile) {
  const hash = createHash("sha256");
  const name = databaseFile(profile, "shuke.sealed");
  hash.update(readFileSync(name));
  for (const file of files(path.join(profile, "Default", "File System"))) {
    const bytes = readFileSync(file);
    if (bytes.subarray(0, 20).includes("shuke_key_file")) hash.update(bytes);
  }
  return hash.digest("hex");
}

async function changePassphrase(page, old, next) {
  await go(page, "#/settings/lock", "Settings");
  await page.getByRole("button", { name: "Change passphrase" }).click();
  const dialog = page.getByRole("dialog", { name: "Change passphrase" });
  await dialog.getByLabel("Passphrase until now").fill(old);
  await dialog.getByLabel("New passphrase").fill(next);
  await dialog.getByLabel("Passphrase once more").fill(next);
  await dialog.getByRole("button", { name: "Change passphrase" }).click();
  return dialog;
}

test("what is encrypted cannot be found on the disk", async (t) => {
  const b = await browser();
  let page = await b.open();
  await go(page, "#/data", "Data");
  await choose(page, [plants()]);
  const before = Date.now();
  await goThrough(page);
  assert.equal(await customerCount(page), COUNT);
  await snapshotWritten(page, before);
  await b.context.close();

  await t.test("without encryption every planted string is there", () => {
    assert.equal(scan(b.profile).found, COUNT);
  });

  await t.test("turned on, used, and closed: none is left", async () => {
    await b.launch();
    page = await b.open();
    await turnOn(page);
    await unlock(page);
    assert.equal(await customerCount(page), COUNT);
    // Everyday use: finding, a new record, undo, an import, a segment, and its snapshot.
    await search(page, plant(42));
    await page.getByRole("main").getByRole("link", { name: plant(42) }).first().click();
    await page.getByRole("heading", { level: 1, name: plant(42) }).waitFor();
    await createCustomer(page, `${plant(7)} again`);
    assert.equal(await customerCount(page), COUNT + 1);
    await notice(page, `Added ${plant(7)} again`, { undo: true });
    await eventually(() => customerCount(page), COUNT);
    await go(page, "#/data", "Data");
    await choose(page, [made("more.csv", `Name,Phone\n${plant(1)} two,+8613911111111\n`)]);
    const now = Date.now();
    await goThrough(page);
    assert.equal(await customerCount(page), COUNT + 1);
    await snapshotWritten(page, now);
    await b.clean(page);
    await b.context.close();
    assert.deepEqual(scan(b.profile), { found: 0, where: [] });
    assert.equal(databaseFile(b.profile, "shuke.db"), null);
  });

  await t.test("a backup goes in while it is encrypted, and stays encrypted", async () => {
    await b.launch();
    page = await b.open("", { ready: false });
    await unlock(page);
    await go(page, "#/settings/data", "Settings");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("main").getByRole("button", { name: "Save backup" }).click(),
    ]);
    const bytes = readFileSync(await download.path());
    assert.equal(bytes.subarray(0, 15).toString(), "SQLite format 3", "a backup is an ordinary file");
    await createCustomer(page, "Later than the backup");
    await go(page, "#/settings/data", "Settings");
    const [chooser] = await Promise.all([
      page.waitForEvent("filechooser"),
      page.getByRole("main").getByRole("button", { name: /^Choose/ }).click(),
    ]);
    await chooser.setFiles({ name: "b.sqlite", mimeType: "application/octet-stream", buffer: bytes });
    await page.getByRole("main").getByRole("button", { name: /^Replace/ }).click();
    await eventually(() => customerCount(page), COUNT + 1);
    await page.reload();
    await unlock(page);
    assert.equal(await customerCount(page), COUNT + 1);
    await b.context.close();
    assert.deepEqual(scan(b.profile), { found: 0, where: [] });
  });

  await t.test("turned off it opens without a passphrase, with everything", async () => {
    await b.launch();
    page = await b.open("", { ready: false });
    await unlock(page);
    await go(page, "#/settings/lock", "Settings");
    await page.getByRole("button", { name: "Turn encryption off" }).click();
    const dialog = page.getByRole("dialog", { name: "Turn encryption off" });
    await dialog.getByLabel("Passphrase", { exact: true }).fill("another one");
    await dialog.getByRole("button", { name: "Turn encryption off" }).click();
    await dialog.getByText("That does not open it. Nothing was changed.").waitFor();
    await dialog.getByLabel("Passphrase", { exact: true }).fill(PASSPHRASE);
    await dialog.getByRole("button", { name: "Turn encryption off" }).click();
    await page.getByRole("button", { name: "Turn encryption on" }).waitFor();
    assert.equal(await customerCount(page), COUNT + 1);
    await b.clean(page);
    await b.context.close();
    assert.equal(scan(b.profile).found, COUNT);
    assert.equal(databaseFile(b.profile, "shuke.sealed"), null);
  });
});

test("passphrases, right and wrong", async (t) => {
  const b = await browser();
  let page = await b.open();
  await createCustomer(page, "Only One");
  const key = await turnOn(page);
  await b.context.close();
  const untouched = kept(b.profile);
  await b.launch();
  page = await b.open("#/customers", { ready: false });

  await t.test("wrong ones get the same answer, change nothing, and make one wait, also after a reload", async () => {
    await locked(page).waitFor();
    assert.equal(await page.getByRole("link", { name: "Only One" }).count(), 0);
    for (const wrong of ["x", `${PASSPHRASE} `, PASSPHRASE.toUpperCase(), "电池"]) {
      await knock(page, wrong);
      await refused(page);
      await page.getByLabel("Passphrase", { exact: true }).fill("");
    }
    await knock(page, "once more");
    await page.getByText(/Too many wrong attempts. Try again in \d+ s/).waitFor();
    assert.ok(await page.getByRole("button", { name: "Unlock" }).isDisabled());
    await page.reload();
    await page.getByText(/Too many wrong attempts|This data is encrypted/).first().waitFor();
    await b.context.close();
    assert.equal(kept(b.profile), untouched);
    await b.launch();
    page = await b.open("#/customers", { ready: false });
    await eventually(() => page.getByRole("button", { name: "Unlock" }).isEnabled(), true);
  });

  await t.test("a slip in the recovery key is told and is no attempt; the key opens", async () => {
    await page.getByRole("button", { name: "Use the recovery key" }).click();
    await knock(page, key.slice(0, -1), "Recovery key");
    await page.getByText("That is no recovery key").waitFor();
    await unlock(page, key.toLowerCase().replaceAll("-", " "), "Recovery key");
    await showsCustomers(page, 1);
  });

  await t.test("another passphrase takes the place of the old one", async () => {
    let dialog = await changePassphrase(page, "not this", "eine neue Passphrase");
    await dialog.getByText("That does not open it. Nothing was changed.").waitFor();
    await page.keyboard.press("Escape");
    dialog = await changePassphrase(page, PASSPHRASE, "eine neue Passphrase");
    await page.getByText("Passphrase changed").waitFor();
    await page.getByRole("button", { name: "Lock now" }).click();
    await locked(page).waitFor();
    await knock(page, PASSPHRASE);
    await refused(page);
    await unlock(page, "eine neue Passphrase");
  });

  await t.test("an interrupted change leaves both valid, and is finished by whoever opens it", async () => {
    // One copy of the key file as before, one as after: what is on the disk between the two writes.
    const copies = () => [...files(path.join(b.profile, "Default", "File System"))].filter((file) => readFileSync(file).subarray(0, 20).includes("shuke_key_file"));
    await b.context.close();
    const [first] = copies();
    const before = readFileSync(first);
    await b.launch();
    page = await b.open("", { ready: false });
    await unlock(page, "eine neue Passphrase");
    await changePassphrase(page, "eine neue Passphrase", "die dritte Passphrase");
    await page.getByText("Passphrase changed").waitFor();
    await b.context.close();
    const after = readFileSync(first);
    assert.notDeepEqual(before, after);
    for (const [passphrase, other, stays] of [["eine neue Passphrase", "die dritte Passphrase", before], ["die dritte Passphrase", "eine neue Passphrase", after]]) {
      const [one, two] = copies();
      writeFileSync(one, after);
      writeFileSync(two, before);
      await b.launch();
      page = await b.open("", { ready: false });
      await unlock(page, passphrase);
      await page.reload();
      await knock(page, other);
      await refused(page);
      await b.context.close();
      assert.ok(copies().every((copy) => readFileSync(copy).equals(stays)), passphrase);
    }
  });
});

test("damage is told, and nothing is changed", async (t) => {
  const b = await browser();
  let page = await b.open();
  await createCustomer(page, "Only One");
  await turnOn(page);
  await b.context.close();
  const file = databaseFile(b.profile, "shuke.sealed");
  const whole = readFileSync(file);
  const PAGE = 8192;
  const swapped = Buffer.from(whole);
  const pages = Math.floor((whole.length - 4096) / PAGE);
  for (let n = 1; n + 1 < pages; n += 2) {
    const at = 4096 + n * PAGE;
    whole.copy(swapped, at, at + PAGE, at + 2 * PAGE);
    whole.copy(swapped, at + PAGE, at, at + PAGE);
  }
  const flipped = Buffer.from(whole);
  flipped[4096 + 4000] ^= 1;
  for (const [name, bytes] of [["cut off", whole.subarray(0, 4096 + 3 * PAGE)], ["pages that changed places", swapped], ["one bit turned", flipped]]) {
    await t.test(name, async () => {
      writeFileSync(file, bytes);
      await b.launch();
      page = await b.open("", { ready: false });
      await knock(page, PASSPHRASE);
      await page.getByRole("heading", { level: 1, name: "The data cannot be opened" }).waitFor();
      await page.getByText("The stored data is damaged").waitFor();
      await b.context.close();
      assert.ok(readFileSync(file).equals(bytes), "the file is as it was");
    });
  }
  await t.test("put right, it opens", async () => {
    writeFileSync(file, whole);
    await b.launch();
    page = await b.open("#/customers", { ready: false });
    await unlock(page);
    await showsCustomers(page, 1);
  });
});

test("locking, in all tabs", async (t) => {
  const b = await browser();
  // A clock that a test can put forward, in the worker.
  b.server.change = (name, body) => (/^worker.*loader\.js$/.test(name)
    ? Buffer.from(`const real = Date.now; let skip = 0; Date.now = () => real() + skip; new BroadcastChannel("skip").onmessage = (e) => { skip = e.data; };\n${body}`)
    : undefined);
  const first = await b.open();
  await createCustomer(first, "Only One");
  const second = await b.open("#/customers");
  await showsCustomers(second, 1);

  await t.test("turning it on locks the other tab, too", async () => {
    await turnOn(first);
    await locked(second).waitFor();
  });

  await t.test("a tab without the key sees nothing although another one leads", async () => {
    await unlock(first);
    assert.equal(await customerCount(first), 1);
    await second.reload();
    await locked(second).waitFor();
    assert.equal(await second.getByText("Only One").count(), 0);
    await unlock(second);
    await go(second, "#/customers", "Customers");
    await showsCustomers(second, 1);
    await createCustomer(second, "Two");
    await go(first, "#/customers", "Customers");
    await showsCustomers(first, 2);
  });

  await t.test("“Lock now” in one tab locks both", async () => {
    await go(second, "#/settings/lock", "Settings");
    await second.getByRole("button", { name: "Lock now" }).click();
    for (const page of [first, second]) {
      await locked(page).waitFor();
      assert.doesNotMatch(await page.content(), /Only One/);
    }
  });

  await t.test("without use it locks by itself", async () => {
    await unlock(first);
    await unlock(second);
    await go(second, "#/settings/lock", "Settings");
    await second.getByLabel("Lock by itself").selectOption("5");
    await second.getByText("Saved").waitFor();
    await second.evaluate(() => new BroadcastChannel("skip").postMessage(6 * 60_000));
    for (const page of [first, second]) await locked(page).waitFor();
    await unlock(first);
    await go(first, "#/settings/lock", "Settings");
    assert.equal(await first.getByLabel("Lock by itself").inputValue(), "5");
    await b.clean(first);
  });
});

test("programs open an encrypted workspace", async () => {
  const b = await browser();
  const page = await b.context.newPage();
  await page.route("**/host.html", (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html><meta charset=utf-8><title>host</title>" }));
  await page.goto(`${b.server.url}host.html`);
  const said = await page.evaluate(async () => {
    const { open } = await import("./shuke.js");
    const code = (promise) => promise.then(() => "opened", (error) => `${error.code} ${error.path ?? ""}`.trim());
    const out = {};
    const first = await open({ workspace: "till", passphrase: "secret" });
    await first.customers.put({ name: "A" });
    const twin = await open({ workspace: "till", passphrase: "secret" });
    out.shared = await twin.customers.count();
    out.beside = await code(open({ workspace: "till", passphrase: "wrong" }));
    await first.close();
    await twin.close();
    out.without = await code(open({ workspace: "till" }));
    out.wrong = await code(open({ workspace: "till", passphrase: "Secret" }));
    const again = await open({ workspace: "till", passphrase: "secret" });
    out.count = await again.customers.count();
    await again.close();
    const plain = await open({ workspace: "plain" });
    await plain.customers.put({ name: "B" });
    await plain.close();
    out.plain = await code(open({ workspace: "plain", passphrase: "secret" }));
    out.memory = await code(open({ storage: "memory", passphrase: "secret" }));
    out.empty = await code(open({ workspace: "none", passphrase: "" }));
    const still = await open({ workspace: "plain" });
    out.still = await still.customers.count();
    await still.close();
    return out;
  });
  assert.deepEqual(said, {
    shared: 1, beside: "wrong_passphrase", without: "locked", wrong: "wrong_passphrase", count: 1,
    plain: "invalid passphrase", memory: "invalid passphrase", empty: "invalid passphrase", still: 1,
  });
});

test("the ciphers of the worker give what published vectors say", async () => {
  const b = await browser();
  const page = await b.open();
  const held = await page.evaluate(() => new Promise((resolve) => {
    const worker = new Worker(document.querySelector("script[data-worker]").dataset.worker, { type: "module" });
    worker.onmessage = ({ data }) => {
      const post = (message) => worker.postMessage({ message, files: [] });
      if (data === "listening") post({ hello: { version: 4, workspace: "vectors", storage: "memory", demo: null, zone: "UTC", currency: "CNY" } });
      else if (data.message.ready) post({ ask: { id: "1", who: "", request: { vault: "check" } } });
      else if (data.message.answer) { worker.terminate(); resolve(data.message.answer.result); }
    };
  }));
  assert.ok(held.Ok.vault.checked >= 9, JSON.stringify(held));
});

test("the screens", async () => {
  for (const [locale, width, colorScheme] of [["en-GB", 1440, "light"], ["zh-CN", 390, "dark"]]) {
    const b = await browser({ locale, colorScheme, viewport: { width, height: 844 } });
    const page = await b.open("#/settings/lock");
    const chinese = locale === "zh-CN";
    const look = async (name) => {
      await settled(page);
      assert.deepEqual(await axe(page), [], `${name} ${locale} ${width}`);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(over <= 0, `${name} ${locale}: ${over} px too wide`);
      await picture(page, `vault-${name}-${locale}-${width}-${colorScheme}`);
    };
    const button = (english, words) => page.getByRole("button", { name: chinese ? words : english, exact: true });
    await button("Turn encryption on", "开启加密").waitFor();
    await look("off");
    await button("Turn encryption on", "开启加密").click();
    const fields = page.locator("main .secret-field input");
    await fields.nth(0).fill("short");
    await fields.nth(1).fill("other");
    await look("passphrase");
    await fields.nth(0).fill(PASSPHRASE);
    await fields.nth(1).fill(PASSPHRASE);
    await page.getByRole("checkbox").check();
    await button("Next", "下一步").click();
    await page.locator("main output").waitFor();
    await look("key");
    await page.getByRole("checkbox").check();
    await button("Encrypt and lock", "加密并锁定").click();
    await button("Unlock", "解锁").waitFor();
    await look("locked");
    await page.locator(".secret-field input").fill("wrong");
    await button("Unlock", "解锁").click();
    await page.locator("[role=alert]:not(:empty)").waitFor();
    await look("wrong");
    await page.locator(".secret-field input").fill(PASSPHRASE);
    await button("Unlock", "解锁").click();
    await button("Lock now", "立即锁定").waitFor();
    await look("on");
    await button("Change passphrase", "更改口令").click();
    await page.getByRole("dialog").waitFor();
    await look("change");
    await b.stop();
  }
});
