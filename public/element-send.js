// Takes what a visitor says to where the shop's owner wants it: an inbox that can only be written to, the visitor's own
// workspace in this browser, or the page itself. Format and server: docs/inbox.md.
//
// An entry waits on this device until the inbox has said that it has it, so a dead network loses nothing; the inbox
// knows entries by their id, so sending twice does nothing.

import { exchange, freshId, keep, write } from "./element-kit.js";

/** So many entries at once; with the limit below a batch stays within what browsers send while a page closes. */
const BATCH = 50;
const BATCH_BYTES = 48_000;
/** More than this does not wait on a device: the oldest clicks go first, then page views. */
const WAITING = 500;
const FIRST_PAUSE = 5_000;
const LONGEST_PAUSE = 600_000;

const queues = new Map();

/** The queue of an inbox; one each in a page. */
export function queue(inbox) {
  const address = new URL(inbox, document.baseURI).href;
  if (!queues.has(address)) queues.set(address, new Queue(address));
  return queues.get(address);
}

/**
 * Entries wait each under a key of its own, as they will be sent: putting one in and sending all is done at once, also while
 * the page closes, and tabs do not overwrite each other's.
 */
class Queue {
  #address;
  #start;
  #pause = FIRST_PAUSE;
  #timer = 0;
  #sending = null;
  /** Where storage is refused they wait as long as the page lives. */
  #here = new Map();

  constructor(address) {
    const { protocol, hostname } = new URL(address);
    const local = hostname === "localhost" || hostname === "127.0.0.1" || hostname === "[::1]";
    if (protocol !== "https:" && !(protocol === "http:" && local)) throw new TypeError("an inbox is an https address");
    this.#address = address;
    this.#start = `inbox:${address} `;
    addEventListener("online", () => this.flush());
    // The last chance before the page goes; what does not arrive is sent by the next page.
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.#leave(); });
  }

  /** Calls `f` with key, id and kind of each that waits. */
  #each(f) {
    const call = (key) => {
      const parts = /^(\S+) (\S+)$/.exec(key.slice(this.#start.length));
      if (parts) f(key, parts[1], parts[2]);
    };
    keep.each(this.#start, call);
    this.#here.forEach((_, key) => call(key));
  }

  #drop(key) {
    keep.set(key, null);
    this.#here.delete(key);
  }

  /** Puts an entry into the queue. */
  put(said) {
    const key = `${this.#start}${said.id} ${said.kind}`;
    const text = write(said);
    if (!keep.set(key, text)) this.#here.set(key, text);
    let count = 0;
    let least = null;
    this.#each((other, id, kind) => {
      count += 1;
      const worth = `${order(kind)} ${id}`;
      if (!least || worth < least.worth) least = { worth, key: other };
    });
    if (count > WAITING) this.#drop(least.key);
  }

  /** Forgets what waits and is of these kinds. */
  forget(which) {
    const gone = [];
    this.#each((key, _, kind) => { if (which(kind)) gone[gone.length] = key; });
    for (let i = 0; i < gone.length; i++) this.#drop(gone[i]);
  }

  /** What is sent next: the text of the message, and the key of each entry by its id. */
  #batch() {
    const keys = new Map();
    let text = "";
    let bytes = 0;
    this.#each((key, id) => {
      const one = this.#here.get(key) ?? keep.get(key);
      if (!one || keys.size >= BATCH) return;
      const size = new TextEncoder().encode(one).length;
      if (bytes + size > BATCH_BYTES && keys.size) return;
      bytes += size;
      text += (text ? "," : "") + one;
      keys.set(id, key);
    });
    return { keys, body: `{"shuke":1,"entries":[${text}]}` };
  }

  #post(body) {
    return exchange("POST", this.#address, { body, keepalive: true });
  }

  /** Sends a batch without waiting for anything. It stays until it is confirmed, here or to the next page. */
  #leave() {
    const { keys, body } = this.#batch();
    if (keys.size) this.#post(body).then((answer) => this.#settle(keys, answer));
  }

  /** Sends what waits: "sent", "queued" (nobody was reached) or "refused" with the code of what was last refused. */
  async flush() {
    // Two that send at once would send the same.
    while (this.#sending) await this.#sending;
    this.#sending = this.#send();
    try { return await this.#sending; } finally { this.#sending = null; }
  }

  async #send() {
    clearTimeout(this.#timer);
    let outcome = { state: "sent" };
    for (;;) {
      const { keys, body } = this.#batch();
      if (!keys.size) return outcome;
      if (navigator.onLine === false) return this.#later();
      const settled = this.#settle(keys, await this.#post(body));
      if (!settled) return this.#later();
      if (settled.state === "refused") outcome = settled;
      this.#pause = FIRST_PAUSE;
    }
  }

  /** Forgets what the inbox has or will never take. Null when that is nothing: it is asked again later. */
  #settle(keys, { status, body }) {
    const answered = status >= 200 && status < 300 && body && Array.isArray(body.accepted);
    // 4xx but for these two says that it will never be taken; whatever else may pass.
    if (status >= 400 && status < 500 && status !== 408 && status !== 429) {
      keys.forEach((key) => this.#drop(key));
      return { state: "refused", code: body?.code ?? String(status) };
    }
    if (!answered) return null;
    let settled = null;
    const gone = (id, outcome) => {
      if (!keys.has(id)) return;
      this.#drop(keys.get(id));
      settled = settled?.state === "refused" ? settled : outcome;
    };
    for (let i = 0; i < body.accepted.length; i++) gone(body.accepted[i], { state: "sent" });
    const refused = Array.isArray(body.refused) ? body.refused : [];
    for (let i = 0; i < refused.length; i++) gone(refused[i]?.id, { state: "refused", code: String(refused[i]?.code) });
    return settled;
  }

  #later() {
    this.#timer = setTimeout(() => this.flush(), this.#pause * (0.75 + Math.random() / 2));
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
    return { state: "queued" };
  }
}

/** What goes first when too much waits: what somebody said on purpose stays longest. */
function order(kind) {
  if (kind === "click") return 0;
  if (kind === "dwell") return 1;
  if (kind === "page_view") return 2;
  return onPurpose(kind) ? 4 : 3;
}

/** Whether somebody said it, rather than was seen doing it. */
export const onPurpose = (kind) => kind === "signup" || kind === "survey" || kind === "feedback";

/** An entry as the inbox takes it. */
export function entry(kind, data, { visitor, member } = {}) {
  const now = new Date();
  const id = freshId(now.getTime());
  // Who was not asked to be known again has a name for this one time.
  return { id, visitor: visitor ?? id, kind, at: now.toISOString(), page: location.pathname, member, data };
}

const opened = new Map();

/**
 * A workspace of this browser, opened once a page. The program comes with the first need of it, by a name that bundlers
 * follow, too; `base` is where its worker lies if a build did not bring that along.
 */
export function workspace({ name, storage, demo, base }) {
  const key = `${name} ${storage} ${demo} ${base}`;
  if (!opened.has(key)) {
    const opening = import("./shuke.js")
      .then(({ open }) => open({ workspace: name ?? undefined, storage: storage ?? undefined, demo: demo ?? undefined, base: base ?? undefined }));
    opening.catch(() => opened.delete(key));
    opened.set(key, opening);
  }
  return opened.get(key);
}

/** The same as an element names it by its attributes. */
export function workspaceOf(element) {
  const said = (name) => element.getAttribute(name);
  return workspace({ name: said("workspace"), storage: said("storage"), demo: said("demo"), base: said("base") });
}

/** What a customer has in points, or null when the shop has no programme. */
export async function memberIn(shuke, customer) {
  try {
    return await shuke.loyalty.member(customer);
  } catch (error) {
    if (error?.code === "no_program") return null;
    throw error;
  }
}

/**
 * Puts an entry into a workspace, as sync does: a sign-up is a customer, unless one with that e-mail or telephone is known;
 * everything said is an event on the timeline. The same entry again changes nothing.
 */
export async function record(shuke, { id, kind, at, page, visitor, member, data }) {
  const flat = { page };
  const names = Object.keys(data);
  for (let i = 0; i < names.length; i++) {
    const value = data[names[i]];
    if (value !== null && value !== undefined) flat[names[i]] = typeof value === "object" ? write(value) : value;
  }
  const stranger = `visitor:${visitor ?? id}`;
  const known = (member && (await shuke.customers.get({ externalId: member }))) || (await shuke.customers.get({ externalId: stranger }));
  const customer = known?.id ?? (kind === "signup" ? await signedUp(shuke, data, at, member ?? stranger) : await created(shuke, { externalId: member ?? stranger, name: "网站访客 Visitor", kind: "person", sourceChannel: "web" }));
  await shuke.events.put({ customer, kind, at, key: `inbox:${id}`, data: flat });
}

async function created(shuke, fields) {
  return (await shuke.customers.put(fields)).ids[0];
}

async function signedUp(shuke, { name, email, phone, birthday, consent }, at, externalId) {
  // A form that anybody can fill in does not change what is known of somebody.
  const known = (email && (await shuke.customers.get({ email }))) || (phone && (await shuke.customers.get({ phone })));
  return known?.id ?? created(shuke, { externalId, name, email, phone, birthday, consent, sourceChannel: "web", signupOn: at.slice(0, 10) });
}
