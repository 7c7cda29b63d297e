//! Which commit last touched a line.
//!
//! A line is followed back from a commit to the parent that has the same one, through renames,
//! until a commit is found that no parent can answer for.

use std::collections::{BTreeMap, BinaryHeap, HashMap};

use gix::ObjectId;
use gix::bstr::{BString, ByteSlice};
use gix_imara_diff::InternedInput;
use gix_imara_diff::sources::byte_lines;

use crate::commit::{compare_lines, compare_trees, is_binary};
use crate::ignored::Ignored;
use crate::limits::{Limits, Unknown};
use crate::place::{Pass, replaced, same};

/// A line of a file, counted from 0.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Line {
    pub(crate) path: BString,
    pub(crate) number: u32,
}

/// Blames lines as they stand in the commit `start`. `found` gets the index of the line, the commit
/// that last touched it and that commit's time, as soon as it is known; a line that the file does
/// not have is passed over. Stops early when `go_on` says so, which is asked within a file too. Why
/// the other lines have no answer is returned.
///
/// A commit at which a shallow clone ends is nobody's answer: git marks such lines with `^`.
///
/// A revision that the project ignores hands the lines it wrote on to those it wrote them in place
/// of, by likeness, as `git blame --ignore-rev` does; what is like nothing stays with it.
pub(crate) fn blame(
    repo: &gix::Repository,
    (start, ignored): (ObjectId, &Ignored),
    lines: &[Line],
    limits: Limits<'_>,
    found: &mut dyn FnMut(usize, ObjectId, i64),
) -> Vec<Unknown> {
    let cut = repo.shallow_commits().ok().flatten();
    let mut search =
        Search { repo, ignored, limits, cut, open: BinaryHeap::new(), suspects: HashMap::new() };
    // A line that is passed on later, or answered, loses the reason it was given before.
    let mut unknown: Vec<Option<Unknown>> = vec![None; lines.len()];
    for (index, line) in lines.iter().enumerate() {
        unknown[index] = limits.check().and_then(|()| search.begin(start, index, line)).err();
    }
    while let Some((time, commit)) = search.open.pop() {
        for (path, suspect) in search.suspects.remove(&commit).unwrap_or_default() {
            let indices: Vec<usize> = suspect.lines.iter().map(|(index, _)| *index).collect();
            let left = limits.check().and_then(|()| search.pass_on(commit, &path, suspect));
            // An object that is missing ends the search for these lines, not for the others.
            for index in indices {
                unknown[index] = left.as_ref().err().cloned();
            }
            for (index, _) in left.unwrap_or_default() {
                found(index, commit, time);
            }
        }
    }
    unknown.into_iter().flatten().collect()
}

/// Lines that are read before the limits are looked at again.
const AT_ONCE: usize = 4_096;

/// Indices of the lines asked for, with their place in a file.
type Lines = Vec<(usize, u32)>;

/// A file of a commit: the trees on the way to it, the root first, and the blob at the end.
type Way = Vec<ObjectId>;

/// What a commit has to answer for in one file.
struct Suspect {
    way: Way,
    lines: Lines,
}

struct Search<'r> {
    repo: &'r gix::Repository,
    ignored: &'r Ignored,
    limits: Limits<'r>,
    /// Where a shallow clone ends.
    cut: Option<gix::shallow::Commits>,
    /// Commits by time, the newest first.
    open: BinaryHeap<(i64, ObjectId)>,
    suspects: HashMap<ObjectId, BTreeMap<BString, Suspect>>,
}

impl Search<'_> {
    fn begin(&mut self, commit: ObjectId, index: usize, line: &Line) -> Result<(), Unknown> {
        let Some(way) = self.way(commit, &line.path, &[])? else { return Ok(()) };
        let Some(&blob) = way.last() else { return Ok(()) };
        let data = self.data(blob)?;
        if !is_binary(&data) && data.lines().count() > line.number as usize {
            self.add(commit, line.path.clone(), way, vec![(index, line.number)]);
        }
        Ok(())
    }

    fn add(&mut self, commit: ObjectId, path: BString, way: Way, mut lines: Lines) {
        if !self.suspects.contains_key(&commit) {
            let time = self.repo.find_commit(commit).and_then(|commit| commit.time());
            self.open.push((time.map_or(i64::MIN, |time| time.seconds), commit));
        }
        let suspect = self.suspects.entry(commit).or_default().entry(path);
        suspect.or_insert(Suspect { way, lines: Vec::new() }).lines.append(&mut lines);
    }

    /// Hands lines to the parents that have them; what is left was touched here.
    fn pass_on(
        &mut self,
        commit: ObjectId,
        path: &BString,
        suspect: Suspect,
    ) -> Result<Lines, Unknown> {
        if self.cut.as_ref().is_some_and(|cut| cut.contains(&commit)) {
            return Err(Unknown::Cut);
        }
        let Suspect { way, lines } = suspect;
        let parents: Vec<ObjectId> =
            self.repo.find_commit(commit)?.parent_ids().map(gix::Id::detach).collect();
        let blob = way.last().copied();
        let mut sources = Vec::with_capacity(parents.len());
        let mut lost = None;
        for parent in parents {
            self.limits.check()?;
            let source = match self.source(parent, commit, path, &way) {
                Ok(source) => source,
                Err(error) => {
                    lost = Some(error);
                    continue;
                }
            };
            match source {
                Some((path, way)) if way.last().copied() == blob => {
                    self.add(parent, path, way, lines);
                    return Ok(Vec::new());
                }
                Some((path, way)) => sources.push((parent, path, way)),
                None => {}
            }
        }
        let mut left = lines;
        let passes: &[Pass] = match self.ignored.by(&commit) {
            Some(_) => &[same, replaced],
            None => &[same],
        };
        for pass in passes {
            for (parent, path, way) in &sources {
                let (Some(&old), Some(new)) = (way.last(), blob) else { continue };
                let (passed, touched) = self.split(old, new, left, *pass)?;
                if !passed.is_empty() {
                    self.add(*parent, path.clone(), way.clone(), passed);
                }
                left = touched;
            }
        }
        // What no parent has was written here, unless there was one that could not be asked.
        match lost {
            Some(error) if !left.is_empty() => Err(error.into()),
            _ => Ok(left),
        }
    }

    /// The file in the parent: under its path, or under the one it was renamed from.
    fn source(
        &self,
        parent: ObjectId,
        commit: ObjectId,
        path: &BString,
        way: &[ObjectId],
    ) -> gix::Result<Option<(BString, Way)>> {
        if let Some(way) = self.way(parent, path, way)? {
            return Ok(Some((path.clone(), way)));
        }
        let old = self.repo.find_commit(parent)?.tree_id()?.detach();
        let new = self.repo.find_commit(commit)?.tree_id()?.detach();
        let previous = compare_trees(self.repo, Some(old), new)?
            .into_iter()
            .find(|delta| delta.path == *path)
            .and_then(|delta| delta.previous);
        let Some(previous) = previous else { return Ok(None) };
        Ok(self.way(parent, &previous, &[])?.map(|way| (previous, way)))
    }

    /// The way to a file in a commit. `known` is the way in a neighbouring commit: where both enter
    /// the same tree, the rest is the same.
    fn way(
        &self,
        commit: ObjectId,
        path: &BString,
        known: &[ObjectId],
    ) -> gix::Result<Option<Way>> {
        let mut way = vec![self.repo.find_commit(commit)?.tree_id()?.detach()];
        let mut parts = path.split(|&b| b == b'/').peekable();
        while let Some(part) = parts.next() {
            let here = way[way.len() - 1];
            if known.get(way.len() - 1) == Some(&here) {
                way.extend_from_slice(&known[way.len()..]);
                return Ok(Some(way));
            }
            let tree = self.repo.find_tree(here)?;
            let is_file = parts.peek().is_none();
            let entry = tree.find_entry(part).filter(|entry| {
                if is_file { entry.mode().is_blob() } else { entry.mode().is_tree() }
            });
            let Some(entry) = entry else { return Ok(None) };
            way.push(entry.object_id());
        }
        Ok(Some(way))
    }

    /// Lines that come from the old file, with their place there, and those that do not. White space
    /// does not count: who re-indents a line has not written it.
    fn split(
        &self,
        old: ObjectId,
        new: ObjectId,
        lines: Lines,
        place: Pass,
    ) -> Result<(Lines, Lines), Unknown> {
        let (old, new) = (self.dense(old)?, self.dense(new)?);
        let mut input = InternedInput::default();
        self.intern(&old, |lines| input.update_before(lines))?;
        self.intern(&new, |lines| input.update_after(lines))?;
        let diff = compare_lines(&input);
        self.limits.check()?;
        let (mut passed, mut touched) = (Vec::new(), Vec::new());
        for (index, number) in lines {
            match place(&input, &diff, number, self.limits)? {
                Some(before) => passed.push((index, before)),
                None => touched.push((index, number)),
            }
        }
        Ok((passed, touched))
    }
}

impl Search<'_> {
    /// A file, unless it is too large: that is asked before it is read.
    fn data(&self, blob: ObjectId) -> Result<Vec<u8>, Unknown> {
        self.limits.check()?;
        if self.repo.find_header(blob)?.size() > self.limits.max_file_bytes {
            return Err(Unknown::TooLarge);
        }
        Ok(std::mem::take(&mut self.repo.find_object(blob)?.data))
    }

    /// A file without its white space.
    fn dense(&self, blob: ObjectId) -> Result<Vec<u8>, Unknown> {
        let mut data = self.data(blob)?;
        data.retain(|b| !matches!(b, b' ' | b'\t' | b'\r'));
        Ok(data)
    }

    /// Hands over the lines of a file as long as there is time.
    fn intern<'d>(
        &self,
        data: &'d [u8],
        hand_over: impl FnOnce(&mut dyn Iterator<Item = &'d [u8]>),
    ) -> Result<(), Unknown> {
        let mut lines = byte_lines(data)
            .enumerate()
            .take_while(|(at, _)| at % AT_ONCE > 0 || (self.limits.go_on)())
            .map(|(_, line)| line);
        hand_over(&mut lines);
        self.limits.check()
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// A repository whose one file changes throughout; the commit that changed it.
    fn rewritten(text: &dyn Fn(usize) -> String) -> (tempfile::TempDir, gix::Repository, ObjectId) {
        let dir = tempfile::tempdir().unwrap();
        let repo = gix::init_bare(dir.path()).unwrap();
        let mut commit = None;
        for version in 0..2 {
            let entry = gix::objs::tree::Entry {
                mode: gix::objs::tree::EntryKind::Blob.into(),
                filename: "big".into(),
                oid: repo.write_blob(text(version)).unwrap().detach(),
            };
            let tree = gix::objs::Tree { entries: vec![entry] };
            let who = gix::actor::Signature::default();
            let object = gix::objs::Commit {
                tree: repo.write_object(&tree).unwrap().detach(),
                parents: commit.into_iter().collect(),
                author: who.clone(),
                committer: who,
                encoding: None,
                message: "m".into(),
                extra_headers: Vec::new(),
            };
            commit = Some(repo.write_object(&object).unwrap().detach());
        }
        (dir, repo, commit.unwrap())
    }

    /// A file of 50,000 lines.
    fn lines(version: usize) -> String {
        (0..50_000).map(|n| format!("{}\n", n % (7 + version))).collect()
    }

    /// A repository with such a file, a line of it, and whether the commit that changed it is
    /// ignored.
    struct Case {
        repo: (tempfile::TempDir, gix::Repository, ObjectId),
        number: u32,
        ignored: bool,
    }

    impl Case {
        fn new(text: &dyn Fn(usize) -> String, number: u32, ignored: bool) -> Self {
            Self { repo: rewritten(text), number, ignored }
        }

        /// How often the limits were asked, and how many answers came, when time is up after so
        /// many.
        fn asked(&self, most: usize, max_file_bytes: u64) -> (usize, usize) {
            let (_, repo, commit) = &self.repo;
            let (asked, mut answers) = (Cell::new(0), 0);
            let go_on = || {
                asked.set(asked.get() + 1);
                asked.get() <= most
            };
            let mut ignored = Ignored::default();
            if self.ignored {
                ignored.add(commit.to_string().as_bytes(), "revs");
            }
            let line = Line { path: "big".into(), number: self.number };
            let limits = Limits { go_on: &go_on, max_file_bytes };
            blame(repo, (*commit, &ignored), &[line], limits, &mut |_, of, _| {
                assert!(of != *commit, "another one has it");
                answers += 1;
            });
            (asked.get(), answers)
        }

        /// Whenever time is up, the search ends soon, and a line half followed is nobody's.
        fn ends_soon(&self, least: usize) {
            let (all, answers) = self.asked(usize::MAX, u64::MAX);
            assert_eq!(answers, 1);
            assert!(all > least, "{all}");
            for most in [0, 1, 2, 5, 8, least - 5, least] {
                let (asked, answers) = self.asked(most, u64::MAX);
                assert!(asked <= most + 3, "{asked} after {most}");
                assert_eq!(answers, 0, "after {most}");
            }
        }
    }

    #[test]
    fn the_limits_are_asked_within_one_file() {
        Case::new(&lines, 49_000, false).ends_soon(20);
    }

    #[test]
    fn the_limits_are_asked_within_the_comparison_of_an_ignored_revision() {
        let one_line = |version| format!("{version}{}\n", "the same words, ".repeat(50_000));
        Case::new(&one_line, 0, true).ends_soon(70);
        let many = |version| (0..20_000).map(|n| format!("{version} of line {n}\n")).collect();
        Case::new(&many, 10_000, true).ends_soon(30);
    }

    #[test]
    fn files_that_are_too_large_are_not_compared() {
        assert_eq!(Case::new(&lines, 49_000, false).asked(usize::MAX, 1_000).1, 0);
    }

    #[test]
    fn files_that_are_too_large_are_not_read() {
        // Both commits have the same file, so there is nothing to compare.
        let (same, size) = (|_| lines(0), lines(0).len() as u64);
        let case = Case::new(&same, 49_000, false);
        assert_eq!(case.asked(usize::MAX, size).1, 1);
        assert_eq!(case.asked(usize::MAX, size - 1).1, 0);
    }
}
