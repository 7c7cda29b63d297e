//! Reduced lines in the making, one behind the other.

use crate::scan::{
    BLOCK, Runs, SHORT, WINDOW, Window, any_of, bits_of, block, every, load, lowest, short, window,
    word_bits, word_run,
};

/// Longest literal that is kept, and longest word, in characters.
const LONGEST: usize = 40;
/// Longest reduced line, in characters.
const LINE: usize = 160;
/// Longest line kept for display, in characters.
const DISPLAY: usize = 400;

/// A line as it stands in a diff, without its sign and its end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Raw<'t> {
    /// Begins with the line; what stands behind its end may follow.
    text: &'t str,
    end: usize,
}

impl<'t> Raw<'t> {
    /// A text that is one line.
    pub(super) fn of(line: &'t str) -> Self {
        Self { text: line, end: line.len() }
    }

    /// The line that a text begins with, without its first byte, which is ASCII.
    pub(super) fn behind_first(text: &'t str, line: &'t str) -> Self {
        Self { text: &text[1..], end: line.len() - 1 }
    }

    /// The end of the line that a text begins with, a part of that line.
    pub(super) fn end_of(text: &'t str, line: &'t str, part: &'t str) -> Self {
        Self { text: &text[line.len() - part.len()..], end: part.len() }
    }

    fn line(self) -> &'t str {
        &self.text[..self.end]
    }

    /// Adds the line to those for display: as it stands, cut.
    #[inline]
    pub(super) fn show(self, shown: &mut String) {
        let line = self.line();
        let whole = self.end <= DISPLAY && !line.ends_with(['\n', '\r']);
        // Most lines can be copied with their end.
        match self.text.get(..self.end + 1) {
            Some(text) if whole && text.ends_with('\n') => shown.push_str(text),
            _ => {
                shown.push_str(clipped(line.trim_end_matches(['\n', '\r']), DISPLAY));
                shown.push('\n');
            }
        }
    }
}

/// Reduced lines, each with `\n` behind it.
#[derive(Debug, Clone, Default)]
pub(super) struct Text {
    /// UTF-8 as far as it is used; what lies behind is of no account.
    bytes: Vec<u8>,
    used: usize,
}

/// Room that a line is given: behind a full line for one more run of letters and digits, decimals,
/// the spaces between them, and bytes that are copied too much.
const ROOM: usize = LINE + 2 * LONGEST + 32;

impl Text {
    pub(super) fn clear(&mut self) {
        self.used = 0;
    }

    pub(super) fn len(&self) -> usize {
        self.used
    }

    pub(super) fn truncate(&mut self, length: usize) {
        self.used = self.used.min(length);
    }

    pub(super) fn as_str(&self) -> &str {
        str::from_utf8(&self.bytes[..self.used]).expect("lines are made of whole characters")
    }

    /// The reduced form of one line of code.
    pub(super) fn of_code(line: &str) -> String {
        let mut room = [0; ROOM];
        let length = reduce_code(line.as_bytes(), line.len(), &mut room);
        str::from_utf8(&room[..length]).expect("words and spaces are ASCII").to_owned()
    }

    /// The reduced form of one configuration line.
    pub(super) fn of_kept(line: &str) -> String {
        let mut text = Self::default();
        text.kept_line(Raw::of(line));
        text.as_str().trim_end_matches('\n').to_owned()
    }

    /// Adds a line of code: its words and numbers.
    #[inline]
    pub(super) fn code_line(&mut self, line: Raw<'_>) {
        if self.bytes.len() < self.used + ROOM {
            self.grow();
        }
        let room = self.bytes[self.used..].first_chunk_mut().expect("room was made");
        self.used += reduce_code(line.text.as_bytes(), line.end, room);
        self.end();
    }

    #[cold]
    fn grow(&mut self) {
        let mut larger = vec![0; (2 * self.bytes.len()).max(16 * ROOM)];
        larger[..self.used].copy_from_slice(&self.bytes[..self.used]);
        self.bytes = larger;
    }

    /// Adds a configuration line: white space collapsed, cut.
    pub(super) fn kept_line(&mut self, line: Raw<'_>) {
        self.bytes.truncate(self.used);
        let mut left = LINE;
        for word in line.line().split_whitespace() {
            if left < LINE {
                left -= 1;
                self.bytes.push(b' ');
            }
            let word = clipped(word, left);
            self.bytes.extend_from_slice(word.as_bytes());
            left -= word.chars().count();
            if left == 0 {
                break;
            }
        }
        self.used = self.bytes.len();
        self.bytes.resize(self.used + 1, 0);
        self.end();
    }

    /// Ends a line; there is room for that.
    fn end(&mut self) {
        self.bytes[self.used] = b'\n';
        self.used += 1;
    }
}

/// Writes the words and numbers of a line of code, a space behind each; how many bytes they are
/// without the last space. The line ends at `end`.
fn reduce_code(bytes: &[u8], end: usize, room: &mut [u8; ROOM]) -> usize {
    let mut reader = Reader {
        bytes: &bytes[..end],
        out: Words { bytes: room, length: 0 },
        unclosed: [false; 2],
    };
    // Without the blanks in front many lines are no longer than a block.
    let mut at = 0;
    while at < end && load(bytes, at) == every(b' ') {
        at += 8;
    }
    let mut room = [0; WINDOW];
    while at < end && !reader.out.is_full() {
        at = reader.block(at, window(bytes, at, &mut room));
    }
    reader.out.finish()
}

/// Finds the words and numbers of a line of code.
struct Reader<'b, 'r> {
    bytes: &'b [u8],
    out: Words<'r>,
    /// Once a quote is not closed, no later one of its kind is: its search would end the same way.
    unclosed: [bool; 2],
}

impl Reader<'_, '_> {
    /// Reads the block of a window, which begins at `at`. Where to go on.
    #[inline]
    fn block(&mut self, at: usize, window: &Window) -> usize {
        let (block, line) = (block(window), lowest(self.bytes.len() - at));
        let mut words = Runs(word_bits(block) & line);
        let mut quotes = if any_of(block, is_quote) { bits_of(block, is_quote) & line } else { 0 };
        loop {
            let quote = quotes.trailing_zeros() as usize;
            if let Err(next) = self.words(at, window, Runs(words.0 & lowest(quote))) {
                return next;
            }
            if quote == BLOCK {
                return at + BLOCK;
            }
            let start = at + quote;
            let to = long_literal(self.bytes, start, &mut self.unclosed).unwrap_or(start + 1);
            if to - at >= BLOCK {
                return to;
            }
            words.pass(to - at);
            quotes &= !lowest(to - at);
        }
    }

    /// Reads some words of a window. Where to go on, if that is not behind them.
    #[inline]
    fn words(&mut self, at: usize, window: &Window, mut words: Runs) -> Result<(), usize> {
        while let Some((first, behind)) = words.next() {
            let (start, end) = (at + first, at + behind);
            if behind == BLOCK {
                // It may go on behind the block: the next one begins with it. One that fills a
                // block is longer than any word that is kept.
                return Err(if first > 0 { start } else { end + word_run(self.bytes, end) });
            }
            if behind - first > LONGEST {
                continue;
            }
            if window[first].is_ascii_digit() {
                // A number goes on behind a point.
                let to = self.out.push_words(self.bytes, start, end);
                if to - at >= BLOCK {
                    return Err(to);
                }
                words.pass(to - at);
            } else if behind - first <= SHORT {
                self.out.push_short(short(window, first), behind - first);
            } else {
                self.out.push(&self.bytes[start..end]);
            }
            if self.out.is_full() {
                return Err(end);
            }
        }
        Ok(())
    }
}

fn is_quote(byte: u8) -> bool {
    (byte == b'"') | (byte == b'\'')
}

/// Where a literal of more than [`LONGEST`] characters that opens at `at` ends; an escaped character
/// counts once. Shorter ones are read like the rest of the line, and so is what follows a lone
/// quote.
fn long_literal(bytes: &[u8], at: usize, unclosed: &mut [bool; 2]) -> Option<usize> {
    let quote = bytes[at];
    let kind = usize::from(quote == b'\'');
    // Too little is left for a long one.
    if unclosed[kind] || bytes.len() - at <= LONGEST {
        return None;
    }
    let (mut length, mut end) = (0, at + 1);
    while let Some(&byte) = bytes.get(end) {
        if byte == quote {
            return (length > LONGEST).then_some(end + 1);
        }
        // What follows a backslash is passed over; of a character of several bytes the first counts.
        end += if byte == b'\\' { 2 } else { 1 };
        length += usize::from(!is_continuation(byte));
    }
    unclosed[kind] = true;
    None
}

/// Whether a byte of UTF-8 goes on with a character.
fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

/// The words of one line, a space behind each: no more are added behind [`LINE`].
struct Words<'r> {
    bytes: &'r mut [u8; ROOM],
    length: usize,
}

impl Words<'_> {
    /// Appends the words and numbers between `at` and `end`, and the decimals that may follow the
    /// last of them. Where they end.
    fn push_words(&mut self, bytes: &[u8], mut at: usize, end: usize) -> usize {
        while at < end {
            let start = at;
            if bytes[at].is_ascii_digit() {
                at += digits(&bytes[at..]);
                let decimals = decimals(bytes, at);
                if decimals > 0 {
                    at += 1 + decimals;
                }
            } else {
                at = end;
            }
            self.push(&bytes[start..at]);
        }
        at
    }

    /// Appends the first bytes.
    #[inline]
    fn push_short(&mut self, word: &[u8; SHORT], length: usize) {
        // What is copied too much is written over, or cut off.
        self.bytes[self.length..][..SHORT].copy_from_slice(word);
        self.end(length);
    }

    fn push(&mut self, word: &[u8]) {
        self.bytes[self.length..][..word.len()].copy_from_slice(word);
        self.end(word.len());
    }

    /// Ends a word.
    #[inline]
    fn end(&mut self, length: usize) {
        self.bytes[self.length + length] = b' ';
        self.length += length + 1;
    }

    #[inline]
    fn is_full(&self) -> bool {
        self.length > LINE + 1
    }

    /// How long the line is, cut, without the last space.
    fn finish(self) -> usize {
        if self.is_full() {
            self.bytes[..LINE].trim_ascii_end().len()
        } else {
            self.length.saturating_sub(1)
        }
    }
}

/// How many digits follow a point at `at`; none where they begin a run that is dropped.
fn decimals(bytes: &[u8], at: usize) -> usize {
    if bytes.get(at) != Some(&b'.') || word_run(bytes, at + 1) > LONGEST {
        return 0;
    }
    digits(&bytes[at + 1..])
}

fn digits(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// The first `most` characters.
fn clipped(text: &str, most: usize) -> &str {
    // So few bytes cannot be more characters.
    if text.len() <= most {
        return text;
    }
    text.char_indices().nth(most).map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn is_word(c: char) -> bool {
        c.is_ascii_alphanumeric() || c == '_'
    }

    /// How many bytes `holds` is true of at the beginning of a text.
    fn run(text: &str, holds: fn(char) -> bool) -> usize {
        text.find(|c| !holds(c)).unwrap_or(text.len())
    }

    /// Where the long literal that a text begins with ends.
    fn literal(text: &str) -> Option<usize> {
        let mut chars = text.char_indices();
        let (_, quote) = chars.next()?;
        let mut length = 0;
        while let Some((at, c)) = chars.next() {
            if c == quote {
                return (length > LONGEST).then_some(at + 1);
            }
            if c == '\\' {
                chars.next();
            }
            length += 1;
        }
        None
    }

    /// The same by the plainest way.
    fn plain(line: &str) -> String {
        let (mut found, mut rest) = (Vec::new(), line);
        while let Some(c) = rest.chars().next() {
            let length = run(rest, is_word);
            let taken = if c == '"' || c == '\'' {
                literal(rest).unwrap_or(1)
            } else if length > LONGEST {
                length
            } else if c.is_ascii_digit() {
                let whole = run(rest, |c| c.is_ascii_digit());
                let behind = rest[whole..].strip_prefix('.').unwrap_or_default();
                let decimals = run(behind, |c| c.is_ascii_digit());
                let more = decimals > 0 && run(behind, is_word) <= LONGEST;
                found.push(&rest[..whole + if more { 1 + decimals } else { 0 }]);
                found[found.len() - 1].len()
            } else if length > 0 {
                found.push(&rest[..length]);
                length
            } else {
                c.len_utf8()
            };
            rest = &rest[taken..];
        }
        let line = found.join(" ");
        clipped(&line, LINE).trim_end().to_owned()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn lines_are_read_as_by_the_plainest_way(
            parts in prop::collection::vec("[a-zA-Z_]{1,9}|[a-z0-9_]{30,70}|[0-9]{1,45}|\\.|[0-9]\\.[0-9a-z]{1,50}|[\"' \\\\(=]|[é日 x]{1,50}|[a-z ]{30,60}", 0..24),
        ) {
            let line = parts.concat();
            let expected = plain(&line);
            prop_assert_eq!(Text::of_code(&line), expected.as_str());
            // What follows a line in a patch is none of its business.
            let mut text = Text::default();
            let patch = format!("+{line}\n{line}");
            text.code_line(Raw::behind_first(&patch, &patch[..=line.len()]));
            prop_assert_eq!(text.as_str().strip_suffix('\n'), Some(expected.as_str()));
        }
    }
}
