//! The worker: holds the data and answers the page.
//!
//! Invariants: knows no pages, no languages and no Leptos; computes nothing itself, the engine does. Everything that
//! depends on the browser is here: clock, randomness, storage, tabs, files.
//!
//! How a worker comes to work:
//!
//! 1. It says that it listens ([`protocol::LISTENING`]); the page answers with `Hello`.
//! 2. An encrypted workspace is unlocked by each tab for itself first (`door`, `vault`).
//! 3. [`tab::Tab`] asks for the workspace's lock. Whoever gets it leads: it opens the database ([`opfs`]) and serves
//!    all tabs from its [`desk::Desk`]. The others forward what their page asks and hand the answers back ([`tabs`]).
//! 4. When the leader goes, the browser gives the lock to another tab. That one opens the database, and every tab
//!    asks again what is unanswered. A command carries its request's id, so that it is applied once.
//!
//! Natively the program is empty: the crate exists for `wasm32-unknown-unknown` only.

#[cfg(target_arch = "wasm32")]
mod api;
#[cfg(target_arch = "wasm32")]
mod cleaning;
#[cfg(target_arch = "wasm32")]
mod demo_data;
#[cfg(target_arch = "wasm32")]
mod desk;
#[cfg(target_arch = "wasm32")]
mod door;
#[cfg(target_arch = "wasm32")]
mod failure;
#[cfg(target_arch = "wasm32")]
mod files;
#[cfg(target_arch = "wasm32")]
mod heads;
#[cfg(target_arch = "wasm32")]
mod long;
#[cfg(target_arch = "wasm32")]
mod opfs;
#[cfg(target_arch = "wasm32")]
mod random;
#[cfg(target_arch = "wasm32")]
mod rescue;
#[cfg(target_arch = "wasm32")]
mod snapshot;
#[cfg(target_arch = "wasm32")]
mod sync;
#[cfg(target_arch = "wasm32")]
mod tab;
#[cfg(target_arch = "wasm32")]
mod tabs;
#[cfg(target_arch = "wasm32")]
mod time;
#[cfg(target_arch = "wasm32")]
mod vault;
#[cfg(target_arch = "wasm32")]
mod wire;
#[cfg(target_arch = "wasm32")]
mod workspace;

fn main() {
    #[cfg(target_arch = "wasm32")]
    tab::listen();
}
