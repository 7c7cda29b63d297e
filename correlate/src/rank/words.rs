//! Words: finding, hashing, splitting.

use crate::scan::{
    BLOCK, Runs, SHORT, WINDOW, Window, bits_of, block, every, lowest, short, window, word_bits,
    word_run,
};

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

/// Case-blind hash of a word, never [`NUMBER`]. Stable: two words with one hash are one word to an
/// index, and what makes many of them fall together is no secret ([`Table`](super::table::Table)
/// bounds what that costs).
pub(crate) fn hash(word: &str) -> u64 {
    spelt(&filled(word.as_bytes()), word.as_bytes(), 0, word.len()).0
}

/// What [`each_word`] says of numbers in place of a hash.
pub(crate) const NUMBER: u64 = 0;

/// Hands over the [`hash`], start and end of each of the [`words`] of a text.
pub(crate) fn each_word(text: &str, mut each: impl FnMut(u64, usize, usize)) {
    each_found(text, |found| {
        if let Found::Word(word) = found {
            each(word.hash, word.start, word.end);
        }
    });
}

/// What is found in a text.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Found {
    /// A word or number.
    Word(Word),
    /// The end of a line, and where it stands.
    LineEnd(usize),
}

/// A word or number of a text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Word {
    /// [`NUMBER`] for numbers.
    pub(crate) hash: u64,
    /// Tells spellings of one word apart: which of its letters are capitals.
    pub(crate) shape: u16,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// Hands over the [`words`] of a text and the ends of its lines.
#[inline]
pub(crate) fn each_found(text: &str, mut each: impl FnMut(Found)) {
    let text = text.as_bytes();
    let (mut at, mut room) = (0, [0; WINDOW]);
    while at < text.len() {
        at = each_of_block(text, at, window(text, at, &mut room), &mut each);
    }
}

/// Hands over what is found in the block of a window, which begins at `at`. Where to go on.
#[inline]
fn each_of_block(text: &[u8], at: usize, window: &Window, each: &mut impl FnMut(Found)) -> usize {
    let words = word_bits(block(window));
    let mut ends = bits_of(block(window), |byte| byte == b'\n');
    let mut before = 0;
    loop {
        let end = ends.trailing_zeros() as usize;
        let line = words & lowest(end) & !lowest(before);
        if let Err(next) = each_word_of(text, at, window, line, each) {
            return next;
        }
        if end == BLOCK {
            return at + BLOCK;
        }
        each(Found::LineEnd(at + end));
        ends &= ends - 1;
        before = end;
    }
}

/// Hands over some words of a window. Where to go on, if that is not behind them.
#[inline]
fn each_word_of(
    text: &[u8],
    at: usize,
    window: &Window,
    words: u64,
    each: &mut impl FnMut(Found),
) -> Result<(), usize> {
    let mut runs = Runs(words);
    while let Some((first, behind)) = runs.next() {
        let start = at + first;
        if window[first].is_ascii_digit() {
            let end = number_end(text, start);
            each(Found::Word(Word { hash: NUMBER, shape: 0, start, end }));
            if end - at >= BLOCK {
                return Err(end);
            }
            // What follows it without a blank is a word of its own.
            runs = Runs(words & !lowest(end - at));
        } else if behind < BLOCK {
            each(Found::Word(Word::new(text, short(window, first), start, at + behind)));
        } else if first > 0 {
            // It may go on behind the block: the next one begins with it.
            return Err(start);
        } else {
            let end = at + BLOCK + word_run(text, at + BLOCK);
            each(Found::Word(Word::new(text, short(window, first), start, end)));
            return Err(end);
        }
    }
    Ok(())
}

impl Word {
    /// The word between two places, which `first` begins with.
    #[inline]
    fn new(text: &[u8], first: &[u8; SHORT], start: usize, end: usize) -> Self {
        let (hash, shape) = spelt(first, text, start, end);
        // Most words have one spelling, so a collision of so few bits is rare.
        Self { hash, shape: (shape.wrapping_mul(KEYS[0]) >> 48) as u16, start, end }
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

/// The hash and the shape of the word between two places, which `first` begins with.
#[inline]
fn spelt(first: &[u8; SHORT], text: &[u8], start: usize, end: usize) -> (u64, u64) {
    let length = (end - start).min(SHORT);
    // Nearly all words are done after the first bytes.
    let (mut hash, mut shape) = mixed(KEYS[0], sixteen(first, length), length);
    if end - start > SHORT {
        (hash, shape) = mixed_rest(hash, shape, &text[start + SHORT..end]);
    }
    (hash.max(1), shape)
}

#[inline(never)]
fn mixed_rest(mut hash: u64, mut shape: u64, rest: &[u8]) -> (u64, u64) {
    for rest in rest.chunks(SHORT) {
        let (next, of_next) = mixed(hash, sixteen(&filled(rest), rest.len()), rest.len());
        (hash, shape) = (next, shape.rotate_left(2) ^ of_next);
    }
    (hash, shape)
}

/// The bytes of a word, as many as are asked for at once, zeros behind them.
fn filled(word: &[u8]) -> [u8; SHORT] {
    let mut all = [0; SHORT];
    let length = word.len().min(SHORT);
    all[..length].copy_from_slice(&word[..length]);
    all
}

/// Mixes up to sixteen bytes into a hash, blind to case; and which of them are capitals or `_`, for
/// these lack the bit that is raised.
#[inline]
fn mixed(hash: u64, (low, high): (u64, u64), length: usize) -> (u64, u64) {
    let [raise_low, raise_high] = MASKS[length].map(|mask| mask & every(0x20));
    let raised = (!low & raise_low) | (!high & raise_high).rotate_left(1);
    (folded(hash ^ (low | raise_low), KEYS[1] ^ (high | raise_high)), raised)
}

/// Odd, and with bits that no word's bytes have.
const KEYS: [u64; 2] = [0x9e37_79b9_7f4a_7c15, 0xd6e8_feb8_6659_fd93];

/// Which bits of twice eight bytes belong to a word of so many bytes.
const MASKS: [[u64; 2]; 17] = {
    let mut masks = [[0; 2]; 17];
    let mut length = 1;
    while length <= 16 {
        masks[length] = match length {
            0..=8 => [u64::MAX >> (64 - 8 * length), 0],
            _ => [u64::MAX, u64::MAX >> (128 - 8 * length)],
        };
        length += 1;
    }
    masks
};

/// The first bytes as two numbers, zeros behind them.
#[inline]
fn sixteen(bytes: &[u8; SHORT], length: usize) -> (u64, u64) {
    let all = u128::from_le_bytes(*bytes);
    (all as u64 & MASKS[length][0], (all >> 64) as u64 & MASKS[length][1])
}

/// Spreads what two numbers say over all bits of one.
#[inline]
fn folded(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
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
        fn long_texts_are_read_like_short_ones(words in prop::collection::vec("[a-zA-Z_]{1,90}|[0-9.]{1,70}", 0..5), gap in "[ (.\"]{1,70}") {
            let text = words.join(&gap);
            let mut found = Vec::new();
            each_word(&text, |_, start, end| found.push(&text[start..end]));
            prop_assert_eq!(found, self::words(&text).collect::<Vec<_>>());
        }

        #[test]
        fn shapes_tell_spellings_apart(word in "[a-z_0-9]{1,16}", capitals in prop::collection::vec(any::<bool>(), 16)) {
            let spelling: String = word
                .chars()
                .zip(capitals)
                .map(|(c, capital)| if capital { c.to_ascii_uppercase() } else { c })
                .collect();
            let shape = |word: &str| spelt(&filled(word.as_bytes()), word.as_bytes(), 0, word.len()).1;
            prop_assert_eq!(shape(&spelling) == shape(&word), spelling == word);
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
