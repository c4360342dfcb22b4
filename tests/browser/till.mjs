// What the tests of the counter share: a shop with a programme and members, made by commands over the page's own line to
// its worker (forms for them have tests of their own), and what staff do at the counter.

import assert from "node:assert/strict";
import { eventually, go } from "./steps.mjs";

/**
 * Runs in the page before anything else: keeps the worker at hand, so that a test can ask it as the page does, and lets a
 * test make the page deaf to what happens elsewhere.
 */
export function init() {
  const Real = globalThis.Worker;
  globalThis.__workers = [];
  globalThis.Worker = class extends Real {
    constructor(...all) {
      super(...all);
      globalThis.__workers.push(this);
    }

    set onmessage(hear) {
      super.onmessage = hear && ((event) => {
        if (globalThis.__deaf && event.data?.message?.event) return;
        hear.call(this, event);
      });
    }

    get onmessage() {
      return super.onmessage;
    }
  };
}

/** Asks the worker over the page's line; the answer as JSON, or the fault under `fault`. */
export function ask(page, request, { seconds = 40 } = {}) {
  return page.evaluate(({ request, seconds }) => new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error(`no answer to ${JSON.stringify(request).slice(0, 200)}`)), seconds * 1000);
    const worker = globalThis.__workers.at(-1);
    const id = crypto.randomUUID();
    const plain = (value) => JSON.parse(JSON.stringify(value, (_, it) => (typeof it === "bigint" ? Number(it)
      : it instanceof Map ? Object.fromEntries(it) : it)));
    const hear = ({ data }) => {
      const answer = data?.message?.answer;
      if (answer?.id !== id) return;
      worker.removeEventListener("message", hear);
      resolve(plain(answer.result.Ok ?? { fault: answer.result.Err }));
    };
    worker.addEventListener("message", hear);
    worker.postMessage({ message: { ask: { id, request } }, files: [] });
  }), { request, seconds });
}

/** Carries out a command, which must succeed. */
export async function command(page, command) {
  const answer = await ask(page, { command });
  assert.ok(answer.done, JSON.stringify(answer));
  return answer.done;
}

/** A point for each yuan, 100 points are worth 1.00, half of a bill at most; three mugs, one lamp that is dear. */
export const PROGRAM = {
  name: "Star card", currency: "CNY", time_zone: "Asia/Shanghai",
  earn: [
    { id: "base", on: "purchase", points: 1, per: "1.00" },
    { id: "coffee", on: "purchase", multiply: "2", where: [{ attr: "category", op: "eq", value: "coffee" }] },
  ],
  expiry: { kind: "months", n: 12 },
  redeem: { points: 100, worth: "1.00", step: 100, min_points: 100, max_share: "0.5" },
  rewards: [{ id: "mug", name: "Mug", points: 300, stock: 3 }, { id: "lamp", name: "Lamp", points: 5000 }],
  tiers: { measure: "qualifying_points", window: { kind: "rolling_months", n: 12 }, keep_months: 12,
    levels: [{ id: "silver", name: "Silver", from: 0 }, { id: "gold", name: "Gold", from: 2000, multiply: "1.5" }] },
};

export const setProgram = (page, program = PROGRAM) =>
  command(page, { set_program: { program: JSON.stringify(program), from: null } });

/** A member with so many points from a purchase yesterday; gives the id. */
export async function member(page, name, phone, points = 0) {
  const { outcome } = await command(page, { create_customer: { fields: { name, phone } } });
  const { id } = outcome.customer;
  if (points > 0) {
    const fields = { at: new Date(Date.now() - 86_400_000).toISOString(), currency: "CNY", amount: points * 100, status: "paid" };
    await command(page, { create_order: { customer: id, fields } });
  }
  return id;
}

/** What the worker says of a member: balance, number of orders that count. */
export async function standing(page, customer) {
  const { counter } = await ask(page, { query: { counter: { card: { customer } } } });
  return { balance: counter.card.member.balance, visits: counter.card.visits, orders: counter.card.orders };
}

/** Opens the counter at the search. */
export async function toCounter(page) {
  await go(page, "#/counter", "Counter");
}

export const searchBox = (page) => page.getByRole("main").getByRole("searchbox", { name: "Find a member" });

/** Finds a member and opens them: the first tap. */
export async function openMember(page, text, name) {
  await toCounter(page);
  await searchBox(page).fill(text);
  await page.locator(".till-found").getByRole("button", { name }).click();
  await page.locator("main").getByRole("heading", { level: 1, name }).waitFor();
}

/** Presses the keys of the keypad: the second "tap". */
export async function press(page, keys) {
  const pad = page.getByRole("group", { name: "Keys" });
  for (const key of keys) await pad.getByRole("button", { name: key, exact: true }).click();
}

export const doIt = (page) => page.locator(".till-do");

/** Waits until the one button says so. */
export const saysDo = (page, text) => eventually(async () => (await doIt(page).innerText()).trim(), text);

/** The lines of the receipt: { Bill: "¥35.50", ... }. */
export async function receipt(page) {
  await page.locator(".paper dl").waitFor();
  return page.locator(".paper dl > div").evaluateAll((all) => Object.fromEntries(
    all.map((it) => [it.querySelector("dt").textContent.trim(), it.querySelector("dd").textContent.trim()])));
}

/** A receipt is deaf to the rest of a hasty double tap for a moment; until it listens. */
export const awake = (page) => page.locator(".till-receipt:not([inert])").waitFor();

/** The sentence above the receipt. */
export const done = (page, text) => eventually(async () => (await page.locator(".till-done").innerText()).trim(), text);

/** The balance on the member's card at the counter. */
export const balance = (page, text) => eventually(async () => (await page.locator(".till-balance-number").innerText()).trim(), text);

/** To one of the panes. */
export const pane = (page, name) => page.getByRole("main").getByRole("radio", { name }).check({ force: true });

/** The button of the receipt that undoes; notices have undo buttons of their own. */
export const undo = (page) => page.locator(".till-receipt").getByRole("button", { name: "Undo", exact: true });
