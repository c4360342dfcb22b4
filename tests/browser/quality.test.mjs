// The quality of data: what is filled in, what looks wrong, its rows, fixes with undo, and notes on analyses.

import assert from "node:assert/strict";
import { test } from "node:test";
import { axe, browser } from "./harness.mjs";
import { csv, eventually, go, importMade, made, notice } from "./steps.mjs";

const PEOPLE = csv([
  ["客户编号", "姓名", "手机号", "邮箱", "标签", "生日"],
  ...Array.from({ length: 12 }, (_, n) => [`A${n}`, `Person Number${n}`, `1380000${String(1000 + n)}`, "", "VIP", ""]),
  ["B1", "JOHN SMITH", "13900000001", "john@gmial.com", "vip", ""],
  ["B2", "李娜", "138****0002", "", "VIP", "1990-05-14"],
  ["B3", "周敏", "", "", "VIP", ""],
  ["B4", "Number4 Person", "13800001004", "", "VIP", ""],
]);
const ORDERS = csv([
  ["订单号", "客户编号", "下单时间", "实付金额", "币种"],
  ...Array.from({ length: 24 }, (_, n) => [`O${n}`, `A${n % 12}`, `2026-05-${String(n + 1).padStart(2, "0")} 10:00`, `${20 + n}.00`, "CNY"]),
  ["P1", "A1", "2026-06-01 10:00", "99000.00", "CNY"],
  ["P2", "A2", "2026-06-02 10:00:00", "33.00", "CNY"],
  ["P3", "A2", "2026-06-02 10:01:00", "33.00", "CNY"],
  ["P4", "A3", "2026-06-03 10:00", "12.00", "USD"],
]);

async function start(options) {
  const run = await browser(options);
  const page = await run.open();
  await importMade(page, made("people.csv", PEOPLE), made("orders.csv", ORDERS));
  await go(page, "#/data/quality", "Data");
  await page.getByRole("heading", { name: "What looks wrong" }).waitFor();
  return { run, page };
}

const finding = (page, name) => page.locator(".quality-findings").getByRole("link", { name });

test("what looks wrong is listed with its number, its reason and what it affects", async () => {
  const { run, page } = await start();
  for (const [name, count] of [
    ["E-mail addresses with a slip in the domain", 1],
    ["Phone numbers with masked digits", 1],
    ["Neither phone nor e-mail", 1],
    ["Names with digits, blanks or all in capitals", 1],
    ["Tags, channels or owners written in several ways", 1],
    ["Amounts far beyond the others", 1],
    ["Orders that seem to be entered twice", 1],
    ["Orders in a currency without a rate", 1],
    ["Customers that are here more than once", 1],
  ]) {
    assert.match((await finding(page, name).innerText()).replaceAll("\n", " "), new RegExp(`${count}$`), name);
  }
  const text = await page.locator("main").innerText();
  assert.match(text, /Affects RFM/);
  assert.match(text, /Orders come in 2 currencies/);
  // Fill rates lead to those who lack the field.
  await page.getByRole("link", { name: "Show who has no E-mail" }).click();
  await page.getByRole("grid", { name: "List of customers" }).waitFor();
  await eventually(() => page.locator("main .list-total").innerText(), (text) => /15 customers/.test(text));
  await go(page, "#/data/quality", "Data");
  assert.deepEqual(await axe(page), []);
  await run.clean(page);
});

test("values are mended with a suggestion, by choice or all at once, and undone", async () => {
  const { run, page } = await start();
  await finding(page, "E-mail addresses with a slip in the domain").click();
  const table = page.getByRole("table", { name: "E-mail addresses with a slip in the domain" });
  assert.match(await table.innerText(), /john@gmial.com[\s\S]*john@gmail.com/);
  assert.deepEqual(await axe(page), []);
  await page.getByRole("button", { name: "Use the suggestions" }).click();
  await page.getByText("Nothing left here").waitFor();
  await notice(page, "1 value mended", { undo: true });
  await table.waitFor();
  assert.match(await table.innerText(), /john@gmial.com/);
  // The double order goes only by choice, with the keyboard.
  await go(page, "#/data/quality?finding=double_order", "Data");
  const remove = page.getByRole("button", { name: "Remove the orders" });
  await remove.waitFor();
  assert.equal(await remove.isDisabled(), true);
  const box = page.getByRole("checkbox", { name: /^Choose P3/ });
  await box.focus();
  await page.keyboard.press("Space");
  await remove.click();
  await page.getByText("1 order removed").waitFor();
  await page.getByText("Nothing left here").waitFor();
  await run.clean(page);
});

test("what a person accepts is not named again", async () => {
  const { run, page } = await start();
  await finding(page, "Amounts far beyond the others").click();
  await page.getByRole("button", { name: "They are right" }).click();
  await page.getByText("1 row accepted").waitFor();
  await page.getByText("Nothing left here").waitFor();
  await go(page, "#/data/quality", "Data");
  await page.reload();
  await page.getByRole("heading", { name: "What looks wrong" }).waitFor();
  assert.equal(await finding(page, "Amounts far beyond the others").count(), 0);
  await run.clean(page);
});

test("an analysis says what in the data affects it", async () => {
  const { run, page } = await start();
  await go(page, "#/segments/rfm");
  const note = page.locator(".quality-note");
  await note.getByText(/Read with care/).waitFor();
  assert.match(await note.innerText(), /Orders in a currency without a rate: 1 row/);
  await note.getByRole("link", { name: "See data quality" }).click();
  await page.getByRole("heading", { name: "What looks wrong" }).waitFor();
  await run.clean(page);
});

test("in Chinese, by night, on a phone", async () => {
  const run = await browser({ locale: "zh-CN", colorScheme: "dark", viewport: { width: 390, height: 844 } });
  const page = await run.open("?demo=cafe#/data/quality");
  await page.getByRole("heading", { name: "填写率" }).waitFor();
  assert.deepEqual(await axe(page), []);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
  await run.clean(page);
});
