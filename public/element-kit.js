// What every element stands on: a shadow root with styles of its own, words in two languages, and ways to read, write
// and send that hold on pages which have changed the language's own objects.
//
// House rule of all `element-*.js`: no method of Array.prototype, no JSON.parse and no bare fetch. Old libraries
// replace them; an element in their page works on.

/** Reads JSON. `Response` has the browser's own reader, whatever the page put into JSON.parse. */
export const read = (text) => new Response(text).json();

/** Writes JSON by hand but for plain values: a `toJSON` that a page gave to all arrays or objects changes nothing. */
export function write(value) {
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
  let out = "";
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) out += (i ? "," : "") + write(value[i]);
    return `[${out}]`;
  }
  const keys = Object.keys(value);
  for (let i = 0; i < keys.length; i++) {
    const inner = value[keys[i]];
    if (inner === undefined || typeof inner === "function") continue;
    out += `${out ? "," : ""}${JSON.stringify(keys[i])}:${write(inner)}`;
  }
  return `{${out}}`;
}

const native = (f) => typeof f === "function" && /\[native code\]/.test(Function.prototype.toString.call(f));

/** Sends JSON and reads the answer: `{ status, body }`; `status` 0 when nobody was reached. Never sends cookies. */
export async function exchange(method, url, { body, headers = {}, keepalive = false } = {}) {
  const all = { ...headers };
  if (body !== undefined) all["content-type"] = "application/json";
  try {
    if (native(globalThis.fetch)) {
      const response = await fetch(url, { method, headers: all, body, keepalive, credentials: "omit", referrerPolicy: "no-referrer", redirect: "error" });
      return { status: response.status, body: await response.json().catch(() => null) };
    }
    return await byRequest(method, url, all, body);
  } catch {
    return { status: 0, body: null };
  }
}

function byRequest(method, url, headers, body) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    request.withCredentials = false;
    request.responseType = "json";
    const names = Object.keys(headers);
    for (let i = 0; i < names.length; i++) request.setRequestHeader(names[i], headers[names[i]]);
    request.onload = () => resolve({ status: request.status, body: request.response });
    request.onerror = request.ontimeout = () => resolve({ status: 0, body: null });
    request.timeout = 20_000;
    request.send(body);
  });
}

/** An element with attributes, listeners (`on…` functions) and children; `null` children are left out. */
export function h(name, attributes, ...children) {
  const svg = name === "svg" || name === "path" || name === "rect" || name === "g";
  const element = svg ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  const names = Object.keys(attributes ?? {});
  for (let i = 0; i < names.length; i++) {
    const value = attributes[names[i]];
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(names[i].slice(2), value);
    else element.setAttribute(names[i], value === true ? "" : value);
  }
  for (let i = 0; i < children.length; i++) {
    const child = children[i];
    if (Array.isArray(child)) for (let j = 0; j < child.length; j++) element.append(child[j]);
    else if (child !== null && child !== undefined && child !== false) element.append(child);
  }
  return element;
}

/** A style sheet for shadow roots. Built, not linked: the strictest policy of a page has nothing against it. */
export function sheet(text) {
  const it = new CSSStyleSheet();
  it.replaceSync(text);
  return it;
}

/** "zh-CN" or "en": of the element, of what is around it, of the browser. */
export function languageOf(element) {
  let tag = "";
  for (let at = element; at && !tag; at = at.parentNode ?? at.host) tag = at.getAttribute?.("lang") ?? "";
  return /^zh/i.test(tag || navigator.language) ? "zh-CN" : "en";
}

/** "light", "dark", or "system" when the page around an element follows the system. */
export function themeOf(element) {
  const asked = element.getAttribute("theme");
  if (asked === "light" || asked === "dark") return asked;
  const scheme = getComputedStyle(element).colorScheme;
  if (!scheme.includes("dark")) return "light";
  return scheme.includes("light") ? "system" : "dark";
}

/** Those who want to hear that the document has another language or appearance now. */
const speakers = new Set();
let heard = null;

/** Calls `f` when that may be so; gives what ends it. */
export function onLanguage(f) {
  speakers.add(f);
  heard ??= new MutationObserver(() => speakers.forEach((speaker) => speaker()));
  heard.observe(document.documentElement, { attributes: true, attributeFilter: ["lang", "class", "style", "data-theme"] });
  return () => speakers.delete(f);
}

/** 5,120 in the way of the language; what is no number is a dash. */
export function number(value, language) {
  const exact = Number(value);
  return Number.isFinite(exact) ? exact.toLocaleString(language) : "–";
}

/** 2026年1月3日 or 3 Jan 2026, of a local date or an instant; what is no date is shown as it came. */
export function day(text, language) {
  const parts = /^(\d{4})-(\d\d)-(\d\d)/.exec(text ?? "");
  if (!parts) return text ?? "";
  const date = new Date(Date.UTC(+parts[1], +parts[2] - 1, +parts[3]));
  const form = language === "en" ? { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" } : { dateStyle: "long", timeZone: "UTC" };
  return new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, form).format(date);
}

/** 26 characters that sort by the time they were made and that nobody else makes. */
export function freshId(now = Date.now()) {
  const letters = "0123456789abcdefghjkmnpqrstvwxyz";
  let id = "";
  for (let time = now, i = 0; i < 10; i++, time = Math.floor(time / 32)) id = letters[time % 32] + id;
  const random = crypto.getRandomValues(new Uint8Array(16));
  for (let i = 0; i < 16; i++) id += letters[random[i] % 32];
  return id;
}

/** `{name}` in a sentence becomes the value. */
export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => (Object.hasOwn(values, name) ? values[name] : whole));
}

/** What this device keeps for this site; refused storage forgets at once. */
export const keep = {
  get(key) {
    try { return localStorage.getItem(`shuke.${key}`); } catch { return null; }
  },
  /** Calls `f` with each key that begins so. */
  each(start, f) {
    try {
      const found = [];
      for (let i = 0; i < localStorage.length; i++) {
        const key = localStorage.key(i);
        if (key.startsWith(`shuke.${start}`)) found[found.length] = key.slice("shuke.".length);
      }
      for (let i = 0; i < found.length; i++) f(found[i]);
    } catch { /* refused storage keeps nothing */ }
  },
  set(key, value) {
    try {
      if (value === null) localStorage.removeItem(`shuke.${key}`);
      else localStorage.setItem(`shuke.${key}`, value);
      return true;
    } catch { return false; }
  },
};

const BASE = sheet(`
:host { display: block; }
:host([hidden]) { display: none !important; }
.box {
  all: initial;
  display: block;
  position: relative;
  box-sizing: border-box;
  container-type: inline-size;
  contain: layout style;
  color-scheme: inherit;
  --accent: var(--shuke-accent, light-dark(#1d5a45, #78c4a3));
  --accent-strong: var(--shuke-accent-strong, light-dark(#144333, #9bd8bc));
  --on-accent: var(--shuke-on-accent, light-dark(#ffffff, #0d1f17));
  --soft: var(--shuke-accent-soft, light-dark(#e2ede6, #1c3027));
  --paper: var(--shuke-paper, light-dark(#fffefb, #1b1b17));
  --sunken: var(--shuke-sunken, light-dark(#f2efe8, #10100e));
  --ink: var(--shuke-ink, light-dark(#211f1a, #ece8dd));
  --quiet: var(--shuke-ink-quiet, light-dark(#575247, #b5afa0));
  --line: var(--shuke-line, light-dark(#e5e0d5, #302e28));
  --edge: var(--shuke-edge, light-dark(#8b8576, #837d6e));
  --bad: var(--shuke-bad, light-dark(#ae3327, #ee8474));
  --bad-soft: var(--shuke-bad-soft, light-dark(#f8e8e3, #3a211c));
  --radius: var(--shuke-radius, 10px);
  --face: var(--shuke-font, "Inter var", Inter, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Noto Sans SC", "Noto Sans CJK SC", "Microsoft YaHei", system-ui, sans-serif);
  font: 400 var(--shuke-font-size, 15px)/1.5 var(--face);
  color: var(--ink);
  text-align: start;
  overflow-wrap: break-word;
  text-autospace: normal;
  -webkit-font-smoothing: antialiased;
}
.box:lang(zh) { line-height: 1.65; }
:host([theme="light"]) .box { color-scheme: light; }
:host([theme="dark"]) .box { color-scheme: dark; }
.box *, .box *::before, .box *::after { box-sizing: border-box; }
.box :is(p, h2, h3, fieldset, legend, ul, dl, dd) { margin: 0; padding: 0; border: 0; min-inline-size: 0; }
.box :is(button, input, textarea, select) { font: inherit; color: inherit; margin: 0; }
.surface { padding: 1.33em; background: var(--paper); border: 1px solid var(--line); border-radius: var(--radius); }
h2 { font-size: 1.2em; font-weight: 600; line-height: 1.35; text-wrap: balance; }
.sub { margin-block-start: .3em !important; color: var(--quiet); font-size: .93em; }
.button {
  appearance: none; display: inline-flex; align-items: center; justify-content: center; min-block-size: 40px; padding: .4em 1.2em;
  border: 1px solid transparent; border-radius: calc(var(--radius) * .6); background: var(--accent); color: var(--on-accent) !important;
  font-weight: 600 !important; cursor: pointer; transition: background 120ms;
}
.button:hover { background: var(--accent-strong); }
.button.plain { background: none; border-color: var(--edge); color: var(--ink) !important; font-weight: 500 !important; }
.button.plain:hover { background: var(--sunken); }
.button[aria-disabled="true"] { cursor: progress; opacity: .75; }
.close { appearance: none; position: absolute; inset-block-start: .5em; inset-inline-end: .5em; inline-size: 40px; block-size: 40px; display: grid; place-items: center; border: 0; border-radius: 50%; background: none; color: var(--quiet); cursor: pointer; }
.close:hover { background: var(--sunken); color: var(--ink); }
.close svg { inline-size: 16px; block-size: 16px; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; }
:is(.button, .close, input, textarea, select, a, .choice):focus-visible,
.choice:has(input:focus-visible) { outline: 2px solid var(--accent); outline-offset: 2px; }
a { color: var(--accent); text-underline-offset: .2em; }
.hidden { position: absolute !important; inline-size: 1px; block-size: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.bone { display: block; border-radius: 4px; background: currentColor; opacity: .14; }
@media (prefers-reduced-motion: reduce) { .box * { transition: none !important; animation: none !important; } }
@media (forced-colors: active) { .button, .surface, .choice { border: 1px solid ButtonBorder; } }
`);

/** What all elements share. A subclass gives `inside()`, the content for the state it is in. */
export class Base extends HTMLElement {
  /** Style sheets beside the common one. */
  static sheets = [];

  #due = false;
  #deaf = null;

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open", delegatesFocus: false });
    const own = this.constructor.sheets;
    root.adoptedStyleSheets = own.length ? [BASE, own[0]] : [BASE];
    this.box = h("div", { class: "box" });
    root.append(this.box);
  }

  connectedCallback() {
    this.#deaf ??= onLanguage(() => languageOf(this) !== this.language && this.drawSoon());
    this.draw();
  }

  disconnectedCallback() {
    this.#deaf?.();
    this.#deaf = null;
  }

  attributeChangedCallback(name, before, now) {
    if (before === now || !this.isConnected) return;
    this.changed?.(name);
    this.drawSoon();
  }

  /** Several changes in one turn draw once. */
  drawSoon() {
    if (this.#due) return;
    this.#due = true;
    queueMicrotask(() => {
      this.#due = false;
      if (this.isConnected) this.draw();
    });
  }

  draw() {
    this.language = languageOf(this);
    this.box.setAttribute("lang", this.language);
    const inside = this.inside();
    if (inside) this.box.replaceChildren(inside);
  }

  /** A word or sentence of this element's language. */
  words(all, key, values = {}) {
    return fill(all[this.language][key], values);
  }

  /** The box does not become smaller than it is now: an answer from the network must not move the page. */
  holdSize() {
    this.box.style.minBlockSize = `${this.box.offsetHeight}px`;
  }

  /** Tells the page. Gives false when the page said that it sees to it itself. */
  tell(name, detail, cancelable = false) {
    return this.dispatchEvent(new CustomEvent(`shuke-${name}`, { detail, bubbles: true, composed: true, cancelable }));
  }

  /** Something the page's author must know; the visitor sees words of the element's own. */
  fault(code, message, path) {
    this.tell("fault", Object.freeze({ code, message, path }));
  }
}
