use super::*;
use crate::tests::{circumstances, look, read};
use crate::{Incoming, clean};
use model::{
    Birthday, Consent, Currency, CustomField, CustomerDraft, CustomerId, CustomerKind, Day, Gender,
    Money, OrderDraft, OrderId, OrderLine, OrderStatus, Refund,
};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn around(custom_keys: Vec<String>) -> TableAround {
    TableAround {
        currency: circumstances().currency,
        zone: circumstances().zone,
        custom_keys,
    }
}

pub(super) fn write_customers(form: FileForm, customers: &[Customer]) -> Vec<u8> {
    write_shaped(form, &TableShape::default(), customers)
}

fn write_shaped(form: FileForm, shape: &TableShape, customers: &[Customer]) -> Vec<u8> {
    let keys: std::collections::BTreeSet<String> = customers
        .iter()
        .flat_map(|c| c.fields.custom.keys().cloned())
        .collect();
    let around = around(keys.into_iter().collect());
    let mut writer = CustomerWriter::new(form, shape.clone(), around);
    let mut out = Vec::new();
    writer.start(&mut out);
    for customer in customers {
        let facts = None;
        writer.write(CustomerOut { customer, facts }, &mut out);
    }
    writer.end(&mut out);
    out
}

pub(super) fn write_orders(form: FileForm, orders: &[(Order, Customer)]) -> Vec<u8> {
    write_shaped_orders(form, &TableShape::default(), orders)
}

fn write_shaped_orders(
    form: FileForm,
    shape: &TableShape,
    orders: &[(Order, Customer)],
) -> Vec<u8> {
    let mut writer = OrderWriter::new(form, shape.clone(), around(Vec::new()));
    let mut out = Vec::new();
    writer.start(&mut out);
    for (order, customer) in orders {
        writer.write(
            OrderOut {
                order,
                customer: Some(customer),
            },
            &mut out,
        );
    }
    writer.end(&mut out);
    out
}

fn read_back(form: FileForm, bytes: &[u8], preset: &str) -> Vec<Incoming> {
    let (name, bytes) = match form {
        FileForm::Csv => ("a.csv", bytes.to_vec()),
        FileForm::Json => ("a.json", bytes.to_vec()),
        FileForm::Ndjson => ("a.ndjson", bytes.to_vec()),
        FileForm::Xlsx => ("a.xlsx", sheet_text(bytes)),
    };
    let bytes = bytes.as_slice();
    let inspection = look(bytes, name);
    assert_eq!(inspection.preset.as_deref(), Some(preset));
    let (records, issues) = read(bytes, &inspection);
    assert!(issues.is_empty(), "{issues:?}");
    for record in &records {
        assert_eq!(record.rejected, None);
        assert!(record.issues.is_empty(), "{:?}", record.issues);
    }
    records
}

/// A workbook as the reader of workbooks hands it on.
fn sheet_text(bytes: &[u8]) -> Vec<u8> {
    #[derive(Default)]
    struct First(Vec<u8>);
    impl sheets::Sink for First {
        fn begin(&mut self, _: &str, _: sheets::Part) {}
        fn bytes(&mut self, bytes: &[u8]) {
            self.0.extend_from_slice(bytes);
        }
        fn end(&mut self, _: u32, _: u32) {}
    }
    let mut first = First::default();
    sheets::read(bytes, &mut first).unwrap();
    first.0
}

/// Texts as they are stored: trimmed, without control characters, not a word for nothing.
fn words() -> impl Strategy<Value = String> {
    let raw = prop_oneof![
        "[a-zA-Z0-9 ,;\"'=+@|*#.\\-]{1,12}",
        "[\u{4e00}-\u{4e20},，、；= '＝＋]{1,8}",
        "\\PC{1,12}",
        Just("'=1+1".to_owned()),
        Just("=SUM(A1)".to_owned()),
        Just("line 1\nline 2".to_owned()),
        Just("0013".to_owned()),
        Just("true".to_owned()),
    ];
    raw.prop_map(|text| clean::text(&text).into_owned())
        .prop_filter("says something", |text| {
            !clean::is_empty_like(text) && clean::text(text) == *text && !text.contains('\u{fffd}')
        })
}

fn option<T: std::fmt::Debug + Clone>(
    some: impl Strategy<Value = T>,
) -> impl Strategy<Value = Option<T>> {
    proptest::option::of(some)
}

fn list() -> impl Strategy<Value = Vec<String>> {
    proptest::collection::btree_set(words(), 0..3).prop_map(|set| set.into_iter().collect())
}

fn custom() -> impl Strategy<Value = BTreeMap<String, CustomField>> {
    let value = prop_oneof![
        any::<bool>().prop_map(CustomField::Flag),
        (-1_000_000i32..1_000_000).prop_map(|n| CustomField::Number(f64::from(n) / 8.0)),
        words().prop_map(CustomField::Text),
        Just(CustomField::Text("N/A".to_owned())),
    ];
    proptest::collection::btree_map("[a-z]{1,5}", value, 0..3)
}

prop_compose! {
    fn draft()(
        external_id in option("['A-Z0-9=+\\-]{1,18}"),
        (name, tags, interests, custom) in (words(), list(), list(), custom()),
        (email, phone) in (option("[a-z]{1,5}@example\\.com"), option("\\+861[3-9][0-9]{9}")),
        gender in option(prop_oneof![Just(Gender::Female), Just(Gender::Male), Just(Gender::Other)]),
        (year, month, day) in (option(1900i32..2020), 1u32..=12, 1u32..=28),
        (country, province, city, district) in (option(words()), option(words()), option(words()), option(words())),
        (postal_code, address, note, owner) in (option("[0-9]{5,6}"), option(words()), option(words()), option(words())),
        (occupation, industry, source_channel) in (option(words()), option(words()), option(words())),
        consent in (option(any::<bool>()), option(any::<bool>()), option(any::<bool>())),
        (signup, cost, company) in (option(0i32..20_000), option(0i64..10_000_000), any::<bool>()),
    ) -> CustomerDraft {
        CustomerDraft {
            external_id: external_id.filter(|key| !clean::is_empty_like(key)),
            kind: if company { CustomerKind::Company } else { CustomerKind::Person },
            name: clean::name::name(&name),
            email,
            phone,
            gender,
            birthday: Birthday::new(year, month, day).ok(),
            country, province, city, district, postal_code, address, occupation,
            industry, source_channel, owner, note, interests, tags, custom,
            consent: Consent { email: consent.0, sms: consent.1, phone: consent.2 },
            signup_on: signup.map(Day),
            acquisition_cost: cost.map(Money),
            ..CustomerDraft::default()
        }
    }
}

pub(super) fn customer(n: i64, fields: CustomerDraft) -> Customer {
    Customer {
        id: CustomerId((1 << 40) + n),
        fields,
        created_at: Timestamp(1_700_000_000_000 + n),
        updated_at: Timestamp(1_750_000_000_000),
    }
}

fn customers() -> impl Strategy<Value = Vec<Customer>> {
    proptest::collection::vec(draft(), 1..6).prop_map(|drafts| {
        let mut seen = std::collections::BTreeSet::new();
        let numbered = drafts.into_iter().enumerate();
        numbered
            .map(|(n, mut fields)| {
                if fields
                    .external_id
                    .as_ref()
                    .is_some_and(|key| !seen.insert(key.clone()))
                {
                    fields.external_id = None;
                }
                customer(n as i64 + 1, fields)
            })
            .collect()
    })
}

prop_compose! {
    fn order()(
        external_id in option("[A-Z][0-9]{1,20}|[0-9]{19}"),
        at in 1_000_000_000_000i64..1_790_000_000_000,
        code in prop_oneof![Just("CNY"), Just("USD"), Just("JPY"), Just("KWD")],
        amount in 0i64..1_000_000,
        (tax, points, gross) in (option(0i64..1000), option(0i64..1000), option(1_000_000i64..2_000_000)),
        status in prop_oneof![Just(OrderStatus::Paid), Just(OrderStatus::Refunded), Just(OrderStatus::Cancelled)],
        (channel, coupon) in (option(words()), option(words())),
        lines in proptest::collection::vec((words(), option(words()), 0i64..100_000, 0i64..100_000), 0..4),
        refund in option(1i64..1000),
        draft in draft(),
        n in 1i64..1_000_000,
    ) -> (Order, Customer) {
        // Lines that cost what the order cost: else reading says that they differ.
        let lines: Vec<OrderLine> = lines
            .into_iter()
            .map(|(product, category, quantity_milli, amount)| OrderLine { product, category, quantity_milli, amount: Money(amount) })
            .collect();
        let sum: i64 = lines.iter().map(|l| l.amount.0).sum();
        let amount = if lines.is_empty() { amount } else { sum };
        let refunds = refund.filter(|r| *r < amount && status == OrderStatus::Paid).map(|r| Refund {
            key: "r".to_owned(), at: Timestamp(at + 86_400_000), amount: Money(r), lines: Vec::new(),
        });
        let order = Order {
            id: OrderId((1 << 40) + n),
            customer: CustomerId((1 << 40) + n),
            fields: OrderDraft {
                external_id, at: Timestamp(at), currency: Currency::parse(code).unwrap(), amount: Money(amount),
                gross: gross.map(Money), tax: tax.filter(|t| *t <= amount).map(Money),
                paid_with_points: points.filter(|p| *p <= amount).map(Money), status, channel, coupon, lines,
            },
            refunds: refunds.into_iter().collect(),
        };
        (order, customer(n, draft))
    }
}

fn forms() -> impl Strategy<Value = FileForm> {
    prop_oneof![
        Just(FileForm::Csv),
        Just(FileForm::Json),
        Just(FileForm::Ndjson)
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn customers_come_back(customers in customers(), form in forms()) {
        let bytes = write_customers(form, &customers);
        let back = read_back(form, &bytes, "shuke_customers");
        prop_assert_eq!(back.len(), customers.len());
        for (written, read) in customers.iter().zip(&back) {
            let read = read.customer.as_ref().unwrap();
            prop_assert_eq!(&written.fields, &read.draft);
            prop_assert_eq!(Some(written.id), read.id);
        }
    }

    #[test]
    fn orders_come_back(order in order(), form in forms()) {
        let bytes = write_orders(form, std::slice::from_ref(&order));
        let back = read_back(form, &bytes, "shuke_orders");
        prop_assert_eq!(back.len(), 1);
        let (order, customer) = order;
        let read = back[0].order.as_ref().unwrap();
        prop_assert_eq!(&order.fields, &read.draft);
        prop_assert_eq!(Some(order.id), read.id);
        prop_assert_eq!(Some(order.refunded()).filter(|m| m.0 > 0), read.refunded);
        let who = back[0].customer.as_ref().unwrap();
        prop_assert_eq!(who.id, Some(order.customer));
        prop_assert_eq!(&who.draft.name, &customer.fields.name);
        prop_assert_eq!(&who.draft.phone, &customer.fields.phone);
        prop_assert_eq!(&who.draft.external_id, &customer.fields.external_id);
    }

    #[test]
    fn no_cell_begins_a_formula(customers in customers()) {
        let bytes = write_customers(FileForm::Csv, &customers);
        let mut reader = csv_core::Reader::new();
        let (mut input, mut cell) = (&bytes[3..], Vec::new());
        loop {
            let mut out = [0u8; 64];
            let (result, used, written) = reader.read_field(input, &mut out);
            input = &input[used..];
            cell.extend_from_slice(&out[..written]);
            match result {
                csv_core::ReadFieldResult::End => break,
                csv_core::ReadFieldResult::Field { .. } => {
                    let text = String::from_utf8(std::mem::take(&mut cell)).unwrap();
                    let number = text.strip_prefix('-').is_some_and(|rest| rest.parse::<f64>().is_ok());
                    let formula = text.chars().next().is_some_and(clean::text::begins_formula);
                    prop_assert!(!formula || number, "{}", text);
                }
                _ => {}
            }
        }
    }
}

#[test]
fn csv_looks_as_documented() {
    let fields = CustomerDraft {
        external_id: Some("0017".to_owned()),
        name: "=cmd|'/C calc'!A0".to_owned(),
        phone: Some("+8613800000000".to_owned()),
        tags: vec!["VIP".to_owned(), "a, b".to_owned()],
        note: Some("say \"hi\"".to_owned()),
        ..CustomerDraft::default()
    };
    let bytes = write_customers(FileForm::Csv, &[customer(1, fields)]);
    let text = String::from_utf8(bytes).unwrap();
    expect_test::expect![[r#"
        ﻿id,externalId,kind,name,phone,email,gender,birthday,country,province,city,district,postalCode,address,occupation,education,incomeBand,industry,companySize,interests,tags,sourceChannel,signupOn,owner,consent.email,consent.sms,consent.phone,acquisitionCost,note,createdAt,updatedAt
        '0000100000001,'0017,person,'=cmd|'/C calc'!A0,'+8613800000000,,,,,,,,,,,,,,,,"VIP, ""a, b""",,,,,,,,"say ""hi""",2023-11-15 06:13:20.001+08:00,2025-06-15 23:06:40+08:00
    "#]].assert_eq(&text.replace('\r', ""));
}

#[test]
fn rejected_rows_can_be_mended_and_dropped_in_again() {
    let columns = ["姓名", "手机", "=x"].map(str::to_owned).to_vec();
    let mut out = Vec::new();
    let mut writer = RejectedWriter::new(FileForm::Csv, columns);
    writer.start(&mut out);
    let cells = ["=1+1", "=\"0138\"", "'7"].map(str::to_owned);
    writer.write(7, &cells, "no_identity", "没有姓名", &mut out);
    writer.end(&mut out);
    let text = String::from_utf8(out).unwrap();
    assert_eq!(
        text,
        "\u{feff}姓名,手机,'=x,shuke_row,shuke_code,shuke_reason\r\n'=1+1,'0138,'7,7,no_identity,没有姓名\r\n"
    );
    let inspection = look(text.as_bytes(), "rejected.csv");
    let fields: Vec<Option<&str>> = inspection
        .columns
        .iter()
        .map(|c| c.field.as_deref())
        .collect();
    assert_eq!(
        fields,
        [Some("name"), Some("phone"), None, None, None, None]
    );
}

#[test]
fn ledgers_are_written() {
    let entry = LedgerOut {
        id: "e1".to_owned(),
        key: "order:1".to_owned(),
        kind: "accrual".to_owned(),
        at: "2026-01-31 18:30:00".to_owned(),
        points: -5,
        balance: 10,
        reason: Some("=1".to_owned()),
        ..LedgerOut::default()
    };
    for (form, expected) in [
        (
            FileForm::Csv,
            "\u{feff}id,key,kind,at,points,balance,order,rule,reason,reverses\r\ne1,order:1,accrual,2026-01-31 18:30:00,-5,10,,,'=1,\r\n",
        ),
        (
            FileForm::Json,
            "[\n{\"at\":\"2026-01-31 18:30:00\",\"balance\":10,\"id\":\"e1\",\"key\":\"order:1\",\"kind\":\"accrual\",\"points\":-5,\"reason\":\"=1\"}\n]\n",
        ),
    ] {
        let mut writer = LedgerWriter::new(form);
        let mut out = Vec::new();
        writer.start(&mut out);
        writer.write(&entry, &mut out);
        writer.end(&mut out);
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}

/// What a customer is after a layout that has no place for everything.
fn kept_by(layout: TableLayout, draft: &CustomerDraft) -> CustomerDraft {
    let lost = lacking(layout, false);
    let mut kept = draft.clone();
    kept.custom.clear();
    let none = CustomerDraft::default();
    for column in lost {
        match column {
            "externalId" => kept.external_id = None,
            "kind" => kept.kind = CustomerKind::Person,
            "gender" => kept.gender = None,
            "birthday" => kept.birthday = None,
            "district" => kept.district = None,
            "postalCode" => kept.postal_code = None,
            "address" => kept.address = None,
            "occupation" => kept.occupation = None,
            "education" => kept.education = None,
            "incomeBand" => kept.income_band = None,
            "industry" => kept.industry = None,
            "companySize" => kept.company_size = None,
            "interests" => kept.interests.clear(),
            "tags" => kept.tags.clear(),
            "sourceChannel" => kept.source_channel = None,
            "signupOn" => kept.signup_on = None,
            "owner" => kept.owner = None,
            "note" => kept.note = None,
            "consent.email" => kept.consent.email = none.consent.email,
            "consent.sms" => kept.consent.sms = none.consent.sms,
            "consent.phone" => kept.consent.phone = none.consent.phone,
            "acquisitionCost" => kept.acquisition_cost = None,
            other => panic!("{other}"),
        }
    }
    kept
}

/// Three customers with everything that layouts have places for, in Chinese and English, and a company.
fn people() -> Vec<Customer> {
    let person = |name: &str, phone: &str, key: &str| CustomerDraft {
        external_id: Some(key.to_owned()),
        name: name.to_owned(),
        phone: Some(phone.to_owned()),
        email: Some(format!("{key}@example.com").to_lowercase()),
        birthday: "1990-05-14".parse().ok(),
        gender: Some(Gender::Female),
        country: Some("中国".to_owned()),
        province: Some("江苏省".to_owned()),
        city: Some("扬州市".to_owned()),
        district: Some("广陵区".to_owned()),
        address: Some("示例路1号, 2楼".to_owned()),
        postal_code: Some("225000".to_owned()),
        occupation: Some("教师".to_owned()),
        industry: Some("教育".to_owned()),
        tags: vec!["VIP".to_owned(), "复购".to_owned()],
        source_channel: Some("展会".to_owned()),
        signup_on: "2024-07-08".parse().ok(),
        owner: Some("林梅".to_owned()),
        note: Some("=1+1, 喜欢茶".to_owned()),
        consent: Consent {
            email: Some(true),
            sms: Some(false),
            phone: None,
        },
        ..CustomerDraft::default()
    };
    let company = CustomerDraft {
        kind: CustomerKind::Company,
        birthday: None,
        gender: None,
        occupation: None,
        ..person("示例贸易有限公司", "+8613800000003", "C3")
    };
    let drafts = [
        person("欧阳娜娜", "+8613800000001", "C1"),
        person("Ann Mary Example", "+15555550100", "C2"),
        company,
    ];
    let numbered = drafts.into_iter().zip(1..);
    numbered.map(|(fields, n)| customer(n, fields)).collect()
}

#[test]
fn layouts_of_other_programs_are_recognised_and_come_back() {
    for (layout, preset) in [
        (TableLayout::Zoho, "zoho_contacts"),
        (TableLayout::Shopify, "shopify_customers"),
        (TableLayout::Hubspot, "hubspot_contacts"),
        (TableLayout::Fxiaoke, "fxiaoke_customers"),
        (TableLayout::Google, "google_contacts"),
    ] {
        for form in [FileForm::Csv, FileForm::Xlsx] {
            let shape = TableShape {
                layout,
                ..TableShape::default()
            };
            let written = people();
            let bytes = write_shaped(form, &shape, &written);
            let back = read_back(form, &bytes, preset);
            assert_eq!(back.len(), written.len());
            for (written, back) in written.iter().zip(&back) {
                let draft = &back.customer.as_ref().unwrap().draft;
                assert_eq!(
                    draft,
                    &kept_by(layout, &written.fields),
                    "{layout:?} {form:?}"
                );
            }
        }
    }
}

#[test]
fn shopify_orders_come_back() {
    let shape = TableShape {
        layout: TableLayout::Shopify,
        ..TableShape::default()
    };
    let line = |product: &str, quantity_milli, amount| OrderLine {
        product: product.to_owned(),
        category: None,
        quantity_milli,
        amount: Money(amount),
    };
    let order = Order {
        id: OrderId((1 << 40) + 1),
        customer: CustomerId((1 << 40) + 1),
        fields: OrderDraft {
            external_id: Some("#1001".to_owned()),
            at: Timestamp(1_714_557_492_000),
            currency: Currency::parse("USD").unwrap(),
            amount: Money(2_998),
            gross: Some(Money(3_298)),
            tax: Some(Money(100)),
            paid_with_points: None,
            status: OrderStatus::Paid,
            channel: Some("web".to_owned()),
            coupon: Some("SPRING".to_owned()),
            lines: vec![line("Crew Tee", 3_000, 1_000), line("Cap", 1_000, 1_998)],
        },
        refunds: vec![Refund {
            key: "r".to_owned(),
            at: Timestamp(1_714_657_492_000),
            amount: Money(500),
            lines: Vec::new(),
        }],
    };
    let bytes = write_shaped_orders(
        FileForm::Csv,
        &shape,
        &[(order.clone(), people()[0].clone())],
    );
    let back = read_back(FileForm::Csv, &bytes, "shopify_orders");
    assert_eq!(back.len(), 1);
    let read = back[0].order.as_ref().unwrap();
    assert_eq!(read.draft, order.fields);
    assert_eq!(read.refunded, Some(Money(500)));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn cards_come_back(customers in customers(), four in any::<bool>()) {
        let version = if four { CardVersion::V4 } else { CardVersion::V3 };
        let mut bytes = Vec::new();
        for customer in &customers {
            write_card(customer, version, &around(Vec::new()), &mut bytes);
        }
        let inspection = look(&bytes, "a.vcf");
        let (back, issues) = read(&bytes, &inspection);
        prop_assert!(issues.is_empty(), "{:?}", issues);
        prop_assert_eq!(back.len(), customers.len());
        for (written, read) in customers.iter().zip(&back) {
            let read = read.customer.as_ref().unwrap();
            prop_assert_eq!(&written.fields, &read.draft, "{}", String::from_utf8_lossy(&bytes));
            prop_assert_eq!(Some(written.id), read.id);
        }
    }

    #[test]
    fn chosen_columns_come_back(customers in customers(), form in forms(), picks in proptest::collection::vec(any::<bool>(), CUSTOMER_COLUMNS.len())) {
        let mut columns: Vec<String> = CUSTOMER_COLUMNS
            .iter()
            .zip(picks)
            .filter(|(column, pick)| *pick || matches!(**column, "id" | "createdAt" | "updatedAt"))
            .map(|(column, _)| (*column).to_owned())
            .collect();
        columns.push("spend".to_owned());
        let has = |name: &str| columns.iter().any(|column| column == name);
        let shape = TableShape { columns: columns.clone(), ..TableShape::default() };
        let bytes = write_shaped(form, &shape, &customers);
        let back = read_back(form, &bytes, "shuke_customers");
        prop_assert_eq!(back.len(), customers.len());
        for (written, read) in customers.iter().zip(&back) {
            let read = read.customer.as_ref().unwrap();
            prop_assert_eq!(Some(written.id), read.id);
            let it = &written.fields;
            prop_assert_eq!(&read.draft.name, if has("name") { &it.name } else { "" });
            prop_assert_eq!(&read.draft.note, if has("note") { &it.note } else { &None });
            prop_assert_eq!(&read.draft.tags, if has("tags") { &it.tags[..] } else { &[] });
            prop_assert_eq!(read.draft.birthday, it.birthday.filter(|_| has("birthday")));
            prop_assert_eq!(read.draft.consent.sms, it.consent.sms.filter(|_| has("consent.sms")));
        }
    }
}

#[test]
fn a_card_without_a_name_comes_back_without_one() {
    let fields = CustomerDraft {
        phone: Some("+8613800000000".to_owned()),
        ..CustomerDraft::default()
    };
    let mut bytes = Vec::new();
    let written = customer(1, fields);
    write_card(&written, CardVersion::V4, &around(Vec::new()), &mut bytes);
    let (back, _) = read(&bytes, &look(&bytes, "a.vcf"));
    assert_eq!(back[0].customer.as_ref().unwrap().draft, written.fields);
}

/// Columns and words as a Chinese page names them; behind the first sixteen stand the words of values.
const CHINESE: [(&str, &str); 21] = [
    ("id", "编号（熟客）"),
    ("externalId", "客户编号"),
    ("kind", "客户性质"),
    ("name", "姓名"),
    ("phone", "手机"),
    ("email", "邮箱"),
    ("gender", "性别"),
    ("birthday", "生日"),
    ("tags", "标签"),
    ("signupOn", "注册日期"),
    ("consent.sms", "接受短信"),
    ("note", "备注"),
    ("custom.鞋码", "鞋码（自定义）"),
    ("createdAt", "登记于（熟客）"),
    ("spend", "累计消费（熟客）"),
    ("lastOrderOn", "最近下单（熟客）"),
    ("kind.person", "个人"),
    ("kind.company", "企业"),
    ("gender.female", "女"),
    ("flag.true", "是"),
    ("flag.false", "否"),
];

/// In words a table is recognised by its headings, in both languages, and what is calculated is left out.
#[test]
fn tables_in_words_come_back() {
    let words: BTreeMap<String, String> = CHINESE
        .iter()
        .map(|(key, word)| ((*key).to_owned(), (*word).to_owned()))
        .collect();
    let columns: Vec<String> = CHINESE[..16]
        .iter()
        .map(|(key, _)| (*key).to_owned())
        .collect();
    let shape = TableShape {
        columns,
        words,
        ..TableShape::default()
    };
    let mut written = people();
    written[0].fields.custom = [("鞋码".to_owned(), CustomField::Number(38.0))].into();
    let facts = FactsOut {
        spend: Money(123_400),
        last_order_on: "2026-01-31".parse().ok(),
        ..FactsOut::default()
    };
    for form in [FileForm::Csv, FileForm::Xlsx] {
        let around = around(vec!["鞋码".to_owned()]);
        let mut writer = CustomerWriter::new(form, shape.clone(), around);
        let mut bytes = Vec::new();
        writer.start(&mut bytes);
        for customer in &written {
            let facts = Some(&facts);
            writer.write(CustomerOut { customer, facts }, &mut bytes);
        }
        writer.end(&mut bytes);
        let (name, bytes) = match form {
            FileForm::Xlsx => ("客户.xlsx", sheet_text(&bytes)),
            _ => ("客户.csv", bytes),
        };
        let inspection = look(&bytes, name);
        assert_eq!(inspection.kind, model::import::ImportKind::Customers);
        let (back, _) = read(&bytes, &inspection);
        assert_eq!(back.len(), 3);
        for (written, read) in written.iter().zip(&back) {
            let read = read.customer.as_ref().unwrap();
            assert_eq!(read.id, Some(written.id));
            let it = &written.fields;
            let draft = &read.draft;
            assert_eq!(draft.kind, it.kind);
            assert_eq!(draft.name, it.name);
            assert_eq!(draft.gender, it.gender);
            assert_eq!(draft.birthday, it.birthday);
            assert_eq!(draft.tags, it.tags);
            assert_eq!(draft.signup_on, it.signup_on);
            assert_eq!(draft.consent.sms, it.consent.sms);
            assert_eq!(draft.note, it.note);
            assert_eq!(draft.custom, it.custom);
        }
    }
}

/// Hostile words in a workbook are texts, and no cell is a formula.
#[test]
fn workbooks_have_no_formulas() {
    let fields = CustomerDraft {
        name: "=cmd|'/C calc'!A0".to_owned(),
        note: Some("@SUM(1+1)\t<f>1</f>".to_owned()),
        ..CustomerDraft::default()
    };
    let bytes = write_customers(FileForm::Xlsx, &[customer(1, fields)]);
    let text = String::from_utf8(sheet_text(&bytes)).unwrap();
    assert!(text.contains("t=cmd|'/C calc'!A0"), "a text, unchanged");
    // What is packed is looked at plain: the first file is the sheet.
    let name = 30 + "xl/worksheets/sheet1.xml".len();
    let mut state =
        miniz_oxide::inflate::stream::InflateState::new_boxed(miniz_oxide::DataFormat::Raw);
    let mut plain = vec![0; 1 << 16];
    let done = miniz_oxide::inflate::stream::inflate(
        &mut state,
        &bytes[name..],
        &mut plain,
        miniz_oxide::MZFlush::None,
    );
    let sheet = String::from_utf8_lossy(&plain[..done.bytes_written]);
    assert!(sheet.contains("<worksheet") && sheet.contains("</worksheet>"));
    assert!(!sheet.contains("<f>") && !sheet.contains("<f "));
}
