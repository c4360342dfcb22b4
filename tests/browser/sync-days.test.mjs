// Bad days of sync at the screen: each is told in words and loses nothing; a long first sync goes on after a
// reload.

import assert from "node:assert/strict";
import { test } from "node:test";
import { endpoint } from "./endpoint.mjs";
import { csv, customerCount, eventually, go, importMade, made } from "./steps.mjs";
import { connect, edit, inStep, named, PEOPLE, standing, syncNow, till, TOKEN } from "./sync-steps.mjs";
import { ask } from "./till.mjs";

test("a bad day is told in words, nothing is lost, and it goes on by itself or by one press", async (t) => {
  const server = await endpoint();
  const { page } = await till(server);
  await importMade(page, made("people.csv", PEOPLE));
  await connect(page, server);
  await eventually(() => standing(page), "instep", { seconds: 60 });
  const kept = server.snapshot();
  for (const [fault, title] of [
    ["login", "A web page came instead of data"],
    ["truncated", "The data that came is incomplete"],
    ["object", "There is no list here"],
    ["wrong", "There is other data here"],
    ["unknown", "The server has no such place"],
    ["signedOut", "You have to sign in again"],
    ["notAllowed", "Not allowed"],
    ["tooMany", "The server asks us to slow down"],
    ["failing", "The server failed"],
    ["broken", "The server cannot be reached"],
    ["elsewhere", /The server (points somewhere else|cannot be reached)/],
    ["empty", /the server suddenly has none/],
  ]) {
    await t.test(fault, async () => {
      server.fault = fault;
      await page.getByRole("button", { name: "More actions" }).click();
      await page.getByRole("menuitem", { name: "Compare record by record" }).click();
      try {
        await page.locator(".sync-trouble h3").filter({ hasText: title }).waitFor({ timeout: 30_000 });
      } finally {
        // One that is not told must not hide the next.
        server.fault = null;
      }
      assert.equal(Number((await ask(page, { query: "status" })).status.customers), 3);
      const again = page.getByRole("button", { name: "Look again" });
      if (await again.isVisible()) await again.click();
      else if (await page.getByRole("button", { name: "Save and go on" }).isVisible()) {
        await page.getByRole("button", { name: "Save and go on" }).click();
      } else await syncNow(page);
      await eventually(() => standing(page), "instep", { seconds: 60 });
      assert.deepEqual([...server.records.customers.keys()].sort(), [...kept.records.customers.keys()].sort());
    });
  }
  await t.test("no CORS: the headers to allow, letter by letter", async () => {
    server.cors = false;
    await syncNow(page);
    await page.getByRole("heading", { name: /The server (cannot be reached|does not allow this page)/ }).waitFor({ timeout: 30_000 });
    const headers = await page.getByRole("region", { name: "Allow this on the server" }).innerText();
    assert.match(headers, /Access-Control-Allow-Origin: http:\/\/127\.0\.0\.1:\d+\nAccess-Control-Allow-Methods: .*GET.*\nAccess-Control-Allow-Headers: .*content-type/i);
    server.cors = true;
    await syncNow(page);
    await eventually(() => standing(page), "instep", { seconds: 60 });
  });
  await t.test("wiped: it asks, and fills the server from here", async () => {
    server.wipe();
    await syncNow(page);
    await page.getByRole("alert").getByRole("button", { name: "Fill the server from here" }).click({ timeout: 30_000 });
    await eventually(() => standing(page), "instep", { seconds: 60 });
    assert.equal(server.count("customers"), 3);
    assert.equal(await customerCount(page), 3);
  });
  await t.test("emptied, and that is taken for meant: only what is named goes, and undo brings it back to both", async () => {
    await go(page, "#/settings/sync");
    server.fault = "empty";
    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name: "Compare record by record" }).click();
    const alert = page.getByRole("alert").filter({ has: page.getByRole("heading", { name: "Customers: the server suddenly has none" }) });
    await alert.getByText("Customers: 3 here, none there").waitFor();
    await alert.getByRole("button", { name: "Delete them here too" }).click();
    await eventually(() => customerCount(page), 0, { seconds: 60 });
    server.fault = null;
    await go(page, "#/settings/log");
    await page.getByRole("listitem").filter({ hasText: "Deleted in sync: gone there" }).getByRole("button", { name: /^Undo/ }).click();
    await eventually(() => customerCount(page), 3);
    await inStep(page);
    assert.equal(server.count("customers"), 3);
    assert.equal(await customerCount(page), 3);
  });
  await t.test("set back to an old backup: what is newer here is sent again", async () => {
    await go(page, "#/settings/sync");
    const old = server.snapshot();
    await edit(page, "Ann", { city: "Boston" });
    await inStep(page);
    server.restore(old);
    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name: "Compare record by record" }).click();
    const { id } = await named(page, "Ann");
    await eventually(() => JSON.stringify(server.records.customers.get(id)).includes("Boston"), true, { seconds: 60 });
    assert.equal((await named(page, "Ann")).city, "Boston");
  });
});

test("a list of something else is told when one connects, and nothing is written there", async () => {
  const server = await endpoint();
  server.fault = "wrong";
  const { page } = await till(server);
  await go(page, "#/settings/sync");
  await page.getByRole("button", { name: "Connect an address" }).click();
  await page.getByLabel("Kind of server").selectOption({ label: "json-server" });
  await page.getByLabel("Address", { exact: true }).fill(server.origin);
  await page.getByRole("button", { name: "Next" }).click();
  await page.getByRole("button", { name: "Check this address" }).click();
  await page.getByRole("heading", { name: "Not connected: There is other data here" }).waitFor({ timeout: 30_000 });
  assert.deepEqual(server.log.filter((it) => it.method !== "GET"), []);
});

test("a secret for the session is asked for again, and nothing that waited is lost", async () => {
  const server = await endpoint();
  server.authorization = `Bearer ${TOKEN}`;
  const { page } = await till(server);
  await importMade(page, made("people.csv", PEOPLE));
  await connect(page, server, { token: TOKEN, keep: "Until the page closes" });
  await eventually(() => standing(page), "instep", { seconds: 60 });
  await page.reload();
  await page.locator("main h1").first().waitFor();
  await edit(page, "Ann", { city: "Salem" });
  await go(page, "#/settings/sync");
  await page.getByRole("heading", { name: "The credentials are needed again" }).waitFor({ timeout: 30_000 });
  await page.getByRole("textbox", { name: "Token" }).fill("wrong");
  await page.getByRole("button", { name: "Save and go on" }).click();
  await page.getByRole("heading", { name: "You have to sign in again" }).waitFor({ timeout: 30_000 });
  await page.getByRole("textbox", { name: "Token" }).fill(TOKEN);
  await page.getByRole("button", { name: "Save and go on" }).click();
  await eventually(() => standing(page), "instep", { seconds: 60 });
  assert.ok(JSON.stringify([...server.records.customers.values()]).includes("Salem"));
});

test("a long first sync shows how far it is, leaves the page alive, and goes on after a reload", async () => {
  const server = await endpoint();
  const { page } = await till(server);
  const many = [["Customer number", "Name", "Phone"]];
  for (let at = 0; at < 900; at += 1) many.push([`L${at}`, `Person ${at}`, `139${String(at).padStart(8, "0")}`]);
  await importMade(page, made("many.csv", csv(many)));
  server.delay = 15;
  await connect(page, server);
  const bar = page.getByRole("progressbar", { name: "Progress of the sync" });
  await bar.waitFor();
  const far = () => bar.getAttribute("value").then(Number).catch(() => 0);
  await eventually(far, (value) => value > 0.1 && value < 1, { seconds: 60 });
  // Meanwhile the page is used as always.
  await go(page, "#/customers", "Customers");
  await page.getByRole("navigation", { name: "Main navigation" }).first().getByRole("link", { name: /^Syncing/ }).waitFor();
  await page.reload();
  await page.locator("main h1").first().waitFor();
  server.delay = 0;
  await go(page, "#/settings/sync");
  await eventually(() => standing(page), "instep", { seconds: 120 });
  assert.equal(server.count("customers"), 900);
  assert.equal(new Set([...server.records.customers.values()].map((it) => it.name)).size, 900);
});

