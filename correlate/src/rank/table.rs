//! What is known of words, by their hashes.

use std::collections::BTreeMap;

use super::words::NUMBER;

/// A table by hash, open and never more than half full.
///
/// The hashes are no secret, so a hostile patch can make many words fall on one place. No search
/// walks further than [`STEPS`]: what finds no place so near is kept in order, and found in
/// logarithmic time.
#[derive(Debug, Clone)]
pub(crate) struct Table<T> {
    /// First the places that hashes lead to, a power of two; then what found none.
    slots: Vec<Slot<T>>,
    /// Number of places.
    places: usize,
    used: usize,
    /// Where among the slots the others stand.
    displaced: BTreeMap<u64, usize>,
}

#[derive(Debug, Clone, Copy)]
struct Slot<T> {
    /// [`NUMBER`], which no word has, where the slot is free.
    hash: u64,
    value: T,
}

/// Most places that are tried for a hash. Of words that nobody chose for it, one in millions stands
/// further away.
const STEPS: usize = 32;

/// The first number of places.
const FIRST: usize = 1 << 10;

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { slots: Vec::new(), places: 0, used: 0, displaced: BTreeMap::new() }
    }
}

impl<T: Copy + Default> Table<T> {
    /// What is known of a word.
    pub(crate) fn get(&self, hash: u64) -> Option<&T> {
        self.find(hash).ok().map(|at| &self.slots[at].value)
    }

    /// Where a word stands, which is added with a default where it is new; and whether it is. The
    /// place holds until another one is added.
    #[inline]
    pub(crate) fn place(&mut self, hash: u64) -> (usize, bool) {
        match self.find(hash) {
            Ok(at) => (at, false),
            Err(_) => (self.add(hash, T::default()), true),
        }
    }

    /// What is known of the word at a place.
    #[inline]
    pub(crate) fn at(&mut self, place: usize) -> &mut T {
        &mut self.slots[place].value
    }

    /// Where a hash stands, or a free place for it if there is one near enough.
    #[inline]
    fn find(&self, hash: u64) -> Result<usize, Option<usize>> {
        let mask = self.places.wrapping_sub(1);
        for step in 0..STEPS {
            let at = (hash as usize).wrapping_add(step) & mask;
            match self.slots.get(at) {
                Some(slot) if slot.hash == hash => return Ok(at),
                Some(slot) if slot.hash == NUMBER => return Err(Some(at)),
                Some(_) => {}
                None => break,
            }
        }
        self.displaced.get(&hash).copied().ok_or(None)
    }

    /// Adds a word that is not there.
    fn add(&mut self, hash: u64, value: T) -> usize {
        if self.used * 2 >= self.places {
            self.grow();
        }
        self.used += 1;
        match self.find(hash) {
            Err(Some(at)) => {
                self.slots[at] = Slot { hash, value };
                at
            }
            Ok(_) | Err(None) => {
                self.displaced.insert(hash, self.slots.len());
                self.slots.push(Slot { hash, value });
                self.slots.len() - 1
            }
        }
    }

    fn grow(&mut self) {
        self.places = (self.places * 2).max(FIRST);
        let free = Slot { hash: NUMBER, value: T::default() };
        let old = std::mem::replace(&mut self.slots, vec![free; self.places]);
        self.displaced.clear();
        self.used = 0;
        for slot in old.into_iter().filter(|slot| slot.hash != NUMBER) {
            self.add(slot.hash, slot.value);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_that_fall_on_one_place_are_found_in_few_steps() {
        let mut table = Table::default();
        // Whatever its size, all of them lead to one place.
        for n in 1..=100_000_u64 {
            let (at, new) = table.place(n << 32);
            assert!(new);
            *table.at(at) = n;
        }
        // Had each search walked past all others, this would take minutes.
        assert!((1..=100_000_u64).all(|n| table.get(n << 32) == Some(&n)));
        assert_eq!(table.displaced.len(), 100_000 - STEPS);
        assert!(table.places < 500_000);
        assert_eq!(table.get(77), None);
    }

    proptest! {
        #[test]
        fn it_holds_what_a_map_holds(hashes in prop::collection::vec(prop_oneof![1..50_u64, (1..90_u64).prop_map(|n| n << 40), any::<u64>().prop_map(|n| n.max(1))], 0..300)) {
            let mut table = Table::default();
            let mut map: HashMap<u64, u32> = HashMap::new();
            for hash in hashes {
                let (at, new) = table.place(hash);
                prop_assert_eq!(new, !map.contains_key(&hash));
                *table.at(at) += 1_u32;
                *map.entry(hash).or_default() += 1;
            }
            for (hash, count) in map {
                prop_assert_eq!(table.get(hash), Some(&count));
            }
        }
    }
}
