//! The frame around every page: navigation, banners, the page itself, toasts, palette, sheet of keys.

use crate::actions::{self, Action};
use crate::client::Connection;
use crate::opening::{CannotOpen, SilentTab, TakeOver};
use crate::pages;
use crate::palette::Palette;
use crate::parts;
use crate::router::{Route, Section};
use crate::state::{State, use_state, use_words};
use crate::toast::ToastRegion;
use protocol::{FaultCode, Status, SyncLight, SyncStanding};
use text::Words;
use ui::prelude::*;
use ui::{Banner, Button, Dialog, Icon, LinkButton, Look, Skeleton, Tone, icon};

/// Places of the navigation in order; the phone's bar has the first four and "more".
const PLACES: [(Action, Section); 9] = [
    (Action::Home, Section::Home),
    (Action::Counter, Section::Counter),
    (Action::Customers, Section::Customers),
    (Action::Points, Section::Points),
    (Action::Segments, Section::Segments),
    (Action::Orders, Section::Orders),
    (Action::Coupons, Section::Coupons),
    (Action::Import, Section::Data),
    (Action::Settings, Section::Settings),
];

/// The whole.
#[component]
pub fn Shell() -> impl IntoView {
    let state = use_state();
    let words = use_words();
    let section = Memo::new(move |_| state.place.with(|place| place.route.section()));
    // Until the workspace is open there is nothing to ask; the frame stands already.
    let opened = Memo::new(move |_| state.client.status().with(Option::is_some));
    let announced = move || {
        let title = state.title.get();
        if title.is_empty() {
            String::new()
        } else {
            words.shell_page_changed(&title)
        }
    };
    view! {
        <a class="skip" href="#main" on:click=skip>{words.shell_skip()}</a>
        <div class="shell" class:folded=move || state.folded.get()>
            <Navigation section/>
            <div class="column">
                <Banners/>
                <main id="main" tabindex="-1">
                    {move || page(state, words, opened.get(), section.get())}
                </main>
            </div>
        </div>
        <div class="visually-hidden" aria-live="polite">{announced}</div>
        <ToastRegion/>
        <Palette/>
        <KeySheet/>
    }
    .into_any()
}

/// The skip link must not change the address, which belongs to the router.
fn skip(event: leptos::ev::MouseEvent) {
    use wasm_bindgen::JsCast;
    event.prevent_default();
    if let Some(main) = document()
        .get_element_by_id("main")
        .and_then(|m| m.dyn_into::<web_sys::HtmlElement>().ok())
    {
        let _ = main.focus();
    }
}

fn page(state: State, words: Words, opened: bool, section: Section) -> AnyView {
    if !opened {
        return opening(state, words);
    }
    match section {
        Section::Home => pages::home::HomePage().into_any(),
        Section::Demo => ().into_any(),
        Section::Unknown => unknown(words),
        Section::Customers
        | Section::Orders
        | Section::Segments
        | Section::Points
        | Section::Counter
        | Section::Coupons
        | Section::Data
        | Section::Settings
        | Section::Sync => parts::page(section),
    }
}

fn opening(state: State, words: Words) -> AnyView {
    let silent = state.client.leader_silent();
    let inside = move || match state.client.connection().get() {
        // The screen of a locked workspace comes with the settings.
        Connection::Failed(fault) if fault.code == FaultCode::Locked => {
            parts::page(Section::Settings)
        }
        Connection::Failed(fault) => view! { <CannotOpen fault/> }.into_any(),
        _ if silent.get() => view! { <SilentTab/> }.into_any(),
        _ => view! {
            <div class="opening" role="status">
                <p>{words.shell_opening()}</p>
                <Skeleton lines=4 shape="tiles"/>
                <Skeleton lines=8 shape="rows"/>
            </div>
        }
        .into_any(),
    };
    inside.into_any()
}

/// Takes the newer version that waits on this device; `boot.js` loads the page again when it is in charge.
fn take_newer() {
    if let Ok(event) = web_sys::Event::new("shuke:take-over") {
        let _ = window().dispatch_event(&event);
    }
}

/// Loads the page again.
pub fn reload() {
    // A page that cannot reload itself has nothing else to offer.
    let _ = window().location().reload();
}

fn unknown(words: Words) -> AnyView {
    crate::state::use_title(words.shell_not_found_title());
    view! {
        <div class="page">
            <div class="empty">
                <h1 tabindex="-1" class="empty-title">{words.shell_not_found_title()}</h1>
                <p>{words.shell_not_found_text()}</p>
                <div class="actions">
                    <LinkButton label=words.shell_not_found_home() href=Route::Home.href()/>
                </div>
            </div>
        </div>
    }
    .into_any()
}

/// What the navigation calls a place: the import is the first view of the data.
fn place_name(words: Words, action: Action) -> &'static str {
    match action {
        Action::Import => words.shell_data(),
        other => other.label(words),
    }
}

#[component]
fn Navigation(
    /// Where one is.
    section: Memo<Section>,
) -> impl IntoView {
    let state = use_state();
    let words = use_words();
    let more = RwSignal::new(false);
    // Sync is a view of the settings.
    let section = move || match section.get() {
        Section::Sync => Section::Settings,
        other => other,
    };
    let link = move |(action, place): (Action, Section)| {
        let href = action.route().map(|route| route.href()).unwrap_or_default();
        let label = place_name(words, action);
        view! {
            <li>
                <a
                    href=href
                    title=move || state.folded.get().then_some(label)
                    aria-current=move || (section() == place).then_some("page")
                >
                    <Icon glyph=action.icon()/>
                    <span>{label}</span>
                </a>
            </li>
        }
        .into_any()
    };
    let all: Vec<AnyView> = PLACES.into_iter().map(link).collect();
    let short: Vec<AnyView> = PLACES.into_iter().take(4).map(link).collect();
    let business = move || {
        let name = state
            .client
            .status()
            .with(|s| s.as_ref().map(|s| s.settings.name.clone()));
        name.filter(|name| !name.is_empty())
            .unwrap_or_else(|| words.shell_brand().to_owned())
    };
    let in_rest = move || PLACES.iter().skip(4).any(|(_, place)| *place == section());
    view! {
        <nav class="side" aria-label=words.shell_navigation()>
            <div class="brand">
                <svg class="seal" viewBox="0 0 32 32" aria-hidden="true"><use href="#icon-seal"></use></svg>
                <span class="brand-name">{business}</span>
            </div>
            <button type="button" class="find" on:click=move |_| state.palette.set(true)>
                <Icon glyph=icon::SEARCH/>
                <span>{words.shell_palette_open()}</span>
                <kbd>{palette_key()}</kbd>
            </button>
            <ul>{all}</ul>
            <div class="side-foot">
                <SyncLink/>
                <button
                    type="button"
                    class="icon-button"
                    aria-label=move || if state.folded.get() { words.shell_unfold() } else { words.shell_fold() }
                    on:click=move |_| actions::run(state, Action::Fold)
                >
                    <Icon glyph=icon::SIDEBAR/>
                </button>
            </div>
        </nav>
        <nav class="foot" aria-label=words.shell_navigation()>
            <ul>
                {short}
                <li>
                    <button
                        type="button"
                        aria-haspopup="dialog"
                        aria-current=move || in_rest().then_some("page")
                        on:click=move |_| more.set(true)
                    >
                        <Icon glyph=icon::MORE/>
                        <span>{words.shell_more()}</span>
                    </button>
                </li>
            </ul>
        </nav>
        <MoreSheet open=more/>
    }
    .into_any()
}

/// How sync stands, with the way to its page; nothing where nothing is connected.
#[component]
fn SyncLink() -> impl IntoView {
    let words = use_words();
    let sync = use_state().client.sync();
    let text = move || sync.with(|light| light.as_ref().map(|it| words.sync_light(it)));
    let urgent = Memo::new(move |_| needs_person(sync));
    let connected = Memo::new(move |_| sync.with(Option::is_some));
    let content = move || {
        connected.get().then(|| {
            view! {
                <a
                    class="sync-link"
                    class:urgent=move || urgent.get()
                    href="#/settings/sync"
                    title=text
                >
                    {move || view! { <Icon glyph=if urgent.get() { icon::ALERT } else { icon::REFRESH }/> }}
                    <span>{text}</span>
                </a>
            }
        })
    };
    content.into_any()
}

fn needs_person(sync: RwSignal<Option<SyncLight>>) -> bool {
    sync.with(|light| {
        light
            .as_ref()
            .is_some_and(|it| it.standing == SyncStanding::NeedsPerson)
    })
}

/// What the phone's bar has no room for.
#[component]
fn MoreSheet(
    /// Whether it is open.
    open: RwSignal<bool>,
) -> impl IntoView {
    let state = use_state();
    let words = use_words();
    view! {
        <Dialog open title=words.shell_more().to_owned() close_label=words.act_close()>
            <ul class="more-list">
                {PLACES
                    .into_iter()
                    .skip(4)
                    .map(|(action, _)| {
                        let href = action.route().map(|route| route.href()).unwrap_or_default();
                        view! {
                            <li>
                                <a href=href on:click=move |_| open.set(false)>
                                    <Icon glyph=action.icon()/>
                                    <span>{place_name(words, action)}</span>
                                </a>
                            </li>
                        }
                            .into_any()
                    })
                    .collect_view()}
                <li on:click=move |_| open.set(false)><SyncLink/></li>
                <li>
                    <button
                        type="button"
                        on:click=move |_| {
                            open.set(false);
                            state.palette.set(true);
                        }
                    >
                        <Icon glyph=icon::SEARCH/>
                        <span>{words.shell_palette_open()}</span>
                    </button>
                </li>
            </ul>
        </Dialog>
    }
}

/// How the palette's key is written on this machine.
fn palette_key() -> &'static str {
    let platform = window().navigator().platform().unwrap_or_default();
    if platform.starts_with("Mac") || platform.starts_with("iP") {
        "⌘K"
    } else {
        "Ctrl K"
    }
}

/// What is true of the whole and must be known: version, memory, demo, unfinished import, network.
#[component]
fn Banners() -> impl IntoView {
    let state = use_state();
    let words = use_words();
    let client = state.client;
    let connection = move || match client.connection().get() {
        Connection::OtherVersion => view! {
            <Banner text=words.shell_other_version() tone=Tone::Notice icon=icon::REFRESH>
                <Button label=words.act_reload() look=Look::Primary on_press=|()| reload()/>
            </Banner>
        }
        .into_any(),
        Connection::Restarting(_) => {
            view! { <Banner text=words.shell_restarting() tone=Tone::Notice icon=icon::REFRESH/> }
                .into_any()
        }
        // Before anything was opened the page itself says why.
        Connection::Failed(_) if client.status().with(Option::is_some) => view! {
            <Banner text=words.shell_given_up() tone=Tone::Urgent icon=icon::ALERT>
                <Button label=words.act_reload() look=Look::Primary on_press=|()| reload()/>
            </Banner>
        }
        .into_any(),
        Connection::Opening | Connection::Ready | Connection::Failed(_) => ().into_any(),
    };
    let failure = move || {
        let over = matches!(client.connection().get(), Connection::Failed(_));
        client.failure().get().filter(|_| !over).map(|message| {
            view! {
                <Banner text=words.shell_restarted() tone=Tone::Notice icon=icon::INFO>
                    <details class="technical"><summary>{words.act_more()}</summary><code>{message}</code></details>
                    <Button label=words.act_dismiss() look=Look::Quiet on_press=move |()| client.dismiss_failure()/>
                </Banner>
            }
        })
    };
    let status = Memo::new(move |_| client.status().with(|s| s.as_ref().map(notable)));
    let standing = move || status.get().map(|notable| standing(words, notable));
    let offline = move || {
        state
            .offline
            .get()
            .then(|| view! { <Banner text=words.shell_offline() icon=icon::OFFLINE/> })
    };
    // Before anything was opened the page itself says so.
    let silent = move || {
        let waits = client.leader_silent().get() && client.status().with(Option::is_some);
        waits.then(|| {
            view! {
                <Banner text=words.shell_silent_text() tone=Tone::Urgent icon=icon::ALERT>
                    <TakeOver/>
                </Banner>
            }
        })
    };
    let newer = move || {
        let other = matches!(client.connection().get(), Connection::OtherVersion);
        (state.newer.get() && !other).then(|| {
            view! {
                <Banner text=words.shell_newer() icon=icon::REFRESH>
                    <Button label=words.act_reload() on_press=|()| take_newer()/>
                </Banner>
            }
        })
    };
    view! { <div class="banners">{connection}{silent}{failure}{standing}{sync_stopped(state, words)}{newer}{offline}</div> }
        .into_any()
}

/// Sync waits for the person; its own page says so itself.
fn sync_stopped(state: State, words: Words) -> AnyView {
    let stopped = Memo::new(move |_| {
        let there = state
            .place
            .with(|place| place.route.section() == Section::Sync);
        !there && needs_person(state.client.sync())
    });
    let banner = move || {
        stopped.get().then(|| {
            view! {
                <Banner text=words.sync_banner_needs_person() tone=Tone::Notice icon=icon::ALERT>
                    <LinkButton label=words.sync_title() href="#/settings/sync"/>
                </Banner>
            }
        })
    };
    banner.into_any()
}

/// The parts of the status that banners are made of, so that other changes do not draw them again.
#[derive(Clone, PartialEq)]
struct Notable {
    demo: bool,
    refused: bool,
    unfinished: Option<(String, u64)>,
}

fn notable(status: &Status) -> Notable {
    Notable {
        demo: status.demo.is_some(),
        refused: status.storage_refused.is_some(),
        unfinished: status
            .unfinished_import
            .as_ref()
            .map(|u| (u.file_name.clone(), u.rows)),
    }
}

fn standing(words: Words, notable: Notable) -> AnyView {
    let demo = notable.demo.then(|| {
        view! {
            <div class="demo-stripe" role="status">
                <span>{words.shell_demo_stripe()}</span>
                <button type="button" on:click=|_| crate::root::leave_demo()>{words.shell_demo_leave()}</button>
            </div>
        }
    });
    let memory = notable.refused.then(|| {
        view! {
            <Banner text=words.shell_memory_only() tone=Tone::Urgent icon=icon::ALERT>
                <LinkButton label=words.shell_memory_save() href="#/settings/data"/>
            </Banner>
        }
    });
    let unfinished = notable.unfinished.map(|(file, rows)| {
        view! {
            <Banner text=words.shell_unfinished(&file, rows) tone=Tone::Notice icon=icon::IMPORT>
                <LinkButton label=words.shell_unfinished_open() href="#/data"/>
            </Banner>
        }
    });
    view! { {demo}{memory}{unfinished} }.into_any()
}

/// The sheet of all keys, from the registry.
#[component]
fn KeySheet() -> impl IntoView {
    let state = use_state();
    let words = use_words();
    view! {
        <Dialog open=state.keys title=words.shell_keys_title().to_owned() close_label=words.act_close() size="wide">
            <KeyList/>
        </Dialog>
    }
}

/// Every key with what it does; also part of the settings.
#[component]
pub fn KeyList() -> impl IntoView {
    let words = use_words();
    let row = |keys: Vec<&'static str>, label: &'static str| {
        let keys: Vec<_> = keys
            .into_iter()
            .map(|key| view! { <kbd>{key}</kbd> })
            .collect();
        view! { <div><dt>{label}</dt><dd>{keys}</dd></div> }.into_any()
    };
    let upper = |key: &'static str| match key {
        "n" => "N",
        "z" => "Z",
        "h" => "H",
        "c" => "C",
        "o" => "O",
        "s" => "S",
        "p" => "P",
        "i" => "I",
        "t" => "T",
        "l" => "L",
        other => other,
    };
    let mut everywhere = vec![row(vec![palette_key()], words.shell_key_palette())];
    let mut go = Vec::new();
    for action in Action::ALL {
        if let Some(key) = action.key() {
            everywhere.push(row(vec![upper(key)], action.label(words)));
        }
        if let Some(key) = action.go_key() {
            go.push(row(vec!["G", upper(key)], action.label(words)));
        }
    }
    everywhere.push(row(vec!["Esc"], words.shell_key_escape()));
    let lists = vec![
        row(vec!["J"], words.shell_key_next()),
        row(vec!["K"], words.shell_key_previous()),
        row(vec!["X"], words.shell_key_select()),
        row(vec!["E"], words.shell_key_edit()),
        row(vec!["Enter"], words.shell_key_open()),
    ];
    view! {
        <div class="key-sheet">
            <section><h3>{words.shell_keys_everywhere()}</h3><dl>{everywhere}</dl></section>
            <section><h3>{words.shell_keys_go()}</h3><dl>{go}</dl></section>
            <section><h3>{words.shell_keys_lists()}</h3><dl>{lists}</dl></section>
        </div>
    }
    .into_any()
}
