// Duplicates among everybody: some thousand records of customers who are there already are planted (another script,
// another order, a slip, a masked phone), then all are looked for. Only what finds them counts.

import assert from "node:assert/strict";

const PINYIN = {
  王: "Wang", 李: "Li", 张: "Zhang", 刘: "Liu", 陈: "Chen", 杨: "Yang", 黄: "Huang", 赵: "Zhao", 吴: "Wu", 周: "Zhou",
  徐: "Xu", 孙: "Sun", 马: "Ma", 朱: "Zhu", 胡: "Hu", 郭: "Guo", 何: "He", 林: "Lin", 高: "Gao", 罗: "Luo",
  伟: "wei", 芳: "fang", 娜: "na", 敏: "min", 静: "jing", 强: "qiang", 磊: "lei", 洋: "yang", 艳: "yan", 勇: "yong",
  军: "jun", 杰: "jie", 娟: "juan", 涛: "tao", 明: "ming", 超: "chao", 秀: "xiu", 英: "ying", 霞: "xia", 平: "ping", 桂: "gui",
};
const read = (name) => [...name].map((c) => PINYIN[c] ?? c);
const spoken = (name) => { const [family, ...given] = read(name); return `${family} ${given.join("")}`; };
const turned = (name) => { const [family, ...given] = read(name); return `${given.join("")} ${family}`; };

/** Records of every twentieth customer of `people` (the benchmark's CSV), as another CSV. */
export function planted(people) {
  const [header, ...lines] = people.split("\r\n");
  const rows = [header];
  for (const [i, line] of lines.entries()) {
    if (i % 20 !== 7 || !line) continue;
    const cells = line.split(",");
    cells[0] = `D${cells[0].slice(1)}`;
    const kind = (i / 20 | 0) % 4;
    if (kind === 0) cells[1] = spoken(cells[1]);
    if (kind === 1) { cells[1] = turned(cells[1]); cells[3] = ""; }
    if (kind === 2) cells[2] = `${cells[2].slice(0, 3)}****${cells[2].slice(7)}`;
    if (kind === 3) cells[2] = `+86 ${cells[2].slice(0, 3)} ${cells[2].slice(3, 7)} ${cells[2].slice(7)}`;
    rows.push(cells.join(","));
  }
  return { text: rows.join("\r\n") + "\r\n", rows: rows.length - 1 };
}

/** Plants duplicates beside the business that is open, finds them, and prints how long that took and who had to wait. */
export async function twins(page, people, n, line) {
  const more = planted(people);
  const done = await page.evaluate(([text]) => bench.import(text, "more.csv"), [more.text]);
  assert.equal(done.report.customers.created, more.rows, "every planted record is a customer of its own");
  const found = await page.evaluate(async () => {
    let running = true;
    let longest = 0;
    // Somebody else asks all the while: how long one step keeps the worker is what they wait.
    const others = (async () => {
      while (running) longest = Math.max(longest, (await bench.ask({ query: "status" })).ms);
    })();
    const { ms, reply } = await bench.ask({ twins: "find" });
    running = false;
    await others;
    return { ms, longest, ...reply.twins.found };
  });
  const [certain, likely] = found.groups;
  assert.ok(certain + likely >= more.rows * 0.95, `${certain} certain and ${likely} likely of ${more.rows}`);
  assert.ok(certain + likely <= more.rows * 1.05, `${certain} certain and ${likely} likely of ${more.rows}`);
  line(`duplicates of ${more.rows.toLocaleString("en")} among ${found.customers.toLocaleString("en")} customers`, n, (found.ms / 1000).toFixed(2), "s");
  line("longest wait of others meanwhile", n, found.longest.toFixed(0), "ms");
  return found;
}
