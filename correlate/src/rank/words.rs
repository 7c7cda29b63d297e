//! Words: finding, hashing, splitting.

/// The words `[A-Za-z_][A-Za-z0-9_]*` and numbers `\d+(\.\d+)?` of a text.
pub(crate) fn words(text: &str) -> Words<'_> {
    Words { text, at: 0 }
}

/// Iterator over the words and numbers of a text.
pub(crate) struct Words<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Iterator for Words<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let bytes = self.text.as_bytes();
        while self.at < bytes.len() {
            let start = self.at;
            if CLASS[usize::from(bytes[start])] == LETTER {
                self.at = run(bytes, start, |class| class != OTHER);
                return Some(&self.text[start..self.at]);
            }
            if CLASS[usize::from(bytes[start])] == DIGIT {
                self.at = run(bytes, start, |class| class == DIGIT);
                if bytes.get(self.at) == Some(&b'.')
                    && bytes.get(self.at + 1).is_some_and(u8::is_ascii_digit)
                {
                    self.at = run(bytes, self.at + 1, |class| class == DIGIT);
                }
                return Some(&self.text[start..self.at]);
            }
            self.at += 1;
        }
        None
    }
}

const OTHER: u8 = 0;
const LETTER: u8 = 1;
const DIGIT: u8 = 2;

const CLASS: [u8; 256] = {
    let mut class = [OTHER; 256];
    let mut byte = 0;
    while byte < 256 {
        let c = byte as u8;
        if c.is_ascii_alphabetic() || c == b'_' {
            class[byte] = LETTER;
        } else if c.is_ascii_digit() {
            class[byte] = DIGIT;
        }
        byte += 1;
    }
    class
};

fn run(bytes: &[u8], from: usize, keep: impl Fn(u8) -> bool) -> usize {
    let mut at = from;
    while at < bytes.len() && keep(CLASS[usize::from(bytes[at])]) {
        at += 1;
    }
    at
}

/// Case-blind hash of a word (FNV-1a with a final mix). Stable, and not meant against adversaries: a
/// collision makes two words one, no more.
pub(crate) fn hash(word: &str) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in word.bytes() {
        hash = (hash ^ u64::from(byte | 0x20)).wrapping_mul(0x0100_0000_01b3);
    }
    hash ^ (hash >> 29)
}

/// The parts of a compound name in lower case, a plural `s` taken off:
/// `maxPoolSize`, `max_pool_sizes` → `max`, `pool`, `size`.
pub(crate) fn parts(name: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut part = String::new();
    let mut previous = ' ';
    let mut chars = name.chars().peekable();
    while let Some(c) = chars.next() {
        let starts = c.is_uppercase()
            && (previous.is_lowercase()
                || previous.is_ascii_digit()
                || (previous.is_uppercase() && chars.peek().is_some_and(|n| n.is_lowercase())));
        if !c.is_alphanumeric() || starts {
            push_part(&mut parts, &mut part);
        }
        if c.is_alphanumeric() {
            part.extend(c.to_lowercase());
        }
        previous = c;
    }
    push_part(&mut parts, &mut part);
    parts
}

fn push_part(parts: &mut Vec<String>, part: &mut String) {
    if !part.is_empty() {
        parts.push(stem(part).to_owned());
        part.clear();
    }
}

/// A word without its plural `s`.
pub(crate) fn stem(word: &str) -> &str {
    match word.strip_suffix('s') {
        Some(stem) if stem.len() >= 3 && !stem.ends_with(['s', 'u', 'i']) => stem,
        _ => word,
    }
}

/// How much a shared word says by its look alone, 0 to 1: names that somebody coined say more
/// than words of a language, and the commonest say nothing.
pub(crate) fn weight(word: &str) -> f64 {
    let coined = word.trim_matches('_').contains('_')
        || word.chars().any(|c| c.is_ascii_digit())
        || word.chars().skip(1).any(char::is_uppercase) && word.chars().any(char::is_lowercase);
    if word.len() < 3 || word.bytes().all(|b| b.is_ascii_digit() || b == b'.') || is_common(word) {
        0.0
    } else if coined {
        1.0
    } else {
        0.5
    }
}

/// Whether a word is so common in prose, code or error messages that sharing it says nothing.
pub(crate) fn is_common(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    COMMON.binary_search(&lower.as_str()).is_ok()
}

/// Sorted.
#[rustfmt::skip]
const COMMON: &[&str] = &[
    "about", "after", "all", "also", "an", "and", "any", "are", "arg", "args", "argument",
    "arguments", "as", "at", "attribute", "bad", "base", "be", "because", "been", "before",
    "being", "bool", "but", "by", "call", "called", "can", "cannot", "case", "cause", "caused",
    "char", "class", "code", "const", "could", "data", "def", "default", "did", "do", "does",
    "don", "else", "end", "error", "errors", "exception", "expected", "failed", "failure",
    "false", "file", "for", "found", "from", "func", "function", "get", "give", "given", "got",
    "had", "has", "have", "here", "how", "if", "import", "in", "init", "instance", "int",
    "into", "invalid", "is", "it", "its", "key", "kwargs", "line", "list", "main", "may",
    "message", "method", "more", "most", "must", "name", "new", "no", "none", "not", "null",
    "object", "of", "off", "on", "one", "only", "or", "other", "out", "please", "public",
    "return", "returned", "self", "set", "should", "size", "some", "static", "str", "string",
    "struct", "such", "test", "than", "that", "the", "their", "them", "then", "there", "these",
    "they", "this", "to", "true", "try", "type", "undefined", "unexpected", "up", "use", "used",
    "using", "value", "values", "var", "void", "was", "we", "were", "what", "when", "where",
    "which", "while", "will", "with", "without", "would", "you", "your",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_words_and_numbers() {
        let found: Vec<_> = words("pool_size: 20, x=2.50ä 7.").collect();
        assert_eq!(found, ["pool_size", "20", "x", "2.50", "7"]);
    }

    #[test]
    fn splits_names() {
        assert_eq!(parts("maxPoolSize"), ["max", "pool", "size"]);
        assert_eq!(parts("HTTPServer_workers"), ["http", "server", "worker"]);
        assert_eq!(parts("archiver.open.files"), ["archiver", "open", "file"]);
        assert_eq!(stem("status"), "status");
        assert_eq!(stem("access"), "access");
    }

    #[test]
    fn hashes_without_case() {
        assert_eq!(hash("QueuePool"), hash("queuepool"));
        assert_ne!(hash("pool_a"), hash("pool_b"));
    }

    #[test]
    fn common_words_are_sorted_and_say_nothing() {
        assert!(COMMON.is_sorted());
        assert_eq!(weight("the"), 0.0);
        assert_eq!(weight("1234"), 0.0);
        assert!(weight("unit_price") > weight("merchant"));
    }
}
