//! Words: finding, hashing, splitting.

use crate::scan::{every, load, word_length};

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
                self.at = number_end(bytes, start);
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

/// Case-blind hash of a word. Stable, and not meant against adversaries: a collision makes two words
/// one, and many words made to fall together make an index slow.
pub(crate) fn hash(word: &str) -> u64 {
    let bytes = word.as_bytes();
    let mut hash = 0;
    for at in (0..bytes.len()).step_by(8) {
        hash = mixed(hash, load(bytes, at), (bytes.len() - at).min(8));
    }
    finished(hash)
}

/// What [`each_word`] says of numbers in place of a hash.
pub(crate) const NUMBER: u64 = 0;

/// Hands over the [`hash`], start and end of each of the [`words`] of a text, reading eight bytes
/// at a time.
pub(crate) fn each_word(text: &str, mut each: impl FnMut(u64, usize, usize)) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        match CLASS[usize::from(bytes[at])] {
            LETTER => {
                let mut hash = 0;
                loop {
                    let eight = load(bytes, at);
                    let length = word_length(eight);
                    if length > 0 {
                        hash = mixed(hash, eight, length);
                        at += length;
                    }
                    if length < 8 || at == bytes.len() {
                        break;
                    }
                }
                each(finished(hash), start, at);
            }
            DIGIT => {
                at = number_end(bytes, at);
                each(NUMBER, start, at);
            }
            _ => at += 1,
        }
    }
}

/// Where a number that begins at `at` ends.
fn number_end(bytes: &[u8], at: usize) -> usize {
    let end = run(bytes, at, |class| class == DIGIT);
    if bytes.get(end) == Some(&b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit) {
        run(bytes, end + 1, |class| class == DIGIT)
    } else {
        end
    }
}

/// Mixes the first `length` (1 to 8) of eight bytes into a hash, blind to case.
fn mixed(hash: u64, eight: u64, length: usize) -> u64 {
    let kept = (eight | every(0x20)) & (u64::MAX >> (64 - 8 * length));
    (hash.rotate_left(23) ^ kept).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// Spreads what tells words apart over all bits.
fn finished(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    hash ^ (hash >> 32)
}

/// The parts of a compound name in lower case, a plural `s` taken off:
/// `maxPoolSize`, `max_pool_sizes` → `max`, `pool`, `size`.
pub(crate) fn parts(name: &str) -> Vec<String> {
    part_slices(name).map(|part| stem(&part.to_lowercase()).to_owned()).collect()
}

/// The parts of a compound name as they are written: they end at signs and before capitals.
pub(crate) fn part_slices(name: &str) -> impl Iterator<Item = &str> {
    name.split(|c: char| !c.is_alphanumeric()).flat_map(|run| {
        let mut rest = run;
        std::iter::from_fn(move || {
            let (part, behind) = rest.split_at(first_part(rest));
            rest = behind;
            (!part.is_empty()).then_some(part)
        })
    })
}

/// Hands over what [`part_slices`] gives of a word of ASCII letters, digits and signs.
pub(crate) fn each_part<'w>(word: &'w str, mut each: impl FnMut(&'w str)) {
    let bytes = word.as_bytes();
    let mut start = 0;
    for at in 0..bytes.len() {
        let byte = bytes[at];
        if !byte.is_ascii_alphanumeric() {
            if start < at {
                each(&word[start..at]);
            }
            start = at + 1;
        } else if byte.is_ascii_uppercase() && start < at {
            let previous = bytes[at - 1];
            let ends = !previous.is_ascii_uppercase()
                || bytes.get(at + 1).is_some_and(u8::is_ascii_lowercase);
            if ends {
                each(&word[start..at]);
                start = at;
            }
        }
    }
    if start < bytes.len() {
        each(&word[start..]);
    }
}

/// Where the first part of letters and digits ends.
fn first_part(run: &str) -> usize {
    let mut chars = run.char_indices().peekable();
    let mut previous = ' ';
    while let Some((at, c)) = chars.next() {
        let starts = c.is_uppercase()
            && (previous.is_lowercase()
                || previous.is_ascii_digit()
                || (previous.is_uppercase() && chars.peek().is_some_and(|n| n.1.is_lowercase())));
        if starts && at > 0 {
            return at;
        }
        previous = c;
    }
    run.len()
}

/// A word without its plural `s`.
pub(crate) fn stem(word: &str) -> &str {
    match word.strip_suffix(['s', 'S']) {
        Some(stem) if stem.len() >= 3 && !stem.ends_with(['s', 'u', 'i', 'S', 'U', 'I']) => stem,
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
    use proptest::prelude::*;

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
        assert_eq!((stem("HOSTS"), stem("STATUS")), ("HOST", "STATUS"));
        assert_eq!(stem("access"), "access");
    }

    #[test]
    fn hashes_without_case() {
        assert_eq!(hash("QueuePool"), hash("queuepool"));
        assert_ne!(hash("pool_a"), hash("pool_b"));
    }

    proptest! {
        #[test]
        fn words_in_one_go_are_the_words(text in "[ -~ä€]{0,80}|\\PC{0,40}|[a-zA-Z_0-9.]{0,40}") {
            let mut found = Vec::new();
            each_word(&text, |hash, start, end| found.push((hash, &text[start..end])));
            let number = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
            let expected: Vec<(u64, &str)> = words(&text)
                .map(|word| (if number(word) { NUMBER } else { hash(word) }, word))
                .collect();
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn parts_of_ascii_in_one_go_are_the_parts(word in "[a-zA-Z_0-9]{0,30}|[ -~]{0,30}") {
            let mut found = Vec::new();
            each_part(&word, |part| found.push(part));
            prop_assert_eq!(found, part_slices(&word).collect::<Vec<_>>());
        }

        #[test]
        fn hashes_tell_words_apart(a in "[a-z_0-9]{1,20}", b in "[a-z_0-9]{1,20}") {
            prop_assert_eq!(hash(&a) == hash(&b), a == b);
            prop_assert_eq!(hash(&a.to_ascii_uppercase()), hash(&a));
        }
    }

    #[test]
    fn common_words_are_sorted_and_say_nothing() {
        assert!(COMMON.is_sorted());
        assert_eq!(weight("the"), 0.0);
        assert_eq!(weight("1234"), 0.0);
        assert!(weight("unit_price") > weight("merchant"));
    }
}
