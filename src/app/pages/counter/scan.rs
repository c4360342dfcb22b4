//! Scanning a member's card with the camera: the page takes pictures, the worker reads them.

use super::Till;
use super::camera::{self, NoCamera};
use leptos::html;
use leptos::task::spawn_local;
use protocol::{CounterQuery, CounterReply, Query, Reply};
use std::time::Duration;
use text::Words;
use ui::Dialog;
use ui::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlCanvasElement, MediaStream};

/// The next picture is taken so long after the last one was read.
const PAUSE: Duration = Duration::from_millis(80);

/// How the camera stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stand {
    Starting,
    Looking,
    /// A code was read that is nobody's.
    Foreign,
    None(NoCamera),
}

#[derive(Clone, Copy)]
struct Scanner {
    till: Till,
    open: RwSignal<bool>,
    stand: RwSignal<Stand>,
    video: NodeRef<html::Video>,
    stream: StoredValue<Option<MediaStream>, LocalStorage>,
    canvas: StoredValue<Option<HtmlCanvasElement>, LocalStorage>,
}

/// The dialog with the camera's picture.
pub fn dialog(till: Till, open: RwSignal<bool>) -> AnyView {
    let words = till.words;
    view! {
        <Dialog open title=words.counter_scan_title().to_owned() close_label=words.counter_scan_stop()>
            {move || content(till, open)}
        </Dialog>
    }
    .into_any()
}

fn content(till: Till, open: RwSignal<bool>) -> AnyView {
    let words = till.words;
    let scanner = Scanner {
        till,
        open,
        stand: RwSignal::new(Stand::Starting),
        video: NodeRef::new(),
        stream: StoredValue::new_local(None),
        canvas: StoredValue::new_local(None),
    };
    // The camera's light must go out with the dialog, however that ends.
    let stream = scanner.stream;
    on_cleanup(move || {
        let _ = stream.try_update_value(|stream| {
            if let Some(stream) = stream.take() {
                camera::close(&stream);
            }
        });
    });
    spawn_local(async move { scanner.start().await });
    let picture = Memo::new(move |_| !matches!(scanner.stand.get(), Stand::None(_)));
    view! {
        <div class="scan">
            <video
                node_ref=scanner.video
                class="scan-picture"
                hidden=move || !picture.get()
                playsinline=true
                muted=true
                aria-hidden="true"
            ></video>
            <p role="status">{move || said(words, scanner.stand.get())}</p>
        </div>
    }
    .into_any()
}

fn said(words: Words, stand: Stand) -> &'static str {
    match stand {
        Stand::Starting => words.counter_scan_starting(),
        Stand::Looking => words.counter_scan_aim(),
        Stand::Foreign => words.counter_scan_foreign(),
        Stand::None(NoCamera::Missing) => words.counter_scan_none(),
        Stand::None(NoCamera::Denied) => words.counter_scan_denied(),
        Stand::None(NoCamera::Taken) => words.counter_scan_busy(),
        Stand::None(NoCamera::Insecure) => words.counter_scan_insecure(),
    }
}

impl Scanner {
    async fn start(self) {
        let stream = match camera::open().await {
            Ok(stream) => stream,
            Err(why) => {
                let _ = self.stand.try_set(Stand::None(why));
                return;
            }
        };
        let kept = self
            .stream
            .try_update_value(|kept| *kept = Some(stream.clone()));
        let video = self.video.try_get_untracked().flatten();
        let (Some(()), Some(video)) = (kept, video) else {
            // The person closed the dialog while the browser asked.
            camera::close(&stream);
            return;
        };
        video.set_src_object(Some(&stream));
        if let Ok(playing) = video.play() {
            let _ = JsFuture::from(playing).await;
        }
        let canvas = document().create_element("canvas").ok();
        let canvas = canvas.and_then(|it| wasm_bindgen::JsCast::dyn_into(it).ok());
        let _ = self.canvas.try_update_value(|kept| *kept = canvas);
        let _ = self.stand.try_set(Stand::Looking);
        self.look();
    }

    /// Takes a picture, has it read, and looks again; ends with the dialog.
    fn look(self) {
        let video = self.video.try_get_untracked().flatten();
        let canvas = self.canvas.try_get_value().flatten();
        let (Some(video), Some(canvas)) = (video, canvas) else {
            return;
        };
        let Some(frame) = camera::frame(&video, &canvas) else {
            return self.look_soon();
        };
        let query = Query::Counter(CounterQuery::Read(frame));
        let answer = self.till.state.client.query(query);
        spawn_local(async move {
            let text = match answer.await {
                Ok(Reply::Counter(reply)) => match *reply {
                    CounterReply::Read(text) => text,
                    _ => None,
                },
                _ => None,
            };
            match text {
                Some(text) if text.starts_with(protocol::MEMBER_CODE) => self.found(text),
                Some(_) => {
                    let _ = self.stand.try_set(Stand::Foreign);
                    self.look_soon();
                }
                None => self.look_soon(),
            }
        });
    }

    fn look_soon(self) {
        set_timeout(move || self.look(), PAUSE);
    }

    fn found(self, text: String) {
        // The dialog may have been closed meanwhile: then nothing is opened behind the person's back.
        if self.stand.try_get_untracked().is_none() {
            return;
        }
        let (till, open) = (self.till, self.open);
        let stand = self.stand;
        till.open_code(text, move || {
            let _ = stand.try_set(Stand::Foreign);
            self.look_soon();
        });
        // The member's page replaces this one, and the dialog with it; a stranger's card keeps it open.
        let _ = open;
    }
}
