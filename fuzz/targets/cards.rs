//! Address books.
#![no_main]

use model::import::FileFormat;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    reading::read(data, "a.vcf", None);
    reading::read(data, "a.vcf", Some(FileFormat::VCard));
});
