//! The amount and its keys: a field that a keyboard or a scanner can write to as well, and keys for a thumb.

use crate::pages::customers::plain_number;
use model::{Currency, Money};
use text::Words;
use ui::prelude::*;
use ui::{Icon, icon};

/// Digits before the point that an amount can have.
const WHOLE_DIGITS: usize = 9;

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// A digit.
    Digit(char),
    /// The decimal point.
    Point,
    /// Two zeros, for currencies without decimals.
    Zeros,
    /// Takes the last character away.
    Delete,
}

/// Makes an amount in the making of whatever was typed: digits and one point, with no more decimals than the currency
/// has. What does not fit is left out, so that a key too many changes nothing.
pub fn tidy(typed: &str, currency: Currency) -> String {
    let decimals = currency.decimals() as usize;
    let plain = plain_number(typed);
    let (mut whole, mut fraction) = (String::new(), None::<String>);
    for c in plain.chars() {
        match (c, &mut fraction) {
            ('.', None) if decimals > 0 => fraction = Some(String::new()),
            ('0'..='9', None) if whole.len() < WHOLE_DIGITS => {
                if whole == "0" {
                    whole.clear();
                }
                whole.push(c);
            }
            ('0'..='9', Some(fraction)) if fraction.len() < decimals => fraction.push(c),
            _ => {}
        }
    }
    match fraction {
        None => whole,
        Some(fraction) => {
            let whole = if whole.is_empty() { "0" } else { &whole };
            [whole, ".", &fraction].concat()
        }
    }
}

/// The amount after a key.
pub fn press(text: &str, key: Key, currency: Currency) -> String {
    match key {
        Key::Digit(digit) => {
            let mut text = text.to_owned();
            text.push(digit);
            tidy(&text, currency)
        }
        Key::Point => tidy(&[text, "."].concat(), currency),
        Key::Zeros if text.is_empty() => String::new(),
        Key::Zeros => tidy(&[text, "00"].concat(), currency),
        Key::Delete => {
            let mut text = text.to_owned();
            text.pop();
            if text == "0" { String::new() } else { text }
        }
    }
}

/// The amount that the text says, if it is above zero.
pub fn read(text: &str, currency: Currency) -> Option<Money> {
    let plain = tidy(text, currency);
    let plain = plain.strip_suffix('.').unwrap_or(&plain);
    Money::parse(plain, currency)
        .ok()
        .filter(|money| money.0 > 0)
}

/// The keys.
pub fn keypad(words: Words, amount: RwSignal<String>, currency: Currency) -> AnyView {
    let key = |label: &'static str, key: Key| {
        view! {
            <button
                type="button"
                class="key"
                on:click=move |_| amount.update(|text| *text = press(text, key, currency))
            >
                {label}
            </button>
        }
        .into_any()
    };
    let digits = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];
    let keys: Vec<AnyView> = digits
        .into_iter()
        .map(|label| key(label, Key::Digit(label.chars().next().unwrap_or('0'))))
        .collect();
    let left = if currency.decimals() > 0 {
        key(".", Key::Point)
    } else {
        key("00", Key::Zeros)
    };
    view! {
        <div class="keypad" role="group" aria-label=words.counter_keys()>
            {keys}
            {left}
            {key("0", Key::Digit('0'))}
            <button
                type="button"
                class="key"
                aria-label=words.counter_key_delete()
                on:click=move |_| amount.update(|text| *text = press(text, Key::Delete, currency))
            >
                <Icon glyph=icon::BACKSPACE/>
            </button>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_make_amounts() {
        let yen = Currency::parse("JPY").unwrap();
        for (currency, keys, text) in [
            (Currency::CNY, "35.5", "35.5"),
            (Currency::CNY, "35.507", "35.50"),
            (Currency::CNY, "3..5", "3.5"),
            (Currency::CNY, ".5", "0.5"),
            (Currency::CNY, "007", "7"),
            (Currency::CNY, "12x", "1"),
            (Currency::CNY, "1xx", ""),
            (Currency::CNY, "0.xx", ""),
            (Currency::CNY, "12345678901", "123456789"),
            (yen, "35.5", "355"),
            (yen, "z", ""),
            (yen, "5z", "500"),
        ] {
            let typed = keys.chars().fold(String::new(), |text, c| {
                let key = match c {
                    '.' => Key::Point,
                    'x' => Key::Delete,
                    'z' => Key::Zeros,
                    digit => Key::Digit(digit),
                };
                press(&text, key, currency)
            });
            assert_eq!(typed, text, "{keys}");
        }
    }

    #[test]
    fn amounts_are_read_exactly() {
        let yen = Currency::parse("JPY").unwrap();
        for (currency, text, money) in [
            (Currency::CNY, "35.5", Some(3_550)),
            (Currency::CNY, "35.", Some(3_500)),
            (Currency::CNY, "0.01", Some(1)),
            (Currency::CNY, "0", None),
            (Currency::CNY, "", None),
            (Currency::CNY, "１２．５", Some(1_250)),
            (yen, "1200", Some(1_200)),
        ] {
            assert_eq!(read(text, currency), money.map(Money), "{text}");
        }
    }
}
