// A member's view: each entry of the ledger in plain words, the state of any past day, what ends and what is within reach;
// the card, whose QR code opens the member at the counter through a camera.

import assert from "node:assert/strict";
import { readFile, writeFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { axe, browser, partsHere } from "./harness.mjs";
import { eventually, go, notice, openCustomer } from "./steps.mjs";
import { PROGRAM, command, init, member, searchBox, setProgram, standing, toCounter } from "./till.mjs";

const record = (page) => page.locator("main article");
const dialog = (page) => page.locator("dialog[open]");
const ago = (days) => new Date(Date.now() - days * 86_400_000);
const day = (date) => new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" }).format(date);
const balance = (page, text) => eventually(() => record(page).locator(".member-top .stat-value").first().innerText(), text);

test("a member's points in plain words", async (t) => {
  const b = await browser({ init });
  const page = await b.open();
  await setProgram(page);
  const fang = await member(page, "王芳", "13800001234");
  const buy = async (days, amount, category) => {
    const lines = category ? [{ product: "Latte", category, quantityMilli: 1000, amount }] : [];
    const fields = { at: ago(days).toISOString(), currency: "CNY", amount, status: "paid", externalId: `N${days}`, lines };
    return (await command(page, { create_order: { customer: fang, fields } })).outcome.order.id;
  };
  await buy(400, 20_000);
  const returned = await buy(100, 50_000);
  await buy(60, 30_000, "coffee");

  await t.test("what, why, by which rule and version, until when", async () => {
    await command(page, { refund_order: { order: returned, amount: 10_000, key: "r1" } });
    await command(page, { redeem: { customer: fang, points: null, reward: "mug", order_amount: null, order: null, key: "k1" } });
    await openCustomer(page, "王芳", "Points");
    await balance(page, "700");
    const row = (text) => record(page).locator(".member table").last().getByRole("row").filter({ hasText: text });
    await row("Order N60").getByText(/1 point.*¥1\.00.*programme version 1.*usable until/).waitFor();
    await row("for “Mug”").waitFor();
    await row("because of a return").getByRole("link", { name: "Order N100" }).waitFor();
    await row("not used in time").waitFor();
    await row("Order N60").getByRole("link", { name: "Order N60" }).click();
    await page.getByRole("heading", { level: 1, name: "Order N60" }).waitFor();
    await page.goBack();
  });

  await t.test("the way to the next tier, what ends in which month, rewards within reach", async () => {
    await record(page).getByText("1,000 / 2,000").or(record(page).getByText(/of 2,000 towards “Gold”/)).first().waitFor();
    const months = await record(page).locator(".ends li").allInnerTexts();
    const sum = months.reduce((all, text) => all + Number(text.replaceAll(",", "").match(/(\d+)\s*$/)[1]), 0);
    assert.equal(sum, 700);
    await record(page).locator(".reach").getByText("Can be had now").waitFor();
    await record(page).locator(".reach li").filter({ hasText: "Lamp" }).getByText("4,300 points more").waitFor();
  });

  await t.test("the balance of any day, kept in the link", async () => {
    const then = day(ago(110));
    await record(page).locator(".as-of input").fill(then);
    await balance(page, "200");
    assert.match(page.url(), new RegExp(`on=${then}`));
    assert.equal(await record(page).getByRole("row").filter({ hasText: "Order N100" }).count(), 0, "what came later is not there yet");
    assert.equal(await record(page).getByRole("button", { name: "Redeem" }).count(), 0, "the past cannot be changed");
    await page.reload();
    await balance(page, "200");
    await record(page).getByRole("button", { name: /today/i }).click();
    await balance(page, "700");
  });

  await t.test("it is accessible, on a phone too", async () => {
    for (const size of [{ width: 390, height: 844 }, { width: 1440, height: 900 }]) {
      await page.setViewportSize(size);
      await balance(page, "700");
      assert.deepEqual(await axe(page), []);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    }
  });

  await t.test("a friend is noted once", async () => {
    await member(page, "李娜", "13900005678");
    await setProgram(page, { ...PROGRAM, earn: [...PROGRAM.earn, { id: "friend", on: "referral", points: 50 }] });
    const note = async () => {
      await record(page).locator(".member-top").getByRole("button", { name: "More" }).click();
      await page.getByText("Brought a friend").click();
      await dialog(page).getByRole("searchbox").fill("5678");
      await dialog(page).getByRole("button", { name: "李娜" }).click();
      await dialog(page).getByRole("button", { name: "Note it" }).click();
    };
    await note();
    await balance(page, "750");
    await note();
    await dialog(page).getByRole("alert").filter({ hasText: /\S/ }).waitFor();
    await dialog(page).getByRole("button", { name: "Cancel" }).click();
    await balance(page, "750");
  });

  await t.test("two members become one, and two again", async () => {
    const twin = await member(page, "王小芳", "13700009876", 120);
    await record(page).locator(".member-top").getByRole("button", { name: "More" }).click();
    await page.getByText("Merge another member into this one").click();
    await dialog(page).getByRole("searchbox").fill("9876");
    await dialog(page).getByRole("button", { name: "王小芳" }).click();
    await dialog(page).getByRole("button", { name: "Merge" }).click();
    await balance(page, "870");
    assert.equal((await standing(page, twin)).balance, 0, "none of them is left there");
    await notice(page, "Points of 王小芳 are here now", { undo: true });
    await balance(page, "750");
    assert.equal((await standing(page, twin)).balance, 120);
  });
  await b.clean(page);
});

test("the card: printed, saved, and read again by a camera", async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), "shuke-card-"));
  after(() => rm(folder, { recursive: true, force: true }));
  const video = path.join(folder, "card.y4m");
  const foreign = path.join(folder, "foreign.y4m");
  const profile = await mkdtemp(path.join(tmpdir(), "shuke-"));
  const b = await browser({ init, profile });
  let page = await b.open();
  await setProgram(page);
  const fang = await member(page, "王芳", "13800001234", 120);

  await t.test("it has name, tier and number, and is alone on paper", async () => {
    await openCustomer(page, "王芳", "Points");
    await record(page).getByRole("button", { name: "Member card" }).click();
    const card = dialog(page).getByRole("img", { name: `王芳 · Silver · ${fang}` });
    await card.waitFor();
    assert.deepEqual(await axe(page), []);
    await page.emulateMedia({ media: "print" });
    const seen = () => page.evaluate(() => ["#member-card", ".member-top", ".dialog-head"].map((it) =>
      getComputedStyle(document.querySelector(it)).visibility));
    try {
      await eventually(seen, ["visible", "hidden", "hidden"]);
      const { width } = await card.boundingBox();
      assert.ok(Math.abs(width - 85.6 * 96 / 25.4) < 1, `${width} px is as wide as a bank card`);
    } finally {
      await page.emulateMedia({ media: "screen" });
    }
  });

  await t.test("saved as SVG and as PNG", async () => {
    const save = async (name) => {
      const [download] = await Promise.all([page.waitForEvent("download"), dialog(page).getByRole("button", { name }).click()]);
      const to = path.join(folder, download.suggestedFilename());
      await download.saveAs(to);
      return to;
    };
    const svg = await save("Save as SVG");
    assert.equal(path.basename(svg), "王芳-card.svg");
    const drawing = await readFile(svg, "utf8");
    assert.match(drawing, /^<svg[^>]*viewBox="0 0 856 540"/);
    assert.match(drawing, /王芳/);
    assert.doesNotMatch(drawing, /<script|javascript:|href=/);
    const png = await save("Save as picture (PNG)");
    assert.equal(path.basename(png), "王芳-card.png");
    const bytes = await readFile(png);
    assert.equal(bytes.subarray(1, 4).toString(), "PNG");
    // What a camera sees: the saved picture in the middle of a grey table, half as large, a little turned.
    await writeFile(video, await film(page, bytes));
    await writeFile(foreign, await film(page, bytes, 0));
  });

  await t.test("the camera at the counter opens the member, without a network too", async () => {
    await b.context.close();
    await b.launch({ init, args: ["--use-fake-device-for-media-stream", `--use-file-for-fake-video-capture=${video}`] });
    await b.context.grantPermissions(["camera"], { origin: b.server.origin });
    page = await b.open();
    await toCounter(page);
    await searchBox(page).waitFor();
    await partsHere(page);
    await b.context.setOffline(true);
    await page.getByRole("button", { name: "Scan" }).click();
    await page.getByRole("heading", { level: 1, name: "王芳" }).waitFor();
    assert.equal(new URL(page.url()).hash, `#/counter/${fang}`);
    assert.equal(await dialog(page).count(), 0, "the camera is closed");
    assert.equal((await standing(page, fang)).balance, 120);
    await b.context.setOffline(false);
    await b.clean(page);
  });

  await t.test("a picture without a code opens nobody; closing the dialog gives the camera back", async () => {
    await b.context.close();
    await b.launch({ init: watchCamera, args: ["--use-fake-device-for-media-stream", `--use-file-for-fake-video-capture=${foreign}`] });
    await b.context.grantPermissions(["camera"], { origin: b.server.origin });
    page = await b.open("#/counter");
    await page.getByRole("button", { name: "Scan" }).click();
    await dialog(page).getByText("Hold the code of the card in front of the camera.").waitFor();
    assert.deepEqual(await page.evaluate(() => globalThis.__tracks.map((it) => it.readyState)), ["live"]);
    await page.keyboard.press("Escape");
    await eventually(() => page.evaluate(() => globalThis.__tracks.map((it) => it.readyState)), ["ended"]);
    assert.equal(new URL(page.url()).hash, "#/counter");
    await b.clean(page);
  });

  await t.test("a camera that the person does not allow is said in words", async () => {
    await b.context.close();
    await b.launch({ args: ["--use-fake-device-for-media-stream", "--deny-permission-prompts"] });
    page = await b.open("#/counter");
    await page.getByRole("button", { name: "Scan" }).click();
    await dialog(page).getByText(/does not let the page use the camera/).waitFor();
    await go(page, "#/", /./);
  });
});

/** Runs in the page: remembers every track of every camera that was opened. */
function watchCamera() {
  globalThis.__tracks = [];
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wish) => {
    const stream = await ask(wish);
    globalThis.__tracks.push(...stream.getTracks());
    return stream;
  };
}

/** A film of two seconds in the form that the browser takes for a camera (YUV4MPEG2, 640 by 480, 4:2:0). */
async function film(page, png, scale = 0.3) {
  const luma = await page.evaluate(async ({ png, scale }) => {
    const bytes = Uint8Array.from(atob(png), (c) => c.charCodeAt(0));
    const picture = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const canvas = new OffscreenCanvas(640, 480);
    const context = canvas.getContext("2d");
    context.fillStyle = "rgb(120 120 120)";
    context.fillRect(0, 0, 640, 480);
    context.translate(320, 240);
    context.rotate(0.12);
    if (scale > 0) context.drawImage(picture, -picture.width * scale / 2, -picture.height * scale / 2, picture.width * scale, picture.height * scale);
    const { data } = context.getImageData(0, 0, 640, 480);
    const luma = new Uint8Array(640 * 480);
    for (let at = 0; at < luma.length; at += 1) luma[at] = 16 + (data[at * 4] * 66 + data[at * 4 + 1] * 129 + data[at * 4 + 2] * 25) / 256;
    let text = "";
    for (let at = 0; at < luma.length; at += 8192) text += String.fromCharCode(...luma.subarray(at, at + 8192));
    return btoa(text);
  }, { png: png.toString("base64"), scale });
  const frame = Buffer.concat([Buffer.from("FRAME\n"), Buffer.from(luma, "base64"), Buffer.alloc(640 * 480 / 2, 128)]);
  return Buffer.concat([Buffer.from("YUV4MPEG2 W640 H480 F15:1 Ip A1:1 C420mpeg2\n"), ...Array(30).fill(frame)]);
}
