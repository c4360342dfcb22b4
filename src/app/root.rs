//! The root: starts the worker, gathers the state, keeps language and theme in step with the document.

use crate::client::{Client, Options};
use crate::parts;
use crate::prefs;
use crate::router::{Place, Route};
use crate::shell::Shell;
use crate::state::State;
use leptos::ev;
use model::Currency;
use protocol::Storage;
use std::cell::RefCell;
use ui::prelude::*;
use wasm_bindgen::JsCast;

/// The sample business that the page's address asks for: `?demo=cafe`.
pub fn demo_asked() -> Option<String> {
    let search = window().location().search().ok()?;
    let pairs = search.strip_prefix('?')?.split('&');
    let mut found = pairs.filter_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (key == "demo").then(|| crate::router::decode(value))
    });
    found.next().map(|name| {
        let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if name.is_empty() || !plain {
            "cafe".to_owned()
        } else {
            name
        }
    })
}

/// The demo opens on an address of its own, so that a link to it works and its data never meets real data.
pub fn enter_demo(name: &str) {
    let name = if name.is_empty() { "cafe" } else { name };
    let address = ["?demo=", &crate::router::encode(name), "#/"].concat();
    // Replaced, so that the browser's back button does not lead into the way in again.
    let _ = window().location().replace(&address);
}

/// What lies over the page while files hang over it.
fn veil(state: State, dropping: RwSignal<bool>) -> AnyView {
    let words = text::Words::new(state.locale.get_untracked());
    (move || {
        dropping.get().then(|| {
            view! {
                <div class="drop-veil" role="status">
                    <p><ui::Icon glyph=ui::icon::IMPORT/> {words.shell_drop_files()}</p>
                </div>
            }
        })
    })
    .into_any()
}

/// Back to the person's own data.
pub fn leave_demo() {
    let path = window().location().pathname().unwrap_or_default();
    let _ = window().location().assign(&path);
}

fn browser_zone() -> String {
    let options = js_sys::Intl::DateTimeFormat::new(&js_sys::Array::new(), &js_sys::Object::new())
        .resolved_options();
    js_sys::Reflect::get(&options, &"timeZone".into())
        .ok()
        .and_then(|zone| zone.as_string())
        .unwrap_or_else(|| "Asia/Shanghai".to_owned())
}

fn connect() -> Client {
    let demo = demo_asked();
    let host = |name: &str, otherwise: &str| host_choice(name).unwrap_or_else(|| otherwise.into());
    let in_memory = demo.is_some() || host("storage", "") == "memory";
    Client::connect(Options {
        worker_url: None,
        workspace: host("workspace", "main"),
        storage: if in_memory {
            Storage::Memory
        } else {
            Storage::Opfs
        },
        demo,
        zone: host_choice("timeZone").unwrap_or_else(browser_zone),
        currency: host("currency", "CNY"),
    })
}

thread_local! {
    /// What lives as long as the page.
    static OWNER: RefCell<Option<Owner>> = const { RefCell::new(None) };
}

/// Makes what outlives the page that needs it first.
pub fn for_good<T>(make: impl FnOnce() -> T) -> T {
    match OWNER.with_borrow(Clone::clone) {
        Some(owner) => owner.with(make),
        None => make(),
    }
}

/// The page as a whole.
#[component]
pub fn Root() -> impl IntoView {
    let client = connect();
    provide_context(client);
    let state = State::new(client);
    provide_context(state);
    OWNER.set(Owner::current());
    if let Route::Demo(name) = state.place.get_untracked().route {
        enter_demo(&name);
    }
    crate::held::watch(client);
    follow_language_and_theme(state);
    follow_window(state);
    follow_navigation(state);
    let dropping = crate::drops::watch(state);
    crate::keys::listen(state);
    // The default stands in while the workspace opens, so that most pages are drawn once.
    let currency = Memo::new(move |_| {
        let status = client.status();
        status.with(|status| {
            status
                .as_ref()
                .map_or(Currency::CNY, |s| s.settings.currency)
        })
    });
    let opened = Memo::new(move |_| client.status().with(Option::is_some));
    Effect::new(move |_| {
        if opened.get() {
            parts::fetch_ahead();
        }
    });
    move || {
        // The two things that pages read once: see the module's invariant.
        let _ = (state.locale.get(), currency.get());
        view! {
            <Shell/>
            {veil(state, dropping)}
        }
        .into_any()
    }
}

fn follow_language_and_theme(state: State) {
    Effect::new(move |_| {
        let tag = state.locale.get().tag();
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("lang", tag);
        }
    });
    Effect::new(move |_| {
        let theme = state.theme.get();
        if let Some(root) = document().document_element() {
            let _ = match theme {
                prefs::Theme::System => root.remove_attribute("data-theme"),
                _ => root.set_attribute("data-theme", theme.key()),
            };
        }
    });
    Effect::watch(
        move || state.theme.get(),
        |theme, _, _| {
            // What a host page chose is not this person's taste.
            if host_choice("theme").is_none() {
                prefs::write("theme", theme.key());
            }
        },
        false,
    );
    Effect::watch(
        move || state.locale.get(),
        |locale, _, _| {
            if host_choice("lang").is_none() {
                prefs::write("language", locale.tag());
            }
        },
        false,
    );
    Effect::watch(
        move || state.folded.get(),
        |folded, _, _| prefs::write("nav", if *folded { "folded" } else { "" }),
        false,
    );
    // The host page chose another language or theme.
    let _ = window_event_listener(ev::Custom::<ev::Event>::new("shuke:host"), move |_| {
        // Whatever is set is drawn anew, so only what is another.
        let locale = prefs::locale();
        if state.locale.get_untracked() != locale {
            state.locale.set(locale);
        }
        state.theme.set(prefs::theme());
    });
    Effect::new(move |_| {
        let words = text::Words::new(state.locale.get());
        let title = state.title.get();
        // The browser keeps titles in its history, on the disk: of an encrypted workspace they name nobody.
        let status = state.client.status();
        let secret = status.with(|status| status.as_ref().is_some_and(|it| it.encrypted));
        let whole = if secret || title.is_empty() {
            words.shell_brand().to_owned()
        } else {
            [&title, " · ", words.shell_brand()].concat()
        };
        document().set_title(&whole);
    });
}

fn follow_window(state: State) {
    let measure = move || {
        let narrow = window()
            .match_media("(max-width: 819px)")
            .ok()
            .flatten()
            .is_some_and(|m| m.matches());
        if state.narrow.get_untracked() != narrow {
            state.narrow.set(narrow);
        }
    };
    measure();
    // These live as long as the page.
    let _ = window_event_listener(ev::resize, move |_| measure());
    state.offline.set(!window().navigator().on_line());
    let _ = window_event_listener(ev::online, move |_| {
        state.offline.set(false);
        parts::fetch_ahead();
    });
    let _ = window_event_listener(ev::offline, move |_| state.offline.set(true));
    // `boot.js` may have said so before anybody listened.
    let told = document()
        .document_element()
        .is_some_and(|root| root.has_attribute("data-newer"));
    state.newer.set(told);
    let _ = window_event_listener(ev::Custom::<ev::Event>::new("shuke:newer"), move |_| {
        state.newer.set(true);
    });
}

/// After going to another page or record: to its top, and the focus to its title, so that readers start there.
fn follow_navigation(state: State) {
    let before = StoredValue::new(None::<Place>);
    Effect::new(move |_| {
        let place = state.place.get();
        if let Route::Demo(name) = &place.route {
            enter_demo(name);
        }
        let moved =
            before.with_value(|before| before.as_ref().is_some_and(|b| b.route != place.route));
        if moved {
            request_animation_frame(focus_title);
        }
        before.set_value(Some(place));
    });
}

/// Moves the focus to the title of the page, and the page to its top.
pub fn focus_title() {
    let heading = document().query_selector("main h1").ok().flatten();
    if let Some(heading) = heading.and_then(|h| h.dyn_into::<web_sys::HtmlElement>().ok()) {
        let options = web_sys::FocusOptions::new();
        options.set_prevent_scroll(true);
        let _ = heading.focus_with_options(&options);
    }
    if let Ok(Some(main)) = document().query_selector("main") {
        main.set_scroll_top(0);
    }
}
