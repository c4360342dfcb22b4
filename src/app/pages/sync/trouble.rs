//! Why something failed: what happened, what is safe, what to do, and the facts for whoever runs the server.

use crate::clipboard;
use crate::state::{use_state, use_today};
use protocol::{SyncCors, SyncTrouble, SyncTroubleCode};
use text::Words;
use ui::prelude::*;
use ui::{Button, Icon, icon};

/// Everything that may be asked of an endpoint, in the order in which it is written.
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// The whole of it. `mode` is how records lie there, as far as that is known.
pub fn trouble(words: Words, mode: &str, trouble: &SyncTrouble) -> AnyView {
    let (title, text) = words.sync_trouble(trouble);
    block(words, mode, trouble, title.to_owned(), text)
}

/// The same before anything is connected: nothing waits to be sent, and nothing is tried by itself.
pub fn at_first(words: Words, mode: &str, trouble: &SyncTrouble, reached: bool) -> AnyView {
    let mut trouble = trouble.clone();
    trouble.retry_at = None;
    // Without a network the browser says only that there was no answer.
    if trouble.code == SyncTroubleCode::Unreachable && !window().navigator().on_line() {
        trouble.code = SyncTroubleCode::Offline;
    }
    let (title, text) = words.sync_trouble_at_first(&trouble);
    let title = if reached {
        title.to_owned()
    } else {
        words.sync_probe_failed(title)
    };
    block(words, mode, &trouble, title, text)
}

fn block(
    words: Words,
    mode: &str,
    trouble: &SyncTrouble,
    title: String,
    text: &'static str,
) -> AnyView {
    let today = use_today().to_string();
    let again = trouble
        .retry_at
        .as_ref()
        .map(|at| words.sync_again_at(&words.sync_when(at, &today)));
    // Headers help only where they may be what is missing.
    let helps = matches!(
        trouble.code,
        SyncTroubleCode::Cors | SyncTroubleCode::Unreachable
    );
    let here = window().location().origin().unwrap_or_default();
    let asked = trouble.cors.as_ref().filter(|_| helps);
    let cors = asked.map(|it| cors(words, &whole(it, mode, &here)));
    view! {
        <div class="sync-trouble">
            <h3><Icon glyph=icon::ALERT/> {title}</h3>
            <p>{text}</p>
            {again.map(|text| view! { <p class="note">{text}</p> })}
            {cors}
            {facts(words, trouble)}
        </div>
    }
    .into_any()
}

/// The facts, folded: for whoever runs the server.
pub fn facts(words: Words, trouble: &SyncTrouble) -> AnyView {
    let request = [trouble.method.as_str(), " ", &trouble.url].concat();
    let status = if trouble.status == 0 {
        String::new()
    } else {
        trouble.status.to_string()
    };
    let when = if trouble.local_at.is_empty() {
        String::new()
    } else {
        words.moment(&trouble.local_at)
    };
    let rows = [
        (words.sync_trouble_request(), request.trim().to_owned()),
        (words.sync_trouble_status(), status),
        (
            words.sync_trouble_found(),
            trouble.found.clone().unwrap_or_default(),
        ),
        (
            words.sync_trouble_expected(),
            trouble.expected.clone().unwrap_or_default(),
        ),
        (words.sync_trouble_when(), when),
    ];
    let lines: Vec<AnyView> = rows
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> }.into_any())
        .collect();
    if lines.is_empty() {
        return ().into_any();
    }
    view! {
        <details class="sync-details">
            <summary>{words.sync_trouble_facts()}</summary>
            <dl class="sync-lines">{lines}</dl>
        </details>
    }
    .into_any()
}

/// What the endpoint has to allow, with what only the page knows: its own origin, which the worker learns with the first
/// run, and the methods of the check, which also creates, replaces and removes.
fn whole(cors: &SyncCors, mode: &str, here: &str) -> SyncCors {
    let mut cors = cors.clone();
    if cors.origin.is_empty() {
        here.clone_into(&mut cors.origin);
    }
    let check: &[&str] = match mode {
        "action" | "couchdb" => &["GET", "POST"],
        "document" => &["GET", "PUT", "DELETE"],
        _ => &["GET", "POST", "PUT", "DELETE"],
    };
    let asked = |name: &&str| cors.methods.iter().any(|it| it == name) || check.contains(name);
    cors.methods = METHODS
        .into_iter()
        .filter(asked)
        .map(str::to_owned)
        .collect();
    cors
}

/// The headers that the server has to answer with, letter by letter.
fn header_lines(cors: &SyncCors) -> String {
    let line = |name: &str, value: &str| [name, ": ", value].concat();
    let mut lines = Vec::new();
    if !cors.origin.is_empty() {
        lines.push(line("Access-Control-Allow-Origin", &cors.origin));
    }
    for (name, values) in [
        ("Access-Control-Allow-Methods", &cors.methods),
        ("Access-Control-Allow-Headers", &cors.headers),
        ("Access-Control-Expose-Headers", &cors.expose),
    ] {
        if !values.is_empty() {
            lines.push(line(name, &values.join(", ")));
        }
    }
    lines.join("\n")
}

fn cors(words: Words, cors: &SyncCors) -> AnyView {
    let state = use_state();
    let text = header_lines(cors);
    let copied = text.clone();
    let copy = move |()| {
        let (done, failed) = (words.sync_cors_copied(), words.sync_cors_copy_failed());
        clipboard::copy(state, copied.clone(), done, failed);
    };
    view! {
        <div class="sync-cors">
            <p><strong>{words.sync_cors_title()}</strong></p>
            <p>{words.sync_cors_text()}</p>
            <pre class="sync-code" tabindex="0" role="region" aria-label=words.sync_cors_title()>{text}</pre>
            <Button label=words.sync_cors_copy() icon=icon::COPY on_press=copy/>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_worker_does_not_know_yet_is_filled_in() {
        let bare = SyncCors {
            methods: vec!["PATCH".into(), "GET".into()],
            ..SyncCors::default()
        };
        let all = whole(&bare, "", "https://shop.example");
        assert_eq!(all.origin, "https://shop.example");
        assert_eq!(all.methods, ["GET", "POST", "PUT", "PATCH", "DELETE"]);
        let said = SyncCors {
            origin: "https://till.example".into(),
            ..SyncCors::default()
        };
        let all = whole(&said, "document", "https://shop.example");
        assert_eq!(all.origin, "https://till.example");
        assert_eq!(all.methods, ["GET", "PUT", "DELETE"]);
    }

    #[test]
    fn headers_are_written_letter_by_letter() {
        let cors = SyncCors {
            origin: "https://shop.example".into(),
            methods: vec!["GET".into(), "PUT".into()],
            headers: vec!["authorization".into(), "if-match".into()],
            expose: Vec::new(),
        };
        assert_eq!(
            header_lines(&cors),
            "Access-Control-Allow-Origin: https://shop.example\n\
             Access-Control-Allow-Methods: GET, PUT\n\
             Access-Control-Allow-Headers: authorization, if-match"
        );
    }
}
