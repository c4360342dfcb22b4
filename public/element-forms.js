// Sign-up, survey and feedback: what a visitor tells the shop. They carry nothing but what the visitor typed.

import { Form, FORM_STYLE } from "./element-form.js";
import { h, keep, sheet } from "./element-kit.js";
import { FEEDBACK, SIGNUP, SURVEY } from "./element-words.js";

const STYLE = sheet(`${FORM_STYLE}
.two { display: grid; gap: .5em 1em; align-items: start; }
.whole { grid-column: 1 / -1; }
@container (min-width: 440px) { .two { grid-template-columns: 1fr 1fr; } }
.scale { display: grid; grid-template-columns: repeat(auto-fit, minmax(40px, 1fr)); gap: .4em; margin-block-start: .8em !important; }
@media (pointer: fine) { .scale { grid-template-columns: repeat(auto-fit, minmax(29px, 1fr)); gap: .3em; } .scale .choice { padding: .3em 0; } }
.choices { display: flex; flex-wrap: wrap; gap: .5em; margin-block-start: .4em !important; }
.choice {
  position: relative; display: grid; place-items: center; min-block-size: 42px; padding: .3em; border: 1px solid var(--edge); border-radius: calc(var(--radius) * .6);
  font-weight: 500; font-variant-numeric: tabular-nums; cursor: pointer; text-align: center;
}
.choices .choice { padding-inline: 1em; }
.choice:hover { background: var(--sunken); }
.choice input { position: absolute; inset: 0; inline-size: 100%; block-size: 100%; opacity: 0; cursor: pointer; }
.choice:has(input:checked) { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
.ends { display: flex; justify-content: space-between; gap: 1em; color: var(--quiet); font-size: .87em; margin-block-start: .4em !important; }
.ends span:last-child { text-align: end; }
.rest { display: grid; gap: 1em; }
.box[data-closable] legend { padding-inline-end: 2.5em; }
legend.ask { font-size: 1.1em; font-weight: 600; line-height: 1.4; text-wrap: balance; }
`);

const plain = (text) => (text ?? "").trim().replace(/[\u0000-\u001f\u007f\u202a-\u202e\u2066-\u2069]/g, " ").slice(0, 200);
// Digits as people write them; full-width ones too.
const phoneOf = (text) => plain(text).normalize("NFKC").replace(/[\s().-]/g, "");
const isPhone = (text) => /^(1[3-9]\d{9}|\+\d{7,15}|00\d{7,15}|0\d{9,11})$/.test(text);
const isEmail = (text) => text.length < 255 && /^[^\s@"'<>()]+@[^\s@.]+(\.[^\s@.]+)+$/.test(text);

/** A short mark of what was agreed to: the same words give the same mark. */
async function wordingOf(text) {
  if (!crypto.subtle) return "unhashed";
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  let mark = "";
  for (let i = 0; i < 6; i++) mark += hash[i].toString(16).padStart(2, "0");
  return mark;
}

/** What an attribute lists: words with blanks or commas between them, only those that are known. */
function listed(element, name, known, otherwise) {
  const asked = ` ${(element.getAttribute(name) ?? otherwise).replaceAll(",", " ")} `;
  const found = [];
  for (let i = 0; i < known.length; i++) if (asked.includes(` ${known[i]} `)) found[found.length] = known[i];
  return found;
}

/** Whether it is an address that a link may have. */
function isWeb(address) {
  try {
    return Boolean(address) && /^https?:$/.test(new URL(address, document.baseURI).protocol);
  } catch {
    return false;
  }
}

function holds(list, name) {
  for (let i = 0; i < list.length; i++) if (list[i] === name) return true;
  return false;
}

const CHANNELS = ["email", "sms", "phone"];

export class Signup extends Form {
  static own = SIGNUP;
  static sheets = [STYLE];
  static observedAttributes = ["lang", "theme", "shop", "channels", "fields", "heading", "privacy"];

  inside() {
    const say = (key, values) => this.say(key, values);
    if (this.state === "done") return this.welcome();
    const fields = listed(this, "fields", ["phone", "email", "birthday"], "phone email");
    const has = (name) => holds(fields, name);
    const today = new Date().toISOString().slice(0, 10);
    const channels = listed(this, "channels", CHANNELS, "email sms");
    const ticks = [];
    for (let i = 0; i < channels.length; i++) ticks[i] = this.check(`consent-${channels[i]}`, say(`consent_${channels[i]}`));
    const privacy = this.getAttribute("privacy");
    const link = isWeb(privacy) ? h("a", { href: privacy, target: "_blank", rel: "noopener noreferrer" }, say("privacy")) : null;
    return h("form", { class: "surface", novalidate: true, "aria-labelledby": "title", onsubmit: (event) => this.submit(event, fields, channels) },
      h("div", {}, h("h2", { id: "title" }, this.getAttribute("heading") ?? say("title")), h("p", { class: "sub" }, this.getAttribute("sub") ?? say("sub"))),
      this.field("name", say("name"), { required: true, autocomplete: "name", maxlength: "80" }),
      h("div", { class: fields.length > 1 ? "two" : "" },
        has("phone") ? this.field("phone", say("phone"), { required: !has("email"), either: true, type: "tel", autocomplete: "tel", inputmode: "tel", maxlength: "24" }) : null,
        has("email") ? this.field("email", say("email"), { required: !has("phone"), either: true, type: "email", autocomplete: "email", inputmode: "email", maxlength: "254" }) : null,
        fields.length > 1 && has("phone") && has("email") ? h("p", { class: "hint whole" }, say("reach")) : null),
      has("birthday") ? this.field("birthday", say("birthday"), { type: "date", autocomplete: "bday", max: today }) : null,
      channels.length ? h("fieldset", { class: "group" }, h("legend", {}, this.asks()), ticks, h("p", { class: "hint" }, say("consent_note"))) : null,
      h("div", { class: "group" }, this.check("adult", say("adult")), link),
      this.trap(),
      this.foot(say("join")));
  }

  asks() {
    return this.say("consent_legend", { shop: this.getAttribute("shop") ?? this.say("consent_shop") });
  }

  async submit(event, fields, channels) {
    event.preventDefault();
    const { values } = this;
    const name = plain(values.name);
    const phone = phoneOf(values.phone);
    const email = plain(values.email).normalize("NFKC");
    const errors = {};
    if (!name) errors.name = this.say("name_bad");
    if (phone && !isPhone(phone)) errors.phone = this.say("phone_bad");
    if (email && !isEmail(email)) errors.email = this.say("email_bad");
    if (!phone && !email) errors[holds(fields, "phone") ? "phone" : "email"] = this.say("reach_bad");
    const birthday = values.birthday ?? "";
    if (birthday && !(/^(19|20)\d\d-\d\d-\d\d$/.test(birthday) && birthday <= new Date().toISOString().slice(0, 10))) errors.birthday = this.say("birthday_bad");
    if (values.adult !== true) errors.adult = this.say("adult_bad");
    if (this.refuse(errors)) return;
    const consents = [];
    const consent = {};
    for (let i = 0; i < channels.length; i++) {
      // What was read when it was agreed to, word for word, and its mark.
      const text = `${this.asks()} ${this.say(`consent_${channels[i]}`)}`;
      const granted = values[`consent-${channels[i]}`] === true;
      consent[channels[i]] = granted;
      consents[i] = { channel: channels[i], purpose: "marketing", granted, wording: this.getAttribute("wording") ?? (await wordingOf(text)), text, language: this.language };
    }
    await this.send("signup", { name, phone: phone || undefined, email: email || undefined, birthday: birthday || undefined, adult: true, consent, consents, source: `${location.origin}${location.pathname}` });
  }

  welcome() {
    let channels = "";
    for (let i = 0; i < CHANNELS.length; i++) {
      if (this.values[`consent-${CHANNELS[i]}`] === true) channels += (channels ? this.say("and") : "") + this.say(`channel_${CHANNELS[i]}`);
    }
    return this.thanks(this.say("done", { name: plain(this.values.name) }), this.say("done_sub", { channels: channels || this.say("channels_none") }));
  }
}

const SCALES = { nps: [0, 10], csat: [1, 5], ces: [1, 7] };
const DAY = 86_400_000;

export class Survey extends Form {
  static own = SURVEY;
  static sheets = [STYLE];
  static observedAttributes = ["lang", "theme", "shop", "kind", "subject", "question"];

  get kind() {
    const kind = this.getAttribute("kind");
    return Object.hasOwn(SCALES, kind ?? "") ? kind : "nps";
  }

  get #key() { return `survey:${this.getAttribute("key") ?? this.kind}`; }

  connectedCallback() {
    if (this.state === "asking" && !this.due()) this.state = "hidden";
    super.connectedCallback();
  }

  /** Whether this visitor may be asked: not within `every` days (90) of an answer or a refusal, and only the `share` of visitors. */
  due(now = Date.now()) {
    const every = Number(this.getAttribute("every") ?? 90);
    const asked = Number(keep.get(this.#key) ?? 0);
    if (asked && now - asked < (Number.isFinite(every) ? every : 90) * DAY) return false;
    const share = Number(this.getAttribute("share") ?? 1);
    if (!(share < 1)) return true;
    // Drawn once and kept: who is not asked on one page is not asked on the next.
    const drawn = keep.get(`${this.#key}:draw`) ?? String(Math.random());
    keep.set(`${this.#key}:draw`, drawn);
    return Number(drawn) < share;
  }

  inside() {
    const say = (key, values) => this.say(key, values);
    this.toggleAttribute("hidden", this.state === "hidden" && this.getAttribute("when-asked") !== "thanks");
    if (this.state === "hidden") return h("p", { class: "surface hint" }, say("thanked"));
    if (this.state === "done") return this.thanks(say("done"), say("done_sub"));
    const { kind } = this;
    const least = SCALES[kind][0];
    const most = SCALES[kind][1];
    const question = this.getAttribute("question") ?? say(kind, { shop: this.getAttribute("shop") ?? say("shop"), subject: this.getAttribute("subject") ?? say(kind === "ces" ? "subject_ces" : "subject_csat") });
    const scale = [];
    for (let score = least; score <= most; score++) {
      const input = h("input", { type: "radio", name: "score", value: score, "aria-label": `${say("of", { n: score, max: most })}${score === least ? ` · ${say(`${kind}_low`)}` : score === most ? ` · ${say(`${kind}_high`)}` : ""}`, onchange: (event) => this.chosen(event) });
      input.checked = this.values.score === String(score);
      scale[scale.length] = h("label", { class: "choice" }, input, h("span", { "aria-hidden": "true" }, String(score)));
    }
    const closable = this.hasAttribute("closable");
    this.box.toggleAttribute("data-closable", closable);
    return h("form", { class: "surface", novalidate: true, onsubmit: (event) => this.submit(event) },
      closable ? h("button", { type: "button", class: "close", "aria-label": say("later"), onclick: () => this.dismiss() }, cross()) : null,
      h("fieldset", {}, h("legend", { class: "ask" }, question), h("div", { class: "scale" }, scale),
        h("p", { class: "ends" }, h("span", {}, `${least} · ${say(`${kind}_low`)}`), h("span", {}, `${most} · ${say(`${kind}_high`)}`))),
      this.values.score === undefined ? null : this.rest());
  }

  /** What is asked once there is a score. */
  rest() {
    return h("div", { class: "rest" }, this.field("why", this.say("why"), { kind: "textarea", maxlength: "2000", rows: "3" }), this.trap(), this.foot(this.say("send")));
  }

  chosen(event) {
    const first = this.values.score === undefined;
    this.values.score = event.target.value;
    // Added beside what is there: the focus stays on the scale, and arrows go on choosing.
    if (first) this.shadowRoot.querySelector("form").append(this.rest());
  }

  asked() { keep.set(this.#key, String(Date.now())); }

  dismiss() {
    this.asked();
    this.state = "hidden";
    this.draw();
    this.tell("done", Object.freeze({ state: "dismissed" }));
  }

  async submit(event) {
    event.preventDefault();
    const score = Number(this.values.score);
    await this.send("survey", { survey: this.kind, key: this.getAttribute("key") ?? this.kind, [this.kind]: score, of: SCALES[this.kind][1], text: plainLong(this.values.why) || undefined, subject: this.getAttribute("subject") ?? undefined });
    if (this.state === "done") this.asked();
  }
}

function cross() {
  return h("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, h("path", { d: "M3 3l10 10M13 3L3 13" }));
}

const LONGEST = 2000;
const plainLong = (text) => (text ?? "").trim().replace(/[\u0000-\u0009\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069]/g, " ").slice(0, LONGEST);
const KINDS = ["praise", "suggestion", "problem", "question"];

export class Feedback extends Form {
  static own = FEEDBACK;
  static sheets = [STYLE];
  static observedAttributes = ["lang", "theme", "shop", "heading", "kinds"];

  inside() {
    const say = (key, values) => this.say(key, values);
    if (this.state === "done") {
      const contact = plain(this.values.contact);
      return this.thanks(say("done"), contact ? say("done_reply", { contact }) : say("done_sub"));
    }
    const kinds = listed(this, "kinds", KINDS, "praise suggestion problem question");
    this.values.kind ??= kinds[0];
    const choices = [];
    for (let i = 0; i < kinds.length; i++) {
      const input = h("input", { type: "radio", name: "kind", value: kinds[i], onchange: this.typed });
      input.checked = this.values.kind === kinds[i];
      choices[i] = h("label", { class: "choice" }, input, say(kinds[i]));
    }
    return h("form", { class: "surface", novalidate: true, "aria-labelledby": "title", onsubmit: (event) => this.submit(event) },
      h("div", {}, h("h2", { id: "title" }, this.getAttribute("heading") ?? say("title")), h("p", { class: "sub" }, this.getAttribute("sub") ?? say("sub"))),
      kinds.length > 1 ? h("fieldset", {}, h("legend", {}, say("kind")), h("div", { class: "choices" }, choices)) : null,
      this.field("text", say("text"), { kind: "textarea", required: true, maxlength: String(LONGEST), rows: "4", hint: say("text_hint") }),
      this.field("contact", say("contact"), { autocomplete: "email", maxlength: "254", hint: say("contact_hint") }),
      this.trap(),
      this.foot(say("send")));
  }

  async submit(event) {
    event.preventDefault();
    const text = plainLong(this.values.text);
    const contact = plain(this.values.contact).normalize("NFKC");
    const errors = {};
    if (text.length < 2) errors.text = this.say("text_bad");
    if (contact && !isEmail(contact) && !isPhone(phoneOf(contact))) errors.contact = this.say("contact_bad");
    if (this.refuse(errors)) return;
    await this.send("feedback", { about: this.values.kind, text, contact: contact || undefined, source: `${location.origin}${location.pathname}` });
  }
}
