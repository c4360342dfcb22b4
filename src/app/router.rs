//! Addresses inside the page: `#/customers/0000100000001?tab=orders`.
//!
//! Everything lies behind the `#`, so that the page works from any sub-path of any static server. A [`Place`] is a
//! [`Route`] (which page, which record) and [`Params`] (search, filters, order); both are written back exactly, so
//! every state of a list and every record is a link. Unknown paths are a route of their own, never an error.

use leptos::ev;
use model::{CustomerId, OrderId};
use std::cell::RefCell;
use ui::prelude::*;

/// Which page, and which record on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// `#/`
    Home,
    /// `#/customers`
    Customers,
    /// `#/customers/new`
    NewCustomer,
    /// `#/customers/<id>`
    Customer(CustomerId),
    /// `#/orders`
    Orders,
    /// `#/orders/<id>`
    Order(OrderId),
    /// `#/segments`, `#/segments/<view>`
    Segments(String),
    /// `#/points`, `#/points/<view>`
    Points(String),
    /// `#/counter`, `#/counter/<customer>`
    Counter(Option<CustomerId>),
    /// `#/coupons`, `#/coupons/new`, `#/coupons/<id>`
    Coupons(String),
    /// `#/data` (the import), `#/data/<view>`; `#/import` leads there too
    Data(String),
    /// `#/settings`, `#/settings/<view>`
    Settings(String),
    /// `#/demo`, `#/demo/<business>`
    Demo(String),
    /// Nothing lives here.
    Unknown(String),
}

/// The places of the navigation; a page is built anew when the section changes and not before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// Home.
    Home,
    /// Customers and one customer.
    Customers,
    /// Orders and one order.
    Orders,
    /// Segments.
    Segments,
    /// Points.
    Points,
    /// The counter.
    Counter,
    /// Coupons.
    Coupons,
    /// Data in and out.
    Data,
    /// Settings.
    Settings,
    /// Sync, which is a view of the settings with a part of its own.
    Sync,
    /// The way into the demo.
    Demo,
    /// Nothing.
    Unknown,
}

impl Route {
    /// The part of the page it belongs to.
    pub fn section(&self) -> Section {
        match self {
            Route::Home => Section::Home,
            Route::Customers | Route::NewCustomer | Route::Customer(_) => Section::Customers,
            Route::Orders | Route::Order(_) => Section::Orders,
            Route::Segments(_) => Section::Segments,
            Route::Points(_) => Section::Points,
            Route::Counter(_) => Section::Counter,
            Route::Coupons(_) => Section::Coupons,
            Route::Data(_) => Section::Data,
            Route::Settings(view) if view == "sync" => Section::Sync,
            Route::Settings(_) => Section::Settings,
            Route::Demo(_) => Section::Demo,
            Route::Unknown(_) => Section::Unknown,
        }
    }

    fn parse(path: &str) -> Self {
        let mut parts = path.trim_matches('/').split('/').map(decode);
        let first = parts.next().unwrap_or_default();
        let second = parts.next();
        let unknown = || Route::Unknown(path.to_owned());
        match (first.as_str(), second) {
            ("", None) => Route::Home,
            ("customers", None) => Route::Customers,
            ("customers", Some(id)) if id == "new" => Route::NewCustomer,
            ("customers", Some(id)) => id.parse().map_or_else(|_| unknown(), Route::Customer),
            ("orders", None) => Route::Orders,
            ("orders", Some(id)) => id.parse().map_or_else(|_| unknown(), Route::Order),
            ("segments", view) => Route::Segments(view.unwrap_or_default()),
            ("points", view) => Route::Points(view.unwrap_or_default()),
            ("counter", None) => Route::Counter(None),
            ("counter", Some(id)) => id
                .parse()
                .map_or_else(|_| unknown(), |id| Route::Counter(Some(id))),
            ("coupons", view) => Route::Coupons(view.unwrap_or_default()),
            ("data", view) => Route::Data(view.unwrap_or_default()),
            // Where the import lived before.
            ("import", None) => Route::Data(String::new()),
            ("settings", view) => Route::Settings(view.unwrap_or_default()),
            ("demo", name) => Route::Demo(name.unwrap_or_default()),
            _ => unknown(),
        }
    }

    fn path(&self) -> String {
        let with = |base: &str, rest: &str| {
            if rest.is_empty() {
                base.to_owned()
            } else {
                [base, "/", &encode(rest)].concat()
            }
        };
        match self {
            Route::Home => "/".to_owned(),
            Route::Customers => "/customers".to_owned(),
            Route::NewCustomer => "/customers/new".to_owned(),
            Route::Customer(id) => with("/customers", &id.to_string()),
            Route::Orders => "/orders".to_owned(),
            Route::Order(id) => with("/orders", &id.to_string()),
            Route::Segments(view) => with("/segments", view),
            Route::Points(view) => with("/points", view),
            Route::Counter(None) => "/counter".to_owned(),
            Route::Counter(Some(id)) => with("/counter", &id.to_string()),
            Route::Coupons(view) => with("/coupons", view),
            Route::Data(view) => with("/data", view),
            Route::Settings(view) => with("/settings", view),
            Route::Demo(name) => with("/demo", name),
            Route::Unknown(path) => path.clone(),
        }
    }

    /// The link to it: `#/customers`.
    pub fn href(&self) -> String {
        ["#", &self.path()].concat()
    }

    /// The link to it with parameters.
    pub fn with(&self, params: &[(&str, &str)]) -> String {
        Place {
            route: self.clone(),
            params: Params(
                params
                    .iter()
                    .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
                    .collect(),
            ),
        }
        .href()
    }
}

/// The list of customers for whom a rule (JSON) holds.
pub fn customers_by_rule(rule: &str) -> String {
    Route::Customers.with(&[("rule", rule)])
}

/// What stands behind the `?`, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params(pub Vec<(String, String)>);

impl Params {
    /// The value of a key, if it is there and not empty.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, value)| known == key && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// The same with another value for a key; an empty one takes the key away.
    pub fn set(&self, key: &str, value: &str) -> Self {
        let mut pairs = self.0.clone();
        match pairs.iter_mut().find(|(known, _)| known == key) {
            Some(pair) => value.clone_into(&mut pair.1),
            None => pairs.push((key.to_owned(), value.to_owned())),
        }
        pairs.retain(|(_, value)| !value.is_empty());
        Self(pairs)
    }
}

/// An address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which page, which record.
    pub route: Route,
    /// What is searched, filtered, shown.
    pub params: Params,
}

impl Place {
    /// Reads what stands behind (and with) the `#`.
    pub fn parse(hash: &str) -> Self {
        let hash = hash.strip_prefix('#').unwrap_or(hash);
        let (path, query) = hash.split_once('?').unwrap_or((hash, ""));
        let params = query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
                (decode(key), found(decode(value)))
            })
            .collect();
        Self {
            route: Route::parse(path),
            params: Params(params),
        }
    }

    /// The link to it.
    pub fn href(&self) -> String {
        let mut out = self.route.href();
        for (i, (key, value)) in self
            .params
            .0
            .iter()
            .filter(|(_, v)| !v.is_empty())
            .enumerate()
        {
            out.push(if i == 0 { '?' } else { '&' });
            out.push_str(&encode(key));
            out.push('=');
            match hidden(key, value) {
                Some(place) => out.push_str(&[HIDES, &place].concat()),
                None => out.push_str(&encode(value)),
            }
        }
        out
    }
}

/// What stands before the number of a value that is not in the address itself.
const HIDES: &str = "~*";

thread_local! {
    /// What addresses of an encrypted workspace only stand for: the browser keeps addresses in its history, on the disk.
    static HIDDEN: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

/// From now on what was searched for is in no address; a link to it works until the page is loaded anew.
pub fn keep_secret() {
    HIDDEN.with_borrow_mut(|hidden| {
        hidden.get_or_insert_default();
    });
}

/// The place of a value that must not be in an address.
fn hidden(key: &str, value: &str) -> Option<String> {
    if !matches!(key, "q" | "rule" | "kind") && value.len() <= 40 {
        return None;
    }
    HIDDEN.with_borrow_mut(|hidden| {
        let hidden = hidden.as_mut()?;
        let at = hidden.iter().position(|known| known == value);
        let at = at.unwrap_or_else(|| {
            hidden.push(value.to_owned());
            hidden.len() - 1
        });
        Some(at.to_string())
    })
}

/// The value that stands at such a place; nothing for one of before the page was loaded anew.
fn found(value: String) -> String {
    let Some(at) = value.strip_prefix(HIDES) else {
        return value;
    };
    let at = at.parse::<usize>().unwrap_or(usize::MAX);
    HIDDEN
        .with_borrow(|hidden| hidden.as_ref()?.get(at).cloned())
        .unwrap_or_default()
}

/// Writes text so that it can stand in a path or a query. Letters of all scripts stay readable; browsers show them.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let plain = c.is_ascii_alphanumeric()
            || "-_.~:,!*()@".contains(c)
            || (!c.is_ascii() && !c.is_whitespace());
        if plain {
            out.push(c);
        } else {
            let mut bytes = [0; 4];
            for byte in c.encode_utf8(&mut bytes).bytes() {
                let digit = |d: u8| {
                    char::from_digit(u32::from(d), 16)
                        .unwrap_or('0')
                        .to_ascii_uppercase()
                };
                out.push('%');
                out.push(digit(byte >> 4));
                out.push(digit(byte & 15));
            }
        }
    }
    out
}

/// Reads such text; what is no proper escape stays as it is.
pub fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    loop {
        match rest {
            [] => break,
            [b'%', high, low, tail @ ..] => {
                let digit = |b: &u8| char::from(*b).to_digit(16);
                match (digit(high), digit(low)) {
                    (Some(high), Some(low)) => {
                        bytes.push((high * 16 + low) as u8);
                        rest = tail;
                    }
                    _ => {
                        bytes.push(b'%');
                        rest = rest.get(1..).unwrap_or_default();
                    }
                }
            }
            [byte, tail @ ..] => {
                bytes.push(if *byte == b'+' { b' ' } else { *byte });
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The current address, kept up to date. Call once in the root.
pub fn watch() -> Memo<Place> {
    let read = || Place::parse(&window().location().hash().unwrap_or_default());
    let place = RwSignal::new(read());
    let listener = window_event_listener(ev::hashchange, move |_| place.set(read()));
    on_cleanup(move || listener.remove());
    Memo::new(move |_| place.get())
}

/// Goes to a link (`#/orders`) as a click would.
pub fn navigate(href: &str) {
    // The hash of the document's own address: this cannot be refused.
    let _ = window().location().set_hash(href);
}

/// Changes the address without a new entry in the browser's history: filters and order of a list.
pub fn replace(href: &str) {
    let history = window().history();
    let replaced = history.and_then(|history| {
        history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(href))
    });
    match replaced {
        // `replaceState` tells nobody; the router hears of it through the same event as of everything else.
        Ok(()) => {
            if let Ok(event) = web_sys::Event::new("hashchange") {
                let _ = window().dispatch_event(&event);
            }
        }
        Err(_) => navigate(href),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_round_trip() {
        for hash in [
            "#/",
            "#/customers",
            "#/customers/new",
            "#/customers/0000100000001?tab=orders",
            "#/customers?q=李&sort=spend",
            "#/customers?rule=%7B%22attr%22:%22city%22,%22op%22:%22eq%22,%22value%22:%22A%26B%3D%25%22%7D",
            "#/orders/0000100000001",
            "#/segments/rfm",
            "#/points",
            "#/coupons",
            "#/coupons/0000100000001?tab=codes",
            "#/counter",
            "#/counter/0000100000001?order=0000100000002",
            "#/data",
            "#/data/duplicates",
            "#/data/quality?field=phone",
            "#/settings/backup",
            "#/settings/sync",
            "#/demo/cafe",
        ] {
            assert_eq!(Place::parse(hash).href(), hash);
            assert_ne!(
                Place::parse(hash).route.section(),
                Section::Unknown,
                "{hash}"
            );
        }
    }

    #[test]
    fn addresses_of_an_encrypted_workspace_tell_nothing() {
        keep_secret();
        let href = Route::Customers.with(&[("q", "李小明"), ("sort", "spend")]);
        assert_eq!(href, "#/customers?q=~*0&sort=spend");
        let place = Place::parse(&href);
        assert_eq!(place.params.get("q"), Some("李小明"));
        assert_eq!(place.href(), href);
        assert_eq!(Place::parse("#/customers?q=~*9").params.get("q"), None);
        assert_eq!(customers_by_rule("{}"), "#/customers?rule=~*1");
    }

    #[test]
    fn odd_addresses_are_no_error() {
        for hash in [
            "#/customers/xyz",
            "#/counter/xyz",
            "#/nowhere",
            "#/orders/1/2",
            "#%zz",
            "#/?%",
            "#//",
        ] {
            let _ = Place::parse(hash).href();
        }
        assert_eq!(Place::parse("").route, Route::Home);
        assert_eq!(Place::parse("#/import").href(), "#/data");
        assert_eq!(
            Place::parse("#/customers?q=a+b%20c").params.get("q"),
            Some("a b c")
        );
        assert_eq!(decode("100%"), "100%");
    }

    #[test]
    fn parameters_are_set_and_taken_away() {
        let params = Params::default()
            .set("q", "a")
            .set("sort", "name")
            .set("q", "b");
        assert_eq!(params.get("q"), Some("b"));
        assert_eq!(
            params.set("q", "").0,
            vec![("sort".to_owned(), "name".to_owned())]
        );
    }
}
