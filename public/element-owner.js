// For the shop's own pages: one customer, and how many customers a rule holds for, from the workspace in this browser.
// They come when one of them is on the page, and bring the program with them.

import { Base, day, h, number, read, sheet } from "./element-kit.js";
import { memberIn, workspaceOf } from "./element-send.js";
import { OWNER } from "./element-words.js";

/** What asks a workspace and shows the answer, now and after every change. */
class Asking extends Base {
  state = "loading";
  answer = null;
  why = "";
  #end = null;
  #turn = 0;

  connectedCallback() {
    super.connectedCallback();
    this.ask();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#end?.();
    this.#end = null;
  }

  changed(name) {
    if (name !== "lang" && name !== "theme") this.ask();
  }

  async ask() {
    const turn = ++this.#turn;
    let state = "here";
    let answer = null;
    let why = "";
    try {
      const shuke = await workspaceOf(this);
      if (this.isConnected) this.#end ??= shuke.on("change", () => this.ask());
      answer = await this.question(shuke);
      if (answer === null) state = "none";
    } catch (error) {
      state = "failed";
      why = String(error?.message ?? error);
      this.fault(error?.code ?? "not_read", why, error?.path);
    }
    if (turn !== this.#turn) return;
    Object.assign(this, { state, answer, why });
    if (this.isConnected) this.draw();
    if (state === "here") this.tell("answer", answer);
  }

  say(key, values) { return this.words(OWNER, key, values); }

  again() {
    return h("button", { type: "button", class: "button plain", onclick: () => { this.state = "loading"; this.draw(); this.ask(); } }, this.say("retry"));
  }
}

export class SegmentCount extends Asking {
  static observedAttributes = ["rule", "workspace", "as-of", "label", "lang", "theme"];
  static sheets = [sheet(`
:host { display: inline-block; vertical-align: top; }
.box { display: inline-block; container-type: normal; min-inline-size: 9em; }
.count { display: grid; gap: .1em; min-block-size: 4.4em; align-content: center; }
.sum { font-size: 1.75em; font-weight: 600; line-height: 1.2; font-variant-numeric: tabular-nums; }
.unit { color: var(--quiet); font-size: .93em; font-weight: 400; }
.label { color: var(--quiet); font-size: .93em; }
.bad { color: var(--bad); font-size: .93em; max-inline-size: 20em; }
.count .bone { inline-size: 3.5em; block-size: 1.9em; }
`)];

  async question(shuke) {
    const rule = this.given ?? (await read(this.getAttribute("rule") ?? '{"all":[]}'));
    return { count: await shuke.segments.count(rule, this.getAttribute("as-of") ? { asOf: this.getAttribute("as-of") } : undefined) };
  }

  /** The rule as an object, instead of the attribute. */
  get rule() { return this.given; }
  set rule(value) {
    this.given = value;
    this.ask();
  }

  inside() {
    const label = this.getAttribute("label");
    const head = label ? h("p", { class: "label" }, label) : null;
    if (this.state === "failed") return h("div", { class: "count", role: "alert" }, head, h("p", { class: "bad" }, this.say("bad_rule", { why: this.why })));
    if (this.state === "loading") return h("div", { class: "count", "aria-busy": "true" }, head, h("span", { class: "bone" }), h("span", { class: "hidden" }, this.say("loading")));
    const n = number(this.answer.count, this.language);
    const parts = OWNER[this.language][this.answer.count === 1 ? "customers_one" : "customers"].split("{n}");
    return h("div", { class: "count", role: "status" }, head, h("p", {}, h("span", { class: "sum" }, parts[0], n), h("span", { class: "unit" }, parts[1])));
  }
}

export class CustomerView extends Asking {
  static observedAttributes = ["customer", "external-id", "phone", "email", "workspace", "lang", "theme"];
  static sheets = [sheet(`
.box { max-inline-size: var(--shuke-form-width, 480px); }
.surface { display: grid; align-content: start; gap: 1em; min-block-size: 17.5em; }
.head { display: flex; justify-content: space-between; align-items: baseline; gap: 1em; }
.tier { flex: none; padding: .1em .7em; border-radius: 2em; background: var(--soft); font-size: .87em; }
.sums { display: flex; gap: 2em; }
.sums dd { font-size: 1.45em; font-weight: 600; line-height: 1.3; font-variant-numeric: tabular-nums; }
dt { color: var(--quiet); font-size: .87em; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(9em, 1fr)); gap: .7em 1.2em; }
.tags { display: flex; flex-wrap: wrap; gap: .4em; list-style: none; }
.tags li { padding: .05em .6em; border: 1px solid var(--line); border-radius: 4px; font-size: .87em; }
.bone { block-size: 1.2em; }
.bone.long { inline-size: 60%; block-size: 1.6em; }
`)];

  async question(shuke) {
    const key = this.key();
    if (!key) return null;
    const customer = await shuke.customers.get(key);
    if (!customer) return null;
    const member = await memberIn(shuke, customer.id);
    const orders = await shuke.orders.list({ customer: customer.id, limit: 1, sort: "-at" });
    const program = member && (await shuke.loyalty.program());
    let tier = member?.tier ?? null;
    const tiers = program?.tiers?.levels ?? [];
    for (let i = 0; i < tiers.length; i++) if (tiers[i].id === tier) tier = tiers[i].name ?? tier;
    return { customer, member, tier, last: orders.items[0] ?? null };
  }

  key() {
    const get = (name) => this.getAttribute(name);
    if (get("customer")) return get("customer");
    if (get("external-id")) return { externalId: get("external-id") };
    if (get("phone")) return { phone: get("phone") };
    return get("email") ? { email: get("email") } : null;
  }

  inside() {
    const say = (key, values) => this.say(key, values);
    if (this.state === "loading") return h("section", { class: "surface", "aria-busy": "true", "aria-label": say("loading") }, h("span", { class: "bone long" }), h("span", { class: "bone" }), h("span", { class: "bone" }));
    if (this.state === "none") {
      const key = this.key();
      return h("section", { class: "surface" }, h("h2", {}, say("none")), h("p", { class: "sub" }, say("none_sub", { key: typeof key === "string" ? key : key ? Object.values(key)[0] : "–" })));
    }
    if (this.state === "failed") return h("section", { class: "surface", role: "alert" }, h("p", {}, say("failed", { why: this.why })), h("div", {}, this.again()));
    const { customer, member, tier, last } = this.answer;
    const n = (value) => number(value, this.language);
    const fact = (label, value) => (value ? h("div", {}, h("dt", {}, label), h("dd", {}, value)) : null);
    const tags = [];
    for (let i = 0; i < (customer.tags?.length ?? 0) && i < 12; i++) tags[i] = h("li", {}, customer.tags[i]);
    const amount = last ? this.money(last.amount, last.currency) : "";
    return h("section", { class: "surface", "aria-labelledby": "name" },
      h("div", { class: "head" }, h("h2", { id: "name" }, customer.name), member ? h("span", { class: "tier" }, tier ?? say("no_tier")) : null),
      member ? h("dl", { class: "sums" }, fact(say("balance"), n(member.balance)), member.pending ? fact(say("pending"), n(member.pending)) : null) : null,
      h("dl", { class: "facts" },
        fact(say("phone"), customer.phone), fact(say("email"), customer.email), fact(say("city"), customer.city), fact(say("since"), customer.signupOn ? day(customer.signupOn, this.language) : ""),
        fact(say("last"), last ? `${amount} · ${day(last.at, this.language)}` : say("no_orders"))),
      tags.length ? h("ul", { class: "tags", "aria-label": say("tags") }, tags) : null);
  }

  /** Amounts come as decimal text; the browser writes them with their currency. */
  money(amount, currency = "CNY") {
    return new Intl.NumberFormat(this.language, { style: "currency", currency, currencyDisplay: "narrowSymbol" }).format(Number(amount));
  }
}

