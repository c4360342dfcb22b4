//! The page: routes, pages, state and actions.
//!
//! Invariant: draws and never calculates. Everything it shows comes from the worker through [`client`]; every word
//! comes from crate `text`. A page is built anew when its section, the language or the currency changes, so that
//! pages read those once and stay small; everything else is signals.

mod actions;
mod as_of;
mod client;
mod clipboard;
mod drops;
mod explain;
mod held;
mod keys;
mod many;
mod named;
mod opening;
mod pages;
mod palette;
mod parts;
mod prefs;
mod root;
mod router;
mod sheets;
mod shell;
mod state;
mod toast;

fn main() {
    console_error_panic_hook::set_once();
    // Leptos starts its scheduler and the root of what is reactive; drawing is ours.
    leptos::mount::mount_to_body(|| ui::dom::mount(ui::dom::IntoView::into_any(root::Root())));
}
