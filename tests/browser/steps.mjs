// What a person does, in words: the steps that several browser tests share. English is the language of the tests unless
// a test is about language.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { file } from "./harness.mjs";

/** Opens a place of the running page by its hash and waits for its heading. */
export async function go(page, hash, heading) {
  await page.evaluate((hash) => { location.hash = hash; }, hash);
  if (heading) await page.getByRole("heading", { level: 1, name: heading }).waitFor();
}

/** Drops files on the import page, goes through to the end, and gives the text of the outcome. */
export async function importFile(page, names, { untilStart = false } = {}) {
  await go(page, "#/data", "Data");
  await choose(page, [names].flat().map(file));
  return goThrough(page, { untilStart });
}

/** Hands files (paths or { name, mimeType, buffer }) to the picker. */
export async function choose(page, files) {
  const next = page.getByRole("button", { name: /^Import (orders next|customers next|another file)$/ });
  if (await next.isVisible()) await next.click();
  const [chooser] = await Promise.all([
    page.waitForEvent("filechooser"),
    page.getByRole("button", { name: "Choose files" }).click(),
  ]);
  await chooser.setFiles(files);
}

/** From a chosen file to the outcome: past the columns where they are shown, through the preview. */
export async function goThrough(page, { untilStart = false } = {}) {
  const check = page.getByRole("button", { name: "See what will happen" });
  const start = page.getByRole("button", { name: /^Import( [\d,]+ rows?)?$/ });
  await check.or(start).first().waitFor();
  if (await check.isVisible()) await check.click();
  await start.waitFor();
  const preview = await page.locator("main").innerText();
  if (untilStart) return preview;
  await start.click();
  await page.getByRole("heading", { name: /^(Imported|Nothing new)/ }).waitFor({ timeout: 120_000 });
  return page.locator("main").innerText();
}

/** The number of customers the list says there are. */
export async function customerCount(page) {
  // By way of another page: a list that is there already follows a moment after what was done.
  await go(page, "#/orders", "Orders");
  await go(page, "#/customers", "Customers");
  // Not that of a notice, which may count customers too.
  const total = page.getByRole("main").getByRole("status").filter({ hasText: /[\d,]+ customers?/ });
  await total.first().waitFor();
  return Number((await total.first().innerText()).replace(/\D/g, ""));
}

/** Types into the search box of a list and waits for a row. */
export async function search(page, words) {
  const box = page.getByRole("main").getByRole("searchbox");
  await box.fill(words);
}

/**
 * Takes the time a person takes: the elements' forms hold whoever answers within 0.8 s of seeing them for a program, and
 * send nothing (element-form.js).
 */
export const takeTime = (page) => page.waitForTimeout(1_000);

/** Asks again until the answer is as wanted; fails with the last answer. */
export async function eventually(ask, wanted, { seconds = 30 } = {}) {
  const until = Date.now() + seconds * 1000;
  const is = typeof wanted === "function" ? wanted : (now) => isDeepStrictEqual(now, wanted);
  let now = await ask();
  while (!is(now)) {
    if (Date.now() > until) {
      if (typeof wanted === "function") assert.fail(`not as wanted: ${JSON.stringify(now)}, wanted ${wanted}`);
      assert.deepEqual(now, wanted);
    }
    await new Promise((resolve) => { setTimeout(resolve, 50); });
    now = await ask();
  }
  return now;
}

/** A file made in memory, for the picker. */
export function made(name, content) {
  return { name, mimeType: "application/octet-stream", buffer: Buffer.isBuffer(content) ? content : Buffer.from(content) };
}

/** CSV text of rows of cells. */
export const csv = (rows) =>
  rows.map((cells) => cells.map((cell) => `"${String(cell).replaceAll('"', '""')}"`).join(",")).join("\r\n") + "\r\n";

/** Imports files made in memory, one after the other. */
export async function importMade(page, ...files) {
  let outcome = "";
  for (const it of files) {
    await go(page, "#/data", "Data");
    await choose(page, [it]);
    outcome = await goThrough(page);
  }
  return outcome;
}

/** Waits until the list says that there are so many. */
export async function expectTotal(page, count, what = "customer") {
  const text = `${count.toLocaleString("en")} ${what}${count === 1 ? "" : "s"}`;
  await eventually(async () => (await page.locator("main .list-total").innerText()).trim(), text, { seconds: 30 });
}

/** The names in the rows of the list of customers, in order, once they are as wanted. */
export async function expectNames(page, wanted) {
  const links = page.getByRole("grid", { name: "List of customers" }).getByRole("link");
  await eventually(() => links.allInnerTexts(), wanted);
}

/** Opens the record of the customer of this name by a search. */
export async function openCustomer(page, name, tab) {
  await go(page, `#/customers?q=${encodeURIComponent(name)}`);
  await page.getByRole("grid", { name: "List of customers" }).getByRole("link", { name, exact: true }).first().click();
  await page.locator("main article").getByRole("heading", { level: 1, name }).waitFor();
  if (tab) await openTab(page, tab);
}

/** A tab of the open record. */
export async function openTab(page, tab) {
  await page.getByRole("navigation", { name: "Parts of this record" }).getByRole("link", { name: tab, exact: true }).click();
}

/** The rows of the file that the button of this name saves. */
export async function sheet(page, name) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).first().click()]);
  assert.match(download.suggestedFilename(), /\.csv$/);
  const text = await readFile(await download.path(), "utf8");
  assert.equal(text[0], "\ufeff", "a spreadsheet knows that it is UTF-8");
  const cells = (row) => [...row.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain);
  return text.slice(1).trimEnd().split("\r\n").map(cells);
}

/** Waits for the confirmation of what was done, and undoes it when asked to. */
export async function notice(page, text, { undo = false } = {}) {
  const toast = page.locator(".toast").filter({ hasText: text });
  if (!undo) return toast.first().waitFor();
  // A confirmation stays for ten seconds. Who comes later, as a busy machine does, undoes it in the log, as a person
  // would: it was told, and is the newest there; then they go back to where they were.
  const pressed = await toast.getByRole("button", { name: "Undo" }).last().click({ timeout: 12_000 }).then(() => true, (error) => {
    if (error.name === "TimeoutError") return false;
    throw error;
  });
  if (pressed) return undefined;
  const told = await page.evaluate(() => globalThis.__told);
  assert.ok(told.some((it) => it.includes(text)), `${text} was never told, but ${JSON.stringify(told)}`);
  const there = await page.evaluate(() => location.hash);
  await go(page, "#/settings/log", "Settings");
  const newest = page.locator(".log-row").filter({ has: page.getByRole("button", { name: "Undo" }) }).first();
  await newest.getByRole("button", { name: "Undo" }).click();
  await page.locator(".toast").filter({ hasText: "Undone" }).first().waitFor();
  return go(page, there);
}

/** What is said at a field that is wrong; empty where nothing is. */
export const saidAt = (field) =>
  field.evaluate((it) => (it.getAttribute("aria-invalid") !== "true" ? "" : (it.getAttribute("aria-describedby") ?? "")
    .split(" ").map((id) => document.getElementById(id)?.textContent.trim() ?? "").join(" ").trim()));
