//! One line of a card: `item1.TEL;TYPE=CELL,VOICE;PREF=1:+86 138 0000 0000`.

use encoding_rs::{Encoding, GB18030, UTF_8, WINDOWS_1252};

/// A property with its parameters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    /// What ties lines together (`item1`), in lower case.
    pub(super) group: String,
    /// Its name in upper case.
    pub(super) name: String,
    /// Its parameters: name in upper case (that of a bare word of 2.1 is `TYPE` or `ENCODING`), value as written.
    pub(super) parameters: Vec<(String, String)>,
    /// Its value, decoded but with its escapes.
    pub(super) value: String,
}

/// Whether a line ends with the `=` by which quoted-printable text goes on.
pub(super) fn is_soft(line: &str) -> bool {
    let quoted = || {
        let head = line.split(':').next().unwrap_or_default();
        head.to_ascii_uppercase().contains("QUOTED-PRINTABLE")
    };
    line.ends_with('=') && quoted()
}

impl Line {
    /// Takes a line apart; `None` for one without a name.
    pub(super) fn read(text: &str) -> Option<Self> {
        let colon = outside_quotes(text, ':')?;
        let (head, value) = (text.get(..colon)?, text.get(colon + 1..)?);
        let mut parts = split_quoted(head, ';').into_iter();
        let full = parts.next()?.trim();
        let (group, name) = full.rsplit_once('.').unwrap_or(("", full));
        if name.is_empty()
            || !name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        {
            return None;
        }
        let parameters: Vec<(String, String)> = parts.map(parameter).collect();
        let mut line = Self {
            group: group.to_ascii_lowercase(),
            name: name.to_ascii_uppercase(),
            parameters,
            value: String::new(),
        };
        line.value = match line.encoding().as_deref() {
            Some("QUOTED-PRINTABLE" | "Q") => quoted_printable(value, line.charset()),
            // Pictures, sounds and keys.
            Some("BASE64" | "B") => String::new(),
            _ => value.to_owned(),
        };
        Some(line)
    }

    fn parameter(&self, wanted: &str) -> Option<&str> {
        let mut found = self.parameters.iter().filter(|(name, _)| name == wanted);
        found.next().map(|(_, value)| value.as_str())
    }

    fn encoding(&self) -> Option<String> {
        self.parameter("ENCODING").map(str::to_ascii_uppercase)
    }

    fn charset(&self) -> &'static Encoding {
        let name = self.parameter("CHARSET").unwrap_or_default();
        match name.to_ascii_uppercase().as_str() {
            "GBK" | "GB2312" | "GB18030" | "X-GBK" | "CP936" => GB18030,
            "ISO-8859-1" | "WINDOWS-1252" | "LATIN1" => WINDOWS_1252,
            _ => UTF_8,
        }
    }

    /// Whether it says so of itself: `TYPE=CELL`, `TYPE="cell,voice"`, or `CELL` alone.
    pub(super) fn is(&self, wanted: &str) -> bool {
        self.parameters.iter().any(|(name, value)| {
            name == "TYPE"
                && value
                    .split(',')
                    .any(|word| word.trim().eq_ignore_ascii_case(wanted))
        })
    }

    /// How much it is preferred: 1 first, 100 last, and 101 where nothing is said.
    pub(super) fn preference(&self) -> u32 {
        if self.is("pref") {
            return 1;
        }
        let stated = self
            .parameter("PREF")
            .and_then(|value| value.trim().parse().ok());
        stated.unwrap_or(101)
    }

    /// The value of a parameter as it is written.
    pub(super) fn stated(&self, wanted: &str) -> Option<&str> {
        self.parameter(wanted)
    }

    /// The value without its escapes.
    pub(super) fn text(&self) -> String {
        unescape(&self.value)
    }

    /// The parts of the value between semicolons, each with what its commas part joined by blanks.
    pub(super) fn parts(&self) -> Vec<String> {
        let parts = split_escaped(&self.value, ';');
        let words = |part: &str| {
            let list = split_escaped(part, ',');
            let list = list.iter().map(|word| unescape(word).trim().to_owned());
            list.filter(|word| !word.is_empty())
                .collect::<Vec<_>>()
                .join(" ")
        };
        parts.into_iter().map(words).collect()
    }

    /// The words of the value between commas.
    pub(super) fn words(&self) -> Vec<String> {
        let words = split_escaped(&self.value, ',');
        let words = words
            .into_iter()
            .map(|word| unescape(word).trim().to_owned());
        words.filter(|word| !word.is_empty()).collect()
    }
}

/// `TYPE=CELL`, `"` around its value or not; 2.1 leaves the name out.
fn parameter(text: &str) -> (String, String) {
    let (name, value) = match text.split_once('=') {
        Some((name, value)) => (name.trim().to_ascii_uppercase(), value.trim()),
        None => {
            let word = text.trim();
            let encoding = ["QUOTED-PRINTABLE", "BASE64", "B"];
            let is_encoding = encoding.iter().any(|it| word.eq_ignore_ascii_case(it));
            let name = if is_encoding { "ENCODING" } else { "TYPE" };
            (name.to_owned(), word)
        }
    };
    let value = value.trim_matches('"');
    // RFC 6868: what quotes cannot hold.
    let value = value
        .replace("^n", "\n")
        .replace("^'", "\"")
        .replace("^^", "^");
    (name, value)
}

fn outside_quotes(text: &str, wanted: char) -> Option<usize> {
    let mut quoted = false;
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            c if c == wanted && !quoted => return Some(at),
            _ => {}
        }
    }
    // A quote that is never closed.
    text.find(wanted)
}

fn split_quoted(text: &str, between: char) -> Vec<&str> {
    let (mut parts, mut start, mut quoted) = (Vec::new(), 0, false);
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            c if c == between && !quoted => {
                parts.push(text.get(start..at).unwrap_or_default());
                start = at + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(text.get(start..).unwrap_or_default());
    parts
}

/// Splits where no backslash stands before.
fn split_escaped(text: &str, between: char) -> Vec<&str> {
    let (mut parts, mut start, mut escaped) = (Vec::new(), 0, false);
    for (at, c) in text.char_indices() {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if c == between {
            parts.push(text.get(start..at).unwrap_or_default());
            start = at + c.len_utf8();
        }
    }
    parts.push(text.get(start..).unwrap_or_default());
    parts
}

/// `\n`, `\,`, `\;`, `\:` and `\\`; a backslash before anything else is one.
fn unescape(text: &str) -> String {
    if !text.contains('\\') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n' | 'N') => out.push('\n'),
            Some(c @ (',' | ';' | ':' | '\\')) => out.push(c),
            Some(c) => out.extend(['\\', c]),
            None => out.push('\\'),
        }
    }
    out
}

/// `=E9=99=88` as bytes in `charset`; what is no escape stands for itself.
fn quoted_printable(text: &str, charset: &'static Encoding) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    loop {
        rest = match rest {
            [] => break,
            [b'=', a, b, tail @ ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => {
                let digit = |c: u8| char::from(c).to_digit(16).unwrap_or(0) as u8;
                bytes.push(digit(*a) * 16 + digit(*b));
                tail
            }
            [byte, tail @ ..] => {
                bytes.push(*byte);
                tail
            }
        };
    }
    charset.decode_without_bom_handling(&bytes).0.into_owned()
}
