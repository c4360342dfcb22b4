//! Reading a code in a picture.

/// Widest and highest picture that is looked at.
pub const SIDE_MAX: u32 = 1_280;

/// Longest text a code may give; member codes have 26 characters, anything very long is not ours.
const TEXT_MAX: usize = 512;

/// The text of the first code that can be read in a grey picture (`width * height` bytes, row by row, 0 is black).
/// `None` where there is none, and for a picture whose bytes do not fit its size.
pub fn read(width: u32, height: u32, grey: &[u8]) -> Option<String> {
    if width == 0 || height == 0 || width > SIDE_MAX || height > SIDE_MAX {
        return None;
    }
    let (width, height) = (width as usize, height as usize);
    if grey.len() != width * height {
        return None;
    }
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| {
        grey.get(y * width + x).copied().unwrap_or(255)
    });
    picture
        .detect_grids()
        .iter()
        .find_map(|grid| grid.decode().ok())
        .map(|(_, text)| text)
        .filter(|text| text.len() <= TEXT_MAX)
}
