//! JSON, NDJSON and what calls itself so.
#![no_main]

use model::import::FileFormat;

libfuzzer_sys::fuzz_target!(|data: &[u8]| reading::read(data, "a.json", Some(FileFormat::Json)));
