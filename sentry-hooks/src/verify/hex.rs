//! Hex digits without branches on their values.

/// 64 hex digits in lower case as 32 bytes; `None` for anything else.
///
/// Every digit is looked at, whatever the others are. Kept out of line, where the compiler makes
/// vector instructions of it: a quarter of the time.
#[inline(never)]
pub(super) fn decode(text: &[u8]) -> Option<[u8; 32]> {
    let text: &[u8; 64] = text.try_into().ok()?;
    let digits: [u8; 64] = std::array::from_fn(|i| digit(text[i]));
    let bad = digits.iter().fold(0, |bad, digit| bad | digit);
    let bytes = std::array::from_fn(|i| digits[2 * i] << 4 | digits[2 * i + 1]);
    (bad <= 0xf).then_some(bytes)
}

/// The value of a digit, or 128.
fn digit(c: u8) -> u8 {
    let number = c.wrapping_sub(b'0');
    let letter = c.wrapping_sub(b'a');
    // All ones where the character is in range.
    let is_number = u8::from(number < 10).wrapping_neg();
    let is_letter = u8::from(letter < 6).wrapping_neg();
    (number & is_number) | (letter.wrapping_add(10) & is_letter) | (0x80 & !(is_number | is_letter))
}

/// Bytes as hex digits in lower case.
pub(super) fn encode(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|b| [b >> 4, b & 0xf])
        .filter_map(|d| char::from_digit(u32::from(d), 16))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_exactly_the_lower_case_ones() {
        for c in 0..=u8::MAX {
            let expected = match c {
                b'0'..=b'9' => c - b'0',
                b'a'..=b'f' => c - b'a' + 10,
                _ => 0x80,
            };
            assert_eq!(digit(c), expected, "{c}");
        }
    }

    #[test]
    fn decodes_what_it_encodes() {
        let bytes: [u8; 32] = std::array::from_fn(|i| (i * 37 + 5) as u8);
        assert_eq!(decode(encode(&bytes).as_bytes()), Some(bytes));
        assert_eq!(decode(b"00"), None);
    }
}
