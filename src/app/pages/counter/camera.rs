//! The camera: opened on request, its pictures as small grey frames, closed when nobody looks any more.

use js_sys::{Object, Reflect};
use protocol::{Bytes, Frame};
use ui::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    CanvasRenderingContext2d, HtmlCanvasElement, HtmlVideoElement, MediaDevices, MediaStream,
    MediaStreamConstraints, MediaStreamTrack,
};

/// Longest side of a frame: enough for a code at arm's length, small enough for ten a second.
const SIDE: f64 = 640.0;

/// Why there is no picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoCamera {
    /// The device has none.
    Missing,
    /// The person, or a rule of the browser, does not allow it.
    Denied,
    /// Another program has it.
    Taken,
    /// The page does not come over https.
    Insecure,
}

/// Opens the camera that looks away from the person, where there is a choice.
///
/// # Errors
/// Why there is no picture.
pub async fn open() -> Result<MediaStream, NoCamera> {
    let window = window();
    if !window.is_secure_context() {
        return Err(NoCamera::Insecure);
    }
    let devices = Reflect::get(&window.navigator(), &"mediaDevices".into())
        .ok()
        .filter(|devices| !devices.is_undefined())
        .ok_or(NoCamera::Missing)?
        .unchecked_into::<MediaDevices>();
    let video = Object::new();
    // Wishes, not conditions: a laptop's only camera looks at the person and will do.
    for (name, value) in [
        ("facingMode", JsValue::from_str("environment")),
        ("width", JsValue::from_f64(1280.0)),
        ("height", JsValue::from_f64(720.0)),
    ] {
        let ideal = Object::new();
        let _ = Reflect::set(&ideal, &"ideal".into(), &value);
        let _ = Reflect::set(&video, &name.into(), &ideal);
    }
    let constraints = MediaStreamConstraints::new();
    constraints.set_video(&video);
    let asked = devices
        .get_user_media_with_constraints(&constraints)
        .map_err(|error| why(&error))?;
    let stream = JsFuture::from(asked).await.map_err(|error| why(&error))?;
    Ok(stream.unchecked_into())
}

fn why(error: &JsValue) -> NoCamera {
    let name = Reflect::get(error, &"name".into()).ok();
    match name.and_then(|name| name.as_string()).as_deref() {
        Some("NotAllowedError" | "SecurityError") => NoCamera::Denied,
        Some("NotReadableError" | "AbortError") => NoCamera::Taken,
        _ => NoCamera::Missing,
    }
}

/// Gives the camera back.
pub fn close(stream: &MediaStream) {
    for track in stream.get_tracks().iter() {
        track.unchecked_into::<MediaStreamTrack>().stop();
    }
}

/// What the camera sees now, small and grey. `None` while there is no picture yet.
pub fn frame(video: &HtmlVideoElement, canvas: &HtmlCanvasElement) -> Option<Frame> {
    let (wide, high) = (
        f64::from(video.video_width()),
        f64::from(video.video_height()),
    );
    if wide < 1.0 || high < 1.0 {
        return None;
    }
    let scale = (SIDE / wide.max(high)).min(1.0);
    let (width, height) = ((wide * scale) as u32, (high * scale) as u32);
    canvas.set_width(width);
    canvas.set_height(height);
    let options = Object::new();
    let _ = Reflect::set(&options, &"willReadFrequently".into(), &true.into());
    let context: CanvasRenderingContext2d = canvas
        .get_context_with_context_options("2d", &options)
        .ok()??
        .unchecked_into();
    context
        .draw_image_with_html_video_element_and_dw_and_dh(
            video,
            0.0,
            0.0,
            f64::from(width),
            f64::from(height),
        )
        .ok()?;
    let pixels = context
        .get_image_data(0.0, 0.0, f64::from(width), f64::from(height))
        .ok()?
        .data()
        .0;
    Some(Frame {
        width,
        height,
        grey: Bytes(grey(&pixels)),
    })
}

/// Brightness of red, green, blue and transparency in a row (ITU-R BT.601, in 256ths).
fn grey(rgba: &[u8]) -> Vec<u8> {
    rgba.chunks_exact(4)
        .map(|pixel| match *pixel {
            [red, green, blue, _] => {
                ((u32::from(red) * 77 + u32::from(green) * 150 + u32::from(blue) * 29) >> 8) as u8
            }
            _ => 255,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_become_grey() {
        assert_eq!(grey(&[0, 0, 0, 255, 255, 255, 255, 255]), [0, 255]);
        assert_eq!(grey(&[255, 0, 0, 255]), [76]);
        assert_eq!(grey(&[0, 255, 0, 255]), [149]);
    }
}
