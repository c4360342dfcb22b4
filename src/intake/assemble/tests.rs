use crate::tests::{circumstances, look, read, show_incoming};
use crate::{Incoming, Intake, plan};
use expect_test::{Expect, expect};
use model::import::ImportPlan;
use model::{Currency, IssueCode};
use proptest::prelude::*;

fn records(text: &str) -> Vec<Incoming> {
    read(text.as_bytes(), &look(text.as_bytes(), "file.csv")).0
}

fn check(text: &str, expected: Expect) {
    let records = records(text);
    let shown: Vec<String> = records.iter().map(show_incoming).collect();
    expected.assert_eq(&shown.join("\n"));
}

const SHOPIFY: &str = "Name,Email,Financial Status,Created at,Currency,Subtotal,Total,Discount Code,Discount Amount,Refunded Amount,Cancelled at,Lineitem quantity,Lineitem name,Lineitem price,Billing Name,Billing Phone\n";

#[test]
fn shopify_orders_of_every_state() {
    check(
        &format!(
            "{SHOPIFY}\
             #1,a@example.com,paid,2024-05-01 10:00:00 +0100,EUR,30,35.00,SAVE,5.00,0.00,,2,Tee,10.00,Ann Example,'+15555550100\n\
             #1,a@example.com,,2024-05-01 10:00:00 +0100,,,,,,,,1,Cap,15.00,,\n\
             #2,,partially_refunded,2024-05-02 10:00:00 +0100,JPY,1000,1000,,,400,,1,Tee,1000,,+15555550101\n\
             #3,,refunded,2024-05-03 10:00:00 +0100,USD,10,10.00,,,10.00,,1,Tee,10.00,Bo Sample,\n\
             #4,b@example.com,voided,2024-05-04 10:00:00 +0100,USD,10,10.00,,,,2024-05-05,1,Tee,10.00,,\n\
             #5,b@example.com,pending,2024-05-05 10:00:00 +0100,USD,10,10.00,,,,,1,Tee,10.00,,\n\
             #6,b@example.com,paid,2024-05-06 10:00:00 +0100,USD,10,10.00,,,10.00,,1,Tee,10.00,,\n"
        ),
        expect![[r#"
            2: {"email":"a@example.com","name":"Ann Example","phone":"+15555550100"} keys ["+15555550100", "a@example.com"]
                order #1 at 2024-05-01T09:00:00.000Z EUR 35.00 Paid gross 40.00 coupon SAVE
                line Tee x2000 20.00
                line Cap x1000 15.00
            4: {"phone":"+15555550101"} keys ["+15555550101"]
                order #2 at 2024-05-02T09:00:00.000Z JPY 1000 Paid refunded 400
                line Tee x1000 1000
            5: {"name":"Bo Sample"} keys ["Bo Sample"]
                order #3 at 2024-05-03T09:00:00.000Z USD 10.00 Refunded
                line Tee x1000 10.00
            6: {"email":"b@example.com"} keys ["b@example.com"]
                order #4 at 2024-05-04T09:00:00.000Z USD 10.00 Cancelled
                line Tee x1000 10.00
            7: {"email":"b@example.com"} keys ["b@example.com"]
                rejected: Error not_a_purchase row 7 order.status "pending" -> ""
            8: {"email":"b@example.com"} keys ["b@example.com"]
                order #6 at 2024-05-06T09:00:00.000Z USD 10.00 Refunded
                line Tee x1000 10.00"#]],
    );
}

#[test]
fn the_same_order_again() {
    check(
        "订单号,下单时间,手机号,商品名称,实付金额\n\
         A1,2025-01-01 10:00,13800000000,茶,10\n\
         A2,2025-01-02 10:00,13800000000,茶,20\n\
         A1,2025-01-01 10:00,13800000000,茶,10\n\
         A2,2025-01-02 10:00,13800000000,茶,21\n",
        expect![[r#"
            2: {"phone":"+8613800000000"} keys ["+8613800000000"]
                order A1 at 2025-01-01T02:00:00.000Z CNY 10.00 Paid
                line 茶 x1000 10.00
            3: {"phone":"+8613800000000"} keys ["+8613800000000"]
                order A2 at 2025-01-02T02:00:00.000Z CNY 20.00 Paid
                line 茶 x1000 20.00
            5: {"phone":"+8613800000000"} keys ["+8613800000000"]
                order A2 at 2025-01-02T02:00:00.000Z CNY 21.00 Paid
                line 茶 x1000 21.00
                rejected: Error duplicate_key row 5 order.external_id "A2" -> """#]],
    );
}

#[test]
fn orders_whose_numbers_a_spreadsheet_rounded_are_refused() {
    // Two orders that would have become one.
    check(
        "订单号,下单时间,会员编号,手机号,实付金额\n\
         2.02510E+18,2025-01-01 10:00,1.2E+5,13800000000,10\n\
         2.02510E+18,2025-01-02 10:00,,13800000001,20\n\
         2025100712345678901,2025-01-03 10:00,,13800000000,30\n",
        expect![[r#"
            2: {"phone":"+8613800000000"} keys ["+8613800000000"]
                source 1
                Warning digits_lost row 2 customer.external_id "1.2E+5" -> "2025100712345678901"
                rejected: Error digits_lost row 2 order.external_id "2.02510E+18" -> "2025100712345678901"
            4: {"phone":"+8613800000000"} keys ["+8613800000000"]
                order 2025100712345678901 at 2025-01-03T02:00:00.000Z CNY 30.00 Paid"#]],
    );
}

#[test]
fn lines_of_an_order() {
    // Amounts of lines under the order's number; rows below merged cells; lines that contradict themselves.
    check(
        "订单号,下单时间,会员号,商品名称,数量,单价,小计\n\
         A1,2025-01-01 10:00,M1,茶,2,10,20\n\
         A1,2025-01-01 10:00,M1,杯,1,5.50,5.50\n\
         A2,2025-01-02 10:00,M2,茶,2,10,20\n\
         ,,,杯,1,5.50,7\n\
         A3,2025-01-03 10:00,M3,茶,0.35,10,\n",
        expect![[r#"
            2: {"externalId":"M1"} keys []
                order A1 at 2025-01-01T02:00:00.000Z CNY 25.50 Paid
                line 茶 x2000 20.00
                line 杯 x1000 5.50
            4: {"externalId":"M2"} keys []
                order A2 at 2025-01-02T02:00:00.000Z CNY 27.00 Paid
                line 茶 x2000 20.00
                line 杯 x1000 7.00
                Warning lines_differ row 5 line.amount "杯" -> ""
            6: {"externalId":"M3"} keys []
                order A3 at 2025-01-03T02:00:00.000Z CNY 3.50 Paid
                line 茶 x350 3.50"#]],
    );
    // 金额 means the line where rows of one order differ in it.
    check(
        "单号,日期,手机,商品,金额\n\
         A1,2025-01-01,13800000000,茶,20\n\
         A1,2025-01-01,13800000000,杯,5\n",
        expect![[r#"
            2: {"phone":"+8613800000000"} keys ["+8613800000000"]
                order A1 at 2024-12-31T16:00:00.000Z CNY 25.00 Paid
                line 茶 x1000 20.00
                line 杯 x1000 5.00"#]],
    );
    // Where the order's total differs from row to row, the first counts and it is said.
    check(
        &format!(
            "{SHOPIFY}#1,a@example.com,paid,2024-05-01,USD,,10,,,,,1,Tee,10,,\n#1,,,,,,12,,,,,1,Cap,2,,\n"
        ),
        expect![[r#"
            2: {"email":"a@example.com"} keys ["a@example.com"]
                order #1 at 2024-04-30T16:00:00.000Z USD 10.00 Paid
                line Tee x1000 10.00
                line Cap x1000 2.00
                Warning lines_differ row 2 order.amount "10.00" -> "12.00""#]],
    );
}

#[test]
fn orders_that_cannot_be_taken() {
    check(
        "订单号,下单时间,订单状态,手机号,商品名称,实付金额\n\
         A1,,交易成功,13800000000,茶,10\n\
         A2,昨天,交易成功,13800000000,茶,10\n\
         A3,2025-01-03,交易成功,13800000000,茶,\n\
         A4,2025-01-04,交易成功,13800000000,茶,-5\n\
         A5,2025-01-05,等待买家付款,13800000000,茶,10\n\
         A6,2030-01-05,交易成功,13800000000,茶,10\n\
         A7,2025-01-07,交易成功,13800000000,茶,10,x\n\
         A8,2025-01-08,交易成功\n\
         A9,2025-01-09,交易成功,,茶,10\n",
        expect![[r#"
            2: {"phone":"+8613800000000"} keys ["+8613800000000"]
                rejected: Error missing row 2 order.at "" -> ""
            3: {"phone":"+8613800000000"} keys ["+8613800000000"]
                rejected: Error bad_date row 3 order.at "昨天" -> "2026-01-31"
            4: {"phone":"+8613800000000"} keys ["+8613800000000"]
                rejected: Error missing row 4 order.amount "" -> ""
            5: {"phone":"+8613800000000"} keys ["+8613800000000"]
                rejected: Error negative row 5 order.amount "-5" -> "0"
            6: {"phone":"+8613800000000"} keys ["+8613800000000"]
                rejected: Error not_a_purchase row 6 order.status "等待买家付款" -> ""
            7: {"phone":"+8613800000000"} keys ["+8613800000000"]
                rejected: Error future_date row 7 order.at "2030-01-05T00:00:00" -> ""
            8: {"phone":"+8613800000000"} keys ["+8613800000000"]
                order A7 at 2025-01-06T16:00:00.000Z CNY 10.00 Paid
                line 茶 x1000 10.00
                rejected: Error too_many_cells row 8 - "7" -> "6"
            9:
                Warning too_few_cells row 9 - "3" -> "6"
                rejected: Error missing row 9 order.amount "" -> ""
            10:
                order A9 at 2025-01-08T16:00:00.000Z CNY 10.00 Paid
                line 茶 x1000 10.00"#]],
    );
}

#[test]
fn youzan_products_and_empties() {
    check(
        "订单号,订单状态,买家付款时间,订单实付金额,全部商品名称,收货人/提货人,收货人手机号/提货人手机号,买家手机号,买家昵称\n\
         E1,已发货,2025-07-20 16:42:54,539.10,商品甲(1件);商品乙(红)(2件),示例,138****0000,13900000000,昵称甲\n\
         E2,交易关闭,2025-07-20 16:42:54,10,商品甲(3件),?,—,,昵称乙\n\
         E3,待付款,,10,商品甲(3件),示例,13800000000,,\n",
        expect![[r#"
            2: {"name":"示例","phone":"+8613900000000"} keys ["+8613900000000"]
                order E1 at 2025-07-20T08:42:54.000Z CNY 539.10 Paid
                line 商品甲 x1000 0.00
                line 商品乙(红) x2000 0.00
                Warning masked_phone row 2 phone "138****0000" -> ""
            3: {"name":"昵称乙"} keys ["昵称乙"]
                order E2 at 2025-07-20T08:42:54.000Z CNY 10.00 Cancelled
                line 商品甲 x3000 10.00
            4: {"name":"示例","phone":"+8613800000000"} keys ["+8613800000000"]
                rejected: Error not_a_purchase row 4 order.status "待付款" -> """#]],
    );
}

#[test]
fn customers_with_flaws() {
    check(
        "姓名,手机,邮箱,性别,生日,注册时间,标签,鞋码\n\
         陈 伟,138****0000,not an address,女,1990-02-31,2025-01-01,VIP、复购,42\n\
         N/A,—,,,,,,\n\
         ,13800000000;13900000000,,猫,05-14,2030-01-01,,\n\
         李娜,,,,,,,\n\
         李娜,,,,,,,\n",
        expect![[r#"
            2: {"gender":"female","name":"陈伟","phone":"138****0000","signupOn":"2025-01-01","tags":["VIP","复购"]} keys ["陈伟"]
                source 1
                Warning masked_phone row 2 phone "138****0000" -> ""
                Warning bad_email row 2 email "not an address" -> "name@example.com"
                Warning bad_date row 2 birthday "1990-02-31" -> "2026-01-31"
            3:
                source 1
                rejected: Error no_identity row 3 - "" -> "name, phone, email"
            4: {"birthday":"--05-14","phone":"+8613800000000"} keys ["+8613800000000"]
                source 1
                Warning bad_phone row 4 phone "13800000000;13900000000" -> "+8613800000000"
                Warning unknown_choice row 4 gender "猫" -> "female, male, other"
                Warning future_date row 4 signup_on "2030-01-01" -> "2026-11-22"
            5: {"name":"李娜"} keys ["李娜"]
                source 1
            6: {"name":"李娜"} keys ["李娜"]
                source 2"#]],
    );
}

#[test]
fn customers_with_the_same_key() {
    check(
        "会员号,姓名,手机\nM1,陈伟,13800000000\nM1,陈伟,13800000000\nM1,陈威,13800000000\n",
        expect![[r#"
            2: {"externalId":"M1","name":"陈伟","phone":"+8613800000000"} keys ["+8613800000000"]
            4: {"externalId":"M1","name":"陈威","phone":"+8613800000000"} keys ["+8613800000000"]
                rejected: Error duplicate_key row 4 customer.external_id "M1" -> """#]],
    );
}

#[test]
fn companies_and_parts_of_names() {
    check(
        "First Name,Last Name,Company,Nickname,Phone,Address 1,Notes\n\
         Ann,Example,Acme Ltd,annie,+15555550100,1 Main St,\"line 1\nline 2\"\n\
         ,,Acme Ltd,,+15555550101,,\n\
         伟,陈,,,+8613800000000,,\n\
         ,,,annie,+15555550102,,\n",
        expect![[r#"
            2: {"address":"1 Main St","custom":{"company":"Acme Ltd","nickname":"annie"},"name":"Ann Example","note":"line 1\nline 2","phone":"+15555550100"} keys ["+15555550100"]
                source 1
            3: {"kind":"company","name":"Acme Ltd","phone":"+15555550101"} keys ["+15555550101"]
                source 1
            4: {"name":"陈伟","phone":"+8613800000000"} keys ["+8613800000000"]
                source 1
            5: {"name":"annie","phone":"+15555550102"} keys ["+15555550102"]
                source 1"#]],
    );
}

#[test]
fn decimal_commas_come_with_semicolons() {
    check(
        "Order ID;Order date;Email;Product;Quantity;Unit price;Total\n\
         A1;31.01.2025 18:30;a@example.com;Tee;1,5;1.234,00;1.851,00\n",
        expect![[r#"
            2: {"email":"a@example.com"} keys ["a@example.com"]
                order A1 at 2025-01-31T10:30:00.000Z CNY 1851.00 Paid
                line Tee x1500 1851.00"#]],
    );
}

#[test]
fn source_keys_are_stable() {
    let text = "姓名,下单时间,商品,金额\n陈伟,2025-01-01,茶,10\n陈伟,2025-01-01,茶,10\n李娜,2025-01-01,茶,10\n";
    let keys = |text: &str| -> Vec<String> {
        records(text)
            .into_iter()
            .filter_map(|r| r.source_key)
            .collect()
    };
    let first = keys(text);
    assert_eq!(first.len(), 3);
    assert_eq!(first, keys(text));
    assert!(first[0].ends_with(":1") && first[1].ends_with(":2") && first[2].ends_with(":1"));
    assert_eq!(
        first[0].rsplit_once(':').unwrap().0,
        first[1].rsplit_once(':').unwrap().0
    );
    // Rows in another order are the same records.
    let lines: Vec<&str> = text.lines().collect();
    let turned = format!("{}\n{}\n{}\n{}\n", lines[0], lines[3], lines[1], lines[2]);
    let mut second = keys(&turned);
    let mut sorted = first.clone();
    sorted.sort();
    second.sort();
    assert_eq!(sorted, second);
}

#[test]
fn cells_without_types_become_fields_of_the_owner() {
    let text = "姓名,手机,a,b,c,d,e\n陈伟,13800000000,42,'42,true,00123,2.50\n";
    let inspection = look(text.as_bytes(), "file.csv");
    let mut plan = plan(&inspection, Currency::CNY);
    for key in ["a", "b", "c", "d", "e"] {
        plan.mapping.insert(key.to_owned(), format!("custom.{key}"));
    }
    let mut intake = Intake::new(&plan, circumstances());
    let mut out = Vec::new();
    intake.feed(text.as_bytes(), &mut out);
    intake.finish(&mut out);
    let custom = serde_json::to_string(&out[0].customer.as_ref().unwrap().draft.custom).unwrap();
    assert_eq!(
        custom,
        r#"{"a":42.0,"b":"42","c":true,"d":"00123","e":"2.50"}"#
    );
}

fn all(plan: &ImportPlan, bytes: &[u8], chunk: usize) -> Vec<Incoming> {
    let mut intake = Intake::new(plan, circumstances());
    let mut out = Vec::new();
    for part in bytes.chunks(chunk) {
        intake.feed(part, &mut out);
    }
    intake.finish(&mut out);
    out
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_cells_in_any_column_never_panic(
        cells in proptest::collection::vec(
            prop_oneof![
                ".{0,20}", "[0-9.,\\-]{0,12}", Just("2025-01-01".to_owned()), Just("A1".to_owned()),
                Just("部分退款".to_owned()), Just("99999999999999999".to_owned()), Just("'".to_owned()),
            ],
            0..60,
        ),
        chunk in 1usize..40,
    ) {
        let mut text = "order,at,status,currency,amount,gross,discount,tax,points,refunded,product,quantity,price,lineamount,linediscount,phone,email,name,tags,custom\n".to_owned();
        let mut plan = plan(&look("订单号,下单时间,金额\nA1,2025-01-01,10\n".as_bytes(), "a.csv"), Currency::CNY);
        plan.mapping = [
            ("order", "order.external_id"), ("at", "order.at"), ("status", "order.status"), ("currency", "order.currency"),
            ("amount", "order.amount"), ("gross", "order.gross"), ("discount", "order.discount"), ("tax", "order.tax"),
            ("points", "order.paid_with_points"), ("refunded", "order.refunded"), ("product", "line.product"),
            ("quantity", "line.quantity"), ("price", "line.price"), ("lineamount", "line.amount"),
            ("linediscount", "line.discount"), ("phone", "phone"), ("email", "email"), ("name", "name"),
            ("tags", "tags"), ("custom", "custom.x"),
        ]
        .into_iter()
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .collect();
        for row in cells.chunks(20) {
            let row: Vec<String> = row.iter().map(|c| format!("\"{}\"", c.replace('"', "\"\""))).collect();
            text.push_str(&row.join(","));
            text.push('\n');
        }
        let whole = all(&plan, text.as_bytes(), 100_000);
        prop_assert_eq!(all(&plan, text.as_bytes(), chunk), whole);
    }
}

/// Lines of one order that are not on rows one below the other, as two tills leave them, make one order; the same rows
/// again add nothing; and what says something else of the order is refused as before.
#[test]
fn lines_of_an_order_that_lie_apart() {
    let head = "订单号,下单时间,手机,商品,数量,小计\n";
    let a = |product: &str| format!("A,2026-01-31 10:00,13800000001,{product},1,10.00\n");
    let b = |product: &str| format!("B,2026-01-31 10:01,13800000002,{product},1,20.00\n");
    let told = |rows: &[String]| -> Vec<String> {
        let text = [head, &rows.concat()].concat();
        let inspection = crate::tests::look(text.as_bytes(), "x.csv");
        let (records, _) = crate::tests::read(text.as_bytes(), &inspection);
        let show = |it: &crate::Incoming| {
            let order = it.order.as_ref();
            let lines: Vec<String> = order
                .map(|order| {
                    order
                        .draft
                        .lines
                        .iter()
                        .map(|l| l.product.clone())
                        .collect()
                })
                .unwrap_or_default();
            let refused = it.rejected.as_ref().map(|issue| issue.code);
            let amount = order.map(|order| order.draft.amount.0).unwrap_or_default();
            format!("{} {} {amount} {refused:?}", it.row, lines.join("+"))
        };
        records.iter().map(show).collect()
    };
    let apart = told(&[a("x"), b("y"), a("z"), b("w"), a("v")]);
    assert_eq!(apart, ["2 x+z+v 3000 None", "3 y+w 4000 None"]);
    // A whole export pasted below itself.
    let export = [a("x"), b("y"), a("z"), b("w")];
    let twice = told(&[export.clone(), export].concat());
    assert_eq!(twice, ["2 x+z 2000 None", "3 y+w 4000 None"]);
    // The number again on another day is another order: which of them is meant only a person knows.
    let other = a("x").replace("01-31", "02-01");
    let refused = told(&[a("x"), b("y"), other]);
    assert_eq!(
        refused,
        [
            "2 x 1000 None",
            "3 y 2000 None",
            "4 x 1000 Some(DuplicateKey)"
        ]
    );
}

/// Beyond what is held back, lines that come later are refused, not lost in silence and not made an order of their own.
#[test]
fn lines_that_come_too_late_are_refused() {
    let mut text = String::from("订单号,下单时间,手机,商品,数量,小计\n");
    let row =
        |n: usize, product: &str| format!("N{n},2026-01-31 10:00,1380{n:07},{product},1,10.00\n");
    for n in 0..=super::held::HELD {
        text.push_str(&row(n, "x"));
    }
    text.push_str(&row(0, "late"));
    text.push_str(&row(2, "in time"));
    let inspection = crate::tests::look(text.as_bytes(), "x.csv");
    let (records, _) = crate::tests::read(text.as_bytes(), &inspection);
    assert_eq!(records.len(), super::held::HELD + 2);
    let refused: Vec<_> = records.iter().filter(|it| it.rejected.is_some()).collect();
    assert_eq!(refused.len(), 1);
    assert_eq!(
        refused[0].rejected.as_ref().unwrap().code,
        IssueCode::DuplicateKey
    );
    let joined = records[2].order.as_ref().unwrap();
    assert_eq!(joined.draft.lines.len(), 2);
}

#[test]
fn lines_of_totals_are_left_out_with_their_reason() {
    for (row, out) in [
        ("合计,6人,,", true),
        ("Total,,,", true),
        (" 总 计 ：,,,120", true),
        ("小计,6,,合计", true),
        ("合计,王芳,,", false),
        ("合计,,13800000000,", false),
        ("M1,合计,13800000000,", false),
    ] {
        let records = records(&format!(
            "编号,姓名,手机,备注\nM9,李娜,13800000009,好\n{row}\n"
        ));
        let last = records.last().unwrap();
        let found = last.rejected.as_ref().map(|issue| issue.code);
        assert_eq!(found, out.then_some(IssueCode::TotalRow), "{row}");
    }
    // In a table that begins with the name the word is the name.
    let records = records("姓名,手机\n李娜,13800000009\n合计,6人\n");
    let found = records[1].rejected.as_ref().map(|issue| issue.code);
    assert_eq!(found, Some(IssueCode::TotalRow));
    assert!(
        records[1].issues.is_empty(),
        "its cells are no telephone numbers"
    );
}

#[test]
fn a_telephone_in_the_cell_of_the_name_is_taken_out_of_it() {
    check(
        "姓名,城市,手机\n\
         王小明 13812345678,杭州,\n\
         13812345679 李娜,杭州,\n\
         陈伟 13812345670,杭州,13800000001\n\
         陈伟 13812345670,杭州,13812345670\n\
         5号桌 13812345671,杭州,\n",
        expect![[r#"
            2: {"city":"杭州市","name":"王小明","phone":"+8613812345678"} keys ["+8613812345678"]
                source 1
            3: {"city":"杭州市","name":"李娜","phone":"+8613812345679"} keys ["+8613812345679"]
                source 1
            4: {"city":"杭州市","name":"陈伟 13812345670","phone":"+8613800000001"} keys ["+8613800000001"]
                source 1
            5: {"city":"杭州市","name":"陈伟","phone":"+8613812345670"} keys ["+8613812345670"]
                source 1
            6: {"city":"杭州市","name":"5号桌 13812345671"} keys ["5号桌 13812345671"]
                source 1"#]],
    );
}
