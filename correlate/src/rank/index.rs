//! Which changes hold a word.

use std::collections::HashSet;
use std::hint::select_unpredictable;

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
    /// Room for the words that a change did not hold before.
    fresh: Fresh,
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
    /// How often that one took the word away, and in the upper half how often it put it there, so
    /// far: one number, so that both are forgotten at once.
    times: u64,
    /// The spelling that was met last.
    spelling: Spelling,
}

impl Default for Word {
    fn default() -> Self {
        let spelling = Spelling::default();
        Self { head: NONE, newest: NONE, times: 0, spelling }
    }
}

impl Word {
    /// Counts it on one side: how often it is there by now, and how often on the other one.
    #[inline]
    fn count(&mut self, side: Side) -> (u32, u32) {
        let (of_side, of_other) = match side {
            Side::Removed => (0, 32),
            Side::Added => (32, 0),
        };
        self.times += 1 << of_side;
        ((self.times >> of_side) as u32, (self.times >> of_other) as u32)
    }
}

#[derive(Debug, Clone, Copy)]
struct Posting {
    change: u32,
    next: u32,
}

/// Words that a change did not hold before, whose postings are still to be added: of each the
/// posting before, and how the change spells it.
#[derive(Debug, Clone, Default)]
struct Fresh {
    words: Vec<(u32, Spelling)>,
    /// How many there are; what lies behind is of no account.
    count: usize,
    /// Number of postings.
    postings: usize,
}

impl Fresh {
    /// Notes a word of a change, if it is fresh.
    #[inline]
    fn note(&mut self, word: &mut Word, change: u32) {
        if self.count == self.words.len() {
            self.words.push((NONE, Spelling::default()));
        }
        self.words[self.count] = (word.head, word.spelling);
        // It cannot be foretold: no branch depends on it.
        let is_fresh = word.newest != change;
        let posting = (self.postings + self.count).min(NONE as usize - 1) as u32;
        word.head = select_unpredictable(is_fresh, posting, word.head);
        word.times = select_unpredictable(is_fresh, 0, word.times);
        word.newest = change;
        self.count += usize::from(is_fresh);
    }
}

impl WordIndex {
    /// An index that can be asked for parts of words.
    pub(crate) fn with_parts() -> Self {
        Self { parts: Some(PartIndex::default()), ..Self::default() }
    }

    /// Adds the words of a text to a change.
    pub(crate) fn add(&mut self, change: u32, text: &str) {
        let mut fresh = std::mem::take(&mut self.fresh);
        each_found(text, |found| {
            if let Found::Word(word) = found
                && word.hash != NUMBER
                && word.end - word.start > 2
            {
                let of_word = || &text[word.start..word.end];
                fresh.note(self.word(change, word.hash, word.shape, of_word), change);
            }
        });
        self.settle(change, fresh);
    }

    /// Adds the words of lines, found before, to a change; says of each line what it may hold.
    pub(crate) fn add_lines<'l>(
        &mut self,
        change: u32,
        side: Side,
        lines: impl Iterator<Item = LineWords<'l>>,
        hints: &mut Vec<Hints>,
    ) {
        let (mut all, mut both) = (0, 0);
        let mut fresh = std::mem::take(&mut self.fresh);
        for line in lines {
            let mut of_line = Hints::default();
            for (n, token) in line.tokens.iter().enumerate() {
                let of_token = if token.is_telling() {
                    let text = || token.text(line.text);
                    let word = self.word(change, token.hash, token.shape, text);
                    fresh.note(word, change);
                    let (mine, other) = word.count(side);
                    all += 1;
                    both += u32::from(mine <= other);
                    word.spelling.hints
                } else if token.is_number() {
                    Hints::LITERAL
                } else if n == 0 {
                    Hints::of_word(token.text(line.text))
                } else {
                    Hints::default()
                };
                of_line = of_line.and(if n == 0 { of_token } else { of_token.inside() });
            }
            hints.push(of_line);
        }
        self.settle(change, fresh);
        self.exchange.both += both;
        match side {
            Side::Removed => self.exchange.removed += all,
            Side::Added => self.exchange.added += all,
        }
    }

    /// What the lines of a change took and put, once they are all added.
    pub(crate) fn take_exchange(&mut self) -> Exchange {
        std::mem::take(&mut self.exchange)
    }

    /// What is known of a word, which is added where it is new.
    #[inline]
    fn word<'w>(
        &mut self,
        change: u32,
        hash: u64,
        shape: u16,
        text: impl FnOnce() -> &'w str,
    ) -> &mut Word {
        let (at, new) = self.words.place(hash);
        if new || self.words.at(at).spelling.shape != shape {
            self.spell(change, hash, shape, text(), (at, new));
        }
        self.words.at(at)
    }

    /// Adds a change's postings for fresh words and their parts.
    fn settle(&mut self, change: u32, mut fresh: Fresh) {
        let words = &fresh.words[..fresh.count];
        self.postings.extend(words.iter().map(|&(next, _)| Posting { change, next }));
        if let Some(parts) = &mut self.parts {
            words.iter().for_each(|&(_, spelling)| parts.hold(change, spelling));
        }
        if let Some(behind) = (change as usize + 1).checked_sub(self.sizes.len()) {
            self.sizes.resize(self.sizes.len() + behind, 0);
        }
        self.sizes[change as usize] += fresh.count as u32;
        (fresh.count, fresh.postings) = (0, self.postings.len());
        self.fresh = fresh;
    }

    /// Notes how a word is spelt that is new, or was met in another spelling.
    #[inline(never)]
    fn spell(&mut self, change: u32, hash: u64, shape: u16, text: &str, (at, new): (usize, bool)) {
        if !new {
            return self.respell(change, hash, shape, text, at);
        }
        self.words.at(at).spelling = match &mut self.parts {
            Some(parts) => parts.add(text, shape),
            None => Spelling::of(text, shape),
        };
    }

    /// Notes the new spelling of a word: `poolSize` has parts that `poolsize` has not. Of each part a
    /// change is told once, however many spellings of the word have it.
    fn respell(&mut self, change: u32, hash: u64, shape: u16, text: &str, at: usize) {
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
        if word.newest != change || parts.of(before) == parts.of(spelling) {
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
        let mut hints = Vec::new();
        index.add_lines(0, Side::Removed, words.removed(), &mut hints);
        index.add_lines(0, Side::Added, words.added(), &mut hints);
        assert_eq!(hints.len(), 3);
        assert_eq!(index.take_exchange(), Exchange { removed: 3, added: 4, both: 2 });
        index.add_lines(1, Side::Added, words.added().take(1), &mut hints);
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
        let insert = |index: &mut WordIndex, change, hash, shape| {
            let mut fresh = std::mem::take(&mut index.fresh);
            fresh.note(index.word(change, hash, shape, || "poolSize"), change);
            index.settle(change, fresh);
        };
        for (change, hash) in [(0, word), (1, other), (2, word), (3, other)] {
            for shape in [3, 1, 2, 3] {
                insert(&mut index, change, hash, shape);
            }
        }
        assert_eq!(index.changes(word).collect::<Vec<_>>(), [2, 0]);
        assert_eq!(index.changes(other).collect::<Vec<_>>(), [3, 1]);
        // A change that begins with the spelling that the other word has taken.
        insert(&mut index, 4, other, 2);
        insert(&mut index, 5, word, 1);
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
