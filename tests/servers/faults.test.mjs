// What a bad day does between a till and its server, one fault at a time, by a proxy in front of Kinto. After each: nothing
// is lost, nothing is applied by half, the till says what happened, and when the fault is over it goes on by itself.

import { test } from "node:test";
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { kinto, missing } from "./servers.mjs";
import * as px from "./proxy.mjs";
import { eventually } from "../browser/steps.mjs";
import { ask, aside, asks, command, connect, content, converge, edit, failsWith, inStep, member, now, overview, runs, setProgram, till } from "./shop.mjs";

const PASSWORD = "correct-horse-battery-staple";
const reads = (passage) => passage.method === "GET";
const writes = (passage) => passage.method !== "GET";
const lists = (name) => (passage) => reads(passage) && passage.path.includes(`/${name}/records`);

test("bad days, with Kinto behind", { skip: missing, timeout: 600_000 }, async (t) => {
  const server = await kinto({ name: "till", password: PASSWORD });
  const between = await px.proxy(server.origin);
  const how = { address: `${between.origin}/v1`, preset: "kinto", user: "till", password: PASSWORD };
  const one = await till();
  await setProgram(one.page);
  const fang = await member(one.page, "王芳", "13800001234", 300);
  const na = await member(one.page, "Li Na", "13900005678", 1000);
  await connect(one, how);
  await inStep(one);

  const headers = { authorization: server.authorization, "content-type": "application/json" };
  /** The records of a kind as the server has them, by id. */
  const kept = async (kind = "customers") => {
    const answer = await fetch(server.records(kind), { headers });
    return new Map((await answer.json()).data.map((record) => [record.id, record]));
  };
  /** Another program changes a record at the server. */
  const change = async (id, fields, kind = "customers") => {
    const answer = await fetch(`${server.records(kind)}/${id}`, {
      method: "PATCH", headers: { ...headers, "content-type": "application/merge-patch+json" }, body: JSON.stringify({ data: fields }),
    });
    assert.equal(answer.status, 200, await answer.text());
  };
  const field = async (name, of = fang) => (await content(one)).find((it) => it.id === of)?.[name];
  /** All is as it should be again, on both sides. */
  const well = async (note) => {
    between.heal();
    await inStep(one);
    assert.equal(await field("note"), note);
    assert.equal((await kept()).get(fang).note, note);
    assert.equal((await content(one)).length, [...(await kept()).values()].filter((it) => !it.deleted).length);
  };

  await t.test("F32: the answer to a write is lost: sent again, and there is one of it", async () => {
    const rule = between.fault(px.answerLost, { when: writes, times: 1 });
    const wu = await member(one.page, "Wu Jie", "13700001111");
    await edit(one, fang, { note: "F32" });
    await now(one);
    await eventually(() => rule.happened, 1);
    await well("F32");
    assert.deepEqual([...(await kept()).values()].filter((it) => it.name === "Wu Jie").map((it) => it.id), [wu]);
  });

  await t.test("F30: every write arrives twice: the same as once", async () => {
    const rule = between.fault(px.delivered2, { when: writes });
    await edit(one, fang, { note: "F30" });
    await command(one.page, { adjust_points: { customer: fang, points: 5, reason: "twice", key: "F30" } });
    await inStep(one);
    assert.equal(rule.happened > 0, true);
    await well("F30");
    assert.equal([...(await kept("ledger")).values()].filter((it) => it.key === "F30" || it.reason === "twice").length <= 1, true);
    assert.equal(await field("balance"), 305);
  });

  for (const [what, fault, codes] of [
    ["breaks off", px.brokenOff, ["unreachable", "incomplete", "bad-json"]],
    ["ends in the middle of the JSON", px.halved, ["bad-json", "incomplete"]],
  ]) {
    await t.test(`F33: an answer ${what}: nothing of it is applied, and it is asked for again`, async () => {
      between.fault(fault, { when: lists("customers") });
      await change(na, { city: what });
      await now(one);
      await eventually(async () => codes.includes((await overview(one)).trouble?.code), true);
      assert.notEqual(await field("city", na), what);
      between.heal();
      await inStep(one);
      await eventually(() => field("city", na), what);
    });
  }

  await t.test("F46: another program changed the record meanwhile: fetched, merged, sent again", async () => {
    const held = px.held();
    const rule = between.fault(held, { when: writes, times: 1 });
    await edit(one, fang, { note: "F46" });
    await now(one);
    await eventually(() => rule.happened, 1);
    await change(fang, { city: "Suzhou" });
    held.release();
    await well("F46");
    await eventually(async () => [await field("city"), (await kept()).get(fang).city], ["Suzhou", "Suzhou"]);
  });

  await t.test("F45: 409 to a write: merged and sent again", async () => {
    const rule = between.fault(px.status(409), { when: writes, times: 1 });
    await edit(one, fang, { note: "F45" });
    await now(one);
    await eventually(() => rule.happened, 1);
    await well("F45");
  });

  for (const [what, value] of [["seconds", () => "4"], ["a date", () => new Date(Date.now() + 6000).toUTCString()]]) {
    await t.test(`F48: 429 with Retry-After as ${what}: it waits as it was asked to, and says so`, async () => {
      const [since, asked] = [Date.now(), value()];
      const rule = between.fault(px.status(429, { headers: { "retry-after": asked } }), { times: 1 });
      await edit(one, fang, { note: `F48 ${what}` });
      await now(one);
      await eventually(() => rule.happened, 1);
      const at = between.log.find((it) => it.status === 429 && it.fault === "status" && it.at >= since).at;
      await eventually(async () => ["waiting", "retrying", "running"].includes((await overview(one)).light.standing), true);
      const next = await eventually(() => between.log.find((it) => it.at > at)?.at ?? 0, (it) => it > 0, { seconds: 40 });
      // A date is as it was when the fault was planted; the request may have come later.
      const from = what === "seconds" ? at + 3500 : Date.parse(asked) - 500;
      assert.ok(next >= from, `asked again after ${next - at} ms, ${next - from} ms after it might`);
      await well(`F48 ${what}`);
    });
  }

  await t.test("F49: 500, 502, 503, 504: tried again by itself, nothing leaves the outbox", async () => {
    for (const code of [500, 502, 503, 504]) {
      const rule = between.fault(px.status(code), { when: writes, times: 1 });
      await edit(one, fang, { note: `F49 ${code}` });
      await now(one);
      await eventually(() => rule.happened, 1);
      await eventually(async () => (await kept()).get(fang).note, `F49 ${code}`, { seconds: 40 });
    }
    await well("F49 504");
  });

  await t.test("F50: a record that the server always refuses is set aside and shown; the others go on", async () => {
    const poison = await member(one.page, "Poison", "13500003333");
    const rule = between.fault(px.status(400), { when: (it) => writes(it) && (it.body.includes(poison) || it.path.includes(poison)) });
    await edit(one, fang, { note: "F50" });
    await now(one);
    await eventually(async () => (await aside(one)).map((it) => [it.record.id, it.trouble.code]), [[poison, "refused"]], { seconds: 40 });
    await eventually(async () => (await kept()).get(fang).note, "F50");
    assert.equal(rule.happened > 0, true);
    between.heal();
    await command(one.page, { sync: { retry: { aside: null } } });
    await inStep(one);
    assert.equal((await kept()).get(poison).name, "Poison");
    await well("F50");
  });

  await t.test("F51: 413: less is sent at once; what is too large alone is set aside with its size", async () => {
    const big = await member(one.page, "Big", "13500004444");
    await edit(one, big, { note: "x".repeat(3000) });
    for (let n = 0; n < 8; n += 1) await member(one.page, `Small ${n}`, `1350000500${n}`);
    between.fault(px.status(413), { when: (it) => writes(it) && it.body.length > 2500 });
    await now(one);
    await eventually(async () => (await aside(one)).map((it) => [it.record.id, it.trouble.code]), [[big, "record-too-large"]], { seconds: 40 });
    const [it] = await aside(one);
    t.diagnostic(`its size is told as ${it.bytes} bytes, ${JSON.stringify(it.trouble)}`);
    await eventually(async () => [...(await kept()).values()].filter((it) => it.name?.startsWith("Small")).length, 8);
    between.heal();
    await command(one.page, { sync: { retry: { aside: null } } });
    await inStep(one);
    assert.equal((await kept()).get(big).note.length, 3000);
  });

  await t.test("F52: 401 in the middle: it stops, asks for the credentials, and drops nothing", async () => {
    between.fault(px.status(401), { when: writes });
    await edit(one, fang, { note: "F52" });
    await now(one);
    await failsWith(one, "credentials");
    assert.equal((await overview(one)).light.standing, "needs_person");
    const count = between.log.length;
    await edit(one, fang, { note: "F52 more" });
    await eventually(async () => (await overview(one)).light.pending > 0, true);
    // No storm: what is edited meanwhile makes no request while a person is asked.
    assert.equal(between.log.length - count <= 1, true);
    between.heal();
    await command(one.page, { sync: { credentials: { secret: { auth: "basic", user: "till", header: "", secret: PASSWORD }, keep: "device" } } });
    await well("F52 more");
  });

  await t.test("F53: 403 or 404 where the list was: not read as if all were deleted", async () => {
    const before = (await content(one)).length;
    for (const [code, says] of [[403, "credentials"], [404, "not-found"]]) {
      between.fault(px.status(code), { when: reads });
      await now(one, true);
      await failsWith(one, says);
      assert.equal((await content(one)).length, before);
      between.heal();
      await command(one.page, { sync: { credentials: { secret: { auth: "basic", user: "till", header: "", secret: PASSWORD }, keep: "device" } } });
      await inStep(one);
    }
  });

  await t.test("F54: a page to log in at, with 200: refused by what it is", async () => {
    for (const [type, code] of [["text/html; charset=utf-8", "not-json"], ["application/json", "bad-json"]]) {
      between.fault(px.loginPage(type), { when: reads });
      await now(one);
      const trouble = await failsWith(one, code);
      if (code === "not-json") assert.match(JSON.stringify(trouble), /html|Sign in/);
      between.heal();
      await inStep(one);
    }
    await well("F52 more");
  });

  await t.test("F55: led to another origin: not followed with credentials", async () => {
    const heard = [];
    const other = createServer((request, response) => { heard.push(request.headers.authorization); response.end("{}"); });
    await new Promise((resolve) => { other.listen(0, "127.0.0.1", resolve); });
    t.after(() => new Promise((resolve) => { other.closeAllConnections(); other.close(resolve); }));
    between.fault(px.redirected(`http://127.0.0.1:${other.address().port}`), { when: reads });
    await now(one);
    await failsWith(one, "redirected");
    assert.deepEqual(heard.filter(Boolean), []);
    await well("F52 more");
  });

  await t.test("F56: JSON that is none, or not quite: refused or put right, and the page goes on", async () => {
    const before = await content(one);
    for (const body of ['{"data":[', '{"data":NaN}', `${"[".repeat(10_000)}${"]".repeat(10_000)}`, '{"data":[{"id":"a","id":"b"}]}',
      '{"data":[{"id":"\\ud800","name":"x"}]}', '\ufeff{"data":[]}', '{"data":{"__proto__":{"polluted":1}}}', "null", '"data"', '{"data":[1,null,"x"]}']) {
      const rule = between.fault(px.said(body), { when: lists("customers"), times: 1 });
      await now(one);
      await eventually(() => rule.happened, 1);
      between.heal();
      await inStep(one);
      assert.deepEqual(await content(one), before, body.slice(0, 60));
    }
    assert.equal(await one.page.evaluate(() => ({}).polluted), undefined);
  });

  for (const [id, what, fault] of [["F57", "never ends", px.endless], ["F58", "is small and unpacks to a hundred megabytes", px.bomb]]) {
    await t.test(`${id}: an answer that ${what}: cut off at the limit`, async () => {
      between.poured = 0;
      between.fault(fault, { when: lists("customers") });
      await now(one);
      await failsWith(one, "too-large", { seconds: 60 });
      assert.equal(between.poured < 200_000_000, true, `${between.poured} bytes were taken`);
      await well("F52 more");
    });
  }

  await t.test("F59: an answer that drips: a person can stop it, and goes on later", async () => {
    between.fault(px.dripping(100), { when: reads });
    await now(one);
    await eventually(async () => (await overview(one)).light.standing, "running");
    await command(one.page, { sync: "pause" });
    await eventually(async () => (await overview(one)).light.standing, "paused");
    between.heal();
    await command(one.page, { sync: "resume" });
    await well("F52 more");
  });

  await t.test("F60: the preflight fails: the headers and methods to allow are named", async () => {
    const rule = between.fault(px.withoutHeaders("access-control-allow-headers", "access-control-allow-methods", "access-control-allow-origin"), { preflights: true });
    // What was allowed a moment ago is remembered by the browser, by address and method.
    await edit(one, fang, { note: "F60" });
    await member(one.page, "Preflight", "13500006666");
    await command(one.page, { sync: { now: { whole: true } } });
    await eventually(() => rule.happened > 0, true, { seconds: 40 });
    const trouble = await eventually(async () => (await overview(one)).trouble, (it) => ["cors", "unreachable"].includes(it?.code), { seconds: 40 });
    assert.match(JSON.stringify(trouble.cors), /authorization/i);
    assert.match(JSON.stringify(trouble.cors), /PUT|POST|PATCH/);
    await well("F60");
  });

  await t.test("F62: the list is empty all of a sudden: it asks, and nothing is deleted", async () => {
    const before = await content(one);
    between.fault(px.emptied, { when: reads });
    await now(one, true);
    const question = await asks(one, "empty_list");
    assert.deepEqual(await content(one), before);
    between.heal();
    await command(one.page, { sync: { answer: { question: question.id, choice: "look_again" } } });
    await inStep(one, { whole: true });
    assert.deepEqual(await content(one), before);
  });

  await t.test("F42: writes are answered with yes and change nothing: they stay in the outbox, and after three tries it says so", async () => {
    between.fault(px.noEffect(), { when: writes });
    await edit(one, fang, { note: "F42" });
    for (let n = 0; n < 4; n += 1) await now(one);
    await eventually(async () => (await aside(one)).map((it) => it.trouble.code).concat((await overview(one)).trouble?.code ?? []).some((it) => ["not-kept", "says-failed", "shape"].includes(it)), true, { seconds: 60 });
    assert.notEqual((await kept()).get(fang).note, "F42");
    between.heal();
    await command(one.page, { sync: { retry: { aside: null } } });
    await well("F42");
  });

  await t.test("F38: a record that others stored shows late, with an old stamp: it is not missed", async () => {
    await change(na, { city: "Late" });
    between.fault(px.hidden((row) => row.id !== na), { when: reads });
    await change(fang, { city: "Early" });
    await now(one);
    await eventually(() => field("city"), "Early");
    assert.notEqual(await field("city", na), "Late");
    between.heal();
    await inStep(one);
    await eventually(() => field("city", na), "Late");
  });

  await t.test("F39, F40: the server looks at no precondition, two tills write at once: both changes are there in the end", async () => {
    const two = await till();
    await connect(two, how);
    await converge([one, two]);
    // The preconditions of a batch stand in its body.
    between.fault(async function blind(context) {
      const text = context.body.toString("utf8").replaceAll(/"if-(none-)?match"/gi, '"x-ignored"');
      const { status, headers: out, body } = await context.forward({ drop: ["if-match", "if-none-match"], instead: Buffer.from(text) });
      context.response.writeHead(status, { ...out, "content-length": body.length }).end(body);
    }, { when: writes });
    for (let n = 0; n < 5; n += 1) {
      await edit(one, fang, { note: `one ${n}` });
      await edit(two, fang, { district: `two ${n}` });
      await Promise.all([now(one), now(two)]);
    }
    const held = (await converge([one, two])).find((it) => it.id === fang);
    assert.deepEqual([held.note, held.district], ["one 4", "two 4"]);
    between.heal();
    await command(two.page, { sync: "disconnect" });
  });

  await t.test("F72: the network comes and goes fifty times: it goes on from the outbox, two requests a flip at most", async () => {
    await inStep(one);
    await edit(one, fang, { note: "F72" });
    const from = between.log.length;
    for (let n = 0; n < 50; n += 1) {
      await one.browser.context.setOffline(true);
      await one.browser.context.setOffline(false);
    }
    await eventually(async () => (await kept()).get(fang).note, "F72", { seconds: 30 });
    assert.equal(between.log.length - from <= 100 + 60, true, `${between.log.length - from} requests`);
    await well("F72");
  });

  await t.test("the log of runs tells of it all, and the secret is in none of it", async () => {
    const text = JSON.stringify([await runs(one), await overview(one)]);
    assert.equal(text.includes(PASSWORD) || text.includes(btoa(`till:${PASSWORD}`)), false);
    assert.equal(between.log.every((it) => !it.path.includes(PASSWORD)), true);
    assert.deepEqual((await ask(one.page, { query: { sync: "overview" } })).sync.overview.trouble ?? null, null);
  });
});
