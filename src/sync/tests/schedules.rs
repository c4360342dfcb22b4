//! Ten thousand schedules of edits, crashes and faults between two to five tills and an endpoint of every kind. A million
//! with `cargo xtask long`: `SHUKE_SCHEDULES` says how many, `SHUKE_SEED` plays one and tells everything.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::too_many_lines,
    reason = "tests may panic, and tables are long"
)]

mod sim;

use sim::{Planted, play, shrink};

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// The first seed of a range whose schedule breaks, looked for on all cores.
fn first_broken(seeds: std::ops::Range<u64>, planted: Planted) -> Option<u64> {
    let cores = std::thread::available_parallelism().map_or(2, usize::from) as u64;
    let found = std::sync::atomic::AtomicU64::new(u64::MAX);
    std::thread::scope(|scope| {
        for core in 0..cores {
            let (found, seeds) = (&found, seeds.clone());
            scope.spawn(move || {
                for seed in seeds.filter(|seed| seed % cores == core) {
                    if seed > found.load(std::sync::atomic::Ordering::Relaxed) {
                        return;
                    }
                    let broken = std::panic::catch_unwind(|| play(seed, planted))
                        .map_or(true, |r| r.is_err());
                    if broken {
                        found.fetch_min(seed, std::sync::atomic::Ordering::Relaxed);
                        return;
                    }
                }
            });
        }
    });
    let found = found.into_inner();
    (found < u64::MAX).then_some(found)
}

#[test]
fn schedules() {
    let none = Planted {
        no_net: number("SHUKE_NO_NET").is_some(),
        ..Planted::default()
    };
    if let Some(seed) = number("SHUKE_SEED") {
        if play(seed, none).is_err() {
            panic!("{}", shrink(seed, none));
        }
        return;
    }
    let count = number("SHUKE_SCHEDULES").unwrap_or(10_000);
    let from = number("SHUKE_FROM").unwrap_or(0);
    if let Some(seed) = first_broken(from..from + count, none) {
        panic!("{}", shrink(seed, none));
    }
}

/// The simulator is worth nothing if it finds nothing: each of these mistakes must break an invariant within a few
/// thousand schedules.
#[test]
fn planted_mistakes_are_found() {
    let none = Planted::default();
    let net = Planted {
        no_net: true,
        ..none
    };
    for (name, planted, within) in [
        (
            "a 2xx is delivery",
            Planted {
                believes_yes: true,
                ..net
            },
            8000,
        ),
        (
            "the cursor is the local clock",
            Planted {
                local_cursor: true,
                no_overlap: true,
                ..net
            },
            8000,
        ),
        (
            "absence is deletion",
            Planted {
                absence_deletes: true,
                ..none
            },
            2000,
        ),
        (
            "pulls do not overlap",
            Planted {
                no_overlap: true,
                ..net
            },
            8000,
        ),
        (
            "the later record wins whole",
            Planted {
                whole_record: true,
                ..none
            },
            2000,
        ),
        (
            "the wall clock stamps",
            Planted {
                wall_clock: true,
                ..none
            },
            2000,
        ),
        (
            "nobody keeps edits that lost",
            Planted {
                drops_conflicts: true,
                ..none
            },
            2000,
        ),
        (
            "edits do not say what they were made over",
            Planted {
                says_nothing: true,
                ..none
            },
            4000,
        ),
        (
            "an edit restores",
            Planted {
                edit_restores: true,
                ..none
            },
            4000,
        ),
    ] {
        let found = first_broken(0..within, planted);
        assert!(found.is_some(), "{name}: not found in {within} schedules");
        println!("{name}: found by seed {}", found.unwrap());
    }
}

/// F69: a till comes back after the endpoint forgot its deletions: it asks, and resurrects nothing by itself.
#[test]
fn away_longer_than_deletions_are_remembered() {
    use sync::{Question, Reason, Run, Step};
    let profile = sync::Profile::parse(&serde_json::json!({
        "profile": 1, "name": "x", "base": "http://127.0.0.1:1/api", "mode": "collection",
        "share": {"kinds": ["customers"]}, "limits": {"tombstoneDays": 90},
    }))
    .unwrap();
    let mut endpoint =
        sim::endpoint::Endpoint::new(profile.clone(), sim::endpoint::Habits::default());
    let mut till = sim::till::Till::new(1, Planted::default());
    let now = 20_779 * 86_400_000;
    till.now = now;
    till.create(sync::Kind::Customers, serde_json::json!({"name": "Li"}));
    let mut play = |till: &mut sim::till::Till, now: u64| {
        let mut run = Run::new(profile.clone(), Reason::Usual, 1);
        loop {
            let Ok(step) = run.next(till, now);
            match step {
                Step::Request(request) => run.answer(endpoint.serve(&request, now, 0)),
                Step::More => {}
                Step::Ask(question) => return Some(question),
                Step::Wait { .. } | Step::Done(_) => {
                    endpoint.rows.clear();
                    return None;
                }
            }
        }
    };
    assert_eq!(play(&mut till, now), None);
    let later = now + 400 * 86_400_000;
    assert_eq!(
        play(&mut till, later),
        Some(Question::AwayTooLong {
            days: 400,
            missing: 1
        })
    );
    assert!(
        till.rows
            .values()
            .all(|row| !row.pending && !row.record.life.deleted),
        "nothing is sent or removed before the answer"
    );
}

/// F29: two tills with one number. The simulator copies tills (`Move::Copy`); here what comes of it.
#[test]
fn a_copied_profile_takes_a_new_number() {
    use sync::{Reason, Replica, Run, Step};
    let profile = sync::Profile::parse(&serde_json::json!({
        "profile": 1, "name": "x", "base": "http://127.0.0.1:1/api", "mode": "collection", "share": {"kinds": ["customers"]},
    }))
    .unwrap();
    let mut endpoint =
        sim::endpoint::Endpoint::new(profile.clone(), sim::endpoint::Habits::default());
    let mut one = sim::till::Till::new(1, Planted::default());
    one.now = 20_779 * 86_400_000;
    let mut two = one.clone();
    two.now += 1000;
    one.create(sync::Kind::Customers, serde_json::json!({"name": "Li"}));
    two.create(sync::Kind::Customers, serde_json::json!({"name": "Wang"}));
    for till in [&mut one, &mut two] {
        let mut run = Run::new(profile.clone(), Reason::Usual, 1);
        loop {
            let now = till.now;
            let Ok(step) = run.next(till, now);
            match step {
                Step::Request(request) => run.answer(endpoint.serve(&request, now, 0)),
                Step::More => {}
                _ => break,
            }
        }
    }
    assert_eq!(
        (one.node(), two.node() == 1),
        (1, false),
        "the second took a new number"
    );
    let names: Vec<String> = two
        .rows
        .values()
        .map(|row| row.record.fields["name"].to_string())
        .collect();
    assert_eq!(names.len(), 2, "both customers are there: {names:?}");
}

/// Seed 111936: the endpoint had a record of the first and lost it; a copy of the first made another one under its id.
#[test]
fn a_copy_takes_the_id_of_what_the_endpoint_lost() {
    use sim::world::{Move, run};
    let moves = [
        Move::Copy(59_895_521_888_262_744),
        Move::Customer(729_137_338_544_471, 35_570_522_084_395_684),
        Move::Sync {
            till: 22_763_992_823_390_903,
            requests: 1000,
            faults: 0,
            seed: 55_649_268_070_334_829,
        },
        Move::Wipe,
        Move::Customer(10_070_097_593_504_556, 23_319_584_776_193_953),
    ];
    run(111_936, &moves, Planted::default(), true).unwrap();
}

/// Schedules that broke once, each for a reason of its own.
#[test]
fn schedules_that_broke() {
    for (why, seed) in [
        ("a copy has the id of what the endpoint lost", 111_936),
        ("a till removes what another sends again", 1_002_212),
        (
            "a merge patch keeps the stamps of tags it replaces",
            1_042_295,
        ),
        ("copies move one record to two new ids", 1_063_206),
        ("late lists of what was removed", 1_092_891),
        ("late lists of what was removed and edited", 1_100_251),
        (
            "a copy's edits under our number say nothing of ours",
            1_099_095,
        ),
        (
            "an endpoint that went back gives a cursor once more",
            1_104_167,
        ),
        ("what was edited moves with its record", 1_045_677),
        ("whose customer was removed keeps the points", 1_024_982),
        ("somebody is erased where a backup came back", 1_134_890),
        (
            "another program writes over, and a till over that",
            1_047_583,
        ),
        ("who was erased here is not missed there", 37_130),
        ("an endpoint that began anew gives names again", 142_753),
        ("a clock that was put back, in two copies", 170_564),
        ("a bare tombstone says nothing of an erasure", 231_556),
        ("two copies edit in one millisecond", 287_387),
        ("an answer holds for what was asked about", 488_414),
        ("a reference is older than who has its id", 764_374),
        ("an erasure outlives an emptied endpoint", 1_116_167),
        ("a removal outlives a new name", 2_058_413),
        (
            "a list was interrupted, then the endpoint emptied",
            2_314_719,
        ),
        ("two rows are of two copies", 2_277_651),
        ("a list was interrupted while a record was late", 2_110_908),
    ] {
        if play(seed, Planted::default()).is_err() {
            panic!("{why}: {}", shrink(seed, Planted::default()));
        }
    }
}
