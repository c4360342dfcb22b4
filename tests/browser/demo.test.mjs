// The demo: marked as such, apart from real data, and what is planted in it is found.

import assert from "node:assert/strict";
import { test } from "node:test";
import { browser } from "./harness.mjs";
import { customerCount, eventually, expectTotal, go, notice } from "./steps.mjs";

// As in src/demo: positions of what is planted, and the phone and e-mail that follow from a position.
const DUPLICATES = Array.from({ length: 12 }, (_, n) => n * 31 + 3);
const SLIPPING = 24;
const phone = (position) => `1990${String(Math.floor(position / 10_000)).padStart(3, "0")}${String((position * 7919) % 10_000).padStart(4, "0")}`;
const WORDS = ["tea", "sun", "moon", "river", "cloud", "stone", "maple", "swan", "reed", "plum", "pine"];
const email = (position) => `${WORDS[position % WORDS.length]}${position}@example.com`;

const total = async (page, what) => {
  const text = await eventually(() => page.locator("main .list-total").innerText(), (now) => new RegExp(`^[\\d,]+ ${what}s?$`).test(now.trim()));
  return Number(text.replace(/\D/g, ""));
};
const byRule = (rule) => `#/customers?rule=${encodeURIComponent(JSON.stringify(rule))}`;
const customers = (page) => page.getByRole("grid", { name: "List of customers" });
const orders = (page) => page.getByRole("grid", { name: "List of orders" });

test("the café", async (t) => {
  const b = await browser();
  let page = await b.open();
  let figures = "";

  await t.test("it is offered, opens, and is marked on every page", async () => {
    await page.getByRole("heading", { name: "Know every regular by name" }).waitFor();
    await page.goto(`${b.server.url}?demo=cafe`);
    await page.getByRole("heading", { level: 1, name: "街角咖啡" }).waitFor();
    for (const [hash, heading] of [["#/customers", "Customers"], ["#/orders", "Orders"], ["#/segments", "Segments"], ["#/points", "Points"], ["#/settings", "Settings"]]) {
      await go(page, hash, heading);
      await page.getByText("Demo data: kept in memory only, gone when the page closes.").waitFor();
    }
    assert.equal(await customerCount(page), 2_000);
    await go(page, "#/segments/rfm", "Segments");
    figures = await champions(page);
  });

  await t.test("somebody has a birthday on each of the next seven days", async () => {
    let before = 0;
    for (let days = 1; days <= 7; days += 1) {
      await go(page, byRule({ attr: "birthday", op: "anniversary_within_next", value: { n: days, unit: "day" } }));
      const now = await eventually(() => total(page, "customer"), (count) => count > before && count < 2_000);
      before = now;
    }
    await go(page, "#/", "街角咖啡");
    const said = await page.getByRole("heading", { name: /birthdays? within 7 days/ }).innerText();
    const [href, home] = [await page.getByRole("heading", { name: said }).getByRole("link").getAttribute("href"), Number(said.replace(/ within.*/s, "").replace(/\D/g, ""))];
    assert.ok(home >= 7, said);
    await go(page, href);
    await expectTotal(page, home);
  });

  await t.test("those who are slipping away are seen", async () => {
    await go(page, "#/", "街角咖啡");
    const heading = page.getByRole("heading", { name: /slipping away/ });
    const count = Number((await heading.innerText()).replace(/\D/g, ""));
    assert.ok(count >= SLIPPING, `${count}`);
    await heading.getByRole("link").click();
    await expectTotal(page, count);
  });

  await t.test("twelve people are in twice, under a phone or an e-mail", async () => {
    for (const [n, position] of DUPLICATES.entries()) {
      await go(page, `#/customers?q=${encodeURIComponent(n % 2 === 0 ? phone(position) : email(position))}`);
      await expectTotal(page, 2);
      const names = await eventually(() => customers(page).getByRole("link").allInnerTexts(), (all) => all.length === 2);
      assert.equal(names[0], names[1]);
    }
  });

  await t.test("refunds and cancellations are where they were planted", async () => {
    await go(page, "#/orders", "Orders");
    const all = await total(page, "order");
    const planted = (rest) => Math.floor((all - 1 - rest) / 400) + 1;
    for (const [number, status] of [["CF000158", "Refunded"], ["CF000558", "Refunded"], ["CF000258", "Cancelled"], ["CF000658", "Cancelled"]]) {
      await page.getByRole("main").getByRole("searchbox").fill(number);
      await expectTotal(page, 1, "order");
      await orders(page).getByRole("row").filter({ hasText: number }).getByText(status, { exact: true }).waitFor();
    }
    await page.getByRole("main").getByRole("searchbox").fill("");
    await expectTotal(page, all, "order");
    await page.getByRole("checkbox", { name: "Only refunded or cancelled" }).check();
    const returned = await eventually(() => total(page, "order"), (count) => count !== all);
    const least = planted(157) + planted(257);
    assert.ok(returned > least && returned <= least + planted(57), `${returned} of ${least} and up to ${planted(57)}`);
  });

  await t.test("what is entered into it never reaches the real data", async () => {
    await go(page, "#/customers/new");
    await page.locator("dialog[open]").getByLabel("Name", { exact: true }).fill("Only In Demo");
    await page.locator("dialog[open]").getByRole("button", { name: "Save" }).click();
    await notice(page, "Added Only In Demo");
    assert.equal(await customerCount(page), 2_001);
    await page.getByRole("button", { name: "Back to my data" }).click();
    await page.getByRole("heading", { name: "Know every regular by name" }).waitFor();
    assert.equal(await page.getByText("Demo data: kept in memory only").count(), 0);
    await go(page, "#/customers", "Customers");
    await page.getByText("No customers yet").waitFor();
    await page.close();
    page = await b.open("#/orders");
    await page.getByText("No orders yet").waitFor();
  });

  await t.test("it is the same every time", async () => {
    page = await b.open("?demo=cafe#/segments/rfm");
    assert.equal(await champions(page), figures);
  });

  await b.clean(page);
});

/** The figure of RFM as text: every cell and what the champions bring. */
function champions(page) {
  return eventually(() => page.locator("main figure").first().innerText(), (now) => /champions bring/.test(now));
}
