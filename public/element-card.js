// The loyalty card and the points badge: they show one member, the one the page gives them, and nobody else.

import { Base, day, fill, h, number, read, sheet } from "./element-kit.js";
import { memberIn, workspaceOf } from "./element-send.js";
import { CARD } from "./element-words.js";

/**
 * One member as elements show it. From JSON in the attribute, from the property, or from the local workspace that the
 * element names. Gives null when the page names nobody.
 */
async function memberOf(element) {
  const given = element.given ?? element.getAttribute("member")?.trim();
  if (!given) return null;
  if (typeof given === "object") return shown(given);
  if (given.startsWith("{")) return shown(await read(given));
  if (!element.getAttribute("workspace")) throw new TypeError("member is an id, and no workspace is named: give the member as JSON, or name a workspace");
  const shuke = await workspaceOf(element);
  element.follow?.(shuke);
  const customer = (await shuke.customers.get(given)) ?? (await shuke.customers.get({ externalId: given }));
  if (!customer) return null;
  const member = await memberIn(shuke, customer.id);
  if (!member) return null;
  const program = await shuke.loyalty.program();
  let tier = member.tier;
  const tiers = program?.tiers?.levels ?? [];
  for (let i = 0; i < tiers.length; i++) if (tiers[i].id === tier) tier = tiers[i].name ?? tier;
  return shown({ ...member, tier, name: customer.name, number: customer.id, code: `shuke:member:${customer.id}` });
}

/** Only what is known by name and type gets onto the card. */
function shown(from) {
  const text = (value) => (typeof value === "string" || typeof value === "number" ? String(value) : "");
  const count = (value) => (Number.isSafeInteger(value) ? value : 0);
  const given = (name) => (Object.hasOwn(from, name) ? from[name] : undefined);
  if (!Number.isSafeInteger(given("balance"))) throw new TypeError("balance must be a whole number of points");
  const lots = Array.isArray(given("lots")) ? from.lots : [];
  let expiring = given("expiring") ?? null;
  for (let i = 0; i < lots.length && !given("expiring"); i++) {
    const on = lots[i].expiresOn;
    if (typeof on !== "string") continue;
    if (!expiring || on < expiring.on) expiring = { points: count(lots[i].points), on };
    else if (on === expiring.on) expiring = { points: expiring.points + count(lots[i].points), on };
  }
  const next = given("next");
  return Object.freeze({
    name: text(given("name")), number: text(given("number")), code: text(given("code")), tier: text(given("tier")), tierUntil: text(given("tierUntil")),
    balance: from.balance, pending: count(given("pending")), debt: count(given("debt")), worth: text(given("worth")),
    expiring: expiring && typeof expiring.on === "string" && count(expiring.points) > 0 ? { points: expiring.points, on: expiring.on } : null,
    next: next && count(next.needs) > 0 ? { needs: next.needs, tier: text(next.tier) } : null,
  });
}

/** What card and badge share: whom they show, and when they ask again. */
class Holder extends Base {
  static observedAttributes = ["member", "workspace", "lang", "shop", "balance", "theme"];

  state = "loading";
  member_ = null;
  given = null;
  #asked = 0;
  #end = null;

  /** The member as an object; `null` goes back to the attribute. */
  get member() { return this.member_; }
  set member(value) {
    this.given = value;
    this.ask();
  }

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
    if (name === "member" || name === "workspace" || name === "balance") this.ask();
  }

  follow(shuke) {
    this.#end ??= shuke.on("change", () => this.ask());
  }

  async ask() {
    const turn = ++this.#asked;
    let state = "empty";
    let member = null;
    try {
      member = await memberOf(this);
      if (member) {
        state = "here";
        await this.prepare?.(member);
      }
    } catch (error) {
      state = "bad";
      this.fault(error?.code ?? "bad_member", String(error?.message ?? error), "member");
    }
    // A later question has been asked meanwhile: its answer counts.
    if (turn !== this.#asked) return;
    this.state = state;
    this.member_ = member;
    if (this.isConnected) this.draw();
  }
}

export class LoyaltyCard extends Holder {
  #path = null;
  static sheets = [sheet(`
.box { max-inline-size: var(--shuke-card-width, 420px); }
.card {
  display: grid; grid-template-rows: auto 1fr auto; gap: .5em; inline-size: 100%; aspect-ratio: 1.6; min-block-size: 13.5em; padding: 1.4em 1.5em 1.25em;
  font-size: clamp(14px, 3.9cqi, 16px); border-radius: calc(var(--radius) * 1.6); overflow: hidden;
  background: var(--shuke-card-paper, #1d5a45); color: var(--shuke-card-ink, #ffffff);
}
.quiet { color: var(--shuke-card-quiet, #d4e4dc); }
.top, .low { display: flex; justify-content: space-between; align-items: baseline; gap: 1em; min-inline-size: 0; }
.shop { font-weight: 600; }
.shop, .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.tier { flex: none; max-inline-size: 50%; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; padding: .1em .7em; border: 1px solid currentColor; border-radius: 2em; font-size: .87em; }
.sum { align-self: center; min-inline-size: 0; }
.middle { display: flex; align-items: center; justify-content: space-between; gap: 1em; min-inline-size: 0; }
.code { flex: none; inline-size: 6.8em; block-size: 6.8em; padding: .8em; border-radius: .4em; background: var(--shuke-card-field, #ffffff); fill: var(--shuke-card-code, #0f1f18); shape-rendering: crispEdges; }
.line { display: flex; align-items: baseline; flex-wrap: wrap; column-gap: .5em; }
.big { font-size: 2.5em; font-weight: 600; line-height: 1.15; font-variant-numeric: tabular-nums; letter-spacing: -.01em; }
.more { font-size: .87em; min-block-size: 1.65em; }
.low { align-items: end; font-size: .87em; }
.low > :last-child { text-align: end; flex: none; max-inline-size: 60%; }
.number { font-family: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace; font-variant-numeric: tabular-nums; letter-spacing: .04em; }
.card.none { background: var(--paper); color: var(--ink); border: 1px dashed var(--edge); align-content: center; justify-items: center; text-align: center; grid-template-rows: none; gap: .4em; }
.card.none p { color: var(--quiet); max-inline-size: 24em; }
.card .bone { inline-size: 45%; block-size: 2em; }
@media print { .card { print-color-adjust: exact; } }
`)];

  /** Draws the code that the till reads; what makes it comes with the first card that has one. */
  async prepare({ code }) {
    this.#path = null;
    if (!code) return;
    const { codeOf, pathOf } = await import("./element-code.js");
    const made = codeOf(code);
    if (made) this.#path = { d: pathOf(made), size: made.size };
    else this.fault("code_too_long", "a code holds 106 bytes", "code");
  }

  inside() {
    const say = (key, values) => this.words(CARD, key, values);
    const shop = this.getAttribute("shop") ?? "";
    const label = shop ? say("card", { shop }) : say("card_plain");
    if (this.state === "empty" || this.state === "bad") {
      const bad = this.state === "bad";
      return h("section", { class: "card none", "aria-label": label, role: bad ? "alert" : null },
        h("h2", {}, say(bad ? "bad" : "empty_title")), h("p", {}, say(bad ? "bad_hint" : "empty")), h("slot", {}));
    }
    if (this.state === "loading") {
      return h("section", { class: "card", "aria-label": label, "aria-busy": "true" },
        h("div", { class: "top" }, h("span", { class: "shop" }, shop)), h("div", { class: "sum" }, h("span", { class: "bone" })), h("div", { class: "low" }, h("span", { class: "hidden" }, say("loading"))));
    }
    const { name, number: card, tier, tierUntil, balance, pending, debt, worth, expiring, next } = this.member_;
    const n = (value) => number(value, this.language);
    const date = (text) => day(text, this.language);
    // The sum and its unit are one thing to who hears them, two sizes to who sees them.
    const parts = CARD[this.language][balance === 1 ? "points_one" : "points_unit"].split("{n}");
    const aside = [];
    if (worth) aside[aside.length] = say("worth", { worth });
    if (pending) aside[aside.length] = say("pending", { n: n(pending) });
    if (debt) aside[aside.length] = say("debt", { n: n(debt) });
    let beside = "";
    for (let i = 0; i < aside.length; i++) beside += (i ? " · " : "") + aside[i];
    const more = expiring ? say("expiring", { n: n(expiring.points), on: date(expiring.on) })
      : next ? say("to_next", { n: n(next.needs), tier: next.tier }) : tierUntil ? say("until", { on: date(tierUntil) }) : "";
    return h("section", { class: "card", "aria-label": label },
      h("div", { class: "top" }, h("span", { class: "shop" }, shop || say("card_plain")), h("span", { class: "tier" }, tier || say("member"))),
      h("div", { class: "middle" },
        h("div", { class: "sum" },
          h("p", { class: "line" }, h("span", {}, parts[0], h("span", { class: "big" }, n(balance)), parts[1]), h("span", { class: "quiet" }, beside)),
          h("p", { class: "more quiet" }, more)),
        this.#path ? h("svg", { class: "code", viewBox: `0 0 ${this.#path.size} ${this.#path.size}`, role: "img", "aria-label": say("code") }, h("path", { d: this.#path.d })) : null),
      h("div", { class: "low" }, h("span", { class: "name" }, name),
        card ? h("span", { class: "quiet" }, `${say("number")} `, h("span", { class: "number" }, card)) : h("span", {})));
  }
}

export class PointsBadge extends Holder {
  static sheets = [sheet(`
:host { display: inline-flex; vertical-align: middle; }
.box { display: inline-flex; container-type: normal; block-size: 1.8667em; min-inline-size: 6.6667em; }
.badge {
  display: inline-flex; align-items: baseline; justify-content: center; gap: .35em; flex: auto; padding: 0 .8em; line-height: 2;
  border-radius: 2em; background: var(--soft); color: var(--shuke-badge-ink, light-dark(#144333, #9bd8bc)); white-space: nowrap; font-size: .93em;
}
.badge b { font-weight: 600; font-variant-numeric: tabular-nums; }
`)];

  async ask() {
    const balance = this.getAttribute("balance");
    if (balance !== null && !this.given) {
      const points = Number(balance);
      this.given = null;
      this.state = Number.isSafeInteger(points) && balance.trim() ? "here" : "bad";
      this.member_ = this.state === "here" ? { balance: points } : null;
      if (this.state === "bad") this.fault("bad_balance", "balance must be a whole number of points", "balance");
      if (this.isConnected) this.draw();
      return;
    }
    await super.ask();
  }

  inside() {
    const parts = CARD[this.language][this.member_?.balance === 1 ? "points_one" : "points_unit"].split("{n}");
    const sum = this.state === "here" ? number(this.member_.balance, this.language) : "–";
    const waits = this.state === "loading";
    return h("span", { class: "badge", role: waits ? "status" : null, "aria-busy": waits ? "true" : null, title: this.state === "bad" ? fill(CARD[this.language].bad, {}) : null }, parts[0], h("b", {}, sum), parts[1]);
  }
}
