// What sign-up, survey and feedback share: where an entry goes, and what the visitor is told about it.

import { Base, h, keep } from "./element-kit.js";
import { entry, queue, record, workspaceOf } from "./element-send.js";
import { FORM } from "./element-words.js";

/** Whoever fills in a form faster than this is a program. */
const FASTEST_MS = 800;

export class Form extends Base {
  static observedAttributes = ["lang", "theme", "shop"];

  /** "asking", "sending", "done" (with `outcome`), "hidden". */
  state = "asking";
  outcome = null;
  values = {};
  errors = {};
  #shown = performance.now();

  say(key, values) {
    const own = this.constructor.own[this.language];
    return this.words(Object.hasOwn(own, key) ? this.constructor.own : FORM, key, values);
  }

  /** Keeps what is typed, so that drawing anew (another language) loses nothing. */
  typed = (event) => {
    const { name, type, value, checked } = event.target;
    if (name) this.values[name] = type === "checkbox" ? checked : value;
    if (name && this.errors[name] && type !== "radio") {
      // The mark goes as soon as something is done about it; whether it is right is asked again on sending.
      delete this.errors[name];
      event.target.removeAttribute("aria-invalid");
      const line = this.shadowRoot.getElementById(`${name}-error`);
      if (line) line.textContent = "";
    }
  };

  /** One labelled field with its hint and its error; `more` are attributes of the control. Of fields that are `either`, one is enough. */
  field(name, label, { kind = "input", required = false, either = false, hint = "", ...more } = {}) {
    const error = this.errors[name] ?? "";
    const control = h(kind, {
      id: name, name, ...more, required: required || null, "aria-required": required ? "true" : null, "aria-invalid": error ? "true" : null,
      "aria-describedby": hint ? `${name}-hint ${name}-error` : `${name}-error`, oninput: this.typed,
    });
    control.value = this.values[name] ?? "";
    return h("div", { class: "field" },
      h("label", { for: name }, label, required || either ? null : h("span", { class: "mark" }, ` ${this.say("optional")}`)),
      control,
      hint ? h("p", { class: "hint", id: `${name}-hint` }, hint) : null,
      h("p", { class: "error", id: `${name}-error` }, error));
  }

  check(name, label) {
    const box = h("input", { type: "checkbox", name, id: name, onchange: this.typed, "aria-invalid": this.errors[name] ? "true" : null, "aria-describedby": `${name}-error` });
    box.checked = this.values[name] === true;
    return h("div", { class: "tick" }, box, h("label", { for: name }, label), h("p", { class: "error", id: `${name}-error` }, this.errors[name] ?? ""));
  }

  /** A field that no person sees and programs fill in. */
  trap() {
    return h("div", { class: "hidden", "aria-hidden": "true" }, h("label", {}, "Website", h("input", { name: "website", tabindex: "-1", autocomplete: "off", oninput: this.typed })));
  }

  /** The button that sends and the line that says what came of it. */
  foot(label) {
    const sending = this.state === "sending";
    const wrong = this.state === "failed" ? this.say("failed", { why: this.outcome.why }) : Object.keys(this.errors).length ? this.say("check") : "";
    return h("div", { class: "foot" },
      h("button", { type: "submit", class: "button", "aria-disabled": sending ? "true" : null }, sending ? `${this.say("sending")}…` : label),
      h("p", { class: wrong ? "error" : "hint", role: "status" }, wrong));
  }

  /** Marks what is wrong and leads there. True if anything is. */
  refuse(errors) {
    this.errors = errors;
    const names = Object.keys(errors);
    if (!names.length) return false;
    this.state = "asking";
    this.draw();
    this.shadowRoot.getElementById(names[0])?.focus();
    return true;
  }

  /** Sends what was said. Where: the page (`shuke-entry`), the inbox, or the visitor's own workspace. */
  async send(kind, data) {
    if (this.state === "sending") return;
    this.holdSize();
    const said = entry(kind, data, { visitor: keep.get("visitor") ?? undefined, member: this.getAttribute("member") ?? undefined });
    // Programs are thanked like people and learn nothing.
    if (this.values.website || performance.now() - this.#shown < FASTEST_MS) return this.finish({ state: "sent" });
    this.state = "sending";
    this.draw();
    try {
      this.finish(await this.#deliver(said));
    } catch (error) {
      this.fault(error?.code ?? "not_sent", String(error?.message ?? error), "inbox");
      this.state = "failed";
      this.outcome = { why: String(error?.message ?? error) };
      this.draw();
    }
  }

  async #deliver(said) {
    if (!this.tell("entry", said, true)) return { state: "sent" };
    const inbox = this.getAttribute("inbox");
    if (inbox) {
      const waiting = queue(inbox);
      waiting.put(said);
      return waiting.flush();
    }
    if (!this.getAttribute("workspace")) throw new TypeError(this.say("not_set"));
    await record(await workspaceOf(this), said);
    return { state: "here" };
  }

  finish(outcome) {
    this.state = "done";
    this.outcome = outcome;
    this.draw();
    // Who hears the page learns of it where they are.
    this.shadowRoot.querySelector(".done")?.focus({ preventScroll: true });
    this.tell("done", Object.freeze({ ...outcome }));
  }

  /** What is shown when it is done. */
  thanks(title, sub) {
    const { state, code } = this.outcome;
    const note = state === "queued" ? this.say("queued") : state === "refused" ? this.say("refused", { code }) : sub;
    return h("section", { class: "surface done", role: "status", tabindex: "-1" }, h("h2", {}, state === "refused" ? this.say("not_taken") : title), h("p", { class: "sub" }, note));
  }
}

/** The rules that all forms share. */
export const FORM_STYLE = `
.box { max-inline-size: var(--shuke-form-width, 480px); }
form { display: grid; gap: 1em; margin: 0; }
.field { display: grid; gap: .3em; align-content: start; }
label, legend { font-weight: 500; }
.mark { font-weight: 400; color: var(--quiet); font-size: .87em; }
.box :is(input:not([type=checkbox], [type=radio]), textarea) {
  appearance: none; inline-size: 100%; min-block-size: 42px; padding: .5em .75em; background: var(--paper); border: 1px solid var(--edge); border-radius: calc(var(--radius) * .6);
}
.box textarea { min-block-size: 6.5em; resize: vertical; }
.box :is(input, textarea)::placeholder { color: var(--quiet); opacity: 1; }
.box :is(input, textarea)[aria-invalid="true"] { border-color: var(--bad); box-shadow: inset 0 0 0 1px var(--bad); }
.box input[type=date] { inline-size: 12em; max-inline-size: 100%; }
.hint { color: var(--quiet); font-size: .87em; }
.error { color: var(--bad); font-size: .87em; }
.error:empty { display: none; }
.foot { display: flex; flex-wrap: wrap; align-items: center; gap: .5em 1em; }
.foot p:empty { display: none; }
.group { display: grid; gap: .25em; }
.tick { display: grid; grid-template-columns: 20px 1fr; align-items: start; gap: 0 .65em; padding-block: .3em; min-block-size: 36px; }
.tick input { inline-size: 18px; block-size: 18px; margin: .2em 0 0 !important; accent-color: var(--accent); }
.tick label { font-weight: 400; }
.tick .error { grid-column: 2; }
.done { display: grid; align-content: center; }
.done:focus { outline: none; }
@media (pointer: coarse) { .tick { min-block-size: 40px; } .box :is(input:not([type=checkbox], [type=radio]), textarea) { font-size: max(16px, 1em); } }
`;

