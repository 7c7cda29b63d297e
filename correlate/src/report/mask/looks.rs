//! What a text looks like, where its name does not tell.

use super::names::names_secret;

/// Least length of a word that is taken for a secret by its looks, in bytes.
const LEAST: usize = 7;
/// Beginnings of words that mix letters and digits and are none.
const TECHNICAL: &[&str] = &[
    "sha", "hmac", "aes", "md5", "utf", "tls", "rsa", "http", "oauth", "base", "python", "iso",
    "x86", "amd", "arm", "win",
];

/// Whether a word mixes letters and digits as nothing does that a person made up to be read:
/// `zq81kx77`, but neither `us-east-1`, `v1.2.3`, `db1.internal` nor `DB_2_URL`.
pub(in crate::report) fn is_opaque(text: &str) -> bool {
    let bytes = text.as_bytes();
    let graphic = |b: &u8| b.is_ascii_graphic() && !b"\"'`<>(){}[]\\".contains(b);
    if bytes.len() < LEAST || !bytes.iter().all(graphic) {
        return false;
    }
    let is_place = text.contains("://")
        || text.starts_with(['/', '.', '$', '%', '@', '#'])
        || bytes.contains(&b'.') && !bytes.iter().any(u8::is_ascii_uppercase);
    if is_place || is_constant(text) || is_date(bytes) || is_standard(bytes) {
        return false;
    }
    let technical = |word: &str| {
        let begin = bytes.get(..word.len());
        begin.is_some_and(|begin| begin.eq_ignore_ascii_case(word.as_bytes()))
    };
    let mixed = |part: &[u8]| {
        part.iter().any(u8::is_ascii_digit) && part.iter().any(u8::is_ascii_alphabetic)
    };
    let mut parts = bytes.split(|b| !b.is_ascii_alphanumeric());
    parts.any(mixed) && !TECHNICAL.iter().any(|word| technical(word))
}

/// The length of the word that a text begins with, if that follows the name of a secret in prose
/// (`the token zq81kx77`) and looks like one.
pub(super) fn secret_word(name: &str, text: &str) -> Option<usize> {
    let told = ["pass", "authorization"].iter().any(|it| name.eq_ignore_ascii_case(it));
    let length = word(text);
    (!told && is_opaque(&text[..length])).then_some(length)
}

/// Where the word that a text begins with ends.
pub(super) fn word(text: &str) -> usize {
    let ends = |c: char| c.is_whitespace() || "\"'`,;&()[]{}<>".contains(c);
    let end = text.find(ends).unwrap_or(text.len());
    text[..end].trim_end_matches(['.', ':', '!', '?']).len()
}

/// Whether it is the name of a constant or variable of the environment.
pub(super) fn is_constant(text: &str) -> bool {
    let of = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
    text.bytes().all(of) && (text.contains('_') || names_secret(text))
}

/// Whether it is called like a standard: `RFC8628`.
fn is_standard(bytes: &[u8]) -> bool {
    let letters = bytes.iter().take_while(|b| b.is_ascii_uppercase()).count();
    bytes.len() <= 8 && bytes[letters..].iter().all(u8::is_ascii_digit)
}

fn is_date(bytes: &[u8]) -> bool {
    matches!(bytes, [a, b, c, d, b'-', ..] if [a, b, c, d].iter().all(|b| b.is_ascii_digit()))
}

/// Whether it is words to be read: blanks between them, and no digit.
pub(super) fn is_prose(text: &str) -> bool {
    let scheme = ["Bearer ", "Basic ", "Token "].iter().any(|scheme| text.starts_with(scheme));
    text.contains(char::is_whitespace) && !scheme && !text.bytes().any(|b| b.is_ascii_digit())
}

/// Whether it says that there is no value, or takes one from where it stands.
pub(super) fn is_nothing(text: &str) -> bool {
    const NOTHING: &[&str] = &["none", "null", "nil", "undefined", "true", "false"];
    let text = text.trim_end_matches([',', ';', ')']);
    NOTHING.iter().any(|it| text.eq_ignore_ascii_case(it))
        || text.starts_with("self.")
        || text.starts_with("this.")
}

/// Whether the program puts a value in.
pub(super) fn is_interpolated(text: &str) -> bool {
    ["{", "${", "$(", "#{", "%s", "%(", "%d", "<%", "$"].iter().any(|sign| text.starts_with(sign))
}

/// Whether there is anything in it to hide.
pub(super) fn says_something(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

/// Whether it is the name of a secret and nothing else: `API_TOKEN`, `spring.datasource.password`.
pub(super) fn is_name(text: &str) -> bool {
    let of = |b: u8| b.is_ascii_alphanumeric() || b"_-.:".contains(&b);
    !text.is_empty() && text.len() <= 100 && text.bytes().all(of) && names_secret(text)
}

/// Whether some name of a secret can stand in a line at all; soon told.
pub(super) fn may_name(line: &str) -> bool {
    let bytes = line.as_bytes();
    let begins = |at: usize, word: &[u8]| {
        bytes.get(at..at + word.len()).is_some_and(|part| part.eq_ignore_ascii_case(word))
    };
    bytes.iter().enumerate().any(|(at, byte)| match byte.to_ascii_lowercase() {
        b'p' => begins(at, b"pass") || begins(at, b"pwd") || begins(at, b"private"),
        b's' => begins(at, b"secret"),
        b't' => begins(at, b"token"),
        b'k' => begins(at, b"key"),
        b'c' => begins(at, b"credential") || begins(at, b"cookie"),
        b'a' => begins(at, b"auth"),
        b'd' => begins(at, b"dsn"),
        b'i' => begins(at, b"identified"),
        b'_' => begins(at, b"_pw"),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_look_like_none_else() {
        for opaque in ["hunter2", "zq81kCANARYwx77", "a1b2c3d4e5", "p4ss/word+x", "dGVzdA1==x"] {
            assert!(is_opaque(opaque), "{opaque}");
        }
        for plain in [
            "us-east-1",
            "v1.2.3-rc1",
            "db1.internal:5432",
            "DB_2_URL",
            "2026-03-02T10:00Z",
            "sha256sum",
            "utf8mb4",
            "/etc/x509",
            "https://a1.example",
            "application/json",
            "user42",
            "1234567",
            "RFC8628",
            "correct horse 7",
        ] {
            assert!(!is_opaque(plain), "{plain}");
        }
    }
}
