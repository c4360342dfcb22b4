// What the presets say of the four servers is what the servers do: each line here is a switch of a profile. When a server
// changes, this file fails first, and says which switch.

import { test } from "node:test";
import assert from "node:assert/strict";
import { statSync, utimesSync } from "node:fs";
import { jsonServer, kinto, missing, pouchServer, webdav } from "./servers.mjs";

const json = (body, headers = {}) => ({ headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) });
const put = (body, headers) => ({ method: "PUT", ...json(body, headers) });
const post = (body, headers) => ({ method: "POST", ...json(body, headers) });
const type = (answer) => answer.headers.get("content-type")?.split(";")[0];

/** Asks as a page of another origin does, and gives status, headers and body. */
async function ask(url, options = {}) {
  const headers = { origin: "https://shop.example", accept: "application/json", ...options.headers };
  const answer = await fetch(url, { redirect: "manual", ...options, headers });
  const text = await answer.text();
  let body;
  try { body = JSON.parse(text); } catch { body = text; }
  return { status: answer.status, headers: answer.headers, type: type(answer), body };
}

/** What a browser asks before it sends `method` with `headers`; whether the server allows it. */
async function preflight(url, method, headers) {
  const answer = await ask(url, {
    method: "OPTIONS",
    headers: { "access-control-request-method": method, "access-control-request-headers": headers.join(",") },
  });
  const list = (name) => (answer.headers.get(name) ?? "").toLowerCase().split(",").map((it) => it.trim());
  const methods = list("access-control-allow-methods");
  const allowed = list("access-control-allow-headers");
  return answer.status < 300 && ["*", "https://shop.example"].includes(answer.headers.get("access-control-allow-origin"))
    && (methods.includes("*") || methods.includes(method.toLowerCase()))
    && headers.every((it) => allowed.includes(it) || (allowed.includes("*") && it !== "authorization"));
}

test("json-server 0.17", { skip: missing }, async (t) => {
  const it = await jsonServer({ customers: [], profile: {} });
  const at = (rest) => `${it.origin}/customers${rest}`;

  await t.test("a page of any origin may ask, with every header", async () => {
    for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"]) {
      assert.equal(await preflight(at(""), method, ["content-type", "if-match", "authorization"]), true, method);
    }
  });
  await t.test("the id of the client is kept; a second creation is refused in HTML, with 500", async () => {
    const made = await ask(at(""), post({ id: "a", n: 1 }));
    assert.deepEqual([made.status, made.body], [201, { id: "a", n: 1 }]);
    const again = await ask(at(""), post({ id: "a", n: 2 }));
    assert.deepEqual([again.status, again.type], [500, "text/html"]);
    assert.equal((await ask(at("/a"))).body.n, 1);
  });
  await t.test("PUT replaces, of an unknown id it is 404; PATCH merges; If-Match is not looked at", async () => {
    assert.equal((await ask(at("/nobody"), put({ n: 1 }))).status, 404);
    const stale = await ask(at("/a"), put({ n: 3 }, { "if-match": '"0-stale"' }));
    assert.deepEqual([stale.status, stale.body], [200, { n: 3, id: "a" }]);
    assert.deepEqual((await ask(at("/a"), { method: "PATCH", ...json({ m: 4 }) })).body, { n: 3, m: 4, id: "a" });
  });
  await t.test("the version of a record is not to be seen by a page", async () => {
    const seen = (await ask(at("/a"))).headers.get("access-control-expose-headers") ?? "";
    assert.doesNotMatch(seen.toLowerCase(), /etag/);
  });
  await t.test("F44: an array that is posted is stored as one nested record, with 201", async () => {
    const answer = await ask(at(""), post([{ id: "b1" }, { id: "b2" }]));
    assert.equal(answer.status, 201);
    assert.equal((await ask(at("/b1"))).status, 404);
    const kept = (await it.kept()).customers.find((row) => row.id !== "a");
    assert.deepEqual(Object.values(kept).filter((part) => part.id?.startsWith("b")).map((part) => part.id), ["b1", "b2"]);
    await it.replace({ customers: [{ id: "a", n: 3, m: 4, updated: 3 }], profile: {} });
  });
  await t.test("pages with Link and a total; a filter by range; a parameter that is no field of any record is ignored", async () => {
    for (const n of [1, 2, 4]) await ask(at(""), post({ id: `p${n}`, updated: n }));
    const page = await ask(at("?_page=1&_limit=3"));
    assert.deepEqual([page.body.length, page.headers.get("x-total-count")], [3, "4"]);
    assert.match(page.headers.get("link"), /rel="next"/);
    assert.match(page.headers.get("access-control-expose-headers"), /X-Total-Count/i);
    assert.match(page.headers.get("access-control-expose-headers"), /Link/i);
    assert.deepEqual((await ask(at("?updated_gte=3"))).body.map((row) => row.id).sort(), ["a", "p4"]);
    assert.equal((await ask(at("?nonsense=1"))).body.length, 4);
    assert.deepEqual((await ask(at("?n=77"))).body, []);
  });
  await t.test("a missing collection is 404 with JSON; bad JSON is HTML", async () => {
    const answer = await ask(`${it.origin}/nothing`);
    assert.deepEqual([answer.status, answer.body], [404, {}]);
    const bad = await ask(at(""), { method: "POST", headers: { "content-type": "application/json" }, body: '{"id":' });
    assert.deepEqual([bad.status >= 400, bad.type], [true, "text/html"]);
  });
  await t.test("a deletion leaves nothing behind; a second one is 404", async () => {
    assert.equal((await ask(at("/p1"), { method: "DELETE" })).status, 200);
    assert.equal((await ask(at("/p1"), { method: "DELETE" })).status, 404);
    assert.equal((await ask(at(""))).body.some((row) => row.id === "p1"), false);
  });
  await t.test("a single document is replaced whole", async () => {
    assert.equal((await ask(`${it.origin}/profile`, put({ format: 1, rows: [1] }))).status, 200);
    assert.equal((await ask(`${it.origin}/profile`, put({ format: 2 }))).status, 200);
    assert.deepEqual((await ask(`${it.origin}/profile`)).body, { format: 2 });
  });
  await t.test("2 MB pass, 12 MB are 413", async () => {
    assert.equal((await ask(`${it.origin}/profile`, put({ text: "x".repeat(2_000_000) }))).status, 200);
    assert.equal((await ask(`${it.origin}/profile`, put({ text: "x".repeat(12_000_000) }))).status, 413);
  });
});

test("pouchdb-server 4.2", { skip: missing }, async (t) => {
  const it = await pouchServer({ databases: ["team"] });
  const at = (rest) => `${it.origin}/team${rest}`;
  const first = {};

  await t.test("a page may ask once CORS is allowed", async () => {
    for (const method of ["GET", "POST", "PUT"]) assert.equal(await preflight(at("/_bulk_docs"), method, ["content-type", "authorization"]), true, method);
  });
  await t.test("a write without the revision, or with an old one, is 409; If-Match does not count", async () => {
    const made = await ask(at("/a"), put({ n: 1 }));
    assert.equal(made.status, 201);
    first.rev = made.body.rev;
    assert.equal((await ask(at("/a"), put({ n: 2 }))).status, 409);
    assert.equal((await ask(at("/a"), put({ n: 2 }, { "if-match": first.rev }))).status, 409);
    assert.equal((await ask(at("/a"), put({ n: 2, _rev: first.rev }))).status, 201);
    assert.equal((await ask(at("/a"), put({ n: 3, _rev: first.rev }))).status, 409);
  });
  await t.test("of twenty writers with one revision exactly one wins", async () => {
    const { body } = await ask(at("/race"), put({ n: 0 }));
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => ask(at("/race"), put({ n, _rev: body.rev }))));
    assert.equal(answers.filter((answer) => answer.status === 201).length, 1);
  });
  await t.test("_bulk_docs answers per record", async () => {
    const { status, body } = await ask(at("/_bulk_docs"), post({ docs: [{ _id: "b1" }, { _id: "a", n: 9 }] }));
    assert.deepEqual([status, body.map((row) => row.error ?? "ok")], [201, ["ok", "conflict"]]);
  });
  await t.test("F30: the same revision delivered twice is there once; a second branch is kept beside the winner", async () => {
    const branch = (rev, n) => ({ new_edits: false, docs: [{ _id: "tree", _rev: rev, _revisions: { start: 1, ids: [rev.slice(2)] }, n }] });
    const one = `1-${"a".repeat(32)}`;
    const two = `1-${"b".repeat(32)}`;
    assert.deepEqual((await ask(at("/_bulk_docs"), post(branch(one, 1)))).body, []);
    assert.deepEqual((await ask(at("/_bulk_docs"), post(branch(one, 1)))).body, []);
    await ask(at("/_bulk_docs"), post(branch(two, 2)));
    const { body } = await ask(at("/tree?conflicts=true"));
    assert.deepEqual([body._rev, body._conflicts, body.n], [two, [one], 2]);
  });
  await t.test("the feed has deletions, its place is a number and comes with every page", async () => {
    const { body } = await ask(at("/a"));
    await ask(at(`/a?rev=${body._rev}`), { method: "DELETE" });
    const feed = (await ask(at("/_changes?since=0&include_docs=true&conflicts=true"))).body;
    assert.deepEqual(feed.results.filter((row) => row.deleted).map((row) => row.id), ["a"]);
    assert.equal(typeof feed.last_seq, "number");
    assert.deepEqual(feed.results.find((row) => row.id === "tree").doc._conflicts.length, 1);
    const page = (await ask(at("/_changes?since=0&limit=2"))).body;
    assert.deepEqual([page.results.length, page.last_seq], [2, page.results[1].seq]);
  });
  await t.test("it says which revisions it lacks; notes of replication are kept apart", async () => {
    const { body } = await ask(at("/_revs_diff"), post({ tree: [`1-${"a".repeat(32)}`, `1-${"c".repeat(32)}`] }));
    assert.deepEqual(body.tree.missing, [`1-${"c".repeat(32)}`]);
    assert.equal((await ask(at("/_local/shuke"), put({ place: 7 }))).status, 201);
    assert.equal((await ask(at("/_local/shuke"))).body.place, 7);
  });
  await t.test("bad JSON is 400, a missing database 404, both as JSON", async () => {
    const bad = await ask(at("/_bulk_docs"), { method: "POST", headers: { "content-type": "application/json" }, body: "{" });
    assert.deepEqual([bad.status, bad.type, bad.body.error], [400, "application/json", "bad_request"]);
    assert.deepEqual([(await ask(`${it.origin}/nothing/_changes`)).status, (await ask(`${it.origin}/nothing`)).body.error], [404, "not_found"]);
  });
  await t.test("JSON is called JSON only to who says that he accepts it", async () => {
    assert.equal((await ask(at(""), { headers: { accept: "*/*" } })).type, "text/plain");
    assert.equal((await ask(at(""))).type, "application/json");
  });
  await t.test("neither an id nor a field may begin with _; with $ it may", async () => {
    assert.equal((await ask(at("/__probe-1"), put({}))).status, 400);
    assert.equal((await ask(at("/probe-1"), put({ _stamps: 1 }))).status >= 400, true);
    assert.equal((await ask(at("/probe-1"), put({ $stamps: 1 }))).status, 201);
  });
  await t.test("F63: a database that was made anew counts from the beginning", async () => {
    const was = (await ask(at(""))).body;
    await it.wipe();
    const is = (await ask(at(""))).body;
    assert.equal(was.update_seq > 5, true);
    assert.deepEqual([is.doc_count, is.update_seq], [0, 0]);
  });
});

test("pouchdb-server with accounts", { skip: missing }, async () => {
  const admin = { name: "till", password: "s3cret" };
  const it = await pouchServer({ databases: ["team"], admin });
  const wrong = await ask(`${it.origin}/team`, { headers: { authorization: `Basic ${btoa("till:wrong")}` } });
  assert.deepEqual([wrong.status, wrong.type, wrong.headers.get("access-control-allow-origin") !== null], [401, "application/json", true]);
  assert.equal((await ask(`${it.origin}/team`, { headers: { authorization: `Basic ${btoa("till:s3cret")}` } })).status, 200);
});

test("Kinto 26.5", { skip: missing }, async (t) => {
  const it = await kinto();
  const at = (rest) => `${it.records("customers")}${rest}`;
  const as = (options = {}) => ({ ...options, headers: { authorization: it.authorization, ...options.headers } });
  const tagged = {};

  await t.test("the first write makes the collection; the version is in the body of a PUT and the header of a GET", async () => {
    const made = await ask(at("/a"), as(put({ data: { n: 1 } })));
    assert.deepEqual([made.status, made.body.data.id, typeof made.body.data.last_modified], [201, "a", "number"]);
    const read = await ask(at("/a"), as());
    assert.equal(read.headers.get("etag"), `"${made.body.data.last_modified}"`);
    tagged.etag = read.headers.get("etag");
    const seen = read.headers.get("access-control-expose-headers");
    for (const name of ["ETag", "Retry-After", "Backoff"]) assert.match(seen, new RegExp(name, "i"));
    assert.doesNotMatch(made.headers.get("access-control-expose-headers") ?? "", /etag/i);
  });
  await t.test("the preflight is asked per address and method", async () => {
    assert.equal(await preflight(at("/a"), "PUT", ["content-type", "authorization", "if-match", "if-none-match"]), true);
    assert.equal(await preflight(at(""), "GET", ["authorization"]), true);
    assert.equal(await preflight(at(""), "PUT", ["content-type"]), false);
  });
  await t.test("a stale If-Match is 412 with the record that is there; If-None-Match: * only creates", async () => {
    const fresh = await ask(at("/a"), as(put({ data: { n: 2 } }, { "if-match": tagged.etag })));
    assert.equal(fresh.status, 200);
    const stale = await ask(at("/a"), as(put({ data: { n: 3 } }, { "if-match": tagged.etag })));
    assert.deepEqual([stale.status, stale.body.details.existing.n], [412, 2]);
    assert.equal((await ask(at("/a"), as(put({ data: {} }, { "if-none-match": "*" })))).status, 412);
  });
  await t.test("F42: a POST of a known id says 200 and keeps the old record", async () => {
    const again = await ask(at(""), as(post({ data: { id: "a", n: 9 } })));
    assert.deepEqual([again.status, again.body.data.n], [200, 2]);
    assert.equal((await ask(at("/a"), as())).body.data.n, 2);
  });
  await t.test("_since lists what is newer, deletions too, in pages", async () => {
    for (const id of ["b", "c", "d"]) await ask(at(`/${id}`), as(put({ data: { id } })));
    await ask(at("/b"), as({ method: "DELETE" }));
    const page = await ask(at(`?_since=${encodeURIComponent(tagged.etag)}&_sort=last_modified&_limit=2`), as());
    assert.equal(page.body.data.length, 2);
    const next = page.headers.get("next-page");
    const rest = await ask(next, as());
    const rows = [...page.body.data, ...rest.body.data];
    assert.deepEqual(rows.map((row) => [row.id, row.deleted ?? false]), [["a", false], ["c", false], ["d", false], ["b", true]]);
  });
  await t.test("two writes within one millisecond have two versions", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => ask(at(`/m${n}`), as(put({ data: { n } })))));
    assert.equal(new Set(answers.map((answer) => answer.body.data.last_modified)).size, 20);
  });
  await t.test("a batch of 25, answered one by one; 26 are refused", async () => {
    const requests = (count) => ({
      defaults: { method: "PUT" },
      requests: Array.from({ length: count }, (_, n) => ({
        path: `/buckets/default/collections/customers/records/x${n}`, body: { data: { n } },
        ...(n === 3 ? { headers: { "If-Match": '"1"' } } : {}),
      })),
    });
    const { status, body } = await ask(`${it.origin}/v1/batch`, as(post(requests(25))));
    assert.deepEqual([status, body.responses[3].status, body.responses[4].status], [200, 412, 201]);
    assert.equal((await ask(`${it.origin}/v1/batch`, as(post(requests(26))))).status, 400);
  });
  await t.test("ids are letters, digits, - and _; an unknown filter gives nothing; bad JSON is 400", async () => {
    for (const id of ["a%3Ab", "__probe-1", "_a"]) assert.equal((await ask(at(`/${id}`), as(put({ data: {} })))).status, 400, id);
    assert.equal((await ask(at("/probe-1"), as(put({ data: { $stamps: 1, _more: 2 } })))).status, 201);
    assert.equal((await ask(at("/0c5d1c2e-7a7c-4b43-9d0a-5f9f5d5a0001"), as(put({ data: {} })))).status, 201);
    assert.deepEqual((await ask(at("?nonsense=1"), as())).body.data, []);
    const bad = await ask(at("/a"), as({ method: "PUT", headers: { "content-type": "application/json" }, body: "{" }));
    assert.deepEqual([bad.status, bad.type], [400, "application/json"]);
  });
  await t.test("who is not known is 401, without the header that would let a page see it", async () => {
    const answer = await ask(at("/a"), { headers: { authorization: `Basic ${btoa("alice:wrong")}` } });
    assert.deepEqual([answer.status, answer.type, answer.headers.get("access-control-allow-origin")], [401, "application/json", null]);
  });
});

test("WsgiDAV 4.4", { skip: missing }, async (t) => {
  const it = await webdav();
  const at = (name) => `${it.origin}/${name}`;
  const as = (options = {}) => ({ ...options, headers: { authorization: it.authorization, ...options.headers } });

  await t.test("a page may ask, with the headers that are named", async () => {
    for (const method of ["GET", "PUT", "DELETE"]) {
      assert.equal(await preflight(at("shop.json"), method, ["authorization", "content-type", "if-match", "if-none-match"]), true, method);
    }
  });
  await t.test("one file: made only once, replaced only as it was read", async () => {
    assert.equal((await ask(at("shop.json"), as(put({ v: 1 }, { "if-none-match": "*" })))).status, 201);
    assert.equal((await ask(at("shop.json"), as(put({ v: 1 }, { "if-none-match": "*" })))).status, 412);
    const etag = (await ask(at("shop.json"), as())).headers.get("etag");
    assert.match((await ask(at("shop.json"), as())).headers.get("access-control-expose-headers"), /etag/i);
    assert.equal((await ask(at("shop.json"), as(put({ v: 1, longer: true }, { "if-match": etag })))).status, 204);
    assert.equal((await ask(at("shop.json"), as(put({ v: 3 }, { "if-match": etag })))).status, 412);
  });
  await t.test("F41: two contents of one length within a second have one ETag, and the second writer is not refused", async () => {
    const name = "same.json";
    await ask(at(name), as(put({ v: 1 })));
    const one = (await ask(at(name), as())).headers.get("etag");
    assert.equal((await ask(at(name), as(put({ v: 2 }, { "if-match": one })))).status, 204);
    // However long this machine took: the file is of the same second again.
    const path = it.path(name);
    const second = Number(one.split("-")[1]);
    assert.equal(Math.floor(statSync(path).mtimeMs / 1000) - second < 60, true);
    utimesSync(path, second, second);
    assert.equal((await ask(at(name), as())).headers.get("etag"), one);
    assert.equal((await ask(at(name), as(put({ v: 3 }, { "if-match": one })))).status, 204);
    assert.equal((await ask(at(name), as({ headers: { "if-none-match": one } }))).status === 304 || second !== Math.floor(statSync(path).mtimeMs / 1000), true);
  });
  await t.test("who is not known is 401; a missing file is 404, in HTML", async () => {
    assert.equal((await ask(at("shop.json"))).status, 401);
    assert.equal((await ask(at("shop.json"), { headers: { authorization: `Basic ${btoa("u:wrong")}` } })).status, 401);
    const none = await ask(at("none.json"), as());
    assert.deepEqual([none.status, none.type], [404, "text/html"]);
  });
  await t.test("what it serves is JSON, whole, up to 60 MB", async () => {
    const long = "x".repeat(60_000_000);
    assert.equal((await ask(at("long.json"), as(put({ long })))).status, 201);
    const read = await ask(at("long.json"), as());
    assert.deepEqual([read.type, read.body.long.length], ["application/json", long.length]);
  });
});
