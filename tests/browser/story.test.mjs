// The main job, end to end: a person opens the page, drops in a file of customers and a file of orders, sees who the
// customers are, their segments and points; closes the browser, opens it again, and all is there.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { axe, browser, file, picture } from "./harness.mjs";
import { choose, customerCount, eventually, go, importFile, search } from "./steps.mjs";

test("from two Shopify files to customers, segments and points, and back after a restart", async (t) => {
  const b = await browser();
  let page = await b.open();
  // What the files say, read here without Shuke.
  const lines = (await readFile(file("shopify-orders.csv"), "utf8")).trim().split("\r\n").map((line) => line.split(","));
  const column = (name) => lines[0].indexOf(name);
  const firsts = lines.slice(1).filter((line) => line[column("Financial Status")] !== "");
  const kept = (line) => (line[column("Financial Status")] === "voided" ? 0
    : Math.max(0, Math.round(line[column("Total")] * 100) - Math.round(line[column("Refunded Amount")] * 100)));

  await t.test("the first run offers three ways in", async () => {
    await page.getByRole("heading", { name: "Know every regular by name" }).waitFor();
    await page.getByRole("button", { name: "Open the demo" }).or(page.getByRole("link", { name: "Open the demo" })).waitFor();
    await page.getByRole("button", { name: "New customer" }).or(page.getByRole("link", { name: "New customer" })).first().waitFor();
    assert.deepEqual(await axe(page), []);
    await picture(page, "story-1-first-run");
  });

  await t.test("the customers' file is recognised and loads without touching the mapping", async () => {
    const outcome = await importFile(page, "shopify-customers.csv");
    assert.match(outcome, /60 rows read/);
    await picture(page, "story-2-imported");
    assert.equal(await customerCount(page), 60);
  });

  await t.test("the orders' file too; a voided order and refunds are understood", async () => {
    await importFile(page, "shopify-orders.csv");
    await go(page, "#/orders", "Orders");
    await page.getByRole("status").filter({ hasText: `${firsts.length} orders` }).first().waitFor();
    assert.equal(await customerCount(page), 60, "no order makes a twin of a customer");
  });

  await t.test("spend is exact: what the file says was paid, less what came back", async () => {
    const email = firsts.find((line) => line[column("Financial Status")] === "partially_refunded")[column("Email")];
    const minor = firsts.filter((line) => line[column("Email")] === email).reduce((sum, line) => sum + kept(line), 0);
    await go(page, "#/customers", "Customers");
    await search(page, email);
    await page.getByRole("status").filter({ hasText: "1 customer" }).first().waitFor();
    const spend = (minor / 100).toLocaleString("en", { minimumFractionDigits: 2 });
    await page.getByRole("row").filter({ hasText: `¥${spend}` }).waitFor();
  });

  await t.test("the same file again changes nothing", async () => {
    await go(page, "#/data", "Data");
    await choose(page, [file("shopify-orders.csv")]);
    await page.getByText("importing changes nothing").waitFor();
  });

  await t.test("a customer is found by the tail of the phone and opens with orders and figures", async () => {
    await go(page, "#/customers", "Customers");
    await search(page, "0103");
    // Others have his name; only one has this phone.
    await page.getByRole("status").filter({ hasText: "1 customer" }).first().waitFor();
    await page.getByRole("link", { name: "Dmitri Modelo" }).first().click();
    await page.getByRole("heading", { name: "Dmitri Modelo" }).first().waitFor();
    await page.getByRole("navigation", { name: "Parts of this record" }).getByRole("link", { name: "Orders" }).click();
    await page.getByRole("article").getByText(/#10\d\d/).first().waitFor();
    await picture(page, "story-3-customer");
  });

  const balances = async () => {
    await go(page, "#/points", "Points");
    const tile = page.getByRole("main").getByText(/^Points owed to members/).first();
    await tile.waitFor();
    return page.getByRole("main").innerText();
  };
  let owed;
  await t.test("a programme is set up and points follow from the orders", async () => {
    await go(page, "#/points/program", "Points");
    await page.getByRole("button", { name: "Save programme" }).click();
    await page.getByText("Programme saved").waitFor();
    owed = await balances();
    assert.match(owed, /[1-9][\d,]*/);
    await picture(page, "story-4-points");
  });

  await t.test("segments have members", async () => {
    await go(page, "#/segments", "Segments");
    await page.getByRole("link", { name: "Active", exact: true }).first().waitFor();
    await picture(page, "story-5-segments");
    await go(page, "#/", /.*/);
    await page.getByText("Spend this month").first().waitFor();
    await picture(page, "story-6-home");
  });

  await b.clean(page);

  await t.test("after closing and opening the browser all is there", async () => {
    await b.context.close();
    await b.launch();
    page = await b.open();
    assert.equal(await customerCount(page), 60);
    await go(page, "#/orders", "Orders");
    await page.getByRole("status").filter({ hasText: `${firsts.length} orders` }).first().waitFor();
    // Notes about the data come a moment after the figures.
    await eventually(balances, owed);
    await b.clean(page);
  });

  await t.test("undoing the import of the orders takes them away, and only them", async () => {
    await go(page, "#/data", "Data");
    const past = page.getByRole("listitem").or(page.getByRole("row")).filter({ hasText: "shopify-orders.csv" }).first();
    await past.getByRole("button", { name: "Undo" }).click();
    await go(page, "#/orders", "Orders");
    await page.getByRole("main").getByText("No orders yet").waitFor();
    assert.equal(await customerCount(page), 60);
    await b.clean(page);
  });
});
