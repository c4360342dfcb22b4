//! Files that belong together, orders that look for their customer, records that are known already, and what is
//! remembered of how files are read.

use super::*;
use expect_test::expect;
use model::import::{
    Cleaning, GuessReason, ImportKind, KnownBy, MatchBy, OnMatch, OnMatchBy, OnUnknown,
};
use protocol::{
    ImportCommand, ImportOutcome, ImportQuery, ImportReply, PlaceTo, RowAction, WaitingView,
};

fn tally(of: model::import::Tally) -> String {
    format!(
        "{}+ {}~ {}= {}- {}?",
        of.created, of.updated, of.unchanged, of.skipped, of.waiting
    )
}

fn show(report: &ImportReport) -> String {
    let codes: Vec<String> = report
        .issue_counts
        .iter()
        .map(|it| format!("{:?}x{}", it.code, it.count))
        .collect();
    format!(
        "customers {} orders {} placed {} {}",
        tally(report.customers),
        tally(report.orders),
        report.placed,
        codes.join(" ")
    )
}

const PEOPLE: &str = "id,name,phone,email\n\
    K1,Ann,13800000001,ann@example.com\n\
    K2,Bob,13800000002,\n\
    K3,Carl,,\n\
    K4,Dora,,\n\
    K5,Dora,,\n";

/// By number, mail, phone, name; a name two people have; nobody.
const PURCHASES: &str = "Order number,Customer id,Customer name,Email,Phone,Order time,Amount paid\n\
    A1,K1,,,,2026-05-01 10:00,10.00\n\
    A2,,,ANN@example.com,,2026-05-02 10:00,20.00\n\
    A3,,,,138 0000 0002,2026-05-03 10:00,30.00\n\
    A4,,carl,,,2026-05-04 10:00,40.00\n\
    A5,,Dora,,,2026-05-05 10:00,50.00\n\
    A6,,,,13900000009,2026-05-06 10:00,60.00\n";

fn orders_plan(shop: &Shop, unknown: OnUnknown) -> ImportPlan {
    let mut plan = shop.plan("orders.csv", PURCHASES);
    assert_eq!(plan.kind, ImportKind::Orders);
    plan.on_unknown = unknown;
    plan
}

fn waiting(shop: &mut Shop) -> WaitingView {
    let query = ImportQuery::Waiting {
        offset: 0,
        limit: 50,
    };
    match shop.ask(Query::Imports(query)) {
        Reply::Imports(ImportReply::Waiting(view)) => view,
        other => panic!("{other:?}"),
    }
}

fn place(shop: &mut Shop, ids: Vec<i64>, to: PlaceTo) -> ([u64; 3], Option<BatchId>) {
    let command = Command::Imports(ImportCommand::Place { ids, to });
    let done = shop.apply(&command);
    match done.outcome {
        Outcome::Imports(ImportOutcome::Placed {
            orders,
            customers,
            left,
        }) => ([orders, customers, left], done.batch),
        other => panic!("{other:?}"),
    }
}

/// Rehearses files one after the other, as one set.
fn rehearse(shop: &mut Shop, files: &[(ImportPlan, &str)]) -> Vec<ImportReport> {
    let context = shop.context();
    let (mut reports, mut before) = (Vec::new(), None);
    for (plan, file) in files {
        let bytes = file.as_bytes();
        let identity = FileIdentity::of(bytes.len() as u64, bytes, bytes);
        let mut session = ImportSession::rehearse(
            &mut shop.engine,
            plan.clone(),
            identity,
            before.take(),
            RehearsalFile::None,
            &context,
        )
        .unwrap();
        drive(shop, &mut session, bytes);
        let (done, _) = session.end_rehearsal(&mut shop.engine).unwrap();
        reports.push(done.report);
        before = Some(done.rehearsed);
    }
    reports
}

fn drive(shop: &mut Shop, session: &mut ImportSession, bytes: &[u8]) {
    let context = shop.context();
    session.feed(bytes);
    session.end_of_file();
    while session.step(&mut shop.engine, &context).unwrap() != ImportStep::Complete {}
}

#[test]
fn orders_find_their_customer_by_number_mail_phone_and_weakly_by_name() {
    let mut shop = Shop::new();
    shop.import("people.csv", PEOPLE);
    let plan = orders_plan(&shop, OnUnknown::Wait);
    let dry = shop.run(plan.clone(), PURCHASES, true);
    let real = shop.run(plan, PURCHASES, false);
    assert_eq!(show(&dry), show(&real));
    expect!["customers 0+ 0~ 3= 0- 0? orders 4+ 0~ 0= 0- 2? placed 0 NameOnlyx1"]
        .assert_eq(&show(&real));
    let links = real.links;
    assert_eq!(
        (
            links.external_id,
            links.email,
            links.phone,
            links.name,
            links.created
        ),
        (1, 1, 1, 1, 0)
    );
    // Without the weak key the third name waits too.
    let mut plan = orders_plan(&shop, OnUnknown::Wait);
    plan.match_by.name = false;
    let mut shop = Shop::new();
    shop.import("people.csv", PEOPLE);
    assert_eq!(shop.run(plan, PURCHASES, true).orders.waiting, 3);
    shop.assert_in_step();
}

#[test]
fn files_dropped_together_are_rehearsed_as_if_each_had_gone_in() {
    let mut shop = Shop::new();
    let people = shop.plan("people.csv", PEOPLE);
    let orders = orders_plan(&shop, OnUnknown::Skip);
    let more = "Order number,Customer id,Order time,Amount paid\n\
        A1,K1,2026-05-01 10:00,12.00\nA9,K9,2026-05-01 10:00,1.00\n";
    let mut second = shop.plan("more.csv", more);
    second.on_unknown = OnUnknown::Skip;
    let set = [
        (people.clone(), PEOPLE),
        (orders.clone(), PURCHASES),
        (second.clone(), more),
    ];
    let dry: Vec<String> = rehearse(&mut shop, &set).iter().map(show).collect();
    let real: Vec<String> = set
        .into_iter()
        .map(|(plan, file)| show(&shop.run(plan, file, false)))
        .collect();
    assert_eq!(dry, real);
    expect!["customers 0+ 0~ 1= 0- 0? orders 0+ 1~ 0= 1- 0? placed 0 NoCustomerx1"]
        .assert_eq(&real[2]);
}

#[test]
fn an_order_waits_until_its_customer_comes_and_every_step_can_be_undone() {
    let mut shop = Shop::new();
    shop.program();
    let plan = orders_plan(&shop, OnUnknown::Wait);
    let report = shop.run(plan.clone(), PURCHASES, false);
    expect!["customers 0+ 0~ 0= 0- 0? orders 0+ 0~ 0= 0- 6? placed 0 "].assert_eq(&show(&report));
    assert_eq!(waiting(&mut shop).page.total, 6);
    // The same file twice: nothing changes.
    let again = shop.run(plan, PURCHASES, false);
    expect!["customers 0+ 0~ 0= 0- 0? orders 0+ 0~ 6= 0- 0? placed 0 "].assert_eq(&show(&again));
    assert_eq!(again.batch, None);

    // The customers come: what fits surely is placed, and a dry run says so beforehand.
    let people = shop.plan("people.csv", PEOPLE);
    let dry = shop.run(people.clone(), PEOPLE, true);
    let came = shop.run(people, PEOPLE, false);
    assert_eq!((dry.placed, came.placed), (3, 3));
    shop.assert_in_step();
    let view = waiting(&mut shop);
    assert_eq!((view.page.total, view.fitting), (3, 1));
    let fits: Vec<(Option<&str>, Option<&str>, bool)> = view
        .page
        .items
        .iter()
        .map(|it| {
            let fits = it.fits.as_ref().map(|(_, name)| name.as_str());
            (it.number.as_deref(), fits, it.ambiguous)
        })
        .collect();
    assert_eq!(
        fits,
        [
            (Some("A4"), Some("Carl"), false),
            (Some("A5"), None, true),
            (Some("A6"), None, false)
        ]
    );
    // A person says yes to the name, gives one to somebody, and lets a customer be made for the last.
    let (counts, placed) = place(&mut shop, Vec::new(), PlaceTo::WhoFits);
    assert_eq!(counts, [1, 0, 2]);
    let (dora, a5) = (shop.customer("Dora Third", ""), view.page.items[1].id);
    assert_eq!(
        place(&mut shop, vec![a5], PlaceTo::Customer(dora)).0,
        [1, 0, 1]
    );
    assert_eq!(shop.balance(dora), 50);
    let (counts, made) = place(&mut shop, Vec::new(), PlaceTo::New);
    assert_eq!(counts, [1, 1, 0]);
    shop.assert_in_step();
    // Each can be undone, and then waits again; so can the import that brought them, and then none waits.
    for (batch, total) in [(made, 1), (placed, 2), (came.batch, 5)] {
        shop.apply(&Command::Undo {
            batch: batch.unwrap(),
        });
        assert_eq!(waiting(&mut shop).page.total, total);
    }
    shop.apply(&Command::Undo {
        batch: report.batch.unwrap(),
    });
    assert_eq!(waiting(&mut shop).page.total, 0);
    shop.assert_in_step();
}

#[test]
fn a_waiting_order_can_be_dropped_and_comes_back_by_undo() {
    let mut shop = Shop::new();
    let plan = orders_plan(&shop, OnUnknown::Wait);
    shop.run(plan.clone(), PURCHASES, false);
    let id = waiting(&mut shop).page.items[0].id;
    let done = shop.apply(&Command::Imports(ImportCommand::Drop { ids: vec![id] }));
    assert_eq!(waiting(&mut shop).page.total, 5);
    shop.apply(&Command::Undo {
        batch: done.batch.unwrap(),
    });
    assert_eq!(waiting(&mut shop).page.total, 6);
    // The file comes again when the customers are here: its orders are made once.
    shop.import("people.csv", PEOPLE);
    let mut create = plan;
    create.on_unknown = OnUnknown::Create;
    let report = shop.run(create.clone(), PURCHASES, false);
    assert_eq!((report.orders.created, report.orders.unchanged), (3, 3));
    assert_eq!(waiting(&mut shop).page.total, 0);
    assert_eq!(shop.run(create, PURCHASES, false).batch, None);
}

#[test]
fn known_records_are_updated_left_overwritten_or_kept_beside() {
    let file = "id,name,city,tags\nK1,Anna,,gold\nK2,Bob,Oslo,\n";
    for (on_match, expected, people) in [
        (
            OnMatch::Update,
            "1+ 1~ 0= 0- 0?",
            "Anna|Bergen|gold,old Bob|Oslo|",
        ),
        (OnMatch::Skip, "1+ 0~ 1= 0- 0?", "Ann|Bergen|old Bob|Oslo|"),
        (OnMatch::Overwrite, "1+ 1~ 0= 0- 0?", "Anna||gold Bob|Oslo|"),
        (
            OnMatch::KeepBoth,
            "2+ 0~ 0= 0- 0?",
            "Anna||gold Ann|Bergen|old Bob|Oslo|",
        ),
    ] {
        let mut shop = Shop::new();
        shop.import("one.csv", "id,name,city,tags\nK1,Ann,Bergen,old\n");
        let mut plan = shop.plan("two.csv", file);
        plan.on_match = on_match;
        let dry = shop.run(plan.clone(), file, true);
        let real = shop.run(plan.clone(), file, false);
        assert_eq!(
            (tally(dry.customers), tally(real.customers)),
            (expected.into(), expected.into())
        );
        let list = shop.list(ListRequest {
            limit: 9,
            ..ListRequest::default()
        });
        let mut found: Vec<String> = list
            .items
            .iter()
            .map(|row| {
                let it = &row.customer.fields;
                let city = it.city.as_deref().unwrap_or_default();
                format!("{}|{city}|{}", it.name, it.tags.join(","))
            })
            .collect();
        found.sort();
        assert_eq!(found.join(" "), people, "{on_match:?}");
        // The same file twice: nothing changes, whichever was chosen.
        let again = shop.run(plan, file, false);
        assert_eq!(again.batch, None, "{on_match:?}: {}", show(&again));
        shop.assert_in_step();
    }
}

#[expect(clippy::too_many_lines, reason = "a table of cases")]
#[test]
fn what_happens_to_known_people_may_depend_on_what_they_are_known_by() {
    let known = "id,name,email,phone,city\nK1,Ann,ann@x.com,13800000001,Bergen\n,Bob,bob@x.com,13800000002,Oslo\n,Cleo,,13800000003,Rome\n,Dan,,,Lyon\n";
    // Each row is recognised by another key, and each brings another city.
    let file = "id,name,email,phone,city\nK1,Ann,,,Here\nK2,Bob,bob@x.com,,Here\n,Cleo,,13800000003,Here\n,Dan,,,Here\n";
    let by = |external_id, email, phone, name| OnMatchBy {
        external_id,
        email,
        phone,
        name,
    };
    let (update, skip, over, both) = (
        Some(OnMatch::Update),
        Some(OnMatch::Skip),
        Some(OnMatch::Overwrite),
        Some(OnMatch::KeepBoth),
    );
    for (on_match, on_match_by, expected, people) in [
        (
            OnMatch::Update,
            by(None, None, None, None),
            "0+ 4~ 0= 0- 0?",
            "Ann|Here|13800000001 Bob|Here|13800000002 Cleo|Here|13800000003 Dan|Here|",
        ),
        (
            OnMatch::Update,
            by(skip, None, None, skip),
            "0+ 2~ 2= 0- 0?",
            "Ann|Bergen|13800000001 Bob|Here|13800000002 Cleo|Here|13800000003 Dan|Lyon|",
        ),
        (
            OnMatch::Skip,
            by(update, over, None, None),
            "0+ 2~ 2= 0- 0?",
            "Ann|Here|13800000001 Bob|Here| Cleo|Rome|13800000003 Dan|Lyon|",
        ),
        (
            OnMatch::Update,
            by(both, None, both, both),
            "3+ 1~ 0= 0- 0?",
            "Ann|Bergen|13800000001 Ann|Here| Bob|Here|13800000002 Cleo|Here|13800000003 Cleo|Rome|13800000003 Dan|Here| Dan|Lyon|",
        ),
        // What the row gave the customer is a key the next time, and another choice: still nothing changes.
        (
            OnMatch::KeepBoth,
            by(both, over, skip, skip),
            "1+ 1~ 2= 0- 0?",
            "Ann|Bergen|13800000001 Ann|Here| Bob|Here| Cleo|Rome|13800000003 Dan|Lyon|",
        ),
    ] {
        let mut shop = Shop::new();
        shop.import("one.csv", known);
        let mut plan = shop.plan("two.csv", file);
        plan.match_by.name = true;
        (plan.on_match, plan.on_match_by) = (on_match, on_match_by);
        let dry = shop.run(plan.clone(), file, true);
        let real = shop.run(plan.clone(), file, false);
        assert_eq!(
            (tally(dry.customers), tally(real.customers)),
            (expected.into(), expected.into()),
            "{on_match_by:?}"
        );
        let list = shop.list(ListRequest {
            limit: 20,
            ..ListRequest::default()
        });
        let text = |it: &Option<String>| it.clone().unwrap_or_default();
        let mut found: Vec<String> = list
            .items
            .iter()
            .map(|row| &row.customer.fields)
            .map(|it| {
                [
                    it.name.as_str(),
                    &text(&it.city),
                    text(&it.phone).trim_start_matches("+86"),
                ]
                .join("|")
            })
            .collect();
        found.sort();
        assert_eq!(found.join(" "), people, "{on_match_by:?}");
        // The rehearsal says by what each was recognised.
        let known_by = |row: u32| {
            dry.samples
                .iter()
                .find(|it| it.row == row)
                .and_then(|it| it.by)
        };
        assert_eq!(
            [2, 3, 4, 5].map(known_by),
            [KnownBy::Key, KnownBy::Email, KnownBy::Phone, KnownBy::Name].map(Some)
        );
        let links = dry.links;
        assert_eq!(
            [links.external_id, links.email, links.phone, links.name],
            [1, 1, 1, 1]
        );
        let again = shop.run(plan, file, false);
        assert_eq!(again.batch, None, "{on_match_by:?}: {}", show(&again));
        shop.assert_in_step();
    }
}

#[test]
fn orders_leave_their_customers_alone_where_that_is_wanted() {
    let file = "Order number,Order time,Amount paid,Customer name,Email,Phone\nA1,2026-05-01 10:00,99.00,Ann,ann@x.com,13800000009\n";
    for (email, phone) in [(None, Some("+8613800000009")), (Some(OnMatch::Skip), None)] {
        let mut shop = Shop::new();
        shop.import("one.csv", "name,email\nAnn,ann@x.com\n");
        let mut plan = shop.plan("orders.csv", file);
        plan.on_match_by.email = email;
        assert_eq!(shop.run(plan, file, false).orders.created, 1);
        let list = shop.list(ListRequest {
            limit: 9,
            ..ListRequest::default()
        });
        let [ann] = list.items.as_slice() else {
            panic!("{list:?}");
        };
        assert_eq!(ann.customer.fields.phone.as_deref(), phone);
    }
}

#[test]
fn orders_are_kept_beside_once_too() {
    let mut shop = Shop::new();
    shop.import("people.csv", PEOPLE);
    shop.import("orders.csv", PURCHASES);
    let file = "Order number,Customer id,Order time,Amount paid,Refunded amount\nA1,K1,2026-05-01 10:00,99.00,9.00\n";
    let mut plan = shop.plan("twice.csv", file);
    plan.on_match = OnMatch::KeepBoth;
    assert_eq!(shop.run(plan.clone(), file, false).orders.created, 1);
    assert_eq!(shop.run(plan, file, false).batch, None);
    shop.assert_in_step();
}

#[test]
fn people_can_be_recognised_by_other_keys() {
    let mut shop = Shop::new();
    shop.import("people.csv", PEOPLE);
    let file = "name,phone,city\nBobby,13800000002,Oslo\nCarl,,Rome\n";
    let by = |phone, name| MatchBy {
        phone,
        name,
        ..MatchBy::default()
    };
    for (match_by, expected) in [
        // Another name at the same number is somebody else; a name alone counts only on request.
        (by(true, false), "2+ 0~ 0= 0- 0?"),
        (by(true, true), "1+ 1~ 0= 0- 0?"),
        (by(false, true), "1+ 1~ 0= 0- 0?"),
    ] {
        let mut plan = shop.plan("more.csv", file);
        plan.match_by = match_by;
        let dry = shop.run(plan, file, true);
        assert_eq!(tally(dry.customers), expected, "{match_by:?}");
    }
}

#[test]
fn every_change_of_cleaning_is_told() {
    let mut shop = Shop::new();
    let file = "姓名,手机,性别,生日,邮箱,消费,备注\n\
        王小明,138 0000 0001,男,1990/5/14,A@Example.COM,12,N/A\n\
        李娜,+8613800000002,女,1991-06-15,b@example.com,12.50,——\n\
        ,,,1992/6/15,,12,N/A\n";
    let mut plan = shop.plan("c.csv", file);
    plan.mapping
        .insert("消费".into(), "acquisition_cost".into());
    let dry = shop.run(plan.clone(), file, true);
    let told: Vec<String> = dry
        .cleaned
        .iter()
        .map(|it| {
            let values: Vec<String> = it
                .examples
                .iter()
                .map(|v| format!("{}:{}>{}", v.row, v.before, v.after))
                .collect();
            format!(
                "{} {:?} {} {}",
                it.column,
                it.how,
                it.count,
                values.join(" ")
            )
        })
        .collect();
    expect![[r#"
        备注 Emptied 2 2:N/A> 3:——>
        性别 Choice 2 2:男>male 3:女>female
        手机 Phone 1 2:138 0000 0001>+8613800000001
        生日 Date 1 2:1990/5/14>1990-05-14
        邮箱 Email 1 2:A@Example.COM>a@example.com"#]]
    .assert_eq(&told.join("\n"));
    assert!(dry.cleaned.iter().any(|it| it.how == Cleaning::Phone));
    assert!(
        shop.run(plan, file, false).cleaned.is_empty(),
        "only dry runs tell"
    );
}

#[test]
fn a_dry_run_gives_the_rows_left_out_and_every_change_as_files() {
    let mut shop = Shop::new();
    shop.import("one.csv", "id,name,city\nK1,Ann,Bergen\n");
    let file = "id,name,city\nK1,Ann,Oslo\n,,Rome\nK2,Bob,Rome\n";
    let plan = shop.plan("two.csv", file);
    let mut made = |wish| {
        let bytes = file.as_bytes();
        let identity = FileIdentity::of(bytes.len() as u64, bytes, bytes);
        let context = shop.context();
        let mut session = ImportSession::rehearse(
            &mut shop.engine,
            plan.clone(),
            identity,
            None,
            wish,
            &context,
        )
        .unwrap();
        drive(&mut shop, &mut session, bytes);
        let mut text = session.take_bytes();
        let (done, rest) = session.end_rehearsal(&mut shop.engine).unwrap();
        text.extend(rest);
        let text = String::from_utf8(text).unwrap();
        (
            text.trim_start_matches('\u{feff}').replace('\r', ""),
            done.file.unwrap().records,
        )
    };
    let (rejected, records) = made(RehearsalFile::Rejected);
    assert_eq!(records, 1);
    assert!(
        rejected
            .starts_with("id,name,city,shuke_row,shuke_code,shuke_reason\n,,Rome,3,no_identity,"),
        "{rejected}"
    );
    let (changes, _) = made(RehearsalFile::Changes);
    for line in [
        "2,customer,update,Ann,city,Bergen,Oslo",
        "4,customer,create,Bob,name,,Bob",
    ] {
        assert!(changes.lines().any(|it| it == line), "{line} in\n{changes}");
    }
    // Mended and dropped in again, it is read as the file it came from.
    shop.run(plan, file, false);
    let mended = rejected.replace(",,Rome", "K3,Cleo,Rome");
    let again = shop.plan_again("rejected-rows.csv", &mended);
    assert_eq!(
        again.mapping.get("id").map(String::as_str),
        Some("customer.external_id")
    );
    assert_eq!(shop.run(again, &mended, false).customers.created, 1);
}

#[test]
fn a_layout_is_remembered_until_it_is_forgotten() {
    let mut shop = Shop::new();
    let file = "c1,c2,c3\nAnn,Oslo,x\n";
    let mut plan = shop.plan("odd.csv", file);
    plan.mapping = [("c1", "name"), ("c2", "city")]
        .map(|(header, field)| (header.to_owned(), field.to_owned()))
        .into();
    plan.on_match = OnMatch::Overwrite;
    shop.run(plan.clone(), file, false);
    // The same columns in another order, and with what we add to rows given back.
    let other = "c3,c2,c1,shuke_row,shuke_code,shuke_reason\ny,Rome,Bob,2,missing,\n";
    let again = shop.plan_again("other.csv", other);
    assert_eq!(
        (again.mapping, again.on_match),
        (plan.mapping.clone(), OnMatch::Overwrite)
    );
    // A column of the same name in an unknown layout.
    let inspection = shop.recalled("third.csv", "c2,c9\nRome,Bob\n", &Reading::default());
    let column = &inspection.columns[0];
    assert_eq!(
        (column.field.as_deref(), column.reason),
        (Some("city"), GuessReason::Remembered)
    );
    // Guessed anew on request; forgotten for good.
    let fresh = Reading {
        fresh: true,
        ..Reading::default()
    };
    assert_eq!(shop.recalled("other.csv", file, &fresh).remembered, None);
    let Reply::Imports(ImportReply::Mappings(known)) =
        shop.ask(Query::Imports(ImportQuery::Mappings))
    else {
        panic!()
    };
    assert_eq!(
        (known.len(), known[0].uses, known[0].columns.len()),
        (1, 1, 3)
    );
    let version = shop.engine.data_version();
    shop.apply(&Command::Imports(ImportCommand::Forget {
        mapping: known[0].id,
    }));
    assert_eq!(shop.engine.data_version(), version, "a habit is no record");
    assert_eq!(
        shop.recalled("x.csv", file, &Reading::default()).remembered,
        None
    );
}

#[test]
fn a_file_that_was_cut_off_goes_on_with_its_own_plan() {
    let mut shop = Shop::new();
    let context = shop.context();
    let mut file = String::from("c1,c2\n");
    for n in 0..3_000 {
        file.push_str(&format!("Person {n},City {}\n", n % 7));
    }
    let mut plan = shop.plan("odd.csv", &file);
    plan.mapping = [("c1".to_owned(), "name".to_owned())].into();
    plan.on_match = OnMatch::Skip;
    let mut session = shop.session(plan.clone(), &file, false);
    session.feed(file.as_bytes());
    session.step(&mut shop.engine, &context).unwrap();
    drop(session);
    let inspection = shop.recalled("renamed.csv", &file, &Reading::default());
    let remembered = inspection.remembered.unwrap();
    assert_eq!(remembered.resumes, Some(2_000));
    let again = ImportPlan {
        file_name: "renamed.csv".into(),
        ..remembered.plan
    };
    let report = shop.run(again, &file, false);
    assert_eq!(report.customers.created, 3_000);
    shop.apply(&Command::Undo {
        batch: report.batch.unwrap(),
    });
    assert_eq!(shop.engine.columns_size().0, 0, "one batch");
}

#[test]
fn what_an_undo_left_alone_is_listed_with_who_edited_it() {
    let mut shop = Shop::new();
    let report = shop.import("people.csv", PEOPLE);
    let batch = report.batch.unwrap();
    let find = |shop: &mut Shop, name: &str| -> CustomerId {
        match shop.ask(Query::Find {
            search: name.into(),
            limit: 1,
        }) {
            Reply::Found(found) => found[0].id.parse().unwrap(),
            other => panic!("{other:?}"),
        }
    };
    let ann = find(&mut shop, "Ann");
    shop.apply(&Command::UpdateCustomer {
        id: ann,
        fields: CustomerDraft {
            name: "Anna".into(),
            ..CustomerDraft::default()
        },
    });
    let bob = find(&mut shop, "Bob");
    shop.order(bob, "2026-06-01", 100);
    shop.apply(&Command::Undo { batch });
    let query = ImportQuery::Kept {
        batch,
        offset: 0,
        limit: 9,
    };
    let Reply::Imports(ImportReply::Kept(kept)) = shop.ask(Query::Imports(query)) else {
        panic!()
    };
    let told: Vec<_> = kept
        .items
        .iter()
        .map(|it| (it.title.as_str(), it.command.as_deref(), it.who.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("Anna", Some("update_customer"), "tester"),
            ("Bob", None, "")
        ]
    );
    assert_eq!(kept.items[0].id, Some(ann.to_string()));
    assert_eq!(
        report
            .samples
            .iter()
            .filter(|it| it.action == RowAction::Create)
            .count(),
        5
    );
}
