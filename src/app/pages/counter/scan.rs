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
use web_sys::{HtmlCanvasElement, HtmlVideoElement, MediaStream};

/// The next picture is taken so long after the last one was read.
const PAUSE: Duration = Duration::from_millis(80);

/// After a member's code was read there is time for the page to change before the next picture.
const AFTER_FOUND: Duration = Duration::from_millis(600);

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
}

/// An open camera with what its pictures go through.
struct Eye {
    stream: MediaStream,
    video: HtmlVideoElement,
    canvas: HtmlCanvasElement,
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
    };
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
    /// Whether somebody still looks. The camera's light must go out with the dialog, however that ends: each step of
    /// the loop asks, so that it does not hang on what the dialog owned.
    fn is_open(self) -> bool {
        self.open.try_get_untracked() == Some(true) && self.stand.try_get_untracked().is_some()
    }

    async fn start(self) {
        let stream = match camera::open().await {
            Ok(stream) => stream,
            Err(why) => {
                let _ = self.stand.try_set(Stand::None(why));
                return;
            }
        };
        let video = self.video.try_get_untracked().flatten();
        let (true, Some(video)) = (self.is_open(), video) else {
            // The person closed the dialog while the browser asked.
            camera::close(&stream);
            return;
        };
        video.set_src_object(Some(&stream));
        if let Ok(playing) = video.play() {
            let _ = JsFuture::from(playing).await;
        }
        let canvas = document().create_element("canvas").ok();
        let Some(canvas) = canvas.and_then(|it| wasm_bindgen::JsCast::dyn_into(it).ok()) else {
            camera::close(&stream);
            return;
        };
        let _ = self.stand.try_set(Stand::Looking);
        self.look(Eye {
            stream,
            video,
            canvas,
        });
    }

    /// Takes a picture, has it read, and looks again; ends with the dialog.
    fn look(self, eye: Eye) {
        if !self.is_open() {
            camera::close(&eye.stream);
            return;
        }
        let Some(frame) = camera::frame(&eye.video, &eye.canvas) else {
            return self.look_soon(eye);
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
                // Nothing is opened behind the back of a person who has closed the dialog meanwhile.
                Some(text) if text.starts_with(protocol::MEMBER_CODE) && self.is_open() => {
                    self.found(text, eye);
                }
                Some(_) => {
                    let _ = self.stand.try_set(Stand::Foreign);
                    self.look_soon(eye);
                }
                None => self.look_soon(eye),
            }
        });
    }

    fn look_soon(self, eye: Eye) {
        set_timeout(move || self.look(eye), PAUSE);
    }

    /// A member's code: their page takes the place of this one, and the dialog goes with it.
    fn found(self, text: String, eye: Eye) {
        let stand = self.stand;
        self.till.open_code(text, move || {
            let _ = stand.try_set(Stand::Foreign);
        });
        // Looks on for a card of this shop, or sees that the page is gone and gives the camera back.
        set_timeout(move || self.look(eye), AFTER_FOUND);
    }
}
