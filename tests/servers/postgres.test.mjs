// The path to PostgreSQL: the file that owners run, against PostgreSQL itself, through a shim of PostgREST.

import { test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { DDL, missing, postgres, postgrest, token } from "./postgres.mjs";

const stamp = (ms, node = 1, counter = 0) => {
  const digits = "0123456789abcdefghjkmnpqrstvwxyz";
  const text = (n, count) => Array.from({ length: count }, (_, k) => digits[Math.floor(n / 32 ** (count - 1 - k)) % 32]).join("");
  return `${text(ms, 10)}-${text(counter, 4)}-${text(node, 5)}`;
};
const record = (id, fields, ms, node) => ({ id, ...fields, shuke: { v: 1, born: stamp(ms, node), at: stamp(ms, node) } });

test("PostgreSQL by PostgREST", { skip: missing }, async (t) => {
  const database = await postgres();
  const rest = await postgrest(database);
  const ask = async (path, { team = "north", body, authorization = `Bearer ${rest.token(team)}` } = {}) => {
    const answer = await fetch(rest.origin + path, {
      method: body ? "POST" : "GET",
      headers: { accept: "application/json", ...(authorization ? { authorization } : {}), ...(body ? { "content-type": "application/json" } : {}) },
      body: body && JSON.stringify(body),
    });
    return { status: answer.status, body: await answer.json() };
  };
  const push = async (records, options = {}) => (await ask("/rpc/shuke_push", { ...options, body: { kind: options.kind ?? "customers", records } })).body;
  const pull = async (after = 0, options = {}) => (await ask(`/rpc/shuke_pull?kind=${options.kind ?? "customers"}&after=${after}&size=${options.size ?? 1000}`, options)).body;
  const one = async (id, options) => (await pull(0, options)).find((it) => it.id === id);

  await t.test("it is PostgreSQL, and running the file twice changes nothing", async () => {
    const before = (await ask("/rpc/shuke_about")).body;
    assert.match(await database.version(), /^1[3-9]/);
    await database.pool.query(readFileSync(DDL, "utf8"));
    assert.deepEqual((await ask("/rpc/shuke_about")).body, before);
    assert.deepEqual([before.seq, before.format, before.team], [0, 1, "north"]);
  });

  await t.test("browsers' merging and the database's are one: cases written by the merge of the browsers", async () => {
    const cases = JSON.parse(readFileSync(new URL("joins.json", import.meta.url)));
    assert.equal(cases.length >= 300, true);
    for (const { kind, a, b, joined } of cases) {
      const [{ ab, ba, aa }] = await database.query(
        "select shuke.merge($1, $2, $3) as ab, shuke.merge($1, $3, $2) as ba, shuke.merge($1, shuke.merge($1, $2, $3), $3) as aa", [kind, a, b]);
      const said = JSON.stringify({ kind, a, b });
      assert.deepEqual(ab, joined, said);
      assert.deepEqual(ba, joined, said);
      assert.deepEqual(aa, joined, said);
    }
  });

  await t.test("what is pushed is pulled, each with its number; the same again changes nothing", async () => {
    const records = [record("c1", { name: "Li Na", tags: ["vip"] }, 1000), record("c2", { name: "Wang", note: "😀 \"x\" \u00e9" }, 1001)];
    assert.deepEqual(await push(records), [{ id: "c1", status: "stored", seq: 1 }, { id: "c2", status: "stored", seq: 2 }]);
    assert.deepEqual(await push(records), [{ id: "c1", status: "same", seq: 1 }, { id: "c2", status: "same", seq: 2 }]);
    assert.deepEqual(await pull(), records.map((it, n) => ({ ...it, seq: n + 1 })));
    assert.deepEqual((await pull(1)).map((it) => it.id), ["c2"]);
    assert.deepEqual((await pull(0, { size: 1 })).map((it) => it.id), ["c1"]);
  });

  await t.test("two tills edit different fields: both stay; the same field: the later, whoever comes last", async () => {
    const base = await one("c1");
    const edit = (fields, own) => ({ ...base, ...fields, shuke: { ...base.shuke, fields: own } });
    await push([edit({ name: "Li Na-Marie" }, { name: stamp(2000, 1) })]);
    await push([edit({ phone: "13800138000", name: "Lina" }, { phone: stamp(1900, 2), name: stamp(1900, 2) })]);
    const now = await one("c1");
    assert.deepEqual([now.name, now.phone, now.tags], ["Li Na-Marie", "13800138000", ["vip"]]);
    await push([edit({ tags: ["vip", "tea"] }, { tags: { tea: stamp(2100, 2) } })]);
    await push([edit({ tags: [] }, { tags: { vip: stamp(2200, 1) } })]);
    assert.deepEqual((await one("c1")).tags, ["tea"]);
  });

  await t.test("what was removed does not come back by an older edit; what was erased, never", async () => {
    await push([record("c3", { name: "Zhao" }, 3000)]);
    const was = await one("c3");
    await push([{ ...was, deleted: true, shuke: { ...was.shuke, life: stamp(3100) } }]);
    await push([{ ...was, name: "Zhao Min", shuke: { ...was.shuke, fields: { name: stamp(3200) } } }]);
    const is = await one("c3");
    assert.deepEqual([is.deleted, is.name], [true, "Zhao Min"]);
    await push([{ id: "c3", erased: true, deleted: true, shuke: { v: 1, born: stamp(3000), at: stamp(3000), life: stamp(3300) } }]);
    await push([{ ...was, shuke: { ...was.shuke, life: stamp(9000) } }]);
    const gone = await one("c3");
    assert.deepEqual([gone.erased, gone.name, Object.keys(gone).sort()], [true, undefined, ["deleted", "erased", "id", "seq", "shuke"]]);
  });

  await t.test("fields that nobody here knows are kept; a record of a newer form is refused and the others go on", async () => {
    const answers = await push([
      record("n1", { loyaltyCardColour: "green", nested: { a: [1, { b: null }] } }, 4000),
      { id: "n2", shuke: { v: 2 } }, { id: "" }, { id: "n4", tags: "vip" }, [1], { id: "n5", shuke: { v: 1, at: "yesterday" }, name: "x" },
    ]);
    assert.deepEqual(answers.map((it) => it.code ?? it.status), ["stored", "newer-version", "bad-id", "bad-record", "bad-record", "bad-record"]);
    assert.deepEqual((await one("n1")).nested, { a: [1, { b: null }] });
  });

  await t.test("an edit by SQL is an edit: browsers hear of it, and an older edit does not undo it", async () => {
    const before = await one("c2");
    await database.query("update shuke.records set doc = doc || '{\"name\": \"Wang Wei\"}' where team = 'north' and id = 'c2'");
    const after = await one("c2");
    assert.equal(after.seq > before.seq, true);
    assert.deepEqual([after.name, after.shuke.fields.name], ["Wang Wei", stamp(1001, 0, 1)]);
    await push([before]);
    assert.equal((await one("c2")).name, "Wang Wei");
    await assert.rejects(database.query("delete from shuke.records where id = 'c2'"), /browsers would not hear of it/);
  });

  await t.test("a team sees and writes its own rows only, and only by the functions", async () => {
    await push([record("s1", { name: "South" }, 5000)], { team: "south" });
    assert.deepEqual((await pull(0, { team: "south" })).map((it) => it.id), ["s1"]);
    assert.equal(await one("s1"), undefined);
    const as = async (text) => {
      const client = await database.pool.connect();
      try {
        await client.query("begin");
        await client.query("select set_config('role', 'shuke_member', true), set_config('request.jwt.claims', '{\"team\":\"south\"}', true)");
        return (await client.query(text)).rows;
      } finally {
        await client.query("rollback");
        client.release();
      }
    };
    assert.deepEqual((await as("select id from shuke.records")).map((it) => it.id), ["s1"]);
    for (const text of ["insert into shuke.records (team, kind, id, doc, seq) values ('south', 'customers', 'x', '{}', 1)",
      "update shuke.records set deleted = true", "delete from shuke.records", "update shuke.teams set seq = 0", "select * from shuke.living"]) {
      await assert.rejects(as(text), /permission denied|can only be updated to DEFAULT/, text);
    }
  });

  await t.test("without a token 401, with one that names no team 403, one signed by another 401", async () => {
    assert.equal((await ask("/rpc/shuke_about", { authorization: null })).status, 401);
    assert.equal((await ask("/rpc/shuke_about", { authorization: `Bearer ${token({ team: "north" }, "another secret")}` })).status, 401);
    const nobody = `Bearer ${token({}, rest.secret)}`;
    assert.equal((await ask("/rpc/shuke_push", { authorization: nobody, body: { kind: "customers", records: [] } })).status, 403);
    assert.deepEqual((await ask("/rpc/shuke_pull?kind=customers", { authorization: nobody })).body, []);
  });

  await t.test("F38: twelve writers at once, a reader meanwhile: no number is seen before a smaller one", async () => {
    const team = "race";
    const WRITERS = 12;
    const EACH = 25;
    const seen = [];
    let cursor = 0;
    let writing = true;
    const reader = (async () => {
      while (writing) {
        for (const it of await pull(cursor, { team, size: 7 })) { seen.push(it.id); cursor = it.seq; }
      }
      for (let page = await pull(cursor, { team }); page.length > 0; page = await pull(cursor, { team })) {
        for (const it of page) { seen.push(it.id); cursor = it.seq; }
      }
    })();
    await Promise.all(Array.from({ length: WRITERS }, async (_, w) => {
      for (let n = 0; n < EACH; n += 1) await push([record(`w${w}-${n}`, { n }, 6000 + n, w + 1)], { team });
    }));
    writing = false;
    await reader;
    assert.equal(new Set(seen).size, WRITERS * EACH);
    assert.equal((await ask("/rpc/shuke_about", { team })).body.seq, WRITERS * EACH);
  });

  await t.test("forty writers of one record at once: every field of everybody is there", async () => {
    await Promise.all(Array.from({ length: 40 }, (_, n) => push([{ ...record("shared", { [`field${n}`]: n }, 7000 + n, n + 1) }], { team: "race" })));
    const fields = Object.keys(await one("shared", { team: "race" })).filter((name) => name.startsWith("field"));
    assert.equal(fields.length, 40);
  });
});
