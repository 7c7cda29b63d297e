//! Lenient readers over JSON text that the scanner has accepted.
//!
//! Sentry's types wander: ids are strings or integers, a member can be null, absent or of another
//! kind. What is not of the wanted kind reads as absent; the text itself is kept elsewhere.

use std::borrow::Cow;

use super::{scan::Scanner, text::decode};

/// Kind of a JSON value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    Bool,
    Number,
    String,
    Array,
    Object,
}

/// What kind of value `raw` is; `Null` for empty text.
pub(crate) fn kind(raw: &str) -> Kind {
    match raw.as_bytes().first() {
        Some(b'"') => Kind::String,
        Some(b'{') => Kind::Object,
        Some(b'[') => Kind::Array,
        Some(b't' | b'f') => Kind::Bool,
        Some(b'-' | b'0'..=b'9') => Kind::Number,
        _ => Kind::Null,
    }
}

pub(crate) fn is_null(raw: &str) -> bool {
    kind(raw) == Kind::Null
}

pub(crate) fn is_object(raw: &str) -> bool {
    kind(raw) == Kind::Object
}

/// A string, or a number or truth value as it is written; `None` for null, arrays and objects.
pub(crate) fn text(raw: &str) -> Option<Cow<'_, str>> {
    match kind(raw) {
        Kind::String => Some(decode(raw)),
        Kind::Number | Kind::Bool => Some(Cow::Borrowed(raw)),
        Kind::Null | Kind::Array | Kind::Object => None,
    }
}

/// The text of a number, also when it stands in a string.
fn number_text(raw: &str) -> Option<&str> {
    match kind(raw) {
        Kind::Number => Some(raw),
        Kind::String => Some(raw[1..raw.len() - 1].trim()),
        _ => None,
    }
}

/// An integer, also in a string or as a float without fraction (`10.0`).
pub(crate) fn integer(raw: &str) -> Option<i64> {
    let text = number_text(raw)?;
    let whole = match text.split_once('.') {
        Some((whole, zeros)) if zeros.bytes().all(|b| b == b'0') => whole,
        _ => text,
    };
    whole.parse().ok()
}

/// A number, also in a string.
#[cfg(feature = "webhook")]
pub(crate) fn float(raw: &str) -> Option<f64> {
    number_text(raw)?.parse().ok().filter(|f: &f64| f.is_finite())
}

/// A natural number, read like [`integer`].
pub(crate) fn unsigned(raw: &str) -> Option<u64> {
    let text = number_text(raw)?;
    text.parse().ok().or_else(|| integer(raw)?.try_into().ok())
}

/// A truth value; Sentry also writes 0 and 1.
pub(crate) fn boolean(raw: &str) -> Option<bool> {
    match raw {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

/// Calls `f` with each key and value of an object; does nothing for other kinds.
pub(crate) fn members<'a>(raw: &'a str, mut f: impl FnMut(&str, &'a str)) {
    if is_object(raw) {
        // The text has passed the scanner before, so it passes again.
        let _ = Scanner::new(raw).object(|s, key| {
            f(key, s.skip()?);
            Ok(())
        });
    }
}

/// Calls `f` with each key, as it is written between its quotes, and each value of an object.
#[cfg(feature = "webhook")]
pub(crate) fn members_raw<'a>(raw: &'a str, mut f: impl FnMut(&'a str, &'a str)) {
    let _ = Scanner::new(raw).object_raw(|s, key| {
        f(key, s.skip()?);
        Ok(())
    });
}

/// Calls `f` with each element of an array; does nothing for other kinds.
pub(crate) fn elements<'a>(raw: &'a str, mut f: impl FnMut(&'a str)) {
    if kind(raw) == Kind::Array {
        let _ = Scanner::new(raw).array(|s| {
            f(s.skip()?);
            Ok(())
        });
    }
}

/// The texts of an array's members; members without text (null) become empty.
pub(crate) fn strings(raw: &str) -> Vec<Cow<'_, str>> {
    let mut out = Vec::new();
    elements(raw, |e| out.push(text(e).unwrap_or_default()));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_in_three_dresses() {
        assert_eq!(integer("10"), Some(10));
        assert_eq!(integer("\"10\""), Some(10));
        assert_eq!(integer("10.0"), Some(10));
        assert_eq!(integer("10.5"), None);
        assert_eq!(unsigned("18446744073709551615"), Some(u64::MAX));
        assert_eq!(unsigned("-1"), None);
        assert_eq!(integer("null"), None);
    }

    #[test]
    fn null_members_become_empty_lines() {
        assert_eq!(strings(r#"["a", null, "b\n"]"#), ["a", "", "b\n"]);
        assert!(strings("null").is_empty());
    }
}
