//! The XML of a sheet, of shared texts and of formats.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = sheets::read(&reading::workbook(data), &mut reading::Nowhere::default());
});
