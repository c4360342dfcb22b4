// Two tabs of one browser work on the same data: one leads, the other goes through it, and when the leader ends, in
// the middle of whatever it was, nothing is lost and nothing is there twice.

import assert from "node:assert/strict";
import { test } from "node:test";
import { browser } from "./harness.mjs";
import { customerCount, go, search } from "./steps.mjs";
import { createCustomer, customersFile, importUntil, showsCustomers } from "./trouble.mjs";

test("two tabs at once", async (t) => {
  const b = await browser();
  let leader = await b.open("#/customers");
  let other = await b.open("#/customers");
  let customers = 0;

  await t.test("both edit at the same time and see each other's without a reload", async () => {
    const each = async (page, names) => {
      for (const name of names) await createCustomer(page, name);
    };
    await Promise.all([
      each(leader, ["Leader One", "Leader Two", "Leader Three"]),
      each(other, ["Other One", "Other Two", "Other Three"]),
    ]);
    customers += 6;
    await Promise.all([leader, other].map((page) => showsCustomers(page, customers)));
    for (const page of [leader, other]) {
      for (const name of ["Leader One", "Other Three"]) await page.getByRole("link", { name }).waitFor();
    }
  });

  await t.test("a change in one tab is seen in the record that is open in the other", async () => {
    await other.getByRole("link", { name: "Leader One" }).click();
    await other.getByRole("heading", { name: "Leader One" }).first().waitFor();
    await search(leader, "Leader One");
    await leader.getByRole("link", { name: "Leader One" }).click();
    // Until then the record of the last new customer is open, which can be edited as well.
    await leader.getByRole("heading", { level: 1, name: "Leader One" }).waitFor();
    await leader.getByRole("button", { name: "Edit", exact: true }).first().click();
    const form = leader.getByRole("dialog", { name: "Edit Leader One" });
    await form.getByLabel("Name", { exact: true }).first().fill("Leader Renamed");
    await form.getByRole("button", { name: "Save", exact: true }).click();
    await form.waitFor({ state: "hidden" });
    await other.getByRole("heading", { name: "Leader Renamed" }).first().waitFor();
  });

  await t.test("the leader is closed while the other creates customers", async () => {
    const names = Array.from({ length: 8 }, (_, i) => `Steady ${i}`);
    for (const [i, name] of names.entries()) {
      // Not awaited: the tab ends while the next customer is on its way through it.
      if (i === 3) leader.close();
      await createCustomer(other, name);
    }
    customers += names.length;
    await showsCustomers(other, customers);
  });

  await t.test("a command whose answer was lost with the leader is applied once", async () => {
    leader = other;
    other = await b.open("#/customers");
    await showsCustomers(other, customers);
    const [worker] = leader.workers();
    await worker.evaluate(() => {
      const send = BroadcastChannel.prototype.postMessage;
      globalThis.lost = new Promise((resolve) => {
        BroadcastChannel.prototype.postMessage = function (said) {
          if (said.message?.answer?.result?.Ok?.done) resolve("lost");
          else send.call(this, said);
        };
      });
    });
    const lost = worker.evaluate(() => globalThis.lost);
    const created = createCustomer(other, "Only Once");
    assert.equal(await Promise.race([lost, created]), "lost", "no other answer came first");
    // The leader has done it by now, the tab that asked does not know.
    await leader.close();
    await created;
    customers += 1;
    await showsCustomers(other, customers);
    await search(other, "Only Once");
    await showsCustomers(other, 1);
  });

  await t.test("the leader crashes in the middle of the other's import; it comes to its end with no twins", async () => {
    leader = other;
    other = await b.open("#/data");
    await importUntil(other, customersFile(6_000), 2_000);
    const cdp = await b.context.newCDPSession(leader);
    // It has no answer: the process that would give it is the one that ends.
    cdp.send("Page.crash").catch(() => {});
    await other.getByRole("heading", { name: "Imported" }).waitFor({ timeout: 60_000 });
    customers += 6_000;
    assert.equal(await customerCount(other), customers);
    await go(other, "#/", /./);
    await b.clean(other);
  });

  await t.test("after a restart everything is there once", async () => {
    await b.context.close();
    await b.launch();
    const page = await b.open();
    assert.equal(await customerCount(page), customers);
    await b.clean(page);
  });
});
