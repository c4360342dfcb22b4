//! Reads locale files and writes the typed [`Words`](crate::Words) methods; runs in `build.rs` and under test.
//!
//! A locale file has one text a line: `key = text with {name} and {count}`. A line that starts with white space
//! continues the text above it; `#` starts a comment line. `{count}` and `{#other}` are numbers (written with
//! the language's grouping), every other placeholder is text. `key[one]` and `key[other]` are plural forms,
//! chosen by `{count}`; Chinese has only the plain form.
//!
//! The method is named `<file>_<key>` with every character that is no letter or digit turned into `_`; its
//! arguments come in the order in which they first appear in the English text. A file whose first line is
//! `#! find` also gets a function `<file>_find(code)` that looks a text without placeholders up by its key.

use std::collections::BTreeMap;

/// One piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Words as they are.
    Plain(String),
    /// A text put in by its name.
    Text(String),
    /// A number put in by its name.
    Number(String),
}

/// The forms of one text in one language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Forms {
    /// For exactly one, where it differs.
    pub one: Option<Vec<Piece>>,
    /// For everything else.
    pub other: Vec<Piece>,
}

/// One area (file) in one language: key to forms.
pub type Area = BTreeMap<String, Forms>;

/// Splits a text at its placeholders.
///
/// # Errors
/// A brace that is never closed, or an empty or odd name.
pub fn pieces(text: &str) -> Result<Vec<Piece>, String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((plain, tail)) = rest.split_once('{') {
        if !plain.is_empty() {
            found.push(Piece::Plain(plain.to_owned()));
        }
        let (name, after) = tail
            .split_once('}')
            .ok_or_else(|| format!("a {{ is never closed in `{text}`"))?;
        let (name, number) = match name.strip_prefix('#') {
            Some(name) => (name, true),
            None => (name, name == "count"),
        };
        let good = name.starts_with(|c: char| c.is_ascii_lowercase())
            && name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if !good {
            return Err(format!("`{{{name}}}` is no placeholder name"));
        }
        found.push(if number {
            Piece::Number(name.to_owned())
        } else {
            Piece::Text(name.to_owned())
        });
        rest = after;
    }
    if !rest.is_empty() {
        found.push(Piece::Plain(rest.to_owned()));
    }
    Ok(found)
}

/// Reads one locale file.
///
/// # Errors
/// Every line that is no text, every key that comes twice, every plural without `other`.
pub fn read(content: &str) -> Result<Area, Vec<String>> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    for (number, line) in content.lines().enumerate() {
        if line.starts_with('#') || line.trim().is_empty() {
            continue;
        }
        match lines.last_mut() {
            Some((_, above)) if line.starts_with(char::is_whitespace) => {
                above.push(' ');
                above.push_str(line.trim());
            }
            _ => lines.push((number + 1, line.trim_end().to_owned())),
        }
    }
    let mut area = Area::new();
    let mut plain: BTreeMap<String, bool> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (number, line) in lines {
        if let Err(why) = read_line(&line, &mut area, &mut plain) {
            wrong.push(format!("line {number}: {why}"));
        }
    }
    for (key, has_other) in plain {
        if !has_other {
            wrong.push(format!("`{key}` has a form [one] but no [other]"));
        }
    }
    if wrong.is_empty() {
        Ok(area)
    } else {
        Err(wrong)
    }
}

fn read_line(
    line: &str,
    area: &mut Area,
    complete: &mut BTreeMap<String, bool>,
) -> Result<(), String> {
    let (key, text) = line
        .split_once('=')
        .ok_or_else(|| format!("`{line}` has no `=`"))?;
    let pieces = pieces(text.trim())?;
    let key = key.trim();
    let (key, one) = match key.strip_suffix("[one]") {
        Some(key) => (key, true),
        None => (key.strip_suffix("[other]").unwrap_or(key), false),
    };
    if key.is_empty()
        || !key
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
    {
        return Err(format!("`{key}` is no key: letters, digits, `.`, `_`, `-`"));
    }
    let forms = area.entry(key.to_owned()).or_default();
    let has_other = complete.entry(key.to_owned()).or_default();
    if one {
        if forms.one.replace(pieces).is_some() {
            return Err(format!("`{key}[one]` comes twice"));
        }
    } else {
        if *has_other {
            return Err(format!("`{key}` comes twice"));
        }
        forms.other = pieces;
        *has_other = true;
    }
    Ok(())
}

/// Name and number-or-text of the placeholders of a text, in order of first appearance.
pub fn arguments(forms: &Forms) -> Vec<(String, bool)> {
    let mut found: Vec<(String, bool)> = Vec::new();
    for piece in forms.other.iter().chain(forms.one.iter().flatten()) {
        let (name, number) = match piece {
            Piece::Plain(_) => continue,
            Piece::Text(name) => (name, false),
            Piece::Number(name) => (name, true),
        };
        if !found.iter().any(|(known, _)| known == name) {
            found.push((name.clone(), number));
        }
    }
    if forms.one.is_some() && !found.iter().any(|(name, _)| name == "count") {
        found.insert(0, ("count".to_owned(), true));
    }
    found
}

/// What one language lacks or has too much of against the other.
pub fn differences(name: &str, zh: &Area, en: &Area) -> Vec<String> {
    let mut wrong = Vec::new();
    for (key, forms) in zh {
        match en.get(key) {
            None => wrong.push(format!("en/{name}.txt lacks `{key}`")),
            Some(other) => {
                let mut left = arguments(forms);
                let mut right = arguments(other);
                left.sort();
                right.sort();
                if left != right {
                    wrong.push(format!(
                        "{name}.txt: `{key}` has placeholders {left:?} in zh-CN and {right:?} in en"
                    ));
                }
            }
        }
    }
    for key in en.keys().filter(|key| !zh.contains_key(*key)) {
        wrong.push(format!("zh-CN/{name}.txt lacks `{key}`"));
    }
    wrong
}

/// The method's name for a key.
pub fn method(area: &str, key: &str) -> String {
    format!("{area}_{key}")
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '_'
            }
        })
        .collect()
}

/// The source of all methods of one area.
pub fn source(name: &str, zh: &Area, en: &Area, find: bool) -> String {
    let mut out = String::new();
    for (key, english) in en {
        let Some(chinese) = zh.get(key) else { continue };
        let arguments = arguments(english);
        let english_text: String = english.other.iter().map(shown).collect();
        out.push_str(&format!("    /// `{english_text}`\n"));
        let method = method(name, key);
        if arguments.is_empty() {
            out.push_str(&format!(
                "    pub fn {method}(self) -> &'static str {{\n        match self.locale {{ Locale::ZhCn => {:?}, Locale::En => {:?} }}\n    }}\n",
                plain(&chinese.other),
                plain(&english.other),
            ));
            continue;
        }
        let parameters: Vec<String> = arguments
            .iter()
            .map(|(name, number)| format!("{name}: {}", if *number { "u64" } else { "&str" }))
            .collect();
        out.push_str(&format!(
            "    pub fn {method}(self, {}) -> String {{\n",
            parameters.join(", ")
        ));
        for (argument, number) in &arguments {
            if *number {
                let is_one = if argument == "count" && english.one.is_some() {
                    format!("let one = {argument} == 1; ")
                } else {
                    String::new()
                };
                out.push_str(&format!(
                    "        {is_one}let {argument} = self.count({argument}); let {argument} = {argument}.as_str();\n"
                ));
            }
        }
        out.push_str(&format!(
            "        match self.locale {{ Locale::ZhCn => {}, Locale::En => {} }}\n    }}\n",
            joined(chinese, false),
            joined(english, english.one.is_some()),
        ));
    }
    if find {
        out.push_str(&find_source(name, zh, en));
    }
    out
}

fn find_source(name: &str, zh: &Area, en: &Area) -> String {
    let mut out = format!(
        "    /// The text of `{name}` with this key, if there is one.\n    pub fn {name}_find(self, code: &str) -> Option<&'static str> {{\n        let table: &[(&str, &str, &str)] = &[\n"
    );
    for (key, english) in en {
        if let Some(chinese) = zh.get(key)
            && arguments(english).is_empty()
        {
            out.push_str(&format!(
                "            ({key:?}, {:?}, {:?}),\n",
                plain(&chinese.other),
                plain(&english.other)
            ));
        }
    }
    out.push_str("        ];\n        self.find(table, code)\n    }\n");
    out
}

fn shown(piece: &Piece) -> String {
    match piece {
        Piece::Plain(text) => text.replace('`', "'"),
        Piece::Text(name) | Piece::Number(name) => format!("{{{name}}}"),
    }
}

fn plain(pieces: &[Piece]) -> String {
    pieces.iter().map(shown).collect()
}

fn joined(forms: &Forms, plural: bool) -> String {
    let list = |pieces: &[Piece]| {
        let parts: Vec<String> = pieces
            .iter()
            .map(|piece| match piece {
                Piece::Plain(text) => format!("{text:?}"),
                Piece::Text(name) | Piece::Number(name) => name.clone(),
            })
            .collect();
        format!("crate::join(&[{}])", parts.join(", "))
    };
    match &forms.one {
        Some(one) if plural => {
            format!(
                "if one {{ {} }} else {{ {} }}",
                list(one),
                list(&forms.other)
            )
        }
        _ => list(&forms.other),
    }
}
