//! The form for credentials. What is typed lives in this form only and is forgotten as soon as it was used.

use crate::state::use_words;
use protocol::{SyncAuth, SyncKeep, SyncOverview, SyncSecret};
use ui::prelude::*;
use ui::{Choice, Input, Segmented};

const AUTHS: [(&str, SyncAuth); 4] = [
    ("none", SyncAuth::None),
    ("basic", SyncAuth::Basic),
    ("bearer", SyncAuth::Bearer),
    ("header", SyncAuth::Header),
];

/// What is typed; small handles, all `Copy`.
#[derive(Clone, Copy)]
pub struct SecretFields {
    /// How it is said: a key of the way.
    pub auth: RwSignal<String>,
    user: RwSignal<String>,
    header: RwSignal<String>,
    secret: RwSignal<String>,
    keep: RwSignal<String>,
    tried: RwSignal<bool>,
}

/// The key of a way to say who we are.
pub fn auth_key(auth: SyncAuth) -> &'static str {
    let found = AUTHS.iter().find(|(_, it)| *it == auth);
    found.map_or("none", |(key, _)| key)
}

impl SecretFields {
    /// Empty.
    pub fn new() -> Self {
        Self {
            auth: RwSignal::new("none".to_owned()),
            user: RwSignal::new(String::new()),
            header: RwSignal::new(String::new()),
            secret: RwSignal::new(String::new()),
            keep: RwSignal::new("device".to_owned()),
            tried: RwSignal::new(false),
        }
    }

    /// For what is connected: all but the secret is known.
    pub fn of(overview: &SyncOverview) -> Self {
        let fields = Self::new();
        fields.auth.set(auth_key(overview.auth).to_owned());
        match overview.auth {
            SyncAuth::Header => fields.header.set(overview.user.clone()),
            _ => fields.user.set(overview.user.clone()),
        }
        if overview.secret == protocol::SyncSecretStanding::Session {
            fields.keep.set("session".to_owned());
        }
        fields
    }

    fn way(self) -> SyncAuth {
        let key = self.auth.get();
        let found = AUTHS.iter().find(|(known, _)| *known == key);
        found.map_or(SyncAuth::None, |(_, auth)| *auth)
    }

    /// Where it shall be kept.
    pub fn keep(self) -> SyncKeep {
        if self.keep.with_untracked(|keep| keep == "session") {
            SyncKeep::Session
        } else {
            SyncKeep::Device
        }
    }

    /// What was typed, if it is complete; otherwise says what is missing from now on.
    pub fn read(self) -> Option<SyncSecret> {
        self.tried.set(true);
        let auth = untrack(|| self.way());
        let secret = SyncSecret {
            auth,
            user: self.user.get_untracked().trim().to_owned(),
            header: self.header.get_untracked().trim().to_owned(),
            secret: self.secret.get_untracked(),
        };
        let complete = match auth {
            SyncAuth::None => true,
            SyncAuth::Basic => !secret.user.is_empty() && !secret.secret.is_empty(),
            SyncAuth::Bearer => !secret.secret.trim().is_empty(),
            SyncAuth::Header => is_header_name(&secret.header) && !secret.secret.is_empty(),
        };
        complete.then_some(secret)
    }

    /// Forgets the secret itself.
    pub fn forget(self) {
        let _ = self.secret.try_set(String::new());
        let _ = self.tried.try_set(false);
    }
}

/// Whether a text can be the name of a header (RFC 9110: a token; the rarer marks are left out).
fn is_header_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// The form: how, who, the secret, where it is kept.
#[component]
pub fn SecretForm(
    /// What is typed.
    fields: SecretFields,
    /// The origin that the secret goes to.
    origin: String,
) -> impl IntoView {
    let words = use_words();
    let auths = vec![
        Choice::new("none", words.sync_auth_none()),
        Choice::new("basic", words.sync_auth_basic()),
        Choice::new("bearer", words.sync_auth_bearer()),
        Choice::new("header", words.sync_auth_header()),
    ];
    let way = Memo::new(move |_| fields.way());
    let inputs = move || inputs(fields, way.get());
    let bound = words.sync_secret_bound(&origin);
    let keeping = move || {
        let hidden = way.get() == SyncAuth::None;
        (!hidden).then(|| view! { <Keep fields bound=bound.clone()/> })
    };
    view! {
        <div class="sync-form">
            <Segmented label=words.sync_secret_auth() value=fields.auth choices=auths/>
            {inputs}
            {keeping}
        </div>
    }
    .into_any()
}

fn inputs(fields: SecretFields, way: SyncAuth) -> AnyView {
    let words = use_words();
    let missing = move |value: RwSignal<String>| {
        Signal::derive(move || {
            let empty = value.with(|text| text.trim().is_empty());
            (fields.tried.get() && empty).then(|| words.sync_secret_missing().to_owned())
        })
    };
    let header_error = Signal::derive(move || {
        let good = fields.header.with(|name| is_header_name(name.trim()));
        (fields.tried.get() && !good).then(|| words.sync_secret_header_wrong().to_owned())
    });
    let (user_error, secret_error) = (missing(fields.user), missing(fields.secret));
    match way {
        SyncAuth::None => ().into_any(),
        SyncAuth::Basic => view! {
            <div class="sync-pair">
                <Input label=words.sync_secret_user() value=fields.user error=user_error/>
                <Input label=words.sync_secret_password() value=fields.secret error=secret_error kind="password"/>
            </div>
        }
        .into_any(),
        SyncAuth::Bearer => view! {
            <Input
                label=words.sync_secret_token()
                value=fields.secret
                error=secret_error
                hint=words.sync_secret_token_hint()
                kind="password"
            />
        }
        .into_any(),
        SyncAuth::Header => view! {
            <div class="sync-pair">
                <Input label=words.sync_secret_header() value=fields.header error=header_error placeholder="X-Api-Key"/>
                <Input label=words.sync_secret_value() value=fields.secret error=secret_error kind="password"/>
            </div>
        }
        .into_any(),
    }
}

#[component]
fn Keep(
    /// What is typed.
    fields: SecretFields,
    /// Where the secret goes, in words.
    bound: String,
) -> impl IntoView {
    let words = use_words();
    let choices = vec![
        Choice::new("device", words.sync_secret_keep_device()),
        Choice::new("session", words.sync_secret_keep_session()),
    ];
    let means = move || {
        if fields.keep.with(|keep| keep == "session") {
            words.sync_secret_keep_session_text()
        } else {
            words.sync_secret_keep_device_text()
        }
    };
    view! {
        <Segmented label=words.sync_secret_keep() value=fields.keep choices/>
        <p class="note">{means} " " {bound}</p>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::is_header_name;

    #[test]
    fn names_of_headers() {
        for name in ["X-Api-Key", "apikey", "x_token"] {
            assert!(is_header_name(name), "{name}");
        }
        for name in ["", "X Api", "键", "a:b", "a\r\nb"] {
            assert!(!is_header_name(name), "{name:?}");
        }
    }
}
