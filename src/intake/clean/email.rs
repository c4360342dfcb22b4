//! E-mail addresses.

use super::Read;
use super::text::half_width;
use model::{Issue, IssueCode};

/// Reads an address as people and programs write it: `Ann <Ann@Example.com>`, `mailto:…`, several joined by `;`,
/// `,` or ` ::: ` (the first counts, which is said). Lower case, because that is how it is compared.
pub fn email(cell: &str) -> Read<String> {
    let first = cell
        .split([';', ',', '；', '，', '、', '\n'])
        .flat_map(|part| part.split(":::"))
        .map(|part| part.trim().trim_start_matches("* "))
        .find(|part| part.contains(['@', '＠']))
        .unwrap_or(cell);
    let several = first.len() + 2 < cell.trim().len() && cell.matches(['@', '＠']).count() > 1;
    let inner = match (first.rfind('<'), first.rfind('>')) {
        (Some(open), Some(close)) if open < close => first.get(open + 1..close).unwrap_or(first),
        _ => first,
    };
    let lower: String = inner
        .trim()
        .chars()
        .map(half_width)
        .flat_map(char::to_lowercase)
        .collect();
    let address = lower.strip_prefix("mailto:").unwrap_or(&lower);
    if !is_address(address) {
        return Read::bad(
            Issue::warning(IssueCode::BadEmail)
                .found(cell)
                .expected("name@example.com"),
        );
    }
    let address = address.to_owned();
    if several {
        let issue = Issue::warning(IssueCode::BadEmail)
            .found(cell)
            .expected(&address);
        return Read::doubtful(address, issue);
    }
    Read::good(address)
}

fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~-.".contains(c);
    let label = |l: &str| {
        !l.is_empty()
            && l.len() <= 63
            && !l.starts_with('-')
            && !l.ends_with('-')
            && l.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    text.len() <= 254
        && !local.is_empty()
        && local.len() <= 64
        && local.chars().all(|c| plain(c) || !c.is_ascii())
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && domain.contains('.')
        && domain.split('.').all(label)
        && domain
            .rsplit('.')
            .next()
            .is_some_and(|top| top.chars().count() >= 2)
}
