// Rows per second out of a CSV file and out of a workbook, beside Papa Parse and SheetJS, in the same Chromium run on the
// same bytes. What is compared is not alike, and said so in each line: the peers give cells as text; ours are rows that
// are cleaned and matched against everybody who is there (the dry run of an import), and for the workbook the rows alone
// too, as the reader of workbooks gives them. No time is printed whose count of rows differs.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import path from "node:path";
import XLSX from "xlsx";
import { root } from "../browser/harness.mjs";
import { customers } from "./data.mjs";

const ROUNDS = 3;
const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const pace = (rows, times) => Math.round(rows / (median(times) / 1000)).toLocaleString("en");

/** A page of the peers alone. */
async function serve() {
  const scripts = { "/papaparse.js": "papaparse/papaparse.min.js", "/xlsx.js": "xlsx/dist/xlsx.full.min.js" };
  const server = createServer(async ({ url }, response) => {
    if (scripts[url]) return response.writeHead(200, { "content-type": "text/javascript" }).end(await readFile(path.join(root, "node_modules", scripts[url])));
    return response.writeHead(200, { "content-type": "text/html" }).end('<!doctype html><script src="papaparse.js"></script><script src="xlsx.js"></script>');
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }) };
}

/** Runs in the page of the peers. */
async function peers({ text, book, rounds }) {
  const bytes = Uint8Array.from(atob(book), (c) => c.charCodeAt(0));
  const time = (work) => {
    const times = [];
    let rows = 0;
    for (let round = 0; round < rounds; round++) {
      const begin = performance.now();
      rows = work();
      times.push(performance.now() - begin);
    }
    return { times, rows };
  };
  return {
    csv: time(() => globalThis.Papa.parse(text, { skipEmptyLines: true }).data.length),
    book: time(() => {
      const { Sheets, SheetNames } = globalThis.XLSX.read(bytes, { type: "array", dense: true, cellDates: true });
      return globalThis.XLSX.utils.sheet_to_json(Sheets[SheetNames[0]], { header: 1, raw: true }).length;
    }),
  };
}

/** Runs in the page of the benchmark, which has the client of the worker. */
async function ours({ text, book, rounds }) {
  const bytes = Uint8Array.from(atob(book), (c) => c.charCodeAt(0));
  const address = document.querySelector("script[data-sheets]").dataset.sheets;
  const open = (file) => new Promise((resolve, reject) => {
    const worker = new Worker(new URL(address, document.baseURI), { type: "module" });
    const tables = [];
    worker.onerror = (event) => reject(new Error(event.message));
    worker.onmessage = ({ data }) => {
      if (data === "listening") worker.postMessage(file);
      else if (data[0] === "table") tables.push({ rows: data[3], blob: data[5] });
      else {
        worker.terminate();
        if (data[0] === "done") resolve(tables);
        else reject(new Error(data.join(" ")));
      }
    };
  });
  const rehearse = async (file, name) => {
    const { reply } = await bench.ask({ inspect: { file_name: name, reading: {} } }, [file]);
    const seen = reply.inspection;
    const mapping = Object.fromEntries(seen.columns.filter((c) => c.field).map((c) => [c.header, c.field]));
    const plan = {
      fileName: name, kind: seen.kind, format: seen.format, encoding: seen.encoding, delimiter: seen.delimiter, headerRow: seen.headerRow,
      preset: seen.preset, mapping, dateOrder: "day_first", currency: "CNY", onMatch: "update",
    };
    const { reply: done } = await bench.ask({ dry_run: { plans: [plan], give: "report" } }, [file]);
    return done.rehearsed[0].rows;
  };
  const time = async (work) => {
    const times = [];
    let rows = 0;
    for (let round = 0; round < rounds; round++) {
      const begin = performance.now();
      rows = await work();
      times.push(performance.now() - begin);
    }
    return { times, rows };
  };
  const file = new Blob([bytes]);
  return {
    csv: await time(() => rehearse(new Blob([text]), "customers.csv")),
    sheet: await time(async () => (await open(file))[0].rows),
    book: await time(async () => rehearse((await open(file))[0].blob, "customers.xlsx")),
  };
}

/** Prints the lines for `n` customers. */
export async function reading(browser, page, n, line) {
  const text = customers(n);
  const rows = text.trim().split("\r\n").map((row, at) => row.split(",").map((cell, column) => (at && column === 2 ? Number(cell) : cell)));
  const sheets = XLSX.utils.book_new();
  XLSX.utils.book_append_sheet(sheets, XLSX.utils.aoa_to_sheet(rows), "Customers");
  const book = XLSX.write(sheets, { type: "buffer", compression: true, bookSST: true }).toString("base64");
  const server = await serve();
  try {
    const own = await page.evaluate(ours, { text, book, rounds: ROUNDS });
    const other = await browser.context.newPage();
    await other.goto(server.url);
    const theirs = await other.evaluate(peers, { text, book, rounds: ROUNDS });
    await other.close();
    assert.equal(own.csv.rows, n);
    assert.equal(own.book.rows, n);
    assert.equal(own.sheet.rows, n + 1);
    assert.equal(theirs.csv.rows, n + 1);
    assert.equal(theirs.book.rows, n + 1);
    line("CSV, cleaned and matched (Shuke)", n, pace(n, own.csv.times), "rows/s");
    line("CSV, cells only (Papa Parse)", n, pace(n, theirs.csv.times), "rows/s");
    line("XLSX, rows of typed cells (Shuke, its worker started anew)", n, pace(n, own.sheet.times), "rows/s");
    line("XLSX, rows of cells (SheetJS)", n, pace(n, theirs.book.times), "rows/s");
    line("XLSX, cleaned and matched (Shuke)", n, pace(n, own.book.times), "rows/s");
  } finally {
    await server.close();
  }
}
