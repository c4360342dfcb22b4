// Loading on demand: what the page does while a part of the program is on its way, and when it does not arrive.

import test from "node:test";
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { axe, Browser, dist, partsHere, picture, serve } from "./harness.mjs";
import { go } from "./steps.mjs";

// Development builds are one piece.
const skip = readdirSync(dist).some((name) => name.startsWith("part-")) ? false : "this build is not cut into parts";
const isPart = (name) => name.startsWith("part-");

test("parts of the program", { skip }, async (t) => {
  const server = await serve();
  const b = await Browser.start({ server });
  t.after(async () => { await b.stop(); await server.close(); });
  // A changed byte: the browser refuses the file.
  const withhold = () => { server.change = (name, body) => (isPart(name) ? Buffer.concat([body, Buffer.from([0])]) : body); };
  const hand = () => { server.change = undefined; };

  await t.test("the first page asks for none of them before it is drawn, and for all of them after", async () => {
    hand();
    const page = await b.context.newPage();
    const asked = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname.split("/").pop()));
    await page.goto(`${server.url}?demo=cafe`);
    await page.locator("main h1").first().waitFor();
    assert.deepEqual(asked.filter(isPart), [], "before the first page is there");
    await partsHere(page);
    const parts = readdirSync(dist).filter(isPart).sort();
    assert.deepEqual(asked.filter(isPart).sort(), parts, "each once");
    await page.close();
    await b.clean();
  });

  await t.test("a page whose part was changed on the way says so, and opens when it is asked again", async () => {
    withhold();
    const page = await b.open();
    await page.evaluate(() => { location.hash = "#/customers"; });
    await page.getByRole("heading", { level: 1, name: "This page could not be loaded" }).waitFor();
    await page.getByText("Your data was not touched. Try again").waitFor();
    assert.deepEqual(await axe(page), []);
    await picture(page, "part-failed");
    hand();
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("heading", { level: 1, name: "Customers" }).waitFor();
    await page.close();
  });

  await t.test("a page that was never fetched says that there is no network, and opens when it is back", async () => {
    withhold();
    const page = await b.open();
    await b.context.setOffline(true);
    await page.evaluate(() => { location.hash = "#/settings"; });
    await page.getByText("There is no network, and this page was not opened before.").waitFor();
    assert.equal(await page.getByRole("button", { name: "Reload" }).count(), 0, "a reload would lose the page");
    await picture(page, "part-offline");
    hand();
    await b.context.setOffline(false);
    await page.getByRole("heading", { level: 1, name: "Settings" }).waitFor();
    await partsHere(page);
    await b.context.setOffline(true);
    await go(page, "#/points", "Points");
    await b.context.setOffline(false);
    await page.close();
  });
});
