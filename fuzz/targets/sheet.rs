//! Sheets as the reader of workbooks gives them.
#![no_main]

use model::import::FileFormat;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let text = [sheets::MARK, data].concat();
    reading::read(&text, "a.xlsx", Some(FileFormat::Sheet));
});
