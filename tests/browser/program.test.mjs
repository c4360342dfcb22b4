// The programme's designer as an owner uses it: a template, a form for everything, an example that follows, a replay over
// real orders, versions; by mouse and by keyboard, in both languages, with everything typed wrong once.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { axe, browser, picture } from "./harness.mjs";
import { csv, eventually, go, importMade, made, notice, saidAt } from "./steps.mjs";

const main = (page) => page.getByRole("main");
const field = (page, name) => main(page).getByLabel(name, { exact: true });
const example = (page) => page.locator(".example");
const result = (page, text) => example(page).locator(".example-line").filter({ hasText: text }).waitFor();
const card = (page, key) => page.locator(`[data-template="${key}"]`);
const rule = (page, text) => page.locator(".rule").filter({ hasText: text });
const block = (page, name) => page.locator("section.block").filter({ has: page.getByRole("heading", { name, exact: true }) });
const save = (page) => page.getByRole("button", { name: "Save programme" }).click();
const mode = (page, name) => main(page).getByRole("radio", { name, exact: true }).check();
const text = (page) => main(page).locator("textarea");

/** The day so many days ago, in the shop's zone. */
const ago = (days) => new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" }).format(new Date(Date.now() - days * 86_400_000));

/** The programme as JSON, read from the text mode and back to the form. */
async function asJson(page) {
  await mode(page, "JSON");
  const now = JSON.parse(await eventually(() => text(page).inputValue(), (it) => it.length > 2));
  await mode(page, "Form");
  await field(page, "Name of the programme").waitFor();
  return now;
}

/** Adds a rule of a kind by the menu. */
async function addRule(page, kind) {
  await main(page).getByRole("button", { name: "Add a rule" }).click();
  await page.locator(":popover-open").getByText(kind, { exact: true }).click();
}

const ORDERS = csv([
  ["订单号", "姓名", "手机号", "下单时间", "实付金额", "渠道", "商品名称", "商品分类"],
  ["A1", "小明", "19900050001", `${ago(200)} 10:00:00`, "600.00", "门店", "拿铁", "咖啡"],
  ["A2", "小明", "19900050001", `${ago(100)} 10:00:00`, "500.00", "小程序", "拿铁", "咖啡"],
  ["B1", "小华", "19900050002", `${ago(40)} 10:00:00`, "99.00", "门店", "蛋糕", "甜点"],
]);

test("an owner sets a programme up in five minutes, by keyboard alone", async (t) => {
  const b = await browser();
  const page = await b.open();

  await t.test("from the points page to five templates, each with a worked sentence", async () => {
    await go(page, "#/points", "Points");
    await page.getByRole("link", { name: "Set up a programme" }).press("Enter");
    for (const [key, sentence] of [
      ["cafe_stamps", "Spend ¥32.00, get 1 point"],
      ["shop_points", "Spend ¥109.00, get 109 points, worth ¥1.09"],
      ["salon_tiers", "Spend ¥109.00, get 10 points, worth ¥1.00"],
      ["paid_membership", /Spend ¥199\.00, get (398|796) points, worth/],
      ["online_returns", "Spend ¥268.00, get 268 points, worth ¥2.68"],
    ]) await card(page, key).getByText(sentence).waitFor();
    assert.deepEqual(await axe(page), []);
    await picture(page, "program-first-run");
  });

  await t.test("one key fills the form; the example follows what is typed", async () => {
    await card(page, "salon_tiers").focus();
    await page.keyboard.press("Enter");
    await eventually(() => field(page, "Name of the programme").inputValue(), "Beauty club");
    await result(page, "Spend ¥109.00, get 10 points");
    await field(page, "For each (¥)").fill("5");
    await result(page, "Spend ¥109.00, get 21 points");
    await field(page, "points given").fill("1.5");
    await result(page, "Spend ¥109.00, get 31 points");
    await example(page).getByText("31.5 points, rounded down: 31 points").waitFor();
    await field(page, "Member's tier").selectOption({ label: "Gold" });
    await example(page).getByText("Tier: × 1.2").waitFor();
    await result(page, "Spend ¥109.00, get 37 points");
    await field(page, "Spend (¥)").fill("1000");
    await result(page, "Spend ¥1,000.00, get 360 points");
    await field(page, "Waiting days").fill("7");
    await example(page).getByText(/usable from/).waitFor();
  });

  await t.test("in force with Enter, for all orders; the overview has points", async () => {
    await page.getByRole("button", { name: "Save programme" }).focus();
    await page.keyboard.press("Enter");
    await notice(page, "Programme saved, points counted again");
    await page.getByText("Version 1").waitFor();
    await page.getByText("for everything before").first().waitFor();
    await go(page, "#/points", "Points");
    assert.equal(await page.getByText("No loyalty programme yet").count(), 0);
  });
  await b.clean(page);
});

test("forms for everything in the contract, and the same as text", async (t) => {
  const b = await browser();
  const page = await b.open();
  await importMade(page, made("orders.csv", ORDERS));
  await go(page, "#/points/program", "Points");
  await card(page, "shop_points").click();

  await t.test("every kind of rule is added by a form", async () => {
    await addRule(page, "Multiplier");
    await field(page, "Multiply by").fill("3");
    // Values of conditions are offered from the data.
    await eventually(() => page.locator("#program-values-category option").evaluateAll((all) => all.map((it) => it.value).sort()), ["咖啡", "甜点"]);
    await eventually(() => page.locator("#program-values-channel option").evaluateAll((all) => all.map((it) => it.value).sort()), ["小程序", "门店"]);
    await rule(page, "Multiplier").getByLabel("Values").fill("咖啡");
    await rule(page, "Multiplier").getByLabel("Values").press("Enter");
    await rule(page, "points times 3, where category is “咖啡”").waitFor();
    await addRule(page, "Goods that earn nothing");
    const excluded = rule(page, "Goods that earn nothing");
    await excluded.getByLabel("What", { exact: true }).selectOption({ label: "day of the week" });
    await excluded.getByLabel("Comparison").selectOption({ label: "is between" });
    await excluded.getByLabel("From", { exact: true }).selectOption({ label: "Saturday" });
    await excluded.getByLabel("To", { exact: true }).selectOption({ label: "Sunday" });
    await rule(page, "day of the week is between Saturday and Sunday").waitFor();
    await addRule(page, "Fixed points for each order");
    const fixed = rule(page, "Fixed points for each order");
    await fixed.getByLabel("Points", { exact: true }).fill("5");
    await fixed.getByText("Dates, minimum, cap and rounding").click();
    await fixed.getByLabel("Order of at least (¥)").fill("50");
    await fixed.getByLabel("At most points for one member").fill("20");
    await fixed.getByLabel("Per", { exact: true }).selectOption({ label: "year" });
    await fixed.getByLabel("First day").fill("2026-01-01");
    await fixed.getByLabel("Last day").fill("2026-12-31");
    await addRule(page, "Points on joining");
    await addRule(page, "Birthday points");
    await rule(page, "Birthday points").getByLabel("Birthday entered at least so many days before").fill("14");
    await addRule(page, "Points for bringing a friend");
    await addRule(page, "Points for doing something (a review)");
    await rule(page, "Points for doing something").getByLabel("Name of the event").fill("selfie");
    const { earn } = await asJson(page);
    assert.deepEqual(earn.slice(1), [
      { id: "double", on: "purchase", multiply: "3", where: [{ attr: "category", op: "in", value: ["咖啡"] }] },
      { id: "excluded", on: "purchase", exclude: true, where: [{ attr: "day_of_week", op: "between", value: [6, 7] }] },
      { id: "order", on: "purchase", points: 5, from: "2026-01-01", to: "2026-12-31", min_amount: "50.00", cap: { points: 20, per: "year" } },
      { id: "welcome", on: "signup", points: 100 },
      { id: "birthday", on: "birthday", points: 100, known_for_days: 14 },
      { id: "friend", on: "referral", points: 100 },
      { id: "review", on: "event", event: "selfie", points: 20, cap: { points: 100, per: "month" } },
    ]);
  });

  await t.test("basis, rounding, stacking, expiry, redemption, rewards, returns and tiers too", async () => {
    const base = page.locator(".rule").first();
    await base.getByText("Dates, minimum, cap and rounding").click();
    await base.getByLabel("Which amount counts").selectOption({ label: "Before discounts" });
    await base.getByLabel("Fractions are").selectOption({ label: "rounded to the nearest" });
    await base.getByLabel("Rounded", { exact: true }).selectOption({ label: "on each line" });
    await field(page, "When several multipliers hold").selectOption({ label: "Add: 2 and 1.25 make 2.25" });
    await field(page, "Waiting days").fill("15");
    await field(page, "Kind of expiry").selectOption({ label: "Some months after they were earned" });
    await field(page, "How many months").fill("18");
    await field(page, "Extend the last day to").selectOption({ label: "the end of the quarter" });
    await field(page, "When an order comes back, posted points are").selectOption({ label: "taken back down to a balance of zero" });
    await field(page, "Each").fill("200");
    await field(page, "are worth (¥)").fill("3");
    await field(page, "Only multiples of").fill("200");
    await field(page, "At least at once").fill("400");
    await field(page, "At most this percentage of an order").fill("30");
    await field(page, "At most for one order").fill("2000");
    await page.getByRole("button", { name: "Add a reward" }).click();
    await field(page, "Reward").fill("Mug");
    await field(page, "Costs").fill("300");
    await field(page, "In stock").fill("50");
    await field(page, "Members rise by").selectOption({ label: "visits" });
    await field(page, "Over").selectOption({ label: "this calendar year" });
    await field(page, "Members rise").selectOption({ label: "when the period ends" });
    await field(page, "When it runs out, members fall").selectOption({ label: "to the tier they reach" });
    await field(page, "A tier is kept for months").fill("6");
    const levels = page.locator(".level");
    await levels.nth(1).getByLabel("From").fill("12");
    await levels.nth(2).getByLabel("From").fill("52");
    await page.getByRole("button", { name: "Add a tier" }).click();
    await levels.nth(3).getByLabel("Tier", { exact: true }).fill("Diamond");
    await levels.nth(3).getByLabel("From").fill("100");
    await levels.nth(3).getByLabel("Points multiplied by").fill("2");
    const { earn: [first], ...rest } = await asJson(page);
    assert.deepEqual(first, {
      id: "base", on: "purchase", points: 1, per: "1.00", basis: "gross", rounding: "half_up", round_each: "line",
    });
    delete rest.earn;
    assert.deepEqual(rest, {
      name: "Loyalty card", currency: "CNY", time_zone: "Asia/Shanghai", stacking: "add", pending_days: 15,
      expiry: { kind: "months", n: 18, round_up: "quarter" }, refund: "within_balance",
      redeem: { points: 200, worth: "3.00", step: 200, min_points: 400, max_share: "0.3", max_points: 2000 },
      rewards: [{ id: "reward", name: "Mug", points: 300, stock: 50 }],
      tiers: {
        measure: "visits", window: { kind: "calendar_year" }, upgrade: "period_end", downgrade: "to_measure", keep_months: 6,
        levels: [{ id: "silver", name: "Silver", from: 0 }, { id: "gold", name: "Gold", from: 12, multiply: "1.25" },
          { id: "platinum", name: "Platinum", from: 52, multiply: "1.5" }, { id: "tier", name: "Diamond", from: 100, multiply: "2" }],
      },
    });
  });

  await t.test("every other kind of expiry has its form", async () => {
    for (const [label, number, kind] of [
      ["Some days after they were earned", ["How many days", "90"], { kind: "days", n: 90 }],
      ["At the end of a year", ["At the end of which year after", "2"], { kind: "year_end", years: 2 }],
      ["After some months without a purchase", ["How many months", "9"], { kind: "inactivity", months: 9 }],
      ["Never", null, { kind: "never" }],
    ]) {
      await field(page, "Kind of expiry").selectOption({ label });
      if (number) await field(page, number[0]).fill(number[1]);
      assert.deepEqual((await asJson(page)).expiry, kind);
    }
  });

  await t.test("text and form change into each other and nothing is lost", async () => {
    const program = await asJson(page);
    program.earn.push({
      id: "deep", on: "purchase", multiply: "1.5", from: "2026-02-01",
      where: [{ attr: "product", op: "not_contains", value: "茶" }, { attr: "coupon", op: "is_not_set" }, { attr: "amount", op: "between", value: ["1.00", "20.00"] },
        { attr: "quantity", op: "gte", value: "1.500" }, { attr: "hour", op: "lt", value: 12 }, { attr: "status", op: "ne", value: "cancelled" }],
    });
    await mode(page, "JSON");
    await text(page).fill(JSON.stringify(program));
    await mode(page, "Form");
    await rule(page, "product does not contain “茶”").waitFor();
    assert.deepEqual(await asJson(page), program);
    assert.deepEqual(await axe(page), []);
    await picture(page, "program-form");
  });

  await t.test("a rule is moved and taken away, and comes back", async () => {
    const names = () => page.locator(".rule .rule-kind").allInnerTexts();
    const before = await names();
    await page.locator(".rule").nth(1).getByRole("button", { name: /^Move up/ }).click();
    await eventually(names, [before[1], before[0], ...before.slice(2)]);
    await page.locator(".rule").first().getByRole("button", { name: /^Remove rule/ }).click();
    await eventually(names, [before[0], ...before.slice(2)]);
    await page.getByRole("button", { name: "Bring the draft back" }).click();
    await eventually(names, [before[1], before[0], ...before.slice(2)]);
  });
  await b.clean(page);
});

test("what is typed wrong is said at its field: what was found and what would be right", async (t) => {
  const b = await browser();
  const page = await b.open();
  await go(page, "#/points/program", "Points");
  await card(page, "online_returns").click();
  await eventually(() => field(page, "Name of the programme").inputValue(), "Shop club");

  await t.test("in the form, all of it at once", async () => {
    const wrong = [
      ["Name of the programme", " ", /^Found “ ”|^Missing; expected 1 to 200 characters$/],
      ["For each (¥)", "0", "Found “0”, expected an amount of 0.01 or more with at most 2 decimals"],
      ["points given", "many", "Found “many”, expected a number above 0, such as 1.25"],
      ["Waiting days", "soon", "Found “soon”, expected a whole number from 0 to 3,650"],
      ["How many months", "-1", "Found “-1”, expected a whole number from 0 to 1,200"],
      ["Each", "", "Missing; expected a whole number of 1 or more"],
      ["are worth (¥)", "1.234", /^Found “1\.234”, expected an amount/],
      ["Only multiples of", "0", "Found “0”, expected a whole number of 1 or more"],
      ["At most this percentage of an order", "300", "A number above 0 and at most 100"],
      ["Months", "0", "Found “0”, expected a whole number from 1 to 1,200"],
    ];
    for (const [name, typed] of wrong) await field(page, name).fill(typed);
    for (const [name, , said] of wrong) {
      await eventually(() => saidAt(field(page, name)), (now) => (said instanceof RegExp ? said.test(now) : now === said));
    }
    await page.locator(".level").nth(1).getByLabel("From").fill("x");
    await eventually(() => saidAt(page.locator(".level").nth(1).getByLabel("From")), (now) => now.startsWith("Found “x”"));
    await example(page).getByText("Mend what is marked red").waitFor();
    await page.getByText(/1[01] things to mend/).waitFor();
    assert.deepEqual(await axe(page), []);
    await picture(page, "program-wrong");
  });

  await t.test("saving shows the first mistake and saves nothing", async () => {
    await save(page);
    await page.locator(".toast.wrong").first().waitFor();
    await eventually(() => page.evaluate(() => document.activeElement.getAttribute("aria-invalid")), "true");
    await page.getByRole("button", { name: "Go to the first" }).click();
    assert.equal(await page.getByText("Programme saved").count(), 0);
    await page.getByRole("button", { name: "Run the draft" }).isDisabled().then(assert.ok);
  });

  await t.test("in the text, with the path; the text stays until it is right", async () => {
    await card(page, "online_returns").click();
    await mode(page, "JSON");
    const good = JSON.parse(await eventually(() => text(page).inputValue(), (now) => now.length > 2));
    for (const [change, said] of [
      [(it) => { it.earn[0].points = "many"; }, /^earn\[0\]\.points: found “many”, expected a number/],
      [(it) => { it.earn[1].where[0].op = "gt"; }, /^earn\[1\]\.where\[0\]\.op: found “gt”, expected one of eq/],
      [(it) => { it.tiers.levels[1].from = 0; }, /^tiers\.levels\[1\]\.from: found “0”, expected more than 0/],
      [(it) => { it.colour = "red"; }, /^colour: found “unknown key/],
    ]) {
      const bad = structuredClone(good);
      change(bad);
      await text(page).fill(JSON.stringify(bad));
      await eventually(() => saidAt(text(page)), (now) => said.test(now));
    }
    await main(page).getByRole("radio", { name: "Form", exact: true }).click();
    await page.locator(".toast.wrong").filter({ hasText: "still has a mistake" }).first().waitFor();
    await text(page).fill("{");
    await eventually(() => saidAt(text(page)), (now) => /expected a JSON object/.test(now));
    await text(page).fill(JSON.stringify(good));
    await mode(page, "Form");
    await eventually(() => field(page, "Name of the programme").inputValue(), "Shop club");
  });
  await b.clean(page);
});

test("the draft is kept, run over real orders, put in force from a day, and compared", async (t) => {
  const b = await browser();
  const page = await b.open();
  await importMade(page, made("orders.csv", ORDERS));
  const row = (name) => page.locator(".compare tr").filter({ has: page.locator("th .stat-label", { hasText: new RegExp(`^${name}`) }) })
    .locator("td").allInnerTexts();

  await t.test("without a programme the replay says what a first one would issue", async () => {
    await go(page, "#/points/program", "Points");
    await result(page, "Spend ¥109.00, get 109 points");
    await page.getByRole("button", { name: "Run the draft" }).click();
    await page.getByRole("heading", { name: "The draft issues 1,199 points over the last 12 months" }).waitFor();
    await page.getByText("3 orders of ¥1,199.00 in all").waitFor();
    assert.deepEqual(await row("Points issued"), ["1,199"]);
    assert.deepEqual(await row("Cost about"), ["¥11.99"]);
    assert.deepEqual(await row("Share of sales"), ["1%"]);
    assert.deepEqual(await row("Liability today"), ["¥11.99"]);
    await save(page);
    await notice(page, "Programme saved");
  });

  await t.test("leaving keeps the draft; discarding can be taken back", async () => {
    await page.getByText("Version 1").waitFor();
    await field(page, "points given").fill("3");
    await page.getByText("A draft that is not in force").waitFor();
    await go(page, "#/points", "Points");
    await page.reload();
    await go(page, "#/points/program", "Points");
    await eventually(() => field(page, "points given").inputValue(), "3");
    await page.getByRole("button", { name: "Discard the draft" }).click();
    await eventually(() => field(page, "points given").inputValue(), "1");
    await page.getByRole("button", { name: "Bring the draft back" }).click();
    await eventually(() => field(page, "points given").inputValue(), "3");
  });

  await t.test("the replay compares with the present programme, and opens who moves", async () => {
    await page.locator(".level").nth(1).getByLabel("From").fill("3000");
    await page.locator(".level").nth(2).getByLabel("From").fill("9000");
    await page.getByRole("button", { name: "Run the draft" }).click();
    await page.getByRole("heading", { name: "The draft issues 200% more points" }).waitFor();
    assert.deepEqual(await row("Points issued"), ["1,199", "3,597", "+2,398"]);
    assert.deepEqual(await row("Cost about"), ["¥11.99", "¥35.97", "+¥23.98"]);
    assert.deepEqual(await row("Outstanding today"), ["1,199", "3,597", "+2,398"]);
    await page.getByText("0 members rise, 0 members fall, 2 stay").waitFor();
    await page.locator(".level").nth(1).getByLabel("From").fill("9000");
    await page.locator(".level").nth(2).getByLabel("From").fill("10000");
    await page.getByText("this is the result of before").waitFor();
    await page.getByRole("button", { name: "Run again" }).click();
    await page.getByText("0 members rise, 1 member falls, 1 stays").waitFor();
    await page.getByRole("button", { name: "Show 1 member from Gold to Silver" }).click();
    await page.getByRole("table", { name: "Gold → Silver" }).getByRole("link", { name: "小明" }).waitFor();
    assert.equal(await page.locator(".month-pairs li").count(), ago(0).slice(5) === "02-28" ? 13 : 13);
    assert.deepEqual(await axe(page), []);
    await picture(page, "program-replay");
  });

  await t.test("the months and the members are saved as CSV", async () => {
    for (const [button, head, rows] of [
      ["Export months as CSV", "month,issuedPresent,issuedDraft", 13],
      ["Export members as CSV", /^id,externalId,name,phone,issuedPresent,issuedDraft,balancePresent,balanceDraft,tierPresent,tierDraft$/, 2],
    ]) {
      const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: button }).click()]);
      const lines = (await readFile(await download.path(), "utf8")).replace("\ufeff", "").trim().split("\r\n");
      assert.match(lines[0], head instanceof RegExp ? head : new RegExp(`^${head}$`));
      assert.equal(lines.length - 1, rows);
    }
  });

  await t.test("what changes is said before it is put in force, from a day", async () => {
    const changes = block(page, "Put it in force").locator(".changes li");
    await changes.filter({ hasText: "3 points for each ¥1.00 spent" }).filter({ hasText: "1 point for each ¥1.00 spent" }).waitFor();
    await main(page).getByRole("radio", { name: "From a day" }).check();
    await save(page);
    await eventually(() => saidAt(field(page, "In force from")), "Choose a day");
    await field(page, "In force from").fill(ago(-30));
    await page.getByText("Until then the present programme holds.").waitFor();
    await save(page);
    await notice(page, "Programme saved");
    await page.getByText("Version 2").waitFor();
  });

  await t.test("the old version stays readable, comparable, and can be taken up again", async () => {
    const version = (name) => page.locator(".versions > li").filter({ hasText: name });
    await version("Version 1").getByText("in force").waitFor();
    await version("Version 2").locator("summary").first().click();
    await version("Version 2").getByText("Compared with the version before").waitFor();
    await version("Version 2").locator("ins").filter({ hasText: "3 points for each ¥1.00 spent" }).waitFor();
    await version("Version 1").locator("summary").first().click();
    await version("Version 1").getByText("points end 12 months after they were earned").waitFor();
    await version("Version 2").getByRole("button", { name: "Use as draft" }).click();
    await eventually(() => field(page, "points given").inputValue(), "3");
    assert.deepEqual(await axe(page), []);
    await picture(page, "program-versions");
  });

  await t.test("putting it in force is undone", async () => {
    await page.getByRole("button", { name: "Discard the draft" }).click();
    await field(page, "points given").fill("7");
    await save(page);
    await eventually(() => page.locator(".versions > li").count(), 3);
    await notice(page, "Programme saved", { undo: true });
    await eventually(() => page.locator(".versions > li").count(), 2);
    await eventually(() => field(page, "points given").inputValue(), "1");
  });
  await b.clean(page);
});

test("a long replay shows how far it is and can be stopped; nothing was changed", async () => {
  const b = await browser();
  const page = await b.open("?demo=cafe");
  await go(page, "#/points/program", "Points");
  await page.locator("#program-values-category option").first().waitFor({ state: "attached" });
  await page.evaluate(async () => {
    const named = (name) => [...document.querySelectorAll("main button")].find((it) => it.textContent.trim() === name);
    named("Run the draft").click();
    while (!named("Cancel")) await Promise.resolve();
    named("Cancel").click();
  });
  await page.getByText("Stopped; nothing was changed.").waitFor();
  await page.getByRole("button", { name: "Run the draft" }).click();
  await page.getByRole("heading", { name: "The draft issues as many points" }).waitFor();
  await page.getByRole("button", { name: "Compare member by member" }).click();
  const members = page.getByRole("table", { name: "Compare member by member" });
  await members.getByRole("link").first().waitFor();
  assert.equal(await members.getByRole("link").count(), 50);
  await page.getByRole("button", { name: "Show 50 more" }).click();
  await eventually(() => members.getByRole("link").count(), 100);
  await b.clean(page);
});

test("Chinese, on a phone in the dark: the same in the owner's words", async () => {
  const b = await browser({ locale: "zh-CN", colorScheme: "dark", viewport: { width: 390, height: 844 } });
  const page = await b.open();
  await go(page, "#/points/program", "积分");
  await card(page, "salon_tiers").getByText("消费 ¥109.00 得 10 分，可抵 ¥1.00").waitFor();
  assert.deepEqual(await axe(page), []);
  await picture(page, "program-first-run-zh-390");
  await card(page, "cafe_stamps").click();
  await rule(page, "每单得 1 分，订单满 ¥15.00，每人每天最多 2 分").waitFor();
  await field(page, "消费（¥）").fill("109");
  await example(page).getByText("消费 ¥109.00 得 1 分").waitFor();
  await field(page, "冻结天数").fill("很多");
  await eventually(() => saidAt(field(page, "冻结天数")), "现在是“很多”，应当是0 到 3,650 的整数");
  await field(page, "冻结天数").fill("３");
  await eventually(() => saidAt(field(page, "冻结天数")), "");
  assert.deepEqual(await axe(page), []);
  await picture(page, "program-form-zh-390");
  await page.getByRole("button", { name: "保存会员计划" }).click();
  await page.locator(".toast").filter({ hasText: "会员计划已保存" }).waitFor();
  await page.getByText("第 1 版").waitFor();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, `${wide} px wider than the screen`);
  await b.clean(page);
});
