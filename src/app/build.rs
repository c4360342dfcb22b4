//! In release builds for the browser the program is cut into parts (see `parts.rs`): this sets `cfg(cut)` and asks the
//! linker to keep the relocations that `cargo xtask hash-assets` needs to do so. Nothing of them is shipped.

#![allow(
    clippy::disallowed_methods,
    reason = "a build script reads what cargo tells it"
)]

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(cut)");
    let is = |key: &str, value: &str| std::env::var(key).is_ok_and(|found| found == value);
    if is("CARGO_CFG_TARGET_FAMILY", "wasm") && is("PROFILE", "release") {
        println!("cargo::rustc-cfg=cut");
        println!("cargo::rustc-link-arg-bins=--emit-relocs");
    }
}
