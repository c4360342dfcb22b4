//! Coupons from the definition to the report.

mod narrowed;

use super::*;
use model::coupon::*;
use protocol::{
    CheckView, CodesWhich, CouponCommand, CouponExport, CouponOutcome, CouponQuery, CouponReply,
    CouponRow, CouponStanding, ExportFormat, ExportWhat, HeldView, UseRow,
};

const SEED: &str = "00112233445566778899aabbccddeeff";

fn coupon(name: &str, benefit: Benefit, way: Way) -> Coupon {
    Coupon {
        name: name.into(),
        benefit,
        way,
        goods: Goods::All,
        minimum: None,
        maximum: None,
        from: None,
        to: None,
        per_customer: None,
        total: None,
        audience: Audience::Everybody,
        combine: Combine::Alone,
        note: None,
        currency: Currency::CNY,
    }
}

fn amount_off(code: &str, off: i64) -> Coupon {
    coupon(code, Benefit::Amount(Money(off)), Way::Shared(code.into()))
}

fn save(id: Option<CouponId>, fields: Coupon) -> Command {
    Command::Coupons(CouponCommand::Save {
        id,
        fields,
        seed: SEED.into(),
    })
}

fn line(product: &str, pieces: i64, amount: i64) -> OrderLine {
    OrderLine {
        product: product.into(),
        category: None,
        quantity_milli: pieces * 1_000,
        amount: Money(amount),
    }
}

fn sale(customer: Option<CustomerId>, lines: Vec<OrderLine>, codes: &[&str], key: &str) -> Command {
    let amount = lines.iter().map(|it| it.amount.0).sum();
    Command::Coupons(CouponCommand::Use {
        customer,
        order: OrderDraft {
            lines,
            ..order("2026-06-15T12:00", amount)
        },
        codes: codes.iter().map(|it| (*it).to_owned()).collect(),
        expected: None,
        key: key.into(),
    })
}

impl Shop {
    #[track_caller]
    fn define(&mut self, fields: Coupon) -> CouponId {
        match self.apply(&save(None, fields)).outcome {
            Outcome::Coupons(CouponOutcome::Saved { id }) => id,
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    fn used(&mut self, command: &Command) -> (Option<OrderId>, i64, i64, Vec<String>) {
        match self.apply(command).outcome {
            Outcome::Coupons(CouponOutcome::Used {
                order,
                amount,
                discount,
                issued,
            }) => (order, amount.0, discount.0, issued),
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    fn coupon_reply(&mut self, query: CouponQuery) -> CouponReply {
        match self.ask(Query::Coupons(query)) {
            Reply::Coupons(reply) => reply,
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    fn row(&mut self, id: CouponId) -> CouponRow {
        match self.coupon_reply(CouponQuery::List) {
            CouponReply::List(rows) => rows.into_iter().find(|row| row.id == id).unwrap(),
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    fn check(
        &mut self,
        codes: &[&str],
        customer: Option<CustomerId>,
        lines: Vec<OrderLine>,
    ) -> CheckView {
        let codes = codes.iter().map(|it| (*it).to_owned()).collect();
        match self.coupon_reply(CouponQuery::Check {
            codes,
            lines,
            amount: None,
            customer,
        }) {
            CouponReply::Check(view) => view,
            other => panic!("{other:?}"),
        }
    }

    /// Why one code does not apply; empty: it does.
    #[track_caller]
    fn why(&mut self, code: &str, customer: Option<CustomerId>) -> String {
        let view = self.check(&[code], customer, vec![line("Tea", 1, 10_000)]);
        view.codes[0]
            .refused
            .iter()
            .map(Refusal::code)
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[track_caller]
    fn held(&mut self, customer: CustomerId) -> HeldView {
        match self.coupon_reply(CouponQuery::OfCustomer { customer }) {
            CouponReply::OfCustomer(held) => held,
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    fn uses(&mut self, id: CouponId) -> Vec<UseRow> {
        match self.coupon_reply(CouponQuery::Uses {
            id,
            new_only: false,
            rule: None,
            offset: 0,
            limit: 50,
        }) {
            CouponReply::Uses(page) => page.items,
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    fn codes(&mut self, id: CouponId, count: u32) -> Vec<String> {
        self.apply(&Command::Coupons(CouponCommand::Generate {
            id,
            count,
            seed: SEED.into(),
        }));
        let query = CouponQuery::Codes {
            id,
            which: CodesWhich::All,
            search: String::new(),
            rule: None,
            offset: 0,
            limit: 500,
        };
        match self.coupon_reply(query) {
            CouponReply::Codes(page) => page.items.into_iter().map(|row| row.code).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    fn stored(&mut self, id: OrderId) -> model::Order {
        match self.ask(Query::Order { id }) {
            Reply::Order(row) => row.order,
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn an_order_with_a_coupon_says_what_was_paid_for_each_line() {
    let mut shop = Shop::new();
    shop.program();
    let wang = shop.customer("Wang", "13800138000");
    let id = shop.define(Coupon {
        minimum: Some(Money(20_000)),
        ..amount_off("满减20", 2_000)
    });
    let lines = vec![line("Tea", 1, 15_000), line("Cup", 1, 7_500)];
    let view = shop.check(&[" 满减 20 "], Some(wang), lines.clone());
    assert_eq!((view.gross, view.amount), (Money(22_500), Money(20_500)));
    assert_eq!(view.codes[0].lines, [Money(1_333), Money(667)]);
    let (order, amount, discount, _) = shop.used(&sale(Some(wang), lines, &["满减20"], "k1"));
    assert_eq!((amount, discount), (20_500, 2_000));
    let stored = shop.stored(order.unwrap());
    assert_eq!(stored.fields.gross, Some(Money(22_500)));
    assert_eq!(stored.fields.amount, Money(20_500));
    assert_eq!(stored.fields.coupon.as_deref(), Some("满减20"));
    let paid: Vec<i64> = stored.fields.lines.iter().map(|it| it.amount.0).collect();
    assert_eq!(paid, [13_667, 6_833]);
    // Points count on what was paid: a point per yuan.
    assert_eq!(shop.balance(wang), 205);
    let row = shop.row(id);
    assert_eq!(
        (row.uses, row.discount, row.revenue, row.new_customers),
        (1, Money(2_000), Money(20_500), 1)
    );
    shop.assert_in_step();
    // The same request under another id is answered, not applied.
    let again = shop.used(&sale(
        Some(wang),
        vec![line("Tea", 1, 1)],
        &["满减20"],
        "k1",
    ));
    assert_eq!((again.0, again.1, again.2), (order, 20_500, 2_000));
    assert_eq!(shop.row(id).uses, 1);
}

#[test]
fn what_does_not_apply_is_refused_and_changes_nothing() {
    let mut shop = Shop::new();
    let wang = shop.customer("Wang", "");
    let id = shop.define(Coupon {
        total: Some(1),
        per_customer: Some(1),
        ..amount_off("ONCE", 500)
    });
    let lines = || vec![line("Tea", 1, 2_000)];
    shop.used(&sale(Some(wang), lines(), &["once"], "k1"));
    let refused = shop.refuse(&sale(Some(wang), lines(), &["ONCE"], "k2"));
    assert_eq!(refused.code, FaultCode::CouponRefused);
    assert_eq!(refused.path.as_deref(), Some("used_up"));
    assert_eq!(shop.why("ONCE", Some(wang)), "used_up customer_used_up");
    assert_eq!(shop.row(id).standing, CouponStanding::UsedUp);
    assert_eq!(shop.why("NOPE", None), "unknown_code");
    // The total of a sale must be the sum of its lines, or nobody knows what a share of it is.
    let mut odd = sale(Some(wang), lines(), &["ONCE"], "k3");
    if let Command::Coupons(CouponCommand::Use { order, .. }) = &mut odd {
        order.amount = Money(1);
    }
    assert_eq!(shop.refuse(&odd).issues[0].code, IssueCode::LinesDiffer);
    let mut other = sale(Some(wang), lines(), &[], "k4");
    if let Command::Coupons(CouponCommand::Use { expected, .. }) = &mut other {
        *expected = Some(Money(1));
    }
    assert_eq!(shop.refuse(&other).code, FaultCode::Conflict);
}

#[test]
fn codes_are_told_apart_without_a_record() {
    let mut shop = Shop::new();
    let id = shop.define(coupon("Flyer", Benefit::Percent(1_000), Way::Single));
    let codes = shop.codes(id, 20);
    assert_eq!(codes.len(), 20);
    assert_eq!(shop.why(&codes[0].to_lowercase(), None), "");
    let mut wrong = codes[1].clone();
    wrong.replace_range(0..1, if wrong.starts_with('7') { "8" } else { "7" });
    assert_eq!(shop.why(&wrong, None), "mistyped");
    // Another till with the same key and coupon, but without the codes.
    let backup = shop.engine.backup().unwrap();
    let more = shop.codes(id, 30)[25].clone();
    let mut till = Shop::new();
    let context = till.context();
    till.engine.restore(&backup, &context).unwrap();
    till.load(None);
    let view = till.check(&[&more], None, vec![line("Tea", 1, 1_000)]);
    assert!(view.codes[0].refused.is_empty() && view.codes[0].unrecorded);
    till.used(&sale(None, vec![line("Tea", 1, 1_000)], &[&more], "k1"));
    assert_eq!(till.why(&more, None), "code_used");
    // A shop with another key calls it forged.
    let mut stranger = Shop::new();
    stranger.apply(&Command::Coupons(CouponCommand::Save {
        id: None,
        fields: amount_off("HELLO", 1),
        seed: "ffeeddccbbaa99887766554433221100".into(),
    }));
    assert_eq!(stranger.why(&more, None), "forged");
}

#[test]
fn a_single_use_code_is_used_once_and_free_again_after_a_return() {
    let mut shop = Shop::new();
    let wang = shop.customer("Wang", "");
    let id = shop.define(coupon("Birthday", Benefit::Amount(Money(300)), Way::Single));
    let code = shop.codes(id, 1).remove(0);
    let (order, ..) = shop.used(&sale(
        Some(wang),
        vec![line("Tea", 3, 1_000)],
        &[&code],
        "k1",
    ));
    assert_eq!(shop.why(&code, Some(wang)), "code_used");
    // 7.00 for three pieces, which come back one by one: 2.33, 2.34, 2.33.
    let mut back = Vec::new();
    for key in ["r1", "r2", "r3"] {
        shop.apply(&Command::RefundOrder(RefundRequest {
            order: order.unwrap(),
            amount: None,
            lines: vec![RefundLine {
                line: 0,
                quantity_milli: 1_000,
            }],
            at: None,
            key: key.into(),
        }));
        back.push(shop.stored(order.unwrap()).refunds.last().unwrap().amount.0);
        assert_eq!(shop.why(&code, Some(wang)) == "code_used", key != "r3");
    }
    back.sort_unstable();
    assert_eq!(back, [233, 233, 234]);
    assert_eq!(shop.row(id).uses, 0);
    shop.assert_in_step();
}

#[test]
fn a_voucher_is_used_up_and_parts_come_back() {
    let mut shop = Shop::new();
    let wang = shop.customer("Wang", "");
    let id = shop.define(coupon("Card", Benefit::Voucher(Money(5_000)), Way::Single));
    let code = shop.codes(id, 1).remove(0);
    let (order, amount, ..) = shop.used(&sale(
        Some(wang),
        vec![line("Tea", 1, 8_000)],
        &[&code],
        "k1",
    ));
    assert_eq!(amount, 3_000);
    assert_eq!(shop.why(&code, None), "empty");
    // A third of what was paid comes back: so does a third of the voucher.
    let refund = |amount, key: &str| {
        Command::RefundOrder(RefundRequest {
            order: order.unwrap(),
            amount: Some(Money(amount)),
            lines: Vec::new(),
            at: None,
            key: key.into(),
        })
    };
    shop.apply(&refund(1_000, "r1"));
    let left = |shop: &mut Shop| {
        shop.check(&[&code], None, vec![line("Tea", 1, 1)]).codes[0]
            .left
            .unwrap()
            .0
            + 1
    };
    assert_eq!(left(&mut shop), 1_667);
    let last = shop.apply(&refund(2_000, "r2"));
    assert_eq!(left(&mut shop), 5_000);
    // Undo of the last refund takes its share of the voucher back.
    shop.apply(&Command::Undo {
        batch: last.batch.unwrap(),
    });
    assert_eq!(left(&mut shop), 1_667);
}

#[test]
fn an_order_issues_a_code_for_the_next_one() {
    let mut shop = Shop::new();
    let wang = shop.customer("Wang", "");
    let li = shop.customer("Li", "");
    let way = Way::NextOrder {
        from: Money(10_000),
        days: 10,
    };
    let id = shop.define(coupon("Thanks", Benefit::Amount(Money(1_000)), way));
    shop.order(wang, "2026-06-15T10:00", 9_999);
    assert!(shop.held(wang).codes.is_empty());
    let order = shop.order(wang, "2026-06-15T11:00", 10_000);
    let held = shop.held(wang).codes;
    assert_eq!(held.len(), 1);
    assert_eq!(held[0].to, Some("2026-06-25".parse().unwrap()));
    let code = held[0].code.clone();
    assert_eq!(shop.why(&code, Some(li)), "not_for_customer");
    assert_eq!(shop.why(&code, None), "needs_customer");
    assert_eq!(shop.why(&code, Some(wang)), "");
    shop.now = at("2026-06-26T09:00");
    assert_eq!(shop.why(&code, Some(wang)), "expired");
    shop.now = at("2026-06-25T23:00");
    assert_eq!(shop.why(&code, Some(wang)), "");
    // The order comes back whole: so does its promise.
    shop.apply(&Command::RefundOrder(RefundRequest {
        order,
        amount: None,
        lines: Vec::new(),
        at: None,
        key: "r1".into(),
    }));
    assert_eq!(shop.why(&code, Some(wang)), "withdrawn");
    // An order of long ago issues nothing that is over already.
    shop.order(li, "2026-06-01T10:00", 20_000);
    assert!(shop.held(li).codes.is_empty());
    let (.., issued) = shop.used(&Command::Coupons(CouponCommand::Use {
        customer: Some(li),
        order: order_at_now(&shop, 12_000),
        codes: Vec::new(),
        expected: None,
        key: "k1".into(),
    }));
    assert_eq!(issued.len(), 1);
    assert_eq!(shop.row(id).codes, 2);
}

fn order_at_now(shop: &Shop, amount: i64) -> OrderDraft {
    OrderDraft {
        at: shop.now,
        ..order("2026-06-15T12:00", amount)
    }
}

#[test]
fn coupons_for_some_only() {
    let mut shop = Shop::new();
    shop.program();
    let (wang, li) = (shop.customer("Wang", ""), shop.customer("Li", ""));
    shop.order(wang, "2026-06-10T10:00", 200_000);
    let rule = r#"{"attr":"spend","op":"gte","value":"1000.00"}"#;
    let segment = match shop
        .apply(&Command::SaveSegment {
            id: None,
            name: "Best".into(),
            rule: rule.into(),
        })
        .outcome
    {
        Outcome::Segment { id } => id,
        other => panic!("{other:?}"),
    };
    for (code, audience) in [
        ("SEG", Audience::Segment(segment)),
        ("TIER", Audience::Tier("gold".into())),
        ("WANG", Audience::Customer(wang)),
    ] {
        shop.define(Coupon {
            audience,
            ..amount_off(code, 100)
        });
        assert_eq!(shop.why(code, Some(wang)), "", "{code}");
        assert_eq!(shop.why(code, Some(li)), "not_for_customer", "{code}");
        assert_eq!(shop.why(code, None), "needs_customer", "{code}");
        shop.used(&sale(Some(wang), vec![line("Tea", 1, 500)], &[code], code));
        let refused = shop.refuse(&sale(Some(li), vec![line("Tea", 1, 500)], &[code], "x"));
        assert_eq!(refused.path.as_deref(), Some("not_for_customer"));
    }
    assert_eq!(shop.held(wang).open.len(), 3);
    assert_eq!(shop.held(li).open.len(), 0);
}

#[test]
fn a_promise_that_is_out_is_kept() {
    let mut shop = Shop::new();
    let wang = shop.customer("Wang", "");
    let fields = Coupon {
        total: Some(5),
        to: Some("2026-07-01".parse().unwrap()),
        ..amount_off("HELLO", 500)
    };
    let id = shop.define(fields.clone());
    shop.apply(&save(
        Some(id),
        Coupon {
            benefit: Benefit::Amount(Money(600)),
            ..fields.clone()
        },
    ));
    shop.used(&sale(
        Some(wang),
        vec![line("Tea", 1, 2_000)],
        &["HELLO"],
        "k1",
    ));
    let fields = Coupon {
        benefit: Benefit::Amount(Money(600)),
        ..fields
    };
    for (field, changed) in [
        (
            "benefit",
            Coupon {
                benefit: Benefit::Amount(Money(1)),
                ..fields.clone()
            },
        ),
        (
            "total",
            Coupon {
                total: Some(4),
                ..fields.clone()
            },
        ),
        (
            "to",
            Coupon {
                to: Some("2026-06-20".parse().unwrap()),
                ..fields.clone()
            },
        ),
        (
            "way",
            Coupon {
                way: Way::Shared("OTHER".into()),
                ..fields.clone()
            },
        ),
    ] {
        let fault = shop.refuse(&save(Some(id), changed));
        assert_eq!(
            (fault.code, fault.path.as_deref()),
            (FaultCode::CouponLocked, Some(field))
        );
    }
    let kept = Coupon {
        name: "Hi".into(),
        total: Some(9),
        to: None,
        ..fields
    };
    shop.apply(&save(Some(id), kept));
}

#[test]
fn a_coupon_is_paused_goes_on_and_ends() {
    let mut shop = Shop::new();
    let id = shop.define(amount_off("HELLO", 500));
    let state = |state| Command::Coupons(CouponCommand::SetState { id, state });
    shop.apply(&state(CouponState::Paused));
    assert_eq!(shop.why("HELLO", None), "paused");
    shop.apply(&state(CouponState::Active));
    let ended = shop.apply(&state(CouponState::Ended));
    assert_eq!(shop.why("HELLO", None), "ended");
    assert_eq!(
        shop.refuse(&state(CouponState::Active)).code,
        FaultCode::CouponLocked
    );
    // Ending can be undone, and another coupon may have the code afterwards.
    shop.apply(&Command::Undo {
        batch: ended.batch.unwrap(),
    });
    assert_eq!(shop.why("HELLO", None), "");
    assert_eq!(
        shop.refuse(&save(None, amount_off("hell-o", 1))).code,
        FaultCode::KeyTaken
    );
}

#[test]
fn wrong_definitions_are_refused_field_by_field() {
    let mut shop = Shop::new();
    let bad = |shop: &mut Shop, fields: Coupon| {
        let fault = shop.refuse(&save(None, fields));
        fault
            .issues
            .iter()
            .filter_map(|it| it.field.clone())
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(bad(&mut shop, amount_off("", 0)), "name amount code");
    assert_eq!(
        bad(
            &mut shop,
            coupon("A", Benefit::Percent(10_001), Way::Single)
        ),
        "percent"
    );
    assert_eq!(
        bad(
            &mut shop,
            coupon("A", Benefit::Voucher(Money(1)), Way::Shared("ABC".into()))
        ),
        "way"
    );
    let from = Some("2026-07-02".parse().unwrap());
    let to = Some("2026-07-01".parse().unwrap());
    assert_eq!(
        bad(
            &mut shop,
            Coupon {
                from,
                to,
                ..amount_off("ABC", 1)
            }
        ),
        "to"
    );
    assert_eq!(
        bad(
            &mut shop,
            Coupon {
                goods: Goods::Products(vec![" ".into()]),
                ..amount_off("ABC", 1)
            }
        ),
        "goods"
    );
    assert_eq!(
        bad(
            &mut shop,
            Coupon {
                audience: Audience::Tier("gold".into()),
                ..amount_off("ABC", 1)
            }
        ),
        "audience"
    );
    let fault = shop.refuse(&Command::Coupons(CouponCommand::Save {
        id: None,
        fields: amount_off("ABC", 1),
        seed: "".into(),
    }));
    assert_eq!(fault.issues[0].field.as_deref(), Some("seed"));
}

#[test]
fn imported_orders_with_our_codes_count() {
    let mut shop = Shop::new();
    let shared = shop.define(Coupon {
        total: Some(2),
        ..amount_off("SUMMER", 500)
    });
    let single = shop.define(coupon("Flyer", Benefit::Percent(1_000), Way::Single));
    let code = shop.codes(single, 1).remove(0);
    let file = format!(
        "订单号,姓名,手机号,下单时间,实付金额,优惠券\r\n1,Wang,13800138000,2026-06-01 10:00,95,summer\r\n2,Li,13800138001,2026-06-02 10:00,90,{code}\r\n"
    );
    let report = shop.import("orders.csv", &file);
    assert_eq!(report.orders.created, 2);
    assert_eq!(shop.row(shared).uses, 1);
    let uses = shop.uses(shared);
    assert!(uses[0].imported && uses[0].first);
    assert_eq!(uses[0].revenue, Money(9_500));
    assert_eq!(shop.row(single).uses, 1);
    assert_eq!(shop.why(&code, None), "code_used");
    // They count towards the limits too.
    let wang = shop.customer("Zhao", "");
    shop.used(&sale(
        Some(wang),
        vec![line("Tea", 1, 900)],
        &["SUMMER"],
        "k1",
    ));
    assert_eq!(shop.why("SUMMER", None), "used_up");
}

#[test]
fn undo_and_removal_take_uses_along() {
    let mut shop = Shop::new();
    let wang = shop.customer("Wang", "");
    let id = shop.define(amount_off("HELLO", 500));
    let sold = shop.apply(&sale(
        Some(wang),
        vec![line("Tea", 1, 2_000)],
        &["HELLO"],
        "k1",
    ));
    assert_eq!(shop.row(id).uses, 1);
    let undone = shop.apply(&Command::Undo {
        batch: sold.batch.unwrap(),
    });
    assert_eq!(shop.row(id).uses, 0);
    shop.apply(&Command::Undo {
        batch: undone.batch.unwrap(),
    });
    assert_eq!(shop.row(id).uses, 1);
    let gone = shop.apply(&Command::RemoveCustomers { ids: vec![wang] });
    assert_eq!(shop.row(id).uses, 0);
    shop.apply(&Command::Undo {
        batch: gone.batch.unwrap(),
    });
    let row = shop.row(id);
    assert_eq!((row.uses, row.discount), (1, Money(500)));
    let order = shop.uses(id)[0].order.unwrap();
    shop.apply(&Command::Coupons(CouponCommand::Release {
        order,
        key: "free".into(),
    }));
    assert_eq!(shop.row(id).uses, 0);
    shop.assert_in_step();
}

#[test]
fn files_of_codes_and_uses() {
    let mut shop = Shop::new();
    let id = shop.define(coupon("Card", Benefit::Voucher(Money(5_000)), Way::Single));
    let code = shop.codes(id, 2).remove(0);
    shop.used(&sale(None, vec![line("Tea", 1, 2_000)], &[&code], "k1"));
    let mut export = |what| {
        let context = shop.context();
        let mut session = ExportSession::new(
            &mut shop.engine,
            ExportWhat::Coupons(what),
            ExportFormat::Csv,
            &context,
        )
        .unwrap();
        let mut bytes = Vec::new();
        while let Step::More(_) = session.step(&mut shop.engine, &context).unwrap() {
            bytes.extend(session.take_bytes());
        }
        bytes.extend(session.take_bytes());
        String::from_utf8(bytes).unwrap()
    };
    let codes = export(CouponExport::Codes {
        id,
        which: CodesWhich::All,
        rule: None,
    });
    assert_eq!(codes.lines().count(), 3);
    assert!(
        codes.contains(&format!("{code},Card,,unused,50.00,30.00,,")),
        "{codes}"
    );
    let uses = export(CouponExport::Uses { id, rule: None });
    assert!(
        uses.contains(&format!(",Card,{code},20.00,0.00,CNY,no,no")),
        "{uses}"
    );
}

#[test]
fn ten_thousand_codes_are_made_and_undone() {
    let mut shop = Shop::new();
    let id = shop.define(coupon("Flyer", Benefit::Percent(1_000), Way::Single));
    let generate = |count| {
        Command::Coupons(CouponCommand::Generate {
            id,
            count,
            seed: SEED.into(),
        })
    };
    for count in [0, CODES_AT_ONCE + 1] {
        assert_eq!(
            shop.refuse(&generate(count)).issues[0].code,
            IssueCode::BadNumber
        );
    }
    let made = shop.apply(&generate(CODES_AT_ONCE));
    assert_eq!(shop.row(id).codes, 10_000);
    shop.apply(&Command::Undo {
        batch: made.batch.unwrap(),
    });
    assert_eq!(shop.row(id).codes, 0);
}
