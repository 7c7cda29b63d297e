//! Characters that are not seen, or make others be seen otherwise.

/// Whether a character controls a terminal, breaks a line, reorders or hides text, or is not seen
/// itself: what text from outside must not carry to a reader as it is.
///
/// By Unicode's properties: control characters (Cc), the separators of lines and paragraphs (Zl, Zp),
/// `Default_Ignorable_Code_Point`, and format characters (Cf) but for those that have a shape, such
/// as the Arabic number sign; the empty Braille pattern besides. Line breaks and tabs are among
/// them; spaces are not.
///
/// ```
/// use sentry_correlate::report::render::is_hidden;
///
/// assert!("\u{1b}\u{202e}\u{200b}\u{feff}\n".chars().all(is_hidden));
/// assert!(!"naïve 日本 🫖".chars().any(is_hidden));
/// ```
#[must_use]
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{13430}'..='\u{1343f}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `Default_Ignorable_Code_Point` of Unicode 17.
    const IGNORABLE: &[(u32, u32)] = &[
        (0xad, 0xad),
        (0x34f, 0x34f),
        (0x61c, 0x61c),
        (0x115f, 0x1160),
        (0x17b4, 0x17b5),
        (0x180b, 0x180f),
        (0x200b, 0x200f),
        (0x202a, 0x202e),
        (0x2060, 0x206f),
        (0x3164, 0x3164),
        (0xfe00, 0xfe0f),
        (0xfeff, 0xfeff),
        (0xffa0, 0xffa0),
        (0xfff0, 0xfff8),
        (0x1bca0, 0x1bca3),
        (0x1d173, 0x1d17a),
        (0xe0000, 0xe0fff),
    ];

    /// Characters of the category Cf that are not ignorable and have no shape.
    const SHAPELESS: &[(u32, u32)] = &[(0xfff9, 0xfffb), (0x13430, 0x1343f)];

    #[test]
    fn the_table_is_that_of_unicode() {
        let within =
            |ranges: &[(u32, u32)], c: u32| ranges.iter().any(|r| (r.0..=r.1).contains(&c));
        for c in '\0'..=char::MAX {
            let expected = c.is_control()
                || matches!(c, '\u{2028}' | '\u{2029}' | '\u{2800}')
                || within(IGNORABLE, c.into())
                || within(SHAPELESS, c.into());
            assert_eq!(is_hidden(c), expected, "{:x}", u32::from(c));
        }
    }
}
