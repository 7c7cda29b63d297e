//! Which changes hold a word.

use std::collections::HashSet;

use super::parts::{PartIndex, Spelling};
use super::table::Table;
use super::tokens::LineWords;
use super::words::{Found, NUMBER, each_found};
use crate::facts::hints::Hints;

const NONE: u32 = u32::MAX;

/// An inverted index from words to the changes that hold them. Changes must be added in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct WordIndex {
    words: Table<Word>,
    postings: Vec<Posting>,
    /// By change: how many different words it holds.
    sizes: Vec<u32>,
    /// Where asked for: the parts of all words.
    parts: Option<PartIndex>,
    /// The words that were met in several spellings: the parts of each, by hash and shape.
    spellings: Table<Spelling>,
    /// The parts of such words that the newest change holds, by hash and part.
    held: HashSet<(u64, u32)>,
    /// That change.
    holder: u32,
    /// What the lines of the newest change took and put.
    exchange: Exchange,
}

/// Whether a line is one that a change takes away or one that it puts there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Removed,
    Added,
}

/// How many words a change took away, how many it put there, and how many of them are the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Exchange {
    pub(crate) removed: u32,
    pub(crate) added: u32,
    pub(crate) both: u32,
}

/// What is known of a word.
#[derive(Debug, Clone, Copy)]
struct Word {
    /// The newest posting.
    head: u32,
    /// Its change.
    newest: u32,
    /// How often that one took the word away and put it there, so far.
    removed: u32,
    added: u32,
    /// The spelling that was met last.
    spelling: Spelling,
}

impl Default for Word {
    fn default() -> Self {
        let spelling = Spelling::default();
        Self { head: NONE, newest: NONE, removed: 0, added: 0, spelling }
    }
}

#[derive(Debug, Clone, Copy)]
struct Posting {
    change: u32,
    next: u32,
}

impl WordIndex {
    /// An index that can be asked for parts of words.
    pub(crate) fn with_parts() -> Self {
        Self { parts: Some(PartIndex::default()), ..Self::default() }
    }

    /// Adds the words of a text to a change.
    pub(crate) fn add(&mut self, change: u32, text: &str) {
        each_found(text, |found| {
            let Found::Word(word) = found else { return };
            if word.hash != NUMBER && word.end - word.start > 2 {
                self.insert(change, word.hash, word.shape, || &text[word.start..word.end]);
            }
        });
    }

    /// Adds a line's words, found before, to a change; says what the line may hold.
    pub(crate) fn add_line(&mut self, change: u32, side: Side, line: LineWords<'_>) -> Hints {
        let mut hints = Hints::default();
        let (mut all, mut both) = (0, 0);
        for (n, token) in line.tokens.iter().enumerate() {
            let text = || token.text(line.text);
            if !token.is_telling() {
                let of_word = || if n == 0 { Hints::of_word(text()) } else { Hints::default() };
                hints = hints.and(if token.is_number() { Hints::LITERAL } else { of_word() });
                continue;
            }
            let word = self.insert(change, token.hash, token.shape, text);
            let (mine, other) = match side {
                Side::Removed => (&mut word.removed, word.added),
                Side::Added => (&mut word.added, word.removed),
            };
            *mine += 1;
            all += 1;
            both += u32::from(*mine <= other);
            let of_word = word.spelling.hints;
            hints = hints.and(if n == 0 { of_word } else { of_word.inside() });
        }
        self.exchange.both += both;
        match side {
            Side::Removed => self.exchange.removed += all,
            Side::Added => self.exchange.added += all,
        }
        hints
    }

    /// What the lines of a change took and put, once they are all added.
    pub(crate) fn take_exchange(&mut self) -> Exchange {
        std::mem::take(&mut self.exchange)
    }

    /// Adds a word, and gives what is known of it.
    #[inline]
    fn insert<'w>(
        &mut self,
        change: u32,
        hash: u64,
        shape: u16,
        text: impl FnOnce() -> &'w str,
    ) -> &mut Word {
        let (at, new) = self.words.place(hash);
        let word = self.words.at(at);
        if word.newest != change || word.spelling.shape != shape {
            self.insert_new(change, hash, shape, text(), (at, new));
        }
        self.words.at(at)
    }

    /// Adds a word that the change did not hold yet, or not in this spelling. Its place, and whether
    /// it is new.
    #[inline(never)]
    fn insert_new(
        &mut self,
        change: u32,
        hash: u64,
        shape: u16,
        text: &str,
        (at, new): (usize, bool),
    ) {
        let word = self.words.at(at);
        if new {
            word.spelling = match &mut self.parts {
                Some(parts) => parts.add(text, shape),
                None => Spelling::of(text, shape),
            };
        } else if word.spelling.shape != shape && self.parts.is_some() {
            return self.insert_respelt(change, hash, shape, text, at);
        }
        let word = self.words.at(at);
        if word.newest == change {
            return;
        }
        let next = word.head;
        word.head = u32::try_from(self.postings.len()).unwrap_or(NONE - 1);
        (word.newest, word.removed, word.added) = (change, 0, 0);
        let spelling = word.spelling;
        self.postings.push(Posting { change, next });
        match self.sizes.get_mut(change as usize) {
            Some(size) => *size += 1,
            None => {
                self.sizes.resize(change as usize, 0);
                self.sizes.push(1);
            }
        }
        if let Some(parts) = self.parts.as_mut().filter(|_| !spelling.is_empty()) {
            parts.hold(change, spelling);
        }
    }

    /// Adds a word that was spelt in another way before: `poolSize` has parts that `poolsize` has
    /// not. Of each part a change is told once, however many spellings of the word have it.
    fn insert_respelt(&mut self, change: u32, hash: u64, shape: u16, text: &str, at: usize) {
        let Some(parts) = &mut self.parts else { return };
        let word = self.words.at(at);
        let before = word.spelling;
        let (of_before, new) = self.spellings.place(spelling_hash(hash, before.shape));
        if new {
            *self.spellings.at(of_before) = before;
        }
        let (known, new) = self.spellings.place(spelling_hash(hash, shape));
        if new {
            *self.spellings.at(known) = parts.add(text, shape);
        }
        let mut spelling = *self.spellings.at(known);
        // Where the hashes of two words fall together it is the other's, of another shape.
        spelling.shape = shape;
        word.spelling = spelling;
        if word.newest != change {
            return self.insert_new(change, hash, shape, text, (at, false));
        }
        if parts.of(before) == parts.of(spelling) {
            return;
        }
        if self.holder != change {
            self.holder = change;
            self.held.clear();
        }
        self.held.extend(parts.of(before).iter().map(|&part| (hash, part)));
        for part in parts.of(spelling).to_vec() {
            if self.held.insert((hash, part)) {
                parts.hold_part(change, part);
            }
        }
    }

    /// By change: how many different words it holds. Changes behind the last one hold none.
    pub(crate) fn sizes(&self) -> &[u32] {
        &self.sizes
    }

    /// The parts of all words.
    ///
    /// # Panics
    ///
    /// When the index was made without them.
    pub(crate) fn parts(&self) -> &PartIndex {
        self.parts.as_ref().expect("an index that is asked for parts was made with them")
    }

    /// The changes that hold a word, newest first.
    pub(crate) fn changes(&self, hash: u64) -> impl Iterator<Item = usize> + '_ {
        let mut next = self.words.get(hash).map_or(NONE, |word| word.head);
        std::iter::from_fn(move || {
            let posting = *self.postings.get(next as usize)?;
            next = posting.next;
            Some(posting.change as usize)
        })
    }
}

/// Tells the spellings of all words apart.
fn spelling_hash(hash: u64, shape: u16) -> u64 {
    (hash ^ u64::from(shape).wrapping_mul(0x9e37_79b9_7f4a_7c15)).max(1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rank::tokens::{HunkWords, Tokens};
    use crate::rank::words::hash;
    use crate::{Hunk, Lines};

    #[test]
    fn counts_each_change_once() {
        let mut index = WordIndex::default();
        index.add(0, "pool_size pool_size other");
        index.add(2, "Pool_Size");
        assert_eq!(index.changes(hash("pool_size")).collect::<Vec<_>>(), [2, 0]);
        assert_eq!(index.changes(hash("absent")).count(), 0);
        assert_eq!(WordIndex::default().changes(1).count(), 0);
    }

    #[test]
    fn words_that_are_taken_and_put_back_are_counted_as_both() {
        let removed: Lines = ["alpha beta beta"].into();
        let added: Lines = ["beta gamma", "alpha alpha"].into();
        let hunk = Hunk { removed, added, ..Hunk::default() };
        let mut tokens = Tokens::default();
        tokens.add(&hunk.removed);
        tokens.add(&hunk.added);
        let words = HunkWords::new(&hunk, &tokens, 0);
        let mut index = WordIndex::default();
        for line in words.removed() {
            index.add_line(0, Side::Removed, line);
        }
        for line in words.added() {
            index.add_line(0, Side::Added, line);
        }
        assert_eq!(index.take_exchange(), Exchange { removed: 3, added: 4, both: 2 });
        index.add_line(1, Side::Added, words.added().next().unwrap());
        assert_eq!(index.take_exchange(), Exchange { removed: 0, added: 2, both: 0 });
        assert_eq!(index.sizes(), [3, 2]);
    }

    /// How many different words of each change have a part, newest change first.
    fn holders(index: &WordIndex, part: &str) -> Vec<(usize, u32)> {
        index.parts().changes(hash(part)).collect()
    }

    #[test]
    fn a_word_has_the_parts_of_the_spelling_that_a_change_holds() {
        let mut index = WordIndex::with_parts();
        index.add(0, "poolsize");
        index.add(1, "poolSize");
        index.add(2, "POOLSIZE poolSize poolsize PoolSize poolSize maxPool");
        index.add(3, "Poolsize");
        assert_eq!(index.changes(hash("poolsize")).collect::<Vec<_>>(), [3, 2, 1, 0]);
        assert_eq!(holders(&index, "pool"), [(2, 2), (1, 1)]);
        assert_eq!(holders(&index, "poolsize"), [(3, 1), (2, 1), (0, 1)]);
    }

    proptest! {
        #[test]
        fn the_order_of_spellings_is_of_no_account(
            words in prop::collection::vec("(pool|Pool|POOL)(size|Size|_size)|max(pool|Pool)s?", 1..9).prop_shuffle(),
            other in "(pool|Pool)(size|Size)",
        ) {
            let parts = |words: &[String]| {
                let mut index = WordIndex::with_parts();
                index.add(0, &other);
                index.add(1, &words.join(" "));
                ["pool", "size", "poolsize", "max", "maxpool"].map(|part| holders(&index, part))
            };
            let mut sorted = words.clone();
            sorted.sort();
            prop_assert_eq!(parts(&words), parts(&sorted));
        }
    }

    #[test]
    fn spellings_that_fall_together_are_no_trouble() {
        // A hostile patch can hold two words that are one to the table of spellings.
        let (word, other) = (77, 77 ^ spelling_hash(0, 1) ^ spelling_hash(0, 2));
        assert_eq!(spelling_hash(word, 1), spelling_hash(other, 2));
        let mut index = WordIndex::with_parts();
        for (change, hash) in [(0, word), (1, other), (2, word), (3, other)] {
            for shape in [3, 1, 2, 3] {
                index.insert(change, hash, shape, || "poolSize");
            }
        }
        assert_eq!(index.changes(word).collect::<Vec<_>>(), [2, 0]);
        assert_eq!(index.changes(other).collect::<Vec<_>>(), [3, 1]);
        // A change that begins with the spelling that the other word has taken.
        index.insert(4, other, 2, || "poolSize");
        index.insert(5, word, 1, || "poolSize");
        assert_eq!(index.changes(other).next(), Some(4));
        assert_eq!(index.changes(word).next(), Some(5));
    }

    #[test]
    fn grows() {
        let mut index = WordIndex::default();
        for n in 0..20_000_u32 {
            index.add(n, &format!("word{n} shared"));
        }
        assert_eq!(index.changes(hash("shared")).count(), 20_000);
        assert_eq!(index.changes(hash("word19999")).collect::<Vec<_>>(), [19_999]);
    }
}
