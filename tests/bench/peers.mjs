// The peers of the benchmark, in a page of their own: JavaScript written by hand for each question over typed arrays,
// and DuckDB-WASM. Both get the business of data.mjs, made in the page from the same seed, and both answer with totals.

import * as duckdb from "@duckdb/duckdb-wasm";
import { customers as people, orders } from "./data.mjs";

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
  Object.assign(all, { province: new Uint8Array(customers), born: new Int32Array(customers), agreed: new Uint8Array(customers) });
  for (const [c, line] of people(customers).split("\r\n").slice(1, customers + 1).entries()) {
    const cells = line.split(",");
    all.born[c] = +cells[5].replaceAll("-", "");
    all.province[c] = +cells[6].slice(1);
    all.agreed[c] = cells[9] === "是" ? 1 : 0;
  }
  return all;
}

/** A day as the number 20260131: whole years between two such numbers are their difference in ten thousands. */
const dated = (day) => +new Date(day * DAY).toISOString().slice(0, 10).replaceAll("-", "");

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

  /** Q1: three provinces (1 to 3), ten years of age (25 to 34), agreed to e-mail; `k` moves all of them. */
  wanted(all, day, k) {
    const today = dated(day);
    const [youngest, oldest] = [today - 250_000 - k * 10_000, today - 350_000 - k * 10_000];
    const [from, to] = [k + 1, k + 3];
    let found = 0;
    for (let c = 0; c < all.customers; c++) {
      const [province, born] = [all.province[c], all.born[c]];
      if (province >= from && province <= to && born <= youngest && born > oldest && all.agreed[c]) found++;
    }
    return { found };
  },

  /** Q3: bought category 1, never category 2, last order more than 60 days ago; `k` moves all of them. */
  lapsed(all, day, k) {
    const { start, category, day: days } = all;
    const [one, other, limit] = [k + 1, k + 2, 60 + k];
    let found = 0;
    for (let c = 0; c < all.customers; c++) {
      let [has, last] = [0, -1];
      for (let i = start[c]; i < start[c + 1] && days[i] <= day; i++) {
        if (category[i] === one) has |= 1;
        else if (category[i] === other) has |= 2;
        last = days[i];
      }
      if (has === 1 && day - last > limit) found++;
    }
    return { found };
  },

  /** Q4: three provinces and two orders in 180 days; or 25 to 34 and never category 1; or neither agreed nor quiet. */
  mixed(all, day, k) {
    const { start, category, day: days } = all;
    const today = dated(day);
    const [youngest, oldest] = [today - 250_000 - k * 10_000, today - 350_000 - k * 10_000];
    const [from, to, one, window, limit] = [k + 1, k + 3, k + 1, 180 + k, 60 + k];
    let found = 0;
    for (let c = 0; c < all.customers; c++) {
      let [recent, first, last] = [0, false, -1];
      for (let i = start[c]; i < start[c + 1] && days[i] <= day; i++) {
        if (category[i] === one) first = true;
        last = days[i];
        if (day - last < window) recent++;
      }
      const [province, born] = [all.province[c], all.born[c]];
      const quiet = last >= 0 && day - last > limit;
      if ((province >= from && province <= to && recent >= 2) || (born <= youngest && born > oldest && !first) || (!all.agreed[c] && !quiet)) found++;
    }
    return { found };
  },

  /** Q5: customers in each of the 125 cells of RFM; limits are interpolated quantiles, rounded down, ties stay together. */
  cells(all, day) {
    const { start, cents, day: days } = all;
    const recency = new Int32Array(all.customers);
    const frequency = new Int32Array(all.customers);
    const money = new Int32Array(all.customers);
    let buyers = 0;
    for (let c = 0; c < all.customers; c++) {
      let [count, sum, last] = [0, 0, 0];
      for (let i = start[c]; i < start[c + 1] && days[i] <= day; i++) {
        count++;
        sum += cents[i];
        last = days[i];
      }
      if (count === 0) continue;
      recency[buyers] = day - last;
      frequency[buyers] = count;
      money[buyers++] = sum;
    }
    const limits = (values) => {
      const sorted = values.slice(0, buyers).sort();
      return [1, 2, 3, 4].map((fifth) => {
        const at = ((buyers - 1) * fifth) / 5;
        const low = sorted[Math.floor(at)];
        return Math.floor(low + ((sorted[Math.min(Math.floor(at) + 1, buyers - 1)] - low) * (((buyers - 1) * fifth) % 5)) / 5);
      });
    };
    const [[r1, r2, r3, r4], [f1, f2, f3, f4], [m1, m2, m3, m4]] = [recency, frequency, money].map(limits);
    const counts = new Array(125).fill(0);
    for (let k = 0; k < buyers; k++) {
      const [r, f, m] = [recency[k], frequency[k], money[k]];
      const low = (r1 < r) + (r2 < r) + (r3 < r) + (r4 < r);
      counts[(4 - low) * 25 + ((f1 < f) + (f2 < f) + (f3 < f) + (f4 < f)) * 5 + (m1 < m) + (m2 < m) + (m3 < m) + (m4 < m)]++;
    }
    return { counts };
  },

  /** Q2: at least three orders in the last 90 days and 2,000.00 in the last 365, the day itself included; `k` more of both. */
  frequent(all, day, k) {
    const [short, long] = [90 + k, 365 + k];
    let found = 0;
    for (let c = 0; c < all.customers; c++) {
      let [orders, spend] = [0, 0];
      for (let i = all.start[c + 1] - 1; i >= all.start[c]; i--) {
        const ago = day - all.day[i];
        if (ago >= long) break;
        if (ago < 0) continue;
        spend += all.cents[i];
        if (ago < short) orders++;
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

  /**
   * Q9: of those who first bought in each of these months (their first days), how many bought in it and in each one after;
   * and how many first bought before.
   */
  cohorts(all, starts, day) {
    const { start, day: days } = all;
    const from = starts[0];
    const month = new Uint8Array(day - from + 1);
    for (let k = 1; k < starts.length; k++) month.fill(k, starts[k] - from);
    const size = starts.length;
    const counts = new Uint32Array(size * size);
    const seen = new Int32Array(size).fill(-1);
    let earlier = 0;
    for (let c = 0; c < all.customers; c++) {
      const begin = start[c];
      if (begin === start[c + 1] || days[begin] > day) continue;
      if (days[begin] < from) {
        earlier++;
        continue;
      }
      const first = month[days[begin] - from];
      for (let i = begin; i < start[c + 1] && days[i] <= day; i++) {
        const at = month[days[i] - from];
        if (seen[at] === c) continue;
        seen[at] = c;
        counts[first * size + at - first]++;
      }
    }
    const bought = [];
    for (let k = 0; k < size; k++) bought[k] = Array.from(counts.subarray(k * size, k * size + size - k));
    return { bought, earlier };
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
    const id = Int32Array.from({ length: all.customers }, (_, c) => c);
    await table("people", { customer: id, province: all.province, born: all.born, agreed: all.agreed });
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

  async wanted(day, k) {
    return this.row(`SELECT count(*) AS found FROM people WHERE province IN (${k + 1}, ${k + 2}, ${k + 3}) AND agreed = 1
      AND born <= ${dated(day) - 250_000 - k * 10_000} AND born > ${dated(day) - 350_000 - k * 10_000}`);
  }

  async lapsed(day, k) {
    return this.row(`SELECT count(*) AS found FROM (
      SELECT customer FROM orders WHERE day <= ${day} GROUP BY customer
      HAVING bool_or(category = ${k + 1}) AND NOT bool_or(category = ${k + 2}) AND ${day} - max(day) > ${60 + k})`);
  }

  async mixed(day, k) {
    return this.row(`WITH bought AS (
        SELECT customer, count(*) FILTER (${day} - day < ${180 + k}) AS recent, bool_or(category = ${k + 1}) AS has, ${day} - max(day) > ${60 + k} AS quiet
        FROM orders WHERE day <= ${day} GROUP BY customer
      ) SELECT count(*) AS found FROM people LEFT JOIN bought USING (customer)
      WHERE (province IN (${k + 1}, ${k + 2}, ${k + 3}) AND recent >= 2)
        OR (born <= ${dated(day) - 250_000 - k * 10_000} AND born > ${dated(day) - 350_000 - k * 10_000} AND NOT coalesce(has, false))
        OR (agreed = 0 AND NOT coalesce(quiet, false))`);
  }

  async cells(day) {
    const places = (name, value) => [1, 2, 3, 4].map((fifth) => `(floor(${name}[${fifth}]) < ${value})::INT`).join(" + ");
    const rows = (await this.connection.query(`WITH seen AS (
        SELECT customer, ${day} - max(day) AS r, count(*) AS f, sum(cents) AS m FROM orders WHERE day <= ${day} GROUP BY customer
      ), fifths AS (
        SELECT quantile_cont(r, [0.2, 0.4, 0.6, 0.8]) AS rs, quantile_cont(f, [0.2, 0.4, 0.6, 0.8]) AS fs, quantile_cont(m, [0.2, 0.4, 0.6, 0.8]) AS ms FROM seen
      ) SELECT (4 - (${places("rs", "r")})) * 25 + (${places("fs", "f")}) * 5 + (${places("ms", "m")}) AS cell, count(*) AS found
      FROM seen, fifths GROUP BY cell`)).toArray();
    const counts = new Array(125).fill(0);
    for (const row of rows) counts[Number(row.cell)] = Number(row.found);
    return { counts };
  }

  async frequent(day, k) {
    return this.row(`SELECT count(*) AS found FROM (
      SELECT customer FROM orders WHERE day > ${day - 365 - k} AND day <= ${day} GROUP BY customer
      HAVING count(*) FILTER (day > ${day - 90 - k}) >= 3 AND sum(cents) >= 200000)`);
  }

  async cohorts(starts, day) {
    const number = (what) => `CAST(date_part('year', DATE '1970-01-01' + ${what}) * 12 + date_part('month', DATE '1970-01-01' + ${what}) AS INTEGER)`;
    const rows = (await this.connection.query(`WITH seen AS (
        SELECT customer, ${number("day")} AS month FROM orders WHERE day <= ${day} GROUP BY ALL
      ), firsts AS (SELECT customer, min(month) AS first FROM seen GROUP BY customer)
      SELECT first, month - first AS later, count(*) AS found FROM seen JOIN firsts USING (customer) GROUP BY ALL`)).toArray();
    const date = new Date(starts[0] * DAY);
    const base = date.getUTCFullYear() * 12 + date.getUTCMonth() + 1;
    const bought = starts.map((_, k) => new Array(starts.length - k).fill(0));
    let earlier = 0;
    for (const row of rows) {
      const [first, later, found] = [Number(row.first) - base, Number(row.later), Number(row.found)];
      if (first >= 0) bought[first][later] = found;
      else if (later === 0) earlier += found;
    }
    return { bought, earlier };
  }

  async stages(day) {
    const it = await this.row(`WITH seen AS (
        SELECT ${day} - max(day) AS last, ${day} - min(day) AS first FROM orders WHERE day <= ${day} GROUP BY customer
      ) SELECT count(*) FILTER (last <= 90 AND first <= 30) AS a, count(*) FILTER (last <= 90 AND first > 30) AS b,
        count(*) FILTER (last > 90 AND last <= 180) AS c, count(*) FILTER (last > 180) AS d FROM seen`);
    return { counts: [it.a, it.b, it.c, it.d] };
  }
}
