//! How a customer is called and written to.

use model::Customer;
use protocol::SegmentView;
use text::Words;

/// A segment's name: its own, or the word for a ready one.
pub fn segment_name(words: Words, segment: &SegmentView) -> String {
    match &segment.key {
        Some(key) => words.ready_segment_of(key, &segment.name),
        None => segment.name.clone(),
    }
}

/// The name, or what else they are known by.
pub fn customer_name(words: Words, customer: &Customer) -> String {
    let fields = &customer.fields;
    if !fields.name.is_empty() {
        return fields.name.clone();
    }
    if let Some(phone) = &fields.phone {
        return phone_shown(phone);
    }
    fields
        .email
        .clone()
        .unwrap_or_else(|| words.customers_unnamed().to_owned())
}

/// A telephone number with the spaces people read it by: mainland mobile numbers as `138 0000 0000`, others as kept.
pub fn phone_shown(phone: &str) -> String {
    let Some(mobile) = phone
        .strip_prefix("+86")
        .filter(|n| n.len() == 11 && n.is_ascii())
    else {
        return phone.to_owned();
    };
    match (mobile.get(..3), mobile.get(3..7), mobile.get(7..)) {
        (Some(a), Some(b), Some(c)) => [a, " ", b, " ", c].concat(),
        _ => phone.to_owned(),
    }
}

/// A link to call a number; nothing for what is no plain number (masked digits, letters).
pub fn phone_href(phone: &str) -> Option<String> {
    let plain: String = phone.chars().filter(|c| !" -()".contains(*c)).collect();
    let digits = plain.strip_prefix('+').unwrap_or(&plain);
    let good = (5..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    good.then(|| ["tel:", &plain].concat())
}

/// A link to write to an address; nothing for what could carry more than an address.
pub fn email_href(email: &str) -> Option<String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "@.+-_".contains(c);
    let good = email.chars().all(allowed) && email.matches('@').count() == 1;
    good.then(|| ["mailto:", email].concat())
}

/// What another page shows of a customer in one line.
pub fn one_line(words: Words, customer: &Customer) -> String {
    let reach = customer.fields.phone.as_deref().map(phone_shown);
    let name = customer_name(words, customer);
    match reach {
        Some(phone) if phone != name => [&name, " · ", &phone].concat(),
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_as_people_read_them() {
        for (kept, shown) in [
            ("+8613800000000", "138 0000 0000"),
            ("+442071838750", "+442071838750"),
            ("138****0000", "138****0000"),
        ] {
            assert_eq!(phone_shown(kept), shown);
        }
    }

    #[test]
    fn links_carry_nothing_but_the_address() {
        for (phone, href) in [
            ("+8613800000000", Some("tel:+8613800000000")),
            ("021-5555 0100", Some("tel:02155550100")),
            ("138****0000", None),
            ("javascript:alert(1)", None),
            ("123", None),
        ] {
            assert_eq!(phone_href(phone).as_deref(), href, "{phone}");
        }
        for (email, href) in [
            ("a.b+c@example.com", Some("mailto:a.b+c@example.com")),
            ("a@b?subject=x", None),
            ("javascript:a@b", None),
            ("a@b@c", None),
        ] {
            assert_eq!(email_href(email).as_deref(), href, "{email}");
        }
    }
}
