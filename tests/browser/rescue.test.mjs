// When the data cannot be opened: the damaged file can be saved as it is and a backup put in its place; and when another
// tab holds the data and is stuck, the page says so, and it can be made to let go without losing anything.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { axe, browser, picture } from "./harness.mjs";
import { go, importFile, search } from "./steps.mjs";
import { createCustomer, damage, showsCustomers } from "./trouble.mjs";

const title = (page) => page.getByRole("heading", { level: 1, name: "The data cannot be opened" });

async function restore(page, file) {
  const [chooser] = await Promise.all([
    page.waitForEvent("filechooser"),
    page.getByRole("button", { name: "Restore a backup" }).click(),
  ]);
  await chooser.setFiles(file);
  await page.getByRole("button", { name: "Put it in place" }).click();
}

test("a damaged database", async (t) => {
  const b = await browser();
  let page = await b.open();
  await importFile(page, "shopify-customers.csv");
  await go(page, "#/settings/data", "Settings");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("main").getByRole("button", { name: "Save backup" }).click(),
  ]);
  const backup = await download.path();
  await page.close();
  const length = await damage(b, "database", { from: 4096 + 100, bytes: 400 });

  await t.test("the page says what is safe and what can be done", async () => {
    page = await b.open("#/customers", { ready: false });
    await title(page).waitFor();
    await page.getByText("The stored data is damaged").waitFor();
    for (const name of ["Save the file as it is", "Restore a backup", "Reload"]) await page.getByRole("button", { name }).waitFor();
    assert.deepEqual(await axe(page), []);
    await picture(page, "rescue-damaged");
  });

  await t.test("the damaged file is saved as it is", async () => {
    const [saved] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Save the file as it is" }).click(),
    ]);
    assert.equal(saved.suggestedFilename(), "shuke-damaged.sqlite");
    const bytes = await readFile(await saved.path());
    // The pool's own head of 4 KiB stands before the database.
    assert.ok(bytes.length > 0 && bytes.length <= length && bytes.length >= length - 4096, `${bytes.length} of ${length}`);
    assert.ok(bytes.subarray(100, 500).every((byte) => byte === 0xa5), "with its damage");
  });

  await t.test("what is no backup is refused, and nothing is changed", async () => {
    await restore(page, { name: "not.sqlite", mimeType: "application/octet-stream", buffer: Buffer.from("no database") });
    await page.getByText("This is no backup of Shuke, or a damaged one.").waitFor();
    await title(page).waitFor();
  });

  await t.test("a backup in its place: everything is there, also after a reload", async () => {
    await page.getByRole("button", { name: "Cancel" }).click();
    await restore(page, backup);
    await showsCustomers(page, 60);
    await page.reload();
    await showsCustomers(page, 60);
    await createCustomer(page, "After Rescue");
    await showsCustomers(page, 61);
  });
  await b.clean(page);
});

test("no room to begin with: the page says so in words about opening, not about saving", async () => {
  const b = await browser();
  const beside = await b.context.newPage();
  const cdp = await b.context.newCDPSession(beside);
  await cdp.send("Storage.overrideQuotaForOrigin", { origin: b.server.origin, quotaSize: 20_000 });
  const page = await b.open("", { ready: false });
  await title(page).waitFor();
  await page.getByText("The browser has no room for the data.").waitFor();
  assert.equal(await page.getByText("Not saved").count(), 0);
  await picture(page, "rescue-no-room");
  await cdp.send("Storage.overrideQuotaForOrigin", { origin: b.server.origin, quotaSize: 500_000_000 });
  await page.getByRole("button", { name: "Reload" }).click();
  await page.getByRole("heading", { name: "Know every regular by name" }).waitFor();
});

/** The worker of a page stops answering, alive and holding everything. */
async function freeze(page) {
  const worker = page.workers().at(-1);
  // A task of its own, which never comes back; the browser would not end one of the debugger's.
  await worker.evaluate(() => { setTimeout(() => { for (;;) { /* nobody gets a word in */ } }); });
}

test("the tab that holds the data is stuck", async (t) => {
  const b = await browser();
  const silent = "Another tab holds the data and does not answer";
  const leader = await b.open("#/customers");
  await createCustomer(leader, "Before Silence");
  let other;

  await t.test("a tab that opens says so instead of waiting for ever", async () => {
    await freeze(leader);
    other = await b.open("#/customers", { ready: false });
    await other.getByRole("heading", { level: 1, name: silent }).waitFor();
    assert.deepEqual(await axe(other), []);
    await picture(other, "silent-tab");
  });

  await t.test("it can make the stuck tab let go: the data opens, nothing is lost", async () => {
    await other.getByRole("button", { name: "Ask it to let go" }).click();
    await showsCustomers(other, 1, 60_000);
    await other.getByRole("link", { name: "Before Silence" }).waitFor();
    await createCustomer(other, "After Silence");
    await showsCustomers(other, 2);
    // The tab that was stuck has begun anew and follows.
    await showsCustomers(leader, 2);
    await leader.getByText("was started anew").waitFor();
    await leader.getByRole("button", { name: "Dismiss" }).click();
  });

  await t.test("a tab at work that gets no answer says so too, and goes on when the other is closed", async () => {
    await freeze(other);
    await search(leader, "After");
    const banner = leader.getByText("Shuke is open in another tab or window");
    await banner.waitFor();
    await picture(leader, "silent-banner");
    await other.close();
    await banner.waitFor({ state: "hidden" });
    await showsCustomers(leader, 1);
    await leader.getByRole("link", { name: "After Silence" }).waitFor();
    await search(leader, "");
    await showsCustomers(leader, 2);
  });

  await t.test("a tab that is asked and is not stuck keeps what it holds", async () => {
    const second = await b.open("#/customers");
    await showsCustomers(second, 2);
    await second.evaluate(() => localStorage.setItem("shuke.let-go", JSON.stringify(String(Math.random()))));
    await createCustomer(leader, "Still Leading");
    await showsCustomers(second, 3);
    assert.equal(await leader.getByText("started anew").count() + await second.getByText("started anew").count(), 0);
  });
});
