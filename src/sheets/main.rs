//! The worker that reads workbooks: started by the page for one file, ended when that is read.
//!
//! It says `listening`, is sent the file (a `Blob`) and answers with `["table", name, part, rows, columns, blob]` for
//! each table (`part` is `sheet`, `hidden` or `file`), then `["done"]`; or with `["refused", why]`. A file that is too
//! much for it ends this worker and nothing else.
//!
//! Natively the program is empty: the crate's library is what tests use.

#[cfg(target_arch = "wasm32")]
mod desk {
    use js_sys::{Array, ArrayBuffer, Uint8Array};
    use sheets::{Part, Sink};
    use wasm_bindgen::prelude::*;
    use wasm_bindgen_futures::{JsFuture, spawn_local};
    use web_sys::{Blob, BlobPropertyBag, DedicatedWorkerGlobalScope, MessageEvent};

    fn scope() -> DedicatedWorkerGlobalScope {
        js_sys::global().unchecked_into()
    }

    fn say(parts: &[&JsValue]) {
        let message: Array = parts.iter().copied().collect();
        let _ = scope().post_message(&message);
    }

    /// Pieces of the table at hand; the browser holds them, on disk if they are many.
    struct Pieces {
        name: JsValue,
        part: &'static str,
        list: Array,
    }

    impl Sink for Pieces {
        fn begin(&mut self, name: &str, part: Part) {
            self.name = name.into();
            self.part = match part {
                Part::Sheet { hidden: false } => "sheet",
                Part::Sheet { hidden: true } => "hidden",
                Part::File => "file",
            };
            self.list = Array::new();
        }

        fn bytes(&mut self, bytes: &[u8]) {
            self.list.push(&Uint8Array::new_from_slice(bytes));
        }

        fn end(&mut self, rows: u32, columns: u32) {
            let options = BlobPropertyBag::new();
            options.set_type("text/plain");
            if let Ok(blob) = Blob::new_with_u8_array_sequence_and_options(&self.list, &options) {
                let part = JsValue::from(self.part);
                say(&[
                    &"table".into(),
                    &self.name,
                    &part,
                    &rows.into(),
                    &columns.into(),
                    &blob,
                ]);
            }
            self.list = Array::new();
        }
    }

    async fn read(file: Blob) {
        let Ok(buffer) = JsFuture::from(file.array_buffer()).await else {
            return say(&[&"refused".into(), &"gone".into()]);
        };
        let bytes = Uint8Array::new(&buffer.unchecked_into::<ArrayBuffer>()).to_vec();
        let mut pieces = Pieces {
            name: JsValue::NULL,
            part: "sheet",
            list: Array::new(),
        };
        match sheets::read(&bytes, &mut pieces) {
            Ok(()) => say(&[&"done".into()]),
            Err(refused) => say(&[&"refused".into(), &refused.name().into()]),
        }
    }

    pub fn listen() {
        console_error_panic_hook::set_once();
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(|event: MessageEvent| {
            if let Ok(file) = event.data().dyn_into::<Blob>() {
                spawn_local(read(file));
            }
        });
        scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        on_message.forget();
        let _ = scope().post_message(&"listening".into());
    }
}

fn main() {
    #[cfg(target_arch = "wasm32")]
    desk::listen();
}
