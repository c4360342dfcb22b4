// What the tests of sync share: a browser at the screen of sync, connecting as a person does, runs, and edits.

import { browser } from "./harness.mjs";
import { csv, eventually, go } from "./steps.mjs";
import { ask, command, init } from "./till.mjs";

export const TOKEN = "tok-5up3r-s3cret-quetzal-9921";
export const PEOPLE = csv([
  ["Customer number", "Name", "Phone", "City", "Note"],
  ["K1", "Ann Example", "+15555550100", "Portland", "private remark zq1"],
  ["K2", "欧阳娜娜", "13812345678", "扬州市", "private remark zq2"],
  ["K3", "Zebulon Quartz", "13900000003", "上海市", ""],
]);

/** A browser at the screen of sync. */
export async function till(server, options = {}) {
  const b = await browser({ init, endpoints: [server.origin], ...options });
  const page = await b.open();
  return { b, page };
}

/** Connects from the screen, as a person does. */
export async function connect(page, server, { token, address = server.origin, keep, withhold = [] } = {}) {
  await go(page, "#/settings/sync");
  await page.getByRole("button", { name: "Connect an address" }).click();
  await page.getByLabel("Kind of server").selectOption({ label: "json-server" });
  await page.getByLabel("Address", { exact: true }).fill(address);
  await page.getByRole("button", { name: "Next" }).click();
  if (token) {
    await page.getByRole("radio", { name: "Token" }).check();
    await page.getByRole("textbox", { name: "Token" }).fill(token);
    if (keep) await page.getByRole("radio", { name: keep }).check();
  }
  await page.getByRole("button", { name: "Check this address" }).click();
  await page.getByRole("heading", { name: /^(Good to use|Can be used)$/ }).waitFor({ timeout: 60_000 });
  await page.getByRole("button", { name: "Next" }).click();
  await page.getByRole("heading", { name: "What do you share?" }).waitFor();
  await page.getByRole("checkbox", { name: /^Customers/ }).waitFor();
  for (const [group, name] of withhold) {
    await page.locator(".sync-group").filter({ hasText: group }).locator("summary").first().click();
    await page.locator(".sync-group").filter({ hasText: group }).getByRole("checkbox", { name, exact: true }).uncheck();
  }
  await page.getByRole("button", { name: "Start syncing" }).click();
  await page.locator("#sync-standing").waitFor();
}

export const standing = (page) => page.locator(".sync").getAttribute("data-sync");
export const syncNow = (page) => page.getByRole("button", { name: /^(Sync now|Try again now)$/ }).click();

/** How the worker says it stands: the page may still show what was a moment ago. */
const told = async (page) => (await ask(page, { query: { sync: "overview" } })).sync.overview.light.standing;

/** Lets a run begin and end, from the button, and waits until nothing is left to send. */
export async function inStep(page) {
  await go(page, "#/settings/sync");
  await page.locator(".sync").waitFor();
  // A run that began before what the test did last may end without it.
  await eventually(() => told(page), (it) => it !== "running" && it !== "first", { seconds: 60 });
  const runs = async () => (await ask(page, { query: { sync: { runs: { offset: 0, limit: 1 } } } })).sync.runs.total;
  const before = await runs();
  const now = page.getByRole("button", { name: /^(Sync now|Try again now)$/ });
  if (await now.isEnabled()) await now.click();
  await eventually(runs, (total) => total > before, { seconds: 30 });
  await eventually(() => told(page), "in_step", { seconds: 60 });
  await eventually(() => standing(page), "instep", { seconds: 60 });
}

export const named = async (page, name) => {
  const { customers } = await ask(page, { query: { customers: { search: name, past: [], sort: "name", descending: false, offset: 0, limit: 5 } } });
  return customers.items[0]?.customer;
};

/** Changes some fields of the customer of this name; the others stay as this browser has them. */
export async function edit(page, name, fields) {
  const known = await named(page, name);
  const { customer: { customer: { id: _, createdAt: __, updatedAt: ___, ...draft } } } = await ask(page, { query: { customer: { id: known.id } } });
  await command(page, { update_customer: { id: known.id, fields: { ...draft, ...fields } } });
}
