//! Parts of names: which words of the window hold `mfex`, and how much alike two texts are by the
//! parts of their words.
//!
//! An error says `multiple-table criteria within UPDATE`, its trace says `update_from_clause`, and
//! the change says `visit_update`: no word is the same, one part is.

use super::index::WordIndex;
use super::words::{hash, part_slices, stem};

/// Okapi BM25: how soon a part that stands in many words of a change says no more.
const SATURATION: f64 = 1.2;
/// Okapi BM25: how far long texts are marked down.
const LENGTH: f64 = 0.5;
/// Sum of similarity at which the measure reaches 63 %.
const ENOUGH: f64 = 8.0;

/// From parts to the words that have them.
#[derive(Debug, Clone, Default)]
pub(crate) struct PartIndex {
    /// Hash of the part, hash of the word; sorted once all are there.
    pairs: Vec<(u64, u64)>,
}

impl PartIndex {
    /// Adds a word that the index did not hold yet.
    pub(super) fn add(&mut self, word: &str, hash_of_word: u64) {
        for part in part_slices(word) {
            let part = stem(part);
            if part.len() > 1 {
                self.pairs.push((hash(part), hash_of_word));
            }
        }
    }

    /// Must be called when all words are there.
    pub(super) fn finish(&mut self) {
        self.pairs.sort_unstable();
        self.pairs.dedup();
    }

    /// Hashes of the words that have a part.
    fn words(&self, part: u64) -> impl Iterator<Item = u64> + '_ {
        let start = self.pairs.partition_point(|pair| pair.0 < part);
        self.pairs[start..].iter().take_while(move |pair| pair.0 == part).map(|pair| pair.1)
    }
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
        let mut words = vec![0_u32; changes];
        let mut touched: Vec<usize> = Vec::new();
        for (at, part) in parts.iter().enumerate() {
            for word in index.parts().words(part.hash) {
                for position in index.changes(word) {
                    if words[position] == 0 {
                        touched.push(position);
                    }
                    words[position] += 1;
                }
            }
            let holders = touched.len() as f64;
            let rarity = ((changes as f64 + 1.0) / (holders + 0.5)).ln().max(0.0);
            for position in touched.drain(..) {
                let count = f64::from(std::mem::take(&mut words[position]));
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
        index.finish();
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
        index.finish();
        let likeness = Likeness::new(&[asked("retry")], &index, 3);
        assert!(likeness.of[0] > likeness.of[1] && likeness.of[1] > likeness.of[2]);
        assert_eq!(likeness.of[2], 0.0);
    }
}
