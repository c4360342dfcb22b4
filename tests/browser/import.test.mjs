// Files as people have them: encodings, programs, flaws, refusals, undo, and hostile text in every column.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { TextDecoder } from "node:util";
import { axe, browser, file } from "./harness.mjs";
import { choose, csv, customerCount, eventually, expectTotal, go, goThrough, importFile, importMade, made, notice, openCustomer } from "./steps.mjs";

/** What the page counted: { Customers: { Added: "1", ... }, Orders: ... }. */
const tallies = (page) => page.locator(".import-tally").evaluateAll((all) => Object.fromEntries(all.map((it) => [
  it.querySelector("h3").textContent,
  Object.fromEntries([...it.querySelectorAll("dl > div")].map((row) => [row.querySelector("dt").textContent, row.querySelector("dd").textContent])),
])));

/** The page of the import, with nothing at hand. */
async function fresh(page) {
  await go(page, "#/data", "Data");
  const pick = page.getByRole("button", { name: "Choose files" });
  const columns = page.getByRole("button", { name: "Change the columns" });
  const next = page.getByRole("button", { name: /^(Import (orders next|customers next|another file)|Another file)$/ }).first();
  await pick.or(next).or(columns).first().waitFor();
  if (await columns.isVisible() && !(await next.isVisible())) await columns.click();
  await pick.or(next).first().waitFor();
  if (!(await pick.isVisible())) await next.click();
  await pick.waitFor();
}

async function show(page, it) {
  await fresh(page);
  await choose(page, [it]);
}

/** Up to the preview of a file whose layout nobody knows. */
async function preview(page, it) {
  await show(page, it);
  const check = page.getByRole("button", { name: "See what will happen" });
  const outlook = page.getByRole("heading", { name: "What will happen" });
  // Columns that were seen before are not asked for again.
  await check.or(outlook).first().waitFor();
  if (await check.isVisible()) await check.click();
  await outlook.waitFor();
}

const samples = (page) => page.locator(".import-samples li");
const issues = (page) => page.locator(".import-issues li");

test("encodings, programs and layouts", async (t) => {
  const b = await browser();
  const page = await b.open();

  const rows = (text) => text.replace(/^\uFEFF/, "").trim().split(/\r?\n/).slice(1).map((line) => line.split(/[,\t]/));

  await t.test("a GBK file of Chinese Excel: names, cities and tags are right", async () => {
    const [first, ...others] = rows(new TextDecoder("gbk").decode(await readFile(file("customers-gbk.csv"))));
    await importFile(page, "customers-gbk.csv");
    assert.equal((await tallies(page)).Customers.Added, String(others.length + 1));
    await expectCustomers(page, others.length + 1);
    await openCustomer(page, first[0]);
    for (const text of [first[4], ...first[5].split("、")]) await page.locator("main article").getByText(text).first().waitFor();
  });

  await t.test("the same people as UTF-16 with tabs: read alike, so nothing changes", async () => {
    const people = rows(new TextDecoder("utf-16le").decode(await readFile(file("customers-utf16.tsv"))));
    await preview(page, file("customers-utf16.tsv"));
    assert.deepEqual((await tallies(page)).Customers, { New: "0", Changed: "0", Unchanged: String(people.length), "Left out": "0" });
    await page.getByText("Everything in this file is here already; importing changes nothing.").waitFor();
  });

  await t.test("Youzan orders load without a look at the columns, and bring their customers", async () => {
    const purchases = rows(await readFile(file("youzan-orders.csv"), "utf8")).filter((cells) => cells[1] !== "待付款");
    const before = await customerCount(page);
    await show(page, file("youzan-orders.csv"));
    await page.getByRole("heading", { name: "What will happen" }).waitFor();
    assert.equal(await page.getByRole("heading", { name: "Where each column goes" }).count(), 0);
    await goThrough(page);
    const counted = await tallies(page);
    assert.equal(counted.Orders.Added, String(purchases.length));
    await go(page, "#/orders", "Orders");
    await expectTotal(page, purchases.length, "order");
    await expectCustomers(page, before + Number(counted.Customers.Added));
    const [number, , , amount, , , name] = purchases[0];
    await openCustomer(page, name, "Orders");
    const order = page.locator("main article").getByRole("listitem").filter({ hasText: number });
    await order.waitFor();
    assert.match((await order.innerText()).replace(/\s/g, ""), new RegExp(`¥${amount}`));
  });

  await t.test("the same file again changes nothing", async () => {
    await show(page, file("youzan-orders.csv"));
    await page.getByText("Everything in this file is here already; importing changes nothing.").waitFor();
    const counted = await tallies(page);
    assert.deepEqual([counted.Orders.New, counted.Orders.Changed], ["0", "0"]);
    assert.equal(await page.getByRole("button", { name: /^Import \d/ }).count(), 0);
  });

  await t.test("two files at once: the customers go first, and the orders find them", async () => {
    const before = await customerCount(page);
    await fresh(page);
    await choose(page, [file("shopify-orders.csv"), file("shopify-customers.csv")]);
    // The outlook counts as if the customers were in already.
    assert.match(await goThrough(page, { untilStart: true }), /shopify-customers\.csv[\s\S]*shopify-orders\.csv/);
    const orders = page.getByRole("region", { name: "shopify-orders.csv" });
    assert.match(await orders.locator(".import-links").innerText(), /\d+ by e-mail/);
    assert.doesNotMatch(await orders.locator(".import-links").innerText(), /new customer/);
    await goThrough(page);
    const added = async (name, what) => page.getByRole("region", { name }).locator(".import-tally").filter({ hasText: what })
      .locator("[data-action=create] dd").first().innerText();
    assert.equal(await added("shopify-customers.csv", "Customers"), "60");
    assert.equal(await added("shopify-orders.csv", "Orders"), "174");
    await expectCustomers(page, before + 60);
  });

  await t.test("JSON too", async () => {
    await importMade(page, made("people.json", JSON.stringify([
      { name: "Jason One", email: "jason.one@example.com", tags: ["json", "file"] },
      { name: "Jason Two", phone: "+8619900090002" },
    ])));
    assert.equal((await tallies(page)).Customers.Added, "2");
    await openCustomer(page, "Jason One");
    await page.locator("main article").getByText("json", { exact: true }).first().waitFor();
  });

  await t.test("an unknown layout is put right by hand", async () => {
    await show(page, made("odd.csv", csv([
      ["c1", "c2", "c3", "c4"],
      ["Odd Person", "Lyon", "blue", "one"],
      ["Even Person", "Oslo", "green", "two"],
    ])));
    const goes = (column) => page.getByRole("combobox", { name: `Goes to ${column}` });
    const send = async (column, label) => {
      // The choice is filled when it is entered.
      await goes(column).focus();
      await goes(column).selectOption({ label });
    };
    await page.getByText("A name, phone, e-mail or customer number is needed to know who is who.").waitFor();
    assert.ok(await page.getByRole("button", { name: "See what will happen" }).isDisabled());
    await send("c1", "Name");
    await send("c2", "City");
    await send("c3", "Keep as your own field “c3”");
    await page.getByRole("button", { name: "See what will happen" }).click();
    await samples(page).filter({ hasText: "Odd Person" }).getByText("Lyon").waitFor();
    await goThrough(page);
    await openCustomer(page, "Odd Person");
    const record = page.locator("main article");
    for (const text of ["Lyon", "c3", "blue"]) await record.getByText(text, { exact: true }).first().waitFor();
    assert.equal(await record.getByText("one", { exact: true }).count(), 0);
  });

  await b.clean(page);

  async function expectCustomers(page, count) {
    await go(page, "#/customers", "Customers");
    await expectTotal(page, count);
  }
});

test("flaws, refusals and the way back", async (t) => {
  const b = await browser();
  const page = await b.open();

  await t.test("flaws are named by row and column; what is good would go in", async () => {
    await preview(page, file("customers-flawed.csv"));
    const found = await eventually(() => issues(page).allInnerTexts(), (all) => all.length > 3);
    for (const [column, words, row, value] of [
      ["Email", "Not an e-mail address", 3, "not-an-address"],
      ["Birthday", "Not a date", 5, "1990-02-31"],
      [null, "No name, phone, e-mail or id", 6, null],
    ]) {
      const line = found.find((text) => text.includes(words));
      assert.ok(line, `${words}: ${found}`);
      if (column) assert.match(line, new RegExp(`“${column}”`));
      assert.match(line, new RegExp(`row ${row}\\b`));
      if (value) assert.ok(line.includes(value));
      assert.match(line, column ? /row kept/ : /row left out/);
    }
    assert.deepEqual((await tallies(page)).Customers, { New: "4", Changed: "0", Unchanged: "0", "Left out": "1" });
  });

  await t.test("the dry run changed nothing", async () => {
    await go(page, "#/customers", "Customers");
    await page.getByText("No customers yet").waitFor();
  });

  await t.test("the good rows go in; those left out come back as a file with reasons", async () => {
    await fresh(page);
    await importMade(page, made("mixed.csv", csv([
      ["Name", "Email", "City"],
      ["Good One", "good1@example.com", "Lyon"],
      ["", "", "=cmd|' /C calc'!A0"],
      ["Good Two", "good2@example.com", "Oslo"],
      ["", "", "Rome"],
    ])));
    assert.deepEqual((await tallies(page)).Customers, { Added: "2", Changed: "0", Unchanged: "0", "Left out": "2" });
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Download the rows left out" }).click(),
    ]);
    const text = (await readFile(await download.path(), "utf8")).replace(/^\uFEFF/, "");
    const lines = text.trim().split(/\r?\n/);
    assert.equal(lines.length, 3, text);
    assert.match(lines[2], /Rome/);
    assert.match(text, /name|phone|email|identity/i);
    assert.doesNotMatch(text, /(^|,|")=cmd/m, "a formula does not leave as one");
    await go(page, "#/customers", "Customers");
    await expectTotal(page, 2);
  });

  await t.test("files that are no tables are refused with what they seem to be", async () => {
    const png = Buffer.from("89504e470d0a1a0a0000000d4948445200000001000000010806000000", "hex");
    for (const [it, seems, right] of [
      [made("book.xlsx", zip("[Content_Types].xml", "xl/workbook.xml")), "", "damaged"],
      [made("photo.png", png), "a picture, sound or film", "CSV, TSV, JSON"],
      [made("empty.csv", ""), "an empty file", ""],
      [made("paper.pdf", "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"), "a PDF", "CSV, TSV, JSON"],
      [made("page.html", "<!doctype html><html><body><p>Hello</p></body></html>"), "a web page", "CSV, TSV, JSON"],
      [made("head.csv", "name,email\r\n"), "a table with a header and no rows", ""],
    ]) {
      await show(page, it);
      await page.getByRole("heading", { name: "This file cannot be read" }).waitFor();
      const said = await page.locator("main [role=alert]").innerText();
      assert.ok(said.includes(it.name) && said.includes(seems) && said.includes(right), said);
    }
    await fresh(page);
    await go(page, "#/customers", "Customers");
    await expectTotal(page, 2);
  });

  await t.test("a whole import is undone, and what was edited since stays", async () => {
    await importMade(page, made("undo.csv", csv([["Name", "Email"], ...Array.from({ length: 30 }, (_, n) => [`Undo ${n}`, `undo${n}@example.com`])])));
    await go(page, "#/customers", "Customers");
    await expectTotal(page, 32);
    await openCustomer(page, "Undo 7");
    await page.locator("main article").getByRole("button", { name: "Edit" }).click();
    await page.locator("dialog[open]").getByLabel("Note").fill("edited since");
    await page.locator("dialog[open]").getByRole("button", { name: "Save" }).click();
    await notice(page, "Saved Undo 7");
    await fresh(page);
    await page.locator(".import-past li").filter({ hasText: "undo.csv" }).getByRole("button", { name: "Undo" }).click();
    await notice(page, "1 record was edited since and stays");
    await go(page, "#/customers", "Customers");
    await expectTotal(page, 3);
    await openCustomer(page, "Undo 7");
    await page.locator("main article").getByText("edited since").first().waitFor();
  });

  await b.clean(page);
});

test("a large import is stopped in the middle; what is in can be taken back", async () => {
  const b = await browser();
  const page = await b.open();
  const lines = ["name,email,city"];
  for (let n = 0; n < 150_000; n += 1) lines.push(`Guest ${n},guest${n}@example.com,City ${n % 50}`);
  await preview(page, made("large.csv", lines.join("\n")));
  await page.getByRole("button", { name: /^Import 150,000 rows$/ }).click({ timeout: 60_000 });
  // Rows that are done are in.
  await page.getByText(/[1-9][\d,]* rows done/).first().waitFor({ timeout: 60_000 });
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("heading", { name: "Stopped; what was read so far is in" }).waitFor({ timeout: 60_000 });
  const added = Number((await tallies(page)).Customers.Added.replaceAll(",", ""));
  assert.ok(added > 0 && added < 150_000, `${added} were added`);
  await go(page, "#/customers", "Customers");
  await expectTotal(page, added);
  await go(page, "#/data", "Data");
  const undo = page.getByRole("button", { name: /^Undo( this import| what is in)?$/ }).first();
  await undo.click();
  await go(page, "#/customers", "Customers");
  await page.getByText("No customers yet").waitFor({ timeout: 60_000 });
  await b.clean(page);
});

test("an import that is stopped at once says what became of it", async () => {
  const b = await browser();
  const page = await b.open();
  const lines = ["name,email,city"];
  for (let n = 0; n < 60_000; n += 1) lines.push(`Guest ${n},guest${n}@example.com,City ${n % 50}`);
  await preview(page, made("at-once.csv", lines.join("\n")));
  const start = page.getByRole("button", { name: /^Import 60,000 rows$/ });
  await start.waitFor({ timeout: 60_000 });
  // Both presses in the page itself: no person and no test could be as quick.
  await page.evaluate(() => new Promise((done) => {
    const button = (name) => [...document.querySelectorAll("main button")].find((it) => it.textContent.trim().startsWith(name));
    new MutationObserver((_, watch) => {
      const cancel = button("Cancel");
      if (cancel) { watch.disconnect(); cancel.click(); done(); }
    }).observe(document.querySelector("main"), { childList: true, subtree: true });
    button("Import 60,000 rows").click();
  }));
  const nothing = page.getByRole("heading", { name: "Stopped before anything was taken in" });
  const some = page.getByRole("heading", { name: "Stopped; what was read so far is in" });
  await nothing.or(some).waitFor({ timeout: 60_000 });
  if (await nothing.isVisible()) {
    await page.getByText("Nothing was changed. The file is still at hand.").waitFor();
    assert.equal(await page.getByRole("button", { name: /^Undo/ }).count(), 0);
    assert.deepEqual(await axe(page), []);
    await page.getByRole("button", { name: "Look at it again" }).click();
    await start.waitFor({ timeout: 60_000 });
    await go(page, "#/customers", "Customers");
    await page.getByText("No customers yet").waitFor();
  } else {
    const added = Number((await tallies(page)).Customers.Added.replaceAll(",", ""));
    await go(page, "#/customers", "Customers");
    await expectTotal(page, added);
  }
  await b.clean(page);
});

// What attackers write into the fields of shops. Each calls the hook if it ever runs.
const PAYLOADS = [
  "<script>hacked()</script>", "<img src=x onerror=hacked()>", "<svg onload=hacked()>", "\"><script>hacked()</script>",
  "'><img src=x onerror=hacked()>", "</title><script>hacked()</script>", "</textarea><script>hacked()</script>",
  "<iframe srcdoc='<script>parent.hacked()</script>'></iframe>", "<a href=javascript:hacked()>x</a>", "javascript:hacked()",
  "<body onload=hacked()>", "<details open ontoggle=hacked()>", "<input autofocus onfocus=hacked()>",
  "<math><mtext><script>hacked()</script></mtext></math>", "{{constructor.constructor('hacked()')()}}", "${hacked()}",
  "<style>@import'javascript:hacked()';</style>", "<object data=javascript:hacked()></object>", "<embed src=javascript:hacked()>",
  "<video><source onerror=hacked()></video>", "<marquee onstart=hacked()>", "<form><button formaction=javascript:hacked()>x</button></form>",
  "\\x3cscript\\x3ehacked()\\x3c/script\\x3e", "&lt;script&gt;hacked()&lt;/script&gt;", "<base href=//evil.example/>",
  "<link rel=stylesheet href=//evil.example/x.css>", "<meta http-equiv=refresh content=0;url=javascript:hacked()>",
  "\u202e<script>hacked()</script>", "<scr\u0000ipt>hacked()</scr\u0000ipt>", "x' onmouseover='hacked()", "x\" autofocus onfocus=\"hacked()",
  "'; DROP TABLE customer; --", "=HYPERLINK(\"javascript:hacked()\")", "#/customers?rule={\"x\":1}", "../../etc/passwd", "data:text/html,<script>hacked()</script>",
];

test("hostile text in every column stays text", async () => {
  const b = await browser({ init: () => { globalThis.__hacked = []; globalThis.hacked = () => globalThis.__hacked.push(Error().stack); } });
  const page = await b.open();
  const fields = ["Name", "Email", "Phone", "City", "Province", "Country", "Address", "Tags", "Note", "Source", "Owner", "Occupation", "External id", "Interests", "Mine"];
  const people = PAYLOADS.map((text, n) => fields.map((field) =>
    field === "Name" ? `${n} ${text}` : field === "External id" ? `${n} ${text}` : field === "Email" && n % 2 ? `h${n}@example.com` : text));
  await show(page, made("<img src=x onerror=hacked()>.csv", csv([[...fields.slice(0, -1), "<svg onload=hacked()>"], ...people])));
  await page.getByRole("button", { name: "Keep them as your own fields" }).click();
  await goThrough(page);
  assert.equal((await tallies(page)).Customers.Added, String(PAYLOADS.length));
  await importMade(page, made("orders.csv", csv([
    ["Order number", "Customer name", "Order time", "Amount paid", "Product", "Category", "Quantity", "Channel", "Coupon"],
    ...PAYLOADS.map((text, n) => [`${n} ${text}`, `${n} ${text}`, "2026-10-01 10:00:00", "10.00", text, text, "1", text, text]),
  ])));
  assert.equal((await tallies(page)).Orders.Added, String(PAYLOADS.length));

  const unharmed = async (where) => {
    assert.deepEqual(await page.evaluate(() => globalThis.__hacked), [], where);
    assert.equal(await page.locator("main script, main iframe, main img[onerror], main [onload], main [onfocus]").count(), 0, where);
  };
  const hashes = ["#/", "#/customers?sort=name", "#/orders", "#/segments", "#/segments/rfm", "#/points", "#/data", "#/data/duplicates", "#/settings/log",
    `#/customers?q=${encodeURIComponent(PAYLOADS[1])}`, `#/nowhere/${encodeURIComponent(PAYLOADS[0])}`,
    `#/customers?rule=${encodeURIComponent(JSON.stringify({ attr: "city", op: "eq", value: PAYLOADS[1] }))}`];
  for (const hash of hashes) {
    await go(page, hash);
    await page.locator("main h1").first().waitFor();
    await eventually(() => page.locator("main").getAttribute("aria-busy"), (busy) => busy !== "true");
    await unharmed(hash);
  }
  await go(page, "#/customers?sort=name&q=img", "Customers");
  await page.getByText(PAYLOADS[1]).first().waitFor();
  await page.getByRole("grid").getByRole("link").first().click();
  const record = page.locator("main article");
  await record.getByRole("heading", { level: 1 }).waitFor();
  for (const tab of ["Orders", "Points", "Timeline", "Changes", "Overview"]) {
    await page.getByRole("navigation", { name: "Parts of this record" }).getByRole("link", { name: tab, exact: true }).click();
    await page.locator(`[aria-current=page]`).filter({ hasText: tab }).first().waitFor();
    await unharmed(`record, ${tab}`);
  }
  const links = await record.getByRole("link").evaluateAll((all) => all.map((it) => it.protocol));
  assert.ok(links.every((protocol) => ["http:", "mailto:", "tel:"].includes(protocol)), `${links}`);
  await record.getByRole("button", { name: "Edit" }).click();
  await page.locator("dialog[open]").getByLabel("Note").waitFor();
  await unharmed("form");
  await page.keyboard.press("Escape");
  await go(page, "#/orders", "Orders");
  await page.getByRole("grid", { name: "List of orders" }).getByRole("row").nth(1).getByRole("link").first().click();
  await page.locator("main article").getByRole("heading", { level: 1 }).waitFor();
  await unharmed("order");
  for (const words of ["script", "<img", "onerror"]) {
    await page.keyboard.press("Control+k");
    await page.locator("dialog[open]").getByRole("combobox").fill(words);
    await page.locator("dialog[open]").getByRole("option").first().waitFor();
    await unharmed(`palette, ${words}`);
    await page.keyboard.press("Escape");
    await page.locator("dialog[open]").waitFor({ state: "detached" });
  }
  await b.clean(page);
});

/** A zip of empty files with these names, as small as they come. */
function zip(...names) {
  const locals = [];
  const central = [];
  let at = 0;
  for (const name of names) {
    const head = Buffer.alloc(30);
    head.writeUInt32LE(0x04034b50, 0);
    head.writeUInt16LE(20, 4);
    head.writeUInt16LE(name.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(20, 4);
    entry.writeUInt16LE(20, 6);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(at, 42);
    locals.push(head, Buffer.from(name));
    central.push(entry, Buffer.from(name));
    at += 30 + name.length;
  }
  const size = central.reduce((sum, part) => sum + part.length, 0);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(names.length, 8);
  end.writeUInt16LE(names.length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, ...central, end]);
}
