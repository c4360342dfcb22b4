// Debian's Firefox over WebDriver BiDi, by hand: opening a page and asking it something is all that is needed here.

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";

/** How long Firefox may take to listen. */
const START_MS = 60_000;

export class Firefox {
  static async start({ executable = process.env.FIREFOX ?? "/usr/bin/firefox-esr", packages = process.env.SHUKE_EMBED } = {}) {
    const it = new Firefox();
    const { WebSocket } = createRequire(path.join(packages, "package.json"))("ws");
    it.profile = await mkdtemp(path.join(tmpdir(), "shuke-firefox-"));
    it.process = spawn(executable, ["--headless", "--no-remote", "--profile", it.profile, "--remote-debugging-port", "0", "about:blank"], { stdio: ["ignore", "ignore", "pipe"] });
    const address = await new Promise((resolve, reject) => {
      let said = "";
      const late = setTimeout(() => reject(new Error(`Firefox does not listen: ${said}`)), START_MS);
      it.process.stderr.on("data", (data) => {
        said += data;
        const found = /WebDriver BiDi listening on (ws:\S+)/.exec(said);
        if (found) {
          clearTimeout(late);
          resolve(found[1]);
        }
      });
      it.process.on("exit", (code) => reject(new Error(`Firefox ended with ${code}: ${said}`)));
    });
    it.socket = new WebSocket(`${address}/session`);
    await new Promise((resolve, reject) => it.socket.once("open", resolve).once("error", reject));
    it.waiting = new Map();
    it.socket.on("message", (data) => {
      const message = JSON.parse(data);
      const wait = it.waiting.get(message.id);
      if (!wait) return;
      it.waiting.delete(message.id);
      if (message.type === "error") wait.reject(new Error(`${message.error}: ${message.message}`));
      else wait.resolve(message.result);
    });
    await it.say("session.new", { capabilities: {} });
    return it;
  }

  say(method, params) {
    this.last = (this.last ?? 0) + 1;
    const id = this.last;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.socket.send(JSON.stringify({ id, method, params }));
    });
  }

  /** A new tab at an address. */
  async open(url) {
    const { context } = await this.say("browsingContext.create", { type: "tab" });
    await this.say("browsingContext.navigate", { context, url, wait: "complete" });
    return context;
  }

  /** What an async function without free variables gives in a tab, as JSON. */
  async ask(context, work, ...input) {
    const expression = `(async () => JSON.stringify(await (${work})(...${JSON.stringify(input)})) ?? "null")()`;
    const said = await this.say("script.evaluate", { expression, target: { context }, awaitPromise: true });
    if (said.type === "exception") throw new Error(said.exceptionDetails.text);
    return JSON.parse(said.result.value);
  }

  async stop() {
    this.process.removeAllListeners("exit");
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    await this.say("browser.close", {}).catch(() => {});
    const late = setTimeout(() => this.process.kill("SIGKILL"), 10_000);
    await ended;
    clearTimeout(late);
    this.socket.close();
    await rm(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
