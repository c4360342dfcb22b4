// A program over the whole API: its types hold against the contract and against what is published, and it does the same in
// Chromium and in Firefox.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { browser, dist, root } from "../browser/harness.mjs";
import { Firefox } from "./firefox.mjs";
import { STRICT, folder, here, serve, typescript } from "./steps.mjs";

const HOST = '<!doctype html><meta charset=utf-8><title>host</title><script type="importmap">{"imports":{"shuke":"./shuke.js"}}</script>';

/** The program as JavaScript, once it was checked against these types. */
async function checked(types) {
  const out = await folder();
  const compilerOptions = { ...STRICT, outDir: out, rootDir: here, paths: { shuke: [types] } };
  const config = path.join(out, "tsconfig.json");
  await writeFile(config, JSON.stringify({ compilerOptions, files: [path.join(here, "program.ts")] }));
  await typescript(config);
  return out;
}

test("the types that are published accept what the contract accepts", async () => {
  await checked(path.join(here, "contract/shuke.d.ts"));
  await checked(path.join(root, "public/shuke.d.ts"));
  // And whoever gets what is published may hand it on as what the contract says.
  const out = await folder();
  const source = `import type * as contract from "contract";\nimport * as published from "published";
export const open: (options?: contract.OpenOptions) => Promise<contract.Shuke> = published.open;
export const all: [contract.Customer, contract.Order, contract.Member, contract.LedgerEntry, contract.ImportReport, contract.PutReport, contract.Explanation, contract.SyncStatus, contract.SyncReport] =
  null as unknown as [published.Customer, published.Order, published.Member, published.LedgerEntry, published.ImportReport, published.PutReport, published.Explanation, published.SyncStatus, published.SyncReport];
export const back: published.Shuke = null as unknown as contract.Shuke;
`;
  await writeFile(path.join(out, "hand-on.ts"), source);
  const paths = { contract: [path.join(here, "contract/shuke.d.ts")], published: [path.join(root, "public/shuke.d.ts")] };
  await writeFile(path.join(out, "tsconfig.json"), JSON.stringify({ compilerOptions: { ...STRICT, noEmit: true, paths }, files: [path.join(out, "hand-on.ts")] }));
  await typescript(path.join(out, "tsconfig.json"));
  // A check that cannot fail is none.
  await writeFile(path.join(out, "hand-on.ts"), source.replace("contract.Customer,", "contract.Order,"));
  await assert.rejects(typescript(path.join(out, "tsconfig.json")), /hand-on\.ts/);
});

test("the program runs", async (t) => {
  const program = await checked(path.join(here, "contract/shuke.d.ts"));
  const site = await serve(dist, program, { "host.html": HOST });

  await t.test("in Chromium", async () => {
    const b = await browser();
    const page = await b.context.newPage();
    await page.goto(`${site}host.html`);
    assert.match(await page.evaluate(async () => (await import("./program.js")).run("contract").catch((error) => error.stack)), /^\d+\.\d+\.\d+$/);
  });

  await t.test("in Firefox", async () => {
    const firefox = await Firefox.start();
    try {
      const tab = await firefox.open(`${site}host.html`);
      const said = await firefox.ask(tab, async () => (await import("./program.js")).run("contract").catch((error) => `${error}\n${error.stack}`));
      assert.match(said, /^\d+\.\d+\.\d+$/);
    } finally {
      await firefox.stop();
    }
  });
});
