// PostgreSQL of the system with a cluster of its own, and in front of it what PostgREST does for our three functions: who
// asks is in a signed token, his role is taken on, arguments come by name, answers are JSON. It stands in for a real
// PostgREST, which neither apt nor npm nor pip has; what it leaves out is said at each place.

import { createRequire } from "node:module";
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { chown, mkdir } from "node:fs/promises";
import path from "node:path";
import { after } from "node:test";
import { Program, folder, freePort, packages } from "./servers.mjs";
import { root } from "../browser/harness.mjs";

const places = [process.env.SHUKE_POSTGRES, ...["15", "16", "17", "14"].map((version) => `/usr/lib/postgresql/${version}/bin`)];
const bin = places.find((place) => place && existsSync(path.join(place, "initdb")));

/** The file that owners run. */
export const DDL = path.join(root, "public/postgres.sql");

/** Why PostgreSQL cannot be started, or nothing. */
export const missing = (!bin || !existsSync(path.join(packages, "npm/node_modules/pg")))
  && "PostgreSQL or the packages are not installed; type: cargo xtask test servers";

/** Starts a cluster in a folder of its own, on a free port of the loopback address, with the DDL in it. */
export async function postgres() {
  const { Pool, types } = createRequire(path.join(packages, "npm/"))("pg");
  types.setTypeParser(20, Number);
  const place = await folder();
  const data = path.join(place, "data");
  await mkdir(data);
  // PostgreSQL refuses to be run by root: then the user of its package runs it.
  const who = process.getuid() === 0
    ? { uid: Number(execFileSync("id", ["-u", "postgres"])), gid: Number(execFileSync("id", ["-g", "postgres"])) } : {};
  if (who.uid) for (const it of [place, data]) await chown(it, who.uid, who.gid);
  const made = spawnSync(path.join(bin, "initdb"), ["-D", data, "-U", "owner", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"],
    { ...who, cwd: place, encoding: "utf8" });
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`);
  const port = await freePort();
  const connect = () => new Pool({ host: "127.0.0.1", port, user: "owner", database: "postgres", max: 20 });
  const program = await Program.start(path.join(bin, "postgres"),
    ["-D", data, "-p", String(port), "-h", "127.0.0.1", "-k", place, "-c", "fsync=off", "-c", "max_connections=40"],
    { cwd: place, ...who, ready: async () => {
      const pool = connect();
      pool.on("error", () => {});
      try { await pool.query("select 1"); return true; } finally { await pool.end(); }
    } });
  const pool = connect();
  pool.on("error", () => {});
  const it = {
    port, program, pool,
    query: async (text, values) => (await pool.query(text, values)).rows,
    version: async () => (await it.query("show server_version"))[0].server_version,
    stop: async () => { await pool.end().catch(() => {}); await program.stop(); },
  };
  after(() => it.stop());
  await pool.query(readFileSync(DDL, "utf8"));
  return it;
}

/** A token as an issuer of the owner's would sign it (HS256). */
export function token(claims, secret) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const head = `${part({ alg: "HS256", typ: "JWT" })}.${part({ role: "shuke_member", exp: 4_000_000_000, ...claims })}`;
  return `${head}.${createHmac("sha256", secret).update(head).digest("base64url")}`;
}

/** The claims of a token that is in order, or nothing. */
function claims(authorization, secret) {
  const [head, body, signature] = (authorization ?? "").replace(/^Bearer /i, "").split(".");
  if (!signature) return undefined;
  const right = createHmac("sha256", secret).update(`${head}.${body}`).digest();
  const given = Buffer.from(signature, "base64url");
  if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
  const found = JSON.parse(Buffer.from(body, "base64url"));
  return found.exp * 1000 > Date.now() ? found : undefined;
}

/** What each SQLSTATE is as a status, as PostgREST's documentation has it; others are 500 there and 400 here never. */
const STATUS = { 42501: 403, 42883: 404, "22023": 400, "22P02": 400, 23503: 409, 23505: 409 };

/** Functions, and which of their answers is one row a value. */
const ANSWERS = { shuke_pull: "set", shuke_push: "one", shuke_about: "one" };

/** Listens on a free port. Left out of PostgREST: tables and views, headers Prefer and Range, media types but JSON. */
export async function postgrest(database, { secret = "only-for-tests-only-for-tests-only" } = {}) {
  const server = createServer(async (request, response) => {
    const cors = {
      "access-control-allow-origin": request.headers.origin ?? "*",
      "access-control-expose-headers": "Content-Encoding, Content-Location, Content-Range, Content-Type, Date, Location, Server, Transfer-Encoding, Range-Unit",
    };
    const give = (status, value) => {
      response.writeHead(status, { ...cors, "content-type": "application/json; charset=utf-8" }).end(JSON.stringify(value));
    };
    if (request.method === "OPTIONS") {
      response.writeHead(200, {
        ...cors, "access-control-allow-methods": "GET, POST, PATCH, PUT, DELETE, OPTIONS, HEAD",
        "access-control-allow-headers": `Authorization, ${request.headers["access-control-request-headers"] ?? ""}`,
        "access-control-max-age": "86400",
      }).end();
      return;
    }
    try {
      const url = new URL(request.url, "http://localhost");
      const name = url.pathname.replace(/^\/rpc\//, "");
      const kind = ANSWERS[name];
      if (!kind) { give(404, { code: "PGRST202", message: `no function ${name}` }); return; }
      const who = claims(request.headers.authorization, secret);
      if (!who) { give(401, { code: "PGRST301", message: "JWT missing, expired or not signed by us" }); return; }
      let body = "";
      for await (const chunk of request) body += chunk;
      let args;
      try {
        args = request.method === "POST" ? JSON.parse(body || "{}") : Object.fromEntries(url.searchParams);
      } catch {
        give(400, { code: "PGRST102", message: "Empty or invalid json" });
        return;
      }
      give(200, await call(database, { who, name, kind, args, reads: request.method === "GET" }));
    } catch (error) {
      give(STATUS[error.code] ?? 500, { code: error.code ?? "XX000", message: error.message, hint: error.hint ?? null });
    }
  });
  await new Promise((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  const { port } = server.address();
  const it = {
    name: "PostgREST (shim)", port, origin: `http://127.0.0.1:${port}`, secret,
    token: (team) => token({ team }, secret),
    stop: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }),
  };
  after(() => it.stop());
  return it;
}

/** One call in a transaction of its own, in the role of the token; reading ones may not write. */
async function call(database, { who, name, kind, args, reads }) {
  const client = await database.pool.connect();
  try {
    await client.query(`begin ${reads ? "read only" : "read write"}`);
    await client.query("select set_config('role', $1, true), set_config('request.jwt.claims', $2, true)", [who.role, JSON.stringify(who)]);
    const names = Object.keys(args);
    const values = names.map((key) => (typeof args[key] === "object" ? JSON.stringify(args[key]) : args[key]));
    const list = names.map((key, n) => `${client.escapeIdentifier(key)} => $${n + 1}`).join(", ");
    const { rows } = await client.query(`select ${name}(${list}) as value`, values);
    await client.query("commit");
    return kind === "set" ? rows.map((row) => row.value) : rows[0].value;
  } catch (error) {
    await client.query("rollback").catch(() => {});
    throw error;
  } finally {
    client.release();
  }
}
