//! Unified diffs, read and applied strictly.
//!
//! Only what a told history needs: text files that are added, changed or deleted. A hunk must fit
//! exactly where its header says; there is no fuzz.

use thiserror::Error;

/// The changes to one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePatch {
    /// Path relative to the repository's root, with `/`.
    pub path: String,
    kind: Kind,
    hunks: Vec<Hunk>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Add,
    Change,
    Delete,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Hunk {
    /// First line in the old file, counted from 1; for an empty range the line before it.
    old_start: usize,
    old_lines: usize,
    new_lines: usize,
    lines: Vec<Line>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Line {
    Keep(String),
    Remove(String),
    Add(String),
}

/// A diff that cannot be read or does not fit.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PatchError {
    /// A line that the form does not know.
    #[error("not a line of a unified diff: `{0}`")]
    Line(String),
    /// A hunk has other lines than its header counts.
    #[error("{path}: a hunk does not have the lines that its header counts")]
    Count {
        /// The file.
        path: String,
    },
    /// The file does not have the lines that a hunk wants.
    #[error("{path}: line {line} is not what the change expects")]
    Mismatch {
        /// The file.
        path: String,
        /// Line in the old file, counted from 1.
        line: usize,
    },
    /// The file is there although it is added, or is not there although it is changed.
    #[error("{path}: {problem}")]
    Presence {
        /// The file.
        path: String,
        /// Which of the two.
        problem: &'static str,
    },
}

impl FilePatch {
    /// The file's text after the change; `None` when it is deleted.
    ///
    /// # Errors
    /// [`PatchError::Presence`] and [`PatchError::Mismatch`] when `before` is not the text that
    /// the change was made from.
    pub fn apply(&self, before: Option<&str>) -> Result<Option<String>, PatchError> {
        match (self.kind, before.is_some()) {
            (Kind::Add, true) => return Err(self.presence("is already there")),
            (Kind::Change | Kind::Delete, false) => return Err(self.presence("is not there")),
            _ => {}
        }
        let old: Vec<&str> = before.unwrap_or_default().lines().collect();
        let mut new: Vec<&str> = Vec::new();
        let mut next = 0;
        for hunk in &self.hunks {
            let start =
                if hunk.old_lines == 0 { hunk.old_start } else { hunk.old_start.saturating_sub(1) };
            let untouched = old.get(next..start).ok_or_else(|| self.mismatch(start))?;
            new.extend(untouched);
            next = start;
            for line in &hunk.lines {
                match line {
                    Line::Add(text) => new.push(text),
                    Line::Keep(text) | Line::Remove(text) => {
                        if old.get(next) != Some(&text.as_str()) {
                            return Err(self.mismatch(next + 1));
                        }
                        next += 1;
                        if matches!(line, Line::Keep(_)) {
                            new.push(text);
                        }
                    }
                }
            }
        }
        new.extend(&old[next..]);
        match self.kind {
            Kind::Delete if new.is_empty() => Ok(None),
            Kind::Delete => Err(self.mismatch(1)),
            Kind::Add | Kind::Change => {
                Ok(Some(new.iter().flat_map(|line| [line, "\n"]).collect()))
            }
        }
    }

    fn presence(&self, problem: &'static str) -> PatchError {
        PatchError::Presence { path: self.path.clone(), problem }
    }

    fn mismatch(&self, line: usize) -> PatchError {
        PatchError::Mismatch { path: self.path.clone(), line }
    }
}

/// Reads the diffs of one commit. An empty line within a hunk is an empty line that is kept
/// (editors cut the space that should stand there); empty lines between files mean nothing.
///
/// # Errors
/// [`PatchError::Line`] and [`PatchError::Count`].
pub fn parse(lines: &[&str]) -> Result<Vec<FilePatch>, PatchError> {
    let mut patches: Vec<FilePatch> = Vec::new();
    let mut rest = lines;
    while let [line, tail @ ..] = rest {
        rest = tail;
        if let Some(old) = line.strip_prefix("--- ") {
            let new = tail.first().and_then(|line| line.strip_prefix("+++ "));
            let new = new.ok_or_else(|| PatchError::Line((*line).to_owned()))?;
            rest = &tail[1..];
            patches.push(file(old, new).ok_or_else(|| PatchError::Line((*line).to_owned()))?);
        } else if let (Some(ranges), Some(patch)) = (line.strip_prefix("@@ "), patches.last_mut()) {
            let mut hunk = ranges_of(ranges).ok_or_else(|| PatchError::Line((*line).to_owned()))?;
            rest = fill(&mut hunk, tail, &patch.path)?;
            patch.hunks.push(hunk);
        } else if !line.is_empty() {
            return Err(PatchError::Line((*line).to_owned()));
        }
    }
    Ok(patches)
}

fn file(old: &str, new: &str) -> Option<FilePatch> {
    let (kind, path) = match (old.strip_prefix("a/"), new.strip_prefix("b/")) {
        (None, Some(path)) if old == "/dev/null" => (Kind::Add, path),
        (Some(path), None) if new == "/dev/null" => (Kind::Delete, path),
        (Some(before), Some(path)) if before == path => (Kind::Change, path),
        _ => return None,
    };
    Some(FilePatch { path: path.to_owned(), kind, hunks: Vec::new() })
}

/// `-8,2 +8,3 @@ section`
fn ranges_of(text: &str) -> Option<Hunk> {
    let (ranges, _section) = text.split_once(" @@")?;
    let (old, new) = ranges.split_once(' ')?;
    let (old_start, old_lines) = range(old.strip_prefix('-')?)?;
    let (_, new_lines) = range(new.strip_prefix('+')?)?;
    Some(Hunk { old_start, old_lines, new_lines, lines: Vec::new() })
}

fn range(text: &str) -> Option<(usize, usize)> {
    match text.split_once(',') {
        Some((start, lines)) => Some((start.parse().ok()?, lines.parse().ok()?)),
        None => Some((text.parse().ok()?, 1)),
    }
}

/// Takes the lines that the hunk's header counts; returns what comes after them.
fn fill<'a, 'b>(
    hunk: &mut Hunk,
    lines: &'a [&'b str],
    path: &str,
) -> Result<&'a [&'b str], PatchError> {
    let count = || PatchError::Count { path: path.to_owned() };
    let (mut old, mut new, mut rest) = (hunk.old_lines, hunk.new_lines, lines);
    while old > 0 || new > 0 {
        let [line, tail @ ..] = rest else { return Err(count()) };
        rest = tail;
        let text = line.get(1..).unwrap_or_default().to_owned();
        let (line, from_old, from_new) = match line.as_bytes().first() {
            None | Some(b' ') => (Line::Keep(text), 1, 1),
            Some(b'-') => (Line::Remove(text), 1, 0),
            Some(b'+') => (Line::Add(text), 0, 1),
            Some(_) => return Err(PatchError::Line((*line).to_owned())),
        };
        old = old.checked_sub(from_old).ok_or_else(count)?;
        new = new.checked_sub(from_new).ok_or_else(count)?;
        hunk.lines.push(line);
    }
    Ok(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHANGE: &str =
        "--- a/x\n+++ b/x\n@@ -2,2 +2,2 @@ section\n two\n-three\n+drei\n@@ -5,0 +6 @@\n+six";

    fn one(text: &str) -> FilePatch {
        parse(&text.lines().collect::<Vec<_>>()).unwrap().remove(0)
    }

    #[test]
    fn hunks_apply_where_they_say() {
        let after = one(CHANGE).apply(Some("one\ntwo\nthree\nfour\nfive\n")).unwrap().unwrap();
        assert_eq!(after, "one\ntwo\ndrei\nfour\nfive\nsix\n");
    }

    #[test]
    fn a_hunk_that_does_not_fit_is_refused() {
        let error = one(CHANGE).apply(Some("one\ntwo\nTHREE\nfour\nfive\n")).unwrap_err();
        assert_eq!(error, PatchError::Mismatch { path: "x".to_owned(), line: 3 });
        assert!(one(CHANGE).apply(Some("one\ntwo\nthree\n")).is_err());
        assert!(one(CHANGE).apply(None).is_err());
    }

    #[test]
    fn files_come_and_go() {
        let add = one("--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+one");
        assert_eq!(add.apply(None).unwrap().unwrap(), "one\n");
        assert!(add.apply(Some("")).is_err());
        let delete = one("--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-one");
        assert_eq!(delete.apply(Some("one\n")).unwrap(), None);
        assert!(delete.apply(Some("one\ntwo\n")).is_err());
    }

    #[test]
    fn counts_and_unknown_lines_are_checked() {
        for text in [
            "--- a/x\n+++ b/x\n@@ -1,2 +1 @@\n-one",
            "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-one\n-two",
            "--- a/x\n+++ b/x\n@@ -1 @@\n-one",
            "--- a/x\n+++ b/y\n",
            "rename from x",
            "@@ -1 +1 @@\n-a\n+b",
        ] {
            assert!(parse(&text.lines().collect::<Vec<_>>()).is_err(), "{text}");
        }
    }
}
