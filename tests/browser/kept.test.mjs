// The page kept on the device: it opens without a network after one visit, and a newer version comes whole or not at all,
// when the person asks for it.

import test from "node:test";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { axe, Browser, dist, partsHere, picture, serve } from "./harness.mjs";
import { eventually, go } from "./steps.mjs";

// Development builds are not kept.
const skip = existsSync(path.join(dist, "service-worker.js")) ? false : "this build is not kept on the device";
const integrity = (bytes) => `sha384-${createHash("sha384").update(bytes).digest("base64")}`;
const inCharge = (page) => page.evaluate(async () => {
  await navigator.serviceWorker.ready;
  if (!navigator.serviceWorker.controller) await new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true }));
});

/** A host that has moved on to another build: its page says `mark`. `torn` has uploaded the list but not the page. */
function publish(server, mark, { torn = false } = {}) {
  const page = readFileSync(path.join(dist, "index.html"));
  const marked = Buffer.from(page.toString().replace("<html", `<html data-build="${mark}"`));
  server.change = (name, body) => {
    if (name === "index.html") return torn ? body : marked;
    if (name !== "service-worker.js") return body;
    const text = body.toString();
    assert.ok(text.includes(integrity(page)), "the list has the page");
    return Buffer.from(text.replace(integrity(page), integrity(marked)).replace(/VERSION = "[0-9a-f]{16}"/, `VERSION = "${mark.padEnd(16, "0")}"`));
  };
}

/** Waits until a version is the one that is open: the page loads anew. */
async function taken(page, mark) {
  await page.waitForFunction((mark) => document.documentElement.dataset.build === mark, mark);
  await page.locator("main h1").first().waitFor();
}

/** Whether a newer version waits for the one in charge to go. */
const waits = (page) => page.evaluate(async () => Boolean((await navigator.serviceWorker.ready).waiting));

test("the page kept on the device", { skip }, async (t) => {
  let server = await serve();
  const b = await Browser.start({ server, kept: true });
  t.after(async () => { await b.stop(); await server.close(); });
  const build = (page) => page.evaluate(() => document.documentElement.dataset.build ?? "first");

  await t.test("what is announced can be installed", async () => {
    const page = await b.open();
    const manifest = await page.evaluate(async () => {
      const address = document.querySelector("link[rel=manifest]").href;
      const it = await (await fetch(address)).json();
      const sizes = await Promise.all(it.icons.map(async ({ src }) => {
        const image = await createImageBitmap(await (await fetch(new URL(src, address))).blob());
        return `${image.width}x${image.height}`;
      }));
      return { ...it, sizes };
    });
    assert.deepEqual(manifest.sizes, manifest.icons.map((icon) => icon.sizes));
    assert.equal(manifest.display, "standalone");
    await inCharge(page);
    await page.close();
    await b.clean();
  });

  await t.test("it opens without a server, every page of it, with the data that was there", async () => {
    const page = await b.open("#/customers/new");
    await page.getByLabel("Name", { exact: true }).fill("Zhou Min");
    await page.getByRole("button", { name: "Save", exact: true }).first().click();
    await page.getByRole("heading", { level: 1, name: "Zhou Min" }).waitFor();
    await server.close();
    await page.reload();
    await page.getByRole("heading", { level: 1, name: "Zhou Min" }).waitFor();
    await partsHere(page);
    await go(page, "#/segments", "Segments");
    await page.close();
    // A tab that was not there before, too.
    const other = await b.open("#/customers");
    await other.getByText("Zhou Min").first().waitFor();
    await other.close();
    server = await serve({ port: Number(new URL(b.server.url).port) });
    b.server = server;
    b.watched.length = 0;
  });

  await t.test("half a new version is none: the page that is there goes on", async () => {
    publish(server, "torn", { torn: true });
    const page = await b.open();
    await page.evaluate(async () => { await (await navigator.serviceWorker.ready).update().catch(() => {}); });
    const state = await page.evaluate(async () => {
      const { installing } = await navigator.serviceWorker.ready;
      if (installing) await new Promise((resolve) => installing.addEventListener("statechange", resolve, { once: true }));
      return { waiting: Boolean((await navigator.serviceWorker.ready).waiting), kept: (await caches.keys()).length };
    });
    assert.deepEqual(state, { waiting: false, kept: 1 });
    await page.reload();
    await page.locator("main h1").first().waitFor();
    assert.equal(await build(page), "first");
    await page.close();
    b.watched.length = 0;
  });

  await t.test("a new version is announced, taken when asked for, and then opens without a server", async () => {
    publish(server, "second");
    const page = await b.open();
    assert.equal(await build(page), "first");
    await page.getByText("A newer version is ready on this device.").waitFor();
    assert.deepEqual(await axe(page), []);
    await picture(page, "newer-version");
    await page.reload();
    await page.locator("main h1").first().waitFor();
    assert.equal(await build(page), "first", "reloading by oneself changes nothing");
    await page.getByRole("button", { name: "Reload" }).click();
    await taken(page, "second");
    assert.equal(await waits(page), true, "nobody else is put in charge under a living page");
    assert.equal(await page.getByText("A newer version is ready").count(), 0, "what is shown is not announced");
    await partsHere(page);
    await server.close();
    await page.reload();
    await page.locator("main h1").first().waitFor();
    assert.equal(await build(page), "second");
    await page.close();
  });

  await t.test("the one after it is announced and taken as well, while the first is still in charge", async () => {
    server = await serve({ port: Number(new URL(b.server.url).port) });
    b.server = server;
    publish(server, "third");
    const page = await b.open();
    assert.equal(await build(page), "second");
    await page.getByText("A newer version is ready on this device.").waitFor();
    await page.getByRole("button", { name: "Reload" }).click();
    await taken(page, "third");
    await server.close();
    await page.reload();
    await page.locator("main h1").first().waitFor();
    assert.equal(await build(page), "third");
    await page.close();
  });

  await t.test("when the browser was closed, it is in charge itself, and older ones are forgotten", async () => {
    await b.context.close();
    await b.launch({ kept: true });
    const page = await b.open();
    assert.equal(await build(page), "third");
    await eventually(() => waits(page), false);
    // It and the one before it, whose pages may have been open; and no wish.
    await eventually(() => page.evaluate(async () => (await caches.keys()).map((name) => name.split(":").at(-1)).slice(-1)), ["third00000000000"]);
    await eventually(() => page.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith("wanted:")).length), 0);
    assert.equal(await page.evaluate(async () => (await caches.keys()).length), 2);
    await page.close();
  });
});
