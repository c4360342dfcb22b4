// Writes the workbooks of this folder with a spreadsheet library that is not ours: `node tests/files/books.mjs`. They are
// committed, because what they hold must not change with that library. People, numbers and shops are made up.

import path from "node:path";
import { fileURLToPath } from "node:url";
import XLSX from "xlsx";

process.env.TZ = "UTC";

const folder = path.dirname(fileURLToPath(import.meta.url));
const file = (name) => path.join(folder, name);
const day = (text) => (Date.parse(`${text}Z`) - Date.parse("1899-12-30T00:00:00Z")) / 86_400_000;

/** A sheet of customers under a merged title, and one of their orders. */
function shop(dates) {
  const at = (text, format) => (dates ? { t: "d", v: new Date(text + (text.includes("T") ? "Z" : "T00:00:00Z")) } : { t: "n", v: day(text), z: format });
  const people = XLSX.utils.aoa_to_sheet([
    ["示例门店会员表（2026）"],
    [],
    ["会员编号", "姓名", "手机号", "生日", "性别", "是否会员", "注册时间", "备注"],
    ["0001", "陈伟", 13800000001, at("1990-05-14", "yyyy-mm-dd"), "男", true, at("2024-05-01T09:58:12", "yyyy/m/d h:mm"), "=1+1 不是公式"],
    ["0002", "林 梅", "138 0000 0002", at("1985-12-01", 'yyyy"年"m"月"d"日"'), "女", false, at("2024-06-02", "m/d/yy"), "两行\n备注"],
    ["0003", "王芳", "13800000003", null, "女", null, at("2024-06-03", "yyyy-mm-dd"), null],
  ]);
  people["!merges"] = [XLSX.utils.decode_range("A1:H1")];
  const orders = XLSX.utils.aoa_to_sheet([
    ["订单编号", "会员编号", "下单时间", "实付金额", "商品名称"],
    ["2025100712345678901", "0001", at("2025-10-07T09:00:00", "yyyy-mm-dd hh:mm:ss"), { t: "n", v: 520, z: "#,##0.00" }, "商品甲"],
    ["2025100712345678902", "0002", at("2025-10-08T10:30:00", "yyyy-mm-dd hh:mm:ss"), { t: "n", v: 0.1 + 0.2, z: "0.00" }, "商品乙"],
  ]);
  const notes = XLSX.utils.aoa_to_sheet([["本表由收银系统导出，请勿修改表头。"]]);
  const book = XLSX.utils.book_new();
  XLSX.utils.book_append_sheet(book, people, "会员");
  XLSX.utils.book_append_sheet(book, orders, "订单");
  XLSX.utils.book_append_sheet(book, notes, "说明");
  return book;
}

for (const [name, bookType] of [["shop.xlsx", "xlsx"], ["shop.xls", "biff8"], ["shop-2003.xls", "xlml"]]) {
  XLSX.writeFile(shop(false), file(name), { bookType, compression: true, codepage: 936 });
}
// This library knows the dates of that format only as dates, and writes them by the clock of the place.
XLSX.writeFile(shop(true), file("shop.ods"), { bookType: "ods", compression: true });
