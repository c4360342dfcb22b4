// The JavaScript API: customers, orders, events, segments and points of a Shuke workspace, for programs in a page.
// `shuke.d.ts` beside it says what there is; docs/api.md explains it.
//
// Thin on purpose: it starts the worker, hands it plain values and hands back what it answers. All checking and all work
// is done there. Values go over as they are, so that nothing a page has done to its own JSON, Array.prototype or fetch
// changes them; for the same reason lists are walked by their numbers here.

export const version = "0.1.0";

/** Of the messages between page and worker; both come from one build. */
const PROTOCOL = 4;
/** Records that go over at once. More are sent in turns, so that nobody else waits for all of them. */
const CHUNK = 250;
/** A request is sent once, and once more to the next worker when the first one failed. */
const SENDS = 2;
/** A run that has not begun after so long does not. */
const RUN_BEGINS = 5_000;
const RESTARTS = 4;
const RESTART_WINDOW = 60_000;

const MODULE = { type: "module", name: "shuke" };
const SHEETS = { type: "module", name: "shuke-sheets" };
const WORKER_NAME = "./worker_loader.js";
const SHEETS_NAME = "./sheets_loader.js";
/** True in the npm package: bundlers find these files by the very expressions below, and bring them along. */
const BUNDLED = false;
const startWorker = () => new Worker(new URL("./worker_loader.js", import.meta.url), { type: "module", name: "shuke" });
const startSheets = () => new Worker(new URL("./sheets_loader.js", import.meta.url), { type: "module", name: "shuke-sheets" });

const SAID = {
  not_found: "There is no such record",
  invalid: "A value is not right",
  key_taken: "The key belongs to another record",
  key_reused: "The idempotency key was used before with other content",
  conflict: "The record was changed meanwhile",
  insufficient_points: "There are not enough points",
  program_limit: "The loyalty programme does not allow it",
  no_program: "There is no loyalty programme yet",
  refund_too_large: "More than remains of the order",
  cannot_undo: "It cannot be undone",
  bad_rule: "The segment rule is not right",
  bad_program: "The loyalty programme is not right",
  unreadable_file: "The file cannot be read as anything known",
  newer_schema: "The workspace was written by a newer version: use that",
  damaged: "The stored data is damaged; nothing was changed",
  quota_exceeded: "The browser has no room left; nothing was half-written",
  storage: "The browser's storage cannot be used",
  locked: "The workspace is encrypted: a passphrase opens it",
  wrong_passphrase: "That passphrase does not open the workspace",
  too_many_attempts: "Too many wrong passphrases: wait so many seconds",
  cancelled: "Stopped",
  busy: "Another long request is at work",
  worker_failed: "The worker failed; what was committed is safe",
  internal: "A mistake of ours",
  not_supported: "That is not there",
  other_version: "Another tab has this workspace open with another version",
  load_failed: "The worker could not be loaded",
  closed: "The connection is closed",
};

/** What goes wrong, as `code`; `path` says where in the input, `found` and `expected` what was there and what would be right. */
export class ShukeError extends Error {
  constructor(code, { path, found, expected, detail, issues, cause, report } = {}) {
    let text = SAID[code] ?? code;
    if (path) text += ` (${path})`;
    if (found) text += `: found ${found}`;
    if (expected) text += `${found ? ", " : ": "}expected ${expected}`;
    if (detail) text += `. ${detail}`;
    super(text, cause === undefined ? undefined : { cause });
    this.name = code === "cancelled" ? "AbortError" : "ShukeError";
    this.code = code;
    this.path = path;
    this.found = found;
    this.expected = expected;
    this.issues = issues ?? [];
    if (report) this.report = report;
  }
}

/** An error of what the worker calls a fault. */
function errorOf(fault) {
  const issues = [];
  const list = fault.issues ?? [];
  for (let i = 0; i < list.length; i++) {
    const { severity, row, column, field, code, value, expected } = list[i];
    let message = code;
    if (field ?? column) message = `${field ?? column}: ${message}`;
    if (value) message += `, found ${value}`;
    if (expected) message += `, expected ${expected}`;
    issues[i] = { row, column, field, code, message, value, expected, severity };
  }
  const first = list[0] ?? {};
  return new ShukeError(fault.code, {
    path: fault.path ?? first.field ?? undefined,
    found: fault.found ?? first.value ?? undefined,
    expected: fault.expected ?? first.expected ?? undefined,
    detail: fault.detail ?? undefined,
    issues: freeze(issues),
  });
}

const stopped = (signal, report) => new ShukeError("cancelled", { cause: signal?.reason, report });

/** Nobody changes what was answered, so that it can be handed on. */
function freeze(value) {
  if (typeof value !== "object" || value === null || value instanceof Blob) return value;
  const keys = Object.keys(value);
  for (let i = 0; i < keys.length; i++) freeze(value[keys[i]]);
  return Object.freeze(value);
}

function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let text = "";
  for (let i = 0; i < bytes.length; i++) text += (bytes[i] + 256).toString(16).slice(1);
  return text;
}

let policy;

/** Under Trusted Types a script's address needs a policy: the page's own default, or one of ours if it lets us. */
function trusted(url) {
  const types = globalThis.trustedTypes;
  if (!types || types.defaultPolicy) return url;
  try {
    policy ??= types.createPolicy("shuke", { createScriptURL: (it) => it });
    return policy.createScriptURL(String(url));
  } catch {
    return url;
  }
}

/** Starts a script by its address; one from elsewhere through a script of this page's own, as workers must be. */
function startFrom(url, options) {
  // A frame with a `sandbox` may have no origin at all, whatever its address.
  if (url.origin !== globalThis.origin) {
    const own = new Blob([`import "${url.href}";`], { type: "text/javascript" });
    url = URL.createObjectURL(own);
  }
  return new Worker(trusted(url), options);
}

const start = (base, usual, name, options) =>
  BUNDLED && !base ? usual() : startFrom(new URL(name, base ?? import.meta.url), options);

/** One worker with one workspace, shared by all who opened it in this page. */
class Line {
  users = 0;
  pending = new Map();
  listeners = new Set();
  listening = false;
  over = null;
  restarts = [];
  isReady = false;
  leads = false;

  constructor(options, onOver) {
    this.options = options;
    this.onOver = onOver;
    this.ready = new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
    });
    // Whoever opens hears of it; here it is not unhandled.
    this.ready.catch(() => {});
    this.startWorker();
  }

  startWorker() {
    let worker;
    try {
      worker = start(this.options.base, startWorker, WORKER_NAME, MODULE);
    } catch (error) {
      this.fail(new ShukeError("load_failed", { detail: String(error?.message ?? error), cause: error }));
      return;
    }
    this.worker = worker;
    worker.onmessage = (event) => this.receive(event.data);
    worker.onmessageerror = () => this.restart("a message could not be read");
    worker.onerror = (event) => {
      event.preventDefault?.();
      const detail = event.message || "its script did not load, or a content security policy forbids it";
      if (this.listening) this.restart(detail);
      else this.fail(new ShukeError("load_failed", { detail }));
    };
  }

  post(message, files = []) {
    this.worker.postMessage({ message, files });
  }

  receive(data) {
    if (data === "listening") return this.hello();
    const message = data?.message;
    if (!message) return;
    if (message.answer) this.answer(message.answer, data.files);
    else if (message.progress) this.pending.get(message.progress.id)?.onProgress?.(message.progress.progress);
    else if (message.event === "locked") this.fail(new ShukeError("locked"));
    else if (message.event) this.tell(message.event);
    else if (message.ready) this.opened(message.ready);
    else if (message.failed) this.fail(errorOf(message.failed.fault));
    else if (message.panicked) this.restart(message.panicked.message);
    // A newer version that came by later: who leads goes on; who follows it cannot.
    else if (message.refused && !(this.isReady && this.leads)) {
      this.fail(new ShukeError("other_version", { found: String(message.refused.version), expected: String(PROTOCOL) }));
    }
  }

  hello() {
    const { workspace, storage, demo, zone, currency, passphrase } = this.options;
    this.post({ hello: { version: PROTOCOL, workspace, storage, demo, zone, currency, passphrase } });
    this.listening = true;
    this.pending.forEach((one, id) => {
      if (one.sends >= SENDS) {
        this.pending.delete(id);
        one.reject(new ShukeError("worker_failed"));
      } else this.send(id, one);
    });
  }

  opened({ version: spoken, status }) {
    if (spoken !== PROTOCOL) {
      this.fail(new ShukeError("other_version", { found: String(spoken), expected: String(PROTOCOL) }));
    } else if (this.options.storage === "opfs" && status.storage !== "opfs") {
      // Rather nothing than a workspace that forgets.
      this.fail(new ShukeError("storage", { found: status.storageRefused ?? "memory only", expected: 'storage: "memory", which keeps nothing' }));
    } else {
      this.isReady = true;
      this.leads = status.leader;
      this.settle.resolve();
    }
  }

  answer({ id, result }, files) {
    const one = this.pending.get(id);
    if (!one) return;
    this.pending.delete(id);
    if (result.Err) return one.reject(errorOf(result.Err));
    const reply = result.Ok;
    if (reply.file) return one.resolve(files[0]);
    // Nothing but a word where there is nothing to tell.
    one.resolve(freeze("api" in reply ? reply.api : reply.done.outcome.api ?? null));
  }

  tell(event) {
    const told = eventOf(event);
    if (!told) return;
    this.listeners.forEach((listen) => listen(told[0], told[1]));
  }

  /** Sends a request. What cannot be copied to the worker (functions, nodes of the page) is said at once. */
  ask(id, request, files, who, onProgress) {
    return new Promise((resolve, reject) => {
      if (this.over) return reject(this.over);
      const one = { request: { ask: { id, who, request } }, files, onProgress, resolve, reject, sends: 0 };
      this.pending.set(id, one);
      if (this.listening) this.send(id, one);
    });
  }

  send(id, one) {
    try {
      one.sends += 1;
      this.post(one.request, one.files);
    } catch (error) {
      this.pending.delete(id);
      one.reject(new ShukeError("invalid", { expected: "plain values as JSON has them", detail: String(error?.message ?? error), cause: error }));
    }
  }

  cancel(id) {
    const one = this.pending.get(id);
    if (one?.sends) this.post({ cancel: { id } });
    else if (one) {
      this.pending.delete(id);
      one.reject(new ShukeError("cancelled"));
    }
  }

  /** The worker is unusable. What was committed is safe; what is unanswered is asked of another one, once. */
  restart(detail) {
    this.listening = false;
    this.worker.terminate();
    const now = Date.now();
    const recent = [];
    for (let i = 0; i < this.restarts.length; i++) {
      if (now - this.restarts[i] < RESTART_WINDOW) recent[recent.length] = this.restarts[i];
    }
    recent[recent.length] = now;
    this.restarts = recent;
    // What lay in memory is gone, and an empty workspace must not pass for it.
    const lost = this.options.storage === "memory" && this.isReady;
    if (lost || recent.length > RESTARTS) this.fail(new ShukeError("worker_failed", { detail }));
    else this.startWorker();
  }

  fail(error) {
    this.over = error;
    this.worker?.terminate();
    this.onOver();
    this.settle.reject(error);
    const all = this.pending;
    this.pending = new Map();
    all.forEach((one) => one.reject(error));
  }

  release() {
    this.users -= 1;
    if (this.users > 0) return;
    this.over ??= new ShukeError("closed");
    this.worker?.terminate();
    this.onOver();
  }
}

const KINDS = { customer: "customers", order: "orders", interaction: "events", ledger_entry: "ledger", segment: "segments", program: "program", settings: "settings", coupon: "coupons", list: "lists", watch: "watch" };

/** What a worker's event is to a program; nothing for those that only the page's own frame wants. */
function eventOf(event) {
  if (event.changed) {
    const kinds = [];
    const named = event.changed.kinds;
    for (let i = 0; i < named.length; i++) kinds[i] = KINDS[named[i]] ?? named[i];
    return ["change", freeze({ version: Number(event.changed.data_version), kinds })];
  }
  if ("sync" in event) return ["sync", null];
  return null;
}

/** Opened workspaces that are kept, by where the worker lies and their name. */
const lines = new Map();

function lineOf(options) {
  if (options.storage === "memory") return new Line(options, () => {});
  // Whoever says another passphrase, or none, is checked by a worker of their own.
  const key = `${options.base ?? ""} ${options.workspace} ${options.passphrase ?? ""}`;
  let line = lines.get(key);
  if (!line) {
    line = new Line(options, () => lines.get(key) === line && lines.delete(key));
    if (!line.over) lines.set(key, line);
  }
  return line;
}

const OPTIONS = ["workspace", "storage", "passphrase", "timeZone", "currency", "base", "demo", "who"];

function optionsOf(given) {
  const wrong = (path, found, expected) => new ShukeError("invalid", { path, found: String(found), expected });
  if (typeof given !== "object" || given === null) throw wrong("options", given, "an object");
  const names = Object.keys(given);
  for (let i = 0; i < names.length; i++) {
    let known = false;
    for (let j = 0; j < OPTIONS.length; j++) known ||= OPTIONS[j] === names[i];
    if (!known) throw wrong(names[i], names[i], "a known option");
  }
  const { workspace = "default", storage = "opfs", passphrase, demo, who = "" } = given;
  if (typeof workspace !== "string" || !/^[A-Za-z0-9-]{1,64}$/.test(workspace)) throw wrong("workspace", workspace, "letters, digits and -, at most 64");
  if (storage !== "opfs" && storage !== "memory") throw wrong("storage", storage, "opfs, memory");
  // What it was is in no message.
  if (passphrase !== undefined && (typeof passphrase !== "string" || passphrase === "")) throw wrong("passphrase", typeof passphrase, "a text that is not empty");
  if (passphrase !== undefined && storage === "memory") throw wrong("passphrase", "a passphrase", 'none with storage: "memory", which keeps nothing');
  if (demo !== undefined && (demo !== "cafe" || storage !== "memory")) throw wrong("demo", demo, 'cafe, and only with storage: "memory"');
  if (typeof who !== "string" || who.length > 200) throw wrong("who", who, "a name");
  const zone = given.timeZone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone;
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
  } catch {
    throw wrong("timeZone", zone, "an IANA name such as Asia/Shanghai");
  }
  const { currency = "CNY" } = given;
  if (typeof currency !== "string" || !/^[A-Za-z]{3}$/.test(currency)) throw wrong("currency", currency, "an ISO 4217 code such as CNY");
  let base = null;
  if (given.base !== undefined) {
    try {
      base = new URL(given.base, globalThis.document?.baseURI ?? location.href);
    } catch {
      throw wrong("base", given.base, "an address");
    }
    if (!base.pathname.endsWith("/")) base.pathname += "/";
  }
  // The page's own workspace has this name.
  return { workspace: workspace === "default" ? "main" : workspace, storage, passphrase, demo, who, zone, currency: currency.toUpperCase(), base };
}

/** Opens (or creates) a workspace; resolves when its data can be read. */
export async function open(given = {}) {
  const options = optionsOf(given);
  if (typeof Worker !== "function" || typeof WebAssembly !== "object") {
    throw new ShukeError("not_supported", { expected: "a browser with module workers and WebAssembly" });
  }
  const line = lineOf(options);
  line.users += 1;
  try {
    await line.ready;
  } catch (error) {
    line.release();
    throw error;
  }
  return new Connection(line, options).api();
}

/** What one `open` gave: its own listeners, and its own end. */
class Connection {
  handlers = new Map();
  open = new Set();
  closed = false;

  constructor(line, options) {
    this.line = line;
    this.options = options;
    this.listen = (name, detail) => {
      if (name !== "sync") return this.emit(name, detail);
      if (this.handlers.get("sync")?.size) this.query("sync.status", []).then((status) => this.emit("sync", status), () => {});
    };
    line.listeners.add(this.listen);
  }

  emit(name, detail) {
    this.handlers.get(name)?.forEach((handler) => {
      try {
        handler(detail);
      } catch (error) {
        // A handler's mistake is its page's, not ours: it is said, and the others hear all the same.
        setTimeout(() => {
          throw error;
        });
      }
    });
  }

  async call(request, files = [], { onProgress, signal } = {}) {
    if (this.closed) throw new ShukeError("closed");
    if (signal?.aborted) throw stopped(signal);
    const id = randomId();
    const abort = () => this.line.cancel(id);
    signal?.addEventListener("abort", abort);
    const answer = this.line.ask(id, request, files, this.options.who, onProgress);
    this.open.add(answer);
    try {
      const value = await answer;
      // What was in when it was stopped stays in; the report names it.
      if (value?.cancelled) throw stopped(signal, value);
      return value;
    } catch (error) {
      throw error?.code === "cancelled" && !error.report ? stopped(signal) : error;
    } finally {
      this.open.delete(answer);
      signal?.removeEventListener("abort", abort);
    }
  }

  query(method, input) {
    return this.call({ query: { api: { method, input } } });
  }

  change(method, input) {
    return this.call({ command: { api: { method, input } } });
  }

  /** Long work, with how far it is. */
  work(method, input, files, { onProgress, signal } = {}) {
    const tell = ({ done, total, stage }) => {
      const far = { done: Number(done), total: Number(total), stage };
      this.emit("progress", freeze({ method, ...far }));
      onProgress?.(far);
    };
    return this.call({ api: { method, input } }, files, { onProgress: tell, signal });
  }

  async put(method, records) {
    if (!Array.isArray(records) || records.length <= CHUNK) return this.change(method, [records]);
    const all = { created: 0, updated: 0, unchanged: 0, ids: [], issues: [] };
    for (let from = 0; from < records.length; from += CHUNK) {
      const part = [];
      for (let i = from; i < from + CHUNK && i < records.length; i++) part[i - from] = records[i];
      let one;
      try {
        one = await this.change(method, [part]);
      } catch (error) {
        // What went before is in.
        error.report = freeze(all);
        throw error;
      }
      all.created += one.created;
      all.updated += one.updated;
      all.unchanged += one.unchanged;
      for (let i = 0; i < one.ids.length; i++) all.ids[all.ids.length] = one.ids[i];
      for (let i = 0; i < one.issues.length; i++) all.issues[all.issues.length] = { ...one.issues[i], row: one.issues[i].row + from };
      const done = Math.min(from + CHUNK, records.length);
      this.emit("progress", freeze({ method, done, total: records.length, stage: "writing" }));
    }
    return freeze(all);
  }

  async import(file, { onProgress, signal, sheet, ...options } = {}) {
    if (this.closed) throw new ShukeError("closed");
    if (signal?.aborted) throw stopped(signal);
    let fileName = "";
    if (typeof file === "string") {
      file = new Blob([file], { type: "text/plain" });
      options = { ...options, encoding: "utf-8" };
    } else if (file instanceof Blob) {
      fileName = file.name ?? "";
      file = await sheetOf(file, sheet, this.options.base, signal);
    } else {
      throw new ShukeError("invalid", { path: "file", found: file === undefined ? "nothing" : typeof file, expected: "a Blob or a text" });
    }
    return this.work("import", [{ ...options, fileName }], [file], { onProgress, signal });
  }

  export({ onProgress, signal, ...options } = {}) {
    return this.work("export", [options], [], { onProgress, signal });
  }

  /** Asks for a run and waits until one that began since has come to its end. */
  async syncRun() {
    const before = await this.query("sync.report", []);
    await this.change("sync.run", []);
    const asked = Date.now();
    for (;;) {
      const status = await this.query("sync.status", []);
      const { run, ...report } = await this.query("sync.report", []);
      const late = Date.now() - asked > RUN_BEGINS;
      // Offline, or stopped by what only a person can answer: no run comes of it.
      if (status.state !== "running" && (run !== before.run || late || status.state === "off")) {
        if (run === before.run && status.error) report.errors = [status.error];
        return freeze(report);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  on(name, handler) {
    if (name !== "change" && name !== "progress" && name !== "sync") {
      throw new ShukeError("invalid", { path: "event", found: String(name), expected: "change, progress, sync" });
    }
    if (typeof handler !== "function") throw new ShukeError("invalid", { path: "handler", found: typeof handler, expected: "a function" });
    let all = this.handlers.get(name);
    if (!all) this.handlers.set(name, (all = new Set()));
    // Of a kind of its own, so that the same function twice is two handlers.
    const own = (detail) => handler(detail);
    all.add(own);
    return () => void all.delete(own);
  }

  /** Waits for what this connection asked, then lets go; the last one in this page ends the worker. */
  async close() {
    if (this.closed) return;
    this.closed = true;
    this.handlers.clear();
    this.line.listeners.delete(this.listen);
    const open = [];
    this.open.forEach((one) => (open[open.length] = one.catch(() => {})));
    for (let i = 0; i < open.length; i++) await open[i];
    this.line.release();
  }

  api() {
    const query = (method) => (...input) => this.query(method, input);
    const change = (method) => (...input) => this.change(method, input);
    const put = (method) => (records) => this.put(method, records);
    const nothing = (method) => (...input) => this.change(method, input).then(() => {});
    return frozen({
      customers: {
        put: put("customers.put"),
        get: query("customers.get"),
        list: query("customers.list"),
        remove: nothing("customers.remove"),
        erase: change("customers.erase"),
        count: query("customers.count"),
      },
      orders: { put: put("orders.put"), refund: change("orders.refund"), list: query("orders.list") },
      events: { put: put("events.put") },
      import: (file, options) => this.import(file, options),
      undoImport: (batch, options) => this.work("undoImport", [batch], [], options),
      export: (options) => this.export(options),
      segments: {
        count: query("segments.count"),
        members: query("segments.members"),
        explain: query("segments.explain"),
        save: change("segments.save"),
        list: query("segments.list"),
        rfm: query("segments.rfm"),
        lifecycle: query("segments.lifecycle"),
      },
      loyalty: {
        program: query("loyalty.program"),
        setProgram: nothing("loyalty.setProgram"),
        member: query("loyalty.member"),
        ledger: query("loyalty.ledger"),
        accrue: change("loyalty.accrue"),
        redeem: change("loyalty.redeem"),
        reverse: change("loyalty.reverse"),
        adjust: change("loyalty.adjust"),
        liability: query("loyalty.liability"),
      },
      sync: {
        profile: query("sync.profile"),
        setProfile: nothing("sync.setProfile"),
        run: () => this.syncRun(),
        status: query("sync.status"),
      },
      info: query("info"),
      on: (name, handler) => this.on(name, handler),
      close: () => this.close(),
    });
  }
}

function frozen(object) {
  const names = Object.keys(object);
  for (let i = 0; i < names.length; i++) if (typeof object[names[i]] === "object") Object.freeze(object[names[i]]);
  return Object.freeze(object);
}

/** A workbook or an archive is taken apart by a worker of its own, fetched for it; other files stay as they are. */
async function sheetOf(file, wanted, base, signal) {
  const head = new Uint8Array(await file.slice(0, 64).arrayBuffer());
  let at = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
  while (head[at] === 32 || (head[at] >= 9 && head[at] <= 13)) at += 1;
  const packed = head[0] === 0x50 && head[1] === 0x4b;
  const old = head[0] === 0xd0 && head[1] === 0xcf && head[2] === 0x11 && head[3] === 0xe0;
  if (!packed && !old && head[at] !== 0x3c) return file;
  const worker = start(base, startSheets, SHEETS_NAME, SHEETS);
  try {
    return await new Promise((resolve, reject) => {
      const names = [];
      let chosen = null;
      const damaged = () => reject(new ShukeError("unreadable_file", { found: "damaged", expected: "a workbook or a table" }));
      signal?.addEventListener("abort", () => reject(stopped(signal)));
      worker.onerror = (event) => {
        event.preventDefault?.();
        damaged();
      };
      worker.onmessage = ({ data }) => {
        if (data === "listening") return worker.postMessage(file);
        if (data[0] === "refused") return reject(new ShukeError("unreadable_file", { found: data[1] }));
        if (data[0] === "table") {
          names[names.length] = data[1];
          // The one that was named, else the first that is not hidden.
          if (!chosen && (wanted === undefined ? data[2] !== "hidden" : data[1] === wanted)) chosen = data[5];
          return;
        }
        if (chosen) return resolve(chosen);
        let all = "";
        for (let i = 0; i < names.length; i++) all += (i ? ", " : "") + names[i];
        reject(new ShukeError("not_found", { path: "sheet", found: wanted, expected: all }));
      };
    });
  } finally {
    worker.terminate();
  }
}

/** Notes what a visitor does, with their consent; see track.js. */
export const track = async (...event) => (await import("./track.js")).track(...event);
