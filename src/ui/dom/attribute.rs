//! What can be the value of an attribute, a class, a style or a property: values, and functions that give them.

use super::alive;
use leptos::prelude::{ArcRwSignal, Get, Memo, RwSignal, Signal};
use std::borrow::Cow;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement};

/// A value in the form the document wants: `None` takes the attribute away.
pub type Text = Option<Cow<'static, str>>;

/// What has the form of an attribute's value.
pub trait Value: 'static {
    /// The form.
    fn form(self) -> Text;
}

impl Value for &'static str {
    fn form(self) -> Text {
        Some(Cow::Borrowed(self))
    }
}

impl Value for String {
    fn form(self) -> Text {
        Some(Cow::Owned(self))
    }
}

impl Value for bool {
    fn form(self) -> Text {
        self.then_some(Cow::Borrowed(""))
    }
}

impl<T: Value> Value for Option<T> {
    fn form(self) -> Text {
        self.and_then(Value::form)
    }
}

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl Value for $number {
            fn form(self) -> Text {
                Some(Cow::Owned(self.to_string()))
            }
        }
    )*};
}

numbers!(u8, u32, u64, usize, i32, i64);

fn set(element: &Element, name: &str, value: Text) {
    // Names are constants of the program; the browser takes them.
    let _ = match value {
        Some(value) => element.set_attribute(name, &value),
        None => element.remove_attribute(name),
    };
}

fn set_style(element: &Element, name: &str, value: Text) {
    let style = element.unchecked_ref::<HtmlElement>().style();
    let _ = match value {
        Some(value) => style.set_property(name, &value),
        None => style.remove_property(name).map(drop),
    };
}

fn keep(
    element: Element,
    name: &'static str,
    mut f: Box<dyn FnMut() -> Text>,
    set: fn(&Element, &str, Text),
) {
    let mut last: Option<Text> = None;
    alive(Box::new(move || {
        let now = f();
        if last.as_ref() != Some(&now) {
            set(&element, name, now.clone());
            last = Some(now);
        }
    }));
}

/// What an attribute or a style can be: a value, a function or a signal.
pub trait Attribute {
    /// Sets the attribute, and keeps it up to date.
    fn attach(self, element: Element, name: &'static str);
    /// Sets the property of the style, and keeps it up to date.
    fn style(self, element: Element, name: &'static str);
}

macro_rules! constants {
    ($($constant:ty),*) => {$(
        impl Attribute for $constant {
            fn attach(self, element: Element, name: &'static str) {
                set(&element, name, self.form());
            }
            fn style(self, element: Element, name: &'static str) {
                set_style(&element, name, self.form());
            }
        }
    )*};
}

constants!(&'static str, String, bool, u8, u32, u64, usize, i32, i64);

impl<T: Value> Attribute for Option<T> {
    fn attach(self, element: Element, name: &'static str) {
        set(&element, name, self.form());
    }
    fn style(self, element: Element, name: &'static str) {
        set_style(&element, name, self.form());
    }
}

impl<F: FnMut() -> T + 'static, T: Value> Attribute for F {
    fn attach(mut self, element: Element, name: &'static str) {
        keep(element, name, Box::new(move || self().form()), set);
    }
    fn style(mut self, element: Element, name: &'static str) {
        keep(element, name, Box::new(move || self().form()), set_style);
    }
}

macro_rules! signals {
    ($($signal:ident),*) => {$(
        impl<T: Value + Clone + Send + Sync> Attribute for $signal<T> {
            fn attach(self, element: Element, name: &'static str) {
                keep(element, name, Box::new(move || self.get().form()), set);
            }
            fn style(self, element: Element, name: &'static str) {
                keep(element, name, Box::new(move || self.get().form()), set_style);
            }
        }
    )*};
}

signals!(Signal, RwSignal, Memo, ArcRwSignal);

/// Whether a class is there.
pub trait Flag {
    /// Adds or removes the class, and keeps it so.
    fn toggle(self, element: Element, name: &'static str);
}

fn toggle(element: &Element, name: &str, on: bool) {
    // Names are constants of the program; the browser takes them.
    let _ = element.class_list().toggle_with_force(name, on);
}

impl Flag for bool {
    fn toggle(self, element: Element, name: &'static str) {
        if self {
            toggle(&element, name, true);
        }
    }
}

impl<F: FnMut() -> bool + 'static> Flag for F {
    fn toggle(mut self, element: Element, name: &'static str) {
        alive(Box::new(move || toggle(&element, name, self())));
    }
}

/// What a property of an element's object can be.
pub trait Property {
    /// Sets it, and keeps it up to date.
    fn set(self, element: Element, name: &'static str);
}

fn set_property(element: &Element, name: &str, value: &JsValue) {
    // The same value again would move the cursor of a field.
    let (name, now) = (
        JsValue::from_str(name),
        js_sys::Reflect::get(element, &JsValue::from_str(name)),
    );
    if now.as_ref() != Ok(value) {
        let _ = js_sys::Reflect::set(element, &name, value);
    }
}

impl<F: FnMut() -> T + 'static, T: Into<JsValue>> Property for F {
    fn set(mut self, element: Element, name: &'static str) {
        alive(Box::new(move || {
            set_property(&element, name, &self().into())
        }));
    }
}

macro_rules! properties {
    ($($constant:ty),*) => {$(
        impl Property for $constant {
            fn set(self, element: Element, name: &'static str) {
                set_property(&element, name, &self.into());
            }
        }
    )*};
}

properties!(&'static str, String, bool);
