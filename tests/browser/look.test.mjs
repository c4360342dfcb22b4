// Every page, in both languages and both themes: no accessibility violation, nothing forbidden, and a picture to look at
// from phone to desktop. The pictures are artefacts of the run.

import assert from "node:assert/strict";
import { test } from "node:test";
import { axe, browser, picture } from "./harness.mjs";

const PAGES = ["", "customers", "orders", "segments", "segments/rfm", "segments/lifecycle", "points", "points/rows?of=outstanding", "points/members",
  "points/program", "counter", "coupons", "coupons/new", "import", "settings", "settings/data", "settings/sync", "settings/log"];
const WIDTHS = [[390, 844], [820, 1180], [1440, 900]];

for (const [locale, words] of [["zh-CN", "客户"], ["en-GB", "Customers"]]) {
  for (const colorScheme of ["light", "dark"]) {
    test(`${locale}, ${colorScheme}: every page is accessible and drawn from phone to desktop`, async () => {
      const b = await browser({ locale, colorScheme });
      const page = await b.open("?demo=cafe");
      await page.getByRole("link", { name: words }).first().waitFor();
      const found = [];
      const record = await firstCustomer(page);
      for (const name of [...PAGES, record, `${record}?tab=orders`, `${record}?tab=points`, record.replace("customers", "counter"), `${record}?tab=coupons`, `${record}?tab=timeline`]) {
        for (const [width, height] of WIDTHS) {
          await page.setViewportSize({ width, height });
          await page.evaluate((hash) => { location.hash = hash; }, `#/${name}`);
          await settled(page);
          const label = name.startsWith(record) ? name.replace(record, "customer").replace("?tab=", "-") : name.replaceAll("/", "-") || "home";
          await picture(page, `look-${label}-${width}-${locale}-${colorScheme}`);
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          if (wide > 0) found.push(`${name || "home"} at ${width}: ${wide} px wider than the screen`);
          if (width !== 820) found.push(...(await axe(page)).map((line) => `${name || "home"} at ${width}: ${line}`));
        }
      }
      assert.deepEqual(found, []);
      await b.clean(page);
    });
  }
}

async function firstCustomer(page) {
  await page.evaluate(() => { location.hash = "#/customers?sort=spend&desc=1"; });
  const link = page.getByRole("grid").getByRole("link").first();
  await link.waitFor();
  return (await link.getAttribute("href")).replace("#/", "").split("?")[0];
}

/** The page stands still: its heading is there, nothing is loading. */
async function settled(page) {
  await page.locator("main h1:visible").first().waitFor();
  await page.waitForFunction(() => !document.querySelector("main .skeleton, main [aria-busy=true]"));
  // Two frames: what was answered last is painted.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}
