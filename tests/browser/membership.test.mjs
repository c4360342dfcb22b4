// Who belongs to what: static lists, overlaps and algebra, flows, the story of a segment, a segment as a filter
// everywhere, and what is done to many at once with preview and undo.

import assert from "node:assert/strict";
import { test } from "node:test";
import { axe, browser, picture } from "./harness.mjs";
import { csv, eventually, expectTotal, go, importMade, made, notice, openTab, sheet } from "./steps.mjs";

const number = (text) => Number(text.replace(/[^\d]/g, ""));
const main = (page) => page.getByRole("main");

/** Opens a list of customers and waits until it says so many. */
async function listed(page, href, count) {
  await go(page, "#/data", "Data");
  await go(page, href);
  if (count === 0) await page.getByText("Nobody matches").waitFor();
  else await expectTotal(page, count);
}

/** Members of the list, as the page of lists says. */
async function listSize(page) {
  await go(page, "#/segments/lists", "Segments");
  const row = page.getByRole("table", { name: "Lists" }).getByRole("row").filter({ hasText: "Tea fair" });
  return number(await row.locator("td.strong").innerText());
}

/** Saves a segment by its rule through the text of the builder's link: rules are the builder's own tests' business. */
async function algebra(page, first, how, second) {
  await main(page).getByLabel("Start with", { exact: true }).selectOption(first);
  await main(page).getByLabel("How").selectOption(how);
  await main(page).getByLabel("With", { exact: true }).selectOption(second);
}

test("lists, overlaps, flows and the story of a segment", async (t) => {
  const b = await browser();
  const page = await b.open("?demo=cafe");

  await t.test("a ready segment is frozen as a list, which is a set like any other; removing it can be undone", async () => {
    await go(page, "#/segments/lists", "Segments");
    await page.getByText("No lists yet").waitFor();
    assert.deepEqual(await axe(page), []);
    await main(page).getByRole("button", { name: "Freeze a segment" }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Segment").selectOption("ready:frequent");
    await dialog.getByRole("button", { name: "Freeze a segment" }).click();
    const name = page.getByRole("dialog").getByLabel("Name of the list");
    await name.waitFor();
    await name.fill("Tea fair");
    const apply = page.getByRole("dialog").getByRole("button", { name: /^Change [\d,]+ customers$/ });
    await apply.waitFor();
    assert.deepEqual(await axe(page), []);
    const count = number(await apply.innerText());
    assert.ok(count > 10, `${count}`);
    await apply.click();
    await notice(page, `${count.toLocaleString("en")} customers are on “Tea fair” now`);
    const row = page.getByRole("table", { name: "Lists" }).getByRole("row").filter({ hasText: "Tea fair" });
    await row.waitFor();
    assert.equal(number(await row.locator("td.strong").innerText()), count);
    const href = await row.getByRole("link", { name: "Tea fair" }).getAttribute("href");
    await listed(page, href, count);

    await go(page, "#/segments/lists", "Segments");
    await row.getByRole("button", { name: "Actions for “Tea fair”" }).click();
    await page.getByRole("menuitem", { name: "Delete the list" }).click();
    await page.getByText("No lists yet").waitFor();
    await notice(page, "List “Tea fair” deleted", { undo: true });
    await row.waitFor();
    assert.equal(number(await row.locator("td.strong").innerText()), count, "with its members");
  });

  await t.test("several and one are taken off a list, from the list and from a customer; undone they are on it again", async () => {
    const count = await listSize(page);
    const href = await page.getByRole("table", { name: "Lists" }).getByRole("link", { name: "Tea fair" }).getAttribute("href");
    await listed(page, href, count);
    const grid = page.getByRole("grid", { name: "List of customers" });
    const off = page.getByRole("button", { name: "Take off this list", exact: true });
    assert.equal(await off.count(), 0, "nobody is chosen");
    for (const at of [0, 1]) await grid.getByRole("checkbox").nth(at).check();
    const names = await grid.getByRole("link").evaluateAll((links) => links.slice(0, 2).map((it) => it.textContent));
    await off.click();
    await expectTotal(page, count - 2);
    await eventually(() => page.locator(".chosen-bar").count(), 0);
    await notice(page, "Took 2 customers off the list", { undo: true });
    await expectTotal(page, count);
    assert.deepEqual(await grid.getByRole("link").evaluateAll((links) => links.slice(0, 2).map((it) => it.textContent)), names);
    // All that the list shows, after a look at what it does.
    await page.getByRole("button", { name: "Do with these customers" }).click();
    await page.getByRole("menuitem", { name: "Take off this list" }).click();
    await page.getByRole("dialog").getByRole("button", { name: `Change ${count.toLocaleString("en")} customers` }).waitFor();
    assert.deepEqual(await axe(page), []);
    await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    // One, where the customer's own lists are.
    await grid.getByRole("link").first().click();
    await openTab(page, "Segments");
    await page.getByRole("button", { name: "Take off the list “Tea fair”" }).click();
    await eventually(() => page.getByRole("button", { name: "Take off the list “Tea fair”" }).count(), 0);
    await eventually(async () => (await page.locator("main .list-total").innerText()).trim(), `${(count - 1).toLocaleString("en")} customers`);
    await notice(page, "Took 1 customer off the list", { undo: true });
    await page.getByRole("button", { name: "Take off the list “Tea fair”" }).waitFor();
    // Elsewhere nobody is taken off anything.
    await go(page, "#/customers");
    await grid.getByRole("checkbox").first().check();
    await page.locator(".chosen-bar").waitFor();
    assert.equal(await off.count(), 0);
    await page.getByRole("button", { name: "Clear selection" }).click();
  });

  await t.test("those who are chosen are put on a list after a look at what changes; undone they are off it", async () => {
    const count = await listSize(page);
    await go(page, "#/customers?ready=one_time", "Customers");
    const grid = page.getByRole("grid", { name: "List of customers" });
    for (const at of [0, 1, 2]) await grid.getByRole("checkbox").nth(at).check();
    const bar = page.locator(".chosen-bar");
    await bar.getByText("3 selected").waitFor();
    await bar.getByRole("button", { name: "Do with these customers" }).click();
    await page.getByRole("menuitem", { name: "Add to a list" }).click();
    const dialog = page.getByRole("dialog");
    const list = dialog.getByLabel("List");
    const offered = list.locator("option", { hasText: /^Tea fair · / });
    await offered.waitFor({ state: "attached" });
    assert.equal(number(await offered.innerText()), count);
    await list.selectOption(await offered.getAttribute("value"));
    await dialog.getByText("3 customers change").waitFor();
    await dialog.getByText("not on it").first().waitFor();
    assert.deepEqual(await axe(page), []);
    await dialog.getByRole("button", { name: "Change 3 customers" }).click();
    await notice(page, "3 customers are on the list now");
    await dialog.waitFor({ state: "detached" });
    assert.equal(await listSize(page), count + 3);
    await notice(page, "3 customers are on the list now", { undo: true });
    await eventually(() => listSize(page), count);
  });

  await t.test("every cell, part of a pair and combination opens exactly its customers", async () => {
    await go(page, "#/segments/overlap", "Segments");
    await main(page).getByRole("button", { name: "Start with three" }).click();
    const matrix = page.getByRole("table", { name: "In both" });
    await eventually(() => matrix.locator("tbody tr").count(), 3);
    await main(page).getByRole("group", { name: "Segments and lists" }).getByLabel("Add").selectOption("ready:frequent");
    await eventually(() => matrix.locator("tbody tr").count(), 4);
    await matrix.getByRole("button", { name: /^Tea fair and / }).first().click();
    await picture(page, "overlap");
    assert.deepEqual(await axe(page), []);
    const saved = await sheet(page, "Save as CSV: In both");
    assert.equal(saved.length, 1 + 4 * 4);
    assert.deepEqual(saved[0], ["Segment", "Also in", "Customers"]);
    const pair = page.locator(".overlap-pair");
    const rows = await pair.locator("tbody tr").evaluateAll((all) => all.map((row) => ({
      label: row.querySelector("th").textContent,
      href: row.querySelector("a").getAttribute("href"),
      count: Number(row.querySelector("a").textContent.replace(/\D/g, "")),
    })));
    assert.equal(rows.length, 6);
    const [both, onlyA, onlyB, either, one, neither] = rows.map((row) => row.count);
    assert.equal(both + onlyA + onlyB, either);
    assert.equal(either - both, one);
    assert.equal(either + neither, 2_000);
    const regions = await page.getByRole("table", { name: "Every combination" }).locator("tbody tr").evaluateAll((all) => all.map((row) => ({
      href: row.querySelector("a").getAttribute("href"),
      count: Number(row.querySelector("a span").textContent.replace(/\D/g, "")),
    })));
    assert.equal(regions.reduce((sum, it) => sum + it.count, 0), 2_000, "each customer in exactly one");
    for (const it of [...rows, ...regions.slice(0, 4)]) await listed(page, it.href, it.count);
  });

  await t.test("sets are combined step by step, and the result is saved as a segment", async () => {
    await go(page, "#/segments/overlap", "Segments");
    const first = main(page).getByLabel("Start with", { exact: true });
    const list = await first.locator("option", { hasText: "Tea fair" }).getAttribute("value");
    await algebra(page, "ready:frequent", "without", list);
    const result = page.locator(".algebra-result");
    await result.getByText("0 customers").waitFor();
    await algebra(page, "ready:frequent", "and", list);
    await result.getByText(/^[1-9][\d,]* customers/).waitFor();
    const count = number((await result.locator("strong").innerText()).split("(")[0]);
    await result.getByRole("button", { name: /^Actions for/ }).click();
    await page.getByRole("menuitem", { name: "Save as a segment" }).click();
    await page.getByRole("dialog").getByLabel("Name of the segment").fill("Frequent at the fair");
    await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
    await page.getByRole("heading", { level: 1, name: "Frequent at the fair" }).waitFor();
    await listed(page, await page.evaluate(() => location.hash.replace("#/segments/", "#/customers?segment=")), count);
  });

  await t.test("bars and ribbons of a flow open their customers", async () => {
    await go(page, "#/segments/flow?months=3", "Segments");
    const flow = page.getByRole("group", { name: "Flow between groups over time" });
    await flow.waitFor();
    await picture(page, "flow");
    assert.deepEqual(await axe(page), []);
    const ribbons = await sheet(page, "Save as CSV: Flow between groups over time");
    assert.deepEqual(ribbons[0], ["Day", "Next day", "From", "To", "Customers"]);
    assert.ok(ribbons.length > 10 && /^\d{4}-\d{2}-\d{2}$/.test(ribbons[1][0]), `${ribbons[1]}`);
    const moves = await page.getByRole("table", { name: "Moves" }).locator("tbody tr").evaluateAll((all) => all.slice(0, 3).map((row) => ({
      href: row.querySelector("a").getAttribute("href"),
      count: Number(row.querySelector("a").textContent.replace(/\D/g, "")),
    })));
    assert.ok(moves.length > 0 && moves[0].count > 0);
    const ribbon = flow.locator("a", { has: page.locator(".ribbon") }).first();
    moves.push({ href: await ribbon.getAttribute("href"), count: number((await ribbon.getAttribute("aria-label")).split(": ")[1].split(" customer")[0]) });
    for (const it of moves) await listed(page, it.href, it.count);
    await page.locator(".conditions").getByText(/^on \d+ \w+ \d{4}: /).first().waitFor();
    // Segments of one's own choice, by keyboard alone.
    await go(page, "#/segments/flow?months=3", "Segments");
    await main(page).getByRole("radio", { name: "Life cycle stages" }).focus();
    await page.keyboard.press("ArrowLeft");
    await page.getByText("Choose one segment or more.").waitFor();
    const add = main(page).getByRole("group", { name: /^Segments, first match counts/ }).getByLabel("Add");
    await add.focus();
    await page.keyboard.type("Tea fair");
    await page.keyboard.press("Enter");
    await flow.waitFor();
    assert.match(await page.evaluate(() => location.hash), /bands=own&sets=list:/);
  });

  await t.test("a saved segment has its story: numbers add up and open who they count", async () => {
    await go(page, "#/segments", "Segments");
    const own = page.getByRole("table", { name: "Your segments" }).getByRole("row").filter({ hasNotText: "Frequent at the fair" });
    const href = await own.nth(1).getByRole("link").first().getAttribute("href");
    await go(page, `${href.split("?")[0]}?tab=history`);
    await page.getByLabel("Since", { exact: true }).selectOption("90");
    const stat = (name) => page.locator(".stat").filter({ has: page.locator(".stat-label", { hasText: new RegExp(`^${name}`) }) });
    // Everything is looked at within a moment of opening.
    await eventually(() => page.getByText("Still looking at the days").count(), 0);
    await picture(page, "story");
    assert.deepEqual(await axe(page), []);
    const value = async (name) => number(await stat(name).locator(".stat-value").innerText());
    const [before, entered, left, after] = [await value("Before"), await value("Entered"), await value("Left"), await value("Members")];
    assert.equal(before + entered - left, after);
    assert.ok(entered + left > 0, "somebody came or went in a quarter");
    const links = await stat(entered > 0 ? "Entered" : "Left").getByRole("link").evaluateAll((all) => all.map((it) => [it.getAttribute("href"), it.textContent]));
    await listed(page, links[0][0], number(links[0][1]));
  });

  await t.test("a customer who is tagged enters, and the story says why", async () => {
    const tag = JSON.stringify({ attr: "tags", op: "any_of", value: ["fair"] });
    await go(page, `#/segments/new?rule=${encodeURIComponent(tag)}`);
    const name = page.getByRole("textbox", { name: "Name" });
    await name.waitFor();
    await name.fill("At the fair");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await notice(page, "At the fair");
    await eventually(() => page.evaluate(() => location.hash), (hash) => /^#\/segments\/[0-9a-z]{13}/.test(hash));
    const hash = (await page.evaluate(() => location.hash)).split("?")[0];
    await go(page, "#/data", "Data");
    await go(page, `${hash}?tab=history`, "At the fair");
    await page.getByText("Nobody entered or left in this time").waitFor();

    // Everybody the list shows, at once, with a look at what it does.
    await go(page, "#/customers?ready=frequent", "Customers");
    const total = await eventually(async () => number(await page.locator("main .list-total").innerText()), (n) => n > 0 && n < 2_000);
    await main(page).getByRole("button", { name: "Do with these customers" }).click();
    await page.getByRole("menuitem", { name: "Add a tag" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Tag").fill("fair");
    const apply = dialog.getByRole("button", { name: `Change ${total.toLocaleString("en")} customers` });
    await apply.waitFor();
    await dialog.getByText("For example").waitFor();
    await dialog.getByLabel("Tag").press("Enter");
    await notice(page, `Tagged ${total.toLocaleString("en")} customers “fair”`);

    await go(page, `${hash}?tab=history`);
    const moves = page.getByRole("table", { name: "Who entered and left" });
    await moves.getByText("Records changed").first().waitFor();
    const stat = page.locator(".stat").filter({ has: page.locator(".stat-label", { hasText: /^Entered/ }) });
    await eventually(async () => number(await stat.locator(".stat-value").innerText()), total);

    await notice(page, "Tagged", { undo: true });
    await page.getByText("Nobody entered or left in this time").waitFor();
  });

  await t.test("points are awarded to a segment with a look before, and taken back as one", async () => {
    await go(page, "#/customers?ready=frequent", "Customers");
    await eventually(async () => number(await page.locator("main .list-total").innerText()), (n) => n > 0 && n < 2_000);
    await main(page).getByRole("button", { name: "Do with these customers" }).click();
    await page.getByRole("menuitem", { name: "Award points" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Points for each").fill("50");
    await dialog.getByLabel("Reason").fill("Fair");
    const apply = dialog.getByRole("button", { name: /^Change [\d,]+ customers$/ });
    await apply.waitFor();
    const count = number(await apply.innerText());
    await dialog.getByText(`${(count * 50).toLocaleString("en")} points in all`).waitFor();
    await apply.click();
    await notice(page, `members got 50 points each`, { undo: true });
    await notice(page, "Undone");
  });

  await t.test("orders and members are filtered by a segment, in the address", async () => {
    await go(page, "#/orders", "Orders");
    const all = await eventually(async () => number(await page.locator("main .list-total").innerText()), (n) => n > 0);
    await main(page).getByLabel("Customers of").selectOption("ready:frequent");
    const some = await eventually(async () => number(await page.locator("main .list-total").innerText()), (n) => n > 0 && n < all);
    assert.match(await page.evaluate(() => location.hash), /of=ready:frequent/);
    await go(page, "#/data", "Data");
    await go(page, "#/orders?of=ready:frequent", "Orders");
    await eventually(async () => number(await page.locator("main .list-total").innerText()), some);
    await go(page, "#/points/members", "Points");
    const grid = page.getByRole("grid");
    const count = () => grid.getAttribute("aria-rowcount").then(Number);
    const members = await eventually(count, (n) => n > 1);
    await main(page).getByLabel("Customers of").selectOption("ready:frequent");
    await eventually(count, (n) => n > 1 && n < members);
  });

  await b.clean(page);
});

test("lists and overlaps in Chinese, on a phone, in the dark", async () => {
  const b = await browser({ locale: "zh-CN", colorScheme: "dark", viewport: { width: 390, height: 844 } });
  const page = await b.open("?demo=cafe");
  await page.evaluate(() => { location.hash = "#/segments/overlap?sets=ready:frequent,ready:loyal,ready:birthday_this_month"; });
  await page.getByRole("table", { name: "同时在内" }).getByRole("button").first().waitFor();
  await page.getByRole("table", { name: "同时在内" }).getByRole("button").first().click();
  await picture(page, "overlap-zh-390-dark");
  assert.deepEqual(await axe(page), []);
  const wide = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(await wide() <= 0, "nothing sticks out sideways");
  await page.evaluate(() => { location.hash = "#/segments/flow?months=3"; });
  await page.getByRole("group", { name: "各组之间随时间的流动" }).waitFor();
  await picture(page, "flow-zh-390-dark");
  assert.deepEqual(await axe(page), []);
  assert.ok(await wide() <= 0, "nothing sticks out sideways");
  await page.evaluate(() => { location.hash = "#/segments/lists"; });
  await page.getByText("还没有名单").waitFor();
  await page.getByRole("main").getByRole("button", { name: "新建名单" }).click();
  await page.getByRole("dialog").getByLabel("名单名称").fill("茶会");
  await page.keyboard.press("Enter");
  await page.getByRole("table", { name: "名单" }).getByRole("link", { name: "茶会" }).waitFor();
  await picture(page, "lists-zh-390-dark");
  assert.deepEqual(await axe(page), []);
  await b.clean(page);
});
