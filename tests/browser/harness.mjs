// What every browser test needs: dist/ on a plain static server under a sub-path, Chromium with a profile of its own,
// and a watch over everything that must never happen (foreign requests, CSP violations, errors in the console).

import { createServer } from "node:http";
import { readFile, mkdtemp, rm, mkdir } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { after } from "node:test";
import assert from "node:assert/strict";

const here = path.dirname(fileURLToPath(import.meta.url));
export const root = path.resolve(here, "../..");
export const dist = process.env.SHUKE_DIST ?? path.join(root, "dist");
export const artefacts = process.env.SHUKE_ARTEFACTS ?? path.join(root, "tests/artifacts");
export const file = (name) => path.join(root, "tests/files", name);
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
/**
 * How many times slower the page is than it could be, for finding what only a busy machine shows: its own thread is
 * held back so many times, and every answer of a worker comes 20 ms later for each.
 */
const slow = Number(process.env.SHUKE_SLOW ?? 1);
const axeSource = readFileSync(path.join(root, "node_modules/axe-core/axe.min.js"), "utf8");

const TYPES = {
  ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm",
  ".svg": "image/svg+xml", ".json": "application/json", ".png": "image/png", ".webmanifest": "application/json",
};

/**
 * Serves dist/ under /shop/crm/ and nothing else: no fallback, no special headers, as the simplest static host does.
 * `change` of what it gives, a function of name and body, stands for a host that serves something else than was built.
 */
export async function serve({ host = "127.0.0.1", port: wanted = 0 } = {}) {
  const site = {};
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const name = pathname.replace(/^\/shop\/crm\//, "");
    if (name === pathname || name.split("/").includes("..")) {
      response.writeHead(404).end("not found");
      return;
    }
    try {
      const found = await readFile(path.join(dist, decodeURIComponent(name) || "index.html"));
      const body = site.change?.(name || "index.html", found) ?? found;
      const type = TYPES[path.extname(name || "index.html")] ?? "application/octet-stream";
      response.writeHead(200, { "content-type": type }).end(body);
    } catch {
      response.writeHead(404).end("not found");
    }
  });
  await new Promise((resolve) => server.listen(wanted, "127.0.0.1", resolve));
  const { port } = server.address();
  Object.assign(site, {
    url: `http://${host}:${port}/shop/crm/`,
    origin: `http://${host}:${port}`,
    close: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }),
  });
  return site;
}

/** A browser with a profile of its own on disk, so that a reload, a kill and a second start find their data. */
export class Browser {
  static async start(options = {}) {
    const browser = new Browser();
    browser.profile = options.profile ?? (await mkdtemp(path.join(tmpdir(), "shuke-")));
    browser.server = options.server ?? (await serve());
    browser.ownsServer = !options.server;
    browser.watched = [];
    // Origins that the owner has connected: to them, and to nobody else, the page may speak.
    browser.endpoints = new Set(options.endpoints);
    await browser.launch(options);
    return browser;
  }

  async launch({ locale = "en-GB", colorScheme = "light", viewport = { width: 1440, height: 900 }, init, timezoneId = "Asia/Shanghai", args = [], kept = false } = {}) {
    this.context = await chromium.launchPersistentContext(this.profile, {
      executablePath, headless: true, locale, colorScheme, viewport, timezoneId, acceptDownloads: true,
      reducedMotion: "reduce",
      // Playwright does not see what a service worker fetches; only the tests of the page kept on the device have one.
      serviceWorkers: kept ? "allow" : "block",
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", ...args],
    });
    // Who waits in vain fails late; who waits for a busy machine does not fail.
    this.context.setDefaultTimeout(40_000);
    if (slow > 1) await this.context.addInitScript(lateAnswers, slow * 20);
    await this.context.addInitScript(() => {
      globalThis.__violations = [];
      // Confirmations go after some seconds; that they were there is known for longer.
      globalThis.__told = [];
      new MutationObserver((records) => {
        for (const node of records.flatMap((it) => [...it.addedNodes])) {
          if (node.classList?.contains("toast")) globalThis.__told.push(node.textContent);
        }
      }).observe(document, { childList: true, subtree: true });
      addEventListener("securitypolicyviolation", (event) =>
        globalThis.__violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
    });
    if (init) await this.context.addInitScript(init);
    this.context.on("request", (request) => {
      const url = request.url();
      if (URL.canParse(url) && this.endpoints.has(new URL(url).origin)) return;
      if (!url.startsWith(this.server.origin) && !url.startsWith("blob:") && !url.startsWith("data:")) {
        this.watched.push(`request to another origin: ${url}`);
      }
    });
  }

  /** Opens a page at a hash route (`#/customers`) or query (`?demo=cafe`). */
  async open(where = "", { ready = true } = {}) {
    const page = await this.context.newPage();
    if (slow > 1) {
      const session = await this.context.newCDPSession(page);
      await session.send("Emulation.setCPUThrottlingRate", { rate: slow });
    }
    page.on("console", (message) => {
      if (message.type() === "error") this.watched.push(`console: ${message.text()}`);
    });
    page.on("pageerror", (error) => this.watched.push(`page error: ${error.message}`));
    // Choosers are caught from the start: who begins with the wait for one is too late for a key pressed at once.
    page.on("filechooser", () => {});
    await page.goto(this.server.url + where);
    if (ready) await page.locator("main h1").first().waitFor();
    return page;
  }

  /** Everything that must never happen did not happen on this page so far. */
  async clean(page) {
    const violations = page ? await page.evaluate(() => globalThis.__violations) : [];
    assert.deepEqual([...this.watched, ...violations], []);
  }

  /** Ends the browser's process at once, as a power cut would; the profile stays. */
  async kill() {
    const { execFileSync } = await import("node:child_process");
    // The processes are found by their profile folder, which no other browser has.
    const list = execFileSync("ps", ["-eo", "pid,args"], { encoding: "utf8" });
    for (const line of list.split("\n")) {
      if (line.includes(`--user-data-dir=${this.profile}`)) {
        try { process.kill(Number(line.trim().split(/\s+/)[0]), "SIGKILL"); } catch { /* it has ended already */ }
      }
    }
    await this.context.close().catch(() => {});
  }

  async stop() {
    await this.context.close().catch(() => {});
    if (this.ownsServer) await this.server.close();
    await rm(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Hands every message of a worker on so many milliseconds later, in the order in which they came. */
function lateAnswers(delay) {
  const late = new WeakSet();
  globalThis.Worker = class extends Worker {
    constructor(...how) {
      super(...how);
      // The first listener, so that nobody else hears the message when it comes.
      this.addEventListener("message", (event) => {
        if (late.has(event)) return;
        event.stopImmediatePropagation();
        const again = new MessageEvent("message", { data: event.data, ports: [...event.ports] });
        late.add(again);
        setTimeout(() => this.dispatchEvent(again), delay);
      });
    }
  };
}

/** A browser that ends with the test file. */
export async function browser(options) {
  const it = await Browser.start(options);
  after(() => it.stop());
  return it;
}

/** Waits until every part of the program that is fetched on demand is there: from then on the page needs no network. */
export async function partsHere(page) {
  await page.locator("html[data-parts=here]").waitFor({ state: "attached" });
}

/** Accessibility violations of the page as it is now, as readable lines. */
export async function axe(page) {
  // A word that is still fading in has the contrast of that moment.
  await settled(page);
  await page.evaluate(axeSource);
  const result = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
  return result.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(" ")} (${n.failureSummary?.split("\n")[1]?.trim()})`));
}

/** What moves has come to rest, and has been painted. */
export const settled = (page) => page.evaluate(async () => {
  const ending = document.getAnimations().filter((it) => it.effect.getComputedTiming().endTime !== Infinity);
  await Promise.allSettled(ending.map((it) => it.finished));
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
});

/** Keeps a picture of the page as an artefact of the run. */
export async function picture(page, name) {
  await mkdir(artefacts, { recursive: true });
  await page.screenshot({ path: path.join(artefacts, `${name}.png`) });
}
