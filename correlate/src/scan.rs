//! Reading text many bytes at a time.

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

/// How many bytes are told apart at once.
pub(crate) const BLOCK: usize = 64;

/// A bit for each of [`BLOCK`] bytes from `at` on, the first one lowest: whether it belongs to a
/// word. None behind the end.
#[inline]
pub(crate) fn word_bits(bytes: &[u8], at: usize) -> u64 {
    bits(bytes, at, |byte| {
        let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
        letter | (byte.wrapping_sub(b'0') < 10) | (byte == b'_')
    })
}

/// A bit for each of [`BLOCK`] bytes from `at` on, the first one lowest. Zeros stand behind the end.
#[inline]
pub(crate) fn bits(bytes: &[u8], at: usize, holds: impl Fn(u8) -> bool + Copy) -> u64 {
    let rest = &bytes[at..];
    match rest.first_chunk() {
        Some(block) => bits_of(block, holds),
        None => {
            let mut block = [0; BLOCK];
            block[..rest.len()].copy_from_slice(rest);
            bits_of(&block, holds)
        }
    }
}

#[inline]
fn bits_of(block: &[u8; BLOCK], holds: impl Fn(u8) -> bool) -> u64 {
    // Without a branch, so that many bytes are asked at once.
    let flags = block.map(|byte| u8::from(holds(byte)));
    flags.as_chunks::<8>().0.iter().rev().fold(0, |bits, eight| {
        // Brings the lowest bit of each byte to the highest byte, side by side.
        let gathered = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        bits << 8 | gathered
    })
}

/// As many of the lowest bits as there are bytes, at most all.
#[inline]
pub(crate) fn lowest(bytes: usize) -> u64 {
    if bytes < BLOCK { (1 << bytes) - 1 } else { u64::MAX }
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
        fn bits_tell_words(bytes: Vec<u8>, at in any::<prop::sample::Index>()) {
            let at = at.index(bytes.len() + 1);
            let found = word_bits(&bytes, at);
            for (n, byte) in bytes[at..].iter().take(BLOCK).enumerate() {
                let word = byte.is_ascii_alphanumeric() || *byte == b'_';
                prop_assert_eq!(found >> n & 1 == 1, word);
            }
            prop_assert_eq!(found & !lowest(bytes.len() - at), 0);
        }

        #[test]
        fn a_run_ends_where_the_word_does(bytes in prop_oneof![any::<Vec<u8>>(), "\\w{0,30}.".prop_map(String::into_bytes)]) {
            let word = |b: &&u8| b.is_ascii_alphanumeric() || **b == b'_';
            prop_assert_eq!(word_run(&bytes, 0), bytes.iter().take_while(word).count());
        }
    }
}
