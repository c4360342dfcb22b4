//! Codes and uses of a coupon of some customers only.

use super::*;

#[test]
#[expect(clippy::too_many_lines, reason = "a story in its order")]
fn a_segment_narrows_codes_and_uses_down_and_their_files() {
    let mut shop = Shop::new();
    let id = shop.define(coupon("Card", Benefit::Voucher(Money(5_000)), Way::Single));
    let people = ["Ann", "Bob"].map(|name| shop.customer(name, ""));
    for customer in people {
        shop.apply(&Command::Coupons(CouponCommand::Issue {
            id,
            customer,
            value: None,
            seed: SEED.into(),
        }));
    }
    // One that nobody holds is in no segment.
    shop.codes(id, 1);
    let mut of = |rule: Option<&str>, offset| {
        let query = CouponQuery::Codes {
            id,
            which: CodesWhich::All,
            search: String::new(),
            rule: rule.map(str::to_owned),
            offset,
            limit: 1,
        };
        match shop.coupon_reply(query) {
            CouponReply::Codes(page) => {
                let names = page.items.into_iter().map(|it| it.customer_name);
                (page.total, names.collect::<Vec<_>>())
            }
            other => panic!("{other:?}"),
        }
    };
    let bob = r#"{"attr":"name","op":"eq","value":"Bob"}"#;
    assert_eq!(of(Some(bob), 0), (1, vec![Some("Bob".to_owned())]));
    assert_eq!(
        of(Some(r#"{"all":[]}"#), 1),
        (2, vec![Some("Bob".to_owned())])
    );
    assert_eq!(of(None, 0).0, 3);
    let code = match shop.coupon_reply(CouponQuery::Codes {
        id,
        which: CodesWhich::All,
        search: String::new(),
        rule: Some(bob.to_owned()),
        offset: 0,
        limit: 1,
    }) {
        CouponReply::Codes(page) => page.items[0].code.clone(),
        other => panic!("{other:?}"),
    };
    shop.used(&sale(
        Some(people[1]),
        vec![line("Tea", 1, 2_000)],
        &[&code],
        "k1",
    ));
    let mut uses = |rule: &str| {
        let query = CouponQuery::Uses {
            id,
            new_only: false,
            rule: Some(rule.to_owned()),
            offset: 0,
            limit: 9,
        };
        match shop.coupon_reply(query) {
            CouponReply::Uses(page) => (page.total, page.items.len()),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(uses(bob), (1, 1));
    assert_eq!(uses(r#"{"attr":"name","op":"eq","value":"Ann"}"#), (0, 0));
    let context = shop.context();
    let mut rows = |what| {
        let what = ExportWhat::Coupons(what);
        let mut session =
            ExportSession::new(&mut shop.engine, what, ExportFormat::Csv, &context).unwrap();
        let mut bytes = Vec::new();
        while let Step::More(_) = session.step(&mut shop.engine, &context).unwrap() {
            bytes.extend(session.take_bytes());
        }
        bytes.extend(session.take_bytes());
        String::from_utf8(bytes).unwrap().lines().count() - 1
    };
    let rule = Some(bob.to_owned());
    assert_eq!(
        rows(CouponExport::Codes {
            id,
            which: CodesWhich::All,
            rule: rule.clone(),
        }),
        1
    );
    assert_eq!(rows(CouponExport::Uses { id, rule }), 1);
}
