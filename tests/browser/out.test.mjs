// Data goes out in every format and comes back equal; a person is told everything about, and erased for good.

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { axe, Browser, browser, picture } from "./harness.mjs";
import { choose, csv, customerCount, eventually, go, importMade, made, notice, openCustomer } from "./steps.mjs";

const PEOPLE = csv([
  ["Customer number", "Name", "Phone", "E-mail", "Birthday", "City", "Tags", "Note"],
  ["K1", "Ann Example", "+15555550100", "ann@example.com", "1990-05-14", "Portland", "VIP, tea", "=1+1 is not a sum"],
  ["K2", "欧阳娜娜", "13812345678", "", "2001-02-29", "扬州市", "", "喜欢茶"],
  ["K3", "Zebulon Quartzmark", "13900000003", "zebulon.quartzmark@example.com", "1985-01-02", "上海市", "", "remarkable zebulonnote"],
]);
const ORDERS = csv([
  ["Order number", "Order time", "Total", "Customer number", "Product"],
  ["Q-1001", "2026-06-01 10:00:00", "35.00", "K3", "Zebulonbrew"],
  ["Q-1002", "2026-06-02 10:00:00", "20.00", "K1", "Latte"],
]);

const download = async (page, press) => {
  const [file] = await Promise.all([page.waitForEvent("download"), press()]);
  return { name: file.suggestedFilename(), path: await file.path(), bytes: await readFile(await file.path()) };
};

/** Opens the export dialog from the list of customers. */
async function dialog(page) {
  await go(page, "#/customers", "Customers");
  await page.getByRole("main").getByRole("button", { name: "Export", exact: true }).click();
  await page.getByRole("menuitem", { name: "More formats and columns…" }).click();
  const it = page.getByRole("dialog", { name: "Export customers" });
  await it.getByText(/^\d+ customers$/).waitFor();
  return it;
}

/** Brings a file back in as far as the preview: everything in it is known already. */
async function comesBack(page, file) {
  await go(page, "#/data", "Data");
  await choose(page, [made(file.name, file.bytes)]);
  const check = page.getByRole("button", { name: "See what will happen" });
  const known = page.getByText("Everything in this file is here already; importing changes nothing.");
  await check.or(known).first().waitFor();
  if (await check.isVisible()) await check.click();
  await known.waitFor();
}

async function filled(options) {
  const b = await browser(options);
  const page = await b.open();
  await importMade(page, made("people.csv", PEOPLE), made("orders.csv", ORDERS));
  return { b, page };
}

test("what goes out comes back equal", async (t) => {
  const { b, page } = await filled();
  const kept = [];

  await t.test("a workbook and a CSV file, with headings in words", async () => {
    for (const format of ["Excel (.xlsx)", "CSV"]) {
      const it = await dialog(page);
      await it.getByText("Can be imported here again without loss.").waitFor();
      await it.getByLabel("Format").selectOption({ label: format });
      const file = await download(page, () => it.getByRole("button", { name: "Save file" }).click());
      await it.waitFor({ state: "hidden" });
      kept.push(file);
    }
    const [xlsx, text] = kept;
    assert.match(xlsx.name, /^customers-\d{4}-\d\d-\d\d\.xlsx$/);
    assert.equal(xlsx.bytes.subarray(0, 2).toString(), "PK");
    const table = text.bytes.toString();
    assert.match(table, /^\ufeffId \(Shuke\),Customer number,Person or company,Name,Phone,E-mail/);
    assert.ok(table.includes("'=1+1 is not a sum"), "a formula is a text");
    assert.ok(table.includes("'+15555550100"));
  });

  await t.test("the same files again change nothing", async () => {
    for (const file of kept) {
      await comesBack(page, file);
    }
    assert.equal(await customerCount(page), 3);
  });

  await t.test("chosen columns only, by keyboard", async () => {
    const it = await dialog(page);
    await it.getByLabel("Format").selectOption({ label: "CSV" });
    await it.locator("summary").filter({ hasText: "Columns" }).focus();
    await page.keyboard.press("Enter");
    await it.getByRole("button", { name: "None" }).focus();
    await page.keyboard.press("Enter");
    await it.getByText("Choose at least one column.").waitFor();
    assert.equal(await it.getByRole("button", { name: "Save file" }).isDisabled(), true);
    for (const name of ["Name", "Spend"]) {
      await it.getByRole("checkbox", { name, exact: true }).focus();
      await page.keyboard.press("Space");
    }
    assert.deepEqual(await axe(page), []);
    await picture(page, "out-dialog");
    const file = await download(page, () => it.getByRole("button", { name: "Save file" }).press("Enter"));
    // A byte order mark is a blank to `trim`.
    const lines = file.bytes.toString().trim().split("\r\n");
    assert.equal(lines[0], "Name,Spend (Shuke)");
    assert.ok(lines.includes("Ann Example,20.00"), lines.join(" / "));
  });

  await t.test("to another program, and what it has no place for", async () => {
    await go(page, "#/data/out", "Data");
    await page.getByRole("button", { name: "Zoho CRM" }).click();
    const it = page.getByRole("dialog", { name: "Export customers" });
    await it.getByText(/This layout has no place for: .*Gender/).waitFor();
    const file = await download(page, () => it.getByRole("button", { name: "Save file" }).click());
    assert.match(file.name, /^customers-zoho-/);
    assert.match(file.bytes.toString(), /^\ufeffRecord Id,Contact Owner\.id,Contact Owner,/);
    assert.ok(file.bytes.toString().includes("K2,,,,娜娜,欧阳,"), file.bytes.toString());
  });

  await t.test("orders, cards and a calendar", async () => {
    await go(page, "#/data/out", "Data");
    await page.getByRole("button", { name: "Export orders" }).click();
    const it = page.getByRole("dialog", { name: "Export orders" });
    await it.getByText("2 orders").waitFor();
    await it.getByLabel("Format").selectOption({ label: "NDJSON (one record a line)" });
    const orders = await download(page, () => it.getByRole("button", { name: "Save file" }).click());
    const lines = orders.bytes.toString().trim().split("\n").map((line) => JSON.parse(line));
    assert.deepEqual(lines.map((line) => line.externalId).sort(), ["Q-1001", "Q-1002"]);
    const people = await dialog(page);
    await people.getByLabel("Format").selectOption({ label: "vCard 4.0" });
    const cards = await download(page, () => people.getByRole("button", { name: "Save file" }).click());
    assert.ok(cards.bytes.toString().includes("FN:欧阳娜娜\r\n"));
    await comesBack(page, cards);
    await go(page, "#/data/out", "Data");
    await page.getByText("2 birthdays").waitFor();
    const ics = await download(page, () => page.getByRole("button", { name: "Save calendar" }).click());
    assert.ok(ics.bytes.toString().includes("SUMMARY:Birthday: Ann Example\r\n"));
    assert.ok(ics.bytes.toString().includes("DTSTART;VALUE=DATE:19900514\r\n"));
  });

  await t.test("every file that left is listed; an archive opens in another browser", async () => {
    await go(page, "#/data/out", "Data");
    const archive = await download(page, () => page.getByRole("button", { name: "Archive (JSON)" }).click());
    await notice(page, "Archive saved");
    const whole = JSON.parse(archive.bytes);
    assert.equal(whole.format, "shuke-archive");
    const files = page.getByRole("table", { name: "Files that left" });
    await files.getByText(archive.name).waitFor();
    assert.deepEqual(await axe(page), []);
    await picture(page, "out-page");
    const other = await browser();
    const there = await other.open("#/settings/data");
    for (const [bytes, refused] of [[archive.bytes.subarray(0, archive.bytes.length >> 1), true], [archive.bytes, false]]) {
      const [chooser] = await Promise.all([
        there.waitForEvent("filechooser"),
        there.locator("button", { hasText: "Choose a backup file" }).click(),
      ]);
      await chooser.setFiles({ name: archive.name, mimeType: "application/json", buffer: bytes });
      await there.getByText("It will replace what is here now").waitFor();
      await there.getByRole("button", { name: "Replace the data by it" }).click();
      if (refused) {
        await there.locator(".toast.wrong").filter({ hasText: "Your data was not changed" }).waitFor();
      } else {
        await notice(there, "Restored: 3 customers");
      }
    }
    assert.equal(await customerCount(there), 3);
    await other.clean(there);
  });
  await b.clean(page);
});

test("in Chinese the headings are Chinese, and the file comes back", async () => {
  const b = await browser({ locale: "zh-CN" });
  const page = await b.open("?demo=cafe#/data/out");
  await page.getByRole("button", { name: "导出客户" }).click();
  const it = page.getByRole("dialog", { name: "导出客户" });
  await it.getByText("2,000 位客户").waitFor();
  await it.getByLabel("格式").selectOption({ label: "CSV" });
  const file = await download(page, () => it.getByRole("button", { name: "保存文件" }).click());
  assert.match(file.bytes.toString(), /^\ufeff编号（熟客）,客户编号,客户性质,姓名,手机,邮箱,性别,/);
  assert.match(file.bytes.toString(), /,个人,/);
  await page.goto(`${b.server.url}?demo=cafe#/data`);
  await b.clean(page);
});

/** Every file of a folder, with all below. */
async function* files(folder) {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* files(full);
    else if (entry.isFile()) yield full;
  }
}

test("one person: everything told, then erased for good", async (t) => {
  const b = await Browser.start();
  t.after(() => b.stop());
  const page = await b.open();
  await importMade(page, made("people.csv", PEOPLE), made("orders.csv", ORDERS));
  const more = async (item) => {
    await page.locator("article.record").getByRole("button", { name: "More" }).first().click();
    await page.locator("article.record").getByRole("menuitem", { name: item }).click();
  };

  await t.test("as a page to read and as JSON", async () => {
    await openCustomer(page, "Zebulon Quartzmark");
    await more("Everything about this person…");
    const it = page.getByRole("dialog", { name: "Everything about Zebulon Quartzmark" });
    const html = await download(page, () => it.getByRole("button", { name: "Readable page" }).click());
    assert.match(html.name, /^person-.*\.html$/);
    const text = html.bytes.toString();
    for (const planted of ["zebulonnote", "Zebulonbrew", "Q-1001", "zebulon.quartzmark@example.com", "35.00"]) {
      assert.ok(text.includes(planted), planted);
    }
    assert.ok(!/<script|Ann Example/.test(text));
    await it.waitFor({ state: "hidden" });
    await more("Everything about this person…");
    const json = await download(page, () => it.getByRole("button", { name: "JSON" }).click());
    const person = JSON.parse(json.bytes);
    assert.equal(person.customer.name, "Zebulon Quartzmark");
    assert.equal(person.orders[0].externalId, "Q-1001");
    assert.equal(({}).polluted, undefined);
  });

  await t.test("the dialog says what goes and who may hold a copy, and wants a word", async () => {
    await more("Erase for good…");
    const it = page.getByRole("dialog", { name: "Erase Zebulon Quartzmark for good" });
    await it.getByRole("table", { name: "Files that left" }).getByText("One person").first().waitFor();
    await it.getByText("Orders", { exact: true }).first().waitFor();
    const erase = it.getByRole("button", { name: "Erase for good" });
    assert.equal(await erase.isDisabled(), true);
    assert.deepEqual(await axe(page), []);
    await picture(page, "out-erase");
    await it.getByRole("radio", { name: "Erase them, too" }).check({ force: true });
    await it.getByLabel("Type ERASE to confirm").fill("ERASE");
    await erase.click();
    const receipt = page.getByRole("dialog", { name: "Erased" });
    await receipt.getByText("Written anew: nothing is left in its gaps.").waitFor();
    await receipt.getByText("Files that may hold this person").waitFor();
    await picture(page, "out-receipt");
    const file = await download(page, () => receipt.getByRole("button", { name: "Save receipt" }).click());
    assert.match(file.bytes.toString(), /Receipt number/);
    assert.ok(!/Zebulon/i.test(file.bytes.toString()));
    await receipt.getByRole("button", { name: "Close" }).last().click();
  });

  await t.test("nothing of them is found: lists, log, search, files of the browser", async () => {
    assert.equal(await customerCount(page), 2);
    await go(page, "#/settings/log", "Settings");
    await page.getByText("Erased a person for good").waitFor();
    assert.equal(await page.getByText(/zebulon/i).count(), 0);
    await go(page, "#/data/out", "Data");
    await page.locator(".outlet-receipt summary").first().click();
    await page.getByText("Id the person had").waitFor();
    // The new snapshot is written after a pause; then everything lies in files.
    const names = () => page.evaluate(async () => {
      const found = [];
      const walk = async (folder) => {
        for await (const handle of folder.values()) {
          if (handle.kind === "directory") await walk(handle);
          else found.push(handle.name);
        }
      };
      await walk(await navigator.storage.getDirectory());
      return found;
    });
    await eventually(names, (list) => list.includes("columns"), { seconds: 30 });
    await b.clean(page);
    await b.context.close();
    let looked = 0;
    for await (const file of files(path.join(b.profile, "Default", "File System"))) {
      const bytes = await readFile(file);
      looked += bytes.length;
      for (const mark of ["Zebulon", "zebulon", "Quartzmark", "13900000003", "Q-1001"]) {
        assert.ok(!bytes.includes(mark), `${mark} in ${path.basename(file)}`);
      }
    }
    assert.ok(looked > 50_000, "the database was looked at");
  });
});

test("on a phone the page and the dialog hold", async () => {
  const b = await browser({ viewport: { width: 390, height: 844 } });
  const page = await b.open("?demo=cafe#/data/out");
  await page.getByRole("button", { name: "Export customers" }).click();
  const it = page.getByRole("dialog", { name: "Export customers" });
  await it.getByText("2,000 customers").waitFor();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth + 1);
  assert.equal(wide, false);
  await picture(page, "out-phone");
  assert.deepEqual(await axe(page), []);
  await page.keyboard.press("Escape");
  await picture(page, "out-phone-page");
  await b.clean(page);
});
