use super::*;
use crate::tests::look;
use expect_test::{Expect, expect};
use model::import::ImportKind;
use proptest::prelude::*;

fn check(file: &[u8], name: &str, expected: Expect) {
    let it = look(file, name);
    let columns: Vec<String> = it
        .columns
        .iter()
        .map(|c| {
            format!(
                "{}={} {:?}",
                c.header,
                c.field.as_deref().unwrap_or("-"),
                c.reason
            )
        })
        .collect();
    expected.assert_eq(&format!(
        "{:?} {:?} {:?} header {} {:?} {:?}{} rows {}\n{}",
        it.format,
        it.encoding,
        it.delimiter,
        it.header_row,
        it.kind,
        it.date_order,
        if it.ambiguous_dates { " ambiguous" } else { "" },
        it.rows_estimate,
        columns.join("\n")
    ));
}

#[test]
fn a_chinese_list_of_members() {
    check(
        "会员卡号,会员姓名,手机号码,性别,会员生日,入会时间,会员等级,可用积分,累计消费金额,最后消费时间,所属门店,备注\n\
         80001,王芳,19900000001,女,1990-05-14,2024/3/4,金卡,120,3000.00,2025/1/3 10:00,一店,\n"
            .as_bytes(),
        "members.csv",
        expect![[r#"
            Delimited Utf8 Some(',') header 1 Customers MonthFirst rows 1
            会员卡号=customer.external_id Header
            会员姓名=name Header
            手机号码=phone Header
            性别=gender Header
            会员生日=birthday Header
            入会时间=signup_on Header
            会员等级=- None
            可用积分=- None
            累计消费金额=- None
            最后消费时间=- None
            所属门店=- None
            备注=note Header"#]],
    );
}

#[test]
fn an_english_list_with_titles_above() {
    check(
        b"Customer Contact List\nJanuary 2026\n\nCustomer full name;Phone numbers;Email;Billing address;Open balance\nAnn Example;Phone: (555) 555-0100;ann@example.com;1 Main St;12,50\nBo Sample;;bo@example.com;2 Main St;0,00\n",
        "list.csv",
        expect![[r#"
            Delimited Utf8 Some(';') header 4 Customers DayFirst rows 2
            Customer full name=name HeaderPart
            Phone numbers=phone HeaderPart
            Email=email Header
            Billing address=address Header
            Open balance=- None"#]],
    );
}

#[test]
fn a_till_with_lines() {
    check(
        "小票号\t销售时间\t会员手机\t品名\t数量\t单价\t金额\t收银员\nA1\t2025-01-01 10:00\t19900000001\t茶\t1\t10\t10\t李\nA1\t2025-01-01 10:00\t19900000001\t杯\t2\t5\t10.00\t李\n"
            .as_bytes(),
        "sales.tsv",
        expect![[r#"
            Delimited Utf8 Some('\t') header 1 Orders MonthFirst rows 2
            小票号=order.external_id Header
            销售时间=order.at Header
            会员手机=phone Header
            品名=line.product Header
            数量=line.quantity Header
            单价=line.price Header
            金额=line.amount Header
            收银员=- None"#]],
    );
}

#[test]
fn sales_of_an_english_shop() {
    check(
        b"Date,Time,Transaction ID,Customer Name,Customer Email,Item,Qty,Net Sales,Tax,Total Collected,Location\n03/04/2025,10:00,T1,Ann Example,ann@example.com,Tee,1,10.00,0.80,$10.80,Main\n",
        "sales.csv",
        expect![[r#"
            Delimited Utf8 Some(',') header 1 Orders MonthFirst ambiguous rows 1
            Date=order.at Header
            Time=order.time HeaderPart
            Transaction ID=order.external_id Header
            Customer Name=name Header
            Customer Email=email Header
            Item=line.product Header
            Qty=line.quantity Header
            Net Sales=- None
            Tax=order.tax Header
            Total Collected=order.amount Header
            Location=order.channel Header"#]],
    );
}

#[test]
fn values_speak_where_headers_do_not() {
    check(
        b"a,b,c,d\nAnn,19900000001,ann@example.com,F\nBo,19900000002,bo@example.com,M\nCy,19900000003,cy@example.com,F\n",
        "x.csv",
        expect![[r#"
            Delimited Utf8 Some(',') header 1 Customers MonthFirst rows 3
            a=- None
            b=phone Values
            c=email Values
            d=gender Values"#]],
    );
}

#[test]
fn a_file_without_header() {
    check(
        "王芳,19900000001,女,1990-05-14\n李伟,19900000002,男,1991-05-14\n".as_bytes(),
        "x.csv",
        expect![[r#"
            Delimited Utf8 Some(',') header 0 Customers MonthFirst rows 2
            #1=name Values
            #2=phone Values
            #3=- None
            #4=- None"#]],
    );
}

#[test]
fn senders_and_logistics_are_left_alone() {
    check(
        "寄件人,寄件人电话,收件人,收件人电话,收件地址,快递单号,物流公司\n店,02155550100,王芳,19900000001,某路1号,SF1,顺丰\n".as_bytes(),
        "x.csv",
        expect![[r#"
            Delimited Utf8 Some(',') header 1 Customers MonthFirst rows 1
            寄件人=- None
            寄件人电话=- None
            收件人=name Header
            收件人电话=phone Header
            收件地址=address HeaderPart
            快递单号=- None
            物流公司=- None"#]],
    );
}

#[test]
fn json_of_the_api_and_of_others() {
    check(
        br#"[{"externalId":"C1","name":"Ann","consent":{"email":true},"custom":{"shoe":42},"tags":["a"],"postalCode":"1","signupOn":"2025-01-01"}]"#,
        "x.json",
        expect![[r#"
            Json Utf8 None header 0 Customers MonthFirst rows 1
            externalId=customer.external_id Header
            name=name Header
            consent.email=consent.email Header
            custom.shoe=custom.shoe Header
            tags=tags Header
            postalCode=postal_code Header
            signupOn=signup_on Header"#]],
    );
    check(
        br#"[{"externalId":"O1","customer":"C1","at":"2025-01-01T10:00:00Z","amount":"10.00","lines":[{"product":"Tee","quantity":1,"amount":"10.00"}]}]"#,
        "x.json",
        expect![[r#"
            Json Utf8 None header 0 Orders MonthFirst rows 1
            externalId=order.external_id Preset
            customer=customer.id Preset
            at=order.at Preset
            amount=order.amount Preset
            lines.product=line.product Preset
            lines.quantity=line.quantity Preset
            lines.amount=line.amount Preset"#]],
    );
    check(
        br#"{"data":{"orders":[{"order_id":7,"created_at":"2025-01-01","total_price":"5","customer":{"email":"a@example.com","phone":null},"line_items":[{"name":"Tee","quantity":1}]}]}}"#,
        "x.json",
        expect![[r#"
            Json Utf8 None header 0 Orders MonthFirst rows 1
            order_id=order.external_id Header
            created_at=order.at Header
            total_price=order.amount Header
            customer.email=email Header
            customer.phone=phone Header
            line_items.name=line.product HeaderPart
            line_items.quantity=line.quantity HeaderPart"#]],
    );
}

#[test]
fn the_first_line_may_name_the_delimiter() {
    let it = look(
        b"sep=;\r\nName;Phone\r\nAnn, the first;+15555550100\r\n",
        "x.csv",
    );
    assert_eq!((it.delimiter, it.header_row), (Some(';'), 2));
    assert_eq!(it.columns.len(), 2);
}

#[test]
fn delimiters_inside_quotes_do_not_count() {
    for (text, delimiter, width) in [
        (
            "name,note\n\"a;b;c\",\"x;y;z\"\n\"d;e;f\",\"x;y;z\"\n",
            ',',
            2,
        ),
        ("name;note\n\"a,b,c\";1,5\n\"d,e,f\";2,5\n", ';', 2),
        ("name\tnote\nA, B\tx, y\nC, D\tx\n", '\t', 2),
        ("name|phone\nA|1\nB|2\n", '|', 2),
        ("phone\n19900000001\n19900000002\n", ',', 1),
    ] {
        let it = look(text.as_bytes(), "x.csv");
        assert_eq!(
            (it.delimiter, it.columns.len()),
            (Some(delimiter), width),
            "{text}"
        );
    }
}

#[test]
fn orders_of_dates_are_found() {
    let file = |dates: &[&str]| {
        let mut text = "姓名,手机,注册时间\n".to_owned();
        for (n, date) in dates.iter().enumerate() {
            text.push_str(&format!("甲,1990000000{n},{date}\n"));
        }
        let it = look(text.as_bytes(), "x.csv");
        (it.date_order, it.ambiguous_dates)
    };
    assert_eq!(
        file(&["03/04/2025", "25/12/2025"]),
        (DateOrder::DayFirst, false)
    );
    assert_eq!(
        file(&["03/04/2025", "12/25/2025"]),
        (DateOrder::MonthFirst, false)
    );
    assert_eq!(
        file(&["03/04/2025", "05/05/2025"]),
        (DateOrder::MonthFirst, true)
    );
    assert_eq!(
        file(&["13/04/2025", "12/25/2025", "03/04/2025"]),
        (DateOrder::MonthFirst, true)
    );
    assert_eq!(file(&["2025/3/4"]), (DateOrder::MonthFirst, false));
}

#[test]
fn a_person_overrules() {
    let bytes = "标题,x\n姓名,手机\n王芳,19900000001\n".as_bytes();
    let reading = Reading {
        header_row: Some(2),
        kind: Some(ImportKind::Orders),
        delimiter: Some(','),
        encoding: Some(TextEncoding::Utf8),
        fresh: false,
    };
    let it = inspect(bytes, bytes.len() as u64, "x.csv", &reading).unwrap();
    assert_eq!((it.header_row, it.kind), (2, ImportKind::Orders));
    assert_eq!(it.columns[0].field.as_deref(), Some("name"));
}

#[test]
fn encodings_are_found() {
    let text = "姓名,手机,城市\n王芳,19900000001,上海\n李伟,19900000002,北京\n";
    let (gbk, _, _) = encoding_rs::GBK.encode(text);
    let utf16 = |bom: bool, big: bool| -> Vec<u8> {
        let units = bom.then_some(0xfeff).into_iter().chain(text.encode_utf16());
        units
            .flat_map(|u| {
                if big {
                    u.to_be_bytes()
                } else {
                    u.to_le_bytes()
                }
            })
            .collect()
    };
    for (bytes, encoding) in [
        (text.as_bytes().to_vec(), TextEncoding::Utf8),
        (["\u{feff}", text].concat().into_bytes(), TextEncoding::Utf8),
        (gbk.to_vec(), TextEncoding::Gb18030),
        (utf16(true, false), TextEncoding::Utf16Le),
        (utf16(true, true), TextEncoding::Utf16Be),
        (utf16(false, false), TextEncoding::Utf16Le),
        (utf16(false, true), TextEncoding::Utf16Be),
    ] {
        let it = look(&bytes, "x.csv");
        assert_eq!(it.encoding, encoding);
        assert_eq!(
            it.columns
                .iter()
                .map(|c| c.header.as_str())
                .collect::<Vec<_>>(),
            ["姓名", "手机", "城市"]
        );
        assert!(it.issues.is_empty());
    }
    // A sample that ends inside a character is still UTF-8.
    let cut = &text.as_bytes()[..text.len() - 2];
    let it = inspect(cut, 1000, "x.csv", &Reading::default()).unwrap();
    assert_eq!(it.encoding, TextEncoding::Utf8);
    assert!(it.rows_estimate > 5);
}

#[test]
fn what_is_no_table_is_refused() {
    let workbook = b"PK\x03\x04\x14\0\0\0\x08\0xl/workbook.xml".as_slice();
    let noise: Vec<u8> = (0u32..4000)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    for (bytes, name, found) in [
        (b"".as_slice(), "x.csv", Found::Empty),
        (b" \r\n\t\n", "x.csv", Found::Empty),
        (b"\xef\xbb\xbf", "x.csv", Found::Empty),
        (b"Name,Phone\r\n", "x.csv", Found::HeaderOnly),
        (workbook, "x.csv", Found::Xlsx),
        (b"PK\x03\x04rest", "x.zip", Found::Archive),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "x.xls", Found::Xls),
        (b"%PDF-1.7", "x.pdf", Found::Pdf),
        (b"\x89PNG\r\n", "x.png", Found::Media),
        (b"\xff\xd8\xff\xe0", "x.jpg", Found::Media),
        (b"SQLite format 3\0rest", "x.db", Found::Sqlite),
        (b"<!DOCTYPE html><table><tr>", "x.xls", Found::Html),
        (b"<?xml version=\"1.0\"?><Workbook>", "x.xml", Found::Xml),
        (b"BEGIN:VCARD\r\nVERSION:3.0\r\n", "x.vcf", Found::Empty),
        (
            b"{\"a\": 1, \"b\": [1, 2]",
            "x.json",
            Found::JsonWithoutRecords,
        ),
        (b"[1, 2, 3]", "x.json", Found::JsonWithoutRecords),
        (b"[]", "x.json", Found::JsonWithoutRecords),
        (&noise, "x.csv", Found::Binary),
        (
            b"Dear all\nplease find the list attached\n",
            "x.txt",
            Found::NoTable,
        ),
    ] {
        let refused = inspect(bytes, bytes.len() as u64, name, &Reading::default());
        assert_eq!(
            refused.map(|_| ()).map_err(|u| u.found),
            Err(found),
            "{found:?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn garbage_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..400), more in 0u64..1000) {
        let _ = inspect(&bytes, bytes.len() as u64 + more, "x.csv", &Reading::default());
    }

    #[test]
    fn near_tables_never_panic(text in "([a-c姓名手机,;\t|\"\r\n=0-9@./{}\\[\\]: -]{0,12}[\n,]){0,12}", more in 0u64..1000) {
        let _ = inspect(text.as_bytes(), text.len() as u64 + more, "x.json", &Reading::default());
    }
}

/// Western spreadsheets and Chinese ones both save in encodings without a mark; the bytes tell them apart.
#[test]
fn western_and_chinese_bytes_are_told_apart() {
    let western = [
        "Name,City\r\nJürgen Müller,Köln\r\nZoë Brontë,Paris\r\n",
        "Nom,Ville\nJosé,Genève\nFrançois Lefèvre,Besançon\nAnaïs,Nîmes\n",
        "Name,Note\nAnn,it\u{2019}s \u{20ac}5 \u{201c}now\u{201d}\n",
        "Name;Stadt\nAnna Groß;Weißenburg\nBjörn Åkesson;Malmö\n",
        "Name,City\nAnn,Lyon\nBob,Zürich\n",
    ];
    for text in western {
        let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(text);
        let it = look(&bytes, "x.csv");
        assert_eq!(it.encoding, TextEncoding::Windows1252, "{text}");
        let shown: Vec<&String> = it.columns.iter().flat_map(|c| &c.samples).collect();
        assert!(
            shown
                .iter()
                .any(|sample| text.contains(sample.as_str()) && !sample.is_ascii()),
            "{shown:?}"
        );
    }
    let chinese = [
        "姓名,城市\n王小明,杭州\n",
        "Name,City\nAnn,Lyon\n王瑄,Oslo\n",
        "name,note\nAnn,a\nBob,b\nCid,喆\nDan,你好\n",
        "客户,电话\n镕基,13800000000\n囍,13800000001\n",
    ];
    for text in chinese {
        let (bytes, _, _) = encoding_rs::GB18030.encode(text);
        assert_eq!(
            look(&bytes, "x.csv").encoding,
            TextEncoding::Gb18030,
            "{text}"
        );
    }
}
