//! Files that go out and come back; everything about one person; erasing a person for good.

use super::*;
use proptest::prelude::*;
use protocol::{
    CalendarExport, ExportFormat, ExportWhat, Layout, OrderList, OutCommand, OutExport, OutQuery,
    OutReply, Shape,
};

impl Shop {
    /// A file, whole.
    #[track_caller]
    fn file(&mut self, what: ExportWhat, format: ExportFormat) -> (protocol::FileView, Vec<u8>) {
        let context = self.context();
        let mut session = ExportSession::new(&mut self.engine, what, format, &context).unwrap();
        let mut bytes = Vec::new();
        loop {
            let step = session.step(&mut self.engine, &context).unwrap();
            bytes.extend(session.take_bytes());
            if let Step::Done(view) = step {
                return (view, bytes);
            }
        }
    }

    #[track_caller]
    fn text(&mut self, what: OutExport, format: ExportFormat) -> String {
        String::from_utf8(self.file(ExportWhat::Out(what), format).1).unwrap()
    }

    fn archive(&mut self) -> Vec<u8> {
        let what = ExportWhat::Out(OutExport::Archive);
        self.file(what, ExportFormat::Json).1
    }

    fn out(&mut self, query: OutQuery) -> OutReply {
        match self.ask(Query::Out(query)) {
            Reply::Out(reply) => *reply,
            other => panic!("{other:?}"),
        }
    }

    fn erase(&mut self, customer: CustomerId, keep_books: bool) -> protocol::Erasure {
        let done = self.apply(&Command::Out(OutCommand::ErasePerson {
            customer,
            keep_books,
            confirm: "ERASE".into(),
        }));
        self.load(None);
        match done.outcome {
            Outcome::Erased(receipt) => *receipt,
            other => panic!("{other:?}"),
        }
    }
}

/// The tables of an archive without what is new in every browser.
fn tables(archive: &[u8]) -> serde_json::Value {
    let mut whole: serde_json::Value = serde_json::from_slice(archive).unwrap();
    let tables = whole["tables"].as_array_mut().unwrap();
    // The archive itself is one of the files that left.
    tables.retain(|table| table["name"] != "handed_out");
    for table in tables.iter_mut() {
        let skipped = |row: &serde_json::Value| {
            ["replica", "counter", "data_version"].contains(&row[0].as_str().unwrap_or_default())
        };
        let meta = table["name"] == "meta";
        let rows = table["rows"].as_array_mut().unwrap();
        if meta {
            rows.retain(|row| !skipped(row));
            table["sha256"] = serde_json::Value::Null;
        }
    }
    serde_json::Value::Array(std::mem::take(tables))
}

#[track_caller]
fn same(left: &serde_json::Value, right: &serde_json::Value) {
    let both = left
        .as_array()
        .unwrap()
        .iter()
        .zip(right.as_array().unwrap());
    for (left, right) in both {
        assert_eq!(left, right);
    }
    assert_eq!(left, right);
}

fn all_fields(mark: &str) -> CustomerDraft {
    let text = |what: &str| Some(format!("{mark}{what}"));
    CustomerDraft {
        external_id: text("key"),
        name: format!("{mark}name"),
        email: Some(format!("{}@example.com", mark.to_lowercase())),
        phone: Some("+8613812345678".into()),
        birthday: "1990-05-14".parse().ok(),
        address: text("address"),
        occupation: text("occupation"),
        education: text("education"),
        income_band: text("income"),
        industry: text("industry"),
        company_size: text("size"),
        interests: vec![format!("{mark}interest")],
        tags: vec![format!("{mark}tag")],
        source_channel: text("channel"),
        owner: text("owner"),
        note: text("note"),
        custom: [(
            format!("{mark}field"),
            CustomField::Text(format!("{mark}own")),
        )]
        .into(),
        ..CustomerDraft::default()
    }
}

/// A shop with something in (nearly) every table, and one person whose every word begins with `mark`.
fn marked_shop(mut shop: Shop, mark: &str) -> (Shop, CustomerId) {
    shop.program();
    let other = shop.customer("Other Person", "+8613900000000");
    shop.order(other, "2026-05-01", 50_000);
    let id = match shop
        .apply(&Command::CreateCustomer {
            fields: CustomerDraft {
                name: format!("{mark}maiden name"),
                ..all_fields(mark)
            },
        })
        .outcome
    {
        Outcome::Customer { id } => id,
        other => panic!("{other:?}"),
    };
    shop.apply(&Command::UpdateCustomer {
        id,
        fields: all_fields(mark),
    });
    let mut fields = order("2026-06-01", 300_000);
    fields.external_id = Some(format!("{mark}order"));
    fields.channel = Some(format!("{mark}shop"));
    fields.coupon = Some(format!("{mark}coupon"));
    fields.lines = vec![OrderLine {
        product: format!("{mark}product"),
        category: Some(format!("{mark}category")),
        quantity_milli: 1_000,
        amount: Money(300_000),
    }];
    let bought = match shop
        .apply(&Command::CreateOrder {
            customer: id,
            fields,
        })
        .outcome
    {
        Outcome::Order { id } => id,
        other => panic!("{other:?}"),
    };
    shop.apply(&Command::RefundOrder(RefundRequest {
        order: bought,
        amount: Some(Money(1_000)),
        lines: Vec::new(),
        at: None,
        key: format!("{mark}refund"),
    }));
    live(&mut shop, mark, (id, other));
    (shop, id)
}

/// What happened with the marked person after they bought.
fn live(shop: &mut Shop, mark: &str, (id, other): (CustomerId, CustomerId)) {
    shop.apply(&Command::AddInteraction {
        customer: id,
        fields: InteractionDraft {
            kind: format!("{mark}kind"),
            at: at("2026-06-02T10:00"),
            key: Some(format!("{mark}talk")),
            data: [("text".to_owned(), CustomField::Text(format!("{mark}said")))].into(),
        },
    });
    shop.apply(&Command::AdjustPoints {
        customer: id,
        points: Points(5_000),
        reason: format!("{mark}reason"),
        key: format!("{mark}adjusted"),
    });
    shop.apply(&Command::Points(protocol::PointsCommand::Transfer {
        from: id,
        to: other,
        points: Points(100),
        reason: Some(format!("{mark}gift")),
        key: "transfer-1".into(),
    }));
    // A file with a row of theirs that was left out.
    let file = format!(
        "Order number,Order time,Total,Customer phone,Customer name,Product\no2,2026-06-03,12.00,+8613900000000,Other Person,Tea\n{mark}o3,2026-06-03,no amount,13812345678,{mark}name,Tea\n"
    );
    shop.import(&format!("{mark}name.csv"), &file);
    // Removed and brought back: the log holds copies.
    let removed = shop.apply(&Command::RemoveCustomers { ids: vec![id] });
    shop.apply(&Command::Undo {
        batch: removed.batch.unwrap(),
    });
}

/// What stands around a text, for whoever looks why it is there.
fn around(bytes: &[u8], text: &str) -> Option<String> {
    let at = bytes
        .windows(text.len())
        .position(|window| window == text.as_bytes())?;
    let some = &bytes[at.saturating_sub(60)..(at + 60).min(bytes.len())];
    Some(String::from_utf8_lossy(some).into_owned())
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes
        .windows(text.len())
        .any(|window| window == text.as_bytes())
}

#[test]
fn an_archive_opens_in_another_browser() {
    let (mut shop, _) = marked_shop(Shop::new(), "Mx");
    let archive = shop.archive();
    let before = tables(&archive);
    let mut other = Shop::new();
    other.customer("Somebody else", "");
    let context = other.context();
    other.engine.restore(&archive, &context).unwrap();
    other.load(None);
    other.assert_in_step();
    same(&tables(&other.archive()), &before);
    // Search was made again, and the same archive comes out of the database file.
    let found = other.names(ListRequest {
        search: "other p".into(),
        limit: 9,
        ..ListRequest::default()
    });
    assert_eq!(found, ["Other Person"]);
    let sqlite = shop.engine.backup().unwrap();
    let mut third = Shop::new();
    third.engine.restore(&sqlite, &context).unwrap();
    same(&tables(&third.archive()), &before);
}

#[test]
fn a_damaged_archive_is_refused_and_nothing_is_lost() {
    let (mut shop, _) = marked_shop(Shop::new(), "Mx");
    let archive = String::from_utf8(shop.archive()).unwrap();
    let cut = archive.len() / 2;
    let whole: serde_json::Value = serde_json::from_str(&archive).unwrap();
    let pretty = serde_json::to_string_pretty(&whole).unwrap();
    let mut other = Shop::new();
    let ann = other.customer("Ann", "");
    let context = other.context();
    for (what, bad) in [
        (
            "cut",
            archive[..archive.floor_char_boundary(cut)].to_owned(),
        ),
        (
            "a changed name",
            archive.replacen("Other Person", "Other Persoz", 1),
        ),
        (
            "a changed count",
            archive.replacen("\"count\":", "\"count\":1", 1),
        ),
        (
            "another table",
            archive.replacen("\"name\":\"customer\"", "\"name\":\"custome\"", 1),
        ),
        (
            "polluting keys",
            archive.replacen(
                "\"tables\":[",
                "\"__proto__\":{\"polluted\":1},\"tables\":[{\"__proto__\":1},",
                1,
            ),
        ),
        ("newer", archive.replacen("\"schema\":", "\"schema\":9", 1)),
        (
            "something else",
            "{\"format\":\"shuke-archive\"}".to_owned(),
        ),
    ] {
        assert_ne!(bad, archive, "{what}");
        let fault = other.engine.restore(bad.as_bytes(), &context).unwrap_err();
        assert!(
            matches!(
                fault.code,
                FaultCode::BadBackup | FaultCode::Damaged | FaultCode::NewerSchema
            ),
            "{what}: {fault:?}"
        );
        assert_eq!(
            other
                .engine
                .store
                .read()
                .customer(ann)
                .unwrap()
                .unwrap()
                .fields
                .name,
            "Ann"
        );
    }
    // Blanks between are no damage: the checksums are of the content.
    other.engine.restore(pretty.as_bytes(), &context).unwrap();
}

#[test]
fn everything_about_a_person_is_told() {
    let (mut shop, id) = marked_shop(Shop::new(), "Mx");
    let json = shop.text(OutExport::Person { customer: id }, ExportFormat::Json);
    for planted in [
        "key",
        "name",
        "maiden name",
        "address",
        "occupation",
        "education",
        "income",
        "industry",
        "size",
        "interest",
        "tag",
        "channel",
        "owner",
        "note",
        "field",
        "own",
        "order",
        "shop",
        "coupon",
        "product",
        "category",
        "refund",
        "kind",
        "talk",
        "said",
        "reason",
        "adjusted",
        "gift",
        "name.csv",
    ] {
        assert!(json.contains(&format!("Mx{planted}")), "{planted}");
    }
    let person: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(person["calculated"]["stage"], "new");
    assert_eq!(person["calculated"]["stageFollowsFrom"]["newDays"], 30);
    assert_eq!(person["orders"][0]["amount"], "3000.00");
    assert!(
        person["segments"]
            .as_array()
            .is_some_and(|it| !it.is_empty())
    );
    assert!(person["points"].as_array().is_some_and(|it| it.len() >= 3));
    assert!(
        person["rows"]["rejected_row"].is_array(),
        "{}",
        person["rows"]
    );
    assert!(!json.contains("Other Person"), "nothing of others");
}

/// Columns, points and the log are in order, and no undo brings anybody back.
fn nothing_comes_back(shop: &mut Shop, id: CustomerId, keep_books: bool) {
    shop.assert_in_step();
    if keep_books {
        assert_eq!(shop.balance(id), 5_000 + 2_990 - 100, "points stay");
        let list = shop.list(ListRequest {
            limit: 9,
            ..ListRequest::default()
        });
        assert_eq!(list.total, 2);
    }
    // Nothing brings them back: neither undo nor the log.
    let commands = match shop.ask(Query::Commands {
        offset: 0,
        limit: 99,
        imports_only: false,
    }) {
        Reply::Commands(page) => page.items,
        other => panic!("{other:?}"),
    };
    assert!(
        commands
            .iter()
            .any(|it| it.command == "erase_person" && !it.undoable)
    );
    for command in commands.iter().filter(|it| it.undoable) {
        let _ = shop.try_apply(&Command::Undo {
            batch: command.batch,
        });
    }
}

/// What must not be found; goods and places of sale are the shop's where its books stay.
fn marks(keep_books: bool) -> Vec<&'static str> {
    if keep_books {
        // Goods and places of sale are the shop's.
        vec![
            "Qzxn",
            "Qzxm",
            "Qzxke",
            "Qzxa",
            "Qzxorder",
            "Qzxr",
            "Qzxs",
            "Qzxg",
            "Qzxt",
            "Qzxki",
            "qzx@",
            "13812345678",
            "Qzxf",
            "Qzxcoupon",
        ]
    } else {
        vec!["Qzx", "qzx", "13812345678"]
    }
}

#[test]
fn an_erased_person_is_found_nowhere() {
    for keep_books in [false, true] {
        let name = format!("shuke-erase-{}-{keep_books}.db", std::process::id());
        let path = std::env::temp_dir().join(name);
        let _ = std::fs::remove_file(&path);
        let (mut shop, id) = marked_shop(Shop::in_file(&path), "Qzx");
        let (backup, _) = shop.file(
            ExportWhat::Customers(ListRequest::default()),
            ExportFormat::Csv,
        );
        let bytes = std::fs::read(&path).unwrap();
        assert!(contains(&bytes, "Qzx"), "planted");
        let receipt = shop.erase(id, keep_books);
        assert!(receipt.rewritten);
        assert_eq!(receipt.books_kept, keep_books);
        assert_eq!(receipt.files[0].name, backup.name, "files are named");
        assert!(
            receipt
                .rows
                .iter()
                .any(|(table, count)| table == "change" && *count > 0)
        );
        let marks = marks(keep_books);
        for bytes in [
            std::fs::read(&path).unwrap(),
            shop.engine.snapshot_bytes().unwrap(),
            shop.engine.backup().unwrap(),
            shop.archive(),
        ] {
            for mark in &marks {
                let kept = keep_books && ["Qzxs"].contains(mark) && contains(&bytes, "Qzxshop");
                assert!(
                    kept || around(&bytes, mark).is_none(),
                    "{mark} keep {keep_books}: {:?}",
                    around(&bytes, mark)
                );
            }
        }
        assert!(
            !std::fs::exists(path.with_extension("db-journal")).unwrap()
                || std::fs::read(path.with_extension("db-journal"))
                    .unwrap()
                    .is_empty()
        );
        let orders = shop.engine.store.read().counts().unwrap().orders;
        assert_eq!(orders, if keep_books { 3 } else { 2 });
        nothing_comes_back(&mut shop, id, keep_books);
        assert!(!contains(&std::fs::read(&path).unwrap(), "Qzxname"));
        let _ = std::fs::remove_file(&path);
    }
}

#[test]
fn a_removed_person_is_erased_from_the_log() {
    let (mut shop, id) = marked_shop(Shop::new(), "Qzx");
    let removed = shop.apply(&Command::RemoveCustomers { ids: vec![id] });
    let traces = match shop.out(OutQuery::Traces { customer: id }) {
        OutReply::Traces(it) => it,
        other => panic!("{other:?}"),
    };
    assert!(!traces.present && traces.rows.iter().any(|(table, _)| table == "change"));
    shop.erase(id, true);
    assert_eq!(around(&shop.engine.backup().unwrap(), "Qzx"), None);
    shop.apply(&Command::Undo {
        batch: removed.batch.unwrap(),
    });
    assert!(shop.engine.store.read().customer(id).unwrap().is_none());
    let again = shop.try_apply(&Command::Out(OutCommand::ErasePerson {
        customer: id,
        keep_books: false,
        confirm: "ERASE".into(),
    }));
    assert_eq!(again.unwrap_err().code, FaultCode::NotFound);
    let refused = shop.refuse(&Command::Out(OutCommand::ErasePerson {
        customer: id,
        keep_books: false,
        confirm: "erase".into(),
    }));
    assert_eq!(refused.code, FaultCode::Invalid);
    match shop.out(OutQuery::Erased {
        offset: 0,
        limit: 9,
    }) {
        OutReply::Erased(page) => assert_eq!(page.items[0].customer, id),
        other => panic!("{other:?}"),
    }
}

fn orders_go_out(shop: &mut Shop) {
    let orders = OutExport::Orders {
        list: OrderList::default(),
        shape: Shape {
            columns: vec!["orderExternalId".to_owned(), "amount".to_owned()],
            ..Shape::default()
        },
    };
    let csv = shop.text(orders, ExportFormat::Csv);
    assert!(csv.contains("Mxorder,3000.00"), "{csv}");
    let context = shop.context();
    let cards = ExportWhat::Orders(OrderList::default());
    let refused = ExportSession::new(&mut shop.engine, cards, ExportFormat::Vcard3, &context);
    assert_eq!(
        refused.err().map(|fault| fault.code),
        Some(FaultCode::Invalid)
    );
}

#[test]
fn lists_go_out_with_chosen_columns_in_every_format() {
    let (mut shop, id) = marked_shop(Shop::new(), "Mx");
    let shape = |columns: &[&str], layout| Shape {
        layout,
        columns: columns.iter().map(|it| (*it).to_owned()).collect(),
        words: [
            ("name".to_owned(), "姓名".to_owned()),
            ("stage.new".to_owned(), "新".to_owned()),
        ]
        .into(),
        raw: false,
    };
    let list = ListRequest {
        search: "mxname".into(),
        ..ListRequest::default()
    };
    let columns = ["name", "custom.Mxfield", "orderCount", "spend", "stage"];
    let customers = |layout| OutExport::Customers {
        list: list.clone(),
        shape: shape(&columns, layout),
    };
    let csv = shop.text(customers(Layout::Words), ExportFormat::Csv);
    assert!(csv.starts_with("\u{feff}姓名,"), "{csv}");
    assert!(csv.ends_with("Mxname,Mxown,1,2990.00,新\r\n"), "{csv}");
    let csv = shop.text(customers(Layout::Shuke), ExportFormat::Csv);
    assert!(
        csv.starts_with("\u{feff}name,custom.Mxfield,orderCount,spend,stage\r\n"),
        "{csv}"
    );
    let line = shop.text(customers(Layout::Shuke), ExportFormat::Ndjson);
    assert_eq!(
        line,
        "{\"custom\":{\"Mxfield\":\"Mxown\"},\"name\":\"Mxname\",\"orderCount\":1,\"spend\":\"2990.00\",\"stage\":\"new\"}\n"
    );
    let what = ExportWhat::Out(customers(Layout::Words));
    let (view, bytes) = shop.file(what, ExportFormat::Xlsx);
    assert!(bytes.starts_with(b"PK") && view.name.ends_with(".xlsx") && view.records == 1);
    let card = shop.text(customers(Layout::Shuke), ExportFormat::Vcard4);
    assert!(card.contains("FN:Mxname\r\n") && card.contains(&format!("UID:urn:shuke:{id}")));
    let shopify = shop.text(customers(Layout::Shopify), ExportFormat::Csv);
    assert!(shopify.contains(",2990.00,1,"), "{shopify}");
    orders_go_out(&mut shop);
    match shop.out(OutQuery::Files {
        offset: 0,
        limit: 99,
    }) {
        OutReply::Files(page) => assert_eq!(page.total, 7),
        other => panic!("{other:?}"),
    }
    match shop.out(OutQuery::Customers(list)) {
        OutReply::Offer(offer) => {
            assert_eq!(offer.records, 1);
            assert!(
                offer
                    .columns
                    .iter()
                    .any(|column| column.key == "custom.Mxfield")
            );
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn calendars_have_birthdays_and_things_to_do() {
    let (mut shop, id) = marked_shop(Shop::new(), "Mx");
    shop.apply(&Command::AddInteraction {
        customer: id,
        fields: InteractionDraft {
            kind: "visit".into(),
            at: at("2026-07-01T10:00"),
            key: None,
            data: Default::default(),
        },
    });
    let ics = shop.text(
        OutExport::Calendar(CalendarExport {
            rule: None,
            birthdays: true,
            tasks: true,
            title: "熟客".into(),
            birthday: "{name} 生日".into(),
            slipping: "联系 {name}，{days} 天".into(),
            expiring: "{name} {points}".into(),
            planned: "{name}：{what}".into(),
        }),
        ExportFormat::Csv,
    );
    assert!(ics.contains("SUMMARY:Mxname 生日\r\n") && ics.contains("DTSTART;VALUE=DATE:19900514"));
    assert!(ics.contains("SUMMARY:Mxname：visit\r\n") && ics.contains("DTSTART:20260701T020000Z"));
    match shop.out(OutQuery::Calendar { rule: None }) {
        OutReply::Calendar { birthdays, .. } => assert_eq!(birthdays, 1),
        other => panic!("{other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 24, ..ProptestConfig::default() })]

    /// Whatever was recorded, an archive brings it back, cell by cell.
    #[test]
    fn whatever_is_archived_comes_back(
        names in proptest::collection::vec("\\PC{1,12}", 1..6),
        amounts in proptest::collection::vec(0i64..1_000_000, 0..6),
        number in -1e12f64..1e12,
        flag in any::<bool>(),
    ) {
        let mut shop = Shop::new();
        shop.program();
        for (at, name) in names.iter().enumerate() {
            let fields = CustomerDraft {
                name: name.trim().to_owned() + "x",
                note: Some(format!("{name}\n{{\"__proto__\":1}}")),
                custom: [
                    ("n".to_owned(), CustomField::Number(number)),
                    ("__proto__".to_owned(), CustomField::Flag(flag)),
                ].into(),
                ..CustomerDraft::default()
            };
            let Ok(done) = shop.try_apply(&Command::CreateCustomer { fields }) else { continue };
            let Outcome::Customer { id } = done.outcome else { continue };
            if let Some(amount) = amounts.get(at) {
                shop.order(id, "2026-06-01", *amount);
            }
            if flag {
                shop.apply(&Command::TagCustomers { ids: vec![id], tag: "a".into(), add: true });
            }
        }
        let archive = shop.archive();
        let mut other = Shop::new();
        let context = other.context();
        other.engine.restore(&archive, &context).unwrap();
        prop_assert_eq!(tables(&other.archive()), tables(&archive));
    }
}
