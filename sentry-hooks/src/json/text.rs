//! Strings of JSON as text.

use std::borrow::Cow;

/// The text of a JSON string given with its quotes. Borrows unless there are escapes.
///
/// `raw` has passed the scanner. A lone surrogate (Python writes them) becomes U+FFFD: one broken
/// character must not cost the whole event.
pub(super) fn decode(raw: &str) -> Cow<'_, str> {
    let inner = raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default();
    if inner.contains('\\') { Cow::Owned(unescape(inner)) } else { Cow::Borrowed(inner) }
}

/// The text of a JSON string given without its quotes.
pub(super) fn unescape(inner: &str) -> String {
    let mut out = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = one(&rest[at + 1..], &mut out);
    }
    out.push_str(rest);
    out
}

/// Decodes the escape whose backslash was just read; returns what follows it.
fn one<'a>(rest: &'a str, out: &mut String) -> &'a str {
    let simple = match rest.as_bytes().first() {
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return unicode(&rest[1..], out),
        Some(&byte) if byte.is_ascii() => char::from(byte),
        _ => return rest,
    };
    out.push(simple);
    &rest[1..]
}

fn unicode<'a>(rest: &'a str, out: &mut String) -> &'a str {
    let Some(first) = unit(rest) else {
        out.push(char::REPLACEMENT_CHARACTER);
        return rest;
    };
    let after = &rest[4..];
    let second = after.strip_prefix("\\u").and_then(unit);
    if let (0xd800..=0xdbff, Some(second @ 0xdc00..=0xdfff)) = (first, second) {
        let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
        out.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
        return &after[6..];
    }
    out.push(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER));
    after
}

/// The UTF-16 code units of a JSON string given without its quotes; lone surrogates survive.
#[cfg(feature = "webhook")]
pub(super) fn units(inner: &str) -> Vec<u16> {
    let mut out = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        out.extend(rest[..at].encode_utf16());
        let escape = &rest[at + 1..];
        match escape.strip_prefix('u').and_then(unit) {
            Some(unit) => {
                // A unit has 16 bits, as four digits do.
                out.push(u16::try_from(unit).unwrap_or_default());
                rest = &escape[5..];
            }
            None => {
                let mut one_char = String::new();
                rest = one(escape, &mut one_char);
                out.extend(one_char.encode_utf16());
            }
        }
    }
    out.extend(rest.encode_utf16());
    out
}

fn unit(text: &str) -> Option<u32> {
    let digits = text.get(..4)?;
    digits.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn decodes_every_escape() {
        assert_eq!(decode(r#""\"\\\/\b\f\n\r\t\u00e9\ud83d\udc40""#), "\"\\/\u{8}\u{c}\n\r\té👀");
    }

    #[test]
    fn lone_surrogates_become_replacement_characters() {
        assert_eq!(decode(r#""a\ud800b""#), "a\u{fffd}b");
        assert_eq!(decode(r#""\udc00\ud800\u0041""#), "\u{fffd}\u{fffd}A");
        assert_eq!(decode(r#""\ud800""#), "\u{fffd}");
    }

    proptest! {
        #[test]
        fn reads_what_serde_json_writes(s in ".*") {
            let raw = serde_json::to_string(&s).unwrap();
            prop_assert_eq!(decode(&raw), s);
        }

        #[test]
        fn reads_escapes_as_serde_json_does(s in r#"([a-zé]|\\[bfnrt/"\\]|\\u[0-9a-fA-F]{4}){0,20}"#) {
            let raw = format!("\"{s}\"");
            if let Ok(text) = serde_json::from_str::<String>(&raw) {
                prop_assert_eq!(decode(&raw), text);
            }
        }
    }
}
