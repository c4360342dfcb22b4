// Duplicates: found, compared, merged with a preview, undone later; kept apart; named while somebody is typed in.

import assert from "node:assert/strict";
import { test } from "node:test";
import { axe, browser } from "./harness.mjs";
import { csv, eventually, go, importMade, made } from "./steps.mjs";

const PEOPLE = csv([
  ["客户编号", "姓名", "手机号", "邮箱", "城市", "标签"],
  ["A1", "陈丽华", "13800000001", "", "杭州", "茶"],
  ["B1", "陳麗華", "13800000001", "lihua@example.com", "", "VIP"],
  ["C1", "Chen Lihua", "", "lihua@example.com", "", ""],
  ["A2", "John Smith", "+442071838750", "j.smith@example.com", "Leeds", ""],
  ["B2", "Smith, John", "+442071838750", "", "", ""],
  ["A3", "王强", "13900000003", "", "", ""],
  ["B3", "王强", "13900000003", "", "", ""],
  ["A4", "周敏", "13700000004", "", "", ""],
]);
const ORDERS = csv([
  ["订单号", "客户编号", "下单时间", "实付金额"],
  ["O1", "A1", "2026-05-01 10:00", "100.00"],
  ["O2", "A1", "2026-05-02 10:00", "50.00"],
  ["O3", "B1", "2026-05-03 10:00", "30.00"],
  ["O4", "C1", "2026-05-04 10:00", "20.00"],
]);

const groups = (page) => page.getByRole("list", { name: "Groups that may be one customer" }).locator(".twins-group");
const names = (page) => eventually(async () => {
  await go(page, "#/customers", "Customers");
  const grid = page.getByRole("grid", { name: "List of customers" });
  await grid.getByRole("link").first().waitFor();
  return (await grid.getByRole("link").allInnerTexts()).sort();
}, (list) => list.length > 0);

async function start() {
  const run = await browser();
  const page = await run.open();
  await importMade(page, made("people.csv", PEOPLE), made("orders.csv", ORDERS));
  await go(page, "#/data/duplicates", "Data");
  await eventually(() => groups(page).count(), 3);
  return { run, page };
}

test("records of one customer are found, merged with chosen values, lead on, and are undone later", async () => {
  const { run, page } = await start();
  const before = await names(page);
  assert.equal(before.length, 8);
  await go(page, "#/data/duplicates", "Data");
  const group = groups(page).filter({ hasText: "陈丽华" });
  await group.waitFor();
  assert.match(await group.innerText(), /Certain[\s\S]*Same phone[\s\S]*traditional and simplified/);
  assert.deepEqual(await axe(page), []);
  const old = await group.getByRole("link", { name: "Chen Lihua" }).getAttribute("href");
  await group.getByRole("link", { name: "Compare and merge" }).click();
  await page.getByRole("heading", { name: "Make them one" }).waitFor();
  const table = page.getByRole("table", { name: "Make them one" });
  // Who has most orders stays; empty fields are filled, tags come together.
  const result = (field) => table.getByRole("row", { name: new RegExp(`^${field}`) }).locator(".twins-result").innerText();
  assert.equal(await result("Name"), "陈丽华");
  assert.equal(await result("E-mail"), "lihua@example.com");
  // By keyboard: another name.
  const pick = table.getByRole("radio", { name: "Use 陳麗華 for Name" });
  await pick.focus();
  await page.keyboard.press("Space");
  assert.equal(await result("Name"), "陳麗華");
  const told = page.locator(".twins-preview");
  await eventually(() => told.innerText(), (text) => /2 orders/.test(text));
  assert.deepEqual(await axe(page), []);
  await page.getByRole("button", { name: "Merge 3 records" }).click();
  await page.getByText("Merged into 陳麗華").waitFor();
  await eventually(() => groups(page).count(), 2);
  // The old link leads to who it became, with all orders.
  await page.evaluate((hash) => { location.hash = hash; }, old);
  await page.locator("main article").getByRole("heading", { level: 1, name: "陳麗華" }).waitFor();
  await eventually(() => page.evaluate(() => location.hash), (hash) => hash !== old);
  await go(page, "#/orders", "Orders");
  await eventually(() => page.locator("main").innerText(), (text) => (text.match(/陳麗華/g) ?? []).length === 4);
  // The file again: nobody comes back (and what it says of A1 holds, as of everybody).
  await importMade(page, made("people.csv", PEOPLE));
  assert.equal((await names(page)).length, 6);
  // Undone later, from the list of what was merged.
  await go(page, "#/data/duplicates?show=merged", "Data");
  const row = page.getByRole("listitem").filter({ hasText: "became 陈丽华" });
  await row.getByRole("button", { name: "Undo" }).click();
  await row.getByText("Undone").waitFor();
  assert.deepEqual(await names(page), before);
  await run.clean(page);
});

test("who is not a duplicate is remembered, and may be suggested again", async () => {
  const { run, page } = await start();
  const group = groups(page).filter({ hasText: "王强" });
  await group.getByRole("button", { name: "Not a duplicate" }).click();
  await eventually(() => groups(page).count(), 2);
  await page.reload();
  await eventually(() => groups(page).count(), 2);
  await page.getByRole("link", { name: /^Kept apart/ }).click();
  const row = page.getByRole("listitem").filter({ hasText: "王强 and 王强" });
  await row.getByRole("button", { name: "Suggest again" }).click();
  await page.getByText("When you say that two records are different").waitFor();
  await go(page, "#/data/duplicates", "Data");
  await eventually(() => groups(page).count(), 3);
  await run.clean(page);
});

test("all certain groups are merged in one step, which one undo takes back", async () => {
  const { run, page } = await start();
  const before = await names(page);
  await go(page, "#/data/duplicates", "Data");
  const button = page.getByRole("button", { name: /^Merge \d certain groups?$/ });
  await button.click();
  const dialog = page.getByRole("dialog", { name: "Merge many groups at once" });
  await dialog.getByRole("button", { name: /^Merge \d groups?$/ }).click();
  await page.getByText(/^Merged \d groups?$/).first().waitFor();
  await eventually(async () => (await names(page)).length < before.length, true);
  await go(page, "#/data/duplicates?show=merged", "Data");
  await page.getByRole("button", { name: "Undo" }).first().click();
  await page.getByText("Undone").first().waitFor();
  assert.deepEqual(await names(page), before);
  await run.clean(page);
});

test("chosen customers are merged from their list", async () => {
  const { run, page } = await start();
  await go(page, "#/customers?q=%E7%8E%8B%E5%BC%BA", "Customers");
  const grid = page.getByRole("grid", { name: "List of customers" });
  await eventually(() => grid.getByRole("link").count(), 2);
  await page.locator("main h1").first().focus();
  for (const key of ["j", "x", "j", "x"]) await page.keyboard.press(key);
  await page.getByRole("region", { name: "2 selected" }).getByRole("link", { name: "Merge", exact: true }).click();
  await page.getByRole("heading", { name: "Make them one" }).waitFor();
  await page.getByRole("button", { name: "Merge 2 records" }).click();
  await page.getByText("Merged into 王强").waitFor();
  await run.clean(page);
});

test("while a new customer is typed in, who they may be is named with reasons", async () => {
  const { run, page } = await start();
  await go(page, "#/customers/new");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill("ZHOU Min");
  await dialog.getByLabel("Phone", { exact: true }).fill("137 0000 0004");
  const alike = dialog.locator(".alike");
  await alike.getByText("This is almost certainly 周敏").waitFor();
  assert.match(await alike.innerText(), /Same phone[\s\S]*Same name in pinyin/);
  assert.deepEqual(await axe(page), []);
  await dialog.getByLabel("Phone", { exact: true }).fill("");
  await dialog.getByLabel("Name", { exact: true }).fill("Nobody Known");
  await eventually(() => alike.count(), 0);
  await run.clean(page);
});

test("in Chinese and on a phone", async () => {
  const run = await browser({ locale: "zh-CN", viewport: { width: 390, height: 844 } });
  const page = await run.open("?demo=cafe#/data/duplicates");
  await page.getByText(/已比对 [\d,]+ 位客户/).waitFor();
  assert.deepEqual(await axe(page), []);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
  await page.getByRole("link", { name: /^已合并/ }).click();
  await page.getByText("还没有合并过").waitFor();
  await run.clean(page);
});
