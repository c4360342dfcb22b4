//! How good the data is: what is found, mended, and given back.

use super::*;
use crate::{FixSession, LookSession};
use protocol::{
    Analysis, Finding, Fix, QualityNote, QualityOverview, QualityQuery, QualityReply, QualityRow,
};

fn look(shop: &mut Shop) -> QualityOverview {
    let context = shop.context();
    let mut session = LookSession::new(&mut shop.engine).unwrap();
    loop {
        match session.step(&mut shop.engine, &context).unwrap() {
            Step::More(_) => {}
            Step::Done(Reply::Quality(QualityReply::Overview(Some(overview)))) => return overview,
            Step::Done(other) => panic!("{other:?}"),
        }
    }
}

fn counts(overview: &QualityOverview) -> Vec<(&'static str, u64)> {
    let count = |it: &protocol::FindingCount| (it.finding.code(), it.count);
    overview.findings.iter().map(count).collect()
}

fn rows(shop: &mut Shop, finding: Finding) -> Vec<QualityRow> {
    let query = QualityQuery::Rows {
        finding,
        offset: 0,
        limit: 50,
    };
    match shop.ask(Query::Quality(query)) {
        Reply::Quality(QualityReply::Rows(page)) => {
            assert_eq!(page.total, page.items.len() as u64);
            page.items
        }
        other => panic!("{other:?}"),
    }
}

fn notes(shop: &mut Shop, analysis: Analysis) -> Option<Vec<QualityNote>> {
    match shop.ask(Query::Quality(QualityQuery::Notes { analysis })) {
        Reply::Quality(QualityReply::Notes(notes)) => notes,
        other => panic!("{other:?}"),
    }
}

fn mend(shop: &mut Shop, finding: Finding, fix: Fix, rows: &[String]) -> Done {
    let context = shop.context();
    let mut session = FixSession::new(&shop.engine, finding, fix, rows).unwrap();
    loop {
        if let Step::Done(applied) = session.step(&mut shop.engine, &context).unwrap() {
            return applied.done;
        }
    }
}

fn plant(shop: &mut Shop, fields: CustomerDraft) -> CustomerId {
    let context = shop.context();
    // As files bring them: forms would refuse some.
    let meta = store::BatchMeta {
        name: "import",
        subject: "",
        who: "",
        at: context.now,
        request: None,
        continues: None,
        bulk: false,
    };
    let written = shop
        .engine
        .store
        .write(meta, |tx| tx.create_customer(&fields, context.now))
        .unwrap();
    let touched = crate::follow::Touched::customer(written.value);
    let kinds = written.kinds();
    shop.engine
        .follow(touched, written.data_version, &kinds)
        .unwrap();
    written.value
}

fn person(name: &str, phone: &str, email: &str, province: &str) -> CustomerDraft {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    CustomerDraft {
        name: name.into(),
        phone: some(phone),
        email: some(email),
        province: some(province),
        ..CustomerDraft::default()
    }
}

fn business() -> (Shop, Vec<CustomerId>) {
    let mut shop = Shop::new();
    let ids = [
        person("李娜", "+8613800000001", "lina@gmial.com", "广东"),
        person("王强", "13800000002", "wang qiang@example.com", "广东省"),
        person("测试", "138****0003", "", "广东"),
        person("ANN LEE", "", "", ""),
    ]
    .into_iter()
    .map(|fields| plant(&mut shop, fields))
    .collect();
    (shop, ids)
}

#[test]
fn what_is_wrong_is_found_with_what_would_be_right() {
    let (mut shop, ids) = business();
    let overview = look(&mut shop);
    assert_eq!(
        counts(&overview),
        [
            ("bad_phone", 1),
            ("masked_phone", 1),
            ("bad_email", 1),
            ("typo_email", 1),
            ("no_contact", 1),
            ("no_name", 1),
            ("odd_name", 1),
            ("place_spelling", 1),
        ]
    );
    let province = overview
        .fields
        .iter()
        .find(|it| it.field == "province")
        .unwrap();
    assert_eq!((province.filled, province.of), (3, 4));
    let row = &rows(&mut shop, Finding::BadPhone)[0];
    assert_eq!(
        (row.customer, row.suggestion.as_deref()),
        (ids[1], Some("+8613800000002"))
    );
    let row = &rows(&mut shop, Finding::PlaceSpelling)[0];
    assert_eq!(
        (row.value.as_str(), row.suggestion.as_deref()),
        ("广东省", Some("广东"))
    );
}

#[test]
fn what_is_mended_is_given_back() {
    let (mut shop, ids) = business();
    look(&mut shop);
    let before = shop.engine.store.read().customer(ids[1]).unwrap();
    for finding in [Finding::BadPhone, Finding::BadEmail, Finding::PlaceSpelling] {
        let done = mend(&mut shop, finding, Fix::Replace, &[]);
        assert_eq!(done.outcome, Outcome::Customers { count: 1 });
    }
    let fields = shop
        .engine
        .store
        .read()
        .customer(ids[1])
        .unwrap()
        .unwrap()
        .fields;
    assert_eq!(
        (
            fields.phone.as_deref(),
            fields.email.as_deref(),
            fields.province.as_deref()
        ),
        (
            Some("+8613800000002"),
            Some("wangqiang@example.com"),
            Some("广东")
        )
    );
    // What was mended is not mended again, and what was looked at before is no note.
    let again = mend(&mut shop, Finding::BadPhone, Fix::Replace, &[]);
    assert_eq!(again.batch, None);
    assert_eq!(notes(&mut shop, Analysis::Places), None);
    look(&mut shop);
    assert_eq!(notes(&mut shop, Analysis::Places), Some(vec![]));
    assert_eq!(notes(&mut shop, Analysis::Contact).unwrap().len(), 5);
    // Undone one after the other, the last first, the record is what it was.
    let page = match shop.ask(Query::Commands {
        offset: 0,
        limit: 3,
        imports_only: false,
    }) {
        Reply::Commands(page) => page.items,
        other => panic!("{other:?}"),
    };
    for command in page {
        assert_eq!(command.command, "fix_quality");
        shop.apply(&Command::Undo {
            batch: command.batch,
        });
    }
    let after = shop.engine.store.read().customer(ids[1]).unwrap();
    assert_eq!(after.map(|it| it.fields), before.map(|it| it.fields));
    shop.assert_in_step();
}

#[test]
fn what_a_person_accepts_is_not_named_again() {
    let (mut shop, ids) = business();
    look(&mut shop);
    let done = mend(
        &mut shop,
        Finding::NoContact,
        Fix::Accept,
        &[ids[3].to_string()],
    );
    let again = look(&mut shop);
    assert!(!counts(&again).iter().any(|(code, _)| *code == "no_contact"));
    shop.apply(&Command::Undo {
        batch: done.batch.unwrap(),
    });
    assert!(counts(&look(&mut shop)).contains(&("no_contact", 1)));
    let session = FixSession::new(&shop.engine, Finding::NoContact, Fix::Remove, &[]);
    assert!(session.is_err());
}

#[test]
fn orders_far_out_double_and_in_other_currencies_are_found() {
    let mut shop = Shop::new();
    let ann = shop.customer("Ann", "13800000001");
    for n in 0..30 {
        shop.order(
            ann,
            &format!("2026-05-{:02}T10:00", n % 28 + 1),
            2_000 + n * 10,
        );
    }
    let far = shop.order(ann, "2026-06-01T10:00", 9_000_000);
    shop.order(ann, "2026-06-02T10:00:00", 2_500);
    let double = shop.order(ann, "2026-06-02T10:01:00", 2_500);
    let mut dollars = order("2026-06-03T10:00", 2_500);
    dollars.currency = Currency::parse("USD").unwrap();
    shop.apply(&Command::CreateOrder {
        customer: ann,
        fields: dollars,
    });
    let overview = look(&mut shop);
    let found = counts(&overview);
    for code in ["outlier_amount", "double_order", "foreign_currency"] {
        assert!(found.contains(&(code, 1)), "{code}: {found:?}");
    }
    assert_eq!(
        overview.currencies,
        [("CNY".to_owned(), 33), ("USD".to_owned(), 1)]
    );
    assert_eq!(rows(&mut shop, Finding::OutlierAmount)[0].order, Some(far));
    assert_eq!(rows(&mut shop, Finding::DoubleOrder)[0].order, Some(double));
    let note = notes(&mut shop, Analysis::Rfm).unwrap();
    assert!(
        note.iter()
            .any(|it| it.finding == Finding::ForeignCurrency && it.count == 1)
    );
    let row = double.to_string();
    let done = mend(&mut shop, Finding::DoubleOrder, Fix::Remove, &[row]);
    assert!(shop.engine.store.read().order(double).unwrap().is_none());
    shop.assert_in_step();
    shop.apply(&Command::Undo {
        batch: done.batch.unwrap(),
    });
    assert!(shop.engine.store.read().order(double).unwrap().is_some());
    shop.assert_in_step();
}
