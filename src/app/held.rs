//! What this browser remembers of the data beside the database: how much there was, and when.
//!
//! Browsers may throw away private files and leave `localStorage`. A workspace that is empty although something was in
//! it when it was last seen was not emptied by a person: emptying it here forgets what is remembered. What is said
//! then is in `pages/settings/thrown_away.rs`.

use crate::client::Client;
use crate::prefs;
use protocol::{Status, Storage};
use std::cell::Cell;
use ui::prelude::*;

const KEY: &str = "held";

/// Keeps what is remembered up to date.
pub fn watch(client: Client) {
    let seen = Cell::new(false);
    Effect::new(move |_| {
        client.status().with(|status| {
            let Some(status) = status.as_ref().filter(|status| counts(status)) else {
                return;
            };
            if status.customers + status.orders > 0 {
                seen.set(true);
                let parts = [
                    status.today.0.to_string(),
                    status.customers.to_string(),
                    status.orders.to_string(),
                ];
                prefs::write(KEY, &parts.join(" "));
            } else if seen.get() {
                forget();
            }
        });
    });
}

/// The demo and what is in memory only are not remembered.
fn counts(status: &Status) -> bool {
    status.storage == Storage::Opfs && status.demo.is_none()
}

/// Whether something was here, where nothing is now.
pub fn is_lost(status: &Status) -> bool {
    counts(status) && status.customers + status.orders == 0 && last().is_some()
}

/// The day when something was here last, as a number, the customers and the orders of that day, with spaces between.
pub fn last() -> Option<String> {
    prefs::read(KEY).filter(|text| !text.is_empty())
}

/// It is as it should be.
pub fn forget() {
    prefs::write(KEY, "");
}
