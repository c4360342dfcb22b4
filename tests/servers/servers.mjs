// The four foreign servers that sync is tested against, from their own packages (see README.md), each on a free port of
// the loopback address with its data in a folder of its own. `stop` ends the process that was started, by its id.

import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { after } from "node:test";

/** Where `cargo xtask test servers` puts the packages. */
export const packages = process.env.SHUKE_SERVERS
  ?? path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), ".cache"), "shuke/servers");
const node = (name) => path.join(packages, "npm/node_modules", name);
const python = (name) => path.join(packages, "python/bin", name);

/** Why the servers cannot be started, or nothing. */
export const missing = [node("json-server"), node("pouchdb-server"), python("kinto"), python("wsgidav")].some((it) => !existsSync(it))
  && `the servers are not installed in ${packages}; type: cargo xtask test servers`;

const running = new Set();
// A test file that ends in a way nobody foresaw (or is told to) leaves no server behind.
process.on("exit", () => { for (const child of running) child.kill("SIGKILL"); });
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

/** A port that nobody listened at a moment ago. */
export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  const { port } = server.address();
  await new Promise((resolve) => { server.close(resolve); });
  return port;
}

/** A folder that is removed at the end of the test file. */
export async function folder() {
  const it = await mkdtemp(path.join(tmpdir(), "shuke-server-"));
  after(() => rm(it, { recursive: true, force: true, maxRetries: 5 }));
  return it;
}

/** A program that runs until it is stopped; its last output is in the error when it does not come up. */
export class Program {
  static async start(command, args, { cwd, uid, gid, ready, seconds = 30 }) {
    const it = new Program();
    it.said = "";
    it.child = spawn(command, args, { cwd, uid, gid, stdio: ["ignore", "pipe", "pipe"] });
    running.add(it.child);
    it.ended = new Promise((resolve) => {
      it.child.once("error", (error) => { it.said += error.message; running.delete(it.child); resolve("failed"); });
      it.child.once("exit", (code, signal) => { running.delete(it.child); resolve(code ?? signal); });
    });
    for (const stream of [it.child.stdout, it.child.stderr]) {
      stream.on("data", (bytes) => { it.said = (it.said + bytes).slice(-4000); });
    }
    let gone;
    it.ended.then((code) => { gone = code; });
    const until = Date.now() + seconds * 1000;
    while (!(await ready().catch(() => false))) {
      if (gone !== undefined || Date.now() > until) {
        await it.stop();
        throw new Error(`${command} did not start (${gone ?? "no answer"}): ${it.said}`);
      }
      await new Promise((resolve) => { setTimeout(resolve, 50); });
    }
    return it;
  }

  get id() { return this.child.pid; }

  /** Ends it and waits until it has ended. */
  async stop() {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill("SIGTERM");
      const late = setTimeout(() => this.child.kill("SIGKILL"), 3000);
      await this.ended;
      clearTimeout(late);
    }
  }
}

/** Starts a server on a free port, on another one where somebody took the first meanwhile. */
async function onFreePort(start) {
  let failure;
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const port = await freePort();
    try {
      const program = await start(port);
      const server = {
        program, port, origin: `http://127.0.0.1:${port}`,
        stop: () => program.stop(),
        /** As after a power cut and a restart: the same port, the data as the server kept it. */
        restart: async () => { await server.program.stop(); server.program = await start(port); },
      };
      after(() => server.program.stop());
      return server;
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

const answers = (url, options) => async () => (await fetch(url, { signal: AbortSignal.timeout(2000), ...options })).status > 0;

/** json-server 0.17: `data` are its collections and single documents. No authentication, no preconditions. */
export async function jsonServer(data) {
  const cwd = await folder();
  const file = path.join(cwd, "db.json");
  await writeFile(file, JSON.stringify(data));
  const server = await onFreePort((port) => Program.start(process.execPath,
    [node("json-server/lib/cli/bin.js"), "--host", "127.0.0.1", "--port", String(port), "--quiet", file],
    { cwd, ready: answers(`http://127.0.0.1:${port}/db`) }));
  return Object.assign(server, {
    name: "json-server",
    /** What its file holds now. */
    kept: async () => JSON.parse(await readFile(file, "utf8")),
    /** The server comes back with other data: a backup, or nothing. */
    replace: async (data) => { await server.program.stop(); await writeFile(file, JSON.stringify(data)); await server.restart(); },
  });
}

/** pouchdb-server, which speaks CouchDB's replication protocol; CORS allowed as its documentation says. */
export async function pouchServer({ databases = ["shuke"], admin } = {}) {
  const cwd = await folder();
  const config = path.join(cwd, "config.json");
  const cors = {
    origins: "*", credentials: "true", methods: "GET, PUT, POST, HEAD, DELETE",
    headers: "accept, authorization, content-type, origin, referer, if-match",
  };
  const settings = { httpd: { enable_cors: "true" }, cors };
  if (admin) {
    settings.admins = { [admin.name]: admin.password };
    settings.couch_httpd_auth = { require_valid_user: "true" };
  }
  await writeFile(config, JSON.stringify(settings));
  const data = path.join(cwd, "data");
  const server = await onFreePort((port) => mkdir(data, { recursive: true }).then(() => Program.start(process.execPath,
    [node("pouchdb-server/bin/pouchdb-server"), "--host", "127.0.0.1", "--port", String(port), "--dir", data, "--config", config],
    { cwd, ready: answers(`http://127.0.0.1:${port}/`) })));
  const headers = admin ? { authorization: basic(admin.name, admin.password) } : {};
  for (const name of databases) await must(fetch(`${server.origin}/${name}`, { method: "PUT", headers }));
  return Object.assign(server, {
    name: "pouchdb-server",
    /** The same address with databases that were never written to: what an owner has who set the server up again. */
    wipe: async () => {
      await server.program.stop();
      await rm(data, { recursive: true, force: true });
      await server.restart();
      for (const name of databases) await must(fetch(`${server.origin}/${name}`, { method: "PUT", headers }));
    },
  });
}

export const basic = (name, password) => `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}`;

/** Kinto with its data in memory and one account. */
export async function kinto({ name = "alice", password = "correct horse" } = {}) {
  const cwd = await folder();
  const ini = path.join(cwd, "kinto.ini");
  await writeFile(ini, `[server:main]
use = egg:waitress#main
host = 127.0.0.1
port = %(http_port)s

[app:main]
use = egg:kinto
kinto.includes = kinto.plugins.default_bucket kinto.plugins.accounts
kinto.storage_backend = kinto.core.storage.memory
kinto.cache_backend = kinto.core.cache.memory
kinto.permission_backend = kinto.core.permission.memory
kinto.userid_hmac_secret = only-for-tests
kinto.default_bucket_hmac_secret = only-for-tests
kinto.account_create_principals = system.Everyone
kinto.flush_endpoint_enabled = true
multiauth.policies = account
multiauth.policy.account.use = kinto.plugins.accounts.AccountsPolicy

[loggers]
keys = root
[handlers]
keys = console
[formatters]
keys = plain
[logger_root]
level = ERROR
handlers = console
[handler_console]
class = StreamHandler
args = (sys.stderr,)
formatter = plain
[formatter_plain]
format = %(message)s
`);
  const server = await onFreePort((port) => Program.start(python("kinto"), ["start", "--ini", ini, "--port", String(port)],
    { cwd, ready: answers(`http://127.0.0.1:${port}/v1/`) }));
  const account = () => must(fetch(`${server.origin}/v1/accounts/${name}`, {
    method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify({ data: { password } }),
  }));
  await account();
  return Object.assign(server, {
    name: "Kinto", user: name, password, authorization: basic(name, password),
    records: (collection) => `${server.origin}/v1/buckets/default/collections/${collection}/records`,
    /** Everything is gone, the account is back: its storage is in memory, so a restart is a wipe. */
    wipe: async () => { await server.restart(); await account(); },
  });
}

/** WsgiDAV over a folder, one account. */
export async function webdav({ name = "u", password = "p" } = {}) {
  const cwd = await folder();
  const files = path.join(cwd, "files");
  await mkdir(files);
  const config = path.join(cwd, "wsgidav.json");
  const server = await onFreePort(async (port) => {
    await writeFile(config, JSON.stringify({
      host: "127.0.0.1", port, server: "cheroot", provider_mapping: { "/": files },
      http_authenticator: { accept_basic: true, accept_digest: false, default_to_digest: false },
      simple_dc: { user_mapping: { "*": { [name]: { password } } } },
      cors: {
        allow_origin: "*", allow_methods: "*", allow_headers: ["authorization", "content-type", "if-match", "if-none-match"],
        expose_headers: ["ETag", "Last-Modified", "DAV"],
      },
      dir_browser: { enable: false }, logging: { enable: false }, verbose: 1,
    }));
    return Program.start(python("wsgidav"), ["--config", config], { cwd, ready: answers(`http://127.0.0.1:${port}/`) });
  });
  return Object.assign(server, {
    name: "WsgiDAV", user: name, password, authorization: basic(name, password),
    /** Its files, as they lie on its disk. */
    path: (file) => path.join(files, file),
    wipe: async () => { await rm(files, { recursive: true, force: true }); await mkdir(files); },
  });
}

async function must(answer) {
  const it = await answer;
  if (!it.ok) throw new Error(`${it.url}: ${it.status} ${await it.text()}`);
  return it;
}
