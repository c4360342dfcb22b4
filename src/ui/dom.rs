//! The renderer: makes elements at once and keeps what depends on signals up to date.
//!
//! A view is a node of the document (an element, a text, or a fragment of several). Whatever is a function stays
//! alive: an attribute is set again, a text gets other words, a *region* between two empty texts is drawn again as
//! a whole when a signal it has read changes. Everything alive belongs to the reactive owner that made it and ends
//! with it. Nothing here is generic over the shape of a view, so that a page costs what its words and calls cost.

mod attribute;
mod flow;
mod stage;
mod view;

pub use attribute::{Attribute, Flag, Property, Value};
pub use flow::{
    Children, ChildrenFn, Effect, For, ForProps, Key, Show, ShowProps, ToChildren, spawn_local,
};
pub use stage::{Listening, document, host_choice, window, window_event_listener};
pub use view::{AnyView, CollectView, IntoView, mount, text};

use leptos::ev::EventDescriptor;
use leptos::prelude::{NodeRef, Owner};
use leptos::reactive::effect::RenderEffect;
use leptos::tachys::html::element::ElementType;
use leptos::tachys::html::node_ref::NodeRefContainer;
use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event};

/// Runs `f` now and whenever a signal that it read changes, as long as the current owner lives.
pub(crate) fn alive(mut f: Box<dyn FnMut()>) {
    let effect = RenderEffect::new(move |_| f());
    Owner::on_cleanup(move || drop(effect));
}

thread_local! {
    /// The elements that are being made, the innermost last. The calls that fill an element name none: they mean
    /// the innermost, which keeps the code of a page small. There is one thread in a page.
    static OPEN: RefCell<Vec<Element>> = const { RefCell::new(Vec::new()) };
}

/// The innermost element that is open.
fn innermost() -> Element {
    let element = OPEN.with_borrow(|open| open.last().cloned());
    element.unwrap_or_else(|| made(document().create_element("div")))
}

/// Opens an element of HTML: its name, then names and values of attributes, with a zero between them.
pub fn open(tag: &'static str) {
    opened(tag, false);
}

/// Opens an element of SVG.
pub fn open_svg(tag: &'static str) {
    opened(tag, true);
}

fn opened(tag: &'static str, svg: bool) {
    let mut parts = tag.split('\0');
    let name = parts.next().unwrap_or("div");
    let element = if svg {
        made(document().create_element_ns(Some("http://www.w3.org/2000/svg"), name))
    } else {
        made(document().create_element(name))
    };
    while let (Some(name), Some(value)) = (parts.next(), parts.next()) {
        let _ = element.set_attribute(name, value);
    }
    OPEN.with_borrow_mut(|open| open.push(element));
}

/// Closes the innermost element and gives it as a view.
pub fn done() -> AnyView {
    let element = OPEN.with_borrow_mut(Vec::pop);
    element.map_or_else(AnyView::empty, |element| AnyView::of(element.into()))
}

/// Closes the innermost element and puts it into the one around it.
pub fn shut() {
    put(done());
}

/// Sets an attribute; a function keeps it up to date.
pub fn attr(name: &'static str, value: impl Attribute) {
    value.attach(innermost(), name);
}

/// Adds or removes a class.
pub fn class(name: &'static str, on: impl Flag) {
    on.toggle(innermost(), name);
}

/// Sets a property of the style; through the object model, which the content security policy allows.
pub fn style(name: &'static str, value: impl Attribute) {
    value.style(innermost(), name);
}

/// Sets a property of the element's object (`value`, `checked`).
pub fn prop(name: &'static str, value: impl Property) {
    value.set(innermost(), name);
}

/// Listens to an event, with the owner and the contexts of the moment when the view was made.
pub fn on<E: EventDescriptor>(event: E, mut listener: impl FnMut(E::EventType) + 'static)
where
    E::EventType: JsCast,
{
    listen(
        &event.name(),
        Box::new(move |event| listener(event.unchecked_into())),
    );
}

fn listen(name: &str, mut listener: Box<dyn FnMut(Event)>) {
    let owner = Owner::current().unwrap_or_default();
    // Some events come when the view is gone already: a dialog tells that it closed in a later turn. Its signals are
    // gone with it, so there is nobody to tell.
    let gone = Arc::new(AtomicBool::new(false));
    let mark = Arc::clone(&gone);
    Owner::on_cleanup(move || mark.store(true, Ordering::Relaxed));
    let listener = Closure::<dyn FnMut(Event)>::new(move |event| {
        if !gone.load(Ordering::Relaxed) {
            owner.with(|| listener(event));
        }
    });
    // The browser frees it together with the element.
    let listener = listener.into_js_value();
    let _ = innermost().add_event_listener_with_callback(name, listener.unchecked_ref());
}

/// Lets `place` know the element.
pub fn node_ref<E>(place: NodeRef<E>)
where
    E: ElementType,
    E::Output: JsCast + 'static,
{
    NodeRefContainer::<E>::load(place, &innermost());
}

/// Adds words.
pub fn words(words: &str) {
    put(text(words));
}

/// Adds a view.
pub fn put(view: AnyView) {
    view.append_to(&innermost());
}

/// Adds whatever can be a view.
pub fn add(view: impl IntoView) {
    put(view.into_any());
}

/// Names of elements are constants of the program; one that the browser refuses is replaced by a plain box.
fn made(element: Result<Element, JsValue>) -> Element {
    element.unwrap_or_else(|_| {
        let plain = document().create_element("div");
        plain.unwrap_or_else(|_| JsValue::NULL.unchecked_into())
    })
}
