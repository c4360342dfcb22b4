//! A small JSON reader. Numbers stay text, so that decimals are exact, and it costs the page a few kilobytes.

use super::RuleError;

/// Values may nest this deep; a rule of the deepest allowed kind needs less.
const MAX_NESTING: usize = 128;

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json {
    Null,
    Flag(bool),
    /// As it was written.
    Number(String),
    Text(String),
    List(Vec<Json>),
    /// In the order written; no key twice.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// The value as a person would recognise it, shortened.
    pub(super) fn shown(&self) -> String {
        match self {
            Json::Null => "null".to_owned(),
            Json::Flag(flag) => flag.to_string(),
            Json::Number(number) => short(number),
            Json::Text(text) => format!("\"{}\"", short(text)),
            Json::List(items) => format!("a list of {}", items.len()),
            Json::Object(entries) if entries.is_empty() => "an empty object".to_owned(),
            Json::Object(entries) => {
                let keys: Vec<String> = entries.iter().take(8).map(|(key, _)| short(key)).collect();
                format!("an object with {}", keys.join(", "))
            }
        }
    }
}

fn short(text: &str) -> String {
    let mut shown: String = text.chars().take(60).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

/// Reads one JSON value and nothing behind it.
pub(super) fn read(text: &str) -> Result<Json, RuleError> {
    let mut reader = Reader { text, at: 0 };
    let value = reader.value(0)?;
    reader.blanks();
    match reader.peek() {
        None => Ok(value),
        Some(_) => Err(reader.wrong("the end of the text")),
    }
}

struct Reader<'t> {
    text: &'t str,
    /// Byte offset, always on a character's first byte.
    at: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn eat(&mut self, token: &str) -> bool {
        let there = self.rest().starts_with(token);
        if there {
            self.at += token.len();
        }
        there
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(' ' | '\t' | '\n' | '\r')) {
            self.at += 1;
        }
    }

    fn wrong(&self, expected: &str) -> RuleError {
        let found = match self.rest() {
            "" => "the end".to_owned(),
            rest => short(rest),
        };
        RuleError {
            path: String::new(),
            found: format!("at byte {}: {found}", self.at),
            expected: format!("JSON: {expected}"),
        }
    }

    fn value(&mut self, depth: usize) -> Result<Json, RuleError> {
        if depth > MAX_NESTING {
            return Err(self.wrong("no more than 128 levels"));
        }
        self.blanks();
        match self.peek() {
            Some('{') => self.object(depth),
            Some('[') => self.list(depth),
            Some('"') => self.string().map(Json::Text),
            Some('-' | '0'..='9') => self.number(),
            _ if self.eat("true") => Ok(Json::Flag(true)),
            _ if self.eat("false") => Ok(Json::Flag(false)),
            _ if self.eat("null") => Ok(Json::Null),
            _ => Err(self.wrong("a value")),
        }
    }

    fn list(&mut self, depth: usize) -> Result<Json, RuleError> {
        self.at += 1;
        let mut items = Vec::new();
        self.blanks();
        if self.eat("]") {
            return Ok(Json::List(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            self.blanks();
            if self.eat("]") {
                return Ok(Json::List(items));
            }
            if !self.eat(",") {
                return Err(self.wrong(", or ]"));
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Json, RuleError> {
        self.at += 1;
        let mut entries: Vec<(String, Json)> = Vec::new();
        self.blanks();
        if self.eat("}") {
            return Ok(Json::Object(entries));
        }
        loop {
            self.blanks();
            if self.peek() != Some('"') {
                return Err(self.wrong("a key in quotes"));
            }
            let start = self.at;
            let key = self.string()?;
            if entries.iter().any(|(known, _)| *known == key) {
                self.at = start;
                return Err(self.wrong("each key once"));
            }
            self.blanks();
            if !self.eat(":") {
                return Err(self.wrong(":"));
            }
            let value = self.value(depth + 1)?;
            entries.push((key, value));
            self.blanks();
            if self.eat("}") {
                return Ok(Json::Object(entries));
            }
            if !self.eat(",") {
                return Err(self.wrong(", or }"));
            }
        }
    }

    fn number(&mut self) -> Result<Json, RuleError> {
        let start = self.at;
        self.eat("-");
        let whole = self.digits();
        let plain = whole == 1
            || (whole > 1
                && !self
                    .text_from(start)
                    .trim_start_matches('-')
                    .starts_with('0'));
        let fraction = !self.eat(".") || self.digits() > 0;
        let exponent = if self.eat("e") || self.eat("E") {
            if !self.eat("-") {
                self.eat("+");
            }
            self.digits() > 0
        } else {
            true
        };
        if plain && fraction && exponent {
            Ok(Json::Number(self.text_from(start).to_owned()))
        } else {
            self.at = start;
            Err(self.wrong("a number"))
        }
    }

    fn digits(&mut self) -> usize {
        let count = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        self.at += count;
        count
    }

    fn text_from(&self, start: usize) -> &str {
        self.text.get(start..self.at).unwrap_or("")
    }

    fn string(&mut self) -> Result<String, RuleError> {
        self.at += 1;
        let mut text = String::new();
        loop {
            let before = self.at;
            match self.next() {
                Some('"') => return Ok(text),
                Some('\\') => text.push(self.escaped()?),
                Some(plain) if plain >= ' ' => text.push(plain),
                _ => {
                    self.at = before;
                    return Err(self.wrong("the closing quote"));
                }
            }
        }
    }

    fn escaped(&mut self) -> Result<char, RuleError> {
        let start = self.at;
        let found = match self.next() {
            Some('"') => Some('"'),
            Some('\\') => Some('\\'),
            Some('/') => Some('/'),
            Some('b') => Some('\u{8}'),
            Some('f') => Some('\u{c}'),
            Some('n') => Some('\n'),
            Some('r') => Some('\r'),
            Some('t') => Some('\t'),
            Some('u') => self.unicode(),
            _ => None,
        };
        found.ok_or_else(|| {
            self.at = start;
            self.wrong("an escape")
        })
    }

    fn unicode(&mut self) -> Option<char> {
        let first = self.hex4()?;
        if (0xd800..0xdc00).contains(&first) {
            if !self.eat("\\u") {
                return None;
            }
            let second = self.hex4()?;
            if !(0xdc00..0xe000).contains(&second) {
                return None;
            }
            return char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00));
        }
        char::from_u32(first)
    }

    fn hex4(&mut self) -> Option<u32> {
        let digits = self.rest().get(..4)?;
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let number = u32::from_str_radix(digits, 16).ok()?;
        self.at += 4;
        Some(number)
    }
}

/// Writes a string with its quotes.
pub(super) fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if control < ' ' => {
                out.push_str("\\u00");
                for digit in [control as u32 >> 4, control as u32 & 15] {
                    out.push(char::from_digit(digit, 16).unwrap_or('0'));
                }
            }
            plain => out.push(plain),
        }
    }
    out.push('"');
}
