//! Whole files: what they seem to be and what comes out of them.

#![expect(clippy::too_many_lines, reason = "tables of cases")]

use crate::{Circumstances, Incoming, Intake, inspect, plan};
use expect_test::{Expect, expect};
use model::import::{ColumnGuess, Inspection, Reading};
use model::{Currency, Issue, Zone};
use std::fmt::Write;

pub(crate) fn circumstances() -> Circumstances {
    Circumstances {
        zone: Zone::parse("Asia/Shanghai").unwrap(),
        currency: Currency::CNY,
        phone_country: "86".to_owned(),
        now: "2026-11-22T12:00:00Z".parse().unwrap(),
    }
}

pub(crate) fn look(bytes: &[u8], name: &str) -> Inspection {
    inspect(bytes, bytes.len() as u64, name, &Reading::default()).unwrap()
}

/// Reads a whole file as its inspection says, in one chunk.
pub(crate) fn read(bytes: &[u8], inspection: &Inspection) -> (Vec<Incoming>, Vec<Issue>) {
    let mut intake = Intake::new(&plan(inspection, Currency::CNY), circumstances());
    let mut out = Vec::new();
    intake.feed(bytes, &mut out);
    intake.finish(&mut out);
    (out, intake.take_issues())
}

fn show_issue(issue: &Issue) -> String {
    let value = serde_json::to_value(issue.code).unwrap();
    format!(
        "{:?} {} row {} {} {:?} -> {:?}",
        issue.severity,
        value.as_str().unwrap(),
        issue.row.unwrap_or(0),
        issue.field.as_deref().unwrap_or("-"),
        issue.value.as_deref().unwrap_or(""),
        issue.expected.as_deref().unwrap_or("")
    )
}

pub(crate) fn show_incoming(it: &Incoming) -> String {
    let mut out = format!("{}:", it.row);
    if let Some(customer) = &it.customer {
        let mut draft = serde_json::to_value(&customer.draft).unwrap();
        let fields = draft.as_object_mut().unwrap();
        fields.retain(|name, value| {
            let empty = value == "" || value.as_object().is_some_and(serde_json::Map::is_empty);
            !(empty || (name == "kind" && value == "person"))
        });
        write!(out, " {draft}").unwrap();
        let keys = [&customer.phone_key, &customer.email_key, &customer.name_key];
        let keys: Vec<&str> = keys.into_iter().flatten().map(String::as_str).collect();
        write!(out, " keys {keys:?}").unwrap();
    }
    if let Some(order) = &it.order {
        let draft = &order.draft;
        write!(
            out,
            "\n    order {} at {} {} {} {:?}",
            draft.external_id.as_deref().unwrap_or("-"),
            draft.at,
            draft.currency,
            draft.amount.to_decimal(draft.currency),
            draft.status
        )
        .unwrap();
        for (name, amount) in [
            ("gross", draft.gross),
            ("tax", draft.tax),
            ("points", draft.paid_with_points),
            ("refunded", order.refunded),
        ] {
            if let Some(amount) = amount {
                write!(out, " {name} {}", amount.to_decimal(draft.currency)).unwrap();
            }
        }
        for (name, text) in [("channel", &draft.channel), ("coupon", &draft.coupon)] {
            if let Some(text) = text {
                write!(out, " {name} {text}").unwrap();
            }
        }
        for line in &draft.lines {
            let amount = line.amount.to_decimal(draft.currency);
            write!(
                out,
                "\n    line {} x{} {amount}",
                line.product, line.quantity_milli
            )
            .unwrap();
        }
    }
    if let Some(key) = &it.source_key {
        write!(out, "\n    source {}", key.rsplit(':').next().unwrap()).unwrap();
    }
    for issue in &it.issues {
        write!(out, "\n    {}", show_issue(issue)).unwrap();
    }
    if let Some(issue) = &it.rejected {
        write!(out, "\n    rejected: {}", show_issue(issue)).unwrap();
    }
    out
}

fn show_column(column: &ColumnGuess) -> String {
    let field = column.field.as_deref().unwrap_or("-");
    format!("{}={field}", column.header)
}

fn show(bytes: &[u8], name: &str) -> String {
    let inspection = look(bytes, name);
    let mut out = format!(
        "{:?} {:?} {:?} header {} preset {} kind {:?} dates {:?}{}\n",
        inspection.format,
        inspection.encoding,
        inspection.delimiter,
        inspection.header_row,
        inspection.preset.as_deref().unwrap_or("-"),
        inspection.kind,
        inspection.date_order,
        if inspection.ambiguous_dates {
            " ambiguous"
        } else {
            ""
        }
    );
    let columns = inspection.columns.iter();
    let columns: Vec<String> = columns
        .filter(|c| c.field.is_some())
        .map(show_column)
        .collect();
    writeln!(out, "{}", columns.join(", ")).unwrap();
    let (records, issues) = read(bytes, &inspection);
    for record in &records {
        writeln!(out, "{}", show_incoming(record)).unwrap();
    }
    for issue in &issues {
        writeln!(out, "{}", show_issue(issue)).unwrap();
    }
    out
}

fn check(bytes: &[u8], expected: Expect) {
    expected.assert_eq(&show(bytes, "file.csv"));
}

macro_rules! sample {
    ($name:literal) => {
        include_bytes!(concat!("samples/", $name))
    };
}

#[test]
fn bigin_deals() {
    check(
        sample!("bigin-deals.csv"),
        expect![[r#"
            Delimited Utf8 Some(',') header 1 preset bigin_deals kind Orders dates MonthFirst
            Deal Id=order.external_id, Deal Name=line.product, Company Name=company, Contact Name.id=customer.external_id, Contact Name=name, Amount=order.amount, Stage=order.status, Closing Date=order.at
            2: {"name":"Wei Chen"} keys ["Wei Chen"]
                order 900001 at 2025-11-29T16:00:00.000Z CNY 12000.00 Paid
                line Acme renewal x1000 12000.00
        "#]],
    );
}

#[test]
fn fxiaoke_customers() {
    check(
        sample!("fxiaoke-customers.csv"),
        expect![[r#"
        Delimited Utf8 Some(',') header 1 preset fxiaoke_customers kind Customers dates MonthFirst
        客户编号=customer.external_id, 客户名称=name, 客户来源=source_channel, 国家=country, 省=province, 市=city, 区=district, 电话=phone, 邮件=email, 负责人=owner, 创建时间=signup_on
        2: {"city":"上海市","country":"中国","district":"浦东新区","email":"info@example.com","externalId":"C-000123","name":"示例贸易有限公司","owner":"林梅","phone":"+862155550100","province":"上海市","signupOn":"2024-07-08","sourceChannel":"展会"} keys ["+862155550100", "info@example.com"]
    "#]],
    );
}

#[test]
fn hubspot_contacts() {
    check(
        sample!("hubspot-contacts.csv"),
        expect![[r#"
            Delimited Utf8 Some(',') header 1 preset hubspot_contacts kind Customers dates MonthFirst
            Record ID=customer.external_id, First Name=first_name, Last Name=last_name, Email=email, Phone Number=phone, Contact owner=owner, Create Date=signup_on, Job Title=occupation, Company Name=company, Associated Company=company, Country/Region=country, City=city, State/Region=province, Postal Code=postal_code, Original Source=source_channel
            2: {"country":"法国","custom":{"company":"Acme Trading"},"email":"camille@example.com","externalId":"101","name":"Camille Durand","owner":"Mei Lin","phone":"+33600000000","signupOn":"2024-03-12","sourceChannel":"ORGANIC_SEARCH"} keys ["+33600000000", "camille@example.com"]
        "#]],
    );
}

#[test]
fn shopify_customers() {
    check(
        sample!("shopify-customers.csv"),
        expect![[r#"
            Delimited Utf8 Some(',') header 1 preset shopify_customers kind Customers dates MonthFirst
            Customer ID=customer.external_id, First Name=first_name, Last Name=last_name, Email=email, Accepts Email Marketing=consent.email, Default Address Company=company, Default Address Address1=address, Default Address Address2=address, Default Address City=city, Default Address Province Code=province, Default Address Country Code=country, Default Address Zip=postal_code, Default Address Phone=phone, Phone=phone, Accepts SMS Marketing=consent.sms, Note=note, Tags=tags
            2: {"address":"1 Main St","city":"Portland","consent":{"email":true,"sms":false},"country":"美国","email":"ann@example.com","externalId":"6001000000001","name":"Ann Example","phone":"+15555550100","postalCode":"97201","province":"Oregon","tags":["VIP","newsletter"]} keys ["+15555550100", "ann@example.com"]
        "#]],
    );
}

#[test]
fn shopify_orders() {
    check(
        sample!("shopify-orders.csv"),
        expect![[r#"
            Delimited Utf8 Some(',') header 1 preset shopify_orders kind Orders dates MonthFirst
            Name=order.external_id, Email=email, Financial Status=order.status, Paid at=order.at, Accepts Marketing=consent.email, Currency=order.currency, Taxes=order.tax, Total=order.amount, Discount Code=order.coupon, Discount Amount=order.discount, Created at=order.at, Lineitem quantity=line.quantity, Lineitem name=line.product, Lineitem price=line.price, Billing Name=name, Billing Address1=address, Billing City=city, Billing Zip=postal_code, Billing Province=province, Billing Country=country, Billing Phone=phone, Shipping Name=name, Shipping Phone=phone, Refunded Amount=order.refunded, Source=order.channel, Lineitem discount=line.discount, Phone=phone, Billing Province Name=province
            2: {"city":"Springfield","consent":{"email":false},"country":"美国","email":"ann@example.com","name":"Ann Example","postalCode":"12345"} keys ["ann@example.com"]
                order #1001 at 2024-05-01T09:58:12.000Z USD 34.98 Paid tax 0.00 channel web
                line Crew Tee - Black / S x2000 19.98
                line Cap - Red x1000 10.00
        "#]],
    );
}

#[test]
fn square_customers() {
    check(
        sample!("square-customers.csv"),
        expect![[r#"
        Delimited Utf8 Some(',') header 1 preset square_customers kind Customers dates MonthFirst
        First Name=first_name, Last Name=last_name, Email Address=email, Phone Number=phone, Nickname=nickname, Company Name=company, Street Address 1=address, Street Address 2=address, City=city, State=province, Postal Code=postal_code, Birthday=birthday, Memo=note, Square Customer ID=customer.external_id, Creation Source=source_channel, First Visit=signup_on, Email Subscription Status=consent.email
        2: {"birthday":"1990-05-14","city":"Portland","email":"ann@example.com","externalId":"EXAMPLE0CUSTOMER0ID","name":"Ann Example","phone":"+15555550100","postalCode":"97201","province":"OR","signupOn":"2024-05-01","sourceChannel":"Instant Profile"} keys ["+15555550100", "ann@example.com"]
    "#]],
    );
}

#[test]
fn taobao_orders() {
    check(
        sample!("taobao-orders.csv"),
        expect![[r#"
        Delimited Utf8 Some(',') header 1 preset taobao_orders kind Orders dates MonthFirst
        订单编号=order.external_id, 买家会员名=nickname, 买家实际支付金额=order.amount, 订单状态=order.status, 收货人姓名=name, 收货地址=address, 联系电话=phone, 联系手机=phone, 订单创建时间=order.at, 订单付款时间=order.at, 宝贝标题=line.product, 宝贝总数量=line.quantity, 店铺名称=order.channel
        2: {"address":"江苏省 扬州市 广陵区 示例路1号","externalId":"tb_demo01","name":"示例","phone":"+8613800000000"} keys ["+8613800000000"]
            order 2025100712345678901 at 2025-10-07T01:01:00.000Z CNY 520.00 Paid
            line 商品丁 x1000 520.00
    "#]],
    );
}

#[test]
fn tmall_orders() {
    check(
        sample!("tmall-orders.csv"),
        expect![[r#"
        Delimited Utf8 Some(',') header 1 preset tmall_orders kind Orders dates MonthFirst
        订单编号=order.external_id, 买家应付货款=order.amount, 总金额=order.amount, 订单状态=order.status, 收货地址=address, 订单创建时间=order.at, 商品标题=line.product
        2: {"address":"江苏省 扬州市 广陵区 示例路1号","name":"示例","phone":"+8613800000000"} keys ["+8613800000000"]
            order TM-EX-0001 at 2026-02-01T01:00:00.000Z CNY 520.00 Paid
            line 商品丁 x1000 520.00
    "#]],
    );
}

#[test]
fn woo_customers() {
    check(
        sample!("woo-customers.csv"),
        expect![[r#"
            Delimited Utf8 Some(',') header 1 preset woo_customers kind Customers dates MonthFirst
            Name=name, Username=nickname, Sign Up=signup_on, Email=email, Country / Region=country, City=city, Region=province, Postal Code=postal_code, Billing Phone=phone, Shipping Phone=phone
            2: {"city":"Portland","country":"美国","custom":{"nickname":"ann"},"email":"ann@example.com","name":"Ann Example","phone":"+15555550100","postalCode":"97201","province":"Oregon","signupOn":"2024-05-01"} keys ["+15555550100", "ann@example.com"]
                source 1
        "#]],
    );
}

#[test]
fn youzan_customers() {
    check(
        sample!("youzan-customers.csv"),
        expect![[r#"
            Delimited Utf8 Some(',') header 1 preset youzan_customers kind Customers dates MonthFirst
            客户姓名=name, 客户昵称=nickname, 客户手机号=phone, 客户生日=birthday, 客户性别=gender, 标签=tags, 来源渠道=source_channel, 成为客户时间=signup_on, 微信地域=province
            2: {"birthday":"1990-05-14","custom":{"nickname":"昵称甲"},"gender":"female","name":"示例","phone":"+8613800000000","province":"山东 济南","signupOn":"2024-05-01","sourceChannel":"微信","tags":["VIP","复购"]} keys ["+8613800000000"]
                source 1
        "#]],
    );
}

#[test]
fn youzan_orders() {
    check(
        sample!("youzan-orders.csv"),
        expect![[r#"
        Delimited Utf8 Some(',') header 1 preset youzan_orders kind Orders dates MonthFirst
        订单号=order.external_id, 订单状态=order.status, 买家付款时间=order.at, 订单实付金额=order.amount, 全部商品名称=line.product, 收货人/提货人=name, 收货人手机号/提货人手机号=phone, 收货人省份=province, 收货人城市=city, 收货人地区=district, 详细收货地址/提货地址=address, 买家昵称=nickname, 优惠券码名称=order.coupon
        2: {"address":"山东省济南市历城区示例路1号","city":"济南市","district":"历城区","name":"示例","phone":"+8613800000000","province":"山东省"} keys ["+8613800000000"]
            order E20250720164254000000001 at 2025-07-20T08:42:54.000Z CNY 539.10 Paid coupon 9折优惠券
            line 商品甲2盒尊享礼品装 x1000 539.10
    "#]],
    );
}

#[test]
fn zoho_accounts() {
    check(
        sample!("zoho-accounts.csv"),
        expect![[r#"
            Delimited Utf8 Some(',') header 1 preset zoho_accounts kind Customers dates MonthFirst
            Record Id=customer.external_id, Account Owner=owner, Account Name=company, Phone=phone, Created Time=signup_on, Billing Street=address, Billing City=city, Billing State=province, Billing Code=postal_code, Billing Country=country
            2: {"city":"上海市","country":"中国","externalId":"4876876000000222001","kind":"company","name":"Acme Trading","owner":"Mei Lin","phone":"+862155550100","signupOn":"2023-02-01"} keys ["+862155550100"]
        "#]],
    );
}

#[test]
fn zoho_deals() {
    check(
        sample!("zoho-deals.csv"),
        expect![[r#"
            Delimited Utf8 Some(',') header 1 preset zoho_deals kind Orders dates MonthFirst
            Record Id=order.external_id, Amount=order.amount, Deal Name=line.product, Closing Date=order.at, Account Name=company, Stage=order.status, Lead Source=order.channel, Contact Name.id=customer.external_id, Contact Name=name
            2: {"name":"Wei Chen"} keys ["Wei Chen"]
                order 4876876000000333001 at 2025-11-29T16:00:00.000Z CNY 12000.00 Paid
                line Acme renewal 2025 x1000 12000.00
        "#]],
    );
}

#[test]
fn zoho_contacts() {
    check(
        sample!("zoho-contacts.csv"),
        expect![[r#"
        Delimited Utf8 Some(',') header 1 preset zoho_contacts kind Customers dates MonthFirst
        Record Id=customer.external_id, Contact Owner=owner, Lead Source=source_channel, First Name=first_name, Last Name=last_name, Account Name=company, Email=email, Title=occupation, Phone=phone, Mobile=phone, Created Time=signup_on, Contact Name=name, Description=note, Tag=tags, Street=address, City=city, Zip Code=postal_code, State=province, Country=country
        2: {"custom":{"company":"Acme Trading"},"email":"wei.chen@example.com","externalId":"4876876000000123456","name":"Wei Chen","owner":"Mei Lin","phone":"+8613800000000","signupOn":"2024-07-08","sourceChannel":"Trade Show","tags":["VIP","newsletter"]} keys ["+8613800000000", "wei.chen@example.com"]
    "#]],
    );
}

#[test]
fn google_contacts() {
    check(
        sample!("google-contacts.csv"),
        expect![[r#"
            Delimited Utf8 Some(',') header 1 preset google_contacts kind Customers dates MonthFirst
            First Name=first_name, Middle Name=middle_name, Last Name=last_name, Nickname=nickname, Organization Name=company, Organization Title=occupation, Birthday=birthday, Notes=note, Labels=tags, E-mail 1 - Value=email, E-mail 2 - Value=email, Phone 1 - Value=phone, Address 1 - Street=address, Address 1 - City=city, Address 1 - Region=province, Address 1 - Postal Code=postal_code, Address 1 - Country=country
            2: {"birthday":"1990-05-14","city":"Arlington","country":"美国","custom":{"company":"Acme Trading"},"email":"grace@example.com","name":"Grace Example","phone":"+15555550100","tags":["VIP"]} keys ["+15555550100", "grace@example.com"]
                source 1
                Warning bad_phone row 2 phone "+1 555 555 0100 ::: +1 555 555 0101" -> "+15555550100"
        "#]],
    );
}

#[test]
fn the_files_of_the_browser_tests() {
    let files: [(&str, &[u8]); 6] = [
        (
            "shopify-customers.csv",
            include_bytes!("../../tests/files/shopify-customers.csv"),
        ),
        (
            "shopify-orders.csv",
            include_bytes!("../../tests/files/shopify-orders.csv"),
        ),
        (
            "youzan-orders.csv",
            include_bytes!("../../tests/files/youzan-orders.csv"),
        ),
        (
            "customers-gbk.csv",
            include_bytes!("../../tests/files/customers-gbk.csv"),
        ),
        (
            "customers-utf16.tsv",
            include_bytes!("../../tests/files/customers-utf16.tsv"),
        ),
        (
            "customers-flawed.csv",
            include_bytes!("../../tests/files/customers-flawed.csv"),
        ),
    ];
    let mut out = String::new();
    for (name, bytes) in files {
        let inspection = look(bytes, name);
        let (records, issues) = read(bytes, &inspection);
        let columns = inspection.columns.iter().map(show_column);
        let columns: Vec<String> = columns.filter(|c| !c.ends_with("=-")).collect();
        writeln!(
            out,
            "{name} {:?} {:?} {:?} {} {}",
            inspection.encoding,
            inspection.delimiter,
            inspection.preset,
            records.len(),
            columns.join(", ")
        )
        .unwrap();
        for record in records
            .iter()
            .filter(|r| r.rejected.is_some() || !r.issues.is_empty())
        {
            writeln!(out, "{}", show_incoming(record)).unwrap();
        }
        for issue in issues {
            writeln!(out, "{}", show_issue(&issue)).unwrap();
        }
    }
    expect![[r#"
        shopify-customers.csv Utf8 Some(',') Some("shopify_customers") 60 Customer ID=customer.external_id, First Name=first_name, Last Name=last_name, Email=email, Accepts Email Marketing=consent.email, Default Address Company=company, Default Address Address1=address, Default Address Address2=address, Default Address City=city, Default Address Province Code=province, Default Address Country Code=country, Default Address Zip=postal_code, Default Address Phone=phone, Phone=phone, Accepts SMS Marketing=consent.sms, Note=note, Tags=tags
        shopify-orders.csv Utf8 Some(',') Some("shopify_orders") 174 Name=order.external_id, Email=email, Financial Status=order.status, Paid at=order.at, Accepts Marketing=consent.email, Currency=order.currency, Taxes=order.tax, Total=order.amount, Discount Code=order.coupon, Discount Amount=order.discount, Created at=order.at, Lineitem quantity=line.quantity, Lineitem name=line.product, Lineitem price=line.price, Billing Name=name, Billing Address1=address, Billing City=city, Billing Zip=postal_code, Billing Province=province, Billing Country=country, Billing Phone=phone, Shipping Name=name, Shipping Phone=phone, Refunded Amount=order.refunded, Source=order.channel, Lineitem discount=line.discount, Phone=phone, Billing Province Name=province
        7: {"city":"Eugene","consent":{"email":false},"country":"美国","email":"carla.muster2@example.com","name":"Carla Muster","postalCode":"97202"} keys ["carla.muster2@example.com"]
            order #1003 at 2026-03-13T04:15:00.000Z CNY 3.00 Refunded gross 8.00 tax 0.00 channel web coupon WELCOME
            line Mug x1000 8.00
            Warning too_much row 7 order.refunded "8.00" -> "3.00"
        youzan-orders.csv Utf8 Some(',') Some("youzan_orders") 40 订单号=order.external_id, 订单状态=order.status, 买家付款时间=order.at, 订单实付金额=order.amount, 全部商品名称=line.product, 收货人/提货人=name, 收货人手机号/提货人手机号=phone, 收货人省份=province, 收货人城市=city, 收货人地区=district, 详细收货地址/提货地址=address, 买家昵称=nickname, 优惠券码名称=order.coupon
        customers-gbk.csv Gb18030 Some(',') None 32 姓名=name, 手机号=phone, 性别=gender, 生日=birthday, 城市=city, 标签=tags, 备注=note
        customers-utf16.tsv Utf16Le Some('\t') None 32 姓名=name, 手机号=phone, 性别=gender, 生日=birthday, 城市=city, 标签=tags, 备注=note
        customers-flawed.csv Utf8 Some(',') None 5 Name=name, Email=email, Phone=phone, Birthday=birthday, Signup date=signup_on
        3: {"name":"Bad Mail","phone":"+8619900020002","signupOn":"2025-03-02"} keys ["+8619900020002"]
            source 1
            Warning bad_email row 3 email "not-an-address" -> "name@example.com"
        5: {"email":"date@example.com","name":"Bad Date","signupOn":"2025-03-03"} keys ["date@example.com"]
            source 1
            Warning bad_date row 5 birthday "1990-02-31" -> "2026-01-31"
        6:
            source 1
            rejected: Error no_identity row 6 - "" -> "name, phone, email"
        7: {"name":"Masked","phone":"138****0000","signupOn":"2025-03-05"} keys ["Masked"]
            source 1
            Warning masked_phone row 7 phone "138****0000" -> ""
    "#]].assert_eq(&out);
}

fn of_text(text: &str) -> Vec<Incoming> {
    read(text.as_bytes(), &look(text.as_bytes(), "x.csv")).0
}

fn at_of(it: &Incoming) -> String {
    it.order.as_ref().unwrap().draft.at.to_string()
}

/// A date in one column and the time of day in another make one instant, however the headers call them.
#[test]
fn date_and_time_in_two_columns() {
    for (head, time, at) in [
        (
            "订单号,销售日期,时间,实付金额,手机",
            "18:30",
            "2026-01-31T10:30:00.000Z",
        ),
        (
            "订单号,日期,销售时间,实付金额,手机",
            "18:30:05",
            "2026-01-31T10:30:05.000Z",
        ),
        (
            "Order number,Date,Time,Amount,Phone",
            "6:30 PM",
            "2026-01-31T10:30:00.000Z",
        ),
        (
            "Order number,Date,Time,Amount,Phone",
            "12:05 AM",
            "2026-01-30T16:05:00.000Z",
        ),
        (
            "订单号,日期,时间,实付金额,手机",
            "下午6点30分",
            "2026-01-31T10:30:00.000Z",
        ),
    ] {
        let text = format!(
            "{head}\nA1,2026-01-31,{time},28.00,13800000000\nA2,2026-01-31,{time},29.00,13800000001\n"
        );
        let seen: Vec<String> = of_text(&text).iter().map(at_of).collect();
        assert_eq!(seen, [at, at], "{head} {time}");
    }
    // A time that is none is said, and the day still counts.
    let records = of_text(
        "订单号,日期,时间,实付金额,手机\nA1,2026-01-31,18:30,28.00,13800000000\nA2,2026-01-31,18:45,9.00,13800000001\nA3,2026-01-31,18:50,9.00,13800000001\nA4,2026-01-31,18:55,9.00,13800000001\nA5,2026-01-31,27:99,28.00,13800000000\n",
    );
    let last = records.last().unwrap();
    assert_eq!(at_of(last), "2026-01-30T16:00:00.000Z");
    assert_eq!(last.issues.len(), 1);
}
