//! What can be a view: words, numbers, nothing, several views, and functions that give them.

use super::{alive, document};
use leptos::prelude::{Get, Memo, RwSignal, Signal};
use web_sys::{Node, Text};

/// A view: a node of the document that is not yet in its place; nothing is an empty fragment.
pub struct AnyView(Node);

impl AnyView {
    /// Nothing.
    pub fn empty() -> Self {
        Self(document().create_document_fragment().into())
    }

    /// A node.
    pub(super) fn of(node: Node) -> Self {
        Self(node)
    }

    /// Several views, one behind the other.
    pub fn many(views: Vec<AnyView>) -> Self {
        let fragment = document().create_document_fragment();
        for view in views {
            view.append_to(&fragment);
        }
        Self(fragment.into())
    }

    /// Puts it behind the last child of `parent`.
    pub(super) fn append_to(self, parent: &Node) {
        let _ = parent.append_child(&self.0);
    }

    /// The node.
    pub(super) fn node(self) -> Node {
        self.0
    }
}

/// Words that stay as they are.
pub fn text(words: &str) -> AnyView {
    AnyView::of(document().create_text_node(words).into())
}

/// Puts a view into the page.
pub fn mount(view: AnyView) {
    if let Some(body) = document().body() {
        view.append_to(&body);
    }
}

/// What can be a view.
pub trait IntoView: Sized + 'static {
    /// The view.
    fn into_any(self) -> AnyView;

    /// The view that a function gives, kept up to date.
    fn live(mut f: Box<dyn FnMut() -> Self>) -> AnyView {
        region(Box::new(move || f().into_any()))
    }
}

impl IntoView for AnyView {
    fn into_any(self) -> AnyView {
        self
    }

    fn live(f: Box<dyn FnMut() -> Self>) -> AnyView {
        region(f)
    }
}

impl IntoView for () {
    fn into_any(self) -> AnyView {
        AnyView::empty()
    }
}

impl IntoView for &'static str {
    fn into_any(self) -> AnyView {
        text(self)
    }

    fn live(mut f: Box<dyn FnMut() -> Self>) -> AnyView {
        live_text(Box::new(move |node| node.set_data(f())))
    }
}

impl IntoView for String {
    fn into_any(self) -> AnyView {
        text(&self)
    }

    fn live(mut f: Box<dyn FnMut() -> Self>) -> AnyView {
        live_text(Box::new(move |node| node.set_data(&f())))
    }
}

impl<T: IntoView> IntoView for Option<T> {
    fn into_any(self) -> AnyView {
        self.map_or_else(AnyView::empty, IntoView::into_any)
    }
}

impl<T: IntoView> IntoView for Vec<T> {
    fn into_any(self) -> AnyView {
        AnyView::many(self.into_iter().map(IntoView::into_any).collect())
    }
}

impl<T: IntoView, const N: usize> IntoView for [T; N] {
    fn into_any(self) -> AnyView {
        self.into_iter().collect_view()
    }
}

macro_rules! tuples {
    ($(($($name:ident),+)),*) => {$(
        impl<$($name: IntoView),+> IntoView for ($($name,)+) {
            fn into_any(self) -> AnyView {
                #[expect(non_snake_case, reason = "the types name the parts")]
                let ($($name,)+) = self;
                AnyView::many(vec![$($name.into_any()),+])
            }
        }
    )*};
}

tuples!((A, B), (A, B, C), (A, B, C, D));

impl<F: FnMut() -> T + 'static, T: IntoView> IntoView for F {
    fn into_any(self) -> AnyView {
        T::live(Box::new(self))
    }
}

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl IntoView for $number {
            fn into_any(self) -> AnyView {
                text(&self.to_string())
            }
        }
    )*};
}

numbers!(u8, u32, u64, usize, i32, i64);

macro_rules! signals {
    ($($signal:ident),*) => {$(
        impl<T: IntoView + Clone + Send + Sync> IntoView for $signal<T> {
            fn into_any(self) -> AnyView {
                T::live(Box::new(move || self.get()))
            }
        }
    )*};
}

signals!(Signal, RwSignal, Memo);

/// Several views in a row.
pub trait CollectView {
    /// One view of all.
    fn collect_view(self) -> AnyView;
}

impl<I: Iterator<Item = T>, T: IntoView> CollectView for I {
    fn collect_view(self) -> AnyView {
        AnyView::many(self.map(IntoView::into_any).collect())
    }
}

fn live_text(mut write: Box<dyn FnMut(&Text)>) -> AnyView {
    let node = document().create_text_node("");
    let view = AnyView::of(node.clone().into());
    alive(Box::new(move || write(&node)));
    view
}

/// The place of views that come and go: between two empty texts.
pub(super) struct Place {
    start: Node,
    end: Node,
}

impl Place {
    /// An empty place, and the view that it is.
    pub(super) fn new() -> (Self, AnyView) {
        let fragment = document().create_document_fragment();
        let mark = || -> Node { document().create_text_node("").into() };
        let place = Self {
            start: mark(),
            end: mark(),
        };
        let _ = fragment.append_child(&place.start);
        let _ = fragment.append_child(&place.end);
        (place, AnyView::of(fragment.into()))
    }

    /// The first node in it, or its end.
    pub(super) fn first(&self) -> Option<Node> {
        self.start.next_sibling()
    }

    /// Puts `node` before `next`, which is in this place or its end.
    pub(super) fn put(&self, node: &Node, next: Option<&Node>) {
        if let Some(parent) = self.end.parent_node() {
            let _ = parent.insert_before(node, Some(next.unwrap_or(&self.end)));
        }
    }

    /// Whether it is the end.
    pub(super) fn is_end(&self, node: &Node) -> bool {
        *node == self.end
    }

    /// Everything in it now.
    fn content(&self) -> Vec<Node> {
        let mut all = Vec::new();
        let mut next = self.first();
        while let Some(node) = next.filter(|node| !self.is_end(node)) {
            next = node.next_sibling();
            all.push(node);
        }
        all
    }
}

/// Takes a node out of the document.
pub(super) fn remove(node: &Node) {
    if let Some(parent) = node.parent_node() {
        let _ = parent.remove_child(node);
    }
}

/// Draws what `f` gives, and draws it again whenever a signal that it read changes.
fn region(mut f: Box<dyn FnMut() -> AnyView>) -> AnyView {
    let (place, view) = Place::new();
    alive(Box::new(move || {
        let next = f();
        let old = place.content();
        place.put(&next.node(), None);
        // The old goes when the new is there, so that the page never gets shorter in between.
        for node in old {
            remove(&node);
        }
    }));
    view
}
