//! A browser that dies: at any step of a run, at any write there.

#![expect(
    clippy::disallowed_methods,
    reason = "tests open database files of their own"
)]

use super::*;

#[test]
fn a_run_cut_off_at_any_step_goes_on_where_it_stopped() {
    let mut cut = 1;
    loop {
        let mut endpoint = Endpoint::default();
        let mut a = connected(11);
        a.program();
        let ann = a.customer("Ann", "13800138001");
        a.order(ann, "2026-03-01T10:00", 30_000);
        a.apply(&note(ann, "likes tea"));
        let path =
            std::env::temp_dir().join(format!("shuke-sync-{}-{cut}.sqlite", std::process::id()));
        let _ = std::fs::remove_file(&path);
        let mut b = shop_in(Connection::open(&path).unwrap(), 12);
        share_all(&mut b);
        let bob = b.customer("Bob", "13800138002");
        b.order(bob, "2026-03-05T10:00", 70_000);
        run(&mut a, &mut endpoint);
        let whole = run_some(&mut b, &mut endpoint, cut);
        // Dies: nothing but the file is left.
        let now = b.now;
        drop(b);
        let mut b = shop_in(Connection::open(&path).unwrap(), 99);
        b.now = now;
        settle(&mut [&mut a, &mut b], &mut endpoint);
        assert_alike(&a, &b);
        b.assert_in_step();
        drop(b);
        let _ = std::fs::remove_file(&path);
        if whole {
            assert!(cut > 10, "a run has some steps");
            return;
        }
        cut += 2 + cut / 2;
    }
}

#[test]
fn answers_that_are_lost_make_no_twins() {
    let mut endpoint = Endpoint::default();
    let (mut a, mut b) = (connected(11), connected(12));
    let ann = a.customer("Ann", "13800138001");
    a.order(ann, "2026-03-01T10:00", 30_000);
    // Each write arrives, and its answer does not.
    for _ in 0..4 {
        a.now = Timestamp(a.now.0 + 400_000);
        let context = a.context();
        let Some(mut session) = SyncSession::new(&mut a.engine, 3, &context).unwrap() else {
            break;
        };
        for _ in 0..400 {
            match session.step(&mut a.engine, &context).unwrap().0 {
                SyncStep::More => {}
                SyncStep::Request(request) => {
                    let answer = endpoint.answer(&request);
                    session.answer(match request.method {
                        sync::Method::Get => Ok(answer),
                        _ => Err(sync::Fault::new(sync::FaultCode::TimeOut, "", "", "")),
                    });
                }
                SyncStep::Done { .. } => break,
            }
        }
        a.engine.sync_stopped();
    }
    a.now = Timestamp(a.now.0 + 3_600_000);
    settle(&mut [&mut a, &mut b], &mut endpoint);
    assert_alike(&a, &b);
    assert_eq!(endpoint.records.get("customers").unwrap().len(), 1);
}
