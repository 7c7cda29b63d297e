//! Why a signature fails, for people who set up a receiver.
//!
//! Slow, and meant for inspection: a receiver answers every bad signature alike and asks no further.

use crate::{
    SignatureError, Verifier,
    json::{self, Escapes, Keys, Numbers, Spacing, Style},
};

/// What is wrong with a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Diagnosis {
    /// Nothing.
    Valid {
        /// Index of the secret that made it.
        secret: usize,
    },
    /// There is none.
    Missing,
    /// It is not 64 hex digits in lower case.
    Malformed,
    /// It was made over the same JSON, written otherwise: somebody parsed the body and wrote it
    /// again. Keep the bytes as they come.
    ReSerialised {
        /// What writes JSON like that.
        writer: &'static str,
    },
    /// It was made over an empty body: somebody consumed the body before it was signed or verified.
    EmptyBody,
    /// None of our secrets made it, as far as we can tell: look at the secret.
    Mismatch,
}

impl Diagnosis {
    /// One word for it: `valid`, `missing`, `malformed`, `re_serialised`, `empty_body`, `mismatch`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Valid { .. } => "valid",
            Self::Missing => "missing",
            Self::Malformed => "malformed",
            Self::ReSerialised { .. } => "re_serialised",
            Self::EmptyBody => "empty_body",
            Self::Mismatch => "mismatch",
        }
    }
}

/// Finds out why a signature does not fit a body.
///
/// ```
/// use sentry_hooks::{Verifier, diagnose::{Diagnosis, diagnose}, sign};
///
/// let verifier = Verifier::new("secret")?;
/// let as_sent = br#"{"window":10.0,"title":"caf\u00e9"}"#;
/// let signature = sign("secret", as_sent)?;
/// // An indented copy, as a debugging tool shows it, does not verify; the reason is found.
/// let copy = "{\n  \"window\": 10.0,\n  \"title\": \"café\"\n}\n".as_bytes();
/// let diagnosis = diagnose(&verifier, copy, Some(signature.as_bytes()));
/// assert!(matches!(diagnosis, Diagnosis::ReSerialised { .. }));
/// # Ok::<(), sentry_hooks::SecretError>(())
/// ```
#[must_use]
pub fn diagnose(verifier: &Verifier, body: &[u8], signature: Option<&[u8]>) -> Diagnosis {
    let fits = |body: &[u8]| verifier.verify(body, signature).is_ok();
    match verifier.verify(body, signature) {
        Ok(secret) => return Diagnosis::Valid { secret },
        Err(SignatureError::Missing) => return Diagnosis::Missing,
        Err(SignatureError::Malformed) => return Diagnosis::Malformed,
        Err(SignatureError::Mismatch) => {}
    }
    if fits(b"") {
        return Diagnosis::EmptyBody;
    }
    let writer = json_text(body).and_then(|text| written_by(text, fits));
    writer.map_or(Diagnosis::Mismatch, |writer| Diagnosis::ReSerialised { writer })
}

/// The body's one JSON value, without white space or byte order mark around it.
fn json_text(body: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(body).ok()?.trim_start_matches('\u{feff}');
    let mut scanner = json::Scanner::new(text);
    let value = scanner.skip().ok()?;
    scanner.finish().ok()?;
    Some(value)
}

fn written_by(text: &str, fits: impl Fn(&[u8]) -> bool) -> Option<&'static str> {
    let with_line_feed = |text: &str| fits(format!("{text}\n").as_bytes());
    if fits(text.as_bytes()) || with_line_feed(text) {
        return Some("the same text with other white space around it");
    }
    WRITERS.iter().find_map(|(writer, style)| {
        let written = json::rewrite(text, *style);
        (fits(written.as_bytes()) || with_line_feed(&written)).then_some(*writer)
    })
}

const BASE: Style = Style {
    spacing: Spacing::Compact,
    ascii: false,
    escapes: Escapes::Needed,
    numbers: Numbers::AsWritten,
    keys: Keys::AsWritten,
};
const PYTHON: Style = Style { numbers: Numbers::Python, ..BASE };
const SPACED: Style = Style { spacing: Spacing::Spaced, ..PYTHON };
const TWO: Style = Style { spacing: Spacing::Indented(2), ..PYTHON };
const FOUR: Style = Style { spacing: Spacing::Indented(4), ..PYTHON };
const JS: Style = Style { numbers: Numbers::JavaScript, keys: Keys::IndicesFirst, ..BASE };

/// Who writes JSON how.
const WRITERS: &[(&str, Style)] = &[
    ("Sentry: compact, ASCII", Style { ascii: true, ..BASE }),
    ("Python: json.dumps(body, separators=(',', ':'))", Style { ascii: true, ..PYTHON }),
    ("compact, text outside ASCII as it is", BASE),
    ("JavaScript: JSON.stringify(body)", JS),
    ("JavaScript: JSON.stringify(body, null, 2)", Style { spacing: Spacing::Indented(2), ..JS }),
    ("JavaScript: JSON.stringify(body, null, 4)", Style { spacing: Spacing::Indented(4), ..JS }),
    ("Python: json.dumps(body)", Style { ascii: true, ..SPACED }),
    ("Python: json.dumps(body, ensure_ascii=False)", SPACED),
    ("Python: json.dumps(body, separators=(',', ':'), ensure_ascii=False)", PYTHON),
    ("Python: json.dumps(body, indent=2)", Style { ascii: true, ..TWO }),
    ("Python: json.dumps(body, indent=2, ensure_ascii=False)", TWO),
    ("Python: json.dumps(body, indent=4)", Style { ascii: true, ..FOUR }),
    ("Python: json.dumps(body, indent=4, ensure_ascii=False)", FOUR),
    (
        "Python: json.dumps(body, sort_keys=True)",
        Style { ascii: true, keys: Keys::Sorted, ..SPACED },
    ),
    (
        "Python: json.dumps(body, sort_keys=True, ensure_ascii=False)",
        Style { keys: Keys::Sorted, ..SPACED },
    ),
    (
        "Python: json.dumps(body, separators=(',', ':'), sort_keys=True)",
        Style { ascii: true, keys: Keys::Sorted, ..PYTHON },
    ),
    ("compact with sorted keys", Style { keys: Keys::Sorted, ..BASE }),
    ("PHP: json_encode($body)", Style { ascii: true, escapes: Escapes::Slash, ..BASE }),
    (
        "Go: json.Marshal(body)",
        Style { escapes: Escapes::Html, numbers: Numbers::JavaScript, keys: Keys::Sorted, ..BASE },
    ),
    (
        "compact, ASCII, numbers as in JavaScript",
        Style { ascii: true, numbers: Numbers::JavaScript, ..BASE },
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sign;

    const SENT: &str = r#"{"z":10.0,"title":"caf\u00e9 <a/b>","ids":[1,{}],"a":"\ud83d\udc40"}"#;

    #[test]
    fn every_writer_is_recognised_in_both_directions() {
        let verifier = Verifier::new("s").unwrap();
        for (writer, style) in WRITERS {
            // The receiver wrote the body again and holds that; Sentry signed its own.
            let signature = sign("s", SENT.as_bytes()).unwrap();
            let held = json::rewrite(SENT, *style);
            let diagnosis = diagnose(&verifier, held.as_bytes(), Some(signature.as_bytes()));
            // What a writer throws away (`.0`, the order of keys) cannot be had back.
            if style.numbers != Numbers::JavaScript && style.keys == Keys::AsWritten {
                assert!(matches!(diagnosis.word(), "re_serialised" | "valid"), "{writer}");
            }
            // Somebody signed what they wrote again; the receiver holds what Sentry sent.
            let signature = sign("s", held.as_bytes()).unwrap();
            let diagnosis = diagnose(&verifier, SENT.as_bytes(), Some(signature.as_bytes()));
            assert!(matches!(diagnosis.word(), "re_serialised" | "valid"), "{writer}");
        }
    }

    #[test]
    fn tells_the_other_reasons() {
        let verifier = Verifier::with_secrets(["a", "b"]).unwrap();
        let word = |body: &str, signature: &str| {
            diagnose(&verifier, body.as_bytes(), Some(signature.as_bytes())).word()
        };
        assert_eq!(word(SENT, &sign("b", SENT.as_bytes()).unwrap()), "valid");
        assert_eq!(word(SENT, &sign("c", SENT.as_bytes()).unwrap()), "mismatch");
        assert_eq!(word(SENT, &sign("a", b"").unwrap()), "empty_body");
        assert_eq!(word("not json", &sign("a", SENT.as_bytes()).unwrap()), "mismatch");
        assert_eq!(word("", &sign("a", SENT.as_bytes()).unwrap()), "mismatch");
        assert_eq!(word(SENT, "sha256=00"), "malformed");
        assert_eq!(diagnose(&verifier, b"", None), Diagnosis::Missing);
        let line = format!("\u{feff}{SENT}\r\n");
        assert_eq!(word(&line, &sign("a", SENT.as_bytes()).unwrap()), "re_serialised");
    }
}
