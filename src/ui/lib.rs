//! Dumb components and SVG charts, shared by the page and what is embedded.
//!
//! Invariant: knows no customers, no protocol and no words. Every text comes in as an argument; colours and sizes
//! come from `style/`. The content security policy forbids `style="..."` in markup, so sizes that depend on data
//! are SVG attributes or are set through `style:name=`, which goes through the CSS object model.

// The macro names this crate from outside as `ui`, and so it is called inside too.
extern crate self as ui;

mod button;
pub mod chart;
mod dialog;
pub mod dom;
mod feedback;
mod field;
pub mod icon;
mod menu;
mod stat;
mod table;
mod tabs;
mod tag;

pub use button::{Button, IconButton, LinkButton, Look};
pub use dialog::Dialog;
pub use dom::spawn_local;
pub use feedback::{Banner, EmptyState, ErrorState, ProgressBar, Skeleton};
pub use field::{Checkbox, Choice, DateField, Input, SearchField, Segmented, Select, Textarea};
pub use icon::{Glyph, Icon};
pub use menu::{Menu, MenuItem, Popover};
pub use stat::{Amount, Defined, PageHead, Pager, StatNumber};
pub use table::{Align, Column, RowContent, Sorted, VirtualTable};
pub use tabs::{TabItem, Tabs};
pub use tag::{Badge, Chip, Tone};

/// What every file with markup needs: the reactive part of leptos, with our own renderer in the place of its own.
pub mod prelude {
    pub use crate::dom::{
        AnyView, Children, ChildrenFn, CollectView, Effect, For, IntoView, IntoView as IntoAny,
        Show, document, host_choice, window, window_event_listener,
    };
    pub use leptos::prelude::*;
    pub use view::view;
}

use std::sync::atomic::{AtomicU32, Ordering};

/// A fresh id for an element, such as `field-7`: labels, descriptions and popovers point at it.
pub fn fresh_id(kind: &str) -> String {
    static LAST: AtomicU32 = AtomicU32::new(0);
    let number = LAST.fetch_add(1, Ordering::Relaxed).to_string();
    [kind, "-", &number].concat()
}
