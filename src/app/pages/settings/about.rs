//! What this is, what it does not do, and all keys.

use super::Block;
use crate::shell::KeyList;
use crate::state::use_words;
use ui::prelude::*;

/// The page.
#[component]
pub fn About() -> impl IntoView {
    let words = use_words();
    let version = words.settings_version(
        env!("CARGO_PKG_VERSION"),
        &protocol::PROTOCOL_VERSION.to_string(),
    );
    view! {
        <div>
            <Block title=words.settings_about() text="">
                <p>{words.settings_about_text()}</p>
                <p>{words.settings_about_privacy()}</p>
                <p class="note">{words.settings_about_licence()}</p>
                <p class="note">{version}</p>
            </Block>
            <Block title=words.settings_keys() text="">
                <KeyList/>
            </Block>
        </div>
    }
    .into_any()
}
