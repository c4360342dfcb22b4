// What the tests of tabs, faults and backups share: customers made by hand and by the thousand, and a hand in the
// browser's private files while no tab of the page is open.

import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { choose, customerCount, go, goThrough } from "./steps.mjs";

/** Fills in the form of a new customer and waits until it is saved. */
export async function createCustomer(page, name) {
  await go(page, "#/customers", "Customers");
  await page.getByRole("button", { name: "New customer" }).first().click();
  const form = page.getByRole("dialog", { name: "New customer" });
  await form.getByLabel("Name", { exact: true }).first().fill(name);
  await form.getByRole("button", { name: "Save", exact: true }).click();
  await form.waitFor({ state: "hidden" });
}

/** Waits until the list of customers of a page, which nobody touches, says that there are so many. */
export async function showsCustomers(page, count, timeout = 40_000) {
  // The whole number: 3 is not found in 13.
  const words = new RegExp(`(?<![\\d,])${count.toLocaleString("en")} customers?\\b`);
  await page.getByRole("main").getByRole("status").filter({ hasText: words }).first().waitFor({ timeout });
}

/** A file of so many customers, none like another. */
export function customersFile(count, name = "regulars.csv") {
  const rows = ["Name,Phone,Email,City,Note"];
  for (let i = 0; i < count; i += 1) {
    const number = String(i).padStart(6, "0");
    rows.push(`Guest ${number},+861390${number}0,guest${number}@example.com,Hangzhou,"Likes tea number ${number}"`);
  }
  const file = path.join(mkdtempSync(path.join(tmpdir(), "shuke-file-")), name);
  writeFileSync(file, rows.join("\r\n"));
  return file;
}

/** Starts the import of a file and waits until some of it is in; gives the row it was at. */
export async function importUntil(page, file, rows) {
  await go(page, "#/data", "Data");
  await choose(page, [file]);
  await goThrough(page, { untilStart: true });
  await page.getByRole("button", { name: /^Import [\d,]+ rows$/ }).click();
  await page.getByRole("heading", { name: "Writing" }).waitFor();
  await page.waitForFunction((rows) => {
    const told = document.querySelector(".import-facts")?.textContent.match(/([\d,]+) rows? done/);
    return told && Number(told[1].replaceAll(",", "")) >= rows;
  }, rows, { timeout: 60_000, polling: 20 });
}

/** Imports a whole file and gives the text of the outcome. */
export async function importWhole(page, file) {
  await go(page, "#/data", "Data");
  await choose(page, [file]);
  return goThrough(page);
}

/** Every figure the page shows about all customers, as text. */
export async function figures(page) {
  const texts = [];
  await customerCount(page);
  for (const [hash, heading] of [["#/segments", "Segments"], ["#/segments?tab=rfm", "Segments"], ["#/points", "Points"], ["#/", /./]]) {
    await go(page, hash, heading);
    texts.push(await settled(page));
  }
  return texts;
}

/** The text of the page once it has stopped changing and nothing is being loaded. */
async function settled(page) {
  return page.evaluate(() => new Promise((resolve) => {
    const main = document.querySelector("main");
    let before = "";
    const look = () => {
      const text = main.innerText;
      if (text === before && text.length > 80 && !main.querySelector("[aria-busy=true], .skeleton")) resolve(text);
      else { before = text; setTimeout(look, 250); }
    };
    look();
  }));
}

/** Runs something in a page of the origin that is not the application: no worker holds the private files then. */
export async function besideTheApp(b, work, argument) {
  const page = await b.context.newPage();
  await page.goto(`${b.server.origin}/nothing`);
  try {
    return await page.evaluate(work, argument);
  } finally {
    await page.close();
  }
}

/**
 * Damages a private file: `of` is "snapshot" or "database"; `at` is where (a fraction of the length), `bytes` how many
 * are overwritten; or it is cut to `keep`, a fraction of its length. Gives the length there was.
 */
export async function damage(b, of, what) {
  const length = await besideTheApp(b, async ([of, { at, from, bytes, keep, value = 0xa5 }]) => {
    const root = await navigator.storage.getDirectory();
    const biggest = async (folder) => {
      let best;
      for await (const handle of folder.values()) {
        if (handle.kind !== "file") continue;
        const { size } = await handle.getFile();
        if (!best || size > best.size) best = { handle, size };
      }
      return best;
    };
    const folder = of === "snapshot"
      ? await root.getDirectoryHandle("shuke-main")
      : await (await root.getDirectoryHandle("shuke-main-database")).getDirectoryHandle(".opaque");
    const { handle, size } = await biggest(folder);
    for (let tries = 0; ; tries += 1) {
      try {
        const writer = await handle.createWritable({ keepExistingData: true });
        if (keep !== undefined) await writer.truncate(Math.floor(size * keep));
        else {
          const position = from ?? Math.floor(size * at);
          await writer.write({ type: "write", position, data: new Uint8Array(Math.min(bytes, size - position)).fill(value) });
        }
        await writer.close();
        return size;
      } catch (error) {
        // The worker of the tab just closed may hold it for a moment more.
        if (error.name !== "NoModificationAllowedError" || tries > 100) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }, [of, what]);
  assert.ok(length > 1_000, `the ${of} has ${length} bytes`);
  return length;
}

/** Waits until the worker has written a snapshot, whole, after the moment given. */
export async function snapshotWritten(page, since) {
  const written = () => page.evaluate(async (since) => {
    try {
      const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("shuke-main");
      const file = await (await folder.getFileHandle("columns")).getFile();
      if (file.lastModified < since || file.size < 9) return false;
      const length = new DataView(await file.slice(0, 8).arrayBuffer()).getBigUint64(0, true);
      return Number(length) + 8 === file.size;
    } catch {
      return false;
    }
  }, since);
  // Nothing tells of it, so it is looked for.
  for (const until = Date.now() + 30_000; !(await written());) {
    assert.ok(Date.now() < until, "no snapshot was written");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
