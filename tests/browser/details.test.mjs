// Small promises of the pages: what was typed is not lost, numbers of an import open its rows, dates and names come out
// of odd files right, the log names who did it, and nothing is out of reach on a phone.

import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, picture } from "./harness.mjs";
import { choose, csv, eventually, expectTotal, go, goThrough, importMade, made, openCustomer } from "./steps.mjs";
import { createCustomer } from "./trouble.mjs";

const dialog = (page) => page.locator("dialog[open]");
const article = (page) => page.locator("main article");

test("details", async (t) => {
  const b = await browser();
  const page = await b.open();

  await t.test("the log names who works at this browser", async () => {
    await go(page, "#/settings", "Settings");
    await page.getByLabel("Your name").fill("Mei, till 1");
    await createCustomer(page, "Logged Lou");
    await go(page, "#/settings/log", "Settings");
    await page.locator("main .log-row").first().getByText("Mei, till 1").waitFor();
    await openCustomer(page, "Logged Lou", "Changes");
    await article(page).getByText(/Mei, till 1/).first().waitFor();
  });

  await t.test("a new order that was begun is not lost to Escape", async () => {
    await go(page, "#/orders", "Orders");
    await page.getByRole("button", { name: "New order" }).first().click();
    await dialog(page).getByLabel("Item", { exact: true }).fill("Half typed");
    await page.keyboard.press("Escape");
    await dialog(page).getByText("What you typed is not saved yet").waitFor();
    assert.equal(await dialog(page).getByLabel("Item", { exact: true }).inputValue(), "Half typed");
    await dialog(page).getByRole("button", { name: "Keep editing" }).click();
    await dialog(page).getByRole("button", { name: "Save order" }).waitFor();
    await page.keyboard.press("Escape");
    await dialog(page).getByRole("button", { name: "Discard changes" }).click();
    await dialog(page).waitFor({ state: "hidden" });
    // Nothing typed: it closes at once.
    await page.getByRole("button", { name: "New order" }).first().click();
    await dialog(page).getByLabel("Item", { exact: true }).waitFor();
    await page.keyboard.press("Escape");
    await dialog(page).waitFor({ state: "hidden" });
  });

  await t.test("the numbers of an import open exactly its rows", async () => {
    const people = (city) => csv([["Name", "Phone", "City"], ...[1, 2, 3].map((n) => [`Batch ${n}`, `1990003000${n}`, city])]);
    const tally = (action) => page.locator(".import-tally").first().locator(`[data-action=${action}] a`);
    await importMade(page, made("batch.csv", people("Lyon")));
    await tally("create").click();
    await expectTotal(page, 3);
    await page.getByText("New by this import").waitFor();
    await importMade(page, made("batch2.csv", people("Oslo").replace("Batch 3", "Batch Three").replace("19900030003", "19900030004")));
    assert.equal(await tally("create").innerText(), "1");
    assert.equal(await tally("update").innerText(), "2");
    await tally("update").click();
    await expectTotal(page, 2);
    await page.getByText("Changed by this import").waitFor();
    const link = page.url();
    await page.reload();
    await expectTotal(page, 2);
    assert.equal(page.url(), link);
    await page.getByRole("button", { name: /Changed by this import/ }).click();
    await expectTotal(page, 5);
  });

  await t.test("from the preview one can go on to another file", async () => {
    await go(page, "#/data", "Data");
    await choose(page, [made("people.csv", "Name,Phone\nPreview Pat,19900031001\n")]);
    await goThrough(page, { untilStart: true });
    await page.getByRole("button", { name: "Import another file" }).click();
    await page.getByRole("button", { name: "Choose files" }).waitFor();
  });

  await t.test("a date and a time in two columns make one moment", async () => {
    await importMade(page, made("two.csv", csv([
      ["Order number", "Date", "Time", "Amount", "Phone"],
      ["T1", "2026-01-31", "6:30 PM", "28.00", "19900030001"], ["T2", "2026-02-01", "9:05 AM", "12.00", "19900030001"],
    ])));
    await openCustomer(page, "Batch 1", "Orders");
    await article(page).getByText(/31 Jan 2026, 18:30/).waitFor();
    await article(page).getByText(/1 Feb 2026, 09:05/).waitFor();
  });

  await t.test("a file of Western Excel: names are right, and the encoding can be chosen", async () => {
    const western = Buffer.from("Name,Phone,City\nJ\xfcrgen M\xfcller,19900032001,K\xf6ln\nFran\xe7ois Lef\xe8vre,19900032002,Besan\xe7on\n", "latin1");
    await go(page, "#/data", "Data");
    await choose(page, [made("western.csv", western)]);
    await page.getByText("Jürgen Müller").first().waitFor();
    await page.getByText(/The text is read as Windows-1252/).waitFor();
    // A wrong choice is seen at once and taken back.
    await page.getByLabel("Text encoding").selectOption({ label: "GBK / GB18030 (Chinese Excel)" });
    await page.getByRole("button", { name: "Look again" }).click();
    await eventually(() => page.getByText("Jürgen Müller").count(), 0);
    await page.getByLabel("Text encoding").selectOption({ label: "Windows-1252 / Latin-1 (Western Excel)" });
    await page.getByRole("button", { name: "Look again" }).click();
    await page.getByText("Jürgen Müller").first().waitFor();
    await goThrough(page);
    await openCustomer(page, "François Lefèvre");
    await article(page).getByText("Besançon").waitFor();
  });

  await t.test("a customer whose orders all came back is not one who never bought", async () => {
    await importMade(page, made("back.csv", csv([
      ["Order number", "Order date", "Amount", "Phone", "Name", "Status"], ["B1", "2026-03-01", "28.00", "19900033001", "Returned Rita", "refunded"],
    ])));
    await openCustomer(page, "Returned Rita");
    await article(page).getByText("Everything bought so far was returned or cancelled.").waitFor();
    await article(page).getByRole("link", { name: "See the orders" }).click();
    await article(page).getByText("B1").waitFor();
  });

  await t.test("badges say what they are", async () => {
    await openCustomer(page, "Batch 1");
    const badges = await article(page).locator(".record-badges .badge").allInnerTexts();
    assert.match(badges[0], /^Life cycle: /);
    assert.match(badges[1], /^RFM: /);
  });

  await t.test("key numbers say how they are counted and open their rows", async () => {
    const tile = article(page).locator(".stat").filter({ has: page.getByRole("button", { name: "How “Orders” is counted" }) });
    assert.equal(await tile.locator(".stat-value").innerText(), "2");
    await tile.getByRole("button", { name: "How “Orders” is counted" }).click();
    await article(page).getByText("Orders that count: neither cancelled nor returned whole.").waitFor();
    await page.keyboard.press("Escape");
    await tile.locator(".stat-link").click();
    await article(page).getByText("T1").waitFor();
  });
  await b.clean(page);
});

test("on a phone", async (t) => {
  const b = await browser({ viewport: { width: 390, height: 844 } });
  const page = await b.open("?demo=cafe#/customers");
  await page.getByRole("main").getByText("2,000 customers").first().waitFor();
  const inside = async (locator) => {
    const box = await locator.boundingBox();
    assert.ok(box && box.x >= 0 && box.x + box.width <= 390, JSON.stringify(box));
  };

  await t.test("a condition can be added, and nothing of it is cut off", async () => {
    const add = page.getByRole("button", { name: "Add a condition" });
    await inside(add);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
    await picture(page, "phone-customers");
  });

  await t.test("customers can be exported", async () => {
    const more = page.getByRole("main").getByRole("button", { name: "More actions" });
    await inside(more);
    await more.click();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: /CSV/ }).click()]);
    assert.match(download.suggestedFilename(), /^customers-.*\.csv$/);
  });

  await t.test("columns can be chosen, and the rows show them", async () => {
    await page.getByRole("button", { name: "Columns" }).click();
    const box = page.getByRole("checkbox", { name: "City" });
    await inside(box);
    if (!(await box.isChecked())) await box.check();
    await page.keyboard.press("Escape");
    await page.locator(".chosen-columns").first().waitFor();
    await picture(page, "phone-columns");
  });

  await t.test("orders can be exported", async () => {
    await go(page, "#/orders", "Orders");
    await page.getByRole("main").getByRole("button", { name: "More actions" }).click();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: /CSV/ }).click()]);
    assert.match(download.suggestedFilename(), /^orders-.*\.csv$/);
  });

  await t.test("the tab that is open is in sight, wherever it stands in its row", async () => {
    await go(page, "#/segments/lifecycle", "Segments");
    const row = page.getByRole("navigation", { name: "Segments", exact: true });
    assert.ok(await row.evaluate((row) => row.scrollWidth > row.clientWidth), "the row is wider than the screen");
    const shown = (name) => eventually(async () => {
      const tab = row.getByRole("link", { name });
      const { x, width } = await tab.boundingBox();
      return { current: await tab.getAttribute("aria-current"), inside: x >= 0 && x + width <= 390 };
    }, { current: "page", inside: true });
    await shown("Life cycle");
    await go(page, "#/segments", "Segments");
    await shown("All segments");
  });
  await b.clean(page);
});

test("two people at two tabs: the log tells them apart", async () => {
  const b = await browser();
  const one = await b.open("#/customers");
  const two = await b.open("#/customers");
  await one.evaluate(() => localStorage.setItem("shuke.who", JSON.stringify("Ann")));
  await createCustomer(one, "By Ann");
  await two.evaluate(() => localStorage.setItem("shuke.who", JSON.stringify("Bo")));
  await createCustomer(two, "By Bo");
  await go(one, "#/settings/log", "Settings");
  const row = (name) => one.locator("main .log-row").filter({ hasText: name });
  await row("By Ann").getByText(/Ann ·/).waitFor();
  await row("By Bo").getByText(/Bo ·/).waitFor();
});
