//! Credentials: kept on the device under a key that no program can read out, or in memory only.
//!
//! The key is an AES-GCM key of WebCrypto that cannot be exported, in IndexedDB, which stores the key itself and not its
//! bytes. What is encrypted with it lies beside it, bound to workspace and origin: moved under another name it does
//! not open.

use futures_channel::oneshot;
use js_sys::{Array, Object, Reflect, Uint8Array};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{CryptoKey, IdbDatabase, IdbFactory, IdbObjectStore, IdbRequest, SubtleCrypto};

const DATABASE: &str = "shuke-secrets";
const STORE: &str = "secrets";
const KEY: &str = "key";

/// A secret with the user's name.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret {
    /// The user's name, for `Basic`.
    pub user: String,
    /// Password, token or a header's value.
    pub secret: String,
}

fn subtle() -> Option<SubtleCrypto> {
    // Missing on insecure pages.
    let crypto = crate::time::scope().crypto().ok()?;
    let subtle = Reflect::get(&crypto, &"subtle".into()).ok()?;
    (!subtle.is_undefined()).then(|| subtle.unchecked_into())
}

/// What a request of IndexedDB comes to.
async fn result(request: &IdbRequest) -> Result<JsValue, JsValue> {
    let (sender, receiver) = oneshot::channel::<bool>();
    let sender = Rc::new(RefCell::new(Some(sender)));
    let tell = |good: bool| {
        let sender = Rc::clone(&sender);
        Closure::<dyn FnMut()>::new(move || {
            if let Some(sender) = sender.borrow_mut().take() {
                let _ = sender.send(good);
            }
        })
    };
    let (good, bad) = (tell(true), tell(false));
    request.set_onsuccess(Some(good.as_ref().unchecked_ref()));
    request.set_onerror(Some(bad.as_ref().unchecked_ref()));
    let came = receiver.await.unwrap_or(false);
    request.set_onsuccess(None);
    request.set_onerror(None);
    match came {
        true => request.result(),
        false => Err(JsValue::UNDEFINED),
    }
}

async fn open() -> Result<IdbDatabase, JsValue> {
    let factory = Reflect::get(&js_sys::global(), &"indexedDB".into())?;
    if factory.is_undefined() || factory.is_null() {
        return Err(JsValue::UNDEFINED);
    }
    let factory: IdbFactory = factory.unchecked_into();
    let request = factory.open_with_u32(DATABASE, 1)?;
    let made = request.clone();
    let upgrade = Closure::<dyn FnMut()>::new(move || {
        if let Ok(database) = made.result() {
            let database: IdbDatabase = database.unchecked_into();
            let _ = database.create_object_store(STORE);
        }
    });
    request.set_onupgradeneeded(Some(upgrade.as_ref().unchecked_ref()));
    let database = result(&request).await?;
    Ok(database.unchecked_into())
}

fn store(database: &IdbDatabase, write: bool) -> Result<IdbObjectStore, JsValue> {
    let mode = if write {
        web_sys::IdbTransactionMode::Readwrite
    } else {
        web_sys::IdbTransactionMode::Readonly
    };
    database
        .transaction_with_str_and_mode(STORE, mode)?
        .object_store(STORE)
}

fn put_field(object: &Object, name: &str, value: &JsValue) -> Result<(), JsValue> {
    Reflect::set(object, &name.into(), value).map(|_| ())
}

/// The key, made where there is none yet.
async fn key(database: &IdbDatabase, subtle: &SubtleCrypto) -> Result<CryptoKey, JsValue> {
    let known = result(&store(database, false)?.get(&KEY.into())?).await?;
    if !known.is_undefined() {
        return Ok(known.unchecked_into());
    }
    let form = Object::new();
    put_field(&form, "name", &"AES-GCM".into())?;
    put_field(&form, "length", &256.into())?;
    let uses = Array::of2(&"encrypt".into(), &"decrypt".into());
    let made = subtle.generate_key_with_object(&form, false, &uses)?;
    let made = JsFuture::from(made).await?;
    result(&store(database, true)?.put_with_key(&made, &KEY.into())?).await?;
    Ok(made.unchecked_into())
}

/// How it is encrypted: a fresh nonce each time, and what it belongs to.
fn form(nonce: &Uint8Array, workspace: &str, origin: &str) -> Result<Object, JsValue> {
    let form = Object::new();
    put_field(&form, "name", &"AES-GCM".into())?;
    put_field(&form, "iv", nonce)?;
    let bound = format!("shuke secret\n{workspace}\n{origin}");
    put_field(
        &form,
        "additionalData",
        &Uint8Array::from(bound.as_bytes()).into(),
    )?;
    Ok(form)
}

/// Keeps a secret on the device; false where the browser cannot.
pub async fn keep(workspace: &str, origin: &str, secret: &Secret) -> bool {
    keep_inner(workspace, origin, secret).await.is_ok()
}

async fn keep_inner(workspace: &str, origin: &str, secret: &Secret) -> Result<(), JsValue> {
    let subtle = subtle().ok_or(JsValue::UNDEFINED)?;
    let database = open().await?;
    let key = key(&database, &subtle).await?;
    let nonce = Uint8Array::from(crate::random::bytes::<12>().as_slice());
    let text = format!("{}\n{}", secret.user, secret.secret);
    let plain = Uint8Array::from(text.as_bytes());
    let sealed = subtle.encrypt_with_object_and_buffer_source(
        &form(&nonce, workspace, origin)?,
        &key,
        &plain,
    )?;
    let sealed = JsFuture::from(sealed).await?;
    let row = Object::new();
    put_field(&row, "nonce", &nonce)?;
    put_field(&row, "sealed", &sealed)?;
    let name = format!("secret {workspace}");
    let put = store(&database, true)?.put_with_key(&row, &name.into())?;
    result(&put).await?;
    database.close();
    Ok(())
}

/// The secret of a workspace for an origin; `None` where there is none, or it cannot be opened.
pub async fn recall(workspace: &str, origin: &str) -> Option<Secret> {
    recall_inner(workspace, origin).await.ok().flatten()
}

async fn recall_inner(workspace: &str, origin: &str) -> Result<Option<Secret>, JsValue> {
    let subtle = subtle().ok_or(JsValue::UNDEFINED)?;
    let database = open().await?;
    let name = format!("secret {workspace}");
    let row = result(&store(&database, false)?.get(&name.into())?).await?;
    if row.is_undefined() {
        return Ok(None);
    }
    let key = key(&database, &subtle).await?;
    let nonce: Uint8Array = Reflect::get(&row, &"nonce".into())?.unchecked_into();
    let sealed = Reflect::get(&row, &"sealed".into())?;
    let opened = subtle.decrypt_with_object_and_buffer_source(
        &form(&nonce, workspace, origin)?,
        &key,
        sealed.unchecked_ref::<Object>(),
    )?;
    let opened = JsFuture::from(opened).await?;
    database.close();
    let text =
        String::from_utf8(Uint8Array::new(&opened).to_vec()).map_err(|_| JsValue::UNDEFINED)?;
    Ok(text.split_once('\n').map(|(user, secret)| Secret {
        user: user.to_owned(),
        secret: secret.to_owned(),
    }))
}

/// Forgets the secret of a workspace.
pub async fn forget(workspace: &str) {
    let forgotten: Result<(), JsValue> = async {
        let database = open().await?;
        let name = format!("secret {workspace}");
        result(&store(&database, true)?.delete(&name.into())?).await?;
        database.close();
        Ok(())
    }
    .await;
    // Where there is no such database there is nothing to forget.
    let _ = forgotten;
}
