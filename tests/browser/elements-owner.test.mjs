// What visitors leave, until it stands in the owner's workspace: through the inbox and through this browser; and the
// elements that read a workspace.

import test, { after } from "node:test";
import assert from "node:assert/strict";
import { axe, browser } from "./harness.mjs";
import { host, page } from "./hosts.mjs";
import { takeTime } from "./steps.mjs";
import { fault, serve as serveInbox } from "../../examples/inbox/server.mjs";

const site = await host();
after(() => site.close());
const it = await browser({ server: site, viewport: { width: 900, height: 1000 } });
const TOKEN = "the-owner-and-nobody-else";

async function open(body, script) {
  site.pages["/page"] = page({ body, ...(script ? { script } : {}) });
  return it.open("page", { ready: false });
}

test("a sign-up, an answer and a visit in the visitor's own workspace are on the timeline and in segments", async () => {
  const shop = await open('<shuke-signup workspace="visitors" channels="email sms"></shuke-signup><shuke-survey kind="nps" workspace="visitors"></shuke-survey>');
  await shop.getByLabel("Name").fill("Han Meimei");
  await shop.getByLabel("E-mail", { exact: true }).fill("han@example.com");
  await shop.getByRole("checkbox", { name: "Offers and events by e-mail" }).check();
  await shop.getByRole("checkbox", { name: "I am 14 or older" }).check();
  await takeTime(shop);
  await shop.getByRole("button", { name: "Join" }).click();
  await shop.getByText("We noted your choice: e-mail.").waitFor();
  await shop.getByRole("radio", { name: "9 of 10" }).check({ force: true });
  await shop.getByRole("button", { name: "Send" }).click();
  await shop.getByText("Thank you for your answer").waitFor();
  const found = await shop.evaluate(async () => {
    const { open } = await import("/crm/shuke.js");
    const { configure, consent, track } = await import("/crm/track.js");
    configure({ workspace: "visitors" });
    consent(true);
    await track("page_view", { path: "/menu", seconds: 12 });
    const shuke = await open({ workspace: "visitors" });
    const count = (rule) => shuke.segments.count(rule);
    const events = (kind) => ({ events: { kind, measure: "count", op: "gte", value: 1 } });
    return {
      customer: await shuke.customers.get({ email: "han@example.com" }),
      signups: await count(events("signup")), answers: await count(events("survey")), views: await count(events("page_view")),
      promoters: await count({ attr: "nps", op: "gte", value: 9 }), all: await shuke.customers.count(),
    };
  });
  assert.equal(found.customer.name, "Han Meimei");
  assert.deepEqual(found.customer.consent, { email: true, sms: false });
  assert.deepEqual([found.signups, found.answers, found.views, found.promoters], [1, 1, 1, 1]);
  await it.clean(shop);
  await shop.close();
});

test("the inbox takes what is right, tells what is not, shows nothing to visitors, and is collected once", async () => {
  const inbox = await serveInbox({ token: TOKEN, origins: [site.origin] });
  const id = (n) => `01${String(n).padStart(24, "0")}`;
  const at = "2026-11-20T02:00:00.000Z";
  const consent = { sms: true };
  const consents = [{ channel: "sms", purpose: "marketing", granted: true, wording: "abc", text: "SMS?" }];
  const entries = [
    { id: id(1), kind: "signup", at, data: { name: "李雷", phone: "13800138000", consent, consents } },
    { id: id(2), kind: "dwell", at, visitor: "v1", data: { path: "/menu", seconds: 40 } },
    { id: id(3), kind: "feedback", at, visitor: "v1", data: { about: "praise", text: "好喝" } },
    { id: "../etc", kind: "page_view", at, data: {} },
  ];
  const post = async (body, headers = {}) => {
    const answer = await fetch(inbox.url, { method: "POST", headers: { "content-type": "application/json", ...headers }, body: typeof body === "string" ? body : JSON.stringify(body) });
    return [answer.status, await answer.json()];
  };
  const expected = { accepted: [id(1), id(2), id(3)], refused: [{ id: "../etc", code: "bad_id" }] };
  assert.deepEqual(await post({ shuke: 1, entries }), [200, expected]);
  assert.deepEqual(await post({ shuke: 1, entries }), [200, expected]);
  assert.equal(inbox.entries.length, 3);
  assert.deepEqual(await post({ shuke: 1, entries }, { origin: "https://elsewhere.example" }), [403, { code: "unknown_origin" }]);
  assert.deepEqual(await post("{"), [400, { code: "not_json" }]);
  assert.deepEqual(await post({ shuke: 2, entries }), [400, { code: "unknown_version" }]);
  assert.equal((await post(JSON.stringify({ shuke: 1, entries: "x".repeat(70_000) })))[0], 413);
  assert.equal((await fetch(inbox.url)).status, 401);
  assert.equal((await fetch(inbox.url, { headers: { authorization: "Bearer guess" } })).status, 401);
  assert.equal(fault({ id: id(1), kind: "page_view", at: "2999-01-01T00:00:00Z", data: {} }), "bad_time");
  assert.equal(fault({ id: id(1), kind: "<b>", at, data: {} }), "bad_kind");

  const owner = await open("<h1>Owner</h1>", "");
  const collected = await owner.evaluate(async ({ url, token }) => {
    const { open } = await import("/crm/shuke.js");
    const { collect } = await import("/crm/inbox.js");
    const shuke = await open({ workspace: "owner" });
    const first = await collect(shuke, { inbox: url, token, limit: 2 });
    const again = await collect(shuke, { inbox: url, token, limit: 2 });
    const wrong = await collect(shuke, { inbox: url, token: "guess" }).catch((error) => error.code);
    const lei = await shuke.customers.get({ phone: "13800138000" });
    const count = (kind) => shuke.segments.count({ events: { kind, measure: "count", op: "eq", value: 1 } });
    return { first, again, wrong, lei, customers: await shuke.customers.count(), dwell: await count("dwell"), praise: await count("feedback"), signups: await count("signup") };
  }, { url: inbox.url, token: TOKEN });
  assert.deepEqual(collected.first, { cursor: "3", taken: 3, refused: [] });
  assert.deepEqual(collected.again, { cursor: "3", taken: 3, refused: [] });
  assert.equal(collected.wrong, "unauthorized");
  assert.equal(collected.lei.name, "李雷");
  assert.deepEqual(collected.lei.consent, { sms: true });
  assert.deepEqual([collected.customers, collected.dwell, collected.praise, collected.signups], [2, 1, 1, 1]);
  // The owner's word is kept nowhere.
  assert.ok(!JSON.stringify(await owner.evaluate(() => ({ ...localStorage, ...sessionStorage }))).includes(TOKEN));
  await owner.close();
  await inbox.close();
});

test("one customer and a count are read from the workspace and follow it", async () => {
  const shop = await open('<main><h1>Back office</h1><shuke-segment-count workspace="desk" label="Members" rule=\'{"attr":"city","op":"eq","value":"杭州"}\'></shuke-segment-count><shuke-customer workspace="desk" external-id="C-1"></shuke-customer><shuke-loyalty-card shop="Desk" workspace="desk" member="C-1"></shuke-loyalty-card><shuke-segment-count id="bad" workspace="desk" rule=\'{"attr":"shoe","op":"eq","value":1}\'></shuke-segment-count></main>');
  await shop.getByText("No such customer").waitFor();
  await shop.locator("shuke-segment-count").first().getByText("0 customers").waitFor();
  await shop.getByText("This rule cannot be read").waitFor();
  assert.deepEqual(await axe(shop), []);
  const before = await shop.locator("shuke-customer").boundingBox();
  await shop.evaluate(async () => {
    const { open } = await import("/crm/shuke.js");
    const shuke = await open({ workspace: "desk" });
    const put = await shuke.customers.put({ externalId: "C-1", name: "王芳", city: "杭州", phone: "13900139000", tags: ["常客"], signupOn: "2026-01-03" });
    await shuke.orders.put({ externalId: "O-1", customer: put.ids[0], at: "2026-11-01T10:00:00+08:00", amount: "128.50" });
  });
  await shop.locator("shuke-segment-count").first().getByText("1 customer", { exact: true }).waitFor();
  const card = shop.locator("shuke-customer");
  await card.getByRole("heading", { name: "王芳" }).waitFor();
  await card.getByText("¥128.50 · 1 Nov 2026").waitFor();
  await card.getByText("常客").waitFor();
  assert.deepEqual(await axe(shop), []);
  assert.deepEqual((await card.boundingBox()).y, before.y);
  await shop.evaluate(() => { document.documentElement.lang = "zh-CN"; });
  await card.getByText("¥128.50 · 2026年11月1日").waitFor();
  await shop.locator("shuke-segment-count").first().getByText("1 位客户").waitFor();
  await shop.close();
});
