// What we write, as another program reads it: SheetJS opens the committed workbooks of tests/files/out (a Rust test holds
// that they are what is written today). Every cell, its type, and no formula; and the CSV files beside them say the same.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import papa from "papaparse";
import xlsx from "xlsx";
import { file } from "./harness.mjs";

/** Columns whose cells are no texts; everything else is. A day without a year and a moment with thousandths stay texts. */
const KINDS = {
  customers: {
    birthday: "d", signupOn: "d", createdAt: "d", updatedAt: "d", "consent.email": "b", "consent.sms": "b", "consent.phone": "b",
    acquisitionCost: "n", "custom.gift": "b", "custom.size": "n",
  },
  orders: { at: "d", refundedAt: "d", amount: "n", gross: "n", tax: "n", paidWithPoints: "n", refunded: "n", lineQuantity: "n", lineAmount: "n" },
};
const NO_DATE = /^--|\.\d{3}\+/;

/** A cell's value as the CSV file says it. */
function said(cell) {
  if (cell === undefined) return "";
  if (cell.t === "d") {
    // SheetJS computes days in floating point: a moment is whole again when rounded to the second.
    const moment = new Date(Math.round(cell.v.getTime() / 1000) * 1000).toISOString().slice(0, 19).replace("T", " ");
    return cell.z.includes("hh") ? `${moment}+08:00` : moment.slice(0, 10);
  }
  return cell.v;
}

for (const what of ["customers", "orders"]) {
  test(`${what}: every cell is what it was, with its type, and none is a formula`, async () => {
    const book = xlsx.read(await readFile(file(`out/${what}.xlsx`)), { cellFormula: true, cellDates: true, cellNF: true, UTC: true });
    assert.equal(book.SheetNames.length, 1);
    const sheet = book.Sheets[book.SheetNames[0]];
    const cells = Object.entries(sheet).filter(([address]) => !address.startsWith("!"));
    assert.deepEqual(cells.filter(([, cell]) => cell.f !== undefined || cell.F !== undefined || cell.t === "e"), []);
    const text = (await readFile(file(`out/${what}.csv`), "utf8")).replace(/^\uFEFF/, "");
    const [header, ...rows] = papa.parse(text, { skipEmptyLines: true }).data;
    const range = xlsx.utils.decode_range(sheet["!ref"]);
    assert.deepEqual([range.e.r, range.e.c], [rows.length, header.length - 1], "as many cells as the CSV file has");
    for (const [r, row] of [header, ...rows].entries()) {
      for (const [c, cell] of row.entries()) {
        const found = sheet[xlsx.utils.encode_cell({ r, c })];
        // The apostrophe keeps spreadsheets from reading a formula or a number into CSV; a workbook's texts need none.
        const wanted = cell.replace(/^'/, "");
        const where = `${header[c]} in row ${r + 1}`;
        if (wanted === "") { assert.equal(said(found), "", where); continue; }
        const kind = r === 0 || NO_DATE.test(wanted) ? "s" : KINDS[what][header[c]] ?? "s";
        const texts = header[c].startsWith("custom.") && found.t === "s";
        assert.equal(found.t, texts ? "s" : kind, `${where}: ${wanted}`);
        const value = { n: Number, b: (it) => it === "true" }[found.t] ?? String;
        assert.equal(said(found), value(wanted), where);
      }
    }
  });
}

test("what people planted is there, as the texts they are", async () => {
  const records = JSON.parse(await readFile(file("out/customers.json"), "utf8"));
  const sheet = xlsx.read(await readFile(file("out/customers.xlsx"))).Sheets.customers
    ?? Object.values(xlsx.read(await readFile(file("out/customers.xlsx"))).Sheets)[0];
  const rows = xlsx.utils.sheet_to_json(sheet, { raw: true, defval: undefined });
  assert.equal(rows.length, records.length);
  for (const [n, record] of records.entries()) {
    for (const field of ["id", "externalId", "name", "phone", "address", "note", "city"]) assert.equal(rows[n][field], record[field], field);
  }
  for (const begin of ["=", "+", "-", "@", "＝", "＋", "－", "＠"]) assert.ok(rows.some((row) => row.note?.startsWith(begin)), begin);
});
