//! The hunks of one file at zero context, as `git diff -U0` prints them.

use std::borrow::Cow;

use gix_imara_diff::{Algorithm, Diff, IndentHeuristic, IndentLevel, InternedInput};
use sentry_correlate::diff::reduce::RawHunk;

use super::section::{Sections, rule_for};

/// Whether git would call this binary: a NUL among the first 8,000 bytes.
pub(crate) fn is_binary(data: &[u8]) -> bool {
    data[..data.len().min(8_000)].contains(&0)
}

/// A hunk with its lines as text; bytes that are not UTF-8 are replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TextHunk<'d> {
    pub(crate) old_start: u32,
    pub(crate) new_start: u32,
    section: Cow<'d, str>,
    pub(crate) removed: Vec<Cow<'d, str>>,
    pub(crate) added: Vec<Cow<'d, str>>,
}

impl TextHunk<'_> {
    /// The form that the reducer takes.
    pub(crate) fn raw(&self) -> RawHunk<'_> {
        RawHunk {
            old_start: self.old_start,
            new_start: self.new_start,
            section: &self.section,
            removed: self.removed.iter().map(AsRef::as_ref).collect(),
            added: self.added.iter().map(AsRef::as_ref).collect(),
        }
    }
}

/// The hunks between two texts.
pub(crate) fn hunks<'d>(path: &[u8], old: &'d [u8], new: &'d [u8]) -> Vec<TextHunk<'d>> {
    let (old, new) = without_common_tail(old, new);
    let input = InternedInput::new(old, new);
    let diff = compare(&input);
    let mut sections = Sections::new(rule_for(path));
    let old_line = |at: usize| input.interner[input.before[at]];
    let new_line = |at: usize| input.interner[input.after[at]];
    diff.hunks()
        .map(|hunk| {
            let before = hunk.before.start as usize..hunk.before.end as usize;
            let after = hunk.after.start as usize..hunk.after.end as usize;
            let section = sections.before(before.start, old_line).unwrap_or_default();
            TextHunk {
                old_start: start(&hunk.before),
                new_start: start(&hunk.after),
                section: String::from_utf8_lossy(section),
                removed: before.map(|at| text(old_line(at))).collect(),
                added: after.map(|at| text(new_line(at))).collect(),
            }
        })
        .collect()
}

/// Cuts off what both end with, in blocks, back to the end of a line. Git does so when it prints no
/// context; it matters here because how often a line occurs decides how the rest is matched.
fn without_common_tail<'d>(old: &'d [u8], new: &'d [u8]) -> (&'d [u8], &'d [u8]) {
    const BLOCK: usize = 1024;
    let same = old
        .rchunks_exact(BLOCK)
        .zip(new.rchunks_exact(BLOCK))
        .take_while(|(old, new)| old == new)
        .count()
        * BLOCK;
    let tail = &old[old.len() - same..];
    let kept = tail.iter().position(|&b| b == b'\n').map_or(same, |at| at + 1);
    let cut = same - kept;
    (&old[..old.len() - cut], &new[..new.len() - cut])
}

/// Git's default comparison of lines.
pub(crate) fn compare(input: &InternedInput<&[u8]>) -> Diff {
    let mut diff = Diff::compute(Algorithm::Myers, input);
    diff.postprocess_with_heuristic(
        input,
        IndentHeuristic::new(|token| {
            // To git a form feed is no white space.
            let visible = |b: &u8| if *b == b'\x0c' { b'^' } else { *b };
            IndentLevel::for_ascii_line(input.interner[token].iter().map(visible), 8)
        }),
    );
    diff
}

/// Git counts lines from 1, and names the line before where the hunk has none on this side.
fn start(range: &std::ops::Range<u32>) -> u32 {
    if range.is_empty() { range.start } else { range.start + 1 }
}

fn text(line: &[u8]) -> Cow<'_, str> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line))
}
