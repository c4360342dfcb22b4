// Segments: every count is the length of the list it links to, RFM and life cycle add up, rules are saved and refused.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { browser } from "./harness.mjs";
import { csv, eventually, expectTotal, go, importMade, made, notice, saidAt } from "./steps.mjs";

const number = (text) => Number(text.replace(/[^\d]/g, ""));
const dialog = (page) => page.locator("dialog[open]");

/** Rows of a table of segments or groups: name, link, members. */
async function rows(table) {
  await table.locator("tbody tr").first().waitFor();
  return table.locator("tbody tr").evaluateAll((all) => all.map((row) => ({
    name: row.querySelector("th").textContent,
    href: row.querySelector("th a").getAttribute("href"),
    members: Number(row.querySelector("td.strong").textContent.replace(/\D/g, "")),
  })));
}

/** What a list of customers says: so many, or that nobody matches. */
async function listed(page, href, count) {
  // By way of another page, so that the list before, of as many perhaps, is not taken for this one.
  await go(page, "#/import", "Import");
  await go(page, href);
  if (count === 0) await page.getByText("Nobody matches").waitFor();
  else await expectTotal(page, count);
}

/** Customers by stage: { Prospects: 110, ... }. */
async function stages(page) {
  await go(page, "#/segments/lifecycle", "Segments");
  const links = page.locator("main figure").getByRole("link");
  await links.first().waitFor();
  const texts = await links.allInnerTexts();
  return Object.fromEntries(texts.map((text) => {
    const [, name, count] = /^(\D+?)\s*([\d,]+)/.exec(text.trim());
    return [name, number(count)];
  }));
}

const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);

test("the segments of a café", async (t) => {
  const b = await browser();
  const page = await b.open("?demo=cafe");
  // One customer whose fields are formulas to a spreadsheet.
  await importMade(page, made("formula.csv", csv([["姓名", "手机号", "城市", "备注"], ["=1+1", "19900060001", "@SUM(A1)", "+cmd|' /C calc'!A0"]])));
  const all = 2_001;

  await t.test("each ready and own segment counts exactly those its link lists", async () => {
    await go(page, "#/segments", "Segments");
    const ready = await rows(page.getByRole("table", { name: "Ready segments" }));
    const own = await rows(page.getByRole("table", { name: "Your segments" }));
    assert.ok(ready.length >= 15 && own.length === 2, `${ready.length} ready, ${own.length} own`);
    assert.ok(ready.filter((segment) => segment.members > 0).length >= 12, "most are not empty");
    for (const segment of [...own, ...ready]) await listed(page, segment.href, segment.members);
  });

  await t.test("RFM: cells add up to the customers with orders, groups to all; a cell opens its members", async () => {
    const { Prospects: prospects } = await stages(page);
    await go(page, "#/segments/rfm", "Segments");
    const cells = page.locator("main figure table tbody td");
    await cells.first().waitFor();
    // The number alone: what is said to readers of the screen beside it has other numbers.
    const counts = await cells.evaluateAll((all) => all.map((cell) => Number((cell.innerText.match(/^[\d,]+/) ?? ["0"])[0].replaceAll(",", ""))));
    assert.equal(counts.length, 25);
    assert.equal(sum(counts), all - prospects);
    const groups = await rows(page.getByRole("table").filter({ hasText: "Champions" }).last());
    assert.equal(groups.length, 11);
    assert.equal(sum(groups.map((group) => group.members)), all);
    const largest = counts.indexOf(Math.max(...counts));
    await cells.nth(largest).getByRole("link").click();
    await expectTotal(page, counts[largest]);
    for (const group of groups) await listed(page, group.href, group.members);
  });

  await t.test("life cycle: the owner's days move customers between stages, and nobody is lost", async () => {
    const before = await stages(page);
    assert.equal(sum(Object.values(before)), all);
    const days = (name) => page.getByLabel(new RegExp(`^${name}: `));
    await days("Churned").fill("80");
    await eventually(() => saidAt(days("Churned")), "Churned must be more days than dormant and new");
    await days("Dormant").fill("30");
    await days("Churned").fill("31");
    await days("New").fill("0");
    await eventually(() => saidAt(days("New")), "A whole number from 1 to 3650");
    await days("New").fill("5");
    await page.getByRole("button", { name: "Save days" }).click();
    await notice(page, "Days of the life cycle saved");
    const after = await eventually(() => stages(page), (now) => now.Churned !== before.Churned);
    assert.equal(sum(Object.values(after)), all);
    assert.equal(after.Prospects, before.Prospects);
    assert.ok(after.New < before.New && after.Churned > before.Churned && after.Dormant < before.Dormant, JSON.stringify({ before, after }));
    await page.locator("main figure").getByRole("link", { name: /^Churned/ }).click();
    await expectTotal(page, after.Churned);
    await notice(page, "Days of the life cycle saved", { undo: true });
    await eventually(() => stages(page), before);
  });

  await t.test("a bad rule is refused with its path; a good one counts, is saved and lists its members", async () => {
    await go(page, "#/segments", "Segments");
    await page.getByRole("button", { name: "New segment" }).click();
    const rule = dialog(page).getByLabel("Condition (JSON)");
    const save = () => dialog(page).getByRole("button", { name: "Save" }).click();
    await rule.fill('{"all":[{"attr":"city","op":"eq","value":"杭州市"},{"attr":"age","op":"contains","value":3}]}');
    await eventually(() => saidAt(rule), (said) => /^At .*all.*1.*: found .*contains/.test(said));
    await save();
    await rule.fill("{");
    await eventually(() => saidAt(rule), (said) => /^Found at byte 1/.test(said));
    await rule.fill('{"any":[{"attr":"city","op":"eq","value":"杭州市"},{"attr":"name","op":"eq","value":"=1+1"}]}');
    const counted = await eventually(() => dialog(page).locator(".count-line").innerText(), (text) => /Holds for [\d,]+ customers/.test(text));
    await save();
    await eventually(() => saidAt(dialog(page).getByLabel("Name")), "Give the segment a name");
    await dialog(page).getByLabel("Name").fill("杭州与公式");
    await save();
    await notice(page, "Segment “杭州与公式” saved");
    const own = await eventually(() => rows(page.getByRole("table", { name: "Your segments" })), (all) => all.length === 3);
    const mine = own.find((segment) => segment.name === "杭州与公式");
    assert.equal(mine.members, number(/Holds for ([\d,]+)/.exec(counted)[1]));
    assert.ok(mine.members > 1);
    await listed(page, mine.href, mine.members);
  });

  await t.test("its export has every member, and no cell that a spreadsheet would run", async () => {
    await go(page, "#/segments", "Segments");
    const mine = (await rows(page.getByRole("table", { name: "Your segments" }))).find((segment) => segment.name === "杭州与公式");
    await page.getByRole("button", { name: "Actions for “杭州与公式”" }).click();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: "Export CSV" }).click()]);
    assert.match(download.suggestedFilename(), /\.csv$/);
    const bytes = await readFile(await download.path());
    assert.deepEqual([...bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf], "spreadsheets need the mark to read Chinese");
    const table = parse(bytes.toString("utf8").replace(/^\uFEFF/, ""));
    assert.equal(table.length, mine.members + 1);
    const cells = table.slice(1).flat();
    assert.ok(cells.includes("'=1+1") && cells.includes("'@SUM(A1)") && cells.includes("'+cmd|' /C calc'!A0"), "formulas are kept as text");
    assert.deepEqual(cells.filter((cell) => /^[=@\t\r]|^[+-](?![\d ().-]*$)/.test(cell)), []);
  });

  await t.test("deleted, it is gone; undone, it is back", async () => {
    await page.getByRole("button", { name: "Actions for “杭州与公式”" }).click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await eventually(async () => (await rows(page.getByRole("table", { name: "Your segments" }))).length, 2);
    await notice(page, "Segment “杭州与公式” deleted", { undo: true });
    await eventually(async () => (await rows(page.getByRole("table", { name: "Your segments" }))).length, 3);
  });

  await b.clean(page);
});

/** CSV to cells. */
function parse(text) {
  const table = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    if (!table.length || table.done) {
      table.push([]);
      table.done = false;
    }
    table.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end !== ",") table.done = true;
  }
  const last = table.at(-1);
  if (last && last.length === 1 && last[0] === "") table.pop();
  return [...table];
}
