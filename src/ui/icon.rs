//! Icons from our own sprite, `public/icons.svg` (drawn from Lucide, ISC), which the build makes part of the page: icons
//! of a separate file vanish without a network.

use crate::prelude::*;

/// The name of a symbol in the sprite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Glyph(&'static str);

impl Glyph {
    /// The symbol's id.
    pub fn name(self) -> &'static str {
        self.0
    }
}

macro_rules! glyphs {
    ($($constant:ident = $name:literal),* $(,)?) => {
        $(#[doc = concat!("`", $name, "`")] pub const $constant: Glyph = Glyph($name);)*
        /// Every icon of the sprite.
        pub const ALL: &[Glyph] = &[$($constant),*];
    };
}

glyphs! {
    ALERT = "triangle-alert",
    ARROW_DOWN = "arrow-down",
    ARROW_LEFT = "arrow-left",
    ARROW_RIGHT = "arrow-right",
    ARROW_UP = "arrow-up",
    BACKSPACE = "delete",
    CAKE = "cake",
    CALENDAR = "calendar",
    CARD = "id-card",
    CHART = "chart-no-axes-column",
    CHECK = "check",
    CHEVRON_DOWN = "chevron-down",
    CHEVRON_LEFT = "chevron-left",
    CHEVRON_RIGHT = "chevron-right",
    CHEVRON_UP = "chevron-up",
    CIRCLE_CHECK = "circle-check",
    CLOCK = "clock",
    CLOSE = "x",
    COLUMNS = "columns-3",
    COPY = "copy",
    DATABASE = "database",
    DOWNLOAD = "download",
    EDIT = "pencil",
    EXTERNAL = "external-link",
    FILE = "file-text",
    FILE_X = "file-x",
    FILTER = "list-filter",
    GIFT = "gift",
    GRIP = "grip-vertical",
    HELP = "circle-help",
    HISTORY = "history",
    HOME = "house",
    HOURGLASS = "hourglass",
    IMPORT = "file-up",
    INFO = "info",
    KEYBOARD = "keyboard",
    LANGUAGE = "languages",
    LEAVING = "trending-down",
    LINK = "link",
    MAIL = "mail",
    MINUS = "minus",
    MONITOR = "monitor",
    MOON = "moon",
    MORE = "ellipsis",
    NOTE = "sticky-note",
    OFFLINE = "cloud-off",
    ORDERS = "receipt-text",
    PEOPLE = "users",
    PERSON = "user",
    PERSON_ADD = "user-plus",
    PHONE = "phone",
    PIN = "map-pin",
    PLAY = "play",
    PLUS = "plus",
    POINTS = "coins",
    PRINT = "printer",
    REFRESH = "refresh-cw",
    REPEAT = "repeat",
    SAVE = "save",
    SCAN = "scan-line",
    SEARCH = "search",
    SEGMENTS = "chart-pie",
    SETTINGS = "settings",
    SHIELD = "shield-check",
    SIDEBAR = "panel-left",
    STORE = "store",
    SUN = "sun",
    TAG = "tag",
    TRASH = "trash-2",
    REDO = "redo-2",
    UNDO = "undo-2",
    UPLOAD = "upload",
}

/// An icon beside a text that says the same, or inside a control that has its own name: hidden from readers.
#[component]
pub fn Icon(
    /// Which.
    glyph: Glyph,
) -> impl IntoView {
    let href = ["#icon-", glyph.name()].concat();
    view! {
        <svg class="icon" aria-hidden="true" focusable="false">
            <use href=href></use>
        </svg>
    }
}
