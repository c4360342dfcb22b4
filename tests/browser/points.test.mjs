// Points: a programme set up by the form, what members get to the point, and every way to use, give and take them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { browser } from "./harness.mjs";
import { csv, eventually, go, importMade, made, notice, openCustomer, saidAt } from "./steps.mjs";

const dialog = (page) => page.locator("dialog[open]");
const record = (page) => page.locator("main article");
const example = (page) => page.locator(".example");
const balance = (page, wanted) => eventually(() => record(page).locator(".member-top .stat-value").first().innerText(), wanted);

/** The day so many days ago, in the shop's zone. */
const ago = (days) => new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" }).format(new Date(Date.now() - days * 86_400_000));

/** The ledger, newest first: what, points, balance. */
const ledger = (page) => record(page).locator(".member table").last().locator("tbody tr").evaluateAll((rows) => rows.map((row) => {
  const [what, , points, balance] = [...row.cells].map((cell) => cell.textContent.trim());
  return [what.replace(/(Earned|Redeemed|Expired|Reversed|Adjusted by hand).*/s, "$1"), points.replaceAll("\u2212", "-"), balance.replaceAll("\u2212", "-")];
}));

test("from a programme to exact balances", async (t) => {
  const b = await browser();
  const page = await b.open();
  const field = (name) => page.getByRole("main").getByLabel(name, { exact: true });
  const save = () => page.getByRole("button", { name: "Save programme" }).click();

  await t.test("the example follows while one types", async () => {
    await go(page, "#/points", "Points");
    await page.getByRole("link", { name: "Set up a programme" }).click();
    const says = (text) => example(page).getByText(text).first().waitFor();
    await says("Spend ¥109.00, get 109 points");
    await field("Member's tier").selectOption({ label: "Platinum" });
    await says("Spend ¥109.00, get 163 points");
    await field("For each (¥)").fill("10");
    await says("Spend ¥109.00, get 15 points");
    await field("points given").fill("3");
    await says("Spend ¥109.00, get 45 points");
    await field("Waiting days").fill("7");
    await says(/usable from/);
    await field("are worth (¥)").fill("2");
    await says(/worth ¥0\.90/);
    await field("Kind of expiry").selectOption({ label: "Never" });
    await says(/never ending/);
  });

  await t.test("a bad number is refused at its field, and nothing is saved", async () => {
    await field("For each (¥)").fill("0");
    await eventually(() => saidAt(field("For each (¥)")), "Found “0”, expected an amount of 0.01 or more with at most 2 decimals");
    await field("Waiting days").fill("soon");
    await eventually(() => saidAt(field("Waiting days")), "Found “soon”, expected a whole number from 0 to 3,650");
    await save();
    await page.locator(".toast.wrong").first().waitFor();
    assert.equal(await page.getByText("Programme saved").count(), 0);
    await go(page, "#/points", "Points");
    await page.getByText("No loyalty programme yet").waitFor();
  });

  await t.test("a bad programme in JSON is refused with its path", async () => {
    await go(page, "#/points/program", "Points");
    await page.getByRole("radio", { name: "JSON" }).check();
    const text = page.getByRole("main").locator("textarea");
    const good = JSON.parse(await eventually(() => text.inputValue(), (now) => now.length > 2));
    good.earn[0].points = "many";
    await text.fill(JSON.stringify(good));
    await eventually(() => saidAt(text), (said) => /^earn\[0\]\.points: found .*many/.test(said));
    await save();
    await page.locator(".toast.wrong").first().waitFor();
  });

  await t.test("saved: 1 point per ¥1, tiers at 1,000 and 5,000, gone after twelve months", async () => {
    await page.getByRole("button", { name: "Discard the draft" }).click();
    await example(page).getByText("Spend ¥109.00, get 109 points").waitFor();
    await save();
    await notice(page, "Programme saved, points counted again");
  });

  await t.test("balances are as worked out by hand", async () => {
    await importMade(page, made("orders.csv", csv([
      ["订单号", "姓名", "手机号", "下单时间", "实付金额"],
      // Ming: 500 gone by now; 1,200 as Silver; then Gold: 100 x 1.25, 33 x 1.25 = 41.25.
      ["M1", "小明", "19900050001", `${ago(500)} 10:00:00`, "500.00"],
      ["M2", "小明", "19900050001", `${ago(50)} 10:00:00`, "1200.90"],
      ["M3", "小明", "19900050001", `${ago(40)} 10:00:00`, "100.00"],
      ["M4", "小明", "19900050001", `${ago(30)} 10:00:00`, "33.33"],
      // Hua: cents give nothing, each order is rounded down by itself.
      ["H1", "小华", "19900050002", `${ago(20)} 10:00:00`, "0.99"],
      ["H2", "小华", "19900050002", `${ago(19)} 10:00:00`, "9.99"],
      ["H3", "小华", "19900050002", `${ago(18)} 10:00:00`, "9.99"],
    ])));
    await openCustomer(page, "小华", "Points");
    await balance(page, "18");
    await openCustomer(page, "小明", "Points");
    await balance(page, "1,366");
    await record(page).locator(".member-top").getByText("Gold", { exact: true }).waitFor();
    assert.deepEqual(await ledger(page), [
      ["Earned", "+41", "1,366"],
      ["Earned", "+125", "1,325"],
      ["Earned", "+1,200", "1,200"],
      ["Expired", "-500", "0"],
      ["Earned", "+500", "500"],
    ]);
  });

  await t.test("the overview adds up", async () => {
    await go(page, "#/points", "Points");
    await page.locator('a[href="#/points/rows?of=outstanding"]').filter({ hasText: "1,384" }).first().waitFor();
    await go(page, "#/points/members", "Points");
    await eventually(() => page.getByRole("grid", { name: "Members" }).getByRole("link").allInnerTexts(), ["小明", "小华"]);
  });

  await t.test("redeemed for money; more than there is, and no multiple, are refused in words", async () => {
    await openCustomer(page, "小明", "Points");
    await record(page).getByRole("button", { name: "Redeem" }).click();
    const points = dialog(page).getByLabel("Points to redeem");
    const press = () => dialog(page).getByRole("button", { name: "Redeem" }).click();
    await points.fill("1400");
    await press();
    await dialog(page).getByRole("alert").filter({ hasText: /only 1,?366 points/ }).waitFor();
    await points.fill("150");
    await press();
    await dialog(page).getByRole("alert").filter({ hasText: /limit of the loyalty programme/ }).waitFor();
    await points.fill("-100");
    await eventually(() => saidAt(points), "A whole number above zero");
    await points.fill("500");
    await dialog(page).getByText("Worth ¥5.00").waitFor();
    await press();
    await notice(page, /500.*¥5\.00.*866/);
    await balance(page, "866");
  });

  await t.test("at most half of an order is paid with points", async () => {
    await record(page).getByRole("button", { name: "Redeem" }).click();
    await dialog(page).getByLabel("Points to redeem").fill("500");
    await dialog(page).getByLabel("Amount of this order (optional)").fill("9.98");
    await dialog(page).getByRole("button", { name: "Redeem" }).click();
    await dialog(page).getByRole("alert").filter({ hasText: /limit of the loyalty programme/ }).waitFor();
    await dialog(page).getByRole("button", { name: "Cancel" }).click();
    await dialog(page).waitFor({ state: "detached" });
    await balance(page, "866");
  });

  await t.test("adjusted by hand with a reason that stays in the ledger", async () => {
    await record(page).getByRole("button", { name: "Adjust" }).click();
    const points = dialog(page).getByLabel("Add or take");
    const reason = dialog(page).getByLabel("Reason");
    const press = () => dialog(page).getByRole("button", { name: "Adjust" }).click();
    await points.fill("-66");
    await press();
    await eventually(() => saidAt(reason), "Say why; it stays in the ledger");
    await points.fill("0");
    await reason.fill("typed wrong at the till");
    await press();
    await eventually(() => saidAt(points), "A whole number other than 0");
    await points.fill("-66");
    await press();
    await notice(page, /800/);
    await balance(page, "800");
    await record(page).getByRole("row").filter({ hasText: "typed wrong at the till" }).waitFor();
  });

  await t.test("a redemption is reversed once", async () => {
    const row = record(page).getByRole("row").filter({ hasText: "Redeemed" });
    await row.getByRole("button", { name: "Reverse" }).click();
    await notice(page, /1,300/);
    await balance(page, "1,300");
    await eventually(async () => (await ledger(page)).slice(0, 3), [
      ["Reversed", "+500", "1,300"], ["Adjusted by hand", "-66", "800"], ["Redeemed", "-500", "866"],
    ]);
    assert.equal(await record(page).getByRole("row").filter({ hasText: "Redeemed" }).getByRole("button", { name: "Reverse" }).count(), 0);
  });

  await t.test("a new version counts from its day on; earlier orders keep theirs", async () => {
    await go(page, "#/points/program", "Points");
    await field("For each (¥)").fill("2.00");
    await save();
    await notice(page, "Programme saved, points counted again");
    await page.getByText("Version 2").first().waitFor();
    await openCustomer(page, "小明", "Points");
    await balance(page, "1,300");
    await importMade(page, made("today.csv", csv([
      ["订单号", "姓名", "手机号", "下单时间", "实付金额"], ["M5", "小明", "19900050001", `${ago(0)} 00:00:01`, "100.00"],
    ])));
    await openCustomer(page, "小明", "Points");
    // 50 x 1.25 = 62.5, rounded down.
    await balance(page, "1,362");
  });

  await b.clean(page);
});
