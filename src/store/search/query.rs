//! Asking the search index.
//!
//! Words of three characters and more go through the trigram index, whose candidates are then looked at one by one.
//! Shorter ones (Chinese names, the last two digits of a phone) are in too many texts for an index to pay, and so are
//! words that give too many candidates: then all texts are read through, some 10 ms for 100,000.

use super::fold;
use crate::{Reader, StoreError};
use model::CustomerId;
use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// Beyond so many candidates reading all texts in a row is faster than each by its id.
const CANDIDATES_MAX: usize = 4_000;

/// Trigrams of a word that are asked for; the rest is checked on the text.
const TRIGRAMS_MAX: usize = 12;

impl Reader<'_> {
    /// Customers that match all words, best first: exact name, name's beginning, initials, phone tail, the rest; ties
    /// by pinyin. Without words nobody.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn search(self, text: &str, limit: usize) -> Result<Vec<CustomerId>, StoreError> {
        let query = Query::new(text);
        let mut best: BinaryHeap<Hit> = BinaryHeap::new();
        self.each_match(&query, |id, text| {
            let lines = Lines::of(text);
            let rank = query.rank(&lines);
            let full = best.len() >= limit;
            // Most matches of a short word are of the worst rank: ask for that first.
            let better = |worst: &Hit| {
                rank < worst.rank
                    || rank == worst.rank && (lines.sounds(), id) < (worst.name.as_str(), worst.id)
            };
            if full && !best.peek().is_some_and(better) {
                return;
            }
            if full {
                best.pop();
            }
            best.push(Hit {
                rank,
                name: lines.sounds().to_owned(),
                id,
            });
        })?;
        Ok(best
            .into_sorted_vec()
            .into_iter()
            .map(|hit| CustomerId(hit.id))
            .collect())
    }

    /// Every customer that matches all words, by id. Without words nobody.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn search_all(self, text: &str) -> Result<Vec<CustomerId>, StoreError> {
        let mut found = Vec::new();
        self.each_match(&Query::new(text), |id, _| found.push(CustomerId(id)))?;
        found.sort_unstable();
        Ok(found)
    }

    fn each_match(self, query: &Query, mut each: impl FnMut(i64, &str)) -> Result<(), StoreError> {
        if query.words.is_empty() {
            return Ok(());
        }
        if let Some(candidates) = self.candidates(query)? {
            let mut statement = self
                .conn
                .prepare_cached("SELECT text FROM customer_search WHERE id = ?1")?;
            for id in candidates {
                let mut rows = statement.query([id])?;
                if let Some(row) = rows.next()? {
                    let text = row.get_ref(0)?.as_str().unwrap_or("");
                    if query.matches(text) {
                        each(id, text);
                    }
                }
            }
            return Ok(());
        }
        let mut statement = self
            .conn
            .prepare_cached("SELECT id, text FROM customer_search")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let text = row.get_ref(1)?.as_str().unwrap_or("");
            if query.matches(text) {
                each(row.get(0)?, text);
            }
        }
        Ok(())
    }

    /// Who may match, by the trigram index; `None` when it cannot help.
    fn candidates(self, query: &Query) -> Result<Option<Vec<i64>>, StoreError> {
        let Some(expression) = query.trigrams() else {
            return Ok(None);
        };
        let mut statement = self.conn.prepare_cached(
            "SELECT rowid FROM customer_fts WHERE customer_fts MATCH ?1 LIMIT ?2",
        )?;
        let limit = i64::try_from(CANDIDATES_MAX + 1).unwrap_or(i64::MAX);
        let ids = statement
            .query_map((expression, limit), |row| row.get(0))?
            .collect::<Result<Vec<i64>, _>>()?;
        Ok((ids.len() <= CANDIDATES_MAX).then_some(ids))
    }
}

/// A folded query.
struct Query {
    words: Vec<String>,
    /// All words as one: `wang wei` is also the name `wangwei`.
    joined: String,
}

impl Query {
    fn new(text: &str) -> Self {
        let words = fold::words(text);
        Self {
            joined: words.concat(),
            words,
        }
    }

    fn matches(&self, text: &str) -> bool {
        self.words.iter().all(|word| text.contains(word.as_str()))
    }

    /// How well a matching text matches; 0 is best.
    fn rank(&self, lines: &Lines<'_>) -> u8 {
        let joined = self.joined.as_str();
        let begins = |line: &str| line.split(' ').any(|it| it.starts_with(joined));
        if lines.name == joined {
            0
        } else if lines.name.starts_with(joined) {
            1
        } else if begins(lines.initials) || begins(lines.pinyin) {
            2
        } else if lines.phone.ends_with(joined) {
            3
        } else {
            4
        }
    }

    /// The trigrams of all words as an expression of FTS5; `None` when no word has any.
    fn trigrams(&self) -> Option<String> {
        let mut terms: Vec<String> = Vec::new();
        for word in &self.words {
            let chars: Vec<char> = word.chars().collect();
            // Spread over the word, so that its rare parts are likely among them.
            let step = chars.len().saturating_sub(2).div_ceil(TRIGRAMS_MAX).max(1);
            for three in chars.windows(3).step_by(step) {
                // Folded text has no quotes.
                terms.push(format!("\"{}\"", three.iter().collect::<String>()));
            }
        }
        (!terms.is_empty()).then(|| terms.join(" AND "))
    }
}

/// The lines of a search text that ranking looks at.
struct Lines<'t> {
    name: &'t str,
    initials: &'t str,
    pinyin: &'t str,
    phone: &'t str,
}

impl<'t> Lines<'t> {
    fn of(text: &'t str) -> Self {
        let mut lines = text.split('\n');
        let mut next = || lines.next().unwrap_or("");
        Self {
            name: next(),
            initials: next(),
            pinyin: next(),
            phone: next(),
        }
    }

    /// What ties are settled by.
    fn sounds(&self) -> &'t str {
        if self.pinyin.is_empty() {
            self.name
        } else {
            self.pinyin
        }
    }
}

/// A match among the best; the greatest is the worst of them.
#[derive(PartialEq, Eq)]
struct Hit {
    rank: u8,
    name: String,
    id: i64,
}

impl Ord for Hit {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.rank, &self.name, self.id).cmp(&(other.rank, &other.name, other.id))
    }
}

impl PartialOrd for Hit {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
