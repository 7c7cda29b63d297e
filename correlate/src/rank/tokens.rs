//! The words of a change's lines, found once for all who ask.

use super::words::{Found, NUMBER, Word, each_found};
use crate::facts::hints::Hints;
use crate::{Change, Hunk, Lines};

/// A word or number of a line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token {
    /// The word's hash; [`NUMBER`] for numbers.
    pub(crate) hash: u64,
    start: u32,
    length: u16,
    /// Tells spellings of one word apart.
    pub(crate) shape: u16,
}

impl Token {
    /// `line` is where the line begins. Of a word of more than 64 KiB the beginning is enough.
    #[inline]
    fn new(word: Word, line: usize) -> Self {
        Self {
            hash: word.hash,
            // A text of lines is never so long.
            start: (word.start - line) as u32,
            length: (word.end - word.start).min(usize::from(u16::MAX)) as u16,
            shape: word.shape,
        }
    }

    pub(crate) fn is_number(&self) -> bool {
        self.hash == NUMBER
    }

    /// Whether it is worth an index: a word of more than two bytes.
    pub(crate) fn is_telling(&self) -> bool {
        !self.is_number() && self.length > 2
    }

    pub(crate) fn text<'l>(&self, line: &'l str) -> &'l str {
        let start = self.start as usize;
        &line[start..start + usize::from(self.length)]
    }
}

/// The tokens of all lines of a change: files and hunks in their order, of each hunk first what it
/// removes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tokens {
    tokens: Vec<Token>,
    lines: Vec<Line>,
    /// By line, where they are known.
    hints: Vec<Hints>,
}

/// Where a line and its tokens end.
#[derive(Debug, Clone, Copy)]
struct Line {
    /// In the text of its side of its hunk, in front of the line end.
    end: usize,
    tokens: usize,
}

impl Tokens {
    pub(crate) fn of(change: &Change) -> Self {
        let mut tokens = Self::default();
        tokens.read(change);
        tokens
    }

    /// Forgets what it held, and reads a change.
    pub(crate) fn read(&mut self, change: &Change) {
        self.tokens.clear();
        self.lines.clear();
        self.hints.clear();
        for hunk in change.files.iter().flat_map(|file| &file.hunks) {
            self.add(&hunk.removed);
            self.add(&hunk.added);
        }
    }

    /// Adds the lines of one side of a hunk.
    pub(crate) fn add(&mut self, lines: &Lines) {
        let mut start = 0;
        each_found(lines.as_text(), |found| match found {
            Found::Word(word) => self.tokens.push(Token::new(word, start)),
            Found::LineEnd(end) => {
                self.lines.push(Line { end, tokens: self.tokens.len() });
                start = end + 1;
            }
        });
    }

    /// The lines of a text and their tokens, of which the first one is `first`.
    fn lines<'a>(
        &'a self,
        text: &'a str,
        first: usize,
        count: usize,
    ) -> impl Iterator<Item = LineWords<'a>> {
        let mut token = first.checked_sub(1).map_or(0, |before| self.lines[before].tokens);
        let mut start = 0;
        (first..first + count).map(move |at| {
            let line = self.lines[at];
            let found = LineWords {
                text: &text[start..line.end],
                tokens: &self.tokens[token..line.tokens],
                hints: self.hints.get(at).copied().unwrap_or(Hints::ALL),
            };
            (start, token) = (line.end + 1, line.tokens);
            found
        })
    }

    /// Takes what the lines may hold, one after the other, and gives a list for the next change.
    pub(crate) fn swap_hints(&mut self, hints: &mut Vec<Hints>) {
        std::mem::swap(&mut self.hints, hints);
    }
}

/// A line, its tokens, and what it may hold.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LineWords<'a> {
    pub(crate) text: &'a str,
    pub(crate) tokens: &'a [Token],
    pub(crate) hints: Hints,
}

/// How many lines a hunk has.
pub(crate) fn lines_of(hunk: &Hunk) -> usize {
    hunk.removed.len() + hunk.added.len()
}

/// The lines of a hunk with their tokens.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HunkWords<'a> {
    hunk: &'a Hunk,
    tokens: &'a Tokens,
    /// The hunk's first line among the tokens.
    first: usize,
}

impl<'a> HunkWords<'a> {
    pub(crate) fn new(hunk: &'a Hunk, tokens: &'a Tokens, first: usize) -> Self {
        Self { hunk, tokens, first }
    }

    /// The removed lines.
    pub(crate) fn removed(self) -> impl Iterator<Item = LineWords<'a>> {
        self.lines(&self.hunk.removed, self.first)
    }

    /// The added lines.
    pub(crate) fn added(self) -> impl Iterator<Item = LineWords<'a>> {
        self.lines(&self.hunk.added, self.first + self.hunk.removed.len())
    }

    /// Whether a line of the hunk may hold something.
    pub(crate) fn may_hold(self, hint: Hints) -> bool {
        let hints = self.tokens.hints.get(self.first..self.first + lines_of(self.hunk));
        hints.is_none_or(|hints| {
            hints.iter().fold(Hints::default(), |all, &of| all.and(of)).holds(hint)
        })
    }

    fn lines(self, lines: &'a Lines, first: usize) -> impl Iterator<Item = LineWords<'a>> {
        self.tokens.lines(lines.as_text(), first, lines.len())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rank::words::words;

    proptest! {
        #[test]
        fn each_line_has_its_words(
            lines in prop::collection::vec("|\\w{1,90}|[a-zA-Z_. 0-9]{0,90}|(value_[0-9]{1,4} ){1,20}|[0-9]{60,70}\\.5x|\\PC{0,40}", 0..8),
            removed in 0..8_usize,
        ) {
            let (removed, added) = lines.split_at(removed.min(lines.len()));
            let hunk = Hunk { removed: removed.into(), added: added.into(), ..Hunk::default() };
            let mut tokens = Tokens::default();
            tokens.add(&hunk.removed);
            tokens.add(&hunk.added);
            let found = HunkWords::new(&hunk, &tokens, 0);
            let found: Vec<_> = found.removed().chain(found.added()).collect();
            prop_assert_eq!(found.len(), lines.len());
            for (found, line) in found.iter().zip(&lines) {
                prop_assert_eq!(found.text, line);
                let texts = found.tokens.iter().map(|token| token.text(found.text));
                prop_assert!(texts.eq(words(line)));
            }
        }
    }
}
