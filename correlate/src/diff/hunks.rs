//! Hunks in the making: the lines of a file, reduced and for display, in one text.

use std::sync::Arc;

use super::text::{Raw, Text};
use crate::{DisplayLines, Hunk, Lines};

/// Most lines kept of a file.
const FILE_LINES: usize = 400;
/// Most lines kept of a commit.
const COMMIT_LINES: usize = 4_000;

/// Room for a file's lines for display, in bytes; there may be more.
const SHOWN: usize = 4_000;

/// The first lines of a hunk in the old and in the new file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Start {
    pub(super) old: u32,
    pub(super) new: u32,
}

/// Takes the lines of a commit's hunks, file by file: first [`begin`](Self::begin), then for each
/// hunk its lines and [`hunk`](Self::hunk), last [`finish`](Self::finish).
#[derive(Debug, Clone, Default)]
pub(super) struct Writer {
    /// Lines that the commit has used up.
    used: usize,
    /// Lines that the file has used up.
    used_here: usize,
    /// Whether the file's lines keep their punctuation.
    keeps: bool,
    removed: Side,
    added: Side,
    /// Room for a section.
    section: Text,
    /// The file's hunks so far.
    hunks: Vec<Bounds>,
}

/// One side of a file's hunks.
#[derive(Debug, Clone, Default)]
struct Side {
    reduced: Text,
    shown: String,
    /// Lines of the hunk that is read.
    lines: usize,
    /// Where that one begins.
    start: Mark,
}

/// A place in the texts of a side.
#[derive(Debug, Clone, Copy, Default)]
struct Mark {
    reduced: usize,
    shown: usize,
}

/// A hunk that has been read: of each side its lines, and where they stand if they were kept.
#[derive(Debug, Clone)]
struct Bounds {
    start: Start,
    section: String,
    lines: [usize; 2],
    places: Option<[(Mark, Mark); 2]>,
}

impl Writer {
    /// Begins a file.
    pub(super) fn begin(&mut self, keeps: bool) {
        self.keeps = keeps;
        self.used_here = 0;
        self.hunks.clear();
        self.removed.clear();
        self.added.clear();
    }

    /// Takes a removed line, without its end and without `-`.
    #[inline]
    pub(super) fn removed(&mut self, line: Raw<'_>) {
        let fits = self.removed.lines + self.added.lines < self.room();
        self.removed.push(line, self.keeps, fits);
    }

    /// Takes an added line, without its end and without `+`.
    #[inline]
    pub(super) fn added(&mut self, line: Raw<'_>) {
        let fits = self.removed.lines + self.added.lines < self.room();
        self.added.push(line, self.keeps, fits);
    }

    /// How many lines were taken since the last hunk: removed and added ones.
    pub(super) fn lines(&self) -> (u32, u32) {
        (number(self.removed.lines), number(self.added.lines))
    }

    /// Makes a hunk of the lines that were taken since the last one.
    pub(super) fn hunk(&mut self, start: Start, section: Raw<'_>) {
        let lines = self.removed.lines + self.added.lines;
        // A hunk that does not fit uses up what is left, so nothing fits after it.
        let room = self.room();
        self.used_here += lines.min(room);
        self.used += lines.min(room);
        self.section.clear();
        self.section.code_line(section);
        self.hunks.push(Bounds {
            start,
            section: self.section.as_str().trim_end().to_owned(),
            lines: [self.removed.lines, self.added.lines],
            places: (lines <= room).then(|| [self.removed.place(), self.added.place()]),
        });
        self.removed.end(lines <= room);
        self.added.end(lines <= room);
    }

    /// The file's hunks.
    pub(super) fn finish(&mut self) -> Vec<Hunk> {
        // Each side's reduced lines, then each side's lines for display.
        let parts = [
            self.removed.reduced.as_str(),
            self.added.reduced.as_str(),
            self.removed.shown.as_str(),
            self.added.shown.as_str(),
        ];
        let mut text = String::with_capacity(parts.iter().map(|part| part.len()).sum());
        let starts = parts.map(|part| {
            let start = text.len();
            text.push_str(part);
            start
        });
        let text = Arc::new(text);
        self.hunks.drain(..).map(|hunk| hunk.into_hunk(&text, starts)).collect()
    }

    /// How many lines the next hunk may have.
    fn room(&self) -> usize {
        (FILE_LINES - self.used_here).min(COMMIT_LINES - self.used)
    }
}

impl Side {
    fn clear(&mut self) {
        self.reduced.clear();
        self.shown.clear();
        self.shown.reserve(SHOWN);
        self.start = Mark::default();
        self.lines = 0;
    }

    #[inline]
    fn push(&mut self, line: Raw<'_>, keeps: bool, fits: bool) {
        self.lines += 1;
        if !fits {
            return;
        }
        if keeps {
            self.reduced.kept_line(line);
        } else {
            self.reduced.code_line(line);
        }
        line.show(&mut self.shown);
    }

    /// Where the lines of the hunk that is read stand.
    fn place(&self) -> (Mark, Mark) {
        (self.start, Mark { reduced: self.reduced.len(), shown: self.shown.len() })
    }

    /// Goes on to the next hunk; lines that are not kept are forgotten.
    fn end(&mut self, keep: bool) {
        let (start, end) = self.place();
        if keep {
            self.start = end;
        } else {
            self.reduced.truncate(start.reduced);
            self.shown.truncate(start.shown);
        }
        self.lines = 0;
    }
}

impl Bounds {
    /// `starts` tells where in the text each side's reduced lines and lines for display begin.
    fn into_hunk(self, text: &Arc<String>, starts: [usize; 4]) -> Hunk {
        // Of a side, lines from one of the parts of the text.
        let lines = |side: usize, part: usize, place: fn(Mark) -> usize| {
            let Some(places) = self.places else { return Lines::default() };
            let (from, to) = places[side];
            let start = starts[part];
            Lines::part(text, start + place(from)..start + place(to), self.lines[side])
        };
        let reduced = |side| lines(side, side, |mark| mark.reduced);
        let shown = |side| lines(side, 2 + side, |mark| mark.shown);
        Hunk {
            old_start: self.start.old,
            old_lines: number(self.lines[0]),
            new_start: self.start.new,
            new_lines: number(self.lines[1]),
            removed: reduced(0),
            added: reduced(1),
            display: self.places.map(|_| DisplayLines { removed: shown(0), added: shown(1) }),
            section: self.section,
        }
    }
}

fn number(lines: usize) -> u32 {
    u32::try_from(lines).unwrap_or(u32::MAX)
}
