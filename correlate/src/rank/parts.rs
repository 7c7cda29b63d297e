//! Parts of names: which changes hold a word with the part `mfex`, and how much alike two texts are
//! by the parts of their words.
//!
//! An error says `multiple-table criteria within UPDATE`, its trace says `update_from_clause`, and
//! the change says `visit_update`: no word is the same, one part is.

use super::index::WordIndex;
use super::table::Table;
use super::words::{each_part, hash, is_common, stem};
use crate::facts::hints::Hints;

/// Okapi BM25: how soon a part that stands in many words of a change says no more.
const SATURATION: f64 = 1.2;
/// Okapi BM25: how far long texts are marked down.
const LENGTH: f64 = 0.5;
/// Sum of similarity at which the measure reaches 63 %.
const ENOUGH: f64 = 8.0;

/// From parts to the changes that hold words with them. A spelling is split once, when it is new;
/// what is told of it later is where its parts stand.
#[derive(Debug, Clone, Default)]
pub(crate) struct PartIndex {
    parts: Table<Number>,
    /// The parts of spellings, places of the lists.
    of_spellings: Vec<u32>,
    lists: Vec<List>,
    postings: Vec<Posting>,
}

/// The number of a part, from 1 on; 0 before it is given.
type Number = u32;

/// A spelling of a word, and where its parts stand.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Spelling {
    /// Which of its letters are capitals.
    pub(super) shape: u16,
    /// What a line that holds it may hold.
    pub(super) hints: Hints,
    parts: u8,
    start: u32,
}

impl Spelling {
    /// A spelling whose parts nobody asks for.
    pub(super) fn of(word: &str, shape: u16) -> Self {
        Self { shape, hints: Hints::of_word(word), ..Self::default() }
    }
}

/// The newest posting of a part, and its change.
#[derive(Debug, Clone, Copy)]
struct List {
    head: u32,
    newest: u32,
    /// Whether anybody asks for it.
    asked: bool,
}

/// How many different words of a change have a part.
#[derive(Debug, Clone, Copy)]
struct Posting {
    change: u32,
    words: u32,
    next: u32,
}

const NONE: u32 = u32::MAX;

/// Most bytes of a word that are split. Words are ASCII.
const LONGEST: usize = 120;

impl PartIndex {
    /// Adds a spelling that the index did not hold yet.
    ///
    /// Names have few parts; of a word that is no name (a line of base 64) the beginning is enough.
    pub(super) fn add(&mut self, word: &str, shape: u16) -> Spelling {
        let spelling = Spelling::of(word, shape);
        let word = &word[..word.len().min(LONGEST)];
        let start = self.of_spellings.len();
        each_part(word, |part| {
            let part = stem(part);
            if part.len() < 2 || is_number(part) {
                return;
            }
            let (place, new) = self.parts.place(hash(part));
            if new {
                self.lists.push(List { head: NONE, newest: NONE, asked: !is_common(part) });
                *self.parts.at(place) = u32::try_from(self.lists.len()).unwrap_or(NONE);
            }
            let list = *self.parts.at(place) - 1;
            if self.lists[list as usize].asked && !self.of_spellings[start..].contains(&list) {
                self.of_spellings.push(list);
            }
        });
        let parts = u8::try_from(self.of_spellings.len() - start).unwrap_or(u8::MAX);
        Spelling { parts, start: u32::try_from(start).unwrap_or(NONE), ..spelling }
    }

    /// The parts of a spelling.
    pub(super) fn of(&self, spelling: Spelling) -> &[u32] {
        let start = spelling.start as usize;
        self.of_spellings.get(start..start + usize::from(spelling.parts)).unwrap_or_default()
    }

    /// Tells that a change holds a word in a spelling, once for each word of a change.
    #[inline]
    pub(super) fn hold(&mut self, change: u32, spelling: Spelling) {
        let start = spelling.start as usize;
        for at in start..start + usize::from(spelling.parts) {
            self.hold_part(change, self.of_spellings[at]);
        }
    }

    /// Tells that a change holds a word that has a part.
    #[inline]
    pub(super) fn hold_part(&mut self, change: u32, part: u32) {
        let list = &mut self.lists[part as usize];
        if list.newest == change {
            self.postings[list.head as usize].words += 1;
            return;
        }
        let next = list.head;
        list.head = u32::try_from(self.postings.len()).unwrap_or(NONE - 1);
        list.newest = change;
        self.postings.push(Posting { change, words: 1, next });
    }

    /// The changes that hold words with a part, newest first, and how many different ones.
    pub(super) fn changes(&self, part: u64) -> impl Iterator<Item = (usize, u32)> + '_ {
        let list = self.parts.get(part).map(|part| self.lists[*part as usize - 1]);
        let mut next = list.map_or(NONE, |list| list.head);
        std::iter::from_fn(move || {
            let posting = *self.postings.get(next as usize)?;
            next = posting.next;
            Some((posting.change as usize, posting.words))
        })
    }
}

/// Whether a part, in lower case and without plural `s`, tells anything: the index holds no others.
pub(crate) fn is_telling(part: &str) -> bool {
    part.len() > 1 && !is_number(part) && !is_common(part)
}

fn is_number(part: &str) -> bool {
    part.bytes().all(|byte| byte.is_ascii_digit())
}

/// A part that is asked for.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) hash: u64,
    pub(crate) text: String,
    /// How much it matters, 0 to 1.
    pub(crate) weight: f64,
}

/// How alike the changes' texts are to what is asked for.
#[derive(Debug, Default)]
pub(crate) struct Likeness {
    /// By position, 0 to 1.
    pub(crate) of: Vec<f64>,
    /// By position: indices of the parts that it shares, with what each adds.
    shared: Vec<Vec<(usize, f64)>>,
}

impl Likeness {
    /// Compares the parts with the texts of `changes` changes.
    pub(crate) fn new(parts: &[Part], index: &WordIndex, changes: usize) -> Self {
        let mut sums = vec![0.0; changes];
        let mut shared = vec![Vec::new(); changes];
        let usual = (index.sizes().iter().map(|&size| f64::from(size)).sum::<f64>()
            / changes.max(1) as f64)
            .max(1.0);
        for (at, part) in parts.iter().enumerate() {
            let holders = index.parts().changes(part.hash).count() as f64;
            let rarity = ((changes as f64 + 1.0) / (holders + 0.5)).ln().max(0.0);
            for (position, count) in index.parts().changes(part.hash) {
                let count = f64::from(count);
                let size = index.sizes().get(position).map_or(0.0, |&size| f64::from(size));
                let long = 1.0 - LENGTH + LENGTH * size / usual;
                let adds =
                    part.weight * rarity * count * (SATURATION + 1.0) / (count + SATURATION * long);
                sums[position] += adds;
                shared[position].push((at, adds));
            }
        }
        Self { of: sums.into_iter().map(|sum| 1.0 - (-sum / ENOUGH).exp()).collect(), shared }
    }

    /// The parts that tie a change to the question, the most telling first, at most five.
    pub(crate) fn parts<'p>(&self, position: usize, parts: &'p [Part]) -> Vec<&'p str> {
        let mut shared = self.shared[position].clone();
        shared.retain(|(_, adds)| *adds > 0.1);
        shared.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        shared.into_iter().take(5).map(|(at, _)| parts[at].text.as_str()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str) -> Part {
        Part { hash: hash(text), text: text.to_owned(), weight: 1.0 }
    }

    #[test]
    fn a_shared_part_ties_two_names() {
        let mut index = WordIndex::with_parts();
        index.add(0, "visit_update crud");
        index.add(1, "visit_select");
        index.add(2, "visit_delete");
        let parts = [asked("update"), asked("visit")];
        let likeness = Likeness::new(&parts, &index, 3);
        assert!(likeness.of[0] > likeness.of[1]);
        assert_eq!(likeness.parts(0, &parts)[0], "update");
        assert_eq!(likeness.parts(1, &parts), ["visit"]);
    }

    #[test]
    fn a_long_text_is_less_alike_than_a_short_one() {
        let mut index = WordIndex::with_parts();
        index.add(0, "retryPolicy");
        index.add(
            1,
            &format!(
                "retryPolicy {}",
                "abcdefghijklmnopqrstuvwxyz"
                    .split("")
                    .fold(String::new(), |text, letter| format!("{text} word{letter}"),)
            ),
        );
        index.add(2, "other");
        let likeness = Likeness::new(&[asked("retry")], &index, 3);
        assert!(likeness.of[0] > likeness.of[1] && likeness.of[1] > likeness.of[2]);
        assert_eq!(likeness.of[2], 0.0);
    }
}
