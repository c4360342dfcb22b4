// The counter: three taps for the common case, points for money and rewards, taking back, undo for a minute; with a hand
// scanner, without a network, and never twice.

import assert from "node:assert/strict";
import { test } from "node:test";
import { axe, browser, partsHere } from "./harness.mjs";
import { eventually, go } from "./steps.mjs";
import { awake, balance, doIt, done, init, member, openMember, pane, press, receipt, saysDo, searchBox, setProgram, standing, toCounter, undo } from "./till.mjs";

const PHONE = { width: 390, height: 844 };

test("at the counter, on a phone", async (t) => {
  const b = await browser({ viewport: PHONE, init });
  await b.context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: b.server.origin });
  const page = await b.open();
  let fang = "";
  let na = "";

  await t.test("without a programme it says what to do first", async () => {
    await toCounter(page);
    await page.getByText("There is no loyalty programme yet").waitFor();
    await page.getByRole("link", { name: "Set up a programme" }).waitFor();
  });

  await t.test("a key, the palette and the bar at the foot lead there", async () => {
    await setProgram(page);
    fang = await member(page, "王芳", "13800001234", 1_000);
    na = await member(page, "李娜", "13900005678", 450);
    await go(page, "#/customers", "Customers");
    await page.keyboard.press("g");
    await page.keyboard.press("t");
    await searchBox(page).waitFor();
    await go(page, "#/customers", "Customers");
    await page.keyboard.press("Control+k");
    await page.keyboard.type("syt");
    await page.getByRole("option", { name: "Counter" }).first().waitFor();
    await page.keyboard.press("Enter");
    await searchBox(page).waitFor();
    await go(page, "#/customers", "Customers");
    await page.getByRole("navigation").getByRole("link", { name: "Counter" }).click();
    await searchBox(page).waitFor();
  });

  await t.test("three taps: find, amount, done", async () => {
    await searchBox(page).fill("1234");
    await page.locator(".till-found").getByRole("button", { name: /王芳.*138 0000 1234.*1,000 points/s }).click();
    await page.locator(".till-name").getByText("Silver").waitFor();
    await balance(page, "1,000");
    await page.getByText("worth ¥10.00").waitFor();
    await page.locator("[data-fact=visit]").getByText(/Last visit yesterday · 1 visit/).waitFor();
    await press(page, "35.50");
    await saysDo(page, "Give 35 points");
    await doIt(page).click();
    await done(page, "王芳 got 35 points");
    const lines = await receipt(page);
    assert.equal(lines.Bill, "¥35.50");
    assert.equal(lines["Points given"], "35 points");
    assert.equal(lines.Balance, "1,035 points (¥10.35)");
    assert.match(lines.Number, /^R-\d{6}-[0-9A-Z]{8}$/);
    await awake(page);
    assert.deepEqual(await axe(page), []);
    assert.equal((await standing(page, fang)).visits, 2);
  });

  await t.test("the receipt can be copied, and is alone on paper", async () => {
    await page.getByRole("button", { name: "Copy" }).click();
    await page.locator(".toast").getByText("Receipt copied").waitFor();
    const text = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(text, /王芳 got 35 points\n(.*\n)*Bill: ¥35\.50\n(.*\n)*Balance: 1,035 points/);
    await page.emulateMedia({ media: "print" });
    const seen = () => page.evaluate(() => [".paper dl", ".till-do", ".till-acts", ".till-done"].map((it) =>
      [it, getComputedStyle(document.querySelector(it)).visibility]));
    try {
      await eventually(seen, [[".paper dl", "visible"], [".till-do", "hidden"], [".till-acts", "hidden"], [".till-done", "hidden"]]);
    } finally {
      await page.emulateMedia({ media: "screen" });
    }
  });

  await t.test("undo for a minute, with the seconds in sight", async () => {
    const left = async () => Number((await page.getByRole("timer").innerText()).replace(/\D/g, ""));
    const first = await left();
    assert.ok(first > 40 && first <= 60, `${first} seconds`);
    await eventually(left, (now) => now < first);
    await undo(page).click();
    await done(page, "Undone. Nothing of it is left in the balance.");
    assert.equal((await standing(page, fang)).balance, 1_000);
    assert.equal((await standing(page, fang)).visits, 1);
    await page.getByRole("button", { name: "Next customer" }).click();
    await searchBox(page).waitFor();
  });

  await t.test("found by name, initials and the number of a receipt", async () => {
    for (const text of ["王芳", "wf", "wangf", "0000 1234"]) {
      await searchBox(page).fill(text);
      await page.locator(".till-found").getByRole("button", { name: "王芳" }).waitFor();
    }
    await searchBox(page).fill("nobody at all");
    await page.getByText("Nobody found for “nobody at all”").waitFor();
  });

  await t.test("a double tap books once, even where both taps come before the page can draw", async () => {
    await openMember(page, "1234", "王芳");
    await press(page, "20");
    await saysDo(page, "Give 20 points");
    await page.evaluate(() => {
      const button = document.querySelector(".till-do");
      button.click();
      button.click();
      button.click();
    });
    await done(page, "王芳 got 20 points");
    // The tap of a hasty hand that comes when the receipt is there already hits nothing either.
    await page.mouse.click(195, 690);
    await page.getByRole("button", { name: "Same member again" }).click();
    await balance(page, "1,020");
    await openMember(page, "1234", "王芳");
    await press(page, "30");
    await saysDo(page, "Give 30 points");
    await doIt(page).dblclick();
    await done(page, "王芳 got 30 points");
    assert.deepEqual((await standing(page, fang)).visits, 3);
    assert.equal((await standing(page, fang)).balance, 1_050);
  });

  await t.test("the receipt's number finds the purchase, and part of it is taken back", async () => {
    const { Number: number } = await receipt(page);
    await toCounter(page);
    await searchBox(page).fill(number);
    await page.locator(".till-found").getByRole("link", { name: number }).click();
    const row = page.locator(".till-row.current");
    await row.getByText("gave 30 points").waitFor();
    await row.getByRole("button", { name: "Only a part" }).click();
    const part = row.getByLabel("How much of ¥30.00");
    await part.fill("31");
    await row.getByText("An amount up to ¥30.00").waitFor();
    await part.fill("10.50");
    await row.getByRole("button", { name: "Take back", exact: true }).click();
    await done(page, "¥10.50 taken back from 王芳");
    const lines = await receipt(page);
    assert.equal(lines["Points taken back"], "11 points");
    assert.equal(lines.Balance, "1,039 points (¥10.39)");
    await page.getByRole("button", { name: "Same member again" }).click();
    await pane(page, "Take back");
    const rest = page.locator(".till-row").filter({ hasText: "¥19.50 left" });
    await rest.getByRole("button", { name: "Take back ¥19.50" }).click();
    await done(page, "¥19.50 taken back from 王芳");
    await page.getByRole("button", { name: "Same member again" }).click();
    await pane(page, "Take back");
    await page.locator(".till-row").filter({ hasText: "Taken back" }).first().waitFor();
    await balance(page, "1,020");
  });

  await t.test("points pay a part of the bill: how much at most, and why not more", async () => {
    await pane(page, "Purchase");
    const use = page.locator(".till-use-button");
    await eventually(() => use.innerText(), (text) => /1,000 points for ¥10\.00/.test(text));
    await press(page, "9");
    await eventually(() => use.innerText(), (text) => /400 points for ¥4\.00/.test(text));
    await use.click();
    await page.locator(".till-why").getByText("To pay ¥5.00 · Points pay at most 50% of a bill.").waitFor();
    // What points pay earns nothing.
    await saysDo(page, "Take ¥5.00, give 5 points");
    await page.getByRole("button", { name: "Fewer points" }).click();
    await saysDo(page, "Take ¥6.00, give 6 points");
    await page.getByRole("button", { name: "More points" }).click();
    await saysDo(page, "Take ¥5.00, give 5 points");
    await doIt(page).click();
    await done(page, "王芳 got 5 points");
    const lines = await receipt(page);
    assert.equal(lines["Points used"], "400 points (¥4.00)");
    assert.equal(lines.Paid, "¥5.00");
    assert.equal(lines.Balance, "625 points (¥6.25)");
  });

  await t.test("a bill too small for points says from when on they can be used", async () => {
    await openMember(page, "5678", "李娜");
    await press(page, "1");
    await page.locator(".till-why").getByText("Points pay at most 50% of a bill.").waitFor();
    assert.equal(await page.locator(".till-use-button").isDisabled(), true);
  });

  await t.test("rewards: with what is left of them, what is missing, and reversed", async () => {
    await pane(page, "Rewards");
    const mug = page.locator(".till-row").filter({ hasText: "Mug" });
    await mug.getByText("300 points · 3 left").waitFor();
    const lamp = page.locator(".till-row").filter({ hasText: "Lamp" });
    await lamp.getByText("5,000 points · 4,550 points more needed").waitFor();
    assert.equal(await lamp.getByRole("button").isDisabled(), true);
    await mug.getByRole("button", { name: "Redeem Mug" }).dblclick();
    await done(page, "李娜 got “Mug”");
    assert.equal((await receipt(page)).Balance, "150 points (¥1.50)");
    await page.getByRole("button", { name: "Same member again" }).click();
    await pane(page, "Rewards");
    await mug.getByText("300 points · 150 points more needed").waitFor();
    await pane(page, "Take back");
    await page.getByRole("button", { name: "Reverse" }).click();
    await done(page, "Reversed for 李娜");
    assert.equal((await standing(page, na)).balance, 450);
  });

  await t.test("a category makes its rule hold; the channel is remembered on this device", async () => {
    await openMember(page, "5678", "李娜");
    await press(page, "10");
    await saysDo(page, "Give 10 points");
    await page.getByText("Category, channel").click();
    await page.getByLabel("Category", { exact: true }).fill("coffee");
    await page.getByLabel("Channel", { exact: true }).fill("Stall");
    await saysDo(page, "Give 20 points");
    await doIt(page).click();
    await done(page, "李娜 got 20 points");
    const [order] = (await standing(page, na)).orders;
    assert.equal(order.order.channel, "Stall");
    assert.equal(order.order.lines[0].category, "coffee");
    await page.getByRole("button", { name: "Same member again" }).click();
    await page.getByText("Category, channel").click();
    assert.equal(await page.getByLabel("Channel", { exact: true }).inputValue(), "Stall");
    await page.getByLabel("Channel", { exact: true }).fill("");
  });

  await t.test("a hand scanner opens the member, wherever the focus is", async () => {
    await toCounter(page);
    await searchBox(page).focus();
    await page.keyboard.type(`shuke:member:${fang}`);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "王芳" }).waitFor();
    // The next customer's card while an amount stands there: it does not become an amount and books nothing.
    await press(page, "12");
    await page.getByRole("textbox", { name: "Amount" }).focus();
    await page.keyboard.type(`shuke:member:${na}`);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "李娜" }).waitFor();
    assert.equal((await standing(page, fang)).visits, 3);
    // A card of another shop.
    await toCounter(page);
    await searchBox(page).fill("shuke:member:0000100zzzzzz");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").getByText("This card belongs to nobody here.").waitFor();
  });

  await t.test("a keyboard types the amount and Enter books it", async () => {
    await openMember(page, "5678", "李娜");
    await page.getByRole("textbox", { name: "Amount" }).fill("");
    await page.keyboard.type("007.509x");
    assert.equal(await page.getByRole("textbox", { name: "Amount" }).inputValue(), "7.50");
    await saysDo(page, "Give 7 points");
    await page.keyboard.press("Enter");
    await done(page, "李娜 got 7 points");
  });

  await t.test("by keyboard: arrows go through what is found, Enter takes the first, and the amount has the focus", async () => {
    await toCounter(page);
    await searchBox(page).fill("0000");
    const rows = page.locator(".till-found .till-row");
    await rows.nth(1).waitFor();
    const first = await rows.first().locator("strong").innerText();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    assert.ok(await rows.nth(1).evaluate((it) => it === document.activeElement));
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    assert.ok(await searchBox(page).evaluate((it) => it === document.activeElement));
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: first }).waitFor();
    await eventually(() => page.getByRole("textbox", { name: "Amount" }).evaluate((it) => it === document.activeElement), true);
  });

  await t.test("a new member in seconds; a number that is known opens whose it is", async () => {
    await toCounter(page);
    await searchBox(page).fill("13800001234");
    await page.getByRole("button", { name: "New member" }).click();
    const form = page.getByRole("dialog", { name: "New member" });
    await form.getByText("王芳 has this number already.").waitFor();
    assert.equal(await form.getByLabel("Phone").inputValue(), "13800001234");
    await form.getByLabel("Phone").fill("137 1111 2222");
    await form.getByText("王芳 has this number already.").waitFor({ state: "detached" });
    await form.getByLabel("Name").fill("赵雷");
    await form.getByRole("button", { name: "Register" }).dblclick();
    await page.getByRole("heading", { level: 1, name: "赵雷" }).waitFor();
    await page.getByText("First visit").waitFor();
    await press(page, "8");
    await saysDo(page, "Give 8 points");
    await doIt(page).click();
    await done(page, "赵雷 got 8 points");
    await toCounter(page);
    await searchBox(page).fill("赵雷");
    await page.locator(".till-found .till-row").first().waitFor();
    assert.equal(await page.locator(".till-found .till-row").count(), 1, "one member, however often the button was pressed");
  });

  await t.test("who was served today stands below the search", async () => {
    await toCounter(page);
    await searchBox(page).fill("");
    const today = page.locator(".till-today");
    await today.getByRole("link", { name: /赵雷.*¥8\.00/s }).waitFor();
  });

  await t.test("a coupon takes its part off, before points are given", async () => {
    const main = page.getByRole("main");
    await go(page, "#/coupons/new", "New coupon");
    await main.getByRole("radio", { name: /^Amount / }).check();
    await main.getByLabel("Amount off ¥", { exact: true }).fill("5");
    await main.getByLabel(/^Name/).fill("Five off");
    await main.getByLabel("Code", { exact: true }).fill("FIVE");
    await main.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("heading", { level: 1, name: "Five off" }).waitFor();
    const before = await standing(page, na);
    await openMember(page, "5678", "李娜");
    await press(page, "30");
    await main.locator("summary", { hasText: "Coupons" }).click();
    const code = async (text) => {
      await main.getByLabel("Coupon code", { exact: true }).fill(text);
      await main.getByRole("button", { name: "Use", exact: true }).click();
    };
    await code("five");
    await eventually(() => main.locator(".coupon-sums .total dd").innerText(), "¥25.00");
    await eventually(async () => (await doIt(page).innerText()).trim(), (text) => text.includes("¥25.00") && text.includes("25 points"));
    assert.deepEqual(await axe(page), []);
    await doIt(page).click();
    const lines = await receipt(page);
    assert.equal(lines.Coupons, "−¥5.00");
    const after = await standing(page, na);
    assert.equal(after.balance, before.balance + 25);
    const { order } = after.orders[0];
    assert.deepEqual([order.gross, order.amount, order.coupon], [3000, 2500, "FIVE"]);
    await awake(page);
    await openMember(page, "5678", "李娜");
    await press(page, "30");
    await main.locator("summary", { hasText: "Coupons" }).click();
    await code("five");
    await main.locator(".coupon-check").getByText("One use per customer, and this customer has had it.").waitFor();
    await doIt(page).click({ force: true });
    assert.equal((await standing(page, na)).balance, before.balance + 25, "the customer's only use is gone, nothing is booked");
    await toCounter(page);
  });

  await t.test("no camera is said in words", async () => {
    await page.getByRole("button", { name: "Scan" }).click();
    await page.getByRole("dialog", { name: "Scan a member’s card" }).getByText(/no camera that the page can use/).waitFor();
    assert.deepEqual(await axe(page), []);
    await page.keyboard.press("Escape");
  });

  await t.test("without a network everything works", async () => {
    await partsHere(page);
    await b.context.setOffline(true);
    await openMember(page, "wf", "王芳");
    await press(page, "100");
    await saysDo(page, "Give 100 points");
    await doIt(page).click();
    await done(page, "王芳 got 100 points");
    await undo(page).click();
    await done(page, "Undone. Nothing of it is left in the balance.");
    await b.context.setOffline(false);
    assert.equal((await standing(page, fang)).balance, 625);
  });

  await t.test("each pane is accessible and no wider than the phone", async () => {
    await openMember(page, "wf", "王芳");
    for (const name of ["Purchase", "Rewards", "Take back"]) {
      await pane(page, name);
      assert.deepEqual(await axe(page), [], name);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), name);
    }
    const small = await page.locator(".key, .till-do, .till-row button, .segmented span").evaluateAll((all) =>
      all.map((it) => it.getBoundingClientRect()).filter((box) => box.height > 0 && (box.height < 40 || box.width < 40)).length);
    assert.equal(small, 0, "targets for a thumb");
  });

  await b.clean(page);
});

test("a minute later undo is over, and taking back is the way", async () => {
  const b = await browser({ viewport: PHONE, init });
  const page = await b.context.newPage();
  await page.clock.install();
  await page.goto(b.server.url);
  await page.locator("main h1").first().waitFor();
  await setProgram(page);
  const fang = await member(page, "王芳", "13800001234", 500);
  await openMember(page, "1234", "王芳");
  await press(page, "20");
  await saysDo(page, "Give 20 points");
  await doIt(page).click();
  await done(page, "王芳 got 20 points");
  await page.clock.fastForward(61_000);
  await page.getByText("A minute has passed; “Take back” still does it.").waitFor();
  assert.equal(await undo(page).count(), 0);
  await page.getByRole("button", { name: "Same member again" }).click();
  await pane(page, "Take back");
  await page.getByRole("button", { name: "Take back ¥20.00" }).click();
  await done(page, "¥20.00 taken back from 王芳");
  assert.equal((await standing(page, fang)).balance, 500);
});
