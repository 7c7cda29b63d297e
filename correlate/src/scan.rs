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

/// As many bytes as nearly all words have.
pub(crate) const SHORT: usize = 16;

/// A block, and enough behind it that a short word which begins in the block ends here.
pub(crate) type Window = [u8; WINDOW];
pub(crate) const WINDOW: usize = BLOCK + SHORT;

/// The window of a text that begins at `at`. What reaches behind the end is copied, zeros behind
/// it: `room` is for that.
#[inline]
pub(crate) fn window<'w>(bytes: &'w [u8], at: usize, room: &'w mut Window) -> &'w Window {
    let rest = &bytes[at..];
    match rest.first_chunk() {
        Some(window) => window,
        None => {
            room.fill(0);
            room[..rest.len()].copy_from_slice(rest);
            room
        }
    }
}

/// The block that a window begins with.
#[inline]
pub(crate) fn block(window: &Window) -> &[u8; BLOCK] {
    window.first_chunk().expect("a window is longer than a block")
}

/// The short word that begins in the block of a window, and what follows it.
#[inline]
pub(crate) fn short(window: &Window, first: usize) -> &[u8; SHORT] {
    window[first..].first_chunk().expect("so much stands behind each byte of the block")
}

/// A bit for each byte, the first one lowest: whether it belongs to a word.
#[inline]
pub(crate) fn word_bits(block: &[u8; BLOCK]) -> u64 {
    bits_of(block, |byte| {
        let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
        letter | (byte.wrapping_sub(b'0') < 10) | (byte == b'_')
    })
}

/// A bit for each byte, the first one lowest.
#[inline]
pub(crate) fn bits_of(block: &[u8; BLOCK], holds: impl Fn(u8) -> bool) -> u64 {
    flags_of(block, holds).iter().rev().fold(0, |bits, flags| {
        // Brings the lowest bit of each byte to the highest byte, side by side.
        bits << 8 | flags.wrapping_mul(0x0102_0408_1020_4080) >> 56
    })
}

/// Whether something is true of any byte: cheaper than to ask of which.
#[inline]
pub(crate) fn any_of(block: &[u8; BLOCK], holds: impl Fn(u8) -> bool) -> bool {
    flags_of(block, holds).iter().fold(0, |any, flags| any | flags) != 0
}

/// For each byte one that is 1 or 0, eight in a number. Without a branch, so that many bytes are
/// asked at once.
#[inline]
fn flags_of(block: &[u8; BLOCK], holds: impl Fn(u8) -> bool) -> [u64; BLOCK / 8] {
    let flags = block.map(|byte| u8::from(holds(byte)));
    let mut eights = flags.as_chunks::<8>().0.iter();
    std::array::from_fn(|_| eights.next().map_or(0, |eight| u64::from_le_bytes(*eight)))
}

/// As many of the lowest bits as there are bytes, at most all.
#[inline]
pub(crate) fn lowest(bytes: usize) -> u64 {
    if bytes < BLOCK { (1 << bytes) - 1 } else { u64::MAX }
}

/// Where runs of bits begin and end, the lowest first. One that reaches the last bit ends with the
/// block, and may go on behind it.
pub(crate) struct Runs(pub(crate) u64);

impl Runs {
    /// Passes over the bits below one.
    #[inline]
    pub(crate) fn pass(&mut self, to: usize) {
        self.0 &= !lowest(to);
    }
}

impl Iterator for Runs {
    type Item = (usize, usize);

    #[inline]
    fn next(&mut self) -> Option<(usize, usize)> {
        if self.0 == 0 {
            return None;
        }
        let first = self.0.trailing_zeros() as usize;
        // Adding to a run clears it, and sets the bit behind it.
        let behind = self.0.wrapping_add(self.0 & self.0.wrapping_neg());
        self.0 &= behind;
        Some((first, behind.trailing_zeros() as usize))
    }
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
        fn bits_tell_words(bytes in prop_oneof![any::<Vec<u8>>(), "[\\w ]{0,99}".prop_map(String::into_bytes)], at in any::<prop::sample::Index>()) {
            let at = at.index(bytes.len() + 1);
            let mut room = [7; WINDOW];
            let window = window(&bytes, at, &mut room);
            let found = word_bits(block(window));
            for (n, byte) in bytes[at..].iter().take(BLOCK).enumerate() {
                let word = byte.is_ascii_alphanumeric() || *byte == b'_';
                prop_assert_eq!(found >> n & 1 == 1, word);
            }
            prop_assert_eq!(found & !lowest(bytes.len() - at), 0);
            prop_assert_eq!(found != 0, any_of(block(window), |byte| byte.is_ascii_alphanumeric() || byte == b'_'));
        }

        #[test]
        fn runs_are_the_bits(bits: u64, few: u64, to in 0..65_usize) {
            for bits in [bits, bits & few, bits | few, u64::MAX] {
                let all: u64 = Runs(bits).map(|(first, end)| lowest(end) & !lowest(first)).sum();
                prop_assert_eq!(all, bits);
                let ends = Runs(bits).all(|(_, end)| end == BLOCK || bits >> end & 1 == 0);
                prop_assert!(ends);
                let mut runs = Runs(bits);
                runs.pass(to);
                prop_assert!(runs.next().is_none_or(|(first, _)| first >= to));
            }
        }

        #[test]
        fn a_run_ends_where_the_word_does(bytes in prop_oneof![any::<Vec<u8>>(), "\\w{0,30}.".prop_map(String::into_bytes)]) {
            let word = |b: &&u8| b.is_ascii_alphanumeric() || **b == b'_';
            prop_assert_eq!(word_run(&bytes, 0), bytes.iter().take_while(word).count());
        }
    }
}
