// Asks whether a visit may be recorded. Both answers weigh the same, and can be taken back where they were given.

import { Base, h, sheet } from "./element-kit.js";
import { FORM_STYLE } from "./element-form.js";
import { CONSENT } from "./element-words.js";
import { consent, consented, refused } from "./track.js";

export class ConsentQuestion extends Base {
  static observedAttributes = ["lang", "theme", "text", "privacy"];
  static sheets = [sheet(`${FORM_STYLE}
.ask, .said { display: grid; gap: .7em; align-content: start; min-block-size: 10.5em; }
.actions { display: flex; flex-wrap: wrap; gap: .6em; }
.actions .button { flex: 1 1 8em; }
`)];

  say(key) { return this.words(CONSENT, key); }

  inside() {
    // A browser that asks not to be followed has answered already.
    if (refused()) return h("section", { class: "surface said" }, h("p", {}, this.say("refused")));
    const given = this.again ? null : consented();
    if (given !== null) {
      return h("section", { class: "surface said", role: "status" }, h("p", {}, this.say(given ? "allowed" : "declined")),
        h("div", {}, h("button", { type: "button", class: "button plain", onclick: () => this.ask() }, this.say("change"))));
    }
    return h("section", { class: "surface ask", "aria-labelledby": "title" }, h("h2", { id: "title" }, this.say("title")), h("p", { class: "sub" }, this.getAttribute("text") ?? this.say("text")),
      h("div", { class: "actions" },
        h("button", { type: "button", class: "button plain", onclick: () => this.answer(true) }, this.say("allow")),
        h("button", { type: "button", class: "button plain", onclick: () => this.answer(false) }, this.say("decline"))));
  }

  ask() {
    this.again = true;
    this.draw();
    this.shadowRoot.querySelector("button").focus();
  }

  answer(given) {
    this.again = false;
    consent(given);
    this.draw();
    this.shadowRoot.querySelector("button").focus();
    this.tell("consent", Object.freeze({ given }));
  }
}
