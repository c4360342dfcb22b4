//! RFM with options, the life cycle over time, portraits: every number opens exactly its customers.

use super::*;
use model::rfm::span_of;
use protocol::{
    InsightMembers, InsightQuery, InsightReply, LifecycleStage, MembersOf, Past, RfmPicture, Turn,
};

fn today() -> Day {
    "2026-06-15".parse().unwrap()
}

/// A shop of 90 customers in three towns: those of the first come weekly for coffee, those of the second came long
/// ago, of the third every fourth has bought once.
fn town() -> Shop {
    let mut shop = Shop::new();
    for n in 0..90i64 {
        let group = n % 3;
        let fields = CustomerDraft {
            name: format!("Customer {n}"),
            city: Some(["Hangzhou", "Ningbo", "Wenzhou"][group as usize].into()),
            gender: Some(if n % 2 == 0 {
                Gender::Female
            } else {
                Gender::Male
            }),
            birthday: Birthday::new(Some(1960 + (n % 40) as i32), 3, 1).ok(),
            tags: if group == 0 {
                vec!["regular".into()]
            } else {
                Vec::new()
            },
            signup_on: Some(today().plus_days(-500)),
            ..CustomerDraft::default()
        };
        let done = shop.apply(&Command::CreateCustomer { fields });
        let Outcome::Customer { id } = done.outcome else {
            panic!("{done:?}")
        };
        let days: Vec<i32> = match group {
            0 => (0..8).map(|week| week * 7 + (n % 5) as i32).collect(),
            1 => vec![200 + (n % 40) as i32, 260, 300],
            _ if n % 12 == 2 => vec![20],
            _ => Vec::new(),
        };
        for (at, ago) in days.into_iter().enumerate() {
            let day = today().plus_days(-ago);
            let mut fields = order(&format!("{day}T{:02}:30", 8 + n % 3), 1_000 + n * 10);
            fields.channel = Some(if group == 0 { "shop" } else { "web" }.into());
            fields.lines = vec![OrderLine {
                product: if group == 0 { "Latte" } else { "Mug" }.into(),
                category: Some(if group == 0 { "coffee" } else { "goods" }.into()),
                quantity_milli: 1_000,
                amount: Money(1_000 + n * 10),
            }];
            if at == 0 {
                fields.tax = Some(Money(100));
            }
            shop.apply(&Command::CreateOrder {
                customer: id,
                fields,
            });
        }
    }
    shop
}

impl Shop {
    #[track_caller]
    fn insight(&mut self, query: InsightQuery) -> InsightReply {
        for _ in 0..1_000 {
            match self.ask(Query::Insight(query.clone())) {
                Reply::Insight(reply) => match *reply {
                    InsightReply::Working { done, total } => assert!(done <= total),
                    reply => return reply,
                },
                other => panic!("{other:?}"),
            }
        }
        panic!("never done: {query:?}")
    }

    #[track_caller]
    fn rfm(&mut self, options: Option<RfmOptions>) -> RfmPicture {
        match self.insight(InsightQuery::Rfm {
            as_of: None,
            options,
        }) {
            InsightReply::Rfm(picture) => picture,
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    fn members(&mut self, of: MembersOf, options: Option<RfmOptions>) -> protocol::MembersPage {
        match self.insight(InsightQuery::Members(InsightMembers {
            of,
            as_of: None,
            options,
            thresholds: None,
            offset: 0,
            limit: 500,
        })) {
            InsightReply::Members(page) => {
                assert_eq!(page.page.total, page.page.items.len() as u64);
                page
            }
            other => panic!("{other:?}"),
        }
    }
}

fn with(scoring: RfmScoring) -> RfmOptions {
    RfmOptions {
        scoring,
        ..RfmOptions::default()
    }
}

#[test]
fn three_scorings_put_everybody_somewhere_and_open_them() {
    let mut shop = town();
    for scoring in RfmScoring::ALL {
        let options = with(scoring);
        let picture = shop.rfm(Some(options.clone()));
        assert_eq!(picture.saved, scoring == RfmScoring::Quintile);
        let cells: u64 = picture.cells.iter().map(|cell| cell.count).sum();
        assert_eq!(cells, picture.scored);
        assert_eq!(picture.groups.len(), 11);
        assert_eq!(picture.groups.iter().map(|it| it.count).sum::<u64>(), 90);
        for group in &picture.groups {
            let of = MembersOf::Group(group.group.clone());
            let page = shop.members(of, Some(options.clone()));
            assert_eq!(page.page.total, group.count, "{scoring:?} {group:?}");
            let spend: i64 = page.page.items.iter().map(|it| it.spend.0).sum();
            assert_eq!(spend, group.spend.0);
            assert!(
                page.page
                    .items
                    .iter()
                    .all(|it| it.standing.group == group.group)
            );
        }
        for cell in picture.cells.iter().filter(|cell| cell.count > 0) {
            let of = MembersOf::Scores {
                r: Some(cell.r),
                f: Some(cell.f),
                m: Some(cell.m),
            };
            let page = shop.members(of, Some(options.clone()));
            assert_eq!(page.page.total, cell.count);
        }
        let classes: u64 = picture.classes.iter().map(|it| it.count).sum();
        if scoring == RfmScoring::Average {
            assert_eq!((picture.classes.len(), classes), (8, picture.scored));
            let best = shop.members(MembersOf::Class("key_value".into()), Some(options));
            assert_eq!(best.page.total, picture.classes[0].count);
            // Those of the first town came lately, often and spent most.
            assert_eq!(best.page.total, 30);
        } else {
            assert_eq!((picture.classes.len(), classes), (0, 0));
        }
    }
}

#[test]
fn what_rules_mean_by_rfm_is_what_the_owner_saved() {
    let mut shop = town();
    let rule = r#"{"all":[{"attr":"rfm.recency","op":"eq","value":5},{"attr":"rfm.monetary","op":"eq","value":5}]}"#;
    let before = shop.count(rule);
    let options = RfmOptions {
        scoring: RfmScoring::Fixed,
        frequency_within: span_of("30 day"),
        money_within: span_of("12 month"),
        basis: MoneyBasis::Largest,
        filter: r#"[{"attr":"category","op":"eq","value":"COFFEE"}]"#.into(),
        limits: RfmLimits {
            recency_days: [1, 2, 3, 4],
            orders: [2, 3, 4, 5],
            money: [1_000, 1_200, 1_400, 1_600].map(Money),
        },
    };
    // Only the first town drinks coffee: the others have no scores.
    let picture = shop.rfm(Some(options.clone()));
    assert_eq!(picture.scored, 30);
    assert!(!picture.saved);
    let page = shop.members(
        MembersOf::Scores {
            r: Some(5),
            f: None,
            m: Some(5),
        },
        Some(options.clone()),
    );
    for it in &page.page.items {
        let [days, orders, money] = it.standing.values.unwrap();
        assert!(days <= 1 && orders <= 5 && money >= 1_600, "{it:?}");
    }
    let wished = page.page.total;
    assert_ne!(wished, before, "otherwise the next lines show nothing");
    let done = shop.apply(&Command::SetRfm {
        options: options.clone(),
    });
    assert_eq!(shop.count(rule), wished);
    assert!(shop.rfm(None).saved);
    assert_eq!(shop.rfm(None).scale.options, options);
    shop.apply(&Command::Undo {
        batch: done.batch.unwrap(),
    });
    assert_eq!(shop.count(rule), before);
    shop.assert_in_step();
}

#[test]
fn options_that_cannot_be_are_refused() {
    let mut shop = Shop::new();
    let bad_filter = RfmOptions {
        filter: r#"[{"attr":"colour","op":"eq","value":"red"}]"#.into(),
        ..RfmOptions::default()
    };
    let fault = shop.refuse(&Command::SetRfm {
        options: bad_filter.clone(),
    });
    assert_eq!(fault.code, FaultCode::Invalid);
    let context = shop.context();
    let query = Query::Insight(InsightQuery::Rfm {
        as_of: None,
        options: Some(bad_filter),
    });
    assert!(shop.engine.query(&query, &context).is_err());
    let bad_limits = RfmOptions {
        limits: RfmLimits {
            orders: [3, 2, 4, 5],
            ..RfmLimits::default()
        },
        ..RfmOptions::default()
    };
    shop.refuse(&Command::SetRfm {
        options: bad_limits,
    });
    for (dormant_tenths, churned_tenths) in [(20, 20), (5, 30), (20, 2_000)] {
        shop.refuse(&Command::SetLifecycle {
            thresholds: LifecycleThresholds {
                rhythm: Some(OwnRhythm {
                    dormant_tenths,
                    churned_tenths,
                }),
                ..LifecycleThresholds::default()
            },
        });
    }
    // Nobody is there: nothing to score, nothing to fall over.
    let picture = shop.rfm(Some(with(RfmScoring::Average)));
    assert_eq!(picture.scored, 0);
    assert_eq!(picture.scale.averages, None);
}

#[test]
fn money_without_tax_and_by_average() {
    let mut shop = Shop::new();
    let id = shop.customer("One", "");
    for (when, amount, tax) in [
        ("2026-06-01", 1_130, Some(130)),
        ("2026-06-02", 500, None),
        ("2025-01-01", 9_000, Some(0)),
    ] {
        let mut fields = order(when, amount);
        fields.tax = tax.map(Money);
        shop.apply(&Command::CreateOrder {
            customer: id,
            fields,
        });
    }
    for (basis, within, money) in [
        (MoneyBasis::Total, None, 10_630),
        (MoneyBasis::WithoutTax, None, 10_500),
        (MoneyBasis::WithoutTax, span_of("12 month"), 1_500),
        (MoneyBasis::Average, None, 3_543),
        (MoneyBasis::Average, span_of("12 month"), 815),
        (MoneyBasis::Largest, None, 9_000),
        (MoneyBasis::Largest, span_of("30 day"), 1_130),
        (MoneyBasis::Total, span_of("5 day"), 0),
    ] {
        let options = RfmOptions {
            basis,
            money_within: within,
            ..RfmOptions::default()
        };
        let any = MembersOf::Scores {
            r: None,
            f: None,
            m: None,
        };
        let page = shop.members(any, Some(options));
        let values = page.page.items[0].standing.values.unwrap();
        assert_eq!(values, [13, 3, money], "{basis:?} {within:?}");
    }
}

#[test]
fn migration_adds_up_and_opens_who_moved() {
    let mut shop = town();
    let since = today().plus_days(-120);
    let InsightReply::Migration(migration) = shop.insight(InsightQuery::Migration {
        as_of: None,
        since,
        options: None,
    }) else {
        panic!()
    };
    let all: u64 = migration.moves.iter().map(|it| it.count).sum();
    assert_eq!(all, 90);
    let told = migration.better + migration.worse + migration.same + migration.joined;
    assert_eq!(told, 90);
    // The first town had not bought by then; the second only grew older.
    assert!(migration.better >= 30, "{migration:?}");
    for it in migration.moves.clone() {
        let of = MembersOf::Moved {
            from: it.from.clone(),
            to: it.to.clone(),
            since,
        };
        let page = shop.members(of, None);
        assert_eq!(page.page.total, it.count, "{it:?}");
        assert!(page.page.items.iter().all(|row| row.before == it.from));
    }
    assert!(!migration.classes);
    // Where averages decide, the eight classes are compared; whoever has no scores is in none of them.
    let options = Some(with(RfmScoring::Average));
    let InsightReply::Migration(classes) = shop.insight(InsightQuery::Migration {
        as_of: None,
        since,
        options: options.clone(),
    }) else {
        panic!()
    };
    assert!(classes.classes);
    let all: u64 = classes.moves.iter().map(|it| it.count).sum();
    assert_eq!(all, 90);
    for it in classes.moves {
        let known = |name: &str| {
            name.starts_with("key_") || name.starts_with("general_") || name == "prospects"
        };
        assert!(
            known(&it.to) && it.from.as_deref().is_none_or(known),
            "{it:?}"
        );
        let of = MembersOf::Moved {
            from: it.from.clone(),
            to: it.to.clone(),
            since,
        };
        assert_eq!(shop.members(of, options.clone()).page.total, it.count);
    }
    // The same customers are a list: the group's rule now, and the one of before on its day.
    let it = migration
        .moves
        .iter()
        .filter(|it| it.from.is_some())
        .max_by_key(|it| it.count)
        .unwrap();
    let rule = |group: &str| format!(r#"{{"attr":"rfm.group","op":"eq","value":"{group}"}}"#);
    let page = shop.list(ListRequest {
        rule: Some(rule(&it.to)),
        past: vec![Past::Held {
            rule: rule(it.from.as_ref().unwrap()),
            on: since,
        }],
        limit: 1,
        ..ListRequest::default()
    });
    assert_eq!(page.total, it.count);
}

#[test]
fn the_life_cycle_over_time_adds_up() {
    let mut shop = town();
    let since = today().plus_days(-120);
    for rhythm in [None, Some(OwnRhythm::default())] {
        let thresholds = LifecycleThresholds {
            rhythm,
            ..LifecycleThresholds::default()
        };
        shop.apply(&Command::SetLifecycle { thresholds });
        let InsightReply::Lifecycle(picture) = shop.insight(InsightQuery::Lifecycle {
            as_of: None,
            since,
            thresholds: None,
        }) else {
            panic!()
        };
        let Reply::Lifecycle(counts) = shop.ask(Query::Lifecycle { as_of: None }) else {
            panic!()
        };
        let stages: Vec<u64> = picture.stages.iter().map(|it| it.count).collect();
        assert_eq!(
            stages,
            [
                counts.prospect,
                counts.new,
                counts.active,
                counts.dormant,
                counts.churned
            ]
        );
        for it in &picture.stages {
            let rule = match it.stage {
                LifecycleStage::Prospect => "prospect",
                LifecycleStage::New => "new",
                LifecycleStage::Active => "active",
                LifecycleStage::Dormant => "dormant",
                LifecycleStage::Churned => "churned",
            };
            let rule = format!(r#"{{"attr":"lifecycle","op":"eq","value":"{rule}"}}"#);
            assert_eq!(shop.count(&rule), it.count, "{rule}");
        }
        assert_eq!(picture.moves.iter().map(|it| it.count).sum::<u64>(), 90);
        for it in picture.moves.clone() {
            let of = MembersOf::StageMoved {
                from: it.from,
                to: it.to,
                since,
            };
            let page = shop.members(of, None);
            assert_eq!(page.page.total, it.count, "{it:?}");
            assert!(
                page.page
                    .items
                    .iter()
                    .all(|row| row.standing.stage == it.to)
            );
        }
        assert_turns_open(&mut shop, &picture.months);
    }
}

/// Every number of every month opens so many customers, whose days lie in it.
fn assert_turns_open(shop: &mut Shop, months: &[protocol::TurnMonth]) {
    assert_eq!(months.len(), 12);
    for month in months {
        for (turn, count) in Turn::ALL.into_iter().zip(month.counts) {
            let of = MembersOf::Turned {
                turn,
                from: month.from,
                to: month.to,
            };
            let page = shop.members(of, None);
            assert_eq!(page.page.total, count, "{month:?} {turn:?}");
            let days = month.from..=month.to;
            let inside = |row: &protocol::InsightMember| days.contains(&row.on.unwrap());
            assert!(page.page.items.iter().all(inside));
        }
    }
}

#[test]
fn who_comes_back_is_counted_with_what_they_spend() {
    let mut shop = Shop::new();
    let id = shop.customer("Back", "");
    for day in ["2025-01-01", "2025-01-11", "2025-01-21", "2026-06-10"] {
        shop.order(id, day, 700);
    }
    let InsightReply::Lifecycle(picture) = shop.insight(InsightQuery::Lifecycle {
        as_of: None,
        since: "2026-06-01".parse().unwrap(),
        thresholds: None,
    }) else {
        panic!()
    };
    assert_eq!((picture.returned, picture.quiet_before), (1, 1));
    assert_eq!(picture.returned_spend, Money(700));
    assert_eq!(picture.with_rhythm, 1);
    let june = picture.months.last().unwrap();
    assert_eq!(june.counts, [0, 1, 0, 0]);
    let page = shop.members(
        MembersOf::Turned {
            turn: Turn::BackFromChurned,
            from: june.from,
            to: june.to,
        },
        None,
    );
    let it = &page.page.items[0];
    assert_eq!(it.on, Some("2026-06-10".parse().unwrap()));
    assert_eq!(it.quiet_days, Some(505));
    let InsightReply::Reason(reason) = shop.insight(InsightQuery::Reason {
        customer: id,
        as_of: None,
    }) else {
        panic!()
    };
    assert_eq!(reason.standing.values, Some([5, 4, 2_800]));
    assert_eq!(reason.standing.stage, LifecycleStage::Active);
    assert_eq!(reason.standing.quiet_days, Some(5));
}

#[test]
fn a_portrait_finds_what_is_special_and_every_trait_opens_its_members() {
    let mut shop = town();
    let rule = r#"{"attr":"tags","op":"any_of","value":["regular"]}"#;
    let query = InsightQuery::Portrait {
        rule: rule.into(),
        as_of: None,
    };
    let InsightReply::Portrait(view) = shop.insight(query.clone()) else {
        panic!()
    };
    assert_eq!((view.members, view.others), (30, 60));
    let has = |kind, value: &str| {
        let found = view
            .more
            .iter()
            .find(|it| it.kind == kind && it.value == value);
        found
            .unwrap_or_else(|| panic!("{value} in {:?}", view.more))
            .clone()
    };
    use model::portrait::TraitKind as Kind;
    let city = has(Kind::City, "Hangzhou");
    assert_eq!((city.inside, city.inside_of), (30, 30));
    assert_eq!(
        (city.outside, city.outside_of, city.lift_milli),
        (0, 60, None)
    );
    assert!(city.q < 0.001 && !city.of_rule);
    assert!(has(Kind::Category, "coffee").inside == 30);
    assert!(has(Kind::Channel, "shop").inside == 30);
    assert!(has(Kind::Tag, "regular").of_rule);
    assert_eq!(
        view.more.last().unwrap().kind,
        Kind::Tag,
        "what the rule asks for comes last"
    );
    // Men and women are spread alike: nothing to say of them.
    let told = |kind| view.more.iter().chain(&view.less).any(|it| it.kind == kind);
    assert!(!told(Kind::Gender));
    let traits = view.more.iter().chain(&view.less).chain(&view.categories);
    for it in traits.chain(&view.regions).chain(&view.channels) {
        let own = it.rule.clone().unwrap();
        let inside = shop.count(&format!(r#"{{"all":[{rule},{own}]}}"#));
        assert_eq!(inside, it.inside, "{own}");
        let outside = shop.count(&format!(r#"{{"all":[{{"not":{rule}}},{own}]}}"#));
        assert_eq!(outside, it.outside, "{own}");
    }
    assert_pictures_add_up(&view);
    // Asked again it is the same; after a change it is another.
    assert_eq!(
        shop.insight(query.clone()),
        InsightReply::Portrait(view.clone())
    );
    shop.customer("Another", "");
    let InsightReply::Portrait(after) = shop.insight(query) else {
        panic!()
    };
    assert_eq!(after.others, 61);
}

/// Thirty members with eight orders each.
fn assert_pictures_add_up(view: &protocol::PortraitView) {
    let orders: u64 = view.week.iter().sum();
    assert_eq!(orders, 240);
    assert_eq!(
        view.weekdays.iter().map(|[inside, _]| inside).sum::<u64>(),
        240
    );
    assert_eq!(
        view.hours.iter().map(|[inside, _]| inside).sum::<u64>(),
        240
    );
    let ages: u64 = view.ages.iter().flat_map(|band| band.inside).sum();
    assert_eq!(ages, 30);
    assert_eq!(
        view.fifths.iter().map(|[inside, _]| inside).sum::<u64>(),
        30
    );
    assert_eq!(view.fifth_limits.len(), 4);
    let spend = &view.measures[0];
    assert!(spend.inside[1] > spend.outside.unwrap()[1] && spend.p.unwrap() < 0.001);
}

#[test]
fn portraits_of_nobody_and_of_everybody() {
    let mut shop = town();
    for (rule, members) in [(r#"{"any":[]}"#, 0), (r#"{"all":[]}"#, 90)] {
        let InsightReply::Portrait(view) = shop.insight(InsightQuery::Portrait {
            rule: rule.into(),
            as_of: None,
        }) else {
            panic!()
        };
        assert_eq!(view.members, members);
        assert!(view.more.is_empty());
        assert_eq!(view.measures.is_empty(), members == 0);
    }
}

#[test]
fn cohorts_count_who_bought_again_and_rules_find_them() {
    let mut shop = town();
    let ask = |shop: &mut Shop, months| {
        shop.insight(InsightQuery::Cohorts {
            as_of: None,
            months,
        })
    };
    let InsightReply::Cohorts(view) = ask(&mut shop, 12) else {
        panic!()
    };
    assert_eq!((view.months.len(), view.bought.len()), (12, 12));
    assert_eq!(view.months[11].to_string(), "2026-06-01");
    let buyers = shop.count(r#"{"attr":"order_count","op":"gte","value":1}"#);
    let sizes: u64 = view.bought.iter().map(|row| row[0]).sum();
    assert_eq!(sizes + view.earlier, buyers);
    // Every cell is what a rule says, month by month, up to a day in the middle of one.
    for as_of in [None, Day::from_ymd(2026, 5, 20)] {
        let InsightReply::Cohorts(view) = shop.insight(InsightQuery::Cohorts { as_of, months: 12 })
        else {
            panic!()
        };
        for (first, row) in view.bought.iter().enumerate() {
            assert_eq!(row.len(), 12 - first);
            for (after, count) in row.iter().enumerate() {
                let span = |at: usize| {
                    format!(
                        r#"["{}","{}"]"#,
                        view.months[at],
                        view.months[at].end_of_month()
                    )
                };
                let rule = format!(
                    r#"{{"all":[{{"attr":"first_order_on","op":"between","value":{}}},{{"orders":{{"within":{{"between":{}}},"measure":"count","op":"gte","value":1}}}}]}}"#,
                    span(first),
                    span(first + after)
                );
                assert_eq!(shop.count_on(&rule, as_of), *count, "{first} {after}");
            }
        }
    }
    // With fewer months those who came before are said beside.
    let InsightReply::Cohorts(short) = ask(&mut shop, 3) else {
        panic!()
    };
    assert_eq!(
        short.bought.iter().map(|row| row[0]).sum::<u64>() + short.earlier,
        buyers
    );
    assert!(short.earlier > view.earlier);
    assert_eq!(short.bought[2], view.bought[11]);
}
