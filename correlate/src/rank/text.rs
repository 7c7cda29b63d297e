//! The text of an error, searched for the names and values of thousands of facts.

/// A text in lower case that is quick to say what it does not hold.
#[derive(Debug, Default)]
pub(crate) struct SearchText {
    text: String,
    /// A bit for each hash of three bytes that stand together.
    threes: Vec<u64>,
}

/// Bits of the filter, a power of two.
const BITS: usize = 1 << 15;

impl SearchText {
    pub(crate) fn new(text: String) -> Self {
        let mut threes = vec![0; BITS / 64];
        for three in text.as_bytes().windows(3) {
            let bit = bit(three);
            threes[bit / 64] |= 1 << (bit % 64);
        }
        Self { text, threes }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it holds a text.
    pub(crate) fn contains(&self, text: &str) -> bool {
        self.may_hold(text) && self.text.contains(text)
    }

    /// Whether it holds a word or phrase that is not part of a longer word.
    pub(crate) fn stands(&self, phrase: &str) -> bool {
        let inside = |c: char| c.is_alphanumeric() || c == '_';
        !phrase.is_empty()
            && self.may_hold(phrase)
            && self.text.match_indices(phrase).any(|(at, _)| {
                let before = self.text[..at].chars().next_back();
                let after = self.text[at + phrase.len()..].chars().next();
                before.is_none_or(|c| !inside(c)) && after.is_none_or(|c| !inside(c))
            })
    }

    /// Whether all that the filter knows of a text speaks for it.
    fn may_hold(&self, text: &str) -> bool {
        let held = |three: &[u8]| {
            let bit = bit(three);
            self.threes.get(bit / 64).is_some_and(|word| word & 1 << (bit % 64) != 0)
        };
        text.as_bytes().windows(3).all(held)
    }
}

fn bit(three: &[u8]) -> usize {
    let number = three.iter().fold(0_u32, |number, &byte| number << 8 | u32::from(byte));
    (number.wrapping_mul(0x9e37_79b1) >> 16) as usize % BITS
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn whole_words_stand() {
        let text = SearchText::new("max_pool reached for `pool`\n".into());
        assert!(text.stands("pool") && text.stands("max_pool") && text.stands("reached for"));
        assert!(!text.stands("max") && !text.stands("reach") && !text.stands(""));
        assert!(text.contains("reach") && !text.contains("poll"));
    }

    proptest! {
        #[test]
        fn the_filter_hides_nothing(text in "[a-cä ]{0,30}", part in "[a-cä ]{0,4}") {
            let searched = SearchText::new(text.clone());
            prop_assert_eq!(searched.contains(&part), text.contains(&part));
            let ends = text.char_indices().map(|(at, _)| &text[..at]);
            for end in ends {
                prop_assert!(searched.contains(end));
            }
        }
    }
}
