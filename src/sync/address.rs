//! Addresses: which may be sent to, which may see credentials, and how text is put into them.

use crate::{Fault, FaultCode};

/// The origin of an address: scheme, host and port in lower case. `None` when it is not an http(s) address.
pub fn origin(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    if scheme != "http" && scheme != "https" {
        return None;
    }
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let authority = rest.get(..end)?.to_ascii_lowercase();
    if authority.is_empty() || authority.contains('@') || authority.contains(char::is_whitespace) {
        return None;
    }
    let default = if scheme == "http" { ":80" } else { ":443" };
    let authority = authority.strip_suffix(default).unwrap_or(&authority);
    Some(format!("{scheme}://{authority}"))
}

/// Whether the host of an origin is this machine.
fn is_loopback(origin: &str) -> bool {
    let host = origin.split_once("://").map_or("", |(_, rest)| rest);
    let host = match host.strip_prefix('[') {
        Some(rest) => rest.split_once(']').map_or(rest, |(inside, _)| inside),
        None => host.split_once(':').map_or(host, |(name, _)| name),
    };
    let v4 = host.split('.').collect::<Vec<_>>();
    host == "localhost"
        || host.ends_with(".localhost")
        || host == "::1"
        || matches!(v4.as_slice(), ["127", rest @ ..] if rest.len() == 3
            && rest.iter().all(|part| part.parse::<u8>().is_ok()))
}

/// Checks the address of an endpoint: http or https, no credentials in it, `http:` only on this machine.
///
/// # Errors
/// `address`, with what would be right; what was found is left out when credentials may be in it.
pub fn check_address(url: &str) -> Result<(), Fault> {
    let wrong =
        |found: &str, expected: &str| Err(Fault::new(FaultCode::Address, "base", found, expected));
    let authority = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = authority.split(['/', '?', '#']).next().unwrap_or("");
    if authority.contains('@') {
        return wrong("", "an address without name and password");
    }
    let Some(origin) = origin(url) else {
        return wrong(url, "an address that begins with https://");
    };
    if origin.starts_with("http://") && !is_loopback(&origin) {
        return wrong(&origin, "https (http only for this machine)");
    }
    Ok(())
}

/// Whether credentials bound to `bound` (an origin, see [`origin`]) may go along with a request to `url`.
pub fn may_send_credentials(bound: &str, url: &str) -> bool {
    check_address(url).is_ok() && origin(url).is_some_and(|origin| origin == bound)
}

/// Percent-encodes a text for a path or a query: everything but letters, digits and `-._~`; blanks become `%20`.
pub(crate) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            _ => {
                const HEX: &[u8; 16] = b"0123456789ABCDEF";
                out.push('%');
                for digit in [byte >> 4, byte & 15] {
                    out.push(char::from(
                        HEX.get(usize::from(digit)).copied().unwrap_or(b'0'),
                    ));
                }
            }
        }
    }
    // A segment of dots would be taken away by every reader of addresses.
    match out.as_str() {
        "." => "%2E".to_owned(),
        ".." => "%2E%2E".to_owned(),
        _ => out,
    }
}
