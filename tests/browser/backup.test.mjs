// A backup is the whole: saved in one browser and opened in another it gives the same customers, orders, points and
// history. Whatever is not a backup is refused in words, and erasing everything takes a typed word.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { browser, file, picture } from "./harness.mjs";
import { customerCount, expectTotal, go, importFile, notice, openCustomer, openTab } from "./steps.mjs";
import { createCustomer, figures } from "./trouble.mjs";

const data = (page) => go(page, "#/settings/data", "Settings");

async function saveBackup(page) {
  await data(page);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("main").getByRole("button", { name: "Save backup" }).click(),
  ]);
  return download;
}

/** Chooses a file to restore, without going through with it. */
async function chooseBackup(page, path) {
  await data(page);
  const [chooser] = await Promise.all([
    page.waitForEvent("filechooser"),
    page.locator("button", { hasText: "Choose a backup file" }).click(),
  ]);
  await chooser.setFiles(path);
  await page.getByText("It will replace what is here now").waitFor();
}

/** The log, newest first, without the minutes. */
async function log(page) {
  await go(page, "#/settings/log", "Settings");
  await page.getByText("shopify-customers.csv").first().waitFor();
  return page.locator("main").innerText();
}

/** What a customer's page says about points. */
async function ledger(page) {
  await openCustomer(page, "Dmitri Modelo", "Points");
  await page.locator("main article .member table").last().waitFor();
  return page.locator("main article .member").innerText();
}

test("a backup holds everything", async (t) => {
  const b = await browser();
  const page = await b.open();
  await importFile(page, "shopify-customers.csv");
  await importFile(page, "shopify-orders.csv");
  await go(page, "#/points/program", "Points");
  await page.getByRole("button", { name: "Save programme" }).click();
  await notice(page, "Programme saved");
  await createCustomer(page, "Backup Bea");
  let backup;
  let before;

  await t.test("its age, and whether the browser keeps the data, are in sight", async () => {
    await data(page);
    await page.getByText("No backup has been saved yet.").waitFor();
    await page.getByText(/The browser (promised|has not promised) to keep/).waitFor();
    await page.getByText("In private files of this browser").waitFor();
    before = { figures: await figures(page), log: await log(page), ledger: await ledger(page) };
    const download = await saveBackup(page);
    assert.match(download.suggestedFilename(), /^shuke-\d{4}-\d\d-\d\d\.sqlite$/);
    backup = await download.path();
    assert.equal((await readFile(backup)).subarray(0, 15).toString(), "SQLite format 3");
    await page.getByText("Last backup: today. No changes since then.").waitFor();
    await createCustomer(page, "Changed Chris");
    await data(page);
    await page.getByText("1 change since then.").waitFor();
    await picture(page, "backup-settings");
  });

  await t.test("another browser opens it: the same figures, points and history", async () => {
    const other = await browser();
    const there = await other.open();
    await createCustomer(there, "Soon Replaced");
    await chooseBackup(there, backup);
    await there.getByText("It will replace what is here now: 1 customer and 0 orders").waitFor();
    await there.getByRole("button", { name: "Replace the data by it" }).click();
    await notice(there, "Restored: 61 customers");
    assert.equal(await customerCount(there), 61);
    assert.equal(await there.getByRole("link", { name: "Soon Replaced" }).count(), 0);
    assert.deepEqual({ figures: await figures(there), log: await log(there), ledger: await ledger(there) }, before);
    await there.reload();
    assert.equal(await customerCount(there), 61);
    // It is a database to work on, not a picture of one.
    await createCustomer(there, "After Restore");
    await expectTotal(there, 62);
    await other.clean(there);
  });

  await t.test("what is no backup is refused in words, and nothing is lost", async () => {
    const whole = await readFile(backup);
    const files = [["cut.sqlite", whole.subarray(0, whole.length >> 1)], ["head.sqlite", whole.subarray(0, 4096)],
      ["flipped.sqlite", Buffer.from(whole).fill(0xa5, 3 * 8192, 20 * 8192)], ["empty.sqlite", Buffer.alloc(0)]];
    const paths = [file("shopify-customers.csv")];
    for (const [name, bytes] of files) {
      paths.push(`${backup}-${name}`);
      await writeFile(paths.at(-1), bytes);
    }
    for (const path of paths) {
      await chooseBackup(page, path);
      await page.getByRole("button", { name: "Replace the data by it" }).click();
      const toast = page.locator(".toast.wrong").filter({ hasText: "no backup of Shuke, or a damaged one. Your data was not changed." });
      await toast.waitFor();
      await toast.getByRole("button").last().click();
      await toast.waitFor({ state: "hidden" });
      assert.equal(await customerCount(page), 62, path);
    }
    await page.reload();
    assert.equal(await customerCount(page), 62);
    await page.getByRole("link", { name: "Changed Chris" }).waitFor();
  });

  await t.test("erasing everything takes the typed word and leaves a first run", async () => {
    await data(page);
    await page.getByRole("button", { name: "Erase all data" }).click();
    const dialog = page.getByRole("dialog", { name: "Erase all data" });
    await dialog.getByText("62 customers and").waitFor();
    const go = dialog.getByRole("button", { name: "Delete for good" });
    assert.equal(await go.isDisabled(), true);
    await dialog.getByLabel("Type ERASE to confirm").fill("erase it");
    assert.equal(await go.isDisabled(), true);
    await dialog.getByLabel("Type ERASE to confirm").fill("ERASE");
    await go.click();
    await dialog.waitFor({ state: "hidden" });
    for (const time of ["at once", "after a reload"]) {
      await page.goto(`${b.server.url}#/`);
      if (time === "after a reload") await page.reload();
      await page.getByRole("heading", { name: "Know every regular by name" }).waitFor();
    }
    for (const hash of ["#/customers", "#/orders"]) {
      await page.goto(b.server.url + hash);
      await page.getByText(/^No (customers|orders) yet$/).waitFor();
    }
    await b.clean(page);
  });
});
