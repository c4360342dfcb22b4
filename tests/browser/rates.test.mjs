// Exchange rates: what waits for one is said, a rate brings it into every sum, and undo takes it out again.

import assert from "node:assert/strict";
import { test } from "node:test";
import { axe, browser, picture } from "./harness.mjs";
import { csv, eventually, go, importMade, made, notice, saidAt } from "./steps.mjs";

const PEOPLE = csv([["客户编号", "姓名", "手机号"], ["C1", "王芳", "19900050001"], ["C2", "Tom", "19900050002"]]);
const ORDERS = csv([
  ["订单号", "客户编号", "下单时间", "币种", "实付金额"],
  ["O1", "C1", "2026-05-02 10:00", "CNY", "100.00"],
  ["O2", "C2", "2026-05-03 10:00", "USD", "10.00"],
  ["O3", "C2", "2026-06-03 10:00", "USD", "20.00"],
]);

/** What the table of used currencies says of USD. */
const usd = (page) => page.locator(".rates-used tbody tr").filter({ hasText: "USD" }).locator("td").allInnerTexts();

/** The spend of the customers that match a rule, as the list counts them. */
const richNames = (page, least) => eventually(async () => {
  const rule = encodeURIComponent(JSON.stringify({ attr: "spend", op: "gte", value: least }));
  await go(page, `#/customers?rule=${rule}`, "Customers");
  return (await page.locator("main .list-total").innerText()).trim();
}, (text) => /customer/.test(text));

test("rates in the settings", async (t) => {
  const b = await browser();
  const page = await b.open();
  await importMade(page, made("people.csv", PEOPLE), made("orders.csv", ORDERS));
  const main = page.getByRole("main");

  await t.test("home says what waits and leads to the rates", async () => {
    await go(page, "#/");
    await main.getByText("2 orders are in a currency without a rate").waitFor();
    await main.getByRole("link", { name: "Enter exchange rates" }).click();
    await page.getByText("2 orders in USD (3 May 2026 to 3 Jun 2026) have no rate on their day and are in no sum.").waitFor();
    assert.deepEqual(await usd(page), ["2", "$30.00", "no rate yet"]);
  });

  await t.test("what is wrong is said at its field, after trying", async () => {
    const field = (name) => main.getByLabel(name, { exact: true });
    assert.equal(await field("Currency").inputValue(), "USD", "the currency that waits is there already");
    assert.equal(await saidAt(field("Rate")), "");
    await main.getByRole("button", { name: "Save rate" }).click();
    assert.equal(await saidAt(field("Rate")), "A number above zero, such as 7.1");
    await field("Currency").fill("CNY");
    await eventually(() => saidAt(field("Currency")), "CNY is the business's own currency");
    await field("Currency").fill("usd");
    await field("From").fill("2026-06-01");
    await field("Rate").fill("7.2");
    await main.getByText("1 USD = 7.2 CNY from 1 Jun 2026").waitFor();
  });

  await t.test("by keyboard it is saved, and orders from its day on count", async () => {
    await main.getByLabel("Rate", { exact: true }).press("Enter");
    await notice(page, "1 USD = 7.2 CNY from 1 Jun 2026");
    await page.getByText("1 order in USD (3 May 2026 to 3 May 2026)").waitFor();
    assert.deepEqual(await usd(page), ["2", "$30.00", "¥144.00"]);
    assert.equal(await richNames(page, "144.00"), "1 customer");
    await go(page, "#/settings/rates", "Settings");
  });

  await t.test("an earlier rate brings in the rest; undo takes it out again", async () => {
    await main.getByLabel("From", { exact: true }).fill("2026-01-01");
    await main.getByLabel("Rate", { exact: true }).fill("7");
    await main.getByRole("button", { name: "Save rate" }).click();
    await eventually(() => usd(page), ["2", "$30.00", "¥214.00"]);
    await main.getByText("1 Jan 2026 to 31 May 2026").waitFor();
    await notice(page, "1 USD = 7 CNY from 1 Jan 2026", { undo: true });
    await eventually(() => usd(page), ["2", "$30.00", "¥144.00"]);
    await main.getByRole("button", { name: "Remove the rate of USD from 1 Jun 2026" }).click();
    await page.getByText("No rate has been entered yet.").waitFor();
    await notice(page, "Removed the rate of USD", { undo: true });
    await eventually(() => usd(page), ["2", "$30.00", "¥144.00"]);
  });

  await t.test("the page reads well on a phone, in Chinese and in the dark", async () => {
    assert.deepEqual(await axe(page), []);
    await picture(page, "rates-1440-en");
    await page.setViewportSize({ width: 390, height: 844 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `the page is ${wide} px too wide`);
    await go(page, "#/settings", "Settings");
    await main.getByRole("radio", { name: "简体中文" }).check({ force: true });
    await go(page, "#/settings/rates", "设置");
    await main.getByText("1 USD", { exact: false }).first().waitFor();
    await page.getByText("1 笔 USD 订单").waitFor();
    assert.deepEqual(await axe(page), []);
    await picture(page, "rates-390-zh");
  });

  await b.clean(page);
});
