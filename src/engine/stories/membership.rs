//! Who belongs to what: segments over time, static lists, overlaps, flows, bulk actions.

use super::*;
use protocol::{
    Bulk, BulkAct, BulkValue, Chosen, FlowView, MembershipCommand, MembershipJob,
    MembershipOutcome, MembershipQuery, MembershipReply, MoveCause, MoveRow, OrderList,
    OverlapView, Past, StaysView, StoryView,
};

/// Bought within the last 30 days.
const RECENT: &str = r#"{"orders":{"within":{"last":{"n":30,"unit":"day"}},"measure":"count","op":"gte","value":1}}"#;
const VIP: &str = r#"{"attr":"tags","op":"any_of","value":["vip"]}"#;

impl Shop {
    fn member(&mut self, query: MembershipQuery) -> MembershipReply {
        match self.ask(Query::Membership(query)) {
            Reply::Membership(reply) => *reply,
            other => panic!("{other:?}"),
        }
    }

    fn segment(&mut self, name: &str, rule: &str) -> SegmentId {
        let save = Command::SaveSegment {
            id: None,
            name: name.into(),
            rule: rule.into(),
        };
        match self.apply(&save).outcome {
            Outcome::Segment { id } => id,
            other => panic!("{other:?}"),
        }
    }

    /// Looks until nothing is left to look at; how many looks it took.
    fn watch(&mut self) -> u32 {
        let context = self.context();
        for looks in 0.. {
            if let Watching::Done { .. } = self.engine.watch_segments(&context).unwrap() {
                return looks;
            }
        }
        unreachable!()
    }

    fn story(&mut self, segment: SegmentId, from: &str) -> StoryView {
        let from = Some(from.parse().unwrap());
        let to = None;
        match self.member(MembershipQuery::Story { segment, from, to }) {
            MembershipReply::Story(story) => {
                story_adds_up(&story);
                story
            }
            other => panic!("{other:?}"),
        }
    }

    /// `name day in|out cause`, newest first.
    fn moves(&mut self, segment: SegmentId) -> Vec<String> {
        let query = MembershipQuery::Moves {
            segment,
            entered: None,
            from: Day(0),
            to: Day(99_999),
            offset: 0,
            limit: 500,
        };
        let MembershipReply::Moves(page) = self.member(query) else {
            panic!("moves")
        };
        assert_eq!(page.total, page.items.len() as u64);
        page.items.iter().map(line).collect()
    }

    fn at(&mut self, when: &str) -> &mut Self {
        self.now = super::at(when);
        self
    }

    fn bulk(&mut self, who: Chosen, act: BulkAct) -> (Done, [u64; 3]) {
        let bulk = Bulk { who, act };
        let told = self.preview(&bulk);
        let done = self.apply(&Command::Membership(MembershipCommand::Bulk(bulk)));
        let Outcome::Membership(MembershipOutcome::Bulk {
            changed,
            unchanged,
            refused,
            ..
        }) = &done.outcome
        else {
            panic!("{done:?}")
        };
        let did = [*changed, *unchanged, *refused];
        assert_eq!(told, did, "the preview said what was done");
        (done, did)
    }

    fn preview(&mut self, bulk: &Bulk) -> [u64; 3] {
        let version = self.engine.data_version();
        let MembershipReply::Preview(view) = self.job(&MembershipJob::Preview(bulk.clone())) else {
            panic!("preview")
        };
        assert_eq!(
            self.engine.data_version(),
            version,
            "looking changes nothing"
        );
        let refused = view.refused.iter().map(|it| it.count).sum::<u64>();
        assert_eq!(view.chosen, view.changed + view.unchanged + refused);
        [view.changed, view.unchanged, refused]
    }

    fn job(&mut self, job: &MembershipJob) -> MembershipReply {
        let context = self.context();
        let mut session = MembershipSession::new(&mut self.engine, job, &context).unwrap();
        loop {
            if let Step::Done(reply) = session.step(&mut self.engine, &context).unwrap() {
                let Reply::Membership(reply) = reply else {
                    panic!("{reply:?}")
                };
                return *reply;
            }
        }
    }

    fn flow(&mut self, bands: &[&str], days: &[&str]) -> FlowView {
        let job = MembershipJob::Flow {
            bands: bands.iter().map(|band| (*band).to_owned()).collect(),
            days: days.iter().map(|day| day.parse().unwrap()).collect(),
        };
        match self.job(&job) {
            MembershipReply::Flow(view) => view,
            other => panic!("{other:?}"),
        }
    }

    fn overlap(&mut self, rules: &[&str]) -> OverlapView {
        let rules = rules.iter().map(|rule| (*rule).to_owned()).collect();
        match self.member(MembershipQuery::Overlap { rules, as_of: None }) {
            MembershipReply::Overlap(view) => view,
            other => panic!("{other:?}"),
        }
    }

    fn stays(&mut self, customer: CustomerId) -> StaysView {
        match self.member(MembershipQuery::Stays { customer }) {
            MembershipReply::Stays(view) => view,
            other => panic!("{other:?}"),
        }
    }

    /// Makes a list of two.
    fn freeze(&mut self, who: Chosen, name: &str) -> ListId {
        let act = BulkAct::Freeze {
            name: name.into(),
            note: Some("May".into()),
        };
        let made = self.apply(&Command::Membership(MembershipCommand::Bulk(Bulk {
            who,
            act,
        })));
        match made.outcome {
            Outcome::Membership(MembershipOutcome::Bulk {
                list: Some(list),
                changed: 2,
                ..
            }) => list,
            other => panic!("{other:?}"),
        }
    }

    fn tagged(&mut self, ids: &[CustomerId], tag: &str, add: bool) {
        self.apply(&Command::TagCustomers {
            ids: ids.to_vec(),
            tag: tag.into(),
            add,
        });
    }
}

fn line(row: &MoveRow) -> String {
    let what = if row.entered { "in" } else { "out" };
    let why = match row.cause {
        MoveCause::Records => "records",
        MoveCause::Calendar => "calendar",
        MoveCause::Rule => "rule",
    };
    format!("{} {} {what} {why} v{}", row.name, row.day, row.version)
}

/// Members of a day are those of the day before with who came and without who went.
fn story_adds_up(story: &StoryView) {
    let mut members = story.before;
    for day in &story.days {
        members = members + day.entered - day.left;
        assert_eq!(members, day.members, "{}", day.day);
    }
    assert_eq!(members, story.after);
    let (came, went) = story.days.iter().fold((0, 0), |(came, went), day| {
        (came + day.entered, went + day.left)
    });
    assert_eq!((came, went), (story.entered.total(), story.left.total()));
}

fn names_of(past: Past) -> ListRequest {
    ListRequest {
        past: vec![past],
        sort: protocol::CustomerSort::Name,
        limit: 100,
        ..ListRequest::default()
    }
}

#[test]
fn days_before_a_segment_was_saved_are_worked_out_and_gaps_are_caught_up() {
    let mut shop = Shop::new();
    let li = shop.customer("Li", "");
    let wu = shop.customer("Wu", "");
    shop.order(li, "2026-04-01T10:00", 100);
    shop.order(wu, "2026-06-10T10:00", 100);
    let recent = shop.segment("Recent", RECENT);
    assert!(shop.story(recent, "2026-06-01").behind);
    shop.watch();
    assert_eq!(
        shop.moves(recent),
        [
            "Wu 2026-06-10 in records v1",
            "Li 2026-05-01 out calendar v1",
            "Li 2026-04-01 in records v1",
        ]
    );
    let story = shop.story(recent, "2026-06-01");
    assert!(!story.behind);
    assert_eq!((story.before, story.after), (0, 1));
    assert_eq!(story.watched.to_string(), "2026-06-15");
    // Nothing changed: nothing is looked at.
    assert_eq!(shop.watch(), 0);

    // Nobody opens the page for five weeks: Wu leaves on the day their order is too old, not when somebody looks.
    shop.at("2026-07-20T09:00");
    let version = shop.engine.data_version();
    assert!(shop.engine.watch_is_due(&shop.context()));
    shop.watch();
    assert_eq!(shop.engine.data_version(), version, "no record was changed");
    assert_eq!(shop.moves(recent)[0], "Wu 2026-07-10 out calendar v1");

    // An order brings one in, on the day it is recorded although it lies before.
    shop.order(wu, "2026-07-15T10:00", 100);
    shop.watch();
    assert_eq!(shop.moves(recent)[0], "Wu 2026-07-20 in records v1");
    // Taken back on the same day: as if it had never been.
    let undo = shop.apply(&Command::TagCustomers {
        ids: vec![li],
        tag: "x".into(),
        add: true,
    });
    assert!(undo.batch.is_some());
    let story = shop.story(recent, "2026-07-01");
    assert_eq!((story.entered.records, story.left.calendar), (1, 1));

    let from = "2026-07-01".parse().unwrap();
    let to = "2026-07-31".parse().unwrap();
    let entered = names_of(Past::Entered {
        segment: recent,
        from,
        to,
    });
    assert_eq!(shop.names(entered), ["Wu"]);
    let was_in = names_of(Past::Member {
        segment: recent,
        on: "2026-06-12".parse().unwrap(),
    });
    assert_eq!(shop.names(was_in), ["Wu"]);
    let was_in = names_of(Past::Member {
        segment: recent,
        on: "2026-04-10".parse().unwrap(),
    });
    assert_eq!(shop.names(was_in), ["Li"]);
}

#[test]
fn a_changed_rule_is_another_version_and_says_so() {
    let mut shop = Shop::new();
    let li = shop.customer("Li", "");
    let wu = shop.customer("Wu", "");
    shop.tagged(&[li], "vip", true);
    let segment = shop.segment("Best", VIP);
    shop.watch();
    shop.at("2026-06-16T12:00");
    shop.tagged(&[wu], "gold", true);
    shop.watch();
    let gold = r#"{"attr":"tags","op":"any_of","value":["gold"]}"#;
    shop.apply(&Command::SaveSegment {
        id: Some(segment),
        name: "Best".into(),
        rule: gold.into(),
    });
    shop.watch();
    assert_eq!(
        shop.moves(segment)[..2],
        ["Wu 2026-06-16 in rule v2", "Li 2026-06-16 out rule v2"]
    );
    let story = shop.story(segment, "2026-06-16");
    assert_eq!((story.entered.rule, story.left.rule), (1, 1));
    assert_eq!(story.versions.len(), 2);
    assert_eq!(story.versions[1].rule, gold);

    let stays = shop.stays(wu);
    assert_eq!(stays.stays.len(), 1);
    assert_eq!(stays.stays[0].version, 2);
    assert_eq!(stays.stays[0].until, None);
    let stays = shop.stays(li);
    assert_eq!(stays.stays[0].end_cause, Some(MoveCause::Rule));

    // A segment of a segment follows it.
    let inner = format!(r#"{{"segment":"{segment}"}}"#);
    let outer = shop.segment("Outer", &inner);
    shop.watch();
    shop.tagged(&[wu], "gold", false);
    shop.watch();
    assert_eq!(shop.count(&inner), 0, "the outer segment follows the inner");
    assert_eq!(shop.moves(outer)[0], "Wu 2026-06-16 out records v1");
}

#[test]
fn what_was_seen_outlives_the_page_and_a_customer_who_goes_and_comes_back() {
    let path = std::env::temp_dir().join(format!("shuke-watch-{}.db", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let mut shop = Shop::in_file(&path);
    let li = shop.customer("Li", "");
    shop.tagged(&[li], "vip", true);
    let segment = shop.segment("Best", VIP);
    shop.watch();
    // The page is closed right after a change, before anybody looked.
    shop.at("2026-06-15T18:00");
    let wu = shop.customer("Wu", "");
    shop.tagged(&[wu], "vip", true);
    drop(shop);

    let mut shop = Shop::in_file(&path);
    shop.at("2026-06-20T09:00");
    shop.watch();
    // It belongs to the day it was done on.
    assert_eq!(shop.moves(segment)[0], "Wu 2026-06-15 in records v1");
    let gone = shop.apply(&Command::RemoveCustomers { ids: vec![li] });
    shop.watch();
    let moves = shop.moves(segment);
    assert_eq!(moves[0], " 2026-06-20 out records v1", "gone, and nameless");
    shop.apply(&Command::Undo {
        batch: gone.batch.unwrap(),
    });
    shop.watch();
    assert_eq!(
        shop.moves(segment),
        ["Wu 2026-06-15 in records v1", "Li 2026-06-15 in records v1"],
        "went and came back on one day"
    );
    drop(shop);
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn a_list_stays_while_the_segment_it_was_frozen_from_moves_on() {
    let mut shop = Shop::new();
    let li = shop.customer("Li", "");
    let wu = shop.customer("Wu", "");
    shop.customer("Xu", "");
    shop.tagged(&[li, wu], "vip", true);
    let segment = shop.segment("Best", VIP);
    let of_segment = Chosen::List(ListRequest {
        segment: Some(segment),
        ..ListRequest::default()
    });
    let list = shop.freeze(of_segment, " Tea fair ");
    shop.tagged(&[li], "vip", false);
    let MembershipReply::Lists(lists) = shop.member(MembershipQuery::Lists) else {
        panic!("lists")
    };
    assert_eq!(
        (lists[0].name.as_str(), lists[0].count.count),
        ("Tea fair", 2)
    );
    let origin = lists[0].origin.clone().unwrap();
    assert_eq!(
        (origin.segment, origin.name.as_deref()),
        (Some(segment), Some("Best"))
    );

    // A rule names a list as it names a segment; algebra of both.
    let on_list = format!(r#"{{"segment":"{list}"}}"#);
    assert_eq!(shop.count(&on_list), 2);
    let left = format!(r#"{{"all":[{on_list},{{"not":{{"segment":"{segment}"}}}}]}}"#);
    assert_eq!(shop.count(&left), 1);
    let both = shop.segment("Went", &left);
    let by_segment = ListRequest {
        segment: Some(both),
        limit: 10,
        ..ListRequest::default()
    };
    assert_eq!(shop.names(by_segment), ["Li"]);

    // Adding one more counts only who is not on it yet.
    let act = BulkAct::AddToList { list };
    let everybody = Chosen::List(ListRequest::default());
    let (added, did) = shop.bulk(everybody, act);
    assert_eq!(did, [1, 2, 0]);
    assert_eq!(shop.count(&on_list), 3);
    shop.apply(&Command::Undo {
        batch: added.batch.unwrap(),
    });
    assert_eq!(shop.count(&on_list), 2);
    let (_, did) = shop.bulk(Chosen::Ids(vec![li, li]), BulkAct::TakeOffList { list });
    assert_eq!(did, [1, 0, 0]);

    shop.apply(&Command::Membership(MembershipCommand::RemoveList {
        id: list,
    }));
    let fault = shop.engine.query(
        &Query::Count {
            rule: on_list,
            as_of: None,
        },
        &shop.context(),
    );
    assert!(matches!(fault, Err(Unanswered::Fault(fault)) if fault.code == FaultCode::BadRule));
}

#[test]
fn many_are_changed_in_one_step_of_undo() {
    let mut shop = Shop::new();
    let ids: Vec<CustomerId> = (0..600)
        .map(|i| shop.customer(&format!("C{i:03}"), ""))
        .collect();
    shop.tagged(&ids[..100], "tea", true);
    let all = Chosen::List(ListRequest::default());
    let tag = BulkAct::Tag {
        tag: "tea".into(),
        add: true,
    };
    let (done, did) = shop.bulk(all.clone(), tag);
    assert_eq!(did, [500, 100, 0]);
    let tea = r#"{"attr":"tags","op":"any_of","value":["tea"]}"#;
    assert_eq!(shop.count(tea), 600);
    shop.apply(&Command::Undo {
        batch: done.batch.unwrap(),
    });
    assert_eq!(shop.count(tea), 100);
    shop.assert_in_step();

    let owner = BulkAct::Assign {
        owner: Some(" Chen ".into()),
    };
    let (_, did) = shop.bulk(Chosen::Ids(ids[..3].to_vec()), owner);
    assert_eq!(did, [3, 0, 0]);
    let (_, did) = shop.bulk(all, BulkAct::Assign { owner: None });
    assert_eq!(did, [3, 597, 0]);
    let empty = Bulk {
        who: Chosen::Ids(Vec::new()),
        act: BulkAct::Tag {
            tag: " ".into(),
            add: true,
        },
    };
    let fault = shop.refuse(&Command::Membership(MembershipCommand::Bulk(empty)));
    assert_eq!(fault.code, FaultCode::Invalid);
}

#[test]
fn points_are_awarded_to_many_once_and_taken_back() {
    let mut shop = Shop::new();
    let ids: Vec<CustomerId> = (0..50)
        .map(|i| shop.customer(&format!("C{i:02}"), ""))
        .collect();
    let act = BulkAct::Award {
        points: Points(30),
        reason: "Tea fair".into(),
    };
    let bulk = Bulk {
        who: Chosen::Ids(ids.clone()),
        act,
    };
    let command = Command::Membership(MembershipCommand::Bulk(bulk.clone()));
    assert_eq!(shop.refuse(&command).code, FaultCode::NoProgram);
    shop.program();
    let MembershipReply::Preview(view) = shop.job(&MembershipJob::Preview(bulk)) else {
        panic!("preview")
    };
    assert_eq!(view.changed, 50);
    assert_eq!(view.examples[0].after, BulkValue::Balance(Points(30)));
    let context = shop.context();
    let once = shop.engine.apply(&command, "same", &context).unwrap();
    let again = shop.engine.apply(&command, "same", &context).unwrap();
    assert_eq!(
        once.done, again.done,
        "a repeated request gives nobody more"
    );
    assert_eq!(shop.balance(ids[49]), 30);
    shop.assert_in_step();
    shop.apply(&Command::Undo {
        batch: once.done.batch.unwrap(),
    });
    assert_eq!(shop.balance(ids[0]), 0);
    shop.assert_in_step();
}

#[test]
fn overlaps_count_every_pair_and_every_combination() {
    let mut shop = Shop::new();
    let ids: Vec<CustomerId> = (0..8)
        .map(|i| shop.customer(&format!("C{i}"), ""))
        .collect();
    for (tag, members) in [("a", &ids[0..4]), ("b", &ids[2..6]), ("c", &ids[3..4])] {
        shop.tagged(members, tag, true);
    }
    shop.order(ids[3], "2026-06-01T10:00", 700);
    let rules =
        ["a", "b", "c"].map(|tag| format!(r#"{{"attr":"tags","op":"any_of","value":["{tag}"]}}"#));
    let rules: Vec<&str> = rules.iter().map(String::as_str).collect();
    let view = shop.overlap(&rules);
    assert_eq!(view.pairs, [4, 2, 1, 2, 4, 1, 1, 1, 1]);
    assert_eq!((view.of, view.any, view.none), (8, 6, 2));
    let regions: Vec<(u32, u64)> = view
        .regions
        .iter()
        .map(|it| (it.inside, it.count))
        .collect();
    assert_eq!(regions, [(0, 2), (1, 2), (2, 2), (3, 1), (7, 1)]);
    assert_eq!(view.regions[4].spend, Money(700));
    assert_eq!(regions.iter().map(|(_, count)| count).sum::<u64>(), view.of);
    let too_many = vec![String::from(r#"{"all":[]}"#); protocol::SETS_MAX + 1];
    let query = Query::Membership(MembershipQuery::Overlap {
        rules: too_many,
        as_of: None,
    });
    assert!(shop.engine.query(&query, &shop.context()).is_err());
}

#[test]
fn a_flow_accounts_for_everybody_and_opens_its_members() {
    let mut shop = Shop::new();
    // Known from before, so that they are there on all days.
    let early = |shop: &mut Shop, name: &str| {
        let fields = CustomerDraft {
            name: name.into(),
            signup_on: Some("2025-01-01".parse().unwrap()),
            ..CustomerDraft::default()
        };
        match shop.apply(&Command::CreateCustomer { fields }).outcome {
            Outcome::Customer { id } => id,
            other => panic!("{other:?}"),
        }
    };
    let li = early(&mut shop, "Li");
    let wu = early(&mut shop, "Wu");
    shop.customer("New", "");
    shop.order(li, "2026-04-20T10:00", 100);
    shop.order(wu, "2026-05-20T10:00", 100);
    let stage = |name: &str| format!(r#"{{"attr":"lifecycle","op":"eq","value":"{name}"}}"#);
    let bands = [RECENT.to_owned(), stage("prospect")];
    let bands: Vec<&str> = bands.iter().map(String::as_str).collect();
    let days = ["2026-03-31", "2026-04-30", "2026-05-31", "2026-06-15"];
    let view = shop.flow(&bands, &days);
    assert_eq!(view.rules.len(), 4);
    // Recent, prospect, none of these, not there yet.
    assert_eq!(
        view.counts.chunks(4).collect::<Vec<_>>(),
        [[0, 2, 0, 1], [1, 1, 0, 1], [1, 0, 1, 1], [1, 1, 1, 0]]
    );
    for at in 0..3u32 {
        let links = view.links.iter().filter(|link| link.at == at);
        assert_eq!(links.map(|link| link.count).sum::<u64>(), 3);
    }
    for link in &view.links {
        let held = |band: u32, at: u32| {
            let (rule, on) = (view.rules[band as usize].clone(), view.days[at as usize]);
            if rule.is_empty() {
                Past::Absent { on }
            } else {
                Past::Held { rule, on }
            }
        };
        let request = ListRequest {
            past: vec![held(link.from, link.at), held(link.to, link.at + 1)],
            limit: 10,
            ..ListRequest::default()
        };
        assert_eq!(shop.list(request).total, link.count, "{link:?}");
    }
}

#[test]
fn a_segment_filters_orders_and_members() {
    let mut shop = Shop::new();
    shop.program();
    let li = shop.customer("Li", "");
    let wu = shop.customer("Wu", "");
    shop.tagged(&[li], "vip", true);
    for customer in [li, wu, li] {
        shop.order(customer, "2026-05-01T10:00", 10_000);
    }
    let vip = shop.segment("Best", VIP);
    let rule = Some(format!(r#"{{"segment":"{vip}"}}"#));
    let list = OrderList {
        rule: rule.clone(),
        limit: 10,
        ..OrderList::default()
    };
    let Reply::Orders(page) = shop.ask(Query::Orders(list.clone())) else {
        panic!("orders")
    };
    assert_eq!((page.total, page.items.len()), (2, 2));
    assert!(page.items.iter().all(|row| row.order.customer == li));
    shop.tagged(&[wu], "vip", true);
    let Reply::Orders(page) = shop.ask(Query::Orders(OrderList { offset: 2, ..list })) else {
        panic!("orders")
    };
    assert_eq!(
        (page.total, page.items.len()),
        (3, 1),
        "the list follows its segment"
    );
    shop.tagged(&[wu], "vip", false);
    let members = Query::Members {
        search: String::new(),
        rule,
        offset: 0,
        limit: 10,
    };
    let Reply::Members(page) = shop.ask(members) else {
        panic!("members")
    };
    assert_eq!(page.total, 1);
    assert_eq!(page.items[0].customer, li);
}
