//! A button that opens a list of actions: a popover, so that nothing clips it.

use crate::icon::{Glyph, Icon};
use crate::prelude::*;
use crate::{Look, fresh_id};
use leptos::{ev, html};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// One action of a menu.
#[derive(Clone)]
pub struct MenuItem {
    /// What it says.
    pub label: String,
    /// Its icon.
    pub icon: Option<Glyph>,
    /// It takes something away.
    pub danger: bool,
    /// What it does.
    pub act: Callback<()>,
}

impl MenuItem {
    /// An ordinary action.
    pub fn new(
        label: impl Into<String>,
        icon: Glyph,
        act: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        Self {
            label: label.into(),
            icon: Some(icon),
            danger: false,
            act: Callback::new(move |()| act()),
        }
    }

    /// The same, marked as taking something away.
    pub fn danger(mut self) -> Self {
        self.danger = true;
        self
    }
}

/// Puts the open popover under its button, inside the window.
fn place(button: &HtmlElement, list: &HtmlElement) {
    let Some(window) = web_sys::window() else {
        return;
    };
    let side = |value: Result<wasm_bindgen::JsValue, _>| {
        value.ok().and_then(|v| v.as_f64()).unwrap_or(0.0)
    };
    let (width, height) = (side(window.inner_width()), side(window.inner_height()));
    let anchor = button.get_bounding_client_rect();
    let own = list.get_bounding_client_rect();
    let left = if anchor.left() + own.width() > width - 8.0 {
        (anchor.right() - own.width()).max(8.0)
    } else {
        anchor.left()
    };
    let below = anchor.bottom() + 4.0;
    let top = if below + own.height() > height - 8.0 {
        (anchor.top() - 4.0 - own.height()).max(8.0)
    } else {
        below
    };
    let style = list.style();
    let _ = style.set_property("left", &[&crate::chart::attribute(left), "px"].concat());
    let _ = style.set_property("top", &[&crate::chart::attribute(top), "px"].concat());
}

/// Moves the focus among the buttons of `list` by `step`, around its ends.
fn step(list: &HtmlElement, step: i32) {
    let Ok(buttons) = list.query_selector_all("button:not(:disabled)") else {
        return;
    };
    let count = buttons.length() as i32;
    let active = document().active_element();
    let now = (0..count).find(|&i| {
        let node = buttons
            .get(i as u32)
            .and_then(|n| n.dyn_into::<web_sys::Element>().ok());
        node.is_some() && node == active
    });
    let next = match now {
        Some(now) => (now + step).rem_euclid(count.max(1)),
        None if step < 0 => count - 1,
        None => 0,
    };
    if let Some(button) = buttons
        .get(next as u32)
        .and_then(|n| n.dyn_into::<HtmlElement>().ok())
    {
        let _ = button.focus();
    }
}

/// A button that opens a small panel with any content (conditions, columns).
#[component]
pub fn Popover(
    /// The button's text.
    #[prop(into)]
    label: String,
    /// The button's icon.
    #[prop(optional, into)]
    icon: Option<Glyph>,
    /// How the button looks.
    #[prop(optional)]
    look: Look,
    /// Whether it is open; set to `false` to close it.
    #[prop(default = RwSignal::new(false), into)]
    open: RwSignal<bool>,
    /// Its content; exists only while it is open.
    children: ChildrenFn,
) -> impl IntoView {
    let id = fresh_id("popover");
    let button = NodeRef::<html::Button>::new();
    let panel = NodeRef::<html::Div>::new();
    let toggled = move |event: ev::Event| {
        open.set(js_open(&event));
        // The content is drawn first; only then is its size known. The page may have been left meanwhile.
        request_animation_frame(move || {
            if let (Some(true), Some(button), Some(panel)) = (
                open.try_get_untracked(),
                button.try_get_untracked().flatten(),
                panel.try_get_untracked().flatten(),
            ) {
                place(&button, &panel);
            }
        });
    };
    Effect::new(move |_| {
        if let (false, Some(panel)) = (open.get(), panel.get_untracked()) {
            // Already hidden: nothing to do.
            let _ = panel.hide_popover();
        }
    });
    view! {
        <button
            type="button"
            class=look.class()
            node_ref=button
            aria-expanded=move || if open.get() { "true" } else { "false" }
            popovertarget=id.clone()
        >
            {icon.map(|glyph| view! { <Icon glyph/> })}
            <span>{label}</span>
        </button>
        <div class="popover" popover="auto" id=id node_ref=panel on:toggle=toggled>
            <Show when=move || open.get()>{children()}</Show>
        </div>
    }
    .into_any()
}

/// A menu and the button that opens it.
#[component]
pub fn Menu(
    /// The button's text, or its name where only the icon shows.
    #[prop(into)]
    label: String,
    /// The button's icon.
    #[prop(optional, into)]
    icon: Option<Glyph>,
    /// Shows only the icon.
    #[prop(optional)]
    icon_only: bool,
    /// How the button looks.
    #[prop(optional)]
    look: Look,
    /// The actions.
    items: Vec<MenuItem>,
) -> impl IntoView {
    let id = fresh_id("menu");
    let button = NodeRef::<html::Button>::new();
    let list = NodeRef::<html::Div>::new();
    let open = RwSignal::new(false);
    let toggled = move |event: ev::Event| {
        let now_open = js_open(&event);
        open.set(now_open);
        if let (true, Some(button), Some(list)) =
            (now_open, button.get_untracked(), list.get_untracked())
        {
            place(&button, &list);
            step(&list, 1);
        }
    };
    let keys = move |event: ev::KeyboardEvent| {
        let Some(list) = list.get_untracked() else {
            return;
        };
        match event.key().as_str() {
            "ArrowDown" => step(&list, 1),
            "ArrowUp" => step(&list, -1),
            _ => return,
        }
        event.prevent_default();
    };
    let entries = entries(items, &id);
    let class = if icon_only {
        "icon-button"
    } else {
        look.class()
    };
    let name = icon_only.then(|| label.clone());
    view! {
        <button
            type="button"
            class=class
            node_ref=button
            aria-label=name.clone()
            title=name
            aria-haspopup="menu"
            aria-expanded=move || if open.get() { "true" } else { "false" }
            popovertarget=id.clone()
        >
            {icon.map(|glyph| view! { <Icon glyph/> })}
            {(!icon_only).then(|| view! { <span>{label}</span> })}
        </button>
        <div class="menu" role="menu" popover="auto" id=id node_ref=list on:toggle=toggled on:keydown=keys>
            {entries}
        </div>
    }
    .into_any()
}

/// The actions as buttons that close the menu `id`.
fn entries(items: Vec<MenuItem>, id: &str) -> Vec<AnyView> {
    items
        .into_iter()
        .map(|item| {
            let target = id.to_owned();
            view! {
                <button
                    type="button"
                    role="menuitem"
                    class="menu-item"
                    class:danger=item.danger
                    popovertarget=target
                    popovertargetaction="hide"
                    on:click=move |_| item.act.run(())
                >
                    {item.icon.map(|glyph| view! { <Icon glyph/> })}
                    <span>{item.label}</span>
                </button>
            }
            .into_any()
        })
        .collect()
}

/// Whether a `toggle` event says that its popover is open now.
fn js_open(event: &ev::Event) -> bool {
    event.unchecked_ref::<web_sys::ToggleEvent>().new_state() == "open"
}
