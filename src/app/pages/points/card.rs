//! The member card: name, tier, number and a QR code, to print or to save as a picture.
//!
//! The code's content is `shuke:member:<id>`: nothing about the person, and worthless outside of this workspace. The
//! drawing has its colours in itself, so that the saved file looks the same everywhere; they come from the tokens.

use super::member::Panel;
use crate::client::download;
use crate::state::{use_ask, use_status, use_words};
use js_sys::{Array, Reflect};
use leptos::task::spawn_local;
use protocol::{CodeView, CounterCard, CounterQuery, CounterReply, Query, Reply};
use text::Words;
use ui::prelude::*;
use ui::{Button, Dialog, Look, icon};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, BlobPropertyBag, CanvasRenderingContext2d, HtmlCanvasElement, HtmlImageElement,
};

/// Width and height of the drawing: a bank card (85.6 by 53.98 mm) in tenths of a millimetre.
const SIZE: (u32, u32) = (856, 540);

/// Pixels of the saved picture for each unit of the drawing: 600 dots per inch.
const SCALE: f64 = 2.36;

/// Side of the white field with the code, and the quiet zone in it, in modules.
const FIELD: u32 = 320;
const QUIET: u32 = 4;

/// The id by which the drawing is found when it is saved.
const DRAWING: &str = "member-card";

/// The dialog with the card.
pub fn card_dialog(panel: Panel) -> AnyView {
    let words = use_words();
    view! {
        <Dialog
            open=panel.card
            title=words.member_card_title().to_owned()
            close_label=words.act_close()
            size="wide"
        >
            {move || content(words, panel)}
        </Dialog>
    }
    .into_any()
}

fn content(words: Words, panel: Panel) -> AnyView {
    let customer = panel.customer;
    let card = use_ask(move || Query::Counter(CounterQuery::Card { customer }));
    let code = use_ask(move || Query::Counter(CounterQuery::Code { customer }));
    let both = Memo::new(move |_| {
        let card = match card.reply().as_deref() {
            Some(Reply::Counter(reply)) => match &**reply {
                CounterReply::Card(card) => card.clone(),
                _ => return None,
            },
            _ => return None,
        };
        match code.reply().as_deref() {
            Some(Reply::Counter(reply)) => match &**reply {
                CounterReply::Code(code) => Some((card, code.clone())),
                _ => None,
            },
            _ => None,
        }
    });
    let drawn = move || match both.get() {
        Some((card, code)) => shown(words, panel, &card, &code),
        // Either answer's skeleton, or why there is none.
        None => code.view("tiles", |_| ().into_any()),
    };
    drawn.into_any()
}

fn shown(words: Words, panel: Panel, card: &CounterCard, code: &CodeView) -> AnyView {
    let name = if card.name.is_empty() {
        words.points_unnamed().to_owned()
    } else {
        card.name.clone()
    };
    let file = [&name, "-", words.member_card_file()].concat();
    let (svg_name, png_name) = ([&file, ".svg"].concat(), [&file, ".png"].concat());
    let as_svg = move |()| {
        if let Some(blob) = svg_blob() {
            download(&blob, &svg_name);
        }
    };
    let toasts = panel.state.toasts;
    let as_png = move |()| {
        let name = png_name.clone();
        spawn_local(async move {
            match png_blob().await {
                Some(blob) => {
                    download(&blob, &name);
                }
                None => toasts.wrong(words.member_card_failed()),
            }
        });
    };
    let print = move |()| {
        // A page that cannot print itself has nothing else to offer.
        let _ = window().print();
    };
    view! {
        <div class="member-card">
            <div class="print-sheet card-sheet">{drawing(words, card, code, name)}</div>
            <p class="note">{words.member_card_hint()}</p>
            <div class="dialog-foot">
                <Button label=words.member_card_svg() icon=icon::DOWNLOAD on_press=as_svg/>
                <Button label=words.member_card_png() icon=icon::DOWNLOAD on_press=as_png/>
                <Button
                    label=words.member_card_print()
                    look=Look::Primary
                    icon=icon::PRINT
                    on_press=print
                />
            </div>
        </div>
    }
    .into_any()
}

/// A colour or a face of the page, as the drawing needs it in itself.
fn token(name: &str) -> String {
    let style = document()
        .document_element()
        .and_then(|root| window().get_computed_style(&root).ok().flatten());
    style
        .and_then(|style| style.get_property_value(name).ok())
        .map(|value| value.trim().to_owned())
        .unwrap_or_default()
}

/// A text that is too long for its line is set smaller: about half an em a Latin letter, one em a Chinese character.
fn size_for(text: &str, width: u32, size: u32) -> u32 {
    let halves: u32 = text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    let fits = 2 * width / halves.max(1);
    size.min(fits).max(20)
}

fn drawing(words: Words, card: &CounterCard, code: &CodeView, name: String) -> AnyView {
    let business = use_status().with_untracked(|status| {
        status
            .as_ref()
            .map(|status| status.settings.name.clone())
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| words.shell_brand().to_owned())
    });
    let tier = card
        .member
        .as_ref()
        .and_then(|member| member.tier_name.clone())
        .unwrap_or_else(|| words.member_card_member().to_owned());
    let (width, height) = SIZE;
    let number = [words.member_card_number(), " ", &card.number].concat();
    // The code with its quiet zone fills the white field.
    let modules = code.size + 2 * QUIET;
    let place = format!(
        "translate({} {}) scale({})",
        width - FIELD - 50,
        (height - FIELD) / 2,
        f64::from(FIELD) / f64::from(modules)
    );
    let inner = format!("translate({QUIET} {QUIET})");
    let label = [&name, " · ", &tier, " · ", &card.number].concat();
    let (paper, ink) = (token("--card-paper"), token("--card-ink"));
    let (quiet, field, dark) = (
        token("--card-quiet"),
        token("--card-field"),
        token("--card-code"),
    );
    let face = token("--face");
    let text_width = width - FIELD - 150;
    view! {
        <svg
            id=DRAWING
            viewBox=format!("0 0 {width} {height}")
            role="img"
            aria-label=label
            font-family=face
        >
            <rect width=width height=height rx="32" fill=paper></rect>
            <text x="56" y="100" font-size=size_for(&business, text_width, 36) fill=quiet.clone()>{business.clone()}</text>
            <text x="56" y="290" font-size=size_for(&name, text_width, 72) font-weight="600" fill=ink.clone()>{name.clone()}</text>
            <text x="56" y="350" font-size=size_for(&tier, text_width, 34) fill=ink>{tier.clone()}</text>
            <text x="56" y="476" font-size=size_for(&number, text_width, 28) fill=quiet>{number.clone()}</text>
            <g transform=place>
                <rect width=modules height=modules rx="2" fill=field></rect>
                <path transform=inner d=code.path.clone() fill=dark shape-rendering="crispEdges"></path>
            </g>
        </svg>
    }
    .into_any()
}

/// The drawing as a file.
fn svg_blob() -> Option<Blob> {
    let drawing = document().get_element_by_id(DRAWING)?;
    // A file needs a size of its own, in millimetres; on the page the place decides.
    let copy: web_sys::Element = drawing.clone_node_with_deep(true).ok()?.unchecked_into();
    copy.set_attribute("width", "85.6mm").ok()?;
    copy.set_attribute("height", "54mm").ok()?;
    copy.remove_attribute("id").ok()?;
    let text = web_sys::XmlSerializer::new()
        .ok()?
        .serialize_to_string(&copy)
        .ok()?;
    let options = BlobPropertyBag::new();
    options.set_type("image/svg+xml");
    let parts = Array::of1(&text.into());
    Blob::new_with_str_sequence_and_options(&parts, &options).ok()
}

/// The drawing as a picture.
async fn png_blob() -> Option<Blob> {
    let address = web_sys::Url::create_object_url_with_blob(&svg_blob()?).ok()?;
    let picture = paint(&address).await;
    let _ = web_sys::Url::revoke_object_url(&address);
    picture
}

async fn paint(address: &str) -> Option<Blob> {
    let image = HtmlImageElement::new().ok()?;
    image.set_src(address);
    JsFuture::from(image.decode()).await.ok()?;
    let canvas: HtmlCanvasElement = document().create_element("canvas").ok()?.unchecked_into();
    let (width, height) = (f64::from(SIZE.0) * SCALE, f64::from(SIZE.1) * SCALE);
    canvas.set_width(width as u32);
    canvas.set_height(height as u32);
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.unchecked_into();
    context
        .draw_image_with_html_image_element_and_dw_and_dh(&image, 0.0, 0.0, width, height)
        .ok()?;
    let (sender, receiver) = futures_channel::oneshot::channel();
    let taken = Closure::once_into_js(move |blob: JsValue| {
        // Nobody waits any more when the page was left.
        let _ = sender.send(blob);
    });
    let to_blob: js_sys::Function = Reflect::get(&canvas, &"toBlob".into())
        .ok()?
        .dyn_into()
        .ok()?;
    to_blob.call1(&canvas, &taken).ok()?;
    receiver.await.ok()?.dyn_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_set_smaller() {
        assert_eq!(size_for("王芳", 386, 72), 72);
        assert_eq!(size_for("Maximiliane von Oberhausen", 386, 72), 29);
        assert_eq!(size_for(&"长".repeat(60), 386, 72), 20);
        assert_eq!(size_for("", 386, 72), 72);
    }
}
