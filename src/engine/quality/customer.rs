//! What looks wrong with a customer, and what would be right.

use super::Hit;
use super::shape::{LABELS, PLACES, Shape, values};
use model::{Birthday, Currency, CustomerDraft, Day};
use protocol::Finding;

/// Nobody is older.
const OLDEST_YEARS: i32 = 110;

/// Domains as they are mistyped, and as they are.
const DOMAINS: [(&str, &str); 22] = [
    ("gmial.com", "gmail.com"),
    ("gmai.com", "gmail.com"),
    ("gamil.com", "gmail.com"),
    ("gmal.com", "gmail.com"),
    ("gnail.com", "gmail.com"),
    ("gmail.co", "gmail.com"),
    ("gmail.cm", "gmail.com"),
    ("gmaill.com", "gmail.com"),
    ("hotmial.com", "hotmail.com"),
    ("hotmal.com", "hotmail.com"),
    ("hotmai.com", "hotmail.com"),
    ("hotmail.co", "hotmail.com"),
    ("yaho.com", "yahoo.com"),
    ("yahooo.com", "yahoo.com"),
    ("outlok.com", "outlook.com"),
    ("outllook.com", "outlook.com"),
    ("iclould.com", "icloud.com"),
    ("icoud.com", "icloud.com"),
    ("qq.co", "qq.com"),
    ("qq.cm", "qq.com"),
    ("163.co", "163.com"),
    ("foxmial.com", "foxmail.com"),
];

/// What a customer is checked with.
pub(crate) struct With<'a> {
    pub(crate) shape: &'a Shape,
    pub(crate) today: Day,
    pub(crate) country: &'a str,
    pub(crate) currency: Currency,
    /// The day of the first order that counts.
    pub(crate) first_order: Option<Day>,
}

/// Everything that looks wrong with a customer.
pub(crate) fn check(it: &CustomerDraft, with: &With<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    if let Some(email) = &it.email {
        check_email(email, with, &mut hits);
    }
    if let Some(phone) = &it.phone {
        check_phone(phone, with, &mut hits);
    }
    if it.email.is_none() && it.phone.is_none() {
        hits.push(Hit::new(Finding::NoContact, "phone", ""));
    }
    check_name(&it.name, &mut hits);
    if let Some(birthday) = it.birthday {
        check_birthday(birthday, with, &mut hits);
    }
    check_signup(it, with, &mut hits);
    for (finding, fields) in [
        (Finding::PlaceSpelling, PLACES.as_slice()),
        (Finding::LabelSpelling, LABELS.as_slice()),
    ] {
        // One at a time: the next is found once this is mended.
        let odd = fields.iter().find_map(|field| {
            values(it, field).into_iter().find_map(|value| {
                let usual = with.shape.usual(field, value)?;
                Some(Hit::new(finding, field, value).suggest(Some(usual.to_owned())))
            })
        });
        hits.extend(odd);
    }
    if let (Some(cost), Some(fence)) = (it.acquisition_cost, with.shape.cost_fence())
        && cost.0 > fence
    {
        let value = cost.to_decimal(with.currency);
        hits.push(Hit::new(Finding::OddCost, "acquisitionCost", value));
    }
    hits
}

/// A mailbox, an `@`, and a domain with a dot and at least two letters at its end.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let labels: Vec<&str> = domain.split('.').collect();
    let last = labels.last().copied().unwrap_or_default();
    !local.is_empty()
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && text.is_ascii()
        && !text.contains(|c: char| c.is_whitespace() || ",;:()<>[]\"".contains(c))
        && !domain.contains('@')
        && labels.len() >= 2
        && labels.iter().all(|label| !label.is_empty())
        && last.len() >= 2
        && last.bytes().all(|c| c.is_ascii_alphabetic())
}

fn check_email(email: &str, with: &With<'_>, hits: &mut Vec<Hit>) {
    if !is_email(email) {
        let tidy = tidy_email(email);
        let right = is_email(&tidy).then_some(tidy);
        hits.push(Hit::new(Finding::BadEmail, "email", email).suggest(right));
        return;
    }
    if let Some(right) = typo(email) {
        hits.push(Hit::new(Finding::TypoEmail, "email", email).suggest(Some(right)));
    }
    if with.shape.is_shared(email) {
        hits.push(Hit::new(Finding::SharedEmail, "email", email));
    }
}

/// Full width letters, blanks, Chinese full stops and commas, `(at)`.
fn tidy_email(email: &str) -> String {
    let tidy: String = email
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            '。' => '.',
            other => other,
        })
        .flat_map(char::to_lowercase)
        .collect();
    let tidy = tidy
        .replace("(at)", "@")
        .replace("[at]", "@")
        .replace(',', ".");
    tidy.trim_matches(|c: char| "<>;:.".contains(c))
        .trim_start_matches("mailto:")
        .to_owned()
}

fn typo(email: &str) -> Option<String> {
    let (local, domain) = email.split_once('@')?;
    let known = DOMAINS.iter().find(|(wrong, _)| *wrong == domain);
    let right = match known {
        Some((_, right)) => (*right).to_owned(),
        None => domain
            .strip_suffix(".con")
            .map(|name| [name, ".com"].concat())?,
    };
    Some([local, "@", &right].concat())
}

fn check_phone(phone: &str, with: &With<'_>, hits: &mut Vec<Hit>) {
    if phone.contains(['*', '＊', '×', '•', '●']) {
        hits.push(Hit::new(Finding::MaskedPhone, "phone", phone));
        return;
    }
    if !is_whole(phone) {
        let right = intake::phone(phone, with.country).filter(|it| is_whole(it));
        hits.push(Hit::new(Finding::BadPhone, "phone", phone).suggest(right));
        return;
    }
    if with.shape.is_shared(phone) {
        hits.push(Hit::new(Finding::SharedPhone, "phone", phone));
    }
}

/// E.164; of China either a mobile number or a landline with its area code.
fn is_whole(phone: &str) -> bool {
    let Some(digits) = phone.strip_prefix('+') else {
        return false;
    };
    if !(8..=15).contains(&digits.len()) || !digits.bytes().all(|c| c.is_ascii_digit()) {
        return false;
    }
    let Some(national) = digits.strip_prefix("86") else {
        return true;
    };
    match (national.len(), national.as_bytes()) {
        (11, [b'1', second, ..]) => (b'3'..=b'9').contains(second),
        (9..=12, [b'2'..=b'9' | b'1', ..]) => true,
        _ => false,
    }
}

fn check_name(name: &str, hits: &mut Vec<Hit>) {
    if name.trim().is_empty() || twins::is_nobody(name) {
        hits.push(Hit::new(Finding::NoName, "name", name));
        return;
    }
    let tidy = tidy_name(name);
    let digits = name.chars().filter(char::is_ascii_digit).count();
    let odd = digits >= 5 || name.contains('@') || name.contains("http");
    if odd || tidy != name {
        let right = (!tidy.is_empty() && tidy != name).then_some(tidy);
        hits.push(Hit::new(Finding::OddName, "name", name).suggest(right));
    }
}

/// Single blanks, half width letters, no long numbers, and no names all in capitals.
fn tidy_name(name: &str) -> String {
    let half: String = name
        .chars()
        .map(|c| match c {
            '\u{ff21}'..='\u{ff3a}' | '\u{ff41}'..='\u{ff5a}' | '\u{ff10}'..='\u{ff19}' => {
                char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c)
            }
            '\u{3000}' => ' ',
            other => other,
        })
        .collect();
    let words: Vec<String> = half
        .split_whitespace()
        .map(|word| {
            let digits = word.chars().filter(char::is_ascii_digit).count();
            if digits < 7 {
                return word.to_owned();
            }
            word.chars().filter(|c| !c.is_ascii_digit()).collect()
        })
        .filter(|word: &String| !word.is_empty())
        .collect();
    let joined = words.join(" ");
    let letters = joined.chars().filter(char::is_ascii_alphabetic).count();
    let shouts = letters >= 5
        && words.len() >= 2
        && !joined.chars().any(|c| c.is_lowercase())
        && joined.is_ascii();
    if !shouts {
        return joined;
    }
    let calm = |word: &String| {
        let mut letters = word.chars();
        let first = letters.next().into_iter();
        first
            .chain(letters.flat_map(char::to_lowercase))
            .collect::<String>()
    };
    words.iter().map(calm).collect::<Vec<_>>().join(" ")
}

fn check_birthday(birthday: Birthday, with: &With<'_>, hits: &mut Vec<Hit>) {
    if let Some(year) = birthday.year {
        let day = birthday.in_year(year);
        if day > with.today || year < with.today.year() - OLDEST_YEARS {
            hits.push(Hit::new(
                Finding::BadBirthday,
                "birthday",
                birthday.to_string(),
            ));
            return;
        }
    }
    if with.shape.is_default(birthday) {
        hits.push(Hit::new(
            Finding::DefaultBirthday,
            "birthday",
            birthday.to_string(),
        ));
    }
}

fn check_signup(it: &CustomerDraft, with: &With<'_>, hits: &mut Vec<Hit>) {
    let Some(signup) = it.signup_on else { return };
    if signup > with.today {
        hits.push(Hit::new(
            Finding::FutureSignup,
            "signupOn",
            signup.to_string(),
        ));
    } else if let Some(first) = with.first_order.filter(|first| *first < signup) {
        let hit = Hit::new(Finding::LateSignup, "signupOn", signup.to_string());
        hits.push(hit.suggest(Some(first.to_string())));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Day;

    fn told(it: &CustomerDraft) -> Vec<String> {
        let shape = Shape::default();
        let with = With {
            shape: &shape,
            today: "2026-06-15".parse::<Day>().unwrap(),
            country: "86",
            currency: Currency::CNY,
            first_order: Some("2024-03-01".parse().unwrap()),
        };
        check(it, &with)
            .into_iter()
            .map(|hit| match hit.suggestion {
                Some(right) => format!("{} {} -> {right}", hit.finding.code(), hit.value),
                None => format!("{} {}", hit.finding.code(), hit.value),
            })
            .collect()
    }

    #[test]
    fn contacts_are_checked() {
        let of = |phone: &str, email: &str| CustomerDraft {
            name: "李娜".into(),
            phone: (!phone.is_empty()).then(|| phone.into()),
            email: (!email.is_empty()).then(|| email.into()),
            ..CustomerDraft::default()
        };
        for (phone, email, expect) in [
            ("+8613800000001", "li.na@example.com", vec![]),
            ("", "", vec!["no_contact "]),
            (
                "13800000001",
                "",
                vec!["bad_phone 13800000001 -> +8613800000001"],
            ),
            ("5550100", "", vec!["bad_phone 5550100"]),
            ("+8612345678901", "", vec!["bad_phone +8612345678901"]),
            ("+862155550100", "", vec![]),
            ("+442071838750", "", vec![]),
            ("138****0001", "", vec!["masked_phone 138****0001"]),
            (
                "",
                "li.na＠example。com",
                vec!["bad_email li.na＠example。com -> li.na@example.com"],
            ),
            ("", "li.na", vec!["bad_email li.na"]),
            (
                "",
                "li na@example.com",
                vec!["bad_email li na@example.com -> lina@example.com"],
            ),
            (
                "",
                "lina@gmial.com",
                vec!["typo_email lina@gmial.com -> lina@gmail.com"],
            ),
            (
                "",
                "lina@qq.con",
                vec!["typo_email lina@qq.con -> lina@qq.com"],
            ),
            ("", "a@b", vec!["bad_email a@b"]),
        ] {
            assert_eq!(told(&of(phone, email)), expect, "{phone} {email}");
        }
    }

    #[test]
    fn names_and_days_are_checked() {
        let of = |name: &str, birthday: &str, signup: &str| CustomerDraft {
            name: name.into(),
            phone: Some("+8613800000001".into()),
            birthday: (!birthday.is_empty()).then(|| birthday.parse().unwrap()),
            signup_on: (!signup.is_empty()).then(|| signup.parse().unwrap()),
            ..CustomerDraft::default()
        };
        for (name, birthday, signup, expect) in [
            ("李娜", "1990-05-14", "2024-03-01", vec![]),
            ("", "", "", vec!["no_name "]),
            ("测试", "", "", vec!["no_name 测试"]),
            (
                "JOHN SMITH",
                "",
                "",
                vec!["odd_name JOHN SMITH -> John Smith"],
            ),
            ("ＬＩ  Ｎａ", "", "", vec!["odd_name ＬＩ  Ｎａ -> LI Na"]),
            (
                "李娜13800000001",
                "",
                "",
                vec!["odd_name 李娜13800000001 -> 李娜"],
            ),
            (
                "li.na@example.com",
                "",
                "",
                vec!["odd_name li.na@example.com"],
            ),
            ("IBM", "", "", vec![]),
            ("李娜", "2027-01-01", "", vec!["bad_birthday 2027-01-01"]),
            ("李娜", "1900-01-01", "", vec!["bad_birthday 1900-01-01"]),
            ("李娜", "--05-14", "", vec![]),
            ("李娜", "", "2026-07-01", vec!["future_signup 2026-07-01"]),
            (
                "李娜",
                "",
                "2025-01-01",
                vec!["late_signup 2025-01-01 -> 2024-03-01"],
            ),
        ] {
            assert_eq!(
                told(&of(name, birthday, signup)),
                expect,
                "{name} {birthday} {signup}"
            );
        }
    }
}
