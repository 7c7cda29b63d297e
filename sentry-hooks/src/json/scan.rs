//! A strict scanner over JSON text (RFC 8259): one pass, no tree, no allocation.

use super::{special::special, text::unescape};
use crate::ParseError;

/// How deep arrays and objects may be nested; the same limit as `serde_json`'s.
pub const MAX_DEPTH: u32 = 128;

/// Walks over JSON text. Whoever gets a scanner in a callback must consume exactly one value.
#[derive(Debug)]
pub(crate) struct Scanner<'a> {
    text: &'a str,
    bytes: &'a [u8],
    pos: usize,
    depth: u32,
}

impl<'a> Scanner<'a> {
    /// Starts at the first byte of `text`.
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, bytes: text.as_bytes(), pos: 0, depth: 0 }
    }

    /// Starts at the first byte of `bytes`, which must be UTF-8 and not empty.
    pub(crate) fn from_bytes(bytes: &'a [u8]) -> Result<Self, ParseError> {
        if bytes.is_empty() {
            return Err(ParseError::Empty);
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Self::new(text)),
            Err(e) => Err(ParseError::Utf8 { valid_up_to: e.valid_up_to() }),
        }
    }

    /// The first byte of the next value, white space skipped.
    pub(crate) fn peek(&mut self) -> Option<u8> {
        self.space();
        self.bytes.get(self.pos).copied()
    }

    /// Bytes read so far. After [`Scanner::peek`] it is where the next value starts.
    pub(crate) fn position(&self) -> usize {
        self.pos
    }

    /// Nothing but white space may follow.
    pub(crate) fn finish(&mut self) -> Result<(), ParseError> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.error("the end")),
        }
    }

    /// Reads an object, calling `f` at each value with the value's key. Returns the object's text.
    pub(crate) fn object<F>(&mut self, mut f: F) -> Result<&'a str, ParseError>
    where
        F: FnMut(&mut Self, &str) -> Result<(), ParseError>,
    {
        self.object_raw(|s, raw| if raw.contains('\\') { f(s, &unescape(raw)) } else { f(s, raw) })
    }

    /// As [`Scanner::object`], but keys come as they are written between their quotes.
    pub(crate) fn object_raw<F>(&mut self, mut f: F) -> Result<&'a str, ParseError>
    where
        F: FnMut(&mut Self, &'a str) -> Result<(), ParseError>,
    {
        if self.peek() != Some(b'{') {
            return Err(self.error("`{`"));
        }
        let start = self.pos;
        self.enter()?;
        if self.peek() == Some(b'}') {
            self.pos += 1;
        } else {
            loop {
                let key = self.key()?;
                f(self, key)?;
                match self.peek() {
                    Some(b',') => self.pos += 1,
                    Some(b'}') => {
                        self.pos += 1;
                        break;
                    }
                    _ => return Err(self.error("`,` or `}`")),
                }
            }
        }
        self.depth -= 1;
        Ok(&self.text[start..self.pos])
    }

    /// Reads an array, calling `f` at each element. Returns the array's text.
    pub(crate) fn array<F>(&mut self, mut f: F) -> Result<&'a str, ParseError>
    where
        F: FnMut(&mut Self) -> Result<(), ParseError>,
    {
        if self.peek() != Some(b'[') {
            return Err(self.error("`[`"));
        }
        let start = self.pos;
        self.enter()?;
        if self.peek() == Some(b']') {
            self.pos += 1;
        } else {
            loop {
                f(self)?;
                match self.peek() {
                    Some(b',') => self.pos += 1,
                    Some(b']') => {
                        self.pos += 1;
                        break;
                    }
                    _ => return Err(self.error("`,` or `]`")),
                }
            }
        }
        self.depth -= 1;
        Ok(&self.text[start..self.pos])
    }

    /// Steps over one value, checking its grammar, and returns its text.
    pub(crate) fn skip(&mut self) -> Result<&'a str, ParseError> {
        self.space();
        let start = self.pos;
        // One bit per open container, the innermost lowest: 1 is an object, 0 an array.
        let mut objects: u128 = 0;
        let mut open: u32 = 0;
        loop {
            match self.peek() {
                Some(b'"') => self.string()?,
                Some(first @ (b'{' | b'[')) => {
                    let object = first == b'{';
                    if self.depth + open >= MAX_DEPTH {
                        return Err(ParseError::TooDeep { offset: self.pos });
                    }
                    self.pos += 1;
                    if self.peek() == Some(if object { b'}' } else { b']' }) {
                        self.pos += 1;
                    } else {
                        objects = objects << 1 | u128::from(object);
                        open += 1;
                        if object {
                            self.skip_key()?;
                        }
                        continue;
                    }
                }
                Some(b'-' | b'0'..=b'9') => self.number()?,
                Some(b't') => self.word("true")?,
                Some(b'f') => self.word("false")?,
                Some(b'n') => self.word("null")?,
                _ => return Err(self.error("a value")),
            }
            loop {
                if open == 0 {
                    return Ok(&self.text[start..self.pos]);
                }
                let object = objects & 1 == 1;
                match self.peek() {
                    Some(b',') => {
                        self.pos += 1;
                        if object {
                            self.space();
                            self.skip_key()?;
                        }
                        break;
                    }
                    Some(b'}') if object => {}
                    Some(b']') if !object => {}
                    _ => return Err(self.error(if object { "`,` or `}`" } else { "`,` or `]`" })),
                }
                self.pos += 1;
                objects >>= 1;
                open -= 1;
            }
        }
    }

    fn enter(&mut self) -> Result<(), ParseError> {
        if self.depth >= MAX_DEPTH {
            return Err(ParseError::TooDeep { offset: self.pos });
        }
        self.depth += 1;
        self.pos += 1;
        Ok(())
    }

    /// A key, as it is written between its quotes, and its colon.
    fn key(&mut self) -> Result<&'a str, ParseError> {
        self.space();
        let start = self.pos;
        self.quoted_key()?;
        let inner = &self.text[start + 1..self.pos - 1];
        self.colon()?;
        Ok(inner)
    }

    fn skip_key(&mut self) -> Result<(), ParseError> {
        self.quoted_key()?;
        self.colon()
    }

    fn quoted_key(&mut self) -> Result<(), ParseError> {
        if self.bytes.get(self.pos) != Some(&b'"') {
            return Err(self.error("a key"));
        }
        self.string()
    }

    fn colon(&mut self) -> Result<(), ParseError> {
        if self.peek() != Some(b':') {
            return Err(self.error("`:`"));
        }
        self.pos += 1;
        Ok(())
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.bytes.get(self.pos) {
            self.pos += 1;
        }
    }

    fn word(&mut self, word: &'static str) -> Result<(), ParseError> {
        if !self.bytes[self.pos..].starts_with(word.as_bytes()) {
            return Err(self.error(word));
        }
        self.pos += word.len();
        Ok(())
    }

    fn number(&mut self) -> Result<(), ParseError> {
        if self.bytes[self.pos] == b'-' {
            self.pos += 1;
        }
        if self.bytes.get(self.pos) == Some(&b'0') {
            self.pos += 1;
        } else {
            self.digits()?;
        }
        if self.bytes.get(self.pos) == Some(&b'.') {
            self.pos += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.bytes.get(self.pos) {
            self.pos += 1;
            if let Some(b'+' | b'-') = self.bytes.get(self.pos) {
                self.pos += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), ParseError> {
        let start = self.pos;
        while let Some(b'0'..=b'9') = self.bytes.get(self.pos) {
            self.pos += 1;
        }
        if self.pos == start { Err(self.error("a digit")) } else { Ok(()) }
    }

    /// Steps over a string; the caller has seen its opening quote.
    fn string(&mut self) -> Result<(), ParseError> {
        let mut at = self.pos + 1;
        loop {
            at = special(self.bytes, at);
            match self.bytes.get(at) {
                Some(b'"') => {
                    self.pos = at + 1;
                    return Ok(());
                }
                Some(b'\\') => {
                    at += match self.bytes.get(at + 1) {
                        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => 2,
                        Some(b'u') if hex4(self.bytes.get(at + 2..at + 6)) => 6,
                        _ => {
                            return Err(ParseError::Syntax { offset: at, expected: "an escape" });
                        }
                    };
                }
                Some(_) => {
                    return Err(ParseError::Syntax {
                        offset: at,
                        expected: "no control character in a string",
                    });
                }
                None => {
                    return Err(ParseError::Syntax { offset: at, expected: "the string's end" });
                }
            }
        }
    }

    fn error(&self, expected: &'static str) -> ParseError {
        ParseError::Syntax { offset: self.pos.min(self.bytes.len()), expected }
    }
}

fn hex4(digits: Option<&[u8]>) -> bool {
    digits.is_some_and(|d| d.iter().all(u8::is_ascii_hexdigit))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn valid(text: &str) -> bool {
        let mut scanner = Scanner::new(text);
        scanner.skip().is_ok() && scanner.finish().is_ok()
    }

    fn by_serde(text: &str) -> bool {
        serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
    }

    #[test]
    fn agrees_with_serde_json_on_the_corners_of_the_grammar() {
        for text in [
            "",
            " ",
            "0",
            "-0",
            "01",
            "-",
            "1.",
            "1.5",
            ".5",
            "1e5",
            "1E+5",
            "1e",
            "1e+",
            "--1",
            "\"",
            "\"a",
            "\"a\"",
            "\"\\",
            "\"\\x\"",
            "\"\\u12\"",
            "\"\\u12g4\"",
            "\"\\u00e9\"",
            "\"\u{1}\"",
            "\"tab\there\"",
            "[",
            "[]",
            "[,]",
            "[1,]",
            "[1 2]",
            "[1,2]",
            "{",
            "{}",
            "{,}",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{\"a\":1}",
            "{\"a\":1 \"b\":2}",
            "{1:2}",
            "[}",
            "{]",
            "[{}]",
            "{\"a\":[{\"b\":null}]}",
            "true",
            "tru",
            "nulll",
            "null false",
            " \t\r\n{ \"a\" : [ 1 , 2 ] } ",
            "NaN",
            "[1]]",
            "'a'",
            "{\"a\":{\"b\":1]}",
            "é",
        ] {
            assert_eq!(valid(text), by_serde(text), "{text:?}");
        }
    }

    #[test]
    fn nests_to_the_limit_and_no_further() {
        let nested = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
        assert!(valid(&nested(128)));
        let mut scanner = Scanner::new("");
        assert!(scanner.skip().is_err());
        let deep = nested(129);
        assert_eq!(Scanner::new(&deep).skip(), Err(ParseError::TooDeep { offset: 128 }));
        let objects = format!("{}1{}", "{\"a\":".repeat(129), "}".repeat(129));
        assert!(matches!(Scanner::new(&objects).skip(), Err(ParseError::TooDeep { .. })));
    }

    #[test]
    fn gives_members_with_their_text() {
        let mut seen = Vec::new();
        let text = r#" {"a" : [1, {"b":2}], "c\u0064":"x\"y"} "#;
        let mut scanner = Scanner::new(text);
        let whole = scanner
            .object(|s, key| {
                seen.push((key.to_owned(), s.skip()?.to_owned()));
                Ok(())
            })
            .unwrap();
        scanner.finish().unwrap();
        assert_eq!(whole, text.trim());
        assert_eq!(
            seen,
            [
                ("a".to_owned(), "[1, {\"b\":2}]".to_owned()),
                ("cd".to_owned(), "\"x\\\"y\"".to_owned())
            ]
        );
    }

    proptest! {
        #[test]
        fn accepts_what_serde_json_accepts(text in r#"[\[\]{}:,"\\u0-9eE+.\-a-f ntrl\n]{0,24}"#) {
            // serde_json refuses lone surrogates only when it decodes the string, as we do.
            prop_assert_eq!(valid(&text), by_serde(&text));
        }

        #[test]
        fn any_string_ends_where_it_ends(s in ".*", tail in "[,\\]} ]{0,9}") {
            let json = serde_json::to_string(&s).unwrap();
            let text = format!("{json}{tail}");
            prop_assert_eq!(Scanner::new(&text).skip(), Ok(json.as_str()));
        }
    }
}
