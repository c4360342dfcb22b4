// A till of a shop: a browser with the app in it, connected to an endpoint. Commands and questions go over the page's own
// line to its worker, as the page's do; the screen of sync has tests of its own.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Browser } from "../browser/harness.mjs";
import { ask as askOnce, init, member, setProgram, standing } from "../browser/till.mjs";
import { eventually } from "../browser/steps.mjs";
import { after } from "node:test";

export { member, setProgram, standing };

/** Asks the worker; with patience, because a busy machine syncs and compiles at once. */
export const ask = (page, request) => askOnce(page, request, { seconds: 90 });

/** Carries out a command, which must succeed. */
export async function command(page, command) {
  const answer = await ask(page, { command });
  assert.ok(answer.done, JSON.stringify(answer));
  return answer.done;
}

/** Every kind that can be shared. */
export const KINDS = ["settings", "programs", "segments", "lists", "coupons", "customers", "couponCodes", "orders", "refunds",
  "events", "ledger", "couponUses", "listMembers", "distinct"];

/** Starts a browser of its own with the app, ended with the test file. */
export async function till(options = {}) {
  const browser = await Browser.start({ init, ...options });
  after(() => browser.stop());
  const page = await browser.open();
  return { browser, page };
}

/** What tells an endpoint who we are. */
export function secret({ user, password, token } = {}) {
  if (token) return { auth: "bearer", user: "", header: "", secret: token };
  if (user) return { auth: "basic", user, header: "", secret: password };
  return { auth: "none", user: "", header: "", secret: "" };
}

/** Finds out about an endpoint as the second step of connecting does. */
export async function probe(till, { address, preset = "", ...who }) {
  till.browser.endpoints.add(new URL(address).origin);
  const { sync } = await ask(till.page, { sync: { probe: { address, profile: preset, secret: secret(who) } } });
  assert.ok(sync?.probed, `the probe of ${address} gave ${JSON.stringify(sync)}`);
  return sync.probed;
}

/** Connects, with what the probe found; `before` may change the preset before the probe, `change` the profile after it. */
export async function connect(till, { address, preset, share = {}, keep = "device", before, change = (it) => it, ...who }) {
  const file = before && new URL(`../../src/sync/presets/${preset}.json`, import.meta.url);
  const own = file && JSON.stringify(before(JSON.parse(readFileSync(file, "utf8"))));
  const found = await probe(till, { address, preset: own ?? preset, ...who });
  assert.notEqual(found.verdict, "unsafe", JSON.stringify(found, null, 1));
  const profile = JSON.stringify(change(JSON.parse(found.profile)));
  await command(till.page, { sync: { connect: {
    address, profile, findings: found.findings, secret: secret(who), keep, share: { kinds: KINDS, withheld: [], ...share },
  } } });
  return found;
}

const query = async (till, what, reply) => {
  const answer = await ask(till.page, { query: { sync: what } });
  assert.ok(answer.sync && reply in answer.sync, JSON.stringify(answer));
  return answer.sync[reply];
};

/** How sync stands. */
export const overview = (till) => query(till, "overview", "overview");

/** Fields that two sides changed and nobody looked at. */
export const conflicts = async (till) => (await query(till, { conflicts: { settled: false, offset: 0, limit: 100 } }, "conflicts")).items;

/** Records that were set aside. */
export const aside = async (till) => (await query(till, { aside: { offset: 0, limit: 100 } }, "aside")).items;

/** The last runs, the newest first. */
export const runs = async (till) => (await query(till, { runs: { offset: 0, limit: 20 } }, "runs")).items;

/** Runs now. */
export const now = (till, whole = false) => command(till.page, { sync: { now: { whole } } });

/** Runs until nothing waits and nothing is under way. */
export async function inStep(till, { whole = false, seconds = 90 } = {}) {
  // A run that is past a list does not look at it again for a call that comes meanwhile.
  await eventually(async () => (await overview(till)).running ?? null, null, { seconds });
  await now(till, whole);
  const wanted = { standing: "in_step", pending: 0, trouble: null, question: null };
  try {
    return await eventually(async () => {
      const it = await overview(till);
      return { standing: it.light.standing, pending: it.light.pending, trouble: it.trouble?.code ?? null, question: it.question?.kind ?? null };
    }, wanted, { seconds });
  } catch (error) {
    const { pending } = (await ask(till.page, { query: { sync: { pending: { offset: 0, limit: 5 } } } })).sync;
    console.log(JSON.stringify({ trouble: (await overview(till)).trouble, pending, runs: (await runs(till)).slice(0, 4), aside: await aside(till) }));
    throw error;
  }
}

/** Waits until a run has failed with this code; gives the trouble. */
export async function failsWith(till, code, { seconds = 60 } = {}) {
  await eventually(async () => (await overview(till)).trouble?.code ?? null, code, { seconds });
  return (await overview(till)).trouble;
}

/** Waits until a run asks; gives the question. */
export async function asks(till, kind, { seconds = 60 } = {}) {
  await eventually(async () => (await overview(till)).question?.kind ?? null, kind, { seconds });
  return (await overview(till)).question;
}

/** What a till holds of its customers, by name: their fields, what happened to them, their points. */
export async function content(till) {
  const { customers } = await ask(till.page, { query: { customers: {
    search: "", past: [], sort: "name", descending: false, offset: 0, limit: 500,
  } } });
  const all = [];
  for (const row of customers.items) {
    const { customer: { customer: { updatedAt: _, updatedBy: __, ...fields } } } = await ask(till.page, { query: { customer: { id: row.customer.id } } });
    const { timeline } = await ask(till.page, { query: { timeline: { customer: fields.id, offset: 0, limit: 100 } } });
    const { balance } = await standing(till.page, fields.id);
    all.push({ ...fields, happened: timeline.items.map((it) => JSON.stringify(it.what)).sort(), balance });
  }
  return all;
}

/** Runs all tills until every one of them holds the same and has nothing to send; gives what they hold. */
export async function converge(tills, { seconds = 120 } = {}) {
  const until = Date.now() + seconds * 1000;
  for (;;) {
    for (const till of tills) await inStep(till, { seconds });
    const held = await Promise.all(tills.map(content));
    const same = held.every((it) => JSON.stringify(it) === JSON.stringify(held[0]));
    const quiet = (await Promise.all(tills.map(overview))).every((it) => it.light.pending === 0);
    if (same && quiet) return held[0];
    if (Date.now() > until) {
      assert.deepEqual(held[1], held[0]);
      assert.fail("the tills are never quiet");
    }
  }
}

/** Changes some fields of a customer; the others stay as this till has them. */
export async function edit(till, id, fields) {
  const { customer: { customer: { id: _, createdAt: __, updatedAt: ___, ...draft } } } = await ask(till.page, { query: { customer: { id } } });
  await command(till.page, { update_customer: { id, fields: { ...draft, ...fields } } });
}
