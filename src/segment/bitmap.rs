//! A set of slots: one bit for each.

/// A set of slots `0..len`. Bits beyond `len` are always zero.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bitmap {
    words: Vec<u64>,
    len: usize,
}

impl Bitmap {
    /// No slot of `len`.
    pub fn empty(len: usize) -> Self {
        Self {
            words: vec![0; len.div_ceil(64)],
            len,
        }
    }

    /// Every slot of `len`.
    pub fn full(len: usize) -> Self {
        let mut all = Self {
            words: vec![u64::MAX; len.div_ceil(64)],
            len,
        };
        all.trim();
        all
    }

    /// From words as [`Bitmap::words`] gives them; missing words are empty.
    pub fn from_words(mut words: Vec<u64>, len: usize) -> Self {
        words.resize(len.div_ceil(64), 0);
        let mut set = Self { words, len };
        set.trim();
        set
    }

    fn trim(&mut self) {
        let used = self.len % 64;
        if used != 0
            && let Some(last) = self.words.last_mut()
        {
            *last &= (1 << used) - 1;
        }
    }

    /// How many slots there are, in the set or not.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether the set has no member.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|&word| word == 0)
    }

    /// The number of members.
    pub fn count(&self) -> u64 {
        self.words
            .iter()
            .map(|word| u64::from(word.count_ones()))
            .sum()
    }

    /// Whether the slot is a member.
    pub fn contains(&self, slot: u32) -> bool {
        let word = self.words.get(slot as usize / 64).copied().unwrap_or(0);
        word >> (slot % 64) & 1 == 1
    }

    /// Takes the slot in or out; slots beyond `len` are ignored.
    pub fn set(&mut self, slot: u32, member: bool) {
        if slot as usize >= self.len {
            return;
        }
        if let Some(word) = self.words.get_mut(slot as usize / 64) {
            let bit = 1 << (slot % 64);
            if member { *word |= bit } else { *word &= !bit }
        }
    }

    /// Adds one more slot behind the last.
    pub fn push(&mut self, member: bool) {
        if self.len.is_multiple_of(64) {
            self.words.push(0);
        }
        self.len += 1;
        self.set((self.len - 1) as u32, member);
    }

    /// Keeps what is in both.
    pub fn and(&mut self, other: &Bitmap) {
        self.zip(other, |a, b| a & b);
    }

    /// Adds what is in the other.
    pub fn or(&mut self, other: &Bitmap) {
        self.zip(other, |a, b| a | b);
    }

    /// Takes away what is in the other.
    pub fn and_not(&mut self, other: &Bitmap) {
        self.zip(other, |a, b| a & !b);
    }

    fn zip(&mut self, other: &Bitmap, join: impl Fn(u64, u64) -> u64) {
        let with = other.words.iter().copied().chain(std::iter::repeat(0));
        for (word, with) in self.words.iter_mut().zip(with) {
            *word = join(*word, with);
        }
        self.trim();
    }

    /// The words, lowest slot in the lowest bit of the first.
    pub fn words(&self) -> &[u64] {
        &self.words
    }

    /// The members in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.words.iter().enumerate().flat_map(|(at, &word)| {
            let mut rest = word;
            std::iter::from_fn(move || {
                if rest == 0 {
                    return None;
                }
                let bit = rest.trailing_zeros();
                rest &= rest - 1;
                Some(at as u32 * 64 + bit)
            })
        })
    }
}
