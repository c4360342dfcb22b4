//! Quantities in thousandths of a piece, as people read and write them: `2`, `0.35`.

use crate::pages::customers::plain_number;
use model::Decimal;

/// Thousandths of a piece.
const SCALE: u32 = 3;

/// `350` is `0.35`.
pub fn shown(milli: i64) -> String {
    let text = Decimal {
        units: milli,
        scale: SCALE,
    }
    .to_string();
    match text.split_once('.') {
        Some((whole, fraction)) => match fraction.trim_end_matches('0') {
            "" => whole.to_owned(),
            fraction => [whole, ".", fraction].concat(),
        },
        None => text,
    }
}

/// Reads what a person typed; `None` for what is no number above zero.
pub fn read(typed: &str) -> Option<i64> {
    let decimal: Decimal = plain_number(typed).parse().ok()?;
    decimal.to_scale(SCALE).ok().filter(|milli| *milli > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_round_trip() {
        for (typed, milli) in [
            ("2", Some(2_000)),
            ("0.35", Some(350)),
            ("１．５０", Some(1_500)),
            ("0", None),
            ("-1", None),
            ("0.0001", None),
            ("two", None),
        ] {
            assert_eq!(read(typed), milli, "{typed}");
        }
        for (milli, text) in [(2_000, "2"), (350, "0.35"), (12_500, "12.5"), (0, "0")] {
            assert_eq!(shown(milli), text);
        }
    }
}
