// A small server that stores JSON, for the tests of the screen of sync: collections of records as json-server gives them
// (`/customers?_page=1&_limit=50`, `/customers/<id>`), one document with an ETag (`/shuke.json`), and every bad day that a
// person has to be told about, switched on and off while it runs.

import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { after } from "node:test";

const METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE";
const HEADERS = ["authorization", "content-type", "if-match", "if-none-match", "accept", "x-api-key"];
const EXPOSED = "ETag, Link, X-Total-Count, Retry-After, Last-Modified";

/** What a public network or a signed-out session gives instead of data. */
const LOGIN = "<!DOCTYPE html><html><head><title>Sign in to Harbour Wi-Fi</title></head><body><form>password</form></body></html>";

/**
 * Starts it on a free port of the loopback address; it ends with the test file. What it holds is `records`
 * (`records.customers.get(id)`) and `documents`; `log` has every request with its headers and body.
 */
export async function endpoint({ port: wanted = 0 } = {}) {
  const it = {
    records: {},
    documents: new Map(),
    log: [],
    /** The bad day: see `FAULTS`. */
    fault: null,
    /** Milliseconds before each answer. */
    delay: 0,
    /** The only `Authorization` that is let in; `null` lets everybody in. */
    authorization: null,
    /** Headers that the preflight allows. */
    allowed: [...HEADERS],
    /** Answers that pages of other origins may read. */
    cors: true,
    retryAfter: 2,
    snapshot() { return { records: structuredClone(it.records), documents: new Map(it.documents) }; },
    restore(kept) { it.records = structuredClone(kept.records); it.documents = new Map(kept.documents); },
    wipe() { it.records = {}; it.documents = new Map(); },
    /** Everything that was sent to it, as text: addresses, headers, bodies. */
    received() { return it.log.map((one) => [one.method, one.url, JSON.stringify(one.headers), one.body].join("\n")).join("\n"); },
    count: (kind) => it.records[kind]?.size ?? 0,
  };
  const server = createServer(async (request, response) => {
    response.on("error", () => {});
    const chunks = [];
    try { for await (const chunk of request) chunks.push(chunk); } catch { return; }
    const body = Buffer.concat(chunks).toString("utf8");
    const url = new URL(request.url, "http://here");
    const one = { method: request.method, url: request.url, path: url.pathname, headers: request.headers, body, status: 0 };
    response.on("finish", () => { one.status = response.statusCode; });
    if (it.cors) {
      response.setHeader("access-control-allow-origin", request.headers.origin ?? "*");
      response.setHeader("access-control-expose-headers", EXPOSED);
      response.setHeader("vary", "origin");
    }
    if (request.method === "OPTIONS") {
      if (it.cors) {
        response.setHeader("access-control-allow-methods", METHODS);
        response.setHeader("access-control-allow-headers", it.allowed.join(", "));
      }
      return response.writeHead(204).end();
    }
    it.log.push(one);
    if (it.delay) await new Promise((resolve) => { setTimeout(resolve, it.delay); });
    const fault = FAULTS[it.fault];
    if (fault && fault(it, request, response, one)) return;
    if (it.authorization && request.headers.authorization !== it.authorization) return json(response, 401, { error: "sign in" });
    try {
      answer(it, request, response, url, body);
    } catch (error) {
      json(response, 400, { error: error.message });
    }
  });
  await new Promise((resolve) => { server.listen(wanted, "127.0.0.1", resolve); });
  it.origin = `http://127.0.0.1:${server.address().port}`;
  it.close = () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); });
  after(() => it.close());
  return it;
}

/** What can go wrong; a function says whether it has answered. */
const FAULTS = {
  login: (_, __, response) => text(response, 200, "text/html; charset=utf-8", LOGIN),
  truncated: (it, request, response) => request.method === "GET" && text(response, 200, "application/json", '[{"id":"0000100000001","na'),
  wrong: (_, request, response) => request.method === "GET" && json(response, 200, [{ id: 1, title: "A post", body: "of another program" }]),
  object: (_, request, response) => request.method === "GET" && json(response, 200, { message: "welcome" }),
  empty: (_, request, response, one) => request.method === "GET" && isList(one.path) && json(response, 200, []),
  unknown: (_, __, response) => json(response, 404, { error: "no such collection" }),
  signedOut: (_, __, response) => json(response, 401, { error: "expired" }),
  notAllowed: (_, __, response) => json(response, 403, { error: "read only" }),
  tooMany: (it, _, response) => { response.setHeader("retry-after", String(it.retryAfter)); return json(response, 429, { error: "slow down" }); },
  failing: (_, __, response) => json(response, 500, { error: "out of luck" }),
  refusing: (_, request, response) => request.method !== "GET" && json(response, 422, { error: "name is too short" }),
  forgetting: (_, request, response) => request.method !== "GET" && json(response, request.method === "POST" ? 201 : 200, {}),
  silent: () => true,
  broken: (_, __, response) => { response.destroy(); return true; },
  elsewhere: (_, __, response) => { response.writeHead(302, { location: "https://portal.invalid/login" }).end(); return true; },
};

const isList = (path) => path.split("/").filter(Boolean).length === 1 && !path.endsWith(".json");

function answer(it, request, response, url, body) {
  const [name, id, ...rest] = url.pathname.split("/").filter(Boolean).map(decodeURIComponent);
  if (!name || rest.length) return json(response, 404, {});
  if (name.endsWith(".json") && !id) return document(it, request, response, name, body);
  const all = (it.records[name] ??= new Map());
  if (id === undefined) {
    if (request.method === "GET") return list(response, url, [...all.values()]);
    if (request.method === "POST") return create(response, all, JSON.parse(body));
    return json(response, 405, {});
  }
  const known = all.get(id);
  if (request.method === "GET") return known ? json(response, 200, known) : json(response, 404, {});
  if (request.method === "DELETE") { all.delete(id); return json(response, known ? 200 : 404, {}); }
  if (!known) return json(response, 404, {});
  const fields = JSON.parse(body);
  all.set(id, request.method === "PATCH" ? { ...known, ...fields } : { ...fields, id });
  return json(response, 200, all.get(id));
}

function create(response, all, record) {
  if (!record || Array.isArray(record) || typeof record.id !== "string" || !record.id) return json(response, 400, { error: "an id is missing" });
  if (all.has(record.id)) return json(response, 409, { error: "there is one already" });
  all.set(record.id, record);
  return json(response, 201, record);
}

/** Filters `field=value`, `field_gte=value`; `_sort`, `_order`; `_page` and `_limit` with Link and X-Total-Count. */
function list(response, url, records) {
  let found = records;
  for (const [key, value] of url.searchParams) {
    if (key.startsWith("_")) continue;
    const from = key.endsWith("_gte") ? key.slice(0, -4) : null;
    found = found.filter((record) => {
      const own = at(record, from ?? key);
      if (from === null) return String(own) === value;
      return typeof own === "number" ? own >= Number(value) : String(own ?? "") >= value;
    });
  }
  const sort = url.searchParams.get("_sort");
  if (sort) {
    const turn = url.searchParams.get("_order") === "desc" ? -1 : 1;
    const keys = sort.split(",");
    const compare = (a, b) => {
      for (const key of keys) {
        const [x, y] = [at(a, key) ?? "", at(b, key) ?? ""];
        if (x < y) return -turn;
        if (x > y) return turn;
      }
      return 0;
    };
    found = [...found].sort(compare);
  }
  response.setHeader("x-total-count", String(found.length));
  const limit = Number(url.searchParams.get("_limit") ?? 0);
  const page = Number(url.searchParams.get("_page") ?? 0);
  if (limit && page) {
    const last = Math.max(1, Math.ceil(found.length / limit));
    const link = (rel, to) => {
      const next = new URL(url);
      next.searchParams.set("_page", String(to));
      return `<http://${response.req.headers.host}${next.pathname}${next.search}>; rel="${rel}"`;
    };
    const links = [link("first", 1), ...(page < last ? [link("next", page + 1)] : []), link("last", last)];
    response.setHeader("link", links.join(", "));
    found = found.slice((page - 1) * limit, page * limit);
  } else if (limit) {
    found = found.slice(0, limit);
  }
  return json(response, 200, found);
}

const at = (record, path) => path.split(".").reduce((value, key) => value?.[key], record);

function document(it, request, response, name, body) {
  const known = it.documents.get(name);
  const tag = (text) => `"${createHash("sha256").update(text).digest("hex").slice(0, 16)}"`;
  const wanted = request.headers["if-match"];
  if (request.method === "GET") {
    if (known === undefined) return json(response, 404, {});
    response.setHeader("etag", tag(known));
    if (request.headers["if-none-match"] === tag(known)) { response.writeHead(304).end(); return true; }
    return text(response, 200, "application/json", known);
  }
  if (request.method === "DELETE") { it.documents.delete(name); response.writeHead(204).end(); return true; }
  if (request.method !== "PUT") return json(response, 405, {});
  if (request.headers["if-none-match"] === "*" && known !== undefined) return json(response, 412, {});
  if (wanted !== undefined && (known === undefined || (wanted !== "*" && wanted !== tag(known)))) return json(response, 412, {});
  JSON.parse(body);
  it.documents.set(name, body);
  response.setHeader("etag", tag(body));
  return json(response, known === undefined ? 201 : 200, {});
}

function json(response, status, value) {
  return text(response, status, "application/json; charset=utf-8", JSON.stringify(value));
}

function text(response, status, type, content) {
  response.writeHead(status, { "content-type": type }).end(content);
  return true;
}
