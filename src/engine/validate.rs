//! Checks what a person states about a customer or an order before it is stored, and tidies it.
//!
//! Tidying: texts are trimmed, empty ones become absent, tags and interests are sorted without doubles, e-mail and
//! phone take the form they are found by. Everything wrong is named at once, with field, what was found and what
//! would be right. The limits below are what the pages and the contracts promise to keep.

use model::{CustomField, CustomerDraft, Day, Issue, IssueCode, Money, OrderDraft, Timestamp};

/// Longest name or other short text, in characters.
const SHORT: usize = 200;
/// Longest e-mail address (RFC 5321).
const EMAIL: usize = 254;
/// Longest note or address, in characters.
const LONG: usize = 10_000;
/// Most tags, interests, or custom fields of one customer.
const MANY: usize = 100;
/// Most lines of an order.
const LINES: usize = 1_000;
/// Largest amount in minor units: a million orders of it still fit a sum.
const LARGEST: i64 = 1_000_000_000_000;

/// What checking needs to know of the workspace.
pub(crate) struct Rules<'a> {
    /// Today in the business's zone.
    pub(crate) today: Day,
    /// Country code for numbers without one.
    pub(crate) phone_country: &'a str,
}

/// Tidies a customer, or says everything that is wrong with it.
pub(crate) fn customer(
    draft: &CustomerDraft,
    rules: &Rules<'_>,
) -> Result<CustomerDraft, Vec<Issue>> {
    let mut it = draft.clone();
    let mut issues = Vec::new();
    it.name = it.name.trim().to_owned();
    too_long("name", &it.name, SHORT, &mut issues);
    macro_rules! tidy {
        ($limit:expr; $($field:ident $name:literal),*) => { $(
            tidy_text(&mut it.$field, $name, $limit, &mut issues);
        )* };
    }
    tidy!(SHORT; external_id "externalId", phone "phone", country "country", province "province", city "city",
        district "district", postal_code "postalCode", occupation "occupation", education "education",
        income_band "incomeBand", industry "industry", company_size "companySize", source_channel "sourceChannel",
        owner "owner");
    tidy!(EMAIL; email "email");
    tidy!(LONG; address "address", note "note");
    contacts(&mut it, rules, &mut issues);
    tidy_list(&mut it.tags, "tags", &mut issues);
    tidy_list(&mut it.interests, "interests", &mut issues);
    tidy_custom(&mut it, &mut issues);
    if let Some(birthday) = it.birthday
        && birthday
            .year
            .is_some_and(|year| birthday.in_year(year) > rules.today)
    {
        issues.push(
            Issue::error(IssueCode::FutureDate)
                .in_field("birthday")
                .found(&birthday.to_string()),
        );
    }
    if let Some(cost) = it.acquisition_cost {
        amount("acquisitionCost", cost, &mut issues);
    }
    let known_by = [&it.external_id, &it.email, &it.phone];
    if it.name.is_empty() && known_by.iter().all(|key| key.is_none()) {
        issues.push(
            Issue::error(IssueCode::NoIdentity)
                .in_field("name")
                .expected("name, phone, email, externalId"),
        );
    }
    if issues.is_empty() {
        Ok(it)
    } else {
        Err(issues)
    }
}

fn contacts(it: &mut CustomerDraft, rules: &Rules<'_>, issues: &mut Vec<Issue>) {
    if let Some(email) = &it.email {
        match intake::email(email) {
            Some(clean) => it.email = Some(clean),
            None => issues.push(
                Issue::error(IssueCode::BadEmail)
                    .in_field("email")
                    .found(email)
                    .expected("name@example.com"),
            ),
        }
    }
    if let Some(phone) = &it.phone {
        match intake::phone(phone, rules.phone_country) {
            Some(clean) => it.phone = Some(clean),
            None => issues.push(
                Issue::error(IssueCode::BadPhone)
                    .in_field("phone")
                    .found(phone)
                    .expected("+8613800000000"),
            ),
        }
    }
}

fn too_long(field: &str, text: &str, limit: usize, issues: &mut Vec<Issue>) {
    if text.chars().count() > limit {
        issues.push(
            Issue::error(IssueCode::TooLong)
                .in_field(field)
                .found(text)
                .expected(&limit.to_string()),
        );
    }
}

fn tidy_text(text: &mut Option<String>, field: &str, limit: usize, issues: &mut Vec<Issue>) {
    if let Some(found) = text.take() {
        let trimmed = found.trim();
        too_long(field, trimmed, limit, issues);
        *text = (!trimmed.is_empty()).then(|| trimmed.to_owned());
    }
}

fn tidy_list(list: &mut Vec<String>, field: &str, issues: &mut Vec<Issue>) {
    for value in list.iter_mut() {
        *value = value.trim().to_owned();
        too_long(field, value, SHORT, issues);
    }
    list.retain(|value| !value.is_empty());
    list.sort();
    list.dedup();
    if list.len() > MANY {
        issues.push(
            Issue::error(IssueCode::LimitPassed)
                .in_field(field)
                .expected(&MANY.to_string()),
        );
    }
}

fn tidy_custom(it: &mut CustomerDraft, issues: &mut Vec<Issue>) {
    if it.custom.len() > MANY {
        issues.push(
            Issue::error(IssueCode::LimitPassed)
                .in_field("custom")
                .expected(&MANY.to_string()),
        );
    }
    it.custom.retain(|key, value| {
        let field = format!("custom.{key}");
        too_long(&field, key, SHORT, issues);
        match value {
            CustomField::Text(text) => {
                *text = text.trim().to_owned();
                too_long(&field, text, LONG, issues);
                !text.is_empty()
            }
            CustomField::Number(number) if !number.is_finite() => {
                issues.push(Issue::error(IssueCode::BadNumber).in_field(&field));
                true
            }
            CustomField::Number(_) | CustomField::Flag(_) => true,
        }
    });
}

fn amount(field: &str, amount: Money, issues: &mut Vec<Issue>) {
    if amount.0 < 0 {
        issues.push(
            Issue::error(IssueCode::Negative)
                .in_field(field)
                .found(&amount.0.to_string())
                .expected("0"),
        );
    } else if amount.0 > LARGEST {
        issues.push(
            Issue::error(IssueCode::TooMuch)
                .in_field(field)
                .found(&amount.0.to_string())
                .expected(&LARGEST.to_string()),
        );
    }
}

/// Checks the tags of a customer after one was added.
pub(crate) fn tags(tags: &[String]) -> Result<(), Vec<Issue>> {
    let mut tags = tags.to_vec();
    let mut issues = Vec::new();
    tidy_list(&mut tags, "tags", &mut issues);
    if issues.is_empty() {
        Ok(())
    } else {
        Err(issues)
    }
}

/// Tidies an order, or says everything that is wrong with it. An order may not lie in the future.
pub(crate) fn order(draft: &OrderDraft, now: Timestamp) -> Result<OrderDraft, Vec<Issue>> {
    let mut it = draft.clone();
    let mut issues = Vec::new();
    tidy_text(&mut it.external_id, "externalId", SHORT, &mut issues);
    tidy_text(&mut it.channel, "channel", SHORT, &mut issues);
    tidy_text(&mut it.coupon, "coupon", SHORT, &mut issues);
    amount("amount", it.amount, &mut issues);
    for (field, value) in [
        ("gross", it.gross),
        ("tax", it.tax),
        ("paidWithPoints", it.paid_with_points),
    ] {
        if let Some(value) = value {
            amount(field, value, &mut issues);
        }
    }
    for (field, part) in [("tax", it.tax), ("paidWithPoints", it.paid_with_points)] {
        if part.is_some_and(|part| part > it.amount) {
            issues.push(
                Issue::error(IssueCode::TooMuch)
                    .in_field(field)
                    .expected(&it.amount.0.to_string()),
            );
        }
    }
    // A clock of another device may be a little ahead.
    if it.at.0 > now.0.saturating_add(24 * 3_600_000) {
        issues.push(
            Issue::error(IssueCode::FutureDate)
                .in_field("at")
                .found(&it.at.to_string()),
        );
    }
    if it.lines.len() > LINES {
        issues.push(
            Issue::error(IssueCode::LimitPassed)
                .in_field("lines")
                .expected(&LINES.to_string()),
        );
    }
    for (index, line) in it.lines.iter_mut().enumerate() {
        line.product = line.product.trim().to_owned();
        let field = format!("lines.{index}.product");
        too_long(&field, &line.product, SHORT, &mut issues);
        if line.product.is_empty() {
            issues.push(Issue::error(IssueCode::Missing).in_field(&field));
        }
        tidy_text(
            &mut line.category,
            &format!("lines.{index}.category"),
            SHORT,
            &mut issues,
        );
        amount(&format!("lines.{index}.amount"), line.amount, &mut issues);
        if line.quantity_milli < 0 {
            issues.push(
                Issue::error(IssueCode::Negative).in_field(&format!("lines.{index}.quantity")),
            );
        }
    }
    if issues.is_empty() {
        Ok(it)
    } else {
        Err(issues)
    }
}
