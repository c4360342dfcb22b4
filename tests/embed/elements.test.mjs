// The custom elements in Firefox: each is on a page with hostile styles, shows what it should, keeps its styles to itself, and
// what visitors and owners do with it works. The browser tests see the same elements in Chromium, and more of each.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { dist } from "../browser/harness.mjs";
import { Firefox } from "./firefox.mjs";
import { serve } from "./steps.mjs";

const MEMBER = { name: "李雷", number: "8801 2345", code: "shuke:member:0000100000001", tier: "金卡", balance: 12840, lots: [{ id: "a", points: 400, earnedOn: "2026-01-01", expiresOn: "2026-12-31" }] };

/** Each element with what is read on it. */
const ELEMENTS = {
  "shuke-loyalty-card": [`member='${JSON.stringify(MEMBER)}'`, "400 points expire on 31 Dec 2026"],
  "shuke-points-badge": ['balance="12840"', "12,840 points"],
  "shuke-signup": ['shop="Daylight" channels="email sms"', "How may Daylight send you news?"],
  "shuke-survey": ['kind="nps"', "How likely are you to recommend us to a friend?"],
  "shuke-feedback": ["", "Good or bad, we want to hear it."],
  "shuke-consent": ["", "May we record your visit?"],
  "shuke-customer": ['workspace="desk" external-id="C-1"', "No such customer"],
  "shuke-segment-count": [`workspace="desk" rule='{"attr":"city","op":"eq","value":"杭州"}'`, "0 customers"],
};

const HOSTILE = "* { all: unset !important; display: block !important; font: 40px fantasy !important; letter-spacing: 9px !important; color: red !important } head, head * { display: none !important }";
const page = (body) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shop</title><style>${HOSTILE}</style><script type="module" src="./elements.js"></script></head><body><h1>Shop</h1>${body}</body></html>`;
const all = Object.entries(ELEMENTS).map(([name, [attributes]]) => `<${name} ${attributes}></${name}>`).join("");

const site = await serve({ "shop.html": page(all), "desk.html": page('<shuke-app demo="cafe" start="#/customers"></shuke-app>') }, dist);
const firefox = await Firefox.start();
after(() => firefox.stop());

/** Waits in a tab until a text is read inside an element; gives all that is read there. */
async function reads(tab, element, text) {
  const said = await firefox.ask(tab, async (name, wanted) => {
    const read = () => document.querySelector(name).shadowRoot.textContent.replace(/\s+/g, " ");
    for (let i = 0; i < 1200 && !read().includes(wanted); i++) await new Promise((resolve) => setTimeout(resolve, 50));
    return read();
  }, element, text);
  assert.ok(said.includes(text), `${element}: ${said.slice(0, 400)}`);
}

test("each element shows its content; styles go neither in nor out", async () => {
  const tab = await firefox.open(`${site}shop.html`);
  for (const [name, [, text]] of Object.entries(ELEMENTS)) await reads(tab, name, text);
  const seen = await firefox.ask(tab, (names) => {
    const looks = {};
    for (const name of names) {
      const { fontSize, color, letterSpacing } = getComputedStyle(document.querySelector(name).shadowRoot.querySelector(".box"));
      looks[name] = [fontSize, color === "rgb(255, 0, 0)", letterSpacing];
    }
    return { looks, adopted: document.adoptedStyleSheets.length, sheets: document.styleSheets.length, globals: Object.keys(globalThis).filter((key) => /shuke/i.test(key)) };
  }, Object.keys(ELEMENTS));
  assert.deepEqual([seen.adopted, seen.sheets, seen.globals], [0, 1, []]);
  for (const [name, look] of Object.entries(seen.looks)) assert.deepEqual(look, ["15px", false, "normal"], name);

  // A visitor joins: what they agreed to goes out with the words they read.
  const entry = await firefox.ask(tab, async () => {
    const said = new Promise((resolve) => document.addEventListener("shuke-entry", (event) => { event.preventDefault(); resolve(event.detail); }, { once: true }));
    const form = document.querySelector("shuke-signup").shadowRoot;
    const type = (field, text) => { field.value = text; field.dispatchEvent(new Event("input", { bubbles: true })); };
    type(form.querySelector("input[autocomplete=name]"), "Han Meimei");
    type(form.querySelector("input[type=email]"), "han@example.com");
    for (const box of form.querySelectorAll("input[type=checkbox]")) box.click();
    // A form filled in within a moment is a program's, and leaves nothing.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    form.querySelector("button[type=submit], .button").click();
    return said;
  });
  assert.deepEqual([entry.kind, entry.data.name, entry.data.email, entry.data.consent], ["signup", "Han Meimei", "han@example.com", { email: true, sms: true }]);
  assert.match(entry.data.consents[0].text, /^How may Daylight send you news\?/);
  await reads(tab, "shuke-signup", "Welcome, Han Meimei!");

  // The shop's own workspace: what a program writes is on the elements at once.
  await firefox.ask(tab, async () => {
    const { open } = await import("./shuke.js");
    const shuke = await open({ workspace: "desk" });
    await shuke.customers.put({ externalId: "C-1", name: "王芳", city: "杭州", tags: ["常客"] });
    await shuke.close();
  });
  await reads(tab, "shuke-segment-count", "1 customer");
  await reads(tab, "shuke-customer", "常客");
});

test("the whole page runs inside an element", async () => {
  const tab = await firefox.open(`${site}desk.html`);
  await reads(tab, "shuke-app", "2,000 customers");
  const found = await firefox.ask(tab, async () => {
    const root = document.querySelector("shuke-app").shadowRoot;
    const link = [...root.querySelectorAll("nav a")].find((it) => it.textContent.trim() === "Segments");
    link.click();
    for (let i = 0; i < 1200 && root.querySelector("h1")?.textContent !== "Segments"; i++) await new Promise((resolve) => setTimeout(resolve, 50));
    return [root.querySelector("h1").textContent, document.title, location.hash, document.styleSheets.length];
  });
  assert.deepEqual(found, ["Segments", "Shop", "", 1]);
});
