// Customers and orders that belong together: several files at once, how orders find their customer, orders that wait.

import assert from "node:assert/strict";
import { test } from "node:test";
import { axe, browser, picture } from "./harness.mjs";
import { choose, csv, customerCount, eventually, expectTotal, go, goThrough, importMade, made, notice, openCustomer } from "./steps.mjs";

const people = made("people.csv", csv([
  ["Customer number", "Name", "Phone", "Email"],
  ["K1", "Ann", "13800000001", "ann@example.com"], ["K2", "Bob", "13800000002", ""], ["K3", "Carl", "", ""], ["K4", "Dora", "", ""], ["K5", "Dora", "", ""],
]));
/** By number, mail, phone, name; a name that two people have; nobody. */
const orders = made("orders.csv", csv([
  ["Order number", "Customer number", "Customer name", "Email", "Phone", "Order time", "Amount paid"],
  ["A1", "K1", "", "", "", "2026-05-01 10:00", "10.00"], ["A2", "", "", "ANN@example.com", "", "2026-05-02 10:00", "20.00"],
  ["A3", "", "", "", "138 0000 0002", "2026-05-03 10:00", "30.00"], ["A4", "", "Carl", "", "", "2026-05-04 10:00", "40.00"],
  ["A5", "", "Dora", "", "", "2026-05-05 10:00", "50.00"], ["A6", "", "", "", "13900000009", "2026-05-06 10:00", "60.00"],
]));

async function fresh(page) {
  await go(page, "#/", undefined);
  await go(page, "#/data", "Data");
  const pick = page.getByRole("button", { name: "Choose files" });
  const another = page.getByRole("button", { name: /^(Import another file|Another file|Import orders next)$/ }).first();
  await pick.or(another).first().waitFor();
  if (!(await pick.isVisible())) await another.click();
  await pick.waitFor();
}

const unknown = async (page, label) => {
  const field = page.getByLabel("Orders of unknown customers");
  if (!(await field.isVisible())) await page.locator(".import-rules").last().getByText(/^What is known already/).click();
  await field.selectOption({ label });
};
const waiting = (page) => page.locator(".import-waiting");
const row = (page, text) => waiting(page).getByRole("listitem").filter({ hasText: text });

test("files that belong together", async (t) => {
  const b = await browser();
  const page = await b.open();

  await t.test("dropped at once they are checked at once, and the outlook counts orders for customers who are not in yet", async () => {
    await fresh(page);
    await choose(page, [orders, people]);
    const list = page.getByRole("region", { name: "Files read together" });
    await eventually(() => list.locator(".import-file-name").allInnerTexts(), ["people.csv", "orders.csv"]);
    await list.getByRole("button", { name: "orders.csv" }).first().click();
    await page.getByRole("heading", { level: 2, name: "orders.csv" }).waitFor();
    assert.deepEqual(await axe(page), []);
    await picture(page, "import-set");
    await goThrough(page, { untilStart: true });
    const links = page.getByRole("region", { name: "orders.csv" }).locator(".import-links");
    const said = (await links.innerText()).replace(/\s+/g, " ");
    for (const part of ["1 by number", "1 by e-mail", "1 by phone", "1 by name alone not sure", "2 new customer"]) assert.ok(said.includes(part), `${part} in ${said}`);
    await picture(page, "import-set-outlook");
  });

  await t.test("what becomes of orders of unknown customers is chosen beside the outcome", async () => {
    await unknown(page, "Leave out");
    const orders = page.getByRole("region", { name: "orders.csv" });
    await eventually(() => orders.locator("[data-action=skip] dd").last().innerText(), "2");
    await unknown(page, "Wait until the customer is here");
    await eventually(() => orders.locator("[data-action=wait] dd").innerText(), "2");
    await goThrough(page);
    assert.equal(await customerCount(page), 5);
    await go(page, "#/orders", "Orders");
    await expectTotal(page, 4, "order");
  });

  await t.test("orders that wait are listed; one is given to somebody, one gets a customer, both can be undone", async () => {
    await fresh(page);
    await waiting(page).getByRole("heading", { name: "2 orders wait for their customers" }).waitFor();
    assert.match(await row(page, "A5").innerText(), /Dora[\s\S]*several or nobody of that name/);
    assert.deepEqual(await axe(page), []);
    await picture(page, "import-waiting");
    await row(page, "A5").getByRole("button", { name: "Choose…" }).click();
    const dialog = page.locator("dialog[open]");
    await dialog.getByRole("textbox").or(dialog.getByRole("searchbox")).first().fill("Bob");
    await dialog.getByRole("button", { name: /Bob/ }).first().click();
    await dialog.getByRole("button", { name: "Give the order" }).click();
    await notice(page, "1 order placed", { undo: true });
    await waiting(page).getByRole("heading", { name: "2 orders wait for their customers" }).waitFor();
    await row(page, "A6").getByRole("button", { name: "New customer" }).click();
    await notice(page, "1 order placed, 1 customers made");
    await waiting(page).getByRole("heading", { name: "1 order waits for its customer" }).waitFor();
    await row(page, "A5").getByRole("button", { name: "Drop" }).click();
    await eventually(() => waiting(page).count(), 0);
    await notice(page, "The waiting order was dropped", { undo: true });
    await row(page, "A5").waitFor();
  });

  await t.test("the same files again change nothing, and the order goes on waiting", async () => {
    await fresh(page);
    await choose(page, [orders, people]);
    await page.getByRole("heading", { name: "What will happen" }).waitFor();
    await eventually(() => page.getByText("Everything in this file is here already; importing changes nothing.").count(), 2);
    assert.equal(await page.getByRole("button", { name: /^Import \d/ }).count(), 0);
  });
  await b.clean(page);
});

test("orders first, customers later", async (t) => {
  const b = await browser();
  const page = await b.open();
  await t.test("orders wait; when the customers come, those that fit surely are placed, and undo lets them wait again", async () => {
    await fresh(page);
    await choose(page, [orders]);
    await page.getByRole("button", { name: "See what will happen" }).waitFor();
    await unknown(page, "Wait until the customer is here");
    await goThrough(page);
    assert.equal(await customerCount(page), 0);
    await fresh(page);
    await waiting(page).getByRole("heading", { name: "6 orders wait for their customers" }).waitFor();
    await choose(page, [people]);
    assert.match(await goThrough(page, { untilStart: true }), /3 orders that waited have found their customers\./);
    await goThrough(page);
    await page.getByText("3 orders that waited have found their customers.").waitFor();
    await fresh(page);
    await row(page, "A4").getByRole("button", { name: "Give to Carl" }).waitFor();
    await waiting(page).getByRole("button", { name: "Place all that fit" }).click();
    await notice(page, "1 order placed");
    await openCustomer(page, "Carl", "Orders");
    await page.locator("main article").getByText("A4").first().waitFor();
    await fresh(page);
    await page.locator(".import-past li").filter({ hasText: "people.csv" }).getByRole("button", { name: "Undo" }).click();
    await waiting(page).getByRole("heading", { name: /^[56] orders wait/ }).waitFor();
  });
  await b.clean(page);
});

test("a set is taken back whole", async () => {
  const b = await browser();
  const page = await b.open();
  await fresh(page);
  await choose(page, [people, orders]);
  await goThrough(page);
  await page.getByRole("button", { name: "Undo these imports" }).click();
  await page.getByRole("heading", { name: /is undone$/ }).waitFor();
  assert.equal(await customerCount(page), 0);
  await go(page, "#/orders", "Orders");
  await page.getByText("No orders yet").first().waitFor();
  await importMade(page, people);
  assert.equal(await customerCount(page), 5);
  await b.clean(page);
});
