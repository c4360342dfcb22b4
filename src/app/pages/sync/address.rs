//! Addresses that a person types: which are none, which may not be sent to, and what is meant by a short one.

use protocol::SyncTroubleCode;

/// Names of parameters that carry a secret.
const SECRET_NAMES: [&str; 12] = [
    "token",
    "access_token",
    "api_key",
    "apikey",
    "api-key",
    "key",
    "secret",
    "password",
    "passwd",
    "pwd",
    "auth",
    "sig",
];

/// The address as it will be used: what is before the host is filled in, what stands behind `#` is left out.
///
/// # Errors
/// `address`, `secret-in-address`, `not-encrypted`.
pub fn read(typed: &str) -> Result<String, SyncTroubleCode> {
    let typed = typed.trim();
    let typed = typed.split('#').next().unwrap_or_default();
    if typed.is_empty() || typed.contains(char::is_whitespace) {
        return Err(SyncTroubleCode::Address);
    }
    let whole = complete(typed);
    let (scheme, rest) = whole.split_once("://").ok_or(SyncTroubleCode::Address)?;
    let scheme = scheme.to_ascii_lowercase();
    if scheme != "http" && scheme != "https" {
        return Err(SyncTroubleCode::Address);
    }
    let authority = rest.split(['/', '?', '\\']).next().unwrap_or_default();
    if authority.contains('@') || query_names(rest).any(is_secret) {
        return Err(SyncTroubleCode::SecretInAddress);
    }
    let host = host(authority).ok_or(SyncTroubleCode::Address)?;
    if scheme == "http" && !is_this_machine(host) {
        return Err(SyncTroubleCode::NotEncrypted);
    }
    Ok([&scheme, "://", rest].concat())
}

/// Scheme, host and port, as a person reads them.
pub fn origin(address: &str) -> &str {
    let start = address.find("://").map_or(0, |at| at + 3);
    let end = address.get(start..).and_then(|rest| rest.find(['/', '?']));
    end.and_then(|end| address.get(..start + end))
        .unwrap_or(address)
}

/// `example.com/a` is `https://example.com/a`, `localhost:3000` is `http://localhost:3000`.
fn complete(typed: &str) -> String {
    if typed.contains("://") {
        return typed.to_owned();
    }
    let authority = typed.split(['/', '?']).next().unwrap_or_default();
    let near = host(authority).is_some_and(is_this_machine);
    [if near { "http://" } else { "https://" }, typed].concat()
}

/// The host of `host:port`, if it can be one.
fn host(authority: &str) -> Option<&str> {
    let (host, port) = if let Some(rest) = authority.strip_prefix('[') {
        let (inside, after) = rest.split_once(']')?;
        (inside, after.strip_prefix(':').unwrap_or(after))
    } else {
        authority.split_once(':').unwrap_or((authority, ""))
    };
    let good_port = port.is_empty() || port.parse::<u16>().is_ok();
    let good_host = !host.is_empty()
        && !host.starts_with('.')
        && !host.contains("..")
        && host
            .chars()
            .all(|c| !c.is_ascii() || c.is_ascii_alphanumeric() || "-._:".contains(c));
    // A single word is a machine of the same house, or a word that is no address at all.
    let whole = host.contains(['.', ':']) || host.eq_ignore_ascii_case("localhost");
    (good_port && good_host && whole).then_some(host)
}

fn is_this_machine(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let v4: Vec<&str> = host.split('.').collect();
    host == "localhost"
        || host.ends_with(".localhost")
        || host == "::1"
        || matches!(v4.as_slice(), ["127", rest @ ..] if rest.len() == 3 && rest.iter().all(|part| part.parse::<u8>().is_ok()))
}

/// The names of the parameters behind `?`.
fn query_names(rest: &str) -> impl Iterator<Item = &str> {
    let query = rest.split_once('?').map_or("", |(_, query)| query);
    query
        .split('&')
        .map(|pair| pair.split('=').next().unwrap_or_default())
}

fn is_secret(name: &str) -> bool {
    SECRET_NAMES
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_meant() {
        for (typed, address) in [
            ("https://example.com/crm", "https://example.com/crm"),
            ("  https://example.com/crm#x ", "https://example.com/crm"),
            ("HTTPS://Example.com", "https://Example.com"),
            ("example.com", "https://example.com"),
            (
                "dav.example.com/remote.php/shuke.json",
                "https://dav.example.com/remote.php/shuke.json",
            ),
            ("localhost:3000", "http://localhost:3000"),
            ("http://127.0.0.1:5984/team", "http://127.0.0.1:5984/team"),
            ("http://[::1]:8080", "http://[::1]:8080"),
            ("https://例子.中国/a?page=1", "https://例子.中国/a?page=1"),
        ] {
            assert_eq!(read(typed).as_deref(), Ok(address), "{typed}");
        }
    }

    #[test]
    fn what_cannot_be_used_says_why() {
        use SyncTroubleCode::{Address, NotEncrypted, SecretInAddress};
        for (typed, code) in [
            ("", Address),
            ("customers", Address),
            ("ftp://example.com", Address),
            ("https://", Address),
            ("https://exa mple.com", Address),
            ("https://example.com:99999", Address),
            ("https://a..b", Address),
            ("javascript:alert(1)", Address),
            ("file:///etc/passwd", Address),
            ("http://example.com", NotEncrypted),
            ("http://192.168.1.5:3000", NotEncrypted),
            ("http://127.0.0.1.example.com", NotEncrypted),
            ("http://localhost.example.com", NotEncrypted),
            ("https://me:secret@example.com", SecretInAddress),
            ("http://token@localhost", SecretInAddress),
            ("https://example.com/?access_token=abc", SecretInAddress),
            ("https://example.com/a?x=1&API_KEY=abc", SecretInAddress),
        ] {
            assert_eq!(read(typed), Err(code), "{typed}");
        }
    }

    #[test]
    fn the_origin_is_what_a_secret_belongs_to() {
        assert_eq!(origin("https://example.com/a?b"), "https://example.com");
        assert_eq!(origin("http://localhost:3000"), "http://localhost:3000");
    }
}
