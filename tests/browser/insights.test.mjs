// RFM with options, the life cycle over time, portraits of segments: figures add up, every number opens exactly its
// customers with the reason, options are a link and can be saved and undone; both languages, keyboard, phone.

import assert from "node:assert/strict";
import { test } from "node:test";
import { axe, browser, picture } from "./harness.mjs";
import { eventually, expectTotal, go, notice, sheet } from "./steps.mjs";

const number = (text) => Number(text.replace(/[^\d]/g, ""));
const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);
const settled = (page) => page.waitForFunction(() => document.querySelector("main .answer") && !document.querySelector("main .skeleton, main [aria-busy=true]"));

/** The numbers of the heat map, row by row. */
const heat = (page) => page.locator("main .heat").first().locator("tbody td").evaluateAll((all) =>
  all.map((cell) => Number((cell.innerText.match(/[\d,]+/) ?? ["0"])[0].replaceAll(",", ""))));

/** Name and number of each group or class. */
const groups = (page) => page.locator("main .rfm table.table tbody tr:has(td.strong)").evaluateAll((all) => all.map((row) => ({
  name: row.querySelector("th").textContent,
  href: row.querySelector("th a").getAttribute("href"),
  members: Number(row.querySelector("td.strong").textContent.replace(/\D/g, "")),
})));

/** How many customers the view of members says there are. */
const members = async (page) => {
  const said = page.locator("main .section-head [role=status]").first();
  await said.waitFor();
  await settled(page);
  return number(await said.innerText());
};

/** The number of customers a rule holds for, by its list. */
async function count(page, rule) {
  await go(page, "#/data", "Data");
  await go(page, `#/customers?rule=${encodeURIComponent(JSON.stringify(rule))}`, "Customers");
  const total = page.locator("main .list-total");
  return number(await eventually(async () => ((await total.count()) ? total.innerText() : ""), (text) => /\d/.test(text)));
}

test("RFM by the owner's options", async (t) => {
  const b = await browser();
  const page = await b.open("?demo=cafe");
  let all = 0;
  let scored = 0;

  await t.test("cells add up on every pair of axes, groups to all; a cell opens its customers with their reasons", async () => {
    await go(page, "#/segments/rfm", "Segments");
    await settled(page);
    scored = sum(await heat(page));
    assert.ok(scored > 1_000, `${scored}`);
    for (const axes of ["R and M", "F and M", "R and F"]) {
      await page.getByRole("radio", { name: axes, exact: true }).check();
      await eventually(async () => sum(await heat(page)), scored);
    }
    const eleven = await groups(page);
    all = sum(eleven.map((group) => group.members));
    assert.equal(eleven.length, 11);
    assert.equal(all - eleven.find((group) => group.name === "Prospects").members, scored);
    const numbers = await heat(page);
    const largest = numbers.indexOf(Math.max(...numbers));
    const cell = page.locator("main .heat").first().locator("tbody td").nth(largest).getByRole("link");
    // By the keyboard.
    await cell.focus();
    await page.keyboard.press("Enter");
    await eventually(() => members(page), numbers[largest]);
    const reasons = page.getByRole("list", { name: "Customers with the reasons of their scores" }).getByRole("listitem");
    const [r, f] = [5 - Math.floor(largest / 5), 1 + (largest % 5)];
    const said = await reasons.first().innerText();
    assert.match(said, new RegExp(`R${r} F${f} M[1-5]`));
    assert.match(said, new RegExp(`ordered (today|\\d+ days? ago), .*: R ${r}; .*orders?, .*: F ${f}; spent .*: M [1-5]\\. So they are among “.+”\\.`));
    await page.getByRole("link", { name: "Open as a list of customers" }).click();
    await expectTotal(page, numbers[largest]);
  });

  await t.test("each tile of the treemap opens as many as its group has", async () => {
    await go(page, "#/segments/rfm", "Segments");
    await settled(page);
    const eleven = await groups(page);
    const tiles = await page.locator("main .treemap a").evaluateAll((links) => links.map((link) => [link.ariaLabel, link.getAttribute("href")]));
    assert.equal(tiles.length, eleven.filter((group) => group.members > 0).length);
    for (const group of eleven.filter((it) => it.members > 0)) {
      const tile = tiles.find(([label]) => label.startsWith(`${group.name}: `));
      assert.equal(number(/: ([\d,]+) customers/.exec(tile[0])[1]), group.members);
      await go(page, tile[1]);
      await eventually(() => members(page), group.members);
    }
  });

  await t.test("averages make eight classes; the options are in the address and survive a reload", async () => {
    await go(page, "#/segments/rfm", "Segments");
    await page.getByText("How to score").click();
    await page.getByRole("radio", { name: "Above or below average", exact: true }).check();
    await page.getByRole("heading", { name: "The eight classes" }).waitFor();
    await settled(page);
    const classes = await eventually(() => groups(page), (now) => now.length === 9);
    assert.equal(sum(classes.map((it) => it.members)), all);
    assert.equal(sum(classes.filter((it) => it.name !== "Prospects").map((it) => it.members)), scored);
    assert.match(page.url(), /scoring=average/);
    await go(page, classes[0].href);
    await eventually(() => members(page), classes[0].members);
    const said = await page.locator("main .standings li").first().innerText();
    assert.match(said, /no worse than the average \(average [\d.]+ days\): R 5; .*no worse than the average.*F 5; .*M 5\. So they are “Key customers”\./);
    // Not saved, so no rule says the same.
    await eventually(() => page.getByRole("link", { name: "Open as a list of customers" }).count(), 0);
  });

  await t.test("fixed limits, windows, money and only some orders; saved they are what rules mean; undone they are not", async () => {
    await go(page, "#/segments/rfm", "Segments");
    await settled(page);
    const champions = { attr: "rfm.group", op: "eq", value: "champions" };
    const before = (await groups(page)).find((group) => group.name === "Champions").members;
    // Where the address has options already, they are open.
    await page.locator(".rfm-options").evaluate((it) => { it.open = true; });
    await page.getByRole("radio", { name: "Fixed limits", exact: true }).check();
    await page.getByLabel("Orders of").selectOption({ label: "the last 12 months" });
    await page.getByLabel("Money is").selectOption("average");
    await page.getByLabel("Recency: at most so many days for score 5").fill("90");
    await page.getByLabel("Recency: at most so many days for score 5").press("Tab");
    await page.getByText("The four limits of recency must rise").waitFor();
    await page.getByLabel("Recency: at most so many days for score 5").fill("14");
    await page.getByLabel("Recency: at most so many days for score 5").press("Tab");
    await eventually(() => page.getByText("The four limits of recency must rise").count(), 0);
    await page.getByRole("button", { name: "Add a condition" }).click();
    await page.getByLabel("Value").fill("咖啡");
    await page.getByLabel("Compare").selectOption("contains");
    await page.getByLabel("Compare").press("Tab");
    await eventually(() => decodeURIComponent(page.url()), (url) => url.includes('"attr":"category","op":"contains","value":"咖啡"') && url.includes("orders=12 month") && url.includes("basis=average") && url.includes("limits=14,30,90,180"));
    await settled(page);
    const fewer = await eventually(async () => sum(await heat(page)), (now) => now < scored);
    assert.ok(fewer > 0, `${fewer}`);
    const wished = (await groups(page)).find((group) => group.name === "Champions").members;
    assert.notEqual(wished, before);
    assert.equal(await count(page, champions), before);
    await page.goBack();
    await page.goBack();
    await page.locator(".rfm-options").waitFor();
    await page.getByRole("button", { name: "Save as this shop’s scoring" }).click();
    await notice(page, "Scoring of RFM saved");
    assert.equal(await count(page, champions), wished);
    await notice(page, "Scoring of RFM saved", { undo: true });
    await eventually(() => count(page, champions), before);
  });

  await t.test("a customer's own page says why they have their scores and stage", async () => {
    await go(page, "#/segments/rfm?show=group:champions", "Segments");
    const first = page.locator("main .standings li").first();
    const said = await first.locator("p").innerText();
    await first.getByRole("link").click();
    const why = page.locator(".why-scores");
    await why.getByRole("heading", { name: "Why these scores" }).waitFor();
    assert.equal(await why.locator("p").first().innerText(), said);
    assert.match(await why.locator("p").last().innerText(), /so (new|active|dormant|churned)\.$/);
    assert.deepEqual(await axe(page), []);
  });

  await t.test("who moved between groups adds up and opens", async () => {
    await go(page, "#/segments/rfm", "Segments");
    await settled(page);
    await page.getByText("Where members of each group went").click();
    const cells = () => page.locator("#moved .moves-table td a").evaluateAll((links) => links.map((link) => Number(link.textContent.replace(/\D/g, ""))));
    await eventually(async () => sum(await cells()), all);
    const moved = await page.locator("#moved .moves-table td:not(.stayed) a").evaluateAll((links) => links.map((link) => [Number(link.textContent.replace(/\D/g, "")), link.getAttribute("href")]));
    const [most, href] = moved.sort(([a], [z]) => z - a)[0];
    await go(page, href);
    await eventually(() => members(page), most);
    const back = page.url();
    // The same people as a list: a rule of now, and one that held on the earlier day.
    await page.getByRole("link", { name: "Open as a list of customers" }).click();
    await expectTotal(page, most);
    await page.goto(back);
    await page.getByRole("link", { name: "Back to RFM" }).click();
    await page.locator("#moved").waitFor();
  });

  await t.test("where averages decide, the classes are compared; every picture saves its numbers", async () => {
    await go(page, "#/segments/rfm", "Segments");
    await settled(page);
    const cells = await sheet(page, /^Save as CSV: Customers in each cell/);
    assert.deepEqual([cells[0], cells.length], [["R", "F", "M", "Group", "Members", "Spend"], 126]);
    assert.equal(sum(cells.slice(1).map((row) => Number(row[4]))), scored);
    const tree = await sheet(page, "Save as CSV: The eleven groups");
    assert.equal(sum(tree.slice(1).map((row) => Number(row[1]))), all);
    const moves = await sheet(page, "Save as CSV: Where members of each group went");
    assert.equal(sum(moves.slice(1).map((row) => Number(row[2]))), all);
    await go(page, "#/segments/rfm?scoring=average", "Segments");
    await page.getByRole("heading", { name: "The eight classes" }).waitFor();
    await settled(page);
    await page.locator("#moved summary").first().click();
    const heads = page.locator("#moved .moves-table thead th.end");
    await eventually(() => heads.count(), 9);
    assert.equal(await heads.first().innerText(), "Key customers");
    const table = await page.locator("#moved .moves-table td a").evaluateAll((links) => links.map((link) => [Number(link.textContent.replace(/\D/g, "")), link.getAttribute("href")]));
    assert.equal(sum(table.map(([number]) => number)), all);
    const [number, href] = table.sort(([a], [z]) => z - a)[0];
    await go(page, href);
    await eventually(() => members(page), number);
  });

  await b.clean(page);
});

test("the life cycle over time", async (t) => {
  const b = await browser();
  const page = await b.open("?demo=cafe");

  /** The matrix: number and link of each cell. */
  const matrix = () => page.locator(".lifetime .moves-table td a").evaluateAll((links) => links.map((link) => [Number(link.textContent.replace(/\D/g, "")), link.getAttribute("href")]));
  let all = 0;

  await t.test("stages of two days add up to everybody; a cell opens who moved, with the reason", async () => {
    await go(page, "#/segments/lifecycle", "Segments");
    await page.locator(".lifetime .moves-table").waitFor();
    await settled(page);
    const cells = await matrix();
    const stages = await page.locator("main figure").first().getByRole("link").allInnerTexts();
    all = sum(stages.map((text) => number(/[\d,]+/.exec(text)[0])));
    assert.equal(sum(cells.map(([number]) => number)), all);
    const moved = await page.locator(".lifetime .moves-table td:not(.stayed) a").evaluateAll((links) => links.map((link) => [Number(link.textContent.replace(/\D/g, "")), link.getAttribute("href")]));
    const [most, href] = moved.sort(([a], [z]) => z - a)[0];
    await go(page, href);
    await eventually(() => members(page), most);
    assert.match(await page.locator("main .standings li").first().innerText(), /(so (new|active|dormant|churned)\.|so a prospect\.)/);
    await page.getByRole("link", { name: "Back to the life cycle" }).click();
  });

  await t.test("who came back in a month opens with the day and the silence before", async () => {
    await page.locator(".lifetime .turns-table").waitFor();
    const months = await page.locator(".turns-table tbody tr").evaluateAll((rows) => rows.map((row) => {
      const link = row.querySelector("td a");
      return link && [Number(row.querySelector("td").textContent.replace(/\D/g, "")), link.getAttribute("href"), row.querySelector("td a") === row.querySelectorAll("td")[0].querySelector("a")];
    }));
    const [most, href] = months.filter((it) => it?.[2]).sort(([a], [z]) => z - a)[0];
    assert.ok(most > 0);
    await go(page, href);
    await eventually(() => members(page), most);
    assert.match(await page.locator("main .standings li").first().innerText(), /after \d+ quiet days?/);
  });

  await t.test("dwell times are shown of every stage", async () => {
    await go(page, "#/segments/lifecycle", "Segments");
    const rows = page.locator(".dwell-table tbody tr");
    await eventually(() => rows.count(), 5);
    assert.match(await rows.nth(2).innerText(), /Active[\s\S]*days/);
  });

  await t.test("who came back month by month: each row begins with all of its customers, and a cell opens exactly its own", async () => {
    await go(page, "#/segments/lifecycle", "Segments");
    const rows = page.locator(".cohorts .heat tbody tr");
    await eventually(() => rows.count(), 12);
    const cells = await rows.evaluateAll((all) => all.map((row) => [...row.querySelectorAll("td a")].map((link) => [link.getAttribute("aria-label") ?? link.title, link.getAttribute("href")])));
    const many = (cell) => number(/: ([\d,]+) customer/.exec(cell[0])[1]);
    const row = cells.find((it) => it.length > 3);
    assert.ok(row.slice(1).every((cell) => many(cell) <= many(row[0])));
    const saved = await sheet(page, "Save as CSV: Customers who came back, by the month of their first order");
    assert.equal(saved.length, 1 + 78);
    for (const cell of [row[0], row[2]]) {
      await go(page, "#/data", "Data");
      await go(page, cell[1], "Customers");
      await expectTotal(page, many(cell));
    }
    await go(page, "#/segments/lifecycle", "Segments");
    await page.locator(".lifetime .moves-table").waitFor();
  });

  await t.test("by each customer's own rhythm stages move, nobody is lost, and undo brings the days back", async () => {
    const before = (await matrix()).map(([number]) => number);
    await page.getByRole("radio", { name: "Each customer’s own rhythm", exact: true }).check();
    await page.getByLabel("Dormant: more than so many usual gaps").fill("5");
    await page.getByLabel("Churned: more than so many usual gaps").fill("4");
    await page.getByText("From 1 to 100 with one decimal; churned above dormant").waitFor();
    await page.getByLabel("Dormant: more than so many usual gaps").fill("1.5");
    await page.getByText("Example: who comes every 10 days is dormant from day 16 and churned from day 41 of silence.").waitFor();
    await page.getByRole("button", { name: "Save days" }).click();
    await notice(page, "Days of the life cycle saved");
    const after = await eventually(async () => (await matrix()).map(([number]) => number), (now) => JSON.stringify(now) !== JSON.stringify(before) && sum(now) === all);
    assert.equal(sum(after), all);
    const stages = await page.locator("main figure").first().getByRole("link").allInnerTexts();
    const churned = number(/[\d,]+/.exec(stages[4])[0]);
    assert.equal(await count(page, { attr: "lifecycle", op: "eq", value: "churned" }), churned);
    await notice(page, "Days of the life cycle saved", { undo: true });
    await go(page, "#/segments/lifecycle", "Segments");
    await eventually(async () => (await matrix()).map(([number]) => number), before);
  });

  await b.clean(page);
});

test("the portrait of a segment", async (t) => {
  const b = await browser();
  const page = await b.open("?demo=cafe");

  await t.test("three sentences, traits with lift that open exactly their members, pictures", async () => {
    await go(page, "#/segments/ready:frequent?tab=portrait");
    await page.locator(".portrait-says p").first().waitFor();
    const said = await page.locator(".portrait-says p").allInnerTexts();
    assert.equal(said.length, 3);
    assert.match(said[0], /^These [\d,]+ customers are [\d.]+% of all[:;] /);
    assert.match(said[1], /^They bring [\d.]+% of the spend; typically ¥/);
    const traits = await page.locator(".portrait .ranked li").evaluateAll((rows) => rows.map((row) => ({
      href: row.querySelector("a")?.getAttribute("href"),
      title: row.title,
    })));
    assert.ok(traits.length >= 5, `${traits.length}`);
    for (const { href, title } of traits.slice(0, 6)) {
      const inside = number(/members [^(]*\(([\d,]+) of/.exec(title)[1]);
      await go(page, "#/data", "Data");
      await go(page, href, "Customers");
      await expectTotal(page, inside);
    }
    await page.goBack();
  });

  await t.test("ages, hours and weekdays open their customers", async () => {
    await go(page, "#/segments/ready:frequent?tab=portrait");
    await page.locator(".pyramid").waitFor();
    const wing = page.locator(".pyramid a").first();
    const people = number(/\(([\d,]+)\)/.exec(await wing.getAttribute("aria-label"))[1]);
    await wing.click();
    await expectTotal(page, people);
    await page.goBack();
    await page.locator(".beside a").first().waitFor();
    assert.ok((await page.locator(".portrait .heat tbody td").count()) === 56);
    assert.equal(await page.locator(".measures-table tbody tr").count() >= 6, true);
    const fifths = page.getByRole("figure").filter({ hasText: "All buyers in fifths" }).locator(".beside a");
    const links = await fifths.evaluateAll((all) => all.map((it) => it.getAttribute("href")));
    assert.ok(links.length > 0, "fifths of spend open their members");
    const rows = await sheet(page, "Save as CSV: Portrait");
    const inside = rows.filter((row) => row[0] === "Fifths of spend").map((row) => Number(row[2]));
    assert.equal(inside.length, 5);
    const [some] = inside.filter((it) => it > 0);
    await go(page, links[0], "Customers");
    await expectTotal(page, some);
  });

  await b.clean(page);
});

for (const [locale, words] of [["zh-CN", { segments: "客户分群", score: "怎么打分", average: "高于或低于平均", best: "重要价值客户" }], ["en-GB", { segments: "Segments", score: "How to score", average: "Above or below average", best: "Key customers" }]]) {
  test(`on a phone and on a desk, ${locale}`, async () => {
    for (const [width, height, colorScheme] of [[390, 844, "light"], [1440, 900, "dark"]]) {
      const b = await browser({ locale, colorScheme, viewport: { width, height } });
      const page = await b.open("?demo=cafe");
      for (const [name, hash] of [["rfm", "#/segments/rfm"], ["lifecycle", "#/segments/lifecycle"], ["portrait", "#/segments/ready:frequent?tab=portrait"], ["members", "#/segments/rfm?show=group:champions"]]) {
        await go(page, hash);
        await settled(page);
        await page.locator({ rfm: "#moved .moved-facts", lifecycle: ".dwell-table", portrait: ".portrait-says p", members: ".standings li" }[name]).first().waitFor();
        assert.deepEqual((await axe(page)).map((line) => `${name} at ${width}: ${line}`), []);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
        assert.equal(wide, false, `${name} at ${width} is wider than the window`);
        await picture(page, `insights-${name}-${locale}-${width}`);
      }
      await go(page, "#/segments/rfm", words.segments);
      await page.getByText(words.score, { exact: true }).click();
      await page.getByRole("radio", { name: words.average, exact: true }).check();
      await page.locator(".treemap a").filter({ hasText: words.best }).first().waitFor();
      assert.deepEqual(await axe(page), []);
      await b.clean(page);
      await page.close();
    }
  });
}
