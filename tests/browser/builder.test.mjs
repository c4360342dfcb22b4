// The builder of rules: everything a person does to a rule with the mouse, the keys and a finger, in both languages; what
// it says beside the rule is what the lists say.

import assert from "node:assert/strict";
import { test } from "node:test";
import { axe, browser, picture } from "./harness.mjs";
import { eventually, expectTotal, go, notice, openCustomer, openTab, saidAt } from "./steps.mjs";

const WORDS = {
  en: {
    add: "Add a condition", group: "Add a group", search: "What to ask", save: "Save", name: "Name", text: "JSON", blocks: "Blocks",
    json: "Condition (JSON)", rows: "Conditions", title: "New segment", where: "Add a condition on them", whereWhat: "What to ask of an order",
  },
  zh: {
    add: "添加条件", group: "添加条件组", search: "看什么", save: "保存", name: "名称", text: "JSON", blocks: "条件块",
    json: "条件（JSON）", rows: "条件", title: "新建分群", where: "限定哪些", whereWhat: "限定什么",
  },
};

/** The builder on a page, with its words. */
function builder(page, words = WORDS.en) {
  const rows = page.getByRole("list", { name: words.rows, exact: true });
  const it = {
    words,
    rows,
    /** A row by the name of what it asks. */
    row: (what) => rows.locator("[data-kind=node], [data-kind=where]").filter({ has: page.locator(".brick-what, .brick-group").filter({ hasText: what }) }),
    /** The rule in words. */
    sentence: () => page.locator("[data-sentence]").innerText(),
    /** Waits for a count that satisfies `wanted`. */
    counted: (wanted) => eventually(async () => Number(await page.locator("[data-count]").first().getAttribute("data-count")), wanted),
    /** Opens the list of what can be asked. */
    choose: async (what, at = rows) => {
      await at.getByRole("button", { name: words.add, exact: true }).last().click();
      const field = page.getByRole("combobox", { name: words.search });
      await field.fill(what);
      await page.getByRole("option", { name: what, exact: true }).first().click();
    },
    /** The rule, as the text mode shows it. */
    rule: async () => {
      await page.getByRole("radio", { name: words.text }).check({ force: true });
      const field = page.getByLabel(words.json);
      const rule = JSON.parse(await field.inputValue());
      await page.getByRole("radio", { name: words.blocks }).check({ force: true });
      await rows.waitFor();
      return rule;
    },
    /** Writes a rule in the text mode. */
    write: async (rule) => {
      await page.getByRole("radio", { name: words.text }).check({ force: true });
      await page.getByLabel(words.json).fill(typeof rule === "string" ? rule : JSON.stringify(rule));
    },
    toBlocks: async () => {
      await page.getByRole("radio", { name: words.blocks }).check({ force: true });
      await rows.waitFor();
    },
  };
  return it;
}

/** Opens the builder with a rule, by its link. */
async function open(page, rule, words = WORDS.en) {
  // By way of the list, and until that is there: else the builder before might stay, with its draft.
  await go(page, "#/segments");
  await page.locator("main table.segments").first().waitFor();
  await go(page, rule ? `#/segments/new?rule=${encodeURIComponent(JSON.stringify(rule))}` : "#/segments/new", words.title);
  return builder(page, words);
}

/** The number of customers a rule's link lists. */
async function listed(page, rule) {
  // By way of another page, so that the list before is not taken for this one.
  await go(page, "#/data", "Data");
  await go(page, `#/customers?rule=${encodeURIComponent(JSON.stringify(rule))}`);
  const total = page.locator("main .list-total");
  return eventually(async () => Number((await total.innerText()).replace(/\D/g, "")), (n) => n > 0);
}

const attr = (attr, op, value) => ({ attr, op, value });
const women = attr("gender", "eq", "female");

test("the builder of a café, by mouse and finger", async (t) => {
  const b = await browser();
  const page = await b.open("?demo=cafe");

  await t.test("from nothing: values come from the data with counts, the count follows each edit, rows say what they do", async () => {
    const it = await open(page);
    await page.getByRole("heading", { name: "Start from something" }).waitFor();
    const all = await it.counted((n) => n >= 2000);
    await it.choose("Gender");
    const values = page.getByRole("combobox", { name: "Values of Gender" });
    await values.click();
    const female = page.getByRole("option", { name: /^Female/ });
    const offered = Number((await female.innerText()).replace(/\D/g, ""));
    await female.click();
    await it.counted(offered);
    await it.choose("Age");
    const age = it.row("Age");
    await age.getByLabel("How").selectOption({ label: "between" });
    await age.getByLabel("Age from").fill("25");
    await it.counted(offered);
    await age.getByText("Not filled in yet").waitFor();
    await age.getByLabel("Age to").fill("34");
    const both = await it.counted((n) => n > 0 && n < offered);
    // The funnel: left after each row, and how many each took away.
    const took = (row) => row.locator(".effect-number").innerText().then((text) => Number(text.replace(/[^\d−]/g, "").split("−")[1]));
    await eventually(() => took(it.row("Gender")), all - offered);
    await eventually(() => took(age), offered - both);
    // One row excludes the most.
    await eventually(() => page.locator(".effect-mark[data-tone=good]").count(), 1);
    await eventually(it.sentence, "women, aged 25 to 34");
    // Some of them are shown.
    await eventually(() => page.locator(".builder-side .side-people li").count(), (n) => n >= 3);
    assert.deepEqual(await axe(page), []);
    await picture(page, "builder");
    const rule = await it.rule();
    assert.deepEqual(rule, { all: [women, attr("age", "between", [25, 34])] });
    assert.equal(await listed(page, rule), both);
  });

  await t.test("orders with conditions on them, in a period", async () => {
    const it = await open(page);
    await it.choose("Orders");
    const orders = it.row("Orders");
    await orders.getByLabel("Length of the period").fill("6");
    await orders.getByLabel("Unit").selectOption({ label: "months" });
    await orders.getByLabel("Value of number of times").fill("2");
    await it.rows.getByRole("button", { name: it.words.where }).click();
    await page.getByRole("combobox", { name: it.words.whereWhat }).fill("categ");
    await page.keyboard.press("Enter");
    const values = page.getByRole("combobox", { name: "Values of Category" });
    await values.click();
    const first = page.locator(".combo-option:visible").first();
    const category = (await first.locator("span").first().innerText()).trim();
    await first.click();
    const rule = await it.rule();
    assert.deepEqual(rule, { all: [{ orders: {
      where: [attr("category", "eq", category)], within: { last: { n: 6, unit: "month" } }, measure: "count", op: "gte", value: 2,
    } }] });
    await eventually(it.sentence, `bought ${category} at least 2 times in the last 6 months`);
    const count = await it.counted((n) => n > 0);
    assert.equal(await listed(page, rule), count);
  });

  await t.test("groups, opposite, duplicate, removal, undo and redo", async () => {
    const it = await open(page, { all: [women, attr("spend", "gte", "300")] });
    const menu = async (what, act) => {
      await page.getByRole("button", { name: `Actions for “${what}”` }).first().click();
      await page.getByRole("menuitem", { name: act }).click();
    };
    await menu("Spend", "Put in a group");
    await menu("Spend", "Duplicate");
    await menu("any", "Turn into its opposite");
    const tag = attr("spend", "gte", "300");
    assert.deepEqual(await it.rule(), { all: [women, { not: { any: [tag, tag] } }] });
    await page.getByText("Said already above").waitFor();
    await menu("Gender", "Remove");
    assert.deepEqual(await it.rule(), { all: [{ not: { any: [tag, tag] } }] });
    const undo = page.locator(".builder-steps").getByRole("button", { name: "Undo" });
    await undo.click();
    assert.deepEqual(await it.rule(), { all: [women, { not: { any: [tag, tag] } }] });
    for (let i = 0; i < 3; i += 1) await undo.click();
    assert.deepEqual(await it.rule(), { all: [women, tag] });
    for (let i = 0; i < 3; i += 1) await page.locator(".builder-steps").getByRole("button", { name: "Redo" }).click();
    assert.deepEqual(await it.rule(), { all: [women, { not: { any: [tag, tag] } }] });
  });

  const three = { all: [women, attr("age", "gte", 20), { any: [attr("order_count", "gte", 3), attr("spend", "gte", "500")] }] };
  const centre = async (locator) => {
    const box = await locator.boundingBox();
    return { x: box.x + box.width / 2, y: box.y + box.height / 2, top: box.y };
  };

  await t.test("rows are dragged with the mouse, also into groups; Escape lets them be", async () => {
    const it = await open(page, three);
    const handle = (what) => it.row(what).locator(".brick-handle");
    const drag = async (what, onto, { end = "drop" } = {}) => {
      const from = await centre(handle(what));
      const to = await centre(it.row(onto));
      await page.mouse.move(from.x, from.y);
      await page.mouse.down();
      await page.mouse.move(from.x + 10, from.y + 10);
      await page.mouse.move(from.x + 10, to.top + 4, { steps: 4 });
      await it.rows.locator("[data-drop]").waitFor();
      if (end === "escape") await page.keyboard.press("Escape");
      await page.mouse.up();
    };
    await drag("Gender", "Spend", { end: "escape" });
    assert.deepEqual(await it.rule(), three);
    await drag("Gender", "Spend");
    assert.deepEqual(await it.rule(), { all: [three.all[1], { any: [three.all[2].any[0], women, three.all[2].any[1]] }] });
    await drag("Gender", "Age");
    assert.deepEqual(await it.rule(), three);
  });

  await t.test("and with a finger", async () => {
    const it = await open(page, three);
    const cdp = await b.context.newCDPSession(page);
    await cdp.send("Emulation.setTouchEmulationEnabled", { enabled: true });
    const from = await centre(it.row("Age").locator(".brick-handle"));
    const to = await centre(it.row("Gender"));
    const touch = (type, x, y) => cdp.send("Input.dispatchTouchEvent", { type, touchPoints: type === "touchEnd" ? [] : [{ x, y }] });
    await touch("touchStart", from.x, from.y);
    for (const share of [0.2, 0.5, 0.8, 1]) await touch("touchMove", from.x, from.y + (to.top + 4 - from.y) * share);
    await it.rows.locator("[data-drop]").waitFor();
    await touch("touchEnd");
    await cdp.send("Emulation.setTouchEmulationEnabled", { enabled: false });
    assert.deepEqual(await it.rule(), { all: [three.all[1], women, three.all[2]] });
  });

  await t.test("the sentence leads back to its blocks, from the text mode too", async () => {
    const it = await open(page, three);
    await page.getByRole("button", { name: "spent at least ¥500" }).click();
    const focused = () => page.evaluate(() => document.activeElement.getAttribute("aria-label"));
    await eventually(focused, "Value of Spend");
    await page.getByRole("radio", { name: "JSON" }).check({ force: true });
    await page.getByRole("button", { name: "aged 20 or over" }).click();
    await it.rows.waitFor();
    await eventually(focused, "Value of Age");
  });

  await t.test("text mode: what is wrong is said with its place; nothing is lost; what is right goes into the blocks", async () => {
    const it = await open(page, three);
    await it.write('{"all":[{"attr":"city","op":"eq","value":"杭州市"},{"attr":"age","op":"contains","value":3}]}');
    const field = page.getByLabel(it.words.json);
    await eventually(() => saidAt(field), (said) => said.startsWith('At all[1].op: found "contains", expected eq, ne,'));
    await page.getByRole("radio", { name: "Blocks" }).click({ force: true });
    await page.getByText("Put the JSON right first").waitFor();
    const deep = `${'{"not":'.repeat(32)}{"all":[]}${"}".repeat(32)}`;
    for (const [text, said] of [
      ["{", /^Found at byte 1: the end/],
      ['{"attr":"shoe","op":"eq","value":1}', /^At attr: found "shoe", expected name, email/],
      [deep, /depth 32 at most/],
      [JSON.stringify({ any: Array.from({ length: 1001 }, () => women) }), /1000 nodes at most/],
      ['{"attr":"age","op":"between","value":[9,1]}', /the lower number first/],
    ]) {
      await field.fill(text);
      await eventually(() => saidAt(field), (now) => said.test(now));
    }
    await page.getByRole("button", { name: "Back to the last that worked" }).click();
    assert.deepEqual(JSON.parse(await field.inputValue()), three);
    await field.fill(JSON.stringify({ any: [women] }));
    await it.toBlocks();
    await it.row("Gender").waitFor();
    await eventually(() => it.row("Age").count(), 0);
    await page.locator(".builder-steps").getByRole("button", { name: "Undo" }).click();
    await it.row("Age").waitFor();
  });

  await t.test("warnings: nobody, everybody, no effect; an unfinished condition is not saved", async () => {
    const it = await open(page, { all: [attr("age", "gt", 150), attr("order_count", "gte", 0)] });
    await it.row("Age").getByText("Holds for nobody").waitFor();
    await it.row("Orders").first().getByText("Holds for everybody").waitFor();
    await page.getByText("The conditions hold for nobody").waitFor();
    await it.counted(0);
    await it.row("Age").getByLabel("Value of Age").fill("lots");
    await it.row("Age").getByText("This is not a number").waitFor();
    await page.getByRole("textbox", { name: "Name", exact: true }).fill("Unfinished");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("status").getByText("1 condition is not finished").waitFor();
  });

  let saved = "";
  await t.test("saved, it has a page; changed, it is saved again; a reload loses nothing on the way", async () => {
    const it = await open(page, { all: [women, attr("order_count", "gte", 2)] });
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await eventually(() => saidAt(page.getByRole("textbox", { name: "Name", exact: true })), "Give the segment a name");
    await page.getByRole("textbox", { name: "Name", exact: true }).fill("Women who return");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await notice(page, "Segment “Women who return” saved");
    await page.getByRole("heading", { level: 1, name: "Women who return" }).waitFor();
    saved = new URL(page.url()).hash.split("/")[2].split("?")[0];
    await page.getByRole("heading", { name: "How it comes about" }).waitFor();
    await eventually(() => page.locator(".segment-funnel li").count(), 2);
    const members = Number((await page.locator(".stat-value").first().innerText()).replace(/\D/g, ""));
    await picture(page, "segment");
    assert.deepEqual(await axe(page), []);
    await page.getByRole("link", { name: "Members", exact: true }).click();
    await expectTotal(page, members);
    await go(page, `#/segments/${saved}?tab=rule`);
    await it.row("Gender").waitFor();
    await it.row("Orders").getByLabel("Value of Orders").fill("5");
    const fewer = await it.counted((n) => n > 0 && n < members);
    // In the address a moment later: a reload (or this link elsewhere) goes on where it was.
    await eventually(() => page.url(), (url) => url.includes("rule="));
    await go(page, "#/segments");
    await page.goBack();
    await it.counted(fewer);
    await page.getByText("Changed, not saved yet").waitFor();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await notice(page, "Segment “Women who return” saved");
    await eventually(() => page.url(), (url) => !url.includes("rule="));
    await go(page, `#/customers?segment=${saved}`);
    await expectTotal(page, fewer);
  });

  await t.test("a rule that names a segment says its name; when that is deleted, it says so and nothing is lost", async () => {
    const it = await open(page, { all: [{ not: { segment: saved } }, attr("order_count", "gte", 1)] });
    // Its name comes a moment after the conditions.
    await eventually(it.sentence, (said) => /^not in segment “Women who return”, bought/.test(said));
    await it.counted((n) => n > 0);
    await page.getByRole("textbox", { name: "Name", exact: true }).fill("All others");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("heading", { level: 1, name: "All others" }).waitFor();
    const others = new URL(page.url()).hash.split("/")[2].split("?")[0];
    // A circle is refused, with the way round it.
    await go(page, `#/segments/${saved}?tab=rule`);
    await it.choose("Segment");
    await page.getByLabel("Segment", { exact: true }).selectOption({ label: "All others" });
    await page.getByText("This cannot be counted").or(page.getByText("not saved", { exact: false })).first().waitFor();
    await page.locator(".builder-steps").getByRole("button", { name: "Undo" }).click();
    await go(page, "#/segments");
    await page.getByRole("button", { name: "Actions for “Women who return”" }).click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await go(page, `#/segments/${others}?tab=rule`);
    await page.getByText("This cannot be counted").waitFor();
    await page.getByRole("button", { name: "Show where" }).click();
    assert.deepEqual(await it.rule(), { all: [{ not: { segment: saved } }, attr("order_count", "gte", 1)] });
    await picture(page, "builder-fault");
    await go(page, "#/segments");
    await notice(page, "Segment “Women who return” deleted", { undo: true });
    await go(page, `#/segments/${others}`);
    await page.getByRole("heading", { name: "How it comes about" }).waitFor();
  });

  await t.test("ready segments by what they are about are a beginning; each counts what its rule counts", async () => {
    const it = await open(page);
    for (const heading of ["By place", "By person", "By taste and attitude", "By behaviour", "By how often they buy", "By value", "By product", "By loyalty", "By company"]) {
      await page.getByRole("heading", { name: heading, exact: true }).waitFor();
    }
    const start = page.getByRole("button", { name: /^Potentially loyal/ });
    const count = Number((await start.innerText()).replace(/\D/g, ""));
    await start.click();
    await it.counted(count);
    await eventually(() => page.getByRole("textbox", { name: "Name", exact: true }).inputValue(), "Potentially loyal");
    await page.locator(".builder-steps").getByRole("button", { name: "Undo" }).click();
    await page.getByRole("button", { name: "Bought a product …" }).click();
    await eventually(() => page.evaluate(() => document.activeElement.getAttribute("aria-label")), "Values of Product");
  });

  await t.test("why: each condition beside what the customer has, on the segment's page and on the record", async () => {
    await open(page, three);
    const best = page.locator(".builder-side .side-people a").first();
    const name = (await best.innerText()).trim();
    await go(page, `#/segments/${saved}?tab=why`);
    const who = page.getByRole("combobox", { name: "Choose a customer" });
    await who.fill(name);
    await page.locator(".combo-option:visible").first().click();
    const tree = page.locator(".explanation");
    await tree.waitFor();
    const verdict = await tree.locator(".explain-verdict").innerText();
    assert.match(verdict, / is (not )?in$/);
    const holds = await tree.locator(".explain-tree > li > ul > li").evaluateAll((all) => all.map((li) => li.dataset.holds));
    assert.equal(holds.length, 2);
    assert.equal(holds.every((it) => it === "yes"), !verdict.includes("not in"), "the verdict is that of the conditions");
    assert.match(await tree.innerText(), /has: \d+/);
    await picture(page, "why");
    assert.deepEqual(await axe(page), []);
    await openCustomer(page, name, "Segments");
    await page.getByRole("heading", { name: /^In \d+ segments?$/ }).waitFor();
    const one = page.locator("details.membership").first();
    await one.locator("summary").click();
    await one.locator(".explain-verdict[data-holds=yes]").waitFor();
    await one.locator(".explain-node.decides").first().waitFor();
  });

  await b.clean(page);
});

test("条件编辑器，只用键盘", async (t) => {
  const b = await browser({ locale: "zh-CN" });
  const page = await b.open("?demo=cafe");
  const it = await open(page, null, WORDS.zh);
  const press = (...keys) => keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());
  const focused = () => page.evaluate(() => document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent);

  await t.test("添加条件：搜索、选择、填写，焦点一直在下一处", async () => {
    await it.rows.getByRole("button", { name: "添加条件", exact: true }).focus();
    await press("Enter");
    await eventually(focused, "看什么");
    await page.keyboard.type("城市");
    await press("Enter");
    await eventually(focused, "城市的值");
    await page.keyboard.type("杭");
    await page.getByRole("option", { name: /杭州市/ }).waitFor();
    await press("Enter");
    await page.locator(".value-set .chip").waitFor();
    await eventually(it.sentence, "在杭州市");
    const city = await it.counted((n) => n > 0);
    // 再加一个：年龄。
    await it.rows.getByRole("button", { name: "添加条件", exact: true }).focus();
    await press("Enter");
    await eventually(focused, "看什么");
    await page.keyboard.type("年龄");
    await press("Enter");
    await eventually(focused, "年龄的值");
    await page.keyboard.type("30");
    await it.counted((n) => n > 0 && n < city);
    await eventually(it.sentence, "在杭州市，30 岁及以上");
    assert.deepEqual(await axe(page), []);
    await picture(page, "builder-zh");
  });

  await t.test("手柄上的按键：移动、复制、取反、成组、删除；Ctrl Z 撤销", async () => {
    const handle = (what) => page.getByRole("button", { name: `移动“${what}”` }).first();
    await handle("年龄").focus();
    await press("Alt+ArrowUp");
    const city = attr("city", "eq", "杭州市");
    const age = attr("age", "gte", 30);
    assert.deepEqual(await it.rule(), { all: [age, city] });
    await handle("年龄").focus();
    await press("d");
    // Both handles have the same name: the copy is the second of the rows, and has the focus.
    const focusedAge = () => it.row("年龄").evaluateAll((rows) => rows.findIndex((row) => row.contains(document.activeElement)));
    await eventually(focusedAge, 1);
    await press("n", "g");
    assert.deepEqual(await it.rule(), { all: [age, { any: [{ not: age }] }, city] });
    // However quickly one types: the next key comes as the next task, without a frame between.
    await page.locator(".brick-handle").nth(2).focus();
    const quick = await page.evaluate(async () => {
      const next = () => new Promise((done) => { const { port1, port2 } = new MessageChannel(); port1.onmessage = done; port2.postMessage(0); });
      const seen = [];
      for (const key of ["d", "n", "Delete"]) {
        document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
        await next();
        const all = [...document.querySelectorAll(".brick-handle")];
        seen.push([all.length, all.indexOf(document.activeElement)]);
      }
      return seen;
    });
    // All, age, the group with its age, city: the group is copied with what is in it, and the copy removed again.
    assert.deepEqual(quick, [[7, 4], [7, 4], [5, 4]]);
    assert.deepEqual(await it.rule(), { all: [age, { any: [{ not: age }] }, city] });
    await handle("城市").focus();
    await press("Alt+ArrowUp");
    assert.deepEqual(await it.rule(), { all: [age, city, { any: [{ not: age }] }] });
    await handle("城市").focus();
    await press("Alt+ArrowRight");
    assert.deepEqual(await it.rule(), { all: [age, { any: [city, { not: age }] }] });
    await handle("年龄").focus();
    await press("Delete");
    assert.deepEqual(await it.rule(), { all: [{ any: [city, { not: age }] }] });
    await it.row("年龄").getByLabel("年龄的值").focus();
    await press("Control+z");
    assert.deepEqual(await it.rule(), { all: [age, { any: [city, { not: age }] }] });
    await it.row("城市").locator(".brick-handle").focus();
    // Undo moves the row that has the focus, and the focus goes with it.
    for (const key of ["Control+z", "Control+z", "Control+Shift+z"]) {
      await press(key);
      await eventually(focused, "移动“城市”");
    }
    assert.deepEqual(await it.rule(), { all: [age, city, { any: [{ not: age }] }] });
    await page.getByText("已重做").waitFor();
  });

  await t.test("输入即一步：撤销整次输入，不是一个字母", async () => {
    const field = it.row("年龄").first().getByLabel("年龄的值");
    await field.fill("");
    await field.focus();
    await page.keyboard.type("456");
    await press("Control+z");
    await eventually(() => field.inputValue(), "30");
  });

  await t.test("JSON 的错误说中文", async () => {
    await it.write('{"attr":"age","op":"gte","value":"x"}');
    await eventually(() => saidAt(page.getByLabel("条件（JSON）")), "位置 value：现在是 \"x\"，应当是：数字，例如 19.99");
    await page.getByRole("button", { name: "回到上次正确的内容" }).click();
    await it.toBlocks();
  });

  await t.test("保存，再用一句话回到条件", async () => {
    await page.getByRole("textbox", { name: "名称", exact: true }).fill("杭州的");
    await page.getByRole("button", { name: "保存", exact: true }).click();
    await notice(page, "杭州的");
    await page.getByRole("heading", { level: 1, name: "杭州的" }).waitFor();
    await page.getByRole("navigation", { name: "这个分群的各部分" }).getByRole("link", { name: "条件", exact: true }).click();
    await page.getByRole("button", { name: "在杭州市" }).click();
    await eventually(focused, "城市的值");
  });

  await b.clean(page);
});

test("on a phone", async () => {
  const b = await browser({ viewport: { width: 390, height: 844 }, colorScheme: "dark" });
  const page = await b.open("?demo=cafe");
  const it = await open(page, { all: [women, { any: [attr("city", "in", ["杭州市", "上海市"]), { orders: { within: { last: { n: 90, unit: "day" } }, measure: "sum", op: "gte", value: "500" } }] }] });
  await it.row("City").waitFor();
  await it.counted((n) => n > 0);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, `the page is ${wide} px too wide`);
  assert.deepEqual(await axe(page), []);
  await picture(page, "builder-phone");
  const small = await it.rows.getByRole("button").evaluateAll((all) => all
    .filter((button) => button.offsetParent && !button.closest(".chip"))
    .map((button) => [button.getAttribute("aria-label") ?? button.textContent, button.getBoundingClientRect().height])
    .filter(([, height]) => height < 39.5));
  assert.deepEqual(small, [], "targets of 40 px");
  await b.clean(page);
});
