// The JavaScript API of Shuke: what `shuke.js` beside this file gives. All answers are plain JSON values, and frozen.
// Whatever goes wrong is a ShukeError. docs/api.md explains each method with examples.

/** Opens (or creates) a workspace in this browser; starts the worker. Resolves when the data can be read. */
export function open(options?: OpenOptions): Promise<OpenedShuke>;
export const version: string;

/** Notes what a visitor does, with their consent (see track.js). */
export function track(kind: string, data?: Record<string, string | number | boolean>): Promise<void>;

/** Why something was not done. Nothing was changed unless `report` says what was. */
export class ShukeError extends Error {
  /** A word that does not change: `not_found`, `invalid`, `key_taken`, `key_reused`, `insufficient_points`, `program_limit`, `no_program`, `refund_too_large`, `cannot_undo`, `bad_rule`, `bad_program`, `unreadable_file`, `newer_schema`, `damaged`, `quota_exceeded`, `storage`, `locked`, `wrong_passphrase`, `too_many_attempts`, `cancelled`, `busy`, `worker_failed`, `internal`, `not_supported`, `other_version`, `load_failed`, `closed`. */
  readonly code: string;
  /** Where in the input: `email`, `lines[0].amount`, `all[2].value` of a rule, `redeem.step` of a programme. */
  readonly path?: string;
  /** What was found there. */
  readonly found?: string;
  /** What would be right. */
  readonly expected?: string;
  /** Everything that is wrong, the first as above. */
  readonly issues: Issue[];
  /** What was done before it was stopped (`cancelled`) or failed: the report of the import, or of the records put so far. */
  readonly report?: ImportReport | PutReport;
  constructor(code: string, more?: { path?: string; found?: string; expected?: string; detail?: string; issues?: Issue[]; cause?: unknown; report?: ImportReport | PutReport });
}

export interface OpenOptions {
  /** One database each: letters, digits and `-`. Default "default", which is the workspace of the Shuke page itself. */
  workspace?: string;
  /** Default "opfs": kept in this browser; where the browser refuses that, `open` rejects with `storage`. "memory" keeps nothing. */
  storage?: "opfs" | "memory";
  /**
   * Opens an encrypted workspace (`wrong_passphrase`, `too_many_attempts`; without one `locked`), or makes a new one an encrypted one.
   * For a workspace that is there and not encrypted it rejects with `invalid`: encryption is turned on in its settings, where a recovery key is shown.
   */
  passphrase?: string;
  /** IANA; default the browser's. Only a new workspace takes it. */
  timeZone?: string;
  /** ISO 4217; default "CNY". Only a new workspace takes it. */
  currency?: string;
  /** The folder where the worker and its WebAssembly lie; default beside this script. */
  base?: string | URL;
  /** Fills an empty workspace in memory with a sample business. */
  demo?: "cafe";
  /** Who works here, for the history of changes. */
  who?: string;
}

export interface Shuke {
  customers: {
    /** Known by id, then by externalId; else created. Fields that are not there stay; `null` takes a field away. One record that is wrong rejects; of a list the right ones are taken and the others are in `issues`. */
    put(records: Input<Customer> | Input<Customer>[]): Promise<PutReport>;
    get(key: string | { externalId: string } | { phone: string } | { email: string }): Promise<Customer | null>;
    /** Sorted by `updatedAt`, `createdAt`, `name`, `spend`, `orderCount`, `lastOrderOn` or `balance`, with `-` before it descending; `-updatedAt` without. At most 500 at once. `fields` may also name `spend`, `orderCount`, `averageOrderValue`, `firstOrderOn`, `lastOrderOn`, `stage`, `rfm`, `rfmGroup`, `balance`, `tier`. */
    list(options?: ListOptions): Promise<Page<Customer>>;
    /** With orders and points; the person can be brought back in the page's history. `erase` forgets for good. */
    remove(id: string): Promise<void>;
    erase(id: string): Promise<{ erased: string; receipt: string }>;
    count(): Promise<number>;
  };
  orders: {
    /** Known by id, then by externalId; else created. Idempotent by externalId. */
    put(records: Input<Order> | Input<Order>[]): Promise<PutReport>;
    /** Without amount and lines all that remains. The same key again changes nothing. */
    refund(refund: { order: string; amount?: string; lines?: { line: number; quantity: number }[]; at?: string; key: string }): Promise<Order>;
    /** Sorted by `-at` (the newest first), `at`, `-amount` (the largest as it is stated, whatever its currency) or `amount`. At most 500 at once. */
    list(options: ListOptions & { customer?: string }): Promise<Page<Order>>;
  };
  events: {
    /** An event with a key is recorded once. */
    put(records: Event | Event[]): Promise<PutReport>;
  };
  /** Reads a file in: tables (CSV, TSV, workbooks), JSON, vCards. */
  import(file: Blob | string, options?: ImportOptions): Promise<ImportReport>;
  undoImport(batch: string, options?: LongOptions): Promise<{ removed: number; restored: number; kept: number }>;
  export(options: { what: "customers" | "orders" | "segment" | "ledger" | "everything"; format: "csv" | "xlsx" | "json" | "vcard" | "sqlite"; rule?: Rule } & LongOptions): Promise<Blob>;
  segments: {
    count(rule: Rule, options?: AsOf): Promise<number>;
    /** Ids, at most 10,000 at once. */
    members(rule: Rule, options?: AsOf & { limit?: number; cursor?: string }): Promise<Page<{ id: string }>>;
    explain(rule: Rule, customer: string, options?: AsOf): Promise<Explanation>;
    save(segment: { id?: string; name: string; rule: Rule }): Promise<{ id: string }>;
    list(): Promise<{ id: string; name: string; rule: Rule; count: number }[]>;
    /** `thresholds`: `{ recency, orders, money }`, four limits each: days for the scores 5, 4, 3, 2 and orders and amounts (decimal texts) for 2, 3, 4, 5. */
    rfm(options?: AsOf & { scoring?: "quintile" | "thresholds"; thresholds?: object }): Promise<{ cells: { r: number; f: number; m: number; count: number }[]; groups: { group: string; count: number; spend: string }[] }>;
    lifecycle(options?: AsOf): Promise<{ prospect: number; new: number; active: number; dormant: number; churned: number }>;
  };
  loyalty: {
    /** The one in force; rejects with `no_program` where there is none. */
    program(): Promise<Program>;
    /** The first holds for all of history, a later one from today. */
    setProgram(program: Program): Promise<void>;
    member(customer: string, options?: AsOf): Promise<Member>;
    /** The newest first, at most 500 at once. */
    ledger(customer: string, options?: { limit?: number; cursor?: string }): Promise<Page<LedgerEntry>>;
    /** `points`: so many. `event`: what the programme's rules give for it. `order` alone gives nothing more: an order's points follow from the order. */
    accrue(e: { customer: string; points?: number; event?: string; order?: string; at?: string; key: string; reason?: string }): Promise<Member>;
    redeem(e: { customer: string; points?: number; reward?: string; order?: string; orderAmount?: string; at?: string; key: string }): Promise<Member & { worth: string; allocations: { lot: string; points: number }[] }>;
    reverse(e: { entry: string; at?: string; key: string; reason?: string }): Promise<Member>;
    adjust(e: { customer: string; points: number; reason: string; at?: string; key: string }): Promise<Member>;
    /** `expiring`: by the last day on which they can be used, soonest first. With `never` they add up to `outstanding`. */
    liability(options?: AsOf): Promise<{ outstanding: number; pending: number; worth: string; expiring: { on: string; points: number }[]; never?: number }>;
  };
  sync: {
    /** As docs/sync.md has it, without any secret; null where nothing is connected. */
    profile(): Promise<object | null>;
    /** Connects, or with null disconnects. Credentials go beside the profile and can never be read again: `secret` alone is a bearer token, with `user` a password, with `header` that header's value. Default `keep`: "session". */
    setProfile(profile: object | null, credentials?: { secret?: string; user?: string; header?: string; keep?: "session" | "device" }): Promise<void>;
    /** Runs now; resolves when that run has ended. */
    run(): Promise<SyncReport>;
    status(): Promise<SyncStatus>;
  };
  /** Calls `handler` from now on; what it gives ends that. `change`: data changed, by anybody; `{ version, kinds }`. `progress`: `{ method, done, total, stage }`. `sync`: a SyncStatus. */
  on(event: "change" | "progress" | "sync", handler: (detail: any) => void): () => void;
  /** Waits for what was asked, then lets go of the workspace. */
  close(): Promise<void>;
}

/** What `open` gives. */
export interface OpenedShuke extends Shuke {
  /** The workspace itself. */
  info(): Promise<{ currency: string; timeZone: string; name: string; today: string; customers: number; orders: number; storage: "opfs" | "memory"; hasProgram: boolean }>;
}

/** Some fields of a record; `null` takes one away. */
export type Input<T> = { [Name in keyof T]?: T[Name] | null };

export interface AsOf { asOf?: string }                     // local date; default today
export interface ListOptions { rule?: Rule; search?: string; sort?: string; limit?: number; cursor?: string; fields?: string[] }
/** `cursor`: for the next stretch; null at the end. */
export interface Page<T> { items: T[]; total: number; cursor: string | null }
/** `ids`: of the records that were taken, in their order. */
export interface PutReport { created: number; updated: number; unchanged: number; ids: string[]; issues: Issue[] }
/** `row`: of a file as a spreadsheet counts (the first line is 1); of a list of records its place, from 0. */
export interface Issue { row?: number; column?: string; field?: string; code: string; message: string; value?: string; expected?: string; severity?: "warning" | "error" }
export interface LongOptions { onProgress?: (p: { done: number; total: number; stage: string }) => void; signal?: AbortSignal }
/** `sheet`: of a workbook; without one the first that is not hidden. `encoding`: as TextDecoder names them. */
export interface ImportOptions { preset?: string; mapping?: Record<string, string>; what?: "customers" | "orders" | "events"; dryRun?: boolean; encoding?: string; sheet?: string; onProgress?: (p: { done: number; total: number; stage: string }) => void; signal?: AbortSignal }
/** `batch`: for undoImport; empty after a dry run and where nothing changed. */
export interface ImportReport { batch: string; preset: string | null; mapping: Record<string, string>; rows: number; created: number; updated: number; unchanged: number; skipped: number; issues: Issue[]; duplicates: number; what?: "customers" | "orders" | "events"; waiting?: number; customers?: Tally; orders?: Tally; cancelled?: boolean }
export interface Tally { created: number; updated: number; unchanged: number; skipped: number; waiting: number }
/** `decides`: the verdict of the whole rests on this node. */
export interface Explanation { holds: boolean; node: Rule; actual?: unknown; children?: Explanation[]; decides?: boolean; path?: string }
export interface Customer { id: string; externalId?: string; kind: "person" | "company"; name: string; email?: string; phone?: string; gender?: "female" | "male" | "other"; birthday?: string; country?: string; province?: string; city?: string; district?: string; postalCode?: string; address?: string; occupation?: string; education?: string; incomeBand?: string; industry?: string; companySize?: string; interests?: string[]; tags?: string[]; sourceChannel?: string; signupOn?: string; owner?: string; consent?: { email?: boolean; sms?: boolean; phone?: boolean }; acquisitionCost?: string; note?: string; custom?: Record<string, string | number | boolean>; createdAt: string; updatedAt: string }
// amount: what was paid, discounts taken off and tax included; gross: before discounts; tax: the part of amount that is tax; paidWithPoints: the part paid in points.
// customer: an id or the customer's externalId. at: an instant with offset, or a local date-time in the workspace's time zone.
export interface Order { id: string; externalId?: string; customer: string; at: string; currency?: string; amount: string; gross?: string; tax?: string; paidWithPoints?: string; status?: "paid" | "refunded" | "cancelled"; channel?: string; coupon?: string; lines?: OrderLine[]; refunded?: string; refunds?: OrderRefund[] }
export interface OrderLine { product: string; category?: string; quantity: number; amount: string }
export interface OrderRefund { key: string; at: string; amount: string; lines?: { line: number; quantity: number }[] }
export interface Event { customer: string; kind: string; at: string; key?: string; data?: Record<string, string | number | boolean> }
export interface Member { customer: string; balance: number; pending: number; debt: number; qualifying: number; tier: string | null; tierUntil: string | null; lots: { id: string; points: number; earnedOn: string; expiresOn: string | null }[]; tierName?: string | null; nextTier?: { id: string; name: string; missing: number } | null }
export interface LedgerEntry { id: string; key: string; kind: "accrual" | "redemption" | "expiry" | "reversal" | "adjustment" | "transfer"; at: string; points: number; balance: number; order?: string; rule?: string; reason?: string; reverses?: string; reward?: string; postsOn?: string; expiresOn?: string }
export type Program = object;                               // docs/loyalty-program.md
export type Rule = object;                                  // docs/segment-rule.md
export interface SyncReport { pulled: number; pushed: number; conflicts: number; errors: Issue[] }
export interface SyncStatus { state: "off" | "idle" | "running" | "offline" | "error"; pending: number; lastRunAt: string | null; error?: Issue }
