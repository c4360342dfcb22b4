//! Workbooks that a person brings, taken apart into their sheets by a worker of their own.
//!
//! That worker (crate `sheets`) is fetched when the first workbook comes, does one file and is ended: a file that is too
//! much for it ends it and nothing else. What comes back are files again, one for each sheet, in the form that the
//! worker of the data reads (`FileFormat::Sheet`); they are held by the browser and pass through this page as names only.
//!
//! Called by parts that are fetched on demand, never by the first piece of the page.

use js_sys::{Array, ArrayBuffer, Reflect, Uint8Array};
use protocol::{Fault, FaultCode};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, File, MessageEvent, Worker, WorkerOptions, WorkerType};

/// A sheet of a workbook, or a file out of an archive.
pub struct SheetFile {
    /// What an import takes, by the name of the workbook and, if it has several sheets, of the sheet.
    pub file: File,
    /// The name on the sheet's tab; that of the file inside an archive.
    pub sheet: String,
    /// Whoever made the workbook has hidden the sheet.
    pub hidden: bool,
}

/// The bytes that tell a workbook from other files.
const HEAD_BYTES: f64 = 64.0;

/// What the worker said and nobody heard yet, `None` when it failed; and who waits for it.
#[derive(Default)]
struct Said {
    queue: VecDeque<Option<JsValue>>,
    waits: Option<Waker>,
}

fn say(said: &RefCell<Said>, what: Option<JsValue>) {
    let mut said = said.borrow_mut();
    said.queue.push_back(what);
    if let Some(waits) = said.waits.take() {
        waits.wake();
    }
}

/// Takes a workbook apart; `Ok(None)` for a file of any other kind, which an import takes as it is.
///
/// # Errors
/// `UnreadableFile`, with `found` naming what is in the way: `password`, `damaged`, `bomb`, `empty_workbook`, `archive`
/// (without any table), `xlsb`. `Cancelled` is not among them: dropping the future ends the work.
pub async fn open(file: &File) -> Result<Option<Vec<SheetFile>>, Fault> {
    let head = file
        .slice_with_f64_and_f64(0.0, HEAD_BYTES)
        .map_err(|_| unreadable("damaged"))?;
    let buffer: ArrayBuffer = JsFuture::from(head.array_buffer())
        .await
        .map_err(|_| unreadable("damaged"))?
        .unchecked_into();
    if !is_workbook(&Uint8Array::new(&buffer).to_vec()) {
        return Ok(None);
    }
    let desk = Desk::start()?;
    let mut sheets: Vec<(Blob, SheetFile)> = Vec::new();
    loop {
        let Some(said) = desk.hear().await else {
            return Err(unreadable("damaged"));
        };
        if said.as_string().as_deref() == Some("listening") {
            let _ = desk.worker.post_message(file);
            continue;
        }
        let parts: Array = said.unchecked_into();
        let text = |at: u32| parts.get(at).as_string().unwrap_or_default();
        match text(0).as_str() {
            "table" => sheets.push(table(&parts, file)),
            "done" => break,
            _ => return Err(unreadable(&text(1))),
        }
    }
    let several = sheets.len() > 1;
    let named = |(blob, mut sheet): (Blob, SheetFile)| {
        if several {
            let name = format!("{} › {}", file.name(), sheet.sheet);
            sheet.file = file_of(&blob, &name)?;
        } else {
            sheet.file = file_of(&blob, &file.name())?;
        }
        Some(sheet)
    };
    Ok(Some(sheets.into_iter().filter_map(named).collect()))
}

/// What the worker says of a table; its file gets its name when all are known.
fn table(parts: &Array, file: &File) -> (Blob, SheetFile) {
    let sheet = SheetFile {
        file: file.clone(),
        sheet: parts.get(1).as_string().unwrap_or_default(),
        hidden: parts.get(2).as_string().as_deref() == Some("hidden"),
    };
    (parts.get(5).unchecked_into(), sheet)
}

fn file_of(blob: &Blob, name: &str) -> Option<File> {
    File::new_with_blob_sequence(&Array::of1(blob), name).ok()
}

fn unreadable(found: &str) -> Fault {
    Fault::new(FaultCode::UnreadableFile).found(found)
}

/// Packed workbooks, old ones, and pages or XML that go by their name. Text files of tables never begin with `<`.
fn is_workbook(head: &[u8]) -> bool {
    let packed = head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06");
    let old = head.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let markup = text.trim_ascii_start().first() == Some(&b'<');
    packed || old || markup
}

/// The worker that reads workbooks; dropping it ends it.
struct Desk {
    worker: Worker,
    said: Rc<RefCell<Said>>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(web_sys::Event)>,
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

impl Desk {
    fn start() -> Result<Self, Fault> {
        let failed = |error: JsValue| {
            let detail = Reflect::get(&error, &"message".into());
            let detail = detail.ok().and_then(|text| text.as_string());
            Fault::new(FaultCode::WorkerFailed).detail(detail.unwrap_or_default())
        };
        let url = address().map_err(failed)?;
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        options.set_name("shuke-sheets");
        let worker = Worker::new_with_options(&url, &options).map_err(failed)?;
        let said = Rc::new(RefCell::new(Said::default()));
        let (heard, failed) = (said.clone(), said.clone());
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            say(&heard, Some(event.data()));
        });
        let on_error = Closure::<dyn FnMut(web_sys::Event)>::new(move |event: web_sys::Event| {
            event.prevent_default();
            say(&failed, None);
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(Self {
            worker,
            said,
            _on_message: on_message,
            _on_error: on_error,
        })
    }

    async fn hear(&self) -> Option<JsValue> {
        poll_fn(|context| {
            let mut said = self.said.borrow_mut();
            match said.queue.pop_front() {
                Some(what) => Poll::Ready(what),
                None => {
                    said.waits = Some(context.waker().clone());
                    Poll::Pending
                }
            }
        })
        .await
    }
}

/// The start script of the page (`boot.js`) names the worker, relative to the page.
fn address() -> Result<String, JsValue> {
    let document = ui::dom::document();
    let name = document
        .query_selector("script[data-sheets]")?
        .and_then(|script| script.get_attribute("data-sheets"))
        .ok_or_else(|| JsValue::from_str("the page names no reader of workbooks"))?;
    let base = document.base_uri()?.unwrap_or_default();
    Ok(web_sys::Url::new_with_base(&name, &base)?.href())
}
