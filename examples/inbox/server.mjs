// An inbox for Shuke's elements: whoever visits a shop's page can put something in, only the owner can take it out.
// Node 18 or later, no packages. One file that only grows (JSON, one entry a line) is all it keeps. Format: docs/inbox.md.
//
//   INBOX_TOKEN=<long secret> INBOX_ORIGINS=https://www.shop.example node server.mjs --file inbox.jsonl --port 8787

import { createServer } from "node:http";
import { createHash, timingSafeEqual } from "node:crypto";
import { appendFile, open, readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

const BODY_BYTES = 65_536;
const ENTRY_BYTES = 16_384;
const ENTRIES = 100;
const PAGE = 500;
/** So many writes a minute from one address. */
const WRITES = 60;
const KIND = /^[a-z][a-z0-9_]{0,39}$/;
const ID = /^[0-9a-z]{26}$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/;

/** Why an entry is not taken, or null. */
export function fault(entry, now = Date.now()) {
  if (entry === null || typeof entry !== "object" || Array.isArray(entry)) return "not_an_object";
  if (!ID.test(entry.id ?? "")) return "bad_id";
  if (!KIND.test(entry.kind ?? "")) return "bad_kind";
  if (!INSTANT.test(entry.at ?? "") || !(Date.parse(entry.at) < now + 86_400_000)) return "bad_time";
  for (const name of ["visitor", "member", "page"]) {
    if (entry[name] !== undefined && (typeof entry[name] !== "string" || entry[name].length > 300)) return `bad_${name}`;
  }
  if (entry.data === null || typeof entry.data !== "object" || Array.isArray(entry.data)) return "bad_data";
  if (Buffer.byteLength(JSON.stringify(entry)) > ENTRY_BYTES) return "too_large";
  return null;
}

/** The entries, in the order in which they came. */
class Book {
  constructor(file) {
    this.file = file;
    this.entries = [];
    this.ids = new Set();
    this.writing = Promise.resolve();
  }

  async load() {
    const text = this.file ? await readFile(this.file, "utf8").catch(() => "") : "";
    // A line that was cut by a power failure is the last one, and was never confirmed.
    for (const line of text.split("\n")) {
      try {
        const kept = JSON.parse(line);
        this.entries.push(kept);
        this.ids.add(kept.entry.id);
      } catch { /* not a whole line */ }
    }
    if (this.file && text && !text.endsWith("\n")) await appendFile(this.file, "\n");
  }

  /** Adds what is new. Confirmed only when it is on the disk. */
  add(entries, now) {
    this.writing = this.writing.catch(() => {}).then(async () => {
      const fresh = [];
      for (const entry of entries) {
        if (this.ids.has(entry.id) || fresh.some((kept) => kept.entry.id === entry.id)) continue;
        fresh.push({ seq: this.entries.length + fresh.length + 1, receivedAt: new Date(now).toISOString(), entry });
      }
      if (this.file && fresh.length) {
        const handle = await open(this.file, "a");
        try {
          await handle.write(fresh.map((kept) => `${JSON.stringify(kept)}\n`).join(""));
          await handle.sync();
        } finally { await handle.close(); }
      }
      for (const kept of fresh) {
        this.entries.push(kept);
        this.ids.add(kept.entry.id);
      }
    });
    return this.writing;
  }
}

const same = (a, b) => timingSafeEqual(createHash("sha256").update(a).digest(), createHash("sha256").update(b).digest());

/**
 * Starts it. `origins` lists who may write, letter by letter; `token` is the owner's.
 * Gives the address and `close`.
 */
export async function serve({ file = null, port = 0, host = "127.0.0.1", token, origins }) {
  if (!token || token.length < 16) throw new Error("the owner's token needs 16 characters or more");
  const book = new Book(file);
  await book.load();
  const writes = new Map();
  const slow = (address, now) => {
    const minute = Math.floor(now / 60_000);
    const [when, count] = writes.get(address) ?? [minute, 0];
    if (writes.size > 10_000) writes.clear();
    writes.set(address, when === minute ? [minute, count + 1] : [minute, 1]);
    return when === minute && count >= WRITES;
  };
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, "http://inbox");
    const { origin } = request.headers;
    const answer = (status, body, headers = {}) => {
      const text = body === undefined ? "" : JSON.stringify(body);
      response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store", "x-content-type-options": "nosniff", vary: "origin", ...headers }).end(text);
    };
    const known = origin !== undefined && origins.includes(origin);
    if (known) response.setHeader("access-control-allow-origin", origin);
    if (url.pathname !== "/inbox") return answer(404, { code: "no_such_place" });
    if (request.method === "OPTIONS") {
      return answer(known ? 204 : 403, undefined, { "access-control-allow-methods": "GET, POST", "access-control-allow-headers": "content-type, authorization", "access-control-max-age": "7200" });
    }
    if (request.method === "POST") {
      // Programs without an origin may write too; a page of somebody else may not.
      if (origin !== undefined && !known) return answer(403, { code: "unknown_origin" });
      if (slow(request.socket.remoteAddress, Date.now())) return answer(429, { code: "too_often" }, { "retry-after": "60" });
      const body = await text(request);
      if (body === null) return answer(413, { code: "too_large" });
      let sent;
      try { sent = JSON.parse(body); } catch { return answer(400, { code: "not_json" }); }
      if (sent?.shuke !== 1 || !Array.isArray(sent.entries)) return answer(400, { code: "unknown_version" });
      if (sent.entries.length > ENTRIES) return answer(413, { code: "too_many" });
      const [accepted, refused, taken] = [[], [], []];
      for (const entry of sent.entries) {
        const code = fault(entry);
        if (code) refused.push({ id: String(entry?.id ?? ""), code });
        else {
          const { id, kind, at, visitor, member, page, data } = entry;
          taken.push({ id, kind, at, visitor, member, page, data });
          accepted.push(id);
        }
      }
      try { await book.add(taken, Date.now()); } catch { return answer(507, { code: "not_kept" }); }
      return answer(200, { accepted, refused });
    }
    if (request.method === "GET") {
      if (!same(request.headers.authorization ?? "", `Bearer ${token}`)) return answer(401, { code: "not_the_owner" }, { "www-authenticate": "Bearer" });
      const after = Number(url.searchParams.get("after") || 0);
      const limit = Math.min(Number(url.searchParams.get("limit") ?? PAGE), PAGE);
      if (!Number.isSafeInteger(after) || after < 0 || !(limit >= 1)) return answer(400, { code: "bad_cursor" });
      const entries = book.entries.slice(after, after + limit);
      return answer(200, { entries, cursor: String(after + entries.length), more: after + entries.length < book.entries.length });
    }
    return answer(405, { code: "not_allowed" }, { allow: "GET, POST, OPTIONS" });
  });
  await new Promise((resolve) => server.listen(port, host, resolve));
  return {
    url: `http://${host}:${server.address().port}/inbox`,
    entries: book.entries,
    close: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }),
  };
}

/** The body, or null when it is too large. */
async function text(request) {
  const parts = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size <= BODY_BYTES) parts.push(part);
  }
  return size > BODY_BYTES ? null : Buffer.concat(parts).toString("utf8");
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const option = (name, otherwise) => {
    const at = process.argv.indexOf(`--${name}`);
    return at < 0 ? otherwise : process.argv[at + 1];
  };
  const inbox = await serve({
    file: option("file", "inbox.jsonl"), port: Number(option("port", "8787")), host: option("host", "127.0.0.1"),
    token: process.env.INBOX_TOKEN, origins: (process.env.INBOX_ORIGINS ?? "").split(",").map((origin) => origin.trim()).filter(Boolean),
  });
  console.log(inbox.url);
}
