// Mounts the page's program inside <shuke-app>. The program draws and listens through a *stage* (src/ui/dom/stage.rs):
// a document and a window that end at the shadow root. Its style sheets are adopted inside, with what they say about the
// document and the window turned into what is said about the element.

import { h, themeOf } from "./element-kit.js";

const STAGE = Symbol.for("shuke.stage");

/** What runs here; one a page, because the program's parts know one program. It outlives the element that showed it. */
let live = null;

class Refusal extends Error {
  constructor(code, values = {}) {
    super(code);
    Object.assign(this, { code, values });
  }
}

/** Shows the page in `element`. */
export async function mount(element) {
  if (live) {
    await live.started;
    if (live.element !== element && live.element.isConnected) throw new Refusal("twice");
    live.moveTo(element);
    return element.ready();
  }
  const { base } = element;
  if (base.origin !== location.origin) throw new Refusal("other_origin", { origin: base.origin });
  live = new Stage(element, base);
  live.started = live.start();
  try {
    await live.started;
  } catch (error) {
    live.leave();
    live = null;
    throw error;
  }
  element.ready();
}

/** Asks for a file of ours. A request, not a fetch: pages wrap that, and `document` reads HTML without running it. */
function ask(url, type) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("GET", url);
    request.responseType = type;
    request.onload = () => (request.status >= 200 && request.status < 300 && request.response ? resolve(request.response) : reject(new Error(`${url.pathname}: ${request.status}`)));
    request.onerror = () => reject(new Error(`${url.pathname}: no answer`));
    request.send();
  });
}

/** Refuses bytes that are not those the page was built with. */
async function checked(bytes, integrity, name) {
  // On plain http the browser has nothing to check with, and everything else could be changed as well.
  if (!integrity || !crypto.subtle) return;
  const found = new Uint8Array(await crypto.subtle.digest("SHA-384", bytes));
  let text = "";
  for (let i = 0; i < found.length; i++) text += String.fromCharCode(found[i]);
  if (`sha384-${btoa(text)}` !== integrity) throw new Error(`${name}: not the bytes that were built`);
}

/**
 * The page's style for a place in a page: the document is the root inside, the window is the frame around it, and `rem`,
 * which belongs to the host's document, is what it is on our own.
 */
export function staged(css) {
  return css
    .replace(/:root\b/g, ".shuke-root")
    .replace(/(^|[\s,{}>;(])html(?=[\s,.:{[>)])/g, "$1.shuke-root")
    .replace(/(^|[\s,{}>;(])body(?=[\s,.:{[>)])/g, "$1.shuke-body")
    .replace(/(\d*\.?\d+)rem\b/g, (_, size) => `${Number(size) * 16}px`)
    .replace(/(\d*\.?\d+)[dsl]?v([hw])\b/g, "calc($1 * var(--shuke-v$2))")
    .replace(/@media\s*((?:\([^)]*(?:width|height)[^)]*\)|\s|and|or|not)+)\{/g, "@container shuke-page $1{");
}

const GROUND = `
@layer ground, tokens, base, ui, app, pages;
@layer ground {
  .shuke-frame { all: initial; display: block; position: absolute; inset: 0; container: shuke-page / size; contain: layout style size; overflow: clip; }
  .shuke-root { all: initial; }
  .shuke-root, .shuke-body { display: block; block-size: 100%; }
  .shuke-root:focus { outline: none; }
}
/* Who comes by keyboard has the host's own ways past the element. */
.shuke-root .skip { display: none; }
`;

/** Events that belong to what is inside; the host's own keys and drops are none of ours. */
const INSIDE = " keydown keyup paste copy cut dragenter dragover dragleave drop click ";
/** Events that the stage gives itself. */
const OWN = " hashchange resize shuke:newer shuke:take-over shuke:host ";

class Stage {
  constructor(element, base) {
    this.element = element;
    this.base = base;
    this.own = new EventTarget();
    this.body = h("div", { class: "shuke-body" });
    this.root = h("div", { class: "shuke-root", tabindex: "-1" }, this.body);
    this.frame = h("div", { class: "shuke-frame" }, this.root);
    this.sheets = [];
    this.page = this.document();
    this.hashed = element.getAttribute("routing") === "hash";
    this.place = (this.hashed && this.fromAddress()) || element.getAttribute("start") || "#/";
  }

  get shadow() { return this.element.shadowRoot; }

  async start() {
    // A bundler brings the elements along and not the page; some hosts answer with a page of their own.
    const page = await ask(new URL("index.html", this.base), "document").catch(() => null);
    this.script = page?.querySelector("script[data-wasm]");
    if (!this.script) throw new Refusal("no_page", { base: this.base.href });
    const sprite = page.querySelector("body > svg");
    if (sprite) this.frame.prepend(document.importNode(sprite, true));
    const links = page.querySelectorAll("link[rel=stylesheet]");
    await this.dressAll(links);
    this.moveTo(this.element);
    this.listen();
    Object.defineProperty(globalThis, STAGE, { value: this.given(), configurable: true });
    const { js, wasm, wasmIntegrity } = this.script.dataset;
    const bytes = ask(new URL(wasm, this.base), "arraybuffer");
    const program = await import(/* @vite-ignore */ new URL(js, this.base).href);
    const code = await bytes;
    await checked(code, wasmIntegrity, wasm);
    await program.default({ module_or_path: code });
  }

  /** What the program is given: src/ui/dom/stage.rs names each. */
  given() {
    const { element } = this;
    const attribute = (name) => this.element.getAttribute(name) ?? undefined;
    return {
      document: this.page,
      window: this.window(),
      // "default" is what the API calls the page's own.
      get workspace() {
        const name = attribute("workspace");
        return name === "default" ? undefined : name;
      },
      get storage() { return attribute("storage"); },
      get currency() { return attribute("currency"); },
      get timeZone() { return attribute("time-zone"); },
      // Without the attribute a person's own choice counts, and the language around the element before the browser's.
      get lang() { return attribute("lang") ?? (element.closest("[lang]") ? element.language : undefined); },
      get theme() {
        const theme = themeOf(element);
        return theme === "system" ? undefined : theme;
      },
      bytes: async (url, integrity) => {
        const bytes = await ask(url, "arraybuffer");
        await checked(bytes, integrity, url.pathname);
        return bytes;
      },
      dress: (file, from) => this.dress(new URL(file[0], from), file[1]),
    };
  }

  async dressAll(links) {
    const texts = [];
    for (let i = 0; i < links.length; i++) texts[i] = ask(new URL(links[i].getAttribute("href"), this.base), "arraybuffer");
    this.add(GROUND);
    for (let i = 0; i < texts.length; i++) {
      const bytes = await texts[i];
      await checked(bytes, links[i].getAttribute("integrity"), links[i].getAttribute("href"));
      this.add(staged(new TextDecoder().decode(bytes)));
    }
  }

  async dress(url, integrity) {
    const bytes = await ask(url, "arraybuffer");
    await checked(bytes, integrity, url.pathname);
    this.add(staged(new TextDecoder().decode(bytes)));
    this.adopt();
  }

  add(css) {
    const it = new CSSStyleSheet();
    it.replaceSync(css);
    this.sheets[this.sheets.length] = it;
  }

  adopt() {
    const all = [this.shadow.adoptedStyleSheets[0]];
    for (let i = 0; i < this.sheets.length; i++) all[i + 1] = this.sheets[i];
    this.shadow.adoptedStyleSheets = all;
  }

  moveTo(element) {
    this.element = element;
    element.mounted = this;
    this.adopt();
    element.place.prepend(this.frame);
    this.measure();
  }

  leave() {
    this.frame.remove();
    this.measured?.disconnect();
    this.element.mounted = null;
  }

  /** The host page chose another language or theme. */
  choose() {
    this.own.dispatchEvent(new Event("shuke:host"));
  }

  measure() {
    const box = this.frame.getBoundingClientRect();
    this.frame.style.setProperty("--shuke-vw", `${box.width / 100}px`);
    this.frame.style.setProperty("--shuke-vh", `${box.height / 100}px`);
  }

  listen() {
    this.measured = new ResizeObserver(() => {
      this.measure();
      this.own.dispatchEvent(new Event("resize"));
    });
    this.measured.observe(this.frame);
    this.frame.addEventListener("click", (event) => this.follow(event));
    if (this.hashed) {
      addEventListener("hashchange", () => {
        const place = this.fromAddress();
        if (place && place !== this.place) this.go(place, false);
      });
    }
  }

  /** A link inside leads to a place inside, and never changes the host's address by itself. */
  follow(event) {
    if (event.defaultPrevented || event.button !== 0) return;
    const link = event.target.closest?.("a[href]");
    const href = link?.getAttribute("href");
    if (!href?.startsWith("#") || link.hasAttribute("download")) return;
    event.preventDefault();
    if (event.metaKey || event.ctrlKey || event.shiftKey) open(new URL(href, this.base), "_blank", "noopener");
    else this.go(href);
  }

  /** The place that the host's address names: `#shuke/customers` is ours, every other hash is the host's. */
  fromAddress() {
    const { hash } = location;
    return hash.startsWith("#shuke/") ? `#${hash.slice("#shuke".length)}` : "";
  }

  go(place, write = true) {
    if (place === this.place) return;
    this.place = place;
    if (write && this.hashed) location.hash = `#shuke${place.slice(1)}`;
    this.arrived();
  }

  arrived() {
    this.own.dispatchEvent(new Event("hashchange"));
    const section = /^#\/([a-z]*)/.exec(this.place)?.[1] || "home";
    this.element.dispatchEvent(new CustomEvent("shuke-place", { detail: Object.freeze({ section, place: this.place }) }));
  }

  document() {
    const stage = this;
    return over(document, {
      get body() { return stage.body; },
      get documentElement() { return stage.root; },
      get activeElement() { return stage.shadow.activeElement; },
      get baseURI() { return stage.base.href; },
      get title() { return ""; },
      // The title is the host's; it may want to know.
      set title(text) { stage.element.dispatchEvent(new CustomEvent("shuke-title", { detail: text })); },
      // Asked for with every element that is drawn.
      createElement: (name) => document.createElement(name),
      createElementNS: (space, name) => document.createElementNS(space, name),
      createTextNode: (text) => document.createTextNode(text),
      createDocumentFragment: () => document.createDocumentFragment(),
      querySelector: (selector) => (selector.startsWith("script[") ? stage.script : stage.frame.querySelector(selector)),
      querySelectorAll: (selector) => stage.frame.querySelectorAll(selector),
      getElementById: (id) => stage.shadow.getElementById(id),
    });
  }

  window() {
    const stage = this;
    const elsewhere = (address) => open(new URL(address, stage.base), "_blank", "noopener");
    const place = {
      get hash() { return stage.place; },
      set hash(to) { stage.go(to.startsWith("#") ? to : `#${to}`); },
      get search() { return stage.element.hasAttribute("demo") ? `?demo=${encodeURIComponent(stage.element.getAttribute("demo") || "cafe")}` : ""; },
      get pathname() { return stage.base.pathname; },
      get origin() { return location.origin; },
      get href() { return stage.base.href + stage.place; },
      reload: () => location.reload(),
      // The demo and one's own data are two pages; a host's page shows one of them.
      assign: elsewhere,
      replace: elsewhere,
    };
    const past = {
      replaceState(_state, _title, to) {
        stage.place = to;
        if (stage.hashed) history.replaceState(history.state, "", `#shuke${to.slice(1)}`);
      },
    };
    const target = (name) => (INSIDE.includes(` ${name} `) ? stage.frame : OWN.includes(` ${name} `) ? stage.own : window);
    return over(window, {
      get document() { return stage.page; },
      get location() { return place; },
      get history() { return past; },
      addEventListener: (name, f, options) => target(name).addEventListener(name, f, options),
      removeEventListener: (name, f, options) => target(name).removeEventListener(name, f, options),
      dispatchEvent: (event) => target(event.type).dispatchEvent(event),
      matchMedia: (query) => {
        const wide = /^\((max|min)-width: (\d+)px\)$/.exec(query);
        if (!wide) return matchMedia(query);
        const { width } = stage.frame.getBoundingClientRect();
        return { matches: wide[1] === "max" ? width <= +wide[2] : width >= +wide[2] };
      },
    });
  }
}

/** `real` but for what is named; functions stay those of the real thing. */
function over(real, own) {
  return new Proxy(own, {
    get(target, name) {
      if (name in target) return Reflect.get(target, name);
      const value = real[name];
      return typeof value === "function" ? value.bind(real) : value;
    },
    set(target, name, value) {
      return name in target ? Reflect.set(target, name, value) : Reflect.set(real, name, value, real);
    },
  });
}
