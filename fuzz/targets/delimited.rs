//! CSV and its kin in every encoding.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| reading::read(data, "a.csv", None));
