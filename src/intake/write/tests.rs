use super::*;
use crate::tests::{circumstances, look, read};
use crate::{Incoming, clean};
use model::{
    Birthday, Consent, Currency, CustomField, CustomerDraft, CustomerId, CustomerKind, Day, Gender,
    Money, OrderDraft, OrderId, OrderLine, OrderStatus, Refund,
};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn write_customers(form: FileForm, customers: &[Customer]) -> Vec<u8> {
    let keys: std::collections::BTreeSet<String> = customers
        .iter()
        .flat_map(|c| c.fields.custom.keys().cloned())
        .collect();
    let around = circumstances();
    let mut writer = CustomerWriter::new(
        form,
        around.currency,
        around.zone,
        keys.into_iter().collect(),
    );
    let mut out = Vec::new();
    writer.start(&mut out);
    for customer in customers {
        writer.write(CustomerOut { customer }, &mut out);
    }
    writer.end(&mut out);
    out
}

fn write_orders(form: FileForm, orders: &[(Order, Customer)]) -> Vec<u8> {
    let mut writer = OrderWriter::new(form, circumstances().zone);
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
    let name = if form == FileForm::Csv {
        "a.csv"
    } else {
        "a.json"
    };
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

fn customer(n: i64, fields: CustomerDraft) -> Customer {
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
    prop_oneof![Just(FileForm::Csv), Just(FileForm::Json)]
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
