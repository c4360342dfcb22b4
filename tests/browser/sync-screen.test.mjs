// The screen of sync in every state, both languages and both themes, by keyboard and on a phone. What it shows is given to
// it (pretend.mjs); that it is true is the matter of sync.test.mjs and of the tests against real servers.

import assert from "node:assert/strict";
import { test } from "node:test";
import { axe, browser, picture, settled } from "./harness.mjs";
import * as p from "./pretend.mjs";
import { eventually, notice } from "./steps.mjs";

const LISTS = { conflicts: p.CONFLICTS, aside: p.ASIDE, pending: p.PENDING, runs: p.RUNS, preview: p.PREVIEW };
const SPEC = "2026-11-22T14:40:00";
const STATES = {
  connected: { ...LISTS, overview: p.overview("in_step", {}, { conflicts: 3, aside: 2, pending: 3 }) },
  first: { overview: p.overview("first", { lastRun: null, running: { stage: "sending", done: 12_300, total: 100_000, sent: 12_300, received: 0, beganAt: "2026-11-22T06:30:00.000Z" } }, { done: 12_300, total: 100_000, pending: 87_700 }) },
  cors: { overview: p.overview("needs_person", { trouble: p.trouble("cors", { cors: p.CORS }) }, { pending: 3 }) },
  credentials: { overview: p.overview("needs_person", { secret: "missing", trouble: p.trouble("credentials", { status: 401 }) }, { pending: 3 }) },
  empty: { overview: p.overview("needs_person", { question: p.question("empty_list", ["look_again", "send_again", "remove_here", "pause"]) }) },
  paused: { overview: p.overview("paused", {}, { pending: 12 }) },
  offline: { overview: p.overview("offline", {}, { pending: 2 }) },
  retrying: { overview: p.overview("retrying", { trouble: p.trouble("server-error", { status: 503, retryAt: SPEC }) }, { pending: 12 }) },
};

/** Opens the screen, with nothing connected. */
async function screen(options = {}) {
  const b = await browser({ init: p.pretend, ...options });
  const page = await b.open();
  await page.evaluate((answers) => { globalThis.__answers = answers; location.hash = "#/settings/sync"; },
    { presets: p.PRESETS, preview: p.PREVIEW, probe: p.PROBED("careful") });
  await page.locator("#sync-intro").waitFor();
  return { b, page };
}

/** Goes through the three steps by their marks, whatever the language; `at` is called on each. */
async function steps(page, at) {
  await at("intro");
  await page.locator(".sync-intro .button.primary").click();
  await page.locator("select").selectOption("postgrest");
  await page.locator("input[type=url]").fill("http://192.168.1.4:3000/crm");
  await page.locator(".sync-form .button.primary").click();
  await page.locator(".field-error").waitFor();
  await at("address");
  await page.locator("input[type=url]").fill("sync.example.com/crm");
  await page.locator(".sync-form .button.primary").click();
  await page.locator("input[type=password]").fill("a token");
  await page.locator(".sync-form .actions .button.primary").first().click();
  await page.locator(".sync-result summary").first().click();
  await at("probe");
  await page.locator(".sync-form .actions .button.primary:visible").click();
  await page.locator(".sync-group details").first().locator("summary").click();
  await at("share");
}

// How wide words are depends on the language, how strong contrasts are on the theme: two of the four say it all.
for (const [locale, colorScheme] of [["zh-CN", "dark"], ["en-GB", "light"]]) {
  test(`${locale}, ${colorScheme}: every state is accessible and fits from phone to desktop`, async () => {
    const { b, page } = await screen({ locale, colorScheme });
    const found = [];
    const look = async (name) => {
      for (const [width, height] of [[390, 844], [1440, 900]]) {
        await page.setViewportSize({ width, height });
        await settled(page);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (wide > 0) found.push(`${name} at ${width}: ${wide} px wider than the screen`);
        found.push(...(await axe(page)).map((line) => `${name} at ${width}: ${line}`));
        await picture(page, `sync-${name}-${width}-${locale}-${colorScheme}`);
      }
    };
    await steps(page, look);
    for (const [name, answers] of Object.entries(STATES)) {
      await p.show(page, answers);
      const standing = answers.overview.light.standing.replaceAll("_", "");
      await page.locator(`.sync[data-sync=${standing}]`).waitFor();
      if (answers.conflicts) await page.locator(".sync-conflict").first().waitFor();
      await look(name);
    }
    for (const at of [1, 2, 3, 4]) {
      await page.locator(".sync-head .icon-button").click();
      await page.locator(".menu-item:visible").nth(at).click();
      await page.locator("dialog[open]").waitFor();
      await look(`dialog-${at}`);
      await page.keyboard.press("Escape");
      await page.locator("dialog[open]").waitFor({ state: "detached" });
    }
    assert.deepEqual(found, []);
    await b.clean(page);
  });
}

test("the three steps by keyboard alone; what is chosen is what is ordered", async () => {
  const { page } = await screen();
  await page.getByRole("button", { name: "Connect an address" }).press("Enter");
  // The focus goes to the heading of each step, from where Tab goes on.
  await eventually(() => page.evaluate(() => document.activeElement?.id), "sync-step");
  await page.getByRole("option", { name: "Kinto" }).waitFor({ state: "attached" });
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.tagName), "SELECT");
  await page.keyboard.type("Kinto");
  await page.keyboard.press("Tab");
  await page.keyboard.type("localhost:8888/v1");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "How does it know you?" }).waitFor();
  await page.getByText("http://localhost:8888/v1", { exact: true }).waitFor();
  const token = page.getByLabel("Token", { exact: true }).last();
  await page.getByRole("radio", { name: "User and password" }).focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowLeft");
  await page.getByLabel("User", { exact: true }).fill("shop");
  // Without a password the check does not begin, and says why.
  await page.getByRole("button", { name: "Check this address" }).press("Enter");
  await page.getByText("Fill this in").waitFor();
  await page.getByLabel("Password", { exact: true }).fill("s3cret");
  assert.equal(await token.count() > 0, true);
  await page.getByRole("button", { name: "Check this address" }).press("Enter");
  await page.getByRole("heading", { name: "Can be used" }).waitFor();
  await page.getByText("Already there: Customers 311 records, Orders 920 records.").waitFor();
  await page.getByRole("button", { name: "Next" }).press("Enter");
  await page.getByRole("heading", { name: "What do you share?" }).waitFor();
  await page.getByText("About 5.4 MB in all.").waitFor();
  // Without customers nothing that belongs to them can be shared either.
  const customers = page.getByRole("checkbox", { name: /^Customers/ });
  const orders = page.getByRole("checkbox", { name: /^Orders and refunds/ });
  await customers.press("Space");
  assert.equal(await orders.isChecked(), false);
  await orders.press("Space");
  assert.equal(await customers.isChecked(), true);
  await page.locator("summary").filter({ hasText: "All 13 fields" }).press("Enter");
  await page.getByRole("checkbox", { name: "Note" }).press("Space");
  await page.getByText("1 of 13 fields stay here").waitFor();
  await page.getByRole("button", { name: "Start syncing" }).press("Enter");
  await notice(page, "Connected to http://localhost:8888");
  const all = await p.asked(page);
  const probe = all.findLast((it) => it.probe).probe;
  assert.deepEqual(probe, { address: "http://localhost:8888/v1", profile: "kinto", secret: { auth: "basic", user: "shop", header: "", secret: "s3cret" } });
  const { connect } = all.findLast((it) => it.connect);
  assert.equal(connect.address, "http://localhost:8888/v1");
  assert.equal(connect.keep, "device");
  assert.deepEqual(connect.share.withheld, ["customers.note"]);
  assert.deepEqual(connect.share.kinds, ["settings", "customers", "orders", "refunds"]);
  assert.equal(JSON.parse(connect.profile).mode, "collection");
  assert.equal(connect.findings.length, p.FINDINGS.length);
  // What follows a preview is asked with what is chosen.
  const last = all.findLast((it) => it.preview).preview;
  assert.deepEqual(last.share, connect.share);
});

test("addresses that cannot be used are refused before anything is asked", async () => {
  const { page } = await screen();
  await page.getByRole("button", { name: "Connect an address" }).click();
  for (const [address, said] of [
    ["", /This is no address/], ["shop", /This is no address/], ["ftp://example.com", /This is no address/],
    ["http://example.com/crm", /This address is not encrypted/], ["http://192.168.1.7:3000", /This address is not encrypted/],
    ["https://me:pass@example.com", /There is a password or token in the address/],
    ["https://example.com/?token=abc", /There is a password or token in the address/],
  ]) {
    await page.getByLabel("Address", { exact: true }).fill(address);
    await page.getByRole("button", { name: "Next" }).click();
    await page.locator(".field-error").filter({ hasText: said }).waitFor();
  }
  await page.getByLabel("Kind of server").selectOption({ label: "A profile of your own (JSON)" });
  await page.evaluate(() => { globalThis.__answers.check = { wrong: [{ path: "paging.max", found: "many", expected: "a number from 1" }] }; });
  await page.getByLabel("Address", { exact: true }).fill("https://example.com/crm");
  await page.getByLabel("Profile").fill('{"profile":1}');
  await page.getByRole("button", { name: "Next" }).click();
  await page.getByText("paging.max: found “many”, expected a number from 1").waitFor();
  assert.equal((await p.asked(page)).some((it) => it.probe), false);
});

test("a check that finds the address unsafe does not connect, and says why in words", async () => {
  const { page } = await screen();
  const begin = async (probe) => {
    await page.evaluate((probe) => { globalThis.__answers.probe = probe; }, probe);
    await page.getByRole("button", { name: /^Check (this address|again)$/ }).click();
  };
  await page.getByRole("button", { name: "Connect an address" }).click();
  await page.getByLabel("Address", { exact: true }).fill("https://example.com/crm");
  await page.getByRole("button", { name: "Next" }).click();
  const findings = p.FINDINGS.map((it) => (it.check === "duplicate" ? { ...it, verdict: "unsafe", fault: "twins" } : it));
  await begin(p.PROBED("unsafe", { findings, trouble: p.trouble("twins") }));
  await page.getByRole("heading", { name: "Cannot be used safely" }).waitFor();
  await page.getByText("Storing a record twice makes two of it").first().waitFor();
  assert.equal(await page.getByRole("button", { name: "Next" }).isVisible(), false);
  // Not reached at all: the browser does not say why, so everything that may be is said, with the headers.
  await begin({ ...p.PROBED("unsafe", { findings: [], profile: "", trouble: p.trouble("unreachable", { cors: p.CORS }) }) });
  await page.getByRole("heading", { name: "Not connected: The server cannot be reached" }).waitFor();
  const headers = await page.getByRole("region", { name: "Allow this on the server" }).innerText();
  assert.equal(headers, `Access-Control-Allow-Origin: ${new URL(page.url()).origin}\nAccess-Control-Allow-Methods: GET, POST, PUT, PATCH, DELETE\n`
    + "Access-Control-Allow-Headers: authorization, content-type, if-match\nAccess-Control-Expose-Headers: ETag, Retry-After");
  // Nothing is connected yet: a wrong password is that, and no story of lost data or of changes that wait.
  const refused = p.FINDINGS.map((it) => (it.check === "reachable" ? { ...it, verdict: "unsafe", fault: "credentials" } : { ...it, verdict: "skipped" }));
  await begin(p.PROBED("unsafe", { findings: refused, trouble: p.trouble("credentials", { status: 401 }) }));
  await page.getByRole("heading", { name: "Not connected: The user, password or token is wrong or missing" }).waitFor();
  const form = await page.locator("section.sync-form").innerText();
  for (const untrue of ["Cannot be used safely", "lose data", "waits to be sent", "Sync stopped", "by itself", "Access-Control"]) {
    assert.equal(form.includes(untrue), false, untrue);
  }
  // What is there nobody has counted: that is not said to be nothing. What was found is said in words.
  await begin(p.PROBED("careful", { there: [] }));
  await page.getByText("If there are records there already, they are joined with yours").waitFor();
  await page.locator("summary").filter({ hasText: "Check by check" }).click();
  await page.getByText("It says that there is none.").waitFor();
  await page.getByText("1 more was not checked").waitFor();
  assert.equal(await page.getByText("precondition.with").first().isVisible(), false, "for developers, and folded");
  // While it is under way it can be stopped.
  await begin("never");
  await page.getByText("Contacting https://example.com").waitFor();
  await page.getByRole("button", { name: "Stop" }).waitFor();
});

test("conflicts, what was set aside, what waits: each by one press", async () => {
  const { page } = await screen();
  await p.show(page, STATES.connected);
  await page.getByRole("heading", { name: "All but 2 synced" }).waitFor();
  assert.equal(await page.locator(".sync-standing").getAttribute("data-tone"), "notice");
  const last = async () => (await p.asked(page)).findLast((it) => it.settle || it.retry || it === "settle_all" || it.now || it === "pause");
  await page.getByRole("button", { name: "Use this: 欧阳娜娜, Phone, 13887654321" }).click();
  await notice(page, "The other value is used now");
  assert.deepEqual(await last(), { settle: { conflict: 1, other: true } });
  await eventually(() => page.evaluate(() => document.activeElement.id), "sync-conflicts");
  await page.getByRole("button", { name: "Leave as it is: Ann Example, Address, 12 Harbour Street, flat 4, Portland" }).click();
  await eventually(last, { settle: { conflict: 2, other: false } });
  assert.equal(await page.getByRole("button", { name: /^Use this: Ann Example/ }).count(), 0, "it was changed since");
  await page.getByRole("button", { name: "Bring the record back: 李雷" }).click();
  await eventually(last, { settle: { conflict: 3, other: true } });
  await page.getByRole("button", { name: "Leave all as they are" }).click();
  await eventually(last, "settle_all");
  await page.getByRole("button", { name: "Try again: Zoë Quartz" }).click();
  await eventually(last, { retry: { aside: 1 } });
  await page.getByRole("button", { name: "Try all again" }).click();
  await eventually(last, { retry: {} });
  await page.locator("summary").filter({ hasText: "3 changes wait to be sent" }).click();
  await page.getByText("Sent 2 times, not read back yet").waitFor();
  assert.equal(await page.getByRole("link", { name: "欧阳娜娜" }).first().getAttribute("href"), "#/customers/0000100000001");
  await page.getByRole("button", { name: "Sync now" }).click();
  await eventually(last, { now: { whole: false } });
  await page.getByRole("button", { name: "Pause" }).click();
  await eventually(last, "pause");
});

test("after a failure it says what happened and when it tries again, how often a change was sent, and goes on at a press", async () => {
  const { page } = await screen();
  await p.show(page, { ...STATES.retrying, pending: p.PENDING });
  await page.getByRole("heading", { name: "That did not work; it will be tried again" }).waitFor();
  await page.getByText(/^Tried again by itself at .*14:40\.$/).waitFor();
  await page.locator("summary").filter({ hasText: "12 changes wait to be sent" }).click();
  const order = page.locator("#sync-waiting").locator("..").getByRole("listitem").filter({ hasText: "Q-1001" });
  assert.match(await order.innerText(), /Sent 2 times, not read back yet/);
  // The next failure comes later, and the page says so without being asked.
  await p.show(page, { ...STATES.retrying, overview: p.overview("retrying", { trouble: p.trouble("server-error", { status: 503, retryAt: "2026-11-22T14:45:00" }) }, { pending: 12 }), pending: p.PENDING });
  await page.getByText(/^Tried again by itself at .*14:45\.$/).waitFor();
  await page.getByRole("button", { name: "Try again now" }).click();
  await eventually(async () => (await p.asked(page)).findLast((it) => it.now), { now: { whole: false } });
  // Where only a person can help nothing is tried by itself.
  await p.show(page, { ...STATES.credentials });
  await page.getByRole("heading", { name: "Stopped, waiting for you" }).waitFor();
  assert.equal(await page.getByText("Tried again by itself").count(), 0);
});

test("a coupon whose code is taken here is shown with its name and what to do, and tried again at a press", async () => {
  const { page } = await screen();
  const item = { id: 12, record: { kind: "coupons", id: "0000200000004", title: "Spring, ten percent", customer: "" }, incoming: true, bytes: 420, trouble: p.trouble("taken", { method: "", url: "" }) };
  await p.show(page, { ...STATES.connected, aside: p.page([item]), overview: p.overview("in_step", {}, { aside: 1 }) });
  const row = page.locator("#sync-aside").locator("../..").getByRole("listitem");
  await row.getByText("Spring, ten percent").waitFor();
  await row.getByText("From there").waitFor();
  await row.getByText("Its code is taken here").waitFor();
  await row.getByText("Give one of the two another code", { exact: false }).waitFor();
  await row.getByRole("button", { name: /^Try again: .* · Spring, ten percent$/ }).click();
  await eventually(async () => (await p.asked(page)).findLast((it) => it.retry), { retry: { aside: 12 } });
});

test("what the check found stays on the page: each check with its verdict in words, the switch for developers", async () => {
  const { page } = await screen();
  await p.show(page, STATES.connected);
  await page.locator("summary").filter({ hasText: "What this server can do" }).press("Enter");
  const found = page.locator("details[open] .sync-findings").getByRole("listitem");
  await found.first().waitFor();
  const made = p.FINDINGS.filter((it) => it.verdict !== "skipped");
  assert.equal(await found.count(), made.length);
  const stale = await found.filter({ hasText: "Changing an old version" }).innerText();
  assert.deepEqual(stale.split("\n").map((line) => line.trim()).filter(Boolean),
    ["Changing an old version", "Not refused, so every change is read back and checked.", "Worked around"]);
  await page.locator("summary").filter({ hasText: "Details for developers" }).press("Enter");
  await page.getByText("stale-version · precondition.with: none").waitFor();
});

test("the header says how sync stands on every page, and leads here", async () => {
  const { page } = await screen();
  const say = async (standing, counts, text) => {
    await p.show(page, { overview: p.overview(standing, {}, counts) });
    await page.getByRole("navigation", { name: "Main navigation" }).first().getByRole("link", { name: text }).waitFor();
  };
  await page.evaluate(() => { location.hash = "#/customers"; });
  await page.getByRole("heading", { level: 1, name: "Customers" }).waitFor();
  await say("in_step", {}, "Synced");
  await say("in_step", { conflicts: 2 }, "2 conflicts");
  await say("in_step", { aside: 1 }, "All but 1 synced");
  await say("waiting", { pending: 1_234 }, "1,234 to sync");
  await say("first", { done: 12_300, total: 100_000 }, "Syncing 12,300");
  await say("offline", { pending: 3 }, "Offline, 3 to sync");
  await say("paused", {}, "Sync is paused");
  await say("retrying", {}, "Sync will retry");
  await say("needs_person", {}, "Sync needs you");
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByText("Sync stopped and waits for you.").waitFor();
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("dialog").getByRole("link", { name: "Sync needs you" }).click();
  await page.getByRole("heading", { name: "Stopped, waiting for you" }).waitFor();
  assert.equal(await page.getByText("Sync stopped and waits for you.").count(), 0, "the page says it itself");
});

test("questions are answered by their choice, and only the harmless ones are quick", async () => {
  const { page } = await screen();
  const choices = ["look_again", "send_again", "remove_here", "join", "pause"];
  for (const [kind, title, text] of [
    ["empty_list", "Customers: the server suddenly has none", /Customers: 1,204 here, none there/],
    ["many_deletions", "Customers: 311 records are gone there", /more than the 120 that may go without asking/],
    ["wiped", "There is another database on the server", /The 1,204 records here are safe/],
    ["rolled_back", "The server went back in time", /311 records here are newer than there/],
    ["long_away", "This browser has not synced for very long", /311 records here are not there/],
    ["other_business", "There is another business there", /The 311 records there are of another business/],
  ]) {
    await p.show(page, { overview: p.overview("needs_person", { question: p.question(kind, choices) }) });
    await page.getByRole("heading", { name: title }).waitFor();
    await page.getByText(text).waitFor();
  }
  const alert = page.getByRole("alert").filter({ has: page.getByRole("heading", { level: 3 }) });
  await alert.getByText("and 308 more").waitFor();
  assert.deepEqual(await alert.getByRole("button").allInnerTexts(),
    ["Look again", "Fill the server from here", "Delete them here too", "Join both", "Pause for now"]);
  await alert.getByRole("button", { name: "Fill the server from here" }).click();
  await eventually(async () => (await p.asked(page)).findLast((it) => it.answer), { answer: { question: 7, choice: "send_again" } });
});

test("disconnecting and starting over say what will happen and order it", async () => {
  const { page } = await screen();
  await p.show(page, { ...STATES.connected, overview: p.overview("in_step", {}, { pending: 3 }) });
  const menu = async (name) => {
    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name }).click();
  };
  await menu("Start over…");
  const dialog = page.getByRole("dialog");
  await dialog.getByText("No record is lost", { exact: false }).waitFor();
  await dialog.getByRole("radio", { name: "What is on the server stays" }).check();
  await dialog.getByRole("button", { name: "Compare anew" }).click();
  await eventually(async () => (await p.asked(page)).findLast((it) => it.start_over), { start_over: { from: "there" } });
  await menu("Change what is shared…");
  await dialog.getByRole("checkbox", { name: /^Points and the loyalty programme/ }).uncheck();
  await dialog.getByRole("button", { name: "Save", exact: true }).click();
  const share = (await eventually(async () => (await p.asked(page)).findLast((it) => it.share), (it) => it !== undefined)).share.share;
  assert.equal(share.kinds.includes("ledger"), false);
  assert.deepEqual(share.withheld, ["customers.note"]);
  await menu("Change credentials…");
  await dialog.getByLabel("Token", { exact: true }).last().fill("another");
  await dialog.getByRole("radio", { name: "Until the page closes" }).check();
  await dialog.getByRole("button", { name: "Save and go on" }).click();
  await eventually(async () => (await p.asked(page)).findLast((it) => it.credentials),
    { credentials: { secret: { auth: "bearer", user: "", header: "", secret: "another" }, keep: "session" } });
  await menu("Disconnect…");
  await dialog.getByText("3 changes have not arrived there and will not be sent.").waitFor();
  await dialog.getByRole("button", { name: "Disconnect" }).click();
  await notice(page, "Disconnected; all data is still here");
});

test("the focus stays on a button while a run reports how far it is", async () => {
  const { page } = await screen();
  const at = (done) => p.show(page, { overview: p.overview("first", { running: { stage: "sending", done, total: 1000, sent: done, received: 0, beganAt: "2026-11-22T06:30:00.000Z" } }, { done, total: 1000 }) });
  await at(10);
  const pause = page.getByRole("button", { name: "Pause" });
  await pause.focus();
  for (const done of [20, 30, 40]) {
    await at(done);
    await page.getByText(`${done} of 1,000 records`).waitFor();
    assert.equal(await pause.evaluate((it) => it === document.activeElement), true);
  }
  assert.equal(await page.getByRole("progressbar", { name: "Progress of the sync" }).getAttribute("value"), "0.04");
  await p.show(page, { overview: p.overview("paused") });
  await page.getByRole("button", { name: "Resume" }).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Resume", "the same button means the opposite now");
});

test("without a network nothing is said of the server, and the first sync is seen from its top", async () => {
  const { page } = await screen();
  await page.setViewportSize({ width: 900, height: 300 });
  await page.getByRole("button", { name: "Connect an address" }).click();
  await page.getByRole("button", { name: "Next" }).scrollIntoViewIfNeeded();
  const running = { stage: "fetching", done: 0, total: 4, sent: 0, received: 0, beganAt: "2026-11-22T06:30:00.000Z" };
  await p.show(page, { overview: p.overview("first", { lastRun: null, running }, { done: 0, total: 4, pending: 4 }) });
  await page.getByText("Receiving", { exact: true }).waitFor();
  await eventually(() => page.evaluate(() => document.activeElement?.id), "sync-standing");
  assert.equal(await page.locator("main").evaluate((it) => it.scrollTop), 0);
  await p.show(page, { overview: p.overview("offline", { trouble: p.trouble("unreachable", { cors: p.CORS }) }, { pending: 1 }) });
  await page.getByRole("heading", { name: "There is no network" }).waitFor();
  assert.equal(await page.locator(".sync-trouble").count(), 0);
});

test("in the demo sync cannot be connected, and says why", async () => {
  const b = await browser();
  const page = await b.open("?demo=cafe#/settings/sync");
  await page.getByText("Demo data is never synced.").waitFor();
  assert.equal(await page.getByRole("button", { name: "Connect an address" }).count(), 0);
});
