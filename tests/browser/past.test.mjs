// Figures of a past day: the day is part of the link, the rows behind a number are those of that day, and there is a
// way back to today.

import assert from "node:assert/strict";
import { test } from "node:test";
import { axe, browser, picture } from "./harness.mjs";
import { eventually, expectTotal, go } from "./steps.mjs";

const number = (text) => Number(text.replace(/[^\d]/g, ""));

/** Groups of RFM: { Champions: 12, ... }. */
async function groups(page) {
  const rows = page.locator("main tbody tr").filter({ has: page.locator("td.strong") });
  await rows.first().waitFor();
  return Object.fromEntries(await rows.evaluateAll((all) => all.map((row) =>
    [row.querySelector("th").textContent, Number(row.querySelector("td.strong").textContent.replace(/\D/g, ""))])));
}

/** Opens a group's members, and these as a list of customers. */
async function openList(page, name) {
  await page.locator("main tbody").getByRole("link", { name, exact: true }).click();
  await page.getByRole("link", { name: "Open as a list of customers" }).click();
}

const stages = async (page) => {
  await page.locator("main .part-value").first().waitFor();
  return (await page.locator("main .part-value").allInnerTexts()).map(number);
};

/** The day field has been given a day, and the figures are those of it. */
async function choose(page, day, figures, before) {
  await page.getByLabel("As of").fill(day);
  await page.getByText("These are the figures of").waitFor();
  assert.match(page.url(), new RegExp(`on=${day}`));
  return eventually(() => figures(page), (now) => JSON.stringify(now) !== JSON.stringify(before));
}

test("segments as of a past day", async (t) => {
  const b = await browser();
  const page = await b.open("?demo=cafe");
  await go(page, "#/segments/rfm", "Segments");
  const today = await page.getByLabel("As of").inputValue();
  assert.match(today, /^\d{4}-\d\d-\d\d$/);
  const shift = (days) => new Date(Date.parse(today) + days * 86_400_000).toISOString().slice(0, 10);
  const past = shift(-240);

  await t.test("RFM: other figures, whose numbers open the customers of that day", async () => {
    const now = await groups(page);
    const then = await choose(page, past, groups, now);
    for (const name of ["Champions", "Dormant"]) {
      await openList(page, name);
      await expectTotal(page, then[name]);
      await page.locator("main .chip", { hasText: "As of" }).waitFor();
      await page.goBack();
      await page.getByText("These are the figures of").waitFor();
      await page.goBack();
      await groups(page);
    }
    await picture(page, "rfm-past");
    assert.deepEqual(await axe(page), []);
  });

  await t.test("the list says of which day it is, and goes back to today by its chip", async () => {
    const then = await groups(page);
    await openList(page, "Champions");
    await expectTotal(page, then.Champions);
    await page.getByRole("button", { name: "Back to today" }).click();
    await eventually(async () => page.url().includes("on="), false);
    await page.goto(`${b.server.url}?demo=cafe#/segments/rfm`);
    await page.reload();
    const now = await groups(page);
    await openList(page, "Champions");
    await expectTotal(page, now.Champions);
  });

  await t.test("the day is in the link: a reload and a second tab show the same", async () => {
    await page.goto(`${b.server.url}?demo=cafe#/segments/rfm?on=${past}`);
    await page.reload();
    await page.getByText("These are the figures of").waitFor();
    const then = await groups(page);
    const other = await b.open(`?demo=cafe#/segments/rfm?on=${past}`);
    await other.getByText("These are the figures of").waitFor();
    assert.deepEqual(await groups(other), then);
    await other.close();
  });

  await t.test("back to today is one click", async () => {
    const then = await groups(page);
    await page.getByRole("button", { name: "Back to today" }).click();
    await page.getByText("These are the figures of").waitFor({ state: "detached" });
    assert.equal(await page.getByLabel("As of").inputValue(), today);
    assert.ok(!page.url().includes("on="));
    await eventually(() => groups(page), (now) => JSON.stringify(now) !== JSON.stringify(then));
  });

  await t.test("a day to come is refused where it is typed, and the figures stay", async () => {
    const now = await groups(page);
    await page.getByLabel("As of").fill(shift(3));
    await page.getByText("This day is still to come").waitFor();
    assert.deepEqual(await groups(page), now);
    assert.ok(!page.url().includes("on="));
  });

  await t.test("life cycle: the same, and every stage opens its customers", async () => {
    await go(page, "#/segments/lifecycle", "Segments");
    const now = await stages(page);
    const then = await choose(page, past, stages, now);
    for (const at of [0, 2, 3]) {
      await page.locator("main .parts a").nth(at).click();
      await expectTotal(page, then[at]);
      await page.goBack();
      await stages(page);
    }
    await picture(page, "lifecycle-past");
    assert.deepEqual(await axe(page), []);
  });
  await b.clean(page);
});
