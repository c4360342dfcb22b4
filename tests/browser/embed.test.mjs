// The whole page inside other people's pages: in a shadow root, in a frame of its own origin, and on embed.html.

import test, { after } from "node:test";
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { axe, browser, picture, root } from "./harness.mjs";
import { host, page, STRICT } from "./hosts.mjs";
import { eventually, takeTime } from "./steps.mjs";

const strict = await host({ csp: STRICT });
after(() => strict.close());
const it = await browser({ server: strict, viewport: { width: 1280, height: 1000 } });

/** Opens a page of the host with the whole page in it. */
async function open(body, options = {}) {
  strict.pages["/page"] = page({ body, ...options });
  const opened = await it.open("page", { ready: false });
  await opened.locator("shuke-app main h1").first().waitFor();
  return opened;
}

test("the page works inside a strict host, and what it does stays inside", async () => {
  const shop = await open('<header><h1>Shop</h1><input aria-label="Search the shop"></header><shuke-app demo="cafe"></shuke-app><footer id="after">After</footer>');
  const font = await shop.locator("shuke-app main h1").first().evaluate((it) => getComputedStyle(it).fontFamily);
  assert.match(font, /sans-serif/, "the product's own font, not the browser's first");
  const app = shop.locator("shuke-app");
  const before = await shop.evaluate(() => ({ url: location.href, title: document.title, lang: document.documentElement.lang, face: getComputedStyle(document.getElementById("after")).font, sheets: document.styleSheets.length }));
  await app.getByRole("link", { name: "Customers", exact: true }).first().click();
  await app.getByRole("heading", { name: "Customers", level: 1 }).waitFor();
  // A dialog opens over the page, keeps the focus and gives it back.
  await app.getByRole("button", { name: "New customer" }).first().click();
  await app.getByRole("dialog").waitFor();
  await shop.keyboard.press("Escape");
  await app.getByRole("dialog").waitFor({ state: "hidden" });
  // Keys mean the page only while the focus is inside.
  await shop.getByLabel("Search the shop").focus();
  await shop.keyboard.press("Control+k");
  assert.equal(await app.getByRole("dialog").count(), 0);
  await app.getByRole("heading", { name: "Customers", level: 1 }).click();
  await shop.keyboard.press("Control+k");
  await app.getByRole("combobox").first().waitFor();
  await shop.keyboard.press("Escape");
  const now = await shop.evaluate(() => ({ url: location.href, title: document.title, lang: document.documentElement.lang, face: getComputedStyle(document.getElementById("after")).font, sheets: document.styleSheets.length }));
  assert.deepEqual(now, before);
  assert.deepEqual(await axe(shop), []);
  await picture(shop, "embed-app");
  await it.clean(shop);
  await shop.close();
});

test("styles that want everything and a patched page change nothing inside", async () => {
  const look = async (head) => {
    const shop = await open('<shuke-app demo="cafe" start="#/customers" lang="zh-CN" theme="light"></shuke-app>', { head });
    const app = shop.locator("shuke-app");
    await app.getByText("2,000 位客户").first().waitFor();
    const seen = await app.locator(".shuke-root").evaluate((root) => {
      const said = {};
      for (const selector of ["h1", "nav a", "button", "input", "[role=row]"]) {
        const { fontSize, fontFamily, color, display, letterSpacing, paddingLeft, backgroundColor } = getComputedStyle(root.querySelector(selector));
        said[selector] = { fontSize, fontFamily, color, display, letterSpacing, paddingLeft, backgroundColor, height: root.querySelector(selector).offsetHeight };
      }
      return said;
    });
    await shop.close();
    return seen;
  };
  const hostile = "<style>* { all: unset !important; display: block !important; font: 40px fantasy !important; color: red !important; letter-spacing: 9px !important } head, head *, script { display: none !important } html { color-scheme: light }</style>";
  // The policy lets no inline style or script in: this host has none.
  const open = async (body, { head }) => {
    loose.pages["/page"] = page({ body, head });
    const shop = await it.context.newPage();
    await shop.goto(`${loose.origin}/page`);
    return shop;
  };
  const loose = await host();
  const patched = `<script>Array.prototype.remove = () => {}; Array.prototype.toJSON = () => "junk"; Object.prototype.extra = "junk"; JSON.parse = () => { throw new Error("patched"); }; globalThis.fetch = () => { throw new Error("patched"); };</script>`;
  assert.deepEqual(await look(hostile + patched), await look("<style>html { color-scheme: light } body { margin: 0 }</style>"));
  await loose.close();
});

test("the host chooses the language, the appearance and the size; a narrow place is a phone", async () => {
  const shop = await open('<main><h1>Shop</h1><shuke-app demo="cafe" lang="zh-CN" theme="dark"></shuke-app></main>');
  const app = shop.locator("shuke-app");
  await app.getByRole("link", { name: "客户", exact: true }).first().waitFor();
  const paper = () => app.locator(".shuke-root").evaluate((root) => getComputedStyle(root).getPropertyValue("--paper").trim());
  assert.equal(await paper(), "#151512");
  await app.evaluate((element) => { element.setAttribute("lang", "en"); element.setAttribute("theme", "light"); });
  await app.getByRole("link", { name: "Customers", exact: true }).first().waitFor();
  assert.equal(await paper(), "#faf8f4");
  assert.deepEqual(await shop.evaluate(() => Object.keys(localStorage).filter((key) => key === "shuke.theme" || key === "shuke.language")), []);
  await app.evaluate((element) => { element.style.width = "390px"; });
  // The navigation of a phone lies at the element's lower edge, not at the window's.
  const bar = app.locator("nav").filter({ visible: true }).last();
  const [own, lower] = [await app.boundingBox(), await bar.boundingBox()];
  assert.ok(lower.width <= 390 && Math.abs(lower.y + lower.height - own.y - own.height) < 2, JSON.stringify({ own, lower }));
  await picture(shop, "embed-app-narrow");
  await shop.close();
});

test("places are kept from the host's address, or behind a mark of their own, with back and forward", async () => {
  const shop = await open('<a href="#prices">Prices</a><shuke-app demo="cafe" routing="hash"></shuke-app><p id="prices">Prices</p>');
  const app = shop.locator("shuke-app");
  await app.getByRole("link", { name: "Orders", exact: true }).first().click();
  await app.getByRole("heading", { name: "Orders", level: 1 }).waitFor();
  assert.equal(await shop.evaluate(() => location.hash), "#shuke/orders");
  await shop.getByRole("link", { name: "Prices" }).click();
  assert.equal(await shop.evaluate(() => location.hash), "#prices");
  assert.ok(await app.getByRole("heading", { name: "Orders", level: 1 }).isVisible());
  await shop.goBack();
  await app.getByRole("heading", { name: "Orders", level: 1 }).waitFor();
  await shop.close();
});

test("one page in a page: it moves with its element, and a second says why it does not open", async () => {
  const shop = await open('<main><h1>Shop</h1><shuke-app id="one" demo="cafe" start="#/customers"></shuke-app><div id="room"></div></main>');
  await shop.locator("#one").getByRole("heading", { name: "Customers", level: 1 }).waitFor();
  await shop.evaluate(() => document.getElementById("room").append(document.createElement("shuke-app")));
  await shop.getByText("There is a Shuke in this page already").waitFor();
  // A router of the host takes the first away: the second shows what was there.
  await shop.evaluate(() => document.getElementById("one").remove());
  await shop.getByRole("button", { name: "Try again" }).click();
  await shop.locator("#room").getByRole("heading", { name: "Customers", level: 1 }).waitFor();
  await shop.close();
});

/** Three sites: one with Shuke's files, one that its owner let in, one that nobody let in. */
async function three() {
  const friend = await host({ files: false });
  const stranger = await host({ files: false });
  const home = await host({ replace: { "frame-hosts.json": JSON.stringify({ hosts: ["not an origin", "https://*.example", "null", 7, `${stranger.origin}/page`, friend.origin] }) } });
  const close = () => Promise.all([friend, stranger, home].map((site) => site.close()));
  return { friend, stranger, home, close };
}

test("of three origins the frame opens for the one on the list, and tells the other nothing", async () => {
  const { friend, stranger, home, close } = await three();
  // The elements themselves may be loaded by anybody; here each host has a copy of its own.
  const shows = (site) => {
    site.pages["/page"] = `<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Host</title><link rel="icon" href="data:,"><main><h1>Shop</h1><iframe id="crm" title="CRM" style="width:1000px;height:700px" sandbox="allow-scripts allow-same-origin allow-downloads" src="${home.origin}/crm/frame.html"></iframe></main>`;
  };
  const hello = (shop, message, origin = home.origin) => shop.evaluate(([text, to]) => {
    globalThis.heard ??= [];
    if (!globalThis.listening) addEventListener("message", (event) => globalThis.heard.push([event.origin, event.data]));
    globalThis.listening = true;
    document.getElementById("crm").contentWindow.postMessage(text, to);
  }, [typeof message === "string" ? message : JSON.stringify(message), origin]);
  for (const site of [friend, stranger]) shows(site);

  const outside = await it.context.newPage();
  await outside.goto(`${stranger.origin}/page`);
  await hello(outside, { shuke: 1, type: "hello", demo: "cafe", lang: "en" });
  const shut = outside.frameLocator("#crm");
  await shut.getByText("This site is not allowed to embed Shuke. Your data was not read.").waitFor();
  await shut.getByText(stranger.origin).waitFor();
  assert.equal(await shut.locator("shuke-app").count(), 0);
  assert.deepEqual(await outside.evaluate(() => globalThis.heard), []);
  await outside.close();

  // A friend inside a stranger's page is the stranger's page.
  stranger.pages["/around"] = `<!DOCTYPE html><html lang="en"><title>Around</title><link rel="icon" href="data:,"><iframe title="Friend" src="${friend.origin}/page"></iframe>`;
  const around = await it.context.newPage();
  await around.goto(`${stranger.origin}/around`);
  const within = around.frames().find((frame) => frame.url() === `${friend.origin}/page`) ?? (await around.waitForEvent("framenavigated", (frame) => frame.url() === `${friend.origin}/page`));
  await within.locator("#crm").waitFor();
  await hello(within, { shuke: 1, type: "hello", demo: "cafe", lang: "en" });
  await within.frameLocator("#crm").getByText("This site is not allowed to embed Shuke.").waitFor();
  assert.deepEqual(await within.evaluate(() => globalThis.heard), []);
  await around.close();

  const inside = await it.context.newPage();
  await inside.goto(`${friend.origin}/page`);
  const frame = inside.frameLocator("#crm");
  // Words nobody knows, other versions, too long, no object, a pollution, a field out of its form: no answer.
  for (const message of ["{", "null", "[]", '"hello"', { shuke: 2, type: "hello" }, { shuke: 1, type: "dump" }, { shuke: 1, type: "hello", lang: "<img>" }, { shuke: 1, type: "hello", start: "javascript:alert(1)" }, '{"__proto__":{"shuke":1,"type":"hello"}}', JSON.stringify({ shuke: 1, type: "hello", demo: "cafe", pad: "x".repeat(5000) })]) {
    await hello(inside, message);
  }
  await hello(inside, { shuke: 1, type: "set", lang: "en" });
  assert.equal(await frame.locator("shuke-app").count(), 0);
  await hello(inside, { shuke: 1, type: "hello", demo: "cafe", lang: "zh-CN", theme: "light" });
  await frame.locator("shuke-app main h1").first().waitFor();
  await eventually(() => inside.evaluate(() => globalThis.heard.length > 0), true);
  assert.deepEqual(await inside.evaluate(() => globalThis.heard[0]), [home.origin, '{"shuke":1,"type":"ready"}']);
  await hello(inside, { shuke: 1, type: "set", lang: "en", theme: "dark" });
  await frame.locator("shuke-app").getByRole("link", { name: "Customers", exact: true }).first().waitFor();
  // What is pressed after it has been seen counts.
  await frame.locator("shuke-app").getByRole("link", { name: "Customers", exact: true }).first().click();
  await eventually(() => inside.evaluate(() => globalThis.heard.some(([, text]) => text === '{"shuke":1,"type":"place","section":"customers"}')), true);
  assert.equal(await inside.evaluate(() => ({}).shuke), undefined);
  await inside.close();
  await close();
});

test("<shuke-app isolated> opens the frame of another origin and hears only that", async () => {
  const shopSite = await host();
  const allowed = await host({ replace: { "frame-hosts.json": JSON.stringify({ hosts: [shopSite.origin] }) } });
  shopSite.pages["/page"] = page({ lang: "en", body: `<main><h1>Shop</h1><shuke-app isolated base="${allowed.origin}/crm/" demo="cafe"></shuke-app></main>` });
  const shop = await it.context.newPage();
  await shop.goto(`${shopSite.origin}/page`);
  await shop.evaluate(() => {
    globalThis.ready = 0;
    document.addEventListener("shuke-ready", () => { globalThis.ready += 1; });
    // Somebody else says it is ready.
    postMessage('{"shuke":1,"type":"place","section":"forged"}', location.origin);
    document.querySelector("shuke-app").addEventListener("shuke-place", (event) => { globalThis.place = event.detail.section; });
  });
  const frame = shop.frameLocator("shuke-app iframe");
  await frame.locator("shuke-app main h1").first().waitFor();
  await eventually(() => shop.evaluate(() => globalThis.ready === 1), true);
  await frame.locator("shuke-app").getByRole("link", { name: "Orders", exact: true }).first().click();
  await eventually(() => shop.evaluate(() => globalThis.place === "orders"), true);
  assert.equal(await shop.locator("shuke-app iframe").getAttribute("sandbox"), "allow-scripts allow-same-origin allow-downloads");
  await shop.close();
  await Promise.all([shopSite, allowed].map((site) => site.close()));
});

test("what lies over the frame makes presses wait until it is gone", async () => {
  const { friend, home, close } = await three();
  friend.pages["/page"] = `<!DOCTYPE html><html lang="en"><title>Host</title><link rel="icon" href="data:,"><h1>Shop</h1><iframe id="crm" title="CRM" style="width:1000px;height:700px" src="${home.origin}/crm/frame.html"></iframe><style>#lure { position: fixed; inset: 0; background: rgb(255 255 255 / 95%); pointer-events: none }</style>`;
  const shop = await it.context.newPage();
  await shop.goto(`${friend.origin}/page`);
  await shop.evaluate((to) => document.getElementById("crm").contentWindow.postMessage('{"shuke":1,"type":"hello","demo":"cafe","lang":"en"}', to), home.origin);
  const frame = shop.frameLocator("#crm");
  await frame.locator("shuke-app main h1").first().waitFor();
  await shop.evaluate(() => document.body.append(Object.assign(document.createElement("div"), { id: "lure" })));
  const note = frame.getByText("Something covers this page");
  await note.waitFor();
  const link = frame.locator("shuke-app").getByRole("link", { name: "Customers", exact: true }).first();
  const heading = frame.locator("shuke-app").getByRole("heading", { name: "Customers", level: 1 });
  await link.click();
  assert.equal(await heading.count(), 0);
  await shop.evaluate(() => document.getElementById("lure").remove());
  await note.waitFor({ state: "hidden" });
  // Half a second later the same press counts.
  await eventually(async () => {
    await link.click();
    return (await heading.count()) > 0;
  }, true);
  await shop.close();
  await close();
});

test("the page itself refuses to be framed by another site", async () => {
  const { friend, home, close } = await three();
  friend.pages["/page"] = `<!DOCTYPE html><html lang="en"><title>Host</title><link rel="icon" href="data:,"><h1>Shop</h1><iframe title="CRM" src="${home.origin}/crm/"></iframe>`;
  const shop = await it.context.newPage();
  await shop.goto(`${friend.origin}/page`);
  await shop.frameLocator("iframe").getByText("another site frames this page").waitFor();
  assert.equal(await shop.frameLocator("iframe").locator("main").count(), 0);
  await shop.close();
  await close();
});

test("README's two lines are all it takes", async () => {
  const readme = await readFile(path.join(root, "README.md"), "utf8");
  const [, lines] = /```html\n(<script type="module" src="\/crm\/elements\.js"[^`]*)```/.exec(readme);
  strict.pages["/readme"] = `<!DOCTYPE html><html lang="zh-CN"><meta charset="utf-8"><title>店</title><link rel="icon" href="data:,"><main><h1>店</h1>${lines}</main>`;
  const before = it.watched.length;
  const shop = await it.open("readme", { ready: false });
  await shop.getByText("12,840 积分").waitFor();
  assert.deepEqual(await axe(shop), []);
  assert.deepEqual([...it.watched.slice(before), ...(await shop.evaluate(() => globalThis.__violations))], []);
  await shop.close();
});

test("embed.html shows every element live with the code that makes it", async () => {
  const shop = await it.context.newPage();
  const wrong = [];
  shop.on("console", (message) => message.type() === "error" && wrong.push(message.text()));
  await it.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await shop.goto(`${strict.origin}/crm/embed.html`);
  await shop.getByRole("button", { name: "English" }).click();
  await shop.getByRole("heading", { name: "Put Shuke into your website" }).waitFor();
  await shop.locator("shuke-segment-count").getByText("customers").waitFor();
  await shop.locator("shuke-customer").getByText("Points to spend").waitFor();
  for (const scheme of ["Light", "Dark"]) {
    await shop.getByRole("button", { name: scheme, exact: true }).click();
    assert.deepEqual(await axe(shop), [], scheme);
  }
  await shop.locator("#card").getByRole("button", { name: "Copy" }).click();
  await shop.getByText("Copied").waitFor();
  const copied = await shop.evaluate(() => navigator.clipboard.readText());
  assert.match(copied, /^<shuke-loyalty-card shop="街角咖啡" member='\{"name":"李雷",.*\}'><\/shuke-loyalty-card>$/);
  // Nothing leaves the page: what would be sent is shown.
  await shop.getByLabel("Your message").fill("Lovely");
  await takeTime(shop);
  await shop.locator("#feedback").getByRole("button", { name: "Send" }).click();
  await shop.getByText("A demonstration. This would go to the inbox").waitFor();
  await shop.getByRole("button", { name: "中文" }).click();
  await shop.getByRole("heading", { name: "把熟客放进您的网站" }).waitFor();
  assert.deepEqual(await axe(shop), []);
  await picture(shop, "embed-page");
  assert.deepEqual(wrong, []);
  await shop.close();
});
