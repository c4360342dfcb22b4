// The owner's view: what is owed in points, what it means for the books, how points move, what the programme costs.
// Figures worked out by hand; every number opens rows that add up to it; the past is a link; both languages.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { axe, browser, picture } from "./harness.mjs";
import { csv, eventually, go, importMade, made, notice, openCustomer, saidAt } from "./steps.mjs";

/** The day so many days ago, in the shop's zone. */
const ago = (days) => new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" }).format(new Date(Date.now() - days * 86_400_000));
const settled = (page) => page.waitForFunction(() => !document.querySelector("main .skeleton, main [aria-busy=true]"));

/** The number under a label. */
const stat = (page, label) => page.locator(".stat").filter({ has: page.locator(".stat-label", { hasText: new RegExp(`^${label}`) }) }).locator(".stat-value");
const value = (page, label) => stat(page, label).first().innerText();
/** Opens the rows behind a number, and says what they add up to and name. */
const opened = async (page) => {
  const sum = page.locator("main .section-head [role=status]");
  await eventually(() => sum.innerText(), (text) => text.length > 0);
  const names = page.getByRole("grid", { name: "Rows" }).getByRole("link");
  await eventually(() => names.count(), (count) => count > 0);
  return { sum: await sum.innerText(), names: await names.allInnerTexts(), cells: await page.getByRole("grid", { name: "Rows" }).getByRole("row").allInnerTexts() };
};

async function saved(page, press) {
  const [download] = await Promise.all([page.waitForEvent("download"), press()]);
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), "utf8") };
}

test("what is owed, to the point and to the cent", async (t) => {
  const b = await browser();
  const page = await b.open();

  await t.test("without a programme the page says how to get one; without orders that nobody has points", async () => {
    await go(page, "#/points", "Points");
    await page.getByText("No loyalty programme yet").waitFor();
    await go(page, "#/points/program", "Points");
    await page.evaluate(() => {});
    await setUp(page);
    await go(page, "#/points", "Points");
    await page.getByText("Nobody has points yet").waitFor();
  });

  await t.test("figures as worked out by hand", async () => {
    // One point per ¥1, 100 worth ¥1, twelve months. Ming: 1,200 of 400 days ago are gone, 500 of 40 days ago are not.
    // Hua: 300 of 20 days ago. "=Cmd": 90 of 10 days ago; the name is one that a spreadsheet would run.
    await importMade(page, made("orders.csv", csv([
      ["订单号", "姓名", "手机号", "下单时间", "实付金额"],
      ["M1", "小明", "19900060001", `${ago(400)} 10:00:00`, "1200.00"],
      ["M2", "小明", "19900060001", `${ago(40)} 10:00:00`, "500.00"],
      ["H1", "小华", "19900060002", `${ago(20)} 10:00:00`, "300.50"],
      ["C1", "=Cmd", "19900060003", `${ago(10)} 10:00:00`, "90.00"],
    ])));
    await go(page, "#/points", "Points");
    await eventually(() => value(page, "Points owed to members"), "890");
    assert.equal((await value(page, "Worth at most")).replace(/\s/g, ""), "¥8.90");
    assert.equal(await value(page, "Members"), "3");
    // 500.00 x 5.00 / 505.00 = 4.95; 300.50 x 3.00 / 303.50 = 2.97; 90.00 x 0.90 / 90.90 = 0.89. Nothing is known of
    // breakage, so every point counts.
    assert.equal((await value(page, "To show as owed")).replace(/\s/g, ""), "¥8.81");
    assert.equal(await value(page, "Never used"), "0%");
    await page.getByText("Too little has happened to say anything").waitFor();
  });

  await t.test("a number opens its rows, and they add up to it", async () => {
    await stat(page, "Points owed to members").click();
    const rows = await opened(page);
    assert.equal(rows.sum, "3 rows, 890 points");
    assert.deepEqual(rows.names, ["小明", "小华", "=Cmd"]);
  });

  await t.test("the file has the same rows, and nothing in it runs", async () => {
    const file = await saved(page, () => page.getByRole("button", { name: "CSV" }).click());
    assert.match(file.name, /^points-members-\d{4}-\d\d-\d\d\.csv$/);
    const lines = file.text.replace("\ufeff", "").trim().split("\r\n").map((line) => line.split(","));
    assert.deepEqual(lines[0].slice(0, 6), ["customer", "name", "phone", "day", "kind", "points"]);
    assert.deepEqual(lines.slice(1).map((cells) => [cells[1], cells[5]]), [["小明", "500"], ["小华", "300"], ["'=Cmd", "90"]]);
    await notice(page, "3 rows saved");
  });

  await t.test("points by month: each number its entries, the file the same table", async () => {
    await go(page, "#/points", "Points");
    const section = page.locator("#flows");
    await section.getByText("Show as a table").click();
    const total = await section.locator("tbody td.strong").first().innerText();
    assert.equal(total, "890");
    const expired = section.locator("tbody td a", { hasText: "−1,200" });
    await expired.click();
    assert.equal((await opened(page)).sum, "1 row, −1,200 points");
    await go(page, "#/points", "Points");
    const file = await saved(page, () => section.getByRole("button", { name: /^Save as CSV/ }).click());
    const rows = file.text.trim().split("\r\n").slice(1).map((line) => line.split(",").map(Number));
    const sums = rows.reduce((all, row) => all.map((sum, k) => sum + row[k + 1]), [0, 0, 0, 0, 0, 0, 0]);
    assert.deepEqual(sums, [2090, 0, 0, -1200, 0, 0, 0]);
    assert.equal(rows.at(-1).at(-1), 890);
  });

  await t.test("used points become revenue and a cost", async () => {
    await openCustomer(page, "小明", "Points");
    await page.locator("main article").getByRole("button", { name: "Redeem" }).first().click();
    const dialog = page.locator("dialog[open]");
    await dialog.getByLabel("Points to redeem").fill("200");
    await dialog.getByRole("button", { name: "Redeem" }).click();
    await dialog.waitFor({ state: "detached" });
    await go(page, "#/points", "Points");
    await eventually(() => value(page, "Points owed to members"), "690");
    // Of the 4.95 that belong to Ming's 500 points, 4.95 x 200 / 500 = 1.98 are revenue now.
    await eventually(async () => (await value(page, "To show as owed")).replace(/\s/g, ""), "¥6.83");
    assert.equal((await value(page, "Given to members")).replace(/\s/g, ""), "¥2.00");
    const groups = await page.locator(".groups-table tbody tr").evaluateAll((rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent.trim())));
    assert.deepEqual(groups.map((cells) => cells.slice(0, 5)), [
      ["Members who used points", "1", "1", "1", "¥500.00"],
      ["Members who never did", "2", "2", "2", "¥390.50"],
      ["No members", "0", "0", "0", "¥0.00"],
    ]);
    await page.locator(".groups-table").getByRole("link", { name: "¥390.50" }).click();
    const rows = await opened(page);
    assert.equal(rows.sum, "2 rows, ¥390.50");
    assert.deepEqual(rows.names, ["小华", "=Cmd"]);
  });

  await t.test("the owner knows better, and can take it back", async () => {
    await go(page, "#/points", "Points");
    await page.getByText("Assumptions", { exact: true }).click();
    const share = page.getByLabel("Share never used, in per cent");
    await share.fill("140");
    await eventually(() => saidAt(share), "A number from 0 to 100");
    await share.fill("50");
    await page.getByRole("button", { name: "Save assumptions" }).click();
    await eventually(() => value(page, "Never used"), "50%");
    // Ming: 250 of 500 at most, 200 of them used: 500.00 x 2.50 / 502.50 = 2.49, of which 200/250 are revenue: 0.50
    // left. Hua: 300.50 x 1.50 / 302.00 = 1.49. Cmd: 90.00 x 0.45 / 90.45 = 0.45.
    await eventually(async () => (await value(page, "To show as owed")).replace(/\s/g, ""), "¥2.44");
    await notice(page, "Assumptions saved", { undo: true });
    await eventually(() => value(page, "Never used"), "0%");
    await eventually(() => share.inputValue(), "");
  });

  await t.test("the past is a link: figures and rows of that day", async () => {
    const day = ago(60);
    await go(page, `#/points?on=${day}`, "Points");
    await eventually(() => value(page, "Points owed to members"), "1,200");
    await page.getByText("These are the figures of").first().waitFor();
    assert.equal(await value(page, "Members"), "1");
    await stat(page, "Points owed to members").click();
    await eventually(() => page.evaluate(() => location.hash), (hash) => hash.includes(`on=${day}`));
    const rows = await opened(page);
    assert.equal(rows.sum, "1 row, 1,200 points");
    await page.getByRole("link", { name: "Back to the overview" }).click();
    await eventually(() => value(page, "Points owed to members"), "1,200");
  });

  await t.test("who moved between two days: the picture, the table and the rows agree", async () => {
    await go(page, `#/points?since=${ago(30)}`, "Points");
    const section = page.locator("#moves");
    await section.getByText(/moved up|Nobody changed tier/).first().waitFor();
    await section.getByText("Show as a table").click();
    const table = await section.locator(".moves-table tbody tr").evaluateAll((rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent.trim())));
    assert.deepEqual(table.map((cells) => [cells[0], cells[3]]).sort(), [["Not a member yet", "2"], [table.find((cells) => cells[0] !== "Not a member yet")[0], "1"]].sort());
    const names = await section.locator("svg.flow .ribbon").count();
    assert.equal(names, table.length);
    await section.locator("svg.flow a[aria-label^='Not a member yet to']").first().click();
    const rows = await opened(page);
    assert.deepEqual(rows.names, ["小华", "=Cmd"]);
    await go(page, "#/points", "Points");
    const since = section.getByLabel("Compared with");
    await since.fill(ago(-1));
    await eventually(() => saidAt(since), "An earlier day");
  });

  await t.test("an address that asks for nothing there is says so", async () => {
    await go(page, "#/points/rows?of=wishes", "Points");
    await page.getByText("No rows", { exact: true }).waitFor();
  });

  await b.clean(page);
});

/** One point per ¥1, 100 worth ¥1, twelve months, tiers: through the worker as the designer's page saves it. */
async function setUp(page) {
  await page.getByRole("button", { name: /^(Save|Start|Put)/ }).first().waitFor();
  const json = page.getByRole("radio", { name: "JSON" });
  await json.check();
  const text = page.getByRole("main").locator("textarea");
  await text.fill(JSON.stringify({
    name: "Star", currency: "CNY", time_zone: "Asia/Shanghai",
    earn: [{ id: "base", on: "purchase", points: 1, per: "1.00" }],
    expiry: { kind: "months", n: 12 }, redeem: { points: 100, worth: "1.00", step: 100, min_points: 100 },
    tiers: { measure: "qualifying_points", window: { kind: "rolling_months", n: 12 }, keep_months: 12,
      levels: [{ id: "silver", name: "Silver", from: 0 }, { id: "gold", name: "Gold", from: 1000 }] },
  }));
  await page.getByRole("button", { name: "Save programme" }).click();
  await notice(page, /Programme saved/);
}

for (const [locale, colorScheme, words] of [["zh-CN", "light", ["积分", "欠会员的积分", "账上应列的负债"]], ["en-GB", "dark", ["Points", "Points owed to members", "To show as owed"]]]) {
  test(`${locale}: the sample business is said in full, in words, accessibly`, async () => {
    const b = await browser({ locale, colorScheme });
    const page = await b.open("?demo=cafe");
    await go(page, "#/points", words[0]);
    await settled(page);
    const [owed, liability] = [await value(page, words[1]), await value(page, words[2])];
    assert.match(owed, /^[\d,]{5,}$/);
    assert.match(liability, /[\d,]+\.\d\d$/);
    // The sum of what expires, month by month, is what is owed: read from the table behind the chart.
    const sum = await page.locator(".figure-table").first().locator("tbody tr").evaluateAll((rows) =>
      rows.reduce((all, row) => all + Number(row.cells[1].textContent.replaceAll(",", "")), 0));
    assert.equal(sum.toLocaleString("en"), owed);
    // The café has a whole life of points behind it: breakage rests on its own history.
    assert.match(await page.locator(".breakage h3").innerText(), locale === "en-GB" ? /^\d+% of points .*your own history$/s : /^预计 \d+% .*本店的历史$/s);
    for (const details of await page.locator("main details").all()) await details.evaluate((it) => { it.open = true; });
    const found = [];
    for (const width of [390, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      await settled(page);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (wide > 0) found.push(`${wide} px wider than ${width}`);
      found.push(...(await axe(page)));
      await picture(page, `owner-${width}-${locale}`);
    }
    assert.deepEqual(found, []);
    await b.clean(page);
  });
}
