//! The transport: one request of `sync` by the browser's fetch, within its bounds.
//!
//! Cookies never go along; credentials are one header, and only to the origin that they are bound to. Redirections are
//! not followed: a page cannot see where one leads before its headers are there. Bytes are counted while they stream
//! in, after the browser inflated them.

use crate::time;
use futures_util::future::{Either, select};
use js_sys::{Array, Object, Reflect, Uint8Array};
use std::pin::pin;
use sync::{Answer, Bounds, Fault, FaultCode, Outcome, Request};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Headers, ReadableStreamDefaultReader, Response};

/// The one header that says who we are, and where it may go.
#[derive(Clone, Default)]
pub struct Credentials {
    /// The origin that it is bound to.
    pub origin: String,
    /// Name and value.
    pub header: Option<(String, String)>,
}

/// What a browser's silence about a refused request is told by.
pub const CSP: &str = "content-security-policy";

fn fault(code: FaultCode) -> Fault {
    Fault::new(code, "", "", "")
}

/// Sends a request and reads its answer.
///
/// # Errors
/// Why there is no answer: see [`sync::Outcome`].
pub async fn send(
    request: &Request,
    credentials: &Credentials,
    abort: &AbortController,
) -> Outcome {
    sync::check_address(&request.url)?;
    let navigator = time::scope().navigator();
    if !navigator.on_line() && !is_local(&request.url) {
        return Err(fault(FaultCode::Offline));
    }
    if is_mixed(&request.url) {
        return Err(fault(FaultCode::MixedContent));
    }
    let init = init(request, credentials, abort).map_err(|_| fault(FaultCode::Address))?;
    let promise = time::scope().fetch_with_str_and_init(&request.url, init.unchecked_ref());
    let answering = pin!(JsFuture::from(promise));
    let bounds = request.bounds;
    let total = pin!(time::sleep(millis(bounds.total_ms)));
    let work = pin!(async {
        let idle = pin!(time::sleep(millis(bounds.idle_ms)));
        let response = match select(answering, idle).await {
            Either::Left((Ok(response), _)) => response,
            Either::Left((Err(error), _)) => return Err(unanswered(&error, request).await),
            Either::Right(_) => return Err(fault(FaultCode::TimeOut)),
        };
        let response: Response = response.unchecked_into();
        read(&response, request, bounds).await
    });
    let outcome = match select(work, total).await {
        Either::Left((outcome, _)) => outcome,
        Either::Right(_) => Err(fault(FaultCode::TimeOut)),
    };
    if outcome.is_err() {
        abort.abort();
    }
    outcome
}

fn millis(ms: u64) -> i32 {
    i32::try_from(ms).unwrap_or(i32::MAX)
}

fn set(object: &Object, name: &str, value: impl Into<JsValue>) -> Result<(), JsValue> {
    Reflect::set(object, &name.into(), &value.into()).map(|_| ())
}

/// The second argument of fetch, as a plain object.
fn init(
    request: &Request,
    credentials: &Credentials,
    abort: &AbortController,
) -> Result<Object, JsValue> {
    let headers = Headers::new()?;
    for (name, value) in &request.headers {
        headers.set(name, value)?;
    }
    if let Some((name, value)) = &credentials.header
        && sync::may_send_credentials(&credentials.origin, &request.url)
    {
        headers.set(name, value)?;
    }
    let init = Object::new();
    set(&init, "method", request.method.name())?;
    set(&init, "headers", headers)?;
    set(&init, "credentials", "omit")?;
    set(&init, "redirect", "manual")?;
    set(&init, "cache", "no-store")?;
    set(&init, "referrerPolicy", "no-referrer")?;
    set(&init, "mode", "cors")?;
    set(&init, "signal", abort.signal())?;
    if let Some(body) = &request.body {
        set(&init, "body", body.as_str())?;
    }
    Ok(init)
}

/// The address is this machine's: there is no network to be away.
fn is_local(url: &str) -> bool {
    let origin = sync::origin(url).unwrap_or_default();
    origin.starts_with("http://")
}

/// A secure page may ask an insecure address only on this machine.
fn is_mixed(url: &str) -> bool {
    let ours = time::origin();
    ours.starts_with("https://") && url.starts_with("http://") && !is_local(url)
}

async fn read(response: &Response, request: &Request, bounds: Bounds) -> Outcome {
    if response.type_() == web_sys::ResponseType::Opaqueredirect || response.redirected() {
        return Err(fault(FaultCode::Redirected));
    }
    let mut answer = Answer {
        status: response.status(),
        headers: headers_of(response),
        body: String::new(),
    };
    let good = response.ok();
    if good && !request.wants_body {
        if let Some(body) = response.body() {
            let _ = JsFuture::from(body.cancel()).await;
        }
        return Ok(answer);
    }
    let announced: Option<u64> = answer
        .header("content-length")
        .and_then(|length| length.parse().ok());
    if announced.is_some_and(|length| length > bounds.max_bytes) {
        return Err(Fault::new(
            FaultCode::TooLarge,
            "",
            &announced.unwrap_or(0).to_string(),
            &bounds.max_bytes.to_string(),
        ));
    }
    let bytes = match response.body() {
        Some(body) => {
            let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
            stream(&reader, bounds).await?
        }
        None => Vec::new(),
    };
    answer.body = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    };
    if answer.body.starts_with('\u{feff}') {
        answer.body.remove(0);
    }
    Ok(answer)
}

/// Reads to the end, within the bounds.
async fn stream(reader: &ReadableStreamDefaultReader, bounds: Bounds) -> Result<Vec<u8>, Fault> {
    let mut bytes: Vec<u8> = Vec::new();
    loop {
        let next = pin!(JsFuture::from(reader.read()));
        let idle = pin!(time::sleep(millis(bounds.idle_ms)));
        let piece = match select(next, idle).await {
            Either::Left((Ok(piece), _)) => piece,
            // The connection broke off in the middle.
            Either::Left((Err(_), _)) => return Err(fault(FaultCode::Incomplete)),
            Either::Right(_) => return Err(fault(FaultCode::TimeOut)),
        };
        let done = Reflect::get(&piece, &"done".into()).is_ok_and(|done| done.is_truthy());
        if done {
            return Ok(bytes);
        }
        let value = Reflect::get(&piece, &"value".into()).unwrap_or(JsValue::UNDEFINED);
        let value: Uint8Array = value.unchecked_into();
        let length = u64::from(value.length());
        if bytes.len() as u64 + length > bounds.max_bytes {
            return Err(Fault::new(
                FaultCode::TooLarge,
                "",
                "",
                &bounds.max_bytes.to_string(),
            ));
        }
        let from = bytes.len();
        bytes.resize(from + value.length() as usize, 0);
        if let Some(room) = bytes.get_mut(from..) {
            value.copy_to(room);
        }
    }
}

fn headers_of(response: &Response) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let Ok(entries) = js_sys::try_iter(&response.headers()) else {
        return found;
    };
    for entry in entries.into_iter().flatten().flatten() {
        let pair: Array = entry.unchecked_into();
        if let (Some(name), Some(value)) = (pair.get(0).as_string(), pair.get(1).as_string()) {
            found.push((name.to_lowercase(), value));
        }
    }
    found
}

/// Why fetch gave nothing: the browser says only that it did not.
async fn unanswered(error: &JsValue, request: &Request) -> Fault {
    let name = Reflect::get(error, &"name".into()).ok();
    if name.and_then(|name| name.as_string()).as_deref() == Some("AbortError") {
        return fault(FaultCode::Cancelled);
    }
    if !time::scope().navigator().on_line() && !is_local(&request.url) {
        return fault(FaultCode::Offline);
    }
    if time::was_forbidden(&request.url) {
        return Fault::new(FaultCode::Unreachable, "", CSP, "");
    }
    // Whether anybody is there at all: without a header of ours, and without looking at the answer.
    let init = Object::new();
    let asked = set(&init, "mode", "no-cors")
        .and_then(|()| set(&init, "credentials", "omit"))
        .and_then(|()| set(&init, "redirect", "manual"))
        .and_then(|()| set(&init, "cache", "no-store"))
        .and_then(|()| set(&init, "referrerPolicy", "no-referrer"));
    if asked.is_err() {
        return fault(FaultCode::Unreachable);
    }
    let Some(origin) = sync::origin(&request.url) else {
        return fault(FaultCode::Unreachable);
    };
    let promise = time::scope().fetch_with_str_and_init(&origin, init.unchecked_ref());
    let answer = pin!(JsFuture::from(promise));
    let patience = pin!(time::sleep(10_000));
    match select(answer, patience).await {
        Either::Left((Ok(_), _)) => fault(FaultCode::Cors),
        _ => fault(FaultCode::Unreachable),
    }
}
