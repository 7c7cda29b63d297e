//! Which changes hold a word.

use super::parts::PartIndex;
use super::tokens::Token;
use super::words::{NUMBER, each_word};

const NONE: u32 = u32::MAX;

/// An inverted index from words to the changes that hold them. Changes must be added in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct WordIndex {
    slots: Vec<Slot>,
    used: usize,
    postings: Vec<Posting>,
    /// By change: how many different words it holds.
    sizes: Vec<u32>,
    /// Where asked for: the parts of all words.
    parts: Option<PartIndex>,
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

#[derive(Debug, Clone, Copy)]
struct Slot {
    hash: u64,
    /// The words are numbered as they come.
    number: u32,
    /// The newest posting.
    head: u32,
    /// Its change.
    newest: u32,
    /// How often that one took the word away and put it there, so far.
    removed: u32,
    added: u32,
}

#[derive(Debug, Clone, Copy)]
struct Posting {
    change: u32,
    next: u32,
}

const EMPTY: Slot = Slot { hash: 0, number: 0, head: NONE, newest: NONE, removed: 0, added: 0 };

impl WordIndex {
    /// An index that can be asked for parts of words.
    pub(crate) fn with_parts() -> Self {
        Self { parts: Some(PartIndex::default()), ..Self::default() }
    }

    /// Adds the words of a text to a change.
    pub(crate) fn add(&mut self, change: u32, text: &str) {
        each_word(text, |hash, start, end| {
            if hash != NUMBER && end - start > 2 {
                self.insert(change, hash, &text[start..end]);
            }
        });
    }

    /// Adds a line's words, found before, to a change.
    pub(crate) fn add_line(&mut self, change: u32, side: Side, line: &str, tokens: &[Token]) {
        for token in tokens.iter().filter(|token| token.is_telling()) {
            let at = self.insert(change, token.hash, token.text(line));
            let slot = &mut self.slots[at];
            let (mine, other, all) = match side {
                Side::Removed => (&mut slot.removed, slot.added, &mut self.exchange.removed),
                Side::Added => (&mut slot.added, slot.removed, &mut self.exchange.added),
            };
            *mine += 1;
            *all += 1;
            self.exchange.both += u32::from(*mine <= other);
        }
    }

    /// What the lines of a change took and put, once they are all added.
    pub(crate) fn take_exchange(&mut self) -> Exchange {
        std::mem::take(&mut self.exchange)
    }

    /// Adds a word; gives its place.
    fn insert(&mut self, change: u32, hash: u64, word: &str) -> usize {
        if self.used * 2 >= self.slots.len() {
            self.grow();
        }
        let at = self.slot(hash);
        let slot = &mut self.slots[at];
        if slot.head == NONE {
            slot.hash = hash;
            slot.number = u32::try_from(self.used).unwrap_or(NONE);
            self.used += 1;
            if let Some(parts) = &mut self.parts {
                parts.add(word);
            }
        } else if slot.newest == change {
            return at;
        }
        if let Some(parts) = &mut self.parts {
            parts.hold(change, slot.number);
        }
        let next = slot.head;
        *slot = Slot {
            head: u32::try_from(self.postings.len()).unwrap_or(NONE - 1),
            newest: change,
            removed: 0,
            added: 0,
            ..*slot
        };
        self.postings.push(Posting { change, next });
        if self.sizes.len() <= change as usize {
            self.sizes.resize(change as usize + 1, 0);
        }
        self.sizes[change as usize] += 1;
        at
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

    /// The place of a hash, taken or free. The table is never full.
    fn slot(&self, hash: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        while self.slots[at].head != NONE && self.slots[at].hash != hash {
            at = (at + 1) & mask;
        }
        at
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(1 << 12);
        let old = std::mem::replace(&mut self.slots, vec![EMPTY; size]);
        for slot in old.into_iter().filter(|slot| slot.head != NONE) {
            let at = self.slot(slot.hash);
            self.slots[at] = slot;
        }
    }

    /// The changes that hold a word, newest first.
    pub(crate) fn changes(&self, hash: u64) -> impl Iterator<Item = usize> + '_ {
        let mut next = if self.slots.is_empty() { NONE } else { self.slots[self.slot(hash)].head };
        std::iter::from_fn(move || {
            let posting = *self.postings.get(next as usize)?;
            next = posting.next;
            Some(posting.change as usize)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rank::tokens::Tokens;
    use crate::rank::words::hash;

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
        let lines = ["alpha beta beta", "beta gamma", "alpha alpha"];
        let mut tokens = Tokens::default();
        lines.iter().for_each(|line| tokens.add(line));
        let mut index = WordIndex::default();
        index.add_line(0, Side::Removed, lines[0], tokens.line(0));
        index.add_line(0, Side::Added, lines[1], tokens.line(1));
        index.add_line(0, Side::Added, lines[2], tokens.line(2));
        assert_eq!(index.take_exchange(), Exchange { removed: 3, added: 4, both: 2 });
        index.add_line(1, Side::Added, lines[1], tokens.line(1));
        assert_eq!(index.take_exchange(), Exchange { removed: 0, added: 2, both: 0 });
        assert_eq!(index.sizes(), [3, 2]);
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
