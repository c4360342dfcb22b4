//! Published vectors that the ciphers must give, here and in the browser.
//!
//! The worker runs [`check`] before it encrypts a workspace for the first time: a build whose ciphers are wrong must
//! not be the one that a person's data can no longer be read with.

use crate::cipher::any_bytes;
use argon2::{Algorithm, Argon2, AssociatedData, ParamsBuilder, Version};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, XChaCha20Poly1305};
use hkdf::Hkdf;
use sha2::Sha256;

/// A vector of an authenticated cipher: where it is from, then everything in hexadecimal.
struct Vector {
    from: &'static str,
    key: &'static str,
    nonce: &'static str,
    about: &'static str,
    plain: &'static str,
    /// With its tag.
    sealed: &'static str,
    /// False for those that must be refused.
    valid: bool,
}

const SUNSCREEN: &str = "4c616469657320616e642047656e746c656d656e206f662074686520636c617373206f66202739393a204966204920636f756c64206f6666657220796f75206f6e6c79206f6e652074697020666f7220746865206675747572652c2073756e73637265656e20776f756c642062652069742e";
const SUNSCREEN_KEY: &str = "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f";
const SUNSCREEN_ABOUT: &str = "50515253c0c1c2c3c4c5c6c7";

const CHACHA: &[Vector] = &[Vector {
    from: "RFC 8439, 2.8.2",
    key: SUNSCREEN_KEY,
    nonce: "070000004041424344454647",
    about: SUNSCREEN_ABOUT,
    plain: SUNSCREEN,
    sealed: "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691",
    valid: true,
}];

const XCHACHA: &[Vector] = &[
    Vector {
        from: "draft-irtf-cfrg-xchacha-03, A.3.1",
        key: SUNSCREEN_KEY,
        nonce: "404142434445464748494a4b4c4d4e4f5051525354555657",
        about: SUNSCREEN_ABOUT,
        plain: SUNSCREEN,
        sealed: "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff921f9664c97637da9768812f615c68b13b52ec0875924c1c7987947deafd8780acf49",
        valid: true,
    },
    Vector {
        from: "Wycheproof, XChaCha20-Poly1305, 2: nothing at all",
        key: "ab1562faea9f47af3ae1c3d6d030e3af230255dff3df583ced6fbbcbf9d606a9",
        nonce: "6a5e0c4617e07091b605a4de2c02dde117de2ebd53b23497",
        about: "",
        plain: "",
        sealed: "e2697ea6877aba39d9555a00e14db041",
        valid: true,
    },
    Vector {
        from: "Wycheproof, XChaCha20-Poly1305, 3: nothing, bound to something",
        key: "d821dce9b890ea37ae1c89e7cb6aeae9371b8179add0d08f5494718322ae0071",
        nonce: "3ec3f7c45e687d75a895bf5e71809e7cdac32158bb48ec0d",
        about: "8780fb400f94c55d",
        plain: "",
        sealed: "966c22d655b9e56326024f028cf887ad",
        valid: true,
    },
    Vector {
        from: "Wycheproof, XChaCha20-Poly1305, 23",
        key: "8a275c90eb8688c5d9e82b74331cf104a2c8757d6257079b1d8035bb40d6a8d9",
        nonce: "33dfa71a0cb2aca008e4c8e8a72dbda4c407bbadd5d7e1a5",
        about: "e7c9d1dda90b699e",
        plain: "3c2da491f244acfbd1dc",
        sealed: "e5aad5c055dc6df73cf096fc30292cc8381c345d5f2964ba5626",
        valid: true,
    },
    Vector {
        from: "Wycheproof, XChaCha20-Poly1305, 24",
        key: "2d97a35e4b6617e5f4a0f50dcda7622f321cad936a246d9beada9d75e142ef3d",
        nonce: "5a44801d2baabfe8cbee6da52bb51b5297856065fbf33944",
        about: "",
        plain: "b94df0d444dac848ffcad4",
        sealed: "2a41cc14a6a65bbb1537581044cd75f2e61cbecbf3a7a77c13ef01",
        valid: true,
    },
    Vector {
        from: "Wycheproof, XChaCha20-Poly1305, 304: sums at the edge",
        key: "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
        nonce: "000102030405060708090a0b0c0d0e0f10111213019836bb",
        about: "ffffffff",
        plain: "add90613d6c986201ba3ae9a173b5eac4543dad828c28642b9112329ae795c20388348384fff4da306159808cba1e571",
        sealed: "14c73d96e9cb3cbb1c38135d152e27afeba9e3e78c218600a0c8f6c7960a052aeba9e3e78c218600a0c8f6c7960a052ac86e6a5b6b519f712061abb1333927c9",
        valid: true,
    },
    Vector {
        from: "Wycheproof, XChaCha20-Poly1305, 314: a nonce of another size",
        key: "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f",
        nonce: "000102030405060708090a0b0c0d0e0f10111213",
        about: "",
        plain: "",
        sealed: "",
        valid: false,
    },
    Vector {
        from: "the third of Wycheproof's, with the last bit of its tag turned",
        key: "d821dce9b890ea37ae1c89e7cb6aeae9371b8179add0d08f5494718322ae0071",
        nonce: "3ec3f7c45e687d75a895bf5e71809e7cdac32158bb48ec0d",
        about: "8780fb400f94c55d",
        plain: "",
        sealed: "966c22d655b9e56326024f028cf887ac",
        valid: false,
    },
];

/// RFC 9106, 5.3: Argon2id over four lanes of 32 KiB in all.
fn argon2id() -> Option<Vec<u8>> {
    let params = ParamsBuilder::new()
        .m_cost(32)
        .t_cost(3)
        .p_cost(4)
        .output_len(32)
        .data(AssociatedData::new(&[4; 12]).ok()?)
        .build()
        .ok()?;
    let hasher =
        Argon2::new_with_secret(&[3; 8], Algorithm::Argon2id, Version::V0x13, params).ok()?;
    let mut tag = [0; 32];
    hasher
        .hash_password_into(&[1; 32], &[2; 16], &mut tag)
        .ok()?;
    Some(tag.to_vec())
}

const ARGON2ID: &str = "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659";

/// RFC 5869, A.1: HKDF with SHA-256.
fn hkdf() -> Option<Vec<u8>> {
    let mut key = [0; 42];
    Hkdf::<Sha256>::new(Some(&any_bytes("000102030405060708090a0b0c")?), &[0x0b; 22])
        .expand(&any_bytes("f0f1f2f3f4f5f6f7f8f9")?, &mut key)
        .ok()?;
    Some(key.to_vec())
}

const HKDF: &str =
    "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865";

/// Whether a cipher gives what a vector says, and refuses what it must.
fn holds<C: KeyInit + Aead>(vector: &Vector) -> Option<()> {
    let cipher = C::new_from_slice(&any_bytes(vector.key)?).ok()?;
    let nonce = any_bytes(vector.nonce)?;
    let Ok(nonce) = nonce.as_slice().try_into() else {
        return (!vector.valid).then_some(());
    };
    let about = any_bytes(vector.about)?;
    let plain = any_bytes(vector.plain)?;
    let sealed = any_bytes(vector.sealed)?;
    let payload = |msg| Payload { msg, aad: &about };
    let opened = cipher.decrypt(nonce, payload(&sealed)).ok();
    if !vector.valid {
        return opened.is_none().then_some(());
    }
    let again = cipher.encrypt(nonce, payload(&plain)).ok()?;
    (opened? == plain && again == sealed).then_some(())
}

/// Checks all of them. Gives how many there are.
///
/// # Errors
/// The first that does not hold.
pub fn check() -> Result<usize, &'static str> {
    if argon2id() != any_bytes(ARGON2ID) {
        return Err("RFC 9106, 5.3");
    }
    if hkdf() != any_bytes(HKDF) {
        return Err("RFC 5869, A.1");
    }
    for vector in CHACHA {
        holds::<ChaCha20Poly1305>(vector).ok_or(vector.from)?;
    }
    for vector in XCHACHA {
        holds::<XChaCha20Poly1305>(vector).ok_or(vector.from)?;
    }
    Ok(2 + CHACHA.len() + XCHACHA.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hold() {
        assert_eq!(check(), Ok(2 + CHACHA.len() + XCHACHA.len()));
    }

    #[test]
    fn could_fail() {
        let wrong = Vector {
            about: "00",
            ..XCHACHA[0]
        };
        assert!(holds::<XChaCha20Poly1305>(&wrong).is_none());
        assert!(holds::<ChaCha20Poly1305>(&XCHACHA[0]).is_none());
    }
}
