//! The data key, and the keys for each thing that follow from it.

use crate::Trouble;
use crate::cipher::{self, KEY, NONCE, TAG};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Bytes by which a sealed snapshot's piece is longer.
pub const SNAPSHOT_OVERHEAD: usize = TAG;

/// 256 random bits from which everything of a workspace is encrypted. Never stored but wrapped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct DataKey([u8; KEY]);

impl DataKey {
    /// Of random bytes.
    pub(crate) fn new(bytes: [u8; KEY]) -> Self {
        Self(bytes)
    }

    /// To be wrapped.
    pub(crate) fn bytes(&self) -> &[u8; KEY] {
        &self.0
    }
}

/// A key for one purpose (RFC 5869 with SHA-256).
pub(crate) fn derive(secret: &[u8], vault: &[u8; 16], purpose: &[u8]) -> Zeroizing<[u8; KEY]> {
    let mut key = Zeroizing::new([0; KEY]);
    // Fails only for more than 8,160 bytes.
    let _ = Hkdf::<Sha256>::new(Some(vault), secret).expand(purpose, key.as_mut_slice());
    key
}

/// The keys of an unlocked workspace.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Keys {
    data: DataKey,
    database: [u8; KEY],
    snapshot: [u8; KEY],
    options: [u8; KEY],
    #[zeroize(skip)]
    workspace: String,
}

impl Keys {
    /// Follows from the data key. Workspace and vault are part of each, so that no file of one workspace opens in
    /// another.
    pub fn new(data: DataKey, workspace: &str, vault: &[u8; 16]) -> Self {
        let key = |purpose: &str| {
            let purpose = format!("shuke {purpose} v1 {workspace}");
            *derive(&data.0, vault, purpose.as_bytes())
        };
        Self {
            database: key("database"),
            snapshot: key("snapshot"),
            options: key("options"),
            data,
            workspace: workspace.to_owned(),
        }
    }

    /// The data key, to be wrapped anew.
    pub fn data(&self) -> &DataKey {
        &self.data
    }

    /// The key of the database's pages, in hexadecimal.
    pub fn database_hex(&self) -> Zeroizing<String> {
        Zeroizing::new(cipher::hex(&self.database))
    }

    /// The key of the options in the key file.
    pub(crate) fn options(&self) -> &[u8; KEY] {
        &self.options
    }

    /// Seals a piece of the column snapshot where it is. `nonce` is drawn once a snapshot; the piece's number and
    /// whether it is the last are bound in, so that pieces can be neither exchanged nor left out.
    pub fn seal_piece(&self, nonce: &[u8; 20], number: u32, last: bool, piece: &mut Vec<u8>) {
        let about = self.about(number, last);
        cipher::seal(&self.snapshot, piece_nonce(nonce, number), &about, piece);
    }

    /// Opens such a piece.
    ///
    /// # Errors
    /// [`Trouble::Wrong`].
    pub fn open_piece(
        &self,
        nonce: &[u8; 20],
        number: u32,
        last: bool,
        piece: &mut Vec<u8>,
    ) -> Result<(), Trouble> {
        let about = self.about(number, last);
        cipher::open(&self.snapshot, piece_nonce(nonce, number), &about, piece)
    }

    fn about(&self, number: u32, last: bool) -> Vec<u8> {
        format!("shuke snapshot v1 {} {number} {last}", self.workspace).into_bytes()
    }
}

/// 20 random bytes and the piece's number.
fn piece_nonce(nonce: &[u8; 20], number: u32) -> [u8; NONCE] {
    let mut whole = [0; NONCE];
    for (to, from) in whole
        .iter_mut()
        .zip(nonce.iter().chain(&number.to_be_bytes()))
    {
        *to = *from;
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(workspace: &str, vault: u8) -> Keys {
        Keys::new(DataKey::new([7; KEY]), workspace, &[vault; 16])
    }

    #[test]
    fn every_purpose_and_workspace_has_its_own_keys() {
        let one = keys("main", 1);
        let all = [
            one.database,
            one.snapshot,
            one.options,
            keys("other", 1).database,
            keys("main", 2).database,
            one.data.0,
        ];
        for (at, key) in all.iter().enumerate() {
            assert!(all[at + 1..].iter().all(|other| other != key));
        }
        assert_eq!(one.database_hex().len(), 64);
    }

    #[test]
    fn pieces_of_a_snapshot_open_in_their_place_only() {
        let keys = keys("main", 1);
        let nonce = [3; 20];
        let mut sealed = b"\0columns".to_vec();
        keys.seal_piece(&nonce, 0, false, &mut sealed);
        assert_eq!(sealed.len(), 8 + SNAPSHOT_OVERHEAD);
        let open = |keys: &Keys, nonce, number, last| {
            let mut piece = sealed.clone();
            keys.open_piece(nonce, number, last, &mut piece)
                .map(|()| piece)
        };
        assert_eq!(open(&keys, &nonce, 0, false), Ok(b"\0columns".to_vec()));
        assert_eq!(open(&keys, &nonce, 1, false), Err(Trouble::Wrong));
        assert_eq!(open(&keys, &nonce, 0, true), Err(Trouble::Wrong));
        assert_eq!(open(&keys, &[4; 20], 0, false), Err(Trouble::Wrong));
        let other = super::tests::keys("other", 1);
        assert_eq!(open(&other, &nonce, 0, false), Err(Trouble::Wrong));
    }
}
