// The list of faults in docs/faults.md: all numbers are there, and every test that it names exists. What has no test is
// said in red. Prints the list.

import { test } from "node:test";
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { root } from "../browser/harness.mjs";

/** Faults without a test. Only ever fewer. */
const MISSING = 0;

const red = (text) => `\u001b[31m${text}\u001b[0m`;
const text = readFileSync(path.join(root, "docs/faults.md"), "utf8");
const rows = [...text.matchAll(/^\| (F\d\d) \| ([a-z,]+) \| (.*?) \| (.*) \|$/gm)].map(([, id, how, what, shown]) => ({
  id, how, what,
  tests: shown.startsWith("**no test**") ? [] : shown.split("<br>").map((one) => {
    const [, file, name] = one.match(/^`([^`]+)`: (.+)$/) ?? [];
    return { one, file, name };
  }),
  why: shown.replace("**no test**: ", ""),
}));

/** Whether a file has a test of this name. */
function has(file, name) {
  const code = readFileSync(path.join(root, file), "utf8");
  if (file.endsWith(".rs")) return new RegExp(`fn ${name}\\(`).test(code);
  const quoted = name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`test\\(\\s*(["'\`])${quoted}\\1`).test(code);
}

test("every fault is listed once, F01 to F72", () => {
  assert.deepEqual(rows.map((row) => row.id), Array.from({ length: 72 }, (_, n) => `F${String(n + 1).padStart(2, "0")}`));
});

test("every test that is named exists", () => {
  for (const { id, tests } of rows) {
    for (const { one, file, name } of tests) {
      assert.ok(file && existsSync(path.join(root, file)), `${id}: no file in «${one}»`);
      assert.ok(has(file, name), `${id}: ${file} has no test «${name}»`);
    }
  }
});

test("a test that bears a fault's number in its name is in the list", () => {
  const files = [...new Set(rows.flatMap((row) => row.tests.map((it) => it.file)))].filter((file) => file?.endsWith(".mjs"));
  for (const file of files) {
    for (const [, , name] of readFileSync(path.join(root, file), "utf8").matchAll(/test\(\s*(["'`])(F\d\d.*?)\1/g)) {
      const [number] = name.match(/^F\d\d/);
      assert.ok(rows.find((row) => row.id === number)?.tests.some((it) => it.file === file && it.name === name), `${name} of ${file} is not in the row of ${number}`);
    }
  }
});

test("F13: a transaction cannot wait for anything: store, engine and sync know no async", () => {
  const files = (folder) => readdirSync(path.join(root, folder), { recursive: true }).filter((it) => it.endsWith(".rs")).map((it) => path.join(root, folder, it));
  const all = ["src/store", "src/engine", "src/sync"].flatMap(files);
  assert.equal(all.length > 100, true);
  for (const file of all) assert.doesNotMatch(readFileSync(file, "utf8").replaceAll(/\/\/.*$/gm, ""), /\basync\s+(fn|move|\{)|\.await\b/, file);
});

test("the list", () => {
  const missing = rows.filter((row) => row.tests.length === 0);
  for (const { id, how, what, tests, why } of rows) {
    console.log(tests.length > 0 ? `${id} [${how}] ${what}` : red(`${id} [${how}] ${what} NO TEST: ${why}`));
  }
  console.log(`${rows.length - missing.length} of ${rows.length} faults have a test`);
  assert.equal(missing.length <= MISSING, true, `${missing.length} faults have no test: ${missing.map((row) => row.id).join(" ")}`);
  assert.equal(missing.length >= MISSING, true, `only ${missing.length} faults have no test now: lower MISSING`);
});
