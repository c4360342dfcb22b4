//! Files that may be workbooks: archives, old workbooks, markup.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = sheets::read(data, &mut reading::Nowhere::default());
});
