// Files dropped on the page, wherever it is: one, several with orders before customers, and such that cannot be read.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { axe, browser, file, picture } from "./harness.mjs";
import { customerCount, eventually, expectTotal, go, goThrough } from "./steps.mjs";

/** What a hand holds over the page: real files, as the browser would hand them over. */
async function held(page, ...files) {
  const list = await Promise.all(files.map(async (it) => (typeof it === "string"
    ? { name: path.basename(it), bytes: (await readFile(it)).toString("base64") }
    : { name: it.name, bytes: Buffer.from(it.content).toString("base64") })));
  return page.evaluateHandle((list) => {
    const data = new DataTransfer();
    for (const { name, bytes } of list) {
      const content = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
      data.items.add(new File([content], name));
    }
    return data;
  }, list);
}

/** Moves over the element and lets go there. */
async function drop(page, where, dataTransfer, { look } = {}) {
  for (const kind of ["dragenter", "dragover"]) await page.dispatchEvent(where, kind, { dataTransfer });
  await look?.();
  await page.dispatchEvent(where, "drop", { dataTransfer });
}

test("files are dropped on the page", async (t) => {
  const b = await browser();
  const page = await b.open();

  await t.test("over the first page: it says so, and the import begins there", async () => {
    const veil = page.getByText("Let go to import");
    await drop(page, "main h1", await held(page, file("shopify-customers.csv")), {
      look: async () => { await veil.waitFor(); await picture(page, "drop-veil"); },
    });
    await page.getByRole("heading", { level: 1, name: "Data" }).waitFor();
    assert.match(await goThrough(page), /\b60\b/);
    assert.equal(await veil.count(), 0);
    assert.equal(await customerCount(page), 60);
  });

  await t.test("whoever moves on without letting go is left alone", async () => {
    await go(page, "#/customers", "Customers");
    const data = await held(page, file("shopify-orders.csv"));
    await page.dispatchEvent("main", "dragenter", { dataTransfer: data });
    await page.dispatchEvent("main", "dragover", { dataTransfer: data });
    const veil = page.getByText("Let go to import");
    await veil.waitFor();
    await veil.waitFor({ state: "detached" });
    assert.match(page.url(), /#\/customers/);
  });

  await t.test("text that is dragged is no file: nothing happens", async () => {
    const text = await page.evaluateHandle(() => {
      const data = new DataTransfer();
      data.setData("text/plain", "Name,Phone");
      return data;
    });
    await drop(page, "main", text);
    assert.equal(await page.getByText("Let go to import").count(), 0);
    assert.match(page.url(), /#\/customers/);
  });

  await t.test("into the drop zone: several at once, the customers first, and one that is no table", async () => {
    await go(page, "#/data", "Data");
    const zone = ".drop-zone";
    await page.locator(zone).waitFor();
    const png = { name: "photo.png", content: Buffer.from("89504e470d0a1a0a0000000d49484452", "hex") };
    const extra = { name: "extra.csv", content: "Name,Phone\nDrop One,19900070001\nDrop Two,19900070002\n" };
    await drop(page, zone, await held(page, png, file("shopify-orders.csv"), extra), {
      look: async () => { await page.getByText("Let go to begin").waitFor(); },
    });
    // One set: customers go first, whatever the order they were dropped in, and what is no table is left out with a reason.
    const list = page.getByRole("region", { name: "Files read together" });
    await eventually(() => list.locator(".import-file-name").allInnerTexts(), ["extra.csv", "shopify-orders.csv", "photo.png"]);
    assert.match(await list.getByRole("listitem").filter({ hasText: "photo.png" }).innerText(), /Left out[\s\S]*picture[\s\S]*CSV, TSV, JSON/);
    assert.deepEqual(await axe(page), []);
    await picture(page, "drop-several");
    assert.match(await goThrough(page), /extra\.csv[\s\S]*shopify-orders\.csv[\s\S]*\b174\b/);
    await page.getByText("photo.png").waitFor();
    await page.getByRole("button", { name: "Import another file" }).click();
    await page.locator(zone).waitFor();
    await go(page, "#/orders", "Orders");
    await expectTotal(page, 174, "order");
    assert.equal(await customerCount(page), 62);
  });

  await t.test("while a file is being looked at, another one joins it, and can be taken out again", async () => {
    await go(page, "#/data", "Data");
    await drop(page, ".drop-zone", await held(page, { name: "first.csv", content: "c1,c2\nFirst Person,Lyon\n" }));
    await page.getByRole("heading", { name: "first.csv" }).waitFor();
    await drop(page, "main h1", await held(page, { name: "second.csv", content: "Name,Phone\nSecond Person,19900070003\n" }));
    await page.getByRole("button", { name: "Take out first.csv" }).click();
    await eventually(async () => /second\.csv/.test(await page.locator("main").innerText()), true);
    await goThrough(page);
    assert.equal(await customerCount(page), 63);
  });
  await b.clean(page);
});
