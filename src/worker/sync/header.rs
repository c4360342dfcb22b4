//! The one header that says who we are.

use super::secrets::Secret;
use sync::Auth;

/// Name and value; none where nothing is said.
pub fn of(auth: &Auth, secret: Option<&Secret>) -> Option<(String, String)> {
    let secret = secret?;
    let authorization = |value: String| Some(("authorization".to_owned(), value));
    match auth {
        Auth::None => None,
        Auth::Basic => {
            let pair = format!("{}:{}", secret.user, secret.secret);
            authorization(format!("Basic {}", base64(pair.as_bytes())))
        }
        Auth::Bearer | Auth::Oauth => authorization(format!("Bearer {}", secret.secret)),
        Auth::Header { name, prefix } => Some((name.clone(), format!("{prefix}{}", secret.secret))),
    }
}

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let at = |place: usize| u32::from(three.get(place).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for place in 0..4 {
            if place > three.len() {
                out.push('=');
                continue;
            }
            let digit = (bits >> (18 - 6 * place)) & 63;
            let digit = usize::try_from(digit).unwrap_or(0);
            out.push(char::from(DIGITS.get(digit).copied().unwrap_or(b'A')));
        }
    }
    out
}
