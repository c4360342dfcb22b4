//! Cards: vCard 3.0 (RFC 2426) and 4.0 (RFC 6350).
//!
//! Fields that cards have no property for stand in `X-SHUKE;X-FIELD=<column>`, so that a card that comes back is the
//! same customer. The id is the UID, `urn:shuke:0000100000001`.

use super::TableCell;
use super::columns::{CUSTOMER_COLUMNS, TableAround, TableShape, customer_cell};
use super::layout::{gender_letter, split_name};
use model::{CustomField, Customer, CustomerKind};

/// Which version of cards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardVersion {
    /// 3.0, which every address book reads.
    V3,
    /// 4.0.
    V4,
}

/// A line holds so many bytes; the rest goes on the next, behind a blank.
const LINE: usize = 75;

/// Columns that have a property of their own.
const OWN: [&str; 16] = [
    "id",
    "kind",
    "name",
    "phone",
    "email",
    "gender",
    "birthday",
    "country",
    "province",
    "city",
    "district",
    "postalCode",
    "address",
    "occupation",
    "tags",
    "note",
];

/// Writes the card of a customer.
pub fn write_card(
    customer: &Customer,
    version: CardVersion,
    around: &TableAround,
    out: &mut Vec<u8>,
) {
    let it = &customer.fields;
    let four = version == CardVersion::V4;
    let mut card = Card { out };
    card.line("BEGIN:VCARD");
    card.line(if four { "VERSION:4.0" } else { "VERSION:3.0" });
    card.line(&format!("UID:urn:shuke:{}", customer.id));
    let company = it.kind == CustomerKind::Company;
    match (company, four) {
        (true, true) => card.line("KIND:org"),
        (true, false) => card.line("X-ABShowAs:COMPANY"),
        (false, _) => {}
    }
    // A card must have a name; the number or address stands in for one that is not known.
    let shown = [
        Some(&it.name),
        it.phone.as_ref(),
        it.email.as_ref(),
        it.external_id.as_ref(),
    ];
    let shown = shown.into_iter().flatten().find(|text| !text.is_empty());
    card.text("FN", shown.map_or("?", String::as_str));
    if company {
        card.line("N:;;;;");
        card.text("ORG", &it.name);
    } else {
        let (given, family) = split_name(&it.name);
        card.line(&format!("N:{};{};;;", escape(&family), escape(&given)));
    }
    if it.name.is_empty() {
        card.line("X-SHUKE;X-FIELD=nameless:true");
    }
    card.reach(customer);
    card.about(customer, four);
    card.own_fields(customer, around);
    card.line(&format!("REV:{}", customer.updated_at));
    card.line("END:VCARD");
}

struct Card<'a> {
    out: &'a mut Vec<u8>,
}

impl Card<'_> {
    /// A property with a text value.
    fn text(&mut self, name: &str, value: &str) {
        self.line(&format!("{name}:{}", escape(value)));
    }

    /// Where they are reached.
    fn reach(&mut self, customer: &Customer) {
        let it = &customer.fields;
        if let Some(phone) = &it.phone {
            self.text("TEL;TYPE=cell", phone);
        }
        if let Some(email) = &it.email {
            self.text("EMAIL", email);
        }
        let place = [
            &it.district,
            &it.address,
            &it.city,
            &it.province,
            &it.postal_code,
            &it.country,
        ];
        if place.iter().any(|part| part.is_some()) {
            let parts: Vec<String> = place
                .into_iter()
                .map(|part| escape(part.as_deref().unwrap_or_default()))
                .collect();
            self.line(&format!("ADR:;{}", parts.join(";")));
        }
    }

    /// What else is said of them that cards have a property for.
    fn about(&mut self, customer: &Customer, four: bool) {
        let it = &customer.fields;
        if let Some(birthday) = it.birthday {
            self.line(&match (birthday.year, four) {
                (Some(year), true) => {
                    format!("BDAY:{year:04}{:02}{:02}", birthday.month, birthday.day)
                }
                (None, true) => format!("BDAY:--{:02}{:02}", birthday.month, birthday.day),
                (_, false) => format!("BDAY:{birthday}"),
            });
        }
        if let Some(gender) = it.gender {
            let name = if four { "GENDER" } else { "X-GENDER" };
            self.line(&format!("{name}:{}", gender_letter(gender)));
        }
        if let Some(occupation) = &it.occupation {
            self.text("TITLE", occupation);
        }
        if !it.tags.is_empty() {
            let tags: Vec<String> = it.tags.iter().map(|tag| escape(tag)).collect();
            self.line(&format!("CATEGORIES:{}", tags.join(",")));
        }
        if let Some(note) = &it.note {
            self.text("NOTE", note);
        }
    }

    /// What only we have columns for.
    fn own_fields(&mut self, customer: &Customer, around: &TableAround) {
        let plain = TableShape::default();
        for column in CUSTOMER_COLUMNS {
            if OWN.contains(column) || matches!(*column, "createdAt" | "updatedAt") {
                continue;
            }
            let cell = customer_cell(column, customer, &plain, around);
            let text = match &cell {
                TableCell::Text(text) | TableCell::Key(text) | TableCell::Plain(text) => {
                    text.clone()
                }
                TableCell::Day(day) => day.to_string(),
                TableCell::Flag(flag) => flag.to_string(),
                _ => continue,
            };
            if !text.is_empty() {
                self.own(column, &text, false);
            }
        }
        for (key, value) in &customer.fields.custom {
            let column = format!("custom.{key}");
            match value {
                CustomField::Text(text) => self.own(&column, text, false),
                CustomField::Number(number) => self.own(&column, &number.to_string(), true),
                CustomField::Flag(flag) => self.own(&column, &flag.to_string(), true),
            }
        }
    }

    /// A column of ours: a text as it is, or a number, `true` or `false`.
    fn own(&mut self, column: &str, text: &str, literal: bool) {
        let kind = if literal { ";X-TYPE=literal" } else { "" };
        self.line(&format!(
            "X-SHUKE;X-FIELD={}{kind}:{}",
            parameter(column),
            escape(text)
        ));
    }

    /// A line, folded.
    fn line(&mut self, text: &str) {
        fold(text, self.out);
    }
}

/// Writes a line in pieces of at most 75 bytes, none of which ends inside a character.
pub(super) fn fold(text: &str, out: &mut Vec<u8>) {
    let mut used = 0;
    for c in text.chars() {
        if used + c.len_utf8() > LINE {
            out.extend_from_slice(b"\r\n ");
            used = 1;
        }
        out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        used += c.len_utf8();
    }
    out.extend_from_slice(b"\r\n");
}

/// A text value: what separates gets a backslash, lines become `\n`, what prints nothing goes.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ',' | ';' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            '\t' => out.push(c),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// A parameter's value, quoted where it must be; quotes as in RFC 6868.
fn parameter(text: &str) -> String {
    let mut spelled = String::new();
    for c in text.chars() {
        match c {
            '"' => spelled.push_str("^'"),
            '^' => spelled.push_str("^^"),
            '\n' => spelled.push_str("^n"),
            c if c.is_control() => {}
            c => spelled.push(c),
        }
    }
    if spelled.contains([':', ';', ',']) {
        format!("\"{spelled}\"")
    } else {
        spelled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_folded_between_characters() {
        let mut out = Vec::new();
        fold(&"茶".repeat(40), &mut out);
        let text = String::from_utf8(out).unwrap();
        let lines: Vec<&str> = text.split("\r\n").collect();
        assert_eq!(lines.len(), 3);
        assert!(lines.iter().all(|line| line.len() <= LINE));
        assert_eq!(text.replace("\r\n ", "").trim_end(), "茶".repeat(40));
    }

    #[test]
    fn texts_and_parameters_are_spelled() {
        assert_eq!(escape("a,b;c\\d\ne\u{7}"), "a\\,b\\;c\\\\d\\ne");
        assert_eq!(parameter("custom.a:b\"c"), "\"custom.a:b^'c\"");
    }
}
