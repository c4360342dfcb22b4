// Home: every number on it has a definition and opens exactly the rows it counts; the page of an empty business, of one
// without orders, and of one with files of its own.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { axe, browser, picture } from "./harness.mjs";
import { eventually, expectTotal, go, importFile, importMade, made } from "./steps.mjs";

const number = (text) => Number(/[\d,]+/.exec(text)[0].replaceAll(",", ""));

/** Home, with its numbers there. */
async function home(page) {
  await go(page, "#/");
  await page.locator("main .stat").first().waitFor();
}

/** Clicks a link of home and waits until the list it opens says that it has so many rows. */
async function opens(page, link, count) {
  const href = await link.getAttribute("href");
  await link.click();
  const what = href.startsWith("#/orders") ? "order" : "customer";
  if (count === 0) await page.locator("main .empty").waitFor();
  else await expectTotal(page, count, what);
  await home(page);
}

/** The tile of a number; its definition stands right behind its name. */
const stat = (page, label) => page.locator("main .stat").filter({ has: page.locator(".stat-label", { hasText: new RegExp(`^\\s*${label}(?![a-z ])`) }) });

/** Rows of a CSV file as objects. */
function table(text) {
  const [head, ...rows] = text.replace(/^\uFEFF/, "").trim().split(/\r?\n/).map((line) =>
    [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map((it) => it[1].replace(/^"|"$/g, "").replaceAll('""', '"')));
  return rows.map((cells) => Object.fromEntries(head.map((name, at) => [name, cells[at]])));
}

/** Everything on home that is a number is right, for whatever is in the database. */
async function everyNumber(page, t) {
  await t.test("customers, and those who are new this month", async () => {
    const tile = stat(page, "Customers");
    await opens(page, tile.locator(".stat-link"), number(await tile.locator(".stat-value").innerText()));
    const note = tile.locator(".stat-note a");
    await opens(page, note, number(await note.innerText()));
  });

  await t.test("the orders of this month, and of last month by this day", async () => {
    const tile = stat(page, "Spend this month");
    const [orders, before] = await tile.locator(".stat-note a").all();
    const count = number(await orders.innerText());
    await opens(page, tile.locator(".stat-link"), count);
    await opens(page, orders, count);
    const link = await before.getAttribute("href");
    assert.match(link, /from=\d{4}-\d\d-01&to=\d{4}-\d\d-\d\d&counting=1$/);
  });

  await t.test("the sum of this month is that of the rows it opens", async () => {
    const tile = stat(page, "Spend this month");
    const exact = Number((await tile.locator(".stat-value").getAttribute("title")).replace(/[^\d.]/g, ""));
    await tile.locator(".stat-link").click();
    await page.locator("main .list-total").waitFor();
    await page.getByRole("button", { name: "Export", exact: true }).click();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: /CSV/ }).click()]);
    const rows = table(await readFile(await download.path(), "utf8"));
    const seen = new Set();
    const cents = rows.reduce((sum, row) => {
      // An order with several lines has several rows.
      if (seen.has(row.orderId)) return sum;
      seen.add(row.orderId);
      return sum + Math.round(100 * (Number(row.amount) - Number(row.refunded || 0)));
    }, 0);
    assert.equal(cents, Math.round(100 * exact));
    await home(page);
  });

  await t.test("active customers", async () => {
    const tile = stat(page, "Active");
    await opens(page, tile.locator(".stat-link"), number(await tile.locator(".stat-value").innerText()));
  });

  await t.test("the stages add up to everybody, and each opens its customers", async () => {
    const links = page.locator("main .parts a");
    await links.first().waitFor();
    const counts = await page.locator("main .parts .part-value").allInnerTexts();
    const all = number(await stat(page, "Customers").locator(".stat-value").innerText());
    assert.equal(counts.map(number).reduce((a, b) => a + b, 0), all);
    for (let at = 0; at < counts.length; at += 1) await opens(page, links.nth(at), number(counts[at]));
  });

  await t.test("every month of the chart opens the orders its table counts", async () => {
    const figure = page.locator("main figure").filter({ has: page.locator(".bars") });
    const counts = await figure.locator("tbody tr td:last-child").evaluateAll((cells) => cells.map((cell) => Number(cell.textContent.replaceAll(",", ""))));
    const bars = figure.locator("a.mark");
    assert.equal(await bars.count(), 13);
    assert.equal(counts.length, 13);
    for (const at of [0, 5, 11, 12]) await opens(page, bars.nth(at), counts[at]);
  });

  await t.test("whatever needs attention opens as many as it says", async () => {
    const groups = page.locator("main .attention-group");
    for (let at = 0; at < await groups.count(); at += 1) {
      const title = groups.nth(at).locator("h3 a");
      await opens(page, title, number(await title.innerText()));
      const people = await groups.nth(at).locator("li").count();
      assert.ok(people > 0 && people <= 3);
      const more = groups.nth(at).locator("a.more");
      assert.equal(await more.count(), number(await title.innerText()) > people ? 1 : 0);
    }
  });

  await t.test("each number says how it is counted", async () => {
    const buttons = page.locator("main").getByRole("button", { name: /^How “.+” is counted$/ });
    const tiles = await page.locator("main .stat").count();
    assert.ok(await buttons.count() >= tiles + 1, "every tile and the stages");
    for (const button of await buttons.all()) {
      await button.click();
      const said = page.locator("main .definition:popover-open");
      await said.waitFor();
      assert.ok((await said.innerText()).length > 30);
      await page.keyboard.press("Escape");
      await said.waitFor({ state: "detached" }).catch(() => {});
      await eventually(() => said.count(), 0);
    }
  });
}

test("the home of a café", async (t) => {
  const b = await browser();
  const page = await b.open("?demo=cafe");
  await home(page);
  await everyNumber(page, t);

  await t.test("points owed are those of the points page", async () => {
    const tile = stat(page, "Points owed");
    const exact = (await tile.locator(".stat-value").getAttribute("title")).match(/[\d,]+/)[0];
    await tile.locator(".stat-link").click();
    await page.getByRole("main").getByText(exact).or(page.locator(`main [title*="${exact}"]`)).first().waitFor();
    await home(page);
  });

  await t.test("the best customers are exactly those who are counted", async () => {
    const finding = page.locator("main .finding");
    const told = number(/the best ([\d,]+) customers/.exec(await finding.locator("p").innerText())[1]);
    const link = finding.locator("a");
    assert.equal(number(await link.innerText()), told);
    await opens(page, link, told);
  });

  await t.test("there are people behind every reason for attention", async () => {
    assert.ok(await page.locator("main .attention-group").count() >= 2);
    const person = page.locator("main .attention-group li a").first();
    const name = await person.locator(".person").innerText();
    await person.click();
    await page.locator("main article").getByRole("heading", { level: 1, name }).waitFor();
    await home(page);
  });

  await b.clean(page);
});

test("the home of a business that begins", async (t) => {
  const b = await browser();
  const page = await b.open();

  await t.test("empty: three ways in and where the data stays", async () => {
    await page.getByRole("heading", { level: 1, name: "Know every regular by name" }).waitFor();
    assert.deepEqual(await page.locator("main .ways button").allInnerTexts(), ["Choose a file", "Open the demo", "New customer"]);
    await page.getByText("Your data stays in this browser and is sent nowhere.").waitFor();
    assert.deepEqual(await axe(page), []);
    await picture(page, "home-empty");
  });

  await t.test("customers without orders: no empty chart, but what to do next", async () => {
    await importMade(page, made("one.csv", "Name,Phone\nAnn Only,19900080001\n"));
    await home(page);
    await page.getByRole("heading", { name: "No orders yet" }).waitFor();
    assert.equal(await page.locator("main .bars").count(), 0);
    assert.equal(await stat(page, "Customers").locator(".stat-value").innerText(), "1");
    await page.getByText("Nobody needs special attention today.").waitFor();
    assert.deepEqual(await axe(page), []);
    await picture(page, "home-no-orders");
    await page.getByRole("main").getByRole("link", { name: "Import orders" }).click();
    await page.getByRole("heading", { level: 1, name: "Data" }).waitFor();
  });

  await t.test("files of its own: the same holds", async (full) => {
    const today = new Date().toLocaleDateString("sv-SE", { timeZone: "Asia/Shanghai" });
    await importFile(page, "shopify-customers.csv");
    await importMade(page, made("today.csv", [
      "Order number,Order date,Amount,Phone,Status", `T1,${today} 00:05,30.00,19900080001,paid`,
      `T2,${today} 00:10,20.50,19900080001,paid`, `T3,${today} 00:15,99.00,19900080001,cancelled`,
    ].join("\n")));
    await home(page);
    assert.match(await stat(page, "Spend this month").locator(".stat-value").getAttribute("title"), /50\.50/);
    assert.match(await stat(page, "Spend this month").locator(".stat-note").innerText(), /^2 orders/);
    await everyNumber(page, full);
    await picture(page, "home-full");
  });
  await b.clean(page);
});
