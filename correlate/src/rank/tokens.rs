//! The words of a change's lines, found once for all who ask.

use super::words::{NUMBER, each_word};
use crate::{Change, Hunk, Lines};

/// A word or number of a line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token {
    /// The word's hash; [`NUMBER`] for numbers.
    pub(crate) hash: u64,
    start: u32,
    end: u32,
}

impl Token {
    pub(crate) fn is_number(&self) -> bool {
        self.hash == NUMBER
    }

    /// Whether it is worth an index: a word of more than two bytes.
    pub(crate) fn is_telling(&self) -> bool {
        !self.is_number() && self.end - self.start > 2
    }

    pub(crate) fn text<'l>(&self, line: &'l str) -> &'l str {
        &line[self.start as usize..self.end as usize]
    }
}

/// The tokens of all lines of a change: files and hunks in their order, of each hunk first what it
/// removes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tokens {
    tokens: Vec<Token>,
    /// By line: where its tokens end.
    ends: Vec<usize>,
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
        self.ends.clear();
        for hunk in change.files.iter().flat_map(|file| &file.hunks) {
            hunk.removed.iter().chain(&hunk.added).for_each(|line| self.add(line));
        }
    }

    /// Adds a line.
    pub(crate) fn add(&mut self, line: &str) {
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        each_word(line, |hash, start, end| {
            self.tokens.push(Token { hash, start: place(start), end: place(end) });
        });
        self.ends.push(self.tokens.len());
    }

    /// The tokens of a line.
    pub(crate) fn line(&self, line: usize) -> &[Token] {
        let start = line.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.tokens[start..self.ends[line]]
    }
}

/// How many lines a hunk has.
pub(crate) fn lines_of(hunk: &Hunk) -> usize {
    hunk.removed.len() + hunk.added.len()
}

/// The lines of a hunk with their tokens.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HunkWords<'a> {
    pub(crate) hunk: &'a Hunk,
    tokens: &'a Tokens,
    /// The hunk's first line among the tokens.
    first: usize,
}

impl<'a> HunkWords<'a> {
    pub(crate) fn new(hunk: &'a Hunk, tokens: &'a Tokens, first: usize) -> Self {
        Self { hunk, tokens, first }
    }

    /// The removed lines.
    pub(crate) fn removed(self) -> impl Iterator<Item = (&'a str, &'a [Token])> {
        self.lines(&self.hunk.removed, self.first)
    }

    /// The added lines.
    pub(crate) fn added(self) -> impl Iterator<Item = (&'a str, &'a [Token])> {
        self.lines(&self.hunk.added, self.first + self.hunk.removed.len())
    }

    fn lines(self, lines: &'a Lines, first: usize) -> impl Iterator<Item = (&'a str, &'a [Token])> {
        lines.iter().enumerate().map(move |(at, line)| (line, self.tokens.line(first + at)))
    }
}
