// <shuke-app>: the whole page inside somebody else's page. Either in a shadow root here, or, with `isolated`, in a frame
// of its own origin, for pages that are not trusted with the customers.

import { fill, h, languageOf, onLanguage, read, sheet, themeOf, write } from "./element-kit.js";
import { APP } from "./element-words.js";

/** The version of what page and frame say to each other. */
const SPEECH = 1;
const LONGEST_MESSAGE = 4096;
const HELLO_EVERY_MS = 250;
const SILENT_AFTER_MS = 15_000;

const STYLE = sheet(`
:host { display: block; }
:host([hidden]) { display: none !important; }
.place { all: initial; display: block; position: relative; box-sizing: border-box; block-size: var(--shuke-app-height, min(860px, 90vh)); min-block-size: 320px; color-scheme: inherit; overflow: clip; background: light-dark(#faf8f4, #151512); border-radius: var(--shuke-app-radius, 0); }
:host([theme="light"]) .place { color-scheme: light; }
:host([theme="dark"]) .place { color-scheme: dark; }
iframe { all: initial; display: block; position: absolute; inset: 0; inline-size: 100%; block-size: 100%; border: 0; }
.wait { position: absolute; inset: 0; display: grid; place-content: center; justify-items: center; gap: 14px; padding: 24px; box-sizing: border-box; text-align: center; font: 400 15px/1.6 "Inter var", Inter, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Noto Sans SC", "Noto Sans CJK SC", "Microsoft YaHei", system-ui, sans-serif; color: light-dark(#575247, #b5afa0); background: light-dark(#faf8f4, #151512); }
.wait p { margin: 0; max-inline-size: 34em; }
.wait code { font: 13px ui-monospace, monospace; color: light-dark(#6f6a5d, #989283); }
.wait button { appearance: none; min-block-size: 40px; padding: 6px 18px; border: 1px solid light-dark(#8b8576, #837d6e); border-radius: 6px; background: none; font: inherit; color: light-dark(#211f1a, #ece8dd); cursor: pointer; }
.wait button:focus-visible { outline: 2px solid light-dark(#1d5a45, #78c4a3); outline-offset: 2px; }
`);

export class ShukeApp extends HTMLElement {
  static observedAttributes = ["lang", "theme"];

  #frame = null;
  #said = null;
  #unlisten = null;
  #deaf = null;

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [STYLE];
    this.place = h("div", { class: "place" });
    root.append(this.place);
  }

  get language() { return languageOf(this); }

  /** The folder in which Shuke's files lie. */
  get base() { return new URL(this.getAttribute("base") ?? "./", this.hasAttribute("base") ? document.baseURI : import.meta.url); }

  connectedCallback() {
    this.#deaf ??= onLanguage(() => this.#chosen());
    // Moved within its page: what runs goes on, in the same place or a new one.
    this.begin();
  }

  disconnectedCallback() {
    this.#deaf?.();
    this.#deaf = null;
    this.#unlisten?.();
    this.#unlisten = null;
    this.#frame?.remove();
    this.#frame = null;
  }

  attributeChangedCallback(name, before, now) {
    if (before !== now) this.#chosen();
  }

  #chosen() {
    if (this.#said) this.#said("set", this.#choices());
    else this.mounted?.choose();
  }

  async begin() {
    this.#wait(APP[this.language].opening);
    try {
      if (this.hasAttribute("isolated")) return this.#isolate();
      const { mount } = await import("./element-mount.js");
      await mount(this);
    } catch (error) {
      const words = APP[this.language];
      const known = error?.code && Object.hasOwn(words, error.code);
      this.#wait(known ? fill(words[error.code], error.values ?? {}) : words.failed, known ? "" : String(error?.message ?? error), true);
      this.dispatchEvent(new CustomEvent("shuke-fault", { detail: Object.freeze({ code: error?.code ?? "not_started", message: String(error?.message ?? error) }), bubbles: true, composed: true }));
    }
  }

  #wait(text, detail = "", failed = false) {
    const button = failed ? h("button", { type: "button", onclick: () => this.begin() }, APP[this.language].again) : null;
    const wait = h("div", { class: "wait", role: failed ? "alert" : "status", lang: this.language }, h("p", {}, text), detail ? h("code", {}, detail) : null, button);
    this.place.querySelector(".wait")?.remove();
    this.place.append(wait);
  }

  /** What was waited for is here. */
  ready() {
    this.place.querySelector(".wait")?.remove();
    this.dispatchEvent(new CustomEvent("shuke-ready", { bubbles: true, composed: true }));
  }

  #choices() {
    return { lang: this.language, theme: themeOf(this) };
  }

  /** A frame of the program's own origin: page and program see nothing of each other but the messages below. */
  #isolate() {
    const address = new URL("frame.html", this.base);
    const frame = h("iframe", {
      src: address.href, title: APP[this.language].frame, sandbox: "allow-scripts allow-same-origin allow-downloads", allow: "clipboard-write", referrerpolicy: "no-referrer",
    });
    this.#frame = frame;
    const hello = { ...this.#choices(), start: this.getAttribute("start") ?? "#/", demo: this.getAttribute("demo") ?? "", workspace: this.getAttribute("workspace") ?? "" };
    const said = (type, values) => frame.contentWindow?.postMessage(write({ shuke: SPEECH, type, ...values }), address.origin);
    let here = false;
    const hear = async (event) => {
      // The frame itself, at its own address, with a word we know: everything else is somebody else's talk.
      if (event.source !== frame.contentWindow || event.origin !== address.origin) return;
      if (typeof event.data !== "string" || event.data.length > LONGEST_MESSAGE) return;
      const message = await read(event.data).catch(() => null);
      if (message?.shuke !== SPEECH) return;
      if (message.type === "ready" && !here) {
        here = true;
        clearInterval(calling);
        this.#said = said;
        this.ready();
      } else if (message.type === "place" && typeof message.section === "string") {
        this.dispatchEvent(new CustomEvent("shuke-place", { detail: Object.freeze({ section: message.section.slice(0, 40) }) }));
      }
    };
    addEventListener("message", hear);
    const began = performance.now();
    const calling = setInterval(() => {
      if (performance.now() - began > SILENT_AFTER_MS) {
        clearInterval(calling);
        // A frame that refuses this page says so itself, and tells the page nothing.
        this.place.querySelector(".wait")?.remove();
        return;
      }
      said("hello", hello);
    }, HELLO_EVERY_MS);
    this.#unlisten = () => {
      removeEventListener("message", hear);
      clearInterval(calling);
      this.#said = null;
    };
    this.place.append(frame);
    // The words lie over the frame until it is ready.
    this.place.append(this.place.querySelector(".wait"));
  }
}

