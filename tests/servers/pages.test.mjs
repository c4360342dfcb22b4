// Lists that come in pages, servers that choose ids, lie about batches, want preconditions, or were set back to a backup.

import { test } from "node:test";
import assert from "node:assert/strict";
import { cp } from "node:fs/promises";
import path from "node:path";
import { folder, jsonServer, kinto, missing } from "./servers.mjs";
import * as px from "./proxy.mjs";
import { eventually } from "../browser/steps.mjs";
import { KINDS, aside, command, connect, content, converge, edit, failsWith, inStep, member, now, overview, probe, setProgram, till } from "./shop.mjs";

const PASSWORD = "correct-horse-battery-staple";
const empty = () => Object.fromEntries(KINDS.map((kind) => [kind, []]));
const customers = (passage) => passage.method === "GET" && passage.path.includes("/customers");

/** A till with so many customers. */
async function shop(count) {
  const it = await till();
  await setProgram(it.page);
  it.ids = [];
  for (let n = 0; n < count; n += 1) it.ids.push(await member(it.page, `C${String(n).padStart(2, "0")}`, `138000012${String(n).padStart(2, "0")}`));
  return it;
}

/** Lists in pages of `max`. */
const inPagesOf = (max) => (profile) => ({ ...profile, paging: { ...profile.paging, max } });

test("json-server behind", { skip: missing, timeout: 300_000 }, async (t) => {
  const server = await jsonServer(empty());
  const between = await px.proxy(server.origin);
  const how = { address: between.origin, preset: "json-server" };
  const one = await shop(12);

  await t.test("F43: a server that gives its own ids is found out before anything of ours is sent", async () => {
    const rule = between.fault(async function otherId(context) {
      let body;
      try { body = JSON.parse(context.body); } catch { body = undefined; }
      const instead = body?.id ? { instead: Buffer.from(JSON.stringify({ ...body, id: `srv-${between.log.length}` })) } : {};
      const { status, headers, body: answer } = await context.forward(instead);
      context.response.writeHead(status, { ...headers, "content-length": answer.length }).end(answer);
    }, { when: (it) => it.method === "POST" });
    const found = await probe(one, how);
    between.heal();
    await server.replace(empty());
    assert.equal(rule.happened > 0, true);
    const profile = found.profile && JSON.parse(found.profile);
    assert.equal(found.verdict === "unsafe" || profile.id.by === "server", true, JSON.stringify(found, null, 1));
  });

  await t.test("F44: a server that takes an array for one record is not sent arrays", async () => {
    const found = await probe(one, { address: between.origin, preset: "" });
    assert.notEqual(found.verdict, "unsafe", JSON.stringify(found, null, 1));
    assert.equal(JSON.parse(found.profile).bulk.kind, "none");
    const left = Object.values(await server.kept()).flat().filter((it) => JSON.stringify(it).includes("probe"));
    assert.deepEqual(left, []);
  });

  await t.test("F34: valid JSON with fewer records than the server counts: rejected", async () => {
    await connect(one, { ...how, change: inPagesOf(5) });
    await inStep(one);
    const before = await content(one);
    between.fault(px.shorter(1), { when: customers });
    await now(one, true);
    await failsWith(one, "incomplete");
    assert.deepEqual(await content(one), before);
    between.heal();
    await inStep(one, { whole: true });
  });

  await t.test("F35: the second page fails: what is on it is not passed over", async () => {
    const two = await till();
    let rule;
    // Only once the endpoint was probed: a second page that fails then is found out before anything is connected.
    const change = (profile) => {
      rule = between.fault(px.status(500), { when: (it) => customers(it) && /_page=2|_start=5/.test(it.path) });
      return inPagesOf(5)(profile);
    };
    const found = await connect(two, { ...how, change });
    assert.ok(found);
    await eventually(() => rule.happened > 0, true, { seconds: 30 });
    assert.equal((await content(two)).length < 12, true);
    between.heal();
    assert.equal((await converge([two, one])).length, 12);
    await command(two.page, { sync: "disconnect" });
  });

  await t.test("F36: records come and go while the pages are read: each is seen, none is taken for deleted", async () => {
    const held = px.held();
    const rule = between.fault(held, { when: (it) => customers(it) && /_page=2|_start=5/.test(it.path), times: 1 });
    await now(one, true);
    await eventually(() => rule.happened, 1, { seconds: 30 });
    // The first of them goes: all others move up by one, and one slips from the second page to the first.
    const first = (await server.kept()).customers.find((it) => it.name === "C00");
    await fetch(`${server.origin}/customers/${first.id}`, { method: "DELETE" });
    await fetch(`${server.origin}/customers`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(first) });
    held.release();
    await inStep(one);
    await inStep(one, { whole: true });
    assert.equal((await content(one)).length, 12);
    assert.equal((await server.kept()).customers.filter((it) => !it.deleted).length, 12);
  });

  await t.test("F64: the server was set back to yesterday's backup: what is newer here goes there again, nothing is lost", async () => {
    const yesterday = await server.kept();
    await edit(one, one.ids[1], { note: "of today" });
    await member(one.page, "Today", "13700009999");
    await inStep(one);
    const before = await content(one);
    await server.replace(yesterday);
    await now(one, true);
    const until = await eventually(async () => {
      const { light, question } = await overview(one);
      return question ? "asked" : (light.standing === "in_step" && light.pending === 0 ? "sent" : "");
    }, (it) => it !== "", { seconds: 40 });
    if (until === "asked") {
      const { question } = await overview(one);
      assert.ok(["rolled_back", "many_deletions"].includes(question.kind), question.kind);
      assert.deepEqual(await content(one), before);
      await command(one.page, { sync: { answer: { question: question.id, choice: "send_again" } } });
    }
    await inStep(one, { whole: true });
    assert.deepEqual(await content(one), before);
    const kept = (await server.kept()).customers;
    assert.equal(kept.find((it) => it.id === one.ids[1]).note, "of today");
    assert.equal(kept.some((it) => it.name === "Today"), true);
  });

  await t.test("fields that another program stored are there after our edits", async () => {
    await fetch(`${server.origin}/customers/${one.ids[2]}`, {
      method: "PATCH", headers: { "content-type": "application/json" }, body: JSON.stringify({ shoeColour: "green", deep: { a: [1, null] } }),
    });
    await inStep(one, { whole: true });
    await edit(one, one.ids[2], { note: "after" });
    await inStep(one);
    const kept = (await server.kept()).customers.find((it) => it.id === one.ids[2]);
    assert.deepEqual([kept.note, kept.shoeColour, kept.deep], ["after", "green", { a: [1, null] }]);
  });

  await t.test("F10: one record at the server is damaged: set aside and shown, the others go on", async () => {
    const before = await content(one);
    await fetch(`${server.origin}/customers`, {
      method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ id: "damaged0000001", name: 17, phone: { no: true }, tags: "none", birthday: "soon" }),
    });
    await edit(one, one.ids[3], { note: "F10" });
    await inStep(one, { whole: true });
    assert.deepEqual((await aside(one)).map((it) => [it.record.id, it.incoming]), [["damaged0000001", true]]);
    assert.equal((await content(one)).length, before.length);
    assert.equal((await server.kept()).customers.find((it) => it.id === one.ids[3]).note, "F10");
    // What could not be read is not written over.
    assert.equal((await server.kept()).customers.find((it) => it.id === "damaged0000001").name, 17);
    await fetch(`${server.origin}/customers/damaged0000001`, { method: "DELETE" });
  });

  await t.test("what is not to be sent is never on the wire", async () => {
    const two = await till();
    between.log.length = 0;
    await connect(two, { ...how, share: { kinds: KINDS, withheld: ["customers.note", "customers.phone"] } });
    const id = await member(two.page, "Hidden", "13655556666");
    await edit(two, id, { note: "planted-marker", city: "Suzhou" });
    await inStep(two);
    const sent = between.log.map((it) => `${it.path} ${it.method === "GET" ? "" : it.body}`).join("\n");
    assert.doesNotMatch(sent, /planted-marker|13655556666/);
    assert.match(sent, /Suzhou/);
    // And what is there of these fields stays there.
    assert.equal((await server.kept()).customers.find((it) => it.id === one.ids[1]).note, "of today");
  });
});

test("Kinto behind", { skip: missing, timeout: 300_000 }, async (t) => {
  const server = await kinto({ name: "till", password: PASSWORD });
  const between = await px.proxy(server.origin);
  const how = { address: `${between.origin}/v1`, preset: "kinto", user: "till", password: PASSWORD };
  const headers = { authorization: server.authorization, "content-type": "application/json" };

  await t.test("F37: many records of one moment, over the edges of pages: none is missed", async () => {
    // Stamps of the server's are equal here: it is told to give a whole batch one.
    const one = await shop(11);
    const coarse = px.changed((value) => {
      for (const row of value?.data ?? []) if (row.last_modified) row.last_modified = Math.floor(row.last_modified / 5000) * 5000;
      return value;
    });
    // A version that many records share is none: writes go without it.
    const change = (profile) => {
      between.fault(coarse, { when: (it) => it.method === "GET" });
      return inPagesOf(3)({ ...profile, precondition: { with: "none" }, version: { from: "none" } });
    };
    await connect(one, { ...how, change });
    await inStep(one);
    const two = await till();
    between.heal();
    await connect(two, { ...how, change });
    assert.equal((await converge([two, one])).length, 11);
    await edit(two, one.ids[4], { note: "F37" });
    assert.equal((await converge([two, one])).find((it) => it.id === one.ids[4]).note, "F37");
    between.heal();
    await command(two.page, { sync: "disconnect" });
    await command(one.page, { sync: "disconnect" });
    await server.wipe();
  });

  await t.test("F47: a server that wants a precondition gets one", async () => {
    const one = await shop(2);
    // From the first write on, those of the probe too: nobody told it.
    const rule = between.fault(px.status(428), {
      when: (it) => it.method !== "GET" && it.path.includes("/records/") && !it.headers["if-match"] && !it.headers["if-none-match"],
    });
    const before = (profile) => ({ ...profile, bulk: { kind: "none" }, precondition: { with: "none" } });
    await connect(one, { ...how, before });
    await inStep(one);
    await edit(one, one.ids[0], { note: "F47" });
    await inStep(one);
    const answer = await fetch(`${server.records("customers")}/${one.ids[0]}`, { headers });
    assert.equal((await answer.json()).data.note, "F47");
    assert.equal(typeof rule.happened, "number");
    assert.equal(between.log.some((it) => it.method !== "GET" && it.headers["if-match"]), true);
    between.heal();
    await command(one.page, { sync: "disconnect" });
  });

  await t.test("F59: silence: given up after the time that the profile allows, and tried again", async () => {
    const one = await shop(1);
    await connect(one, { ...how, change: (profile) => ({ ...profile, limits: { ...profile.limits, idleSeconds: 1 } }) });
    await inStep(one);
    const held = px.held();
    between.fault(held, { when: customers });
    await now(one);
    await failsWith(one, "time-out");
    held.release();
    between.heal();
    await inStep(one);
    await command(one.page, { sync: "disconnect" });
    await server.wipe();
  });

  await t.test("F29: a copied profile: two browsers with one number lose nothing of each other's", async () => {
    const one = await shop(2);
    await connect(one, how);
    await inStep(one);
    await one.page.close();
    await one.browser.context.close();
    const copy = path.join(await folder(), "profile");
    await cp(one.browser.profile, copy, { recursive: true });
    const server = one.browser.server;
    const [first, second] = [await till({ profile: one.browser.profile, server }), await till({ profile: copy, server })];
    for (const it of [first, second]) it.browser.endpoints.add(between.origin);
    // The same next id in both, and the same next stamps.
    await member(first.page, "Of the first", "13811110000");
    await member(second.page, "Of the second", "13822220000");
    await edit(first, one.ids[0], { note: "by the first" });
    await edit(second, one.ids[1], { note: "by the second" });
    const held = await converge([first, second]);
    assert.deepEqual(held.map((it) => it.name).sort(), ["C00", "C01", "Of the first", "Of the second"]);
    assert.deepEqual(one.ids.map((id) => held.find((it) => it.id === id).note), ["by the first", "by the second"]);
    assert.equal(new Set(held.map((it) => it.id)).size, 4);
  });
});
