//! The properties of one card, put into columns.

use super::line::Line;
use crate::CellType;
use crate::json_value::LIST_END;

/// A value of the card: its column, its text and what is known of it.
pub(super) type Value = (String, String, CellType);

/// A card being read.
#[derive(Debug, Default)]
pub(super) struct Card {
    /// Lines taken.
    pub(super) lines: usize,
    values: Vec<Value>,
    /// Telephones, mails and addresses with how soon one would use them, least first.
    phones: Vec<((u32, u32), String)>,
    mails: Vec<(u32, String)>,
    places: Vec<(u32, Vec<String>)>,
    categories: Vec<String>,
    kind: String,
    is_company: bool,
    /// Its name only stands where cards must have one: we wrote it of somebody without a name.
    nameless: bool,
}

impl Card {
    pub(super) fn take(&mut self, line: Line) {
        match line.name.as_str() {
            "VERSION" | "PRODID" | "PHOTO" | "LOGO" | "SOUND" | "KEY" | "AGENT" | "LABEL"
            | "SOURCE" | "MAILER" | "CLIENTPIDMAP" | "X-ABLABEL" | "X-ABADR" | "PROFILE"
            | "NAME" | "SORT-STRING" | "CLASS" | "XML" => {}
            "FN" | "NICKNAME" | "TITLE" | "ROLE" | "NOTE" | "URL" | "LANG" | "REV" => {
                let name = line.name.clone();
                self.put(&name, line.text());
            }
            "N" => self.named(
                &line,
                &[
                    "N family",
                    "N given",
                    "N additional",
                    "N prefix",
                    "N suffix",
                ],
            ),
            "ORG" => self.named(&line, &["ORG", "ORG unit"]),
            "UID" => self.uid(&line.text()),
            "KIND" | "X-ADDRESSBOOKSERVER-KIND" => {
                self.kind = line.text().trim().to_ascii_lowercase()
            }
            "X-ABSHOWAS" => self.is_company = line.value.trim().eq_ignore_ascii_case("company"),
            "TEL" => self.phone(&line),
            "EMAIL" => {
                let text = line.text();
                let text = text.trim();
                if !text.is_empty() {
                    self.mails.push((line.preference(), text.to_owned()));
                }
            }
            "ADR" => self.places.push((line.preference(), line.parts())),
            "BDAY" | "ANNIVERSARY" => self.day(&line),
            "GENDER" | "X-GENDER" => {
                let parts = line.parts();
                let sex = parts.first().map(String::as_str).unwrap_or_default();
                let sex = match sex.to_ascii_uppercase().as_str() {
                    "N" => "U".to_owned(),
                    _ => sex.to_owned(),
                };
                self.put("GENDER", sex);
            }
            "CATEGORIES" => self.categories.extend(line.words()),
            "X-SHUKE" => {
                let field = line
                    .stated("X-FIELD")
                    .map(str::to_owned)
                    .unwrap_or_default();
                let kind = match line.stated("X-TYPE") {
                    Some("literal") => CellType::Literal,
                    _ => CellType::Text,
                };
                if field == "nameless" {
                    self.nameless = true;
                } else if !field.is_empty() {
                    self.values.push((field, line.text(), kind));
                }
            }
            name => {
                let name = name.to_owned();
                self.put(&name, line.text());
            }
        }
    }

    fn put(&mut self, column: &str, text: String) {
        if !text.trim().is_empty() {
            self.values.push((column.to_owned(), text, CellType::Text));
        }
    }

    fn named(&mut self, line: &Line, columns: &[&str]) {
        let known = self
            .values
            .iter()
            .any(|(name, ..)| columns.first() == Some(&name.as_str()));
        if known {
            return;
        }
        for (column, part) in columns.iter().zip(line.parts()) {
            self.put(column, part);
        }
    }

    fn uid(&mut self, uid: &str) {
        match uid.trim().strip_prefix("urn:shuke:") {
            Some(id) => self.put("Shuke id", id.to_owned()),
            None => {
                let bare = uid.trim();
                self.put(
                    "UID",
                    bare.strip_prefix("urn:uuid:").unwrap_or(bare).to_owned(),
                );
            }
        }
    }

    fn phone(&mut self, line: &Line) {
        let text = line.text();
        let number = text.trim();
        let number = number.strip_prefix("tel:").unwrap_or(number);
        if number.is_empty() {
            return;
        }
        if line.is("fax") || line.is("pager") {
            return self.put("TEL fax", number.to_owned());
        }
        let kind = if ["cell", "iphone", "mobile"]
            .iter()
            .any(|kind| line.is(kind))
        {
            0
        } else {
            1
        };
        self.phones
            .push(((line.preference(), kind), number.to_owned()));
    }

    /// A day; address books of one maker write 1604 for "no year", and say so.
    fn day(&mut self, line: &Line) {
        let text = line.text();
        let text = text.trim();
        let omitted = line.stated("X-APPLE-OMIT-YEAR");
        let bare = omitted.and_then(|year| text.strip_prefix(year)?.strip_prefix('-'));
        let name = line.name.clone();
        match bare {
            Some(rest) => self.put(&name, format!("--{rest}")),
            // A birthday at midnight is a birthday.
            None => {
                let day = text.split(['T', ' ']).next().unwrap_or_default();
                let dated = day.len() >= 8 && day.bytes().all(|b| b.is_ascii_digit() || b == b'-');
                self.put(&name, if dated { day } else { text }.to_owned());
            }
        }
    }

    /// What the card is, where it is neither a person nor a company.
    pub(super) fn no_person(&self) -> Option<&str> {
        let person = matches!(
            self.kind.as_str(),
            "" | "individual" | "person" | "org" | "organization" | "x-individual"
        );
        (!person).then_some(self.kind.as_str())
    }

    /// All values, in the order in which they are preferred.
    pub(super) fn finish(mut self) -> Vec<Value> {
        // A card must have a name: ours say where theirs only stands in for one.
        if self.values.iter().any(|(name, ..)| name == "nameless") {
            self.values
                .retain(|(name, ..)| !matches!(name.as_str(), "FN" | "nameless"));
        }
        if self.is_company || matches!(self.kind.as_str(), "org" | "organization") {
            self.put("KIND", "company".to_owned());
        } else if !self.kind.is_empty() {
            self.put("KIND", "person".to_owned());
        }
        self.phones.sort_by_key(|(rank, _)| *rank);
        self.mails.sort_by_key(|(rank, _)| *rank);
        self.places.sort_by_key(|(rank, _)| *rank);
        let phones = self.phones.into_iter().map(|(_, text)| text);
        let mails = self.mails.into_iter().map(|(_, text)| text);
        let mut list: Vec<(String, String)> = numbered("TEL", phones);
        list.extend(numbered("EMAIL", mails));
        let parts = [
            "",
            "ADR extended",
            "ADR street",
            "ADR city",
            "ADR region",
            "ADR code",
            "ADR country",
        ];
        let mut places = self
            .places
            .into_iter()
            .filter(|(_, place)| place.iter().any(|it| !it.is_empty()));
        if let Some((_, place)) = places.next() {
            let box_number = place.first().cloned().unwrap_or_default();
            for (column, part) in parts.iter().zip(place).skip(1) {
                let part = match *column {
                    "ADR street" if part.is_empty() => box_number.clone(),
                    _ => part,
                };
                list.push(((*column).to_owned(), part));
            }
        }
        if let Some((_, place)) = places.next() {
            let filled: Vec<String> = place.into_iter().filter(|part| !part.is_empty()).collect();
            list.push(("ADR 2".to_owned(), filled.join(" ")));
        }
        let filled = list.into_iter().filter(|(_, text)| !text.trim().is_empty());
        let mut values: Vec<Value> = filled
            .map(|(name, text)| (name, text, CellType::Text))
            .collect();
        let nameless = self.nameless;
        let named = |name: &str| name == "FN" || name.starts_with("N ");
        values.extend(
            self.values
                .into_iter()
                .filter(|(name, ..)| !(nameless && named(name))),
        );
        if !self.categories.is_empty() {
            let words: String = self
                .categories
                .iter()
                .flat_map(|word| word.chars().chain([LIST_END]))
                .collect();
            values.push(("CATEGORIES".to_owned(), words, CellType::List));
        }
        values
    }
}

/// `TEL`, `TEL 2`, `TEL 3`; the same twice is there once.
fn numbered(name: &str, values: impl Iterator<Item = String>) -> Vec<(String, String)> {
    let mut list: Vec<(String, String)> = Vec::new();
    for value in values {
        if list.iter().any(|(_, known)| *known == value) {
            continue;
        }
        let column = match list.len() {
            0 => name.to_owned(),
            n => format!("{name} {}", n + 1),
        };
        list.push((column, value));
    }
    list
}
