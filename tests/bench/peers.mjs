// The peers of the benchmark, in a page of their own: JavaScript written by hand for each question over typed arrays,
// and DuckDB-WASM. Both get the business of data.mjs, made in the page from the same seed, and both answer with totals.

import * as duckdb from "@duckdb/duckdb-wasm";
import { orders } from "./data.mjs";

const DAY = 86_400_000;
/** Days since 1970 of a local time such as 2026-01-31 18:30:05 (the shop's day, whatever the zone). */
const dayOf = (text) => Date.UTC(+text.slice(0, 4), +text.slice(5, 7) - 1, +text.slice(8, 10)) / DAY;
const secondOf = (text) => Date.UTC(+text.slice(0, 4), +text.slice(5, 7) - 1, +text.slice(8, 10), +text.slice(11, 13), +text.slice(14, 16), +text.slice(17, 19)) / 1000;

/** Orders as columns, by customer, then time, then number: what each engine may prepare before the clock runs. */
export function columns(customers) {
  const { text, rows } = orders(customers);
  const all = { customers, rows, start: new Uint32Array(customers + 1), customer: new Int32Array(rows), day: new Int32Array(rows), second: new Float64Array(rows), cents: new Int32Array(rows), category: new Uint8Array(rows) };
  const lines = text.split("\r\n");
  const order = new Uint32Array(rows);
  const raw = { customer: new Int32Array(rows), second: new Float64Array(rows), day: new Int32Array(rows), cents: new Int32Array(rows), category: new Uint8Array(rows) };
  for (let i = 0; i < rows; i++) {
    const cells = lines[i + 1].split(",");
    order[i] = i;
    raw.customer[i] = +cells[1].slice(1);
    raw.second[i] = secondOf(cells[2]);
    raw.day[i] = dayOf(cells[2]);
    raw.cents[i] = Math.round(+cells[3] * 100);
    raw.category[i] = +cells[5].slice(2);
  }
  order.sort((a, b) => raw.customer[a] - raw.customer[b] || raw.second[a] - raw.second[b] || a - b);
  for (let i = 0; i < rows; i++) {
    const at = order[i];
    for (const name of Object.keys(raw)) all[name][i] = raw[name][at];
    all.start[all.customer[i] + 1]++;
  }
  for (let c = 0; c < customers; c++) all.start[c + 1] += all.start[c];
  return all;
}

/** Minor units of all-time spend from which a tier holds, and its multiplier in quarters. */
const TIERS = [[0, 4], [200_000, 5], [1_000_000, 6]];
const DOUBLED = [1, 2];
const LIFE_DAYS = 365;

/** Hand-written JavaScript. Every function answers one question of design/performance.md and nothing else. */
export const byHand = {
  /** Q7: points of everybody on a day, redeemed first in, first out on `redeemedOn`. */
  points(all, day, redemptions, redeemedOn) {
    const { start, cents, category, day: days } = all;
    const balances = new Float64Array(all.customers);
    const lots = new Float64Array(4096);
    const ends = new Int32Array(4096);
    const double = new Uint8Array(256);
    for (const it of DOUBLED) double[it] = 1;
    let [sum, members, soon] = [0, 0, 0];
    for (let c = 0; c < all.customers; c++) {
      let [spent, count, tier] = [0, 0, 0];
      for (let i = start[c]; i < start[c + 1]; i++) {
        while (tier + 1 < TIERS.length && spent >= TIERS[tier + 1][0]) tier++;
        const points = Math.floor((Math.floor(cents[i] / 100) * (double[category[i]] ? 2 : 1) * TIERS[tier][1]) / 4);
        spent += cents[i];
        // What has ended before the points are redeemed matters to nobody.
        if (points > 0 && days[i] + LIFE_DAYS >= redeemedOn) {
          lots[count] = points;
          ends[count++] = days[i] + LIFE_DAYS;
        }
      }
      let left = redemptions[c];
      let balance = 0;
      for (let k = 0; k < count; k++) {
        const rest = lots[k] - Math.min(left, lots[k]);
        left -= lots[k] - rest;
        if (ends[k] >= day) {
          balance += rest;
          if (ends[k] < day + 30) soon += rest;
        }
      }
      balances[c] = balance;
      sum += balance;
      if (balance > 0) members++;
    }
    return { sum, members, soon };
  },

  /** Q2: at least three orders in the last 90 days and 2,000.00 in the last 365, the day itself included. */
  frequent(all, day) {
    let found = 0;
    for (let c = 0; c < all.customers; c++) {
      let [orders, spend] = [0, 0];
      for (let i = all.start[c + 1] - 1; i >= all.start[c]; i--) {
        const ago = day - all.day[i];
        if (ago >= 365) break;
        if (ago < 0) continue;
        spend += all.cents[i];
        if (ago < 90) orders++;
      }
      if (orders >= 3 && spend >= 200_000) found++;
    }
    return { found };
  },

  /** Q6: how many customers are in each stage of life: new, active, dormant, churned (who never bought is none). */
  stages(all, day) {
    const counts = [0, 0, 0, 0];
    for (let c = 0; c < all.customers; c++) {
      const from = all.start[c];
      let to = all.start[c + 1] - 1;
      while (to >= from && all.day[to] > day) to--;
      if (to < from) continue;
      const last = day - all.day[to];
      counts[last > 180 ? 3 : last > 90 ? 2 : day - all.day[from] <= 30 ? 0 : 1]++;
    }
    return { counts };
  },
};

/** DuckDB-WASM with the same columns as tables. */
export class Duck {
  static async open(all, redemptions) {
    const duck = new Duck();
    const dist = new URL("/npm/@duckdb/duckdb-wasm/dist/", location.href).href;
    duck.db = new duckdb.AsyncDuckDB(new duckdb.VoidLogger(), new Worker(`${dist}duckdb-browser-eh.worker.js`));
    await duck.db.instantiate(`${dist}duckdb-eh.wasm`);
    duck.version = await duck.db.getVersion();
    duck.connection = await duck.db.connect();
    const arrow = await import("apache-arrow");
    const table = async (name, columns) => {
      await duck.connection.insertArrowTable(arrow.tableFromArrays(columns), { name });
    };
    const number = Int32Array.from({ length: all.rows }, (_, i) => i);
    await table("orders", { customer: all.customer, number, day: all.day, cents: all.cents, category: all.category });
    const who = Int32Array.from(redemptions.keys()).filter((c) => redemptions[c] > 0);
    await table("redeemed", { customer: who, points: who.map((c) => redemptions[c]) });
    return duck;
  }

  async row(sql) {
    const [row] = (await this.connection.query(sql)).toArray();
    return Object.fromEntries(Object.entries(row.toJSON()).map(([key, value]) => [key, Number(value)]));
  }

  async points(day, redeemedOn) {
    const quarters = `CASE ${[...TIERS].reverse().map(([from, by]) => `WHEN spent >= ${from} THEN ${by}`).join(" ")} END`;
    const { sum, members, soon } = await this.row(`
      WITH tiered AS (
        SELECT customer, number, day, cents, category,
          coalesce(sum(cents) OVER (PARTITION BY customer ORDER BY number ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS spent
        FROM orders
      ), lots AS (
        SELECT customer, number, day + ${LIFE_DAYS} AS ends,
          (cents // 100) * (CASE WHEN category IN (${DOUBLED}) THEN 2 ELSE 1 END) * (${quarters}) // 4 AS points
        FROM tiered WHERE day + ${LIFE_DAYS} >= ${redeemedOn}
      ), taken AS (
        SELECT customer, ends, points, sum(points) OVER (PARTITION BY customer ORDER BY number ROWS UNBOUNDED PRECEDING) AS upto FROM lots
      ), rest AS (
        SELECT taken.customer, ends, greatest(0, least(taken.points, upto - coalesce(redeemed.points, 0))) AS points
        FROM taken LEFT JOIN redeemed ON redeemed.customer = taken.customer
      ), balances AS (
        SELECT customer, sum(points) AS points, sum(CASE WHEN ends < ${day + 30} THEN points ELSE 0 END) AS soon
        FROM rest WHERE ends >= ${day} GROUP BY customer
      )
      SELECT sum(points) AS sum, count(*) FILTER (points > 0) AS members, sum(soon) AS soon FROM balances`);
    return { sum, members, soon };
  }

  async frequent(day) {
    return this.row(`SELECT count(*) AS found FROM (
      SELECT customer FROM orders WHERE day > ${day - 365} AND day <= ${day} GROUP BY customer
      HAVING count(*) FILTER (day > ${day - 90}) >= 3 AND sum(cents) >= 200000)`);
  }

  async stages(day) {
    const it = await this.row(`WITH seen AS (
        SELECT ${day} - max(day) AS last, ${day} - min(day) AS first FROM orders WHERE day <= ${day} GROUP BY customer
      ) SELECT count(*) FILTER (last <= 90 AND first <= 30) AS a, count(*) FILTER (last <= 90 AND first > 30) AS b,
        count(*) FILTER (last > 90 AND last <= 180) AS c, count(*) FILTER (last > 180) AS d FROM seen`);
    return { counts: [it.a, it.b, it.c, it.d] };
  }
}
