// What the elements and `track` owe a shop beyond the first look: surveys that let people be, visits through pages that
// change without loading, without a network and against every kind of "do not track", colours of the shop's own, two versions.

import test, { after } from "node:test";
import assert from "node:assert/strict";
import { browser } from "./harness.mjs";
import { host, page } from "./hosts.mjs";
import { eventually } from "./steps.mjs";
import { serve as serveInbox } from "../../examples/inbox/server.mjs";

const site = await host();
after(() => site.close());
const it = await browser({ server: site, viewport: { width: 900, height: 800 } });
const DAY = 86_400_000;

async function open(options) {
  site.pages["/page"] = page(options);
  return it.open("page", { ready: false });
}

test("a survey is asked again after `every` days and not before, and of `share` of the visitors", async () => {
  const shop = await open({ body: '<shuke-survey kind="nps" every="30"></shuke-survey><shuke-survey kind="csat" key="all" share="1"></shuke-survey><shuke-survey kind="ces" key="none" share="0"></shuke-survey>' });
  const seen = (kind) => shop.locator(`shuke-survey[kind=${kind}]`).isVisible();
  await shop.getByText("How likely are you to recommend us to a friend?").waitFor();
  assert.deepEqual([await seen("nps"), await seen("csat"), await seen("ces")], [true, true, false]);
  for (const [days, visible] of [[29, false], [31, true]]) {
    await shop.evaluate((at) => localStorage.setItem("shuke.survey:nps", String(at)), Date.now() - days * DAY);
    await shop.reload();
    await shop.getByText("Very satisfied").waitFor();
    assert.equal(await seen("nps"), visible, `${days} days after`);
  }
  // A share is drawn once for a visitor and stays: of a hundred of them about so many are asked.
  const asked = await shop.evaluate(async () => {
    const asked = [];
    for (let i = 0; i < 200; i++) {
      const survey = Object.assign(document.createElement("shuke-survey"), { hidden: false });
      survey.setAttribute("share", "0.5");
      survey.setAttribute("key", `s${i}`);
      document.body.append(survey);
      asked.push(survey.due());
      if (asked[i] !== survey.due()) throw new Error("drawn anew");
      survey.remove();
    }
    return asked.filter(Boolean).length;
  });
  assert.ok(asked > 60 && asked < 140, `${asked} of 200`);
  // With "thanks" it keeps its room instead of going.
  await shop.close();
  const kept = await open({ body: '<shuke-survey kind="nps" every="30" when-asked="thanks"></shuke-survey>' });
  await kept.evaluate((at) => localStorage.setItem("shuke.survey:nps", String(at)), Date.now() - DAY);
  await kept.reload();
  await kept.locator("shuke-survey .surface").waitFor();
  assert.equal(await kept.locator("shuke-survey input").count(), 0);
  await it.clean(kept);
  await kept.close();
});

test("visits go through pages that change without loading, wait without a network, and go once", async () => {
  const inbox = await serveInbox({ token: "the-owner-and-nobody-else", origins: [site.origin] });
  const script = `<script type="module">import { configure, consent, flush, track } from "/crm/track.js"; Object.assign(globalThis, { flush, track, consent }); consent(true); configure({ inbox: ${JSON.stringify(inbox.url)}, auto: ["page_view"] }); document.documentElement.dataset.ready = "";</script>`;
  const shop = await open({ script, body: "<h1>Shop</h1>" });
  await shop.locator("html[data-ready]").waitFor({ state: "attached" });
  const sent = async () => {
    await shop.evaluate(() => globalThis.flush());
    return inbox.entries.map(({ entry }) => `${entry.kind} ${entry.data.path ?? entry.data.product}`);
  };
  await it.context.setOffline(true);
  await shop.evaluate(async () => {
    history.pushState({}, "", "/menu?who=secret#latte");
    await new Promise((resolve) => setTimeout(resolve, 0));
    history.replaceState({}, "", "/menu?other");
    await globalThis.track("added", { product: "latte" });
    history.back();
  });
  await eventually(() => shop.evaluate(() => location.pathname), "/page");
  await eventually(() => shop.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("shuke.inbox:")).length), 4);
  assert.equal(inbox.entries.length, 0);
  await it.context.setOffline(false);
  await eventually(async () => (await sent()).sort(), ["added latte", "page_view /menu", "page_view /page", "page_view /page"]);
  // What stands behind the path may name people, and went nowhere.
  assert.ok(!JSON.stringify(inbox.entries).includes("secret"));
  await sent();
  assert.equal(inbox.entries.length, 4);
  // Names and data that cannot be are the page's mistake, and said.
  const refused = await shop.evaluate(async () => {
    const out = [];
    for (const [kind, data] of [["Bad Name", {}], ["added", { product: {} }], ["added", { price: Number.NaN }]]) out.push(await globalThis.track(kind, data).then(() => "taken", (error) => error.name));
    return out;
  });
  assert.deepEqual(refused, ["TypeError", "TypeError", "TypeError"]);
  await shop.close();
  // Global privacy control is a "no", as do-not-track is.
  const quiet = await it.context.newPage();
  await quiet.addInitScript(() => Object.defineProperty(Navigator.prototype, "globalPrivacyControl", { get: () => true }));
  await quiet.goto(`${site.url}page`);
  await quiet.locator("html[data-ready]").waitFor({ state: "attached" });
  await quiet.evaluate(() => globalThis.track("added", { product: "mocha" }).then(() => globalThis.flush()));
  assert.equal(inbox.entries.length, 4);
  await quiet.close();
  await inbox.close();
});

test("a shop's own colours, corners and letters reach every element by custom properties, and nothing else does", async () => {
  const style = "<style>:root { --shuke-accent: rgb(120, 20, 60); --shuke-on-accent: rgb(255, 255, 240); --shuke-paper: rgb(250, 250, 210); --shuke-radius: 0px; --shuke-font: monospace; --shuke-font-size: 17px } .button { background: lime !important }</style>";
  const before = it.watched.length;
  const shop = await open({ head: style, body: '<shuke-signup channels="email"></shuke-signup><shuke-feedback></shuke-feedback><shuke-survey kind="ces"></shuke-survey><shuke-consent></shuke-consent>' });
  // Earlier tests were visitors of this site, too, and have answered.
  await shop.evaluate(() => localStorage.clear());
  await shop.reload();
  await shop.getByText("May we record your visit?").waitFor();
  for (const name of ["shuke-signup", "shuke-feedback", "shuke-survey", "shuke-consent"]) {
    const look = await shop.locator(`${name} .surface`).first().evaluate((surface) => {
      const of = (element) => getComputedStyle(element);
      const button = surface.querySelector(".button:not(.plain)");
      return [of(surface).backgroundColor, of(surface).borderRadius, of(surface).fontFamily, of(surface).fontSize, button && of(button).backgroundColor, button && of(button).color];
    });
    assert.deepEqual(look.slice(0, 4), ["rgb(250, 250, 210)", "0px", "monospace", "17px"], name);
    if (look[4]) assert.deepEqual(look.slice(4), ["rgb(120, 20, 60)", "rgb(255, 255, 240)"], name);
  }
  // The inbox of the test before was an address of its own.
  assert.deepEqual([...it.watched.slice(before), ...(await shop.evaluate(() => globalThis.__violations))], []);
  await shop.close();
});

test("two versions of the elements on a page: the first stays, the second does no harm", async () => {
  const old = await host();
  site.pages["/page"] = page({ body: '<shuke-points-badge balance="12840"></shuke-points-badge><p id="late"></p>' });
  const shop = await it.context.newPage();
  const wrong = [];
  shop.on("pageerror", (error) => wrong.push(error.message));
  await shop.route(`${old.origin}/**`, async (route) => {
    const response = await route.fetch();
    return route.fulfill({ response, headers: { ...response.headers(), "access-control-allow-origin": "*" } });
  });
  await shop.goto(`${site.url}page`);
  await shop.getByText("12,840 points").waitFor();
  const same = await shop.evaluate(async (address) => {
    const before = customElements.get("shuke-points-badge");
    await import(address);
    const late = document.createElement("shuke-points-badge");
    late.setAttribute("balance", "7");
    document.getElementById("late").append(late);
    return customElements.get("shuke-points-badge") === before;
  }, `${old.url}crm/elements.js`);
  assert.equal(same, true);
  await shop.getByText("7 points", { exact: true }).waitFor();
  assert.deepEqual(wrong, []);
  await shop.close();
  await old.close();
});
