//! Making a code.

use qrcode::{Color, EcLevel, QrCode};

/// A code as squares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    size: u32,
    dark: Vec<bool>,
}

/// More text than a code holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong;

/// Makes the code of a text. A quarter of it may be worn off or dirty and it is still read (error correction Q).
///
/// # Errors
/// [`TooLong`], above some 1,600 bytes.
pub fn make(text: &str) -> Result<Code, TooLong> {
    let code = QrCode::with_error_correction_level(text, EcLevel::Q).map_err(|_| TooLong)?;
    Ok(Code {
        size: code.width() as u32,
        dark: code
            .to_colors()
            .into_iter()
            .map(|color| color == Color::Dark)
            .collect(),
    })
}

impl Code {
    /// Modules on a side, without the quiet zone of four that belongs around it.
    pub fn size(&self) -> u32 {
        self.size
    }

    /// Whether the module in this column and row is dark; outside it is not.
    pub fn is_dark(&self, x: u32, y: u32) -> bool {
        let at = y as usize * self.size as usize + x as usize;
        x < self.size && self.dark.get(at).copied().unwrap_or(false)
    }

    /// SVG path data of the dark modules, one unit each, a rectangle for every run in a row.
    pub fn path(&self) -> String {
        let mut path = String::new();
        for y in 0..self.size {
            let mut x = 0;
            while x < self.size {
                let run = (x..self.size).take_while(|&at| self.is_dark(at, y)).count() as u32;
                if run > 0 {
                    path.push_str(&format!("M{x} {y}h{run}v1h-{run}z"));
                }
                x += run.max(1);
            }
        }
        path
    }
}
