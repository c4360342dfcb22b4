//! QR codes: made for member cards, found in pictures of a camera.
//!
//! Invariant: knows nothing of ours: text in, squares out, and the other way round. No clock, no browser.

mod make;
mod read;

pub use make::{Code, TooLong, make};
pub use read::{SIDE_MAX, read};

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A picture of a code: `scale` pixels a module, a quiet zone, and a background of `paper` with ink of `ink`.
    fn picture(code: &Code, scale: usize, quiet: usize, paper: u8, ink: u8) -> (usize, Vec<u8>) {
        let modules = code.size() as usize;
        let side = (modules + 2 * quiet) * scale;
        let mut grey = vec![paper; side * side];
        for y in 0..modules * scale {
            for x in 0..modules * scale {
                if code.is_dark((x / scale) as u32, (y / scale) as u32) {
                    grey[(y + quiet * scale) * side + x + quiet * scale] = ink;
                }
            }
        }
        (side, grey)
    }

    #[test]
    fn what_is_made_can_be_read() {
        for text in [
            "shuke:member:0000100000001",
            "7",
            "王芳的会员卡",
            "https://example.com/a?b=c",
        ] {
            let code = make(text).unwrap();
            for (scale, paper, ink) in [(3, 255, 0), (4, 230, 60), (9, 200, 90)] {
                let (side, grey) = picture(&code, scale, 4, paper, ink);
                assert_eq!(
                    read(side as u32, side as u32, &grey).as_deref(),
                    Some(text),
                    "{text} at {scale} pixels"
                );
            }
        }
    }

    /// `public/element-code.js` makes codes for the loyalty card in other people's pages; its browser test holds it to
    /// this file.
    #[test]
    fn codes_of_the_elements_can_be_read() {
        let file = include_str!("../../tests/files/codes.txt");
        let mut lines = file.lines().peekable();
        let mut count = 0;
        while let Some(text) = lines.next() {
            let mut rows = Vec::new();
            while let Some(row) = lines.next_if(|line| line.bytes().all(|b| b == b'#' || b == b'.'))
            {
                rows.push(row.as_bytes());
            }
            let (scale, quiet) = (5, 4);
            let side = (rows.len() + 2 * quiet) * scale;
            let mut grey = vec![255; side * side];
            for (y, row) in rows.iter().enumerate() {
                for (x, _) in row
                    .iter()
                    .enumerate()
                    .filter(|(_, square)| **square == b'#')
                {
                    for at in 0..scale * scale {
                        let (dx, dy) = (at % scale, at / scale);
                        grey[((y + quiet) * scale + dy) * side + (x + quiet) * scale + dx] = 0;
                    }
                }
            }
            assert_eq!(read(side as u32, side as u32, &grey).as_deref(), Some(text));
            count += 1;
        }
        assert_eq!(count, 5);
    }

    #[test]
    fn a_turned_and_sheared_card_can_be_read() {
        let text = "shuke:member:0000100000001";
        let code = make(text).unwrap();
        let (side, flat) = picture(&code, 8, 4, 240, 20);
        // The camera's picture is 480 by 360; the card lies in it turned by 20 degrees and a little sheared.
        let (width, height) = (480i32, 360i32);
        let (sin, cos) = (0.342f64, 0.94f64);
        let mut grey = vec![128u8; (width * height) as usize];
        for y in 0..height {
            for x in 0..width {
                let (dx, dy) = (f64::from(x - width / 2), f64::from(y - height / 2));
                let u = (dx * cos + dy * sin) * 1.1 + side as f64 / 2.0;
                let v = (-dx * sin + dy * cos) * 1.05 + 0.05 * dx + side as f64 / 2.0;
                if u >= 0.0 && v >= 0.0 && (u as usize) < side && (v as usize) < side {
                    grey[(y * width + x) as usize] = flat[v as usize * side + u as usize];
                }
            }
        }
        assert_eq!(
            read(width as u32, height as u32, &grey).as_deref(),
            Some(text)
        );
    }

    #[test]
    fn pictures_without_a_code_and_wrong_sizes_give_nothing() {
        assert_eq!(read(0, 0, &[]), None);
        assert_eq!(read(10, 10, &[0; 99]), None, "fewer bytes than pixels");
        assert_eq!(read(SIDE_MAX + 1, 1, &vec![0; SIDE_MAX as usize + 1]), None);
        assert_eq!(read(64, 64, &[255; 64 * 64]), None);
        assert_eq!(read(64, 64, &[0; 64 * 64]), None);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert_eq!(make(&"x".repeat(5_000)), Err(TooLong));
    }

    #[test]
    fn the_path_draws_every_dark_module_once() {
        let code = make("shuke:member:0000100000001").unwrap();
        let dark = (0..code.size())
            .flat_map(|y| (0..code.size()).map(move |x| (x, y)))
            .filter(|&(x, y)| code.is_dark(x, y))
            .count();
        // Runs of a row: `M<x> <y>h<length>v1h-<length>z`.
        let drawn: usize = code
            .path()
            .split('M')
            .skip(1)
            .map(|run| {
                let length = run.split('h').nth(1).unwrap();
                length.split('v').next().unwrap().parse::<usize>().unwrap()
            })
            .sum();
        assert_eq!(drawn, dark);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        /// Whatever a camera sees must not end the worker: noise, stripes, and codes with parts torn off.
        #[test]
        fn no_picture_makes_it_panic(
            width in 1u32..90,
            height in 1u32..90,
            seed in any::<u64>(),
            levels in 2u8..6,
        ) {
            let mut state = seed | 1;
            let grey: Vec<u8> = (0..width * height)
                .map(|_| {
                    state ^= state << 13;
                    state ^= state >> 7;
                    state ^= state << 17;
                    ((state >> 33) as u8 % levels) * (255 / levels)
                })
                .collect();
            let _ = read(width, height, &grey);
        }

        #[test]
        fn no_damaged_code_makes_it_panic(
            text in "[a-z0-9:]{1,40}",
            holes in proptest::collection::vec((0usize..4_000, 1usize..400, any::<u8>()), 0..24),
            scale in 2usize..5,
        ) {
            let code = make(&text).unwrap();
            let (side, mut grey) = picture(&code, scale, 2, 255, 0);
            for (start, length, value) in holes {
                let count = grey.len();
                for at in start * 7..start * 7 + length {
                    grey[at % count] = value;
                }
            }
            let found = read(side as u32, side as u32, &grey);
            // A damaged code is read right or not at all: its error correction sees to that.
            prop_assert!(found.is_none() || found.as_deref() == Some(&text), "{found:?}");
        }
    }
}
