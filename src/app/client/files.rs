//! Files out of the browser, and the browser's promise to keep what is stored.

use js_sys::{Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, HtmlAnchorElement, StorageManager, Url};

/// How long a download's address stays valid; browsers read it some time after the click.
const ADDRESS_LIFE_MS: i32 = 60_000;

/// Lets the person save `blob` under `name`. False if the browser would not.
pub fn download(blob: &Blob, name: &str) -> bool {
    try_download(blob, name).is_ok()
}

fn try_download(blob: &Blob, name: &str) -> Result<(), JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    // In a host page the link is made and pressed inside our own place.
    let document = ui::dom::document();
    let body = document.body().ok_or(JsValue::NULL)?;
    let address = Url::create_object_url_with_blob(blob)?;
    let anchor: HtmlAnchorElement = document.create_element("a")?.unchecked_into();
    anchor.set_href(&address);
    anchor.set_download(name);
    anchor.set_hidden(true);
    body.append_child(&anchor)?;
    anchor.click();
    anchor.remove();
    let forget = wasm_bindgen::closure::Closure::once_into_js(move || {
        let _ = Url::revoke_object_url(&address);
    });
    window.set_timeout_with_callback_and_timeout_and_arguments_0(
        forget.unchecked_ref(),
        ADDRESS_LIFE_MS,
    )?;
    Ok(())
}

/// What the browser says about storage.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StorageEstimate {
    /// Bytes this site uses, roughly.
    pub usage: f64,
    /// Bytes it might use, as the browser guesses; no promise (a write can fail long before).
    pub quota: f64,
}

/// The storage manager; missing outside secure contexts (http on another host).
fn manager() -> Option<StorageManager> {
    let navigator = web_sys::window()?.navigator();
    let value = Reflect::get(&navigator, &"storage".into()).ok()?;
    value.dyn_into::<StorageManager>().ok()
}

/// Whether the browser promised not to evict the data. `None` when it cannot say.
pub async fn persisted() -> Option<bool> {
    let answer = JsFuture::from(manager()?.persisted().ok()?).await.ok()?;
    answer.as_bool()
}

/// Asks the browser to keep the data. Some ask the person, some decide by how much the site is used.
pub async fn persist() -> Option<bool> {
    let answer = JsFuture::from(manager()?.persist().ok()?).await.ok()?;
    answer.as_bool()
}

/// How much is used and might be.
pub async fn estimate() -> Option<StorageEstimate> {
    let answer: Object = JsFuture::from(manager()?.estimate().ok()?)
        .await
        .ok()?
        .unchecked_into();
    let number = |name: &str| Reflect::get(&answer, &name.into()).ok()?.as_f64();
    Some(StorageEstimate {
        usage: number("usage")?,
        quota: number("quota")?,
    })
}
