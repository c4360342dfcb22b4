//! E-mail addresses and telephones as they are compared.

/// Mailboxes that belong to a role and say nothing of a person.
const ROLES: [&str; 16] = [
    "info",
    "admin",
    "sales",
    "support",
    "service",
    "contact",
    "office",
    "mail",
    "email",
    "hello",
    "shop",
    "order",
    "test",
    "noreply",
    "no-reply",
    "marketing",
];

/// An e-mail address: small letters, `googlemail` is `gmail`, whose dots do not count, and what follows a plus is left
/// out. `None` for what is none.
pub(crate) fn email(text: &str) -> Option<String> {
    let text = text.trim().to_lowercase();
    let (local, domain) = text.split_once('@')?;
    let domain = match domain.trim_end_matches('.') {
        "googlemail.com" => "gmail.com",
        other => other,
    };
    let local = local.split('+').next().unwrap_or(local);
    let local: String = if domain == "gmail.com" {
        local.chars().filter(|c| *c != '.').collect()
    } else {
        local.to_owned()
    };
    (!local.is_empty() && domain.contains('.')).then(|| format!("{local}@{domain}"))
}

/// The mailbox of an address, where it can tell a person.
pub(crate) fn mailbox(email: &str) -> Option<&str> {
    let (local, _) = email.split_once('@')?;
    (local.len() >= 5 && !ROLES.contains(&local)).then_some(local)
}

/// A telephone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Phone {
    /// The digits as a number, without the country code of the business; 0 where not whole.
    pub(crate) number: u64,
    /// Of a masked one: what stands before and after the mask, with how many digits each.
    pub(crate) masked: Option<Mask>,
}

/// A masked telephone: `138****0000`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mask {
    head: u32,
    head_digits: u32,
    tail: u32,
    tail_digits: u32,
}

/// Reads a telephone; `country` is the code of the business, such as `86`.
pub(crate) fn phone(text: &str, country: &str) -> Phone {
    let text: String = text
        .chars()
        .map(|c| match c {
            '０'..='９' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            '＊' | '×' | 'x' | 'X' | '•' | '●' => '*',
            '＋' => '+',
            other => other,
        })
        .collect();
    let clean = |part: &str| -> String { part.chars().filter(char::is_ascii_digit).collect() };
    if let Some((before, after)) = text.split_once('*') {
        let after = after.rsplit('*').next().unwrap_or(after);
        let head = national(
            &clean(before),
            before.trim_start().starts_with('+'),
            country,
        );
        let tail = clean(after);
        let mask = Mask {
            head: head.parse().unwrap_or(0),
            head_digits: count(&head),
            tail: tail.parse().unwrap_or(0),
            tail_digits: count(&tail),
        };
        let known = mask.head_digits <= 9 && (2..=9).contains(&mask.tail_digits);
        return Phone {
            number: 0,
            masked: known.then_some(mask),
        };
    }
    let international = text.trim_start().starts_with('+');
    let digits = national(&clean(&text), international, country);
    let number = match digits.len() {
        7..=15 => digits.parse().unwrap_or(0),
        _ => 0,
    };
    Phone {
        number,
        masked: None,
    }
}

fn count(digits: &str) -> u32 {
    u32::try_from(digits.len()).unwrap_or(u32::MAX)
}

/// Takes the business's own country code off, and a leading zero of national writing.
fn national(digits: &str, international: bool, country: &str) -> String {
    let plain = digits.strip_prefix("00").unwrap_or(digits);
    let abroad = international || plain.len() < digits.len();
    let own = plain.strip_prefix(country).filter(|rest| {
        // Without a plus, `86 138 0013 8000` is China only if a whole number is left.
        abroad || (country == "86" && rest.len() == 11)
    });
    match own {
        Some(rest) => rest.trim_start_matches('0').to_owned(),
        None if abroad => plain.to_owned(),
        None => plain.trim_start_matches('0').to_owned(),
    }
}

impl Mask {
    /// Whether it can be this number.
    pub(crate) fn fits(self, number: u64) -> bool {
        let text = number.to_string();
        if text.len() < (self.head_digits + self.tail_digits) as usize {
            return false;
        }
        let head = if self.head_digits == 0 {
            String::new()
        } else {
            self.head.to_string()
        };
        let tail = format!("{:0width$}", self.tail, width = self.tail_digits as usize);
        text.starts_with(&head) && text.ends_with(&tail)
    }

    /// Whether both can be masks of one number.
    pub(crate) fn agrees(self, other: Self) -> bool {
        self == other
    }

    /// Its last digits, at most four.
    pub(crate) fn tail(self) -> u32 {
        self.tail % 10_000
    }
}

/// One digit differs, or two neighbours are swapped.
pub(crate) fn near_numbers(a: u64, b: u64) -> bool {
    let (a, b) = (a.to_string(), b.to_string());
    if a.len() != b.len() || a.len() < 8 {
        return false;
    }
    // The distance counts a swap of neighbours as one.
    strsim::osa_distance(&a, &b) == 1
}

/// A slip in one of them: the same mailbox with another domain, or nearly the same mailbox at the same domain.
pub(crate) fn near_emails(a: &str, b: &str) -> bool {
    let (Some((local_a, domain_a)), Some((local_b, domain_b))) =
        (a.split_once('@'), b.split_once('@'))
    else {
        return false;
    };
    if local_a == local_b {
        return mailbox(a).is_some();
    }
    domain_a == domain_b
        && local_a.len().min(local_b.len()) >= 5
        && mailbox(a).is_some()
        && strsim::osa_distance(local_a, local_b) == 1
        // `wang1` and `wang2` are two people.
        && letters(local_a) != letters(local_b)
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| !c.is_ascii_digit()).collect()
}
