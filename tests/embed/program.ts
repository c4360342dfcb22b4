// A program over the whole API, written against the contract and not against this implementation. It is checked by
// `tsc --strict` with the contract's types and with the published ones, and run in Chromium and in Firefox.

import { open, version } from "shuke";
import type {
  AsOf, Customer, Event, Explanation, ImportReport, Issue, LedgerEntry, ListOptions, Member, Order, Page, Program, PutReport, Rule, Shuke, SyncReport, SyncStatus,
} from "shuke";

const program: Program = {
  name: "Star", currency: "CNY", time_zone: "Asia/Shanghai",
  earn: [{ id: "base", on: "purchase", points: 1, per: "1.00" }],
  expiry: { kind: "months", n: 12 },
  redeem: { points: 100, worth: "1.00", step: 100, min_points: 100 },
};

const vip: Rule = { attr: "tags", op: "any_of", value: ["vip"] };

const CSV = "name,phone,email\n张三,13900000001,z@example.com\n李四,13900000002,\n,,\n";

class Failed extends Error {}

function same<T>(found: T, expected: T, what: string): void {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
  if (a !== b) throw new Failed(`${what}: ${a}, expected ${b}`);
}

interface Typed { code: string; message: string; path?: string }

async function refused(work: Promise<unknown>, code: string, path?: string): Promise<void> {
  const error: unknown = await work.then(() => null, (it: unknown) => it);
  if (!(error instanceof Error)) throw new Failed(`not refused: ${code} ${path ?? ""}`);
  const typed = error as Error & Typed;
  same([typed.code, typed.path], [code, path], typed.message);
  if (typed.message.length === 0) throw new Failed(`${code} has no message`);
}

async function customers(shuke: Shuke): Promise<[Customer, Customer]> {
  const report: PutReport = await shuke.customers.put([
    { externalId: "C-1", name: "王小明", phone: "13800000001", tags: ["vip"], consent: { sms: true }, custom: { level: 3, vip: true } },
    { externalId: "C-2", name: "Anna", email: "anna@example.com", birthday: "--05-14", acquisitionCost: "19.90" },
    { email: "nope" },
  ]);
  same([report.created, report.ids.length, report.issues.length], [2, 2, 1], "put");
  const issue: Issue | undefined = report.issues[0];
  same([issue?.row, issue?.field, issue?.code], [2, "email", "bad_email"], "issue");
  const again = await shuke.customers.put({ externalId: "C-1", city: "杭州" });
  same([again.updated, again.unchanged], [1, 0], "update");
  const first = await shuke.customers.get({ phone: "138 0000 0001" });
  const second = await shuke.customers.get({ email: "Anna@example.com" });
  if (first === null || second === null) throw new Failed("not found");
  same([first.name, first.city, first.phone, first.custom], ["王小明", "杭州", "+8613800000001", { level: 3, vip: true }], "get");
  same(await shuke.customers.get("nobody"), null, "nobody");
  const options: ListOptions = { rule: vip, search: "小明", sort: "-spend", limit: 10, fields: ["name"] };
  const page: Page<Customer> = await shuke.customers.list(options);
  same([page.total, page.items[0]?.name, page.cursor], [1, "王小明", null], "list");
  same(await shuke.customers.count(), 2, "count");
  await refused(shuke.customers.put({ birthday: "1990-02-30" }), "invalid", "birthday");
  await refused(shuke.customers.list({ sort: "age" }), "invalid", "sort");
  await refused(shuke.customers.remove("nobody"), "not_found", "id");
  return [first, second];
}

async function orders(shuke: Shuke, customer: Customer): Promise<void> {
  const order: Partial<Order> = {
    externalId: "O-1", customer: "C-1", at: "2026-06-01T10:00", amount: "500.00", channel: "wechat",
    lines: [{ product: "茶", category: "drinks", quantity: 2, amount: "500.00" }],
  };
  const report = await shuke.orders.put(order);
  same([report.created, report.issues.length], [1, 0], "order");
  same((await shuke.orders.put([order])).unchanged, 1, "the same order");
  const returned: Order = await shuke.orders.refund({ order: "O-1", amount: "100.00", key: "return-1" });
  same([returned.amount, returned.customer, returned.at], ["500.00", customer.id, "2026-06-01T02:00:00.000Z"], "refund");
  await refused(shuke.orders.refund({ order: "O-1", amount: "400.01", key: "return-2" }), "refund_too_large", "amount");
  await refused(shuke.orders.put({ customer: "C-1", at: "2026-06-01", amount: "1.001" }), "invalid", "amount");
  const page = await shuke.orders.list({ customer: customer.id });
  same([page.total, page.items[0]?.lines?.[0]?.quantity], [1, 2], "orders");
}

async function events(shuke: Shuke): Promise<void> {
  const event: Event = { customer: "C-1", kind: "page_view", at: "2026-06-02T10:00:00+08:00", key: "e-1", data: { page: "/menu", seconds: 12, first: true } };
  same((await shuke.events.put([event, { ...event, key: "e-2" }])).created, 2, "events");
  same((await shuke.events.put(event)).unchanged, 1, "the same event");
  const rule: Rule = { events: { kind: "page_view", measure: "count", op: "gte", value: 2 } };
  same(await shuke.segments.count(rule), 1, "who viewed twice");
}

async function segments(shuke: Shuke, customer: Customer): Promise<void> {
  const today: AsOf = {};
  same(await shuke.segments.count(vip, today), 1, "count of a rule");
  const members = await shuke.segments.members(vip, { limit: 10 });
  same(members.items, [{ id: customer.id }], "members");
  const why: Explanation = await shuke.segments.explain({ all: [vip] }, customer.id);
  same([why.holds, why.children?.length], [true, 1], "explain");
  const { id } = await shuke.segments.save({ name: "VIP", rule: vip });
  const [saved] = await shuke.segments.list();
  same([saved?.id, saved?.name, saved?.count], [id, "VIP", 1], "saved");
  const rfm = await shuke.segments.rfm({ scoring: "thresholds", thresholds: { recency: [7, 30, 90, 180], orders: [2, 3, 5, 10], money: ["100.00", "500.00", "1000.00", "5000.00"] } });
  same([rfm.cells.length, rfm.cells.reduce((sum, cell) => sum + cell.count, 0)], [125, 1], "rfm");
  const stages = await shuke.segments.lifecycle({ asOf: "2026-06-15" });
  same(stages.new + stages.active + stages.prospect, 2, "life cycle");
  await refused(shuke.segments.count({ attr: "agee", op: "eq", value: 1 }), "bad_rule", "attr");
}

async function loyalty(shuke: Shuke): Promise<void> {
  await refused(shuke.loyalty.program(), "no_program");
  await shuke.loyalty.setProgram(program);
  same(Object.keys(await shuke.loyalty.program()).length > 3, true, "programme");
  const member: Member = await shuke.loyalty.member("C-1");
  same([member.balance, member.debt, member.lots.length], [400, 0, 1], "member");
  const given = await shuke.loyalty.accrue({ customer: "C-1", points: 50, key: "welcome", reason: "welcome" });
  same(given.balance, 450, "accrue");
  same((await shuke.loyalty.accrue({ customer: "C-1", points: 50, key: "welcome", reason: "welcome" })).balance, 450, "once");
  const spent = await shuke.loyalty.redeem({ customer: "C-1", points: 400, orderAmount: "100.00", key: "spend" });
  same([spent.balance, spent.worth, spent.allocations.reduce((sum, it) => sum + it.points, 0)], [50, "4.00", 400], "redeem");
  await refused(shuke.loyalty.redeem({ customer: "C-1", points: 400, key: "more" }), "insufficient_points");
  const ledger: Page<LedgerEntry> = await shuke.loyalty.ledger("C-1", { limit: 1 });
  const [last] = ledger.items;
  if (last === undefined || ledger.cursor === null) throw new Failed("ledger");
  same([last.kind, last.points, last.balance], ["redemption", -400, 50], "ledger");
  const rest = await shuke.loyalty.ledger("C-1", { cursor: ledger.cursor });
  same([rest.items.length, rest.cursor], [ledger.total - 1, null], "rest of the ledger");
  same((await shuke.loyalty.reverse({ entry: last.id, key: "undo" })).balance, 450, "reverse");
  same((await shuke.loyalty.adjust({ customer: "C-1", points: -50, reason: "mistake", key: "adjust" })).balance, 400, "adjust");
  const owed = await shuke.loyalty.liability();
  same([owed.outstanding, owed.worth], [400, "4.00"], "liability");
}

async function files(shuke: Shuke): Promise<void> {
  const dry: ImportReport = await shuke.import(CSV, { dryRun: true });
  same([dry.created, dry.batch, await shuke.customers.count()], [2, "", 2], "dry run");
  let told = 0;
  const report = await shuke.import(new File([CSV], "list.csv"), { what: "customers", encoding: "utf-8", onProgress: ({ done, total }) => { told += done <= total ? 1 : 1000; } });
  same([report.created, report.mapping["phone"], told < 1000], [2, "phone", true], "import");
  same((await shuke.import(CSV)).unchanged, 2, "the same file");
  same((await shuke.undoImport(report.batch)).removed, 2, "undo");
  const away = new AbortController();
  away.abort();
  await refused(shuke.import(CSV, { signal: away.signal }), "cancelled");
  await refused(shuke.import("\u0000\u0001\u0002", { preset: "shopify_orders" }), "unreadable_file");
  const sheet = await shuke.export({ what: "segment", format: "xlsx", rule: vip });
  same([sheet instanceof Blob, (await shuke.import(sheet)).unchanged], [true, 1], "a workbook comes back equal");
  const json: unknown = JSON.parse(await (await shuke.export({ what: "orders", format: "json" })).text());
  same(Array.isArray(json) && json.length, 1, "orders as JSON");
  const cards = await (await shuke.export({ what: "customers", format: "vcard" })).text();
  same(cards.includes("BEGIN:VCARD"), true, "cards");
  const entries = await (await shuke.export({ what: "ledger", format: "csv" })).text();
  same(entries.split("\r\n").length > 4, true, "ledger");
  const database = new Uint8Array(await (await shuke.export({ what: "everything", format: "sqlite" })).arrayBuffer());
  same(new TextDecoder().decode(database.slice(0, 15)), "SQLite format 3", "database");
  await refused(shuke.export({ what: "orders", format: "vcard" }), "invalid", "format");
  const visits = JSON.stringify([{ customer: "C-2", kind: "visit", at: "2026-06-03T10:00", data: { minutes: 30 } }]);
  same((await shuke.import(visits, { what: "events" })).created, 1, "events of a file");
}

async function sync(shuke: Shuke): Promise<void> {
  same(await shuke.sync.profile(), null, "no profile");
  const status: SyncStatus = await shuke.sync.status();
  same([status.state, status.pending, status.lastRunAt], ["off", 0, null], "sync is off");
  await shuke.sync.setProfile(null);
  const run: SyncReport | null = await shuke.sync.run().catch(() => null);
  same(run === null || run.pulled === 0, true, "nothing to run");
}

export async function run(workspace: string): Promise<string> {
  const shuke: Shuke = await open({ workspace, storage: "opfs", timeZone: "Asia/Shanghai", currency: "CNY", base: new URL("./", document.baseURI) });
  const changes: unknown[] = [];
  const end: () => void = shuke.on("change", (detail) => changes.push(detail));
  const [first, second] = await customers(shuke);
  await orders(shuke, first);
  await events(shuke);
  await loyalty(shuke);
  await segments(shuke, first);
  await files(shuke);
  await sync(shuke);
  const erased: { erased: string; receipt: string } = await shuke.customers.erase(second.id);
  same(erased.erased, second.id, "erase");
  await shuke.customers.remove(first.id);
  same(await shuke.customers.count(), 0, "gone");
  same(changes.length > 5, true, "changes were told");
  end();
  await shuke.close();
  await refused(shuke.customers.count(), "closed");
  await refused(open({ workspace: "a b" }), "invalid", "workspace");
  const secret: Shuke = await open({ workspace: `${workspace}-secret`, passphrase: "secret" });
  same(await secret.customers.count(), 0, "an encrypted workspace");
  await secret.close();
  await refused(open({ workspace: `${workspace}-secret` }), "locked");
  await refused(open({ workspace: `${workspace}-secret`, passphrase: "another" }), "wrong_passphrase");
  return version;
}
