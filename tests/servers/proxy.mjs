// A proxy that stands between the page and a server and does to one request what a bad day does: an answer that is lost,
// cut off, somebody else's, endless. Everything that passes is written down, so that tests count and search it.

import { createServer, request as send } from "node:http";
import { gzipSync } from "node:zlib";
import { after } from "node:test";

/** What passed: `status` is what the page was answered, 0 where the connection was broken off. */
class Passage {
  constructor(request, body) {
    Object.assign(this, { method: request.method, path: request.url, headers: request.headers, body, status: 0, fault: null, at: Date.now() });
  }
}

/** Starts it on a free port of the loopback address, in front of `target` (an origin). */
export async function proxy(target) {
  const rules = [];
  const it = {
    /** Everything that passed, in order, without preflights. */
    log: [],
    preflights: [],
    /** Bytes given to the page by the faults that never end. */
    poured: 0,
    target,
    /**
     * From now on `fault` happens to the requests for which `when` holds, `times` times (for ever if not said).
     * The answer ends it early; `happened` counts.
     */
    fault(fault, { when = () => true, times = Infinity, preflights = false } = {}) {
      const rule = { fault, when, left: times, preflights, happened: 0 };
      rule.end = () => { rule.left = 0; };
      rules.push(rule);
      return rule;
    },
    /** All faults end. */
    heal() { for (const rule of rules.splice(0)) rule.end(); },
  };
  const server = createServer(async (request, response) => {
    response.on("error", () => {});
    try {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      const body = Buffer.concat(chunks);
      const preflight = request.method === "OPTIONS";
      const passage = new Passage(request, body.toString("utf8"));
      (preflight ? it.preflights : it.log).push(passage);
      const rule = rules.find((rule) => rule.left > 0 && (rule.preflights ? preflight : !preflight) && rule.when(passage));
      const context = { it, request, response, passage, body, forward: (change) => forward(it.target, request, body, change) };
      if (rule) {
        rule.left -= 1;
        rule.happened += 1;
        passage.fault = rule.fault.name;
        await rule.fault(context);
      } else {
        give(context, await context.forward());
      }
    } catch {
      // The server behind is down: what a page then sees is a broken connection.
      response.destroy();
    }
  });
  await new Promise((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  it.port = server.address().port;
  it.origin = `http://127.0.0.1:${it.port}`;
  it.stop = () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); });
  after(() => it.stop());
  return it;
}

/** The request as it came, to the server behind; `drop` names headers that get lost on the way. */
function forward(target, request, body, { drop = [], method = request.method, path = request.url, headers = {}, instead } = {}) {
  const { host, port } = new URL(target);
  const kept = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !["host", "connection", "content-length", "accept-encoding", ...drop].includes(name)));
  const bytes = instead ?? body;
  return new Promise((resolve, reject) => {
    const out = send({
      host: "127.0.0.1", port, method, path,
      headers: { ...kept, host, ...(bytes.length > 0 || !["GET", "HEAD", "OPTIONS"].includes(method) ? { "content-length": bytes.length } : {}), ...headers },
    }, async (answer) => {
      const chunks = [];
      try {
        for await (const chunk of answer) chunks.push(chunk);
      } catch (error) {
        reject(error);
        return;
      }
      resolve({ status: answer.statusCode, headers: { ...answer.headers }, body: Buffer.concat(chunks) });
    });
    out.on("error", reject);
    out.end(bytes);
  });
}

/** Hands an answer to the page. */
function give({ it, request, response, passage }, { status, headers, body }) {
  passage.status = status;
  passage.answer = headers;
  const { "transfer-encoding": _, connection: __, "keep-alive": ___, ...rest } = headers;
  // Addresses of the server behind (pages of a list) lead through here again.
  for (const name of ["next-page", "link", "location"]) {
    if (rest[name]) rest[name] = rest[name].replaceAll(it.target, it.origin);
  }
  const empty = request.method === "HEAD" || [204, 304].includes(status);
  response.writeHead(status, empty ? rest : { ...rest, "content-length": body.length }).end(empty ? undefined : body);
}

/** The headers without which a page may not look at an answer. */
export const open = (request) => ({
  "access-control-allow-origin": request.headers.origin ?? "*",
  "access-control-expose-headers": "etag, retry-after, link, x-total-count, next-page",
});

/** Answers in place of the server. */
function answer(context, status, headers, text) {
  give(context, { status, headers: { ...open(context.request), ...headers }, body: Buffer.from(text) });
}

const JSON_TYPE = { "content-type": "application/json" };

/** A status with a body of JSON, in place of the server. */
export const status = (code, { headers = {}, body = { error: String(code) } } = {}) =>
  async function status(context) { answer(context, code, { ...JSON_TYPE, ...headers }, JSON.stringify(body)); };

/** The request arrives nowhere. */
export async function requestLost({ response }) { response.destroy(); }

/** The server does what it was asked and nobody hears of it. */
export async function answerLost({ forward, response }) { await forward(); response.destroy(); }

/** The server gets it twice, as a network that repeats does; the page hears the second answer. */
export async function delivered2(context) { await context.forward(); give(context, await context.forward()); }

/** The connection breaks in the middle of the answer. */
export async function brokenOff(context) {
  const { status, headers, body } = await context.forward();
  context.passage.status = status;
  const { "transfer-encoding": _, connection: __, "keep-alive": ___, ...rest } = headers;
  context.response.writeHead(status, { ...rest, "content-length": body.length });
  context.response.write(body.subarray(0, Math.floor(body.length / 2)), () => context.response.destroy());
}

/** Half of the JSON arrives, and the connection ends as if that were all. */
export async function halved(context) {
  const found = await context.forward();
  give(context, { ...found, body: found.body.subarray(0, Math.floor(found.body.length / 2)) });
}

/** The answer changed by a function of its parsed JSON, which gives another value; everything else stays. */
export const changed = (change) => async function changed(context) {
  const found = await context.forward();
  let value;
  try { value = JSON.parse(found.body.toString("utf8")); } catch { give(context, found); return; }
  give(context, { ...found, body: Buffer.from(JSON.stringify(change(value, context.passage))) });
};

/** Where a list lies in an answer: bare, or under one of the usual names. */
const LISTS = ["data", "items", "results", "rows", "value"];
const withList = (value, change) => {
  if (Array.isArray(value)) return change(value);
  const name = LISTS.find((name) => Array.isArray(value?.[name]));
  return name ? { ...value, [name]: change(value[name]) } : value;
};

/** A list loses its last items, as valid JSON; what the headers say of the total stays. */
export const shorter = (by = 1) => changed((value) => withList(value, (list) => list.slice(0, Math.max(0, list.length - by))));

/** A list is empty all of a sudden. */
export const emptied = changed((value) => withList(value, () => []));

/** Only what `keep` says is seen in lists: records that others stored are not visible yet. */
export const hidden = (keep) => changed((value) => withList(value, (list) => list.filter(keep)));

/** A page to log in at, as hotels and proxies give it, with 200. */
export const loginPage = (type = "text/html; charset=utf-8") => async function loginPage(context) {
  answer(context, 200, { "content-type": type }, "<!doctype html><title>Sign in</title><form><input name=password></form>");
};

/** Everything goes to another origin. */
export const redirected = (to, code = 302) => async function redirected(context) {
  answer(context, code, { location: to + context.request.url }, "");
};

/** A body of our choice under the type of JSON. */
export const said = (body) => async function said(context) { answer(context, 200, JSON_TYPE, body); };

/** An array that never ends, poured until the page hangs up. */
export async function endless(context) {
  const { it, request, response, passage } = context;
  passage.status = 200;
  response.writeHead(200, { ...open(request), ...JSON_TYPE });
  const piece = Buffer.from(`{"id":"x","text":"${"x".repeat(65_000)}"},`);
  response.write("[");
  while (!response.destroyed && it.poured < 1_000_000_000) {
    it.poured += piece.length;
    if (!response.write(piece)) {
      await new Promise((resolve) => { response.once("drain", resolve); response.once("close", resolve); });
    }
  }
  response.destroy();
}

/** A hundred megabytes in a hundred kilobytes. */
export async function bomb(context) {
  bomb.bytes ??= gzipSync(Buffer.concat([Buffer.from("["), Buffer.alloc(100_000_000, " "), Buffer.from("]")]), { level: 9 });
  give(context, { status: 200, headers: { ...open(context.request), ...JSON_TYPE, "content-encoding": "gzip" }, body: bomb.bytes });
}

/** One byte at a time, for ever; `every` milliseconds. */
export const dripping = (every) => async function dripping({ request, response, passage }) {
  passage.status = 200;
  response.writeHead(200, { ...open(request), ...JSON_TYPE });
  response.write("[");
  await new Promise((resolve) => {
    const drop = setInterval(() => response.write(" "), every);
    response.once("close", () => { clearInterval(drop); resolve(); });
  });
};

/** Nothing happens until `release` is called; then all goes on as if nothing had been. */
export function held() {
  let release;
  const until = new Promise((resolve) => { release = resolve; });
  async function held(context) { await until; give(context, await context.forward()); }
  return Object.assign(held, { release });
}

/** The server never sees the precondition: a stale one is accepted (nginx, s3rver, PocketBase ...). */
export const withoutPrecondition = async function withoutPrecondition(context) {
  give(context, await context.forward({ drop: ["if-match", "if-none-match", "if-unmodified-since"] }));
};

/** Says yes and does nothing. */
export const noEffect = (code = 200) => async function noEffect(context) {
  answer(context, code, JSON_TYPE, context.body.length > 0 ? context.body.toString("utf8") : "{}");
};

/** The host forgot a header of the preflight, or of the answer. */
export const withoutHeaders = (...names) => async function withoutHeaders(context) {
  const found = await context.forward();
  give(context, { ...found, headers: Object.fromEntries(Object.entries(found.headers).filter(([name]) => !names.includes(name))) });
};
