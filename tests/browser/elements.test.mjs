// The elements of a shop's public page, each alone in a page of somebody else: both languages, light and dark, by
// keyboard, without moving anything, under hostile styles and scripts and the strictest policy.

import test, { after } from "node:test";
import assert from "node:assert/strict";
import { axe, browser, file, picture } from "./harness.mjs";
import { host, page, STRICT } from "./hosts.mjs";
import { eventually, takeTime } from "./steps.mjs";
import { serve as serveInbox } from "../../examples/inbox/server.mjs";
import { readFile } from "node:fs/promises";
import { codeOf } from "../../public/element-code.js";
import * as WORDS from "../../public/element-words.js";

const MEMBER = { name: "李雷", number: "8801 2345", code: "shuke:member:0000100000001", tier: "金卡", balance: 12840, pending: 120, worth: "¥128.40", lots: [{ id: "a", points: 400, earnedOn: "2026-01-01", expiresOn: "2026-12-31" }, { id: "b", points: 100, earnedOn: "2026-01-01", expiresOn: "2026-12-31" }] };
const attribute = (value) => JSON.stringify(value).replaceAll("'", "&#39;");
const TOKEN = "the-owner-and-nobody-else";

/** Each element with what a page gives it, and what is read on it in each language. */
const ELEMENTS = {
  card: { markup: `<shuke-loyalty-card shop="拾光咖啡" member='${attribute(MEMBER)}'></shuke-loyalty-card>`, zh: "500 积分将于 2026年12月31日 到期", en: "500 points expire on 31 Dec 2026" },
  empty: { markup: "<shuke-loyalty-card></shuke-loyalty-card>", zh: "还不是会员？", en: "Not a member yet?" },
  unreadable: { markup: "<shuke-loyalty-card member='{\"balance\":1.5}'></shuke-loyalty-card>", zh: "会员信息暂时读不出来", en: "Your card cannot be read just now" },
  badge: { markup: '<shuke-points-badge balance="12840"></shuke-points-badge>', zh: "12,840 积分", en: "12,840 points" },
  signup: { markup: '<shuke-signup shop="Daylight" fields="phone email birthday" channels="email sms phone" privacy="/privacy" inbox="/inbox"></shuke-signup>', zh: "您愿意怎样收到Daylight的消息？", en: "How may Daylight send you news?" },
  nps: { markup: '<shuke-survey kind="nps" closable inbox="/inbox"></shuke-survey>', zh: "您有多大可能把我们推荐给朋友？", en: "How likely are you to recommend us to a friend?" },
  csat: { markup: '<shuke-survey kind="csat" inbox="/inbox"></shuke-survey>', zh: "非常满意", en: "Very satisfied" },
  ces: { markup: '<shuke-survey kind="ces" inbox="/inbox"></shuke-survey>', zh: "非常费力", en: "Very difficult" },
  feedback: { markup: '<shuke-feedback inbox="/inbox"></shuke-feedback>', zh: "好的、不好的，都想听。", en: "Good or bad, we want to hear it." },
  consent: { markup: "<shuke-consent></shuke-consent>", zh: "可以记录您的浏览吗？", en: "May we record your visit?" },
};

const HOSTILE = "* { all: unset !important; display: block !important; font: 40px fantasy !important; letter-spacing: 9px !important; color: red !important; transform: rotate(3deg) !important; transition: all 5s !important } *::before, *::after { content: 'x' !important; } :not(:defined) { display: none }";
const TAME = "html { color-scheme: light } body { margin: 0 } head, style, script, title, meta, link { display: none !important }";

const site = await host();
after(() => site.close());
const it = await browser({ server: site, viewport: { width: 900, height: 1000 } });

/** Opens a page with this body. */
async function open(options) {
  site.pages["/page"] = page(options);
  const opened = await it.open("page", { ready: false });
  return opened;
}

test("both languages say the same things", () => {
  for (const [name, words] of Object.entries(WORDS)) {
    assert.deepEqual(Object.keys(words["zh-CN"]).sort(), Object.keys(words.en).sort(), name);
    for (const key of Object.keys(words.en)) {
      const marks = (text) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
      assert.deepEqual(marks(words["zh-CN"][key]), marks(words.en[key]), `${name}.${key}`);
    }
  }
});

test("codes are those that the reader of the till is tested with", async () => {
  const lines = (await readFile(file("codes.txt"), "utf8")).trimEnd().split("\n");
  for (let at = 0; at < lines.length;) {
    const code = codeOf(lines[at]);
    for (let y = 0; y < code.size; y++) {
      const row = Array.from({ length: code.size }, (_, x) => (code.dark(x, y) ? "#" : ".")).join("");
      assert.equal(row, lines[at + 1 + y], `${lines[at]}, row ${y}`);
    }
    at += code.size + 1;
  }
  assert.equal(codeOf("z".repeat(107)), null);
});

test("each element alone speaks both languages, is accessible in light and dark, and moves nothing", async () => {
  for (const [name, { markup, zh, en }] of Object.entries(ELEMENTS)) {
    for (const [lang, text, scheme] of [["zh-CN", zh, "light"], ["en", en, "dark"]]) {
      const shop = await open({ lang, head: '<meta name="color-scheme" content="light dark">', body: `<main><h1>Shop</h1><p>Before</p>${markup}<p>After the element comes more of the page.</p></main>` });
      await shop.emulateMedia({ colorScheme: scheme });
      await shop.reload();
      await shop.getByText(text).first().waitFor();
      assert.deepEqual(await axe(shop), [], `${name} ${lang} ${scheme}`);
      assert.equal(await shifted(shop), 0, `${name} ${lang}`);
      await shop.close();
    }
  }
  await it.clean();
});

/** The sum of everything that moved on the page without anybody's doing. */
function shifted(page) {
  return page.evaluate(() => new Promise((resolve) => {
    let sum = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
    // What is buffered is told before the second frame.
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => resolve(sum), 0)));
  }));
}

test("a page whose module comes late keeps the room by the style sheet", async () => {
  const late = await host();
  const { markup } = ELEMENTS.card;
  late.pages["/page"] = page({ script: '<link rel="stylesheet" href="/crm/elements.css">', body: `<main><h1>Shop</h1>${markup}<p>${ELEMENTS.badge.markup}</p><p id="after">After</p></main>` });
  const shop = await it.context.newPage();
  await shop.goto(`${late.url}page`);
  const box = () => shop.locator("#after").boundingBox();
  const early = await box();
  await shop.addScriptTag({ type: "module", url: "/crm/elements.js" });
  await shop.getByText("500 points expire").waitFor();
  assert.deepEqual(await box(), early);
  await shop.close();
  await late.close();
});

test("hostile styles change not a pixel inside, and nothing of ours gets out", async () => {
  for (const name of ["card", "signup", "nps", "feedback", "consent"]) {
    const shots = [];
    for (const style of ["", HOSTILE]) {
      const head = `<style>${style.replaceAll("transform: rotate(3deg) !important; ", "")} ${TAME}</style>`;
      // The room is the same; what the page gives its own text is not.
      const shop = await open({ head, lang: "zh-CN", body: `<div class="room">${ELEMENTS[name].markup}</div>` });
      await shop.getByText(ELEMENTS[name].zh).first().waitFor();
      await shop.locator(".box").first().evaluate((box) => { box.getRootNode().host.parentElement.style.setProperty("display", "block", "important"); });
      shots.push(await shop.locator(".box").first().screenshot({ animations: "disabled" }));
      const leaks = await shop.evaluate(() => ({ sheets: document.styleSheets.length, adopted: document.adoptedStyleSheets.length, globals: Object.keys(globalThis).filter((key) => /shuke/i.test(key)) }));
      assert.deepEqual(leaks, { sheets: 1, adopted: 0, globals: [] });
      await shop.close();
    }
    assert.equal(await different(shots), 0, `${name} looks different on a hostile page`);
  }
});

/** How many pixels of two pictures differ by more than the smoothing of letters; all of them if the sizes do. */
async function different(shots) {
  const judge = await open({ script: "" });
  const count = await judge.evaluate(async (urls) => {
    const [one, other] = await Promise.all(urls.map(async (url) => {
      const image = new Image();
      image.src = url;
      await image.decode();
      const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
      canvas.drawImage(image, 0, 0);
      return canvas.getImageData(0, 0, image.width, image.height);
    }));
    if (one.width !== other.width || one.height !== other.height) return `${one.width}x${one.height} and ${other.width}x${other.height}`;
    let count = 0;
    for (let i = 0; i < one.data.length; i++) if (Math.abs(one.data[i] - other.data[i]) > 48) count += 1;
    return count;
  }, shots.map((shot) => `data:image/png;base64,${shot.toString("base64")}`));
  await judge.close();
  return count;
}

/** What old libraries and worse do to a page, before anything else runs. */
function patch() {
  const { push } = Array.prototype;
  for (const name of Object.getOwnPropertyNames(Array.prototype)) {
    if (typeof Array.prototype[name] !== "function" || name === "constructor") continue;
    Object.defineProperty(Array.prototype, name, { configurable: true, writable: true, value() { throw new Error(`patched ${name}`); } });
  }
  void push;
  Array.prototype.toJSON = () => "prototype.js was here";
  Array.prototype.remove = () => {};
  Object.prototype.extra = "leaks into for-in";
  JSON.parse = () => { throw new Error("patched parse"); };
  globalThis.fetch = () => { throw new Error("patched fetch"); };
}

test("patched prototypes, a patched parser and a patched fetch stop nothing", async () => {
  const inbox = await serveInbox({ token: TOKEN, origins: [site.origin] });
  const shop = await open({ head: `<script>(${patch})()</script>`, body: `${ELEMENTS.card.markup}${ELEMENTS.signup.markup.replace('inbox="/inbox"', `inbox="${inbox.url}"`)}` });
  await shop.getByText("500 points expire on 31 Dec 2026").waitFor();
  await signUp(shop);
  await shop.getByRole("heading", { name: "Welcome, Han Meimei!" }).waitFor();
  assert.equal(inbox.entries.length, 1);
  const { entry } = inbox.entries[0];
  assert.equal(entry.data.consents.length, 3);
  assert.deepEqual(entry.data.consents.map(({ channel, granted }) => [channel, granted]), [["email", true], ["sms", false], ["phone", false]]);
  await shop.close();
  await inbox.close();
});

/** Fills in the form by keyboard alone. */
async function signUp(shop) {
  await shop.getByLabel("Name").focus();
  await shop.keyboard.type("Han Meimei");
  await shop.keyboard.press("Tab");
  await shop.keyboard.type("+86 138 0013 8000");
  await shop.keyboard.press("Tab");
  await shop.keyboard.type("han@example.com");
  await shop.getByRole("checkbox", { name: "Offers and events by e-mail" }).focus();
  await shop.keyboard.press("Space");
  await shop.getByRole("checkbox", { name: "I am 14 or older, or a guardian agrees that I join" }).focus();
  await shop.keyboard.press("Space");
  await takeTime(shop);
  await shop.keyboard.press("Enter");
}

test("under the strictest policy everything works and is recorded with what was agreed to", async () => {
  const strict = await host({ csp: `${STRICT}; require-trusted-types-for 'script'; trusted-types 'none'` });
  const inbox = await serveInbox({ token: TOKEN, origins: [] });
  // The inbox lies on the page's own site, as the policy wants: what is written to it is handed on.
  strict.pages["/page"] = page({ body: `${ELEMENTS.signup.markup}${ELEMENTS.card.markup}` });
  const shop = await it.context.newPage();
  await shop.route("**/inbox", async (route) => {
    const answer = await fetch(inbox.url, { method: "POST", body: route.request().postData() });
    await route.fulfill({ status: answer.status, contentType: "application/json", body: await answer.text() });
  });
  await shop.goto(`${strict.url}page`);
  await signUp(shop);
  await shop.getByText("We noted your choice: e-mail.").waitFor();
  const { entry } = inbox.entries[0];
  assert.equal(entry.kind, "signup");
  assert.equal(entry.data.phone, "+8613800138000");
  assert.equal(entry.data.source, `${strict.origin}/page`);
  const [email, sms] = entry.data.consents;
  assert.deepEqual([email.granted, sms.granted], [true, false]);
  assert.equal(email.text, "How may Daylight send you news? Offers and events by e-mail");
  assert.match(email.wording, /^[0-9a-f]{12}$/);
  assert.deepEqual(await shop.evaluate(() => globalThis.__violations), []);
  await shop.close();
  await inbox.close();
  await strict.close();
});

test("what is wrong is marked, named and focused; nothing is sent until it is right", async () => {
  const shop = await open({ body: `<main><h1>Shop</h1>${ELEMENTS.signup.markup}</main>` });
  await shop.getByRole("button", { name: "Join" }).click();
  const name = shop.getByLabel("Name");
  assert.equal(await name.getAttribute("aria-invalid"), "true");
  assert.ok(await name.evaluate((field) => field.getRootNode().activeElement === field));
  await shop.getByText("Please give a mobile number or an e-mail").waitFor();
  await shop.getByText("Under 14, a guardian has to agree").waitFor();
  assert.deepEqual(await axe(shop), []);
  await picture(shop, "element-signup-wrong");
  assert.ok(!site.asked.includes("POST /inbox"));
  // Another language keeps what was typed.
  await name.fill("王芳");
  await shop.evaluate(() => { document.documentElement.lang = "zh-CN"; });
  await shop.getByRole("button", { name: "加入" }).waitFor();
  assert.equal(await shop.getByLabel("姓名").inputValue(), "王芳");
  await shop.close();
});

test("a survey asks once, keeps the focus on its scale, and lets be whoever closed it", async () => {
  const shop = await open({ body: `<main><h1>Shop</h1>${ELEMENTS.nps.markup}</main>` });
  const entries = [];
  await shop.exposeFunction("said", (entry) => entries.push(JSON.parse(entry)));
  await shop.evaluate(() => document.addEventListener("shuke-entry", (event) => { event.preventDefault(); globalThis.said(JSON.stringify(event.detail)); }));
  await shop.getByRole("radio", { name: "7 of 10" }).focus();
  await shop.keyboard.press("Space");
  await shop.getByLabel("What is the main reason for your score?").waitFor();
  await shop.keyboard.press("ArrowRight");
  assert.ok(await shop.getByRole("radio", { name: "8 of 10" }).isChecked());
  await shop.getByLabel("What is the main reason for your score?").fill("Good coffee");
  assert.deepEqual(await axe(shop), []);
  await takeTime(shop);
  await shop.getByRole("button", { name: "Send" }).click();
  await shop.getByText("Thank you for your answer").waitFor();
  await eventually(() => entries.map(({ kind, data }) => [kind, data]), [["survey", { survey: "nps", key: "nps", nps: 8, of: 10, text: "Good coffee" }]]);
  await shop.reload();
  await shop.getByRole("heading", { name: "Shop" }).waitFor();
  assert.equal(await shop.locator("shuke-survey").isVisible(), false);
  // Another survey is another question.
  site.pages["/page"] = page({ body: '<shuke-survey kind="csat" key="other" closable></shuke-survey>' });
  await shop.reload();
  await shop.getByRole("button", { name: "Not now" }).click();
  assert.equal(await shop.locator("shuke-survey").isVisible(), false);
  await shop.reload();
  assert.equal(await shop.locator("shuke-survey").isVisible(), false);
  await shop.close();
});

test("without a network it waits on the device and is sent once, by itself", async () => {
  const inbox = await serveInbox({ token: TOKEN, origins: [site.origin] });
  const shop = await open({ body: `<shuke-feedback inbox="${inbox.url}"></shuke-feedback>` });
  await it.context.setOffline(true);
  await shop.getByText("Problem", { exact: true }).click();
  await shop.getByLabel("Your message").fill("The door sticks");
  await takeTime(shop);
  await shop.getByRole("button", { name: "Send" }).click();
  await shop.getByText("It is kept on this device and sent by itself later.").waitFor();
  assert.equal(inbox.entries.length, 0);
  await it.context.setOffline(false);
  await eventually(() => inbox.entries.length === 1, true);
  assert.deepEqual(inbox.entries[0].entry.data, { about: "problem", text: "The door sticks", source: `${site.origin}/page` });
  await eventually(async () => (await shop.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("shuke.inbox:")))).length === 0, true);
  await shop.close();
  await inbox.close();
});

test("an inbox that refuses is told to the visitor, and the page hears of it", async () => {
  const inbox = await serveInbox({ token: TOKEN, origins: ["https://elsewhere.example"] });
  const shop = await open({ body: `<shuke-feedback inbox="${inbox.url}"></shuke-feedback>` });
  await shop.route(inbox.url, (route) => route.fulfill({ status: 403, contentType: "application/json", headers: { "access-control-allow-origin": "*", "access-control-allow-headers": "*" }, body: '{"code":"unknown_origin"}' }));
  await shop.getByLabel("Your message").fill("Hello there, shop");
  await takeTime(shop);
  await shop.getByRole("button", { name: "Send" }).click();
  await shop.getByText("It was not accepted (unknown_origin). Please contact the shop.").waitFor();
  await shop.close();
  await inbox.close();
});

test("a visit is recorded with consent only, in batches, and never against do-not-track", async () => {
  const inbox = await serveInbox({ token: TOKEN, origins: [site.origin] });
  const script = `<script type="module" src="/crm/elements.js"></script><script type="module">import { configure, flush, track } from "/crm/track.js"; configure({ inbox: ${JSON.stringify(inbox.url)}, auto: ["page_view", "dwell", "click"], member: "M-1" }); globalThis.flush = flush; globalThis.track = track;</script>`;
  const shop = await open({ script, body: '<shuke-consent></shuke-consent><button data-shuke-click="buy">Buy</button><button>Other</button>' });
  // Earlier tests were visitors of this site, too.
  await shop.evaluate(() => localStorage.clear());
  await shop.getByRole("button", { name: "Buy" }).click();
  await shop.evaluate(() => globalThis.track("added", { product: "latte" }));
  assert.deepEqual(await kept(shop), []);
  await shop.getByRole("button", { name: "Allow", exact: true }).click();
  await shop.getByText("Recording your visit is allowed.").waitFor();
  await shop.getByRole("button", { name: "Buy" }).click();
  await shop.getByRole("button", { name: "Other" }).click();
  await shop.evaluate(() => globalThis.track("added", { product: "latte", price: 28 }));
  await eventually(async () => { await shop.evaluate(() => globalThis.flush()); return inbox.entries.length >= 3; }, true);
  const names = inbox.entries.map(({ entry }) => entry.kind);
  assert.deepEqual(names.sort(), ["added", "click", "page_view"]);
  const click = inbox.entries.find(({ entry }) => entry.kind === "click").entry;
  assert.deepEqual(click.data, { on: "buy", path: "/page" });
  assert.equal(click.member, "M-1");
  assert.match(click.visitor, /^[0-9a-f]{32}$/);
  // "No" forgets who it was.
  await shop.getByRole("button", { name: "Change" }).click();
  await shop.getByRole("button", { name: "Do not allow" }).click();
  assert.deepEqual(await kept(shop), ["shuke.consent"]);
  await shop.close();
  const before = inbox.entries.length;
  const quiet = await it.context.newPage();
  await quiet.addInitScript(() => {
    Object.defineProperty(Navigator.prototype, "doNotTrack", { get: () => "1" });
    localStorage.setItem("shuke.consent", "yes 2026-01-01");
  });
  await quiet.goto(`${site.url}page`);
  await quiet.getByText("Your browser asks not to be tracked").waitFor();
  await quiet.getByRole("button", { name: "Buy" }).click();
  await quiet.evaluate(() => globalThis.track("added", { product: "latte" }).then(() => globalThis.flush()));
  assert.equal(inbox.entries.length, before);
  assert.deepEqual(await kept(quiet), ["shuke.consent"]);
  await quiet.close();
  await inbox.close();
});

test("how long a page was looked at is sent when it is left", async () => {
  const inbox = await serveInbox({ token: TOKEN, origins: [site.origin] });
  const script = `<script type="module">import { configure, consent } from "/crm/track.js"; consent(true); configure({ inbox: ${JSON.stringify(inbox.url)}, auto: ["page_view", "dwell"] });</script>`;
  const shop = await open({ script, body: "<h1>Menu</h1>" });
  await shop.waitForFunction(() => performance.now() > 1800);
  await shop.goto("about:blank");
  // It went while the page closed, or goes with the next page.
  await shop.goto(`${site.url}page`);
  await eventually(() => inbox.entries.some(({ entry }) => entry.kind === "dwell"), true);
  const { entry } = inbox.entries.find((one) => one.entry.kind === "dwell");
  assert.equal(entry.data.path, "/page");
  assert.ok(entry.data.seconds >= 1 && entry.data.seconds < 60, JSON.stringify(entry));
  assert.equal(new Set(inbox.entries.map((one) => one.entry.visitor)).size, 1);
  await shop.close();
  await inbox.close();
});

/** What this site keeps on the device. */
const kept = (page) => page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("shuke.")).sort());

test("a public page loads its elements and nothing that could hold anybody's data", async () => {
  const alone = await host();
  alone.pages["/page"] = page({ body: Object.values(ELEMENTS).map(({ markup }) => markup).join("") });
  const shop = await it.context.newPage();
  await shop.goto(`${alone.url}page`);
  await shop.getByText("May we record your visit?").waitFor();
  await shop.waitForLoadState("networkidle");
  assert.deepEqual(alone.asked.filter((line) => /worker|wasm|shuke\.js|app/.test(line) && !line.includes("element-app")), []);
  await shop.close();
  await alone.close();
});
