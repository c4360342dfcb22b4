//! Where the page is drawn: the browser's window, or a place in somebody else's page.
//!
//! In a host page the page lives inside a shadow root and must neither see nor touch what is around it. So whoever
//! mounts it there (`public/element-app.js`) puts a *stage* under `Symbol.for("shuke.stage")`: an object with a
//! `document` and a `window` that mean the shadow root, and with choices of the host page. Everything that draws or
//! listens asks for them here; without a stage they are the browser's own.

use js_sys::{Reflect, Symbol};
use leptos::ev::EventDescriptor;
use std::cell::{Cell, RefCell};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, Event, Window};

/// What the host page gave under this name, if there is a host page.
fn staged(name: &str) -> Option<JsValue> {
    let stage = Reflect::get(&js_sys::global(), &Symbol::for_("shuke.stage")).ok()?;
    // Of what is no object nothing can be read, which is the usual case.
    let value = Reflect::get(&stage, &name.into()).ok()?;
    (!value.is_undefined() && !value.is_null()).then_some(value)
}

thread_local! {
    static DOCUMENT: Document =
        staged("document").map_or_else(leptos::prelude::document, JsCast::unchecked_into);
    static WINDOW: Window =
        staged("window").map_or_else(leptos::prelude::window, JsCast::unchecked_into);
    static LISTENING: RefCell<Vec<(u32, String, JsValue)>> = const { RefCell::new(Vec::new()) };
    static NUMBER: Cell<u32> = const { Cell::new(0) };
}

/// The document, or what stands for it in a host page.
pub fn document() -> Document {
    DOCUMENT.with(Clone::clone)
}

/// The window, or what stands for it in a host page.
pub fn window() -> Window {
    WINDOW.with(Clone::clone)
}

/// A choice of the host page (`workspace`, `lang`, `theme`); `None` in a window of our own.
pub fn host_choice(name: &str) -> Option<String> {
    staged(name)?.as_string()
}

/// Ends listening when told to.
#[derive(Clone, Copy, Debug)]
pub struct Listening(u32);

impl Listening {
    /// Listens no more.
    pub fn remove(self) {
        let listened = LISTENING.with_borrow_mut(|all| {
            let at = all.iter().position(|(number, ..)| *number == self.0)?;
            Some(all.swap_remove(at))
        });
        if let Some((_, name, listener)) = listened {
            let _ = window().remove_event_listener_with_callback(&name, listener.unchecked_ref());
        }
    }
}

/// Listens to an event of the window: keys, pointers, the address.
pub fn window_event_listener<E>(event: E, hear: impl Fn(E::EventType) + 'static) -> Listening
where
    E: EventDescriptor + 'static,
    E::EventType: JsCast,
{
    listen(
        event.name().into_owned(),
        Box::new(move |event| hear(event.unchecked_into())),
    )
}

fn listen(name: String, hear: Box<dyn Fn(Event)>) -> Listening {
    let hear = move |event: Event| {
        #[cfg(debug_assertions)]
        let _zone = leptos::reactive::diagnostics::SpecialNonReactiveZone::enter();
        hear(event);
    };
    let listener = Closure::<dyn FnMut(Event)>::new(hear).into_js_value();
    let _ = window().add_event_listener_with_callback(&name, listener.unchecked_ref());
    let number = NUMBER.get();
    NUMBER.set(number.wrapping_add(1));
    LISTENING.with_borrow_mut(|all| all.push((number, name, listener)));
    Listening(number)
}
