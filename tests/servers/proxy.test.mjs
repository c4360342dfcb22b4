// The proxy does what its faults are called: a fault that does nothing would make every test of sync pass.

import { test } from "node:test";
import assert from "node:assert/strict";
import { createServer } from "node:http";
import * as px from "./proxy.mjs";

async function shop(t) {
  const seen = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    seen.push({ method: request.method, headers: request.headers, body });
    response.writeHead(200, { "content-type": "application/json", "x-total-count": "3" }).end('[{"id":"a"},{"id":"b"},{"id":"c"}]');
  });
  await new Promise((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  t.after(() => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }));
  const it = await px.proxy(`http://127.0.0.1:${server.address().port}`);
  const get = async (options) => {
    const answer = await fetch(`${it.origin}/list`, { redirect: "manual", ...options });
    return { status: answer.status, type: answer.headers.get("content-type"), text: await answer.text(), headers: answer.headers };
  };
  return { it, get, seen };
}

const WHOLE = '[{"id":"a"},{"id":"b"},{"id":"c"}]';
const fails = (ask) => assert.rejects(ask, /fetch failed|terminated|other side closed/);

test("what passes is whole and written down", async (t) => {
  const { it, get } = await shop(t);
  assert.equal((await get()).text, WHOLE);
  assert.deepEqual(it.log.map((one) => [one.method, one.path, one.status, one.fault]), [["GET", "/list", 200, null]]);
});

test("each fault does what it is called", async (t) => {
  const { it, get, seen } = await shop(t);
  const once = async (fault, ask) => {
    const rule = it.fault(fault, { times: 1 });
    seen.length = 0;
    await ask();
    assert.equal(rule.happened, 1, fault.name);
    assert.equal((await get()).text, WHOLE, `after ${fault.name} all is as before`);
  };
  const body = async (expected) => assert.equal((await get()).text, expected);
  await once(px.requestLost, async () => { await fails(get()); assert.equal(seen.length, 0); });
  await once(px.answerLost, async () => { await fails(get()); assert.equal(seen.length, 1); });
  await once(px.delivered2, async () => { await body(WHOLE); assert.equal(seen.length, 2); });
  await once(px.brokenOff, () => fails(get()));
  await once(px.halved, () => body(WHOLE.slice(0, 17)));
  await once(px.shorter(1), () => body('[{"id":"a"},{"id":"b"}]'));
  await once(px.emptied, async () => { const found = await get(); assert.deepEqual([found.text, found.headers.get("x-total-count")], ["[]", "3"]); });
  await once(px.hidden((row) => row.id !== "b"), () => body('[{"id":"a"},{"id":"c"}]'));
  await once(px.status(429, { headers: { "retry-after": "2" } }), async () => {
    const found = await get();
    assert.deepEqual([found.status, found.headers.get("retry-after")], [429, "2"]);
  });
  await once(px.loginPage(), async () => assert.match((await get()).type, /html/));
  await once(px.redirected("http://127.0.0.1:1"), async () => assert.equal((await get()).status, 302));
  await once(px.said("NaN"), () => body("NaN"));
  await once(px.noEffect(), async () => { await get({ method: "PUT", body: "{}" }); assert.equal(seen.length, 0); });
  await once(px.withoutPrecondition, async () => {
    await get({ method: "PUT", body: "{}", headers: { "if-match": '"1"' } });
    assert.equal(seen[0].headers["if-match"], undefined);
  });
  await once(px.withoutHeaders("x-total-count"), async () => assert.equal((await get()).headers.get("x-total-count"), null));
});

test("what never ends goes on until the other side hangs up", async (t) => {
  const { it } = await shop(t);
  for (const [fault, enough] of [[px.endless, 10_000_000], [px.dripping(1), 20], [px.bomb, 50_000_000]]) {
    it.fault(fault, { times: 1 });
    const stop = new AbortController();
    const answer = await fetch(`${it.origin}/list`, { signal: stop.signal });
    let bytes = 0;
    for await (const chunk of answer.body) {
      bytes += chunk.length;
      if (bytes > enough) break;
    }
    stop.abort();
    assert.equal(bytes > enough, true, fault.name);
  }
  assert.equal(it.poured > 10_000_000, true);
});

test("what is held goes on when it is released", async (t) => {
  const { it, get } = await shop(t);
  const held = px.held();
  it.fault(held, { times: 1 });
  let answered = false;
  const answer = get().then((found) => { answered = true; return found; });
  assert.equal((await get()).text, WHOLE);
  assert.equal(answered, false);
  held.release();
  assert.equal((await answer).text, WHOLE);
});
