// What visitors do on a shop's page: recorded only when they agreed, never when their browser says "do not track",
// kept until it could be sent, and sent in batches to the shop's inbox or the workspace in this browser.
//
//   import { configure, consent, track } from "/crm/track.js";
//   configure({ inbox: "https://shop.example/inbox", auto: ["page_view", "dwell", "click"] });
//   consent(true);                                   // when the visitor said yes; <shuke-consent> asks
//   track("page_view", { article: "latte" });

import { keep } from "./element-kit.js";
import { entry, onPurpose, queue, record, workspace } from "./element-send.js";

const CONSENT = "consent";
const VISITOR = "visitor";
/** Seconds that a page was not looked at do not count, and nobody reads one page for longer than this. */
const LONGEST_DWELL_S = 3600;
const SHORTEST_DWELL_S = 1;
/** Events gather for so long before they are sent. */
const GATHER_MS = 3_000;
const NAME = /^[a-z][a-z0-9_]{0,39}$/;

let where = null;
let automatic = "";
let timer = 0;
let seen = 0;
let since = null;
let listening = false;
let viewed = "";

/** Whether the browser asks not to be followed: nothing is recorded then, whatever was agreed to before. */
export function refused() {
  return navigator.doNotTrack === "1" || globalThis.doNotTrack === "1" || navigator.globalPrivacyControl === true;
}

/** What the visitor said: true, false, or null when they were not asked. */
export function consented() {
  const kept = keep.get(CONSENT);
  return kept === null ? null : kept.startsWith("yes");
}

/** The visitor's answer. "No" forgets who they were and what still waits to be sent. */
export function consent(given) {
  if (typeof given !== "boolean") throw new TypeError("consent(true) or consent(false)");
  keep.set(CONSENT, `${given ? "yes" : "no"} ${new Date().toISOString()}`);
  if (given) begin();
  else {
    keep.set(VISITOR, null);
    if (where?.inbox) queue(where.inbox).forget((kind) => !onPurpose(kind));
  }
}

/** Where events go (`inbox`, or `workspace` and `storage`), who the visitor is (`member`) and what is recorded by itself. */
export function configure({ inbox, workspace: name, storage, member, auto = [] } = {}) {
  if (!inbox && !name) throw new TypeError("configure needs an inbox or a workspace");
  where = { inbox, name, storage, member };
  automatic = " ";
  for (let i = 0; i < auto.length; i++) automatic += `${auto[i]} `;
  if (inbox) queue(inbox).flush();
  begin();
}

/** Records that something happened. Does nothing without consent. */
export async function track(name, data = {}) {
  if (!NAME.test(name)) throw new TypeError("an event's name is made of a-z, 0-9 and _");
  if (!where) throw new TypeError("configure() says where events go");
  if (refused() || consented() !== true) return;
  const flat = {};
  const keys = Object.keys(data);
  for (let i = 0; i < keys.length && i < 20; i++) {
    const value = data[keys[i]];
    const fits = typeof value === "number" ? Number.isFinite(value) : typeof value === "boolean" || typeof value === "string";
    if (!fits) throw new TypeError(`${keys[i]}: a text, a number or a yes or no`);
    flat[keys[i]] = typeof value === "string" ? value.slice(0, 200) : value;
  }
  const said = entry(name, flat, { visitor: visitor(), member: where.member });
  if (where.inbox) {
    queue(where.inbox).put(said);
    timer ||= setTimeout(() => {
      timer = 0;
      queue(where.inbox).flush();
    }, GATHER_MS);
  } else {
    await record(await workspace({ name: where.name, storage: where.storage }), said);
  }
}

/** Sends what waits now. */
export const flush = () => (where?.inbox ? queue(where.inbox).flush() : Promise.resolve({ state: "sent" }));

function visitor() {
  let id = keep.get(VISITOR);
  if (!id) {
    id = "";
    const random = crypto.getRandomValues(new Uint8Array(16));
    for (let i = 0; i < 16; i++) id += random[i].toString(16).padStart(2, "0");
    keep.set(VISITOR, id);
  }
  return id;
}

const asked = (what) => automatic.includes(` ${what} `);

function begin() {
  if (!where || refused() || consented() !== true) return;
  if (asked("page_view")) view();
  if (listening) return;
  listening = true;
  if (document.visibilityState === "visible") since = performance.now();
  // Before the queue, which sends what is there when the page is left.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) left();
    else since = performance.now();
  }, { capture: true });
  document.addEventListener("click", clicked, { capture: true, passive: true });
  // Pages that change without loading say so by their history.
  addEventListener("popstate", moved);
  globalThis.navigation?.addEventListener("navigatesuccess", moved);
}

function moved() {
  if (viewed === location.pathname) return;
  left();
  since = performance.now();
  if (asked("page_view")) view();
}

/** The path only: what stands behind it (`?`, `#`) may name people. */
function view() {
  if (viewed === location.pathname) return;
  viewed = location.pathname;
  let from = "";
  try { from = document.referrer ? new URL(document.referrer).host : ""; } catch { /* no address, no origin */ }
  track("page_view", { path: viewed, from }).catch(console.warn);
}

function left() {
  if (since !== null) seen += (performance.now() - since) / 1000;
  since = null;
  const seconds = Math.min(Math.round(seen), LONGEST_DWELL_S);
  seen = 0;
  if (asked("dwell") && seconds >= SHORTEST_DWELL_S) {
    track("dwell", { path: viewed || location.pathname, seconds }).catch(console.warn);
  }
}

/** Only what the page's author named: `data-shuke-click="buy"`. Words of the page are not recorded. */
function clicked(event) {
  const at = event.target.closest?.("[data-shuke-click]");
  if (at && asked("click")) track("click", { on: at.getAttribute("data-shuke-click").slice(0, 80), path: location.pathname }).catch(console.warn);
}
