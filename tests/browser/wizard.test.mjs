// The import as a person meets it: what is tidied, what changes from what to what, what is known already, what is
// remembered, rows that come back mended, what an undo leaves alone; with the mouse and with the keyboard, in both languages.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { axe, browser, picture } from "./harness.mjs";
import { choose, csv, customerCount, eventually, expectTotal, go, goThrough, importMade, made, notice, openCustomer } from "./steps.mjs";

/** The import page with nothing at hand. */
async function fresh(page) {
  await go(page, "#/", undefined);
  await go(page, "#/data", "Data");
  const pick = page.getByRole("button", { name: "Choose files" });
  const another = page.getByRole("button", { name: /^(Import another file|Another file|Import orders next)$/ }).first();
  await pick.or(another).first().waitFor();
  if (!(await pick.isVisible())) await another.click();
  await pick.waitFor();
}

async function outlook(page, ...files) {
  await fresh(page);
  await choose(page, files);
  return goThrough(page, { untilStart: true });
}

const number = (page, what, action) =>
  page.locator(".import-tally").filter({ has: page.getByRole("heading", { name: what }) }).locator(`[data-action=${action}] dd`).first();
const saved = async (page, button) => {
  const [download] = await Promise.all([page.waitForEvent("download"), button.click()]);
  return (await readFile(await download.path(), "utf8")).replace(/^\uFEFF/, "").replace(/\r/g, "");
};

test("what will happen is shown before it happens", async (t) => {
  const b = await browser();
  const page = await b.open();

  await t.test("every change of cleaning can be seen, with what was written and what is kept", async () => {
    await outlook(page, made("tidy.csv", csv([
      ["姓名", "手机", "性别", "生日", "Email", "备注"],
      ["王小明", "138 0000 0001", "男", "1990/5/14", "A@Example.COM", "N/A"],
      ["李娜", "+8613800000002", "女", "1991-06-15", "b@example.com", "喜欢茶"],
    ])));
    const tidied = page.locator(".import-cleaned");
    await tidied.getByRole("heading", { name: "What was tidied" }).waitFor();
    const lines = await tidied.locator(":scope > ul > li").allInnerTexts();
    const line = (column) => lines.find((text) => text.includes(column)) ?? assert.fail(`${column} in ${lines}`);
    assert.match(line("手机"), /phone[\s\S]*1 row[\s\S]*138 0000 0001[\s\S]*\+8613800000001/);
    assert.match(line("生日"), /1990\/5\/14[\s\S]*1990-05-14/);
    assert.match(line("Email"), /A@Example\.COM[\s\S]*a@example\.com/);
    assert.match(line("性别"), /男[\s\S]*Male/);
    assert.deepEqual(await axe(page), []);
    await picture(page, "import-tidied");
    await goThrough(page);
  });

  await t.test("prices, quantities and amounts of order lines are among them, and words for nothing", async () => {
    await outlook(page, made("lines.csv", csv([
      ["订单号", "下单时间", "实付金额", "手机", "商品名称", "数量", "单价", "备注"],
      ["T1", "2026-05-01 09:00:00", "￥1,052.00", "19900044444", "茶", "2件", "￥526.00", "——"],
    ])));
    const lines = await page.locator(".import-cleaned li > p").allInnerTexts();
    const both = page.locator(".import-cleaned");
    for (const column of ["实付金额", "数量", "单价", "手机"]) assert.ok(lines.some((text) => text.includes(column)), `${column} in ${lines}`);
    assert.match(await both.innerText(), /￥526\.00[\s\S]*526\.00/);
    assert.match(await both.innerText(), /2件\s*2/);
    await page.getByRole("button", { name: "Import another file" }).click();
  });

  await t.test("updates are shown field by field, old and new; numbers filter the rows", async () => {
    const rows = Array.from({ length: 30 }, (_, n) => [`B${n}`, `Batch ${n}`, "Lyon"]);
    await importMade(page, made("batch.csv", csv([["Customer number", "Name", "City"], ...rows])));
    const changed = rows.map(([id, name], n) => [id, name, n < 15 ? "Oslo" : "Lyon"]);
    await outlook(page, made("batch2.csv", csv([["Customer number", "Name", "City"], ...changed, ["", "", "Rome"], ["B99", "New Person", "Rome"]])));
    const rowsShown = page.locator(".import-samples li");
    const kinds = () => rowsShown.evaluateAll((all) => [...new Set(all.map((it) => it.dataset.action))].sort());
    assert.deepEqual(await kinds(), ["create", "skip", "unchanged", "update"]);
    await number(page, "Customers", "update").getByRole("button", { name: "15" }).click();
    assert.deepEqual(await kinds(), ["update"]);
    assert.equal(await rowsShown.count(), 10);
    assert.match(await rowsShown.first().innerText(), /Changed\s*Batch 0[\s\S]*City\s*Lyon\s*Oslo/);
    await page.locator(".import-samples").getByRole("button", { name: "Show more" }).click();
    await eventually(() => rowsShown.count(), 15);
    await page.locator(".import-samples").getByRole("radio", { name: "Left out 1" }).check();
    assert.match(await rowsShown.first().innerText(), /Row 32[\s\S]*No name, phone, e-mail or id/);
    assert.deepEqual(await axe(page), []);
  });

  await t.test("every change can be saved as a table, before anything is changed", async () => {
    const text = await saved(page, page.getByRole("button", { name: "Save every change as CSV" }));
    assert.ok(text.includes("\n2,customer,update,Batch 0,city,Lyon,Oslo\n"), text.slice(0, 400));
    assert.equal(text.split("\n").filter((line) => line.includes(",update,")).length, 15);
    assert.match(text, /\n33,customer,create,New Person,name,,New Person\n/);
    await goThrough(page);
    assert.equal(await customerCount(page), 33);
  });

  await t.test("known records: left alone, overwritten with empty cells, or kept beside, as one chooses", async () => {
    const file = made("batch3.csv", csv([["Customer number", "Name", "City"], ["B1", "Batch One", ""]]));
    await outlook(page, file);
    assert.equal(await number(page, "Customers", "update").innerText(), "1");
    const rules = page.locator(".import-rules");
    const pick = async (label) => {
      if (!(await page.getByLabel("Known customers and orders").isVisible())) await rules.getByText(/^What is known already/).click();
      await page.getByLabel("Known customers and orders").selectOption({ label });
      await page.getByRole("heading", { name: "What will happen" }).waitFor();
    };
    await pick("Leave as they are");
    await eventually(() => number(page, "Customers", "unchanged").innerText(), "1");
    await pick("Keep both");
    await eventually(() => number(page, "Customers", "create").innerText(), "1");
    await pick("Overwrite, empty cells too");
    await eventually(() => number(page, "Customers", "update").innerText(), "1");
    assert.match(await page.locator(".import-samples").innerText(), /City\s*Oslo\s*\(empty\)/);
    await picture(page, "import-overwrite");
    await goThrough(page);
    await openCustomer(page, "Batch One");
    assert.equal(await page.locator("main article").getByText("Oslo").count(), 0);
    // The same file twice: nothing, and nothing is asked.
    await fresh(page);
    await choose(page, [file]);
    await page.getByText("Everything in this file is here already; importing changes nothing.").waitFor();
  });

  await t.test("what happens may depend on what they are known by: number, e-mail, phone, name", async () => {
    await importMade(page, made("keys.csv", csv([["Customer number", "Name", "Email", "Phone", "City"],
      ["KEY1", "Key Anna", "", "", "Lyon"], ["", "Key Ben", "key.ben@example.com", "", "Lyon"], ["", "Key Cleo", "", "+8619900033333", "Lyon"]])));
    await outlook(page, made("keys2.csv", csv([["Customer number", "Name", "Email", "Phone", "City", "Occupation"],
      ["KEY1", "Key Anna", "", "", "Oslo", ""], ["", "Key Ben", "key.ben@example.com", "", "Oslo", ""], ["", "Key Cleo", "", "+8619900033333", "Oslo", ""]])));
    assert.equal(await number(page, "Customers", "update").innerText(), "3");
    const known = page.locator(".import-links");
    assert.match(await known.innerText(), /How known customers were recognised\s*1 by number\s*1 by e-mail\s*1 by phone/);
    await page.locator(".import-rules").getByText(/^What is known already/).click();
    const choose = async (key, label) => {
      await page.getByLabel(`Customers recognised by ${key}`).selectOption({ label });
      await page.getByRole("heading", { name: "What will happen" }).waitFor();
    };
    await choose("e-mail", "Leave as they are");
    await eventually(() => number(page, "Customers", "update").innerText(), "2");
    // The choices stay open while a change is rehearsed, and say in short what was chosen.
    await choose("phone", "Keep both");
    await eventually(() => number(page, "Customers", "create").innerText(), "1");
    await page.getByText("What is known already: Update from the file · by e-mail: Leave as they are · by phone: Keep both").waitFor();
    const row = (name) => page.locator(".import-samples li").filter({ hasText: name });
    assert.match(await row("Key Anna").innerText(), /Changed\s*Key Anna\s*recognised by number/);
    assert.match(await row("Key Ben").innerText(), /Unchanged\s*Key Ben\s*recognised by e-mail/);
    assert.match(await row("Key Cleo").innerText(), /New\s*Key Cleo\s*recognised by phone/);
    assert.deepEqual(await axe(page), []);
    await picture(page, "import-by-key");
    await goThrough(page);
    const cities = async (name) => {
      await go(page, `#/customers?q=${encodeURIComponent(name)}`);
      await expectTotal(page, name === "Key Cleo" ? 2 : 1);
      await page.getByRole("grid", { name: "List of customers" }).getByRole("link", { name, exact: true }).first().click();
      await page.locator("main article").getByRole("heading", { level: 1, name }).waitFor();
      return page.locator("main article").innerText();
    };
    assert.match(await cities("Key Anna"), /Oslo/);
    assert.match(await cities("Key Ben"), /Lyon/);
    await cities("Key Cleo");
  });

  await t.test("by what people are recognised can be chosen", async () => {
    await outlook(page, made("names.csv", csv([["Name", "Province"], ["Batch 7", "Viken"]])));
    assert.equal(await number(page, "Customers", "create").innerText(), "1");
    await page.locator(".import-rules").getByText(/^What is known already/).click();
    await page.getByRole("checkbox", { name: /^name alone/ }).check();
    await eventually(() => number(page, "Customers", "update").innerText(), "1");
    await page.getByText("The customer was recognised by the name alone").first().waitFor();
    await goThrough(page);
  });
  await b.clean(page);
});

test("what a person said once is not asked again", async (t) => {
  const b = await browser();
  const page = await b.open();

  await t.test("a layout that was put right by hand is read alike the next time, and can be forgotten", async () => {
    await fresh(page);
    await choose(page, [made("odd.csv", csv([["c1", "c2"], ["Odd One", "Lyon"]]))]);
    const goes = page.getByRole("combobox", { name: "Goes to c1" });
    await goes.focus();
    await goes.selectOption({ label: "Name" });
    await goThrough(page);
    await fresh(page);
    await choose(page, [made("odd2.csv", csv([["c2", "c1"], ["Oslo", "Odd Two"]]))]);
    await page.getByRole("heading", { name: "What will happen" }).waitFor();
    await page.getByText(/^Read as “odd\.csv” on /).waitFor();
    await goThrough(page);
    await openCustomer(page, "Odd Two");
    await fresh(page);
    const known = page.locator(".import-mappings");
    await known.getByText("1 remembered layout").click();
    await known.getByRole("button", { name: "Forget “odd2.csv”" }).click();
    await eventually(() => known.count(), 0);
    await choose(page, [made("odd3.csv", csv([["c1", "c2"], ["Odd Three", "Lyon"]]))]);
    await page.getByText("A name, phone, e-mail or customer number is needed to know who is who.").waitFor();
  });

  await t.test("dates that can be read either way are asked once, for all files, and never again", async () => {
    await fresh(page);
    const people = (name, at) => made(name, csv([["Name", "Phone", "Birthday"], [`${name} Anna`, `1990004000${at}`, "03/04/1990"]]));
    await choose(page, [people("one.csv", 1), made("two.csv", csv([["Name", "Phone", "Birthday", "City"], ["Two Anna", "19900040009", "05/06/1991", "Lyon"]]))]);
    await page.getByText("Some dates can be read either way. Please say which.").waitFor();
    assert.equal(await page.getByText("Some dates can be read either way. Please say which.").count(), 1);
    await page.getByRole("radio", { name: "day first: 03/04 is 3 April" }).check();
    await goThrough(page);
    for (const [name, day] of [["one.csv Anna", /3 Apr(il)? 1990/], ["Two Anna", /5 June? 1991/]]) {
      await openCustomer(page, name);
      await page.locator("main article").getByText(day).first().waitFor();
    }
    await fresh(page);
    await choose(page, [people("three.csv", 3)]);
    await page.getByRole("heading", { name: "What will happen" }).waitFor();
    assert.equal(await page.getByText("Some dates can be read either way").count(), 0);
    await goThrough(page);
    await openCustomer(page, "three.csv Anna");
    await page.locator("main article").getByText(/3 Apr(il)? 1990/).first().waitFor();
  });

  await t.test("rows left out are saved with their reason, mended and dropped in again", async () => {
    await outlook(page, made("mixed.csv", csv([["Name", "Phone", "District"], ["Good One", "19900050001", "North"], ["", "", "South"]])));
    const before = await customerCount(page);
    await go(page, "#/data", "Data");
    await page.getByRole("heading", { name: "What will happen" }).waitFor();
    const text = await saved(page, page.getByRole("button", { name: "Download the rows left out" }));
    assert.match(text, /^Name,Phone,District,shuke_row,shuke_code,shuke_reason\n,,South,3,no_identity,/);
    await goThrough(page);
    await fresh(page);
    await choose(page, [made("rejected-rows.csv", text.replace(",,South", "Mended Mia,19900050002,South"))]);
    await page.getByRole("heading", { name: "What will happen" }).waitFor();
    assert.equal(await page.getByRole("heading", { name: "Where each column goes" }).count(), 0);
    await goThrough(page);
    assert.equal(await customerCount(page), before + 2);
    await openCustomer(page, "Mended Mia");
    assert.equal(await page.locator("main article").getByText("shuke_reason").count(), 0);
  });

  await t.test("an import can be undone later; what was edited since stays and is listed", async () => {
    await importMade(page, made("later.csv", csv([["Name", "Phone", "Owner"], ["Later Lea", "19900060001", "Mei"], ["Later Lou", "19900060002", "Mei"]])));
    await openCustomer(page, "Later Lea");
    await page.locator("main article").getByRole("button", { name: "Edit" }).click();
    await page.locator("dialog[open]").getByLabel("Note").fill("edited since");
    await page.locator("dialog[open]").getByRole("button", { name: "Save" }).click();
    await notice(page, "Saved Later Lea");
    await importMade(page, made("between.csv", csv([["Name", "Phone", "Owner"], ["Between Ben", "19900060003", "Mei"]])));
    await fresh(page);
    const past = page.locator(".import-past li").filter({ hasText: "later.csv" });
    await past.getByRole("button", { name: "Undo" }).click();
    await past.getByRole("button", { name: "See the record that stayed" }).click();
    const kept = past.locator(".import-kept li");
    assert.match(await kept.innerText(), /Later Lea[\s\S]*Changed a customer/);
    assert.deepEqual(await axe(page), []);
    await picture(page, "import-kept");
    await kept.getByRole("link", { name: "Later Lea" }).click();
    await page.locator("main article").getByText("edited since").first().waitFor();
    await go(page, "#/customers?q=Later");
    await expectTotal(page, 1);
  });

  await t.test("a table can be pasted", async () => {
    await fresh(page);
    await page.getByRole("button", { name: "Paste a table" }).click();
    await page.getByLabel("Table, with its header in the first line").fill("Name\tPhone\tPostcode\nPasted Pia\t19900070001\t0150\n");
    await page.getByRole("button", { name: "Read it" }).click();
    await goThrough(page);
    await openCustomer(page, "Pasted Pia");
  });
  await b.clean(page);
});

test("中文界面里只用键盘也能导入", async () => {
  const b = await browser({ locale: "zh-CN", viewport: { width: 390, height: 800 } });
  const page = await b.open("#/data");
  await page.getByRole("heading", { level: 1, name: "数据" }).waitFor();
  const button = page.getByRole("button", { name: "选择文件" });
  await button.focus();
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.keyboard.press("Enter")]);
  await chooser.setFiles([made("客户.csv", csv([["姓名", "手机", "城市", "生日"], ["王小明", "138 0000 0001", "杭州", "1990年5月14日"], ["", "", "上海", ""]]))]);
  const check = page.getByRole("button", { name: "看看会怎么样" });
  await check.waitFor();
  assert.deepEqual(await axe(page), []);
  await check.focus();
  await page.keyboard.press("Enter");
  const start = page.getByRole("button", { name: /^导入 .* 行$/ });
  await start.waitFor();
  const main = page.locator("main");
  await main.getByText("整理了什么").waitFor();
  await main.getByText("逐行对比").waitFor();
  // The numbers are buttons, the filter is a group of radios: both are reached and used with keys.
  const left = main.locator("[data-action=skip] .import-number");
  await left.focus();
  await page.keyboard.press("Enter");
  await eventually(() => main.locator(".import-samples li").evaluateAll((all) => all.map((it) => it.dataset.action)), ["skip"]);
  assert.deepEqual(await axe(page), []);
  await picture(page, "import-zh-phone");
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing hangs over the edge");
  await start.focus();
  await page.keyboard.press("Enter");
  await main.getByRole("heading", { name: "导入完成" }).first().waitFor();
  await page.evaluate(() => { location.hash = "#/customers"; });
  await page.getByText("王小明").first().waitFor();

  // The list of past imports comes after the button: it is the same button then, and has the focus still.
  await page.goto(`${b.server.url}?#/data`);
  await button.waitFor();
  const before = await button.elementHandle();
  await before.focus();
  await page.locator(".import-past li").first().waitFor();
  assert.ok(await before.evaluate((it) => it === document.activeElement), "the button keeps its element and the focus");
  await b.clean(page);
});
