//! The key file of an encrypted workspace.
//!
//! It is kept twice. A change writes one copy and then the other, so that at any moment at least one is whole, and
//! whatever passphrase that one has opens the workspace: [`newest`] gives the whole ones, the newest first. Whoever
//! has opened one writes it over the other.

use crate::Trouble;
use crate::cipher::{self, Sealed};
use crate::keys::{DataKey, Keys};
use crate::recovery::RecoveryKey;
use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// The form of file that is written here.
const VERSION: u32 = 1;

/// Less memory (KiB) or fewer passes than these are refused, whoever asks for them (OWASP's minimum for Argon2id).
pub const FLOOR: (u32, u32) = (19 * 1024, 2);

/// Memory of the passphrase key, in KiB: 64 MiB.
pub const RECOMMENDED_KIB: u32 = 64 * 1024;

/// Passes over it, at least; a quick machine makes more.
pub const RECOMMENDED_PASSES: u32 = 3;

/// More than this is no key file of ours, but a way to make the worker work for ever.
const CEILING: (u32, u32) = (1024 * 1024, 64);

/// How dear a passphrase key is: Argon2id over one lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kdf {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
}

impl Kdf {
    /// What is right where nothing was measured.
    pub const RECOMMENDED: Self = Self {
        memory_kib: RECOMMENDED_KIB,
        passes: RECOMMENDED_PASSES,
    };

    /// What takes about `wanted_ms` where [`Kdf::RECOMMENDED`] took `took_ms`; never less than that.
    pub fn calibrated(took_ms: f64, wanted_ms: f64) -> Self {
        let each = (took_ms / f64::from(RECOMMENDED_PASSES)).max(1.0);
        let passes = (wanted_ms / each).floor().clamp(0.0, f64::from(CEILING.1));
        Self {
            passes: (passes as u32).max(RECOMMENDED_PASSES),
            ..Self::RECOMMENDED
        }
    }

    /// # Errors
    /// [`Trouble::Weak`] below the floor; [`Trouble::Damaged`] above what anybody would ask for.
    fn check(self) -> Result<(), Trouble> {
        if self.memory_kib < FLOOR.0 || self.passes < FLOOR.1 {
            Err(Trouble::Weak)
        } else if self.memory_kib > CEILING.0 || self.passes > CEILING.1 {
            Err(Trouble::Damaged)
        } else {
            Ok(())
        }
    }

    /// The key that wraps the data key. Passphrases are normalised (NFC, every kind of space as one), so that the same
    /// one typed on another keyboard is the same.
    ///
    /// # Errors
    /// [`Trouble::Weak`], [`Trouble::Damaged`] where there is no memory for it.
    fn derive(self, passphrase: &str, salt: &[u8; 16]) -> Result<Zeroizing<[u8; 32]>, Trouble> {
        self.check()?;
        let normal: Zeroizing<String> = Zeroizing::new(
            passphrase
                .nfc()
                .map(|c| if c.is_whitespace() { ' ' } else { c })
                .collect(),
        );
        let params =
            Params::new(self.memory_kib, self.passes, 1, Some(32)).map_err(|_| Trouble::Damaged)?;
        let mut key = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(normal.as_bytes(), salt, key.as_mut_slice())
            .map_err(|_| Trouble::Damaged)?;
        Ok(key)
    }

    /// Does the work of one passphrase key for nothing, to be measured.
    pub fn rehearse(self) {
        let _ = self.derive("rehearsal", &[0; 16]);
    }
}

/// What a person has.
#[derive(Clone, Copy)]
pub enum Secret<'a> {
    /// The passphrase.
    Passphrase(&'a str),
    /// The recovery key, as typed.
    Recovery(&'a str),
}

/// What the owner chose; sealed in the key file, so that nobody changes it who has not unlocked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Options {
    /// Lock after so many minutes without use; 0 is never.
    pub lock_after: u32,
    /// The recovery key was shown to somebody.
    pub recovery: bool,
}

/// A new key file, and what belongs to it.
pub struct New {
    /// To be kept.
    pub file: KeyFile,
    /// To be shown once.
    pub recovery: RecoveryKey,
    /// The keys of the workspace.
    pub keys: Keys,
}

/// A key file after a change of its recovery key.
pub struct Changed {
    /// To be kept.
    pub file: KeyFile,
    /// To be shown once.
    pub recovery: RecoveryKey,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KdfText {
    name: String,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: String,
}

/// The key file. Its text is JSON, each field once and in this order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyFile {
    shuke_key_file: u32,
    /// Grows with every change.
    generation: u32,
    workspace: String,
    vault: String,
    kdf: KdfText,
    passphrase: Sealed,
    recovery: Sealed,
    options: Sealed,
    /// Tells damage from a wrong passphrase; no protection against anybody who wants to change the file.
    check: String,
}

/// Draws random bytes.
pub type Random<'a> = &'a mut dyn FnMut(&mut [u8]);

fn draw<const N: usize>(random: Random<'_>) -> [u8; N] {
    let mut bytes = [0; N];
    random(&mut bytes);
    bytes
}

impl KeyFile {
    /// For a workspace that is being encrypted.
    ///
    /// # Errors
    /// [`Trouble::Weak`] for a passphrase key below the floor.
    pub fn create(
        workspace: &str,
        passphrase: &str,
        kdf: Kdf,
        random: Random<'_>,
    ) -> Result<New, Trouble> {
        let vault: [u8; 16] = draw(random);
        let data = DataKey::new(draw(random));
        let recovery = RecoveryKey::new(random);
        let keys = Keys::new(data, workspace, &vault);
        let empty = Sealed::new(&[0; 32], [0; 24], b"", b"");
        let mut file = Self {
            shuke_key_file: VERSION,
            generation: 0,
            workspace: workspace.to_owned(),
            vault: cipher::hex(&vault),
            kdf: KdfText {
                name: "argon2id".into(),
                memory_kib: kdf.memory_kib,
                passes: kdf.passes,
                lanes: 1,
                salt: String::new(),
            },
            passphrase: empty.clone(),
            recovery: empty.clone(),
            options: empty,
            check: String::new(),
        };
        file.wrap_for_recovery(&keys, &recovery, random)?;
        file.seal_options(&keys, Options::default(), random)?;
        let file = file.with_passphrase(&keys, passphrase, kdf, random)?;
        Ok(New {
            file,
            recovery,
            keys,
        })
    }

    /// Reads a key file.
    ///
    /// # Errors
    /// [`Trouble::Damaged`], [`Trouble::Newer`].
    pub fn parse(bytes: &[u8]) -> Result<Self, Trouble> {
        /// Enough of any version to tell which it is.
        #[derive(Deserialize)]
        struct Head {
            shuke_key_file: u32,
        }
        let head: Head = serde_json::from_slice(bytes).map_err(|_| Trouble::Damaged)?;
        if head.shuke_key_file > VERSION {
            return Err(Trouble::Newer);
        }
        let file: Self = serde_json::from_slice(bytes).map_err(|_| Trouble::Damaged)?;
        if file.check != file.checksum() || file.bytes() != bytes {
            return Err(Trouble::Damaged);
        }
        Ok(file)
    }

    /// As it is kept.
    pub fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Grows with every change.
    pub fn generation(&self) -> u32 {
        self.generation
    }

    /// How dear its passphrase key is.
    pub fn kdf(&self) -> Kdf {
        Kdf {
            memory_kib: self.kdf.memory_kib,
            passes: self.kdf.passes,
        }
    }

    /// The keys of the workspace, for whoever has the passphrase or the recovery key. A recovery key that cannot be
    /// one ([`RecoveryKey::parse`]) is no attempt and should be told before.
    ///
    /// # Errors
    /// [`Trouble::Wrong`] whatever is wrong with the secret or was changed in the file; [`Trouble::Weak`].
    pub fn open(&self, workspace: &str, secret: Secret<'_>) -> Result<Keys, Trouble> {
        let vault = self.vault()?;
        let data = match secret {
            Secret::Passphrase(passphrase) => {
                let salt = cipher::bytes(&self.kdf.salt).ok_or(Trouble::Wrong)?;
                let key = self.kdf().derive(passphrase, &salt)?;
                self.passphrase
                    .open(&key, &self.about_passphrase(workspace))?
            }
            Secret::Recovery(typed) => {
                let key = RecoveryKey::parse(typed).map_err(|_| Trouble::Wrong)?;
                self.recovery
                    .open(&key.wrap(&vault), &self.about("recovery", workspace))?
            }
        };
        let data: [u8; 32] = Zeroizing::new(data)
            .as_slice()
            .try_into()
            .map_err(|_| Trouble::Wrong)?;
        Ok(Keys::new(DataKey::new(data), workspace, &vault))
    }

    /// The same data key under another passphrase; nothing else is encrypted anew.
    ///
    /// # Errors
    /// [`Trouble::Weak`] for a passphrase key below the floor.
    pub fn with_passphrase(
        &self,
        keys: &Keys,
        passphrase: &str,
        kdf: Kdf,
        random: Random<'_>,
    ) -> Result<Self, Trouble> {
        let salt: [u8; 16] = draw(random);
        let key = kdf.derive(passphrase, &salt)?;
        let mut file = self.clone();
        file.kdf.memory_kib = kdf.memory_kib;
        file.kdf.passes = kdf.passes;
        file.kdf.salt = cipher::hex(&salt);
        let about = file.about_passphrase(&file.workspace);
        file.passphrase = Sealed::new(&key, draw(random), keys.data().bytes(), &about);
        Ok(file.next())
    }

    /// The same data key under another recovery key; the old one opens nothing any more.
    ///
    /// # Errors
    /// [`Trouble::Wrong`] for a file that is not one of ours.
    pub fn with_recovery(&self, keys: &Keys, random: Random<'_>) -> Result<Changed, Trouble> {
        let recovery = RecoveryKey::new(random);
        let mut file = self.clone();
        file.wrap_for_recovery(keys, &recovery, random)?;
        Ok(Changed {
            file: file.next(),
            recovery,
        })
    }

    /// What the owner chose.
    ///
    /// # Errors
    /// [`Trouble::Wrong`] when it was changed by somebody who had not unlocked.
    pub fn options(&self, keys: &Keys) -> Result<Options, Trouble> {
        let about = self.about("options", &self.workspace);
        let bytes = self.options.open(keys.options(), &about)?;
        serde_json::from_slice(&bytes).map_err(|_| Trouble::Wrong)
    }

    /// With another choice.
    ///
    /// # Errors
    /// [`Trouble::Wrong`] for a file that is not one of ours.
    pub fn with_options(
        &self,
        keys: &Keys,
        options: Options,
        random: Random<'_>,
    ) -> Result<Self, Trouble> {
        let mut file = self.clone();
        file.seal_options(keys, options, random)?;
        Ok(file.next())
    }

    fn wrap_for_recovery(
        &mut self,
        keys: &Keys,
        recovery: &RecoveryKey,
        random: Random<'_>,
    ) -> Result<(), Trouble> {
        let key = recovery.wrap(&self.vault()?);
        let about = self.about("recovery", &self.workspace);
        self.recovery = Sealed::new(&key, draw(random), keys.data().bytes(), &about);
        Ok(())
    }

    fn seal_options(
        &mut self,
        keys: &Keys,
        options: Options,
        random: Random<'_>,
    ) -> Result<(), Trouble> {
        let plain = serde_json::to_vec(&options).map_err(|_| Trouble::Wrong)?;
        let about = self.about("options", &self.workspace);
        self.options = Sealed::new(keys.options(), draw(random), &plain, &about);
        Ok(())
    }

    fn next(mut self) -> Self {
        self.generation = self.generation.saturating_add(1);
        self.check = self.checksum();
        self
    }

    fn vault(&self) -> Result<[u8; 16], Trouble> {
        cipher::bytes(&self.vault).ok_or(Trouble::Wrong)
    }

    /// What each seal is bound to.
    fn about(&self, what: &str, workspace: &str) -> Vec<u8> {
        let version = self.shuke_key_file;
        let vault = &self.vault;
        format!("shuke key file {version}\n{what}\n{workspace}\n{vault}").into_bytes()
    }

    /// The passphrase's is also bound to how its key is made, so that nobody makes that easier.
    fn about_passphrase(&self, workspace: &str) -> Vec<u8> {
        let KdfText {
            name,
            memory_kib,
            passes,
            lanes,
            salt,
        } = &self.kdf;
        let mut about = self.about("passphrase", workspace);
        about.extend(format!("\n{name} {memory_kib} {passes} {lanes} {salt}").into_bytes());
        about
    }

    fn checksum(&self) -> String {
        let plain = Self {
            check: String::new(),
            ..self.clone()
        };
        let hash = Sha256::digest(plain.bytes());
        cipher::hex(hash.get(..8).unwrap_or_default())
    }
}

/// The whole ones among the copies that are kept, the newest first and none twice.
///
/// # Errors
/// What is wrong with all of them; `None` stands for a copy that is not there. [`Trouble::Damaged`] if none is whole,
/// [`Trouble::Newer`] if any is of a newer version.
pub fn newest(copies: &[Option<Vec<u8>>]) -> Result<Vec<KeyFile>, Trouble> {
    let mut whole: Vec<KeyFile> = Vec::new();
    for copy in copies.iter().flatten() {
        match KeyFile::parse(copy) {
            Ok(file) if !whole.contains(&file) => whole.push(file),
            Ok(_) | Err(Trouble::Damaged | Trouble::Wrong | Trouble::Weak) => {}
            Err(Trouble::Newer) => return Err(Trouble::Newer),
        }
    }
    if whole.is_empty() {
        return Err(Trouble::Damaged);
    }
    whole.sort_by_key(|file| std::cmp::Reverse(file.generation));
    Ok(whole)
}
