// Mistakes at two tills: each is impossible, or said in words and undoable. Two tabs of one browser are two tills.

import assert from "node:assert/strict";
import { test } from "node:test";
import { browser } from "./harness.mjs";
import { eventually, notice, openCustomer } from "./steps.mjs";
import { PROGRAM, balance, command, doIt, done, init, member, openMember, pane, press, receipt, saysDo, setProgram, standing, undo } from "./till.mjs";

const said = (page, text) => page.getByRole("alert").getByText(text).waitFor();

test("two tills", async (t) => {
  const b = await browser({ init });
  const one = await b.open();
  const two = await b.open();
  await setProgram(one);
  const fang = await member(one, "王芳", "13800001234", 300);
  const na = await member(one, "李娜", "13900005678", 1_000);

  await t.test("two tills redeem the same points at the same moment: exactly one wins", async () => {
    for (const till of [one, two]) {
      await openMember(till, "1234", "王芳");
      await press(till, "6");
      await till.locator(".till-use-button").click();
      await saysDo(till, "Take ¥3.00, give 3 points");
    }
    // Neither hears of the other before it has pressed.
    await Promise.all([one, two].map((till) => till.evaluate(() => { globalThis.__deaf = true; })));
    await Promise.all([one, two].map((till) => doIt(till).click()));
    const outcome = (till) => Promise.race([
      till.locator(".till-done").waitFor().then(() => "won"),
      said(till, "Not done: 王芳 has only 3 points now. Somebody used points a moment ago.").then(() => "lost"),
    ]);
    const outcomes = await Promise.all([one, two].map(outcome));
    assert.deepEqual(outcomes.toSorted(), ["lost", "won"]);
    const now = await standing(one, fang);
    assert.equal(now.balance, 3);
    assert.equal(now.visits, 2, "the purchase that was refused is not there either");
    await Promise.all([one, two].map((till) => till.evaluate(() => { globalThis.__deaf = false; })));
  });

  await t.test("more than the balance cannot be asked for, nor done", async () => {
    await openMember(one, "1234", "王芳");
    await press(one, "50");
    await eventually(() => one.locator(".till-use-button").isDisabled(), true);
    await one.locator(".till-why").getByText("Points can be used from 100 points on.").waitFor();
    // On the record it can be typed, and is refused with what there is.
    await openCustomer(two, "李娜", "Points");
    await two.getByRole("button", { name: "Redeem", exact: true }).click();
    const dialog = two.locator("dialog[open]");
    await dialog.getByLabel("Points to redeem").fill("1100");
    await dialog.getByRole("button", { name: "Redeem", exact: true }).click();
    await dialog.getByRole("alert").filter({ hasText: /only 1,?000 points/ }).waitFor();
    await dialog.getByRole("button", { name: "Cancel" }).click();
    assert.equal((await standing(one, na)).balance, 1_000);
  });

  await t.test("a purchase that the other till has taken back already", async () => {
    await openMember(one, "5678", "李娜");
    await press(one, "40");
    await saysDo(one, "Give 40 points");
    await doIt(one).click();
    await done(one, "李娜 got 40 points");
    for (const till of [one, two]) {
      await openMember(till, "5678", "李娜");
      await pane(till, "Take back");
      await till.getByRole("button", { name: "Take back ¥40.00" }).waitFor();
    }
    // The second till does not hear that the first was faster.
    await two.evaluate(() => { globalThis.__deaf = true; });
    await one.getByRole("button", { name: "Take back ¥40.00" }).click();
    await done(one, "¥40.00 taken back from 李娜");
    await two.getByRole("button", { name: "Take back ¥40.00" }).click();
    await said(two, "Not done: this purchase was taken back already.");
    assert.equal((await standing(two, na)).balance, 1_000);
    await two.evaluate(() => { globalThis.__deaf = false; });
  });

  await t.test("the last of a reward goes once", async () => {
    const last = { ...PROGRAM, rewards: [{ id: "mug", name: "Mug", points: 300, stock: 1 }] };
    await setProgram(one, last);
    const lei = await member(one, "赵雷", "13711112222", 400);
    await openMember(one, "5678", "李娜");
    await openMember(two, "2222", "赵雷");
    for (const till of [one, two]) {
      await pane(till, "Rewards");
      await till.getByText("300 points · 1 left").waitFor();
    }
    await Promise.all([one, two].map((till) => till.evaluate(() => { globalThis.__deaf = true; })));
    await Promise.all([one, two].map((till) => till.getByRole("button", { name: "Redeem Mug" }).click()));
    const outcomes = await Promise.all([one, two].map((till) => Promise.race([
      till.locator(".till-done").waitFor().then(() => "won"),
      said(till, "Not done: none of this reward are left.").then(() => "lost"),
    ])));
    assert.deepEqual(outcomes.toSorted(), ["lost", "won"]);
    const sum = (await standing(one, na)).balance + (await standing(one, lei)).balance;
    assert.equal(sum, 1_000 + 400 - 300);
    await Promise.all([one, two].map((till) => till.evaluate(() => { globalThis.__deaf = false; })));
  });

  await t.test("a programme that changes while a bill is open: what was promised does not quietly become something else", async () => {
    const double = (points) => ({ ...PROGRAM, earn: [{ id: "base", on: "purchase", points, per: "1.00" }] });
    await openMember(one, "1234", "王芳");
    await press(one, "50");
    await saysDo(one, "Give 50 points");
    // A version counts for all of its first day, so it is the purchases that tell, not the balance.
    const before = (await standing(one, fang)).visits;
    // Till one does not hear of the change; the worker sees that its promise is of the old version.
    await one.evaluate(() => { globalThis.__deaf = true; });
    await setProgram(two, double(2));
    await doIt(one).click();
    await said(one, "The loyalty programme was changed a moment ago. Look at the new numbers, then press again.");
    assert.equal((await standing(one, fang)).visits, before);
    await one.evaluate(() => { globalThis.__deaf = false; });
    // Where it hears of it, it says so and shows the new number before anything is pressed.
    await setProgram(two, double(3));
    await saysDo(one, "Give 150 points");
    await said(one, "The loyalty programme was changed a moment ago. Look at the new numbers, then press again.");
    await doIt(one).click();
    await done(one, "王芳 got 150 points");
    assert.equal((await standing(one, fang)).visits, before + 1);
  });

  await t.test("booked for the wrong member: moved whole, with the points that paid, and back again", async () => {
    const wrong = (await standing(one, na)).balance;
    const right = (await standing(one, fang)).balance;
    await openMember(one, "5678", "李娜");
    await press(one, "20");
    await one.locator(".till-use-button").click();
    await eventually(() => doIt(one).innerText(), (text) => /^Take /.test(text.trim()));
    for (let used = 10, now = ""; used > 1 && !/Take ¥19\.00/.test(now); used -= 1) {
      const was = await doIt(one).innerText();
      await one.getByRole("button", { name: "Fewer points" }).click();
      now = await eventually(() => doIt(one).innerText(), (text) => text !== was);
    }
    await saysDo(one, "Take ¥19.00, give 57 points");
    await doIt(one).click();
    await done(one, "李娜 got 57 points");
    assert.equal((await standing(one, na)).balance, wrong - 100 + 57);
    await one.getByRole("button", { name: "Wrong member?" }).click();
    const dialog = one.getByRole("dialog", { name: "Whose purchase is it?" });
    await dialog.getByRole("searchbox").fill("2222");
    await dialog.getByRole("button", { name: "赵雷" }).waitFor();
    await dialog.getByRole("searchbox").fill("wf");
    await dialog.getByRole("button", { name: "王芳" }).click();
    await done(one, "Now booked for 王芳");
    assert.equal((await receipt(one))["Moved from"], "李娜");
    assert.equal((await standing(one, na)).balance, wrong);
    assert.equal((await standing(one, fang)).balance, right - 100 + 57);
    await undo(one).click();
    await done(one, "Undone. Nothing of it is left in the balance.");
    assert.equal((await standing(one, na)).balance, wrong - 100 + 57);
    assert.equal((await standing(one, fang)).balance, right);
  });

  await t.test("somebody who has not got the points cannot be the one who paid with them", async () => {
    await member(one, "Poor", "13612121212", 0);
    await openMember(one, "5678", "李娜");
    await pane(one, "Purchase");
    await press(one, "30");
    await one.locator(".till-use-button").click();
    await eventually(() => doIt(one).innerText(), (text) => /^Take /.test(text.trim()));
    await doIt(one).click();
    await one.locator(".till-done").waitFor();
    const before = (await standing(one, na)).balance;
    await one.getByRole("button", { name: "Wrong member?" }).click();
    const dialog = one.getByRole("dialog", { name: "Whose purchase is it?" });
    await dialog.getByRole("searchbox").fill("1212");
    await dialog.getByRole("button", { name: "Poor" }).click();
    await dialog.getByText(/Not done: Poor has only 0 points now.*paid for this purchase/).waitFor();
    assert.equal((await standing(one, na)).balance, before);
    await one.keyboard.press("Escape");
  });

  await t.test("points that went to the wrong member by hand are moved to the right one, and that is undone", async () => {
    const from = (await standing(one, na)).balance;
    const to = (await standing(one, fang)).balance;
    await openCustomer(one, "李娜", "Points");
    await one.getByRole("button", { name: "More", exact: true }).last().click();
    await one.getByRole("menuitem", { name: "Move points to another member" }).or(one.getByRole("button", { name: "Move points to another member" })).first().click();
    const dialog = one.locator("dialog[open]");
    await dialog.getByRole("searchbox").fill("1234");
    await dialog.getByRole("button", { name: "王芳" }).click();
    await dialog.getByLabel("How many").fill("50");
    await dialog.getByRole("button", { name: "Move points to another member" }).click();
    await notice(one, "50 points moved to 王芳", { undo: true });
    await eventually(async () => (await standing(one, na)).balance, from);
    assert.equal((await standing(one, fang)).balance, to);
  });

  await t.test("a member who was deleted at the other till", async () => {
    await openMember(one, "1212", "Poor");
    await press(one, "10");
    const { counter } = await (await import("./till.mjs")).ask(two, { query: { counter: { find: { search: "1212", limit: 1 } } } });
    await command(two, { remove_customers: { ids: [counter.found.members[0].customer] } });
    await one.getByText(/This member’s record is gone/).waitFor();
    await one.getByRole("main").getByRole("link", { name: "Back to the search" }).last().click();
  });

  await openMember(one, "1234", "王芳");
  await balance(one, (await standing(one, fang)).balance.toLocaleString("en"));
  await b.clean(one);
  await b.clean(two);
});
