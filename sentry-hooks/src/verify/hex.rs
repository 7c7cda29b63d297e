//! Hex digits without branches on their values.

/// 64 hex digits in lower case as 32 bytes; `None` for anything else.
///
/// Every digit is looked at, whatever the others are.
pub(super) fn decode(text: &[u8]) -> Option<[u8; 32]> {
    let text: &[u8; 64] = text.try_into().ok()?;
    let mut out = [0; 32];
    let mut bad = 0;
    for (byte, pair) in out.iter_mut().zip(text.chunks_exact(2)) {
        let (high, low) = (digit(pair[0]), digit(pair[1]));
        bad |= high | low;
        *byte = ((high << 4 | low) & 0xff) as u8;
    }
    (bad <= 0xf).then_some(out)
}

/// The value of a digit, or something above 15.
fn digit(c: u8) -> u16 {
    let c = u16::from(c);
    let number = c.wrapping_sub(u16::from(b'0'));
    let letter = c.wrapping_sub(u16::from(b'a'));
    // All ones where the subtraction shows that the character is in range.
    let is_number = ((number.wrapping_sub(10) & !number) >> 15).wrapping_neg();
    let is_letter = ((letter.wrapping_sub(6) & !letter) >> 15).wrapping_neg();
    (number & is_number)
        | ((letter.wrapping_add(10)) & is_letter)
        | (0x100 & !(is_number | is_letter))
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
                b'0'..=b'9' => u16::from(c - b'0'),
                b'a'..=b'f' => u16::from(c - b'a' + 10),
                _ => 0x100,
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
