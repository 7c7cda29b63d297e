//! How much of a line is in another one.

use crate::limits::{Limits, Unknown};

/// A line that others are compared with, by the pairs of neighbouring bytes they share.
pub(crate) struct Likeness<'l> {
    /// How often the line has each pair.
    pairs: Vec<u32>,
    /// How often the other line had each so far; zero between comparisons.
    met: Vec<u32>,
    limits: Limits<'l>,
    /// Bytes that are looked at before the limits are asked again.
    left: usize,
}

impl<'l> Likeness<'l> {
    /// Bytes between two questions to the limits: well under a millisecond.
    const AT_ONCE: usize = 1 << 15;

    /// # Errors
    /// When time is up.
    pub(crate) fn to(line: &[u8], limits: Limits<'l>) -> Result<Self, Unknown> {
        let none = || vec![0; 1 << 16];
        let mut likeness = Self { pairs: none(), met: none(), limits, left: Self::AT_ONCE };
        likeness.each(line, |likeness, pair| likeness.pairs[pair] += 1)?;
        Ok(likeness)
    }

    /// How many pairs another line shares with this one, each as often as both have it.
    ///
    /// # Errors
    /// When time is up.
    pub(crate) fn of(&mut self, other: &[u8]) -> Result<usize, Unknown> {
        let mut common = 0;
        self.each(other, |likeness, pair| {
            likeness.met[pair] += 1;
            common += usize::from(likeness.met[pair] <= likeness.pairs[pair]);
        })?;
        self.each(other, |likeness, pair| likeness.met[pair] = 0)?;
        Ok(common)
    }

    fn each(&mut self, line: &[u8], mut see: impl FnMut(&mut Self, usize)) -> Result<(), Unknown> {
        for start in (0..line.len()).step_by(Self::AT_ONCE) {
            // With the first byte of the next part, which the last pair of this one needs.
            let part = &line[start..line.len().min(start + Self::AT_ONCE + 1)];
            if part.len() > self.left {
                self.limits.check()?;
                self.left = Self::AT_ONCE + 1;
            }
            self.left -= part.len();
            for pair in part.windows(2) {
                see(self, usize::from(pair[0]) << 8 | usize::from(pair[1]));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FREE: Limits<'_> = Limits { go_on: &|| true, max_file_bytes: u64::MAX };

    /// The same by the plainest way.
    fn common(one: &[u8], other: &[u8]) -> usize {
        let mut left: Vec<&[u8]> = one.windows(2).collect();
        let mut common = 0;
        for pair in other.windows(2) {
            if let Some(at) = left.iter().position(|it| *it == pair) {
                left.swap_remove(at);
                common += 1;
            }
        }
        common
    }

    proptest! {
        #[test]
        fn it_counts_shared_pairs(line in "[ab]{0,20}", others in proptest::collection::vec("[abc]{0,20}", 0..4)) {
            let mut likeness = Likeness::to(line.as_bytes(), FREE).unwrap();
            for other in others {
                let expected = common(line.as_bytes(), other.as_bytes());
                prop_assert_eq!(likeness.of(other.as_bytes()).unwrap(), expected);
            }
        }
    }

    #[test]
    fn pairs_across_parts_count() {
        for length in [Likeness::AT_ONCE - 1, Likeness::AT_ONCE, Likeness::AT_ONCE + 1, 100_000] {
            let line = vec![b'x'; length];
            let mut likeness = Likeness::to(&line, FREE).unwrap();
            assert_eq!(likeness.of(&line).unwrap(), length - 1);
            assert_eq!(likeness.of(b"axxa").unwrap(), 1);
        }
    }
}
