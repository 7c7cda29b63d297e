//! Where a run of plain characters in a string ends.

/// The next quote, backslash or control character from `at` on, eight bytes at a time.
pub(super) fn special(bytes: &[u8], mut at: usize) -> usize {
    const ONES: u64 = u64::from_ne_bytes([0x01; 8]);
    const HIGHS: u64 = u64::from_ne_bytes([0x80; 8]);
    while let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        let word = u64::from_le_bytes(*chunk);
        // A byte of `zero_of(x)` has its high bit set if that byte of `x` is zero; bytes above
        // the lowest hit may be false hits, so only the lowest is used.
        let quote = word ^ (ONES * 0x22);
        let backslash = word ^ (ONES * 0x5c);
        let hits = (word.wrapping_sub(ONES * 0x20) & !word)
            | (quote.wrapping_sub(ONES) & !quote)
            | (backslash.wrapping_sub(ONES) & !backslash);
        let hits = hits & HIGHS;
        if hits != 0 {
            return at + (hits.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while let Some(&byte) = bytes.get(at) {
        if byte < 0x20 || byte == b'"' || byte == b'\\' {
            break;
        }
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::special;

    proptest! {
        #[test]
        fn finds_what_a_plain_search_finds(
            bytes in proptest::collection::vec(prop_oneof![any::<u8>(), 0x1e..0x24_u8, 0x5a..0x5f_u8], 0..60),
            from in 0..70_usize,
        ) {
            let plain = bytes.iter().enumerate().skip(from);
            let found = plain
                .filter(|(_, b)| **b < 0x20 || matches!(**b, b'"' | b'\\'))
                .map(|(at, _)| at)
                .next();
            prop_assert_eq!(special(&bytes, from), found.unwrap_or(bytes.len().max(from)));
        }
    }
}
