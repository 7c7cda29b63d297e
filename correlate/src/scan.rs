//! Reading text eight bytes at a time.

/// The eight bytes from `at` on, the first one lowest; zeros behind the end.
#[inline]
pub(crate) fn load(bytes: &[u8], at: usize) -> u64 {
    let rest = &bytes[at..];
    match (rest.first_chunk(), bytes.last_chunk()) {
        (Some(eight), _) => u64::from_le_bytes(*eight),
        // Read what ends the text, and move it to its place.
        (None, Some(last)) => {
            u64::from_le_bytes(*last).checked_shr(64 - 8 * rest.len() as u32).unwrap_or(0)
        }
        (None, None) => rest.iter().rev().fold(0, |eight, &byte| eight << 8 | u64::from(byte)),
    }
}

/// How many of eight bytes, from the first one on, belong to a word: letters, digits and `_`.
#[inline]
pub(crate) fn word_length(eight: u64) -> usize {
    // In each byte the highest bit answers; seven bits leave room for the sums.
    let seven = eight & every(0x7f);
    let within =
        |bytes: u64, low: u8, high: u8| (bytes + every(0x80 - low)) & !(bytes + every(0x7f - high));
    let word = within(seven | every(0x20), b'a', b'z')
        | within(seven, b'0', b'9')
        | within(seven, b'_', b'_');
    let ends = (!word | eight) & every(0x80);
    ends.trailing_zeros() as usize / 8
}

/// The same byte eight times.
pub(crate) const fn every(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// How many bytes from `at` on belong to a word.
#[inline]
pub(crate) fn word_run(bytes: &[u8], at: usize) -> usize {
    let mut end = at;
    while end < bytes.len() {
        let length = word_length(load(bytes, end));
        end += length;
        if length < 8 {
            break;
        }
    }
    end - at
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn eight_bytes_are_those_of_the_text(bytes: Vec<u8>, at in any::<prop::sample::Index>()) {
            let at = at.index(bytes.len() + 1);
            let mut expected = [0; 8];
            let rest = &bytes[at..bytes.len().min(at + 8)];
            expected[..rest.len()].copy_from_slice(rest);
            prop_assert_eq!(load(&bytes, at).to_le_bytes(), expected);
        }

        #[test]
        fn a_run_ends_where_the_word_does(bytes in prop_oneof![any::<Vec<u8>>(), "\\w{0,30}.".prop_map(String::into_bytes)]) {
            let word = |b: &&u8| b.is_ascii_alphanumeric() || **b == b'_';
            prop_assert_eq!(word_run(&bytes, 0), bytes.iter().take_while(word).count());
        }
    }
}
