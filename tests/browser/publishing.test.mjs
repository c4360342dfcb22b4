// The words of README and docs/hosting.md, followed to the letter by somebody who has an empty folder, a static server and
// what was built: addresses, code, header lines, and the step of the workflow that lets other sites frame the page.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "node:test";
import { browser, root } from "./harness.mjs";
import { host } from "./hosts.mjs";
import { go } from "./steps.mjs";

const text = (name) => readFileSync(path.join(root, name), "utf8");
/** The blocks of code of this language in a section. */
const blocks = (name, section, language) => {
  const body = text(name).split(new RegExp(`^${section}$`, "m"))[1].split(/^## /m)[0];
  return [...body.matchAll(new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``, "g"))].map(([, code]) => code);
};

test("README's section on embedding, in an empty folder", async () => {
  const [links, element] = blocks("README.md", "## Put it on your site", "html");
  const [program] = blocks("README.md", "## Put it on your site", "js");
  const shop = await host();
  // The page of somebody who puts all of it into one file: the lines as they stand, and nothing else.
  shop.pages["/"] = `<!doctype html><html lang="en"><meta charset="utf-8"><title>My shop</title><link rel="icon" href="data:,"><h1>My shop</h1>
${links}
${element}
<script type="module">
${program}
document.title = \`\${await shuke.customers.count()}\`;
</script>`;
  const b = await browser({ server: shop });
  const page = await b.context.newPage();
  const wrong = [];
  page.on("pageerror", (error) => wrong.push(error.message));
  page.on("console", (message) => message.type() === "error" && wrong.push(message.text()));
  await page.goto(shop.url);
  await page.getByText("12,840 points").waitFor();
  await page.frameLocator("iframe[title=Shuke]").locator("main h1").first().waitFor();
  await page.waitForFunction(() => document.title === "1");
  // What the program put is on the page of its own, behind the link.
  await page.getByRole("link", { name: "Customers", exact: true }).click();
  await page.locator("main h1").first().waitFor();
  await go(page, "#/customers", "Customers");
  await page.getByRole("link", { name: "王小明" }).waitFor();
  assert.deepEqual(wrong, []);
  await shop.close();
});

test("under the header lines of docs/hosting.md everything works and nothing is violated", async () => {
  const [lines] = blocks("docs/hosting.md", "## Headers", "");
  const headers = Object.fromEntries(lines.trim().split("\n").map((line) => line.match(/^([A-Za-z-]+): (.*)$/).slice(1)));
  assert.deepEqual(Object.keys(headers), ["Content-Security-Policy", "Referrer-Policy", "X-Content-Type-Options", "Permissions-Policy"]);
  const b = await browser();
  // What says something about a policy are documents and scripts; the programs themselves are large.
  await b.context.route((url) => url.origin === b.server.origin && !url.pathname.endsWith(".wasm"), async (route) => {
    const response = await route.fetch();
    return route.fulfill({ response, headers: { ...response.headers(), ...headers } });
  });
  const page = await b.open("?demo=cafe#/customers");
  await page.getByText("2,000 customers").first().waitFor();
  await go(page, "#/segments/lifecycle", "Segments");
  await page.locator(".lifetime .moves-table").waitFor();
  await b.clean(page);
  // Another site may not frame it: the header says so before anything of the page runs.
  const stranger = await host({ files: false });
  stranger.pages["/"] = `<!doctype html><title>Stranger</title><link rel="icon" href="data:,"><iframe src="${b.server.url}"></iframe>`;
  const outside = await b.context.newPage();
  const refused = outside.waitForEvent("console", (message) => /frame-ancestors/.test(message.text()));
  await outside.goto(stranger.url.replace("127.0.0.1", "localhost"));
  await refused;
  await outside.close();
  await stranger.close();
});

test("the strict variant keeps the worker to the one address that was named", async () => {
  const [line] = blocks("docs/hosting.md", "## Headers", "nginx")[0].match(/default-src 'none'[^"]*/);
  assert.match(line, /connect-src 'self' https:\/\/sync\.example\.com/);
  const b = await browser();
  await b.context.route(/worker[^/]*\.js$/, async (route) => {
    const response = await route.fetch();
    return route.fulfill({ response, headers: { ...response.headers(), "content-security-policy": line } });
  });
  const page = await b.open("#/customers");
  await page.getByText("No customers yet").waitFor();
  const worker = page.workers()[0];
  const violated = (address) => worker.evaluate(async (address) => {
    const seen = [];
    const note = (event) => seen.push(event.effectiveDirective);
    addEventListener("securitypolicyviolation", note);
    // The name of the one that is allowed leads nowhere here; what counts is whether the policy had a say.
    await fetch(address).catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 0));
    removeEventListener("securitypolicyviolation", note);
    return seen;
  }, address);
  assert.deepEqual(await violated("https://elsewhere.example/"), ["connect-src"]);
  assert.deepEqual(await violated("https://sync.example.com/"), []);
});

test("the workflow writes who may frame the page, as it stands", () => {
  const workflow = text(".github/workflows/publish.yml");
  for (const step of ["bash .ci/run", "actions/upload-pages-artifact", "path: dist", "actions/deploy-pages", "cargo audit"]) assert.ok(workflow.includes(step), step);
  const [, command] = /run: (node -e '.*')\n/.exec(workflow);
  const folder = mkdtempSync(path.join(tmpdir(), "shuke-publish-"));
  mkdirSync(path.join(folder, "dist"));
  execFileSync("sh", ["-c", command], { cwd: folder, env: { ...process.env, HOSTS: "https://www.shop.example,\n https://shop.example " } });
  assert.deepEqual(JSON.parse(readFileSync(path.join(folder, "dist/frame-hosts.json"), "utf8")), { hosts: ["https://www.shop.example", "https://shop.example"] });
  rmSync(folder, { recursive: true });
});
