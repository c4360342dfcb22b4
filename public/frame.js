// The page in a frame of its own origin. It draws nothing and answers nobody until the page around it has said who it is
// from an origin that this site's owner has put on the list (`frame-hosts.json`), and afterwards hears only that page.

import "./elements.js";
import { read, write } from "./element-kit.js";

const SPEECH = 1;
const LONGEST_MESSAGE = 4096;
/** A click counts when the frame has been in sight for so long: nobody is led to press what they have not seen. */
const SEEN_MS = 500;

// As in boot.js: scripts are only ever our own.
globalThis.trustedTypes?.createPolicy("default", {
  createHTML: () => null,
  createScriptURL: (url) => (new URL(url, document.baseURI).origin === location.origin ? url : null),
});

let host = null;
let app = null;

/** Origins that may frame this page: this one, and those on the list, letter by letter. */
async function allowed() {
  const own = { [location.origin]: true };
  try {
    const response = await fetch(new URL("frame-hosts.json", document.baseURI), { credentials: "omit", cache: "no-cache" });
    const list = response.ok ? (await response.json()).hosts : [];
    for (let i = 0; i < list.length; i++) {
      if (isOrigin(list[i])) own[list[i]] = true;
      else console.warn("frame-hosts.json: not an origin", list[i]);
    }
  } catch (error) {
    console.warn("frame-hosts.json", error);
  }
  return own;
}

/** "https://shop.example" and nothing else: no paths, no wildcards, no "null". */
function isOrigin(text) {
  try {
    return typeof text === "string" && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text && !text.includes("*");
  } catch {
    return false;
  }
}

/** Whether whoever frames the page around us is on the list as well; where the browser does not tell, the header must. */
function allAround(list) {
  const around = location.ancestorOrigins ?? [];
  for (let i = 0; i < around.length; i++) if (!Object.hasOwn(list, around[i])) return false;
  return true;
}

const TEXT = { lang: /^(zh-CN|en)$/, theme: /^(light|dark|system)$/, start: /^#\/[^\s]{0,300}$/, demo: /^[a-z0-9-]{0,20}$/, workspace: /^[a-z0-9-]{0,40}$/ };

/** A message with the fields we know in the form we know, or null. */
function known(message) {
  if (message === null || typeof message !== "object" || message.shuke !== SPEECH) return null;
  if (message.type !== "hello" && message.type !== "set") return null;
  const fields = { type: message.type };
  const names = Object.keys(TEXT);
  for (let i = 0; i < names.length; i++) {
    const value = Object.hasOwn(message, names[i]) ? message[names[i]] : "";
    if (typeof value !== "string") return null;
    if (value && !TEXT[names[i]].test(value)) return null;
    fields[names[i]] = value;
  }
  return fields;
}

const say = (type, values) => parent.postMessage(write({ shuke: SPEECH, type, ...values }), host);

function dress({ lang, theme }) {
  if (lang) document.documentElement.lang = lang;
  document.documentElement.toggleAttribute("data-theme", theme === "light" || theme === "dark");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  const choices = { lang, theme: theme === "system" ? "" : theme };
  for (const name of ["lang", "theme"]) {
    if (choices[name]) app.setAttribute(name, choices[name]);
    else app.removeAttribute(name);
  }
}

function show(hello) {
  app = document.createElement("shuke-app");
  app.setAttribute("routing", "hash");
  for (const name of ["start", "demo", "workspace"]) if (hello[name]) app.setAttribute(name, hello[name]);
  dress(hello);
  app.addEventListener("shuke-ready", () => say("ready", {}), { once: true });
  app.addEventListener("shuke-place", (event) => say("place", { section: event.detail.section }));
  document.body.append(app);
  guard();
}

/** Clicks wait until the frame has been seen; where the browser can tell, also while something covers it. */
function guard() {
  let since = Infinity;
  const telling = "isVisible" in (globalThis.IntersectionObserverEntry?.prototype ?? {});
  const note = document.getElementById("covered");
  new IntersectionObserver((entries) => {
    const entry = entries[entries.length - 1];
    const there = entry.isIntersecting;
    const open = there && (!telling || entry.isVisible);
    note.hidden = !there || open;
    if (!open) since = Infinity;
    else if (since === Infinity) since = performance.now();
  }, { threshold: [0, 0.25, 0.5, 1], ...(telling ? { trackVisibility: true, delay: 100 } : {}) }).observe(document.documentElement);
  for (const name of ["click", "pointerdown", "mousedown", "auxclick"]) {
    addEventListener(name, (event) => {
      // A key's click has no place on the screen to be led to.
      if (!event.isTrusted || event.detail === 0 && name === "click" || performance.now() - since >= SEEN_MS) return;
      event.stopImmediatePropagation();
      event.preventDefault();
    }, { capture: true });
  }
}

function refuse(who) {
  const place = document.getElementById("refused");
  place.hidden = false;
  place.querySelector("code").textContent = who;
}

if (parent === window) {
  // Opened by itself it is the page itself.
  location.replace("./");
} else {
  const origins = allowed();
  addEventListener("message", async (event) => {
    if (event.source !== parent) return;
    if (typeof event.data !== "string" || event.data.length > LONGEST_MESSAGE) return;
    const list = await origins;
    // Who is not on the list is told nothing; the person in front of it is.
    if (!Object.hasOwn(list, event.origin) || !allAround(list)) return host ? undefined : refuse(event.origin);
    if (host && event.origin !== host) return;
    const message = known(await read(event.data).catch(() => null));
    if (!message) return;
    if (message.type === "hello" && !host) {
      host = event.origin;
      show(message);
    } else if (message.type === "set" && app) dress(message);
  });
}
