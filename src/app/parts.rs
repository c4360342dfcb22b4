//! The parts of the program that are fetched when a page of theirs is first shown, or when nothing else is going on.
//!
//! Invariant: whatever is reached from here only is not in what the page loads first; whatever the frame, the state
//! or the home page calls is. In release builds `cargo xtask hash-assets` cuts the program at the functions below
//! (ARCHITECTURE.md, "Loading on demand"); in other builds everything is one piece and these are plain calls.
//!
//! Each part costs a file of its own and one for every combination of parts that share something, so parts are few.

use crate::client;
use crate::pages;
use crate::root::focus_title;
use crate::router::Section;
use crate::state::{State, use_state, use_words};
use std::sync::Mutex;
use std::time::Duration;
use ui::prelude::*;
use ui::spawn_local;
use ui::{Button, ErrorState, Look, Skeleton};
use wasm_split_helpers::SplitLoaderError;

/// The first page gets this long to be drawn and answered before other parts are fetched.
const AHEAD_AFTER: Duration = Duration::from_millis(500);

/// What the settings' part draws for the first page, which itself is never fetched: a notice above it.
const NOTICE_ABOVE_HOME: Section = Section::Home;

/// A piece of the program that is fetched as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// Customers, orders.
    Records,
    /// Segments.
    Segments,
    /// Everything about points.
    Points,
    /// Data in and out: the import, duplicates, quality, files to take away.
    Data,
    /// The settings, sync among them.
    Settings,
}

/// Draws a page of a part.
type Draw = fn(Section) -> AnyView;

/// What a part brings.
struct Loaded {
    draw: Draw,
    /// Writes what pages ask and reads what they are answered; the same in each part.
    speech: client::Speech,
}

fn draw_records(section: Section) -> AnyView {
    match section {
        Section::Orders => pages::orders::OrdersPage().into_any(),
        _ => pages::customers::CustomersPage().into_any(),
    }
}

fn draw_segments(_: Section) -> AnyView {
    pages::segments::SegmentsPage().into_any()
}

fn draw_points(section: Section) -> AnyView {
    match section {
        Section::Counter => pages::counter::CounterPage().into_any(),
        Section::Coupons => pages::coupons::CouponsPage().into_any(),
        _ => pages::points::PointsPage().into_any(),
    }
}

fn draw_data(_: Section) -> AnyView {
    pages::data::DataPage().into_any()
}

fn draw_settings(section: Section) -> AnyView {
    if pages::settings::unlock::is_locked(use_state()) {
        return pages::settings::unlock::Unlock().into_any();
    }
    match section {
        Section::Sync => pages::sync::SyncPage().into_any(),
        NOTICE_ABOVE_HOME => pages::settings::thrown_away::ThrownAway().into_any(),
        _ => pages::settings::SettingsPage().into_any(),
    }
}

/// Where the program is cut: the function lies in the part, whoever calls it waits until the part is there.
macro_rules! cut {
    ($name:ident, $draw:ident) => {
        #[cfg(cut)]
        #[wasm_split_helpers::wasm_split($name, fallible)]
        fn $name() -> Result<Loaded, SplitLoaderError> {
            Ok(Loaded {
                draw: $draw,
                speech: client::ALL_SPEECH,
            })
        }
        #[cfg(not(cut))]
        async fn $name() -> Result<Loaded, SplitLoaderError> {
            Ok(Loaded {
                draw: $draw,
                speech: client::ALL_SPEECH,
            })
        }
    };
}

cut!(records, draw_records);
cut!(segments, draw_segments);
cut!(points, draw_points);
cut!(data, draw_data);
cut!(settings, draw_settings);

/// The parts that are here.
static HERE: Mutex<[Option<Draw>; Part::ALL.len()]> = Mutex::new([None; Part::ALL.len()]);

impl Part {
    /// All, in the order in which they are fetched ahead.
    const ALL: [Part; 5] = [
        Part::Records,
        Part::Segments,
        Part::Points,
        Part::Data,
        Part::Settings,
    ];

    fn of(section: Section) -> Option<Self> {
        match section {
            Section::Customers | Section::Orders => Some(Part::Records),
            Section::Segments => Some(Part::Segments),
            Section::Points | Section::Counter | Section::Coupons => Some(Part::Points),
            Section::Data => Some(Part::Data),
            Section::Settings | Section::Sync => Some(Part::Settings),
            Section::Home | Section::Demo | Section::Unknown => None,
        }
    }

    fn here(self) -> Option<Draw> {
        let here = HERE.lock().ok()?;
        here.get(self as usize).copied().flatten()
    }

    /// Fetches it, if it is not here yet. A failed attempt is forgotten: the next one starts afresh.
    async fn fetch(self) -> Option<Draw> {
        let fetched = match self {
            Part::Records => records().await,
            Part::Segments => segments().await,
            Part::Points => points().await,
            Part::Data => data().await,
            Part::Settings => settings().await,
        };
        let loaded = fetched.ok()?;
        client::learn(loaded.speech);
        if let Some(place) = HERE.lock().ok()?.get_mut(self as usize) {
            *place = Some(loaded.draw);
        }
        Some(loaded.draw)
    }
}

/// How a part that is waited for stands.
#[derive(Clone, Copy, PartialEq)]
enum Waiting {
    OnItsWay,
    Failed,
    Here,
}

/// The page of a section that is fetched on demand: at once if its part is here.
pub fn page(section: Section) -> AnyView {
    Part::of(section).map_or_else(|| ().into_any(), |part| drawn(part, section))
}

/// What the browser threw away since the last visit; above the first page, and so rare that it comes with the settings.
pub fn thrown_away() -> AnyView {
    drawn(Part::Settings, NOTICE_ABOVE_HOME)
}

fn drawn(part: Part, section: Section) -> AnyView {
    if let Some(draw) = part.here() {
        return draw(section);
    }
    let state = use_state();
    let waiting = RwSignal::new(Waiting::OnItsWay);
    fetch_for_page(state, part, waiting);
    Effect::new(move |_| {
        if !state.offline.get() && waiting.get_untracked() == Waiting::Failed {
            fetch_for_page(state, part, waiting);
        }
    });
    let content = move || match (waiting.get(), part.here()) {
        (Waiting::Here, Some(draw)) => draw(section),
        (Waiting::Failed, _) => failed(state, part, waiting),
        _ => on_its_way(),
    };
    content.into_any()
}

fn fetch_for_page(state: State, part: Part, waiting: RwSignal<Waiting>) {
    waiting.set(Waiting::OnItsWay);
    // A page that had no name was the first: nobody went anywhere, so the focus stays.
    let moved = !state.title.get_untracked().is_empty();
    spawn_local(async move {
        let came = part.fetch().await.is_some();
        waiting.try_set(if came { Waiting::Here } else { Waiting::Failed });
        // The page was not there yet when the router looked for its title.
        if moved {
            request_animation_frame(focus_title);
        }
    });
}

fn on_its_way() -> AnyView {
    let words = use_words();
    view! {
        <div class="opening" role="status">
            <p>{words.shell_part_coming()}</p>
            <Skeleton lines=8 shape="rows"/>
        </div>
    }
    .into_any()
}

fn failed(state: State, part: Part, waiting: RwSignal<Waiting>) -> AnyView {
    let words = use_words();
    let offline = state.offline.get();
    let text = if offline {
        words.shell_part_failed_offline()
    } else {
        words.shell_part_failed_text()
    };
    let again = Callback::new(move |()| fetch_for_page(state, part, waiting));
    // Without a network a reload would lose the page that is there.
    let reload = (!offline).then(|| {
        view! {
            <p class="actions">
                <Button label=words.act_reload() look=Look::Quiet on_press=|()| crate::shell::reload()/>
            </p>
        }
    });
    view! {
        <div class="page">
            <ErrorState title=words.shell_part_failed_title() text action=words.act_retry() on_action=again whole=true>
                {reload}
            </ErrorState>
        </div>
    }
    .into_any()
}

/// Fetches every part when the page has nothing else to do, so that pages open at once and without a network.
pub fn fetch_ahead() {
    set_timeout(
        || {
            // Not every browser says when it is idle.
            if request_idle_callback_with_handle(fetch_all).is_err() {
                fetch_all();
            }
        },
        AHEAD_AFTER,
    );
}

fn fetch_all() {
    spawn_local(async {
        for part in Part::ALL {
            // Whoever opens the page hears of a failure; here nobody waits, and the network's return starts afresh.
            if part.fetch().await.is_none() {
                return;
            }
        }
        // From now on the page needs no network; tests wait for this.
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("data-parts", "here");
        }
    });
}

/// Fetches what writes and reads all messages, with the smallest part that brings it; whether
/// it came.
pub async fn fetch_speech() -> bool {
    Part::Settings.fetch().await.is_some()
}
