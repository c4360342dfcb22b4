//! The clock, and waiting: the only places where the worker lets go of its thread.

use futures_channel::oneshot;
use model::Timestamp;
use std::cell::RefCell;
use std::collections::VecDeque;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{DedicatedWorkerGlobalScope, MessageChannel, MessageEvent};

/// The global object of the worker.
pub fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// Now.
pub fn now() -> Timestamp {
    Timestamp(now_ms() as i64)
}

/// Milliseconds since 1970, for measuring.
pub fn now_ms() -> f64 {
    js_sys::Date::now()
}

/// Wakes its waiters one by one, each in a task of its own.
struct Ticker {
    channel: MessageChannel,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
}

thread_local! {
    static WAITING: RefCell<VecDeque<oneshot::Sender<()>>> = const { RefCell::new(VecDeque::new()) };
    static TICKER: Option<Ticker> = start_ticker();
}

fn start_ticker() -> Option<Ticker> {
    let channel = MessageChannel::new().ok()?;
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(|_| {
        let next = WAITING.with(|waiting| waiting.borrow_mut().pop_front());
        if let Some(next) = next {
            let _ = next.send(());
        }
    });
    channel
        .port1()
        .set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    Some(Ticker {
        channel,
        _on_message: on_message,
    })
}

/// Lets the event loop serve messages that have come in, then goes on. A message channel, because a timer of 0 ms
/// takes 4 ms when timers nest.
pub async fn let_others() {
    let (sender, receiver) = oneshot::channel();
    let posted = TICKER.with(|ticker| match ticker {
        None => false,
        Some(ticker) => {
            WAITING.with(|waiting| waiting.borrow_mut().push_back(sender));
            ticker.channel.port2().post_message(&JsValue::NULL).is_ok()
        }
    });
    if posted {
        let _ = receiver.await;
    } else {
        sleep(0).await;
    }
}

/// Goes on after `ms` milliseconds.
pub async fn sleep(ms: i32) {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        // Fails only where there are no timers, and then nothing would run at all.
        let _ = scope().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, ms);
    });
    let _ = JsFuture::from(promise).await;
}

/// Where this worker's program comes from.
pub fn origin() -> String {
    scope().location().origin()
}

thread_local! {
    /// Addresses that the content security policy of the host forbade.
    static FORBIDDEN: RefCell<VecDeque<String>> = const { RefCell::new(VecDeque::new()) };
}

/// So many are remembered.
const FORBIDDEN_KEPT: usize = 20;

/// Whether the content security policy forbade an address.
pub fn was_forbidden(url: &str) -> bool {
    FORBIDDEN.with(|forbidden| {
        let forbidden = forbidden.borrow();
        forbidden
            .iter()
            .any(|blocked| !blocked.is_empty() && url.starts_with(blocked.as_str()))
    })
}

/// Calls back whenever the network comes or goes, for as long as the worker lives; and begins to note what the content
/// security policy forbids.
pub fn on_network_change(work: impl Fn() + 'static) {
    let listener = Closure::<dyn FnMut()>::new(work);
    let target = scope();
    for name in ["online", "offline"] {
        let _ = target.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
    }
    listener.forget();
    let violated = Closure::<dyn FnMut(JsValue)>::new(|event: JsValue| {
        let blocked = js_sys::Reflect::get(&event, &"blockedURI".into()).ok();
        if let Some(blocked) = blocked.and_then(|blocked| blocked.as_string()) {
            FORBIDDEN.with(|forbidden| {
                let mut forbidden = forbidden.borrow_mut();
                forbidden.push_back(blocked);
                if forbidden.len() > FORBIDDEN_KEPT {
                    forbidden.pop_front();
                }
            });
        }
    });
    let _ = target.add_event_listener_with_callback(
        "securitypolicyviolation",
        violated.as_ref().unchecked_ref(),
    );
    violated.forget();
}
