// Segments: every count is the length of the list it links to, RFM and life cycle add up, rules are saved and refused.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { axe, browser, picture } from "./harness.mjs";
import { csv, eventually, expectTotal, go, importMade, made, notice, saidAt } from "./steps.mjs";

const number = (text) => Number(text.replace(/[^\d]/g, ""));

/** Rows of a table of segments or groups: name, link, members. */
async function rows(table) {
  await table.locator("tbody tr").first().waitFor();
  return table.locator("tbody tr").evaluateAll((all) => all.map((row) => ({
    name: row.querySelector("th").textContent,
    // Of a segment the number opens its members and the name its page; of a group the name opens its members.
    href: (row.querySelector("td.strong a") ?? row.querySelector("th a")).getAttribute("href"),
    members: Number(row.querySelector("td.strong").textContent.replace(/\D/g, "")),
  })));
}

/** What a list of customers says: so many, or that nobody matches. */
async function listed(page, href, count) {
  // By way of another page, so that the list before, of as many perhaps, is not taken for this one.
  await go(page, "#/data", "Data");
  await go(page, href);
  if (count === 0) await page.getByText("Nobody matches").waitFor();
  else await expectTotal(page, count);
}

/** Customers by stage: { Prospects: 110, ... }. */
async function stages(page) {
  await go(page, "#/segments/lifecycle", "Segments");
  const links = page.locator("main figure").first().getByRole("link");
  await links.first().waitFor();
  const texts = await links.allInnerTexts();
  return Object.fromEntries(texts.map((text) => {
    const [, name, count] = /^(\D+?)\s*([\d,]+)/.exec(text.trim());
    return [name, number(count)];
  }));
}

/** Saves a rule as a segment through the builder's text. */
async function saveRule(page, hash, name, rule) {
  await go(page, hash);
  await page.getByRole("radio", { name: "JSON" }).check({ force: true });
  await page.getByLabel("Condition (JSON)").fill(rule);
  await page.getByRole("textbox", { name: "Name", exact: true }).fill(name);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("heading", { level: 1, name }).waitFor();
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
    const cells = page.locator("main .heat tbody td");
    await cells.first().waitFor();
    // The number alone: what is said to readers of the screen beside it has other numbers.
    const counts = await cells.evaluateAll((all) => all.map((cell) => Number((cell.innerText.match(/^[\d,]+/) ?? ["0"])[0].replaceAll(",", ""))));
    assert.equal(counts.length, 25);
    assert.equal(sum(counts), all - prospects);
    const groups = await rows(page.getByRole("table").filter({ hasText: "Champions" }).first());
    assert.equal(groups.length, 11);
    assert.equal(sum(groups.map((group) => group.members)), all);
    const largest = counts.indexOf(Math.max(...counts));
    const members = async () => number(await page.locator("main .section-head [role=status]").first().innerText());
    await cells.nth(largest).getByRole("link").click();
    await eventually(members, counts[largest]);
    for (const group of groups) {
      await go(page, "#/data", "Data");
      await go(page, group.href, "Segments");
      await eventually(members, group.members);
    }
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
    await page.locator("main figure").first().getByRole("link", { name: /^Churned/ }).click();
    await expectTotal(page, after.Churned);
    await notice(page, "Days of the life cycle saved", { undo: true });
    await eventually(() => stages(page), before);
  });

  await t.test("a rule counts, is saved and lists its members", async () => {
    await go(page, "#/segments", "Segments");
    await page.getByRole("link", { name: "New segment" }).click();
    await page.getByRole("radio", { name: "JSON" }).check({ force: true });
    const rule = page.getByLabel("Condition (JSON)");
    await rule.fill('{"any":[{"attr":"city","op":"eq","value":"杭州市"},{"attr":"name","op":"eq","value":"=1+1"}]}');
    await page.getByRole("textbox", { name: "Name", exact: true }).fill("杭州与公式");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await notice(page, "Segment “杭州与公式” saved");
    const counted = await page.locator(".stat-value").first().innerText();
    await go(page, "#/segments", "Segments");
    const own = await eventually(() => rows(page.getByRole("table", { name: "Your segments" })), (all) => all.length === 3);
    const mine = own.find((segment) => segment.name === "杭州与公式");
    assert.equal(mine.members, number(counted));
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

  await t.test("segments that lead back to themselves are told by their way, nothing is lost; one that is gone likewise", async () => {
    const link = async (name) => page.getByRole("table", { name: "Your segments" }).getByRole("link", { name, exact: true }).getAttribute("href");
    const id = (await link("杭州与公式")).split("/").at(-1);
    await saveRule(page, "#/segments/new", "Upon", `{"all":[{"segment":"${id}"}]}`);
    const upon = await page.evaluate(() => location.hash.split("/").at(-1));
    const back = `{"all":[{"attr":"city","op":"eq","value":"杭州市"},{"segment":"${upon}"}]}`;
    await go(page, `#/segments/${id}?tab=rule&rule=${encodeURIComponent(back)}`);
    const said = page.locator(".builder-side").getByText("杭州与公式 → Upon → 杭州与公式");
    await said.waitFor();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.locator(".toast").getByText("These segments lead back to themselves: 杭州与公式 → Upon → 杭州与公式").waitFor();
    // What was being made is still there, and leads to the condition that is meant.
    await page.locator(".builder-side").getByRole("button").first().click();
    await eventually(() => page.evaluate(() => document.activeElement.closest(".brick") !== null), true);
    assert.equal(await page.locator(".brick[data-kind=node]").count(), 3);
    await go(page, "#/segments", "Segments");
    await page.getByRole("button", { name: "Actions for “杭州与公式”" }).click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    const broken = page.getByRole("table", { name: "Your segments" }).getByRole("row").filter({ hasText: "Upon" });
    await broken.getByText("no longer there: Upon → 杭州与公式").waitFor();
    await notice(page, "Segment “杭州与公式” deleted", { undo: true });
    await eventually(() => broken.locator("td.strong").count(), 1);
  });

  await t.test("a segment whose reference was deleted says which and in which condition, leads there, and counts again once it is back", async () => {
    await saveRule(page, "#/segments/new", "Basis", '{"attr":"order_count","op":"gte","value":5}');
    const basis = await page.evaluate(() => location.hash.split("/").at(-1));
    await saveRule(page, "#/segments/new", "Names it", `{"all":[{"attr":"gender","op":"eq","value":"female"},{"any":[{"attr":"age","op":"gte","value":60},{"not":{"segment":"${basis}"}}]}]}`);
    const names = await page.evaluate(() => location.hash.split("/").at(-1));
    const members = await page.locator(".stat-value").first().innerText();
    await saveRule(page, "#/segments/new", "Further away", `{"all":[{"segment":"${names}"}]}`);
    const further = await page.evaluate(() => location.hash.split("/").at(-1));
    await go(page, "#/segments", "Segments");
    // What was just saved may still be counted: the list is drawn anew then, and a menu that was open is gone.
    const pressed = async () => {
      await page.getByRole("button", { name: "Actions for “Basis”" }).click();
      return page.getByRole("menuitem", { name: "Delete" }).click({ timeout: 5_000 }).then(() => true, () => false);
    };
    await eventually(pressed, true, { seconds: 60 });
    await notice(page, "Segment “Basis” deleted");
    for (const tab of ["", "?tab=portrait", "?tab=why", "?tab=history"]) {
      await go(page, `#/segments/${names}${tab}`, "Names it");
      const alert = page.locator("main [role=alert], main .banner[data-tone=notice]").filter({ hasText: "names the segment “Basis”, which was deleted" });
      await alert.waitFor();
      assert.equal(await page.getByText("could not be shown").count(), 0, tab);
      await alert.getByRole("link", { name: "Show the condition" }).waitFor();
    }
    await go(page, `#/segments/${names}`, "Names it");
    await eventually(() => page.locator(".lead").innerText(), (said) => /women, .*not in segment “Basis”/.test(said));
    assert.deepEqual(await axe(page), []);
    await picture(page, "segment-broken");
    // The condition itself is a link, and the block that it names has the focus.
    await page.getByRole("alert").getByRole("link", { name: "not in segment “Basis”", exact: true }).click();
    const block = page.locator(".brick[data-kind=node]").filter({ has: page.getByLabel("Segment", { exact: true }) });
    await eventually(() => block.evaluate((brick) => brick.contains(document.activeElement)), true);
    assert.equal(await block.getByLabel("Segment", { exact: true }).locator("option:checked").innerText(), "Basis (deleted or this one)");
    // By way of another segment: which one, with the way there.
    await go(page, `#/segments/${further}`, "Further away");
    const far = page.getByRole("alert");
    await far.getByText("Further away → Names it → Basis").waitFor();
    await far.getByRole("link", { name: "in segment “Names it”", exact: true }).waitFor();
    await far.getByRole("link", { name: "Open “Names it”, where it is missing" }).click();
    await page.getByRole("heading", { level: 1, name: "Names it" }).waitFor();
    // The log brings it back, and both count as before.
    await page.getByRole("alert").getByRole("link", { name: "Undo the deletion in the log" }).click();
    await page.getByRole("heading", { level: 1, name: "Settings" }).waitFor();
    await notice(page, "Segment “Basis” deleted", { undo: true });
    await go(page, `#/segments/${names}`, "Names it");
    await eventually(() => page.locator(".stat-value").first().innerText(), members);
  });

  await t.test("of two that are gone both are called by name; a list that cannot be read for it leads to the condition", async () => {
    const place = () => page.evaluate(() => location.hash.split("/").at(-1));
    const gone = [];
    for (const name of ["First gone", "Second gone"]) {
      await saveRule(page, "#/segments/new", name, '{"attr":"order_count","op":"gte","value":5}');
      gone.push(await place());
    }
    const rule = { all: [{ attr: "gender", op: "eq", value: "female" }, { segment: gone[0] }, { not: { segment: gone[1] } }] };
    await saveRule(page, "#/segments/new", "Names two", JSON.stringify(rule));
    const two = await place();
    for (const name of ["First gone", "Second gone"]) {
      await go(page, `#/segments/${gone[name === "First gone" ? 0 : 1]}`, name);
      await page.getByRole("button", { name: `Actions for “${name}”` }).click();
      await page.getByRole("menuitem", { name: "Delete" }).click();
      await notice(page, `Segment “${name}” deleted`);
      await page.getByRole("table", { name: "Your segments" }).waitFor();
    }
    const said = "women, in segment “First gone”, not in segment “Second gone”";
    const row = page.getByRole("table", { name: "Your segments" }).getByRole("row").filter({ hasText: "Names two" });
    await row.getByText(said).waitFor();
    await go(page, `#/segments/${two}`, "Names two");
    await eventually(() => page.locator(".lead").innerText(), said);
    await go(page, `#/segments/${two}?tab=rule`);
    await eventually(() => page.locator("[data-sentence]").innerText(), said);
    const named = page.getByLabel("Segment", { exact: true }).locator("option:checked");
    await eventually(() => named.allInnerTexts(), ["First gone (deleted or this one)", "Second gone (deleted or this one)"]);
    // The list of its members, and one of the same conditions, say why and lead to the first that is gone.
    for (const href of [`#/customers?segment=${two}`, `#/customers?rule=${encodeURIComponent(JSON.stringify(rule))}`]) {
      await go(page, "#/data", "Data");
      await go(page, href, "Customers");
      const alert = page.getByRole("main").getByRole("alert");
      await alert.getByText("First gone").waitFor();
      if (href.includes("rule=")) await page.locator(".conditions").getByText("not in segment “Second gone”").waitFor();
      assert.deepEqual(await axe(page), []);
      await alert.getByRole("link", { name: "Show the condition" }).click();
      const block = page.locator(".brick[data-kind=node]").filter({ has: page.getByLabel("Segment", { exact: true }) }).first();
      await eventually(() => block.evaluate((brick) => brick.contains(document.activeElement)), true);
    }
  });

  await t.test("a rule of a thousand nodes by link is folded, as chips and as a sentence", async () => {
    const nodes = Array.from({ length: 998 }, (_, k) => ({ attr: "age", op: "ne", value: 100 + k }));
    const rule = encodeURIComponent(JSON.stringify({ all: nodes }));
    await go(page, "#/data", "Data");
    await go(page, `#/customers?rule=${rule}`, "Customers");
    await page.getByRole("button", { name: "and 986 more" }).waitFor();
    const chips = page.locator(".conditions .chip");
    assert.equal(await chips.count(), 12);
    const aged = number(await eventually(() => page.locator("main .list-total").innerText(), (text) => /\d/.test(text)));
    await page.getByRole("button", { name: "and 986 more" }).click();
    await eventually(() => chips.count(), 998);
    await page.getByRole("button", { name: "Show fewer" }).click();
    await eventually(() => chips.count(), 12);
    await go(page, `#/customers?rule=${encodeURIComponent(JSON.stringify({ any: nodes }))}`, "Customers");
    await eventually(() => chips.count(), 1);
    assert.ok((await chips.innerText()).length < 200);
    await expectTotal(page, aged);
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
