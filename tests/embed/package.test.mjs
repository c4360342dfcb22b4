// The npm package as somebody gets it: what is in it, its types from node_modules, and a Vite project that is built with it
// and run.

import assert from "node:assert/strict";
import { cp, readFile, readdir, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { browser, root } from "../browser/harness.mjs";
import { STRICT, folder, here, packages, run, serve, typescript } from "./steps.mjs";

const archive = process.env.SHUKE_PACKAGE;

/** A project with the package in its node_modules, as npm puts it there, and beside it what else it names. */
async function project(example = "vite", beside = []) {
  const it = await folder();
  await cp(path.join(here, example), it, { recursive: true });
  await run("npm", ["install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", archive], { cwd: it });
  for (const name of beside) await symlink(path.join(packages, "node_modules", name), path.join(it, "node_modules", name));
  return it;
}

/** Vite as a program. */
async function vite() {
  const found = createRequire(path.join(packages, "package.json")).resolve("vite");
  return import(pathToFileURL(found).href);
}

/** A tab that notes what goes wrong in it. */
async function tab(b, url) {
  const page = await b.context.newPage();
  const wrong = [];
  page.on("pageerror", (error) => wrong.push(error.message));
  page.on("response", (response) => response.status() >= 400 && !response.url().endsWith("favicon.ico") && wrong.push(response.url()));
  await page.goto(url);
  return { page, wrong };
}

test("the package has what it says, and nothing else", async () => {
  const it = await project();
  const names = await readdir(path.join(it, "node_modules/shuke"));
  for (const name of ["package.json", "README.md", "LICENSE", "LICENSE-MIT", "shuke.js", "shuke.d.ts", "track.js", "track.d.ts", "inbox.js", "inbox.d.ts", "elements.js", "elements.d.ts"]) assert.ok(names.includes(name), name);
  assert.equal(names.filter((name) => name.endsWith(".wasm")).length, 2, names.join(" "));
  assert.deepEqual(names.filter((name) => /\.map$|\.html$|^app|^part|sqlite/.test(name)), []);
  const { name, exports, version } = JSON.parse(await readFile(path.join(it, "node_modules/shuke/package.json"), "utf8"));
  assert.deepEqual([name, exports["."].types], ["shuke", "./shuke.d.ts"]);
  assert.match(version, /^\d+\.\d+\.\d+$/);
});

test("its types are found in node_modules, by bundlers' rules and by Node's", async () => {
  const it = await project();
  await cp(path.join(here, "program.ts"), path.join(it, "program.ts"));
  await writeFile(path.join(it, "others.ts"), `import "shuke/elements";
import { collect } from "shuke/inbox";
import { open, type OpenedShuke } from "shuke";
import { configure, consented, track } from "shuke/track";
import type { ShukeCardMember } from "shuke/elements";

export async function work(member: ShukeCardMember, shuke: OpenedShuke): Promise<string> {
  const card = document.createElement("shuke-loyalty-card");
  card.member = member;
  configure({ inbox: "https://shop.example/inbox", auto: ["page_view"] });
  if (consented() === true) await track("added", { product: "latte", price: 28 });
  const { cursor } = await collect(shuke, { inbox: "https://shop.example/inbox", token: "" });
  document.addEventListener("shuke-done", ({ detail }) => console.log(detail.state));
  return cursor + typeof open;
}
`);
  for (const [module, moduleResolution] of [["esnext", "bundler"], ["node16", "node16"]]) {
    const compilerOptions = { ...STRICT, module, moduleResolution, noEmit: true };
    await writeFile(path.join(it, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["program.ts", "others.ts"] }));
    await typescript(path.join(it, "tsconfig.json"));
  }
  // A check that cannot fail is none.
  await writeFile(path.join(it, "others.ts"), 'import { collect } from "shuke/inbox";\nexport const wrong: number = collect;\n');
  await assert.rejects(typescript(path.join(it, "tsconfig.json")), /others\.ts/);
});

test("a Vite project is built with it and runs; its development server does, too", async () => {
  const it = await project();
  const { build, createServer } = await vite();
  const configFile = path.join(it, "vite.config.js");
  await build({ root: it, logLevel: "warn", configFile });
  const site = await serve(path.join(it, "dist"));
  const b = await browser();
  const { page, wrong } = await tab(b, site);
  await page.locator("html[data-shuke]").waitFor({ state: "attached" });
  await page.getByLabel("Name").fill("王小明");
  await page.getByRole("button", { name: "Add" }).click();
  await page.getByRole("listitem").filter({ hasText: "王小明" }).waitFor();
  assert.equal(await page.locator("output").textContent(), "1");
  // Kept in this browser: it is there after a reload, and the whole database can be taken away.
  await page.reload();
  await page.getByRole("listitem").filter({ hasText: "王小明" }).waitFor();
  assert.deepEqual(wrong, []);

  const server = await createServer({ root: it, logLevel: "error", configFile, server: { host: "127.0.0.1", port: 0, hmr: false, watch: null } });
  try {
    await server.listen();
    const { page: other, wrong: faults } = await tab(b, `http://127.0.0.1:${server.httpServer.address().port}/`);
    await other.locator("html[data-shuke]").waitFor({ state: "attached" });
    assert.deepEqual(faults, []);
  } finally {
    await server.close();
  }
});

/** README's example in this language, word for word. */
async function example(language) {
  const readme = await readFile(path.join(root, "docs/npm.md"), "utf8");
  return new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(readme)[1];
}

test("README's examples for React and Vue are built as they stand and run; bundled elements need no base", async (t) => {
  const it = await project("frameworks", ["react", "react-dom", "vue", "@vitejs"]);
  await writeFile(path.join(it, "Customers.jsx"), await example("jsx"));
  await writeFile(path.join(it, "Customers.vue"), await example("vue"));
  const { build } = await vite();
  await build({ root: it, logLevel: "warn", configFile: path.join(it, "vite.config.js") });
  // Beside what was built the package itself, for another program of the same site.
  const site = await serve(path.join(it, "dist"), path.join(it, "node_modules/shuke"));
  const b = await browser();

  for (const name of ["react", "vue"]) {
    await t.test(name, async () => {
      const { page, wrong } = await tab(b, `${site}${name}.html`);
      const list = page.getByRole("list");
      await list.waitFor({ state: "attached" });
      // A customer comes by way of another program of the same site: the list follows.
      const put = (customer) => page.evaluate(async (given) => {
        globalThis.shuke ??= await (await import("./shuke.js")).open();
        await shuke.customers.put(given);
      }, customer);
      await put({ externalId: `F-${name}`, name: `王小明 ${name}` });
      await list.getByText(`王小明 ${name}`).waitFor();
      // Gone from the page it closes its own connection, and comes back with what is there by then.
      await page.getByRole("button", { name: "Hide" }).click();
      await list.waitFor({ state: "detached" });
      await put({ externalId: `F-${name}`, name: `王大明 ${name}` });
      await page.getByRole("button", { name: "Show" }).click();
      await list.getByText(`王大明 ${name}`).waitFor();
      assert.deepEqual(wrong, []);
    });
  }

  await t.test("elements", async () => {
    const { page } = await tab(b, `${site}elements.html`);
    await page.locator("html[data-there='null function']").waitFor({ state: "attached" });
    await page.getByText("12,840 points").waitFor();
    await page.locator("shuke-segment-count").getByText("0 customers").waitFor();
    // The whole page is not in the package, and its element says what is missing where.
    await page.getByText(/There is no Shuke page in .*\/assets\/\. Name the folder where dist\/ lies in the attribute base\./).waitFor();
  });
});

test("it also works from a folder without a bundler", async () => {
  const it = await project();
  const site = await serve({ "index.html": '<!doctype html><script type="module">import { open } from "./shuke.js"; const shuke = await open({ storage: "memory", demo: "cafe" }); document.title = `${(await shuke.customers.count()) > 100}`;</script>' }, path.join(it, "node_modules/shuke"));
  const b = await browser();
  const page = await b.context.newPage();
  await page.goto(site);
  await page.waitForFunction(() => document.title === "true");
});
