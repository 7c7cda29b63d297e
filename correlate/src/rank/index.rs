//! Which changes hold a word.

use super::tokens::Token;
use super::words::{NUMBER, each_word};

const NONE: u32 = u32::MAX;

/// An inverted index from words to the changes that hold them. Changes must be added in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct WordIndex {
    slots: Vec<Slot>,
    used: usize,
    postings: Vec<Posting>,
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    hash: u64,
    /// The newest posting.
    head: u32,
    /// Its change.
    newest: u32,
}

#[derive(Debug, Clone, Copy)]
struct Posting {
    change: u32,
    next: u32,
}

const EMPTY: Slot = Slot { hash: 0, head: NONE, newest: NONE };

impl WordIndex {
    /// Adds the words of a text to a change.
    pub(crate) fn add(&mut self, change: u32, text: &str) {
        each_word(text, |hash, start, end| {
            if hash != NUMBER && end - start > 2 {
                self.insert(change, hash);
            }
        });
    }

    /// Adds words that were found before to a change.
    pub(crate) fn add_tokens(&mut self, change: u32, tokens: &[Token]) {
        for token in tokens.iter().filter(|token| token.is_telling()) {
            self.insert(change, token.hash);
        }
    }

    fn insert(&mut self, change: u32, hash: u64) {
        if self.used * 2 >= self.slots.len() {
            self.grow();
        }
        let at = self.slot(hash);
        let slot = &mut self.slots[at];
        if slot.head == NONE {
            slot.hash = hash;
            self.used += 1;
        } else if slot.newest == change {
            return;
        }
        let next = slot.head;
        slot.head = u32::try_from(self.postings.len()).unwrap_or(NONE - 1);
        slot.newest = change;
        self.postings.push(Posting { change, next });
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
    fn grows() {
        let mut index = WordIndex::default();
        for n in 0..20_000_u32 {
            index.add(n, &format!("word{n} shared"));
        }
        assert_eq!(index.changes(hash("shared")).count(), 20_000);
        assert_eq!(index.changes(hash("word19999")).collect::<Vec<_>>(), [19_999]);
    }
}
