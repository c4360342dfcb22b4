// Orders: typed in with their items, refunded by item, by amount and whole, and never twice; spend and points follow.

import assert from "node:assert/strict";
import { test } from "node:test";
import { browser } from "./harness.mjs";
import { csv, eventually, expectTotal, go, importMade, made, notice, openCustomer, openTab, saidAt } from "./steps.mjs";

const dialog = (page) => page.locator("dialog[open]");
const detail = (page) => page.locator("main article");

/** Numbers under their names: { Paid: "¥85.50", Refunded: "−¥30.00", ... }. */
const sums = (page) => detail(page).locator(".order-sums > div").evaluateAll((all) => Object.fromEntries(
  all.map((it) => [it.querySelector("dt").textContent.trim(), it.querySelector("dd").textContent.replace(/[\s\u2212]/g, (c) => (c === "\u2212" ? "-" : ""))])));

const kept = (page, amount) => eventually(async () => (await sums(page)).Kept, amount);

/** What the record of the customer says of spend and points. */
async function standing(page, name) {
  await openCustomer(page, name);
  const spend = await eventually(() => detail(page).innerText(), (text) => /Spend|Has not bought anything yet|was returned or cancelled/.test(text));
  await openTab(page, "Points");
  const points = detail(page).locator(".member-top .stat-value").first();
  await points.waitFor();
  return { spend: spend.replace(/\s+/g, ""), points: await points.innerText() };
}

test("an order by hand and its refunds", async (t) => {
  const b = await browser();
  const page = await b.open();
  await importMade(page, made("people.csv", csv([["姓名", "手机号"], ["王芳", "19900040001"], ["李娜", "19900040002"]])));
  await go(page, "#/points/program", "Points");
  await page.getByRole("button", { name: "Save programme" }).click();
  await notice(page, "Programme saved");

  const field = (name) => dialog(page).getByLabel(name, { exact: true });
  let address = "";

  await t.test("what is missing is said at its field", async () => {
    await go(page, "#/orders", "Orders");
    await page.getByRole("button", { name: "New order" }).first().click();
    await field("Quantity").fill("none");
    await field("Item").fill("Latte");
    await dialog(page).getByRole("button", { name: "Save order" }).click();
    await dialog(page).getByText("Choose a customer first").waitFor();
    await eventually(() => saidAt(field("Quantity")), "Write a number above 0");
    await eventually(() => saidAt(field("Amount")), "Write a number such as 35.50");
    assert.equal(await field("Item").inputValue(), "Latte");
  });

  await t.test("with a customer found by initials and two items it is saved; the sum is worked out", async () => {
    await field("Customer").fill("wf");
    await dialog(page).getByRole("button", { name: /^王芳/ }).click();
    await field("Quantity").fill("2");
    await field("Amount").fill("60");
    await field("Category").fill("Coffee");
    await dialog(page).getByRole("button", { name: "Add an item" }).click();
    await field("Item").nth(1).fill("Cake");
    await field("Amount").nth(1).fill("25.50");
    await dialog(page).getByText("Items come to ¥85.50").waitFor();
    await dialog(page).getByText("More", { exact: true }).click();
    await field("Order number").fill("HAND-1");
    await dialog(page).getByRole("button", { name: "Save order" }).click();
    await notice(page, "Saved an order of ¥85.50");
    await expectTotal(page, 1, "order");
    await page.getByRole("grid", { name: "List of orders" }).getByRole("link").first().click();
    await detail(page).getByRole("heading", { level: 1, name: "Order HAND-1" }).waitFor();
    address = new URL(page.url()).hash;
    assert.equal((await sums(page)).Paid, "¥85.50");
    await detail(page).getByText("Earned 85 points").waitFor();
    const now = await standing(page, "王芳");
    assert.match(now.spend, /Spend¥85\.50/);
    assert.equal(now.points, "85");
  });

  await t.test("the same number again is refused at the number", async () => {
    await openCustomer(page, "李娜", "Orders");
    await detail(page).getByRole("button", { name: "New order" }).click();
    await field("Amount paid ¥").fill("1");
    await dialog(page).getByText("More", { exact: true }).click();
    await field("Order number").fill("HAND-1");
    await dialog(page).getByRole("button", { name: "Save order" }).click();
    await eventually(() => saidAt(field("Order number")), "This order number exists already");
    await field("Order number").fill("HAND-2");
    await dialog(page).getByRole("button", { name: "Save order" }).click();
    await notice(page, "Saved an order of ¥1.00");
  });

  await t.test("one of two cups comes back", async () => {
    await refund(page, address, "By item");
    await dialog(page).getByLabel("Latte × 2").fill("3");
    assert.equal(await dialog(page).getByRole("button", { name: /^Refund ¥/ }).count(), 0, "three of two cannot come back");
    await dialog(page).getByLabel("Latte × 2").fill("1");
    await dialog(page).getByRole("button", { name: "Refund ¥30.00" }).click();
    await notice(page, "Refunded ¥30.00");
    await kept(page, "¥55.50");
    await detail(page).getByText("1 returned").waitFor();
    await detail(page).getByText("Partly refunded").first().waitFor();
    const now = await standing(page, "王芳");
    assert.match(now.spend, /Spend¥55\.50/);
    assert.equal(now.points, "55");
  });

  await t.test("an amount above what remains is refused in words; pressed twice, a good one is refunded once", async () => {
    await refund(page, address, "An amount");
    await dialog(page).getByLabel(/^Amount/).fill("55.51");
    await dialog(page).getByRole("button", { name: "Refund", exact: true }).click();
    await dialog(page).getByText("Write an amount between 0 and ¥55.50").waitFor();
    await dialog(page).getByLabel(/^Amount/).fill("5.25");
    const button = dialog(page).getByRole("button", { name: "Refund ¥5.25" });
    await button.waitFor();
    // Both presses within one turn, before the page could draw anything.
    await button.evaluate((it) => { it.click(); it.click(); });
    await notice(page, "Refunded ¥5.25");
    await kept(page, "¥50.25");
    await dialog(page).waitFor({ state: "detached" });
    assert.equal(await detail(page).locator(".order-refunds li").count(), 2);
    const now = await standing(page, "王芳");
    assert.match(now.spend, /Spend¥50\.25/);
    assert.equal(now.points, "50");
  });

  await t.test("all that remains; then there is nothing more to refund", async () => {
    await refund(page, address, "Everything");
    await dialog(page).getByRole("button", { name: "Refund ¥50.25" }).click();
    await notice(page, "Refunded ¥50.25");
    await kept(page, "¥0.00");
    assert.equal(await detail(page).getByRole("button", { name: "Refund" }).count(), 0);
    const now = await standing(page, "王芳");
    assert.match(now.spend, /Everythingboughtsofarwasreturnedorcancelled/);
    assert.equal(now.points, "0");
  });

  await t.test("undo of a refund brings amount and points back", async () => {
    await go(page, "#/settings/log", "Settings");
    await page.getByRole("listitem").filter({ hasText: "Refunded an order" }).first().getByRole("button", { name: /^Undo/ }).click();
    await notice(page, "Undone");
    const now = await standing(page, "王芳");
    assert.match(now.spend, /Spend¥50\.25/);
    assert.equal(now.points, "50");
  });

  await t.test("the list finds orders by number and customer and by what came back", async () => {
    await go(page, "#/orders", "Orders");
    await expectTotal(page, 2, "order");
    for (const [words, count] of [["HAND-2", 1], ["王芳", 1], ["40002", 1], ["HAND", 2]]) {
      await page.getByRole("main").getByRole("searchbox").fill(words);
      await expectTotal(page, count, "order");
    }
    await page.getByRole("checkbox", { name: "Only refunded or cancelled" }).check();
    await expectTotal(page, 1, "order");
    await page.getByRole("grid", { name: "List of orders" }).getByText("HAND-1").waitFor();
  });

  await t.test("removed by mistake, an order is brought back", async () => {
    await go(page, address);
    await detail(page).getByRole("button", { name: "Remove" }).click();
    await notice(page, "Removed order HAND-1", { undo: true });
    await go(page, "#/orders", "Orders");
    await expectTotal(page, 2, "order");
  });

  await b.clean(page);
});

async function refund(page, address, how) {
  await go(page, address);
  await detail(page).getByRole("button", { name: "Refund" }).click();
  await dialog(page).getByRole("radio", { name: how }).check();
}
