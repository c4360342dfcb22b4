// Rules that cannot be: in a link, a clear message with the place, never a list of everybody; and the published schema.

import assert from "node:assert/strict";
import { test } from "node:test";
import { browser } from "./harness.mjs";
import { eventually, expectTotal, go } from "./steps.mjs";

const nested = (depth) => `${'{"not":'.repeat(depth - 1)}{"attr":"name","op":"is_set"}${"}".repeat(depth - 1)}`;
const wide = (nodes) => JSON.stringify({ any: Array(nodes - 1).fill({ attr: "name", op: "is_set" }) });

const BAD = [
  ["too deep", nested(33), /The rule is not right.*depth 33/s],
  ["too large", wide(1001), /The rule is not right.*1000 nodes at most/s],
  ["an unknown field", '{"any":[{"attr":"shoe_size","op":"eq","value":1}]}', /any\[0\]\.attr.*shoe_size/s],
  ["a wrong operator", '{"not":{"attr":"name","op":"gt","value":1}}', /not\.op.*gt/s],
  ["a segment that is not there", '{"any":[{"segment":"0000000000000"}]}', /any\[0\]\.segment/],
  ["no JSON at all", "{oops", /The rule is not right/],
];

test("links with rules that cannot be", async (t) => {
  const b = await browser();
  const page = await b.open("?demo=cafe");
  const main = page.getByRole("main");
  const all = "2,000 customers";

  for (const [what, rule, said] of BAD) {
    await t.test(what, async () => {
      await go(page, `#/customers?rule=${encodeURIComponent(rule)}`, "Customers");
      const error = main.locator(".error-state, [role=alert]").filter({ hasText: "The list could not be read" });
      await eventually(() => error.first().innerText({ timeout: 15_000 }), (text) => said.test(text));
      assert.ok(!(await main.innerText()).includes(all), "nobody is listed");
      await go(page, "#/customers", "Customers");
      await expectTotal(page, 2000);
    });
  }

  await t.test("what is just within the limits is answered", async () => {
    await go(page, `#/customers?rule=${encodeURIComponent(nested(32))}`, "Customers");
    await expectTotal(page, 0);
    await go(page, `#/customers?rule=${encodeURIComponent(nested(31))}`, "Customers");
    await expectTotal(page, 2000);
    await go(page, `#/customers?rule=${encodeURIComponent(wide(1000))}`, "Customers");
    await expectTotal(page, 2000);
  });

  await t.test("the schema lies beside the page and knows the language", async () => {
    const schema = await page.evaluate(async () => {
      const answer = await fetch("segment-rule.schema.json");
      return answer.ok ? answer.json() : answer.status;
    });
    assert.equal(schema.title, "Segment rule");
    const text = JSON.stringify(schema);
    for (const name of ["churn_risk", "points.expiring_within_30_days", "anniversary_within_next", "distinct_products", "day_of_week"]) {
      assert.ok(text.includes(`"${name}"`), name);
    }
  });
});
