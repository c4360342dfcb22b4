// How the cost of sync grows with tills and with records: tills that are simulated (no browser, the requests that a run
// makes) against the real servers. Prints the tables of docs/growing.md. By hand: node tests/servers/growth.mjs

import { test } from "node:test";
import { postgres, postgrest } from "./postgres.mjs";
import { pouchServer } from "./servers.mjs";

const PAGE = 1000;
const BATCH = 500;
const EDITS = 10;
const SIZES = (process.env.SHUKE_SIZES ?? "1000,10000,100000").split(",").map(Number);
const TILLS = [2, 5, 10, 20, 50];

const digits = "0123456789abcdefghjkmnpqrstvwxyz";
const text = (n, count) => Array.from({ length: count }, (_, k) => digits[Math.floor(n / 32 ** (count - 1 - k)) % 32]).join("");
let clock = 1_795_000_000_000;
const stamp = (node) => { clock += 1; return `${text(clock, 10)}-0000-${text(node, 5)}`; };

/** A customer such as a shop has. */
function customer(n, node) {
  const at = stamp(node);
  return {
    id: `c${text(n, 12)}`, kind: "person", name: `Customer ${n}`, phone: `+86138${String(n).padStart(8, "0")}`, email: `c${n}@example.com`,
    city: "Hangzhou", tags: n % 3 ? ["tea"] : ["tea", "vip"], consent: { sms: { given: true, at: "2026-01-31" } }, note: "likes jasmine, comes on Fridays",
    createdAt: "2026-01-31T09:00:00Z", updatedAt: "2026-11-22T15:00:00Z", shuke: { v: 1, born: at, at },
  };
}

function edited(record, node) {
  const at = stamp(node);
  const { seq: _, _rev, ...rest } = record;
  return { ...rest, ...(_rev ? { _rev } : {}), note: `edited ${at}`, shuke: { ...record.shuke, fields: { ...record.shuke.fields, note: at } } };
}

/** Counts what goes over the wire. */
class Wire {
  constructor() { this.reset(); }

  reset() { Object.assign(this, { requests: 0, sent: 0, received: 0 }); }

  async ask(url, { body, headers = {} } = {}) {
    const json = body && JSON.stringify(body);
    const answer = await fetch(url, {
      method: json ? "POST" : "GET", body: json, headers: { accept: "application/json", ...(json ? { "content-type": "application/json" } : {}), ...headers },
    });
    const read = await answer.text();
    this.requests += 1;
    this.sent += json?.length ?? 0;
    this.received += read.length;
    if (!answer.ok) throw new Error(`${answer.status} ${read.slice(0, 200)}`);
    return JSON.parse(read);
  }
}

/** What a till does at each server: read what is new, write what waits. */
const viaPostgres = (rest) => {
  const headers = { authorization: `Bearer ${rest.token("north")}` };
  return {
    name: "PostgreSQL",
    async pull(wire, till) {
      for (;;) {
        const rows = await wire.ask(`${rest.origin}/rpc/shuke_pull?kind=customers&after=${till.cursor}&size=${PAGE}`, { headers });
        for (const row of rows) { till.records.set(row.id, row); till.cursor = row.seq; }
        if (rows.length < PAGE) return;
      }
    },
    async push(wire, records) {
      for (let at = 0; at < records.length; at += BATCH) {
        await wire.ask(`${rest.origin}/rpc/shuke_push`, { headers, body: { kind: "customers", records: records.slice(at, at + BATCH) } });
      }
    },
  };
};

const viaPouch = (server) => ({
  name: "CouchDB (pouchdb-server)",
  async pull(wire, till) {
    for (;;) {
      const { results, last_seq: last } = await wire.ask(`${server.origin}/shop/_changes?since=${till.cursor}&limit=${PAGE}&include_docs=true`);
      for (const { doc } of results) till.records.set(doc._id, { ...doc, id: doc._id });
      till.cursor = last;
      if (results.length < PAGE) return;
    }
  },
  async push(wire, records) {
    for (let at = 0; at < records.length; at += BATCH) {
      const docs = records.slice(at, at + BATCH).map(({ id, ...rest }) => ({ _id: id, ...rest }));
      await wire.ask(`${server.origin}/shop/_bulk_docs`, { body: { docs } });
    }
  },
});

const kb = (bytes) => (bytes / 1000).toFixed(1);
const newTill = (node) => ({ node, cursor: 0, records: new Map(), wire: new Wire() });

async function timed(work) {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

test("growth", { timeout: 3_600_000 }, async () => {
  const lines = [];
  const say = (line) => { lines.push(line); console.log(line); };
  for (const make of [async () => viaPostgres(await postgrest(await postgres())), async () => viaPouch(await pouchServer({ databases: ["shop"] }))]) {
    say("\n| server | records | first till sends all | another till reads all | MB read | one edit: sent, read back, seen by another |");
    say("| --- | --- | --- | --- | --- | --- |");
    let last;
    for (const size of SIZES) {
      const server = await make();
      const one = newTill(1);
      const records = Array.from({ length: size }, (_, n) => customer(n, 1));
      const sending = await timed(() => server.push(one.wire, records));
      const two = newTill(2);
      const reading = await timed(() => server.pull(two.wire, two));
      const bytes = two.wire.received;
      await server.pull(one.wire, one);
      two.wire.reset();
      one.wire.reset();
      const edit = await timed(async () => {
        await server.push(one.wire, [edited(one.records.get(records[size >> 1].id), 1)]);
        await server.pull(one.wire, one);
        await server.pull(two.wire, two);
      });
      say(`| ${server.name} | ${size.toLocaleString("en")} | ${(sending / 1000).toFixed(1)} s | ${(reading / 1000).toFixed(1)} s | ${(bytes / 1e6).toFixed(1)} | ${edit.toFixed(0)} ms, ${one.wire.requests + two.wire.requests} requests, ${kb(one.wire.sent + one.wire.received + two.wire.received)} kB |`);
      last = { server, one };
      if (size === SIZES.at(-1)) break;
    }
    say(`\n| server, ${SIZES.at(-1).toLocaleString("en")} records | tills | edits a round | requests a till | kB a till | kB in all | a round takes |`);
    say("| --- | --- | --- | --- | --- | --- | --- |");
    const { server, one } = last;
    for (const count of TILLS) {
      const ids = [...one.records.keys()];
      const tills = Array.from({ length: count }, (_, n) => Object.assign(newTill(n + 1), { cursor: one.cursor, records: new Map(one.records) }));
      // All are where the first is, so that only the round is counted.
      for (const till of tills) { await server.pull(till.wire, till); till.wire.reset(); }
      const took = await timed(async () => {
        await Promise.all(tills.map(async (till, n) => {
          const mine = Array.from({ length: EDITS }, (_, k) => till.records.get(ids[(n * EDITS + k) % ids.length]));
          await server.push(till.wire, mine.map((it) => edited(it, till.node)));
        }));
        await Promise.all(tills.map((till) => server.pull(till.wire, till)));
      });
      const sum = (what) => tills.reduce((all, till) => all + what(till.wire), 0);
      const bytes = sum((wire) => wire.sent + wire.received);
      say(`| ${server.name} | ${count} | ${count * EDITS} | ${(sum((wire) => wire.requests) / count).toFixed(1)} | ${kb(bytes / count)} | ${kb(bytes)} | ${took.toFixed(0)} ms |`);
      await server.pull(one.wire, one);
    }
  }
});
