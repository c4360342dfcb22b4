//! What holds of a key file: it opens for its secrets only, says the same whatever is wrong, and no interruption of a
//! change leaves a workspace that nobody can open.

use super::*;
use proptest::prelude::*;

/// As cheap as the floor allows: tests make many keys.
const CHEAP: Kdf = Kdf {
    memory_kib: FLOOR.0,
    passes: FLOOR.1,
};

/// Random bytes that are the same every time.
fn random(seed: u8) -> impl FnMut(&mut [u8]) {
    let mut state = u64::from(seed) + 1;
    move |bytes: &mut [u8]| {
        for byte in bytes {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            *byte = (state >> 56) as u8;
        }
    }
}

fn made(workspace: &str, passphrase: &str, seed: u8) -> New {
    KeyFile::create(workspace, passphrase, CHEAP, &mut random(seed)).unwrap()
}

fn same(one: &Keys, other: &Keys) -> bool {
    one.database_hex() == other.database_hex()
}

fn trouble<T>(result: Result<T, Trouble>) -> Option<Trouble> {
    result.err()
}

#[test]
fn opens_with_the_passphrase_and_with_the_recovery_key() {
    let new = made("main", "correct horse 电池", 1);
    let file = KeyFile::parse(&new.file.bytes()).unwrap();
    let open = |secret: Secret<'_>| file.open("main", secret);
    assert!(same(
        &open(Secret::Passphrase("correct horse 电池")).unwrap(),
        &new.keys
    ));
    // An ideographic space, and a letter with its accent beside it.
    assert!(same(
        &open(Secret::Passphrase("correct\u{3000}horse 电池")).unwrap(),
        &new.keys
    ));
    assert!(same(
        &open(Secret::Recovery(&new.recovery.text())).unwrap(),
        &new.keys
    ));
    for wrong in [
        "",
        "correct horse",
        "Correct horse 电池",
        "correct horse 电池 ",
    ] {
        assert_eq!(
            trouble(open(Secret::Passphrase(wrong))),
            Some(Trouble::Wrong)
        );
    }
    let other = made("main", "correct horse 电池", 2);
    let text = other.recovery.text();
    assert_eq!(trouble(open(Secret::Recovery(&text))), Some(Trouble::Wrong));
    assert_eq!(trouble(open(Secret::Recovery("abc"))), Some(Trouble::Wrong));
}

#[test]
fn accents_are_one_however_they_were_typed() {
    let new = made("main", "caf\u{e9} au lait", 1);
    let keys = new
        .file
        .open("main", Secret::Passphrase("cafe\u{301} au lait"));
    assert!(same(&keys.unwrap(), &new.keys));
}

#[test]
fn a_file_of_another_workspace_opens_nothing_here() {
    let new = made("main", "one passphrase", 1);
    for secret in [
        Secret::Passphrase("one passphrase"),
        Secret::Recovery(&new.recovery.text()),
    ] {
        assert_eq!(trouble(new.file.open("shop", secret)), Some(Trouble::Wrong));
    }
    assert!(!same(&new.keys, &made("main", "one passphrase", 2).keys));
}

#[test]
fn what_is_easier_than_the_floor_is_refused() {
    for kdf in [
        Kdf {
            memory_kib: FLOOR.0 - 1,
            ..CHEAP
        },
        Kdf { passes: 1, ..CHEAP },
        Kdf {
            memory_kib: 0,
            passes: 0,
        },
    ] {
        let new = KeyFile::create("main", "a passphrase", kdf, &mut random(1));
        assert_eq!(trouble(new), Some(Trouble::Weak));
    }
    // A file that was made easier on purpose, with the right checksum.
    let new = made("main", "a passphrase", 1);
    let weaker = rewritten(&new.file, |text| {
        text.replace(&format!("\"passes\":{}", FLOOR.1), "\"passes\":1")
    });
    let opened = weaker.open("main", Secret::Passphrase("a passphrase"));
    assert_eq!(trouble(opened), Some(Trouble::Weak));
    let huge = Kdf {
        memory_kib: u32::MAX,
        passes: 3,
    };
    let new = KeyFile::create("main", "a passphrase", huge, &mut random(1));
    assert_eq!(trouble(new), Some(Trouble::Damaged));
}

#[test]
fn a_quick_machine_makes_more_passes_and_a_slow_one_never_fewer() {
    let cases = [
        (30.0, 900.0, 64),
        (90.0, 900.0, 30),
        (300.0, 900.0, 9),
        (900.0, 900.0, 3),
        (9_000.0, 900.0, 3),
        (0.0, 900.0, 64),
    ];
    for (took, wanted, passes) in cases {
        let kdf = Kdf::calibrated(took, wanted);
        assert_eq!(
            (kdf.memory_kib, kdf.passes),
            (RECOMMENDED_KIB, passes),
            "{took}"
        );
    }
}

/// The file with other text, and a checksum that is right for it: what somebody makes who knows how.
fn rewritten(file: &KeyFile, change: impl Fn(String) -> String) -> KeyFile {
    let text = String::from_utf8(file.bytes()).unwrap();
    let changed = change(text.clone());
    assert_ne!(text, changed);
    serde_json::from_str::<KeyFile>(&changed).unwrap()
}

#[test]
fn every_changed_byte_is_damage_and_every_changed_field_opens_nothing() {
    let new = made("main", "a passphrase", 1);
    let bytes = new.file.bytes();
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        let told = trouble(KeyFile::parse(&changed));
        assert!(
            matches!(told, Some(Trouble::Damaged | Trouble::Newer)),
            "byte {at}"
        );
        assert_eq!(
            trouble(KeyFile::parse(&bytes[..at])),
            Some(Trouble::Damaged),
            "cut at {at}"
        );
    }
    // With the checksum put right it is as if the passphrase were wrong: nothing tells which.
    let json: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    for path in [
        &["vault"][..],
        &["kdf", "salt"],
        &["passphrase", "nonce"],
        &["passphrase", "sealed"],
    ] {
        let mut value = &json;
        for name in path {
            value = &value[*name];
        }
        let old = value.as_str().unwrap().to_owned();
        let digit = if old.starts_with('0') { "1" } else { "0" };
        let other = format!("{digit}{}", &old[1..]);
        let file = rewritten(&new.file, |text| text.replace(&old, &other));
        let opened = file.open("main", Secret::Passphrase("a passphrase"));
        assert_eq!(trouble(opened), Some(Trouble::Wrong), "{path:?}");
    }
    let opened = new.file.open("main", Secret::Passphrase("another"));
    assert_eq!(trouble(opened), Some(Trouble::Wrong));
}

#[test]
fn a_newer_form_is_told() {
    let text = String::from_utf8(made("main", "a passphrase", 1).file.bytes()).unwrap();
    let newer = text.replace("\"shuke_key_file\":1", "\"shuke_key_file\":2,\"more\":true");
    assert_eq!(
        trouble(KeyFile::parse(newer.as_bytes())),
        Some(Trouble::Newer)
    );
    assert_eq!(
        trouble(newest(&[Some(newer.into_bytes())])),
        Some(Trouble::Newer)
    );
}

#[test]
fn another_passphrase_wraps_the_same_key_anew() {
    let new = made("main", "the old one", 1);
    let changed = new
        .file
        .with_passphrase(&new.keys, "the new one", CHEAP, &mut random(9))
        .unwrap();
    assert_eq!(changed.generation(), new.file.generation() + 1);
    let open = |secret: Secret<'_>| changed.open("main", secret);
    assert!(same(
        &open(Secret::Passphrase("the new one")).unwrap(),
        &new.keys
    ));
    assert_eq!(
        trouble(open(Secret::Passphrase("the old one"))),
        Some(Trouble::Wrong)
    );
    assert!(same(
        &open(Secret::Recovery(&new.recovery.text())).unwrap(),
        &new.keys
    ));
}

#[test]
fn another_recovery_key_makes_the_old_one_useless() {
    let new = made("main", "a passphrase", 1);
    let changed = new.file.with_recovery(&new.keys, &mut random(9)).unwrap();
    let open = |secret: Secret<'_>| changed.file.open("main", secret);
    assert!(same(
        &open(Secret::Recovery(&changed.recovery.text())).unwrap(),
        &new.keys
    ));
    assert_eq!(
        trouble(open(Secret::Recovery(&new.recovery.text()))),
        Some(Trouble::Wrong)
    );
    assert!(same(
        &open(Secret::Passphrase("a passphrase")).unwrap(),
        &new.keys
    ));
}

#[test]
fn options_are_read_with_the_keys_only_and_changed_by_nobody_else() {
    let new = made("main", "a passphrase", 1);
    assert_eq!(new.file.options(&new.keys), Ok(Options::default()));
    let options = Options {
        lock_after: 15,
        recovery: true,
    };
    let file = new
        .file
        .with_options(&new.keys, options, &mut random(9))
        .unwrap();
    assert_eq!(file.options(&new.keys), Ok(options));
    assert_eq!(
        file.options(&made("main", "a passphrase", 2).keys),
        Err(Trouble::Wrong)
    );
}

/// Writes byte by byte, and stops: what a change leaves when it is interrupted. The copies are written one after the
/// other, each in place.
#[test]
fn an_interrupted_change_of_passphrase_leaves_a_workspace_that_opens() {
    let new = made("main", "the old one", 1);
    let before = new.file.bytes();
    let after = new
        .file
        .with_passphrase(&new.keys, "the new one", CHEAP, &mut random(9))
        .unwrap()
        .bytes();
    // A copy whose writing was stopped after so many bytes: the beginning of the new one, the rest of the old one.
    let torn = |written: usize| {
        let mut copy = after[..written.min(after.len())].to_vec();
        copy.extend(before.get(written..).unwrap_or_default());
        copy
    };
    let longest = before.len().max(after.len());
    for step in 0..=2 * longest {
        let copies = [
            Some(torn(step.min(longest))),
            Some(torn(step.saturating_sub(longest))),
        ];
        let whole = newest(&copies).unwrap();
        let bytes: Vec<Vec<u8>> = whole.iter().map(KeyFile::bytes).collect();
        assert!(
            bytes.iter().all(|b| *b == before || *b == after),
            "step {step}"
        );
        // Both wraps are valid until the change is done: whole copies of both are kept as long as both are there.
        if copies.iter().flatten().any(|copy| *copy == after) {
            assert_eq!(bytes.first(), Some(&after), "step {step}");
        }
    }
    // The forms of a whole copy do open, each with its own passphrase.
    let both = newest(&[Some(after.clone()), Some(before.clone())]).unwrap();
    assert_eq!(both.len(), 2);
    let opens = |passphrase| {
        both.iter().any(|file| {
            file.open("main", Secret::Passphrase(passphrase))
                .is_ok_and(|keys| same(&keys, &new.keys))
        })
    };
    assert!(opens("the old one") && opens("the new one") && !opens("a third one"));
}

#[test]
fn one_whole_copy_is_enough_and_none_is_damage() {
    let file = made("main", "a passphrase", 1).file;
    let bytes = file.bytes();
    assert_eq!(
        newest(&[Some(bytes.clone()), Some(bytes.clone())]),
        Ok(vec![file.clone()])
    );
    assert_eq!(newest(&[None, Some(bytes.clone())]), Ok(vec![file.clone()]));
    assert_eq!(
        newest(&[Some(bytes[..90].to_vec()), Some(bytes)]),
        Ok(vec![file])
    );
    for none in [
        vec![],
        vec![None, None],
        vec![Some(vec![])],
        vec![Some(b"{}".to_vec()), None],
    ] {
        assert_eq!(newest(&none), Err(Trouble::Damaged));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_was_wrapped_opens(passphrase in "\\PC{1,24}", workspace in "[a-z0-9-]{1,12}", seed: u8) {
        let new = made(&workspace, &passphrase, seed);
        let file = KeyFile::parse(&new.file.bytes()).unwrap();
        let keys = file.open(&workspace, Secret::Passphrase(&passphrase)).unwrap();
        prop_assert!(same(&keys, &new.keys));
        let keys = file.open(&workspace, Secret::Recovery(&new.recovery.text())).unwrap();
        prop_assert!(same(&keys, &new.keys));
    }

    #[test]
    fn nothing_panics_whatever_the_file(bytes: Vec<u8>) {
        prop_assert_eq!(trouble(KeyFile::parse(&bytes)), Some(Trouble::Damaged));
    }
}
