// The benchmark's business as CSV: N customers, about ten orders each over 36 months, skewed. The same seed gives the
// same bytes. The layout is that of design/performance.md's workload: 300 cities, 34 provinces, 50 categories, 2,000
// products.

/** mulberry32, a small seeded generator. */
function generator(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const SURNAMES = [..."王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗"];
const GIVEN = ["伟", "芳", "娜", "敏", "静", "强", "磊", "洋", "艳", "勇", "军", "杰", "娟", "涛", "明", "超", "秀英", "霞", "平", "桂英"];
const pad = (n, width) => String(n).padStart(width, "0");
const day = (ms) => new Date(ms).toISOString().slice(0, 10);
const END = Date.UTC(2026, 10, 20);
const DAY = 86_400_000;

/** Customers as CSV text. */
export function customers(n) {
  const random = generator(1);
  const agreeing = generator(3);
  const lines = ["客户编号,姓名,手机号,邮箱,性别,生日,省份,城市,成为客户时间,邮件订阅"];
  for (let i = 0; i < n; i++) {
    const name = SURNAMES[Math.floor(random() * 20)] + GIVEN[Math.floor(random() * 20)] + (i % 3 ? GIVEN[Math.floor(random() * 20)] : "");
    const city = Math.floor(random() * 300);
    lines.push([
      `B${pad(i, 7)}`, name, `199${pad(i, 8)}`, i % 2 ? `c${i}@example.com` : "", random() < 0.6 ? "女" : "男",
      day(Date.UTC(1956 + Math.floor(random() * 50), Math.floor(random() * 12), 1 + Math.floor(random() * 28))),
      `省${city % 34}`, `市${city}`, day(END - Math.floor(random() * 1095) * DAY),
      agreeing() < 0.55 ? "是" : "否",
    ].join(","));
  }
  return lines.join("\r\n") + "\r\n";
}

/** Orders as CSV text, one line each: about ten a customer, a few customers with very many. */
export function orders(n) {
  const random = generator(2);
  const lines = ["订单号,客户编号,下单时间,实付金额,商品,类目,数量,渠道"];
  let number = 0;
  for (let i = 0; i < n; i++) {
    // A geometric count with mean ten: most have few, some have many.
    const count = Math.min(120, Math.floor(-Math.log(1 - random()) * 10.5));
    for (let k = 0; k < count; k++) {
      const at = new Date(END - Math.floor(random() * 1095 * DAY)).toISOString();
      const product = Math.floor(random() ** 2 * 2000);
      lines.push([
        `O${pad(number++, 8)}`, `B${pad(i, 7)}`, `${at.slice(0, 10)} ${at.slice(11, 19)}`,
        (5 + random() ** 3 * 900).toFixed(2), `商品${product}`, `类目${product % 50}`, 1 + Math.floor(random() * 3),
        ["门店", "小程序", "外卖"][product % 3],
      ].join(","));
    }
  }
  return { text: lines.join("\r\n") + "\r\n", rows: number };
}
