//! The renderer: makes elements at once and keeps what depends on signals up to date.
//!
//! A view is a node of the document (an element, a text, or a fragment of several). Whatever is a function stays
//! alive: an attribute is set again, a text gets other words, a *region* between two empty texts is drawn again as
//! a whole when a signal it has read changes. Everything alive belongs to the reactive owner that made it and ends
//! with it. Nothing here is generic over the shape of a view, so that a page costs what its words and calls cost.

mod attribute;
mod flow;
mod view;

pub use attribute::{Attribute, Flag, Property, Value};
pub use flow::{Children, ChildrenFn, For, ForProps, Key, Show, ShowProps, ToChildren};
pub use view::{AnyView, CollectView, IntoView, mount, text};

use leptos::ev::EventDescriptor;
use leptos::prelude::{NodeRef, Owner, document};
use leptos::reactive::effect::RenderEffect;
use leptos::tachys::html::element::ElementType;
use leptos::tachys::html::node_ref::NodeRefContainer;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event};

/// Runs `f` now and whenever a signal that it read changes, as long as the current owner lives.
pub(crate) fn alive(mut f: Box<dyn FnMut()>) {
    let effect = RenderEffect::new(move |_| f());
    Owner::on_cleanup(move || drop(effect));
}

/// An element that is being made.
pub struct El(Element);

impl El {
    /// An element of HTML.
    pub fn html(tag: &str) -> Self {
        Self(made(document().create_element(tag)))
    }

    /// An element of SVG.
    pub fn svg(tag: &str) -> Self {
        Self(made(document().create_element_ns(Some("http://www.w3.org/2000/svg"), tag)))
    }

    /// Sets an attribute; a function keeps it up to date.
    pub fn attr(&self, name: &'static str, value: impl Attribute) {
        value.attach(&self.0, name);
    }

    /// Adds or removes a class.
    pub fn class(&self, name: &'static str, on: impl Flag) {
        on.toggle(&self.0, name);
    }

    /// Sets a property of the style; through the object model, which the content security policy allows.
    pub fn style(&self, name: &'static str, value: impl Attribute) {
        value.style(&self.0, name);
    }

    /// Sets a property of the element's object (`value`, `checked`).
    pub fn prop(&self, name: &'static str, value: impl Property) {
        value.set(&self.0, name);
    }

    /// Listens to an event, with the owner and the contexts of the moment when the view was made.
    pub fn on<E: EventDescriptor>(&self, event: E, mut listener: impl FnMut(E::EventType) + 'static)
    where
        E::EventType: JsCast,
    {
        self.listen(&event.name(), Box::new(move |event| listener(event.unchecked_into())));
    }

    fn listen(&self, name: &str, mut listener: Box<dyn FnMut(Event)>) {
        let owner = Owner::current().unwrap_or_default();
        let listener = Closure::<dyn FnMut(Event)>::new(move |event| owner.with(|| listener(event)));
        // The browser frees it together with the element.
        let listener = listener.into_js_value();
        let _ = self.0.add_event_listener_with_callback(name, listener.unchecked_ref());
    }

    /// Lets `place` know the element.
    pub fn node_ref<E>(&self, place: NodeRef<E>)
    where
        E: ElementType,
        E::Output: JsCast + 'static,
    {
        NodeRefContainer::<E>::load(place, &self.0);
    }

    /// Adds words.
    pub fn text(&self, words: &str) {
        let _ = self.0.append_child(&document().create_text_node(words));
    }

    /// Adds a view.
    pub fn put(&self, view: AnyView) {
        view.append_to(&self.0);
    }

    /// Adds whatever can be a view.
    pub fn add(&self, view: impl IntoView) {
        self.put(view.into_any());
    }

    /// The view that it is.
    pub fn done(self) -> AnyView {
        AnyView::of(self.0.into())
    }
}

/// Names of elements are constants of the program; one that the browser refuses is replaced by a plain box.
fn made(element: Result<Element, JsValue>) -> Element {
    element.unwrap_or_else(|_| document().create_element("div").unwrap_or_else(|_| JsValue::NULL.unchecked_into()))
}
